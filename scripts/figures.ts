import { checkStatements } from "../src/app/check.js";
import { convert } from "../src/app/convert.js";
import type { Finding } from "../src/finding.js";
import type { Result, StatementResult } from "../src/result.js";
import type { Rule } from "../src/rule.js";
import { lineIndex } from "../src/source/text.js";
import type { Target } from "../src/targets/target.js";
import type { Group } from "./projects.js";

/** What became of one group, in numbers. */
export interface Figures {
  readonly statements: number;
  /** Statements that came through, or whose loss an error finding tells: all, or a net has a hole. */
  readonly accounted: number;
  readonly asIs: number;
  readonly rewritten: number;
  readonly warned: number;
  readonly unconverted: number;
  /** Statements of each kind that there are, and how many of them have no error finding. */
  readonly kinds: Readonly<Partial<Record<SchemaKind, Share>>>;
  /** Causes of refusals by TiDB that no error finding told of. */
  readonly refused: number;
  /** What TiDB then holds otherwise than it must. */
  readonly differences: number;
}

export interface Measured {
  readonly group: Group;
  readonly figures: Figures;
  /** One line for each refusal and difference. */
  readonly complaints: readonly string[];
}

interface Share {
  readonly all: number;
  readonly converted: number;
}

/** What defines a schema, by the words that statements begin with. */
const KINDS = {
  tables: /^(?:CREATE|DROP) TABLE/,
  changes: /^ALTER TABLE/,
  sequences: /^(?:CREATE|ALTER|DROP) SEQUENCE/,
  comments: /^COMMENT/,
  types: /^(?:CREATE|ALTER|DROP) (?:TYPE|DOMAIN)/,
  indexes: /^(?:CREATE|ALTER|DROP) INDEX/,
  views: /^(?:CREATE|ALTER|DROP) (?:VIEW|MATERIALIZED)/,
} as const;
type SchemaKind = keyof typeof KINDS;

/** Kinds that are looked at together. */
const TOGETHER = {
  "tables, changes, sequences, comments, types": ["tables", "changes", "sequences", "comments", "types"],
  "indexes, views": ["indexes", "views"],
} as const satisfies Readonly<Record<string, readonly SchemaKind[]>>;

/** Converts a group as one history, applies it to TiDB (unless what it changes is not there) and reads it back. */
export async function measure(group: Group, rules: readonly Rule[], target: Target): Promise<Measured> {
  const result = await convert(group.sources, rules, { postgres: "18", target: "8.5.6" });
  const statements = result.files.flatMap((file) => file.statements);
  const { session, expected, absent } = result;
  const applicable = group.baseless ? [] : statements;
  const checked = applicable.flatMap(({ sql, source, span }) => sql.map((text) => ({ sql: text, source, span })));
  const report = await checkStatements(target, checked, { session, absent, ...(group.baseless ? {} : { expected }) });
  const untold = report.findings.filter(
    (finding) => finding.rule === "check/refused" && !isTold(finding, statements) && !lacksParents(finding, statements),
  );
  const kinds = Object.entries(KINDS).flatMap(([kind, words]) => {
    const of = statements.filter((statement) => words.test(statement.kind));
    return of.length === 0 ? [] : [[kind, { all: of.length, converted: of.filter((statement) => !hasError(statement)).length }] as const];
  });
  const figures = {
    ...result.account,
    accounted: statements.filter((statement) => statement.outcome !== "unconverted" || hasError(statement)).length,
    kinds: Object.fromEntries(kinds),
    refused: untold.length,
    differences: report.differences.length,
  };
  return { group, figures, complaints: [...untold, ...report.differences].map((finding) => complaint(finding, result)) };
}

