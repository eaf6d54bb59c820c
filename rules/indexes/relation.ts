import { error, find, note, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "index on a materialized view or a temporary table",
  why: `A materialized view is a table in the output, and its indexes are that table's. They go with it where the types of its columns are not
known. A temporary table of TiDB has the indexes that it was made with, and gets no other.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-creatematerializedview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    temporary: note("index {name} is left away: TiDB adds none to a temporary table, {relation}, which is read as a whole"),
    "temporary-unique": error("unique index {name} was left out: TiDB adds none to a temporary table, {relation}", {
      help: "make the table with its key, and fill it by INSERT … SELECT",
    }),
    view: error("index {name} was left out: {relation} is not in the output", {
      help: "where you make a table in the view's place, make the index on that",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation", "unique"], (index, ctx) => {
      const relation = relationName(index.relation!);
      const name = index.idxname ?? "";
      const made = find(ctx.catalog, ctx.catalog.derived, relation);
      if (made?.temporary) return ctx.drop(index.unique ? "temporary-unique" : "temporary", { name, relation: relation.name });
      if (!find(ctx.catalog, ctx.catalog.views, relation)) return;
      return ctx.drop("view", { name, relation: relation.name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int); CREATE TEMP TABLE s AS SELECT a FROM t",
      pg: "CREATE INDEX i ON s (a); CREATE UNIQUE INDEX k ON s (a)",
      tidb: null,
      findings: ["temporary", "temporary-unique"],
      rejected: { sql: "CREATE INDEX i ON s (a)", code: 8200 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY); CREATE MATERIALIZED VIEW v AS SELECT id AS a FROM t",
      pg: "CREATE UNIQUE INDEX i ON v (a)",
      tidb: "CREATE UNIQUE INDEX i ON v (a)",
      accepts: ["INSERT INTO v VALUES (1)"],
      refuses: ["INSERT INTO v VALUES (1)"],
    },
    {
      given: "CREATE MATERIALIZED VIEW v AS SELECT a FROM elsewhere",
      pg: "CREATE UNIQUE INDEX i ON v (a)",
      tidb: null,
      findings: ["view"],
      rejected: { sql: "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", code: 1064 },
    },
  ],
});
