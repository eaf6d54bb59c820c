import { statSync } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import type { CheckedStatement, CheckOptions } from "../src/app/check.js";
import { EXIT, guarded, UsageError } from "../src/cli/exit.js";
import type { Inputs } from "../src/cli/inputs.js";
import type { Finding } from "../src/finding.js";
import { coloursWanted, type Paint, paint } from "../src/report/colour.js";
import { REPORT_EXTENSIONS, rendererFor } from "../src/report/formats.js";
import { renderJson } from "../src/report/json.js";
import { buildReport, type Report, type ReportInput, reaches } from "../src/report/model.js";
import { renderSummary, renderTerminal } from "../src/report/terminal.js";
import type { CheckSummary } from "../src/report/verdict.js";
import type { FileResult, Result } from "../src/result.js";

/** The flags `check` has too. */
export const commonFlags = {
  report: Flags.string({
    summary: `also write a report; its format follows the extension: ${REPORT_EXTENSIONS.join(", ")}; may be given several times`,
    helpValue: "FILE",
    multiple: true,
    multipleNonGreedy: true,
  }),
  format: Flags.string({
    summary: "how the findings are told: text for people on stderr, json for machines on stdout",
    options: ["text", "json"],
    default: "text",
  }),
  tidb: Flags.string({
    summary: "URL of the TiDB to check on (mysql://user:password@host:port); a database of its own is made and removed again",
    helpValue: "URL",
    env: "TIDB_URL",
    noCacheDefault: true,
  }),
  postgres: Flags.option({
    summary: "the PostgreSQL grammar to read with first: 16 for servers up to 16",
    options: ["18", "16"] as const,
    default: "18",
  })(),
  target: Flags.string({ summary: "the TiDB release to convert for: 8.5.0 or a later 8.5", helpValue: "VERSION", default: "8.5.6" }),
  "fail-on": Flags.option({
    summary: "exit with 1 when there is a finding this severe or worse",
    options: ["note", "warning", "error"] as const,
    default: "error",
  })(),
  quiet: Flags.boolean({ summary: "tell only errors and the account" }),
  "no-color": Flags.boolean({ summary: "no colours; NO_COLOR in the environment does the same" }),
};

export default class Convert extends Command {
  static override summary = "Converts PostgreSQL SQL to TiDB SQL, and accounts for every statement.";
  static override description =
    `Reads schemas, dumps and queries, and prints what they become in TiDB. Findings and the account go to stderr, the SQL to stdout or to --output.
Nothing is dropped in silence: what has no counterpart stays in the output as a comment, with a finding that says what to do.
Exits with 0, or 1 when there are findings as severe as --fail-on, 2 on wrong usage, 3 when an input cannot be read, 4 when there is no TiDB to check on.`;
  static override examples = [
    { description: "Convert a schema", command: "<%= config.bin %> convert schema.sql --output tidb.sql" },
    {
      description: "Convert what pg_dump writes, and check it on a TiDB",
      command: "pg_dump --schema-only mydb | <%= config.bin %> convert - --check --output tidb.sql",
    },
    {
      description: "Convert a folder of migrations, with a report to read",
      command: "<%= config.bin %> convert migrations/ --output tidb/ --report report.html",
    },
    { description: "See what would change", command: "<%= config.bin %> convert schema.sql --diff" },
  ];
  static override strict = false;
  static override args = {
    // Standard input is SQL, asked for by `-`; oclif would take it for the name of a file.
    input: Args.string({ description: "files, directories, globs, or - for standard input", required: true, ignoreStdin: true }),
  };
  static override flags = {
    output: Flags.string({
      char: "o",
      summary: "write the SQL there instead of to stdout: a file for one input, a directory for several or with a / at its end",
      helpValue: "PATH",
    }),
    diff: Flags.boolean({ summary: "print a unified diff instead of the SQL", exclusive: ["format"] }),
    check: Flags.boolean({ summary: "apply the result to a real TiDB and read the schema back" }),
    ...commonFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Convert);
    process.exitCode = await guarded(this, () => convertInputs(argv as string[], flags));
  }
}

type CommonFlags = Interfaces.InferredFlags<typeof commonFlags>;
type ConvertFlags = Interfaces.InferredFlags<typeof Convert.flags>;

async function convertInputs(args: readonly string[], flags: ConvertFlags): Promise<number> {
  const options = conversionOptions(flags);
  assertReportFormats(flags.report);
  const { readInputs } = await import("../src/cli/inputs.js");
  const { inputs, notes } = await readInputs(args, { stdin: () => buffer(process.stdin) });
  for (const note of notes) tell(note);
  const sources = inputs.map(({ source }) => source);

  const [{ convert }, { default: rules }] = await Promise.all([import("../src/app/convert.js"), import("../rules/index.js")]);
  const result = await convert(sources, rules, options);
  // Before the check: what is converted must not be lost when there is no engine, or nobody waits for it.
  if (flags.output !== undefined) await writeOutput(flags.output, result.files, inputs);
  if (flags.diff) await printDiff(result.files, flags);
  else if (flags.output === undefined && flags.format === "text") process.stdout.write(joinFiles(result.files));

  const { session, expected } = result;
  const checked = flags.check ? await checkOnTidb(statementsOf(result), { session, expected }, flags.tidb) : null;
  return finish(result, checked, flags);
}

