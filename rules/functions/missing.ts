import { type Row, table } from "../../src/rule.js";

/** A function or operator without a form, and what to use in its place. */
const missing = (calls: readonly string[], name: string, instead: string, pg: string, sql: string, code = 1305): Row => ({
  calls,
  tidb: (_, call) => call.refuse(`${name} (${instead})`),
  proofs: [],
  examples: [{ given: GIVEN, pg, tidb: null, rejected: { sql, code } }],
});

const GIVEN = "CREATE TABLE t (a text, j jsonb, ts timestamp)";

export const missingRules = table(
  "functions/missing",
  { pg: "functions", tidb: "functions-and-operators-overview" },
  {
    initcap: missing(["initcap(text)"], "initcap()", "capitalise in the application", "SELECT initcap(a) FROM t", "SELECT INITCAP('a')"),
    notify: missing(
      ["pg_notify(text, text)"],
      "pg_notify()",
      "use a message queue, or a table that is polled",
      "SELECT pg_notify('channel', a) FROM t",
      "SELECT PG_NOTIFY('a', 'b')",
    ),
    "text-search": missing(
      ["@@(tsvector, tsquery)"],
      "text search",
      "use a search engine, or LIKE where tables are small",
      "SELECT a FROM t WHERE to_tsvector(a) @@ to_tsquery('x')",
      "SELECT 1 WHERE 'a' @@ 'b'",
      1064,
    ),
  },
);
