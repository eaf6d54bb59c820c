import type { Value } from "../../pg/ast.js";
import type { Signature } from "../analysis.js";
import type { Operator } from "../builtin/table.js";
import { operatorNullable } from "./nullness.js";
import { type Resolved, resolveOperator } from "./resolve.js";
import { coerce, type Info, type Scope } from "./state.js";
import { arrayOf, baseType, elementOf } from "./types.js";

type Operand = { readonly node: Value | undefined; readonly info: Info | undefined };

/** The type that resolution sees. */
export const typeIn = (info: Info | undefined): string | undefined => info?.type.name;

/** A call of an operator (parse_oper.c, make_op); `left` is null for a prefix operator. */
export function makeOperator(scope: Scope, name: string, left: Operand | null, right: Operand): Info | undefined {
  const found = resolveOperator(scope.run.catalog, name, left === null ? null : typeIn(left.info), typeIn(right.info));
  // An operator of the user's own may be the one that is meant.
  if (!found || scope.run.catalog.operators.has(name)) return undefined;
  const operands = left === null ? [right] : [left, right];
  for (const [i, type] of (found.args ?? []).entries()) coerceOperand(scope, operands[i]!, type);
  return called(
    found,
    name,
    operands.map(({ info }) => info),
  );
}

/** A domain goes as its base without a word; all else that is not of the declared type is converted to it. */
export function coerceOperand(scope: Scope, { node, info }: Operand, type: string): void {
  if (info && info.type.name !== type && baseType(scope.run.catalog, info.type.name) === type) {
    info.coerced = { name: type };
    return;
  }
  coerce(scope, node, { name: type });
}

function called(found: Resolved<Operator>, name: string, args: readonly (Info | undefined)[]): Info {
  const info: Info = { type: { name: found.result }, nullable: found.of === undefined || operatorNullable(found.of, args) };
  if (found.of && found.args) info.call = operatorSignature(found.of, name, found.args, found.result);
  return info;
}

function operatorSignature(op: Operator, name: string, args: readonly string[], result: string): Signature {
  return { kind: "operator", name, args, result, strict: op.strict, volatility: op.volatility };
}

/** `left op ANY (array)` and ALL, IN with a list (parse_oper.c, make_scalar_array_op). */
export function makeArrayOperator(
  scope: Scope,
  name: string,
  left: Operand,
  right: Operand,
  element: string | undefined,
): Info | undefined {
  const result: Info = { type: { name: "bool" }, nullable: true };
  const found = resolveOperator(scope.run.catalog, name, typeIn(left.info), element);
  if (!found?.args || !found.of) return result;
  coerceOperand(scope, left, found.args[0]!);
  if (right.node !== undefined) coerceOperand(scope, right, arrayOf(found.args[1]!));
  result.call = operatorSignature(found.of, name, found.args, found.result);
  return result;
}

/** What `= ANY` compares with: the element of the array; a literal or parameter may be any array. */
export function elementFor(scope: Scope, info: Info | undefined): string | undefined {
  if (!info) return undefined;
  return info.type.name === "unknown" ? "unknown" : elementOf(baseType(scope.run.catalog, info.type.name));
}

/** The last part of an operator's name: `OPERATOR(pg_catalog.=)`. */
export function operatorName(name: readonly Value[] | undefined): string {
  return String(name?.[name.length - 1] ?? "");
}
