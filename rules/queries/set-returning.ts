import {
  aggregates,
  alike,
  as,
  type ColumnRef,
  type Context,
  conjunction,
  conjuncts,
  counter,
  eachChild,
  eachDescendant,
  elementRows,
  error,
  type FuncCall,
  find,
  functionCall,
  HOLD_QUERIES,
  holds,
  invoke,
  isNode,
  type JsonBehavior,
  type JsonPath,
  type JsonTable,
  type JsonTableColumn,
  type Literal,
  lateralRows,
  literalText,
  matchedGroup,
  matchesNothing,
  mayRaise,
  modifiers,
  type Node,
  outputName,
  type PathTree,
  type Pattern,
  PLAIN_SELECT,
  parseInterval,
  parseJsonPath,
  pathArray,
  pathFinds,
  pathTree,
  patternFlags,
  qualified,
  type RangeFunction,
  type RangeSubselect,
  type RangeVar,
  type ResTarget,
  raw,
  rewritten,
  rule,
  type SelectStmt,
  SPLIT_MARK,
  scalarFound,
  sortTarget,
  splitMarked,
  string,
  type Tidb,
  type TreeRows,
  tidb,
  tidbText,
  translatePattern,
  typeName,
  type Value,
  warning,
  withDefaults,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;
type Arg = Value | Tidb;

const MESSAGES = {
  refused: error("{name}() is not converted: {what}", {
    help: "where its rows can be kept in a table, read that; otherwise make them in the application",
  }),
  spelt: warning("a decimal number's or an object's text may be spelt otherwise: other zeros behind the point, other order of keys", {
    help: "cast a number to numeric where its text is compared or shown",
  }),
  edge: warning("the edge of a word is found between ASCII letters, digits and _ only; \\m and \\M are either edge", {
    help: "spell out what may stand beside the word where other letters matter",
  }),
  longest: warning(
    "of alternatives, and of lazy quantifiers beside greedy ones, the first match is taken, where PostgreSQL looks at the length",
    {
      help: "write the longer alternatives first; [^…]* says more exactly than .*? where a match ends",
    },
  ),
  kind: warning("where a document of the wrong kind is read, {name}() gives no rows, where PostgreSQL raises an error", {
    help: "other conditions may leave such rows out, also those of a query around it; where they do not, check with jsonb_typeof()",
  }),
  dimensions: warning("unnest() goes through the first dimension of an array alone in TiDB", {
    help: "where arrays of arrays are stored, go through their elements once more",
  }),
};

export default rule({
  construct: "functions that return rows",
  why: `TiDB has no function that returns rows, and no JSON_TABLE. A recursive query counts from 0 up to the number of rows, and each row is
computed from its number. Without ORDER BY no order is promised, in both.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-srf.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: (node) => FUNCTIONS[nameOf(node as FuncCall)] !== undefined,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      return select && groupedByRows(select, ctx);
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  on: (takes) => [
    takes("SelectStmt", ["fromClause", "whereClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      if (
        !holds(
          select.fromClause,
          (node) => node.kind === "RangeFunction" || node.kind === "JsonTable",
          (node) => node.kind === "SelectStmt",
        )
      )
        return;
      const around: Around = { select, made: new Map() };
      const fromClause = (select.fromClause ?? []).map((item) => withRows(item, around, ctx));
      return fromClause.some((item, i) => item !== select.fromClause![i]) ? ctx.replace(ctx.change(select, { fromClause })) : undefined;
    }),
    takes("SelectStmt", ["targetList", "fromClause", "whereClause", "groupClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const found = (select.targetList ?? []).flatMap((item) => callsIn(as("ResTarget", item)?.val).map((call) => ({ item, call })));
      const [first, ...more] = found;
      if (!first) return;
      const { call } = first;
      const refuse = (what: string) => ctx.report("refused", { name: nameOf(call), what }, call);
      if (select.groupClause?.length) return refuse("it stands beside GROUP BY");
      if (select.targetList!.some((item) => aggregates(item, ctx) || hasWindow(item)))
        return refuse("it stands beside an aggregate or window function, which is computed before");
      const together = inStep(found.map((each) => each.call));
      const aliasname = ctx.fresh("rows");
      const names = found.map(({ item, call: each }, i) => {
        const target = as("ResTarget", item)!;
        const own = target.val === each ? nameOfTarget(item, ctx) : undefined;
        const isTaken = found.some(
          (other, at) => at !== i && as("ResTarget", other.item)?.val === other.call && nameOfTarget(other.item, ctx) === own,
        );
        return (isTaken ? undefined : own) ?? (more.length === 0 ? nameOf(each) : `${nameOf(each)}_${i + 1}`);
      });
      const alias = { kind: "Alias", aliasname, colnames: names } as const;
      const rows = rowsOf(together, { kind: "RangeFunction", alias }, { select, made: new Map() }, ctx);
      if (!rows) return;
      const columns = new Map<Node, Node>();
      for (const [i, each] of found.entries()) {
        ctx.carried(each.call, ["funcname", "args"]);
        const column: ColumnRef = { kind: "ColumnRef", fields: [aliasname, names[i]!] };
        const isAlone = as("ResTarget", each.item)!.val === each.call;
        columns.set(each.call, isAlone ? column : (ctx.stand(tidb`${column}`, each.call) as unknown as Node));
      }
      const item: RangeSubselect = { kind: "RangeSubselect", alias: { kind: "Alias", aliasname }, ...rows.item };
      const targetList = select.targetList!.map((each) => {
        if (!found.some((one) => one.item === each)) return each;
        const target = as("ResTarget", each)!;
        const name = target.name ?? outputName(ctx.origin(target));
        const val = rewritten(target.val!, ctx.change as never, (node) => columns.get(node));
        return ctx.change(target, { val, ...(name !== undefined && { name }) }) as Value;
      });
      return ctx.replace(ctx.change(select, { fromClause: [...(select.fromClause ?? []), item], targetList }));
    }),
  ],
  examples: [
    {
      pg: "SELECT n FROM generate_series(3, 9, 2) AS n; SELECT generate_series(1, 3) AS g",
      tidb: `SELECT n
FROM (
  SELECT 3 + nth_item.item_i * 2 AS n
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, FLOOR((9 - 3) / 2) + 1 AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS n;
SELECT rows_1.g AS g
FROM (
  SELECT 1 + nth_item.item_i * 1 AS g
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, FLOOR((3 - 1) / 1) + 1 AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS rows_1`,
      rejected: { sql: "SELECT n FROM generate_series(3, 9, 2) AS n", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int[], b text[]); INSERT INTO t VALUES (1, '{1,2,1}', '{x}'), (2, '{}', '{p,NULL}'), (3, NULL, NULL), (4, '{1,2}', '{x,NULL}')`,
      pg: "SELECT unnest(a) AS x, unnest(b) AS y, count(*) AS n FROM t GROUP BY 1, y ORDER BY 1, y",
      tidb: `SELECT rows_1.rows_1 AS x, rows_1.rows_1_2 AS y, COUNT(*) AS n
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(nth_item.item_i < JSON_LENGTH(a), IF(JSON_TYPE(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)), NULL) AS rows_1,
    IF(nth_item.item_i < JSON_LENGTH(b), IF(JSON_TYPE(JSON_EXTRACT(b, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(b, CONCAT('$[', nth_item.item_i, ']')))), NULL) AS rows_1_2
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(GREATEST(COALESCE(JSON_LENGTH(a), 0), COALESCE(JSON_LENGTH(b), 0))) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < GREATEST(COALESCE(JSON_LENGTH(a), 0), COALESCE(JSON_LENGTH(b), 0))
) AS rows_1
WHERE rows_1.lateral_key_1 = t.id
GROUP BY 1, y
ORDER BY rows_1.rows_1 IS NULL, 1, rows_1.rows_1_2 IS NULL, y`,
      findings: ["dimensions", "dimensions"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, tags text[]); INSERT INTO t VALUES (1, '{a,b,NULL}'), (2, '{}'), (3, NULL), (4, '{b,b}')`,
      pg: "SELECT unnest(tags) AS tag, count(*) AS n, min(id) AS first FROM t WHERE id < 9 GROUP BY 1; SELECT id, unnest(tags) AS tag FROM t GROUP BY id",
      tidb: `SELECT rows_1.rows_1 AS tag, COUNT(*) AS n, MIN(id) AS first
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(tags, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(tags, CONCAT('$[', nth_item.item_i, ']')))) AS rows_1
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(tags)) FROM t WHERE id < 9) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(tags)
) AS rows_1
WHERE (rows_1.lateral_key_1 = t.id) AND id < 9
GROUP BY 1`,
      findings: ["dimensions", "refused"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, tags text[]); INSERT INTO t VALUES (1, '{a,"b c",NULL}'), (2, '{}'), (3, NULL)`,
      pg: "SELECT id, tag FROM t, unnest(tags) AS tag",
      tidb: `SELECT id, tag
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(tags, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(tags, CONCAT('$[', nth_item.item_i, ']')))) AS tag
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(tags)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(tags)
) AS tag
WHERE tag.lateral_key_1 = t.id`,
      findings: ["dimensions"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int[], b text[]); INSERT INTO t VALUES (1, '{1,2,3}', '{x}'), (2, '{}', '{p,NULL}'), (3, NULL, NULL)`,
      pg: "SELECT id, unnest(a) * 2 AS x, unnest(b)::varchar AS y FROM t; SELECT count(*), generate_series(1, 2) FROM t",
      tidb: `SELECT id, rows_1.unnest_1 * 2 AS x, rows_1.unnest_2 AS y
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS unnest_1,
    IF(JSON_TYPE(JSON_EXTRACT(b, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(b, CONCAT('$[', nth_item.item_i, ']')))) AS unnest_2
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(GREATEST(COALESCE(JSON_LENGTH(a), 0), COALESCE(JSON_LENGTH(b), 0))) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < GREATEST(COALESCE(JSON_LENGTH(a), 0), COALESCE(JSON_LENGTH(b), 0))
) AS rows_1
WHERE rows_1.lateral_key_1 = t.id`,
      findings: ["dimensions", "dimensions", "refused"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a timestamptz[], b time[]); INSERT INTO t VALUES (1, '{"2024-02-29 10:00:00+02",NULL,"1999-12-31 23:59:59.5-05:30"}', '{12:30}')`,
      pg: "SELECT a.x, b.y FROM t, unnest(t.a) AS a (x), unnest(t.b) AS b (y)",
      tidb: `SELECT a.x, b.y
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(t.a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_UNQUOTE(JSON_EXTRACT(t.a, CONCAT('$[', nth_item.item_i, ']'))) AS DATETIME(6))) AS x
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(t.a)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(t.a)
) AS a, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(t.b, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_UNQUOTE(JSON_EXTRACT(t.b, CONCAT('$[', nth_item.item_i, ']'))) AS TIME(6))) AS y
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(t.b)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(t.b)
) AS b
WHERE (a.lateral_key_1 = t.id) AND (b.lateral_key_1 = t.id)`,
      findings: ["dimensions", "dimensions"],
    },
    {
      pg: "SELECT m FROM generate_series(timestamp '2024-01-31', '2024-04-30', '1 month') AS m; SELECT a, b FROM unnest(ARRAY[1, 2], ARRAY['x']) AS u (a, b)",
      tidb: `SELECT m
FROM (
  SELECT nth_item.item_v AS m
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, CAST(TIMESTAMP '2024-01-31 00:00:00' AS DATETIME(6)) AS item_v UNION ALL SELECT item_i + 1, item_v + INTERVAL 1 MONTH FROM nth_item WHERE item_v + INTERVAL 1 MONTH <= CAST(TIMESTAMP '2024-04-30 00:00:00' AS DATETIME(6))) SELECT item_i, item_v FROM nth_item WHERE item_v <= CAST(TIMESTAMP '2024-04-30 00:00:00' AS DATETIME(6))) AS nth_item
) AS m;
SELECT a, b
FROM (
  SELECT
    IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY(1, 2), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_ARRAY(1, 2), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS a,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY('x'), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(JSON_ARRAY('x'), CONCAT('$[', nth_item.item_i, ']')))) AS b
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, GREATEST(COALESCE(JSON_LENGTH(JSON_ARRAY(1, 2)), 0), COALESCE(JSON_LENGTH(JSON_ARRAY('x')), 0)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS u`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '[{"a": 1, "b": "x"}, {"a": null}]'), (2, '[]'), (3, NULL)`,
      pg: "SELECT id, r.a, r.b FROM t, jsonb_to_recordset(j) AS r (a int, b text); SELECT part FROM regexp_split_to_table('a,b; c', '[,;]\\s*') AS part",
      tidb: `SELECT id, r.a, r.b
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')), '$."a"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')), '$."a"') AS SIGNED)) AS a,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')), '$."b"')) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')), '$."b"'))) AS b
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'ARRAY' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'ARRAY', JSON_LENGTH(j), 0)
) AS r
WHERE r.lateral_key_1 = t.id;
SELECT part
FROM (
  SELECT
    SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_REPLACE('a,b; c', '[,;][[:space:]]*', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs'), CHAR(0xEE8080 USING utf8mb4), nth_item.item_i + 1), CHAR(0xEE8080 USING utf8mb4), -1) AS part
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, CHAR_LENGTH(REGEXP_REPLACE('a,b; c', '[,;][[:space:]]*', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs')) - CHAR_LENGTH(REPLACE(REGEXP_REPLACE('a,b; c', '[,;][[:space:]]*', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs'), CHAR(0xEE8080 USING utf8mb4), '')) + 1 AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS part`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, u int, j jsonb); CREATE TABLE u (id int PRIMARY KEY); INSERT INTO t VALUES (1, 7, '{"a": 1, "b": 2}'), (2, NULL, '[1]'), (3, 7, NULL); INSERT INTO u VALUES (7)`,
      pg: `SELECT t.id, k FROM t, jsonb_object_keys(j) AS k WHERE id <> 2; SELECT t.id, k FROM t JOIN u ON u.id = t.u, jsonb_object_keys(j) AS k; SELECT id FROM (SELECT id, jsonb_object_keys(j) AS k FROM t) AS q WHERE id = 1`,
      tidb: `SELECT t.id, k
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(j), CONCAT('$[', nth_item.item_i, ']'))) AS k
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'OBJECT' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no object')) END) FROM t WHERE id <> 2) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)
) AS k
WHERE (k.lateral_key_1 = t.id) AND id <> 2;
SELECT t.id, k
FROM t
JOIN u ON u.id = t.u, (
  SELECT
    t.id AS lateral_key_1,
    JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(j), CONCAT('$[', nth_item.item_i, ']'))) AS k
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)
) AS k
WHERE k.lateral_key_1 = t.id;
SELECT id
FROM (
  SELECT id, rows_1.k AS k
  FROM t, (
    SELECT
      t.id AS lateral_key_1,
      JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(j), CONCAT('$[', nth_item.item_i, ']'))) AS k
    FROM t
    CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
    WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)
  ) AS rows_1
  WHERE rows_1.lateral_key_1 = t.id
) AS q
WHERE id = 1`,
      findings: ["kind", "kind"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '{"a": 1}'), (2, '[1]')`,
      pg: "SELECT id, k FROM t, jsonb_object_keys(j) AS k WHERE jsonb_typeof(j) = 'object'; SELECT id, jsonb_array_elements(j) AS v FROM t WHERE id > 1",
      tidb: `SELECT id, k
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(j), CONCAT('$[', nth_item.item_i, ']'))) AS k
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'OBJECT' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no object')) END) FROM t WHERE CASE JSON_TYPE(j) WHEN 'INTEGER' THEN 'number' WHEN 'UNSIGNED INTEGER' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE LOWER(JSON_TYPE(j)) END = 'object') AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0)
) AS k
WHERE (k.lateral_key_1 = t.id) AND CASE JSON_TYPE(j) WHEN 'INTEGER' THEN 'number' WHEN 'UNSIGNED INTEGER' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE LOWER(JSON_TYPE(j)) END = 'object';
SELECT id, rows_1.v AS v
FROM t, (
  SELECT t.id AS lateral_key_1, JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')) AS v
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'ARRAY' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM t WHERE id > 1) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'ARRAY', JSON_LENGTH(j), 0)
) AS rows_1
WHERE (rows_1.lateral_key_1 = t.id) AND id > 1`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a text[], j jsonb); CREATE VIEW v AS SELECT id, a FROM t; INSERT INTO t VALUES (1, '{a,b}', '[{"k": [1, 2.50]}, {"k": []}]'), (2, '{}', '[]'), (3, NULL, NULL)`,
      pg: "SELECT v.id, x FROM v, unnest(v.a) AS x; SELECT id, i, a[i] FROM t, generate_subscripts(a, 1) AS i",
      tidb: `SELECT v.id, x
FROM v, (
  SELECT
    v.a AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(v.a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(v.a, CONCAT('$[', nth_item.item_i, ']')))) AS x
  FROM (SELECT DISTINCT v.a FROM v) AS v
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(v.a)) FROM v) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(v.a)
) AS x
WHERE x.lateral_key_1 <=> v.a;
SELECT
  id,
  i,
  CASE WHEN JSON_TYPE(CASE WHEN i > 0 THEN JSON_EXTRACT(a, CONCAT('$[', i - 1, ']')) END) NOT IN ('NULL', 'ARRAY') THEN JSON_UNQUOTE(CASE WHEN i > 0 THEN JSON_EXTRACT(a, CONCAT('$[', i - 1, ']')) END) END AS a
FROM t, (
  SELECT t.id AS lateral_key_1, nth_item.item_i + 1 AS i
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(a)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(a)
) AS i
WHERE i.lateral_key_1 = t.id`,
      findings: ["dimensions"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a text[], j jsonb); CREATE VIEW v AS SELECT id, a FROM t; INSERT INTO t VALUES (1, '{a,b}', '[{"k": [1, 2.50]}, {"k": []}]'), (2, '{}', '[]'), (3, NULL, NULL)`,
      pg: "SELECT t.id, x.value AS x, y.value AS y FROM t, jsonb_array_elements(j) AS x, jsonb_array_elements_text(x.value -> 'k') AS y",
      tidb: `SELECT t.id, x.value AS x, y.value AS y
