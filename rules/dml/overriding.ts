import { error, note, rule } from "../../src/rule.js";

export default rule({
  construct: "INSERT … OVERRIDING",
  why: "TiDB takes a given number for an AUTO_INCREMENT column as it is, and has no word to take its own instead.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html",
    tidb: "https://docs.pingcap.com/tidb/stable/auto-increment",
  },
  messages: {
    system: note("OVERRIDING SYSTEM VALUE is left away: TiDB always takes the number that is given"),
    user: error("OVERRIDING USER VALUE is not in the output: TiDB takes the number that is given", {
      help: "leave the identity column out of the list and out of the rows",
    }),
  },
  on: (takes) => [
    takes("InsertStmt", ["override"], (insert, ctx) => {
      const message = MESSAGES[insert.override ?? ""];
      return message && ctx.replace(ctx.change(insert, { override: "OVERRIDING_NOT_SET" }), message);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)",
      pg: "INSERT INTO t (id, a) OVERRIDING SYSTEM VALUE VALUES (7, 1); INSERT INTO t (id, a) OVERRIDING USER VALUE VALUES (8, 1)",
      tidb: "INSERT INTO t (id, a) VALUES (7, 1);\nINSERT INTO t (id, a) VALUES (8, 1)",
      findings: ["system", "user"],
      refuses: ["INSERT INTO t (id) VALUES (7)"],
    },
  ],
});

const MESSAGES: Readonly<Record<string, "system" | "user">> = {
  OVERRIDING_SYSTEM_VALUE: "system",
  OVERRIDING_USER_VALUE: "user",
};
