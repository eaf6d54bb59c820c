import type { Rule, RuleSpec } from "../src/rule.js";
import foreignKey from "./constraints/foreign-key.js";
import inline from "./constraints/inline.js";
import { typeRules } from "./types.js";

/** All rules in the order in which they run on a node; the id of a rule in a file of its own is the file's path. */
const RULES: Readonly<Record<string, RuleSpec<string>>> = {
  ...typeRules,
  "constraints/foreign-key": foreignKey,
  "constraints/inline": inline,
};

const rules: readonly Rule[] = Object.entries(RULES).map(([id, spec]) => ({ id, ...spec }));

export default rules;
