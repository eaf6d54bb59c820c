/**
 * Where the lexical elements of PostgreSQL's SQL end (manual, "4.1 Lexical Structure"; scan.l decides where the manual is silent).
 * All offsets are UTF-16 units; every function reads what it answers about, and no more.
 */

/** What a character can begin outside quotes. */
export const OTHER = 0;
export const SPACE = 1;
export const DIGIT = 2;
export const WORD = 3;
export const SPECIAL = 4;

export const KINDS = new Uint8Array(128);
for (const char of " \t\n\r\f\v") KINDS[char.charCodeAt(0)] = SPACE;
for (const char of "0123456789") KINDS[char.charCodeAt(0)] = DIGIT;
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") KINDS[char.charCodeAt(0)] = WORD;
for (const char of "'\"$-/();\\") KINDS[char.charCodeAt(0)] = SPECIAL;

export const LF = 10;
export const CR = 13;
export const DOUBLE_QUOTE = 34;
export const DOLLAR = 36;
export const QUOTE = 39;
export const OPEN = 40;
export const CLOSE = 41;
export const STAR = 42;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const SEMICOLON = 59;
export const BACKSLASH = 92;

/** The offset after the comment at `at`; `at` when there is none, -1 when it has no end. */
export function commentEnd(text: string, at: number, code: number): number {
  if (code === MINUS && text.charCodeAt(at + 1) === MINUS) return lineEnd(text, at + 2);
  if (code !== SLASH || text.charCodeAt(at + 1) !== STAR) return at;
  let depth = 1;
  for (let i = at + 2; i < text.length; i++) {
    const inner = text.charCodeAt(i);
    if (inner === STAR && text.charCodeAt(i + 1) === SLASH) {
      i++;
      if (--depth === 0) return i + 1;
    } else if (inner === SLASH && text.charCodeAt(i + 1) === STAR) {
      i++;
      depth++;
    }
  }
  return -1;
}

/** White space that does not end a line. */
export function isBlank(code: number): boolean {
  return KINDS[code] === SPACE && code !== LF && code !== CR;
}

export function lineEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && text.charCodeAt(i) !== LF && text.charCodeAt(i) !== CR) i++;
  return i;
}

export function trimEnd(text: string, start: number, end: number): number {
  let i = end;
  while (i > start && KINDS[text.charCodeAt(i - 1)] === SPACE) i--;
  return i;
}

/** Compares letters without regard to case; `word` is in upper case. */
export function isWord(text: string, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if ((text.charCodeAt(start + i) & ~32) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** The offset after an identifier or key word: letters, digits, underscores, dollar signs and everything beyond ASCII. */
export function wordEnd(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128 && KINDS[code] !== WORD && KINDS[code] !== DIGIT && code !== DOLLAR) break;
  }
  return i;
}

/** The offset after digits and the letters that stick to them; without this, `1e'` would look like a string with escapes. */
export function numberEnd(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && KINDS[text.charCodeAt(i)] === DIGIT) i++;
  const code = text.charCodeAt(i);
  return code >= 128 || KINDS[code] === WORD ? wordEnd(text, i) : i;
}

/** The offset after the quoted text at `open`, where a doubled quote stands for one; -1 when it has no end. */
export function quotedEnd(text: string, open: number, quote: number, char: string): number {
  let i = open + 1;
  for (;;) {
    i = find(text, i, quote, char);
    if (i < 0) return -1;
    if (text.charCodeAt(i + 1) !== quote) return i + 1;
    i += 2;
  }
}

/** Most literals are short: a few steps here cost less than the call of `indexOf`. */
const NEAR = 24;

function find(text: string, from: number, code: number, char: string): number {
  const near = Math.min(from + NEAR, text.length);
  for (let i = from; i < near; i++) {
    if (text.charCodeAt(i) === code) return i;
  }
  return text.indexOf(char, near);
}

/** As `quotedEnd` for an E'' string: a backslash also takes the character after it. */
export function escapedEnd(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) {
      if (text.charCodeAt(i + 1) !== QUOTE) return i + 1;
      i++;
    }
  }
  return -1;
}

/** The offset after a dollar-quoted string, a parameter such as `$1` or a lone dollar sign; -1 when a string has no end. */
export function dollarEnd(text: string, open: number): number {
  let i = open + 1;
  while (KINDS[text.charCodeAt(i)] === DIGIT) i++;
  if (i > open + 1) return i;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128 && KINDS[code] !== WORD && KINDS[code] !== DIGIT) break;
  }
  if (text.charCodeAt(i) !== DOLLAR) return open + 1;
  const tag = text.slice(open, i + 1);
  const close = text.indexOf(tag, i + 1);
  return close < 0 ? -1 : close + tag.length;
}
