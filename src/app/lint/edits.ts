import type { Span } from "../../source/text.js";
import { align, type Difference, type Run } from "./align.js";
import { type Token, tokens } from "./tokens.js";
import { type Ids, treeOf } from "./tree.js";

/** A place of a statement that is written otherwise in TiDB. Offsets are the statement's. */
export interface Change extends Span {
  /** What stands there instead. */
  readonly text: string;
  /** It stands at another place: it, and all that it comes behind or before of. */
  readonly moved?: boolean;
  /** Whole statements, which TiDB needs beside this one. */
  readonly more?: boolean;
}

interface Compared {
  readonly before: readonly Token[];
  readonly after: readonly Token[];
  readonly runs: readonly Difference[];
}

function compared(from: string, to: string, alike: boolean): Compared {
  const [before, after] = [tokens(from, alike), tokens(to, alike)];
  if (Math.max(depthOf(before), depthOf(after)) > DEEPEST || (alike && isOfAnother(before, after)))
    return { before, after, runs: [{ from: 0, until: before.length, to: 0, upTo: after.length }] };
  const ids: Ids = new Map();
  return { before, after, runs: align(treeOf(before, ids), treeOf(after, ids), alike) };
}

/** Whether it is another thing in TiDB: `ALTER INDEX a RENAME TO b` is done to its table, one made of a query is made first and filled then. */
function isOfAnother(before: readonly Token[], after: readonly Token[]): boolean {
  const [[verb, what], [other, whose]] = [before, after];
  if (verb?.key !== other?.key) return false;
  return (verb?.key === "alter" && what?.key !== whose?.key) || (verb?.key === "create" && isOfQuery(before) && !isOfQuery(after));
}

/** Whether a table is made of a query, whose AS means nothing to the comparison. */
function isOfQuery(list: readonly Token[]): boolean {
  const what = list.findIndex(({ key }) => key === "table" || key === "view");
  const next = list.slice(what).find(({ key }) => key === "(" || key === "select" || key === "with");
  return what > 0 && what < 5 && next !== undefined && (next.key !== "(" || list[list.indexOf(next) + 1]?.key === "select");
}

/** Brackets in each other, beyond which a statement differs as a whole: a tree of some thousand is deeper than the stack. */
const DEEPEST = 300;

function depthOf(list: readonly Token[]): number {
  let [depth, most] = [0, 0];
  for (const { key } of list) {
    if (key === "(" || key === "[" || key === "case") most = Math.max(most, ++depth);
    else if (key === ")" || key === "]" || key === "end") depth--;
  }
  return most;
}

/**
 * Where two forms of a statement differ: each place as small as it can be with its brackets, items and clauses whole, and none empty.
 * Placeholders count as the same, and so do statements with or without a word that means nothing.
 */
export function changes(from: string, to: string): readonly Change[] {
  const { before, after, runs } = compared(from, to, true);
  // A word that may be left out stands before a name that the other text has not.
  const wordAhead = (text: string, list: readonly Token[], i: number) =>
    /\bas\s+$/i.exec(text.slice(list[i - 1]?.end ?? 0, list[i]!.start))?.[0].length ?? 0;
  const startOf = (at: number, i: number) => (wordAhead(from, before, at) > 0 ? 0 : wordAhead(to, after, i));
  const textOf = ({ from: at, until, to: start, upTo }: Run) =>
    upTo > start ? cut(to, { start: after[start]!.start - (until > at ? startOf(at, start) : 0), end: after[upTo - 1]!.end }) : "";
  const spanOf = ({ from: start, until }: Run) => whole(from, { start: before[start]!.start, end: before[until - 1]!.end });
  const own = touching(
    runs.filter((run) => !isOfBrackets(run, before, after)),
    after,
    true,
  )
    .filter((run) => !isOrder(run, before, after))
    .flatMap((run) => split(run, before, after));
  const isOnlyOut = ({ to: start, upTo }: Run) => upTo === start;
  const isOnlyIn = ({ from: start, until }: Run) => until === start;
  const spans: { run: Run; moved?: boolean }[] = [];
  const made: Change[] = [];
  const left = new Set(own);
  // What is taken out at one place and put in at another is told once.
  for (const out of own.filter(isOnlyOut)) {
    const keys = before.slice(out.from, out.until).map(({ key }) => key);
    if (keys.length < 2 && keys[0] !== "unique") continue;
    const isQueries = keys[0] === "with";
    // What an UPDATE reads from beside its table stands before SET in TiDB.
    const isTables = keys[0] === "from" && before.slice(0, out.from).findLast(({ key }) => CHANGES_ROWS.has(key))?.key === "set";
    const takes = (run: Run): boolean => {
      if (isTables) return run.from <= out.from && after.slice(run.to, run.upTo + 1).some(({ key }) => key === "set");
      return isOnlyIn(run) && (isQueries ? after[run.to]!.key === "with" : holds(after.slice(run.to, run.upTo), keys));
    };
    const into = isTables ? own.findLast((run) => left.has(run) && takes(run)) : own.find((run) => left.has(run) && takes(run));
    if (!into) continue;
    left.delete(out);
    left.delete(into);
    // TiDB has either form of it.
    if (keys.join(" ") === "primary key") continue;
    if (isTables) {
      const verb = ({ key }: Token) => key === "update";
      const run = around(out, into);
      const [from, to] = [before.slice(0, run.from).findLastIndex(verb), after.slice(0, run.to).findLastIndex(verb)];
      spans.push({ run: from >= 0 && to >= 0 ? { ...run, from, to } : run, moved: true });
    } else if (isQueries || into.upTo - into.to === keys.length) spans.push({ run: around(out, into), moved: true });
    else made.push({ ...spanOf(out), text: textOf(into).replace(/^,\s*/, "") });
  }
  for (const run of left) {
    if (!isOnlyIn(run)) spans.push({ run });
    else if (run.statements) made.push({ ...spanOf(firstOf(run.beside!)), text: textOf(run).replace(/^;\s*|;\s*$/g, ""), more: true });
    else if (run.beside && run.beside.until > run.beside.from) spans.push({ run: around(run, run.beside) });
  }
  const all = overlapping(spans).map(({ run, ...each }) => ({ ...each, run: bracketed(run, before, after) }));
  for (const { run, moved } of overlapping(all)) made.push({ ...spanOf(run), text: textOf(run), ...(moved && { moved }) });
  return made.sort((a, b) => a.start - b.start);
}

