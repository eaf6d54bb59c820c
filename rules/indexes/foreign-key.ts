import { as, error, isComputed, note, rule, type TableConstraint } from "../../src/rule.js";

export default rule({
  construct: "index named like a foreign key",
  why: `TiDB makes an index for each foreign key that has none, under the foreign key's name. In PostgreSQL, which makes none, an index may have
that name as well. Letters' case makes no difference to TiDB.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    tidb: "https://docs.pingcap.com/tidb/stable/foreign-key",
  },
  messages: {
    there: note("index {name} is the one that TiDB made for the foreign key of that name"),
    key: error("FOREIGN KEY {name} was left out: {table} has an index of that name already, on other columns", {
      help: "make it under another name, or make an index on its columns before",
    }),
    taken: error("index {name} was left out: TiDB made an index of that name, on other columns, for the foreign key of that name", {
      help: "make it under another name",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "if_not_exists", "unique", "indexParams"], (index, ctx) => {
      const made = ctx.index(index);
      const isNamesake = ({ type, name, node }: TableConstraint) => type === "foreign" && isOne(name, made!.name) && !ctx.lost(node);
      const key = made && [...made.table.constraints.values()].find(isNamesake);
      if (!made || !key) return;
      const { name, columns } = made;
      const same =
        !made.unique && !isComputed(made) && columns.length === key.columns.length && columns.every((c, i) => c === key.columns[i]);
      const plain = (index.indexParams ?? []).every((item) => as("IndexElem", item)?.name !== undefined);
      return same && plain ? ctx.replace(ctx.change(index, { if_not_exists: true }), "there", { name }) : ctx.drop("taken", { name });
    }),
    takes("Constraint", ["contype", "conname"], (constraint, ctx) => {
      const made = constraint.contype === "CONSTR_FOREIGN" ? ctx.constraint(constraint) : undefined;
      if (!made) return;
      const keys = [...made.table.constraints.values()].filter(({ type }) => type === "unique" || type === "primary");
      const indexes = [...ctx.catalog.indexes.values()].filter(({ table }) => table === made.table);
      const others = [...keys, ...indexes].filter(({ node }) => !ctx.lost(node));
      // Then TiDB needs no other.
      if (others.some(({ columns }) => made.columns.every((column, i) => column === columns[i]))) return;
      if (others.some(({ name }) => isOne(name, made.name))) return ctx.drop("key", { name: made.name, table: made.table.name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY)",
      pg: 'CREATE TABLE t (a int, b int CONSTRAINT f REFERENCES p, CONSTRAINT "F" UNIQUE (a)); CREATE INDEX i ON t (b); CREATE INDEX k ON t (a); ALTER TABLE t ADD CONSTRAINT i FOREIGN KEY (b) REFERENCES p; CREATE TABLE u (a int CONSTRAINT g REFERENCES p, b int); CREATE INDEX "G" ON u (b)',
      tidb: `CREATE TABLE t (
  a INT,
  b INT,
  UNIQUE KEY \`F\` (a)
) COLLATE utf8mb4_0900_bin;
CREATE INDEX i ON t (b);
CREATE INDEX k ON t (a);
ALTER TABLE t ADD CONSTRAINT i FOREIGN KEY (b) REFERENCES p (id);
CREATE TABLE u (
  a INT,
  b INT,
  CONSTRAINT g FOREIGN KEY (a) REFERENCES p (id)
) COLLATE utf8mb4_0900_bin`,
      findings: ["key", "taken"],
      refuses: ["INSERT INTO t VALUES (1, 1)"],
      rejected: { sql: "CREATE TABLE v (a INT, b INT, CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id), UNIQUE KEY `F` (a))", code: 1061 },
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p, b int REFERENCES p)",
      pg: "CREATE INDEX t_a_fkey ON t (a); CREATE INDEX t_b_fkey ON t (b, a)",
      tidb: "CREATE INDEX IF NOT EXISTS t_a_fkey ON t (a)",
      findings: ["there", "taken"],
      rejected: { sql: "CREATE INDEX t_b_fkey ON t (b, a)", code: 1061 },
    },
  ],
});

function isOne(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}
