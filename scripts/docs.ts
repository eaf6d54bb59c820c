// Writes rules/README.md. Run: npm run docs
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import rules from "../rules/index.js";
import { catalogue } from "./catalogue.js";
import { constructIndex } from "./construct-index.js";

writeFileSync(resolve("rules/README.md"), catalogue(rules, await constructIndex(rules)));
