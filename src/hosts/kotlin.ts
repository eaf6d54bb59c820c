import type { Span } from "../source/text.js";
import { mayHoldSql } from "./candidate.js";
import type { Fragment, Host, Part, Reading } from "./fragment.js";
import { dedented, indentOf, isSql, NOTHING, partsOf, unescaped } from "./strings.js";

/** Kotlin by its tokens: there is no grammar of it among those that are shipped. */
export const kotlin: Host = {
  id: "kotlin",
  extensions: [".kt", ".kts"],
  read: async (text) => (mayHoldSql(text) ? readingOf(text) : NOTHING),
};

/** A literal, or an expression between two that are joined. */
interface Operand {
  readonly parts: readonly Part[];
  readonly span: Span;
}

/** Literals joined by pluses. */
interface Expression extends Operand {
  readonly taker: string | undefined;
}

interface Scan {
  readonly text: string;
  readonly comments: Span[];
  readonly expressions: Expression[];
  broken: boolean;
}

function readingOf(text: string): Reading {
  const scan: Scan = { text, comments: [], expressions: [], broken: false };
  walk(scan, 0, text.length, 0);
  const constants = constantsOf(scan);
  const fragments = scan.expressions.flatMap(({ parts, span, taker }): Fragment[] => {
    const whole = filled(parts, constants, text, taker, 0);
    return isSql(whole) ? [{ parts: whole, span, taker }] : [];
  });
  const imports = [...text.matchAll(/^[ \t]*import[ \t]+([\w.*]+)/gm)].map(({ 0: line, 1: name, index }) => ({
    name: name!,
    span: { start: index + line.length - name!.length, end: index + line.length },
  }));
  return { fragments: fragments.sort((a, b) => a.span.start - b.span.start), imports, comments: scan.comments, broken: scan.broken };
}

/** What begins something else than plain code. */
const SIGN = /\/\/|\/\*|"|'(?:\\.[^'\n]*|[^'\\\n])'|[()]/g;

/** Holes within holes: deeper ones are skipped. */
const DEEPEST = 20;

function walk(scan: Scan, start: number, end: number, depth: number): void {
  const { text } = scan;
  /** What each open bracket belongs to. */
  const calls: (string | undefined)[] = [];
  const sign = new RegExp(SIGN);
  sign.lastIndex = start;
  for (let found = sign.exec(text); found && found.index < end; found = sign.exec(text)) {
    const at = found.index;
    if (found[0] === "(") calls.push(/([\w]+)\s*(?:<[^<>()]*>)?\s*$/.exec(text.slice(Math.max(0, at - 100), at))?.[1]);
    else if (found[0] === ")") calls.pop();
    else if (found[0].startsWith("/")) {
      sign.lastIndex = comment(scan, at);
    } else if (found[0] === '"') {
      const operands = joined(scan, at, end, depth);
      const last = operands.at(-1)!;
      const taker = nameBefore(text, at) ?? calls.at(-1);
      const span = { start: at, end: last.span.end };
      scan.expressions.push({ parts: operands.flatMap(({ parts }) => parts), span, taker });
      sign.lastIndex = last.span.end;
    }
  }
}

/** The end of a comment; those of several lines may stand in one another. */
function comment(scan: Scan, start: number): number {
  const { text, comments } = scan;
  let end = text.indexOf("\n", start);
  if (end < 0) end = text.length;
  if (text.startsWith("/*", start)) {
    const sign = /\/\*|\*\//g;
    sign.lastIndex = start;
    let depth = 0;
    end = text.length;
    for (let found = sign.exec(text); found; found = sign.exec(text)) {
      depth += found[0] === "/*" ? 1 : -1;
      if (depth > 0) continue;
      end = sign.lastIndex;
      break;
    }
    if (depth > 0) scan.broken = true;
  }
  comments.push({ start, end });
  return end;
}

