import {
  addIntervals,
  as,
  type Call,
  comparisons,
  type FuncCall,
  INTERVAL_FIELDS,
  type Interval,
  infix,
  intervalLength,
  intervalParts,
  intervalText,
  intervalUnit,
  invoke,
  isNode,
  negated,
  type Parts,
  parseInterval,
  proofs,
  type Row,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** So many months, days or microseconds: a constant times something that is computed. */
interface Step {
  readonly unit: keyof Interval;
  readonly amount: number;
  readonly times?: Value | undefined;
  /** `times` is no integer. */
  readonly fraction?: boolean;
}

const UNITS = ["months", "days", "microseconds"] as const;
const INTEGER = /^int[248]$/;
const TIMES = "timestamp|timestamptz";

const steps = (interval: Interval): Step[] => UNITS.flatMap((unit) => (interval[unit] === 0 ? [] : [{ unit, amount: interval[unit] }]));

/** The constant that an interval is; undefined for all others. */
function constant(node: Value, call: Call): Interval | undefined {
  const text = call.text(node);
  if (text === undefined) return undefined;
  const [field = 0] = as("TypeCast", node) ? (call.type(node).mods ?? []) : [];
  return parseInterval(text, INTERVAL_FIELDS[field]);
}

/** Arguments of make_interval(). */
const MAKE: readonly (readonly [string, string])[] = [
  ["years", "year"],
  ["months", "month"],
  ["weeks", "week"],
  ["days", "day"],
  ["hours", "hour"],
  ["mins", "minute"],
  ["secs", "second"],
];

/** What an interval adds, unit by unit, and the nodes that were read for it; undefined where it cannot be told. */
function stepsOf(node: Value, call: Call, read: Value[]): readonly Step[] | undefined {
  const known = constant(node, call);
  if (known) return steps(known);
  read.push(node);
  const cast = as("TypeCast", node);
  if (cast?.arg !== undefined) return call.type(cast.arg).name === "interval" ? stepsOf(cast.arg, call, read) : spelt(cast.arg, call, read);
  const made = as("FuncCall", node);
  if (made?.funcname?.at(-1) === "make_interval") return makeSteps(made.args ?? [], call, read);
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  if (variant !== "AEXPR_OP" || rexpr === undefined) return undefined;
  const sign = name?.at(-1);
  if (lexpr === undefined) return sign === "-" ? stepsOf(rexpr, call, read)?.map((step) => ({ ...step, amount: -step.amount })) : undefined;
  if (sign === "+" || sign === "-") {
    const [left, right] = [stepsOf(lexpr, call, read), stepsOf(rexpr, call, read)];
    return left && right && [...left, ...right.map((step) => (sign === "-" ? { ...step, amount: -step.amount } : step))];
  }
  if (sign !== "*") return undefined;
  const [interval, factor] = call.type(lexpr).name === "interval" ? [lexpr, rexpr] : [rexpr, lexpr];
  const unit = constant(interval, call);
  return unit && multiplied(unit, factor, call);
}

function multiplied(unit: Interval, factor: Value, call: Call): readonly Step[] | undefined {
  const fraction = !INTEGER.test(call.own(factor).name);
  const parts = steps(unit);
  return fraction && unit.months !== 0 ? undefined : parts.map((part) => ({ ...part, times: factor, fraction }));
}

/** `(n || ' days')::interval` */
function spelt(text: Value, call: Call, read: Value[]): readonly Step[] | undefined {
  read.push(text);
  const { name, lexpr, rexpr } = as("A_Expr", text) ?? {};
  if (name?.at(-1) !== "||" || rexpr === undefined || lexpr === undefined) return undefined;
  const count = lexpr;
  const unit = intervalUnit((call.text(rexpr) ?? "").trim());
  if (!unit) return undefined;
  const inner = as("TypeCast", count);
  const number = inner?.arg !== undefined && INTEGER.test(call.own(inner.arg).name) ? inner.arg : count;
  if (number !== count) read.push(count);
  if (!INTEGER.test(call.own(number).name)) call.say("whole");
  return steps(unit).map((part) => ({ ...part, times: number }));
}

function makeSteps(args: readonly Value[], call: Call, read: Value[]): readonly Step[] | undefined {
  const all: Step[] = [];
  for (const [i, arg] of args.entries()) {
    const named = as("NamedArgExpr", arg);
    if (named) read.push(arg);
    const value = named?.arg ?? arg;
    const [, word] = (named ? MAKE.find(([name]) => name === named.name) : MAKE[i]) ?? [];
    if (word === undefined) return undefined;
    const seconds = word === "second" && call.text(value) !== undefined ? Number(call.text(value)) : call.integer(value);
    const unit = intervalUnit(word)!;
    if (seconds !== undefined) all.push(...steps(times(unit, seconds)));
    else all.push(...(multiplied(unit, value, call) ?? []));
  }
  return all;
}

const times = (unit: Interval, factor: number): Interval => ({
  months: unit.months * factor,
  days: unit.days * factor,
  microseconds: Math.round(unit.microseconds * factor),
});

/** The largest unit that an amount has a whole number of. */
const LARGER: Readonly<Record<keyof Interval, readonly (readonly [number, string])[]>> = {
  months: [
    [12, "YEAR"],
    [1, "MONTH"],
  ],
  days: [[1, "DAY"]],
  microseconds: [
    [3600e6, "HOUR"],
    [60e6, "MINUTE"],
    [1e6, "SECOND"],
    [1, "MICROSECOND"],
  ],
};

/** No value, and no operand that parentheses may be put around. */
const interval = infix("unary");

/** TiDB's INTERVAL of a step, and whether it is taken away. */
function written({ unit, amount, times: factor, fraction }: Step): { readonly interval: Tidb; readonly minus: boolean } {
  const size = Math.abs(amount);
  const [per, word] = LARGER[unit].find(([each]) => size % each === 0)!;
  const count = size / per;
  const minus = amount < 0;
  if (factor === undefined) return { minus, interval: interval`INTERVAL ${raw(String(count))} ${raw(word)}` };
  // Of a fraction of a day or an hour TiDB takes the nearest whole one.
  if (fraction) {
    const seconds = unit === "days" ? size * 86_400 : size / 1e6;
    return { minus, interval: interval`INTERVAL ${infix("multiplicative")`${factor} * ${raw(String(seconds))}`} SECOND` };
  }
  const number = count === 1 ? tidb`${factor}` : infix("multiplicative")`${factor} * ${raw(String(count))}`;
  return { minus, interval: interval`INTERVAL ${number} ${raw(word)}` };
}

/** A time and an interval: months first, then days, then the time of the day, as PostgreSQL adds them (timestamp_pl_interval). */
function moved(time: Value | Tidb, interval: Value, minus: boolean, call: Call): Tidb | undefined {
  const read: Value[] = [];
  const found = stepsOf(interval, call, read);
  const told = found && summed(found);
  if (!told) {
    if (isStored(interval, call)) return movedByStored(time, interval, minus, call);
    const micros = microsecondsOf(interval, call);
    if (!micros) return movedByTerms(time, interval, minus, call);
    return minus ? tidb`DATE_SUB(${time}, INTERVAL ${micros} MICROSECOND)` : tidb`DATE_ADD(${time}, INTERVAL ${micros} MICROSECOND)`;
  }
  for (const node of read) if (isNode(node)) call.open(node);
  let sum = tidb`${time}`;
  for (const step of told) {
    const part = written(step);
    const sign = part.minus !== minus;
    if (step.times === undefined) sum = infix("additive")`${sum} ${raw(sign ? "-" : "+")} ${part.interval}`;
    else sum = sign ? tidb`DATE_SUB(${sum}, ${part.interval})` : tidb`DATE_ADD(${sum}, ${part.interval})`;
  }
  return sum;
}

/** Steps in PostgreSQL's order; undefined where several numbers of months would be rounded to the month's end one by one. */
function summed(all: readonly Step[]): readonly Step[] | undefined {
  const fixed = all.filter((step) => step.times === undefined);
  const whole = fixed.reduce<Interval>((sum, { unit, amount }) => addIntervals(sum, { ...ZERO, [unit]: amount }), ZERO);
  const sorted = [...steps(whole), ...all.filter((step) => step.times !== undefined)].sort(
    (a, b) => UNITS.indexOf(a.unit) - UNITS.indexOf(b.unit),
  );
  return sorted.filter(({ unit }) => unit === "months").length > 1 ? undefined : sorted;
}

const ZERO: Interval = { months: 0, days: 0, microseconds: 0 };
const DAY = 86_400e6;

/** Microseconds as PostgreSQL compares intervals, a month being 30 days; undefined for what has none in TiDB, a stored interval say. */
function microsecondsOf(node: Value, call: Call): Tidb | undefined {
  const known = constant(node, call);
  if (known) return tidb`${raw(String((known.months * 30 + known.days) * DAY + known.microseconds))}`;
  if (isStored(node, call)) {
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
function lengthOf(node: Value, call: Call): Tidb | undefined {
  const micros = microsecondsOf(node, call);
  if (micros) return micros;
  const terms = termsOf(node, call);
  if (!terms) return undefined;
  const { months, days, microseconds } = terms;
  const wholeDays = months ? tidb`((${months}) * 30 + ${days ?? tidb`0`}) * 86400000000` : tidb`(${days ?? tidb`0`}) * 86400000000`;
  return where(terms.given, infix("additive")`${wholeDays} + ${microseconds ?? tidb`0`}`);
}

/** Whether it is the difference of two times, whose days are whole days and whose time is less than one. */
function isDifference(node: Value, call: Call): boolean {
  const { variant, name, lexpr, rexpr } = as("A_Expr", node) ?? {};
  return (
    variant === "AEXPR_OP" &&
    name?.at(-1) === "-" &&
    [lexpr, rexpr].every((side) => side !== undefined && /^timestamp/.test(call.type(side).name))
  );
}

const comparison = (sign: string): Row => ({
  calls: [`${sign}(interval, interval)`],
  tidb: (([a, b], call) => {
    const [left, right] = [lengthOf(a, call), lengthOf(b, call)];
    if (!left || !right) return call.refuse("an interval that is neither a constant nor a difference of two times");
    return infix("comparison")`${left} ${raw(sign)} ${right}`;
  }) satisfies Write,
  why: "TiDB has no intervals: lengths are compared in microseconds, a month being 30 days, as PostgreSQL compares them.",
  messages: { spelt: SPELT },
  proofs: [
    ...proofs(
      `age(ts, tsb) ${sign} '1 mon'`,
      `(ts - tsb) / 2 ${sign} '1 day'`,
      `ts - tsb ${sign} '1 day'`,
      `tz - now() ${sign} -interval '1 month'`,
      `(ts - tsb) * 2 ${sign} interval '12 hours' + '1 day'`,
    ),
    { pg: `iv ${sign} '36:00'`, findings: ["spelt"] },
    { pg: `iv ${sign} iv * 2`, findings: ["spelt"] },
  ],
});

const WHOLE = warning("the number of an interval that is put together as text is taken as a whole number", {
  help: "write make_interval(days => $1) or $1 * interval '1 day', and pass a number",
});

const added = (sign: "+" | "-"): Row => ({
  calls: [`${sign}(${TIMES}|date, interval)`, ...(sign === "+" ? [`+(interval, ${TIMES}|date)`] : [])],
  tidb: ((args, call) => {
    const [time, interval] = call.type(args[0]).name === "interval" ? [args[1], args[0]] : [args[0], args[1]];
    return moved(call.type(time).name === "date" ? tidb`CAST(${time} AS DATETIME(6))` : time, interval, sign === "-", call);
  }) satisfies Write,
  why: "An interval is part of the addition in TiDB, and no value: it must be a constant, or a number times one.",
  messages: { whole: WHOLE, spelt: SPELT },
  proofs: [
    { pg: `ts ${sign} iv`, findings: ["spelt"] },
    { pg: `d ${sign} iv`, findings: ["spelt"] },
    ...proofs(
      ...[
        "interval 'P1DT2H'",
        "interval '1-2'",
        "interval '1 day'",
        "interval '1 month'",
        "interval '1 year 2 months 3 days 04:05:06.7'",
        "interval '1.5 days'",
        "interval '-1 day 2 hours'",
        "interval '2 weeks ago'",
        "interval '90 min'",
        "interval '0.5 seconds'",
        "interval '1:30'",
        "interval '5' minute",
        "interval '3' month",
        "i2 * interval '1 day'",
        "interval '3 hours' * i2",
        "i2 * interval '1 month'",
        "i2 * interval '-1 week 2 hours'",
        "n * interval '1 hour'",
        "f8b * interval '1 day'",
        "make_interval(days => 3)",
        "make_interval(0, i2, 0, 2, 0, 0, 1.5)",
        "make_interval(months => 1, hours => i2)",
        "(interval '1 month' + interval '1 day')",
        "(interval '1 day' - i2 * interval '1 hour')",
        "(i2 || ' days')::interval",
        "(i2::text || ' hour')::interval",
      ].map((interval) => `ts ${sign} ${interval}`),
      `tz ${sign} interval '1 day 1 hour'`,
      `d ${sign} interval '1 month'`,
      `d ${sign} i2 * interval '1 day'`,
      `(ts ${sign} interval '1 day') ${sign} interval '2 hours'`,
      `ts ${sign} (tsb - tz)`,
      `ts ${sign} ti::interval`,
      `ts ${sign} age(tsb, '2024-01-15')`,
      ...(sign === "+" ? ["interval '1 day' + d", "i2 * interval '1 day' + ts"] : ["ts - (ts - tsb) * 2"]),
    ),
    { pg: `ts ${sign} (ti4 || ' days')::interval`, findings: ["whole"] },
  ],
});

/** PostgreSQL's text of the time between two times (timestamp_mi, EncodeInterval): `-1 days -02:03:04.5`. */
function differenceText(later: Value, earlier: Value): Tidb {
  const difference = tidb`TIMESTAMPDIFF(MICROSECOND, ${earlier}, ${later})`;
  const days = tidb`TIMESTAMPDIFF(DAY, ${earlier}, ${later})`;
  const rest = infix("multiplicative")`${difference} % ${raw(String(DAY))}`;
  const clock = tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(SEC_TO_TIME(${infix("multiplicative")`(${rest}) / 1000000`}) AS TIME(6)) AS CHAR)))`;
  const time = tidb`CASE WHEN ${days} = 0 OR ${rest} <> 0 THEN ${clock} END`;
  return tidb`CASE WHEN ${days} IS NOT NULL THEN CONCAT_WS(' ', CASE ${days} WHEN 0 THEN NULL WHEN 1 THEN '1 day' ELSE CONCAT(${days}, ' days') END, ${time}) END`;
}

const decimal = (value: Tidb, type: string): Tidb => tidb`CAST(${value} AS decimal(${raw(type)}))`;
const asResult = (value: Tidb, call: Call): Tidb => (call.signature.result === "float8" ? tidb`CAST(${value} AS DOUBLE)` : value);

/** Fields of the difference of two times. */
const OF_A_DIFFERENCE: Readonly<Record<string, (micros: Tidb) => Tidb>> = {
  epoch: (u) => decimal(infix("multiplicative")`${u} / 1000000`, "20,6"),
  day: (u) => infix("multiplicative")`${u} DIV 86400000000`,
  hour: (u) => infix("multiplicative")`${u} DIV 3600000000 % 24`,
  minute: (u) => infix("multiplicative")`${u} DIV 60000000 % 60`,
  second: (u) => decimal(infix("multiplicative")`${u} % 60000000 / 1000000`, "8,6"),
};

const SPELT = warning("a stored interval is a text: it is read as PostgreSQL writes it, 1 year 2 mons -3 days 04:05:06", {
  help: "nothing to do where the application stores what PostgreSQL printed; other spellings count as nothing",
});

/** An interval of a column: PostgreSQL's text of it. */
const isStored = (node: Value, call: Call): boolean => as("ColumnRef", node) !== undefined && call.type(node).name === "interval";

/** A time and an interval that is computed. */
function movedByTerms(time: Value | Tidb, interval: Value, minus: boolean, call: Call): Tidb | undefined {
  if (as("ParamRef", (as("TypeCast", interval)?.arg ?? interval) as Value))
    return call.refuse("an interval as a parameter (pass a number: $1 * interval '1 second')");
  const terms = termsOf(interval, call);
  if (!terms) return call.refuse("an interval that is neither a constant nor a multiple of one");
  const name = raw(minus ? "DATE_SUB" : "DATE_ADD");
  const { months, days, microseconds } = terms;
  let moved = tidb`${time}`;
  if (months) moved = tidb`${name}(${moved}, INTERVAL (${months}) MONTH)`;
  if (days) moved = tidb`${name}(${moved}, INTERVAL (${days}) DAY)`;
  if (microseconds) moved = tidb`${name}(${moved}, INTERVAL (${microseconds}) MICROSECOND)`;
  return where(terms.given, moved);
}

/** A time and a stored interval. */
function movedByStored(time: Value | Tidb, interval: Value, minus: boolean, call: Call): Tidb {
  call.say("spelt");
  const { months, days, microseconds } = intervalParts(interval);
  const name = raw(minus ? "DATE_SUB" : "DATE_ADD");
  const by = (start: Value | Tidb, amount: Tidb, unit: string) => tidb`${name}(${start}, INTERVAL (${amount}) ${raw(unit)})`;
  return tidb`CASE WHEN ${interval} IS NOT NULL THEN ${by(by(by(time, months, "MONTH"), days, "DAY"), microseconds, "MICROSECOND")} END`;
}

/** Fields of a stored interval (timestamp.c, interval_part_common). */
const OF_A_STORED: Readonly<Record<string, (parts: Parts) => Tidb>> = {
  year: ({ months }) => tidb`(${months}) DIV 12`,
  month: ({ months }) => tidb`(${months}) % 12`,
  day: ({ days }) => days,
  hour: ({ microseconds }) => tidb`(${microseconds}) DIV 3600000000`,
  minute: ({ microseconds }) => tidb`(${microseconds}) DIV 60000000 % 60`,
  second: ({ microseconds }) => decimal(tidb`(${microseconds}) % 60000000 / 1000000`, "8,6"),
  epoch: ({ months, days, microseconds }) =>
    decimal(tidb`(${months}) DIV 12 * 31557600 + (${months}) % 12 * 2592000 + ${days} * 86400 + (${microseconds}) / 1000000`, "20,6"),
};

/** Microseconds of a time of the day. */
const ofDay = (time: Value | Tidb): Tidb => tidb`(TIME_TO_SEC(${time}) * 1000000 + MICROSECOND(${time}))`;

/** What lies between two times as age() tells it (timestamp.c, timestamp_age): whole months, then days, then the time of the day. */
function ageParts(later: Value | Tidb, earlier: Value | Tidb): Parts {
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

/** PostgreSQL's text of an interval that is computed, all of whose parts have the same sign. */
function textOf({ months, days, microseconds }: Parts): Tidb {
  const counted = (amount: Tidb, word: string) =>
    tidb`CASE ${amount} WHEN 0 THEN NULL WHEN 1 THEN ${raw(string(`1 ${word}`))} ELSE CONCAT(${amount}, ${raw(string(` ${word}s`))}) END`;
  const clock = tidb`CASE WHEN ${microseconds} <> 0 THEN ${clockText(microseconds)} END`;
  const parts = tidb`CONCAT_WS(' ', ${counted(tidb`((${months}) DIV 12)`, "year")}, ${counted(tidb`((${months}) % 12)`, "mon")}, ${counted(tidb`(${days})`, "day")}, ${clock})`;
  return tidb`CASE WHEN ${months} IS NOT NULL THEN COALESCE(NULLIF(${parts}, ''), '00:00:00') END`;
}

const clockText = (microseconds: Tidb): Tidb =>
  tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(SEC_TO_TIME((${microseconds}) / 1000000) AS TIME(6)) AS CHAR)))`;

/** Parts of an interval that is computed; absent: always zero. */
interface Terms {
  readonly months?: Tidb;
  readonly days?: Tidb;
  readonly microseconds?: Tidb;
  /** Conditions without which it is NULL. */
  readonly given: readonly Tidb[];
}

const TERMS = ["months", "days", "microseconds"] as const;
const given = (value: Value | Tidb): Tidb => infix("comparison")`${value} IS NOT NULL`;
const all = ([first, ...rest]: readonly Tidb[]): Tidb | undefined =>
  first && rest.reduce((sum, each) => infix("and")`${sum} AND ${each}`, first);
/** A value that is NULL unless all conditions hold. */
const where = (conditions: readonly Tidb[], value: Tidb): Tidb => {
  const condition = all(conditions);
  return condition ? tidb`CASE WHEN ${condition} THEN ${value} END` : value;
};

/** Terms of which each is made from that of others. */
function each(conditions: readonly Tidb[], make: (term: (typeof TERMS)[number]) => Tidb | undefined): Terms {
  const made = TERMS.flatMap((term) => {
    const value = make(term);
    return value ? [[term, value] as const] : [];
  });
  return { ...Object.fromEntries(made), given: conditions };
}

/** The difference of two times: whole days, and a time of less than one (timestamp.c, timestamp_mi). */
function differenceTerms(later: Value, earlier: Value): Terms {
  const micros = tidb`TIMESTAMPDIFF(MICROSECOND, ${earlier}, ${later})`;
  return ofMicroseconds(micros);
}

const ofMicroseconds = (micros: Tidb): Terms => ({
  days: infix("multiplicative")`${micros} DIV 86400000000`,
  microseconds: infix("multiplicative")`${micros} % 86400000000`,
  given: [given(micros)],
});

/** What an interval comes to in months, days and microseconds; undefined where it cannot be told. */
function termsOf(node: Value, call: Call): Terms | undefined {
  const known = constant(node, call);
  if (known) return each([], (term) => (known[term] === 0 ? undefined : tidb`${raw(String(known[term]))}`));
  if (isStored(node, call)) {
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
  const sign = name?.at(-1);
  if (lexpr === undefined) return sign === "-" ? scaled(termsOf(rexpr, call), (term) => infix("unary")`-(${term})`) : undefined;
  const [left, right] = [call.type(lexpr).name, call.type(rexpr).name];
  if (sign === "-" && left.startsWith("timestamp") && right.startsWith("timestamp")) return differenceTerms(lexpr, rexpr);
  if ((sign === "+" || sign === "-") && left === "interval" && right === "interval") return added2(lexpr, rexpr, sign, call);
  if (sign === "*") return left === "interval" ? multipliedTerms(lexpr, rexpr, call) : multipliedTerms(rexpr, lexpr, call);
  return sign === "/" ? dividedTerms(lexpr, rexpr, call) : undefined;
}

const scaled = (terms: Terms | undefined, change: (term: Tidb) => Tidb): Terms | undefined =>
  terms && each(terms.given, (term) => terms[term] && change(terms[term]));

function added2(left: Value, right: Value, sign: string, call: Call): Terms | undefined {
  const [a, b] = [termsOf(left, call), termsOf(right, call)];
  if (!a || !b) return undefined;
  return each([...a.given, ...b.given], (term) => {
    const [one, other] = [a[term], b[term]];
    if (one && other) return infix("additive")`${one} ${raw(sign)} (${other})`;
    return one ?? (other && sign === "-" ? infix("unary")`-(${other})` : other);
  });
}

function multipliedTerms(interval: Value, factor: Value, call: Call): Terms | undefined {
  const terms = termsOf(interval, call);
  if (!terms) return undefined;
  const conditions = call.nullable(factor) ? [...terms.given, given(factor)] : terms.given;
  if (INTEGER.test(call.own(factor).name))
    return each(conditions, (term) => terms[term] && infix("multiplicative")`(${terms[term]}) * ${factor}`);
  if (terms.months) return undefined;
  const by = (term: Tidb) => infix("multiplicative")`(${term}) * ${factor}`;
  return carriedDown(terms, conditions, by);
}

/** Terms of days and less, of which the fractions of days become microseconds (timestamp.c, interval_mul). */
function carriedDown({ days, microseconds }: Terms, conditions: readonly Tidb[], by: (term: Tidb) => Tidb): Terms {
  const rest = days && infix("multiplicative")`(${by(days)} - TRUNCATE(${by(days)}, 0)) * 86400000000`;
  const time = microseconds && by(microseconds);
  const sum = rest && time ? infix("additive")`${rest} + ${time}` : (rest ?? time);
  return { ...(days && { days: tidb`TRUNCATE(${by(days)}, 0)` }), ...(sum && { microseconds: tidb`ROUND(${sum})` }), given: conditions };
}

function dividedTerms(interval: Value, divisor: Value, call: Call): Terms | undefined {
  const terms = termsOf(interval, call);
  if (!terms || terms.months) return undefined;
  const conditions = call.nullable(divisor) ? [...terms.given, given(divisor)] : terms.given;
  return INTEGER.test(call.own(divisor).name)
    ? sharedOut(terms, conditions, tidb`${divisor}`)
    : carriedDown(terms, conditions, (term) => infix("multiplicative")`(${term}) / CAST(${divisor} AS DOUBLE)`);
}

/** Days and less divided by a whole number: what is left of the days becomes microseconds. */
function sharedOut({ days, microseconds }: Terms, conditions: readonly Tidb[], by: Tidb): Terms {
  const exact = (value: Tidb) => tidb`CAST(${value} AS DECIMAL(65,24)) / ${by}`;
  const rest = days && tidb`ROUND(${exact(infix("multiplicative")`(${days}) % ${by} * 86400000000`)})`;
  const time = microseconds && exact(microseconds);
  const sum = rest && time ? infix("additive")`${rest} + ${time}` : (rest ?? time);
  return {
    ...(days && { days: infix("multiplicative")`(${days}) DIV ${by}` }),
    ...(sum && { microseconds: tidb`ROUND(${sum})` }),
    given: conditions,
  };
}

const PLAIN_CALL = ["agg_distinct", "agg_filter", "agg_order", "over", "func_variadic"] as const;

function termsOfCall(made: FuncCall, call: Call): Terms | undefined {
  const name = String(made.funcname?.at(-1));
  const args = made.args ?? [];
  const [first, second] = args;
  if (first === undefined || PLAIN_CALL.some((field) => made[field])) return undefined;
  if (name === "age" && args.every((arg) => /^timestamp/.test(call.type(arg).name))) {
    call.open(made);
    const [later, earlier] = second === undefined ? [TODAY, first] : [first, second];
    return { ...ageParts(later, earlier), given: [given(first), ...(second === undefined ? [] : [given(second)])] };
  }
  if (!/^(?:sum|avg|min|max)$/.test(name) || call.type(first).name !== "interval") return undefined;
  call.open(made);
  return aggregated(name, first, call, (fn, value) => tidb`${raw(fn)}(${value})`);
}

/** The sum or mean of intervals, or the longest or shortest of differences. */
function aggregated(name: string, arg: Value, call: Call, fold: (fn: string, value: Tidb) => Tidb): Terms | undefined {
  if (name === "min" || name === "max") {
    const micros = isDifference(arg, call) ? microsecondsOf(arg, call) : undefined;
    return micros && ofMicroseconds(fold(name.toUpperCase(), micros));
  }
  const terms = termsOf(arg, call);
  if (!terms) return undefined;
  const count = fold("COUNT", where(terms.given, tidb`1`));
  const sums = each([infix("comparison")`${count} > 0`], (term) => terms[term] && fold("SUM", where(terms.given, terms[term])));
  if (name === "sum") return sums;
  return terms.months ? undefined : sharedOut(sums, sums.given, count);
}

/** PostgreSQL's text of an interval (datetime.c, EncodeInterval): a part after a negative one has its sign. */
function textOfTerms({ months, days, microseconds, given: conditions }: Terms): Tidb {
  const counted = (amount: Tidb, word: string, plus?: Tidb) => {
    const number = plus ? tidb`CONCAT(CASE WHEN ${plus} AND ${amount} > 0 THEN '+' ELSE '' END, ${amount})` : amount;
    return tidb`CASE ${amount} WHEN 0 THEN NULL ELSE CONCAT(${number}, CASE ${amount} WHEN 1 THEN ${raw(string(` ${word}`))} ELSE ${raw(string(` ${word}s`))} END) END`;
  };
  const isNegative = (amount: Tidb) => infix("comparison")`${amount} < 0`;
  const items: Tidb[] = [];
  if (months) items.push(counted(tidb`((${months}) DIV 12)`, "year"), counted(tidb`((${months}) % 12)`, "mon"));
  if (days) items.push(counted(tidb`(${days})`, "day", months && isNegative(tidb`(${months})`)));
  if (microseconds) {
    const time = tidb`(${microseconds})`;
    const before =
      days && months
        ? tidb`${isNegative(tidb`(${days})`)} OR ((${days}) = 0 AND ${isNegative(tidb`(${months})`)})`
        : (days ?? months) && isNegative(tidb`(${(days ?? months)!})`);
    const sign = before
      ? tidb`CASE WHEN ${isNegative(time)} THEN '-' WHEN ${before} THEN '+' ELSE '' END`
      : tidb`CASE WHEN ${isNegative(time)} THEN '-' ELSE '' END`;
    const hours = infix("multiplicative")`ABS(${time}) DIV 3600000000`;
    const rest = tidb`TIME_FORMAT(SEC_TO_TIME(${infix("multiplicative")`ABS(${time}) % 3600000000 / 1000000`}), ':%i:%s.%f')`;
    const clock = tidb`CONCAT(${sign}, LPAD(${hours}, GREATEST(2, CHAR_LENGTH(${hours})), '0'), TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${rest})))`;
    items.push(tidb`CASE WHEN ${time} <> 0 THEN ${clock} END`);
  }
  const [first, ...others] = items;
  if (!first) return where(conditions, tidb`'00:00:00'`);
  const list = { kind: "Tidb", texts: ["CONCAT_WS(' ', ", ...others.map(() => ", "), ")"], holes: items } as const;
  return where(conditions, tidb`COALESCE(NULLIF(${list}, ''), '00:00:00')`);
}

const AS_TEXT = warning(
  "the interval is a text here, as PostgreSQL writes it: it is no length that can be added or sorted in the application",
  {
    help: "EXTRACT(EPOCH FROM x) gives seconds",
  },
);

const MICROS: Readonly<Record<string, (u: Tidb) => Tidb>> = {
  HH24: (u) => tidb`(${u}) DIV 3600000000`,
  HH12: (u) => tidb`COALESCE(NULLIF((${u}) DIV 3600000000 % 12, 0), 12)`,
  HH: (u) => tidb`COALESCE(NULLIF((${u}) DIV 3600000000 % 12, 0), 12)`,
  MI: (u) => tidb`(${u}) DIV 60000000 % 60`,
  SS: (u) => tidb`(${u}) DIV 1000000 % 60`,
  MS: (u) => tidb`(${u}) DIV 1000 % 1000`,
  US: (u) => tidb`(${u}) % 1000000`,
  SSSS: (u) => tidb`(${u}) DIV 1000000`,
};

/** Patterns of to_char() for intervals, and texts between them. */
const PATTERN = /(FM)?(HH24|HH12|HH|MI|SSSS|SS|MS|US|AM|PM|YYYY|MM|DD)|"([^"\\]*)"|([^A-Za-z"\\]+)/iy;

