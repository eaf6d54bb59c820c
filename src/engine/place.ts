import type { Node, RangeVar } from "../pg/ast.js";
import { eachDescendant, eachNode } from "../pg/walk.js";
import type { Source, Span } from "../source/text.js";
import type { Tidb } from "./tidb.js";

type AnyNode = Node | Tidb;

/** A statement, as far as it tells where its parts stand. */
interface Placed {
  readonly source: Source;
  readonly span: Span;
  /** As parsed. */
  readonly node?: Node;
  /** Where its nodes may stand, when it is made of parts of several. */
  readonly reach?: Span;
}

/** The span of a node: from its location to the end of its element, or the whole statement where the parser gives no location. */
export function spanOf(statement: Placed, node: AnyNode | undefined): Span {
  const at = node && startOf(statement, node);
  const { start, end } = statement.reach ?? statement.span;
  if (at === undefined || at < start || at >= end) return firstLine(statement);
  return { start: at, end: elementEnd(statement.source.text, at, end, node!.kind) };
}

/** Whether anything tells where a node stands. */
export function isPlaced(statement: Placed, node: AnyNode): boolean {
  return startOf(statement, node) !== undefined;
}

/** Where a node begins; of one without a location, where the first of its parts does. */
function startOf(statement: Placed, node: AnyNode): number | undefined {
  const { location } = node as { location?: number };
  if (location !== undefined) return location;
  if (node.kind === "AlterTableCmd" || node.kind === "IndexElem") return itemStart(statement, node);
  const word = WORDS[node.kind];
  if (word === undefined && node.kind.endsWith("Stmt")) return undefined;
  const first = firstPlace(node);
  const { start, end } = statement.reach ?? statement.span;
  const before = node.kind === "LockingClause" ? end : first;
  if (word === undefined || before === undefined) return first;
  const found = [...statement.source.text.slice(start, before).matchAll(word)].at(-1);
  return found ? start + found.index : first;
}

/** What stands before the parts of a node that has no location. */
const WORDS: Partial<Record<AnyNode["kind"], RegExp>> = {
  SelectStmt: /\b(?:select|values)\b/gi,
  InsertStmt: /\binsert\b/gi,
  UpdateStmt: /\bupdate\b/gi,
  DeleteStmt: /\bdelete\b/gi,
  ReturningClause: /\breturning\b/gi,
  LockingClause: /\bfor\s+(?:no\s+key\s+update|update|key\s+share|share)\b/gi,
};
/** Parts that stand before that word. */
const BEFORE_WORD: ReadonlySet<string> = new Set(["withClause"]);

/** The least location of the parts of a node. */
function firstPlace(node: AnyNode): number | undefined {
  const parts = Object.entries(node).flatMap(([field, value]) => (BEFORE_WORD.has(field) ? [] : [value]));
  let first: number | undefined;
  eachNode(parts, (part) =>
    eachDescendant(part, (below) => {
      const { location } = below as { location?: number };
      if (location !== undefined && (first === undefined || location < first)) first = location;
    }),
  );
  return first;
}

