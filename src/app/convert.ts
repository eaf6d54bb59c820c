import type { PgType } from "../catalog/analysis.js";
import { type Catalog, emptyCatalog, find, key, lastSchema, rootOf, type Table } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import { replay } from "../catalog/replay.js";
import { unfold } from "../catalog/unfold.js";
import { revalidate } from "../catalog/validation.js";
import { CORE, type CoreFinding } from "../core.js";
import { insertRows } from "../data/inserts.js";
import { commentText, hole } from "../emit/comments.js";
import { withPlaces } from "../emit/parameters.js";
import { printers } from "../emit/printers.js";
import { blankSheet, type CommentSlot, type Printing, printing, type Sheet, type Told } from "../emit/printing.js";
import { type RelationNamer, relationNamer, schemaOf } from "../emit/relations.js";
import { storable } from "../emit/views.js";
import { identifier } from "../emit/words.js";
import type { Data, Rule } from "../engine/contract.js";
import { formsOf } from "../engine/forms.js";
import { Ledger } from "../engine/ledger.js";
import { named, rowsOf } from "../engine/objects.js";
import {
  begin,
  finding,
  fold,
  handlersOf,
  lazyAnalysis,
  lossesOf,
  newWalk,
  type Run,
  restate,
  restatingOf,
  rewrite,
  type Statement,
  spanOf,
  type Walk,
} from "../engine/run.js";
import type { Tidb } from "../engine/tidb.js";
import { clauseWords } from "../engine/words.js";
import type { Finding, Severity } from "../finding.js";
import type { CreateSchemaStmt, DoStmt, Kind, Node, RangeVar, Value } from "../pg/ast.js";
import { isNode, type Name, qualified, relationName } from "../pg/names.js";
import { type GrammarVersion, parseStatement } from "../pg/parse.js";
import { templateHole } from "../pg/placeholders.js";
import { hasProgram, readProgram } from "../pg/program.js";
import { eachDescendant } from "../pg/walk.js";
import type { Account, FileResult, Outcome, Result, StatementResult } from "../result.js";
import { type Chunk, type Comment, type CopyChunk, type MetaChunk, type SqlChunk, split } from "../source/split.js";
import type { Source, Span } from "../source/text.js";
import { type Acceptance, accepted } from "./accept.js";
import { absentRelations, expectedSchema } from "./expected.js";
import { logicInventory } from "./logic.js";
import { overrideFindings, type PlacedOverride } from "./overrides.js";
import { ownSql } from "./own-sql.js";
import { parametersOf } from "./parameters.js";
import { header, sessionFor } from "./session.js";
import { apart, chunkAt, fateFinding, type History, historyOf, placed, squashHistory } from "./squash.js";
import { columnChoices } from "./types.js";

export interface ConvertOptions {
  /** Whose grammar is tried first. */
  readonly postgres: GrammarVersion;
  /** The TiDB release to write for, e.g. `8.5.6`. */
  readonly target: string;
  /** What becomes of schemas; `prefix` where nothing is said. */
  readonly schemas?: Schemas;
  /** The reader's choices of types, the first that matches a column deciding. */
  readonly overrides?: readonly PlacedOverride[];
  /** Findings the reader knows of. */
  readonly accept?: readonly Acceptance[];
  /** The schema at the end of the history, instead of the history. */
  readonly squash?: boolean;
  /** A seam for tests: takes each statement's tree before anything reads it, to freeze or to change it. */
  readonly onTree?: (tree: Node, source: Source, span: Span) => void;
}

