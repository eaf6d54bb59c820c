import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convertTexts, fileOf, sqlOf } from "./support/converting.js";
import { type SharedTidb, startSharedTidb } from "./support/tidb.js";

/** What a trigger's function does in place of `…`, and whether an UPDATE that changes nothing and a value that the UPDATE gives keep the time. */
const TRIGGERS = {
  always: "NEW.at := now();",
  changed: "IF NEW IS DISTINCT FROM OLD AND NEW.at IS NOT DISTINCT FROM OLD.at THEN NEW.at := now(); END IF;",
} as const;

const schema = (body: string) => `
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, a text, p int REFERENCES p (id) ON UPDATE CASCADE ON DELETE SET NULL, at timestamptz(6) NOT NULL DEFAULT now());
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
`;

const OLD = "2001-01-01 00:00:00";
const ROWS = [
  "INSERT INTO p VALUES (1), (2)",
  `INSERT INTO t VALUES (1, 'x', 1, '${OLD}'), (2, NULL, 1, '${OLD}'), (3, 'é ', 2, '${OLD}'), (4, '', NULL, '${OLD}')`,
];

/** Statements, in TiDB's words where they differ; which rows have a new time after them in PostgreSQL, and in TiDB where that is not the same. */
interface Case {
  readonly what: string;
  readonly sql: readonly string[];
  readonly tidb?: readonly string[];
  readonly touched: Record<keyof typeof TRIGGERS, readonly number[]>;
  readonly differs?: Partial<Record<keyof typeof TRIGGERS, readonly number[]>>;
}

const both = (...ids: number[]) => ({ always: ids, changed: ids });

const CASES: readonly Case[] = [
  { what: "another value", sql: ["UPDATE t SET a = 'y' WHERE id = 1"], touched: both(1) },
  { what: "many rows", sql: ["UPDATE t SET a = 'y' WHERE id > 1"], touched: both(2, 3, 4) },
  { what: "another case of a letter", sql: ["UPDATE t SET a = 'X' WHERE id = 1"], touched: both(1) },
  { what: "a space at the end", sql: ["UPDATE t SET a = 'é' WHERE id = 3"], touched: both(3) },
  { what: "NULL for nothing", sql: ["UPDATE t SET a = NULL WHERE id = 4"], touched: both(4) },
  {
    what: "the same value",
    sql: ["UPDATE t SET a = a", "UPDATE t SET a = 'x' WHERE id = 1"],
    touched: { always: [1, 2, 3, 4], changed: [] },
    differs: { always: [] },
  },
  {
    what: "a time of its own",
    sql: ["UPDATE t SET a = 'y', at = '2002-02-02 00:00:00' WHERE id = 1"],
    touched: { always: [1], changed: [] },
    differs: { always: [] },
  },
  {
    what: "INSERT of a key that is there",
    sql: ["INSERT INTO t (id, a) VALUES (1, 'y') ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a"],
    tidb: ["INSERT INTO t (id, a) VALUES (1, 'y') ON DUPLICATE KEY UPDATE a = VALUES(a)"],
    touched: both(1),
  },
  { what: "a key that the parent changes", sql: ["UPDATE p SET id = 9 WHERE id = 1"], touched: both(1, 2) },
  { what: "a parent that goes", sql: ["DELETE FROM p WHERE id = 1"], touched: both(1, 2) },
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

describe.each(Object.keys(TRIGGERS) as (keyof typeof TRIGGERS)[])("a trigger that touches %s", (kind) => {
  it("gives the same rows a new time on both engines, but for what its finding says", async () => {
    const text = schema(TRIGGERS[kind]);
    const result = await convertTexts({ pg: text });
    expect(fileOf(result, "pg").statements.flatMap(({ findings }) => findings.map(({ message }) => message))).toContain(kind);
    await pg.exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${text}`);
    const seen: unknown[] = [];
    await tidb.withDatabase(result.session, async (target) => {
      for (const sql of sqlOf(result.files)) await target.run(sql);
      for (const { what, sql, tidb: own = sql } of CASES) {
        await pg.exec(`TRUNCATE p, t; ${[...ROWS, ...sql].join(";")}`);
        for (const statement of ["DELETE FROM t", "DELETE FROM p", ...ROWS, ...own]) await target.run(statement);
        const query = "SELECT id FROM t WHERE at > '2003-03-03 00:00:00' ORDER BY id";
        const original = (await pg.query<{ id: number }>(query)).rows.map(({ id }) => id);
        const converted = (await target.rows(query)).map(({ id }) => Number(id));
        seen.push([what, original, converted]);
      }
      // The finding says so of both kinds.
      const parts = ["BEGIN", "UPDATE t SET a = 'z1' WHERE id = 3", "UPDATE t SET a = 'z2' WHERE id = 4", "COMMIT"];
      await pg.exec(parts.join("; SELECT pg_sleep(0.01);"));
      for (const part of parts) await target.run(part);
      const times = "SELECT count(DISTINCT at) AS n FROM t WHERE a IN ('z1', 'z2')";
      expect((await pg.query<{ n: number }>(times)).rows[0]?.n).toBe(1);
      expect(Number((await target.rows(times))[0]?.n)).toBe(2);
    });
    expect(seen).toEqual(CASES.map(({ what, touched, differs }) => [what, touched[kind], differs?.[kind] ?? touched[kind]]));
  }, 240_000);
});
