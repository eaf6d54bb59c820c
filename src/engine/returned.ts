import type { ExprInfo } from "../catalog/analysis.js";
import { type Catalog, type Column, isAutoIncrement, type Table } from "../catalog/model.js";
import { touchOf } from "../catalog/touch.js";
import type { ColumnRef, InsertStmt, Node, ResTarget, ReturningClause, ReturningOptionKind, UpdateStmt, Value } from "../pg/ast.js";
import { as, isNode, nodesOf, typeName } from "../pg/names.js";
import { relationNames } from "../pg/outputs.js";
import { eachDescendant, holds, rewritten, unplaced } from "../pg/walk.js";
import { type Raw, type Tidb, tidb } from "./tidb.js";

/** Columns that an UPDATE writes, with their values. */
export function assignments({ targetList }: UpdateStmt): ReadonlyMap<string, Value> {
  const targets = nodesOf("ResTarget", targetList);
  return new Map(targets.flatMap(({ name, val }) => (name === undefined || val === undefined ? [] : [[name, val] as const])));
}

/** Columns that an UPDATE changes: those that it writes, those that are computed from them, and those that triggers touch. */
export function changedColumns(update: UpdateStmt, table: Table | undefined, catalog: Catalog): ReadonlySet<string> {
  const written = assignments(update);
  const changes = (column: Column) =>
    column.computed?.columns.some(({ name }) => written.has(name)) === true || (column.history.touched ?? touchOf(catalog, column));
  return new Set([...written.keys(), ...[...(table?.columns.values() ?? [])].filter(changes).map(({ name }) => name)]);
}

/**
 * RETURNING of an UPDATE with the expressions of generated columns in their place, where these are computed from written columns.
 * @returns itself where it shows none
 */
export function withComputed(
  update: UpdateStmt,
  { exprs = [] }: ReturningClause,
  table: Table,
  { taken, versions }: Pick<Showing, "taken" | "versions">,
): readonly Value[] {
  const written = assignments(update);
  const name = update.relation?.alias?.aliasname ?? update.relation?.relname ?? "";
  const alone = (update.fromClause ?? []).length === 0;
  const computedIn = (column: Column | undefined, row: string): Value | undefined => {
    const { computed } = column ?? {};
    if (!column || !computed?.columns.some((source) => written.has(source.name)) || written.has(column.name)) return undefined;
    const arg = unplaced(computed.expression, (copy) => {
      const at = computed.names.indexOf(String(as("ColumnRef", copy)?.fields?.at(-1)));
      return at < 0 ? copy : { kind: "ColumnRef", fields: [row, computed.columns[at]!.name] };
    });
    const isCast = changesWhenStored(undefined, typeName(column.type).name, column.type);
    return isCast ? ({ kind: "TypeCast", arg, typeName: unplaced(column.type) } as Value) : arg;
  };
  const isWritten = (row: string | undefined) => row === undefined || row === name || row === versions.new;
  const all = [...table.columns.values()];
  const change: Showing["change"] = (node, patch) => ({ ...node, ...patch }) as Node;
  return replaced(exprs, { taken, change }, (row, column) => {
    if (!isWritten(row)) return undefined;
    const from = row ?? name;
    if (column !== undefined) return computedIn(table.columns.get(column), from);
    if (row === undefined && !alone) return undefined;
    if (!all.some((each) => computedIn(each, from))) return undefined;
    return all.map((each): Shows => [each.name, computedIn(each, from) ?? { kind: "ColumnRef", fields: [from, each.name] }]);
  });
}

/**
 * Whether a condition or a value reads the same after the assignments.
 * @param own what the written table is called; without it, a column of any table that is called as a written one counts
 */
