import { as, error, find, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "columns whose names differ in case only",
  why: "Quoted names keep their case in PostgreSQL and are different columns; in TiDB they are the same, and the second is refused (error 1060).",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
    tidb: "https://docs.pingcap.com/tidb/stable/schema-object-names",
  },
  messages: {
    columns: error("{table} is not in the output: {first} and {second} are one name in TiDB, where letters' case makes no difference", {
      help: "rename one of them in PostgreSQL, and in the application, before the move",
    }),
    added: error("{second} is not added to {table}: it has a column {first}, which is the same name in TiDB", {
      help: "give the column another name in PostgreSQL, and in the application, before the move",
    }),
  },
  on: (takes) => [
    takes("CreateStmt", ["relation", "tableElts"], (create, ctx) => {
      const first = new Map<string, string>();
      for (const element of create.tableElts ?? []) {
        const name = as("ColumnDef", element)?.colname ?? "";
        const other = name === "" ? undefined : first.get(name.toLowerCase());
        if (other !== undefined) return ctx.drop("columns", { table: create.relation?.relname ?? "", first: other, second: name });
        first.set(name.toLowerCase(), name);
      }
    }),
    takes("AlterTableCmd", ["subtype", "def"], (cmd, ctx) => {
      const name = cmd.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def)?.colname : undefined;
      const relation = as("RangeVar", ctx.within("AlterTableStmt")?.relation);
      const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
      const other = [...(table?.columns.keys() ?? [])].find((c) => c !== name && c.toLowerCase() === name?.toLowerCase());
      if (name !== undefined && other !== undefined) return ctx.drop("added", { table: table!.name, first: other, second: name });
    }),
  ],
  examples: [
    {
      pg: 'CREATE TABLE t ("A" int, b int, a int)',
      tidb: null,
      findings: ["columns"],
      rejected: { sql: "CREATE TABLE x (`A` INT, a INT)", code: 1060 },
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: 'ALTER TABLE t ADD COLUMN "A" int',
      tidb: null,
      findings: ["added"],
      rejected: { sql: "ALTER TABLE t ADD COLUMN `A` INT", code: 1060 },
    },
  ],
});
