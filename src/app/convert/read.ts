import type { Catalog } from "../../catalog/model.js";
import { replay } from "../../catalog/replay.js";
import { unfold } from "../../catalog/unfold.js";
import { revalidate } from "../../catalog/validation.js";
import { CORE } from "../../core.js";
import { spanOf } from "../../engine/place.js";
import type { Statement } from "../../engine/run.js";
import type { Finding } from "../../finding.js";
import type { CreateSchemaStmt, DoStmt, Kind, Node } from "../../pg/ast.js";
import { isNode } from "../../pg/names.js";
import { type Parsed, parseStatement, shownText } from "../../pg/parse.js";
import { hasProgram, readProgram } from "../../pg/program.js";
import { type Chunk, type Comment, type SqlChunk, split } from "../../source/split.js";
import type { Source, Span } from "../../source/text.js";
import { ownSql } from "../own-sql.js";
import { type ConvertOptions, core, type Made, NONE, PROBLEMS } from "./pass.js";

/** A chunk of the input with what was made of it before the second pass. */
export interface Item {
  readonly chunk: Chunk;
  /** A blank line stands before it, whatever stood there in the input. */
  readonly apart?: boolean;
  statement: Statement | undefined;
  /** The statements that a DO block came to, that stand in a CREATE SCHEMA, or that make CHECKs of triggers. */
  inner?: readonly Inner[];
  /** Comments in a DO block's body that belong to none of them. */
  between?: readonly Comment[];
  /** Why it is no statement. */
  finding?: Finding;
  /** PostgreSQL's grammar refuses it. */
  refused?: Made;
}

interface Inner {
  readonly statement: Statement;
  readonly comments: readonly Comment[];
}

/** Reads the statements of a file that make its schema, and of a history that is to be squashed all of them. */
export async function readFile(source: Source, chunks: readonly Chunk[], catalog: Catalog, options: ConvertOptions): Promise<Item[]> {
  const isFirst = (chunk: Chunk): chunk is SqlChunk =>
    isStatement(chunk) && (whenRead(chunk) === "first" || (options.squash === true && whenRead(chunk) === "late"));
  const trees = await treesOf(source, chunks.filter(isFirst), options);
  try {
    const items: Item[] = [];
    for (const chunk of chunks) {
      const item: Item = { chunk, statement: undefined };
      items.push(item);
      if (chunk.kind === "sql" && chunk.problem) {
        const { id, at } = chunk.problem;
        item.finding = core(CORE.notUnderstood, "unterminated", { what: PROBLEMS[id]! }, source, { start: at, end: at + 1 });
      } else if (isFirst(chunk)) await read(item, chunk, catalog, options, trees);
    }
    return items;
  } finally {
    await trees.end();
  }
}

/** What another thread made of statements, which are asked for in their order; undefined where it made nothing. */
export interface Trees {
  of(chunk: SqlChunk): Promise<readonly unknown[] | undefined>;
  end(): Promise<unknown>;
}

const NO_TREES: Trees = { of: async () => undefined, end: async () => undefined };

/** From so many statements on, another thread that parses is worth its start. */
const MANY = 2000;

async function treesOf(source: Source, chunks: readonly SqlChunk[], options: ConvertOptions): Promise<Trees> {
  if (chunks.length < MANY || options.postgres !== "18") return NO_TREES;
  const { parsedAhead } = await import("./ahead.js");
  const made = parsedAhead(texts(source, chunks));
  let at = 0;
  return {
    async of(chunk) {
      if (chunks[at++] !== chunk) throw new Error("a tree is asked for out of turn");
      return (await made.next()).value;
    },
    end: () => made.return(undefined),
  };
}

/** Trees of those statements that `readLate` reads. */
export function lateTrees(source: Source, items: readonly Item[], options: ConvertOptions): Promise<Trees> {
  const late = items.filter(isLate).map(({ chunk }) => chunk);
  return treesOf(source, late as readonly SqlChunk[], options);
}

function* texts(source: Source, chunks: readonly SqlChunk[]): Generator<string> {
  for (const chunk of chunks) yield shownText(source.text, chunk.span, commentsOf(chunk));
}

