import { type Catalog, emptyCatalog } from "../../catalog/model.js";
import { rowsOf } from "../../engine/objects.js";
import type { Finding } from "../../finding.js";
import type { StatementResult } from "../../result.js";
import { chunkAt, fateFinding, type History, squashHistory } from "../squash.js";
import { outcomeOf, statementWords } from "./output.js";
import { NONE } from "./pass.js";
import { type Item, isHolder, newStatement } from "./read.js";

interface SquashedItems {
  readonly items: Item[];
  /** The number of the chunk that each item is a part of. */
  readonly inputs: readonly number[];
  readonly catalog: Catalog;
  /** What is said of chunks that are no part of any item. */
  readonly fates: ReadonlyMap<number, Finding>;
}

/** The statements of the schema that a history leaves, in place of the history's own. */
export function squashedItems(history: History, read: readonly Item[], last: Catalog): SquashedItems {
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
export function byChunk(history: History, squashed: SquashedItems, results: readonly StatementResult[]): StatementResult[] {
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
