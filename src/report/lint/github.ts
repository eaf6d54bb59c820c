import type { Severity } from "../../finding.js";
import type { LintOutput } from "./formats.js";
import { coverageLine, oneLine, type Placed, told } from "./model.js";

const COMMAND: Readonly<Record<Severity, string>> = { note: "notice", warning: "warning", error: "error" };

/** Workflow commands, which GitHub shows beside the lines of a pull request (ten a step); the last line is only for its log. */
export function renderGithub({ linted, quiet }: LintOutput): string {
  const lines = linted.files.flatMap((file) => told(file, quiet).map((one) => command(file.source.name, one)));
  return `${[...lines, coverageLine(linted.coverage)].join("\n")}\n`;
}

function command(file: string, { line, column, endLine, endColumn, finding }: Placed): string {
  const { severity, rule, text, help } = finding;
  // GitHub takes columns only where the place is on one line.
  const columns = line === endLine ? [`col=${column}`, `endColumn=${endColumn}`] : [];
  const place = [`file=${property(file)}`, `line=${line}`, `endLine=${endLine}`, ...columns, `title=${property(rule)}`];
  return `::${COMMAND[severity]} ${place.join(",")}::${data(oneLine(help === undefined ? text : `${text} (${help})`))}`;
}

/** As GitHub's toolkit writes what stands behind `::`. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
