import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModule, parseSync } from "libpg-query";
import { beforeAll, describe, expect, test } from "vitest";
import { type Chunk, split } from "../../src/source/split.js";

const cut = (text: string): Chunk[] => split({ name: "test.sql", text });

/** The statements as text, without the end. */
const statements = (text: string): string[] =>
  cut(text)
    .filter((chunk) => chunk.kind !== "end")
    .map((chunk) => text.slice(chunk.span.start, chunk.span.end));

/** Fails unless the chunks are the text, in order and without a gap, and every comment lies where it is said to. */
function expectTiled(text: string, chunks: readonly Chunk[]): void {
  let at = 0;
  for (const [index, chunk] of chunks.entries()) {
    const wrong = `chunk ${index} (${chunk.kind}) of ${JSON.stringify(text.slice(0, 200))}`;
    expect(chunk.leading.start, wrong).toBe(at);
    expect(chunk.span.start, wrong).toBe(chunk.leading.end);
    expect(chunk.span.end, wrong).toBeGreaterThanOrEqual(chunk.span.start);
    expect(chunk.end, wrong).toBeGreaterThanOrEqual(chunk.span.end);
    expect(chunk.kind === "end", wrong).toBe(index === chunks.length - 1);
    if (chunk.kind !== "end") expect(chunk.span.end, wrong).toBeGreaterThan(chunk.span.start);
    if (chunk.kind === "copy") {
      expect(chunk.data.start, wrong).toBeGreaterThanOrEqual(chunk.span.end);
      expect(chunk.data.end, wrong).toBeLessThanOrEqual(chunk.end);
    }
    for (const { span } of chunk.before) {
      expect(span.start >= chunk.leading.start && span.end <= chunk.leading.end, wrong).toBe(true);
    }
    if (chunk.kind === "sql") {
      for (const { span } of chunk.inside) expect(span.start >= chunk.span.start && span.end <= chunk.span.end, wrong).toBe(true);
      expect(text.slice(chunk.span.end, chunk.end), wrong).toMatch(/^\s*;?$/);
    }
    at = chunk.end;
  }
  expect(at).toBe(text.length);
}

