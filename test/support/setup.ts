import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { buildEngine } from "../../src/app/engine.js";

/** Before all tests: builds the program that tests of the command line run, and the TiDB that outputs are applied to. Without it nothing passes. */
export default async function setup(): Promise<void> {
  const root = resolve(import.meta.dirname, "../..");
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  // Types are checked by `npm run typecheck`; here only the JavaScript matters.
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--noCheck"], { cwd: root, stdio: "inherit" });
  execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: root, stdio: "inherit" });
  await buildEngine((line) => console.error(line));
}
