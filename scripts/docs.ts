// Writes the READMEs of rules/, by folder, and traces/README.md. Run: npm run docs
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import rules from "../rules/index.js";
import { TRACES } from "../traces/index.js";
import { catalogue } from "./catalogue.js";
import { constructIndex } from "./construct-index.js";
import { tracesCatalogue } from "./traces-catalogue.js";

for (const [path, text] of catalogue(rules, await constructIndex(rules))) {
  const file = resolve("rules", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
writeFileSync(resolve("traces/README.md"), tracesCatalogue(TRACES));
