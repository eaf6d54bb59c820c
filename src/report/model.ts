import { type Finding, SEVERITIES, type Severity } from "../finding.js";
import { groupBy } from "../group-by.js";
import type { Account, LogicEntry, Outcome } from "../result.js";
import { lineIndex, type Position, type Source, type Span } from "../source/text.js";
import { accountOf } from "./account.js";
import { type Excerpt, excerpt } from "./excerpt.js";
import type { CheckSummary } from "./verdict.js";

/** What a report is made of. A `Result` is one; so is a bare list of files that were only checked. */
export interface ReportInput {
  readonly files: readonly {
    readonly source: Source;
    readonly statements: readonly { readonly span: Span; readonly kind: string; readonly outcome: Outcome }[];
  }[];
  readonly findings: readonly Finding[];
  readonly account: Account;
  readonly logic?: readonly LogicEntry[];
}

/** Everything a format needs, as plain data: the same input gives the same report on every machine and day. */
export interface Report {
  readonly account: Account;
  readonly severities: Readonly<Record<Severity, number>>;
  /** Findings the configuration accepts; they are among the others. */
  readonly accepted: number;
  readonly check: CheckSummary | null;
  readonly files: readonly FileReport[];
  /** Functions, triggers and views: what they do, and what it takes to move what TiDB does not do. */
  readonly logic: readonly LogicEntry[];
}

/** One input file: what became of each statement, and what there is to say, both in the order of the file. */
export interface FileReport {
  readonly name: string;
  readonly account: Account;
  readonly statements: readonly StatementReport[];
  readonly findings: readonly FindingReport[];
}

export interface StatementReport extends Position {
  readonly kind: string;
  readonly outcome: Outcome;
}

/** A finding at a place a person can go to. */
export interface FindingReport extends Position {
  readonly endLine: number;
  readonly endColumn: number;
  readonly rule: string;
  readonly message: string;
  readonly severity: Severity;
  readonly text: string;
  readonly help?: string;
  readonly url?: string;
  readonly object?: string;
  /** Why it may stand, where the configuration accepts it. */
  readonly accepted?: string;
  readonly excerpt: Excerpt;
}

/** Builds the report of a run; `check` adds what an engine said, its findings standing among the others. */
export function buildReport(
  input: ReportInput,
  check: { readonly summary: CheckSummary; readonly findings: readonly Finding[] } | null = null,
): Report {
  const findings = [...input.findings, ...(check?.findings ?? [])];
  const bySource = groupBy(findings, (finding) => finding.source);
  const known = new Set(input.files.map((file) => file.source));
  const others = [...bySource.keys()].filter((source) => !known.has(source)).map((source) => ({ source, statements: [] }));
  return {
    account: input.account,
    severities: countBySeverity(findings),
    accepted: findings.filter(({ accepted }) => accepted !== undefined).length,
    check: check?.summary ?? null,
    logic: input.logic ?? [],
    files: [...input.files, ...others].map((file) => fileReport(file, bySource.get(file.source) ?? [])),
  };
}

/** How many findings there are of each severity. */
export function countBySeverity(findings: readonly { readonly severity: Severity }[]): Record<Severity, number> {
  const counts = { note: 0, warning: 0, error: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** Whether any finding that is not accepted is as severe as `level` or more. */
export function reaches(findings: readonly { readonly severity: Severity; readonly accepted?: string }[], level: Severity): boolean {
  return findings.some(({ severity, accepted }) => accepted === undefined && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level));
}

function fileReport({ source, statements }: ReportInput["files"][number], findings: readonly Finding[]): FileReport {
  const position = lineIndex(source);
  return {
    name: source.name,
    account: accountOf(statements),
    statements: statements.map(({ span, kind, outcome }) => ({ ...position(span.start), kind, outcome })),
    findings: [...findings].sort((a, b) => a.span.start - b.span.start).map((finding) => findingReport(finding, position)),
  };
}

function findingReport(finding: Finding, position: (offset: number) => Position): FindingReport {
  const { line, column } = position(finding.span.start);
  const end = position(finding.span.end);
  const { rule, message, severity, text, help, url, object, accepted } = finding;
  return {
    line,
    column,
    endLine: end.line,
    endColumn: end.column,
    rule,
    message,
    severity,
    text,
    ...(help === undefined ? {} : { help }),
    ...(url === undefined ? {} : { url }),
    ...(object === undefined ? {} : { object }),
    ...(accepted === undefined ? {} : { accepted }),
    excerpt: excerpt(finding.source, finding.span),
  };
}
