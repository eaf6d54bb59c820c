import {
  arrayToJson,
  as,
  type Call,
  counter,
  infix,
  invoke,
  isNode,
  literal,
  proofs,
  raw,
  spliced,
  string,
  type Tidb,
  table,
  tidb,
  unchanged,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** Elements that are stored in JSON as they are, or as their text. */
const STORED = /^(?:int[248]|float8|text|varchar|name|uuid|unknown|jsonb|inet|cidr|interval)$/;
/** Those of them that TiDB keeps as a text, and PostgreSQL does not. */
const TEXTUAL = /^(?:inet|cidr|interval)$/;
const NUMBERS = /^(?:int[248]|float8|numeric)$/;
const AS_TEXT = /^(?:date|timestamp|time|timestamptz)$/;

const DOUBLE = warning("numbers of JSON are doubles: an element is rounded to 15 digits or so", {
  help: "write the element as a text where it may have more: array_agg(x::text)",
});

/**
 * An element as it is stored in an array.
 * @param rounds whether the row says so (DOUBLE) where a number may have more digits than a double
 */
function stored(value: Value, call: Call, rounds = false): Tidb | undefined {
  const { name, mods } = call.type(value);
  if (STORED.test(name) || name.endsWith("[]")) return tidb`${value}`;
  // A number of JSON is a double.
  if (name === "numeric" && ((mods?.[0] ?? 99) <= 15 || call.text(value) !== undefined)) return tidb`${value}`;
  if (name === "numeric" && rounds) {
    call.say("double");
    return tidb`${value}`;
  }
  // A column's shortest digits, and not those of the double that is nearest to it; what CAST makes is not rounded to a FLOAT.
  if (name === "float4" && as("ColumnRef", value)) return tidb`CAST(CAST(${value} AS CHAR) AS DOUBLE)`;
  if (name === "bool") return call.other("to_jsonb", ["bool"], [value]);
  if (AS_TEXT.test(name) || call.catalog.enums.has(name)) return call.other("::", [name, "text"], [value]);
  return call.refuse(`an array of ${name}`);
}

const elementType = (array: Value, call: Call) => call.type(array).name.slice(0, -2);

/** A string of JSON, as a part of a regular expression. */
const STRING = '"(?:[^"\\\\]|\\\\.)*"';

/** Elements of an array as JSON writes them, each within `around`: a line break is never part of one. */
function elements(array: Value | Tidb, around: readonly [string, string]): Tidb {
  const pattern = string(`\\[*(${STRING}|[^"\\[,\\]]*)(?:, |\\]+(?:, )?)`);
  return tidb`REGEXP_REPLACE(SUBSTRING(CAST(${array} AS CHAR), 2), ${raw(pattern)}, ${raw(string(around.join("\\1")))})`;
}

/** An element as JSON writes it in an array. */
function written(value: Value, element: string, call: Call): Tidb | undefined {
  const known = call.text(value);
  if (as("A_Const", value)?.isnull) return tidb`'null'`;
  const item = stored(value, call);
  if (!item) return undefined;
  const isNumber = /^int[248]$/.test(element);
  const text = isNumber
    ? tidb`CAST(${item} AS CHAR)`
    : NUMBERS.test(element) || element === "bool"
      ? tidb`CAST(CAST(${item} AS JSON) AS CHAR)`
      : tidb`CAST(CAST(JSON_QUOTE(${item}) AS JSON) AS CHAR)`;
  return known === undefined && call.nullable(value) ? tidb`COALESCE(${text}, 'null')` : text;
}

/** A text within a string of JSON. */
const within = (text: string) => JSON.stringify(text).slice(1, -1);

/** Text in the replacement of a regular expression. */
const replacing = (text: string) => text.replaceAll("\\", "\\\\");

/** Types whose elements JSON writes without quotes and commas. */
const PLAIN = /^int[248]$/;

const changed: Write = ([array, from, to], call) => {
  const element = elementType(array, call);
  const [old, other] = [written(from, element, call), to === undefined ? undefined : written(to, element, call)];
  if (!old || (to !== undefined && !other)) return undefined;
  const around = (item: Tidb) => tidb`CONCAT(${LINE}, ${item}, ${LINE})`;
  const made = tidb`REPLACE(${elements(array, ["\n", "\n"])}, ${around(old)}, ${other ? around(other) : tidb`''`})`;
  return tidb`CAST(CONCAT('[', REPLACE(TRIM(BOTH ${LINE} FROM ${made}), ${raw(string("\n\n"))}, ', '), ']') AS JSON)`;
};
const LINE = raw(string("\n"));

/** array_to_string(): NULL is left out, or written as a text. */
const joinedText: Write = ([array, separator, instead], call) => {
  const element = elementType(array, call);
  if (!PLAIN.test(element) && !TEXTS.test(element) && element !== "bool" && !AS_TEXT.test(element) && !call.catalog.enums.has(element))
    return call.refuse(`array_to_string() of an array of ${element}`);
  const quotes = !PLAIN.test(element) && element !== "bool";
  const [between, placeholder] = [call.text(separator), instead === undefined ? undefined : call.text(instead)];
  if (instead !== undefined && placeholder === undefined) return call.refuse("array_to_string() with a text for NULL that is no literal");
  const lines = elements(array, ["", "\n"]);
  const told =
    placeholder === undefined
      ? tidb`REGEXP_REPLACE(${lines}, ${raw(string("^(?:null)?\n"))}, '', 1, 0, 'm')`
      : tidb`REGEXP_REPLACE(REGEXP_REPLACE(${lines}, ${raw(string("^\n"))}, ''), '^null$', ${raw(string(replacing(quotes ? JSON.stringify(placeholder) : placeholder)))}, 1, 0, 'm')`;
  const ends = tidb`REGEXP_REPLACE(${told}, ${raw(string(quotes ? '^"|"$|\n\\z' : "\n\\z"))}, '', 1, 0, 'm')`;
  if (!quotes) {
    const text = tidb`REPLACE(${ends}, ${LINE}, ${separator})`;
    return element === "bool" ? tidb`REPLACE(REPLACE(${text}, 'true', 't'), 'false', 'f')` : text;
  }
  const inner =
    between === undefined
      ? tidb`SUBSTRING(JSON_QUOTE(${separator}), 2, CHAR_LENGTH(JSON_QUOTE(${separator})) - 2)`
      : tidb`${raw(string(within(between)))}`;
  return tidb`JSON_UNQUOTE(CONCAT('"', REPLACE(${ends}, ${LINE}, ${inner}), '"'))`;
};
const TEXTS = /^(?:text|varchar|name|uuid|bpchar)$/;

/** The text of an array, as PostgreSQL writes it (arrayfuncs.c, array_out). */
const asText: Write = ([array], call) => {
  const element = elementType(array, call);
  if (PLAIN.test(element) || element === "bool") {
    const text = tidb`REPLACE(REPLACE(REPLACE(REPLACE(CAST(${array} AS CHAR), '[', '{'), ']', '}'), ', ', ','), 'null', 'NULL')`;
    return element === "bool" ? tidb`REPLACE(REPLACE(${text}, 'true', 't'), 'false', 'f')` : text;
  }
  if (!TEXTS.test(element) && !AS_TEXT.test(element) && !call.catalog.enums.has(element))
    return call.refuse(`the text of an array of ${element}`);
  const lines = tidb`REGEXP_REPLACE(REGEXP_REPLACE(${elements(array, ["", "\n"])}, '^null$', 'NULL', 1, 0, 'm'), ${raw(string("^\n"))}, '')`;
  // A tab, which JSON never writes, keeps "null" in its quotes; then it stands for a quote of PostgreSQL's.
  const kept = tidb`REGEXP_REPLACE(${lines}, '^"(null)"$', ${raw(string('"\\1\t"'))}, 1, 0, 'mi')`;
  const bare = tidb`REGEXP_REPLACE(${kept}, ${raw(string('^"([^\\s{},"\\\\]+)"$'))}, ${raw(string("\\1"))}, 1, 0, 'm')`;
  const quoted = tidb`REGEXP_REPLACE(REPLACE(${bare}, ${raw(string("\t"))}, ''), '^"|"$', ${raw(string("\t"))}, 1, 0, 'm')`;
  const one = tidb`REPLACE(REGEXP_REPLACE(${quoted}, ${raw(string("\n\\z"))}, ''), ${LINE}, ',')`;
  const escaped = tidb`REPLACE(REPLACE(${one}, ${raw(string("\\\\"))}, ${raw(string("\\\\\\\\"))}), ${raw(string('\\"'))}, ${raw(string('\\\\\\"'))})`;
  return tidb`JSON_UNQUOTE(CONCAT('"{', REPLACE(${escaped}, ${raw(string("\t"))}, ${raw(string('\\"'))}), '}"'))`;
};

/** A value of JSON as an element's type; JSON's null is NULL. */
function taken(value: Tidb, element: string, call: Call): Tidb | undefined {
  const text = tidb`JSON_UNQUOTE(${value})`;
  const form = /^int[248]$/.test(element)
    ? tidb`CAST(${value} AS SIGNED)`
    : element === "float8"
      ? tidb`CAST(${value} AS DOUBLE)`
      : element === "numeric"
        ? tidb`CAST(${value} AS DECIMAL(65,30))`
        : element === "bool"
          ? infix("comparison")`${text} = 'true'`
          : element === "date"
            ? tidb`CAST(${text} AS DATE)`
            : element === "timestamp"
              ? tidb`CAST(${text} AS DATETIME(6))`
              : (STORED.test(element) && element !== "jsonb") || call.catalog.enums.has(element)
                ? text
                : undefined;
  return form
    ? tidb`CASE WHEN JSON_TYPE(${value}) NOT IN ('NULL', 'ARRAY') THEN ${form} END`
    : call.refuse(`an element of an array of ${element}`);
}

/** How many dimensions an array has that is written out; undefined for all others. */
function dimensions(array: Value, call: Call): number | undefined {
  const inner = as("TypeCast", array)?.arg ?? array;
  const elements = as("A_ArrayExpr", inner)?.elements;
  if (elements) return elements.length === 0 ? 1 : 1 + (as("A_ArrayExpr", elements[0]) ? (dimensions(elements[0]!, call) ?? 1) : 0);
  const text = call.text(array);
  return text === undefined ? undefined : (/^\s*\{+/.exec(text.replaceAll(/\s/g, ""))?.[0].length ?? undefined);
}

/** Whether it has that many dimensions: JSON_DEPTH counts the elements as well. */
const hasDimensions = (array: Value, count: number): Tidb => infix("comparison")`JSON_DEPTH(${array}) ${raw(">")} ${raw(String(count))}`;

/** Texts of the elements of an array that is written out as a literal. */
function items(array: Value, call: Call): readonly (string | null)[] | undefined {
  const text = call.text(array);
  const json = text === undefined ? undefined : arrayToJson(text, JSON.stringify);
  return json === undefined ? undefined : (JSON.parse(json) as (string | null)[]);
}

const COMPARED = /^(?:int[248]|numeric|text|varchar|name|uuid)$/;

/** Elements that are found in JSON as they are stored there: a date as its text. */
const SOUGHT = /^(?:int[248]|text|varchar|name|uuid|bool|date)$/;

/** A constant element as TiDB writes it. */
function constant(text: string | null, element: string, call: Call): Tidb | undefined {
  if (text === null) return tidb`NULL`;
  if (/^(?:int[248]|numeric)$/.test(element)) return /^-?\d+(?:\.\d+)?$/.test(text) ? tidb`${raw(text)}` : undefined;
  if (element === "uuid") return tidb`${raw(string(text.toLowerCase()))}`;
  if (COMPARED.test(element) || call.catalog.enums.has(element)) return tidb`${raw(string(text))}`;
  const made = literal(call.catalog, text, { name: element });
  return made === undefined ? undefined : tidb`${raw(made)}`;
}

/** `= ANY (array)` and `<> ALL (array)`. */
const membership = (word: "ANY" | "ALL"): Write => {
  const every = word === "ALL";
  return ([value, array], call) => {
    const element = call.signature.args[0]!;
    const known = items(array, call)?.map((item) => constant(item, element, call));
    if (known?.length === 0) {
      const sure = raw(every ? "TRUE" : "FALSE");
      return tidb`CASE WHEN ${value} IS NULL THEN ${sure} ELSE ${sure} END`;
    }
    if (known && !known.includes(undefined)) {
      const list: Tidb = { kind: "Tidb", texts: ["(", ...known.slice(1).map(() => ", "), ")"], holes: known as Tidb[] };
      return infix("comparison")`${value} ${raw(every ? "NOT IN" : "IN")} ${list}`;
    }
    if (!SOUGHT.test(element) && !call.catalog.enums.has(element)) return call.refuse(`${word} over an array of ${element}`);
    const sought = stored(value, call);
    if (!sought) return undefined;
    const found = infix("comparison")`${sought} MEMBER OF (${array})`;
    if (every)
      return tidb`CASE WHEN JSON_LENGTH(${array}) = 0 THEN TRUE WHEN ${found} THEN FALSE WHEN NOT JSON_CONTAINS(${array}, 'null') AND ${value} IS NOT NULL THEN TRUE END`;
    if (call.signature.name !== "= ANY" || isPlain(array, call)) return found;
    return tidb`CASE WHEN ${found} THEN TRUE WHEN JSON_LENGTH(${array}) = 0 OR ${value} IS NOT NULL AND NOT JSON_CONTAINS(${array}, 'null') THEN FALSE END`;
  };
};

/** The element of an array at hand, where `counter` goes through it. */
const itemOf = (array: Value, element: string, call: Call): Tidb => {
  const at = tidb`JSON_EXTRACT(${array}, CONCAT('$[', nth_item.item_i, ']'))`;
  return taken(at, element, call) ?? at;
};

const eachItem = (array: Value): Tidb => counter(tidb`JSON_LENGTH(${array})`);

const atItem = (array: Value): Tidb => tidb`JSON_EXTRACT(${array}, CONCAT('$[', nth_item.item_i, ']'))`;

/** The place of the first element that a test holds of. */
const firstItem = (array: Value, test: Tidb): Tidb =>
  tidb`(SELECT /*+ NO_DECORRELATE() */ MIN(nth_item.item_i) + 1 FROM ${eachItem(array)} WHERE ${test})`;

/** A test of each element, taken together as PostgreSQL does: what is NULL decides where nothing else does. */
const quantified = (array: Value, test: Tidb, every: boolean): Tidb => {
  const decided = every ? tidb`WHEN MIN(${test}) = 0 THEN FALSE` : tidb`WHEN MAX(${test}) = 1 THEN TRUE`;
  const rest = raw(every ? "TRUE" : "FALSE");
  const value = tidb`CASE ${decided} WHEN COUNT(*) > COUNT(${test}) THEN NULL ELSE ${rest} END`;
  return tidb`CASE WHEN ${array} IS NOT NULL THEN (SELECT /*+ NO_DECORRELATE() */ ${value} FROM ${eachItem(array)}) END`;
};

/** Elements of an array in another order, or some of them. */
const rearranged = (array: Value, value: Tidb, order: Tidb, where?: Tidb): Tidb => {
  const joined = tidb`GROUP_CONCAT(${value} ORDER BY ${order} SEPARATOR ',')`;
  const list = tidb`COALESCE(CAST(CONCAT('[', ${joined}, ']') AS JSON), JSON_ARRAY())`;
  return tidb`CASE WHEN ${array} IS NOT NULL THEN (SELECT /*+ NO_DECORRELATE() */ ${list} FROM ${eachItem(array)}${where ? tidb` WHERE ${where}` : raw("")}) END`;
};

const CUT = warning("the array is put together as text, which is cut at group_concat_max_len bytes: 1024 unless it is set", {
  help: "SET SESSION group_concat_max_len = 1073741824 in the connection of the application",
});

const OVER_ITEMS = ["=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"];

/** Elements of `ARRAY[…]`, also under casts of the array. */
function itemNodes(array: Value, call: Call): readonly Value[] | undefined {
  const cast = as("TypeCast", array);
  const inner = cast?.arg === undefined ? as("A_ArrayExpr", array) : as("A_ArrayExpr", cast.arg);
  if (!inner) return undefined;
  call.open(inner);
  if (cast) call.open(cast);
  return inner.elements;
}

const notNull = (array: Value): Tidb => tidb`COALESCE(${array}, JSON_ARRAY())`;

const joined: Write = ([a, b], call) => {
  const all = tidb`COALESCE(JSON_MERGE_PRESERVE(${a}, ${b}), ${a}, ${b})`;
  if ([a, b].every((array) => (dimensions(array, call) ?? 1) === 1)) return all;
  // An array of fewer dimensions is one more row of the other.
  const row = tidb`CASE WHEN JSON_LENGTH(${a}) = 0 THEN ${b} WHEN JSON_LENGTH(${b}) = 0 THEN ${a}`;
  const less = tidb` WHEN JSON_DEPTH(${a}) < JSON_DEPTH(${b}) THEN JSON_MERGE_PRESERVE(JSON_ARRAY(${a}), ${b})`;
  return spliced(
    row,
    less,
    tidb` WHEN JSON_DEPTH(${a}) > JSON_DEPTH(${b}) THEN JSON_MERGE_PRESERVE(${a}, JSON_ARRAY(${b})) ELSE ${all} END`,
  );
};
const appended: Write = ([array, value], call) => {
  const item = stored(value, call);
  return item && tidb`JSON_ARRAY_APPEND(${notNull(array)}, '$', ${item})`;
};
const prepended: Write = ([value, array], call) => {
  const item = stored(value, call);
  return item && tidb`JSON_ARRAY_INSERT(${notNull(array)}, '$[0]', ${item})`;
};

/** Whether an array is written out, and has no NULL. */
const isPlain = (array: Value, call: Call): boolean => {
  const elements = as("A_ArrayExpr", array)?.elements;
  if (elements) return elements.every((each) => !call.nullable(each));
  return items(array, call)?.includes(null) === false;
};

/** NULL is in no array in PostgreSQL. */
const contains = (whole: Value, part: Value, call: Call): Tidb =>
  isPlain(part, call)
    ? tidb`JSON_CONTAINS(${whole}, ${part})`
    : tidb`CASE WHEN JSON_CONTAINS(${part}, 'null') AND ${whole} IS NOT NULL THEN FALSE ELSE JSON_CONTAINS(${whole}, ${part}) END`;

const length: Write = ([array, dimension], call) => {
  const n = call.integer(dimension);
  if (n === undefined || n < 1) return call.refuse(`${call.signature.name}() of a dimension that is no literal`);
  if (n === 1) return tidb`CASE WHEN JSON_LENGTH(${array}) > 0 THEN JSON_LENGTH(${array}) END`;
  const inner = tidb`JSON_EXTRACT(${array}, ${raw(`'$${"[0]".repeat(n - 1)}'`)})`;
  return tidb`CASE WHEN ${hasDimensions(array, n)} THEN JSON_LENGTH(${inner}) END`;
};

/** A character that JSON never writes otherwise and that no escape has. */
const SEPARATOR = /^[^\p{L}\p{N}"\\\p{Cc}]+$/u;

/** A character for private use, which JSON writes as it is, stands for a separator that JSON may write otherwise. */
const MARK = raw(string("\uE000"));

/** A text as items of a JSON array, between separators. */
function split(text: Value, separator: Value, between: string | undefined): Tidb {
  if (between !== undefined && SEPARATOR.test(between)) return tidb`REPLACE(JSON_QUOTE(${text}), ${separator}, '","')`;
  const marked = tidb`CASE WHEN ${separator} = '' THEN ${text} ELSE REPLACE(${text}, ${separator}, ${MARK}) END`;
  return tidb`REPLACE(JSON_QUOTE(${between === undefined ? marked : tidb`REPLACE(${text}, ${separator}, ${MARK})`}), ${MARK}, '","')`;
}

/** A text as items of a JSON array, character by character. */
function characters(text: Value): Tidb {
  const each = string("(\\\\u[0-9a-f]{4}|\\\\.|[^\\\\])");
  const inner = tidb`SUBSTRING(JSON_QUOTE(${text}), 2, CHAR_LENGTH(JSON_QUOTE(${text})) - 2)`;
  return tidb`TRIM(TRAILING ',' FROM REGEXP_REPLACE(${inner}, ${raw(each)}, ${raw(string('"\\1",'))}))`;
}

/** A slice from or to an element that only the row tells; without a bound it reaches to that end. */
function computedSlice(array: Value, bounds: readonly Value[], name: string): Tidb {
  const [lower, upper] = name.startsWith("[n") ? [bounds[0], bounds[1]] : [undefined, bounds[0]];
  const first = lower === undefined ? tidb`1` : tidb`GREATEST(${lower}, 1)`;
  const last = upper === undefined ? tidb`'last'` : infix("additive")`${upper} - 1`;
  const found = tidb`COALESCE(JSON_EXTRACT(${array}, CONCAT('$[', ${first} - 1, ' to ', ${last}, ']')), JSON_ARRAY())`;
  const known = [array, lower, upper].flatMap((value): Tidb[] => (value === undefined ? [] : [infix("comparison")`${value} IS NOT NULL`]));
  const all = known.reduce((left, right) => infix("and")`${left} AND ${right}`);
  const part = upper === undefined ? found : tidb`CASE WHEN ${upper} < ${first} THEN JSON_ARRAY() ELSE ${found} END`;
  return tidb`CASE WHEN ${all} THEN ${part} END`;
}

/** A character within a string of a JSON text. */
const CHARACTER = String.raw`(?:[^"\\]|\\u[0-9a-f]{4}|\\.)`;
/** How often the regular expressions of TiDB repeat at most. */
const MOST_REPEATED = 1000;

export const arrayRules = table(
  "functions/arrays",
  { pg: "functions-array", tidb: "json-functions" },
  {
    "equal-any": {
      calls: ["= ANY(any, anyarray)", "= ANY of a condition(any, anyarray)"],
      tidb: membership("ANY"),
      why: "MEMBER OF is what a multi-valued index serves, and is not NULL beside a NULL: in a condition that is the same. A literal array is a list.",
      proofs: [
        ...proofs(
          "i4 = ANY('{1,2,7}')",
          "t = ANY('{a,\"a b\",é}')",
          "e = ANY('{ok,sad}')",
          "i4 = ANY('{}')",
          "i4 = ANY('{1,NULL}')",
          "NOT t = ANY('{a,b}'::text[])",
          "u = ANY('{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}')",
          "b = ANY('{t}')",
          "d = ANY('{2024-02-29,1970-01-01,NULL}')",
          "ts = ANY('{2024-02-29 12:00,\"1999-12-31 23:59:59.999999\"}')",
          "tz = ANY('{2024-02-29 12:00+02}')",
          "f8 = ANY('{0.1,1e20,-2.5}')",
          'y = ANY(\'{"\\\\x61","\\\\x00ff"}\')',
          "ti <> ALL('{12:00,23:59:59.999999}')",
        ),
        ...proofs(
          "i4 = ANY(ai)",
          "t = ANY(at)",
          "(i4b = ANY(ai)) IS NULL",
          "COALESCE(i4 = ANY(ai), false)",
          "CASE WHEN i4 = ANY(ai) OR t = ANY(at) AND id > 3 THEN 1 ELSE 2 END",
          "CASE WHEN (i4 = ANY(ai)) IS NULL THEN 1 ELSE 2 END",
          "CASE WHEN NOT (i4 = ANY(ai) OR b) THEN 1 ELSE 2 END",
          "CASE i4 = ANY(ai) WHEN false THEN 1 ELSE 2 END",
          "count(*) FILTER (WHERE i4b = ANY(ai))",
          "count(*) FILTER (WHERE NOT (i4b = ANY(ai) AND b))",
        ),
      ],
    },
    "not-equal-all": {
      calls: ["<> ALL(any, anyarray)"],
      tidb: membership("ALL"),
      proofs: [
        ...proofs("i4 <> ALL(ai)", "t <> ALL(at)", "i4 <> ALL('{1,2}')", "i4 <> ALL('{}')", "i4 <> ALL('{1,NULL}')", "e <> ALL('{ok}')"),
      ],
    },
    "operator-over-items": {
      calls: OVER_ITEMS.flatMap((sign) => ["ANY", "ALL"].map((word) => `${sign} ${word}(any, anyarray)`)).filter(
        (call) => !/^(?:= ANY|<> ALL)\(/.test(call),
      ),
      tidb: ([value, array], call) => {
        const [, sign, word] = /^(\S+) (ANY|ALL)$/.exec(call.signature.name)!;
        const element = elementType(array, call);
        const own = call.type(value).name;
        const written = itemNodes(array, call);
        const known = written ?? items(array, call)?.map((item) => constant(item, element, call));
        if (!known) {
          const test = call.other(sign!, [own, element], [value, itemOf(array, element, call)]);
          return test && quantified(array, test, word === "ALL");
        }
        if (known.length === 0) {
          const sure = raw(word === "ALL" ? "TRUE" : "FALSE");
          return tidb`CASE WHEN ${value} IS NULL THEN ${sure} ELSE ${sure} END`;
        }
        if (!known.every((item) => item !== undefined)) return call.refuse(`${call.signature.name} over an array of ${element}`);
        if (!written && sign!.includes("~") && !sign!.includes("~~"))
          return call.refuse(`${call.signature.name} over patterns in one literal (write ARRAY[…])`);
        const tests = known.map((item) => call.other(sign!, [own, element], [value, item as Value | Tidb]));
        if (tests.includes(undefined)) return undefined;
        const [first, ...rest] = tests as Tidb[];
        return rest.reduce((all, each) => (word === "ANY" ? infix("or")`${all} OR ${each}` : infix("and")`${all} AND ${each}`), first!);
      },
      why: "TiDB has ANY and ALL over subqueries only: what is written out is asked one by one.",
      proofs: proofs(
        "t LIKE ANY (ARRAY['a%', '%b'])",
        "t LIKE ALL (ARRAY['a%', '%b'])",
        "t NOT LIKE ALL (ARRAY['a%', 'b%'])",
        "t ILIKE ANY (ARRAY['A%', v])",
        "t LIKE ANY ('{a%,\"% %\"}')",
        "t ~ ANY (ARRAY['^a', 'b$'])",
        "t !~ ALL (ARRAY['^a', 'b$'])",
        "i4 > ANY (ARRAY[1, i4b])",
        "i4 < ALL (ARRAY[100, i4b])",
        "i4 <> ANY (ARRAY[1, 2])",
        "i4 = ALL (ARRAY[1, NULL])",
        "i4 = ALL ('{}')",
        "i4 > ANY ('{}'::int[])",
        "t LIKE ALL ('{}')",
        "d >= ANY (ARRAY[db, '2024-01-01'])",
        "NOT i4 > ANY ('{1,5}')",
        "i4 = ALL (ai)",
        "i4 > ANY (ai)",
        "i4b <= ALL (ai)",
        "NOT i4 = ANY (ai)",
        "t < ANY (at)",
        "t <> ANY (at)",
      ),
    },
    element: {
      calls: ["[](anyarray, int4)"],
      tidb: ([array, subscript], call) => {
        const element = elementType(array, call);
        const known = call.integer(subscript);
        const { name } = call.own(subscript);
        const place = /^(?:int[248]|unknown)$/.test(name) ? subscript : call.other("::", [name, "int4"], [subscript]);
        if (place === undefined) return undefined;
        if (known !== undefined && known < 1) return tidb`CASE WHEN ${array} IS NULL THEN NULL END`;
        const at =
          known === undefined
            ? tidb`CASE WHEN ${place} > 0 THEN JSON_EXTRACT(${array}, CONCAT('$[', ${place} - 1, ']')) END`
            : tidb`JSON_EXTRACT(${array}, ${raw(`'$[${known - 1}]'`)})`;
        return taken(at, element, call);
      },
      why: "PostgreSQL counts from 1, JSON from 0.",
      proofs: proofs(
        "ai[1]",
        "ai[2]",
        "at[1]",
        "at[3]",
        "ai[i2]",
        "ai[0]",
        "ai[1] + 1::int8",
        "at[1] || '!'",
        "(string_to_array(t, ','))[2]",
        "ai[1.5]",
        "ai[i2 * 0.5]",
      ),
    },
    "element-of-dimensions": {
      calls: ["[](anyarray, int4, int4...)"],
      tidb: ([array, ...places], call) => {
        const known = places.map((place) => call.integer(place));
        const isSure = (n: number | undefined): n is number => n !== undefined && n > 0;
        const steps = places.map((place, i) => (isSure(known[i]) ? tidb`${raw(`'[${known[i]! - 1}]'`)}` : tidb`'[', ${place} - 1, ']'`));
        const path = known.every(isSure)
          ? tidb`${raw(`'$${known.map((n) => `[${n - 1}]`).join("")}'`)}`
          : spliced(tidb`CONCAT('$'`, ...steps.flatMap((step) => [tidb`, `, step]), tidb`)`);
        const counted = places.flatMap((place, i) => (isSure(known[i]) ? [] : [infix("comparison")`${place} > 0`]));
        const holds = [hasDimensions(array, places.length), ...counted].reduce((left, right) => infix("and")`${left} AND ${right}`);
        return taken(tidb`CASE WHEN ${holds} THEN JSON_EXTRACT(${array}, ${path}) END`, elementType(array, call), call);
      },
      why: "An array has as many dimensions as subscripts, or there is no such element.",
      proofs: proofs(
        "(ARRAY[[1,2,3],[4,5,6]])[2][3]",
        "('{{a,b},{c,NULL}}'::text[])[2][2]",
        "('{{a,b},{c,NULL}}'::text[])[2]",
        "(ARRAY[[1,2,3],[4,5,6]])[i4][i2]",
        "ai[1][1]",
        "(ARRAY[[1,2,3],[4,5,6]])[0][1]",
      ),
    },
    slice: {
      calls: ["[n:n](anyarray, int4, int4)", "[:n](anyarray, int4)", "[n:](anyarray, int4)", "[:](anyarray)"],
      tidb: ([array, ...bounds], call) => {
        const { name } = call.signature;
        const known = bounds.map((bound) => call.integer(bound));
        if (known.includes(undefined)) return computedSlice(array, bounds, name);
        const first = Math.max(name.startsWith("[n") ? known[0]! : 1, 1);
        const last = name.endsWith("n]") ? known.at(-1)! : undefined;
        if (first === 1 && last === undefined) return tidb`${array}`;
        if (last !== undefined && last < first) return tidb`CASE WHEN ${array} IS NOT NULL THEN JSON_ARRAY() END`;
        const path = `'$[${first - 1} to ${last === undefined ? "last" : last - 1}]'`;
        return tidb`CASE WHEN ${array} IS NOT NULL THEN COALESCE(JSON_EXTRACT(${array}, ${raw(path)}), JSON_ARRAY()) END`;
      },
      proofs: proofs(
        "ai[1:2]",
        "ai[2:2]",
        "at[2:9]",
        "ai[0:1]",
        "ai[3:2]",
        "ai[:2]",
        "ai[2:]",
        "at[:]",
        "ai[:0]",
        "at[0:]",
        "ai[i2:i4]",
        "ai[i2:]",
        "at[:i2]",
        "at[2:i2 + 1]",
        "ai[1 - i2:2]",
      ),
    },
    length: {
      calls: ["array_length(anyarray, int4)", "array_upper(anyarray, int4)"],
      tidb: length,
      why: "An empty array has no first dimension in PostgreSQL: NULL.",
      proofs: proofs(
        "array_length(ai, 1)",
        "array_length(at, 1)",
        "array_upper(ai, 1)",
        "array_length(string_to_array(t, ' '), 1)",
        "array_length(ARRAY[[1,2,3],[4,5,6]], 2)",
        "array_upper(ARRAY[[1,2,3],[4,5,6]], 3)",
        "array_length(ai, 2)",
      ),
    },
    cardinality: {
      calls: ["cardinality(anyarray)"],
      tidb: ([array], call) => {
        const count = dimensions(array, call) ?? 1;
        return count === 1 ? tidb`JSON_LENGTH(${array})` : tidb`JSON_LENGTH(JSON_EXTRACT(${array}, ${raw(`'$${"[*]".repeat(count)}'`)}))`;
      },
      proofs: proofs("cardinality(ai)", "cardinality(at)", "cardinality('{a,b}'::text[])", "cardinality(ARRAY[[1,2],[3,4]])"),
    },
    order: {
      calls: ["<", "<=", ">", ">="].map((sign) => `${sign}(anyarray, anyarray)`),
      tidb: ([a, b], call) => {
        const element = elementType(a, call);
        if (!/^(?:int[248]|text|varchar|bool|date|uuid)$/.test(element)) return call.refuse(`an order of arrays of ${element}`);
        if (!isPlain(a, call) || !isPlain(b, call)) call.say("nulls");
        return infix("comparison")`${a} ${raw(call.signature.name)} ${b}`;
      },
      why: "Both compare element by element, and take the shorter one for less where it is the beginning of the other.",
      messages: {
        nulls: warning("an element that is NULL is less than any other here; in PostgreSQL it is greater", {
          help: "nothing to do where arrays hold no NULL",
        }),
      },
      proofs: [
        ...proofs("ARRAY[1, 2] < ARRAY[1, 3]", "ARRAY['a', 'B'] >= ARRAY['a']", "ARRAY[10] > ARRAY[9, 1]"),
        ...["ai < '{2}'", "ai >= aib"].map((pg) => ({ pg, findings: ["nulls"], differs: true as const })),
        ...["at > '{a}'", "at <= ARRAY['b', 'x']"].map((pg) => ({ pg, findings: ["nulls"] })),
      ],
    },
    contains: {
      calls: ["@>(anyarray, anyarray)"],
      tidb: ([whole, part], call) => contains(whole, part, call),
      proofs: proofs(
        "ai @> '{1}'",
        "ai @> ARRAY[1,2]",
        "at @> '{a}'",
        "ai @> aib",
        "ai @> '{}'",
        "ai @> '{NULL}'",
        "at @> ARRAY['a b']",
        "NOT ai @> '{7}'",
      ),
    },
    contained: {
      calls: ["<@(anyarray, anyarray)"],
      tidb: ([part, whole], call) => contains(whole, part, call),
      proofs: proofs("ai <@ '{1,2,3}'", "ai <@ aib", "'{a}' <@ at"),
    },
    overlaps: {
      calls: ["&&(anyarray, anyarray)"],
      tidb: ([a, b], call) => {
        if (!isPlain(a, call) && !isPlain(b, call)) call.say("nulls");
        return tidb`JSON_OVERLAPS(${a}, ${b})`;
      },
      messages: {
        nulls: warning("two arrays that both hold NULL overlap here; in PostgreSQL NULL is equal to nothing", {
          help: "nothing to do where arrays hold no NULL",
        }),
      },
      proofs: [
        ...proofs("ai && '{1,9}'", "at && ARRAY['b','x,y']", "ai && '{}'"),
        { pg: "at && ARRAY[NULL, v::text]", findings: ["nulls"], differs: true },
      ],
    },
    concatenate: {
      calls: ["||(anyarray, anyarray)", "array_cat(anyarray, anyarray)"],
      tidb: joined,
      proofs: proofs(
        "ai || aib",
        "at || '{x}'",
        "array_cat(ai, aib)",
        "ai || ARRAY[1,2]",
        "ARRAY[1,2] || ARRAY[[3,4],[5,6]]",
        "ARRAY[[1,2],[3,4]] || ARRAY[5,6]",
        "ARRAY[[1,2]] || ARRAY[[5,6]]",
        "'{}'::int[] || ARRAY[[1,2]]",
      ),
    },
    append: {
      calls: ["||(anyarray, anynonarray)", "array_append(anyarray, anynonarray)"],
      tidb: appended,
      proofs: proofs("ai || i4", "array_append(ai, 5)", "array_append(at, t)", "at || v::text", "array_append(ai, NULL)"),
    },
    prepend: {
      calls: ["||(anynonarray, anyarray)", "array_prepend(anynonarray, anyarray)"],
      tidb: prepended,
      proofs: proofs("i4 || ai", "array_prepend(t, at)"),
    },
    array: {
      calls: ["ARRAY[](any...)"],
      tidb: (args, call) => {
        const items = (args as readonly Value[]).map((each) => (as("A_Const", each)?.isnull ? tidb`NULL` : stored(each, call, true)));
        return items.includes(undefined) ? undefined : invoke("JSON_ARRAY", items as Tidb[]);
      },
      messages: { double: DOUBLE },
      proofs: [
        ...proofs(
          "ARRAY[d, db]",
          "ARRAY[n, 1.5]",
          "ARRAY[b, NULL]",
          "ARRAY[ts]",
          "ARRAY[e, eb]",
          "(ARRAY[n, nb])[1]",
          "(ARRAY[d])[1]",
          "(ARRAY[b, bb])[2]",
          "(ARRAY[ts, tsb])[2]",
        ),
        { pg: "ARRAY[n * 3, 1]", findings: ["double"] },
      ],
      examples: [
        {
          given: "CREATE TABLE t (id int PRIMARY KEY, f real); INSERT INTO t VALUES (1, 1.1), (2, NULL), (3, -3e10), (4, 16777217)",
          pg: "SELECT id, ARRAY[f, f] AS fs FROM t ORDER BY id",
          tidb: "SELECT id, JSON_ARRAY(CAST(CAST(f AS CHAR) AS DOUBLE), CAST(CAST(f AS CHAR) AS DOUBLE)) AS fs FROM t\nORDER BY id",
        },
      ],
    },
    remove: {
      calls: ["array_remove(anyarray, anynonarray)", "array_replace(anyarray, anynonarray, anynonarray)"],
      tidb: changed,
      why: "JSON has no such function: elements are taken line by line, a line break being never part of one.",
      proofs: proofs(
        "array_remove(ai, 1)",
        "array_remove(ai, 7)",
        "array_remove(ai, NULL)",
        "array_remove(ai, i4)",
        "array_remove(at, 'b')",
        "array_remove(at, 'x,y')",
        "array_remove(at, 'q\"r')",
        "array_remove(at, tb)",
        "array_remove(at, t)",
        "array_remove(ARRAY[', ', t, 'null', tb], t)",
        "array_remove(ARRAY[e, eb], 'ok')",
        "array_replace(ai, 7, 8)",
        "array_replace(ai, NULL, i4)",
        "array_replace(at, 'b', 'x \\ \"y')",
        "array_replace(at, '', NULL)",
      ),
    },
    position: {
      calls: ["array_position(anyarray, anynonarray)"],
      why: "Of several equal elements FIND_IN_SET gives the last in TiDB.",
      tidb: ([array, value], call) => {
        const element = elementType(array, call);
        if (PLAIN.test(element)) {
          const item = written(value, element, call);
          const list = tidb`REPLACE(REPLACE(REPLACE(CAST(${array} AS CHAR), '[', ','), ']', ','), ' ', '')`;
          const at = tidb`LOCATE(CONCAT(',', ${item!}, ','), ${list})`;
          return item && tidb`NULLIF(${at} - CHAR_LENGTH(REPLACE(LEFT(${list}, ${at}), ',', '')), 0)`;
        }
        const item = TEXTS.test(element) || AS_TEXT.test(element) || call.catalog.enums.has(element) ? stored(value, call) : undefined;
        if (!item) return call.refuse(`array_position() in an array of ${element}`);
        const pattern = tidb`REPLACE(REPLACE(REPLACE(${item}, ${raw(string("\\"))}, ${raw(string("\\\\"))}), '%', ${raw(string("\\%"))}), '_', ${raw(string("\\_"))})`;
        const found = infix("additive")`CAST(REGEXP_SUBSTR(JSON_SEARCH(${array}, 'one', ${pattern}), '[0-9]+') AS SIGNED) + 1`;
        if (call.text(value) !== undefined || !call.nullable(value)) return found;
        const missing = firstItem(array, infix("comparison")`JSON_TYPE(${atItem(array)}) = 'NULL'`);
        return as("A_Const", value)?.isnull ? missing : tidb`CASE WHEN ${value} IS NULL THEN ${missing} ELSE ${found} END`;
      },
      proofs: proofs(
        "array_position(ai, 2)",
        "array_position(ai, 7)",
        "array_position(ai, NULL)",
        "array_position(ai, i4)",
        "array_position(at, 'b')",
        "array_position(at, 'B')",
        "array_position(at, '')",
        "array_position(at, 'q\"r')",
        "array_position(ARRAY['%', '_', 'a\\b', 'a'], COALESCE(t, ''))",
        "array_position(at, COALESCE(t, 'x'))",
        "array_position(at, t)",
        "array_position(at, NULL)",
      ),
    },
    "position-from": {
      calls: ["array_position(anyarray, anynonarray, int4)"],
      tidb: ([array, value, start], call) => {
        const element = elementType(array, call);
        const test = call.other("=", [call.type(value).name, element], [value, itemOf(array, element, call)]);
        if (!test) return undefined;
        const isMissing = infix("comparison")`JSON_TYPE(${atItem(array)}) = 'NULL'`;
        const same = as("A_Const", value)?.isnull
          ? isMissing
          : call.nullable(value)
            ? tidb`CASE WHEN ${value} IS NULL THEN ${isMissing} ELSE ${test} END`
            : test;
        return firstItem(array, infix("and")`nth_item.item_i + 1 >= ${start} AND ${same}`);
      },
      proofs: proofs(
        "array_position(ai, 7, 2)",
        "array_position(at, 'b', 2)",
        "array_position(ai, i4, 1)",
        "array_position(ARRAY[1,2,1], 1, 2)",
      ),
    },
    "to-text": {
      calls: ["array_to_string(anyarray, text)", "array_to_string(anyarray, text, text)"],
      tidb: joinedText,
      proofs: proofs(
        "array_to_string(ai, ',')",
        "array_to_string(ai, ', ', '*')",
        "array_to_string(at, ', ')",
        "array_to_string(at, ',', 'a\\b')",
        "array_to_string(at, t)",
        "array_to_string(ai, NULL)",
        "array_to_string(ARRAY[t, v, tb], E'\\n')",
        "array_to_string(ARRAY[t, v, tb], '\"', '-')",
        "array_to_string(ARRAY[b, bb], '/')",
        "array_to_string(ARRAY[d, db], ' ')",
        "array_to_string(ARRAY[e, eb], '-', '?')",
        "array_to_string(ARRAY[[1,2],[3,4]], ',')",
        "array_to_string(string_to_array(t, ','), ';')",
      ),
    },
    "cast-to-text": {
      calls: ["anyarray::text|varchar"],
      tidb: asText,
      proofs: proofs(
        "ai::text",
        "at::text",
        "ARRAY[t, tb, v]::text",
        "ARRAY['null', 'NULL', 'a b', NULL, '{', 'x,y', '', E'tab\\there']::text",
        "ARRAY[b, bb]::text",
        "ARRAY[d]::text",
        "ARRAY[ts, tsb]::text",
        "ARRAY[[1,2],[3,4]]::text",
        "'x' || at::text",
      ),
    },
    "cast-elements": {
      calls: ["anyarray::anyarray"],
      tidb: ([array], call) => {
        const [from, to] = call.signature.args.map((type) => type.slice(0, -2)) as [string, string];
        const alike = (TEXTS.test(from) && TEXTS.test(to)) || (PLAIN.test(from) && /^(?:int[248]|numeric|float8)$/.test(to)) || from === to;
        if (alike && !call.result.mods?.length) return tidb`${array}`;
        const longest = call.result.mods?.[0];
        if (TEXTS.test(from) && to === "varchar" && longest !== undefined && longest <= MOST_REPEATED)
          return tidb`CAST(REGEXP_REPLACE(CAST(${array} AS CHAR), ${raw(string(`"(${CHARACTER}{0,${longest}})${CHARACTER}*"`))}, ${raw(string('"\\1"'))}) AS JSON)`;
        if (!PLAIN.test(from) || !/^(?:text|varchar)$/.test(to) || longest !== undefined)
          return call.refuse(`a cast of ${from}[] to ${to}[]`);
        return tidb`CAST(REGEXP_REPLACE(CAST(${array} AS CHAR), '(-?[0-9]+)', ${raw(string('"\\1"'))}) AS JSON)`;
      },
      proofs: proofs(
        "ai::text[]",
        "ai::int8[]",
        "at::varchar[]",
        "(ai::text[])[1] || 'x'",
        "at::text[]",
        "at::varchar(1)[]",
        "ARRAY['äöü', E'a\\tb', 'a\"b\\c', '', NULL, 'null', '😀😀😀', E'\\x01\\x02\\x03', '<&>']::varchar(2)[]",
        "string_to_array(t, 'a')::varchar(3)[]",
      ),
    },
    dimensions: {
      calls: ["array_ndims(anyarray)", "array_dims(anyarray)", "array_lower(anyarray, int4)"],
      tidb: ([array, dimension], call) => {
        const { name } = call.signature;
        if (name === "array_ndims") return tidb`CASE WHEN JSON_LENGTH(${array}) > 0 THEN JSON_DEPTH(${array}) - 1 END`;
        if (name === "array_dims")
          return tidb`CASE WHEN JSON_DEPTH(${array}) = 2 THEN CONCAT('[1:', JSON_LENGTH(${array}), ']') WHEN JSON_LENGTH(${array}) > 0 THEN CONCAT('[1:', JSON_LENGTH(${array}), '][1:', JSON_LENGTH(JSON_EXTRACT(${array}, '$[0]')), ']') END`;
        const n = call.integer(dimension);
        if (n === undefined || n < 1) return call.refuse("array_lower() of a dimension that is no literal");
        return n === 1 ? tidb`CASE WHEN JSON_LENGTH(${array}) > 0 THEN 1 END` : tidb`CASE WHEN ${hasDimensions(array, n)} THEN 1 END`;
      },
      proofs: proofs(
        "array_ndims(ai)",
        "array_dims(ai)",
        "array_dims(at)",
        "array_lower(ai, 1)",
        "array_lower(ARRAY[[1,2]], 2)",
        "array_ndims(ARRAY[[1,2],[3,4]])",
        "array_dims(ARRAY[[1,2,3],[4,5,6]])",
      ),
    },
    "to-json": {
      calls: ["array_to_json(anyarray)"],
      tidb: unchanged,
      proofs: proofs("array_to_json(ai)", "array_to_json(at)", "array_to_json(ARRAY[[1,2],[3,4]])"),
    },
    fill: {
      calls: ["array_fill(anynonarray, anyarray)"],
      tidb: ([value, lengths], call) => {
        const counts = (as("A_ArrayExpr", lengths)?.elements ?? []).map((each) => call.integer(each));
        const item = stored(value, call);
        if (counts.length === 0 || counts.some((n) => n === undefined || n < 1 || n > 1000))
          return call.refuse("array_fill() of a length that is no literal, or is 0");
        return (
          item &&
          counts.reduceRight(
            (inner: Tidb, n) =>
              invoke(
                "JSON_ARRAY",
                Array.from({ length: n! }, () => inner),
              ),
            item,
          )
        );
      },
      proofs: proofs("array_fill(0, ARRAY[3])", "array_fill(t, ARRAY[2])", "array_fill(7, ARRAY[2,3])"),
    },
    trim: {
      calls: ["trim_array(anyarray, int4)"],
      tidb: ([array, count], call) => {
        const n = call.integer(count);
        if (n === undefined || n < 0) return call.refuse("trim_array() by a number that is no literal");
        call.say("short");
        return tidb`CASE WHEN ${array} IS NOT NULL THEN COALESCE(JSON_EXTRACT(${array}, ${raw(`'$[0 to last-${n}]'`)}), JSON_ARRAY()) END`;
      },
      messages: {
        short: warning("of an array that has fewer elements nothing is left, where PostgreSQL raises an error", {
          help: "nothing to do where arrays are long enough",
        }),
      },
      proofs: [
        { pg: "trim_array(ARRAY[1,2,i4], 1)", findings: ["short"] },
        { pg: "trim_array(ai, 2)", findings: ["short"] },
      ],
    },
    positions: {
      calls: ["array_positions(anyarray, anynonarray)"],
      tidb: ([array, value], call) => {
        const element = elementType(array, call);
        const test = call.other("=", [call.type(value).name, element], [value, itemOf(array, element, call)]);
        if (!test) return undefined;
        call.say("cut");
        const missing = tidb`JSON_TYPE(JSON_EXTRACT(${array}, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL'`;
        const same = call.nullable(value) ? tidb`(CASE WHEN ${value} IS NULL THEN ${missing} ELSE ${test} END)` : test;
        return rearranged(array, tidb`nth_item.item_i + 1`, tidb`nth_item.item_i`, same);
      },
      messages: { cut: CUT },
      proofs: ["array_positions(ai, 7)", "array_positions(at, 'b')", "array_positions(ai, i4)", "array_positions(ai, NULL)"].map((pg) => ({
        pg,
        findings: ["cut"],
      })),
    },
    reverse: {
      calls: ["array_reverse(anyarray)"],
      tidb: ([array], call) => {
        call.say("cut");
        return rearranged(array, tidb`JSON_EXTRACT(${array}, CONCAT('$[', nth_item.item_i, ']'))`, tidb`nth_item.item_i DESC`);
      },
      messages: { cut: CUT },
      proofs: ["array_reverse(ai)", "array_reverse(at)"].map((pg) => ({ pg, findings: ["cut"] })),
    },
    sort: {
      calls: ["array_sort(anyarray)", "array_sort(anyarray, bool)", "array_sort(anyarray, bool, bool)"],
      tidb: ([array, descending, nulls], call) => {
        const element = elementType(array, call);
        if (!/^(?:int[248]|numeric|text|varchar|bool|date)$/.test(element)) return call.refuse(`array_sort() of ${element}`);
        const [down, first] = [descending, nulls].map((flag) => (flag === undefined ? undefined : call.text(flag)));
        if ((descending !== undefined && down === undefined) || (nulls !== undefined && first === undefined))
          return call.refuse("array_sort() in a direction that is no literal");
        call.say("cut");
        const item = itemOf(array, element, call);
        const isDown = down?.startsWith("t") ?? false;
        const nullsFirst = first?.startsWith("t") ?? isDown;
        const order = tidb`${item} IS NULL${raw(nullsFirst ? " DESC" : "")}, ${item}${raw(isDown ? " DESC" : "")}`;
        return rearranged(array, atItem(array), order);
      },
      messages: { cut: CUT },
      proofs: [
        "array_sort(ai)",
        "array_sort(at)",
        "array_sort(ai, true)",
        "array_sort(at, true, false)",
        "array_sort(ai, false, true)",
      ].map((pg) => ({ pg, findings: ["cut"] })),
    },
    shuffle: {
      calls: ["array_shuffle(anyarray)", "array_sample(anyarray, int4)"],
      tidb: ([array, count], call) => {
        const n = count === undefined ? undefined : call.integer(count);
        if (count !== undefined && (n === undefined || n < 1)) return call.refuse("array_sample() of a number that is no literal");
        call.say("cut");
        const mixed = rearranged(array, atItem(array), tidb`RAND()`);
        return n === undefined ? mixed : tidb`JSON_EXTRACT(${mixed}, ${raw(`'$[0 to ${n - 1}]'`)})`;
      },
      messages: { cut: CUT },
      proofs: ["cardinality(array_shuffle(ai))", "cardinality(array_shuffle(at))", "cardinality(array_sample(ARRAY[1, 2, 3], 2))"].map(
        (pg) => ({ pg, findings: ["cut"] }),
      ),
    },
    split: {
      calls: ["string_to_array(text, text)", "string_to_array(text, text, text)"],
      tidb: ([text, separator, none], call) => {
        const between = call.text(separator);
        const blank = none === undefined ? undefined : call.text(none);
        if (none !== undefined && blank === undefined) return call.refuse("string_to_array() with a text for NULL that is no literal");
        const isNull = as("A_Const", separator)?.isnull === true;
        if (between === undefined && !isNull && call.nullable(separator)) call.say("null");
        const items = isNull ? characters(text) : between === "" ? tidb`JSON_QUOTE(${text})` : split(text, separator, between);
        const list = tidb`CAST(CASE WHEN ${text} = '' THEN '[]' ELSE CONCAT('[', ${items}, ']') END AS JSON)`;
        if (isNull && isNode(separator)) call.open(separator);
        if (blank === undefined) return list;
        const pattern = string(`^${JSON.stringify(blank).replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&")}$`);
        const lines = tidb`REGEXP_REPLACE(${elements(list, ["", "\n"])}, ${raw(pattern)}, 'null', 1, 0, 'm')`;
        return tidb`CAST(CONCAT('[', REPLACE(TRIM(BOTH ${LINE} FROM ${lines}), ${LINE}, ', '), ']') AS JSON)`;
      },
      messages: {
        null: warning("a separator that is NULL gives NULL, and single characters in PostgreSQL", {
          help: "nothing to do where it is never NULL",
        }),
      },
      proofs: [
        ...proofs(
          "string_to_array(t, ',')",
          "string_to_array(t, ' ')",
          "string_to_array(t, '%')",
          "string_to_array(tb, '😀')",
          "string_to_array(t, ', ')",
          "string_to_array(t, 'a')",
          "string_to_array(t, 'n')",
          "string_to_array(t, '\\')",
          "string_to_array(t, '\"')",
          "string_to_array(t, '')",
          "string_to_array(t, NULL)",
          "string_to_array(t, ',', '')",
          "string_to_array(t, ' ', 'y')",
          "string_to_array(t, coalesce(v, 'é'))",
        ),
        { pg: "string_to_array(t, tb)", findings: ["null"], differs: true },
      ],
    },
    aggregate: {
      calls: ["array_agg(anynonarray)", "array_agg(anyarray)"],
      tidb: ([value], call) => {
        const { name } = call.type(value);
        const item = stored(value, call, true);
        return (
          item &&
          (AS_TEXT.test(name) || TEXTUAL.test(name) ? call.other("jsonb_agg", ["text"], [item]) : call.other("jsonb_agg", [name], [value]))
        );
      },
      messages: { double: DOUBLE },
      proofs: [
        ...proofs(
          "array_agg(ip ORDER BY id)",
          "array_agg(i4 ORDER BY id)",
          "array_agg(t ORDER BY id)",
          "array_agg(e ORDER BY id)",
          "array_agg(7)",
          "array_agg(d ORDER BY id) FILTER (WHERE id > 100)",
          "array_agg(d ORDER BY id)",
          "array_agg(ti ORDER BY id)",
          "array_agg(ts ORDER BY id)",
          "cardinality(array_agg(DISTINCT i4 > 0))",
        ),
        { pg: "array_agg(n * 3 ORDER BY id)", findings: ["double"] },
      ],
    },
  },
);
