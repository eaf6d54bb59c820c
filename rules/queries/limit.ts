import {
  as,
  type Context,
  columnRef,
  conjunction,
  DEFAULT_FRAME,
  error,
  type FuncCall,
  HOLD_QUERIES,
  isNode,
  note,
  operation,
  PLAIN_SELECT,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  sortTarget,
  subqueryItem,
  typeName,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  numbered: note("{words} became a condition on the numbers of the rows: TiDB's LIMIT takes numbers and parameters alone"),
  columns: error("{words} is not converted: {what}", {
    help: "put the query into a subquery that numbers its rows with ROW_NUMBER() or RANK(), and compare the number",
  }),
};

export default rule({
  construct: "FETCH … WITH TIES, LIMIT with an expression",
  why: `TiDB's LIMIT takes a number or a parameter, no expression and no subquery, and knows no WITH TIES. The rows are numbered in the order of
ORDER BY and those up to the number are kept; with ties they are ranked.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-select.html#SQL-LIMIT",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "SelectStmt",
  where(node) {
    const select = as("SelectStmt", node);
    return select?.limitCount !== undefined || select?.limitOffset !== undefined;
  },
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      return select && limited(select, ctx);
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 5), (4, 1), (5, NULL)",
      pg: "SELECT id, a FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES",
      tidb: `SELECT id, a
FROM (SELECT id, a, RANK() OVER (ORDER BY a IS NULL, a) AS limit_rank FROM t) AS limit_1
WHERE limit_rank <= 2
ORDER BY limit_rank`,
      findings: ["numbered"],
      rejected: { sql: "SELECT id FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 5), (4, 1), (5, NULL)",
      pg: "SELECT a AS n FROM t ORDER BY n DESC, id LIMIT 2 OFFSET (2 - 1) * 2",
      tidb: `SELECT n
FROM (SELECT a AS n, ROW_NUMBER() OVER (ORDER BY a IS NULL DESC, a DESC, id) AS limit_row FROM t) AS limit_1
WHERE limit_row > COALESCE((2 - 1) * 2, 0) AND limit_row <= COALESCE(2 + (2 - 1) * 2, 9223372036854775807)
ORDER BY limit_row`,
      findings: ["numbered"],
      rejected: { sql: "SELECT a FROM t LIMIT 1 OFFSET 1 * 2", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 5)",
      pg: "SELECT id FROM t ORDER BY id LIMIT 2::int OFFSET 1::bigint FOR UPDATE SKIP LOCKED",
      tidb: "SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1 FOR UPDATE",
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "SELECT DISTINCT a FROM t ORDER BY a + 1 LIMIT 1 + 1; SELECT * FROM elsewhere LIMIT 1 + 1; SELECT a FROM t LIMIT 1 + 1 FOR UPDATE",
      tidb: null,
      findings: ["columns", "columns", "columns"],
    },
  ],
});

/** The largest bigint: no query has more rows. */
const ALL: Value = { kind: "A_Const", fval: "9223372036854775807" };

function limited(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const ties = select.limitOption === "LIMIT_OPTION_WITH_TIES";
  const [count, offset] = [select.limitCount, select.limitOffset].map((value) => ofWholeNumber(value, ctx));
  if (!ties && isPlain(count) && isPlain(offset)) {
    if (count === select.limitCount && offset === select.limitOffset) return undefined;
    return ctx.change(select, { limitCount: count, limitOffset: offset });
  }
  const words = ties ? "WITH TIES" : "LIMIT with an expression";
  const refuse = (what: string) => ctx.report("columns", { words, what }, select);
  if (select.lockingClause?.length) return refuse("it stands beside FOR UPDATE");
  const names = ctx.analysis.columns(ctx.origin(select))?.map(({ name }) => name) ?? [];
  if (names.length === 0 || new Set(names).size < names.length) return refuse("the names of its columns are not known, or two are alike");
  if (names.includes("?column?")) return refuse("a column of it has no name");
  const { withClause, sortClause = [], ...rest } = select;
  const plain = select.op === "SETOP_NONE" && !select.distinctClause;
  const keys = sortClause.map((item) => keyOf(as("SortBy", item), select, names, plain, ctx));
  if (keys.includes(undefined)) return refuse("it is ordered by what is no column of it");
  const over = { kind: "WindowDef" as const, orderClause: keys as Value[], frameOptions: DEFAULT_FRAME };
  const call = (name: string, column: string): ResTarget => ({
    kind: "ResTarget",
    name: column,
    val: { kind: "FuncCall", funcname: [name], over, funcformat: "COERCE_EXPLICIT_CALL" } as FuncCall,
  });
  const numbers = [
    ...(ties ? [call("rank", "limit_rank")] : []),
    ...(!ties || offset !== undefined ? [call("row_number", "limit_row")] : []),
  ];
  const bare = {
    sortClause: undefined,
    limitCount: undefined,
    limitOffset: undefined,
    limitOption: "LIMIT_OPTION_DEFAULT",
    withClause: undefined,
  } as const;
  const shown = names.map((name): ResTarget => ({ kind: "ResTarget", val: columnRef(name) }));
  const inner: SelectStmt = plain
    ? ctx.change(select, { ...bare, targetList: [...(rest.targetList ?? []), ...numbers] })
    : { ...PLAIN_SELECT, targetList: [...shown, ...numbers], fromClause: [subqueryItem(ctx.change(select, bare), ctx.fresh("limit"))] };
  const place = columnRef(ties ? "limit_rank" : "limit_row");
  const end = count === undefined || offset === undefined ? count : operation("+", count, offset);
  const conditions = [
    ...(offset === undefined ? [] : [operation(">", columnRef("limit_row"), orElse(offset, { kind: "A_Const", ival: 0 }))]),
    ...(end === undefined ? [] : [operation("<=", place, orElse(end, ALL))]),
  ];
  ctx.report("numbered", { words }, select);
  return {
    ...PLAIN_SELECT,
    ...(withClause && { withClause }),
    targetList: shown,
    fromClause: [subqueryItem(inner, ctx.fresh("limit"))],
    whereClause: conjunction(conditions)!,
    ...(sortClause.length > 0 && {
      sortClause: [{ kind: "SortBy", node: place, sortby_dir: "SORTBY_DEFAULT", sortby_nulls: "SORTBY_NULLS_FIRST" }],
    }),
  };
}

/** LIMIT is a bigint: a parameter or number that is cast to a whole number is one as it is. */
function ofWholeNumber(value: Value | undefined, ctx: Ctx): Value | undefined {
  const cast = as("TypeCast", value);
  const constant = as("A_Const", cast?.arg);
  const bare = as("ParamRef", cast?.arg) ?? (constant?.ival === undefined ? undefined : constant);
  if (!cast?.typeName || !bare || !/^int[248]$/.test(typeName(cast.typeName).name) || cast.typeName.arrayBounds?.length) return value;
  ctx.consumed(cast.typeName);
  ctx.carried(cast, ["arg", "typeName"]);
  return bare;
}

/** What LIMIT of TiDB takes. */
function isPlain(value: Value | undefined): boolean {
  const constant = as("A_Const", value);
  return value === undefined || as("ParamRef", value) !== undefined || (constant !== undefined && constant.sval === undefined);
}

/** NULL is as good as no bound. */
function orElse(value: Value, other: Value): Value {
  return as("A_Const", value) ? value : ({ kind: "CoalesceExpr", args: [value, other] } as Value);
}

/** The key as an expression, or by its output column's name where the query is a subquery. */
function keyOf(sort: SortBy | undefined, select: SelectStmt, names: readonly string[], plain: boolean, ctx: Ctx): SortBy | undefined {
  const targets = (select.targetList ?? []).map((item) => as("ResTarget", item));
  if (plain) {
    const target = sortTarget(sort?.node, targets);
    if (!sort || !target) return sort;
    if (isNode(sort.node)) ctx.consumed(sort.node);
    return ctx.change(sort, { node: target.val! }) as SortBy;
  }
  const ordinal = as("A_Const", sort?.node)?.ival;
  const name = ordinal === undefined ? as("ColumnRef", sort?.node)?.fields?.at(-1) : names[ordinal - 1];
  if (!sort || typeof name !== "string" || !names.includes(name)) return undefined;
  if (isNode(sort.node)) ctx.consumed(sort.node);
  return ctx.change(sort, { node: columnRef(name) }) as SortBy;
}
