import type { Catalog, Column, TableConstraint } from "../catalog/model.js";
import type { TypeName } from "../pg/ast.js";
import { type MappedType, mapType, type TypeRow } from "./map.js";

/**
 * How values get from one type to another: `alike` where MODIFY COLUMN makes what PostgreSQL's cast makes, `unsure` where the text of
 * some values may differ, or an expression over the column that makes it where MODIFY would not. Each pair was run on both engines.
 */
export type Change = "alike" | "unsure" | ((column: string) => string);

const WHOLE = ["smallint", "integer", "bigint", "smallserial", "serial", "bigserial", "oid", "xid8"];
const EXACT = [...WHOLE, "numeric", "money"];
const FLOATING = ["real", "double-precision"];
const TEXT = ["text", "varchar", "char", "name", "internal-char"];
/** Stored as the text that PostgreSQL prints. */
const AS_TEXT = [
  "uuid",
  "inet",
  "macaddr",
  "timetz",
  "interval",
  "xml",
  "tsvector",
  "ltree",
  "range",
  "geometric",
  "object-name",
  "system",
];
const JSON_TYPES = ["json", "jsonb"];

/** Pairs of lists of rows of the type table. */
const ALIKE: readonly (readonly [from: readonly string[], to: readonly string[]])[] = [
  [WHOLE, [...EXACT, ...FLOATING, ...TEXT]],
  [
    ["numeric", "money"],
    [...EXACT, ...FLOATING],
  ],
  [FLOATING, [...WHOLE, ...FLOATING]],
  [["boolean"], WHOLE],
  [TEXT, [...TEXT, ...JSON_TYPES, "enum", "citext"]],
  [["citext"], [...TEXT, "citext"]],
  [
    [...AS_TEXT, "varbit", "enum"],
    [...TEXT, "citext"],
  ],
  [["enum"], ["enum"]],
  [JSON_TYPES, JSON_TYPES],
  [["date"], ["timestamp", ...TEXT]],
  [["timestamp"], ["timestamp", "date", "time"]],
  [["timestamptz"], ["timestamptz"]],
  [["time"], ["time"]],
];

const withoutZeros = (text: string) => `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`;

interface Expression {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly sql: (column: string, from: MappedType) => string;
}

const EXPRESSIONS: readonly Expression[] = [
  { from: ["boolean"], to: TEXT, sql: (c) => `CASE ${c} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END` },
  { from: WHOLE, to: ["boolean"], sql: (c) => `${c} <> 0` },
  // Anything else is no boolean: the function refuses it (error 1411).
  {
    from: TEXT,
    to: ["boolean"],
    sql: (c) =>
      `CASE WHEN LOWER(TRIM(${c})) IN ('t', 'true', 'y', 'yes', 'on', '1') THEN TRUE WHEN LOWER(TRIM(${c})) IN ('f', 'false', 'n', 'no', 'off', '0') THEN FALSE ELSE UUID_TO_BIN(${c}) END`,
  },
  { from: TEXT, to: ["uuid"], sql: (c) => `BIN_TO_UUID(UUID_TO_BIN(${c}))` },
  { from: ["timestamp", "time"], to: TEXT, sql: (c, { use }) => (use.mods[0] === 0 ? c : withoutZeros(c)) },
  {
    from: ["timestamptz"],
    to: TEXT,
    sql: (c, { use }) => `CONCAT(${use.mods[0] === 0 ? c : withoutZeros(c)}, '+00')`,
  },
  { from: ["bit"], to: [...TEXT, "varbit"], sql: (c, { use }) => `LPAD(BIN(${c}), ${use.mods[0] ?? 1}, '0')` },
  { from: ["bytea"], to: TEXT, sql: (c) => `CONCAT('\\\\x', LOWER(HEX(${c})))` },
];

/**
 * How a column's values get from one type to another.
 * @param elements rows of what arrays are made of, of the old type and of the new one
 */
export function changeBetween(from: MappedType, to: MappedType, ...elements: readonly (TypeRow | undefined)[]): Change {
  const [was, is] = [from.row.id, to.row.id];
  const expression = EXPRESSIONS.find((row) => row.from.includes(was) && row.to.includes(is));
  if (expression) return (column) => expression.sql(column, from);
  // As many zeros behind the point as TiDB's DECIMAL has.
  if (was === "numeric" && TEXT.includes(is)) return from.use.mods.length > 0 ? "alike" : withoutZeros;
  // MODIFY counts the bytes of what is there against the characters of a shorter VARCHAR, and refuses it (error 1265).
  if (lengthOf(to) > 0 && lengthOf(to) < lengthOf(from)) return (column) => column;
  if (was === "array" && is === "array") return elements[0]?.codec === elements[1]?.codec ? "alike" : "unsure";
  return was === is || ALIKE.some(([a, b]) => a.includes(was) && b.includes(is)) ? "alike" : "unsure";
}

/** Characters of a VARCHAR; 0 for any other type. */
function lengthOf({ sql }: MappedType): number {
  return Number(/^VARCHAR\((\d+)\)/.exec(sql ?? "")?.[1] ?? 0);
}

const RANKS: Readonly<Record<string, number>> = { SMALLINT: 1, INT: 2, BIGINT: 3 };

/** Whether TiDB lets a column of a primary key have another type: it rewrites none (error 8200), and some changes need no rewriting. */
export function staysInKey(from: MappedType, to: MappedType): boolean {
  const [was, is] = [from.sql ?? "", to.sql ?? ""];
  if (RANKS[was] !== undefined && RANKS[is] !== undefined) return RANKS[was]! <= RANKS[is]!;
  const longer = lengthOf(from) > 0 && lengthOf(to) >= lengthOf(from) && afterLength(was) === afterLength(is);
  return longer || (from.row === to.row && from.row.id !== "numeric" && lengthOf(to) >= lengthOf(from));
}

/** What a type says behind its length. */
function afterLength(type: string): string {
  return type.slice(type.indexOf(")") + 1);
}

/**
 * Whether TiDB takes a foreign key between columns of these types: it compares neither lengths of text nor precision, but everything else
 * (error 3780).
 * @param typeOf the type of a column at the time in question; by default the one that it has
 * @returns the first pair that differs; undefined where all agree
 */
export function typesApart(
  catalog: Catalog,
  { columns, parent }: Pick<TableConstraint, "columns" | "parent">,
  typeOf: (column: Column) => TypeName = (column) => column.type,
): { readonly child: Column; readonly childType: string; readonly parent: Column; readonly parentType: string } | undefined {
  const written = (column: Column) => mapType(catalog, typeOf(column), column)?.sql ?? "unknown";
  for (const [i, child] of columns.entries()) {
    const other = parent!.columns[i];
    if (!other) continue;
    const [childType, parentType] = [written(child), written(other)];
    if (withoutLengths(childType) !== withoutLengths(parentType)) return { child, childType, parent: other, parentType };
  }
  return undefined;
}

const withoutLengths = (type: string) => type.replace(/\(\d+(,\d+)?\)/, "");
