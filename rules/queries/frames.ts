import {
  ALL_COLUMNS,
  as,
  type Context,
  eachDescendant,
  error,
  type FuncCall,
  find,
  HOLD_QUERIES,
  holds,
  isStar,
  type Node,
  note,
  operation,
  qualified,
  type RangeVar,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type Value,
  type WindowDef,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
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
SELECT id, MAX(id) OVER (ORDER BY group_1 RANGE 1 PRECEDING) AS m
FROM (SELECT *, DENSE_RANK() OVER (ORDER BY n IS NULL, n) AS group_1 FROM t WHERE id > 1) AS t`,
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
      given: "CREATE TABLE t (id int PRIMARY KEY, n int)",
      pg: "SELECT sum(n) OVER (ORDER BY n RANGE UNBOUNDED PRECEDING EXCLUDE TIES) FROM t; SELECT *, max(id) OVER (ORDER BY n GROUPS 1 PRECEDING) FROM t",
      tidb: null,
      findings: ["refused", "refused"],
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
  exclusion: 0x38000,
} as const;
/** RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, not written (FRAMEOPTION_DEFAULTS). */
const DEFAULT_FRAME = FRAME.range | FRAME.startUnbounded | FRAME.endCurrent;

const ONE: Value = { kind: "A_Const", ival: 1 };

/** The aggregate over the rows before the current one and over those after it, put together. */
function excluded(call: FuncCall, ctx: Ctx): Node | undefined {
  const over = as("WindowDef", call.over);
  const options = over?.frameOptions ?? 0;
  if (!over || !(options & FRAME.exclusion)) return undefined;
  const { name } = qualified(call.funcname ?? []);
  const combine = COMBINED[name];
  const refuse = (what: string) => ctx.report("refused", { words: "EXCLUDE", what }, call);
  if (!(options & FRAME.excludeCurrent) || !(options & FRAME.rows))
    return refuse("it leaves out more than the current row, or its frame is not of ROWS");
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

type Combine = (part: (name: string) => readonly Value[], call: FuncCall, ctx: Ctx) => Value;

const COMBINED: Readonly<Record<string, Combine>> = {
  sum: (part) => total(part("sum")),
  count: (part) => part("count").reduce((left, right) => operation("+", left, right)),
  min: (part) => ({ kind: "MinMaxExpr", op: "IS_LEAST", args: part("min") }) as Value,
  max: (part) => ({ kind: "MinMaxExpr", op: "IS_GREATEST", args: part("max") }) as Value,
  avg: (part, call, ctx) => {
    const rows = part("count").reduce((left, right) => operation("+", left, right));
    const isFloat = ctx.info(call)?.type.name === "float8";
    const sum: Value = {
      kind: "TypeCast",
      arg: total(part("sum")),
      typeName: { kind: "TypeName", names: [isFloat ? "float8" : "numeric"] },
    } as Value;
    return operation("/", sum, {
      kind: "A_Expr",
      variant: "AEXPR_NULLIF",
      name: ["="],
      lexpr: rows,
      rexpr: { kind: "A_Const", ival: 0 },
    } as Value);
  },
};

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

/** A query of one table whose windows count groups: they go by a column of a subquery. */
function ranked(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const windows = (select.targetList ?? []).flatMap((target) => as("WindowDef", as("FuncCall", as("ResTarget", target)?.val)?.over) ?? []);
  const counting = windows.filter(
    ({ frameOptions = 0, startOffset, endOffset }) => frameOptions & FRAME.groups && (startOffset || endOffset),
  );
  if (counting.length === 0) return undefined;
  const relation = select.fromClause?.length === 1 ? as("RangeVar", select.fromClause[0]) : undefined;
  const stars = (select.targetList ?? []).some((target) => isStar(as("ResTarget", target)?.val));
  const plain =
    relation &&
    !stars &&
    !select.groupClause &&
    !select.havingClause &&
    select.op === "SETOP_NONE" &&
    counting.every(({ refname }) => !refname);
  if (!plain)
    return ctx.report("refused", { words: "GROUPS", what: "the query groups its rows, has *, or reads more than one table" }, counting[0]);
  const ranks: ResTarget[] = [];
  const targetList = select.targetList!.map((item): Value => {
    const target = as("ResTarget", item);
    const call = as("FuncCall", target?.val);
    const window = as("WindowDef", call?.over);
    if (!target || !call || !window || !counting.includes(window)) return item;
    const { partitionClause = [], orderClause = [], frameOptions = 0 } = window;
    const name = ctx.fresh("group");
    const over = { kind: "WindowDef", partitionClause, orderClause, frameOptions: DEFAULT_FRAME };
    ranks.push({
      kind: "ResTarget",
      name,
      val: { kind: "FuncCall", funcname: ["dense_rank"], over, funcformat: "COERCE_EXPLICIT_CALL" } as FuncCall,
    });
    const order = {
      kind: "SortBy",
      node: { kind: "ColumnRef", fields: [name] },
      sortby_dir: "SORTBY_DEFAULT",
      sortby_nulls: "SORTBY_NULLS_FIRST",
    };
    ctx.report("ranked", {}, call);
    const next = ctx.change(window, { orderClause: [order] as never, frameOptions: (frameOptions & ~FRAME.groups) | FRAME.range });
    return ctx.change(target, { val: ctx.change(call, { over: next }) }) as ResTarget;
  });
  const subquery = {
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList: [ALL_COLUMNS, ...ranks],
    fromClause: [relation],
    ...(select.whereClause !== undefined && { whereClause: select.whereClause }),
  };
  const alias = { kind: "Alias", aliasname: relation.alias?.aliasname ?? relation.relname };
  return ctx.change(select, {
    targetList,
    whereClause: undefined,
    fromClause: [{ kind: "RangeSubselect", subquery, alias } as Value],
  }) as SelectStmt;
}
