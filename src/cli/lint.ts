import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type Fixed, fixed } from "../app/lint/fix.js";
import { withoutOthers } from "../app/lint/others.js";
import { type LintOptions, lint, mayBeForOthers, schemaDigest } from "../app/lint.js";
import type { Rule } from "../engine/contract.js";
import { SEVERITIES, type Severity } from "../finding.js";
import { HOSTS } from "../hosts/index.js";
import type { Linted, LintFinding } from "../linted.js";
import type { Paint } from "../report/colour.js";
import { unifiedDiff } from "../report/diff.js";
import { type LintFormat, renderLint, TELL_COVERAGE } from "../report/lint/formats.js";
import { counts, coverageLine, totals } from "../report/lint/model.js";
import type { Source } from "../source/text.js";
import { cacheDirectory } from "../targets/paths.js";
import type { Trace } from "../trace.js";
import { baselineOf, type Compared, compared, readBaseline } from "./baseline.js";
import type { Settings } from "./begin.js";
import { EXIT, UsageError } from "./exit.js";
import { areFiles, type CodeBase, changedFiles, decodeFile, foldersOf, fromHere, readCodeBase, stagedFiles } from "./files.js";
import { tell } from "./flags.js";
import { naturally, readInputs } from "./inputs.js";
import { lintByThreads } from "./lint-threads.js";
import { writeAtomically } from "./output.js";
import { type Memory, openMemory } from "./remember.js";
import { ruleTexts } from "./rule-texts.js";
import { isExcluded, withSeverities } from "./severities.js";

/** The flags of lint, as far as they decide what is done. */
export interface LintFlags {
  readonly schema?: readonly string[] | undefined;
  readonly zero: boolean;
  readonly format: LintFormat;
  readonly fix: boolean;
  readonly "fix-dry-run": boolean;
  readonly baseline?: string | undefined;
  readonly "update-baseline": boolean;
  readonly "max-warnings"?: number | undefined;
  readonly changed?: string | undefined;
  readonly staged: boolean;
  readonly "stdin-filename"?: string | undefined;
  readonly "fail-on"?: Severity | undefined;
  readonly "no-cache": boolean;
  readonly quiet: boolean;
}

/** What is looked for, and in which languages; loaded once the flags are known to be right. */
export interface LintTables {
  readonly rules: readonly Rule[];
  readonly traces: readonly Trace[];
  /** This program's version, for reports. */
  readonly version: string;
}

/** Lints, tells, and returns the exit code. */
export async function runLint(
  paths: readonly string[],
  flags: LintFlags,
  settings: Settings,
  paint: Paint,
  load: () => Promise<LintTables>,
): Promise<number> {
  // Read while the files are.
  const loading = load();
  const schema = flags.schema ?? settings.lint?.schema;
  const isLeftOut = isExcluded(settings.lint);
  const byName = schema === undefined && !flags.staged && flags.changed === undefined && (await areFiles(paths));
  const base = byName ? await namedFiles(paths, isLeftOut) : await codeBase(paths, flags, isLeftOut);
  const schemaFiles = schema
    ? (await readInputs(schema, { stdin: () => buffer(process.stdin) })).inputs.map(({ source }) => source)
    : undefined;
  const { rules, traces, version } = await loading;
  const texts = ruleTexts(rules, traces);
  const options: LintOptions = {
    ...settings.conversion,
    schemaFiles,
    zero: flags.zero,
    converted: await convertedStrings(),
    inOrder: naturally,
    only: base.only,
    folders: await foldersOf(paths),
  };
  // A few files are looked at in less time than it takes to read what is remembered of all.
  const memory = flags["no-cache"] || base.only !== undefined ? undefined : await memoryOf(base.files, options);
  const found = await lintByThreads(base.files, { ...options, remembered: memory?.get }, (own) =>
    lint(base.files, rules, traces, HOSTS, own),
  );
  await memory?.keep(found.files);
  // What is TiDB's by now is counted as another engine's too.
  const isWhole = base.only === undefined && options.converted.size === 0;
  const weighed = withSeverities(isWhole ? withoutOthers(found) : found, settings.lint, texts.keys());
  const whole = base.only === undefined && paths.length === 0;
  const { linted, stale } = await withBaseline({ ...weighed, coverage: { ...weighed.coverage, skipped: base.skipped } }, flags, whole);
  if (flags.fix || flags["fix-dry-run"]) return fix(linted, flags, paint);
  process.stdout.write(await renderLint(flags.format, { linted, paint, quiet: flags.quiet, about: (rule) => texts.get(rule), version }));
  if (!TELL_COVERAGE.includes(flags.format)) tell(coverageLine(linted.coverage));
  for (const entry of stale) tell(`the baseline knows what is not there any more: ${entry}`);
  if (stale.length > 0) tell("take these entries out, or write the baseline anew with --update-baseline");
  return stale.length > 0 ? EXIT.findings : exitOf(linted, flags, settings.lint?.failOn);
}

/** What earlier runs found out, as long as the schema, the options and the program are the same. */
async function memoryOf(files: readonly Source[], options: LintOptions): Promise<Memory> {
  const { postgres, target, schemas, overrides, zero, converted } = options;
  const key = JSON.stringify([postgres, target, schemas, overrides, zero, [...converted], schemaDigest(files, options)]);
  return openMemory(cacheDirectory(), process.cwd(), key);
}

