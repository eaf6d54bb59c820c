import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("PHP", () => {
  it("quotes, heredocs, joined and formatted texts", async () => {
    const text = `<html><?php
use Doctrine\\DBAL\\Connection; // one
class C {
  const COLS = 'a, b';
  private $q = "SELECT 1 FROM t";
  function f($db) {
    $db->query("SELECT {$x->y} FROM t$n\\n" . "WHERE z = $w[0]");
    $db->query('SELECT ' . self::COLS . ' FROM t WHERE a = \\'x\\' AND b ~ \\'\\d\\'');
    $s = <<<SQL
      SELECT $a
        FROM {$t}
      SQL;
    $n = <<<'SQL'
  SELECT '$a'
SQL;
    $s .= " AND c = 1";
    DB::raw(sprintf("SELECT %s FROM t", self::COLS));
    run(["sql" => "DELETE FROM t"], implode(' ', ["SELECT 2", "FROM t"]));
    new Query("SELECT 3");
    echo "Update failed";
  }
}
`;
    const { found: all, imports, comments, broken } = await read(".php", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT 1 FROM t", "q"],
      ["SELECT ⟨{$x->y}⟩ FROM t⟨$n⟩\nWHERE z = ⟨$w[0]⟩", "query"],
      ["SELECT a, b FROM t WHERE a = 'x' AND b ~ '\\d'", "query"],
      ["SELECT ⟨$a⟩\n  FROM ⟨{$t}⟩", "s"],
      ["  SELECT '$a'", "n"],
      [" AND c = 1", "s"],
      ["SELECT a, b FROM t", "sprintf"],
      ["DELETE FROM t", "sql"],
      ["SELECT 2 FROM t", "run"],
      ["SELECT 3", "Query"],
    ]);
    expect(placeOf(all[1]!, "FROM", text)).toBe("7:32");
    expect(placeOf(all[1]!, "WHERE", text)).toBe("7:47");
    expect(placeOf(all[2]!, "b", text)).toBe("4:20");
    expect(placeOf(all[3]!, "FROM", text)).toBe("11:9");
    expect(placeOf(all[4]!, "SELECT", text)).toBe("14:3");
    expect(placeOf(all[8]!, "FROM", text)).toBe("18:64");
    expect(imports).toEqual(["Doctrine\\DBAL\\Connection"]);
    expect(comments).toEqual(["// one"]);
    expect(broken).toBe(false);
  });
});
