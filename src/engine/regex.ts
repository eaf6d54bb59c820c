/** PostgreSQL's regular expressions as RE2, which TiDB uses, has them. */

import { string } from "../emit/words.js";
import type { Value } from "../pg/ast.js";
import { raw, type Tidb, tidb } from "./tidb.js";

/** A regular expression of PostgreSQL's (the manual, 9.7.3) as RE2, which TiDB uses, has it. */
export interface Pattern {
  readonly re2: string;
  readonly groups: number;
  /** It has alternatives, of which PostgreSQL takes the longest and RE2 the first. */
  readonly alternatives: boolean;
  /** It has both greedy and lazy quantifiers, which PostgreSQL makes all alike. */
  readonly mixed: boolean;
  /** It asks for the edge of a word, which RE2 finds between letters of ASCII only. */
  readonly edges: boolean;
  /** A group can stay without a match. */
  readonly optionalGroup: boolean;
  readonly ignoreCase: boolean;
}

/** Escapes outside of brackets. */
const ESCAPES: Readonly<Record<string, string>> = {
  d: "[0-9]",
  D: "[^0-9]",
  w: "[\\p{L}\\p{N}_]",
  W: "[^\\p{L}\\p{N}_]",
  s: "[[:space:]]",
  S: "[^[:space:]]",
  A: "\\A",
  Z: "\\z",
  n: "\\n",
  t: "\\t",
  r: "\\r",
  f: "\\f",
  v: "\\v",
  a: "\\a",
};
const EDGES = new Set(["y", "m", "M"]);

/** Escapes and classes within brackets. */
const IN_BRACKETS: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "\\p{L}\\p{N}_",
  s: "[:space:]",
  n: "\\n",
  t: "\\t",
  r: "\\r",
  f: "\\f",
  v: "\\v",
};
const CLASSES: Readonly<Record<string, string>> = {
  alpha: "\\p{L}",
  alnum: "\\p{L}\\p{N}",
  upper: "\\p{Lu}",
  lower: "\\p{Ll}",
  digit: "0-9",
  space: "[:space:]",
  punct: "[:punct:]",
  blank: "[:blank:]",
  xdigit: "[:xdigit:]",
  cntrl: "[:cntrl:]",
  ascii: "\\x00-\\x7f",
};

