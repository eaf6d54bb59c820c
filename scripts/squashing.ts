import { convert } from "../src/app/convert.js";
import type { Result } from "../src/result.js";
import type { Rule } from "../src/rule.js";
import { startPglite } from "../src/targets/pglite.js";
import { PostgresError } from "../src/targets/postgres.js";
import { type Target, TidbError } from "../src/targets/target.js";
import type { Group } from "./projects.js";

/** What three ways to the same schema came to. */
export interface Compared {
  readonly group: Group;
  /** Lines that describe the schema, and statements of the history and of the squashed schema that TiDB refuses. */
  readonly lines: number;
  readonly refusedHistory: readonly string[];
  readonly refusedSquash: readonly string[];
  /** What TiDB holds after the history only (`-`), and after the squashed schema only (`+`). */
  readonly differences: readonly string[];
  readonly postgres: FromPostgres | undefined;
}

export interface FromPostgres {
  readonly lines: number;
  /** Statements that the embedded PostgreSQL refuses: what they make cannot be compared. */
  readonly refused: readonly string[];
  /** What PostgreSQL has only (`-`), and our catalog only (`+`). */
  readonly differences: readonly string[];
}

/** What of it is kept, in numbers. */
export interface SquashFigures {
  /** Lines that were compared, which may not become fewer: two empty databases are alike as well. */
  readonly lines: number;
  /** Statements of the squashed schema that TiDB refuses. */
  readonly refused: number;
  /** Lines that only the history or only the squashed schema leaves: each stands for something that a finding of error tells. */
  readonly differences: number;
}

export function squashFigures({ lines, refusedSquash, differences }: Compared): SquashFigures {
  return { lines, refused: refusedSquash.length, differences: differences.length };
}

/** Applies a history and what it is squashed to, and compares what TiDB then holds; with PostgreSQL beside it, also with that. */
export async function compareSquash(group: Group, rules: readonly Rule[], target: Target, withPostgres: boolean): Promise<Compared> {
  const options = { postgres: "18", target: "8.5.6" } as const;
  const history = await convert(group.sources, rules, options);
  const squashed = await convert(group.sources, rules, { ...options, squash: true });
  const one = await applied(
    target,
    history.session,
    history.files.flatMap((file) => file.statements.flatMap(({ sql }) => sql)),
  );
  const other = await applied(
    target,
    squashed.session,
    (squashed.squashed?.statements ?? []).map(({ sql }) => sql),
  );
  return {
    group,
    lines: one.lines.length,
    refusedHistory: one.refused,
    refusedSquash: other.refused,
    differences: between(one.lines, other.lines),
    postgres: withPostgres ? await comparePostgres(group, history, squashed) : undefined,
  };
}

/** Lines that only one of two has. */
function between(left: readonly string[], right: readonly string[]): string[] {
  const [ours, theirs] = [new Set(left), new Set(right)];
  return [
    ...left.filter((line) => !theirs.has(line)).map((line) => `- ${line}`),
    ...right.filter((line) => !ours.has(line)).map((line) => `+ ${line}`),
  ].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}

let databases = 0;

