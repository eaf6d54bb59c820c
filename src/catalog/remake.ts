import type { AlterEnumStmt, ColumnRef, Node, RangeVar, ResTarget, SelectStmt, Value } from "../pg/ast.js";
import { as, columnName, isNode, qualified, relationName } from "../pg/names.js";
import { outputName } from "../pg/outputs.js";
import { holds, rewritten } from "../pg/walk.js";
import { type Analysis, analyse } from "./analysis.js";
import { relabelled } from "./labels.js";
import { type Catalog, find, heirsOf, key, type Reader } from "./model.js";
import { isStar, starColumns } from "./stars.js";

/**
 * A view's query as PostgreSQL keeps it (rewriteDefine.c): what it reads is fixed when the view is made, so that relations have their schemas,
 * and `*` is the columns that it stands for at that time.
 */
export function keptQuery(catalog: Catalog, query: SelectStmt, analysis: Analysis): SelectStmt {
  const origins = new Map<Node, Node>();
  const copied = (node: Node, patch: object) => {
    const copy = { ...node, ...patch } as Node;
    origins.set(copy, node);
    return copy;
  };
  const known = { ...analysis, origin: <N extends object>(node: N): N => (origins.get(node as never) as N | undefined) ?? node };
  return rewritten(query, copied, (node) => {
    if (node.kind === "RangeVar" && node.schemaname === undefined && !analysis.isCommon(known.origin(node)))
      return copied(known.origin(node), { ...node, schemaname: schemaOf(catalog, node) });
    if (node.kind !== "SelectStmt" || !node.targetList?.some((target) => isStar(as("ResTarget", target)?.val))) return undefined;
    const targetList = node.targetList.flatMap((target): Value[] => {
      const { val } = as("ResTarget", target) ?? {};
      const columns = isStar(val) ? starColumns(node, val as ColumnRef, known) : undefined;
      if (!columns?.every(({ refs }) => refs.length === 1)) return [target];
      return columns.map(({ refs }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [...refs[0]!] } }));
    });
    return copied(known.origin(node), { ...node, targetList });
  }) as unknown as SelectStmt;
}

function schemaOf(catalog: Catalog, relation: RangeVar): string | undefined {
  const name = relationName(relation);
  const maps = [catalog.tables, catalog.derived, catalog.readers] as readonly ReadonlyMap<string, { readonly schema: string }>[];
  return maps.map((map) => find(catalog, map, name)?.schema).find((schema) => schema !== undefined);
}

type Change = (query: SelectStmt, analysis: Analysis) => SelectStmt | undefined;

/** What a statement that renames something makes of the queries of views, by their keys; to be asked before the statement is replayed. */
export function remade(catalog: Catalog, node: Node): ReadonlyMap<string, Reader> {
  const changes = changesBy(catalog, node);
  const made = new Map<string, Reader>();
  for (const [k, reader] of changes.length === 0 ? [] : catalog.readers) {
    let { query } = reader;
    let reads: ReadonlySet<string> | undefined;
    for (const { relation, moved, change } of changes) {
      if (!query || (relation !== undefined && !reader.reads.has(relation))) continue;
      const next = change(
        query,
        analyse(catalog, query, (each) => each),
      );
      if (next === query) continue;
      query = next;
      reads = new Set([...(reads ?? reader.reads)].map((each) => (each === relation ? (moved ?? each) : each)));
    }
    if (reads) made.set(k, { ...reader, query, reads });
  }
  return made;
}

interface Renaming {
  /** The key of the relation that only what reads it is about. */
  readonly relation?: string;
  /** Its key afterwards, where that is another one. */
  readonly moved?: string;
  readonly change: Change;
}

function changesBy(catalog: Catalog, node: Node): Renaming[] {
  if (node.kind === "AlterEnumStmt") return node.oldVal === undefined ? [] : [{ change: withLabel(catalog, node) }];
  if (node.kind !== "RenameStmt" && node.kind !== "AlterObjectSchemaStmt") return [];
  const name = node.relation && relationName(node.relation);
  const schema = name && schemaOf(catalog, node.relation!);
  if (!name || schema === undefined) return [];
  const relation = `${schema}.${name.name}`;
  if (node.kind === "AlterObjectSchemaStmt") return [moving(relation, node.newschema ?? "", name.name)];
  if (RELATIONS.has(node.renameType ?? "")) return [moving(relation, schema, node.newname ?? "")];
  if (node.renameType !== "OBJECT_COLUMN") return [];
  const table = find(catalog, catalog.tables, name);
  const heirs = table && node.relation!.inh ? heirsOf(catalog, table) : [];
  return [relation, ...heirs.map((heir) => `${heir.schema}.${heir.name}`)].map((each) => ({
    relation: each,
    change: withColumn(each, node.subname ?? "", node.newname ?? ""),
  }));
}

