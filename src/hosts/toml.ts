import type { Span } from "../source/text.js";
import { mayHoldSql } from "./candidate.js";
import type { Fragment, Host, Part, Reading } from "./fragment.js";
import { stringParts } from "./json.js";
import { isSql, NOTHING, partsOf, textPart, unescaped } from "./strings.js";

/** TOML by its strings and comments. */
export const toml: Host = {
  id: "toml",
  extensions: [".toml"],
  read: async (text) => (mayHoldSql(text) ? readingOf(text) : NOTHING),
};

const TOKEN = /#[^\n]*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'|[\w-]+(?=\s*=)/g;

function readingOf(text: string): Reading {
  const fragments: Fragment[] = [];
  const comments: Span[] = [];
  let broken = false;
  let key: string | undefined;
  for (const { 0: written, index } of text.matchAll(TOKEN)) {
    const span = { start: index, end: index + written.length };
    if (written.startsWith("#")) comments.push(span);
    else if (/^[\w-]/.test(written)) key = written;
    else {
      const quotes = /^(?:"""|'''|"|')/.exec(written)![0];
      if (written.length < 2 * quotes.length || !written.endsWith(quotes)) broken = true;
      const parts = partsWithin(text, quotes, span.start + quotes.length, Math.max(span.start + quotes.length, span.end - quotes.length));
      if (isSql(parts)) fragments.push({ parts, span, taker: key });
    }
  }
  return { fragments, imports: [], comments, broken };
}

function partsWithin(text: string, quotes: string, start: number, end: number): Part[] {
  if (quotes === '"') return stringParts(text, start, end);
  if (quotes === "'") return [textPart(text.slice(start, end), start, end, "raw")];
  // A line's end right behind the quotes is none of the text.
  const from = start + /^(?:\r?\n)?/.exec(text.slice(start, start + 2))![0].length;
  if (quotes === "'''") return [textPart(text.slice(from, end), from, end, "verbatim")];
  return partsOf(text, { start: from, end }, "triple", /\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n\s*|[\s\S])/g, (found) =>
    found[1] === "\n" || found[1] === "\r" ? "" : unescaped(found),
  );
}
