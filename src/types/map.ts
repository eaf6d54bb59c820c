import { type Catalog, type Column, type Domain, type EnumType, find } from "../catalog/model.js";
import { string } from "../emit/words.js";
import type { TypeName } from "../pg/ast.js";
import { as, typeName } from "../pg/names.js";
import type { Codec } from "./values.js";

/** A PostgreSQL type where it is used. */
export interface TypeUse {
  /** PostgreSQL's internal name: `int4`, `timestamptz`. */
  readonly name: string;
  /** Modifiers as written: `numeric(10,2)` has [10, 2]. */
  readonly mods: readonly number[];
  /** The column it is the type of; absent in a cast. */
  readonly column: Column | undefined;
  readonly enumType: EnumType | undefined;
}

/** One PostgreSQL type (or several that map alike) and what becomes of it. Serves DDL, data, verification and the way back. */
export interface TypeRow {
  /** The id of its rule below `types/`. */
  readonly id: string;
  readonly pg: readonly string[];
  /** The TiDB type; undefined where there is none for this use. */
  readonly tidb: (use: TypeUse) => string | undefined;
  /** The finding it deserves: a message id of its rule. */
  readonly finding?: (use: TypeUse) => string | undefined;
  readonly codec: Codec;
  /** What expressions may do with it. */
  readonly family: Family;
}

export type Family = "number" | "text" | "boolean" | "time" | "json" | "enum" | "bytes" | "other";

/** Bytes of one key over all its columns (TiDB 8.5.6: error 1071 beyond). */
const MAX_KEY_BYTES = 3072;
/** utf8mb4 counts four bytes a character whatever is stored. */
const BYTES_PER_CHARACTER = 4;
/** The longest VARCHAR of utf8mb4 (error 1074 beyond). */
export const MAX_VARCHAR = 16383;
/** The longest DECIMAL (errors 1426, 1425). */
const MAX_DIGITS = 65;
const MAX_SCALE = 30;

/** Keys that need the whole value, so that text in them must be bounded; a plain index takes a prefix. */
const WHOLE_VALUE = new Set(["primary", "unique", "foreign", "parent", "expression", "partition"]);

const fraction = (use: TypeUse) => `(${use.mods[0] ?? 6})`;
const same = (sql: string) => () => sql;

/** `text` and whatever else has no length of its own: bounded where a key or a literal default needs it. */
function textual(use: TypeUse): string {
  const length = boundedLength(use.column);
  return length === undefined ? "LONGTEXT" : `VARCHAR(${length})`;
}

function textualFinding(use: TypeUse): string | undefined {
  if (!use.column) return undefined;
  return boundedLength(use.column) === undefined ? undefined : "bounded";
}

function binary(use: TypeUse): string {
  const length = boundedLength(use.column);
  return length === undefined ? "LONGBLOB" : `VARBINARY(${Math.min(length * (use.column?.history.literalDefault && length === MAX_VARCHAR ? 1 : BYTES_PER_CHARACTER), MAX_KEY_BYTES)})`;
}

function decimal(use: TypeUse): string | undefined {
  const [precision, scale = 0] = use.mods;
  if (precision === undefined) return `DECIMAL(${MAX_DIGITS},${MAX_SCALE})`;
  if (precision > MAX_DIGITS || scale > MAX_SCALE || scale < 0) return undefined;
  return scale === 0 ? `DECIMAL(${precision})` : `DECIMAL(${precision},${scale})`;
}

/** The length a text column must be cut down to, or undefined when it need not be. */
export function boundedLength(column: Column | undefined): number | undefined {
  if (!column) return undefined;
  const lengths = column.history.keys.filter((key) => WHOLE_VALUE.has(key.kind)).map((key) => lengthInKey(key.columns));
  if (lengths.length > 0) return Math.max(1, Math.min(...lengths));
  return column.history.literalDefault ? MAX_VARCHAR : undefined;
}

/** What is left for each unbounded column of a key after the bounded ones took their bytes. */
function lengthInKey(columns: readonly Column[]): number {
  const unbounded = columns.filter((c) => isUnbounded(c));
  const taken = columns.filter((c) => !isUnbounded(c)).reduce((sum, c) => sum + keyBytes(c), 0);
  return Math.floor((MAX_KEY_BYTES - taken) / BYTES_PER_CHARACTER / Math.max(1, unbounded.length));
}

const UNBOUNDED = new Set(["text", "varchar", "bytea", "citext", "xml", "tsvector"]);

