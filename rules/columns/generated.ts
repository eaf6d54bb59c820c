import {
  as,
  type Column,
  type Context,
  columnDefinition,
  error,
  find,
  identifier,
  mapType,
  nodesOf,
  note,
  type Outcome,
  type Raw,
  raw,
  relationName,
  rule,
  tidb,
  tidbText,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"virtual" | "plain" | "beside" | "set" | "anew" | "in-use" | "unknown">;

export default rule({
  construct: "generated columns that are added or changed",
  why: `TiDB adds no STORED column to a table that is there, nor changes how one is computed (error 3106). Both go with VIRTUAL ones, which have
the same values and compute them when they are read. A STORED column can become a plain one, and keeps its values.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-generated-columns.html",
    tidb: "https://docs.pingcap.com/tidb/stable/generated-columns",
  },
  messages: {
    virtual: note("{column} is VIRTUAL: TiDB adds no STORED column to a table that is there (error 3106)", {
      help: "it has the same values, computed on each read; an index on it stores them",
    }),
    plain: note("{column} keeps its values and is computed no more"),
    beside: note(
      "{column} is computed no more: a plain column takes over its values and its name, as TiDB changes no VIRTUAL column to one",
    ),
    set: note("{column} is computed in the new way, on each read"),
    anew: note("{column} is dropped and added again, as VIRTUAL: TiDB changes no STORED column (error 3106)", {
      help: "it has the same values, computed on each read; an index on it stores them",
    }),
    "in-use": error("{column} is computed as before: TiDB changes no column that an index or constraint needs, and {by} does", {
      help: "drop {by}, change the column, and make {by} again",
    }),
    unknown: error("{column} is not changed: the input does not say how it is computed", {
      help: "convert the file that makes the column together with this one",
    }),
  },
  on: (takes) => [
    takes("Constraint", ["contype", "generated_kind"], (constraint, ctx) => {
      if (constraint.contype !== "CONSTR_GENERATED" || constraint.generated_kind === "v" || !ctx.within("AlterTableStmt")) return;
      return ctx.replace(ctx.change(constraint, { generated_kind: "v" }), "virtual", { column: ctx.within("ColumnDef")?.colname ?? "" });
    }),
    takes("AlterTableCmd", ["subtype", "name", "def", "missing_ok"], (cmd, ctx) => {
      const change = CHANGES[cmd.subtype ?? ""];
      const relation = ctx.within("AlterTableStmt")?.relation;
      if (!change || !relation) return;
      const column = find(ctx.catalog, ctx.catalog.tables, relationName(relation))?.columns.get(cmd.name ?? "");
      return column ? change(ctx, column, cmd.def) : ctx.drop("unknown", { column: `${relation.relname}.${cmd.name}` });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, s int GENERATED ALWAYS AS (a * 2) STORED, b int); INSERT INTO t (a) VALUES (3)",
      pg: "ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a + 1) STORED; ALTER TABLE t ALTER g SET EXPRESSION AS (a + 2); ALTER TABLE t ALTER s SET EXPRESSION AS (a * 3); ALTER TABLE t ALTER x DROP EXPRESSION",
      tidb: `ALTER TABLE t ADD COLUMN g INT GENERATED ALWAYS AS (a + 1) VIRTUAL;
ALTER TABLE t MODIFY COLUMN g INT GENERATED ALWAYS AS (a + 2) VIRTUAL;
ALTER TABLE t DROP COLUMN s;
ALTER TABLE t ADD COLUMN s INT GENERATED ALWAYS AS (a * 3) VIRTUAL AFTER a`,
      findings: ["virtual", "set", "anew", "unknown"],
      accepts: ["UPDATE t SET b = IF(g = 5 AND s = 9, 1, 'other')"],
      refuses: ["INSERT INTO t (s) VALUES (1)"],
      rejected: { sql: "ALTER TABLE t ADD COLUMN h INT AS (a) STORED", code: 3106 },
    },
    {
      given: "CREATE TABLE t (a int, s int GENERATED ALWAYS AS (a * 2) STORED NOT NULL); INSERT INTO t VALUES (3)",
      pg: "ALTER TABLE t ALTER s DROP EXPRESSION",
      tidb: "ALTER TABLE t MODIFY COLUMN s INT NOT NULL",
      findings: ["plain"],
      accepts: ["UPDATE t SET a = IF(s = 6, 1, 'other')", "INSERT INTO t VALUES (1, 7)"],
    },
    {
      given:
        "CREATE TABLE t (a int, s int GENERATED ALWAYS AS (a * 2) STORED); ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a + 1) STORED, ADD COLUMN g_plain int; ALTER TABLE t ALTER s SET EXPRESSION AS (a * 3); INSERT INTO t (a) VALUES (3); CREATE TABLE w (a int, v int GENERATED ALWAYS AS (a) VIRTUAL)",
      pg: "ALTER TABLE t ALTER g DROP EXPRESSION, ALTER s DROP EXPRESSION",
      tidb: `ALTER TABLE t ADD COLUMN g_plain_ INT AFTER g;
UPDATE t SET g_plain_ = g;
ALTER TABLE t DROP COLUMN g;
ALTER TABLE t CHANGE COLUMN g_plain_ g INT;
ALTER TABLE t ADD COLUMN s_plain INT AFTER s;
UPDATE t SET s_plain = s;
ALTER TABLE t DROP COLUMN s;
ALTER TABLE t CHANGE COLUMN s_plain s INT`,
      findings: ["beside", "beside"],
      accepts: ["UPDATE t SET a = IF(g = 4 AND s = 9, 7, 'other'), g = 1"],
      rejected: { sql: "ALTER TABLE w MODIFY COLUMN v INT", code: 3106 },
    },
    {
      given: "CREATE TABLE t (a int, s int GENERATED ALWAYS AS (a * 2) STORED PRIMARY KEY); CREATE INDEX i ON t (s)",
      pg: "ALTER TABLE t ALTER s SET EXPRESSION AS (a * 3); ALTER TABLE w ALTER s DROP EXPRESSION",
      tidb: null,
      findings: ["in-use", "unknown"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN s INT AS (a * 3) STORED", code: 3106 },
    },
  ],
});

const CHANGES: Readonly<Record<string, (ctx: Ctx, column: Column, expression: Value | undefined) => Outcome>> = {
  AT_DropExpression: (ctx, column) => {
    const { name, table } = column;
    const definition = columnDefinition(ctx.catalog, column, ctx.lost);
    if ("refused" in definition) return ctx.drop("unknown", { column: name });
    if (!isVirtual(column)) return ctx.replace(tidbText(`MODIFY COLUMN ${definition.sql}`), "plain", { column: name });
    const by = neededBy(column);
    if (by !== undefined) return ctx.drop("in-use", { column: name, by });
    const relation = ctx.within("AlterTableStmt")!.relation!;
    const [own, beside] = [name, freeName(table, `${name}_plain`)].map((each) => raw(identifier(each))) as [Raw, Raw];
    const type = raw(mapType(ctx.catalog, column.type, column)!.sql!);
    return ctx.replace(
      tidb`ADD COLUMN ${beside} ${type} AFTER ${own};\nUPDATE ${relation} SET ${beside} = ${own};\nALTER TABLE ${relation} DROP COLUMN ${own};\nALTER TABLE ${relation} CHANGE COLUMN ${beside} ${raw(definition.sql)}`,
      "beside",
      { column: name },
    );
  },
  AT_SetExpression: (ctx, column, expression) => {
    const { name, table } = column;
    const type = mapType(ctx.catalog, column.type, column)?.sql;
    if (type === undefined) return ctx.drop("unknown", { column: name });
    const by = neededBy(column);
    if (by !== undefined) return ctx.drop("in-use", { column: name, by });
    const definition = tidb`${raw(identifier(name))} ${raw(type)} GENERATED ALWAYS AS (${expression!}) VIRTUAL${raw(column.notNull ? " NOT NULL" : "")}`;
    const { hidden } = column.history;
    if (isVirtual(column) && !(hidden && column.notNull)) return ctx.replace(tidb`MODIFY COLUMN ${definition}`, "set", { column: name });
    column.history.hidden = true;
    const all = [...table.columns.keys()];
    const before = all[all.indexOf(name) - 1];
    const place = raw(before === undefined ? "FIRST" : `AFTER ${identifier(before)}`);
    const relation = ctx.within("AlterTableStmt")!.relation!;
    return ctx.replace(tidb`DROP COLUMN ${raw(identifier(name))};\nALTER TABLE ${relation} ADD COLUMN ${definition} ${place}`, "anew", {
      column: name,
    });
  },
};

function freeName(table: Column["table"], name: string): string {
  return table.columns.has(name) ? freeName(table, `${name}_`) : name;
}

/** Whether the column is VIRTUAL in TiDB before this change. */
function isVirtual({ added, def, changes, history }: Column): boolean {
  const changed = changes.slice(0, -1).some((change) => as("AlterTableCmd", change)?.subtype === "AT_SetExpression");
  const kind = nodesOf("Constraint", def.constraints).find((c) => c.contype === "CONSTR_GENERATED")?.generated_kind;
  return added || changed || kind === "v" || history.hidden === true;
}

/** A key over the column; other things over it are taken off first, and made again. */
function neededBy(column: Column): string | undefined {
  const keys = [...column.table.constraints.values()].filter(({ type }) => type === "primary" || type === "foreign");
  return keys.find(({ columns }) => columns.includes(column))?.name;
}
