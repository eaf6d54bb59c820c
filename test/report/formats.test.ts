import { describe, expect, it } from "vitest";
import { coloursWanted, paint } from "../../src/report/colour.js";
import { unifiedDiff } from "../../src/report/diff.js";
import { renderHtml } from "../../src/report/html.js";
import { renderJson } from "../../src/report/json.js";
import { renderMarkdown } from "../../src/report/markdown.js";
import { buildReport } from "../../src/report/model.js";
import { renderTerminal } from "../../src/report/terminal.js";
import { finding, resultOf } from "./sample.js";

const plain = paint(false);
const schema = { name: "schema.sql", text: "CREATE TABLE t (\r\n\tsize int,\r\n\t表 point\r\n);\r\nSELECT 1;\r\n" };
const hostile = {
  name: '<img src=x onerror="alert(1)">.sql',
  text: "SELECT '<script>alert(1)</script>', '```', '\u001b[2J', '\u202Eabc';\n",
};

describe("terminal", () => {
  it("points at the place like a compiler", () => {
    const report = buildReport(resultOf([schema], [finding(schema, "point", { rule: "types/point", help: "use two columns" })]));
    expect(renderTerminal(report, { paint: plain })).toBe(
      [
        "schema.sql:3:4 error types/point  cannot convert point",
        "    3 | \t表 point",
        "      | \t   ^^^^^",
        "      | help: use two columns",
        "",
        "2 statements = 1 as is + 0 rewritten + 0 with a warning + 1 not converted",
        "",
      ].join("\n"),
    );
  });

  it("shows the first three of a message and counts the rest", () => {
    const source = { name: "a.sql", text: "x; x; x; x; x;" };
    const many = [0, 1, 2, 3, 4].map((nth) => finding(source, "x", { nth }));
    const text = renderTerminal(buildReport(resultOf([source], many)), { paint: plain });
    expect(text.match(/^a\.sql:/gm)).toHaveLength(3);
    expect(text).toContain("… and 2 more like this (pg2tidb explain indexes/gin)\n");
    expect(text.trimEnd().split("\n").at(-1)).toBe("5 statements = 0 as is + 0 rewritten + 0 with a warning + 5 not converted");
  });

  it("shows only errors when quiet, and says what it does not show", () => {
    const findings = [
      finding(schema, "int", { severity: "note" }),
      finding(schema, "1", { severity: "warning" }),
      finding(schema, "point"),
    ];
    const text = renderTerminal(buildReport(resultOf([schema], findings)), { paint: plain, quiet: true });
    expect(text).not.toMatch(/ (note|warning) indexes/);
    expect(text).toContain("1 warning and 1 note not shown (--quiet)");
    expect(text).toContain("schema.sql:3:4 error");
  });

  it("lets no control character of the SQL through", () => {
    const text = renderTerminal(buildReport(resultOf([hostile], [finding(hostile, "abc", { text: "a\u001b[31mb\r\nc" })])), {
      paint: plain,
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
  });

  it("puts the verdict before the account", () => {
    const check = { summary: { kind: "failed", reason: "no TiDB" } as const, findings: [] };
    expect(renderTerminal(buildReport(resultOf([schema], []), check), { paint: plain })).toMatch(/^not checked: no TiDB\n2 statements = /);
  });

  it("is coloured only when asked", () => {
    const report = buildReport(resultOf([schema], [finding(schema, "point")]));
    expect(renderTerminal(report, { paint: paint(true) })).toContain("\u001b[");
    expect(renderTerminal(report, { paint: plain })).not.toContain("\u001b[");
  });
});

describe("colours", () => {
  const terminal = { isTTY: true };
  it("are for terminals, unless somebody says no", () => {
    expect(coloursWanted(terminal, { noColor: false, env: {} })).toBe(true);
    expect(coloursWanted({}, { noColor: false, env: {} })).toBe(false);
    expect(coloursWanted(terminal, { noColor: true, env: {} })).toBe(false);
    expect(coloursWanted(terminal, { noColor: false, env: { NO_COLOR: "1" } })).toBe(false);
    expect(coloursWanted(terminal, { noColor: false, env: { NO_COLOR: "" } })).toBe(true);
    expect(coloursWanted(terminal, { noColor: false, env: { TERM: "dumb" } })).toBe(false);
  });
});

describe("json", () => {
  it("is the whole report, and the same each time", () => {
    const report = buildReport(resultOf([schema, hostile], [finding(schema, "point", { help: "h", url: "https://example.org" })]));
    const text = renderJson(report);
    expect(renderJson(report)).toBe(text);
    const parsed = JSON.parse(text);
    expect(parsed.version).toBe(1);
    expect(parsed.account).toEqual({ statements: 3, asIs: 2, rewritten: 0, warned: 0, unconverted: 1 });
    expect(parsed.files[0].findings[0]).toMatchObject({ rule: "indexes/gin", severity: "error", line: 3, column: 4, help: "h" });
  });
});

describe("html", () => {
  const report = buildReport(
    resultOf(
      [hostile],
      [
        finding(hostile, "<script>alert(1)</script>", {
          rule: "<b>rule</b>",
          text: "</pre><script>alert(2)</script>",
          help: "'\"&",
          url: "javascript:alert(3)",
        }),
      ],
    ),
  );
  const html = renderHtml(report);

  it("escapes everything that is not its own", () => {
    expect(html).not.toMatch(/<script|<img|<b>rule|javascript:/);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&#39;&quot;&amp;");
  });

  it("needs nothing from outside", () => {
    expect(html).not.toMatch(/\b(src|href)="(?!#)/);
    expect(html).toContain("default-src 'none'");
  });

  it("draws the account", () => {
    expect(html).toContain('class="unconverted" style="flex-grow:1"');
    expect(html).toContain("1 statements = 0 as is");
  });
});

describe("markdown", () => {
  it("fences SQL that holds fences, and leaves no markup in text", () => {
    const text = renderMarkdown(
      buildReport(resultOf([hostile], [finding(hostile, "'```'", { text: "<script> | `tick` *x* [a](b)\nnext" })])),
    );
    expect(text).toContain("  ````sql\n");
    expect(text).toContain("&lt;script&gt; \\| \\`tick\\` \\*x\\* \\[a\\](b) next");
    expect(text).not.toContain("<img");
  });

  it("lists every finding, also where it no longer shows the source", () => {
    const source = { name: "a.sql", text: "x; ".repeat(30) };
    const many = Array.from({ length: 30 }, (_, nth) => finding(source, "x", { nth }));
    const text = renderMarkdown(buildReport(resultOf([source], many)));
    expect(text.match(/^- 1:\d+ /gm)).toHaveLength(30);
    expect(text.match(/```sql/g)).toHaveLength(20);
  });
});

describe("diff", () => {
  it("is unified, from the source to the result, and does not count line ends", () => {
    const { text, exact } = unifiedDiff("a.sql", "SELECT 1;\r\nSELECT a::int;\r\n", "SELECT 1;\nSELECT CAST(a AS SIGNED);\n", plain);
    expect(exact).toBe(true);
    expect(text).toBe("--- a.sql\tPostgreSQL\n+++ a.sql\tTiDB\n@@ -1,2 +1,2 @@\n SELECT 1;\n-SELECT a::int;\n+SELECT CAST(a AS SIGNED);\n");
  });

  it("has no hunks for equal texts, and colours only when asked", () => {
    expect(unifiedDiff("a.sql", "SELECT 1;\n", "SELECT 1;\n", plain).text).not.toContain("@@");
    expect(unifiedDiff("a.sql", "a\n", "b\n", paint(true)).text).toContain("\u001b[");
  });

  it("does not hang on two big files that have little in common", () => {
    const lines = (word: string) => Array.from({ length: 60_000 }, (_, i) => `${word} number ${i}\n`).join("");
    const { text, exact } = unifiedDiff("big.sql", lines("one"), lines("two"), plain);
    expect(exact).toBe(false);
    expect(text).toContain("@@ -1,60000 +1,60000 @@\n-one number 0\n");
    expect(text.endsWith("+two number 59999\n")).toBe(true);
  });
});
