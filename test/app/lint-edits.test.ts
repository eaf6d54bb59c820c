import { expect, it } from "vitest";
import rules from "../../rules/index.js";
import { changes, rewriting } from "../../src/app/lint/edits.js";
import { tokens } from "../../src/app/lint/tokens.js";

function applied(from: string, to: string): string {
  let out = from;
  for (const { start, end, text } of [...(rewriting(from, to) ?? [])].toReversed()) out = out.slice(0, start) + text + out.slice(end);
  return out;
}

it.each([
  ["a cast", "SELECT\n  a::text ,\n  b", "SELECT CAST(a AS CHAR), b", "SELECT\n  CAST(a AS CHAR) ,\n  b"],
  ["a name", 'select "a"  from t', "SELECT a FROM t", "select a  from t"],
  [
    "what is left out",
    "SELECT a FROM t ORDER BY a DESC NULLS LAST LIMIT 1",
    "SELECT a FROM t ORDER BY a DESC LIMIT 1",
    "SELECT a FROM t ORDER BY a DESC LIMIT 1",
  ],
  [
    "what is left out at the end",
    "SELECT a FROM t ORDER BY a DESC NULLS LAST",
    "SELECT a FROM t ORDER BY a DESC",
    "SELECT a FROM t ORDER BY a DESC",
  ],
  ["what is put in", "SELECT a\nFROM t\n ORDER BY a", "SELECT a FROM t ORDER BY a IS NULL, a", "SELECT a\nFROM t\n ORDER BY a IS NULL, a"],
  ["an operator", "SELECT a||'x' FROM t", "SELECT CONCAT(a, 'x') FROM t", "SELECT CONCAT(a, 'x') FROM t"],
  ["parameters", "DELETE FROM t WHERE a=$1 AND b = $2", "DELETE FROM t WHERE a = ? AND b = ?", "DELETE FROM t WHERE a=? AND b = ?"],
  ["a comment beside it", "SELECT a::int -- why\nFROM t", "SELECT CAST(a AS SIGNED) FROM t", "SELECT CAST(a AS SIGNED) -- why\nFROM t"],
])("%s", (_, from, to, expected) => {
  expect(applied(from, to)).toBe(expected);
});

/** What is marked, and what is written there. */
function marked(from: string, to: string): string[] {
  return changes(from, to).map(({ start, end, text, more }) => `${more ? "more" : from.slice(start, end)} => ${text}`);
}

