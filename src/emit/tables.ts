import { find, type Table } from "../catalog/model.js";
import type { ColumnDef, Constraint, CreateStmt, Node, Value } from "../pg/ast.js";
import { as, isNode, relationName } from "../pg/names.js";
import { constraintWords, printConstraint } from "./constraints.js";
import { type CommentSlot, type Printers, type Printing, prints } from "./printing.js";
import { identifier, string } from "./words.js";

/** Compares and orders text as PostgreSQL does for equality: by bytes, blanks counted, case kept (measured on TiDB 8.5.6). */
export const COLLATION = "utf8mb4_0900_bin";

interface Element {
  readonly at: number;
  readonly text: string;
}

/** Prints the list in a CREATE TABLE's parentheses, an element a line, comments where they stood. */
function body(elements: readonly Element[], anchors: readonly number[], comments: CommentSlot[]): string {
  const leading = new Map<number, string[]>();
  const trailing = new Map<number, string[]>();
  const last: string[] = [];
  const first = anchors[0];
  const placed = first === undefined ? [] : comments.splice(0).filter((c) => place(c));
  function place(comment: CommentSlot): boolean {
    const before = anchors.filter((a) => a < comment.at);
    if (before.length === 0) {
      comments.push(comment);
      return false;
    }
    const own = before[before.length - 1]!;
    const next = anchors.find((a) => a > comment.at);
    if (!comment.ownLine) append(trailing, own, comment.text);
    else if (next === undefined) last.push(comment.text);
    else append(leading, next, comment.text);
    return true;
  }
  void placed;
  // An element made of several (a column and its constraints) shares the anchor: comments go with the first of them.
  const lines: string[] = [];
  elements.forEach((element, i) => {
    for (const text of take(leading, element.at)) lines.push(`  ${text}`);
    const comma = i < elements.length - 1 ? "," : "";
    const after = take(trailing, element.at);
    lines.push(`  ${element.text}${comma}${after.map((text) => ` ${text}`).join("")}`);
  });
  for (const texts of [...leading.values(), ...trailing.values()]) last.push(...texts);
  return [...lines, ...last.map((text) => `  ${text}`)].join("\n");
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
  const constraints = (node.constraints ?? []).filter(isNode) as Node[];
  const is = (type: string) => constraints.find((c) => as("Constraint", c)?.contype === type);
  const generated = is("CONSTR_GENERATED");
  const notNull = is("CONSTR_NOTNULL");
  const nullable = is("CONSTR_NULL");
  // A TIMESTAMP column is NOT NULL in some servers unless it says NULL.
  const nulls = notNull ? p.print(notNull) : nullable ? p.print(nullable) : "";
  const rest = constraints.filter((c) => c !== generated && c !== notNull && c !== nullable).map((c) => p.print(c));
  return [identifier(node.colname ?? ""), p.print(node.typeName), generated ? p.print(generated) : "", nulls, ...rest]
    .filter(Boolean)
    .join(" ");
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

/** The table that a definition made, for its columns to be known in expressions. */
function scopeOf(node: { relation?: CreateStmt["relation"] }, p: Printing): Table | undefined {
  return node.relation && find(p.catalog, p.catalog.tables, relationName(node.relation));
}

export const tablePrinters: Printers = {
  CreateStmt: prints("CreateStmt", ["relation", "tableElts", "if_not_exists", "options"], (node, p) => {
    p.scope = scopeOf(node, p);
    const anchors = (p.scope?.node.tableElts ?? node.tableElts ?? []).flatMap((e) =>
      isNode(e) ? ((e as { location?: number }).location ?? []) : [],
    );
    const list = elements(node, p);
    if (list.length === 0) return p.refuse(node as Node, "a table without columns");
    const options = (node.options ?? []).filter(isNode).map((o) => p.print(o));
    const head = `CREATE TABLE ${node.if_not_exists ? "IF NOT EXISTS " : ""}${p.relation(node.relation!)}`;
    return [
      `${head} (\n${body(
        list,
        [...anchors].sort((a, b) => a - b),
        p.comments,
      )}\n)`,
      `COLLATE ${COLLATION}`,
      ...options,
    ].join(" ");
  }),
  ColumnDef: prints("ColumnDef", ["colname", "typeName", "constraints"], columnText),
  Constraint: prints("Constraint", ["contype"], (node, p) => printConstraint(node as Constraint, p)),
};

/** `COMMENT 'text'` of a column or table. */
export function commentClause(text: string): string {
  return `COMMENT ${string(text)}`;
}
