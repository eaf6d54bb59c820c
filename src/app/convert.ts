import { type Catalog, emptyCatalog, key } from "../catalog/model.js";
import { replay } from "../catalog/replay.js";
import { CORE } from "../core.js";
import { printers } from "../emit/printers.js";
import { blankSheet, printing } from "../emit/printing.js";
import { type RelationNamer, relationNamer } from "../emit/relations.js";
import type { Rule } from "../engine/contract.js";
import { formsOf } from "../engine/forms.js";
import { Ledger } from "../engine/ledger.js";
import { named } from "../engine/objects.js";
import { fold, handlersOf, newWalk, restatingOf, type Statement } from "../engine/run.js";
import type { Finding } from "../finding.js";
import type { Node } from "../pg/ast.js";
import { relationName } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import { accountOf } from "../report/account.js";
import type { FileResult, Result, StatementResult } from "../result.js";
import { type Chunk, type SqlChunk, split } from "../source/split.js";
import type { Source } from "../source/text.js";
import { accepted } from "./accept.js";
import { type Division, laterHalf } from "./convert/beside.js";
import { makeMeta } from "./convert/meta.js";
import { joinBlanks, leadingText, resultOf, separated } from "./convert/output.js";
import { type ConvertOptions, core, type Made, type Pass } from "./convert/pass.js";
import { type Item, isHolder, isLate, isLateChunk, lateTrees, readFile, readLate, statementsIn, type Trees } from "./convert/read.js";
import { madeBy, markRefused, relationText } from "./convert/relations.js";
import { makeCopy, makeInsert } from "./convert/rows.js";
import { byChunk, squashedItems } from "./convert/squashed.js";
import { makeStatement } from "./convert/statement.js";
import { absentRelations, expectedSchema } from "./expected.js";
import { logicInventory } from "./logic.js";
import { overrideFindings } from "./overrides.js";
import { header, sessionFor } from "./session.js";
import { apart, historyOf, placed } from "./squash.js";
import { columnChoices } from "./types.js";

/**
 * Converts sources, in order, as one history over one catalog. Pure but for loading the parser: the same input gives the same bytes.
 * Two passes: the first parses what may change the schema and replays it to its end, because how a column is stored depends on keys that come
 * later; the second parses the rest when its turn comes, and rewrites, prints and accounts for one statement at a time.
 */
export async function convert(sources: readonly Source[], rules: readonly Rule[], options: ConvertOptions): Promise<Result> {
  return (await convertHistory(sources, rules, options)).result;
}

/** As `convert`, with the schema that the sources leave and the names its relations have in TiDB. */
export async function convertHistory(sources: readonly Source[], rules: readonly Rule[], options: ConvertOptions): Promise<History> {
  const input = inputOf(sources, options);
  const from = options.squash || options.onTree ? undefined : laterHalf(convertedFiles(input, options));
  const beside = from === undefined ? undefined : options.beside?.(sources, options);
  try {
    return await convertInput(
      input,
      rules,
      options,
      beside ? { turn: 0, from: from!, beside } : { turn: 0, from: Number.POSITIVE_INFINITY },
    );
  } finally {
    await beside?.end();
  }
}

/**
 * Converts the later half of the queries, for a thread that another one runs beside it.
 * @param take takes what became of each, in their order, with the names of what its findings are about
 */
export async function convertLater(
  sources: readonly Source[],
  rules: readonly Rule[],
  options: ConvertOptions,
  take: (made: Made) => void,
): Promise<void> {
  const input = inputOf(sources, options);
  const from = laterHalf(convertedFiles(input, options));
  if (from !== undefined) await convertInput(input, rules, options, { turn: 0, from, take });
}

interface History {
  readonly result: Result;
  readonly final: Catalog;
  readonly relation: RelationNamer;
}

interface Input {
  readonly sources: readonly Source[];
  readonly history: ReturnType<typeof historyOf> | undefined;
  readonly files: readonly (readonly Chunk[])[];
}

function inputOf(sources: readonly Source[], options: ConvertOptions): Input {
  const history = options.squash ? historyOf(sources) : undefined;
  return { sources, history, files: history ? [history.chunks] : sources.map(split) };
}

/** Without those that only say what is there. */
function convertedFiles({ sources, files }: Input, { known }: ConvertOptions): Input["files"] {
  return files.filter((_, i) => !known?.has(sources[i]!));
}

