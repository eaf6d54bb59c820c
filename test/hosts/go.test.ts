import { describe, expect, it } from "vitest";
import { found, placeOf } from "./read.js";

describe("Go", () => {
  it("raw, interpreted, joined and formatted texts", async () => {
    const text = `package store

import (
	"database/sql"
	_ "github.com/lib/pq"
)

const columns = "id, \\"name\\""

var insert = \`
INSERT INTO t (a) VALUES ($1)
ON CONFLICT DO NOTHING\`

func f() {
	db.QueryRow("SELECT " + columns + " FROM t WHERE a = $1", 1)
	q := fmt.Sprintf("SELECT a FROM %s WHERE b LIKE 'x%%' AND c = %d", table, 3)
}
`;
    const all = await found(".go", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["\nINSERT INTO t (a) VALUES ($1)\nON CONFLICT DO NOTHING", "insert"],
      ['SELECT id, "name" FROM t WHERE a = $1', "QueryRow"],
      ["SELECT a FROM ⟨%s⟩ WHERE b LIKE 'x%' AND c = ⟨%d⟩", "Sprintf"],
    ]);
    expect(placeOf(all[0]!, "ON CONFLICT", text)).toBe("12:1");
    expect(placeOf(all[1]!, "name", text)).toBe("8:24");
    expect(placeOf(all[1]!, "$1", text)).toBe("15:55");
    expect(placeOf(all[2]!, "AND", text)).toBe("16:57");
  });
});
