import { type Catalog, type Column, find } from "../catalog/model.js";
import { nextvalSequence } from "../catalog/replay.js";
import { identifier } from "../emit/words.js";
import type { ColumnDef, Node, TypeName, Value } from "../pg/ast.js";
import { constantValue } from "../pg/constants.js";
import { as, type Name, qualified } from "../pg/names.js";
import { jsonEncoder, type MappedType, mapType } from "./map.js";
import { ELEMENT, ENCODE, firstInstant, lacksOffset } from "./values.js";

/** A default in TiDB's words, or why there is none. */
export type TidbDefault =
  | {
      readonly sql: string;
      /** What a reader must know of it. */
      readonly finding?: "uuid-version" | "per-statement" | "utc-session" | "utc-value" | "first-instant";
    }
  | { readonly refused: string };

type Function_ = Extract<Node, { kind: "FuncCall" }>;

/**
 * A column's DEFAULT. TiDB takes a literal, a now-function, NEXTVAL, or one call of a listed function in parentheses; no operators, no
 * casts (TiDB 8.5.6: error 1064; other functions: 3770; literals on TEXT, BLOB and JSON: 1101).
 * @param column the column, or its definition where its table is not in the input
 */
export function tidbDefault(catalog: Catalog, column: Column | ColumnDef, expression: Value): TidbDefault {
  const type = "type" in column ? column.type : column.typeName;
  const mapped = type && mapType(catalog, type, column);
  if (!type || !mapped?.sql) return { refused: "its type" };
  const sequence = nextvalSequence(expression);
  if (sequence) return nextval(catalog, mapped, sequence);
  const { value, casts } = withoutCasts(constantValue(expression) ?? expression);
  const constant = as("A_Const", value);
  if (constant?.isnull) return { sql: "NULL" };
  const text = cut(constantText(value), casts, catalog);
  if (text === "now" && casts.length > 1 && mapType(catalog, casts[0]!)?.row.id === "text") return now(mapped, "per-statement");
  const lossy = casts.find((cast) => !keeps(mapType(catalog, cast), mapped, text));
  if (lossy) return { refused: `a cast to ${mapType(catalog, lossy)?.row.id ?? qualified(lossy.names ?? []).name}` };
  if (text !== undefined) return literal(catalog, type, mapped, text);
  const array = as("A_ArrayExpr", value);
  if (!array) return call(mapped, value);
  const elements = arrayText(array.elements ?? []);
  return elements === undefined ? { refused: "an array of expressions" } : literal(catalog, type, mapped, elements);
}

/** What is cast, and to what, the innermost first. A minus sign before a cast number counts as part of the number. */
function withoutCasts(expression: Value): { readonly value: Value; readonly casts: readonly TypeName[] } {
  const cast = as("TypeCast", expression);
  if (cast?.arg !== undefined && cast.typeName) {
    const inner = withoutCasts(constantValue(cast.arg) ?? cast.arg);
    return { value: inner.value, casts: [...inner.casts, cast.typeName] };
  }
  const negative = as("A_Expr", expression);
  if (negative?.name?.[0] === "-" && !negative.lexpr && negative.rexpr !== undefined) {
    const inner = withoutCasts(negative.rexpr);
    const text = numberText(inner.value);
    if (text !== undefined) return { value: { kind: "A_Const", fval: `-${text}` }, casts: inner.casts };
  }
  return { value: expression, casts: [] };
}

function numberText(value: Value): string | undefined {
  const constant = as("A_Const", value);
  return constant?.fval ?? constant?.ival?.toString();
}

/** The text of a constant, as PostgreSQL's input functions read it. */
function constantText(value: Value): string | undefined {
  const constant = as("A_Const", value);
  if (!constant || constant.isnull) return undefined;
  if (constant.bsval !== undefined) return bits(constant.bsval);
  return constant.sval ?? constant.boolval?.toString() ?? numberText(value);
}

/** `b101` and `x1F`, as the grammar has them. */
function bits(text: string): string {
  const digits = text.slice(1);
  return text.startsWith("x") ? [...digits].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("") : digits;
}

const INTEGER = /^[-+]?\d+$/;

type Keeps = (column: MappedType, text: string | undefined) => boolean;
const ofNumber: Keeps = (column) => column.row.family === "number";
const ofInteger: Keeps = (_, text) => text !== undefined && INTEGER.test(text);

