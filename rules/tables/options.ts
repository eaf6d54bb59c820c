import { as, error, note, relationName, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "table options",
  why: `Where and how PostgreSQL stores a table says nothing to TiDB. What changes which rows a table holds or who sees them does: temporary
tables, inheritance and partitions.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createtable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-table",
  },
  messages: {
    storage: note("storage options of {table} are left away: {options}"),
    tablespace: note("TABLESPACE of {table} is left away: TiDB places data itself"),
    unlogged: note("{table} is an ordinary table: TiDB has none that are UNLOGGED"),
    temporary: error("temporary table {table} is not in the output", {
      help: "make it in the session that uses it: CREATE TEMPORARY TABLE works in TiDB, without ON COMMIT",
    }),
    inherits: error("{table} is not in the output: TiDB has no INHERITS", {
      help: "repeat the parent's columns in a table of its own, or keep all rows in the parent with a column that tells them apart",
    }),
    "typed-table": error("{table} is not in the output: TiDB has no tables OF a composite type", { help: "write its columns out" }),
    partitioned: warning("{table} is one table without partitions: all rows are in it", {
      help: "PARTITION BY RANGE COLUMNS, LIST COLUMNS or KEY can be added in TiDB, where the primary key holds the partition's columns",
    }),
    partition: error("partition {table} is not in the output: its rows belong to the parent, which has no partitions", {
      help: "write to and read from the parent; a table of its own is needed only where the partition is named in queries",
    }),
  },
  on: (takes) => [
    takes("PartitionSpec", ["strategy", "partParams"], (_, ctx) => {
      const create = ctx.within("CreateStmt");
      return create?.partbound ? undefined : ctx.drop("partitioned", { table: create?.relation?.relname ?? "" });
    }),
    takes(
      "CreateStmt",
      ["relation", "options", "tablespacename", "inhRelations", "partbound", "ofTypename", "accessMethod"],
      (create, ctx) => {
        const table = relationName(create.relation!).name;
        if (create.partbound) return ctx.drop("partition", { table });
        if (create.inhRelations?.length) return ctx.drop("inherits", { table });
        if (create.ofTypename) return ctx.drop("typed-table", { table });
        const persistence = create.relation?.relpersistence;
        if (persistence === "t") return ctx.drop("temporary", { table });
        if (persistence === "u") ctx.report("unlogged", { table });
        const storage = (create.options ?? []).flatMap((o) => as("DefElem", o) ?? []);
        if (storage.length > 0) ctx.report("storage", { table, options: storage.map((o) => o.defname).join(", ") });
        for (const option of storage) {
          ctx.carried(option, ["defname", "defnamespace", "arg"]);
          const type = as("TypeName", option.arg);
          if (type) ctx.carried(type, ["names"]);
        }
        if (create.tablespacename) ctx.report("tablespace", { table });
        if (storage.length === 0 && !create.tablespacename && persistence === "p" && !create.accessMethod) return;
        return ctx.replace(
          ctx.change(create, {
            relation: ctx.change(create.relation!, { relpersistence: "p" }),
            options: (create.options ?? []).filter((o) => !as("DefElem", o)),
            tablespacename: undefined,
            accessMethod: undefined,
          }),
        );
      },
    ),
  ],
  examples: [
    {
      pg: "CREATE UNLOGGED TABLE t (a int) WITH (fillfactor = 70, autovacuum_enabled = false) TABLESPACE fast",
      tidb: "CREATE TABLE t (\n  a INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["unlogged", "storage", "tablespace"],
      rejected: { sql: "CREATE UNLOGGED TABLE u (a INT)", code: 1064 },
    },
    { pg: "CREATE TEMP TABLE t (a int)", tidb: null, findings: ["temporary"] },
    {
      given: "CREATE TABLE p (a int)",
      pg: "CREATE TABLE t (b int) INHERITS (p)",
      tidb: null,
      findings: ["inherits"],
      rejected: { sql: "CREATE TABLE t (b INT) INHERITS (p)", code: 1064 },
    },
    { pg: "CREATE TABLE t OF some_type", tidb: null, findings: ["typed-table"] },
    {
      pg: "CREATE TABLE t (a int, d date) PARTITION BY RANGE (d); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      tidb: "CREATE TABLE t (\n  a INT,\n  d DATE\n) COLLATE utf8mb4_0900_bin",
      findings: ["partitioned", "partition"],
      accepts: ["INSERT INTO t VALUES (1, '2024-06-01'), (2, '1999-01-01')"],
      rejected: { sql: "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')", code: 1064 },
    },
  ],
});
