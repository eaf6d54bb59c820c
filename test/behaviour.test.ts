import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convertTexts, fileOf, sqlOf } from "./support/converting.js";
import { refusals, type SharedTidb, startSharedTidb } from "./support/tidb.js";

/** A schema, statements that both engines must take or refuse alike, and queries that must then give the same rows: numbers and text. */
interface Family {
  readonly what: string;
  readonly schema: string;
  readonly probes: readonly string[];
  readonly reads: readonly string[];
}

const FAMILIES: readonly Family[] = [
  {
    what: "partitions by range, with a gap and without NULL",
    schema: `CREATE TABLE t (a int, d date) PARTITION BY RANGE (d);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE t3 PARTITION OF t FOR VALUES FROM ('2024-03-01') TO (MAXVALUE)`,
    probes: [
      "INSERT INTO t VALUES (1, '2023-12-31')",
      "INSERT INTO t VALUES (2, '2024-01-01')",
      "INSERT INTO t VALUES (3, '2024-01-31')",
      "INSERT INTO t VALUES (4, '2024-02-01')",
      "INSERT INTO t VALUES (5, '2024-02-29')",
      "INSERT INTO t VALUES (6, '2024-03-01')",
      "INSERT INTO t VALUES (7, '9999-12-31')",
      "INSERT INTO t VALUES (8, NULL)",
      "INSERT INTO t1 VALUES (9, '2024-01-15')",
      "INSERT INTO t1 VALUES (10, '2024-03-15')",
      "UPDATE t SET d = '2024-02-10' WHERE a = 2",
      "UPDATE t SET d = '2024-04-01' WHERE a = 3",
      "TRUNCATE t1",
      "INSERT INTO t VALUES (11, '2024-01-02')",
    ],
    reads: ["SELECT a FROM t ORDER BY a", "SELECT a FROM t3 ORDER BY a"],
  },
  {
    what: "partitions by list, with NULL, partitions of their own, and one that is dropped",
    schema: `CREATE TABLE t (k varchar(9), n int) PARTITION BY LIST (k);
CREATE TABLE t_x PARTITION OF t FOR VALUES IN ('x', NULL);
CREATE TABLE t_y PARTITION OF t FOR VALUES IN ('y') PARTITION BY RANGE (n);
CREATE TABLE t_y1 PARTITION OF t_y FOR VALUES FROM (0) TO (10);
CREATE TABLE t_z PARTITION OF t FOR VALUES IN ('z')`,
    probes: [
      "INSERT INTO t VALUES ('x', 1)",
      "INSERT INTO t VALUES ('X', 2)",
      "INSERT INTO t VALUES ('x ', 3)",
      "INSERT INTO t VALUES (NULL, 4)",
      "INSERT INTO t VALUES ('y', 5)",
      "INSERT INTO t VALUES ('y', 10)",
      "INSERT INTO t VALUES ('y', -1)",
      "INSERT INTO t VALUES ('y', NULL)",
      "INSERT INTO t VALUES ('z', 6)",
      "ALTER TABLE t_x RENAME TO t_w",
      "INSERT INTO t_w VALUES ('x', 7)",
      "INSERT INTO t_w VALUES ('z', 8)",
      "DROP TABLE t_z",
      "INSERT INTO t VALUES ('z', 9)",
    ],
    reads: ["SELECT n FROM t ORDER BY n"],
  },
  {
    what: "partitions by hash, and a default one",
    schema: `CREATE TABLE h (a int PRIMARY KEY, b int) PARTITION BY HASH (a);
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE r (a int) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (-5) TO (5);
CREATE TABLE r2 PARTITION OF r DEFAULT`,
    probes: [
      "INSERT INTO h VALUES (1, 1), (2, 2), (-3, 3)",
      "INSERT INTO h VALUES (2, 4)",
      "INSERT INTO r VALUES (-6), (-5), (4), (5), (NULL)",
      "DELETE FROM r2",
    ],
    reads: ["SELECT a, b FROM h ORDER BY a", "SELECT a FROM r ORDER BY a"],
  },
  {
    what: "partitions that are made, dropped and attached after others of their table",
    schema: `CREATE TABLE t (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE l (id int, k varchar(9)) PARTITION BY LIST (k)`,
    probes: [
      "INSERT INTO t VALUES (1, '2024-02-29')",
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
      "INSERT INTO t VALUES (2, '2024-01-31')",
      "CREATE TABLE t4 (id int, d date)",
      "INSERT INTO t4 VALUES (3, '2024-04-05')",
      "ALTER TABLE t ATTACH PARTITION t4 FOR VALUES FROM ('2024-04-01') TO (MAXVALUE)",
      "INSERT INTO t VALUES (4, NULL)",
      "CREATE TABLE t3 PARTITION OF t FOR VALUES FROM ('2024-03-01') TO ('2024-04-01')",
      "INSERT INTO t3 VALUES (5, '2024-03-06')",
      "INSERT INTO t3 VALUES (6, '2024-04-01')",
      "CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('a', NULL)",
      "INSERT INTO l VALUES (1, 'a'), (2, NULL)",
      "INSERT INTO l VALUES (3, 'A')",
      "CREATE TABLE l0 PARTITION OF l DEFAULT",
      "INSERT INTO l VALUES (4, 'A')",
      "CREATE TABLE l2 PARTITION OF l FOR VALUES IN ('b')",
      "INSERT INTO l VALUES (5, 'b')",
      "DROP TABLE l2",
      "INSERT INTO l VALUES (6, 'b')",
    ],
    reads: [
      "SELECT id FROM t1 ORDER BY id",
      "SELECT id FROM t2 ORDER BY id",
      "SELECT id FROM t4 ORDER BY id",
      "SELECT id FROM l0 ORDER BY id",
      "SELECT id FROM l ORDER BY id",
    ],
  },
  {
    what: "partitions by two columns",
    schema: `CREATE TABLE r (a int, b int) PARTITION BY RANGE (a, b);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (1, 1) TO (1, 10);
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM (1, 10) TO (2, MINVALUE);
CREATE TABLE r3 PARTITION OF r FOR VALUES FROM (2, 5) TO (3, MAXVALUE);
CREATE TABLE r4 PARTITION OF r FOR VALUES FROM (5, MINVALUE) TO (MAXVALUE, MAXVALUE)`,
    probes: [
      "INSERT INTO r VALUES (1, 0)",
      "INSERT INTO r VALUES (1, 9), (1, 10)",
      "INSERT INTO r VALUES (1, 2147483647)",
      "INSERT INTO r VALUES (2, -2147483648)",
      "INSERT INTO r VALUES (2, 4)",
      "INSERT INTO r VALUES (2, 5), (3, 2147483647)",
      "INSERT INTO r VALUES (4, 7)",
      "INSERT INTO r VALUES (5, -2147483648), (2147483647, 2147483647)",
      "INSERT INTO r VALUES (NULL, 1)",
      "INSERT INTO r VALUES (1, NULL)",
      "UPDATE r SET b = 0 WHERE a = 2",
    ],
    reads: ["SELECT a, b FROM r2 ORDER BY a, b", "SELECT a, b FROM r3 ORDER BY a, b", "SELECT a, b FROM r4 ORDER BY a, b"],
  },
  {
    what: "tables that INHERIT, and what is done to their parent",
    schema: `CREATE TABLE p (a int, c text, e int DEFAULT 1);
CREATE TABLE t (b int) INHERITS (p);
CREATE TABLE u () INHERITS (t)`,
    probes: [
      "INSERT INTO t VALUES (1, 'x', 2, 3)",
      "ALTER TABLE p ADD COLUMN d int NOT NULL DEFAULT 7 CHECK (d > 0)",
      "INSERT INTO t (a) VALUES (2)",
      "INSERT INTO u (a, d) VALUES (3, 0)",
      "INSERT INTO u (a, d) VALUES (3, 1)",
      "ALTER TABLE p RENAME COLUMN a TO id",
      "INSERT INTO u (id) VALUES (4)",
      "ALTER TABLE p ALTER id SET NOT NULL",
      "INSERT INTO t (b) VALUES (5)",
      "ALTER TABLE p DROP COLUMN c",
      "INSERT INTO u (id, c) VALUES (5, 'x')",
      "ALTER TABLE p ADD CONSTRAINT few CHECK (id < 9)",
      "INSERT INTO u (id) VALUES (9)",
      "ALTER TABLE p ALTER e SET DEFAULT 5",
      "INSERT INTO u (id) VALUES (6)",
    ],
    reads: ["SELECT id, e, b, d FROM ONLY t ORDER BY id", "SELECT id, e, b, d FROM u ORDER BY id"],
  },
  {
    what: "identities that count in ways of their own, or that others are computed from",
    schema: `CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY (START WITH 10 INCREMENT BY 5 MAXVALUE 25) PRIMARY KEY, a int);
CREATE TABLE c (id int GENERATED BY DEFAULT AS IDENTITY (MINVALUE 1 MAXVALUE 3 CYCLE), a int);
CREATE TABLE m (id int GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1), a int);
CREATE TABLE g (id serial PRIMARY KEY, d int GENERATED ALWAYS AS (id * 2) STORED, a int);
CREATE TABLE k (id serial, a int);
ALTER TABLE k ADD COLUMN d int GENERATED ALWAYS AS (id + 1) STORED`,
    probes: [
      "INSERT INTO t (a) VALUES (1), (2), (3), (4)",
      "INSERT INTO t (a) VALUES (5)",
      "INSERT INTO c (a) VALUES (1), (2), (3), (4)",
      "INSERT INTO m (a) VALUES (1), (2)",
      "INSERT INTO g (a) VALUES (1), (2)",
      "INSERT INTO g (d, a) VALUES (1, 3)",
      "INSERT INTO k (a) VALUES (1)",
      "ALTER TABLE k ALTER d DROP EXPRESSION",
      "INSERT INTO k (a, d) VALUES (2, 9)",
    ],
    reads: [
      "SELECT id, a FROM t ORDER BY a",
      "SELECT id, a FROM c ORDER BY a",
      "SELECT id, a FROM m ORDER BY a",
      "SELECT id, d, a FROM g ORDER BY a",
      "SELECT id, d, a FROM k ORDER BY a",
    ],
  },
  {
    what: "a schema with statements inside, and one that is renamed",
    schema: `CREATE SCHEMA other CREATE VIEW names AS SELECT name FROM people CREATE TABLE people (id int PRIMARY KEY, name varchar(9));
CREATE TABLE people (id int REFERENCES other.people)`,
    probes: [
      "INSERT INTO other.people VALUES (1, 'x')",
      "INSERT INTO people VALUES (2)",
      "INSERT INTO people VALUES (1)",
      "ALTER SCHEMA other RENAME TO another",
      "INSERT INTO another.people VALUES (2, 'y')",
      "INSERT INTO people VALUES (2)",
      "DROP SCHEMA another CASCADE",
    ],
    reads: ["SELECT id FROM people ORDER BY id"],
  },
  {
    what: "primary keys that take each other's place",
    schema: `CREATE TABLE t (id int NOT NULL, a int NOT NULL);
ALTER TABLE t ADD PRIMARY KEY (id);
CREATE TABLE u (id int PRIMARY KEY, a int NOT NULL)`,
    probes: [
      "INSERT INTO t VALUES (1, 1)",
      "ALTER TABLE t DROP CONSTRAINT t_pkey",
      "INSERT INTO t VALUES (1, 2)",
      "ALTER TABLE t ADD PRIMARY KEY (id, a)",
      "INSERT INTO t VALUES (1, 2)",
      "ALTER TABLE u DROP CONSTRAINT u_pkey, ADD PRIMARY KEY (a)",
      "INSERT INTO u VALUES (1, 1), (1, 2)",
      "INSERT INTO u VALUES (3, 1)",
      "INSERT INTO u VALUES (NULL, 4)",
    ],
    reads: ["SELECT id, a FROM t ORDER BY a", "SELECT id, a FROM u ORDER BY a"],
  },
  {
    what: "domains, and what is changed in them",
    schema: `CREATE DOMAIN price AS numeric(6,2) CHECK (VALUE >= 0);
CREATE DOMAIN code AS varchar(4) NOT NULL DEFAULT 'none' CHECK (VALUE <> '');
CREATE TABLE t (id int, p price, c code)`,
    probes: [
      "INSERT INTO t VALUES (1, 0, 'a')",
      "INSERT INTO t VALUES (2, -0.01, 'a')",
      "INSERT INTO t VALUES (3, NULL, 'abcd')",
      "INSERT INTO t VALUES (4, 9999.99, 'abcde')",
      "INSERT INTO t VALUES (5, 10000, 'a')",
      "INSERT INTO t VALUES (6, 1, NULL)",
      "INSERT INTO t VALUES (7, 1, '')",
      "INSERT INTO t (id, p) VALUES (8, 1.005)",
      "ALTER DOMAIN price ADD CONSTRAINT low CHECK (VALUE < 1000)",
      "DELETE FROM t WHERE p > 900",
      "INSERT INTO t VALUES (9, 1000, 'a')",
      "ALTER DOMAIN price DROP CONSTRAINT low",
      "INSERT INTO t VALUES (10, 1000, 'a')",
      "ALTER DOMAIN code DROP NOT NULL",
      "INSERT INTO t VALUES (11, 1, NULL)",
      "ALTER DOMAIN code SET DEFAULT 'new'",
      "INSERT INTO t (id) VALUES (12)",
    ],
    reads: ["SELECT id, c FROM t ORDER BY id", "SELECT id FROM t WHERE p = 1.01"],
  },
  {
    what: "LIKE, of a table whose columns were renamed",
    schema: `CREATE TABLE s (a int NOT NULL DEFAULT 7, b varchar(5), c int CHECK (c > 0), UNIQUE (b), g int GENERATED ALWAYS AS (a * 2) STORED);
CREATE UNIQUE INDEX ON s (c) WHERE a > 5;
ALTER TABLE s RENAME COLUMN c TO d;
CREATE TABLE l (LIKE s INCLUDING ALL, e int);
CREATE TABLE m (LIKE s)`,
    probes: [
      "INSERT INTO l (b, d) VALUES ('x', 1)",
      "INSERT INTO l (b, d) VALUES ('x', 2)",
      "INSERT INTO l (b, d) VALUES ('y', 0)",
      "INSERT INTO l (b, d) VALUES ('y', 1)",
      "INSERT INTO l (a, b, d) VALUES (1, 'z', 1)",
      "INSERT INTO l (a, b) VALUES (NULL, 'w')",
      "INSERT INTO m (a, b, d) VALUES (1, 'x', -1)",
      "INSERT INTO m (a, b, d) VALUES (1, 'x', -1)",
      "INSERT INTO m (b) VALUES ('no default')",
    ],
    reads: ["SELECT a, b, d, g, e FROM l ORDER BY b", "SELECT a, b, d, g FROM m"],
  },
  {
    what: "temporary tables",
    schema: "CREATE TABLE p (id int PRIMARY KEY)",
    probes: [
      "CREATE TEMP TABLE t (id int PRIMARY KEY, a varchar(3) UNIQUE, b int CHECK (b < 5))",
      "CREATE INDEX ON t (b)",
      "INSERT INTO t VALUES (1, 'a', 1)",
      "INSERT INTO t VALUES (1, 'b', 1)",
      "INSERT INTO t VALUES (2, 'a', 1)",
      "INSERT INTO t VALUES (2, 'A', 1)",
      "INSERT INTO t VALUES (3, 'long', 1)",
      "INSERT INTO t VALUES (3, NULL, 1), (4, NULL, 1)",
      "CREATE TEMP TABLE u AS SELECT id, a FROM t WHERE a IS NOT NULL",
      "INSERT INTO p SELECT id FROM u",
    ],
    reads: ["SELECT id, a FROM t ORDER BY id", "SELECT id FROM p ORDER BY id"],
  },
  {
    what: "columns that change their type",
    schema: `CREATE TABLE t (id int PRIMARY KEY, n int, s text, v varchar(9), d numeric(8,3), b boolean);
INSERT INTO t VALUES (1, 1, '12', 'abc', 1.005, TRUE), (2, NULL, ' 7', 'é', -1.5, FALSE), (3, -5, '0', '', NULL, NULL)`,
    probes: [
      "ALTER TABLE t ALTER n TYPE bigint",
      "INSERT INTO t (id, n) VALUES (4, 9223372036854775807)",
      "ALTER TABLE t ALTER s TYPE int USING s::int",
      "INSERT INTO t (id, s) VALUES (5, 2147483648)",
      "ALTER TABLE t ALTER v TYPE varchar(2) USING left(v, 2)",
      "INSERT INTO t (id, v) VALUES (6, 'abc')",
      "ALTER TABLE t ALTER d TYPE numeric(8,2)",
      "ALTER TABLE t ALTER n SET NOT NULL",
      "UPDATE t SET n = 0 WHERE n IS NULL",
      "ALTER TABLE t ALTER n SET NOT NULL",
      "INSERT INTO t (id, n) VALUES (7, NULL)",
    ],
    reads: ["SELECT id, n, s, v FROM t ORDER BY id", "SELECT id FROM t WHERE d IN (1.01, -1.50) ORDER BY id"],
  },
  {
    what: "keys and CHECKs of all kinds",
    schema: `CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE t (id int UNIQUE PRIMARY KEY, a int, b int, c varchar(5), gone boolean, CONSTRAINT there NOT NULL a,
  FOREIGN KEY (a, b) REFERENCES p MATCH FULL NOT ENFORCED, UNIQUE NULLS NOT DISTINCT (b), CONSTRAINT loose CHECK (b < 0) NOT ENFORCED);
CREATE UNIQUE INDEX live ON t (c) NULLS NOT DISTINCT WHERE NOT gone;
CREATE TABLE f (a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL);
INSERT INTO p VALUES (1, 1)`,
    probes: [
      "INSERT INTO t VALUES (1, 5, 5, 'x', FALSE)",
      "INSERT INTO t VALUES (1, 5, 6, 'y', FALSE)",
      "INSERT INTO t VALUES (2, NULL, 6, 'y', FALSE)",
      "INSERT INTO t VALUES (2, 5, NULL, 'y', FALSE)",
      "INSERT INTO t VALUES (3, 5, NULL, 'z', FALSE)",
      "INSERT INTO t VALUES (3, 5, 0, NULL, FALSE)",
      "INSERT INTO t VALUES (4, 5, 7, NULL, FALSE)",
      "INSERT INTO t VALUES (4, 5, 7, NULL, TRUE)",
      "INSERT INTO t VALUES (5, 5, 8, NULL, TRUE)",
      "INSERT INTO t VALUES (6, 5, 9, 'x', NULL)",
      "INSERT INTO f VALUES (1, 1)",
      "INSERT INTO f VALUES (NULL, NULL)",
      "INSERT INTO f VALUES (1, NULL)",
      "INSERT INTO f VALUES (NULL, 1)",
      "INSERT INTO f VALUES (1, 2)",
      "ALTER TABLE t DROP CONSTRAINT there",
      "INSERT INTO t VALUES (7, NULL, 10, 'w', FALSE)",
    ],
    reads: ["SELECT id, a, b, c FROM t ORDER BY id", "SELECT a, b FROM f ORDER BY a"],
  },
  {
    what: "two serial columns, and columns that go with others",
    schema: `CREATE TABLE t (id serial PRIMARY KEY, n serial, a int, g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE SCHEMA other;
CREATE TABLE other.p (id int PRIMARY KEY);
CREATE TABLE c (p int REFERENCES other.p)`,
    probes: [
      "INSERT INTO t (a) VALUES (1), (2)",
      "INSERT INTO t (id, n, a) VALUES (7, NULL, 3)",
      "INSERT INTO c VALUES (1)",
      "DROP SCHEMA other",
      "DROP SCHEMA other CASCADE",
      "INSERT INTO c VALUES (1)",
      "ALTER TABLE t DROP COLUMN a CASCADE",
      "INSERT INTO t (n) VALUES (50)",
    ],
    reads: ["SELECT * FROM t ORDER BY id", "SELECT p FROM c"],
  },
];

