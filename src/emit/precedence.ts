import { LEVEL, type Level, type Tidb } from "../engine/tidb.js";

/** Words and signs before a hole, and after it, that end an expression on that side, whatever it is. */
const OPENING = /(?:[(,]|\b(?:WHEN|THEN|ELSE|CASE|DISTINCT|BY|SELECT))\s*$/i;
const CLOSES = /^\s*(?:[),]|(?:WHEN|THEN|ELSE|END|AS|USING|SEPARATOR|ORDER|FROM)\b)/i;

/** Text of a statement or clause is no operand, and its holes are not operands of one. */
const CLAUSE =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|ALTER|CREATE|DROP|TRUNCATE|SET|ADD|MODIFY|DEFAULT|RENAME|ON|VALUES|WHERE|FROM|LIMIT|ORDER|GROUP|HAVING)\b/;

/**
 * How tightly what fills a hole must bind to stand there without parentheses, `before` being the text up to it.
 * A hole between `(` or `,` and `,` or `)` takes anything. The first hole of an operator takes its own level: operators group from the
 * left; but comparisons do not, which PostgreSQL does not chain.
 */
export function levelNeeded(template: Tidb, hole: number, before: string): number {
  const { texts, level } = template;
  const after = textAfter(template, hole);
  if (opens(before) && CLOSES.test(after)) return LEVEL.lowest;
  if (level === undefined) {
    // A list of its own, or one hole and nothing else.
    const listed = (before === "" || opens(before)) && (after === "" || CLOSES.test(after));
    return listed || CLAUSE.test(texts[0]!) ? LEVEL.lowest : LEVEL.primary;
  }
  return before === "" && level !== LEVEL.comparison && level !== LEVEL.between ? level : level + 1;
}

/** Looks at the end of a text alone, which may be most of a statement; the longest of the words is DISTINCT. */
function opens(before: string): boolean {
  return before !== "" && OPENING.test(before.trimEnd().slice(-9));
}

/** What follows a hole, finished text in the next hole included. */
function textAfter({ texts, holes }: Tidb, hole: number): string {
  const text = texts[hole + 1]!;
  const next = holes[hole + 1];
  return text === "" && typeof next === "object" && "raw" in next ? next.raw + texts[hole + 2]! : text;
}

/** The template is nothing but the hole. */
function isWhole(texts: readonly string[]): boolean {
  return texts.length === 2 && texts[0] === "" && texts[1] === "";
}

/** How tightly the text of a template binds that says nothing of it: a call or a literal is closed, all else is taken to bind least. */
export function levelOf({ level, texts }: Tidb, text: string, inner: Level): Level {
  if (level !== undefined) return level;
  if (isWhole(texts)) return inner;
  if (isPlainCall(texts)) return LEVEL.primary;
  return isClosed(text) || CLAUSE.test(text) ? LEVEL.primary : LEVEL.lowest;
}

/** A name, and in its parentheses nothing but holes and commas. */
function isPlainCall(texts: readonly string[]): boolean {
  const last = texts.length - 1;
  if (last < 1 || texts[last] !== ")" || !NAME_OF_CALL.test(texts[0]!)) return false;
  for (let i = 1; i < last; i++) if (texts[i] !== ", ") return false;
  return true;
}

const NAME_OF_CALL = /^\w+\($/;
const CALL = /^[\w.`@]*\(/;
const WORD = /^(?:[\w.@]+|`[^`]*`|(?:\w*\s?)'(?:[^'\\]|''|\\.)*')$/;

/** One word, one literal, `CASE … END`, or one pair of parentheses with at most a name before it. */
function isClosed(text: string): boolean {
  if (WORD.test(text)) return true;
  if (/^CASE\b/.test(text) && text.endsWith("END")) return endOfCase(text) === text.length;
  const open = CALL.exec(text);
  return open !== null && text.endsWith(")") && closing(text, open[0].length - 1) === text.length - 1;
}

/** Where the parenthesis at `at` closes. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text[i]!;
    if (c === "'" || c === "`") i = quoteEnd(text, i);
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return i;
  }
  return text.length;
}

function quoteEnd(text: string, at: number): number {
  const quote = text[at]!;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\" && quote === "'") i++;
    else if (text[i] === quote && text[i + 1] === quote) i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

/** Behind the END of the CASE that the text starts with. */
function endOfCase(text: string): number {
  let depth = 0;
  const word = /'|`|\b(?:CASE|END)\b/g;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    const [found] = match;
    if (found === "'" || found === "`") word.lastIndex = quoteEnd(text, match.index) + 1;
    else if (found === "CASE") depth++;
    else if (--depth === 0) return match.index + found.length;
  }
  return text.length + 1;
}
