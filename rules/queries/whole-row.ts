import {
  as,
  type ColumnRef,
  type Context,
  eachDescendant,
  error,
  type FuncCall,
  functionCall,
  HOLD_QUERIES,
  isStar,
  mayBeMissing,
  type Node,
  note,
  outputName,
  qualified,
  type RangeEntry,
  type ResTarget,
  type RowExpr,
  relationNames,
  rewritten,
  rule,
  type SelectStmt,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  object: note("the row {row} became a JSON object of its columns"),
  counted: note("the rows {row} are counted by what is never NULL in them"),
  refused: error("the row {row} is not converted: {what}", { help: "name the columns: jsonb_build_object('a', t.a, …)" }),
};

export default rule({
  construct: "whole rows: row_to_json(t), json_agg(t), count(t)",
  why: "TiDB has no value that is a whole row. A row that is made JSON is an object of its columns, under their names.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-JSON-CREATION",
    tidb: "https://docs.pingcap.com/tidb/stable/json-functions-create",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: (node) => {
    const { name } = qualified(as("FuncCall", node)?.funcname ?? []);
    return name in FUNCTIONS || name === "array_to_json";
  },
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const call = as("FuncCall", node);
      const listed = call && arrayOfRows(call, around, ctx);
      if (listed) return listed;
      const build = call && FUNCTIONS[qualified(call.funcname ?? []).name];
      if (!call || build === undefined || !call.args?.length || (build === "count" && call.agg_distinct)) return undefined;
      // Whether line feeds are put between columns: a document has none.
      const [, pretty] = ITSELF.has(qualified(call.funcname ?? []).name) ? call.args : [];
      const given = as("A_Const", pretty)?.boolval === undefined ? call.args : call.args.slice(0, 1);
      const args = given.map((arg) => objectOf(arg, build, around, ctx) ?? objectOfQuery(arg, build, around, ctx) ?? arg);
      if (args.every((arg, i) => arg === call.args![i])) return undefined;
      if (given !== call.args) ctx.consumed(pretty!);
      if (!ITSELF.has(qualified(call.funcname ?? []).name) || args.length > 1) return ctx.change(call, { args }) as FuncCall;
      ctx.carried(call, ["funcname", "args", "funcformat"]);
      return args[0] as Node;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
      pg: "SELECT row_to_json(t, true) FROM t; SELECT jsonb_agg(q ORDER BY q.n) FROM (SELECT id AS n FROM t) AS q; SELECT to_jsonb(ROW(id, a)) AS j FROM t",
      tidb: `SELECT JSON_OBJECT('id', t.id, 'a', t.a) AS row_to_json FROM t;
SELECT
  CAST(CONCAT('[', GROUP_CONCAT(COALESCE(CAST(JSON_OBJECT('n', q.n) AS CHAR), 'null') ORDER BY q.n SEPARATOR ','), ']') AS JSON) AS jsonb_agg
FROM (SELECT id AS n FROM t) AS q;
SELECT JSON_OBJECT('f1', id, 'f2', a) AS j FROM t`,
      findings: ["object", "object", "object"],
      rejected: { sql: "SELECT JSON_ARRAYAGG(t) FROM t", code: 1054 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int PRIMARY KEY, b int)",
      pg: "SELECT row_to_json(u) FROM t LEFT JOIN u ON u.id = t.id",
      tidb: `SELECT CASE WHEN u.id IS NOT NULL THEN JSON_OBJECT('id', u.id, 'b', u.b) END AS row_to_json
FROM t
LEFT JOIN u ON u.id = t.id`,
      findings: ["object"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int PRIMARY KEY, b int); INSERT INTO t VALUES (1, NULL), (2, 'x'); INSERT INTO u VALUES (1, NULL)",
      pg: "SELECT count(t) AS n, count(u.*) AS m FROM t LEFT JOIN u ON u.id = t.id",
      tidb: "SELECT COUNT(1) AS n, COUNT(u.id) AS m\nFROM t\nLEFT JOIN u ON u.id = t.id",
      findings: ["counted", "counted"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int PRIMARY KEY, t int, b int); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 'z'); INSERT INTO u VALUES (7, 1, 5), (8, 1, NULL), (9, 2, 0)",
      pg: "SELECT t.id, (SELECT COALESCE(array_to_json(array_agg(q ORDER BY q.n)), '[]') FROM (SELECT u.id AS n, u.b FROM u WHERE u.t = t.id) AS q) AS us FROM t ORDER BY t.id; SELECT u.t, json_agg(row_to_json((SELECT r FROM (SELECT t.a AS of, u.*) AS r)) ORDER BY u.id) AS rows FROM t JOIN u ON u.t = t.id GROUP BY u.t ORDER BY u.t",
      tidb: `SELECT
  t.id,
  (
    SELECT
      /*+ NO_DECORRELATE() */ COALESCE(CAST(CONCAT('[', GROUP_CONCAT(COALESCE(CAST(JSON_OBJECT('n', q.n, 'b', q.b) AS CHAR), 'null') ORDER BY q.n SEPARATOR ','), ']') AS JSON), CAST('[]' AS JSON))
    FROM (SELECT u.id AS n, u.b FROM u WHERE u.t = t.id) AS q
  ) AS us
FROM t
ORDER BY t.id;
SELECT
  u.t,
  CAST(CONCAT('[', GROUP_CONCAT(COALESCE(CAST(JSON_OBJECT('of', t.a, 'id', u.id, 't', u.t, 'b', u.b) AS CHAR), 'null') ORDER BY u.id SEPARATOR ','), ']') AS JSON) AS \`rows\`
FROM t
JOIN u ON u.t = t.id
GROUP BY u.t
ORDER BY u.t IS NULL, u.t`,
      findings: ["object", "object"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text)",
      pg: "SELECT to_json(e) FROM elsewhere AS e",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

/** `array_to_json(array_agg(row))` is `json_agg(row)`. */
function arrayOfRows(call: FuncCall, around: readonly Node[], ctx: Ctx): Node | undefined {
  const [list, more] = call.args ?? [];
  const inner = as("FuncCall", list);
  const isListed = !more && !call.agg_filter && qualified(call.funcname ?? []).name === "array_to_json";
  if (!isListed || !inner || qualified(inner.funcname ?? []).name !== "array_agg" || inner.agg_distinct) return undefined;
  const object = objectOf(inner.args![0]!, "json_build_object", around, ctx);
  if (object === undefined) return undefined;
  ctx.carried(call, ["funcname", "args", "funcformat"]);
  return ctx.change(inner, { funcname: ["json_agg"], args: [object] }) as FuncCall;
}

/** The row of `(SELECT r FROM (SELECT a, b) AS r)`, which has no tables of its own: an object of what the inner query lists. */
function objectOfQuery(arg: Value, build: string, around: readonly Node[], ctx: Ctx): Value | undefined {
  const link = as("SubLink", arg);
  const outer = link?.subLinkType === "EXPR_SUBLINK" ? as("SelectStmt", link.subselect) : undefined;
  const derived = as("RangeSubselect", outer?.fromClause?.[0]);
  const inner = as("SelectStmt", derived?.subquery);
  const [alias, ...more] = as("ColumnRef", as("ResTarget", outer?.targetList?.[0])?.val)?.fields ?? [];
  const isBare = (select: SelectStmt, own: readonly string[]) =>
    select.op === "SETOP_NONE" && Object.keys(select).every((field) => [...own, "kind", "op", "limitOption"].includes(field));
  if (!link || !outer || !inner || build === "count" || more.length > 0 || alias !== derived?.alias?.aliasname || derived?.alias?.colnames)
    return undefined;
  if (outer.targetList!.length > 1 || outer.fromClause!.length > 1) return undefined;
  if (!isBare(outer, ["targetList", "fromClause"]) || !isBare(inner, ["targetList"])) return undefined;
  const members = (inner.targetList ?? []).map((target) => membersOf(as("ResTarget", target)!, around, ctx));
  if (members.includes(undefined)) return undefined;
  const all = members.flatMap((each) => each!);
  if (new Set(all.map(({ name }) => name)).size < all.length) return undefined;
  ctx.consumed(link);
  ctx.report("object", { row: alias as string }, link);
  return functionCall(
    build,
    all.flatMap(({ name, value }): Value[] => [{ kind: "A_Const", sval: name }, value]),
  );
}

interface Member {
  readonly name: string;
  readonly value: Value;
}

/** The columns that a query around gives to one without tables of its own. */
function membersOf(target: ResTarget, around: readonly Node[], ctx: Ctx): readonly Member[] | undefined {
  const { val } = target;
  if (val === undefined) return undefined;
  const ref = as("ColumnRef", val);
  if (!isStar(ref)) {
    const name = target.name ?? outputName(target);
    return name === undefined ? undefined : [{ name, value: val }];
  }
  const alias = ref!.fields!.at(-2);
  const entry = around
    .flatMap((node) => (node.kind === "SelectStmt" && typeof alias === "string" ? (entryOf(node, alias, ctx) ?? []) : []))
    .at(-1);
  return entry?.columns.map(({ name }) => ({ name, value: { kind: "ColumnRef", fields: [alias as string, name] } as Value }));
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  row_to_json: "json_build_object",
  to_json: "json_build_object",
  to_jsonb: "jsonb_build_object",
  json_agg: "json_build_object",
  jsonb_agg: "jsonb_build_object",
  json_build_object: "json_build_object",
  jsonb_build_object: "jsonb_build_object",
  json_build_array: "json_build_object",
  jsonb_build_array: "jsonb_build_object",
  json_object_agg: "json_build_object",
  jsonb_object_agg: "jsonb_build_object",
  count: "count",
};

/** Functions that of an object make the object. */
const ITSELF = new Set(["row_to_json", "to_json", "to_jsonb"]);

function objectOf(arg: Value, build: string, around: readonly Node[], ctx: Ctx): Value | undefined {
  const row = as("RowExpr", arg);
  if (row) return build === "count" ? undefined : ofRow(row, build, ctx);
  const ref = as("ColumnRef", arg);
  const fields = ref?.fields ?? [];
  const star = isStar(ref);
  const alias = fields.at(star ? -2 : -1);
  if (!ref || typeof alias !== "string" || fields.length !== (star ? 2 : 1)) return undefined;
  const found = around
    .flatMap((node) => (node.kind === "SelectStmt" ? [node] : []))
    .findLast(
      (select) => hasColumn(select, alias, ctx) || entryOf(select, alias, ctx) || relationNames(select.fromClause ?? []).includes(alias),
    );
  // A column goes before a row of that name.
  if (!found || (!star && hasColumn(found, alias, ctx))) return undefined;
  const entry = entryOf(found, alias, ctx);
  // A row is nothing that the printer knows.
  const refuse = (what: string): RowExpr => {
    ctx.report("refused", { row: alias, what }, ref);
    return { kind: "RowExpr", args: [ref], row_format: "COERCE_EXPLICIT_CALL" };
  };
  if (!entry || entry.columns.length === 0) return refuse("its columns are not known");
  const names = entry.columns.map(({ name }) => name);
  if (new Set(names).size < names.length) return refuse("two of its columns have one name");
  const column = (name: string): ColumnRef => ({ kind: "ColumnRef", fields: [alias, name] });
  const counts = build === "count";
  const object: Value = counts
    ? { kind: "A_Const", ival: 1 }
    : functionCall(
        build,
        names.flatMap((name): Value[] => [{ kind: "A_Const", sval: name }, column(name)]),
      );
  ctx.consumed(ref);
  if (!mayBeMissing(found.fromClause ?? [], alias)) {
    ctx.report(counts ? "counted" : "object", { row: alias }, ref);
    return object;
  }
  // The row that an outer join does not find is NULL.
  const key = certain(found, alias, entry, ctx);
  if (!key) return refuse("an outer join may not find it, and none of its columns tells that");
  ctx.report(counts ? "counted" : "object", { row: alias }, ref);
  if (counts) return column(key);
  const expr: Value = { kind: "NullTest", arg: column(key), nulltesttype: "IS_NOT_NULL" } as Value;
  return { kind: "CaseExpr", args: [{ kind: "CaseWhen", expr, result: object }] } as Value;
}

/** A column that is never NULL in the relation itself. */
function certain(select: SelectStmt, alias: string, { table, columns }: RangeEntry, ctx: Ctx): string | undefined {
  if (table) return columns.find(({ name }) => table.columns.get(name)?.notNull)?.name;
  let own: Node | undefined;
  for (const item of select.fromClause ?? [])
    eachDescendant(item as Node, (node) => {
      if (node.kind === "RangeSubselect" && node.alias?.aliasname === alias) own = node.subquery as Node;
    });
  return own && ctx.analysis.columns(ctx.origin(own))?.find(({ info }) => info?.nullable === false)?.name;
}

function ofRow(row: RowExpr, build: string, ctx: Ctx): Value {
  ctx.carried(row, ["args", "row_format"]);
  ctx.report("object", { row: "ROW(…)" }, row);
  return functionCall(
    build,
    (row.args ?? []).flatMap((arg, i): Value[] => [{ kind: "A_Const", sval: `f${i + 1}` }, arg]),
  );
}

function entryOf(select: SelectStmt, alias: string, ctx: Ctx): RangeEntry | undefined {
  return ctx.analysis.range(ctx.origin(select)).find((entry) => entry.alias === alias);
}

function hasColumn(select: SelectStmt, name: string, ctx: Ctx): boolean {
  return ctx.analysis.range(ctx.origin(select)).some(({ columns }) => columns.some((column) => column.name === name));
}