/** The texts that to_char() puts together (formatting.c, DCH_to_char, where hours go beyond 24); undefined for other patterns. */
function shown(format: string, { months, days, microseconds }: Partial<Parts>): readonly Tidb[] | undefined {
  const found: Tidb[] = [];
  const zero = tidb`0`;
  for (PATTERN.lastIndex = 0; PATTERN.lastIndex < format.length; ) {
    const [, fm, word, quoted, plain] = PATTERN.exec(format) ?? [];
    const name = word?.toUpperCase();
    if (quoted !== undefined || plain !== undefined) found.push(tidb`${raw(string((quoted ?? plain)!))}`);
    else if (name === "AM" || name === "PM") {
      const [am, pm] = word === name ? ["AM", "PM"] : ["am", "pm"];
      found.push(tidb`CASE WHEN (${microseconds ?? zero}) DIV 3600000000 % 24 >= 12 THEN ${raw(string(pm!))} ELSE ${raw(string(am!))} END`);
    } else if (name === undefined) return undefined;
    else if (name === "YYYY") found.push(digits(tidb`(${months ?? zero}) DIV 12`, fm ? 0 : 4));
    else if (name === "MM") found.push(digits(tidb`(${months ?? zero}) % 12`, fm ? 0 : 2));
    else if (name === "DD") found.push(digits(tidb`(${days ?? zero})`, fm ? 0 : 2, true));
    else {
      const amount = MICROS[name]!(microseconds ?? zero);
      if (name === "MS" || name === "US") found.push(digits(amount, name === "MS" ? 3 : 6, true));
      else found.push(digits(amount, fm || name === "SSSS" ? 0 : 2));
    }
  }
  return found;
}