/** A chunk of the input with what was made of it before the second pass. */
interface Item {
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

/**
 * Converts sources, in order, as one history over one catalog. Pure but for loading the parser: the same input gives the same bytes.
 * Two passes: the first parses everything and replays the schema to its end, because how a column is stored depends on keys that come
 * later; the second rewrites, prints and accounts for one statement at a time.
 */
export async function convert(sources: readonly Source[], rules: readonly Rule[], options: ConvertOptions): Promise<Result> {
  return (await convertHistory(sources, rules, options)).result;
}

/** As `convert`, with the schema that the sources leave and the names its relations have in TiDB. */
export async function convertHistory(
  sources: readonly Source[],
  rules: readonly Rule[],
  options: ConvertOptions,
): Promise<{ readonly result: Result; readonly final: Catalog; readonly relation: RelationNamer }> {
  const overrides = options.overrides ?? [];
  const schemas = options.schemas ?? "prefix";
  const read = emptyCatalog(overrides);
  const inputs: Item[][] = [];
  const history = options.squash ? historyOf(sources) : undefined;
  if (history) inputs.push(await readFile(history.source, history.chunks, read, options));
  else for (const source of sources) inputs.push(await readFile(source, split(source), read, options));
  const squashed = history && squashedItems(history, inputs[0]!, read);
  const files = squashed ? [squashed.items] : inputs;
  const final = squashed?.catalog ?? read;
  const folds = new Ledger();
  const queries = folded(rules, statementsIn(files), final, folds);

  const now: Catalog = {
    ...emptyCatalog(overrides),
    // One map for both: a column that is defined again knows how it ends.
    columnOf: final.columnOf,
    again: true,
    settled: final.demands,
    programs: final.programs,
    revalidated: final.revalidated,
  };
  // A partition is no table of its own: what is said of it is said by the rule that folds it into its parent.
  const lost = new Set<Node>([...final.tableOf.values()].filter((table) => table.partitionOf).map((table) => table.node));
  const lostViews = new Set<string>();
  const before = new Map<string, string>();
  const sheet = blankSheet(now, folds);
  const relation = relationNamer(final, now, before, schemas);
  now.inTidb = final.inTidb = relation;
  const pass: Pass = {
    run: {
      handlers: handlersOf(rules),
      restating: restatingOf(rules),
      now,
      final,
      target: options.target,
      schemas,
      lost,
      lostViews,
      differing: new Set(),
    },
    folds,
    lost,
    lostViews,
    walk: newWalk(),
    sheet,
    printing: printing(printers, sheet, final, (r) => relationText(pass, relationName(r)), formsOf(rules)),
    relation,
    once: new Map(rules.map(({ id, messages }) => [id, new Set(Object.keys(messages).filter((name) => messages[name]!.once))])),
    ofViews: new Set(),
    before,
    options,
    database: undefined,
  };
  const results: FileResult[] = [];
  for (const [i, items] of files.entries()) results.push(await convertFile(pass, history?.source ?? sources[i]!, items));
  const whole = results[0];
  const made = history && squashed && whole ? apart(history, byChunk(history, squashed, whole.statements)) : results;
  const { files: judged, findings: unused } = accepted(made, options.accept ?? []);
  const converted = judged.flatMap((file) => file.statements);
  const session = sessionFor(final, schemas);
  // Most readers want neither of them, and they take as much memory as the output.
  const expected = atFirst(() => expectedSchema(final, pass.lost, pass.run.differing, pass.relation, schemas));
  const columns = atFirst(() => columnChoices(final));
  const result: Result = {
    files: judged.map((file) => ({
      ...file,
      output: file.output === "" ? "" : header(file.source, options.target, session) + file.output,
    })),
    findings: [...converted.flatMap((statement) => statement.findings), ...overrideFindings(final, overrides), ...unused],
    account: accountOf(converted),
    session,
    get expected() {
      return expected();
    },
    absent: absentRelations(final, pass.lost),
    get columns() {
      return columns();
    },
    logic: logicInventory(final, queries, pass.lostViews, pass.lost),
    ...(history &&
      whole && {
        squashed: {
          output: header(history.source, options.target, session) + whole.output,
          statements: whole.statements.flatMap(({ sql, source, span }) => sql.map((text) => placed(history, { sql: text, source, span }))),
        },
      }),
  };
  return { result, final, relation: pass.relation };
}

/** What `make` gives, made when it is first asked for. */
function atFirst<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface SquashedItems {
  readonly items: Item[];
  /** The number of the chunk that each item is a part of. */
  readonly inputs: readonly number[];
  readonly catalog: Catalog;
  /** What is said of chunks that are no part of any item. */
  readonly fates: ReadonlyMap<number, Finding>;
}

/** The statements of the schema that a history leaves, in place of the history's own. */
function squashedItems(history: History, read: readonly Item[], last: Catalog): SquashedItems {
  const { source } = history;
  // A DO block stands for the statements that it came to.
  const trees = read.map(({ statement, inner = NONE }) => {
    const own = statement && !(inner.length > 0 && isHolder(statement.node)) ? [statement.node] : [];
    return [...inner.map((each) => each.statement.node), ...own];
  });
  const { programs, blocks, revalidated } = last;
  const { statements, catalog, fates } = squashHistory(history, trees, () => ({
    ...emptyCatalog(last.overrides),
    programs,
    blocks,
    revalidated,
  }));
  const reach = { start: 0, end: source.text.length };
  const items = statements.map(({ chunk, node, schema, finding }): Item => {
    const item = { chunk, apart: true, statement: undefined };
    if (finding) return { ...item, finding };
    return { ...item, statement: { ...newStatement(source, chunk.span, node), reach, schema } };
  });
  const inputs = statements.map(({ input }) => input);
  const said = new Map([...fates].map(([input, fate]) => [input, fateFinding(fate, source, history.chunks[input]!.span)]));
  for (const [input, item] of read.entries()) {
    if (item.statement) continue;
    if (item.chunk.kind === "copy" || (item.chunk.kind === "sql" && !item.finding && !item.refused)) {
      const { span } = item.chunk;
      const what = rowsOf(source.text.slice(span.start, span.end)) ?? "a table";
      said.set(input, fateFinding({ kind: "rows", what }, source, span));
    } else {
      items.push({ ...item, apart: true });
      inputs.push(input);
    }
  }
  return { items, inputs, catalog, fates: said };
}

/** What became of each chunk of a history: findings stand with the chunk that they speak of, SQL with the one that makes it. */
function byChunk(history: History, squashed: SquashedItems, results: readonly StatementResult[]): StatementResult[] {
  const { source, chunks } = history;
  const parts = chunks.map((): { sql: string[]; findings: Finding[]; same: boolean } => ({ sql: [], findings: [], same: true }));
  for (const [i, result] of results.entries()) {
    const own = parts[squashed.inputs[i]!]!;
    own.sql.push(...result.sql);
    own.same &&= result.outcome === "as-is";
    for (const found of result.findings) {
      const part = found.source === source ? parts[chunkAt(history, found.span.start)] : own;
      part?.findings.push(found);
    }
  }
  return chunks.map((chunk, i) => {
    const { sql, findings, same } = parts[i]!;
    const fate = squashed.fates.get(i);
    if (fate) findings.push(fate);
    const { span } = chunk;
    const kind = statementWords(source.text.slice(span.start, span.end));
    const outcome = outcomeOf(findings, same && sql.length === 1);
    return { source, span, kind, outcome, sql, findings };
  });
}

async function readFile(source: Source, chunks: readonly Chunk[], catalog: Catalog, options: ConvertOptions): Promise<Item[]> {
  const items: Item[] = [];
  for (const chunk of chunks) {
    const item: Item = { chunk, statement: undefined };
    items.push(item);
    if (chunk.kind !== "sql") continue;
    if (chunk.problem) {
      const { id, at } = chunk.problem;
      item.finding = core(CORE.notUnderstood, "unterminated", { what: PROBLEMS[id]! }, source, { start: at, end: at + 1 });
      continue;
    }
    // Rows of data are read in the second pass, without a tree where they are plain.
    if (isInsert(chunk)) continue;
    const parsed = await parseStatement(source, chunk.span, options.postgres, commentsOf(chunk));
    if (!parsed.ok) {
      item.refused = await refused(source, chunk.span, parsed);
      continue;
    }
    options.onTree?.(parsed.node, source, chunk.span);
    if (hasProgram(parsed.node)) catalog.programs.set(parsed.node, await readProgram(source, chunk.span, parsed.node, options.postgres));
    const following = replayed(catalog, parsed.node);
    item.statement = newStatement(source, chunk.span, parsed.node);
    if (following.length > 0) item.inner = following.map((node) => inserted(source, chunk.span, node));
    if (parsed.node.kind === "DoStmt") unfoldBlock(item, item.statement, parsed.node, catalog, options);
    if (parsed.node.kind === "CreateSchemaStmt") unfoldSchema(item, item.statement, parsed.node, catalog);
  }
  return items;
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

function commentsOf({ inside }: SqlChunk): Span[] {
  return inside.map((comment) => comment.span);
}

const PROBLEMS: Readonly<Record<string, string>> = {
  "unterminated-string": "a string",
  "unterminated-identifier": "a quoted identifier",
  "unterminated-dollar": "a dollar-quoted string",
  "unterminated-comment": "a comment",
  "unterminated-copy": "a COPY block",
};

interface Pass {
  readonly run: Omit<Run, "ledger" | "analysis">;
  readonly folds: Ledger;
  /** What the statement at hand is converted with. */
  readonly walk: Walk;
  readonly sheet: Sheet;
  readonly printing: Printing;
  /** Nodes of the source that are not in the output, by a finding: what stands for them is not expected of TiDB. */
  readonly lost: Set<Node>;
  /** Keys of views and tables made from queries that are not in the output. */
  readonly lostViews: Set<string>;
  readonly relation: RelationNamer;
  /** Messages that are said once a file, by their rules. */
  readonly once: ReadonlyMap<string, ReadonlySet<string>>;
  /** Warnings that stand at the statements that make views. */
  readonly ofViews: Set<string>;
  /** The schemas of unqualified names that the statement at hand takes away. */
  readonly before: Map<string, string>;
  readonly options: ConvertOptions;
  /** The one that psql was told to connect to last. */
  database: string | undefined;
}

/** What is known where a statement stands. Field by field: a spread of so many, once a statement, takes as long as parsing a small one. */
function runOf(
  { handlers, restating, final, target, schemas, lost, lostViews, differing }: Pass["run"],
  now: Catalog,
  tree: Node,
  ledger: Ledger,
): Run {
  const analysis = lazyAnalysis(now, tree, ledger);
  return { handlers, restating, ledger, now, final, target, schemas, lost, lostViews, differing, analysis };
}

/**
 * Runs the whole-schema rules.
 * @returns queries that make relations: converting empties the lists of statements
 */
function folded(rules: readonly Rule[], statements: readonly Statement[], final: Catalog, folds: Ledger): Node[] {
  fold(rules, statements, final, folds);
  return statements.flatMap(({ node }) => (node.kind === "ViewStmt" || node.kind === "CreateTableAsStmt" ? node : []));
}

function statementsIn(files: readonly (readonly Item[])[]): Statement[] {
  const all: Statement[] = [];
  for (const items of files)
    for (const { statement, inner } of items) {
      if (statement) all.push(statement);
      for (const each of inner ?? NONE) all.push(each.statement);
    }
  return all;
}

function newStatement(source: Source, span: Span, node: Node): Statement {
  return { source, span, node, current: node, absorbedInto: undefined, carried: undefined, absorbed: undefined, findings: [] };
}

function core(kind: CoreFinding, message: string, data: Data, source: Source, span: Span): Finding {
  return finding(kind, message, data, source, span);
}

/** What a chunk became, before its place in the file is added. */
interface Made {
  readonly sql: readonly string[];
  readonly findings: readonly Finding[];
  /** Comments from within the statement that found no place in it. */
  readonly comments: readonly string[];
  /** The statement means the same as it stands, and may stand as it is written. */
  readonly verbatim?: boolean;
}

/** Empties `items`: with a large input the memory of what is done is needed for what comes of it. */
async function convertFile(pass: Pass, source: Source, items: (Item | undefined)[]): Promise<FileResult> {
  const statements: StatementResult[] = [];
  const parts: string[] = [];
  const said = new Set<string>();
  let waiting = "";
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    items[i] = undefined;
    const { chunk } = item;
    const leading = item.apart ? `\n\n${leadingText(chunk).trim()}\n`.replace(/\n{3}$/, "\n\n") : leadingText(chunk);
    if (chunk.kind === "end") {
      parts.push(waiting + leading);
      break;
    }
    const made = await make(pass, item);
    const findings = made.findings.filter((each) => isNew(each, pass.once, said));
    const { output, result } = resultOf(chunk, made, findings, item.statement?.node);
    statements.push(result);
    // What is folded away leaves its comments, and takes the blank lines before it along.
    if (output === "") waiting = joinBlanks(waiting, leading);
    else {
      parts.push(separated(joinBlanks(waiting, leading), parts.length > 0), output);
      waiting = "";
    }
  }
  const whole = parts.join("").trim();
  return { source, output: whole === "" ? "" : `${whole}\n`, statements };
}

/** Whether the file has not been told of it yet, where once is enough. */
function isNew({ rule, message }: Finding, once: Pass["once"], said: Set<string>): boolean {
  if (!once.get(rule)?.has(message)) return true;
  const name = `${rule} ${message}`;
  return !said.has(name) && said.add(name) !== undefined;
}

/** Each statement begins a line of its own. */
function separated(leading: string, follows: boolean): string {
  return follows && !leading.includes("\n") ? `\n${leading.trimStart()}` : leading;
}

/** A blank line at most, but in a block comment, which stays as it is. */
function joinBlanks(before: string, after: string): string {
  const both = before + after;
  if (!both.includes("\n\n\n")) return both;
  return both.replaceAll(/(\/\*[\s\S]*?\*\/|--.*)|\n{3,}/g, (_, comment: string | undefined) => comment ?? "\n\n");
}

/** White space and comments before a statement, as TiDB reads them. */
function leadingText(chunk: Chunk): string {
  const { text } = chunk.source;
  let at = chunk.leading.start;
  let out = "";
  for (const comment of chunk.before) {
    out += text.slice(at, comment.span.start) + commentText(text.slice(comment.span.start, comment.span.end));
    at = comment.span.end;
  }
  // Stray semicolons are empty statements.
  return (out + text.slice(at, chunk.leading.end)).replaceAll(/^\s*;/gm, "").replaceAll("\r\n", "\n");
}

async function make(pass: Pass, item: Item): Promise<Made> {
  const made = await makeItem(pass, item);
  const view = item.statement && madeBy(item.statement.node);
  if (view && !pass.run.now.passedOver.has(item.statement!.node)) {
    const name = key(pass.run.now, relationName(view));
    if (made.sql.length === 0) pass.lostViews.add(name);
    else pass.lostViews.delete(name);
    const table = pass.run.now.tables.get(name);
    if (table && made.sql.length === 0) pass.lost.add(table.node);
  }
  return made;
}

async function makeItem(pass: Pass, item: Item): Promise<Made> {
  const { chunk } = item;
  if (chunk.kind === "meta") return makeMeta(pass, chunk);
  if (chunk.kind === "copy") return makeCopy(chunk);
  if (item.refused) return item.refused;
  if (item.statement) {
    const { inside } = chunk as SqlChunk;
    const own = (stands = false) => makeStatement(pass, item.statement!, item.between ? [...inside, ...item.between] : inside, stands);
    if (!item.inner) return own();
    const held = () => item.inner!.map((each) => makeStatement(pass, each.statement, each.comments));
    // What becomes of a trigger depends on whether its CHECK is in the output.
    if (!isHolder(item.statement.node)) return together([...held(), own(true)]);
    const { schema } = pass.run.now;
    const all = together([own(), ...held()]);
    if (item.statement.node.kind === "CreateSchemaStmt") pass.run.now.schema = schema;
    return all;
  }
  if (item.finding) return { sql: [], findings: [item.finding], comments: [] };
  return makeInsert(pass, chunk as SqlChunk);
}

/** Whether the statement stands for those that are in it. */
function isHolder({ kind }: Node): boolean {
  return kind === "DoStmt" || kind === "CreateSchemaStmt";
}

/** A block and the statements that it came to. */
function together(parts: readonly Made[]): Made {
  return {
    sql: parts.flatMap((part) => part.sql),
    findings: parts.flatMap((part) => part.findings),
    comments: parts.flatMap((part) => part.comments),
    verbatim: false,
  };
}

/** psql commands that change nothing a schema is made of. */
const HARMLESS = new Set([
  "restrict",
  "unrestrict",
  "set",
  "unset",
  "echo",
  "qecho",
  "warn",
  "pset",
  "timing",
  "encoding",
  "q",
  "x",
  "t",
  "a",
  ".",
  "delimiter",
]);

const CONNECT = new Set(["c", "connect"]);

function makeMeta(pass: Pass, chunk: MetaChunk): Made {
  const { command, source, span } = chunk;
  const said = (message: string, data: Data) => ({
    sql: [],
    findings: [core(CORE.psql, message, { command, ...data }, source, span)],
    comments: [],
  });
  if (!CONNECT.has(command)) return said(HARMLESS.has(command) ? "dropped" : "refused", {});
  const database = connectsTo(source.text.slice(span.start, span.end));
  const { now } = pass.run;
  const moved = database !== pass.database && now.tables.size + now.sequences.size + now.views.size > 0;
  pass.database = database;
  return said(moved ? "elsewhere" : "connect", { database });
}

/** The database of `\connect`: its first argument that is no option, or a connection string's. */
function connectsTo(line: string): string {
  const words =
    line
      .replace(/;\s*$/, "")
      .match(/"(?:[^"]|"")*"|\S+/g)
      ?.slice(1) ?? [];
  const word = (words.find((w) => !/^-\w/.test(w)) ?? "").replaceAll('"', "");
  return /dbname='?((?:[^'\\\s]|\\.)+)/.exec(word)?.[1] ?? word;
}