FROM t, (
  SELECT t.id AS lateral_key_1, JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')) AS value
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'ARRAY' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'ARRAY', JSON_LENGTH(j), 0)
) AS x, (
  SELECT
    x.value AS lateral_key_1,
    t.id AS lateral_key_2,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(x.value, '$."k"'), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(x.value, '$."k"'), CONCAT('$[', nth_item.item_i, ']')))) AS value
  FROM (
    SELECT DISTINCT x.value
    FROM (
      SELECT t.id AS lateral_key_1, JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']')) AS value
      FROM t
      CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'ARRAY' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
      WHERE nth_item.item_i < IF(JSON_TYPE(j) = 'ARRAY', JSON_LENGTH(j), 0)
    ) AS x
  ) AS x
  CROSS JOIN t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(JSON_EXTRACT((JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']'))), '$."k"')) = 'ARRAY' THEN JSON_LENGTH(JSON_EXTRACT((JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']'))), '$."k"')) WHEN JSON_EXTRACT((JSON_EXTRACT(j, CONCAT('$[', nth_item.item_i, ']'))), '$."k"') IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM (t CROSS JOIN ((WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CASE WHEN JSON_TYPE(j) = 'ARRAY' THEN JSON_LENGTH(j) WHEN j IS NOT NULL THEN LENGTH(UUID_TO_BIN('JSON is no array')) END) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item))) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(JSON_TYPE(JSON_EXTRACT(x.value, '$."k"')) = 'ARRAY', JSON_LENGTH(JSON_EXTRACT(x.value, '$."k"')), 0)
) AS y
WHERE (x.lateral_key_1 = t.id) AND ((y.lateral_key_1 <=> x.value) AND (y.lateral_key_2 = t.id))`,
      findings: ["spelt"],
    },
    {
      given: "CREATE TABLE t (id int, name text, at date)",
      pg: `SELECT r.id, r.at FROM jsonb_populate_recordset(NULL::t, '[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]') AS r; SELECT a, b FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['x'])) AS r (a, b)`,
      tidb: `SELECT r.id, r.at
