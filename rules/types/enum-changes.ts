import {
  boundFrom,
  type Column,
  type Context,
  columnDefinition,
  error,
  find,
  identifier,
  isBound,
  mapType,
  note,
  qualified,
  raw,
  relationOf,
  rule,
  string,
  type Tidb,
  tidb,
  typeName,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "ALTER TYPE … ADD VALUE, RENAME VALUE",
  why: `An enum type of PostgreSQL stands in each column that has it. A change of the type becomes a change of these columns; a label in the
middle moves those behind it, and TiDB rewrites the rows, by label. A label is renamed in three steps: the new one beside the old one, the
rows, and the old one goes. Arrays of an enum are JSON, which takes any text.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertype.html",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-string#enum-type",
  },
  messages: {
    columns: note("the new labels go into {columns}"),
    absent: warning("{columns} are not in the output, and have the new labels only where their definitions get them", {
      help: "see the finding at the statement that makes the table, and write its ENUM with all labels of {type}",
    }),
    unused: note("no column has the type {type}: there is nothing to change"),
    renamed: note("label {label} becomes {to} in {columns}: added, rows updated, the old one taken away", {
      help: "run the UPDATE in batches on a large table: BATCH ON … LIMIT 1000 UPDATE …",
    }),
    "in-key": error("label {label} keeps its name in {column}: TiDB takes no label from a column of a primary key (error 8200)", {
      help: "drop the primary key first, and make it again afterwards; a clustered one can only be changed in a new table",
    }),
    "computed-from": error("{column} does not get the new label: {by} is computed from it, and TiDB refuses that (error 3106)", {
      help: "drop {by}, change the column, and make {by} again",
    }),
    elements: warning("{column} keeps {label} in its rows: arrays of an enum are JSON in TiDB", {
      help: "UPDATE the rows that have it: JSON_REPLACE(c, JSON_UNQUOTE(JSON_SEARCH(c, 'one', '{label}')), '{to}')",
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
      const all = [...ctx.catalog.tables.values()]
        .flatMap((t) => [...t.columns.values()])
        .filter((c) => find(ctx.catalog, ctx.catalog.enums, typeName(c.type)) === type);
      const columns = all.filter((c) => !ctx.lost(c.table.node) && !ctx.lost(c.def));
      const words = (of: readonly Column[]) => of.map(nameOf).join(", ");
      const absent = all.filter((c) => !columns.includes(c));
      if (absent.length > 0) ctx.report("absent", { columns: words(absent), type: name.name });
      const isArray = (column: Column) => (column.type.arrayBounds?.length ?? 0) > 0;
      // What is computed is made anew, which gives it the labels.
      const own = columns.filter((column) => !isArray(column) && (!column.generated || isBound(column)));
      if (columns.length === 0) return absent.length > 0 ? ctx.statements([]) : ctx.drop("unused", { type: name.name });
      const label = alter.oldVal;
      if (label === undefined) {
        if (own.length === 0)
          return absent.length > 0 || columns.some((column) => !isArray(column))
            ? ctx.statements([])
            : ctx.drop("unused", { type: name.name });
        return ctx.statements(
          own.flatMap((column) => modified(ctx, column) ?? []),
          "columns",
          { columns: words(own) },
        );
      }
      const to = alter.newVal ?? "";
      for (const column of columns.filter(isArray)) ctx.report("elements", { column: nameOf(column), label, to });
      const renamed = own.flatMap((column) => withoutOld(ctx, column, label, to) ?? []);
      if (renamed.length === 0) return ctx.statements([]);
      return ctx.statements(renamed, "renamed", { label, to, columns: words(own) });
    }),
  ],
  examples: [
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE t (m mood NOT NULL DEFAULT 'sad'); CREATE TYPE unused AS ENUM ('x'); INSERT INTO t VALUES ('happy')",
      pg: "ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy'; ALTER TYPE unused ADD VALUE 'y'; ALTER TYPE other ADD VALUE 'z'; ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
      tidb: `ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok','happy') NOT NULL DEFAULT 'sad';
ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok','fine','happy') NOT NULL DEFAULT 'sad';
UPDATE t SET m = 'fine' WHERE m = 'ok';
ALTER TABLE t MODIFY COLUMN m ENUM('sad','fine','happy') NOT NULL DEFAULT 'sad'`,
      findings: ["columns", "unused", "unknown", "renamed"],
      accepts: ["INSERT INTO t VALUES ('fine')"],
      refuses: ["INSERT INTO t VALUES ('bad')", "INSERT INTO t VALUES ('ok')"],
    },
    {
      given:
        "CREATE TYPE mode AS ENUM ('closed', 'open'); CREATE TABLE t (m mode NOT NULL DEFAULT 'closed'); INSERT INTO t VALUES ('closed')",
      pg: "ALTER TYPE mode RENAME VALUE 'closed' TO 'Closed'",
      tidb: `ALTER TABLE t MODIFY COLUMN m ENUM('closed','Closed','open') NOT NULL DEFAULT 'Closed';
UPDATE t SET m = 'Closed' WHERE m = 'closed';
ALTER TABLE t MODIFY COLUMN m ENUM('Closed','open') NOT NULL DEFAULT 'Closed'`,
      findings: ["renamed"],
      accepts: ["INSERT INTO t VALUES ()"],
      refuses: ["INSERT INTO t VALUES ('closed')"],
    },
    {
      pg: "CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE t (k kind NOT NULL, s text NOT NULL, UNIQUE (k, s)); ALTER TYPE kind ADD VALUE 'a_longer_label'",
      tidb: `CREATE TABLE t (
  k ENUM('a','b') NOT NULL,
  s VARCHAR(764) NOT NULL,
  UNIQUE KEY t_k_s_key (k, s)
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t MODIFY COLUMN k ENUM('a','b','a_longer_label') NOT NULL`,
      findings: ["columns"],
      accepts: ["INSERT INTO t VALUES ('a_longer_label', 'x'), ('a', 'x')"],
      refuses: ["INSERT INTO t VALUES ('a_longer_label', 'x')"],
    },
    {
      given: "CREATE TYPE mode AS ENUM ('a', 'b'); CREATE TABLE t (m mode PRIMARY KEY, n mode[])",
      pg: "ALTER TYPE mode RENAME VALUE 'a' TO 'c'",
      tidb: null,
      findings: ["elements", "in-key"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN m ENUM('c','b') NOT NULL", code: 8200 },
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood DEFAULT lower('SAD')::mood, g mood GENERATED ALWAYS AS ('sad'::mood) STORED)",
      pg: "ALTER TYPE mood ADD VALUE 'ok'",
      tidb: `ALTER TABLE t DROP COLUMN g;
ALTER TABLE t ADD COLUMN g ENUM('sad','ok') GENERATED ALWAYS AS (NULL) VIRTUAL AFTER m;
ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok');
ALTER TABLE t MODIFY COLUMN g ENUM('sad','ok') GENERATED ALWAYS AS ('sad') VIRTUAL`,
      findings: ["columns"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood, g boolean GENERATED ALWAYS AS (m = 'sad'::mood) STORED PRIMARY KEY)",
      pg: "ALTER TYPE mood ADD VALUE 'ok'",
      tidb: null,
      findings: ["computed-from", "columns"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok')", code: 3106 },
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (a int, g mood GENERATED ALWAYS AS ('sad'::mood) STORED PRIMARY KEY)",
      pg: "ALTER TYPE mood ADD VALUE 'ok'",
      tidb: null,
      findings: ["not-changed", "columns"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood, x a_type_of_elsewhere)",
      pg: "ALTER TYPE mood ADD VALUE 'ok'",
      tidb: null,
      findings: ["absent"],
    },
  ],
});

type Ctx = Context<"not-changed" | "computed-from" | "in-key">;

function nameOf(column: Column): string {
  return `${column.table.name}.${column.name}`;
}

/** The column with the labels that the type has now; undefined, and a finding, where its definition has no TiDB form. */
function modified(ctx: Ctx, column: Column): Tidb | undefined {
  const by = boundFrom(column);
  if (by) {
    ctx.differs(column.def);
    return ctx.report("computed-from", { column: column.name, by: by.name });
  }
  const definition = columnDefinition(ctx.catalog, column, ctx.lost);
  if ("sql" in definition) return modify(column, definition.sql);
  ctx.differs(column.def);
  return ctx.report("not-changed", { column: column.name, reason: definition.refused });
}

function modify({ table }: Column, definition: string): Tidb {
  return tidb`ALTER TABLE ${relationOf(table)} MODIFY COLUMN ${raw(definition)}`;
}

/** A label under its new name: TiDB gives rows the label of the same text, and fails where it is gone (error 1265). */
function withoutOld(ctx: Ctx, column: Column, label: string, to: string): readonly Tidb[] | undefined {
  if (column.history.keys.some(({ kind }) => kind === "primary")) {
    ctx.differs(column.def);
    return ctx.report("in-key", { column: nameOf(column), label });
  }
  const after = modified(ctx, column);
  const definition = columnDefinition(ctx.catalog, column, ctx.lost);
  const type = mapType(ctx.catalog, column.type, column)?.sql ?? "";
  if (!after || "refused" in definition) return undefined;
  const both = definition.sql.replace(type, () => type.replace(string(to), () => `${string(label)},${string(to)}`));
  const name = raw(identifier(column.name));
  const update = tidb`UPDATE ${relationOf(column.table)} SET ${name} = ${raw(string(to))} WHERE ${name} = ${raw(string(label))}`;
  return [modify(column, both), update, after];
}
