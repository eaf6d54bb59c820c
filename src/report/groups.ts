import { SEVERITIES, type Severity } from "../finding.js";
import { groupBy } from "../group-by.js";
import { countBySeverity, type FindingReport, type Report } from "./model.js";

/** The findings of one rule, in the files they are in. */
export interface RuleGroup {
  readonly rule: string;
  readonly count: number;
  readonly severities: Readonly<Record<Severity, number>>;
  readonly files: readonly { readonly name: string; readonly findings: readonly FindingReport[] }[];
}

/** Findings by rule, then by file: what is missing first, then what is frequent, then by name. */
export function byRule(report: Report): RuleGroup[] {
  const all = report.files.flatMap((file) => file.findings.map((finding) => ({ file: file.name, finding })));
  const groups = [...groupBy(all, ({ finding }) => finding.rule)].map(([rule, members]) => ({
    rule,
    count: members.length,
    severities: countBySeverity(members.map(({ finding }) => finding)),
    files: [...groupBy(members, ({ file }) => file)].map(([name, inFile]) => ({ name, findings: inFile.map(({ finding }) => finding) })),
  }));
  return groups.sort((a, b) => worst(b) - worst(a) || b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

function worst(group: RuleGroup): number {
  return Math.max(...SEVERITIES.map((severity, rank) => (group.severities[severity] > 0 ? rank : -1)));
}