FROM (
  SELECT
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"')) = 'NULL', NULL, CAST(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."id"') AS SIGNED)) AS id,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."name"')) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."name"'))) AS name,
    IF(JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."at"')) = 'NULL', NULL, CAST(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON), CONCAT('$[', nth_item.item_i, ']')), '$."at"')) AS DATE)) AS at
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(CAST('[{"id": 1, "at": "2024-02-29"}, {"name": "x"}]' AS JSON)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS r;
SELECT a, b
FROM (
  SELECT
    IF(nth_item.item_i < (FLOOR((3 - 1) / 1) + 1), 1 + nth_item.item_i * 1, NULL) AS a,
    IF(nth_item.item_i < JSON_LENGTH(JSON_ARRAY('x')), IF(JSON_TYPE(JSON_EXTRACT(JSON_ARRAY('x'), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(JSON_ARRAY('x'), CONCAT('$[', nth_item.item_i, ']')))), NULL) AS b
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, GREATEST(COALESCE(FLOOR((3 - 1) / 1) + 1, 0), COALESCE(JSON_LENGTH(JSON_ARRAY('x')), 0)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS r`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '{"a": [{"n": 1, "s": "x"}, {"n": "2", "s": null}, {"s": true}]}'), (2, '{"a": {"n": 7}}'), (3, NULL), (4, '[]'), (5, '[{"a": [[{"n": [8]}], {"n": [8, 9]}]}]')`,
      pg: `SELECT t.id, r.n, r.s, r.i FROM t, JSON_TABLE(t.j, '$.a[*]' COLUMNS (i FOR ORDINALITY, n int PATH '$.n' DEFAULT -1 ON EMPTY, s text PATH '$.s')) AS r`,
      tidb: `SELECT t.id, r.n, r.s, r.i
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    nth_item.item_i + 1 AS i,
    CASE WHEN JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')) IS NULL THEN NULL WHEN JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."n"') IS NULL THEN -1 ELSE CASE WHEN JSON_LENGTH(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."n"')) = 1 AND JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."n"'), '$[0]')) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN CASE WHEN REGEXP_LIKE(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."n"'), '$[0]')), '^\\\\s*[-+]?[0-9]{1,18}\\\\s*$') THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."n"'), '$[0]')) AS SIGNED) END END END AS n,
    CASE WHEN JSON_LENGTH(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."s"')) = 1 AND JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."s"'), '$[0]')) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN CASE JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."s"'), '$[0]')) WHEN 'BOOLEAN' THEN LEFT(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."s"'), '$[0]')), 1) ELSE JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."s"'), '$[0]')) END END AS s
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'))) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(JSON_EXTRACT(t.j, '$[0 to last]."a"[0 to last]'))
) AS r
WHERE r.lateral_key_1 = t.id`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '[{"p": 1.005}, {"p": "-2.675"}, {"p": 999.995}, {"p": "x"}, {"p": null}, {}]')`,
      pg: `SELECT r.i, r.p FROM t, JSON_TABLE(t.j, '$[*]' COLUMNS (i FOR ORDINALITY, p numeric(5,2) PATH '$.p' DEFAULT 0 ON EMPTY)) AS r`,
      tidb: `SELECT r.i, r.p
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    nth_item.item_i + 1 AS i,
    CASE WHEN JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')) IS NULL THEN NULL WHEN JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"') IS NULL THEN 0 ELSE CASE WHEN JSON_LENGTH(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"')) = 1 AND JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"'), '$[0]')) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN CASE WHEN ABS(ROUND(CASE WHEN REGEXP_LIKE(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"'), '$[0]')), '^\\\\s*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?\\\\s*$') THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"'), '$[0]')) AS DECIMAL(65,30)) END, 2)) < 1000 THEN CAST(CASE WHEN REGEXP_LIKE(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"'), '$[0]')), '^\\\\s*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?\\\\s*$') THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(JSON_EXTRACT(t.j, '$[0 to last]'), CONCAT('$[', nth_item.item_i, ']')), '$[0 to last]."p"'), '$[0]')) AS DECIMAL(65,30)) END AS DECIMAL(5,2)) END END END AS p
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(JSON_EXTRACT(t.j, '$[0 to last]'))) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < JSON_LENGTH(JSON_EXTRACT(t.j, '$[0 to last]'))
) AS r
WHERE r.lateral_key_1 = t.id`,
    },
    {
      pg: `SELECT * FROM JSON_TABLE('[{"k": "a", "f": [1, 2]}, {"k": "b"}, 7]', '$[*]' COLUMNS (i FOR ORDINALITY, NESTED PATH '$.f[*]' COLUMNS (n FOR ORDINALITY, f jsonb PATH '$'))) AS r`,
      tidb: `SELECT *
FROM (
  SELECT
    CAST(JSON_EXTRACT(nth_item.item_v, '$.i') AS SIGNED) + 1 AS i,
    CAST(JSON_EXTRACT(nth_item.item_v, '$.n0.i') AS SIGNED) + 1 AS n,
    CASE WHEN JSON_LENGTH(CASE WHEN JSON_EXTRACT(nth_item.item_v, '$.n0.v') IS NOT NULL THEN JSON_ARRAY(JSON_EXTRACT(nth_item.item_v, '$.n0.v')) END) = 1 THEN JSON_EXTRACT(CASE WHEN JSON_EXTRACT(nth_item.item_v, '$.n0.v') IS NOT NULL THEN JSON_ARRAY(JSON_EXTRACT(nth_item.item_v, '$.n0.v')) END, '$[0]') ELSE NULL END AS f
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_EXTRACT((SELECT /*+ NO_DECORRELATE() */ JSON_OBJECTAGG(LPAD(item_1.item_i, 10, '0'), COALESCE(NULLIF(COALESCE(JSON_EXTRACT((SELECT /*+ NO_DECORRELATE() */ JSON_OBJECTAGG(LPAD(item_2.item_i, 10, '0'), JSON_OBJECT('v', item_1.item_v, 'i', item_1.item_i, 'n0', item_2.item_v)) FROM ((WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_EXTRACT(JSON_EXTRACT((SELECT /*+ NO_DECORRELATE() */ JSON_OBJECTAGG(LPAD(item_2.item_i, 10, '0'), JSON_OBJECT('v', item_2.item_v, 'i', item_2.item_i)) FROM ((WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_EXTRACT(item_1.item_v, '$[0 to last]."f"[0 to last]') AS item_a UNION ALL SELECT item_i + 1, item_a FROM nth_item WHERE item_i + 1 < JSON_LENGTH(item_a)) SELECT item_i, JSON_EXTRACT(item_a, CONCAT('$[', item_i, ']')) AS item_v FROM nth_item WHERE item_i < JSON_LENGTH(item_a)) AS item_2)), '$.*'), '$[*]') AS item_a UNION ALL SELECT item_i + 1, item_a FROM nth_item WHERE item_i + 1 < JSON_LENGTH(item_a)) SELECT item_i, JSON_EXTRACT(item_a, CONCAT('$[', item_i, ']')) AS item_v FROM nth_item WHERE item_i < JSON_LENGTH(item_a)) AS item_2)), '$.*'), JSON_ARRAY()), JSON_ARRAY()), JSON_ARRAY(JSON_OBJECT('v', item_1.item_v, 'i', item_1.item_i)))) FROM ((WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_EXTRACT(CAST('[{"k": "a", "f": [1, 2]}, {"k": "b"}, 7]' AS JSON), '$[0 to last]') AS item_a UNION ALL SELECT item_i + 1, item_a FROM nth_item WHERE item_i + 1 < JSON_LENGTH(item_a)) SELECT item_i, JSON_EXTRACT(item_a, CONCAT('$[', item_i, ']')) AS item_v FROM nth_item WHERE item_i < JSON_LENGTH(item_a)) AS item_1)), '$.*[*]') AS item_a UNION ALL SELECT item_i + 1, item_a FROM nth_item WHERE item_i + 1 < JSON_LENGTH(item_a)) SELECT item_i, JSON_EXTRACT(item_a, CONCAT('$[', item_i, ']')) AS item_v FROM nth_item WHERE item_i < JSON_LENGTH(item_a)) AS nth_item
) AS r`,
    },
    {
      pg: "SELECT unnest('{1}'::int[]) AS u, generate_series(1, 2) AS g, 7 AS k",
      tidb: `SELECT rows_1.u AS u, rows_1.g AS g, 7 AS k
