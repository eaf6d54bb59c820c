import type { Coverage, LintedFile } from "../../linted.js";

/** What was looked at in some files together. */
export function coverageOf(files: readonly LintedFile[]): Coverage {
  const sum = (of: (file: LintedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    files: files.length,
    checked: sum(({ strings }) => strings.length),
    unread: sum(({ unread }) => unread.length),
    foreign: sum(({ foreign }) => foreign),
    skipped: [],
  };
}
