// What real projects' queries return on PostgreSQL and, converted, on TiDB, in numbers.
// Run: npm run prove:corpus -- [--details] [--rows N] [--most N] [--ratchet FILE | --update FILE] [project …]
// Without engines, what keeps queries from being converted: npm run prove:corpus -- --convert [project …]
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import rules from "../rules/index.js";
import type { ProvedQuery } from "../src/prove/result.js";
import { openTarget } from "../src/targets/open.js";
import { countConverted } from "./converted.js";
import { corpusFolder, projectQueries } from "./projects.js";
import { type Proof, type ProofRatchet, percentage, proofTable, provenLess } from "./proof-figures.js";
import { complaint, proveProject } from "./proving.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Also each query that differs or is refused. */
    details: { type: "boolean", default: false },
    /** Also each query that is reported or not run. */
    all: { type: "boolean", default: false },
    /** Nothing is run: only how many queries convert, and why others do not. */
    convert: { type: "boolean", default: false },
    /** Rows made for each table. */
    rows: { type: "string", default: "12" },
    /** Statements taken from a project's migrations, the last ones. */
    most: { type: "string", default: "100" },
    /** Fail when a figure is worse than in this file. */
    ratchet: { type: "string" },
    /** Write the figures to this file, beside those of other projects. */
    update: { type: "string" },
  },
});

const folder = corpusFolder(process.cwd());
if (folder === undefined) {
  console.error("there is no corpus beside this checkout (../shared/corpus)");
  process.exit(3);
}
const projects = [...projectQueries(folder, Number(values.most), positionals.length > 0 ? positionals : undefined)].filter(
  ({ queries }) => queries.length > 0,
);
if (values.convert) {
  for (const project of projects) {
    const { statements, converted, causes } = await countConverted(project, rules);
    console.log(`${project.project}: ${converted} of ${statements}, ${percentage({ statements, converted })}`);
    for (const { text, places } of causes) console.log(`  ${places.length} ${text}\n      ${places.slice(0, 3).join(" ")}`);
  }
  process.exit(0);
}
const target = await openTarget({ build: true, log: console.error });
const figures: Record<string, Proof> = {};
try {
  for (const project of projects) {
    const { project: name } = project;
    try {
      const { proof, report } = await proveProject(project, target, rules, { rows: Number(values.rows), timeout: 10_000 });
      figures[name] = proof;
      process.stderr.write(`${name}: ${JSON.stringify(proof)}\n`);
      if (values.details) for (const { where, text } of report.notes) console.log(`${name}: not loaded into ${where}: ${text}`);
      for (const query of report.queries) if (isShown(query)) console.log(complaint(query));
    } catch (error) {
      console.error(`${name}: ${(error as Error).stack}`);
      process.exitCode = 4;
      await target.reset();
    }
  }
} finally {
  await target.close();
}
process.stdout.write(proofTable(figures));
if (values.update !== undefined)
  writeFileSync(values.update, `${JSON.stringify({ ...readRatchet(values.update), ...figures }, null, 2)}\n`);
if (values.ratchet !== undefined) {
  const worse = provenLess(readRatchet(values.ratchet), figures);
  for (const line of worse) console.error(line);
  if (worse.length > 0) process.exitCode = 1;
}

function isShown({ outcome }: ProvedQuery): boolean {
  const isBad = outcome === "differs" || outcome === "refused";
  return values.all ? outcome !== "same" : values.details && isBad;
}

function readRatchet(file: string): ProofRatchet {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProofRatchet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
