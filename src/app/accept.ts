import { CORE } from "../core.js";
import { finding } from "../engine/run.js";
import type { Finding } from "../finding.js";
import type { FileResult } from "../result.js";
import type { Source, Span } from "../source/text.js";

/** A finding the reader knows of, as the configuration names it. */
export interface Acceptance {
  /** `rule`, or `rule/message`. */
  readonly rule: string;
  /** The object it is about, with `*` for any text; all where it is left out. */
  readonly object?: string;
  readonly reason: string;
  readonly source: Source;
  readonly span: Span;
}

/**
 * Marks the findings that are known, and says which entries matched none.
 * The outcome of a statement stays what it is: what is not in the output is not there, known or not.
 */
export function accepted(
  files: readonly FileResult[],
  entries: readonly Acceptance[],
): { readonly files: readonly FileResult[]; readonly findings: readonly Finding[] } {
  if (entries.length === 0) return { files, findings: [] };
  const rows = entries.map((entry) => ({ entry, object: entry.object === undefined ? undefined : glob(entry.object), used: false }));
  const judge = (found: Finding): Finding => {
    const row = rows.find(
      ({ entry, object }) =>
        (entry.rule === found.rule || entry.rule === `${found.rule}/${found.message}`) &&
        (object === undefined || (found.object !== undefined && object.test(found.object))),
    );
    if (!row) return found;
    row.used = true;
    return { ...found, accepted: row.entry.reason };
  };
  const judged = files.map((file) => ({
    ...file,
    statements: file.statements.map((statement) => ({ ...statement, findings: statement.findings.map(judge) })),
  }));
  const unused = rows.filter(({ used }) => !used).map(({ entry }) => entry);
  return {
    files: judged,
    findings: unused.map(({ rule, object, source, span }) =>
      finding(CORE.configAccept, "unused", { rule, object: object === undefined ? "" : ` on ${object}` }, source, span),
    ),
  };
}

function glob(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
