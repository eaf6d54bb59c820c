import {
  atEnd,
  type Catalog,
  type Column,
  type Composite,
  type Domain,
  type EnumType,
  emptyCatalog,
  find,
  isAutoIncrement,
  type Key,
  key,
} from "../catalog/model.js";
import { overridesOf, type TypeOverride } from "../catalog/overrides.js";
import { identifier, string } from "../emit/words.js";
import type { ColumnDef, TypeName } from "../pg/ast.js";
import { constantValue } from "../pg/constants.js";
import { as, literalText, type Name, nodesOf, typeName } from "../pg/names.js";
import { type Chosen, choose, readTarget } from "./targets.js";
import { arrayToJson, type Codec, compositeToJson, ELEMENT, type ToJson } from "./values.js";

/** A PostgreSQL type where it is used. */
export interface TypeUse {
  /** PostgreSQL's internal name: `int4`, `timestamptz`. */
  readonly name: string;
  /** Modifiers as written: `numeric(10,2)` has [10, 2]. */
  readonly mods: readonly number[];
  /** What happens to the column it is the type of; absent in a cast. */
  readonly history: History | undefined;
  readonly enumType: EnumType | undefined;
  readonly catalog: Catalog;
}

type History = Pick<Column["history"], "keys" | "literalDefault">;

/** One PostgreSQL type (or several that map alike) and what becomes of it. Serves DDL, data, verification and the way back. */
export interface TypeRow {
  /** The id of its rule below `types/`. */
  readonly id: string;
  readonly pg: readonly string[];
  /** The TiDB type; undefined where there is none for this use. */
  readonly tidb: (use: TypeUse) => string | undefined;
  /** The findings it deserves: message ids of its rule. */
  readonly findings?: (use: TypeUse) => readonly string[];
  readonly codec: Codec;
  /** The codecs of those of its types that have another one. */
  readonly codecs?: Readonly<Record<string, Exclude<Codec, "array" | "composite">>>;
  /** What expressions may do with it. */
  readonly family: Family;
  /** Without modifiers its values have no longest one; it is cut where a key or a literal default needs a length. */
  readonly endless?: true;
  /** A PostgreSQL type that it is treated as, where these modifiers are beyond TiDB's own. */
  readonly instead?: (mods: readonly number[]) => string | undefined;
}

export type Family = "number" | "text" | "boolean" | "time" | "json" | "enum" | "bytes" | "other";

/** Bytes of one key over all its columns (TiDB 8.5.6: error 1071 beyond). */
const MAX_KEY_BYTES = 3072;
/** utf8mb4 counts four bytes a character whatever is stored. */
const BYTES_PER_CHARACTER = 4;
/** The longest VARCHAR of utf8mb4 and the longest VARBINARY (error 1074 beyond). */
export const MAX_VARCHAR = 16383;
const MAX_VARBINARY = 65535;
/** The longest CHAR (error 1074 beyond). */
const MAX_CHAR = 255;
/** The longest DECIMAL (errors 1426, 1425). */
const MAX_DIGITS = 65;
const MAX_SCALE = 30;
/** The longest BIT (error 1439 beyond). */
const MAX_BITS = 64;
/** A key that leaves its text less than this is not cut to fit: a digest in its place keeps the values whole. */
const LEAST_BYTES = 32 * BYTES_PER_CHARACTER;

/** An expression over an INT is a BIGINT. */
const EXPRESSION_BYTES = 8;

/** Keys that need the whole value, so that text in them must be bounded; a plain index takes a prefix. */
const WHOLE_VALUE = new Set(["primary", "unique", "foreign", "parent", "expression", "partial", "nulls", "partition"]);

/** Keys over expressions in TiDB. */
const COMPUTED = new Set(["expression", "partial", "nulls"]);

const fraction = (use: TypeUse) => `(${use.mods[0] ?? 6})`;
const same = (sql: string) => () => sql;
const says = (...ids: string[]) => {
  return () => ids;
};

