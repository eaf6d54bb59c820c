import {
  type Catalog,
  error,
  find,
  isAutoIncrement,
  nodesOf,
  note,
  relationName,
  relationOf,
  rule,
  type Table,
  tidb,
  tidbText,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "TRUNCATE",
  why: `TiDB truncates one table a statement, counts from 1 again afterwards, and refuses a table that a foreign key refers to even when the
tables that refer to it are empty (error 1701).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-truncate.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-truncate",
  },
  messages: {
    counter: warning(
      "{column} counts from 1 again: TRUNCATE in TiDB starts AUTO_INCREMENT anew, in PostgreSQL only with RESTART IDENTITY",
      {
        help: "DELETE FROM {table} keeps the counter, or set it: ALTER TABLE {table} AUTO_INCREMENT = …",
      },
    ),
    cascade: note("CASCADE also empties {tables}"),
    "unknown-table": error("TRUNCATE {table} CASCADE is not in the output: the input does not say which tables refer to {table}", {
      help: "convert the schema together with this file",
    }),
    unknown: warning("the input does not make {table}: TiDB refuses the statement where nothing else makes it (error 1146)", {
      help: "convert the schema together with this file",
    }),
    referred: error("TRUNCATE {table} is not in the output: PostgreSQL refuses it, because {tables} refer to it", {
      help: "add CASCADE where the rows of {tables} are to go too, or use DELETE",
    }),
    parents: note("foreign keys are not checked meanwhile: they refer to {tables}, and all tables that do are emptied too"),
  },
  on: (takes) => [
    takes("TruncateStmt", ["relations", "restart_seqs", "behavior"], (truncate, ctx) => {
      const relations = nodesOf("RangeVar", truncate.relations);
      // ONLY leaves children alone, and in TiDB there are none.
      for (const relation of relations) ctx.carried(relation, ["inh"]);
      const cascade = truncate.behavior === "DROP_CASCADE";
      const named = relations.map((relation) => ({ relation, table: find(ctx.catalog, ctx.catalog.tables, relationName(relation)) }));
      const known = named.flatMap(({ table }) => table ?? []);
      const unknown = cascade ? named.filter(({ table }) => !table).map(({ relation }) => relation) : [];
      const data = { table: unknown.map(({ relname }) => relname).join(", ") };
      if (unknown.length === relations.length) return ctx.drop("unknown-table", data);
      if (unknown.length > 0) ctx.report("unknown-table", data);
      ctx.consumed(unknown);
      for (const { relation, table } of named) {
        const isMade = [ctx.catalog.derived, ctx.catalog.foreign].some((map) => find<unknown>(ctx.catalog, map, relationName(relation)));
        if (!table && !cascade && !isMade) ctx.report("unknown", { table: relation.relname ?? "" });
      }

      const left = cascade ? [] : referring(ctx.catalog, known).filter((table) => !known.includes(table) && !ctx.lost(table.node));
      if (left.length > 0) return ctx.drop("referred", { table: words(known), tables: words(left) });
      const added = cascade ? referring(ctx.catalog, known).filter((table) => !known.includes(table)) : [];
      if (added.length > 0) ctx.report("cascade", { tables: words(added) });
      for (const table of truncate.restart_seqs ? [] : [...known, ...added]) {
        const column = [...table.columns.values()].find(isAutoIncrement);
        if (column) ctx.report("counter", { column: `${table.name}.${column.name}`, table: table.name });
      }
      const emptied = [...relations.filter((relation) => !unknown.includes(relation)), ...added.map(relationOf)];
      const statements = emptied.map((relation) => tidb`TRUNCATE TABLE ${relation}`);
      const parents = [...known, ...added].filter((table) => referring(ctx.catalog, [table]).some((other) => other !== table));
      if (parents.length === 0) return ctx.statements(statements);
      ctx.report("parents", { tables: words(parents) });
      return ctx.statements([tidbText("SET foreign_key_checks = 0"), ...statements, tidbText("SET foreign_key_checks = 1")]);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE a (i int); CREATE TABLE b (i int)",
      pg: "TRUNCATE TABLE ONLY a, b",
      tidb: "TRUNCATE TABLE a;\nTRUNCATE TABLE b",
      rejected: { sql: "TRUNCATE TABLE a, b", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY)",
      pg: "TRUNCATE t; TRUNCATE t RESTART IDENTITY",
      tidb: "TRUNCATE TABLE t;\nTRUNCATE TABLE t",
      findings: ["counter"],
      rejected: { sql: "TRUNCATE TABLE t RESTART IDENTITY", code: 1064 },
    },
    {
      given:
        "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int REFERENCES team (id)); INSERT INTO team VALUES (1); INSERT INTO person VALUES (1)",
      pg: "TRUNCATE team CASCADE",
      tidb: "SET foreign_key_checks = 0;\nTRUNCATE TABLE team;\nTRUNCATE TABLE person;\nSET foreign_key_checks = 1",
      findings: ["cascade", "parents"],
      refuses: ["INSERT INTO person VALUES (1)"],
      rejected: { sql: "TRUNCATE TABLE team", code: 1701 },
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int REFERENCES team (id))",
      pg: "TRUNCATE team; TRUNCATE person, team",
      tidb: "SET foreign_key_checks = 0;\nTRUNCATE TABLE person;\nTRUNCATE TABLE team;\nSET foreign_key_checks = 1",
      findings: ["referred", "parents"],
    },
    {
      given: "CREATE SCHEMA app; CREATE TABLE app.t (a int); CREATE TABLE x (b int)",
      pg: "TRUNCATE app_t",
      tidb: "TRUNCATE TABLE app_t",
      findings: ["unknown"],
      rejected: { sql: "TRUNCATE TABLE elsewhere", code: 1146 },
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "TRUNCATE t, elsewhere CASCADE",
      tidb: "TRUNCATE TABLE t",
      findings: ["unknown-table"],
    },
  ],
});

function words(tables: readonly Table[]): string {
  return tables.map(({ name }) => name).join(", ");
}

/** Tables with a foreign key to one of these, or to one of those in turn. */
function referring(catalog: Catalog, tables: readonly Table[]): Table[] {
  const found = new Set<Table>();
  const visit = (parent: Table): void => {
    for (const table of catalog.tables.values()) {
      const refers = [...table.constraints.values()].some((constraint) => constraint.parent?.table === parent);
      if (!refers || found.has(table)) continue;
      found.add(table);
      visit(table);
    }
  };
  for (const table of tables) visit(table);
  return [...found];
}
