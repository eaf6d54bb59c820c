import type { Source, Span } from "./source/text.js";

/**
 * The contract with the reader.
 * note: the result means the same; warning: it may behave differently; error: this part is not in the output.
 */
export type Severity = "note" | "warning" | "error";

export const SEVERITIES: readonly Severity[] = ["note", "warning", "error"];

/** Something a person must know about one place of their SQL. */
export interface Finding {
  /** The rule's id, e.g. `indexes/gin`. */
  readonly rule: string;
  /** The message's id within the rule, e.g. `left-out`. */
  readonly message: string;
  readonly severity: Severity;
  /** One sentence, placeholders filled in. */
  readonly text: string;
  /** What to do about it. */
  readonly help?: string | undefined;
  /** Where to read more. */
  readonly url?: string | undefined;
  /** What it is about, as PostgreSQL names it: `orders`, `orders.total`, the name of an index, constraint, type or function. */
  readonly object?: string | undefined;
  /** The reader knows of it and gave this reason: it does not count for the exit code. */
  readonly accepted?: string | undefined;
  readonly source: Source;
  readonly span: Span;
}
