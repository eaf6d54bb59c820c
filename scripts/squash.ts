// Histories of real projects: what is squashed must be what the history leads to, on TiDB and on PostgreSQL.
// Run: npm run squash:corpus -- [--details] [--without-postgres] [--update FILE] [project …]
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import rules from "../rules/index.js";
import { openTarget } from "../src/targets/open.js";
import { corpusFolder, schemaGroups } from "./projects.js";
import { type Compared, compareSquash, squashFigures, squashTable } from "./squashing.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Also each difference and refusal. */
    details: { type: "boolean", default: false },
    "without-postgres": { type: "boolean", default: false },
    /** Write the figures to this file, beside those of other groups. */
    update: { type: "string" },
  },
});

const folder = corpusFolder(process.cwd());
if (folder === undefined) {
  console.error("there is no corpus beside this checkout (../shared/corpus)");
  process.exit(3);
}
const groups = schemaGroups(folder, positionals.length > 0 ? positionals : undefined).filter(({ name }) => /\/m\d*$/.test(name));
const target = await openTarget({ build: true, log: console.error });
const all: Compared[] = [];
try {
  for (const group of groups) {
    const compared = await compareSquash(group, rules, target, !values["without-postgres"]);
    all.push(compared);
    console.error(`${group.name}: ${compared.differences.length} differences`);
    if (!values.details) continue;
    const { refusedHistory, refusedSquash, differences, postgres } = compared;
    const parts = { "refused in the history": refusedHistory, "refused of the squashed": refusedSquash, differences };
    const theirs = { "refused by PostgreSQL": postgres?.refused, "PostgreSQL and our catalog": postgres?.differences };
    for (const [title, lines] of Object.entries({ ...parts, ...theirs })) {
      if (!lines?.length) continue;
      console.log(`## ${group.name}: ${title}`);
      for (const line of lines) console.log(line);
    }
  }
} finally {
  await target.close();
}
process.stdout.write(squashTable(all));
if (values.update !== undefined) {
  const kept = JSON.parse(readFileSync(values.update, "utf8")) as Record<string, unknown>;
  const figures = Object.fromEntries(all.map((compared) => [compared.group.name, squashFigures(compared)]));
  writeFileSync(values.update, `${JSON.stringify({ ...kept, ...figures }, null, 2)}\n`);
}
