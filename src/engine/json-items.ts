/**
 * What paths of SQL/JSON find, as PostgreSQL's executor does (jsonpath_exec.c): a path makes items of a document, one step after the
 * other, and here they are an array of JSON. In TiDB's own paths `[0 to last]` goes through an array and takes any other value as it is,
 * which is what lax mode does before a key and by [*]; a filter or a method makes a new array, item by item.
 */

import type { Node, Value } from "../pg/ast.js";
import type { JsonPath, Literal, Method, Path, Place, Predicate, Step } from "./jsonpath.js";
import { infix, type Raw, raw, spliced, type Tidb, tidb, tidbText } from "./tidb.js";

type Printable = Value | Tidb;

/** The items are what TiDB's path finds in the document: an array of them where it may find several. */
interface Items {
  readonly doc: Printable;
  readonly path: string;
  readonly many: boolean;
  /** One that is no array, if any. */
  readonly scalar?: true;
}

/** What a path is read in. */
interface Reading {
  readonly strict: boolean;
  /** What `$` stands for. */
  readonly document: Printable;
  /** What `@` stands for. */
  readonly item?: Tidb;
  /** Whether the order of the items counts. */
  readonly ordered: boolean;
  /** Of items within items each has its own number. */
  readonly depth: number;
}

const top = (document: Printable, { strict }: JsonPath, ordered: boolean, depth = 1): Reading => ({ strict, document, ordered, depth });

/** What a path finds, as an array of JSON; NULL where that is nothing. undefined: TiDB finds it in another order. */
export function pathArray(document: Printable, path: JsonPath): Tidb | undefined {
  const items = topItems(document, path, true);
  return items && array(items);
}

/** The first thing that a path finds; NULL where that is nothing. */
export function pathFirst(document: Printable, path: JsonPath): Tidb | undefined {
  const items = topItems(document, path, true);
  if (!items) return undefined;
  return items.many ? tidb`JSON_EXTRACT(${array(items)}, '$[0]')` : single(items);
}

/** Whether a path finds anything; NULL of a document that is NULL. */
export function pathFinds(document: Printable, path: JsonPath): Tidb {
  const items = topItems(document, path, false)!;
  if (items.doc === document) return tidb`JSON_CONTAINS_PATH(${document}, 'one', ${text(`$${items.path}`)})`;
  return tidb`CASE WHEN ${document} IS NOT NULL THEN ${exists(items)} END`;
}

/** The value of a predicate at the top of a path: NULL where PostgreSQL says unknown. */
export function pathTest(document: Printable, path: Extract<JsonPath, { predicate: Predicate }>): Tidb {
  return tidb`CASE WHEN ${document} IS NOT NULL THEN ${tested(path.predicate, top(document, path, false), true)} END`;
}

/** Paths within what a path finds, as JSON_TABLE has them. */
export interface PathTree {
  readonly path: JsonPath;
  readonly nested: readonly PathTree[];
}

/** What a tree of paths finds, as rows. */
export interface TreeRows {
  readonly list: Tidb;
  /** The item of a level in the row at hand, and its number within its level from 1. */
  readonly item: (row: Tidb, level: string) => Tidb;
  readonly number: (row: Tidb, level: string, counted: Tidb) => Tidb;
}

/**
 * What a tree of paths finds. Each row is of one of the paths on a level; where none of them finds anything there is one row without.
 * With paths within paths each row is an object: `v` is the item, `i` its number from 0, and `n0`, `n1` … the same of a path within it.
 */
export function pathTree(document: Printable, tree: PathTree): TreeRows | undefined {
  const isFlat = tree.nested.length === 0;
  const list = isFlat ? pathArray(document, tree.path) : treeOf(document, tree, 1);
  const at = (row: Tidb, level: string, field: string) => tidb`JSON_EXTRACT(${row}, ${raw(`'$${level}.${field}'`)})`;
  return (
    list && {
      list,
      item: (row, level) => (isFlat ? row : at(row, level, "v")),
      number: (row, level, counted) => infix("additive")`${isFlat ? counted : tidb`CAST(${at(row, level, "i")} AS SIGNED)`} + 1`,
    }
  );
}