function isStatement(chunk: Chunk): chunk is SqlChunk {
  return chunk.kind === "sql" && !chunk.problem;
}

/** Whether the item is a query that has not been read. */
export function isLate({ chunk, statement, finding, refused: no }: Item): boolean {
  return !statement && !finding && !no && isLateChunk(chunk);
}

/** Whether it is a query that is read when its turn comes, where the history is not squashed. */
export function isLateChunk(chunk: Chunk): boolean {
  return isStatement(chunk) && whenRead(chunk) === "late";
}

/**
 * Reads the queries among some items when their turn comes: all that were read at first would be kept until then, a third of the memory of 10 MB of them.
 * @param most how many of them
 */
export async function readLate(items: readonly (Item | undefined)[], most: number, options: ConvertOptions, trees: Trees): Promise<void> {
  let count = 0;
  for (const item of items) {
    if (!item || !isLate(item)) continue;
    if (count++ >= most) return;
    const chunk = item.chunk as SqlChunk;
    const parsed = await parsedOf(chunk, options, trees);
    if (parsed.ok) item.statement = newStatement(chunk.source, chunk.span, parsed.node);
    else item.refused = await refused(chunk.source, chunk.span, parsed);
  }
}

async function parsedOf(chunk: SqlChunk, options: ConvertOptions, trees: Trees): Promise<Parsed> {
  const parsed = await parseStatement(chunk.source, chunk.span, options.postgres, commentsOf(chunk), await trees.of(chunk));
  if (parsed.ok) options.onTree?.(parsed.node, chunk.source, chunk.span);
  return parsed;
}

async function read(item: Item, chunk: SqlChunk, catalog: Catalog, options: ConvertOptions, trees: Trees): Promise<void> {
  const { source, span } = chunk;
  const parsed = await parsedOf(chunk, options, trees);
  if (!parsed.ok) {
    item.refused = await refused(source, span, parsed);
    return;
  }
  const { node } = parsed;
  if (hasProgram(node)) catalog.programs.set(node, await readProgram(source, span, node, options.postgres));
  const following = replayed(catalog, node);
  item.statement = newStatement(source, span, node);
  if (following.length > 0) item.inner = following.map((each) => inserted(source, span, each));
  if (node.kind === "DoStmt") unfoldBlock(item, item.statement, node, catalog, options);
  if (node.kind === "CreateSchemaStmt") unfoldSchema(item, item.statement, node, catalog);
}

/**
 * Changes the catalog by a statement.
 * @returns statements that follow from it, which the catalog has seen as well
 */
function replayed(catalog: Catalog, node: Node): readonly Node[] {
  replay(catalog, node);
  const following = revalidate(catalog, node);
  for (const each of following) replay(catalog, each);
  return following;
}

/** A statement that stands nowhere in the input. */
function inserted(source: Source, span: Span, node: Node, schema?: string): Inner {
  return { statement: { ...newStatement(source, span, node), ...(schema !== undefined && { schema }) }, comments: [] };
}

/** The kinds of statements that CREATE SCHEMA can hold, in the order in which it runs them (parse_utilcmd.c). */
const IN_SCHEMA: readonly Kind[] = ["CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt", "CreateTrigStmt", "GrantStmt"];

/** Takes the statements inside a CREATE SCHEMA for statements behind it, whose names are looked up in that schema first. */
function unfoldSchema(item: Item, { source, span }: Statement, create: CreateSchemaStmt, catalog: Catalog): void {
  const { schema } = catalog;
  const nodes = (create.schemaElts ?? []).filter(isNode) as Node[];
  catalog.schema = create.schemaname ?? create.authrole?.rolename ?? schema;
  const inner: Inner[] = [];
  for (const node of nodes.toSorted((a, b) => IN_SCHEMA.indexOf(a.kind) - IN_SCHEMA.indexOf(b.kind))) {
    for (const each of [...replayed(catalog, node), node]) inner.push(inserted(source, span, each, catalog.schema));
  }
  catalog.schema = schema;
  if (inner.length > 0) item.inner = inner;
}

