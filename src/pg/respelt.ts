import type { Node } from "./ast.js";

/** Something that is written as MySQL has it. */
export interface Foreign {
  /** UTF-16 offset in the statement's text. */
  readonly at: number;
  readonly length: number;
  readonly written: string;
  readonly read: string;
}

/** A statement with PostgreSQL's spelling in the place of MySQL's. */
export interface Respelt {
  readonly text: string;
  readonly foreign: readonly Foreign[];
  /** Where an offset of the text stands in the source's. */
  at(offset: number): number;
}

/** What says nothing of the spelling around it: strings, quoted names, dollar quotes, comments. */
const QUOTED = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?\$\k<tag>\$|--[^\n]*|/\*[\s\S]*?\*/`;
const UNITS = "MICROSECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR";
const SPELLINGS = new RegExp(
  String.raw`${QUOTED}|\bINTERVAL\s+(?<number>-?\d+(?:\.\d+)?)\s+(?<unit>${UNITS})\b|\x60(?<name>[^\x60"]+)\x60|\bLIMIT\s+(?<offset>\d+|\?|\$\d+)\s*,\s*(?<count>\d+|\?|\$\d+)`,
  "gi",
);

/**
 * A statement that the grammar refuses, with what is plain in it of MySQL's spelling as PostgreSQL writes it: `INTERVAL 7 DAY`,
 * `LIMIT 10, 20`, and names in backquotes beside casts with `::`.
 * @returns undefined where there is nothing of that, or where strings end elsewhere for MySQL than for PostgreSQL: behind `\'`
 */
export function respelt(text: string): Respelt | undefined {
  if (text.includes("\\'")) return undefined;
  const mixed = text.includes("::");
  const foreign: Foreign[] = [];
  const shifts: { readonly from: number; readonly by: number }[] = [];
  let out = "";
  let last = 0;
  for (const found of text.matchAll(SPELLINGS)) {
    const [written] = found;
    const read = reading(found.groups as Groups);
    if (read === undefined) continue;
    // With names in backquotes and nothing of PostgreSQL's it is MySQL's altogether.
    if (written.startsWith("`") && !mixed) return undefined;
    out += text.slice(last, found.index) + read;
    last = found.index + written.length;
    shifts.push({ from: out.length, by: last - out.length });
    foreign.push({ at: found.index, length: written.length, written, read });
  }
  if (foreign.length === 0) return undefined;
  return { text: out + text.slice(last), foreign, at: (offset) => offset + (shifts.findLast(({ from }) => from <= offset)?.by ?? 0) };
}

type Groups = Readonly<Record<"number" | "unit" | "name" | "offset" | "count", string | undefined>>;

function reading({ number, unit, name, offset, count }: Groups): string | undefined {
  if (number !== undefined)
    return /^quarter$/i.test(unit!) ? `INTERVAL '${Number(number) * 3} month'` : `INTERVAL '${number} ${unit!.toLowerCase()}'`;
  if (name !== undefined) return `"${name}"`;
  return offset === undefined ? undefined : `LIMIT ${count} OFFSET ${offset}`;
}

const kept = new WeakMap<Node, Respelt>();

/** Keeps how a statement was read. */
export function keepRespelt(statement: Node, made: Respelt): void {
  kept.set(statement, made);
}

/** How a statement was read that is MySQL's in part; undefined for PostgreSQL's own. */
export function respeltOf(statement: Node): Respelt | undefined {
  return kept.get(statement);
}
