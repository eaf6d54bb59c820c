import type { Finding, Severity } from "../../src/finding.js";
import type { Outcome, Result, StatementResult } from "../../src/result.js";
import type { Source } from "../../src/source/text.js";

/** A finding that marks the `nth` occurrence of `marked` in the source. */
export function finding(
  source: Source,
  marked: string,
  {
    rule = "indexes/gin",
    message = "left-out",
    severity = "error",
    text = `cannot convert ${marked}`,
    help,
    url,
    nth = 0,
  }: Partial<Pick<Finding, "rule" | "message" | "severity" | "text" | "help" | "url"> & { nth: number }> = {},
): Finding {
  let start = source.text.indexOf(marked);
  for (let i = 0; i < nth; i++) start = source.text.indexOf(marked, start + 1);
  if (start === -1) throw new Error(`the sample has no ${marked}`);
  const span = { start, end: start + marked.length };
  return { rule, message, severity, text, source, span, ...(help === undefined ? {} : { help }), ...(url === undefined ? {} : { url }) };
}

const OUTCOME: Readonly<Record<Severity, Outcome>> = { note: "rewritten", warning: "warned", error: "unconverted" };

/** A result as converting would give it: statements are what stands between semicolons. */
export function resultOf(sources: readonly Source[], findings: readonly Finding[]): Result {
  const files = sources.map((source) => ({ source, output: source.text, statements: statementsOf(source, findings) }));
  const outcomes = files.flatMap((file) => file.statements.map((statement) => statement.outcome));
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  return {
    files,
    findings,
    account: {
      statements: outcomes.length,
      asIs: count("as-is"),
      rewritten: count("rewritten"),
      warned: count("warned"),
      unconverted: count("unconverted"),
    },
    session: [],
    expected: { tables: [], sequences: [], views: [] },
    absent: [],
    columns: [],
    logic: [],
  };
}

function statementsOf(source: Source, findings: readonly Finding[]): StatementResult[] {
  const statements: StatementResult[] = [];
  for (const match of source.text.matchAll(/[^\s;][^;]*/g)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const own = findings.filter((each) => each.source === source && each.span.start >= span.start && each.span.start <= span.end);
    const worst = (["error", "warning", "note"] as const).find((severity) => own.some((each) => each.severity === severity));
    statements.push({
      source,
      span,
      kind: match[0].split(/\s+/, 2).join(" ").toUpperCase(),
      outcome: worst === undefined ? "as-is" : OUTCOME[worst],
      sql: worst === "error" ? [] : [match[0]],
      findings: own,
    });
  }
  return statements;
}
