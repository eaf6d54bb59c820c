import type { Severity } from "../../finding.js";
import type { Coverage, Linted, LintedFile, LintFinding } from "../../linted.js";
import { lineIndex, type Position } from "../../source/text.js";

/** A finding at its place. */
export interface Placed extends Position {
  readonly endLine: number;
  readonly endColumn: number;
  readonly finding: LintFinding;
}

/** The findings of a file with their lines and columns. */
export function placed({ source, findings }: LintedFile): Placed[] {
  const position = lineIndex(source);
  return findings.map((finding) => {
    const end = position(finding.span.end);
    return { ...position(finding.span.start), endLine: end.line, endColumn: end.column, finding };
  });
}

/** Whether a finding counts: nothing lets it pass. */
export function counts({ suppressed, known }: LintFinding): boolean {
  return suppressed === undefined && !known;
}

/** The findings to tell one by one: those that count, of them only errors where the reader wants no more. */
export function told(file: LintedFile, quiet: boolean): Placed[] {
  return placed(file).filter(({ finding }) => counts(finding) && (!quiet || finding.severity === "error"));
}

/** A text as one line of a log: spaces for line ends and tabs, `\x1b` for an escape. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[ \t\r\n\u2028\u2029]+/g, " ")
    .replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Texts that were cut short may end in half a character, which JSON can write and few can read. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

/** A document of JSON that every reader takes. */
export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, (_, each) => (typeof each === "string" ? wellFormed(each) : each), 2)}\n`;
}

/** How many findings count, by severity, and how many are let pass. */
export function totals({ files }: Linted): Readonly<Record<Severity | "suppressed" | "known", number>> {
  const all = { note: 0, warning: 0, error: 0, suppressed: 0, known: 0 };
  for (const { findings } of files)
    for (const { severity, suppressed, known } of findings) all[suppressed !== undefined ? "suppressed" : known ? "known" : severity]++;
  return all;
}

/** The last line of every run: what was looked at, and what could not be. */
export function coverageLine({ files, checked, unread, foreign }: Coverage): string {
  const more = [`${unread} not analysable`, `${foreign} of other engines left alone`];
  return `${checked} SQL strings checked in ${files} files, ${more.join(", ")}`;
}