async function applied(target: Target, session: readonly string[], statements: readonly string[]) {
  const database = `squash_${process.pid}_${++databases}`;
  const refused: string[] = [];
  await target.reset();
  await target.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`);
  try {
    for (const sql of session) await target.run(sql);
    await target.run(`USE ${database}`);
    for (const sql of statements) {
      try {
        await target.run(sql);
      } catch (error) {
        if (!(error instanceof TidbError)) throw error;
        refused.push(`${error.code} ${error.message}: ${sql.replaceAll(/\s+/g, " ").slice(0, 200)}`);
      }
    }
    return { lines: await described(target, database), refused };
  } finally {
    await target.run(`DROP DATABASE ${database}`);
  }
}

/**
 * What a database holds, as lines that say all of one thing. The order of columns is not in them, nor whether a generated column is stored,
 * which ALTER TABLE cannot make it, nor are the indexes that TiDB makes for
 * foreign keys where there is no other: a primary key that comes later finds one there.
 */
async function described(target: Target, database: string): Promise<string[]> {
  const where = `= '${database}'`;
  const queries = [
    `SELECT CONCAT_WS(' ', 'table', table_name, table_type, table_comment) AS line FROM information_schema.tables WHERE table_schema ${where}`,
    `SELECT CONCAT_WS(' ', 'column', CONCAT(table_name, '.', column_name), column_type, collation_name, 'NULL', is_nullable,
       'DEFAULT', IFNULL(column_default, 'none'), REPLACE(extra, 'VIRTUAL', 'STORED'), generation_expression, 'COMMENT', column_comment) AS line
     FROM information_schema.columns WHERE table_schema ${where}`,
    `SELECT CONCAT_WS(' ', 'key', CONCAT(table_name, '.', index_name), IF(MAX(non_unique) = 0, 'unique', ''),
       GROUP_CONCAT(CONCAT(IFNULL(column_name, expression), IFNULL(CONCAT('(', sub_part, ')'), '')) ORDER BY seq_in_index)) AS line
     FROM information_schema.statistics s WHERE table_schema ${where} AND NOT EXISTS (
       SELECT 1 FROM information_schema.referential_constraints r WHERE r.constraint_schema = s.table_schema AND r.table_name = s.table_name
         AND r.constraint_name = s.index_name)
     GROUP BY table_name, index_name`,
    `SELECT CONCAT_WS(' ', 'foreign key', CONCAT(k.table_name, '.', k.constraint_name),
       GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position), 'to', k.referenced_table_name,
       GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position), MAX(r.delete_rule), MAX(r.update_rule)) AS line
     FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
       ON r.constraint_schema = k.table_schema AND r.table_name = k.table_name AND r.constraint_name = k.constraint_name
     WHERE k.table_schema ${where} AND k.referenced_table_name IS NOT NULL GROUP BY k.table_name, k.constraint_name, k.referenced_table_name`,
    `SELECT CONCAT_WS(' ', 'check', CONCAT(table_name, '.', constraint_name), check_clause) AS line
     FROM information_schema.tidb_check_constraints WHERE constraint_schema ${where}`,
  ];
  const lines: string[] = [];
  for (const query of queries)
    for (const row of await target.rows(query)) lines.push(String(row.line).replaceAll(database, "database").trim());
  return numbered(lines).sort();
}

/** A column that became an identity draws from a sequence where ALTER TABLE made it one, and from AUTO_INCREMENT in a definition. */
function numbered(lines: readonly string[]): string[] {
  const own = new Set<string>();
  const same = lines.map((line) => {
    const [, table, column, sequence] = /^column (\S+)\.(\S+) .* DEFAULT nextval\(`database`\.`(\w+)`\)/.exec(line) ?? [];
    if (sequence === undefined || sequence !== `${table}_${column}_seq`) return line.replace("auto_increment", "numbered");
    own.add(`table ${sequence} SEQUENCE`);
    return line.replace(/DEFAULT nextval\(\S+\) DEFAULT_GENERATED/, "DEFAULT none numbered");
  });
  return same.filter((line) => !own.has(line));
}

async function comparePostgres(group: Group, history: Result, squashed: Result): Promise<FromPostgres> {
  const text = group.sources.map((source) => source.text).join("\n");
  const postgres = await startPglite(text);
  try {
    const refused: string[] = [];
    for (const { source, span, kind } of history.files.flatMap((file) => file.statements)) {
      // Each statement stands alone: one that is refused must not take those beside it along.
      if (/^(BEGIN|START|COMMIT|END|ROLLBACK|psql|COPY)\b/.test(kind)) continue;
      const sql = source.text.slice(span.start, span.end).replace(/\bCONCURRENTLY\b/i, "");
      try {
        await postgres.query(sql, 60_000);
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
        refused.push(`${source.name}: ${error.message}: ${sql.replaceAll(/\s+/g, " ").slice(0, 160)}`);
      }
    }
    const theirs: string[] = [];
    for (const query of CATALOG) for (const [line] of (await postgres.query(query)).rows) theirs.push(line!);
    return { lines: theirs.length, refused, differences: between(theirs, ours(squashed)) };
  } finally {
    await postgres.close();
  }
}

const USER_TABLES = `c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;
/** As `--schemas prefix` names them. */
const nameOf = (space: string, relation: string) =>
  `CASE WHEN ${space}.nspname = 'public' THEN '' ELSE ${space}.nspname || '_' END || ${relation}.relname`;
const TABLE = nameOf("n", "c");
const COLUMNS = (numbers: string, table: string) =>
  `(SELECT string_agg(a.attname, ',' ORDER BY u.ord) FROM unnest(${numbers}) WITH ORDINALITY u(num, ord)
    JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.num)`;

