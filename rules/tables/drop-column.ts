import {
  allowRemoval,
  as,
  type Context,
  constraintName,
  error,
  find,
  type Index,
  identifier,
  indexName,
  isAutoIncrement,
  isComputed,
  nodesOf,
  note,
  relationName,
  rule,
  type Table,
  type TableConstraint,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "ALTER TABLE … DROP COLUMN",
  why: `PostgreSQL drops the indexes and constraints of a column along with it, and by CASCADE the columns that are computed from it. TiDB refuses
to drop a column that a foreign key, an index of several columns or a generated column needs: these go first, in statements of their own.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-drop-column",
  },
  messages: {
    first: note("{name} goes before column {column}, as it does in PostgreSQL"),
    views: warning("{views} read {table} and stay: by CASCADE PostgreSQL drops those that read {column}", {
      help: "DROP VIEW for each that reads it: TiDB keeps such a view, and refuses to read it (error 1356)",
    }),
    only: error("{column} stays: it is the only column of {table}, and TiDB has no table without any (error 1090)", {
      help: "DROP TABLE where nothing follows; otherwise drop the column by hand once the table has another one",
    }),
    numbered: note("{column} is AUTO_INCREMENT, which TiDB drops only in a session that allows it"),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    const numbered = (alter?.cmds ?? []).flatMap((item) => {
      const cmd = as("AlterTableCmd", item);
      const column = cmd?.subtype === "AT_DropColumn" ? table?.droppedWith?.get(cmd.name ?? "")?.column : undefined;
      return cmd && column && isAutoIncrement(column) && !ctx.lost(column.def) ? [{ cmd, column: column.name }] : [];
    });
    if (numbered.length === 0) return undefined;
    for (const { cmd, column } of numbered) ctx.report("numbered", { column }, cmd);
    return [{ node: allowRemoval("ON") as never }, { node: statement }, { node: allowRemoval("OFF") as never }];
  },
  on: (takes) => [
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      const table = alter.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
      let found = false;
      const left = table ? keptColumns(table, alter.cmds) : 1;
      const isLast = (item: Value) => left === 0 && item === alter.cmds?.findLast((each) => isSubtype(each, "AT_DropColumn"));
      const cmds = (left === 0 ? addedFirst(alter.cmds) : (alter.cmds ?? [])).flatMap((item) => {
        const cmd = as("AlterTableCmd", item);
        if (cmd?.subtype !== "AT_DropColumn") return [item];
        found = true;
        const column = cmd.name ?? "";
        const stays = isLast(item) && !(alter.cmds ?? []).some((each) => isSubtype(each, "AT_AddColumn"));
        if (stays) {
          ctx.report("only", { column, table: table!.name }, cmd);
          if (table?.droppedWith?.has(column)) ctx.differs(table.droppedWith.get(column)!.column.def);
        }
        const dropped = table?.droppedWith?.get(column);
        const computed = (dropped?.computed ?? []).filter((each) => !ctx.lost(each.def));
        const things = [...computed.flatMap((each) => table?.droppedWith?.get(each.name)?.things ?? []), ...(dropped?.things ?? [])];
        const going = [...new Set(things)].filter((thing) => !ctx.lost(thing.node) && blocks(thing));
        for (const { name } of [...going, ...computed]) ctx.report("first", { name, column }, cmd);
        if (table && cmd.behavior === "DROP_CASCADE") {
          const views = [...ctx.catalog.readers.values()].filter(({ reads }) => reads.has(`${table.schema}.${table.name}`));
          const kept = views.filter((view) => !ctx.absent(view)).map(({ name }) => name);
          if (kept.length > 0) ctx.report("views", { views: kept.join(", "), table: table.name, column }, cmd);
        }
        // What else depends on the column goes first.
        ctx.carried(cmd, ["subtype", "name", "missing_ok", "behavior"]);
        const own = `DROP COLUMN ${cmd.missing_ok ? "IF EXISTS " : ""}${identifier(column)}`;
        const clauses = going.flatMap((thing) => clausesFor(thing, ctx));
        const others = computed.map((each) => `DROP COLUMN ${identifier(each.name)}`);
        return [...clauses, ...others, ...(stays ? [] : [own])].map((sql) => tidbText(sql) as never);
      });
      return found ? ctx.replace(ctx.change(alter, { cmds })) : undefined;
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int, b int REFERENCES p, c int, d int, UNIQUE (a, c)); CREATE INDEX i ON t (b, c); CREATE INDEX k ON t (a, d)",
      pg: "ALTER TABLE t DROP COLUMN c, DROP COLUMN b",
      tidb: "ALTER TABLE t DROP INDEX t_a_c_key;\nALTER TABLE t DROP INDEX i;\nALTER TABLE t DROP COLUMN c;\nALTER TABLE t DROP FOREIGN KEY t_b_fkey;\nALTER TABLE t DROP INDEX IF EXISTS t_b_fkey;\nALTER TABLE t DROP COLUMN b",
      findings: ["first", "first", "first"],
      rejected: { sql: "ALTER TABLE t DROP COLUMN d", code: 8200 },
    },
    {
      given:
        "CREATE TABLE t (a int, b int, g int GENERATED ALWAYS AS (a * 2) STORED, h int GENERATED ALWAYS AS (a + b) VIRTUAL); CREATE INDEX i ON t (g, b)",
      pg: "ALTER TABLE t DROP COLUMN a CASCADE",
      tidb: "ALTER TABLE t DROP INDEX i;\nALTER TABLE t DROP COLUMN g;\nALTER TABLE t DROP COLUMN h;\nALTER TABLE t DROP COLUMN a",
      findings: ["first", "first", "first"],
      accepts: ["INSERT INTO t VALUES (1)"],
    },
    {
      given:
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT b FROM t; CREATE VIEW lost AS SELECT xmin FROM t",
      pg: "ALTER TABLE t DROP COLUMN a CASCADE",
      tidb: "ALTER TABLE t DROP COLUMN a",
      findings: ["views"],
      rejected: { sql: "SELECT * FROM v", code: 1356 },
    },
    {
      given: "CREATE TABLE t (a int, b int); CREATE TABLE u (a int)",
      pg: "ALTER TABLE t DROP COLUMN a, DROP COLUMN b, ADD COLUMN c int; ALTER TABLE u DROP COLUMN a",
      tidb: "ALTER TABLE t ADD COLUMN c INT;\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t DROP COLUMN b",
      findings: ["only"],
      accepts: ["INSERT INTO t VALUES (1)"],
      rejected: { sql: "ALTER TABLE u DROP COLUMN a", code: 1090 },
    },
    {
      given:
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b varchar(9)); CREATE UNIQUE INDEX i ON t (b) WHERE a > 0; CREATE INDEX k ON t (lower(b))",
      pg: "ALTER TABLE t DROP CONSTRAINT t_pkey, DROP COLUMN id, ADD PRIMARY KEY (a); ALTER TABLE t DROP COLUMN b",
      tidb: `SET SESSION tidb_allow_remove_auto_inc = ON;
ALTER TABLE t DROP PRIMARY KEY;
ALTER TABLE t DROP COLUMN id;
ALTER TABLE t ADD PRIMARY KEY (a);
SET SESSION tidb_allow_remove_auto_inc = OFF;
ALTER TABLE t DROP INDEX i;
ALTER TABLE t DROP INDEX k;
ALTER TABLE t DROP COLUMN b`,
      findings: ["numbered", "first", "first"],
      accepts: ["INSERT INTO t VALUES (1)"],
      refuses: ["INSERT INTO t VALUES (1)"],
    },
  ],
});

function isSubtype(item: Value, subtype: string): boolean {
  return as("AlterTableCmd", item)?.subtype === subtype;
}

/** How many columns a statement leaves of those that were there before it. */
function keptColumns({ columns }: Table, cmds: readonly Value[] | undefined): number {
  const added = nodesOf("AlterTableCmd", cmds).flatMap(({ subtype, def }) =>
    subtype === "AT_AddColumn" ? (as("ColumnDef", def)?.colname ?? []) : [],
  );
  return [...columns.keys()].filter((name) => !added.includes(name)).length;
}

/** New columns before the last old one goes. */
function addedFirst(cmds: readonly Value[] | undefined): readonly Value[] {
  const adds = (item: Value) => isSubtype(item, "AT_AddColumn");
  return [...(cmds ?? []).filter(adds), ...(cmds ?? []).filter((item) => !adds(item))];
}

type Thing = Index | TableConstraint;
const typeOf = (thing: Thing) => ("type" in thing ? thing.type : "index");

/** Indexes and keys of one plain column, and CHECKs on it alone, go with it in TiDB too. */
function blocks(thing: Thing): boolean {
  const type = typeOf(thing);
  if (!("type" in thing) && isComputed(thing)) return true;
  return type === "foreign" || type === "primary" || (type !== "exclude" && thing.columns.length > 1);
}

function clausesFor(thing: Thing, { final }: Context): string[] {
  const type = typeOf(thing);
  const quoted = identifier("type" in thing ? constraintName(final, thing) : indexName(thing));
  // The index that TiDB makes for a foreign key bears its name, and stays when the key goes.
  if (type === "foreign") return [`DROP FOREIGN KEY ${quoted}`, `DROP INDEX IF EXISTS ${quoted}`];
  if (type === "primary") return ["DROP PRIMARY KEY"];
  return [type === "check" ? `DROP CONSTRAINT ${quoted}` : `DROP INDEX ${quoted}`];
}
