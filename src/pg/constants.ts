import type { Node, Value } from "./ast.js";
import { as, typeName } from "./names.js";

/** An integer of PostgreSQL: int4 unless it is wide. */
interface Whole {
  readonly value: bigint;
  readonly wide: boolean;
}

/**
 * What an expression over constants comes to, as PostgreSQL computes it: whole numbers by + - * / % and texts by ||.
 * @returns undefined for any other expression, and where PostgreSQL raises an error: a number beyond its type, a division by zero
 */
export function constantValue(expression: Value): Node | undefined {
  const text = joined(expression);
  if (text !== undefined) return { kind: "A_Const", sval: text };
  const number = as("A_Expr", expression) && whole(expression);
  return number && { kind: "A_Const", fval: String(number.value) };
}

const OPERATORS: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  // Both cut towards zero, as bigint does.
  "/": (a, b) => (b === 0n ? undefined : a / b),
  "%": (a, b) => (b === 0n ? undefined : a % b),
};

const CASTS: Readonly<Record<string, boolean>> = { int4: false, int8: true };

function whole(value: Value | undefined): Whole | undefined {
  const constant = as("A_Const", value);
  if (constant?.ival !== undefined) return { value: BigInt(constant.ival), wide: false };
  if (constant?.fval !== undefined) return /^\d+$/.test(constant.fval) ? within(BigInt(constant.fval), true) : undefined;
  const cast = as("TypeCast", value);
  if (cast?.typeName && !cast.typeName.arrayBounds?.length) {
    const wide = CASTS[typeName(cast.typeName).name];
    const inner = wide === undefined ? undefined : whole(cast.arg);
    return inner && within(inner.value, wide!);
  }
  const operation = as("A_Expr", value);
  if (operation?.variant !== "AEXPR_OP" || operation.name?.length !== 1) return undefined;
  const left = operation.lexpr === undefined ? { value: 0n, wide: false } : whole(operation.lexpr);
  const right = whole(operation.rexpr);
  const compute = OPERATORS[operation.name[0]!];
  if (!left || !right || !compute || (operation.lexpr === undefined && operation.name[0] !== "-")) return undefined;
  const result = compute(left.value, right.value);
  return result === undefined ? undefined : within(result, left.wide || right.wide);
}

function within(value: bigint, wide: boolean): Whole | undefined {
  return BigInt.asIntN(wide ? 64 : 32, value) === value ? { value, wide } : undefined;
}

/** `'a' || 'b'` */
function joined(value: Value | undefined): string | undefined {
  const operation = as("A_Expr", value);
  if (operation?.variant !== "AEXPR_OP" || operation.name?.join() !== "||") return undefined;
  const [left, right] = [operation.lexpr, operation.rexpr].map((side) => joined(side) ?? plainText(side));
  return left === undefined || right === undefined ? undefined : left + right;
}

/** A text, as it is written or cast to one. */
function plainText(value: Value | undefined): string | undefined {
  const cast = as("TypeCast", value);
  if (cast?.typeName) {
    const isText = typeName(cast.typeName).name === "text" && !cast.typeName.arrayBounds?.length;
    return isText ? as("A_Const", cast.arg)?.sval : undefined;
  }
  return as("A_Const", value)?.sval;
}
