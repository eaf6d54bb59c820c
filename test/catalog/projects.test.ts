import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corpusFolder, schemaGroups } from "../../scripts/projects.js";
import { baseType } from "../../src/catalog/analysis/types.js";
import { analyse } from "../../src/catalog/analysis.js";
import { type Catalog, emptyCatalog } from "../../src/catalog/model.js";
import { replay } from "../../src/catalog/replay.js";
import type { Node } from "../../src/pg/ast.js";
import { as, isNode } from "../../src/pg/names.js";
import { type Grammar, grammar, parseWith } from "../../src/pg/parse.js";
import { decode } from "../../src/source/decode.js";
import { split } from "../../src/source/split.js";
import type { Source } from "../../src/source/text.js";
import { extensions, typeNames } from "../support/postgres.js";

const folder = corpusFolder(resolve(import.meta.dirname, "../.."));
const WORD = folder === undefined ? "skipped: no ../shared/corpus" : "../shared/corpus";

/** What names a statement in a file of queries, and so ends the one before. */
const NAMED = /^-- (name: .*|[\w-]+ --)$/gm;

/** A statement whose result's types PostgreSQL can tell. */
const DESCRIBED = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

let parser: Grammar;
let db: PGlite;
beforeAll(async () => {
  parser = await grammar("18");
  db = await PGlite.create({ extensions });
});
afterAll(() => db?.close());

/** Files of queries, of the schema's own letter and number where there are several (`q2` goes with `m2` or `s2`). */
function queryFiles(project: string, group: string): Source[] {
  const number = /\d*$/.exec(group)![0];
  const pg = join(folder!, project, "pg");
  return readdirSync(pg)
    .filter((file) => new RegExp(`^[rq]${number}-`).test(file))
    .sort()
    .map((file) => decode(file, readFileSync(join(pg, file))).source);
}

/** A statement in PostgreSQL's own spelling: placeholders of drivers and of sqlc numbered. */
function plainSql(text: string): string {
  const names: string[] = [];
  const number = (name: string) => `$${(names.includes(name) ? names.indexOf(name) : names.push(name) - 1) + 1}`;
  return text
    .replaceAll(/%\((\w+)\)s/g, (_, name: string) => number(name))
    .replaceAll(/sqlc\.embed\((\w+)\)/g, "$1.*")
    .replaceAll(/sqlc\.n?arg\('?(\w+)'?\)/g, (_, name: string) => number(name))
    .replaceAll(/(?<![\w@<>&|-])@(\w+)/g, (_, name: string) => number(name));
}

function statements(text: string): { sql: string; node: Node }[] {
  const source = { name: "", text };
  return split(source).flatMap((chunk) => {
    if (chunk.kind !== "sql" || chunk.problem) return [];
    const sql = plainSql(text.slice(chunk.span.start, chunk.span.end));
    const parsed = parseWith(parser, sql, 0);
    return parsed?.ok ? [{ sql, node: parsed.node }] : [];
  });
}

interface Tally {
  statements: number;
  columns: number;
  known: number;
  readonly wrong: string[];
  readonly unknown: string[];
  readonly refused: string[];
}

/** Compares one statement's columns and parameters with what PostgreSQL says; what it refuses is not counted. */
async function compare(catalog: Catalog, sql: string, node: Node, nameOf: (oid: number) => string, tally: Tally): Promise<void> {
  let told: Awaited<ReturnType<PGlite["describeQuery"]>>;
  try {
    told = await db.describeQuery(sql);
  } catch (error) {
    tally.refused.push(`${(error as Error).message}: ${sql.slice(0, 200)}`);
    return;
  }
  tally.statements++;
  const analysis = analyse(catalog, node, (each) => each);
  const onWire = (type: string) => baseType(catalog, type);
  const ours = analysis.columns(node);
  const where = sql.slice(0, 2000);
  for (const [i, field] of told.resultFields.entries()) {
    tally.columns++;
    const type = ours?.[i]?.info?.type.name;
    const theirs = nameOf(field.dataTypeID);
    if (type === undefined) tally.unknown.push(`${field.name} ${theirs} (${analysis.doubts.map(({ text }) => text).join()}): ${where}`);
    else if (onWire(type) === theirs && ours![i]!.name === field.name) tally.known++;
    else tally.wrong.push(`${ours![i]!.name} ${type}, not ${field.name} ${theirs}: ${where}`);
  }
  if (ours && ours.length > told.resultFields.length) tally.wrong.push(`${ours.length} columns, not ${told.resultFields.length}: ${where}`);
  for (const [i, parameter] of told.queryParams.entries()) {
    const type = analysis.parameters.get(i + 1)?.name;
    const theirs = nameOf(parameter.dataTypeID);
    tally.columns++;
    if (type === undefined) tally.unknown.push(`$${i + 1} ${theirs}: ${where}`);
    else if (onWire(type) === theirs) tally.known++;
    else tally.wrong.push(`$${i + 1} ${type}, not ${theirs}: ${where}`);
  }
}

