import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("C#", () => {
  it("plain, verbatim, raw, interpolated and joined texts", async () => {
    const text = `using Npgsql; // one
class A {
  const string Cols = "a, \\"b\\"";
  static readonly string D = @"SELECT ""x""
FROM t " + Cols;
  void F() {
    var q = $"SELECT {x:N2} FROM t WHERE j = '{{}}' AND {Cols}\\n";
    q += " ORDER BY a";
    var r = """
      SELECT "a"
        FROM t
      """;
    var s = $@"SELECT {x} ""y""";
    var t = $"""
      SELECT {x}
      """;
    c.Query<T>("SELECT 1 " + "FROM t");
    new NpgsqlCommand("SELECT 2", c);
    cmd.CommandText = "SELECT 3";
    c.Run(string.Format("SELECT {0} FROM t WHERE a = '{{}}'", Cols));
    var u = "SELECT 4"u8;
    Log("Update failed");
  }
}
`;
    const { found: all, imports, comments, broken } = await read(".cs", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ['SELECT "x"\nFROM t a, "b"', "D"],
      ["SELECT ⟨{x:N2}⟩ FROM t WHERE j = '{}' AND a, \"b\"\n", "q"],
      [" ORDER BY a", "q"],
      ['SELECT "a"\n  FROM t', "r"],
      ['SELECT ⟨{x}⟩ "y"', "s"],
      ["SELECT ⟨{x}⟩", "t"],
      ["SELECT 1 FROM t", "Query"],
      ["SELECT 2", "NpgsqlCommand"],
      ["SELECT 3", "CommandText"],
      ["SELECT a, \"b\" FROM t WHERE a = '{}'", "Format"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("5:1");
    expect(placeOf(all[0]!, "b", text)).toBe("3:29");
    expect(placeOf(all[1]!, "AND", text)).toBe("7:53");
    expect(placeOf(all[3]!, "FROM", text)).toBe("11:9");
    expect(placeOf(all[4]!, "y", text)).toBe("13:29");
    expect(placeOf(all[6]!, "FROM", text)).toBe("17:31");
    expect(imports).toEqual(["Npgsql"]);
    expect(comments).toEqual(["// one"]);
    expect(broken).toBe(false);
  });
});
