import { type Catalog, type Column, find } from "../catalog/model.js";
import { literalText, nextvalSequence } from "../catalog/replay.js";
import { identifier } from "../emit/words.js";
import type { Node, Value } from "../pg/ast.js";
import { as, qualified } from "../pg/names.js";
import { elementRow, type MappedType, mapType } from "./map.js";
import { arrayToJson, ENCODE } from "./values.js";

/** A default in TiDB's words, or why there is none. `finding` names what a reader must know of it. */
export type TidbDefault = { readonly sql: string; readonly finding?: "uuid-version" | "per-statement" } | { readonly refused: string };

/**
 * A column's DEFAULT. TiDB takes a literal, a now-function, NEXTVAL, or one call of a listed function in parentheses; no operators, no
 * casts (TiDB 8.5.6: error 1064; other functions: 3770; literals on TEXT, BLOB and JSON: 1101).
 */
export function tidbDefault(catalog: Catalog, column: Column, expression: Value): TidbDefault {
  const mapped = mapType(catalog, column.type, column);
  if (!mapped?.sql) return { refused: "its type" };
  const cast = as("TypeCast", expression);
  const inner = cast ? unwrapCasts(cast) : expression;
  const constant = as("A_Const", inner);
  if (constant?.isnull) return { sql: "NULL" };
  if (constant) return literal(catalog, column, mapped, constantText(constant));
  const negative = as("A_Expr", inner);
  if (negative?.name?.[0] === "-" && !negative.lexpr) {
    const number = as("A_Const", negative.rexpr);
    if (number && (number.ival !== undefined || number.fval !== undefined))
      return literal(catalog, column, mapped, `-${constantText(number)}`);
  }
  const array = as("A_ArrayExpr", inner);
  if (array && !array.elements?.length) return literal(catalog, column, mapped, "{}");
  const sequence = nextvalSequence(expression);
  if (sequence)
    return find(catalog, catalog.sequences, sequence)
      ? { sql: `(NEXTVAL(${identifier(sequence.name)}))` }
      : { refused: `the sequence ${sequence.name}, which the input does not create` };
  return call(column, mapped, inner);
}

function unwrapCasts(value: Value): Value {
  const cast = as("TypeCast", value);
  return cast?.arg === undefined ? value : unwrapCasts(cast.arg);
}

function constantText(node: Extract<Node, { kind: "A_Const" }>): string {
  return String(node.sval ?? node.fval ?? node.boolval ?? node.bsval?.slice(1) ?? node.ival ?? "");
}

function literal(catalog: Catalog, column: Column, { row, sql }: MappedType, text: string): TidbDefault {
  if (row.codec === "array") {
    const element = elementRow(catalog, column.type);
    const json = element && arrayToJson(text, element.codec);
    return json === undefined ? { refused: `the array ${text}` } : jsonDefault(json);
  }
  if (row.codec === "json") return jsonDefault(text);
  if (sql === "LONGTEXT" || sql === "LONGBLOB") return { refused: `a literal on ${sql}` };
  const encoded = row.codec === "none" ? undefined : ENCODE[row.codec](text);
  return encoded === undefined ? { refused: `the value '${text}'` } : { sql: encoded };
}

/** JSON takes no literal default, but a call of its constructors (TiDB 8.5.6, since 8.0). */
function jsonDefault(text: string): TidbDefault {
  try {
    return { sql: `(${constructor(JSON.parse(text))})` };
  } catch {
    return { refused: `the JSON text ${text}` };
  }
}

function constructor(value: unknown): string {
  const part = (v: unknown): string => (typeof v === "object" && v !== null ? constructor(v) : scalar(v));
  if (Array.isArray(value)) return `JSON_ARRAY(${value.map(part).join(", ")})`;
  if (typeof value === "object" && value !== null)
    return `JSON_OBJECT(${Object.entries(value)
      .map(([k, v]) => `${ENCODE.text(k)}, ${part(v)}`)
      .join(", ")})`;
  if (typeof value === "string") return `JSON_QUOTE(${ENCODE.text(value)})`;
  throw new SyntaxError("a JSON number, boolean or null of its own has no constructor");
}

function scalar(value: unknown): string {
  return typeof value === "string" ? ENCODE.text(value)! : value === null ? "NULL" : String(value).toUpperCase();
}

const NOW = new Set(["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "localtimestamp"]);
const NOW_VALUES = new Set(["SVFOP_CURRENT_TIMESTAMP", "SVFOP_CURRENT_TIMESTAMP_N", "SVFOP_LOCALTIMESTAMP", "SVFOP_LOCALTIMESTAMP_N"]);
const RANDOM_UUIDS = new Set(["gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1", "uuid_generate_v1mc", "uuidv4", "uuidv7"]);

function call(column: Column, { row, sql }: MappedType, value: Value): TidbDefault {
  const value_ = as("SQLValueFunction", value);
  const function_ = as("FuncCall", value);
  const name = function_ ? qualified(function_.funcname ?? []).name : undefined;
  const noArguments = !function_?.args?.length;
  const isNow = value_ ? NOW_VALUES.has(value_.op ?? "") : name !== undefined && NOW.has(name) && noArguments;
  if (isNow || isUtcNow(function_)) {
    if (row.id === "date") return { sql: "(CURRENT_DATE)" };
    const fraction = /^(?:TIMESTAMP|DATETIME)\((\d)\)$/.exec(sql ?? "")?.[1];
    return fraction === undefined
      ? { refused: "the time of day on this type" }
      : { sql: fraction === "0" ? "CURRENT_TIMESTAMP" : `CURRENT_TIMESTAMP(${fraction})` };
  }
  if (value_?.op === "SVFOP_CURRENT_DATE" && row.id === "date") return { sql: "(CURRENT_DATE)" };
  if (name !== undefined && RANDOM_UUIDS.has(name) && noArguments && (row.id === "uuid" || row.family === "text"))
    return name.startsWith("uuid_generate_v1") ? { sql: "(UUID())" } : { sql: "(UUID())", finding: "uuid-version" };
  if (name === "random" && noArguments && row.family === "number") return { sql: "(RAND())" };
  const described = name === undefined ? (value_ ? (value_.op ?? "").replace("SVFOP_", "") : "this expression") : `function ${name}()`;
  return { refused: literalText(value) === undefined ? described : `the value on ${column.name}` };
}

/** `timezone('utc', now())`: the same instant in a session whose zone is UTC. */
function isUtcNow(node: Extract<Node, { kind: "FuncCall" }> | undefined): boolean {
  if (!node || qualified(node.funcname ?? []).name !== "timezone" || node.args?.length !== 2) return false;
  const inner = as("FuncCall", node.args[1]);
  const now = inner ? NOW.has(qualified(inner.funcname ?? []).name) : NOW_VALUES.has(as("SQLValueFunction", node.args[1])?.op ?? "");
  return literalText(node.args[0])?.toLowerCase() === "utc" && now;
}
