import { ACCOUNT_PARTS, accountLine } from "./account.js";
import { byRule, type RuleGroup } from "./groups.js";
import { LOGIC_HEAD, logicCount, logicName, logicWords } from "./logic.js";
import type { FindingReport, Report } from "./model.js";
import { MEANING, SEVERITIES_WORST_FIRST, severityCounts } from "./severity.js";
import { count, passed, verdictLine } from "./verdict.js";

/** Source lines are shown for so many findings of a rule and file; after that the places alone are listed. */
const WITH_EXCERPT = 50;

/** One self-contained page: it needs no script and no network, and says so in its content security policy. */
export function renderHtml(report: Report): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>PostgreSQL to TiDB</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>PostgreSQL to TiDB</h1>
${accountSection(report)}
${severitySection(report)}
${fileSection(report)}
${logicSection(report)}
${ruleIndex(byRule(report))}
${byRule(report).map(ruleSection).join("\n")}
</main>
</body>
</html>
`;
}

function accountSection(report: Report): string {
  const parts = ACCOUNT_PARTS.map(({ key, outcome, words }) => ({ number: report.account[key], outcome, words }));
  const bar = parts
    .filter(({ number }) => number > 0)
    .map(({ number, outcome, words }) => `<span class="${outcome}" style="flex-grow:${number}" title="${number} ${words}"></span>`);
  const legend = parts.map(({ number, outcome, words }) => `<li><i class="${outcome}"></i><b>${number}</b> ${words}</li>`);
  const verdict = report.check
    ? `<p class="verdict${passed(report.check) ? "" : " failed"}">${escapeHtml(verdictLine(report.check))}</p>`
    : "";
  return `<section>
<p class="account">${escapeHtml(accountLine(report.account, report.accepted))}</p>
<div class="bar">${bar.join("")}</div>
<ul class="legend">${legend.join("")}</ul>
${verdict}
</section>`;
}

function severitySection({ severities }: Report): string {
  const rows = SEVERITIES_WORST_FIRST.map(
    (severity) => `<tr><td>${badge(severity)}</td><td class="number">${severities[severity]}</td><td>${MEANING[severity]}</td></tr>`,
  );
  return `<section>
<h2>Findings</h2>
<table><thead><tr><th>Severity</th><th class="number">Findings</th><th>Meaning</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}

function fileSection({ files }: Report): string {
  const head = ["Statements", ...ACCOUNT_PARTS.map(({ words }) => words), "Findings"];
  const rows = files.map(({ name, account, findings }) => {
    const numbers = [account.statements, ...ACCOUNT_PARTS.map(({ key }) => account[key]), findings.length];
    return `<tr><td>${escapeHtml(name)}</td>${numbers.map((number) => `<td class="number">${number}</td>`).join("")}</tr>`;
  });
  return `<section>
<h2>Files</h2>
<table><thead><tr><th>File</th>${head.map((words) => `<th class="number">${words}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}

