/** Longer lines are broken at clauses. */
const WIDTH = 100;

/** Strings and quoted names of TiDB, in which a line break is part of the text. The inner `+` keeps long ones off the matcher's stack. */
const QUOTED_OR_BREAK = /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|`[^`]*(?:``[^`]*)*`|\n/g;

/** Clauses on one line where they fit, otherwise each on its own. */
export function clauses(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== "");
  const line = present.join(" ");
  return line.length <= WIDTH && !hasBreak(line) ? line : present.join("\n");
}

/** In parentheses, indented where it takes several lines. */
export function parenthesized(text: string): string {
  return hasBreak(text) ? `(\n${indented(text)}\n)` : `(${text})`;
}

/** List elements on one line where they fit, otherwise each on its own. */
export function elements(word: string, parts: readonly string[]): string {
  const line = `${word} ${parts.join(", ")}`;
  return line.length <= WIDTH && !hasBreak(line) ? line : `${word}\n${indented(parts.join(",\n"))}`;
}

function indented(text: string): string {
  return `  ${text.replaceAll(QUOTED_OR_BREAK, (match) => (match === "\n" ? "\n  " : match))}`;
}

function hasBreak(text: string): boolean {
  return text.includes("\n");
}
