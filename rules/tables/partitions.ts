import {
  as,
  type Column,
  type Context,
  error,
  type Folded,
  find,
  hashLayout,
  identifier,
  type Layout,
  listLayout,
  type Node,
  type NodeOf,
  nextvalSequence,
  note,
  partitionCondition,
  qualified,
  rangeGuard,
  rangeLayout,
  raw,
  relationName,
  relationOf,
  relayout,
  rootOf,
  rule,
  type SchemaContext,
  type Share,
  type Table,
  type TableConstraint,
  takesAllHashes,
  tidb,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

type Taken = "partition" | "hash" | "rows" | "same" | "own" | "attached" | "refined" | "named";
type Schema = SchemaContext<Taken | "loose" | "added" | "split">;
type Create = NodeOf<"CreateStmt">;
type Bound = NodeOf<"PartitionBoundSpec">;

/** A partition: the statement that makes its table, and the one that says which rows it takes (often the same). */
interface Member {
  readonly table: Table;
  /** Absent for a child by INHERITS. */
  readonly bound: Bound | undefined;
  readonly says: Folded;
}

export default rule({
  construct: "partitions",
  why: `PostgreSQL's partitions are tables of their own; TiDB's are named parts of one table. Partitions made in the same file as their parent
go into its CREATE TABLE, those of later files are added to it, with a CHECK where TiDB's partitions take rows that PostgreSQL's refuse: below the first bound, between two
partitions, NULL. TiDB has no foreign keys on a partitioned table (error 1506), neither on expressions and types of all kinds: where these
are, the parent is one table that holds all rows. INSERT INTO parent PARTITION (child) takes the rows of the child only, as an INSERT into it does. So it is where children INHERIT and say by a CHECK only which rows they have: SELECT from
the parent read their rows in PostgreSQL too.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-partitioning.html",
    tidb: "https://docs.pingcap.com/tidb/stable/partitioned-table",
  },
  messages: {
    partition: note("{partition} is a partition of {table}, in its CREATE TABLE", {
      help: "what reads or writes {partition} names {table} PARTITION ({partition}), which takes no other rows",
    }),
    added: note("{partition} is added to {table} as a partition", {
      help: "what reads or writes {partition} names {table} PARTITION ({partition}), which takes no other rows",
    }),
    split: note("{partition} is split off other partitions of {table}: TiDB adds them at the end only", {
      help: "TiDB moves the rows of the partitions that are split, which takes time where there are many",
    }),
    hash: note("{partition} is a part of {table}: TiDB spreads rows by a hash of its own, and no part of it has the rows of {partition}", {
      help: "write to and read from {table}",
    }),
    rows: note("the rows of {partition} are in {table}, which has no such partition", { help: "write to and read from {table}" }),
    loose: warning("{table} takes rows for {within} that its own partitions refuse in PostgreSQL", {
      help: "ALTER TABLE {table} ADD CHECK for their bounds, where such rows are an error",
    }),
    "until-dropped": warning(
      "{partition} is a partition of {table} until it is dropped: TiDB detaches none, and its rows stay among those of {table}",
      {
        help: "where {partition} is read, or takes rows outside of its bounds, before it is dropped, make a table of it by EXCHANGE PARTITION",
      },
    ),
    "not-detached": error("{partition} is not detached from {table}, and its rows go on to be among those of {table}", {
      help: "{instead}",
    }),
    named: note("{partition} bears its last name in TiDB from the start, {name}"),
    attached: note("{name} is a part of {table} in TiDB: there is nothing to attach"),
    same: note("{what} of {partition} is that of {table}"),
    moved: note("{what} of {partition} is made on {table}, for all partitions"),
    refined: warning("{what} is not in the output: {partition} alone had it, and all rows of {table} get what {table} says", {
      help: "name the value in the INSERTs into {partition} that relied on it, or say it for {table}",
    }),
    dropped: note("{partition} and its rows are dropped as a partition of {table}"),
    gap: warning(
      "{partition} and its rows are dropped as a partition of {table}; the next one then takes new rows of its range, which PostgreSQL refuses or puts into the default partition",
      { help: "ALTER TABLE {table} ADD CHECK for the range where such rows are an error" },
    ),
    truncated: note("{partition} is emptied as a partition of {table}"),
    kept: error("{action} {partition} is not in the output: its rows are in {table} among others", {
      help: "DELETE FROM {table} WHERE … with the condition that told its rows",
    }),
    unchecked: warning("rows for {partition} go to {table}, which also takes rows that {partition} refuses in PostgreSQL", {
      help: "check rows against the bounds of {partition} before they are written, where nothing else tells that they belong there",
    }),
    own: error("{what} is not in the output: {partition} is no table of its own in TiDB", {
      help: "make it on {table} where it may hold for all rows",
    }),
  },
  schema(schema) {
    const families = familiesOf(schema);
    if (families.size === 0) return;
    const creators = new Map<Create, Folded>();
    const places = new Map<Folded, number>();
    for (const [i, statement] of schema.statements.entries()) {
      places.set(statement, i);
      if (statement.node.kind === "CreateStmt") creators.set(statement.node, statement);
    }
    for (const [root, members] of families) {
      const creator = creators.get(root.node);
      if (!creator) continue;
      const direct = members.filter((m) => m.table.partitionOf === root);
      const shapes = moveParts(schema, creator, root, members, direct);
      const made = partitioning(schema, root, creator, direct, shapes, { creators, places });
      const loose: Table[] = [];
      const deeper = made ? deeperGuards(schema, direct, members, loose) : [];
      for (const { table } of direct) table.parts = made?.parts.get(table);
      if (made) {
        const create = creator.current as Create;
        schema.consumed(create.partspec!);
        const guards = [...(made.guard === undefined ? [] : [made.guard]), ...deeper];
        const guard = guards.map((condition) => tidbText(`CHECK (${condition})`) as never);
        root.guards += guards.length;
        for (const { name } of loose) schema.report(creator, "loose", { table: root.name, within: name });
        schema.update(
          creator,
          schema.change(create, {
            partspec: made.sql === undefined ? undefined : (tidbText(made.sql) as never),
            tableElts: [...(create.tableElts ?? []), ...guard],
          }),
        );
      }
      for (const { table, bound, says } of members) {
        const data = { partition: table.name, table: root.name, name: table.name };
        const maker = creators.get(table.node);
        // A child's CHECK said which rows are its own: all are the parent's now.
        const own = ownConstraints(table, shapes, bound !== undefined);
        const refined = maker && bound ? refinements(table, root) : [];
        const isHashed = made !== undefined && table.partitionOf === root && !bound?.is_default;
        const message = made && table.partitionOf === root && table.parts ? "partition" : isHashed ? "hash" : "rows";
        const step = [maker, says].find((statement) => statement && made?.steps.get(statement)?.table === table);
        if (step) {
          schema.consumed(step.current);
          if (own.length > 0) schema.report(step, "own", { ...data, what: [...own, ...refined].join(", ") });
          else if (refined.length > 0) schema.report(step, "refined", { ...data, what: refined.join(", ") });
          const { sql } = made!.steps.get(step)!;
          const rest = sql.startsWith("REORGANIZE") ? "split" : "added";
          schema.report(step, rest, data);
          schema.update(step, tidb`ALTER TABLE ${relationOf(root)} ${raw(sql)}` as never);
          if (maker && says !== step) take(schema, says, creator, "attached", data);
          else if (maker && maker !== step) take(schema, maker, creator, "rows", data);
          continue;
        }
        if (maker && own.length > 0) take(schema, maker, creator, "own", { ...data, what: [...own, ...refined].join(", ") });
        else if (maker && refined.length > 0) take(schema, maker, creator, "refined", { ...data, what: refined.join(", ") });
        else if (maker) take(schema, maker, creator, message, data);
        if (maker !== says) take(schema, says, creator, "attached", data);
      }
    }
  },
  restates: ["DropStmt", "TruncateStmt"],
  restate(statement, ctx) {
    const all = relationsOf(statement);
    const parts = all.filter((object) => partitionNamed(ctx, object, ctx.origin(statement)));
    if (parts.length === 0 || all.length === 1) return;
    const others = all.filter((object) => !parts.includes(object));
    const only = (objects: readonly Value[]) => ({
      node:
        statement.kind === "DropStmt"
          ? ctx.change(statement, { objects })
          : ctx.change(statement as NodeOf<"TruncateStmt">, { relations: objects }),
    });
    return [...parts.map((part) => only([part])), ...(others.length > 0 ? [only(others)] : [])];
  },
  on: (takes) => [
    takes("DropStmt", ["objects", "removeType", "behavior", "missing_ok"], (drop, ctx) => {
      const [object] = drop.objects ?? [];
      const partition =
        drop.removeType === "OBJECT_TABLE" && object !== undefined ? partitionNamed(ctx, object, ctx.origin(drop as Node)) : undefined;
      const root = rootOf(partition);
      if (!partition || !root) return;
      const data = { action: "DROP", partition: partition.name, table: root.name };
      const parts = partsOf(ctx, partition);
      // TiDB keeps the last partition (error 1508).
      const others = [...ctx.catalog.tables.values()].some((table) => table.partitionOf === root);
      if (!parts || !others) return ctx.drop("kept", data);
      ctx.consumed(drop.objects!);
      const message = root.node.partspec?.strategy === "PARTITION_STRATEGY_RANGE" ? "gap" : "dropped";
      return ctx.replace(tidb`ALTER TABLE ${relationOf(root)} DROP PARTITION ${raw(parts.map(identifier).join(", "))}`, message, data);
    }),
    takes("TruncateStmt", ["relations", "restart_seqs", "behavior"], (truncate, ctx) => {
      const [relation] = truncate.relations ?? [];
      const partition = relation !== undefined ? partitionNamed(ctx, relation, truncate as Node) : undefined;
      const root = rootOf(partition);
      if (!partition || !root) return;
      const data = { action: "TRUNCATE", partition: partition.name, table: root.name };
      const parts = partsOf(ctx, partition);
      if (!parts) return ctx.drop("kept", data);
      ctx.consumed(relation!);
      return ctx.replace(
        tidb`ALTER TABLE ${relationOf(root)} TRUNCATE PARTITION ${raw(parts.map(identifier).join(", "))}`,
        "truncated",
        data,
      );
    }),
    takes("InsertStmt", ["relation"], (insert, ctx) => {
      const table = insert.relation && find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation));
      const partition = table && (ctx.final.tableOf.get(table.node) ?? table);
      const root = rootOf(partition);
      if (!partition || !root) return;
      if (!partition.parts) ctx.report("unchecked", { partition: partition.name, table: root.name });
      ctx.carried(insert.relation!, ["relname", "schemaname"]);
      return ctx.replace(ctx.change(insert, { relation: ctx.change(insert.relation!, { schemaname: root.schema, relname: root.name }) }));
    }),
    takes("AlterTableCmd", ["subtype", "def"], (cmd, ctx) => {
      if (!DETACHES.has(cmd.subtype ?? "")) return;
      const name = as("PartitionCmd", cmd.def)?.name;
      const now = name && find(ctx.catalog, ctx.catalog.tables, relationName(name));
      const partition = now && ctx.final.tableOf.get(now.node);
      const root = rootOf(partition);
      if (!partition || !root) return;
      const data = { partition: partition.name, table: root.name };
      if (partition.droppedBy || cmd.subtype === "AT_DetachPartitionFinalize") return ctx.drop("until-dropped", data);
      const [part] = partition.parts?.length === 1 ? partition.parts : [];
      const table = identifier(root.name);
      const own = identifier(`${partition.name}_detached`);
      const exchange = `CREATE TABLE ${own} LIKE ${table}; ALTER TABLE ${own} REMOVE PARTITIONING; ALTER TABLE ${table} EXCHANGE PARTITION ${identifier(part ?? "")} WITH TABLE ${own}; ALTER TABLE ${table} DROP PARTITION ${identifier(part ?? "")}`;
      const copy = `CREATE TABLE ${own} LIKE ${table}, and move its rows by INSERT … SELECT and DELETE with the condition that told them`;
      return ctx.drop("not-detached", { ...data, instead: part === undefined ? copy : `make a table of it: ${exchange}` });
    }),
    takes("IndexStmt", ["idxname", "relation"], (index, ctx) => {
      const made = ctx.index(index)?.table;
      const partition = made && find(ctx.final, ctx.final.tables, made);
      const root = rootOf(partition);
      if (root && index.relation?.relname === root.name)
        return ctx.report("moved", { what: `index ${index.idxname ?? ""}`, partition: partition!.name, table: root.name });
    }),
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      const constraint = as("Constraint", as("AlterTableCmd", alter.cmds?.[0])?.def);
      const made = constraint && ctx.constraint(constraint);
      const partition = made && find(ctx.final, ctx.final.tables, made.table);
      const root = rootOf(partition);
      if (root && alter.relation?.relname === root.name)
        return ctx.report("moved", { what: made!.name, partition: partition!.name, table: root.name });
    }),
  ],
  examples: [
    {
      pg: "CREATE TABLE t (a int, d date) PARTITION BY RANGE (d); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE t3 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO (MAXVALUE); CREATE INDEX i ON t1 (a)",
      tidb: "CREATE TABLE t (\n  a INT,\n  d DATE,\n  CHECK (d IS NOT NULL AND d >= '2024-01-01' AND NOT (d >= '2025-01-01' AND d < '2026-01-01'))\n) COLLATE utf8mb4_0900_bin PARTITION BY RANGE COLUMNS (d) (PARTITION t1 VALUES LESS THAN ('2025-01-01'), PARTITION t3 VALUES LESS THAN (MAXVALUE));\nCREATE INDEX i ON t (a)",
      findings: ["partition", "partition", "moved"],
      accepts: ["INSERT INTO t VALUES (1, '2024-01-01'), (2, '2024-12-31'), (3, '2026-01-01'), (4, '9999-12-31')"],
      refuses: [
        "INSERT INTO t VALUES (1, '2023-12-31')",
        "INSERT INTO t VALUES (1, '2025-01-01')",
        "INSERT INTO t VALUES (1, '2025-12-31')",
        "INSERT INTO t VALUES (1, NULL)",
      ],
      rejected: { sql: "CREATE TABLE x PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')", code: 1064 },
    },
    {
      pg: `CREATE TABLE t (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE t_1 (id bigint NOT NULL, at timestamptz NOT NULL);
ALTER TABLE ONLY t ATTACH PARTITION t_1 FOR VALUES FROM ('2024-01-01 01:00:00+01') TO ('2024-02-01 00:00:00+00');
ALTER TABLE ONLY t ADD CONSTRAINT t_pkey PRIMARY KEY (id, at);
ALTER TABLE ONLY t_1 ADD CONSTRAINT t_1_pkey PRIMARY KEY (id, at);
ALTER INDEX t_pkey ATTACH PARTITION t_1_pkey`,
      tidb: "CREATE TABLE t (\n  id BIGINT NOT NULL,\n  at TIMESTAMP(6) NOT NULL,\n  CHECK (at >= '2024-01-01 00:00:00+00:00'),\n  PRIMARY KEY (id, at)\n) COLLATE utf8mb4_0900_bin PARTITION BY RANGE (FLOOR(UNIX_TIMESTAMP(at))) (PARTITION t_1 VALUES LESS THAN (1706745600))",
      findings: ["partition", "attached", "same", "attached"],
      accepts: ["INSERT INTO t VALUES (1, '2024-01-01 00:00:00'), (2, '2024-01-31 23:59:59.999999')"],
      refuses: ["INSERT INTO t VALUES (1, '2023-12-31 23:59:59.999999')", "INSERT INTO t VALUES (1, '2024-02-01 00:00:00')"],
      rejected: {
        sql: "CREATE TABLE x (at TIMESTAMP(6)) PARTITION BY RANGE COLUMNS (at) (PARTITION p VALUES LESS THAN ('2024-02-01'))",
        code: 1659,
      },
    },
    {
      pg: "CREATE TABLE t (a text, b int) PARTITION BY LIST (a); CREATE TABLE x PARTITION OF t FOR VALUES IN ('x', NULL); CREATE TABLE y PARTITION OF t FOR VALUES IN ('y')",
      tidb: "CREATE TABLE t (\n  a VARCHAR(768),\n  b INT\n) COLLATE utf8mb4_0900_bin PARTITION BY LIST COLUMNS (a) (PARTITION x VALUES IN ('x', NULL), PARTITION y VALUES IN ('y'))",
      findings: ["partition", "partition"],
      accepts: ["INSERT INTO t VALUES ('x', 1), (NULL, 1), ('y', 1)"],
      refuses: ["INSERT INTO t VALUES ('X', 1)", "INSERT INTO t VALUES ('x ', 1)"],
    },
    {
      pg: "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (-5) TO (10); CREATE TABLE t2 PARTITION OF t DEFAULT",
      tidb: "CREATE TABLE t (\n  a INT\n) COLLATE utf8mb4_0900_bin PARTITION BY RANGE COLUMNS (a) (PARTITION t2 VALUES LESS THAN (-5), PARTITION t1 VALUES LESS THAN (10), PARTITION t2_2 VALUES LESS THAN (MAXVALUE))",
      findings: ["partition", "partition"],
      accepts: ["INSERT INTO t VALUES (-6), (-5), (9), (10), (NULL)"],
    },
    {
      pg: "CREATE TABLE t (a int, b uuid) PARTITION BY HASH (b); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
      tidb: "CREATE TABLE t (\n  a INT,\n  b CHAR(36)\n) COLLATE utf8mb4_0900_bin PARTITION BY KEY (b) PARTITIONS 2",
      findings: ["hash", "hash"],
      accepts: ["INSERT INTO t VALUES (1, '00000000-0000-0000-0000-000000000000'), (1, NULL)"],
    },
    {
      pg: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p, b int) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t (CONSTRAINT c CHECK (a > 0)) FOR VALUES IN (1); ALTER TABLE t1 ADD UNIQUE (a)",
      tidb: "CREATE TABLE p (\n  id INT,\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin;\nCREATE TABLE t (\n  a INT,\n  b INT,\n  CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id)\n) COLLATE utf8mb4_0900_bin",
      findings: ["own", "own"],
      accepts: ["INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, 1)"],
      refuses: ["INSERT INTO t VALUES (2, 1)"],
      rejected: {
        sql: "CREATE TABLE x (a INT, b INT, FOREIGN KEY (a) REFERENCES p (id)) PARTITION BY LIST (b) (PARTITION t1 VALUES IN (1))",
        code: 1506,
      },
    },
    {
      pg: "CREATE TABLE t (a int, d date); CREATE TABLE t1 (CHECK (d < '2024-01-01')) INHERITS (t); CREATE INDEX i ON t1 (d)",
      tidb: "CREATE TABLE t (\n  a INT,\n  d DATE\n) COLLATE utf8mb4_0900_bin;\nCREATE INDEX i ON t (d)",
      findings: ["rows", "moved"],
    },
    {
      pg: "CREATE TABLE t (a int, b int DEFAULT 1) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t (b DEFAULT 5 NOT NULL) FOR VALUES IN (1); CREATE TABLE t2 (a int, b int DEFAULT 1); ALTER TABLE t ATTACH PARTITION t2 FOR VALUES IN (2); ALTER TABLE t2 ALTER COLUMN b SET DEFAULT 7",
      tidb: "CREATE TABLE t (\n  a INT,\n  b INT DEFAULT 1\n) COLLATE utf8mb4_0900_bin PARTITION BY LIST COLUMNS (a) (PARTITION t1 VALUES IN (1), PARTITION t2 VALUES IN (2))",
      findings: ["refined", "partition", "attached", "refined"],
    },
    {
      given:
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2, 3); CREATE TABLE u (a int); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)",
      pg: "SELECT t1.b FROM t1; UPDATE t1 SET b = 4; DELETE FROM t1 AS x WHERE x.b IS NULL; TRUNCATE t2, u; DROP TABLE t1",
      tidb: "SELECT t1.b FROM t PARTITION (t1) AS t1;\nUPDATE t PARTITION (t1) AS t1 SET b = 4;\nDELETE FROM t PARTITION (t1) AS x WHERE x.b IS NULL;\nALTER TABLE t TRUNCATE PARTITION t2;\nTRUNCATE TABLE u;\nALTER TABLE t DROP PARTITION t1",
      findings: ["truncated", "dropped"],
      accepts: ["INSERT INTO t VALUES (2, 1)"],
      refuses: ["INSERT INTO t VALUES (1, 1)"],
      rejected: { sql: "TRUNCATE TABLE t2", code: 1146 },
    },
    {
      given:
        "CREATE TABLE t (a int PRIMARY KEY, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2); CREATE TABLE t2 (a int NOT NULL, b int); INSERT INTO t2 VALUES (3, 3); ALTER TABLE t ATTACH PARTITION t2 FOR VALUES IN (3); CREATE TABLE h (a int) PARTITION BY HASH (a); CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
      pg: "INSERT INTO t1 VALUES (1, 1); INSERT INTO t1 (a, b) SELECT 2, b + 1 FROM t1; INSERT INTO t1 VALUES (1, 0 + 5) ON CONFLICT (a) DO UPDATE SET b = t1.b + excluded.b; INSERT INTO h1 VALUES (0 + 7)",
      tidb: "INSERT INTO t PARTITION (t1) VALUES (1, 1);\nINSERT INTO t PARTITION (t1) (a, b) SELECT 2, b + 1 FROM t PARTITION (t1) AS t1;\nINSERT INTO t PARTITION (t1) VALUES (1, 0 + 5) ON DUPLICATE KEY UPDATE b = (t.b + VALUES(b));\nINSERT INTO h VALUES (0 + 7)",
      findings: ["unchecked"],
      accepts: [
        "UPDATE t SET b = IF((SELECT COUNT(*) FROM (SELECT * FROM t) AS c WHERE (a, b) IN ((1, 6), (2, 2), (3, 3))) = 3, b, 'other')",
      ],
      refuses: ["INSERT INTO t PARTITION (t1) VALUES (3, 1)", "UPDATE t PARTITION (t2) AS t2 SET a = 4", "INSERT INTO t VALUES (4, 1)"],
      rejected: { sql: "INSERT INTO t PARTITION (t2) VALUES (1, 1)", code: 1748 },
    },
    {
      given:
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20); CREATE TABLE h (a int) PARTITION BY HASH (a); CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
      pg: "DROP TABLE t1; TRUNCATE h1; DROP TABLE h1",
      tidb: "ALTER TABLE t DROP PARTITION t1",
      findings: ["gap", "kept", "kept"],
      accepts: ["INSERT INTO t VALUES (1)"],
    },
    {
      pg: "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, NULL) PARTITION BY RANGE (b); CREATE TABLE t1_a PARTITION OF t1 FOR VALUES FROM (0) TO (10); CREATE TABLE t1_b PARTITION OF t1 FOR VALUES FROM (20) TO (MAXVALUE); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2) PARTITION BY RANGE (a, b); CREATE TABLE t2_a PARTITION OF t2 FOR VALUES FROM (0, 0) TO (9, 9); CREATE TABLE t3 PARTITION OF t FOR VALUES IN (3) PARTITION BY HASH (b); CREATE TABLE t3_a PARTITION OF t3 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
      tidb: `CREATE TABLE t (
  a INT,
  b INT,
  CHECK (NOT (a IS NULL OR a IN (1)) OR (b IS NOT NULL AND b >= 0 AND b < 10) OR (b IS NOT NULL AND b >= 20))
) COLLATE utf8mb4_0900_bin PARTITION BY LIST COLUMNS (a) (PARTITION t1 VALUES IN (1, NULL), PARTITION t2 VALUES IN (2), PARTITION t3 VALUES IN (3))`,
      findings: ["loose", "partition", "rows", "rows", "partition", "rows", "partition", "rows"],
      accepts: ["INSERT INTO t VALUES (1, 0), (1, 9), (NULL, 20), (1, 99), (2, 50), (3, NULL)"],
      refuses: [
        "INSERT INTO t VALUES (1, 10)",
        "INSERT INTO t VALUES (1, NULL)",
        "INSERT INTO t VALUES (NULL, -1)",
        "INSERT INTO t VALUES (4, 1)",
      ],
    },
    {
      given:
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE TABLE t3 PARTITION OF t FOR VALUES IN (3); CREATE TABLE h (a int) PARTITION BY HASH (a); CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO t VALUES (1, 1), (2, 2)",
      pg: "ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY; DROP TABLE t1; ALTER TABLE t DETACH PARTITION t2; ALTER TABLE h DETACH PARTITION h1; ALTER TABLE t3 RENAME TO t4; INSERT INTO t4 VALUES (3, 3)",
      tidb: "ALTER TABLE t DROP PARTITION t1;\nINSERT INTO t PARTITION (t4) VALUES (3, 3)",
      findings: ["until-dropped", "dropped", "not-detached", "not-detached", "named"],
      accepts: [
        "CREATE TABLE t2_detached LIKE t",
        "ALTER TABLE t2_detached REMOVE PARTITIONING",
        "ALTER TABLE t EXCHANGE PARTITION t2 WITH TABLE t2_detached",
        "ALTER TABLE t DROP PARTITION t2",
        "INSERT INTO t2_detached VALUES (7, 7)",
      ],
      refuses: ["INSERT INTO t VALUES (1, 1)", "INSERT INTO t VALUES (2, 2)"],
      rejected: { sql: "ALTER TABLE t DETACH PARTITION t2", code: 1064 },
    },
    {
      given:
        "CREATE TABLE t (a int, d date) PARTITION BY RANGE (d); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('2024-02-01') TO ('2024-03-01'); CREATE TABLE l (a int) PARTITION BY LIST (a); CREATE TABLE e (a int NOT NULL) PARTITION BY RANGE (a)",
      pg: `CREATE TABLE t3 PARTITION OF t FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
CREATE TABLE t1 PARTITION OF t (a DEFAULT 7) FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE l1 PARTITION OF l FOR VALUES IN (1);
CREATE TABLE l0 PARTITION OF l DEFAULT;
CREATE TABLE l2 (a int CONSTRAINT c CHECK (a > 0));
INSERT INTO l2 VALUES (2);
ALTER TABLE l ATTACH PARTITION l2 FOR VALUES IN (2);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (1) TO (5)`,
      tidb: `ALTER TABLE t ADD PARTITION (PARTITION t3 VALUES LESS THAN ('2024-04-01'));
ALTER TABLE t REORGANIZE PARTITION t2 INTO (PARTITION t1 VALUES LESS THAN ('2024-02-01'), PARTITION t2 VALUES LESS THAN ('2024-03-01'));
ALTER TABLE l PARTITION BY LIST COLUMNS (a) (PARTITION l1 VALUES IN (1));
ALTER TABLE l ADD PARTITION (PARTITION l0 DEFAULT);
ALTER TABLE l REORGANIZE PARTITION l0 INTO (PARTITION l2 VALUES IN (2), PARTITION l0 DEFAULT);
INSERT INTO l PARTITION (l2) VALUES (2);
ALTER TABLE e PARTITION BY RANGE COLUMNS (a) (PARTITION e1 VALUES LESS THAN (5))`,
      findings: ["added", "refined", "split", "added", "added", "own", "split", "attached", "added"],
      accepts: ["INSERT INTO t PARTITION (t1) VALUES (1, '2024-01-01')", "INSERT INTO e VALUES (1)"],
      refuses: [
        "INSERT INTO t VALUES (1, '2023-12-31')",
        "INSERT INTO t PARTITION (t2) VALUES (1, '2024-01-31')",
        "INSERT INTO e VALUES (0)",
      ],
      rejected: { sql: "ALTER TABLE t ADD PARTITION (PARTITION t0 VALUES LESS THAN ('2023-01-01'))", code: 1493 },
    },
    {
      pg: "CREATE TABLE t (a int NOT NULL, b int) PARTITION BY RANGE (a, b); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1, 5) TO (2, MINVALUE); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (3, MINVALUE) TO (4, MAXVALUE)",
      tidb: "CREATE TABLE t (\n  a INT NOT NULL,\n  b INT,\n  CHECK (b IS NOT NULL AND (a > 1 OR a = 1 AND b >= 5) AND NOT (a >= 2 AND a < 3))\n) COLLATE utf8mb4_0900_bin PARTITION BY RANGE COLUMNS (a, b) (PARTITION t1 VALUES LESS THAN (2, -2147483648), PARTITION t2 VALUES LESS THAN (4, MAXVALUE))",
      findings: ["partition", "partition"],
      accepts: ["INSERT INTO t VALUES (1, 5), (1, 9), (3, -2147483648), (4, 2147483647)"],
      refuses: [
        "INSERT INTO t VALUES (1, 4)",
        "INSERT INTO t VALUES (2, 0)",
        "INSERT INTO t VALUES (5, 0)",
        "INSERT INTO t VALUES (3, NULL)",
      ],
    },
    {
      pg: "CREATE TABLE t (a int, b int) PARTITION BY LIST ((a + b)); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
      tidb: "CREATE TABLE t (\n  a INT,\n  b INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["rows"],
      accepts: ["INSERT INTO t VALUES (0, 1)"],
    },
    {
      pg: "CREATE TABLE t (a bigint) PARTITION BY RANGE (a); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (9223372036854775805) TO (9223372036854775806); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (9223372036854775803) TO (9223372036854775804)",
      tidb: "CREATE TABLE t (\n  a BIGINT,\n  CHECK (a IS NOT NULL AND a >= 9223372036854775803 AND NOT (a >= 9223372036854775804 AND a < 9223372036854775805))\n) COLLATE utf8mb4_0900_bin PARTITION BY RANGE COLUMNS (a) (PARTITION t1 VALUES LESS THAN (9223372036854775804), PARTITION t2 VALUES LESS THAN (9223372036854775806))",
      findings: ["partition", "partition"],
      accepts: ["INSERT INTO t VALUES (9223372036854775803), (9223372036854775805)"],
      refuses: ["INSERT INTO t VALUES (9223372036854775804)", "INSERT INTO t VALUES (9223372036854775806)"],
    },
  ],
});

/** All partitions of the input, on all levels, by the table at the top. */
function familiesOf(schema: Schema): Map<Table, Member[]> {
  const families = new Map<Table, Member[]>();
  const add = (table: Table | undefined, bound: Bound | undefined, says: Folded) => {
    const root = rootOf(table);
    if (!table || !root) return;
    families.set(root, [...(families.get(root) ?? []), { table, bound, says }]);
  };
  for (const says of schema.statements) {
    const create = as("CreateStmt", says.node);
    if (create?.inhRelations?.length) add(tableOf(schema, create), create.partbound, says);
    const alter = as("AlterTableStmt", says.node);
    for (const cmd of alter?.objtype === "OBJECT_TABLE" ? (alter.cmds ?? []) : []) {
      const attach = as("PartitionCmd", as("AlterTableCmd", cmd)?.def);
      if (attach?.name && as("AlterTableCmd", cmd)?.subtype === "AT_AttachPartition" && alter?.cmds?.length === 1)
        add(find(schema.final, schema.final.tables, relationName(attach.name)), attach.bound, says);
    }
  }
  return families;
}

function tableOf(schema: Schema, create: Create): Table | undefined {
  return schema.final.tableOf.get(create);
}

type Ctx = Pick<Context, "catalog" | "final">;

/** The tables that a statement drops or empties. */
function relationsOf(statement: Node): readonly Value[] {
  const drop = as("DropStmt", statement);
  if (drop) return drop.removeType === "OBJECT_TABLE" ? (drop.objects ?? []) : [];
  return as("TruncateStmt", statement)?.relations ?? [];
}

/** The partition of that name; for a statement that drops tables, the one it dropped, as it was. */
function partitionNamed({ catalog }: Ctx, object: Value, statement: Node): Table | undefined {
  const relation = as("RangeVar", object);
  const name = relation ? relationName(relation) : qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]);
  const table =
    statement.kind === "DropStmt"
      ? [...catalog.tableOf.values()].find(
          (t) => t.droppedBy === statement && t.name === name.name && t.schema === (name.schema ?? t.schema),
        )
      : find(catalog, catalog.tables, name);
  return table?.partitionOf && table;
}

function partsOf({ final }: Ctx, table: Table): readonly string[] | undefined {
  return final.tableOf.get(table.node)?.parts;
}

/** What a partition's own columns say that the whole table's do not. */
function refinements(table: Table, root: Table): string[] {
  return (table.node.tableElts ?? []).flatMap((element) => {
    const def = as("ColumnDef", element);
    const column = root.columns.get(def?.colname ?? "");
    if (!def || !column) return [];
    return (def.constraints ?? []).flatMap((item) => {
      const constraint = as("Constraint", item);
      if (constraint?.contype === "CONSTR_DEFAULT" && differs(column, constraint.raw_expr)) return [`the DEFAULT of ${column.name}`];
      return constraint?.contype === "CONSTR_NOTNULL" && !column.notNull ? [`NOT NULL of ${column.name}`] : [];
    });
  });
}

/** Whether a default is another than the whole table's. */
function differs(column: Column, expression: Value | undefined): boolean {
  const counts = column.identity !== undefined && nextvalSequence(expression) !== undefined;
  return !counts && JSON.stringify(column.default, withoutPlaces) !== JSON.stringify(expression, withoutPlaces);
}

function take(schema: Schema, statement: Folded, into: Folded, message: Taken, data: Record<string, string>): void {
  schema.consumed(statement.current);
  schema.absorb(statement, into, undefined, message, data);
}

/** Clauses of ALTER TABLE on a partition that say nothing beyond what its parent says in TiDB. */
const SILENT = new Set(["AT_ChangeOwner", "AT_DropNotNull", "AT_ReplicaIdentity", "AT_SetStatistics", "AT_SetStorage"]);

/**
 * Takes statements about partitions' keys, indexes and comments: what the whole table has too goes, what all partitions may have moves to it.
 * @returns the shapes of all constraints that the whole table has then
 */
function moveParts(schema: Schema, creator: Folded, root: Table, members: readonly Member[], direct: readonly Member[]): Set<string> {
  const tables = new Set(members.map((m) => m.table));
  const shapes = new Set([...root.constraints.values()].map(shapeOf));
  const indexes = new Set([...schema.final.indexes.values()].filter((i) => i.table === root).map((i) => indexShape(i.node)));
  const everywhere = (shape: string) => direct.every(({ table }) => [...table.constraints.values()].some((c) => shapeOf(c) === shape));
  const relation = relationOf(root);
  for (const statement of schema.statements) {
    const { node } = statement;
    const index = as("IndexStmt", node);
    const alter = as("AlterTableStmt", node);
    const name = index?.relation ?? alter?.relation;
    const table = name && find(schema.final, schema.final.tables, relationName(name as NodeOf<"RangeVar">));
    const rename = as("RenameStmt", node);
    const renamed =
      rename?.renameType === "OBJECT_TABLE" && rename.relation
        ? find(schema.final, schema.final.tables, { ...relationName(rename.relation), name: rename.newname ?? "" })
        : undefined;
    const comment = as("CommentStmt", node);
    const commented =
      comment?.objtype === "OBJECT_TABLE" ? find(schema.final, schema.final.tables, qualified(comment.object as Value[])) : undefined;
    if (renamed && tables.has(renamed))
      take(schema, statement, creator, "named", { partition: rename!.relation!.relname ?? "", name: renamed.name });
    else if (commented && tables.has(commented))
      take(schema, statement, creator, "same", { what: "the comment", partition: commented.name, table: root.name });
    else if (index && table && tables.has(table)) {
      const data = { what: `index ${index.idxname ?? ""}`, partition: table.name, table: root.name };
      const shape = indexShape(index);
      if (indexes.has(shape)) take(schema, statement, creator, "same", data);
      else if (index.unique) take(schema, statement, creator, "own", data);
      else {
        indexes.add(shape);
        schema.carried(index.relation!, ["relname", "schemaname", "inh"]);
        schema.update(statement, schema.change(index, { relation }));
      }
    } else if (alter?.objtype === "OBJECT_INDEX") {
      const attach = as("PartitionCmd", as("AlterTableCmd", alter.cmds?.[0])?.def)?.name;
      const of = attach && partOf(schema, relationName(attach).name, tables);
      if (of) take(schema, statement, creator, "attached", { name: attach.relname ?? "", table: root.name });
    } else if (alter && table && tables.has(table) && alter.cmds?.length === 1) {
      const cmd = as("AlterTableCmd", alter.cmds[0]);
      const constraint = as("Constraint", cmd?.def);
      const made = constraint && schema.final.constraintOf.get(constraint);
      const what = made?.name ?? (cmd?.subtype ?? "").replace(/^AT_/, "").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
      const data = { what, partition: table.name, table: root.name };
      const column = root.columns.get(cmd?.name ?? "");
      if (column && cmd?.subtype === "AT_ColumnDefault")
        take(schema, statement, creator, differs(column, cmd.def) ? "refined" : "same", { ...data, what: `the DEFAULT of ${column.name}` });
      else if (column && cmd?.subtype === "AT_SetNotNull")
        take(schema, statement, creator, column.notNull ? "same" : "refined", { ...data, what: `NOT NULL of ${column.name}` });
      else if (SILENT.has(cmd?.subtype ?? "")) take(schema, statement, creator, "same", data);
      else if (made && shapes.has(shapeOf(made))) take(schema, statement, creator, "same", data);
      else if (made && (made.type === "foreign" || made.type === "check") && everywhere(shapeOf(made))) {
        shapes.add(shapeOf(made));
        if (made.type === "check") root.guards++;
        schema.carried(alter.relation as NodeOf<"RangeVar">, ["relname", "schemaname", "inh"]);
        schema.update(statement, schema.change(alter, { relation }));
      } else if (made) take(schema, statement, creator, "own", data);
    }
  }
  return shapes;
}

/** Whether an index or key of that name is one of the partitions'. */
function partOf(schema: Schema, name: string, tables: ReadonlySet<Table>): boolean {
  return (
    [...schema.final.indexes.values()].some((i) => i.name === name && tables.has(i.table)) ||
    [...tables].some((t) => t.constraints.has(name))
  );
}

/** What a constraint says, without its name. */
function shapeOf({ type, columns, parent, node }: TableConstraint): string {
  const of =
    type === "check"
      ? node.raw_expr
      : parent && [parent.table.name, parent.columns.map((c) => c.name), node.fk_del_action, node.fk_upd_action];
  return JSON.stringify([type, type === "check" ? [] : columns.map((c) => c.name), of], withoutPlaces);
}

/** What an index is over. */
function indexShape({ indexParams, unique, accessMethod, whereClause }: NodeOf<"IndexStmt">): string {
  return JSON.stringify([indexParams, unique ?? false, accessMethod, whereClause], withoutPlaces);
}

const withoutPlaces = (key: string, value: unknown) => (key === "location" ? undefined : value);

/** `PARTITION BY` in TiDB's words, and a condition that keeps out what PostgreSQL's partitions do not take. */
interface Partitioning {
  /** Absent where the first partition is made later. */
  readonly sql: string | undefined;
  readonly guard?: string | undefined;
  /** Names of TiDB's partitions that hold the rows of one of PostgreSQL's; empty where rows are spread otherwise. */
  readonly parts: ReadonlyMap<Table, readonly string[]>;
  /** What makes the partitions that are no part of CREATE TABLE, by the statements in whose place it stands. */
  readonly steps: ReadonlyMap<Folded, { readonly table: Table; readonly sql: string }>;
}

/** How TiDB partitions the table; undefined where it cannot. */
function partitioning(
  schema: Schema,
  root: Table,
  creator: Folded,
  direct: readonly Member[],
  shapes: ReadonlySet<string>,
  made: Made,
): Partitioning | undefined {
  const spec = root.node.partspec;
  const elements = (spec?.partParams ?? []).map((p) => as("PartitionElem", p));
  const columns = elements.flatMap((e) => (e?.name === undefined ? [] : (root.columns.get(e.name) ?? [])));
  const referenced = [...schema.final.constraintOf.values()].some((c) => c.parent?.table === root && !c.dropped);
  const tied = referenced || [...shapes].some((shape) => shape.startsWith('["foreign"'));
  if (direct.length === 0 || tied || columns.length !== elements.length || columns.some((c) => c.added)) return undefined;
  if (spec?.strategy === "PARTITION_STRATEGY_HASH") {
    const by = hashLayout(schema.final, columns, direct);
    return by === undefined ? undefined : { sql: `PARTITION BY ${by}`, parts: new Map(), steps: new Map() };
  }
  const layout = LAYOUTS[spec?.strategy ?? ""];
  return layout && inSteps(schema, creator, columns, direct, layout, made);
}

type LayoutOf = (catalog: Schema["final"], columns: readonly Column[], shares: readonly Share[]) => Layout | undefined;

const LAYOUTS: Readonly<Record<string, LayoutOf>> = {
  PARTITION_STRATEGY_LIST: listLayout,
  PARTITION_STRATEGY_RANGE: rangeLayout,
};

/** The statements that make tables, and where each statement stands in the input. */
interface Made {
  readonly creators: ReadonlyMap<Create, Folded>;
  readonly places: ReadonlyMap<Folded, number>;
}

/** The partitions of the table's own file in its CREATE TABLE, those of later ones where they are made. */
function inSteps(
  { final, statements }: Schema,
  creator: Folded,
  columns: readonly Column[],
  direct: readonly Member[],
  layout: LayoutOf,
  { creators, places }: Made,
): Partitioning | undefined {
  const start = places.get(creator)!;
  /** Rows may go to its table before it is attached. */
  const madeBy = ({ table, says }: Member): Folded => {
    const maker = creators.get(table.node);
    return maker && places.get(maker)! > start ? maker : says;
  };
  const parts = new Map<Table, readonly string[]>();
  const keep = (made: Layout) => {
    for (const { table } of made.pieces)
      parts.set(
        table,
        made.pieces.filter((piece) => piece.table === table).map(({ name }) => name),
      );
  };
  let live = direct.filter((member) => madeBy(member).source === creator.source);
  const whole = live.length > 0 ? layout(final, columns, live) : undefined;
  if (live.length > 0 && !whole) return undefined;
  if (whole) keep(whole);
  let pieces = whole?.pieces ?? [];
  const first = new Set(live);
  const steps = new Map<Folded, { table: Table; sql: string }>();
  // Most have all their partitions in their own file.
  for (const statement of first.size < direct.length ? statements.slice(start) : []) {
    live = live.filter(({ table }) => table.droppedBy !== statement.node);
    pieces = pieces.filter(({ table }) => table.droppedBy !== statement.node);
    const added = direct.filter((member) => !first.has(member) && madeBy(member) === statement);
    if (added.length === 0) continue;
    live = [...live, ...added];
    const next = layout(final, columns, live);
    if (!next) return undefined;
    steps.set(statement, { table: added[0]!.table, sql: relayout(pieces, next) });
    keep(next);
    pieces = next.pieces;
  }
  if (steps.size + first.size < direct.length) return undefined;
  return {
    sql: whole && `PARTITION BY ${whole.by} (${whole.pieces.map(({ sql }) => sql).join(", ")})`,
    guard: layout === rangeLayout ? rangeGuard(final, columns, direct) : undefined,
    parts,
    steps,
  };
}

const DETACHES: ReadonlySet<string> = new Set(["AT_DetachPartition", "AT_DetachPartitionFinalize"]);

/**
 * Conditions that keep the rows of a partition within the bounds of its own partitions, which TiDB does not have.
 * @param loose takes the partitions for which there is no such condition
 */
function deeperGuards(schema: Schema, direct: readonly Member[], members: readonly Member[], loose: Table[]): string[] {
  return direct.flatMap(({ table, bound }) => {
    const parts = members.filter((member) => member.table.partitionOf === table);
    // A table without partitions takes no rows at all.
    if (table.node.partspec === undefined || parts.some((part) => part.bound?.is_default)) return [];
    const strategy = table.node.partspec.strategy;
    if (strategy === "PARTITION_STRATEGY_HASH" && takesAllHashes(parts)) return [];
    const within = bound?.is_default || !table.partitionOf ? undefined : condition(schema, table.partitionOf, bound);
    const each = parts.map((part) => condition(schema, table, part.bound));
    const further = parts.some((part) => part.table.node.partspec !== undefined);
    if (within === undefined || each.includes(undefined) || each.length === 0 || further) {
      loose.push(table);
      return [];
    }
    return [`NOT (${within}) OR ${each.map((part) => `(${part})`).join(" OR ")}`];
  });
}

/** What rows of a partition satisfy, and no others of the table; undefined where it cannot be said. */
function condition(schema: Schema, parent: Table, bound: Bound | undefined): string | undefined {
  const [element, ...others] = (parent.node.partspec?.partParams ?? []).map((part) => as("PartitionElem", part));
  const column = element?.name === undefined ? undefined : parent.columns.get(element.name);
  return column && bound && others.length === 0 ? partitionCondition(schema.final, column, bound) : undefined;
}

/** Constraints in a partition's own definition that the whole table does not have. */
function ownConstraints(table: Table, shapes: ReadonlySet<string>, checks: boolean): string[] {
  const inline = new Set(
    (table.node.tableElts ?? []).flatMap((e) => [...(as("Constraint", e) ? [e] : []), ...(as("ColumnDef", e)?.constraints ?? [])]),
  );
  return [...table.constraints.values()]
    .filter((c) => inline.has(c.node) && !shapes.has(shapeOf(c)) && (checks || c.type !== "check"))
    .map((c) => c.name);
}
