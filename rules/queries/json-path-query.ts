import {
  type Alias,
  as,
  type Context,
  type FuncCall,
  functionCall,
  HOLD_QUERIES,
  type Node,
  qualified,
  type RangeFunction,
  rewritten,
  rule,
  type Value,
} from "../../src/rule.js";

const isQuery = (node: Node | Value | undefined): node is FuncCall =>
  qualified(as("FuncCall", node as Value)?.funcname ?? []).name === "jsonb_path_query";

const isAlone = ({ functions: [first, ...more] = [] }: RangeFunction): boolean =>
  more.length === 0 && isQuery(Array.isArray(first) ? (first[0] as Value) : undefined);

/** Its one column has the name of its alias, or its own. */
function named(alias: Alias | undefined, ctx: Context): Alias {
  if (alias?.colnames?.length) return alias;
  const aliasname = alias?.aliasname ?? "jsonb_path_query";
  const colnames = [aliasname];
  return alias ? ctx.change(alias, { colnames }) : { kind: "Alias", aliasname, colnames };
}

export default rule({
  construct: "jsonb_path_query()",
  why: "Its rows are the elements of what jsonb_path_query_array() gives.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-PATH",
    tidb: "https://docs.pingcap.com/tidb/stable/json-functions",
  },
  messages: {},
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: isQuery,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      if (isQuery(node)) {
        const found = ctx.change(node, { funcname: ["jsonb_path_query_array"] }) as Value;
        return functionCall("jsonb_array_elements", [found]);
      }
      const target = as("ResTarget", node as Value);
      // A column has the function's name.
      if (target && target.name === undefined && isQuery(ctx.origin(target).val)) return ctx.change(target, { name: "jsonb_path_query" });
      const from = as("RangeFunction", node as Value);
      return from && isAlone(ctx.origin(from)) ? ctx.change(from, { alias: named(from.alias, ctx) }) : undefined;
    });
    return [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '[1, {"a": [2, 3]}]'), (2, '{"a": {"b": 1}}'), (3, NULL)`,
      pg: "SELECT t.id, x FROM t, jsonb_path_query(t.j, '$.a[*]') AS x ORDER BY t.id; SELECT jsonb_path_query('[1, 2]', '$[*]')",
      tidb: `SELECT t.id, x
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    JSON_EXTRACT(COALESCE(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CASE WHEN t.j IS NOT NULL THEN JSON_ARRAY() END), CONCAT('$[', nth_item.item_i, ']')) AS x
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(COALESCE(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CASE WHEN t.j IS NOT NULL THEN JSON_ARRAY() END))) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(COALESCE(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CASE WHEN t.j IS NOT NULL THEN JSON_ARRAY() END))
) AS x
WHERE x.lateral_key_1 = t.id
ORDER BY t.id;
SELECT rows_1.jsonb_path_query AS jsonb_path_query
FROM (
  SELECT
    JSON_EXTRACT(COALESCE(JSON_EXTRACT(CAST('[1, 2]' AS JSON), '$[0 to last]'), JSON_ARRAY()), CONCAT('$[', nth_item.item_i, ']')) AS jsonb_path_query
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(COALESCE(JSON_EXTRACT(CAST('[1, 2]' AS JSON), '$[0 to last]'), JSON_ARRAY())) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS rows_1`,
    },
  ],
});
