import type { Severity } from "../../finding.js";
import type { LintOutput } from "./formats.js";
import { jsonOf, told } from "./model.js";

const SEVERITY: Readonly<Record<Severity, string>> = { note: "info", warning: "minor", error: "major" };

/** GitLab's Code Quality report: an array of the fields that its documentation lists. */
export function renderGitlab({ linted, quiet }: LintOutput): string {
  const all = linted.files.flatMap((file) =>
    told(file, quiet).map(({ line, endLine, finding: { rule, severity, text, help, fingerprint } }) => ({
      description: help === undefined ? text : `${text} (${help})`,
      check_name: rule,
      fingerprint,
      severity: SEVERITY[severity],
      location: { path: file.source.name, lines: { begin: line, end: endLine } },
    })),
  );
  return jsonOf(all);
}
