/**
 * Intervals as expressions of TiDB, which has none: months, days and microseconds that are computed one by one, and the text of them that
 * stands where PostgreSQL has an interval as a value.
 */
import type { FuncCall, Value } from "../pg/ast.js";
import { as, isNode } from "../pg/names.js";
import { INTERVAL_FIELDS, type Interval, intervalUnit, parseInterval } from "../types/intervals.js";
import type { Call } from "./forms.js";
import { intervalLength, intervalParts, type Parts } from "./order.js";
import { infix, raw, type Tidb, tidb } from "./tidb.js";

/** Parts of an interval that is computed; absent: always zero. */
export interface Terms {
  readonly months?: Tidb;
  readonly days?: Tidb;
  readonly microseconds?: Tidb;
  /** Conditions without which it is NULL. */
  readonly given: readonly Tidb[];
}

type Term = "months" | "days" | "microseconds";
type Part = (call: FuncCall, args: readonly Value[], ctx: Call) => Terms | undefined;

const TERMS: readonly Term[] = ["months", "days", "microseconds"];
const INTEGER = /^int[248]$/;
const DAY = 86_400e6;

/** The constant that an interval is; undefined for all others. */
export function constantInterval(node: Value, call: Call): Interval | undefined {
  const text = call.text(node);
  if (text === undefined) return undefined;
  const [field = 0] = as("TypeCast", node) ? (call.type(node).mods ?? []) : [];
  return parseInterval(text, INTERVAL_FIELDS[field]);
}

/** Arguments of make_interval(), and the unit of each. */
export const MAKE_INTERVAL: readonly (readonly [string, string])[] = [
  ["years", "year"],
  ["months", "month"],
  ["weeks", "week"],
  ["days", "day"],
  ["hours", "hour"],
  ["mins", "minute"],
  ["secs", "second"],
];

const HOLDS_TEXT = ["ColumnRef", "CoalesceExpr", "CaseExpr", "MinMaxExpr", "SubLink"] as const;

/** Whether an interval is a value that TiDB has as PostgreSQL's text of it: a column's, or one that is chosen among such. */
export const isIntervalText = (node: Value, call: Call): boolean =>
  HOLDS_TEXT.some((kind) => as(kind, node) !== undefined) && call.type(node).name === "interval";

/** That a value is no NULL. */
export const given = (value: Value | Tidb): Tidb => infix("comparison")`${value} IS NOT NULL`;

/** A value that is NULL unless all conditions hold. */
export function where([first, ...rest]: readonly Tidb[], value: Tidb): Tidb {
  if (!first) return value;
  return tidb`CASE WHEN ${rest.reduce((all, each) => infix("and")`${all} AND ${each}`, first)} THEN ${value} END`;
}

/** Terms of which each is made from that of others. */
export function eachTerm(conditions: readonly Tidb[], make: (term: Term) => Tidb | undefined): Terms {
  const made = TERMS.flatMap((term) => {
    const value = make(term);
    return value ? [[term, value] as const] : [];
  });
  return { ...Object.fromEntries(made), given: conditions };
}

/** Microseconds of a time of the day. */
export const ofDay = (time: Value | Tidb): Tidb => tidb`(TIME_TO_SEC(${time}) * 1000000 + MICROSECOND(${time}))`;

/** The start of today. */
export const TODAY = tidb`CAST(CURRENT_DATE AS DATETIME(6))`;

/** What lies between two times as age() tells it (timestamp.c, timestamp_age): whole months, then days, then the time of the day. */
export function ageParts(later: Value | Tidb, earlier: Value | Tidb): Parts {
  const [a, b] = [tidb`GREATEST(${later}, ${earlier})`, tidb`LEAST(${later}, ${earlier})`];
  const sign = tidb`CASE WHEN ${later} < ${earlier} THEN -1 ELSE 1 END`;
  const days = tidb`(DAYOFMONTH(${a}) - DAYOFMONTH(${b}) - (${ofDay(a)} < ${ofDay(b)}))`;
  const whole = tidb`CASE WHEN ${days} < 0 THEN ${days} + DAYOFMONTH(LAST_DAY(${b})) ELSE ${days} END`;
  return {
    months: tidb`${sign} * ((YEAR(${a}) - YEAR(${b})) * 12 + MONTH(${a}) - MONTH(${b}) - (${days} < 0))`,
    days: tidb`${sign} * ${whole}`,
    microseconds: tidb`${sign} * ((${ofDay(a)} - ${ofDay(b)} + 86400000000) % 86400000000)`,
  };
}

