import type { CreateTableAsStmt, DeclareCursorStmt, ExplainStmt, Kind, Node, PrepareStmt, RawStmt, Value, ViewStmt } from "../pg/ast.js";
import { as, isNode } from "../pg/names.js";
import { DEFINITIONS } from "./analysis/definitions.js";
import { insert, merge, remove, update } from "./analysis/dml.js";
import { selectQuery } from "./analysis/select.js";
import { type Item, type Output, type QueryOptions, type Run, referred, type Scope, scopeOf } from "./analysis/state.js";
import { resolveType } from "./analysis/types.js";
import type { Catalog, Column, Table } from "./model.js";

/** A PostgreSQL type as an expression has it. */
export interface PgType {
  /**
   * PostgreSQL's internal name: `int4`, `text`, `bpchar`; of an array the element's and `[]`: `int4[]`; of the user's own types the schema
   * and the name: `public.mood`; of a table's row the same: `public.t`. `unknown` is a literal whose context says nothing, `record` a row.
   */
  readonly name: string;
  /** Modifiers as written: `numeric(10,2)` has [10, 2]. */
  readonly mods?: readonly number[];
}

/** The operator or function that PostgreSQL chose for a call (parse_func.c, parse_oper.c). */
export interface Signature {
  readonly kind: "operator" | "function" | "aggregate" | "window";
  readonly name: string;
  /** Types it is declared with, polymorphic ones resolved; of a prefix operator one. */
  readonly args: readonly string[];
  readonly result: string;
  /** NULL whenever an argument is. */
  readonly strict: boolean;
  readonly volatility: "immutable" | "stable" | "volatile";
  /** The input makes it. */
  readonly own?: true;
}

/** What PostgreSQL's parse analysis says of an expression. */
export interface ExprInfo {
  readonly type: PgType;
  /** The type it is converted to where it stands, without a cast being written; absent when it is left as it is. */
  readonly coerced?: PgType;
  /** Whether it can be NULL; true when that is not known. */
  readonly nullable: boolean;
  /** The column of a table that it refers to. */
  readonly column?: Column;
  /** What the call or the operator at hand was resolved to. */
  readonly call?: Signature;
}

/** A name of the FROM clause: what `alias.column` and `alias.*` stand for. */
export interface RangeEntry {
  readonly alias: string;
  readonly table: Table | undefined;
  readonly columns: readonly { readonly name: string; readonly info: ExprInfo }[];
}

/** Something PostgreSQL would refuse, or that depends on what the input does not tell. */
export interface Doubt {
  readonly node: Node;
  readonly id: "unknown-relation" | "unknown-column" | "ambiguous-column" | "unknown-function" | "unknown-type";
  readonly text: string;
}

/** All that is known of one statement's expressions. */
export interface Analysis {
  /** undefined: the type cannot be told. A rule to which it matters must say so, never guess. */
  info(node: Node): ExprInfo | undefined;
  /** Columns that a query, subquery or VALUES list returns, in order. */
  columns(query: Node): readonly { readonly name: string; readonly info: ExprInfo | undefined }[] | undefined;
  /** What the FROM clause (or the target table) of a statement makes visible; of an inner query only its own. */
  range(query: Node): readonly RangeEntry[];
  /** Types of `$1`, `$2`, … as their contexts give them. */
  readonly parameters: ReadonlyMap<number, PgType>;
  readonly doubts: readonly Doubt[];
  /** Whether what FROM names is a query of a WITH clause; undefined where the statement does not name it in FROM. */
  isCommon(relation: Node): boolean | undefined;
}

/**
 * PostgreSQL's parse analysis (transformStmt) over one statement.
 * @param origin gives the node of the source that a changed copy goes back to: facts are kept under that
 */
export function analyse(catalog: Catalog, statement: Node, origin: (node: Node) => Node): Analysis {
  const run: Run = {
    catalog,
    origin,
    infos: new Map(),
    outputs: new Map(),
    items: new Map(),
    parameters: new Map(),
    pending: new Map(),
    doubts: [],
    common: new Map(),
    query: innerQuery,
  };
  const scope = scopeOf(run, undefined);
  statementOf(scope, statement);
  return {
    info: (node) => run.infos.get(origin(node)),
    columns: (node) => run.outputs.get(origin(node)),
    range: (node) => (run.items.get(origin(node)) ?? []).flatMap(rangeEntry),
    parameters: run.parameters,
    doubts: run.doubts,
    isCommon: (node) => run.common.get(origin(node)),
  };
}

const QUERIES: { readonly [K in Kind]?: (scope: Scope, node: never, options: QueryOptions) => readonly Output[] | undefined } = {
  SelectStmt: selectQuery,
  InsertStmt: insert,
  UpdateStmt: update,
  DeleteStmt: remove,
  MergeStmt: merge,
};

/** A query within another: what is LATERAL sees the FROM clause around it already while that is read. */
function innerQuery(parent: Scope, node: Node, options: QueryOptions = {}): readonly Output[] | undefined {
  const before = parent.lateral;
  parent.lateral = before || (options.lateral ?? false);
  const outputs = query(scopeOf(parent.run, parent), node, options);
  parent.lateral = before;
  return outputs;
}

function query(scope: Scope, node: Node, options: QueryOptions): readonly Output[] | undefined {
  const outputs = QUERIES[node.kind]?.(scope, node as never, options);
  const at = scope.run.origin(node);
  if (outputs && !scope.run.outputs.has(at)) scope.run.outputs.set(at, outputs);
  scope.run.items.set(at, scope.items);
  return outputs;
}

/** Statements that hold another. */
const HOLDERS: { readonly [K in Kind]?: (node: never) => Value | undefined } = {
  RawStmt: (node: RawStmt) => node.stmt,
  ViewStmt: (node: ViewStmt) => node.query,
  CreateTableAsStmt: (node: CreateTableAsStmt) => node.query,
  ExplainStmt: (node: ExplainStmt) => node.query,
  DeclareCursorStmt: (node: DeclareCursorStmt) => node.query,
  PrepareStmt: (node: PrepareStmt) => node.query,
};

function statementOf(scope: Scope, node: Node): void {
  if (node.kind in QUERIES) query(scope, node, {});
  const held = HOLDERS[node.kind]?.(node as never);
  if (node.kind === "PrepareStmt")
    for (const [i, type] of (node.argtypes ?? []).entries()) {
      const written = as("TypeName", type);
      if (written) scope.run.parameters.set(i + 1, resolveType(scope.run.catalog, written));
    }
  // A template of TiDB's that a rule has put a query into.
  if ("holes" in node) for (const hole of node.holes as readonly unknown[]) if (isNode(hole)) statementOf(scope, hole);
  if (isNode(held)) statementOf(scope, held);
  else (DEFINITIONS[node.kind] as ((scope: Scope, node: Node) => void) | undefined)?.(scope, node);
}

function rangeEntry(item: Item): RangeEntry[] {
  if (item.alias === undefined) return [];
  const columns = (item.columns ?? []).flatMap(({ name, info }) => {
    const seen = referred(info, item.nulled);
    return seen ? [{ name, info: seen }] : [];
  });
  return [{ alias: item.alias, table: item.table, columns }];
}
