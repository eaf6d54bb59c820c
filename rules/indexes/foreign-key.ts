import { as, error, isComputed, note, rule } from "../../src/rule.js";

export default rule({
  construct: "index named like a foreign key",
  why: `TiDB makes an index for each foreign key that has none, under the foreign key's name. In PostgreSQL, which makes none, an index may have
that name as well.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    tidb: "https://docs.pingcap.com/tidb/stable/foreign-key",
  },
  messages: {
    there: note("index {name} is the one that TiDB made for the foreign key of that name"),
    taken: error("index {name} was left out: TiDB made an index of that name, on other columns, for the foreign key of that name", {
      help: "make it under another name",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "if_not_exists", "unique", "indexParams"], (index, ctx) => {
      const made = ctx.index(index);
      const key = made?.table.constraints.get(made.name);
      if (!made || key?.type !== "foreign" || ctx.lost(key.node)) return;
      const { name, columns } = made;
      const same =
        !made.unique && !isComputed(made) && columns.length === key.columns.length && columns.every((c, i) => c === key.columns[i]);
      const plain = (index.indexParams ?? []).every((item) => as("IndexElem", item)?.name !== undefined);
      return same && plain ? ctx.replace(ctx.change(index, { if_not_exists: true }), "there", { name }) : ctx.drop("taken", { name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p, b int REFERENCES p)",
      pg: "CREATE INDEX t_a_fkey ON t (a); CREATE INDEX t_b_fkey ON t (b, a)",
      tidb: "CREATE INDEX IF NOT EXISTS t_a_fkey ON t (a)",
      findings: ["there", "taken"],
      rejected: { sql: "CREATE INDEX t_b_fkey ON t (b, a)", code: 1061 },
    },
  ],
});
