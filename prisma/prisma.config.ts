import { defineConfig } from "prisma/config";

const url = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL;

/** For the Prisma CLI. `npm run migrate` needs none of it; `npx prisma migrate deploy --config prisma/prisma.config.ts` does. */
export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  // Generating the client must work without a database.
  ...(url ? { datasource: { url } } : {}),
});
