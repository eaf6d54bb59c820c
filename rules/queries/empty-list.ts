import { note, rule } from "../../src/rule.js";

export default rule({
  construct: "SELECT without columns",
  why: "TiDB wants a column in each SELECT. In EXISTS nobody looks at it.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-EXISTS",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: { constant: note("EXISTS looks at no column: SELECT 1 stands for SELECT without any") },
  on: (takes) => [
    takes("SelectStmt", ["targetList", "valuesLists", "op"], (select, ctx) => {
      const exists = ctx.parent?.kind === "SubLink" && ctx.parent.subLinkType === "EXISTS_SUBLINK";
      if (!exists || select.op !== "SETOP_NONE" || select.targetList?.length || select.valuesLists?.length) return;
      return ctx.replace(ctx.change(select, { targetList: [{ kind: "ResTarget", val: { kind: "A_Const", ival: 1 } }] }), "constant");
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int)",
      pg: "SELECT a FROM t WHERE NOT EXISTS (SELECT FROM t AS u WHERE u.a IS NULL)",
      tidb: "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM t AS u WHERE u.a IS NULL)",
      findings: ["constant"],
      rejected: { sql: "SELECT a FROM t WHERE EXISTS (SELECT FROM t)", code: 1064 },
    },
  ],
});