async function withBaseline(linted: Linted, flags: LintFlags, whole: boolean): Promise<Compared> {
  const path = flags.baseline;
  if (path === undefined) return { linted, stale: [] };
  if (flags["update-baseline"]) {
    await writeAtomically(path, baselineOf(linted.files));
    tell(`${path}: written`);
  }
  return compared(linted, await readBaseline(path), whole);
}

/** Rewrites files, or shows what would be. What is TiDB's now is remembered beside them, as PostgreSQL's grammar takes much of it as well. */
async function fix(linted: Linted, flags: LintFlags, paint: Paint): Promise<number> {
  const all: Fixed[] = [];
  for (const file of linted.files) {
    const one = await fixed(file, HOSTS);
    if (one) all.push(one);
  }
  const places = all.reduce((sum, one) => sum + one.places, 0);
  if (flags["fix-dry-run"]) {
    for (const { source, text } of all) process.stdout.write(unifiedDiff(source.name, source.text, text, paint).text);
    tell(`${places} places in ${all.length} files would be rewritten`);
    return EXIT.ok;
  }
  // Before the files: a text that is rewritten and not remembered would be rewritten again.
  const strings = [...new Set([...(await convertedStrings()), ...all.flatMap(({ converted }) => converted)])].sort();
  if (strings.length > 0) await writeAtomically(CONVERTED, `${JSON.stringify({ version: 1, strings }, null, 2)}\n`);
  for (const { source, text } of all) await writeAtomically(source.name, text);
  tell(`${places} places in ${all.length} files rewritten`);
  const left = linted.files.flatMap(({ findings }) => findings.filter((finding) => counts(finding) && !finding.edits));
  tell(left.length === 0 ? "nothing is left to do" : `${left.length} findings are left, which need a person: run lint again to see them`);
  return left.length === 0 ? EXIT.ok : EXIT.findings;
}

interface Wanted extends CodeBase {
  readonly only: ((file: Source) => boolean) | undefined;
}

async function codeBase(paths: readonly string[], flags: LintFlags, isLeftOut: (path: string) => boolean): Promise<Wanted> {
  const name = flags["stdin-filename"];
  if (name !== undefined) {
    const own = decodeFile(name, await buffer(process.stdin));
    if (!("text" in own)) throw new UsageError(`${name}: ${own.reason ?? "not text"}`);
    return { files: [own], skipped: [], only: undefined };
  }
  if (flags.staged) {
    const reading = stagedFiles();
    const base = await some(paths, paths, isLeftOut, reading);
    const staged = await reading;
    const files = base.files.map((file) => {
      const bytes = staged.get(file.name);
      const own = bytes && decodeFile(file.name, bytes);
      return own && "text" in own ? own : file;
    });
    return { ...base, files };
  }
  if (flags.changed !== undefined) return some(paths, paths, isLeftOut, changedFiles(flags.changed));
  return { ...(await readCodeBase(paths, isLeftOut)), only: undefined };
}

/** Some files of a code base, and those that they are judged by: migrations make the schema. */
async function some(
  paths: readonly string[],
  roots: readonly string[],
  isLeftOut: (path: string) => boolean,
  asked: Promise<{ has(path: string): boolean }>,
): Promise<Wanted> {
  const isRead = async () => {
    const [folders, wanted] = await Promise.all([foldersOf(roots), asked]);
    return (path: string) => wanted.has(path) || mayBeForOthers(path, folders);
  };
  const [base, wanted] = await Promise.all([readCodeBase(paths, isLeftOut, isRead), asked]);
  return { ...base, only: ({ name }) => wanted.has(name) };
}

/** Files that hooks and editors name one by one: the tree around them is read too, as its migrations are the schema that they are judged by. */
async function namedFiles(paths: readonly string[], isLeftOut: (path: string) => boolean): Promise<Wanted> {
  const named = new Set(paths.map(fromHere));
  const base = await some([".", ...paths], paths, isLeftOut, Promise.resolve(named));
  return { ...base, skipped: base.skipped.filter(({ path }) => named.has(path)) };
}

/** What --fix left: a file of the project, to be committed with it. */
export const CONVERTED = "pg2tidb.converted.json";

async function convertedStrings(): Promise<ReadonlySet<string>> {
  const text = await readFile(CONVERTED, "utf8").catch(() => undefined);
  if (text === undefined) return new Set();
  try {
    return new Set((JSON.parse(text) as { readonly strings: readonly string[] }).strings);
  } catch {
    throw new UsageError(`${CONVERTED}: is not what --fix wrote; restore it from the repository, or remove it`);
  }
}

function exitOf(linted: Linted, flags: LintFlags, failOn: Severity = "note"): number {
  const level = flags["fail-on"] ?? failOn;
  const counted = linted.files.flatMap(({ findings }) => findings.filter(counts));
  const fails = counted.some(({ severity }: LintFinding) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level));
  const most = flags["max-warnings"];
  const { warning } = totals(linted);
  if (most !== undefined && warning > most) tell(`${warning} warnings, and ${most} are allowed (--max-warnings)`);
  return fails || (most !== undefined && warning > most) ? EXIT.findings : EXIT.ok;
}
