import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { naturally } from "../src/cli/inputs.js";
import { decode } from "../src/source/decode.js";
import { type Chunk, type SqlChunk, split } from "../src/source/split.js";
import type { Source } from "../src/source/text.js";

/** Files of one project that make one database when they are run in order. */
export interface Group {
  /** `sakila/s`, `chinook/s1` */
  readonly name: string;
  readonly project: string;
  readonly sources: readonly Source[];
  /** What it changes is made by files that are not there: it can be converted, not applied. */
  readonly baseless?: true;
}

/** Whose SQL: the PostgreSQL that is converted, or what the project's own people wrote for MySQL. */
export type Dialect = "pg" | "mysql";

/** SQL of real projects beside the checkout; undefined where it is absent. It is not part of this project. */
export function corpusFolder(checkout: string): string | undefined {
  const folder = resolve(checkout, "../shared/corpus");
  return existsSync(folder) ? folder : undefined;
}

/** Groups that make a schema: `m` migrations from empty, `s` full schemas. */
const SCHEMAS = ["m", "s"];
/** Likewise, `u` upgrades of a schema that is older than any here, and `r` objects that are replaced once the migrations ran. */
const HISTORIES = [...SCHEMAS, "u", "r"];

/**
 * The groups of the projects (of all, without a list) that make a schema from nothing.
 * @throws Error for a project that is not there
 */
export function schemaGroups(folder: string, projects?: readonly string[], dialect: Dialect = "pg"): Group[] {
  return groups(folder, SCHEMAS, projects, dialect);
}

/**
 * All groups that make or change a schema. Migrations that an `r` group begins with are no group of their own.
 * @throws Error for a project that is not there
 */
export function historyGroups(folder: string, projects?: readonly string[]): Group[] {
  const all = groups(folder, HISTORIES, projects);
  const replacing = new Set(all.filter(({ name }) => /\/r\d*$/.test(name)).map(({ name }) => name.replace("/r", "/m")));
  return all.filter(({ name }) => !replacing.has(name));
}

function groups(folder: string, letters: readonly string[], projects?: readonly string[], dialect: Dialect = "pg"): Group[] {
  const present = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const unknown = projects?.find((project) => !present.includes(project));
  if (unknown !== undefined) throw new Error(`there is no project ${unknown}; there are ${present.join(", ")}`);
  return (projects ?? present).flatMap((project) => groupsOf(folder, project, letters, dialect));
}

/** A name from its version on, as Flyway (`V1.2__`) and Diesel (`2017-10-09-120000_`, `20171009120000_`) spell it. */
const VERSIONED = /(?:__)(V\d[\d.]*__.*|\d{4}-?\d\d-?\d\d-?\d{6}.*)$/;

function inOrder(files: readonly string[]): readonly string[] {
  const versions = new Map(files.flatMap((file) => (VERSIONED.test(file) ? [[file, VERSIONED.exec(file)![1]!] as const] : [])));
  return versions.size < files.length ? files : [...files].sort((a, b) => naturally(versions.get(a)!, versions.get(b)!));
}

/** File names begin with their group and a number, which is not the order of their migration tool where versions are told: `m1-0003__V1.2__…`. */
function groupsOf(folder: string, project: string, letters: readonly string[], dialect: Dialect): Group[] {
  const names = new Map<string, string[]>();
  const files = join(folder, project, dialect);
  for (const file of existsSync(files) ? readdirSync(files).sort() : []) {
    const group = /^([a-z]\d*)-/.exec(file)?.[1];
    if (group === undefined || !letters.includes(group[0]!)) continue;
    names.set(group, [...(names.get(group) ?? []), file]);
  }
  const read = (file: string) => decode(`${project}/${file}`, readFileSync(join(files, file))).source;
  const groups = new Map([...names].map(([group, all]): [string, Source[]] => [group, inOrder(all).map(read)]));
  return [...groups].map(([group, sources]) => ({
    name: `${project}/${group}`,
    project,
    sources: group.startsWith("r") ? [...(groups.get(group.replace("r", "m")) ?? []), ...sources] : sources,
    ...(group.startsWith("u") ? { baseless: true } : {}),
  }));
}