/**
 * A number with at least so many digits.
 * @param signed the sign is one of them
 */
function digits(amount: Tidb, least: number, signed = false): Tidb {
  if (least === 0) return tidb`CAST(${amount} AS CHAR)`;
  const size = tidb`ABS(${amount})`;
  const places = signed ? tidb`CASE WHEN ${amount} < 0 THEN ${raw(String(least - 1))} ELSE ${raw(String(least))} END` : raw(String(least));
  return tidb`CONCAT(CASE WHEN ${amount} < 0 THEN '-' ELSE '' END, LPAD(${size}, GREATEST(${places}, CHAR_LENGTH(${size})), '0'))`;
}

/** The constant that an interval comes to, put together of others; undefined where it cannot be told. */
function comesTo(node: Value, call: Call, read: Value[]): Interval | undefined {
  const made = as("FuncCall", node);
  const [arg] = made?.args ?? [];
  const justified = JUSTIFIED[made?.funcname?.at(-1) ?? ""];
  if (justified && arg !== undefined) {
    const inner = comesTo(arg, call, read);
    read.push(node);
    return inner && justified(inner);
  }
  const found = stepsOf(node, call, read);
  if (!found?.every((step) => step.times === undefined)) return undefined;
  return found.reduce<Interval>((sum, { unit, amount }) => addIntervals(sum, { ...ZERO, [unit]: amount }), ZERO);
}

