import { indexName, note, rule } from "../../src/rule.js";

export default rule({
  construct: "long name of an index",
  why: `TiDB keeps a column for each expression in an index, whose name is that of the index and seven characters more, and no name is longer than
64. An index that is unique may become one over expressions where its columns are too long or its rows not all of them.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/limits.html",
    tidb: "https://docs.pingcap.com/tidb/stable/tidb-limitations",
  },
  messages: {
    shortened: note("index {name} is named {tidb}: a name of more than 57 characters leaves no room for those of its expressions in TiDB"),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname"], (index, ctx) => {
      const made = ctx.index(index);
      const tidb = made && indexName(made);
      if (!made || tidb === undefined || tidb === made.name) return;
      return ctx.replace(ctx.change(index, { idxname: tidb }), "shortened", { name: made.name, tidb });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a text, b text, c text)",
      pg: `CREATE UNIQUE INDEX an_index_whose_name_is_just_as_long_as_postgresql_lets_it_be_63 ON t (lower(a), b);
ALTER INDEX an_index_whose_name_is_just_as_long_as_postgresql_lets_it_be_63 RENAME TO another_index_whose_name_is_just_as_long_as_names_of_63_are_now;
ALTER TABLE t RENAME a TO d; DROP INDEX another_index_whose_name_is_just_as_long_as_names_of_63_are_now`,
      tidb: `CREATE UNIQUE INDEX an_index_whose_name_is_just_as_long_as_psql_lets_it_be_63 ON t ((LOWER(a)), b);
ALTER TABLE t RENAME INDEX an_index_whose_name_is_just_as_long_as_psql_lets_it_be_63 TO another_index_whose_name_is_just_as_longmes_of_63_are_now;
DROP INDEX another_index_whose_name_is_just_as_longmes_of_63_are_now ON t;
ALTER TABLE t RENAME COLUMN a TO d;
CREATE UNIQUE INDEX another_index_whose_name_is_just_as_longmes_of_63_are_now ON t ((LOWER(d)), b);
DROP INDEX another_index_whose_name_is_just_as_longmes_of_63_are_now ON t`,
      findings: ["shortened", "shortened"],
      rejected: {
        sql: "CREATE INDEX an_index_whose_name_is_just_as_long_as_postgresql_lets_it_be_63 ON t ((LOWER(d)))",
        code: 1059,
      },
    },
  ],
});
