import type { Source, Span } from "../source/text.js";
import type { Node } from "./ast.js";
import { normalize } from "./normalize.js";
import { keepNames, numbered } from "./placeholders.js";
import { keepRespelt, respelt } from "./respelt.js";

export type GrammarVersion = "16" | "18";

/** One build of PostgreSQL's own grammar. */
export interface Grammar {
  readonly version: GrammarVersion;
  /** Parses text to the parser's JSON trees; `at` is a 0-based offset in code points. May throw, and must then be recovered. */
  parse(sql: string): { ok: true; statements: readonly unknown[] } | { ok: false; message: string; at: number };
  /** Parses the PL/pgSQL bodies of a CREATE FUNCTION or DO to the parser's JSON trees. Throws for any other language, and what it refuses. */
  parseBodies(sql: string): Record<string, unknown>[];
  recover(): Promise<void>;
  /** Gives a tree the form that the newest grammar gives it, in place. */
  adapt?(tree: Node, text: string, start: number): void;
}

export type Parsed =
  | { readonly ok: true; readonly node: Node; readonly grammar: GrammarVersion }
  /** `at`: UTF-16 offset into the source. */
  | { readonly ok: false; readonly message: string; readonly at: number };

const LOADERS: Readonly<Record<GrammarVersion, () => Promise<{ load(): Promise<Grammar> }>>> = {
  "18": () => import("./libpg.js"),
  "16": () => import("./emscripten.js"),
};

const loaded = new Map<GrammarVersion, Promise<Grammar>>();

/** Loads a grammar once per process; each costs some 30 ms. */
export function grammar(version: GrammarVersion): Promise<Grammar> {
  let promise = loaded.get(version);
  if (!promise) {
    promise = LOADERS[version]().then((module) => module.load());
    loaded.set(version, promise);
  }
  return promise;
}

/** Trees that were made ahead, by where their statements begin: each is handed out once, as what is made of a tree is kept by its nodes. */
const AHEAD = new WeakMap<Source, Map<number, Parsed>>();

/** Parses a statement that will be parsed again: the next `parseStatement` of the same source and place gets this tree. */
export async function parseAhead(source: Source, span: Span, preferred: GrammarVersion, comments: readonly Span[]): Promise<Parsed> {
  const parsed = await parseStatement(source, span, preferred, comments);
  const trees = AHEAD.get(source) ?? new Map<number, Parsed>();
  AHEAD.set(source, trees.set(span.start, parsed));
  return parsed;
}

/**
 * Parses one statement by the preferred grammar and, when that refuses it, by the other one: PostgreSQL 18 reserves and drops a few
 * things that 16 took. The error reported is the preferred grammar's.
 * @param span the statement in the source, without its semicolon
 * @param comments where comments stand in it
 * @param made what the preferred grammar made of its `shownText` already
 */
export async function parseStatement(
  source: Source,
  span: Span,
  preferred: GrammarVersion,
  comments: readonly Span[] = [],
  made?: readonly unknown[],
): Promise<Parsed> {
  const ahead = AHEAD.get(source)?.get(span.start);
  if (ahead) {
    AHEAD.get(source)!.delete(span.start);
    return ahead;
  }
  const text = shownText(source.text, span, comments);
  const parser = await grammar(preferred);
  const inSource = (offset: number) => span.start + offset;
  const placed = withNumbers(parser, text, inSource, false);
  if (placed) return placed;
  const first = parseWith(parser, text, span.start, made) ?? (await giveUp(parser, span.start));
  if (first.ok) return first;
  const driven = withNumbers(parser, text, inSource, true);
  if (driven) return driven;
  const other = await grammar(preferred === "18" ? "16" : "18");
  const second = parseWith(other, text, span.start) ?? (await giveUp(other, span.start));
  return second.ok ? second : (mixed(parser, text, inSource) ?? first);
}

/** A statement that is MySQL's in part. */
function mixed(parser: Grammar, text: string, inSource: (offset: number) => number): Parsed | undefined {
  const made = respelt(text);
  if (!made) return undefined;
  const place = (offset: number) => inSource(made.at(offset));
  const plain = withNumbers(parser, made.text, place, false) ?? parseWith(parser, made.text, 0, undefined, place);
  const parsed = plain?.ok ? plain : withNumbers(parser, made.text, place, true);
  if (!parsed?.ok) return undefined;
  keepRespelt(parsed.node, made);
  return parsed;
}

/** The statement with `$1`, `$2`, … in the place of placeholders of another style; undefined where it has none, or is refused so as well. */
function withNumbers(parser: Grammar, text: string, inSource: (offset: number) => number, refused: boolean): Parsed | undefined {
  const made = numbered(text, refused);
  if (!made) return undefined;
  const parsed = parseWith(parser, made.text, 0, undefined, (offset) => inSource(made.at(offset)));
  if (!parsed?.ok) return undefined;
  keepNames(parsed.node, made.names);
  return parsed;
}

/**
 * A statement as the grammar is shown it: with blanks for comments, which these builds of it refuse where it looks ahead, as in
 * `NULLS -- first or last?`.
 */
export function shownText(text: string, { start, end }: Span, comments: readonly Span[]): string {
  let out = "";
  let from = start;
  for (const comment of comments) {
    out += text.slice(from, comment.start) + text.slice(comment.start, comment.end).replaceAll(/[^\r\n]/g, " ");
    from = comment.end;
  }
  return out + text.slice(from, end);
}

async function giveUp(parser: Grammar, start: number): Promise<Parsed> {
  await parser.recover();
  return { ok: false, message: "PostgreSQL's parser gave up on this statement: it is too deeply nested or too long", at: start };
}

/**
 * One grammar, synchronously; undefined when the parser broke down and must be recovered.
 * @param start where the text stands in its source
 * @param made what the grammar made of the text already
 * @param place where an offset of the text stands, when it is not the source's own
 */
export function parseWith(
  parser: Grammar,
  text: string,
  start: number,
  made?: readonly unknown[],
  place = (offset: number) => offset,
): Parsed | undefined {
  try {
    const result: ReturnType<Grammar["parse"]> = made ? { ok: true, statements: made } : parser.parse(text);
    if (!result.ok) return { ok: false, message: result.message, at: start + utf16Offset(text, result.at) };
    if (result.statements.length !== 1)
      return { ok: false, message: `${result.statements.length} statements where one was expected`, at: start };
    const locate = locator(text, start);
    const node = normalize(result.statements[0], (bytes) => place(locate(bytes)));
    parser.adapt?.(node, text, start);
    return { ok: true, node, grammar: parser.version };
  } catch {
    return undefined;
  }
}

/** Code points to UTF-16 units. */
function utf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let i = 0; i < codePoints && offset < text.length; i++) offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  return offset;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII starts with one
const ASCII = /^[\x00-\x7f]*$/;

/** Maps byte offsets of the statement to offsets of the source; a table is built only for text that is not ASCII. */
function locator(text: string, base: number): (bytes: number) => number {
  if (ASCII.test(text)) return (bytes) => base + bytes;
  const table = new Uint32Array(new TextEncoder().encode(text).length + 1);
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i) as number;
    table[bytes] = base + i;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    i += code > 0xffff ? 2 : 1;
  }
  table[bytes] = base + text.length;
  return (at) => table[at] ?? base + text.length;
}
