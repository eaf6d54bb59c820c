import type { Span } from "../../source/text.js";

/** Sticky: every text is made of these. */
const TOKEN =
  /(?:[EeBbXxNn]|U&)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|\$\{[^}]*\}|\$\d+|(?<![<>=!~@#%^&|?*+/-])@[A-Za-z_]\w*|[\w$\u0080-\uffff]+|::|[<>=!~@#%^&|?*+/-]+|\s+|[\s\S]/y;

export interface Token extends Span {
  /** What two tokens are compared by: letter case counts in quotes only. */
  readonly key: string;
}

/** Words that may be left out without another meaning. */
const OPTIONAL: ReadonlySet<string> = new Set(["as", "asc", "inner", "outer", "column", "precision"]);
/** Words and signs of one meaning in both. */
const ALIKE: ReadonlyMap<string, string> = new Map([
  ["!=", "<>"],
  ["integer", "int"],
  ["numeric", "decimal"],
  ["bool", "boolean"],
  ["character", "char"],
  ["int2", "smallint"],
  ["int4", "int"],
  ["int8", "bigint"],
  ["float4", "float"],
  ["float8", "double"],
]);
const PLACEHOLDER = /^(?:\$\d+|\$\{.*\}|@\w+)$/;
const QUOTE = /^(?:[EeBbXxNn]|U&)?['"`]/;

/** @param alike placeholders count as the same, and so do texts with or without a word that means nothing */
export function tokens(sql: string, alike: boolean): Token[] {
  const all: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let start = 0; start < sql.length; start = TOKEN.lastIndex) {
    TOKEN.test(sql);
    const first = sql.charCodeAt(start);
    if (isBlank(first)) continue;
    const text = sql.slice(start, TOKEN.lastIndex);
    if (text.startsWith("--") || text.startsWith("/*")) continue;
    const key = QUOTE.test(text) ? text : text.toLowerCase();
    if (alike && OPTIONAL.has(key)) continue;
    if (alike && key === "action" && isNoAction(all.slice(-3))) {
      all.length -= 3;
      continue;
    }
    // Neither keeps the name of a primary key that says nothing.
    if (alike && key === "primary" && all.at(-2)?.key === "constraint") all.length -= 2;
    const last = all.at(-1);
    if (alike && key === "varying" && last?.key === "char")
      all[all.length - 1] = { key: "varchar", start: last.start, end: TOKEN.lastIndex };
    else all.push({ key: alike ? sameFor(key) : key, start, end: TOKEN.lastIndex });
  }
  return alike ? withoutNeedless(all) : all;
}

/** What a branch of OR comes behind and before. */
const BEFORE_CONDITION: ReadonlySet<string> = new Set(["or", "where", "having", "when", "on", "("]);
const BEHIND_CONDITION: ReadonlySet<string> = new Set(["or", "then", "order", "group", ")", ";"]);

/** Without the brackets of branches of OR that are joined by AND alone, which binds more. */
function withoutNeedless(all: readonly Token[]): Token[] {
  const needless = new Set<number>();
  const open: { readonly at: number; isJoined: boolean; isOther: boolean }[] = [];
  for (const [i, { key }] of all.entries()) {
    const last = open.at(-1);
    if (key === "(") open.push({ at: i, isJoined: false, isOther: false });
    else if (key === "and" && last) last.isJoined = true;
    else if ((key === "or" || key === "," || key === "select") && last) last.isOther = true;
    else if (key === ")" && last) {
      open.pop();
      const [before, behind] = [all[last.at - 1]?.key, all[i + 1]?.key];
      const isBranch = last.isJoined && !last.isOther && (before === "or" || behind === "or");
      if (isBranch && BEFORE_CONDITION.has(before ?? "") && (behind === undefined || BEHIND_CONDITION.has(behind))) {
        needless.add(last.at);
        needless.add(i);
      }
    }
  }
  return needless.size === 0 ? [...all] : all.filter((_, i) => !needless.has(i));
}

/** `ON DELETE NO`: what both do where nothing is said. */
function isNoAction([on, what, no]: readonly Token[]): boolean {
  return on?.key === "on" && (what?.key === "delete" || what?.key === "update") && no?.key === "no";
}

/** A blank of ASCII, or one beyond it, which no word begins with. */
function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));
}

function sameFor(key: string): string {
  return PLACEHOLDER.test(key) ? "?" : (ALIKE.get(key) ?? key);
}

/** Whether two texts have the same tokens but for brackets, in whatever order: `a NOT IN (1)` and `NOT (a IN (1))`. */
export function sameTokens(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => {
    const keys = tokens(text, true).map(({ key }) => key);
    return keys
      .filter((key) => key !== "(" && key !== ")")
      .sort()
      .join(" ");
  });
  return left === right;
}