/** Columns with their types and nullability, keys and foreign keys, as lines. */
const CATALOG = [
  `SELECT 'column ' || ${TABLE} || '.' || a.attname || ' ' || replace(regexp_replace(format_type(a.atttypid, a.atttypmod), '^.*\\.', ''), '"', '')
     || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${USER_TABLES} AND a.attnum > 0 AND NOT a.attisdropped`,
  `SELECT CASE k.contype WHEN 'p' THEN 'primary key ' ELSE 'unique ' END || ${TABLE} || CASE k.contype WHEN 'u' THEN '.' || k.conname ELSE '' END
     || ' ' || ${COLUMNS("k.conkey", "k.conrelid")}
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${USER_TABLES} AND k.contype IN ('p', 'u')`,
  // A longer name loses its middle in TiDB (indexName in src/catalog/held.ts).
  `SELECT 'unique ' || ${TABLE} || '.' || CASE WHEN length(x.relname) > 57 THEN left(x.relname, 40) || right(x.relname, 17) ELSE x.relname END || ' ' || ${COLUMNS("i.indkey[0:i.indnkeyatts - 1]", "i.indrelid")}
   FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${USER_TABLES} AND i.indisunique AND i.indexprs IS NULL AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
  `SELECT 'foreign key ' || ${TABLE} || ' ' || ${COLUMNS("k.conkey", "k.conrelid")} || ' to ' || ${nameOf("s", "p")} || ' ' || ${COLUMNS("k.confkey", "k.confrelid")}
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class p ON p.oid = k.confrelid
     JOIN pg_namespace s ON s.oid = p.relnamespace
   WHERE ${USER_TABLES} AND k.contype = 'f'`,
];

/** The same lines from our catalog at the end of the squashed schema. */
function ours({ expected, columns }: Result): string[] {
  const types = new Map(columns.map(({ table, column, type }) => [`${table.replace(".", "_")}.${column}`, type]));
  return expected.tables.flatMap((table) => [
    ...table.columns.map((column) => {
      const type = written(types.get(`${table.name}.${column.name}`) ?? "?");
      return `column ${table.name}.${column.name} ${type}${column.nullable ? "" : " NOT NULL"}`;
    }),
    ...(table.primaryKey.length > 0 ? [`primary key ${table.name} ${table.primaryKey.join(",")}`] : []),
    ...table.indexes
      .filter((index) => index.unique && !index.columns.includes(null))
      .map((index) => `unique ${table.name}.${index.name} ${index.columns.join(",")}`),
    ...table.foreignKeys.map((fk) => `foreign key ${table.name} ${fk.columns.join(",")} to ${fk.parent} ${fk.parentColumns.join(",")}`),
  ]);
}

/** A type's name as format_type gives it. */
function written(type: string): string {
  const [, name = "", mods = "", brackets = ""] = /^"?([^"([]+)"?(\([^)]*\))?((?:\[\])*)/.exec(type.replace(/^.*\./, "")) ?? [];
  const [before, after = ""] = NAMES[name.trim()] ?? [name.trim()];
  const length = name === "char" || name === "bpchar" ? mods || "(1)" : mods;
  const precise = /^numeric\((\d+)\)$/.exec(`${before}${length}`);
  return `${precise ? `numeric(${precise[1]},0)` : `${before}${length}`}${after}${brackets === "" ? "" : "[]"}`;
}

const NAMES: Readonly<Record<string, readonly [string, string?]>> = {
  varchar: ["character varying"],
  char: ["character"],
  bpchar: ["character"],
  int: ["integer"],
  int2: ["smallint"],
  int4: ["integer"],
  int8: ["bigint"],
  serial: ["integer"],
  serial4: ["integer"],
  bigserial: ["bigint"],
  serial8: ["bigint"],
  smallserial: ["smallint"],
  serial2: ["smallint"],
  float4: ["real"],
  float8: ["double precision"],
  bool: ["boolean"],
  decimal: ["numeric"],
  timestamptz: ["timestamp", " with time zone"],
  timestamp: ["timestamp", " without time zone"],
  timetz: ["time", " with time zone"],
  time: ["time", " without time zone"],
  varbit: ["bit varying"],
};

/** A line a group. */
export function squashTable(all: readonly Compared[]): string {
  const head = [
    "group",
    "TiDB holds",
    "history refused",
    "squash refused",
    "differences",
    "PostgreSQL has",
    "PostgreSQL refused",
    "differences",
  ];
  const rows = all.map(({ group, lines, refusedHistory, refusedSquash, differences, postgres }) => [
    group.name,
    lines,
    refusedHistory.length,
    refusedSquash.length,
    differences.length,
    ...(postgres ? [postgres.lines, postgres.refused.length, postgres.differences.length] : ["–", "–", "–"]),
  ]);
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
