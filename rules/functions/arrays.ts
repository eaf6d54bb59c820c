import {
  arrayToJson,
  as,
  type Call,
  infix,
  proofs,
  raw,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  type Write,
  warning,
} from "../../src/rule.js";

/** Elements that are stored in JSON as they are, or as their text. */
const STORED = /^(?:int[248]|float8|text|varchar|name|uuid|unknown)$/;

/** An element as it is stored in an array. */
function stored(value: Value, call: Call): Tidb | undefined {
  const { name } = call.type(value);
  if (STORED.test(name)) return tidb`${value}`;
  if (name === "bool") return call.other("to_jsonb", ["bool"], [value]);
  if (name === "date" || call.catalog.enums.has(name)) return tidb`CAST(${value} AS CHAR)`;
  return call.refuse(`an array of ${name}`);
}

/** A value of JSON as an element's type; JSON's null is NULL. */
function taken(value: Tidb, element: string, call: Call): Tidb | undefined {
  const form = /^int[248]$/.test(element)
    ? tidb`CAST(${value} AS SIGNED)`
    : element === "float8"
      ? tidb`CAST(${value} AS DOUBLE)`
      : element === "date"
        ? tidb`CAST(JSON_UNQUOTE(${value}) AS DATE)`
        : STORED.test(element) || call.catalog.enums.has(element)
          ? tidb`JSON_UNQUOTE(${value})`
          : undefined;
  return form ? tidb`CASE WHEN JSON_TYPE(${value}) <> 'NULL' THEN ${form} END` : call.refuse(`an element of an array of ${element}`);
}

/** Texts of the elements of an array that is written out as a literal. */
function items(array: Value, call: Call): readonly (string | null)[] | undefined {
  const text = call.text(array);
  const json = text === undefined ? undefined : arrayToJson(text, JSON.stringify);
  return json === undefined ? undefined : (JSON.parse(json) as (string | null)[]);
}

const COMPARED = /^(?:int[248]|numeric|text|varchar|name|uuid)$/;

/** A constant element as TiDB writes it. */
function constant(text: string | null, element: string, call: Call): Tidb | undefined {
  if (text === null) return tidb`NULL`;
  if (/^(?:int[248]|numeric)$/.test(element)) return /^-?\d+(?:\.\d+)?$/.test(text) ? tidb`${raw(text)}` : undefined;
  if (element === "uuid") return tidb`${raw(string(text.toLowerCase()))}`;
  return COMPARED.test(element) || call.catalog.enums.has(element) ? tidb`${raw(string(text))}` : undefined;
}

/** `= ANY (array)` and `<> ALL (array)`. */
const membership = (word: "ANY" | "ALL"): Write => {
  const every = word === "ALL";
  return ([value, array], call) => {
    const element = call.signature.args[0]!;
    if (!COMPARED.test(element) && !call.catalog.enums.has(element)) return call.refuse(`${word} over an array of ${element}`);
    const known = items(array, call)?.map((item) => constant(item, element, call));
    if (known?.length === 0) {
      const sure = raw(every ? "TRUE" : "FALSE");
      return tidb`CASE WHEN ${value} IS NULL THEN ${sure} ELSE ${sure} END`;
    }
    if (known && !known.includes(undefined)) {
      const list: Tidb = { kind: "Tidb", texts: ["(", ...known.slice(1).map(() => ", "), ")"], holes: known as Tidb[] };
      return infix("comparison")`${value} ${raw(every ? "NOT IN" : "IN")} ${list}`;
    }
    if (element === "numeric") return call.refuse(`${word} over an array of ${element}`);
    const sought = stored(value, call);
    if (!sought) return undefined;
    const found = infix("comparison")`${sought} MEMBER OF (${array})`;
    if (every)
      return tidb`CASE WHEN JSON_LENGTH(${array}) = 0 THEN TRUE WHEN ${found} THEN FALSE WHEN NOT JSON_CONTAINS(${array}, 'null') AND ${value} IS NOT NULL THEN TRUE END`;
    call.say("unknown");
    return found;
  };
};

const UNKNOWN = warning("where the value is not in an array that holds NULL, this is FALSE, and NULL in PostgreSQL", {
  help: "nothing to do where it is a condition of a WHERE; before a NOT, write <> ALL, which is exact",
});

const notNull = (array: Value): Tidb => tidb`COALESCE(${array}, JSON_ARRAY())`;

const joined: Write = ([a, b]) => tidb`COALESCE(JSON_MERGE_PRESERVE(${a}, ${b}), ${a}, ${b})`;
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

const length: Write = ([array, dimension], call) =>
  call.integer(dimension) === 1
    ? tidb`CASE WHEN JSON_LENGTH(${array}) > 0 THEN JSON_LENGTH(${array}) END`
    : call.refuse(`${call.signature.name}() of another dimension than the first`);

