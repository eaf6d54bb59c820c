import { error, find, type Kind, type NodeOf, relationName, rule } from "../../src/rule.js";

const WRITES = ["InsertStmt", "UpdateStmt", "DeleteStmt"] as const satisfies readonly Kind[];

/** What the statements do, in the reader's words. */
const WORDS: Readonly<Record<(typeof WRITES)[number], string>> = {
  InsertStmt: "INSERT into",
  UpdateStmt: "UPDATE of",
  DeleteStmt: "DELETE from",
};

export default rule({
  construct: "INSERT, UPDATE and DELETE of a view",
  why: `PostgreSQL writes through simple views, and through others by rules and INSTEAD OF triggers. TiDB writes to tables only (error 1105).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    lost: error("{what} {view} is not in the output: it is a view, and TiDB writes to tables only", {
      help: "write to the table that the view reads, with the view's condition where it has one",
    }),
  },
  on: (takes) =>
    WRITES.map((kind) =>
      takes(kind, ["relation"], (statement, ctx) => {
        const name = statement.relation && relationName(statement.relation as NodeOf<"RangeVar">);
        if (!name || !find(ctx.catalog, ctx.catalog.views, name) || find(ctx.catalog, ctx.catalog.tables, name)) return;
        return ctx.drop("lost", { what: WORDS[kind], view: name.name });
      }),
    ),
  examples: [
    {
      given: "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t WHERE a > 0",
      pg: "INSERT INTO v VALUES (1); UPDATE v SET a = 2; DELETE FROM v WHERE a = 1",
      tidb: null,
      findings: ["lost", "lost", "lost"],
      rejected: { sql: "INSERT INTO v VALUES (1)", code: 1105 },
    },
  ],
});
