/**
 * Cuts a file into statements, psql lines and COPY blocks, so that each is parsed alone and a bad one costs only itself.
 * The lexical rules are those of the PostgreSQL manual, "4.1 Lexical Structure", and of the lexers behind it (scan.l, psqlscan.l).
 */
import {
  BACKSLASH,
  CLOSE,
  CR,
  commentEnd,
  DIGIT,
  DOLLAR,
  DOT,
  DOUBLE_QUOTE,
  dollarEnd,
  escapedEnd,
  isBlank,
  isWord,
  KINDS,
  LF,
  lineEnd,
  MINUS,
  numberEnd,
  OPEN,
  OTHER,
  QUOTE,
  quotedEnd,
  SEMICOLON,
  SLASH,
  SPACE,
  trimEnd,
  WORD,
  wordEnd,
} from "./lex.js";
import type { Source, Span } from "./text.js";

export interface Comment {
  /** With its delimiters, without the line break after a line comment. */
  readonly span: Span;
  readonly style: "line" | "block";
  /** Nothing but white space between the line's start and the comment. */
  readonly ownLine: boolean;
}

/** Something opened at `at` (an offset) and never closed. */
export interface Problem {
  readonly id: "unterminated-string" | "unterminated-identifier" | "unterminated-dollar" | "unterminated-comment" | "unterminated-copy";
  readonly at: number;
}

interface Base {
  readonly source: Source;
  /** White space, comments and stray semicolons before the statement, from the end of the chunk before. */
  readonly leading: Span;
  /** The comments within `leading`. */
  readonly before: readonly Comment[];
  /** The statement without its semicolon: from its first token to its last, or to a comment between that and the semicolon. */
  readonly span: Span;
  /** The offset after the terminator: the semicolon, or the `\.` of a COPY block. Line breaks after it belong to the next chunk. */
  readonly end: number;
}

/** One SQL statement. With a problem, the span reaches as far as the statement was taken to go. */
export interface SqlChunk extends Base {
  readonly kind: "sql";
  /** The comments within `span`. */
  readonly inside: readonly Comment[];
  readonly problem?: Problem;
}

/** A psql command: the rest of a line from a backslash at the start of a statement. Or another client's DELIMITER line, or its delimiter. */
export interface MetaChunk extends Base {
  readonly kind: "meta";
  /** Its name without the backslash: `connect`, `restrict`, `.`. */
  readonly command: string;
}

/** `COPY … FROM stdin;` (or psql's `\copy … from stdin`, whose span starts with the backslash) and its data. */
export interface CopyChunk extends Base {
  readonly kind: "copy";
  /** The data lines with their line breaks, without the `\.` line. */
  readonly data: Span;
  /** The number of data lines. */
  readonly rows: number;
  /** The comments within `span` and between it and the data. */
  readonly inside: readonly Comment[];
  readonly problem?: Problem;
}

/** What follows the last statement; always the last chunk, its span is empty. */
export interface EndChunk extends Base {
  readonly kind: "end";
}

export type Chunk = SqlChunk | MetaChunk | CopyChunk | EndChunk;