FROM (
  SELECT
    IF(nth_item.item_i < JSON_LENGTH(CAST('[1]' AS JSON)), IF(JSON_TYPE(JSON_EXTRACT(CAST('[1]' AS JSON), CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(CAST('[1]' AS JSON), CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)), NULL) AS u,
    IF(nth_item.item_i < (FLOOR((2 - 1) / 1) + 1), 1 + nth_item.item_i * 1, NULL) AS g
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, GREATEST(COALESCE(JSON_LENGTH(CAST('[1]' AS JSON)), 0), COALESCE(FLOOR((2 - 1) / 1) + 1, 0)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS rows_1`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 3), (2, 9007199254740993), (3, NULL), (4, 0)",
      pg: "SELECT id, generate_series(1, n) AS g FROM t WHERE n < 100 AND length('x') = 1; SELECT t.id, g FROM t, generate_series(1, t.n) AS g WHERE t.id <> 2 AND g > 1",
      tidb: `SELECT id, rows_1.g AS g
FROM t, (
  SELECT t.id AS lateral_key_1, 1 + nth_item.item_i * 1 AS g
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(FLOOR((n - 1) / 1) + 1) FROM t WHERE n < 100) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < (FLOOR((n - 1) / 1) + 1)
) AS rows_1
WHERE (rows_1.lateral_key_1 = t.id) AND (n < 100 AND CHAR_LENGTH('x') = 1);
SELECT t.id, g
FROM t, (
  SELECT t.id AS lateral_key_1, 1 + nth_item.item_i * 1 AS g
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(FLOOR((t.n - 1) / 1) + 1) FROM t WHERE t.id <> 2) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < (FLOOR((t.n - 1) / 1) + 1)
) AS g
WHERE (g.lateral_key_1 = t.id) AND (t.id <> 2 AND g > 1)`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'ab-12 é-3'), (2, 'x'), (3, NULL), (4, ''), (5, 'A-1'), (6, 'a-1A-2')`,
      pg: `SELECT id, regexp_matches(s, '(\\w)-(\\d+)', 'g') AS m FROM t; SELECT t.id, m[2], m FROM t, regexp_matches(t.s, '(a)-(\\d)', 'i') AS m; SELECT t.id, x.p FROM t CROSS JOIN LATERAL regexp_matches(t.s, '[a-z]\\M', 'g') AS x (p); SELECT id, regexp_split_to_table(s, '[- ]|-', 'i') AS p FROM t; SELECT p FROM regexp_split_to_table('the quick', '\\s*') AS p`,
      tidb: `SELECT id, rows_1.m AS m
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    JSON_ARRAY(REGEXP_REPLACE(REGEXP_SUBSTR(s, '([\\\\p{L}\\\\p{N}_])-([0-9]+)', 1, nth_item.item_i + 1, 'cs'), '^(?:([\\\\p{L}\\\\p{N}_])-([0-9]+))$', '\\\\1', 1, 1, 'cs'), REGEXP_REPLACE(REGEXP_SUBSTR(s, '([\\\\p{L}\\\\p{N}_])-([0-9]+)', 1, nth_item.item_i + 1, 'cs'), '^(?:([\\\\p{L}\\\\p{N}_])-([0-9]+))$', '\\\\2', 1, 1, 'cs')) AS m
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CHAR_LENGTH(REGEXP_REPLACE(s, '([\\\\p{L}\\\\p{N}_])-([0-9]+)', '\\\\0~', 1, 0, 'cs')) - CHAR_LENGTH(s)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < (CHAR_LENGTH(REGEXP_REPLACE(s, '([\\\\p{L}\\\\p{N}_])-([0-9]+)', '\\\\0~', 1, 0, 'cs')) - CHAR_LENGTH(s))
) AS rows_1
WHERE rows_1.lateral_key_1 = t.id;
SELECT
  t.id,
  CASE WHEN JSON_TYPE(JSON_EXTRACT(m, '$[1]')) NOT IN ('NULL', 'ARRAY') THEN JSON_UNQUOTE(JSON_EXTRACT(m, '$[1]')) END AS m,
  m
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    JSON_ARRAY(REGEXP_REPLACE(REGEXP_SUBSTR(t.s, '(a)-([0-9])', 1, nth_item.item_i + 1, 'is'), '^(?:(a)-([0-9]))$', '\\\\1', 1, 1, 'is'), REGEXP_REPLACE(REGEXP_SUBSTR(t.s, '(a)-([0-9])', 1, nth_item.item_i + 1, 'is'), '^(?:(a)-([0-9]))$', '\\\\2', 1, 1, 'is')) AS m
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(IF(REGEXP_LIKE(t.s, '(a)-([0-9])', 'is'), 1, 0)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < IF(REGEXP_LIKE(t.s, '(a)-([0-9])', 'is'), 1, 0)
) AS m
WHERE m.lateral_key_1 = t.id;
SELECT t.id, x.p
FROM t
JOIN (
  SELECT
    t.id AS lateral_key_1,
    JSON_ARRAY(REGEXP_SUBSTR(t.s, '[a-z]\\\\b', 1, nth_item.item_i + 1, 'cs')) AS p
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CHAR_LENGTH(REGEXP_REPLACE(t.s, '[a-z]\\\\b', '\\\\0~', 1, 0, 'cs')) - CHAR_LENGTH(t.s)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < (CHAR_LENGTH(REGEXP_REPLACE(t.s, '[a-z]\\\\b', '\\\\0~', 1, 0, 'cs')) - CHAR_LENGTH(t.s))
) AS x ON x.lateral_key_1 = t.id;
SELECT id, rows_1.p AS p
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_REPLACE(s, '[- ]|-', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'is'), CHAR(0xEE8080 USING utf8mb4), nth_item.item_i + 1), CHAR(0xEE8080 USING utf8mb4), -1) AS p
  FROM t
  CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(CHAR_LENGTH(REGEXP_REPLACE(s, '[- ]|-', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'is')) - CHAR_LENGTH(REPLACE(REGEXP_REPLACE(s, '[- ]|-', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'is'), CHAR(0xEE8080 USING utf8mb4), '')) + 1) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  WHERE nth_item.item_i < (CHAR_LENGTH(REGEXP_REPLACE(s, '[- ]|-', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'is')) - CHAR_LENGTH(REPLACE(REGEXP_REPLACE(s, '[- ]|-', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'is'), CHAR(0xEE8080 USING utf8mb4), '')) + 1)
) AS rows_1
WHERE rows_1.lateral_key_1 = t.id;
SELECT p
FROM (
  SELECT
    SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE('the quick', '[[:space:]]+', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's'), CHAR(0xEE8080 USING utf8mb4), nth_item.item_i + 1), CHAR(0xEE8080 USING utf8mb4), -1) AS p
  FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, CHAR_LENGTH(REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE('the quick', '[[:space:]]+', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's')) - CHAR_LENGTH(REPLACE(REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE('the quick', '[[:space:]]+', CHAR(0xEE8080 USING utf8mb4), 1, 0, 'cs'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's'), '([^\\\\x{E000}])([^\\\\x{E000}])', CONCAT('\\\\1', CHAR(0xEE8080 USING utf8mb4), '\\\\2'), 1, 0, 's'), CHAR(0xEE8080 USING utf8mb4), '')) + 1 AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
) AS p`,
      findings: ["edge", "longest"],
    },
    {
      pg: "SELECT regexp_matches('abc', '(a)|(b)', 'g'); SELECT regexp_matches('abc', '(?=a)', 'g'); SELECT regexp_matches('abc', 'a*', 'g'); SELECT regexp_matches('abc', 'a', 'x')",
      tidb: null,
      findings: ["refused", "refused", "refused", "refused"],
    },
    {
      pg: `SELECT generate_series(1, 2), generate_series(timestamp '2024-01-31', '2024-04-30', '1 month'); SELECT generate_series(1, 2), jsonb_object_keys('{"bb": 1, "a": 2, "c": 3}'); SELECT * FROM jsonb_object_keys('{"aa": 1, "b": 2}') WITH ORDINALITY AS k (k, i)`,
      tidb: null,
      findings: ["refused", "refused", "refused"],
    },
  ],
});

/** Calls of a target that give rows, those of subqueries left out. */
function callsIn(node: Value | undefined): FuncCall[] {
  if (!isNode(node) || node.kind === "SubLink" || node.kind === "SelectStmt") return [];
  const call = as("FuncCall", node);
  if (call && FUNCTIONS[nameOf(call)] && !ROWS.has(nameOf(call)) && !call.over) return [call];
  const found: FuncCall[] = [];
  eachChild(node as Node, (child) => void found.push(...callsIn(child)));
  return found;
}

/** A query that groups by what a function in its list returns: its rows are there before they are grouped, as those of an item of FROM are. */
function groupedByRows(select: SelectStmt, ctx: Context): SelectStmt | undefined {
  const { groupClause = [], targetList = [], fromClause = [], sortClause } = select;
  if (groupClause.length === 0) return undefined;
  const targets = targetList.map((item) => as("ResTarget", item));
  const range = ctx.analysis.range(ctx.origin(select));
  // A column of a table goes before one of the list.
  const isColumn = (item: Value) => range.some(({ columns }) => columns.some(({ name }) => name === as("ColumnRef", item)?.fields?.at(-1)));
  const keys = groupClause.map((item) => (isColumn(item) ? undefined : sortTarget(item, targets)?.val) ?? item);
  const grouped = keys.flatMap(callsIn);
  const calls = grouped.filter((call, i) => grouped.findIndex((other) => alike(other, call)) === i);
  const shown = targets.flatMap((target) => callsIn(target?.val));
  if (calls.length === 0 || !shown.every((call) => calls.some((other) => alike(other, call)))) return undefined;
  const aliasname = ctx.fresh("rows");
  const colnames = calls.map((_, i) => (i === 0 ? aliasname : `${aliasname}_${i + 1}`));
  const moved = (value: Value): Value =>
    rewritten(value, ctx.change as never, (node) => {
      const at = calls.findIndex((call) => alike(node, call));
      if (at < 0) return undefined;
      if (node !== calls[at]) ctx.consumed(node);
      return { kind: "ColumnRef", fields: [aliasname, colnames[at]!] };
    });
  // Several go on side by side until the longest ends.
  const item: RangeFunction = {
    kind: "RangeFunction",
    lateral: true,
    functions: calls.map((call) => [call]) as never,
    ...(calls.length > 1 && { is_rowsfrom: true }),
    alias: { kind: "Alias", aliasname, colnames },
  };
  return ctx.change(select, {
    fromClause: [...fromClause, item],
    groupClause: groupClause.map(moved),
    targetList: targets.map((target, i) => {
      const next = target && moved(target.val!);
      return next === target?.val ? targetList[i]! : ctx.change(target!, { val: next, name: target!.name ?? outputName(target!) });
    }),
    ...(sortClause && { sortClause: sortClause.map(moved) }),
  }) as SelectStmt;
}

function nameOfTarget(item: Value, ctx: Ctx): string | undefined {
  const target = as("ResTarget", item);
  return target && (target.name ?? outputName(ctx.origin(target)));
}

function hasWindow(item: Value): boolean {
  return holds(
    item,
    (node) => node.kind === "FuncCall" && node.over !== undefined,
    (node) => node.kind === "SubLink",
  );
}

/** Several calls in a list go on side by side until the longest ends; those of unnest() as one of all arrays does in FROM. */
function inStep(calls: readonly FuncCall[]): readonly FuncCall[] {
  const isUnnest = calls.length > 1 && calls.every((call) => nameOf(call) === "unnest" && call.args?.length === 1);
  if (!isUnnest) return calls;
  const arrays = calls.flatMap(({ args }) => args ?? []);
  return [functionCall("unnest", arrays)];
}

