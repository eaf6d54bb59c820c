import { constraintName, indexName, note, rule } from "../../src/rule.js";

export default rule({
  construct: "name of an index: a long one, or PRIMARY",
  why: `TiDB keeps a column for each expression in an index, whose name is that of the index and seven characters more, and no name is longer than
64. An index that is unique may become one over expressions where its columns are too long or its rows not all of them. The name of primary keys
is no other index's, be it that of a foreign key, for which TiDB makes one.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/limits.html",
    tidb: "https://docs.pingcap.com/tidb/stable/tidb-limitations",
  },
  messages: {
    shortened: note("index {name} is named {tidb}: a name of more than 57 characters leaves no room for those of its expressions in TiDB"),
    primary: note("{name} is named {tidb}: in TiDB only primary keys have that name"),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname"], (index, ctx) => {
      const made = ctx.index(index);
      const tidb = made && indexName(made);
      if (!made || tidb === undefined || tidb === made.name) return;
      const message = made.name.length > tidb.length ? "shortened" : "primary";
      return ctx.replace(ctx.change(index, { idxname: tidb }), message, { name: made.name, tidb });
    }),
    takes("Constraint", ["conname"], (constraint, ctx) => {
      const made = constraint.conname === undefined ? undefined : ctx.constraint(constraint);
      const isKey = made?.type === "unique" || made?.type === "foreign";
      if (!made || !isKey || constraintName(ctx.final, made) === made.name) return;
      const tidb = constraintName(ctx.final, made);
      return ctx.replace(ctx.change(constraint, { conname: tidb }), "primary", { name: made.name, tidb });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE p (id int PRIMARY KEY)",
      pg: `CREATE TABLE t (a int, b int CONSTRAINT "Primary" REFERENCES p); CREATE TABLE u (a int, CONSTRAINT "primary" UNIQUE (a)); CREATE TABLE v (a int);
CREATE INDEX "PRIMARY" ON v (a); ALTER TABLE u DROP CONSTRAINT "primary"; ALTER INDEX "PRIMARY" RENAME TO i; ALTER TABLE t RENAME CONSTRAINT "Primary" TO f`,
      tidb: `CREATE TABLE t (
  a INT,
  b INT,
  CONSTRAINT \`Primary_1\` FOREIGN KEY (b) REFERENCES p (id)
) COLLATE utf8mb4_0900_bin;
CREATE TABLE u (
  a INT,
  UNIQUE KEY primary_1 (a)
) COLLATE utf8mb4_0900_bin;
CREATE TABLE v (
  a INT
) COLLATE utf8mb4_0900_bin;
CREATE INDEX \`PRIMARY_1\` ON v (a);
ALTER TABLE u DROP INDEX primary_1;
ALTER TABLE v RENAME INDEX \`PRIMARY_1\` TO i;
ALTER TABLE t DROP FOREIGN KEY \`Primary_1\`;
ALTER TABLE t DROP INDEX IF EXISTS \`Primary_1\`;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)`,
      findings: ["primary", "primary", "primary"],
      accepts: ["INSERT INTO u VALUES (1), (1)"],
      refuses: ["INSERT INTO t VALUES (1, 1)"],
      rejected: { sql: "CREATE INDEX `Primary` ON v (a)", code: 1280 },
    },
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
