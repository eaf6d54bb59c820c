import {
  arrayToJson,
  as,
  blankFilled,
  type Call,
  elementRows,
  infix,
  invoke,
  jsonRank,
  note,
  type Operands,
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

type Printable = Value | Tidb;

const text = (value: string): Tidb => tidb`${raw(string(value))}`;
const literal = (json: unknown): Tidb => tidb`CAST(${text(JSON.stringify(json))} AS JSON)`;
/** A step into an object. */
const member = (key: string) => `.${JSON.stringify(key)}`;
const extract = (document: Printable, path: string): Tidb => tidb`JSON_EXTRACT(${document}, ${text(`$${path}`)})`;
const type = (document: Printable): Tidb => tidb`JSON_TYPE(${document})`;
const isType = (document: Printable, name: string): Tidb => infix("comparison")`${type(document)} = ${text(name)}`;

/** JSON's null is no text in PostgreSQL, and the word null in TiDB. */
const unquoted = (value: Tidb): Tidb => tidb`CASE WHEN ${type(value)} <> 'NULL' THEN JSON_UNQUOTE(${value}) END`;

const SPELT = warning("an object's or a decimal number's text may be spelt otherwise: other order of keys, other zeros", {
  help: "compare documents as JSON, and numbers as numbers",
});

/** An element by a place that is known; PostgreSQL counts negative ones from the end. */
function element(document: Printable, place: number, isJson: boolean): Tidb {
  const path = place >= 0 ? `[${place}]` : place === -1 ? "[last]" : `[last${place + 1}]`;
  const value = extract(document, path);
  // A scalar jsonb is an array of one (jsonfuncs.c); TiDB takes the object too.
  if (isJson) return tidb`CASE WHEN ${isType(document, "ARRAY")} THEN ${value} END`;
  if (place === -1) return tidb`CASE ${type(document)} WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN ${value} ELSE ${document} END`;
  return tidb`CASE WHEN ${type(document)} <> 'OBJECT' THEN ${value} END`;
}

function elementAt(document: Printable, place: Value, call: Call): Tidb {
  const isJson = call.signature.args[0] === "json";
  const known = call.integer(place);
  if (known !== undefined) return element(document, known, isJson);
  const path = tidb`CONCAT('$[', CASE WHEN ${place} < 0 THEN CONCAT('last', ${place} + 1) ELSE ${place} END, ']')`;
  const fixed = tidb`REPLACE(${path}, 'last0', 'last')`;
  const value = tidb`JSON_EXTRACT(${document}, ${fixed})`;
  return isJson
    ? tidb`CASE WHEN ${isType(document, "ARRAY")} THEN ${value} END`
    : tidb`CASE ${type(document)} WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN ${value} ELSE CASE WHEN ${place} IN (0, -1) THEN ${document} END END`;
}

/** A member by a key; keys of a chain, all known, are one path. */
function memberOf(document: Value, key: Value, call: Call): Tidb {
  const known = call.text(key);
  if (known === undefined) return tidb`JSON_EXTRACT(${document}, CONCAT('$.', JSON_QUOTE(${key})))`;
  let path = member(known);
  let inner = document;
  for (;;) {
    const { variant, name, lexpr, rexpr } = as("A_Expr", inner) ?? {};
    const step = variant === "AEXPR_OP" && name?.at(-1) === "->" && rexpr !== undefined ? call.text(rexpr) : undefined;
    if (step === undefined || lexpr === undefined || call.type(rexpr!).name !== "text") return extract(inner, path);
    call.open(inner as never);
    path = member(step) + path;
    inner = lexpr;
  }
}

/** Texts of an array of constants: `'{a,b}'` or `ARRAY['a', 'b']`. */
function texts(array: Value, call: Call): readonly string[] | undefined {
  const elements = as("A_ArrayExpr", array)?.elements ?? as("A_ArrayExpr", as("TypeCast", array)?.arg)?.elements;
  if (elements) {
    const known = elements.map((each) => call.text(each));
    return known.includes(undefined) ? undefined : (known as string[]);
  }
  const written = call.text(array);
  const json = written === undefined ? undefined : arrayToJson(written, JSON.stringify);
  const items = json === undefined ? undefined : (JSON.parse(json) as unknown[]);
  return items?.every((item) => typeof item === "string") ? (items as string[]) : undefined;
}

const INTEGER = /^-?\d+$/;

/** What `#>` finds (jsonfuncs.c, get_jsonb_path_all): a number is a key of an object and a place in an array. */
function found(document: Printable, path: readonly string[]): Tidb {
  let at: Tidb = tidb`${document}`;
  let plain = "";
  const flushed = () => (plain === "" ? at : extract(at, plain));
  for (const step of path) {
    if (!INTEGER.test(step)) {
      plain += member(step);
      continue;
    }
    const parent = flushed();
    plain = "";
    const place = Number(step);
    const index = place >= 0 ? `[${place}]` : place === -1 ? "[last]" : `[last${place + 1}]`;
    at = tidb`CASE ${type(parent)} WHEN 'ARRAY' THEN ${extract(parent, index)} WHEN 'OBJECT' THEN ${extract(parent, member(step))} END`;
  }
  return flushed();
}

function atPath(document: Value, path: Value, call: Call): Tidb | undefined {
  const known = texts(path, call);
  return known ? found(document, known) : call.refuse("a JSON path that is no literal");
}

const fixedPath = (args: readonly Value[], call: Call): Tidb | undefined => {
  const [document, ...path] = args;
  const known = path.map((each) => call.text(each));
  return known.includes(undefined) ? call.refuse("a JSON path that is no literal") : found(document!, known as string[]);
};

/** Whether a document has all that a constant has (jsonb_op.c, JsonbDeepContains); `deeper` where TiDB's own test, which finds more, is used. */
function contains(document: Tidb, pattern: unknown, deeper: () => void): Tidb {
  if (Array.isArray(pattern)) {
    const items = pattern.map((item) => {
      if (typeof item !== "object" || item === null) return infix("comparison")`${literal(item)} MEMBER OF (${document})`;
      deeper();
      return tidb`JSON_CONTAINS(${document}, ${text(JSON.stringify([item]))})`;
    });
    return all([isType(document, "ARRAY"), ...items]);
  }
  if (typeof pattern === "object" && pattern !== null) {
    const fields = Object.entries(pattern).map(([key, value]) => {
      const inner = extract(document, member(key));
      return typeof value === "object" && value !== null
        ? contains(inner, value, deeper)
        : infix("comparison")`${inner} = ${literal(value)}`;
    });
    return all([isType(document, "OBJECT"), ...fields]);
  }
  return infix("comparison")`${literal(pattern)} MEMBER OF (${document})`;
}

function all(conditions: readonly Tidb[], word = "and"): Tidb {
  const [first, ...rest] = conditions;
  return rest.reduce((sum, each) => (word === "and" ? infix("and")`${sum} AND ${each}` : infix("or")`${sum} OR ${each}`), first!);
}

/** A condition that is false where it is NULL, unless the document is NULL. */
const decided = (document: Value, condition: Tidb, call: Call): Tidb =>
  call.nullable(document)
    ? tidb`CASE WHEN ${document} IS NOT NULL THEN COALESCE(${condition}, FALSE) END`
    : tidb`COALESCE(${condition}, FALSE)`;

/** The document that a constant is; undefined for all others. */
function constant(value: Value, call: Call): { readonly json: unknown } | undefined {
  const written = call.text(value);
  if (written === undefined) return undefined;
  try {
    return { json: JSON.parse(written) };
  } catch {
    return undefined;
  }
}

const DEEPER = warning("TiDB's JSON_CONTAINS finds more than @>: a value also within an array that stands in its place", {
  help: "compare single members where documents can have such arrays: j ->> 'a' = 'x'",
});

const containment = (document: Value, part: Value, call: Call): Tidb | undefined => {
  const pattern = constant(part, call);
  let deeper = false;
  if (!pattern) {
    call.say("deeper");
    return tidb`JSON_CONTAINS(${document}, ${part})`;
  }
  const condition = contains(tidb`${document}`, pattern.json, () => {
    deeper = true;
  });
  if (deeper) call.say("deeper");
  return decided(document, condition, call);
};

/** A key of an object, an element of an array, or the text itself. */
const has = (document: Value, key: string): Tidb =>
  infix("or")`JSON_CONTAINS_PATH(${document}, 'one', ${text(`$${member(key)}`)}) OR ${text(key)} MEMBER OF (${document})`;

const keys =
  (word: "and" | "or"): Write =>
  ([document, array], call) => {
    const known = texts(array, call);
    if (!known?.length) return call.refuse(`operator ${call.signature.name} with keys that are no literals`);
    return all(
      known.map((key) => has(document, key)),
      word,
    );
  };

/** A value within JSON, as to_jsonb() writes it; undefined for types it writes otherwise than TiDB can. */
function asJson(value: Value, call: Call): Tidb | undefined {
  const { name } = call.type(value);
  if (as("A_Const", value)?.isnull) return tidb`NULL`;
  const form = JSON_FORMS[name] ?? (name.endsWith("[]") ? AS_IT_IS : undefined);
  if (form) return form(value, call);
  return call.catalog.enums.has(name) ? tidb`CAST(${value} AS CHAR)` : call.refuse(`a value of type ${name} in JSON`);
}

const AS_IT_IS = (value: Value): Tidb => tidb`${value}`;
const BOOLEAN = (value: Value): Tidb => tidb`CAST(CASE WHEN ${value} THEN 'true' WHEN NOT ${value} THEN 'false' END AS JSON)`;
const asText = (value: Value, call: Call): Tidb => call.other("::", [call.type(value).name, "text"], [value]) ?? tidb`${value}`;
const ISO = (value: Value): Tidb => tidb`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM DATE_FORMAT(${value}, '%Y-%m-%dT%H:%i:%s.%f')))`;

/** Types that TiDB keeps as PostgreSQL's text of them. */
const RANGES = ["int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"];

const JSON_FORMS: Readonly<Record<string, (value: Value, call: Call) => Tidb>> = {
  int2: AS_IT_IS,
  int4: AS_IT_IS,
  int8: AS_IT_IS,
  float8: AS_IT_IS,
  numeric: (value, call) => {
    // Digits beyond a double's are lost; with modifiers it is known that there are none.
    if ((call.type(value).mods?.[0] ?? 99) > 15 && call.text(value) === undefined) call.say("double");
    return tidb`${value}`;
  },
  bool: BOOLEAN,
  text: AS_IT_IS,
  varchar: AS_IT_IS,
  // Filled up with blanks; a length that is not known has been refused.
  bpchar: (value, call) => blankFilled(value, call) ?? tidb`NULL`,
  name: AS_IT_IS,
  unknown: AS_IT_IS,
  uuid: AS_IT_IS,
  interval: AS_IT_IS,
  json: AS_IT_IS,
  jsonb: AS_IT_IS,
  date: asText,
  time: asText,
  timestamp: ISO,
  timestamptz: (value) => tidb`CONCAT(${ISO(value)}, '+00:00')`,
  // The digits that it shows, and not those of the double that it is computed with.
  float4: (value) => tidb`CAST(CAST(${value} AS CHAR) AS JSON)`,
  bytea: asText,
  bit: asText,
  varbit: asText,
  ...Object.fromEntries(["inet", "cidr", "macaddr", "macaddr8", ...RANGES].map((name) => [name, AS_IT_IS])),
};

const DOUBLE = warning("a numeric becomes a double within JSON: digits behind the 15th are lost", {
  help: "cast it to text within the document where they matter",
});

/** Types whose value in JSON is a number or a document by itself. */
const NUMBERS = new Set(["int2", "int4", "int8", "float8", "numeric"]);
/** Types whose value in JSON is made a document already. */
const DOCUMENTS = new Set(["json", "jsonb", "bool", "float4"]);

/** The value as a document of its own. */
function document(value: Value, call: Call): Tidb | undefined {
  const { name } = call.type(value);
  const inner = asJson(value, call);
  if (!inner || DOCUMENTS.has(name) || name.endsWith("[]")) return inner;
  return NUMBERS.has(name) ? tidb`CAST(${inner} AS JSON)` : tidb`CAST(JSON_QUOTE(${inner}) AS JSON)`;
}

function listed(name: string, items: readonly Tidb[]): Tidb {
  if (items.length === 0) return tidb`${raw(`${name}()`)}`;
  return { kind: "Tidb", texts: [`${name}(`, ...items.slice(1).map(() => ", "), ")"], holes: items };
}

const build: Write = (args, call) => {
  const isObject = call.signature.name.endsWith("object");
  if (isObject && args.length % 2 === 1) return call.refuse(`${call.signature.name}() of an odd number of values`);
  const items = (args as readonly Value[]).map((arg, i) => {
    if (!isObject || i % 2 === 1) return asJson(arg, call);
    return keyText(arg, call);
  });
  return items.includes(undefined) ? undefined : listed(isObject ? "JSON_OBJECT" : "JSON_ARRAY", items as Tidb[]);
};
const TEXT = new Set(["text", "varchar", "unknown", "name"]);

/** A value as a key of an object: a char keeps its blanks there. */
function keyText(value: Value, call: Call): Tidb | undefined {
  const { name } = call.type(value);
  if (name === "bpchar") return blankFilled(value, call);
  return TEXT.has(name) ? tidb`${value}` : asText(value, call);
}

/** Fields of an object that is known: a constant, or jsonb_build_object() with known keys. */
function fieldsOf(value: Value, call: Call): readonly (readonly [string, Tidb])[] | undefined {
  const known = constant(value, call)?.json;
  if (typeof known === "object" && known !== null && !Array.isArray(known))
    return Object.entries(known).map(([key, inner]) => [key, literal(inner)] as const);
  const made = as("FuncCall", value);
  const args = made?.args ?? [];
  if (made?.funcname?.at(-1) !== "jsonb_build_object" || args.length === 0) return undefined;
  const pairs = args.flatMap((key, i) => (i % 2 === 0 ? [[call.text(key), args[i + 1]!] as const] : []));
  if (pairs.some(([key]) => key === undefined)) return undefined;
  const fields = pairs.map(([key, inner]) => [key!, asJson(inner, call)] as const);
  if (fields.some(([, inner]) => inner === undefined)) return undefined;
  call.open(made as never);
  return fields as readonly (readonly [string, Tidb])[];
}

const concatenated: Write = ([left, right], call) => {
  const known = constant(right, call)?.json;
  const merged = tidb`JSON_MERGE_PRESERVE(${left}, ${right})`;
  if (Array.isArray(known)) return merged;
  const fields = fieldsOf(right, call);
  if (fields) {
    const set = listed("JSON_SET", [tidb`${left}`, ...fields.flatMap(([key, value]) => [text(`$${member(key)}`), value])]);
    if (fields.length === 0) return tidb`CASE WHEN ${isType(left, "OBJECT")} THEN ${left} ELSE ${merged} END`;
    return known === undefined
      ? tidb`CASE WHEN ${isType(left, "OBJECT")} THEN ${set} WHEN ${left} IS NOT NULL THEN ${mergedFields(left, fields)} END`
      : tidb`CASE WHEN ${isType(left, "OBJECT")} THEN ${set} ELSE ${merged} END`;
  }
  // JSON_MERGE_PATCH would go on within members, and take null for what is to be removed.
  const of = (document: Value) => tidb`JSON_EXTRACT(${document}, CONCAT('$.', nth_item.item_v))`;
  const keys = tidb`JSON_MERGE_PRESERVE(JSON_KEYS(${left}), JSON_KEYS(${right}))`;
  const object = tidb`JSON_OBJECTAGG(JSON_UNQUOTE(nth_item.item_v), COALESCE(${of(right)}, ${of(left)}))`;
  const members = tidb`(SELECT /*+ NO_DECORRELATE() */ COALESCE(${object}, JSON_OBJECT()) FROM ${elementRows(keys)})`;
  return tidb`CASE WHEN ${isType(left, "OBJECT")} AND ${isType(right, "OBJECT")} THEN ${members} ELSE ${merged} END`;
};

const mergedFields = (left: Value, fields: readonly (readonly [string, Tidb])[]): Tidb =>
  tidb`JSON_MERGE_PRESERVE(${left}, ${listed(
    "JSON_OBJECT",
    fields.flatMap(([key, value]) => [text(key), value]),
  )})`;

const SCALAR = note("what is no document of that kind is left as it is, where PostgreSQL raises an error", {
  help: "nothing to do where all documents are objects or arrays",
});

const removed =
  (paths: (args: Operands, call: Call) => readonly string[] | undefined): Write =>
  (args, call) => {
    const found = paths(args, call);
    if (!found?.length) return call.refuse("keys to remove that are no literals");
    call.say("scalar");
    return listed("JSON_REMOVE", [tidb`${args[0]}`, ...found.map((path) => text(`$${path}`))]);
  };

const KEPT = warning("a document that is neither object nor array is left as it is, where PostgreSQL raises an error", {
  help: "nothing to do where all documents are objects or arrays",
});

/** Members without some keys, or elements without the texts that are equal to them. */
function removedKeys(document: Value, members: Tidb, others: Tidb, call: Call): Tidb {
  const made = as("FuncCall", document)?.funcname?.at(-1);
  if (made !== undefined && /^jsonb_(?:build_object|object_agg)$/.test(made as string)) return members;
  call.say("scalar");
  const kept = tidb`JSON_EXTRACT(JSON_OBJECTAGG(LPAD(nth_item.item_i, 10, '0'), nth_item.item_v), '$.*')`;
  const elements = tidb`(SELECT /*+ NO_DECORRELATE() */ COALESCE(${kept}, JSON_ARRAY()) FROM ${elementRows(tidb`${document}`)} WHERE ${others})`;
  return tidb`CASE WHEN ${isType(document, "ARRAY")} THEN ${elements} ELSE ${members} END`;
}

/** The path that jsonb_set() and #- walk, numbers being places: undefined where it cannot be told. */
function stepsOf(path: Value, call: Call): string | undefined {
  const known = texts(path, call);
  return known?.length ? known.map(pathStep).join("") : undefined;
}

/** A step that is a place, from the end where it is negative, or a key. */
function pathStep(step: string): string {
  if (!INTEGER.test(step)) return member(step);
  const place = Number(step);
  return place >= 0 ? `[${place}]` : place === -1 ? "[last]" : `[last${place + 1}]`;
}

/** Where a number is a place, the document must have an array there: an object is taken for an array of one by TiDB. */
function guarded(target: Value, path: string, change: Tidb): Tidb {
  const places = [...path.matchAll(/\[(?:\d+|last(?:-\d+)?)\]/g)].filter(
    ({ index }) => !/"[^"]*$/.test(path.slice(0, index).replaceAll(/"(?:[^"\\]|\\.)*"/g, "")),
  );
  if (places.length === 0) return change;
  const parents = places.map(({ index }) => (index === 0 ? tidb`${target}` : extract(target, path.slice(0, index))));
  return tidb`CASE WHEN ${all(parents.map((parent) => isType(parent, "ARRAY")))} THEN ${change} ELSE ${target} END`;
}

