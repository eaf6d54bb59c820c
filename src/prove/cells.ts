/**
 * Whether a value of TiDB's is PostgreSQL's value, by PostgreSQL's type. Both come as text; see the manual's chapter 8 for PostgreSQL's
 * output formats.
 */
import { arrayToJson } from "../types/values.js";

/** Text, bytes where the column is binary, or NULL. */
export type TidbCell = string | Uint8Array | null;

/** Something that differs though the value is the same: worth a word, never a difference. */
export type CellNote = "scale" | "time-of-day" | "json-number";

/** `false`: another value; otherwise what there is to note. */
export type Verdict = false | readonly CellNote[];

type Compare = (pg: string, tidb: string | Uint8Array) => Verdict;

const SAME: Verdict = [];

/**
 * @param type PostgreSQL's internal name of the type, `[]` behind it for an array, a schema before it for a user's own
 */
export function compareCell(type: string, pg: string | null, tidb: TidbCell): Verdict {
  if (pg === null || tidb === null) return pg === tidb ? SAME : false;
  if (type.endsWith("[]")) return array(type.slice(0, -2), pg, tidb);
  return (BY_TYPE[type] ?? exactly)(pg, tidb);
}

function exactly(pg: string, tidb: string | Uint8Array): Verdict {
  return pg === textOf(tidb) ? SAME : false;
}

function textOf(value: string | Uint8Array): string {
  return typeof value === "string" ? value : new TextDecoder().decode(value);
}

/** A string compare after both were brought to one form. */
const by =
  (form: (text: string) => string | undefined): Compare =>
  (pg, tidb) => {
    const [a, b] = [form(pg), form(textOf(tidb))];
    return a !== undefined && a === b ? SAME : exactly(pg, tidb);
  };

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Digits without leading and trailing zeros, and where the point stands: equal for equal values. */
export function decimalValue(text: string): { sign: string; digits: string; exponent: number; scale: number } | undefined {
  const [all, sign, whole = "", fraction = "", power = "0"] = DECIMAL.exec(text.trim()) ?? [];
  if (all === undefined || whole + fraction === "") return undefined;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + (digits.length - kept.length);
  return {
    sign: sign === "-" && kept !== "" ? "-" : "",
    digits: kept || "0",
    exponent: kept === "" ? 0 : exponent,
    scale: Math.max(0, fraction.length - Number(power)),
  };
}

/** PostgreSQL gives an inexact quotient at least so many significant digits (numeric.c, NUMERIC_MIN_SIG_DIGITS). */
const SIGNIFICANT = 16;

/**
 * Numbers by value. Digits behind the 16th that PostgreSQL ensures are rounding and no difference.
 */
function numeric(pg: string, tidb: string | Uint8Array): Verdict {
  const [a, b] = [decimalValue(pg), decimalValue(textOf(tidb))];
  if (!a || !b) return exactly(pg, tidb);
  if (a.sign === b.sign && a.digits === b.digits && a.exponent === b.exponent) return a.scale === b.scale ? SAME : ["scale"];
  if (a.sign !== b.sign || Math.min(a.digits.length, b.digits.length) < SIGNIFICANT - 1) return false;
  const exponent = Math.min(a.exponent, b.exponent);
  const [x, y] = [a, b].map((n) => BigInt(n.digits) * 10n ** BigInt(n.exponent - exponent)) as [bigint, bigint];
  // One unit of the last place that both have, if that is behind the digits PostgreSQL ensures.
  const unit = 10n ** BigInt(Math.max(a.exponent, b.exponent) - exponent);
  const apart = x > y ? x - y : y - x;
  return apart <= unit && apart * 10n ** BigInt(SIGNIFICANT - 1) <= (x > y ? x : y) ? ["scale"] : false;
}

/** Sums of floats depend on the order of their rows in the last digits. */
const float =
  (tolerance: number): Compare =>
  (pg, tidb) => {
    const [a, b] = [pg, textOf(tidb)].map(Number) as [number, number];
    if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a) || !Number.isFinite(b)) return exactly(pg, tidb);
    return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)) ? SAME : false;
  };

