import { as, type Call, infix, proofs, raw, type Tidb, table, tidb, type Value, type Write } from "../../src/rule.js";

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
    const [one, other] = [tidb`${lower}`, tidb`${upper}`];
    return {
      lower: one,
      upper: other,
      from: ends![0] === "[" ? yes : no,
      to: ends![1] === "]" ? yes : no,
      empty: ends === "[]" ? infix("comparison")`${one} > ${other}` : infix("comparison")`${one} >= ${other}`,
    };
  }
  const text = call.text(node);
  const stored = text === undefined && as("ColumnRef", node) !== undefined;
  if (!stored) return call.refuse("a range that is neither a constructor nor a column");
  const bound = (part: Tidb) => tidb`CAST(NULLIF(TRIM(BOTH '"' FROM ${part}), '') AS ${raw(SUBTYPES[name]!)})`;
  const inner = tidb`SUBSTRING(NULLIF(${node}, 'empty'), 2, CHAR_LENGTH(${node}) - 2)`;
  return {
    lower: bound(tidb`SUBSTRING_INDEX(${inner}, ',', 1)`),
    upper: bound(tidb`SUBSTRING_INDEX(${inner}, ',', -1)`),
    from: infix("comparison")`LEFT(${node}, 1) = '['`,
    to: infix("comparison")`RIGHT(${node}, 1) = ']'`,
    empty: infix("comparison")`${node} = 'empty'`,
    unknown: tidb`${node} IS NULL`,
  };
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

const ELEMENTS: Readonly<Record<string, string>> = {
  int4range: "int4",
  int8range: "int8",
  numrange: "numeric",
  daterange: "date",
  tsrange: "timestamp",
  tstzrange: "timestamptz",
};

export const rangeRules = table(
  "functions/ranges",
  { pg: "functions-range", tidb: "operators" },
  {
    "contains-element": {
      calls: NAMES.map((name) => `@>(${name}, ${ELEMENTS[name]})`),
      tidb: ([range, element], call) => hasElement(range, element, call),
      why: "TiDB has no ranges: bounds are compared, of a constructor its arguments.",
      proofs: proofs(
        "int4range(1, 5) @> 3",
        "int4range(1, 7) @> i4",
        "int4range(i2::int, NULL) @> i4b",
        "int4range(-5, 7, '[]') @> i4",
        "daterange('2024-01-01', '2024-02-29') @> d",
        "daterange('2024-01-01', '2024-02-29', '[]') @> d",
        "daterange(NULL, db) @> date '2024-01-01'",
        "tsrange('2024-01-01', '2024-03-01', '(]') @> ts",
        "numrange(1, 5) @> n",
        "tstzrange(NULL, '2024-03-31 01:00:00+00') @> tz",
      ),
    },
    "element-contained": {
      calls: NAMES.map((name) => `<@(${ELEMENTS[name]}, ${name})`),
      tidb: ([element, range], call) => hasElement(range, element, call),
      proofs: proofs("i4 <@ int4range(1, 7)", "d <@ daterange('2024-01-01', NULL)", "n <@ numrange(-1, 2.5, '[]')"),
    },
    overlaps: {
      calls: NAMES.map((name) => `&&(${name}, ${name})`),
      tidb: overlap,
      proofs: proofs(
        "int4range(i2::int, 100) && int4range(50, 60)",
        "daterange('2024-01-01', '2024-03-01') && daterange(d, NULL)",
        "tsrange(NULL, ts) && tsrange(tsb, NULL, '[]')",
        "int4range(1, 1) && int4range(0, 5)",
        "int4range(1, 3) && int4range(3, 5)",
        "int4range(1, 3, '[]') && int4range(3, 5)",
      ),
    },
  },
);
