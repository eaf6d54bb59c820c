import {
  as,
  type Catalog,
  type Column,
  constraintName,
  error,
  find,
  fitsIndex,
  identifier,
  inOrderOfKey,
  keyLeftAlone,
  keyName,
  madeAgain,
  type NodeOf,
  note,
  relationName,
  rule,
  type TableConstraint,
  tidbText,
} from "../../src/rule.js";

/** How TiDB takes a constraint off a table, by its type. */
const DROPS: Readonly<Record<TableConstraint["type"], ((name: string) => string) | undefined>> = {
  check: (name) => `DROP CONSTRAINT ${name}`,
  foreign: (name) => `DROP FOREIGN KEY ${name}`,
  unique: (name) => `DROP INDEX ${name}`,
  // Made NONCLUSTERED because the input drops it.
  primary: () => "DROP PRIMARY KEY",
  exclude: undefined,
};

export default rule({
  construct: "ALTER TABLE … DROP CONSTRAINT, RENAME CONSTRAINT",
  why: `TiDB takes each kind of constraint off in words of its own: DROP CONSTRAINT is for CHECK only. A clustered primary key can never be
dropped, so one that the input drops later is made NONCLUSTERED from the start.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
  },
  messages: {
    "never-made": note("{name} was left out of the output before: there is nothing to drop"),
    "foreign-key": note("FOREIGN KEY {key} must keep an index in TiDB: one of its own name takes the place of {name}"),
    absent: note("no constraint {name} in the input: there is nothing to drop"),
    unknown: error("constraint {name} is not dropped: the input does not say what it is", {
      help: "DROP FOREIGN KEY, DROP INDEX or DROP CONSTRAINT (for a CHECK), as it fits",
    }),
    renamed: note("{name} was renamed as the index it is in TiDB"),
    again: note("constraint {name} is dropped and made again under its new name: TiDB has no RENAME CONSTRAINT"),
    "not-renamed": error("constraint {name} keeps its name: TiDB has no RENAME CONSTRAINT", {
      help: "drop it and add it under the new name, if later statements call it by that",
    }),
  },
  on: (takes) => [
    takes("AlterTableCmd", ["subtype", "name", "missing_ok"], (cmd, ctx) => {
      const alter = ctx.within("AlterTableStmt");
      if (cmd.subtype !== "AT_DropConstraint" || !alter?.relation) return;
      const name = cmd.name ?? "";
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
      const made = table?.droppedConstraints?.get(name);
      // Of a table that the input does not make nobody knows what it has.
      if (!made) return cmd.missing_ok && table ? ctx.drop("absent", { name }) : ctx.drop("unknown", { name });
      const drop = ctx.lost(made.node) ? undefined : DROPS[made.type];
      const tidb = constraintName(ctx.final, made);
      if (!drop) return ctx.drop("never-made", { name });
      const own = tidbText(drop(identifier(tidb)));
      // What the same statement makes is made after it.
      const later = new Set((alter.cmds ?? []).flatMap((item) => as("Constraint", as("AlterTableCmd", item)?.def) ?? []).map(ctx.origin));
      const isKey = made.type === "unique" || made.type === "primary";
      const isWhole = (columns: readonly (Column | null)[]) => fitsIndex(columns, ctx.catalog);
      const key = isKey ? keyLeftAlone(ctx.catalog, made.table, made.columns, isWhole, ({ node }) => !later.has(node)) : undefined;
      if (!key || ctx.lost(key.node)) return ctx.replace(own);
      const columns = key.columns.map((column) => identifier(column.name)).join(", ");
      const index = tidbText(`ADD INDEX IF NOT EXISTS ${identifier(keyName(key.name))} (${columns})`);
      return ctx.statements([index, own], "foreign-key", { name, key: key.name });
    }),
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      // The index that TiDB makes for a foreign key bears its name and stays when the key goes; PostgreSQL has none.
      const cmds = (alter.cmds ?? []).flatMap((item) => {
        const text = (item as { texts?: readonly string[] }).texts?.[0];
        const key = text?.startsWith("DROP FOREIGN KEY ") ? text.slice("DROP FOREIGN KEY ".length) : undefined;
        return key === undefined ? [item] : [item, tidbText(`DROP INDEX IF EXISTS ${key}`) as never];
      });
      return cmds.length === alter.cmds?.length ? undefined : ctx.replace(ctx.change(alter, { cmds }));
    }),
    takes("RenameStmt", ["renameType", "relationType", "relation", "subname", "newname"], (rename, ctx) => {
      if (rename.renameType !== "OBJECT_TABCONSTRAINT" || !rename.relation) return;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(rename.relation));
      const name = rename.subname ?? "";
      const made = table?.constraints.get(rename.newname ?? "");
      if (made?.type === "primary") return ctx.drop("absent", { name });
      if (!made || !rename.newname || made.type === "exclude") return ctx.drop("not-renamed", { name });
      if (ctx.lost(made.node)) return ctx.drop("never-made", { name });
      ctx.carried(rename.relation, ["relname", "schemaname"]);
      if (made.type === "foreign" || made.type === "check") {
        const added = madeAgain(inKeyOrder(made, ctx.catalog), constraintName(ctx.final, made));
        if (!added) return ctx.drop("not-renamed", { name });
        const before = identifier(constraintName(ctx.final, { ...made, name }));
        const drops = made.type === "check" ? [DROPS.check!(before)] : [DROPS.foreign!(before), `DROP INDEX IF EXISTS ${before}`];
        const add: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: added };
        const cmds = [...drops.map((drop) => tidbText(drop) as never), add];
        return ctx.replace({ kind: "AlterTableStmt", relation: rename.relation, cmds, objtype: "OBJECT_TABLE" }, "again", { name });
      }
      return ctx.replace(
        {
          kind: "Tidb",
          texts: ["ALTER TABLE ", ` RENAME INDEX ${identifier(keyName(name))} TO ${identifier(keyName(rename.newname))}`],
          holes: [rename.relation],
        },
        "renamed",
        { name },
      );
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p, b int REFERENCES p, PRIMARY KEY (a), UNIQUE (b, a))",
      pg: "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a, b); ALTER TABLE t DROP CONSTRAINT t_b_a_key",
      tidb: `ALTER TABLE t ADD INDEX IF NOT EXISTS t_a_fkey (a);
ALTER TABLE t DROP PRIMARY KEY;
ALTER TABLE t ADD PRIMARY KEY (a, b);
ALTER TABLE t ADD INDEX IF NOT EXISTS t_b_fkey (b);
ALTER TABLE t DROP INDEX t_b_a_key`,
      findings: ["foreign-key", "foreign-key"],
      accepts: ["INSERT INTO p VALUES (1), (2)", "INSERT INTO t VALUES (1, 1), (1, 2)"],
      rejected: { sql: "DROP INDEX t_b_fkey ON t", code: 1553 },
    },
    {
      given: "CREATE TABLE a (n int CONSTRAINT positive CHECK (n > 0)); CREATE TABLE b (n int CONSTRAINT positive CHECK (n > 0))",
      pg: "ALTER TABLE b DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (n > 1); ALTER TABLE b RENAME CONSTRAINT positive TO more; ALTER TABLE a RENAME CONSTRAINT positive TO more",
      tidb: `ALTER TABLE b DROP CONSTRAINT b_positive;
ALTER TABLE b ADD CONSTRAINT b_positive CHECK (n > 1);
ALTER TABLE b DROP CONSTRAINT b_positive;
ALTER TABLE b ADD CONSTRAINT more CHECK (n > 1);
ALTER TABLE a DROP CONSTRAINT positive;
ALTER TABLE a ADD CONSTRAINT a_more CHECK (n > 0)`,
      findings: ["again", "again"],
      refuses: ["INSERT INTO a VALUES (0)", "INSERT INTO b VALUES (1)"],
      rejected: { sql: "ALTER TABLE a ADD CONSTRAINT MORE CHECK (n > 1)", code: 3822 },
    },
    {
      given:
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), c int REFERENCES p, EXCLUDE USING gist (a WITH <>))",
      pg: "ALTER TABLE t DROP CONSTRAINT t_a_key, DROP CONSTRAINT t_b_check, DROP CONSTRAINT t_c_fkey, DROP CONSTRAINT IF EXISTS other, DROP CONSTRAINT t_a_excl; ALTER TABLE p DROP CONSTRAINT p_pkey; ALTER TABLE p DROP CONSTRAINT any_other",
      tidb: "ALTER TABLE t DROP INDEX t_a_key;\nALTER TABLE t DROP CONSTRAINT t_b_check;\nALTER TABLE t DROP FOREIGN KEY t_c_fkey;\nALTER TABLE t DROP INDEX IF EXISTS t_c_fkey;\nALTER TABLE p DROP PRIMARY KEY",
      findings: ["absent", "never-made", "unknown"],
      accepts: ["INSERT INTO t VALUES (1, 0, 7), (1, 0, 7)"],
      rejected: { sql: "ALTER TABLE t DROP CONSTRAINT IF EXISTS other", code: 1064 },
    },
    {
      given:
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), c int REFERENCES p ON DELETE CASCADE, EXCLUDE USING gist (a WITH <>))",
      pg: "ALTER TABLE t RENAME CONSTRAINT t_a_key TO u; ALTER TABLE t RENAME CONSTRAINT t_b_check TO c; ALTER TABLE t RENAME CONSTRAINT t_c_fkey TO f; ALTER TABLE t RENAME CONSTRAINT t_a_excl TO e",
      tidb: "ALTER TABLE t RENAME INDEX t_a_key TO u;\nALTER TABLE t DROP CONSTRAINT t_b_check;\nALTER TABLE t ADD CONSTRAINT c CHECK (b > 0);\nALTER TABLE t DROP FOREIGN KEY t_c_fkey;\nALTER TABLE t DROP INDEX IF EXISTS t_c_fkey;\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
      findings: ["renamed", "again", "again", "not-renamed"],
      accepts: ["INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, 1, 1)", "DELETE FROM p"],
      refuses: ["INSERT INTO t VALUES (1, 0, NULL)", "INSERT INTO t VALUES (1, 1, 1)"],
      rejected: { sql: "ALTER TABLE t RENAME CONSTRAINT c TO d", code: 1064 },
    },
  ],
});

/** The constraint; of a foreign key its columns in the order in which TiDB wants them. */
function inKeyOrder(made: TableConstraint, catalog: Catalog): TableConstraint {
  const { columns, parent } = made;
  if (!parent || parent.columns.length !== columns.length) return made;
  const order = inOrderOfKey(catalog, parent);
  return { ...made, columns: order.map((at) => columns[at]!), parent: { ...parent, columns: order.map((at) => parent.columns[at]!) } };
}
