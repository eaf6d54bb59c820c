import type { Linted, LintedFile } from "../../linted.js";
import { coverageOf } from "./coverage.js";
import { isOurPath, isOurText } from "./foreign.js";

/**
 * A whole tree in which SQL is mostly another engine's, and nothing says that any of it is PostgreSQL's (no driver, no setting, no construct,
 * no path), is that engine's: what of its SQL both engines take is left alone as well.
 */
export function withoutOthers(linted: Linted): Linted {
  const { files } = linted;
  const strings = files.flatMap((file) => file.strings);
  const foreign = files.reduce((sum, file) => sum + file.foreign, 0);
  if (strings.length === 0 || foreign <= strings.length) return linted;
  if (files.some(isOurs)) return linted;
  const left = files.map(
    (file): LintedFile => ({
      ...file,
      findings: file.findings.filter(({ message }) => message === "trace"),
      strings: [],
      foreign: file.foreign + file.strings.length,
    }),
  );
  return { ...linted, files: left, coverage: { ...coverageOf(left), skipped: linted.coverage.skipped }, schema: [] };
}

function isOurs({ source, findings, strings }: LintedFile): boolean {
  return (
    findings.some(({ message, severity }) => message === "trace" && severity === "error") ||
    (strings.length > 0 && isOurPath(source.name)) ||
    strings.some(({ sql }) => isOurText(sql))
  );
}