const RELATIONS: ReadonlySet<string> = new Set(["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"]);
const copied = (node: Node, patch: object) => ({ ...node, ...patch }) as Node;
const keyOf = (relation: RangeVar) => `${relation.schemaname}.${relation.relname}`;

function moving(relation: string, schema: string, name: string): Renaming {
  const change: Change = (query, analysis) =>
    rewritten(query, copied, (node) => {
      if (node.kind === "ColumnRef" && (node.fields?.length ?? 0) > 2) return { ...node, fields: node.fields!.slice(-2) };
      if (node.kind !== "RangeVar" || keyOf(node) !== relation || analysis.isCommon(node)) return undefined;
      // What the query calls it stays.
      const alias = node.alias ?? { kind: "Alias" as const, aliasname: node.relname! };
      return { ...node, schemaname: schema, relname: name, ...(name === node.relname ? {} : { alias }) };
    }) as unknown as SelectStmt;
  return { relation, moved: `${schema}.${name}`, change };
}

/** A column that is renamed: what refers to it does so by the new name, and gives it the old one where it had no other. */
function withColumn(relation: string, from: string, to: string): Change {
  return (query, analysis) => {
    if (holds(query, (node) => mayMergeOrHide(node, relation, from))) return undefined;
    /** What speaks of the column, by what it was. */
    const renamed = new Map<Node, Node>();
    const isIt = (ref: ColumnRef, around: readonly Node[]) => {
      const [alias] = ref.fields!.slice(-2, -1);
      for (const outer of around.toReversed()) {
        if (outer.kind !== "SelectStmt") continue;
        const entry = analysis
          .range(outer)
          .find((each) => (alias === undefined ? each.columns.some(({ name }) => name === from) : each.alias === alias));
        if (entry) return leaves(outer.fromClause).some((leaf) => calledAs(leaf) === entry.alias && keyOf(leaf) === relation);
      }
      return false;
    };
    return rewritten(
      query,
      (node, patch) => {
        const copy = copied(node, patch);
        if (Object.values(patch).some((held) => holdsAny(held as Value, renamed))) renamed.set(copy, node);
        return copy;
      },
      (node, around) => {
        if (node.kind === "ColumnRef" && columnName(node) === from && isIt(node, around)) {
          const copy = { ...node, fields: [...node.fields!.slice(0, -1), to] };
          renamed.set(copy, node);
          return copy;
        }
        const before = node.kind === "ResTarget" && node.name === undefined ? renamed.get(node) : undefined;
        const name = before && outputName(before as ResTarget);
        return name === undefined ? undefined : copied(node, { name });
      },
    ) as unknown as SelectStmt;
  };
}

function holdsAny(value: Value, nodes: ReadonlyMap<Node, Node>): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsAny(item as Value, nodes));
  return isNode(value) && nodes.has(value);
}

/** Columns that JOIN merges by name, and names that hide those of a relation's columns. */
function mayMergeOrHide(node: Node, relation: string, from: string): boolean {
  if (node.kind === "JoinExpr") return node.isNatural === true || node.alias !== undefined || node.usingClause?.includes(from) === true;
  return node.kind === "RangeVar" && keyOf(node) === relation && (node.alias?.colnames?.length ?? 0) > 0;
}

function leaves(items: readonly Value[] | undefined): RangeVar[] {
  return (items ?? []).flatMap((item) => {
    const join = as("JoinExpr", item);
    if (join) return leaves([join.larg!, join.rarg!]);
    const relation = as("RangeVar", item);
    return relation ? [relation] : [];
  });
}

function calledAs({ alias, relname }: RangeVar): string | undefined {
  return alias?.aliasname ?? relname;
}

function withLabel(catalog: Catalog, { typeName, oldVal, newVal }: AlterEnumStmt): Change {
  const type = key(catalog, qualified(typeName ?? []));
  const found = find(catalog, catalog.enums, qualified(typeName ?? []));
  return (query, analysis) => {
    if (!found) return query;
    const isOf = (node: Node) => analysis.info(node)?.type.name === type;
    return relabelled(query, { isOf, type: found.name, from: oldVal!, to: newVal! }) as unknown as SelectStmt;
  };
}
