import type { Node } from "./tree.js";

/** Tokens `from` to `until` of one text, with tokens `to` to `upTo` of the other in their place. */
export interface Run {
  readonly from: number;
  readonly until: number;
  readonly to: number;
  readonly upTo: number;
}

export interface Difference extends Run {
  /** Of what is only put in: what both texts have beside it, or around it. */
  readonly beside?: Run;
  /** Whole statements, which only the other text has. */
  readonly statements?: boolean;
}

/** Pairs of nodes that two lists are compared in; of longer lists each is held to the one at its own place. */
const MOST_PAIRS = 40_000;
/** What keeps less than this of its tokens is another as a whole. */
const LEAST_KEPT: Partial<Record<Node["kind"], number>> = { item: 0.35, statement: 0.25 };
/** Of brackets with more tokens than this, or with a change in them, only the end is shown where something comes behind them. */
const LONG = 12;
/** What is a part of an operator together with the brackets behind it. */
const OF_BRACKETS: ReadonlySet<string> = new Set(["any", "some", "all", "in", "exists"]);
const PUNCTUATION: ReadonlySet<string> = new Set([",", "(", ")", "[", "]", ";"]);

/**
 * Where two trees of the same `Ids` differ, in order and as small as clauses, items and brackets allow: all other tokens are the same.
 * @param isForReading what is much changed is shown as a whole
 */
export function align(a: Node, b: Node, isForReading: boolean): readonly Difference[] {
  const made: Made = { all: [], isForReading };
  within(a, b, runOf(a, b), made);
  return made.all;
}

interface Made {
  readonly all: Difference[];
  /** What is much changed is shown as a whole. */
  readonly isForReading: boolean;
}

function runOf(a: Node, b: Node): Run {
  return { from: a.from, until: a.until, to: b.from, upTo: b.until };
}

function spanOf(a: readonly Node[], b: readonly Node[]): Run {
  return { from: a[0]!.from, until: a.at(-1)!.until, to: b[0]!.from, upTo: b.at(-1)!.until };
}

/** @param around what a change within may be shown as */
function within(a: Node, b: Node, around: Run, made: Made): void {
  const { all, isForReading } = made;
  const before = all.length;
  if (a.kind === "call" && a.head !== b.head) {
    all.push(runOf(a.children[0]!, b.children[0]!));
    return;
  }
  lists(a.children, b.children, a.kind === "group" || a.kind === "item" || a.kind === "clause" ? around : runOf(a, b), made);
  if (!isForReading) return;
  if (isWrapped(a, b)) {
    all.splice(before, all.length - before, runOf(a, b));
    return;
  }
  // Few words between changes do not make two of them.
  const least = LEAST_KEPT[a.kind];
  const [first, last] = [all[before], all.at(-1)];
  if (least === undefined || !first || !last || first === last) return;
  if (isUnchained(a, b)) {
    const run = { from: first.from, until: last.until, to: first.to, upTo: last.upTo };
    all.splice(before, all.length - before, onChildren(run, a, b));
    return;
  }
  if (!areChildren(all.slice(before), a)) return;
  const size = last.until - first.from;
  const verb = all.findIndex(
    ({ from }, i) => i >= before && a.children.some((child) => child.from === from && (child.head === "alter" || child.head === "drop")),
  );
  if (verb >= 0) {
    // What is done to a column is one thing.
    all.splice(verb, all.length - verb, { from: all[verb]!.from, until: last.until, to: all[verb]!.to, upTo: last.upTo });
    return;
  }
  if (size - sum(all.slice(before), "from", "until") < least * size)
    all.splice(before, all.length - before, { from: first.from, until: last.until, to: first.to, upTo: last.upTo });
}

/** What is within what is made of it in TiDB, and so no change of its own. */
const TAKEN_IN: ReadonlySet<string> = new Set(["||", "filter"]);

function isUnchained(a: Node, b: Node): boolean {
  const count = ({ children }: Node) => children.filter(({ head }) => TAKEN_IN.has(head)).length;
  return count(a) > count(b);
}

/** A run with those children whole in which it begins and ends. */
function onChildren({ from, until, to, upTo }: Run, a: Node, b: Node): Run {
  const start = ({ children }: Node, at: number) => children.find((child) => at < child.until)?.from ?? at;
  const end = ({ children }: Node, at: number) => children.findLast((child) => child.from < at)?.until ?? at;
  return { from: start(a, from), until: end(a, until), to: start(b, to), upTo: end(b, upTo) };
}

