/** Bit strings of a length that is known, which TiDB has as numbers. */
import type { PgType } from "../catalog/analysis.js";
import type { Value } from "../pg/ast.js";
import { as } from "../pg/names.js";

/** Functions that give as many bits as their first argument has. */
const KEEP = new Set(["set_bit", "bit_and", "bit_or", "bit_xor"]);

/** How many bits a value of type bit(n) has, up to 63: what a BIT of TiDB holds is a number, which has no length of its own. */
export function bitLength(value: Value | undefined, type: (value: Value) => PgType | undefined): number | undefined {
  if (value === undefined) return undefined;
  const { bsval: literal, sval } = as("A_Const", value) ?? {};
  if (sval !== undefined && type(value)?.name === "bit") return /^[01]{1,63}$/.test(sval) ? sval.length : undefined;
  const { name, lexpr, rexpr } = as("A_Expr", value) ?? {};
  const side = lexpr ?? rexpr;
  if (side !== undefined && /^(?:[&|#~]|<<|>>)$/.test(String(name?.at(-1)))) return bitLength(side, type);
  const { funcname, args } = as("FuncCall", value) ?? {};
  if (KEEP.has(String(funcname?.at(-1)))) return bitLength(args?.[0], type);
  const own = type(value);
  const known =
    literal === undefined ? (own?.name === "bit" ? own.mods?.[0] : undefined) : (literal.length - 1) * (literal[0] === "x" ? 4 : 1);
  return known !== undefined && known <= 63 ? known : undefined;
}
