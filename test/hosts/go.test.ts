import { describe, expect, it } from "vitest";
import { found, placeOf, read, sqlIn } from "./read.js";

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
    const { found: all, ...rest } = await read(".go", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["\nINSERT INTO t (a) VALUES ($1)\nON CONFLICT DO NOTHING", "insert"],
      ['SELECT id, "name" FROM t WHERE a = $1', "QueryRow"],
      ["SELECT a FROM ⟨%s⟩ WHERE b LIKE 'x%' AND c = ⟨%d⟩", "Sprintf"],
    ]);
    expect(placeOf(all[0]!, "ON CONFLICT", text)).toBe("12:1");
    expect(placeOf(all[1]!, "name", text)).toBe("8:24");
    expect(placeOf(all[1]!, "$1", text)).toBe("15:55");
    expect(placeOf(all[2]!, "AND", text)).toBe("16:56");
    expect(rest).toEqual({ imports: ["database/sql", "github.com/lib/pq"], comments: [], broken: false });
  });

  it("constants in blocks and maps, fields, and texts over several lines", async () => {
    const text = `package store

const (
	list = "SELECT a " +
		"FROM t" // all
	one string = list + " WHERE id = $1"
)

var queries = map[string]string{
	"drop": "DROP TABLE t",
}

func f() {
	s := Stmt{SQL: "SELECT 2", Name: "Update"}
	return "ROLLBACK"
}
`;
    const all = await found(".go", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a FROM t", "list"],
      ["SELECT a FROM t WHERE id = $1", "one"],
      ["DROP TABLE t", "drop"],
      ["SELECT 2", "SQL"],
      ["ROLLBACK", undefined],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("5:4");
    expect(placeOf(all[1]!, "FROM", text)).toBe("5:4");
    expect(placeOf(all[1]!, "id", text)).toBe("6:30");
  });

  it("builders, gorm, formats with constants in their places", async () => {
    const text = `package store

const cols = "a, b"
const tpl = \`SELECT %s FROM t\`

func f(b strings.Builder) {
	b.WriteString("SELECT x FROM t")
	b.WriteString(" WHERE y = $1")
	fmt.Fprintf(&b, " AND z = %d", 1)
	db.Raw("SELECT ? FROM t", 1).Where("a = ? AND b", 2)
	db.Exec(fmt.Sprintf(tpl, cols))
	db.Exec(fmt.Sprintf("SELECT %s FROM %s", cols, table))
	db.Exec(strings.Join([]string{"SELECT a", "FROM t"}, " "))
	log.Printf("nothing: %s", "SELECT 100% FROM t")
	q := "SELECT 1"
	q += " FROM t"
}
`;
    const all = await found(".go", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT ⟨%s⟩ FROM t", "tpl"],
      ["SELECT x FROM t", "WriteString"],
      [" WHERE y = $1", "WriteString"],
      [" AND z = ⟨%d⟩", "Fprintf"],
      ["SELECT ? FROM t", "Raw"],
      ["a = ? AND b", "Where"],
      ["SELECT a, b FROM ⟨%s⟩", "Sprintf"],
      ["SELECT a FROM t", "Exec"],
      ["SELECT 100% FROM t", "Printf"],
      ["SELECT 1", "q"],
      [" FROM t", "q"],
    ]);
    expect(placeOf(all[6]!, "b", text)).toBe("3:18");
  });

  it("what is broken hides nothing else; prose is none", async () => {
    const text = 'package a\nfunc f() {\n\tx := := 3\n\tdb.Exec("DELETE FROM t")\n\tt.Error("Update failed", "select one of them")\n';
    const { found: all, broken } = await read(".go", text);
    expect(broken).toBe(true);
    expect(all.map(({ sql }) => sql)).toEqual(["DELETE FROM t"]);
    expect(await sqlIn(".go", "")).toEqual([]);
  });
});
