/** The files of a code base, as lint looks at them. */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";
import { globby } from "globby";
import { InputError } from "../source/decode.js";
import type { Source } from "../source/text.js";
import { UsageError } from "./exit.js";

const run = promisify(execFile);

export interface CodeBase {
  /** Named by their paths below the working directory, with slashes, in order. */
  readonly files: readonly Source[];
  /** What was not read, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** What no person wrote, and what is nobody's code. */
const LEFT_OUT = [
  "**/node_modules/**",
  "**/.git/**",
  "**/vendor/**",
  "**/dist/**",
  "**/target/debug/**",
  "**/target/release/**",
  "**/.venv/**",
  "**/*.map",
  // Reports of earlier runs.
  "**/*.sarif",
  "**/gl-code-quality-report.json",
  "**/*.lock",
  "**/{package-lock,npm-shrinkwrap}.json",
  "**/pnpm-lock.yaml",
  "**/go.sum",
  "**/*.{png,jpg,jpeg,gif,webp,ico,pdf,zip,gz,bz2,xz,zst,tar,wasm,so,dylib,dll,exe,class,jar,woff,woff2,ttf,otf,eot,mp3,mp4,webm,svg,bin,parquet,snap}",
];

/** Files larger than this are data or bundles; they are named as not looked at. Bytes. */
const LARGEST = 5_000_000;

/**
 * Reads files and all files below folders, those that .gitignore names left out.
 * @param isLeftOut what else is not to be looked at, by its path below the working directory
 * @param isRead what of the rest matters; by default all of it
 * @throws InputError for a path that is not there
 */
export async function readCodeBase(
  paths: readonly string[],
  isLeftOut: (path: string) => boolean,
  isRead: () => Promise<(path: string) => boolean> = async () => () => true,
): Promise<CodeBase> {
  const wanted = paths.length === 0 ? ["."] : paths;
  const found = new Set<string>();
  for (const path of wanted) {
    const entry = await stat(path).catch(() => undefined);
    if (!entry) throw new InputError(`${path}: there is no such file or folder`);
    if (!entry.isDirectory()) found.add(fromHere(path));
    else for (const file of await below(path)) found.add(fromHere(file));
  }
  const wants = await isRead();
  return readAll([...found].filter((path) => !isLeftOut(path) && wants(path)).sort());
}

/** A path as files are named: from the working directory, with slashes. */
export function fromHere(path: string): string {
  return (relative(process.cwd(), resolve(path)) || path).replaceAll("\\", "/");
}

/** Whether some paths are files, all of them. */
export async function areFiles(paths: readonly string[]): Promise<boolean> {
  const entries = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return entries.length > 0 && entries.every((entry) => entry?.isFile());
}

/** Those of some paths that are folders, as their files are named. */
export async function foldersOf(paths: readonly string[]): Promise<string[]> {
  const entries = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, i) => entries[i]?.isDirectory()).map(fromHere);
}

async function below(folder: string): Promise<string[]> {
  const files = await globby("**/*", {
    cwd: folder,
    gitignore: true,
    dot: true,
    ignore: LEFT_OUT,
    followSymbolicLinks: false,
    onlyFiles: true,
  });
  return files.map((file) => (folder === "." ? file : `${folder}/${file}`));
}

const TOGETHER = 64;

const MINIFIED = /[.-]min\.[cm]?js$/;

async function readAll(paths: readonly string[]): Promise<CodeBase> {
  const files: Source[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (let i = 0; i < paths.length; i += TOGETHER) {
    for (const each of await Promise.all(paths.slice(i, i + TOGETHER).map(readOne))) {
      if ("text" in each) files.push(each);
      else if (each.reason !== undefined) skipped.push({ path: each.path, reason: each.reason });
    }
  }
  return { files, skipped };
}

async function readOne(path: string): Promise<Source | { readonly path: string; readonly reason: string | undefined }> {
  if (MINIFIED.test(path)) return { path, reason: "minified" };
  try {
    const entry = await stat(path);
    if (entry.size > LARGEST) return { path, reason: `larger than ${LARGEST / 1e6} MB` };
    return decodeFile(path, await readFile(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { path, reason: code === "EACCES" ? "no permission to read it" : code };
  }
}

/** A file as text; without a reason where it is none and its name claims nothing. */
export function decodeFile(path: string, bytes: Uint8Array): Source | { readonly path: string; readonly reason: string | undefined } {
  if (bytes.subarray(0, 8000).includes(0)) return { path, reason: CODE.test(path) ? "binary, though its name is of code" : undefined };
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (text.includes("\uFFFD") && !isUtf8(bytes)) return { path, reason: "not UTF-8" };
  return { name: path, text };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const CODE = /\.(?:sql|[cm]?[jt]sx?|go|rs|py|java|kts?|rb|php|cs|sh|ya?ml|json|toml)$/;

/**
 * Files that git has as changed since a commit, or as staged.
 * @throws UsageError where git does not know the commit, or there is no repository
 */
export async function changedFiles(ref: string): Promise<ReadonlySet<string>> {
  return new Set([
    ...(await git(["diff", "--name-only", "--relative", "--diff-filter=d", "-z", ref])),
    ...(await git(["ls-files", "--others", "--exclude-standard", "-z"])),
  ]);
}

/** How many programs are run at a time. */
const PROCESSES = 8;

/** Files that are staged, as the index has them. */
export async function stagedFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const paths = await git(["diff", "--cached", "--name-only", "--relative", "--diff-filter=d", "-z"]);
  const show = (path: string) => run("git", ["show", `:./${path}`], { encoding: "buffer", maxBuffer: 1e9 });
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < paths.length; i += PROCESSES) {
    const some = paths.slice(i, i + PROCESSES);
    for (const [k, { stdout }] of (await Promise.all(some.map(show))).entries()) files.set(some[k]!, stdout);
  }
  return files;
}

async function git(args: readonly string[]): Promise<string[]> {
  try {
    const { stdout } = await run("git", [...args], { maxBuffer: 1e9 });
    return stdout.split("\0").filter(Boolean);
  } catch (error) {
    if (!(await isRepository())) throw new UsageError("--staged and --changed need a git repository: this is none");
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim().split("\n")[0] : String(error);
    throw new UsageError(`git ${args[0]}: ${said}`);
  }
}

async function isRepository(): Promise<boolean> {
  return run("git", ["rev-parse", "--git-dir"]).then(
    () => true,
    () => false,
  );
}
