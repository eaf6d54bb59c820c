import type { Severity } from "../finding.js";
import { accountLine } from "./account.js";
import type { Paint } from "./colour.js";
import type { FindingReport, Report } from "./model.js";
import { count, verdictLine } from "./verdict.js";

/** So many findings of one message are shown in full; the rest of a thousand-table dump says nothing new. */
const SHOWN_IN_FULL = 3;

/** The findings like a compiler's, the verdict of the check if there was one, and the account as the last line. */
export function renderTerminal(report: Report, { paint, quiet = false }: { readonly paint: Paint; readonly quiet?: boolean }): string {
  const all = report.files.flatMap((file) => file.findings.map((finding) => ({ file: file.name, finding })));
  const shown = quiet ? all.filter(({ finding }) => finding.severity === "error") : all;
  const totals = new Map<string, number>();
  for (const { finding } of shown) totals.set(sameness(finding), (totals.get(sameness(finding)) ?? 0) + 1);

  const seen = new Map<string, number>();
  const blocks: string[] = [];
  for (const { file, finding } of shown) {
    const key = sameness(finding);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    if (nth <= SHOWN_IN_FULL) blocks.push(block(file, finding, paint));
    const more = (totals.get(key) ?? 0) - SHOWN_IN_FULL;
    if (nth === SHOWN_IN_FULL && more > 0) blocks.push(paint.faint(`… and ${more} more like this (pg2tidb explain ${finding.rule})\n`));
  }

  const { note, warning } = report.severities;
  if (quiet && note + warning > 0)
    blocks.push(paint.faint(`${count(warning, "warning")} and ${count(note, "note")} not shown (--quiet)\n`));
  return blocks.join("") + renderSummary(report);
}

/** The end of every run, whatever the format: what was checked, and the account as the last line. */
export function renderSummary({ check, account, accepted }: Pick<Report, "check" | "account" | "accepted">): string {
  return `${check ? `${plain(verdictLine(check))}\n` : ""}${accountLine(account, accepted)}\n`;
}

function sameness({ rule, message }: FindingReport): string {
  return `${rule} ${message}`;
}

function block(file: string, finding: FindingReport, paint: Paint): string {
  const { line, column, severity, rule, text, help } = finding;
  const { before, marked, after } = finding.excerpt;
  const number = String(line).padStart(5);
  const margin = `${" ".repeat(number.length)} ${paint.faint("|")}`;
  const colour = SEVERITY_PAINT[severity](paint);
  const lines = [
    `${paint.strong(`${plain(file)}:${line}:${column}`)} ${colour(severity)} ${rule}  ${plain(text)}`,
    `${paint.faint(`${number} |`)} ${plain(`${before}${marked}${after}`)}`,
    `${margin} ${indentOf(plain(before))}${colour("^".repeat(Math.max(1, displayWidth(plain(marked)))))}`,
  ];
  if (finding.accepted !== undefined) lines.push(`${margin} ${paint.strong("accepted:")} ${plain(finding.accepted)}`);
  else if (help !== undefined) lines.push(`${margin} ${paint.strong("help:")} ${plain(help)}`);
  return `${lines.join("\n")}\n\n`;
}

const SEVERITY_PAINT: Readonly<Record<Severity, (paint: Paint) => Paint["error"]>> = {
  error: (paint) => paint.error,
  warning: (paint) => paint.warning,
  note: (paint) => paint.note,
};

/** SQL may hold anything: without its control and direction characters it cannot rewrite the reader's screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const HARMFUL = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

function plain(text: string): string {
  return text.replace(/\r?\n/g, " ").replace(HARMFUL, "\uFFFD");
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
const ZERO_WIDTH = /\p{Mark}|[\u200B-\u200F]/u;

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

function displayWidth(text: string): number {
  return [...text].reduce((width, character) => width + characterWidth(character), 0);
}

/** Blank text as wide as the given one; a tab stays a tab, for only the terminal knows how wide it is. */
function indentOf(text: string): string {
  return [...text].map((character) => (character === "\t" ? "\t" : " ".repeat(characterWidth(character)))).join("");
}
