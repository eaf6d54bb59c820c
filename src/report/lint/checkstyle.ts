import type { Severity } from "../../finding.js";
import type { LintOutput } from "./formats.js";
import { told } from "./model.js";
import { xmlDocument } from "./xml.js";

const SEVERITY: Readonly<Record<Severity, string>> = { note: "info", warning: "warning", error: "error" };

/** Checkstyle's XML, which Jenkins, reviewdog and many others read; a rule is the `source` there. */
export function renderCheckstyle({ linted, quiet }: LintOutput): string {
  const files = linted.files.flatMap((file) => {
    const errors = told(file, quiet).map(({ line, column, finding: { severity, text, help, rule } }) => ({
      name: "error",
      attributes: { line, column, severity: SEVERITY[severity], message: help === undefined ? text : `${text} (${help})`, source: rule },
    }));
    return errors.length > 0 ? [{ name: "file", attributes: { name: file.source.name }, children: errors }] : [];
  });
  return xmlDocument({ name: "checkstyle", attributes: { version: "4.3" }, children: files });
}
