import {
  commentEnd,
  DOLLAR,
  DOUBLE_QUOTE,
  dollarEnd,
  escapedEnd,
  KINDS,
  numberEnd,
  QUOTE,
  quotedEnd,
  SPACE,
  WORD,
  wordEnd,
} from "../../src/source/lex.js";
import { split } from "../../src/source/split.js";

/** The SQL with a numbered block comment in every space between two tokens of a statement, and how many these are. */
export function withComments(text: string): { text: string; count: number } {
  let out = "";
  let from = 0;
  let count = 0;
  for (const chunk of split({ name: "text", text })) {
    if (chunk.kind !== "sql") continue;
    for (const at of gaps(text, chunk.span.start, chunk.span.end)) {
      count++;
      out += `${text.slice(from, at)}/*${count}*/ `;
      from = at;
    }
  }
  return { text: out + text.slice(from), count };
}

/** Where a run of white space between two tokens ends. Not between two strings: a block comment there is no longer a continued string. */
function gaps(text: string, start: number, end: number): number[] {
  const found: number[] = [];
  let i = start;
  let string = false;
  while (i < end) {
    const next = tokenEnd(text, i);
    const isSpace = KINDS[text.charCodeAt(i)] === SPACE;
    const isString = text.charCodeAt(next - 1) === QUOTE;
    if (isSpace && next < end && !(string && text.charCodeAt(next) === QUOTE)) found.push(next);
    if (!isSpace) string = isString;
    i = next;
  }
  return found;
}

function tokenEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const kind = code < 128 ? KINDS[code] : WORD;
  if (kind === SPACE) {
    let i = at;
    while (KINDS[text.charCodeAt(i)] === SPACE) i++;
    return i;
  }
  if (/e/i.test(text[at]!) && text.charCodeAt(at + 1) === QUOTE) return escapedEnd(text, at + 1);
  if (kind === WORD) return wordEnd(text, at);
  if (code === QUOTE) return quotedEnd(text, at, QUOTE, "'");
  if (code === DOUBLE_QUOTE) return quotedEnd(text, at, DOUBLE_QUOTE, '"');
  if (code === DOLLAR) return dollarEnd(text, at);
  if (/\d/.test(text[at]!)) return numberEnd(text, at);
  return Math.max(commentEnd(text, at, code), at + 1);
}
