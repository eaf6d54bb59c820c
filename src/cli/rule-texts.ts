import { CORE } from "../core.js";
import type { Rule } from "../engine/contract.js";
import { SEVERITIES, type Severity } from "../finding.js";
import type { RuleText } from "../report/lint/formats.js";
import type { Trace } from "../trace.js";

/** What there is to say of every rule, trace and finding that no rule makes, by id. */
export function ruleTexts(rules: readonly Rule[], traces: readonly Trace[]): ReadonlyMap<string, RuleText> {
  const texts = new Map<string, RuleText>();
  for (const { id, construct, why, docs, messages } of [...rules, ...Object.values(CORE)]) {
    const { pg, tidb }: { readonly pg?: string; readonly tidb?: string } = docs;
    texts.set(id, { construct, why, url: tidb ?? pg, severity: worst(Object.values(messages).map(({ severity }) => severity)) });
  }
  for (const { id, construct, why, docs, severity } of traces) texts.set(id, { construct, why, url: docs, severity });
  return texts;
}

function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES.findLast((severity) => severities.includes(severity)) ?? "note";
}