const carry = (amount: number, size: number): readonly [number, number] => {
  const whole = Math.trunc(amount / size);
  return [whole, amount - whole * size];
};

/** timestamp.c, interval_justify_hours and its like. */
const JUSTIFIED: Readonly<Record<string, (interval: Interval) => Interval>> = {
  justify_hours(interval) {
    const [more, microseconds] = carry(interval.microseconds, DAY);
    const days = interval.days + more;
    if (days > 0 && microseconds < 0) return { ...interval, days: days - 1, microseconds: microseconds + DAY };
    if (days < 0 && microseconds > 0) return { ...interval, days: days + 1, microseconds: microseconds - DAY };
    return { ...interval, days, microseconds };
  },
  justify_interval(interval) {
    const [moreDays, microseconds] = carry(interval.microseconds, DAY);
    const [moreMonths, days] = carry(interval.days + moreDays, 30);
    const whole = { months: interval.months + moreMonths, days, microseconds };
    const rest = days * DAY + microseconds;
    if (whole.months > 0 && rest < 0) return JUSTIFIED.justify_hours!({ ...whole, months: whole.months - 1, days: days + 30 });
    if (whole.months < 0 && rest > 0) return JUSTIFIED.justify_hours!({ ...whole, months: whole.months + 1, days: days - 30 });
    return JUSTIFIED.justify_hours!(whole);
  },
  justify_days(interval) {
    const [more, days] = carry(interval.days, 30);
    const months = interval.months + more;
    if (months > 0 && days < 0) return { ...interval, months: months - 1, days: days + 30 };
    if (months < 0 && days > 0) return { ...interval, months: months + 1, days: days - 30 };
    return { ...interval, months, days };
  },
};

