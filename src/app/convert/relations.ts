import { find, key, rootOf, type Table } from "../../catalog/model.js";
import { parseName } from "../../catalog/replay.js";
import { sessionView } from "../../catalog/session-view.js";
import { identifier } from "../../emit/words.js";
import type { Kind, Node, RangeVar, Value } from "../../pg/ast.js";
import { type Name, nodesOf, qualified, relationName } from "../../pg/names.js";
import { eachDescendant } from "../../pg/walk.js";
import type { Pass } from "./pass.js";

export function isView({ run: { now } }: Pass, name: Name): boolean {
  return find(now, now.views, name) !== undefined && find(now, now.tables, name) === undefined;
}

/** A table as the input leaves it: a later statement may make a partition of it. */
export function lastOf({ run: { now, final } }: Pass, name: Name): Table | undefined {
  const table = find(now, now.tables, name);
  return table && (final.tableOf.get(table.node) ?? table);
}

/** The table whose rows those of a partition are among. */
export function holder(pass: Pass, name: Name): Name {
  const root = rootOf(lastOf(pass, name));
  return root ? (pass.run.now.tableOf.get(root.node) ?? root) : name;
}

/** `table PARTITION (part)`: the rows of a partition in TiDB, and no others; undefined where none are. */
function partText(pass: Pass, name: Name): string | undefined {
  const table = lastOf(pass, name);
  if (!table?.partitionOf || !table.parts) return undefined;
  return `${pass.relation(holder(pass, name))} PARTITION (${table.parts.map(identifier).join(", ")})`;
}

/** The name of a relation in TiDB; of a partition, the parts that have its rows. Rows that are written to them may be no others (error 1748). */
export function relationText(pass: Pass, name: Name): string {
  return partText(pass, name) ?? pass.relation(holder(pass, name));
}

/** The names of relations that are no longer found by them after the statement. */
export function takenAway(node: Node): Name[] {
  if (node.kind === "DropStmt") return (node.objects ?? []).flatMap((object) => (Array.isArray(object) ? qualified(object) : []));
  const renamed = node.kind === "RenameStmt" || node.kind === "AlterObjectSchemaStmt" ? node.relation : undefined;
  return renamed ? [relationName(renamed)] : [];
}

/** The table or view that a statement is about, or that it reads, when it is not in the output. */
export function absentTable(pass: Pass, node: Node): string | undefined {
  const {
    run: { now },
    lost,
    lostViews,
  } = pass;
  if (lost.size === 0 && lostViews.size === 0 && now.foreign.size === 0) return undefined;
  if (QUERIES.has(node.kind)) {
    const absent = relationsRead(node).find((relation) => {
      const name = relationName(relation);
      const table = find(now, now.tables, node.kind === "InsertStmt" && relation === node.relation ? holder(pass, name) : name);
      if (table) return lost.has(table.node) && !lastOf(pass, table)?.parts;
      // Views of a session are written out where they are read.
      return isRefused(pass, name) || (lostViews.has(key(now, name)) && !sessionView(now, name));
    });
    return absent?.relname;
  }
  const moved = movedView(pass, node);
  if (moved !== undefined) return moved;
  const changed = changedTable(node);
  const relation = changed ?? writtenTable(node);
  if (!relation) return undefined;
  const table = find(now, now.tables, relation);
  if (!table) return isLeftOut(pass, relation) ? relation.name : undefined;
  // What is said of a partition is said by the rule that makes it one, and what is dropped by that for DROP.
  const isOwn = node.kind !== "DropStmt" && !lastOf(pass, table)?.partitionOf;
  return lost.has(table.node) && (changed || isOwn) ? table.name : undefined;
}

/** The view or table made from a query that a statement gives another name or schema, when it is not in the output: it is not under that either. */
function movedView({ run: { now }, lostViews, before }: Pass, node: Node): string | undefined {
  const isMove = node.kind === "RenameStmt" || node.kind === "AlterObjectSchemaStmt";
  if (lostViews.size === 0 || !isMove || !node.relation) return undefined;
  const { schema, name } = relationName(node.relation);
  const k = key(now, { schema: schema ?? before.get(name), name });
  if (!lostViews.has(k) || find(now, now.tables, { schema, name })) return undefined;
  const to = node.kind === "RenameStmt" ? { schema, name: node.newname ?? "" } : { schema: node.newschema, name };
  const isColumn = node.kind === "RenameStmt" && node.subname !== undefined;
  if (!isColumn && lostViews.delete(k)) lostViews.add(key(now, to));
  return name;
}

/** The relations that a query or a change of rows names, without those of its own WITH. */
function relationsRead(node: Node): RangeVar[] {
  const own = new Set<string>();
  const read: RangeVar[] = [];
  eachDescendant(node, (inner) => {
    if (inner.kind === "CommonTableExpr") own.add(inner.ctename ?? "");
    if (inner.kind === "RangeVar" && inner !== madeBy(node)) read.push(inner);
  });
  return read.filter((relation) => relation.schemaname !== undefined || !own.has(relation.relname ?? ""));
}

