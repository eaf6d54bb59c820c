import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { corpusFolder, type Group, schemaGroups } from "../../scripts/projects.js";
import { decode } from "../../src/source/decode.js";

const ROOT = resolve(import.meta.dirname, "../..");

/** Every PostgreSQL file of fixtures/, as a group of its own. Whole applications (fixtures/app) have tests of their own. */
export function fixtures(): Group[] {
  return readdirSync(join(ROOT, "fixtures"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sql") && !file.endsWith(".tidb.sql") && !/^app[\\/]/.test(file))
    .sort()
    .map((file) => {
      const { source } = decode(file.replaceAll("\\", "/"), readFileSync(join(ROOT, "fixtures", file)));
      return { name: `fixtures/${source.name}`, project: "fixtures", sources: [source] };
    });
}

const folder = corpusFolder(ROOT);

/** For the names of tests: whether real projects' SQL is read too. */
export const CORPUS = folder === undefined ? "without real projects: no ../shared/corpus" : "with real projects from ../shared/corpus";

/** Groups of real projects' files that make a schema; none where they are absent. */
export const corpusGroups: readonly Group[] = folder === undefined ? [] : schemaGroups(folder);

/** The same, and all their other files (data, queries, upgrades), each alone. */
export function allCorpusFiles(): Group[] {
  if (folder === undefined) return [];
  const others = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\/pg\/[^ms/][^/]*\.sql$/.test(file))
    .sort()
    .map((file) => ({ name: file, project: file.split("/")[0]!, sources: [decode(file, readFileSync(join(folder, file))).source] }));
  return [...corpusGroups, ...others];
}
