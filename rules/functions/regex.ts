import {
  as,
  beforeGroup,
  blankFilled,
  type Call,
  fromSimilar,
  infix,
  invoke,
  matchedGroup,
  matchesNothing,
  mayBeNothing,
  type Pattern,
  patternFlags,
  patternReplacement,
  proofs,
  type Row,
  raw,
  SPLIT_MARK,
  splitMarked,
  string,
  type Tidb,
  table,
  tidb,
  translatePattern,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** The literal that a pattern is, SIMILAR TO's among them; undefined where it is no literal. */
function sourceOf(pattern: Value, call: Call): string | undefined {
  const similar = as("FuncCall", pattern);
  if (similar?.funcname?.at(-1) !== "similar_to_escape") return call.text(pattern);
  const [inner, ...others] = similar.args ?? [];
  const [text, mark] = [inner, others[0]].map((each) => (each === undefined ? undefined : call.text(each)));
  if (text === undefined || (others.length > 0 && (mark === undefined || [...mark].length > 1))) return undefined;
  // They are parentheses of a kind to it.
  if (text.includes(`${mark ?? "\\"}"`) && mark !== "") return call.refuse("SIMILAR TO with an escaped quote");
  call.open(similar as never);
  return fromSimilar(text, mark);
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
    const mode = patternFlags(flags, false);
    if (mode === undefined) return call.refuse(`a regular expression with the flags '${flags}'`);
    call.say("dialect");
    return { text: tidb`${pattern}`, flags: tidb`${raw(string(mode))}`, known: undefined };
  }
  const known = translatePattern(source);
  if (typeof known === "string") return call.refuse(`a regular expression with ${known}`);
  const mode = patternFlags(flags, known.ignoreCase);
  if (mode === undefined) return call.refuse(`a regular expression with the flags '${flags}'`);
  if (known.edges) call.say("edge");
  if (extracts && (known.alternatives || known.mixed)) call.say("longest");
  return { text: tidb`${raw(string(known.re2))}`, flags: tidb`${raw(string(mode))}`, known };
}

const flagsAt = (flags: Value | undefined, call: Call): string | undefined => (flags === undefined ? "" : call.text(flags));

interface Test {
  readonly source: string;
  readonly not: boolean;
}

/**
 * `^(?=.*\d)(?!x).+$` as patterns that must match, or must not: lookahead at the start of a pattern looks at the text from its start. RE2 has no
 * lookahead at all.
 * @returns undefined for all other patterns
 */
function lookaheads(source: string): readonly Test[] | undefined {
  const tests: Test[] = [];
  let rest = source.slice(1);
  for (let sign = /^\(\?[=!]/.exec(rest); source.startsWith("^") && sign; sign = /^\(\?[=!]/.exec(rest)) {
    const end = groupEnd(rest);
    if (end === undefined) return undefined;
    tests.push({ source: `^(?:${rest.slice(3, end)})`, not: sign[0].endsWith("!") });
    rest = rest.slice(end + 1);
  }
  // An alternative beside it would not be bound by it.
  if (tests.length === 0 || rest.replaceAll(/\\.|\[\^?\]?[^\]]*\]|\([^()]*\)/g, "").includes("|")) return undefined;
  return rest === "" ? tests : [...tests, { source: `^${rest}`, not: false }];
}

/** Where the group ends that a pattern begins with. */
function groupEnd(pattern: string): number | undefined {
  let depth = 0;
  for (const { 0: part, index } of pattern.matchAll(/\\.|\[\^?\]?(?:\[[:.=][^\]]*\]|[^\]])*\]|[()]/gs)) {
    if (part === "(") depth++;
    if (part === ")" && --depth === 0) return index;
  }
  return undefined;
}

