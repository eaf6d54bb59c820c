/** Files written whole or not at all. */
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { UsageError } from "./exit.js";

export interface Output {
  /** The path below the output directory. */
  readonly relative: string;
  readonly text: string;
}

/**
 * Writes a file so that it either holds the whole text or what it held before. Missing folders are made; an existing file keeps its mode.
 * A device or pipe, such as `/dev/stdout`, is simply written to.
 * @param inputs the files that were read: none of them may be overwritten
 * @throws UsageError when the path cannot be written to
 */
export async function writeAtomically(path: string, text: string, inputs: readonly string[] = []): Promise<void> {
  await writePaths([{ path, text }], inputs);
}

/**
 * Writes files below a directory. All of them are written next to their places first and then renamed, so that a failure
 * (a full disk, a missing permission) leaves every file as it was.
 * @param inputs the files that were read: none of them may be overwritten
 * @throws UsageError when a path cannot be written to, lies outside the directory, or is meant for two files
 */
export async function writeAll(dir: string, files: readonly Output[], inputs: readonly string[] = []): Promise<void> {
  const root = resolve(dir);
  const taken = new Set<string>();
  for (const { relative } of files) {
    const path = resolve(root, relative);
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep))
      throw new UsageError(`${relative}: lies outside the output directory ${dir}`);
    if (taken.has(path)) throw new UsageError(`two inputs would both be written to ${join(dir, relative)}; convert them apart`);
    taken.add(path);
  }
  const entry = await stat(dir).catch(() => undefined);
  if (entry !== undefined && !entry.isDirectory()) throw new UsageError(`${dir}: is a file, but the output is a directory`);
  await writePaths(
    files.map(({ relative, text }) => ({ path: join(dir, relative), text })),
    inputs,
  );
}

interface Target {
  readonly path: string;
  readonly text: string;
}

async function writePaths(targets: readonly Target[], inputs: readonly string[]): Promise<void> {
  const read = new Set<string>();
  for (const input of inputs) read.add(await realpath(input).catch(() => resolve(input)));
  const modes: (number | "stream")[] = [];
  for (const { path } of targets) modes.push(await tried(path, checkTarget(path, read)));

  const temporary: (string | undefined)[] = [];
  try {
    for (const [index, { path, text }] of targets.entries()) {
      const mode = modes[index]!;
      if (mode === "stream") continue;
      // The process in the name keeps two runs apart, the index two files of one run.
      const temp = join(dirname(path), `.pg2tidb-${process.pid}-${index}.tmp`);
      temporary[index] = temp;
      await tried(path, mkdir(dirname(path), { recursive: true }));
      await tried(path, writeDurably(temp, text, mode));
    }
    for (const [index, { path, text }] of targets.entries()) {
      const temp = temporary[index];
      await tried(path, temp === undefined ? writeFile(path, text) : rename(temp, path));
      temporary[index] = undefined;
    }
  } finally {
    for (const temp of temporary) if (temp !== undefined) await rm(temp, { force: true }).catch(() => undefined);
  }
}

/** The mode to write with, or that the path is no file of the file system but a stream. */
async function checkTarget(path: string, inputs: ReadonlySet<string>): Promise<number | "stream"> {
  if (/[\\/]$/.test(path)) throw new UsageError(`${path}: is a directory, but the output is one file`);
  const link = await existing(lstat(path));
  if (link === undefined) return 0o644;
  const entry = await existing(stat(path));
  if (entry === undefined) throw new UsageError(`${path}: is a symbolic link that leads nowhere`);
  if (entry.isDirectory()) throw new UsageError(`${path}: is a directory, but the output is one file`);
  if (!entry.isFile()) return "stream";
  const real = await realpath(path);
  if (inputs.has(real)) throw new UsageError(`${path}: is an input; choose another output`);
  // A rename would replace the link and leave what it leads to as it is: not what either name promises.
  if (link.isSymbolicLink()) throw new UsageError(`${path}: is a symbolic link; name the file it leads to: ${real}`);
  return entry.mode & 0o777;
}

async function existing<T>(entry: Promise<T>): Promise<T | undefined> {
  try {
    return await entry;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const file: FileHandle = await open(path, "w", mode);
  try {
    await file.writeFile(text);
    // Without this a crash after the rename may leave an empty file under the final name.
    await file.sync();
    await file.chmod(mode);
  } finally {
    await file.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "a part of the path is not a directory",
  EISDIR: "is a directory, but the output is one file",
  ENAMETOOLONG: "the name is too long",
};

/** Waits for a file operation; what the system refuses becomes a UsageError about the path. */
async function tried<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new UsageError(`${path}: ${REASONS[String(error.code)] ?? error.message}`);
  }
}
