import {
  type Call,
  infix,
  instantOf,
  parseInterval,
  proofs,
  raw,
  same,
  type Tidb,
  table,
  tidb,
  UTC_NAME,
  type Value,
  warning,
  zoneOf,
} from "../../src/rule.js";

const TIMES = "timestamp|timestamptz";

const STATEMENT = warning("{function} is the time of the statement in TiDB; in PostgreSQL all statements of a transaction have the same", {
  help: "where several statements must agree, read the time once and pass it",
  once: true,
});

const now = (call: Call): Tidb => {
  const digits = call.result.mods?.[0] ?? 6;
  return digits === 6 ? tidb`NOW(6)` : tidb`CAST(NOW(6) AS DATETIME(${raw(String(digits))}))`;
};

const midnight = (time: Value | Tidb): Tidb => tidb`CAST(DATE(${time}) AS DATETIME(6))`;
const formatted = (time: Value, format: string): Tidb => tidb`CAST(DATE_FORMAT(${time}, ${raw(`'${format}'`)}) AS DATETIME(6))`;
const firstOf = (year: Tidb): Tidb => tidb`CAST(CONCAT(LPAD(${year}, 4, '0'), '-01-01') AS DATETIME(6))`;

/** date_trunc() by its field (timestamp.c, timestamp_trunc). */
const TRUNCATED: Readonly<Record<string, (time: Value) => Tidb>> = {
  microseconds: (t) => tidb`${t}`,
  milliseconds: (t) => infix("additive")`${t} - INTERVAL MICROSECOND(${t}) % 1000 MICROSECOND`,
  second: (t) => infix("additive")`${t} - INTERVAL MICROSECOND(${t}) MICROSECOND`,
  minute: (t) => formatted(t, "%Y-%m-%d %H:%i:00"),
  hour: (t) => formatted(t, "%Y-%m-%d %H:00:00"),
  day: midnight,
  week: (t) => tidb`CAST(DATE_SUB(DATE(${t}), INTERVAL WEEKDAY(${t}) DAY) AS DATETIME(6))`,
  month: (t) => formatted(t, "%Y-%m-01"),
  quarter: (t) => tidb`CAST(CONCAT(LPAD(YEAR(${t}), 4, '0'), '-', LPAD(QUARTER(${t}) * 3 - 2, 2, '0'), '-01') AS DATETIME(6))`,
  year: (t) => formatted(t, "%Y-01-01"),
  decade: (t) => firstOf(tidb`YEAR(${t}) DIV 10 * 10`),
  century: (t) => firstOf(tidb`(YEAR(${t}) - 1) DIV 100 * 100 + 1`),
  millennium: (t) => firstOf(tidb`(YEAR(${t}) - 1) DIV 1000 * 1000 + 1`),
};

const seconds = (t: Value): Tidb => infix("additive")`SECOND(${t}) + MICROSECOND(${t}) / 1000000`;
const DECIMAL = (value: Tidb, type: string): Tidb => tidb`CAST(${value} AS DECIMAL(${raw(type)}))`;
const epoch = (micros: Tidb): Tidb => DECIMAL(infix("multiplicative")`${micros} / 1000000`, "20,6");

/** EXTRACT by its field (timestamp.c, timestamp_part_common). */
const EXTRACTED: Readonly<Record<string, (time: Value) => Tidb>> = {
  microseconds: (t) => infix("additive")`SECOND(${t}) * 1000000 + MICROSECOND(${t})`,
  milliseconds: (t) => DECIMAL(infix("additive")`SECOND(${t}) * 1000 + MICROSECOND(${t}) / 1000`, "8,3"),
  second: (t) => DECIMAL(seconds(t), "8,6"),
  minute: (t) => tidb`MINUTE(${t})`,
  hour: (t) => tidb`HOUR(${t})`,
  day: (t) => tidb`DAYOFMONTH(${t})`,
  dow: (t) => infix("additive")`DAYOFWEEK(${t}) - 1`,
  isodow: (t) => infix("additive")`WEEKDAY(${t}) + 1`,
  doy: (t) => tidb`DAYOFYEAR(${t})`,
  week: (t) => tidb`WEEK(${t}, 3)`,
  isoyear: (t) => infix("multiplicative")`YEARWEEK(${t}, 3) DIV 100`,
  month: (t) => tidb`MONTH(${t})`,
  quarter: (t) => tidb`QUARTER(${t})`,
  year: (t) => tidb`YEAR(${t})`,
  decade: (t) => infix("multiplicative")`YEAR(${t}) DIV 10`,
  century: (t) => infix("additive")`(YEAR(${t}) - 1) DIV 100 + 1`,
  millennium: (t) => infix("additive")`(YEAR(${t}) - 1) DIV 1000 + 1`,
  // 2000-01-01 is the Julian day 2451545.
  julian: (t) =>
    infix(
      "additive",
    )`CAST((TIME_TO_SEC(TIME(${t})) * 1000000 + MICROSECOND(${t})) AS DECIMAL(65,20)) / 86400000000 + TO_DAYS(${t}) + 1721060`,
  epoch: (t) => epoch(tidb`TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', ${t})`),
};

