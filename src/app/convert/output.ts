import { CORE } from "../../core.js";
import { commentText, hole } from "../../emit/comments.js";
import { named } from "../../engine/objects.js";
import type { Finding, Severity } from "../../finding.js";
import type { Node } from "../../pg/ast.js";
import type { Outcome, StatementResult } from "../../result.js";
import type { Chunk } from "../../source/split.js";
import type { Made } from "./pass.js";

/** Each statement begins a line of its own. */
export function separated(leading: string, follows: boolean): string {
  return follows && !leading.includes("\n") ? `\n${leading.trimStart()}` : leading;
}

/** A blank line at most, but in a block comment, which stays as it is. */
export function joinBlanks(before: string, after: string): string {
  const both = before + after;
  if (!both.includes("\n\n\n")) return both;
  return both.replaceAll(/(\/\*[\s\S]*?\*\/|--.*)|\n{3,}/g, (_, comment: string | undefined) => comment ?? "\n\n");
}

/** White space and comments before a statement, as TiDB reads them. */
export function leadingText(chunk: Chunk): string {
  const { text } = chunk.source;
  let at = chunk.leading.start;
  let out = "";
  for (const comment of chunk.before) {
    out += text.slice(at, comment.span.start) + commentText(text.slice(comment.span.start, comment.span.end));
    at = comment.span.end;
  }
  out += text.slice(at, chunk.leading.end);
  // Stray semicolons are empty statements.
  return !out.includes(";") && !out.includes("\r") ? out : out.replaceAll(/^\s*;/gm, "").replaceAll("\r\n", "\n");
}

export function outcomeOf(findings: readonly Finding[], same: boolean): Outcome {
  const worst = (severity: Severity) => findings.some((f) => f.severity === severity);
  if (worst("error")) return "unconverted";
  if (worst("warning")) return "warned";
  // Advice on what is well as it stands, and that it is TiDB's own already, changes nothing.
  return same && findings.every((f) => f.rule.startsWith("fitness/") || f.rule === CORE.ownSql.id) ? "as-is" : "rewritten";
}

/** A statement's result, and how it stands in the output: comments, statements with semicolons, commented blocks for holes. */
export function resultOf(
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
        sql.length === 0 ? holeText(chunk, original) : (made.lost ?? []).join("\n"),
      ),
    );
  for (const text of sql) blocks.push(`${text};`);
  const findings = named(told, node, original);
  const { parameters } = made;
  return {
    result: { source, span, kind: statementWords(original), outcome, sql, findings, ...(parameters && { parameters }) },
    output: blocks.join("\n"),
  };
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
  if (a === b) return true;
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
export function statementWords(text: string): string {
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
