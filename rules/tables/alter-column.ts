import {
  as,
  boundFrom,
  type Column,
  type Context,
  castsItself,
  changeBetween,
  columnDefinition,
  computedFrom,
  elementRow,
  error,
  find,
  inPrimaryKey,
  mapType,
  type NodeOf,
  note,
  notNullNamed,
  relationName,
  rule,
  staysInKey,
  tidbText,
  typeName,
  warning,
} from "../../src/rule.js";

type Cmd = NodeOf<"AlterTableCmd">;
type Ids =
  | "refused"
  | "conversion"
  | "using"
  | "no-change"
  | "values-stay"
  | "computed-from"
  | "held"
  | "not-renamed"
  | "not-null"
  | "bytes"
  | "in-key"
  | "unknown";
type Ctx = Context<Ids>;

export default rule({
  construct: "ALTER TABLE … ALTER COLUMN",
  why: `TiDB changes a column by MODIFY COLUMN with its whole definition; whatever is not repeated is lost. The definition comes from the schema
as the statements before left it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-modify-column",
  },
  messages: {
    refused: error("{column} is not changed: TiDB has no form for {reason}", { help: "write the column's definition by hand" }),
    conversion: warning("values of {column} are converted by TiDB from {from} to {to}", {
      help: "compare a few rows before and after: the text of numbers, times and booleans may differ from PostgreSQL's",
    }),
    using: error("{column} is not changed: its USING expression was not converted", {
      help: "add a new column, fill it by UPDATE, drop the old one and rename",
    }),
    "no-change": note("{column} already is {to} in TiDB"),
    "values-stay": warning("values of {column} stay as they are: {to} holds both of its types in TiDB", {
      help: "compare a few rows with PostgreSQL's, and bring them into the form of the new type by UPDATE",
    }),
    "in-key": error("{column} is not changed from {from} to {to}: TiDB refuses to rewrite a column of a primary key", {
      help: "a longer VARCHAR or a wider integer needs no rewriting; any other type can only be had in a new table",
    }),
    "computed-from": error("{column} is not changed from {from} to {to}: {by} is computed from it, and TiDB refuses that (error 8200)", {
      help: "drop {by}, change the column, and make {by} again",
    }),
    held: error("{column} is not changed: {by} is computed from it, and TiDB refuses that (error 3106)", {
      help: "drop {by}, change the column, and make {by} again",
    }),
    "not-renamed": error("{column} keeps its name: {by} is computed from it, and TiDB refuses that (error 3108)", {
      help: "drop {by}, rename the column, and make {by} again",
    }),
    "not-null": note("{column} is NOT NULL: in TiDB that is no constraint with a name, and holds for the rows that are there too"),
    bytes: error("{column} is not changed from {from} to {to}: TiDB makes no text of bytes, nor bytes of text", {
      help: "add a new column, fill it by UPDATE with HEX, UNHEX or CONVERT(… USING utf8mb4) as it fits, drop the old one and rename",
    }),
    unknown: error("{column} is not changed: the input does not say what it is, and TiDB wants its whole definition", {
      help: "convert the file that makes the column together with this one",
    }),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    const cmds = (alter?.cmds ?? []).map((item) => {
      const cmd = as("AlterTableCmd", item);
      const dropped = cmd?.subtype === "AT_DropConstraint" && !table?.droppedConstraints?.has(cmd.name ?? "");
      const freed = dropped && table ? notNullNamed(table, cmd.name ?? "") : undefined;
      if (cmd && freed) return ctx.change(cmd, { subtype: "AT_DropNotNull", name: freed.name, missing_ok: undefined });
      const constraint = cmd?.subtype === "AT_AddConstraint" ? as("Constraint", cmd.def) : undefined;
      if (!cmd || constraint?.contype !== "CONSTR_NOTNULL") return item;
      const column = String(constraint.keys?.[0] ?? "");
      ctx.report("not-null", { column }, cmd);
      ctx.consumed(constraint);
      return ctx.change(cmd, { subtype: "AT_SetNotNull", name: column, def: undefined });
    });
    return alter && cmds.some((cmd, i) => cmd !== alter.cmds![i]) ? [{ node: ctx.change(alter, { cmds }) }] : undefined;
  },
  on: (takes) => [
    takes("RenameStmt", ["renameType", "relation", "newname", "subname"], (rename, ctx) => {
      if (rename.renameType !== "OBJECT_COLUMN" || !rename.relation) return;
      const column = find(ctx.catalog, ctx.catalog.tables, relationName(rename.relation))?.columns.get(rename.newname ?? "");
      const by = column && boundFrom(column);
      if (!by) return;
      ctx.differs(column!.def);
      return ctx.drop("not-renamed", { column: rename.subname ?? "", by: by.name });
    }),
    takes("AlterTableCmd", ["subtype", "name", "def"], (cmd, ctx) => {
      const alter = ctx.within("AlterTableStmt");
      const change = CHANGES[cmd.subtype ?? ""];
      if (!change || !alter?.relation) return;
      const column = find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation))?.columns.get(cmd.name ?? "");
      return column ? change(ctx, cmd as Cmd, column) : ctx.drop("unknown", { column: `${alter.relation.relname}.${cmd.name}` });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int DEFAULT 1, s varchar(9) NOT NULL, n numeric(5,2))",
      pg: "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a DROP DEFAULT, ALTER COLUMN s SET DEFAULT 'x', ALTER s TYPE varchar(20), ALTER n DROP NOT NULL",
      tidb: `ALTER TABLE t MODIFY COLUMN a INT NOT NULL;
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
ALTER TABLE t ALTER COLUMN s SET DEFAULT 'x';
ALTER TABLE t MODIFY COLUMN s VARCHAR(20) NOT NULL DEFAULT 'x';
ALTER TABLE t MODIFY COLUMN n DECIMAL(5,2)`,
      accepts: ["INSERT INTO t (a) VALUES (1)"],
      refuses: ["INSERT INTO t (s) VALUES ('y')"],
    },
    {
      given: "CREATE TABLE t (a int, d timestamp, j varchar(99), p varchar(9), f float8, g text GENERATED ALWAYS AS (p) STORED)",
      pg: "ALTER TABLE t ALTER a TYPE varchar(20) USING a::varchar(20), ALTER f TYPE text, ALTER g TYPE int USING length(g), ALTER x SET NOT NULL",
      tidb: "ALTER TABLE t MODIFY COLUMN a VARCHAR(20);\nALTER TABLE t MODIFY COLUMN f LONGTEXT",
      findings: ["conversion", "using", "unknown"],
    },
    {
      given: "CREATE TABLE t (a int[]); INSERT INTO t VALUES ('{1}')",
      pg: "ALTER TABLE t ALTER a TYPE text[]",
      tidb: null,
      findings: ["values-stay"],
    },
    {
      given: "CREATE TABLE t (a int, b int, g int GENERATED ALWAYS AS (a + 1) STORED PRIMARY KEY)",
      pg: "ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t RENAME a TO c; ALTER TABLE t ADD CONSTRAINT n NOT NULL b",
      tidb: "ALTER TABLE t MODIFY COLUMN b INT NOT NULL",
      findings: ["computed-from", "held", "not-renamed", "not-null"],
      refuses: ["INSERT INTO t (a) VALUES (1)"],
      rejected: { sql: "ALTER TABLE t RENAME COLUMN a TO c", code: 3108 },
    },
    {
      given: "CREATE TABLE t (a int NOT NULL, b int, CONSTRAINT k PRIMARY KEY (a)); INSERT INTO t VALUES (5, 1)",
      pg: "ALTER TABLE t DROP CONSTRAINT k, ALTER a TYPE varchar(20), ADD CONSTRAINT k PRIMARY KEY (a)",
      tidb: `ALTER TABLE t DROP PRIMARY KEY;
ALTER TABLE t MODIFY COLUMN a VARCHAR(20) NOT NULL;
ALTER TABLE t ADD PRIMARY KEY (a)`,
      accepts: ["INSERT INTO t VALUES ('x', 2)"],
      refuses: ["INSERT INTO t VALUES ('5', 1)"],
    },
    {
      given: "CREATE TABLE t (a int PRIMARY KEY)",
      pg: "ALTER TABLE t ALTER a TYPE varchar(20)",
      tidb: null,
      findings: ["in-key"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN a VARCHAR(20)", code: 8200 },
    },
    {
      given: "CREATE TABLE t (a text)",
      pg: "ALTER TABLE t ALTER a TYPE bytea USING a::bytea",
      tidb: null,
      findings: ["bytes"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN a LONGBLOB", code: 8200 },
    },
    {
      given:
        "CREATE TABLE p (g int PRIMARY KEY); CREATE TABLE t (a int PRIMARY KEY, s text, g int GENERATED ALWAYS AS (a + 1) STORED REFERENCES p)",
      pg: "ALTER TABLE t ALTER a TYPE varchar(20), ALTER s TYPE varchar, ALTER g SET NOT NULL",
      tidb: null,
      findings: ["computed-from", "no-change", "refused"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN a VARCHAR(20)", code: 8200 },
    },
  ],
});

/** Whether the statement takes the primary key off before it changes the column. */
function isKeyTakenOff(ctx: Ctx, cmd: Cmd, { table }: Column): boolean {
  const cmds = (ctx.within("AlterTableStmt")?.cmds ?? []).map((item) => as("AlterTableCmd", item));
  const at = cmds.findIndex((each) => each && ctx.origin(each) === ctx.origin(cmd));
  const before = cmds.slice(0, Math.max(0, at));
  return before.some((each) => each?.subtype === "AT_DropConstraint" && table.droppedConstraints?.get(each.name ?? "")?.type === "primary");
}

const CHANGES: Readonly<Record<string, (ctx: Ctx, cmd: Cmd, column: Column) => ReturnType<Ctx["drop"]>>> = {
  AT_SetNotNull: modify,
  AT_DropNotNull: modify,
  AT_AlterColumnType: (ctx, cmd, column) => {
    const def = as("ColumnDef", cmd.def)!;
    const before = column.changedFrom;
    const to = mapType(ctx.catalog, column.type, column);
    const from = before && mapType(ctx.catalog, before, column);
    const data = { column: column.name, from: from?.sql ?? "its type", to: to?.sql ?? typeName(column.type).name };
    if (def.raw_default !== undefined && !castsItself(def.raw_default, column.name, column.type)) return ctx.drop("using", data);
    ctx.consumed(def);
    const change = from && to && changeBetween(from, to, elementRow(ctx.catalog, before), elementRow(ctx.catalog, column.type));
    if (from?.sql === to?.sql) return ctx.replace(tidbText(""), change === "alike" ? "no-change" : "values-stay", data);
    // PostgreSQL refuses it as well (0A000).
    const [by] = computedFrom(column);
    if (by) return ctx.drop("computed-from", { ...data, by: by.name });
    // Foreign keys were taken off where they are in the way.
    if (inPrimaryKey(column) && !isKeyTakenOff(ctx, cmd, column) && !(from && to && staysInKey(from, to))) return ctx.drop("in-key", data);
    if ((from?.row.family === "bytes") !== (to?.row.family === "bytes")) return ctx.drop("bytes", data);
    if (change !== "alike") ctx.report("conversion", data);
    return modify(ctx, cmd, column);
  },
};

function modify(ctx: Ctx, _: Cmd, column: Column): ReturnType<Ctx["drop"]> {
  const by = boundFrom(column);
  if (by) return ctx.drop("held", { column: column.name, by: by.name });
  const definition = columnDefinition(ctx.catalog, column, ctx.lost);
  if ("refused" in definition) return ctx.drop("refused", { column: column.name, reason: definition.refused });
  return ctx.replace(tidbText(`MODIFY COLUMN ${definition.sql}`));
}
