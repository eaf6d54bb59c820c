/** What queries and constraints say of the values they look for. */

/** Literals by the name of the column they are held against, and the keys that documents are asked for. */
export interface Hints {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly keys: readonly string[];
}

const LITERAL = String.raw`(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?)`;
const CAST = String.raw`(?:\s*::\s*[\w. ]+(?:\([\d, ]*\))?(?:\[\])?|\))*`;
const OPERATOR = String.raw`(?:=|<>|!=|<=|>=|<|>|~~?\*?|!~~?\*?|(?:NOT\s+)?I?LIKE|(?:NOT\s+)?IN|BETWEEN|IS\s+(?:NOT\s+)?DISTINCT\s+FROM)`;
const HELD = new RegExp(
  String.raw`"?(\w+)"?${CAST}\s*${OPERATOR}\s*((?:ANY\s*|ALL\s*)?[(\s]*(?:ARRAY\s*\[)?\s*(?:${LITERAL}(?:\s*::[\w. ]+)?\s*(?:,|AND)?\s*)+)`,
  "gi",
);
const KEY = /(?:->>?|\?)\s*'((?:[^']|'')*)'/g;

/** Reads literals off the text of statements; what it misses only makes a condition less likely to hold. */
export function readHints(texts: readonly string[]): Hints {
  const values = new Map<string, string[]>();
  const keys = new Set<string>();
  for (const text of texts) {
    for (const [, name = "", list = ""] of text.matchAll(HELD))
      for (const [literal] of list.matchAll(new RegExp(LITERAL, "g"))) {
        const known = values.get(name.toLowerCase()) ?? [];
        for (const value of variants(literal)) if (!known.includes(value)) known.push(value);
        values.set(name.toLowerCase(), known);
      }
    for (const [, key = ""] of text.matchAll(KEY)) keys.add(key.replaceAll("''", "'"));
  }
  return { values, keys: [...keys] };
}

/** The value, one that is not it, and of a pattern what matches. */
function variants(literal: string): string[] {
  if (!literal.startsWith("'"))
    return /^-?\d+$/.test(literal) ? [literal, String(BigInt(literal) + 1n), String(BigInt(literal) - 1n)] : [literal];
  const text = literal.slice(1, -1).replaceAll("''", "'");
  if (!/[%_]/.test(text)) return [text];
  const matching = text.replaceAll("%", "x").replaceAll("_", "y");
  return [matching, matching.toUpperCase(), text.replaceAll(/[%_]/g, "")];
}

/** Documents that have the keys queries ask for, at the top and nested. */
export function documentsWith(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const of = (value: (key: string, i: number) => unknown) => JSON.stringify(Object.fromEntries(keys.map((key, i) => [key, value(key, i)])));
  const inner = Object.fromEntries(keys.map((key, i) => [key, i]));
  return [
    of((_, i) => i + 1),
    of((key) => key),
    of((_, i) => (i % 2 === 0 ? null : "Alpha")),
    of(() => inner),
    of(() => [1, "Alpha", null]),
  ];
}
