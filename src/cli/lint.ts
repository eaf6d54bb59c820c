import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type LintOptions, lint } from "../app/lint.js";
import type { Rule } from "../engine/contract.js";
import { SEVERITIES, type Severity } from "../finding.js";
import { HOSTS } from "../hosts/index.js";
import type { Linted, LintFinding } from "../linted.js";
import type { Paint } from "../report/colour.js";
import { type LintFormat, renderLint } from "../report/lint/formats.js";
import { counts, totals } from "../report/lint/model.js";
import type { Source } from "../source/text.js";
import type { Trace } from "../trace.js";
import type { Settings } from "./begin.js";
import { EXIT, UsageError } from "./exit.js";
import { type CodeBase, changedFiles, decodeFile, readCodeBase, stagedFiles } from "./files.js";
import { tell } from "./flags.js";
import { naturally, readInputs } from "./inputs.js";

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
}

/** Lints, tells, and returns the exit code. */
export async function runLint(
  paths: readonly string[],
  flags: LintFlags,
  settings: Settings,
  paint: Paint,
  load: () => Promise<LintTables>,
): Promise<number> {
  const base = await codeBase(paths, flags);
  const schemaFiles = flags.schema
    ? (await readInputs(flags.schema, { stdin: () => buffer(process.stdin) })).inputs.map(({ source }) => source)
    : undefined;
  const { rules, traces } = await load();
  const options: LintOptions = {
    ...settings.conversion,
    schemaFiles,
    zero: flags.zero,
    converted: await convertedStrings(),
    inOrder: naturally,
    only: base.only,
  };
  const found = await lint(base.files, rules, traces, HOSTS, options);
  const linted: Linted = { ...found, coverage: { ...found.coverage, skipped: base.skipped } };
  process.stdout.write(renderLint(flags.format, { linted, paint, quiet: flags.quiet }));
  return exitOf(linted, flags);
}

interface Wanted extends CodeBase {
  readonly only: ((file: Source) => boolean) | undefined;
}

async function codeBase(paths: readonly string[], flags: LintFlags): Promise<Wanted> {
  const name = flags["stdin-filename"];
  if (name !== undefined) {
    const own = decodeFile(name, await buffer(process.stdin));
    if (!("text" in own)) throw new UsageError(`${name}: ${own.reason ?? "not text"}`);
    return { files: [own], skipped: [], only: undefined };
  }
  const base = await readCodeBase(paths);
  if (flags.staged) {
    const staged = await stagedFiles();
    const files = base.files.map((file) => {
      const bytes = staged.get(file.name);
      const own = bytes && decodeFile(file.name, bytes);
      return own && "text" in own ? own : file;
    });
    return { ...base, files, only: ({ name: path }) => staged.has(path) };
  }
  if (flags.changed !== undefined) {
    const changed = await changedFiles(flags.changed);
    return { ...base, only: ({ name: path }) => changed.has(path) };
  }
  return { ...base, only: undefined };
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

function exitOf(linted: Linted, flags: LintFlags): number {
  const level = flags["fail-on"] ?? "note";
  const counted = linted.files.flatMap(({ findings }) => findings.filter(counts));
  const fails = counted.some(({ severity }: LintFinding) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level));
  const most = flags["max-warnings"];
  const { warning } = totals(linted);
  if (most !== undefined && warning > most) tell(`${warning} warnings, and ${most} are allowed (--max-warnings)`);
  return fails || (most !== undefined && warning > most) ? EXIT.findings : EXIT.ok;
}
