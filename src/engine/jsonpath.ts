/** The language of paths of SQL/JSON (jsonpath_gram.y), as far as json-items.ts has a form for it: what has none is not read. */

import type { Tidb } from "./tidb.js";

export type Literal = { readonly literal: string; readonly type: "number" | "string" | "boolean" | "null" };

/** Where a subscript begins or ends; `last` counts from the end. */
export interface Place {
  readonly last: boolean;
  readonly offset: number;
}

export type Step =
  | { readonly step: "key"; readonly key: string }
  | { readonly step: "members" }
  | { readonly step: "each" }
  | { readonly step: "deep" }
  | { readonly step: "at"; readonly places: readonly (readonly [from: Place, to: Place])[] }
  | { readonly step: "filter"; readonly filter: Predicate }
  | { readonly step: "method"; readonly method: Method };

export const METHODS = ["type", "size", "abs", "floor", "ceiling", "double", "number", "integer", "bigint", "string", "keyvalue"] as const;
export type Method = (typeof METHODS)[number];

export type Path =
  | { readonly root: "@" | "$"; readonly steps: readonly Step[] }
  | Literal
  /** A variable whose value only the row tells, as JSON. */
  | { readonly value: Tidb }
  | { readonly sign: string; readonly left: Path; readonly right: Path }
  | { readonly negated: Path };

export type Predicate =
  | { readonly op: "and" | "or"; readonly args: readonly [Predicate, Predicate] }
  | { readonly op: "not" | "unknown"; readonly arg: Predicate }
  | { readonly op: "exists"; readonly of: Path }
  | { readonly op: "starts"; readonly of: Path; readonly start: string }
  | { readonly op: "text"; readonly of: Path; readonly test: (text: Tidb) => Tidb }
  | { readonly op: "compare"; readonly sign: string; readonly left: Path; readonly right: Path };

/** A path, or a predicate at its top: `$.a > 1`. */
export type JsonPath = { readonly strict: boolean } & ({ readonly path: Path } | { readonly predicate: Predicate });

/** What stands around a path. */
export interface Surroundings {
  /** The value of a variable; undefined where it is not known. */
  readonly variable?: (name: string) => Literal | { readonly value: Tidb } | undefined;
  /** A test of a text by a regular expression with its flags; undefined where TiDB has none. */
  readonly regex?: (pattern: string, flags: string) => ((own: Tidb) => Tidb) | undefined;
}

const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|\$"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\$[\p{L}_][\p{L}\p{N}_]*|[\p{L}_][\p{L}\p{N}_]*|&&|\|\||==|!=|<>|<=|>=|\*\*|[$@.[\]*?()!<>,+/%-])/uy;

interface Reader {
  readonly tokens: readonly string[];
  readonly around: Surroundings;
  at: number;
}

/** @returns undefined for a path that has more than this knows */
export function parseJsonPath(text: string, around: Surroundings): JsonPath | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const whole = text.trimEnd();
  while (TOKEN.lastIndex < whole.length) {
    const found = TOKEN.exec(whole);
    if (!found) return undefined;
    tokens.push(found[1]!);
  }
  const mode = tokens[0] === "lax" || tokens[0] === "strict" ? tokens.shift() : undefined;
  const strict = mode === "strict";
  const reader: Reader = { tokens, around, at: 0 };
  const path = sum(reader);
  if (path && reader.at === tokens.length) return { strict, path };
  reader.at = 0;
  const predicate = either(reader);
  return predicate && reader.at === tokens.length ? { strict, predicate } : undefined;
}

function takes(reader: Reader, ...words: readonly string[]): boolean {
  if (words.some((word, i) => reader.tokens[reader.at + i] !== word)) return false;
  reader.at += words.length;
  return true;
}