function hasError({ findings }: StatementResult): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** Rows that refer to a table for which no statement of the input has any: PostgreSQL refuses them as well. */
function lacksParents({ text }: Finding, statements: readonly StatementResult[]): boolean {
  const parent = /\b1452: .*REFERENCES `(.+?)` \(/.exec(text)?.[1]?.toLowerCase();
  if (parent === undefined) return false;
  return !statements.some(({ source, span }) => {
    const filled = /^(?:insert\s+into|copy)\s+(?:only\s+)?(?:[\w"]+\.)?"?(\w+)/i.exec(source.text.slice(span.start, span.start + 200))?.[1];
    // A name may have got its schema in front.
    return filled !== undefined && (parent === filled.toLowerCase() || parent.endsWith(`_${filled.toLowerCase()}`));
  });
}

function isTold(refusal: Finding, statements: readonly StatementResult[]): boolean {
  return statements.some(
    (statement) => statement.source === refusal.source && statement.span.start === refusal.span.start && hasError(statement),
  );
}

function complaint({ source, span, text }: Finding, { files }: Result): string {
  const { line, column } = lineIndex(source)(span.start);
  const made = files
    .flatMap((file) => file.statements)
    .find((statement) => statement.source === source && statement.span.start === span.start);
  const sql = made?.sql.join("; ").replaceAll(/\s+/g, " ").slice(0, 300) ?? "";
  return `${source.name}:${line}:${column} ${text}\n    ${sql}`;
}

/** One group's figures in words. */
export function figuresLine({ group, figures: f }: Measured): string {
  const outcomes = `${f.asIs} as is, ${f.rewritten} rewritten, ${f.warned} with a warning, ${f.unconverted} not converted`;
  const applied = group.baseless ? "not applied" : `${f.refused} refused untold, ${f.differences} differences`;
  return `${group.name}: ${f.statements} statements (${outcomes}), ${applied}`;
}

/** The figures as a Markdown table, a line a group. */
export function figuresTable(all: readonly Measured[]): string {
  const head = [
    "group",
    "statements",
    "accounted",
    "as is",
    "rewritten",
    "warned",
    "unconverted",
    ...Object.keys(TOGETHER).map((kinds) => `without an error: ${kinds}`),
    "refused untold",
    "differences",
  ];
  const rows = all.map(({ group, figures: f }) => [
    group.name,
    f.statements,
    percent(f.accounted, f.statements),
    f.asIs,
    f.rewritten,
    f.warned,
    f.unconverted,
    ...Object.values(TOGETHER).map((kinds) => {
      const { all, converted } = share(f, kinds);
      return percent(converted, all);
    }),
    group.baseless ? "not applied" : f.refused,
    group.baseless ? "not applied" : f.differences,
  ]);
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function share({ kinds }: Figures, of: readonly SchemaKind[]): Share {
  const shares = of.flatMap((kind) => kinds[kind] ?? []);
  return { all: shares.reduce((sum, { all }) => sum + all, 0), converted: shares.reduce((sum, { converted }) => sum + converted, 0) };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}

export type Ratchet = Readonly<Record<string, Figures>>;

/** What fell behind the figures kept; nothing when all is as good or better. */
export function fallen(kept: Ratchet, all: readonly Measured[]): string[] {
  return all.flatMap(({ group, figures: now }) => {
    const before = kept[group.name];
    if (before === undefined) return [`${group.name} has no figures yet`];
    const worse = (what: string, was: number, is: number) => (is > was ? [`${group.name}: ${what} rose from ${was} to ${is}`] : []);
    return [
      ...worse("statements not accounted for", before.statements - before.accounted, now.statements - now.accounted),
      ...worse("unconverted", before.unconverted, now.unconverted),
      ...Object.keys(KINDS).flatMap((kind) => {
        const of = (figures: Figures) => share(figures, [kind as SchemaKind]);
        const [was, is] = [of(before), of(now)];
        return worse(`${kind} with an error`, was.all - was.converted, is.all - is.converted);
      }),
      ...worse("refusals untold", before.refused, now.refused),
      ...worse("differences", before.differences, now.differences),
    ];
  });
}
