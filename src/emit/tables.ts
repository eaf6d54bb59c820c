import { type Catalog, find, isAutoIncrement, type Table } from "../catalog/model.js";
import { type Tidb, tidbText } from "../engine/tidb.js";
import type { ColumnDef, Constraint, CreateStmt, Node, Value } from "../pg/ast.js";
import { as, isNode, nodesOf, relationName } from "../pg/names.js";
import { constraintWords, printConstraint } from "./constraints.js";
import { type CommentSlot, type Printers, type Printing, prints } from "./printing.js";
import { identifier, string } from "./words.js";

/** Compares and orders text as PostgreSQL does for equality: by bytes, blanks counted, case kept (measured on TiDB 8.5.6). */
export const COLLATION = "utf8mb4_0900_bin";

interface Element {
  readonly at: number;
  readonly text: string;
}

/**
 * Prints the list in a CREATE TABLE's parentheses, an element a line, comments where they stood: behind the element of their line, or on
 * lines of their own before the next one.
 * @param anchors where the elements of the source begin, in order
 * @param comments those that were placed are taken out
 */
function body(elements: readonly Element[], anchors: readonly number[], comments: CommentSlot[]): string {
  if (comments.length === 0) return elements.map(({ text }) => `  ${text}`).join(",\n");
  const first = anchors[0] ?? Number.POSITIVE_INFINITY;
  const inside = comments.filter((c) => c.at > first);
  comments.splice(0, comments.length, ...comments.filter((c) => c.at <= first));
  const before = new Map<number, string[]>();
  const behind = new Map<number, string[]>();
  const last: string[] = [];
  for (const { at, text, ownLine } of inside) {
    const next = anchors.find((a) => a > at);
    if (!ownLine) append(behind, anchors.findLast((a) => a < at)!, text);
    else if (next !== undefined) append(before, next, text);
    else last.push(text);
  }
  const lines = elements.flatMap((element, i) => {
    const comma = i < elements.length - 1 ? "," : "";
    return [...take(before, element.at), [`${element.text}${comma}`, ...take(behind, element.at)].join(" ")];
  });
  // What belonged to an element that was left out.
  const stray = [...before.values(), ...behind.values()].flat();
  return [...lines, ...stray, ...last].map((line) => `  ${line}`).join("\n");
}

function append(map: Map<number, string[]>, at: number, text: string): void {
  const texts = map.get(at);
  if (texts) texts.push(text);
  else map.set(at, [text]);
}

function take(map: Map<number, string[]>, at: number): readonly string[] {
  const texts = map.get(at) ?? [];
  map.delete(at);
  return texts;
}

function columnText(node: Pick<ColumnDef, "colname" | "typeName" | "constraints">, p: Printing): string {
  let generated: Node | undefined;
  let notNull: Node | undefined;
  let nullable: Node | undefined;
  const others: Node[] = [];
  for (const each of node.constraints ?? []) {
    const type = as("Constraint", each)?.contype;
    if (type === "CONSTR_GENERATED" && !generated) generated = each as Node;
    else if (type === "CONSTR_NOTNULL" && !notNull) notNull = each as Node;
    else if (type === "CONSTR_NULL" && !nullable) nullable = each as Node;
    else if (isNode(each)) others.push(each);
  }
  // A TIMESTAMP column is NOT NULL in some servers unless it says NULL.
  const column = p.column(node as never);
  // A primary key that was left out still said NOT NULL.
  const implied = !notNull && column?.notNull && !isAutoIncrement(column) && p.primaryKey?.has(column.name) === false;
  // NULL of a column that a key or a later statement makes NOT NULL means nothing (TiDB: error 1171).
  const never = nullable !== undefined && (column?.notNull || p.primaryKey?.has(node.colname ?? ""));
  const allowed = nullable ? p.print(nullable) : "";
  const nulls = implied ? "NOT NULL" : notNull ? p.print(notNull) : never ? "" : allowed;
  const rest = others.map((each) => p.print(each));
  const parts = [identifier(node.colname ?? ""), p.print(node.typeName), generated ? p.print(generated) : "", nulls, ...rest];
  return parts.filter(Boolean).join(" ");
}

