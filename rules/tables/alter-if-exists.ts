import { find, note, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE IF EXISTS",
  why: "TiDB's ALTER TABLE has no IF EXISTS. Where the input creates the table it says nothing; where it does not, the statement would fail.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
  },
  messages: {
    exists: note("IF EXISTS is left away: the input creates {table}"),
    absent: note("there is no {table} in the input to alter"),
  },
  on: (takes) => [
    takes("AlterTableStmt", ["relation", "missing_ok"], (alter, ctx) => {
      if (!alter.missing_ok || !alter.relation) return;
      const name = relationName(alter.relation);
      if (!find(ctx.catalog, ctx.catalog.tables, name)) return ctx.drop("absent", { table: name.name });
      return ctx.replace(ctx.change(alter, { missing_ok: false }), "exists", { table: name.name });
    }),
    takes("RenameStmt", ["relation", "missing_ok", "renameType", "newname"], (rename, ctx) => {
      if (!rename.missing_ok || !rename.relation) return;
      const table = rename.relation.relname ?? "";
      const after =
        rename.renameType === "OBJECT_TABLE"
          ? { ...relationName(rename.relation), name: rename.newname ?? "" }
          : relationName(rename.relation);
      if (!find(ctx.catalog, ctx.catalog.tables, after)) return ctx.drop("absent", { table });
      return ctx.replace(ctx.change(rename, { missing_ok: false }), "exists", { table });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int)",
      pg: "ALTER TABLE IF EXISTS t ADD COLUMN c int; ALTER TABLE IF EXISTS other ADD COLUMN c int; ALTER TABLE IF EXISTS t RENAME TO u",
      tidb: "ALTER TABLE t ADD COLUMN c INT;\nALTER TABLE t RENAME TO u",
      findings: ["exists", "absent", "exists"],
      rejected: { sql: "ALTER TABLE IF EXISTS u ADD COLUMN d INT", code: 1064 },
    },
  ],
});
