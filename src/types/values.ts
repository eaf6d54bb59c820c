import { string } from "../emit/words.js";
import { addressText, hardwareAddress } from "./addresses.js";
import { intervalText, parseInterval } from "./intervals.js";

/** How the text of a value in PostgreSQL's output format becomes a TiDB literal. */
export type Codec =
  | "number"
  | "float"
  | "boolean"
  | "text"
  | "bytea"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "time"
  /** The text that PostgreSQL writes of it. */
  | "interval"
  | "uuid"
  | "inet"
  | "cidr"
  | "macaddr"
  | "macaddr8"
  /** The 16 bytes of a uuid. */
  | "uuid-bytes"
  /** An instant as its time in UTC. */
  | "utc-datetime"
  /** A time without zone that an instant of TIMESTAMP must hold. */
  | "timestamp-in-range"
  | "json"
  | "array"
  | "composite"
  | "enum"
  | "bit"
  /** An amount, with or without the signs that locale en_US gives it. */
  | "money"
  | "hstore"
  | "none";

/** Turns PostgreSQL's text of a value into a TiDB literal; undefined where TiDB has no such value. */
type Encode = (text: string) => string | undefined;

const NUMBER = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?:(:\d{2})(\.\d+)?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$/i;
/** Up to the end of a day: TiDB's TIME goes on to 838 hours. */
const TIME = /^((?:[01]?\d|2[0-3]):[0-5]\d|24:00(?!:?0*[1-9]|:00\.0*[1-9]))(?:(:[0-5]\d)(\.\d+)?)?$/;
/** A hyphen may follow every group of four digits, and braces may stand around them (manual, "8.12 UUID Type"). */
const UUID = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$|^\{(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\}$/i;

/** Spellings of the manual's "8.6 Boolean Type"; unique prefixes count too. */
const BOOLEANS = new Map([
  ...["t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"].map((w) => [w, "TRUE"] as const),
  ...["f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"].map((w) => [w, "FALSE"] as const),
]);

/** What TIMESTAMP holds, in milliseconds (TiDB 8.5.6: error 1292 outside); days at both ends decide whether a look is needed. */
const FIRST_INSTANT = 1000;
const LAST_INSTANT = 2147483648000;
const FIRST_DAYS = "1970-01-03";
const LAST_DAYS = "2038-01-17";

/** Exponents beyond this are no numbers of use, and would be written out digit by digit. */
const MOST_PLACES = 400;

/** Digits from which TiDB may cut an exact literal (65 in all, error or silently); a float needs no more than 17. */
const MANY_DIGITS = 30;

/** Types whose values have several spellings, of which TiDB gets PostgreSQL's. */
const SPELT = {
  inet: (text: string) => addressText(text, false),
  cidr: (text: string) => addressText(text, true),
  macaddr: (text: string) => hardwareAddress(text, 6),
  macaddr8: (text: string) => hardwareAddress(text, 8),
} as const;

/** Their encoders, with quotes of SQL or of JSON. */
function spelt(quote: (text: string) => string): Readonly<Record<keyof typeof SPELT, Encode>> {
  const encoders = Object.entries(SPELT).map(([codec, write]) => {
    const encode = (text: string) => {
      const written = write(text);
      return written === undefined ? undefined : quote(written);
    };
    return [codec, encode] as const;
  });
  return Object.fromEntries(encoders) as Record<keyof typeof SPELT, Encode>;
}

export const ENCODE: Readonly<Record<Exclude<Codec, "array" | "composite">, Encode>> = {
  number: decimal,
  float,
  boolean: (text) => BOOLEANS.get(text.trim().toLowerCase()),
  text: string,
  enum: string,
  json: string,
  bytea: (text) => {
    const hex = byteaHex(text);
    return hex === undefined ? undefined : `X'${hex}'`;
  },
  date: (text) => {
    const stamp = readTimestamp(text);
    // The time is passed over, also that of the end of the day.
    if (/[ T]24:/.test(text)) return undefined;
    return stamp && `'${stamp.date}'`;
  },
  // PostgreSQL passes over an offset here; TiDB would convert by it.
  timestamp: (text) => {
    const stamp = readTimestamp(text);
    return stamp && `'${stamp.date}${stamp.time && ` ${stamp.time}`}'`;
  },
  timestamptz: (text) => {
    const stamp = readTimestamp(text);
    if (!stamp) return undefined;
    const { date, time, offset } = stamp;
    return inTimestampRange(stamp) ? `'${date} ${time || "00:00:00"}${offset ?? "+00:00"}'` : undefined;
  },
  time: (text) => {
    const match = TIME.exec(text) ?? TIME.exec(withoutHalves(text));
    return match ? `'${clock(match[1]!, match[2], match[3])}'` : undefined;
  },
  interval: (text) => {
    const interval = parseInterval(text);
    if (interval) return string(intervalText(interval));
    return /^[+-]?infinity$/i.test(text.trim()) ? string(text.trim().toLowerCase()) : undefined;
  },
  uuid: (text) => {
    const uuid = canonicalUuid(text);
    return uuid && `'${uuid}'`;
  },
  ...spelt(string),
  "uuid-bytes": (text) => {
    const uuid = canonicalUuid(text);
    return uuid && `X'${uuid.replaceAll("-", "").toUpperCase()}'`;
  },
  "utc-datetime": (text) => {
    const stamp = readTimestamp(text);
    const utc = stamp && inUtc(stamp);
    return utc && `'${utc}'`;
  },
  "timestamp-in-range": (text) => {
    const stamp = readTimestamp(text);
    if (!stamp) return undefined;
    const { date, time } = stamp;
    return inTimestampRange({ date, time, offset: undefined }) ? `'${date} ${time || "00:00:00"}'` : undefined;
  },
  bit: (text) => (/^[01]+$/.test(text) ? `b'${text}'` : undefined),
  money: amount,
  hstore: (text) => {
    const json = hstoreToJson(text);
    return json === undefined ? undefined : string(json);
  },
  none: () => undefined,
};

const AMOUNT = /^\s*(-|\()?\s*\$?\s*(-)?(\d+|\d{1,3}(?:,\d{3})+)(\.\d*)?\s*(\))?\s*$/;

/** `$1,234.56`, `-$5`, `(1.00)` as a plain number; undefined for the signs of other currencies, which another locale may read otherwise. */
function amount(text: string): string | undefined {
  const [all, before, inside, digits = "", fraction = "", after] = AMOUNT.exec(text) ?? [];
  const isNegative = before !== undefined || inside !== undefined;
  if (all === undefined || (before === "(") !== (after === ")") || (before !== undefined && inside !== undefined)) return undefined;
  return `${isNegative ? "-" : ""}${digits.replaceAll(",", "")}${fraction === "." ? "" : fraction}`;
}

/** A key or value of hstore: quoted, or bare up to what ends it (contrib/hstore, hstore_io.c). */
const HSTORE_PAIR = /\s*("(?:[^"\\]|\\.)*"|(?:[^\s"=,\\]|\\.)+)\s*=>\s*("(?:[^"\\]|\\.)*"|(?:[^\s",\\]|\\.)+)\s*(,|$)/suy;