interface Rows {
  readonly count: Arg;
  /** The same, and an error where PostgreSQL raises one. */
  readonly checked?: Arg;
  /** Columns with their names; the value of each from the number of its row. A column without a name has the function's. */
  readonly columns: readonly (readonly [name: string, value: Arg])[];
  /** What counts, where each row is made from the one before; it cannot go by another table's columns. */
  readonly chain?: Tidb;
  /** Numbers for which there is no row. */
  readonly where?: Tidb;
  /** They come in another order than in PostgreSQL: of jsonb's keys the shorter come first there. */
  readonly unordered?: true;
}

const I = tidbText("nth_item.item_i");
const value = (node: Arg): Value => node as unknown as Value;
const member = (json: Arg): Tidb => tidb`JSON_EXTRACT(${value(json)}, CONCAT('$[', ${I}, ']'))`;
const key = (json: Arg): Tidb => member(tidb`JSON_KEYS(${value(json)})`);
const held = (json: Arg): Tidb => tidb`JSON_EXTRACT(${value(json)}, CONCAT('$.', ${key(json)}))`;
const orNull = (json: Tidb, other: Tidb): Tidb => tidb`IF(JSON_TYPE(${json}) = 'NULL', NULL, ${other})`;
const text = (json: Tidb): Tidb => orNull(json, tidb`JSON_UNQUOTE(${json})`);
/** An error as soon as it is computed, of which TiDB quotes the text. It is computed by TiDB itself, never by the storage, and only where it is reached (seen on TiDB). */
const failing = (text: string): Tidb => tidb`LENGTH(UUID_TO_BIN(${raw(`'${text}'`)}))`;
/** Functions that give documents of that kind alone. */
const MAKERS = {
  ARRAY: /^(?:jsonb_path_query_array|jsonb?_build_array|jsonb?_agg)$/,
  OBJECT: /^(?:jsonb?_build_object|jsonb?_object_agg|row_to_json)$/,
} as const;
/** How many rows a document has: none where it is of another kind; and an error there, as in PostgreSQL. */
function sized(json: Arg, kind: "ARRAY" | "OBJECT"): Pick<Rows, "count" | "checked"> {
  const document = value(json);
  const length = tidb`JSON_LENGTH(${document})`;
  const opening = /^\s*[[{]/.exec(literalText(document) ?? "")?.[0].trim();
  if (opening === (kind === "ARRAY" ? "[" : "{") || MAKERS[kind].test(nameOf((as("FuncCall", document) ?? {}) as FuncCall)))
    return { count: length };
  const isKind = tidb`JSON_TYPE(${document}) = ${raw(`'${kind}'`)}`;
  return {
    count: tidb`IF(${isKind}, ${length}, 0)`,
    checked: tidb`CASE WHEN ${isKind} THEN ${length} WHEN ${document} IS NOT NULL THEN ${failing(`JSON is no ${kind.toLowerCase()}`)} END`,
  };
}

type Maker = (args: readonly Value[], ctx: Ctx, definitions: readonly Value[]) => Rows | string;

const elements = (of: (json: Tidb) => Tidb): Maker => {
  return ([json], ctx) => ({ ...spelling(of, ctx), ...sized(json!, "ARRAY"), columns: [["value", of(member(json!))]] });
};
const each = (of: (json: Tidb) => Tidb): Maker => {
  return ([json], ctx) => ({
    ...spelling(of, ctx),
    ...sized(json!, "OBJECT"),
    unordered: true,
    columns: [
      ["key", tidb`JSON_UNQUOTE(${key(json!)})`],
      ["value", of(held(json!))],
    ],
  });
};
const keys: Maker = ([json]) => ({
  ...sized(json!, "OBJECT"),
  unordered: true,
  columns: [["", tidb`JSON_UNQUOTE(${key(json!)})`]],
});
const itself = (json: Tidb): Tidb => json;

/** Says what becomes of the texts of numbers and objects. */
function spelling(of: (json: Tidb) => Tidb, ctx: Ctx): object {
  if (of === text) ctx.report("spelt");
  return {};
}

const FUNCTIONS: Readonly<Record<string, Maker>> = {
  jsonb_array_elements: elements(itself),
  json_array_elements: elements(itself),
  jsonb_array_elements_text: elements(text),
  json_array_elements_text: elements(text),
  jsonb_each: each(itself),
  json_each: each(itself),
  jsonb_each_text: each(text),
  json_each_text: each(text),
  jsonb_object_keys: keys,
  json_object_keys: keys,
  generate_series: series,
  generate_subscripts: subscripts,
  string_to_table: pieces,
  regexp_split_to_table: splits,
  regexp_matches: matches,
  unnest,
  jsonb_to_recordset: records,
  json_to_recordset: records,
  jsonb_to_record: record,
  json_to_record: record,
  jsonb_populate_recordset: populated,
  json_populate_recordset: populated,
  jsonb_populate_record: populatedOne,
  json_populate_record: populatedOne,
};

/** Functions that return rows of several columns, which are one value in a SELECT list. */
const ROWS = new Set(
  ["each", "each_text", "to_recordset", "to_record", "populate_recordset", "populate_record"].flatMap((name) => [
    `jsonb_${name}`,
    `json_${name}`,
  ]),
);

/** Functions whose columns are listed behind the alias. */
const RECORDS = new Set(["jsonb_to_recordset", "json_to_recordset", "jsonb_to_record", "json_to_record"]);

const NUMBERS = new Set(["int2", "int4", "int8", "numeric"]);

/** In parentheses where it is more than a name or a number. */
function operand(arg: Value): Value {
  return isNode(arg) && !BARE.has(arg.kind) ? value(tidb`(${arg})`) : arg;
}

const BARE = new Set<string>(["ColumnRef", "A_Const", "ParamRef", "FuncCall", "Tidb"]);

/** The type of `a + i * s` follows from both ends; 0 for a step is an error in PostgreSQL, and gives no row here. */
function series([start, stop, step]: readonly Value[], ctx: Ctx): Rows | string {
  const types = [start, stop, step].flatMap((arg) => (arg === undefined ? [] : (ctx.info(arg)?.coerced ?? ctx.info(arg)?.type)?.name));
  if (types.every((type) => type !== undefined && NUMBERS.has(type))) {
    const [from, to, by] = [start!, stop!, step ?? value(tidbText("1"))].map(operand) as [Value, Value, Value];
    return { count: tidb`FLOOR((${to} - ${from}) / ${by}) + 1`, columns: [["", tidb`${from} + ${I} * ${by}`]] };
  }
  const every = /^\s*(\d+)\s+(second|minute|hour|day|week)s?\s*$/i.exec(literalText(step) ?? "");
  if (!/^(date|timestamp)/.test(types[0] ?? "")) return "its numbers are of a type that is not known";
  if (!every) return chained(start!, stop!, step, ctx);
  ctx.consumed(step!);
  const unit = raw(every[2]!.toUpperCase());
  const by = raw(every[1]!);
  const from = tidb`CAST(${start!} AS DATETIME(6))`;
  return {
    count: tidb`IF(CAST(${stop!} AS DATETIME(6)) < ${from}, 0, TIMESTAMPDIFF(${unit}, ${from}, CAST(${stop!} AS DATETIME(6))) DIV ${by} + 1)`,
    columns: [["", tidb`${from} + INTERVAL ${I} * ${by} ${unit}`]],
  };
}

/** Each time is the one before and a step: the end of a month stays where February has moved it, as in PostgreSQL. */
function chained(start: Value, stop: Value, step: Value | undefined, ctx: Ctx): Rows | string {
  const interval = parseInterval(literalText(step) ?? "");
  const amounts = Object.entries(interval ?? {}).filter(([, amount]) => amount !== 0);
  const up = amounts.every(([, amount]) => amount > 0);
  if (amounts.length === 0 || (!up && !amounts.every(([, amount]) => amount < 0))) return "its step is no constant that goes one way";
  ctx.consumed(step!);
  const next = raw(amounts.map(([unit, amount]) => ` + INTERVAL ${amount} ${unit.slice(0, -1).toUpperCase()}`).join(""));
  const within = raw(up ? "<=" : ">=");
  const end = tidb`CAST(${stop} AS DATETIME(6))`;
  const chain = tidb`(WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, CAST(${start} AS DATETIME(6)) AS item_v UNION ALL SELECT item_i + 1, item_v${next} FROM nth_item WHERE item_v${next} ${within} ${end}) SELECT item_i, item_v FROM nth_item WHERE item_v ${within} ${end}) AS nth_item`;
  return { count: tidbText("0"), columns: [["", tidbText("nth_item.item_v")]], chain };
}

/** A path of SQL/JSON that is a literal, with what PASSING gives to its variables. */
function pathOf(path: Value | string | undefined, { passing = [] }: JsonTable): JsonPath | undefined {
  const text = typeof path === "string" ? path : literalText(path);
  const variable = (name: string): Literal | undefined => {
    const given = passing.map((each) => as("JsonArgument", each)).find((each) => each?.name === name);
    const { ival, fval, sval, boolval } = as("A_Const", as("JsonValueExpr", given?.val)?.raw_expr ?? given?.val) ?? {};
    if (sval !== undefined) return { literal: sval, type: "string" };
    if (boolval !== undefined) return { literal: String(boolval), type: "boolean" };
    return ival === undefined && fval === undefined ? undefined : { literal: String(ival ?? fval), type: "number" };
  };
  const parsed = text === undefined ? undefined : parseJsonPath(text, { variable });
  return parsed && !mayRaise(parsed) ? parsed : undefined;
}

const NO_PATH = "a path is no literal, or has a part that TiDB cannot do";

/** The paths of JSON_TABLE, and its columns by what they stand in. */
function treeOf(path: Value | undefined, columns: readonly Value[], table: JsonTable): PathTree | string {
  const parsed = pathOf(path, table);
  if (!parsed) return NO_PATH;
  const nested = columns.flatMap((item) => {
    const column = as("JsonTableColumn", item);
    return column?.coltype === "JTC_NESTED" ? [treeOf(column.pathspec?.string, column.columns ?? [], table)] : [];
  });
  const failed = nested.find((each) => typeof each === "string");
  return (failed as string | undefined) ?? { path: parsed, nested: nested as readonly PathTree[] };
}

/** The columns of JSON_TABLE, each by its own path from the item of its level. */
function tableColumns(
  columns: readonly Value[],
  rows: TreeRows,
  row: Tidb,
  at: string,
  table: JsonTable,
  ctx: Ctx,
): readonly (readonly [string, Arg])[] | string {
  const item = rows.item(row, at);
  const made: (readonly [string, Arg])[] = [];
  let nested = 0;
  for (const each of columns) {
    const column = as("JsonTableColumn", each);
    if (!column) return "a column of it is not known";
    ctx.consumed(column);
    if (column.coltype === "JTC_NESTED") {
      const inner = tableColumns(column.columns ?? [], rows, row, `${at}.n${nested++}`, table, ctx);
      if (typeof inner === "string") return inner;
      made.push(...inner);
      continue;
    }
    const found = column.coltype === "JTC_FOR_ORDINALITY" ? rows.number(row, at, I) : columnValue(column, item, table);
    if (typeof found === "string") return found;
    made.push([column.name!, found]);
  }
  return made;
}

/** A column of JSON_TABLE, as JSON_VALUE, JSON_QUERY or JSON_EXISTS finds it; or why it has no form. */
function columnValue(column: JsonTableColumn, item: Tidb, table: JsonTable): Tidb | string {
  const { name = "", typeName: type, wrapper, quotes } = column;
  const path = pathOf(column.pathspec ? column.pathspec.string : `$.${JSON.stringify(name)}`, table);
  if (!path) return NO_PATH;
  const [own, mods] = type ? [typeName(type).name, modifiers(type)] : [""];
  if (column.coltype === "JTC_EXISTS") {
    const found = tidb`CASE WHEN ${item} IS NOT NULL THEN ${pathFinds(item, path)} END`;
    return /^(?:bool|int4)$/.test(own) && !column.on_error ? found : `its column ${name} is ${own}, or has ON ERROR`;
  }
  const items = pathArray(item, path);
  const [empty, failed] = [otherwise(column.on_empty), otherwise(column.on_error)];
  if (!items || !empty || !failed) return `its column ${name} has an ON EMPTY or ON ERROR that is neither NULL nor DEFAULT`;
  const isDocument = own === "jsonb" || own === "json";
  if (!isDocument && (!/UNSPEC/.test(wrapper ?? "UNSPEC") || !/UNSPEC/.test(quotes ?? "UNSPEC")))
    return `its column ${name} has WRAPPER or QUOTES, and is no document`;
  if (isDocument && (!/UNSPEC|KEEP/.test(quotes ?? "UNSPEC") || failed.value !== undefined || empty.value !== undefined))
    return `its column ${name} is a document, and has a default or OMIT QUOTES`;
  const first = tidb`JSON_EXTRACT(${items}, '$[0]')`;
  const others = wrapper === "JSW_CONDITIONAL" ? items : tidb`NULL`;
  const alone = tidb`CASE WHEN JSON_LENGTH(${items}) = 1 THEN ${first} ELSE ${others} END`;
  const taken = isDocument
    ? wrapper === "JSW_UNCONDITIONAL"
      ? items
      : alone
    : type?.arrayBounds?.length
      ? undefined
      : scalarFound(items, { name: own, ...(mods?.length && { mods }) });
  return taken ? withDefaults(items, taken, item, empty.value, failed.value) : `its column ${name} is ${own || "of an unknown type"}`;
}

/** What ON EMPTY or ON ERROR gives; undefined where that is neither NULL nor a value. */
function otherwise(behaviour: JsonBehavior | undefined): { readonly value?: Value } | undefined {
  if (!behaviour || behaviour.btype === "JSON_BEHAVIOR_NULL") return {};
  return behaviour.btype === "JSON_BEHAVIOR_DEFAULT" && behaviour.expr !== undefined ? { value: behaviour.expr } : undefined;
}

/** An empty text has no piece; NULL none either. */
function pieces([whole, delimiter, missing]: readonly Value[]): Rows | string {
  if (!literalText(delimiter)) return "what it splits at is no constant";
  const rest = tidb`CHAR_LENGTH(REPLACE(${whole!}, ${delimiter!}, ''))`;
  const piece = tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${whole!}, ${delimiter!}, ${I} + 1), ${delimiter!}, -1)`;
  return {
    count: tidb`IF(${whole!} = '', 0, (CHAR_LENGTH(${whole!}) - ${rest}) DIV CHAR_LENGTH(${delimiter!}) + 1)`,
    columns: [["", missing === undefined ? piece : tidb`NULLIF(${piece}, ${missing})`]],
  };
}

/** Each match becomes a mark that no text has. An empty text is one piece. */
function splits([whole, pattern, flagsArg]: readonly Value[], ctx: Ctx): Rows | string {
  const [source, flags] = [literalText(pattern), flagsArg === undefined ? "" : literalText(flagsArg)];
  if (source === undefined || flags === undefined) return "its pattern or its flags are no constants";
  const found = splitMarked(whole!, source, flags);
  if (typeof found === "string") return `its pattern has ${found}`;
  for (const arg of [pattern, flagsArg]) if (arg !== undefined) ctx.consumed(arg);
  warned(found.pattern, ctx);
  const { text: marked } = found;
  return {
    count: tidb`CHAR_LENGTH(${marked}) - CHAR_LENGTH(REPLACE(${marked}, ${SPLIT_MARK}, '')) + 1`,
    columns: [["", tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${marked}, ${SPLIT_MARK}, ${I} + 1), ${SPLIT_MARK}, -1)`]],
  };
}

