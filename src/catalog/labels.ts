import type { Node, Value } from "../pg/ast.js";
import { as, isNode, typeName } from "../pg/names.js";
import { rewritten } from "../pg/walk.js";

/** A label of an enum that is renamed. */
export interface Renamed {
  /** Whether an expression is of the enum. */
  readonly isOf: (node: Node) => boolean;
  /** The name of the enum. */
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

/** An expression whose literals of an enum call a label by its new name: PostgreSQL keeps the label itself there, not what it was called. */
export function relabelled(value: Value, { isOf, type, from, to }: Renamed): Value {
  const copied = (node: Node, patch: object) => ({ ...node, ...patch }) as Node;
  const literal = (held: Value | undefined): Value | undefined => {
    if (Array.isArray(held)) return held.map((item) => literal(item as Value)!) as unknown as Value;
    const array = as("A_ArrayExpr", held);
    if (array) return { ...array, elements: array.elements?.map((item) => literal(item)!) } as Value;
    const constant = as("A_Const", held);
    return constant?.sval === from ? { ...constant, sval: to } : held;
  };
  const isIt = (held: Value | undefined): boolean =>
    Array.isArray(held) ? held.some((item) => isIt(item as Value)) : isNode(held) && isOf(held);
  return rewritten(value, copied, (node) => {
    if (node.kind === "TypeCast")
      return node.typeName && typeName(node.typeName).name === type ? copied(node, { arg: literal(node.arg) }) : undefined;
    if (node.kind === "A_Expr") {
      if (isIt(node.lexpr)) return copied(node, { rexpr: literal(node.rexpr) });
      return isIt(node.rexpr) ? copied(node, { lexpr: literal(node.lexpr) }) : undefined;
    }
    if (node.kind === "CoalesceExpr" || node.kind === "MinMaxExpr")
      return isIt(node.args as Value) ? copied(node, { args: literal(node.args as Value) }) : undefined;
    if (node.kind !== "CaseExpr" || !isIt(node.arg)) return undefined;
    const args = node.args?.map((item) => {
      const when = as("CaseWhen", item);
      return when ? copied(when, { expr: literal(when.expr) }) : item;
    });
    return copied(node, { args });
  });
}