/** Elements of an array as an item of a FROM clause: `nth_item.item_i` counts from 0, `nth_item.item_v` is the element. */
export const elementRows = (list: Tidb): Tidb => rows(list, "nth_item");

function treeOf(document: Printable, { path, nested }: PathTree, depth: number): Tidb | undefined {
  const reading = top(document, path, true, depth);
  const items = topItems(document, path, true, depth);
  if (!items) return undefined;
  let failed = false;
  const made = each(items, reading, (item, within, name) => {
    const row = (...more: readonly Tidb[]) => spliced(tidb`JSON_OBJECT('v', ${item}, 'i', ${raw(name)}.item_i`, ...more, tidb`)`);
    if (nested.length === 0) return { value: row(), sure: true };
    const lists = nested.map((inner, n) => {
      const list = treeOf(item, inner, within.depth);
      if (!list) {
        failed = true;
        return row();
      }
      const rowsOf = each({ doc: list, path: "[*]", many: true }, within, (own) => ({
        value: row(tidb`, ${raw(`'n${n}'`)}, ${own}`),
        sure: true,
      }));
      return array(rowsOf);
    });
    const [first, ...more] = lists;
    const empty = tidb`JSON_ARRAY()`;
    const all = more.reduce(
      (sum, list) => tidb`JSON_MERGE_PRESERVE(${sum}, COALESCE(${list}, ${empty}))`,
      tidb`COALESCE(${first!}, ${empty})`,
    );
    return { value: tidb`COALESCE(NULLIF(${all}, ${empty}), JSON_ARRAY(${row()}))`, sure: true };
  });
  if (failed) return undefined;
  return array(nested.length === 0 ? made : further(made, "[*]", true));
}

/** Whether PostgreSQL may raise an error where nothing is found here: for what is missing in strict mode, or not of a type. */
export function mayRaise(path: JsonPath): boolean {
  if (path.strict) return true;
  const computes = (of: Path): boolean =>
    "sign" in of ||
    "negated" in of ||
    ("steps" in of && of.steps.some((each) => each.step === "method" && !/^(?:type|size)$/.test(each.method)));
  return "path" in path && computes(path.path);
}

function topItems(document: Printable, path: JsonPath, ordered: boolean, depth = 1): Items | undefined {
  const reading = top(document, path, ordered, depth);
  if ("predicate" in path) {
    const test = tested(path.predicate, reading, true);
    return one(
      tidb`CASE WHEN ${document} IS NULL THEN NULL WHEN ${test} THEN ${constant("true")} WHEN NOT ${test} THEN ${constant("false")} ELSE ${constant("null")} END`,
    );
  }
  const isDeep = "steps" in path.path && path.path.steps.some(({ step }) => step === "deep");
  return ordered && isDeep ? undefined : itemsOf(path.path, reading);
}

const one = (doc: Printable): Items => ({ doc, path: "", many: false, scalar: true });

function itemsOf(path: Path, reading: Reading): Items {
  if ("literal" in path) return one(json(path));
  if ("value" in path) return { doc: path.value, path: "", many: false };
  if ("negated" in path)
    return each(unwrapped(itemsOf(path.negated, reading), reading), reading, (item) => ({
      value: tidb`CASE WHEN ${isNumber(item)} THEN CAST(- ${number(item)} AS JSON) END`,
    }));
  if ("sign" in path) return one(computed(path, reading));
  const start: Items = { doc: path.root === "@" ? reading.item! : reading.document, path: "", many: false };
  return path.steps.reduce((items, step) => stepped(items, step, reading), start);
}