const PLACES = warning("a number in the path is a place in an array; an object there is left as it is", {
  help: "write the key of an object in another way than as a number",
});

const set: Write = ([target, path, value, create], call) => {
  const steps = stepsOf(path, call);
  if (steps === undefined) return call.refuse("a JSON path that is no literal");
  const make = create === undefined ? "true" : call.text(create);
  if (make === undefined) return call.refuse("jsonb_set() that is told by a column whether to create");
  call.say("scalar");
  if (/\[(?:\d+|last(?:-\d+)?)\]/.test(steps)) call.say("places");
  const name = raw(/^t/.test(make) ? "JSON_SET" : "JSON_REPLACE");
  const [, parent, fromEnd] = /^(.*)\[last(?:-(\d+))?\]$/.exec(steps) ?? [];
  const put = tidb`${name}(${target}, ${text(`$${steps}`)}, ${value})`;
  // Before the beginning of an array it is put first.
  const first = tidb`JSON_ARRAY_INSERT(${target}, ${text(`$${parent ?? ""}[0]`)}, ${value})`;
  const isThere = tidb`JSON_LENGTH(${extract(target, parent ?? "")}) > ${raw(String(Number(fromEnd ?? 0)))}`;
  const placed = parent === undefined || !/^t/.test(make) ? put : tidb`CASE WHEN ${isThere} THEN ${put} ELSE ${first} END`;
  const change = guarded(target, steps, placed);
  return call.nullable(value) ? tidb`CASE WHEN ${value} IS NOT NULL THEN ${change} END` : change;
};

