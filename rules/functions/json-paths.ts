import {
  as,
  type Call,
  type JsonPath,
  type Literal,
  mayRaise,
  type Operands,
  parseJsonPath,
  pathArray,
  pathFinds,
  pathFirst,
  pathTest,
  proofs,
  raw,
  type Surroundings,
  scalarFound,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
  withDefaults,
} from "../../src/rule.js";

type Variable = Literal | { readonly value: Tidb };

const text = (value: string): Tidb => tidb`${raw(string(value))}`;
const type = (document: Tidb): Tidb => tidb`JSON_TYPE(${document})`;

const RAISES = warning(
  "the path finds nothing where PostgreSQL raises an error: for what is missing in strict mode, for no number, for no variable",
  {
    help: "nothing to do where documents are shaped as the path says",
  },
);

const SPELT = warning("an object's or a decimal number's text may be spelt otherwise: other order of keys, other zeros", {
  help: "compare documents as JSON, and numbers as numbers",
});

const given = (value: Value | undefined): value is Value => value !== undefined && as("A_Const", value)?.isnull !== true;

/** A constant of SQL or of JSON as a path has it. */
function literalOf(json: unknown): Literal | undefined {
  if (json === null) return { literal: "null", type: "null" };
  const kind = typeof json;
  return kind === "string" || kind === "number" || kind === "boolean" ? { literal: String(json), type: kind } : undefined;
}

const NUMBERS = /^(?:int[248]|numeric|float[48])$/;

/** What PASSING, or jsonb_build_object() with known names, gives to variables. */
function passed(vars: Value, call: Call): ReadonlyMap<string, Variable> | undefined {
  const made = as("FuncCall", vars);
  const args = made?.funcname?.at(-1) === "jsonb_build_object" ? (made.args ?? []) : [];
  const found = new Map<string, Variable>();
  for (let i = 0; i < args.length; i += 2) {
    const [name, given] = [call.text(args[i]!), args[i + 1]!];
    const { name: own } = call.type(given);
    const known = call.text(given);
    const json = known === undefined ? call.other("to_jsonb", [own], [given]) : undefined;
    if (name === undefined || (known === undefined && !json)) return undefined;
    const kind = NUMBERS.test(own) ? "number" : own === "bool" ? "boolean" : "string";
    const value = json && tidb`COALESCE(${json}, CAST('null' AS JSON))`;
    found.set(name, value ? { value } : { literal: known!, type: kind });
  }
  if (args.length === 0) return undefined;
  call.open(made as never);
  return found;
}

/** The variables of a path. */
function variables(vars: Value, call: Call): NonNullable<Surroundings["variable"]> {
  const written = call.text(vars);
  if (written !== undefined) {
    const known = JSON.parse(written) as Record<string, unknown>;
    return (name) => literalOf(known[name]);
  }
  const given = passed(vars, call);
  if (given) return (name) => given.get(name);
  call.say("raises");
  return (name) => ({ value: tidb`JSON_EXTRACT(${vars}, ${text(`$.${JSON.stringify(name)}`)})` });
}

/** An expression as PostgreSQL's `~` has it, where a point and what is in no class are no line break (jspConvertRegexFlags). */
function expression(pattern: string, flags: string): string | undefined {
  if (/[^isq]/.test(flags)) return undefined;
  if (flags.includes("q")) return `***=${pattern}`;
  if (flags.includes("s")) return pattern;
  if (/\[\^?\]/.test(pattern)) return undefined;
  return pattern.replaceAll(/\\.|\[(\^?)(?:[^\]\\]|\\.)*\]|\./gs, (part, not) =>
    part === "." ? "[^\\n]" : not === "^" ? `[^\\n${part.slice(2)}` : part,
  );
}

/** A path that is a literal; undefined, after a word, for all others. */
function pathOf(path: Value, vars: Value | undefined, call: Call): JsonPath | undefined {
  const parsed = parseJsonPath(call.text(path) ?? "", {
    variable: given(vars) ? variables(vars, call) : () => undefined,
    regex: (pattern, flags) => {
      const are = expression(pattern, flags);
      const sign = flags.includes("i") ? "~*" : "~";
      const test = (own: Tidb) => call.other(sign, ["text", "text"], [own, { kind: "A_Const", sval: are! }]);
      return are !== undefined && test(tidb`''`) ? (own) => test(own)! : undefined;
    },
  });
  if (!parsed) return call.refuse("a path of SQL/JSON that is no literal, or has a part that TiDB cannot do");
  if (mayRaise(parsed)) call.say("raises");
  return parsed;
}

