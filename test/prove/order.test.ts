import { describe, expect, it } from "vitest";
import type { SelectStmt } from "../../src/pg/ast.js";
import { parseStatement } from "../../src/pg/parse.js";
import { keyed, tiesOf } from "../../src/prove/order.js";

async function planOf(sql: string) {
  const parsed = await parseStatement({ name: "q.sql", text: sql }, { start: 0, end: sql.length }, "18", []);
  if (!parsed.ok) throw new Error(sql);
  return keyed(sql, parsed.node as SelectStmt);
}

/** Blanks do not matter here. */
const squeezed = (sql: string) => sql.replaceAll(/\s+/g, " ").trim();

describe("a query asked for its sort keys", () => {
  it.each([
    [
      "SELECT a FROM t ORDER BY b DESC NULLS LAST, c",
      "SELECT a , b AS pg2tidb_key_0, c AS pg2tidb_key_1 FROM t ORDER BY b DESC NULLS LAST, c",
    ],
    ["SELECT a FROM t ORDER BY lower(b || ',') LIMIT 3", "SELECT a , lower(b || ',') AS pg2tidb_key_0 FROM t ORDER BY lower(b || ',')"],
    [
      "SELECT a FROM t ORDER BY b FETCH FIRST 2 ROWS WITH TIES",
      "SELECT a , b AS pg2tidb_key_0 FROM t ORDER BY b FETCH FIRST 2 ROWS WITH TIES",
    ],
    ["SELECT a FROM t ORDER BY a.b FOR UPDATE", "SELECT a , a.b AS pg2tidb_key_0 FROM t ORDER BY a.b FOR UPDATE"],
    ["SELECT (SELECT x FROM u ORDER BY y) FROM t ORDER BY z", "SELECT (SELECT x FROM u ORDER BY y) , z AS pg2tidb_key_0 FROM t ORDER BY z"],
    [
      "WITH w AS (SELECT 1 FROM u) SELECT a FROM w ORDER BY b",
      "WITH w AS (SELECT 1 FROM u) SELECT a , b AS pg2tidb_key_0 FROM w ORDER BY b",
    ],
    ["SELECT ' FROM ' FROM t ORDER BY b -- FROM", "SELECT ' FROM ' , b AS pg2tidb_key_0 FROM t ORDER BY b -- FROM"],
  ])("%s", async (sql, asked) => {
    const plan = await planOf(sql);
    expect(squeezed(plan?.sql ?? "")).toBe(asked);
    expect(plan?.keys).toEqual(Array.from({ length: plan?.added ?? 0 }, (_, i) => `pg2tidb_key_${i}`));
  });

  it("takes nothing for a key from where rows are sorted by chance on", async () => {
    expect(await planOf("SELECT a FROM t ORDER BY b, random(), a LIMIT 2")).toMatchObject({
      keys: ["pg2tidb_key_0"],
      window: { offset: 0, count: 2 },
    });
    expect(await planOf("SELECT a FROM t ORDER BY Random () LIMIT 2")).toMatchObject({ keys: [], added: 0 });
  });

  it("adds nothing for output columns", async () => {
    expect(await planOf('SELECT a AS x, b AS "Y" FROM t ORDER BY "Y", X, 1 LIMIT 2 OFFSET 1')).toMatchObject({
      keys: ["Y", "x", 0],
      added: 0,
      window: { offset: 1, count: 2 },
    });
    expect(await planOf("SELECT a FROM t UNION SELECT b FROM u ORDER BY a")).toMatchObject({ keys: ["a"], added: 0 });
  });

  it.each([
    ["LIMIT ALL OFFSET 2", { offset: 2, count: Number.POSITIVE_INFINITY }],
    ["FETCH FIRST 4 ROWS ONLY", { offset: 0, count: 4 }],
    ["OFFSET 3 ROWS FETCH NEXT 2 ROWS ONLY", { offset: 3, count: 2 }],
    ["", undefined],
  ])("the window of %s", async (tail, window) => {
    expect((await planOf(`SELECT a AS x FROM t ORDER BY x ${tail}`))?.window).toEqual(window);
  });

  it.each([
    "SELECT DISTINCT a FROM t ORDER BY a + 1",
    "SELECT a FROM t UNION SELECT b FROM u ORDER BY a || 'x' LIMIT 1",
    "SELECT a FROM t ORDER BY b LIMIT 1 + 1",
    "SELECT a FROM t ORDER BY b OFFSET 1 FETCH FIRST 2 ROWS WITH TIES",
    "SELECT 1 ORDER BY 1 + 1",
  ])("is not asked where that were another query: %s", async (sql) => {
    expect(await planOf(sql)).toBeUndefined();
  });
});

describe("ties", () => {
  it("are rows with equal keys side by side; NULL equals NULL", () => {
    expect(
      tiesOf(
        [
          ["a", null],
          ["b", null],
          ["b", "1"],
          ["c", "2"],
        ],
        [1],
      ),
    ).toEqual([0, 0, 1, 2]);
  });

  it("without keys are all rows", () => {
    expect(tiesOf([["a"], ["b"]], [])).toEqual([0, 0]);
  });
});
