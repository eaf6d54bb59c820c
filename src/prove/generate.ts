/** Rows that a table may take, from a seed. What it really takes is for PostgreSQL to say. */
import type { Hints } from "./hints.js";
import { documentsWith } from "./hints.js";
import { literal, quoted, relation } from "./names.js";
import type { PgColumn, PgTable } from "./tables.js";
import { type Chance, nastyValues, plainValue } from "./values.js";

/** A value in PostgreSQL's input format, NULL, or the column's default. */
export type Generated = string | null | undefined;

export interface Surroundings {
  readonly hints: Hints;
  /** `2026-01-31`: queries look for recent rows. */
  readonly today: string;
  readonly chance: Chance;
  /** Rows that a table took already, by its name (`schema.table`), columns by name. */
  readonly rows: (table: string) => readonly ReadonlyMap<string, string | null>[];
}

/** How much of a row is out of the ordinary, of three. */
export type Boldness = 0 | 1 | 2;

/**
 * One candidate.
 * @param number counts candidates: columns that must be unique get a value of their own for each
 */
export function candidate(table: PgTable, number: number, bold: Boldness, around: Surroundings): Map<string, Generated> {
  const row = new Map<string, Generated>();
  for (const column of table.columns) if (!column.generated) row.set(column.name, value(table, column, number, bold, around));
  for (const { columns, parent, parentColumns } of table.foreign) {
    const parents = around.rows(parent);
    const optional = columns.some((name) => !table.columns.find((column) => column.name === name)?.notNull);
    const found = parents[around.chance(Math.max(1, parents.length))];
    const none = found === undefined || (bold > 0 && optional && around.chance(4) === 0);
    for (const [i, name] of columns.entries()) {
      const column = table.columns.find((each) => each.name === name);
      if (column === undefined || column.generated) continue;
      if (!none) row.set(name, found.get(parentColumns[i]!) ?? null);
      else if (!column.notNull) row.set(name, null);
    }
  }
  return row;
}

const ONE_NULL_IN = 5;

function value(table: PgTable, column: PgColumn, number: number, bold: Boldness, around: Surroundings): Generated {
  const { chance } = around;
  const unique = table.unique.some((columns) => columns.includes(column.name));
  const alone = table.unique.some((columns) => columns.length === 1 && columns[0] === column.name);
  const plain = plainValue(column, number, column.name);
  // The next number must have room.
  if (column.counted) return plain;
  const { allowed, checked } = column;
  const asked = around.hints.values.get(column.name) ?? [];
  // Three in four of what queries look for: literals of constraints are often just outside of what these let through.
  const known = asked.length > 0 && (checked.length === 0 || number % 8 < 6) ? asked : checked;
  if (plain === undefined) return column.hasDefault ? undefined : known.length > 0 ? known[chance(known.length)] : null;
  const start = [...column.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  if (!column.notNull && number > 1 && (start + number) % ONE_NULL_IN === 0) return null;
  if (allowed.length > 0 && !alone) return allowed[number % allowed.length];
  // Every other row has what a constraint or query holds against the column.
  if (bold > 0 && known.length > 0 && !alone && (start + number) % 2 === 0) return known[Math.floor(number / 2) % known.length];
  if (bold === 0) return plain;
  if (alone && known.length > 0 && chance(3) === 0) return known[chance(known.length)];
  if (bold === 1 && chance(2) === 0) return plain;
  // Keys stay mostly plain: joins must find something.
  if (unique && chance(2) === 0) return plain;
  const documents = column.type === "jsonb" || column.type === "json" ? documentsWith(around.hints.keys) : [];
  const nasty = [...nastyValues(column, around.today), ...documents, ...documents];
  // One after the other, so that few rows show many; each column begins elsewhere.
  return nasty.length === 0 ? plain : nasty[(start + number) % nasty.length];
}

/** The statement that inserts a candidate and returns it as stored. */
export function insertOf(table: PgTable, row: ReadonlyMap<string, Generated>): string {
  const given = [...row].filter(([, text]) => text !== undefined);
  const returning = table.columns.map(({ name }) => quoted(name)).join(", ");
  const target = `INSERT INTO ${relation(table)}`;
  if (given.length === 0) return `${target} DEFAULT VALUES RETURNING ${returning}`;
  const values = given.map(([, text]) => (text === null ? "NULL" : literal(text!)));
  return `${target} (${given.map(([name]) => quoted(name)).join(", ")}) OVERRIDING SYSTEM VALUE VALUES (${values.join(", ")}) RETURNING ${returning}`;
}

/** Tables so that those come first which others refer to; in a circle those first that can do without. */
export function parentsFirst(tables: readonly PgTable[]): PgTable[] {
  const byKey = new Map(tables.map((table) => [table.key, table]));
  const done = new Set<PgTable>();
  const sorted: PgTable[] = [];
  const visit = (table: PgTable): void => {
    if (done.has(table)) return;
    done.add(table);
    for (const { parent, columns } of table.foreign) {
      const before = byKey.get(parent);
      if (before !== undefined && (isRequired(table, columns) || !requires(before, table, byKey, new Set()))) visit(before);
    }
    sorted.push(table);
  };
  for (const table of tables) visit(table);
  return sorted;
}

function isRequired(table: PgTable, columns: readonly string[]): boolean {
  return columns.every((name) => table.columns.find((column) => column.name === name)?.notNull);
}

function requires(table: PgTable, other: PgTable, byKey: ReadonlyMap<string, PgTable>, seen: Set<PgTable>): boolean {
  if (table === other) return true;
  if (seen.has(table)) return false;
  seen.add(table);
  return table.foreign.some(({ parent, columns }) => {
    const before = byKey.get(parent);
    return before !== undefined && isRequired(table, columns) && requires(before, other, byKey, seen);
  });
}