/** Whether changes are of children as a whole: none within brackets. */
function areChildren(runs: readonly Run[], { children }: Node): boolean {
  const [starts, ends] = [new Set(children.map(({ from }) => from)), new Set(children.map(({ until }) => until))];
  return runs.every(({ from, until }) => from === until || (starts.has(from) && ends.has(until)));
}

/** Whether a query reads from itself, in brackets: what became of its columns tells nobody what to write. */
function isWrapped(a: Node, b: Node): boolean {
  const [ours, theirs] = [a, b].map(({ children }) => children.find(({ kind, head }) => kind === "clause" && head === "from"));
  const hasQuery = (clause: Node) => clause.children.some(({ kind, children }) => kind === "item" && children.some(isQuery));
  return (
    ours !== undefined &&
    theirs !== undefined &&
    !ours.children.some(({ children }) => children.some(({ kind }) => kind !== "leaf")) &&
    hasQuery(theirs)
  );
}

function isQuery({ kind, children }: Node): boolean {
  return kind === "group" && children.some((child) => child.kind === "clause" && child.head === "select");
}

function sum(runs: readonly Run[], start: "from" | "to", end: "until" | "upTo"): number {
  return runs.reduce((total, run) => total + run[end] - run[start], 0);
}

function lists(a: readonly Node[], b: readonly Node[], around: Run, made: Made): void {
  let start = 0;
  while (start < a.length && start < b.length && a[start]!.id === b[start]!.id) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end]!.id === b[b.length - 1 - end]!.id) end++;
  const pairs = paired(a.slice(start, a.length - end), b.slice(start, b.length - end));
  let [i, j] = [start, start];
  for (const [left, right] of [...pairs.map(([x, y]) => [x + start, y + start] as const), [a.length - end, b.length - end] as const]) {
    const before = made.all.length;
    gap(a, b, [i, left], [j, right], around, made);
    const isBehindChange = made.all.length > before && left > i && right > j;
    if (left < a.length - end && a[left]!.id !== b[right]!.id) {
      const own = runOf(a[left]!, b[right]!);
      within(a[left]!, b[right]!, a[left]!.kind === "group" ? around : own, made);
      // Another operator with something else in its brackets: `= ANY ('{a}')` and `IN ('a')`.
      if (a[left]!.kind === "group" && isBehindChange && OF_BRACKETS.has(a[left - 1]!.head))
        made.all.splice(before, made.all.length - before, spanOf(a.slice(i, left + 1), b.slice(j, right + 1)));
    }
    [i, j] = [left + 1, right + 1];
  }
}

/** What two lists have in the places between nodes that are held to each other. */
function gap(
  a: readonly Node[],
  b: readonly Node[],
  [i, left]: readonly [number, number],
  [j, right]: readonly [number, number],
  around: Run,
  made: Made,
): void {
  if (i === left && j === right) return;
  const { all, isForReading } = made;
  const [ours, theirs] = [a.slice(i, left), b.slice(j, right)];
  if (ours.length > 0 && theirs.length > 0) {
    const [inOurs, inTheirs] = [bare(ours), bare(theirs)];
    // Brackets around the whole of what stands on the other side without.
    if ((inOurs === undefined) !== (inTheirs === undefined)) {
      const inner = spanOf(inOurs ?? ours, inTheirs ?? theirs);
      const outer = spanOf(ours, theirs);
      const inside: Made = { all: [], isForReading };
      lists(inOurs ?? ours, inTheirs ?? theirs, around, inside);
      const size = Math.max(inner.until - inner.from, inner.upTo - inner.to);
      if (Math.max(sum(inside.all, "from", "until"), sum(inside.all, "to", "upTo")) <= size / 2) {
        const front = { from: outer.from, until: inner.from, to: outer.to, upTo: inner.to };
        const back = { from: inner.until, until: outer.until, to: inner.upTo, upTo: outer.upTo };
        all.push(front, ...inside.all, back);
        return;
      }
    }
    all.push(spanOf(ours, theirs));
    return;
  }
  const place = (list: readonly Node[], at: number, start: number) => (at < list.length ? list[at]!.from : (list.at(-1)?.until ?? start));
  const from = place(a, i, around.from);
  const to = place(b, j, around.to);
  if (ours.length > 0) all.push({ from, until: ours.at(-1)!.until, to, upTo: to });
  else {
    const isStatements = theirs.some(({ kind }) => kind === "statement");
    const next = beside(a, b, i, [j, right], around);
    for (const part of isStatements ? [theirs] : byComma(theirs))
      all.push({ from, until: from, to: part[0]!.from, upTo: part.at(-1)!.until, beside: next, statements: isStatements });
  }
}

