import { setFlagsFromString } from "node:v8";

/** Commands that parse SQL. */
const PARSES = new Set(["convert", "check", "types", "prove"]);

/**
 * How much of the grammar's code must run, in bytes, before V8 compiles a function of it anew for speed. At its own 1,800,000 it begins that
 * during the first statements, and the program cannot end before it is done: a third of a small file's time. Large files parse as fast with
 * this one (measured with Node 20 on 10 MB).
 */
const TIERING_BUDGET = 1_000_000_000;

/**
 * Begins what a command will wait for while the rest of the program is read: compiling the grammar's WebAssembly, which another thread does.
 * A failure is told where the grammar is used.
 */
export function warmUp(command: string | undefined): void {
  if (command === undefined || !PARSES.has(command)) return;
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  import("../pg/parse.js").then(({ grammar }) => grammar("18")).catch(() => undefined);
}
