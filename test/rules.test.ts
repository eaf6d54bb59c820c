import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import { catalogue } from "../scripts/catalogue.js";
import { constructIndex } from "../scripts/construct-index.js";
import type { Example } from "../src/engine/contract.js";
import type { Finding } from "../src/finding.js";
import type { Result } from "../src/result.js";
import type { Rule } from "../src/rule.js";
import { compareSchemas } from "../src/targets/compare.js";
import { readSchema } from "../src/targets/schema.js";
import type { Target } from "../src/targets/target.js";
import { withComments } from "./support/comments.js";
import { convertTexts, fileOf, freeze, overridesOf, sqlOf } from "./support/converting.js";
import { refusal, refusals, type SharedTidb, startSharedTidb } from "./support/tidb.js";

const FOLDER = resolve(import.meta.dirname, "../rules");

let tidb: SharedTidb;
beforeAll(async () => {
  tidb = await startSharedTidb();
});
afterAll(() => tidb?.stop());

for (const rule of rules) {
  describe(rule.id, () => {
    for (const [i, example] of rule.examples.entries()) {
      it.concurrent(`example ${i + 1}: ${title(example)}`, async () => {
        const result = await convertExample(example);
        expectText(rule, example, result);
        await expectInvariants(example, result);
        await tidb.withDatabase(result.session, (target, database) => expectOnTidb(example, result, target, database));
      });
    }

    // Rows of tables have proofs, which expressions.test.ts runs.
    it.skipIf(rule.proofs !== undefined)("has examples, no two of them alike, that produce every message", () => {
      expect(rule.examples).not.toEqual([]);
      const inputs = rule.examples.map(({ given = "", pg }) => `${given}\n${pg}`);
      expect(
        inputs.filter((input, i) => inputs.indexOf(input) !== i),
        "examples given twice",
      ).toEqual([]);
      const produced = new Set(rule.examples.flatMap(({ findings = [] }) => findings));
      expect(
        Object.keys(rule.messages).filter((id) => !produced.has(id)),
        "messages without an example",
      ).toEqual([]);
    });
  });
}

describe("rules/", () => {
  it("has one entry in rules/index.ts for each rule file and row, under its path", async () => {
    const specs = new Map<string, unknown>();
    for (const path of ruleFiles()) for (const [id, spec] of await specsOf(path)) specs.set(id, spec);
    expect(rules.map(({ id }) => id).sort()).toEqual([...specs.keys()].sort());
    for (const { id, ...rule } of rules) expect(rule, id).toEqual(specs.get(id));
  });

  it("has a catalogue that is up to date: if not, npm run docs", async () => {
    for (const [path, text] of catalogue(rules, await constructIndex(rules)))
      expect(readFileSync(join(FOLDER, path), "utf8"), path).toBe(text);
  });
});

