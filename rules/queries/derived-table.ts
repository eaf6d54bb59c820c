import {
  as,
  type Context,
  error,
  isStar,
  leading,
  type RangeSubselect,
  type ResTarget,
  rule,
  type SelectStmt,
  starColumns,
  type Value,
  withLeading,
} from "../../src/rule.js";

type Ctx = Context<"names">;

export default rule({
  construct: "subquery in FROM: names and VALUES",
  why: `TiDB has no VALUES as a query and no column names behind an alias, and wants a name for each subquery in FROM (error 1248). Names go
into the subquery's own list, and rows of VALUES become SELECTs.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-values.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    default: error("DEFAULT in VALUES is not converted: TiDB has no place for WITH beside VALUES, and no DEFAULT in a query", {
      help: "leave the column out of the list, or put the queries of WITH where they are used",
    }),
    names: error(
      "the names of {alias} do not reach its columns: the subquery lists them by *, and the input does not say which there are",
      {
        help: "write the columns out in the subquery, each with its name",
      },
    ),
  },
  on: (takes) => [
    takes("SelectStmt", ["valuesLists"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const rows = query.valuesLists ?? [];
      // TiDB has no place for WITH beside VALUES.
      const insert = ctx.parent?.kind === "InsertStmt" && !ctx.parent.withClause;
      if (rows.length === 0 || (insert && !query.sortClause && !query.limitCount && !query.limitOffset)) return;
      if (rows.some((row) => (row as readonly Value[]).some((value) => as("SetToDefault", value)))) return ctx.report("default");
      return ctx.replace(rowsOf(query, rows as readonly (readonly Value[])[], ctx as unknown as Ctx));
    }),
    takes("RangeSubselect", ["alias", "subquery"], (readable, ctx) => {
      const derived = readable as RangeSubselect;
      const query = as("SelectStmt", derived.subquery);
      const { alias } = derived;
      if (!alias) return ctx.replace(ctx.change(derived, { alias: { kind: "Alias", aliasname: ctx.fresh("subquery") } }));
      if (!alias.colnames?.length || !query) return;
      const named = namedColumns(query, alias.colnames.map(String), ctx as unknown as Ctx);
      if (!named) return ctx.report("names", { alias: alias.aliasname ?? "" });
      return ctx.replace(ctx.change(derived, { alias: ctx.change(alias, { colnames: undefined }), subquery: named }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "SELECT v.id, v.name FROM (VALUES (1, 'one'), (2, NULL)) AS v (id, name)",
      tidb: "SELECT v.id, v.name FROM (SELECT 1 AS id, 'one' AS name UNION ALL SELECT 2, NULL) AS v",
      rejected: { sql: "SELECT v.id FROM (SELECT 1) AS v (id)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "VALUES (1, 'a'), (2, 'b')",
      tidb: "SELECT 1 AS column1, 'a' AS column2 UNION ALL SELECT 2, 'b'",
      rejected: { sql: "VALUES (1, 'a'), (2, 'b')", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "WITH q AS (SELECT 1 AS n) INSERT INTO t VALUES ((SELECT n FROM q), 'x')",
      tidb: "INSERT INTO t WITH q AS (SELECT 1 AS n) SELECT (SELECT n FROM q) AS column1, 'x' AS column2",
      rejected: { sql: "WITH q AS (SELECT 1 AS n) INSERT INTO t SELECT n, 'x' FROM q", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "WITH q AS (SELECT 1 AS n) INSERT INTO t VALUES ((SELECT n FROM q), DEFAULT)",
      tidb: null,
      findings: ["default"],
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "SELECT x FROM (SELECT a, b FROM t UNION SELECT 1, 'x') AS q (x)",
      tidb: "SELECT x FROM (SELECT a AS x, b FROM t UNION SELECT 1, 'x') AS q",
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "SELECT a FROM (SELECT a FROM t), (SELECT b FROM t)",
      tidb: "SELECT a FROM (SELECT a FROM t) AS subquery_1, (SELECT b FROM t) AS subquery_2",
      rejected: { sql: "SELECT a FROM (SELECT a FROM t)", code: 1248 },
    },
    {
      given: "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 'z')",
      pg: `SELECT q.* FROM (SELECT t.*, a * 2 FROM t) AS q (x) ORDER BY x; UPDATE t SET b = e.v #>> '{}' FROM (SELECT * FROM jsonb_each('{"x": "y", "w": 1}')) AS e (k, v) WHERE e.k = t.b`,
      tidb: `SELECT q.* FROM (SELECT t.a AS x, t.b, a * 2 FROM t) AS q ORDER BY x;
UPDATE t, (
  SELECT jsonb_each.\`key\` AS k, jsonb_each.value AS v
  FROM (
    SELECT
      JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(CAST('{"x": "y", "w": 1}' AS JSON)), CONCAT('$[', nth_item.item_i, ']'))) AS \`key\`,
      JSON_EXTRACT(CAST('{"x": "y", "w": 1}' AS JSON), CONCAT('$.', JSON_EXTRACT(JSON_KEYS(CAST('{"x": "y", "w": 1}' AS JSON)), CONCAT('$[', nth_item.item_i, ']')))) AS value
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(CAST('{"x": "y", "w": 1}' AS JSON)) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS jsonb_each
) AS e
SET t.b = CASE WHEN JSON_TYPE(e.v) <> 'NULL' THEN JSON_UNQUOTE(e.v) END
WHERE e.k = t.b`,
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: "SELECT x FROM (SELECT * FROM elsewhere) AS q (x)",
      tidb: null,
      findings: ["names"],
      rejected: { sql: "SELECT x FROM (SELECT * FROM t) AS q (x)", code: 1064 },
    },
  ],
});

