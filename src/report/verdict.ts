/** What the check on an engine came to; `failed` when there was no engine to ask, `offline` when none was wanted. */
export type CheckSummary =
  | {
      readonly kind: "engine";
      readonly engine: string;
      readonly applied: number;
      readonly refused: number;
      /** Not run, because they would have reached beyond the database made for the check. */
      readonly skipped: number;
      readonly readBack: ReadBack;
    }
  | { readonly kind: "offline"; readonly accepted: number; readonly unknown: number }
  | { readonly kind: "failed"; readonly reason: string };

/** The number of differences found, or null when there was nothing to compare with. */
export type ReadBack = number | null;

/** One line that says what was checked, and no more than that. */
export function verdictLine(check: CheckSummary): string {
  if (check.kind === "failed") return `not checked: ${check.reason}`;
  if (check.kind === "offline")
    return `checked offline: ${count(check.accepted, "statement")} accepted by the parser, ${check.unknown} unknown; no TiDB was asked`;
  const skipped = check.skipped > 0 ? [`${check.skipped} skipped`] : [];
  const parts = [
    `${count(check.applied, "statement")} applied`,
    `${check.refused} refused`,
    ...skipped,
    `read back: ${readBack(check.readBack)}`,
  ];
  return `checked on ${check.engine}: ${parts.join(", ")}`;
}

function readBack(differences: ReadBack): string {
  if (differences === null) return "not compared";
  return differences === 0 ? "equal" : count(differences, "difference");
}

/** Whether the check found nothing wrong. */
export function passed(check: CheckSummary): boolean {
  return check.kind === "offline" || (check.kind === "engine" && check.refused === 0 && !check.readBack);
}

/** `1 statement`, `2 statements`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
