import { describe, expect, it } from "vitest";
import { documentsWith, readHints } from "../../src/prove/hints.js";

const valuesOf = (sql: string, column: string) => readHints([sql]).values.get(column);

describe("what queries look for", () => {
  it.each([
    ["SELECT 1 FROM t WHERE status = 'new'", "status", ["new"]],
    ["SELECT 1 FROM t WHERE t.Status IN ('new', 'it''s')", "status", ["new", "it's"]],
    ["SELECT 1 FROM t WHERE \"Name\" <> 'x'::text", "name", ["x"]],
    ["SELECT 1 FROM t WHERE price = 7.25", "price", ["7.25"]],
    // A bound, and a number at each side of it.
    ["SELECT 1 FROM t WHERE n > 10", "n", ["10", "11", "9"]],
    ["SELECT 1 FROM t WHERE n BETWEEN 1 AND 5", "n", ["1", "2", "0", "5", "6", "4"]],
    ["SELECT 1 FROM t WHERE status = ANY (ARRAY['a'::text, 'b'::text])", "status", ["a", "b"]],
    ["SELECT 1 FROM t WHERE d IS NOT DISTINCT FROM '2024-02-29'", "d", ["2024-02-29"]],
  ])("%s", (sql, column, values) => {
    expect(valuesOf(sql, column)).toEqual(values);
  });

  it("of a pattern: what matches it, in other letters, and what may not", () => {
    expect(valuesOf("SELECT 1 FROM t WHERE name LIKE 'a_c%'", "name")).toEqual(["aycx", "AYCX", "ac"]);
  });

  it("nothing of columns held against columns", () => {
    expect(readHints(["SELECT 1 FROM a JOIN b ON a.id = b.id"]).values.size).toBe(0);
  });

  it("the keys of documents, once each", () => {
    const { keys } = readHints(["SELECT d ->> 'name', d -> 'name' -> 'it''s' FROM t WHERE d ? 'age'"]);
    expect(keys).toEqual(["name", "it's", "age"]);
    for (const text of documentsWith(keys)) expect(Object.keys(JSON.parse(text) as object)).toEqual(keys);
  });

  it("no key, no document", () => {
    expect(documentsWith([])).toEqual([]);
  });
});