/** Whether PostgreSQL sets the column no length: `text`, bare `varchar`, `bytea`. */
export function isUnbounded(column: Column): boolean {
  return UNBOUNDED.has(typeName(column.type).name) && modifiers(column.type).length === 0;
}

/** Bytes of a bounded column in a key, generously. */
export function keyBytes(column: Column): number {
  const { name } = typeName(column.type);
  const [length] = modifiers(column.type);
  if (name === "varchar" || name === "bpchar") return (length ?? 1) * BYTES_PER_CHARACTER;
  if (name === "uuid") return 36 * BYTES_PER_CHARACTER;
  if (name === "numeric") return 30;
  if (name === "inet" || name === "cidr") return 43 * BYTES_PER_CHARACTER;
  return 8;
}

/** Numbers in a type's parentheses. */
export function modifiers(type: TypeName): number[] {
  return (type.typmods ?? []).flatMap((m) => as("A_Const", m)?.ival ?? []);
}

export const TYPE_ROWS: readonly TypeRow[] = [
  { id: "smallint", pg: ["int2"], tidb: same("SMALLINT"), codec: "number", family: "number" },
  { id: "integer", pg: ["int4"], tidb: same("INT"), codec: "number", family: "number" },
  { id: "bigint", pg: ["int8"], tidb: same("BIGINT"), codec: "number", family: "number" },
  { id: "smallserial", pg: ["smallserial", "serial2"], tidb: same("SMALLINT"), codec: "number", family: "number" },
  { id: "serial", pg: ["serial", "serial4"], tidb: same("INT"), codec: "number", family: "number" },
  { id: "bigserial", pg: ["bigserial", "serial8"], tidb: same("BIGINT"), codec: "number", family: "number" },
  {
    id: "numeric",
    pg: ["numeric"],
    tidb: decimal,
    finding: (use) => (decimal(use) === undefined ? "too-precise" : use.mods.length === 0 ? "unbounded" : undefined),
    codec: "number",
    family: "number",
  },
  { id: "real", pg: ["float4"], tidb: same("FLOAT"), finding: same("six-digits"), codec: "float", family: "number" },
  { id: "double-precision", pg: ["float8"], tidb: same("DOUBLE"), finding: same("finite"), codec: "float", family: "number" },
  { id: "money", pg: ["money"], tidb: same("DECIMAL(19,2)"), finding: same("amount"), codec: "none", family: "number" },
  { id: "boolean", pg: ["bool"], tidb: same("BOOLEAN"), finding: same("one-zero"), codec: "boolean", family: "boolean" },
  { id: "text", pg: ["text"], tidb: textual, finding: textualFinding, codec: "text", family: "text" },
  {
    id: "varchar",
    pg: ["varchar"],
    tidb: (use) => {
      const [length] = use.mods;
      if (length === undefined) return textual(use);
      return length > MAX_VARCHAR ? "LONGTEXT" : `VARCHAR(${length})`;
    },
    finding: (use) => (use.mods[0] === undefined ? textualFinding(use) : use.mods[0] > MAX_VARCHAR ? "too-long" : undefined),
    codec: "text",
    family: "text",
  },
  {
    id: "char",
    pg: ["bpchar", "char"],
    tidb: (use) => ((use.mods[0] ?? 1) > 255 ? `VARCHAR(${use.mods[0]})` : `CHAR(${use.mods[0] ?? 1})`),
    finding: same("padding"),
    codec: "text",
    family: "text",
  },
  { id: "name", pg: ["name"], tidb: same("VARCHAR(64)"), codec: "text", family: "text" },
  {
    id: "citext",
    pg: ["citext"],
    tidb: (use) => `${textual(use).replace("LONGTEXT", "VARCHAR(768)")} COLLATE utf8mb4_0900_ai_ci`,
    finding: same("accents"),
    codec: "text",
    family: "other",
  },
  { id: "bytea", pg: ["bytea"], tidb: binary, finding: textualFinding, codec: "bytea", family: "bytes" },
  { id: "date", pg: ["date"], tidb: same("DATE"), codec: "date", family: "time" },
  { id: "timestamp", pg: ["timestamp"], tidb: (use) => `DATETIME${fraction(use)}`, codec: "timestamp", family: "time" },
  {
    id: "timestamptz",
    pg: ["timestamptz"],
    tidb: (use) => `TIMESTAMP${fraction(use)}`,
    finding: (use) => (use.column ? "range" : undefined),
    codec: "timestamptz",
    family: "time",
  },
  { id: "time", pg: ["time"], tidb: (use) => `TIME${fraction(use)}`, codec: "time", family: "time" },
  { id: "timetz", pg: ["timetz"], tidb: same("VARCHAR(21)"), finding: same("as-text"), codec: "text", family: "other" },
  { id: "interval", pg: ["interval"], tidb: same("VARCHAR(64)"), finding: same("as-text"), codec: "text", family: "other" },
  { id: "uuid", pg: ["uuid"], tidb: same("CHAR(36)"), finding: (use) => (use.column ? "as-text" : undefined), codec: "uuid", family: "text" },
  { id: "jsonb", pg: ["jsonb"], tidb: same("JSON"), finding: (use) => (use.column ? "numbers" : undefined), codec: "json", family: "json" },
  { id: "json", pg: ["json"], tidb: same("JSON"), finding: (use) => (use.column ? "normalised" : undefined), codec: "json", family: "json" },
  { id: "inet", pg: ["inet", "cidr"], tidb: same("VARCHAR(43)"), finding: same("as-text"), codec: "text", family: "other" },
  { id: "macaddr", pg: ["macaddr", "macaddr8"], tidb: same("CHAR(23)"), finding: same("as-text"), codec: "text", family: "other" },
  { id: "xml", pg: ["xml"], tidb: textual, finding: same("unchecked"), codec: "text", family: "other" },
  { id: "tsvector", pg: ["tsvector", "tsquery"], tidb: same("LONGTEXT"), finding: same("no-search"), codec: "text", family: "other" },
  { id: "bit", pg: ["bit"], tidb: (use) => ((use.mods[0] ?? 1) > 64 ? undefined : `BIT(${use.mods[0] ?? 1})`), finding: same("as-bytes"), codec: "bit", family: "other" },
  { id: "varbit", pg: ["varbit"], tidb: (use) => `VARCHAR(${use.mods[0] ?? 768})`, finding: same("as-text"), codec: "text", family: "other" },
  { id: "ltree", pg: ["ltree"], tidb: same("VARCHAR(768)"), finding: same("as-text"), codec: "text", family: "other" },
  { id: "hstore", pg: ["hstore"], tidb: same("JSON"), finding: same("as-json"), codec: "none", family: "json" },
  { id: "oid", pg: ["oid", "xid", "cid"], tidb: same("INT UNSIGNED"), codec: "number", family: "number" },
];