describe("where a statement ends", () => {
  const cases: Record<string, [text: string, statements: string[]]> = {
    semicolons: ["SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]],
    "no semicolon at the end": ["SELECT 1;\nSELECT 2\n", ["SELECT 1", "SELECT 2"]],
    "stray semicolons are no statements": [";; SELECT 1;; /* c */ ;\n;", ["SELECT 1"]],
    nothing: ["", []],
    "only comments": ["-- a\n/* b */", []],
    "a string": ["SELECT ';', 'it''s; '; SELECT 2", ["SELECT ';', 'it''s; '", "SELECT 2"]],
    "a backslash means nothing in a string": ["SELECT '\\'; SELECT 2", ["SELECT '\\'", "SELECT 2"]],
    "a backslash escapes in E''": ["SELECT E'\\';', e'a''\\\\'; SELECT 2", ["SELECT E'\\';', e'a''\\\\'", "SELECT 2"]],
    "E is a prefix only as a token of its own": ["SELECT typE'\\'; SELECT 2", ["SELECT typE'\\'", "SELECT 2"]],
    "nor after a digit": ["SELECT 1e'\\'; SELECT 2", ["SELECT 1e'\\'", "SELECT 2"]],
    "E'' goes on after a line break": ["SELECT E'a' -- c\n  '\\';'; SELECT 2", ["SELECT E'a' -- c\n  '\\';'", "SELECT 2"]],
    "but not after a blank": ["SELECT E'a' '\\'; SELECT 2", ["SELECT E'a' '\\'", "SELECT 2"]],
    "nor after a block comment": ["SELECT E'a' /* c */\n'\\'; SELECT 2", ["SELECT E'a' /* c */\n'\\'", "SELECT 2"]],
    "other prefixes": [
      "SELECT U&'\\0041;', B'1', X'a', N';' , U&\"d;\\\"; SELECT 2",
      ["SELECT U&'\\0041;', B'1', X'a', N';' , U&\"d;\\\"", "SELECT 2"],
    ],
    "an identifier": ['SELECT 1 AS "a;""b;"; SELECT 2', ['SELECT 1 AS "a;""b;"', "SELECT 2"]],
    "dollar quotes": ["DO $$ a; 'b $$; DO $x_1$ $$; $x$ $x_1$; SELECT 2", ["DO $$ a; 'b $$", "DO $x_1$ $$; $x$ $x_1$", "SELECT 2"]],
    "dollar quotes beyond ASCII": ["DO $größe$ ; $größe$; SELECT 2", ["DO $größe$ ; $größe$", "SELECT 2"]],
    "a dollar quote ends at the first delimiter": ["SELECT $a$ x$$a$; SELECT 2", ["SELECT $a$ x$$a$", "SELECT 2"]],
    parameters: ["SELECT $1, $2$$a;$$; SELECT 2", ["SELECT $1, $2$$a;$$", "SELECT 2"]],
    "a dollar within an identifier": ["SELECT a$b$; SELECT c$b$;", ["SELECT a$b$", "SELECT c$b$"]],
    "a lone dollar": ["SELECT $; SELECT $ $;", ["SELECT $", "SELECT $ $"]],
    "line comments": ["SELECT 1 -- ; '\n; SELECT 2", ["SELECT 1 -- ; '", "SELECT 2"]],
    "a lone CR ends a line comment": ["SELECT 1 -- '\r; SELECT 2", ["SELECT 1 -- '", "SELECT 2"]],
    "nested comments": ["SELECT /* ; /* ' */ ; */ 1; SELECT 2", ["SELECT /* ; /* ' */ ; */ 1", "SELECT 2"]],
    "a comment within an operator": ["SELECT 1 +-- ;\n 2; SELECT 3", ["SELECT 1 +-- ;\n 2", "SELECT 3"]],
    operators: ["SELECT a - b / c * -d -> '-'; SELECT 2", ["SELECT a - b / c * -d -> '-'", "SELECT 2"]],
    parentheses: [
      "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
      ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
    ],
    "a closing parenthesis too many": ["SELECT 1); SELECT (2);", ["SELECT 1)", "SELECT (2)"]],
    "BEGIN ATOMIC": [
      "create or replace function f() returns int begin ATOMIC\nSELECT case when a then 1 end AS end, t.end FROM t;\nSELECT 2; END; SELECT 3;",
      [
        "create or replace function f() returns int begin ATOMIC\nSELECT case when a then 1 end AS end, t.end FROM t;\nSELECT 2; END",
        "SELECT 3",
      ],
    ],
    "a transaction is no body": ["BEGIN; SELECT 1; END; SELECT 2", ["BEGIN", "SELECT 1", "END", "SELECT 2"]],
    MySQL: [
      "DELIMITER //\nCREATE TABLE `a` (b int) ENGINE=InnoDB;\nSELECT 1;",
      ["DELIMITER //", "CREATE TABLE `a` (b int) ENGINE=InnoDB", "SELECT 1"],
    ],
    "a delimiter of another client": [
      "delimiter d//\nCREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1; END $$ LANGUAGE plpgsql\nd//\nSELECT f(); d//\ndelimiter ;\nSELECT 'd//'",
      [
        "delimiter d//",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1; END $$ LANGUAGE plpgsql",
        "d//",
        "SELECT f()",
        "d//",
        "delimiter ;",
        "SELECT 'd//'",
      ],
    ],
    "a name that begins with delimiter": ["delimiter_x; delimiter", ["delimiter_x", "delimiter"]],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(name, () => {
      expect(statements(text)).toEqual(expected);
      expectTiled(text, cut(text));
      expect(cut(text).flatMap((chunk) => ("problem" in chunk ? [chunk.problem] : []))).toEqual([]);
    });
  }
});

describe("comments", () => {
  test("belong before or inside a statement, or to the end", () => {
    const text = "-- one\n/* two */ SELECT -- three\n 1 /* four */; -- five\n  -- six\nSELECT 2 -- seven\n";
    const chunks = cut(text);
    const read = (comments: readonly { span: { start: number; end: number }; ownLine: boolean; style: string }[]) =>
      comments.map(({ span, ownLine, style }) => `${text.slice(span.start, span.end)} ${style} ${ownLine ? "own" : "shared"}`);
    expect(chunks.map((chunk) => read(chunk.before))).toEqual([
      ["-- one line own", "/* two */ block own"],
      ["-- five line shared", "-- six line own"],
      ["-- seven line shared"],
    ]);
    expect(chunks.map((chunk) => (chunk.kind === "sql" ? read(chunk.inside) : []))).toEqual([
      ["-- three line shared", "/* four */ block shared"],
      [],
      [],
    ]);
    expectTiled(text, chunks);
  });
});

describe("psql lines", () => {
  test("stand where a statement could", () => {
    const text = "\\restrict aB1\nSELECT 1;\n  \\connect db; x \r\n\\.\nSELECT 2; \\echo hi\n\\unrestrict aB1";
    const chunks = cut(text);
    expect(chunks.flatMap((chunk) => (chunk.kind === "meta" ? [chunk.command] : []))).toEqual([
      "restrict",
      "connect",
      ".",
      "echo",
      "unrestrict",
    ]);
    expect(statements(text)).toEqual(["\\restrict aB1", "SELECT 1", "\\connect db; x", "\\.", "SELECT 2", "\\echo hi", "\\unrestrict aB1"]);
    expectTiled(text, chunks);
  });

  test("a command that sends the statement ends it", () => {
    const text = "SELECT 1 AS a \\gset p_\nSELECT 2 \\gexec\nSELECT 3;";
    expect(statements(text)).toEqual(["SELECT 1 AS a \\gset p_", "SELECT 2 \\gexec", "SELECT 3"]);
  });

  test("any other backslash stays in its statement", () => {
    expect(statements("SELECT 1 \\p\n; SELECT 2;")).toEqual(["SELECT 1 \\p", "SELECT 2"]);
  });
});

describe("COPY", () => {
  const blocks = (text: string) => {
    const chunks = cut(text);
    expectTiled(text, chunks);
    return chunks.flatMap((chunk) =>
      chunk.kind === "copy"
        ? [
            {
              sql: text.slice(chunk.span.start, chunk.span.end),
              data: text.slice(chunk.data.start, chunk.data.end),
              rows: chunk.rows,
              problem: chunk.problem,
            },
          ]
        : [],
    );
  };

  test("with data, whatever they hold", () => {
    const data = "1\tit's; $$\n\\.x\n2\t/* \\\\.\n";
    const text = `SELECT 0;\nCOPY public.t (a, b) FROM stdin;\n${data}\\.\n\n\nSELECT 1;`;
    expect(blocks(text)).toEqual([{ sql: "COPY public.t (a, b) FROM stdin", data, rows: 2 + 1, problem: undefined }]);
    expect(statements(text).at(-1)).toBe("SELECT 1");
  });

  test("no data, options, a comment, CR LF, no line break at the end", () => {
    expect(blocks("COPY t FROM stdin;\n\\.\n")).toMatchObject([{ data: "", rows: 0, problem: undefined }]);
    expect(blocks("copy t from STDIN with (format csv, header); -- c\r\n1,2\r\n\\.\r\nSELECT 1;")).toMatchObject([
      { data: "1,2\r\n", rows: 1 },
    ]);
    expect(blocks("COPY t FROM stdin;\n1\n\\.")).toMatchObject([{ data: "1\n", rows: 1, problem: undefined }]);
    expect(blocks("COPY t FROM STDOUT;\n1\n\\.")).toMatchObject([{ rows: 1 }]);
  });

  test("without its end", () => {
    const problem = { id: "unterminated-copy", at: 10 };
    expect(blocks("SELECT 0;\nCOPY t FROM stdin;\n1\n2")).toEqual([{ sql: "COPY t FROM stdin", data: "1\n2", rows: 2, problem }]);
    expect(blocks("SELECT 0;\nCOPY t FROM stdin;")).toMatchObject([{ data: "", rows: 0, problem }]);
  });

  test("other kinds have no data", () => {
    for (const text of [
      "COPY t TO stdout;",
      "COPY t FROM 'stdin';",
      "COPY (SELECT a FROM stdin) TO 'x';",
      'COPY t FROM "stdin";',
      "SELECT 1 FROM stdin;",
    ]) {
      expect(blocks(`${text}\nSELECT 1;`)).toEqual([]);
    }
    expect(blocks("COPY t FROM STDIN")).toEqual([]);
  });

  test("psql's \\copy", () => {
    expect(blocks("\\copy t from stdin csv\n1,2\n\\.\nSELECT 1;")).toMatchObject([
      { sql: "\\copy t from stdin csv", data: "1,2\n", rows: 1 },
    ]);
    expect(blocks("\\copy t from 'a.csv'\n")).toEqual([]);
  });

  test("what follows on its line does not vanish", () => {
    expect(blocks("COPY t FROM stdin; SELECT 1;\n1\n\\.\n")).toMatchObject([{ sql: "COPY t FROM stdin; SELECT 1;", data: "1\n" }]);
  });
});

describe("one bad statement among good ones", () => {
  const before = "CREATE TABLE before (a int);\n";
  const after = "\n-- about after\nCREATE TABLE after (a text DEFAULT 'x');\nINSERT INTO after VALUES ('it''s');\n";
  const bad: Record<string, [text: string, problem: string | undefined]> = {
    "a string": ["INSERT INTO t VALUES ('a);", "unterminated-string"],
    "an escape string": ["INSERT INTO t VALUES (E'a\\');", "unterminated-string"],
    "an identifier": ['ALTER TABLE "a ADD b int;', "unterminated-identifier"],
    "a dollar quote": [
      "CREATE FUNCTION f() RETURNS int AS $a$\nBEGIN\nSELECT 1;\nUPDATE t SET a = 1;\nEND;\n$b$ LANGUAGE plpgsql;",
      "unterminated-dollar",
    ],
    "a comment": ["/* a\nCREATE TABLE t (a int);", "unterminated-comment"],
    "a comment within a statement": ["CREATE TABLE t (a int /* b);", "unterminated-comment"],
    "a parenthesis": ["CREATE TABLE t (a numeric(1);", undefined],
    "a rule's parenthesis": ["CREATE RULE r AS ON INSERT TO t DO (\nINSERT INTO a VALUES (1);\nDELETE FROM b;", undefined],
    "a body": ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\nSELECT 1;\nSELECT 2;", undefined],
  };
  for (const [name, [text, problem]] of Object.entries(bad)) {
    test(name, () => {
      const all = before + text + after;
      const chunks = cut(all);
      expectTiled(all, chunks);
      expect(statements(all)).toEqual([
        "CREATE TABLE before (a int)",
        text.slice(0, -1),
        "CREATE TABLE after (a text DEFAULT 'x')",
        "INSERT INTO after VALUES ('it''s')",
      ]);
      expect(chunks.map((chunk) => (chunk.kind === "sql" ? chunk.problem?.id : undefined))).toEqual([
        undefined,
        problem,
        undefined,
        undefined,
        undefined,
      ]);
      expect(chunks[2]!.before).toHaveLength(1);
    });
  }

  test("the problem stands where the quote was opened", () => {
    const text = `${before}INSERT INTO t VALUES ('a);${after}`;
    expect(cut(text)[1]).toMatchObject({ problem: { at: text.indexOf("'a)") } });
  });

  test("without a next statement the bad one reaches to the end of the file", () => {
    const text = "SELECT 1;\nSELECT 'a;\n  b\n";
    expect(statements(text)).toEqual(["SELECT 1", "SELECT 'a;\n  b"]);
    expectTiled(text, cut(text));
  });

  test("a closed string may hold statements", () => {
    const text = "DO '\nSELECT 1;\nCREATE TABLE x (a int);\n';\nSELECT 2;";
    expect(statements(text)).toHaveLength(2);
  });

  test("more bad statements than are worth a scan each", () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `CREATE $a${i}$;\nINSERT ";\nDELETE /* ;\nSELECT ${i}, 'x';\n`);
    const text = lines.join("");
    const chunks = cut(text);
    expectTiled(text, chunks);
    expect(statements(text).filter((each) => each === "SELECT 2999, 'x'")).toHaveLength(1);
    expect(chunks.length).toBeGreaterThan(6000);
  });
});

