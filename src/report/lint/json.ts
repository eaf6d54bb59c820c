import { lineIndex } from "../../source/text.js";
import type { LintOutput } from "./formats.js";
import { coverageLine, placed, totals } from "./model.js";

/** Counts up when a reader of the old form would misread the new one; added fields do not count. */
const VERSION = 1;

/** Everything, for machines: findings with their places, every SQL string with its TiDB form, and what could not be analysed. */
export function renderLintJson({ linted }: LintOutput): string {
  const files = linted.files
    .filter(({ findings, strings, unread }) => findings.length + strings.length + unread.length > 0)
    .map((file) => {
      const position = lineIndex(file.source);
      return {
        name: file.source.name,
        findings: placed(file).map(({ finding, ...place }) => {
          const { source: _, span: __, edits, ...rest } = finding;
          return { ...place, ...rest, fixable: edits !== undefined };
        }),
        strings: file.strings.map(({ span, ...rest }) => ({ ...position(span.start), ...rest })),
        notAnalysable: file.unread.map(({ span, reason }) => ({ ...position(span.start), reason })),
      };
    });
  const summary = { ...totals(linted), coverage: coverageLine(linted.coverage) };
  return `${JSON.stringify({ version: VERSION, summary, coverage: linted.coverage, schema: linted.schema, files }, null, 2)}\n`;
}
