import type { Node, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";

const tests = new WeakSet<Node>();

/** Says, right before it is printed, that a value is a condition: each part that AND and OR join may be FALSE where PostgreSQL has NULL. */
export function asCondition(value: Value | undefined): Value | undefined {
  const joined = as("BoolExpr", value);
  if (joined && joined.boolop !== "NOT_EXPR") for (const part of joined.args ?? []) asCondition(part as Value);
  // Nothing else asks.
  else if (as("A_Expr", value)?.variant === "AEXPR_OP_ANY") tests.add(value as Node);
  return value;
}

/** Whether it is a part of a condition; asked once, as the same node may stand elsewhere too. */
export const takeCondition = (node: Node): boolean => tests.delete(node);
