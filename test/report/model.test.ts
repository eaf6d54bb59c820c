import { describe, expect, it } from "vitest";
import { accountLine, accountOf } from "../../src/report/account.js";
import { excerpt } from "../../src/report/excerpt.js";
import { buildReport, reaches } from "../../src/report/model.js";
import { verdictLine } from "../../src/report/verdict.js";
import { finding, resultOf } from "./sample.js";

const schema = {
  name: "schema.sql",
  text: "CREATE TABLE größe (id int);\r\nCREATE INDEX i\r\n  ON größe USING gin (id);\r\n-- 表\r\nSELECT '表', 1;\r\n",
};

describe("account", () => {
  it("is one line whose parts sum to the whole", () => {
    const account = accountOf([
      { outcome: "as-is" },
      { outcome: "rewritten" },
      { outcome: "rewritten" },
      { outcome: "warned" },
      { outcome: "unconverted" },
    ]);
    expect(accountLine(account)).toBe("5 statements = 1 as is + 2 rewritten + 1 with a warning + 1 not converted");
    expect(account.asIs + account.rewritten + account.warned + account.unconverted).toBe(account.statements);
  });

  it("has all its parts when there is nothing", () => {
    expect(accountLine(accountOf([]))).toBe("0 statements = 0 as is + 0 rewritten + 0 with a warning + 0 not converted");
  });
});

describe("buildReport", () => {
  it("turns spans into lines and columns, over CR LF and text that is not ASCII", () => {
    const report = buildReport(resultOf([schema], [finding(schema, "USING gin"), finding(schema, "1;", { severity: "note" })]));
    const [gin, one] = report.files[0]!.findings;
    expect(gin).toMatchObject({ line: 3, column: 12, endLine: 3, endColumn: 21 });
    expect(gin!.excerpt).toEqual({ before: "  ON größe ", marked: "USING gin", after: " (id);" });
    expect(one).toMatchObject({ line: 5, column: 13 });
    expect(report.files[0]!.statements.map(({ line, column, kind, outcome }) => [line, column, kind, outcome])).toEqual([
      [1, 1, "CREATE TABLE", "as-is"],
      [2, 1, "CREATE INDEX", "unconverted"],
      [4, 1, "-- 表", "rewritten"],
    ]);
  });

  it("lists findings in the order of the file, the check's among them", () => {
    const late = finding(schema, "USING gin", { rule: "check/refused" });
    const early = finding(schema, "größe", { severity: "warning" });
    const check = {
      summary: { kind: "engine", engine: "TiDB v8.5.6", applied: 1, refused: 1, skipped: 0, readBack: 0 } as const,
      findings: [early],
    };
    const report = buildReport(resultOf([schema], [late]), check);
    expect(report.files[0]!.findings.map(({ rule }) => rule)).toEqual(["indexes/gin", "check/refused"]);
    expect(report.severities).toEqual({ note: 0, warning: 1, error: 1 });
  });

  it("keeps findings about a file that was not converted", () => {
    const other = { name: "other.sql", text: "SELECT 2" };
    const report = buildReport(resultOf([schema], [finding(other, "2")]));
    expect(report.files.map(({ name, findings }) => [name, findings.length])).toEqual([
      ["schema.sql", 0],
      ["other.sql", 1],
    ]);
  });

  it("gives every file an account, and they sum to the whole", () => {
    const second = { name: "b.sql", text: "SELECT 1; SELECT 2;" };
    const report = buildReport(resultOf([schema, second], [finding(second, "2", { severity: "warning" })]));
    const sum = (key: keyof typeof report.account) => report.files.reduce((total, { account }) => total + account[key], 0);
    for (const key of ["statements", "asIs", "rewritten", "warned", "unconverted"] as const) expect(sum(key)).toBe(report.account[key]);
  });

  it("knows whether a level is reached", () => {
    expect(reaches([{ severity: "warning" }], "error")).toBe(false);
    expect(reaches([{ severity: "warning" }], "warning")).toBe(true);
    expect(reaches([{ severity: "error" }], "note")).toBe(true);
    expect(reaches([], "note")).toBe(false);
  });
});

describe("excerpt", () => {
  it("marks a span over several lines to the end of its first", () => {
    const source = { name: "a", text: "SELECT 1,\n  2;" };
    expect(excerpt(source, { start: 7, end: 13 })).toEqual({ before: "SELECT ", marked: "1,", after: "" });
  });

  it("cuts very long lines on both sides, never through a character", () => {
    const source = { name: "a", text: `${"😀".repeat(500)}HERE${"😀".repeat(500)}` };
    const { before, marked, after } = excerpt(source, { start: 1000, end: 1004 });
    expect(marked).toBe("HERE");
    expect(before).toMatch(/^…(😀)+$/u);
    expect(after).toMatch(/^(😀)+…$/u);
    expect(before.length + after.length).toBeLessThan(110);
  });

  it("shows nothing of the next line at the end of one, nor past the end of the text", () => {
    const source = { name: "a", text: "ab\rcd" };
    expect(excerpt(source, { start: 2, end: 2 })).toEqual({ before: "ab", marked: "", after: "" });
    expect(excerpt(source, { start: 5, end: 5 })).toEqual({ before: "cd", marked: "", after: "" });
  });
});

describe("verdictLine", () => {
  it("says what was checked and no more", () => {
    const engine = { kind: "engine", engine: "TiDB v8.5.6 (embedded)", applied: 24, refused: 0, skipped: 0 } as const;
    expect(verdictLine({ ...engine, readBack: 0 })).toBe(
      "checked on TiDB v8.5.6 (embedded): 24 statements applied, 0 refused, read back: equal",
    );
    expect(verdictLine({ ...engine, readBack: 1 })).toMatch(/read back: 1 difference$/);
    expect(verdictLine({ ...engine, readBack: null })).toMatch(/read back: not compared$/);
    expect(verdictLine({ ...engine, skipped: 2, readBack: 0 })).toContain("24 statements applied, 0 refused, 2 skipped, read back: equal");
    expect(verdictLine({ kind: "failed", reason: "no TiDB answers" })).toBe("not checked: no TiDB answers");
    expect(verdictLine({ kind: "offline", accepted: 3, unknown: 1 })).toBe(
      "checked offline: 3 statements accepted by the parser, 1 unknown; no TiDB was asked",
    );
  });
});
