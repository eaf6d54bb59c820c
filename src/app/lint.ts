import { createHash } from "node:crypto";
import { CORE } from "../core.js";
import type { Rule } from "../engine/contract.js";
import type { Finding } from "../finding.js";
import { type Fragment, type Host, type Reading, SPELLINGS } from "../hosts/fragment.js";
import type { Coverage, Edit, Linted, LintedFile, LintedString, LintFinding, Unread } from "../linted.js";
import type { FileResult, StatementResult } from "../result.js";
import type { Source, Span } from "../source/text.js";
import { type Trace, tracesIn } from "../trace.js";
import { type ConvertOptions, core } from "./convert/pass.js";
import { convert } from "./convert.js";
import { type Change, changes } from "./lint/edits.js";
import { hasForeignDriver, isForeignPath, isForeignText } from "./lint/foreign.js";
import { unfilled } from "./lint/holes.js";
import { schemasIn } from "./lint/schema.js";
import { judge, type SqlString } from "./lint/strings.js";
import { suppressionsIn } from "./lint/suppress.js";

export interface LintOptions extends ConvertOptions {
  /** What the queries are judged by; undefined: what the files themselves make. */
  readonly schemaFiles?: readonly Source[] | undefined;
  /** Every mention of PostgreSQL counts. */
  readonly zero: boolean;
  /** Hashes of strings that are TiDB's already, as `--fix` leaves them. */
  readonly converted: ReadonlySet<string>;
  /** The order in which migrations are run. */
  readonly inOrder: (a: string, b: string) => number;
  /** The files that are to be judged; undefined: all. The others only say what is there. */
  readonly only?: ((file: Source) => boolean) | undefined;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** A file on its way. */
interface Work {
  readonly source: Source;
  readonly strings: SqlString[];
  readonly unread: Unread[];
  foreign: number;
  reading: Reading | undefined;
  readonly findings: Found[];
  readonly linted: LintedString[];
}

/** A finding, where the SQL begins that it is in, and what is changed there. */
interface Found {
  readonly finding: Finding;
  readonly from: number;
  readonly suggestion?: string | undefined;
  readonly edits?: readonly Edit[] | undefined;
}

/**
 * Looks for PostgreSQL in the files of a code base: SQL by the rules that convert it, everything else by traces.
 * @param hosts the languages in which SQL may stand
 */
export async function lint(
  files: readonly Source[],
  rules: readonly Rule[],
  traces: readonly Trace[],
  hosts: readonly Host[],
  options: LintOptions,
): Promise<Linted> {
  const schemas = schemasIn(files, options.inOrder);
  const wanted = options.only ? files.filter(options.only) : files;
  const inSchema = new Map(schemas.flatMap((schema) => schema.sources.map((source) => [source, schema] as const)));
  const works = new Map<Source, Work>();
  for (const [i, source] of wanted.entries()) {
    works.set(source, await begun(source, hosts, options, inSchema.has(source)));
    options.onProgress?.(i + 1, wanted.length);
  }
  const known = options.schemaFiles ?? schemas.flatMap(({ sources }) => sources);
  await lintSql(works, schemas, known, rules, options);

  const ids = new Set([...rules, ...Object.values(CORE), ...traces].map(({ id }) => id));
  const isRule = (id: string) => ids.has(id) || (id.endsWith("/*") && [...ids].some((each) => each.startsWith(id.slice(0, -1))));
  const judged = [...works.values()].map((work) => finished(work, traces, isRule, options.zero));
  return { files: judged, coverage: coverageOf(judged), schema: options.schemaFiles ? [] : schemas.map(({ name }) => name) };
}

/** @returns what `--fix` remembers a text by */
export function hashOf(sql: string): string {
  return createHash("sha256").update(sql.replaceAll(/\s+/g, " ").trim()).digest("hex").slice(0, 16);
}

function coverageOf(files: readonly LintedFile[]): Coverage {
  const sum = (of: (file: LintedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    files: files.length,
    checked: sum(({ strings }) => strings.length),
    unread: sum(({ unread }) => unread.length),
    foreign: sum(({ foreign }) => foreign),
    skipped: [],
  };
}

async function begun(source: Source, hosts: readonly Host[], options: LintOptions, isSchema: boolean): Promise<Work> {
  const work: Work = { source, strings: [], unread: [], foreign: 0, reading: undefined, findings: [], linted: [] };
  if (source.name.endsWith(".sql")) {
    if (!isSchema) await takeFile(work);
    return work;
  }
  const host = hostFor(source.name, hosts);
  if (!host) return work;
  const reading = await host.read(source.text);
  work.reading = reading;
  const isForeign = isForeignPath(source.name) || hasForeignDriver(reading.imports);
  for (const fragment of reading.fragments) await takeFragment(work, fragment, options, isForeign);
  return work;
}

function hostFor(path: string, hosts: readonly Host[]): Host | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return hosts.find(({ extensions, names }) => names?.includes(name) || extensions.some((extension) => name.endsWith(extension)));
}

async function takeFragment(work: Work, fragment: Fragment, options: LintOptions, isForeign: boolean): Promise<void> {
  const judged = await judge(work.source, fragment, options.postgres, isForeign);
  if (judged.kind === "sql" && options.converted.has(hashOf(judged.string.source.text))) work.foreign++;
  else if (judged.kind === "sql") work.strings.push(judged.string);
  else if (judged.kind === "unread") work.unread.push({ span: fragment.span, reason: judged.reason });
  else if (judged.kind === "foreign") work.foreign++;
}

/** A file of SQL that makes no schema is one text. */
async function takeFile(work: Work): Promise<void> {
  const { source } = work;
  if (isForeignPath(source.name) || isForeignText(source.text)) {
    work.foreign += source.text.split(/;\s*$/m).filter((text) => text.trim() !== "").length;
    return;
  }
  const span = { start: 0, end: source.text.length };
  const rendered = { text: source.text, at: (offset: number) => offset, partOf: (at: Span) => plain(source.text, at) };
  const defines = /(?:^|;)\s*(?:create|alter|drop|do)\s/im.test(source.text);
  work.strings.push({ host: source, span, filled: { rendered, fillings: [] }, written: [], source, defines });
}

function plain(text: string, span: Span) {
  return { kind: "text" as const, text: text.slice(span.start, span.end), span, spelling: "plain" as const };
}

/** Findings in a query that only say that the schema is not at hand, or that advise. */
const NOT_OF_CODE = /^(?:fitness\/|core\/absent-relation$|core\/unknown-column$|core\/schema-name$|tables\/unknown$|config\/)/;

async function lintSql(
  works: ReadonlyMap<Source, Work>,
  schemas: readonly { readonly sources: readonly Source[] }[],
  known: readonly Source[],
  rules: readonly Rule[],
  options: LintOptions,
): Promise<void> {
  const base: ConvertOptions = { ...options, assume: true, everywhere: true, accept: [] };
  // Each schema is a history of its own.
  for (const { sources } of schemas) {
    if (!sources.some((source) => works.has(source))) continue;
    const { files } = await convert(sources, rules, base);
    for (const file of files) {
      const work = works.get(file.source);
      if (!work) continue;
      const rendered = { text: file.source.text, at: (offset: number) => offset, partOf: (at: Span) => plain(file.source.text, at) };
      take(work, file, {
        host: file.source,
        span: { start: 0, end: 0 },
        filled: { rendered, fillings: [] },
        written: [],
        source: file.source,
        defines: true,
      });
    }
  }
  // What only reads and writes rows leaves the schema as it is: all of it is judged by one.
  const owner = new Map<Source, readonly [Work, SqlString]>();
  const queries: Source[] = [];
  for (const work of works.values())
    for (const string of work.strings) {
      owner.set(string.source, [work, string]);
      if (!string.defines) queries.push(string.source);
    }
  const takeAll = ({ files }: { readonly files: readonly FileResult[] }) => {
    for (const file of files) {
      const [work, string] = owner.get(file.source)!;
      take(work, file, string);
    }
  };
  if (queries.length > 0) takeAll(await convert([...known, ...queries], rules, { ...base, known: new Set(known) }));
  // What code makes or drops is there for the rest of its file and for nobody else.
  for (const { strings } of works.values()) {
    const defining = strings.filter(({ defines }) => defines).map(({ source }) => source);
    if (defining.length > 0) takeAll(await convert(defining, rules, base));
  }
}

/** Takes what became of a text to where it stands in the host. */
function take(work: Work, file: FileResult, string: SqlString): void {
  for (const statement of file.statements) {
    const { rendered } = string.filled;
    const { findings, sql, outcome } = statement;
    const span = { start: rendered.at(statement.span.start), end: rendered.at(statement.span.end) };
    const from = string.written.length === 0 && string.span.end === 0 ? span.start : string.span.start;
    const shown = (text: string) => unfilled(text, string.filled, string.written);
    work.linted.push({
      span,
      sql: shown(string.source.text.slice(statement.span.start, statement.span.end)),
      tidb: sql.map(shown),
      outcome,
    });
    const told = findings.filter(
      ({ rule, message }) => !NOT_OF_CODE.test(rule) && !(rule === "queries/relations" && message === "unknown"),
    );
    const made = outcome === "as-is" ? [] : (changesOf(statement, string) ?? []);
    const edits = editsOf(statement, made, string);
    const hostSpan = ({ start, end }: Span) => ({
      start: rendered.at(start),
      end: Math.max(rendered.at(end - 1) + 1, rendered.at(start) + 1),
    });
    for (const finding of told)
      work.findings.push({ finding: { ...finding, source: work.source, span: hostSpan(finding.span) }, from, edits });
    for (const change of made) {
      if (
        told.some(
          ({ span: at }) => at.start < change.end && change.start < at.end && at.end - at.start < statement.span.end - statement.span.start,
        )
      )
        continue;
      const pg = shown(string.source.text.slice(change.start, change.end));
      const tidb = shown(change.text);
      const finding = core(
        CORE.spelling,
        "form",
        { pg: short(pg), tidb: tidb === "" ? "left out" : short(tidb) },
        work.source,
        hostSpan(change),
      );
      work.findings.push({ finding, from, suggestion: tidb, edits });
    }
    if (outcome !== "as-is" && told.length === 0 && made.length === 0 && sql.length === 0) {
      const finding = core(CORE.spelling, "without", {}, work.source, hostSpan(statement.span));
      work.findings.push({ finding, from });
    }
  }
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** Where the statement's text and what it became differ, with offsets of the string. */
function changesOf({ sql, span, source }: StatementResult, _string: SqlString): readonly Change[] | undefined {
  if (sql.length === 0) return undefined;
  const written = source.text.slice(span.start, span.end);
  const all = changes(written, sql.join(";\n")) ?? [{ start: 0, end: written.length, text: sql.join(";\n") }];
  return all.map((change) => ({ ...change, start: change.start + span.start, end: change.end + span.start }));
}

/** What to write in the host; undefined unless the statement means the same and every place of it can be spelt where it stands. */
function editsOf(
  { sql, findings, outcome }: StatementResult,
  made: readonly Change[],
  { filled, written }: SqlString,
): readonly Edit[] | undefined {
  if (outcome !== "rewritten" || sql.length === 0 || made.length === 0 || findings.some(({ severity }) => severity !== "note"))
    return undefined;
  const edits: Edit[] = [];
  for (const change of made) {
    const part = filled.rendered.partOf(change);
    const text = part && SPELLINGS[part.spelling](unfilled(change.text, filled, written));
    if (!part || text === undefined || /hole_\d+_|\$\{h\d+\}/.test(text)) return undefined;
    const start = filled.rendered.at(change.start);
    edits.push({ start, end: start + (change.end - change.start), text });
  }
  return edits;
}

function finished(work: Work, traces: readonly Trace[], isRule: (id: string) => boolean, zero: boolean): LintedFile {
  const { source, reading, unread, foreign } = work;
  const inComment = commentsOf(source, reading);
  const found: Found[] = [
    ...work.findings,
    ...tracesIn(
      source.name,
      source.text,
      traces.filter((trace) => zero || !("zeroOnly" in trace && trace.zeroOnly)),
      inComment,
    ).map(({ trace, span, text, fix }) => ({
      finding: { rule: trace.id, message: "trace", severity: trace.severity, text, help: trace.help, url: trace.docs, source, span },
      from: span.start,
      ...(fix !== undefined && { suggestion: fix, edits: [{ ...span, text: fix }] }),
    })),
  ];
  const suppressions = suppressionsIn(source, isRule);
  const counts = new Map<string, number>();
  const done = found.map(({ finding, from, suggestion, edits }): LintFinding => {
    const { start, end } = finding.span;
    const key = `${finding.rule}\n${source.name}\n${source.text.slice(start, Math.min(end, start + 200)).replaceAll(/\s+/g, " ")}`;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return { ...finding, suggestion, edits, suppressed: suppressions.reasonFor(finding, from), fingerprint: hashOf(`${key}\n${nth}`) };
  });
  const own = suppressions.findings().map(
    (finding): LintFinding => ({
      ...finding,
      fingerprint: hashOf(`${finding.rule}\n${source.name}\n${source.text.slice(finding.span.start, finding.span.end)}`),
    }),
  );
  const findings = [...done, ...own].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return { source, findings, strings: work.linted, unread, foreign };
}

/** Whether an offset lies in a comment: of the host's parser, or of a line that begins as one. */
function commentsOf({ text }: Source, reading: Reading | undefined): (offset: number) => boolean {
  const spans =
    reading && reading.comments.length > 0
      ? reading.comments
      : [...text.matchAll(/(?<=^|\s)(?:#(?!!)|\/\/)[^\n]*|<!--[\s\S]*?-->/gm)].map(({ 0: found, index }) => ({
          start: index,
          end: index + found.length,
        }));
  return (offset) => {
    let [low, high] = [0, spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (spans[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    return spans[low] !== undefined && spans[low]!.start <= offset;
  };
}
