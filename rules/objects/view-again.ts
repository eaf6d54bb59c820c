import { as, error, note, type RangeVar, rule, type ViewStmt } from "../../src/rule.js";

export default rule({
  construct: "a rename of what views read",
  why: `PostgreSQL's views know what they read by itself: a table, a column or an enum's label that is renamed goes on in them under the new
name, and the view's own columns keep theirs. TiDB keeps a view's text, and refuses to read it once a name in it is gone (error 1356): such
views are made again after the rename. Columns of a view are renamed in no other way.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    again: note("{views} made again by the new name: TiDB reads views by the names they were made with"),
    broken: error("{view} is not made again: it joins by the name of a column that has another one now, and TiDB refuses to read it", {
      help: "write CREATE OR REPLACE VIEW {view} by hand, with ON in the place of USING or NATURAL",
    }),
    column: note("view {view} is made again with a column {to}: TiDB renames no column of a view (error 1347)"),
  },
  restates: ["RenameStmt", "AlterObjectSchemaStmt", "AlterEnumStmt"],
  restate(statement, ctx) {
    const rename = as("RenameStmt", statement);
    const own = rename?.renameType === "OBJECT_COLUMN" && rename.relation ? viewOf(rename.relation) : undefined;
    const readers = (ctx.catalog.remade.get(ctx.origin(statement)) ?? []).filter((reader) => !ctx.absent(reader));
    const made = readers.filter(({ query }) => query);
    for (const { name } of readers.filter(({ query }) => !query)) ctx.report("broken", { view: name });
    if (own) {
      ctx.consumed(statement);
      ctx.report("column", { view: own.name, to: rename!.newname ?? "" });
    }
    if (made.length > 0) ctx.report("again", { views: made.map(({ name }) => name).join(", ") });
    const views = [...(own ? [own] : []), ...made].map((reader): ViewStmt => {
      const view: RangeVar = { kind: "RangeVar", schemaname: reader.schema, relname: reader.name + (reader.materialized ? "_query" : "") };
      const { aliases } = reader;
      return {
        kind: "ViewStmt",
        view,
        ...(aliases && { aliases }),
        query: reader.query!,
        replace: true,
        withCheckOption: "NO_CHECK_OPTION",
      };
    });
    return views.length === 0 ? undefined : [...(own ? [] : [{ node: statement }]), ...views.map((node) => ({ node }))];

    /** The view whose column it is, as it is afterwards. */
    function viewOf({ schemaname, relname = "" }: RangeVar) {
      const name = `${schemaname ?? ctx.catalog.schema}.${relname}`;
      const reader = ctx.catalog.tables.has(name) ? undefined : ctx.catalog.readers.get(name);
      return reader?.query && !ctx.absent(reader) ? reader : undefined;
    }
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT *, a::text AS s FROM t WHERE a > 0; ALTER TABLE t ADD COLUMN c int; CREATE VIEW w AS SELECT q.a FROM v JOIN (SELECT a FROM t) q ON q.a = v.a; INSERT INTO t VALUES (1, 2, 3)",
      pg: "ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME TO u; ALTER VIEW v RENAME TO x; ALTER VIEW x RENAME COLUMN s TO z",
      tidb: `ALTER TABLE t RENAME COLUMN a TO b;
CREATE OR REPLACE VIEW v AS
SELECT t.id, t.b AS a, CAST(b AS CHAR(4294967295)) AS s FROM t WHERE b > 0;
CREATE OR REPLACE VIEW w AS
SELECT q.a
FROM v
JOIN (SELECT b AS a FROM t) AS q ON q.a = v.a;
ALTER TABLE t RENAME TO u;
CREATE OR REPLACE VIEW v AS
SELECT t.id, t.b AS a, CAST(b AS CHAR(4294967295)) AS s FROM u AS t WHERE b > 0;
CREATE OR REPLACE VIEW w AS
SELECT q.a
FROM v
JOIN (SELECT b AS a FROM u AS t) AS q ON q.a = v.a;
RENAME TABLE v TO x;
CREATE OR REPLACE VIEW w AS
SELECT q.a
FROM x AS v
JOIN (SELECT b AS a FROM u AS t) AS q ON q.a = v.a;
CREATE OR REPLACE VIEW x (id, a, z) AS
SELECT t.id, t.b AS a, CAST(b AS CHAR(4294967295)) AS s FROM u AS t WHERE b > 0`,
      findings: ["again", "again", "again", "column"],
      accepts: ["SELECT id, a, z FROM x", "SELECT a FROM w"],
      rejected: { sql: "ALTER TABLE x RENAME COLUMN z TO y", code: 1347 },
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, m mood CHECK (m <> 'sad' OR id > 5)); CREATE VIEW v AS SELECT id FROM t WHERE m = 'sad'",
      pg: "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
      tidb: `ALTER TABLE t DROP CONSTRAINT t_check;
ALTER TABLE t MODIFY COLUMN m ENUM('sad','blue','ok');
UPDATE t SET m = 'blue' WHERE m = 'sad';
ALTER TABLE t MODIFY COLUMN m ENUM('blue','ok');
ALTER TABLE t ADD CONSTRAINT t_check CHECK (m <> 'blue' OR id > 5);
CREATE OR REPLACE VIEW v AS
SELECT id FROM t WHERE m = 'blue'`,
      findings: ["again"],
      accepts: ["INSERT INTO t VALUES (6, 'blue')", "SELECT id FROM v"],
      refuses: ["INSERT INTO t VALUES (1, 'blue')"],
    },
    {
      given: "CREATE TABLE t (id int, a int); CREATE TABLE u (id int, b int); CREATE VIEW v AS SELECT a, b FROM t JOIN u USING (id)",
      pg: "ALTER TABLE t RENAME id TO t_id",
      tidb: "ALTER TABLE t RENAME COLUMN id TO t_id",
      findings: ["broken"],
      rejected: { sql: "SELECT * FROM v", code: 1356 },
    },
  ],
});
