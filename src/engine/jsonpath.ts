/**
 * Paths of SQL/JSON (jsonpath): those that go through one array, with a filter on its elements or not, and predicates over documents.
 * Lax mode, as PostgreSQL's default is; what it unwraps beyond the array at hand is not.
 */

import type { Value } from "../pg/ast.js";
import { infix, raw, type Tidb, tidb, tidbText } from "./tidb.js";

type Printable = Value | Tidb;

/** `$.a.b[*] ? (@.c > 1).d`: a path of TiDB's to what is gone through, the filter, and the path from each element on. */
export interface JsonPath {
  readonly base: string;
  /** Whether it goes through an array's elements: by [*], or by a filter. */
  readonly each: boolean;
  readonly filter: Predicate | undefined;
  readonly rest: string;
}

type Literal = { readonly literal: string; readonly type: "number" | "string" | "boolean" | "null" };
type Operand = { readonly root: "@" | "$"; readonly path: JsonPath };

export type Predicate =
  | { readonly op: "and" | "or"; readonly args: readonly [Predicate, Predicate] }
  | { readonly op: "not"; readonly arg: Predicate }
  | { readonly op: "exists"; readonly of: Operand }
  | { readonly op: "starts"; readonly of: Operand; readonly text: string }
  | { readonly op: "compare"; readonly sign: string; readonly of: Operand; readonly to: Literal };

/** A path, or a predicate at its top: `$.a > 1`. */
export type Parsed = { readonly path: JsonPath } | { readonly predicate: Predicate };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][\w]*|&&|\|\||==|!=|<>|<=|>=|[$@.[\]*?()!<>-])/uy;

/** @returns undefined for a path that has more than this knows */
export function parseJsonPath(text: string): Parsed | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const whole = text.trimEnd();
  while (TOKEN.lastIndex < whole.length) {
    const found = TOKEN.exec(whole);
    if (!found) return undefined;
    tokens.push(found[1]!);
  }
  if (tokens[0] === "lax") tokens.shift();
  const reader = { tokens, at: 0 };
  const path = tokens[0] === "$" ? operand(reader) : undefined;
  if (path && reader.at === tokens.length) return { path: path.path };
  reader.at = 0;
  const predicate = either(reader);
  return predicate && reader.at === tokens.length ? { predicate } : undefined;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function takes(reader: Reader, ...words: readonly string[]): boolean {
  if (words.some((word, i) => reader.tokens[reader.at + i] !== word)) return false;
  reader.at += words.length;
  return true;
}

/** A chain of one operator; undefined where a part is not known. */
function chain(reader: Reader, sign: string, op: "and" | "or", part: (reader: Reader) => Predicate | undefined): Predicate | undefined {
  let left = part(reader);
  while (left && takes(reader, sign)) {
    const right = part(reader);
    left = right && { op, args: [left, right] };
  }
  return left;
}

const either = (reader: Reader): Predicate | undefined => chain(reader, "||", "or", all);
const all = (reader: Reader): Predicate | undefined => chain(reader, "&&", "and", single);

function single(reader: Reader): Predicate | undefined {
  if (takes(reader, "!", "(")) {
    const arg = either(reader);
    return arg && takes(reader, ")") ? { op: "not", arg } : undefined;
  }
  if (takes(reader, "exists", "(")) {
    const of = operand(reader);
    return of && takes(reader, ")") ? { op: "exists", of } : undefined;
  }
  if (takes(reader, "(")) {
    const inner = either(reader);
    return inner && takes(reader, ")") ? inner : undefined;
  }
  return comparison(reader);
}

