import { describe, expect, it } from "vitest";
import { copyInserts } from "../../src/prove/copy.js";

describe("rows of COPY", () => {
  it("become INSERTs, NULL told from text", () => {
    expect(copyInserts("COPY t (a, b) FROM stdin;", "1\t\\N\n2\tit's\n\\.\n")).toEqual([
      "INSERT INTO t (a, b) OVERRIDING SYSTEM VALUE VALUES ('1', NULL), ('2', 'it''s')",
    ]);
  });

  it.each([
    ["a\\tb", "'a\tb'"],
    ["a\\nb", "'a\nb'"],
    ["a\\\\b", "E'a\\\\b'"],
    ["\\\\N", "E'\\\\N'"],
    ["\\141\\x62", "'ab'"],
    ["\\303\\244", "'ä'"],
    ["\\xc3\\xa4x", "'äx'"],
    ["", "''"],
  ])("escapes are what they stand for: %j", (text, sql) => {
    expect(copyInserts("COPY t FROM stdin", `${text}\n`)).toEqual([`INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (${sql})`]);
  });

  it("an empty line is a row, and nothing behind the end is one", () => {
    expect(copyInserts("COPY t FROM stdin", "\nx\n\\.\ny\n")).toEqual(["INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (''), ('x')"]);
  });

  it("no row is no statement", () => {
    expect(copyInserts("COPY t FROM stdin;", "\\.\n")).toEqual([]);
  });

  it("a hundred rows go into one statement", () => {
    const data = Array.from({ length: 201 }, (_, i) => `${i}\n`).join("");
    expect(copyInserts("COPY t FROM stdin", data)?.map((sql) => sql.split("(").length - 1)).toEqual([100, 100, 1]);
  });

  it.each(['COPY "My"."T t" ("a (b)", c) FROM STDIN', '\\copy "My"."T t" ("a (b)", c) from stdin with (format text)'])(
    "names keep their spelling: %s",
    (head) => {
      expect(copyInserts(head, "1\t2\n")).toEqual([`INSERT INTO "My"."T t" ("a (b)", c) OVERRIDING SYSTEM VALUE VALUES ('1', '2')`]);
    },
  );

  it.each(["WITH (FORMAT csv)", "CSV HEADER", "WITH (DELIMITER ',')", "NULL ''", "(FORMAT binary)", "WHERE a > 1"])(
    "another format is not guessed at: %s",
    (options) => {
      expect(copyInserts(`COPY t FROM stdin ${options};`, "1\n")).toBeUndefined();
    },
  );
});