describe("large input", () => {
  test("a statement of 20 MB", () => {
    const rows = Array.from({ length: 400_000 }, (_, i) => `(${i}, 'it''s row number ${i};', E'\\'', NULL)`);
    const text = `INSERT INTO t VALUES\n${rows.join(",\n")};\nSELECT 1;`;
    expect(text.length).toBeGreaterThan(15_000_000);
    expect(cut(text).map((chunk) => chunk.kind)).toEqual(["sql", "sql", "end"]);
  });

  test("deep nesting of parentheses and comments", () => {
    const text = `SELECT ${"(".repeat(100_000)}1${")".repeat(100_000)};${"/*".repeat(100_000)}${"*/".repeat(100_000)}SELECT 2;`;
    expect(statements(text)).toHaveLength(2);
    expectTiled(text, cut(text));
  });
});

test("any text is tiled", () => {
  const pieces = [
    "'",
    '"',
    "$",
    "$a$",
    "$$",
    "--",
    "/*",
    "*/",
    ";",
    "\n",
    "\r",
    "\\",
    "\\.",
    "E'",
    "(",
    ")",
    " ",
    "a",
    "é",
    "\u{1F600}",
    "0",
  ];
  const words = ["COPY t FROM stdin", "CREATE ", "FUNCTION ", "BEGIN ATOMIC ", "END", "CASE", "\nINSERT ", "RULE ", "\\copy t from stdin"];
  const alphabet = [...pieces, ...pieces, ...words];
  // A fixed seed: a failure must be the same the next time.
  let state = 20240607;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(40) }, () => alphabet[next(alphabet.length)]).join("");
    const chunks = cut(text);
    let at = 0;
    for (const chunk of chunks) {
      if (chunk.leading.start !== at || chunk.leading.end !== chunk.span.start || chunk.span.end > chunk.end) expectTiled(text, chunks);
      at = chunk.end;
    }
    if (at !== text.length || round % 20 === 0) expectTiled(text, chunks);
  }
});