/** Both sides of a sign must be one number. */
function computed({ sign, left, right }: Extract<Path, { sign: string }>, reading: Reading): Tidb {
  const [a, b] = [left, right].map((side) => {
    if ("literal" in side && side.type === "number") return { is: undefined, value: tidb`${raw(side.literal)}` };
    const items = itemsOf(side, reading);
    if (items.scalar) return { is: isNumber(single(items)), value: number(single(items)) };
    const all = array(unwrapped(items, reading));
    const first = tidb`JSON_EXTRACT(${all}, '$[0]')`;
    return { is: infix("and")`JSON_LENGTH(${all}) = 1 AND ${isNumber(first)}`, value: number(first) };
  }) as [{ is?: Tidb; value: Tidb }, { is?: Tidb; value: Tidb }];
  const value = infix(sign === "+" || sign === "-" ? "additive" : "multiplicative")`${a.value} ${raw(sign)} ${b.value}`;
  const made = tidb`CAST(${value} AS JSON)`;
  const is = a.is && b.is ? infix("and")`${a.is} AND ${b.is}` : (a.is ?? b.is);
  return is ? tidb`CASE WHEN ${is} THEN ${made} END` : made;
}

const ALL = "[0 to last]";

/** In lax mode an array is gone through where its elements are asked for something. */
const unwrapped = (items: Items, { strict }: Reading): Items => (strict || items.scalar ? items : further(items, ALL, true));

const further = ({ doc, path, many }: Items, more: string, goesOn: boolean): Items => ({ doc, path: path + more, many: many || goesOn });

function stepped(items: Items, step: Step, reading: Reading): Items {
  switch (step.step) {
    case "key":
      return further(unwrapped(items, reading), `.${JSON.stringify(step.key)}`, false);
    case "each":
      return further(items, reading.strict ? "[*]" : ALL, true);
    case "deep":
      return further(items, "**", true);
    case "members":
      return reading.ordered
        ? further(
            each(unwrapped(items, reading), reading, (item, within) => ({ value: members(item, within, (_, value) => value) })),
            "[*]",
            true,
          )
        : further(unwrapped(items, reading), ".*", true);
    case "at":
      return placed(items, step.places, reading);
    case "filter":
      return each(unwrapped(items, reading), reading, (item, within) => ({
        value: item,
        where: tested(step.filter, { ...within, ordered: false, item }, false),
      }));
    case "method":
      return method(items, step.method, reading);
  }
}

/** Members of an object in PostgreSQL's order: keys that are shorter come first. */
function members(object: Tidb, reading: Reading, make: (key: Tidb, value: Tidb) => Tidb): Tidb {
  const name = `item_${reading.depth}`;
  const key = tidbText(`${name}.item_v`);
  const place = tidb`CONCAT(LPAD(LENGTH(JSON_UNQUOTE(${key})), 10, '0'), JSON_UNQUOTE(${key}))`;
  const made = make(key, tidb`JSON_EXTRACT(${object}, CONCAT('$.', ${key}))`);
  return tidb`(SELECT /*+ NO_DECORRELATE() */ JSON_EXTRACT(JSON_OBJECTAGG(${place}, ${made}), '$.*') FROM ${rows(tidb`JSON_KEYS(CASE WHEN ${isType(object, "OBJECT")} THEN ${object} END)`, name)})`;
}

const method = (items: Items, name: Method, reading: Reading): Items => {
  if (name === "keyvalue") {
    const pairs = each(unwrapped(items, reading), reading, (item, within) => ({
      value: members(item, within, (key, value) => tidb`JSON_OBJECT('key', ${key}, 'value', ${value})`),
    }));
    return further(pairs, "[*]", true);
  }
  const made = METHODS[name]!;
  if (name !== "type" && name !== "size") return each(unwrapped(items, reading), reading, (item) => ({ value: made(item) }));
  return items.many ? each(items, reading, (item) => ({ value: made(item) })) : one(made(single(items)));
};

const type = (item: Printable): Tidb => tidb`JSON_TYPE(${item})`;
const isType = (item: Printable, name: string): Tidb => infix("comparison")`${type(item)} = ${raw(`'${name}'`)}`;
const NUMBERS = raw("('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE')");
const isNumber = (item: Printable): Tidb => infix("comparison")`${type(item)} IN ${NUMBERS}`;
const number = (item: Printable): Tidb => tidb`CAST(JSON_UNQUOTE(${item}) AS DECIMAL(65,30))`;
const constant = (written: string): Tidb => tidb`CAST(${text(written)} AS JSON)`;
const text = (value: string): Tidb => tidb`${{ kind: "A_Const", sval: value } as Value}`;