/** A character that JSON never writes otherwise and that no escape has. */
const SEPARATOR = /^[^\p{L}\p{N}"\\\p{Cc}]+$/u;

export const arrayRules = table(
  "functions/arrays",
  { pg: "functions-array", tidb: "json-functions" },
  {
    "equal-any": {
      calls: ["= ANY(any, anyarray)"],
      tidb: membership("ANY"),
      why: "MEMBER OF is what a multi-valued index serves; a literal array is a list.",
      messages: { unknown: UNKNOWN },
      proofs: [
        ...proofs(
          "i4 = ANY('{1,2,7}')",
          "t = ANY('{a,\"a b\",é}')",
          "e = ANY('{ok,sad}')",
          "i4 = ANY('{}')",
          "i4 = ANY('{1,NULL}')",
          "NOT t = ANY('{a,b}'::text[])",
          "u = ANY('{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}')",
        ),
        { pg: "COALESCE(i4 = ANY(ai), false)", findings: ["unknown"] },
        { pg: "COALESCE(t = ANY(at), false)", findings: ["unknown"] },
        { pg: "i4 = ANY(ai)", findings: ["unknown"], differs: true },
      ],
    },
    "not-equal-all": {
      calls: ["<> ALL(any, anyarray)"],
      tidb: membership("ALL"),
      proofs: [
        ...proofs("i4 <> ALL(ai)", "t <> ALL(at)", "i4 <> ALL('{1,2}')", "i4 <> ALL('{}')", "i4 <> ALL('{1,NULL}')", "e <> ALL('{ok}')"),
      ],
    },
    element: {
      calls: ["[](anyarray, int4)"],
      tidb: ([array, place], call) => {
        const element = call.signature.args[0]!.slice(0, -2);
        const known = call.integer(place);
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
      ),
    },
    slice: {
      calls: ["[n:n](anyarray, int4, int4)", "[:n](anyarray, int4)", "[n:](anyarray, int4)", "[:](anyarray)"],
      tidb: ([array, ...bounds], call) => {
        const { name } = call.signature;
        const known = bounds.map((bound) => call.integer(bound));
        if (known.includes(undefined)) return call.refuse("a slice of an array whose bounds are no literals");
        const first = Math.max(name.startsWith("[n") ? known[0]! : 1, 1);
        const last = name.endsWith("n]") ? known.at(-1)! : undefined;
        if (first === 1 && last === undefined) return tidb`${array}`;
        if (last !== undefined && last < first) return tidb`CASE WHEN ${array} IS NOT NULL THEN JSON_ARRAY() END`;
        const path = `'$[${first - 1} to ${last === undefined ? "last" : last - 1}]'`;
        return tidb`CASE WHEN ${array} IS NOT NULL THEN COALESCE(JSON_EXTRACT(${array}, ${raw(path)}), JSON_ARRAY()) END`;
      },
      proofs: proofs("ai[1:2]", "ai[2:2]", "at[2:9]", "ai[0:1]", "ai[3:2]", "ai[:2]", "ai[2:]", "at[:]", "ai[:0]", "at[0:]"),
    },
    length: {
      calls: ["array_length(anyarray, int4)", "array_upper(anyarray, int4)"],
      tidb: length,
      why: "An empty array has no first dimension in PostgreSQL: NULL.",
      proofs: proofs("array_length(ai, 1)", "array_length(at, 1)", "array_upper(ai, 1)", "array_length(string_to_array(t, ' '), 1)"),
    },
    cardinality: {
      calls: ["cardinality(anyarray)"],
      tidb: ([array]) => tidb`JSON_LENGTH(${array})`,
      proofs: proofs("cardinality(ai)", "cardinality(at)", "cardinality('{a,b}'::text[])"),
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
      proofs: proofs("ai || aib", "at || '{x}'", "array_cat(ai, aib)", "ai || ARRAY[1,2]"),
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
    split: {
      calls: ["string_to_array(text, text)"],
      tidb: ([text, separator], call) => {
        const between = call.text(separator);
        if (between === undefined || !SEPARATOR.test(between))
          return call.refuse("string_to_array() with a separator that is no literal, or has letters, digits, quotes or backslashes");
        return tidb`CAST(CASE WHEN ${text} = '' THEN '[]' ELSE CONCAT('[', REPLACE(JSON_QUOTE(${text}), ${separator}, '","'), ']') END AS JSON)`;
      },
      proofs: proofs(
        "string_to_array(t, ',')",
        "string_to_array(t, ' ')",
        "string_to_array(t, '%')",
        "string_to_array(tb, '😀')",
        "string_to_array(t, ', ')",
      ),
    },
    aggregate: {
      calls: ["array_agg(anynonarray)"],
      tidb: ([value], call) => {
        const { name } = call.type(value);
        if (!STORED.test(name) && name !== "bool" && name !== "date" && !call.catalog.enums.has(name))
          return call.refuse(`array_agg() of ${name}`);
        return call.other("jsonb_agg", [name], [value]);
      },
      proofs: proofs(
        "array_agg(i4 ORDER BY id)",
        "array_agg(t ORDER BY id)",
        "array_agg(e ORDER BY id)",
        "array_agg(7)",
        "array_agg(d ORDER BY id) FILTER (WHERE id > 100)",
        "cardinality(array_agg(DISTINCT i4 > 0))",
      ),
    },
  },
);
