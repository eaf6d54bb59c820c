import {
  addIntervals,
  ageParts,
  ageTerms,
  aggregated,
  as,
  type Call,
  clockText,
  comparisons,
  constantInterval,
  cutTerms,
  given,
  type Interval,
  infix,
  instantOf,
  intervalParts,
  intervalText,
  intervalTextOf,
  intervalUnit,
  invoke,
  isDifference,
  isIntervalText,
  isNode,
  justifiedTerms,
  lengthOfInterval,
  lengthOfTerms,
  MAKE_INTERVAL,
  madeTerms,
  microsecondsOf,
  negated,
  ofDay,
  type Parts,
  proofs,
  type Row,
  raw,
  string,
  type Terms,
  type Tidb,
  TODAY,
  table,
  termsOf,
  termsOfOperator,
  tidb,
  type Value,
  type Write,
  warning,
  where,
  zoneOf,
} from "../../src/rule.js";

/** So many months, days or microseconds: a constant times something that is computed. */
interface Step {
  readonly unit: keyof Interval;
  readonly amount: number;
  readonly times?: Value | undefined;
  /** `times` is no integer. */
  readonly fraction?: boolean;
}

const DAY = 86_400e6;
const ZERO: Interval = { months: 0, days: 0, microseconds: 0 };
const UNITS = ["months", "days", "microseconds"] as const;
const INTEGER = /^int[248]$/;
const TIMES = "timestamp|timestamptz";

const steps = (interval: Interval): Step[] => UNITS.flatMap((unit) => (interval[unit] === 0 ? [] : [{ unit, amount: interval[unit] }]));

