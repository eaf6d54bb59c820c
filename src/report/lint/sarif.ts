import type { Log, PhysicalLocation, Region, ReportingDescriptor, Result, Suppression } from "sarif";
import type { Severity } from "../../finding.js";
import type { Edit, LintedFile, LintFinding } from "../../linted.js";
import { lineIndex, type Source, type Span } from "../../source/text.js";
import type { LintOutput, RuleText } from "./formats.js";
import { coverageLine, jsonOf, placed, wellFormed } from "./model.js";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** Findings that are let pass too, as SARIF has words for them; what could not be analysed stands under the notifications of the run. */
export function renderSarif({ linted, about, version }: LintOutput): string {
  const all = linted.files.flatMap(({ findings }) => findings);
  const rules = [...new Set(all.map(({ rule }) => rule))].sort();
  const indexes = new Map(rules.map((id, index) => [id, index]));
  // A state has either every result of a run, or none.
  const compared = all.some(({ known }) => known);
  const log: Log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "pg2tidb",
            ...(version !== undefined && { version }),
            rules: rules.map((id) => descriptor(id, about(id))),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "where pg2tidb was started" } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              { level: "note", message: { text: coverageLine(linted.coverage) } },
              ...linted.coverage.skipped.map(({ path, reason }) => ({
                level: "warning" as const,
                message: { text: `not looked at: ${reason}` },
                locations: [{ physicalLocation: artifact(path) }],
              })),
              ...linted.files.flatMap(({ source, unread }) =>
                unread.map(({ span, reason }) => ({
                  level: "note" as const,
                  message: { text: `not analysable: ${reason}` },
                  locations: [{ physicalLocation: at(source, span) }],
                })),
              ),
            ],
          },
        ],
        results: linted.files.flatMap((file) => resultsOf(file, indexes, compared)),
      },
    ],
  };
  return jsonOf(log);
}

function descriptor(id: string, text: RuleText | undefined): ReportingDescriptor {
  if (!text) return { id };
  return {
    id,
    shortDescription: { text: text.construct },
    fullDescription: { text: text.why },
    ...(text.url !== undefined && { helpUri: text.url }),
    defaultConfiguration: { level: text.severity satisfies Severity },
  };
}

function resultsOf(file: LintedFile, indexes: ReadonlyMap<string, number>, compared: boolean): Result[] {
  const shown = new Set<string>();
  return placed(file).map(({ finding, line, column, endLine, endColumn }) => {
    const { rule, severity, text, help, edits, suppressed, known, fingerprint } = finding;
    // Several findings of a statement share its edits: made once, they mend all of them.
    const places = edits?.map(({ start, end }) => `${start}-${end}`).join() ?? "";
    const fixes = edits !== undefined && !shown.has(places) && canBeShown(finding);
    if (fixes) shown.add(places);
    return {
      ruleId: rule,
      ruleIndex: indexes.get(rule)!,
      level: severity,
      message: { text: help === undefined ? text : `${text}. ${help}` },
      locations: [
        {
          physicalLocation: {
            ...artifact(file.source.name),
            region: { startLine: line, startColumn: column, endLine, endColumn },
          },
        },
      ],
      partialFingerprints: { "pg2tidb/v1": fingerprint },
      ...(fixes && { fixes: [{ description: { text: "write it as TiDB has it" }, artifactChanges: [changed(file.source, edits)] }] }),
      ...((suppressed !== undefined || known) && { suppressions: suppressions(suppressed) }),
      ...(compared && { baselineState: known ? ("unchanged" as const) : ("new" as const) }),
    };
  });
}

/** What --fix writes for a trace may hold a password, which the form beside it does not; then it is no matter for a report. */
function canBeShown({ message, suggestion, edits = [] }: LintFinding): boolean {
  return message !== "trace" || edits.every(({ text }) => text === suggestion);
}

function suppressions(reason: string | undefined): Suppression[] {
  return reason === undefined ? [{ kind: "external" }] : [{ kind: "inSource", justification: reason }];
}

function changed(source: Source, edits: readonly Edit[]) {
  return {
    ...artifact(source.name),
    replacements: edits.map((edit) => ({ deletedRegion: at(source, edit).region, insertedContent: { text: edit.text } })),
  };
}

function artifact(path: string): Required<Pick<PhysicalLocation, "artifactLocation">> {
  const uri = wellFormed(path).split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, uriBaseId: "%SRCROOT%" } };
}

function at(source: Source, { start, end }: Span): PhysicalLocation & { readonly region: Region } {
  const position = lineIndex(source);
  const [first, last] = [position(start), position(end)];
  return {
    ...artifact(source.name),
    region: { startLine: first.line, startColumn: first.column, endLine: last.line, endColumn: last.column },
  };
}