/** The terms of age(), of one time until today. */
export function ageTerms(later: Value, earlier: Value | undefined): Terms {
  if (earlier === undefined) return { ...ageParts(TODAY, later), given: [given(later)] };
  return { ...ageParts(later, earlier), given: [given(later), given(earlier)] };
}

/** Whether it is the difference of two times, whose days are whole days and whose time is less than one. */
export function isDifference(node: Value, call: Call): boolean {
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  return (
    variant === "AEXPR_OP" &&
    name?.at(-1) === "-" &&
    [lexpr, rexpr].every((side) => side !== undefined && /^timestamp/.test(call.type(side).name))
  );
}

/** Microseconds as PostgreSQL compares intervals, a month being 30 days; undefined for what cannot be told without its parts. */
export function microsecondsOf(node: Value, call: Call): Tidb | undefined {
  const known = constantInterval(node, call);
  if (known) return tidb`${raw(String((known.months * 30 + known.days) * DAY + known.microseconds))}`;
  if (isIntervalText(node, call)) {
    call.say("spelt");
    return intervalLength(node);
  }
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (variant !== "AEXPR_OP" || rexpr === undefined || !isNode(node)) return undefined;
  const sign = name?.at(-1);
  const pair = lexpr === undefined ? [] : [call.type(lexpr).name, call.type(rexpr).name];
  call.open(node);
  if (sign === "-" && pair.every((type) => type === "timestamp" || type === "timestamptz") && lexpr !== undefined)
    return tidb`TIMESTAMPDIFF(MICROSECOND, ${rexpr}, ${lexpr})`;
  const right = pair[1] === "interval" || lexpr === undefined ? microsecondsOf(rexpr, call) : undefined;
  if (lexpr === undefined) return sign === "-" && right ? infix("unary")`-${right}` : undefined;
  const left = pair[0] === "interval" ? microsecondsOf(lexpr, call) : undefined;
  if ((sign === "+" || sign === "-") && left && right) return infix("additive")`${left} ${raw(sign)} ${right}`;
  if (sign === "*" && left) return infix("multiplicative")`${left} * ${rexpr}`;
  if (sign === "*" && right) return infix("multiplicative")`${right} * ${lexpr}`;
  return undefined;
}

/** Microseconds as PostgreSQL compares intervals, of all that can be told. */
export function lengthOfInterval(node: Value, call: Call): Tidb | undefined {
  const micros = microsecondsOf(node, call);
  if (micros) return micros;
  const terms = termsOf(node, call);
  return terms && lengthOfTerms(terms);
}

/** Microseconds as PostgreSQL compares intervals, a month being 30 days. */
export const lengthOfTerms = (terms: Terms): Tidb => where(terms.given, total(terms));

/** All of it in microseconds, a month being 30 days. */
function total({ months, days, microseconds }: Terms): Tidb {
  const wholeDays = months ? tidb`((${months}) * 30 + ${days ?? tidb`0`}) * 86400000000` : tidb`(${days ?? tidb`0`}) * 86400000000`;
  return infix("additive")`${wholeDays} + ${microseconds ?? tidb`0`}`;
}

const ofMicroseconds = (micros: Tidb): Terms => ({
  days: infix("multiplicative")`${micros} DIV 86400000000`,
  microseconds: infix("multiplicative")`${micros} % 86400000000`,
  given: [given(micros)],
});

/** What an interval comes to in months, days and microseconds; undefined where it cannot be told. */
export function termsOf(node: Value, call: Call): Terms | undefined {
  const known = constantInterval(node, call);
  if (known) return eachTerm([], (term) => (known[term] === 0 ? undefined : tidb`${raw(String(known[term]))}`));
  if (isIntervalText(node, call)) {
    call.say("spelt");
    return { ...intervalParts(node), given: [given(node)] };
  }
  const cast = as("TypeCast", node);
  if (cast?.arg !== undefined) {
    const from = call.type(cast.arg).name;
    if (isNode(node)) call.open(node);
    if (from === "time") return { microseconds: ofDay(cast.arg), given: [given(cast.arg)] };
    return from === "interval" && !call.type(node).mods?.length ? termsOf(cast.arg, call) : undefined;
  }
  const made = as("FuncCall", node);
  if (made) return termsOfCall(made, call);
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (variant !== "AEXPR_OP" || rexpr === undefined || !isNode(node)) return undefined;
  call.open(node);
  return termsOfOperator(String(name?.at(-1)), lexpr, rexpr, call);
}