/** What only a timestamptz has, which is in UTC, and only a date or a time. */
const EXTRACTED_OF: Readonly<Record<string, Readonly<Record<string, (time: Value) => Tidb>>>> = {
  timestamptz: Object.fromEntries(
    ["timezone", "timezone_hour", "timezone_minute"].map((field) => [field, (t: Value) => tidb`CASE WHEN ${t} IS NOT NULL THEN 0 END`]),
  ),
  // 2000-01-01 is the Julian day 2451545.
  date: { julian: (t) => infix("additive")`TO_DAYS(${t}) + 1721060` },
  time: { epoch: (t) => DECIMAL(infix("additive")`TIME_TO_SEC(${t}) + MICROSECOND(${t}) / 1000000`, "12,6") },
};

/** What a `time` has of it. */
const OF_A_TIME = new Set(["microseconds", "milliseconds", "second", "minute", "hour"]);
/** What a date has none of. */
const NOT_OF_A_DATE = new Set(["microseconds", "milliseconds", "second", "minute", "hour"]);

/** Abbreviations of fields (datetime.c, deltatktbl). */
const FIELDS: Readonly<Record<string, string>> = {
  seconds: "second",
  sec: "second",
  secs: "second",
  s: "second",
  minutes: "minute",
  min: "minute",
  mins: "minute",
  m: "minute",
  hours: "hour",
  hr: "hour",
  h: "hour",
  days: "day",
  d: "day",
  weeks: "week",
  w: "week",
  months: "month",
  mon: "month",
  mons: "month",
  years: "year",
  yr: "year",
  y: "year",
  decades: "decade",
  centuries: "century",
  millisecond: "milliseconds",
  ms: "milliseconds",
  microsecond: "microseconds",
  us: "microseconds",
  qtr: "quarter",
};

function fieldOf(arg: Value, call: Call): string | undefined {
  const text = call.text(arg)?.toLowerCase();
  return text === undefined ? undefined : (FIELDS[text] ?? text);
}

/** EXTRACT gives a numeric, date_part() a double. */
const asResult = (value: Tidb, call: Call): Tidb => (call.signature.result === "float8" ? tidb`CAST(${value} AS DOUBLE)` : value);

const extracted = (field: string | undefined, time: Value, call: Call): Tidb | undefined => {
  const form = field === undefined ? undefined : EXTRACTED[field];
  const { name } = call.type(time);
  const own = EXTRACTED_OF[name]?.[field ?? ""];
  if (own) return asResult(own(time), call);
  if (!form || (name === "time" && !OF_A_TIME.has(field!)) || (name === "date" && NOT_OF_A_DATE.has(field!)))
    return call.refuse(`EXTRACT of ${field ?? "a field that is no literal"} from ${name}`);
  return asResult(form(time), call);
};

/** date_trunc() to a field that only the row tells. */
function truncatedTo(field: Value, time: Value, call: Call): Tidb {
  const fields = Object.entries(TRUNCATED);
  call.say("field", { fields: fields.map(([name]) => name).join(", ") });
  const whens = fields.map(([name]) => ` WHEN '${name}' THEN `);
  const texts = ["CASE LOWER(", `)${whens[0]}`, ...whens.slice(1), " END"];
  return { kind: "Tidb", texts, holes: [field, ...fields.map(([, form]) => form(time))] };
}

const FIELD_NAMES = Object.keys(EXTRACTED);

const ZONES = warning("a time zone that is no literal must be a name of the zone database: others give NULL here, or another time", {
  help: "store names such as Europe/Berlin, no abbreviations or offsets",
});

