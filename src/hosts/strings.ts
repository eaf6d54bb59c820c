import type { Span } from "../source/text.js";
import { HOLE, mayBegin, mayBeSql, mayHoldSql } from "./candidate.js";
import type { Fragment, HolePart, Host, Part, Reading, Spelling, TextPart } from "./fragment.js";
import { type Node, type Parsed, parseTree, pathTo } from "./tree.js";

/** How a language writes texts, as far as SQL in it is concerned. */
export interface Language {
  readonly id: string;
  readonly extensions: readonly string[];
  readonly names?: readonly string[];
  /** Its name among those that VS Code ships. */
  readonly grammar: string;
  /**
   * A tree-sitter query. Captures: `@literal` (a whole literal), `@import` (a module's name, quotes may be around it), `@comment`;
   * in one pattern `@name` (or `@key`, for what is reached through a dot) and `@value` (or `@clause`, which is no value even in a bound
   * hole): a constant and what it is; `@changed`, a name that is given another value somewhere; `@formatted`, one whose value is a format.
   */
  readonly query: string;
  /** The parts of a literal; undefined for one that holds no text. */
  readonly parts: (literal: Node, text: string) => Part[] | undefined;
  /** The operands of an expression that joins texts, with what it puts between them; undefined for any other. */
  readonly joined: (node: Node) => readonly (Node | TextPart)[] | undefined;
  /** Whether an expression is known to be no SQL: documentation, another language. */
  readonly isNone?: (root: Node, text: string) => boolean;
  /** Types of nodes that stand for their only named child: brackets, casts. */
  readonly through: ReadonlySet<string>;
  /** The name of what takes an expression: of a function, macro, annotation, tag, or of what it is assigned to. */
  readonly taker: (root: Node, text: string) => string | undefined;
  /** Whether an expression is a format string, and with what it is filled; `formatted` has the names of such with the places of their use. */
  readonly format?: (root: Node, taker: string | undefined, formatted: ReadonlyMap<string, Node>) => Format | undefined;
}

/** How the places of a format string are written. */
export interface Format {
  /** Every place, and every doubled sign, which stands for itself. */
  readonly places: RegExp;
  /** What fills a place; asked for each in turn. */
  readonly filling?: (place: string) => Span | undefined;
}

/** A host whose texts are found in its syntax tree. */
export function hostOf(language: Language): Host {
  const { id, extensions, names } = language;
  return { id, extensions, ...(names && { names }), read: (text) => readStrings(text, language) };
}

export const NOTHING: Reading = { fragments: [], imports: [], comments: [], broken: false };

async function readStrings(text: string, language: Language): Promise<Reading> {
  if (!mayHoldSql(text)) return NOTHING;
  const parsed = await parseTree(text, language.grammar, language.query);
  if (!parsed) return { ...NOTHING, broken: true };
  const { tree, captures } = parsed;
  try {
    return collect(text, language, captures, tree.rootNode.hasError);
  } finally {
    tree.delete();
  }
}

interface File {
  readonly text: string;
  readonly language: Language;
  readonly constants: Constants;
  /** Literals that are parts of fragments already found, by the ids of their nodes. */
  readonly used: Set<number>;
}