function title({ given, pg }: Example): string {
  const line = (given === undefined ? pg : `${pg} (given ${given})`).replaceAll(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function convertExample({ given, types, schemas, part, pg }: Example, using: readonly Rule[] = rules): Promise<Result> {
  return convertTexts(
    { given, pg },
    { onTree: freeze, overrides: overridesOf(types), ...(schemas && { schemas }), ...(part && { part }) },
    using,
  );
}

/** The output, and what is said of it, are those of the example. */
function expectText(rule: Rule, example: Example, result: Result): void {
  const file = fileOf(result, "pg");
  const findings = file.statements.flatMap((statement) => statement.findings);
  const own = findings.filter((finding) => finding.rule === rule.id).map((finding) => finding.message);
  const all = allFindings(result);
  expect(sqlOf([file]).join(";\n"), all).toBe(example.tidb ?? "");
  expect(own, all).toEqual(example.findings ?? []);
  if (example.tidb === null) expect(findings.length, "nothing comes out, and nothing is said").toBeGreaterThan(0);
  expect(`${findings.map(({ text, help }) => `${text} ${help}`)}`, "a place in a text that nobody filled").not.toMatch(/\{[a-z]\w*\}/);
  expect(findings.filter(isNet).map(brief), "the examples of a rule leave nothing to the nets").toEqual([]);
}

function isNet({ rule }: Finding): boolean {
  return rule === "core/not-carried" || rule === "core/not-understood";
}

function allFindings({ findings }: Result): string {
  return `all findings:\n${findings.map(brief).join("\n")}\n`;
}

function brief({ rule, message, text }: Finding): string {
  return `${rule} ${message}: ${text}`;
}

/** What must hold for any input. */
async function expectInvariants(example: Example, result: Result): Promise<void> {
  expect(result.findings.flatMap(openPlaceholders), "placeholders left open").toEqual([]);
  expect(plain(await convertExample(example)), "the same input, another result").toEqual(plain(result));
  await convertExample(example, []);

  const { text, count } = withComments(example.pg);
  const commented = await convertExample({ ...example, pg: text });
  const { output } = fileOf(commented, "pg");
  const lost = Array.from({ length: count }, (_, i) => `/*${i + 1}*/`).filter((comment) => !output.includes(comment));
  expect(lost, `comments lost from\n${text}\nin\n${output}`).toEqual([]);
  const messages = (of: Result) =>
    fileOf(of, "pg").statements.flatMap(({ findings }) => findings.map(({ rule, message }) => `${rule} ${message}`));
  expect(messages(commented), `comments change what is said of\n${text}`).toEqual(messages(result));
}

function openPlaceholders({ rule: id, message, text, help = "" }: Finding): string[] {
  const spec = rules.find((rule) => rule.id === id)?.messages[message];
  const names = `${spec?.text} ${spec?.help}`.match(/\{\w+\}/g) ?? [];
  return names.filter((name) => text.includes(name) || help.includes(name)).map((name) => `${id} ${message}: ${name}`);
}

/** All there is to compare. */
function plain(value: Result): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Mistakes in an example's own statement; they would prove anything. */
const MISTAKES = [1054, 1064, 1136, 1146];

/** TiDB takes the output, holds what was asked for, and then takes and refuses the example's rows. */
async function expectOnTidb(
  { accepts = [], refuses = [], rejected }: Example,
  result: Result,
  target: Target,
  database: string,
): Promise<void> {
  expect(await refusals(target, sqlOf(result.files)), `refused by TiDB; ${allFindings(result)}`).toEqual([]);
  const differences = compareSchemas(result.expected, await readSchema(target, database, result.expected.databases));
  expect(
    differences.map(({ text }) => text),
    "read back from TiDB",
  ).toEqual([]);
  expect(await refusals(target, accepts), "accepts").toEqual([]);
  for (const sql of refuses) {
    const error = await refusal(target, sql);
    expect(error, `TiDB takes ${sql}`).toBeDefined();
    expect(MISTAKES, `${error?.message}: ${sql}`).not.toContain(error?.code);
  }
  if (rejected === undefined) return;
  const error = await refusal(target, rejected.sql);
  expect(error?.code, `${error?.message ?? "TiDB takes it"}: ${rejected.sql}`).toBe(rejected.code);
}

/** Paths below rules/ without their extension. */
function ruleFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && path !== "index.ts")
    .map((path) => path.slice(0, -".ts".length).replaceAll("\\", "/"));
}

/** The rules of a file by the id each must have: its default export, or the rows of the tables it exports. */
async function specsOf(path: string): Promise<[string, unknown][]> {
  const module = (await import(join(FOLDER, `${path}.ts`))) as Record<string, object>;
  if (module.default !== undefined) return [[path, module.default]];
  const alone = Object.keys(module).filter((name) => "examples" in module[name]!);
  expect(alone, `rules/${path}.ts is a table: a rule of another name needs a file of its own`).toEqual([]);
  const rows = Object.values(module).flatMap((table) => Object.entries(table));
  expect(
    rows.filter(([id]) => !id.startsWith(`${path}/`)).map(([id]) => id),
    `rows of rules/${path}.ts are called ${path}/…`,
  ).toEqual([]);
  return rows;
}
