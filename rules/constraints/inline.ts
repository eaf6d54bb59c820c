import { as, edited, type Folded, type NodeOf, nodesOf, rule, type SchemaContext } from "../../src/rule.js";

/** Constraints that TiDB takes in a column's definition only in part, or not at all. */
const MOVED = new Set(["CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_CHECK", "CONSTR_FOREIGN"]);

export default rule({
  construct: "constraint in a column's definition",
  why: `TiDB parses REFERENCES in a column's definition and ignores it without a word, and a column's CHECK may name no other column. So
PRIMARY KEY, UNIQUE, CHECK and REFERENCES move behind the columns, with the names PostgreSQL gives them: later statements call them by
these.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints",
  },
  messages: {},
  schema(schema) {
    for (const statement of schema.statements) {
      const node = statement.current;
      if (node.kind === "CreateStmt") moveInTable(schema, statement, node);
      else if (node.kind === "AlterTableStmt") moveInAlter(schema, statement, node);
    }
  },
  on: (takes) => [
    takes("Constraint", ["contype", "conname", "keys", "fk_attrs"], (constraint, ctx) => {
      const made = MOVED.has(constraint.contype ?? "") ? ctx.constraint(constraint) : undefined;
      if (!made) return;
      const columns = made.columns.map((c) => c.name);
      const own =
        constraint.contype === "CONSTR_FOREIGN"
          ? { fk_attrs: constraint.fk_attrs ?? columns }
          : constraint.contype === "CONSTR_CHECK"
            ? {}
            : { keys: constraint.keys ?? columns };
      return ctx.replace(ctx.change(constraint, { conname: made.name, ...own }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE team (id int PRIMARY KEY)",
      pg: "CREATE TABLE person (id int PRIMARY KEY, email varchar(50) UNIQUE, age int CHECK (age > 0), team int REFERENCES team (id) ON DELETE CASCADE)",
      tidb: `CREATE TABLE person (
  id INT,
  email VARCHAR(50),
  age INT,
  team INT,
  PRIMARY KEY (id),
  UNIQUE KEY person_email_key (email),
  CONSTRAINT person_age_check CHECK (age > 0),
  CONSTRAINT person_team_fkey FOREIGN KEY (team) REFERENCES team (id) ON DELETE CASCADE
) COLLATE utf8mb4_0900_bin`,
      accepts: [
        "INSERT INTO team VALUES (1)",
        "INSERT INTO person VALUES (1, 'a', 1, 1)",
        "INSERT INTO person VALUES (2, NULL, NULL, NULL)",
      ],
      refuses: [
        "INSERT INTO person VALUES (3, 'a', 1, 1)",
        "INSERT INTO person VALUES (3, 'b', 0, 1)",
        "INSERT INTO person VALUES (3, 'b', 1, 2)",
      ],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (id int PRIMARY KEY)",
      pg: "ALTER TABLE person ADD COLUMN team int REFERENCES team (id)",
      tidb: "ALTER TABLE person ADD COLUMN team INT;\nALTER TABLE person ADD CONSTRAINT person_team_fkey FOREIGN KEY (team) REFERENCES team (id)",
      refuses: ["INSERT INTO person VALUES (1, 7)"],
    },
    {
      given: "CREATE TABLE person (`id` INT)",
      pg: "ALTER TABLE person ADD COLUMN mail varchar(50) UNIQUE",
      tidb: "ALTER TABLE person ADD COLUMN mail VARCHAR(50);\nALTER TABLE person ADD UNIQUE KEY (mail)",
      refuses: ["INSERT INTO person VALUES (1, 'a'), (2, 'a')"],
    },
  ],
});

type Constraint = NodeOf<"Constraint">;

function movedOf(def: NodeOf<"ColumnDef"> | undefined): Constraint[] {
  return nodesOf("Constraint", def?.constraints).filter((c) => MOVED.has(c.contype ?? ""));
}

function without(schema: SchemaContext, def: NodeOf<"ColumnDef">, moved: readonly Constraint[]): NodeOf<"ColumnDef"> {
  return schema.change(def, { constraints: def.constraints!.filter((c) => !moved.includes(c as Constraint)).slice() });
}

function moveInTable(schema: SchemaContext, statement: Folded, create: NodeOf<"CreateStmt">): void {
  const all: Constraint[] = [];
  const elements = edited(create.tableElts ?? [], (element) => {
    const def = as("ColumnDef", element);
    const moved = movedOf(def);
    if (!def || moved.length === 0) return undefined;
    all.push(...moved);
    return [without(schema, def, moved)];
  });
  if (all.length > 0) schema.update(statement, schema.change(create, { tableElts: elements.concat(all) }));
}

function moveInAlter(schema: SchemaContext, statement: Folded, alter: NodeOf<"AlterTableStmt">): void {
  const cmds = edited(alter.cmds, (item) => {
    const cmd = as("AlterTableCmd", item);
    const def = cmd?.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
    const moved = movedOf(def);
    if (!cmd || !def || moved.length === 0) return undefined;
    const made = schema.column(def);
    // The column is there already: its constraints go with it.
    if (!made && cmd.missing_ok && [...schema.final.tableOf.values()].some(({ name }) => name === alter.relation?.relname))
      return undefined;
    const added = moved.map((c): NodeOf<"AlterTableCmd"> => {
      const own = [def.colname ?? ""];
      const said = c.contype === "CONSTR_CHECK" ? {} : c.contype === "CONSTR_FOREIGN" ? { fk_attrs: own } : { keys: own };
      return { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: made ? c : schema.change(c, said) };
    });
    return [schema.change(cmd, { def: without(schema, def, moved) }), ...added];
  });
  if (cmds !== alter.cmds) schema.update(statement, schema.change(alter, { cmds }));
}