/** Words that begin a definition. At the start of a line after a semicolon they begin a statement even where a body of queries is open. */
const DEFINING = new Set(["CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "COPY"]);

/** Words that begin a statement. `END` is left out: it closes bodies more often than transactions. */
const STARTING = new Set([
  ...DEFINING,
  ...["INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "WITH", "TRUNCATE", "CALL", "DO", "SET", "RESET"],
  ...["BEGIN", "START", "COMMIT", "ROLLBACK", "ANALYZE", "VACUUM", "REFRESH", "REINDEX", "CLUSTER", "LOCK"],
]);

const LONGEST_STARTING_WORD = 8;

const NO_COMMENTS: readonly Comment[] = [];

/** Commands with which psql ends and sends the statement they stand behind. */
const SENDING = /\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch)(?![a-z])/y;

const COPY_COMMAND = /^\\copy\s.*\sfrom\s+stdin\b/i;

/**
 * A scan to the end of the file that ends inside a quote is repeated from the next likely statement. This bounds what such
 * scans may read in all, in lengths of the text; beyond it every likely statement is taken for one, which needs no scan ahead.
 */
const REPEATS = 8;

/**
 * Cuts a text into chunks that tile it: leading, span and terminator of all chunks in order are the text. Never throws.
 *
 * A statement that is never closed must not swallow the rest of the file. Two rules, both guesses, bring the others back:
 * a semicolon within parentheses or a BEGIN ATOMIC body ends the statement when the next token stands at the start of a line and
 * begins a statement; a quote or comment still open at the end of the file ends its statement at the first line that ends with a
 * semicolon and is followed (blank lines and line comments aside) by such a line. Inside bodies only definitions count as a beginning.
 */
export function split(source: Source): Chunk[] {
  const { text } = source;
  const chunks: Chunk[] = [];
  const resumptions = resumptionsOf(text);
  let allowance = REPEATS * text.length;
  let from = 0;
  /** What ends statements beside the semicolon, where a DELIMITER line said so. */
  let delimiter: string | undefined;
  for (;;) {
    const before: Comment[] = [];
    let view: string;
    let start = from;
    do {
      view = delimiter !== undefined ? upToLine(text, start, delimiter) : allowance > 0 ? text : upToSemicolon(text, resumptions(start));
      start = skipTrivia(view, start, before);
    } while (start === view.length && start < text.length && !(delimiter !== undefined && text.startsWith(delimiter, start)));
    const head = { source, leading: { start: from, end: start }, before: before.length > 0 ? before : NO_COMMENTS };
    if (start === text.length) {
      chunks.push({ ...head, kind: "end", span: { start, end: start }, end: start });
      return chunks;
    }
    let chunk: Chunk;
    const delimiterEnd = delimiterLine(text, start, delimiter);
    if (delimiterEnd !== undefined) {
      const word = DELIMITER.exec(text.slice(start, delimiterEnd))?.[1];
      if (word !== undefined) delimiter = word === ";" ? undefined : word;
      chunk = { ...head, kind: "meta", span: { start, end: delimiterEnd }, end: delimiterEnd, command: "delimiter" };
    } else if (text.charCodeAt(start) === BACKSLASH) {
      chunk = psqlLine(head, start);
    } else {
      let scanned = scan(view, start);
      if (scanned.problem !== undefined && view === text) {
        allowance -= text.length - start;
        const semicolon = resumption(text, start, scanned.problem.id === "unterminated-dollar" ? DEFINING : STARTING);
        if (semicolon >= 0) {
          view = upToSemicolon(text, semicolon);
          scanned = scan(view, start);
        }
      }
      // A view ends with the statement's semicolon, even where a quote or parenthesis took it in.
      if (view !== text && scanned.last === view.length) scanned.last = trimEnd(text, start, view.length - 1);
      chunk = scanned.copies ? copyBlock(head, start, scanned) : statement(head, start, scanned);
    }
    chunks.push(chunk);
    from = chunk.end;
  }
}

/** The text cut after a semicolon, so that nothing is looked for behind it (the engine shares the characters); all of it for -1. */
function upToSemicolon(text: string, semicolon: number): string {
  return semicolon < 0 ? text : text.slice(0, semicolon + 1);
}

/** The line with which clients other than psql set what ends a statement. */
const DELIMITER = /^delimiter[ \t]+(\S+)[ \t]*$/i;

/** The end of a DELIMITER line, or of the delimiter it set, that begins at `start`; undefined where neither does. */
function delimiterLine(text: string, start: number, delimiter: string | undefined): number | undefined {
  if (delimiter !== undefined && text.startsWith(delimiter, start)) return start + delimiter.length;
  const code = text.charCodeAt(start) | 32;
  if (code !== LOWER_D || !isWord(text, start, wordEnd(text, start), "DELIMITER")) return undefined;
  const end = trimEnd(text, start, lineEnd(text, start));
  return DELIMITER.test(text.slice(start, end)) ? end : undefined;
}

const LOWER_D = 100;

/** The text cut before the next line that begins with the delimiter. */
function upToLine(text: string, from: number, delimiter: string): string {
  const at = text.indexOf(`\n${delimiter}`, from);
  return at < 0 ? text : text.slice(0, at + 1);
}

type Head = Pick<Base, "source" | "leading" | "before">;

function statement(head: Head, start: number, scanned: Scan): SqlChunk {
  const { source, leading, before } = head;
  const { inside, problem, end } = scanned;
  const span = { start, end: scanned.last };
  // Spelt out twice: spreading costs more than scanning a short INSERT.
  return problem === undefined
    ? { kind: "sql", source, leading, before, span, end, inside }
    : { kind: "sql", source, leading, before, span, end, inside, problem };
}

function psqlLine(head: Head, start: number): MetaChunk | CopyChunk {
  const { text } = head.source;
  const end = trimEnd(text, start, lineEnd(text, start));
  const line = text.slice(start, end);
  if (COPY_COMMAND.test(line)) {
    return { ...head, kind: "copy", span: { start, end }, inside: NO_COMMENTS, ...copyData(text, lineEnd(text, start), start) };
  }
  return { ...head, kind: "meta", span: { start, end }, end, command: /^\\(\w+|.?)/.exec(line)?.[1] ?? "" };
}

function copyBlock(head: Head, start: number, scanned: Scan): CopyChunk {
  const { text } = head.source;
  const eol = lineEnd(text, scanned.end);
  const inside = [...scanned.inside];
  let last = scanned.last;
  const rest = skipTrivia(text, scanned.end, inside, eol);
  // psql would run this after the data. Nobody writes it, so it only must not vanish: the parser sees it.
  if (rest < eol) last = trimEnd(text, rest, eol);
  return { ...head, kind: "copy", span: { start, end: last }, inside, ...copyData(text, eol, start) };
}

/** The data lines after the line that ends at `eol`, up to a line that is exactly `\.`. */
function copyData(text: string, eol: number, statementStart: number): Pick<CopyChunk, "data" | "rows" | "end" | "problem"> {
  const start = Math.min(eol + (text.startsWith("\r\n", eol) ? 2 : 1), text.length);
  let end = text.indexOf("\n\\.", start - 1) + 1;
  while (end > 0 && !isLineEnd(text, end + 2)) end = text.indexOf("\n\\.", end) + 1;
  if (end > 0) return { data: { start, end }, rows: countLines(text, start, end), end: end + 2 };
  const data = { start, end: text.length };
  return { data, rows: countLines(text, start, text.length), end: text.length, problem: { id: "unterminated-copy", at: statementStart } };
}

function isLineEnd(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) === LF || text.charCodeAt(at) === CR;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  let at = start;
  while (at < end) {
    lines++;
    const feed = text.indexOf("\n", at);
    if (feed < 0) break;
    at = feed + 1;
  }
  return lines;
}

/** The offset of the first token from `from` on; comments on the way are added. A comment without an end counts as a token. */
function skipTrivia(text: string, from: number, comments: Comment[], limit = text.length): number {
  let i = from;
  while (i < limit) {
    const code = text.charCodeAt(i);
    if (code === SEMICOLON || KINDS[code] === SPACE) {
      i++;
      continue;
    }
    const end = commentEnd(text, i, code);
    if (end <= i) return i;
    comments.push(comment(text, i, end));
    i = end;
  }
  return Math.min(i, limit);
}

function comment(text: string, start: number, end: number): Comment {
  let i = start - 1;
  while (i >= 0 && isBlank(text.charCodeAt(i))) i--;
  const ownLine = i < 0 || text.charCodeAt(i) === LF || text.charCodeAt(i) === CR;
  return { span: { start, end }, style: text.charCodeAt(start) === MINUS ? "line" : "block", ownLine };
}

interface Scan {
  /** The offset after the last token, or after a comment between it and the terminator. */
  last: number;
  readonly end: number;
  readonly inside: readonly Comment[];
  /** `COPY … FROM stdin` with its semicolon: data follows. */
  readonly copies: boolean;
  readonly problem?: Problem;
}

/** What the words so far make of the statement. Only COPY and CREATE are looked at beyond their first word. */
type Shape = "new" | "plain" | "copy" | "copy-stdin" | "create" | "rule" | "routine" | "body";

/** The state of a statement's words. */
interface Words {
  shape: Shape;
  /** Open BEGIN ATOMIC and CASE within a body. */
  nesting: number;
  /** The end of the last word that gives the next one its meaning: COPY's FROM, a routine's BEGIN, a body's AS. */
  marker: number;
}

/** What was opened by a character and has no end; strings may also begin with a letter. */
const UNTERMINATED: Readonly<Record<number, Problem["id"]>> = {
  [DOUBLE_QUOTE]: "unterminated-identifier",
  [DOLLAR]: "unterminated-dollar",
  [SLASH]: "unterminated-comment",
};

/** Scans one statement from its first token to its terminator or the end of the text. */
function scan(text: string, from: number): Scan {
  const length = text.length;
  const words: Words = { shape: "new", nesting: 0, marker: -1 };
  let inside: Comment[] | undefined;
  let i = from;
  let last = from;
  let depth = 0;
  /** A semicolon that did not end the statement, when nothing but trivia has followed it. */
  let passed = -1;
  /** The end of the last string with backslash escapes. */
  let escapeEnd = -1;

  while (i < length) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? KINDS[code]! : WORD;
    if (kind === SPACE) {
      i++;
      continue;
    }
    const start = i;
    if (kind === OTHER) {
      last = ++i;
    } else if (kind === DIGIT) {
      last = i = numberEnd(text, i);
    } else if (kind === WORD) {
      if ((code === 69 || code === 101) && text.charCodeAt(i + 1) === QUOTE) {
        i = escapedEnd(text, i + 1);
        last = escapeEnd = i;
      } else {
        i = wordEnd(text, i);
        if (passed >= 0 && beginsStatement(text, start, i, words)) {
          return { last: trimEnd(text, from, passed), end: passed + 1, inside: upTo(inside, passed), copies: false };
        }
        if (words.shape !== "plain") readWord(words, text, start, i, last, depth);
        last = i;
      }
    } else if (code === QUOTE) {
      const escaped = escapeEnd === last && continuesString(text, last, start, inside);
      i = escaped ? escapedEnd(text, i) : quotedEnd(text, i, QUOTE, "'");
      last = i;
      if (escaped) escapeEnd = i;
    } else if (code === OPEN) {
      depth++;
      last = ++i;
    } else if (code === CLOSE) {
      if (depth > 0) depth--;
      last = ++i;
    } else if (code === SEMICOLON) {
      if (depth === 0 && words.nesting === 0) {
        const lastComment = inside?.[inside.length - 1];
        if (lastComment !== undefined && lastComment.span.end > last) last = lastComment.span.end;
        return { last, end: i + 1, inside: inside ?? NO_COMMENTS, copies: words.shape === "copy-stdin" };
      }
      last = ++i;
      passed = start;
      continue;
    } else if (code === MINUS || code === SLASH) {
      i = commentEnd(text, i, code);
      if (i > start) {
        inside ??= [];
        inside.push(comment(text, start, i));
        continue;
      }
      if (i === start) last = ++i;
    } else if (code === DOUBLE_QUOTE) {
      i = quotedEnd(text, i, DOUBLE_QUOTE, '"');
      last = i;
    } else if (code === DOLLAR) {
      i = dollarEnd(text, i);
      last = i;
    } else {
      SENDING.lastIndex = i;
      if (SENDING.test(text)) {
        const end = trimEnd(text, i, lineEnd(text, i));
        return { last: end, end, inside: inside ?? NO_COMMENTS, copies: false };
      }
      last = ++i;
    }
    passed = -1;
    if (i < 0) {
      const problem: Problem = { id: UNTERMINATED[code] ?? "unterminated-string", at: start };
      return { last: trimEnd(text, from, length), end: length, inside: inside ?? NO_COMMENTS, copies: false, problem };
    }
  }

  // No semicolon: comments after the last token belong to the end of the file. Without one there are no COPY data either.
  return { last, end: last, inside: upTo(inside, last), copies: false };
}

