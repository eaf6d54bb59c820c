import type { Source, Span } from "../source/text.js";

/** One source line in three parts, the middle one being what a finding points at. */
export interface Excerpt {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** Lines of a dump can be megabytes long, so only a window around the place is looked at and shown. */
const BEFORE = 60;
const MARKED = 80;
const AFTER = 40;

/** The line a span starts on, cut to a readable width; a span over several lines is marked to the end of its first. */
export function excerpt({ text }: Source, { start, end }: Span): Excerpt {
  const lead = text.slice(Math.max(0, start - BEFORE), start);
  // A lone CR ends a line too, as it does where lines are counted.
  const lineBreak = Math.max(lead.lastIndexOf("\n"), lead.lastIndexOf("\r"));
  const before = lead.slice(lineBreak + 1);
  const cutLeft = lineBreak === -1 && start > BEFORE;

  const rest = firstLine(text.slice(start, start + MARKED + AFTER));
  const width = Math.max(0, end - start);
  const marked = rest.slice(0, Math.min(width, MARKED));
  const after = width > MARKED ? "" : rest.slice(width, width + AFTER);
  const shownEnd = start + marked.length + after.length;
  const cutRight = shownEnd < text.length && !/[\r\n]/.test(text.charAt(shownEnd));

  return {
    before: (cutLeft ? "…" : "") + wholeCharacters(before),
    marked: width > MARKED && cutRight ? `${wholeCharacters(marked)}…` : wholeCharacters(marked),
    after: width <= MARKED && cutRight ? `${wholeCharacters(after)}…` : wholeCharacters(after),
  };
}

function firstLine(text: string): string {
  const lineBreak = text.search(/[\r\n]/);
  return lineBreak === -1 ? text : text.slice(0, lineBreak);
}

/** A cut may fall inside a surrogate pair; half a character is shown by nobody. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}
