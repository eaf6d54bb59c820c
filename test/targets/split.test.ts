import { describe, expect, it } from "vitest";
import { offlineParser } from "../../src/targets/parser.js";
import { splitTidb } from "../../src/targets/split.js";

describe("a file of TiDB SQL", () => {
  it.each<[string, string, string[]]>([
    ["statements", "SELECT 1; SELECT 2\n;\n", ["SELECT 1", "SELECT 2"]],
    ["a last one without semicolon", "SELECT 1;\nSELECT 2 -- end", ["SELECT 1", "SELECT 2"]],
    ["semicolons in strings", `SELECT 'a;b\\';c', "d;\\"e", 'f'';g'; SELECT 2`, [`SELECT 'a;b\\';c', "d;\\"e", 'f'';g'`, "SELECT 2"]],
    ["semicolons in names", "SELECT `a;``b`; SELECT 2", ["SELECT `a;``b`", "SELECT 2"]],
    ["semicolons in comments", "SELECT 1 -- a;b\n + 2; # c;d\n/* e;f */ SELECT 3;", ["SELECT 1 -- a;b\n + 2", "SELECT 3"]],
    [
      "comments that are SQL",
      "/*T![ttl] SELECT 1; */; /*!40101 SET NAMES utf8 */;",
      ["/*T![ttl] SELECT 1; */", "/*!40101 SET NAMES utf8 */"],
    ],
    ["a hint", "SELECT /*+ USE_INDEX(t, k) */ 1;", ["SELECT /*+ USE_INDEX(t, k) */ 1"]],
    ["minus signs", "SELECT 1--1; SELECT 1 - -1", ["SELECT 1--1", "SELECT 1 - -1"]],
    ["nothing but comments", "-- a\n/* b */ ; ; # c", []],
    ["a string that does not end", "SELECT 'a; SELECT 2;", ["SELECT 'a; SELECT 2;"]],
    ["a comment that does not end", "SELECT 1; /* a; SELECT 2", ["SELECT 1"]],
    ["division", "SELECT 4/2;", ["SELECT 4/2"]],
  ])("splits %s", (_what, text, statements) => {
    const found = splitTidb(text);
    expect(found.map(({ sql }) => sql)).toEqual(statements);
    expect(found.map(({ span }) => text.slice(span.start, span.end))).toEqual(statements);
  });

  // In time that grows with the square this would take hours, and the test's own limit ends it.
  it("is split in linear time, long strings included", () => {
    const row = `INSERT INTO t VALUES ('${"x".repeat(2_000_000)}', '${"\\'".repeat(500_000)}')`;
    expect(splitTidb(`${row};`.repeat(3)).map(({ sql }) => sql.length)).toEqual([row.length, row.length, row.length]);
    expect(splitTidb(`${"INSERT INTO t VALUES (1, 'a');\n".repeat(100_000)}`)).toHaveLength(100_000);
  });
});

describe("the offline parser", () => {
  it("accepts what it knows, and has no word for wrong", async () => {
    const verdict = await offlineParser();
    expect(verdict("CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(10) NOT NULL)")).toBe("accepted");
    expect(verdict("CREATE SEQUENCE s START WITH 1")).toBe("unknown");
    expect(verdict("utter nonsense")).toBe("unknown");
  });
});
