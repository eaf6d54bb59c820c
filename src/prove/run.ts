/** One query on both engines. */
import type { Node, SelectStmt } from "../pg/ast.js";
import { type Postgres, PostgresError, type TextRows } from "../targets/postgres.js";
import { type Target, TidbError } from "../targets/target.js";
import { type Comparison, compareRows, type TidbRow } from "./compare.js";
import { rowsOf, type SharedTable, timeIs } from "./load.js";
import { quoted, relation } from "./names.js";
import { type Keyed, keyed, tiesOf } from "./order.js";
import type { Difference } from "./result.js";

/** What came of running a query. */
export type Ran =
  | { readonly kind: "same"; readonly notes: readonly string[]; readonly rows: number }
  | { readonly kind: "differs"; readonly difference: Difference; readonly notes: readonly string[] }
  | { readonly kind: "refused"; readonly code: number; readonly message: string }
  | { readonly kind: "not-run"; readonly reason: string };

export interface Engines {
  readonly postgres: Postgres;
  readonly target: Target;
  readonly tables: readonly SharedTable[];
  /** Milliseconds for one statement. */
  readonly timeout: number;
  /** Puts TiDB's rows back after a statement that no transaction holds. */
  readonly restore: () => Promise<void>;
}

export interface Query {
  /** For PostgreSQL. */
  readonly text: string;
  readonly node: Node;
  /** For TiDB, in order. */
  readonly sql: readonly string[];
}

/**
 * Runs the query in a transaction on each engine and compares what comes back and, when it changes rows, the tables it leaves. Both
 * transactions are rolled back.
 */
export async function runQuery(engines: Engines, query: Query): Promise<Ran> {
  const changes = query.node.kind !== "SelectStmt" || hasChanges(query.text);
  const looked = changes ? touched(engines.tables, query.text) : [];
  const pg = await onPostgres(engines, query.text, looked);
  if ("reason" in pg && !pg.ofData) return { kind: "not-run", reason: `PostgreSQL refuses it: ${pg.reason}` };
  const tidb = await onTidb(engines, query.sql, looked, "now" in pg ? pg.now : undefined);
  if ("reason" in pg) return bothRefuse(pg.reason, tidb);
  if ("code" in tidb) return { kind: "refused", ...tidb };
  const compared = compareAnswers(pg, tidb, query, looked);
  if (compared.kind !== "differs") return compared;
  return (await settled(engines, query, pg, tidb, looked, compared)) ?? compared;
}

/** An error about values is an answer, which TiDB must give too. */
function bothRefuse(reason: string, tidb: TidbAnswer | Refusal): Ran {
  if ("code" in tidb) return { kind: "same", notes: [`both refuse it: ${reason}; ${tidb.code}: ${tidb.message}`], rows: 0 };
  const examples = tidb.rows.slice(0, 1).map((row) => ({ pg: undefined, tidb: row }));
  const difference = { kind: "error", text: `PostgreSQL refuses it (${reason}), TiDB does not`, examples, columns: tidb.columns } as const;
  return { kind: "differs", difference, notes: [] };
}

interface Refusal {
  readonly code: number;
  readonly message: string;
}

interface PgRefusal {
  readonly reason: string;
  /** About the values that were met, not about the statement: classes 22 and 23 of the manual's appendix A. */
  readonly ofData: boolean;
}

interface PgAnswer {
  readonly rows: TextRows;
  readonly tables: readonly TextRows[];
  /** Seconds since 1970, with microseconds: what `now()` gave. */
  readonly now: string;
}

interface TidbAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly TidbRow[];
  readonly tables: readonly (readonly TidbRow[])[];
}

function hasChanges(text: string): boolean {
  return /^\s*WITH\b/i.test(text) && /\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE)\b/i.test(text);
}

/** Tables whose name stands in the text, and those that refer to them, whose rows may go along. */
function touched(tables: readonly SharedTable[], text: string): SharedTable[] {
  const words = new Set(text.toLowerCase().match(/[\w$]+/g));
  const found = new Set(tables.filter(({ pg }) => words.has(pg.name.toLowerCase())));
  for (const table of found)
    for (const child of tables) if (child.pg.foreign.some(({ parent }) => parent === table.pg.key)) found.add(child);
  return [...found];
}