/** A relation's name, and what stands between it and the first item. */
const NAME = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)`;
const RELATION = new RegExp(String.raw`${NAME}(?:\s*\.\s*${NAME})*(?:\s*\*)?\s*`, "y");
const BEFORE_KEYS = new RegExp(String.raw`${RELATION.source}(?:using\s+${NAME}\s*)?\(`, "iy");
/** What a list of commands is made of: texts, comments, and the signs that tell where one ends. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(?<opening>[([])|(?<closing>[)\]])|(?<comma>,)/g;
const BLANK = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/y;

/** Where a command of ALTER TABLE or a key of an index begins: the parser does not tell. */
function itemStart({ node, source: { text }, span }: Placed, item: AnyNode): number | undefined {
  const items = node?.kind === "AlterTableStmt" ? node.cmds : node?.kind === "IndexStmt" ? node.indexParams : undefined;
  const place = items?.indexOf(item as never) ?? -1;
  const at = (node as { relation?: RangeVar } | undefined)?.relation?.location;
  const before = node?.kind === "IndexStmt" ? BEFORE_KEYS : RELATION;
  if (place < 0 || at === undefined) return undefined;
  before.lastIndex = at;
  if (!before.test(text)) return undefined;
  let start = before.lastIndex;
  let [passed, depth] = [0, 0];
  for (const { index, groups } of passed < place ? text.slice(start, span.end).matchAll(PIECE) : []) {
    if (groups!.opening) depth++;
    else if (groups!.closing) depth--;
    else if (groups!.comma && depth === 0 && ++passed === place) {
      start += index + 1;
      break;
    }
  }
  BLANK.lastIndex = start;
  return BLANK.test(text) ? BLANK.lastIndex : start;
}

/** Nodes that a clause may follow. */
const EXPRESSIONS: ReadonlySet<AnyNode["kind"]> = new Set([
  "A_ArrayExpr",
  "A_Const",
  "A_Expr",
  "A_Indirection",
  "BoolExpr",
  "CoalesceExpr",
  "ColumnRef",
  "FuncCall",
  "MinMaxExpr",
  "NullTest",
  "ParamRef",
  "RangeVar",
  "ResTarget",
  "SQLValueFunction",
  "TypeCast",
]);
/** What ends an expression, where it stands in no bracket. */
const CLAUSE_WORD =
  /;|\s+(?:from|where|group\s+by|order\s+by|having|limit|offset|fetch|for|on|returning|union|intersect|except|window|(?<ofCase>when|then|else|end)|(?<alias>as)|(?<both>and|or))\b/iy;
/** What stands behind a column's type, and behind its default. */
const OF_COLUMN = /\s+(?:not\s+null|null|default|primary\s+key|unique|references|check|constraint|generated|collate|using)\b/iy;
/** Operators and words that bind less than those before them. */
const COMPARISON = /\s+(?:=|<>|!=|[<>]=?|is|(?:not\s+)?(?:i?like|in|between|similar\s+to))(?=[\s('$:?]|$)/iy;
const BINDS_MORE = /(?![<>=!]=?\s|<>)[-+*/%^|&#~<>=!@?]/y;
const CAST = new RegExp(
  String.raw`::\s*${NAME}(?:\s*\.\s*${NAME})*(?:\s+(?:precision|varying))?(?:\s*\([\d\s,]*\))?(?:\s+with(?:out)?\s+time\s+zone)?(?:\s*\[\d*\])*`,
  "iy",
);
const FUNCTION_NAME = /(?:(?:[\w$]+|"[^"]*")\s*\.\s*)?(?:[\w$]+|"[^"]*")\s*(?=\()/y;

function firstLine({ source, span }: Placed): Span {
  const end = source.text.indexOf("\n", span.start);
  return { start: span.start, end: end < 0 ? span.end : Math.min(span.end, end) };
}

/** Where a list element that starts at `at` ends: at its comma or closing parenthesis, or at the end of its line. */
function elementEnd(text: string, at: number, limit: number, kind: AnyNode["kind"]): number {
  const isExpression = EXPRESSIONS.has(kind);
  const isCall = kind === "FuncCall";
  let depth = 0;
  let quote = "";
  CAST.lastIndex = at;
  if (kind === "TypeCast" && CAST.test(text) && CAST.lastIndex <= limit) return CAST.lastIndex;
  BINDS_MORE.lastIndex = at;
  const ending =
    kind === "TypeName" || (kind === "Constraint" && /^default\b/i.test(text.slice(at, at + 8)))
      ? OF_COLUMN
      : kind === "A_Expr" && BINDS_MORE.test(text)
        ? COMPARISON
        : undefined;
  FUNCTION_NAME.lastIndex = at;
  const opening = isCall && FUNCTION_NAME.test(text) ? FUNCTION_NAME.lastIndex : -1;
  for (let i = at; i < limit; i++) {
    const c = text[i]!;
    if (c === "\n") return text[i - 1] === "\r" ? i - 1 : i;
    if (ending && depth === 0 && quote === "" && (c === " " || c === "\t")) {
      ending.lastIndex = i;
      if (ending.test(text)) return i;
    }
    if (quote) {
      if (c === quote) quote = "";
    } else if (c === "'" || c === '"') quote = c;
    else if (c === "(") depth++;
    else if (c === ")") {
      if (depth-- === 0) return i;
      if (depth === 0 && opening >= 0) return i + 1;
    } else if (depth > 0) continue;
    else if (c === ",") {
      if (kind !== "ReturningClause") return i;
    } else if (isExpression && i > at && (c === " " || c === "\t" || c === ";")) {
      CLAUSE_WORD.lastIndex = i;
      const clause = CLAUSE_WORD.exec(text);
      if (clause && isEnd(clause.groups!, text.slice(at, i), kind)) return i;
    }
  }
  return limit;
}

/** Whether a word ends an expression, by what stands before it. */
function isEnd({ ofCase, alias, both }: Readonly<Record<string, string | undefined>>, before: string, kind: AnyNode["kind"]): boolean {
  if (ofCase) return !/\bcase\b/i.test(before);
  if (alias) return kind !== "RangeVar" && kind !== "ResTarget";
  if (both) return kind !== "BoolExpr" && kind !== "ResTarget" && !/\b(?:between|case)\b/i.test(before);
  return true;
}