/** Casts to another type than the column's that leave the value what it is; `text` is undefined for a function's result. */
const KEEPS: Readonly<Record<string, Keeps>> = {
  text: () => true,
  varchar: () => true,
  char: (_, text) => text !== undefined && !text.endsWith(" "),
  smallint: ofInteger,
  integer: ofInteger,
  bigint: ofInteger,
  numeric: ofNumber,
  "double-precision": ofNumber,
  real: ofInteger,
  json: (column) => column.pg.codec === "json",
  jsonb: (column) => column.pg.codec === "json",
  uuid: (_, text) => text === undefined,
  date: (_, text) => text !== undefined && !text.includes(":"),
  timestamp: (column) => column.row.family === "time",
  timestamptz: (column, text) => column.row.family === "time" && text === undefined,
};

function keeps(cast: MappedType | undefined, column: MappedType, text: string | undefined): boolean {
  if (!cast) return false;
  const [length] = cast.use.mods;
  const fits = cast.row.family === "text" && text !== undefined && length !== undefined && text.length <= length;
  if (length !== undefined && !fits && cast.use.mods.join() !== column.use.mods.join()) return false;
  if (cast.row === column.pg) return cast.use.enumType === column.use.enumType;
  return KEEPS[cast.row.id]?.(column, text) ?? false;
}

/** A text as casts leave it: one to a length cuts what is longer (manual, "8.3 Character Types"). */
function cut(text: string | undefined, casts: readonly TypeName[], catalog: Catalog): string | undefined {
  const lengths = casts.flatMap((cast) => {
    const { row, use } = mapType(catalog, cast) ?? {};
    return row?.family === "text" ? (use?.mods[0] ?? []) : [];
  });
  return lengths.length === 0 || text === undefined ? text : [...text].slice(0, Math.min(...lengths)).join("");
}

