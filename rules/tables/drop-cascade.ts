import { as, find, type NodeOf, nodesOf, note, relationName, relationOf, rule, type TableConstraint } from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE … DROP CONSTRAINT or COLUMN … CASCADE",
  why: `CASCADE takes the foreign keys that point to a key along with it, or with a column of it. TiDB has no CASCADE here, and refuses to drop a key that a foreign key
needs: these go first, in statements of their own.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
  },
  messages: {
    first: note("{name} of {table} goes before {key}, as CASCADE has it"),
    alone: note("CASCADE is left away: no foreign key of the input needs {key}"),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    const cascading = nodesOf("AlterTableCmd", alter?.cmds).filter(cascades);
    const dropped = nodesOf("AlterTableCmd", alter?.cmds).filter(({ subtype }) => subtype === "AT_DropColumn");
    const ofColumns = dropped.flatMap(({ name = "" }) => {
      const keys = (table?.droppedWith?.get(name)?.things ?? []).flatMap((thing) => ("type" in thing ? thing : []));
      return keys.flatMap((key) => followersOf(key, name));
    });
    if (!alter || (cascading.length === 0 && ofColumns.length === 0)) return undefined;
    const ofKeys = cascading.flatMap(({ name = "" }) => {
      const followers = followersOf(table?.droppedConstraints?.get(name), name);
      if (followers.length === 0) ctx.report("alone", { key: name });
      return followers;
    });
    const first = [...ofKeys, ...ofColumns];
    const cmds = alter.cmds!.map((item) => {
      const cmd = as("AlterTableCmd", item);
      return cmd && cascades(cmd) ? ctx.change(cmd, { behavior: "DROP_RESTRICT" }) : item;
    });
    return [...first.map((node) => ({ node })), { node: cascading.length === 0 ? alter : ctx.change(alter, { cmds }) }];

    /** What takes off the foreign keys that went with a key. */
    function followersOf(key: TableConstraint | undefined, name: string): NodeOf<"AlterTableStmt">[] {
      const followers = (key?.cascaded ?? []).filter((each) => !ctx.lost(each.node) && each.table !== table);
      for (const each of followers) ctx.report("first", { name: each.name, table: each.table.name, key: name });
      return followers.map(dropping);
    }
  },
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p, CHECK (p > 0))",
      pg: "ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE; ALTER TABLE c DROP CONSTRAINT c_p_check CASCADE",
      tidb: "ALTER TABLE c DROP FOREIGN KEY c_p_fkey;\nALTER TABLE c DROP INDEX IF EXISTS c_p_fkey;\nALTER TABLE p DROP PRIMARY KEY;\nALTER TABLE c DROP CONSTRAINT c_p_check",
      findings: ["first", "alone"],
      accepts: ["INSERT INTO c VALUES (7)", "INSERT INTO p VALUES (1), (1)"],
      rejected: { sql: "ALTER TABLE c DROP CONSTRAINT x CASCADE", code: 1064 },
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY, a int); CREATE TABLE c (p int REFERENCES p)",
      pg: "ALTER TABLE p DROP COLUMN id CASCADE",
      tidb: "ALTER TABLE c DROP FOREIGN KEY c_p_fkey;\nALTER TABLE c DROP INDEX IF EXISTS c_p_fkey;\nALTER TABLE p DROP PRIMARY KEY;\nALTER TABLE p DROP COLUMN id",
      findings: ["first"],
      accepts: ["INSERT INTO c VALUES (7)"],
    },
  ],
});

function cascades({ subtype, behavior }: NodeOf<"AlterTableCmd">): boolean {
  return subtype === "AT_DropConstraint" && behavior === "DROP_CASCADE";
}

function dropping({ table, name }: TableConstraint): NodeOf<"AlterTableStmt"> {
  const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_DropConstraint", name, behavior: "DROP_RESTRICT" };
  return { kind: "AlterTableStmt", relation: relationOf(table), objtype: "OBJECT_TABLE", cmds: [cmd] };
}
