import { as, type Context, isStar, type ResTarget, rule, type SelectStmt, starTargets, type Value, warning } from "../../src/rule.js";

export default rule({
  construct: "* over RIGHT JOIN … USING",
  why: `Behind * over a join with USING or NATURAL, PostgreSQL shows the merged columns, then the left side's, then the right side's. TiDB
shows those of a RIGHT JOIN the other way round: the columns are written out, where the input tells them.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-FROM",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    star: warning("the columns behind * come in another order in TiDB: the right table's before the left one's", {
      help: "write the columns out",
    }),
  },
  on: (takes) => [
    takes("SelectStmt", ["targetList", "fromClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      for (const item of select.fromClause ?? []) judge(item, ctx);
      if (!(select.fromClause ?? []).some(turnsRound)) return;
      const targets = (select.targetList ?? []).map((item) => spelt(as("ResTarget", item), select, ctx));
      if (targets.every((target) => target === undefined)) return;
      return ctx.replace(ctx.change(select, { targetList: targets.flatMap((target, i): Value[] => target ?? [select.targetList![i]!]) }));
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (y int, id int); INSERT INTO a VALUES (1, 10); INSERT INTO b VALUES (5, 1), (6, 2)",
      pg: "SELECT * FROM a RIGHT JOIN b USING (id); SELECT b.*, x FROM a NATURAL RIGHT JOIN b",
      tidb: "SELECT b.id, a.x, b.y\nFROM a\nRIGHT JOIN b USING (id);\nSELECT b.*, x FROM a NATURAL RIGHT JOIN b",
    },
    {
      given: "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE MATERIALIZED VIEW v AS SELECT id FROM a",
      pg: "SELECT * FROM a RIGHT JOIN v_query USING (id)",
      tidb: "SELECT * FROM a RIGHT JOIN v_query USING (id)",
      findings: ["star"],
    },
  ],
});

function judge(item: Value | undefined, ctx: Context): void {
  const join = as("JoinExpr", item);
  if (!join) return;
  ctx.judged(join);
  judge(join.larg, ctx);
  judge(join.rarg, ctx);
}

function turnsRound(item: Value): boolean {
  const join = as("JoinExpr", item);
  if (!join) return false;
  const merges = join.isNatural || (join.usingClause ?? []).length > 0;
  return (join.jointype === "JOIN_RIGHT" && merges) || turnsRound(join.larg!) || turnsRound(join.rarg!);
}

function spelt(target: ResTarget | undefined, select: SelectStmt, ctx: Context<"star">): Value[] | undefined {
  const star = as("ColumnRef", target?.val);
  if (!target || !star || !isStar(star) || star.fields!.length > 1) return undefined;
  const columns = starTargets(select, star, { ...ctx.analysis, origin: ctx.origin as never });
  if (columns) ctx.consumed(target);
  else ctx.report("star", {}, target);
  return columns;
}
