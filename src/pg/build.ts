/** Nodes that rules make in the place of the parser's. */
import type { ColumnRef, FuncCall, Node, RangeSubselect, ResTarget, SelectStmt, Value } from "./ast.js";
import { as } from "./names.js";
import { alike } from "./walk.js";

/** A SELECT with nothing in it yet. */
export const PLAIN_SELECT = { kind: "SelectStmt", op: "SETOP_NONE", limitOption: "LIMIT_OPTION_DEFAULT" } as const;

/** RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, not written (parsenodes.h, FRAMEOPTION_DEFAULTS). */
export const DEFAULT_FRAME = 1058;

/** `*` in a list of columns. */
export const ALL_COLUMNS: ResTarget = { kind: "ResTarget", val: { kind: "ColumnRef", fields: [{ kind: "A_Star" }] } };

export function columnRef(name: string): ColumnRef {
  return { kind: "ColumnRef", fields: [name] };
}

export function functionCall(name: string, args: readonly Value[]): FuncCall {
  return { kind: "FuncCall", funcname: [name], args, funcformat: "COERCE_EXPLICIT_CALL" };
}

export function operation(name: string, lexpr: Value, rexpr: Value): Value {
  return { kind: "A_Expr", variant: "AEXPR_OP", name: [name], lexpr, rexpr } as Value;
}

/** All of some conditions; undefined for none of them. */
export function conjunction(conditions: readonly Value[]): Value | undefined {
  return conditions.length < 2 ? conditions[0] : ({ kind: "BoolExpr", boolop: "AND_EXPR", args: conditions } as Value);
}

/** The conditions that AND joins in one; none for none. */
export function conjuncts(condition: Value | undefined): readonly Value[] {
  if (condition === undefined) return [];
  const all = as("BoolExpr", condition);
  return all?.boolop === "AND_EXPR" ? (all.args ?? []).flatMap(conjuncts) : [condition];
}

/** A query as an item of FROM. */
export function subqueryItem(subquery: SelectStmt, aliasname: string): RangeSubselect {
  return { kind: "RangeSubselect", subquery, alias: { kind: "Alias", aliasname } };
}

/**
 * The rows that a LATERAL query goes by, in a query that has no place for their columns: what is read there instead, all of them, is filled in
 * with the query that they are joined with. No printer takes what is left.
 */
export function lateralRows(aliasname: string): RangeSubselect {
  return { kind: "RangeSubselect", lateral: true, alias: { kind: "Alias", aliasname } };
}

export function isLateralRows(node: Node): node is RangeSubselect {
  return node.kind === "RangeSubselect" && node.lateral === true && node.subquery === undefined;
}

/** Whether two keys of GROUP BY are the same, a column with or without its table. */
export function sameKey(a: Value, b: Value): boolean {
  const [left, right] = [as("ColumnRef", a)?.fields, as("ColumnRef", b)?.fields];
  if (!left || !right) return alike(a, b);
  return left.at(-1) === right.at(-1) && (left.length === 1 || right.length === 1 || left.at(-2) === right.at(-2));
}
