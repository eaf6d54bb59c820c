import { proofs, raw, string, type Tidb, table, tidb, type Value, warning } from "../../src/rule.js";

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
  SSSS: (t) => tidb`TIME_TO_SEC(TIME(${t}))`,
  FMDDD: (t) => tidb`DAYOFYEAR(${t})`,
  FMMI: (t) => tidb`MINUTE(${t})`,
  FMSS: (t) => tidb`SECOND(${t})`,
};

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

const WORDS = [...new Set([...Object.keys(FORMATTED), ...Object.keys(COMPUTED), ...OTHERS])].sort((a, b) => b.length - a.length);

/** The pattern that a format begins with. */
function wordAt(format: string, at: number): string | undefined {
  const exact = WORDS.find((word) => format.startsWith(word, at));
  const folded = WORDS.find((word) => {
    const bare = word.replace(/^FM/, "");
    return (ANY_CASE.has(bare) || OTHERS.includes(word)) && format.slice(at, at + word.length).toUpperCase() === word;
  });
  return folded !== undefined && folded.length > (exact?.length ?? 0) ? folded : (exact ?? folded);
}

type Piece = { readonly format: string } | { readonly computed: Tidb };

/** @returns a piece that has no counterpart, as text */
function pieces(format: string, time: Value): readonly Piece[] | string {
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
    const word = wordAt(format, at);
    if (word === undefined) {
      if (/[A-Za-z\\]/.test(format[at]!) && !/[TZ]/.test(format[at]!)) return format[at]!;
      const [sign] = [...format.slice(at)];
      plain(sign!);
      at += sign!.length;
      continue;
    }
    const suffix = /^(?:th|TH|SP)/.exec(format.slice(at + word.length));
    if (suffix) return `${word}${suffix[0]}`;
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
const READ: Readonly<Record<string, string>> = { YYYY: "%Y", MM: "%m", DD: "%d", HH24: "%H", MI: "%i", SS: "%s", US: "%f", Mon: "%b" };

function reading(format: string): string | undefined {
  let text = "";
  let at = 0;
  while (at < format.length) {
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

/** Formats of numbers: digits with or without groups, and a fraction. */
const NUMBER = /^FM(9[9,]*?)?(0?)(?:\.(0+))?$/;

export const formatRules = table(
  "functions/formats",
  { pg: "functions-formatting", tidb: "date-and-time-functions" },
  {
    "time-to-char": {
      calls: ["to_char(timestamp|timestamptz, text)"],
      tidb: ([time, format], call) => {
        const text = call.text(format);
        if (text === undefined) return call.refuse("to_char() with a format that is no literal");
        const found = pieces(text, time);
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
        ].map((format) => `to_char(ts, '${format}')`),
        "to_char(tz, 'YYYY-MM')",
        "to_char(d, 'DD.MM.YYYY')",
        "to_char(date_trunc('month', ts), 'YYYY-MM')",
      ),
    },
    "number-to-char": {
      calls: ["to_char(numeric|int4|int8, text)"],
      tidb: ([number, format], call) => {
        const text = call.text(format) ?? "";
        const [all, nines = "", zero, fraction = ""] = NUMBER.exec(text) ?? [];
        const digits = (nines + zero).replaceAll(",", "");
        if (all === undefined || zero === "") return call.refuse(`to_char() of a number with the format '${text}'`);
        call.say("wide", { digits: String(digits.length) });
        const grouped = tidb`FORMAT(${number}, ${raw(String(fraction.length))})`;
        return nines.includes(",") ? grouped : tidb`REPLACE(${grouped}, ',', '')`;
      },
      messages: {
        wide: warning("a number of more than {digits} digits before the point is written whole, and as ### in PostgreSQL", {
          help: "nothing to do where numbers are smaller",
        }),
      },
      proofs: [
        { pg: "to_char(n, 'FM999999990.00')", findings: ["wide"] },
        { pg: "to_char(n, 'FM999,999,990.00')", findings: ["wide"] },
        { pg: "to_char(i4b, 'FM9990')", findings: ["wide"] },
      ],
    },
    "to-date": {
      calls: ["to_date(text, text)"],
      tidb: ([text, format], call) => {
        const read = reading(call.text(format) ?? '"');
        if (read === undefined) return call.refuse("to_date() with another format than of numbers for year, month and day");
        call.say("lenient");
        return tidb`DATE(STR_TO_DATE(${text}, ${raw(string(read))}))`;
      },
      messages: { lenient: LENIENT },
      proofs: [
        { pg: "to_date(d::text, 'YYYY-MM-DD')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'DD.MM.YYYY'), 'DD.MM.YYYY')", findings: ["lenient"] },
        { pg: "to_date(to_char(d, 'YYYYMMDD'), 'YYYYMMDD')", findings: ["lenient"] },
      ],
    },
    "to-timestamp": {
      calls: ["to_timestamp(text, text)"],
      tidb: ([text, format], call) => {
        const read = reading(call.text(format) ?? '"');
        if (read === undefined) return call.refuse("to_timestamp() with a format that STR_TO_DATE does not have");
        call.say("lenient");
        return tidb`CAST(STR_TO_DATE(${text}, ${raw(string(read))}) AS DATETIME(6))`;
      },
      messages: { lenient: LENIENT },
      proofs: [
        { pg: "to_timestamp(to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), 'YYYY-MM-DD HH24:MI:SS')", findings: ["lenient"] },
        { pg: "to_timestamp(d::text, 'YYYY-MM-DD')", findings: ["lenient"] },
      ],
    },
  },
);
