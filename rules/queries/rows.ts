import {
  as,
  type Context,
  error,
  type FuncCall,
  HOLD_QUERIES,
  note,
  qualified,
  type RowExpr,
  raw,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  type Tidb,
  tidb,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  columns: note("the row is taken apart: {words} goes by its columns, one after the other"),
  counted: note("COUNT(DISTINCT …) of several columns leaves rows with NULL out in TiDB: each column is counted with whether it is NULL"),
  type: error("COUNT(DISTINCT (…)) is not converted: its columns are {types}", {
    help: "count the rows of a SELECT DISTINCT in a subquery",
  }),
};

export default rule({
  construct: "rows: (a, b)",
  why: `TiDB takes a row beside a comparison, IN and IS NULL as PostgreSQL does, and nowhere else (error 1241). Sorting and grouping by a row is
sorting and grouping by its columns.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON",
    tidb: "https://docs.pingcap.com/tidb/stable/expression-syntax",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "RowExpr",
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      return select && apart(select, ctx);
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  on: (takes) => [
    takes("FuncCall", ["funcname", "args", "agg_distinct", "agg_filter", "over"], (readable, ctx) => {
      const call = readable as FuncCall;
      const row = call.args?.length === 1 ? as("RowExpr", call.args[0]) : undefined;
      if (!row || !call.agg_distinct || call.over || qualified(call.funcname ?? []).name !== "count") return;
      const types = (row.args ?? []).map((arg) => ctx.info(arg)?.type.name ?? "of unknown type");
      if (!types.every((type) => PLAIN.test(type))) return ctx.report("type", { types: types.join(", ") });
      const filtered = (value: Value | Tidb) =>
        call.agg_filter === undefined ? value : tidb`CASE WHEN ${call.agg_filter} THEN ${value as Value} END`;
      const parts = (row.args ?? []).flatMap((arg, i) => {
        // A stored char(n) has no blanks behind it.
        const value = types[i] === "bpchar" && !ctx.info(arg)?.column ? tidb`TRIM(TRAILING ' ' FROM ${arg})` : arg;
        const nothing = raw(/^(?:float|int|numeric|bool)/.test(types[i]!) ? "0" : "''");
        return ctx.info(arg)?.nullable === false
          ? [filtered(value)]
          : [filtered(tidb`${arg} IS NULL`), filtered(tidb`COALESCE(${value as Value}, ${nothing})`)];
      });
      ctx.carried(row, ["args", "row_format"]);
      return ctx.replace(tidb`COUNT(DISTINCT ${parts as unknown as Value})`, "counted");
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'x'), (3, 5, NULL), (4, 1, 'x')",
      pg: "SELECT id FROM t WHERE (a, b) >= (5, 'x') OR (a, b) IN (SELECT a, b FROM t WHERE id > 3) OR ROW(a, b) IS DISTINCT FROM (5, 'x') OR (a, b) IS NULL",
      tidb: `SELECT id
FROM t
WHERE (a, b) >= (5, 'x') OR (a, b) IN (SELECT a, b FROM t WHERE id > 3) OR NOT ((a, b) <=> (5, 'x')) OR a IS NULL AND b IS NULL`,
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'x'), (3, 5, NULL), (4, 1, 'x')",
      pg: "SELECT a, b FROM t GROUP BY (a, b) ORDER BY (b, a) DESC",
      tidb: "SELECT a, b FROM t GROUP BY a, b ORDER BY b IS NULL DESC, b DESC, a IS NULL DESC, a DESC",
      findings: ["columns", "columns"],
      rejected: { sql: "SELECT a FROM t ORDER BY (a, id)", code: 1241 },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'x'), (3, 5, NULL), (4, 1, 'x')",
      pg: "SELECT count(DISTINCT (id, a)) FILTER (WHERE b = 'x') AS n FROM t",
      tidb: `SELECT
  COUNT(DISTINCT CASE WHEN b = 'x' THEN id END, CASE WHEN b = 'x' THEN a IS NULL END, CASE WHEN b = 'x' THEN COALESCE(a, 0) END) AS n
FROM t`,
      findings: ["counted"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a char(3), b bool, f float8); INSERT INTO t VALUES (1, 'x', true, 0), (2, 'x ', true, -0.0), (3, NULL, false, 1.5), (4, '', NULL, NULL), (5, 'X', true, NULL)",
      pg: "SELECT count(DISTINCT (a, b)) AS n, count(DISTINCT (a::char(5), f)) AS m FROM t",
      tidb: `SELECT
  COUNT(DISTINCT a IS NULL, COALESCE(a, ''), b IS NULL, COALESCE(b, 0)) AS n,
  COUNT(DISTINCT TRIM(TRAILING ' ' FROM LEFT(a, 5)) IS NULL, COALESCE(TRIM(TRAILING ' ' FROM TRIM(TRAILING ' ' FROM LEFT(a, 5))), ''), f IS NULL, COALESCE(f, 0)) AS m
FROM t`,
      findings: ["counted", "counted"],
    },
    {
      given: "CREATE TABLE t (a int, j jsonb)",
      pg: "SELECT count(DISTINCT (a, j)) FROM t",
      tidb: null,
      findings: ["type"],
    },
  ],
});

/** Types whose values are the same when their texts are. */
const PLAIN = /^(?:int[248]|numeric|float[48]|text|varchar|bpchar|bytea|uuid|bool|date|time|timestamp|timestamptz|public\..*)$/;

function apart(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const rowOf = (value: Value | undefined): RowExpr | undefined => as("RowExpr", value);
  const groups = select.groupClause?.some((item) => rowOf(item));
  const sorts = select.sortClause?.some((item) => rowOf(as("SortBy", item)?.node));
  if (!groups && !sorts) return undefined;
  const taken = (row: RowExpr): readonly Value[] => {
    ctx.carried(row, ["args", "row_format"]);
    return row.args ?? [];
  };
  if (groups) ctx.report("columns", { words: "GROUP BY" }, select);
  if (sorts) ctx.report("columns", { words: "ORDER BY" }, select);
  return ctx.change(select, {
    ...(groups && { groupClause: select.groupClause!.flatMap((item) => (rowOf(item) ? taken(rowOf(item)!) : [item])) }),
    ...(sorts && {
      sortClause: select.sortClause!.flatMap((item): readonly Value[] => {
        const sort = as("SortBy", item);
        const row = rowOf(sort?.node);
        if (!sort || !row) return [item];
        // A row is never NULL itself; within it NULL is greater than any value.
        const sortby_nulls = sort.sortby_dir === "SORTBY_DESC" ? "SORTBY_NULLS_FIRST" : "SORTBY_NULLS_LAST";
        return taken(row).map((node): SortBy => ctx.change(sort, { node, sortby_nulls }) as SortBy);
      }),
    }),
  });
}
