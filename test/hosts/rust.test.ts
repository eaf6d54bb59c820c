import { describe, expect, it } from "vitest";
import { found, placeOf, read } from "./read.js";

describe("Rust", () => {
  it("literals, raw ones, lines that go on, and macros", async () => {
    const text = `use sqlx::PgPool;
const COLS: &str = "a, b";
const LIST: &str = "SELECT a \\
    FROM t";
async fn f(p: &PgPool) {
    sqlx::query!(r#"SELECT "id!" FROM t WHERE x = $1"#, x).fetch_one(p).await;
    sqlx::query_as!(Row, "SELECT a " + "FROM t", 1);
    query_scalar::<_, i64>("SELECT count(*) FROM t").fetch_one(p);
    diesel::sql_query(r"DELETE FROM t").execute(c);
    sql::<Bool>("SELECT 1 = ANY(x)");
    c.execute(&format!("SELECT {} FROM {table} WHERE a = {0:?} AND j = '{{}}'", COLS), &[]);
    c.batch_execute(concat!("CREATE TABLE ", "t (a int)"));
    let q = "SELECT 1".to_string();
    let s = String::from("SELECT 2");
    tokio::join!(c.execute("UPDATE t SET a = 1"));
    let b = b"SELECT 3";
    let i = include_str!("select.sql");
}
`;
    const { found: all, imports, broken } = await read(".rs", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a FROM t", "LIST"],
      ['SELECT "id!" FROM t WHERE x = $1', "sqlx::query!"],
      ["SELECT a FROM t", "sqlx::query_as!"],
      ["SELECT count(*) FROM t", "query_scalar"],
      ["DELETE FROM t", "sql_query"],
      ["SELECT 1 = ANY(x)", "sql"],
      ["SELECT a, b FROM ⟨{table}⟩ WHERE a = ⟨{0:?}⟩ AND j = '{}'", "format!"],
      ["CREATE TABLE t (a int)", "batch_execute"],
      ["SELECT 1", "q"],
      ["SELECT 2", "s"],
      ["UPDATE t SET a = 1", "execute"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("4:5");
    expect(placeOf(all[1]!, "$1", text)).toBe("6:51");
    expect(placeOf(all[2]!, "FROM", text)).toBe("7:41");
    expect(placeOf(all[6]!, "b FROM", text)).toBe("2:24");
    expect(placeOf(all[6]!, "AND", text)).toBe("11:64");
    expect(placeOf(all[7]!, "t (a", text)).toBe("12:47");
    expect(imports).toEqual(["sqlx::PgPool"]);
    expect(broken).toBe(false);
  });

  it("comments are none, and prose is none", async () => {
    const text = '/// select a from b\nfn f() { panic!("Update of {} failed", x); /* where */ run("SELECT 1 FROM t") }\n';
    const { found: all, comments } = await read(".rs", text);
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT 1 FROM t"]);
    expect(comments.map((each) => each.trim())).toEqual(["/// select a from b", "/* where */"]);
  });

  it("constants of an impl, and what is broken", async () => {
    const text = 'impl S { const T: &str = "t"; fn f(&self) { q(&format!("SELECT 1 FROM {}", Self::T)) } }\nfn ( {';
    const { found: all, broken } = await read(".rs", text);
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT 1 FROM t"]);
    expect(broken).toBe(true);
    expect(placeOf((await found(".rs", text))[0]!, "FROM", text)).toBe("1:66");
  });
});
