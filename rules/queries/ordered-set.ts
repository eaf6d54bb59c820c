import {
  ALL_COLUMNS,
  alike,
  as,
  type ColumnRef,
  type Context,
  conjunction,
  DEFAULT_FRAME,
  enumLabels,
  error,
  type FuncCall,
  functionCall,
  HOLD_QUERIES,
  isNode,
  type Node,
  note,
  operation,
  outputName,
  PLAIN_SELECT,
  qualified,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  sameKey,
  sortTarget,
  subqueryItem,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  counted: note("{name} of a value is counted: the rows before it in the order of the group"),
  numbered: note("{name} is taken from the numbers of the rows within their group, which a subquery gives them"),
  refused: error("{name} is not converted: {what}", {
    help: "number the rows of a subquery with ROW_NUMBER() OVER (PARTITION BY the group ORDER BY the value), count them with COUNT(*) OVER, and pick the row",
  }),
};

export default rule({
  construct: "percentile_cont, percentile_disc, mode; rank(x), dense_rank(x), percent_rank(x), cume_dist(x) WITHIN GROUP",
  why: `TiDB has no ordered-set aggregates. A subquery numbers the values of each group and counts them; the aggregate picks the rows that
PostgreSQL does, by the same numbers in double precision (orderedsetaggs.c).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-aggregate.html#FUNCTIONS-ORDEREDSET-TABLE",
    tidb: "https://docs.pingcap.com/tidb/stable/window-functions",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: (node) => as("FuncCall", node)?.agg_within_group === true,
  restate(statement, ctx) {
    const counted = rewritten(
      statement as unknown as Value,
      ctx.change as never,
      (node) => (named(as("ResTarget", node), ctx) ?? hypothetical(as("FuncCall", node), ctx)) as never,
    );
    const single = rewritten(counted, ctx.change as never, (node) => eachFraction(as("FuncCall", node), ctx) as never);
    const next = rewritten(single, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      const found = select && ordered(select);
      return select && found && found.length > 0 ? numbered(select, found, ctx) : undefined;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, g int, x int); INSERT INTO t VALUES (1, 1, 5), (2, 1, NULL), (3, 1, 8), (4, NULL, 2), (5, 1, 8)",
      pg: "SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS p, count(*) FROM t GROUP BY g",
      tidb: `SELECT
  ordered_1.key_1 AS g,
  MAX(CASE WHEN ordered_1.number_4 = FLOOR(CAST(0.5 AS DOUBLE) * (ordered_1.count_3 - 1e0)) + 1e0 THEN CAST(ordered_1.value_2 AS DOUBLE) END) + (CAST(0.5 AS DOUBLE) * (MAX(ordered_1.count_3) - 1e0) - FLOOR(CAST(0.5 AS DOUBLE) * (MAX(ordered_1.count_3) - 1e0))) * (MAX(CASE WHEN ordered_1.number_4 = CEIL(CAST(0.5 AS DOUBLE) * (ordered_1.count_3 - 1e0)) + 1e0 THEN CAST(ordered_1.value_2 AS DOUBLE) END) - MAX(CASE WHEN ordered_1.number_4 = FLOOR(CAST(0.5 AS DOUBLE) * (ordered_1.count_3 - 1e0)) + 1e0 THEN CAST(ordered_1.value_2 AS DOUBLE) END)) AS p,
  COUNT(*) AS count
FROM (
  SELECT
    g AS key_1,
    x AS value_2,
    COUNT(x) OVER (PARTITION BY g) AS count_3,
    ROW_NUMBER() OVER (PARTITION BY g ORDER BY x IS NULL, x) AS number_4
  FROM t
) AS ordered_1
GROUP BY ordered_1.key_1`,
      findings: ["numbered"],
      rejected: { sql: "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t", code: 1064 },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, g int, x int); INSERT INTO t VALUES (1, 1, 5), (2, 1, NULL), (3, 1, 8), (4, NULL, 2), (5, 1, 8)",
      pg: "SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY x DESC) FILTER (WHERE g = 1) AS p, mode() WITHIN GROUP (ORDER BY x) AS m FROM t",
      tidb: `SELECT
  MAX(CASE WHEN ordered_1.number_3 = GREATEST(CEIL(CAST(0.9 AS DOUBLE) * ordered_1.count_2), 1) THEN ordered_1.value_1 END) AS p,
  MAX(CASE WHEN ordered_1.mode_1 = 1 THEN ordered_1.value_4 END) AS m
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (ORDER BY ordered_1.value_4 IS NULL, ordered_1.often_5 DESC, ordered_1.value_4 IS NULL, ordered_1.value_4) AS mode_1
  FROM (
    SELECT
      CASE WHEN g = 1 THEN x END AS value_1,
      COUNT(CASE WHEN g = 1 THEN x END) OVER () AS count_2,
      ROW_NUMBER() OVER (ORDER BY CASE WHEN g = 1 THEN x END DESC) AS number_3,
      x AS value_4,
      COUNT(x) OVER (PARTITION BY x) AS often_5
    FROM t
  ) AS ordered_1
) AS ordered_1`,
      findings: ["numbered", "numbered"],
    },
    {
      given: "CREATE TABLE t (g int, x int)",
      pg: "SELECT percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY x) FROM t",
      tidb: `SELECT
  JSON_ARRAY(MAX(CASE WHEN ordered_1.number_3 = FLOOR(CAST(0.25 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END) + (CAST(0.25 AS DOUBLE) * (MAX(ordered_1.count_2) - 1e0) - FLOOR(CAST(0.25 AS DOUBLE) * (MAX(ordered_1.count_2) - 1e0))) * (MAX(CASE WHEN ordered_1.number_3 = CEIL(CAST(0.25 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END) - MAX(CASE WHEN ordered_1.number_3 = FLOOR(CAST(0.25 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END)), MAX(CASE WHEN ordered_1.number_3 = FLOOR(CAST(0.75 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END) + (CAST(0.75 AS DOUBLE) * (MAX(ordered_1.count_2) - 1e0) - FLOOR(CAST(0.75 AS DOUBLE) * (MAX(ordered_1.count_2) - 1e0))) * (MAX(CASE WHEN ordered_1.number_3 = CEIL(CAST(0.75 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END) - MAX(CASE WHEN ordered_1.number_3 = FLOOR(CAST(0.75 AS DOUBLE) * (ordered_1.count_2 - 1e0)) + 1e0 THEN CAST(ordered_1.value_1 AS DOUBLE) END))) AS \`array\`
FROM (
  SELECT
    x AS value_1,
    COUNT(x) OVER () AS count_2,
    ROW_NUMBER() OVER (ORDER BY x IS NULL, x) AS number_3
  FROM t
) AS ordered_1`,
      findings: ["numbered", "numbered"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, g int, x int); INSERT INTO t VALUES (1, 1, 5), (2, 1, NULL), (3, 1, 8), (4, 2, 2), (5, 1, 8)",
      pg: "SELECT rank(6) WITHIN GROUP (ORDER BY x DESC) AS r, dense_rank(8) WITHIN GROUP (ORDER BY x) FILTER (WHERE g = 1) AS d FROM t; SELECT g, percent_rank(6) WITHIN GROUP (ORDER BY x) AS p, cume_dist(6) WITHIN GROUP (ORDER BY x DESC) AS c FROM t GROUP BY g",
      tidb: `SELECT
  COUNT(CASE WHEN x > 6 OR x IS NULL THEN 1 END) + 1 AS r,
  COUNT(DISTINCT CASE WHEN g = 1 AND x < 8 THEN x END) + 1 AS d
FROM t;
SELECT
  g,
  COALESCE(CAST(COUNT(CASE WHEN x < 6 THEN 1 END) AS DOUBLE) / NULLIF(COUNT(*), 0), CAST(0 AS DOUBLE)) AS p,
  CAST(COUNT(CASE WHEN x >= 6 OR x IS NULL THEN 1 END) + 1 AS DOUBLE) / NULLIF(COUNT(*) + 1, 0) AS c
FROM t
GROUP BY g`,
      findings: ["counted", "counted", "counted", "counted"],
      rejected: { sql: "SELECT rank(6) WITHIN GROUP (ORDER BY x) FROM t", code: 1064 },
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (id int PRIMARY KEY, m mood, iv interval); INSERT INTO t VALUES (1, 'sad', '1 day'), (2, 'happy', '36:00'), (3, NULL, NULL), (4, 'happy', '9 days'), (5, 'sad', '1 mon')",
      pg: "SELECT mode() WITHIN GROUP (ORDER BY m) AS a, percentile_disc(0.5) WITHIN GROUP (ORDER BY m DESC) AS b, percentile_disc(0.5) WITHIN GROUP (ORDER BY iv) AS c FROM t",
      tidb: `SELECT
  ELT(MAX(NULLIF(FIELD(CASE WHEN ordered_1.mode_1 = 1e0 THEN ordered_1.value_1 END, 'sad', 'ok', 'happy'), 0)), 'sad', 'ok', 'happy') AS a,
  ELT(MAX(NULLIF(FIELD(CASE WHEN ordered_1.number_4 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_3), 1e0) THEN ordered_1.value_1 END, 'sad', 'ok', 'happy'), 0)), 'sad', 'ok', 'happy') AS b,
  SUBSTRING(MAX(CONCAT(LPAD(CAST(CASE WHEN CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END IS NOT NULL THEN (((COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '-?[0-9]+ year'), ' ', 1) AS SIGNED), 0) * 12 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '-?[0-9]+ mon'), ' ', 1) AS SIGNED), 0)) * 30 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '-?[0-9]+ day'), ' ', 1) AS SIGNED), 0)) * 86400000000) + (COALESCE(CAST(ROUND((SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '[0-9]+:[0-9:.]+'), ':', 1) * 3600 + SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '[0-9]+:[0-9:.]+'), ':', 2), ':', -1) * 60 + SUBSTRING_INDEX(REGEXP_SUBSTR(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '[0-9]+:[0-9:.]+'), ':', -1)) * 1000000) AS SIGNED), 0) * CASE WHEN REGEXP_LIKE(CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END, '-[0-9]+:') THEN -1 ELSE 1 END) END AS SIGNED) + 4000000000000000000, 19, '0'), CASE WHEN ordered_1.number_7 = GREATEST(CEIL(CAST(0.5 AS DOUBLE) * ordered_1.count_6), 1e0) THEN ordered_1.value_5 END)), 20) AS c
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (ORDER BY ordered_1.value_1 IS NULL, ordered_1.often_2 DESC, ordered_1.value_1 IS NULL, FIELD(ordered_1.value_1, 'sad', 'ok', 'happy')) AS mode_1
  FROM (
    SELECT
      m AS value_1,
      COUNT(m) OVER (PARTITION BY m) AS often_2,
      COUNT(m) OVER () AS count_3,
      ROW_NUMBER() OVER (ORDER BY FIELD(m, 'sad', 'ok', 'happy') DESC) AS number_4,
      iv AS value_5,
      COUNT(iv) OVER () AS count_6,
      ROW_NUMBER() OVER (ORDER BY iv IS NULL, CASE WHEN iv IS NOT NULL THEN ((COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '-?[0-9]+ year'), ' ', 1) AS SIGNED), 0) * 12 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '-?[0-9]+ mon'), ' ', 1) AS SIGNED), 0)) * 30 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '-?[0-9]+ day'), ' ', 1) AS SIGNED), 0)) * 86400000000 + (COALESCE(CAST(ROUND((SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '[0-9]+:[0-9:.]+'), ':', 1) * 3600 + SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '[0-9]+:[0-9:.]+'), ':', 2), ':', -1) * 60 + SUBSTRING_INDEX(REGEXP_SUBSTR(iv, '[0-9]+:[0-9:.]+'), ':', -1)) * 1000000) AS SIGNED), 0) * CASE WHEN REGEXP_LIKE(iv, '-[0-9]+:') THEN -1 ELSE 1 END) END) AS number_7
    FROM t
  ) AS ordered_1
) AS ordered_1`,
      findings: ["numbered", "numbered", "numbered"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a char(3), b bool, u uuid); INSERT INTO t VALUES (1, 'x', true, '11111111-1111-1111-1111-111111111111'), (2, 'x ', NULL, '11111111-1111-1111-1111-111111111111'), (3, 'X', false, NULL), (4, NULL, false, '01111111-1111-1111-1111-111111111111')",
      pg: "SELECT mode() WITHIN GROUP (ORDER BY a) AS a, percentile_disc(0.6) WITHIN GROUP (ORDER BY b) AS b, mode() WITHIN GROUP (ORDER BY u DESC) AS u FROM t",
      tidb: `SELECT
  MAX(CASE WHEN ordered_1.mode_1 = 1 THEN ordered_1.value_1 END) AS a,
  MAX(CASE WHEN ordered_1.number_5 = GREATEST(CEIL(CAST(0.6 AS DOUBLE) * ordered_1.count_4), 1) THEN ordered_1.value_3 END) AS b,
  LOWER(MAX(CASE WHEN ordered_1.mode_2 = 1 THEN ordered_1.value_6 END)) AS u
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (ORDER BY ordered_1.value_1 IS NULL, ordered_1.often_2 DESC, ordered_1.value_1 IS NULL, ordered_1.value_1) AS mode_1,
    ROW_NUMBER() OVER (ORDER BY ordered_1.value_6 IS NULL, ordered_1.often_7 DESC, ordered_1.value_6 DESC) AS mode_2
  FROM (
    SELECT
      a AS value_1,
      COUNT(a) OVER (PARTITION BY a) AS often_2,
      b AS value_3,
      COUNT(b) OVER () AS count_4,
      ROW_NUMBER() OVER (ORDER BY b IS NULL, b) AS number_5,
      u AS value_6,
      COUNT(u) OVER (PARTITION BY u) AS often_7
    FROM t
  ) AS ordered_1
) AS ordered_1`,
      findings: ["numbered", "numbered", "numbered"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, x int, d interval)",
      pg: "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d), percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM t",
      tidb: null,
      findings: ["refused"],
    },
    {
      given: "CREATE TABLE t (g int, x int)",
      pg: "SELECT percentile_cont(x / 10.0) WITHIN GROUP (ORDER BY g) FROM t GROUP BY x",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

const NAMES = new Set(["percentile_cont", "percentile_disc", "mode"]);
/** Types of which MAX of one value is the value in both engines, enums aside. */
const PICKED = /^(?:int[248]|numeric|float[48]|text|varchar|bpchar|date|timestamp|timestamptz|time|interval|inet|bool|uuid)$/;
/** Types of which PostgreSQL computes what is between two values, in double precision. */
const NUMBERS = /^(?:int[248]|numeric|float[48])$/;

/** What each hypothetical-set aggregate makes of counts of rows (orderedsetaggs.c, hypothetical_rank_common). */
const HYPOTHETICAL: Readonly<Record<string, (counts: Counts) => Node>> = {
  rank: ({ before }) => operation("+", before, ONE) as Node,
  dense_rank: ({ differing }) => operation("+", differing, ONE) as Node,
  percent_rank: ({ before, rows }) => ({ kind: "CoalesceExpr", args: [ratio(before, nonZero(rows)), asFloat(ZERO)] }) as Node,
  cume_dist: ({ notAfter, rows }) => ratio(operation("+", notAfter, ONE), nonZero(operation("+", rows, ONE))) as Node,
};

interface Counts {
  readonly before: Value;
  /** Different values before it. */
  readonly differing: Value;
  readonly notAfter: Value;
  readonly rows: Value;
}

const ZERO: Value = { kind: "A_Const", ival: 0 };
const asFloat = (arg: Value): Value => ({ kind: "TypeCast", arg, typeName: { kind: "TypeName", names: ["float8"] } }) as Value;
const ratio = (part: Value, whole: Value): Value => operation("/", asFloat(part), whole);
const nonZero = (value: Value): Value => ({ kind: "A_Expr", variant: "AEXPR_NULLIF", name: ["="], lexpr: value, rexpr: ZERO }) as Value;

function isHypothetical(call: FuncCall | undefined): call is FuncCall {
  return call?.agg_within_group === true && call.args?.length === 1 && call.agg_order?.length === 1 && nameOf(call) in HYPOTHETICAL;
}

/** A column that such an aggregate makes keeps its name. */
function named(target: ResTarget | undefined, ctx: Context): Node | undefined {
  const call = as("FuncCall", target?.val);
  if (!target || target.name !== undefined || !isHypothetical(call)) return undefined;
  return ctx.change(target, { name: nameOf(call) }) as Node;
}

/** The aggregate as counts of rows: those before the value, in the order of the group. */
function hypothetical(call: FuncCall | undefined, ctx: Ctx): Node | undefined {
  if (!isHypothetical(call)) return undefined;
  const sort = as("SortBy", call.agg_order![0]);
  const [value] = call.args!;
  const key = sort?.node;
  const refuse = (what: string) => ctx.report("refused", { name: nameOf(call), what }, call);
  if (!isNode(value) || !isNode(key) || sort?.sortby_dir === "SORTBY_USING") return undefined;
  if (ctx.info(value)?.nullable !== false) return refuse("its value may be NULL");
  const hasNull = ctx.info(key)?.nullable !== false;
  const descending = sort?.sortby_dir === "SORTBY_DESC";
  const first = sort?.sortby_nulls === "SORTBY_NULLS_FIRST" || (descending && sort?.sortby_nulls !== "SORTBY_NULLS_LAST");
  if (first && hasNull && nameOf(call) === "dense_rank") return refuse("NULLs come first in its order");
  const missing: Value = { kind: "NullTest", arg: key, nulltesttype: "IS_NULL" } as Value;
  const orMissing = (test: Value): Value =>
    first && hasNull ? ({ kind: "BoolExpr", boolop: "OR_EXPR", args: [test, missing] } as Value) : test;
  const count = (test: Value | undefined, distinct?: Value): Value => {
    const filter = conjunction([call.agg_filter, test].filter((each) => each !== undefined));
    const of = distinct === undefined ? { agg_star: true } : { args: [distinct], agg_distinct: true };
    return {
      kind: "FuncCall",
      funcname: ["count"],
      ...of,
      ...(filter && { agg_filter: filter }),
      funcformat: "COERCE_EXPLICIT_CALL",
    } as Value;
  };
  const before = orMissing(operation(descending ? ">" : "<", key, value));
  const notAfter = orMissing(operation(descending ? ">=" : "<=", key, value));
  ctx.carried(call, ["funcname", "args", "agg_order", "agg_filter", "agg_within_group", "funcformat"]);
  ctx.carried(sort!, ["node", "sortby_dir", "sortby_nulls"]);
  ctx.report("counted", { name: nameOf(call) }, call);
  return HYPOTHETICAL[nameOf(call)]!({
    before: count(before),
    differing: count(before, key),
    notAfter: count(notAfter),
    rows: count(undefined),
  });
}

/** Of several fractions an array of what each of them gives. */
function eachFraction(call: FuncCall | undefined, ctx: Context): Node | undefined {
  if (!call?.agg_within_group || !/^percentile_/.test(nameOf(call))) return undefined;
  const array = as("A_ArrayExpr", call.args?.[0]);
  const fractions = array?.elements;
  if (!array || !fractions?.every((fraction) => as("A_Const", fraction)?.fval !== undefined || as("A_Const", fraction)?.ival !== undefined))
    return undefined;
  return ctx.change(array, { elements: fractions.map((fraction) => ctx.change(call, { args: [fraction] })) }) as Node;
}

function nameOf(call: FuncCall): string {
  return qualified(call.funcname ?? []).name;
}

/** The ordered-set aggregates of a query, but for those of queries within it. */
function ordered(select: SelectStmt): FuncCall[] {
  const found: FuncCall[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value) || value.kind === "SelectStmt") return;
    const call = as("FuncCall", value);
    if (call?.agg_within_group && NAMES.has(nameOf(call))) found.push(call);
    for (const held of Object.values(value)) visit(held);
  };
  visit([select.targetList, select.havingClause, select.sortClause]);
  return found;
}

function numbered(select: SelectStmt, calls: readonly FuncCall[], ctx: Ctx): SelectStmt | undefined {
  const refuse = (call: FuncCall, what: string) => ctx.report("refused", { name: nameOf(call), what }, call);
  const [first] = calls;
  if (select.windowClause || select.distinctClause || select.op !== "SETOP_NONE")
    return refuse(first!, "there is DISTINCT or WINDOW beside it");
  const targets = (select.targetList ?? []).map((item) => as("ResTarget", item)!);
  const keys = (select.groupClause ?? []).map((item) => groupKey(item, targets, select, ctx));
  if (keys.some((key) => key === undefined)) return refuse(first!, "there are GROUPING SETS beside it");
  // Columns of the subquery: the keys, and what aggregates read.
  const columns: ResTarget[] = [];
  const carry = (val: Value, stem: string): ColumnRef => {
    const there = columns.find((column) => alike(column.val, val));
    const name = there?.name ?? `${stem}_${columns.length + 1}`;
    if (!there) columns.push({ kind: "ResTarget", name, val });
    else if (isNode(val)) ctx.consumed(val);
    return { kind: "ColumnRef", fields: [alias, name] };
  };
  const alias = ctx.fresh("ordered");
  const groups = keys.map((key) => carry(key!, "key"));
  const modes: ResTarget[] = [];
  const aggregate = (call: FuncCall): Value | undefined => {
    const name = nameOf(call);
    const sort = call.agg_order?.length === 1 ? as("SortBy", call.agg_order[0]) : undefined;
    const type = sort && (ctx.info(sort.node as Node)?.type.name ?? "");
    const isEnum = enumLabels(type!, ctx.catalog) !== undefined;
    const isPicked = name === "percentile_cont" ? NUMBERS.test(type!) : PICKED.test(type!) || isEnum;
    if (!sort?.node || !isPicked) return refuse(call, `its values are ${type === "" || !type ? "of a type that is not known" : type}`);
    const share = call.args?.[0];
    if (name !== "mode" && !(as("A_Const", share) ?? as("ParamRef", share) ?? as("TypeCast", share)))
      return refuse(call, "its fraction is no constant");
    const value: Value = call.agg_filter
      ? ({ kind: "CaseExpr", args: [{ kind: "CaseWhen", expr: call.agg_filter, result: sort.node }] } as Value)
      : sort.node;
    for (const field of ["funcname", "args", "agg_order", "agg_within_group", "agg_filter", "funcformat"] as const)
      ctx.carried(call, [field]);
    ctx.carried(sort, ["node", "sortby_dir", "sortby_nulls"]);
    ctx.report("numbered", { name }, call);
    const kept = carry(value, "value");
    if (name === "mode") {
      // The value that is there most often, of several the first one; NULL counts for nothing.
      const often = carry(windowed("count", [value], [...keys.map((key) => key!), value], []), "often");
      const sorts: readonly (readonly [Value, SortBy["sortby_dir"]])[] = [
        [often, "SORTBY_DESC"],
        [kept, sort.sortby_dir],
      ];
      const isNull: Value = { kind: "NullTest", arg: kept, nulltesttype: "IS_NULL" } as Value;
      const order = [[isNull, "SORTBY_DEFAULT"] as const, ...sorts].map(([node, direction]) => sorted(node, direction));
      modes.push({ kind: "ResTarget", name: `mode_${modes.length + 1}`, val: windowed("row_number", [], groups, order) });
      return picked(kept, { kind: "ColumnRef", fields: [alias, modes.at(-1)!.name!] }, ONE, type);
    }
    const count = carry(windowed("count", [value], keys as Value[], []), "count");
    const number = carry(windowed("row_number", [], keys as Value[], [sorted(value, sort.sortby_dir)]), "number");
    const p = cast(share!, "float8");
    if (name === "percentile_disc") {
      const args = [functionCall("ceil", [operation("*", p, count)]), ONE];
      return picked(kept, number, { kind: "MinMaxExpr", op: "IS_GREATEST", args } as Value, type);
    }
    const place = operation("*", p, operation("-", count, ONE));
    const at = (rounding: string) => picked(cast(kept, "float8"), number, operation("+", functionCall(rounding, [place]), ONE));
    const whole = operation("*", p, operation("-", functionCall("max", [count]), ONE));
    const part = operation("-", whole, functionCall("floor", [whole]));
    return operation("+", at("floor"), operation("*", part, operation("-", at("ceil"), at("floor"))));
  };
  let failed = false;
  const outer = (value: Value): Value => {
    if (Array.isArray(value)) return (value as readonly Value[]).map(outer) as unknown as Value;
    if (!isNode(value)) return value;
    const key = keys.findIndex((each) => sameKey(each!, value));
    if (key >= 0) {
      ctx.consumed(value);
      return groups[key]!;
    }
    const call = as("FuncCall", value);
    if (call && calls.includes(call)) {
      const made = failed ? undefined : aggregate(call);
      if (made === undefined) failed = true;
      return made ?? value;
    }
    if (call && !call.over && ctx.info(call)?.call?.kind === "aggregate") return ctx.change(call, argsOf(call));
    if (value.kind === "ColumnRef" || value.kind === "SelectStmt") {
      failed = true;
      refuse(first!, "there are columns or subqueries beside it that are no keys of GROUP BY");
      return value;
    }
    const patch: Record<string, unknown> = {};
    for (const [field, held] of Object.entries(value)) {
      if (typeof held !== "object" || held === null) continue;
      const next = outer(held as Value);
      if (next !== held) patch[field] = next;
    }
    return Object.keys(patch).length === 0 ? value : (ctx.change(value, patch) as Node);
  };
  const argsOf = (call: FuncCall) => ({
    args: call.args?.map((arg) => carry(arg, "value")),
    ...(call.agg_filter && { agg_filter: carry(call.agg_filter, "filter") }),
    ...(call.agg_order && {
      agg_order: call.agg_order.map((item): Value => {
        const sort = as("SortBy", item)!;
        return ctx.change(sort, { node: carry(sort.node!, "order") }) as SortBy;
      }),
    }),
  });
  const targetList = targets.map((target) => {
    const next = outer(target) as ResTarget;
    const name = target.name ?? outputName(target);
    return next === target || name === undefined || target.name !== undefined ? next : (ctx.change(next, { name }) as ResTarget);
  });
  const sortClause = select.sortClause?.map((item) => (sortTarget(as("SortBy", item)?.node, targets) ? item : outer(item)));
  const havingClause = select.havingClause && outer(select.havingClause);
  if (failed) return undefined;
  const inner = ctx.change(select, {
    targetList: columns,
    groupClause: undefined,
    havingClause: undefined,
    sortClause: undefined,
    limitCount: undefined,
    limitOffset: undefined,
    limitOption: "LIMIT_OPTION_DEFAULT",
    withClause: undefined,
  });
  for (const item of select.groupClause ?? []) if (isNode(item)) ctx.consumed(item);
  return {
    ...PLAIN_SELECT,
    ...(select.withClause && { withClause: select.withClause }),
    targetList,
    fromClause: [
      subqueryItem(
        modes.length > 0 ? { ...PLAIN_SELECT, targetList: [ALL_COLUMNS, ...modes], fromClause: [subqueryItem(inner, alias)] } : inner,
        alias,
      ),
    ],
    ...(groups.length > 0 && { groupClause: groups }),
    ...(havingClause !== undefined && { havingClause }),
    ...(sortClause && { sortClause }),
    ...(select.limitCount !== undefined && { limitCount: select.limitCount }),
    ...(select.limitOffset !== undefined && { limitOffset: select.limitOffset }),
    limitOption: select.limitOption ?? "LIMIT_OPTION_DEFAULT",
  };
}

const ONE: Value = { kind: "A_Const", ival: 1 };

function windowed(name: string, args: readonly Value[], partitionClause: readonly Value[], orderClause: readonly Value[]): Value {
  return { ...functionCall(name, args), over: { kind: "WindowDef", partitionClause, orderClause, frameOptions: DEFAULT_FRAME } };
}

function sorted(node: Value, direction: SortBy["sortby_dir"] = "SORTBY_DEFAULT"): SortBy {
  return { kind: "SortBy", node, sortby_dir: direction, sortby_nulls: "SORTBY_NULLS_LAST" };
}

function cast(arg: Value, type: string): Value {
  return { kind: "TypeCast", arg, typeName: { kind: "TypeName", names: ["pg_catalog", type] } } as Value;
}

/** The value of the row with that number: PostgreSQL has no max() of some types. */
function picked(value: Value, number: Value, place: Value, type?: string): Value {
  const result = type === "uuid" ? cast(value, "text") : value;
  const one: Value = { kind: "CaseExpr", args: [{ kind: "CaseWhen", expr: operation("=", number, place), result }] } as Value;
  const found = functionCall(type === "bool" ? "bool_or" : "max", [one]);
  return type === "uuid" ? cast(found, type) : found;
}

/** What a key of GROUP BY computes, by its number or name too; undefined for grouping sets. */
function groupKey(item: Value, targets: readonly ResTarget[], select: SelectStmt, ctx: Ctx): Value | undefined {
  if (as("GroupingSet", item)) return undefined;
  const name = as("ColumnRef", item)?.fields?.at(-1);
  const isColumn = ctx.analysis.range(ctx.origin(select)).some(({ columns }) => columns.some((column) => column.name === name));
  return (isColumn ? undefined : sortTarget(item, targets)?.val) ?? item;
}
