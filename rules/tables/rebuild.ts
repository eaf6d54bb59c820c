import {
  as,
  atEnd,
  boundFrom,
  COMMENT_BYTES,
  type Column,
  type Context,
  checkName,
  columnDefinition,
  computedFrom,
  constraintName,
  edited,
  find,
  fitsKey,
  type Index,
  identifier,
  indexAgain,
  indexName,
  isBound,
  isComputed,
  madeAgain,
  mapType,
  type Node,
  type NodeOf,
  note,
  qualified,
  raw,
  redefined,
  relationName,
  relationOf,
  rule,
  type TableConstraint,
  tidb,
  typeName,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "change of a column that an expression holds",
  why: `TiDB renames no column that a CHECK or an index over an expression speaks of, changes none below such an index, and makes no long text of
one that an index holds. In PostgreSQL, which does all this, they go on as they were: they are dropped before the change and made again after
it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-modify-column",
  },
  messages: {
    "set-null": note("{names} is made again: SET NULL means something now that the column may be NULL"),
    computed: note("{name} is computed of nothing while {columns} changes, and then as before, VIRTUAL: TiDB changes no column below it", {
      help: "it has the same values, computed on each read; an index on it stores them",
    }),
    again: note("{names} of {table} dropped before the change and made again after it: TiDB does not change {columns} below", {
      help: "nothing is unique or checked in between; making an index again takes its time on a large table",
    }),
  },
  restates: ["RenameStmt", "AlterEnumStmt", "AlterTableStmt", "CommentStmt"],
  restate(whole, ctx) {
    const statement = computedAnew(whole, ctx);
    const changed = changedBy(statement, ctx);
    const { columns, renamed, replaced, anew } = changed;
    const held = columns.flatMap((column) => {
      const constraints = [...column.table.constraints.values()].filter(
        (made) => !ctx.lost(made.node) && holds(made, column, changed, ctx),
      );
      const indexes = [...ctx.catalog.indexes.values()].filter(
        (index) =>
          index.table === column.table &&
          !ctx.lost(index.node) &&
          (replaced.has(column) ? index.named.columns.includes(column) : holdsIn(index, column, renamed, ctx)),
      );
      return [...indexes, ...constraints];
    });
    const overComputed = [...anew.again, ...anew.only].flatMap((column) => thingsOver(column, ctx));
    const things = [...new Set([...held, ...overComputed])];
    const computed = anew.again;
    if (things.length === 0 && computed.length === 0) return statement === whole ? undefined : [{ node: statement }];
    for (const { name } of computed) ctx.report("computed", { name, columns: columns.map((column) => column.name).join(", ") || name });
    const isForeign = (thing: (typeof things)[number]) => "type" in thing && thing.type === "foreign";
    const names = (of: typeof things) => of.map(({ name }) => name).join(", ");
    const freed = things.filter(isForeign);
    const others = things.filter((thing) => !isForeign(thing));
    const tables = [...new Set(others.map(({ table }) => table.name))].join(", ");
    if (freed.length > 0) ctx.report("set-null", { names: names(freed) });
    if (others.length > 0)
      ctx.report("again", {
        names: names(others),
        table: tables,
        columns: (columns.length > 0 ? [...columns, ...anew.only] : [...anew.only, ...computed]).map(({ name }) => name).join(", "),
      });
    const again = things.map((thing) => ("type" in thing ? constraintAgain(thing, ctx) : ctx.change(thing.node, indexAgain(thing))));
    const hidden = computed.map((column) => hide(column, statement, ctx));
    return [
      ...[...things.map((thing) => drop(thing, ctx)), ...hidden].map((node) => ({ node: node as never })),
      { node: statement },
      ...[...computed.map((column) => computeAgain(column)), ...again].map((node) => ({ node })),
    ];
  },
  examples: [
    {
      given: `CREATE TYPE mood AS ENUM ('sad'); CREATE FUNCTION moodof(text) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT CAST($1 AS mood)';
CREATE TABLE t (a text, m mood NOT NULL GENERATED ALWAYS AS (moodof(a)) STORED); CREATE INDEX i ON t (m); INSERT INTO t VALUES ('sad')`,
      pg: "ALTER TYPE mood ADD VALUE 'ok'; ALTER TABLE t ALTER m DROP NOT NULL; ALTER TABLE t ALTER m SET NOT NULL",
      tidb: `DROP INDEX i ON t;
ALTER TABLE t DROP COLUMN m;
ALTER TABLE t ADD COLUMN m ENUM('sad','ok') GENERATED ALWAYS AS (NULL) VIRTUAL AFTER a;
ALTER TABLE t DROP COLUMN m;
ALTER TABLE t ADD COLUMN m ENUM('sad','ok') GENERATED ALWAYS AS (a) VIRTUAL NOT NULL AFTER a;
CREATE INDEX i ON t (m);
DROP INDEX i ON t;
ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok') GENERATED ALWAYS AS (a) VIRTUAL;
CREATE INDEX i ON t (m);
DROP INDEX i ON t;
ALTER TABLE t DROP COLUMN m;
ALTER TABLE t ADD COLUMN m ENUM('sad','ok') GENERATED ALWAYS AS (a) VIRTUAL NOT NULL AFTER a;
CREATE INDEX i ON t (m)`,
      findings: ["computed", "again", "again", "again"],
      accepts: ["INSERT INTO t (a) VALUES ('ok')"],
      refuses: ["INSERT INTO t (a) VALUES ('bad')", "INSERT INTO t (a) VALUES (NULL)"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok','x') GENERATED ALWAYS AS (a) STORED", code: 3106 },
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (a varchar(9), m mood, gone timestamp); CREATE UNIQUE INDEX i ON t (lower(a)) WHERE gone IS NULL; CREATE UNIQUE INDEX k ON t (a) WHERE m = 'sad'",
      pg: "ALTER TYPE mood ADD VALUE 'happy'; ALTER TABLE t ALTER a TYPE varchar(20); ALTER TABLE t RENAME a TO b",
      tidb: `DROP INDEX k ON t;
ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok','happy');
CREATE UNIQUE INDEX k ON t ((CASE WHEN m = 'sad' THEN a END));
DROP INDEX i ON t;
DROP INDEX k ON t;
ALTER TABLE t MODIFY COLUMN a VARCHAR(20);
CREATE UNIQUE INDEX i ON t ((CASE WHEN gone IS NULL THEN LOWER(a) END));
CREATE UNIQUE INDEX k ON t ((CASE WHEN m = 'sad' THEN a END));
DROP INDEX i ON t;
DROP INDEX k ON t;
ALTER TABLE t RENAME COLUMN a TO b;
CREATE UNIQUE INDEX i ON t ((CASE WHEN gone IS NULL THEN LOWER(b) END));
CREATE UNIQUE INDEX k ON t ((CASE WHEN m = 'sad' THEN b END))`,
      findings: ["again", "again", "again"],
      accepts: ["INSERT INTO t VALUES ('a', 'sad', '2020-01-01'), ('A', 'sad', NULL), ('b', 'ok', NULL)"],
      refuses: ["INSERT INTO t VALUES ('a', 'ok', NULL)", "INSERT INTO t VALUES ('a', 'sad', '2020-01-02')"],
      rejected: { sql: "ALTER TABLE t RENAME COLUMN b TO c", code: 3837 },
    },
    {
      given: "CREATE TABLE t (a int CHECK (a > 0), b int, CONSTRAINT less CHECK (a < b))",
      pg: "ALTER TABLE t RENAME a TO c; ALTER TABLE t ALTER c TYPE bigint",
      tidb: `ALTER TABLE t DROP CONSTRAINT t_a_check;
ALTER TABLE t DROP CONSTRAINT less;
ALTER TABLE t RENAME COLUMN a TO c;
ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (c > 0);
ALTER TABLE t ADD CONSTRAINT less CHECK (c < b);
ALTER TABLE t MODIFY COLUMN c BIGINT`,
      findings: ["again"],
      accepts: ["INSERT INTO t VALUES (1, 2)"],
      refuses: ["INSERT INTO t VALUES (0, 2)", "INSERT INTO t VALUES (2, 2)"],
      rejected: { sql: "ALTER TABLE t RENAME COLUMN c TO d", code: 3959 },
    },
    {
      given: "CREATE TABLE t (a varchar(99), b varchar(500)); CREATE INDEX i ON t (a); CREATE INDEX k ON t (b)",
      pg: "ALTER TABLE t ALTER a TYPE text, ALTER a SET NOT NULL; ALTER TABLE t ALTER b TYPE varchar(2000)",
      tidb: `DROP INDEX i ON t;
ALTER TABLE t MODIFY COLUMN a LONGTEXT NOT NULL;
ALTER TABLE t MODIFY COLUMN a LONGTEXT NOT NULL;
CREATE INDEX i ON t (a(255));
DROP INDEX k ON t;
ALTER TABLE t MODIFY COLUMN b VARCHAR(2000);
CREATE INDEX k ON t (b(255))`,
      findings: ["again", "again"],
      rejected: { sql: "CREATE INDEX x ON t (a)", code: 1170 },
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int NOT NULL REFERENCES p ON DELETE SET NULL)",
      pg: "ALTER TABLE t ALTER a DROP NOT NULL",
      tidb: `ALTER TABLE t DROP FOREIGN KEY t_a_fkey;
ALTER TABLE t MODIFY COLUMN a INT;
ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL`,
      findings: ["set-null"],
      accepts: ["INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1)", "DELETE FROM p"],
    },
    {
      given: "CREATE TABLE p (a int CHECK (a > 0)); CREATE TABLE t (b int) INHERITS (p)",
      pg: "ALTER TABLE p RENAME a TO c",
      tidb: `ALTER TABLE p DROP CONSTRAINT p_a_check;
ALTER TABLE p RENAME COLUMN a TO c;
ALTER TABLE p ADD CONSTRAINT p_a_check CHECK (c > 0);
ALTER TABLE t DROP CONSTRAINT t_p_a_check;
ALTER TABLE t RENAME COLUMN a TO c;
ALTER TABLE t ADD CONSTRAINT t_p_a_check CHECK (c > 0)`,
      findings: ["again", "again"],
      refuses: ["INSERT INTO t (c) VALUES (0)"],
    },
    {
      given: "CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) STORED)",
      pg: "ALTER TABLE t RENAME a TO b",
      tidb: `ALTER TABLE t DROP COLUMN g;
ALTER TABLE t ADD COLUMN g INT GENERATED ALWAYS AS (NULL) VIRTUAL AFTER a;
ALTER TABLE t RENAME COLUMN a TO b;
ALTER TABLE t MODIFY COLUMN g INT GENERATED ALWAYS AS (b * 2) VIRTUAL`,
      findings: ["computed"],
      accepts: ["INSERT INTO t (b) VALUES (1)"],
      refuses: ["INSERT INTO t VALUES (1, 2)"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (a int, m mood, g text GENERATED ALWAYS AS ('x' || a) STORED, w boolean GENERATED ALWAYS AS (m = 'sad') STORED UNIQUE, b int)",
      pg: "ALTER TABLE t RENAME a TO c; ALTER TABLE t ALTER c SET NOT NULL; ALTER TYPE mood ADD VALUE 'ok'",
      tidb: `ALTER TABLE t DROP COLUMN g;
ALTER TABLE t ADD COLUMN g LONGTEXT GENERATED ALWAYS AS (NULL) VIRTUAL AFTER m;
ALTER TABLE t RENAME COLUMN a TO c;
ALTER TABLE t MODIFY COLUMN g LONGTEXT GENERATED ALWAYS AS (CONCAT('x', CAST(c AS CHAR))) VIRTUAL;
ALTER TABLE t DROP COLUMN g;
ALTER TABLE t ADD COLUMN g LONGTEXT GENERATED ALWAYS AS (NULL) VIRTUAL AFTER m;
ALTER TABLE t MODIFY COLUMN c INT NOT NULL;
ALTER TABLE t MODIFY COLUMN g LONGTEXT GENERATED ALWAYS AS (CONCAT('x', CAST(c AS CHAR))) VIRTUAL;
ALTER TABLE t DROP INDEX t_w_key;
ALTER TABLE t DROP COLUMN w;
ALTER TABLE t ADD COLUMN w BOOLEAN GENERATED ALWAYS AS (NULL) VIRTUAL AFTER g;
ALTER TABLE t MODIFY COLUMN m ENUM('sad','ok');
ALTER TABLE t MODIFY COLUMN w BOOLEAN GENERATED ALWAYS AS (m = 'sad') VIRTUAL;
ALTER TABLE t ADD UNIQUE KEY t_w_key (w)`,
      findings: ["computed", "computed", "computed", "again"],
      accepts: ["INSERT INTO t (c, m) VALUES (1, 'ok'), (2, 'sad')"],
      refuses: ["INSERT INTO t (c, m) VALUES (3, 'sad')", "INSERT INTO t (c) VALUES (NULL)"],
      rejected: { sql: "ALTER TABLE t RENAME COLUMN c TO d", code: 3108 },
    },
    {
      given: "CREATE TABLE t (a varchar(700), b varchar(700), UNIQUE (a, b))",
      pg: "ALTER TABLE t ALTER a TYPE varchar(800)",
      tidb: `ALTER TABLE t DROP INDEX t_a_b_key;
ALTER TABLE t MODIFY COLUMN a VARCHAR(800);
ALTER TABLE t ADD UNIQUE KEY t_a_b_key ((MD5(a)), (MD5(b)))`,
      findings: ["again"],
      accepts: ["INSERT INTO t VALUES ('x', 'y'), ('x', NULL), ('x', NULL)"],
      refuses: ["INSERT INTO t VALUES ('x', 'y')"],
      rejected: { sql: "ALTER TABLE t MODIFY COLUMN a VARCHAR(900)", code: 3106 },
    },
  ],
});

type Ctx = Context<"again" | "set-null" | "computed">;
interface Changed {
  /** Generated columns that are made anew for the change, and those that it makes anew itself. */
  readonly anew: { readonly again: readonly Column[]; readonly only: readonly Column[] };
  readonly columns: readonly Column[];
  readonly renamed: boolean;
  /** Columns that may be NULL from now on. */
  readonly freed: ReadonlySet<Column>;
  /** Columns whose place another takes, as TiDB makes no bytes of text nor text of bytes (error 8200). */
  readonly replaced: ReadonlySet<Column>;
}

const NONE = { again: [], only: [] };
const NOTHING: Changed = { columns: [], renamed: false, freed: new Set(), replaced: new Set(), anew: NONE };
const COMPUTES = new Set(["AT_SetExpression", "AT_DropExpression"]);
const NULLNESS = new Set(["AT_SetNotNull", "AT_DropNotNull"]);
const MODIFIED = new Set(["AT_SetNotNull", "AT_DropNotNull", "AT_AlterColumnType"]);

/** The columns that a statement renames, or changes by MODIFY COLUMN, and can. */
function changedBy(statement: Node, ctx: Ctx): Changed {
  if (statement.kind === "RenameStmt" && statement.renameType === "OBJECT_COLUMN" && statement.relation) {
    const column = find(ctx.catalog, ctx.catalog.tables, relationName(statement.relation))?.columns.get(statement.newname ?? "");
    if (!column || boundFrom(column)) return NOTHING;
    return {
      ...NOTHING,
      columns: [column],
      renamed: true,
      anew: { ...NONE, again: computedFrom(column).filter((each) => isThere(each, ctx)) },
    };
  }
  if (statement.kind === "AlterEnumStmt") {
    const type = find(ctx.catalog, ctx.catalog.enums, qualified(statement.typeName ?? []));
    const all = [...ctx.catalog.tables.values()].flatMap((table) => [...table.columns.values()]);
    const columns = all.filter((c) => find(ctx.catalog, ctx.catalog.enums, typeName(c.type)) === type && isChanged(c, ctx));
    const anew = [...columns.filter(({ generated }) => generated), ...columns.flatMap(computedFrom)].filter((each) => isThere(each, ctx));
    return {
      columns: columns.filter(({ generated }) => !generated),
      anew: { ...NONE, again: [...new Set(anew)] },
      // A CHECK that speaks of the label does so by its new name.
      renamed: statement.oldVal !== undefined,
      freed: new Set(),
      replaced: new Set(),
    };
  }
  if (statement.kind === "CommentStmt" && statement.objtype === "OBJECT_COLUMN") {
    const parts = (statement.object ?? []) as readonly Value[];
    const column = find(ctx.catalog, ctx.catalog.tables, qualified(parts.slice(0, -1)))?.columns.get(String(parts.at(-1)));
    if (Buffer.byteLength(statement.comment ?? "") > COMMENT_BYTES.column) return NOTHING;
    if (!column || column.generated || !isChanged(column, ctx) || "refused" in columnDefinition(ctx.catalog, column, ctx.lost))
      return NOTHING;
    return { ...NOTHING, columns: [column], anew: { ...NONE, again: computedFrom(column).filter((each) => isThere(each, ctx)) } };
  }
  if (statement.kind !== "AlterTableStmt" || !statement.relation) return NOTHING;
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(statement.relation));
  const freed = new Set<Column>();
  const replaced = new Set<Column>();
  const columns = (statement.cmds ?? []).flatMap((item) => {
    const cmd = as("AlterTableCmd", item);
    const column = cmd && MODIFIED.has(cmd.subtype ?? "") ? table?.columns.get(cmd.name ?? "") : undefined;
    if (!column || !isChanged(column, ctx)) return [];
    // PostgreSQL refuses another type for what a column is computed from (0A000).
    if (cmd!.subtype === "AT_AlterColumnType" && computedFrom(column).length > 0) return [];
    if (cmd!.subtype === "AT_DropNotNull" && !column.notNull) freed.add(column);
    if (as("ColumnDef", cmd!.def)?.raw_default !== undefined && isOtherThanText(column, ctx)) replaced.add(column);
    return cmd!.subtype === "AT_AlterColumnType" && typeBefore(column, ctx) === typeNow(column, ctx) ? [] : [column];
  });
  const only = (statement.cmds ?? []).flatMap((item) => {
    const cmd = as("AlterTableCmd", item);
    const column = cmd && COMPUTES.has(cmd.subtype ?? "") ? table?.columns.get(cmd.name ?? "") : undefined;
    return column && !isBound(column) ? [column] : [];
  });
  const again = [...new Set(columns.flatMap(computedFrom))].filter((each) => isThere(each, ctx) && !only.includes(each));
  return { columns, renamed: false, freed, replaced, anew: { again, only } };
}

/** NOT NULL of a generated column comes or goes with the column, which is computed as before. */
function computedAnew(statement: Node, ctx: Ctx): Node {
  const alter = as("AlterTableStmt", statement);
  const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
  if (!alter || !table) return statement;
  const cmds = edited(alter.cmds, (item) => {
    const cmd = as("AlterTableCmd", item);
    const column = NULLNESS.has(cmd?.subtype ?? "") ? table.columns.get(cmd!.name ?? "") : undefined;
    if (!cmd || !column?.generated || !column.computed || !isThere(column, ctx)) return undefined;
    return [ctx.change(cmd, { subtype: "AT_SetExpression", def: asItIs(column) })];
  });
  return cmds !== alter.cmds ? ctx.change(alter, { cmds }) : statement;
}

/** Whether the column is computed in TiDB, and can be made anew. */
function isThere(column: Column, ctx: Ctx): boolean {
  const { def, table } = column;
  return (
    !isBound(column) &&
    !ctx.lost(def) &&
    !ctx.lost(table.node) &&
    !(def.constraints ?? []).some((c) => as("Constraint", c)?.contype === "CONSTR_GENERATED" && ctx.lost(c as Node))
  );
}

/** Indexes, unique keys and CHECKs that a generated column is in: none of it goes while they are there. */
function thingsOver(column: Column, ctx: Ctx): (Index | TableConstraint)[] {
  const { table } = column;
  const indexes = [...ctx.catalog.indexes.values()].filter(
    (index) => index.table === table && !ctx.lost(index.node) && index.named.columns.includes(column),
  );
  const kinds = ["unique", "check"];
  const constraints = [...table.constraints.values()].filter(
    ({ type, columns, node }) => kinds.includes(type) && columns.includes(column) && !ctx.lost(node),
  );
  return [...indexes, ...constraints];
}

/** The column where it was, VIRTUAL and computed of nothing, before the statement. */
function hide(column: Column, statement: Node, ctx: Ctx) {
  const { table, name } = column;
  const type = mapType(ctx.catalog, column.type, column)?.sql ?? "";
  const definition = raw(`${identifier(name)} ${type} GENERATED ALWAYS AS (NULL) VIRTUAL`);
  column.history.hidden = true;
  const all = [...table.columns.keys()];
  const before = all[all.indexOf(name) - 1];
  const renamed = as("RenameStmt", statement);
  const called = renamed?.newname === before ? renamed?.subname : before;
  const place = raw(called === undefined ? "FIRST" : `AFTER ${identifier(called)}`);
  const relation = relationOf(table);
  return tidb`ALTER TABLE ${relation} DROP COLUMN ${raw(identifier(name))};\nALTER TABLE ${relation} ADD COLUMN ${definition} ${place}`;
}

function computeAgain(column: Column): NodeOf<"AlterTableStmt"> {
  const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_SetExpression", name: column.name, def: asItIs(column) };
  return { kind: "AlterTableStmt", relation: relationOf(column.table), cmds: [cmd], objtype: "OBJECT_TABLE" };
}

/** The expression of a generated column, with the names that columns have now. */
function asItIs({ computed }: Column): Node {
  return redefined(computed!.expression as Node, computed!);
}

function isChanged(column: Column, ctx: Ctx): boolean {
  return !ctx.lost(column.def) && !ctx.lost(column.table.node) && (column.type.arrayBounds?.length ?? 0) === 0 && !boundFrom(column);
}

function typeNow(column: Column, ctx: Ctx): string {
  return mapType(ctx.catalog, column.type, column)?.sql ?? "";
}

function typeBefore(column: Column, ctx: Ctx): string {
  return (column.changedFrom && mapType(ctx.catalog, column.changedFrom, column)?.sql) ?? "";
}

/** Whether text becomes bytes, or bytes text. */
function isOtherThanText(column: Column, ctx: Ctx): boolean {
  const isBytes = (type: Column["type"]) => mapType(ctx.catalog, type, column)?.row.family === "bytes";
  return column.changedFrom !== undefined && isBytes(column.changedFrom) !== isBytes(column.type);
}

/** Types that no index holds whole (errors 1170, 3152). */
const ENDLESS = /^(LONGTEXT|LONGBLOB|JSON)/;

function holdsIn(index: Index, column: Column, renamed: boolean, ctx: Ctx): boolean {
  if (!index.named.columns.includes(column)) return false;
  if (isComputed(index)) return true;
  if (renamed || column.changedFrom === undefined) return false;
  const now = typeNow(column, ctx);
  const plain = index.columns.flatMap((each) => each ?? []);
  return ENDLESS.test(now) ? !ENDLESS.test(typeBefore(column, ctx)) : !fitsKey(plain, ctx.catalog);
}

function holds({ type, columns, node, parent }: TableConstraint, column: Column, { renamed, freed, replaced }: Changed, ctx: Ctx): boolean {
  if (!columns.includes(column)) return false;
  if (type === "check") return renamed;
  // SET NULL was left away while the column was NOT NULL.
  if (type === "foreign") return parent !== undefined && freed.has(column) && isSetNull(node) && columns.every((c) => !isFixed(c));
  return type === "unique" && (replaced.has(column) || node.nulls_not_distinct === true || !fitsKey(columns, ctx.final));
}

function isSetNull({ fk_del_action, fk_upd_action }: NodeOf<"Constraint">): boolean {
  return fk_del_action === "n" || fk_upd_action === "n";
}

function isFixed(column: Column): boolean {
  return column.notNull || atEnd(column).notNull;
}

function drop(thing: Index | TableConstraint, { final }: Ctx) {
  const table = relationOf(thing.table);
  if (!("type" in thing)) return tidb`DROP INDEX ${raw(identifier(indexName(thing)))} ON ${table}`;
  const name = identifier(constraintName(final, thing));
  return tidb`ALTER TABLE ${table} DROP ${raw(WORDS[thing.type] ?? "INDEX")} ${raw(name)}`;
}

const WORDS: Readonly<Record<string, string>> = { check: "CONSTRAINT", foreign: "FOREIGN KEY" };

function constraintAgain(made: TableConstraint, ctx: Ctx): NodeOf<"AlterTableStmt"> {
  const { raw_expr } = redefined(made.node, made);
  const foreign = made.type === "foreign" ? madeAgain(made, constraintName(ctx.final, made)) : undefined;
  // The CHECK of a table that INHERITS has its node from the parent's.
  const inherited = made.type === "check" && ctx.constraint(made.node)?.table.node !== made.table.node;
  const def =
    foreign ??
    (inherited ? madeAgain(made, checkName(ctx.final, made)) : undefined) ??
    ctx.change(made.node, {
      conname: made.name,
      ...(raw_expr === undefined ? { keys: made.columns.map(({ name }) => name) } : { raw_expr }),
      location: undefined,
      // The rows were checked, or it was said that they would be.
      skip_validation: false,
      initially_valid: true,
    });
  const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def };
  return { kind: "AlterTableStmt", relation: relationOf(made.table), cmds: [cmd], objtype: "OBJECT_TABLE" };
}
