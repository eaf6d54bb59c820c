import { relative, resolve } from "node:path";
import type { LintConfig, RuleSeverity } from "../config/config.js";
import { isMeant, type Linted, type LintFinding } from "../linted.js";
import { nearest } from "../report/near.js";
import { UsageError } from "./exit.js";
import { matcher } from "./globs.js";

/** A path below the working directory as a configuration's globs see it: from the folder of its file. */
function fromFolder({ folder }: LintConfig): (path: string) => string {
  return (path) => relative(folder, resolve(path)).replaceAll("\\", "/");
}

/** Whether a file is one that the configuration leaves out. */
export function isExcluded(config: LintConfig | undefined): (path: string) => boolean {
  if (!config || config.exclude.length === 0) return () => false;
  const [matches, from] = [matcher(config.exclude), fromFolder(config)];
  return (path) => matches(from(path));
}

/**
 * Findings with the severities that the configuration gives their rules; those of rules that are off are gone.
 * @param ids of all rules there are
 * @throws UsageError for an entry that is about no rule, with its place
 */
export function withSeverities(linted: Linted, config: LintConfig | undefined, ids: Iterable<string>): Linted {
  if (!config) return linted;
  assertRules(config, [...ids]);
  const from = fromFolder(config);
  const overrides = config.overrides.map(({ files, rules }) => ({ matches: matcher(files), rules }));
  const files = linted.files.map((file) => {
    const path = from(file.source.name);
    const rules = [...config.rules, ...overrides.filter(({ matches }) => matches(path)).flatMap((each) => each.rules)];
    if (rules.length === 0) return file;
    return { ...file, findings: file.findings.flatMap((finding) => judged(finding, rules)) };
  });
  return { ...linted, files };
}

function judged(finding: LintFinding, rules: readonly RuleSeverity[]): LintFinding[] {
  const severity = rules.findLast(({ rule }) => isMeant(rule, finding.rule))?.severity ?? finding.severity;
  return severity === "off" ? [] : [{ ...finding, severity }];
}

function assertRules({ rules, overrides }: LintConfig, ids: readonly string[]): void {
  for (const { rule, place } of [...rules, ...overrides.flatMap((each) => each.rules)]) {
    if (ids.some((id) => isMeant(rule, id))) continue;
    const folders = [...new Set(ids.map((id) => `${id.slice(0, id.indexOf("/"))}/*`))];
    const near = nearest(rule, rule.endsWith("/*") ? folders : ids);
    throw new UsageError(
      `${place}: ${rule}: there is no such rule${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "; pg2tidb explain lists them"}`,
    );
  }
}