/** Takes the statements of a DO block that only guards them for the block, each with the comments inside of it. */
function unfoldBlock(item: Item, { source, span }: Statement, block: DoStmt, catalog: Catalog, options: ConvertOptions): void {
  const inner: Inner[] = [];
  const result = unfold(catalog, catalog.programs.get(block)!, (step, node) => {
    options.onTree?.(node, source, step.span);
    const place = step.span.end > step.span.start ? step.span : span;
    for (const each of replayed(catalog, node)) inner.push(inserted(source, place, each));
    inner.push({ statement: newStatement(source, place, node), comments: commentsWithin(step.text, step.span.start) });
  });
  catalog.blocks.set(block, result);
  const place = catalog.programs.get(block)!.place;
  if (inner.length === 0) return;
  item.inner = inner;
  if (!place) return;
  const taken = new Set(inner.flatMap(({ comments }) => comments.map((comment) => comment.span.start)));
  const all = commentsWithin(source.text.slice(place.start, place.end), place.start);
  item.between = all.filter((comment) => !taken.has(comment.span.start));
}

function commentsWithin(text: string, at: number): Comment[] {
  return split({ name: "", text }).flatMap((chunk) =>
    [...("before" in chunk ? chunk.before : []), ...(chunk.kind === "sql" ? chunk.inside : [])].map((comment) => ({
      ...comment,
      span: { start: comment.span.start + at, end: comment.span.end + at },
    })),
  );
}

export function commentsOf({ inside }: SqlChunk): Span[] {
  return inside.map((comment) => comment.span);
}

export function statementsIn(files: readonly (readonly Item[])[]): Statement[] {
  const all: Statement[] = [];
  for (const items of files)
    for (const { statement, inner } of items) {
      if (statement) all.push(statement);
      for (const each of inner ?? NONE) all.push(each.statement);
    }
  return all;
}

export function newStatement(source: Source, span: Span, node: Node): Statement {
  return { source, span, node, current: node, absorbedInto: undefined, carried: undefined, absorbed: undefined, findings: [] };
}

/** Whether the statement stands for those that are in it. */
export function isHolder({ kind }: Node): boolean {
  return kind === "DoStmt" || kind === "CreateSchemaStmt";
}

/**
 * When a statement is read. `rows`: it puts rows of its own into a table, and is read in the second pass, without a tree where they are plain;
 * `late`: a query that leaves the schema and the search path alone, read when it is converted; `first`: any other.
 */
function whenRead(chunk: SqlChunk): When {
  const known = WHEN.get(chunk);
  if (known) return known;
  const when = judged(chunk);
  WHEN.set(chunk, when);
  return when;
}

type When = "first" | "late" | "rows";

/** It is asked of each chunk several times, and takes a look at all of its text. */
const WHEN = new WeakMap<SqlChunk, When>();

function judged({ source, span }: SqlChunk): When {
  const beginning = source.text.slice(span.start, Math.min(span.end, span.start + BEGINNING));
  if (/^insert\s/i.test(beginning)) return FROM_QUERY.test(beginning) ? "late" : "rows";
  if (!/^(?:select|with|update|delete)\b/i.test(beginning)) return "first";
  return /\binto\b|\bset_config\b/i.test(source.text.slice(span.start, span.end)) ? "first" : "late";
}

const BEGINNING = 2000;
// A quoted name ends where no further quote follows: it can be read in one way only, however many there are.
const FROM_QUERY = /^insert\s+into\s+(?:"(?:[^"]|"")*"(?!")|[\w.$])+\s*(?:\([^()]*\)\s*)?(?:select|with)\b/i;

/** What PostgreSQL's grammar refuses may be TiDB's own already. */
export async function refused(source: Source, span: Span, { message, at }: { message: string; at: number }): Promise<Made> {
  const text = source.text.slice(span.start, span.end);
  const own = await ownSql(text);
  const place = (location: number) => spanOf({ source, span }, { location } as never);
  if (own?.kind === "tidb")
    return { sql: [text], findings: [core(CORE.ownSql, "kept", {}, source, place(at))], comments: [], verbatim: true };
  const found =
    own === undefined
      ? core(CORE.notUnderstood, "refused", { reason: message }, source, place(at))
      : core(CORE.ownSql, "half", { word: own.word }, source, place(span.start + own.at));
  return { sql: [], findings: [found], comments: [] };
}
