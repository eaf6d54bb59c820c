import type { Catalog, Column, Table } from "../catalog/model.js";
import type { PartitionBoundSpec, Value } from "../pg/ast.js";
import { as, columnName } from "../pg/names.js";
import { tidbDefault } from "../types/defaults.js";
import { mapType } from "../types/map.js";
import { identifier } from "./words.js";

/** A partition of PostgreSQL and the rows it takes; `bound` is absent for a child by INHERITS. */
export interface Share {
  readonly table: Table;
  readonly bound: PartitionBoundSpec | undefined;
}

/** A partition of TiDB, and the table whose rows it holds. */
export interface Piece {
  readonly table: Table;
  readonly name: string;
  /** `PARTITION name VALUES …` */
  readonly sql: string;
}

/** How TiDB partitions a table: `by` is what follows PARTITION BY. */
export interface Layout {
  readonly by: string;
  readonly pieces: readonly Piece[];
}

const sqlOf = (catalog: Catalog, column: Column) => mapType(catalog, column.type, column)?.sql ?? "";

/** Types of RANGE COLUMNS and LIST COLUMNS (TiDB 8.5.6: error 1659 for others). */
const COLUMNS_TYPES = /^(SMALLINT|INT|BIGINT|BOOLEAN|CHAR|VARCHAR|VARBINARY|DATE|DATETIME|TIME)(\(\d+\))?$/;
/** Types of KEY (error 1659 for others). */
const KEY_TYPES = /^(SMALLINT|INT|BIGINT|BOOLEAN|CHAR|VARCHAR|VARBINARY|DATE|DATETIME|TIME|TIMESTAMP|DECIMAL|ENUM)\b/;

function constant(catalog: Catalog, column: Column, value: Value): string | undefined {
  const made = tidbDefault(catalog, column, value);
  return "sql" in made && !made.sql.startsWith("(") && !made.sql.startsWith("CURRENT") ? made.sql : undefined;
}

/** How many parts TiDB spreads the rows over; undefined where PostgreSQL's partitions do not take all rows, or for other types. */
export function hashLayout(catalog: Catalog, columns: readonly Column[], shares: readonly Share[]): string | undefined {
  // Where a remainder is missing, PostgreSQL refuses its rows.
  if (!takesAllHashes(shares) || !columns.every((c) => KEY_TYPES.test(sqlOf(catalog, c)))) return undefined;
  return `KEY (${columns.map((c) => identifier(c.name)).join(", ")}) PARTITIONS ${shares.length}`;
}

export function takesAllHashes(shares: readonly Share[]): boolean {
  return Math.abs(shares.reduce((sum, { bound }) => sum + 1 / (bound?.modulus || 1), 0) - 1) < 1e-9;
}

/** The partitions by LIST; the one for all other values is the last. */
export function listLayout(catalog: Catalog, columns: readonly Column[], shares: readonly Share[]): Layout | undefined {
  const [column] = columns;
  if (!column || columns.length !== 1 || !COLUMNS_TYPES.test(sqlOf(catalog, column))) return undefined;
  const taken = new Set<string>();
  const pieces: Piece[] = [];
  for (const { table, bound } of shares.toSorted((a, b) => Number(a.bound?.is_default ?? false) - Number(b.bound?.is_default ?? false))) {
    const name = `PARTITION ${identifier(table.name)}`;
    const values = (bound?.listdatums ?? []).map((value) => constant(catalog, column, value));
    // Taken again after a partition was dropped.
    if (values.some((value) => value === undefined || taken.has(value))) return undefined;
    for (const value of values) taken.add(value!);
    pieces.push({ table, name: table.name, sql: bound?.is_default ? `${name} DEFAULT` : `${name} VALUES IN (${values.join(", ")})` });
  }
  return distinct(pieces) ? { by: `LIST COLUMNS (${identifier(column.name)})`, pieces } : undefined;
}

/** Names of partitions are compared without their case; one may also have been dropped and made again. */
function distinct(pieces: readonly Piece[]): boolean {
  return new Set(pieces.map(({ name }) => name.toLowerCase())).size === pieces.length;
}

/** A bound of one column: text of TiDB and what to order it by; the least and the greatest have none. */
interface Edge {
  readonly order: number | bigint | string;
  /** In VALUES LESS THAN. */
  readonly sql: string;
  /** Compared with the column. */
  readonly compared: string;
}

const LEAST: Edge = { order: Number.NEGATIVE_INFINITY, sql: "", compared: "" };
const GREATEST: Edge = { order: Number.POSITIVE_INFINITY, sql: "MAXVALUE", compared: "" };

/** The least value of a type, for MINVALUE behind other columns. */
const LEAST_OF: Readonly<Record<string, string>> = { SMALLINT: "-32768", INT: "-2147483648", BIGINT: "-9223372036854775808" };

