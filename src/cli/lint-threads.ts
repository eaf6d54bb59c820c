import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { coverageOf } from "../app/lint/coverage.js";
import { isForOthers, type LintOptions } from "../app/lint.js";
import { type Linted, type Sent, withSource } from "../linted.js";
import type { Source } from "../source/text.js";
import { moduleDirectory } from "../targets/paths.js";

/** What the other thread is given: what it lints, and what else makes the schema. */
export interface Share {
  readonly files: readonly Source[];
  /** Names of those that are its to lint. */
  readonly own: ReadonlySet<string>;
  readonly options: Omit<LintOptions, "inOrder" | "only" | "remembered">;
}

/** From so many UTF-16 units on, a thread is worth its start, which takes it as long as linting some 200 kB. */
const MANY = 500_000;

/**
 * Lints by two threads where there is much to do, each a half of the files. Every file is judged by the schema alone, whichever files are
 * linted beside it: both threads read that, and their results are put together.
 * @param here lints in this thread the files that it is given a test for
 */
export async function lintByThreads(
  files: readonly Source[],
  options: LintOptions,
  here: (options: LintOptions) => Promise<Linted>,
): Promise<Linted> {
  const wanted = options.only ? files.filter(options.only) : files;
  // Asked once a file: it is told by all of its text.
  const before = new Map(wanted.map((file) => [file, options.remembered?.(file)]));
  const remembered = (file: Source) => before.get(file);
  const todo = wanted.filter((file) => !remembered(file));
  const units = todo.reduce((sum, { text }) => sum + text.length, 0);
  if (units < MANY || availableParallelism() < 2) return here({ ...options, remembered });
  const theirs = new Set(half(todo, units / 2));
  const asked = byThread(files, theirs, options);
  const only = (file: Source) => (options.only?.(file) ?? true) && !theirs.has(file);
  const [own, sent] = await Promise.all([here({ ...options, remembered, only }), asked]);
  // A thread that could not work has its share done here.
  const other = sent
    ? [...theirs].map((source, i) => withSource(sent[i]!, source))
    : (await here({ ...options, only: (file) => theirs.has(file) })).files;
  const done = new Map([...own.files, ...other].map((file) => [file.source, file]));
  const judged = files.flatMap((file) => done.get(file) ?? []);
  return { ...own, files: judged, coverage: coverageOf(judged) };
}

/** Every other file, until the texts are long enough: neighbours are of one kind, and take as long. */
function half(files: readonly Source[], units: number): Source[] {
  const taken: Source[] = [];
  let sum = 0;
  for (let i = 1; i < files.length && sum < units; i += 2) {
    taken.push(files[i]!);
    sum += files[i]!.text.length;
  }
  return taken;
}

/** @returns what becomes of `own`, in its order; undefined where the thread broke down */
function byThread(files: readonly Source[], own: ReadonlySet<Source>, { inOrder: _, only: __, remembered: ___, ...options }: LintOptions) {
  const share: Share = {
    files: files.filter((file) => own.has(file) || isForOthers(file, options)),
    own: new Set([...own].map(({ name }) => name)),
    options,
  };
  return new Promise<readonly Sent[] | undefined>((resolve) => {
    const worker = new Worker(join(dirname(moduleDirectory()), "dist/src/cli/lint-thread.js"), { workerData: share });
    worker.once("message", (sent: readonly Sent[]) => resolve(sent));
    worker.once("error", () => resolve(undefined));
    worker.once("exit", () => resolve(undefined));
  });
}
