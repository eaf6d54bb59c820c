import {
  as,
  type ColumnRef,
  type Context,
  eachDescendant,
  error,
  type FuncCall,
  find,
  isNode,
  literalText,
  outputName,
  qualified,
  type RangeFunction,
  type RangeSubselect,
  type RangeVar,
  type ResTarget,
  raw,
  relationName,
  rule,
  type SelectStmt,
  type Tidb,
  tidb,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;
type Arg = Value | Tidb;

const MESSAGES = {
  refused: error("{name}() is not converted: {what}", {
    help: "where its rows can be kept in a table, read that; otherwise make them in the application",
  }),
  dimensions: warning("unnest() goes through the first dimension of an array alone in TiDB", {
    help: "where arrays of arrays are stored, go through their elements once more",
  }),
};

export default rule({
  construct: "functions that return rows",
  why: `TiDB has no function that returns rows, and no JSON_TABLE. A recursive query counts from 0 up to the number of rows, and each row is
computed from its number. Without ORDER BY no order is promised, in both.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-srf.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("RangeFunction", ["functions", "alias", "ordinality", "coldeflist", "is_rowsfrom", "lateral"], (readable, ctx) => {
      const item = readable as RangeFunction;
      const entry = item.functions?.[0];
      const [call, definitions] = (Array.isArray(entry) ? entry : []) as readonly Value[];
      const made = as("FuncCall", call);
      // Columns listed behind the alias say what a record holds.
      if (!made || item.functions!.length > 1 || item.coldeflist?.length || (Array.isArray(definitions) && definitions.length > 0)) return;
      const select = ctx.within("SelectStmt");
      const subquery = select && rowsOf(made, item, select, ctx);
      if (!subquery) return;
      ctx.carried(made, ["funcname", "args"]);
      const { colnames, ...alias } = item.alias ?? { kind: "Alias", aliasname: nameOf(made) };
      if (item.alias) ctx.carried(item.alias, ["aliasname", "colnames"]);
      return ctx.replace({ kind: "RangeSubselect", alias: alias as NonNullable<RangeSubselect["alias"]>, ...subquery });
    }),
    takes("SelectStmt", ["targetList", "fromClause", "groupClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const targets = (select.targetList ?? []).map((item) => as("ResTarget", item));
      const made = targets.flatMap((target) => {
        const call = as("FuncCall", target?.val);
        return target && call && FUNCTIONS[nameOf(call)] && !call.over ? [{ target, call }] : [];
      });
      if (made.length === 0) return;
      const { target, call } = made[0]!;
      if (made.length > 1 || select.groupClause?.length) {
        ctx.report(
          "refused",
          { name: nameOf(call), what: made.length > 1 ? "another one stands beside it" : "it stands beside GROUP BY" },
          call,
        );
        return;
      }
      const aliasname = ctx.fresh("rows");
      const name = target.name ?? outputName(ctx.origin(target)) ?? nameOf(call);
      const alias = { kind: "Alias", aliasname, colnames: [name] } as const;
      const subquery = rowsOf(call, { kind: "RangeFunction", alias }, select, ctx);
      if (!subquery) return;
      ctx.carried(call, ["funcname", "args"]);
      const item: RangeSubselect = { kind: "RangeSubselect", alias: { kind: "Alias", aliasname }, ...subquery };
      const column: ColumnRef = { kind: "ColumnRef", fields: [aliasname, name] };
      return ctx.replace(
        ctx.change(select, {
          fromClause: [...(select.fromClause ?? []), item],
          targetList: select.targetList!.map((each) => (each === target ? ctx.change(target, { val: column }) : each)),
        }),
      );
    }),
  ],
  examples: [
    {
      pg: "SELECT n FROM generate_series(3, 9, 2) AS n; SELECT generate_series(1, 3) AS g",
      tidb: `SELECT n
FROM (
  SELECT 3 + item.i * 2 AS n
  FROM (WITH RECURSIVE item AS (SELECT 0 AS i, FLOOR((9 - 3) / 2) + 1 AS n UNION ALL SELECT i + 1, n FROM item WHERE i + 1 < n) SELECT i FROM item WHERE i < n) AS item
) AS n;
SELECT rows_1.g AS g
FROM (
  SELECT 1 + item.i * 1 AS g
  FROM (WITH RECURSIVE item AS (SELECT 0 AS i, FLOOR((3 - 1) / 1) + 1 AS n UNION ALL SELECT i + 1, n FROM item WHERE i + 1 < n) SELECT i FROM item WHERE i < n) AS item
) AS rows_1`,
      rejected: { sql: "SELECT n FROM generate_series(3, 9, 2) AS n", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, tags text[]); INSERT INTO t VALUES (1, '{a,"b c",NULL}'), (2, '{}'), (3, NULL)`,
      pg: "SELECT id, tag FROM t, unnest(tags) AS tag",
      tidb: `SELECT id, tag
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    IF(JSON_TYPE(JSON_EXTRACT(tags, CONCAT('$[', item.i, ']'))) = 'NULL', NULL, JSON_UNQUOTE(JSON_EXTRACT(tags, CONCAT('$[', item.i, ']')))) AS tag
  FROM t
  CROSS JOIN (WITH RECURSIVE item AS (SELECT 0 AS i, (SELECT MAX(JSON_LENGTH(tags)) FROM t) AS n UNION ALL SELECT i + 1, n FROM item WHERE i + 1 < n) SELECT i FROM item WHERE i < n) AS item
  WHERE item.i < JSON_LENGTH(tags)
) AS tag
WHERE tag.lateral_key_1 = t.id`,
      findings: ["dimensions"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, j jsonb)",
      pg: "SELECT unnest('{1}'::int[]), generate_series(1, 2)",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

interface Rows {
  readonly count: Arg;
  /** Columns by their names; the value of each from the number of its row. */
  readonly columns: Readonly<Record<string, Arg>>;
}

const I = tidbText("item.i");
const value = (node: Arg): Value => node as unknown as Value;
const member = (json: Arg): Tidb => tidb`JSON_EXTRACT(${value(json)}, CONCAT('$[', ${I}, ']'))`;
const key = (json: Arg): Tidb => member(tidb`JSON_KEYS(${value(json)})`);
const held = (json: Arg): Tidb => tidb`JSON_EXTRACT(${value(json)}, CONCAT('$.', ${key(json)}))`;
const orNull = (json: Tidb, other: Tidb): Tidb => tidb`IF(JSON_TYPE(${json}) = 'NULL', NULL, ${other})`;
const text = (json: Tidb): Tidb => orNull(json, tidb`JSON_UNQUOTE(${json})`);
const sized = (json: Arg, type: string): Tidb => tidb`IF(JSON_TYPE(${value(json)}) = ${raw(`'${type}'`)}, JSON_LENGTH(${value(json)}), 0)`;

type Maker = (args: readonly Value[], ctx: Ctx) => Rows | string;

const elements = (of: (json: Tidb) => Tidb): Maker => {
  return ([json]) => ({ count: sized(json!, "ARRAY"), columns: { value: of(member(json!)) } });
};
const each = (of: (json: Tidb) => Tidb): Maker => {
  return ([json]) => ({
    count: sized(json!, "OBJECT"),
    columns: { key: tidb`JSON_UNQUOTE(${key(json!)})`, value: of(held(json!)) },
  });
};
const keys: Maker = ([json]) => ({ count: sized(json!, "OBJECT"), columns: { "": tidb`JSON_UNQUOTE(${key(json!)})` } });
const itself = (json: Tidb): Tidb => json;

const FUNCTIONS: Readonly<Record<string, Maker>> = {
  jsonb_array_elements: elements(itself),
  json_array_elements: elements(itself),
  jsonb_array_elements_text: elements(text),
  json_array_elements_text: elements(text),
  jsonb_each: each(itself),
  json_each: each(itself),
  jsonb_each_text: each(text),
  json_each_text: each(text),
  jsonb_object_keys: keys,
  json_object_keys: keys,
  generate_series: series,
  string_to_table: pieces,
  unnest,
};

const WHOLE = new Set(["int2", "int4", "int8"]);

/** In parentheses where it is more than a name or a number. */
function operand(arg: Value): Value {
  return isNode(arg) && !BARE.has(arg.kind) ? value(tidb`(${arg})`) : arg;
}

const BARE = new Set<string>(["ColumnRef", "A_Const", "ParamRef", "FuncCall", "Tidb"]);

/** The type of `a + i * s` follows from both ends; 0 for a step is an error in PostgreSQL, and gives no row here. */
function series([start, stop, step]: readonly Value[], ctx: Ctx): Rows | string {
  const types = [start, stop, step].flatMap((arg) => (arg === undefined ? [] : (ctx.info(arg)?.coerced ?? ctx.info(arg)?.type)?.name));
  if (types.every((type) => type !== undefined && WHOLE.has(type))) {
    const [from, to, by] = [start!, stop!, step ?? value(tidbText("1"))].map(operand) as [Value, Value, Value];
    return { count: tidb`FLOOR((${to} - ${from}) / ${by}) + 1`, columns: { "": tidb`${from} + ${I} * ${by}` } };
  }
  const every = /^\s*(\d+)\s+(second|minute|hour|day|week)s?\s*$/i.exec(literalText(step) ?? "");
  if (!every || !/^(date|timestamp)/.test(types[0] ?? ""))
    return "its numbers are no integers, and its step no constant of seconds up to weeks";
  ctx.consumed(step!);
  const unit = raw(every[2]!.toUpperCase());
  const by = raw(every[1]!);
  const from = tidb`CAST(${start!} AS DATETIME(6))`;
  return {
    count: tidb`IF(CAST(${stop!} AS DATETIME(6)) < ${from}, 0, TIMESTAMPDIFF(${unit}, ${from}, CAST(${stop!} AS DATETIME(6))) DIV ${by} + 1)`,
    columns: { "": tidb`${from} + INTERVAL ${I} * ${by} ${unit}` },
  };
}

/** An empty text has no piece; NULL none either. */
function pieces([whole, delimiter]: readonly Value[]): Rows | string {
  if (!literalText(delimiter)) return "what it splits at is no constant";
  const rest = tidb`CHAR_LENGTH(REPLACE(${whole!}, ${delimiter!}, ''))`;
  return {
    count: tidb`IF(${whole!} = '', 0, (CHAR_LENGTH(${whole!}) - ${rest}) DIV CHAR_LENGTH(${delimiter!}) + 1)`,
    columns: { "": tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${whole!}, ${delimiter!}, ${I} + 1), ${delimiter!}, -1)` },
  };
}

const ELEMENTS: Readonly<Record<string, (json: Tidb) => Tidb>> = {
  int2: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  int4: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  int8: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  bool: (json) => orNull(json, tidb`CAST(${json} AS SIGNED)`),
  float8: (json) => orNull(json, tidb`CAST(${json} AS DOUBLE)`),
  text,
  varchar: text,
  uuid: text,
  jsonb: itself,
  date: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DATE)`),
  timestamp: (json) => orNull(json, tidb`CAST(JSON_UNQUOTE(${json}) AS DATETIME(6))`),
};

function unnest(args: readonly Value[], ctx: Ctx): Rows | string {
  const [array] = args;
  if (args.length > 1) return "it goes through several arrays at once";
  const split = as("FuncCall", array);
  if (split && nameOf(split) === "string_to_array" && split.args?.length === 2) {
    const rows = pieces(split.args);
    if (typeof rows !== "string") ctx.carried(split, ["funcname", "args"]);
    return rows;
  }
  const type = (ctx.info(array)?.coerced ?? ctx.info(array)?.type)?.name ?? "";
  const element = type.slice(0, -2);
  const of = type.endsWith("[]") ? (ELEMENTS[element] ?? (ctx.catalog.enums.has(element) ? text : undefined)) : undefined;
  if (!of) return type === "" ? "the type of its array is not known" : `its array is ${type}`;
  if (as("ColumnRef", array)) ctx.report("dimensions");
  return { count: tidb`JSON_LENGTH(${array!})`, columns: { "": of(member(array!)) } };
}

function nameOf(call: FuncCall): string {
  const { schema, name } = qualified(call.funcname ?? []);
  return schema === undefined || schema === "pg_catalog" ? name : "";
}

/** A function's rows as a subquery of FROM; undefined, with a finding where it is one of those, when there is none. */
function rowsOf(
  call: FuncCall,
  item: Pick<RangeFunction, "kind" | "alias" | "ordinality">,
  select: SelectStmt,
  ctx: Ctx,
): Pick<RangeSubselect, "lateral" | "subquery"> | undefined {
  const name = nameOf(call);
  const make = FUNCTIONS[name];
  if (!make) return undefined;
  const rows = make(call.args ?? [], ctx);
  const around = typeof rows === "string" ? rows : bounds(call, select, rows.count, ctx);
  if (typeof rows === "string" || typeof around === "string") {
    ctx.report("refused", { name, what: String(typeof rows === "string" ? rows : around) }, call);
    return undefined;
  }
  const { aliasname, colnames } = item.alias ?? {};
  const own = Object.entries(rows.columns);
  const columns: [string, Arg][] = [...own, ...(item.ordinality ? [["ordinality", tidb`${I} + 1`] as [string, Arg]] : [])];
  const called = columns.map(([column, node], i): [string, Arg] => [String(colnames?.[i] ?? (column || aliasname || name)), node]);
  // The alias alone stands for the value of a function with one column.
  const alone =
    own.length === 1 && !item.ordinality && aliasname !== undefined && called[0]![0] !== aliasname && mentions(select, aliasname);
  const targets = [...called, ...(alone ? [[aliasname, own[0]![1]] as [string, Arg]] : [])];
  const numbers = tidb`(WITH RECURSIVE item AS (SELECT 0 AS i, ${value(around.most)} AS n UNION ALL SELECT i + 1, n FROM item WHERE i + 1 < n) SELECT i FROM item WHERE i < n) AS item`;
  const subquery: SelectStmt = {
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList: targets.map(([column, node]): ResTarget => ({ kind: "ResTarget", name: column, val: value(node) })),
    fromClause: [value(numbers)],
    ...(around.lateral ? { whereClause: value(tidb`${I} < ${value(rows.count)}`) } : {}),
  };
  return around.lateral ? { lateral: true, subquery } : { subquery };
}

/** How far to count: of a function over another table's columns, as far as any of its rows needs. */
function bounds(call: FuncCall, select: SelectStmt, count: Arg, ctx: Ctx): { readonly lateral: boolean; readonly most: Arg } | string {
  const range = ctx.analysis.range(ctx.origin(select));
  const names = new Set<string>();
  eachDescendant(ctx.origin(call), (node) => {
    const fields = as("ColumnRef", node)?.fields;
    const column = fields?.at(-1);
    if (!fields || typeof column !== "string") return;
    const entry =
      fields.length > 1
        ? range.find(({ alias }) => alias === fields.at(-2))
        : range.find(({ columns, table }) => table && columns.some(({ name }) => name === column));
    if (entry) names.add(entry.alias);
    else if (fields.length === 1 && range.some(({ columns }) => columns.some(({ name }) => name === column))) names.add("");
  });
  if (names.size === 0) return { lateral: false, most: count };
  const [alias] = names;
  const relation = (select.fromClause ?? []).flatMap(relations).find((each) => (each.alias?.aliasname ?? each.relname) === alias);
  const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
  if (names.size > 1 || !relation || !table) return "it refers to more than one table's columns, or to those of a query";
  const { location, ...copy } = relation;
  return { lateral: true, most: tidb`(SELECT MAX(${value(count)}) FROM ${copy as RangeVar})` };
}

function relations(item: Value): RangeVar[] {
  const join = as("JoinExpr", item);
  const relation = as("RangeVar", item);
  return join ? [join.larg!, join.rarg!].flatMap(relations) : relation ? [relation] : [];
}

function mentions(select: SelectStmt, alias: string): boolean {
  let found = false;
  eachDescendant(select, (node) => {
    const fields = as("ColumnRef", node)?.fields;
    if (fields?.length === 1 && fields[0] === alias) found = true;
  });
  return found;
}
