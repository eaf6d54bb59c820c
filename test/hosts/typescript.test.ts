import { describe, expect, it } from "vitest";
import { found, placeOf } from "./read.js";

describe("TypeScript", () => {
  it("plain, template, tagged and joined texts, with their holes", async () => {
    const text = `import { Pool } from "pg";
const COLUMNS = "id, name";
const a = "SELECT id FROM \\"user\\" WHERE x = 'it\\'s'";
await pool.query(\`SELECT \${COLUMNS} FROM t WHERE a = \${a.b(\`\${1}\`)} AND c::text = 'x'\`);
await prisma.$queryRaw<Row[]>\`SELECT now() FROM t WHERE id = \${id}\`;
db.query("SELECT a " + "FROM t " + where + " LIMIT $1", [1]);
const prose = "Nothing to see";
`;
    const all = await found(".ts", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      [`SELECT id FROM "user" WHERE x = 'it's'`, "a"],
      ["SELECT id, name FROM t WHERE a = ⟨${a.b(`${1}`)}⟩ AND c::text = 'x'", "query"],
      ["SELECT now() FROM t WHERE id = ⟨${id}!⟩", "$queryRaw"],
      ["SELECT a FROM t ⟨where⟩ LIMIT $1", "query"],
    ]);
    expect(placeOf(all[0]!, "WHERE", text)).toBe("3:36");
    expect(placeOf(all[1]!, "name", text)).toBe("2:22");
    expect(placeOf(all[1]!, "::text", text)).toBe("4:74");
    expect(placeOf(all[3]!, "$1", text)).toBe("6:52");
  });
});
