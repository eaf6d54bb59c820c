import type { Span } from "../source/text.js";
import { mayBeSql, mayHoldSql } from "./candidate.js";
import type { Fragment, Host, Part, Reading, Spelling, TextPart } from "./fragment.js";
import { type Node, parseTree } from "./tree.js";

/** How a language writes texts, as far as SQL in it is concerned. */
export interface Language {
  readonly id: string;
  readonly extensions: readonly string[];
  /** Its name among those that VS Code ships. */
  readonly grammar: string;
  /**
   * A tree-sitter query. Captures: `@literal` (a whole literal), `@import` (a module's name, quotes may be around it), `@comment`,
   * and in one pattern `@name` and `@value` (a constant and what it is).
   */
  readonly query: string;
  /** The parts of a literal; undefined for one that holds no text. */
  readonly parts: (literal: Node, text: string) => Part[] | undefined;
  /** The operands of an expression that joins texts; undefined for any other. */
  readonly joined: (node: Node) => readonly Node[] | undefined;
  /** Types of nodes that stand for their only named child: brackets, casts. */
  readonly through: ReadonlySet<string>;
  /** The name of what takes an expression: of a function, macro, annotation, tag, or of what it is assigned to. */
  readonly taker: (root: Node) => string | undefined;
  /** Places of a format string, where the taker fills one in. */
  readonly format?: (taker: string | undefined, root: Node) => RegExp | undefined;
}

/** A host whose texts are found in its syntax tree. */
export function hostOf(language: Language): Host {
  return { id: language.id, extensions: language.extensions, read: (text) => readStrings(text, language) };
}

const NOTHING: Reading = { fragments: [], imports: [], comments: [], broken: false };

async function readStrings(text: string, language: Language): Promise<Reading> {
  if (!mayHoldSql(text)) return NOTHING;
  const { tree, captures } = await parseTree(text, language.grammar, language.query);
  try {
    return collect(text, language, captures, tree.rootNode.hasError);
  } finally {
    tree.delete();
  }
}

function collect(text: string, language: Language, captures: readonly { name: string; node: Node }[], broken: boolean): Reading {
  const constants = constantsOf(captures);
  const fragments: Fragment[] = [];
  const imports: Reading["imports"][number][] = [];
  const comments: Span[] = [];
  let done = 0;
  for (const { name, node } of captures) {
    if (name === "comment") comments.push(spanOf(node));
    else if (name === "import") imports.push({ name: node.text.replace(/^["'`<]|["'`>]$/g, ""), span: spanOf(node) });
    else if (name === "literal" && node.startIndex >= done && mayBeSql(contentOf(text, node))) {
      const root = rootOf(node, language);
      const taker = language.taker(root);
      const parts = withFormat(flatten(root, text, language, constants, 0), language.format?.(taker, root));
      if (!parts.some((part) => part.kind === "text")) continue;
      fragments.push({ parts, span: spanOf(root), taker });
      done = root.endIndex;
    }
  }
  return { fragments, imports, comments, broken };
}

/** What stands behind the opening quotes, roughly: enough for a first look. */
function contentOf(text: string, { startIndex, endIndex }: Node): string {
  return text
    .slice(startIndex, Math.min(endIndex, startIndex + 2000))
    .replace(/^[A-Za-z@$]{0,3}#*(?:"""|'''|["'`]|<<[-~]?["']?\w+["']?)/, "")
    .replaceAll("\\n", "\n");
}

/** Values of names that are given one once in the file. */
function constantsOf(captures: readonly { name: string; node: Node }[]): ReadonlyMap<string, Node> {
  const values = new Map<string, Node>();
  const twice = new Set<string>();
  let name: string | undefined;
  for (const capture of captures) {
    if (capture.name === "name") name = capture.node.text;
    else if (capture.name === "value" && name !== undefined) {
      if (values.has(name)) twice.add(name);
      values.set(name, capture.node);
      name = undefined;
    }
  }
  for (const each of twice) values.delete(each);
  return values;
}

/** The outermost expression of texts that a literal is a part of. */
function rootOf(literal: Node, { joined, through }: Language): Node {
  let root = literal;
  for (let { parent } = root; parent; { parent } = parent) {
    if (joined(parent)) root = parent;
    else if (!through.has(parent.type)) break;
    else if (joined(parent.parent ?? parent)) root = parent;
  }
  return root;
}

/** Constants of constants of constants: nobody goes deeper, and two that name each other would never end. */
const DEEPEST = 8;

function flatten(node: Node, text: string, language: Language, constants: ReadonlyMap<string, Node>, depth: number): Part[] {
  const operands = language.joined(node);
  if (operands) return operands.flatMap((operand) => flatten(operand, text, language, constants, depth));
  const inner = language.through.has(node.type) ? node.namedChildren.find((child) => child !== null) : undefined;
  if (inner) return flatten(inner, text, language, constants, depth);
  const own = language.parts(node, text);
  if (own)
    return own.flatMap((part) => (part.kind === "hole" && !part.bound ? filled(part, node, text, language, constants, depth) : part));
  return filled({ kind: "hole", span: spanOf(node), bound: false }, node, text, language, constants, depth);
}

/** What a hole is filled with, where that is a constant of the file. */
function filled(hole: Part, within: Node, text: string, language: Language, constants: ReadonlyMap<string, Node>, depth: number): Part[] {
  const name = /[\w$]+(?=\}?$)/.exec(text.slice(hole.span.start, hole.span.end));
  const bare = name !== null && /^[${#@(]*[\w$]+[)}]*$/.test(text.slice(hole.span.start, hole.span.end).replaceAll(/\s/g, ""));
  const value = bare ? constants.get(name[0]) : undefined;
  if (!value || depth >= DEEPEST || (value.startIndex <= within.startIndex && within.endIndex <= value.endIndex)) return [hole];
  const parts = flatten(value, text, language, constants, depth + 1);
  return parts.some((part) => part.kind === "text") ? parts : [hole];
}

/** Text parts with the places of a format string taken out as holes. */
function withFormat(parts: readonly Part[], places: RegExp | undefined): readonly Part[] {
  if (!places) return parts;
  return parts.flatMap((part) => (part.kind === "text" && part.text.length === part.span.end - part.span.start ? cut(part, places) : part));
}

function cut(part: TextPart, places: RegExp): Part[] {
  const made: Part[] = [];
  let last = 0;
  const push = (end: number) => {
    if (end > last) made.push(textPart(part.text.slice(last, end), part.span.start + last, part.span.start + end, part.spelling));
  };
  for (const { 0: found, index } of part.text.matchAll(places)) {
    push(index);
    const span = { start: part.span.start + index, end: part.span.start + index + found.length };
    // A doubled sign stands for itself.
    if (found === "%%" || found === "{{" || found === "}}") made.push({ kind: "text", text: found[0]!, span, spelling: part.spelling });
    else made.push({ kind: "hole", span, bound: false });
    last = index + found.length;
  }
  push(part.text.length);
  return made;
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
  }: { readonly escapes?: ReadonlySet<string>; readonly holes?: ReadonlySet<string>; readonly bound?: boolean },
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
      push(child.startIndex);
      if (isEscape) parts.push(textPart(unescaped(child.text), child.startIndex, child.endIndex, spelling));
      else parts.push({ kind: "hole", span: spanOf(child), bound });
      last = child.endIndex;
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

/** The last name of a dotted, called or parametrised expression: `query` of `db.conn().query<T>`. */
export function lastName(text: string): string | undefined {
  return /([\w$]+!?)\s*(?:<[^()]*>)?\s*$/.exec(text.slice(-200))?.[1];
}