/** What an operator of intervals comes to; `left` is undefined for a prefix operator. */
export function termsOfOperator(sign: string, left: Value | undefined, right: Value, call: Call): Terms | undefined {
  if (left === undefined) return sign === "-" ? changed(termsOf(right, call), (term) => infix("unary")`-(${term})`) : undefined;
  const [one, other] = [call.type(left).name, call.type(right).name];
  if (sign === "-" && one.startsWith("timestamp") && other.startsWith("timestamp"))
    return ofMicroseconds(tidb`TIMESTAMPDIFF(MICROSECOND, ${right}, ${left})`);
  if ((sign === "+" || sign === "-") && one === "interval" && other === "interval") return sumOf(left, right, sign, call);
  if (sign === "*") return one === "interval" ? product(left, right, call) : product(right, left, call);
  return sign === "/" ? quotient(left, right, call) : undefined;
}

const changed = (terms: Terms | undefined, change: (term: Tidb) => Tidb): Terms | undefined =>
  terms && eachTerm(terms.given, (term) => terms[term] && change(terms[term]));

function sumOf(left: Value, right: Value, sign: string, call: Call): Terms | undefined {
  const [a, b] = [termsOf(left, call), termsOf(right, call)];
  if (!a || !b) return undefined;
  return eachTerm([...a.given, ...b.given], (term) => {
    const [one, other] = [a[term], b[term]];
    if (one && other) return infix("additive")`${one} ${raw(sign)} (${other})`;
    return one ?? (other && sign === "-" ? infix("unary")`-(${other})` : other);
  });
}

function product(interval: Value, factor: Value, call: Call): Terms | undefined {
  const terms = termsOf(interval, call);
  if (!terms) return undefined;
  const conditions = call.nullable(factor) ? [...terms.given, given(factor)] : terms.given;
  if (INTEGER.test(call.own(factor).name))
    return eachTerm(conditions, (term) => terms[term] && infix("multiplicative")`(${terms[term]}) * ${factor}`);
  return spilt(terms, conditions, (term) => infix("multiplicative")`(${term}) * CAST(${factor} AS DOUBLE)`);
}

function quotient(interval: Value, divisor: Value, call: Call): Terms | undefined {
  const terms = termsOf(interval, call);
  if (!terms) return undefined;
  const conditions = call.text(divisor) === undefined ? [...terms.given, infix("comparison")`${divisor} <> 0`] : terms.given;
  return dividedBy(terms, conditions, tidb`${divisor}`);
}

const dividedBy = (terms: Terms, conditions: readonly Tidb[], divisor: Tidb): Terms =>
  spilt(terms, conditions, (term) => infix("multiplicative")`(${term}) / CAST(${divisor} AS DOUBLE)`);

/**
 * Terms times a number, or divided by one, in double precision: what is less than a whole month becomes days, of 30 a month, and what is less
 * than a whole day becomes time (timestamp.c, interval_mul, interval_div).
 */
function spilt({ months, days, microseconds }: Terms, conditions: readonly Tidb[], by: (term: Tidb) => Tidb): Terms {
  const fraction = (value: Tidb) => infix("multiplicative")`${value} % 1`;
  const monthDays = months && tidb`ROUND(${infix("multiplicative")`${fraction(by(months))} * 30`}, 6)`;
  const dayParts = [days && by(days), monthDays].filter((part) => part !== undefined);
  if (dayParts.length === 0) return { ...(microseconds && { microseconds: tidb`ROUND(${by(microseconds)})` }), given: conditions };
  const rests = dayParts.map(fraction).reduce((sum, rest) => infix("additive")`${sum} + ${rest}`);
  const rest = tidb`ROUND((${rests}) * 86400 * 1000000)`;
  const whole = dayParts.map((part) => tidb`TRUNCATE(${part}, 0)`).reduce((sum, part) => infix("additive")`${sum} + ${part}`);
  const time = infix("multiplicative")`${rest} % 86400000000`;
  return {
    ...(months && { months: tidb`CAST(TRUNCATE(${by(months)}, 0) AS SIGNED)` }),
    days: infix("additive")`${whole} + ${rest} DIV 86400000000`,
    microseconds: microseconds ? tidb`ROUND(${infix("additive")`${by(microseconds)} + ${time}`})` : time,
    given: conditions,
  };
}