function boolean(pg: string, tidb: string | Uint8Array): Verdict {
  const value = decimalValue(textOf(tidb));
  return value !== undefined && value.exponent === 0 && value.sign === "" && value.digits === (pg === "t" ? "1" : "0") ? SAME : false;
}

const trimmedFraction = (text: string) => text.replace(/(:\d{2})\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/g, "$1$2");

const MIDNIGHT = /^(\d{4,}-\d{2}-\d{2}) 00:00:00(?:\.0+)?$/;

function date(pg: string, tidb: string | Uint8Array): Verdict {
  const text = textOf(tidb);
  if (pg === text) return SAME;
  return MIDNIGHT.exec(text)?.[1] === pg ? ["time-of-day"] : false;
}

function timestamp(pg: string, tidb: string | Uint8Array): Verdict {
  const text = textOf(tidb);
  if (trimmedFraction(pg) === trimmedFraction(text)) return SAME;
  return MIDNIGHT.exec(pg)?.[1] === text ? ["time-of-day"] : false;
}

/** TiDB's session is in UTC and writes no offset, but for the text of an element of an array. */
function timestamptz(pg: string, tidb: string | Uint8Array): Verdict {
  if (pg === textOf(tidb)) return SAME;
  const [all, stamp, sign, hours, minutes = "0", seconds = "0"] = /^(.*?)([+-])(\d{2})(?::(\d{2}))?(?::(\d{2}))?$/.exec(pg) ?? [];
  if (all === undefined) return exactly(pg, tidb);
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === "-" ? -1 : 1);
  return timestamp(offset === 0 ? stamp! : moved(stamp!, -offset), tidb);
}

function moved(stamp: string, seconds: number): string {
  const [clock = "", fraction] = stamp.split(".");
  const instant = Date.parse(`${clock.replace(" ", "T")}Z`) + seconds * 1000;
  const text = toClock(instant);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

function toClock(instant: number): string {
  const days = Math.floor(instant / 86_400_000);
  const second = Math.floor((instant - days * 86_400_000) / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const { year, month, day } = civil(days);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
}

/** Days since 1970 to a date of the Gregorian calendar; see "chrono-Compatible Low-Level Date Algorithms" (H. Hinnant). */
function civil(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

const UNITS: Readonly<Record<string, readonly [field: "months" | "days", factor: number]>> = {
  year: ["months", 12],
  mon: ["months", 1],
  day: ["days", 1],
};

/** `1 year 2 mons 3 days -04:05:06.7`, or a time of day alone, as months, days and microseconds: PostgreSQL's own three fields. */
function intervalFields(text: string): string | undefined {
  const fields = { months: 0, days: 0, microseconds: 0 };
  const rest = text
    .replaceAll(/([+-]?\d+) (year|mon|day)s?/g, (_, amount: string, unit: string) => {
      const [field, factor] = UNITS[unit]!;
      fields[field] += Number(amount) * factor;
      return "";
    })
    .trim();
  if (rest !== "") {
    const [all, sign, hours, minutes, seconds, fraction = ""] = /^([+-]?)(\d+):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(rest) ?? [];
    if (all === undefined) return undefined;
    const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    fields.microseconds = (sign === "-" ? -1 : 1) * (whole * 1e6 + Number(fraction.padEnd(6, "0")));
  } else if (text.trim() === "") return undefined;
  return JSON.stringify(fields);
}

function json(pg: string, tidb: string | Uint8Array): Verdict {
  const [a, b] = [parseJson(pg), parseJson(textOf(tidb))];
  return a !== undefined && b !== undefined && canonical(a) === canonical(b) ? SAME : false;
}

/** A string of JSON, or a number outside of one. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Marks what was a number; a string cannot begin with it, because PostgreSQL's text has no such character. */
const NUMBER_MARK = "\u0000";

/** JSON whose numbers keep all their digits, as strings of a form that is the same for the same value; undefined for other text. */
export function parseJson(text: string): unknown {
  const exact = text.replaceAll(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    const { sign, digits, exponent } = decimalValue(token)!;
    return JSON.stringify(`${NUMBER_MARK}${sign}${digits}e${exponent}`);
  });
  try {
    return JSON.parse(exact);
  } catch {
    return undefined;
  }
}

/** JSON text with the keys of objects in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** An array against a JSON array, element by element. */
function array(element: string, pg: string, tidb: string | Uint8Array): Verdict {
  const strings = arrayToJson(pg.replace(/^(?:\[-?\d+:-?\d+\])+=/, ""), JSON.stringify);
  const values = parseJson(textOf(tidb));
  if (strings === undefined || !Array.isArray(values)) return exactly(pg, tidb);
  return elements(element, JSON.parse(strings) as Nested[], values);
}

type Nested = string | null | readonly Nested[];

function elements(type: string, pg: readonly Nested[], tidb: readonly unknown[]): Verdict {
  if (pg.length !== tidb.length) return false;
  const notes: CellNote[] = [];
  for (const [i, item] of pg.entries()) {
    const other = tidb[i];
    const verdict = Array.isArray(item)
      ? Array.isArray(other) && elements(type, item, other)
      : compareCell(type, item as string | null, /^jsonb?$/.test(type) && item !== null ? jsonText(other) : jsonCell(other));
    if (verdict === false) return false;
    notes.push(...verdict);
  }
  return notes;
}

/** A value within JSON as a column of its own would have it. */
function jsonCell(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return value.startsWith(NUMBER_MARK) ? value.slice(1) : value;
  return jsonText(value);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"\\u0000([^"]*)"/g, "$1");
}