const corpus = join(import.meta.dirname, "../../../shared/corpus");

describe.skipIf(!existsSync(corpus))("corpus", () => {
  beforeAll(() => loadModule());

  const accepts = (sql: string): number => {
    try {
      return parseSync(sql).stmts?.length ?? 0;
    } catch {
      return -1;
    }
  };

  test("what PostgreSQL's parser takes as a file, it takes statement by statement", () => {
    const files = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) => /(^|\/)pg\/[^/]*\.sql$/.test(name));
    expect(files.length).toBeGreaterThan(0);
    let total = 0;
    let refused = 0;
    for (const name of files) {
      const text = readFileSync(join(corpus, name), "utf8");
      const chunks = cut(text);
      expectTiled(text, chunks);
      const counts = chunks.flatMap((chunk) =>
        chunk.kind === "sql" || chunk.kind === "copy" ? [accepts(text.slice(chunk.span.start, chunk.span.end))] : [],
      );
      const bad = counts.filter((count) => count !== 1).length;
      total += counts.length;
      refused += bad;
      const whole = accepts(text);
      if (whole >= 0) {
        expect(bad, name).toBe(0);
        expect(counts.length, name).toBe(whole);
      }
    }
    console.log(`${files.length} files, ${total} statements, ${refused} of them not for PostgreSQL's parser`);
  }, 120_000);
});

if (!existsSync(corpus)) console.log("No corpus beside the checkout: its test is left out.");
