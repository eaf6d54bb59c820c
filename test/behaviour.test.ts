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
      await pg.exec(`DISCARD TEMP; DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${schema}`);
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