/** What an interval adds, unit by unit, and the nodes that were read for it; undefined where it cannot be told. */
function stepsOf(node: Value, call: Call, read: Value[]): readonly Step[] | undefined {
  const known = constantInterval(node, call);
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
  const unit = constantInterval(interval, call);
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
    const [, word] = (named ? MAKE_INTERVAL.find(([name]) => name === named.name) : MAKE_INTERVAL[i]) ?? [];
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
    if (isIntervalText(interval, call)) return movedByStored(time, interval, minus, call);
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

const comparison = (sign: string): Row => ({
  calls: [`${sign}(interval, interval)`],
  tidb: (([a, b], call) => {
    const [left, right] = [lengthOfInterval(a, call), lengthOfInterval(b, call)];
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

const ZONES = warning("a time zone that is no literal must be a name of the zone database: others give NULL here, or another time", {
  help: "store names such as Europe/Berlin, no abbreviations or offsets",
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

/** The time of the day that so many microseconds come to, going round. */
const timeOf = (microseconds: Tidb): Tidb =>
  tidb`CAST(SEC_TO_TIME(((${microseconds}) % 86400000000 + 86400000000) % 86400000000 / 1000000) AS TIME(6))`;

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
  millisecond: ({ microseconds }) => decimal(tidb`(${microseconds}) % 60000000 / 1000`, "8,3"),
  microsecond: ({ microseconds }) => tidb`(${microseconds}) % 60000000`,
  week: ({ days }) => tidb`(${days}) DIV 7`,
  quarter: ({ months }) => tidb`(${months}) % 12 DIV 3 + CASE WHEN (${months}) < 0 THEN -1 ELSE 1 END`,
  decade: ({ months }) => tidb`(${months}) DIV 120`,
  century: ({ months }) => tidb`(${months}) DIV 1200`,
  millennium: ({ months }) => tidb`(${months}) DIV 12000`,
  epoch: ({ months, days, microseconds }) =>
    decimal(tidb`(${months}) DIV 12 * 31557600 + (${months}) % 12 * 2592000 + ${days} * 86400 + (${microseconds}) / 1000000`, "20,6"),
};

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
  if (first === undefined) return undefined;
  const terms = JUSTIFIED[name] ? justifiedTerms(name, first, call) : operated(name, first, second, call);
  if (!terms) return call.refuse("an interval that is computed of parts that are not known (add it to a time, or take seconds)");
  call.say("as-text");
  return intervalTextOf(terms);
}

const operated = (sign: string, first: Value, second: Value | undefined, call: Call): Terms | undefined =>
  second === undefined ? termsOfOperator(sign, undefined, first, call) : termsOfOperator(sign, first, second, call);

const folded: Write = (args, call) => {
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
        if (isIntervalText(interval, call)) {
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
      tidb: folded,
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
          "interval '1 mon 2 days' * f8b",
          "interval '1 year 1 day' * nb",
          "interval '100 mons' * 0.29",
          "interval '29 days 23:59:59.999999' / 1.1",
          "interval '-1 year 3 days' / 7",
          "make_interval(months => i2, days => 40, secs => 1.5) / 3",
          "justify_hours(i4b * interval '7 hours -2 days')",
          "justify_days(i4b * interval '17 days -1 mon')",
          "justify_interval((i2 * interval '11 days') - interval '1 mon 30 hours')",
          "justify_interval(ts - tsb)",
        ].map((pg) => ({ pg, findings: ["as-text"] })),
        ...[
          "iv / 2",
          "iv * 1.5",
          "iv * f8b",
          "ivb / 7",
          "iv / 0.3",
          "justify_days(iv * 5)",
          "justify_hours(ivb * -31)",
          "justify_interval(ivb * 3)",
        ].map((pg) => ({
          pg,
          findings: ["spelt", "as-text"],
        })),
        { pg: "coalesce(iv, ivb) * 2", findings: ["spelt", "as-text"] },
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
        if (/^m/.test(name) && !isDifference(arg, call)) {
          const terms = termsOf(arg, call);
          if (!terms) return call.refuse("the longest or shortest of such intervals");
          // By their length, which stands before the text.
          const text = isIntervalText(arg, call) ? tidb`${arg}` : intervalTextOf(terms);
          const keyed = tidb`CONCAT(LPAD(CAST(${lengthOfTerms(terms)} AS SIGNED) + 4000000000000000000, 19, '0'), ${text})`;
          return tidb`SUBSTRING(${fold(name.toUpperCase(), keyed)}, 20)`;
        }
        const terms = aggregated(name, arg, call, fold);
        return terms ? intervalTextOf(terms) : call.refuse(`${name}() of such intervals (take it of seconds: EXTRACT(EPOCH FROM x))`);
      },
      messages: { "as-text": AS_TEXT, spelt: SPELT },
      proofs: [
        ...["sum(ts - tsb)", "avg(ts - tsb)", "max(ts - tsb)", "min(tsb - ts)", "avg(tz - ts) FILTER (WHERE b)", "sum((ts - tsb) * 2)"].map(
          (pg) => ({ pg, findings: ["as-text"] }),
        ),
        ...["sum(iv)", "avg(ivb)", "avg(iv)", "max(iv)", "min(ivb)", "max(-ivb)"].map((pg) => ({ pg, findings: ["as-text", "spelt"] })),
        { pg: "min(i4b * interval '1 hour')", findings: ["as-text"] },
        { pg: "avg(interval '1 mon' * i4b)", findings: ["as-text"] },
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
        if (!found?.every((step) => step.times === undefined)) {
          const terms = madeTerms(args, call);
          if (!terms) return undefined;
          call.say("as-text");
          return intervalTextOf(terms);
        }
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
      ).concat(
        ["make_interval(days => i4b)", "make_interval(i2, i2, 1, i4b)", "make_interval(hours => i4b, secs => f8b)"].map((pg) => ({
          pg,
          findings: ["as-text"],
        })),
      ),
      messages: { "as-text": AS_TEXT },
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
        const terms = cutTerms(arg, interval, call);
        if (!terms) return call.refuse("date_trunc() of such an interval, or to such a unit");
        call.say("as-text");
        return intervalTextOf(terms);
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
    "to-time": {
      calls: ["interval::time"],
      tidb: ([interval], call) => {
        const terms = termsOf(interval, call);
        if (!terms) return call.refuse("the time of day of such an interval");
        return where(terms.given, timeOf(terms.microseconds ?? tidb`0`));
      },
      messages: { spelt: SPELT },
      proofs: [{ pg: "iv::time", findings: ["spelt"] }, { pg: "ivb::time", findings: ["spelt"] }, ...proofs("(ts - tsb)::time")],
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
        return intervalTextOf(ageTerms(later, earlier));
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
        const terms = termsOf(interval, call);
        if (!terms) return call.refuse("a time of the day and such an interval");
        const { microseconds } = terms;
        if (!microseconds) return where(terms.given, tidb`${time}`);
        return where(
          terms.given,
          timeOf(infix("additive")`${ofDay(time)} ${raw(call.signature.name === "-" ? "-" : "+")} (${microseconds}) % 86400000000`),
        );
      },
      why: "The time of the day goes round: days and months of the interval do not count.",
      proofs: proofs(
        "ti + interval '1 hour'",
        "ti - interval '25 hours'",
        "interval '1 day 00:00:00.5' + ti",
        "ti - interval '90 minutes'",
        "ti + interval '1 month'",
        "ti - (ts - tsb)",
      ).concat({ pg: "ti + ivb", findings: ["spelt"] }, { pg: "ti - iv", findings: ["spelt"] }),
      messages: { spelt: SPELT },
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
    "date-add-zone": {
      calls: ["date_add(timestamptz, interval, text)", "date_subtract(timestamptz, interval, text)"],
      tidb: ([time, interval, zone], call) => {
        const at = zoneOf(zone, call);
        if (!at) return undefined;
        const sum = moved(tidb`CONVERT_TZ(${time}, '+00:00', ${at})`, interval, call.signature.name === "date_subtract", call);
        return sum && instantOf(sum, at, call.text(zone));
      },
      why: "Days and months are those of the zone.",
      messages: { whole: WHOLE, spelt: SPELT, zone: ZONES },
      proofs: [
        { pg: "date_add(tz, interval '1 day', left('Europe/Berlin', 13))", findings: ["zone"] },
        ...proofs(
          "date_add(tz, '1 day'::interval, 'Europe/Warsaw')",
          "date_subtract(tz, interval '1 month 2 hours', 'America/New_York')",
          "date_add('2021-10-31 00:00:00+02'::timestamptz, interval '1 day', 'Europe/Warsaw')",
        ),
        { pg: "date_add(tz, iv, 'Asia/Tokyo')", findings: ["spelt"] },
        { pg: "date_add(tz, (left('12', 1) || ' hours')::interval, 'UTC')", findings: ["whole"] },
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
      tidb: ([x], call) => (/^\s*-?infinity\s*$/i.test(call.text(x) ?? "") ? tidb`FALSE` : tidb`CASE WHEN ${x} IS NOT NULL THEN TRUE END`),
      why: "TiDB has no infinite times.",
      proofs: proofs("isfinite(ts)", "isfinite(d)", "isfinite(iv)", "isfinite(date 'infinity')", "isfinite('-Infinity'::timestamp)"),
    },
  },
);