/** Several inputs make a directory; one makes a file, unless a directory is meant. */
async function writeOutput(output: string, files: readonly FileResult[], inputs: Inputs["inputs"]): Promise<void> {
  const { writeAll, writeAtomically } = await import("../src/cli/output.js");
  const names = inputs.map(({ source }) => source.name);
  const one = files.length === 1 && !/[/\\]$/.test(output) && !statSync(output, { throwIfNoEntry: false })?.isDirectory();
  if (one) return writeAtomically(output, files[0]!.output, names);
  const outputs = inputs.map(({ source, relative }) => ({ relative, text: files.find((file) => file.source === source)!.output }));
  return writeAll(output, outputs, names);
}

/** One file as it is; several with the name of each before it. */
function joinFiles(files: readonly FileResult[]): string {
  if (files.length === 1) return files[0]!.output;
  return files.map(({ source, output }) => `-- file: ${source.name.replace(/[\r\n]/g, " ")}\n${output.replace(/\n*$/, "\n")}`).join("\n");
}

async function printDiff(files: readonly FileResult[], flags: ConvertFlags): Promise<void> {
  const { unifiedDiff } = await import("../src/report/diff.js");
  for (const { source, output } of files) {
    const { text, exact } = unifiedDiff(source.name, source.text, output, paintFor(process.stdout, flags));
    process.stdout.write(text);
    if (!exact) tell(`${source.name}: too much has changed for a line by line diff, so it shows the whole file replaced`);
  }
}

function statementsOf({ files }: Result): CheckedStatement[] {
  return files.flatMap(({ statements }) => statements.flatMap(({ sql, source, span }) => sql.map((text) => ({ sql: text, source, span }))));
}

/** What an engine said, or why none could be asked. */
export interface Checked {
  readonly summary: CheckSummary;
  readonly findings: readonly Finding[];
}

/** Applies statements to a TiDB. That there is none is an answer too: what was converted must not be lost for it. */
export async function checkOnTidb(
  statements: readonly CheckedStatement[],
  options: Pick<CheckOptions, "session" | "expected" | "absent">,
  url: string | undefined,
): Promise<Checked> {
  const [{ checkStatements }, { isEngineError }, { openTarget }] = await Promise.all([
    import("../src/app/check.js"),
    import("../src/app/engine.js"),
    import("../src/targets/open.js"),
  ]);
  try {
    const target = await openTarget({ ...(url === undefined ? {} : { url }), build: false, log: tell });
    try {
      const { engine, applied, refused, skipped, findings, differences } = await checkStatements(target, statements, {
        ...options,
        log: tell,
        onProgress: showProgress,
      });
      const readBack = options.expected === undefined ? null : differences.length;
      // Where our own TiDB lies on this machine is nothing for a report.
      const name = target.disposable ? `TiDB ${target.version} (embedded)` : engine;
      return { summary: { kind: "engine", engine: name, applied, refused, skipped, readBack }, findings: [...findings, ...differences] };
    } finally {
      if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
      await target.close();
    }
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return { summary: { kind: "failed", reason: error.message }, findings: [] };
  }
}

/** A counter in place, on a terminal only. */
function showProgress(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}checking ${done} of ${total} statements`);
}

const CLEAR_LINE = "\r\u001b[K";

/** Tells what was found, writes the report files and returns the exit code. */
export async function finish(input: ReportInput, checked: Checked | null, flags: CommonFlags): Promise<number> {
  const report = buildReport(input, checked);
  await writeReports(
    report,
    flags.report ?? [],
    input.files.map(({ source }) => source.name),
  );
  if (flags.format === "json") process.stdout.write(renderJson(report));
  const told =
    flags.format === "json"
      ? renderSummary(report)
      : renderTerminal(report, { paint: paintFor(process.stderr, flags), quiet: flags.quiet });
  process.stderr.write(told);
  if (checked?.summary.kind === "failed") return EXIT.engine;
  return reaches([...input.findings, ...(checked?.findings ?? [])], flags["fail-on"]) ? EXIT.findings : EXIT.ok;
}

async function writeReports(report: Report, paths: readonly string[], inputs: readonly string[]): Promise<void> {
  const { writeAtomically } = await import("../src/cli/output.js");
  for (const path of paths) await writeAtomically(path, rendererFor(path)!(report), inputs);
}

/** @throws UsageError for a file whose extension names no format */
export function assertReportFormats(paths: readonly string[] = []): void {
  const wrong = paths.find((path) => rendererFor(path) === undefined);
  if (wrong !== undefined)
    throw new UsageError(`--report ${basename(wrong)}: the extension must be one of ${REPORT_EXTENSIONS.join(", ")}`);
}

/** @throws UsageError for a TiDB release the rules were not proven on */
export function conversionOptions({ postgres, target }: Pick<CommonFlags, "postgres" | "target">): {
  postgres: "18" | "16";
  target: string;
} {
  const version = target.replace(/^v/, "");
  if (!/^8\.5\.\d+$/.test(version)) throw new UsageError(`--target ${target} is not supported: give 8.5.0 or a later 8.5, such as 8.5.6`);
  return { postgres, target: version };
}

/** Colours for a stream, if it is to have any. */
export function paintFor(stream: { readonly isTTY?: boolean }, flags: { readonly "no-color": boolean }): Paint {
  return paint(coloursWanted(stream, { noColor: flags["no-color"], env: process.env }));
}

/** Messages are for people and go where data does not. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
