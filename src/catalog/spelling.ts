import type { Node } from "../pg/ast.js";
import { type Name, relationName } from "../pg/names.js";
import { type Catalog, find, key } from "./model.js";

/** The relation that a statement makes, or gives a name; once it has been replayed. */
export function named(catalog: Catalog, node: Node): Name | undefined {
  if (node.kind === "CreateStmt" || node.kind === "CreateSeqStmt" || node.kind === "ViewStmt") {
    const relation = node.kind === "CreateStmt" ? node.relation : node.kind === "ViewStmt" ? node.view : node.sequence;
    return relation && relationName(relation);
  }
  const into = node.kind === "CreateTableAsStmt" ? node.into : node.kind === "SelectStmt" ? node.intoClause : undefined;
  if (into?.rel) return relationName(into.rel);
  if (node.kind === "AlterObjectSchemaStmt") return node.relation && { schema: node.newschema ?? "", name: node.relation.relname ?? "" };
  if (node.kind !== "RenameStmt" || !node.relation || node.renameType === "OBJECT_INDEX" || node.subname !== undefined) return undefined;
  const to = { ...relationName(node.relation), name: node.newname ?? "" };
  return RELATIONS.some((map) => find<unknown>(catalog, catalog[map], to)) ? to : undefined;
}

const RELATIONS = ["tables", "derived", "views", "sequences"] as const;

/** Keeps in mind which relations are there at the same time with names that differ in the case of letters only: in TiDB these are one name. */
export function spell(catalog: Catalog, node: Node): void {
  const name = named(catalog, node);
  if (!name) return;
  const k = key(catalog, name);
  const low = k.toLowerCase();
  const before = catalog.spellings.get(low);
  if (before === undefined) catalog.spellings.set(low, k);
  if (before === undefined || before === k) return;
  const others = before.split("\0").filter((other) => other !== k);
  catalog.spellings.set(low, [...others, k].join("\0"));
  const there = others.filter((other) => RELATIONS.some((map) => catalog[map].has(other)));
  if (there.length > 0) for (const each of [...there, k]) catalog.together.add(each);
}