/** @param prelude SQL within the transaction before the query: a seam for laying rows in another order */
async function onPostgres(
  { postgres, timeout }: Engines,
  text: string,
  tables: readonly SharedTable[],
  prelude: readonly string[] = [],
): Promise<PgAnswer | PgRefusal> {
  try {
    await postgres.query("BEGIN");
    const now = (await postgres.query("SELECT extract(epoch FROM now())::text")).rows[0]![0]!;
    for (const sql of prelude) await postgres.query(sql);
    const rows = await postgres.query(text, timeout);
    const left: TextRows[] = [];
    for (const { pg, columns } of tables)
      left.push(await postgres.query(`SELECT ${columns.map(({ name }) => quoted(name)).join(", ")} FROM ${rowsOf(pg)}`));
    return { rows, tables: left, now };
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    return { reason: `${error.code}: ${error.message}`, ofData: /^2[23]/.test(error.code) };
  } finally {
    if (postgres.alive()) await postgres.query("ROLLBACK").catch(ignored);
  }
}

function ignored(error: unknown): void {
  if (!(error instanceof PostgresError)) throw error;
}

/** Statements that TiDB commits by themselves. */
const UNHELD = /^\s*(TRUNCATE|CREATE|ALTER|DROP|RENAME)\b/i;

async function onTidb(
  { target, timeout, restore }: Engines,
  statements: readonly string[],
  tables: readonly SharedTable[],
  now: string | undefined,
): Promise<TidbAnswer | Refusal> {
  const unheld = statements.some((sql) => UNHELD.test(sql));
  let lost = false;
  try {
    await target.run(timeIs(now));
    await target.run("BEGIN");
    let columns: readonly string[] = [];
    let rows: readonly TidbRow[] = [];
    for (const sql of statements) {
      const answer = await target.table(sql, timeout);
      if (answer.columns.length > 0) ({ columns, rows } = answer);
    }
    const left: (readonly TidbRow[])[] = [];
    for (const { tidb, columns: own } of tables)
      left.push((await target.table(`SELECT ${own.map(({ name }) => `\`${name.replaceAll("`", "``")}\``).join(", ")} FROM ${tidb}`)).rows);
    return { columns, rows, tables: left };
  } catch (error) {
    if (!(error instanceof TidbError)) throw error;
    lost = error.code === INTERRUPTED;
    return { code: error.code, message: error.message };
  } finally {
    if (!lost) {
      await target.run("ROLLBACK");
      await target.run(timeIs(undefined));
      if (unheld) await restore();
    }
  }
}

/** The session went with the statement that took too long. */
export const INTERRUPTED = 3024;

function compareAnswers(pg: PgAnswer, tidb: TidbAnswer, query: Query, looked: readonly SharedTable[]): Ran {
  const ordered = isOrdered(query);
  const returned = pg.rows.columns.length > 0 || tidb.columns.length > 0;
  const notes: string[] = [];
  if (returned) {
    const { columns } = pg.rows;
    const compared = compareRows(columns, pg.rows.rows, tidb.rows, { ordered });
    notes.push(...noted(compared), ...renamed(columns, tidb.columns));
    if (compared.difference !== undefined)
      return { kind: "differs", difference: { ...compared.difference, columns: columns.map(({ name }) => name) }, notes };
  }
  for (const [i, { pg: table }] of looked.entries()) {
    const { columns, rows } = pg.tables[i]!;
    const compared = compareRows(columns, rows, tidb.tables[i]!, { ordered: false });
    notes.push(...noted(compared));
    if (compared.difference !== undefined) {
      const difference = { ...compared.difference, table: table.key, columns: columns.map(({ name }) => name) };
      return { kind: "differs", difference, notes };
    }
  }
  return { kind: "same", notes: [...new Set(notes)], rows: pg.rows.rows.length };
}

const NOTES = {
  scale: "has other digits behind the point, of the same value",
  "time-of-day": "comes with a time of day, or without one",
  "json-number": "has a number in another spelling",
} as const;

function noted({ notes }: Comparison): string[] {
  return notes.map(({ column, note }) => `column ${column} ${NOTES[note]}`);
}

/** Applications read columns by name. */
function renamed(pg: TextRows["columns"], tidb: readonly string[]): string[] {
  if (pg.length !== tidb.length) return [];
  return pg.flatMap(({ name }, i) =>
    name.toLowerCase() === tidb[i]!.toLowerCase() ? [] : [`column ${name} is called ${tidb[i]} in TiDB`],
  );
}

/**
 * A difference looked at again: rows of equal sort keys may change places, any of them may stand at the end of a LIMIT, and what
 * PostgreSQL itself answers differently when its rows lie in another order is nothing to compare.
 * @returns undefined where it remains
 */
async function settled(
  engines: Engines,
  query: Query,
  pg: PgAnswer,
  tidb: TidbAnswer,
  looked: readonly SharedTable[],
  found: Ran & { kind: "differs" },
): Promise<Ran | undefined> {
  const plan = query.node.kind === "SelectStmt" && looked.length === 0 ? keyed(query.text, query.node) : undefined;
  // With its keys and without its LIMIT a query leaves open what it must.
  const whole: Query = plan === undefined ? query : { ...query, text: plan.sql };
  const all = plan === undefined ? pg : await onPostgres(engines, whole.text, looked);
  if ("reason" in all) return undefined;
  if (plan !== undefined && found.difference.kind !== "columns") {
    const comparison = byKeys(plan, query.node as SelectStmt, pg, all, tidb);
    if (comparison !== undefined && comparison.difference === undefined)
      return { kind: "same", notes: found.notes, rows: tidb.rows.length };
  }
  const again = await onPostgres(engines, whole.text, looked);
  const turned = await onPostgres(engines, whole.text, looked, turnedOver(engines.tables));
  for (const [other, why] of [
    [again, "when it is asked twice"],
    [turned, "when its rows lie in another order"],
  ] as const) {
    if ("reason" in other || isSameAnswer(all, other, plan === undefined && isOrdered(query))) continue;
    // The clock alone is no excuse: TiDB's stands at PostgreSQL's time. Of such a query no other run can tell more.
    if (other === again && (await repeats(engines, query, looked, pg, tidb))) return undefined;
    const compared = plan === undefined ? compareAnswers(other, tidb, query, looked) : undefined;
    return compared?.kind === "same" ? compared : { kind: "not-run", reason: `PostgreSQL itself answers otherwise ${why}` };
  }
  return undefined;
}

/** Whether TiDB, asked twice at the same time, answers the same. */
async function repeats(engines: Engines, { sql }: Query, looked: readonly SharedTable[], pg: PgAnswer, tidb: TidbAnswer): Promise<boolean> {
  const again = await onTidb(engines, sql, looked, pg.now);
  const text = ({ rows, tables }: TidbAnswer) =>
    JSON.stringify([rows, ...tables].map((each) => each.map((row) => JSON.stringify(row)).sort()));
  return !("code" in again) && text(again) === text(tidb);
}

function isOrdered({ node }: Query): boolean {
  return node.kind === "SelectStmt" && node.sortClause !== undefined;
}

function byKeys(plan: Keyed, select: SelectStmt, pg: PgAnswer, all: PgAnswer, tidb: TidbAnswer): Comparison | undefined {
  const keys = keyPlaces(plan, all.rows.columns);
  if (keys === undefined) return undefined;
  const { columns } = pg.rows;
  const rows = all.rows.rows.map((row) => row.slice(0, columns.length));
  return compareRows(columns, rows, tidb.rows, {
    ordered: select.sortClause !== undefined,
    ties: tiesOf(all.rows.rows, keys),
    ...(plan.window === undefined ? {} : { window: plan.window }),
  });
}

function keyPlaces({ keys }: Keyed, columns: TextRows["columns"]): number[] | undefined {
  const places = keys.map((key) => (typeof key === "number" ? key : columns.findIndex(({ name }) => name === key)));
  return places.includes(-1) ? undefined : places;
}

/** Statements that turn the order in which the rows of each table lie. */
function turnedOver(tables: readonly SharedTable[]): string[] {
  return [
    "SET LOCAL session_replication_role = replica",
    ...tables.flatMap(({ pg }, i) => {
      const stored = pg.columns.filter(({ generated }) => !generated).map(({ name }) => quoted(name));
      if (stored.length === 0) return [];
      const columns = stored.join(", ");
      return [
        `CREATE TEMP TABLE pg2tidb_turned_${i} ON COMMIT DROP AS SELECT ${columns} FROM ${rowsOf(pg)} ORDER BY ctid DESC`,
        `DELETE FROM ${rowsOf(pg)}`,
        `INSERT INTO ${relation(pg)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM pg2tidb_turned_${i}`,
      ];
    }),
    "SET LOCAL session_replication_role = origin",
    // An index gives its own order, which the rows then no longer have.
    "SET LOCAL enable_indexscan = off",
    "SET LOCAL enable_bitmapscan = off",
    "SET LOCAL enable_indexonlyscan = off",
  ];
}

function isSameAnswer(one: PgAnswer, other: PgAnswer, ordered: boolean): boolean {
  const text = (rows: readonly (readonly (string | null)[])[], inOrder: boolean) => {
    const lines = rows.map((row) => JSON.stringify(row));
    return (inOrder ? lines : lines.sort()).join("\n");
  };
  return (
    text(one.rows.rows, ordered) === text(other.rows.rows, ordered) &&
    one.tables.every((table, i) => text(table.rows, false) === text(other.tables[i]!.rows, false))
  );
}