const PLAIN_CALL = ["agg_distinct", "agg_filter", "agg_order", "over", "func_variadic"] as const;

function termsOfCall(made: FuncCall, call: Call): Terms | undefined {
  const args = made.args ?? [];
  if (args.length === 0 || PLAIN_CALL.some((field) => made[field])) return undefined;
  return CALLS[String(made.funcname?.at(-1))]?.(made, args, call);
}

const aggregate: Part = (made, [arg], call) => {
  if (arg === undefined || call.type(arg).name !== "interval") return undefined;
  call.open(made);
  return aggregated(String(made.funcname?.at(-1)), arg, call, (fn, value) => tidb`${raw(fn)}(${value})`);
};

const justified: Part = (made, [arg], call) => {
  call.open(made);
  return arg === undefined ? undefined : justifiedTerms(String(made.funcname?.at(-1)), arg, call);
};

/** Functions whose intervals can be told. */
const CALLS: Readonly<Record<string, Part>> = {
  sum: aggregate,
  avg: aggregate,
  min: aggregate,
  max: aggregate,
  justify_hours: justified,
  justify_days: justified,
  justify_interval: justified,
  age(made, [later, earlier], call) {
    const times = [later, earlier].filter((time) => time !== undefined);
    if (later === undefined || !times.every((time) => /^timestamp/.test(call.type(time).name))) return undefined;
    call.open(made);
    return ageTerms(later, earlier);
  },
  make_interval(made, args, call) {
    call.open(made);
    return madeTerms(args, call);
  },
  date_trunc(made, [field, interval], call) {
    if (field === undefined || interval === undefined || call.type(interval).name !== "interval") return undefined;
    call.open(made);
    return cutTerms(field, interval, call);
  },
};

/** What make_interval() gives of numbers that are computed. */
export function madeTerms(args: readonly Value[], call: Call): Terms | undefined {
  const sums: { [T in Term]?: Tidb } = {};
  const conditions: Tidb[] = [];
  for (const [i, arg] of args.entries()) {
    const named = as("NamedArgExpr", arg);
    const value = named?.arg ?? arg;
    const [, word] = (named ? MAKE_INTERVAL.find(([name]) => name === named.name) : MAKE_INTERVAL[i]) ?? [];
    if (word === undefined || value === undefined) return undefined;
    if (named) call.open(named);
    if (call.nullable(value)) conditions.push(given(value));
    const unit = intervalUnit(word)!;
    for (const term of TERMS)
      if (unit[term] !== 0) {
        const amount = infix("multiplicative")`${value} * ${raw(String(unit[term]))}`;
        const part = word === "second" ? tidb`CAST(ROUND(${amount}) AS SIGNED)` : amount;
        sums[term] = sums[term] ? infix("additive")`${sums[term]} + ${part}` : part;
      }
  }
  return eachTerm(conditions, (term) => sums[term]);
}

/** What date_trunc() leaves of an interval. */
export function cutTerms(arg: Value, interval: Value, call: Call): Terms | undefined {
  const field = (call.text(arg) ?? "").toLowerCase().replace(/s$/, "");
  const { months = 0, days = 0, microseconds = 0 } = intervalUnit(field) ?? {};
  const terms = /^(?:year|month|day|hour|minute|second|millisecond|microsecond)$/.test(field) ? termsOf(interval, call) : undefined;
  if (!terms) return undefined;
  const cut = (term: Tidb | undefined, size: number) => term && infix("additive")`(${term}) - (${term}) % ${raw(String(size))}`;
  const kept = {
    months: months > 1 ? cut(terms.months, months) : terms.months,
    days: months > 0 ? undefined : terms.days,
    microseconds: months + days > 0 ? undefined : cut(terms.microseconds, microseconds),
  };
  return eachTerm(terms.given, (term) => kept[term]);
}

