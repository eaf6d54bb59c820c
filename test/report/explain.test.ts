import { describe, expect, it } from "vitest";
import { BUILTINS } from "../../src/report/builtins.js";
import { paint } from "../../src/report/colour.js";
import { explainJson, explainText, listText } from "../../src/report/explain.js";
import { nearest } from "../../src/report/near.js";

const rule = {
  id: "indexes/gin",
  construct: "GIN index",
  why: `TiDB has no inverted index. Over a JSON array it becomes a multi-valued index,
    which answers MEMBER OF.

    Anything else is left out.`,
  docs: { pg: "https://example.org/pg" },
  messages: { "left-out": { severity: "error", text: "GIN index {name} has no counterpart", help: "use a generated column" } },
  examples: [
    { given: "CREATE TABLE t (a jsonb)", pg: "CREATE INDEX i ON t\n  USING gin (a)", tidb: null, findings: ["left-out"] },
    { pg: "SELECT 1", tidb: "SELECT 1", findings: [] },
  ],
  on: { IndexStmt: () => undefined },
} as const;

describe("explain", () => {
  it("shows why, what it says, examples and where to read more", () => {
    expect(explainText(rule, paint(false))).toBe(`indexes/gin: GIN index

TiDB has no inverted index. Over a JSON array it becomes a multi-valued index, which
answers MEMBER OF.

Anything else is left out.

Findings
  error left-out: GIN index {name} has no counterpart
    help: use a generated column

Example 1
  given
    CREATE TABLE t (a jsonb)
  PostgreSQL
    CREATE INDEX i ON t
      USING gin (a)
  TiDB
    (not in the output)
  findings
    left-out

Example 2
  PostgreSQL
    SELECT 1
  TiDB
    SELECT 1
  findings
    none

Read more
  PostgreSQL  https://example.org/pg
`);
  });

  it("has a form for machines, without what only the converter uses", () => {
    const parsed = JSON.parse(JSON.stringify(explainJson(rule)));
    expect(Object.keys(parsed)).toEqual(["id", "construct", "why", "docs", "messages", "examples"]);
    expect(parsed.why.split("\n\n")).toHaveLength(2);
  });

  it("lists one a line, and explains the findings no rule makes", () => {
    expect(listText(BUILTINS, paint(false)).trimEnd().split("\n")).toHaveLength(BUILTINS.length);
    for (const builtin of BUILTINS) expect(explainText(builtin, paint(false))).toContain("Findings\n");
  });
});

describe("nearest", () => {
  const rules = ["indexes/gin", "indexes/gist", "functions/strpos", "core/unconverted"];
  it("finds what was meant", () => {
    expect(nearest("indexes/gni", rules)[0]).toBe("indexes/gin");
    expect(nearest("strpos", rules)).toEqual(["functions/strpos"]);
    expect(nearest("convrt", ["check", "convert", "explain"])).toEqual(["convert"]);
  });
  it("stays silent when nothing is near", () => {
    expect(nearest("completely-different", rules)).toEqual([]);
  });
});
