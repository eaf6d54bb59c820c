// biome-ignore-all lint/suspicious/noTemplateCurlyInString: holes of templates are what is tested
import { describe, expect, it } from "vitest";
import { found, placeOf, read, sqlIn } from "./read.js";

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

  it("tagged templates: values are bound, pieces of SQL are not", async () => {
    const text = `import { sql } from "kysely";
const active = sql\`deleted_at IS NULL\`;
await sql<Row>\`SELECT \${sql.ref("a")} FROM t WHERE \${active} AND b = \${b}\`.execute(db);
await pool.one(sql.type(z.object({}))\`SELECT \${id}::int AS n\`);
await prisma.$queryRaw(Prisma.sql\`DELETE FROM t WHERE id IN (\${Prisma.join(ids)})\`);
await sql\`INSERT INTO t \${sql(rows)} RETURNING id\`;
const q = sql.unsafe\`UPDATE t SET a = \${x > 1 ? sql\`DEFAULT\` : 2}\`;
`;
    const all = await found(".ts", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["deleted_at IS NULL", "sql"],
      ['SELECT ⟨${sql.ref("a")}⟩ FROM t WHERE deleted_at IS NULL AND b = ⟨${b}!⟩', "sql"],
      ["SELECT ⟨${id}!⟩::int AS n", "sql"],
      ["DELETE FROM t WHERE id IN (⟨${Prisma.join(ids)}⟩)", "sql"],
      ["INSERT INTO t ⟨${sql(rows)}⟩ RETURNING id", "sql"],
      ["UPDATE t SET a = ⟨${x > 1 ? sql`DEFAULT` : 2}⟩", "sql"],
    ]);
    expect(placeOf(all[1]!, "deleted_at", text)).toBe("2:20");
    expect(placeOf(all[2]!, "::int", text)).toBe("4:51");
  });

  it("Drizzle's tables and columns stand in its templates by name", async () => {
    const text = 'import { sql } from "drizzle-orm";\ndb.execute(sql`SELECT * FROM ${users} WHERE ${users.id} = ${f(id)}`);\n';
    expect(await sqlIn(".ts", text)).toEqual([["SELECT * FROM ⟨${users}⟩ WHERE ⟨${users.id}⟩ = ⟨${f(id)}!⟩", "sql"]]);
  });

  it("calls of builders and drivers", async () => {
    const text = `knex.raw("SELECT a FROM t WHERE b = ?", [b]);
await queryRunner.query(\`ALTER TABLE "t" ADD "c" int\`);
prisma.$executeRawUnsafe("TRUNCATE t", 1);
client.query({ text: "SELECT $1::int", values: [1] });
@Entity() class V { @Query("SELECT 1") x = "SELECT a FROM b"; static q = 'DELETE FROM t'; }
this.sql = "SELECT 2";
return "COMMIT";
`;
    expect(await sqlIn(".ts", text)).toEqual([
      ["SELECT a FROM t WHERE b = ?", "raw"],
      ['ALTER TABLE "t" ADD "c" int', "query"],
      ["TRUNCATE t", "$executeRawUnsafe"],
      ["SELECT $1::int", "text"],
      ["SELECT 1", "Query"],
      ["SELECT a FROM b", "x"],
      ["DELETE FROM t", "q"],
      ["SELECT 2", "sql"],
      ["COMMIT", undefined],
    ]);
  });

  it("lists that are joined, trimmed and raw templates", async () => {
    const text = `const q = ["SELECT a", "FROM t", where].join("\\n");
run(\`
  SELECT 1\`.trim());
run(String.raw\`SELECT '\\d'\`);
run(dedent\`SELECT \${x}\`);
run("SELECT a".concat(" FROM t"));
`;
    const all = await found(".ts", text);
    expect(all.map(({ sql, taker }) => [sql, taker])).toEqual([
      ["SELECT a\nFROM t\n⟨where⟩", "q"],
      ["\n  SELECT 1", "run"],
      ["SELECT '\\d'", "raw"],
      ["SELECT ⟨${x}⟩", "dedent"],
      ["SELECT a FROM t", "run"],
    ]);
    expect(placeOf(all[0]!, "FROM", text)).toBe("1:25");
    expect(placeOf(all[1]!, "1", text)).toBe("3:10");
    expect(all[0]!.source).toBe('["SELECT a", "FROM t", where].join("\\n")');
  });

  it("pieces that a variable gathers are texts of their own", async () => {
    const text = `let q = "SELECT a FROM t";
if (x) q += " WHERE b = $1";
q += \` ORDER BY a LIMIT \${n}\`;
run(\`\${q} FOR UPDATE\`);
`;
    expect(await sqlIn(".ts", text)).toEqual([
      ["SELECT a FROM t", "q"],
      [" WHERE b = $1", "q"],
      [" ORDER BY a LIMIT ⟨${n}⟩", "q"],
      ["⟨${q}⟩ FOR UPDATE", "run"],
    ]);
  });

  it("constants: of objects, of classes, of the nearest block, and a template in a template", async () => {
    const text = `const Q = { cols: "a, b", sel: \`SELECT\` } as const;
class R { static readonly TABLE = "r"; }
function f() { const w = "WHERE x"; return \`\${Q.sel} \${Q.cols} FROM \${R.TABLE} \${w}\`; }
function g() { const w = "WHERE y"; return \`SELECT 1 FROM t \${w} \${z ? \`AND z = 1\` : ""}\`; }
`;
    const all = await found(".ts", text);
    expect(all.map(({ sql }) => sql)).toEqual([
      "WHERE x",
      "SELECT a, b FROM r WHERE x",
      "WHERE y",
      'SELECT 1 FROM t WHERE y ⟨${z ? `AND z = 1` : ""}⟩',
      "AND z = 1",
    ]);
    expect(placeOf(all[1]!, "b", text)).toBe("1:23");
    expect(placeOf(all[1]!, "r ", text)).toBe("2:36");
  });

  it("imports, comments, and prose that begins as SQL does", async () => {
    const text = `import pg from "pg"; // one
const k = require("knex"); /* two */
export * from "drizzle-orm";
const m = await import("postgres");
run("SELECT 1 FROM t");
const prose = ["Select a file", "Update the settings", "Create a new user", "Delete", "and then some", "with care", "Show more"];
const t = \`Update \${name}\`;
`;
    const { found: all, ...rest } = await read(".ts", text);
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT 1 FROM t"]);
    expect(rest).toEqual({ imports: ["pg", "knex", "drizzle-orm", "postgres"], comments: ["// one", "/* two */"], broken: false });
  });

  it("JavaScript with elements", async () => {
    const text = 'const a = <p title="Select">{db.query("SELECT 1 FROM t")}</p>;\n';
    expect(await sqlIn(".jsx", text)).toEqual([["SELECT 1 FROM t", "query"]]);
  });

  it("what is broken hides nothing else", async () => {
    const { found: all, broken } = await read(".ts", 'run("SELECT 1 FROM t");\nconst x = = {;\nrun("SELECT 2 FROM t");\n');
    expect(broken).toBe(true);
    expect(all.map(({ sql }) => sql)).toEqual(["SELECT 1 FROM t", "SELECT 2 FROM t"]);
  });
});
