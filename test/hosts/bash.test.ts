// biome-ignore-all lint/suspicious/noTemplateCurlyInString: holes of shells are what is tested
import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("Shell", () => {
  it("heredocs, arguments and pipes to psql", async () => {
    const text = `#!/bin/bash
psql -v a=1 <<EOF
SELECT '$x' FROM t WHERE a = \${y} AND b = \\$1;
EOF
psql <<-'SQL' | cat
	SELECT '$x' FROM t
	SQL
docker exec db psql -U x -c "SELECT \\"a\\" FROM $t" --command='SELECT 2 FROM t'
W="WHERE z = 1"
Q="SELECT 3 FROM t $W"
echo "SELECT 4;" | psql
psql <<< 'SELECT 5;'
psql -c 'SELECT 6 FROM '"$t"' LIMIT 1'
mysql -e "SELECT 7 FROM t"
echo "Update failed" # one
`;
    const { found: all, comments, broken } = await read(".sh", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT '⟨$x⟩' FROM t WHERE a = ⟨${y}⟩ AND b = $1;\n", "psql"],
      ["SELECT '$x' FROM t\n", "psql"],
      ['SELECT "a" FROM ⟨$t⟩', "psql"],
      ["SELECT 2 FROM t", "psql"],
      ["WHERE z = 1", "W"],
      ["SELECT 3 FROM t WHERE z = 1", "Q"],
      ["SELECT 4;", "psql"],
      ["SELECT 5;", "psql"],
      ["SELECT 6 FROM ⟨$t⟩ LIMIT 1", "psql"],
      ["SELECT 7 FROM t", "mysql"],
    ]);
    expect(placeOf(all[0]!, "AND", text)).toBe("3:35");
    expect(placeOf(all[0]!, "1;", text)).toBe("3:45");
    expect(placeOf(all[1]!, "SELECT", text)).toBe("6:2");
    expect(placeOf(all[2]!, "FROM", text)).toBe("8:43");
    expect(placeOf(all[5]!, "z", text)).toBe("9:10");
    expect(placeOf(all[8]!, "LIMIT", text)).toBe("13:31");
    expect(comments).toEqual(["#!/bin/bash", "# one"]);
    expect(broken).toBe(false);
  });
});
