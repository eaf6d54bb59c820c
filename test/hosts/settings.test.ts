// biome-ignore-all lint/suspicious/noTemplateCurlyInString: holes of shells are what is tested
import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("YAML", () => {
  it("plain, quoted and block scalars", async () => {
    const text = `# one
plain: SELECT a FROM t
long: SELECT a
  FROM t
double: "SELECT \\"a\\" FROM t\\nWHERE b"
single: 'SELECT ''a'' FROM t'
list:
  - name: "Update the list"
    literal: |
      SELECT a
        FROM t
    folded: >-
      SELECT a
      FROM t
        WHERE b
`;
    const { found: all, comments, broken } = await read(".yaml", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a FROM t", "plain"],
      ["SELECT a FROM t", "long"],
      ['SELECT "a" FROM t\nWHERE b', "double"],
      ["SELECT 'a' FROM t", "single"],
      ["SELECT a\n  FROM t\n", "literal"],
      ["SELECT a FROM t\n  WHERE b\n", "folded"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("2:17");
    expect(placeOf(all[1]!, "FROM", text)).toBe("4:3");
    expect(placeOf(all[2]!, "WHERE", text)).toBe("5:31");
    expect(placeOf(all[3]!, "FROM", text)).toBe("6:23");
    expect(placeOf(all[4]!, "FROM", text)).toBe("11:9");
    expect(placeOf(all[5]!, "FROM", text)).toBe("14:7");
    expect(comments).toEqual(["# one"]);
    expect(broken).toBe(false);
  });

  it("shell scripts of CI", async () => {
    const text = `jobs:
  test:
    steps:
      - run: |
          psql -c "SELECT 1 FROM t"
          psql <<EOF
          DELETE FROM t
            WHERE a = \${X};
          EOF
      - run: psql -c 'CREATE DATABASE x'
`;
    const { found: all } = await read(".yml", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT 1 FROM t", "psql"],
      ["DELETE FROM t\n  WHERE a = ⟨${X}⟩;\n", "psql"],
      ["CREATE DATABASE x", "psql"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("5:29");
    expect(placeOf(all[1]!, "WHERE", text)).toBe("8:13");
    expect(placeOf(all[1]!, ";", text)).toBe("8:27");
    expect(placeOf(all[2]!, "DATABASE", text)).toBe("10:30");
  });

  it("what is broken hides nothing before it", async () => {
    const { found: all, broken } = await read(".yaml", "a: SELECT 1 FROM t\nb: {{ x }}: [\n");
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT 1 FROM t"]);
    expect(broken).toBe(true);
  });
});

describe("JSON", () => {
  it("values with their keys, escapes resolved", async () => {
    const text = `{
  "db_name": "PostgreSQL", // one
  "query": "SELECT \\"a\\"\\n  FROM t WHERE b = '\\u0041'",
  "SELECT 1": ["Update it", "DELETE FROM t"]
}
`;
    const { found: all, broken } = await read(".json", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT \"a\"\n  FROM t WHERE b = 'A'", "query"],
      ["DELETE FROM t", "SELECT 1"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("3:29");
    expect(placeOf(all[0]!, "A'", text)).toBe("3:47");
    expect(broken).toBe(false);
  });
});

describe("TOML", () => {
  it("every form of string", async () => {
    const text = `# one
a = "SELECT \\"a\\" FROM t" # two
b = 'SELECT \\d'
[x]
c = """
SELECT a \\
   FROM t"""
d = '''SELECT '\\d'
FROM t'''
e = ["Update it", "DELETE FROM t"]
`;
    const { found: all, comments } = await read(".toml", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ['SELECT "a" FROM t', "a"],
      ["SELECT \\d", "b"],
      ["SELECT a FROM t", "c"],
      ["SELECT '\\d'\nFROM t", "d"],
      ["DELETE FROM t", "e"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("2:19");
    expect(placeOf(all[2]!, "FROM", text)).toBe("7:4");
    expect(placeOf(all[3]!, "FROM", text)).toBe("9:1");
    expect(comments).toEqual(["# one", "# two"]);
  });
});