/** Keeps in mind which relation a statement makes that PostgreSQL's grammar refuses. */
export function markRefused({ run: { now } }: Pass, text: string, isKept: boolean): void {
  const name = MAKES.exec(text)?.[1];
  if (name !== undefined) now.foreign.set(key(now, parseName(name.replaceAll("`", '"'))), isKept ? "kept" : "refused");
}

const WORD = '(?:"(?:[^"]|"")+"|`[^`]+`|[\\w$\\u0080-\\uffff]+)';
const MAKES = new RegExp(
  `^create\\s+(?:[a-z]+\\s+){0,3}?(?:table|view|sequence)\\s+(?:if\\s+not\\s+exists\\s+)?((?:${WORD}\\.)?${WORD})(?=[\\s(;]|$)`,
  "i",
);

/** Whether a statement that makes the relation was refused. */
function isRefused({ run: { now } }: Pass, name: Name): boolean {
  return now.foreign.size > 0 && find(now, now.foreign, name) === "refused";
}

/** Whether a table that is not in the catalog is not in the output either: its statement was refused, or it is one made from a query. */
export function isLeftOut(pass: Pass, name: Name): boolean {
  const { now } = pass.run;
  const k = key(now, name);
  return isRefused(pass, name) || (pass.lostViews.has(k) && !now.readers.has(k) && !now.views.has(k));
}

/** The first table that a statement needs and that only a later one makes. */
export function laterTable({ run: { now, final }, lostViews }: Pass, node: Node): string | undefined {
  if (final.tableOf.size === now.tableOf.size) return undefined;
  const unknown = needed(node).filter(
    (name) => !find(now, now.tables, name) && !find(now, now.derived, name) && !lostViews.has(key(now, name)),
  );
  if (unknown.length === 0) return undefined;
  const before = new Set([...now.tableOf.values()].map(({ name }) => name));
  const after = new Set([...final.tableOf.keys()].map(({ relation }) => relation?.relname));
  // An upgrade may drop what was there before all of the input, and make it anew.
  return unknown.find(({ name }) => !before.has(name) && after.has(name) && !final.notMadeHere.has(name))?.name;
}

/** Names of the tables that must be there for a statement. */
function needed(node: Node): Name[] {
  if (QUERIES.has(node.kind)) return relationsRead(node).map(relationName);
  if (node.kind === "DropStmt" && node.removeType === "OBJECT_TABLE" && !node.missing_ok)
    return (node.objects ?? []).map((object) => qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]));
  if ((node.kind === "AlterTableStmt" && node.missing_ok) || node.kind === "RenameStmt") return [];
  const changed = changedTable(node);
  return changed ? [changed] : [];
}

/** The table that a statement changes, by the name that it has afterwards. */
function changedTable(node: Node): Name | undefined {
  if (node.kind === "AlterTableStmt" || node.kind === "IndexStmt") return node.relation && relationName(node.relation);
  if (node.kind !== "RenameStmt" || !node.relation) return undefined;
  const name = relationName(node.relation);
  if (node.renameType === "OBJECT_TABLE") return { ...name, name: node.newname ?? "" };
  return node.renameType === "OBJECT_COLUMN" || node.renameType === "OBJECT_TABCONSTRAINT" ? name : undefined;
}

/** The table that a statement changes the rows or the comment of, or that it drops. */
function writtenTable(node: Node): Name | undefined {
  if (node.kind === "RenameStmt") return node.relation && relationName(node.relation);
  if (node.kind === "AlterObjectSchemaStmt") return node.relation && { ...relationName(node.relation), schema: node.newschema };
  if (node.kind === "TruncateStmt") {
    const [relation] = nodesOf("RangeVar", node.relations);
    return relation && relationName(relation);
  }
  const parts = (object: Value | undefined) => (Array.isArray(object) ? (object as readonly Value[]) : []);
  if (node.kind === "DropStmt" && node.removeType === "OBJECT_TABLE") return qualified(parts(node.objects?.[0]));
  if (node.kind !== "CommentStmt") return undefined;
  if (node.objtype === "OBJECT_TABLE") return qualified(parts(node.object));
  return node.objtype === "OBJECT_COLUMN" ? qualified(parts(node.object).slice(0, -1)) : undefined;
}

/** Statements whose every relation must be there. */
const QUERIES: ReadonlySet<Kind> = new Set<Kind>([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "ViewStmt",
  "CreateTableAsStmt",
  "RefreshMatViewStmt",
]);

/** The relation that a statement makes from a query. */
export function madeBy(node: Node): RangeVar | undefined {
  const into = node.kind === "CreateTableAsStmt" ? node.into : node.kind === "SelectStmt" ? node.intoClause : undefined;
  return node.kind === "ViewStmt" ? node.view : into?.rel;
}
