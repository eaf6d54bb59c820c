/** From the arguments of a command to the texts they stand for. */
import { existsSync } from "node:fs";
import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { nearest } from "../report/near.js";
import { archive, decode, InputError } from "../source/decode.js";
import type { Source } from "../source/text.js";

export interface Input {
  /** Its name is the path as a user would write it: the argument, or a path that begins with the argument; `<stdin>`. */
  readonly source: Source;
  /** For naming output: the path below the directory or the fixed part of the glob, with slashes; for a file its base name. */
  readonly relative: string;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  /** One line each: what was left out, what is empty, and what was not read as UTF-8. */
  readonly notes: readonly string[];
}

interface Found {
  readonly path: string;
  readonly relative: string;
}

/**
 * Reads files, directories (every `*.sql` below them), globs and `-` (standard input), in the order given; the files of a directory
 * or glob in natural order. A file that is named twice is read once. Reverting migrations count only where they are named.
 * @throws InputError for what is missing, unreadable or not text, and when there is nothing but white space
 */
export async function readInputs(args: readonly string[], options: { readonly stdin: () => Promise<Uint8Array> }): Promise<Inputs> {
  const inputs: Input[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  const read = (name: string, relative: string, bytes: Uint8Array): void => {
    const { source, note } = decode(name, bytes);
    if (note !== undefined) notes.push(note);
    inputs.push({ source, relative });
  };
  for (const arg of args) {
    if (arg === "-") {
      if (!seen.has(arg)) read("<stdin>", "stdin.sql", await options.stdin());
      seen.add(arg);
      continue;
    }
    for (const { path, relative } of await find(arg, notes)) {
      // The pipe behind a process substitution has no path.
      const real = await realpath(path).catch(() => resolve(path));
      if (!seen.has(real)) read(path, relative, await tried(path, readFile(path)));
      seen.add(real);
    }
  }
  const empty = inputs.filter(({ source }) => source.text.trim() === "").map(({ source }) => source.name);
  if (empty.length > 0 && empty.length === inputs.length) {
    throw new InputError(`${listed(empty)}: nothing but white space; there is no SQL to read`);
  }
  if (empty.length > 0) notes.push(`empty: ${listed(empty)}`);
  return { inputs, notes };
}

/** The files an argument stands for, in natural order. */
async function find(arg: string, notes: string[]): Promise<readonly Found[]> {
  // What exists is meant as it is, brackets in its name or not.
  if (isDynamicPattern(arg) && !existsSync(arg)) return ofGlob(arg, notes);
  const entry = await tried(arg, stat(arg));
  if (!entry.isDirectory()) return [{ path: arg, relative: basename(arg) }];
  const below = (await tried(arg, sqlBelow(arg))).map((relative) => ({ path: join(arg, relative), relative }));
  if (below.length === 0) throw new InputError(`${arg}: there is no .sql file in this directory`);
  return forward(arg, below, notes);
}

async function ofGlob(pattern: string, notes: string[]): Promise<readonly Found[]> {
  const segments = (sep === "\\" ? pattern.replaceAll(sep, "/") : pattern).split("/");
  const fixed = segments.slice(
    0,
    segments.findIndex((segment) => /[*?[{(!+@\\]/.test(segment)),
  );
  const base = fixed.length === 0 ? "." : fixed.join("/") || "/";
  const rest = segments.slice(fixed.length).join("/");
  const matches = await glob(rest, { cwd: base, ignore: ["**/node_modules/**"], expandDirectories: false });
  if (matches.length === 0) throw new InputError(`${pattern}: no file matches`);
  const found = matches.sort(naturally).map((relative) => ({ path: join(base, relative), relative }));
  return rest.includes("down") ? found : forward(pattern, found, notes);
}

/** A reverting migration, as golang-migrate, diesel and others name it. */
const REVERTING = /(^|[/.])down\.sql$/i;

/** Leaves out what reverts: the history of a schema is made of the other half. */
function forward(arg: string, found: readonly Found[], notes: string[]): readonly Found[] {
  const kept = found.filter(({ relative }) => !REVERTING.test(relative));
  if (kept.length === 0) throw new InputError(`${arg}: there are only reverting migrations (down.sql); name those to be read as files`);
  const left = found.length - kept.length;
  if (left > 0) notes.push(`${arg}: ${left === 1 ? "a reverting migration" : `${left} reverting migrations`} left out (down.sql)`);
  return kept;
}

/**
 * The paths of the SQL files below a directory, in natural order. Hidden directories and node_modules are not entered,
 * nor is a directory that a link makes a part of itself.
 */
async function sqlBelow(root: string): Promise<string[]> {
  const files: string[] = [];
  const entered = new Set<string>();
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const here = join(root, folder);
    const real = await realpath(here);
    if (entered.has(real)) continue;
    entered.add(real);
    const entries = await tried(here, readdir(here, { withFileTypes: true }));
    if (entries.some(({ name }) => name === "toc.dat")) throw archive(here, "a pg_dump directory", here);
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      // A link that leads nowhere is an error only where it claims to be SQL.
      const target = entry.isSymbolicLink() ? await stat(join(root, path)).catch(() => entry) : entry;
      if (target.isDirectory()) waiting.push(path);
      else if (/\.sql$/i.test(entry.name)) files.push(path);
    }
  }
  return files.sort(naturally);
}

const collator = new Intl.Collator("en", { numeric: true });

/** The version that Diesel and others begin a name with is the same with and without its dashes: `2017-10-09-120000`, `20171009120000`. */
const DASHED = /^(\d{4})-(\d\d)-(\d\d)-(?=\d{4})/;

/** What Flyway runs again whenever it changed, after all that has a version. */
const REPEATED = /^R__/;

/** Folder by folder, numbers by value: `m2` before `m10`, as migration tools order their files. */
export function naturally(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split("/").map((name) => name.replace(DASHED, "$1$2$3"))) as [string[], string[]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = Number(REPEATED.test(left[i]!)) - Number(REPEATED.test(right[i]!)) || collator.compare(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  // `01` and `1` are the same to the collator; the order must not depend on the file system.
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function isSystemError(value: unknown): value is NodeJS.ErrnoException {
  return value instanceof Error && "code" in value;
}

/** Waits for a file operation; what the system refuses becomes an InputError about the path. */
async function tried<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw isSystemError(error) ? await unreadable(path, error) : error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is not a directory",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  ELOOP: "a link that leads back to itself",
  EISDIR: "is a directory",
  ENAMETOOLONG: "the name is too long",
  ERR_FS_FILE_TOO_LARGE: "larger than the 2 GiB that can be read at once; convert the schema (pg_dump --schema-only) and the data apart",
};

async function unreadable(path: string, error: NodeJS.ErrnoException): Promise<InputError> {
  const reason = REASONS[error.code ?? ""] ?? error.message;
  if (error.code !== "ENOENT") return new InputError(`${path}: ${reason}`);
  const isLink = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isLink) return new InputError(`${path}: a link that leads nowhere`);
  const near = await nearName(path);
  return new InputError(`${path}: ${reason}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

/** A path in the same directory that differs by a slip of the finger. */
async function nearName(path: string): Promise<string | undefined> {
  const wanted = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  const [near] = nearest(wanted, names);
  return near === undefined ? undefined : path.slice(0, path.length - wanted.length) + near;
}
