import type { PgType } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import { INTERVAL_FIELDS, intervalText, parseInterval } from "../types/intervals.js";
import { jsonEncoder } from "../types/map.js";
import { beyondTimestamp, ENCODE } from "../types/values.js";
import { string } from "./words.js";

type Literal = (text: string) => string | undefined;

const time = (word: string, codec: "date" | "timestamp" | "time"): Literal => {
  return (text) => {
    const value = ENCODE[codec](text);
    return value && `${word} ${value}`;
  };
};

/** Literals that stand alone in an expression, with their type; in a column's DEFAULT and in INSERT the column gives it (see types/values). */
const LITERALS: Readonly<Record<string, Literal>> = {
  bool: ENCODE.boolean,
  int2: ENCODE.number,
  int4: ENCODE.number,
  int8: ENCODE.number,
  numeric: ENCODE.number,
  oid: ENCODE.number,
  float4: exponential,
  float8: exponential,
  text: string,
  varchar: string,
  name: string,
  bpchar: (text) => string(text.replace(/ +$/, "")),
  date: time("DATE", "date"),
  timestamp,
  // An offset is converted by the session's zone as PostgreSQL does; TIMESTAMP '…' takes none (error 1292).
  timestamptz: (text) => {
    if (!HAS_OFFSET.test(text)) return timestamp(text);
    const value = ENCODE.timestamptz(text);
    return value ? `CAST(${value} AS DATETIME(6))` : beyondTimestamp(text);
  },
  time: time("TIME", "time"),
  uuid: ENCODE.uuid,
  json: json,
  jsonb: json,
  bytea: ENCODE.bytea,
  interval: ENCODE.interval,
  inet: (text) => (IPV4.test(text) ? string(text.replace(/\/32$/, "")) : ipv6(text)),
  cidr: (text) => (IPV4.test(text) && text.includes("/") ? string(text) : undefined),
  int4range: range(integerBound),
  int8range: range(integerBound),
  numrange: range((text) => ENCODE.number(text)),
  daterange: range(dayBound),
  tsrange: range(timeBound),
  bit: ENCODE.bit,
  varbit: (text) => (/^[01]*$/.test(text) ? string(text) : undefined),
  macaddr: (text) =>
    MACADDR.test(text)
      ? string(
          text
            .toLowerCase()
            .replaceAll(/[^0-9a-f]/g, "")
            .replaceAll(/(..)(?!$)/g, "$1:"),
        )
      : undefined,
};

/** The spellings of the manual (mac.c, macaddr_in). */
const MACADDR =
  /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{6}[:-]?[0-9a-f]{6}|[0-9a-f]{4}([.-])[0-9a-f]{4}\2[0-9a-f]{4})$/i;

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
function range(bound: (text: string) => Bound | string | undefined): Literal {
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

/** Addresses in the form in which PostgreSQL writes them. */
const IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?:\/\d{1,2})?$/;

/** An address of IPv6 in its shortest form, which is PostgreSQL's; those that have an address of IPv4 in them are not known here. */
function ipv6(text: string): string | undefined {
  const [, address, mask] = /^([0-9a-f:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (!address?.includes(":") || Number(mask ?? 0) > 128) return undefined;
  const groups = address.split("::");
  const [head = [], tail] = groups.map((part) => (part === "" ? [] : part.split(":")));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (groups.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...head, ...Array.from({ length: tail ? missing : 0 }, () => "0"), ...(tail ?? [])];
  if (all.some((part) => !/^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const short = all.map((part) => Number.parseInt(part, 16).toString(16));
  const runs = [...short.join(":").matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.reduce((one, other) => (other.length > one.length ? other : one), "");
  const joined = short.join(":");
  if (/^0:0:0:0:0:(?:0|ffff):/.test(joined) && !/^0:0:0:0:0:0:0:/.test(joined)) return undefined;
  const found = longest === "" ? joined : joined.replace(new RegExp(`(?:^|:)${longest}(?::|$)`), "::");
  return string(found + (mask === undefined || mask === "128" ? "" : `/${mask}`));
}

const HAS_OFFSET = /:\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2})/i;

function timestamp(text: string): string | undefined {
  const value = ENCODE.timestamp(text);
  return value && `TIMESTAMP ${value.includes(":") ? value : `${value.slice(0, -1)} 00:00:00'`}`;
}

/** With an exponent it is a DOUBLE to TiDB, and without one a DECIMAL. */
function exponential(text: string): string | undefined {
  const value = ENCODE.float(text);
  return value === undefined || /e/i.test(value) ? value : `${value}e0`;
}

function json(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return `CAST(${string(text)} AS JSON)`;
}

/** A constant as TiDB writes it where it has the given type; undefined where TiDB has no such value. */
export function literal(catalog: Catalog, text: string, type: PgType): string | undefined {
  if (type.name === "interval" && type.mods?.length) {
    const interval = parseInterval(text, INTERVAL_FIELDS[type.mods[0]!]);
    return interval && string(intervalText(interval));
  }
  // A cast to a length cuts bits off at the right, and adds zeros there.
  if (type.name === "bit" && type.mods?.length && /^[01]+$/.test(text))
    return ENCODE.bit(text.slice(0, type.mods[0]).padEnd(type.mods[0]!, "0"));
  const own = LITERALS[type.name];
  if (own) return own(text);
  const labels = catalog.enums.get(type.name)?.labels;
  if (labels) return labels.includes(text) ? string(text) : undefined;
  const isArray = type.name.endsWith("[]");
  const names = (isArray ? type.name.slice(0, -2) : type.name).split(".");
  if (!isArray && !catalog.composites.has(type.name)) return undefined;
  const written = { kind: "TypeName" as const, names, ...(isArray ? { arrayBounds: [-1] } : {}) };
  const value = jsonEncoder(catalog, written)(text);
  return value === undefined ? undefined : `CAST(${string(value)} AS JSON)`;
}
