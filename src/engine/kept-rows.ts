import { type Catalog, type Column, keyOf, type Table } from "../catalog/model.js";
import type { ColumnRef, DeleteStmt, InsertStmt, Node, RangeVar, ResTarget, Value } from "../pg/ast.js";
import { ALL_COLUMNS, conjunction, operation, PLAIN_SELECT, subqueryItem } from "../pg/build.js";
import { as, nodesOf } from "../pg/names.js";
import { holds, rewritten } from "../pg/walk.js";
import type { Context } from "./contract.js";
import { givenColumns, isFixed } from "./returned.js";

/** An INSERT whose rows are in a table of the session before it runs, so that its own rows can be told from others. */
export interface KeptRows {
  /** The table, as the catalog may have it: with the columns that the INSERT gives values. */
  readonly table: Table;
  /** What it is made of, with TiDB's types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Puts the rows into it. */
  readonly fill: InsertStmt;
  /** Takes those out that the INSERT does not write. */
  readonly without: readonly DeleteStmt[];
  /** The INSERT of what is left. */
  readonly insert: InsertStmt;
  /** What finds its rows in the table that it writes, called as the INSERT calls it. */
  readonly among: Value;
}

/**
 * Keeps the rows of an INSERT, all in PostgreSQL's tree.
 * @param own what the table of the session is called, and where
 * @param typeOf a column's type in TiDB
 * @returns why that is not possible
 */
export function keptRows(
  insert: InsertStmt,
  table: Table,
  own: { readonly schema: string; readonly name: string },
  typeOf: (column: Column) => string | undefined,
): KeptRows | string {
  const conflict = insert.onConflictClause;
  const source = as("SelectStmt", insert.selectStmt);
  const rows = source?.valuesLists as readonly (readonly Value[])[] | undefined;
  const all = [...table.columns.values()];
  const given = rows?.length && !insert.cols ? all.slice(0, rows[0]!.length) : givenColumns(insert, table);
  if (!source || !given) return "the columns that it gives values are not known";
  if (rows?.some((row) => row.some((value) => as("SetToDefault", value)))) return "one of its values is DEFAULT";
  if (given.some((column) => column.identity === "a" || column.generated)) return "one of its columns is GENERATED ALWAYS";
  const isTold = (column: Column) => {
    const place = given.indexOf(column);
    return place >= 0 && (column.notNull || rows?.every((row) => isFixed(row[place]) && !holds(row[place], isParameter)) === true);
  };
  const key = keysFor(insert, table).find((columns) => columns.every(isTold));
  const written = nodesOf("ResTarget", conflict?.targetList).map((item) => item.name);
  if (!key || key.some((column) => written.includes(column.name))) return "nothing tells its new rows from others";
  const types = given.map((column) => ({ name: column.name, type: typeOf(column) }));
  if (!types.every((column): column is { name: string; type: string } => column.type !== undefined))
    return "the types of its columns are not known";
  const { alias, ...bare } = insert.relation!;
  const target = alias?.aliasname ?? bare.relname!;
  const relation: RangeVar = { kind: "RangeVar", relname: own.name, inh: true, relpersistence: "p" };
  const excluded: RangeVar = { ...relation, alias: { kind: "Alias", aliasname: "excluded" } };
  const same = key.map(({ name: column }) => operation("=", ref(target, column), ref("excluded", column)));
  const met = conflict?.whereClause;
  const unmet: Value[] = met ? [{ kind: "BooleanTest", arg: met, booltesttype: "IS_NOT_TRUE" } as Value] : [];
  const isNarrowed = conflict !== undefined && (conflict.action === "ONCONFLICT_NOTHING" || met !== undefined);
  const { withClause, returningClause: _returning, ...rest } = insert;
  const cols = given.map((column): ResTarget => ({ kind: "ResTarget", name: column.name }));
  const values = given.map((column) => shown(ref(undefined, column.name)));
  return {
    table: {
      ...table,
      ...own,
      node: { ...table.node, relation },
      parents: [],
      partitioned: false,
      partitionOf: undefined,
      columns: new Map(given.map((column) => [column.name, column])),
      constraints: new Map(),
    },
    columns: types,
    fill: {
      kind: "InsertStmt",
      relation,
      cols,
      selectStmt: source,
      override: "OVERRIDING_NOT_SET",
      ...(withClause && { withClause }),
    },
    without: isNarrowed
      ? [{ kind: "DeleteStmt", relation: excluded, usingClause: [insert.relation!], whereClause: conjunction([...same, ...unmet])! }]
      : [],
    insert: { ...rest, cols: insert.cols ?? cols, selectStmt: { ...PLAIN_SELECT, targetList: values, fromClause: [relation] } },
    among: {
      kind: "SubLink",
      subLinkType: "ANY_SUBLINK",
      testexpr:
        key.length === 1
          ? ref(target, key[0]!.name)
          : { kind: "RowExpr", args: key.map((column) => ref(target, column.name)), row_format: "COERCE_IMPLICIT_CAST" },
      subselect: { ...PLAIN_SELECT, targetList: key.map((column) => shown(ref(undefined, column.name))), fromClause: [relation] },
    } as unknown as Value,
  };
}

