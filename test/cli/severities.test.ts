import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isExcluded, withSeverities } from "../../src/cli/severities.js";
import { readConfig } from "../../src/config/config.js";
import type { Linted } from "../../src/linted.js";

const IDS = ["dml/returning", "core/spelling", "urls/connection", "fitness/cascade", "fitness/hot-spot"];

/** The `lint` section of a file in a folder below the working directory. */
function config(text: string, folder = ".") {
  return readConfig({ path: join(process.cwd(), folder, "pg2tidb.config.yaml"), text }, process.cwd()).lint;
}

/** A finding of each rule, in each file. */
function found(...names: string[]): Linted {
  const files = names.map((name) => {
    const source = { name, text: "x" };
    const findings = IDS.map((rule) => ({
      rule,
      message: "m",
      severity: "warning" as const,
      text: "",
      source,
      span: { start: 0, end: 1 },
      fingerprint: "",
    }));
    return { source, findings, strings: [], unread: [], foreign: 0 };
  });
  return { files, coverage: { files: names.length, checked: 0, unread: 0, foreign: 0, skipped: [] }, schema: [] };
}

function severities({ files }: Linted): Record<string, string[]> {
  return Object.fromEntries(
    files.map(({ source, findings }) => [
      source.name,
      findings.map(({ rule, severity }) => `${rule} ${severity}`).filter((each) => !each.endsWith("warning")),
    ]),
  );
}

describe("severities", () => {
  it("are those of the rule or its folder, the last entry deciding, for all files or for some", () => {
    const lint = config(
      [
        "lint:",
        "  rules: { 'fitness/*': off, fitness/hot-spot: error, dml/returning: note }",
        "  overrides:",
        "    - { files: 'test/**', rules: { dml/returning: off, urls/connection: note } }",
        "    - { files: [test/e2e, '*.sql'], rules: { dml/returning: error } }",
      ].join("\n"),
    );
    const judged = withSeverities(found("src/a.ts", "test/b.ts", "test/e2e/.hidden/c.ts", "d.sql"), lint, IDS);
    expect(severities(judged)).toEqual({
      "src/a.ts": ["dml/returning note", "fitness/hot-spot error"],
      "test/b.ts": ["urls/connection note", "fitness/hot-spot error"],
      "test/e2e/.hidden/c.ts": ["dml/returning error", "urls/connection note", "fitness/hot-spot error"],
      "d.sql": ["dml/returning error", "fitness/hot-spot error"],
    });
    expect(judged.files.map(({ findings }) => findings.map(({ rule }) => rule).includes("fitness/cascade"))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(judged.files[1]!.findings.some(({ rule }) => rule === "dml/returning")).toBe(false);
  });

  it("stay as they are where nothing is said", () => {
    const linted = found("a.ts");
    expect(withSeverities(linted, undefined, IDS)).toBe(linted);
    expect(withSeverities(linted, config("lint: {}"), IDS)).toEqual(linted);
  });

  it("have globs that start at the folder of the file", () => {
    const lint = config("lint:\n  overrides:\n    - { files: 'src/*.ts', rules: { core/spelling: error } }\n", "app");
    expect(severities(withSeverities(found("src/a.ts", "app/src/a.ts"), lint, IDS))).toEqual({
      "src/a.ts": [],
      "app/src/a.ts": ["core/spelling error"],
    });
  });

  it.each([
    ["rules: { dml/returnig: off }", "pg2tidb.config.yaml:2: dml/returnig: there is no such rule; did you mean dml/returning?"],
    ["rules: { fitnes/*: off }", "pg2tidb.config.yaml:2: fitnes/*: there is no such rule; did you mean fitness/*?"],
    ["rules: { something/else: off }", "there is no such rule; pg2tidb explain lists them"],
    [
      "overrides: [{ files: a.ts, rules: { spelling: off } }]",
      "pg2tidb.config.yaml:2: spelling: there is no such rule; did you mean core/spelling?",
    ],
  ])("of rules there are not are a mistake: %s", (text, message) => {
    expect(() => withSeverities(found("a.ts"), config(`lint:\n  ${text}\n`), IDS)).toThrow(message);
  });
});

describe("files left out", () => {
  it("are those that a glob names, or below a folder that one names", () => {
    const isLeftOut = isExcluded(config("lint:\n  exclude: [./legacy, '**/*.gen.{ts,go}', docs/*.md]\n"));
    const paths = ["legacy/a/b.ts", "legacy.ts", "src/x.gen.go", "y.gen.ts", "docs/a.md", "docs/a/b.md", "src/legacy/a.ts"];
    expect(paths.filter(isLeftOut)).toEqual(["legacy/a/b.ts", "src/x.gen.go", "y.gen.ts", "docs/a.md"]);
    expect(["a.ts"].filter(isExcluded(undefined))).toEqual([]);
  });
});
