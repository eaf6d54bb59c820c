import type { CheckedStatement, CheckOptions } from "../app/check.js";
import { CORE } from "../core.js";
import type { Finding, Severity } from "../finding.js";
import { rendererFor } from "../report/formats.js";
import { renderJson } from "../report/json.js";
import { buildReport, type Report, type ReportInput, reaches } from "../report/model.js";
import { renderSummary, renderTerminal } from "../report/terminal.js";
import type { CheckSummary } from "../report/verdict.js";
import type { FileResult } from "../result.js";
import { InputError, looksLike } from "../source/decode.js";
import { EXIT } from "./exit.js";
import { type CommonFlags, paintFor, tell } from "./flags.js";

/**
 * Not one statement parses, and the text looks like something else: then there is nothing to convert, and nothing is written.
 * @throws InputError naming what it looks like
 */
export function assertSql(files: readonly FileResult[]): void {
  for (const { source, statements } of files) {
    const understood = statements.some(({ findings }) => findings.every((finding) => finding.rule !== CORE.notUnderstood.id));
    const what = understood ? undefined : looksLike(source.text);
    if (what !== undefined) throw new InputError(`${source.name}: looks like ${what}, not SQL: not one statement of it parses`);
  }
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
  const [{ checkStatements }, { isEngineError, openTarget }] = await Promise.all([import("../app/check.js"), import("../app/engine.js")]);
  try {
    const target = await openTarget({ ...(url === undefined ? {} : { url }), build: true, log: tell });
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
export async function finish(
  input: ReportInput,
  checked: Checked | null,
  flags: Pick<CommonFlags, "report" | "format" | "quiet" | "no-color">,
  failOn: Severity,
): Promise<number> {
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
  return reaches([...input.findings, ...(checked?.findings ?? [])], failOn) ? EXIT.findings : EXIT.ok;
}

async function writeReports(report: Report, paths: readonly string[], inputs: readonly string[]): Promise<void> {
  const { writeAtomically } = await import("./output.js");
  for (const path of paths) await writeAtomically(path, rendererFor(path)!(report), inputs);
}