function edge(catalog: Catalog, column: Column, value: Value | undefined): Edge | undefined {
  const word = as("ColumnRef", value) && columnName(as("ColumnRef", value)!);
  if (word === "minvalue") return LEAST;
  if (word === "maxvalue") return GREATEST;
  if (value === undefined) return undefined;
  const type = sqlOf(catalog, column);
  const compared = constant(catalog, column, value);
  if (compared === undefined) return undefined;
  if (type.startsWith("TIMESTAMP")) return instant(compared);
  if (/^(SMALLINT|INT|BIGINT)$/.test(type))
    return /^-?\d+$/.test(compared) ? { order: BigInt(compared), sql: compared, compared } : undefined;
  if (type === "DATE") return /^'\d{4}-\d\d-\d\d'$/.test(compared) ? { order: compared, sql: compared, compared } : undefined;
  if (type.startsWith("DATETIME")) {
    const [, day, time = "00:00:00", fraction = ""] = /^'(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(\.\d+)?)?'$/.exec(compared) ?? [];
    const text = `'${day} ${time}${fraction.replace(/\.?0*$/, "")}'`;
    return day === undefined ? undefined : { order: text, sql: text, compared: text };
  }
  return undefined;
}

/** A point in time as seconds since 1970, as TIMESTAMP is partitioned by; undefined for fractions of a second. */
function instant(literal: string): Edge | undefined {
  const [, day, time = "00:00:00", offset = "+00:00"] =
    /^'(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.0*)?([+-]\d\d(?::\d\d)?)?)?'$/.exec(literal) ?? [];
  const milliseconds = Date.parse(`${day}T${time}${offset.length === 3 ? `${offset}:00` : offset}`);
  if (day === undefined || Number.isNaN(milliseconds) || milliseconds <= 0) return undefined;
  const text = new Date(milliseconds).toISOString();
  return { order: milliseconds / 1000, sql: String(milliseconds / 1000), compared: `'${text.slice(0, 10)} ${text.slice(11, 19)}+00:00'` };
}

/** A bound of all columns of a range. */
type Corner = readonly Edge[];

function corner(catalog: Catalog, columns: readonly Column[], values: readonly Value[] | undefined): Corner | undefined {
  const edges = columns.map((column, i) => edge(catalog, column, values?.[i]));
  return edges.includes(undefined) ? undefined : (edges as Corner);
}

function compare(a: Corner, b: Corner): number {
  for (const [i, { order }] of a.entries()) {
    const other = b[i]!.order;
    if (order === other) continue;
    // Limits are numbers beside texts.
    if (typeof order === typeof other) return order < other ? -1 : 1;
    return order === Number.NEGATIVE_INFINITY || other === Number.POSITIVE_INFINITY ? -1 : 1;
  }
  return 0;
}

/** Rows at or above a corner, or below it; true and false where these are all or none. */
function side(columns: readonly Column[], at: Corner, above: boolean, i = 0): string | boolean {
  if (i === columns.length) return above;
  const name = identifier(columns[i]!.name);
  const { compared } = at[i]!;
  if (at[i] === LEAST) return above;
  if (at[i] === GREATEST) return !above;
  const strict = above ? ">" : "<";
  const rest = side(columns, at, above, i + 1);
  if (rest === true) return `${name} ${strict}= ${compared}`;
  return rest === false ? `${name} ${strict} ${compared}` : `(${name} ${strict} ${compared} OR ${name} = ${compared} AND ${rest})`;
}

interface Range {
  readonly table: Table;
  readonly low: Corner;
  readonly high: Corner;
}

/** The ranges of partitions, in order; undefined where one of them has no form in TiDB. */
function rangesOf(catalog: Catalog, columns: readonly Column[], shares: readonly Share[]): Range[] | undefined {
  const types = columns.map((column) => sqlOf(catalog, column));
  const fits = types.every((type) => COLUMNS_TYPES.test(type)) || (types.length === 1 && types[0]!.startsWith("TIMESTAMP"));
  if (!fits) return undefined;
  const ranges: Range[] = [];
  for (const { table, bound } of shares) {
    if (bound?.is_default) continue;
    const low = corner(catalog, columns, bound?.lowerdatums);
    const high = corner(catalog, columns, bound?.upperdatums);
    if (!low || !high) return undefined;
    ranges.push({ table, low, high });
  }
  return ranges.sort((a, b) => compare(a.low, b.low));
}

/**
 * The partitions by RANGE. TiDB knows upper bounds only: what lies below the first or between two is kept out by a condition
 * (`rangeGuard`), or is the default's, which has several pieces then.
 */