/** All that a path finds, as an array; NULL where it finds nothing. */
function found([target, path]: Operands, vars: Value | undefined, call: Call): Tidb | undefined {
  const parsed = pathOf(path, vars, call);
  if (!parsed) return undefined;
  return pathArray(target, parsed) ?? call.refuse("a path of SQL/JSON that goes through every depth and tells what it finds in order");
}

/** `silent`, which keeps errors from being raised, changes nothing that is said of them. */
const withVariables = (name: string) => [
  `${name}(jsonb, jsonpath)`,
  `${name}(jsonb, jsonpath, jsonb)`,
  `${name}(jsonb, jsonpath, jsonb, bool)`,
];

/** A default as JSON. */
function asDocument(value: Value, call: Call): Value | Tidb | undefined {
  const written = call.text(value);
  if (written !== undefined) return tidb`CAST(${text(written)} AS JSON)`;
  return /^jsonb?$/.test(call.type(value).name) || as("A_Const", value)?.isnull
    ? value
    : call.refuse("JSON_QUERY() with a default that is no document");
}

/** JSON_QUERY(): several values are an error that gives NULL, or are put into an array. */
const query: Write = (args, call) => {
  const [target, , empty, failed, vars] = args;
  const items = found(args, vars, call);
  const { name } = call.result;
  if (!items) return undefined;
  const isText = /^(?:text|varchar)$/.test(name) && !call.result.mods?.length;
  if (!isText && !/^jsonb?$/.test(name)) return call.refuse(`JSON_QUERY() as ${name}`);
  const first = tidb`JSON_EXTRACT(${items}, '$[0]')`;
  const wrapper = call.signature.name.slice("json_query_".length);
  const unquoted = tidb`JSON_UNQUOTE(${first})`;
  const bare = isText
    ? unquoted
    : tidb`CASE ${type(first)} WHEN 'STRING' THEN CASE WHEN JSON_VALID(${unquoted}) THEN CAST(${unquoted} AS JSON) END ELSE ${first} END`;
  const single = tidb`CASE WHEN JSON_LENGTH(${items}) = 1 THEN ${wrapper === "unquoted" ? bare : first} END`;
  const document =
    wrapper === "wrapped"
      ? items
      : wrapper === "conditional"
        ? tidb`CASE WHEN JSON_LENGTH(${items}) = 1 THEN ${first} ELSE ${items} END`
        : single;
  if (isText) call.say("spelt");
  const taken = isText && wrapper !== "unquoted" ? tidb`CAST(${document} AS CHAR)` : document;
  const [onEmpty, onError] = [empty, failed].map((value) => (given(value) ? (isText ? value : asDocument(value, call)) : undefined));
  if ((given(empty) && !onEmpty) || (given(failed) && !onError)) return undefined;
  return withDefaults(items, taken, target, onEmpty, onError);
};

const quiet = (findings: readonly string[], ...expressions: readonly string[]) => expressions.map((pg) => ({ pg, findings }));

