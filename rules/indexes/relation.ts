import { error, find, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "index on a materialized view",
  why: `A materialized view is a table in the output, and its indexes are that table's. They go with it where the types of its columns are not
known.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-creatematerializedview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    view: error("index {name} was left out: {relation} is not in the output", {
      help: "where you make a table in the view's place, make the index on that",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation"], (index, ctx) => {
      const relation = relationName(index.relation!);
      const name = index.idxname ?? "";
      if (!find(ctx.catalog, ctx.catalog.views, relation)) return;
      return ctx.drop("view", { name, relation: relation.name });
    }),
  ],
  examples: [
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