/** Each match, or the first one, is an array of what its groups match. */
function matches([whole, pattern, flagsArg]: readonly Value[], ctx: Ctx): Rows | string {
  const [source, flags] = [literalText(pattern), flagsArg === undefined ? "" : literalText(flagsArg)];
  if (source === undefined || flags === undefined) return "its pattern or its flags are no constants";
  const known = translatePattern(source);
  if (typeof known === "string") return `its pattern has ${known}`;
  const mode = patternFlags(flags, known.ignoreCase);
  if (mode === undefined) return `its flags are '${flags}'`;
  const all = flags.includes("g");
  if (all && matchesNothing(known.re2)) return "its pattern can match nothing";
  if (known.groups > 9 || (known.groups > 0 && (known.optionalGroup || known.edges)))
    return "a group of its pattern can stay without a match, or is beside the edge of a word";
  for (const arg of [pattern, flagsArg]) if (arg !== undefined) ctx.consumed(arg);
  warned(known, ctx);
  const [re2, how] = [raw(string(known.re2)), raw(string(mode))];
  const match = tidb`REGEXP_SUBSTR(${whole!}, ${re2}, 1, ${I} + 1, ${how})`;
  const groups = Array.from({ length: known.groups }, (_, i) => matchedGroup(match, known.re2, tidb`${how}`, i + 1));
  const longer = tidb`CHAR_LENGTH(REGEXP_REPLACE(${whole!}, ${re2}, ${raw(string("\\0~"))}, 1, 0, ${how}))`;
  return {
    count: all ? tidb`${longer} - CHAR_LENGTH(${whole!})` : tidb`IF(REGEXP_LIKE(${whole!}, ${re2}, ${how}), 1, 0)`,
    columns: [["", invoke("JSON_ARRAY", groups.length > 0 ? groups : [match])]],
  };
}

function warned(pattern: Pattern, ctx: Ctx): void {
  if (pattern.edges) ctx.report("edge");
  if (pattern.alternatives || pattern.mixed) ctx.report("longest");
}

/** The columns of objects, by the types that are listed for them; undefined for a type that has no such form. */
function fieldsOf(json: Tidb, definitions: readonly Value[], ctx: Ctx): readonly (readonly [string, Arg])[] | string {
  const columns: (readonly [string, Arg])[] = [];
  for (const item of definitions) {
    const { colname = "", typeName: type } = as("ColumnDef", isNode(item) ? ctx.origin(item) : item) ?? {};
    const name = type && typeName(type).name;
    const of = name === undefined || type!.arrayBounds?.length || type!.typmods?.length ? undefined : ELEMENTS[name];
    if (!of) return `its column ${colname} is ${name ?? "of an unknown type"}`;
    columns.push([colname, of(tidb`JSON_EXTRACT(${value(json)}, ${raw(string(`$."${colname}"`))})`)]);
  }
  return columns;
}

function records([json]: readonly Value[], ctx: Ctx, definitions: readonly Value[]): Rows | string {
  const columns = fieldsOf(member(json!), definitions, ctx);
  return typeof columns === "string" ? columns : { ...sized(json!, "ARRAY"), columns };
}

function record([json]: readonly Value[], ctx: Ctx, definitions: readonly Value[]): Rows | string {
  const columns = fieldsOf(tidb`${json!}`, definitions, ctx);
  return typeof columns === "string" ? columns : { count: tidbText("1"), columns };
}

