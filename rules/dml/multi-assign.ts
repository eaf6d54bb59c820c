import {
  aggregates,
  as,
  type Context,
  error,
  isNode,
  keepsNull,
  type MultiAssignRef,
  type Node,
  rule,
  type SelectStmt,
  type SubLink,
  tidb,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "SET (a, b) = …",
  why: "TiDB sets one column at a time. All assignments of an UPDATE read the row as it was, in both.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-update.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-update",
  },
  messages: {
    row: error("SET of several columns at once is not converted: its right side is neither a list nor a plain subquery"),
  },
  on: (takes) => [
    takes("MultiAssignRef", ["source", "colno", "ncolumns"], (readable, ctx) => {
      const { source, colno = 1 } = readable as MultiAssignRef;
      const row = as("RowExpr", source);
      const link = as("SubLink", source);
      const query = as("SelectStmt", link?.subselect);
      const targets = query?.op === "SETOP_NONE" && !query.valuesLists && !query.distinctClause ? (query.targetList ?? []) : [];
      const value: Value | undefined = row
        ? row.args?.[colno - 1]
        : targets[colno - 1] === undefined || targets.some(isStar)
          ? undefined
          : isOutsideOfGroup(ctx.origin(query!) as SelectStmt, colno - 1, ctx)
            ? ofOneGroup(link!, query!, targets[colno - 1]!, ctx)
            : ctx.change(link!, { subselect: ctx.change(query!, { targetList: [kept(targets[colno - 1]!, query!, ctx)] }) });
      if (value === undefined) return ctx.report("row");
      ctx.judged(readable as MultiAssignRef);
      // What the other columns get stands in their own assignments.
      if (row) ctx.carried(row, ["args", "row_format"]);
      for (const [i, other] of (row?.args ?? targets).entries()) if (i !== colno - 1) ctx.consumed(other);
      return isNode(value) ? ctx.replace(value) : undefined;
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 2, 3)",
      pg: "UPDATE t SET (a, b) = (b, COALESCE(a, 0)), id = 4; UPDATE t SET (a, b) = (SELECT s.b, s.a FROM t AS s LIMIT 1)",
      tidb: `UPDATE t SET a = b, b = COALESCE(a, 0), id = 4;
UPDATE t SET a = (SELECT s.b FROM t AS s LIMIT 1), b = (SELECT s.a FROM t AS s LIMIT 1)`,
      refuses: ["INSERT INTO t VALUES (4, 0, 0)"],
      rejected: { sql: "UPDATE t SET (a, b) = (1, 2)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b numeric(8,2)); INSERT INTO t VALUES (1, 2, NULL)",
      pg: "INSERT INTO t AS x VALUES (1, 5, 7) ON CONFLICT (id) DO UPDATE SET (a, b) = (x.a + excluded.a, greatest(COALESCE(x.b, 0), excluded.b))",
      tidb: `INSERT INTO t
VALUES (1, 5, 7)
ON DUPLICATE KEY UPDATE a = (t.a + VALUES(a)), b = GREATEST(COALESCE(t.b, 0), COALESCE(VALUES(b), COALESCE(t.b, 0)))`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (t int, n int, c text); INSERT INTO u VALUES (9, 1, 'x')",
      pg: "UPDATE u SET (n, c) = (SELECT a, COALESCE(b, '-') FROM t WHERE t.id = u.t)",
      tidb: `UPDATE u
SET
  n = (SELECT a FROM t WHERE t.id = u.t),
  c = (SELECT /*+ NO_DECORRELATE() */ COALESCE(b, '-') FROM t WHERE t.id = u.t)`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 2, 3), (2, 3, NULL)",
      pg: "UPDATE t SET (a, b) = (SELECT count(*), t.a + 1 FROM t AS s WHERE s.id > t.id)",
      tidb: "UPDATE t SET a = (SELECT COUNT(*) FROM t AS s WHERE s.id > t.id), b = (SELECT t.a) + 1",
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
      pg: "UPDATE t SET (a, b) = (SELECT count(*), t.a FROM t AS s HAVING count(*) > 1); UPDATE t SET (a, b) = (SELECT * FROM elsewhere)",
      tidb: null,
      findings: ["row", "row", "row"],
    },
  ],
});

/** The column, its subquery kept from being joined where that would give a value to no row (see queries/scalar-subquery). */
function kept(item: Value, query: SelectStmt, ctx: Context<never>): Value {
  const target = as("ResTarget", item);
  if (!target?.val || keepsNull(target.val) || !query.fromClause?.length) return item;
  return ctx.change(target, { val: ctx.stand(tidb`/*+ NO_DECORRELATE() */ ${target.val}`, target.val as Node) as never });
}

/** A column without an aggregate, of a query whose rows are one group for the aggregates of its other columns. */
function isOutsideOfGroup({ groupClause, targetList = [] }: SelectStmt, at: number, ctx: Pick<Context, "info">): boolean {
  return !groupClause?.length && !aggregates(targetList[at], ctx) && targetList.some((target) => aggregates(target, ctx));
}

/** Its value, which is there whatever the rows are: without the other columns it would be one for each row. */
function ofOneGroup(link: SubLink, query: SelectStmt, target: Value, ctx: Pick<Context, "consumed" | "carried">): Value | undefined {
  const { havingClause, limitCount, limitOffset, withClause, fromClause = [], whereClause } = query;
  if (havingClause ?? limitCount ?? limitOffset ?? withClause) return undefined;
  const column = as("ResTarget", target)!;
  ctx.carried(link, ["subLinkType", "subselect"]);
  ctx.carried(query, ["targetList", "fromClause", "whereClause", "op", "limitOption"]);
  ctx.carried(column, ["name", "val"]);
  for (const value of [...fromClause, ...(whereClause === undefined ? [] : [whereClause])]) ctx.consumed(value);
  return column.val;
}

function isStar(item: Value): boolean {
  return typeof as("ColumnRef", as("ResTarget", item)?.val)?.fields?.at(-1) === "object";
}
