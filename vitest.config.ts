import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", ".next/**", ".mcpstack/**"];

/** Three projects by what a test needs: nothing, a real Postgres, or real sockets and processes. */
export default defineConfig({
  test: {
    // What needed it is named at the end of `npm test`, with its first failure.
    retry: 1,
    projects: [
      {
        test: {
          name: "unit",
          // Property tests are slow on a machine that is busy with something else.
          testTimeout: 30_000,
          include: ["**/*.test.ts"],
          exclude: [...exclude, "**/*.db.test.ts", "**/*.net.test.ts"],
        },
      },
      {
        test: {
          name: "db",
          include: ["**/*.db.test.ts"],
          exclude,
          globalSetup: ["lib/testing/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They wait for Postgres more than they compute.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "net",
          include: ["**/*.net.test.ts"],
          exclude,
          globalSetup: ["lib/testing/postgres-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
