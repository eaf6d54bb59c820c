import {
  actionsOf,
  as,
  type Context,
  find,
  identifier,
  keyName,
  madeAgain,
  type NodeOf,
  nodesOf,
  note,
  raw,
  relationName,
  relationOf,
  rule,
  type TableConstraint,
  tidb,
  typesApart,
} from "../../src/rule.js";

export default rule({
  construct: "CHECK on columns of a foreign key with CASCADE or SET NULL",
  why: `TiDB makes no CHECK on a column that a foreign key's CASCADE or SET NULL may change or delete by, but takes such a key where the CHECK is
there before it, and obeys both then. So the key is made after the CHECK.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#check",
  },
  messages: {
    after: note("FOREIGN KEY {keys} is made after {checks}: TiDB takes them in this order only (error 3823)", {
      help: "SHOW CREATE TABLE prints both in one statement, which TiDB then refuses: take the key out of a dump of the table, and add it afterwards",
    }),
  },
  restates: ["CreateStmt", "AlterTableStmt"],
  restate(statement, ctx) {
    if (statement.kind === "CreateStmt") return inTable(statement, ctx);
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    const added = (alter?.cmds ?? []).flatMap((item) => {
      const cmd = as("AlterTableCmd", item);
      const made = cmd?.subtype === "AT_AddConstraint" ? madeBy(cmd.def, ctx) : undefined;
      return made?.type === "check" ? [{ item, made }] : [];
    });
    if (!alter || !table || added.length === 0) return undefined;
    const checks = added.map(({ made }) => made);
    const acting = [...table.constraints.values()].filter((key) => acts(key) && !ctx.lost(key.node) && !typesApart(ctx.catalog, key));
    const keys = acting.filter((key) => checks.some((check) => meet(check, key)));
    if (keys.length === 0) return undefined;
    ctx.report("after", { keys: namesOf(keys), checks: namesOf(checks) });
    const taken = new Set(added.map(({ item }) => item));
    const rest = (alter.cmds ?? []).filter((item) => !taken.has(item));
    const relation = relationOf(table);
    return [
      ...(rest.length > 0 ? [{ node: ctx.change(alter, { cmds: rest }) }] : []),
      ...keys.map(({ name }) => ({ node: tidb`ALTER TABLE ${relation} DROP FOREIGN KEY ${raw(identifier(keyName(name)))}` as never })),
      { node: ctx.change(alter, { cmds: [...taken] }) },
      ...keys.map((key) => ({ node: adding(relation, madeAgain(key, keyName(key.name))!) })),
    ];
  },
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY)",
      pg: "CREATE TABLE t (a int REFERENCES p ON DELETE CASCADE, b int REFERENCES p, CHECK (a > 0 OR b > 0))",
      tidb: `CREATE TABLE t (
  a INT,
  b INT,
  CONSTRAINT t_check CHECK (a > 0 OR b > 0),
  CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES p (id)
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE`,
      findings: ["after"],
      accepts: [
        "INSERT INTO p VALUES (-1), (1)",
        "INSERT INTO t VALUES (1, NULL)",
        "DELETE FROM p WHERE id = 1",
        "INSERT INTO p SELECT COUNT(*) + 1 FROM t",
      ],
      refuses: ["INSERT INTO t VALUES (-1, -1)", "INSERT INTO p VALUES (1)"],
      rejected: {
        sql: "CREATE TABLE u (a INT, CONSTRAINT u_check CHECK (a > 0), CONSTRAINT u_key FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE)",
        code: 3823,
      },
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p ON UPDATE CASCADE)",
      pg: "ALTER TABLE t ADD CHECK (a > 0), ADD COLUMN b int REFERENCES p ON DELETE SET NULL, ADD CONSTRAINT two CHECK (b > 1)",
      tidb: `ALTER TABLE t ADD COLUMN b INT;
ALTER TABLE t ADD CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES p (id) ON DELETE SET NULL;
ALTER TABLE t DROP FOREIGN KEY t_a_fkey;
ALTER TABLE t DROP FOREIGN KEY t_b_fkey;
ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a > 0);
ALTER TABLE t ADD CONSTRAINT two CHECK (b > 1);
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) ON UPDATE CASCADE;
ALTER TABLE t ADD CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES p (id) ON DELETE SET NULL`,
      findings: ["after"],
      accepts: [
        "INSERT INTO p VALUES (1), (2)",
        "INSERT INTO t VALUES (1, 2)",
        "UPDATE p SET id = 7 WHERE id = 1",
        "DELETE FROM p WHERE id = 2",
      ],
      refuses: ["UPDATE p SET id = -7 WHERE id = 7", "INSERT INTO t VALUES (7, 1)"],
    },
  ],
});

type Ctx = Context<"after">;
type Restating = NonNullable<ReturnType<NonNullable<Parameters<typeof rule>[0]["restate"]>>>;

function inTable(create: NodeOf<"CreateStmt">, ctx: Ctx): Restating | undefined {
  const kinds = new Set(nodesOf("Constraint", create.tableElts).map(({ contype }) => contype));
  if (!kinds.has("CONSTR_CHECK") || !kinds.has("CONSTR_FOREIGN")) return undefined;
  const made = (create.tableElts ?? []).flatMap((item) => {
    const constraint = madeBy(item, ctx);
    return constraint ? [{ item, constraint }] : [];
  });
  const checks = made.flatMap(({ constraint }) => (constraint.type === "check" ? [constraint] : []));
  const moved = made.filter(({ constraint }) => acts(constraint) && checks.some((check) => meet(check, constraint)));
  if (moved.length === 0) return undefined;
  const keys = moved.map(({ constraint }) => constraint);
  ctx.report("after", { keys: namesOf(keys), checks: namesOf(checks.filter((check) => keys.some((key) => meet(check, key)))) });
  const tableElts = (create.tableElts ?? []).filter((item) => !moved.some((key) => key.item === item));
  return [
    { node: ctx.change(create, { tableElts }) },
    ...moved.map(({ item, constraint }) => ({ node: adding(relationOf(constraint.table), as("Constraint", item)!) })),
  ];
}

function madeBy(item: Parameters<typeof as>[1], ctx: Ctx): TableConstraint | undefined {
  const constraint = as("Constraint", item);
  return constraint && ctx.constraint(constraint);
}

/** Whether a foreign key changes or deletes rows of its table by itself. */
function acts(key: TableConstraint): boolean {
  if (key.type !== "foreign" || !key.parent) return false;
  const { fk_del_action, fk_upd_action } = actionsOf(key);
  return [fk_del_action, fk_upd_action].some((action) => action === "c" || action === "n");
}

function meet(check: TableConstraint, key: TableConstraint): boolean {
  return check.columns.some(({ name }) => key.columns.some((column) => column.name === name));
}

function adding(relation: ReturnType<typeof relationOf>, def: NodeOf<"Constraint">): NodeOf<"AlterTableStmt"> {
  return { kind: "AlterTableStmt", relation, cmds: [{ kind: "AlterTableCmd", subtype: "AT_AddConstraint", def }], objtype: "OBJECT_TABLE" };
}

function namesOf(things: readonly TableConstraint[]): string {
  return things.map(({ name }) => name).join(", ");
}