/** What `read` finds, or where the reader was before it. */
function attempt<T>(reader: Reader, read: () => T | undefined): T | undefined {
  const { at } = reader;
  const found = read();
  if (found === undefined) reader.at = at;
  return found;
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

const either = (reader: Reader): Predicate | undefined => chain(reader, "||", "or", both);
const both = (reader: Reader): Predicate | undefined => chain(reader, "&&", "and", single);

function single(reader: Reader): Predicate | undefined {
  if (takes(reader, "!")) {
    const arg = reader.tokens[reader.at] === "(" || reader.tokens[reader.at] === "exists" ? single(reader) : undefined;
    return arg && { op: "not", arg };
  }
  if (takes(reader, "exists", "(")) {
    const of = sum(reader);
    return of && takes(reader, ")") ? { op: "exists", of } : undefined;
  }
  return attempt(reader, () => comparison(reader)) ?? inParentheses(reader);
}

function inParentheses(reader: Reader): Predicate | undefined {
  const inner = takes(reader, "(") ? either(reader) : undefined;
  if (!inner || !takes(reader, ")")) return undefined;
  return takes(reader, "is", "unknown") ? { op: "unknown", arg: inner } : inner;
}

const SIGNS: Readonly<Record<string, string>> = { "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };

function comparison(reader: Reader): Predicate | undefined {
  const left = sum(reader);
  if (!left) return undefined;
  if (takes(reader, "starts", "with")) {
    const given = primary(reader);
    return given && "literal" in given && given.type === "string" ? { op: "starts", of: left, start: given.literal } : undefined;
  }
  if (takes(reader, "like_regex")) {
    const pattern = quoted(reader.tokens[reader.at++]);
    const flags = takes(reader, "flag") ? quoted(reader.tokens[reader.at++]) : "";
    const test = pattern === undefined || flags === undefined ? undefined : reader.around.regex?.(pattern, flags);
    return test && { op: "text", of: left, test };
  }
  const sign = SIGNS[reader.tokens[reader.at++] ?? ""];
  const right = sign === undefined ? undefined : sum(reader);
  return right && { op: "compare", sign: sign!, left, right };
}

/** `+` and `-`, which bind least, over `*`, `/` and `%`. */
function sum(reader: Reader): Path | undefined {
  return computed(reader, ["+", "-"], (inner) => computed(inner, ["*", "/", "%"], signed));
}

function computed(reader: Reader, signs: readonly string[], part: (reader: Reader) => Path | undefined): Path | undefined {
  let left = part(reader);
  while (left && signs.includes(reader.tokens[reader.at] ?? "")) {
    const sign = reader.tokens[reader.at++]!;
    const right = part(reader);
    left = right && { sign, left, right };
  }
  return left;
}

function signed(reader: Reader): Path | undefined {
  if (!takes(reader, "-")) return accessor(reader);
  const arg = signed(reader);
  if (!arg) return undefined;
  return "literal" in arg && arg.type === "number" && !arg.literal.startsWith("-")
    ? { literal: `-${arg.literal}`, type: "number" }
    : { negated: arg };
}

/** The text of a token in double quotes. */
function quoted(token: string | undefined): string | undefined {
  if (!token?.startsWith('"')) return undefined;
  try {
    return JSON.parse(token) as string;
  } catch {
    // An escape that JSON has not.
    return undefined;
  }
}

const WORDS: Readonly<Record<string, Literal>> = {
  true: { literal: "true", type: "boolean" },
  false: { literal: "false", type: "boolean" },
  null: { literal: "null", type: "null" },
};

/** A constant or a variable. */
function primary(reader: Reader): Literal | { readonly value: Tidb } | undefined {
  const token = reader.tokens[reader.at] ?? "";
  const text = quoted(token);
  const name = /^\$./.test(token) ? (quoted(token.slice(1)) ?? token.slice(1)) : undefined;
  const found =
    text !== undefined
      ? ({ literal: text, type: "string" } as const)
      : /^\d/.test(token)
        ? ({ literal: token, type: "number" } as const)
        : name !== undefined
          ? reader.around.variable?.(name)
          : WORDS[token];
  if (found) reader.at++;
  return found;
}

/** `$` or `@`, a constant or a sum in parentheses, and its steps. */
function accessor(reader: Reader): Path | undefined {
  const value = primary(reader);
  if (value) return value;
  const root = takes(reader, "$") ? "$" : takes(reader, "@") ? "@" : undefined;
  if (root) {
    const found = steps(reader);
    return found && { root, steps: found };
  }
  return attempt(reader, () => {
    const inner = takes(reader, "(") ? sum(reader) : undefined;
    if (!inner || !takes(reader, ")")) return undefined;
    const more = steps(reader);
    if (!more || more.length === 0) return more && inner;
    return "root" in inner ? { root: inner.root, steps: [...inner.steps, ...more] } : undefined;
  });
}

/** The steps that follow; undefined where one of them has no form. */
function steps(reader: Reader): readonly Step[] | undefined {
  const found: Step[] = [];
  for (;;) {
    const next = step(reader);
    if (next === "end") break;
    if (!next) return undefined;
    found.push(next);
  }
  return found.every((each, i) => isKnown(each, found[i + 1])) ? found : undefined;
}

/** The number that each pair of keyvalue() has tells of how a document is stored; below every depth only a key or elements are looked for. */
function isKnown(each: Step, next: Step | undefined): boolean {
  if (each.step === "deep") return next?.step === "key" || next?.step === "each";
  if (each.step === "method" && each.method === "keyvalue") return next?.step === "key" && (next.key === "key" || next.key === "value");
  return true;
}

function step(reader: Reader): Step | "end" | undefined {
  if (takes(reader, "?")) {
    const filter = takes(reader, "(") ? either(reader) : undefined;
    return filter && takes(reader, ")") ? { step: "filter", filter } : undefined;
  }
  if (takes(reader, "[")) {
    if (takes(reader, "*", "]")) return { step: "each" };
    const places = subscripts(reader);
    return places && { step: "at", places };
  }
  if (!takes(reader, ".")) return "end";
  const token = reader.tokens[reader.at++] ?? "";
  if (token === "*") return { step: "members" };
  if (token === "**") return { step: "deep" };
  if (takes(reader, "(", ")")) {
    const method = METHODS.find((name) => name === token);
    return method && { step: "method", method };
  }
  const key = quoted(token) ?? (/^[\p{L}_]/u.test(token) ? token : undefined);
  return key === undefined || reader.tokens[reader.at] === "(" ? undefined : { step: "key", key };
}

function subscripts(reader: Reader): readonly (readonly [Place, Place])[] | undefined {
  const places: (readonly [Place, Place])[] = [];
  do {
    const from = place(reader);
    const to = takes(reader, "to") ? place(reader) : from;
    // What begins at a distance from the end begins otherwise in an array that is shorter.
    if (!from || !to || (from !== to && from.last)) return undefined;
    places.push([from, to]);
  } while (takes(reader, ","));
  return takes(reader, "]") ? places : undefined;
}

function place(reader: Reader): Place | undefined {
  const last = takes(reader, "last");
  if (last && !takes(reader, "-")) return { last, offset: 0 };
  const offset = primary(reader);
  if (!offset || !("literal" in offset) || !/^\d{1,9}$/.test(offset.literal)) return undefined;
  return { last, offset: Number(offset.literal) };
}
