import { as, find, identifier, note, relationName, rule, tidbText } from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE … DROP COLUMN",
  why: `PostgreSQL drops the indexes and constraints of a column along with it. TiDB refuses to drop a column that a foreign key or an index of
several columns needs: these go first, in statements of their own.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-drop-column",
  },
  messages: {
    first: note("{name} goes before column {column}, as it does in PostgreSQL"),
  },
  on: (takes) => [
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      const table = alter.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
      let found = false;
      const cmds = (alter.cmds ?? []).flatMap((item) => {
        const cmd = as("AlterTableCmd", item);
        if (cmd?.subtype !== "AT_DropColumn") return [item];
        found = true;
        const column = cmd.name ?? "";
        const going = (table?.droppedWith?.get(column) ?? []).filter(blocks);
        for (const { name } of going) ctx.report("first", { name, column });
        // CASCADE drops views over the column, which are not in the output; what else depends on it goes first.
        ctx.carried(cmd, ["subtype", "name", "missing_ok", "behavior"]);
        const own = `DROP COLUMN ${cmd.missing_ok ? "IF EXISTS " : ""}${identifier(column)}`;
        return [...going.flatMap(clausesFor), own].map((sql) => tidbText(sql) as never);
      });
      return found ? ctx.replace(ctx.change(alter, { cmds })) : undefined;
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, b int REFERENCES p, c int, d int, UNIQUE (a, c)); CREATE INDEX i ON t (b, c); CREATE INDEX k ON t (a, d)",
      pg: "ALTER TABLE t DROP COLUMN c, DROP COLUMN b",
      tidb: "ALTER TABLE t DROP INDEX t_a_c_key;\nALTER TABLE t DROP INDEX i;\nALTER TABLE t DROP COLUMN c;\nALTER TABLE t DROP FOREIGN KEY t_b_fkey;\nALTER TABLE t DROP INDEX IF EXISTS t_b_fkey;\nALTER TABLE t DROP COLUMN b",
      findings: ["first", "first", "first"],
      rejected: { sql: "ALTER TABLE t DROP COLUMN d", code: 8200 },
    },
  ],
});

interface Dropped {
  readonly name: string;
  readonly columns: readonly unknown[];
  readonly type?: string;
}

/** Unique and plain indexes of one column, and CHECKs on it alone, go with it in TiDB too. */
function blocks({ columns, type }: Dropped): boolean {
  return type === "foreign" || type === "primary" || (type !== "exclude" && columns.length > 1);
}

function clausesFor({ name, type }: Dropped): string[] {
  const quoted = identifier(name);
  // The index that TiDB makes for a foreign key bears its name, and stays when the key goes.
  if (type === "foreign") return [`DROP FOREIGN KEY ${quoted}`, `DROP INDEX IF EXISTS ${quoted}`];
  if (type === "primary") return ["DROP PRIMARY KEY"];
  return [type === "check" ? `DROP CONSTRAINT ${quoted}` : `DROP INDEX ${quoted}`];
}
