import type { Reporter, TestModule } from "vitest/node";

/** Ends the output of a run with one line for machines: `N passed, N failed`. What broke outside of a test counts as failed. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count("skipped");
    // After the default reporter's own summary.
    process.once("exit", () => {
      if (skipped > 0) console.log(`${skipped} skipped`);
      console.log(`${count("passed")} passed, ${count("failed") + broken} failed`);
    });
  }
}
