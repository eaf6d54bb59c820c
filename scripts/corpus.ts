// What becomes of real projects' SQL, in numbers.
// Each group's figures, refusals and differences go to stderr when it is done, the table to stdout at the end.
// Run: npm run corpus -- [--json] [--ratchet FILE | --update FILE] [project …]
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import rules from "../rules/index.js";
import { openTarget } from "../src/targets/open.js";
import { fallen, figuresLine, figuresTable, type Measured, measure, type Ratchet } from "./figures.js";
import { corpusFolder, historyGroups } from "./projects.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** The figures as JSON instead of a table. */
    json: { type: "boolean", default: false },
    /** Fail when a figure is worse than in this file. */
    ratchet: { type: "string" },
    /** Write the figures to this file, beside those of other groups. */
    update: { type: "string" },
  },
});

const folder = corpusFolder(process.cwd());
if (folder === undefined) {
  console.error("there is no corpus beside this checkout (../shared/corpus)");
  process.exit(3);
}
const target = await openTarget({ build: true, log: console.error });
const all: Measured[] = [];
try {
  for (const group of historyGroups(folder, positionals.length > 0 ? positionals : undefined)) {
    const measured = await measure(group, rules, target);
    all.push(measured);
    console.error(figuresLine(measured));
    for (const line of measured.complaints) console.error(line);
  }
} finally {
  await target.close();
}
const figures: Ratchet = Object.fromEntries(all.map((measured) => [measured.group.name, measured.figures]));
process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : figuresTable(all));
if (values.update !== undefined) {
  const kept = readRatchet(values.update);
  writeFileSync(values.update, `${JSON.stringify({ ...kept, ...figures }, null, 2)}\n`);
}
if (values.ratchet !== undefined) {
  const worse = fallen(readRatchet(values.ratchet), all);
  for (const line of worse) console.error(line);
  if (worse.length > 0) process.exitCode = 1;
}

function readRatchet(file: string): Ratchet {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Ratchet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
