import {
  as,
  type Catalog,
  type Column,
  type Context,
  castsItself,
  changeBetween,
  columnDefinition,
  find,
  identifier,
  mapType,
  type NodeOf,
  note,
  type Restated,
  raw,
  relationName,
  relationOf,
  rule,
  tidb,
} from "../../src/rule.js";

type Cmd = NodeOf<"AlterTableCmd">;
type Alter = NodeOf<"AlterTableStmt">;

export default rule({
  construct: "ALTER TABLE … ALTER COLUMN … TYPE … USING",
  why: `MODIFY COLUMN converts values in TiDB's own way, and takes no expression. Where PostgreSQL makes other values of them, they are computed
into a column beside the old one. Where nothing hangs on the old column the new one takes its place; else the values go back into it once it
has the new type, so that its keys and constraints stay.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-modify-column",
  },
  messages: {
    beside: note("values of {column} are computed into a column beside it, as its new type takes them", {
      help: "run the UPDATE in batches on a large table: BATCH ON … LIMIT 1000 UPDATE …",
    }),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    if (!alter || !table) return undefined;
    const out: Restated[] = [];
    let rest: Alter["cmds"] = [];
    let found = false;
    const flush = () => {
      if (rest?.length) out.push({ node: ctx.change(alter, { cmds: rest }) });
      rest = [];
    };
    for (const item of alter.cmds ?? []) {
      const cmd = as("AlterTableCmd", item);
      const column = cmd?.subtype === "AT_AlterColumnType" ? table.columns.get(cmd.name ?? "") : undefined;
      const steps = cmd && column && computed(ctx, alter, cmd, column);
      if (!steps) {
        rest = [...(rest ?? []), item];
        continue;
      }
      flush();
      found = true;
      out.push(...steps);
    }
    flush();
    return found ? out : undefined;
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, b boolean NOT NULL DEFAULT true, z int); INSERT INTO t VALUES (1, true, 7)",
      pg: "ALTER TABLE t ADD COLUMN n int, ALTER COLUMN b DROP DEFAULT, ALTER COLUMN b TYPE varchar(5), ALTER z TYPE int USING id",
      tidb: `ALTER TABLE t ADD COLUMN n INT;
ALTER TABLE t ALTER COLUMN b DROP DEFAULT;
ALTER TABLE t ADD COLUMN b_new VARCHAR(5) AFTER b;
UPDATE t SET b_new = CASE b WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t CHANGE COLUMN b_new b VARCHAR(5) NOT NULL;
ALTER TABLE t ADD COLUMN z_new INT AFTER z;
UPDATE t SET z_new = id;
ALTER TABLE t DROP COLUMN z;
ALTER TABLE t CHANGE COLUMN z_new z INT`,
      findings: ["beside", "beside"],
      accepts: ["UPDATE t SET n = IF(z = 1 AND b = 'true', 1, 'neither')"],
      refuses: ["INSERT INTO t (id) VALUES (3)"],
    },
    {
      given: "CREATE TABLE t (s varchar(9)); INSERT INTO t VALUES ('日本')",
      pg: "ALTER TABLE t ALTER s TYPE varchar(3)",
      tidb: `ALTER TABLE t ADD COLUMN s_new VARCHAR(3) AFTER s;
UPDATE t SET s_new = s;
ALTER TABLE t DROP COLUMN s;
ALTER TABLE t CHANGE COLUMN s_new s VARCHAR(3)`,
      findings: ["beside"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN s VARCHAR(1)", code: 1265 },
    },
    {
      given: "CREATE TABLE t (s varchar(9) NOT NULL UNIQUE, n int); CREATE INDEX i ON t (n, s); INSERT INTO t VALUES ('aé', 7)",
      pg: "ALTER TABLE t ALTER s TYPE bytea USING decode(s, 'escape')",
      tidb: `DROP INDEX i ON t;
ALTER TABLE t DROP INDEX t_s_key;
ALTER TABLE t ADD COLUMN s_new VARBINARY(3072) AFTER s;
UPDATE t SET s_new = CAST(s AS BINARY);
ALTER TABLE t DROP COLUMN s;
ALTER TABLE t CHANGE COLUMN s_new s VARBINARY(3072) NOT NULL;
CREATE INDEX i ON t (n, s(255));
ALTER TABLE t ADD UNIQUE KEY t_s_key (s)`,
      findings: ["beside"],
      accepts: ["INSERT INTO t VALUES (X'00', 8)"],
      refuses: ["INSERT INTO t VALUES (X'61C3A9', 8)", "INSERT INTO t (n) VALUES (8)"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN n VARBINARY(9) USING (n)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (s varchar(40) NOT NULL UNIQUE, n int); INSERT INTO t VALUES ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 7)",
      pg: "ALTER TABLE t ALTER s TYPE uuid USING s::uuid",
      tidb: `ALTER TABLE t ADD COLUMN s_new CHAR(36) AFTER s;
UPDATE t SET s_new = BIN_TO_UUID(UUID_TO_BIN(s));
ALTER TABLE t MODIFY COLUMN s VARCHAR(40);
UPDATE t SET s = NULL;
ALTER TABLE t MODIFY COLUMN s CHAR(36);
UPDATE t SET s = s_new;
ALTER TABLE t MODIFY COLUMN s CHAR(36) NOT NULL;
ALTER TABLE t DROP COLUMN s_new`,
      findings: ["beside"],
      refuses: ["INSERT INTO t VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 8)", "INSERT INTO t (n) VALUES (8)"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN n JSON USING (n)", code: 1064 },
    },
  ],
});

type Ctx = Context<"beside">;

/** Keys whose columns TiDB does not rewrite. */
const FIXED = new Set(["primary", "foreign", "parent", "partition"]);

/** The steps that give a column its new type and computed values; undefined where MODIFY COLUMN does, or nothing can. */
function computed(ctx: Ctx, alter: Alter, cmd: Cmd, column: Column): readonly Restated[] | undefined {
  const def = as("ColumnDef", cmd.def)!;
  const before = column.changedFrom;
  if (!before) return undefined;
  const from = mapType(ctx.catalog, before, column);
  const to = mapType(ctx.catalog, column.type, column);
  if (!from?.sql || !to?.sql || column.generated || ctx.lost(column.def)) return undefined;
  if (column.history.keys.some(({ kind }) => FIXED.has(kind))) return undefined;
  if ([...column.table.columns.values()].some((each) => each.generated)) return undefined;
  const using = def.raw_default !== undefined && !castsItself(def.raw_default, column.name, column.type) ? def.raw_default : undefined;
  const change = changeBetween(from, to);
  if (using === undefined && typeof change === "string") return undefined;
  const after = columnDefinition(ctx.catalog, column, ctx.lost);
  const old = { ...column, type: before, notNull: false, default: undefined };
  const emptied = columnDefinition(ctx.catalog, old, ctx.lost);
  const empty = columnDefinition(ctx.catalog, { ...column, notNull: false }, ctx.lost);
  // Its emptied column would have to become bytes of text, or text of bytes (error 8200); indexes and unique keys were taken off.
  const recast = (from.row.family === "bytes") !== (to.row.family === "bytes");
  const free = isFree(ctx.catalog, column, recast && using !== undefined);
  if (!free && recast) return undefined;
  if ("refused" in after || "refused" in emptied || "refused" in empty) return undefined;

  const name = raw(identifier(column.name));
  const beside = freeName(column);
  const quoted = raw(identifier(beside));
  const table = relationOf(column.table);
  const step = (node: ReturnType<typeof tidb>): Restated => ({ node: node as never });
  const update: Restated =
    using === undefined
      ? step(tidb`UPDATE ${table} SET ${quoted} = ${raw((change as (column: string) => string)(identifier(column.name)))}`)
      : {
          node: {
            kind: "UpdateStmt",
            relation: table,
            targetList: [{ kind: "ResTarget", name: beside, val: using }],
          },
          catalog: withType(ctx.catalog, column, { ...column, type: before }),
        };
  ctx.report("beside", { column: column.name }, cmd);
  ctx.consumed(using === undefined ? def : def.typeName!);
  ctx.carried(cmd, ["subtype", "name", "def", "behavior"]);
  ctx.carried(def, ["raw_default", "typeName", "colname"]);
  ctx.carried(alter, ["relation", "cmds", "objtype", "missing_ok"]);
  ctx.carried(alter.relation!, ["relname", "schemaname", "inh", "relpersistence"]);
  const start = [step(tidb`ALTER TABLE ${table} ADD COLUMN ${quoted} ${raw(to.sql)} AFTER ${name}`), update];
  if (free)
    return [
      ...start,
      step(tidb`ALTER TABLE ${table} DROP COLUMN ${name}`),
      step(tidb`ALTER TABLE ${table} CHANGE COLUMN ${quoted} ${raw(after.sql)}`),
    ];
  return [
    ...start,
    ...(column.notNull ? [step(tidb`ALTER TABLE ${table} MODIFY COLUMN ${raw(emptied.sql)}`)] : []),
    step(tidb`UPDATE ${table} SET ${name} = NULL`),
    step(tidb`ALTER TABLE ${table} MODIFY COLUMN ${raw(empty.sql)}`),
    step(tidb`UPDATE ${table} SET ${name} = ${quoted}`),
    ...(column.notNull ? [step(tidb`ALTER TABLE ${table} MODIFY COLUMN ${raw(after.sql)}`)] : []),
    step(tidb`ALTER TABLE ${table} DROP COLUMN ${quoted}`),
  ];
}

function freeName({ name, table }: Column): string {
  let free = `${name.slice(0, 59)}_new`;
  while (table.columns.has(free)) free = `${free.slice(0, 63)}_`;
  return free;
}

/**
 * Whether no key, index or constraint of the table has to do with the column.
 * @param bare indexes and unique keys are off it for the change
 */
function isFree(catalog: Catalog, column: Column, bare: boolean): boolean {
  const { table } = column;
  return (
    (bare || column.history.keys.length === 0) &&
    [...table.constraints.values()].every((c) => !c.columns.includes(column) || (bare && c.type === "unique")) &&
    (bare ||
      [...catalog.indexes.values()].every(
        (index) => index.table !== table || (!index.columns.includes(column) && !index.columns.includes(null)),
      )) &&
    [...table.columns.values()].every((c) => !c.generated)
  );
}

/** The schema with a column as it was. */
function withType(catalog: Catalog, column: Column, was: Column): Catalog {
  const columns = new Map([...column.table.columns].map(([name, each]) => [name, each === column ? was : each]));
  const table = { ...column.table, columns };
  const tables = new Map([...catalog.tables].map(([key, each]) => [key, each === column.table ? table : each]));
  return { ...catalog, tables };
}
