import type { Span } from "../../source/text.js";

/** A text without what nobody writes, in which traces are looked for. */
export interface Thin {
  readonly text: string;
  /** The lines that are not in it. */
  readonly long: readonly Span[];
  /** Where a part of it stands in the whole text. */
  readonly whole: (span: Span) => Span;
}

/** Lines as long are data, or made by a program. Characters. */
const LONGEST_LINE = 5000;
/** Patterns that look back over blanks take the square of their number: of a run, as many are kept at either end. */
const KEPT = 100;
const CUT = new RegExp(String.raw`(?<line>[^\n]{${LONGEST_LINE + 1},})|\s{${2 * KEPT + 1},}`, "g");

/** Takes out lines that are too long to be anybody's, and all but the ends of long runs of blanks. */
export function thin(text: string): Thin {
  if (text.length <= LONGEST_LINE) return { text, long: [], whole: (span) => span };
  const long: Span[] = [];
  /** Where something was taken out, and how much has been up to there. */
  const cuts: { readonly at: number; readonly by: number }[] = [];
  let made = "";
  let last = 0;
  for (const { 0: found, index, groups } of text.matchAll(CUT)) {
    const kept = groups!.line === undefined ? KEPT : 0;
    const [start, end] = [index + kept, index + found.length - kept];
    if (kept === 0) long.push({ start, end });
    made += text.slice(last, start);
    last = end;
    cuts.push({ at: made.length, by: end - made.length });
  }
  if (cuts.length === 0) return { text, long, whole: (span) => span };
  const at = (offset: number) => offset + (cuts.findLast((cut) => cut.at <= offset)?.by ?? 0);
  return { text: made + text.slice(last), long, whole: ({ start, end }) => ({ start: at(start), end: at(end - 1) + 1 }) };
}