function logicSection({ logic }: Report): string {
  if (logic.length === 0) return "";
  const rows = logic.map((entry) => {
    const effort = entry.inOutput ? "none" : `${entry.effort}: ${entry.because}`;
    const cells = [`${entry.kind} ${logicName(entry)}`, logicWords(entry), effort, entry.inOutput ? "TiDB does it" : entry.advice];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<section>
<h2>Logic <small>${escapeHtml(logicCount(logic))}</small></h2>
<table><thead><tr>${LOGIC_HEAD.map((words) => `<th>${words}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}

function ruleIndex(groups: readonly RuleGroup[]): string {
  if (groups.length === 0) return "<p>There is nothing to report.</p>";
  const rows = groups.map(
    ({ rule, severities, count }) =>
      `<tr><td><a href="#${anchor(rule)}">${escapeHtml(rule)}</a></td><td class="number">${count}</td><td>${severityCounts(severities)}</td></tr>`,
  );
  return `<section>
<h2>Rules</h2>
<table><thead><tr><th>Rule</th><th class="number">Findings</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}

function ruleSection({ rule, count: total, files }: RuleGroup): string {
  const url = files[0]?.findings[0]?.url;
  const link =
    url !== undefined && /^https?:/.test(url) ? ` <a class="docs" href="${escapeHtml(url)}" rel="noreferrer">documentation</a>` : "";
  return `<section class="rule" id="${anchor(rule)}">
<h3><code>${escapeHtml(rule)}</code> <small>${count(total, "finding")}</small>${link}</h3>
${files
  .map(
    ({ name, findings }) => `<details open><summary>${escapeHtml(name)} <small>${findings.length}</small></summary>
<ol>${findings.map((finding, index) => item(finding, index < WITH_EXCERPT)).join("\n")}</ol></details>`,
  )
  .join("\n")}
</section>`;
}

function item(finding: FindingReport, full: boolean): string {
  const { line, column, severity, text, help, accepted, excerpt } = finding;
  const head = `<p>${badge(severity)} <span class="place">${line}:${column}</span> ${escapeHtml(text)}</p>`;
  if (!full) return `<li>${head}</li>`;
  const code = `${escapeHtml(excerpt.before)}<mark class="${severity}">${escapeHtml(excerpt.marked)}</mark>${escapeHtml(excerpt.after)}`;
  const advice =
    accepted !== undefined
      ? `<p class="help"><b>accepted:</b> ${escapeHtml(accepted)}</p>`
      : help === undefined
        ? ""
        : `<p class="help"><b>help:</b> ${escapeHtml(help)}</p>`;
  return `<li>${head}<pre><span class="gutter">${line}</span>${code}</pre>${advice}</li>`;
}

function badge(severity: string): string {
  return `<span class="badge ${severity}">${severity}</span>`;
}

function anchor(rule: string): string {
  return `rule-${rule.replace(/[^A-Za-z0-9-]+/g, "-")}`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** All text that is not ours goes through here; a NUL, which HTML cannot hold, and direction overrides become visible. */
function escapeHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  return text.replace(/[\u0000\u202A-\u202E\u2066-\u2069]/g, "\uFFFD").replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --panel: #f6f7f9; --text: #1d2129; --faint: #5f6876; --line: #dde1e7;
  --as-is: #7d8896; --rewritten: #2f7ed8; --warned: #d99a1c; --unconverted: #d0453f;
  --error: #b3261e; --warning: #8a5a00; --note: #1f5fa8; --mark-error: #fbdcd9; --mark-warning: #fdeec7; --mark-note: #dceafb; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171c; --panel: #1d2128; --text: #e4e7ec; --faint: #98a2b1; --line: #333a45;
    --as-is: #76818f; --rewritten: #4c93e6; --warned: #d9a534; --unconverted: #e0625c;
    --error: #ff8a80; --warning: #f2c14e; --note: #84b8f5; --mark-error: #5c2623; --mark-warning: #52400f; --mark-note: #1f3c5e; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
small { color: var(--faint); font-weight: normal; font-size: .85rem; }
a { color: var(--note); }
.docs { font-size: .85rem; font-weight: normal; margin-left: auto; }
.account { font-weight: 600; margin: 0 0 .75rem; }
.bar { display: flex; gap: 2px; height: 1.1rem; border-radius: 4px; overflow: hidden; background: var(--panel); }
.bar span { min-width: 4px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; margin: .6rem 0 0; padding: 0; }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin-right: .45rem; }
.as-is { background: var(--as-is); } .rewritten { background: var(--rewritten); }
.warned { background: var(--warned); } .unconverted { background: var(--unconverted); }
.verdict { margin: 1rem 0 0; padding: .6rem .9rem; background: var(--panel); border-left: 3px solid var(--note); border-radius: 3px; }
.verdict.failed { border-color: var(--error); }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--faint); font-weight: 500; overflow-wrap: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 1.25rem; }
.rule { margin-top: 1.5rem; padding: 1rem 1.1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
code, pre, .place { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .86rem; }
details + details { margin-top: .75rem; }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
ol { list-style: none; margin: .5rem 0 0; padding: 0; }
li p { margin: .5rem 0 .3rem; overflow-wrap: anywhere; }
.legend li { white-space: nowrap; }
.place { color: var(--faint); }
pre { margin: 0; padding: .5rem .75rem; overflow-x: auto; background: var(--page); border: 1px solid var(--line); border-radius: 4px; tab-size: 4; }
.gutter { color: var(--faint); margin-right: 1rem; user-select: none; }
mark { color: inherit; border-radius: 2px; }
mark.error { background: var(--mark-error); } mark.warning { background: var(--mark-warning); } mark.note { background: var(--mark-note); }
.badge { font-size: .75rem; font-weight: 600; padding: .05rem .45rem; border-radius: 999px; border: 1px solid currentColor; }
.badge.error { color: var(--error); } .badge.warning { color: var(--warning); } .badge.note { color: var(--note); }
.help { color: var(--faint); }
@media print { main { max-width: none; } .rule { break-inside: avoid-page; } }
`;