const ifNumber =
  (make: (own: Tidb) => Tidb, pattern?: string) =>
  (item: Tidb): Tidb => {
    const made = tidb`CAST(${make(number(item))} AS JSON)`;
    if (pattern === undefined) return tidb`CASE WHEN ${isNumber(item)} THEN ${made} END`;
    return tidb`CASE WHEN ${isNumber(item)} OR ${isType(item, "STRING")} AND REGEXP_LIKE(JSON_UNQUOTE(${item}), ${text(pattern)}) THEN ${made} END`;
  };
const DECIMAL = "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *$";
const WHOLE = "^ *[+-]?[0-9]+ *$";

/** What a method makes of an item; NULL where PostgreSQL raises an error. */
const METHODS: Readonly<Partial<Record<Method, (item: Tidb) => Tidb>>> = {
  type: (item) => tidb`CAST(JSON_QUOTE(CASE WHEN ${isNumber(item)} THEN 'number' ELSE LOWER(${type(item)}) END) AS JSON)`,
  size: (item) => tidb`CAST(CASE WHEN ${isType(item, "ARRAY")} THEN JSON_LENGTH(${item}) WHEN ${item} IS NOT NULL THEN 1 END AS JSON)`,
  abs: ifNumber((own) => tidb`ABS(${own})`),
  floor: ifNumber((own) => tidb`FLOOR(${own})`),
  ceiling: ifNumber((own) => tidb`CEILING(${own})`),
  double: ifNumber((own) => own, DECIMAL),
  number: ifNumber((own) => own, DECIMAL),
  integer: ifNumber((own) => tidb`ROUND(${own})`, WHOLE),
  bigint: ifNumber((own) => tidb`ROUND(${own})`, WHOLE),
  string: (item) =>
    tidb`CASE WHEN ${type(item)} NOT IN ('NULL', 'OBJECT', 'ARRAY') THEN CAST(JSON_QUOTE(JSON_UNQUOTE(${item})) AS JSON) END`,
};

const written = ({ last, offset }: Place) => (last ? (offset === 0 ? "last" : `last-${offset}`) : String(offset));
const range = ([from, to]: readonly [Place, Place]) => `[${from === to ? written(from) : `${written(from)} to ${written(to)}`}]`;
/** What is no array is one of a single element in lax mode. */
const ofOne = ([from, to]: readonly [Place, Place]) => (from.offset === 0 && !(to.last && to.offset > 0) ? ["[0]"] : []);

function placed(items: Items, places: readonly (readonly [Place, Place])[], reading: Reading): Items {
  const [first, ...more] = places;
  const [from, to] = first!;
  // TiDB takes the last element of an array alone.
  const isBare = from === to && from.last && from.offset === 0;
  if (more.length === 0 && (!isBare || reading.strict)) return further(items, range(first!), from !== to);
  const found = (item: Tidb): Tidb => {
    const paths = places.map((each) => `$${range(each)}`);
    const inArray = tidb`JSON_EXTRACT(${item}, ${raw(paths.map((each) => `'${each}'`).join(", "))})`;
    if (reading.strict) return inArray;
    const alone = places.flatMap(ofOne);
    const inOther =
      isBare && more.length === 0 ? item : alone.length > 0 ? tidb`JSON_ARRAY(${alone.map(() => item) as unknown as Value})` : tidb`NULL`;
    return tidb`CASE WHEN ${isType(item, "ARRAY")} THEN ${inArray} WHEN ${item} IS NOT NULL THEN ${inOther} END`;
  };
  const made = items.many ? each(items, reading, (item) => ({ value: found(item) })) : { doc: found(single(items)), path: "", many: false };
  return more.length === 0 ? made : further(made, "[*]", true);
}

/** The item of a path that finds one at most. */
const single = ({ doc, path }: Items): Tidb => (path === "" ? tidb`${doc}` : tidb`JSON_EXTRACT(${doc}, ${text(`$${path}`)})`);

