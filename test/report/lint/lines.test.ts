import { describe, expect, it } from "vitest";
import { renderLint } from "../../../src/report/lint/formats.js";
import { linted, nothing, output } from "./sample.js";

const COVERAGE = "2 SQL strings checked in 3 files, 1 not analysable, 0 of other engines left alone";

describe("github", () => {
  it("is a workflow command for each finding that counts, with nothing in it that ends one or begins another", async () => {
    expect(await renderLint("github", output(linted))).toBe(
      [
        "::notice file=src/naïve%2C 50%25%3A a&b<c>.ts,line=1,endLine=1,col=30,endColumn=38,title=core/spelling::id::text is CAST(id AS CHAR)",
        '::warning file=src/naïve%2C 50%25%3A a&b<c>.ts,line=1,endLine=2,title=dml/50%25::::warning::50%25 of \\x1b[31m<names> & "quotes", and a second line (see: there)',
        "::error file=src/naïve%2C 50%25%3A a&b<c>.ts,line=3,endLine=3,col=31,endColumn=39,title=operators/ilike::half a character: \ud83d (LOWER(…) LIKE LOWER(…))",
        "::notice file=deploy/.env,line=1,endLine=1,col=14,endColumn=46,title=urls/url::a URL of PostgreSQL",
        `${COVERAGE}\n`,
      ].join("\n"),
    );
  });

  it("tells only errors where that is wanted, and always what was looked at", async () => {
    const lines = (await renderLint("github", output(linted, true))).split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["::error", "2", ""]);
    expect(await renderLint("github", output(nothing))).toBe(
      "0 SQL strings checked in 0 files, 0 not analysable, 0 of other engines left alone\n",
    );
  });
});

describe("agent", () => {
  it("is a line for each finding that counts, and for each file that could not be read", async () => {
    expect(await renderLint("agent", output(linted))).toBe(
      [
        "src/naïve, 50%: a&b<c>.ts:1:30 note core/spelling: id::text is CAST(id AS CHAR) | TiDB: CAST(id AS CHAR)",
        'src/naïve, 50%: a&b<c>.ts:1:34 warning dml/50%: ::warning::50% of \\x1b[31m<names> & "quotes", and a second line | see: there',
        "src/naïve, 50%: a&b<c>.ts:3:31 error operators/ilike: half a character: \ud83d | LOWER(…) LIKE LOWER(…)",
        "deploy/.env:1:14 note urls/url: a URL of PostgreSQL | TiDB: mysql://u:***@db:4000/shop",
        "src/odd\\x07 .py: not looked at: not UTF-8",
        `${COVERAGE}\n`,
      ].join("\n"),
    );
  });
});
