import { as, find, type NodeOf, nodesOf, note, notNullNamed, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "NOT NULL with a name, or behind the columns",
  why: `In PostgreSQL 18 NOT NULL is a constraint like others: it may have a name, and stand behind the columns. In TiDB it is a property of the
column, and stands in its definition.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#not-null",
  },
  messages: {
    name: note("the name {name} of a NOT NULL is left away: in TiDB it is a property of the column"),
    "no-inherit": note("NO INHERIT of NOT NULL says nothing where tables do not inherit"),
    implicit: note("rows that are there get 0 or an empty text as {column}: PostgreSQL adds such a column to an empty table only", {
      help: "give it a DEFAULT, or fill it, where the table may have rows",
    }),
    "no-rename": note("{name} is a NOT NULL, which has no name in TiDB: there is nothing to rename"),
  },
  schema(schema) {
    for (const statement of schema.statements) {
      const create = as("CreateStmt", statement.current);
      const apart = nodesOf("Constraint", create?.tableElts).filter(isNotNull);
      if (!create || apart.length === 0) continue;
      const taken = new Set<NodeOf<"Constraint">>();
      const columns = create.tableElts!.map((element) => {
        const def = as("ColumnDef", element);
        const own = def ? apart.filter(({ keys }) => keys?.[0] === def.colname) : [];
        for (const constraint of own) taken.add(constraint);
        if (!def || own.length === 0) return element;
        const constraints = def.constraints ?? [];
        if (constraints.some((item) => as("Constraint", item)?.contype === "CONSTR_NOTNULL")) {
          schema.consumed(own);
          return element;
        }
        const inColumn = own.map((constraint) => schema.change(constraint, { keys: undefined }));
        return schema.change(def, { constraints: [...constraints, ...inColumn] });
      });
      for (const constraint of taken) schema.carried(constraint, ["keys"]);
      schema.update(statement, schema.change(create, { tableElts: columns.filter((element) => !taken.has(element as never)) }));
    }
  },
  on: (takes) => [
    takes("Constraint", ["contype", "conname", "is_no_inherit"], (constraint, ctx) => {
      if (constraint.contype !== "CONSTR_NOTNULL" || (constraint.conname === undefined && !constraint.is_no_inherit)) return;
      if (constraint.conname !== undefined) ctx.report("name", { name: constraint.conname });
      if (constraint.is_no_inherit) ctx.report("no-inherit");
      return ctx.replace(ctx.change(constraint, { conname: undefined, is_no_inherit: false }));
    }),
    takes("AlterTableCmd", ["subtype", "def"], (cmd, ctx) => {
      const def = cmd.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
      const column = def && ctx.column(def);
      if (column?.notNull && column.default === undefined && column.identity === undefined && !column.generated)
        ctx.report("implicit", { column: column.name });
      return undefined;
    }),
    takes("RenameStmt", ["renameType", "relation", "newname", "subname"], (rename, ctx) => {
      if (rename.renameType !== "OBJECT_TABCONSTRAINT" || !rename.relation) return;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(rename.relation));
      if (table && !table.constraints.has(rename.newname ?? "") && notNullNamed(table, rename.newname ?? ""))
        return ctx.drop("no-rename", { name: rename.subname ?? "" });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
      pg: "ALTER TABLE t ADD COLUMN b int NOT NULL, ADD c text NOT NULL DEFAULT 'x'",
      tidb: "ALTER TABLE t ADD COLUMN b INT NOT NULL;\nALTER TABLE t ADD COLUMN c VARCHAR(16383) NOT NULL DEFAULT 'x'",
      findings: ["implicit"],
      accepts: ["UPDATE t SET a = IF(b = 0, 2, 'other')"],
      refuses: ["INSERT INTO t (a) VALUES (1)"],
    },
    {
      pg: "CREATE TABLE t (a int CONSTRAINT a_there NOT NULL, b int NOT NULL NO INHERIT, c int, d int NOT NULL, CONSTRAINT c_there NOT NULL c, NOT NULL d)",
      tidb: "CREATE TABLE t (\n  a INT NOT NULL,\n  b INT NOT NULL,\n  c INT NOT NULL,\n  d INT NOT NULL\n) COLLATE utf8mb4_0900_bin",
      findings: ["name", "no-inherit", "name"],
      refuses: ["INSERT INTO t VALUES (1, 1, NULL, 1)"],
      rejected: { sql: "CREATE TABLE u (c INT, CONSTRAINT c_there NOT NULL c)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int CONSTRAINT there NOT NULL, b int NOT NULL, c int)",
      pg: "ALTER TABLE t RENAME CONSTRAINT there TO a_there; ALTER TABLE t DROP CONSTRAINT a_there, DROP CONSTRAINT t_b_not_null, ADD CONSTRAINT c_there NOT NULL c",
      tidb: "ALTER TABLE t MODIFY COLUMN a INT;\nALTER TABLE t MODIFY COLUMN b INT;\nALTER TABLE t MODIFY COLUMN c INT NOT NULL",
      findings: ["no-rename"],
      accepts: ["INSERT INTO t VALUES (NULL, NULL, 1)"],
      refuses: ["INSERT INTO t VALUES (1, 1, NULL)"],
    },
  ],
});

function isNotNull({ contype }: NodeOf<"Constraint">): boolean {
  return contype === "CONSTR_NOTNULL";
}