/** What a column without a length is cut down to, in bytes, and what for. */
function bound({
  history,
  catalog,
}: Pick<TypeUse, "history" | "catalog">): { readonly bytes: number; readonly by: "key" | "default" } | undefined {
  if (!history) return undefined;
  const rooms = history.keys.filter((key) => WHOLE_VALUE.has(key.kind)).flatMap((key) => roomInKey(key.columns, catalog, key.kind) ?? []);
  if (rooms.length > 0) return { bytes: Math.min(...rooms), by: "key" };
  return history.literalDefault ? { bytes: MAX_VARBINARY, by: "default" } : undefined;
}

/**
 * Bytes for each endless column of a key after the others took theirs; undefined where they leave next to nothing.
 * @param kind of the key: expressions take more room than columns, and where one NULL is like another each column has one beside it
 */
function roomInKey(columns: readonly Column[], catalog: Catalog, kind: Key["kind"] = "unique"): number | undefined {
  const computed = COMPUTED.has(kind);
  const beside = kind === "nulls" ? EXPRESSION_BYTES * columns.length : 0;
  const endless = columns.filter((c) => isUnbounded(c, catalog)).length;
  const bytes = (c: Column) => (computed ? computedBytes(c, catalog) : keyBytes(c, catalog));
  const taken = columns.filter((c) => !isUnbounded(c, catalog)).reduce((sum, c) => sum + bytes(c), beside);
  const room = Math.floor((MAX_KEY_BYTES - taken) / Math.max(1, endless));
  return room < LEAST_BYTES ? undefined : room;
}

/** Whether all columns of a key can stand in it whole, text without a length being cut. Where they cannot, a digest must stand in. */
export function fitsKey(columns: readonly Column[], catalog: Catalog): boolean {
  const endless = columns.filter((c) => isUnbounded(c, catalog));
  // What becomes JSON later on leaves no room, and text beside it has no bound then.
  if (endless.length > 0) return roomInKey(columns, catalog) !== undefined && endless.every((c) => indexBytes(c, catalog) <= MAX_KEY_BYTES);
  return columns.reduce((sum, c) => sum + keyBytes(c, catalog), 0) <= MAX_KEY_BYTES;
}

/** Bytes that a column takes in an index that is no key: text is cut there where it is too long, and not for it. */
export function indexBytes(column: Column, catalog: Catalog): number {
  return bytesOf(mapType(catalog, column.type, column)?.sql ?? "") ?? keyBytes(column, catalog);
}

/** Whether an index has all of its columns whole. */
export function fitsIndex(columns: readonly (Column | null)[], catalog: Catalog): boolean {
  return columns.reduce((sum, column) => sum + (column ? indexBytes(column, catalog) : 0), 0) <= MAX_KEY_BYTES;
}

/** Bytes that text and binary columns take in a key; undefined for other types. */
function bytesOf(sql: string): number | undefined {
  if (/^LONG(TEXT|BLOB)/.test(sql)) return Number.POSITIVE_INFINITY;
  const [, type, length] = /^(VARCHAR|CHAR|VARBINARY)\((\d+)\)/.exec(sql) ?? [];
  return length === undefined ? undefined : Number(length) * (type === "VARBINARY" ? 1 : BYTES_PER_CHARACTER);
}

/** Values that stand in for NULL in a key, told apart by the IS NULL beside them. */
const ZERO: { readonly [F in Family]?: string } = { number: "0", boolean: "0", time: "'2000-01-01'" };

/** What is never NULL and together as distinct as a column's values with NULL as one of them: what a key is over for NULLS NOT DISTINCT. */
export function neverNull(column: Column, catalog: Catalog): readonly string[] {
  const name = identifier(column.name);
  const family = mapType(catalog, column.type, column)?.row.family;
  return [`CASE WHEN ${name} IS NULL THEN ${(family && ZERO[family]) ?? "''"} ELSE ${name} END`, `${name} IS NULL`];
}