const PLUS = /\s*\+\s*/y;
/** An operand that is a name, or a call without brackets in its brackets. */
const NAME = /[\w.]+(?:\([^()"]*\))?/y;

function joined(scan: Scan, start: number, end: number, depth: number): Operand[] {
  const { text } = scan;
  const operands: Operand[] = [literal(scan, start, end, depth)];
  for (;;) {
    const from = operands.at(-1)!.span.end;
    PLUS.lastIndex = from;
    const plus = PLUS.exec(text);
    if (!plus || from + plus[0].length >= end) return operands;
    const at = from + plus[0].length;
    if (text[at] === '"') {
      operands.push(literal(scan, at, end, depth));
      continue;
    }
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (!name) return operands;
    const span = { start: at, end: at + name.length };
    operands.push({ parts: [{ kind: "hole", span, bound: false }], span });
  }
}

const TRIMMING = /\s*\.\s*(trimIndent|trimMargin|trim)\s*\(\s*\)/y;

function literal(scan: Scan, start: number, limit: number, depth: number): Operand {
  const { text } = scan;
  const quotes = text.startsWith('"""', start) ? '"""' : '"';
  const from = start + quotes.length;
  const { parts, end, closed } = contentOf(scan, from, limit, quotes, depth);
  if (!closed) scan.broken = true;
  TRIMMING.lastIndex = closed ? end + quotes.length : limit;
  const trimming = TRIMMING.exec(text);
  const span = { start, end: (closed ? end + quotes.length : end) + (trimming?.[0].length ?? 0) };
  return { parts: trimming ? trimmed(parts, text, { start: from, end }, trimming[1]!) : parts, span };
}

function contentOf(scan: Scan, from: number, limit: number, quotes: string, depth: number) {
  const { text } = scan;
  const parts: Part[] = [];
  const isRaw = quotes === '"""';
  // Further quotes before the last three are text.
  const sign = isRaw ? /"{3,}|\$\{|\$[A-Za-z_]\w*/g : /"|\n|\\(?:u[0-9a-fA-F]{4}|[\s\S])|\$\{|\$[A-Za-z_]\w*/g;
  sign.lastIndex = from;
  let last = from;
  const push = (end: number) => {
    if (end > last) parts.push(...partsOf(text, { start: last, end }, isRaw ? "holed" : "dollar", /(?!)/g, () => undefined));
  };
  for (let found = sign.exec(text); found && found.index < limit; found = sign.exec(text)) {
    const at = found.index;
    if (found[0].startsWith('"') || found[0] === "\n") {
      const end = isRaw ? at + found[0].length - 3 : at;
      push(end);
      return { parts, end, closed: found[0] !== "\n" };
    }
    push(at);
    last = at + found[0].length;
    if (found[0].startsWith("\\")) parts.push(...partsOf(text, { start: at, end: last }, "dollar", /[\s\S]+/g, unescaped));
    else {
      if (found[0] === "${") last = holeEnd(scan, last, limit, depth);
      parts.push({ kind: "hole", span: { start: at, end: last }, bound: false });
    }
    sign.lastIndex = last;
  }
  push(limit);
  return { parts, end: limit, closed: false };
}

/** Behind the brace that closes a hole; texts within it are read as well. */
function holeEnd(scan: Scan, from: number, limit: number, depth: number): number {
  const { text } = scan;
  const sign = /[{}"]/g;
  sign.lastIndex = from;
  let open = 1;
  for (let found = sign.exec(text); found && found.index < limit; found = sign.exec(text)) {
    if (found[0] === '"') {
      if (depth >= DEEPEST) return limit;
      const [operand] = joined(scan, found.index, limit, depth + 1);
      scan.expressions.push({ ...operand!, taker: undefined });
      sign.lastIndex = Math.max(operand!.span.end, found.index + 1);
    } else if (found[0] === "{") open++;
    else if (--open === 0) return sign.lastIndex;
  }
  scan.broken = true;
  return limit;
}

/** Without what all lines are indented by, and without the empty first and last. */
function trimmed(parts: readonly Part[], text: string, { start, end }: Span, how: string): Part[] {
  const content = text.slice(start, end);
  if (how === "trim") return [...parts];
  if (how === "trimIndent") return dedented(parts, indentOf(content.split("\n").slice(content.startsWith("\n") ? 1 : 0)));
  return parts.flatMap((part) => {
    if (part.kind === "hole") return [part];
    const margins = partsOf(text, part.span, part.spelling, /(?<=\n)[ \t]*\|/g, () => "");
    return part.text.length === part.span.end - part.span.start ? margins : [part];
  });
}

/** The name that a value is given: of a constant, of an argument. */
function nameBefore(text: string, at: number): string | undefined {
  const before = text.slice(Math.max(0, at - 200), at);
  return (
    /(?:val|var)\s+(\w+)\s*(?::\s*[\w<>?.]+\s*)?(?:\+?=|by\s+lazy\s*\{)\s*$/.exec(before)?.[1] ??
    /^[^(]*?(\w+)\s*\+=\s*$/.exec(lastLine(before))?.[1]
  );
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

/** Values that are given by `val`, once in the file. */
function constantsOf({ text, expressions }: Scan): ReadonlyMap<string, readonly Part[]> {
  const constants = new Map<string, readonly Part[]>();
  const twice = new Set<string>();
  for (const { parts, span } of expressions) {
    const name = /\bval\s+(\w+)\s*(?::\s*[\w?]+\s*)?=\s*$/.exec(text.slice(Math.max(0, span.start - 200), span.start))?.[1];
    if (name === undefined) continue;
    if (constants.has(name)) twice.add(name);
    constants.set(name, parts);
  }
  for (const name of twice) constants.delete(name);
  return constants;
}

/** Constants of constants: two may name each other, and each may double a text. */
const CONSTANTS_DEEP = 8;
const MANY = 2000;

function filled(
  parts: readonly Part[],
  constants: ReadonlyMap<string, readonly Part[]>,
  text: string,
  own: string | undefined,
  depth: number,
  made: Part[] = [],
): Part[] {
  for (const part of parts) {
    const source = part.kind === "hole" ? text.slice(part.span.start, Math.min(part.span.end, part.span.start + 200)) : "";
    const name = /^(?:\$\{?)?\s*(?:[\w]+\.)*(\w+)\s*\}?$/.exec(source)?.[1];
    const value = name === undefined || name === own || depth >= CONSTANTS_DEEP || made.length > MANY ? undefined : constants.get(name);
    if (value) filled(value, constants, text, own, depth + 1, made);
    else made.push(part);
  }
  return made;
}
