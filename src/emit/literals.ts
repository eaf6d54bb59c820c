import type { PgType } from "../catalog/analysis.js";
import { type Catalog, find } from "../catalog/model.js";
import { parseName } from "../catalog/replay.js";
import { INTERVAL_FIELDS, intervalText, parseInterval } from "../types/intervals.js";
import { jsonEncoder } from "../types/map.js";
import { RANGES } from "../types/ranges.js";
import { beyondTimestamp, ENCODE, integerText } from "../types/values.js";
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
  int2: (text) => integerText(text, 2),
  int4: (text) => integerText(text, 4),
  int8: (text) => integerText(text, 8),
  numeric: ENCODE.number,
  oid: ENCODE.number,
  float4: real,
  float8: (text) => (Number.isFinite(Number(text)) ? exponential(text) : undefined),
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
  inet: ENCODE.inet,
  cidr: ENCODE.cidr,
  ...RANGES,
  bit: ENCODE.bit,
  varbit: (text) => (/^[01]*$/.test(text) ? string(text) : undefined),
  macaddr: ENCODE.macaddr,
  macaddr8: ENCODE.macaddr8,
};

/**
 * A number of 24 bits, as PostgreSQL rounds it: TiDB computes with all the digits of what is cast to FLOAT (engine run), and shows the fewest
 * that tell it from other numbers of 24 bits, as PostgreSQL does.
 */
export function real(text: string): string | undefined {
  const value = Number(text);
  if (Math.abs(value) > LARGEST_REAL) return undefined;
  const rounded = Math.fround(value);
  // Below the smallest of them PostgreSQL raises an error.
  if (rounded === 0 && value !== 0) return undefined;
  return rounded === value || !Number.isFinite(rounded) ? exponential(text) : `CAST(${exponential(String(rounded))} AS FLOAT)`;
}

const HAS_OFFSET = /:\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2})|^\d{4}-\d{2}-\d{2}\s*(?:Z|\+\d{2})/i;

function timestamp(text: string): string | undefined {
  const value = ENCODE.timestamp(text);
  return value && `TIMESTAMP ${value.includes(":") ? value : `${value.slice(0, -1)} 00:00:00'`}`;
}

/** The largest number of 32 bits (IEEE 754); TiDB gives 0 for what is beyond it. */
const LARGEST_REAL = 3.4028235677973366e38;

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
  if (type.name === "regclass") {
    const name = parseName(text);
    const found = find(catalog, catalog.tables, name) ?? find(catalog, catalog.derived, name) ?? find(catalog, catalog.sequences, name);
    // Its name, as PostgreSQL shows it; with its schema outside public, and in quotes where it needs some.
    return found && /^[a-z_][a-z0-9_]*$/.test(found.name) && found.schema === "public" ? string(found.name) : undefined;
  }
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