/** `resumption` for ascending offsets, which reads the text once in all. */
function resumptionsOf(text: string): (from: number) => number {
  let known = 0;
  return (from) => {
    if (known >= 0 && known <= from) known = resumption(text, from, STARTING);
    return known;
  };
}

/** The semicolon at the end of the first line that is followed by a line that begins a statement; -1 when there is none. */
function resumption(text: string, from: number, beginnings: ReadonlySet<string>): number {
  let semicolon = -1;
  let lineStart = from;
  for (;;) {
    const feed = text.indexOf("\n", lineStart);
    if (feed < 0) return -1;
    const end = trimEnd(text, lineStart, feed);
    if (end > lineStart && !text.startsWith("--", lineStart)) {
      semicolon = text.charCodeAt(end - 1) === SEMICOLON ? end - 1 : -1;
    }
    lineStart = feed + 1;
    if (semicolon >= 0 && isBeginning(text, lineStart, wordEnd(text, lineStart), beginnings)) return semicolon;
  }
}

function isBeginning(text: string, start: number, end: number, beginnings: ReadonlySet<string>): boolean {
  return end - start <= LONGEST_STARTING_WORD && beginnings.has(text.slice(start, end).toUpperCase());
}

/** Whether the word begins a statement at the start of a line, although the one before it is still open. */
function beginsStatement(text: string, start: number, end: number, words: Words): boolean {
  const previous = text.charCodeAt(start - 1);
  if (previous !== LF && previous !== CR) return false;
  return isBeginning(text, start, end, words.shape === "rule" || words.shape === "body" ? DEFINING : STARTING);
}