function makeCopy(chunk: CopyChunk): Made {
  const text = chunk.source.text.slice(chunk.span.start, chunk.span.end);
  const table = /^\\?copy\s+((?:"[^"]*"|[^\s("])+)/i.exec(text)?.[1] ?? "a table";
  const findings = [core(CORE.copy, "data-left-out", { rows: chunk.rows, table }, chunk.source, chunk.span)];
  if (chunk.problem)
    findings.push(core(CORE.notUnderstood, "unterminated", { what: PROBLEMS[chunk.problem.id]! }, chunk.source, chunk.span));
  return { sql: [], findings, comments: [] };
}

function isInsert(chunk: SqlChunk): boolean {
  return /^insert\s/i.test(chunk.source.text.slice(chunk.span.start, chunk.span.start + 7));
}

async function makeInsert(pass: Pass, chunk: SqlChunk): Promise<Made> {
  const { source, span } = chunk;
  let target: Name | undefined;
  pass.before.clear();
  const made =
    chunk.inside.length > 0
      ? undefined
      : insertRows(source.text, span.start, span.end, pass.run.now, (schema, name) => {
          target = { schema, name };
          return relationText(pass, target);
        });
  const reached = target && find(pass.run.now, pass.run.now.tables, holder(pass, target));
  const missing = reached && pass.lost.has(reached.node) ? reached.name : undefined;
  if (missing !== undefined)
    return {
      sql: [],
      findings: [core(CORE.absent, "absent", { table: missing }, source, spanOf({ source, span }, undefined))],
      comments: [],
    };
  if (made?.kind === "converted" && !(target && isView(pass, target))) {
    const findings = made.notes.map((n) => core(CORE.insert, n.id, {}, source, { start: n.at, end: n.at + 1 }));
    const partition = target && lastOf(pass, target);
    if (partition?.partitionOf && !partition.parts)
      findings.push(
        core(
          CORE.insert,
          "unchecked",
          { partition: partition.name, table: rootOf(partition)!.name },
          source,
          spanOf({ source, span }, undefined),
        ),
      );
    return { sql: [made.sql], findings, comments: [], verbatim: made.asIs };
  }
  if (made?.kind === "refused")
    return {
      sql: [],
      findings: [core(CORE.insert, "value", { reason: made.reason }, source, { start: made.at, end: made.at + 1 })],
      comments: [],
    };
  const parsed = await parseStatement(source, span, pass.options.postgres, commentsOf(chunk));
  if (!parsed.ok) return refused(source, span, parsed);
  pass.options.onTree?.(parsed.node, source, span);
  return makeStatement(pass, newStatement(source, span, parsed.node), chunk.inside);
}

