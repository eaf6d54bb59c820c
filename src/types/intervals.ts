/**
 * PostgreSQL's intervals: three numbers that are added one after the other (the manual, "Interval Input"; datetime.c, DecodeInterval).
 */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: number;
}

const MONTHS: Readonly<Record<string, number>> = { mon: 1, y: 12, decade: 120, century: 1200, millennium: 12_000 };
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7 };
const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1e6, min: 60e6, h: 3600e6 };
const DAY = 86_400e6;

/** Spellings of units in the manual (datetime.c, deltatktbl). */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  us: ["us", "usec", "usecs", "useconds", "usecond", "microsecond", "microseconds"],
  ms: ["ms", "msec", "msecs", "msecond", "mseconds", "millisecond", "milliseconds"],
  s: ["s", "sec", "secs", "second", "seconds"],
  min: ["m", "min", "mins", "minute", "minutes"],
  h: ["h", "hr", "hrs", "hour", "hours"],
  d: ["d", "day", "days"],
  w: ["w", "week", "weeks"],
  mon: ["mon", "mons", "month", "months"],
  y: ["y", "yr", "yrs", "year", "years"],
  decade: ["decade", "decades", "dec", "decs"],
  century: ["c", "cent", "century", "centuries"],
  millennium: ["mil", "mils", "millennium", "millennia"],
};
const UNITS: ReadonlyMap<string, string> = new Map(Object.entries(SPELLINGS).flatMap(([unit, words]) => words.map((word) => [word, unit])));

/** A unit by its name in PostgreSQL, as what it adds; undefined for none. */
export function intervalUnit(word: string): Interval | undefined {
  const unit = UNITS.get(word.toLowerCase());
  return unit === undefined ? undefined : scaled(unit, 1);
}

/** So many of a unit: what is less than a whole month spills into days, what is less than a whole day into the time (AdjustFractDays). */
function scaled(unit: string, amount: number): Interval {
  const months = MONTHS[unit];
  if (months === 1) {
    const days = (amount % 1) * 30;
    return { months: Math.trunc(amount), days: Math.trunc(days), microseconds: Math.round((days % 1) * DAY) };
  }
  if (months !== undefined) return { months: Math.round(amount * months), days: 0, microseconds: 0 };
  const days = DAYS[unit];
  if (days !== undefined) return { months: 0, days: Math.trunc(amount * days), microseconds: Math.round(((amount * days) % 1) * DAY) };
  return { months: 0, days: 0, microseconds: Math.round(amount * MICROSECONDS[unit]!) };
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return { months: a.months + b.months, days: a.days + b.days, microseconds: a.microseconds + b.microseconds };
}

export function negated({ months, days, microseconds }: Interval): Interval {
  return { months: -months || 0, days: -days || 0, microseconds: -microseconds || 0 };
}

const NONE: Interval = { months: 0, days: 0, microseconds: 0 };

