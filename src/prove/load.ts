/** One schema and the same rows on both engines. */
import { type Catalog, isAutoIncrement } from "../catalog/model.js";
import { columnEncoder } from "../data/inserts.js";
import { identifier, string } from "../emit/words.js";
import { split } from "../source/split.js";
import type { Source, Span } from "../source/text.js";
import { type Postgres, PostgresError } from "../targets/postgres.js";
import { type Target, TidbError } from "../targets/target.js";
import { ENCODE } from "../types/values.js";
import { copyInserts } from "./copy.js";
import { type Boldness, candidate, type Generated, insertOf, parentsFirst, type Surroundings } from "./generate.js";
import { literal, quoted, relation } from "./names.js";
import type { LoadNote } from "./result.js";
import type { PgTable } from "./tables.js";

/** A table that both engines have. */
export interface SharedTable {
  readonly pg: PgTable;
  /** Its name in TiDB, quoted where it must be. */
  readonly tidb: string;
  readonly columns: readonly SharedColumn[];
  /** The column that TiDB numbers. */
  readonly counter: string | undefined;
}

export interface SharedColumn {
  readonly name: string;
  /** PostgreSQL's expression for the text that `encode` takes. */
  readonly select: string;
  /** TiDB's literal; undefined for a value that TiDB has no form for. */
  readonly encode: (text: string) => string | undefined;
  readonly generated: boolean;
}

const TRANSACTION = /^\s*(BEGIN|COMMIT|END|ROLLBACK|ABORT|START\s+TRANSACTION|SAVEPOINT|RELEASE)\b/i;

/**
 * Runs the statements of files one by one, each on its own: one that is refused costs only itself.
 * @param onDone is called after each file
 */
export async function loadPostgres(postgres: Postgres, sources: readonly Source[], onDone: () => void = () => {}): Promise<LoadNote[]> {
  const notes: LoadNote[] = [];
  for (const source of sources) {
    for (const chunk of split(source)) {
      if (chunk.kind === "end" || chunk.kind === "meta") continue;
      const text = source.text.slice(chunk.span.start, chunk.span.end);
      if (TRANSACTION.test(text)) continue;
      const statements = chunk.kind === "copy" ? copyInserts(text, source.text.slice(chunk.data.start, chunk.data.end)) : [text];
      if (statements === undefined) {
        notes.push({ where: "both", text: "COPY in another format than PostgreSQL's plain text", source, span: chunk.span });
        continue;
      }
      for (const sql of statements) {
        const refusal = await refused(postgres, sql);
        if (refusal !== undefined) notes.push({ where: "PostgreSQL", text: refusal, source, span: chunk.span });
      }
    }
    onDone();
  }
  return notes;
}

async function refused(postgres: Postgres, sql: string): Promise<string | undefined> {
  try {
    await postgres.query(sql);
    return undefined;
  } catch (error) {
    if (error instanceof PostgresError) return error.message;
    throw error;
  }
}

/** What only moves rows is left out: those come from PostgreSQL. */
const ROWS_ONLY = /^\s*(INSERT|UPDATE|DELETE|REPLACE|SELECT|WITH|TRUNCATE|VALUES|BEGIN|COMMIT|ROLLBACK|START|SAVEPOINT|RELEASE)\b/i;

/** Applies the converted schema. */
export async function loadTidb(
  target: Target,
  statements: readonly { readonly sql: string; readonly source: Source; readonly span: Span }[],
): Promise<LoadNote[]> {
  const notes: LoadNote[] = [];
  for (const { sql, source, span } of statements) {
    if (ROWS_ONLY.test(sql)) continue;
    try {
      await target.run(sql);
    } catch (error) {
      if (!(error instanceof TidbError)) throw error;
      notes.push({ where: "TiDB", text: `${error.code}: ${error.message}`, source, span });
    }
  }
  return notes;
}

