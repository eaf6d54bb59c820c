import type { Catalog } from "../catalog/model.js";
import { readHints } from "../prove/hints.js";
import {
  alignCounters,
  type Copied,
  copyRows,
  fillMaterialized,
  generateRows,
  loadPostgres,
  loadTidb,
  rowsOf,
  type SharedTable,
  sharedTables,
  switchTriggersOff,
} from "../prove/load.js";
import { quoted } from "../prove/names.js";
import type { LoadNote } from "../prove/result.js";
import { readTables } from "../prove/tables.js";
import { chance } from "../prove/values.js";
import type { FileResult, Result } from "../result.js";
import { InputError } from "../source/decode.js";
import { split } from "../source/split.js";
import type { Source } from "../source/text.js";
import { type FreshDatabase, freshDatabase } from "../targets/database.js";
import type { Postgres } from "../targets/postgres.js";
import { readSchema } from "../targets/schema.js";
import type { Target } from "../targets/target.js";

/** Where rows come from. */
export interface StageOptions {
  /** Rows as PostgreSQL SQL; absent: they are generated. */
  readonly data?: readonly Source[];
  readonly seed: number;
  /** How many rows each table is to get. */
  readonly rows: number;
  /** `2026-01-31`: some rows are of the last days. */
  readonly today: string;
  readonly onProgress?: (what: string, done: number, total: number) => void;
  /** Takes one line at a time: what is changed on the user's server and put back. */
  readonly log?: (line: string) => void;
}

/** A schema and what was made of it. */
export interface History {
  readonly schema: readonly Source[];
  readonly queries: readonly Source[];
  readonly result: Result;
  readonly final: Catalog;
  readonly relation: (name: { schema: string; name: string }) => string;
}

/** Both engines with the same rows. */
export interface Stage {
  readonly postgres: Postgres;
  readonly target: Target;
  readonly database: FreshDatabase;
  readonly tables: readonly SharedTable[];
  readonly rows: number;
  readonly copied: Copied;
  readonly notes: readonly LoadNote[];
  readonly absent: ReadonlySet<string>;
}

/**
 * Loads the schema into both engines, PostgreSQL's rows, and copies these to TiDB.
 * @throws InputError when none of the data can be loaded
 */
export async function setUp(postgres: Postgres, target: Target, history: History, options: StageOptions): Promise<Stage> {
  const { schema, queries, result, final } = history;
  const database = await freshDatabase(target, result.session, options.log);
  try {
    let files = 0;
    const notes = await loadPostgres(postgres, schema, () => options.onProgress?.("schema files", ++files, schema.length));
    await postgres.query(`SET search_path = ${quoted(final.schema)}, public`);
    const statements = schemaStatements(result.files, schema);
    notes.push(...(await loadTidb(target, statements)));
    const tables = await readTables(postgres);
    const tidb = await readSchema(target, database.name);
    const columns = new Map(
      tidb.tables.map(({ name, columns: own }) => [name.toLowerCase(), new Set(own.map((c) => c.name.toLowerCase()))]),
    );
    const shared = sharedTables(tables, final, history.relation, columns);
    if (options.data === undefined) {
      const around = { hints: readHints(queries.map(({ text }) => text)), today: options.today, chance: chance(options.seed) };
      let filled = 0;
      notes.push(
        ...(await generateRows(postgres, shared, tables, around, options.rows, () =>
          options.onProgress?.("tables filled", ++filled, tables.length),
        )),
      );
    } else notes.push(...(await loadData(postgres, options.data)));
    const withTriggers = await switchTriggersOff(postgres);
    if (withTriggers.length > 0)
      notes.push({ where: "PostgreSQL", text: `triggers are off, as TiDB has none: ${withTriggers.join(", ")}` });
    const copied = await copyRows(postgres, target, shared);
    await alignCounters(postgres, target, shared);
    notes.push(...(await fillMaterialized(postgres, target, statements)));
    let rows = 0;
    for (const { pg } of shared) rows += Number((await postgres.query(`SELECT count(*) FROM ${rowsOf(pg)}`)).rows[0]![0]);
    return {
      postgres,
      target,
      database,
      tables: shared,
      rows,
      copied,
      notes: [...notes, ...copied.notes],
      absent: new Set(result.absent.map((name) => name.split(".").at(-1)!.toLowerCase())),
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** @throws InputError when not one statement of it can be loaded */
async function loadData(postgres: Postgres, data: readonly Source[]): Promise<LoadNote[]> {
  const notes = await loadPostgres(postgres, data);
  const statements = data.flatMap((source) => split(source)).filter(({ kind }) => kind === "sql" || kind === "copy").length;
  if (statements === 0 || new Set(notes.map(({ source, span }) => `${source?.name} ${span?.start}`)).size >= statements)
    throw new InputError(
      `${data.map(({ name }) => name).join(", ")}: none of the data can be loaded: ${notes[0]?.text ?? "there is no statement"}`,
    );
  return notes;
}

function schemaStatements(files: readonly FileResult[], schema: readonly Source[]) {
  return files
    .filter(({ source }) => schema.includes(source))
    .flatMap(({ statements }) => statements.flatMap(({ sql, ...of }) => sql.map((text) => ({ ...of, sql: text }))));
}
