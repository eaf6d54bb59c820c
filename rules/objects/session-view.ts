import {
  type Catalog,
  eachDescendant,
  error,
  HOLD_QUERIES,
  type Node,
  note,
  type RangeSubselect,
  type RangeVar,
  type Reader,
  relationName,
  rewritten,
  rule,
  sessionView,
  temporaryRead,
  unplaced,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "a view that is its session's own",
  why: `CREATE TEMP VIEW, and any view that reads a temporary table, lasts as long as its session. TiDB has no such views (error 1064), and refuses a
view over a temporary table (error 1352): the view's query is put in the place of its name wherever the input reads it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    temporary: warning(
      "view {name} is no object of its own any more: TiDB has no temporary views, and its query stands where the input reads it",
      {
        help: "queries that are not in the input and read {name} need its query too, in WITH or in FROM",
      },
    ),
    "of-temporary": warning(
      "view {name} is no object of its own any more: it reads {table}, which is its session's own, and its query stands where the input reads it",
      {
        help: "queries that are not in the input and read {name} need its query too, in WITH or in FROM; or make {table} a plain table, and drop it at the end",
      },
    ),
    written: note("the query of view {name} is written out where it is read"),
    hidden: error(
      "the query of view {name} cannot be written out here: WITH has a query that is named as one of the tables it reads, {table}",
      {
        help: "give the query of WITH another name",
      },
    ),
    unknown: error("the query of view {name} cannot be written out here: what it reads has other names now", {
      help: "put the view's query into WITH by hand",
    }),
  },
  restates: HOLD_QUERIES.filter((kind) => kind !== "ViewStmt" && kind !== "CreateFunctionStmt"),
  about: "RangeVar",
  restate(statement, ctx) {
    const { catalog } = ctx;
    if (catalog.readers.size === 0) return undefined;
    const common = commonNames(statement);
    let isRefused = false;
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      if (node.kind !== "RangeVar" || ctx.analysis.isCommon(node) || !isRead(node, around.at(-1))) return undefined;
      const view = sessionView(catalog, relationName(node));
      if (!view) return undefined;
      const hidden = view.query && tablesOf(view, catalog).find((table) => common.has(table));
      if (!view.query || hidden !== undefined) {
        isRefused = true;
        ctx.report(hidden === undefined ? "unknown" : "hidden", { name: view.name, table: hidden ?? "" }, node);
        return undefined;
      }
      ctx.consumed(node);
      ctx.report("written", { name: view.name }, node);
      return writtenOut(node, view, catalog);
    });
    if (isRefused) return [];
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  on: (takes) => [
    takes("ViewStmt", ["view"], ({ view }, ctx) => {
      const made = view && sessionView(ctx.catalog, relationName(view));
      if (!made) return;
      const { name } = made;
      if (view.relpersistence === "t") return ctx.drop("temporary", { name });
      return ctx.drop("of-temporary", { name, table: temporaryRead(ctx.catalog, made.reads)!.name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, -1)",
      pg: `CREATE TEMP VIEW v (n, twice) AS SELECT id, a * 2 FROM t WHERE a IS NOT NULL;
CREATE TEMP VIEW w AS SELECT max(twice) AS most FROM v;
SELECT v.n, x.b FROM v JOIN v AS x (m, b) ON x.m = v.n ORDER BY v.n; SELECT most FROM w; DROP VIEW w, v`,
      tidb: `SELECT v.n, x.b
FROM (SELECT id AS n, a * 2 AS twice FROM t WHERE a IS NOT NULL) AS v
JOIN (SELECT id AS m, a * 2 AS b FROM t WHERE a IS NOT NULL) AS x ON x.m = v.n
ORDER BY v.n;
SELECT most
FROM (SELECT MAX(twice) AS most FROM (SELECT id AS n, a * 2 AS twice FROM t WHERE a IS NOT NULL) AS v) AS w`,
      findings: ["temporary", "temporary", "written", "written", "written"],
      rejected: { sql: "CREATE TEMPORARY VIEW v AS SELECT 1 AS one", code: 1064 },
    },
    {
      given:
        "CREATE TABLE p (id int PRIMARY KEY, a int); CREATE TEMP TABLE t (id int PRIMARY KEY); INSERT INTO p VALUES (1, 7), (2, 8); INSERT INTO t VALUES (2)",
      pg: "CREATE VIEW v AS SELECT p.* FROM p JOIN t ON t.id = p.id; INSERT INTO p SELECT id + 10, a FROM v; SELECT * FROM v; CREATE VIEW w AS WITH t AS (SELECT id FROM p) SELECT id FROM t",
      tidb: `INSERT INTO p
SELECT id + 10, a
FROM (
  SELECT p.id, p.a
  FROM p
  JOIN t ON t.id = p.id
) AS v;
SELECT *
FROM (
  SELECT p.id, p.a
  FROM p
  JOIN t ON t.id = p.id
) AS v;
CREATE VIEW w AS WITH t AS (SELECT id FROM p) SELECT id FROM t`,
      findings: ["of-temporary", "written", "written"],
      rejected: { sql: "CREATE VIEW v AS SELECT p.id FROM p JOIN t ON t.id = p.id", code: 1352 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TEMP VIEW v AS SELECT id FROM t",
      pg: "WITH t AS (SELECT 9 AS id) SELECT v.id FROM v, t",
      tidb: null,
      findings: ["hidden"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, b int); CREATE TEMP VIEW v AS SELECT * FROM t NATURAL JOIN u",
      pg: "ALTER TABLE t RENAME a TO b; SELECT * FROM v",
      tidb: "ALTER TABLE t RENAME COLUMN a TO b",
      findings: ["unknown"],
    },
  ],
});

function commonNames(statement: Node): ReadonlySet<string> {
  const names = new Set<string>();
  eachDescendant(statement, (node) => {
    if (node.kind === "CommonTableExpr") names.add(node.ctename ?? "");
  });
  return names;
}

/** Whether it stands where rows are read, and is not what is written, made or locked. */
function isRead(relation: RangeVar, around: Node | undefined): boolean {
  if (!around || around.kind === "LockingClause" || around.kind === "IntoClause") return false;
  return (around as { readonly relation?: Node }).relation !== relation;
}

/** Names that the view's query has in TiDB for what it reads: a schema is no part of them there. */
function tablesOf({ query }: Reader, catalog: Catalog): readonly string[] {
  const names: string[] = [];
  eachDescendant(query!, (node) => {
    if (node.kind !== "RangeVar") return;
    const inner = sessionView(catalog, relationName(node));
    names.push(...(inner?.query ? tablesOf(inner, catalog) : [node.relname ?? ""]));
  });
  return names;
}

/** A view's query in the place of its name, where all that is said of the query points. */
function writtenOut(
  relation: Pick<RangeVar, "alias" | "relname" | "location">,
  { query, aliases }: Reader,
  catalog: Catalog,
): RangeSubselect {
  const common = commonNames(query!);
  const own = (node: Node): Node => {
    if (node.kind !== "RangeVar" || (node.schemaname === undefined && common.has(node.relname ?? ""))) return node;
    const inner = sessionView(catalog, relationName(node));
    return inner?.query ? writtenOut(node, inner, catalog) : node;
  };
  const subquery = unplaced(query!, own, relation.location);
  const given = [...(relation.alias?.colnames ?? []), ...(aliases ?? []).map(String).slice(relation.alias?.colnames?.length ?? 0)];
  const aliasname = relation.alias?.aliasname ?? relation.relname ?? "";
  return { kind: "RangeSubselect", subquery, alias: { kind: "Alias", aliasname, ...(given.length > 0 && { colnames: given }) } };
}
