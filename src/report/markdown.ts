import { ACCOUNT_PARTS, accountLine } from "./account.js";
import { byRule, type RuleGroup } from "./groups.js";
import { LOGIC_HEAD, logicCount, logicName, logicWords } from "./logic.js";
import type { FindingReport, Report } from "./model.js";
import { MEANING, SEVERITIES_WORST_FIRST, severityCounts } from "./severity.js";
import { count, verdictLine } from "./verdict.js";

/** Source lines are shown for so many findings of a rule and file; after that the places alone are listed. */
const WITH_EXCERPT = 20;

/** A report to put into a pull request or a wiki. */
export function renderMarkdown(report: Report): string {
  const sections = [
    "# PostgreSQL to TiDB",
    [`**${accountLine(report.account, report.accepted)}**`, ...(report.check ? [escapeMarkdown(verdictLine(report.check))] : [])].join(
      "\n\n",
    ),
    fileTable(report),
    severityTable(report),
    ...logicSection(report),
    ...byRule(report).map(ruleSection),
  ];
  return `${sections.join("\n\n")}\n`;
}

function fileTable({ files }: Report): string {
  const rows = files.map(({ name, account, findings }) => [
    escapeMarkdown(name),
    ...[account.statements, ...ACCOUNT_PARTS.map(({ key }) => account[key]), findings.length].map(String),
  ]);
  return table(["File", "Statements", ...ACCOUNT_PARTS.map(({ words }) => words), "Findings"], rows);
}

function severityTable({ severities }: Report): string {
  const rows = SEVERITIES_WORST_FIRST.map((severity) => [severity, String(severities[severity]), MEANING[severity]]);
  return table(["Severity", "Findings", "Meaning"], rows);
}

function logicSection({ logic }: Report): string[] {
  if (logic.length === 0) return [];
  const rows = logic.map((entry) => [
    `${entry.kind} ${escapeMarkdown(logicName(entry))}`,
    escapeMarkdown(logicWords(entry)),
    entry.inOutput ? "none" : `${entry.effort}: ${escapeMarkdown(entry.because)}`,
    escapeMarkdown(entry.inOutput ? "TiDB does it" : entry.advice),
  ]);
  return [`## Logic: ${logicCount(logic)}`, table(LOGIC_HEAD, rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function ruleSection(group: RuleGroup): string {
  const head = `## ${escapeMarkdown(group.rule)}: ${count(group.count, "finding")} (${severityCounts(group.severities)})`;
  const url = group.files[0]?.findings[0]?.url;
  return [
    head,
    ...(url === undefined ? [] : [`<${url}>`]),
    ...group.files.map(({ name, findings }) => `### ${escapeMarkdown(name)}\n\n${findings.map(item).join("\n")}`),
  ].join("\n\n");
}

function item(finding: FindingReport, index: number): string {
  const { line, column, severity, text, help, accepted, excerpt } = finding;
  const lines = [`- ${line}:${column} **${severity}** ${escapeMarkdown(text)}`];
  if (index >= WITH_EXCERPT) return lines.join("\n");
  const code = `${excerpt.before}${excerpt.marked}${excerpt.after}`;
  const fence = "`".repeat(Math.max(3, 1 + longestRun(code)));
  lines.push("", `  ${fence}sql`, `  ${code}`, `  ${fence}`, "");
  if (accepted !== undefined) lines.push(`  accepted: ${escapeMarkdown(accepted)}`, "");
  else if (help !== undefined) lines.push(`  help: ${escapeMarkdown(help)}`, "");
  return lines.join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Text taken from SQL must stay text: neither markup nor HTML, and on one line. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