function isView({ run: { now } }: Pass, name: Name): boolean {
  return find(now, now.views, name) !== undefined && find(now, now.tables, name) === undefined;
}

/** A table as the input leaves it: a later statement may make a partition of it. */
function lastOf({ run: { now, final } }: Pass, name: Name): Table | undefined {
  const table = find(now, now.tables, name);
  return table && (final.tableOf.get(table.node) ?? table);
}

/** The table whose rows those of a partition are among. */
function holder(pass: Pass, name: Name): Name {
  const root = rootOf(lastOf(pass, name));
  return root ? (pass.run.now.tableOf.get(root.node) ?? root) : name;
}

/** `table PARTITION (part)`: the rows of a partition in TiDB, and no others; undefined where none are. */
function partText(pass: Pass, name: Name): string | undefined {
  const table = lastOf(pass, name);
  if (!table?.partitionOf || !table.parts) return undefined;
  return `${pass.relation(holder(pass, name))} PARTITION (${table.parts.map(identifier).join(", ")})`;
}

/** The name of a relation in TiDB; of a partition, the parts that have its rows. Rows that are written to them may be no others (error 1748). */
function relationText(pass: Pass, name: Name): string {
  return partText(pass, name) ?? pass.relation(holder(pass, name));
}

/** The names of relations that are no longer found by them after the statement. */
function takenAway(node: Node): Name[] {
  if (node.kind === "DropStmt") return (node.objects ?? []).flatMap((object) => (Array.isArray(object) ? qualified(object) : []));
  const renamed = node.kind === "RenameStmt" || node.kind === "AlterObjectSchemaStmt" ? node.relation : undefined;
  return renamed ? [relationName(renamed)] : [];
}

