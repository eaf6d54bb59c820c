import { error, rule, tidbText, warning } from "../../src/rule.js";

const MESSAGES = {
  own: warning("SHOW {name} became a SELECT of what TiDB has in its place: its answer is TiDB's, in other words", {
    help: "let the application ask for it by the new name, and compare with TiDB's values",
  }),
  lost: error("SHOW {name} is not in the output", { help: "SHOW VARIABLES LIKE '…', or SELECT @@name, for what TiDB calls it" }),
};

/** What says the same in TiDB (system variables of TiDB's reference). */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  max_connections: "@@max_connections",
  search_path: "DATABASE()",
  server_version: "VERSION()",
  timezone: "@@time_zone",
  transaction_isolation: "@@transaction_isolation",
};

export default rule({
  construct: "SHOW",
  why: "PostgreSQL's settings are not TiDB's; some have a counterpart.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-show.html",
    tidb: "https://docs.pingcap.com/tidb/stable/system-variables",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("VariableShowStmt", ["name"], ({ name = "" }, ctx) => {
      const shown = COUNTERPARTS[name.toLowerCase()];
      return shown ? ctx.replace(tidbText(`SELECT ${shown} AS ${name.toLowerCase()}`), "own", { name }) : ctx.drop("lost", { name });
    }),
  ],
  examples: [
    {
      pg: "SHOW server_version; SHOW TIME ZONE; SHOW transaction isolation level",
      tidb: "SELECT VERSION() AS server_version;\nSELECT @@time_zone AS timezone;\nSELECT @@transaction_isolation AS transaction_isolation",
      findings: ["own", "own", "own"],
      rejected: { sql: "SHOW server_version", code: 1064 },
    },
    { pg: "SHOW work_mem", tidb: null, findings: ["lost"], rejected: { sql: "SHOW work_mem", code: 1064 } },
  ],
});
