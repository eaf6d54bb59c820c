import { changesBetween } from "../../report/diff.js";
import type { Span } from "../../source/text.js";

/** A place of a statement that is written otherwise in TiDB. Offsets are the statement's. */
export interface Change extends Span {
  /** What stands there instead. */
  readonly text: string;
}

const TOKEN =
  /(?:[EeBbXxNn]|U&)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\$\{[^}]*\}|\$\d+|[\w$\u0080-\uffff]+|::|[<>=!~@#%^&|?*+/-]+|\s+|[\s\S]/g;

interface Token extends Span {
  /** What two tokens are compared by: letter case counts in quotes only. */
  readonly key: string;
}

function tokens(sql: string): Token[] {
  const all: Token[] = [];
  for (const { 0: text, index } of sql.matchAll(TOKEN)) {
    if (/^\s/.test(text) || text.startsWith("--") || text.startsWith("/*")) continue;
    all.push({ key: /^[EeBbXxNnU&]*['"`$]/.test(text) ? text : text.toLowerCase(), start: index, end: index + text.length });
  }
  return all;
}

/** Changes so near to each other are one: `a::text` becomes `CAST(a AS CHAR)` as a whole. */
const NEAR = 3;

/**
 * Where two forms of a statement differ, token by token, each place as small as it can be and none empty.
 * @returns undefined where they have so little in common that the whole is another
 */
export function changes(from: string, to: string): readonly Change[] | undefined {
  const [before, after] = [tokens(from), tokens(to)];
  const runs = changesBetween(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  if (!runs) return undefined;
  const merged: { from: number; until: number; to: number; upTo: number }[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last && run.from - last.until <= NEAR) {
      last.until = run.until;
      last.upTo = run.upTo;
    } else merged.push({ ...run });
  }
  return merged.map((run) => {
    // What is only put in stands beside a token that stays: that one is taken along.
    if (run.from === run.until && run.from > 0) {
      run.from--;
      run.to--;
    } else if (run.from === run.until) {
      run.until++;
      run.upTo++;
    }
    const place = (list: readonly Token[], start: number, end: number) =>
      end > start ? { start: list[start]!.start, end: list[end - 1]!.end } : { start: 0, end: 0 };
    const there = place(after, run.to, run.upTo);
    return { ...place(before, run.from, run.until), text: to.slice(there.start, there.end) };
  });
}
