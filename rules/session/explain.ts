import { type ExplainStmt, error, type Node, nodesOf, raw, rule, tidb, warning } from "../../src/rule.js";

const EXPLAINED: ReadonlySet<string> = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"]);

const MESSAGES = {
  plan: warning("EXPLAIN shows TiDB's plan, in other columns and words", {
    help: "what reads the plan by program must be written anew: EXPLAIN FORMAT = 'tidb_json' gives it as JSON",
  }),
  lost: error("EXPLAIN is not in the output: TiDB explains queries and changes of rows only", {
    help: "EXPLAIN the query that the statement holds",
  }),
  options: warning("{names} of EXPLAIN is left away", { help: "EXPLAIN ANALYZE shows the times and memory that TiDB has measured" }),
};

export default rule({
  construct: "EXPLAIN",
  why: `TiDB explains its own plans. It takes ANALYZE, which runs the statement, and a format, but no options in parentheses.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-explain.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-explain-analyze",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("ExplainStmt", ["query", "options"], (readable, ctx) => {
      const explain = readable as ExplainStmt;
      if (!EXPLAINED.has((ctx.origin(explain).query as Node).kind)) return ctx.drop("lost");
      const options = nodesOf("DefElem", explain.options).map((option) => ({
        name: option.defname ?? "",
        value: String(option.arg ?? "true").toLowerCase(),
      }));
      const isOn = (name: string) => options.some((option) => option.name === name && !/^(?:false|off|0)$/.test(option.value));
      const json = options.some(({ name, value }) => name === "format" && value === "json");
      const analyzes = isOn("analyze");
      // Its plan as JSON is one of what has not run.
      const isKept = ({ name, value }: (typeof options)[number]) =>
        name === "analyze" || (name === "format" && (value === "text" || (json && !analyzes)));
      const left = options.filter((option) => !isKept(option)).map(({ name }) => name.toUpperCase());
      ctx.report("plan");
      if (left.length > 0) ctx.report("options", { names: left.join(", ") });
      ctx.consumed(explain.options ?? []);
      const how = analyzes ? " ANALYZE" : json ? " FORMAT = 'tidb_json'" : "";
      return ctx.replace(tidb`EXPLAIN${raw(how)} ${explain.query!}`);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int)",
      pg: "EXPLAIN SELECT a FROM t ORDER BY a; EXPLAIN (ANALYZE, BUFFERS) SELECT a / 2 AS half FROM t; EXPLAIN (FORMAT json) DELETE FROM t",
      tidb: `EXPLAIN SELECT a FROM t ORDER BY a IS NULL, a;
EXPLAIN ANALYZE SELECT a DIV 2 AS half FROM t;
EXPLAIN FORMAT = 'tidb_json' DELETE FROM t`,
      findings: ["plan", "plan", "options", "plan"],
      rejected: { sql: "EXPLAIN (ANALYZE) SELECT 1", code: 1064 },
    },
    { pg: "EXPLAIN CREATE TABLE q AS SELECT 1 AS n", tidb: null, findings: ["lost"] },
  ],
});
