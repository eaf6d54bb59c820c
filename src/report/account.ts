import type { Account, Outcome } from "../result.js";

/** The parts of an account in the order they are always shown, with the words of the account line. */
export const ACCOUNT_PARTS: readonly {
  readonly key: Exclude<keyof Account, "statements">;
  readonly outcome: Outcome;
  readonly words: string;
}[] = [
  { key: "asIs", outcome: "as-is", words: "as is" },
  { key: "rewritten", outcome: "rewritten", words: "rewritten" },
  { key: "warned", outcome: "warned", words: "with a warning" },
  { key: "unconverted", outcome: "unconverted", words: "not converted" },
];

/** The line every run ends with; scripts read it, so its wording is fixed and its parts sum to the whole. */
export function accountLine(account: Account, accepted = 0): string {
  const parts = ACCOUNT_PARTS.map(({ key, words }) => `${account[key]} ${words}`);
  const known = accepted === 0 ? "" : `; ${accepted} ${accepted === 1 ? "finding" : "findings"} accepted`;
  return `${account.statements} statements = ${parts.join(" + ")}${known}`;
}

/** Counts what became of some statements. */
export function accountOf(statements: readonly { readonly outcome: Outcome }[]): Account {
  const counts: Record<Outcome, number> = { "as-is": 0, rewritten: 0, warned: 0, unconverted: 0 };
  for (const { outcome } of statements) counts[outcome]++;
  const { "as-is": asIs, ...others } = counts;
  return { statements: statements.length, asIs, ...others };
}
