import { type Column, isAutoIncrement, type Table } from "../catalog/model.js";
import type { ColumnRef, InsertStmt, ResTarget, ReturningClause, UpdateStmt, Value } from "../pg/ast.js";
import { as, isNode, nodesOf } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import { type Raw, type Tidb, tidb } from "./tidb.js";

/** Columns that an UPDATE writes, with their values. */
export function assignments({ targetList }: UpdateStmt): ReadonlyMap<string, Value> {
  const targets = nodesOf("ResTarget", targetList);
  return new Map(targets.flatMap(({ name, val }) => (name === undefined || val === undefined ? [] : [[name, val] as const])));
}

/** Whether a condition or a value reads the same after the assignments. */
export function staysSame(value: Value | undefined, set: ReadonlyMap<string, Value>): boolean {
  let same = true;
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (!isNode(part)) return;
    if ((part as unknown as Tidb).kind === "Tidb") visit((part as unknown as Tidb).holes);
    else
      eachDescendant(part, (node) => {
        if (node.kind === "SubLink") same = false;
        const last = as("ColumnRef", node)?.fields?.at(-1);
        if (typeof last === "string" && set.has(last)) same = false;
      });
  };
  visit(value);
  return same;
}

/**
 * What RETURNING of an UPDATE shows, over the rows as they were before it.
 * @param taken is told of each part of RETURNING that something else stands for
 * @returns why it cannot be told
 */
export function shownBefore(
  update: UpdateStmt,
  { exprs = [] }: ReturningClause,
  table: Table | undefined,
  taken: (target: ResTarget) => void,
): readonly Value[] | string {
  const set = assignments(update);
  if ([...set.values()].some((value) => as("SetToDefault", value))) return "a column is set to its default";
  const name = update.relation?.alias?.aliasname ?? update.relation?.relname ?? "";
  const shown: Value[] = [];
  for (const item of exprs) {
    const target = as("ResTarget", item)!;
    const fields = as("ColumnRef", target.val)?.fields;
    const last = fields?.at(-1);
    if (fields && typeof last === "object") {
      if (!table || (update.fromClause ?? []).length > 0) return "it has * in it";
      taken(target);
      shown.push(...[...table.columns.keys()].map((column) => newValue(column, set)));
    } else if (typeof last === "string" && set.has(last) && (fields!.length === 1 || fields!.at(-2) === name)) {
      taken(target);
      shown.push({ ...newValue(last, set), name: target.name ?? last });
    } else if (staysSame(target.val, set)) shown.push(item);
    else return "an expression of it reads a column that is written";
  }
  const several = shown.some((item) => as("MultiAssignRef", as("ResTarget", item)?.val));
  return several ? "several columns are set at once" : shown;
}

function newValue(column: string, set: ReadonlyMap<string, Value>): ResTarget {
  const value = set.get(column);
  const own: ColumnRef = { kind: "ColumnRef", fields: [column] };
  return value === undefined ? { kind: "ResTarget", val: own } : { kind: "ResTarget", name: column, val: value };
}

/** The number of the first row that the last INSERT made, and how many it made. */
export interface Counted {
  readonly first: Raw;
  readonly count: Raw;
}

/** What finds the rows of an INSERT after it. */
export interface Found {
  readonly where: (counted: Counted) => Tidb;
  /** Whether it asks for numbers that the next INSERT changes. */
  readonly counts: boolean;
}

/**
 * What finds the rows that an INSERT made: the key that it gave them, or the numbers that AUTO_INCREMENT did, which TiDB gives without gaps
 * within a statement.
 * @param insert as rules left it
 * @param original as it was written
 */
export function insertedRows(insert: InsertStmt, table: Table, original: InsertStmt): Found | undefined {
  const rows = as("SelectStmt", insert.selectStmt)?.valuesLists as readonly (readonly Value[])[] | undefined;
  const names = insert.cols?.flatMap((column) => as("ResTarget", column)?.name ?? []) ?? [...table.columns.keys()];
  for (const key of keysOf(table, original)) {
    const places = key.map(({ name }) => names.indexOf(name));
    if (!rows || places.includes(-1) || rows.some((row) => places.some((place) => !isFixed(row[place])))) continue;
    const columns = key.map(({ name }): ColumnRef => ({ kind: "ColumnRef", fields: [name] }));
    const tuples = rows.map((row) => tidb`(${places.map((place) => row[place]!) as unknown as Value})`);
    const single = rows.length === 1 && key.length === 1;
    const where = single ? tidb`${columns[0]!} = ${rows[0]![places[0]!]!}` : tidb`(${columns as never}) IN (${tuples as never})`;
    return { where: () => where, counts: false };
  }
  const counter = [...table.columns.values()].find(isAutoIncrement);
  if (!counter || (insert.cols && names.includes(counter.name)) || original.onConflictClause) return undefined;
  if (!insert.cols && insert.selectStmt) return undefined;
  const column: ColumnRef = { kind: "ColumnRef", fields: [counter.name] };
  const known = insert.selectStmt ? rows?.length : 1;
  const where = ({ first, count }: Counted): Tidb => {
    if (known === 1) return tidb`${column} = ${first}`;
    const many = known === undefined ? count : { raw: String(known) };
    return tidb`${column} >= ${first} AND ${column} < ${first} + ${many}`;
  };
  return { where, counts: true };
}

/** Unique keys to find a row by: the one a conflict is looked for in before all others. */
function keysOf(table: Table, insert: InsertStmt): (readonly Column[])[] {
  const keys = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique");
  const elements = insert.onConflictClause?.infer?.indexElems?.flatMap((item) => as("IndexElem", item)?.name ?? []);
  const conname = insert.onConflictClause?.infer?.conname;
  const wanted = keys.filter(
    ({ name, columns }) =>
      name === conname || (elements !== undefined && columns.length === elements.length && columns.every((c) => elements.includes(c.name))),
  );
  return (wanted.length > 0 ? wanted : keys.filter(({ type }) => type === "primary")).map(({ columns }) => columns);
}

/** Whether a value is the same when it is read again. */
export function isFixed(value: Value | undefined): boolean {
  const cast = as("TypeCast", value);
  if (cast) return isFixed(cast.arg);
  const constant = as("A_Const", value);
  return (constant !== undefined && !constant.isnull) || as("ParamRef", value) !== undefined;
}
