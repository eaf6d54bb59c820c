import type { Node } from "../pg/ast.js";
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
}

/**
 * PostgreSQL's parse analysis (transformStmt) over one statement.
 * @param origin gives the node of the source that a changed copy goes back to: facts are kept under that
 */
export function analyse(_catalog: Catalog, _statement: Node, _origin: (node: Node) => Node): Analysis {
  return { info: () => undefined, columns: () => undefined, range: () => [], parameters: new Map(), doubts: [] };
}
