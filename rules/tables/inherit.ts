import {
  as,
  type Context,
  checkName,
  find,
  heirsOf,
  type Node,
  type NodeOf,
  note,
  relationName,
  relationOf,
  rule,
  type Table,
  type Value,
} from "../../src/rule.js";

type Cmd = NodeOf<"AlterTableCmd">;

export default rule({
  construct: "ALTER TABLE of a table that others INHERIT from",
  why: `PostgreSQL does to the children what is done to the parent, unless it says ONLY: columns are added, changed, renamed and dropped in all of
them, and get the parent's CHECKs. In TiDB they are tables of their own, each of which needs the statement.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-inherit.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
  },
  messages: {
    heirs: note("{heirs} change along with {table}, from which they INHERIT"),
  },
  restates: ["AlterTableStmt", "RenameStmt"],
  restate(statement, ctx) {
    const { relation } = statement as NodeOf<"AlterTableStmt" | "RenameStmt">;
    const table = relation?.inh ? find(ctx.catalog, ctx.catalog.tables, relationName(relation)) : undefined;
    const all = table ? heirsOf(ctx.catalog, table) : [];
    if (!table || all.length === 0) return undefined;
    const copies = statement.kind === "RenameStmt" ? renamed(statement) : altered(ctx, statement);
    const made = copies ? all.filter((heir) => !ctx.lost(heir.node)).map((heir) => ({ heir, nodes: copies(heir) })) : [];
    const heirs = made.filter(({ nodes }) => nodes.length > 0);
    if (heirs.length === 0) return undefined;
    ctx.report("heirs", { heirs: heirs.map(({ heir }) => heir.name).join(", "), table: table.name });
    return [{ node: statement }, ...heirs.flatMap(({ nodes }) => nodes).map((node) => ({ node }))];
  },
  examples: [
    {
      given: "CREATE TABLE a (n int CONSTRAINT few CHECK (n < 9)); CREATE TABLE b (m int) INHERITS (a)",
      pg: "CREATE TABLE c (o int) INHERITS (a, b); ALTER TABLE a ADD COLUMN p int; ALTER TABLE a RENAME p TO q",
      tidb: `CREATE TABLE c (
  n INT,
  m INT,
  CONSTRAINT c_few CHECK (n < 9),
  o INT
) COLLATE utf8mb4_0900_bin;
ALTER TABLE a ADD COLUMN p INT;
ALTER TABLE b ADD COLUMN p INT;
ALTER TABLE c ADD COLUMN p INT;
ALTER TABLE a RENAME COLUMN p TO q;
ALTER TABLE b RENAME COLUMN p TO q;
ALTER TABLE c RENAME COLUMN p TO q`,
      findings: ["heirs", "heirs"],
      refuses: ["INSERT INTO c (n) VALUES (9)"],
    },
    {
      given:
        "CREATE TABLE p (a int, c text); CREATE TABLE t (b int) INHERITS (p); CREATE TABLE u () INHERITS (t); CREATE TABLE v (b int) INHERITS (p); ALTER TABLE v NO INHERIT p",
      pg: "ALTER TABLE p ADD COLUMN d int NOT NULL DEFAULT 7 CHECK (d > 0) UNIQUE, ALTER a SET NOT NULL; ALTER TABLE p RENAME COLUMN a TO e; ALTER TABLE p DROP COLUMN c; ALTER TABLE ONLY p ALTER e SET DEFAULT 1; ALTER TABLE p ADD CONSTRAINT small CHECK (e < 9); ALTER TABLE p DROP CONSTRAINT small",
      tidb: `ALTER TABLE p ADD COLUMN d INT NOT NULL DEFAULT 7;
ALTER TABLE p ADD CONSTRAINT p_d_check CHECK (d > 0);
ALTER TABLE p ADD UNIQUE KEY p_d_key (d);
ALTER TABLE p MODIFY COLUMN a INT NOT NULL;
ALTER TABLE t ADD COLUMN d INT NOT NULL DEFAULT 7;
ALTER TABLE t ADD CONSTRAINT t_p_d_check CHECK (d > 0);
ALTER TABLE t MODIFY COLUMN a INT NOT NULL;
ALTER TABLE u ADD COLUMN d INT NOT NULL DEFAULT 7;
ALTER TABLE u ADD CONSTRAINT u_p_d_check CHECK (d > 0);
ALTER TABLE u MODIFY COLUMN a INT NOT NULL;
ALTER TABLE p RENAME COLUMN a TO e;
ALTER TABLE t RENAME COLUMN a TO e;
ALTER TABLE u RENAME COLUMN a TO e;
ALTER TABLE p DROP COLUMN c;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE u DROP COLUMN c;
ALTER TABLE p ALTER COLUMN e SET DEFAULT 1;
ALTER TABLE p ADD CONSTRAINT small CHECK (e < 9);
ALTER TABLE t ADD CONSTRAINT t_small CHECK (e < 9);
ALTER TABLE u ADD CONSTRAINT u_small CHECK (e < 9);
ALTER TABLE p DROP CONSTRAINT small;
ALTER TABLE t DROP CONSTRAINT t_small;
ALTER TABLE u DROP CONSTRAINT u_small`,
      findings: ["heirs", "heirs", "heirs", "heirs", "heirs"],
      accepts: [
        "INSERT INTO t (e, b) VALUES (1, 1)",
        "INSERT INTO u (e, b, d) VALUES (2, 1, 2), (3, 1, 2)",
        "INSERT INTO v (a) VALUES (100)",
        "INSERT INTO t (e) VALUES (9)",
      ],
      refuses: ["INSERT INTO u (e, d) VALUES (1, 0)", "INSERT INTO t (b) VALUES (1)"],
    },
  ],
});

type Copies = ((heir: Table) => Node[]) | undefined;

function renamed(rename: NodeOf<"RenameStmt">): Copies {
  return rename.renameType === "OBJECT_COLUMN" ? (heir) => [{ ...rename, relation: relationOf(heir) }] : undefined;
}

/** What ALTER TABLE does to each table that INHERITS: keys, owners and the like are the parent's own. */
function altered(ctx: Context, statement: Node): Copies {
  const alter = statement as NodeOf<"AlterTableStmt">;
  const passed = (heir: Table) =>
    (alter.cmds ?? []).flatMap((item): Value[] => {
      const cmd = as("AlterTableCmd", item);
      return cmd ? (PASSED_ON[cmd.subtype ?? ""]?.(ctx, cmd, heir) ?? []) : [];
    });
  return (heir) => {
    const cmds = passed(heir);
    return cmds.length === 0 ? [] : [{ ...alter, relation: relationOf(heir), cmds }];
  };
}

const whole = (_: Context, cmd: Cmd): Cmd[] => [{ ...cmd }];

const PASSED_ON: Readonly<Record<string, (ctx: Context, cmd: Cmd, heir: Table) => Cmd[]>> = {
  AT_AddColumn: (ctx, cmd, heir) => {
    const def = as("ColumnDef", cmd.def);
    if (!def) return [];
    const constraints = (def.constraints ?? []).flatMap((item): Value[] => {
      const constraint = as("Constraint", item);
      if (constraint?.contype === "CONSTR_CHECK") return [named(ctx, constraint, heir)];
      return constraint && OF_COLUMN.has(constraint.contype ?? "") ? [constraint] : [];
    });
    return [{ ...cmd, def: ctx.change(def, { constraints }) }];
  },
  AT_AddConstraint: (ctx, cmd, heir) => {
    const constraint = as("Constraint", cmd.def);
    return constraint?.contype === "CONSTR_CHECK" && !constraint.is_no_inherit ? [{ ...cmd, def: named(ctx, constraint, heir) }] : [];
  },
  AT_DropConstraint: (_, cmd, heir) => (heir.droppedConstraints?.get(cmd.name ?? "")?.type === "check" ? [{ ...cmd }] : []),
  AT_DropColumn: whole,
  AT_AlterColumnType: whole,
  AT_SetNotNull: whole,
  AT_DropNotNull: whole,
  AT_ColumnDefault: whole,
};

const OF_COLUMN: ReadonlySet<string> = new Set(["CONSTR_NOTNULL", "CONSTR_NULL", "CONSTR_DEFAULT", "CONSTR_GENERATED"]);

/** A CHECK of another table, under the name that it has there in TiDB: names are those of the whole database. */
function named(ctx: Context, constraint: NodeOf<"Constraint">, heir: Table): NodeOf<"Constraint"> {
  const own = [...heir.constraints.values()].find(({ node }) => node === ctx.origin(constraint));
  const conname = own && checkName(ctx.final, own);
  return {
    kind: "Constraint",
    contype: "CONSTR_CHECK",
    ...(conname !== undefined && { conname }),
    raw_expr: constraint.raw_expr!,
    initially_valid: true,
  };
}
