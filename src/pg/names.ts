import type { ColumnRef, Node, RangeVar, TypeName, Value } from "./ast.js";

/** A possibly schema-qualified name. */
export interface Name {
  readonly schema: string | undefined;
  readonly name: string;
}

/** Splits `[schema, name]` or `[name]` (a database in front is dropped: PostgreSQL accepts only the current one). */
export function qualified(parts: readonly Value[]): Name {
  let name: string | undefined;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (typeof part !== "string") continue;
    if (name !== undefined) return { schema: part, name };
    name = part;
  }
  return { schema: undefined, name: name ?? "" };
}

export function relationName(relation: RangeVar): Name {
  return { schema: relation.schemaname, name: relation.relname ?? "" };
}

/** `foo` for a bare or qualified column reference; undefined for `*` and deeper fields. */
export function columnName(ref: ColumnRef): string | undefined {
  const last = ref.fields?.[ref.fields.length - 1];
  return typeof last === "string" ? last : undefined;
}

/** The type's own name without `pg_catalog`, e.g. `int4`, `timestamptz`, `my_enum`. */
export function typeName(type: TypeName): Name {
  const name = qualified(type.names ?? []);
  return name.schema === "pg_catalog" ? { schema: undefined, name: name.name } : name;
}

/** Whether a value is a node (not a plain value or a list). */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind !== undefined;
}

/** The node if it is of that kind. */
export function as<K extends Node["kind"]>(kind: K, value: Value | undefined): Extract<Node, { kind: K }> | undefined {
  return isNode(value) && value.kind === kind ? (value as Extract<Node, { kind: K }>) : undefined;
}

/** Options by their names: of sequences, functions and whatever else has a list of them. */
export function optionsOf(list: readonly Value[] | undefined): Map<string, Value | undefined> {
  return new Map(nodesOf("DefElem", list).map(({ defname = "", arg }) => [defname, arg]));
}

/** Those values that are nodes of the kind. */
export function nodesOf<K extends Node["kind"]>(kind: K, values: readonly Value[] | undefined): Extract<Node, { kind: K }>[] {
  const nodes: Extract<Node, { kind: K }>[] = [];
  if (values) for (const value of values) if (isNode(value) && value.kind === kind) nodes.push(value as Extract<Node, { kind: K }>);
  return nodes;
}

/** The text of a string constant, casts around it ignored. */
export function literalText(value: Value | undefined): string | undefined {
  const cast = as("TypeCast", value);
  return cast ? literalText(cast.arg) : as("A_Const", value)?.sval;
}

/**
 * `c::type`, `c::text` or `c::text::type`: the cast that a change of the column's type does by itself.
 * @param to the type that the column gets
 */
export function castsItself(value: Value | undefined, column: string, to: TypeName, outermost = true): boolean {
  const cast = as("TypeCast", value);
  const ref = as("ColumnRef", value);
  if (!cast?.typeName) return ref !== undefined && columnName(ref) === column;
  const { name } = typeName(cast.typeName);
  const asText = (name === "text" || name === "varchar") && !cast.typeName.typmods?.length;
  return (asText || (outermost && name === typeName(to).name)) && castsItself(cast.arg, column, to, false);
}
