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
 * By how much the heap may grow, in percent of what is alive, before V8 looks for garbage again. By its own measure a large schema takes a
 * quarter more memory and is converted no faster (measured with Node 20 on 10 MB; at 20 % it takes longer).
 */
const HEAP_GROWTH = 40;

/**
 * Sets V8 up and begins what a command will wait for while the rest of the program is read: compiling the grammar's WebAssembly, which another thread does.
 * A failure is told where the grammar is used.
 */
export function warmUp(command: string | undefined): void {
  if (command === undefined || !PARSES.has(command)) return;
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  import("../pg/parse.js").then(({ grammar }) => grammar("18")).catch(() => undefined);
}