async function convertInput(
  { sources, history, files: chunks }: Input,
  rules: readonly Rule[],
  options: ConvertOptions,
  division: Division,
): Promise<History> {
  const overrides = options.overrides ?? [];
  const schemas = options.schemas ?? "prefix";
  const read = emptyCatalog(overrides);
  const inputs: Item[][] = [];
  for (const [i, file] of chunks.entries()) inputs.push(await readFile(history?.source ?? sources[i]!, file, read, options));
  const squashed = history && squashedItems(history, inputs[0]!, read);
  const files = squashed ? [squashed.items] : inputs;
  const final = squashed?.catalog ?? read;
  const folds = new Ledger();
  const queries = folded(rules, statementsIn(files), final, folds);

  const now: Catalog = {
    ...emptyCatalog(overrides),
    ...(options.assume && { assuming: true }),
    ...(options.part && { part: true }),
    // One map for both: a column that is defined again knows how it ends.
    defined: final.defined,
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
  const relation = relationNamer(final, now, before, schemas, options.several);
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
    division,
    database: undefined,
  };
  const results: FileResult[] = [];
  for (const [i, items] of files.entries()) {
    const source = history?.source ?? sources[i]!;
    if (options.known?.has(source)) passOver(pass, items);
    else results.push(await convertFile(pass, source, items));
  }
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

/**
 * Runs the whole-schema rules.
 * @returns queries that make relations: converting empties the lists of statements
 */
function folded(rules: readonly Rule[], statements: readonly Statement[], final: Catalog, folds: Ledger): Node[] {
  fold(rules, statements, final, folds);
  return statements.flatMap(({ node }) => (node.kind === "ViewStmt" || node.kind === "CreateTableAsStmt" ? node : []));
}

/** Changes the schema by statements, and makes nothing of them. */
function passOver({ run: { now } }: Pass, items: readonly Item[]): void {
  for (const { statement, inner = [] } of items) {
    if (statement) replay(now, statement.node);
    const { schema } = now;
    for (const each of inner) {
      if (each.statement.schema !== undefined) now.schema = each.statement.schema;
      replay(now, each.statement.node);
    }
    if (statement?.node.kind === "CreateSchemaStmt") now.schema = schema;
  }
}

/** Empties `items`: with a large input the memory of what is done is needed for what comes of it. */
async function convertFile(pass: Pass, source: Source, items: (Item | undefined)[]): Promise<FileResult> {
  // Both threads are busy where the queries are shared.
  const isShared = pass.division.from < Number.POSITIVE_INFINITY;
  const trees = await lateTrees(source, isShared ? [] : (items as readonly Item[]), pass.options);
  try {
    return await convertItems(pass, source, items, trees);
  } finally {
    await trees.end();
  }
}

/**
 * How many items on from a query that has not been read others are read with it: when each is parsed and converted in turn, the code of the one
 * and of the other drive each other out of the processor's cache, which takes a tenth longer (10 MB of queries).
 */
const READ_TOGETHER = 128;

async function convertItems(pass: Pass, source: Source, items: (Item | undefined)[], trees: Trees): Promise<FileResult> {
  const { from, beside, take } = pass.division;
  const statements: StatementResult[] = [];
  const parts: string[] = [];
  const said = new Set<string>();
  let waiting = "";
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    const turn = isLateChunk(item.chunk) ? pass.division.turn++ : -1;
    if (take && turn >= 0 && turn < from) continue;
    const sent = turn >= from ? await beside?.next() : undefined;
    if (!sent && isLate(item)) {
      const own = beside ? Math.max(1, from - turn) : READ_TOGETHER;
      await readLate(items.slice(i, i + READ_TOGETHER), own, pass.options, trees);
    }
    items[i] = undefined;
    const { chunk } = item;
    const leading = item.apart ? `\n\n${leadingText(chunk).trim()}\n`.replace(/\n{3}$/, "\n\n") : leadingText(chunk);
    if (chunk.kind === "end") {
      parts.push(waiting + leading);
      break;
    }
    const made = sent ?? (await make(pass, item).catch((error: unknown) => brokenDown(pass, item, error)));
    if (take) {
      if (turn >= 0) take({ ...made, findings: named(made.findings, item.statement?.node, "") });
      continue;
    }
    const findings = made.findings.filter((each) => isNew(each, pass, said));
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
function isNew({ rule, message }: Finding, { once, options }: Pass, said: Set<string>): boolean {
  if (options.everywhere || !once.get(rule)?.has(message)) return true;
  const name = `${rule} ${message}`;
  return !said.has(name) && said.add(name) !== undefined;
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
  if (item.refused) {
    markRefused(pass, chunk.source.text.slice(chunk.span.start, chunk.span.end), item.refused.sql.length > 0);
    return item.refused;
  }
  if (item.statement) {
    const { inside } = chunk as SqlChunk;
    const own = (stands = false) => makeStatement(pass, item.statement!, item.between ? [...inside, ...item.between] : inside, stands);
    if (!item.inner) return own();
    const held = () => item.inner!.map((each) => within(each.statement, makeStatement(pass, each.statement, each.comments)));
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

/** A mistake of a rule costs the statement that it is made over, and no other. */
function brokenDown({ lost }: Pass, { chunk, statement }: Item, error: unknown): Made {
  if (statement) eachDescendant(statement.node, (node) => lost.add(node));
  const data = { error: error instanceof Error ? error.message : String(error) };
  return { sql: [], findings: [core(CORE.unconverted, "broken", data, chunk.source, chunk.span)], comments: [] };
}

/** Its text is kept where the statement is lost: what stands in the output of its block does not show it. */
function within({ source, span }: Statement, made: Made): Made {
  const isLost = made.sql.length === 0 && made.findings.some(({ severity }) => severity === "error");
  return isLost ? { ...made, lost: [source.text.slice(span.start, span.end)] } : made;
}

/** A block and the statements that it came to. */
function together(parts: readonly Made[]): Made {
  return {
    sql: parts.flatMap((part) => part.sql),
    findings: parts.flatMap((part) => part.findings),
    comments: parts.flatMap((part) => part.comments),
    lost: [...new Set(parts.flatMap((part) => part.lost ?? []))],
    verbatim: false,
  };
}
