// What real projects' queries return on PostgreSQL and, converted, on TiDB, in numbers.
// Run: npm run prove:corpus -- [--details] [--rows N] [--most N] [--ratchet FILE | --update FILE] [project …]
// Without engines, what keeps queries from being converted: npm run prove:corpus -- --convert [project …]
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import rules from "../rules/index.js";
import { openPostgresFor } from "../src/app/postgres.js";
import { prove } from "../src/app/prove.js";
import { countOutcomes, type ProvedQuery, type ProveReport } from "../src/prove/result.js";
import { lineIndex } from "../src/source/text.js";
import { openTarget } from "../src/targets/open.js";
import type { Target } from "../src/targets/target.js";
import { countConverted } from "./converted.js";
import { corpusFolder, type ProjectQueries, projectQueries } from "./projects.js";
import { type Proof, type ProofRatchet, percentage, proofTable, provenLess } from "./proof-figures.js";

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
    const report = await proved(project, target);
    if (report === undefined) continue;
    const { notes, queries } = report;
    const { statements, converted } = await countConverted(project, rules);
    const { "not-run": notRun, ...outcomes } = countOutcomes(queries);
    figures[project.project] = { statements, converted, ...outcomes, notRun };
    process.stderr.write(`${project.project}: ${JSON.stringify(figures[project.project])}\n`);
    if (values.details) for (const { where, text } of notes) console.log(`${project.project}: not loaded into ${where}: ${text}`);
    for (const query of queries) if (isShown(query)) console.log(complaint(query));
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

/** Undefined where the project cannot be set up at all, which is told. */
async function proved({ project, schema, queries }: ProjectQueries, target: Target): Promise<ProveReport | undefined> {
  const postgres = await openPostgresFor(schema, undefined);
  try {
    // Always the same day: figures must not change with the calendar.
    const options = { postgres: "18", target: "8.5.6", seed: 1, rows: Number(values.rows), today: "2026-01-15", timeout: 10_000 } as const;
    return await prove(postgres, target, schema, queries, rules, options);
  } catch (error) {
    console.error(`${project}: ${(error as Error).stack}`);
    process.exitCode = 4;
    await target.reset();
    return undefined;
  } finally {
    await postgres.close();
  }
}

function isShown({ outcome }: ProvedQuery): boolean {
  const isBad = outcome === "differs" || outcome === "refused";
  return values.all ? outcome !== "same" : values.details && isBad;
}

function complaint({ source, span, outcome, reason, difference, findings, sql }: ProvedQuery): string {
  const { line, column } = lineIndex(source)(span.start);
  const one = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, 600);
  return [
    `${outcome} ${source.name}:${line}:${column}`,
    `    PostgreSQL: ${one(source.text.slice(span.start, span.end))}`,
    `    TiDB:       ${one(sql.join("; "))}`,
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...(difference === undefined
      ? []
      : [`    ${difference.table ?? ""} ${difference.text} ${JSON.stringify(difference.examples.slice(0, 2))}`]),
    ...findings.map(({ severity, rule, text }) => `    ${severity} ${rule}: ${text}`),
  ].join("\n");
}

function readRatchet(file: string): ProofRatchet {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProofRatchet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
