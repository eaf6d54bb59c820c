// biome-ignore-all lint/suspicious/noTemplateCurlyInString: holes of Kotlin are what is tested
import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("Kotlin", () => {
  it("plain, raw, joined and trimmed texts, with their holes", async () => {
    const text = `import java.sql.Connection
const val COLS = "a, \\"b\\""
/* one /* two */ */
class R {
  companion object { const val T = "r" }
  val q = "SELECT $COLS FROM \${R.T} WHERE c = '\\u0041' AND d = \${if (x) "e" else "f"}" // three
  fun f() {
    jdbc.query("SELECT a " +
        "FROM t WHERE b = " + param + " LIMIT 1", x)
    val s = """
        SELECT "a"
          FROM t
    """.trimIndent()
    exec("""
        |SELECT 2
        |FROM t""".trimMargin())
    exec(sql = "DELETE FROM t", n = 'x')
    q += " AND e = 1"
    log("Update failed")
  }
  @Query("SELECT 3") fun g()
}
`;
    const { found: all, imports, comments, broken } = await read(".kt", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ['SELECT a, "b" FROM r WHERE c = \'A\' AND d = ⟨${if (x) "e" else "f"}⟩', "q"],
      ["SELECT a FROM t WHERE b = ⟨param⟩ LIMIT 1", "query"],
      ['\nSELECT "a"\n  FROM t\n', "s"],
      ["\nSELECT 2\nFROM t", "exec"],
      ["DELETE FROM t", "exec"],
      [" AND e = 1", "q"],
      ["SELECT 3", "Query"],
    ]);
    expect(placeOf(all[0]!, "b", text)).toBe("2:24");
    expect(placeOf(all[0]!, "AND", text)).toBe("6:56");
    expect(placeOf(all[1]!, "FROM", text)).toBe("9:10");
    expect(placeOf(all[1]!, "LIMIT", text)).toBe("9:41");
    expect(placeOf(all[2]!, "FROM", text)).toBe("12:11");
    expect(placeOf(all[3]!, "FROM", text)).toBe("16:10");
    expect(imports).toEqual(["java.sql.Connection"]);
    expect(comments).toEqual(["/* one /* two */ */", "// three"]);
    expect(broken).toBe(false);
  });

  it("what is not closed hides nothing before it", async () => {
    const { found: all, broken } = await read(".kt", 'val a = "DELETE FROM t"\nval b = "SELECT ${x');
    expect(all.map(({ sql }) => sql)).toEqual(["DELETE FROM t", "SELECT ⟨${x⟩"]);
    expect(broken).toBe(true);
  });
});
