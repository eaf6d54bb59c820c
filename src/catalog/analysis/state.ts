import type { Node, Value } from "../../pg/ast.js";
import { isNode } from "../../pg/names.js";
import type { Doubt, ExprInfo, PgType, Signature } from "../analysis.js";
import type { Catalog, Column, Table } from "../model.js";
import { commonType } from "./types.js";

/** What is being found out about an expression. */
export interface Info extends ExprInfo {
  type: PgType;
  coerced?: PgType;
  nullable: boolean;
  column?: Column;
  call?: Signature;
  /** Of a row whose columns are known here. */
  fields?: readonly ItemColumn[];
  /** A column of a relation that is not known, where such are taken for what their context asks for. */
  assumed?: true;
}

/** A column that a query returns; its expression is there to be converted when a context asks for another type. */
export interface Output {
  name: string;
  info: Info | undefined;
  readonly expression?: Node | undefined;
}

/** The analysis of one statement. */
export interface Run {
  readonly catalog: Catalog;
  readonly origin: (node: Node) => Node;
  readonly infos: Map<Node, Info>;
  readonly outputs: Map<Node, readonly Output[]>;
  readonly items: Map<Node, readonly Item[]>;
  readonly parameters: Map<number, PgType>;
  /** Infos of references to parameters whose type no context has told yet. */
  readonly pending: Map<number, Info[]>;
  readonly doubts: Doubt[];
  /** Relations of FROM that are queries of a WITH clause. */
  readonly common: Map<Node, boolean>;
  /** Analyses a query within another; set by the part that knows all statements. */
  readonly query: (parent: Scope, node: Node, options?: QueryOptions) => readonly Output[] | undefined;
}

export interface QueryOptions {
  /** Columns that are only literals stay unknown, for the context to decide (p_resolve_unknowns). */
  readonly keepUnknown?: boolean;
  readonly lateral?: boolean;
  /** The common table expression that the query defines. */
  readonly defines?: Cte;
}

/** A common table expression. */
export interface Cte {
  readonly name: string;
  /** What its columns are called, where that is written. */
  readonly names: readonly string[];
  /** undefined while it is not known. */
  columns: readonly ItemColumn[] | undefined;
  state: "waiting" | "running" | "done";
  readonly analyse: () => void;
}

export interface ItemColumn {
  readonly name: string;
  readonly info: Info | undefined;
}

/** An entry of the range table as names see it (parse_node.h, ParseNamespaceItem). */
export interface Item {
  readonly alias: string | undefined;
  readonly schema: string | undefined;
  readonly table: Table | undefined;
  /** undefined: not known, any column may be there. */
  readonly columns: readonly ItemColumn[] | undefined;
  /** What the name stands for as a value. */
  readonly row: string;
  /** A function that returns no row: the name stands for its value. */
  readonly scalar: boolean;
  /** Has ctid, xmin and so on. */
  readonly system: boolean;
  /** Its name can be written before a column. */
  named: boolean;
  /** Its columns can be written without it. */
  visible: boolean;
  /** Only what is LATERAL sees it, as its FROM clause is not done. */
  lateralOnly: boolean;
  /** An outer join fills it with NULLs. */
  nulled: boolean;
}

/** parse_node.h, ParseState */
export interface Scope {
  readonly run: Run;
  readonly parent: Scope | undefined;
  items: Item[];
  readonly ctes: Map<string, Cte>;
  /** Names of the FROM clause around are seen (p_lateral_active). */
  lateral: boolean;
  /** There is a GROUP BY, so that each group has a row. */
  grouped: boolean;
  /** ROLLUP and its like put NULL in place of what is grouped by. */
  groupingSets: boolean;
  /** What CHECKs of a domain call VALUE. */
  readonly value?: PgType;
}

export function scopeOf(run: Run, parent: Scope | undefined): Scope {
  return { run, parent, items: [], ctes: new Map(), lateral: false, grouped: false, groupingSets: false };
}

/** Keeps what was found out. */
export function keep(scope: Scope, node: Node, info: Info | undefined): Info | undefined {
  if (info) scope.run.infos.set(scope.run.origin(node), info);
  return info;
}

export function doubt(scope: Scope, node: Node, id: Doubt["id"], text: string): undefined {
  const { doubts } = scope.run;
  if (!doubts.some((known) => known.node === node && known.id === id)) doubts.push({ node, id, text });
  return undefined;
}

export const plain = (type: string, nullable: boolean): Info => ({ type: { name: type }, nullable });

export function infoOf(type: PgType, nullable: boolean): Info {
  return { type, nullable };
}

/** The type an expression has once its context has converted it. */
export function finalType(info: Info): PgType {
  return info.coerced ?? info.type;
}

export function sameType(a: PgType, b: PgType): boolean {
  return a.name === b.name && (a.mods ?? []).join() === (b.mods ?? []).join();
}

/**
 * Notes that the context converts an expression (parse_coerce.c, coerce_type): a literal takes the type, a parameter becomes one of it.
 * @param node the expression, for what COLLATE passes on to its argument
 */
export function coerce(scope: Scope, node: Value | undefined, target: PgType): void {
  if (!isNode(node) || target.name === "any" || target.name === "unknown") return;
  const { run } = scope;
  const info = run.infos.get(run.origin(node));
  if (!info) {
    if (node.kind === "ParamRef") setParameter(run, node.number ?? 0, target);
    return;
  }
  if (node.kind === "ParamRef" && info.type.name === "unknown") {
    setParameter(run, node.number ?? 0, { name: target.name });
    return;
  }
  if (info.assumed && info.type.name === "unknown") {
    info.type = target;
    return;
  }
  if (node.kind === "CollateClause" && info.type.name === "unknown") {
    coerce(scope, node.arg, target);
    info.type = target;
    return;
  }
  if (info.type.name === target.name && (target.mods === undefined || sameType(info.type, target))) return;
  info.coerced = target;
}

function setParameter(run: Run, number: number, type: PgType): void {
  run.parameters.set(number, type);
  for (const info of run.pending.get(number) ?? []) info.type = type;
  run.pending.delete(number);
}

/** A literal that nothing gave a type is text (parse_target.c, resolveTargetListUnknowns). */
export function settle(scope: Scope, output: Output): void {
  if (output.info?.type.name !== "unknown" || output.info.coerced) return;
  coerce(scope, output.expression, { name: "text" });
  output.info = { type: { name: "text" }, nullable: output.info.nullable };
}

/** What the alternatives of a CASE, COALESCE, UNION and their like come to, each converted to it (select_common_type). */
export function common(scope: Scope, nodes: readonly (Value | undefined)[], infos: readonly (Info | undefined)[]): PgType | undefined {
  if (infos.length === 0 || infos.includes(undefined)) return undefined;
  const known = infos as readonly Info[];
  const types = known.map((info) => info.type.name);
  const name = commonType(scope.run.catalog, types);
  if (name === undefined) return undefined;
  // Modifiers stay only when all have the same (select_common_typmod).
  const mods = known[0]!.type.name === name && known.every(({ type }) => sameType(type, known[0]!.type)) ? known[0]!.type.mods : undefined;
  const type = mods ? { name, mods } : { name };
  for (const node of nodes) coerce(scope, node, { name });
  return type;
}

/** The information that a reference gives of what it refers to. */
export function referred(info: Info | undefined, nulled: boolean): Info | undefined {
  if (!info) return undefined;
  const copy: Info = { type: info.coerced ?? info.type, nullable: info.nullable || nulled };
  if (info.column) copy.column = info.column;
  if (info.fields) copy.fields = info.fields;
  return copy;
}