export function staysSame(value: Value | undefined, set: { has(name: string): boolean }, own?: string): boolean {
  let same = true;
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (!isNode(part)) return;
    if ((part as unknown as Tidb).kind === "Tidb") visit((part as unknown as Tidb).holes);
    else
      eachDescendant(part, (node) => {
        if (node.kind === "SubLink") same = false;
        const fields = as("ColumnRef", node)?.fields;
        const last = fields?.at(-1);
        const another = own !== undefined && fields !== undefined && fields.length > 1 && fields.at(-2) !== own;
        if (typeof last === "string" && set.has(last) && !another) same = false;
      });
  };
  visit(value);
  return same;
}

/** The names under which RETURNING shows the rows before and after the statement (PostgreSQL 18); missing where another relation is called so. */
export interface Versions {
  readonly old?: string;
  readonly new?: string;
}

/** @param from what the statement writes and reads, whose names come before `old` and `new` */
export function versionsOf({ options = [] }: ReturningClause, from: readonly Value[]): Versions {
  const given = new Map(nodesOf("ReturningOption", options).map(({ option, value }) => [option, value]));
  const taken = relationNames(from);
  const nameOf = (option: ReturningOptionKind, standing: string) => given.get(option) ?? (taken.includes(standing) ? undefined : standing);
  return { old: nameOf("RETURNING_OPTION_OLD", "old"), new: nameOf("RETURNING_OPTION_NEW", "new") } as Versions;
}

/** Whether it shows rows by these names. */
export function showsVersion(value: Value | undefined, names: readonly (string | undefined)[]): boolean {
  return holds(value, (node) => {
    const fields = as("ColumnRef", node)?.fields;
    const name = fields && (fields.length > 1 ? fields.at(-2) : fields[0]);
    return typeof name === "string" && names.includes(name);
  });
}

/** How RETURNING of an UPDATE is told from the rows before it. */
export interface Showing {
  /** Is told of each part of RETURNING that something else stands for. */
  readonly taken: (target: ResTarget) => void;
  /** What a value becomes in its column. */
  readonly assigned: (value: Value, column: Column) => Value;
  readonly change: (node: Node, patch: Readonly<Record<string, unknown>>) => Node;
  /** Whether another computation of a column's new value may give another one. */
  readonly isVolatile: (column: string) => boolean;
  readonly versions: Versions;
  /** Columns that change, also those that are not written. */
  readonly changed: ReadonlySet<string>;
}

export interface Shown {
  readonly exprs: readonly Value[];
  /** Written columns whose new values are shown. */
  readonly written: ReadonlySet<string>;
}

/**
 * What RETURNING of an UPDATE shows, over the rows as they were before it.
 * @returns why it cannot be told
 */
export function shownBefore(
  update: UpdateStmt,
  { exprs = [] }: ReturningClause,
  table: Table | undefined,
  { taken, assigned, change, isVolatile, versions, changed }: Showing,
): Shown | string {
  const set = new Map(
    [...assignments(update)].map(([name, value]) => {
      const column = table?.columns.get(name);
      return [name, column && !as("SetToDefault", value) && !as("MultiAssignRef", value) ? assigned(value, column) : value] as const;
    }),
  );
  const name = update.relation?.alias?.aliasname ?? update.relation?.relname ?? "";
  const alone = (update.fromClause ?? []).length === 0;
  const written = new Set<string>();
  let refused: string | undefined;
  const own = (column: string): ColumnRef => ({ kind: "ColumnRef", fields: alone ? [column] : [name, column] });
  const after = (column: string): Value => {
    const value = set.get(column);
    if (value === undefined && changed.has(column)) refused ??= `${column} changes along with what is written`;
    if (value === undefined) return own(column);
    written.add(column);
    if (as("SetToDefault", value)) refused ??= "a column is set to its default";
    else if (as("MultiAssignRef", value)) refused ??= "several columns are set at once";
    else if (isVolatile(column)) refused ??= `the new ${column} is another one each time it is computed`;
    return value;
  };
  if (holds(exprs as unknown as Value, ({ kind }) => kind === "SubLink")) refused = "it has a subquery";
  const shown = replaced(exprs, { taken, change }, (row, column) => {
    if (row === undefined && column !== undefined && (column === versions.old || column === versions.new))
      refused ??= "it shows a whole row as a value";
    if (column === undefined) {
      if (table && (alone || row === name || (row !== undefined && (row === versions.old || row === versions.new))))
        return [...table.columns.keys()].map((each): Shows => [each, row !== undefined && row === versions.old ? own(each) : after(each)]);
      refused ??= "it has * in it";
      return undefined;
    }
    if (row !== undefined && row === versions.old) return own(column);
    if (row !== undefined && row === versions.new) return after(column);
    return (row === undefined || row === name) && changed.has(column) ? after(column) : undefined;
  });
  return refused ?? { exprs: shown, written };
}