/** `text` and whatever else has no length of its own: bounded where a key or a literal default needs it. */
function textual(use: TypeUse): string {
  const { bytes } = bound(use) ?? {};
  return bytes === undefined ? "LONGTEXT" : `VARCHAR(${Math.floor(bytes / BYTES_PER_CHARACTER)})`;
}

function binary(use: TypeUse): string {
  const { bytes } = bound(use) ?? {};
  return bytes === undefined ? "LONGBLOB" : `VARBINARY(${bytes})`;
}

/** `key-length` or `default-length` where it was bounded. */
function lengthFindings(use: TypeUse): readonly string[] {
  const { by } = use.mods.length > 0 ? {} : (bound(use) ?? {});
  return by === undefined ? [] : [`${by}-length`];
}

/** Findings of a type that becomes text without a length of its own. */
const textFindings =
  (...ids: string[]) =>
  (use: TypeUse) => [...ids, ...lengthFindings(use)];

/** VARCHAR as long as the modifier says, or as text where it says nothing. */
function varying(use: TypeUse): string {
  const [length] = use.mods;
  if (length === undefined) return textual(use);
  return length > MAX_VARCHAR ? "LONGTEXT" : `VARCHAR(${length})`;
}

/** DECIMAL with the digits before the point and behind it that were asked for, as far as there are so many. */
function decimal({ mods }: TypeUse): string {
  const [precision, asked = 0] = mods;
  if (precision === undefined) return `DECIMAL(${MAX_DIGITS},${MAX_SCALE})`;
  const scale = Math.min(Math.max(asked, 0), MAX_SCALE);
  const digits = Math.min(Math.max(precision - asked, 0) + scale, MAX_DIGITS);
  return scale === 0 ? `DECIMAL(${digits})` : `DECIMAL(${digits},${scale})`;
}

function decimalFindings({ mods }: TypeUse): readonly string[] {
  const [precision, scale = 0] = mods;
  if (precision === undefined) return ["unbounded"];
  if (precision > MAX_DIGITS || scale > MAX_SCALE) return ["too-precise"];
  return scale < 0 || scale > precision ? ["odd-scale"] : [];
}

/** The length a text column is cut down to, in characters; undefined when it is not. */
export function boundedLength(column: Column | undefined, catalog: Catalog = emptyCatalog()): number | undefined {
  const { bytes } = bound({ history: column?.history, catalog }) ?? {};
  return bytes === undefined ? undefined : Math.floor(bytes / BYTES_PER_CHARACTER);
}

/** Whether PostgreSQL sets the column no length: `text`, bare `varchar`, `bytea`, a domain over one. */
export function isUnbounded(column: Column, catalog: Catalog = emptyCatalog()): boolean {
  const mapped = columnType(catalog, column);
  return mapped?.row.endless === true && mapped.use.mods.length === 0;
}

/** Bytes in a key by type, where they are fixed (TiDB 8.5.6: the longest VARBINARY that a key takes beside each). */
const KEY_BYTES: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  SMALLINT: 2,
  MEDIUMINT: 3,
  INT: 4,
  BIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
  DATE: 3,
  TIME: 3,
  TIMESTAMP: 4,
  DATETIME: 8,
};

/** Bytes in a key by the number in the type's parentheses, measured likewise. */
const BYTES_BY_LENGTH: Readonly<Record<string, (length: number) => number>> = {
  CHAR: (n) => n * BYTES_PER_CHARACTER,
  VARCHAR: (n) => n * BYTES_PER_CHARACTER,
  BINARY: (n) => n,
  VARBINARY: (n) => n,
  DECIMAL: (n) => 4 * Math.floor(n / 9) + Math.ceil((n % 9) / 2),
  BIT: (n) => Math.ceil(n / 8),
};