const BY_NAME = new Map(TYPE_ROWS.flatMap((row) => row.pg.map((name) => [name, row] as const)));

/** Arrays of anything and user enums have rows of their own, found by shape and not by name. */
export const ARRAY_ROW: TypeRow = { id: "array", pg: [], tidb: same("JSON"), finding: same("as-json"), codec: "array", family: "json" };
export const ENUM_ROW: TypeRow = {
  id: "enum",
  pg: [],
  tidb: (use) => (use.enumType ? `ENUM(${use.enumType.labels.map(string).join(",")})` : undefined),
  finding: same("order"),
  codec: "enum",
  family: "enum",
};

export interface MappedType {
  readonly row: TypeRow;
  readonly use: TypeUse;
  /** Undefined where TiDB has no type for this use; the finding says so. */
  readonly sql: string | undefined;
  /** The domain it came through. */
  readonly domain: Domain | undefined;
}

/**
 * Maps a PostgreSQL type where it stands.
 * @param column the column it is the type of, if any: its keys and default decide how text is stored
 * @returns undefined for a type that neither the table nor the catalog knows
 */
export function mapType(catalog: Catalog, type: TypeName, column?: Column): MappedType | undefined {
  const name = typeName(type);
  const domain = find(catalog, catalog.domains, name);
  if (domain && !type.arrayBounds?.length) {
    const base = mapType(catalog, domain.base, column);
    return base && { ...base, domain };
  }
  const enumType = find(catalog, catalog.enums, name);
  const row = type.arrayBounds?.length ? ARRAY_ROW : enumType ? ENUM_ROW : name.schema === undefined || name.schema === "public" ? BY_NAME.get(name.name) : undefined;
  if (!row) return undefined;
  const use: TypeUse = { name: name.name, mods: modifiers(type), column, enumType };
  return { row, use, sql: row.tidb(use), domain: undefined };
}

/** The base row of an array's elements, to code their values. */
export function elementRow(catalog: Catalog, type: TypeName): TypeRow | undefined {
  return mapType(catalog, { ...type, arrayBounds: [] })?.row;
}
