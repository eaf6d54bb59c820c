import type { Value } from "../pg/ast.js";

/** TiDB syntax that PostgreSQL's tree has no node for: text with holes. The only node kind beside PostgreSQL's own. */
export interface Tidb {
  readonly kind: "Tidb";
  readonly texts: readonly string[];
  /** Nodes are printed, `Raw` stands as it is. */
  readonly holes: readonly (Value | Tidb | Raw)[];
  readonly location?: number;
}

/** Finished TiDB text, e.g. a type's name or a quoted identifier. */
export interface Raw {
  readonly raw: string;
}

/** ``tidb`JSON_CONTAINS(${a}, ${b})` ``: holes are nodes of the tree or `raw(...)`. */
export function tidb(texts: TemplateStringsArray, ...holes: (Value | Tidb | Raw)[]): Tidb {
  return { kind: "Tidb", texts: [...texts], holes };
}

export function raw(text: string): Raw {
  return { raw: text };
}

/** A node that is nothing but finished text. */
export function tidbText(text: string): Tidb {
  return { kind: "Tidb", texts: [text], holes: [] };
}
