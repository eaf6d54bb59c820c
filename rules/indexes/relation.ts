import { error, find, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "index on a view",
  why: "PostgreSQL stores materialized views and indexes them. TiDB has none, so that there is nothing to index.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-creatematerializedview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    view: error("index {name} was left out: {relation} is a materialized view, which is not in the output", {
      help: "where a table takes the view's place, make the index on that",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation"], (index, ctx) => {
      const relation = relationName(index.relation!);
      if (!find(ctx.catalog, ctx.catalog.views, relation)) return;
      return ctx.drop("view", { name: index.idxname ?? "", relation: relation.name });
    }),
  ],
  examples: [
    {
      given: "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
      pg: "CREATE UNIQUE INDEX i ON v (a)",
      tidb: null,
      findings: ["view"],
      rejected: { sql: "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", code: 1064 },
    },
  ],
});
