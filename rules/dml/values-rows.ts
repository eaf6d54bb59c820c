import {
  as,
  builtinFunctions,
  HOLD_QUERIES,
  holds,
  type InsertStmt,
  type Node,
  note,
  qualified,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "INSERT … VALUES with a function that returns rows",
  why: `One row of VALUES in which a function returns rows is a query without FROM to PostgreSQL (analyze.c, transformInsertStmt): so many rows
are inserted. It is written as that query, whose functions are converted where they stand.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: { query: note("VALUES became SELECT: {function}() in it returns rows") },
  restates: HOLD_QUERIES,
  about: "InsertStmt",
  where: (node) => as("SelectStmt", as("InsertStmt", node)?.selectStmt)?.valuesLists?.length === 1,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const insert = as("InsertStmt", node);
      const values = as("SelectStmt", insert?.selectStmt);
      const [row, more] = (values?.valuesLists ?? []) as readonly (readonly Value[])[];
      if (!insert || !values || !row || more || row.some((value) => as("SetToDefault", value))) return undefined;
      const name = rowsIn(row);
      if (name === undefined) return undefined;
      ctx.report("query", { function: name }, values as Node);
      const targetList = row.map((val): ResTarget => ({ kind: "ResTarget", val }));
      return ctx.change(insert, { selectStmt: ctx.change(values, { valuesLists: undefined, targetList }) as SelectStmt }) as InsertStmt;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (a int, b text, n int); CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO u VALUES (1, 5), (2, NULL), (3, 7)",
      pg: "INSERT INTO t VALUES (7, 'x', unnest(ARRAY[1, NULL, 3])); INSERT INTO t (a, n) VALUES ((SELECT max(id) FROM u), unnest(ARRAY(SELECT n FROM u)))",
      tidb: `INSERT INTO t
SELECT 7, 'x', rows_1.unnest AS unnest
FROM (
  SELECT
    IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY(1, NULL, 3), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_ARRAY(1, NULL, 3), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS unnest
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(JSON_ARRAY(1, NULL, 3)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS rows_1;
INSERT INTO t (a, n)
SELECT (SELECT MAX(id) FROM u), rows_1.unnest AS unnest
FROM (
  SELECT
    IF(JSON_TYPE(JSON_EXTRACT(COALESCE((SELECT JSON_ARRAYAGG(n) AS array_agg FROM u), CAST('[]' AS JSON)), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(COALESCE((SELECT JSON_ARRAYAGG(n) AS array_agg FROM u), CAST('[]' AS JSON)), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS unnest
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(COALESCE((SELECT JSON_ARRAYAGG(n) AS array_agg FROM u), CAST('[]' AS JSON))) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS rows_1`,
      findings: ["query", "query"],
    },
  ],
});

/** The function whose rows a row of VALUES stands for. */
function rowsIn(row: readonly Value[]): string | undefined {
  let name: string | undefined;
  holds(
    row,
    (node) => {
      const called = node.kind === "FuncCall" ? qualified(node.funcname ?? []).name : undefined;
      if (called !== undefined && builtinFunctions(called).some(({ set }) => set)) name ??= called;
      return name !== undefined;
    },
    (node) => node.kind === "SubLink",
  );
  return name;
}
