/**
 * A PostgreSQL comment as TiDB reads it as a comment too: block comments do not nest there, `--` needs a blank after it, and
 * a block comment that begins with `!`, `T!`, `M!` or `+` would be run or obeyed (reference manual, "Comments").
 */
export function commentText(text: string): string {
  if (text.startsWith("--")) return /^--(\s|$)/.test(text) ? text : `-- ${text.slice(2)}`;
  const inner = text.slice(2, -2).replaceAll("/*", "/ *").replaceAll("*/", "* /");
  return `/*${/^[!+TM]/.test(inner) ? " " : ""}${inner}*/`;
}

/** A part of the input that is not in the output, as comment lines under a line that says why. */
export function hole(reasons: readonly string[], original: string): string {
  const lines = original.split(/\r\n|\n|\r/);
  return [...reasons.map((reason) => `-- pg2tidb: ${reason}`), ...lines.map((line) => `-- ${line}`.trimEnd())].join("\n");
}
