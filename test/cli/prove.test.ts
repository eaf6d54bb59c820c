import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine } from "../../src/targets/open.js";

const BIN = resolve(import.meta.dirname, "../../dist/src/bin.js");

const SCHEMA = `CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, score integer);
CREATE TABLE visit (id integer PRIMARY KEY, customer_id integer REFERENCES customer, seen date);
`;
const QUERIES = `-- name: by-score
SELECT id, score FROM customer ORDER BY score DESC, id;
/* name: latest */ SELECT DISTINCT ON (customer_id) customer_id, id, seen FROM visit ORDER BY customer_id, seen DESC, id; SELECT 1 AS one;
-- name: rename
INSERT INTO customer (id, name) VALUES (1, 'it''s') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
`;

let folder: string;
let engine: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pg2tidb-prove-"));
  engine = await startEngine({ build: false, log: console.error });
  file("schema.sql", SCHEMA);
  file("queries.sql", QUERIES);
}, 120_000);
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Runs the built program in the test's folder, on the test's TiDB. */
function prove(...args: readonly string[]) {
  const run = spawnSync(process.execPath, [BIN, "prove", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TIDB_URL: engine.url, POSTGRES_URL: "" },
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

describe("prove", () => {
  it("tells of each query what came of it, and sums them up", () => {
    const { code, stdout } = prove("schema.sql", "queries.sql");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^PostgreSQL \d+\.\d+ \(embedded PGlite\) and TiDB v8\.5\.\d+ \(.*\): 32 rows in 2 tables, generated from seed 1$/,
    );
    expect(lines.filter((line) => !line.startsWith(" ")).slice(1)).toEqual([
      "same             queries.sql:2:1  by-score  (16 rows)",
      expect.stringMatching(/^same {13}queries\.sql:3:20 {2}latest {2}\(\d+ rows\)$/),
      "same             queries.sql:3:123  (1 row)",
      "same             queries.sql:5:1  rename  (0 rows)",
      "4 queries: 4 same, 0 differs, 0 refused by TiDB, 0 reported, 0 not run",
    ]);
    expect(code).toBe(0);
  }, 120_000);

  it("runs over rows of a file, INSERT and COPY, and tells what of it cannot be loaded", () => {
    file(
      "data.sql",
      `INSERT INTO customer VALUES (1, 'Ann', 7), (2, 'Bob', NULL);
COPY visit (id, customer_id, seen) FROM stdin;
1\t1\t2024-02-29
2\t\\N\t\\N
\\.
INSERT INTO nowhere VALUES (1);
`,
    );
    const { code, stdout } = prove("schema.sql", "queries.sql", "--data", "data.sql", "--format", "json");
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: 1,
      tables: 2,
      rows: 4,
      counts: { same: 4, differs: 0, refused: 0, reported: 0, "not-run": 0 },
      notes: [{ where: "PostgreSQL", text: 'relation "nowhere" does not exist', file: "data.sql", line: 6, column: 1 }],
    });
    expect(report.queries.map((query: { rows: number }) => query.rows)).toEqual([2, 2, 1, 0]);
    expect(report).not.toHaveProperty("seed");
    expect(code).toBe(0);
  }, 120_000);

  it("fills materialized views from the rows, at one time on both", () => {
    file(
      "mood.sql",
      `CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TYPE size AS ENUM ('small');
CREATE TABLE a (id int PRIMARY KEY, state mood); CREATE TABLE b (id int PRIMARY KEY, state size);
CREATE MATERIALIZED VIEW moods AS SELECT now() AS at, state, count(*) AS n FROM a GROUP BY state;`,
    );
    file("mood-rows.sql", "INSERT INTO b VALUES (1, 'small'); INSERT INTO a VALUES (1, 'sad'), (2, 'sad'), (3, NULL);");
    file("mood-queries.sql", "SELECT at, state, n FROM moods; SELECT id FROM a WHERE state = $1;");
    const { code, stdout } = prove("mood.sql", "mood-queries.sql", "--data", "mood-rows.sql");
    expect(stdout).toContain("same             mood-queries.sql:1:1  (2 rows)");
    // The parameter is a mood, not a size, though columns of both have the name.
    expect(stdout).toMatch(/same {13}mood-queries\.sql:1:33 {2}\(2 rows\)/);
    expect(code).toBe(0);
  }, 120_000);

  it("tells why a query is not run", () => {
    file("wrong.sql", "SELECT 1 FROM nowhere;\nSELECT nothing FROM customer;\nSELEC 1;\nCREATE TABLE more (id int);\n");
    const { code, stdout } = prove("schema.sql", "wrong.sql");
    expect(stdout).toMatch(/^not run +wrong\.sql:1:1\n +PostgreSQL refuses it: 42P01: relation "nowhere" does not exist$/m);
    expect(stdout).toMatch(/^not run +wrong\.sql:2:1\n +PostgreSQL refuses it: 42703: column "nothing" does not exist$/m);
    expect(stdout).toMatch(/^reported +wrong\.sql:3:1\n +error core\/not-understood: .*"SELEC"$/m);
    expect(stdout).toMatch(/^not run +wrong\.sql:4:1\n +it is no query$/m);
    expect(code).toBe(0);
  }, 120_000);

  it("ends with 3 when nothing can be read or loaded", () => {
    file("csv.sql", "COPY visit FROM stdin WITH (FORMAT csv);\n1,1,2024-02-29\n\\.\n");
    file("comment.sql", "-- nothing yet\n");
    expect(prove("schema.sql", "absent.sql")).toMatchObject({ code: 3, stderr: "pg2tidb: absent.sql: no such file or directory\n" });
    expect(prove("schema.sql", "queries.sql", "--data", "absent.sql").code).toBe(3);
    expect(prove("schema.sql", "comment.sql").code).toBe(3);
    const { code, stderr } = prove("schema.sql", "queries.sql", "--data", "csv.sql");
    expect(stderr).toContain("csv.sql: none of the data can be loaded: COPY in another format");
    expect(code).toBe(3);
  }, 120_000);

  it("ends with 2 on wrong usage, with 4 without an engine", () => {
    for (const args of [[], ["schema.sql"], ["schema.sql", "queries.sql", "--seeed", "3"], ["schema.sql", "queries.sql", "--rows", "0"]])
      expect(prove(...args).code, args.join(" ")).toBe(2);
    expect(prove("schema.sql", "queries.sql", "--postgres", "nonsense").code).toBe(4);
    expect(prove("schema.sql", "queries.sql", "--tidb", "mysql://root@127.0.0.1:1").code).toBe(4);
  }, 120_000);
});
