import { as, type Context, eachDescendant, isAggregate, type Node, qualified, rule, type SelectStmt, warning } from "../../src/rule.js";

export default rule({
  construct: "ORDER BY in a subquery or a view",
  why: `TiDB leaves the ORDER BY of a subquery, of a query of WITH and of a view out: the rows come as the outer query asks for them, and where it
does not, in any order. PostgreSQL promises no more, but hands the rows on as they were sorted. With a LIMIT, TiDB sorts them too.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-order.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    kept: warning(
      "ORDER BY of {what} is kept by a LIMIT beyond all rows, or TiDB would leave it out; nothing promises that the rows stay in that order",
      {
        help: "write ORDER BY into the query that reads it, or into its aggregates and windows, and take it out here",
      },
    ),
  },
  pointsAt: (select) => (select as SelectStmt).sortClause?.[0] as Node | undefined,
  on: (takes) => [
    takes("SelectStmt", ["sortClause", "limitCount", "limitOffset"], (readable, ctx) => {
      const select = readable as SelectStmt;
      ctx.judged(select);
      const what = WHERE[ctx.parent?.kind ?? ""];
      if (!select.sortClause?.length || select.limitCount || select.limitOffset || what === undefined) return;
      if (ctx.within("WithClause")?.recursive) return;
      const outer = ctx.within("SelectStmt");
      if (outer ? !handsOn(outer, ctx) : !ctx.within("ViewStmt") && !ctx.within("InsertStmt")) return;
      return ctx.replace(ctx.change(select, { limitCount: { kind: "A_Const", fval: "9223372036854775807" } }), "kept", { what });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t VALUES (1, 3), (2, 1), (3, 2)",
      pg: "SELECT string_agg(id::text, ',') AS ids FROM (SELECT id FROM t ORDER BY a) AS s; SELECT id FROM (SELECT * FROM t ORDER BY a) AS s LIMIT 2; WITH s AS (SELECT id FROM t ORDER BY a DESC) SELECT id FROM s",
      tidb: `SELECT GROUP_CONCAT(CAST(id AS CHAR) SEPARATOR ',') AS ids
FROM (SELECT id FROM t ORDER BY a LIMIT 9223372036854775807) AS s;
SELECT id FROM (SELECT * FROM t ORDER BY a LIMIT 9223372036854775807) AS s LIMIT 2;
WITH s AS (SELECT id FROM t ORDER BY a DESC LIMIT 9223372036854775807) SELECT id FROM s`,
      findings: ["kept", "kept", "kept"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL)",
      pg: "CREATE VIEW v AS SELECT id, a FROM t ORDER BY a",
      tidb: "CREATE VIEW v AS\nSELECT id, a FROM t ORDER BY a LIMIT 9223372036854775807",
      findings: ["kept"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t VALUES (1, 3), (2, 1), (3, 2)",
      pg: "SELECT count(*) FROM (SELECT id FROM t ORDER BY a) AS s; SELECT id FROM (SELECT id, a FROM t ORDER BY a) AS s ORDER BY id",
      tidb: "SELECT COUNT(*) AS count FROM (SELECT id FROM t ORDER BY a) AS s;\nSELECT id FROM (SELECT id, a FROM t ORDER BY a) AS s ORDER BY id",
    },
  ],
});

/** Where a query stands whose ORDER BY TiDB leaves out. */
const WHERE: Readonly<Record<string, string>> = { RangeSubselect: "a subquery", CommonTableExpr: "a query of WITH", ViewStmt: "a view" };

/** Aggregates whose result is in the order of the rows. */
const IN_ORDER = new Set(["string_agg", "array_agg", "json_agg", "jsonb_agg", "json_object_agg", "xmlagg"]);

/** Whether what a query returns is in the order of the rows that it reads. */
function handsOn(outer: SelectStmt, ctx: Pick<Context, "info">): boolean {
  let inOrder = false;
  let grouped = Boolean(outer.groupClause?.length);
  for (const target of outer.targetList ?? [])
    eachDescendant(as("ResTarget", target)!, (node) => {
      const call = as("FuncCall", node);
      if (call?.over) inOrder ||= !as("WindowDef", call.over)?.orderClause?.length;
      else if (isAggregate(call, ctx)) {
        grouped = true;
        inOrder ||= IN_ORDER.has(qualified(call!.funcname ?? []).name) && !call!.agg_order?.length;
      }
    });
  return inOrder || !(grouped || outer.sortClause?.length);
}