const KIND = warning("{function} of a document that is no {kind} gives {gives}, where PostgreSQL raises an error", {
  help: "check with jsonb_typeof() first where documents differ",
});

/** A document around joined items: where NULLs are left out it is there for any row, be it empty. */
function joinedItems([open, close]: string, joined: Tidb, call: Call): Tidb {
  const document = (items: Tidb) => tidb`CAST(CONCAT(${raw(string(open!))}, ${items}, ${raw(string(close!))}) AS JSON)`;
  if (!call.signature.name.endsWith("_strict")) return document(joined);
  const rows = call.filter === undefined ? tidb`*` : tidb`CASE WHEN ${call.filter} THEN 1 END`;
  return tidb`CASE WHEN COUNT(${rows}) > 0 THEN ${document(tidb`COALESCE(${joined}, '')`)} END`;
}

const aggregated: Write = ([value], call) => {
  const inner = asJson(value, call);
  if (!inner) return undefined;
  if (call.over.raw !== "") {
    if (call.filter !== undefined || call.signature.name.endsWith("_strict"))
      return call.refuse(`${call.signature.name}() over a window, with FILTER (put the condition into a CASE, and NULLs into the array)`);
    return tidb`JSON_ARRAYAGG(${inner})${call.over}`;
  }
  if (call.order.raw === "" && call.distinct.raw === "" && call.filter === undefined && !call.signature.name.endsWith("_strict")) {
    call.say("order");
    return tidb`JSON_ARRAYAGG(${inner})`;
  }
  const { name } = call.type(value);
  const written =
    NUMBERS.has(name) || name === "bool" || name === "json" || name === "jsonb" || name.endsWith("[]") ? inner : tidb`JSON_QUOTE(${inner})`;
  const item = tidb`COALESCE(CAST(${written} AS CHAR), 'null')`;
  const strict = call.signature.name.endsWith("_strict");
  const present = strict ? tidb`CAST(${written} AS CHAR)` : item;
  const kept = call.filter === undefined ? present : tidb`CASE WHEN ${call.filter} THEN ${present} END`;
  call.say("length");
  if (call.order.raw === "") call.say("order");
  return joinedItems("[]", tidb`GROUP_CONCAT(${call.distinct}${kept}${call.order} SEPARATOR ',')`, call);
};

