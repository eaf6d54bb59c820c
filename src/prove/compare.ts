/** Whether two engines gave the same rows. */
import { type CellNote, compareCell, type TidbCell } from "./cells.js";

export type PgRow = readonly (string | null)[];
export type TidbRow = readonly TidbCell[];

/** What a query promises about its rows. */
export interface Promised {
  /** Rows come in PostgreSQL's order. Without it they are a bag. */
  readonly ordered: boolean;
  /**
   * For each of PostgreSQL's rows the number of its group, rising: rows with equal sort keys may come in any order. Absent: the keys tell
   * all rows apart.
   */
  readonly ties?: readonly number[];
  /**
   * PostgreSQL's rows are those without OFFSET and LIMIT, and these are: of rows with equal keys at either end, any will do.
   * @see Promised.ties
   */
  readonly window?: { readonly offset: number; readonly count: number };
}

export interface RowsDifference {
  /** `error`: PostgreSQL refuses the values it meets, and TiDB does not. */
  readonly kind: "columns" | "count" | "rows" | "order" | "error";
  /** One sentence. */
  readonly text: string;
  /** The first rows that differ; where one is missing, undefined. PostgreSQL's own text, TiDB's likewise. */
  readonly examples: readonly { readonly pg: PgRow | undefined; readonly tidb: TidbRow | undefined }[];
}

export interface Comparison {
  /** Absent: the rows are the same. */
  readonly difference?: RowsDifference;
  /** What is not a difference and yet seen, by column: each once. */
  readonly notes: readonly { readonly column: string; readonly note: CellNote }[];
}

const MOST_EXAMPLES = 5;

/**
 * Compares rows cell by cell, by PostgreSQL's types.
 * @param columns of PostgreSQL's rows
 * @param pg values in PostgreSQL's output format, with the session in UTC
 * @param tidb values in TiDB's text, with the session in UTC
 */
export function compareRows(
  columns: readonly { readonly name: string; readonly type: string }[],
  pg: readonly PgRow[],
  tidb: readonly TidbRow[],
  promised: Promised,
): Comparison {
  const seen = new Map<string, { column: string; note: CellNote }>();
  const width = tidb[0]?.length ?? columns.length;
  if (width !== columns.length)
    return {
      difference: {
        kind: "columns",
        text: `PostgreSQL's rows have ${counted(columns.length, "column")}, TiDB's ${width}`,
        examples: [{ pg: pg[0], tidb: tidb[0] }],
      },
      notes: [],
    };
  const same = (a: PgRow, b: TidbRow): boolean => {
    const notes: [string, CellNote][] = [];
    for (const [i, { name, type }] of columns.entries()) {
      const verdict = compareCell(type, a[i]!, b[i]!);
      if (verdict === false) return false;
      for (const note of verdict) notes.push([name, note]);
    }
    for (const [column, note] of notes) seen.set(`${column} ${note}`, { column, note });
    return true;
  };
  const difference = differenceOf(pg, tidb, promised, same);
  return { ...(difference === undefined ? {} : { difference }), notes: [...seen.values()] };
}

type Same = (pg: PgRow, tidb: TidbRow) => boolean;

function differenceOf(pg: readonly PgRow[], tidb: readonly TidbRow[], promised: Promised, same: Same): RowsDifference | undefined {
  const { offset = 0, count = Number.POSITIVE_INFINITY } = promised.window ?? {};
  const expected = Math.max(0, Math.min(count, pg.length - offset));
  const wrong = wrongGroup(pg, tidb, promised, same);
  if (expected !== tidb.length) {
    const { missing, extra } = wrong ?? { missing: [], extra: tidb.slice(expected) };
    return {
      kind: "count",
      text: `PostgreSQL returns ${counted(expected, "row")}, TiDB ${tidb.length}`,
      examples: paired(missing, extra),
    };
  }
  if (wrong === undefined) return undefined;
  if (promised.ordered && wrong.reordered)
    return { kind: "order", text: "the same rows in another order", examples: paired(wrong.missing, wrong.extra) };
  return { kind: "rows", text: "the rows differ", examples: paired(wrong.missing, wrong.extra) };
}

interface Wrong {
  readonly missing: readonly PgRow[];
  readonly extra: readonly TidbRow[];
  /** As a whole the rows are the same. */
  readonly reordered: boolean;
}

/** The first group of tied rows in which TiDB's differ; undefined where all are as promised. */
function wrongGroup(pg: readonly PgRow[], tidb: readonly TidbRow[], promised: Promised, same: Same): Wrong | undefined {
  const { offset = 0, count = Number.POSITIVE_INFINITY } = promised.window ?? {};
  let at = 0;
  for (const { start, end } of groups(pg.length, promised)) {
    const taken = Math.min(end, offset + count) - Math.max(start, offset);
    if (taken <= 0) continue;
    const part = tidb.slice(at, at + taken);
    at += taken;
    const { missing, extra } = unmatched(pg.slice(start, end), part, same);
    // A group that the window cuts may give any of its rows.
    if (extra.length === 0 && missing.length === end - start - taken) continue;
    const whole = unmatched(pg, tidb, same);
    const reordered = promised.window === undefined && whole.extra.length === 0 && whole.missing.length === pg.length - tidb.length;
    return reordered || promised.ordered ? { missing, extra, reordered } : { ...whole, reordered };
  }
  const extra = tidb.slice(at);
  return extra.length === 0 ? undefined : { missing: [], extra, reordered: false };
}

function groups(length: number, { ordered, ties }: Promised): { start: number; end: number }[] {
  if (!ordered) return length === 0 ? [] : [{ start: 0, end: length }];
  const found: { start: number; end: number }[] = [];
  for (let i = 0; i < length; i++) {
    const last = found.at(-1);
    if (last !== undefined && ties !== undefined && ties[i] === ties[last.start]) last.end = i + 1;
    else found.push({ start: i, end: i + 1 });
  }
  return found;
}

/** Rows of each side without a partner on the other. */
function unmatched(pg: readonly PgRow[], tidb: readonly TidbRow[], same: Same): { missing: PgRow[]; extra: TidbRow[] } {
  const missing: PgRow[] = [];
  const left = [...tidb];
  for (const row of pg) {
    const partner = left.findIndex((other) => same(row, other));
    if (partner < 0) missing.push(row);
    else left.splice(partner, 1);
  }
  return { missing, extra: left };
}

function paired(pg: readonly PgRow[], tidb: readonly TidbRow[]): RowsDifference["examples"] {
  return Array.from({ length: Math.min(MOST_EXAMPLES, Math.max(pg.length, tidb.length)) }, (_, i) => ({ pg: pg[i], tidb: tidb[i] }));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
