import { createHash } from "node:crypto";
import { commentsIn } from "../comments.js";
import { CORE } from "../core.js";
import type { RelationNamer } from "../emit/relations.js";
import type { Rule } from "../engine/contract.js";
import type { Finding } from "../finding.js";
import type { Fragment, Host, Reading } from "../hosts/fragment.js";
import { isMeant, type Linted, type LintedFile, type LintFinding } from "../linted.js";
import type { FileResult } from "../result.js";
import type { Source, Span } from "../source/text.js";
import { type Trace, tracesIn } from "../trace.js";
import type { ConvertOptions } from "./convert/pass.js";
import { convertHistory } from "./convert.js";
import { coverageOf } from "./lint/coverage.js";
import { defines } from "./lint/defines.js";
import { belowFolder, hasForeignDriver, isForeignPath, isForeignText, isNamedOnly, isOurText } from "./lint/foreign.js";
import { textOf } from "./lint/holes.js";
import { isManifest, isOwnName, ownNames } from "./lint/own.js";
import { type FoundSchema, isSchemaCode, isSchemaCodePath, schemasIn } from "./lint/schema.js";
import { judge, type SqlString } from "./lint/strings.js";
import { suppressionsIn } from "./lint/suppress.js";
import { hashOf, take, wholeFile } from "./lint/take.js";
import { thin } from "./lint/thin.js";
import type { Found, Work } from "./lint/work.js";

export interface LintOptions extends ConvertOptions {
  /** What the queries are judged by; undefined: what the files themselves make. */
  readonly schemaFiles?: readonly Source[] | undefined;
  /** Every mention of PostgreSQL counts. */
  readonly zero: boolean;
  /** Hashes of strings that are TiDB's already, as `--fix` leaves them. */
  readonly converted: ReadonlySet<string>;
  /** The order in which migrations are run. */
  readonly inOrder: (a: string, b: string) => number;
  /** The folders that are looked at, by their paths as files have them: what is above them says nothing of a file. */
  readonly folders?: readonly string[] | undefined;
  /** The files that are to be judged; undefined: all. The others only say what is there. */
  readonly only?: ((file: Source) => boolean) | undefined;
  /** What an earlier run found out about a file that is the same. */
  readonly remembered?: ((file: Source) => LintedFile | undefined) | undefined;
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
  const schemas = schemasIn(files, options.inOrder, options.folders);
  const wanted = options.only ? files.filter(options.only) : files;
  const inSchema = new Set(
    schemas.flatMap(({ sources, reverts, wholeOf }) => [...sources, ...reverts].map((each) => wholeOf.get(each) ?? each)),
  );
  const works = new Map<Source, Work>();
  const done = new Map<Source, LintedFile>();
  for (const source of wanted) {
    const before = options.remembered?.(source);
    if (before) done.set(source, before);
    else works.set(source, await begun(source, hosts, options, inSchema.has(source)));
  }
  if (works.size > 0) {
    const known = options.schemaFiles ?? [...schemas.flatMap(({ sources }) => sources), ...(await inCode(files, works, hosts, options))];
    await lintSql(works, schemas, known, rules, options);
  }

  const ids = new Set([...rules, ...Object.values(CORE), ...traces].map(({ id }) => id));
  const isRule = (entry: string) => ids.has(entry) || [...ids].some((id) => isMeant(entry, id));
  const own = ownNames(files, options.folders);
  for (const work of works.values()) done.set(work.source, finished(work, traces, isRule, own, options.zero));
  const judged = wanted.map((source) => done.get(source)!);
  return { files: judged, coverage: coverageOf(judged), schema: options.schemaFiles ? [] : schemas.map(({ name }) => name) };
}

/** What migrations that are written in code make. */
async function inCode(
  files: readonly Source[],
  works: ReadonlyMap<Source, Work>,
  hosts: readonly Host[],
  options: LintOptions,
): Promise<Source[]> {
  const made: Source[] = [];
  for (const source of files) {
    if (!isSchemaCode(source, options.folders)) continue;
    const { strings } = works.get(source) ?? (await begun(source, hosts, options, false));
    // A copy: the text itself is judged as well.
    for (const { source: own, defines } of strings) if (defines) made.push({ ...own });
  }
  return made;
}

