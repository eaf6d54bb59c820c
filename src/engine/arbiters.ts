import { type Column, type Index, isAutoIncrement, type Table } from "../catalog/model.js";
import type { ColumnRef, InsertStmt, Node, Value } from "../pg/ast.js";
import { conjunction, conjuncts, operation } from "../pg/build.js";
import { as, isNode, nodesOf } from "../pg/names.js";
import { alike, eachDescendant, unplaced } from "../pg/walk.js";
import { isFixed } from "./returned.js";

/** A unique key in which a row may be in conflict with another. */
export interface UniqueKey {
  readonly name: string;
  /** Over bare columns. */
  readonly parts: readonly Value[];
  /** The rows that it is over: all without it. */
  readonly where?: Value;
  readonly node: Node;
}

/** All unique keys of a table; undefined where NULLs are alike in one of them. */
export function uniqueKeys(table: Table, indexes: Iterable<Index>): readonly UniqueKey[] | undefined {
  const constraints = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique");
  const unique = [...indexes].filter((index) => index.table === table && index.unique);
  if ([...constraints, ...unique].some(({ node }) => "nulls_not_distinct" in node && node.nulls_not_distinct)) return undefined;
  return [
    ...constraints.map(({ name, columns, node }) => ({ name, node: node as Node, parts: columns.map((column) => ref(column.name)) })),
    ...unique.map(({ name, node, named }) => {
      // As its columns are called today.
      const today = (value: Value) =>
        unplaced(value, (copy) => {
          const at = named.names.indexOf(String(as("ColumnRef", copy)?.fields?.at(-1)));
          return at < 0 ? copy : ref(named.columns[at]!.name);
        });
      const parts = nodesOf("IndexElem", node.indexParams).map((item) => today(item.expr ?? ref(item.name!)));
      return { name, node: node as Node, parts, ...(node.whereClause && { where: today(node.whereClause) }) };
    }),
  ];
}

/** Those of the keys that ON CONFLICT looks at. */
export function arbitersOf({ onConflictClause: conflict }: InsertStmt, keys: readonly UniqueKey[]): readonly UniqueKey[] {
  const { infer } = conflict ?? {};
  if (!infer) return keys;
  if (infer.conname !== undefined) return keys.filter(({ name }) => name === infer.conname);
  const wanted = nodesOf("IndexElem", infer.indexElems).map((item): Value => item.expr ?? ref(item.name!));
  const isAmong = (part: Value, all: readonly Value[]) => all.some((each) => alike(each, part));
  const told = conjuncts(infer.whereClause).map(simplified);
  return keys.filter(
    ({ parts, where }) =>
      parts.every((part) => isAmong(part, wanted)) &&
      wanted.every((part) => isAmong(part, parts)) &&
      conjuncts(where).every((condition) => isAmong(simplified(condition), told)),
  );
}

/** `a = true` and `a = false` are `a` and `NOT a` to PostgreSQL's planner (clauses.c, simplify_boolean_equality). */
function simplified(condition: Value): Value {
  const { variant, name, lexpr, rexpr } = as("A_Expr", condition) ?? {};
  const told = variant === "AEXPR_OP" && name?.join() === "=" ? as("A_Const", rexpr)?.boolval : undefined;
  if (told === undefined) return condition;
  return told ? lexpr! : ({ kind: "BoolExpr", boolop: "NOT_EXPR", args: [lexpr!] } as Value);
}

/** A row of constants that an INSERT gives. */
export interface GivenRow {
  /** What a column gets, where that is told before; `computed`: what no other row has, `unknown`: another value each time, or of another row. */
  readonly value: (column: string) => Value | "computed" | "unknown";
}

/** The rows of VALUES of an INSERT: none where they are those of a query. */
export function givenRows(insert: InsertStmt, table: Table): readonly GivenRow[] {
  const names = insert.cols?.map((item) => as("ResTarget", item)?.name) ?? [...table.columns.keys()];
  const rows = (as("SelectStmt", insert.selectStmt)?.valuesLists ?? []) as readonly (readonly Value[])[];
  return rows.map((row) => ({
    value: (name) => {
      const column = table.columns.get(name);
      const own = row[names.indexOf(name)];
      if (!column || column.generated) return "unknown";
      const isLeft = own === undefined || as("SetToDefault", own) !== undefined;
      if (isLeft && isAutoIncrement(column)) return "computed";
      if (isLeft && column.default === undefined) return typed(NULL, column);
      const value = isLeft ? column.default! : own;
      if (isLeft && RANDOM.has(String(as("FuncCall", value)?.funcname?.at(-1)))) return "computed";
      return isFixed(value) || as("A_Const", value)?.isnull === true ? typed(value, column) : "unknown";
    },
  }));
}

const RANDOM = new Set(["gen_random_uuid", "uuid_generate_v4", "uuidv4", "uuidv7"]);
const NULL = { kind: "A_Const", isnull: true } as Value;

function typed(value: Value, column: Column): Value {
  return { kind: "TypeCast", arg: unplaced(value), typeName: unplaced(column.type) } as Value;
}

/**
 * Whether a row that is there has the same key as one that is given.
 * @param target what the table is called
 * @returns undefined where that is not told before; `never` where the row's key is one that no other has
 */
export function meets({ parts, where }: UniqueKey, target: string, row: GivenRow): Value | "never" | undefined {
  const values = new Set([...parts, ...(where ? [where] : [])].flatMap(columnsIn).map((name) => row.value(name)));
  if (values.has("computed")) return "never";
  if (values.has("unknown")) return undefined;
  if (parts.some((part) => isNull(row, part))) return "never";
  const given = (value: Value) => inRow(value, (name) => row.value(name) as Value);
  return alikeIn(parts, where, (value) => inRow(value, (name) => ref(target, name)), given);
}

/** Whether a row that is there has the key that is `excluded`. */
export function meetsExcluded({ parts, where }: UniqueKey, target: string): Value {
  return alikeIn(
    parts,
    where,
    (value) => inRow(value, (name) => ref(target, name)),
    (value) => inRow(value, (name) => ref("excluded", name)),
  );
}

/** A part of a key, or its condition, over the row's values. */
export function overRow(value: Value, row: GivenRow): Value {
  return inRow(value, (name) => row.value(name) as Value);
}

function alikeIn(parts: readonly Value[], where: Value | undefined, there: (v: Value) => Value, given: (v: Value) => Value): Value {
  return conjunction([...parts.map((part) => operation("=", there(part), given(part))), ...(where ? [there(where), given(where)] : [])])!;
}

/** Whether the value of a part that is a column is NULL. */
function isNull(row: GivenRow, part: Value): boolean {
  const name = as("ColumnRef", part)?.fields?.at(-1);
  const value = typeof name === "string" ? row.value(name) : undefined;
  return isNode(value) && as("A_Const", as("TypeCast", value)?.arg)?.isnull === true;
}

/** The columns that a key speaks of. */
export function columnsIn(value: Value): string[] {
  const found: string[] = [];
  if (isNode(value))
    eachDescendant(value, (node) => {
      const name = as("ColumnRef", node)?.fields?.at(-1);
      if (typeof name === "string") found.push(name);
    });
  return found;
}

function inRow(value: Value, column: (name: string) => Value): Value {
  return unplaced(value, (copy) => {
    const name = as("ColumnRef", copy)?.fields?.at(-1);
    return typeof name === "string" ? (column(name) as Node) : copy;
  });
}

function ref(...fields: readonly string[]): ColumnRef {
  return { kind: "ColumnRef", fields };
}
