import { SEVERITIES, type Severity } from "../finding.js";
import { count } from "./verdict.js";

/** What a severity promises its reader. */
export const MEANING: Readonly<Record<Severity, string>> = {
  error: "this part is not in the output",
  warning: "it may behave differently",
  note: "it means the same",
};

/** The order reports list severities in. */
export const SEVERITIES_WORST_FIRST: readonly Severity[] = [...SEVERITIES].reverse();

/** `2 errors, 1 note`; severities without findings are left out. */
export function severityCounts(severities: Readonly<Record<Severity, number>>): string {
  return SEVERITIES_WORST_FIRST.filter((severity) => severities[severity] > 0)
    .map((severity) => count(severities[severity], severity))
    .join(", ");
}