function upTo(comments: readonly Comment[] | undefined, offset: number): readonly Comment[] {
  return comments?.filter((each) => each.span.end <= offset) ?? NO_COMMENTS;
}

/** Moves `words` on by the word from `start` to `end`; `last` is the end of the token before it. */
function readWord(words: Words, text: string, start: number, end: number, last: number, depth: number): void {
  const { shape, marker } = words;
  if (shape === "new") {
    words.shape = isWord(text, start, end, "CREATE") ? "create" : isWord(text, start, end, "COPY") ? "copy" : "plain";
  } else if (shape === "create") {
    if (isWord(text, start, end, "FUNCTION") || isWord(text, start, end, "PROCEDURE")) words.shape = "routine";
    else if (isWord(text, start, end, "RULE")) words.shape = "rule";
    else if (!isWord(text, start, end, "OR") && !isWord(text, start, end, "REPLACE")) words.shape = "plain";
  } else if (shape === "copy") {
    // The grammar takes STDOUT here too and means standard input (gram.y, copy_file_name).
    if (marker === last && (isWord(text, start, end, "STDIN") || isWord(text, start, end, "STDOUT"))) words.shape = "copy-stdin";
    else if (depth === 0 && isWord(text, start, end, "FROM")) words.marker = end;
  } else if (shape === "routine") {
    if (marker === last && isWord(text, start, end, "ATOMIC")) {
      words.shape = "body";
      words.nesting = 1;
    } else if (depth === 0 && isWord(text, start, end, "BEGIN")) words.marker = end;
  } else if (shape === "body") {
    // `x.end` and `AS end` are names.
    if (marker === last || text.charCodeAt(start - 1) === DOT) return;
    if (isWord(text, start, end, "AS")) words.marker = end;
    else if (isWord(text, start, end, "CASE")) words.nesting++;
    else if (isWord(text, start, end, "END") && --words.nesting === 0) words.shape = "plain";
  }
}

/**
 * Whether the quote at `start` goes on with the string that ended at `end`, and so in its style: only white space with a
 * line break, and line comments, may stand between them (manual, 4.1.2.1).
 */
function continuesString(text: string, end: number, start: number, comments: readonly Comment[] | undefined): boolean {
  for (let i = (comments?.length ?? 0) - 1; i >= 0; i--) {
    const { span, style } = comments![i]!;
    if (span.start < end) break;
    if (style === "block") return false;
  }
  return /[\n\r]/.test(text.slice(end, start));
}
