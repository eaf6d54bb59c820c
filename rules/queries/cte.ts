import { error, note, rule } from "../../src/rule.js";

export default rule({
  construct: "WITH: MATERIALIZED, SEARCH, CYCLE",
  why: `Whether a CTE is computed once or merged into the query is a matter of speed, which TiDB decides for itself. SEARCH and CYCLE order and
end a recursion by columns of their own, which TiDB does not know.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: {
    materialized: note("{words} of {name} is left away: TiDB decides for itself"),
    search: error("{words} of {name} has no TiDB form", {
      help: "carry the path along in a column of the CTE: order by it, or end the recursion where it has the row already",
    }),
  },
  on: (takes) => [
    takes("CommonTableExpr", ["ctename", "ctematerialized", "search_clause", "cycle_clause"], (cte, ctx) => {
      const name = cte.ctename ?? "";
      if (cte.search_clause) ctx.report("search", { words: "SEARCH", name });
      if (cte.cycle_clause) ctx.report("search", { words: "CYCLE", name });
      const words = WORDS[cte.ctematerialized ?? ""];
      if (words) ctx.report("materialized", { words, name });
      if (words) return ctx.replace(ctx.change(cte, { ctematerialized: undefined }));
    }),
  ],
  examples: [
    {
      given: "CREATE SCHEMA s; CREATE TABLE t (a int); CREATE TABLE s.u (a int); CREATE VIEW v AS SELECT a FROM t; SET search_path TO s",
      pg: "WITH q AS (SELECT a FROM u), u AS (SELECT a FROM q) SELECT u.a FROM u JOIN v ON v.a = u.a",
      tidb: "WITH q AS (SELECT a FROM s_u AS u),\nu AS (SELECT a FROM q)\nSELECT u.a\nFROM u\nJOIN v ON v.a = u.a",
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "WITH q AS MATERIALIZED (SELECT a FROM t), r (b) AS NOT MATERIALIZED (SELECT a FROM q) SELECT b FROM r",
      tidb: "WITH q AS (SELECT a FROM t),\nr (b) AS (SELECT a FROM q)\nSELECT b FROM r",
      findings: ["materialized", "materialized"],
    },
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: "WITH RECURSIVE q AS (SELECT a FROM t UNION ALL SELECT t.b FROM t JOIN q USING (a)) SEARCH DEPTH FIRST BY a SET o SELECT a FROM q ORDER BY o",
      tidb: null,
      findings: ["search"],
    },
  ],
});

const WORDS: Readonly<Record<string, string>> = {
  CTEMaterializeAlways: "MATERIALIZED",
  CTEMaterializeNever: "NOT MATERIALIZED",
};
