import { as, type NodeOf, rule } from "../../src/rule.js";

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
  on: (takes) => [
    takes("Constraint", ["contype", "conname", "keys", "fk_attrs"], (constraint, ctx) => {
      const made = MOVED.has(constraint.contype ?? "") ? ctx.constraint(constraint) : undefined;
      if (!made) return;
      const def = ctx.within("ColumnDef");
      const own = def?.colname === undefined ? undefined : [def.colname];
      const keys = constraint.contype === "CONSTR_FOREIGN" || constraint.contype === "CONSTR_CHECK" ? undefined : (constraint.keys ?? own);
      const fk_attrs = constraint.contype === "CONSTR_FOREIGN" ? (constraint.fk_attrs ?? own) : undefined;
      return ctx.replace(ctx.change(constraint, { conname: made.name, ...(keys && { keys }), ...(fk_attrs && { fk_attrs }) }));
    }),
    takes("CreateStmt", ["tableElts"], (create, ctx) => {
      const moved: NodeOf<"Constraint">[] = [];
      const elements = (create.tableElts ?? []).map((element) => {
        const def = as("ColumnDef", element);
        const inline = (def?.constraints ?? []).flatMap((c) => as("Constraint", c) ?? []).filter((c) => MOVED.has(c.contype ?? ""));
        if (!def || inline.length === 0) return element;
        moved.push(...inline);
        return ctx.change(def, { constraints: def.constraints!.filter((c) => !inline.includes(c as NodeOf<"Constraint">)) });
      });
      return moved.length === 0 ? undefined : ctx.replace(ctx.change(create, { tableElts: [...elements, ...moved] }));
    }),
    takes("AlterTableStmt", ["cmds"], (alter, ctx) => {
      const cmds = (alter.cmds ?? []).flatMap((item) => {
        const cmd = as("AlterTableCmd", item);
        const def = cmd?.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
        const inline = (def?.constraints ?? []).flatMap((c) => as("Constraint", c) ?? []).filter((c) => MOVED.has(c.contype ?? ""));
        if (!cmd || !def || inline.length === 0) return [item];
        const bare = ctx.change(def, { constraints: def.constraints!.filter((c) => !inline.includes(c as NodeOf<"Constraint">)) });
        const added = inline.map((c): NodeOf<"AlterTableCmd"> => ({ kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: c }));
        return [ctx.change(cmd, { def: bare }), ...added];
      });
      return cmds.length === alter.cmds?.length ? undefined : ctx.replace(ctx.change(alter, { cmds }));
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
  ],
});
