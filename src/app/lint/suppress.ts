import { CORE } from "../../core.js";
import type { Finding } from "../../finding.js";
import { isMeant } from "../../linted.js";
import { lineIndex, type Source, type Span } from "../../source/text.js";
import { core } from "../convert/pass.js";

/** A comment that lets findings pass. */
interface Suppression {
  readonly span: Span;
  readonly rules: readonly string[];
  readonly reason: string;
  /** The line it speaks of; undefined: the whole file. */
  readonly line: number | undefined;
  used: boolean;
}

/** What begins a comment in one of the languages, and what a comment says. */
const COMMENT =
  /(?:\/\/|\/\*|#|--|<!--|;|%)[ \t*]*pg2tidb-ignore(?<file>-file)?(?![\w-])[ \t]*(?<rules>[\w/*, -]*?)[ \t]*(?::[ \t]*(?<reason>[^\n]*?))?[ \t]*(?:\*\/|-->)?[ \t]*\r?$/gm;

export interface Suppressions {
  /** The reason why a finding may stand; undefined where no comment speaks of it. `from` is where the SQL string begins that it is in. */
  readonly reasonFor: (finding: Finding, from: number) => string | undefined;
  /** What is wrong with the comments themselves; to be asked for at the end. */
  readonly findings: () => readonly Finding[];
}

/**
 * The comments of a file that let findings pass: `pg2tidb-ignore rule, rule: reason` speaks of its own line where something stands before
 * it, otherwise of the next; `pg2tidb-ignore-file` of the whole file. `dml/*` stands for all rules of a folder.
 */
export function suppressionsIn(source: Source, isRule: (id: string) => boolean): Suppressions {
  const lineOf = lineIndex(source);
  const all: Suppression[] = [];
  const findings: Finding[] = [];
  for (const found of source.text.includes("pg2tidb-ignore") ? source.text.matchAll(COMMENT) : []) {
    const span = { start: found.index, end: found.index + found[0].trimEnd().length };
    const { file, rules = "", reason = "" } = found.groups!;
    const named = rules.split(/[\s,]+/).filter(Boolean);
    const unknown = named.find((rule) => !isRule(rule));
    if (named.length === 0) findings.push(core(CORE.ignore, "no-rule", {}, source, span));
    else if (reason === "") findings.push(core(CORE.ignore, "no-reason", {}, source, span));
    else if (unknown !== undefined) findings.push(core(CORE.ignore, "no-such-rule", { rule: unknown }, source, span));
    else
      all.push({ span, rules: named, reason, line: file ? undefined : spokenOf(source.text, span, lineOf(span.start).line), used: false });
  }
  return {
    reasonFor(finding, from) {
      const [line, first] = [lineOf(finding.span.start).line, lineOf(from).line];
      const one = all.find(
        (each) =>
          (each.line === undefined || each.line === line || each.line === first) && each.rules.some((rule) => isMeant(rule, finding.rule)),
      );
      if (!one) return undefined;
      one.used = true;
      return one.reason;
    },
    findings: () => [
      ...findings,
      ...all.filter(({ used }) => !used).map(({ span, rules }) => core(CORE.ignore, "unused", { rules: rules.join(", ") }, source, span)),
    ],
  };
}

function spokenOf(text: string, { start }: Span, line: number): number {
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return before.trim() === "" || before.trim() === "{" ? line + 1 : line;
}
