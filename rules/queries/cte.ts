import { note, rule } from "../../src/rule.js";

export default rule({
  construct: "WITH: MATERIALIZED",
  why: `Whether a CTE is computed once or merged into the query is a matter of speed, which TiDB decides for itself.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: {
    materialized: note("{words} of {name} is left away: TiDB decides for itself"),
  },
  on: (takes) => [
    takes("CommonTableExpr", ["ctename", "ctematerialized"], (cte, ctx) => {
      const name = cte.ctename ?? "";
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
  ],
});

const WORDS: Readonly<Record<string, string>> = {
  CTEMaterializeAlways: "MATERIALIZED",
  CTEMaterializeNever: "NOT MATERIALIZED",
};