/** The items as an array; NULL where there are none. */
const array = (items: Items): Tidb =>
  items.many ? single(items) : tidb`CASE WHEN ${single(items)} IS NOT NULL THEN JSON_ARRAY(${single(items)}) END`;

const exists = (items: Items): Tidb => infix("comparison")`${single(items)} IS NOT NULL`;

/** Elements of an array as rows: `item_i` counts from 0, `item_v` is the element. */
function rows(list: Tidb, name: string): Tidb {
  return tidb`(WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, ${list} AS item_a UNION ALL SELECT item_i + 1, item_a FROM nth_item WHERE item_i + 1 < JSON_LENGTH(item_a)) SELECT item_i, JSON_EXTRACT(item_a, CONCAT('$[', item_i, ']')) AS item_v FROM nth_item WHERE item_i < JSON_LENGTH(item_a)) AS ${raw(name)}`;
}

interface Made {
  readonly value: Tidb;
  /** It is never NULL. */
  readonly sure?: true;
  readonly where?: Tidb;
}

/** What is made of each item, where that is not NULL: members of an object whose keys are numbers, which TiDB keeps in order. */
function each(items: Items, reading: Reading, make: (item: Tidb, within: Reading, name: string) => Made): Items {
  const name = `item_${reading.depth}`;
  const item = tidbText(`${name}.item_v`);
  const { value, where, sure = value === item } = make(item, { ...reading, depth: reading.depth + 1 }, name);
  const there = infix("comparison")`${value} IS NOT NULL`;
  const condition = sure ? where : where ? infix("and")`${where} AND ${there}` : there;
  const from = rows(array(items), name);
  const doc = tidb`(SELECT /*+ NO_DECORRELATE() */ JSON_OBJECTAGG(LPAD(${raw(name)}.item_i, 10, '0'), ${value}) FROM ${from}${condition ? tidb` WHERE ${condition}` : raw("")})`;
  return { doc, path: ".*", many: true };
}

const json = ({ literal, type }: Literal): Tidb => constant(type === "string" ? JSON.stringify(literal) : literal);

/** A predicate as a condition; unknown may be FALSE where it need not be `exact`. */
function tested(predicate: Predicate, reading: Reading, exact: boolean): Tidb {
  switch (predicate.op) {
    case "and":
    case "or": {
      const [left, right] = predicate.args.map((arg) => tested(arg, reading, exact)) as [Tidb, Tidb];
      return predicate.op === "and" ? infix("and")`${left} AND ${right}` : infix("or")`${left} OR ${right}`;
    }
    case "not":
      return infix("not")`NOT ${tested(predicate.arg, reading, true)}`;
    case "unknown":
      return infix("comparison")`(${tested(predicate.arg, reading, true)}) IS NULL`;
    case "exists":
      return exists(itemsOf(predicate.of, reading));
    case "starts":
    case "text": {
      const holds = (own: Tidb) => (predicate.op === "text" ? predicate.test(own) : begins(own, predicate.start));
      const test = (item: Tidb) => tidb`CASE WHEN ${isType(item, "STRING")} THEN ${holds(tidb`JSON_UNQUOTE(${item})`)} END`;
      return some([unwrapped(itemsOf(predicate.of, reading), reading)], ([item]) => test(item!), reading, exact);
    }
    case "compare":
      return comparison(predicate, reading, exact);
  }
}

const TURNED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparison({ sign, left, right }: Extract<Predicate, { op: "compare" }>, reading: Reading, exact: boolean): Tidb {
  const other = "literal" in right ? right : "literal" in left ? left : undefined;
  if (!other) {
    const sides = [left, right].map((side) => unwrapped(itemsOf(side, reading), reading));
    return some(sides, ([a, b]) => compared(a!, sign, b!), reading, exact);
  }
  const items = unwrapped(itemsOf(other === right ? left : right, reading), reading);
  if (sign === "=" && !exact && items.many && !reading.strict) {
    const sought = other.type === "string" ? text(other.literal) : constant(other.literal);
    return infix("comparison")`${sought} MEMBER OF (${array(items)})`;
  }
  const turned = other === right ? sign : (TURNED[sign] ?? sign);
  return some([items], ([item]) => comparedWith(item!, turned, other), reading, exact);
}

