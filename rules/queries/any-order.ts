import { as, type FuncCall, qualified, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "window functions in no order",
  why: `Without ORDER BY the rows of a window come in whatever order the server reads them: by the table's keys in TiDB, mostly as they were
written in PostgreSQL, and there in the order of a subquery, which TiDB does not sort when nobody asks for it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/tutorial-window.html",
    tidb: "https://docs.pingcap.com/tidb/stable/window-functions",
  },
  messages: {
    any: warning("{name}() goes through the rows in no order that is told: TiDB reads them in another one than PostgreSQL", {
      help: "write ORDER BY into OVER (…); ORDER BY of a subquery does not reach it",
    }),
  },
  on: (takes) => [
    takes("FuncCall", ["funcname", "over"], (readable, ctx) => {
      const call = readable as FuncCall;
      const over = as("WindowDef", call.over);
      const { name } = qualified(call.funcname ?? []);
      if (!over || !(IN_ORDER.has(name) || (over.frameOptions ?? 0) & ROWS)) return;
      const windows = (ctx.within("SelectStmt")?.windowClause ?? []).map((each) => as("WindowDef", each));
      const ordered = (window: typeof over): boolean =>
        Boolean(window.orderClause?.length) ||
        windows.some((each) => each !== undefined && each.name === (window.refname ?? window.name) && each !== window && ordered(each));
      return ordered(over) ? undefined : ctx.report("any", { name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5)",
      pg: "SELECT id, row_number() OVER () AS n, lag(a) OVER w AS before FROM t WINDOW w AS (ORDER BY id)",
      tidb: "SELECT id, row_number() OVER () AS n, lag(a) OVER w AS before FROM t WINDOW w AS (ORDER BY id)",
      findings: ["any"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5)",
      pg: "SELECT id, max(a) OVER (PARTITION BY id ROWS UNBOUNDED PRECEDING) AS m, count(*) OVER () AS n FROM t",
      tidb: "SELECT id, max(a) OVER (PARTITION BY id ROWS UNBOUNDED PRECEDING) AS m, count(*) OVER () AS n FROM t",
      findings: ["any"],
    },
  ],
});

/** Functions whose result for a row hangs on the rows before it; without an order all rows are peers to the others. */
const IN_ORDER = new Set(["row_number", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"]);

/** parsenodes.h, FRAMEOPTION_ROWS */
const ROWS = 0x4;