/** What justify_days() and its like give (timestamp.c, interval_justify_hours): parts that have all the same sign. */
export function justifiedTerms(name: string, arg: Value, call: Call): Terms | undefined {
  const terms = termsOf(arg, call);
  if (!terms) return undefined;
  const { months, days, microseconds, given: conditions } = terms;
  if (name === "justify_days") {
    const all = total({ ...(months && { months }), ...(days && { days }), given: [] });
    const whole = infix("multiplicative")`(${all}) DIV 86400000000`;
    return { ...terms, months: infix("multiplicative")`${whole} DIV 30`, days: infix("multiplicative")`${whole} % 30` };
  }
  const all = tidb`(${total(name === "justify_hours" ? { ...(days && { days }), ...(microseconds && { microseconds }), given: [] } : terms)})`;
  const time = infix("multiplicative")`${all} % 86400000000`;
  const whole = infix("multiplicative")`${all} DIV 86400000000`;
  if (name === "justify_hours") return { ...(months && { months }), days: whole, microseconds: time, given: conditions };
  return {
    months: infix("multiplicative")`${whole} DIV 30`,
    days: infix("multiplicative")`${whole} % 30`,
    microseconds: time,
    given: conditions,
  };
}

/** The sum or mean of intervals, or the longest or shortest of differences. */
export function aggregated(name: string, arg: Value, call: Call, fold: (fn: string, value: Tidb) => Tidb): Terms | undefined {
  if (name === "min" || name === "max") {
    const micros = isDifference(arg, call) ? microsecondsOf(arg, call) : undefined;
    return micros && ofMicroseconds(fold(name.toUpperCase(), micros));
  }
  const terms = termsOf(arg, call);
  if (!terms) return undefined;
  const count = fold("COUNT", where(terms.given, tidb`1`));
  const sums = eachTerm([infix("comparison")`${count} > 0`], (term) => terms[term] && fold("SUM", where(terms.given, terms[term])));
  return name === "sum" ? sums : dividedBy(sums, sums.given, count);
}

/** Hours, minutes and seconds of so many microseconds, without zeros at the end. */
export const clockText = (microseconds: Tidb): Tidb =>
  tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(SEC_TO_TIME((${microseconds}) / 1000000) AS TIME(6)) AS CHAR)))`;

/**
 * PostgreSQL's text of an interval (datetime.c, EncodeInterval): parts that are zero are left out, `1 days` is `1 day`, and a part after a
 * negative one has its sign.
 */
export function intervalTextOf({ months, days, microseconds, given: conditions }: Terms): Tidb {
  const counted = (amount: Tidb, words: string) => tidb`NULLIF(CONCAT(${amount}, ${raw(`' ${words}'`)}), ${raw(`'0 ${words}'`)})`;
  const items: Tidb[] = [];
  if (months) items.push(counted(tidb`(${months}) DIV 12`, "years"), counted(tidb`(${months}) % 12`, "mons"));
  if (days) items.push(counted(days, "days"));
  if (microseconds) items.push(clock(microseconds));
  const [first, ...others] = items;
  if (!first) return where(conditions, tidb`'00:00:00'`);
  const list: Tidb = { kind: "Tidb", texts: ["CONCAT_WS(' ', ", ...others.map(() => ", "), ")"], holes: items };
  const single = months || days ? tidb`REGEXP_REPLACE(${list}, '((^| )1 (year|mon|day))s', '\\\\1')` : list;
  const signed = others.length > 0 ? tidb`REGEXP_REPLACE(${single}, '(-[0-9]+ [a-z]+ )([0-9])', '\\\\1+\\\\2')` : single;
  return where(conditions, tidb`COALESCE(NULLIF(${signed}, ''), '00:00:00')`);
}

/** The time in the text of an interval, whose hours go beyond 24; NULL for none. */
function clock(microseconds: Tidb): Tidb {
  const size = tidb`ABS(${microseconds})`;
  const hours = infix("multiplicative")`${size} DIV 3600000000`;
  const rest = tidb`TIME_FORMAT(SEC_TO_TIME(${infix("multiplicative")`${size} % 3600000000 / 1000000`}), ':%i:%s.%f')`;
  const sign = tidb`CASE WHEN ${infix("comparison")`${microseconds} < 0`} THEN '-' ELSE '' END`;
  const padded = tidb`REGEXP_REPLACE(CONCAT(${sign}, ${hours}, ${rest}), '^(-?)([0-9]:)', '\\\\10\\\\2')`;
  return tidb`NULLIF(TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${padded})), '00:00:00')`;
}