/**
 * RETURNING of an INSERT or a DELETE, where only one version of a row is there: the other one's columns are NULL.
 * @returns undefined where a whole row is shown as a value
 */
export function oneVersion(
  exprs: readonly Value[],
  { there, missing }: { readonly there: string | undefined; readonly missing: string | undefined },
  target: string,
  table: Table | undefined,
  how: Pick<Showing, "taken" | "change">,
): readonly Value[] | undefined {
  const none = { kind: "A_Const", isnull: true } as Value;
  let known = true;
  const shown = replaced(exprs, how, (row, column) => {
    const version = row ?? column;
    if (version === undefined || (version !== there && version !== missing)) return undefined;
    if (row === undefined) {
      if (!table?.columns.has(version)) known = false;
      return undefined;
    }
    if (column !== undefined) return row === missing ? none : { kind: "ColumnRef", fields: [target, column] };
    if (!table) known = false;
    return [...(table?.columns.keys() ?? [])].map(
      (each): Shows => [each, row === missing ? none : { kind: "ColumnRef", fields: [target, each] }],
    );
  });
  return known ? shown : undefined;
}

/** A column's name and what shows it. */
type Shows = readonly [name: string, val: Value];

/**
 * RETURNING with other values in the place of columns.
 * @param instead of `row.column` or `column`, of all columns where none is named; undefined: it stays
 */
function replaced(
  exprs: readonly Value[],
  { taken, change }: Pick<Showing, "taken" | "change">,
  instead: (row: string | undefined, column: string | undefined) => Value | readonly Shows[] | undefined,
): readonly Value[] {
  const named = (name: string | undefined, val: Value): ResTarget =>
    name === undefined || as("ColumnRef", val)?.fields?.at(-1) === name ? { kind: "ResTarget", val } : { kind: "ResTarget", name, val };
  return exprs.flatMap((item): readonly Value[] => {
    const target = as("ResTarget", item)!;
    const fields = as("ColumnRef", target.val)?.fields ?? [];
    const last = fields.at(-1);
    if (typeof last === "object") {
      const all = instead(fields.at(-2) as string | undefined, undefined) as readonly Shows[] | undefined;
      if (all) taken(target);
      return all?.map(([name, val]) => named(name, val)) ?? [item];
    }
    const val = rewritten(target.val!, change, (node) => {
      const parts = as("ColumnRef", node)?.fields ?? [];
      const column = parts.at(-1);
      return typeof column === "string" ? (instead(parts.at(-2) as string | undefined, column) as Node | undefined) : undefined;
    });
    if (val === target.val) return [item];
    taken(target);
    return [named(target.name ?? (typeof last === "string" ? last : undefined), val)];
  });
}

const WHOLE = /^int[248]$/;
const FRACTIONS = /^(?:numeric|float[48])$/;

/**
 * Whether a column keeps another value than the one that is assigned to it, without an error.
 * @param type of the value; undefined when it is not known
 * @param stored the column's type, without its modifiers
 */