/** Columns of a table, or of a composite type, from a document; what stands in a row that is given, and not in the document, is kept by PostgreSQL. */
function rowFields(row: Value, json: Tidb, ctx: Ctx): readonly (readonly [string, Arg])[] | string {
  const cast = as("TypeCast", row);
  if (!cast?.typeName || as("A_Const", cast.arg)?.isnull !== true) return "its row is no NULL";
  const type = find(ctx.catalog, ctx.catalog.tables, typeName(as("TypeName", cast.typeName)!));
  if (!type) return "its row is of a type that is no table";
  ctx.consumed(cast);
  const columns: (readonly [string, Arg])[] = [];
  for (const { name, type: own } of type.columns.values()) {
    const held = typeName(own).name;
    const [precision, scale = 0] = modifiers(own);
    const rounded = (json: Tidb) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DECIMAL(${raw(`${precision},${scale}`)}))`);
    const isSized = precision !== undefined && held !== "varchar";
    const of = own.arrayBounds?.length ? undefined : isSized ? (held === "numeric" ? rounded : undefined) : ELEMENTS[held];
    if (!of) return `its column ${name} is ${held}`;
    columns.push([name, of(tidb`JSON_EXTRACT(${value(json)}, ${raw(string(`$."${name}"`))})`)]);
  }
  return columns;
}

function populated([row, json]: readonly Value[], ctx: Ctx): Rows | string {
  const columns = rowFields(row!, member(json!), ctx);
  return typeof columns === "string" ? columns : { ...sized(json!, "ARRAY"), columns };
}

function populatedOne([row, json]: readonly Value[], ctx: Ctx): Rows | string {
  const columns = rowFields(row!, tidb`${json!}`, ctx);
  return typeof columns === "string" ? columns : { count: tidbText("1"), columns };
}

/** Places of an array's first dimension: of an array of arrays TiDB has no other. */
function subscripts([array, dimension, reverse]: readonly Value[], ctx: Ctx): Rows | string {
  if (as("A_Const", dimension)?.ival !== 1) return "its dimension is not 1";
  const backwards = as("A_Const", as("TypeCast", reverse)?.arg ?? reverse);
  if (reverse !== undefined && backwards?.boolval === undefined) return "its direction is no constant";
  for (const arg of [dimension, reverse]) if (isNode(arg)) ctx.consumed(arg);
  const count = tidb`JSON_LENGTH(${array!})`;
  return { count, columns: [["", backwards?.boolval ? tidb`${value(count)} - ${I}` : tidb`${I} + 1`]] };
}

const ELEMENTS: Readonly<Record<string, (json: Tidb) => Tidb>> = {
  int2: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  int4: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  int8: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  bool: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  float8: (json) => orNull(json, tidb`CAST(${json} AS DOUBLE)`),
  numeric: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DECIMAL(65,30))`),
  text,
  varchar: text,
  uuid: text,
  jsonb: itself,
  json: itself,
  bpchar: text,
  citext: text,
  time: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS TIME(6))`),
  timestamptz: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DATETIME(6))`),
  date: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DATE)`),
  timestamp: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DATETIME(6))`),
};

function unnest(args: readonly Value[], ctx: Ctx): Rows | string {
  const [array] = args;
  if (args.length > 1) {
    // The shorter arrays have NULLs behind their ends.
    const each = args.map((arg) => unnest([arg], ctx));
    const failed = each.find((rows) => typeof rows === "string");
    if (failed !== undefined) return failed as string;
    const all = each as readonly Rows[];
    const counts = all.map(({ count }) => tidb`COALESCE(${value(count)}, 0)`);
    return { count: tidb`GREATEST(${counts as unknown as Value})`, columns: all.flatMap(({ columns }) => columns) };
  }
  const split = as("FuncCall", array);
  if (split && nameOf(split) === "string_to_array" && split.args?.length === 2) {
    const rows = pieces(split.args);
    if (typeof rows !== "string") ctx.carried(split, ["funcname", "args"]);
    return rows;
  }
  const type = (ctx.info(array)?.coerced ?? ctx.info(array)?.type)?.name ?? "";
  const element = type.slice(0, -2);
  const of = type.endsWith("[]") ? (ELEMENTS[element] ?? (ctx.catalog.enums.has(element) ? text : undefined)) : undefined;
  if (!of) return type === "" ? "the type of its array is not known" : `its array is ${type}`;
  if (as("ColumnRef", array)) ctx.report("dimensions");
  const depth = nesting(array!);
  const all = depth > 1 ? tidb`JSON_EXTRACT(${array!}, ${raw(`'$${"[*]".repeat(depth)}'`)})` : array!;
  return { count: tidb`JSON_LENGTH(${value(all)})`, columns: [["", of(member(all))]] };
}