/** Keys of which one tells the row that is in conflict, or that was inserted. */
function keysFor(insert: InsertStmt, table: Table): (readonly Column[])[] {
  const named = keyOfConflict(insert, table);
  if (named || insert.onConflictClause?.infer) return named ? [named] : [];
  return [...table.constraints.values()].flatMap(({ type, columns }) => (type === "primary" || type === "unique" ? [columns] : []));
}

/** The columns of the key that ON CONFLICT names; undefined where it names none, or an index that is not of plain columns alone. */
export function keyOfConflict({ onConflictClause: conflict }: InsertStmt, { columns, constraints }: Table): readonly Column[] | undefined {
  const { infer } = conflict ?? {};
  if (infer?.conname !== undefined) return constraints.get(infer.conname)?.columns;
  const named = infer?.indexElems?.map((item) => columns.get(as("IndexElem", item)?.name ?? ""));
  const isPlain = (all: readonly (Column | undefined)[]): all is readonly Column[] => !all.includes(undefined);
  return named && infer?.whereClause === undefined && isPlain(named) ? named : undefined;
}

function isParameter({ kind }: Node): boolean {
  return kind === "ParamRef";
}

function ref(table: string | undefined, column: string): ColumnRef {
  return { kind: "ColumnRef", fields: table === undefined ? [column] : [table, column] };
}

function shown(val: Value): ResTarget {
  return { kind: "ResTarget", val };
}

/** The schema with one more table in it. */
export function withTable(catalog: Catalog, table: Table): Catalog {
  return { ...catalog, tables: new Map([...catalog.tables, [keyOf(table.schema, table.name), table]]) };
}

/** Rows that an INSERT made, in the table that it wrote. */
export interface MadeRows {
  /** The table, called as `made` calls it. */
  readonly relation: RangeVar;
  readonly made: Value;
}

/** A statement that reads tables without rows which were made in them before it. */
export function withoutRows(statement: Value, all: readonly MadeRows[], { change, consumed }: Pick<Context, "change" | "consumed">): Value {
  if (all.length === 0) return statement;
  return rewritten(statement, change as never, (node) => {
    const read = as("RangeVar", node);
    const found = all.filter(({ relation }) => relation.relname === read?.relname);
    const [first] = found;
    if (!read || !first) return undefined;
    consumed(read as Value);
    const others = found.map(({ made }) => ({ kind: "BooleanTest", arg: made, booltesttype: "IS_NOT_TRUE" }) as Value);
    const subquery = { ...PLAIN_SELECT, targetList: [ALL_COLUMNS], fromClause: [first.relation], whereClause: conjunction(others)! };
    return { ...subqueryItem(subquery, read.relname!), ...(read.alias && { alias: read.alias }) };
  });
}