/** @returns why it cannot be translated, as text */
export function translatePattern(source: string): Pattern | string {
  let rest = source;
  let [re2, groups, ignoreCase, edges, optionalGroup] = ["", 0, false, false, false];
  const quantifiers = new Set<"greedy" | "lazy">();
  let alternatives = false;
  /** Of each open group, the outermost first: the number of capturing ones before it and with it, and whether it has alternatives. */
  const open = [{ before: 0, own: 0, alternatives: false }];
  let closed = false;
  /** Whether groups that capture stand within the group that ends, where some of them may stay without a match. */
  const close = (): void => {
    const { before, own, alternatives: either } = open.length > 1 ? open.pop()! : open[0]!;
    if (either && groups > own) optionalGroup = true;
    closed = groups > before;
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  const literal = /^\*\*\*=([\s\S]*)$/.exec(rest);
  if (literal) return { ...PLAIN, re2: literal[1] === "" ? "(?:)" : [...literal[1]!].map(quoted).join("") };
  if (take(/^\(\?i\)/)) ignoreCase = true;
  while (rest !== "") {
    const code = take(/^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]+))/);
    if (code) {
      re2 += `\\x{${code[1] ?? code[2] ?? code[3]}}`;
      continue;
    }
    const escaped = take(/^\\(.)/su);
    if (escaped) {
      const sign = escaped[1]!;
      if (EDGES.has(sign)) {
        edges = true;
        re2 += "\\b";
      } else if (ESCAPES[sign] !== undefined) re2 += ESCAPES[sign];
      else if (/[\p{L}\p{N}]/u.test(sign)) return `\\${sign}`;
      else re2 += quoted(sign);
      continue;
    }
    if (take(/^\[/)) {
      const bracket = brackets(rest);
      if (typeof bracket === "string") return bracket;
      re2 += bracket.re2;
      rest = bracket.rest;
      continue;
    }
    const group = take(/^\((\?.{0,2})?/);
    if (group) {
      if (group[1] !== undefined && !group[1].startsWith("?:")) return `(${group[1]}`;
      open.push({ before: groups, own: group[1] === undefined ? groups + 1 : groups, alternatives: false });
      if (group[1] === undefined) groups++;
      else rest = group[1].slice(2) + rest;
      re2 += group[1] === undefined ? "(" : "(?:";
      continue;
    }
    const bound = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (bound) {
      if (re2 === "" || /[(|]$/.test(re2)) return "a quantifier of nothing";
      if (re2.endsWith(")") && closed && !/^\+|^\{[1-9]/.test(bound[0])) optionalGroup = true;
      quantifiers.add(bound[0].length > 1 && bound[0].endsWith("?") ? "lazy" : "greedy");
      re2 += bound[0];
      continue;
    }
    const [plain] = take(/^./su)!;
    if (plain === ")") close();
    if (plain === "|") alternatives = open.at(-1)!.alternatives = true;
    re2 += /[.^$|)]/.test(plain) ? plain : quoted(plain);
  }
  close();
  return {
    re2: re2 === "" ? "(?:)" : re2,
    groups,
    alternatives,
    mixed: quantifiers.size > 1,
    edges,
    optionalGroup,
    ignoreCase,
  };
}

const PLAIN = { groups: 0, alternatives: false, mixed: false, edges: false, optionalGroup: false, ignoreCase: false };

const quoted = (sign: string) => (/[\\.+*?()|[\]{}^$]/.test(sign) ? `\\${sign}` : sign);

/** What follows `[`, up to its `]`. */
function brackets(source: string): { readonly re2: string; readonly rest: string } | string {
  const [, not = "", first = ""] = /^(\^?)(\]?)/.exec(source)!;
  let rest = source.slice(not.length + first.length);
  let re2 = `[${not}${first && "\\]"}`;
  while (!rest.startsWith("]")) {
    const [all, kind, name, escaped, plain] = /^(?:\[([:.=])(\w+)[:.=]\]|\\(.)|(.))/su.exec(rest) ?? [];
    if (all === undefined) return "brackets that are not closed";
    rest = rest.slice(all.length);
    if (kind !== undefined) {
      const known = kind === ":" ? CLASSES[name!] : undefined;
      if (known === undefined) return all;
      re2 += known;
    } else if (escaped !== undefined) {
      const known = IN_BRACKETS[escaped] ?? (/[\p{L}\p{N}]/u.test(escaped) ? undefined : /[!-~]/.test(escaped) ? `\\${escaped}` : escaped);
      if (known === undefined) return all;
      re2 += known;
    } else re2 += plain === "[" || plain === "^" ? `\\${plain}` : plain;
  }
  return { re2: `${re2}]`, rest: rest.slice(1) };
}

/** A pattern with another sign to escape by, or none. */
function withBackslash(source: string, mark: string): string {
  const signs = [...source];
  let text = "";
  for (let i = 0; i < signs.length; i++) {
    if (signs[i] === mark) text += `\\${signs[++i] ?? ""}`;
    else text += signs[i] === "\\" ? "\\\\" : signs[i];
  }
  return text;
}

/** The pattern of SIMILAR TO as a regular expression of PostgreSQL's (regexp.c, similar_escape_internal): `\d` is one there too. */
export function fromSimilar(written: string, mark = "\\"): string {
  const source = mark === "\\" ? written : withBackslash(written, mark);
  const body = source.replaceAll(/\\(?:.|$)|\[[^\]]*\]|[%_.^$]|./gsu, (all) => {
    // An escape of nothing is nothing.
    if (all.startsWith("\\")) return all.length === 1 ? "" : all;
    if (all === "%") return ".*";
    if (all === "_") return ".";
    // Groups of it capture nothing.
    if (all === "(") return "(?:";
    return /^[.^$]$/.test(all) ? `\\${all}` : all;
  });
  return `^(?:${body})$`;
}

