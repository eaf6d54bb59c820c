import { as, find, note, relationName, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE IF EXISTS, ADD COLUMN IF NOT EXISTS",
  why: `TiDB's ALTER TABLE has no IF EXISTS. Where the input creates the table it says nothing; where it does not, the statement would fail.
Of a column that is there, PostgreSQL passes over its constraints as well, which are statements of their own in TiDB.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
  },
  messages: {
    exists: note("IF EXISTS is left away: the input creates {table}"),
    absent: warning("there is no {table} in the input to alter, and so nothing is", {
      help: "where the database has it, convert the file that makes it together with this one",
    }),
    there: note("{table} has the column {column} already, so that PostgreSQL passes over ADD COLUMN IF NOT EXISTS: it is left away"),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    if (!alter || !table) return undefined;
    const cmds = (alter.cmds ?? []).filter((item) => {
      const cmd = as("AlterTableCmd", item);
      const def = cmd?.missing_ok && cmd.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
      if (!def || ctx.column(def) || !table.columns.has(def.colname ?? "")) return true;
      ctx.consumed(item);
      ctx.report("there", { table: table.name, column: def.colname ?? "" }, def);
      return false;
    });
    if (cmds.length === alter.cmds?.length) return undefined;
    if (cmds.length > 0) return [{ node: ctx.change(alter, { cmds }) }];
    ctx.consumed(alter);
    return [];
  },
  on: (takes) => [
    takes("AlterTableStmt", ["relation", "missing_ok"], (alter, ctx) => {
      if (!alter.missing_ok || !alter.relation) return;
      const name = relationName(alter.relation);
      if (!find(ctx.catalog, ctx.catalog.tables, name)) return ctx.drop("absent", { table: name.name });
      return ctx.replace(ctx.change(alter, { missing_ok: false }), "exists", { table: name.name });
    }),
    takes("RenameStmt", ["relation", "missing_ok", "renameType", "newname"], (rename, ctx) => {
      // What is renamed in other ways has rules of its own, which find it by the name it gets.
      if (!rename.missing_ok || !rename.relation || !OF_TABLES.has(rename.renameType ?? "")) return;
      const table = rename.relation.relname ?? "";
      const after =
        rename.renameType === "OBJECT_TABLE"
          ? { ...relationName(rename.relation), name: rename.newname ?? "" }
          : relationName(rename.relation);
      if (!find(ctx.catalog, ctx.catalog.tables, after) && !find(ctx.catalog, ctx.catalog.readers, after))
        return ctx.drop("absent", { table });
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
    {
      given: "CREATE TABLE t (a int, id int GENERATED ALWAYS AS IDENTITY)",
      pg: "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int UNIQUE CHECK (a > 1), ADD COLUMN IF NOT EXISTS b int UNIQUE; ALTER TABLE t ADD COLUMN IF NOT EXISTS id int GENERATED ALWAYS AS IDENTITY",
      tidb: "ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT;\nALTER TABLE t ADD UNIQUE KEY t_b_key (b)",
      findings: ["there", "there"],
      accepts: ["INSERT INTO t (a, b) VALUES (0, 1), (0, 2)"],
      refuses: ["INSERT INTO t (b) VALUES (1)"],
    },
  ],
});

const OF_TABLES: ReadonlySet<string> = new Set(["OBJECT_TABLE", "OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"]);
