import {
  as,
  COLLATION,
  type Context,
  type CreateTableAsStmt,
  error,
  find,
  type IntoClause,
  identifier,
  mapType,
  note,
  type Outcome,
  type RangeVar,
  raw,
  relationName,
  rule,
  type SelectStmt,
  type Table,
  type Tidb,
  tidb,
  typeNode,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  there: note("{name} is there already, so that PostgreSQL passes over this: it is left away"),
  types: error("{name} is not in the output: the type of its column {column} is not known", {
    help: "write CREATE TABLE {name} with its columns by hand, and fill it by INSERT … SELECT",
  }),
  stored: warning("materialized view {name} is a table, filled from the view {name}_query: nothing keeps applications from writing to it", {
    help: "grant SELECT alone on it; to fill it anew, DELETE FROM {name} and INSERT INTO {name} SELECT * FROM {name}_query in one transaction",
  }),
  refresh: warning("REFRESH of {name} became a DELETE and an INSERT: run both in one transaction"),
  bounded: warning("{column} of {name} is {type}: a key holds it, and no longer value goes in", {
    help: "where longer ones are expected, take the column out of the key, or index a digest of it",
  }),
  dropped: warning("the rows go at the end of the session in TiDB, not at the end of the transaction"),
};

export default rule({
  construct: "CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW",
  why: `TiDB does not make a table from a query (error 1105): the table is made with the columns that the query returns, and then filled by
INSERT … SELECT. A materialized view becomes such a table beside a plain view of its query, \`name_query\`, from which it is filled anew.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createtableas.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-table",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("CreateTableAsStmt", ["query", "into", "objtype", "is_select_into", "if_not_exists"], (readable, ctx) => {
      const create = readable as CreateTableAsStmt;
      const query = as("SelectStmt", create.query);
      if (ctx.catalog.passedOver.has(ctx.origin(create))) return ctx.drop("there", { name: create.into?.rel?.relname ?? "" });
      if (!query || !create.into) return;
      return made(create.into, query, create.objtype === "OBJECT_MATVIEW", create.if_not_exists === true, ctx);
    }),
    takes("SelectStmt", ["intoClause"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const into = query.intoClause;
      return into && !ctx.parent ? made(into, ctx.change(query, { intoClause: undefined }), false, false, ctx) : undefined;
    }),
    takes("RefreshMatViewStmt", ["relation", "skipData", "concurrent"], (readable, ctx) => {
      const relation = readable.relation!;
      ctx.report("refresh", { name: relation.relname ?? "" });
      const rows = tidb`INSERT INTO ${relation} SELECT * FROM ${queryView(relation)}`;
      return ctx.statements([tidb`DELETE FROM ${relation}`, ...(readable.skipData ? [] : [rows])]);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a numeric(5,2), b text); INSERT INTO t VALUES (1, 1.5, 'x')",
      pg: "CREATE TABLE u AS SELECT id AS n, b FROM t; SELECT a INTO w FROM t; CREATE TABLE IF NOT EXISTS z (x) AS SELECT a FROM t WITH NO DATA",
      tidb: `CREATE TABLE u (
  n INT,
  b LONGTEXT
) COLLATE utf8mb4_0900_bin;
INSERT INTO u SELECT id AS n, b FROM t;
CREATE TABLE w (
  a DECIMAL(5,2)
) COLLATE utf8mb4_0900_bin;
INSERT INTO w SELECT a FROM t;
CREATE TABLE IF NOT EXISTS z (
  x DECIMAL(5,2)
) COLLATE utf8mb4_0900_bin`,
      rejected: { sql: "CREATE TABLE v AS SELECT id FROM t", code: 1105 },
    },
    {
      given: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
      pg: "CREATE TABLE IF NOT EXISTS t AS SELECT a + 1 AS a FROM t",
      tidb: null,
      findings: ["there"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 2)",
      pg: "CREATE MATERIALIZED VIEW m AS SELECT id, COALESCE(a, 0) FROM t; REFRESH MATERIALIZED VIEW CONCURRENTLY m",
      tidb: `CREATE VIEW m_query AS SELECT id, COALESCE(a, 0) AS coalesce FROM t;
CREATE TABLE m (
  id INT,
  coalesce INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO m SELECT * FROM m_query;
DELETE FROM m;
INSERT INTO m SELECT * FROM m_query`,
      findings: ["stored", "refresh"],
      rejected: { sql: "CREATE MATERIALIZED VIEW n AS SELECT id FROM t", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY)",
      pg: "CREATE TEMP TABLE u ON COMMIT DROP AS SELECT id FROM t",
      tidb: `CREATE TEMPORARY TABLE u (
  id INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO u SELECT id FROM t`,
      findings: ["dropped"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, b text)",
      pg: "CREATE TABLE u AS SELECT id, b FROM t; CREATE INDEX i ON u (id); CREATE UNIQUE INDEX k ON u (b); ALTER TABLE u ADD COLUMN c int",
      tidb: `CREATE TABLE u (
  id INT,
  b VARCHAR(768)
) COLLATE utf8mb4_0900_bin;
INSERT INTO u SELECT id, b FROM t;
CREATE INDEX i ON u (id);
CREATE UNIQUE INDEX k ON u (b);
ALTER TABLE u ADD COLUMN c int`,
      findings: ["bounded"],
      accepts: ["INSERT INTO u VALUES (1, 'x', 2)"],
      refuses: ["INSERT INTO u VALUES (2, 'x', 2)"],
    },
    {
      pg: "CREATE TABLE u AS SELECT tablename AS r FROM pg_tables WHERE tablename = 'nope'",
      tidb: `CREATE TABLE u (
  r LONGTEXT
) COLLATE utf8mb4_0900_bin;
INSERT INTO u SELECT tablename AS r
FROM (SELECT TABLE_NAME AS tablename FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE') AS pg_tables
WHERE tablename = 'nope'`,
    },
    {
      pg: "CREATE TABLE u AS SELECT * FROM elsewhere; CREATE MATERIALIZED VIEW v AS SELECT x FROM elsewhere",
      tidb: null,
      findings: ["types", "types"],
    },
  ],
});

function made(into: IntoClause, query: SelectStmt, isView: boolean, ifNotExists: boolean, ctx: Ctx): Outcome {
  const relation = into.rel!;
  const name = relation.relname ?? "";
  const columns = columnsOf(query, find(ctx.catalog, ctx.catalog.tables, relationName(relation)), (into.colNames ?? []).map(String), ctx);
  if ("unknown" in columns) return ctx.drop("types", { name, column: columns.unknown });
  const temporary = relation.relpersistence === "t";
  if (into.onCommit && into.onCommit !== "ONCOMMIT_NOOP" && into.onCommit !== "ONCOMMIT_PRESERVE_ROWS") ctx.report("dropped");
  ctx.carried(into, ["rel", "colNames", "accessMethod", "options", "onCommit", "tableSpaceName", "skipData"]);
  const head = raw(`CREATE ${temporary ? "TEMPORARY " : ""}TABLE ${ifNotExists ? "IF NOT EXISTS " : ""}`);
  const table = tidb`${head}${relation} (\n  ${raw(columns.sql.join(",\n  "))}\n) COLLATE ${raw(COLLATION)}`;
  ctx.carried(relation, ["relpersistence"]);
  const fills = !into.skipData;
  if (!fills && !isView) ctx.consumed(query);
  if (!isView) return ctx.statements([table, ...(fills ? [tidb`INSERT INTO ${relation} ${query}`] : [])]);
  ctx.report("stored", { name });
  const view = queryView(relation);
  const list = raw(into.colNames?.length ? ` (${into.colNames.map((column) => identifier(String(column))).join(", ")})` : "");
  const rows: Tidb[] = fills ? [tidb`INSERT INTO ${relation} SELECT * FROM ${view}`] : [];
  return ctx.statements([tidb`CREATE VIEW ${view}${list} AS ${query}`, table, ...rows]);
}

/** The view that keeps the query of a materialized view. */
function queryView(relation: RangeVar): RangeVar {
  return { ...relation, relname: `${relation.relname}_query` };
}

/** Definitions of the columns a query returns, or the one whose type is not known. */
function columnsOf(
  query: SelectStmt,
  table: Table | undefined,
  names: readonly string[],
  ctx: Ctx,
): { readonly sql: readonly string[] } | { readonly unknown: string } {
  const columns = ctx.analysis.columns(ctx.origin(query));
  if (!columns || columns.length === 0) return { unknown: "*" };
  const sql: string[] = [];
  for (const [i, { name, info }] of columns.entries()) {
    const called = names[i] ?? name;
    const column = table?.columns.get(called);
    const type = info && mapType(ctx.catalog, typeNode(info.coerced ?? info.type), column)?.sql;
    if (type === undefined) return { unknown: called };
    const kept = column && mapType(ctx.catalog, column.type, column)?.sql;
    // What a rule put in the place of what the query read may be of another type.
    if (column && type !== kept) ctx.differs(column.def);
    else if (column && type !== mapType(ctx.catalog, column.type)?.sql) ctx.report("bounded", { column: called, name: table!.name, type });
    sql.push(`${identifier(called)} ${type}`);
  }
  return { sql };
}
