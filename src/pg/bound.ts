import type { Kind, Value } from "./ast.js";
import { as, isNode, typeName } from "./names.js";
import { holds, rewritten } from "./walk.js";

/** What names of a PL/pgSQL body stand for: constants, and arrays of them. */
export type Bound = ReadonlyMap<string, Value>;

/** Statements that PL/pgSQL looks for its variables in; in any other one a name is a column. */
const READS_VARIABLES: ReadonlySet<Kind> = new Set<Kind>([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CreateTableAsStmt",
]);

/** A statement or an expression with constants for the variables it names. A name that is a column's as well is an error in PL/pgSQL. */
export function withBound<V extends Value | undefined>(value: V, bound: Bound): V {
  if (!isNode(value) || bound.size === 0 || (/Stmt$/.test(value.kind) && !READS_VARIABLES.has(value.kind))) return value;
  const put = rewritten(
    value,
    (node, patch) => ({ ...node, ...patch }),
    (node) => boundTo(node, bound) as typeof node | undefined,
  );
  return put as V;
}

function boundTo(node: Value | undefined, bound: Bound): Value | undefined {
  const fields = as("ColumnRef", node)?.fields;
  return fields?.length === 1 ? bound.get(String(fields[0])) : undefined;
}

/** Whether the value names a variable, or a field of it. */
export function names(value: Value | undefined, name: string): boolean {
  return holds(value, (node) => as("ColumnRef", node)?.fields?.[0] === name);
}

/** The value of a variable's declaration, where that is a constant or an array of constants. */
export function constantOf(value: Value | undefined, bound: Bound): Value | undefined {
  const given = boundTo(value, bound) ?? value;
  const inner = as("TypeCast", given)?.arg ?? given;
  const array = as("A_ArrayExpr", inner);
  const isConstant = array ? (array.elements ?? []).every((item) => as("A_Const", item)) : as("A_Const", inner) !== undefined;
  return isConstant ? given : undefined;
}

/** The items of an array of constants. */
export function itemsOf(value: Value | undefined, bound: Bound): readonly Value[] | undefined {
  const constant = constantOf(value, bound);
  const array = as("A_ArrayExpr", as("TypeCast", constant)?.arg ?? constant);
  return array && (array.elements ?? []);
}

/** An integer that is written out. */
export function integerOf(value: Value | undefined, bound: Bound): number | undefined {
  const text = textOf(value, bound);
  return text !== undefined && INTEGER.test(text) ? Number(text) : undefined;
}

/** What a constant of each type must look like to be the text that PostgreSQL makes of it again. */
const INTEGER = /^(?:0|-?[1-9]\d{0,8})$/;
const AS_WRITTEN: Readonly<Record<string, RegExp>> = { text: /^/, varchar: /^/, name: /^/, int2: INTEGER, int4: INTEGER, int8: INTEGER };

/**
 * The text that an expression over constants comes to: strings and integers, `||`, `format`, `concat` and the functions that quote.
 * @returns undefined for whatever else, and where a NULL or a missing argument is in it
 */
export function textOf(value: Value | undefined, bound: Bound): string | undefined {
  const given = boundTo(value, bound) ?? value;
  const constant = as("A_Const", given);
  if (constant) return constant.sval ?? (constant.ival === undefined ? undefined : String(constant.ival));
  const cast = as("TypeCast", given);
  if (cast?.typeName) {
    const { arrayBounds, typmods } = cast.typeName;
    const text = arrayBounds?.length || typmods?.length ? undefined : textOf(cast.arg, bound);
    return text !== undefined && AS_WRITTEN[typeName(cast.typeName).name]?.test(text) ? text : undefined;
  }
  const operation = as("A_Expr", given);
  if (operation) {
    const sides = [operation.lexpr, operation.rexpr].map((side) => textOf(side, bound));
    return operation.name?.join() === "||" && !sides.includes(undefined) ? sides.join("") : undefined;
  }
  const call = as("FuncCall", given);
  const compute = call && call.funcname?.length === 1 ? CALLS[String(call.funcname[0])] : undefined;
  const args = (call?.args ?? []).map((arg) => textOf(arg, bound));
  return compute && !args.includes(undefined) ? compute(args as string[]) : undefined;
}

const quotedName = (text: string) => `"${text.replaceAll('"', '""')}"`;
const quotedText = (text: string) => `${text.includes("\\") ? " E" : ""}'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;

const CALLS: Readonly<Record<string, (args: readonly string[]) => string | undefined>> = {
  concat: (args) => args.join(""),
  quote_ident: ([text]) => text && quotedName(text),
  quote_literal: ([text]) => text && quotedText(text),
  format: ([pattern = "", ...args]) => formatted(pattern, args),
};

/** As PostgreSQL's format(): `%s`, `%I`, `%L`, `%%`, each with the number of its argument or without; undefined for anything else. */
function formatted(pattern: string, args: readonly string[]): string | undefined {
  let next = 0;
  let fails = false;
  const text = pattern.replaceAll(/%(?:%|(?:(\d+)\$)?([sIL])|)/g, (written, place: string | undefined, how: string | undefined) => {
    if (written === "%%") return "%";
    if (place !== undefined) next = Number(place) - 1;
    const arg = args[next++];
    if (how === undefined || arg === undefined) fails = true;
    return how === "I" ? quotedName(arg ?? "") : how === "L" ? quotedText(arg ?? "") : (arg ?? "");
  });
  return fails ? undefined : text;
}
