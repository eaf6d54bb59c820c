import {
  as,
  type Context,
  checkName,
  columnDefinition,
  error,
  find,
  isTemporary,
  madeAgain,
  type NodeOf,
  nodesOf,
  note,
  relationName,
  rule,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "table options",
  why: `Where and how PostgreSQL stores a table says nothing to TiDB. What changes which rows a table holds or who sees them does: temporary
tables, inheritance and partitions.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createtable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-table",
  },
  messages: {
    there: note("{table} is there already, so that PostgreSQL passes over this: it is left away"),
    storage: note("storage options of {table} are left away: {options}"),
    tablespace: note("TABLESPACE of {table} is left away: TiDB places data itself"),
    unlogged: note("{table} is an ordinary table: TiDB has none that are UNLOGGED"),
    "on-commit": warning("temporary table {table} and its rows stay until the session ends: TiDB has no {clause} for it", {
      help: "{instead} at the end of the transaction",
    }),
    "no-index": note(
      "an index of temporary table {table} is left away: TiDB adds none to such a table (error 8200), and it changes no result",
      {
        help: "make the table by a CREATE TEMPORARY TABLE that names the index, INDEX (…), where the table is large",
      },
    ),
    "not-altered": error("{what} of temporary table {table} is not in the output: TiDB changes no such table (error 8200)", {
      help: "say it in CREATE TABLE, where it fits there",
    }),
    inherited: warning("{table} is a table of its own with the columns of {parents}: to read those is not to read its rows", {
      help: "read them by UNION ALL where a query of the parent must find the children's rows; columns and CHECKs added to the parent later do not reach {table}",
    }),
    inherits: error("{table} is not in the output: the table it INHERITS from is not in the input", {
      help: "convert the file that makes the parent together with this one",
    }),
    "typed-table": error("{table} is not in the output: the input does not make the type that it is OF", {
      help: "convert the file that makes the type together with this one",
    }),
    partitioned: warning("{table} is one table without partitions: all rows are in it", {
      help: "PARTITION BY RANGE COLUMNS, LIST COLUMNS or KEY can be added in TiDB, where the primary key holds the partition's columns",
    }),
    partition: error("partition {table} is not in the output: its parent is not in the input", {
      help: "convert the file that makes the parent together with this one",
    }),
  },
  restates: ["CreateStmt"],
  restate(statement, ctx) {
    const create = as("CreateStmt", statement);
    const made = create && ctx.final.tableOf.has(ctx.origin(create));
    if (!create?.if_not_exists || made || !find(ctx.catalog, ctx.catalog.tables, relationName(create.relation!))) return undefined;
    ctx.consumed(create);
    ctx.report("there", { table: create.relation?.relname ?? "" });
    return [];
  },
  on: (takes) => [
    takes("PartitionSpec", ["strategy", "partParams"], (_, ctx) => {
      const create = ctx.within("CreateStmt");
      return create?.partbound ? undefined : ctx.drop("partitioned", { table: create?.relation?.relname ?? "" });
    }),
    takes(
      "CreateStmt",
      ["relation", "tableElts", "options", "tablespacename", "inhRelations", "partbound", "ofTypename", "accessMethod", "oncommit"],
      (create, ctx) => {
        const table = relationName(create.relation!).name;
        if (create.partbound) return ctx.drop("partition", { table });
        if (create.inhRelations?.length) {
          const elements = inherited(create, ctx);
          if (!elements) return ctx.drop("inherits", { table });
          const parents = create.inhRelations.flatMap((r) => as("RangeVar", r)?.relname ?? []).join(", ");
          for (const parent of create.inhRelations) ctx.consumed(parent);
          return ctx.replace(ctx.change(create, { inhRelations: [], tableElts: [...elements, ...(create.tableElts ?? [])] }), "inherited", {
            table,
            parents,
          });
        }
        if (create.ofTypename) return ctx.drop("typed-table", { table });
        const persistence = create.relation?.relpersistence;
        const onCommit = ON_COMMIT[create.oncommit ?? ""];
        if (onCommit) ctx.report("on-commit", { table, ...onCommit });
        if (persistence === "u") ctx.report("unlogged", { table });
        const storage = nodesOf("DefElem", create.options);
        if (storage.length > 0) ctx.report("storage", { table, options: storage.map((o) => o.defname).join(", ") });
        for (const option of storage) {
          ctx.carried(option, ["defname", "defnamespace", "arg"]);
          const type = as("TypeName", option.arg);
          if (type) ctx.carried(type, ["names"]);
        }
        if (create.tablespacename) ctx.report("tablespace", { table });
        if (storage.length === 0 && !create.tablespacename && persistence === "p" && !create.accessMethod) return;
        const relation = ctx.change(create.relation!, { relpersistence: persistence === "t" ? "t" : "p" });
        // The printer says TEMPORARY.
        ctx.carried(relation, ["relpersistence"]);
        return ctx.replace(
          ctx.change(create, {
            relation,
            oncommit: undefined,
            options: (create.options ?? []).filter((o) => !as("DefElem", o)),
            tablespacename: undefined,
            accessMethod: undefined,
          }),
        );
      },
    ),
    takes("IndexStmt", ["relation", "idxname", "unique"], (index, ctx) => {
      const table = temporary(ctx, index.relation);
      if (table === undefined) return;
      return index.unique ? ctx.drop("not-altered", { what: "a unique index", table }) : ctx.drop("no-index", { table });
    }),
    takes("AlterTableStmt", ["relation"], (alter, ctx) => {
      const table = temporary(ctx, alter.relation);
      if (table !== undefined) return ctx.drop("not-altered", { what: "a change", table });
    }),
  ],
  examples: [
    {
      pg: "CREATE UNLOGGED TABLE t (a int) WITH (fillfactor = 70, autovacuum_enabled = false) TABLESPACE fast",
      tidb: "CREATE TABLE t (\n  a INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["unlogged", "storage", "tablespace"],
      rejected: { sql: "CREATE UNLOGGED TABLE u (a INT)", code: 1064 },
    },
    {
      pg: "CREATE TEMP TABLE t (id serial PRIMARY KEY, a int CHECK (a > 0)) ON COMMIT DROP; CREATE TEMPORARY TABLE u (a int) ON COMMIT DELETE ROWS; CREATE TEMP TABLE v (a int) ON COMMIT PRESERVE ROWS; CREATE INDEX ON t (a); CREATE UNIQUE INDEX ON t (a); ALTER TABLE t ADD COLUMN b int; INSERT INTO t (a) VALUES (1); CREATE TEMP TABLE w AS SELECT a FROM t; CREATE INDEX ON w (a)",
      tidb: `CREATE TEMPORARY TABLE t (
  id INT NOT NULL AUTO_INCREMENT,
  a INT,
  PRIMARY KEY (id),
  CONSTRAINT t_a_check CHECK (a > 0)
) COLLATE utf8mb4_0900_bin;
CREATE TEMPORARY TABLE u (
  a INT
) COLLATE utf8mb4_0900_bin;
CREATE TEMPORARY TABLE v (
  a INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO t (a) VALUES (1);
CREATE TEMPORARY TABLE w (
  a INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO w SELECT a FROM t`,
      findings: ["on-commit", "on-commit", "no-index", "not-altered", "not-altered", "no-index"],
      refuses: ["INSERT INTO t (a) VALUES (0)"],
      rejected: { sql: "CREATE INDEX i ON t (a)", code: 8200 },
    },
    {
      given: "CREATE TABLE p (a varchar(9) NOT NULL DEFAULT 'x', c int CHECK (c > 0))",
      pg: "CREATE TABLE t (b int) INHERITS (p); CREATE TABLE u (c int) INHERITS (elsewhere)",
      tidb: "CREATE TABLE t (\n  a VARCHAR(9) NOT NULL DEFAULT 'x',\n  c INT,\n  CONSTRAINT t_p_c_check CHECK (c > 0),\n  b INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["inherited", "inherits"],
      accepts: ["INSERT INTO t (b) VALUES (1)"],
      refuses: ["INSERT INTO t (c) VALUES (0)"],
      rejected: { sql: "CREATE TABLE t (b INT) INHERITS (p)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY)",
      pg: "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, b int UNIQUE); CREATE TABLE IF NOT EXISTS u (id int PRIMARY KEY)",
      tidb: "CREATE TABLE IF NOT EXISTS u (\n  id INT,\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin",
      findings: ["there"],
      accepts: ["INSERT INTO t VALUES (1)"],
    },
    { pg: "CREATE TABLE t OF some_type", tidb: null, findings: ["typed-table"] },
    {
      pg: "CREATE TABLE t (a int, d date) PARTITION BY RANGE (d)",
      tidb: "CREATE TABLE t (\n  a INT,\n  d DATE\n) COLLATE utf8mb4_0900_bin",
      findings: ["partitioned"],
      accepts: ["INSERT INTO t VALUES (1, '2024-06-01'), (2, '1999-01-01')"],
      rejected: { sql: "CREATE TABLE u (a INT, d DATE) PARTITION BY RANGE (d)", code: 1492 },
    },
    {
      pg: "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      tidb: null,
      findings: ["partition"],
      rejected: { sql: "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')", code: 1064 },
    },
  ],
});

/** The columns and CHECKs of the tables that a definition INHERITS from; undefined where one of them is not known. */
function inherited(create: Pick<NodeOf<"CreateStmt">, "relation" | "inhRelations" | "tableElts">, ctx: Context): Value[] | undefined {
  const parents = (create.inhRelations ?? []).map((r) => find(ctx.catalog, ctx.catalog.tables, relationName(as("RangeVar", r)!)));
  if (parents.some((parent) => !parent || ctx.lost(parent.node))) return undefined;
  const names = new Set((create.tableElts ?? []).flatMap((e) => as("ColumnDef", e)?.colname ?? []));
  const columns = parents.flatMap((parent) => [...parent!.columns.values()]).filter((c) => !names.has(c.name) && names.add(c.name));
  const definitions = columns.map((column) => columnDefinition(ctx.catalog, column, ctx.lost));
  if (definitions.some((d) => "refused" in d)) return undefined;
  const own = find(ctx.catalog, ctx.catalog.tables, relationName(create.relation!));
  const all = parents.flatMap((parent) => [...parent!.constraints.values()].filter((c) => c.type === "check" && !c.node.is_no_inherit));
  // Those of one name say the same, or PostgreSQL refuses the table.
  const checks = [...new Map(all.map((check) => [check.name, check])).values()];
  return [
    ...definitions.map((d) => tidbText("sql" in d ? d.sql : "") as never),
    // Its name is one in the whole database.
    ...checks.flatMap((check) => madeAgain(check, checkName(ctx.final, own?.constraints.get(check.name) ?? check)) ?? []),
  ];
}

/** What happens to a temporary table at the end of a transaction, and what does the same. */
const ON_COMMIT: Readonly<Record<string, { readonly clause: string; readonly instead: string }>> = {
  ONCOMMIT_DROP: { clause: "ON COMMIT DROP", instead: "DROP TEMPORARY TABLE" },
  ONCOMMIT_DELETE_ROWS: { clause: "ON COMMIT DELETE ROWS", instead: "DELETE its rows" },
};

/** The name of a temporary table; undefined for any other relation. */
function temporary({ catalog }: Context, relation: NodeOf<"RangeVar"> | undefined): string | undefined {
  return relation && isTemporary(catalog, relationName(relation)) ? relation.relname : undefined;
}
