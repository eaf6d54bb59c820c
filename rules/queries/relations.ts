import { error, find, type RangeVar, relationName, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "relations of a query: unknown ones, ONLY",
  why: `A query over a relation that the input does not have is written as it stands, and TiDB refuses it where nobody makes that relation
(error 1146); here it is one that only the output has. ONLY of a partitioned table finds no row in PostgreSQL, as all rows are in its
partitions, and TiDB has no such word.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-select.html#SQL-FROM",
    tidb: "https://docs.pingcap.com/tidb/stable/error-codes",
  },
  messages: {
    unknown: warning("the input does not make {name}: TiDB refuses the statement where nothing else makes it (error 1146)", {
      help: "convert the file that creates it together with this one",
    }),
    only: error("ONLY {name} is not converted: it finds no rows, as those of a partitioned table are in its partitions", {
      help: "take ONLY away where the rows of the partitions are meant, and the whole statement where they are not",
    }),
  },
  on: (takes) => [
    takes("RangeVar", ["relname", "schemaname", "inh"], (relation, ctx) => {
      const { parent } = ctx;
      if (!parent || !READING.has(parent.kind)) return undefined;
      const original = ctx.origin(relation as RangeVar);
      const name = relation.relname ?? "";
      const isOwn = find(ctx.catalog, ctx.catalog.foreign, relationName(relation as RangeVar)) !== undefined;
      if (!isOwn && ctx.analysis.doubts.some(({ node, id }) => node === original && id === "unknown-relation"))
        ctx.report("unknown", { name });
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(relation as RangeVar));
      if (!relation.inh && parent.kind !== "InsertStmt" && table?.partitioned) ctx.report("only", { name });
      return undefined;
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
      pg: "SELECT * FROM v_query",
      tidb: "SELECT * FROM v_query",
      findings: ["unknown"],
    },
    {
      given: "CREATE TABLE `own` (`id` INT AUTO_INCREMENT PRIMARY KEY)",
      pg: "SELECT id FROM own",
      tidb: "SELECT id FROM own",
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id)",
      pg: "SELECT id FROM ONLY t",
      tidb: null,
      findings: ["only"],
      rejected: { sql: "SELECT t.id FROM ONLY (t)", code: 1064 },
    },
  ],
});

const READING = new Set(["SelectStmt", "JoinExpr", "InsertStmt", "UpdateStmt", "DeleteStmt"]);
