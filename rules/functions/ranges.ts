import {
  as,
  type Call,
  infix,
  isNode,
  type Node,
  type Operands,
  proofs,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** Range types and what their bounds are cast to. */
const SUBTYPES: Readonly<Record<string, string>> = {
  int4range: "SIGNED",
  int8range: "SIGNED",
  numrange: "DECIMAL(65,30)",
  daterange: "DATE",
  tsrange: "DATETIME(6)",
  tstzrange: "DATETIME(6)",
};
const NAMES = Object.keys(SUBTYPES);

/** Bounds of a range; one that is NULL has no end there. */
interface Range {
  readonly lower: Tidb;
  readonly upper: Tidb;
  /** Whether the bound itself belongs to it. */
  readonly from: Tidb;
  readonly to: Tidb;
  /** Conditions; absent: never. */
  readonly empty?: Tidb;
  readonly unknown?: Tidb;
}

const yes = tidb`TRUE`;
const no = tidb`FALSE`;

/** The range that an expression is: a constructor, or PostgreSQL's text of one that is stored. */
function rangeOf(node: Value, call: Call): Range | undefined {
  const { name } = call.type(node);
  const made = as("FuncCall", node);
  if (made && NAMES.includes(String(made.funcname?.at(-1)))) {
    const [lower, upper, bounds] = made.args ?? [];
    const ends = bounds === undefined ? "[)" : call.text(bounds);
    if (lower === undefined || upper === undefined || !/^[[(][\])]$/.test(ends ?? ""))
      return call.refuse("a range whose bounds are no literal");
    call.open(made);
    if (![lower, upper].some((bound) => as("A_Const", bound)?.isnull) && [lower, upper].some((bound) => call.text(bound) === undefined))
      call.say("reversed");
    return between(name, tidb`${lower}`, tidb`${upper}`, ends!);
  }
  const text = call.text(node);
  const bound = (part: Tidb) => tidb`CAST(NULLIF(TRIM(BOTH '"' FROM ${part}), '') AS ${raw(SUBTYPES[name]!)})`;
  if (text !== undefined) {
    if (/^\s*empty\s*$/i.test(text)) return { lower: tidb`NULL`, upper: tidb`NULL`, from: no, to: no, empty: yes };
    const [, from, lower = "", upper = "", to] = /^([[(])\s*"?([^",]*?)"?\s*,\s*"?([^",]*?)"?\s*([\])])$/.exec(text.trim()) ?? [];
    if (from === undefined) return call.refuse(`the range '${text}'`);
    const literal = (bound: string) => (bound === "" ? tidb`NULL` : tidb`CAST(${raw(string(bound))} AS ${raw(SUBTYPES[name]!)})`);
    return between(name, literal(lower), literal(upper), from + to!);
  }
  if (as("ColumnRef", node)) call.say("stored");
  else if (!COMPUTED.some((kind) => as(kind, node))) return call.refuse("a range that is neither a constructor nor a column");
  const inner = tidb`SUBSTRING(NULLIF(${node}, 'empty'), 2, CHAR_LENGTH(${node}) - 2)`;
  return {
    lower: bound(tidb`SUBSTRING_INDEX(${inner}, ',', 1)`),
    upper: bound(tidb`SUBSTRING_INDEX(${inner}, ',', -1)`),
    from: discrete(name) ? yes : infix("comparison")`LEFT(${node}, 1) = '['`,
    to: discrete(name) ? no : infix("comparison")`RIGHT(${node}, 1) = ']'`,
    empty: infix("comparison")`${node} = 'empty'`,
    unknown: tidb`${node} IS NULL`,
  };
}

/** What gives a range as PostgreSQL's text of it. */
const COMPUTED = ["FuncCall", "A_Expr", "CoalesceExpr", "CaseExpr", "SubLink"] as const;

const discrete = (name: string) => /^(?:int|date)/.test(name);

/** Ranges of integers and days are written [lower,upper), as PostgreSQL does (rangetypes.c, int4range_canonical). */
function between(name: string, lower: Tidb, upper: Tidb, ends: string): Range {
  const next = (bound: Tidb) => (name === "daterange" ? tidb`DATE_ADD(${bound}, INTERVAL 1 DAY)` : infix("additive")`${bound} + 1`);
  const one = discrete(name) && ends[0] === "(" ? next(lower) : lower;
  const other = discrete(name) && ends[1] === "]" ? next(upper) : upper;
  const [from, to] = discrete(name) ? [yes, no] : [ends[0] === "[" ? yes : no, ends[1] === "]" ? yes : no];
  const empty = from === yes && to === yes ? infix("comparison")`${one} > ${other}` : infix("comparison")`${one} >= ${other}`;
  return { lower: one, upper: other, from, to, empty };
}

/** A condition on ranges that are known and not empty. */
function where(ranges: readonly Range[], more: readonly Tidb[], condition: Tidb): Tidb {
  const unknown = any([...ranges.flatMap((range) => range.unknown ?? []), ...more]);
  const empty = any(ranges.flatMap((range) => range.empty ?? []));
  if (unknown && empty) return tidb`CASE WHEN ${unknown} THEN NULL WHEN ${empty} THEN FALSE ELSE ${condition} END`;
  return empty ? tidb`CASE WHEN ${empty} THEN FALSE ELSE ${condition} END` : condition;
}

const any = ([first, ...rest]: readonly Tidb[]): Tidb | undefined =>
  first && rest.reduce((all, each) => infix("or")`${all} OR ${each}`, first);

/** Whether what begins at a bound begins before what ends at another. */
function begins(lower: Tidb, from: Tidb, upper: Tidb, to: Tidb): Tidb {
  const touching =
    from === yes && to === yes ? tidb`${lower} <= ${upper}` : from === no || to === no ? tidb`${lower} < ${upper}` : undefined;
  return tidb`COALESCE(${touching ?? tidb`CASE WHEN ${from} AND ${to} THEN ${lower} <= ${upper} ELSE ${lower} < ${upper} END`}, TRUE)`;
}

/** A condition on two ranges that are known; `whole` is what holds where one of them is empty. */
const between2 =
  (whole: (a: Tidb, b: Tidb) => Tidb, condition: (a: Range, b: Range) => Tidb): Write =>
  ([one, other], call) => {
    const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
    if (!a || !b) return undefined;
    const unknown = any([a, b].flatMap((range) => range.unknown ?? []));
    const empty = any([a, b].flatMap((range) => range.empty ?? []));
    const known = condition(a, b);
    const rest = empty ? tidb`CASE WHEN ${empty} THEN ${whole(a.empty ?? no, b.empty ?? no)} ELSE ${known} END` : known;
    return unknown ? tidb`CASE WHEN ${unknown} THEN NULL ELSE ${rest} END` : rest;
  };
const never = (): Tidb => no;

const holdsBoth = (one: Tidb, other: Tidb): Tidb => (one === yes ? other : other === yes ? one : infix("and")`${one} AND ${other}`);

/** Whether a range begins where another one does, or before. */
const beginsNoLater = (a: Range, b: Range): Tidb => {
  const together = infix("or")`${a.from} OR NOT ${b.from}`;
  const tie =
    a.from === yes || b.from === no
      ? tidb`${a.lower} <= ${b.lower}`
      : tidb`${a.lower} < ${b.lower} OR (${a.lower} = ${b.lower} AND (${together}))`;
  return tidb`(${a.lower} IS NULL OR COALESCE(${tie}, FALSE))`;
};

/** Whether a range ends where another one does, or before. */
const endsNoLater = (a: Range, b: Range): Tidb => {
  const together = infix("or")`${b.to} OR NOT ${a.to}`;
  const tie =
    a.to === no || b.to === yes
      ? tidb`${a.upper} <= ${b.upper}`
      : tidb`${a.upper} < ${b.upper} OR (${a.upper} = ${b.upper} AND (${together}))`;
  return tidb`(${b.upper} IS NULL OR COALESCE(${tie}, FALSE))`;
};

/** Whether all of a range lies before another one. */
const liesBefore = (a: Range, b: Range): Tidb => {
  const touching = holdsBoth(a.to, b.from);
  if (touching === no || a.to === no || b.from === no) return tidb`COALESCE(${a.upper} <= ${b.lower}, FALSE)`;
  return touching === yes
    ? tidb`COALESCE(${a.upper} < ${b.lower}, FALSE)`
    : tidb`COALESCE(${a.upper} < ${b.lower} OR (${a.upper} = ${b.lower} AND NOT (${touching})), FALSE)`;
};

const contains = (a: Range, b: Range): Tidb => infix("and")`${beginsNoLater(a, b)} AND ${endsNoLater(b, a)}`;

const areEqual = (a: Range, b: Range): Tidb => {
  const bounds = infix("and")`${a.lower} <=> ${b.lower} AND ${a.upper} <=> ${b.upper}`;
  if (a.from === yes && a.to === no && b.from === yes && b.to === no) return bounds;
  return tidb`${bounds} AND (${a.lower} IS NULL OR (${a.from}) = (${b.from})) AND (${a.upper} IS NULL OR (${a.to}) = (${b.to}))`;
};

/** Whether one range ends where the other begins, with nothing between them and nothing in both. */
const meets = (a: Range, b: Range): Tidb => tidb`COALESCE(${a.upper} = ${b.lower} AND (${a.to}) <> (${b.from}), FALSE)`;

const hasElement = (range: Value, element: Value, call: Call): Tidb | undefined => {
  const found = rangeOf(range, call);
  if (!found) return undefined;
  const condition = infix(
    "and",
  )`${begins(found.lower, found.from, tidb`${element}`, yes)} AND ${begins(tidb`${element}`, yes, found.upper, found.to)}`;
  return where([found], call.nullable(element) ? [tidb`${element} IS NULL`] : [], condition);
};

const overlap: Write = ([one, other], call) => {
  const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
  if (!a || !b) return undefined;
  return where([a, b], [], infix("and")`${begins(a.lower, a.from, b.upper, b.to)} AND ${begins(b.lower, b.from, a.upper, a.to)}`);
};

const MESSAGES = {
  reversed: warning("a range whose lower bound is above its upper one is empty, where PostgreSQL raises an error", {
    help: "nothing to do where bounds are in order",
  }),
  stored: warning("a stored range is a text: it is read as PostgreSQL writes it, [1,5) or empty", {
    help: "nothing to do where the application stores what PostgreSQL printed",
  }),
};

const MESSAGES_OF_MADE = { reversed: MESSAGES.reversed };

const shown = (expressions: readonly string[]) => expressions.map((pg) => ({ pg, findings: ["reversed"] }));

/** A stored range is shown by a whole statement: the value table has none. */
const stored = (pg: string, tidb: string) => [{ given: "CREATE TABLE r (p int4range, q daterange)", pg, tidb, findings: ["stored"] }];

/** Proofs of what reads a stored range. */
const kept = (...expressions: readonly string[]) => expressions.map((pg) => ({ pg, findings: ["stored"] }));

const ELEMENTS: Readonly<Record<string, string>> = {
  int4range: "int4",
  int8range: "int8",
  numrange: "numeric",
  daterange: "date",
  tsrange: "timestamp",
  tstzrange: "timestamptz",
};

/** Of days and computed days TiDB's GREATEST() and CASE make times, whose text has hours. */
const typed = (name: string, bound: Tidb): Tidb => (name === "daterange" ? tidb`CAST(${bound} AS DATE)` : bound);

/** The text of a range of integers or days. */
function composed(name: string, ranges: readonly Range[], empty: Tidb, from: Tidb, to: Tidb): Tidb {
  const [lower, upper] = [typed(name, from), typed(name, to)];
  const unknown = any(ranges.flatMap((range) => range.unknown ?? []));
  const text = tidb`CASE WHEN ${empty} OR COALESCE(${lower} >= ${upper}, FALSE) THEN 'empty' ELSE CONCAT(CASE WHEN ${lower} IS NULL THEN '(' ELSE '[' END, COALESCE(${lower}, ''), ',', COALESCE(${upper}, ''), ')') END`;
  return unknown ? tidb`CASE WHEN ${unknown} THEN NULL ELSE ${text} END` : text;
}

/** The text of a range of integers or days that is not empty. */
const written = (name: string, from: Tidb, to: Tidb): Tidb => {
  const [lower, upper] = [typed(name, from), typed(name, to)];
  return tidb`CONCAT(CASE WHEN ${lower} IS NULL THEN '(' ELSE '[' END, COALESCE(${lower}, ''), ',', COALESCE(${upper}, ''), ')')`;
};

const APART = warning("a union or difference that is no range, as it would have a gap, is NULL, where PostgreSQL raises an error", {
  help: "nothing to do where the ranges meet",
});

/** Which bounds belong to a range that a call makes: `[)`, as it stands in a literal, or where there is none. */
function boundsOf(ends: Value | undefined, call: Call): string | undefined {
  const bounds = ends === undefined ? "[)" : call.text(ends);
  if (bounds === undefined || !/^[[(][\])]$/.test(bounds)) return call.refuse("a range whose bounds are no literal");
  if (isNode(ends)) call.open(ends);
  return bounds;
}

export const rangeRules = table(
  "functions/ranges",
  { pg: "functions-range", tidb: "operators" },
  {
    "contains-element": {
      calls: NAMES.map((name) => `@>(${name}, ${ELEMENTS[name]})`),
      tidb: ([range, element], call) => hasElement(range, element, call),
      why: "TiDB has no ranges: bounds are compared, of a constructor its arguments.",
      messages: MESSAGES,
      examples: stored(
        "SELECT p @> 3 FROM r",
        "SELECT\n  CASE WHEN p IS NULL THEN NULL WHEN p = 'empty' THEN FALSE ELSE COALESCE(CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(p, 'empty'), 2, CHAR_LENGTH(p) - 2), ',', 1)), '') AS SIGNED) <= 3, TRUE) AND COALESCE(3 < CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(p, 'empty'), 2, CHAR_LENGTH(p) - 2), ',', -1)), '') AS SIGNED), TRUE) END\nFROM r",
      ),
      proofs: [
        ...shown([
          "int4range(least(i2::int, 5), greatest(i2::int, 7), '(]') @> i4",
          "tsrange(least(ts, tsb), greatest(ts, tsb), '[]') @> ts",
        ]),
        ...proofs(
          "int4range(1, 5) @> 3",
          "int4range(1, 7) @> i4",
          "int4range(1, 3, '()') @> i4",
          "'[1,7)'::int4range @> i4",
          "int4range(i2::int, NULL) @> i4b",
          "int4range(-5, 7, '[]') @> i4",
          "daterange('2024-01-01', '2024-02-29') @> d",
          "daterange('2024-01-01', '2024-02-29', '[]') @> d",
          "daterange(NULL, db) @> date '2024-01-01'",
          "tsrange('2024-01-01', '2024-03-01', '(]') @> ts",
          "numrange(1, 5) @> n",
          "tstzrange(NULL, '2024-03-31 01:00:00+00') @> tz",
        ),
      ],
    },
    "element-contained": {
      calls: NAMES.map((name) => `<@(${ELEMENTS[name]}, ${name})`),
      tidb: ([element, range], call) => hasElement(range, element, call),
      messages: MESSAGES,
      examples: stored(
        "SELECT 3 <@ p FROM r",
        "SELECT\n  CASE WHEN p IS NULL THEN NULL WHEN p = 'empty' THEN FALSE ELSE COALESCE(CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(p, 'empty'), 2, CHAR_LENGTH(p) - 2), ',', 1)), '') AS SIGNED) <= 3, TRUE) AND COALESCE(3 < CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(p, 'empty'), 2, CHAR_LENGTH(p) - 2), ',', -1)), '') AS SIGNED), TRUE) END\nFROM r",
      ),
      proofs: [
        ...shown(["i4 <@ int4range(least(i2::int, 5), greatest(i2::int, 7))"]),
        ...proofs("i4 <@ int4range(1, 7)", "d <@ daterange('2024-01-01', NULL)", "n <@ numrange(-1, 2.5, '[]')"),
      ],
    },
    made: {
      calls: ["int4range", "int8range", "daterange"].flatMap((name) => [
        `${name}(${ELEMENTS[name]}, ${ELEMENTS[name]})`,
        `${name}(${ELEMENTS[name]}, ${ELEMENTS[name]}, text)`,
      ]),
      tidb: (args, call) => {
        const { name } = call.signature;
        const [lower, upper, ends] = args as readonly Value[];
        const bounds = boundsOf(ends, call);
        if (bounds === undefined) return undefined;
        if (
          ![lower, upper].some((bound) => as("A_Const", bound)?.isnull) &&
          [lower, upper].some((bound) => call.text(bound!) === undefined)
        )
          call.say("reversed");
        const range = between(name, tidb`${lower!}`, tidb`${upper!}`, bounds);
        return tidb`CASE WHEN ${range.empty!} THEN 'empty' ELSE CONCAT(CASE WHEN ${range.lower} IS NULL THEN '(' ELSE '[' END, COALESCE(${range.lower}, ''), ',', COALESCE(${range.upper}, ''), ')') END`;
      },
      why: "A range is a text in TiDB, as PostgreSQL writes it.",
      messages: MESSAGES_OF_MADE,
      proofs: [
        ...proofs(
          "int4range(1, 5)",
          "int4range(1, 5, '(]')",
          "int4range(2, 2)",
          "int4range(NULL, 7)",
          "int8range(NULL, i4)",
          "daterange('2024-02-28', '2024-02-29', '[]')",
          "daterange(d, NULL)",
          "daterange(NULL, d, '(]')",
        ),
        ...shown(["int4range(-2000, i4b, '()')", "int4range(least(i4, i4b), greatest(i4, i4b))", "daterange(d, db)"]),
      ],
    },
    "made-of-literals": {
      calls: ["numrange(numeric, numeric)", "numrange(numeric, numeric, text)"],
      tidb: (args, call) => {
        const [lower, upper, ends] = args as readonly Value[];
        const bounds = ends === undefined ? "[)" : call.text(ends);
        const [from, to] = [lower, upper].map((bound) => (as("A_Const", bound)?.isnull ? "" : call.text(bound!)));
        if (!/^[[(][\])]$/.test(bounds ?? "")) return call.refuse("a range whose bounds are no literal");
        if (from === undefined || to === undefined) return undefined;
        for (const node of args as readonly Value[]) if (isNode(node)) call.open(node as Node);
        const isEmpty = from !== "" && to !== "" && (Number(from) > Number(to) || (Number(from) === Number(to) && bounds !== "[]"));
        const text = `${from === "" ? "(" : bounds![0]}${from},${to}${to === "" ? ")" : bounds![1]}`;
        return tidb`${raw(string(isEmpty ? "empty" : text))}`;
      },
      proofs: proofs("numrange(1, 5)", "numrange(1.5, 2.50, '[]')", "numrange(NULL, 3)", "numrange(2, 2)", "numrange(2, 2, '[]')"),
    },
    "made-of-values": {
      calls: ["numrange", "tsrange", "tstzrange"].flatMap((name) => [
        `${name}(${ELEMENTS[name]}, ${ELEMENTS[name]})`,
        `${name}(${ELEMENTS[name]}, ${ELEMENTS[name]}, text)`,
      ]),
      tidb: (args, call) => {
        const { name } = call.signature;
        const [lower, upper, ends] = args as readonly Value[];
        const bounds = boundsOf(ends, call);
        if (bounds === undefined) return undefined;
        const isNone = (bound: Value | undefined) => as("A_Const", bound)?.isnull === true;
        const texts = [lower, upper].map((bound) => (isNone(bound) ? tidb`NULL` : call.other("::", [ELEMENTS[name]!, "text"], [bound!])));
        if (texts.some((text) => text === undefined)) return undefined;
        if (![lower, upper].some(isNone) && [lower, upper].some((bound) => call.text(bound!) === undefined)) call.say("reversed");
        const quoted = (text: Tidb) => (name === "numrange" ? tidb`COALESCE(${text}, '')` : tidb`COALESCE(CONCAT('"', ${text}, '"'), '')`);
        const sign = (bound: Value, own: string, none: string) =>
          own === none ? tidb`${raw(`'${own}'`)}` : tidb`CASE WHEN ${bound} IS NULL THEN ${raw(`'${none}'`)} ELSE ${raw(`'${own}'`)} END`;
        const from = tidb`CONCAT(${sign(lower!, bounds[0]!, "(")}, ${quoted(texts[0]!)}, ',', ${quoted(texts[1]!)}, ${sign(upper!, bounds[1]!, ")")})`;
        return tidb`CASE WHEN ${between(name, tidb`${lower!}`, tidb`${upper!}`, bounds).empty!} THEN 'empty' ELSE ${from} END`;
      },
      messages: MESSAGES_OF_MADE,
      proofs: [
        ...proofs(
          "numrange(n, NULL)",
          "numrange(NULL, nn, '[]')",
          "tsrange('2024-01-01', '2024-02-01')",
          "tsrange(ts, NULL, '(]')",
          "tsrange(NULL, NULL)",
          "tsrange('2024-01-01', '2024-01-01')",
          "tsrange('2024-01-01', '2024-01-01', '[]')",
        ),
        ...shown(["numrange(least(n, nb), greatest(n, nb), '(]')", "tsrange(least(ts, tsb), greatest(ts, tsb))"]),
      ],
    },
    compare: {
      calls: NAMES.flatMap((name) => ["<", "<=", ">", ">="].map((sign) => `${sign}(${name}, ${name})`)),
      tidb: ([one, other, ...rest], call) => {
        const { name } = call.signature;
        const args = (name[0] === "<" ? [one, other, ...rest] : [other, one, ...rest]) as unknown as Operands;
        const orEqual = name.endsWith("=");
        const least = (a: Tidb, b: Tidb) => (orEqual ? tidb`(${a})` : tidb`(${a}) AND NOT (${b})`);
        const first = (a: Range, b: Range) => {
          const before = infix("not")`NOT ${beginsNoLater(b, a)}`;
          const ends = orEqual ? endsNoLater(a, b) : infix("not")`NOT ${endsNoLater(b, a)}`;
          return tidb`${before} OR (${beginsNoLater(a, b)} AND ${ends})`;
        };
        return between2(least, first)(args, call);
      },
      why: "Ranges are sorted by where they begin, then by where they end; the empty one is the first (rangetypes.c, range_cmp).",
      messages: MESSAGES,
      proofs: [
        ...shown(["int4range(least(i4, i4b), greatest(i4, i4b)) < '[1,2]'"]),
        ...kept(
          ...["<", "<=", ">", ">="].flatMap((sign) => [
            `ir ${sign} irb`,
            `nr ${sign} nrb`,
            `ir ${sign} '[1,5)'`,
            `dr ${sign} 'empty'`,
            `int4range(1, 5) ${sign} ir`,
          ]),
        ),
      ],
    },
    "intersect-all": {
      calls: ["int4range", "int8range", "daterange"].map((name) => `range_intersect_agg(${name})`),
      tidb: ([range], call) => {
        if (call.filter !== undefined) return call.refuse("range_intersect_agg() with FILTER");
        const found = rangeOf(range, call);
        if (!found) return undefined;
        const folded = (fn: string, value: Tidb) => tidb`${raw(fn)}(${value})${call.over}`;
        const empty = infix("comparison")`${folded("MAX", tidb`${found.empty ?? no}`)} = 1`;
        const text = composed(call.type(range).name, [], empty, folded("MAX", found.lower), folded("MIN", found.upper));
        return tidb`CASE WHEN ${folded("COUNT", tidb`${range}`)} > 0 THEN ${text} END`;
      },
      messages: MESSAGES,
      proofs: [
        ...kept("range_intersect_agg(ir)", "range_intersect_agg(dr)", "range_intersect_agg(irb) OVER (PARTITION BY i2)"),
        ...shown(["range_intersect_agg(int4range(-2000, i4b))"]),
      ],
    },
    ends: {
      calls: NAMES.flatMap((name) => [`lower(${name})`, `upper(${name})`, `isempty(${name})`]),
      tidb: ([range], call) => {
        const found = rangeOf(range, call);
        const { name } = call.signature;
        if (!found) return undefined;
        if (name === "isempty")
          return found.unknown
            ? tidb`CASE WHEN ${found.unknown} THEN NULL WHEN ${found.empty!} THEN TRUE ELSE FALSE END`
            : tidb`CASE WHEN ${found.empty!} THEN TRUE ELSE FALSE END`;
        const bound = found[name as "lower" | "upper"];
        return found.empty ? tidb`CASE WHEN ${found.empty} THEN NULL ELSE ${bound} END` : bound;
      },
      messages: MESSAGES,
      examples: stored(
        "SELECT lower(p) FROM r",
        "SELECT\n  CASE WHEN p = 'empty' THEN NULL ELSE CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(p, 'empty'), 2, CHAR_LENGTH(p) - 2), ',', 1)), '') AS SIGNED) END AS lower\nFROM r",
      ),
      proofs: [
        ...proofs(
          "lower(int4range(1, 5))",
          "upper('[1,5]'::int4range)",
          "upper(int4range(NULL, 3))",
          "lower(daterange('2024-01-01', NULL, '(]'))",
          "lower(int4range(3, 3))",
          "isempty(int4range(3, 3))",
          "isempty('[1,5]'::int4range)",
          "upper(tsrange(NULL, ts))",
          "lower(numrange(1, 2.5))",
        ),
        ...shown(["upper(int4range(-2000, i4b))", "isempty(daterange('1900-01-01', d))"]),
      ],
    },
    "contains-range": {
      calls: NAMES.flatMap((name) => [`@>(${name}, ${name})`, `<@(${name}, ${name})`]),
      tidb: ([one, other, ...rest], call) => {
        const [a, b] = call.signature.name === "@>" ? [one, other] : [other, one];
        return between2((_, empty) => empty, contains)([a, b, ...rest] as unknown as Operands, call);
      },
      why: "The empty range is contained in every other one, and contains none but itself.",
      messages: MESSAGES,
      proofs: [
        ...shown(["int4range(least(i4, i4b), greatest(i4, i4b)) @> '[1,2]'"]),
        ...kept(
          "ir @> irb",
          "irb <@ ir",
          "ir <@ '[0,100]'",
          "ir @> int4range(2, 4)",
          "dr @> daterange('2024-01-20', '2024-01-25', '[]')",
          "nr @> nrb",
          "nrb <@ nr",
        ),
      ],
    },
    equal: {
      calls: NAMES.flatMap((name) => [`=(${name}, ${name})`, `<>(${name}, ${name})`]),
      tidb: (args, call) => {
        const same = between2((a, b) => infix("comparison")`(${a}) = (${b})`, areEqual)(args, call);
        return same && (call.signature.name === "=" ? same : infix("not")`NOT (${same})`);
      },
      messages: MESSAGES,
      proofs: [
        ...shown(["int4range(least(i4, i4b), greatest(i4, i4b)) = '[1,2]'"]),
        ...kept(
          "ir = irb",
          "ir <> '[1,4]'",
          "ir = 'empty'",
          "dr = '[2024-01-01,2024-01-31]'",
          "nr = nrb",
          "nr <> '[1.50,2.5]'",
          "ir IN ('[1,5)', 'empty')",
        ),
      ],
    },
    order: {
      calls: NAMES.flatMap((name) => ["<<", ">>", "&<", "&>", "-|-"].map((sign) => `${sign}(${name}, ${name})`)),
      tidb: (args, call) => {
        const conditions: Readonly<Record<string, (a: Range, b: Range) => Tidb>> = {
          "<<": liesBefore,
          ">>": (a, b) => liesBefore(b, a),
          "&<": endsNoLater,
          "&>": (a, b) => beginsNoLater(b, a),
          "-|-": (a, b) => infix("or")`${meets(a, b)} OR ${meets(b, a)}`,
        };
        return between2(never, conditions[call.signature.name]!)(args, call);
      },
      messages: MESSAGES,
      proofs: [
        ...shown(["daterange(least(d, db), greatest(d, db)) -|- '[2024-02-29,)'"]),
        ...kept(
          ...["<<", ">>", "&<", "&>", "-|-"].flatMap((sign) => [
            `ir ${sign} irb`,
            `nr ${sign} nrb`,
            `dr ${sign} '[2024-02-29,)'`,
            `ir ${sign} int4range(5, 9)`,
          ]),
        ),
      ],
    },
    intersection: {
      calls: ["int4range", "int8range", "daterange"].map((name) => `*(${name}, ${name})`),
      tidb: ([one, other], call) => {
        const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
        if (!a || !b) return undefined;
        const lower = tidb`GREATEST(COALESCE(${a.lower}, ${b.lower}), COALESCE(${b.lower}, ${a.lower}))`;
        const upper = tidb`LEAST(COALESCE(${a.upper}, ${b.upper}), COALESCE(${b.upper}, ${a.upper}))`;
        return composed(call.type(one).name, [a, b], any([a.empty ?? no, b.empty ?? no])!, lower, upper);
      },
      why: "Ranges of integers and days, which are written [lower,upper), from the later beginning to the earlier end.",
      messages: MESSAGES,
      proofs: [
        ...proofs("int4range(1, 10) * int4range(5, 15)", "int4range(1, 3) * int4range(5, 9)", "int4range(NULL, 4) * '[2,)'::int4range"),
        ...shown(["int4range(least(i4, i4b), greatest(i4, i4b)) * '[1,50)'"]),
        ...kept("ir * irb", "ir * '[5,)'", "dr * daterange('2024-01-10', '2024-03-01', '[]')", "dr * '(,2999-01-01]'"),
      ],
    },
    merge: {
      calls: ["int4range", "int8range", "daterange"].map((name) => `range_merge(${name}, ${name})`),
      tidb: ([one, other], call) => {
        const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
        if (!a || !b) return undefined;
        const bound = (fn: string, side: "lower" | "upper") =>
          tidb`CASE WHEN ${a.empty ?? no} THEN ${b[side]} WHEN ${b.empty ?? no} THEN ${a[side]} ELSE ${raw(fn)}(${a[side]}, ${b[side]}) END`;
        const both = infix("and")`${a.empty ?? no} AND ${b.empty ?? no}`;
        return composed(call.type(one).name, [a, b], both, bound("LEAST", "lower"), bound("GREATEST", "upper"));
      },
      messages: MESSAGES,
      proofs: [
        ...proofs("range_merge(int4range(1, 3), int4range(5, 9))", "range_merge(int4range(3, 3), int4range(5, 9))"),
        ...shown(["range_merge(int4range(least(i4, i4b), greatest(i4, i4b)), '[1,50)')"]),
        ...kept("range_merge(ir, irb)", "range_merge(ir, '[5,6)')", "range_merge(dr, '(,2999-01-01]')"),
      ],
    },
    union: {
      calls: ["int4range", "int8range", "daterange"].map((name) => `+(${name}, ${name})`),
      tidb: ([one, other], call) => {
        const merged = call.other("range_merge", [call.type(one).name, call.type(one).name], [one, other]);
        const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
        if (!merged || !a || !b) return undefined;
        call.say("apart");
        const meeting = tidb`COALESCE(${a.lower} <= ${b.upper}, TRUE) AND COALESCE(${b.lower} <= ${a.upper}, TRUE)`;
        return tidb`CASE WHEN ${any([a.empty ?? no, b.empty ?? no])!} OR (${meeting}) THEN ${merged} END`;
      },
      why: "Where the ranges overlap or touch, it goes from the earlier beginning to the later end.",
      messages: { ...MESSAGES, apart: APART },
      proofs: [
        ...["int4range(1, 5) + int4range(3, 9)", "int4range(1, 5) + int4range(5, 9)", "int4range(3, 3) + int4range(NULL, 9)"].map((pg) => ({
          pg,
          findings: ["apart"],
        })),
        ...["ir + ir", "ir + '(,)'", "ir + 'empty'", "dr + '(,2999-01-01]'"].map((pg) => ({ pg, findings: ["stored", "apart"] })),
        { pg: "int4range(least(i4, i4b), greatest(i4, i4b)) + '(,)'", findings: ["reversed", "apart"] },
      ],
    },
    difference: {
      calls: ["int4range", "int8range", "daterange"].map((name) => `-(${name}, ${name})`),
      tidb: ([one, other], call) => {
        const [a, b] = [rangeOf(one, call), rangeOf(other, call)];
        if (!a || !b) return undefined;
        call.say("apart");
        const before = tidb`(${b.lower} IS NOT NULL AND COALESCE(${a.lower} < ${b.lower}, TRUE))`;
        const after = tidb`(${b.upper} IS NOT NULL AND COALESCE(${a.upper} > ${b.upper}, TRUE))`;
        const disjoint = any([
          b.empty ?? no,
          tidb`COALESCE(${a.lower} >= ${b.upper}, FALSE)`,
          tidb`COALESCE(${a.upper} <= ${b.lower}, FALSE)`,
        ])!;
        const unknown = any([a, b].flatMap((range) => range.unknown ?? [])) ?? no;
        const text = (lower: Tidb, upper: Tidb) => written(call.type(one).name, lower, upper);
        return tidb`CASE WHEN ${unknown} THEN NULL WHEN ${a.empty ?? no} THEN 'empty' WHEN ${disjoint} THEN ${text(a.lower, a.upper)} WHEN ${before} AND ${after} THEN NULL WHEN ${before} THEN ${text(a.lower, b.lower)} WHEN ${after} THEN ${text(b.upper, a.upper)} ELSE 'empty' END`;
      },
      messages: { ...MESSAGES, apart: APART },
      proofs: [
        ...["int4range(1, 5) - int4range(3, 9)", "int4range(1, 5) - int4range(5, 9)", "int4range(1, 5) - '(,2]'::int4range"].map((pg) => ({
          pg,
          findings: ["apart"],
        })),
        ...[
          "ir - ir",
          "ir - '(,)'",
          "ir - 'empty'",
          "ir - '[3,)'",
          "irb - '(,4]'",
          "ir - '(,7)'",
          "dr - '[2024-01-10,)'",
          "dr - '(,1999-12-31]'",
        ].map((pg) => ({
          pg,
          findings: ["stored", "apart"],
        })),
        { pg: "int4range(least(i4, i4b), greatest(i4, i4b)) - '(,3)'", findings: ["reversed", "apart"] },
      ],
    },
    bounds: {
      calls: NAMES.flatMap((name) => ["lower_inc", "upper_inc", "lower_inf", "upper_inf"].map((bound) => `${bound}(${name})`)),
      tidb: ([range], call) => {
        const found = rangeOf(range, call);
        const [, side, kind] = /^(lower|upper)_(inc|inf)$/.exec(call.signature.name)!;
        if (!found) return undefined;
        const bound = found[side as "lower" | "upper"];
        const held = side === "lower" ? found.from : found.to;
        const answer = kind === "inf" ? infix("comparison")`${bound} IS NULL` : infix("and")`${held} AND ${bound} IS NOT NULL`;
        return where([found], [], answer);
      },
      messages: MESSAGES,
      proofs: [
        ...kept(...["lower_inc", "upper_inc", "lower_inf", "upper_inf"].flatMap((name) => [`${name}(ir)`, `${name}(nr)`, `${name}(dr)`])),
        ...shown(["upper_inf(daterange(least(d, db), greatest(d, db)))"]),
        ...proofs("upper_inf(int4range(1, NULL))", "lower_inc('(1,3]'::int4range)", "upper_inc(numrange(1, 2, '[]'))"),
      ],
    },
    "to-text": {
      calls: NAMES.map((name) => `${name}::text|varchar`),
      tidb: ([range]) => tidb`${range}`,
      why: "A range is PostgreSQL's text of it in TiDB.",
      proofs: proofs(
        "ir::text",
        "dr::text",
        "nr::text",
        "'x' || ir",
        "'(1,3]'::int4range::text",
        "ir",
        "'[2024-01-01,2024-01-31]'::daterange",
        "'(1.50,)'::numrange",
        "COALESCE(ir, 'empty')",
      ),
    },
    overlaps: {
      calls: NAMES.map((name) => `&&(${name}, ${name})`),
      tidb: overlap,
      messages: MESSAGES,
      examples: stored(
        "SELECT q && '[2024-01-10,2024-01-12]' FROM r",
        "SELECT\n  CASE WHEN q IS NULL THEN NULL WHEN q = 'empty' OR CAST('2024-01-10' AS DATE) >= DATE_ADD(CAST('2024-01-12' AS DATE), INTERVAL 1 DAY) THEN FALSE ELSE COALESCE(CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(q, 'empty'), 2, CHAR_LENGTH(q) - 2), ',', 1)), '') AS DATE) < DATE_ADD(CAST('2024-01-12' AS DATE), INTERVAL 1 DAY), TRUE) AND COALESCE(CAST('2024-01-10' AS DATE) < CAST(NULLIF(TRIM(BOTH '\"' FROM SUBSTRING_INDEX(SUBSTRING(NULLIF(q, 'empty'), 2, CHAR_LENGTH(q) - 2), ',', -1)), '') AS DATE), TRUE) END\nFROM r",
      ),
      proofs: [
        { pg: "int4range(least(i2::int, 90), 100) && int4range(50, 60)", findings: ["reversed"] },
        ...proofs(
          "daterange('2024-01-01', '2024-03-01') && daterange(d, NULL)",
          "tsrange(NULL, ts) && tsrange(tsb, NULL, '[]')",
          "int4range(1, 1) && int4range(0, 5)",
          "int4range(1, 3) && int4range(3, 5)",
          "int4range(1, 3, '[]') && int4range(3, 5)",
          "int4range(1, 2, '()') && int4range(0, 5)",
          "daterange(d, NULL) && '[2024-01-10,2024-01-12]'",
        ),
      ],
    },
  },
);