/** A computed interval that stands as a value. */
function computed([first, second]: readonly Value[], call: Call): Tidb | undefined {
  const { name } = call.signature;
  let terms: Terms | undefined;
  if (first !== undefined && second === undefined)
    terms = name === "-" ? scaled(termsOf(first, call), (term) => infix("unary")`-(${term})`) : undefined;
  else if (first !== undefined && second !== undefined) {
    if (name === "+" || name === "-") terms = added2(first, second, name, call);
    else if (name === "*")
      terms = call.type(first).name === "interval" ? multipliedTerms(first, second, call) : multipliedTerms(second, first, call);
    else if (name === "/") terms = dividedTerms(first, second, call);
  }
  if (!terms) return call.refuse("an interval that is computed of parts that are not known (add it to a time, or take seconds)");
  call.say("as-text");
  return textOfTerms(terms);
}

const constantInterval: Write = (args, call) => {
  const all = args as readonly Value[];
  const { name } = call.signature;
  const read: Value[] = [];
  const parts = all.map((arg) => (call.type(arg).name === "interval" ? comesTo(arg, call, read) : undefined));
  const [first, second] = parts;
  const factor = all.map((arg) => call.text(arg) ?? call.integer(arg)).map((text) => (text === undefined ? Number.NaN : Number(text)));
  let sum: Interval | undefined;
  if (JUSTIFIED[name]) sum = first && JUSTIFIED[name](first);
  else if (all.length === 1) sum = first && negated(first);
  else if (name === "+" || name === "-") sum = first && second && addIntervals(first, name === "-" ? negated(second) : second);
  else if (name === "*") {
    const [interval, by] = first ? [first, factor[1]!] : [second, factor[0]!];
    sum = interval && Number.isInteger(by) ? times(interval, by) : undefined;
  }
  if (!sum) return computed(all, call);
  for (const node of [...read, ...all]) if (isNode(node)) call.open(node);
  return tidb`${raw(string(intervalText(sum)))}`;
};