/** Whether what others are judged by may be in a file: a part of the schema, or what the tree is called. */
export function isForOthers(file: Source, { folders }: Pick<LintOptions, "folders">): boolean {
  return file.name.endsWith(".sql") || isManifest(file, folders) || isSchemaCode(file, folders);
}

/** Likewise, as far as its name tells: others need not be read where they are not to be linted. */
export function mayBeForOthers(name: string, folders?: readonly string[]): boolean {
  return name.endsWith(".sql") || isManifest({ name }, folders) || isSchemaCodePath(name, folders);
}

/** What the findings of a file depend on beside its own text, in one figure: all that makes the schema, and what the tree is called. */
export function schemaDigest(
  files: readonly Source[],
  { schemaFiles, inOrder, folders }: Pick<LintOptions, "schemaFiles" | "inOrder" | "folders">,
): string {
  const hash = createHash("sha256");
  const sources = schemaFiles ?? [];
  const found = schemasIn(files, inOrder, folders).flatMap(({ sources, reverts }) => [...sources, ...reverts]);
  for (const { name, text } of [...sources, ...found, ...files.filter((file) => isSchemaCode(file, folders))])
    hash.update(`${name}\0${text.length}\0${text}`);
  for (const name of ownNames(files, folders)) hash.update(`${name}\0`);
  return hash.digest("hex");
}

async function begun(source: Source, hosts: readonly Host[], options: LintOptions, isSchema: boolean): Promise<Work> {
  const work: Work = { source, strings: [], unread: [], foreign: 0, converted: 0, reading: undefined, findings: [], linted: [] };
  if (source.name.endsWith(".sql")) {
    if (!isSchema) await takeFile(work, options);
    return work;
  }
  const host = hostFor(source.name, hosts);
  if (!host) return work;
  const reading = await host.read(source.text);
  work.reading = reading;
  if (reading.broken)
    work.unread.push({ span: { start: 0, end: 0 }, reason: "not all of it is understood by the parser: SQL may stand there unseen" });
  const path = belowFolder(source.name, options.folders);
  const isOurs = () => isNamedOnly(path) && reading.fragments.some(({ parts }) => isOurText(textOf(parts)));
  const isForeign = hasForeignDriver(reading.imports) || (isForeignPath(path) && !isOurs());
  for (const fragment of reading.fragments) await takeFragment(work, fragment, options, isForeign);
  // A file in which some SQL is another engine's, and none says that it is PostgreSQL's, is that engine's.
  if (work.foreign > 0 && !work.strings.some(({ source: { text } }) => isOurText(text))) work.foreign += work.strings.splice(0).length;
  return work;
}

function hostFor(path: string, hosts: readonly Host[]): Host | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return hosts.find(({ extensions, names }) => names?.includes(name) || extensions.some((extension) => name.endsWith(extension)));
}

async function takeFragment(work: Work, fragment: Fragment, options: LintOptions, isForeign: boolean): Promise<void> {
  if (options.converted.size > 0 && options.converted.has(hashOf(textOf(fragment.parts)))) {
    work.converted++;
    return;
  }
  const judged = await judge(work.source, fragment, options.postgres, isForeign);
  if (judged.kind === "sql") work.strings.push(judged.string);
  else if (judged.kind === "unread") work.unread.push({ span: fragment.span, reason: judged.reason });
  else if (judged.kind === "foreign") work.foreign++;
}

/** A file of SQL that makes no schema is one text. */
async function takeFile(work: Work, options: LintOptions): Promise<void> {
  const { source } = work;
  if (isForeignPath(belowFolder(source.name, options.folders)) || isForeignText(source.text)) {
    work.foreign += source.text.split(/;\s*$/m).filter((text) => text.trim() !== "").length;
    return;
  }
  work.strings.push(wholeFile(source, defines(source.text)));
}

