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
  // What a page may load and run is said in `proxy.ts`, for each answer anew.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
      ],
    },
    {
      source: "/api/:path*",
      headers: [
        { key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'; sandbox" },
      ],
    },
  ],
  serverExternalPackages: ["pg", "@node-rs/argon2", "@prisma/client"],
};