/** The start of today. */
const TODAY = tidb`CAST(CURRENT_DATE AS DATETIME(6))`;

export const intervalRules = table(
  "functions/intervals",
  { pg: "functions-datetime", tidb: "date-and-time-functions" },
  {
    add: added("+"),
    subtract: added("-"),
    "time-difference": {
      calls: [`-(${TIMES}, ${TIMES})`],
      tidb: ([a, b], call) => {
        call.say("as-text");
        return differenceText(a, b);
      },
      messages: {
        "as-text": warning(
          "the difference of two times is a text here, as PostgreSQL writes an interval: it is no length that can be added or sorted",
          {
            help: "EXTRACT(EPOCH FROM a - b) gives seconds; comparisons with an interval and sums are converted",
          },
        ),
      },
      proofs: ["ts - tsb", "date_trunc('day', ts) - '2024-02-28'", "tz - '2024-01-01 00:00:00+00'", "d - ts", "ts - d"].map((pg) => ({
        pg,
        findings: ["as-text"],
      })),
    },
    "extract-difference": {
      calls: ["extract(text, interval)", "date_part(text, interval)"],
      tidb: ([arg, interval], call) => {
        const field = (call.text(arg) ?? "").toLowerCase().replace(/s$/, "");
        if (isStored(interval, call)) {
          const part = OF_A_STORED[field];
          if (!part) return call.refuse(`EXTRACT of ${field} from an interval`);
          call.say("spelt");
          return asResult(tidb`CASE WHEN ${interval} IS NOT NULL THEN ${part(intervalParts(interval))} END`, call);
        }
        const aged = as("FuncCall", interval);
        if (aged?.funcname?.at(-1) === "age" && isNode(interval)) {
          const [later, earlier] = aged.args ?? [];
          const unit = { year: ["YEAR", ""], month: ["MONTH", " % 12"], day: ["DAY", ""] }[field];
          const part = OF_A_STORED[field];
          if (later === undefined || !part) return call.refuse(`EXTRACT of ${field} from age()`);
          if (!unit) {
            const terms = termsOf(interval, call);
            return terms && asResult(where(terms.given, part(terms as Terms & Parts)), call);
          }
          call.open(interval);
          const [to, from] = earlier === undefined ? [TODAY, later] : [later, earlier];
          const value =
            field === "day"
              ? ageParts(to, from).days
              : infix("multiplicative")`TIMESTAMPDIFF(${raw(unit[0]!)}, ${from}, ${to})${raw(unit[1]!)}`;
          return asResult(value, call);
        }
        const form = OF_A_DIFFERENCE[field];
        // A constant's month counts as 30 days only where intervals are compared.
        const known = call.text(interval) !== undefined;
        const micros = form && !known && (field === "epoch" || isDifference(interval, call)) ? microsecondsOf(interval, call) : undefined;
        if (micros) return asResult(form!(micros), call);
        const part = OF_A_STORED[field];
        const terms = part && termsOf(interval, call);
        if (!terms) return call.refuse(`EXTRACT of ${field} from an interval that is no difference of two times`);
        const zero = tidb`0`;
        const { months = zero, days = zero, microseconds = zero } = terms;
        return asResult(where(terms.given, part({ months, days, microseconds })), call);
      },
      messages: { spelt: SPELT },
      proofs: [
        ...Object.keys(OF_A_STORED).map((field) => ({ pg: `extract(${field} from iv)`, findings: ["spelt"] })),
        ...proofs(
          ...["year", "month", "day"].flatMap((field) => [
            `extract(${field} from age(ts, tsb))`,
            `date_part('${field}', age(d, '2020-02-29'))`,
          ]),
          "extract(year from age(d))",
          ...Object.keys(OF_A_DIFFERENCE).map((field) => `extract(${field} from ts - tsb)`),
          "date_part('epoch', tz - ts)",
          "extract(epoch from age(ts, tsb))",
          "extract(hour from age(ts, tsb))",
          "extract(epoch from avg(ts - tsb))",
          "extract(day from sum(ts - tsb))",
          "extract(epoch from (ts - tsb) / 4)",
          "extract(epoch from interval '1 day 2 hours')",
          "date_part('day', ts - tsb)",
          "extract(epoch from (ts - tsb) * 2) / 3600",
          "round(extract(epoch from ts - tsb) / 60)",
          "avg(extract(epoch from ts - tsb))",
        ),
      ],
    },
    ...comparisons(comparison),
    computed: {
      calls: [
        "+(interval, interval)",
        "-(interval, interval)",
        "-(interval)",
        "*(interval, float8)",
        "*(float8, interval)",
        "/(interval, float8)",
        "justify_hours(interval)",
        "justify_days(interval)",
        "justify_interval(interval)",
      ],
      tidb: constantInterval,
      messages: { "as-text": AS_TEXT, spelt: SPELT },
      proofs: [
        ...["iv + ivb", "ivb - iv", "-iv", "iv * 2", "i2 * ivb", "ivb + interval '1 day'"].map((pg) => ({
          pg,
          findings: pg.match(/ivb?/g)!.length > 1 ? ["spelt", "as-text"] : ["spelt", "as-text"],
        })),
        ...[
          "(ts - tsb) * 2",
          "(ts - tsb) * 1.5",
          "(ts - tsb) / 3",
          "(ts - tsb) / 2.5",
          "(ts - tsb) + interval '1 hour'",
          "-(tz - ts)",
          "interval '1 day' * i2",
          "interval '1 day 1 hour' / 7",
          "age(ts, tsb) + interval '1 day'",
        ].map((pg) => ({ pg, findings: ["as-text"] })),
        ...proofs(
          "interval '1 day' + interval '90 minutes'",
          "interval '1 month' - '1 day'",
          "-interval '1 day 2 hours'",
          "interval '1 day' * 3",
          "2 * interval '1 hour 30 min'",
          "justify_hours(interval '27 hours')",
          "justify_days(interval '35 days')",
          "justify_interval(interval '1 mon -1 hour')",
          "justify_interval(interval '-1 mon 1 hour')",
          "justify_interval(interval '-5 days 1 hour')",
          "justify_interval(interval '1 year 64 days 49:30')",
          "justify_days(justify_hours(interval '-1 mon 800 hours'))",
          "(interval '1 day' + '36:00')::text",
        ),
      ],
    },
    aggregate: {
      calls: ["sum(interval)", "avg(interval)", "min(interval)", "max(interval)"],
      tidb: ([arg], call) => {
        const { name } = call.signature;
        const fold = (fn: string, value: Tidb) =>
          tidb`${raw(fn)}(${call.filter === undefined ? value : tidb`CASE WHEN ${call.filter} THEN ${value} END`})${call.over}`;
        if (call.distinct.raw !== "") return call.refuse("an aggregate over DISTINCT intervals");
        call.say("as-text");
        if (isStored(arg, call) && /^m/.test(name)) {
          call.say("spelt");
          // Longest and shortest by their length, which stands before the text.
          const keyed = tidb`CONCAT(LPAD(${intervalLength(arg)} + 4000000000000000000, 19, '0'), ${arg})`;
          return tidb`SUBSTRING(${fold(name.toUpperCase(), keyed)}, 20)`;
        }
        const terms = aggregated(name, arg, call, fold);
        return terms ? textOfTerms(terms) : call.refuse(`${name}() of such intervals (take it of seconds: EXTRACT(EPOCH FROM x))`);
      },
      messages: { "as-text": AS_TEXT, spelt: SPELT },
      proofs: [
        ...["sum(ts - tsb)", "avg(ts - tsb)", "max(ts - tsb)", "min(tsb - ts)", "avg(tz - ts) FILTER (WHERE b)", "sum((ts - tsb) * 2)"].map(
          (pg) => ({ pg, findings: ["as-text"] }),
        ),
        ...["sum(iv)", "max(iv)", "min(ivb)"].map((pg) => ({ pg, findings: ["as-text", "spelt"] })),
      ],
    },
    made: {
      // Seconds come last, and by their name behind any of the others.
      calls: [1, 2, 3, 4, 5, 6, 7].map(
        (n) => `make_interval(${Array.from({ length: n }, (_, i) => (i < n - 1 ? "int4" : "float8|int4")).join(", ")})`,
      ),
      tidb: (args, call) => {
        const read: Value[] = [];
        const found = makeSteps((args as readonly Value[]).slice(), call, read);
        if (!found?.every((step) => step.times === undefined))
          return call.refuse("make_interval() as a value, of numbers that are no literals");
        const sum = found.reduce<Interval>((all, { unit, amount }) => addIntervals(all, { ...ZERO, [unit]: amount }), ZERO);
        for (const node of [...read, ...(args as readonly Value[])]) if (isNode(node)) call.open(node);
        return tidb`${raw(string(intervalText(sum)))}`;
      },
      proofs: proofs(
        "make_interval(days => 10)",
        "make_interval(1, 2, 3, 4, 5, 6, 7.5)",
        "make_interval(hours => 36, mins => -1)",
        "make_interval(secs => 90.5)",
        "make_interval(mins => 1, secs => 2.25)",
      ),
    },
    "to-text": {
      calls: ["interval::text|varchar"],
      tidb: ([interval]) => tidb`${interval}`,
      why: "An interval is PostgreSQL's text of it in TiDB.",
      proofs: proofs(
        "iv::text",
        "interval '90 minutes'",
        "interval '1 year 14 months'",
        "interval 'P1DT2H'",
        "interval '5' minute",
        "'in ' || iv",
        "iv",
        "to_jsonb(iv)",
      ),
    },
    "to-char": {
      calls: ["to_char(interval, text)"],
      tidb: ([interval, format], call) => {
        const text = call.text(format);
        const terms =
          call.own(interval).name === "time" ? { microseconds: ofDay(interval), given: [given(interval)] } : termsOf(interval, call);
        const found = text && terms && shown(text, terms);
        if (!found) return call.refuse("to_char() of such an interval, or with other patterns than YYYY, MM, DD and those of a time");
        return where(terms.given, invoke("CONCAT", found));
      },
      why: "An interval has no time of a clock: its hours go beyond 24. PostgreSQL takes a time of day for an interval here.",
      messages: { spelt: SPELT },
      proofs: [
        ...proofs(
          "to_char(ti, 'HH24:MI:SS')",
          "to_char(ti, 'HH12:MI AM')",
          "to_char(ti, 'FMHH24:MI:SS.MS')",
          "to_char(ti, 'hh24:mi:ss.us am')",
          "to_char(ti::interval, 'SSSS')",
          "to_char(interval '15h 2m 12s', 'HH24:MI:SS')",
          "to_char(interval '100 hours', 'HH24:MI HH12 pm')",
          "to_char(interval '-1 day -02:03:04.005006', 'DD HH24:MI:SS.MS US')",
          "to_char(interval '-14 months', 'YYYY-MM FMYYYY')",
          `to_char(interval '1 year 2 mons 3 days 04:05:06.7', 'YYYY"y" MM"m" DD"d" FMHH24"h"')`,
          "to_char(ts - tsb, 'DD HH24:MI:SS')",
          "to_char((tsb - ts) * 3, 'FMDD HH24:MI:SS.US')",
          "to_char(age(ts, tsb), 'YYYY MM DD')",
          "to_char(sum(ts - tsb), 'HH24:MI')",
        ),
        { pg: "to_char(iv, 'YYYY-MM-DD HH24:MI:SS.MS')", findings: ["spelt"] },
      ],
    },
    truncated: {
      calls: ["date_trunc(text, interval)"],
      tidb: ([arg, interval], call) => {
        const field = (call.text(arg) ?? "").toLowerCase().replace(/s$/, "");
        const { months = 0, days = 0, microseconds = 0 } = intervalUnit(field) ?? {};
        const terms = /^(?:year|month|day|hour|minute|second|millisecond|microsecond)$/.test(field) ? termsOf(interval, call) : undefined;
        if (!terms) return call.refuse("date_trunc() of such an interval, or to such a unit");
        call.say("as-text");
        const cut = (term: Tidb | undefined, size: number) => term && infix("additive")`(${term}) - (${term}) % ${raw(String(size))}`;
        const kept = {
          months: months > 1 ? cut(terms.months, months) : terms.months,
          days: months > 0 ? undefined : terms.days,
          microseconds: months + days > 0 ? undefined : cut(terms.microseconds, microseconds),
        };
        return textOfTerms(each(terms.given, (term) => kept[term]));
      },
      messages: { "as-text": AS_TEXT, spelt: SPELT },
      proofs: [
        ...["year", "month", "day", "hour", "minutes", "second", "milliseconds"].map((field) => ({
          pg: `date_trunc('${field}', iv)`,
          findings: ["spelt", "as-text"],
        })),
        { pg: "date_trunc('hour', ts - tsb)", findings: ["as-text"] },
        { pg: "date_trunc('minute', interval '-1 year -26:03:04.5')", findings: ["as-text"] },
      ],
    },
    "from-time": {
      calls: ["time::interval"],
      tidb: ([time], call) => call.other("::", ["time", "text"], [time]),
      proofs: proofs("ti::interval"),
    },
    age: {
      calls: ["age(timestamp|timestamptz)", "age(timestamp|timestamptz, timestamp|timestamptz)"],
      tidb: ([later, earlier], call) => {
        call.say("as-text");
        return textOf(earlier === undefined ? ageParts(TODAY, later) : ageParts(later, earlier));
      },
      messages: {
        "as-text": warning("the age is a text here, as PostgreSQL writes an interval: it is no length that can be added or sorted", {
          help: "EXTRACT(YEAR FROM age(a, b)) gives whole years",
        }),
      },
      proofs: ["age(ts, tsb)", "age(tsb, ts)", "age(tz, '2020-01-31')", "age(d, db)", "age(ts)", "age(d)"].map((pg) => ({
        pg,
        findings: ["as-text"],
      })),
    },
    "time-plus": {
      calls: ["+(time, interval)", "+(interval, time)", "-(time, interval)"],
      tidb: ([a, b], call) => {
        const [time, interval] = call.type(a).name === "interval" ? [b, a] : [a, b];
        const read: Value[] = [];
        const known = comesTo(interval, call, read);
        if (!known) return call.refuse("a time of the day and an interval that is no constant");
        for (const node of [interval, ...read]) if (isNode(node)) call.open(node);
        const by = (call.signature.name === "-" ? -1 : 1) * known.microseconds;
        const shift = raw(String(((by % DAY) + DAY) % DAY));
        return tidb`CAST(SEC_TO_TIME((${ofDay(time)} + ${shift}) % 86400000000 / 1000000) AS TIME(6))`;
      },
      why: "The time of the day goes round: days and months of the interval do not count.",
      proofs: proofs(
        "ti + interval '1 hour'",
        "ti - interval '25 hours'",
        "interval '1 day 00:00:00.5' + ti",
        "ti - interval '90 minutes'",
      ),
    },
    "time-of-day-difference": {
      calls: ["-(time, time)"],
      tidb: ([a, b], call) => {
        call.say("as-text");
        return clockText(infix("additive")`${ofDay(a)} - ${ofDay(b)}`);
      },
      messages: {
        "as-text": warning("the difference of two times of the day is a text here, as PostgreSQL writes an interval", {
          help: "TIME_TO_SEC(a) - TIME_TO_SEC(b) gives seconds",
        }),
      },
      proofs: ["ti - '12:00'", "ti - ti"].map((pg) => ({ pg, findings: ["as-text"] })),
    },
    "date-add": {
      calls: ["date_add(timestamptz, interval)", "date_subtract(timestamptz, interval)"],
      tidb: ([time, interval], call) => moved(time, interval, call.signature.name === "date_subtract", call),
      messages: { whole: WHOLE, spelt: SPELT },
      proofs: [
        ...proofs("date_add(tz, '1 day'::interval)", "date_subtract(tz, interval '1 month 2 hours')"),
        { pg: "date_add(tz, iv)", findings: ["spelt"] },
        { pg: "date_add(tz, (left('12', 1) || ' hours')::interval)", findings: ["whole"] },
      ],
    },
    bin: {
      calls: [`date_bin(interval, ${TIMES}, ${TIMES})`],
      tidb: ([stride, time, origin], call) => {
        const read: Value[] = [];
        const known = comesTo(stride, call, read);
        const size = known && known.days * DAY + known.microseconds;
        if (known?.months !== 0 || !size || size < 0) return call.refuse("date_bin() by a stride that is no constant, or has months");
        for (const node of [stride, ...read]) if (isNode(node)) call.open(node);
        const gone = tidb`TIMESTAMPDIFF(MICROSECOND, ${origin}, ${time})`;
        const step = raw(String(size));
        return tidb`DATE_SUB(${time}, INTERVAL ((${gone} % ${step} + ${step}) % ${step}) MICROSECOND)`;
      },
      proofs: proofs(
        "date_bin('15 minutes', ts, '2001-01-01')",
        "date_bin('1 day', ts, '2024-02-01 05:00')",
        "date_bin('1 hour 30 minutes', tz, '2001-01-01')",
        "date_bin(interval '7 days', ts, tsb)",
      ),
    },
    finite: {
      calls: [`isfinite(${TIMES}|date|interval)`],
      tidb: ([x]) => tidb`CASE WHEN ${x} IS NOT NULL THEN TRUE END`,
      why: "TiDB has no infinite times.",
      proofs: proofs("isfinite(ts)", "isfinite(d)", "isfinite(iv)"),
    },
  },
);
