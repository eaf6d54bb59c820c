import {
  as,
  type Context,
  error,
  isNode,
  keepsNull,
  type MultiAssignRef,
  type Node,
  rule,
  type SelectStmt,
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
        : targets[colno - 1] !== undefined && !targets.some(isStar)
          ? ctx.change(link!, { subselect: ctx.change(query!, { targetList: [kept(targets[colno - 1]!, query!, ctx)] }) })
          : undefined;
      if (value === undefined) return ctx.report("row");
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
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (t int, n int, c text); INSERT INTO u VALUES (9, 1, 'x')",
      pg: "UPDATE u SET (n, c) = (SELECT a, COALESCE(b, '-') FROM t WHERE t.id = u.t)",
      tidb: `UPDATE u
SET
  n = (SELECT a FROM t WHERE t.id = u.t),
  c = (SELECT /*+ NO_DECORRELATE() */ COALESCE(b, '-') FROM t WHERE t.id = u.t)`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
      pg: "UPDATE t SET (a, b) = (SELECT * FROM elsewhere)",
      tidb: null,
      findings: ["row", "row"],
    },
  ],
});

/** The column, its subquery kept from being joined where that would give a value to no row (see queries/scalar-subquery). */
function kept(item: Value, query: SelectStmt, ctx: Context<never>): Value {
  const target = as("ResTarget", item);
  if (!target?.val || keepsNull(target.val) || !query.fromClause?.length) return item;
  return ctx.change(target, { val: ctx.stand(tidb`/*+ NO_DECORRELATE() */ ${target.val}`, target.val as Node) as never });
}

function isStar(item: Value): boolean {
  return typeof as("ColumnRef", as("ResTarget", item)?.val)?.fields?.at(-1) === "object";
}
