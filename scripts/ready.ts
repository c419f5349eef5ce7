/** Preloaded by the commands that use the database client, which a fresh clone does not have yet. */
import { ensurePrismaClient } from "./prisma-client";

ensurePrismaClient(console.error);
