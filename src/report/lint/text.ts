import type { Severity } from "../../finding.js";
import type { Paint } from "../colour.js";
import { type Excerpt, excerpt } from "../excerpt.js";
import type { LintOutput } from "./formats.js";
import { counts, coverageLine, type Placed, placed, totals } from "./model.js";

/** So many of what could not be analysed are named one by one. */
const SHOWN = 10;

/** Findings as a compiler tells them, each with the TiDB form beneath; then what was looked at. */
export function renderLintText({ linted, paint, quiet }: LintOutput): string {
  const blocks: string[] = [];
  for (const file of linted.files)
    for (const one of placed(file))
      if (counts(one.finding) && (!quiet || one.finding.severity === "error")) blocks.push(block(file.source.name, one, paint));
  const unread = linted.files.flatMap((file) => file.unread.map((each) => ({ file, each })));
  for (const { file, each } of quiet ? [] : unread.slice(0, SHOWN)) {
    const [{ line, column }] = placed({ ...file, findings: [{ span: each.span }] as never }) as [Placed];
    blocks.push(paint.faint(`${file.source.name}:${line}:${column} not analysable: ${each.reason}\n`));
  }
  if (!quiet && unread.length > SHOWN)
    blocks.push(paint.faint(`… and ${unread.length - SHOWN} more that are not analysable (--format json names all)\n`));
  for (const { path, reason } of linted.coverage.skipped) blocks.push(`${path}: not looked at: ${reason}\n`);
  const { error, warning, note, suppressed, known } = totals(linted);
  const passed = [...(suppressed > 0 ? [`${suppressed} suppressed`] : []), ...(known > 0 ? [`${known} known to the baseline`] : [])];
  blocks.push(`${error} errors, ${warning} warnings, ${note} notes${passed.length > 0 ? `; ${passed.join(", ")}` : ""}\n`);
  blocks.push(`${coverageLine(linted.coverage)}\n`);
  return blocks.join("");
}

/** A line without the passwords of URLs: reports are read by more people than the code. */
function hidden({ before, marked, after }: Excerpt): Excerpt {
  const hide = (text: string) => text.replaceAll(/(:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/g, "$1***");
  return { before: hide(before), marked: hide(marked), after: hide(after) };
}

const COLOURS: Readonly<Record<Severity, (paint: Paint) => Paint["error"]>> = {
  error: (paint) => paint.error,
  warning: (paint) => paint.warning,
  note: (paint) => paint.note,
};

function block(file: string, { line, column, finding }: Placed, paint: Paint): string {
  const { severity, rule, text, help, suggestion, source, span } = finding;
  const colour = COLOURS[severity](paint);
  const { before, marked, after } = hidden(excerpt(source, span));
  const number = String(line).padStart(5);
  const margin = `${" ".repeat(number.length)} ${paint.faint("|")}`;
  const lines = [
    `${paint.strong(`${file}:${line}:${column}`)} ${colour(severity)} ${rule}  ${text}`,
    `${paint.faint(`${number} |`)} ${before}${marked}${after}`,
    `${margin} ${before.replaceAll(/[^\t]/g, " ")}${colour("^".repeat(Math.max(1, marked.length)))}`,
  ];
  if (suggestion !== undefined && suggestion !== "")
    lines.push(`${margin} ${paint.strong("TiDB:")} ${suggestion.replaceAll(/\s+/g, " ").trim().slice(0, 200)}`);
  if (help !== undefined) lines.push(`${margin} ${paint.strong("help:")} ${help}`);
  return `${lines.join("\n")}\n\n`;
}
