import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import { CONSTRUCT_ROWS, CONSTRUCT_SCHEMA, CONSTRUCTS, type Construct } from "../scripts/constructs.js";
import { prove } from "../src/app/prove.js";
import type { ProvedQuery, ProveReport } from "../src/prove/result.js";
import type { Embedded } from "../src/targets/embedded.js";
import { startEngine } from "../src/targets/open.js";
import { startPglite } from "../src/targets/pglite.js";
import type { Postgres } from "../src/targets/postgres.js";
import { convertTexts, fileOf, OPTIONS } from "./support/converting.js";

const STAGE = { seed: 1, rows: 5, today: "2026-01-31", timeout: 20_000, data: [{ name: "rows.sql", text: CONSTRUCT_ROWS }] };

const schema = { name: "schema.sql", text: CONSTRUCT_SCHEMA };
const compared = Object.values(CONSTRUCTS)
  .flat()
  .filter(({ silent }) => !silent);

let postgres: Postgres;
let engine: Embedded;
let report: ProveReport;
beforeAll(async () => {
  [postgres, engine] = await Promise.all([startPglite(CONSTRUCT_SCHEMA), startEngine({ build: false, log: console.error })]);
  const queries = { name: "queries.sql", text: compared.map(({ pg }) => `${pg};\n`).join("") };
  report = await prove(postgres, engine.target, [schema], [queries], rules, { ...OPTIONS, ...STAGE });
}, 300_000);
afterAll(async () => {
  await postgres?.close();
  await engine?.stop();
});

it("has all of its rows on both engines", () => {
  expect(report.notes.map(({ text }) => text)).toEqual([]);
  expect(report.queries.length).toBe(compared.length);
});

for (const [family, constructs] of Object.entries(CONSTRUCTS))
  describe(family, () => {
    it("has each name once", () => {
      const names = constructs.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    });
    for (const construct of constructs)
      if (construct.silent) it(`${construct.name} is told of, or converted`, () => isAccounted(construct));
      else it(construct.name, () => expectOutcome(construct, report.queries[compared.indexOf(construct)]!));
  });

function expectOutcome({ reported }: Construct, { outcome, reason, difference, sql, findings }: ProvedQuery): void {
  const said = findings.map(({ rule, text }) => `${rule}: ${text}`);
  expect(outcome, JSON.stringify({ sql, said, reason, difference }, null, 1)).toBe(reported ? "reported" : "same");
}

async function isAccounted({ pg }: Construct): Promise<void> {
  const { statements } = fileOf(await convertTexts({ schema: CONSTRUCT_SCHEMA, pg }), "pg");
  for (const { sql, findings } of statements) expect(sql.length + findings.length).toBeGreaterThan(0);
}
