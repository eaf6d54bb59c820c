import {
  COMMENT_BYTES,
  columnDefinition,
  error,
  find,
  note,
  qualified,
  raw,
  relationOf,
  rule,
  string,
  tidb,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "COMMENT ON TABLE and COLUMN",
  why: `TiDB writes comments as a clause of the table or the column. One that could not move into CREATE TABLE becomes a change of the table;
for a column that means its whole definition again.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-comment.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-modify-column",
  },
  messages: {
    "too-long": error("the comment on {name} has {bytes} bytes, and TiDB takes {most}", {
      help: "shorten it, or keep it with the schema's sources",
    }),
    "unknown-table": error("the comment on {name} is not in the output: the input does not create it", {
      help: "convert the file that creates the table together with this one",
    }),
    view: note("the comment on {name} is not in the output: views of TiDB have none"),
    column: error(
      "the comment on {name} is not in the output: TiDB takes it with the column's whole definition, and has no form for {reason}",
      {
        help: "ALTER TABLE … MODIFY COLUMN with the definition that is right in TiDB, and COMMENT at its end",
      },
    ),
  },
  on: (takes) => [
    takes("CommentStmt", ["objtype", "object", "comment"], (comment, ctx) => {
      const onColumn = comment.objtype === "OBJECT_COLUMN";
      const onMaterialized = comment.objtype === "OBJECT_MATVIEW";
      if (!onColumn && !onMaterialized && comment.objtype !== "OBJECT_TABLE") return;
      const parts = (comment.object ?? []) as readonly Value[];
      const tableName = qualified(onColumn ? parts.slice(0, -1) : parts);
      const table = find(ctx.catalog, ctx.catalog.tables, tableName);
      // Then it is in the output as a table.
      if (onMaterialized && (!table || ctx.lost(table.node))) return;
      const text = comment.comment ?? "";
      const name = parts.join(".");
      const bytes = Buffer.byteLength(text);
      const most = COMMENT_BYTES[onColumn ? "column" : "table"];
      if (bytes > most) return ctx.drop("too-long", { name, bytes, most });
      if (find(ctx.catalog, ctx.catalog.views, tableName)) return ctx.drop("view", { name });
      if (!table) return ctx.drop("unknown-table", { name });
      if (!onColumn) return ctx.replace(tidb`ALTER TABLE ${relationOf(table)} COMMENT = ${raw(string(text))}`);
      const column = table.columns.get(String(parts[parts.length - 1]));
      if (!column) return ctx.drop("unknown-table", { name });
      const definition = columnDefinition(ctx.catalog, column, ctx.lost);
      if ("refused" in definition) return ctx.drop("column", { name, reason: definition.refused });
      // An empty comment is none: the definition without one takes the old one away.
      return ctx.replace(tidb`ALTER TABLE ${relationOf(table)} MODIFY COLUMN ${raw(definition.sql)}`);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int NOT NULL DEFAULT 1)",
      pg: "COMMENT ON TABLE t IS 'it''s \\ here'; COMMENT ON COLUMN t.a IS 'what'",
      tidb: "ALTER TABLE t COMMENT = 'it''s \\\\ here';\nALTER TABLE t MODIFY COLUMN a INT NOT NULL DEFAULT 1 COMMENT 'what'",
      accepts: ["INSERT INTO t VALUES (DEFAULT)"],
      refuses: ["INSERT INTO t VALUES (NULL)"],
      rejected: { sql: "COMMENT ON TABLE t IS 'x'", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int); COMMENT ON TABLE t IS 'old'; COMMENT ON COLUMN t.a IS 'old'",
      pg: "COMMENT ON TABLE t IS NULL; COMMENT ON COLUMN t.a IS NULL",
      tidb: "ALTER TABLE t COMMENT = '';\nALTER TABLE t MODIFY COLUMN a INT",
    },
    {
      given: "CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a + 1) STORED)",
      pg: `COMMENT ON COLUMN t.g IS 'one more'; COMMENT ON COLUMN t.a IS '${"long ".repeat(205)}'`,
      tidb: null,
      findings: ["column", "too-long"],
      rejected: { sql: `ALTER TABLE t MODIFY COLUMN a INT COMMENT ${string("long ".repeat(205))}`, code: 1629 },
    },
    {
      given: "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (a) WHERE b = 1",
      pg: "COMMENT ON COLUMN t.a IS 'x'",
      tidb: `DROP INDEX i ON t;
ALTER TABLE t MODIFY COLUMN a INT COMMENT 'x';
CREATE UNIQUE INDEX i ON t ((CASE WHEN b = 1 THEN a END))`,
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN a INT COMMENT 'x'", code: 3106 },
    },
    {
      given: "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t",
      pg: "COMMENT ON MATERIALIZED VIEW m IS 'x'; COMMENT ON COLUMN m.a IS 'y'",
      tidb: "ALTER TABLE m COMMENT = 'x';\nALTER TABLE m MODIFY COLUMN a INT COMMENT 'y'",
    },
    {
      given: "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
      pg: "COMMENT ON TABLE elsewhere IS 'x'; COMMENT ON COLUMN v.a IS 'x'",
      tidb: null,
      findings: ["unknown-table", "view"],
    },
  ],
});