/** JSON text of `a=>1, "b c"=>NULL`: an object of strings, as hstore_to_json makes it; undefined where the text is malformed. */
function hstoreToJson(text: string): string | undefined {
  if (text.trim() === "") return "{}";
  const pairs = new Map<string, string>();
  const plain = (part: string) => unescaped(part.startsWith('"') ? part.slice(1, -1) : part);
  let at = 0;
  for (let more = true; more; ) {
    HSTORE_PAIR.lastIndex = at;
    const [all = "", key = "", value = "", end] = HSTORE_PAIR.exec(text) ?? [];
    if (all === "") return undefined;
    at += all.length;
    // Of a key that is given twice the first is kept.
    if (!pairs.has(plain(key))) pairs.set(plain(key), value.toLowerCase() === "null" ? "null" : JSON.stringify(plain(value)));
    more = end === ",";
    if (more && text.slice(at).trim() === "") break;
  }
  return at === text.length ? `{${[...pairs].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}` : undefined;
}

/** What a text can say of an integer (numutils.c, pg_strtoint64_safe): digits, in groups or to another base from PostgreSQL 16 on. */
const INTEGER = /^\s*([+-]?)(\d+(?:_\d+)*|0x[\da-f]+(?:_[\da-f]+)*|0o[0-7]+(?:_[0-7]+)*|0b[01]+(?:_[01]+)*)\s*$/i;

