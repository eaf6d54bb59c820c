/** What lint found out about files, kept for files that are the same in a later run. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LintedFile, type Sent, withoutSource, withSource } from "../linted.js";
import type { Source } from "../source/text.js";

type Kept = Sent & { readonly hash: string };

export interface Memory {
  readonly get: (file: Source) => LintedFile | undefined;
  /** Keeps what a run found out, and what is known of other files that are still there. A disk that takes nothing costs the next run time, and nobody anything else. */
  readonly keep: (files: readonly LintedFile[]) => Promise<void>;
}

/**
 * Opens the memory of a project.
 * @param folder where memories are kept
 * @param key all that findings depend on beside the text of their file: the schema, the options, the rules
 */
export async function openMemory(folder: string, project: string, key: string): Promise<Memory> {
  const path = join(folder, `lint-${digest(project)}.json`);
  const whole = digest(`${key}\n${await program()}`);
  const files = await read(path, whole);
  return {
    get(source) {
      const kept = files[source.name];
      if (!kept || kept.hash !== digest(source.text)) return undefined;
      const { hash: _, ...rest } = kept;
      return withSource(rest, source);
    },
    async keep(all) {
      const seen = new Set(all.map(({ source }) => source.name));
      const others = Object.entries(files).filter(([name]) => !seen.has(name));
      const isThere = await Promise.all(others.map(([name]) => stat(name).catch(() => undefined)));
      const next: Record<string, Kept> = Object.fromEntries(others.filter((_, i) => isThere[i]));
      for (const file of all) next[file.source.name] = { ...withoutSource(file), hash: digest(file.source.text) };
      const temporary = `${path}.${process.pid}`;
      await mkdir(dirname(path), { recursive: true })
        .then(() => writeFile(temporary, JSON.stringify({ key: whole, files: next })))
        .then(() => rename(temporary, path))
        .catch(() => undefined);
    },
  };
}

async function read(path: string, key: string): Promise<Readonly<Record<string, Kept>>> {
  try {
    const kept = JSON.parse(await readFile(path, "utf8")) as { readonly key: string; readonly files: Readonly<Record<string, Kept>> };
    return kept.key === key ? kept.files : {};
  } catch {
    // None yet, or one that was cut short: as if there were none.
    return {};
  }
}

/** Which program this is: the names of its chunks say what is in them. */
async function program(): Promise<string> {
  const own = fileURLToPath(import.meta.url);
  const chunks = await readdir(join(dirname(own), "../chunks")).catch(() => []);
  return `${chunks.sort().join()} ${(await stat(own)).mtimeMs}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
