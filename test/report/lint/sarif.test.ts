import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import draft04 from "ajv-draft-04";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Linted } from "../../../src/linted.js";
import { renderLint } from "../../../src/report/lint/formats.js";
import { linted, nothing, output } from "./sample.js";

const require = createRequire(import.meta.url);
const SCHEMA = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));

const ajv = new draft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(ajv as never);
const validate = ajv.compile(SCHEMA);

async function sarif(what: Linted) {
  const log = JSON.parse(await renderLint("sarif", output(what)));
  validate(log);
  expect(validate.errors).toBeNull();
  return log.runs[0];
}

const PATH = "src/na%C3%AFve%2C%2050%25%3A%20a%26b%3Cc%3E.ts";
const at = (uri: string, startLine: number, startColumn: number, endLine: number, endColumn: number) => ({
  physicalLocation: { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region: { startLine, startColumn, endLine, endColumn } },
});

describe("sarif", () => {
  it("is refused by the schema when it is not SARIF", () => {
    expect(validate({ version: "2.1.0", runs: [{ tool: { driver: {} }, results: [{ level: "fatal" }] }] })).toBe(false);
  });

  it("tells of the rules that were found what the program knows of them", async () => {
    const { tool, columnKind } = await sarif(linted);
    expect(columnKind).toBe("utf16CodeUnits");
    expect(tool.driver).toMatchObject({ name: "pg2tidb", version: "1.2.3" });
    expect(tool.driver.rules).toEqual([
      {
        id: "core/spelling",
        shortDescription: { text: "another spelling" },
        fullDescription: { text: "TiDB writes it otherwise." },
        defaultConfiguration: { level: "note" },
      },
      { id: "dml/50%" },
      {
        id: "operators/ilike",
        shortDescription: { text: "ILIKE" },
        fullDescription: { text: "TiDB has no ILIKE." },
        helpUri: "https://example.org/ilike",
        defaultConfiguration: { level: "warning" },
      },
      { id: "ports/port" },
      { id: "urls/url" },
    ]);
  });

  it("has every finding, those that are let pass with the reason; edits once a statement, and none with a password", async () => {
    const { results, tool } = await sarif(linted);
    expect(
      results.map(({ ruleId, ruleIndex }: { ruleId: string; ruleIndex: number }) => tool.driver.rules[ruleIndex].id === ruleId),
    ).toEqual(results.map(() => true));
    expect(results.map(({ ruleIndex: _, ...result }: Record<string, unknown>) => result)).toEqual([
      {
        ruleId: "core/spelling",
        level: "note",
        message: { text: "id::text is CAST(id AS CHAR)" },
        locations: [at(PATH, 1, 30, 1, 38)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd08" },
        fixes: [
          {
            description: { text: "write it as TiDB has it" },
            artifactChanges: [
              {
                artifactLocation: { uri: PATH, uriBaseId: "%SRCROOT%" },
                replacements: [
                  {
                    deletedRegion: { startLine: 1, startColumn: 30, endLine: 1, endColumn: 38 },
                    insertedContent: { text: "CAST(id AS CHAR)" },
                  },
                ],
              },
            ],
          },
        ],
        baselineState: "new",
      },
      {
        ruleId: "dml/50%",
        level: "warning",
        message: { text: '::warning::50% of \u001b[31m<names> & "quotes",\nand a second line. see: there' },
        locations: [at(PATH, 1, 34, 2, 7)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd0b" },
        baselineState: "new",
      },
      {
        ruleId: "operators/ilike",
        level: "error",
        message: { text: "half a character: \uFFFD. LOWER(…) LIKE LOWER(…)" },
        locations: [at(PATH, 3, 31, 3, 39)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd08" },
        baselineState: "new",
      },
      {
        ruleId: "urls/url",
        level: "note",
        message: { text: "a URL of PostgreSQL" },
        locations: [at("deploy/.env", 1, 14, 1, 46)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd20" },
        baselineState: "new",
      },
      {
        ruleId: "urls/url",
        level: "note",
        message: { text: "a URL of PostgreSQL" },
        locations: [at("deploy/.env", 2, 9, 2, 27)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd12" },
        suppressions: [{ kind: "inSource", justification: "the replica goes in May" }],
        baselineState: "new",
      },
      {
        ruleId: "ports/port",
        level: "warning",
        message: { text: "PostgreSQL's port" },
        locations: [at("deploy/.env", 3, 1, 3, 10)],
        partialFingerprints: { "pg2tidb/v1": "0123456789abcd09" },
        suppressions: [{ kind: "external" }],
        baselineState: "unchanged",
      },
    ]);
  });

  it("says what was looked at, what could not be read and what could not be judged", async () => {
    const [{ toolExecutionNotifications: told }] = (await sarif(linted)).invocations;
    expect(told).toEqual([
      { level: "note", message: { text: "2 SQL strings checked in 3 files, 1 not analysable, 0 of other engines left alone" } },
      {
        level: "warning",
        message: { text: "not looked at: not UTF-8" },
        locations: [{ physicalLocation: { artifactLocation: { uri: "src/odd%07%0A.py", uriBaseId: "%SRCROOT%" } } }],
      },
      { level: "note", message: { text: "not analysable: built at run time" }, locations: [at(PATH, 2, 13, 2, 18)] },
    ]);
  });

  it("has no states of a baseline where there is none", async () => {
    const files = linted.files.map((file) => ({ ...file, findings: file.findings.map((each) => ({ ...each, known: undefined })) }));
    const { results } = await sarif({ ...linted, files });
    expect(results.filter((result: object) => "baselineState" in result)).toEqual([]);
    expect((await sarif(nothing)).results).toEqual([]);
  });
});
