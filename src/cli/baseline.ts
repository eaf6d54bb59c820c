/** Findings that a project knows of and has not got to yet. */
import { readFile } from "node:fs/promises";
import type { Linted, LintedFile } from "../linted.js";
import { UsageError } from "./exit.js";

/** By file, the fingerprints of its findings with what each is, for people who read the file. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Written {
  readonly version: number;
  readonly findings: Baseline;
}

/** Counts up when fingerprints are made otherwise. */
const VERSION = 1;

/**
 * Reads a baseline.
 * @throws UsageError when the file is not there, or is none of this version
 */
export async function readBaseline(path: string): Promise<Baseline> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) throw new UsageError(`--baseline ${path}: there is no such file; --update-baseline writes it`);
  try {
    const { version, findings } = JSON.parse(text) as Written;
    if (version === VERSION) return findings;
  } catch {
    throw new UsageError(`--baseline ${path}: is no baseline: not JSON`);
  }
  throw new UsageError(`--baseline ${path}: is of another version of pg2tidb; write it anew with --update-baseline`);
}

/** The text of a baseline that knows all findings of a run. */
export function baselineOf(files: readonly LintedFile[]): string {
  const findings: Record<string, Record<string, string>> = {};
  for (const { source, findings: all } of files)
    for (const { fingerprint, rule, text, suppressed } of all)
      if (suppressed === undefined) {
        findings[source.name] ??= {};
        findings[source.name]![fingerprint] = `${rule}: ${text}`;
      }
  return `${JSON.stringify({ version: VERSION, findings } satisfies Written, null, 2)}\n`;
}

/** What a run is beside its baseline. */
export interface Compared {
  readonly linted: Linted;
  /** Entries for which there is no finding any more, as `file: rule: text`. */
  readonly stale: readonly string[];
}

/** Marks the findings that the baseline knows. @param whole whether files that the run did not see are gone */
export function compared(linted: Linted, baseline: Baseline, whole: boolean): Compared {
  const seen = new Map(linted.files.map(({ source, findings }) => [source.name, new Set(findings.map(({ fingerprint }) => fingerprint))]));
  const stale = Object.entries(baseline).flatMap(([path, entries]) => {
    const there = seen.get(path);
    if (!there && !whole) return [];
    return Object.entries(entries).flatMap(([fingerprint, what]) => (there?.has(fingerprint) ? [] : `${path}: ${what}`));
  });
  const files = linted.files.map((file) => {
    const entries = baseline[file.source.name];
    return entries
      ? {
          ...file,
          findings: file.findings.map((finding) => (entries[finding.fingerprint] === undefined ? finding : { ...finding, known: true })),
        }
      : file;
  });
  return { linted: { ...linted, files }, stale };
}