/** The table or view that a statement is about, or that it reads, when it is not in the output. */
function absentTable(pass: Pass, node: Node): string | undefined {
  const {
    run: { now },
    lost,
    lostViews,
  } = pass;
  if (QUERIES.has(node.kind)) {
    const absent = relationsRead(node).find((relation) => {
      const name = relationName(relation);
      const table = find(now, now.tables, node.kind === "InsertStmt" && relation === node.relation ? holder(pass, name) : name);
      return table ? lost.has(table.node) && !lastOf(pass, table)?.parts : lostViews.has(key(now, relationName(relation)));
    });
    return absent?.relname;
  }
  const relation = changedTable(node);
  const table = relation && find(now, now.tables, relation);
  return table && lost.has(table.node) ? table.name : undefined;
}

/** The relations that a query or a change of rows names, without those of its own WITH. */
function relationsRead(node: Node): RangeVar[] {
  const own = new Set<string>();
  const read: RangeVar[] = [];
  eachDescendant(node, (inner) => {
    if (inner.kind === "CommonTableExpr") own.add(inner.ctename ?? "");
    if (inner.kind === "RangeVar" && inner !== madeBy(node)) read.push(inner);
  });
  return read.filter((relation) => relation.schemaname !== undefined || !own.has(relation.relname ?? ""));
}

