import { describe, expect, it } from "vitest";
import rules from "../../rules/index.js";
import { fixed } from "../../src/app/lint/fix.js";
import { type LintOptions, lint } from "../../src/app/lint.js";
import { HOSTS } from "../../src/hosts/index.js";
import { lineIndex, type Source } from "../../src/source/text.js";
import { TRACES } from "../../traces/index.js";

const OPTIONS: LintOptions = {
  postgres: "18",
  target: "8.5.6",
  zero: false,
  converted: new Set(),
  inOrder: (a, b) => (a < b ? -1 : 1),
};

const SCHEMA: Source = {
  name: "migrations/1.sql",
  text: "CREATE TABLE item (id int PRIMARY KEY, name varchar(40) NOT NULL, made timestamp);\n",
};

async function linted(files: Readonly<Record<string, string>>, options: Partial<LintOptions> = {}) {
  const sources = Object.entries(files).map(([name, text]) => ({ name, text }));
  return lint([SCHEMA, ...sources], rules, TRACES, HOSTS, { ...OPTIONS, ...options });
}

/** `line:column text => TiDB form`, of findings about SQL in one file. */
async function told(name: string, text: string, options: Partial<LintOptions> = {}): Promise<string[]> {
  const { files } = await linted({ [name]: text }, options);
  const file = files.find(({ source }) => source.name === name)!;
  const position = lineIndex(file.source);
  return file.findings.map(({ span, rule, suggestion, suppressed }) => {
    const { line, column } = position(span.start);
    const place = text.slice(span.start, span.end);
    return `${line}:${column} ${rule} ${place}${suggestion === undefined ? "" : ` => ${suggestion}`}${suppressed === undefined ? "" : ` (${suppressed})`}`;
  });
}

