import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import { fallen, measure, type Ratchet } from "../scripts/figures.js";
import { corpusFolder, historyGroups } from "../scripts/projects.js";
import { groupBy } from "../src/group-by.js";
import { openTarget } from "../src/targets/open.js";
import type { Target } from "../src/targets/target.js";

const ROOT = resolve(import.meta.dirname, "..");
const folder = corpusFolder(ROOT);

describe.skipIf(folder === undefined)(
  `real projects (${folder === undefined ? "skipped: no ../shared/corpus" : "../shared/corpus"})`,
  () => {
    const kept = JSON.parse(readFileSync(resolve(ROOT, "fixtures/corpus.json"), "utf8")) as Ratchet;
    const groups = folder === undefined ? [] : historyGroups(folder);
    for (const [project, own] of groupBy(groups, ({ name }) => name.split("/")[0]!)) {
      describe(project, () => {
        // One each: a TiDB that has made and dropped thousands of tables takes gigabytes and ever more time for the next.
        let target: Target;
        beforeAll(async () => {
          target = await openTarget({ build: false, log: console.error });
        });
        afterAll(() => target?.close());

        for (const group of own) {
          it(`${group.name}: every statement accounted for, none refused by TiDB untold, no figure worse than in fixtures/corpus.json`, async () => {
            const measured = await measure(group, rules, target);
            const { statements, accounted, refused } = measured.figures;
            expect(accounted).toBe(statements);
            expect(refused, measured.complaints.join("\n")).toBe(0);
            expect(fallen(kept, [measured]), measured.complaints.join("\n")).toEqual([]);
          }, 900_000);
        }
      });
    }
  },
);
