// Writes rules/README.md and traces/README.md. Run: npm run docs
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import rules from "../rules/index.js";
import { TRACES } from "../traces/index.js";
import { catalogue } from "./catalogue.js";
import { constructIndex } from "./construct-index.js";
import { tracesCatalogue } from "./traces-catalogue.js";

writeFileSync(resolve("rules/README.md"), catalogue(rules, await constructIndex(rules)));
writeFileSync(resolve("traces/README.md"), tracesCatalogue(TRACES));
