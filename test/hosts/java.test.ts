import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("Java", () => {
  it("joined texts, blocks, annotations, formats, builders, constants", async () => {
    const text = `import java.sql.Connection;
class A {
  static final String COLS = "a, \\"b\\"";
  String q = "SELECT " + COLS + " FROM t " +
      "WHERE x = ?"; // one
  @Query(value = "SELECT 1 " + "FROM t", nativeQuery = true) void f();
  @Select({"SELECT a", "FROM t"}) void g();
  void m() {
    String s = """
        SELECT "a"
          FROM t \\
        WHERE x\\tIS NULL
        """;
    run(String.format("SELECT %s FROM %s LIMIT 5 -- 100%%", A.COLS, t));
    run("SELECT %s".formatted(x));
    StringBuilder b = new StringBuilder("SELECT a FROM t");
    b.append(" WHERE b = ").append(" AND c = 1");
    s += " ORDER BY a";
  }
}
`;
    const { found: all, imports, comments, broken } = await read(".java", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ['SELECT a, "b" FROM t WHERE x = ?', "q"],
      ["SELECT 1 FROM t", "Query"],
      ["SELECT a FROM t", "Select"],
      ['SELECT "a"\n  FROM t WHERE x\tIS NULL\n', "s"],
      ['SELECT a, "b" FROM ⟨%s⟩ LIMIT 5 -- 100%', "format"],
      ["SELECT ⟨%s⟩", "run"],
      ["SELECT a FROM t", "StringBuilder"],
      [" WHERE b = ", "append"],
      [" AND c = 1", "append"],
      [" ORDER BY a", "s"],
    ]);
    expect(placeOf(all[0]!, "b", text)).toBe("3:36");
    expect(placeOf(all[0]!, "WHERE", text)).toBe("5:8");
    expect(placeOf(all[2]!, "FROM", text)).toBe("7:25");
    expect(placeOf(all[3]!, "FROM", text)).toBe("11:11");
    expect(placeOf(all[3]!, "IS NULL", text)).toBe("12:18");
    expect(placeOf(all[4]!, "LIMIT", text)).toBe("14:42");
    expect(imports).toEqual(["java.sql.Connection"]);
    expect(comments).toEqual(["// one"]);
    expect(broken).toBe(false);
  });

  it("JPA's own language is no SQL", async () => {
    const text = `import org.springframework.data.jpa.repository.Query;
@NamedQuery(name = "a", query = "SELECT u FROM User u")
interface R {
  @Query("SELECT u FROM User u WHERE u.name = :n") void f();
  @Query(nativeQuery = true, value = "SELECT 1 FROM users") void g();
  default void h() { em.createQuery("SELECT u FROM User u"); em.createNativeQuery("SELECT 2 FROM users"); log("Update of user"); }
}
int (
`;
    const { found: all, broken } = await read(".java", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT 1 FROM users", "Query"],
      ["SELECT 2 FROM users", "createNativeQuery"],
    ]);
    expect(broken).toBe(true);
  });
});
