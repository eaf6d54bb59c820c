import { changesBetween } from "../../report/diff.js";
import type { Span } from "../../source/text.js";

/** A place of a statement that is written otherwise in TiDB. Offsets are the statement's. */
export interface Change extends Span {
  /** What stands there instead. */
  readonly text: string;
}

const TOKEN =
  /(?:[EeBbXxNn]|U&)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\$\{[^}]*\}|\$\d+|(?<![<>=!~@#%^&|?*+/-])@[A-Za-z_]\w*|[\w$\u0080-\uffff]+|::|[<>=!~@#%^&|?*+/-]+|\s+|[\s\S]/g;

interface Token extends Span {
  /** What two tokens are compared by: letter case counts in quotes only. */
  readonly key: string;
}

/** Words that may be left out without another meaning. */
const OPTIONAL: ReadonlySet<string> = new Set(["as", "asc", "inner", "outer"]);

function tokens(sql: string, alike: boolean): Token[] {
  const all: Token[] = [];
  for (const { 0: text, index } of sql.matchAll(TOKEN)) {
    if (/^\s/.test(text) || text.startsWith("--") || text.startsWith("/*")) continue;
    const key = /^(?:[EeBbXxNn]|U&)?['"`]/.test(text) ? text : text.toLowerCase();
    if (alike && OPTIONAL.has(key)) continue;
    all.push({ key: alike ? (PLACEHOLDER.test(key) ? "?" : (ALIKE[key] ?? key)) : key, start: index, end: index + text.length });
  }
  return all;
}

/** Words and signs of one meaning in both. */
const ALIKE: Readonly<Record<string, string>> = { "!=": "<>" };

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

const PLACEHOLDER = /^(?:\$\d+|\$\{.*\}|@\w+)$/;

/** Changes so near to each other are one: `a::text` becomes `CAST(a AS CHAR)` as a whole. */
const NEAR = 3;

type Run = { from: number; until: number; to: number; upTo: number };

/**
 * Where two forms of a statement differ, token by token: each place as small as it can be with its brackets whole, and none empty.
 * Placeholders count as the same, and so do statements with or without a word that means nothing.
 * @returns undefined where they have so little in common that the whole is another
 */
export function changes(from: string, to: string): readonly Change[] | undefined {
  const [before, after] = [tokens(from, true), tokens(to, true)];
  const runs = changesBetween(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  if (!runs) return undefined;
  const place = (list: readonly Token[], start: number, end: number) =>
    end > start ? { start: list[start]!.start, end: list[end - 1]!.end } : { start: 0, end: 0 };
  return joined(runs, before, after).map((run) => {
    const there = place(after, run.to, run.upTo);
    return { ...place(before, run.from, run.until), text: to.slice(there.start, there.end) };
  });
}

/**
 * What to write to make one text of the other, token by token: all else stays as it stands, its line breaks and letter case too.
 * @returns undefined where they have so little in common that the whole is another
 */
export function rewriting(from: string, to: string): readonly Change[] | undefined {
  const [before, after] = [tokens(from, false), tokens(to, false)];
  const runs = changesBetween(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  const endOf = (list: readonly Token[], i: number) => (i > 0 ? list[i - 1]!.end : 0);
  const startOf = (list: readonly Token[], i: number, text: string) => list[i]?.start ?? text.length;
  return runs?.map((run) => {
    const [start, end] = [endOf(before, run.from), startOf(before, run.until, from)];
    const core = run.upTo > run.to ? to.slice(after[run.to]!.start, after[run.upTo - 1]!.end) : "";
    const [leading, trailing] =
      core === ""
        ? ["", ""]
        : [to.slice(endOf(after, run.to), after[run.to]!.start), to.slice(after[run.upTo - 1]!.end, startOf(after, run.upTo, to))];
    // The blanks are the reader's own. What is put in stands within blanks, on the side where the other text has some.
    const own = from.slice(start, run.until > run.from ? before[run.from]!.start : end);
    const behind = run.until > run.from ? from.slice(before[run.until - 1]!.end, end) : leading === "" ? own : "";
    const ahead = run.until > run.from || leading !== "" ? own : "";
    if (core === "") {
      const isApart = endOf(after, run.to) < startOf(after, run.upTo, to);
      return { start, end, text: isApart && end < from.length ? behind || ahead : "" };
    }
    const front = /^[,)]/.test(core) ? "" : ahead || needed(from[start - 1], leading, core[0]);
    const back = core.endsWith("(") ? "" : behind || (core.endsWith(",") ? trailing : needed(core.at(-1), trailing, from[end]));
    return { start, end, text: `${front}${core}${back}` };
  });
}

/** A blank between two words; none where the signs keep them apart. */
function needed(left: string | undefined, blank: string, right: string | undefined): string {
  return /[\w$`?]/.test(left ?? "") && /[\w$`?]/.test(right ?? "") ? blank : "";
}

/** Runs as a reader would mark them: those near to each other as one, brackets and what they belong to whole. */
function joined(runs: readonly Run[], before: readonly Token[], after: readonly Token[]): Run[] {
  const near: Run[] = [];
  for (const each of runs) {
    const last = near.at(-1);
    if (last && each.from - last.until <= NEAR) Object.assign(last, { until: each.until, upTo: each.upTo });
    else near.push({ ...each });
  }
  const made: Run[] = [];
  for (const each of near) {
    const last = made.at(-1);
    // What an earlier one has grown over is a part of it.
    if (last && each.from <= last.until)
      Object.assign(last, { until: Math.max(last.until, each.until), upTo: Math.max(last.upTo, each.upTo) });
    else made.push({ ...each });
    const list = made.map((run) => ({ ...run }));
    grow(list, before, after, near);
    const { from, until } = list.at(-1)!;
    const own = made.at(-1)!;
    // Brackets around half a statement are no place to point at.
    if (until - from - (own.until - own.from) <= LONGEST) made.splice(0, made.length, ...list);
    else if (own.from === own.until)
      Object.assign(own, own.from > 0 ? { from: own.from - 1, to: own.to - 1 } : { until: 1, upTo: own.upTo + 1 });
  }
  return made;
}

/** Tokens that a place may grow by. */
const LONGEST = 24;

/** Makes the last run larger by tokens that both have, until its brackets are whole and it is not empty. */
function grow(made: Run[], before: readonly Token[], after: readonly Token[], runs: readonly Run[]): void {
  for (let guard = before.length + after.length; guard > 0; guard--) {
    const run = made.at(-1)!;
    const open = [unmatched(before, run.from, run.until), unmatched(after, run.to, run.upTo)];
    const left = open.some(({ closing }) => closing > 0) || (run.from === run.until && run.from > 0);
    const right = open.some(({ opening }) => opening > 0) || (run.from === run.until && run.from === 0);
    const called = !left && before[run.from]?.key === "(" && /^\w/.test(before[run.from - 1]?.key ?? "");
    if ((left || called) && run.from > 0 && run.to > 0) {
      const earlier = made.at(-2);
      run.from--;
      run.to--;
      if (earlier && earlier.until >= run.from) {
        made.splice(-2, 2, { ...run, from: earlier.from, to: earlier.to });
      }
    } else if (right && run.until < before.length && run.upTo < after.length) {
      // The tokens behind are the same in both, up to the next run, which is taken in whole.
      const next = runs.find(
        ({ from, until, to, upTo }) => from >= run.until && to >= run.upTo && (until > from || upTo > to) && from === run.until,
      );
      run.until = next ? next.until : run.until + 1;
      run.upTo = next ? next.upTo : run.upTo + 1;
    } else return;
  }
}

function unmatched(list: readonly Token[], start: number, end: number): { readonly opening: number; readonly closing: number } {
  let [opening, closing] = [0, 0];
  for (let i = start; i < end; i++) {
    if (list[i]!.key === "(") opening++;
    else if (list[i]!.key === ")" && opening > 0) opening--;
    else if (list[i]!.key === ")") closing++;
  }
  return { opening, closing };
}
