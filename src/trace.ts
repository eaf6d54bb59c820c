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
  /** `{match}` and the names of groups of the pattern may stand in it. */
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
  /** What is written in the trace's place where that is all there is to do; undefined where this one cannot be. */
  readonly fix?: (match: RegExpExecArray) => string | undefined;
  readonly examples: readonly TraceExample[];
}

export interface TraceExample {
  /** A path that `files` must match. */
  readonly file: string;
  readonly text: string;
  /** The texts at the places found, in order; none for a look-alike. */
  readonly found: readonly string[];
  /** The whole text after `--fix`, for traces that have one. */
  readonly fixed?: string;
}

/** A trace in a file. */
export interface Traced {
  readonly trace: Trace;
  readonly span: Span;
  readonly text: string;
  readonly fix: string | undefined;
}

/** Keeps the type of a table of traces and its ids as they are written. */
export function traces<const T extends readonly Trace[]>(rows: T): T {
  return rows;
}

/**
 * All traces in a file, in the order of places.
 * @param inComment whether an offset lies within a comment; what is in one is left out, unless the trace counts there
 */
export function tracesIn(path: string, text: string, all: readonly Trace[], inComment: (offset: number) => boolean): Traced[] {
  const found: Traced[] = [];
  for (const trace of all) {
    if (!trace.files.test(path) || (trace.within && !trace.within.test(text))) continue;
    for (const match of text.matchAll(trace.find)) {
      const [start, end] = match.indices?.groups?.at ?? match.indices![0]!;
      if (!trace.inComments && inComment(start)) continue;
      found.push({ trace, span: { start, end }, text: filled(trace.text, match, text.slice(start, end)), fix: trace.fix?.(match) });
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

function filled(text: string, { groups }: RegExpExecArray, match: string): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "match" ? match : (groups?.[name] ?? "")));
}
