import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("Ruby", () => {
  it("heredocs, quotes, joined and formatted texts", async () => {
    const text = `require "pg"
COLS = "a, b".freeze
class M < ActiveRecord::Migration[7.0]
  def up
    execute <<~SQL.squish
      SELECT #{COLS}
        FROM t\\tWHERE x = #{x + 1}
    SQL
    safe { execute(<<-'SQL') }
      SELECT '\\d' #{no}
    SQL
    execute "DELETE FROM t WHERE a = 'it''s' " \\
            "AND b = \\"c\\"" # one
    Row.find_by_sql('SELECT 1 FROM t WHERE a = \\'x\\'' + y)
    Row.where("a = ? AND b IS NULL", 1)
    q = %q(SELECT 2 FROM t)
    r = %Q{SELECT #{q} FROM t}
    q << " AND z = 1"
    run(format("SELECT %s FROM t", COLS), sql: "SELECT 3")
    run(["SELECT 4", "FROM t"].join(" "))
    puts "Update failed"
  end
end
`;
    const { found: all, imports, comments, broken } = await read(".rb", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a, b\n  FROM t\tWHERE x = ⟨#{x + 1}⟩\n", "execute"],
      ["      SELECT '\\d' #{no}\n", "execute"],
      ["DELETE FROM t WHERE a = 'it''s' AND b = \"c\"", "execute"],
      ["SELECT 1 FROM t WHERE a = 'x'⟨y⟩", "find_by_sql"],
      ["a = ? AND b IS NULL", "where"],
      ["SELECT 2 FROM t", "q"],
      ["SELECT ⟨#{q}⟩ FROM t", "r"],
      [" AND z = 1", "q"],
      ["SELECT a, b FROM t", "format"],
      ["SELECT 3", "run"],
      ["SELECT 4 FROM t", "run"],
    ]);
    expect(placeOf(all[0]!, "b", text)).toBe("2:12");
    expect(placeOf(all[0]!, "FROM", text)).toBe("7:9");
    expect(placeOf(all[0]!, "WHERE", text)).toBe("7:17");
    expect(placeOf(all[1]!, "SELECT", text)).toBe("10:7");
    expect(placeOf(all[2]!, "AND", text)).toBe("13:14");
    expect(placeOf(all[7]!, "z", text)).toBe("18:16");
    expect(imports).toEqual(["pg"]);
    expect(comments).toEqual(["# one"]);
    expect(broken).toBe(false);
  });
});
