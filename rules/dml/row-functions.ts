import {
  ALL_COLUMNS,
  as,
  type Context,
  type FuncCall,
  HOLD_QUERIES,
  holds,
  type JsonTable,
  type Node,
  PLAIN_SELECT,
  qualified,
  type RangeFunction,
  rewritten,
  rule,
  subqueryItem,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "UPDATE … FROM, DELETE … USING, MERGE … USING a function that returns rows",
  why: `What such a function returns is made by a query in TiDB, which stands in FROM of a SELECT. So it is read by a subquery of the statement,
unless it reads columns of what it is joined with.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-update.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-update",
  },
  messages: {},
  restates: HOLD_QUERIES,
  about: ["RangeFunction", "JsonTable"],
  restate(statement, ctx) {
    // Subqueries of its own list may have functions as they are.
    const subquery = (item: Node, around: readonly Node[]) =>
      around.some(({ kind }) => kind === "SelectStmt") ? undefined : readBySubquery(item, ctx);
    const read = (value: Value) => rewritten(value, ctx.change as never, subquery);
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node): Node | undefined => {
      const update = as("UpdateStmt", node);
      const remove = as("DeleteStmt", node);
      const merge = as("MergeStmt", node);
      const items = update?.fromClause ?? remove?.usingClause ?? (merge && [merge.sourceRelation!]);
      const others = items?.map(read);
      if (!items || others!.every((item, i) => item === items[i])) return undefined;
      if (update) return ctx.change(update, { fromClause: others });
      return remove ? ctx.change(remove, { usingClause: others }) : ctx.change(merge!, { sourceRelation: others![0] });
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, day date, n int); INSERT INTO t VALUES (1, '2024-02-28', NULL), (2, '2024-03-01', 5)`,
      pg: `UPDATE t SET n = u.n FROM unnest(ARRAY[1, 3], ARRAY[7, NULL]) AS u(id, n) WHERE u.id = t.id;
DELETE FROM t USING generate_series(2, 5) WHERE id = generate_series;
MERGE INTO t USING jsonb_to_recordset('[{"id": 1, "n": null}, {"id": 8, "n": 4}]') AS r(id int, n int) ON t.id = r.id WHEN MATCHED THEN UPDATE SET n = r.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (r.id, r.n)`,
      tidb: `UPDATE t, (
  SELECT *
  FROM (
    SELECT
      IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY(1, 3), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_ARRAY(1, 3), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS id,
      IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY(7, NULL), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_ARRAY(7, NULL), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS n
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, GREATEST(COALESCE(JSON_LENGTH(JSON_ARRAY(1, 3)), 0), COALESCE(JSON_LENGTH(JSON_ARRAY(7, NULL)), 0)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS u
) AS u
SET t.n = u.n
WHERE u.id = t.id;
DELETE t FROM t, (
  SELECT *
  FROM (
    SELECT 2 + nth_item.item_i * 1 AS generate_series
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, FLOOR((5 - 2) / 1) + 1 AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS generate_series
) AS generate_series
WHERE id = generate_series;
UPDATE t, (
  SELECT *
  FROM (
    SELECT
      IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"') AS SIGNED)) AS id,
      IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."n"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."n"') AS SIGNED)) AS n
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS r
) AS r
SET t.n = r.n
WHERE t.id = r.id;
INSERT INTO t (id, n)
SELECT r.id, r.n
FROM (
  SELECT *
  FROM (
    SELECT
      IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"') AS SIGNED)) AS id,
      IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."n"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."n"') AS SIGNED)) AS n
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(CAST('[{"id": 1, "n": null}, {"id": 8, "n": 4}]' AS JSON)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS r
) AS r
WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.id = r.id)`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE s (id int)",
      pg: "UPDATE t SET n = g FROM s, generate_series(1, s.id) AS g WHERE g = t.id",
      tidb: null,
    },
  ],
});

/** A function or JSON_TABLE in a query of its own, called as it was. */
function readBySubquery(item: Node, ctx: Context): Node | undefined {
  const from = as("RangeFunction", item) ?? as("JsonTable", item);
  const name = from?.alias?.aliasname ?? (from?.kind === "RangeFunction" ? nameOf(from) : undefined);
  const readsOthers = (node: Node) => node.kind === "ColumnRef";
  if (!from || name === undefined || holds(from as Value, readsOthers, ({ kind }) => kind === "SelectStmt")) return undefined;
  return subqueryItem(
    {
      ...PLAIN_SELECT,
      targetList: [ALL_COLUMNS],
      fromClause: [ctx.change<"RangeFunction" | "JsonTable">(from, { lateral: undefined }) as RangeFunction | JsonTable],
    },
    name,
  );
}

function nameOf({ functions = [] }: RangeFunction): string | undefined {
  const [entry, more] = functions as readonly (readonly Value[])[];
  const call = more === undefined ? (as("FuncCall", entry?.[0]) as FuncCall | undefined) : undefined;
  return call && qualified(call.funcname ?? []).name;
}