describe("SQL in code", () => {
  it("has each place with its TiDB form, to the character", async () => {
    expect(await told("a.ts", "const q = \"SELECT id::text AS t FROM item WHERE name <> 'x'\";\n")).toEqual([
      "1:19 core/spelling id::text => CAST(id AS CHAR)",
    ]);
  });

  it("behind escapes, over lines and in joined texts", async () => {
    const text = 'q := "SELECT \\"name\\" " +\n\t"FROM item ORDER BY made DESC NULLS LAST"\n';
    expect(await told("a.go", `package a\nfunc f() {\n${text}}\n`)).toEqual([
      '3:14 core/spelling \\"name\\" => name',
      "4:32 core/spelling NULLS LAST => ",
    ]);
  });

  it("is told of parameters at the first of them", async () => {
    expect(await told("a.ts", 'db.query("DELETE FROM item WHERE id = $1 AND name = $2", [1, 2]);\n')).toEqual(["1:39 core/parameters $1"]);
  });

  it("moves as a whole where TiDB has it at another place", async () => {
    expect(await told("a.ts", 'db.query("UPDATE item SET id = o.id FROM other o WHERE o.name = item.name");\n')).toEqual([
      "1:11 core/spelling UPDATE item SET id = o.id FROM other o => UPDATE item, other AS o SET item.id = o.id",
    ]);
    expect(await told("a.ts", 'db.query("SELECT id FROM item WHERE id NOT IN (SELECT id FROM other)");\n')).toEqual([]);
    expect(
      (await told("migrations/2.sql", "CREATE TABLE b (id int NOT NULL UNIQUE, n boolean DEFAULT false NOT NULL);\n")).slice(0, 2),
    ).toEqual(["1:33 core/spelling UNIQUE => UNIQUE KEY b_id_key (id)", "1:43 types/boolean boolean"]);
  });

  it("that reverts a version is judged by what its version leaves", async () => {
    const files = {
      "migrations/2.up.sql": "ALTER TABLE item ADD COLUMN far text;\nCREATE INDEX item_far ON item (id);\n",
      "migrations/2.down.sql": "DROP INDEX item_far;\nALTER TABLE item DROP COLUMN far;\n",
      "migrations/3.sql":
        "-- +goose Up\nCREATE INDEX item_id ON item (id, made);\n-- +goose Down\nDROP INDEX item_id;\nALTER TABLE item ALTER COLUMN made TYPE date;\n",
      "a.ts": 'db.query("SELECT far FROM item ORDER BY far");\n',
    };
    const { files: judged } = await linted(files);
    const forms = (name: string) =>
      judged.find(({ source }) => source.name === name)!.findings.flatMap(({ suggestion }) => suggestion ?? []);
    expect(forms("migrations/2.down.sql")).toEqual(["item_far ON item"]);
    expect(forms("migrations/3.sql")).toContain("item_id ON item");
    expect(judged.find(({ source }) => source.name === "a.ts")!.strings).toHaveLength(1);
  });

  it("ends where a call or an expression ends", async () => {
    const place = async (sql: string) => (await told("a.ts", `db.query("${sql}");\n`)).join();
    expect(await place("UPDATE item SET made = now() WHERE id = 3")).toBe("1:34 functions/dates/now now()");
    expect(await place("SELECT unheard_of(id) AS x FROM item")).toContain("core/unconverted unheard_of(id)");
    expect(await place("SELECT id FROM item ORDER BY CASE WHEN id > 2 THEN '4'::xml ELSE 'a' END")).toContain("::xml");
  });

  it("has a finding of one parameter where that stands", async () => {
    expect(await told("a.ts", 'db.query("SELECT id FROM item WHERE name = $1 AND id = ANY($2::int[])", [a, b]);\n')).toEqual([
      "1:44 core/parameters $1",
      "1:54 core/spelling = ANY($2::int[]) => MEMBER OF (CAST(? AS JSON))",
      "1:60 core/parameters $2",
    ]);
  });

  it("keeps placeholders that the host's library fills in for either engine", async () => {
    expect(await told("a.py", 'db.execute("SELECT id::text AS t FROM item WHERE id = %(id)s AND name = %(name)s")\n')).toEqual([
      "1:20 core/spelling id::text => CAST(id AS CHAR)",
    ]);
    expect(await told("a.py", 'db.execute(text("DELETE FROM item WHERE id = :id AND :id > 3"))\n')).toEqual([]);
    expect(await told("a.py", 'db.execute("SELECT id FROM item WHERE name = %s AND id > %s")\n')).toEqual([]);
    expect(await told("a.cs", 'class A { string q = "SELECT id FROM item WHERE id = @id"; }\n')).toEqual([]);
    expect(await told("q.sql", "SELECT id FROM item WHERE id = @id;\n")).toEqual(["1:32 core/parameters @id"]);
    expect(await told("a.py", "db.execute(\"SELECT to_char(made, 'YYYY') AS y FROM item WHERE id = %s\")\n")).toEqual([
      expect.stringContaining("DATE_FORMAT(made, '%%Y')"),
    ]);
  });

  it("that is the same in both has no finding", async () => {
    expect(
      await told("a.ts", 'db.query("SELECT id FROM item i INNER JOIN item j ON (i.id = j.id) WHERE i.id != 3 ORDER BY i.id ASC");\n'),
    ).toEqual([]);
  });

  it("over relations that no schema makes is converted for what its context says", async () => {
    expect(await told("a.ts", "db.query(\"SELECT a FROM nowhere WHERE b = 1 AND c ILIKE 'x%'\");\n")).toEqual([
      expect.stringContaining("c ILIKE 'x%'"),
    ]);
  });

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: code of a host
  it("with holes: names, values and clauses", async () => {
    const text = "db.query(`SELECT ${columns} FROM ${table} WHERE id = ${id} AND name::text = 'x' ${rest}`);\n";
    expect(await told("a.ts", text)).toEqual(["1:64 core/spelling name::text => CAST(name AS CHAR)"]);
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: code of a host

  it("of another engine is left alone and counted", async () => {
    const { coverage } = await linted({
      "src/mysql/a.ts": 'db.query("SELECT a::text FROM t");\n',
      "src/b.ts": 'db.query("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 1");\n',
    });
    expect([coverage.checked, coverage.foreign]).toEqual([1, 2]);
  });

  it.each([
    "SELECT id FROM item WHERE made > current_timestamp(3) AND name ILIKE 'x'",
    "SELECT name::vector <=> $1 FROM item",
    "SELECT CAST(name AS json) FROM item WHERE regexp_like(name, 'x')",
    "SELECT id FROM item WHERE engine = 'x' AND id = $1",
  ])("that PostgreSQL takes is nobody else's: %s", async (sql) => {
    const { coverage } = await linted({ "a.ts": `db.query(${JSON.stringify(sql)});\n` });
    expect([coverage.checked + coverage.unread, coverage.foreign]).toEqual([2, 0]);
  });

  it("that only makes or drops something is no prose", async () => {
    const texts = ["create schema {}", "drop index concurrently if exists {b}.{}", "drop index concurrently {b}.{c}", "delete from {}"];
    const { coverage } = await linted({ "a.rs": `fn f() { ${texts.map((text) => `run(&format!("${text}", a));`).join(" ")} }\n` });
    // With the statement of the schema.
    expect(coverage.checked + coverage.unread).toBe(5);
  });

  it("that is put together at run time is counted with its reason, and prose is nothing", async () => {
    const { files, coverage } = await linted({
      "a.ts": 'const w = "WHERE a = $1 AND b ILIKE $2";\nconst p = "Select a file from the list";\nconst s = "update the list";\n',
    });
    expect(files.flatMap(({ unread }) => unread.map(({ reason }) => reason))).toEqual([
      "a part of a statement, which is put together at run time",
    ]);
    expect(coverage.checked).toBe(1);
  });

  it("in a version of a history is judged by the versions before it, whatever it is about", async () => {
    const { files } = await linted({
      "db/0001_init/migration.sql": "CREATE TYPE state AS ENUM ('a');\nCREATE TABLE job (id int PRIMARY KEY, state state);\n",
      "db/0002_more/migration.sql": "ALTER TYPE state ADD VALUE 'b';\n",
      "db/queries.sql": "-- name: one\nSELECT id::text AS t FROM job;\n",
    });
    const of = (name: string) =>
      files.find(({ source }) => source.name === name)!.findings.map(({ rule, message }) => `${rule} ${message}`);
    expect(of("db/0002_more/migration.sql")).toEqual(["types/enum-changes columns", "core/spelling form"]);
    expect(of("db/queries.sql")).toEqual(["core/spelling form"]);
  });

  it("that makes tables has no effect on the queries of other files", async () => {
    const files = { "a.ts": 'db.query("DROP TABLE item");\n', "b.ts": 'db.query("SELECT id::text AS t FROM item");\n' };
    const { files: all } = await linted(files);
    expect(all.find(({ source }) => source.name === "b.ts")!.findings.map(({ suggestion }) => suggestion)).toEqual(["CAST(id AS CHAR)"]);
  });
});

describe("a comment that lets findings pass", () => {
  const query = 'db.query("SELECT id::text AS t FROM item");';

  it("speaks of its own line or of the next, with a reason", async () => {
    const passed = ["2:18 core/spelling id::text => CAST(id AS CHAR) (moved later)"];
    expect(await told("a.ts", `// pg2tidb-ignore core/spelling: moved later\n${query}\n`)).toEqual(passed);
    expect(await told("a.ts", `\n${query} // pg2tidb-ignore core/*: moved later\n`)).toEqual(passed);
    expect(await told("a.ts", `// pg2tidb-ignore-file core/spelling: moved later\n${query}\n`)).toEqual(passed);
  });

  it("speaks of a text of several lines where it stands before its first", async () => {
    const text = "// pg2tidb-ignore core/spelling: moved later\ndb.query(`\n  SELECT id::text AS t\n  FROM item`);\n";
    expect(await told("a.ts", text)).toEqual(["3:10 core/spelling id::text => CAST(id AS CHAR) (moved later)"]);
  });

  it.each([
    ["// pg2tidb-ignore core/spelling", "gives no reason"],
    ["// pg2tidb-ignore: why", "names no rule"],
    ["// pg2tidb-ignore no/such: why", "no rule no/such"],
    ["// pg2tidb-ignore dml/returning: why", "nothing of dml/returning"],
  ])("%s is told of itself", async (comment, text) => {
    const { files } = await linted({ "a.ts": `${comment}\nconst a = 1;\n` });
    expect(files.filter(({ source }) => source !== SCHEMA).flatMap(({ findings }) => findings.map((each) => each.text))).toEqual([
      expect.stringContaining(text),
    ]);
  });
});

describe("--fix", () => {
  async function once(name: string, text: string, converted: ReadonlySet<string> = new Set()) {
    const { files } = await linted({ [name]: text }, { converted });
    return fixed(files.find(({ source }) => source.name === name)!, HOSTS);
  }

  it("writes what means the same, in the host's spelling, and keeps the rest as it stands", async () => {
    const text = "const q = 'SELECT  id::text AS \"t\",\\n  name || \\'!\\' AS x FROM item';\n";
    expect((await once("a.ts", text))!.text).toBe("const q = 'SELECT  CAST(id AS CHAR) AS t,\\n  CONCAT(name, \\'!\\') AS x FROM item';\n");
  });

  it("does nothing the second time", async () => {
    const first = await once("a.ts", 'db.query("SELECT id::text AS t, name || name AS n FROM item WHERE id = $1");\n');
    expect(first!.text).toBe('db.query("SELECT CAST(id AS CHAR) AS t, CONCAT(name, name) AS n FROM item WHERE id = ?");\n');
    expect(await once("a.ts", first!.text, new Set(first!.converted))).toBeUndefined();
  });

  it("leaves alone a constant that other statements have too, and one of several statements in a text", async () => {
    const shared = 'const c = "id::text AS t";\nconst q = "SELECT " + c + " FROM item";\n';
    expect(await once("a.ts", shared)).toBeUndefined();
    expect(await once("a.ts", 'db.query("SELECT id::text AS t FROM item; SELECT now() AS n FROM item");\n')).toBeUndefined();
  });

  it("leaves alone what may behave differently, what a comment lets pass, and what its literal cannot spell", async () => {
    expect(await once("a.ts", 'db.query("SELECT now() AS n FROM item");\n')).toBeUndefined();
    expect(await once("a.ts", '// pg2tidb-ignore core/spelling: later\ndb.query("SELECT id::text AS t FROM item");\n')).toBeUndefined();
    expect(await once("a.go", 'package a\n\nvar q = `SELECT id::text AS "order" FROM item`\n')).toBeUndefined();
  });
});

describe("fingerprints", () => {
  it("stay when lines move, and tell two of the same from each other", async () => {
    const query = 'db.query("SELECT id::text AS t FROM item");\n';
    const prints = async (text: string) =>
      (await linted({ "a.ts": text })).files
        .filter(({ source }) => source !== SCHEMA)
        .flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));
    const [one] = await prints(query);
    expect(await prints(`\n\n${query}`)).toEqual([one]);
    const two = await prints(query + query);
    expect([two[0], two[0] !== two[1]]).toEqual([one, true]);
  });
});

