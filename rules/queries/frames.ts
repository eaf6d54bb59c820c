import {
  alike,
  as,
  type ColumnRef,
  type Context,
  DEFAULT_FRAME,
  eachDescendant,
  edited,
  error,
  type FuncCall,
  find,
  functionCall,
  HOLD_QUERIES,
  holds,
  isNode,
  isStar,
  type Node,
  nativeSort,
  note,
  operation,
  outputName,
  PLAIN_SELECT,
  qualified,
  type RangeVar,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  sortTarget,
  starTargets,
  subqueryItem,
  type Value,
  type WindowDef,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  less: note("EXCLUDE: {name} is that of the whole frame less that of the rows that are left out"),
  parts: note("EXCLUDE CURRENT ROW: {name} is put together from the rows before and the rows after"),
  range: note("GROUPS without a number of groups is RANGE: both end with the rows that are equal"),
  ranked: note("the frame of GROUPS goes by DENSE_RANK(), which a subquery gives the rows"),
  refused: error("{words} is not converted: {what}", {
    help: "number the groups of equal rows with DENSE_RANK() in a subquery, and take a frame of RANGE over the number",
  }),
};

export default rule({
  construct: "window frames: GROUPS, EXCLUDE",
  why: `TiDB has frames of ROWS and RANGE alone, and no EXCLUDE. A frame of RANGE over the bare result of another window function it refuses (error
1105, "Can't find column"): where one query with windows may read another, the key of such a frame is written as COALESCE(key), which is the same.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-WINDOW-FUNCTIONS",
    tidb: "https://docs.pingcap.com/tidb/stable/window-functions",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "WindowDef",
  restate(statement, ctx) {
    const nested = readsWindow(statement);
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const call = as("FuncCall", node);
      const select = as("SelectStmt", node);
      if (call) return excluded(call, ctx);
      if (select) return ranked(select, ctx) ?? (nested ? overComputed(select, ctx) : undefined);
      return node.kind === "WindowDef" ? asRange(node, ctx) : undefined;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 7), (4, 5)",
      pg: "SELECT id, sum(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) AS s FROM t",
      tidb: `SELECT
  id,
  COALESCE(CAST(SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS SIGNED) + CAST(SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS SIGNED), CAST(SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS SIGNED), CAST(SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS SIGNED)) AS s
FROM t`,
      findings: ["parts"],
      rejected: { sql: "SELECT SUM(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) FROM t", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 7), (4, 5)",
      pg: "SELECT id, count(*) OVER (ORDER BY n GROUPS UNBOUNDED PRECEDING) AS c FROM t; SELECT id, max(id) OVER (ORDER BY n GROUPS 1 PRECEDING) AS m FROM t WHERE id > 1",
      tidb: `SELECT id, COUNT(*) OVER (ORDER BY n IS NULL, n RANGE UNBOUNDED PRECEDING) AS c FROM t;
SELECT
  ranked_1.value_1 AS id,
  MAX(ranked_1.value_1) OVER (ORDER BY COALESCE(ranked_1.group_2) RANGE 1 PRECEDING) AS m
FROM (SELECT id AS value_1, DENSE_RANK() OVER (ORDER BY n IS NULL, n) AS group_2 FROM t WHERE id > 1) AS ranked_1`,
      findings: ["range", "ranked"],
      rejected: { sql: "SELECT COUNT(*) OVER (ORDER BY n GROUPS 1 PRECEDING) FROM t", code: 1235 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL, k int); INSERT INTO t VALUES (1, 5, 1), (2, 3, 1), (3, 7, 2)",
      pg: "SELECT x.id, sum(x.c) OVER (ORDER BY x.id) AS s FROM (SELECT id, count(*) OVER (PARTITION BY k ORDER BY n) AS c FROM t) x ORDER BY x.id",
      tidb: `SELECT x.id, SUM(x.c) OVER (ORDER BY COALESCE(x.id)) AS s
FROM (SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY n) AS c FROM t) AS x
ORDER BY x.id`,
      rejected: {
        sql: "SELECT x.id, SUM(x.c) OVER (ORDER BY x.id) FROM (SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY n) AS c FROM t) AS x",
        code: 1105,
      },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, n int, k int); INSERT INTO t VALUES (1, 5, 1), (2, NULL, 1), (3, 7, NULL), (4, 5, 2), (5, 6, 2)",
      pg: "SELECT id, sum(k) OVER (ORDER BY n RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP) AS s, count(k) OVER (ORDER BY n RANGE UNBOUNDED PRECEDING EXCLUDE TIES) AS c FROM t; SELECT id, avg(k) OVER (ORDER BY n GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS a FROM t",
      tidb: `SELECT
  id,
  CASE WHEN (COUNT(k) OVER (ORDER BY n IS NULL, n RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) - (COUNT(k) OVER (ORDER BY n IS NULL, n RANGE BETWEEN CURRENT ROW AND CURRENT ROW)) > 0 THEN COALESCE(CAST(SUM(k) OVER (ORDER BY n IS NULL, n RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS SIGNED), 0) - COALESCE(CAST(SUM(k) OVER (ORDER BY n IS NULL, n RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS SIGNED), 0) END AS s,
  (COUNT(k) OVER (ORDER BY n IS NULL, n RANGE UNBOUNDED PRECEDING)) - (COUNT(k) OVER (ORDER BY n IS NULL, n RANGE BETWEEN CURRENT ROW AND CURRENT ROW)) + (COUNT(k) OVER (ORDER BY n IS NULL, n ROWS BETWEEN CURRENT ROW AND CURRENT ROW)) AS c
FROM t;
SELECT
  ranked_1.value_1 AS id,
  CAST(COALESCE(CAST(SUM(ranked_1.value_3) OVER (ORDER BY COALESCE(ranked_1.group_2) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS SIGNED), 0) - ranked_1.value_4 AS DECIMAL(65,24)) / NULLIF((COUNT(ranked_1.value_3) OVER (ORDER BY COALESCE(ranked_1.group_2) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)) - ranked_1.value_5, 0) AS a
FROM (
  SELECT
    id AS value_1,
    DENSE_RANK() OVER (ORDER BY n IS NULL, n) AS group_2,
    k AS value_3,
    COALESCE(CAST(SUM(k) OVER (ORDER BY n IS NULL, n ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS SIGNED), 0) AS value_4,
    COUNT(k) OVER (ORDER BY n IS NULL, n ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS value_5
  FROM t
) AS ranked_1`,
      findings: ["less", "less", "less", "ranked", "ranked"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, n int, k int); CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 5, 1), (2, NULL, 1), (3, 7, 2), (4, 5, 2); INSERT INTO u VALUES (1, 8), (3, NULL), (4, 5)",
      pg: "SELECT t.*, round(sum(u.n) OVER (PARTITION BY k ORDER BY t.n GROUPS 1 PRECEDING), 1) AS s FROM t LEFT JOIN u ON u.id = t.id ORDER BY t.id LIMIT 3; SELECT k, max(count(*)) OVER (ORDER BY sum(n) GROUPS 1 PRECEDING) AS m FROM t GROUP BY k",
      tidb: `SELECT
  ranked_1.value_1 AS id,
  ranked_1.value_2 AS n,
  ranked_1.value_3 AS k,
  ROUND(CAST(SUM(ranked_1.value_6) OVER (PARTITION BY ranked_1.part_4 ORDER BY COALESCE(ranked_1.group_5) RANGE 1 PRECEDING) AS SIGNED), 1) AS s
FROM (
  SELECT
    t.id AS value_1,
    t.n AS value_2,
    t.k AS value_3,
    k AS part_4,
    DENSE_RANK() OVER (PARTITION BY k ORDER BY t.n IS NULL, t.n) AS group_5,
    u.n AS value_6
  FROM t
  LEFT JOIN u ON u.id = t.id
) AS ranked_1
ORDER BY ranked_1.value_1
LIMIT 3;
SELECT
  ranked_1.value_1 AS k,
  MAX(ranked_1.value_3) OVER (ORDER BY COALESCE(ranked_1.group_2) RANGE 1 PRECEDING) AS m
FROM (
  SELECT
    k AS value_1,
    DENSE_RANK() OVER (ORDER BY CAST(SUM(n) AS SIGNED) IS NULL, CAST(SUM(n) AS SIGNED)) AS group_2,
    COUNT(*) AS value_3
  FROM t
  GROUP BY k
) AS ranked_1`,
      findings: ["ranked", "ranked"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int, f float8)",
      pg: "SELECT max(n) OVER (ORDER BY n RANGE UNBOUNDED PRECEDING EXCLUDE TIES) FROM t; SELECT sum(f) OVER (ORDER BY n RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) FROM t; SELECT DISTINCT ON (id) max(id) OVER (ORDER BY n GROUPS 1 PRECEDING) FROM t",
      tidb: null,
      findings: ["refused", "refused", "refused"],
    },
  ],
});

/** Bits of WindowDef.frameOptions (parsenodes.h, FRAMEOPTION_…). */
const FRAME = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  between: 0x10,
  startUnbounded: 0x20,
  endUnbounded: 0x100,
  startCurrent: 0x200,
  endCurrent: 0x400,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  excludeCurrent: 0x8000,
  excludeGroup: 0x10000,
  exclusion: 0x38000,
} as const;
const ONE: Value = { kind: "A_Const", ival: 1 };

/** The aggregate over the rows before the current one and over those after it, put together. */
function excluded(call: FuncCall, ctx: Ctx): Node | undefined {
  const over = as("WindowDef", call.over);
  const options = over?.frameOptions ?? 0;
  if (!over || !(options & FRAME.exclusion)) return undefined;
  const { name } = qualified(call.funcname ?? []);
  const combine = COMBINED[name];
  const refuse = (what: string) => ctx.report("refused", { words: "EXCLUDE", what }, call);
  if (call.agg_distinct) return refuse("the aggregate is of different values");
  if (!(options & FRAME.excludeCurrent && options & FRAME.rows)) return subtracted(call, over, refuse, ctx);
  if (!combine || over.name) return refuse(`${name} cannot be put together from two parts`);
  if (![over.startOffset, over.endOffset].every((offset) => offset === undefined || (as("A_Const", offset)?.ival ?? 0) > 0))
    return refuse("its bounds are no constants");
  const bare = options & ~FRAME.exclusion & ~FRAME.between;
  const start = bare & (FRAME.startUnbounded | FRAME.startPreceding | FRAME.startCurrent);
  const end = bare & (FRAME.endUnbounded | FRAME.endFollowing | FRAME.endCurrent);
  if (!start || !end) return refuse("the current row is not within its frame");
  const common = FRAME.nonDefault | FRAME.rows | FRAME.between;
  const before = { ...over, frameOptions: common | start | FRAME.endPreceding, endOffset: ONE } as WindowDef;
  const after = { ...over, frameOptions: common | FRAME.startFollowing | end, startOffset: ONE } as WindowDef;
  const frames = [...(start === FRAME.startCurrent ? [] : [before]), ...(end === FRAME.endCurrent ? [] : [after])];
  if (frames.length === 0) return refuse("nothing is left in its frame");
  ctx.carried(over, ["partitionClause", "orderClause", "frameOptions", "startOffset", "endOffset"]);
  ctx.carried(call, ["funcname", "args", "agg_star", "agg_filter", "over", "funcformat"]);
  ctx.report("parts", { name }, call);
  const part = (as: string) => frames.map((frame): Value => ({ ...call, location: undefined, funcname: [as], over: frame }) as FuncCall);
  return combine(part, call, ctx) as Node;
}

/** The aggregate over the whole frame, less that over the rows equal to the current one, or that of the current one. */
function subtracted(call: FuncCall, over: WindowDef, refuse: (what: string) => undefined, ctx: Ctx): Node | undefined {
  const { name } = qualified(call.funcname ?? []);
  const options = over.frameOptions ?? 0;
  const isWhole = (options & FRAME.startUnbounded && options & FRAME.endUnbounded) !== 0;
  const differences = DIFFERENCES[name];
  if (!differences || over.name) return refuse(`${name} cannot be told without the rows that are left out`);
  if (!over.orderClause?.length || over.refname) return refuse("the order of its window stands elsewhere, or nowhere");
  if (options & FRAME.rows && !isWhole) return refuse("its frame is of ROWS, and may have some of the equal rows in it");
  if (options & (FRAME.startFollowing | FRAME.endPreceding)) return refuse("the current row is not within its frame");
  if (name !== "count" && !EXACT.test(ctx.info(call.args?.[0])?.type.name ?? "")) return refuse("its values are no exact numbers");
  const bare = options & ~FRAME.exclusion;
  // Without a number of rows or groups, the frame ends with equal rows anyway.
  const unit = over.startOffset || over.endOffset ? bare : (bare & ~(FRAME.rows | FRAME.groups)) | FRAME.range;
  const one = FRAME.nonDefault | FRAME.between | FRAME.startCurrent | FRAME.endCurrent;
  const alone = { startOffset: undefined, endOffset: undefined };
  const frames: readonly (readonly ["+" | "-", Partial<WindowDef>])[] = [
    ["+", { frameOptions: unit }],
    ...(options & FRAME.excludeCurrent ? [] : [["-", { ...alone, frameOptions: one | FRAME.range }] as const]),
    ...(options & FRAME.excludeGroup
      ? []
      : [[options & FRAME.excludeCurrent ? "-" : "+", { ...alone, frameOptions: one | FRAME.rows }] as const]),
  ];
  ctx.carried(over, ["partitionClause", "orderClause", "frameOptions", "startOffset", "endOffset"]);
  ctx.carried(call, ["funcname", "args", "agg_star", "agg_filter", "over", "funcformat"]);
  ctx.report("less", { name }, call);
  const put = (as: string, each: (part: Value) => Value): Value =>
    frames.reduce<Value | undefined>((all, [sign, frame]) => {
      const part = each({ ...call, location: undefined, funcname: [as], over: { ...over, ...frame } } as FuncCall);
      return all === undefined ? part : operation(sign, all, part);
    }, undefined)!;
  return differences(put) as Node;
}

/** Types of which a sum less a part of it is what the sum of the others is. */
const EXACT = /^(?:int[248]|numeric)$/;

type Put = (name: string, each: (part: Value) => Value) => Value;

const orZero = (part: Value): Value => ({ kind: "CoalesceExpr", args: [part, { kind: "A_Const", ival: 0 }] }) as Value;
const same = (part: Value): Value => part;

const DIFFERENCES: Readonly<Record<string, (put: Put) => Value>> = {
  count: (put) => put("count", same),
  sum: (put) => {
    const when = { kind: "CaseWhen", expr: operation(">", put("count", same), { kind: "A_Const", ival: 0 }), result: put("sum", orZero) };
    return { kind: "CaseExpr", args: [when] } as Value;
  },
  avg: (put) => average(put("sum", orZero), put("count", same), "numeric"),
};

type Combine = (part: (name: string) => readonly Value[], call: FuncCall, ctx: Ctx) => Value;

const COMBINED: Readonly<Record<string, Combine>> = {
  sum: (part) => total(part("sum")),
  count: (part) => part("count").reduce((left, right) => operation("+", left, right)),
  min: (part) => ({ kind: "MinMaxExpr", op: "IS_LEAST", args: part("min") }) as Value,
  max: (part) => ({ kind: "MinMaxExpr", op: "IS_GREATEST", args: part("max") }) as Value,
  avg: (part, call, ctx) => {
    const rows = part("count").reduce((left, right) => operation("+", left, right));
    return average(total(part("sum")), rows, ctx.info(call)?.type.name === "float8" ? "float8" : "numeric");
  },
};

function average(arg: Value, rows: Value, type: string): Value {
  const sum = { kind: "TypeCast", arg, typeName: { kind: "TypeName", names: [type] } } as Value;
  const some = { kind: "A_Expr", variant: "AEXPR_NULLIF", name: ["="], lexpr: rows, rexpr: { kind: "A_Const", ival: 0 } } as Value;
  return operation("/", sum, some);
}

/** The sum of two sums, of which either may be NULL, because it is of no rows. */
function total(sums: readonly Value[]): Value {
  const [left, right] = sums;
  return right === undefined ? left! : ({ kind: "CoalesceExpr", args: [operation("+", left!, right), left, right] } as Value);
}

/** Whether a query of the statement may read what a window function of another gives as it is. */
function readsWindow(statement: Node): boolean {
  let queries = 0;
  eachDescendant(statement, (node) => {
    if (node.kind === "SelectStmt" && node.targetList?.some((target) => as("FuncCall", as("ResTarget", target)?.val)?.over)) queries++;
  });
  return queries > 1;
}

/** The query with frames that go by computed keys, where it reads another query. */
function overComputed(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const isStored = ({ schemaname, relname = "" }: RangeVar) => find(ctx.catalog, ctx.catalog.tables, { schema: schemaname, name: relname });
  const reads = (select.fromClause ?? []).some((item) =>
    holds(item, (node) => node.kind === "RangeSubselect" || (node.kind === "RangeVar" && !isStored(node))),
  );
  if (!reads) return undefined;
  const framed = (node: Node): Node | undefined => {
    const call = as("FuncCall", node);
    const over = as("WindowDef", call?.over);
    if (!call || !over || NUMBERING.has(qualified(call.funcname ?? []).name)) return undefined;
    const next = withComputedKeys(over, ctx);
    return next && (ctx.change(call, { over: next }) as Node);
  };
  const list = (items: readonly Value[] | undefined, change: (node: Node) => Node | undefined) =>
    items?.map((item) => rewritten(item, ctx.change as never, change as never));
  const named = (node: Node) => (node.kind === "WindowDef" ? withComputedKeys(node, ctx) : undefined);
  const [targetList, windowClause] = [list(select.targetList, framed), list(select.windowClause, named)];
  const same = (next: readonly Value[] | undefined, before: readonly Value[] | undefined) => next?.every((item, i) => item === before?.[i]);
  if (same(targetList, select.targetList) !== false && same(windowClause, select.windowClause) !== false) return undefined;
  return ctx.change(select, { targetList, windowClause } as Partial<SelectStmt>) as SelectStmt;
}

/** Window functions that do not go by a frame. */
const NUMBERING = new Set(["row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"]);

function withComputedKeys(window: WindowDef, ctx: Ctx): WindowDef | undefined {
  const { frameOptions = 0, orderClause = [] } = window;
  const whole = FRAME.startUnbounded | FRAME.endUnbounded;
  if (frameOptions & FRAME.rows || (frameOptions & whole) === whole) return undefined;
  const keys = orderClause.map((item) => {
    const sort = as("SortBy", item);
    const column = as("ColumnRef", sort?.node);
    return sort && column ? ctx.change(sort, { node: { kind: "CoalesceExpr", args: [column] } as Value }) : item;
  });
  return keys.every((key, i) => key === orderClause[i]) ? undefined : (ctx.change(window, { orderClause: keys as never }) as WindowDef);
}

function asRange(window: WindowDef, ctx: Ctx): WindowDef | undefined {
  const options = window.frameOptions ?? 0;
  if (!(options & FRAME.groups) || window.startOffset || window.endOffset || options & FRAME.exclusion) return undefined;
  ctx.report("range", {}, window);
  return ctx.change(window, { frameOptions: (options & ~FRAME.groups) | FRAME.range }) as WindowDef;
}

/** A query whose windows count groups: they go by a column of a subquery, which has all else that the query computes as well. */
function ranked(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const counting = (value: Value | undefined): boolean => holds(value, isCounting, (node) => node.kind === "SelectStmt");
  const first = [...(select.targetList ?? []), ...(select.sortClause ?? [])].find(counting);
  if (first === undefined) return undefined;
  const refuse = (what: string) => ctx.report("refused", { words: "GROUPS", what }, first as Node);
  if (select.distinctClause?.some(isNode) || select.lockingClause) return refuse("the query has DISTINCT ON or locks its rows");
  const alias = ctx.fresh("ranked");
  const columns: ResTarget[] = [];
  const carry = (val: Value, stem: string): Value => {
    if (as("A_Const", val) ?? as("ParamRef", val)) return val;
    const there = columns.find((column) => alike(column.val, val));
    const name = there?.name ?? `${stem}_${columns.length + 1}`;
    if (!there) columns.push({ kind: "ResTarget", name, val });
    else if (isNode(val)) ctx.consumed(val);
    return { kind: "ColumnRef", fields: [alias, name] } as Value;
  };
  const outer = (value: Value): Value => {
    if (Array.isArray(value)) return edited(value as readonly Value[], (item) => [outer(item)]) as unknown as Value;
    if (!isNode(value) || value.kind === "TypeName") return value;
    if (isCounting(value)) return reframed(value as FuncCall);
    if (!counting(value) && value.kind !== "CaseWhen") return carry(value, "value");
    const patch = Object.entries(value).flatMap(([field, held]) => {
      const next = typeof held === "object" && held !== null ? outer(held as Value) : held;
      return next === held ? [] : [[field, next]];
    });
    return ctx.change(value, Object.fromEntries(patch)) as Node;
  };
  const reframed = (call: FuncCall): Value => {
    const window = as("WindowDef", call.over)!;
    const { partitionClause = [], orderClause = [], frameOptions = 0 } = window;
    const rank = {
      ...functionCall("dense_rank", []),
      over: { kind: "WindowDef", partitionClause, orderClause, frameOptions: DEFAULT_FRAME },
    };
    ctx.report("ranked", {}, call);
    const over = ctx.change(window, {
      partitionClause: partitionClause.map((item) => carry(item, "part")),
      // Of the bare result of another window function TiDB makes no such frame.
      orderClause: [nativeSort({ kind: "CoalesceExpr", args: [carry(rank as Value, "group")] } as Value)],
      frameOptions: (frameOptions & ~FRAME.groups) | FRAME.range,
    });
    return ctx.change(call, {
      over,
      args: call.args?.map((arg) => carry(arg, "value")),
      agg_filter: call.agg_filter && carry(call.agg_filter, "filter"),
    }) as Value;
  };
  const targets: ResTarget[] = [];
  for (const item of select.targetList ?? []) {
    const target = as("ResTarget", item)!;
    const star = isStar(target.val)
      ? starTargets(select, target.val as ColumnRef, { ...ctx.analysis, origin: ctx.origin as never })
      : [target];
    if (!star) return refuse("the columns behind * are not known");
    if (star[0] !== target) ctx.consumed(target);
    targets.push(...star);
  }
  const sorts = (select.sortClause ?? []).map((item) => {
    const sort = as("SortBy", item)!;
    return sortTarget(sort.node, targets) ? sort : (ctx.change(sort, { node: outer(sort.node!) }) as SortBy);
  });
  const targetList = targets.map((target) => ctx.change(target, { name: target.name ?? outputName(target), val: outer(target.val!) }));
  const inner = ctx.change(select, {
    targetList: columns,
    sortClause: undefined,
    distinctClause: undefined,
    limitCount: undefined,
    limitOffset: undefined,
    limitOption: "LIMIT_OPTION_DEFAULT",
    withClause: undefined,
  });
  const { withClause, distinctClause, limitCount, limitOffset, limitOption } = select;
  const sortClause = sorts.length > 0 ? sorts : undefined;
  const rest = Object.entries({ withClause, distinctClause, sortClause, limitCount, limitOffset, limitOption });
  return {
    ...PLAIN_SELECT,
    ...Object.fromEntries(rest.filter(([, value]) => value !== undefined)),
    targetList,
    fromClause: [subqueryItem(inner as SelectStmt, alias)],
  };
}

/** Whether it is a call whose frame goes by a number of groups. */
function isCounting(node: Node): boolean {
  const { frameOptions = 0, startOffset, endOffset, refname } = as("WindowDef", as("FuncCall", node)?.over) ?? {};
  return (
    (frameOptions & FRAME.groups) !== 0 && !(frameOptions & FRAME.exclusion) && refname === undefined && Boolean(startOffset ?? endOffset)
  );
}