export function changesWhenStored(type: string | undefined, stored: string, { typmods }: Column["type"]): boolean {
  if (WHOLE.test(stored)) return type === undefined || FRACTIONS.test(type);
  if (stored === "numeric") return typmods !== undefined && typmods.length > 0 && (type === undefined || FRACTIONS.test(type));
  return stored === "date" && type !== undefined && type.startsWith("timestamp");
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
  const updated = nodesOf("ResTarget", original.onConflictClause?.targetList).map(({ name }) => name);
  for (const key of keysOf(table, original)) {
    if (key.some(({ name }) => updated.includes(name))) continue;
    const given = rows?.map((row) => key.map((column) => keyValue(row[names.indexOf(column.name)], column)));
    if (!given || given.some((values) => values.some((value) => !isFixed(value)))) continue;
    const columns = key.map(({ name }): ColumnRef => ({ kind: "ColumnRef", fields: [name] }));
    const tuples = given.map((values) => tidb`(${values as unknown as Value})`);
    const single = given.length === 1 && key.length === 1;
    const where = single ? tidb`${columns[0]!} = ${given[0]![0]!}` : tidb`(${columns as never}) IN (${tuples as never})`;
    return { where: () => where, counts: false };
  }
  const counter = [...table.columns.values()].find(isAutoIncrement);
  const place = counter ? names.indexOf(counter.name) : -1;
  const given = (row: readonly Value[]) => row[place] !== undefined && !as("SetToDefault", row[place]);
  const isGiven = place >= 0 && (rows ? rows.some(given) : insert.selectStmt !== undefined);
  if (!counter || isGiven || original.onConflictClause) return undefined;
  const column: ColumnRef = { kind: "ColumnRef", fields: [counter.name] };
  const known = insert.selectStmt ? rows?.length : 1;
  const where = ({ first, count }: Counted): Tidb => {
    if (known === 1) return tidb`${column} = ${first}`;
    const many = known === undefined ? count : { raw: String(known) };
    return tidb`${column} >= ${first} AND ${column} < ${first} + ${many}`;
  };
  return { where, counts: true };
}

/** An INSERT whose new keys are kept in variables before it runs. */
export interface Kept {
  /** `SET @new_id_1 = …` */
  readonly before: readonly Tidb[];
  readonly cols: readonly ResTarget[];
  readonly valuesLists: readonly (readonly Value[])[];
  readonly where: Tidb;
}

export interface Keeping {
  /** A variable for a column's value. */
  readonly variable: (column: string) => Raw;
  /** What TiDB computes for a column that no value is given for. */
  readonly standing: (column: Column) => Raw | undefined;
  /** Is told of each DEFAULT that a variable stands for. */
  readonly taken: (value: Value) => void;
  /** Whether a key that the INSERT computes may be taken out of it. */
  readonly computed: boolean;
}

/**
 * The INSERT of rows whose primary key is made while it runs, by the column's default or by an expression: the keys are computed first.
 * @returns undefined where there is no such key, or it is not made by values
 */
export function keysKept(insert: InsertStmt, table: Table, keeping: Keeping): Kept | undefined {
  const key = [...table.constraints.values()].find(({ type }) => type === "primary")?.columns;
  const query = as("SelectStmt", insert.selectStmt);
  const rows = (query ? query.valuesLists : insert.selectStmt ? undefined : [[]]) as readonly (readonly Value[])[] | undefined;
  if (!key || !rows || insert.onConflictClause || key.some((column) => isAutoIncrement(column) || column.generated)) return undefined;
  const listed = insert.cols?.flatMap((column) => as("ResTarget", column)?.name ?? []);
  const given = listed ?? [...table.columns.keys()].slice(0, rows[0]?.length);
  const added = key.filter(({ name }) => !given.includes(name)).map(({ name }) => name);
  const columns = [...given, ...added];
  const before: Tidb[] = [];
  const keep = (name: string, value: Raw | Value): Value => {
    const variable = keeping.variable(name);
    before.push(tidb`SET ${variable} = ${value}`);
    return tidb`${variable}` as unknown as Value;
  };
  const made: Value[][] = [];
  for (const row of rows) {
    const values: Value[] = [...row];
    for (const column of key) {
      const place = columns.indexOf(column.name);
      const own = values[place];
      if (own !== undefined && !as("SetToDefault", own)) {
        if (isFixed(own)) continue;
        if (!keeping.computed) return undefined;
        values[place] = keep(column.name, own);
        continue;
      }
      const standing = keeping.standing(column);
      if (!standing) return undefined;
      if (own !== undefined) keeping.taken(own);
      values[place] = keep(column.name, standing);
    }
    made.push(values);
  }
  if (before.length === 0) return undefined;
  const refs = key.map(({ name }): ColumnRef => ({ kind: "ColumnRef", fields: [name] }));
  const places = key.map(({ name }) => columns.indexOf(name));
  const tuples = made.map((row) => tidb`(${places.map((place) => row[place]!) as unknown as Value})`);
  const single = made.length === 1 && key.length === 1;
  const where = single ? tidb`${refs[0]!} = ${made[0]![places[0]!]!}` : tidb`(${refs as never}) IN (${tuples as never})`;
  const cols = columns.map((name, i) => as("ResTarget", insert.cols?.[i]) ?? ({ kind: "ResTarget", name } as ResTarget));
  return { before, cols, valuesLists: made, where };
}