/** Rows as SELECTs, columns named `column1`, `column2` … as PostgreSQL has them. */
function rowsOf(query: SelectStmt, rows: readonly (readonly Value[])[], ctx: Ctx): SelectStmt {
  const selects = rows.map(
    (row, r): SelectStmt => ({
      kind: "SelectStmt",
      op: "SETOP_NONE",
      limitOption: "LIMIT_OPTION_DEFAULT",
      targetList: row.map((val, i): ResTarget => ({ kind: "ResTarget", val, ...(r === 0 ? { name: `column${i + 1}` } : {}) })),
    }),
  );
  const [first, ...others] = selects;
  if (others.length === 0) return ctx.change(query, { ...first!, valuesLists: undefined }) as SelectStmt;
  const last = others.pop()!;
  const larg = others.reduce((left, right): SelectStmt => union(left, right), first!);
  return ctx.change(query, { ...union(larg, last), valuesLists: undefined }) as SelectStmt;
}

function union(larg: SelectStmt, rarg: SelectStmt): SelectStmt {
  return { kind: "SelectStmt", op: "SETOP_UNION", all: true, limitOption: "LIMIT_OPTION_DEFAULT", larg, rarg };
}

/** The query with these names on its first columns; undefined where its list does not show them. */
function namedColumns(query: SelectStmt, names: readonly string[], ctx: Ctx): SelectStmt | undefined {
  const list = leading(query).targetList ?? [];
  const targets = list.slice(0, names.length).some(isStarred) ? list.flatMap((target) => shown(target, leading(query), ctx)) : list;
  if (targets.slice(0, names.length).some(isStarred) || targets.length < names.length) return undefined;
  const targetList = targets.map((item, i) => {
    const target = as("ResTarget", item);
    return target && names[i] !== undefined ? ctx.change(target, { name: names[i] }) : item;
  });
  return withLeading(query, (select, patch) => ctx.change(select, patch), { targetList });
}

/** The columns that `*` lists, where the input tells them. */
function shown(target: Value, query: SelectStmt, ctx: Ctx): readonly Value[] {
  const ref = as("ColumnRef", as("ResTarget", target)?.val);
  const { range, columns } = ctx.analysis;
  const all = isStarred(target) ? starColumns(query, ref!, { range, columns, origin: ctx.origin as never }) : undefined;
  if (!all?.every(({ refs }) => refs.length === 1)) return [target];
  ctx.consumed(target);
  return all.map(({ refs }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [...refs[0]!] } }));
}

function isStarred(target: Value): boolean {
  return isStar(as("ResTarget", target)?.val);
}