const SIGNS: Readonly<Record<string, string>> = { "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };
const TURNED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparison(reader: Reader): Predicate | undefined {
  const first = literal(reader);
  const of = first ? undefined : operand(reader);
  if (of && takes(reader, "starts", "with")) {
    const text = literal(reader);
    return text?.type === "string" ? { op: "starts", of, text: text.literal } : undefined;
  }
  const sign = SIGNS[reader.tokens[reader.at++] ?? ""];
  if (sign === undefined) return undefined;
  if (of) {
    const to = literal(reader);
    return to && { op: "compare", sign, of, to };
  }
  const other = operand(reader);
  return first && other && { op: "compare", sign: TURNED[sign] ?? sign, of: other, to: first };
}

function literal(reader: Reader): Literal | undefined {
  const negative = takes(reader, "-");
  const token = reader.tokens[reader.at] ?? "";
  const type = /^\d/.test(token)
    ? "number"
    : negative
      ? undefined
      : token.startsWith('"')
        ? "string"
        : token === "true" || token === "false"
          ? "boolean"
          : token === "null"
            ? "null"
            : undefined;
  if (type === undefined) return undefined;
  reader.at++;
  return { literal: type === "string" ? (JSON.parse(token) as string) : `${negative ? "-" : ""}${token}`, type };
}

/** `$` or `@` and its steps. */
function operand(reader: Reader): Operand | undefined {
  const root = takes(reader, "$") ? "$" : takes(reader, "@") ? "@" : undefined;
  if (!root) return undefined;
  const base = steps(reader);
  if (base === undefined) return undefined;
  const starred = takes(reader, "[", "*", "]");
  let filter: Predicate | undefined;
  if (takes(reader, "?")) {
    if (!takes(reader, "(")) return undefined;
    filter = either(reader);
    if (!filter || !takes(reader, ")")) return undefined;
  }
  const rest = steps(reader);
  const each = starred || filter !== undefined;
  return rest === undefined || (rest !== "" && !each) ? undefined : { root, path: { base, each, filter, rest } };
}

/** Keys and places as TiDB writes them; undefined for other steps. */
function steps(reader: Reader): string | undefined {
  let path = "";
  for (;;) {
    const [first, second = "", third] = reader.tokens.slice(reader.at, reader.at + 3);
    if (first === ".") {
      const key = second.startsWith('"') ? (JSON.parse(second) as string) : second;
      // What looks like a call is a method.
      if (!/^["A-Za-z_]/.test(second) || third === "(") return undefined;
      path += `.${JSON.stringify(key)}`;
      reader.at += 2;
    } else if (first === "[" && third === "]" && /^(?:\d+|last)$/.test(second)) {
      path += `[${second}]`;
      reader.at += 3;
    } else return first === "." || (first === "[" && second !== "*") ? undefined : path;
  }
}

const I = tidbText("nth_item.item_i");

/** Numbers from 0 up to one below a count, `nth_item.item_i`, as an item of a FROM clause. */
export function counter(count: Tidb): Tidb {
  return tidb`(WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, ${count} AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item`;
}

export interface PathRows {
  /** How many elements there are to look at. */
  readonly count: Tidb;
  /** What the path finds in the element at hand; NULL where it finds nothing. */
  readonly value: Tidb;
  readonly where: Tidb | undefined;
  /** What another path finds from there on. */
  readonly at: (path: string) => Tidb;
}

/** The elements that a path goes through, by `nth_item.item_i`. What is no array is taken as one of it, in lax mode and by TiDB's paths. */
export function pathRows(document: Printable, { base, filter, rest, each }: JsonPath): PathRows {
  const array = extract(document, base);
  if (!each) {
    const at = (path: string) => extract(document, base + path);
    return { count: infix("comparison")`${array} IS NOT NULL`, value: array, where: undefined, at };
  }
  const inElement = (path: string) => tidb`JSON_EXTRACT(${document}, CONCAT(${text(`$${base}[`)}, ${I}, ${text(`]${path}`)}))`;
  return {
    count: tidb`CASE ${type(array)} WHEN 'ARRAY' THEN JSON_LENGTH(${array}) ELSE ${array} IS NOT NULL END`,
    value: inElement(rest),
    at: (path) => inElement(rest + path),
    where: filter && compiled(filter, (root, path) => (root === "$" ? extract(document, path) : inElement(path))),
  };
}

/** Whether a path finds anything; never NULL. */
export function pathFinds(document: Printable, path: JsonPath): Tidb {
  if (!path.each) return infix("comparison")`${extract(document, path.base)} IS NOT NULL`;
  const rows = pathRows(document, path);
  return tidb`(SELECT /*+ NO_DECORRELATE() */ COUNT(*) > 0 FROM ${counter(rows.count)} WHERE ${found(rows)})`;
}

/** What a path finds, as an array of JSON; NULL where that is nothing. */
export function pathArray(document: Printable, path: JsonPath): Tidb {
  const rows = pathRows(document, path);
  const joined = tidb`GROUP_CONCAT(${rows.value} ORDER BY ${I} SEPARATOR ',')`;
  return tidb`(SELECT /*+ NO_DECORRELATE() */ CAST(CONCAT('[', ${joined}, ']') AS JSON) FROM ${counter(rows.count)} WHERE ${found(rows)})`;
}

/** The first thing that a path finds. */
export function pathFirst(document: Printable, path: JsonPath): Tidb {
  const rows = pathRows(document, path);
  return tidb`(SELECT /*+ NO_DECORRELATE() */ ${rows.value} FROM ${counter(rows.count)} WHERE ${found(rows)} ORDER BY ${I} LIMIT 1)`;
}

function found({ value, where }: PathRows): Tidb {
  const there = infix("comparison")`${value} IS NOT NULL`;
  return where ? infix("and")`${where} AND ${there}` : there;
}

/** The value of a predicate at the top of a path: NULL where PostgreSQL says unknown. */
export function pathPredicate(document: Printable, predicate: Predicate): Tidb {
  return compiled(predicate, (_, path) => extract(document, path), document);
}

function compiled(predicate: Predicate, at: (root: "@" | "$", path: string) => Tidb, document?: Printable): Tidb {
  const inner = (part: Predicate) => compiled(part, at, document);
  if ("args" in predicate) {
    const [left, right] = predicate.args;
    return tidb`(${inner(left)} ${raw(predicate.op.toUpperCase())} ${inner(right)})`;
  }
  if ("arg" in predicate) return tidb`(NOT ${inner(predicate.arg)})`;
  const { root, path } = predicate.of;
  if (path.each) {
    // Of what is gone through anything will do.
    const rows = pathRows(document ?? at(root, ""), path);
    const holds = predicate.op === "exists" ? found(rows) : infix("and")`${found(rows)} AND ${tested(predicate, rows.value)}`;
    return tidb`(SELECT /*+ NO_DECORRELATE() */ COUNT(*) > 0 FROM ${counter(rows.count)} WHERE ${holds})`;
  }
  return tested(predicate, at(root, path.base));
}

const NUMBERS = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE'";

type Test = Extract<Predicate, { readonly of: Operand }>;

/** A test of one value: false where it is missing, unknown where it is of another type, but that null is not equal to anything else. */
function tested(test: Test, value: Tidb): Tidb {
  if (test.op === "exists") return tidb`(${value} IS NOT NULL)`;
  const own = tidb`JSON_UNQUOTE(${value})`;
  if (test.op === "starts") {
    const starts = tidb`LEFT(${own}, ${raw(String([...test.text].length))}) = ${text(test.text)}`;
    return tidb`CASE WHEN ${value} IS NULL THEN FALSE WHEN ${type(value)} = 'STRING' THEN ${starts} END`;
  }
  const { sign, to } = test;
  if (to.type === "null") return tidb`CASE WHEN ${value} IS NULL THEN FALSE ELSE ${type(value)} ${raw(sign)} 'NULL' END`;
  const onNull = tidb`${type(value)} = 'NULL'`;
  const compare =
    to.type === "string" ? tidb`${own} ${raw(sign)} ${text(to.literal)}` : tidb`${value} ${raw(sign)} CAST(${text(to.literal)} AS JSON)`;
  const kinds = to.type === "number" ? NUMBERS : to.type === "string" ? "'STRING'" : "'BOOLEAN'";
  return tidb`CASE WHEN ${value} IS NULL THEN FALSE WHEN ${type(value)} IN (${raw(kinds)}) THEN ${compare} WHEN ${onNull} THEN ${raw(sign === "<>" ? "TRUE" : "FALSE")} END`;
}

const text = (value: string): Tidb => tidb`${{ kind: "A_Const", sval: value } as Value}`;
const type = (document: Printable): Tidb => tidb`JSON_TYPE(${document})`;

function extract(document: Printable, path: string): Tidb {
  return path === "" ? tidb`${document}` : tidb`JSON_EXTRACT(${document}, ${text(`$${path}`)})`;
}
