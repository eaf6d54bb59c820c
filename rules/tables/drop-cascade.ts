import { as, find, type NodeOf, nodesOf, note, relationName, relationOf, rule, type TableConstraint } from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE … DROP CONSTRAINT … CASCADE",
  why: `CASCADE takes the foreign keys that point to a key along with it. TiDB has no CASCADE here, and refuses to drop a key that a foreign key
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
    if (!alter || cascading.length === 0) return undefined;
    const first = cascading.flatMap((cmd) => {
      const followers = (table?.droppedConstraints?.get(cmd.name ?? "")?.cascaded ?? []).filter((each) => !ctx.lost(each.node));
      for (const each of followers) ctx.report("first", { name: each.name, table: each.table.name, key: cmd.name ?? "" });
      if (followers.length === 0) ctx.report("alone", { key: cmd.name ?? "" });
      return followers.map(dropping);
    });
    const cmds = alter.cmds!.map((item) => {
      const cmd = as("AlterTableCmd", item);
      return cmd && cascades(cmd) ? ctx.change(cmd, { behavior: "DROP_RESTRICT" }) : item;
    });
    return [...first.map((node) => ({ node })), { node: ctx.change(alter, { cmds }) }];
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
  ],
});

function cascades({ subtype, behavior }: NodeOf<"AlterTableCmd">): boolean {
  return subtype === "AT_DropConstraint" && behavior === "DROP_CASCADE";
}

function dropping({ table, name }: TableConstraint): NodeOf<"AlterTableStmt"> {
  const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_DropConstraint", name, behavior: "DROP_RESTRICT" };
  return { kind: "AlterTableStmt", relation: relationOf(table), objtype: "OBJECT_TABLE", cmds: [cmd] };
}