/** Whether a test holds of some item, or of some pair: in strict mode one that is unknown decides, in lax mode one that is true. */
function some(sides: readonly Items[], test: (items: readonly Tidb[]) => Tidb, reading: Reading, exact: boolean): Tidb {
  const names = sides.map((side, i) => (side.many || !(side.scalar || reading.strict) ? `item_${reading.depth + i}` : undefined));
  const value = test(sides.map((side, i) => (names[i] === undefined ? single(side) : tidbText(`${names[i]}.item_v`))));
  const from = sides.flatMap((side, i) => (names[i] === undefined ? [] : [rows(array(side), names[i]!)]));
  const [first, second] = from;
  if (!first) return value;
  const all = second ? tidb`${first} CROSS JOIN ${second}` : first;
  const holds = reading.strict
    ? tidb`CASE WHEN COUNT(*) > COUNT(${value}) THEN NULL ELSE COALESCE(MAX(${value}), FALSE) END`
    : exact
      ? tidb`CASE WHEN MAX(${value}) = 1 THEN TRUE WHEN COUNT(*) > COUNT(${value}) THEN NULL ELSE FALSE END`
      : tidb`MAX(${value})`;
  return tidb`(SELECT /*+ NO_DECORRELATE() */ ${holds} FROM ${all})`;
}

/** What null is, compared with null or with anything else. */
const ofNull = (sign: string, areBoth: boolean): Raw => raw((areBoth ? /=/ : /<>/).test(sign) ? "TRUE" : "FALSE");

/** An item and a constant: unknown where they are of different types. */
function comparedWith(item: Tidb, sign: string, { literal, type: kind }: Literal): Tidb {
  if (kind === "null")
    return tidb`CASE WHEN ${isType(item, "NULL")} THEN ${ofNull(sign, true)} WHEN ${item} IS NOT NULL THEN ${ofNull(sign, false)} END`;
  const is = kind === "number" ? isNumber(item) : isType(item, kind.toUpperCase());
  const compare =
    kind === "string" ? tidb`JSON_UNQUOTE(${item}) ${raw(sign)} ${text(literal)}` : tidb`${item} ${raw(sign)} ${constant(literal)}`;
  return tidb`CASE WHEN ${is} THEN ${compare} WHEN ${isType(item, "NULL")} THEN ${ofNull(sign, false)} END`;
}

const begins = (own: Tidb, start: string): Tidb => tidb`LEFT(${own}, ${raw(String([...start].length))}) = ${text(start)}`;

function compared(a: Tidb, sign: string, b: Tidb): Tidb {
  const alike = (is: (item: Tidb) => Tidb) => infix("and")`${is(a)} AND ${is(b)}`;
  const simple = (item: Tidb) => tidb`${item}`;
  const branch = (is: (item: Tidb) => Tidb, own = simple) => tidb` WHEN ${alike(is)} THEN ${own(a)} ${raw(sign)} ${own(b)}`;
  const isNull = (item: Tidb) => isType(item, "NULL");
  const nulls = tidb`CASE WHEN ${alike(isNull)} THEN ${ofNull(sign, true)} WHEN ${isNull(a)} OR ${isNull(b)} THEN ${ofNull(sign, false)}`;
  const strings = branch(
    (item) => isType(item, "STRING"),
    (item) => tidb`JSON_UNQUOTE(${item})`,
  );
  return spliced(
    nulls,
    branch(isNumber),
    strings,
    branch((item) => isType(item, "BOOLEAN")),
    tidb` END`,
  );
}

/** Numbers from 0 up to one below a count, `nth_item.item_i`, as an item of a FROM clause. */
export function counter(count: Tidb): Tidb {
  return tidb`(WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, ${count} AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item`;
}

/** Whether it is what `counter` gives. */
export function isCounter(node: Node): boolean {
  const { texts } = node as unknown as Partial<Tidb>;
  return texts?.[0]?.startsWith("(WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, ") === true;
}