/** The first table that a statement needs and that only a later one makes. */
function laterTable({ run: { now, final }, lostViews }: Pass, node: Node): string | undefined {
  if (final.tableOf.size === now.tableOf.size) return undefined;
  const unknown = needed(node).filter(
    (name) => !find(now, now.tables, name) && !find(now, now.derived, name) && !lostViews.has(key(now, name)),
  );
  if (unknown.length === 0) return undefined;
  const before = new Set([...now.tableOf.values()].map(({ name }) => name));
  const after = new Set([...final.tableOf.keys()].map(({ relation }) => relation?.relname));
  return unknown.find(({ name }) => !before.has(name) && after.has(name))?.name;
}

/** Names of the tables that must be there for a statement. */
function needed(node: Node): Name[] {
  if (QUERIES.has(node.kind)) return relationsRead(node).map(relationName);
  if (node.kind === "DropStmt" && node.removeType === "OBJECT_TABLE" && !node.missing_ok)
    return (node.objects ?? []).map((object) => qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]));
  if ((node.kind === "AlterTableStmt" && node.missing_ok) || node.kind === "RenameStmt") return [];
  const changed = changedTable(node);
  return changed ? [changed] : [];
}

/** The table that a statement changes, by the name that it has afterwards. */
function changedTable(node: Node): Name | undefined {
  if (node.kind === "AlterTableStmt" || node.kind === "IndexStmt") return node.relation && relationName(node.relation);
  if (node.kind !== "RenameStmt" || !node.relation) return undefined;
  const name = relationName(node.relation);
  if (node.renameType === "OBJECT_TABLE") return { ...name, name: node.newname ?? "" };
  return node.renameType === "OBJECT_COLUMN" || node.renameType === "OBJECT_TABCONSTRAINT" ? name : undefined;
}

/** Statements whose every relation must be there. */
const QUERIES: ReadonlySet<Kind> = new Set<Kind>([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "ViewStmt",
  "CreateTableAsStmt",
  "RefreshMatViewStmt",
]);

/** The relation that a statement makes from a query. */
function madeBy(node: Node): RangeVar | undefined {
  const into = node.kind === "CreateTableAsStmt" ? node.into : node.kind === "SelectStmt" ? node.intoClause : undefined;
  return node.kind === "ViewStmt" ? node.view : into?.rel;
}

