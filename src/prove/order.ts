/** What a query promises about the order and the number of its rows, read off its text, so that PostgreSQL itself can be asked for the keys. */
import type { SelectStmt } from "../pg/ast.js";
import { as } from "../pg/names.js";
import {
  CLOSE,
  commentEnd,
  DOLLAR,
  DOUBLE_QUOTE,
  dollarEnd,
  escapedEnd,
  KINDS,
  OPEN,
  QUOTE,
  quotedEnd,
  SPACE,
  WORD,
  wordEnd,
} from "../source/lex.js";

/** How to ask for all rows, without LIMIT and with their sort keys as columns behind the query's own. */
export interface Keyed {
  readonly sql: string;
  /** Columns of the result that are sort keys: places from 0, or names of output columns. */
  readonly keys: readonly (number | string)[];
  /** How many key columns were put behind the query's own. */
  readonly added: number;
  readonly window: { readonly offset: number; readonly count: number } | undefined;
}

/**
 * @param text the whole statement, which `select` was parsed from
 * @returns undefined where the keys cannot be told
 */
export function keyed(text: string, select: SelectStmt): Keyed | undefined {
  const read = outermost(text);
  if (read === undefined) return undefined;
  const tail = clauses(read.bare, read.tokens);
  const window = windowOf(select);
  // WITH TIES takes whole groups of ties: without OFFSET its rows are certain, and it can stay.
  const ties = select.limitOption === "LIMIT_OPTION_WITH_TIES" && !select.limitOffset;
  if (window === undefined && !ties && (select.limitCount || select.limitOffset)) return undefined;
  const cut = ties || tail.limit === undefined ? text : `${text.slice(0, tail.limit.start)} ${text.slice(tail.limit.end)}`;
  // What is sorted by chance has no order, and what stands behind that says nothing of it.
  const chance = tail.items.findIndex((item) => BY_CHANCE.test(item));
  const items = chance < 0 ? tail.items : tail.items.slice(0, chance);
  const found = items.map((item) => outputColumn(item, select));
  const expressions = items.filter((_, i) => found[i] === undefined);
  if (expressions.length === 0) return { sql: cut, keys: found as (number | string)[], added: 0, window };
  // Only a plain SELECT can return more than it did and still be the same query.
  if (select.op !== undefined && select.op !== "SETOP_NONE") return undefined;
  if (select.distinctClause || tail.from === undefined) return undefined;
  const more = expressions.map((expression, i) => `, ${expression} AS pg2tidb_key_${i}`).join("");
  const names = [...expressions.keys()].map((i) => `pg2tidb_key_${i}`);
  const keys = found.map((key) => key ?? names.shift()!);
  return { sql: `${cut.slice(0, tail.from)}${more} ${cut.slice(tail.from)}`, keys, added: expressions.length, window };
}

const BY_CHANCE = /^random\s*\(\s*\)$/i;

/** The number of its tie group for each row: rows with equal keys are in one. */
export function tiesOf(rows: readonly (readonly (string | null)[])[], keys: readonly number[]): number[] {
  let group = 0;
  return rows.map((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && keys.some((key) => row[key] !== before[key])) group++;
    return group;
  });
}

function windowOf(select: SelectStmt): Keyed["window"] {
  if (!select.limitCount && !select.limitOffset) return undefined;
  if (select.limitOption === "LIMIT_OPTION_WITH_TIES") return undefined;
  const count = constant(select.limitCount, Number.POSITIVE_INFINITY);
  const offset = constant(select.limitOffset, 0);
  return count === undefined || offset === undefined ? undefined : { offset, count };
}

function constant(value: SelectStmt["limitCount"], absent: number): number | undefined {
  if (value === undefined) return absent;
  const literal = as("A_Const", as("TypeCast", value)?.arg ?? value);
  if (literal === undefined) return undefined;
  if (literal.isnull) return absent;
  const number = Number(literal.sval ?? literal.fval ?? literal.ival ?? 0);
  return Number.isInteger(number) ? number : undefined;
}