const AGGREGATE = {
  order: warning("the values come in any order", { help: "write the order into the call: jsonb_agg(x ORDER BY y)" }),
  length: warning("the array is put together as text, which is cut at group_concat_max_len bytes: 1024 unless it is set", {
    help: "SET SESSION group_concat_max_len = 1073741824 in the connection of the application",
  }),
};

const JSON_TYPES = "json|jsonb";

const quiet = (findings: readonly string[], ...expressions: readonly string[]) => expressions.map((pg) => ({ pg, findings }));

export const jsonRules = table(
  "functions/json",
  { pg: "functions-json", tidb: "json-functions" },
  {
    member: {
      calls: [`->(${JSON_TYPES}, text)`],
      tidb: ([document, key], call) => memberOf(document, key, call),
      proofs: proofs(
        "j -> 'a'",
        "j -> ''",
        "j -> 'é'",
        "j -> 'a' -> 'b' -> 'c'",
        "j -> 'a\"b'",
        "j -> tb",
        "j -> 'tags'",
        "(j -> 'a') = '1'",
      ),
    },
    "member-text": {
      calls: [`->>(${JSON_TYPES}, text)`],
      tidb: ([document, key], call) => {
        call.say("spelt");
        return unquoted(memberOf(document, key, call));
      },
      messages: { spelt: SPELT },
      proofs: quiet(
        ["spelt"],
        "j ->> 'a'",
        "j ->> 'tags'",
        "j -> 'a' ->> 'b'",
        "j ->> tb",
        "(j ->> 'a') = 'x'",
        "j ->> 'n' || '!'",
        "j ->> 'k'",
      ),
    },
    element: {
      calls: [`->(${JSON_TYPES}, int4)`],
      tidb: ([document, place], call) => elementAt(document, place, call),
      proofs: proofs("j -> 0", "j -> 1", "j -> -1", "j -> -2", "j -> i2", "j -> 'a' -> 1", "j -> 'a' -> 0 -> 'x'", "j -> 1 -> -1"),
    },
    "element-text": {
      calls: [`->>(${JSON_TYPES}, int4)`],
      tidb: ([document, place], call) => {
        call.say("spelt");
        return unquoted(elementAt(document, place, call));
      },
      messages: { spelt: SPELT },
      proofs: quiet(["spelt"], "j ->> 2", "j -> 'tags' ->> 0", "j ->> -1"),
    },
    path: {
      calls: [`#>(${JSON_TYPES}, text[])`],
      tidb: ([document, path], call) => atPath(document, path, call),
      proofs: proofs(
        "j #> '{a}'",
        "j #> '{a,b,c}'",
        "j #> '{a,b,c,1}'",
        "j #> '{0,a}'",
        "j #> ARRAY['a','1','0']",
        "j #> '{}'",
        "j #> '{-1}'",
        `j #> '{"a","b"}'`,
      ),
    },
    "path-text": {
      calls: [`#>>(${JSON_TYPES}, text[])`],
      tidb: ([document, path], call) => {
        call.say("spelt");
        const value = atPath(document, path, call);
        return value && unquoted(value);
      },
      messages: { spelt: SPELT },
      proofs: quiet(["spelt"], "j #>> '{a}'", "j #>> '{a,b,c,0}'", "j #>> '{tags,-1}'", "j #>> ARRAY['0','a']"),
    },
    subscript: {
      calls: ["[](jsonb, any...)"],
      tidb: (args, call) => fixedPath(args, call),
      why: "Subscripts are a path, as #> takes one: of a scalar they give NULL.",
      proofs: proofs("j['a']", "j[0]", "j[1]", "j[-1]", "j['a']['b']['c'][0]", "j['tags'][1]", "j['0']", "j[0]['a']"),
    },
    "extract-path": {
      calls: ["json", "jsonb"].map((name) => `${name}_extract_path(${name}, text...)`),
      tidb: (args, call) => fixedPath(args, call),
      proofs: proofs("jsonb_extract_path(j, 'a', 'b')", "jsonb_extract_path(j, 'a', '1', '0')"),
    },
    "extract-path-text": {
      calls: ["json", "jsonb"].map((name) => `${name}_extract_path_text(${name}, text...)`),
      tidb: (args, call) => {
        call.say("spelt");
        const value = fixedPath(args, call);
        return value && unquoted(value);
      },
      messages: { spelt: SPELT },
      proofs: quiet(["spelt"], "jsonb_extract_path_text(j, 'a', 'b', 'c')", "jsonb_extract_path_text(j, 'k')"),
    },
    order: {
      calls: ["<", "<=", ">", ">="].map((sign) => `${sign}(jsonb, jsonb)`),
      tidb: ([a, b], call) => {
        call.say("containers");
        const sign = raw(call.signature.name);
        const [first, second] = [jsonRank(a), jsonRank(b)];
        return tidb`CASE WHEN ${first} <> ${second} THEN ${first} ${sign} ${second} ELSE ${a} ${sign} ${b} END`;
      },
      why: "TiDB has another order of kinds.",
      messages: {
        containers: warning("arrays, and objects, of as many elements may be less or greater otherwise", {
          help: "nothing to do where both are scalars",
        }),
      },
      proofs: [
        ...quiet(
          ["containers"],
          "j > '1'",
          "j <= '\"k\"'",
          "j < 'null'",
          "j >= '[]'",
          "j > '{}'",
          "j < '[1, 2]'",
          "j -> 'a' >= '2'",
          "to_jsonb(t) < to_jsonb(tb)",
          "to_jsonb(b) <= 'true'",
        ),
      ],
    },
    contains: {
      calls: ["@>(jsonb, jsonb)"],
      tidb: ([document, part], call) => containment(document, part, call),
      why: "JSON_CONTAINS finds a value also in an array in its place; members are compared one by one.",
      messages: { deeper: DEEPER },
      proofs: [
        ...proofs(
          ...[
            `{"a": 1}`,
            `{"a": {"b": {}}}`,
            `{"a": "x", "n": 12345678901}`,
            "[1]",
            "[1, 3]",
            `["a"]`,
            "[null]",
            "{}",
            "[]",
            "1",
            `"a"`,
            "null",
            `{"tags": ["p"]}`,
            `{"a": null}`,
            "true",
            `{"a": [1]}`,
          ].map((part) => `j @> '${part}'`),
          `NOT j @> '{"a": 1}'`,
          `j -> 'a' @> '{"b": {"c": [10]}}'`,
        ),
        { pg: `j @> '[{"a": 1}]'`, findings: ["deeper"] },
        { pg: "j @> jb", findings: ["deeper"], differs: true },
      ],
    },
    contained: {
      calls: ["<@(jsonb, jsonb)"],
      tidb: ([part, document], call) => containment(document, part, call),
      messages: { deeper: DEEPER },
      proofs: [...proofs(`'1' <@ j`, `'{"a": 1}' <@ j`), { pg: `j <@ '{"a": 1, "b": 2}'`, findings: ["deeper"] }],
    },
    exists: {
      calls: ["?(jsonb, text)"],
      tidb: ([document, key], call) => {
        const known = call.text(key);
        if (known !== undefined) return has(document, known);
        return infix("or")`JSON_CONTAINS_PATH(${document}, 'one', CONCAT('$.', JSON_QUOTE(${key}))) OR ${key} MEMBER OF (${document})`;
      },
      proofs: proofs("j ? 'a'", "j ? 'b'", "j ? ''", "NOT j ? 'tags'", "j ? tb", "j -> 'a' ? 'b'"),
    },
    "exists-any": { calls: ["?|(jsonb, text[])"], tidb: keys("or"), proofs: proofs("j ?| '{a,b}'", "j ?| ARRAY['k', 'é']") },
    "exists-all": { calls: ["?&(jsonb, text[])"], tidb: keys("and"), proofs: proofs("j ?& '{a,b}'", "j ?& ARRAY['a', 'k']") },
    concatenate: {
      calls: ["||(jsonb, jsonb)"],
      tidb: concatenated,
      messages: {
        double: DOUBLE,
      },
      proofs: [
        ...proofs(
          `j || '{"a": 9, "z": null}'`,
          "j || '[1, 2]'",
          "j || '{}'",
          "j || jsonb_build_object('a', i4, 'q', t)",
          "jsonb_build_object('x', 1) || jsonb_build_object('y', b)",
        ),
        ...proofs(
          "j || jb",
          "jsonb_build_object('o', jsonb_build_object('x', 1), 'n', 1) || (j || '{\"o\": {\"y\": null}, \"n\": null}')",
          "'{}'::jsonb || jb",
          "(j || '{}') || (jb -> 'a')",
        ),
        { pg: "j || jsonb_build_object('n', nn)", findings: ["double"] },
      ],
    },
    "remove-key": {
      calls: ["-(jsonb, text)"],
      tidb: ([document, key], call) => {
        const known = call.text(key);
        const path = known === undefined ? tidb`CONCAT('$.', JSON_QUOTE(${key}))` : text(`$${member(known)}`);
        const item = known === undefined ? tidb`CAST(JSON_QUOTE(${key}) AS JSON)` : literal(known);
        return removedKeys(document, tidb`JSON_REMOVE(${document}, ${path})`, infix("comparison")`nth_item.item_v <> ${item}`, call);
      },
      why: "Of an array, strings that are equal to the key are removed.",
      messages: { scalar: KEPT },
      proofs: [
        { pg: "(j -> 'a') - 'b'", findings: ["scalar"], differs: true },
        ...quiet(["scalar"], "j - 'a'", "j - tb").map((proof) => ({ ...proof, differs: true as const })),
        ...quiet(
          ["scalar"],
          "CASE WHEN jsonb_typeof(j) IN ('array', 'object') THEN j - 'a' END",
          '\'["a", 1, "b", ["a"], null, "a"]\'::jsonb - \'a\'',
          "'[\"a\"]'::jsonb - 'a'",
          "'[\"a\", \"x\"]'::jsonb - COALESCE(t, 'a')",
        ),
        ...proofs("jsonb_build_object('a', i4, 'b', t) - 'a'"),
      ],
    },
    "remove-keys": {
      calls: ["-(jsonb, text[])"],
      tidb: ([document, keys], call) => {
        const known = texts(keys, call);
        if (!known?.length) return call.refuse("keys to remove that are no literals");
        const removed = listed("JSON_REMOVE", [tidb`${document}`, ...known.map((key) => text(`$${member(key)}`))]);
        const others = all(known.map((key) => infix("comparison")`nth_item.item_v <> ${literal(key)}`));
        return removedKeys(document, removed, others, call);
      },
      messages: { scalar: KEPT },
      proofs: [
        { pg: "j - '{a,k}'::text[]", findings: ["scalar"], differs: true },
        ...quiet(
          ["scalar"],
          "CASE WHEN jsonb_typeof(j) IN ('array', 'object') THEN j - '{a,k}'::text[] END",
          "'[\"a\", 1, \"b\", \"c\"]'::jsonb - ARRAY['a', 'c']",
        ),
      ],
    },
    "remove-element": {
      calls: ["-(jsonb, int4)"],
      tidb: removed(([, place], call) => {
        const at = call.integer(place);
        return at === undefined ? undefined : [at >= 0 ? `[${at}]` : at === -1 ? "[last]" : `[last${at + 1}]`];
      }),
      messages: { scalar: SCALAR },
      proofs: quiet(["scalar"], "j - 0", "j - 1", "j - -1", "j - 9"),
    },
    "remove-path": {
      calls: ["#-(jsonb, text[])"],
      tidb: ([document, path], call) => {
        const steps = stepsOf(path, call);
        if (steps === undefined) return call.refuse("a JSON path that is no literal");
        call.say("scalar");
        return guarded(document, steps, tidb`JSON_REMOVE(${document}, ${text(`$${steps}`)})`);
      },
      messages: { scalar: SCALAR },
      proofs: quiet(
        ["scalar"],
        "j #- '{a}'",
        "j #- '{a,b}'",
        "j #- '{tags,0}'",
        "j #- '{0,a}'",
        "j #- '{tags,-1}'",
        "'[1, 2, 3]'::jsonb #- '{-2}'",
        "'[1]'::jsonb #- '{-2}'",
      ),
    },
    set: {
      calls: ["jsonb_set(jsonb, text[], jsonb)", "jsonb_set(jsonb, text[], jsonb, bool)"],
      tidb: set,
      messages: { scalar: SCALAR, places: PLACES },
      proofs: [
        ...quiet(
          ["scalar"],
          "jsonb_set(j, '{a}', '9')",
          "jsonb_set(j, '{new}', '\"x\"', false)",
          "jsonb_set(j, '{a,b}', '{}')",
          "jsonb_set(j, '{z,y}', '1', true)",
          "jsonb_set(j, '{a}', jb)",
          "jsonb_set(j, ARRAY['a'], to_jsonb(t))",
        ),
        ...[
          "jsonb_set('{\"a\": [1, 2]}', '{a,-1}', '9')",
          "jsonb_set('{\"a\": [1, 2]}', '{a,-3}', '9')",
          "jsonb_set('{\"a\": [1, 2]}', '{a,-3}', '9', false)",
          "jsonb_set('[]', '{-1}', '9')",
        ].map((pg) => ({ pg, findings: ["scalar", "places"] })),
        { pg: "jsonb_set(j, '{tags,0}', '9')", findings: ["scalar", "places"] },
        { pg: "jsonb_set(j, '{a,5}', '9')", findings: ["scalar", "places"], differs: true },
      ],
    },
    "set-lax": {
      calls: ["jsonb, text[], jsonb", "jsonb, text[], jsonb, bool", "jsonb, text[], jsonb, bool, text"].map(
        (args) => `jsonb_set_lax(${args})`,
      ),
      tidb: (args, call) => {
        const [target, path, value, create, treatment] = args;
        const kind = treatment === undefined ? "use_json_null" : call.text(treatment);
        const steps = stepsOf(path, call);
        if (steps === undefined || kind === undefined) return call.refuse("a JSON path, or what becomes of NULL, that is no literal");
        const nullArgs = [
          target,
          path,
          literal(null) as unknown as Value,
          ...(create === undefined ? [] : [create]),
        ] as unknown as Operands;
        const instead: Readonly<Record<string, () => Tidb | undefined>> = {
          use_json_null: () => set(nullArgs, call),
          delete_key: () => guarded(target, steps, tidb`JSON_REMOVE(${target}, ${text(`$${steps}`)})`),
          return_target: () => tidb`${target}`,
        };
        const other = instead[kind]?.();
        if (!other) return call.refuse(`jsonb_set_lax() with ${kind}`);
        call.say("scalar");
        if (as("A_Const", value)?.isnull) return other;
        const made = set([target, path, value, ...(create === undefined ? [] : [create])] as unknown as Operands, call);
        return made && tidb`CASE WHEN ${value} IS NULL THEN ${other} ELSE ${made} END`;
      },
      messages: { scalar: SCALAR, places: PLACES },
      proofs: [
        ...quiet(
          ["scalar"],
          "jsonb_set_lax(j, '{a}', NULL)",
          "jsonb_set_lax(j, '{a}', NULL, true, 'delete_key')",
          "jsonb_set_lax(j, '{a}', NULL, true, 'return_target')",
          "jsonb_set_lax(j, '{new}', jb, false, 'use_json_null')",
          "jsonb_set_lax(j, '{a,b}', to_jsonb(i4), true, 'delete_key')",
        ),
        { pg: "jsonb_set_lax('[1, 2]', '{0}', to_jsonb(i4))", findings: ["scalar", "places"] },
      ],
    },
    "array-length": {
      calls: ["jsonb_array_length(jsonb)", "json_array_length(json)"],
      tidb: ([document], call) => {
        call.say("kind", { function: `${call.signature.name}()`, kind: "array", gives: "another number" });
        return tidb`JSON_LENGTH(${document})`;
      },
      messages: { kind: KIND },
      proofs: quiet(["kind"], "jsonb_array_length(j)", "jsonb_array_length(j -> 'tags')"),
    },
    typeof: {
      calls: ["jsonb_typeof(jsonb)", "json_typeof(json)"],
      tidb: ([document]) =>
        tidb`CASE ${type(document)} WHEN 'INTEGER' THEN 'number' WHEN 'UNSIGNED INTEGER' THEN 'number' WHEN 'DOUBLE' THEN 'number' ELSE LOWER(${type(document)}) END`,
      proofs: proofs("jsonb_typeof(j)", "jsonb_typeof(j -> 'a')", "jsonb_typeof('12345678901234567890')"),
    },
    build: {
      calls: ["json", "jsonb"].flatMap((name) => [
        `${name}_build_object()`,
        `${name}_build_object(any...)`,
        `${name}_build_array()`,
        `${name}_build_array(any...)`,
      ]),
      tidb: build,
      messages: { double: DOUBLE },
      proofs: [
        ...proofs(
          "jsonb_build_object('a', i4, 'b', t, 'c', b, 'd', d, 'e', e)",
          "jsonb_build_object('ts', ts, 'tz', tz, 'ti', ti)",
          "json_build_object('j', j, 'u', u, 'n', n, 'f', f8b, 'x', NULL)",
          "jsonb_build_array(i8, v, b AND bb, 'x', 1.5)",
          "jsonb_build_object()",
          "jsonb_build_object('in', jsonb_build_object('at', at, 'ai', ai))",
          "jsonb_build_object(id, id)",
          "json_array()",
          "json_array(t, i4 NULL ON NULL)",
          "json_object('a': i4, 'b': t)",
          "json_object('a' VALUE j)",
          "json_scalar(i4)",
          "json_scalar(t)",
          "json_serialize('{\"a\":1}')",
          "JSON('{\"a\":1}')",
        ),
        { pg: "jsonb_build_array(nn)", findings: ["double"] },
      ],
    },
    "to-json": {
      calls: ["to_json(any)", "to_jsonb(any)"],
      tidb: ([value], call) => document(value, call),
      messages: { double: DOUBLE },
      proofs: [
        ...proofs(
          "to_jsonb(t)",
          "to_jsonb(i4)",
          "to_json(b)",
          "to_jsonb(ts)",
          "to_jsonb(e)",
          "to_jsonb(j)",
          "to_jsonb(ai)",
          "to_jsonb('x'::text)",
          "to_jsonb(f4)",
          "to_jsonb(y)",
          "to_jsonb(ip)",
          "to_jsonb(iv)",
          "to_jsonb(ir)",
          "to_jsonb(nr)",
          "to_jsonb(int4range(1, 3, '[]'))",
          "to_jsonb(b8)",
          "jsonb_build_array(vb, dr, f4, ip, ti, '10.0.0.0/8'::cidr, '08:00:2b:01:02:03'::macaddr, '\\x00'::bytea)",
        ),
        { pg: "to_jsonb(nn)", findings: ["double"] },
      ],
    },
    "to-number": {
      calls: ["jsonb::int|numeric|float8"],
      tidb: ([value], call) => {
        call.say("kind", { to: call.result.name });
        const target = /^int/.test(call.result.name) ? "SIGNED" : call.result.name === "float8" ? "DOUBLE" : "DECIMAL(65,30)";
        if (call.result.mods?.length) return call.refuse("a cast of JSON to a numeric with modifiers");
        // A double's half would go to the even number.
        const number = target === "SIGNED" ? tidb`CAST(${value} AS DECIMAL(65,30))` : tidb`${value}`;
        return tidb`CASE WHEN ${type(value)} <> 'NULL' THEN CAST(${number} AS ${raw(target)}) END`;
      },
      messages: {
        kind: warning("JSON that is no number gives 0 or the number in its text as {to}, where PostgreSQL raises an error", {
          help: "check with jsonb_typeof() first where documents differ",
        }),
      },
      proofs: quiet(["kind"], "(j -> 'a')::int", "j::bigint", "j::numeric", "(j -> 'n')::float8", "'2.5'::jsonb::int"),
    },
    "to-boolean": {
      calls: ["jsonb::bool"],
      tidb: ([value], call) => {
        call.say("kind");
        return tidb`CASE JSON_UNQUOTE(${value}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
      },
      messages: {
        kind: warning("JSON that is no boolean gives NULL, where PostgreSQL raises an error", {
          help: "check with jsonb_typeof() first where documents differ",
        }),
      },
      proofs: quiet(["kind"], "j::bool", "(j -> 'b')::boolean"),
    },
    aggregate: {
      calls: ["json_agg(any)", "jsonb_agg(any)", "json_agg_strict(any)", "jsonb_agg_strict(any)"],
      tidb: aggregated,
      messages: { ...AGGREGATE, double: DOUBLE },
      proofs: [
        ...quiet(
          ["length"],
          "jsonb_agg(i4 ORDER BY id)",
          "jsonb_agg(t ORDER BY id)",
          "json_agg(b ORDER BY id DESC)",
          "jsonb_agg(j ORDER BY id)",
          "jsonb_agg(d ORDER BY id) FILTER (WHERE id < 9)",
          "jsonb_agg_strict(i4 ORDER BY id)",
          "jsonb_agg_strict(i4 ORDER BY id) FILTER (WHERE i4 IS NULL)",
          "jsonb_agg_strict(i4 ORDER BY id) FILTER (WHERE id < 0)",
          "json_arrayagg(i4 ORDER BY id ABSENT ON NULL) FILTER (WHERE i4 IS NULL OR id < 3)",
          "json_arrayagg(i4 ORDER BY id)",
          "json_arrayagg(t ORDER BY id NULL ON NULL)",
          "json_arrayagg(t ORDER BY id) FILTER (WHERE id < 9)",
        ),
        ...quiet(["order"], "jsonb_agg(7)", "jsonb_agg(true)"),
        ...proofs(
          "array_agg(i4) OVER (ORDER BY id)",
          "jsonb_agg(t) OVER (PARTITION BY b ORDER BY id)",
          "json_agg(b) OVER (ORDER BY id ROWS BETWEEN 3 FOLLOWING AND 4 FOLLOWING)",
          "array_agg(d) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        ),
        { pg: "jsonb_agg(DISTINCT e) FILTER (WHERE e = 'ok')", findings: ["length"] },
        { pg: "jsonb_agg(i4) FILTER (WHERE false)", findings: ["length", "order"] },
        { pg: "jsonb_agg(nn ORDER BY id) FILTER (WHERE id = 1)", findings: ["double", "length"] },
      ],
    },
    "object-aggregate": {
      calls: ["json_object_agg", "jsonb_object_agg", "json_object_agg_strict", "jsonb_object_agg_strict"].map(
        (name) => `${name}(any, any)`,
      ),
      tidb: ([key, value], call) => {
        if (call.distinct.raw !== "") return call.refuse(`${call.signature.name}() with DISTINCT`);
        const strict = call.signature.name.endsWith("_strict");
        const name = keyText(key, call);
        if (!name) return undefined;
        if (call.filter === undefined && call.order.raw === "" && !strict) {
          const inner = asJson(value, call);
          return inner && tidb`JSON_OBJECTAGG(${name}, ${inner})${call.over}`;
        }
        if (call.over.raw !== "") return call.refuse(`${call.signature.name}() over a window, with FILTER`);
        const inner = document(value, call);
        if (!inner) return undefined;
        call.say("length");
        const written = strict ? tidb`CAST(${inner} AS CHAR)` : tidb`COALESCE(CAST(${inner} AS CHAR), 'null')`;
        const pair = tidb`CONCAT(JSON_QUOTE(${name}), ':', ${written})`;
        const kept = call.filter === undefined ? pair : tidb`CASE WHEN ${call.filter} THEN ${pair} END`;
        return joinedItems("{}", tidb`GROUP_CONCAT(${kept}${call.order} SEPARATOR ',')`, call);
      },
      messages: { double: DOUBLE, length: AGGREGATE.length },
      proofs: [
        ...quiet(
          ["length"],
          "jsonb_object_agg(id, t) FILTER (WHERE t IS NOT NULL)",
          "json_object_agg(id, t ORDER BY id DESC)",
          "jsonb_object_agg(coalesce(i2, 0), id ORDER BY id)",
          "json_objectagg('k' || id: i4 ABSENT ON NULL)",
          "json_objectagg('k' || id: i4 ABSENT ON NULL) FILTER (WHERE i4 IS NULL)",
          "json_objectagg('k' || id: i4 ABSENT ON NULL) FILTER (WHERE id < 0)",
          "jsonb_object_agg_strict(id, t) FILTER (WHERE t IS NULL)",
          "jsonb_object_agg(id, d) FILTER (WHERE false)",
        ),
        ...proofs(
          "json_objectagg(id: t)",
          "jsonb_object_agg(id, t)",
          "jsonb_object_agg('k' || id, b)",
          "jsonb_object_agg(id::text, i4)",
          "jsonb_object_agg(id::text::char(9), i4)",
        ),
        { pg: "jsonb_object_agg(id, nn)", findings: ["double"] },
      ],
    },
    "is-json": {
      calls: ["ANY", "OBJECT", "ARRAY", "SCALAR"].map((kind) => `IS JSON ${kind}(text|varchar|json|jsonb)`),
      tidb: ([value], call) => {
        const kind = call.signature.name.slice("IS JSON ".length);
        const isText = !/^jsonb?$/.test(call.type(value).name);
        const valid = tidb`JSON_VALID(${value})`;
        if (kind === "ANY") return isText ? valid : tidb`CASE WHEN ${value} IS NOT NULL THEN TRUE END`;
        const document = isText ? tidb`CASE WHEN ${valid} THEN ${value} END` : tidb`${value}`;
        const is =
          kind === "SCALAR"
            ? infix("comparison")`${type(document)} NOT IN ('OBJECT', 'ARRAY')`
            : infix("comparison")`${type(document)} = ${text(kind)}`;
        return isText ? infix("and")`${valid} AND ${is}` : is;
      },
      proofs: proofs(
        "t IS JSON",
        "tj IS JSON",
        "tj IS JSON OBJECT",
        "tj IS JSON ARRAY",
        "tj IS JSON SCALAR",
        "tj IS NOT JSON",
        "t IS NOT JSON ARRAY",
        "j IS JSON OBJECT",
        "j IS JSON WITH UNIQUE KEYS",
        "j IS JSON OBJECT WITH UNIQUE KEYS",
        '\'{"a": 1, "a": 2}\' IS JSON WITH UNIQUE KEYS',
        '\'{"a": 1, "\\u0061": 2}\' IS JSON OBJECT WITH UNIQUE KEYS',
        '\'[{"a": {"b": 1}, "b": "b"}, {"a": 1}]\' IS JSON WITH UNIQUE KEYS',
        '\'[{"a": {"b": 1, "b": []}}]\' IS NOT JSON WITH UNIQUE KEYS',
        "'{\"a\"' IS JSON WITH UNIQUE KEYS",
      ),
    },
    "build-absent": {
      calls: ["json_object_absent(any...)", "json_array_absent(any...)"],
      tidb: (args, call) => {
        const values = args as readonly Value[];
        const isObject = call.signature.name === "json_object_absent";
        const written = (value: Value) => {
          const inner = document(value, call);
          return inner && tidb`CAST(${inner} AS CHAR)`;
        };
        const items = values.flatMap((value, i) => {
          if (isObject && i % 2 === 0) return [];
          if (as("A_Const", value)?.isnull) {
            call.open(value as never);
            return [];
          }
          const made = written(value);
          const key = values[i - 1]!;
          return [isObject ? made && tidb`CONCAT(JSON_QUOTE(${key}), ': ', ${made})` : made];
        });
        if (items.includes(undefined)) return undefined;
        const [open, close] = isObject ? [raw("'{'"), raw("'}'")] : [raw("'['"), raw("']'")];
        if (items.length === 0) return tidb`CAST(CONCAT(${open}, ${close}) AS JSON)`;
        return tidb`CAST(CONCAT(${open}, ${invoke("CONCAT_WS", [tidb`', '`, ...(items as Tidb[])])}, ${close}) AS JSON)`;
      },
      why: "What is NULL is left out, as CONCAT_WS does.",
      messages: { double: DOUBLE },
      proofs: [
        ...proofs("json_array(1, 'a', t)", "json_array(i4, b, NULL, j ABSENT ON NULL)", "json_object('a': i4, 'b': t ABSENT ON NULL)"),
        { pg: "json_array(nn)", findings: ["double"] },
      ],
    },
    insert: {
      calls: ["jsonb_insert(jsonb, text[], jsonb)", "jsonb_insert(jsonb, text[], jsonb, bool)"],
      tidb: ([target, path, value, after], call) => {
        const known = texts(path, call);
        const behind = after === undefined ? "false" : call.text(after);
        if (!known?.length || behind === undefined) return call.refuse("jsonb_insert() by a path that is no literal");
        call.say("there");
        const last = known.at(-1)!;
        const parent = found(target, known.slice(0, -1));
        const head = known.slice(0, -1).map(pathStep).join("");
        const asMember = tidb`CASE WHEN ${isType(parent, "OBJECT")} THEN JSON_INSERT(${target}, ${text(`$${head}${member(last)}`)}, ${value}) ELSE ${target} END`;
        if (!INTEGER.test(last)) return asMember;
        const place = Number(last) + (/^t/.test(behind) ? 1 : 0);
        const insert = (path: Tidb) => tidb`JSON_ARRAY_INSERT(${target}, ${path}, ${value})`;
        // Before the beginning of an array it is put first.
        const fromEnd = tidb`GREATEST(CAST(JSON_LENGTH(${parent}) AS SIGNED) + ${raw(String(place))}, 0)`;
        const at = Number(last) < 0 ? tidb`CONCAT(${text(`$${head}[`)}, ${fromEnd}, ']')` : text(`$${head}[${place}]`);
        return tidb`CASE WHEN ${isType(parent, "ARRAY")} THEN ${insert(at)} ELSE ${asMember} END`;
      },
      messages: {
        there: warning("a key that is there already is left as it is, where PostgreSQL raises an error", {
          help: "jsonb_set() puts a value in its place",
        }),
      },
      proofs: quiet(
        ["there"],
        "jsonb_insert(j, '{new}', '5')",
        "jsonb_insert('[1,2]', '{0}', '5')",
        "jsonb_insert('{\"a\":[1,2]}', '{a,1}', '\"x\"', true)",
        "jsonb_insert(jb, '{0}', '[7]')",
        "jsonb_insert(j, '{a}', '5')",
        "jsonb_insert('{\"a\":[0,1,2]}', '{a,-1}', '\"x\"')",
        "jsonb_insert('{\"a\":[0,1,2]}', '{a,-1}', '\"x\"', true)",
        "jsonb_insert('{\"a\":[0,1,2]}', '{a,-2}', '\"x\"', true)",
        "jsonb_insert('[0]', '{-5}', '\"x\"')",
      ),
    },
    "from-texts": {
      calls: ["json", "jsonb"].flatMap((name) => [`${name}_object(text[])`, `${name}_object(text[], text[])`]),
      tidb: ([first, second], call) => {
        const [keys, values] = [texts(first, call), second === undefined ? undefined : texts(second, call)];
        if (!keys || (second !== undefined && !values)) return call.refuse(`${call.signature.name}() of arrays that are no literals`);
        const pairs = values ? keys.flatMap((key, i) => [key, values[i]!]) : keys;
        if (pairs.length % 2 === 1 || pairs.includes(undefined as never))
          return call.refuse(`${call.signature.name}() of keys without values`);
        return listed("JSON_OBJECT", pairs.map(text));
      },
      proofs: proofs("json_object('{a,1,b,2}')", "jsonb_object('{a,b}', '{1,\"x y\"}')", "jsonb_object('{}')"),
    },
    "strip-nulls": {
      calls: ["jsonb_strip_nulls(jsonb)", "json_strip_nulls(json)"],
      tidb: ([target]) => {
        const item = '"(?:[^"\\\\]|\\\\.)*"';
        // All is gone through, so that no match begins within a string: first the members go, then the comma that one at the beginning left.
        const gone = tidb`REGEXP_REPLACE(CAST(${target} AS CHAR), ${text(`(?:(?:, )?${item}: null)*(${item}|[^"]|$)`)}, ${text("\\1")})`;
        return tidb`CAST(REGEXP_REPLACE(${gone}, ${text(`((?:${item}|[^"{])*(?:\\{|$))(?:, )?`)}, ${text("\\1")}) AS JSON)`;
      },
      why: "JSON_MERGE_PATCH would also take nulls for what is to be removed within arrays' objects, and leave others.",
      proofs: proofs(
        "jsonb_strip_nulls(j)",
        'jsonb_strip_nulls(\'{"a": null, "b": 1, "c": null, "x": {"y": null}, "s": "\\"k\\": null", "z": [null, {"q": null, "r": "{, }"}]}\')',
        "jsonb_strip_nulls(jsonb_build_object('a', t, 'b', v, 'c', tb))",
      ),
    },
    pretty: {
      calls: ["jsonb_pretty(jsonb)"],
      tidb: ([target], call) => {
        call.say("order");
        return tidb`REGEXP_REPLACE(JSON_PRETTY(${target}), '^( +)', ${text("\\1\\1")}, 1, 0, 'm')`;
      },
      messages: {
        order: warning("keys may come in another order, numbers in another spelling, and empty arrays and objects stand on one line", {
          help: "format documents in the application",
        }),
      },
      proofs: [{ pg: "jsonb_pretty(j)", findings: ["order"], differs: true }],
    },
  },
);