/** Labels that decide how long an enum's column is in a key: a longer one that comes later must find room beside the text there. */
function labelsOf({ history }: Column, { use }: MappedType): readonly string[] {
  const labels = use.enumType?.labels ?? [];
  return history.longestLabel === undefined ? labels : [...labels, history.longestLabel];
}

/** Bytes of a column in a key; infinite where it cannot stand in one without being cut. */
export function keyBytes(column: Column, catalog: Catalog = emptyCatalog()): number {
  const mapped = columnType(catalog, column);
  if (mapped?.row === ENUM_ROW) return Math.max(...labelsOf(column, mapped).map((label) => Buffer.byteLength(label)), 1);
  const [, word = "", length] = /^(\w+)(?:\((\d+))?/.exec(mapped?.sql ?? "") ?? [];
  return KEY_BYTES[word] ?? BYTES_BY_LENGTH[word]?.(Number(length)) ?? Number.POSITIVE_INFINITY;
}

/** Likewise in an expression, where an ENUM is text. */
function computedBytes(column: Column, catalog: Catalog): number {
  const mapped = columnType(catalog, column);
  if (mapped?.row === ENUM_ROW) return BYTES_PER_CHARACTER * Math.max(...labelsOf(column, mapped).map((label) => [...label].length), 1);
  return Math.max(EXPRESSION_BYTES, keyBytes(column, catalog));
}

/** Numbers in a type's parentheses. */
export function modifiers(type: TypeName): readonly number[] {
  return !type.typmods?.length ? NONE : type.typmods.flatMap((m) => as("A_Const", m)?.ival ?? []);
}

/**
 * What becomes of PostgreSQL's types. A VARCHAR for a value's text is as long as the longest there is: `23:59:59.999999+15:59:59`,
 * `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128`, an interval with every unit at its largest.
 */
export const TYPE_ROWS: readonly TypeRow[] = [
  { id: "smallint", pg: ["int2"], tidb: same("SMALLINT"), codec: "number", family: "number" },
  { id: "integer", pg: ["int4"], tidb: same("INT"), codec: "number", family: "number" },
  { id: "bigint", pg: ["int8"], tidb: same("BIGINT"), codec: "number", family: "number" },
  { id: "smallserial", pg: ["smallserial", "serial2"], tidb: same("SMALLINT"), codec: "number", family: "number" },
  { id: "serial", pg: ["serial", "serial4"], tidb: same("INT"), codec: "number", family: "number" },
  { id: "bigserial", pg: ["bigserial", "serial8"], tidb: same("BIGINT"), codec: "number", family: "number" },
  { id: "numeric", pg: ["numeric"], tidb: decimal, findings: decimalFindings, codec: "number", family: "number" },
  { id: "real", pg: ["float4"], tidb: same("FLOAT"), findings: says("six-digits"), codec: "float", family: "number" },
  { id: "double-precision", pg: ["float8"], tidb: same("DOUBLE"), findings: says("finite"), codec: "float", family: "number" },
  { id: "money", pg: ["money"], tidb: same("DECIMAL(19,2)"), findings: says("amount"), codec: "money", family: "number" },
  { id: "boolean", pg: ["bool"], tidb: same("BOOLEAN"), findings: says("one-zero"), codec: "boolean", family: "boolean" },
  { id: "text", pg: ["text"], tidb: textual, findings: lengthFindings, codec: "text", family: "text", endless: true },
  {
    id: "varchar",
    pg: ["varchar"],
    tidb: varying,
    findings: (use) => ((use.mods[0] ?? 0) > MAX_VARCHAR ? ["too-long"] : lengthFindings(use)),
    codec: "text",
    family: "text",
    endless: true,
  },
  {
    id: "char",
    pg: ["bpchar"],
    tidb: (use) =>
      varying(use).replace(/^VAR(?=CHAR\((\d+)\))/, (word, length) => (Number(length) <= MAX_CHAR && use.mods.length > 0 ? "" : word)),
    findings: textFindings("padding"),
    codec: "text",
    family: "text",
    endless: true,
  },
  { id: "internal-char", pg: ["char"], tidb: same("VARCHAR(1)"), findings: says("refused"), codec: "text", family: "text" },
  { id: "name", pg: ["name"], tidb: same("VARCHAR(63)"), findings: says("refused"), codec: "text", family: "text" },
  {
    id: "citext",
    pg: ["citext"],
    tidb: (use) => `${textual(use)} COLLATE utf8mb4_0900_ai_ci`,
    findings: textFindings("accents"),
    codec: "text",
    family: "other",
    endless: true,
  },
  { id: "bytea", pg: ["bytea"], tidb: binary, findings: lengthFindings, codec: "bytea", family: "bytes", endless: true },
  { id: "date", pg: ["date"], tidb: same("DATE"), codec: "date", family: "time" },
  { id: "timestamp", pg: ["timestamp"], tidb: (use) => `DATETIME${fraction(use)}`, codec: "timestamp", family: "time" },
  {
    id: "timestamptz",
    pg: ["timestamptz"],
    tidb: (use) => `TIMESTAMP${fraction(use)}`,
    findings: says("range"),
    codec: "timestamptz",
    family: "time",
  },
  { id: "time", pg: ["time"], tidb: (use) => `TIME${fraction(use)}`, findings: says("longer"), codec: "time", family: "time" },
  { id: "timetz", pg: ["timetz"], tidb: same("VARCHAR(24)"), findings: says("as-text"), codec: "text", family: "other" },
  { id: "interval", pg: ["interval"], tidb: same("VARCHAR(64)"), findings: says("as-text"), codec: "interval", family: "other" },
  { id: "uuid", pg: ["uuid"], tidb: same("CHAR(36)"), findings: says("as-text"), codec: "uuid", family: "text" },
  { id: "jsonb", pg: ["jsonb"], tidb: same("JSON"), findings: says("numbers"), codec: "json", family: "json" },
  { id: "json", pg: ["json"], tidb: same("JSON"), findings: says("normalised"), codec: "json", family: "json" },
  {
    id: "inet",
    pg: ["inet", "cidr"],
    tidb: same("VARCHAR(43)"),
    findings: says("as-text"),
    codec: "inet",
    codecs: { cidr: "cidr" },
    family: "other",
  },
  {
    id: "macaddr",
    pg: ["macaddr", "macaddr8"],
    tidb: (use) => (use.name === "macaddr" ? "CHAR(17)" : "CHAR(23)"),
    findings: says("as-text"),
    codec: "macaddr",
    codecs: { macaddr8: "macaddr8" },
    family: "other",
  },
  { id: "xml", pg: ["xml"], tidb: textual, findings: textFindings("unchecked"), codec: "text", family: "other", endless: true },
  {
    id: "tsvector",
    pg: ["tsvector", "tsquery"],
    tidb: textual,
    findings: textFindings("no-search"),
    codec: "text",
    family: "other",
    endless: true,
  },
  {
    id: "bit",
    pg: ["bit"],
    tidb: (use) => `BIT(${use.mods[0] ?? 1})`,
    findings: says("as-bytes"),
    codec: "bit",
    family: "other",
    instead: ([length = 1]) => (length > MAX_BITS ? "varbit" : undefined),
  },
  { id: "varbit", pg: ["varbit"], tidb: varying, findings: textFindings("as-text"), codec: "text", family: "other", endless: true },
  { id: "ltree", pg: ["ltree", "lquery"], tidb: textual, findings: textFindings("as-text"), codec: "text", family: "other", endless: true },
  { id: "hstore", pg: ["hstore"], tidb: same("JSON"), findings: says("as-json"), codec: "hstore", family: "json" },
  {
    id: "range",
    pg: ["int4", "int8", "num", "ts", "tstz", "date"].flatMap((element) => [`${element}range`, `${element}multirange`]),
    tidb: textual,
    findings: textFindings("as-text"),
    codec: "text",
    family: "other",
    endless: true,
  },
  {
    id: "geometric",
    pg: ["point", "line", "lseg", "box", "path", "polygon", "circle", "cube"],
    tidb: textual,
    findings: textFindings("as-text"),
    codec: "text",
    family: "other",
    endless: true,
  },
  { id: "postgis", pg: ["geometry", "geography"], tidb: same("LONGTEXT"), findings: says("no-type"), codec: "text", family: "other" },
  {
    id: "vector",
    pg: ["vector", "halfvec"],
    tidb: (use) => (use.mods[0] === undefined ? "VECTOR" : `VECTOR(${use.mods[0]})`),
    findings: (use) => (use.name === "halfvec" ? ["single-precision"] : ["operators"]),
    codec: "text",
    family: "other",
  },
  { id: "sparsevec", pg: ["sparsevec"], tidb: textual, findings: textFindings("as-text"), codec: "text", family: "other", endless: true },
  { id: "oid", pg: ["oid", "xid", "cid"], tidb: same("INT UNSIGNED"), codec: "number", family: "number" },
  { id: "xid8", pg: ["xid8"], tidb: same("BIGINT UNSIGNED"), codec: "number", family: "number" },
  {
    id: "object-name",
    pg: ["class", "proc", "procedure", "oper", "operator", "type", "role", "namespace", "config", "dictionary", "collation"].map(
      (object) => `reg${object}`,
    ),
    tidb: same("VARCHAR(255)"),
    findings: says("as-text"),
    codec: "text",
    family: "other",
  },
  {
    id: "system",
    pg: ["pg_lsn", "tid", "txid_snapshot", "pg_snapshot", "jsonpath", "refcursor", "int2vector", "oidvector", "aclitem"],
    tidb: textual,
    findings: textFindings("as-text"),
    codec: "text",
    family: "other",
    endless: true,
  },
];

const BY_NAME = new Map(TYPE_ROWS.flatMap((row) => row.pg.map((name) => [name, row] as const)));

/** The codec of values of that type, which the row may hold with others. */
export function codecOf({ row, use }: Pick<MappedType, "row" | "use">): Codec {
  return row.codecs?.[use.name] ?? row.codec;
}

const RANGE_ROW = BY_NAME.get("int4range")!;

/** Whether it is a range or multirange type of the user's. */
function isRange(catalog: Catalog, name: Name): boolean {
  if (catalog.ranges.size === 0) return false;
  return (
    find(catalog, catalog.ranges, name) !== undefined ||
    [...catalog.ranges.values()].some(({ multirange }) => multirange === key(catalog, name))
  );
}

/** Types of extensions, which may live in any schema. */
const EXTENSION_TYPES = new Set(["citext", "hstore", "ltree", "lquery", "cube", "geometry", "geography", "vector", "halfvec", "sparsevec"]);

/** A label as TiDB stores it, which cuts blanks at its end. */
const label = (text: string) => string(text.replace(/ +$/, ""));

/** Arrays of anything and user enums have rows of their own, found by shape and not by name. */
export const ARRAY_ROW: TypeRow = { id: "array", pg: [], tidb: same("JSON"), findings: says("as-json"), codec: "array", family: "json" };
export const ENUM_ROW: TypeRow = {
  id: "enum",
  pg: [],
  tidb: ({ enumType }) => {
    const labels = (enumType?.labels ?? []).map(label);
    // Two that differ in blanks at their end only would be one (error 1291).
    return labels.length > 0 && new Set(labels).size === labels.length ? `ENUM(${labels.join(",")})` : undefined;
  },
  findings: (use) => (use.enumType?.labels.some((text) => text.endsWith(" ")) ? ["order", "trailing-space"] : ["order"]),
  codec: "enum",
  family: "enum",
};

/** A value of fields as an object by their names, which is what row_to_json makes of it. */
export const COMPOSITE_ROW: TypeRow = {
  id: "composite",
  pg: [],
  tidb: same("JSON"),
  findings: says("as-json"),
  codec: "composite",
  family: "other",
};

export interface MappedType {
  /** How it is stored and coded: PostgreSQL's row, or one made of it for a type the reader chose. */
  readonly row: TypeRow;
  /** PostgreSQL's own. */
  readonly pg: TypeRow;
  readonly use: TypeUse;
  /** Undefined where TiDB has no type for this use; the finding says so. */
  readonly sql: string | undefined;
  /** The domain it came through. */
  readonly domain: Domain | undefined;
  /** The reader's choice, and what it costs; `chosen` is absent where the type cannot hold such values, and the choice has no effect. */
  readonly override?: { readonly by: TypeOverride; readonly shadowed: readonly TypeOverride[]; readonly chosen: Chosen | undefined };
}

/**
 * Maps a PostgreSQL type where it stands.
 * @param column the column it is the type of, if any: its keys and default decide how text is stored. Its definition stands in for it
 * where its table is not in the input.
 * @returns undefined for a type that neither the table nor the catalog knows
 */
export function mapType(catalog: Catalog, type: TypeName, column?: Column | ColumnDef): MappedType | undefined {
  return mapped(catalog, type, column, historyOf(column), []);
}

/** Likewise, without what its keys and default ask for: a key needs to know how long its columns are by themselves. */
export function columnType(catalog: Catalog, column: Column): MappedType | undefined {
  return mapped(catalog, column.type, column, undefined, []);
}

const NONE: readonly never[] = [];

function mapped(
  catalog: Catalog,
  type: TypeName,
  column: Column | ColumnDef | undefined,
  history: History | undefined,
  domains: readonly string[],
): MappedType | undefined {
  const name = typeName(type);
  const domain = find(catalog, catalog.domains, name);
  if (domain && !type.arrayBounds?.length) {
    const base = mapped(catalog, domain.base, column, history, [...domains, name.name]);
    return base && { ...base, domain };
  }
  const enumType = find(catalog, catalog.enums, name) ?? enumOnce(column, name);
  const mods = modifiers(type);
  const composite = find(catalog, catalog.composites, name);
  const row = type.arrayBounds?.length
    ? ARRAY_ROW
    : enumType
      ? ENUM_ROW
      : composite
        ? COMPOSITE_ROW
        : isRange(catalog, name)
          ? RANGE_ROW
          : builtIn(name, mods);
  const use: TypeUse = { name: name.name, mods, history, enumType, catalog };
  // A cast is no place of data: only columns are chosen for.
  const choices = column && catalog.overrides.length > 0 ? overridesFor(catalog, type, column, domains) : NONE;
  const by = choices[0];
  if (!by) return row && { row, pg: row, use, sql: row.tidb(use), domain: undefined };
  const pg = row ?? UNKNOWN_ROW;
  const chosen = chosenFor(by, pg, use, column!);
  const override = { by, shadowed: choices.slice(1), chosen };
  if (!chosen) return row && { row, pg, use, sql: row.tidb(use), domain: undefined, override };
  return { row: chosenRow(pg, chosen), pg, use, sql: chosen.sql, domain: undefined, override };
}

/** The enum of a column whose type is dropped by the end of the input. */
function enumOnce(column: Column | ColumnDef | undefined, { name }: Name): EnumType | undefined {
  const known = column && "history" in column ? column.history.enumType : undefined;
  return known?.name === name ? known : undefined;
}

function chosenFor(by: TypeOverride, row: TypeRow, use: TypeUse, column: Column | ColumnDef): Chosen | undefined {
  const target = readTarget(by.tidb);
  if (typeof target === "string") return undefined;
  // TiDB numbers integers only (error 1063).
  if ("table" in column && isAutoIncrement(column) && target.group !== "integer") return undefined;
  return choose(target, row, use);
}

/** A type of an extension that the table does not know: its values' text can be kept as text. */
const UNKNOWN_ROW: TypeRow = { id: "unknown", pg: [], tidb: () => undefined, codec: "text", family: "other" };

function chosenRow({ id, pg }: TypeRow, { sql, codec, family }: Chosen): TypeRow {
  return { id, pg, tidb: same(sql), codec, family };
}

/** The reader's choices that take a column, the first of which decides. */
function overridesFor(catalog: Catalog, type: TypeName, column: Column | ColumnDef, domains: readonly string[]): TypeOverride[] {
  const mods = modifiers(type);
  const bounds = type.arrayBounds?.length ? "[]" : "";
  const own = `${typeName(type).name}${mods.length > 0 ? `(${mods.join(",")})` : ""}${bounds}`;
  const ofEnum = !bounds && find(catalog, catalog.enums, typeName(type)) ? ["enum"] : [];
  const { table, name } = "table" in column ? atEnd(column) : { table: undefined, name: "" };
  const columns = table ? [`${table.name}.${name}`, `${table.schema}.${table.name}.${name}`] : [];
  return overridesOf(catalog.overrides, { types: [...domains, own, ...ofEnum], columns });
}

const KEYS: Readonly<Record<string, "primary" | "unique" | "foreign">> = {
  CONSTR_PRIMARY: "primary",
  CONSTR_UNIQUE: "unique",
  CONSTR_FOREIGN: "foreign",
};

/** What a column's own definition tells where nothing else is known of it. */
function historyOf(column: Column | ColumnDef | undefined): History | undefined {
  if (!column || "history" in column) return column?.history;
  const constraints = nodesOf("Constraint", column.constraints);
  const kinds = constraints.flatMap((c) => KEYS[c.contype ?? ""] ?? []);
  return {
    keys: kinds.map((kind) => ({ kind, columns: [] })),
    literalDefault: constraints.some(
      (c) =>
        c.contype === "CONSTR_DEFAULT" && c.raw_expr !== undefined && literalText(constantValue(c.raw_expr) ?? c.raw_expr) !== undefined,
    ),
  };
}

function builtIn({ schema, name }: Name, mods: readonly number[]): TypeRow | undefined {
  if (schema !== undefined && schema !== "public" && !EXTENSION_TYPES.has(name)) return undefined;
  const row = BY_NAME.get(name);
  const instead = row?.instead?.(mods);
  return instead === undefined ? row : BY_NAME.get(instead);
}

/** The user's type of fields that a type is. */
export function compositeOf(catalog: Catalog, type: TypeName): Composite | undefined {
  return find(catalog, catalog.composites, typeName(type));
}

/**
 * What makes JSON text of a value in PostgreSQL's output format, by its type, arrays and composite types of any depth; it gives undefined
 * where the text is malformed or has no JSON form.
 */
export function jsonEncoder(catalog: Catalog, type: TypeName): ToJson {
  const domain = type.arrayBounds?.length ? undefined : find(catalog, catalog.domains, typeName(type));
  if (domain) return jsonEncoder(catalog, domain.base);
  if (type.arrayBounds?.length) {
    const element = jsonEncoder(catalog, { ...type, arrayBounds: [] });
    return (text) => arrayToJson(text, element);
  }
  const composite = compositeOf(catalog, type);
  if (composite) {
    const fields = composite.columns.map((field) => ({ name: field.name, encode: jsonEncoder(catalog, field.type) }));
    return (text) => compositeToJson(text, fields);
  }
  const mapped = mapType(catalog, type);
  return (mapped && ELEMENT[codecOf(mapped)]) ?? (() => undefined);
}

/** The base row of an array's elements, to code their values. */
export function elementRow(catalog: Catalog, type: TypeName): TypeRow | undefined {
  const domain = type.arrayBounds?.length ? undefined : find(catalog, catalog.domains, typeName(type));
  if (domain) return elementRow(catalog, domain.base);
  return mapType(catalog, { ...type, arrayBounds: [] })?.row;
}
