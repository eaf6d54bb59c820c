// Our schemas beside those that the projects' own people wrote for MySQL: which types, keys and foreign keys differ, and how often.
// Run: npm run twins -- [--details] [project …]
// Fails when docs/twins.md has no word for a class of disagreement.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import rules from "../rules/index.js";
import { convert } from "../src/app/convert.js";
import type { TidbForeignKey, TidbSchema, TidbTable } from "../src/result.js";
import { normalType } from "../src/targets/compare.js";
import { freshDatabase } from "../src/targets/database.js";
import { openTarget } from "../src/targets/open.js";
import { readSchema } from "../src/targets/schema.js";
import { splitTidb } from "../src/targets/split.js";
import { type Target, TidbError } from "../src/targets/target.js";
import { corpusFolder, type Group, schemaGroups } from "./projects.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Also each place where the two differ. */
    details: { type: "boolean", default: false },
  },
});

/** One way in which the two differ. */
interface Disagreement {
  /** `type`, `null`, `primary key`, `unique`, `foreign key`, `action` */
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly where: string;
}

const folder = corpusFolder(process.cwd());
if (folder === undefined) {
  console.error("there is no corpus beside this checkout (../shared/corpus)");
  process.exit(3);
}
const projects = positionals.length > 0 ? positionals : undefined;
const theirs = new Map(schemaGroups(folder, projects, "mysql").map((group) => [group.name, group]));
const target = await openTarget({ build: true, log: console.error });
const all: { readonly group: string; readonly tables: number; readonly columns: number; readonly found: readonly Disagreement[] }[] = [];
try {
  for (const group of schemaGroups(folder, projects)) {
    const twin = theirs.get(group.name);
    if (twin !== undefined) all.push({ group: group.name, ...compare(await ourSchema(group), await theirSchema(twin)) });
  }
} finally {
  await target.close();
}
print();

async function ourSchema(group: Group): Promise<TidbSchema> {
  const { files, session } = await convert(group.sources, rules, { postgres: "18", target: "8.5.6" });
  return applied(
    target,
    session,
    files.flatMap(({ statements }) => statements.flatMap(({ sql }) => sql)),
  );
}

/** Written for MySQL: what TiDB does not take (triggers, procedures) is left out. */
async function theirSchema({ sources }: Group): Promise<TidbSchema> {
  const statements = sources.flatMap(({ text }) => splitTidb(text).map(({ sql }) => sql));
  // Scripts that make a database of their own must stay in the one at hand.
  return applied(
    target,
    ["SET sql_mode = ''"],
    statements.filter((sql) => !/^(?:use|create\s+(?:database|schema)|drop\s+(?:database|schema))\b/i.test(sql)),
  );
}

async function applied(on: Target, session: readonly string[], statements: readonly string[]): Promise<TidbSchema> {
  const database = await freshDatabase(on, session);
  try {
    for (const sql of statements) await taken(on, sql);
    return await readSchema(on, database.name);
  } finally {
    await database.drop();
  }
}

async function taken(on: Target, sql: string): Promise<boolean> {
  try {
    await on.run(sql);
    return true;
  } catch (error) {
    if (error instanceof TidbError) return false;
    throw error;
  }
}

/** Over tables and columns of the same name; what only one side has is counted by its kind. */
function compare(ours: TidbSchema, twin: TidbSchema): { tables: number; columns: number; found: Disagreement[] } {
  const byName = new Map(twin.tables.map((table) => [folded(table.name), table]));
  const pairs = ours.tables.flatMap((table) => {
    const other = byName.get(folded(table.name));
    return other === undefined ? [] : [[table, other] as const];
  });
  const found = pairs.flatMap(([table, other]) => [...columnsOf(table, other), ...keysOf(table, other)]);
  const columns = pairs.reduce((sum, [table, other]) => sum + sharedColumns(table, other).length, 0);
  return { tables: pairs.length, columns, found };
}

function sharedColumns(table: TidbTable, other: TidbTable) {
  const byName = new Map(other.columns.map((column) => [folded(column.name), column]));
  return table.columns.flatMap((column) => {
    const twin = byName.get(folded(column.name));
    return twin === undefined ? [] : [{ column, twin }];
  });
}

function columnsOf(table: TidbTable, other: TidbTable): Disagreement[] {
  return sharedColumns(table, other).flatMap(({ column, twin }) => {
    const where = `${table.name}.${column.name}`;
    const types = differing("type", general(column.type), general(twin.type), where, normalType(column.type) === normalType(twin.type));
    const nulls = differing("null", nullable(column.nullable), nullable(twin.nullable), where);
    return [...types, ...nulls, ...differing("auto_increment", String(column.autoIncrement), String(twin.autoIncrement), where)];
  });
}

