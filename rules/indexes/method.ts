import { error, note, relationName, rule } from "../../src/rule.js";

/** Access methods over single values, for which an ordered index answers the same questions. */
const ORDERED = new Set(["hash", "brin"]);

export default rule({
  construct: "index methods",
  why: `TiDB has one kind of index, ordered like btree. It answers all that hash and brin answer. For gin, gist, spgist and vector indexes there
is none that does the same.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-types.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index",
  },
  messages: {
    ordered: note("{method} index {name} became an ordinary index: it answers the same queries"),
    "left-out": error("{method} index {name} on {table} was left out: TiDB has no such index", {
      help: "queries still work, by reading the whole table. For arrays and jsonb arrays a multi-valued index on (CAST(column AS CHAR(n) ARRAY)) serves MEMBER OF; for text search use TiFlash or a search engine",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation", "accessMethod", "options"], (index, ctx) => {
      const method = index.accessMethod ?? "btree";
      if (method === "btree") return;
      const name = ctx.index(index)?.name ?? index.idxname ?? "";
      if (!ORDERED.has(method)) return ctx.drop("left-out", { method, name, table: relationName(index.relation!).name });
      return ctx.replace(ctx.change(index, { accessMethod: "btree" }), "ordered", { method, name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int)",
      pg: "CREATE INDEX i ON t USING hash (a)",
      tidb: "CREATE INDEX i ON t (a)",
      findings: ["ordered"],
    },
    {
      given: "CREATE TABLE t (tags jsonb)",
      pg: "CREATE INDEX i ON t USING gin (tags jsonb_path_ops)",
      tidb: null,
      findings: ["left-out"],
      rejected: { sql: "CREATE INDEX i ON t USING gin (tags)", code: 1064 },
    },
  ],
});