describe("another engine", () => {
  it("is told by the path below the folder that is looked at, not by what is above", async () => {
    const name = "work/sqlite/app/src/a.ts";
    const text = 'db.query("SELECT id::text AS t FROM item");\n';
    expect(await told(name, text)).toEqual([]);
    expect(await told(name, text, { folders: ["work/sqlite/app"] })).toEqual(["1:18 core/spelling id::text => CAST(id AS CHAR)"]);
    expect(await told("work/app/sqlite/a.ts", text, { folders: ["work/app/"] })).toEqual([]);
  });

  it("an index whose name is put in at run time is neither there nor missing", async () => {
    const { files } = await linted({ "a.rs": 'fn f() { run(&format!("drop index if exists {}", name)); }\n' });
    const { findings, unread } = files.find(({ source }) => source.name === "a.rs")!;
    expect(findings.filter(({ text }) => text.startsWith("there is nothing"))).toEqual([]);
    expect(unread).toHaveLength(1);
  });
});

describe("what nobody writes", () => {
  it("costs no time: long runs of blanks, long lines; traces are told beyond it", { timeout: 5000 }, async () => {
    const text = `${"\n".repeat(100_000)}${"x".repeat(6000)}\n${" ".repeat(100_000)}import pg from "pg";\n`;
    expect(await told("a.ts", text)).toEqual(["100002:100017 javascript/pg pg => mysql2"]);
  });
});

