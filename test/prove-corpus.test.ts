import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import { corpusFolder, projectQueries } from "../scripts/projects.js";
import { type ProofRatchet, provenLess } from "../scripts/proof-figures.js";
import { complaint, proveProject } from "../scripts/proving.js";
import { openTarget } from "../src/targets/open.js";
import type { Target } from "../src/targets/target.js";

const ROOT = resolve(import.meta.dirname, "..");
const folder = corpusFolder(ROOT);

/** Figures are kept by `npm run prove:corpus -- --most 20 --update fixtures/prove-corpus.json`; without `--most` it runs more of each project. */
const MOST = 20;
/** Their histories of thousands of statements take minutes to apply: `npm run prove:corpus -- --ratchet fixtures/prove-corpus.json` runs them. */
const LONG: ReadonlySet<string> = new Set(["lemmy", "triggerdev"]);
/** Other tests run beside this one. */
const PATIENT = { rows: 12, timeout: 120_000 };

describe.skipIf(folder === undefined)(
  `queries of real projects (${folder === undefined ? "skipped: no ../shared/corpus" : "../shared/corpus"})`,
  () => {
    const kept = JSON.parse(readFileSync(resolve(ROOT, "fixtures/prove-corpus.json"), "utf8")) as ProofRatchet;
    const projects =
      folder === undefined
        ? []
        : [...projectQueries(folder, MOST)].filter(({ project, queries }) => queries.length > 0 && !LONG.has(project));
    // A server for each project: one for all grows to gigabytes.
    let target: Target;
    beforeEach(async () => {
      target = await openTarget({ build: false, log: console.error });
    });
    afterEach(() => target?.close());

    for (const project of projects)
      it(`${project.project}: none differs or is refused untold, no figure worse than in fixtures/prove-corpus.json`, async () => {
        const { proof, report } = await proveProject(project, target, rules, PATIENT);
        const untold = report.queries.filter(({ outcome }) => outcome === "differs" || outcome === "refused");
        expect(untold.map(complaint)).toEqual([]);
        expect(provenLess(kept, { [project.project]: proof })).toEqual([]);
      }, 1_800_000);
  },
);