const PART = /^\s*([+-]?)\s*(?:(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?|(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+))(?![\w.:])/i;

/**
 * Reads an interval: numbers with units, `hh:mm[:ss]`, `ago` at the end; SQL's `1-2` for years and months; ISO 8601's `P1DT2H`. A number
 * alone is counted in `bare`.
 * @returns undefined for what it does not read
 */
export function parseInterval(text: string, bare = "s"): Interval | undefined {
  if (/^\s*-?P/.test(text)) return isoInterval(text.trim());
  const [, body = "", ago] = /^\s*@?\s*(.*?)(\s+ago)?\s*$/is.exec(text) ?? [];
  if (/^[+-]?\d+(?:\.\d+)?$/.test(body)) {
    const only = scaled(bare, Number(body));
    return ago ? negated(only) : only;
  }
  let sum = NONE;
  let rest = body.replace(/^([+-]?)(\d+)-(\d+)(?=\s|$)/, "$1$2 y $1$3 mon ").replace(/(^|\s)([+-]?\d+)\s+(?=[+-]?\d+:)/, "$1$2 d ");
  if (rest === "") return undefined;
  while (rest.trim() !== "") {
    const found = PART.exec(rest);
    if (!found) return undefined;
    const [all, sign, hours, minutes, seconds = "0", amount, word] = found;
    const unit = word === undefined ? undefined : UNITS.get(word.toLowerCase());
    if (word !== undefined && unit === undefined) return undefined;
    const part =
      unit === undefined
        ? { ...NONE, microseconds: Number(hours) * 3600e6 + Number(minutes) * 60e6 + Math.round(Number(seconds) * 1e6) }
        : scaled(unit, Number(amount));
    sum = addIntervals(sum, sign === "-" ? negated(part) : part);
    rest = rest.slice(all.length);
  }
  return ago ? negated(sum) : sum;
}

const ISO = /^(-?)P(?=.)((?:[+-]?\d+(?:\.\d+)?[YMWD])*)(?:T((?:[+-]?\d+(?:\.\d+)?[HMS])+))?$/;
const ISO_DATES: Readonly<Record<string, string>> = { Y: "y", M: "mon", W: "w", D: "d" };
const ISO_TIMES: Readonly<Record<string, string>> = { H: "h", M: "min", S: "s" };

/** The alternative format: a date and a time of day. */
const ISO_CLOCK = /^(-?)P(\d+)-(\d+)-(\d+)(?:T(\d+:\d+(?::\d+(?:\.\d+)?)?))?$/;

/** ISO 8601 with designators, or in its alternative format (datetime.c, DecodeISO8601Interval). */
function isoInterval(text: string): Interval | undefined {
  const [clock, minus, years, months, days, time = ""] = ISO_CLOCK.exec(text) ?? [];
  if (clock !== undefined) {
    const all = parseInterval(`${years} y ${months} mon ${days} d ${time}`);
    return minus && all ? negated(all) : all;
  }
  const [all, sign, dates = "", times = ""] = ISO.exec(text) ?? [];
  if (all === undefined) return undefined;
  let sum = NONE;
  for (const [list, units] of [
    [dates, ISO_DATES],
    [times, ISO_TIMES],
  ] as const)
    for (const [, amount, unit] of list.matchAll(/([+-]?\d+(?:\.\d+)?)([A-Z])/g))
      sum = addIntervals(sum, scaled(units[unit!]!, Number(amount)));
  return sign ? negated(sum) : sum;
}

/** An interval as PostgreSQL writes it while IntervalStyle is postgres (datetime.c, EncodeInterval): `1 year -2 days +03:04:05.6`. */
export function intervalText({ months, days, microseconds }: Interval): string {
  const parts: string[] = [];
  let before = false;
  for (const [amount, word] of [
    [Math.trunc(months / 12), "year"],
    [months % 12, "mon"],
    [days, "day"],
  ] as const) {
    if (amount === 0) continue;
    parts.push(`${before && amount > 0 ? "+" : ""}${amount} ${word}${amount === 1 ? "" : "s"}`);
    before = amount < 0;
  }
  if (microseconds !== 0 || parts.length === 0) {
    const all = Math.abs(microseconds);
    const two = (n: number) => String(n).padStart(2, "0");
    const fraction =
      all % 1e6 === 0
        ? ""
        : `.${String(all % 1e6)
            .padStart(6, "0")
            .replace(/0+$/, "")}`;
    const sign = microseconds < 0 ? "-" : before ? "+" : "";
    parts.push(`${sign}${two(Math.floor(all / 3600e6))}:${two(Math.floor(all / 60e6) % 60)}:${two(Math.floor(all / 1e6) % 60)}${fraction}`);
  }
  return parts.join(" ");
}

/** The unit that `INTERVAL '1' DAY` names, by the bits of its modifier (timestamp.h, INTERVAL_MASK). */
export const INTERVAL_FIELDS: Readonly<Record<number, string>> = {
  [1 << 2]: "y",
  [1 << 1]: "mon",
  [1 << 3]: "d",
  [1 << 10]: "h",
  [1 << 11]: "min",
  [1 << 12]: "s",
};
