import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  test: {
    // Tests that are about what is logged look at the calls.
    env: { LOG_LEVEL: "silent" },
    projects: [
      {
        root,
        test: {
          name: "pure",
          // They share nothing, and starting a file costs more than running it.
          maxWorkers: 2,
          include: [
            "lib/**/*.test.ts",
            "app/**/*.test.ts",
            "scripts/**/*.test.ts",
            "components/**/*.test.ts",
          ],
          // Properties search for long on a busy machine; what hangs is still told.
          testTimeout: 60_000,
          exclude: ["**/*.db.test.ts", "**/*.process.test.ts", "node_modules/**"],
        },
      },
      {
        root,
        test: {
          name: "database",
          include: [
            "lib/**/*.db.test.ts",
            "app/**/*.db.test.ts",
            "scripts/**/*.db.test.ts",
            "scripts/**/*.process.test.ts",
          ],
          globalSetup: ["./scripts/testing/cluster.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
