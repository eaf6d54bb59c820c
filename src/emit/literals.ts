import type { PgType } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import { INTERVAL_FIELDS, intervalText, parseInterval } from "../types/intervals.js";
import { jsonEncoder } from "../types/map.js";
import { ENCODE } from "../types/values.js";
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
    return value && `CAST(${value} AS DATETIME(6))`;
  },
  time: time("TIME", "time"),
  uuid: ENCODE.uuid,
  json: json,
  jsonb: json,
  bytea: ENCODE.bytea,
  interval: ENCODE.interval,
  inet: (text) => (IPV4.test(text) ? string(text.replace(/\/32$/, "")) : undefined),
  cidr: (text) => (IPV4.test(text) && text.includes("/") ? string(text) : undefined),
  macaddr: (text) => (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? string(text.toLowerCase()) : undefined),
};

/** Addresses in the form in which PostgreSQL writes them. */
const IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?:\/\d{1,2})?$/;

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
  const own = LITERALS[type.name];
  if (own) return own(text);
  if (catalog.enums.has(type.name)) return string(text);
  const isArray = type.name.endsWith("[]");
  const names = (isArray ? type.name.slice(0, -2) : type.name).split(".");
  if (!isArray && !catalog.composites.has(type.name)) return undefined;
  const written = { kind: "TypeName" as const, names, ...(isArray ? { arrayBounds: [-1] } : {}) };
  const value = jsonEncoder(catalog, written)(text);
  return value === undefined ? undefined : `CAST(${string(value)} AS JSON)`;
}
