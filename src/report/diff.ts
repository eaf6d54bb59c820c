import { createTwoFilesPatch, diffArrays, FILE_HEADERS_ONLY } from "diff";
import type { Paint } from "./colour.js";

/**
 * The time a diff takes grows with the square of the number of changed lines. This bound keeps it below two seconds;
 * a bound in lines, unlike one in seconds, gives the same diff on every machine.
 */
const MOST_CHANGED_LINES = 5000;

/** A unified diff; not `exact` when the texts were too different to be compared line by line. */
export interface Diff {
  readonly text: string;
  readonly exact: boolean;
}

/** The unified diff from a PostgreSQL file to what it became. Line ends do not count as changes. */
export function unifiedDiff(name: string, source: string, output: string, paint: Paint): Diff {
  const patch = createTwoFilesPatch(name, name, source, output, "PostgreSQL", "TiDB", {
    context: 3,
    stripTrailingCr: true,
    maxEditLength: MOST_CHANGED_LINES,
    headerOptions: FILE_HEADERS_ONLY,
  });
  const text = patch ?? wholeReplaced(name, source, output);
  return { text: colour(text, paint), exact: patch !== undefined };
}

/** Items `from` to `until` of one list, with items `to` to `upTo` of the other in their place. */
export interface Replaced {
  readonly from: number;
  readonly until: number;
  readonly to: number;
  readonly upTo: number;
}

/** Two lists that differ in more than this are taken for another each: the time grows with the square of it. */
const MOST_CHANGED_ITEMS = 2000;

/** Where two lists differ; undefined when they were too different to be compared. */
export function changesBetween(from: readonly string[], to: readonly string[]): readonly Replaced[] | undefined {
  // What both begin and end with needs no search.
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  const parts = diffArrays(from.slice(start, from.length - end), to.slice(start, to.length - end), { maxEditLength: MOST_CHANGED_ITEMS });
  if (!parts) return undefined;
  const runs: { -readonly [F in keyof Replaced]: Replaced[F] }[] = [];
  let [left, right] = [start, start];
  let open = false;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      left += value.length;
      right += value.length;
      open = false;
      continue;
    }
    if (!open) runs.push({ from: left, until: left, to: right, upTo: right });
    open = true;
    if (removed) left += value.length;
    else right += value.length;
    Object.assign(runs.at(-1)!, { until: left, upTo: right });
  }
  return runs;
}

/** Every line out and every line in: still a diff that applies, made without comparing anything. */
function wholeReplaced(name: string, source: string, output: string): string {
  const removed = linesOf(source);
  const added = linesOf(output);
  const mark = (sign: string, lines: readonly string[], text: string) =>
    lines.map((line) => `${sign}${line}\n`).join("") + (text.endsWith("\n") ? "" : "\\ No newline at end of file\n");
  return [
    `--- ${name}\tPostgreSQL\n+++ ${name}\tTiDB\n`,
    `@@ -1,${removed.length} +1,${added.length} @@\n`,
    mark("-", removed, source),
    mark("+", added, output),
  ].join("");
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split(/\r?\n/);
}

const LINE_PAINT: readonly { readonly starts: RegExp; readonly with: (paint: Paint) => (text: string) => string }[] = [
  { starts: /^(---|\+\+\+) /, with: (paint) => paint.strong },
  { starts: /^@@/, with: (paint) => paint.place },
  { starts: /^\+/, with: (paint) => paint.added },
  { starts: /^-/, with: (paint) => paint.removed },
];

function colour(text: string, paint: Paint): string {
  return text
    .split("\n")
    .map((line) => LINE_PAINT.find(({ starts }) => starts.test(line))?.with(paint)(line) ?? line)
    .join("\n");
}
