import type { ExprInfo } from "../catalog/analysis.js";
import type { FuncCall, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";
import { holds } from "../pg/walk.js";

type Known = { info(expression: FuncCall): ExprInfo | undefined };

/** Whether a call is of an aggregate, and not over a window. */
export function isAggregate(call: FuncCall | undefined, known: Known): boolean {
  return call !== undefined && !call.over && known.info(call)?.call?.kind === "aggregate";
}

/** Whether an expression has an aggregate in it, those of its subqueries aside. */
export function aggregates(value: Value | undefined, known: Known): boolean {
  return holds(
    value,
    (node) => isAggregate(as("FuncCall", node), known),
    (node) => node.kind === "SelectStmt",
  );
}