/** What PostgreSQL's grammar refuses may be TiDB's own already. */
async function refused(source: Source, span: Span, { message, at }: { message: string; at: number }): Promise<Made> {
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

/** @param stands other statements came of it: it must be accounted for where it is not in the output itself */
function makeStatement(pass: Pass, statement: Statement, inside: readonly Comment[], stands = false): Made {
  const { now } = pass.run;
  const { source } = statement;
  const ledger = new Ledger(pass.folds);
  const comments: CommentSlot[] = inside.map((c) => ({
    at: c.span.start,
    text: commentText(source.text.slice(c.span.start, c.span.end)),
    ownLine: c.ownLine,
  }));
  if (statement.schema !== undefined) now.schema = statement.schema;
  pass.before.clear();
  for (const name of takenAway(statement.node)) if (name.schema === undefined) pass.before.set(name.name, schemaOf(now, name));
  replay(now, statement.node);
  if (statement.absorbedInto) return { sql: [], findings: statement.findings, comments: comments.map((c) => c.text) };
  const absent = absentTable(pass, statement.current);
  const later = absent === undefined ? laterTable(pass, statement.current) : undefined;
  const missing = absent ?? later;
  if (missing !== undefined) {
    const findings = [
      core(CORE.absent, absent === undefined ? "later" : "absent", { table: missing }, source, spanOf(statement, undefined)),
    ];
    eachDescendant(statement.node, (node) => pass.lost.add(node));
    return { sql: [], findings, comments: comments.map((c) => c.text) };
  }
  const findings = statement.findings;
  const { walk, sheet, printing: p } = pass;
  const { holes, leftOut, told } = sheet;
  holes.length = leftOut.length = told.length = 0;
  const run = runOf(pass.run, now, statement.current, ledger);
  begin(walk, run, statement);
  const nodes: (Node | Tidb)[] = [];
  const sql: string[] = [];
  const orders: (readonly number[])[] = [];
  let types: ReadonlyMap<number, PgType> = NO_TYPES;
  const trees = restate(walk);
  for (const { node: tree, catalog = now } of trees) {
    const here = tree === statement.current && catalog === now ? run : runOf(pass.run, catalog, tree, ledger);
    Object.assign(sheet, { catalog, ledger, comments, analysis: here.analysis });
    p.scope = p.primaryKey = undefined;
    const made = rewrite(walk, here, tree);
    nodes.push(...made);
    for (const node of made) {
      // What a rule put in the statement's place may have parts of earlier ones, of which its own analysis knows nothing.
      p.moved = node.kind === "Tidb" || node === tree ? undefined : lazyAnalysis(catalog, node, ledger);
      const { text, order } = withPlaces(p.print(node), (number) => templateHole(statement.node, number));
      if (text !== "") sql.push(storable(text));
      orders.push(order);
      if (order.length > 0) types = here.analysis().parameters;
    }
  }
  for (const { node, what, reason } of leftOut)
    findings.push(core(CORE.unconverted, "left-out", { what, reason }, source, spanOf(statement, node)));
  if (holes.length > 0) {
    const reasons = [...new Map(holes.map((h) => [h.reason, h])).values()];
    for (const { node, reason } of reasons) findings.push(core(CORE.unconverted, "statement", { reason }, source, spanOf(statement, node)));
    eachDescendant(statement.node, (node) => pass.lost.add(node));
    return { sql: [], findings, comments: comments.map((c) => c.text) };
  }
  findings.push(...saidOnce(told, statement), ...parametersOf(orders, types, statement));
  if (nodes.length > 0 || stands)
    for (const part of [statement, ...(statement.absorbed ?? NONE)])
      for (const loss of lossesOf(part, ledger))
        part.findings.push(core(CORE.notCarried, "not-carried", { clause: clauseWords(loss) }, part.source, spanOf(part, loss.node)));
  for (const node of ledger.reportedNodes()) pass.lost.add(node);
  if (sql.length > 0) findings.push(...renamed(pass, statement));
  tellOnce(pass, statement, trees);
  return {
    sql: sql.some((text) => text.includes(";\n")) ? sql.flatMap(statementsOf) : sql,
    findings,
    comments: comments.map((c) => c.text),
  };
}

/** What is said where a view is made is not said again where another statement makes it anew. */
function tellOnce({ ofViews }: Pass, { node, findings }: Statement, trees: readonly { readonly node: Node }[]): void {
  const key = ({ rule, message, text }: Finding) => `${rule} ${message} ${text}`;
  const warnings = findings.filter(({ severity }) => severity === "warning");
  if (node.kind === "ViewStmt") for (const each of warnings) ofViews.add(key(each));
  else if (trees.some((tree) => tree.node.kind === "ViewStmt"))
    for (const each of warnings) if (ofViews.has(key(each))) findings.splice(findings.indexOf(each), 1);
}

/** Printers and templates put several statements in one text with `;` and a line break between them, which a string may have in it too. */
function statementsOf(text: string): string[] {
  const statements = [""];
  for (const [part, quoted] of text.matchAll(/('[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|`[^`]*(?:``[^`]*)*`)|;\n|[^;'`]+|[\s\S]/g))
    if (part === ";\n" && quoted === undefined) statements.push("");
    else statements[statements.length - 1] += part;
  return statements;
}

const NONE: readonly never[] = [];
const NO_TYPES: ReadonlyMap<number, PgType> = new Map();

/** What rows of tables say of calls in the statement: of several calls of which the same is to be said, once. */
function saidOnce(told: readonly Told[], statement: Statement): readonly Finding[] {
  if (told.length === 0) return NONE;
  const once = new Map<string, Finding>();
  for (const { rule, message, data, node } of told) {
    const said = finding(rule, message, data, statement.source, spanOf(statement, node));
    const key = `${rule.id} ${message} ${said.text}`;
    if (!once.has(key)) once.set(key, said);
  }
  return [...once.values()];
}

/** A table that could not keep its name: whoever reads or writes it must know. */
function renamed(pass: Pass, statement: Statement): Finding[] {
  const { node, source } = statement;
  const table = node.kind === "CreateStmt" && node.relation && find(pass.run.now, pass.run.now.tables, relationName(node.relation));
  if (!table) return [];
  const tidb = pass.relation(table);
  const schema = lastSchema(pass.run.final, table.schema);
  const data = { schema: table.schema, name: table.name, tidb };
  if (pass.run.schemas === "database" && tidb.endsWith(`.${identifier(table.name)}`)) return [];
  const message = tidb === identifier(`${schema}_${table.name}`) ? "renamed" : "distinct";
  return tidb === identifier(table.name) ? [] : [core(CORE.schemaName, message, data, source, spanOf(statement, undefined))];
}

function outcomeOf(findings: readonly Finding[], same: boolean): Outcome {
  const worst = (severity: Severity) => findings.some((f) => f.severity === severity);
  if (worst("error")) return "unconverted";
  if (worst("warning")) return "warned";
  // Advice on what is well as it stands, and that it is TiDB's own already, changes nothing.
  return same && findings.every((f) => f.rule.startsWith("fitness/") || f.rule === CORE.ownSql.id) ? "as-is" : "rewritten";
}

/** A statement's result, and how it stands in the output: comments, statements with semicolons, commented blocks for holes. */
function resultOf(
  chunk: Exclude<Chunk, { kind: "end" }>,
  made: Made,
  told: readonly Finding[],
  node: Node | undefined,
): { readonly result: StatementResult; readonly output: string } {
  const { source, span } = chunk;
  const original = source.text.slice(span.start, span.end);
  const same = made.verbatim ?? (made.sql.length === 1 && sameText(made.sql[0]!, original));
  // The same tokens: the reader's own spelling stays.
  // Lists that things were pushed to have room for more, which nothing is to come into.
  const sql = same && !hasComment(chunk) ? [original] : made.sql.slice();
  const errors = told.filter((f) => f.severity === "error");
  // What was told of an earlier statement is true of this one.
  const outcome = outcomeOf(made.findings, same);
  const blocks = made.comments.slice();
  if (errors.length > 0)
    blocks.push(
      hole(
        errors.map((f) => `${f.rule}: ${f.text}`),
        sql.length === 0 ? holeText(chunk, original) : "",
      ),
    );
  for (const text of sql) blocks.push(`${text};`);
  const findings = named(told, node, original);
  return { result: { source, span, kind: statementWords(original), outcome, sql, findings }, output: blocks.join("\n") };
}

/** A hole shows the original; of a COPY block only its head: the data may be gigabytes. */
function holeText(chunk: Chunk, original: string): string {
  return chunk.kind === "copy" ? `${original.split("\n")[0]}` : original;
}

function hasComment(chunk: Chunk): boolean {
  return chunk.kind === "sql" && chunk.inside.length > 0;
}

/** Whether two texts have the same words, in whatever lines and letter case. Most differ at once, and without a copy of either. */
function sameText(a: string, b: string): boolean {
  let i = 0;
  let j = 0;
  for (;;) {
    while (isSpace(a.charCodeAt(i))) i++;
    while (isSpace(b.charCodeAt(j))) j++;
    if (i >= a.length || j >= b.length) break;
    if (a[i] !== b[j] && a[i]!.toLowerCase() !== b[j]!.toLowerCase()) return false;
    i++;
    j++;
  }
  return i >= a.length && j >= b.length && squeeze(a) === squeeze(b);
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** For comparing regardless of white space and of the letter case of words; quoted text stays as it is. */
function squeeze(sql: string): string {
  return sql
    .split(/('[^']*(?:''[^']*)*'|"[^"]*"|`[^`]*`)/)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .replaceAll(/\s+/g, " ")
            .replaceAll(/ ?([(),;]) ?/g, "$1")
            .toLowerCase(),
    )
    .join("")
    .trim();
}

/** The words a statement begins with: `CREATE TABLE`, `ALTER TABLE`, `INSERT INTO`, `\connect`. */
function statementWords(text: string): string {
  if (text.startsWith("\\")) return `psql ${text.split(/\s/, 1)[0]}`;
  const words: string[] = [];
  WORD.lastIndex = 0;
  for (let n = 0; n < 4 && words.length < 2; n++) {
    const word = WORD.exec(text)?.[1]?.toUpperCase();
    if (word === undefined) break;
    if (!MODIFIERS.has(word)) words.push(word);
  }
  const kind = words.join(" ");
  const known = KINDS.get(kind);
  if (known === undefined) KINDS.set(kind, kind);
  return known ?? kind;
}

/** One text for all statements of a kind. */
const KINDS = new Map<string, string>();

const WORD = /([a-z]+)\s*/iy;

/** Words between CREATE and what is made. */
const MODIFIERS = new Set(["UNIQUE", "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL"]);

function accountOf(statements: readonly StatementResult[]): Account {
  const count = (outcome: Outcome) => statements.filter((s) => s.outcome === outcome).length;
  return {
    statements: statements.length,
    asIs: count("as-is"),
    rewritten: count("rewritten"),
    warned: count("warned"),
    unconverted: count("unconverted"),
  };
}
