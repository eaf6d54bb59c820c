/** Commands that parse SQL. */
const PARSES = new Set(["convert", "check", "types", "prove"]);

/**
 * Begins what a command will wait for while the rest of the program is read: compiling the grammar's WebAssembly, which another thread does.
 * A failure is told where the grammar is used.
 */
export function warmUp(command: string | undefined): void {
  if (command === undefined || !PARSES.has(command)) return;
  import("../pg/parse.js").then(({ grammar }) => grammar("18")).catch(() => undefined);
}
