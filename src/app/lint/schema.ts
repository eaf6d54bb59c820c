import type { Source } from "../../source/text.js";
import { defines } from "./defines.js";
import { belowFolder, isForeignPath, isForeignText } from "./foreign.js";

/** A history of a schema that stands in the tree. */
export interface FoundSchema {
  /** The folder, or the file. */
  readonly name: string;
  /** Its files, in order: of one that says how to revert it too, a copy without that, as long. */
  readonly sources: readonly Source[];
  /** What reverts them, the last first: behind the history, each finds what its version has left. */
  readonly reverts: readonly Source[];
  /** The files that copies are of. */
  readonly wholeOf: ReadonlyMap<Source, Source>;
}

const MAKES_TABLES = /\b(?:create\s+(?:\w+\s+){0,2}?table|alter\s+table)\b/i;
/** A file of a test makes tables of its own. */
const NO_SCHEMA = /(?:^|[/._-])(?:tests?|testdata|fixtures?|spec|examples?|bench(?:marks?)?|seeds?)(?=[/._-])/i;
/** A file that takes away what another makes. */
const REVERTS = /(?:^|[/._-])(?:down|rollback|revert|undo|drop)\.sql$|\/U\d[^/]*\.sql$/i;
/** Lines between the parts of a file: of goose, sql-migrate, dbmate, node-pg-migrate, Play and tern. */
const PART =
  /^(?:(?:--|#)[ -]*(?:\+(?:goose|migrate)[ ]+|migrate:|!)?(?<way>up|down)(?:s|[ ]migration)?\b|-+ create above \/ (?<below>drop) below -+).*$/gim;
const IS_PART = /\+(?:goose|migrate)|migrate:|!|migration|create above/i;

/** Files that are run in the order of their names, whatever is in them. */
const VERSIONED = /^[VR]?_*\d/;

/**
 * The schemas that SQL files of a tree make: those of one folder are one history, however many folders its versions have. Of a folder in which
 * tables are made, every version belongs to it, and of other files those that define something.
 */
export function schemasIn(
  files: readonly Source[],
  inOrder: (a: string, b: string) => number,
  folders?: readonly string[],
): readonly FoundSchema[] {
  interface Group {
    readonly sources: Source[];
    readonly reverts: Source[];
    readonly wholeOf: Map<Source, Source>;
  }
  const groups = new Map<string, Group>();
  for (const whole of files) {
    const path = belowFolder(whole.name, folders);
    if (!path.endsWith(".sql") || NO_SCHEMA.test(path) || isForeignPath(path) || isForeignText(whole.text)) continue;
    const { folder, version } = placeOf(whole.name);
    const [source, revert] = REVERTS.test(path) ? [undefined, whole] : partsOf(whole);
    if (!VERSIONED.test(version) && !defines((source ?? whole).text)) continue;
    const group: Group = groups.get(folder) ?? { sources: [], reverts: [], wholeOf: new Map() };
    groups.set(folder, group);
    if (source) group.sources.push(source);
    if (revert) group.reverts.push(revert);
    for (const part of [source, revert]) if (part && part !== whole) group.wholeOf.set(part, whole);
  }
  const byName = (a: Source, b: Source) => inOrder(a.name, b.name);
  return [...groups]
    .filter(([, { sources }]) => sources.some(({ text }) => MAKES_TABLES.test(text)))
    .sort(([a], [b]) => inOrder(a, b))
    .map(([name, { sources, reverts, wholeOf }]) => ({
      name,
      sources: behindMakers(sources.sort(byName)),
      reverts: reverts.sort(byName).reverse(),
      wholeOf,
    }));
}

/** What a file does, and what it says to revert that, each at its place: all else is blank. */
function partsOf(whole: Source): readonly [Source, Source?] {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, " ");
  const [up, down]: [string[], string[]] = [[], []];
  let [from, isDown, hasDown] = [0, false, false];
  const add = (until: number) => {
    const text = whole.text.slice(from, until);
    (isDown ? down : up).push(text);
    (isDown ? up : down).push(blank(text));
    from = until;
  };
  for (const { 0: line, index, groups } of whole.text.matchAll(PART)) {
    if (!IS_PART.test(line)) continue;
    add(index);
    isDown = groups!.below !== undefined || groups!.way?.toLowerCase() === "down";
    hasDown ||= isDown;
  }
  if (!hasDown) return [whole];
  add(whole.text.length);
  return [
    { ...whole, text: up.join("") },
    { ...whole, text: down.join("") },
  ];
}

const TABLE = /\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w".]+)/gi;
/** Statements that need a table which is there already. */
const NEEDS =
  /\b(?:alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?|create\s+(?:unique\s+)?index\b[^;]*?\bon\s+(?:only\s+)?|insert\s+into\s+|update\s+|references\s+|from\s+(?:only\s+)?|join\s+)([\w".]+)/gi;

const TYPES_ALONE = /^(?!.*\b(?:table|index|insert)\b).*\bcreate\s+(?:type|domain|schema|extension)\b/is;

/**
 * Scripts that bear no numbers, and the whole schema beside its versions, have an order that their names do not tell: types come first, what
 * needs tables comes behind those that make them.
 */
function behindMakers(sources: readonly Source[]): Source[] {
  const named = ({ text }: Source, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name]) => name!.replaceAll('"', "").toLowerCase());
  const maker = new Map<string, number>();
  for (const [i, source] of sources.entries()) for (const name of named(source, TABLE)) if (!maker.has(name)) maker.set(name, i);
  const isEarly = sources.map((source, i) => named(source, NEEDS).some((name) => (maker.get(name) ?? -1) > i));
  const rank = ({ name, text }: Source, i: number) =>
    isEarly[i] ? 2 : !VERSIONED.test(placeOf(name).version) && TYPES_ALONE.test(text) ? 0 : 1;
  const ranked = sources.map((source, i) => ({ source, rank: rank(source, i) }));
  return [0, 1, 2].flatMap((wanted) => ranked.flatMap((each) => (each.rank === wanted ? each.source : [])));
}

/** The folder of a history, and what names the version in it: `migrations` and `0001_init` for `migrations/0001_init/up.sql`. */
function placeOf(path: string): { readonly folder: string; readonly version: string } {
  const folders = path.split("/");
  const name = folders.pop()!;
  const own = folders.length > 1 && VERSIONED.test(folders.at(-1)!) ? folders.pop() : undefined;
  return { folder: folders.join("/") || ".", version: own ?? name };
}

const SCHEMA_CODE = /migrat|(?:^|[/._-])(?:schema|ddl|tables?|initdb)(?=[/._-])/i;

/** Whether a file of code may make a schema, as migrations do that are written in it. */
export function isSchemaCode({ name, text }: Source, folders?: readonly string[]): boolean {
  return isSchemaCodePath(name, folders) && /\bcreate\s+table\b/i.test(text);
}

/** Likewise, as far as its name tells. */
export function isSchemaCodePath(name: string, folders?: readonly string[]): boolean {
  const path = belowFolder(name, folders);
  return !path.endsWith(".sql") && SCHEMA_CODE.test(path) && !NO_SCHEMA.test(path) && !isForeignPath(path);
}