/**
 * Fills materialized views from the rows that are there now, at one time on both engines; those that the schema leaves empty stay so.
 * @param statements of TiDB's schema: those that made such views fill them as well
 */
export async function fillMaterialized(
  postgres: Postgres,
  target: Target,
  statements: readonly { readonly sql: string; readonly kind: string; readonly source: Source; readonly span: Span }[],
): Promise<LoadNote[]> {
  const notes: LoadNote[] = [];
  // They were made after those that they read.
  const made = await postgres.query("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm' AND relispopulated ORDER BY oid");
  await postgres.query("BEGIN");
  const now = (await postgres.query("SELECT extract(epoch FROM now())::text")).rows[0]![0]!;
  for (const [name] of made.rows) {
    await postgres.query("SAVEPOINT refresh");
    const refusal = await refused(postgres, `REFRESH MATERIALIZED VIEW ${name}`);
    if (refusal === undefined) continue;
    notes.push({ where: "PostgreSQL", text: refusal });
    await postgres.query("ROLLBACK TO SAVEPOINT refresh");
  }
  await postgres.query("COMMIT");
  await target.run(timeIs(now));
  const fills = statements.filter(({ sql, kind }) => kind.startsWith("CREATE MATERIALIZED") && /^\s*INSERT\b/i.test(sql));
  for (const { sql, source, span } of fills) {
    try {
      await target.run(sql);
    } catch (error) {
      if (!(error instanceof TidbError)) throw error;
      notes.push({ where: "TiDB", text: `${error.code}: ${error.message}`, source, span });
    }
  }
  await target.run(timeIs(undefined));
  return notes;
}

/**
 * Sets what TiDB takes for the time.
 * @param now seconds since 1970, with microseconds; undefined: the time that it is
 */
export function timeIs(now: string | undefined): string {
  // A number with its microseconds may lie just below them as a DOUBLE, and TiDB cuts.
  return `SET timestamp = ${now === undefined ? "DEFAULT" : `${now}4`}`;
}

/** Types whose rows TiDB stores in another form than PostgreSQL prints. */
const RESHAPED: Readonly<Record<string, { select: (column: string) => string; encode: SharedColumn["encode"] }>> = {
  hstore: { select: (column) => `hstore_to_json(${column})::text`, encode: string },
  money: { select: (column) => `${column}::numeric::text`, encode: ENCODE.number },
};

/**
 * The tables and columns that both engines have.
 * @param columns of each of TiDB's tables, by names in lower case
 */
export function sharedTables(
  tables: readonly PgTable[],
  final: Catalog,
  nameOf: (table: PgTable) => string,
  columns: ReadonlyMap<string, ReadonlySet<string>>,
): SharedTable[] {
  return tables.flatMap((pg) => {
    const known = final.tables.get(pg.key);
    const tidb = nameOf(pg);
    const own = columns.get(tidb.replaceAll("`", "").toLowerCase());
    if (known === undefined || own === undefined) return [];
    const shared = pg.columns.flatMap((column): SharedColumn[] => {
      const of = known.columns.get(column.name);
      if (of === undefined || !own.has(column.name.toLowerCase())) return [];
      const { select = (text: string) => text, encode = columnEncoder(final, of) } = RESHAPED[column.type] ?? {};
      return [{ name: column.name, select: select(quoted(column.name)), encode, generated: column.generated }];
    });
    return [{ pg, tidb, columns: shared, counter: [...known.columns.values()].find(isAutoIncrement)?.name }];
  });
}

/** Candidates tried for each row that is wanted. */
const ATTEMPTS = 8;
/** Bold candidates in a row that are refused before a plain one is tried. */
const MOST_REFUSALS = 6;