/** Runs a statement of the schema on both sides; only what PostgreSQL takes counts. */
async function apply(catalog: Catalog, sql: string, node: Node): Promise<void> {
  try {
    await db.exec(sql);
  } catch {
    return;
  }
  replay(catalog, node);
}

async function reset(): Promise<void> {
  await db.exec("ROLLBACK; RESET ALL");
  const { rows } = await db.query<{ name: string }>(
    "SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
  );
  for (const { name } of rows) await db.exec(`DROP SCHEMA "${name}" CASCADE`);
  await db.exec("CREATE SCHEMA public");
}

/** Makes the schemas that queries read from, and the one they read most the current one, as the projects' instructions say to. */
async function makeSchemas(catalog: Catalog, queries: string): Promise<void> {
  const counts = new Map<string, number>();
  for (const [, name] of queries.matchAll(/\b(?:FROM|JOIN|TABLE|INTO)\s+(\w+)\.\w+/gi))
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name)
    .filter((name) => !/^(pg_|information_schema)/.test(name));
  for (const name of names) await db.exec(`CREATE SCHEMA IF NOT EXISTS "${name}"`);
  const sql = `SET search_path = ${[...names.filter((name) => !name.endsWith("_derived")).slice(0, 1), "public"].map((name) => `"${name}"`).join()}`;
  const parsed = parseWith(parser, sql, 0);
  if (parsed?.ok) await apply(catalog, sql, parsed.node);
}

async function measure(project: string, group: string, sources: readonly Source[]): Promise<Tally> {
  const catalog = emptyCatalog();
  const tally: Tally = { statements: 0, columns: 0, known: 0, wrong: [], unknown: [], refused: [] };
  await reset();
  const queries = queryFiles(project, group).map(({ text }) => text.replaceAll(NAMED, ";"));
  await makeSchemas(catalog, queries.join("\n"));
  const views: { sql: string; node: Node }[] = [];
  for (const source of sources)
    for (const { sql, node } of statements(source.text)) {
      if (node.kind === "ViewStmt" && isNode(node.query)) {
        const relation = `"${node.view?.schemaname ?? catalog.schema}"."${node.view?.relname}"`;
        const parsed = parseWith(parser, `SELECT * FROM ${relation}`, 0);
        if (parsed?.ok) views.push({ sql: `SELECT * FROM ${relation}`, node: parsed.node });
      }
      if (as("InsertStmt", node) && sql.length > 100_000) continue;
      await apply(catalog, sql, node);
    }
  let nameOf = await typeNames(db);
  for (const { sql, node } of views) await compare(catalog, sql, node, nameOf, tally);
  for (const source of sources)
    for (const { sql, node } of statements(source.text))
      if (DESCRIBED.has(node.kind) && sql.length < 20_000) await compare(catalog, sql, node, nameOf, tally);
  // Twice: some make tables that others before them read.
  for (const _ of [1, 2]) {
    tally.refused.length = 0;
    const before = { ...tally };
    for (const text of queries)
      for (const { sql, node } of statements(text))
        if (DESCRIBED.has(node.kind)) await compare(catalog, sql, node, nameOf, tally);
        else {
          if (node.kind === "CreateTableAsStmt" && isNode(node.query)) {
            const query = sql.replace(/^[\s\S]*?\bAS\b/i, "");
            const parsed = parseWith(parser, query, 0);
            if (parsed?.ok) await compare(catalog, query, parsed.node, nameOf, tally);
          }
          await apply(catalog, sql, node);
          if (node.kind === "CreateEnumStmt") nameOf = await typeNames(db);
        }
    if (_ === 1) Object.assign(tally, before);
  }
  return tally;
}

describe.skipIf(folder === undefined)(`types in real projects' queries, views and DML (${WORD})`, () => {
  const groups = folder === undefined ? [] : schemaGroups(folder);
  it.each(groups.map((group) => [group.name, group] as const))(
    "%s: none wrong",
    async (name, { project, sources }) => {
      const tally = await measure(project, name.split("/")[1]!, sources);
      const share = tally.columns === 0 ? 100 : (100 * tally.known) / tally.columns;
      console.log(
        `${name}: ${tally.statements} statements, ${tally.columns} columns and parameters, ${share.toFixed(1)} % known, ${tally.wrong.length} wrong, ${tally.refused.length} statements refused`,
      );
      if (process.env.SHOW_UNKNOWN) console.log(tally.unknown.slice(0, 12).join("\n----\n"), tally.refused.slice(0, 30).join("\n---R\n"));
      expect(tally.wrong.slice(0, 8)).toEqual([]);
    },
    300_000,
  );
});