const match = (flags: string, not: boolean): Write => {
  return ([value, pattern], call) => {
    const looks = lookaheads(call.text(pattern) ?? "");
    const filled = blankFilled(value, call);
    if (!filled) return undefined;
    const like = ({ source, not: refused }: Test): Tidb | undefined => {
      const known = translatePattern(source);
      const mode = typeof known === "string" ? undefined : patternFlags(flags, known.ignoreCase);
      if (typeof known === "string" || mode === undefined) return call.refuse(`a regular expression with ${known}`);
      if (known.edges) call.say("edge");
      const test = tidb`REGEXP_LIKE(${filled}, ${raw(string(known.re2))}, ${raw(string(mode))})`;
      return refused ? infix("not")`NOT ${test}` : test;
    };
    const tests = looks?.map(like);
    if (tests?.includes(undefined)) return undefined;
    const found = looks ? undefined : read(pattern, flags, false, call);
    if (!looks && !found) return undefined;
    const test = tests
      ? tests.reduce((all, each) => infix("and")`${all!} AND ${each!}`)!
      : tidb`REGEXP_LIKE(${filled}, ${found!.text}, ${found!.flags})`;
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
        "^(?=.*[A-Z])(?=.*\\d).{3,}$",
        "^(?!a)",
        "^(?!.*[,)(%]).+$",
        "^(?=(?:a|A)b)(?!abc).*",
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

const replaced: Write = ([value, pattern, replacement, flagsArg], call) => {
  const flags = flagsAt(flagsArg, call);
  const text = call.text(replacement);
  if (flags === undefined || text === undefined) return call.refuse("regexp_replace() with a replacement or flags that are no literals");
  const found = read(pattern, flags, true, call);
  if (!found) return undefined;
  const occurrence = raw(flags.includes("g") ? "0" : "1");
  // After a match that reaches as far, PostgreSQL takes one of nothing as well.
  if (flags.includes("g") && text !== "" && found.known && mayBeNothing(found.known.re2)) call.say("empty");
  return tidb`REGEXP_REPLACE(${value}, ${found.text}, ${raw(string(patternReplacement(text)))}, 1, ${occurrence}, ${found.flags})`;
};

/** The part of a text that the nth group matches. */
function groupOf(value: Value, re2: string, flags: Tidb, group: number): Tidb {
  const whole = tidb`REGEXP_SUBSTR(${value}, ${raw(string(re2))}, 1, 1, ${flags})`;
  return group === 0 ? whole : matchedGroup(whole, re2, flags, group);
}

/** A pattern whose quantifiers take as little as they can. */
const lazy = (source: string): string =>
  source.replaceAll(/\\.|\[[^\]]*\]|\(\?|[*+?}]/gsu, (all) => (/^[*+?}]$/.test(all) ? `${all}?` : all));

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
      "t SIMILAR TO '%\\%' ESCAPE ''",
      "t SIMILAR TO '\\d+'",
      "t SIMILAR TO '%#s%' ESCAPE '#'",
      "t SIMILAR TO '\\w' ESCAPE ''",
      "t SIMILAR TO 'é%%' ESCAPE '%'",
      "t SIMILAR TO 'aéa' ESCAPE 'é'",
      "t SIMILAR TO 'a#' ESCAPE '#'",
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
    "substring-similar": {
      calls: ["substring(text, text, text)"],
      tidb: ([value, pattern, mark], call) => {
        const [text, sign] = [call.text(pattern), call.text(mark)];
        if (text === undefined || sign?.length !== 1) return call.refuse("a part of a text by a pattern, or an escape, that is no literal");
        if (text.includes(sign.repeat(2))) return call.refuse("an escape that is escaped");
        const [before, part, after, ...more] = text.split(`${sign}"`).map((each) => fromSimilar(each, sign).slice(4, -2));
        if (more.length > 0 || (part !== undefined && after === undefined)) return call.refuse("a pattern without two separators");
        const re = part === undefined ? `^(${before})$` : `^(?:${lazy(before!)})(${part})(?:${after})$`;
        const known = translatePattern(re);
        if (typeof known === "string") return call.refuse(`a regular expression with ${known}`);
        if (known.alternatives) call.say("longest");
        const known2 = raw(string(known.re2));
        return tidb`CASE WHEN REGEXP_LIKE(${value}, ${known2}, 'cs') THEN REGEXP_REPLACE(${value}, ${known2}, ${raw(string("\\1"))}, 1, 1, 'cs') END`;
      },
      why: "Of what stands before the part the shortest is taken, of the part itself the longest.",
      messages: { longest: LONGEST },
      proofs: [
        ...proofs(
          "substring(t similar '%#\"a_#\"%' escape '#')",
          "substring(t similar '%#\"[a-c]+#\"%' escape '#')",
          "substring(t from '#\"%#\"b%' for '#')",
          "substring(t similar '_#\"%#\"_' escape '#')",
          "substring(t similar 'a%' escape '#')",
          "substring('Thomas' || t similar '%#\"o_a#\"_%' escape '#')",
          "substring('foo*bar.' || t similar '%o#*#\"%#\".%' escape '#')",
        ),
        ...["substring(t similar 'a#\"b|c#\"%' escape '#')", "substring('abcdefg' || t similar 'a#\"(b|c)+#\"%' escape '#')"].map((pg) => ({
          pg,
          findings: ["longest"],
        })),
        { pg: "substring('xyxyz' || t similar '(xy)+#\"(z_?)*#\"%' escape '#')" },
      ],
    },
    match: {
      calls: ["regexp_match(text, text)", "regexp_match(text, text, text)"],
      tidb: ([value, pattern, flagsArg], call) => {
        const flags = flagsAt(flagsArg, call);
        if (flags === undefined) return call.refuse("regexp_match() with flags that are no literal");
        const found = parts(value, pattern, flags, call);
        const test = found && read(pattern, flags, false, call);
        return test && tidb`CASE WHEN REGEXP_LIKE(${value}, ${test.text}, ${test.flags}) THEN ${invoke("JSON_ARRAY", found)} END`;
      },
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_match(t, '(.)(b)')",
          "regexp_match(t, '[a-z]+')",
          "(regexp_match(t, '(\\w)-(\\d+)'))[2]",
          "regexp_match(t, 'A(B?)', 'i')",
          "regexp_match(t, '^b', 'n')",
        ),
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
        "regexp_instr(text, text, int4, int4, int4, text, int4)",
      ],
      tidb: ([value, pattern, start, nth, end, flagsArg, groupArg], call) => {
        const flags = flagsAt(flagsArg, call);
        const [from, n, side] = [start, nth, end].map((each, i) => (each === undefined ? [1, 1, 0][i] : call.integer(each)));
        if (flags === undefined || from === undefined || from < 1 || n === undefined || n < 1 || (side !== 0 && side !== 1))
          return call.refuse("regexp_instr() with flags or numbers that are no literals");
        const found = searched(pattern, flags, call);
        if (!found) return undefined;
        if (from > 1 && /^\^|[(|]\^/.test(found.re2))
          return call.refuse("regexp_instr() of a pattern with ^ from another start than the first");
        const group = groupArg === undefined ? 0 : call.integer(groupArg);
        const place = (at: number) =>
          tidb`REGEXP_INSTR(${value}, ${raw(string(found.re2))}, ${raw(String(from))}, ${raw(String(n))}, ${raw(String(at))}, ${found.flags})`;
        if (group === 0) return tidb`CASE WHEN CHAR_LENGTH(${value}) < ${raw(String(from))} THEN 0 ELSE ${place(side)} END`;
        const { optionalGroup, edges } = read(pattern, flags, true, call)?.known ?? {};
        const before = group === undefined || optionalGroup || edges ? undefined : beforeGroup(found.re2, group);
        if (before === undefined)
          return call.refuse("the place of a group that is not there, is inside another, or can stay without a match");
        const whole = tidb`REGEXP_SUBSTR(${value}, ${raw(string(found.re2))}, ${raw(String(from))}, ${raw(String(n))}, ${found.flags})`;
        const gone = tidb`CHAR_LENGTH(REGEXP_REPLACE(${whole}, ${raw(string(before))}, ${raw(string("\\1"))}, 1, 1, ${found.flags}))`;
        const began = infix("additive")`${place(0)} + ${gone}`;
        const shifted =
          side === 0 ? began : infix("additive")`${began} + CHAR_LENGTH(${matchedGroup(whole, found.re2, found.flags, group!)})`;
        return tidb`CASE WHEN CHAR_LENGTH(${value}) < ${raw(String(from))} OR ${place(0)} = 0 THEN 0 ELSE ${shifted} END`;
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
          "regexp_instr(t, '(.)(b)', 1, 1, 0, 'i', 2)",
          "regexp_instr('xéAb' || t, '(.)[\\])a](b+)(.*)', 1, 1, 1, 'i', 2)",
          "regexp_instr(t || 'ABCDEF', 'c(.)(..)', 1, 1, 0, 'i', 2)",
          "regexp_instr(t, 'a(?:b)', 1, 1, 0, '', 0)",
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
        const part = group === 0 ? whole : matchedGroup(whole, found.re2, found.flags, group);
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
        const changed = tidb`REGEXP_REPLACE(${value}, ${raw(string(found.re2))}, ${raw(string(patternReplacement(text)))}, ${raw(String(from))}, ${raw(String(n))}, ${found.flags})`;
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
        const source = call.text(pattern);
        if (source === undefined) return call.refuse("regexp_split_to_array() of a pattern that is no literal");
        const found = splitMarked(value, source, flags);
        if (typeof found === "string") return call.refuse(`regexp_split_to_array() by a regular expression with ${found}`);
        if (found.pattern.edges) call.say("edge");
        if (found.pattern.alternatives || found.pattern.mixed) call.say("longest");
        return tidb`CAST(CONCAT('[', REPLACE(JSON_QUOTE(${found.text}), ${SPLIT_MARK}, '","'), ']') AS JSON)`;
      },
      messages: { longest: LONGEST, edge: EDGE },
      proofs: [
        ...proofs(
          "regexp_split_to_array(t, '\\s+')",
          "regexp_split_to_array(t, ',')",
          "regexp_split_to_array(t, '\\s*,\\s*')",
          "regexp_split_to_array(t, 'B', 'i')",
          "(regexp_split_to_array(t, '[ ,]'))[2]",
          "regexp_split_to_array(t, '\\s*')",
          "regexp_split_to_array('  ' || t || ' x  ', ' *')",
          "regexp_split_to_array(t || '12ab3', '\\d*')",
          "regexp_split_to_array(t, 'B*', 'i')",
          "regexp_split_to_array(t || v, '[a-c ]*')",
        ),
        { pg: "regexp_split_to_array(t, 'ab|a')", findings: ["longest"] },
        { pg: "regexp_split_to_array(t, '\\mb')", findings: ["edge"] },
      ],
    },
  },
);
