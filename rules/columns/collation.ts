import { as, note, rule, warning } from "../../src/rule.js";

/** Collations that order by bytes, as utf8mb4_0900_bin does. */
const BYTEWISE = new Set(["C", "POSIX", "ucs_basic", "C.UTF-8", "pg_c_utf8"]);

export default rule({
  construct: "COLLATE of a column",
  why: `Text columns of the output have utf8mb4_0900_bin: equal only to the same bytes, as in PostgreSQL, and ordered by them, as with "C". TiDB
knows no other order that PostgreSQL has.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/collation.html",
    tidb: "https://docs.pingcap.com/tidb/stable/character-set-and-collation",
  },
  messages: {
    bytes: note('COLLATE "{collation}" of {column} is the order of every text column of the output'),
    other: warning('{column} is ordered by bytes: TiDB does not have the collation "{collation}"', {
      help: "ORDER BY and < differ for letters beyond ASCII and between cases; add COLLATE utf8mb4_0900_ai_ci to a query that is for people to read",
    }),
  },
  on: (takes) => [
    takes("ColumnDef", ["colname", "collClause"], (def, ctx) => {
      const clause = as("CollateClause", def.collClause);
      const collation = clause?.collname?.[clause.collname.length - 1];
      if (!clause || collation === undefined) return;
      ctx.report(BYTEWISE.has(collation) ? "bytes" : "other", {
        column: def.colname ?? ctx.within("AlterTableCmd")?.name ?? "",
        collation,
      });
      ctx.consumed(clause);
      return ctx.replace(ctx.change(def, { collClause: undefined }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a varchar(9))",
      pg: 'ALTER TABLE t ALTER a TYPE varchar(20) COLLATE "POSIX"',
      tidb: "ALTER TABLE t MODIFY COLUMN a VARCHAR(20)",
      findings: ["bytes"],
    },
    {
      pg: 'CREATE TABLE t (a varchar(9) COLLATE "C", b varchar(9) COLLATE "de_DE")',
      tidb: "CREATE TABLE t (\n  a VARCHAR(9),\n  b VARCHAR(9)\n) COLLATE utf8mb4_0900_bin",
      findings: ["bytes", "other"],
      rejected: { sql: "CREATE TABLE u (a VARCHAR(9) COLLATE de_DE)", code: 1273 },
    },
  ],
});