const UNCHECKED = warning("numbers that are no date or time give NULL or another time, where PostgreSQL raises an error", {
  help: "check the numbers before; in INSERT and UPDATE TiDB raises an error too",
});

const dateText = (y: Value, m: Value, d: Value): Tidb => tidb`CONCAT(LPAD(${y}, 4, '0'), '-', ${m}, '-', ${d})`;
const clockText = (h: Value, m: Value, s: Value): Tidb => tidb`CONCAT(${h}, ':', ${m}, ':', CAST(${s} AS DECIMAL(8,6)))`;

/** Where a period begins, one of whose ends may be unknown. */
const starts = (one: Value | Tidb, other: Value | Tidb): Tidb => tidb`COALESCE(LEAST(${one}, ${other}), ${one}, ${other})`;

export const dateRules = table(
  "functions/dates",
  { pg: "functions-datetime", tidb: "date-and-time-functions" },
  {
    now: {
      calls: ["now()", "transaction_timestamp()", "current_timestamp()", "localtimestamp()"],
      tidb: (_, call) => {
        call.say("statement", { function: `${call.signature.name}()` });
        return now(call);
      },
      why: "NOW() without digits gives whole seconds in TiDB.",
      messages: { statement: STATEMENT },
      proofs: [
        { pg: "now() > '2024-01-01' AND now() = current_timestamp", findings: ["statement"] },
        { pg: "localtimestamp > ts", findings: ["statement"] },
        { pg: "current_timestamp(0) >= tz", findings: ["statement"] },
        { pg: "extract(microseconds from current_timestamp(0)) % 1000000 = 0", findings: ["statement"] },
      ],
    },
    "statement-timestamp": {
      calls: ["statement_timestamp()"],
      tidb: () => tidb`NOW(6)`,
      proofs: proofs("statement_timestamp() > tz", "statement_timestamp() = statement_timestamp()"),
    },
    "clock-timestamp": { calls: ["clock_timestamp()"], tidb: () => tidb`SYSDATE(6)`, proofs: proofs("clock_timestamp() > tz") },
    "current-date": {
      calls: ["current_date()"],
      tidb: () => tidb`CURRENT_DATE`,
      proofs: proofs(
        "current_date > d",
        "current_date - current_date",
        "current_date::timestamp = date_trunc('day', statement_timestamp()::timestamp)",
      ),
    },
    localtime: { calls: ["localtime()"], tidb: () => tidb`CURRENT_TIME(6)`, proofs: proofs("localtime >= '00:00'") },
    "date-trunc": {
      calls: [`date_trunc(text, ${TIMES})`],
      tidb: ([field, time], call) => {
        const name = fieldOf(field, call);
        if (name === undefined) return truncatedTo(field, time, call);
        const form = TRUNCATED[name];
        return form ? form(time) : call.refuse(`date_trunc() to ${name}`);
      },
      messages: {
        field: warning(
          "a field of date_trunc() that is no literal must be one of {fields}: others give NULL, where PostgreSQL raises an error",
          {
            help: "pass the field by one of these names; PostgreSQL also takes plurals and abbreviations of them",
          },
        ),
      },
      proofs: [
        ...proofs(
          ...Object.keys(TRUNCATED).flatMap((field) => [`date_trunc('${field}', ts)`, `date_trunc('${field}', tz)`]),
          "date_trunc('month', d)",
          "date_trunc('DAY', ts)::date",
          "date_trunc('days', ts)",
        ),
        ...Object.keys(TRUNCATED).map((field) => ({ pg: `date_trunc(right('x${field}', -1), ts)`, findings: ["field"] })),
        { pg: "date_trunc(CASE WHEN i2 > 0 THEN 'Day' WHEN i2 < 0 THEN 'hour' END, tz)", findings: ["field"] },
      ],
    },
    "date-trunc-zone": {
      calls: ["date_trunc(text, timestamptz, text)"],
      tidb: ([field, time, name], call) => {
        if (NOT_OF_A_DATE.has(fieldOf(field, call) ?? "")) return call.refuse("date_trunc() to less than a day in a time zone");
        const at = zoneOf(name, call);
        const local = at && tidb`CONVERT_TZ(${time}, '+00:00', ${at})`;
        const there = local && call.other("date_trunc", ["text", "timestamp"], [field, local]);
        return there && at && tidb`CONVERT_TZ(${there}, ${at}, '+00:00')`;
      },
      messages: { zone: ZONES },
      proofs: [
        ...proofs("date_trunc('day', tz, 'America/New_York')", "date_trunc('month', tz, 'UTC')", "date_trunc('week', tz, 'Europe/Berlin')"),
        { pg: "date_trunc('day', tz, left('Europe/Berlin', 13))", findings: ["zone"] },
      ],
    },
    extract: {
      calls: [`extract(text, ${TIMES}|date|time)`, `date_part(text, ${TIMES}|date|time)`],
      tidb: ([field, time], call) => extracted(fieldOf(field, call), time, call),
      proofs: proofs(
        ...FIELD_NAMES.flatMap((field) => [`extract(${field} from ts)`, `date_part('${field}', tz)`]),
        ...FIELD_NAMES.filter((field) => !NOT_OF_A_DATE.has(field)).map((field) => `extract(${field} from d)`),
        ...[...OF_A_TIME].map((field) => `extract(${field} from ti)`),
        "extract(epoch from ti)",
        "extract(julian from d)",
        "extract(timezone from tz)",
        "extract(timezone_hour from tz)",
        "extract(epoch from tz)::bigint",
        "extract(year from ts) * 100 + extract(month from ts)",
      ),
    },
    "at-time-zone": {
      calls: [`timezone(text, ${TIMES})`],
      tidb: ([name, time], call) => {
        if (UTC_NAME.test(call.text(name) ?? "")) return tidb`${time}`;
        const at = zoneOf(name, call);
        if (!at) return undefined;
        return call.signature.args[1] === "timestamptz" ? tidb`CONVERT_TZ(${time}, '+00:00', ${at})` : instantOf(time, at, call.text(name));
      },
      why: "The session is in UTC, which is what a timestamptz is shown in.",
      messages: { zone: ZONES },
      proofs: [
        ...["America/New_York", "Europe/Berlin", "UTC", "Asia/Kolkata"].flatMap((name) =>
          proofs(`ts AT TIME ZONE '${name}'`, `tz AT TIME ZONE '${name}'`, `ts AT TIME ZONE 'UTC' AT TIME ZONE '${name}'`),
        ),
        ...proofs(
          "tz AT TIME ZONE 'PST'",
          "ts AT TIME ZONE 'cest'",
          "tz AT TIME ZONE '+02'",
          "ts AT TIME ZONE '00:00'",
          "tz AT TIME ZONE '5:45'",
          "tz AT TIME ZONE '-05:30'",
        ),
        ...proofs(
          "(timestamp '2024-03-31 01:00' + i2 * interval '10 minutes') AT TIME ZONE 'Europe/Berlin'",
          "timestamp '2024-03-10 02:30' AT TIME ZONE 'America/New_York'",
          "timestamp '2024-11-03 01:30' AT TIME ZONE 'America/New_York'",
          "timestamp '2024-10-06 02:15' AT TIME ZONE 'Australia/Lord_Howe'",
        ),
        { pg: "tz AT TIME ZONE left('Europe/Berlin', 13)", findings: ["zone"] },
        { pg: "ts AT TIME ZONE left('Europe/Berlin', 13)", findings: ["zone"] },
      ],
    },
    "at-interval": {
      calls: [`timezone(interval, ${TIMES})`],
      tidb: ([offset, time], call) => {
        const known = parseInterval(call.text(offset) ?? "");
        if (known?.months !== 0 || known.days !== 0) return call.refuse("AT TIME ZONE of an interval that is no constant");
        const shift = raw(String(call.signature.args[1] === "timestamptz" ? known.microseconds : -known.microseconds));
        return tidb`DATE_ADD(${time}, INTERVAL ${shift} MICROSECOND)`;
      },
      proofs: proofs("tz AT TIME ZONE interval '2 hours'", "ts AT TIME ZONE interval '-05:30'"),
    },
    "at-local": {
      calls: [`timezone(${TIMES})`],
      tidb: ([time]) => tidb`${time}`,
      why: "The session is in UTC.",
      proofs: proofs("tz AT LOCAL", "ts AT LOCAL"),
    },
    "date-plus-days": {
      calls: ["+(date, int4)", "+(int4, date)"],
      tidb: ([a, b], call) => {
        const [day, count] = call.type(a).name === "date" ? [a, b] : [b, a];
        return tidb`DATE_ADD(${day}, INTERVAL ${count} DAY)`;
      },
      why: "`+` adds to the number YYYYMMDD in TiDB.",
      proofs: proofs("d + 1", "d + i2", "i2 + d", "d + (i2 - 1)", "d + 1 = db", "d + -1"),
    },
    "date-minus-days": {
      calls: ["-(date, int4)"],
      tidb: ([day, count]) => tidb`DATE_SUB(${day}, INTERVAL ${count} DAY)`,
      proofs: proofs("d - 1", "d - i2", "d - 30 + 1"),
    },
    "date-difference": {
      calls: ["-(date, date)"],
      tidb: same("DATEDIFF"),
      why: "`-` takes one number YYYYMMDD from the other in TiDB.",
      proofs: proofs("d - db", "d - '2024-02-28'", "(d - db) * 2", "current_date - d > 0"),
    },
    "date-plus-time": {
      calls: ["+(date, time)", "+(time, date)"],
      tidb: ([a, b], call) => {
        const [day, time] = call.type(a).name === "date" ? [a, b] : [b, a];
        return tidb`TIMESTAMP(${day}, ${time})`;
      },
      proofs: proofs("d + ti", "ti + d", "d + time '12:30'"),
    },
    "make-date": {
      calls: ["make_date(int4, int4, int4)"],
      tidb: ([y, m, d], call) => {
        call.say("unchecked");
        return tidb`CAST(${dateText(y, m, d)} AS DATE)`;
      },
      messages: { unchecked: UNCHECKED },
      proofs: [
        { pg: "make_date(2024, i2, 5)", findings: ["unchecked"] },
        { pg: "make_date(i4b, 2, 29)", findings: ["unchecked"], differs: true },
        { pg: "make_date(extract(year from d)::int, 1, 1)", findings: ["unchecked"] },
      ],
    },
    "make-time": {
      calls: ["make_time(int4, int4, float8)"],
      tidb: ([h, m, s], call) => {
        call.say("unchecked");
        return tidb`CAST(${clockText(h, m, s)} AS TIME(6))`;
      },
      messages: { unchecked: UNCHECKED },
      proofs: [
        { pg: "make_time(i2, 5, 6.5)", findings: ["unchecked"] },
        { pg: "make_time(23, 59, 59.999999)", findings: ["unchecked"] },
      ],
    },
    "make-timestamp": {
      calls: ["make_timestamp(int4, int4, int4, int4, int4, float8)", "make_timestamptz(int4, int4, int4, int4, int4, float8)"],
      tidb: ([y, m, d, hour, minute, second], call) => {
        call.say("unchecked");
        return tidb`CAST(CONCAT(${dateText(y, m, d)}, ' ', ${clockText(hour!, minute!, second!)}) AS DATETIME(6))`;
      },
      messages: { unchecked: UNCHECKED },
      proofs: [
        { pg: "make_timestamp(2024, i2, 5, 6, 7, 8.25)", findings: ["unchecked"] },
        { pg: "make_timestamptz(2024, 2, 29, i2, 7, 59.999999)", findings: ["unchecked"] },
      ],
    },
    "make-timestamp-zone": {
      calls: ["make_timestamptz(int4, int4, int4, int4, int4, float8, text)"],
      tidb: ([y, m, d, hour, minute, second, name], call) => {
        const at = zoneOf(name!, call);
        if (!at) return undefined;
        call.say("unchecked");
        const local = tidb`CAST(CONCAT(${dateText(y, m, d)}, ' ', ${clockText(hour!, minute!, second!)}) AS DATETIME(6))`;
        return instantOf(local, at, call.text(name!));
      },
      messages: { unchecked: UNCHECKED, zone: ZONES },
      proofs: [
        { pg: "make_timestamptz(2024, 2, 29, 8, 15, 23.5, 'Europe/Berlin')", findings: ["unchecked"] },
        { pg: "make_timestamptz(2024, i2, 5, 6, 7, 8.25, left('Asia/Kolkata', 12))", findings: ["zone", "unchecked"] },
      ],
    },
    "from-epoch": {
      calls: ["to_timestamp(float8)"],
      tidb: ([s]) => tidb`DATE_ADD(TIMESTAMP '1970-01-01 00:00:00.000000', INTERVAL ${s} SECOND)`,
      why: "FROM_UNIXTIME gives NULL before 1970.",
      proofs: proofs(
        "to_timestamp(i4)",
        "to_timestamp(f8b)",
        "to_timestamp(1700000000.123456)",
        "to_timestamp(i4::float8 / 1000)",
        "to_timestamp(extract(epoch from ts))",
        "date_trunc('day', to_timestamp(i8 % 4000000000))",
      ),
    },
    "overlaps-length": {
      calls: [
        "overlaps(timestamp, interval, timestamp, interval)",
        "overlaps(timestamp, interval, timestamp, timestamp)",
        "overlaps(timestamp, timestamp, timestamp, interval)",
        "overlaps(timestamptz, interval, timestamptz, interval)",
        "overlaps(timestamptz, interval, timestamptz, timestamptz)",
        "overlaps(timestamptz, timestamptz, timestamptz, interval)",
        "overlaps(time, interval, time, interval)",
        "overlaps(time, interval, time, time)",
        "overlaps(time, time, time, interval)",
      ],
      tidb: ([s1, e1, s2, e2], call) => {
        const [, t1, , t2] = call.signature.args;
        const time = call.signature.args[0]!;
        const end = (start: Value, other: Value, type: string | undefined) =>
          type === "interval" ? call.other("+", [time, "interval"], [start, other]) : tidb`${other}`;
        const [to1, to2] = [end(s1, e1, t1), end(s2, e2, t2)];
        return to1 && to2 && call.other("overlaps", [time, time, time, time], [s1, to1, s2, to2]);
      },
      why: "A period that is told by its length ends that much later.",
      proofs: proofs(
        "(ts, interval '1 hour') OVERLAPS (tsb, interval '2 months')",
        "(ts, interval '-1 day') OVERLAPS (tsb, timestamp '2024-02-01')",
        "(tz, tz + interval '1 day') OVERLAPS (timestamptz '2024-03-30 00:00:00+00', interval '3 days')",
        "(d, interval '10 days') OVERLAPS (db, date '2024-02-01')",
        "(ti, interval '2 hours') OVERLAPS (time '23:00', time '01:00')",
        "(ti, interval '90 minutes') OVERLAPS (time '12:00', interval '13 hours')",
        "(ti, time '08:00') OVERLAPS (time '22:30', interval '0')",
      ),
    },
    overlaps: {
      calls: [`overlaps(${TIMES}, ${TIMES}, ${TIMES}, ${TIMES})`, "overlaps(time, time, time, time)"],
      tidb: ([s1, e1, s2, e2]: readonly [Value | Tidb, Value | Tidb, Value | Tidb, Value | Tidb, ...(Value | Tidb)[]]) => {
        const [from1, to1, from2, to2] = [starts(s1, e1), tidb`GREATEST(${s1}, ${e1})`, starts(s2, e2), tidb`GREATEST(${s2}, ${e2})`];
        const both = tidb`${to1} IS NOT NULL AND ${to2} IS NOT NULL`;
        const decided = (from: Tidb, to: Tidb) => tidb`CASE WHEN ${from} < ${to} THEN TRUE WHEN ${both} THEN FALSE END`;
        return tidb`CASE WHEN ${from1} > ${from2} THEN ${decided(from1, to2)} WHEN ${from1} < ${from2} THEN ${decided(from2, to1)} WHEN ${from1} = ${from2} AND ${both} THEN TRUE END`;
      },
      why: "A period begins at the earlier of its ends; NULL is unknown only where it decides (timestamp.c, overlaps_timestamp).",
      proofs: proofs(
        ...["2024-03-01", "2024-01-01", "2024-02-29"].map(
          (end) => `(COALESCE(ts, '2024-02-29'), COALESCE(tsb, '2024-01-01')) OVERLAPS (timestamp '2024-01-01', timestamp '${end}')`,
        ),
        "(ts, tsb) OVERLAPS (timestamp '2024-01-01', timestamp '2024-02-01')",
        "(d, db) OVERLAPS (d, d)",
        "(ts, tsb) OVERLAPS (tsb, timestamp '2024-02-01')",
        "(ts, timestamp '2024-02-28 24:00:00') OVERLAPS (timestamp '2023-12-31T24:00', tsb)",
        "(ti, time '12:00') OVERLAPS (time '08:00', ti)",
      ),
    },
  },
);