function collect(text: string, language: Language, captures: Captures, broken: boolean): Reading {
  const file: File = { text, language, constants: constantsOf(captures), used: new Set() };
  const formatted = new Map(captures.filter(({ name }) => name === "formatted").map(({ node }) => [node.text, node]));
  const fragments: Fragment[] = [];
  const imports: Reading["imports"][number][] = [];
  const comments: Span[] = [];
  for (const { name, node } of captures) {
    if (name === "comment") comments.push(spanOf(node));
    else if (name === "import") imports.push({ name: node.text.replace(/^["'`<]|["'`>]$/g, ""), span: spanOf(node) });
    else if (name === "literal" && mayBegin(contentOf(text, node)) && !file.used.has(node.id)) {
      const root = rootOf(node, language);
      if (language.isNone?.(root, text)) continue;
      const taker = language.taker(root, text);
      const parts = withFormat(flatten(root, file), language.format?.(root, taker, formatted), root, file);
      if (isSql(parts)) fragments.push({ parts, span: spanOf(root), taker });
    }
  }
  return { fragments, imports, comments, broken };
}

/** Whether parts may be SQL when they are put together. */
export function isSql(parts: readonly Part[]): boolean {
  return parts.some(({ kind }) => kind === "text") && mayBeSql(parts.map((part) => (part.kind === "text" ? part.text : HOLE)).join(""));
}

/** What stands behind the opening quotes: enough for a first look at a literal. */
function contentOf(text: string, { startIndex, endIndex }: Node): string {
  return text.slice(startIndex, Math.min(endIndex, startIndex + 4000)).replace(OPENING, "");
}

const OPENING = /^[A-Za-z@$]{0,3}#*(?:"""+|'''|["'`]|<<<?[-~]?["']?\w+["']?|%[qQ]?\W)/;

type Captures = Parsed["captures"];

/** Each name with what it is given, and where that holds. */
type Constants = ReadonlyMap<string, readonly Constant[]>;

interface Constant {
  readonly value: Node;
  /** Where it holds, looked up when it is asked for; undefined: in the whole file. */
  readonly scope: () => Node | undefined;
  /** A piece of SQL, not a value. */
  readonly clause: boolean;
}

/** A name that is given so many values in one file says nothing. */
const OFTEN = 200;

/** Values of names that keep them; those reached through a dot have one before their name. */
function constantsOf(captures: Captures): Constants {
  const constants = new Map<string, Constant[]>();
  const names = new Map<number, { name: string; node: Node }>();
  for (const { name, node, patternIndex } of captures) {
    if (name === "name") names.set(patternIndex, { name: node.text, node });
    else if (name === "key") names.set(patternIndex, { name: `.${node.text.replaceAll(/^["']|["']$/g, "")}`, node });
    const named = name === "value" || name === "clause" ? names.get(patternIndex) : undefined;
    if (named) {
      const { node: at } = named;
      const scope = named.name.startsWith(".") ? () => undefined : once(() => scopeOf(at));
      const known = constants.get(named.name) ?? [];
      constants.set(named.name, known);
      if (known.length < OFTEN) known.push({ value: node, scope, clause: name === "clause" });
      names.delete(patternIndex);
    }
  }
  for (const [name, known] of constants) if (known.length >= OFTEN) constants.delete(name);
  for (const { name, node } of captures) {
    const known = name === "changed" ? constants.get(node.text) : undefined;
    if (known)
      constants.set(
        node.text,
        known.filter(({ scope }) => !holds(scope(), node)),
      );
  }
  return constants;
}

const SCOPE = /(?:^|_)(?:block|body|function|method|closure|lambda|compound_statement|list)$|^(?:function|method)_/;

/** The smallest thing around a name within which it is known; undefined for the whole file. */
function scopeOf(name: Node): Node | undefined {
  for (let { parent } = name; parent; { parent } = parent) if (SCOPE.test(parent.type) && !LISTS.test(parent.type)) return parent;
  return undefined;
}

/** Lists of names and values, which are no scopes. */
const LISTS = /expression_list|argument_list|spec_list|pattern_list|parameter_list/;

function holds(scope: Node | undefined, place: Node): boolean {
  return scope === undefined || (scope.startIndex <= place.startIndex && place.endIndex <= scope.endIndex);
}

/** Scopes in which a name is known before it is given its value. */
const ORDERLESS = /class|declaration_list/;

/** What a name means at a place: the value of the nearest scope, where there is one only. */
function valueAt(name: string, place: Node, constants: Constants): Constant | undefined {
  const around = (constants.get(name) ?? [])
    .map((constant) => ({ constant, scope: constant.scope() }))
    .filter(
      ({ scope, constant: { value } }) =>
        holds(scope, place) && (!scope || ORDERLESS.test(scope.type) || value.startIndex < place.startIndex),
    );
  const size = ({ scope }: (typeof around)[number]) => (scope ? scope.endIndex - scope.startIndex : Number.POSITIVE_INFINITY);
  const [nearest, next] = around.sort((a, b) => size(a) - size(b));
  return nearest && (next === undefined || size(next) > size(nearest)) ? nearest.constant : undefined;
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** From an element of a list to the call that joins the list. */
const NEAR = 5;

/** The outermost expression of texts that a literal is a part of. */
function rootOf(literal: Node, language: Language): Node {
  const path = pathTo(literal);
  let at = path.length - 1;
  for (;;) {
    const up = joining(path, at, language);
    if (up === undefined) return path[at]!;
    at = up;
  }
}

/** Where the expression stands in a path that one of it is an operand of: right above it, or a little higher. */
function joining(path: readonly Node[], at: number, language: Language): number | undefined {
  const { id } = path[at]!;
  for (let up = at - 1; up >= 0 && up >= at - NEAR; up--)
    if (operandsOf(path[up]!, language)?.some((operand) => "id" in operand && operand.id === id)) return up;
  return undefined;
}

function operandsOf(node: Node, { through, joined }: Language): readonly (Node | TextPart)[] | undefined {
  if (!through.has(node.type)) return joined(node);
  const inner = node.namedChildren.find((child) => child !== null && !child.isExtra);
  return inner ? [inner] : undefined;
}

/** Constants of constants of constants: nobody goes deeper, and two that name each other would never end. */
const DEEPEST = 8;
/** Of parts in one fragment, when no more constants are followed: each may double a text. */
const MANY = 2000;

/** The parts of an expression, put behind those there are already. */
function flatten(root: Node, file: File, depth = 0, parts: Part[] = []): Part[] {
  const rest: (Node | Part)[] = [root];
  for (let each = rest.pop(); each; each = rest.pop()) {
    if (!("id" in each)) {
      parts.push(each);
      continue;
    }
    const operands = operandsOf(each, file.language);
    if (operands) {
      for (const operand of operands.toReversed()) rest.push(operand);
      continue;
    }
    const own = file.language.parts(each, file.text);
    if (own && depth === 0) file.used.add(each.id);
    for (const part of own ?? [{ kind: "hole", span: spanOf(each), bound: false } as const])
      if (part.kind === "text") parts.push(part);
      else fill(part, each, file, depth, parts);
  }
  return parts;
}

/** Puts what a hole is filled with behind the parts, where that is a constant of the file; otherwise the hole. */
function fill(hole: HolePart, within: Node, file: File, depth: number, parts: Part[]): void {
  const before = parts.length;
  const value = before < MANY && depth < DEEPEST ? constantIn(hole, within, file) : undefined;
  if (value) flatten(value, file, depth + 1, parts);
  for (let i = before; i < parts.length; i++) if (parts[i]!.kind === "text") return;
  parts.length = before;
  parts.push(hole);
}

function constantIn({ span, bound }: HolePart, within: Node, file: File): Node | undefined {
  const [, path, name] = NAMED.exec(file.text.slice(span.start, Math.min(span.end, span.start + 200))) ?? [];
  if (name === undefined) return undefined;
  const { value, clause } = valueAt(path ? `.${name}` : name, within, file.constants) ?? {};
  if (!value || (bound && !clause) || (value.startIndex <= within.startIndex && within.endIndex <= value.endIndex)) return undefined;
  return value;
}

/** A name, or one behind dots, in what encloses a hole. */
const NAMED = /^[${#@(\s]*((?:[\w$]+(?:\.|::|->)\$?)*)([\w$]+)[\s)}]*$/;

/** Text parts with the places of a format string taken out as holes, or as the constants that fill them. */
function withFormat(parts: readonly Part[], format: Format | undefined, root: Node, file: File): readonly Part[] {
  if (!format) return parts;
  const made: Part[] = [];
  for (const part of parts)
    if (part.kind === "hole") made.push(part);
    else if (!isPlain(part)) made.push({ ...part, spelling: formatted(part.spelling) });
    else
      for (const each of cut(part, format.places)) {
        if (each.kind === "text") made.push(each);
        else {
          const value = constantIn(
            { ...each, span: format.filling?.(file.text.slice(each.span.start, each.span.end)) ?? each.span },
            root,
            file,
          );
          const known = value ? flatten(value, file, 1) : [];
          if (known.some(({ kind }) => kind === "text")) made.push(...known);
          else made.push(each);
        }
      }
  return made;
}

function formatted(spelling: Spelling): Spelling {
  return spelling.endsWith(" formatted") ? spelling : (`${spelling} formatted` as Spelling);
}

function cut(part: TextPart, places: RegExp): Part[] {
  const made: Part[] = [];
  const spelling = formatted(part.spelling);
  let last = 0;
  const push = (end: number) => {
    if (end > last) made.push(textPart(part.text.slice(last, end), part.span.start + last, part.span.start + end, spelling));
  };
  for (const { 0: found, index } of part.text.matchAll(places)) {
    push(index);
    const span = { start: part.span.start + index, end: part.span.start + index + found.length };
    // A doubled sign stands for itself.
    if (found === "%%" || found === "{{" || found === "}}") made.push({ kind: "text", text: found[0]!, span, spelling });
    else made.push({ kind: "hole", span, bound: false });
    last = index + found.length;
  }
  push(part.text.length);
  return made;
}

function isPlain({ text, span }: TextPart): boolean {
  return text.length === span.end - span.start;
}

export function spanOf({ startIndex, endIndex }: Node): Span {
  return { start: startIndex, end: endIndex };
}

export function textPart(text: string, start: number, end: number, spelling: Spelling): TextPart {
  return { kind: "text", text, span: { start, end }, spelling };
}

/**
 * The parts of a literal from its children: escapes and holes by the types of their nodes, all between them as it stands.
 * @param quotes how many characters stand before and behind the content
 */
export function partsBetween(
  literal: Node,
  text: string,
  quotes: { readonly before: number; readonly after: number },
  spelling: Spelling,
  {
    escapes,
    holes,
    bound = false,
    skipAfterNewline = false,
    widen = (span) => span,
  }: {
    readonly escapes?: ReadonlySet<string>;
    readonly holes?: Pick<ReadonlySet<string>, "has">;
    readonly bound?: boolean;
    /** An escaped end of a line takes the white space after it along. */
    readonly skipAfterNewline?: boolean;
    /** What belongs to a hole beside its node: brackets. */
    readonly widen?: (hole: Span) => Span;
  },
): Part[] {
  const parts: Part[] = [];
  let last = literal.startIndex + quotes.before;
  const end = literal.endIndex - quotes.after;
  const push = (until: number) => {
    if (until > last) parts.push(textPart(text.slice(last, until), last, until, spelling));
  };
  const visit = (node: Node): void => {
    for (const child of node.namedChildren) {
      if (!child) continue;
      const isEscape = escapes?.has(child.type);
      if (!isEscape && !holes?.has(child.type)) {
        if (child.namedChildCount > 0) visit(child);
        continue;
      }
      if (child.startIndex < last || child.endIndex > end) continue;
      const span = isEscape ? spanOf(child) : widen(spanOf(child));
      push(span.start);
      if (isEscape) parts.push(textPart(unescaped(child.text), span.start, span.end, spelling));
      else parts.push({ kind: "hole", span, bound });
      last = span.end;
      if (isEscape && skipAfterNewline && text[last - 1] === "\n") last += /^\s*/.exec(text.slice(last, end))![0].length;
    }
  };
  visit(literal);
  push(end);
  return parts;
}

const LETTERS: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\u0007",
  e: "\u001b",
  s: " ",
  0: "\0",
};

/** What a backslash and what follows it stand for, as C, and those after it, have it. */
export function unescaped(written: string): string {
  const body = written.slice(1);
  const code = /^(?:u\{?|x|U)([0-9a-fA-F]+)\}?$/.exec(body)?.[1];
  if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
  if (/^\r?\n/.test(body)) return "";
  if (/^[0-7]{2,3}$/.test(body)) return String.fromCharCode(Number.parseInt(body, 8));
  return LETTERS[body] ?? body;
}

/**
 * The parts of a piece of a file by what a pattern finds in it, all between as it stands.
 * @param made the text that each stands for; undefined for a hole
 */
export function partsOf(
  text: string,
  { start, end }: Span,
  spelling: Spelling,
  pattern: RegExp,
  made: (found: string) => string | undefined,
): Part[] {
  const parts: Part[] = [];
  let last = start;
  for (const { 0: found, index } of text.slice(start, end).matchAll(pattern)) {
    const at = start + index;
    if (at > last) parts.push(textPart(text.slice(last, at), last, at, spelling));
    const stands = made(found);
    last = at + found.length;
    parts.push(
      stands === undefined ? { kind: "hole", span: { start: at, end: last }, bound: false } : textPart(stands, at, last, spelling),
    );
  }
  if (end > last) parts.push(textPart(text.slice(last, end), last, end, spelling));
  return parts;
}

/** The same within text parts that stand in the file as they are. */
export function refined(parts: readonly Part[], text: string, pattern: RegExp, made: (found: string) => string | undefined): Part[] {
  return parts.flatMap((part) => (part.kind === "text" && isPlain(part) ? partsOf(text, part.span, part.spelling, pattern, made) : [part]));
}

/** How far all lines are indented that are not empty. */
export function indentOf(lines: readonly string[]): number {
  return lines.reduce((least, line) => (line.trim() ? Math.min(least, /^[ \t]*/.exec(line)![0].length) : least), Number.POSITIVE_INFINITY);
}

/** Elements with what stands between them when they are joined by a text: a list's, a macro's. */
export function between(elements: readonly Node[], separator: string, spelling: Spelling): (Node | TextPart)[] {
  return elements.flatMap((element, i) => {
    const before = elements[i - 1];
    return before && separator ? [textPart(separator, before.endIndex, element.startIndex, spelling), element] : [element];
  });
}

/** The named children of a node that are no comments. */
export function childrenOf(node: Node | null | undefined): Node[] {
  return node?.namedChildren.filter((child): child is Node => child !== null && !child.isExtra) ?? [];
}

/** Text parts without so many characters at the beginning of each of their lines. */
export function dedented(parts: readonly Part[], width: number): Part[] {
  if (width === 0 || !Number.isFinite(width)) return [...parts];
  return parts.flatMap((part, index) => {
    if (part.kind === "hole" || !isPlain(part)) return [part];
    const lines: Part[] = [];
    for (const { 0: line, index: at } of part.text.matchAll(/[^\n]*(?:\n|$)/g)) {
      // A part that follows another goes on in its line.
      const skip = at === 0 && index > 0 ? 0 : Math.min(width, /^[ \t]*/.exec(line)![0].length);
      if (line.length > skip)
        lines.push(textPart(line.slice(skip), part.span.start + at + skip, part.span.start + at + line.length, part.spelling));
    }
    return lines;
  });
}

/** The last name of a dotted, called or parametrised expression: `query` of `db.conn().query<T>`. */
export function lastName(text: string): string | undefined {
  return /([\w$]+!?)\s*(?:(?:::)?<[^()]*>)?\s*$/.exec(text.slice(-200))?.[1];
}