it.each([
  [
    "nothing of the next item",
    "UPDATE t SET a = (CASE WHEN $1::text = '' THEN b ELSE $1 END), c = (CASE WHEN d THEN $2::jsonb END)",
    "UPDATE t SET a = CASE WHEN ? = '' THEN b ELSE ? END, c = CASE WHEN d THEN ? END",
    ["::text => ", "::jsonb => "],
  ],
  [
    "a value of a row",
    "INSERT INTO t (a, b) VALUES ('x', '[]'), ('y', '{}')",
    "INSERT INTO t (a, b) VALUES ('x', CAST('[]' AS JSON)), ('y', CAST('{}' AS JSON))",
    ["'[]' => CAST('[]' AS JSON)", "'{}' => CAST('{}' AS JSON)"],
  ],
  [
    "an item that is put in before another",
    "SELECT a FROM t ORDER BY b, c DESC LIMIT 1",
    "SELECT a FROM t ORDER BY b, c IS NULL DESC, c DESC LIMIT 1",
    ["c DESC => c IS NULL DESC, c DESC"],
  ],
  [
    "a clause in the place of another",
    "INSERT INTO t (key) VALUES (1) ON CONFLICT (key) DO NOTHING",
    "INSERT INTO t (`key`) VALUES (1) ON DUPLICATE KEY UPDATE `key` = `key`",
    ["key => `key`", "ON CONFLICT (key) DO NOTHING => ON DUPLICATE KEY UPDATE `key` = `key`"],
  ],
  [
    "the name of a call",
    "SELECT json_build_object('a', b) FROM t",
    "SELECT JSON_OBJECT('a', b) FROM t",
    ["json_build_object => JSON_OBJECT"],
  ],
  ["an argument that is put in", "SELECT now() FROM t", "SELECT NOW(6) FROM t", ["now() => NOW(6)"]],
  [
    "an operator with other brackets",
    "SELECT a FROM t WHERE b = ANY ('{x,y}') AND c = 1",
    "SELECT a FROM t WHERE b IN ('x', 'y') AND c = 1",
    ["= ANY ('{x,y}') => IN ('x', 'y')"],
  ],
  [
    "a cast",
    "SELECT a FROM t WHERE b = c::text || 'x' AND d = 1",
    "SELECT a FROM t WHERE b = CONCAT(CAST(c AS CHAR), 'x') AND d = 1",
    ["c::text || 'x' => CONCAT(CAST(c AS CHAR), 'x')"],
  ],
  [
    "a key that stands elsewhere",
    "CREATE TABLE t (id serial PRIMARY KEY, p int NOT NULL REFERENCES u (id))",
    "CREATE TABLE t (id BIGINT, p INT NOT NULL, PRIMARY KEY (id), CONSTRAINT f FOREIGN KEY (p) REFERENCES u (id)) COLLATE x",
    ["serial => BIGINT", "REFERENCES u (id) => CONSTRAINT f FOREIGN KEY (p) REFERENCES u (id)", ") => ) COLLATE x"],
  ],
  [
    "a statement more",
    "DELETE FROM t WHERE a = 1 RETURNING b",
    "DELETE FROM t WHERE a = 1;\nSELECT b FROM t",
    ["RETURNING b => ;\nSELECT b FROM t"],
  ],
  [
    "a name, and none of the brackets behind it",
    "CREATE TABLE public.t (a text, b serial)",
    "CREATE TABLE t (a LONGTEXT, b BIGINT)",
    ["public.t => t", "text => LONGTEXT", "serial => BIGINT"],
  ],
  [
    "a statement beside it",
    "DROP MATERIALIZED VIEW a",
    "DROP TABLE a;\nDROP VIEW a_query",
    ["more => DROP VIEW a_query", "MATERIALIZED VIEW => TABLE"],
  ],
  [
    "a clause at another place",
    "WITH a AS (SELECT 1) INSERT INTO t (b) SELECT c FROM a",
    "INSERT INTO t (b) WITH a AS (SELECT 1) SELECT c FROM a",
    ["WITH a AS (SELECT 1) INSERT INTO t (b) => INSERT INTO t (b) WITH a AS (SELECT 1)"],
  ],
  [
    "a query that reads from itself, as a whole",
    "SELECT t.a, t.b FROM t WHERE c = 1 LIMIT $1",
    "SELECT a, b FROM (SELECT t.a, t.b, ROW_NUMBER() OVER () AS n FROM t WHERE c = 1) AS q WHERE n <= ?",
    [
      "SELECT t.a, t.b FROM t WHERE c = 1 LIMIT $1 => SELECT a, b FROM (SELECT t.a, t.b, ROW_NUMBER() OVER () AS n FROM t WHERE c = 1) AS q WHERE n <= ?",
    ],
  ],
])("marks %s", (_, from, to, expected) => {
  expect(marked(from, to)).toEqual(expected);
});

it("makes TiDB's form of every rule's example, and marks places with their brackets whole", () => {
  const keys = (sql: string) => tokens(sql, false).map(({ key }) => key);
  const depth = (sql: string) => keys(sql).reduce((sum, key) => sum + (key === "(" ? 1 : key === ")" ? -1 : 0), 0);
  const texts = rules.flatMap(({ examples }) => examples.flatMap(({ pg, tidb }) => (tidb ? { pg, tidb: [tidb].flat().join(";\n") } : [])));
  expect(texts.length).toBeGreaterThan(500);
  for (const { pg, tidb } of texts) {
    expect(keys(applied(pg, tidb)), pg).toEqual(keys(tidb));
    for (const { start, end, text, more } of changes(pg, tidb)) {
      expect(end, pg).toBeGreaterThan(start);
      const isEnd = pg.slice(start, end) === ")";
      if (!more && !isEnd) expect([depth(pg.slice(start, end)), depth(text)], `${pg}\n${pg.slice(start, end)} => ${text}`).toEqual([0, 0]);
    }
  }
});

it("takes no longer than the texts are long", () => {
  const rows = (one: string) => Array.from({ length: 5000 }, (_, i) => `(${i}, ${one})`).join(", ");
  const started = performance.now();
  expect(changes(`INSERT INTO t VALUES ${rows("'[]'::jsonb")}`, `INSERT INTO t VALUES ${rows("CAST('[]' AS JSON)")}`)).toHaveLength(5000);
  expect(performance.now() - started).toBeLessThan(1500);
});

it("takes brackets in each other beyond measure for one change, and not for an error", () => {
  const deep = (inner: string) => `SELECT ${"(".repeat(9000)}${inner}${")".repeat(9000)}`;
  expect(changes(deep("a::text"), deep("CAST(a AS CHAR)"))).toEqual([
    { start: 0, end: deep("a::text").length, text: deep("CAST(a AS CHAR)") },
  ]);
});
