import { accountLine } from "./account.js";
import type { Report } from "./model.js";
import { verdictLine } from "./verdict.js";

/** Counts up when a reader of the old form would misread the new one; added fields do not count. */
const VERSION = 1;

/** The whole report for machines. */
export function renderJson(report: Report): string {
  const summary = { account: accountLine(report.account, report.accepted), check: report.check && verdictLine(report.check) };
  return `${JSON.stringify({ version: VERSION, summary, ...report }, null, 2)}\n`;
}
