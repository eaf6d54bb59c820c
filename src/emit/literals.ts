import type { PgType } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import { mapType } from "../types/map.js";
import { arrayToJson, ENCODE } from "../types/values.js";
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
  interval: string,
};

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
  const own = LITERALS[type.name];
  if (own) return own(text);
  if (catalog.enums.has(type.name)) return string(text);
  if (!type.name.endsWith("[]")) return undefined;
  const element = mapType(catalog, { kind: "TypeName", names: [type.name.slice(0, -2)] })?.row.codec;
  const items = element && arrayToJson(text, element);
  return items === undefined ? undefined : `CAST(${string(items)} AS JSON)`;
}