/** How many dimensions an array has that is written out. */
function nesting(array: Value): number {
  const inner = as("TypeCast", array)?.arg ?? array;
  const [first] = as("A_ArrayExpr", inner)?.elements ?? [];
  if (first !== undefined) return 1 + (as("A_ArrayExpr", first) ? nesting(first) : 0);
  return Math.max(1, /^[\s{]*/.exec(literalText(array) ?? "")![0].replaceAll(/\s/g, "").length);
}

function nameOf(call: FuncCall): string {
  const { schema, name } = qualified(call.funcname ?? []);
  return schema === undefined || schema === "pg_catalog" ? name : "";
}

/** The query around functions, and what those before them have become. */
interface Around {
  readonly select: SelectStmt;
  readonly made: Map<Value, Made>;
}

/** Rows of a function as a subquery of FROM. */
interface Made {
  readonly item: Pick<RangeSubselect, "lateral" | "subquery">;
  /** What each of its columns is computed of, and what that is read from. */
  readonly values: ReadonlyMap<string, Arg>;
  readonly from: readonly Value[];
  /** Whether it refers to rows of another function itself. */
  readonly isDeep: boolean;
}

/** An item of FROM with functions in it as subqueries. */
function withRows(item: Value, around: Around, ctx: Ctx): Value {
  const join = as("JoinExpr", item);
  if (join) {
    const [larg, rarg] = [withRows(join.larg!, around, ctx), withRows(join.rarg!, around, ctx)];
    return larg === join.larg && rarg === join.rarg ? item : (ctx.change(join, { larg, rarg }) as Value);
  }
  const table = as("JsonTable", item);
  if (table) return jsonTable(table, around, ctx);
  const from = as("RangeFunction", item);
  if (!from) return item;
  const calls: FuncCall[] = [];
  for (const entry of from.functions ?? []) {
    const [call, definitions] = (Array.isArray(entry) ? entry : []) as readonly Value[];
    const made = as("FuncCall", call);
    if (!made || (Array.isArray(definitions) && definitions.length > 0)) return item;
    calls.push(made);
  }
  // Columns listed behind the alias say what a record holds.
  if (calls.some((call) => (from.coldeflist?.length ?? 0) > 0 !== RECORDS.has(nameOf(call)))) return item;
  const made = rowsOf(calls, from, around, ctx);
  if (!made) return item;
  around.made.set(from, made);
  for (const column of from.coldeflist ?? []) if (isNode(column)) ctx.consumed(column);
  for (const call of calls) ctx.carried(call, ["funcname", "args"]);
  ctx.carried(from, ["functions", "alias", "ordinality", "coldeflist", "is_rowsfrom", "lateral"]);
  const { colnames, ...alias } = from.alias ?? { kind: "Alias", aliasname: nameOf(calls[0]!) };
  if (from.alias) ctx.carried(from.alias, ["aliasname", "colnames"]);
  return { kind: "RangeSubselect", alias: alias as NonNullable<RangeSubselect["alias"]>, ...made.item };
}

const UNORDERED = "keys of an object come in another order in TiDB, and they are numbered or stand beside other rows";

/** The rows of several functions side by side: those with fewer have NULLs behind their end. */
function sideBySide(all: readonly Rows[]): Rows | string {
  if (all.length === 1) return all[0]!;
  if (all.some(({ chain, where }) => chain || where)) return "its rows are made one of another, and stand beside those of other functions";
  if (all.some(({ unordered }) => unordered)) return UNORDERED;
  const longest = (counts: readonly Arg[]): Tidb =>
    tidb`GREATEST(${counts.map((count) => tidb`COALESCE(${value(count)}, 0)`) as unknown as Value})`;
  const columns = all.flatMap((rows) =>
    rows.columns.map(([name, node]): [string, Arg] => [name, tidb`IF(${I} < ${value(rows.count)}, ${value(node)}, NULL)`]),
  );
  const count = longest(all.map((rows) => rows.count));
  const isChecked = all.some(({ checked }) => checked !== undefined);
  return { count, columns, ...(isChecked && { checked: longest(all.map((rows) => rows.checked ?? rows.count)) }) };
}

function jsonTable(item: JsonTable, around: Around, ctx: Ctx): Value {
  const context = item.context_item;
  const refuse = (what: string) => {
    ctx.report("refused", { name: "JSON_TABLE", what }, item);
    return item;
  };
  if (!context?.raw_expr) return item;
  if (item.on_error && !/^JSON_BEHAVIOR_EMPTY/.test(item.on_error.btype ?? "")) return refuse("it has ON ERROR");
  const tree = treeOf(item.pathspec?.string, item.columns ?? [], item);
  const rows = typeof tree === "string" ? undefined : pathTree(context.raw_expr, tree);
  if (!rows) return refuse(typeof tree === "string" ? tree : NO_PATH);
  const { list } = rows;
  const count = tidb`JSON_LENGTH(${list})`;
  const reach = bounds([context], around, { count }, ctx);
  const chain = typeof reach === "object" && !reach.lateral ? elementRows(list) : undefined;
  const columns = tableColumns(item.columns ?? [], rows, chain ? tidbText("nth_item.item_v") : member(list), "", item, ctx);
  if (typeof columns === "string") return refuse(columns);
  const made = asItem(
    { count, columns, ...(chain && { chain }) },
    [context],
    { kind: "RangeFunction", ...(item.alias && { alias: item.alias }) },
    "json_table",
    around,
    ctx,
  );
  if (!made) return item;
  around.made.set(item, made);
  ctx.consumed(item.pathspec!);
  for (const argument of item.passing ?? []) ctx.consumed(argument);
  if (item.on_error) ctx.consumed(item.on_error);
  if (context.format) ctx.consumed(context.format);
  ctx.carried(context, ["raw_expr", "format"]);
  ctx.carried(item, ["context_item", "pathspec", "columns", "alias", "lateral", "on_error", "passing"]);
  if (item.alias) ctx.carried(item.alias, ["aliasname", "colnames"]);
  return { kind: "RangeSubselect", alias: { kind: "Alias", aliasname: item.alias?.aliasname ?? "json_table" }, ...made.item };
}

/** Rows of functions as a subquery of FROM; undefined, with a finding where it is one of those, when there is none. */
function rowsOf(
  calls: readonly FuncCall[],
  item: Pick<RangeFunction, "kind" | "alias" | "ordinality" | "coldeflist">,
  around: Around,
  ctx: Ctx,
): Made | undefined {
  const name = nameOf(calls[0]!);
  const each: (Rows | string)[] = [];
  for (const call of calls) {
    const make = FUNCTIONS[nameOf(call)];
    if (!make) return undefined;
    each.push(make(call.args ?? [], ctx, item.coldeflist ?? []));
  }
  const failed = each.find((rows) => typeof rows === "string");
  const together = failed ?? sideBySide(each as readonly Rows[]);
  const rows = item.ordinality && typeof together !== "string" && together.unordered ? UNORDERED : together;
  if (typeof rows !== "string") return asItem(rows, calls, item, name, around, ctx);
  ctx.report("refused", { name, what: rows }, calls[0]);
  return undefined;
}

/** Rows as a subquery of FROM; undefined, with a finding, where what they are made of cannot be read there. */
function asItem(
  rows: Rows,
  calls: readonly Node[],
  item: Pick<RangeFunction, "kind" | "alias" | "ordinality" | "coldeflist">,
  name: string,
  around: Around,
  ctx: Ctx,
): Made | undefined {
  const reach = bounds(calls, around, rows, ctx, item.alias?.aliasname ?? name);
  const chained = typeof reach === "object" && reach.lateral && rows.chain;
  const counted = chained ? "its step is no constant of seconds up to weeks, and its ends are columns" : reach;
  if (typeof counted === "string") {
    ctx.report("refused", { name, what: counted }, calls[0]!);
    return undefined;
  }
  const { aliasname, colnames } = item.alias ?? {};
  const own = rows.columns;
  const columns = [...own, ...(item.ordinality ? [["ordinality", tidb`${I} + 1`] as const] : [])];
  const first = (column: string, i: number) =>
    column || (calls.length > 1 ? nameOf((calls[i] ?? calls[0]) as FuncCall) : (aliasname ?? name));
  const called = columns.map(([column, node], i): [string, Arg] => {
    const isTaken = columns.slice(0, i).some(([other], at) => first(other, at) === first(column, i));
    return [String(colnames?.[i] ?? (isTaken ? `${first(column, i)}_${i + 1}` : first(column, i))), node];
  });
  // The alias alone stands for the value of a function with one column.
  const alone =
    own.length === 1 && !item.ordinality && aliasname !== undefined && called[0]![0] !== aliasname && mentions(around.select, aliasname);
  const targets = [...called, ...(alone ? [[aliasname, own[0]![1]] as [string, Arg]] : [])];
  const numbers = rows.chain ?? counter(tidb`${value(counted.most)}`);
  const conditions = [...(counted.lateral ? [value(tidb`${I} < ${value(rows.count)}`)] : []), ...(rows.where ? [value(rows.where)] : [])];
  const subquery = {
    ...PLAIN_SELECT,
    targetList: targets.map(([column, node]): ResTarget => ({ kind: "ResTarget", name: column, val: value(node) })),
    fromClause: [value(numbers)],
    ...(conditions.length > 0 && { whereClause: conjunction(conditions)! }),
  } as SelectStmt;
  return {
    item: counted.lateral ? { lateral: true, subquery } : { subquery },
    values: new Map(targets),
    from: [...counted.from, value(numbers)],
    isDeep: counted.isDeep,
  };
}

interface Bounds {
  readonly lateral: boolean;
  readonly most: Arg;
  readonly from: readonly Value[];
  readonly isDeep: boolean;
}

/** How far to count: of a function over other items' columns, as far as any of their rows needs. */
function bounds(
  calls: readonly Node[],
  { select, made }: Around,
  { count, checked }: Pick<Rows, "count" | "checked">,
  ctx: Ctx,
  own?: string,
): Bounds | string {
  // What a function is given is none of its own rows, whatever they are called.
  const range = ctx.analysis.range(ctx.origin(select)).filter(({ alias }) => alias !== own);
  const outer = lateralAround(ctx).flatMap((query) => ctx.analysis.range(ctx.origin(query)));
  const outside = new Set<string>();
  const readBy = (nodes: readonly Node[]): ReadonlySet<string | undefined> => {
    const found = new Set<string | undefined>();
    for (const top of nodes)
      eachDescendant(ctx.origin(top), (node) => {
        const fields = as("ColumnRef", node)?.fields;
        const column = fields?.at(-1);
        if (!fields || typeof column !== "string") return;
        const entry =
          fields.length > 1
            ? range.find(({ alias }) => alias === fields.at(-2))
            : (range.find(({ columns }) => columns.some(({ name }) => name === column)) ?? range.find(({ alias }) => alias === column));
        found.add(entry?.alias);
        const from = outer.find(({ alias, columns }) =>
          fields.length > 1 ? alias === fields.at(-2) : alias === column || columns.some(({ name }) => name === column),
        );
        if (!entry && from) outside.add(from.alias);
      });
    return found;
  };
  const names = new Set([...readBy(calls)].filter((name) => name !== undefined));
  const tell = () => ctx.report("kind", { name: nameOf(calls[0] as FuncCall) }, calls[0]);
  if (names.size === 0 && outside.size === 0) {
    // Where it stands in another query, TiDB may compute it for rows that this one leaves out (seen for a branch of CASE).
    const isTold = checked !== undefined && isPart(ctx);
    if (isTold) tell();
    return { lateral: false, most: isTold ? count : (checked ?? count), from: [], isDeep: false };
  }
  const items = (select.fromClause ?? []).flatMap(relations);
  const from: Value[] = [...outside].map((aliasname): RangeSubselect => lateralRows(aliasname));
  const given: { name: string; values: ReadonlyMap<string, Arg> }[] = [];
  for (const name of names) {
    const item = items.find((each) => (each.alias?.aliasname ?? (each as RangeVar).relname) === name);
    const relation = as("RangeVar", item);
    if (relation && ctx.within("CommonTableExpr")?.ctename === relation.relname) return "it refers to the query that it is part of";
    const rows = item && made.get(item);
    if (rows?.isDeep || (!rows && item && /^(?:RangeFunction|JsonTable)$/.test(item.kind)))
      return `it refers to ${name}, whose rows come of another function's`;
    if (!item) return `it refers to ${name}, which is neither a table nor a query of this FROM clause`;
    if (rows) {
      given.push({ name, values: rows.values });
      from.push(...rows.from);
    } else {
      const { location, ...copy } = item as RangeVar;
      from.push(copy);
    }
  }
  const isDeep = given.length > 0;
  const [first, ...more] = from;
  const joined = more.reduce<Value>((all, next) => value(tidb`${all} CROSS JOIN ${next}`), first!);
  // Only rows that WHERE leaves count: a number may be far larger than any array is long, and a document of the wrong kind may be left out.
  const conditions = conjuncts(select.whereClause).map((test) => ({ test, read: readBy([test as Node]) }));
  const tests = isDeep ? [] : conditions.filter(({ test, read }) => isPlain(test) && isWithin(read, names)).map(({ test }) => test);
  const where = tests.length > 0 ? tidb` WHERE ${conjunction(tests)!}` : raw("");
  const isFewer = conditions.some(({ test, read }) => !tests.includes(test) && [undefined, ...names].some((name) => read.has(name)));
  const isLeftOut =
    outside.size > 0 || isFewer || isPart(ctx) || select.limitCount !== undefined || (select.fromClause ?? []).some(isRestricted);
  if (checked && isLeftOut) tell();
  const most = given.reduce((arg, { name, values }) => inTermsOf(arg, name, values, ctx), (!isLeftOut && checked) || count);
  return { lateral: true, most: tidb`(SELECT MAX(${value(most)}) FROM ${joined}${where})`, from, isDeep };
}

/** Whether the query is a part of another one, which may need a few of its rows only. */
function isPart({ around }: Ctx): boolean {
  return around.some(({ kind }) => kind === "RangeSubselect" || kind === "CommonTableExpr" || kind === "SubLink" || kind === "ViewStmt");
}

/** Whether a join leaves some rows of its sides out. */
function isRestricted(item: Value): boolean {
  const { larg, rarg, quals, usingClause, isNatural } = as("JoinExpr", item) ?? {};
  if (larg === undefined) return false;
  const isTrue = quals === undefined || as("A_Const", quals)?.boolval === true;
  return !isTrue || usingClause !== undefined || isNatural === true || [larg, rarg!].some(isRestricted);
}

/** The queries that the one at hand is a LATERAL part of, the nearest first. */
function lateralAround(ctx: Ctx): SelectStmt[] {
  const found: SelectStmt[] = [];
  let isWithin = false;
  for (const node of ctx.around.toReversed()) {
    const query = as("SelectStmt", node);
    if (query && isWithin) found.push(query);
    else if (node.kind === "RangeSubselect") isWithin = node.lateral === true;
    else if (!query && node.kind !== "JoinExpr") break;
  }
  return found;
}

const PLAIN = new Set(["ColumnRef", "A_Const", "A_Expr", "NullTest", "BooleanTest", "BoolExpr", "TypeCast", "TypeName"]);

/** Whether a test may stand twice: it has no parameter or subquery, and no function but the one that asks a document for its kind. */
const isPlain = (test: Value): boolean =>
  !holds(test, (node) => !PLAIN.has(node.kind) && !(node.kind === "FuncCall" && /^jsonb?_typeof$/.test(nameOf(node))));

const isWithin = <T>(some: ReadonlySet<T | undefined>, all: ReadonlySet<T>): boolean =>
  some.size > 0 && [...some].every((each) => each !== undefined && all.has(each));

/** An expression over the columns of a function's rows by what these are computed of. */
function inTermsOf(arg: Arg, alias: string, values: ReadonlyMap<string, Arg>, ctx: Ctx): Arg {
  return rewritten(value(arg), ctx.change as never, (node) => {
    const fields = as("ColumnRef", node)?.fields;
    if (!fields || (fields.length > 1 && fields.at(-2) !== alias)) return undefined;
    const of = values.get(String(fields.at(-1)));
    return of === undefined ? undefined : (tidb`(${value(of)})` as unknown as Node);
  }) as unknown as Arg;
}

function relations(item: Value): (RangeVar | RangeSubselect | RangeFunction | JsonTable)[] {
  const join = as("JoinExpr", item);
  if (join) return [join.larg!, join.rarg!].flatMap(relations);
  const relation = as("RangeVar", item) ?? as("RangeSubselect", item) ?? as("RangeFunction", item) ?? as("JsonTable", item);
  return relation ? [relation] : [];
}

function mentions(select: SelectStmt, alias: string): boolean {
  return holds(select, (node) => node.kind === "ColumnRef" && node.fields?.length === 1 && node.fields[0] === alias);
}
