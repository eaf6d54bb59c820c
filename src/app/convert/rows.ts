import { find, rootOf } from "../../catalog/model.js";
import { CORE } from "../../core.js";
import { insertRows } from "../../data/inserts.js";
import { spanOf } from "../../engine/place.js";
import type { Name } from "../../pg/names.js";
import { parseStatement } from "../../pg/parse.js";
import type { CopyChunk, SqlChunk } from "../../source/split.js";
import { core, type Made, type Pass, PROBLEMS } from "./pass.js";
import { commentsOf, newStatement, refused } from "./read.js";
import { holder, isLeftOut, isView, lastOf, relationText } from "./relations.js";
import { makeStatement } from "./statement.js";

export function makeCopy(chunk: CopyChunk): Made {
  const text = chunk.source.text.slice(chunk.span.start, chunk.span.end);
  const table = /^\\?copy\s+((?:"[^"]*"|[^\s("])+)/i.exec(text)?.[1] ?? "a table";
  const findings = [core(CORE.copy, "data-left-out", { rows: chunk.rows, table }, chunk.source, chunk.span)];
  if (chunk.problem)
    findings.push(core(CORE.notUnderstood, "unterminated", { what: PROBLEMS[chunk.problem.id]! }, chunk.source, chunk.span));
  return { sql: [], findings, comments: [] };
}

export async function makeInsert(pass: Pass, chunk: SqlChunk): Promise<Made> {
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
  const leftOut = target && !reached && isLeftOut(pass, target) ? target.name : undefined;
  const missing = reached && pass.lost.has(reached.node) ? reached.name : leftOut;
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
