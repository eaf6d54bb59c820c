import type { Severity } from "./finding.js";
import type { Span } from "./source/text.js";

/**
 * A trace of PostgreSQL that is not SQL: a driver, a URL, an image, a dialect of a query builder. A row says how to know it and
 * what stands in its place with TiDB; its examples are its tests and its documentation.
 */
export interface Trace {
  /** `drivers/node-pg`: the file it stands in, and a name. Never given to anything else. */
  readonly id: string;
  /** In the words of those who use it. */
  readonly construct: string;
  /** What TiDB, or its drivers, have instead, and what else changes with it. */
  readonly why: string;
  /** A page about the counterpart. */
  readonly docs: string;
  /** note: `--fix` makes it equal; warning: it may work as it is, or only in part; error: it does not work with TiDB. */
  readonly severity: Severity;
  /** `{match}` and the names of groups of the pattern may stand in it. A group named `password` may not: nothing shows one. */
  readonly text: string;
  /** What to do, for a stranger. */
  readonly help: string;
  /** Which files can hold it, by their paths with slashes. */
  readonly files: RegExp;
  /** The trace: with the flags `g` and `d`; where it has a group named `at`, that is the place, otherwise all of it. */
  readonly find: RegExp;
  /** Only in files that match this too: an import of the driver, say. */
  readonly within?: RegExp;
  /** Where comments count as well; otherwise a trace within a comment is none. */
  readonly inComments?: boolean;
  /** Too common for a word about each: found where nothing of PostgreSQL may be left, and nothing narrower lies there. */
  readonly zeroOnly?: boolean;
  /** What stands in the trace's place with TiDB, to read: it may not be all there is to do, and no password is in it. */
  readonly form?: (match: RegExpExecArray, path: string) => string | undefined;
  /** What is written in the trace's place where that is all there is to do; undefined where this one cannot be. */
  readonly fix?: (match: RegExpExecArray, path: string) => string | undefined;
  readonly examples: readonly TraceExample[];
}

export interface TraceExample {
  /** A path that `files` must match. */
  readonly file: string;
  readonly text: string;
  /** The texts at the places found, in order; none for a look-alike. */
  readonly found: readonly string[];
  /** The forms shown beside them, in order, for traces that have some. */
  readonly forms?: readonly (string | undefined)[];
  /** The whole text after `--fix`, for traces that have one. */
  readonly fixed?: string;
}

/** A trace in a file. */
export interface Traced {
  readonly trace: Trace;
  readonly span: Span;
  readonly text: string;
  /** What stands in its place with TiDB, without passwords. */
  readonly form: string | undefined;
  /** The text to write in its place; passwords are kept in it, so it goes into the file and not into a report. */
  readonly fix: string | undefined;
}

/** Keeps the type of a table of traces and its ids as they are written. */
export function traces<const T extends readonly Trace[]>(rows: T): T {
  return rows;
}

/**
 * The traces in a file, in the order of places. Where two overlap the one that starts first stands, of those the longer, of equals
 * the one earlier in the table; one that is found with `zeroOnly` yields to any other.
 * @param inComment whether an offset lies within a comment; what is in one is left out, unless the trace counts there
 */
export function tracesIn(path: string, text: string, all: readonly Trace[], inComment: (offset: number) => boolean): Traced[] {
  const found = all.filter((trace) => trace.files.test(path) && (trace.within?.test(text) ?? true)).flatMap((trace) => each(trace));
  const narrow = alone(found.filter(({ trace }) => !trace.zeroOnly));
  const strict = alone(found.filter((each) => each.trace.zeroOnly && !narrow.some((other) => overlap(each, other))));
  return [...narrow, ...strict].sort(byPlace);

  function each(trace: Trace): Traced[] {
    return [...text.matchAll(trace.find)].flatMap((match) => {
      const [start, end] = match.indices?.groups?.at ?? match.indices![0]!;
      if (!trace.inComments && inComment(start)) return [];
      const fix = trace.fix?.(match, path);
      const form = trace.form ? trace.form(match, path) : fix;
      const written = text.slice(start, end);
      return [{ trace, span: { start, end }, text: filled(trace.text, match, written), form: form === written ? undefined : form, fix }];
    });
  }
}

function byPlace(a: Traced, b: Traced): number {
  return a.span.start - b.span.start || b.span.end - a.span.end;
}

function overlap(a: Traced, b: Traced): boolean {
  return a.span.start < b.span.end && b.span.start < a.span.end;
}

/** Those that do not start within one before. */
function alone(found: readonly Traced[]): Traced[] {
  const kept: Traced[] = [];
  for (const each of found.toSorted(byPlace)) if (each.span.start >= (kept.at(-1)?.span.end ?? 0)) kept.push(each);
  return kept;
}

function filled(text: string, { groups }: RegExpExecArray, match: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "match" ? match : (groups?.[name] ?? "")));
}