/** The text of an integer of so many bytes; undefined for other text, and beyond what they hold. */
export function integerText(text: string, bytes: number): string | undefined {
  const [all, sign = "", digits = ""] = INTEGER.exec(text) ?? [];
  if (all === undefined) return undefined;
  const size = BigInt(digits.replaceAll("_", ""));
  const limit = 2n ** BigInt(8 * bytes - 1);
  if (size > (sign === "-" ? limit : limit - 1n)) return undefined;
  return `${sign === "-" ? "-" : ""}${size}`;
}

/** A number without its exponent: with one it would be a DOUBLE to TiDB, of 17 digits and rounded half to even. */
function decimal(text: string): string | undefined {
  const [all, sign = "", whole = "", fraction = "", exponent] = NUMBER.exec(text) ?? [];
  if (all === undefined || whole + fraction === "") return undefined;
  // A point at the end is an error of syntax to TiDB.
  if (exponent === undefined) return all.trim().replace(/\.$/, "");
  const places = Number(exponent);
  if (Math.abs(places) > MOST_PLACES) return undefined;
  const digits = whole + fraction;
  const point = whole.length + places;
  const left = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const right = point < 0 ? digits.padStart(digits.length - point, "0") : digits.slice(point);
  return `${sign}${left.replace(/^0+(?=\d)/, "")}${right && `.${right}`}`;
}

/** An exact literal of many digits is cut before it becomes a DOUBLE; one with an exponent is a DOUBLE from the start. */
function float(text: string): string | undefined {
  const [all, , whole = "", fraction = "", exponent] = NUMBER.exec(text) ?? [];
  if (all === undefined || whole + fraction === "") return undefined;
  return exponent === undefined && all.length > MANY_DIGITS ? `${all.trim()}e0` : all.trim();
}

/** The one special value of the manual's "8.5.1.4" that is the same instant at all times. */
const EPOCH = /^\s*epoch\s*$/i;

interface Timestamp {
  readonly date: string;
  /** With seconds; empty where the text is a date. */
  readonly time: string;
  readonly offset: string | undefined;
}

/** A date or time in ISO 8601, with what PostgreSQL and other programs write for an offset; undefined for `infinity`, BC and the rest. */
function readTimestamp(text: string): Timestamp | undefined {
  if (EPOCH.test(text)) return { date: "1970-01-01", time: "00:00:00", offset: "+00:00" };
  const match = TIMESTAMP.exec(text) ?? TIMESTAMP.exec(padded(withoutHalves(text)));
  if (!match) return undefined;
  const [, date = "", minutes, seconds, fraction, zone] = match;
  if (minutes === undefined) return { date, time: "", offset: undefined };
  // The next day's or minute's first instant to PostgreSQL, error 1292 to TiDB.
  if (minutes === "24:00" && /^[:.0]*$/.test(`${seconds ?? ""}${fraction ?? ""}`)) {
    const next = dayAfter(date);
    return next === undefined ? undefined : { date: next, time: "00:00:00", offset: zone === undefined ? undefined : offset(zone) };
  }
  if (minutes >= "24" || (seconds !== undefined && seconds >= ":60")) return undefined;
  return { date, time: clock(minutes, seconds, fraction), offset: zone === undefined ? undefined : offset(zone) };
}