export const jsonPathRules = table(
  "functions/json-paths",
  { pg: "functions-json", tidb: "json-functions" },
  {
    exists: {
      calls: [
        ...withVariables("jsonb_path_exists"),
        "@?(jsonb, jsonpath)",
        "json_exists(jsonb, jsonpath|text|unknown)",
        "json_exists(jsonb, jsonpath|text|unknown, any)",
      ],
      tidb: ([target, path, vars], call) => {
        const parsed = pathOf(path, vars, call);
        return parsed && pathFinds(target, parsed);
      },
      messages: { raises: RAISES },
      why: "In TiDB's paths [0 to last] goes through an array and takes any other value as it is, as lax mode does.",
      proofs: [
        ...proofs(
          "jsonb_path_exists(j, '$.a')",
          "j @? '$.a.b'",
          "j @? '$'",
          "j @? '$[1]'",
          "j @? '$[*]'",
          "JSON_EXISTS(j, '$.tags')",
          "jsonb_path_exists(j, 'lax $.\"é\"')",
          "j @? '$.tags[*]'",
          "j @? '$.tags[*] ? (@ == \"x\")'",
          "jsonb_path_exists(j, '$[*] ? (@ > 1)')",
          "jsonb_path_exists(j, '$[*] ? (exists(@.k))')",
          "jsonb_path_exists(j, '$.a ? (@ != null)')",
          `jsonb_path_exists(j, '$.a ? (@.b != 1 || !(@.c starts with "x"))')`,
          "j @? '$.**.c'",
          "j @? '$.* ? (@ > 1)'",
          "jsonb_path_exists(j, '$.* ? (@ >= $low && @ < $high)', '{\"low\": 1, \"high\": 3}')",
          "jsonb_path_exists(j, '$.* ? (@ == $v)', jsonb_build_object('v', i4))",
          "jsonb_path_exists(j, '$[*] ? (@.type() == \"number\")')",
          "j @? '$.tags ? (@.size() > 1)'",
          "j @? '$.* ? (@ like_regex \"^[a-z]+$\")'",
          'j @? \'$.* ? (@ like_regex "^V.*" flag "i")\'',
          "j @? '$[*] ? ((@ > 1) is unknown)'",
          "j @? '$ ? (@.a == @.n || @.k <> @.a)'",
          "j @? '$.* ? (@ * 2 - 1 > 1)'",
          "JSON_EXISTS(j, '$.* ? (@ > $x)' PASSING i4 AS x)",
        ),
        ...quiet(["raises"], "COALESCE(j @? 'strict $.a.b', false)"),
        { pg: "jsonb_path_exists(j, '$.a ? (@ == $a)', j)", findings: ["raises"], differs: true },
      ],
    },
    match: {
      calls: [...withVariables("jsonb_path_match"), "@@(jsonb, jsonpath)"],
      tidb: ([target, path, vars], call) => {
        const parsed = pathOf(path, vars, call);
        if (!parsed) return undefined;
        return "predicate" in parsed ? pathTest(target, parsed) : call.refuse("a path that is no predicate");
      },
      messages: { raises: RAISES },
      proofs: [
        ...proofs(
          "j @@ '$.k == \"v\"'",
          "j @@ '$.a == null'",
          "j @@ '$.n > 1 && $.a != 5'",
          "jsonb_path_match(j, 'exists($.tags[*] ? (@ == \"x\"))')",
          "j @@ '$.a == 1'",
          "j @@ '!($.a == 1)'",
          "j @@ '$[*] > 1'",
          "j @@ '$.* <= null'",
          "j @@ '$.* < \"m\"'",
          "j @@ '$.* == $.*'",
          "j @@ '$.a <> $.n'",
          "j @@ '($.a == 1) is unknown'",
          "jsonb_path_match(j, '$.* == $x', '{\"x\": true}')",
        ),
        ...quiet(["raises"], "j @@ 'strict $.a == 1'"),
      ],
    },
    "query-array": {
      calls: withVariables("jsonb_path_query_array"),
      tidb: (args, call) => {
        const items = found(args, args[2], call);
        const none = call.nullable(args[0]) ? tidb`CASE WHEN ${args[0]} IS NOT NULL THEN JSON_ARRAY() END` : tidb`JSON_ARRAY()`;
        return items && tidb`COALESCE(${items}, ${none})`;
      },
      messages: { raises: RAISES },
      proofs: [
        ...proofs(
          "jsonb_path_query_array(j, '$[*]')",
          "jsonb_path_query_array(j, '$.a')",
          "jsonb_path_query_array(j, '$.a.b')",
          "jsonb_path_query_array(j, '$')",
          "jsonb_path_query_array(j, '$.tags[*]')",
          "jsonb_path_query_array(j, '$[*] ? (@ > 1)')",
          "jsonb_path_query_array(j, '$.tags[*] ? (@ starts with \"x\")')",
          "jsonb_path_query_array('[{\"a\": 5}, {\"a\": [6, 7]}]'::jsonb || jb, '$.a[*]')",
          "jsonb_path_query_array(j, '$.*')",
          'jsonb_path_query_array(\'{"b": 1, "aa": {"x": 2}, "a": [3, {"c": 4}]}\', \'$.*.*\')',
          "jsonb_path_query_array(j, '$.type()')",
          "jsonb_path_query_array(j, '$.*.type()')",
          "jsonb_path_query_array(j, '$.size()')",
          "jsonb_path_query_array(j, '$.tags[last]')",
          "jsonb_path_query_array(j, '$.*[last]')",
          "jsonb_path_query_array(j, '$[0 to 1]')",
          "jsonb_path_query_array(j, '$[1, 0, 5 to 7, 0 to last]')",
          "jsonb_path_query_array(j, '$.tags[last - 1]')",
          "jsonb_path_query_array(j, '$[*] == 1')",
          "jsonb_path_query_array(j, '$ ? (@.a == 1).*')",
          'jsonb_path_query_array(\'{"a": [{"n": "x", "v": 1}, {"n": ["y", "x"], "v": [2]}, {"v": 3}]}\', \'$.a ? (@.n == "x").v\')',
          "jsonb_path_query_array(j, '$.tags[$i]', '{\"i\": 1}')",
        ),
        ...quiet(
          ["raises"],
          'jsonb_path_query_array(\'{"b": 1, "aa": {"x": 2}, "a": [3]}\', \'$.keyvalue().key\')',
          "jsonb_path_query_array('[{\"b\": 1, \"a\": [3]}, {}]', '$.keyvalue().value')",
          "jsonb_path_query_array('[1.5, -2.3, [4]]', '$[*].floor()')",
          "jsonb_path_query_array('[1.5, -2.3, [4]]', '$[*].ceiling()')",
          "jsonb_path_query_array('[1.5, -2, 0]', '$[*].abs()')",
          "jsonb_path_query_array('[\"1.5\", \" -2e2 \", 7]', '$[*].double()')",
          "jsonb_path_query_array('[\"15\", 2.5, -2.5]', '$[*].integer()')",
          "jsonb_path_query_array('[\"x\", 2.5, true]', '$[*].string()')",
          "jsonb_path_query_array('{\"a\": [7], \"b\": 0.1}', '$.a * 2 + $.b')",
          "jsonb_path_query_array('{\"a\": 7, \"b\": 4}', '$.a % $.b - 1')",
          "jsonb_path_query_array('{\"a\": 7, \"b\": 4}', '- $.*')",
          "jsonb_path_query_array('{\"a\": [1, 5]}', 'strict $.a[*] ? (@ > 3)')",
          'jsonb_path_query_array(\'{"a": [{"n": 1}, {"m": 5}, {"n": [7]}]}\', \'strict $.a[*] ? (@.n > 0)\')',
        ),
      ],
    },
    "query-first": {
      calls: withVariables("jsonb_path_query_first"),
      tidb: ([target, path, vars], call) => {
        const parsed = pathOf(path, vars, call);
        return parsed && (pathFirst(target, parsed) ?? call.refuse("a path that goes through every depth"));
      },
      messages: { raises: RAISES },
      proofs: [
        ...proofs(
          "jsonb_path_query_first(j, '$.a')",
          "jsonb_path_query_first(j, '$.a.b.c[0]')",
          "jsonb_path_query_first(j, '$[*]')",
          "jsonb_path_query_first(j, '$[1]')",
          "jsonb_path_query_first(j, '$.tags[*]')",
          "jsonb_path_query_first(j, '$[*] ? (@ > 1)')",
          "jsonb_path_query_first(j, '$.tags[*] ? (@ != \"x\")')",
          "jsonb_path_query_first(j, '$[last]')",
          "jsonb_path_query_first(j, '$.type()')",
          "jsonb_path_query_first(j, '$.a > 0')",
        ),
        ...quiet(["raises"], "jsonb_path_query_first('{\"a\": [[1]]}', 'strict $.a[0]')"),
      ],
    },
    query: {
      calls: ["", "_wrapped", "_conditional", "_unquoted"].flatMap((kind) => [
        `json_query${kind}(jsonb, jsonpath|text|unknown)`,
        `json_query${kind}(jsonb, jsonpath|text|unknown, any, any, any)`,
      ]),
      tidb: query,
      messages: { raises: RAISES, spelt: SPELT },
      proofs: [
        ...proofs(
          "JSON_QUERY(j, '$.a')",
          "JSON_QUERY(j, '$')",
          "JSON_QUERY(j, '$.a' WITH WRAPPER)",
          "JSON_QUERY(j, '$[*].k' WITH WRAPPER)",
          "JSON_QUERY(j, '$.tags[*]' WITH CONDITIONAL WRAPPER)",
          "JSON_QUERY(j, '$.a' OMIT QUOTES)",
          "JSON_QUERY(j, '$.b' EMPTY ARRAY ON EMPTY)",
          "JSON_QUERY(COALESCE(j, '1'), '$.*' EMPTY OBJECT ON EMPTY DEFAULT '[0]' ON ERROR)",
          "JSON_QUERY(j, '$.b' DEFAULT '{\"z\": 1}' ON EMPTY)",
          "JSON_QUERY(j, '$.* ? (@ == $x)' PASSING i4 AS x WITH WRAPPER)",
        ),
        ...quiet(["raises"], "JSON_QUERY(j, 'strict $.a')"),
        ...quiet(["spelt"], "JSON_QUERY(j, '$.k' RETURNING text OMIT QUOTES)", "JSON_QUERY(j, '$.tags' RETURNING text)"),
      ],
    },
    value: {
      calls: ["json_value(jsonb, jsonpath|text|unknown)", "json_value(jsonb, jsonpath|text|unknown, any, any, any)"],
      tidb: (args, call) => {
        const [target, , empty, failed, vars] = args;
        const items = found(args, vars, call);
        const { name } = call.result;
        const taken = items && scalarFound(items, call.result);
        if (!taken) return items && call.refuse(`JSON_VALUE() as ${name}`);
        if (/^(?:text|varchar)$/.test(name)) call.say("spelt");
        const [onEmpty, onError] = [empty, failed].map((other) => (given(other) ? other : undefined));
        return withDefaults(items, taken, target, onEmpty, onError);
      },
      messages: { spelt: SPELT, raises: RAISES },
      proofs: [
        ...quiet(
          ["spelt"],
          "JSON_VALUE(j, '$.a')",
          "JSON_VALUE(j, '$.k')",
          "JSON_VALUE(COALESCE(j, '1'), '$.k' DEFAULT 'none' ON EMPTY)",
          "JSON_VALUE(j, '$')",
          "JSON_VALUE(j, '$.tags[*]')",
          "JSON_VALUE(j, '$.k' RETURNING varchar(2))",
          "JSON_VALUE(j, '$[$i]' PASSING 0 AS i)",
        ),
        ...proofs(
          "JSON_VALUE(j, '$.a' RETURNING int)",
          "JSON_VALUE(j, '$.b' RETURNING boolean)",
          "JSON_VALUE(j, '$.a' RETURNING int DEFAULT -1 ON ERROR)",
          "JSON_VALUE(j, '$.k' RETURNING int DEFAULT 0 ON EMPTY DEFAULT -1 ON ERROR)",
          "JSON_VALUE(j, '$.a' RETURNING float8)",
          "JSON_VALUE('{\"a\": 2.5}', '$.a' RETURNING int)",
          ...['" 5 "', '"+5"', '" -.5e1 "', '"5."', '"5\\n"', '"\\u00a05"'].flatMap((text) =>
            ["int", "numeric", "float8"].map((name) => `JSON_VALUE('${text}', '$' RETURNING ${name})`),
          ),
          "JSON_VALUE('{\"d\": \"2024-02-29\"}', '$.d' RETURNING date)",
          "JSON_VALUE('{\"d\": \"2024-02-29T10:11:12.5\"}', '$.d' RETURNING timestamp)",
        ),
        ...quiet(["raises"], "JSON_VALUE(j, 'strict $.a' RETURNING int)"),
      ],
    },
  },
);