/** Words that tell whose a FROM is. */
const CHANGES_ROWS: ReadonlySet<string> = new Set(["select", "set", "delete"]);

function cut(text: string, span: Span): string {
  const { start, end } = whole(text, span);
  return text.slice(start, end);
}

const IN_QUOTES = /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g;

/** Characters beside a place in which its brackets are looked for. */
const NEAR = 200;

/** A place with those brackets at its ends that say nothing, and so are no tokens: as many as it needs to have its own whole. */
function whole(text: string, { start, end }: Span): Span {
  const inside = text.slice(start, end).replaceAll(IN_QUOTES, "");
  let [closing, opening] = [0, 0];
  for (const sign of inside)
    if (sign === "(") opening++;
    else if (sign === ")" && opening > 0) opening--;
    else if (sign === ")") closing++;
  // A bracket that stands alone is shown for the end of what it closes.
  if (inside === ")") return { start, end };
  const [ahead, behind] = [
    /(?:\(\s*)*$/.exec(text.slice(Math.max(0, start - NEAR), start))![0],
    /^(?:\s*\))*/.exec(text.slice(end, end + NEAR))![0],
  ];
  const places = (blank: string, sign: string) => [...blank].flatMap((each, i) => (each === sign ? [i] : []));
  const [left, right] = [places(ahead, "(").reverse(), places(behind, ")")];
  return {
    start: closing > 0 && left.length >= closing ? start - ahead.length + left[closing - 1]! : start,
    end: opening > 0 && right.length >= opening ? end + right[opening - 1]! + 1 : end,
  };
}

/** Constraints of a column, which stand behind the columns in TiDB. */
const OF_COLUMN: ReadonlySet<string> = new Set(["primary", "references"]);

/** A change of a column's type, and each constraint behind it. */
function split(run: Difference, before: readonly Token[], after: readonly Token[]): readonly Difference[] {
  const { from, until, to, upTo } = run;
  if (after.slice(to, upTo).some(({ key }) => OF_COLUMN.has(key))) return [run];
  const made: Difference[] = [];
  let start = from;
  for (let i = from + 1; i <= until; i++) {
    const key = before[i]?.key ?? "";
    const isNamed = before[i - 2]?.key === "constraint" && i - 2 >= start;
    if (i < until && (isNamed || !(OF_COLUMN.has(key) || (key === "constraint" && OF_COLUMN.has(before[i + 2]?.key ?? ""))))) continue;
    made.push(start === from ? { ...run, until: i } : { from: start, until: i, to: upTo, upTo });
    start = i;
  }
  return made.length > 0 ? made : [run];
}

/** Brackets alone, which mean nothing where the rest is the same. */
function isOfBrackets({ from, until, to, upTo }: Run, before: readonly Token[], after: readonly Token[]): boolean {
  return [...before.slice(from, until), ...after.slice(to, upTo)].every(({ key }) => key === "(" || key === ")");
}

