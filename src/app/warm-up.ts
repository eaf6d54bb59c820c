import { setFlagsFromString } from "node:v8";

/**
 * Commands that parse SQL, and how V8 compiles WebAssembly for them. The grammar is as fast (10 MB, Node 20) when it is only translated, and
 * compiling its largest functions for speed takes 45 MB and, of a small file, a third of the time: the program cannot end before that is
 * done. The embedded PostgreSQL of `prove` gains by it: there it begins late, after so many bytes of a function's code have run.
 */
const PARSES: Readonly<Record<string, string>> = {
  convert: "--liftoff-only",
  check: "--liftoff-only",
  types: "--liftoff-only",
  lint: "--liftoff-only",
  prove: "--wasm-tiering-budget=1000000000",
};

/**
 * By how much the heap may grow, in percent of what is alive, before V8 looks for garbage again. By its own measure a large schema takes a
 * quarter more memory and is converted no faster (measured with Node 20 on 10 MB; at 20 % it takes longer).
 */
const HEAP_GROWTH = 30;

/**
 * Sets V8 up and begins what a command will wait for while the rest of the program is read: compiling the grammar's WebAssembly, which another thread does.
 * A failure is told where the grammar is used.
 */
export function warmUp(command: string | undefined): void {
  const compiles = PARSES[command ?? ""];
  if (compiles === undefined) return;
  setFlagsFromString(compiles);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  import("../pg/parse.js").then(({ grammar }) => grammar("18")).catch(() => undefined);
}