function bytea(pg: string, tidb: string | Uint8Array): Verdict {
  const bytes = typeof tidb === "string" ? new TextEncoder().encode(tidb) : tidb;
  return pg === `\\x${hex(bytes)}` ? SAME : false;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A BIT(n) comes as bytes, filled up with zeros on the left. */
function bits(pg: string, tidb: string | Uint8Array): Verdict {
  if (typeof tidb === "string") return exactly(pg, tidb);
  const all = Array.from(tidb, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return all.slice(-pg.length || all.length) === pg && !all.slice(0, -pg.length || all.length).includes("1") ? SAME : false;
}

function uuid(pg: string, tidb: string | Uint8Array): Verdict {
  if (typeof tidb !== "string" && tidb.length === 16) return hex(tidb) === pg.replaceAll("-", "") ? SAME : false;
  return exactly(pg, tidb);
}

const HSTORE_PAIR = /"((?:[^"\\]|\\.)*)"=>(?:NULL|"((?:[^"\\]|\\.)*)")/g;

function hstore(pg: string, tidb: string | Uint8Array): Verdict {
  const unescaped = (text: string) => text.replaceAll(/\\(.)/gs, "$1");
  const pairs = [...pg.matchAll(HSTORE_PAIR)].map(([, name = "", value]) => [
    unescaped(name),
    value === undefined ? null : unescaped(value),
  ]);
  return json(JSON.stringify(Object.fromEntries(pairs)), tidb);
}

function vector(pg: string, tidb: string | Uint8Array): Verdict {
  const [a, b] = [pg, textOf(tidb)].map((text) => text.replaceAll(/[[\]\s]/g, "").split(","));
  return a!.length === b!.length && a!.every((number, i) => FLOAT4(number, b![i]!) !== false) ? SAME : false;
}

/** TiDB prints six digits of a FLOAT; PostgreSQL as many as tell it from its neighbours. */
const FLOAT4 = float(1e-5);
const FLOAT8 = float(1e-12);
/** PostgreSQL fills up with blanks, which mean nothing. */
const BLANK_PADDED = by((text) => text.replace(/ +$/, ""));

const BY_TYPE: Readonly<Record<string, Compare>> = {
  int2: numeric,
  int4: numeric,
  int8: numeric,
  numeric,
  oid: numeric,
  xid: numeric,
  xid8: numeric,
  money: (pg, tidb) => numeric(pg.replaceAll(/[$,]/g, "").replace(/^\((.*)\)$/, "-$1"), tidb),
  float4: FLOAT4,
  float8: FLOAT8,
  bool: boolean,
  bpchar: BLANK_PADDED,
  date,
  timestamp,
  timestamptz,
  time: by(trimmedFraction),
  interval: by(intervalFields),
  json,
  jsonb: json,
  hstore,
  bytea,
  bit: bits,
  varbit: bits,
  uuid,
  vector,
  // A function that returns nothing.
  void: () => SAME,
};
