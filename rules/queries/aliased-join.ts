import { ALL_COLUMNS, as, HOLD_QUERIES, type Node, note, PLAIN_SELECT, rewritten, rule, type Value } from "../../src/rule.js";

export default rule({
  construct: "(a JOIN b …) AS name",
  why: `TiDB has no name for a join. As a subquery it has the same columns, those of USING once, and hides the names of its tables as PostgreSQL
does.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-TABLE-ALIASES",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    subquery: note("the join that is called {name} is a subquery"),
  },
  restates: HOLD_QUERIES,
  about: "JoinExpr",
  where: (node) => as("JoinExpr", node)?.alias !== undefined,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const join = as("JoinExpr", node);
      const alias = join?.alias;
      if (!join || !alias) return undefined;
      ctx.report("subquery", { name: alias.aliasname! }, join);
      const fromClause = [ctx.change(join, { alias: undefined })];
      return { kind: "RangeSubselect", subquery: { ...PLAIN_SELECT, targetList: [ALL_COLUMNS], fromClause }, alias } as Node;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int); INSERT INTO a VALUES (1, 10), (2, NULL), (5, 3); INSERT INTO b VALUES (2, 200), (3, NULL), (5, 1)",
      pg: "SELECT j.id, j.y FROM (a JOIN b USING (id)) AS j WHERE j.x > 0; SELECT j.*, b.y FROM (a RIGHT JOIN b USING (id)) AS j (k, v) JOIN b ON b.id < k; SELECT count(*), sum(j.x) FROM (a FULL JOIN b USING (id)) AS j",
      tidb: `SELECT j.id, j.y
FROM (
  SELECT *
  FROM a
  JOIN b USING (id)
) AS j
WHERE j.x > 0;
SELECT j.*, b.y
FROM (
  SELECT b.id AS k, a.x AS v, b.y
  FROM a
  RIGHT JOIN b USING (id)
) AS j
JOIN b ON b.id < k;
SELECT COUNT(*) AS count, CAST(SUM(j.x) AS SIGNED) AS sum
FROM (
  SELECT full_1.id AS id, full_1.a_x AS x, full_1.b_y AS y
  FROM (
    SELECT COALESCE(a.id, b.id) AS id, a.x AS a_x, b.y AS b_y
    FROM a
    LEFT JOIN b ON a.id = b.id
    UNION ALL
    SELECT b.id, NULL, b.y FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
  ) AS full_1
) AS j`,
      findings: ["subquery", "subquery", "subquery"],
      rejected: { sql: "SELECT j.id FROM (a JOIN b USING (id)) AS j", code: 1064 },
    },
    {
      given:
        "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int); INSERT INTO a VALUES (1, 10), (2, NULL), (5, 3); INSERT INTO b VALUES (2, 200), (3, NULL), (5, 1)",
      pg: "SELECT * FROM a AS c JOIN ((a JOIN b USING (id)) AS j LEFT JOIN b AS d ON d.y = j.x) ON c.id = j.id; UPDATE a SET x = j.y FROM (a AS c JOIN b USING (id)) AS j WHERE j.id = a.id",
      tidb: `SELECT *
FROM a AS c
JOIN (
  (
    SELECT *
    FROM a
    JOIN b USING (id)
  ) AS j
  LEFT JOIN b AS d ON d.y = j.x
) ON c.id = j.id;
UPDATE a, (
  SELECT c.id, c.x, b.y
  FROM a AS c
  JOIN b USING (id)
) AS j
SET a.x = j.y
WHERE j.id = a.id`,
      findings: ["subquery", "subquery"],
    },
  ],
});