describe("a schema in the tree", () => {
  it("is read in the order its scripts need each other", async () => {
    const { files } = await linted({
      "sql/create_indexes.sql": "CREATE INDEX a ON thing (kind);\n",
      "sql/create_tables.sql": "CREATE TABLE thing (id int NOT NULL, kind thing_kind);\n",
      "sql/create_types.sql": "CREATE TYPE thing_kind AS ENUM ('x', 'y');\n",
    });
    const absent = files.flatMap(({ findings }) => findings.filter(({ severity }) => severity === "error").map(({ text }) => text));
    expect(absent).toEqual([]);
  });

  it("is read with its versions behind the whole schema where they need what only that makes", async () => {
    const { files } = await linted({
      "db/pg/0.2/01_link.sql": "CREATE TABLE link (id int PRIMARY KEY, note_id int);\n",
      "db/pg/0.3/01_note.sql": "UPDATE link SET note_id = note.id FROM note WHERE note.id = link.id;\n",
      "db/pg/LATEST.sql": "CREATE TABLE note (id int PRIMARY KEY);\n",
    });
    const absent = files.flatMap(({ findings }) => findings.filter(({ rule }) => rule === "core/absent-relation"));
    expect(absent).toEqual([]);
  });

  it("may refer to tables that are made elsewhere", async () => {
    const text =
      'ALTER TABLE part ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES "user" (id);\nALTER TABLE part DROP CONSTRAINT IF EXISTS j;\n';
    expect(await told("sql/updates/part.sql", text)).toEqual([
      '1:62 core/spelling "user" => user',
      expect.stringMatching(/^2:\d+ tables\/alter-constraint/),
    ]);
  });
});

