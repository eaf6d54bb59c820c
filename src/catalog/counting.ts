import type { Value } from "../pg/ast.js";
import { as } from "../pg/names.js";

/** An integer of any size; the grammar writes large ones as Float. */
export function integerOf(value: Value | undefined): bigint | undefined {
  if (typeof value === "number") return BigInt(value);
  const large = as("Float", value)?.fval;
  return large !== undefined && /^[-+]?\d+$/.test(large) ? BigInt(large) : undefined;
}

/** The greatest numbers of PostgreSQL's integers, which MAXVALUE may name without a difference. */
const TYPE_LIMITS: ReadonlySet<bigint | undefined> = new Set([32767n, 2147483647n, 9223372036854775807n]);

/** Options of a sequence that AUTO_INCREMENT does not have, unless they say what is so anyway. */
const OTHERWISE: Readonly<Record<string, (value: Value | undefined) => boolean>> = {
  increment: (value) => integerOf(value) !== 1n,
  maxvalue: (value) => value !== undefined && !TYPE_LIMITS.has(integerOf(value)),
  cycle: (value) => value === true,
};

/** The options by which a sequence counts as AUTO_INCREMENT does not: another step, an earlier end, from the start again. */
export function countsOtherwise(options: ReadonlyMap<string, Value | undefined>): string[] {
  return [...options].filter(([name, value]) => OTHERWISE[name]?.(value)).map(([name]) => name.toUpperCase());
}
