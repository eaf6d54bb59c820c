import { defineConfig } from "vitest/config";
import Summary from "./test/support/summary.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/setup.ts"],
    reporters: ["default", new Summary()],
    // A TiDB takes 300 MB to 1 GB and most of a core while it works; several test files start one.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
