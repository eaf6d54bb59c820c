import { as, type Context, isExactBesideFloat, note, rule, type SelectStmt, tidb, type Value } from "../../src/rule.js";

const MESSAGES = {
  wide: note("exact numbers beside floats are made floats: TiDB would round the floats to the digits of the others"),
};

export default rule({
  construct: "UNION, INTERSECT, EXCEPT: exact numbers beside floats",
  why: `PostgreSQL makes a column double precision when a branch is. TiDB's gets the digits of the exact numbers, to which it rounds the floats:
99.999 beside a DECIMAL(10,2) is 100.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/typeconv-union-case.html",
    tidb: "https://docs.pingcap.com/tidb/stable/set-operators",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("SelectStmt", ["op", "larg", "rarg"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const made = query.op === "SETOP_NONE" ? query : widened(query, ctx);
      return made === query ? undefined : ctx.replace(made, "wide");
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, f double precision, n numeric(6,2)); INSERT INTO t VALUES (1, 99.999, 5.25), (2, NULL, -0.5)",
      pg: "SELECT n FROM t UNION ALL SELECT f FROM t UNION SELECT id FROM t; SELECT q.f FROM (SELECT f FROM t UNION SELECT n FROM t) AS q",
      tidb: `SELECT CAST(n AS DOUBLE) AS n FROM t UNION ALL SELECT f FROM t UNION SELECT id FROM t;
SELECT q.f FROM (SELECT f FROM t UNION SELECT CAST(n AS DOUBLE) FROM t) AS q`,
      findings: ["wide", "wide"],
    },
    {
      pg: "SELECT x FROM (VALUES (1.2551::float8), (2.1::numeric(5,2)), (0.5)) AS v (x) ORDER BY x",
      tidb: `SELECT x
FROM (
  SELECT CAST(1.2551 AS DOUBLE) AS x UNION ALL SELECT CAST(CAST(2.1 AS DECIMAL(5,2)) AS DOUBLE)
  UNION ALL
  SELECT 0.5e0
) AS v
ORDER BY x`,
      findings: ["wide"],
    },
  ],
});

function widened(branch: SelectStmt, ctx: Context<keyof typeof MESSAGES>): SelectStmt {
  if (branch.larg && branch.rarg) {
    const [larg, rarg] = [widened(branch.larg, ctx), widened(branch.rarg, ctx)];
    return larg === branch.larg && rarg === branch.rarg ? branch : ctx.change(branch, { larg, rarg });
  }
  const targets = branch.targetList ?? [];
  const made = targets.map((item): Value => {
    const target = as("ResTarget", item);
    if (!target || !isExactBesideFloat(item, ctx.info)) return item;
    return ctx.change(target, { val: tidb`CAST(${target.val!} AS DOUBLE)` as unknown as Value });
  });
  return made.every((item, i) => item === targets[i]) ? branch : ctx.change(branch, { targetList: made });
}
