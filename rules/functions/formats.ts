import { groupBy, infix, invoke, proofs, raw, string, type Tidb, table, tidb, type Value, warning } from "../../src/rule.js";

/** Patterns of to_char() that DATE_FORMAT has (formatting.c, DCH_keywords); both are in English. */
const FORMATTED: Readonly<Record<string, string>> = {
  YYYY: "%Y",
  YY: "%y",
  MM: "%m",
  Mon: "%b",
  DD: "%d",
  DDD: "%j",
  Dy: "%a",
  HH24: "%H",
  HH12: "%h",
  HH: "%h",
  MI: "%i",
  SS: "%s",
  US: "%f",
  AM: "%p",
  PM: "%p",
  IW: "%v",
  IYYY: "%x",
  FMMM: "%c",
  FMMonth: "%M",
  FMDD: "%e",
  FMDay: "%W",
  FMMon: "%b",
  FMDy: "%a",
  FMYYYY: "%Y",
  FMHH24: "%k",
  FMHH12: "%l",
  FMHH: "%l",
};

/** Those that take an expression. */
const COMPUTED: Readonly<Record<string, (time: Value) => Tidb>> = {
  MS: (t) => tidb`LEFT(DATE_FORMAT(${t}, '%f'), 3)`,
  Month: (t) => tidb`RPAD(DATE_FORMAT(${t}, '%M'), 9, ' ')`,
  Day: (t) => tidb`RPAD(DATE_FORMAT(${t}, '%W'), 9, ' ')`,
  MONTH: (t) => tidb`RPAD(UPPER(DATE_FORMAT(${t}, '%M')), 9, ' ')`,
  month: (t) => tidb`RPAD(LOWER(DATE_FORMAT(${t}, '%M')), 9, ' ')`,
  DAY: (t) => tidb`RPAD(UPPER(DATE_FORMAT(${t}, '%W')), 9, ' ')`,
  day: (t) => tidb`RPAD(LOWER(DATE_FORMAT(${t}, '%W')), 9, ' ')`,
  FMMONTH: (t) => tidb`UPPER(DATE_FORMAT(${t}, '%M'))`,
  FMmonth: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%M'))`,
  FMDAY: (t) => tidb`UPPER(DATE_FORMAT(${t}, '%W'))`,
  FMday: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%W'))`,
  MON: (t) => tidb`UPPER(DATE_FORMAT(${t}, '%b'))`,
  mon: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%b'))`,
  DY: (t) => tidb`UPPER(DATE_FORMAT(${t}, '%a'))`,
  dy: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%a'))`,
  am: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%p'))`,
  pm: (t) => tidb`LOWER(DATE_FORMAT(${t}, '%p'))`,
  D: (t) => tidb`DAYOFWEEK(${t})`,
  ID: (t) => tidb`(WEEKDAY(${t}) + 1)`,
  Q: (t) => tidb`QUARTER(${t})`,
  WW: (t) => tidb`LPAD(CEIL(DAYOFYEAR(${t}) / 7), 2, '0')`,
  W: (t) => tidb`CEIL(DAYOFMONTH(${t}) / 7)`,
  IDDD: (t) => tidb`LPAD((WEEKOFYEAR(${t}) - 1) * 7 + WEEKDAY(${t}) + 1, 3, '0')`,
  FMIDDD: (t) => tidb`((WEEKOFYEAR(${t}) - 1) * 7 + WEEKDAY(${t}) + 1)`,
  FMSSSS: (t) => tidb`TIME_TO_SEC(TIME(${t}))`,
  FMSSSSS: (t) => tidb`TIME_TO_SEC(TIME(${t}))`,
  rm: (t) => tidb`LOWER(RPAD(ELT(MONTH(${t}), ${ROMAN}), 4, ' '))`,
  FMrm: (t) => tidb`LOWER(ELT(MONTH(${t}), ${ROMAN}))`,
  FMWW: (t) => tidb`CEIL(DAYOFYEAR(${t}) / 7)`,
  FMIW: (t) => tidb`WEEKOFYEAR(${t})`,
  FMCC: (t) => tidb`((YEAR(${t}) - 1) DIV 100 + 1)`,
  SSSS: (t) => tidb`TIME_TO_SEC(TIME(${t}))`,
  FMDDD: (t) => tidb`DAYOFYEAR(${t})`,
  FMMI: (t) => tidb`MINUTE(${t})`,
  FMSS: (t) => tidb`SECOND(${t})`,
  SSSSS: (t) => tidb`TIME_TO_SEC(TIME(${t}))`,
  DDth: (t) => tidb`CONCAT(DATE_FORMAT(${t}, '%d'), RIGHT(DATE_FORMAT(${t}, '%D'), 2))`,
  DDTH: (t) => tidb`CONCAT(DATE_FORMAT(${t}, '%d'), UPPER(RIGHT(DATE_FORMAT(${t}, '%D'), 2)))`,
  FMDDth: (t) => tidb`DATE_FORMAT(${t}, '%D')`,
  FMDDTH: (t) => tidb`UPPER(DATE_FORMAT(${t}, '%D'))`,
  // 2000-01-01 is the Julian day 2451545.
  J: (t) => tidb`(TO_DAYS(${t}) + 1721060)`,
  CC: (t) => tidb`LPAD((YEAR(${t}) - 1) DIV 100 + 1, 2, '0')`,
  RM: (t) => tidb`RPAD(ELT(MONTH(${t}), ${ROMAN}), 4, ' ')`,
  FMRM: (t) => tidb`ELT(MONTH(${t}), ${ROMAN})`,
  bc: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'ad' END`,
  ad: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'ad' END`,
  "b.c.": (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'a.d.' END`,
  "a.d.": (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'a.d.' END`,
  BC: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'AD' END`,
  AD: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'AD' END`,
  "B.C.": (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'A.D.' END`,
  "A.D.": (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN 'A.D.' END`,
  "A.M.": (t) => tidb`CASE WHEN HOUR(${t}) < 12 THEN 'A.M.' WHEN HOUR(${t}) > 11 THEN 'P.M.' END`,
  "P.M.": (t) => tidb`CASE WHEN HOUR(${t}) < 12 THEN 'A.M.' WHEN HOUR(${t}) > 11 THEN 'P.M.' END`,
  "a.m.": (t) => tidb`CASE WHEN HOUR(${t}) < 12 THEN 'a.m.' WHEN HOUR(${t}) > 11 THEN 'p.m.' END`,
  "p.m.": (t) => tidb`CASE WHEN HOUR(${t}) < 12 THEN 'a.m.' WHEN HOUR(${t}) > 11 THEN 'p.m.' END`,
  "Y,YYY": (t) => tidb`CONCAT(YEAR(${t}) DIV 1000, ',', LPAD(YEAR(${t}) % 1000, 3, '0'))`,
  YYY: (t) => tidb`RIGHT(LPAD(YEAR(${t}), 4, '0'), 3)`,
  Y: (t) => tidb`RIGHT(YEAR(${t}), 1)`,
  IYY: (t) => tidb`RIGHT(DATE_FORMAT(${t}, '%x'), 3)`,
  IY: (t) => tidb`RIGHT(DATE_FORMAT(${t}, '%x'), 2)`,
  I: (t) => tidb`RIGHT(DATE_FORMAT(${t}, '%x'), 1)`,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`FF${n}`, (t: Value) => tidb`LEFT(DATE_FORMAT(${t}, '%f'), ${raw(String(n))})`])),
  OF: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN '+00' END`,
  TZH: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN '+00' END`,
  TZM: (t) => tidb`CASE WHEN ${t} IS NOT NULL THEN '00' END`,
};
const ROMAN = raw(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"].map((month) => `'${month}'`).join(", "));

/** Patterns that FM does not change. */
const FIXED = new Set(["D", "ID", "Q", "W", "J", "SSSS", "SSSSS", "BC", "AD", "bc", "ad", "AM", "PM", "am", "pm"]);

/** Numbers that `th` may follow. */
const ORDINALS = new Set(["YYYY", "MM", "DD", "DDD", "HH24", "HH12", "HH", "MI", "SS", "D", "ID", "Q", "WW", "W", "IW", "CC", "IYYY"]);

/** What is said of the zone: the session is in UTC, and a timestamp has none. */
const ZONES = new Set(["TZ", "tz"]);

/** Patterns that are the same in either case. */
const ANY_CASE = new Set([
  "YYYY",
  "YY",
  "MM",
  "DD",
  "DDD",
  "HH24",
  "HH12",
  "HH",
  "MI",
  "SS",
  "US",
  "IW",
  "IYYY",
  "MS",
  "Q",
  "J",
  "CC",
  "Y,YYY",
  "YYY",
  "Y",
  "IYY",
  "IY",
  "I",
  "SSSSS",
  "OF",
  "TZH",
  "TZM",
  "FF1",
  "FF2",
  "FF3",
  "FF4",
  "FF5",
  "FF6",
  "WW",
  "W",
  "SSSS",
  "D",
  "ID",
]);

/** Patterns of PostgreSQL that stand here for being longer than others, or that have no counterpart. */
const OTHERS = [
  "Y,YYY",
  "YYY",
  "Y",
  "IYY",
  "IY",
  "I",
  "BC",
  "AD",
  "B.C.",
  "A.D.",
  "A.M.",
  "P.M.",
  "CC",
  "IDDD",
  "J",
  "RM",
  "TZH",
  "TZM",
  "TZ",
  "tz",
  "OF",
  "TH",
  "SP",
  "FX",
  "TM",
  "FF1",
  "FF2",
  "FF3",
  "FF4",
  "FF5",
  "FF6",
  "SSSSS",
  "FM",
];

/** By the letter or digit that they begin with, the longest first. */
const WORDS = groupBy(
  [...new Set([...Object.keys(FORMATTED), ...Object.keys(COMPUTED), ...OTHERS])].sort((a, b) => b.length - a.length),
  (word) => word[0]!,
);

/** The pattern that a format begins with. */
function wordAt(format: string, at: number): string | undefined {
  const sign = format[at]!;
  const exact = WORDS.get(sign)?.find((word) => format.startsWith(word, at));
  const folded = WORDS.get(sign.toUpperCase())?.find((word) => {
    const bare = word.replace(/^FM/, "");
    return (ANY_CASE.has(bare) || OTHERS.includes(word)) && format.slice(at, at + word.length).toUpperCase() === word;
  });
  return folded !== undefined && folded.length > (exact?.length ?? 0) ? folded : (exact ?? folded);
}

type Piece = { readonly format: string } | { readonly computed: Tidb };

/** @returns a piece that has no counterpart, as text */
function pieces(written: string, time: Value, zone: string): readonly Piece[] | string {
  // Names in the language of lc_time, which is English, without blanks behind them.
  const format = written.replaceAll(/TM(?=Month|MONTH|month|Mon|MON|mon|Day|DAY|day|Dy|DY|dy)/g, "FM");
  const all: Piece[] = [];
  let at = 0;
  const plain = (text: string) => all.push({ format: text.replaceAll("%", "%%") });
  while (at < format.length) {
    if (format[at] === '"') {
      const end = format.indexOf('"', at + 1);
      if (end < 0 || format.slice(at, end).includes("\\")) return format.slice(at);
      plain(format.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    const found = wordAt(format, at);
    const fixed = found === "FM" ? wordAt(format, at + 2) : undefined;
    if (fixed !== undefined && FIXED.has(fixed)) at += 2;
    const word = fixed !== undefined && FIXED.has(fixed) ? fixed : found;
    if (word === undefined) {
      if (format[at] === "\\") return format[at]!;
      const [sign] = [...format.slice(at)];
      plain(sign!);
      at += sign!.length;
      continue;
    }
    if (ZONES.has(word)) {
      plain(word === "TZ" ? zone : zone.toLowerCase());
      at += word.length;
      continue;
    }
    const suffix = /^(?:th|TH|SP)/.exec(format.slice(at + word.length));
    if (suffix) {
      const plain = suffix[0] !== "SP" && ORDINALS.has(word.replace(/^FM/, "")) ? pieces(word, time, zone) : undefined;
      if (plain === undefined || typeof plain === "string") return `${word}${suffix[0]}`;
      const number = joined(plain, time);
      all.push({ computed: tidb`CONCAT(${number}, ${ordinalEnd(number as unknown as Value, 9, suffix[0])})` });
      at += word.length + 2;
      continue;
    }
    if (FORMATTED[word] !== undefined) all.push({ format: FORMATTED[word]! });
    else if (COMPUTED[word] !== undefined) all.push({ computed: COMPUTED[word]!(time) });
    else return word;
    at += word.length;
  }
  return all;
}

/** Pieces side by side, runs of DATE_FORMAT as one. */
function joined(parts: readonly Piece[], time: Value): Tidb {
  const texts: Tidb[] = [];
  let format = "";
  const flush = () => {
    if (format !== "")
      texts.push(
        /%[^%]/.test(format) ? tidb`DATE_FORMAT(${time}, ${raw(string(format))})` : tidb`${raw(string(format.replaceAll("%%", "%")))}`,
      );
    format = "";
  };
  for (const part of parts) {
    if ("format" in part) format += part.format;
    else {
      flush();
      texts.push(part.computed);
    }
  }
  flush();
  if (texts.length === 1) return texts[0]!;
  return { kind: "Tidb", texts: ["CONCAT(", ...texts.slice(1).map(() => ", "), ")"], holes: texts };
}

/** Patterns of to_date() and to_timestamp() that STR_TO_DATE reads. */
const READ: Readonly<Record<string, string>> = {
  YYYY: "%Y",
  YY: "%y",
  MM: "%m",
  DD: "%d",
  HH24: "%H",
  HH12: "%h",
  HH: "%h",
  MI: "%i",
  SS: "%s",
  MS: "%f",
  US: "%f",
  Mon: "%b",
  MON: "%b",
  mon: "%b",
  Month: "%M",
  month: "%M",
  AM: "%p",
  PM: "%p",
  // The month's number stands in the text for it: see `withMonth`.
  RM: "%m",
  rm: "%m",
};

/** A text in which the month is a Roman numeral, with its number in place of it. */
const withMonth = (text: Value): Tidb =>
  tidb`REGEXP_REPLACE(${text}, '[IVXivx]+', CAST(NULLIF(FIELD(UPPER(REGEXP_SUBSTR(${text}, '[IVXivx]+')), ${ROMAN}), 0) AS CHAR))`;

/** Day of the year, week and Julian day, which STR_TO_DATE does not read; in a text of any other shape NULL. */
function counted(text: Value, format: string): Tidb | undefined {
  if (/^J$/i.test(format)) return tidb`CASE WHEN ${text} REGEXP '^[0-9]{7}$' THEN FROM_DAYS(CAST(${text} AS SIGNED) - 1721060) END`;
  const [all, sign = "", word = "", ddd, iw, id] = /^[IY]YYY([-/. ]?)(?:"(\w*)")?(?:(DDD)|(IW)(?:\1(ID))?)$/i.exec(format) ?? [];
  if (all === undefined || /^IYYY/i.test(format) === (iw === undefined)) return undefined;
  const at = 5 + sign.length + word.length;
  const part = (from: number, size: number) => tidb`SUBSTRING(${text}, ${raw(String(from))}, ${raw(String(size))})`;
  const year = tidb`LEFT(${text}, 4)`;
  const between = `${sign && `[${sign}]`}${word}`;
  const digits = ddd ? "[0-3][0-9]{2}" : `[0-5][0-9]${id ? `${sign && `[${sign}]`}[1-7]` : ""}`;
  const fits = tidb`${text} REGEXP ${raw(string(`^[1-9][0-9]{3}${between}${digits}$`))}`;
  if (ddd) {
    const day = tidb`MAKEDATE(${year}, ${part(at, 3)})`;
    return tidb`CASE WHEN ${fits} AND YEAR(${day}) = ${year} THEN ${day} END`;
  }
  // The 4th of January is in the first week.
  const first = tidb`MAKEDATE(${year}, 4)`;
  const weekday = id ? tidb`${part(at + 2 + sign.length, 1)} - 1` : tidb`0`;
  return tidb`CASE WHEN ${fits} AND ${part(at, 2)} BETWEEN 1 AND 53 THEN DATE_ADD(${first}, INTERVAL (${part(at, 2)} - 1) * 7 + ${weekday} - WEEKDAY(${first}) DAY) END`;
}

/** A text as a format reads it; undefined where TiDB has nothing for the format. */
function readBy(text: Value, format: string): Tidb | undefined {
  const read = reading(format);
  if (read === undefined) return counted(text, format);
  if (!/RM/i.test(format)) return completed(text, read);
  // Letters of other words would be taken for numerals.
  return /[a-z"]/i.test(read.replaceAll(/%[Ymd]/g, "")) ? undefined : completed(withMonth(text), read);
}

/** A format without a month or a day stands for the first one; STR_TO_DATE gives NULL for it. */
function completed(text: Value | Tidb, read: string): Tidb {
  const lacking = [...(/%[mbM]/.test(read) ? [] : ["%m", "01"]), ...(/%d/.test(read) ? [] : ["%d", "01"])];
  if (lacking.length === 0 || !read.includes("%Y")) return tidb`STR_TO_DATE(${text}, ${raw(string(read))})`;
  const formats = lacking.filter((part) => part.startsWith("%"));
  const more = formats.map(() => "-01").join("");
  return tidb`STR_TO_DATE(CONCAT(${text}, ${raw(string(more))}), ${raw(string(`${read}${formats.map((part) => `-${part}`).join("")}`))})`;
}

function reading(format: string): string | undefined {
  let text = "";
  let at = 0;
  while (at < format.length) {
    const [quoted, literal] = /^"([^"\\]*)"/.exec(format.slice(at)) ?? [];
    if (quoted !== undefined) {
      text += literal!.replaceAll("%", "%%");
      at += quoted.length;
      continue;
    }
    const word = wordAt(format, at);
    if (word === undefined) {
      if (/[A-SU-Za-z"\\]/.test(format[at]!)) return undefined;
      text += format[at] === "%" ? "%%" : format[at]!;
      at++;
      continue;
    }
    if (READ[word] === undefined) return undefined;
    text += READ[word];
    at += word.length;
  }
  return text;
}

const LENIENT = warning("text that does not fit the format gives NULL, where PostgreSQL reads what it can or raises an error", {
  help: "nothing to do where all texts are of that format",
});

/** A format of a number (formatting.c, NUM_keywords), as far as its text can be put together in TiDB. */
interface NumberFormat {
  readonly fill: boolean;
  /** Places before the point, how many of them are always there, and behind it, and how many of those are. */
  readonly whole: number;
  readonly least: number;
  readonly fraction: number;
  readonly kept: number;
  readonly grouped: boolean;
  /** In capitals where it stands before the digits. */
  readonly sign: "" | "S" | "s" | "MI" | "mi" | "PL" | "pl" | "pr" | "SG" | "sg";
  readonly before: string;
  readonly after: string;
}

const NUMBER_FORMAT = /^(FM)?((?:"[^"]*"|[$ (#L])*)(SG|S|MI|PL)?([09,G]*)(?:([.D])([09]*))?(SG|S|MI|PL|PR)?((?:"[^"]*"|[ %)$L-])*)$/i;

/** The currency sign, which stands outside of quotes. */
const CURRENCY = /(?<!P)L(?=(?:[^"]*"[^"]*")*[^"]*$)/gi;

function numberFormat(text: string): NumberFormat | undefined {
  const [all, fm, before = "", front = "", digits = "", point, fraction = "", end = "", after = ""] =
    // A sign among the digits stands before them.
    NUMBER_FORMAT.exec(text.replace(/^(FM)?(9+)S(9+)$/i, "$1S$2$3")) ?? [];
  const plain = digits.toUpperCase().replaceAll(/[,G]/g, "");
  if (all === undefined || plain + fraction === "" || (front && end) || (point && fraction === "")) return undefined;
  const grouped = /[,G]/i.test(digits);
  const groups = digits.split(/[,G]/i);
  // Only thousands.
  if (grouped && (!groups.slice(1).every((group) => group.length === 3) || groups[0] === "" || groups[0]!.length > 3)) return undefined;
  const zero = plain.indexOf("0");
  const least = zero < 0 ? (point ? 0 : 1) : plain.length - zero;
  return {
    fill: !fm,
    whole: plain.length,
    least,
    fraction: fraction.length,
    kept: fraction.lastIndexOf("0") + 1,
    grouped,
    sign: (front.toUpperCase() + end.toLowerCase()) as NumberFormat["sign"],
    before: before.replaceAll(CURRENCY, " ").replaceAll('"', ""),
    after: after.replaceAll(CURRENCY, " ").replaceAll('"', ""),
  };
}

const NUMERALS = [
  ["DIV 1000", "'', 'M', 'MM', 'MMM'"],
  ["DIV 100 % 10", "'', 'C', 'CC', 'CCC', 'CD', 'D', 'DC', 'DCC', 'DCCC', 'CM'"],
  ["DIV 10 % 10", "'', 'X', 'XX', 'XXX', 'XL', 'L', 'LX', 'LXX', 'LXXX', 'XC'"],
  ["% 10", "'', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'"],
] as const;

/** Roman numerals of 1 to 3999, in 15 places (formatting.c, int_to_roman). */
function romanText(x: Value, fill: boolean): Tidb {
  const n = tidb`CAST(${x} AS DECIMAL(65,0))`;
  const numerals = invoke(
    "CONCAT",
    NUMERALS.map(([place, words]) => tidb`ELT(${n} ${raw(place)} + 1, ${raw(words)})`),
  );
  const text = fill ? tidb`LPAD(${numerals}, 15, ' ')` : numerals;
  return tidb`CASE WHEN ${n} BETWEEN 1 AND 3999 THEN ${text} WHEN ${n} IS NOT NULL THEN '###############' END`;
}

/** A number in scientific notation (numeric.c, get_str_from_var_sci): two digits of the exponent at least, and of 9.996 in two places 10.00e+00. */
function scientificText(x: Value, places: number): Tidb {
  const size = tidb`ABS(CAST(${x} AS DECIMAL(65,30)))`;
  const digits = tidb`SUBSTRING_INDEX(${size}, '.', -1)`;
  const exponent = tidb`CASE WHEN ${size} >= 1 THEN CHAR_LENGTH(TRUNCATE(${size}, 0)) - 1 WHEN ${size} = 0 THEN 0 ELSE CHAR_LENGTH(TRIM(LEADING '0' FROM ${digits})) - 31 END`;
  const scaled = (by: Tidb) =>
    tidb`ROUND(CASE WHEN ${by} >= 0 THEN ${size} / CAST(CONCAT('1', REPEAT('0', ${by})) AS DECIMAL(65,0)) ELSE ${size} * CAST(CONCAT('1', REPEAT('0', -(${by}))) AS DECIMAL(65,0)) END, ${raw(String(places))})`;
  const head = tidb`CASE WHEN ${x} < 0 THEN '-' ELSE ' ' END`;
  const end = tidb`CONCAT(CASE WHEN ${exponent} < 0 THEN '-' ELSE '+' END, LPAD(ABS(${exponent}), 2, '0'))`;
  const mantissa = tidb`CAST(${scaled(exponent)} AS DECIMAL(65,${raw(String(places))}))`;
  return tidb`CONCAT(${head}, ${mantissa}, 'e', ${end})`;
}

/** The end of an ordinal; a negative number, and one that has too many places, has none (formatting.c, get_th). */
function ordinalEnd(x: Value, places: number, end: string): Tidb {
  const n = tidb`CAST(${x} AS DECIMAL(65,0))`;
  const word = tidb`CASE WHEN ${n} < 0 OR ${n} >= ${raw(`1${"0".repeat(places)}`)} THEN '' WHEN ${n} DIV 10 % 10 = 1 THEN 'th' ELSE COALESCE(ELT(${n} % 10, 'st', 'nd', 'rd'), 'th') END`;
  return end === "TH" ? tidb`UPPER(${word})` : word;
}

/** The text of a number by a format (formatting.c, NUM_processor). */
function numberText(x: Value, f: NumberFormat): Tidb {
  const exact = tidb`CAST(${x} AS DECIMAL(65,${raw(String(f.fraction))}))`;
  const negative = tidb`${exact} < 0`;
  const plain = f.grouped ? tidb`FORMAT(ABS(${exact}), ${raw(String(f.fraction))})` : tidb`CAST(ABS(${exact}) AS CHAR)`;
  const length = f.fraction > 0 ? f.fraction + 1 : 0;
  // Zeros in groups are those of a number with one digit more.
  const all = raw(`1${"0".repeat(f.least)}`);
  const grouped = tidb`SUBSTRING(FORMAT(ABS(${exact}) + ${all}, ${raw(String(f.fraction))}), ${raw(f.least % 3 === 0 ? "3" : "2")})`;
  const padded =
    f.grouped && f.least > 3
      ? tidb`CASE WHEN ABS(${exact}) < ${all} THEN ${grouped} ELSE ${plain} END`
      : f.least > 1
        ? tidb`LPAD(${plain}, GREATEST(CHAR_LENGTH(${plain}), ${raw(String(f.least + length))}), '0')`
        : plain;
  // A zero before the point is there only where the format has a 0 for it.
  const begun = f.least === 0 ? tidb`CASE WHEN ABS(${exact}) < 1 THEN SUBSTRING(${padded}, 2) ELSE ${padded} END` : padded;
  const cut = f.fraction - f.kept;
  const trimmed = f.fill || cut === 0 ? begun : tidb`REGEXP_REPLACE(${begun}, ${raw(`'0{1,${cut}}$'`)}, '')`;
  // FM9.99 of 0 is "0."
  const digits = !f.fill && f.least === 0 && f.kept === 0 ? tidb`CASE WHEN ${exact} = 0 THEN '0.' ELSE ${trimmed} END` : trimmed;
  const places = "#".repeat(f.whole).replaceAll(/(?!^)(?=(#{3})+$)/g, f.grouped ? "," : "");
  const marks = `${places}${f.fraction > 0 ? `.${"#".repeat(f.fraction)}` : ""}`;
  // Without a place before the point even a zero has none.
  const shown =
    f.whole === 0
      ? tidb`CASE WHEN ${exact} IS NOT NULL THEN ${raw(string(marks))} END`
      : tidb`CASE WHEN ABS(${exact}) >= ${raw(`1${"0".repeat(f.whole)}`)} THEN ${raw(string(marks))} ELSE ${digits} END`;
  const width = marks.length;
  const signs: Readonly<Record<NumberFormat["sign"], readonly [string, string, string, string]>> = {
    "": ["-", "", "", ""],
    S: ["-", "", "+", ""],
    s: ["", "-", "", "+"],
    MI: ["-", "", f.fill ? " " : "", ""],
    mi: ["", "-", "", f.fill ? " " : ""],
    PL: ["-", "", "", ""],
    pl: ["-", "", "", ""],
    pr: ["<", ">", f.fill ? " " : "", f.fill ? " " : ""],
    SG: ["-", "", "+", ""],
    sg: ["", "-", "", "+"],
  };
  const [minus, minusEnd, plus, plusEnd] = signs[f.sign];
  const head =
    minus === plus ? tidb`${raw(string(minus))}` : tidb`CASE WHEN ${negative} THEN ${raw(string(minus))} ELSE ${raw(string(plus))} END`;
  const tail =
    minusEnd === plusEnd
      ? tidb`${raw(string(minusEnd))}`
      : tidb`CASE WHEN ${negative} THEN ${raw(string(minusEnd))} ELSE ${raw(string(plusEnd))} END`;
  const slot = /^(?:|S|pr|pl)$/i.test(f.sign) && f.sign !== "s" ? 1 : 0;
  // SG and MI stand where they are written, and blanks behind them; PL beside the place of a minus.
  const isFixed = f.sign === "SG" || f.sign === "MI";
  const plusMark = tidb`CASE WHEN ${negative} THEN ${raw(f.fill ? "' '" : "''")} ELSE '+' END`;
  const number = minus + plus === "" || isFixed ? shown : tidb`CONCAT(${head}, ${shown})`;
  const filled = f.fill ? tidb`LPAD(${number}, ${raw(String(width + slot))}, ' ')` : number;
  const parts = [
    ...(f.before === "" ? [] : [tidb`${raw(string(f.before))}`]),
    ...(isFixed ? [head] : f.sign === "PL" ? [plusMark] : []),
    filled,
    ...(f.sign === "pl" ? [plusMark] : []),
    ...(minusEnd + plusEnd === "" ? [] : [tail]),
    ...(f.after === "" ? [] : [tidb`${raw(string(f.after))}`]),
  ];
  return parts.length === 1 ? filled : invoke("CONCAT", parts);
}

export const formatRules = table(
  "functions/formats",
  { pg: "functions-formatting", tidb: "date-and-time-functions" },
  {
    "time-to-char": {
      calls: ["to_char(timestamp|timestamptz, text)"],
      tidb: ([time, format], call) => {
        const text = call.text(format);
        if (text === undefined) return call.refuse("to_char() with a format that is no literal");
        const found = pieces(text, time, call.type(time).name === "timestamptz" ? "UTC" : "");
        if (typeof found === "string") return call.refuse(`to_char() with the pattern ${found}`);
        if (found.every((piece) => "format" in piece && !/%[^%]/.test(piece.format))) return call.refuse("to_char() without a pattern");
        return joined(found, time);
      },
      proofs: proofs(
        ...[
          "YYYY-MM-DD",
          "YYYY-MM-DD HH24:MI:SS",
          "YYYY-MM-DD HH24:MI:SS.MS",
          'YYYY-MM-DD"T"HH24:MI:SS"Z"',
          "YYYYMMDDHH24MISS",
          "yyyy/mm/dd hh24:mi",
          "DD Mon YYYY",
          "FMMonth DD, YYYY",
          "Month|Day|MONTH|day",
          "FMDay, FMDD FMMonth",
          "Dy DY dy Mon MON mon",
          "HH12:MI AM",
          "HH:MI:SS pm",
          "FMHH12:MI PM",
          "IYYY-IW",
          "IYYY-IW-ID",
          "Q WW W D DDD",
          "YY.MM.DD 100%",
          "SS.US SSSS",
          "YYYY-Q",
          "FMMM/FMDD/YY",
          "FMMonth FMDDth, YYYY",
          "DDth Month",
          "DDTH",
          "J CC",
          "RM|FMRM",
          "YYYY BC",
          "YYYY A.D.",
          "HH12 a.m.",
          "a.m.",
          "HH12 P.M.",
          "Y,YYY YYY Y IYY IY I",
          "SSSSS",
          "FF1 FF3 FF6",
          "TMMonth TMDay",
          "YY-M-D",
          "YYYY-MM-DD HH24:MI:SS TZ",
          "YYYY-MM-DD HH24:MI:SSOF",
          "IDDD FMIDDD",
          "rm|FMrm|bc|a.d.",
          "FMWW FMIW FMQ FMD FMID FMCC FMSSSS",
          "HH24th MITH SSth YYYYth FMMMth DDDth FMDDDTH Qth Dth",
        ].map((format) => `to_char(ts, '${format}')`),
        "to_char(tz, 'YYYY-MM')",
        "to_char(tz, 'YYYY-MM-DD HH24:MI:SS TZ tz')",
        "to_char(tz, 'HH24 TZH:TZM OF')",
        "to_char(d, 'DD.MM.YYYY')",
        "to_char(date_trunc('month', ts), 'YYYY-MM')",
      ),
    },
    "number-to-char": {
      calls: ["to_char(numeric|int4|int8|float4|float8, text)"],
      messages: {
        currency: warning("the currency sign is a blank, as PostgreSQL has it while lc_monetary is C", {
          help: "write the sign itself in double quotes",
        }),
        float: warning("a float that has more digits than the format, or rounds to zero from below, may be written otherwise", {
          help: "cast it to numeric first",
        }),
      },
      tidb: ([number, format], call) => {
        const text = call.text(format) ?? "";
        const isFloat = /^float/.test(call.type(number).name);
        const roman = isFloat ? undefined : /^(FM|fm)?(?:RN|rn)$/.exec(text);
        if (roman) {
          const numerals = romanText(number, !roman[1]);
          return text.endsWith("rn") ? tidb`LOWER(${numerals})` : numerals;
        }
        const [ordinal] = isFloat ? [] : (/TH$|th$/.exec(text) ?? []);
        const counted = ordinal && numberFormat(text.slice(0, -2));
        if (counted && counted.fraction === 0 && counted.sign + counted.after === "")
          return invoke("CONCAT", [numberText(number, counted), ordinalEnd(number, counted.whole, ordinal)]);
        const scientific = isFloat ? undefined : /^(?:FM)?9(?:[.D](9*))?EEEE$/i.exec(text);
        if (scientific) return scientificText(number, scientific[1]?.length ?? 0);
        const [, whole, shifted] = isFloat ? [] : (/^([FM09]*)V(9+)$/i.exec(text) ?? []);
        const found = numberFormat(shifted === undefined ? text : whole! + shifted);
        if (found && shifted !== undefined)
          return numberText(infix("multiplicative")`${number} * ${raw(`1${"0".repeat(shifted.length)}`)}` as unknown as Value, found);
        if (text.search(CURRENCY) >= 0) call.say("currency");
        if (!found) return call.refuse(`to_char() of a number with the format '${text === "" ? "that is no literal" : text}'`);
        if (isFloat) call.say("float");
        return numberText(number, found);
      },
      proofs: [
        ...proofs(
          ...[
            "FM999999990.00",
            "FM999,999,990.00",
            "999",
            "000000",
            "FM999,999",
            "9999.99",
            "FM9999.99",
            "9,999.00",
            "999,999.9",
            "S999.9",
            "999S",
            "999MI",
            "FM999MI",
            "999PR",
            "FM999PR",
            "$999.99",
            "0000.0",
            "FM000",
            "FM00",
            "9G999D9",
            "FM999999999999999999",
            "FM990.00%",
            "9.99",
            "FM9.99",
            "990.9",
            "99990.0099",
            "FM99990.0099",
            "RN",
            "FMRN",
            "9999th",
            "FM999TH",
            "99th",
            "SG999",
            "SG9999.9",
            "999SG",
            "FMSG999",
            "99V9",
            "99999V99",
            "9.99EEEE",
            "9EEEE",
            "9.999999EEEE",
            "rn",
            "FMrn",
            "PL9999.99",
            "FMPL999",
            "9,999PL",
            "FM99.9PL",
            ".99",
            "FM.00",
            "0,000,000",
            "FM000,999.99",
            "S0,000.0",
            "99S99",
            "MI000",
            "FMMI99.9",
          ].flatMap((format) => [`to_char(n, '${format}')`, `to_char(i4b, '${format}')`]),
          "to_char(i8, 'FM999,999,999,999,999,999')",
          "to_char(extract(hour from ts), 'FM00')",
          "to_char(0.5, 'FM990.00')",
          ...["1", "4", "11", "22", "113", "3999", "485", "0", "-12"].flatMap((n) => [`to_char(${n}, 'RN')`, `to_char(${n}, 'FM9999th')`]),
          "to_char(nn, '999999.999')",
          "to_char(nn, '9.9EEEE')",
          "to_char(0.0004859, '9.99EEEE')",
          "to_char(9.996, '9.99EEEE')",
          "to_char(i8, '9.9999EEEE')",
        ),
        { pg: "to_char(n, 'L99,999.99')", findings: ["currency"] },
        { pg: "to_char(n, '999.99L')", findings: ["currency"] },
        { pg: `to_char(n, 'FML999"L"')`, findings: ["currency"] },
        { pg: "to_char(f8b, 'FM999999.0')", findings: ["float"] },
        { pg: "to_char(2.5::float4, 'FM999999.0')", findings: ["float"] },
        { pg: "to_char(f8, 'FM999999.0')", findings: ["float"], differs: true },
      ],
    },
    "to-number": {
      calls: ["to_number(text, text)"],
      tidb: ([text, format], call) => {
        const [all, , fraction = ""] =
          /^(?:FM)?(?:SG|S|MI|PL)?[L$]?([09,G]+)(?:[.D]([09]*))?(?:MI|SG|S|PL)?[L$%]?$/i.exec(call.text(format) ?? "") ?? [];
        if (all === undefined) return call.refuse("to_number() with another format than of digits, groups and a sign");
        call.say("lenient");
        const digits = tidb`CAST(REGEXP_REPLACE(${text}, '[^0-9.]', '') AS DECIMAL(65,${raw(String(fraction.length))}))`;
        const plain = tidb`CAST(REPLACE(REPLACE(${text}, ',', ''), ' ', '') AS DECIMAL(65,${raw(String(fraction.length))}))`;
        // A sign may stand behind the digits, and a currency's or a percent sign around them.
        return /^(?:FM)?S?[09,.GD]+$/i.test(call.text(format)!)
          ? plain
          : tidb`CASE WHEN LOCATE('-', ${text}) > 0 THEN -${digits} ELSE ${digits} END`;
      },
      messages: {
        lenient: warning("digits are read wherever they stand, where PostgreSQL takes as many as the format has", {
          help: "nothing to do where all texts are of that format",
        }),
      },
      proofs: [
        { pg: "to_number('1,234.56', '9,999.99')", findings: ["lenient"] },
        { pg: "to_number(i4b::text, 'S9999')", findings: ["lenient"] },
        { pg: "to_number('-12.5', 'S99.9')", findings: ["lenient"] },
        { pg: "to_number('12,454.8-', '99G999D9S')", findings: ["lenient"] },
        { pg: "to_number('12.5-', '99.9MI')", findings: ["lenient"] },
        { pg: "to_number('$1,234.56', 'L9,999.99')", findings: ["lenient"] },
        { pg: "to_number(to_char(i4b, '9999MI'), '9999MI')", findings: ["lenient"] },
      ],
    },
    "to-date": {
      calls: ["to_date(text, text)"],
      tidb: ([text, format], call) => {
        const read = readBy(text, call.text(format) ?? '"');
        if (read === undefined) return call.refuse("to_date() with another format than of numbers for year, month and day");
        call.say("lenient");
        return tidb`DATE(${read})`;
      },
      messages: { lenient: LENIENT },
      proofs: [
        { pg: "to_date(d::text, 'YYYY-MM-DD')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'YYYYMM'), 'YYYYMM')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'YYYY'), 'YYYY')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'DD/MM/YY'), 'DD/MM/YY')", findings: ["lenient"] },
        { pg: "to_date('29/02/24', 'DD/MM/YY')", findings: ["lenient"] },
        { pg: "to_date('01.12.71', 'DD.MM.YY')", findings: ["lenient"] },
        { pg: "to_date('Mar 2024', 'Mon YYYY')", findings: ["lenient"] },
        { pg: "to_date('Feb 29, 2024', 'Mon DD, YYYY')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'DD.MM.YYYY'), 'DD.MM.YYYY')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'YYYYMMDD'), 'YYYYMMDD')", findings: ["lenient"] },
        ...["YYYY-DDD", "YYYYDDD", "IYYY-IW-ID", 'IYYY-"W"IW-ID', "IYYY-IW", "IYYYIW", "IYYYIWID", "J", "DD RM YYYY", "YYYY/rm"].map(
          (format) => ({ pg: `to_date(to_char(COALESCE(d, '2024-12-30'), '${format}'), '${format}')`, findings: ["lenient"] }),
        ),
        { pg: "to_date('2023-366', 'YYYY-DDD')", findings: ["lenient"] },
        { pg: "to_date('2023-53-7', 'IYYY-IW-ID')", findings: ["lenient"] },
      ],
    },
    "to-timestamp": {
      calls: ["to_timestamp(text, text)"],
      tidb: ([text, format], call) => {
        const read = readBy(text, call.text(format) ?? '"');
        if (read === undefined) return call.refuse("to_timestamp() with a format that STR_TO_DATE does not have");
        call.say("lenient");
        return tidb`CAST(${read} AS DATETIME(6))`;
      },
      messages: { lenient: LENIENT },
      proofs: [
        { pg: "to_timestamp(to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), 'YYYY-MM-DD HH24:MI:SS')", findings: ["lenient"] },
        { pg: "to_timestamp(d::text, 'YYYY-MM-DD')", findings: ["lenient"] },
        { pg: "to_timestamp('2024-366', 'YYYY-DDD')", findings: ["lenient"] },
        { pg: `to_timestamp(to_char(ts, 'YYYY-MM-DD"T"HH24:MI:SS.MS'), 'YYYY-MM-DD"T"HH24:MI:SS.MS')`, findings: ["lenient"] },
        { pg: `to_timestamp('2024-02-29T10:11:12.5Z', 'YYYY-MM-DD"T"HH24:MI:SS.MS')`, findings: ["lenient"] },
        { pg: "to_timestamp('29 Feb 2024 10:11 PM', 'DD Mon YYYY HH12:MI AM')", findings: ["lenient"] },
      ],
    },
  },
);
