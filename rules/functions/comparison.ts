import {
  as,
  type Call,
  enumLabels,
  isNode,
  type Operands,
  operator,
  proofs,
  type Row,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Write,
} from "../../src/rule.js";

/** Pairs of types whose values both engines compare alike. */
const PAIRS = ["(number, number)", "(bool, bool)", "(bytea, bytea)", "(uuid, uuid)", "(oid, oid)", "(time, time)"];
const TEXT = "(string, string)";
const TIMES = "(date|timestamp|timestamptz, date|timestamp|timestamptz)";
/** Those that are only equal alike, not ordered alike. */
const EQUAL_ONLY = ["(anyenum, anyenum)", "(jsonb, jsonb)", "(anyarray, anyarray)", "(inet, inet)", "(macaddr, macaddr)"];

/** A literal beside a real has a real's precision; to TiDB it is a double, which is not equal to the column's value. */
function single(args: Operands, call: Call): Operands {
  if (!call.signature.args.every((type) => type === "float4")) return args;
  const rounded = args.map((arg) => {
    const inner = as("TypeCast", arg)?.arg;
    const text = call.text(arg) ?? (inner === undefined ? undefined : call.text(inner));
    const value = Math.fround(Number(text));
    if (text === undefined || !Number.isFinite(value)) return arg;
    if (inner !== undefined && isNode(arg)) call.open(arg);
    return tidb`${raw(value.toExponential())}`;
  });
  return rounded as unknown as Operands;
}

/** Where a number stands that TiDB has not: all of its own are 0. */
const BEYOND: Readonly<Record<string, number>> = { "-infinity": -1, "-inf": -1, infinity: 1, inf: 1, "+infinity": 1, nan: 2 };
const SIGNS: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** A comparison with NaN or infinity, which no value of TiDB is: NaN is above all others, and equal to itself. */
function withBeyond(sign: string, [left, right]: Operands, call: Call): Tidb | undefined {
  const sides = [left, right].map((side) => BEYOND[(call.text(side) ?? "").trim().toLowerCase()]);
  const isNumber = call.signature.args.every((type) => /^(?:float[48]|numeric)$/.test(type));
  if (!isNumber || sides.every((side) => side === undefined)) return undefined;
  const holds = raw(SIGNS[sign]!((sides[0] ?? 0) - (sides[1] ?? 0)) ? "TRUE" : "FALSE");
  const other = sides[0] === undefined ? left : sides[1] === undefined ? right : undefined;
  return other === undefined || !call.nullable(other) ? tidb`${holds}` : tidb`CASE WHEN ${other} IS NOT NULL THEN ${holds} END`;
}

const comparison = (sign: string, tidbSign = sign): Row => ({
  calls: [...PAIRS, TEXT, TIMES].map((types) => sign + types),
  tidb: (args, call) => withBeyond(sign, args, call) ?? operator(tidbSign, "comparison")(single(args, call), call),
  why: "Text is compared by code points, as PostgreSQL's collation C does.",
  proofs: proofs(
    ...["i4", "i8", "i2", "n", "nn", "f8"].flatMap((a) => ["i4b", "0", "nb"].map((b) => `${a} ${sign} ${b}`)),
    ...["'NaN'", "'Infinity'", "'-inf'"].flatMap((x) => [
      `f8 ${sign} ${x}`,
      `n ${sign} ${x}`,
      `${x}::float8 ${sign} 'NaN'::float8`,
      `${x}::numeric ${sign} i4`,
    ]),
    `t ${sign} tb`,
    `t ${sign} 'a'`,
    `t ${sign} v`,
    `v ${sign} 'é'`,
    `c ${sign} 'a'`,
    `b ${sign} bb`,
    `b ${sign} 't'`,
    `y ${sign} '\\x61'`,
    `u ${sign} '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'`,
    `d ${sign} db`,
    `d ${sign} '2024-02-29'`,
    `d ${sign} ts`,
    `ts ${sign} tsb`,
    `ts ${sign} '2024-2-29'`,
    `ts ${sign} tz`,
    `tz ${sign} '2024-03-31 01:30:00+02'`,
    `tz ${sign} '2024-03-31 01:30:00'`,
    `ti ${sign} '12:00'`,
    `f4 ${sign} 0.1::real`,
    `real '3.7' ${sign} f4`,
    `(i4, i8) ${sign} (i4b, 0)`,
    `ROW(i4, n) ${sign} ROW(i4b, NULL)`,
  ),
});

