import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));

/** @type {import("next").NextConfig} */
export default {
  agentRules: false,
  // Both stated, because Next otherwise takes the nearest folder above with a lockfile for the root.
  turbopack: { root },
  outputFileTracingRoot: root,
  poweredByHeader: false,
  typedRoutes: true,
  // Optimising images needs a native library, and the console has none to optimise.
  images: { unoptimized: true },
  // `npm run check` has checked the types, and faster.
  typescript: { ignoreBuildErrors: true },
  // A file of 5 MiB, with what the form says beside it.
  experimental: { serverActions: { bodySizeLimit: "6mb" } },
  serverExternalPackages: ["pg", "@node-rs/argon2", "@prisma/client"],
};