it("a value of which the host fills in a part is counted, not judged", async () => {
  const schema = { "sql/a.sql": "CREATE TABLE v (id uuid, n int);\n" };
  const { files, coverage } = await linted({ ...schema, "a.py": "q = \"INSERT INTO v (id, n) VALUES ('%s', 1)\" % (x,)\ndb.execute(q)\n" });
  expect(files.flatMap(({ source, findings }) => (source.name === "a.py" ? findings : []))).toEqual([]);
  expect(coverage.unread).toBe(1);
});

it.each([
  ["DROP INDEX i ON t;", "a.sql"],
  ["ALTER TABLE t MODIFY a varchar(255) NOT NULL;", "a.sql"],
  ["CREATE TABLE t (a datetime NOT NULL);", "a.sql"],
  ["UPDATE t SET a = UUID() WHERE b = 1;", "a.sql"],
  ["IF OBJECT_ID('[dbo].[T]') IS NOT NULL\nGO\n", "a.sql"],
  ["SELECT a FROM t WHERE b = DATABASE();", "a.sql"],
  ["SELECT unixepoch(a) FROM t;", "a.sql"],
  ['SELECT a FROM t WHERE b LIKE "see %";', "a.sql"],
  ['SELECT "a" FROM t;', "util/MySqlMigrations/a.sql"],
  ['SELECT "a" FROM t;', "jdbc-h2/a.sql"],
])("another engine's: %s in %s", async (text, name) => {
  const { files, coverage } = await linted({ [name]: `${text}\n` });
  expect(files.flatMap(({ source, findings }) => (source.name === name ? findings : []))).toEqual([]);
  expect(coverage.foreign).toBeGreaterThan(0);
});

it.each([
  ['SELECT "a" FROM t;', "util/PostgresMigrations/MySqlCompat/a.sql"],
  ["DROP INDEX i; COMMENT ON TABLE t IS 'x';", "a.sql"],
  ["ALTER TABLE t ADD COLUMN a timestamptz;", "a.sql"],
  ["SELECT a::uuid FROM t WHERE made > b;", "a.sql"],
])("PostgreSQL's: %s in %s", async (text, name) => {
  expect((await linted({ [name]: `${text}\n` })).coverage.foreign).toBe(0);
});
