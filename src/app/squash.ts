import { analyse } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import { replay } from "../catalog/replay.js";
import { type Fate, type Squashed, squash } from "../catalog/squash.js";
import { CORE } from "../core.js";
import { finding } from "../engine/run.js";
import type { Finding } from "../finding.js";
import type { Node } from "../pg/ast.js";
import type { FileResult, StatementResult } from "../result.js";
import { type Chunk, type Comment, split } from "../source/split.js";
import type { Source, Span } from "../source/text.js";

/** Several inputs as one text, in which every place tells the input it stands in. */
export interface History {
  readonly source: Source;
  readonly parts: readonly { readonly source: Source; readonly start: number }[];
  readonly chunks: readonly Exclude<Chunk, { kind: "end" }>[];
}

export function historyOf(sources: readonly Source[]): History {
  let text = "";
  const parts: { source: Source; start: number }[] = [];
  for (const source of sources) {
    parts.push({ source, start: text.length });
    text += `${source.text}\n`;
  }
  const [first] = sources;
  const name = sources.length === 1 && first ? `${first.name}, squashed` : `${sources.length} files squashed`;
  const whole = { name, text };
  // Each input is cut on its own: what one leaves open does not reach into the next.
  const chunks = parts.flatMap(({ source, start }) =>
    split(source).flatMap((chunk) => (chunk.kind === "end" ? [] : [moved(chunk, whole, start)])),
  );
  return { source: whole, parts, chunks };
}

function moved<C extends Chunk>(chunk: C, source: Source, by: number): C {
  const span = ({ start, end }: Span): Span => ({ start: start + by, end: end + by });
  const comments = (list: readonly Comment[]) => list.map((comment) => ({ ...comment, span: span(comment.span) }));
  return {
    ...chunk,
    source,
    leading: span(chunk.leading),
    before: comments(chunk.before),
    span: span(chunk.span),
    end: chunk.end + by,
    ...("inside" in chunk ? { inside: comments(chunk.inside) } : {}),
    ...("data" in chunk ? { data: span(chunk.data) } : {}),
    ...("problem" in chunk && chunk.problem ? { problem: { ...chunk.problem, at: chunk.problem.at + by } } : {}),
  };
}

/** A statement of the schema with its chunk; a finding where it stands for nothing in the schema at the end. */
export interface SquashedChunk extends Squashed {
  readonly chunk: Exclude<Chunk, { kind: "end" }>;
  readonly finding: Finding | undefined;
}

export interface SquashedHistory {
  readonly statements: readonly SquashedChunk[];
  /** The schema that `statements` make. */
  readonly catalog: Catalog;
  readonly fates: ReadonlyMap<number, Fate>;
}

/**
 * The schema at the end of a history.
 * @param trees statements by the number of their chunk; several where a block came to several
 * @param start makes an empty catalog
 */
export function squashHistory({ source, chunks }: History, trees: readonly (readonly Node[])[], start: () => Catalog): SquashedHistory {
  const steps = trees.flatMap((nodes, input) => nodes.map((node) => ({ node, input })));
  const { statements, fates, columns } = squash(steps, start());
  const catalog = start();
  // How text is stored depends on the whole history: what is squashed must hold what a database that went through it holds.
  for (const [def, column] of columns) catalog.defined.set(def, { ...column, history: { ...column.history, autoIncrement: false } });
  const seen = new Set<number>();
  return {
    statements: statements.map((statement) => {
      catalog.schema = statement.schema;
      const [doubt] = QUERIES.has(statement.node.kind) ? analyse(catalog, statement.node, (node) => node).doubts.filter(isUnknown) : [];
      const chunk = chunks[statement.input]!;
      const what = statement.broken ?? doubt?.text;
      const found = what === undefined ? undefined : finding(CORE.squash, "unresolved", { what }, source, chunk.span);
      if (!found) replay(catalog, statement.node);
      const isFirst = !seen.has(statement.input);
      seen.add(statement.input);
      return { ...statement, chunk: isFirst ? chunk : bare(chunk), finding: found };
    }),
    catalog,
    fates,
  };
}

const QUERIES: ReadonlySet<string> = new Set(["ViewStmt", "CreateTableAsStmt"]);

function isUnknown({ id }: { readonly id: string }): boolean {
  return id === "unknown-relation" || id === "unknown-column";
}

/** Another statement of the same chunk: its comments stand at the first. */
function bare<C extends Chunk>(chunk: C): C {
  const { start } = chunk.span;
  return { ...chunk, leading: { start, end: start }, before: [], ...("inside" in chunk ? { inside: [] } : {}) };
}

/** What is said of a statement that makes none of the schema. */
export function fateFinding(fate: Fate, source: Source, span: Span): Finding {
  const { kind, ...data } = fate;
  return finding(CORE.squash, kind, data, source, span);
}

/** With its place in the input that it stands in. */
export function placed<T extends { readonly source: Source; readonly span: Span }>({ source, parts }: History, thing: T): T {
  if (thing.source !== source) return thing;
  const { start, end } = thing.span;
  const part = parts[lastAt(parts, start)]!;
  return { ...thing, source: part.source, span: { start: start - part.start, end: end - part.start } };
}

/** The number of the chunk at an offset of the history. */
export function chunkAt({ chunks }: History, offset: number): number {
  return lastAt(chunks, offset, ({ leading }) => leading.start);
}

/** The last of a sorted list that starts at an offset or before it. */
function lastAt<T>(list: readonly T[], offset: number, start = (item: T) => (item as { start: number }).start): number {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (start(list[middle]!) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The results of a history's chunks, file by file, with places in the files again. */
export function apart(history: History, results: readonly StatementResult[]): FileResult[] {
  const files = new Map(history.parts.map(({ source }): [Source, StatementResult[]] => [source, []]));
  for (const result of results) {
    const back = placed(history, { ...result, findings: result.findings.map((found) => placed(history, found)) });
    files.get(back.source)?.push(back);
  }
  return [...files].map(([source, statements]) => ({ source, output: "", statements }));
}