/** An ORDER BY item that is an output column: its place from 0, or its name. */
function outputColumn(item: string, select: SelectStmt): number | string | undefined {
  if (/^\d+$/.test(item)) return Number(item) - 1;
  const name = /^"(?:[^"]|"")+"$/.test(item)
    ? item.slice(1, -1).replaceAll('""', '"')
    : /^[a-z_][\w$]*$/i.test(item)
      ? item.toLowerCase()
      : undefined;
  if (name === undefined) return undefined;
  const setOperation = select.op !== undefined && select.op !== "SETOP_NONE";
  // A name means an output column first, and of a set operation or VALUES nothing else.
  const named = (select.targetList ?? []).some((target) => as("ResTarget", target)?.name === name);
  return named || setOperation || select.distinctClause !== undefined ? name : undefined;
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly word: string;
}

/** Words and commas outside of all parentheses, and the text with blanks for its comments; undefined where parentheses are out of balance. */
function outermost(text: string): { readonly tokens: readonly Token[]; readonly bare: string } | undefined {
  const tokens: Token[] = [];
  let bare = "";
  let depth = 0;
  let i = 0;
  while (i < text.length) {
    const start = i;
    const code = text.charCodeAt(i);
    const kind = code < 128 ? KINDS[code] : WORD;
    const comment = commentEnd(text, i, code);
    if (comment > i) i = comment;
    else if (kind === WORD) {
      const escaped = /e/i.test(text[i]!) && text.charCodeAt(i + 1) === QUOTE;
      i = escaped ? escapedEnd(text, i + 1) : Math.max(wordEnd(text, i), i + 1);
      if (depth === 0 && !escaped) tokens.push({ start, end: i, word: text.slice(start, i).toUpperCase() });
    } else if (code === QUOTE) i = quotedEnd(text, i, QUOTE, "'");
    else if (code === DOUBLE_QUOTE) i = quotedEnd(text, i, DOUBLE_QUOTE, '"');
    else if (code === DOLLAR) i = Math.max(dollarEnd(text, i), i + 1);
    else {
      if (code === OPEN || text[i] === "[") depth++;
      else if (code === CLOSE || text[i] === "]") depth--;
      else if (depth === 0 && kind !== SPACE) tokens.push({ start, end: i + 1, word: text[i]! });
      i++;
    }
    if (i <= start || depth < 0) return undefined;
    bare += comment > start ? " ".repeat(i - start) : text.slice(start, i);
  }
  return { tokens, bare };
}

interface Clauses {
  /** ORDER BY's expressions without direction. */
  readonly items: readonly string[];
  /** LIMIT, OFFSET and FETCH in any order. */
  readonly limit: { readonly start: number; readonly end: number } | undefined;
  /** Where the FROM of the outermost query begins. */
  readonly from: number | undefined;
}

const LIMITING = new Set(["LIMIT", "OFFSET", "FETCH"]);

function clauses(text: string, tokens: readonly Token[]): Clauses {
  const order = tokens.findLastIndex(({ word }, i) => word === "ORDER" && tokens[i + 1]?.word === "BY");
  const after = tokens.slice(order + 1);
  const limiting = after.find(({ word }) => LIMITING.has(word));
  const locking = after.find(({ word }, i) => word === "FOR" && /^(UPDATE|SHARE|NO|KEY)$/.test(after[i + 1]?.word ?? ""));
  const select = tokens.findIndex(({ word }) => word === "SELECT");
  const from = tokens.find(({ word }, i) => i > select && word === "FROM" && tokens[i - 1]?.word !== "DISTINCT");
  const end = locking?.start ?? text.length;
  return {
    items: order < 0 ? [] : itemsOf(text, tokens.slice(order + 2), tokens[order + 1]!.end, limiting?.start ?? end),
    limit: limiting && {
      start: limiting.start,
      end: locking !== undefined && locking.start > limiting.start ? locking.start : text.length,
    },
    from: from?.start,
  };
}

function itemsOf(text: string, tokens: readonly Token[], from: number, end: number): string[] {
  const commas = tokens.filter(({ word, start }) => word === "," && start < end);
  const starts = [from, ...commas.map((comma) => comma.end)];
  return starts.map((start, i) =>
    text
      .slice(start, commas[i]?.start ?? end)
      .trim()
      .replace(/\s+NULLS\s+(FIRST|LAST)$/i, "")
      .replace(/\s+(ASC|DESC|USING\s+\S+)$/i, "")
      .trim(),
  );
}
