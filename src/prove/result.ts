import type { Finding } from "../finding.js";
import type { Source, Span } from "../source/text.js";
import type { RowsDifference } from "./compare.js";

/**
 * What came of one query. same: the same rows on both engines. differs, refused: by TiDB, without a finding that told so. reported: a
 * finding told that it may. not-run: there is nothing to compare, and `reason` says why.
 */
export type Outcome = "same" | "differs" | "refused" | "reported" | "not-run";

export const OUTCOMES: readonly Outcome[] = ["same", "differs", "refused", "reported", "not-run"];

/** A difference between rows that a query returned, or between the tables that it left. */
export interface Difference extends RowsDifference {
  /** `schema.table` as PostgreSQL has it; absent for returned rows. */
  readonly table?: string;
  readonly columns: readonly string[];
}

export interface ProvedQuery {
  /** From a comment `-- name: …` before it. */
  readonly name: string | undefined;
  readonly source: Source;
  readonly span: Span;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly difference?: Difference;
  /** Seen and no difference, such as another name of a column. */
  readonly notes: readonly string[];
  /** Of the conversion: warnings and errors. */
  readonly findings: readonly Finding[];
  /** What TiDB was given. */
  readonly sql: readonly string[];
  /** What stood for `$1`, `$2`, …, in PostgreSQL's input format. */
  readonly parameters: readonly string[];
  /** How many rows PostgreSQL returned; absent when it was not run. */
  readonly rows?: number;
}

/** Something that is not on an engine as the files have it. */
export interface LoadNote {
  readonly where: "PostgreSQL" | "TiDB" | "both";
  readonly text: string;
  readonly source?: Source;
  readonly span?: Span;
}

export interface ProveReport {
  /** `PostgreSQL 18.1 (embedded PGlite)` */
  readonly postgres: string;
  readonly tidb: string;
  /** Absent where the rows came from a file. */
  readonly seed?: number;
  readonly tables: number;
  readonly rows: number;
  readonly notes: readonly LoadNote[];
  readonly queries: readonly ProvedQuery[];
}

export function countOutcomes(queries: readonly { readonly outcome: Outcome }[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { same: 0, differs: 0, refused: 0, reported: 0, "not-run": 0 };
  for (const { outcome } of queries) counts[outcome]++;
  return counts;
}
