import {
  as,
  blankFilled,
  type Call,
  infix,
  proofs,
  type Row,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** A regular expression of PostgreSQL's (the manual, 9.7.3) as RE2, which TiDB uses, has it. */
interface Pattern {
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
function translate(source: string): Pattern | string {
  let rest = source;
  let [re2, groups, ignoreCase, edges, optionalGroup] = ["", 0, false, false, false];
  const quantifiers = new Set<"greedy" | "lazy">();
  let alternatives = false;
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
      if (group[1] === undefined) groups++;
      else rest = group[1].slice(2) + rest;
      re2 += group[1] === undefined ? "(" : "(?:";
      continue;
    }
    const bound = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (bound) {
      if (re2 === "" || /[(|]$/.test(re2)) return "a quantifier of nothing";
      if (re2.endsWith(")") && !/^\+|^\{[1-9]/.test(bound[0])) optionalGroup = true;
      quantifiers.add(bound[0].length > 1 && bound[0].endsWith("?") ? "lazy" : "greedy");
      re2 += bound[0];
      continue;
    }
    const [plain] = take(/^./su)!;
    if (plain === "|") alternatives = true;
    re2 += /[.^$|)]/.test(plain) ? plain : quoted(plain);
  }
  return {
    re2: re2 === "" ? "(?:)" : re2,
    groups,
    alternatives,
    mixed: quantifiers.size > 1,
    edges,
    optionalGroup: optionalGroup || alternatives,
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

/** A pattern with another sign to escape by. */
function withBackslash(source: string, mark: string): string {
  let text = "";
  for (let i = 0; i < source.length; i++) {
    if (source[i] === mark) text += `\\${source[++i] ?? ""}`;
    else text += source[i] === "\\" ? "\\\\" : source[i];
  }
  return text;
}

/** The pattern of SIMILAR TO as a regular expression of PostgreSQL's (regexp.c, similar_escape_internal). */
function fromSimilar(written: string, mark = "\\"): string {
  const source = mark === "\\" ? written : withBackslash(written, mark);
  const body = source.replaceAll(/\\(.)|\[[^\]]*\]|[%_.^$]|./gsu, (all, escaped: string | undefined) => {
    if (escaped !== undefined) return /[\p{L}\p{N}]/u.test(escaped) ? escaped : `\\${escaped}`;
    if (all === "%") return ".*";
    if (all === "_") return ".";
    return /^[.^$]$/.test(all) ? `\\${all}` : all;
  });
  return `^(?:${body})$`;
}

/** The literal that a pattern is, SIMILAR TO's among them; undefined where it is no literal. */
function sourceOf(pattern: Value, call: Call): string | undefined {
  const similar = as("FuncCall", pattern);
  if (similar?.funcname?.at(-1) !== "similar_to_escape") return call.text(pattern);
  const [inner, ...others] = similar.args ?? [];
  const [text, mark] = [inner, others[0]].map((each) => (each === undefined ? undefined : call.text(each)));
  if (text === undefined || (others.length > 0 && mark?.length !== 1)) return undefined;
  call.open(similar as never);
  return fromSimilar(text, mark);
}

/** Of the flags of PostgreSQL's functions those that RE2 has: `g` is the function's own. */
function flagsOf(text: string, ignoreCase: boolean): string | undefined {
  if (/[^gicsnm]/.test(text)) return undefined;
  const insensitive = ignoreCase || text.lastIndexOf("i") > text.lastIndexOf("c");
  return `${insensitive ? "i" : "c"}${/[nm]/.test(text) ? "m" : "s"}`;
}

const DIALECT = warning(
  "the pattern is no literal: it is read as a regular expression of RE2, which is not PostgreSQL's in all, and an empty one is an error",
  {
    help: "RE2 has no \\m, \\M, \\y, no backward references and no lookahead; \\d and \\w are ASCII there",
  },
);
const EDGE = warning("the edge of a word is found between ASCII letters, digits and _ only; \\m and \\M are either edge", {
  help: "spell out what may stand beside the word where other letters matter: (^|[^\\p{L}])",
});
const LONGEST = warning(
  "of alternatives, and of lazy quantifiers beside greedy ones, RE2 takes the first match, where PostgreSQL looks at the length of the whole",
  {
    help: "write the longer alternatives first; [^…]* says more exactly than .*? where a match ends",
  },
);

/** A translated pattern, after what must be said of it is said; `extracts` where it matters what is matched, and not only whether. */
function read(
  pattern: Value,
  flags: string,
  extracts: boolean,
  call: Call,
): { readonly text: Tidb; readonly flags: Tidb; readonly known: Pattern | undefined } | undefined {
  const source = sourceOf(pattern, call);
  if (source === undefined) {
    const mode = flagsOf(flags, false);
    if (mode === undefined) return call.refuse(`a regular expression with the flags '${flags}'`);
    call.say("dialect");
    return { text: tidb`${pattern}`, flags: tidb`${raw(string(mode))}`, known: undefined };
  }
  const known = translate(source);
  if (typeof known === "string") return call.refuse(`a regular expression with ${known}`);
  const mode = flagsOf(flags, known.ignoreCase);
  if (mode === undefined) return call.refuse(`a regular expression with the flags '${flags}'`);
  if (known.edges) call.say("edge");
  if (extracts && (known.alternatives || known.mixed)) call.say("longest");
  return { text: tidb`${raw(string(known.re2))}`, flags: tidb`${raw(string(mode))}`, known };
}

const flagsAt = (flags: Value | undefined, call: Call): string | undefined => (flags === undefined ? "" : call.text(flags));

const match = (flags: string, not: boolean): Write => {
  return ([value, pattern], call) => {
    const found = read(pattern, flags, false, call);
    if (!found) return undefined;
    const filled = blankFilled(value, call);
    const test = filled && tidb`REGEXP_LIKE(${filled}, ${found.text}, ${found.flags})`;
    if (!test) return undefined;
    return not ? infix("not")`NOT ${test}` : test;
  };
};

const matching = (sign: string, flags: string, not: boolean, similar: readonly string[] = []): Row => ({
  calls: [`${sign}(text|bpchar|name, text)`],
  tidb: match(flags, not),
  messages: { dialect: DIALECT, edge: EDGE },
  proofs: [
    ...proofs(
      ...[
        "^a",
        "a$",
        "^[A-Za-z0-9._-]+$",
        "[[:alpha:]]",
        "^\\w+$",
        "\\s",
        "\\d{2,}",
        "a.b",
        "a|É",
        "^$",
        "",
        "[^a-z]",
        "\\.",
        "^(?:a|b)+?",
        "[\\s,]",
        "\\\\",
        "[]%]",
        "[[:upper:]]",
        "(a)(b)?",
        "{",
        "^.$",
        "a{2}",
        "é|ß",
        "[é-ü]",
        "\\W",
        "\\S+\\s\\S+",
        "[\\w-]+$",
        "(?i)^ab",
        "%_",
        "***=a.b",
        "\\u00e9|\\x41",
      ].map((pattern) => `t ${sign} '${pattern}'`),
      `v ${sign} 'b'`,
      `c ${sign} 'a$'`,
      `c ${sign} '^a +$'`,
      `(t || 'x') ${sign} 'ax'`,
      ...similar,
    ),
    { pg: `t ${sign} '\\ya'`, findings: ["edge"] },
    { pg: `'ab c' ${sign} (v || 'b')`, findings: ["dialect"] },
  ],
});

/** PostgreSQL's replacement in TiDB's spelling: `\&` is `\0`. */
const replacementOf = (text: string): string =>
  text.replaceAll(/\\(.)?/gsu, (all, sign: string | undefined) => (sign === "&" ? "\\0" : sign === undefined ? "\\\\" : all));

const replaced: Write = ([value, pattern, replacement, flagsArg], call) => {
  const flags = flagsAt(flagsArg, call);
  const text = call.text(replacement);
  if (flags === undefined || text === undefined) return call.refuse("regexp_replace() with a replacement or flags that are no literals");
  const found = read(pattern, flags, true, call);
  if (!found) return undefined;
  const occurrence = raw(flags.includes("g") ? "0" : "1");
  // After a match that reaches as far, PostgreSQL takes one of nothing as well.
  if (flags.includes("g") && text !== "" && found.known && mayBeNothing(found.known.re2)) call.say("empty");
  return tidb`REGEXP_REPLACE(${value}, ${found.text}, ${raw(string(replacementOf(text)))}, 1, ${occurrence}, ${found.flags})`;
};

/** The part of a text that the nth group matches. */
function groupOf(value: Value, re2: string, flags: Tidb, group: number): Tidb {
  const whole = tidb`REGEXP_SUBSTR(${value}, ${raw(string(re2))}, 1, 1, ${flags})`;
  return group === 0 ? whole : partOf(whole, re2, flags, group);
}

/** What the nth group matches in a text that is a match from its first character to its last. */
const partOf = (whole: Tidb, re2: string, flags: Tidb, group: number): Tidb =>
  tidb`REGEXP_REPLACE(${whole}, ${raw(string(`^(?:${re2})$`))}, ${raw(string(`\\${group}`))}, 1, 1, ${flags})`;

function parts(value: Value, pattern: Value, flags: string, call: Call): readonly Tidb[] | undefined {
  const found = read(pattern, flags, true, call);
  if (!found) return undefined;
  if (!found.known) return call.refuse("a part of a text by a pattern that is no literal");
  const { groups, re2, optionalGroup, edges } = found.known;
  if (groups > 0 && (optionalGroup || edges)) return call.refuse("a group that can stay without a match, or a word's edge beside a group");
  if (groups > 9) return call.refuse("a pattern with more than nine groups");
  const numbers = groups === 0 ? [0] : Array.from({ length: groups }, (_, i) => i + 1);
  return numbers.map((group) => groupOf(value, re2, found.flags, group));
}

/** A pattern that is a literal, and that never matches nothing: of empty matches the engines count different ones. */
function searched(pattern: Value, flags: string, call: Call): { readonly re2: string; readonly flags: Tidb } | undefined {
  const found = read(pattern, flags, true, call);
  if (!found) return undefined;
  if (!found.known) return call.refuse(`${call.signature.name}() of a pattern that is no literal`);
  const { re2 } = found.known;
  return matchesNothing(re2) ? call.refuse(`${call.signature.name}() of a pattern that can match nothing`) : { re2, flags: found.flags };
}

/** Whether it may match nothing as well as something: `x*`, and not `^`. */
const mayBeNothing = (re2: string): boolean => matchesNothing(re2) && /[^^$|()]/.test(re2.replaceAll(/\\[AzbB]/g, ""));

/** Whether RE2's pattern may match the empty text: true where it cannot be told. */
function matchesNothing(re2: string): boolean {
  // What a class holds does not matter here.
  const plain = re2.replaceAll(/\[:\w+:\]/g, "x").replaceAll(/\\[Azb]/g, "");
  try {
    return new RegExp(`^(?:${plain})$`, "u").test("");
  } catch {
    return true;
  }
}

export const regexRules = table(
  "functions/regex",
  { pg: "functions-matching", tidb: "string-functions" },
  {
    matches: matching("~", "", false, [
      "t SIMILAR TO '%(b|d)%'",
      "t SIMILAR TO 'a_'",
      "t SIMILAR TO '[[:alpha:]]+'",
      "t SIMILAR TO 'a.b'",
      "t SIMILAR TO '%\\%%'",
      "t SIMILAR TO 'a#_b' ESCAPE '#'",
      "t SIMILAR TO '%#%%' ESCAPE '#'",
    ]),
    "matches-insensitive": matching("~*", "i", false),
    "matches-not": matching("!~", "", true, ["t NOT SIMILAR TO '(a|A)%'"]),
    "matches-not-insensitive": matching("!~*", "i", true),
    like: {
      calls: ["regexp_like(text, text)", "regexp_like(text, text, text)"],
      tidb: ([value, pattern, flagsArg], call) => {
        const flags = flagsAt(flagsArg, call);
        if (flags === undefined) return call.refuse("regexp_like() with flags that are no literal");
        const found = read(pattern, flags, false, call);
        return found && tidb`REGEXP_LIKE(${value}, ${found.text}, ${found.flags})`;
      },
      messages: { dialect: DIALECT, edge: EDGE },
      proofs: [
        ...proofs("regexp_like(t, '^a')", "regexp_like(t, 'b$', 'i')", "regexp_like(t, '^b', 'n')"),
        { pg: "regexp_like(t, v || 'b')", findings: ["dialect"] },
        { pg: "regexp_like(t, '\\mab')", findings: ["edge"] },
      ],
    },
    replace: {
      calls: ["regexp_replace(text, text, text)", "regexp_replace(text, text, text, text)"],
      tidb: replaced,
      messages: {
        dialect: DIALECT,
        edge: EDGE,
        longest: LONGEST,
        empty: warning("the pattern can match nothing: of such matches right behind another one, TiDB passes over more than PostgreSQL", {
          help: "write a pattern that matches a character at least: x+ for x*",
        }),
      },
      proofs: [
        ...proofs(
          "regexp_replace(t, '[a-c]', 'X')",
          "regexp_replace(t, '[a-c]', 'X', 'g')",
          "regexp_replace(t, 'A', '-', 'gi')",
          "regexp_replace(t, '(.)b', '<\\1>')",
          "regexp_replace(t, 'b', '[\\&]', 'g')",
          "regexp_replace(t, '\\s+', ' ', 'g')",
          "regexp_replace(t, '^', 'x')",
          "regexp_replace(t, '(a)(.)', '\\2\\10', 'g')",
          "regexp_replace(t, 'b', '$1', 'g')",
          "regexp_replace(t, 'b', '\\\\', 'g')",
          "regexp_replace(t, '[^[:alnum:]]', '', 'g')",
          "regexp_replace(t, '.*?', 'x')",
        ),
        { pg: "regexp_replace(t, 'a|ab', 'X')", findings: ["longest"], differs: true },
        { pg: "regexp_replace(t, 'b*', '-', 'g')", findings: ["empty"], differs: true },
        { pg: "regexp_replace(t, v || 'b', 'X')", findings: ["dialect"] },
        { pg: "regexp_replace(t, '\\ya', 'X')", findings: ["edge"] },
      ],
    },
    substring: {
      calls: ["substring(text, text)", "regexp_substr(text, text)"],
      tidb: ([value, pattern], call) => parts(value, pattern, "", call)?.[0],
      why: "SUBSTRING(s FROM 'pattern') takes the pattern for a number in TiDB, and gives ''.",
      messages: { edge: EDGE, longest: LONGEST },
      proofs: [
        ...proofs(
          "substring(t from '[a-c]+')",
          "substring(t from '(.)b')",
          "substring(t, '\\d+')",
          "substring(t from '^(\\w)\\w*$')",
          "substring(t from '')",
        ),
        { pg: "substring(t from 'ab|a')", findings: ["longest"] },
        { pg: "substring(t from '\\yab')", findings: ["edge"] },
      ],
    },
    match: {
      calls: ["regexp_match(text, text)", "regexp_match(text, text, text)"],
      tidb: ([value, pattern, flagsArg], call) => {
        const flags = flagsAt(flagsArg, call);
        if (flags === undefined) return call.refuse("regexp_match() with flags that are no literal");
        const found = parts(value, pattern, flags, call);
        const test = call.other("~", ["text", "text"], [value, pattern]);
        if (!found || !test || flags !== "") return found && test && call.refuse("regexp_match() with flags");
        return tidb`CASE WHEN ${test} THEN ${{ kind: "Tidb", texts: ["JSON_ARRAY(", ...found.slice(1).map(() => ", "), ")"], holes: found }} END`;
      },
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs("regexp_match(t, '(.)(b)')", "regexp_match(t, '[a-z]+')", "(regexp_match(t, '(\\w)-(\\d+)'))[2]"),
        { pg: "regexp_match(t, 'ab|a')", findings: ["longest"] },
        { pg: "regexp_match(t, 'ab\\M')", findings: ["edge"] },
      ],
    },
    count: {
      calls: ["regexp_count(text, text)", "regexp_count(text, text, int4)", "regexp_count(text, text, int4, text)"],
      tidb: ([value, pattern, start, flagsArg], call) => {
        const [flags, from] = [flagsAt(flagsArg, call), start === undefined ? 1 : call.integer(start)];
        if (flags === undefined || from === undefined || from < 1)
          return call.refuse("regexp_count() with flags or a start that are no literals");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        if (from > 1 && /^\^|[(|]\^/.test(found.re2))
          return call.refuse("regexp_count() of a pattern with ^ from another start than the first");
        const text = from === 1 ? tidb`${value}` : tidb`SUBSTRING(${value}, ${raw(String(from))})`;
        const longer = tidb`REGEXP_REPLACE(${text}, ${raw(string(found.re2))}, ${raw(string("\\0~"))}, 1, 0, ${found.flags})`;
        return infix("additive")`CHAR_LENGTH(${longer}) - CHAR_LENGTH(${text})`;
      },
      why: "TiDB has no such function: each match is made one character longer.",
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_count(t, 'a')",
          "regexp_count(t, '[a-z]+')",
          "regexp_count(t, '[A-C]', 2, 'i')",
          "regexp_count(t, '\\d', 1)",
          "regexp_count(t, ',,')",
        ),
        { pg: "regexp_count(t, 'a|ab')", findings: ["longest"] },
        { pg: "regexp_count(t, 'b\\M')", findings: ["edge"] },
      ],
    },
    position: {
      calls: [
        "regexp_instr(text, text)",
        "regexp_instr(text, text, int4)",
        "regexp_instr(text, text, int4, int4)",
        "regexp_instr(text, text, int4, int4, int4)",
        "regexp_instr(text, text, int4, int4, int4, text)",
      ],
      tidb: ([value, pattern, start, nth, end, flagsArg], call) => {
        const flags = flagsAt(flagsArg, call);
        const [from, n, side] = [start, nth, end].map((each, i) => (each === undefined ? [1, 1, 0][i] : call.integer(each)));
        if (flags === undefined || from === undefined || from < 1 || n === undefined || n < 1 || (side !== 0 && side !== 1))
          return call.refuse("regexp_instr() with flags or numbers that are no literals");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        if (from > 1 && /^\^|[(|]\^/.test(found.re2))
          return call.refuse("regexp_instr() of a pattern with ^ from another start than the first");
        const place = tidb`REGEXP_INSTR(${value}, ${raw(string(found.re2))}, ${raw(String(from))}, ${raw(String(n))}, ${raw(String(side))}, ${found.flags})`;
        return tidb`CASE WHEN CHAR_LENGTH(${value}) < ${raw(String(from))} THEN 0 ELSE ${place} END`;
      },
      why: "A start behind the end is an error in TiDB.",
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_instr(t, 'b')",
          "regexp_instr(t, '[a-z]', 1, 2)",
          "regexp_instr(t, 'B', 1, 1, 1, 'i')",
          "regexp_instr('aéb' || t, 'b', 1, 1)",
          "regexp_instr('aéb' || v, '[abx]', 2, 1)",
        ),
        { pg: "regexp_instr(t, 'ab|a', 1, 1, 1)", findings: ["longest"] },
        { pg: "regexp_instr(t, '\\yb')", findings: ["edge"] },
      ],
    },
    "nth-substring": {
      calls: [
        "regexp_substr(text, text, int4)",
        "regexp_substr(text, text, int4, int4)",
        "regexp_substr(text, text, int4, int4, text)",
        "regexp_substr(text, text, int4, int4, text, int4)",
      ],
      tidb: ([value, pattern, start, nth, flagsArg, groupArg], call) => {
        const flags = flagsAt(flagsArg, call);
        const [from, n] = [call.integer(start), nth === undefined ? 1 : call.integer(nth)];
        const group = groupArg === undefined ? 0 : call.integer(groupArg);
        if (flags === undefined || from === undefined || from < 1 || n === undefined || n < 1 || group === undefined)
          return call.refuse("regexp_substr() with flags or numbers that are no literals");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        if (from > 1 && /^\^|[(|]\^/.test(found.re2))
          return call.refuse("regexp_substr() of a pattern with ^ from another start than the first");
        const whole = tidb`REGEXP_SUBSTR(${value}, ${raw(string(found.re2))}, ${raw(String(from))}, ${raw(String(n))}, ${found.flags})`;
        const { groups = 0, optionalGroup, edges } = read(pattern, flags, true, call)?.known ?? {};
        if (group !== 0 && (group < 0 || group > Math.min(groups, 9) || optionalGroup || edges))
          return call.refuse("a group that is not there, can stay without a match, or stands beside a word's edge");
        const part = group === 0 ? whole : partOf(whole, found.re2, found.flags, group);
        return tidb`CASE WHEN CHAR_LENGTH(${value}) >= ${raw(String(from))} THEN ${part} END`;
      },
      why: "A start behind the end is an error in TiDB.",
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_substr(t, '[a-z]', 1, 2)",
          "regexp_substr(t, 'B', 1, 1, 'i')",
          "regexp_substr(t, '[a-c]', 2)",
          "regexp_substr(t, '(.)B', 1, 1, 'i', 1)",
          "regexp_substr(t, '([a-z])([a-z])', 1, 1, '', 0)",
          "regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2)",
          "regexp_substr('k1=v1 k2=v2', '(\\w+)=(\\w+)', 1, 2, '', 2)",
        ),
        { pg: "regexp_substr(t, 'ab|a', 1)", findings: ["longest"] },
        { pg: "regexp_substr(t, '\\mb', 1)", findings: ["edge"] },
      ],
    },
    "replace-nth": {
      calls: [
        "regexp_replace(text, text, text, int4)",
        "regexp_replace(text, text, text, int4, int4)",
        "regexp_replace(text, text, text, int4, int4, text)",
      ],
      tidb: ([value, pattern, replacement, start, nth, flagsArg], call) => {
        const [flags, text] = [flagsAt(flagsArg, call), call.text(replacement)];
        const [from, n] = [call.integer(start), nth === undefined ? 1 : call.integer(nth)];
        if (flags === undefined || text === undefined || from === undefined || from < 1 || n === undefined || n < 0)
          return call.refuse("regexp_replace() with a replacement, numbers or flags that are no literals");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        if (from > 1 && /^\^|[(|]\^/.test(found.re2))
          return call.refuse("regexp_replace() of a pattern with ^ from another start than the first");
        const changed = tidb`REGEXP_REPLACE(${value}, ${raw(string(found.re2))}, ${raw(string(replacementOf(text)))}, ${raw(String(from))}, ${raw(String(n))}, ${found.flags})`;
        return from === 1 ? changed : tidb`CASE WHEN CHAR_LENGTH(${value}) >= ${raw(String(from))} THEN ${changed} ELSE ${value} END`;
      },
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_replace(t, '[a-c]', 'X', 2)",
          "regexp_replace(t, '[a-c]', '<\\&>', 1, 2)",
          "regexp_replace(t, 'A', 'X', 1, 0, 'i')",
          "regexp_replace(t, '[a-z]', '', 2, 0)",
        ),
        { pg: "regexp_replace(t, 'ab|a', 'X', 1, 1)", findings: ["longest"] },
        { pg: "regexp_replace(t, '\\mb', 'X', 1)", findings: ["edge"] },
      ],
    },
    split: {
      calls: ["regexp_split_to_array(text, text)", "regexp_split_to_array(text, text, text)"],
      tidb: ([value, pattern, flagsArg], call) => {
        const flags = flagsAt(flagsArg, call);
        if (flags === undefined) return call.refuse("regexp_split_to_array() with flags that are no literal");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        // A character for private use, which JSON writes as it is, stands for what is between the parts.
        const mark = raw(string("\uE000"));
        const marked = tidb`REGEXP_REPLACE(${value}, ${raw(string(found.re2))}, ${mark}, 1, 0, ${found.flags})`;
        return tidb`CAST(CONCAT('[', REPLACE(JSON_QUOTE(${marked}), ${mark}, '","'), ']') AS JSON)`;
      },
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_split_to_array(t, '\\s+')",
          "regexp_split_to_array(t, ',')",
          "regexp_split_to_array(t, '\\s*,\\s*')",
          "regexp_split_to_array(t, 'B', 'i')",
          "(regexp_split_to_array(t, '[ ,]'))[2]",
        ),
        { pg: "regexp_split_to_array(t, 'ab|a')", findings: ["longest"] },
        { pg: "regexp_split_to_array(t, '\\mb')", findings: ["edge"] },
      ],
    },
  },
);