/** Fills tables in PostgreSQL, which takes or refuses each row, so that all its constraints hold; returns notes on tables left empty. */
export async function generateRows(
  postgres: Postgres,
  tables: readonly SharedTable[],
  all: readonly PgTable[],
  around: Omit<Surroundings, "rows">,
  wanted: number,
  onDone: () => void = () => {},
): Promise<LoadNote[]> {
  const accepted = new Map<string, Map<string, string | null>[]>();
  const notes: LoadNote[] = [];
  const surroundings: Surroundings = { ...around, rows: (table) => accepted.get(table) ?? [] };
  for (const pg of parentsFirst(all)) {
    const shared = tables.find((table) => table.pg === pg);
    const rows = await existing(postgres, pg);
    accepted.set(pg.key, rows);
    const before = rows.length;
    let reason = "";
    let refusals = 0;
    for (let number = 0; number < wanted * ATTEMPTS && rows.length < before + wanted; number++) {
      const made = rows.length - before;
      const bold = made < 2 || refusals > MOST_REFUSALS ? 0 : BOLDNESS[made % BOLDNESS.length]!;
      const result = await tryRow(postgres, pg, shared, candidate(pg, before + number, bold, surroundings));
      refusals = typeof result === "string" ? refusals + 1 : 0;
      if (typeof result === "string") reason ||= result;
      else rows.push(result);
    }
    if (rows.length === 0) notes.push({ where: "both", text: `no row could be made for ${pg.key}: ${reason}` });
    onDone();
  }
  return notes;
}

/** Rows that are there already and that new ones may refer to. */
const MOST_EXISTING = 100;

const BOLDNESS: readonly Boldness[] = [0, 1, 2, 1];

async function existing(postgres: Postgres, table: PgTable): Promise<Map<string, string | null>[]> {
  const list = table.columns.map(({ name }) => quoted(name)).join(", ");
  const { rows } = await postgres.query(`SELECT ${list} FROM ${relation(table)} LIMIT ${MOST_EXISTING}`);
  return rows.map((row) => new Map(table.columns.map(({ name }, i) => [name, row[i]!])));
}

/** The row as stored, or why it is not. */
async function tryRow(
  postgres: Postgres,
  table: PgTable,
  shared: SharedTable | undefined,
  row: ReadonlyMap<string, Generated>,
): Promise<Map<string, string | null> | string> {
  try {
    const plain = await postgres.query(insertOf(table, row));
    const stored = plain.rows[0];
    // A trigger or rule may take the row and put none there.
    if (stored === undefined) return "a trigger keeps rows out";
    const values = new Map(table.columns.map(({ name }, i) => [name, stored[i]!]));
    const lost = shared?.columns.find(({ name, encode, select }) => {
      const text = values.get(name);
      return select === quoted(name) && text !== null && text !== undefined && encode(text) === undefined;
    });
    if (lost === undefined) return values;
    const same = [...values].map(([name, text]) => `${quoted(name)}::text IS NOT DISTINCT FROM ${text === null ? "NULL" : literal(text)}`);
    await postgres.query(`DELETE FROM ${relation(table)} WHERE ${same.join(" AND ")}`);
    return `TiDB has no form for ${lost.name} = ${values.get(lost.name)}`;
  } catch (error) {
    if (error instanceof PostgresError) return error.message;
    throw error;
  }
}

/** A copy of PostgreSQL's rows in TiDB, and how to put them there again. */
export interface Copied {
  readonly notes: readonly LoadNote[];
  /** Empties TiDB's tables and fills them again. */
  restore(): Promise<void>;
}

/** Keys stay as PostgreSQL has them, also zero; parents may come after their children. */
const BULK_ON = [
  "SET foreign_key_checks = 0",
  "SET @pg2tidb_mode = @@sql_mode",
  "SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
];
const BULK_OFF = ["SET foreign_key_checks = 1", "SET sql_mode = @pg2tidb_mode"];

/**
 * Copies all rows from PostgreSQL to TiDB, value by value as a converted dump would have them. A row that TiDB refuses is taken out of
 * PostgreSQL as well, so that both have the same.
 */
