import { as, type Context, isNode, type ResTarget, rule, type SelectStmt, type Value, warning } from "../../src/rule.js";

type Ctx = Context<"spelt">;

/** Types that TiDB keeps as a text, and that have several texts for what is equal. */
const SEVERAL = new Set(["interval", "numrange"]);

export default rule({
  construct: "DISTINCT, GROUP BY and set operations over intervals",
  why: `To PostgreSQL, \`1 day\` and \`24:00:00\` are equal, and so are the ranges \`[1.0,2)\` and \`[1,2)\`. TiDB has them as texts, which differ.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-date-and-time",
  },
  messages: {
    spelt: warning("values of {type} that are equal and written otherwise are told apart here: 1 day and 24:00:00", {
      help: "nothing to do where equal values are written alike; otherwise group by seconds: EXTRACT(EPOCH FROM x)",
    }),
  },
  on: (takes) => [
    takes("SelectStmt", ["distinctClause", "groupClause", "targetList", "op", "all"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const own = select.op === "SETOP_NONE";
      const whole = own ? select.distinctClause !== undefined && !select.distinctClause.some(isNode) : !select.all;
      const columns = whole || select.groupClause ? (ctx.analysis.columns(ctx.origin(select)) ?? []) : [];
      const types = [
        ...(whole ? columns.map(({ info }) => info?.type.name) : []),
        ...(select.distinctClause ?? []).map((key) => keyType(key, select, ctx)),
        ...(select.groupClause ?? []).map((key) => keyType(key, select, ctx)),
      ];
      return told(types, ctx);
    }),
    takes("FuncCall", ["agg_distinct", "args"], (call, ctx) => {
      return call.agg_distinct ? told(call.args?.map((arg) => (isNode(arg) ? ctx.info(arg)?.type.name : undefined)) ?? [], ctx) : undefined;
    }),
    takes("WindowDef", ["partitionClause"], (window, ctx) => {
      return told(window.partitionClause?.map((key) => (isNode(key) ? ctx.info(key)?.type.name : undefined)) ?? [], ctx);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a interval NOT NULL); INSERT INTO t VALUES ('1 day'), ('24:00:00')",
      pg: "SELECT a, count(*) FROM t GROUP BY a; SELECT DISTINCT a FROM t; SELECT a FROM t UNION SELECT a FROM t; SELECT count(DISTINCT a) FROM t; SELECT rank() OVER (PARTITION BY a) AS r FROM t; SELECT DISTINCT ON (a) a FROM t",
      tidb: `SELECT a, COUNT(*) AS count FROM t GROUP BY a;
SELECT DISTINCT a FROM t;
SELECT a FROM t UNION SELECT a FROM t;
SELECT COUNT(DISTINCT a) AS count FROM t;
SELECT rank() OVER (PARTITION BY a) AS r FROM t;
SELECT a
FROM (SELECT a, ROW_NUMBER() OVER (PARTITION BY a) AS distinct_row FROM t) AS distinct_1
WHERE distinct_row = 1`,
      findings: ["spelt", "spelt", "spelt", "spelt", "spelt", "spelt"],
    },
    {
      given: "CREATE TABLE t (a interval NOT NULL, b int NOT NULL); INSERT INTO t VALUES ('1 day', 1), ('24:00:00', 1)",
      pg: "SELECT b, max(a::text) FROM t GROUP BY b; SELECT a FROM t UNION ALL SELECT a FROM t",
      tidb: `SELECT b, MAX(a) AS max FROM t GROUP BY b;
SELECT a FROM t UNION ALL SELECT a FROM t`,
    },
  ],
});

function keyType(key: Value, select: SelectStmt, ctx: Ctx): string | undefined {
  const ordinal = as("A_Const", key)?.ival;
  const name = as("ColumnRef", key)?.fields?.at(-1);
  const targets = (select.targetList ?? []).map((target) => as("ResTarget", target) as ResTarget | undefined);
  const named = ordinal === undefined ? undefined : targets[ordinal - 1]?.val;
  const value = named ?? key;
  const own = isNode(value) ? ctx.info(value)?.type.name : undefined;
  const output = targets.find((target) => target?.name !== undefined && target.name === name)?.val;
  return own ?? (isNode(output) ? ctx.info(output)?.type.name : undefined);
}

function told(types: readonly (string | undefined)[], ctx: Ctx): undefined {
  const type = types.find((each) => SEVERAL.has(each ?? ""));
  if (type !== undefined) ctx.report("spelt", { type });
}
