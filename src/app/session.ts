import type { Catalog } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import { identifier } from "../emit/words.js";
import type { Source } from "../source/text.js";

/** A setting that the converted schema or the application's queries rely on; see the reference manual's page of each variable. */
export interface Setting {
  readonly sql: string;
  /** The variable and its value as SQL writes it, for drivers that take variables; absent for what no session can set. */
  readonly variable?: readonly [name: string, value: string];
  readonly why: string;
}

/** What PostgreSQL does by itself, and TiDB when it is told (each tried on TiDB 8.5.6). */
const SESSION: readonly Setting[] = [
  {
    sql: "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin",
    variable: ["collation_connection", "'utf8mb4_0900_bin'"],
    why: "literals compare by bytes: otherwise 'a' = 'A' or 'a' = 'a ', as the driver's collation has it",
  },
  {
    sql: "SET time_zone = '+00:00'",
    variable: ["time_zone", "'+00:00'"],
    why: "TIMESTAMP values are shown in the session's zone, and times without an offset are read in it",
  },
  {
    sql: "SET SESSION transaction_isolation = 'READ-COMMITTED'",
    variable: ["transaction_isolation", "'READ-COMMITTED'"],
    why: "PostgreSQL's default; TiDB's is REPEATABLE-READ, where a transaction does not see what others commit meanwhile",
  },
  {
    sql: "SET SESSION group_concat_max_len = 1073741824",
    variable: ["group_concat_max_len", "1073741824"],
    why: "GROUP_CONCAT, which takes the place of string_agg, is cut at 1024 bytes otherwise",
  },
  {
    sql: "SET SESSION cte_max_recursion_depth = 4294967295",
    variable: ["cte_max_recursion_depth", "4294967295"],
    why: "WITH RECURSIVE ends with error 3636 after 1000 rounds otherwise",
  },
  {
    sql: "SET SESSION div_precision_increment = 16",
    variable: ["div_precision_increment", "16"],
    why: "quotients and averages of DECIMAL keep four digits more than their operands otherwise",
  },
];

/** Off by default, and then CHECK constraints are dropped; read when a table is made. It has no session form (error 1229). */
export const CHECK_SWITCH: Setting = {
  sql: "SET GLOBAL tidb_enable_check_constraint = ON",
  why: "TiDB drops CHECK constraints otherwise, with a warning only; set it once, before the tables are made",
};

/** All settings: those of every session, and the one for the server. */
export const PROFILE: readonly Setting[] = [...SESSION, CHECK_SWITCH];

/** What compares text of a database as PostgreSQL does. */
const DATABASE = "CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin";

/** The statements that stand at the head of an output and prepare the check's session. */
export function sessionFor(final: Catalog, schemas: Schemas): string[] {
  const checks = [...final.tables.values()].some((t) => [...t.constraints.values()].some((c) => c.type === "check"));
  const databases = schemas === "database" ? [...final.schemas].map(identifier) : [];
  return [
    ...(checks ? PROFILE : SESSION).map(({ sql }) => sql),
    ...databases.map((name) => `CREATE DATABASE IF NOT EXISTS ${name} ${DATABASE}`),
  ];
}

/** The first lines of an output file. */
export function header(source: Source, target: string, session: readonly string[]): string {
  const name = source.name.split(/[\\/]/).pop();
  return `-- ${name}, converted for TiDB ${target} by pg2tidb.\n${session.map((sql) => `${sql};\n`).join("")}\n`;
}
