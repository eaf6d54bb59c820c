import { string } from "../emit/words.js";
import { ENCODE } from "./values.js";

/** A literal of TiDB's for the text of a value; undefined where it is none of the type. */
type Encode = (text: string) => string | undefined;

interface Bound {
  readonly text: string;
  /** The bound after it, of types whose ranges are written [lower,upper). */
  readonly next?: string;
  readonly order: number | bigint;
}

function integerBound(text: string): Bound | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return { text: String(value), next: String(value + 1n), order: value };
}

function dayBound(text: string): Bound | undefined {
  const day = ENCODE.date(text)?.slice(1, -1);
  const time = Date.parse(`${day}T00:00:00Z`);
  if (day === undefined || Number.isNaN(time)) return undefined;
  return { text: day, next: new Date(time + 86_400_000).toISOString().slice(0, 10), order: time };
}

/** A time within a range, in quotes. */
function timeBound(text: string): Bound | undefined {
  const time = ENCODE.timestamp(text)?.slice(1, -1);
  const order = Date.parse(`${time?.includes(":") ? time.replace(" ", "T") : `${time}T00:00:00`}Z`);
  return time === undefined || Number.isNaN(order) ? undefined : { text: `"${time.includes(":") ? time : `${time} 00:00:00`}"`, order };
}

/** A range as PostgreSQL writes it (rangetypes.c, range_deparse and the canonical functions); undefined where its bounds are not in order. */
function range(bound: (text: string) => Bound | string | undefined): Encode {
  const read = (text: string): Bound | undefined => {
    const found = bound(text);
    return typeof found === "string" ? { text: found, order: Number(found) } : found;
  };
  return (text) => {
    if (/^\s*empty\s*$/i.test(text)) return string("empty");
    const [all, open, low = "", high = "", close] = /^\s*([[(])\s*"?([^",]*?)"?\s*,\s*"?([^",]*?)"?\s*([\])])\s*$/.exec(text) ?? [];
    const lower = low === "" ? undefined : read(low);
    const upper = high === "" ? undefined : read(high);
    if (all === undefined || (low !== "" && !lower) || (high !== "" && !upper)) return undefined;
    if (lower && upper && lower.order > upper.order) return undefined;
    const from = lower?.next !== undefined && open === "(" ? lower.next : (lower?.text ?? "");
    const to = upper?.next !== undefined && close === "]" ? upper.next : (upper?.text ?? "");
    const discrete = (lower ?? upper)?.next !== undefined;
    const isEmpty = discrete ? lower && upper && from === to : lower && upper && lower.order === upper.order && open + close! !== "[]";
    const passed = discrete && lower && upper && open === "(" && close === ")" && lower.text === upper.text;
    if (isEmpty || passed) return string("empty");
    const [left, right] = discrete ? ["[", ")"] : [open, close];
    return string(`${lower ? left : "("}${from},${to}${upper ? right : ")"}`);
  };
}

/** Texts of ranges as PostgreSQL keeps them, whatever way they are written. */
export const RANGES: Readonly<Record<string, Encode>> = {
  int4range: range(integerBound),
  int8range: range(integerBound),
  numrange: range((text) => ENCODE.number(text)),
  daterange: range(dayBound),
  tsrange: range(timeBound),
};