/** Constraints of a column in another order, of which both have any. */
function isOrder({ from, until, to, upTo }: Run, before: readonly Token[], after: readonly Token[]): boolean {
  const sorted = (list: readonly Token[]) => list.map(({ key }) => key).sort();
  const [ours, theirs] = [sorted(before.slice(from, until)), sorted(after.slice(to, upTo))];
  return ours.includes("default") && ours.includes("null") && ours.join(" ") === theirs.join(" ");
}

/** A word or two of a statement, for what is beside it. */
function firstOf({ from, to }: Run): Run {
  return { from, until: from + 1, to, upTo: to + 1 };
}

function around(a: Run, b: Run): Run {
  return { from: Math.min(a.from, b.from), until: Math.max(a.until, b.until), to: Math.min(a.to, b.to), upTo: Math.max(a.upTo, b.upTo) };
}

/** Runs that touch each other in both texts are one. */
function touching(runs: readonly Difference[], after: readonly Token[], isForReading: boolean): readonly Difference[] {
  const made: Difference[] = [];
  for (const run of runs) {
    const last = made.at(-1);
    // What comes behind a comma is no part of what changed before it.
    const isApart = isForReading && (last?.beside ? run.beside : run.beside && after[run.to]?.key === ",");
    if (last && !isApart && last.until === run.from && last.upTo === run.to) {
      const { from, until, to, upTo } = around(last, run);
      made[made.length - 1] = { from, until, to, upTo, ...(from === until && run.beside && { beside: run.beside }) };
    } else made.push(run);
  }
  return made;
}

function overlapping(all: readonly { run: Run; moved?: boolean }[]): readonly { run: Run; moved?: boolean }[] {
  const made: { run: Run; moved?: boolean }[] = [];
  for (const each of [...all].sort((a, b) => a.run.from - b.run.from || a.run.to - b.run.to)) {
    const last = made.at(-1);
    if (last && each.run.from < last.run.until) {
      last.run = around(last.run, each.run);
      if (each.moved) last.moved = true;
    } else made.push({ ...each });
  }
  return made;
}

/** A run with its brackets whole; where something comes behind brackets, their end may stand for them. */
function bracketed(run: Run, before: readonly Token[], after: readonly Token[]): Run {
  if (run.until === run.from + 1 && before[run.from]!.key === ")") return run;
  let { from, until, to, upTo } = run;
  for (;;) {
    const [ours, theirs] = [open(before, from, until), open(after, to, upTo)];
    if ((ours.closing > 0 || theirs.closing > 0) && from > 0 && to > 0) [from, to] = [from - 1, to - 1];
    else if ((ours.opening > 0 || theirs.opening > 0) && until < before.length && upTo < after.length)
      [until, upTo] = [until + 1, upTo + 1];
    else if (ours.closing + theirs.closing + ours.opening + theirs.opening === 0) return { from, until, to, upTo };
    else return { from: 0, until: before.length, to: 0, upTo: after.length };
  }
}

/** How many brackets begin in a text and end behind it, and how many end in it and begin before it. */
function open(list: readonly Token[], start: number, end: number): { readonly opening: number; readonly closing: number } {
  let [opening, closing] = [0, 0];
  for (let i = start; i < end; i++) {
    if (list[i]!.key === "(") opening++;
    else if (list[i]!.key === ")" && opening > 0) opening--;
    else if (list[i]!.key === ")") closing++;
  }
  return { opening, closing };
}

/** Whether these words stand in a text, each as often: ON UPDATE and ON DELETE have an order of their own. */
function holds(text: readonly Token[], keys: readonly string[]): boolean {
  const there = text.map(({ key }) => key);
  return keys.every((key) => {
    const at = there.indexOf(key);
    if (at >= 0) there[at] = "";
    return at >= 0;
  });
}

/** What to write to make one text of the other, token by token: all else stays as it stands, its line breaks and letter case too. */
export function rewriting(from: string, to: string): readonly Change[] {
  const { before, after, runs } = compared(from, to, false);
  const endOf = (list: readonly Token[], i: number) => (i > 0 ? list[i - 1]!.end : 0);
  const startOf = (list: readonly Token[], i: number, text: string) => list[i]?.start ?? text.length;
  return touching(
    runs.filter((run) => run.until > run.from || run.upTo > run.to),
    after,
    false,
  ).map((run) => {
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
      return { start, end, text: isApart && end < from.length ? behind || ahead || needed(from[start - 1], " ", from[end]) : "" };
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
