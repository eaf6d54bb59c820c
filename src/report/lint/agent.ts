import type { LintOutput } from "./formats.js";
import { coverageLine, oneLine, told } from "./model.js";

/** One line for each finding and nothing to be cut away, for programs that read text; the last line says what was looked at. */
export function renderAgent({ linted, quiet }: LintOutput): string {
  const findings = linted.files.flatMap((file) =>
    told(file, quiet).map(({ line, column, finding: { severity, rule, text, suggestion, help } }) => {
      const parts = [text, ...(suggestion ? [`TiDB: ${suggestion.trim()}`] : []), ...(help === undefined ? [] : [help])];
      return `${oneLine(file.source.name)}:${line}:${column} ${severity} ${rule}: ${parts.map(oneLine).join(" | ")}`;
    }),
  );
  const skipped = linted.coverage.skipped.map(({ path, reason }) => `${oneLine(path)}: not looked at: ${oneLine(reason)}`);
  return `${[...findings, ...skipped, coverageLine(linted.coverage)].join("\n")}\n`;
}