async function lintSql(
  works: ReadonlyMap<Source, Work>,
  schemas: readonly FoundSchema[],
  known: readonly Source[],
  rules: readonly Rule[],
  options: LintOptions,
): Promise<void> {
  const base: ConvertOptions = { ...options, assume: true, everywhere: true, accept: [] };
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
      take(work, file, string, options);
    }
  };
  let several = false;
  if (queries.length > 0 || schemas.length > 1) {
    const { result, relation } = await convertHistory([...known, ...queries], rules, { ...base, known: new Set(known) });
    // Histories of one database each may have a schema of their own.
    several = hasPrefixes(relation);
    takeAll(result);
  }
  // Each schema is a history of its own.
  for (const { sources, reverts, wholeOf } of schemas) {
    const workOf = (source: Source) => works.get(wholeOf.get(source) ?? source);
    const run = async (history: readonly Source[], own: Partial<ConvertOptions>) => {
      const { result } = await convertHistory(history, rules, { ...base, ...own, several });
      for (const file of result.files) {
        const work = workOf(file.source);
        if (work) take(work, file, wholeFile(file.source, true), options);
      }
    };
    if (sources.some(workOf)) await run(sources, {});
    if (reverts.some(workOf)) await run([...sources, ...reverts], { known: new Set(sources) });
  }
  // What code makes or drops is there for the rest of its file and for nobody else.
  for (const { strings } of works.values()) {
    const defining = strings.filter(({ defines }) => defines).map(({ source }) => source);
    if (defining.length > 0) takeAll((await convertHistory(defining, rules, { ...base, several, part: true })).result);
  }
}

/** Whether names have that of their schema in front. */
function hasPrefixes(relation: RelationNamer): boolean {
  return relation({ schema: "other", name: "relation" }) !== "relation";
}

function finished(
  work: Work,
  traces: readonly Trace[],
  isRule: (id: string) => boolean,
  own: readonly string[],
  zero: boolean,
): LintedFile {
  const { source, reading, foreign } = work;
  const { text, long, whole } = thin(source.text);
  const wanted = traces.filter((trace) => zero || !trace.zeroOnly);
  const inSql = within(work.strings.filter((string) => string.source !== string.host).map(({ span }) => span));
  const inComment = commentsOf(source, reading);
  const traced = tracesIn(source.name, text, wanted, (offset) => inComment(whole({ start: offset, end: offset + 1 }).start))
    .map((each) => ({ ...each, span: whole(each.span) }))
    // Rules have judged the SQL already; a URL or a name in it is told by them where it matters.
    .filter(({ span }) => !inSql(span.start) && !isOwnName(source.text.slice(span.start, span.end), own))
    .map(({ trace, span, text: told, form, fix }) => ({
      finding: { rule: trace.id, message: "trace", severity: trace.severity, text: told, help: trace.help, url: trace.docs, source, span },
      from: span.start,
      suggestion: form,
      ...(fix !== undefined && { edits: [{ ...span, text: fix }] }),
    }));
  const suppressions = suppressionsIn(source, isRule);
  const counts = new Map<string, number>();
  const printed = ({ rule, span: { start, end } }: Finding): string => {
    const key = `${rule}\n${source.name}\n${source.text.slice(start, Math.min(end, start + 200)).replaceAll(/\s+/g, " ")}`;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return hashOf(`${key}\n${nth}`);
  };
  const found: readonly Found[] = once([...work.findings, ...traced]);
  const done = found.map(
    ({ finding, from, suggestion, edits }): LintFinding => ({
      ...finding,
      suggestion,
      edits,
      suppressed: suppressions.reasonFor(finding, from),
      fingerprint: printed(finding),
    }),
  );
  const ofSuppressions = suppressions.findings().map((finding): LintFinding => ({ ...finding, fingerprint: printed(finding) }));
  const findings = [...done, ...ofSuppressions].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const unread = [
    ...work.unread,
    ...long.map((span) => ({ span, reason: `a line of ${span.end - span.start} characters, in which only SQL was looked for` })),
  ];
  return { source, findings, strings: work.linted, unread, foreign: foreign + work.converted };
}

/** A constant stands in every text that it is joined into: what is to be said of its place is said once. */
function once(all: readonly Found[]): readonly Found[] {
  const known = new Map<string, Found>();
  for (const each of all) {
    const { rule, text, span } = each.finding;
    const key = `${rule} ${span.start} ${span.end} ${text}`;
    if (!known.has(key)) known.set(key, each);
  }
  return [...known.values()];
}

/** Whether an offset lies in a comment: of the host's parser, or as far as a glance tells. */
function commentsOf({ name, text }: Source, reading: Reading | undefined): (offset: number) => boolean {
  return within(reading && reading.comments.length > 0 ? reading.comments : commentsIn(name, text));
}

/** @param spans in order, none within another */
function within(spans: readonly Span[]): (offset: number) => boolean {
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
