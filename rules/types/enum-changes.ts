import { type Column, columnDefinition, error, find, note, qualified, rule, typeName, warning } from "../../src/rule.js";

export default rule({
  construct: "ALTER TYPE … ADD VALUE, RENAME VALUE",
  why: `An enum type of PostgreSQL stands in each column that has it. A change of the type becomes a change of these columns; a label in the
middle moves those behind it, and TiDB rewrites the rows.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertype.html",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-string#enum-type",
  },
  messages: {
    columns: note("the new labels go into {columns}"),
    unused: note("no column has the type {type}: there is nothing to change"),
    renamed: error("label {label} keeps its name in {columns}: TiDB would turn rows that have it into errors", {
      help: "add the new label, UPDATE the rows, then MODIFY the column to the labels without the old one",
    }),
    "not-changed": error("{column} does not get the new label: TiDB has no form for {reason}", {
      help: "write the column's definition by hand",
    }),
    unknown: warning("type {type} is not in the input: no column is changed", {
      help: "convert the file that creates the type together with this one",
    }),
  },
  on: (takes) => [
    takes("AlterEnumStmt", ["typeName", "newVal", "oldVal", "newValNeighbor", "newValIsAfter", "skipIfNewValExists"], (alter, ctx) => {
      const name = qualified(alter.typeName ?? []);
      const type = find(ctx.catalog, ctx.catalog.enums, name);
      if (!type) return ctx.drop("unknown", { type: name.name });
      const columns = [...ctx.catalog.tables.values()].flatMap((t) => [...t.columns.values()]).filter((c) => isOf(c, name.name));
      const words = columns.map((c) => `${c.table.name}.${c.name}`).join(", ");
      if (columns.length === 0) return ctx.drop("unused", { type: name.name });
      if (alter.oldVal !== undefined) for (const column of columns) ctx.differs(column.def);
      if (alter.oldVal !== undefined) return ctx.drop("renamed", { label: alter.oldVal, columns: words });
      const statements = columns.flatMap((column) => {
        const definition = columnDefinition(ctx.catalog, column);
        if ("refused" in definition) ctx.differs(column.def);
        if ("refused" in definition) return ctx.report("not-changed", { column: column.name, reason: definition.refused }) ?? [];
        return [{ column, sql: definition.sql }];
      });
      return ctx.statements(
        statements.map(({ column, sql }) => ({
          kind: "Tidb" as const,
          texts: ["ALTER TABLE ", ` MODIFY COLUMN ${sql}`],
          holes: [{ kind: "RangeVar" as const, relname: column.table.name, schemaname: column.table.schema }],
        })),
        "columns",
        { columns: words },
      );
    }),
  ],
  examples: [
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE t (m mood NOT NULL DEFAULT 'sad'); CREATE TYPE unused AS ENUM ('x'); INSERT INTO t VALUES ('happy')",
      pg: "ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy'; ALTER TYPE unused ADD VALUE 'y'; ALTER TYPE other ADD VALUE 'z'; ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
      tidb: "ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok','happy') NOT NULL DEFAULT 'sad'",
      findings: ["columns", "unused", "unknown", "renamed"],
      accepts: ["INSERT INTO t VALUES ('ok')"],
      refuses: ["INSERT INTO t VALUES ('bad')"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood DEFAULT lower('SAD')::mood)",
      pg: "ALTER TYPE mood ADD VALUE 'ok'",
      tidb: null,
      findings: ["not-changed", "columns"],
    },
  ],
});

function isOf(column: Column, type: string): boolean {
  return typeName(column.type).name === type && !column.type.arrayBounds?.length;
}