/** What is equal alike as well. */
const equality = (sign: string, tidbSign = sign): Row => {
  const row = comparison(sign, tidbSign);
  return {
    ...row,
    calls: [...row.calls, ...EQUAL_ONLY.map((types) => sign + types)],
    proofs: [
      ...row.proofs,
      ...proofs(
        `e ${sign} eb`,
        `e ${sign} 'ok'`,
        `j ${sign} '{"b": 2, "a": 1}'`,
        `j ${sign} '[]'`,
        `j ${sign} '1'`,
        `ai ${sign} '{1,2}'`,
        `ai ${sign} aib`,
        `at ${sign} ARRAY['a','b']`,
      ),
    ],
  };
};

/** An enum's order is that of its labels; TiDB compares the text. */
const enumOrder = (sign: string, also: readonly string[] = []): Row => ({
  calls: [`${sign}(anyenum, anyenum)`],
  tidb: (([left, right], call) => {
    const labels = enumLabels(call.signature.args[0]!, call.catalog);
    if (!labels) return undefined;
    const list = raw(labels.map(string).join(", "));
    const place = (value: typeof left) => tidb`NULLIF(FIELD(${value}, ${list}), 0)`;
    return operator(sign, "comparison")([place(left) as never, place(right) as never] as never, call);
  }) satisfies Write,
  why: "Labels of an enum are ordered as they were declared; TiDB compares their text.",
  proofs: proofs(`e ${sign} eb`, `e ${sign} 'ok'`, `'ok' ${sign} e`, ...also),
});

export const comparisonRules = table(
  "functions/comparison",
  { pg: "functions-comparison", tidb: "operators" },
  {
    equal: equality("="),
    "not-equal": equality("<>"),
    less: comparison("<"),
    "less-or-equal": comparison("<="),
    greater: comparison(">"),
    "greater-or-equal": comparison(">="),
    "enum-less": enumOrder("<"),
    "enum-less-or-equal": enumOrder("<=", ["e BETWEEN 'sad' AND eb", "e NOT BETWEEN 'ok' AND 'happy'"]),
    "enum-greater": enumOrder(">"),
    "enum-greater-or-equal": enumOrder(">="),
    null: {
      calls: ["num_nulls(any...)"],
      tidb: (args) => ({
        kind: "Tidb",
        texts: ["(", ...args.slice(1).map(() => " IS NULL) + ("), " IS NULL)"],
        holes: [...args],
        level: 10,
      }),
      proofs: proofs("num_nulls(i4, t, b)", "num_nulls(i4)", "num_nulls(i4 + 1::int8, b AND bb) * 2", "num_nulls(VARIADIC ARRAY[i4, i4b])"),
    },
    "not-null": {
      calls: ["num_nonnulls(any...)"],
      tidb: (args) => ({
        kind: "Tidb",
        texts: ["(", ...args.slice(1).map(() => " IS NOT NULL) + ("), " IS NOT NULL)"],
        holes: [...args],
        level: 10,
      }),
      proofs: proofs(
        "num_nonnulls(i4, t, b)",
        "num_nonnulls(n)",
        "num_nonnulls(VARIADIC ARRAY[i4, NULL])",
        "num_nonnulls(VARIADIC ARRAY['a', t]::text[])",
      ),
    },
  },
);