/** Of the flags of PostgreSQL's functions those that RE2 has: `g` is the function's own. */
export function patternFlags(text: string, ignoreCase: boolean): string | undefined {
  if (/[^gicsnm]/.test(text)) return undefined;
  const insensitive = ignoreCase || text.lastIndexOf("i") > text.lastIndexOf("c");
  return `${insensitive ? "i" : "c"}${/[nm]/.test(text) ? "m" : "s"}`;
}

/** PostgreSQL's replacement in TiDB's spelling: `\&` is `\0`. */
export const patternReplacement = (text: string): string =>
  text.replaceAll(/\\(.)?/gsu, (all, sign: string | undefined) => (sign === "&" ? "\\0" : sign === undefined ? "\\\\" : all));

/** What the nth group matches in a text that is a match from its first character to its last. */
export const matchedGroup = (whole: Tidb, re2: string, flags: Tidb, group: number): Tidb =>
  tidb`REGEXP_REPLACE(${whole}, ${raw(string(`^(?:${re2})$`))}, ${raw(string(`\\${group}`))}, 1, 1, ${flags})`;

/** Whether it may match nothing as well as something: `x*`, and not `^`. */
export const mayBeNothing = (re2: string): boolean => matchesNothing(re2) && /[^^$|()]/.test(re2.replaceAll(/\\[AzbB]/g, ""));

/** Whether RE2's pattern may match the empty text: true where it cannot be told. */
export function matchesNothing(re2: string): boolean {
  // What a class holds does not matter here.
  const plain = re2.replaceAll(/\[:\w+:\]/g, "x").replaceAll(/\\[Azb]/g, "");
  try {
    return new RegExp(`^(?:${plain})$`, "u").test("");
  } catch {
    return true;
  }
}

/** U+E000, a character for private use, which JSON writes as it is: it stands for what is between the parts of a text. */
export const SPLIT_MARK = raw("CHAR(0xEE8080 USING utf8mb4)");

/** One character, or one class of them, any number of times. */
const REPEATED = /^(\\[sdwSDW]|\[[^\]\\]+\]|[^\\.^$*+?{}()[\]|])\*$/;

/**
 * A text with a mark in the place of each match of a pattern. Where a run of no characters matches as well, all others are parts by themselves
 * (regexp.c, setup_regexp_matches: matches of nothing at either end, or right behind another match, do not count).
 * @returns why there is none, as text
 */
export function splitMarked(value: Value, source: string, flags: string): { readonly text: Tidb; readonly pattern: Pattern } | string {
  const single = REPEATED.exec(source)?.[1];
  const pattern = translatePattern(single === undefined ? source : `${single}+`);
  if (typeof pattern === "string") return pattern;
  const mode = patternFlags(flags, pattern.ignoreCase);
  if (mode === undefined) return `the flags '${flags}'`;
  if (matchesNothing(pattern.re2)) return "matches of nothing";
  const marked = tidb`REGEXP_REPLACE(${value}, ${raw(string(pattern.re2))}, ${SPLIT_MARK}, 1, 0, ${raw(string(mode))})`;
  if (single === undefined) return { text: marked, pattern };
  const [two, between] = [
    raw(string("([^\\x{E000}])([^\\x{E000}])")),
    tidb`CONCAT(${raw(string("\\1"))}, ${SPLIT_MARK}, ${raw(string("\\2"))})`,
  ];
  // Matches do not overlap: once between every other two, and once between the others.
  const apart = (text: Tidb) => tidb`REGEXP_REPLACE(${text}, ${two}, ${between}, 1, 0, 's')`;
  return { text: apart(apart(marked)), pattern };
}

/** What stands in a match before its nth group, as a pattern for the whole match whose first group it is; undefined inside another group. */
export function beforeGroup(re2: string, group: number): string | undefined {
  let [depth, seen] = [0, 0];
  for (const { 0: sign, index } of re2.matchAll(/\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?:|[()|]|./gsu)) {
    if (sign === "|" && depth === 0) return undefined;
    if (sign === "(" && ++seen === group) return depth === 0 ? `^(${re2.slice(0, index)})${re2.slice(index)}$` : undefined;
    if (sign === "(" || sign === "(?:") depth++;
    if (sign === ")") depth--;
  }
  return undefined;
}