export function rangeLayout(catalog: Catalog, columns: readonly Column[], shares: readonly Share[]): Layout | undefined {
  const ranges = rangesOf(catalog, columns, shares);
  if (!ranges || ranges.length === 0) return undefined;
  const fallback = shares.find(({ bound }) => bound?.is_default)?.table;
  const isInstant = sqlOf(catalog, columns[0]!).startsWith("TIMESTAMP");
  const names = new Set(shares.map(({ table }) => table.name.toLowerCase()));
  const pieces: Piece[] = [];
  let possible = true;
  const add = (table: Table, high: Corner) => {
    const own = pieces.filter((piece) => piece.table === table).length;
    let number = own + 1;
    while (own > 0 && names.has(`${table.name}_${number}`.toLowerCase())) number++;
    const name = own === 0 ? table.name : `${table.name}_${number}`;
    names.add(name.toLowerCase());
    const limits = high.map((limit, i) => (limit === LEAST && i > 0 ? LEAST_OF[sqlOf(catalog, columns[i]!)] : limit.sql));
    if (limits.includes(undefined)) possible = false;
    // MAXVALUE stands bare where an expression is partitioned by.
    const list = isInstant && high[0] === GREATEST ? "MAXVALUE" : `(${limits.join(", ")})`;
    pieces.push({ table, name, sql: `PARTITION ${identifier(name)} VALUES LESS THAN ${list}` });
  };
  const start = columns.map(() => LEAST);
  const end = columns.map(() => GREATEST);
  let reached: Corner = start;
  for (const { table, low, high } of ranges) {
    const distance = compare(low, reached);
    // Taken again after a partition was dropped.
    if (distance < 0) return undefined;
    if (distance > 0 && fallback) add(fallback, low);
    add(table, high);
    reached = high;
  }
  if (fallback && compare(reached, end) < 0) add(fallback, end);
  const by = isInstant
    ? `RANGE (FLOOR(UNIX_TIMESTAMP(${identifier(columns[0]!.name)})))`
    : `RANGE COLUMNS (${columns.map((column) => identifier(column.name)).join(", ")})`;
  return possible && distinct(pieces) ? { by, pieces } : undefined;
}

/**
 * What all rows satisfy that partitions by RANGE take and TiDB's own bounds do not tell.
 * @param shares all that ever were: a row of one that is dropped later is a row all the same
 */
export function rangeGuard(catalog: Catalog, columns: readonly Column[], shares: readonly Share[]): string | undefined {
  if (shares.some(({ bound }) => bound?.is_default)) return undefined;
  const guards = columns.filter((column) => !column.notNull).map((column) => `${identifier(column.name)} IS NOT NULL`);
  let reached: Corner | undefined;
  for (const { low, high } of rangesOf(catalog, columns, shares) ?? []) {
    const above = side(columns, low, true);
    if (reached === undefined && typeof above === "string") guards.push(above);
    else if (reached !== undefined && compare(low, reached) > 0)
      guards.push(`NOT (${side(columns, reached, true)} AND ${side(columns, low, false)})`);
    if (reached === undefined || compare(high, reached) > 0) reached = high;
  }
  return guards.length > 0 ? guards.join(" AND ") : undefined;
}

/** What rows of a partition by one column satisfy, and no others of the table; undefined where it cannot be said. */
export function partitionCondition(catalog: Catalog, column: Column, bound: PartitionBoundSpec): string | undefined {
  const name = identifier(column.name);
  if (bound.strategy === "l") {
    const values = (bound.listdatums ?? []).map((value) => constant(catalog, column, value));
    const plain = values.filter((value) => value !== "NULL");
    if (values.includes(undefined)) return undefined;
    const among = plain.length > 0 ? [`${name} IN (${plain.join(", ")})`] : [];
    return plain.length < values.length ? [`${name} IS NULL`, ...among].join(" OR ") : `${name} IS NOT NULL AND ${among[0]}`;
  }
  const low = corner(catalog, [column], bound.lowerdatums);
  const high = corner(catalog, [column], bound.upperdatums);
  if (bound.strategy !== "r" || !low || !high) return undefined;
  const limits = [side([column], low, true), side([column], high, false)].filter((limit) => typeof limit === "string");
  return [`${name} IS NOT NULL`, ...limits].join(" AND ");
}

/**
 * The clause of ALTER TABLE that makes one layout of another.
 * @param from the partitions that there are; none for a table that is not partitioned yet
 */
export function relayout(from: readonly Piece[], to: Layout): string {
  const all = to.pieces.map(({ sql }) => sql);
  if (from.length === 0) return `PARTITION BY ${to.by} (${all.join(", ")})`;
  const before = from.map(({ sql }) => sql);
  let same = 0;
  while (same < before.length && before[same] === all[same]) same++;
  let end = 0;
  while (end < before.length - same && end < all.length - same && before[before.length - 1 - end] === all[all.length - 1 - end]) end++;
  if (same === before.length) return `ADD PARTITION (${all.slice(same).join(", ")})`;
  // New ones between others are split off the next (TiDB adds partitions at the end only: error 1493).
  if (before.length - same - end === 0) end--;
  const old = from.slice(same, from.length - end).map(({ name }) => identifier(name));
  return `REORGANIZE PARTITION ${old.join(", ")} INTO (${all.slice(same, all.length - end).join(", ")})`;
}
