import { note, rule, warning } from "../../src/rule.js";

/** Collations that order by bytes, as utf8mb4_0900_bin does. */
const BYTEWISE = new Set(["C", "POSIX", "ucs_basic", "C.UTF-8", "pg_c_utf8"]);

export default rule({
  construct: "COLLATE in an expression",
  why: 'Text of the output is compared and ordered by bytes, as with "C". TiDB knows no other order that PostgreSQL has.',
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-COLLATE-EXPRS",
    tidb: "https://docs.pingcap.com/tidb/stable/character-set-and-collation",
  },
  messages: {
    bytes: note('COLLATE "{collation}" is how all text of the output is compared'),
    other: warning('COLLATE "{collation}" is left away, which TiDB does not have: text is compared and ordered by bytes', {
      help: "ORDER BY and < differ for letters beyond ASCII and between cases; COLLATE utf8mb4_0900_ai_ci is for people to read",
    }),
  },
  on: (takes) => [
    takes("CollateClause", ["arg", "collname"], (clause, ctx) => {
      const collation = clause.collname?.[clause.collname.length - 1];
      if (clause.arg === undefined || typeof clause.arg !== "object" || !("kind" in clause.arg) || collation === undefined) return;
      return ctx.replace(clause.arg, BYTEWISE.has(collation) ? "bytes" : "other", { collation });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a varchar(9))",
      pg: 'SELECT a FROM t WHERE a COLLATE "C" > \'b\' ORDER BY a COLLATE "de_DE"',
      tidb: "SELECT a FROM t WHERE a > 'b' ORDER BY a IS NULL, a",
      findings: ["bytes", "other"],
      rejected: { sql: "SELECT a FROM t ORDER BY a COLLATE de_DE", code: 1273 },
    },
  ],
});
