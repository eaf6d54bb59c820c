import {
  addIntervals,
  as,
  type Call,
  INTERVAL_FIELDS,
  type Interval,
  infix,
  intervalUnit,
  isNode,
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
    const micros = microsecondsOf(interval, call);
    if (!micros) return call.refuse("an interval that is neither a constant nor a multiple of one");
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
    const [left, right] = [microsecondsOf(a, call), microsecondsOf(b, call)];
    if (!left || !right) return call.refuse("an interval that is neither a constant nor a difference of two times");
    return infix("comparison")`${left} ${raw(sign)} ${right}`;
  }) satisfies Write,
  why: "TiDB has no intervals: lengths are compared in microseconds, a month being 30 days, as PostgreSQL compares them.",
  proofs: proofs(
    `ts - tsb ${sign} '1 day'`,
    `tz - now() ${sign} -interval '1 month'`,
    `(ts - tsb) * 2 ${sign} interval '12 hours' + '1 day'`,
  ),
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
  messages: { whole: WHOLE },
  proofs: [
    ...proofs(
      ...[
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
  const time = tidb`CASE WHEN ${days} <> 0 AND ${rest} = 0 THEN ${raw(string(""))} ELSE ${clock} END`;
  return tidb`CONCAT(CASE ${days} WHEN 0 THEN '' WHEN 1 THEN '1 day ' ELSE CONCAT(${days}, ' days ') END, ${time})`;
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
      proofs: ["ts - tsb", "tz - '2024-01-01 00:00:00+00'", "d - ts", "ts - d"].map((pg) => ({ pg, findings: ["as-text"] })),
    },
    "extract-difference": {
      calls: ["extract(text, interval)", "date_part(text, interval)"],
      tidb: ([arg, interval], call) => {
        const field = (call.text(arg) ?? "").toLowerCase().replace(/s$/, "");
        const form = OF_A_DIFFERENCE[field];
        // A constant's month counts as 30 days only where intervals are compared.
        const known = call.text(interval) !== undefined;
        const micros = form && !known && (field === "epoch" || isDifference(interval, call)) ? microsecondsOf(interval, call) : undefined;
        return micros
          ? asResult(form!(micros), call)
          : call.refuse(`EXTRACT of ${field} from an interval that is no difference of two times`);
      },
      proofs: proofs(
        ...Object.keys(OF_A_DIFFERENCE).map((field) => `extract(${field} from ts - tsb)`),
        "date_part('epoch', tz - ts)",
        "date_part('day', ts - tsb)",
        "extract(epoch from (ts - tsb) * 2) / 3600",
        "round(extract(epoch from ts - tsb) / 60)",
        "avg(extract(epoch from ts - tsb))",
      ),
    },
    equal: comparison("="),
    "not-equal": comparison("<>"),
    less: comparison("<"),
    "less-or-equal": comparison("<="),
    greater: comparison(">"),
    "greater-or-equal": comparison(">="),
  },
);
