import { as, type Context, isStar, type ResTarget, rule, type SelectStmt, starTargets, type Value, warning } from "../../src/rule.js";

export default rule({
  construct: "* over RIGHT JOIN … USING, and over JOIN … USING within an UPDATE or DELETE",
  why: `Behind * over a join with USING or NATURAL, PostgreSQL shows the merged columns, then the left side's, then the right side's. TiDB
shows those of a RIGHT JOIN the other way round, and in a subquery of an UPDATE or DELETE the merged ones twice (error 1060): the columns are written
out, where the input tells them.`,
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
      const turns = (select.fromClause ?? []).some((item) => merges(item, true));
      const doubles =
        /^(?:Update|Delete)Stmt$/.test(ctx.around[0]?.kind ?? "") && (select.fromClause ?? []).some((item) => merges(item, false));
      if (!turns && !doubles) return;
      const targets = (select.targetList ?? []).map((item) => spelt(as("ResTarget", item), turns, select, ctx));
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
      given:
        "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (y int, id int); INSERT INTO a VALUES (1, 10), (2, 3); INSERT INTO b VALUES (5, 1), (6, 2)",
      pg: "UPDATE a SET x = j.y FROM (SELECT * FROM a AS c JOIN b USING (id)) AS j WHERE j.id = a.id; DELETE FROM a WHERE id IN (SELECT j.id FROM (SELECT * FROM a AS c JOIN b USING (id)) AS j WHERE y = 6)",
      tidb: `UPDATE a, (
  SELECT c.id, c.x, b.y
  FROM a AS c
  JOIN b USING (id)
) AS j
SET a.x = j.y
WHERE j.id = a.id;
DELETE FROM a
WHERE id IN (
  SELECT j.id
  FROM (
    SELECT c.id, c.x, b.y
    FROM a AS c
    JOIN b USING (id)
  ) AS j
  WHERE y = 6
)`,
      rejected: { sql: "UPDATE a, (SELECT * FROM a AS c JOIN b USING (id)) AS j SET a.x = j.y WHERE j.id = a.id", code: 1060 },
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

/** Whether a join merges columns, or a RIGHT JOIN does. */
function merges(item: Value, right: boolean): boolean {
  const join = as("JoinExpr", item);
  if (!join) return false;
  const own = join.isNatural || (join.usingClause ?? []).length > 0;
  return (own && (!right || join.jointype === "JOIN_RIGHT")) || merges(join.larg!, right) || merges(join.rarg!, right);
}

function spelt(target: ResTarget | undefined, turns: boolean, select: SelectStmt, ctx: Context<"star">): Value[] | undefined {
  const star = as("ColumnRef", target?.val);
  if (!target || !star || !isStar(star) || star.fields!.length > 1) return undefined;
  const columns = starTargets(select, star, { ...ctx.analysis, origin: ctx.origin as never });
  if (columns) ctx.consumed(target);
  else if (turns) ctx.report("star", {}, target);
  return columns;
}