let pg: PGlite;
let tidb: SharedTidb;
beforeAll(async () => {
  [pg, tidb] = await Promise.all([PGlite.create(), startSharedTidb()]);
}, 240_000);
afterAll(async () => {
  await pg?.close();
  await tidb?.stop();
});

describe("a schema of PostgreSQL and what becomes of it", () => {
  it.each(FAMILIES)(
    "behave alike: $what",
    async ({ schema, probes, reads }) => {
      await pg.exec(
        `DISCARD TEMP; DROP SCHEMA IF EXISTS other, another CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`,
      );
      const original: [string, boolean][] = [];
      for (const probe of probes) original.push([probe, await taken(probe)]);
      const originalRows: (string | null)[][][] = [];
      for (const read of reads) originalRows.push((await pg.query<unknown[]>(read, [], { rowMode: "array" })).rows.map(plain));

      const result = await convertTexts({ schema, probes: probes.join(";\n"), reads: reads.join(";\n") });
      const statements = (name: string) => fileOf(result, name).statements;
      await tidb.withDatabase(result.session, async (target) => {
        expect(await refusals(target, sqlOf([fileOf(result, "schema")]))).toEqual([]);
        const converted: unknown[] = [];
        for (const [i, { sql, outcome }] of statements("probes").entries()) {
          const refused = await refusals(target, sql);
          converted.push([probes[i], refused.length === 0 && outcome !== "unconverted"]);
        }
        expect(converted).toEqual(original);
        for (const [i, { sql }] of statements("reads").entries()) {
          const rows = await target.rows(sql[0]!);
          expect(
            rows.map((row) => plain(Object.values(row))),
            reads[i],
          ).toEqual(originalRows[i]);
        }
      });
    },
    120_000,
  );
});

async function taken(sql: string): Promise<boolean> {
  try {
    await pg.exec(sql);
    return true;
  } catch {
    return false;
  }
}

/** Cells as text, whatever each driver makes of numbers. */
function plain(cells: readonly unknown[]): (string | null)[] {
  return cells.map((cell) => (cell === null ? null : String(cell)));
}