/** The kind of a type: lengths that only differ are one class. */
function general(type: string): string {
  return normalType(type)
    .replace(/^(enum|set)\(.*$/, "$1(n)")
    .replace(/\((?!1\)$)[\d,]+\)/, (digits) => (/^(?:datetime|timestamp|time)/.test(normalType(type)) ? digits : "(n)"));
}

function keysOf(table: TidbTable, other: TidbTable): Disagreement[] {
  const uniques = (of: TidbTable) => of.indexes.filter(({ unique }) => unique).map(({ columns }) => list(columns));
  const foreign = (of: TidbTable) => of.foreignKeys.map((key) => `${list(key.columns)} → ${folded(key.parent)}`);
  return [
    ...differing("primary key", list(table.primaryKey), list(other.primaryKey), table.name, undefined, true),
    ...oneSided("unique", uniques(table), uniques(other), table.name),
    ...oneSided("foreign key", foreign(table), foreign(other), table.name),
    ...table.foreignKeys.flatMap((key) => actions(key, other.foreignKeys, table.name)),
  ];
}

function actions(key: TidbForeignKey, others: readonly TidbForeignKey[], where: string): Disagreement[] {
  const twin = others.find((other) => list(other.columns) === list(key.columns) && folded(other.parent) === folded(key.parent));
  if (twin === undefined) return [];
  // At once either way, so RESTRICT and NO ACTION are the same.
  const action = (text: string) => text.replace("RESTRICT", "NO ACTION");
  return [
    ...differing("on delete", action(key.onDelete), action(twin.onDelete), `${where} ${list(key.columns)}`),
    ...differing("on update", action(key.onUpdate), action(twin.onUpdate), `${where} ${list(key.columns)}`),
  ];
}

function oneSided(what: string, ours: readonly string[], theirs: readonly string[], where: string): Disagreement[] {
  const only = (some: readonly string[], others: readonly string[]) => some.filter((each) => !others.includes(each));
  return [
    ...only(ours, theirs).map((each) => ({ what, ours: "there", theirs: "missing", where: `${where} ${each}` })),
    ...only(theirs, ours).map((each) => ({ what, ours: "missing", theirs: "there", where: `${where} ${each}` })),
  ];
}

function differing(what: string, ours: string, theirs: string, where: string, same = ours === theirs, named = false): Disagreement[] {
  if (same) return [];
  return [
    { what, ours: named ? "another" : ours, theirs: named ? "another" : theirs, where: named ? `${where} ${ours} / ${theirs}` : where },
  ];
}

function list(columns: readonly (string | null)[]): string {
  return `(${columns.map((column) => (column === null ? "…" : folded(column))).join(", ")})`;
}

/** `AlbumId` and `album_id` are the same name in another house style. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

function nullable(yes: boolean): string {
  return yes ? "NULL" : "NOT NULL";
}

/** The rows of the table in docs/twins.md: what, ours, theirs (`any` for all), why. */
function explained(): string[][] {
  const rows = readFileSync("docs/twins.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  return rows.map((line) => line.slice(2, -2).split(" | "));
}

function is(pattern: string | undefined, text: string): boolean {
  return pattern === "any" || pattern === text;
}

function print(): void {
  console.log("| group | tables | columns | other types | other keys and foreign keys |\n| --- | --: | --: | --: | --: |");
  for (const { group, tables, columns, found } of all) {
    const types = found.filter(({ what }) => what === "type").length;
    console.log(`| ${group} | ${tables} | ${columns} | ${types} | ${found.length - types} |`);
  }
  const classes = new Map<string, { count: number; groups: Set<string>; of: Disagreement }>();
  for (const { group, found } of all)
    for (const of of found) {
      const name = `${of.what} | ${of.ours} | ${of.theirs}`;
      const entry = classes.get(name) ?? { count: 0, groups: new Set(), of };
      classes.set(name, { count: entry.count + 1, groups: entry.groups.add(group), of });
    }
  const reasons = explained();
  console.log("\n| what | ours | theirs | places | groups | why |\n| --- | --- | --- | --: | --: | --- |");
  for (const [name, { count, groups, of }] of [...classes].sort((a, b) => b[1].count - a[1].count)) {
    const reason = reasons.find(([what, ours, theirs]) => what === of.what && is(ours, of.ours) && is(theirs, of.theirs))?.[3];
    if (reason === undefined) process.exitCode = 1;
    console.log(`| ${name} | ${count} | ${groups.size} | ${reason ?? "**not explained in docs/twins.md**"} |`);
  }
  if (!values.details) return;
  for (const { group, found } of all)
    for (const { what, ours, theirs, where } of found) console.log(`${group} ${where}: ${what}: ours ${ours}, theirs ${theirs}`);
}