/** Unique keys to find a row by: the one a conflict is looked for in, and none where that is an index; any primary key without ON CONFLICT (…). */
export function keysOf(table: Table, insert: InsertStmt): (readonly Column[])[] {
  const keys = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique");
  const elements = insert.onConflictClause?.infer?.indexElems?.flatMap((item) => as("IndexElem", item)?.name ?? []);
  const conname = insert.onConflictClause?.infer?.conname;
  const wanted = keys.filter(
    ({ name, columns }) =>
      name === conname || (elements !== undefined && columns.length === elements.length && columns.every((c) => elements.includes(c.name))),
  );
  const { infer } = insert.onConflictClause ?? {};
  return (infer ? wanted : keys.filter(({ type }) => type === "primary")).map(({ columns }) => columns);
}

/** What a row gives a column, or the constant that the column has where it is given none. */
function keyValue(given: Value | undefined, column: Column): Value | undefined {
  if (given !== undefined && !as("SetToDefault", given)) return given;
  const standing = as("TypeCast", column.default)?.arg ?? column.default;
  const constant = as("A_Const", standing);
  return constant && isFixed(constant) ? unplaced(constant as Value) : undefined;
}

/** The columns that an INSERT gives values, in their order; undefined where a query's `*` says how many. */
export function givenColumns({ cols, selectStmt }: InsertStmt, table: Table): readonly Column[] | undefined {
  const all = [...table.columns.values()];
  if (cols) return cols.flatMap((column) => table.columns.get(as("ResTarget", column)?.name ?? "") ?? []);
  const targets = nodesOf("ResTarget", as("SelectStmt", selectStmt)?.targetList);
  const hasStar = targets.some(({ val }) => typeof as("ColumnRef", val)?.fields?.at(-1) === "object");
  return hasStar || targets.length === 0 ? undefined : all.slice(0, targets.length);
}

/** Whether a value is the same when it is read again. */
export function isFixed(value: Value | undefined): boolean {
  const cast = as("TypeCast", value);
  if (cast) return isFixed(cast.arg);
  const constant = as("A_Const", value);
  return (constant !== undefined && !constant.isnull) || as("ParamRef", value) !== undefined;
}

/**
 * Whether a condition may find other rows when it is asked again at once.
 * @param info what is known of an expression
 */
export function isAnother(condition: Value | undefined, info: (node: Node) => ExprInfo | undefined): boolean {
  return holds(condition, (node) => node.kind === "FuncCall" && info(node)?.call?.volatility === "volatile" && !readsClock(node));
}

const CLOCK = new Set(["clock_timestamp", "now", "transaction_timestamp", "statement_timestamp"]);

/** Whether a value is read off a clock that stands still within PostgreSQL's statement: TiDB's goes on from one to the next. */
export function readsClock(value: Value | undefined): boolean {
  return holds(
    value,
    (node) => /TIME/.test(as("SQLValueFunction", node)?.op ?? "") || CLOCK.has(String(as("FuncCall", node)?.funcname?.at(-1))),
  );
}
