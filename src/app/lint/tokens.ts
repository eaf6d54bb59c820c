import type { Span } from "../../source/text.js";

const TOKEN =
  /(?:[EeBbXxNn]|U&)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\$\{[^}]*\}|\$\d+|(?<![<>=!~@#%^&|?*+/-])@[A-Za-z_]\w*|[\w$\u0080-\uffff]+|::|[<>=!~@#%^&|?*+/-]+|\s+|[\s\S]/g;

export interface Token extends Span {
  /** What two tokens are compared by: letter case counts in quotes only. */
  readonly key: string;
}

/** Words that may be left out without another meaning. */
const OPTIONAL: ReadonlySet<string> = new Set(["as", "asc", "inner", "outer", "column"]);
/** Words and signs of one meaning in both. */
const ALIKE: Readonly<Record<string, string>> = { "!=": "<>", integer: "int", numeric: "decimal", bool: "boolean" };
const PLACEHOLDER = /^(?:\$\d+|\$\{.*\}|@\w+)$/;
const QUOTE = /^(?:[EeBbXxNn]|U&)?['"`]/;

/** @param alike placeholders count as the same, and so do texts with or without a word that means nothing */
export function tokens(sql: string, alike: boolean): Token[] {
  const all: Token[] = [];
  for (const { 0: text, index } of sql.matchAll(TOKEN)) {
    if (/^\s/.test(text) || text.startsWith("--") || text.startsWith("/*")) continue;
    const key = QUOTE.test(text) ? text : text.toLowerCase();
    if (alike && OPTIONAL.has(key)) continue;
    all.push({ key: alike ? (PLACEHOLDER.test(key) ? "?" : (ALIKE[key] ?? key)) : key, start: index, end: index + text.length });
  }
  return all;
}

/** Whether two texts have the same tokens but for brackets, in whatever order: `a NOT IN (1)` and `NOT (a IN (1))`. */
export function sameTokens(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => {
    const keys = tokens(text, true).map(({ key }) => key);
    return keys
      .filter((key) => key !== "(" && key !== ")")
      .sort()
      .join(" ");
  });
  return left === right;
}
