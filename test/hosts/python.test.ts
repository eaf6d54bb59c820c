import { describe, expect, it } from "vitest";
import { placeOf, read } from "./read.js";

describe("Python", () => {
  it("plain, triple, raw, joined and formatted texts", async () => {
    const text = `import psycopg2
from sqlalchemy import text as t
COLS = "a, b"
class R:
    TABLE = "r"
    def f(self):
        """Select rows from the table."""
        cur.execute("SELECT a FROM t WHERE b = %s AND c LIKE 'x%%'", (b,))
        cur.execute("""
            SELECT 'it''s' -- \\"one\\"
        """)
        cur.execute(r"SELECT '\\d' FROM t")
        cur.execute("SELECT a "
                    'FROM t' f" WHERE x = {x!r:>10} AND j = '{{}}' AND {y}")
        cur.execute(f"SELECT {COLS} FROM {self.TABLE}")
        cur.execute("SELECT a FROM %s WHERE b LIKE '%%' AND c = %%s" % table)
        q = "SELECT {} FROM {t}".format(COLS, t=name)
        q += " ORDER BY a"
        cur.execute(sql.SQL("SELECT {f} FROM t").format(f=sql.Identifier("x")))
        conn.execute(text("SELECT :a"), query="SELECT 2")
        conn.execute(b"SELECT 3")
        run(textwrap.dedent("""SELECT 4"""))
        run(" ".join(["SELECT 5", "FROM t"]))
        d = {"one": "SELECT 6"}
`;
    const { found: all, imports, comments, broken } = await read(".py", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a FROM t WHERE b = %s AND c LIKE 'x%%'", "execute"],
      ["\n            SELECT 'it''s' -- \"one\"\n        ", "execute"],
      ["SELECT '\\d' FROM t", "execute"],
      ["SELECT a FROM t WHERE x = ⟨{x!r:>10}⟩ AND j = '{}' AND ⟨{y}⟩", "execute"],
      ["SELECT a, b FROM r", "execute"],
      ["SELECT a FROM ⟨%s⟩ WHERE b LIKE '%' AND c = %s", "execute"],
      ["SELECT a, b FROM ⟨{t}⟩", "q"],
      [" ORDER BY a", "q"],
      ["SELECT ⟨{f}⟩ FROM t", "SQL"],
      ["SELECT :a", "text"],
      ["SELECT 2", "execute"],
      ["SELECT 4", "run"],
      ["SELECT 5 FROM t", "run"],
      ["SELECT 6", "one"],
    ]);
    expect(placeOf(all[1]!, "--", text)).toBe("10:28");
    expect(placeOf(all[3]!, "FROM", text)).toBe("14:22");
    expect(placeOf(all[3]!, "j =", text)).toBe("14:57");
    expect(placeOf(all[4]!, "r", text)).toBe("5:14");
    expect(placeOf(all[5]!, "AND", text)).toBe("16:57");
    expect(imports).toEqual(["psycopg2", "sqlalchemy"]);
    expect(comments).toEqual([]);
    expect(broken).toBe(false);
  });

  it("names whose values are formatted elsewhere", async () => {
    const text = `Q = "SELECT a FROM %s"
R = "SELECT a FROM {}"
S = "SELECT a FROM t WHERE b = %s"
run(Q % table)
run(R.format(table))
run(S, [1])  # bound
`;
    const { found: all, comments } = await read(".py", text);
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT a FROM ⟨%s⟩", "SELECT a FROM ⟨{}⟩", "SELECT a FROM t WHERE b = %s"]);
    expect(comments).toEqual(["# bound"]);
  });

  it("docstrings and prose are none; what is broken hides nothing else", async () => {
    const text = `"""Select from the list."""
def f(:
    log("Update the %s", x)
    run('DELETE FROM t WHERE a')
    """SELECT 1 FROM t"""
`;
    const { found: all, broken } = await read(".py", text);
    expect(all.map(({ sql }) => sql)).toEqual(["DELETE FROM t WHERE a"]);
    expect(broken).toBe(true);
  });
});