/** Items that are put in, each with the comma on the side where the first has one. */
function byComma(list: readonly Node[]): readonly (readonly Node[])[] {
  const isAhead = list[0]!.head === ",";
  const made: Node[][] = [];
  for (const each of list) {
    if (made.length === 0 || (isAhead ? each.head === "," : made.at(-1)!.at(-1)!.head === ",")) made.push([each]);
    else made.at(-1)!.push(each);
  }
  return made;
}

/** What both have next to what is put in: behind a list's item that ends in a comma, before all else. */
function beside(a: readonly Node[], b: readonly Node[], i: number, [j, right]: readonly [number, number], around: Run): Run {
  const before = i > 0 && j > 0 ? edge(a[i - 1]!, b[j - 1]!, -1) : undefined;
  const behind = i < a.length && right < b.length ? edge(a[i]!, b[right]!, 0) : undefined;
  return (b[right - 1]!.head === "," ? (behind ?? before) : (before ?? behind)) ?? around;
}

function edge(a: Node, b: Node, at: 0 | -1): Run | undefined {
  if (a.id === b.id && a.kind === "clause" && a.children.at(at)!.kind !== "leaf") return edge(a.children.at(at)!, b.children.at(at)!, at);
  if (a.id === b.id && a.kind === "item" && at === -1) return edge(a.children.at(at)!, b.children.at(at)!, at);
  if (a.kind === "leaf" && PUNCTUATION.has(a.head)) return undefined;
  const isLong =
    (a.until - a.from > LONG || a.id !== b.id) && (a.kind === "call" || a.kind === "group" || a.kind === "case") && a.kind === b.kind;
  return isLong && at === -1 ? { from: a.until - 1, until: a.until, to: b.until - 1, upTo: b.until } : runOf(a, b);
}

/** What is in the brackets that are all there is of a list; undefined where there are none, or nothing in them. */
function bare(list: readonly Node[]): readonly Node[] | undefined {
  if (list.length !== 1 || list[0]!.kind !== "group") return undefined;
  const inner = list[0]!.children.slice(1, -1);
  if (inner.length === 0) return undefined;
  return inner.length === 1 && inner[0]!.kind === "item" ? inner[0]!.children : inner;
}

/** Indexes of nodes that are the same or the same but for something in them: as many and as much as can be in the order of both. */
function paired(a: readonly Node[], b: readonly Node[]): readonly (readonly [number, number])[] {
  if (a.length === 0 || b.length === 0) return [];
  if (a.length * b.length > MOST_PAIRS)
    return a.length === b.length ? a.flatMap((x, i) => (worth(x, b[i]!) > 0 ? [[i, i] as const] : [])) : [];
  const width = b.length + 1;
  const best = new Float64Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const here = worth(a[i]!, b[j]!);
      const both = here > 0 ? here + best[(i + 1) * width + j + 1]! : 0;
      best[i * width + j] = Math.max(both, best[(i + 1) * width + j]!, best[i * width + j + 1]!);
    }
  const all: (readonly [number, number])[] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    const most = best[i * width + j]!;
    const here = worth(a[i]!, b[j]!);
    if (here > 0 && most === here + best[(i + 1) * width + j + 1]!) all.push([i++, j++]);
    else if (most === best[(i + 1) * width + j]!) i++;
    else j++;
  }
  return all;
}

/** How well two nodes are held to each other; 0: not at all. */
function worth(a: Node, b: Node): number {
  if (a.id === b.id) return PUNCTUATION.has(a.head) && a.kind === "leaf" ? 0.5 : 2 + Math.min(a.until - a.from, 20);
  if (a.kind !== b.kind) return 0;
  switch (a.kind) {
    case "call":
      return a.head === b.head ? 2 : a.children[1]!.id === b.children[1]!.id ? 1.5 : 0;
    case "item":
      return 0.6 + (a.children[0]!.id === b.children[0]!.id ? 1 : 0) + (a.children.at(-1)!.id === b.children.at(-1)!.id ? 1 : 0);
    case "clause":
      return a.head === b.head ? 2 : 0;
    case "statement":
      return a.head === b.head ? 3 : 1;
    case "group":
    case "case":
      return 0.8;
    default:
      return 0;
  }
}