/** The day after a date; undefined after one that is not there, and beyond the years of four digits. */
function dayAfter(date: string): string | undefined {
  const instant = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(instant) || !iso(instant).startsWith(date)) return undefined;
  const next = iso(instant + 86_400_000);
  return /^\d{4}-/.test(next) ? next.slice(0, 10) : undefined;
}

/** `3:04 PM` in 24 hours. */
function withoutHalves(text: string): string {
  return text.replace(/\b(0?[1-9]|1[0-2])(:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*([ap])m\b/i, (_, hour: string, rest: string, half: string) => {
    const hours = (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
    return `${String(hours).padStart(2, "0")}${rest}`;
  });
}

const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const isShort = (name: string, word: string): boolean =>
  word === name || word === name.slice(0, 3) || (name === "september" && word === "sept");

/** `2021-01-01Z`, `20210101`, `Jan 1 2021`, `1 January 2021`; `2021/1/1` and `2021-1-1` are dates to PostgreSQL: a year of four digits goes before month and day in every DateStyle. */
function padded(text: string): string {
  const zoned = /^(\d{4}-\d{2}-\d{2}) ?(Z|UTC|GMT|\+\d{2}(?::?\d{2})?)$/i.exec(text);
  if (zoned) return `${zoned[1]} 00:00:00${zoned[2]}`;
  const compact = /^(\d{4})(\d{2})(\d{2})(?=[ T]|$)/.exec(text);
  if (compact) return `${compact.slice(1).join("-")}${text.slice(8)}`;
  const named = /^(?:([a-z]{3,9})\.? +(\d{1,2}),?|(\d{1,2})[ -]([a-z]{3,9})\.?)[ -]+(\d{4})(?=[ T]|$)/i.exec(text);
  const month = named && MONTHS.findIndex((name) => isShort(name, (named[1] ?? named[4]!).toLowerCase())) + 1;
  if (named && month) {
    const day = (named[2] ?? named[3]!).padStart(2, "0");
    return `${named[5]}-${String(month).padStart(2, "0")}-${day}${text.slice(named[0].length)}`;
  }
  return text.replace(
    /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?=[ T]|$)/,
    (_, year, __, month, day) => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`,
  );
}

/** TiDB takes an offset only after seconds, and none called -00:00; a name it passes over. */
function offset(zone: string): string {
  return /^[+-]/.test(zone) && !/^-00(:?00)?$/.test(zone) ? zone : "+00:00";
}

/** A time of day with seconds. More than six digits are rounded as PostgreSQL does, half to even; TiDB rounds half up. */
function clock(minutes: string, seconds = ":00", fraction = ""): string {
  if (fraction.length <= 7) return minutes + seconds + fraction;
  const scaled = Number(fraction) * 1e6;
  const floor = Math.floor(scaled);
  const rounded = scaled - floor === 0.5 ? floor + (floor % 2) : Math.round(scaled);
  // Both carry into the second here.
  return rounded === 1e6 ? minutes + seconds + fraction : `${minutes}${seconds}.${String(rounded).padStart(6, "0")}`;
}

/** Offsets beyond 14 hours are PostgreSQL's alone. */
function inTimestampRange({ date, time, offset = "+00:00" }: Timestamp): boolean {
  if (offset.slice(1).replace(":", "") > "1400") return false;
  if (date > FIRST_DAYS && date < LAST_DAYS) return true;
  const [, sign, hours, minutes = "00"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset)!;
  const instant = Date.parse(`${date}T${time || "00:00:00"}${sign}${hours}:${minutes}`);
  return instant >= FIRST_INSTANT && instant < LAST_INSTANT;
}

/** What a query compares a timestamptz with where TIMESTAMP does not reach: date and time in UTC; undefined beyond the years of four digits. */
export function beyondTimestamp(text: string): string | undefined {
  const stamp = readTimestamp(text);
  const utc = stamp && inUtc(stamp);
  return utc && `TIMESTAMP '${utc}'`;
}

/** Date and time in UTC, to the digits that were written; undefined beyond the years of four digits. */
function inUtc({ date, time, offset = "+00:00" }: Timestamp): string | undefined {
  const clockTime = time || "00:00:00";
  const [, sign, hours, minutes = "00"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset)!;
  const shift = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const instant = Date.parse(`${date}T${clockTime.slice(0, 8)}Z`);
  if (Number.isNaN(instant)) return undefined;
  // A day that is not there would be moved into the next month.
  if (!iso(instant).startsWith(date)) return undefined;
  const utc = iso(instant - shift);
  return /^\d{4}-/.test(utc) ? `${utc.slice(0, 10)} ${utc.slice(11, 19)}${clockTime.slice(8)}` : undefined;
}

/** ISO 8601 of an instant in milliseconds. */
function iso(instant: number): string {
  return new Date(instant).toISOString();
}

function canonicalUuid(text: string): string | undefined {
  if (!UUID.test(text)) return undefined;
  const hex = text.replaceAll(/[{}-]/g, "").toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Whether the text of a timestamptz leaves its offset to the session. */
export function lacksOffset(text: string): boolean {
  const stamp = TIMESTAMP.exec(text) ?? TIMESTAMP.exec(padded(text));
  return stamp !== null && stamp[5] === undefined;
}

/** TIMESTAMP's first instant, for a text of the second before it, which many use as "never". */
export function firstInstant(text: string): string | undefined {
  const stamp = readTimestamp(text);
  const { date, time, offset = "+00:00" } = stamp ?? { date: "", time: "" };
  const instant = Date.parse(
    `${date}T${time || "00:00:00"}${/:/.test(offset) ? offset : `${offset.slice(0, 3)}:${offset.slice(3) || "00"}`}`,
  );
  return instant >= 0 && instant < FIRST_INSTANT ? "'1970-01-01 00:00:01+00:00'" : undefined;
}

/** Upper-case hex digits of a bytea in hex (`\xDEAD`) or escape format (manual, "8.4 Binary Data Types"); undefined for neither. */
function byteaHex(text: string): string | undefined {
  if (text.startsWith("\\x")) {
    const hex = text.slice(2).replaceAll(/\s+/g, "");
    return hex.length % 2 === 0 && !/[^0-9a-fA-F]/.test(hex) ? hex.toUpperCase() : undefined;
  }
  const source = Buffer.from(text);
  const out = Buffer.alloc(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x5c) out[length++] = source[i]!;
    else if (source[i + 1] === 0x5c) {
      out[length++] = 0x5c;
      i++;
    } else {
      const octal = source.toString("latin1", i + 1, i + 4);
      if (!/^[0-3][0-7]{2}$/.test(octal)) return undefined;
      out[length++] = Number.parseInt(octal, 8);
      i += 3;
    }
  }
  return out.toString("hex", 0, length).toUpperCase();
}

/** JSON text of one array element, by the codec of its type: what PostgreSQL's array_to_json makes of it, times in their own text. */
export const ELEMENT: { readonly [C in Codec]?: (text: string) => string | undefined } = {
  number: jsonNumber,
  float: jsonNumber,
  boolean: (text) => BOOLEANS.get(text.trim().toLowerCase())?.toLowerCase(),
  text: JSON.stringify,
  enum: JSON.stringify,
  uuid: (text) => {
    const uuid = canonicalUuid(text);
    return uuid && JSON.stringify(uuid);
  },
  json: (text) => text,
  date: JSON.stringify,
  timestamp: JSON.stringify,
  timestamptz: JSON.stringify,
  time: JSON.stringify,
  interval: JSON.stringify,
  ...spelt(JSON.stringify),
  bytea: JSON.stringify,
  bit: JSON.stringify,
  money: (text) => jsonNumber(amount(text) ?? ""),
  hstore: hstoreToJson,
};

/** JSON knows no plus sign, no leading zeros, and digits on both sides of a point; NaN and infinities it has none. */
function jsonNumber(text: string): string | undefined {
  const [all, sign = "", whole = "", fraction = "", exponent] = NUMBER.exec(text) ?? [];
  if (all === undefined || whole + fraction === "") return undefined;
  return `${sign.replace("+", "")}${whole.replace(/^0+(?=\d)/, "") || "0"}${fraction && `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`;
}

/** JSON text of a value's text; undefined where it has none. */
export type ToJson = (text: string) => string | undefined;

/** A field of a row up to its comma or the end: runs of plain characters, escaped ones, and quoted parts (manual, "8.16.6"). */
const FIELD = /(?:[^,()"\\]|\\.|"(?:[^"\\]|\\.|"")*")*/suy;

/**
 * JSON text of a row in PostgreSQL's output format, `(1,"a b",)`: an object by the fields' names; an empty field is NULL.
 * @returns undefined where it is malformed or a field has no JSON form
 */
export function compositeToJson(text: string, fields: readonly { readonly name: string; readonly encode: ToJson }[]): string | undefined {
  const row = text.trim();
  if (!row.startsWith("(") || !row.endsWith(")")) return undefined;
  let at = 1;
  const parts: string[] = [];
  for (const [i, { name, encode }] of fields.entries()) {
    FIELD.lastIndex = at;
    const [field = ""] = FIELD.exec(row) ?? [];
    at += field.length;
    if (row[at++] !== (i < fields.length - 1 ? "," : ")")) return undefined;
    const value = field === "" ? "null" : encode(fieldText(field));
    if (value === undefined) return undefined;
    parts.push(`${JSON.stringify(name)}:${value}`);
  }
  return at === row.length ? `{${parts.join(",")}}` : undefined;
}

/** The text that a field stands for, without its quotes and escapes. */
function fieldText(field: string): string {
  return field.replaceAll(/\\(.)|"((?:[^"\\]|\\.|"")*)"/gsu, (_, escaped: string | undefined, quoted: string | undefined) =>
    quoted === undefined ? escaped! : quoted.replaceAll(/\\(.)|""/gsu, (__, c: string | undefined) => c ?? '"'),
  );
}

/** An unquoted element up to what ends it; a backslash takes the character after it. */
const UNQUOTED = /(?:[^,{}"\\]+|\\.)*/suy;
const SPACES = /[ \t\n\r\v\f]*/y;

/**
 * JSON text of an array in PostgreSQL's output format, `{1,NULL,"a b"}` (manual, "8.15.6 Array Input and Output Syntax").
 * @returns undefined where it is malformed, has explicit bounds, or an element has no JSON form
 */
export function arrayToJson(text: string, encode: ToJson): string | undefined {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [match] = pattern.exec(text)!;
    at += match.length;
    return match;
  };
  const array = (): string | undefined => {
    at++;
    const items: string[] = [];
    take(SPACES);
    if (text[at] === "}") {
      at++;
      return "[]";
    }
    for (;;) {
      take(SPACES);
      const item = text[at] === "{" ? array() : text[at] === '"' ? quoted() : unquoted();
      if (item === undefined) return undefined;
      items.push(item);
      take(SPACES);
      const separator = text[at++];
      if (separator === "}") return `[${items.join(",")}]`;
      if (separator !== ",") return undefined;
    }
  };
  const quoted = (): string | undefined => {
    const open = ++at;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return encode(unescaped(text.slice(open, at++)));
  };
  const unquoted = (): string | undefined => {
    const word = take(UNQUOTED).replace(/(?<!\\)\s+$/, "");
    if (word === "") return undefined;
    return word.toLowerCase() === "null" ? "null" : encode(unescaped(word));
  };
  take(SPACES);
  if (text[at] !== "{") return undefined;
  const json = array();
  if (json === undefined) return undefined;
  take(SPACES);
  return at === text.length ? json : undefined;
}

function unescaped(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\(.)/gsu, "$1") : text;
}

/** `TRUE` or `FALSE` for a spelling of a boolean, undefined for other text. */
export const BOOLEAN_TEXT = ENCODE.boolean;