/** PostgreSQL's text of an array of constants; undefined where an element is none. */
function arrayText(elements: readonly Value[]): string | undefined {
  const texts = elements.map((element) => {
    const { value } = withoutCasts(element);
    const inner = as("A_ArrayExpr", value);
    if (inner) return arrayText(inner.elements ?? []);
    if (as("A_Const", value)?.isnull) return "NULL";
    return constantText(value)?.replaceAll(/["\\]/g, "\\$&").replace(/^.*$/s, '"$&"');
  });
  return texts.includes(undefined) ? undefined : `{${texts.join(",")}}`;
}

/** TiDB 8.5.6 keeps a default as text: bytes that are no UTF-8 come back as EFBFBD, and a longer value is then refused (error 1406). */
function isUtf8(literal: string): boolean {
  try {
    UTF8.decode(Buffer.from(literal.slice(2, -1), "hex"));
    return true;
  } catch {
    return false;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Types that take no literal for a default (error 1101). */
const UNBOUNDED = /^(?:TINY|MEDIUM|LONG)?(?:TEXT|BLOB)\b/;

function literal(catalog: Catalog, type: TypeName, { row, pg, sql, use, override }: MappedType, text: string): TidbDefault {
  const refused = { refused: `the value '${text}'` };
  if (override?.chosen?.fits(text) === false) return { refused: `the value '${text}', which ${sql} cannot hold` };
  if (row.codec === "array" || row.codec === "composite") {
    const json = jsonEncoder(catalog, type)(text);
    return json === undefined ? refused : jsonDefault(json);
  }
  if (row.codec === "json") return jsonDefault(text);
  if (row.codec === "hstore") {
    const json = ELEMENT.hstore!(text);
    return json === undefined ? refused : jsonDefault(json);
  }
  if (row.id === "vector") return { sql: `(VEC_FROM_TEXT(${ENCODE.text(text)}))` };
  // The constructors' text is the text of a JSON value too.
  if (pg.codec === "json" && UNBOUNDED.test(sql ?? "")) return jsonDefault(text);
  if (UNBOUNDED.test(sql ?? "")) return { refused: `a literal on ${sql!.split(" ")[0]}` };
  if (use.enumType && !use.enumType.labels.includes(text)) return { refused: `'${text}', which is no label of ${use.enumType.name}` };
  const kept = within(text, sql ?? "", pg.id);
  if (kept === undefined) return { refused: `the value '${text}', which ${sql} does not hold` };
  const encoded = ENCODE[row.codecs?.[use.name] ?? row.codec](kept);
  const first = encoded === undefined && row.codec === "timestamptz" ? firstInstant(text) : undefined;
  if (first !== undefined) return { sql: first, finding: "first-instant" };
  if (encoded === undefined) return refused;
  if (row.codec === "uuid-bytes") return { sql: `(UUID_TO_BIN(${ENCODE.uuid(text)}))` };
  if (row.codec === "bytea" && !isUtf8(encoded)) return { refused: `the bytes ${encoded}, which TiDB would store as other ones` };
  return pg.codec === "timestamptz" && lacksOffset(text) ? { sql: encoded, finding: "utc-value" } : { sql: encoded };
}

/** Bounds of TiDB's integers. */
const BOUNDS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  SMALLINT: [-(2n ** 15n), 2n ** 15n - 1n],
  INT: [-(2n ** 31n), 2n ** 31n - 1n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
  "INT UNSIGNED": [0n, 2n ** 32n - 1n],
  "BIGINT UNSIGNED": [0n, 2n ** 64n - 1n],
};

/** The largest FLOAT. */
const MAX_FLOAT = 3.4028235e38;

/**
 * A constant as a column keeps it: PostgreSQL takes any for a default, and refuses the rows that get one which the column does not hold; TiDB
 * refuses the column (error 1067). Blanks at the end are cut, and digits behind the last one that it keeps (warning 1292).
 * @returns undefined where the column does not hold it
 */
function within(text: string, sql: string, pg: string): string | undefined {
  const [, type = "", first, second] = /^([A-Z]+(?: UNSIGNED)?)(?:\((\d+)(?:,(\d+))?\))?/.exec(sql) ?? [];
  if (type === "CHAR" || type === "VARCHAR") {
    const rest = [...text].slice(Number(first)).join("");
    const kept = text.slice(0, text.length - rest.length);
    return /^ *$/.test(rest) ? kept.replace(type === "CHAR" && rest !== "" ? / +$/ : "", "") : undefined;
  }
  if (type === "BIT") return pg !== "bit" || text.length === Number(first ?? 1) ? text : undefined;
  if (type === "FLOAT") return Math.abs(Number(text)) > MAX_FLOAT ? undefined : text;
  const bounds = BOUNDS[type];
  const scale = type === "DECIMAL" ? Number(second ?? 0) : bounds && 0;
  const value = scale === undefined ? undefined : scaled(ENCODE.number(text) ?? "", scale);
  if (value === undefined) return text;
  const most = 10n ** BigInt(first ?? 10) - 1n;
  const [least, greatest] = bounds ?? [-most, most];
  if (value < least || value > greatest) return undefined;
  return (/\.(\d*)/.exec(text)?.[1] ?? "").length > scale! ? point(value, scale!) : text;
}

/** A decimal number that was `scaled`, as text. */
function point(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? "-" : ""}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ""}`;
}

/** A decimal number times a power of ten, rounded half away from zero; undefined for no number. */
function scaled(text: string, scale: number): bigint | undefined {
  const [all, sign, whole = "", fraction = ""] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (all === undefined || whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0")) + ((fraction[scale] ?? "0") >= "5" ? 1n : 0n);
  return sign === "-" ? -digits : digits;
}

/** JSON takes no literal default, but a call of its constructors (TiDB 8.5.6). */
function jsonDefault(text: string): TidbDefault {
  try {
    return { sql: `(${construction(JSON.parse(text))})` };
  } catch {
    return { refused: `the JSON text ${text}` };
  }
}

function construction(value: unknown): string {
  const part = (v: unknown): string => (typeof v === "object" && v !== null ? construction(v) : scalar(v));
  if (Array.isArray(value)) return `JSON_ARRAY(${value.map(part).join(", ")})`;
  if (typeof value === "object" && value !== null)
    return `JSON_OBJECT(${Object.entries(value)
      .map(([k, v]) => `${ENCODE.text(k)}, ${part(v)}`)
      .join(", ")})`;
  if (typeof value === "string") return `JSON_QUOTE(${ENCODE.text(value)})`;
  throw new SyntaxError("a JSON number, boolean or null of its own has no constructor");
}

function scalar(value: unknown): string {
  if (typeof value === "string") return ENCODE.text(value)!;
  if (typeof value !== "number") return String(value).toUpperCase();
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    throw new RangeError("a number that was rounded");
  return String(value);
}

/** Types NEXTVAL may be the default of (error 8228 for others). */
const COUNTED = new Set(["smallint", "integer", "bigint", "oid", "xid8", "smallserial", "serial", "bigserial"]);

function nextval(catalog: Catalog, { row, sql }: MappedType, name: Name): TidbDefault {
  if (!COUNTED.has(row.id)) return { refused: `a sequence on ${sql}` };
  const sequence = find(catalog, catalog.sequences, name);
  if (!sequence) return { refused: `the sequence ${name.name}, which the input does not create` };
  const { ownedBy } = sequence;
  // That of a serial or identity column is its AUTO_INCREMENT.
  if (!sequence.node) return { refused: `the sequence ${name.name}, which is AUTO_INCREMENT of ${ownedBy?.table.name}.${ownedBy?.name}` };
  return { sql: `(NEXTVAL(${catalog.inTidb?.(sequence) ?? identifier(sequence.name)}))` };
}

/** Functions of the current time; all but one give the time at which the transaction began, or change within a statement. */
const NOW = new Set(["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"]);
const NOW_VALUES = new Set(["SVFOP_CURRENT_TIMESTAMP", "SVFOP_LOCALTIMESTAMP"]);
const NOW_VALUES_OF = new Set(["SVFOP_CURRENT_TIMESTAMP_N", "SVFOP_LOCALTIMESTAMP_N"]);
const RANDOM_UUIDS = new Set(["gen_random_uuid", "uuid_generate_v4", "uuidv4", "uuidv7"]);
const TIMED_UUIDS = new Set(["uuid_generate_v1", "uuid_generate_v1mc"]);

function call(mapped: MappedType, value: Value): TidbDefault {
  const { row } = mapped;
  const function_ = as("FuncCall", value);
  const name = function_ ? qualified(function_.funcname ?? []).name : "";
  if (isNow(value, mapped)) return now(mapped, name === "statement_timestamp" ? undefined : "per-statement");
  if (isUtcNow(function_, mapped)) return now(mapped, "utc-session");
  const keyword = as("SQLValueFunction", value)?.op;
  if (keyword === "SVFOP_CURRENT_DATE" && row.id === "date") return { sql: "(CURRENT_DATE)" };
  if (!function_?.args?.length && (row.id === "uuid" || row.family === "text")) {
    const sql = row.codec === "uuid-bytes" ? "(UUID_TO_BIN(UUID()))" : "(UUID())";
    if (RANDOM_UUIDS.has(name)) return { sql, finding: "uuid-version" };
    if (TIMED_UUIDS.has(name)) return { sql };
  }
  if (name === "random" && !function_?.args?.length && row.family === "number") return { sql: "(RAND())" };
  return { refused: function_ ? `function ${name}()` : (keyword?.replace("SVFOP_", "").replace(/_N$/, "(n)") ?? "this expression") };
}

/** Whether it is the current time, in no other precision than the column's. */
function isNow(value: Value, { use }: MappedType): boolean {
  const keyword = as("SQLValueFunction", value);
  if (keyword)
    return NOW_VALUES.has(keyword.op ?? "") || (NOW_VALUES_OF.has(keyword.op ?? "") && (keyword.typmod ?? 0) >= (use.mods[0] ?? 6));
  const function_ = as("FuncCall", value);
  return function_ !== undefined && NOW.has(qualified(function_.funcname ?? []).name) && !function_.args?.length;
}

/** `timezone('utc', now())`, also written `now() AT TIME ZONE 'utc'`. */
function isUtcNow(function_: Function_ | undefined, mapped: MappedType): boolean {
  if (!function_ || qualified(function_.funcname ?? []).name !== "timezone" || function_.args?.length !== 2) return false;
  const [zone, instant] = function_.args.map((arg) => withoutCasts(arg).value);
  return /^utc$/i.test(constantText(zone!) ?? "") && isNow(instant!, mapped);
}

/** The now-function must have the column's precision (error 1067). */
function now({ row, sql = "" }: MappedType, asked: "per-statement" | "utc-session" | undefined): TidbDefault {
  const finding = row.codec === "utc-datetime" ? "utc-session" : asked;
  const found = finding && { finding };
  if (row.id === "date") return { sql: "(CURRENT_DATE)", ...found };
  const fraction = /^(?:TIMESTAMP|DATETIME)\((\d)\)$/.exec(sql)?.[1];
  if (fraction === undefined) return { refused: "the time of day on this type" };
  return { sql: fraction === "0" ? "CURRENT_TIMESTAMP" : `CURRENT_TIMESTAMP(${fraction})`, ...found };
}
