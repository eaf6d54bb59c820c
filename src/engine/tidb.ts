import type { Value } from "../pg/ast.js";

/** TiDB syntax that PostgreSQL's tree has no node for: text with holes. The only node kind beside PostgreSQL's own. */
export interface Tidb {
  readonly kind: "Tidb";
  readonly texts: readonly string[];
  /** Nodes are printed, `Raw` stands as it is. */
  readonly holes: readonly (Value | Tidb | Raw)[];
  /** How tightly the text binds, where it is an operator's; without it, text that is no call is taken to bind least. */
  readonly level?: Level;
  readonly location?: number;
}

/** Finished TiDB text, e.g. a type's name or a quoted identifier. */
export interface Raw {
  readonly raw: string;
}

/** Binding strength of TiDB's operators, strongest highest (reference manual, "Operator Precedence"). */
export const LEVEL = {
  lowest: 0,
  or: 1,
  xor: 2,
  and: 3,
  not: 4,
  between: 5,
  comparison: 6,
  bitOr: 7,
  bitAnd: 8,
  shift: 9,
  additive: 10,
  multiplicative: 11,
  bitXor: 12,
  unary: 13,
  primary: 20,
} as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

type Template = (texts: TemplateStringsArray, ...holes: (Value | Tidb | Raw)[]) => Tidb;

/** ``tidb`JSON_CONTAINS(${a}, ${b})` ``: holes are nodes of the tree or `raw(...)`. */
export const tidb: Template = (texts, ...holes) => ({ kind: "Tidb", texts, holes });

/** A template that is an operator's: ``infix("additive")`${a} + ${b}` `` is put in parentheses where something binds tighter. */
export function infix(level: keyof typeof LEVEL): Template {
  return (texts, ...holes) => ({ kind: "Tidb", texts, holes, level: LEVEL[level] });
}

/** Pieces of a text as one template, so that none of them is taken for an operand: branches of a CASE, further arguments. */
export function spliced(...parts: readonly Tidb[]): Tidb {
  const texts: string[] = [""];
  for (const part of parts) {
    const [first = "", ...more] = part.texts;
    texts.push(`${texts.pop()}${first}`, ...more);
  }
  return { kind: "Tidb", texts, holes: parts.flatMap(({ holes }) => holes) };
}

export function raw(text: string): Raw {
  return { raw: text };
}

/** A node that is nothing but finished text. */
export function tidbText(text: string): Tidb {
  return { kind: "Tidb", texts: [text], holes: [] };
}