/** A database of a project and the queries that are run on it. */
export interface ProjectQueries {
  /** `lemmy`, or `mimic/s2` where the project has queries for several databases. */
  readonly project: string;
  readonly schema: readonly Source[];
  /** The project's own query files. */
  readonly files: readonly Source[];
  /** What is run: the query files, one query for each view, and what the schema's files do to rows. */
  readonly queries: readonly Source[];
}

/** Statements that return or change rows. */
const QUERY = /^\s*(SELECT|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE)\b/i;
const VIEW =
  /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/i;
const TABLE_OF_A_QUERY = /^\s*CREATE\s+(?:(?:TEMP|TEMPORARY|UNLOGGED)\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?["\w$.]+\s+AS\b/i;

/**
 * What is run before a schema's files: where queries find its tables in a schema of another name, that is where they are made, as the
 * project's own instructions have it.
 */
function searchPath(files: readonly Source[], asked: readonly Source[]): Source[] {
  const made = files.flatMap(({ text }) => [...text.matchAll(/^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\(/gim)]);
  const tables = new Set(made.map(([, name]) => name!.toLowerCase()));
  const read = asked.flatMap(({ text }) => [...text.matchAll(/\b(?:FROM|JOIN)\s+(\w+)\.(\w+)/gi)]);
  const paths = new Set(read.flatMap(([, schema, table]) => (tables.has(table!.toLowerCase()) ? schema!.toLowerCase() : [])));
  const [path, more] = paths;
  if (path === undefined || more !== undefined || path === "public") return [];
  return [{ name: "search-path", text: `CREATE SCHEMA ${path};\nSET search_path TO ${path};\n` }];
}

/** Files in the order in which one of them includes the others by `\\i`; those that none includes as they are. */
function asIncluded(files: readonly Source[]): readonly Source[] {
  const included = files.flatMap(({ text }) => [...text.matchAll(/^\\i\s+(\S+)/gm)].map(([, path]) => path!.replaceAll("/", "__")));
  const place = ({ name }: Source) => included.findIndex((path) => name.endsWith(`__${path}`));
  return [...files].sort((a, b) => place(a) - place(b));
}

/** Whether it is a query, a view, a table made from a query, or changes rows. */
export function holdsQuery(text: string): boolean {
  return QUERY.test(text) || VIEW.test(text) || TABLE_OF_A_QUERY.test(text);
}

/**
 * For each project its first schema, from migrations rather than from a dump, with its queries; a project whose query files are of several
 * databases has an entry for each.
 * @param most statements of the schema files that are run, the last ones: they fit the schema's end best
 * @throws Error for a project that is not there
 */
export function* projectQueries(folder: string, most: number, projects?: readonly string[]): Generator<ProjectQueries> {
  const seen = new Set<string>();
  const all = groups(folder, SCHEMAS, projects);
  for (const { name, project, sources } of all) {
    const asked = groups(folder, ["q"], [project]);
    // `q2-…` are queries over `s2-…`.
    const own = asked.filter((group) => name.endsWith(`/s${/\/q(\d+)$/.exec(group.name)?.[1]}`));
    const several = asked.length > 1 && asked.every((group) => /\d$/.test(group.name));
    if (several ? own.length === 0 : seen.has(project)) continue;
    seen.add(project);
    const files = asIncluded((several ? own : asked).flatMap((group) => group.sources));
    const texts = sources.flatMap((source) =>
      split(source)
        .filter(isSql)
        .map(({ span }) => source.text.slice(span.start, span.end)),
    );
    const views = new Set(texts.flatMap((text) => VIEW.exec(text)?.[1] ?? []));
    const found = texts.filter((text) => QUERY.test(text)).slice(-most);
    const made = [
      { name: `${project}/views`, text: [...views].map((view) => `SELECT * FROM ${view};\n`).join("") },
      { name: `${project}/statements`, text: found.map((text) => `${text};\n`).join("") },
    ];
    const queries = [...files, ...made].filter(({ text }) => text.trim() !== "");
    yield { project: several ? name : project, schema: [...searchPath(sources, files), ...sources], files, queries };
  }
}

function isSql(chunk: Chunk): chunk is SqlChunk {
  return chunk.kind === "sql";
}