/** The columns and constraints of a table definition, those that cannot be printed left out. */
function elements(node: Pick<CreateStmt, "tableElts">, p: Printing): Element[] {
  return (node.tableElts ?? []).filter(isNode).flatMap((element) => {
    const at = (element as { location?: number }).location ?? 0;
    const constraint = as("Constraint", element);
    const text = constraint ? p.attempt(constraint, constraintWords(constraint), () => p.print(constraint)) : p.print(element as Value);
    return text ? [{ at, text }] : [];
  });
}

/** Names of the columns of the primary key among a table's elements. */
function primaryKey(node: Pick<CreateStmt, "tableElts">): ReadonlySet<string> {
  const keys = nodesOf("Constraint", node.tableElts).filter((c) => c.contype === "CONSTR_PRIMARY");
  return new Set(keys.flatMap((c) => c.keys ?? []));
}

/** The table that a definition made, for its columns to be known in expressions. */
function scopeOf(node: { relation?: CreateStmt["relation"] }, p: Printing): Table | undefined {
  return node.relation && find(p.catalog, p.catalog.tables, relationName(node.relation));
}

export const tablePrinters: Printers = {
  CreateStmt: prints("CreateStmt", ["relation", "tableElts", "if_not_exists", "options", "partspec"], (node, p) => {
    p.scope = scopeOf(node, p);
    const anchors = (p.scope?.node.tableElts ?? node.tableElts ?? []).flatMap((e) =>
      isNode(e) ? ((e as { location?: number }).location ?? []) : [],
    );
    p.primaryKey = primaryKey(node);
    const list = elements(node, p);
    if (list.length === 0) return p.refuse(node as Node, "a table without columns");
    const options = (node.options ?? []).filter(isNode).map((o) => p.print(o));
    const kind = node.relation?.relpersistence === "t" ? "TEMPORARY TABLE" : "TABLE";
    const head = `CREATE ${kind} ${node.if_not_exists ? "IF NOT EXISTS " : ""}${p.relation(node.relation!)}`;
    return [
      `${head} (\n${body(
        list,
        [...anchors].sort((a, b) => a - b),
        p.comments,
      )}\n)`,
      `COLLATE ${COLLATION}`,
      ...options,
      ...(node.partspec ? [p.print(node.partspec)] : []),
    ].join(" ");
  }),
  ColumnDef: prints("ColumnDef", ["colname", "typeName", "constraints"], columnText),
  Constraint: prints("Constraint", ["contype"], (node, p) => printConstraint(node as Constraint, p)),
};

/** `COMMENT 'text'` of a column or table. */
export function commentClause(text: string): string {
  return `COMMENT ${string(text)}`;
}

/** A name for a table of the session's own: it would hide one of the database that is called so from all that comes after. */
export function temporaryName(catalog: Catalog, name: string): string {
  const own = { schema: undefined, name };
  const derived = find(catalog, catalog.derived, own);
  const isTaken = find(catalog, catalog.tables, own) !== undefined || (derived !== undefined && !derived.temporary);
  return isTaken ? temporaryName(catalog, `${name}_`) : name;
}

/** An empty table of the session's own, which keeps rows for the statements that follow. Types are TiDB's. */
export function temporaryTable(name: string, columns: readonly { readonly name: string; readonly type: string }[]): readonly Tidb[] {
  const definitions = columns.map((column) => `${identifier(column.name)} ${column.type}`);
  return [
    tidbText(`DROP TEMPORARY TABLE IF EXISTS ${identifier(name)}`),
    tidbText(`CREATE TEMPORARY TABLE ${identifier(name)} (${definitions.join(", ")}) COLLATE ${COLLATION}`),
  ];
}