export async function copyRows(postgres: Postgres, target: Target, tables: readonly SharedTable[]): Promise<Copied> {
  const notes: LoadNote[] = [];
  const kept: string[] = [];
  await bulk(target, async () => {
    for (const table of tables) {
      const stored = table.columns.filter(({ generated }) => !generated);
      if (stored.length === 0) continue;
      const { rows } = await postgres.query(`SELECT ctid::text, ${stored.map(({ select }) => select).join(", ")} FROM ${rowsOf(table.pg)}`);
      const into = `INSERT INTO ${table.tidb} (${stored.map(({ name }) => identifier(name)).join(", ")}) VALUES `;
      const values: string[] = [];
      for (const [place, ...texts] of rows) {
        const literals = texts.map((text, i) => (text === null ? "NULL" : stored[i]!.encode(text)));
        const lost = literals.indexOf(undefined);
        const refusal = lost < 0 ? undefined : `it has no form for ${stored[lost]!.name} = ${texts[lost]}`;
        const error = refusal ?? (await refusedByTidb(target, `${into}(${literals.join(", ")})`));
        if (error === undefined) values.push(`(${literals.join(", ")})`);
        else {
          await withoutTriggers(postgres, `DELETE FROM ${rowsOf(table.pg)} WHERE ctid = '${place}'`);
          notes.push({ where: "both", text: `a row of ${table.pg.key} is left out, because TiDB does not take it: ${error}` });
        }
      }
      if (values.length > 0) kept.push(`${into}${values.join(", ")}`);
    }
  });
  const restore = () =>
    bulk(target, async () => {
      for (const { tidb } of tables) await target.run(`DELETE FROM ${tidb}`);
      for (const sql of kept) await target.run(sql);
    });
  return { notes, restore };
}

/** A table's own rows; those of a partitioned one lie in its partitions. */
export function rowsOf(table: PgTable): string {
  return `${table.partitioned ? "" : "ONLY "}${relation(table)}`;
}

async function bulk(target: Target, work: () => Promise<void>): Promise<void> {
  for (const sql of BULK_ON) await target.run(sql);
  await work();
  for (const sql of BULK_OFF) await target.run(sql);
}

async function refusedByTidb(target: Target, sql: string): Promise<string | undefined> {
  try {
    await target.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof TidbError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Without foreign keys either; a user who may not switch them off has the statement with them. */
async function withoutTriggers(postgres: Postgres, sql: string): Promise<void> {
  const refusal = await refused(postgres, `SET session_replication_role = replica; ${sql}; SET session_replication_role = origin`);
  if (refusal !== undefined) await refused(postgres, sql);
}

const TRIGGERS = `SELECT DISTINCT c.oid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal`;

/** TiDB has no triggers, as findings on the schema say: from here on PostgreSQL runs none either. Returns the tables that had some. */
export async function switchTriggersOff(postgres: Postgres): Promise<string[]> {
  const tables = (await postgres.query(TRIGGERS)).rows.map(([table]) => table!);
  for (const table of tables) await refused(postgres, `ALTER TABLE ${table} DISABLE TRIGGER USER`);
  return tables;
}

const SERIALS = `SELECT pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname), quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(a.attname)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL`;

/** Both engines give the next row the number after the greatest that is there. */
export async function alignCounters(postgres: Postgres, target: Target, tables: readonly SharedTable[]): Promise<void> {
  for (const [sequence, table, column] of (await postgres.query(SERIALS)).rows)
    await refused(postgres, `SELECT setval('${sequence!.replaceAll("'", "''")}', coalesce(max(${column}), 0) + 1, false) FROM ${table}`);
  for (const { tidb, counter } of tables) {
    if (counter === undefined) continue;
    const [row] = (await target.table(`SELECT COALESCE(MAX(${identifier(counter)}), 0) + 1 FROM ${tidb}`)).rows;
    await refusedByTidb(target, `ALTER TABLE ${tidb} FORCE AUTO_INCREMENT = ${row?.[0]}`);
  }
}
