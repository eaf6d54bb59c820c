import {
  as,
  builtinFunctions,
  type Context,
  type CreateFunctionStmt,
  conjunction,
  eachDescendant,
  type FuncCall,
  find,
  HOLD_QUERIES,
  holds,
  isNode,
  type Kind,
  type Node,
  nodesOf,
  note,
  optionsOf,
  PLAIN_SELECT,
  qualified,
  type RangeFunction,
  relationName,
  rewritten,
  routineText,
  rule,
  type SelectStmt,
  type Step,
  type StoredRoutine,
  type TypeName,
  typeName,
  unplaced,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  inlined: note("{function}() is written out where it is called: TiDB has no functions of the user's"),
  redefined: warning(
    "{function}() is written out as it is here; the input gives it another body later, which this would follow in PostgreSQL",
    {
      help: "make the view, column or index again once the function has its last body",
    },
  ),
};

/** Statements that keep calls: in defaults, generated columns, checks and indexes. */
const DEFINING: readonly Kind[] = ["CreateStmt", "AlterTableStmt", "IndexStmt"];
const KEPT: ReadonlySet<Kind> = new Set<Kind>([...DEFINING, "ViewStmt"]);

export default rule({
  construct: "calls of functions that come to one expression",
  why: `TiDB has no functions of the user's. One whose body is a single expression or query, in SQL or in PL/pgSQL (RETURN, or IF … RETURN), is
put in the place of its calls, with the arguments converted to its parameters' types and the result to its own.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/xfunc-sql.html",
    tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility",
  },
  messages: MESSAGES,
  restates: [...HOLD_QUERIES.filter((kind) => kind !== "CreateFunctionStmt"), ...DEFINING],
  restate(statement, ctx) {
    if (ctx.catalog.routines.size === 0) return undefined;
    const called = (call: FuncCall | undefined): Node | undefined => {
      const routine = call && ctx.info(call)?.call?.own ? routineOf(call, ctx) : undefined;
      const written = routine && inlined(call!, routine, ctx, 0);
      // Definitions have no queries in them.
      if (!written || (statement.kind !== "ViewStmt" && KEPT.has(statement.kind) && hasQuery(written))) return undefined;
      ctx.carried(call!, ["funcname", "args", "funcformat"]);
      const { name, schema } = routine;
      ctx.report("inlined", { function: name }, call);
      const last = find(ctx.final, ctx.final.routines, { schema, name })?.find((each) => isSame(each, routine));
      if (KEPT.has(statement.kind) && last && last.node !== routine.node) ctx.report("redefined", { function: name }, call);
      return written;
    };
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      if (around.at(-1)?.kind === "RangeFunction") return undefined;
      return node.kind === "RangeFunction" ? asQuery(node, called, ctx) : called(as("FuncCall", node));
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, b numeric(10,2), at timestamp); INSERT INTO t VALUES (1, 3, 2.5, '2024-02-29'), (2, NULL, NULL, NULL), (3, -7, 0, '2020-01-01');
CREATE FUNCTION doubled(x int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT x * 2::bigint';
CREATE FUNCTION size(a int, b int DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF a IS NULL THEN
    RETURN 'none';
  ELSIF a > b THEN
    RETURN 'large';
  END IF;
  RETURN 'small' || b;
END $$`,
      pg: "SELECT id, doubled(a + 1), size(a), size(b => 9, a => id) FROM t ORDER BY id; CREATE VIEW v AS SELECT doubled(id) AS d FROM t",
      tidb: `SELECT
  id,
  CASE WHEN a + 1 IS NOT NULL THEN (a + 1) * 2 END AS doubled,
  CASE WHEN a IS NULL THEN 'none' WHEN a > 1 THEN 'large' ELSE CONCAT('small', CAST(1 AS CHAR)) END AS size,
  CASE WHEN id IS NULL THEN 'none' WHEN id > 9 THEN 'large' ELSE CONCAT('small', CAST(9 AS CHAR)) END AS size
FROM t
ORDER BY id;
CREATE VIEW v AS
SELECT id * 2 AS d FROM t`,
      findings: ["inlined", "inlined", "inlined", "inlined"],
      rejected: { sql: "CREATE FUNCTION f(x INT) RETURNS INT RETURN x * 2", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (t int, n int); INSERT INTO t VALUES (1, 1), (2, NULL), (3, 5); INSERT INTO u VALUES (1, 4), (1, 5), (3, NULL);
CREATE FUNCTION total(of int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT sum(u.n) FROM u WHERE u.t = of';
CREATE FUNCTION most(of int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found_ integer;
BEGIN
  SELECT max(n) INTO found_ FROM u WHERE u.t = of;
  RETURN found_;
END $$`,
      pg: "SELECT t.id, total(t.id), most(t.id) FROM t ORDER BY t.id; SELECT x.* FROM total(1) AS x",
      tidb: `SELECT
  t.id,
  (SELECT CAST(SUM(u.n) AS SIGNED) FROM u WHERE u.t = t.id) AS total,
  (SELECT MAX(n) FROM u WHERE u.t = t.id) AS most
FROM t
ORDER BY t.id;
SELECT x.* FROM (SELECT (SELECT CAST(SUM(u.n) AS SIGNED) FROM u WHERE u.t = 1) AS x) AS x`,
      findings: ["inlined", "inlined", "inlined"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3);
CREATE FUNCTION below(x int) RETURNS int LANGUAGE sql AS 'SELECT (SELECT max(u.id) FROM t AS u WHERE u.id < x) FROM t'`,
      pg: "SELECT below(3), below(1)",
      tidb: `SELECT
  (SELECT (SELECT MAX(u.id) FROM t AS u WHERE u.id < 3) FROM t LIMIT 1) AS below,
  (SELECT (SELECT MAX(u.id) FROM t AS u WHERE u.id < 1) FROM t LIMIT 1) AS below`,
      findings: ["inlined", "inlined"],
    },
    {
      given: `CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION tripled(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n * 3`,
      pg: `CREATE TABLE t (a text, n int CHECK (tripled(n) < 100), m int GENERATED ALWAYS AS (tripled(n)) STORED); CREATE UNIQUE INDEX i ON t (folded(a));
ALTER TABLE t ADD COLUMN low text GENERATED ALWAYS AS (folded(a)) STORED`,
      tidb: `CREATE TABLE t (
  a VARCHAR(768),
  n INT,
  m INT GENERATED ALWAYS AS (n * 3) STORED,
  CONSTRAINT t_n_check CHECK (n * 3 < 100)
) COLLATE utf8mb4_0900_bin;
CREATE UNIQUE INDEX i ON t ((LOWER(a)));
ALTER TABLE t ADD COLUMN low LONGTEXT GENERATED ALWAYS AS (LOWER(a)) VIRTUAL`,
      findings: ["inlined", "inlined", "inlined", "inlined"],
      accepts: ["INSERT INTO t (a, n) VALUES ('A', 33), ('b', NULL), (NULL, -1), (NULL, 0)"],
      refuses: ["INSERT INTO t (a, n) VALUES ('B', 1)", "INSERT INTO t (a, n) VALUES ('c', 34)"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, g int, a numeric(5,2)); INSERT INTO t VALUES (1, 1, 2.5), (2, 1, NULL), (3, 2, -1); CREATE TABLE u (k int PRIMARY KEY); INSERT INTO u VALUES (1), (2), (3);
CREATE FUNCTION of_group(p int) RETURNS TABLE (key bigint, amount numeric(5,2)) LANGUAGE sql STABLE AS 'SELECT id, a FROM t WHERE g = p';
CREATE FUNCTION ids(lowest int) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT id FROM t WHERE id >= lowest; END $$`,
      pg: "SELECT key, amount FROM of_group(1) ORDER BY key; SELECT i FROM ids(2) AS i ORDER BY i DESC; SELECT u.k, f.n FROM u, of_group(u.k) AS f (n) ORDER BY 1, 2",
      tidb: `SELECT \`key\`, amount
FROM (SELECT id AS \`key\`, CAST(a AS DECIMAL(5,2)) AS amount FROM t WHERE g = 1) AS of_group
ORDER BY \`key\`;
SELECT i FROM (SELECT id AS i FROM t WHERE id >= 2) AS i ORDER BY i DESC;
SELECT u.k, f.n
FROM u, (
  SELECT u.k AS lateral_key_1, id AS n, CAST(a AS DECIMAL(5,2)) AS amount
  FROM u
  CROSS JOIN t
  WHERE g = u.k
) AS f
WHERE f.lateral_key_1 = u.k
ORDER BY 1, 2`,
      findings: ["inlined", "inlined", "inlined"],
    },
    {
      given: "CREATE TABLE t (a int); CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x + 1'",
      pg: "CREATE VIEW v AS SELECT f(a) AS f FROM t; CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x + 2'",
      tidb: "CREATE VIEW v AS\nSELECT a + 1 AS f FROM t",
      findings: ["inlined", "redefined"],
    },
  ],
});

function hasQuery(expression: Node): boolean {
  return holds(expression, (node) => node.kind === "SubLink");
}

/** A call in FROM: a row with its value, under its alias. */
function asQuery(item: RangeFunction, called: (call: FuncCall | undefined) => Node | undefined, ctx: Ctx): Node | undefined {
  const { functions = [], alias, lateral, ordinality, coldeflist } = item;
  const call = as("FuncCall", (functions[0] as readonly Value[] | undefined)?.[0]);
  if (!call || functions.length > 1 || ordinality || coldeflist) return undefined;
  const rows = rowsOf(call, item, ctx);
  if (rows) return rows;
  if (lateral || holds(call, (node) => node.kind === "ColumnRef")) return undefined;
  const val = called(call);
  if (!val) return undefined;
  const own = alias?.aliasname ?? String(call.funcname?.at(-1));
  const name = String(alias?.colnames?.[0] ?? own);
  ctx.carried(item, ["functions", "alias"]);
  if (alias) ctx.consumed(alias);
  const subquery: SelectStmt = { ...PLAIN_SELECT, targetList: [{ kind: "ResTarget", name, val }] };
  return { kind: "RangeSubselect", subquery, alias: { kind: "Alias", aliasname: own } };
}

/** A call that returns rows: the query that its function is, with the columns named as the function or the alias says. */
function rowsOf(call: FuncCall, item: RangeFunction, ctx: Ctx): Node | undefined {
  const routine = ctx.info(call)?.call?.own ? routineOf(call, ctx) : undefined;
  const { node } = routine ?? {};
  const query = routine && node?.returnType?.setof && !optionsOf(node.options).has("set") ? queryOf(routine) : undefined;
  if (!routine || !node || !query || !isPlainCall(call)) return undefined;
  const all = nodesOf("FunctionParameter", node.parameters);
  const columns = all.filter(({ mode }) => mode === "FUNC_PARAM_TABLE" || mode === "FUNC_PARAM_OUT");
  const parameters = inputs({ ...node, parameters: all.filter((parameter) => !columns.includes(parameter)) });
  const args = parameters && argumentsOf(call, parameters);
  if (!args || (optionsOf(node.options).get("strict") === true && args.some((arg) => ctx.info(arg)?.nullable !== false))) return undefined;
  const bound = bind(unplaced(query), routine, call.location, parameters, args, ctx) as SelectStmt | undefined;
  const listed = (bound?.targetList ?? []).map((target) => as("ResTarget", target)!);
  const isStar = listed.some(({ val }) => as("ColumnRef", val)?.fields?.some(isNode));
  if (bound?.op !== "SETOP_NONE" || bound.valuesLists || (columns.length > 0 && (isStar || listed.length !== columns.length)))
    return undefined;
  const { alias } = item;
  const own = alias?.aliasname ?? routine.name;
  const scalar = columns.length === 0 && listed.length === 1 && !isStar && !isRow(typeName(node.returnType!).name, ctx);
  const names = columns.length > 0 ? columns.map(({ name }) => name ?? "") : scalar ? [own] : [];
  const given = [...names];
  for (const [i, name] of (alias?.colnames ?? []).entries()) given[i] = String(name);
  const types = columns.length > 0 ? columns.map(({ argType }) => argType!) : scalar ? [node.returnType!] : [];
  const targetList =
    types.length > 0 ? listed.map((target, i) => ({ ...target, val: cast(target.val!, { ...types[i]!, setof: false }) })) : listed;
  ctx.carried(item, ["functions", "alias", "lateral"]);
  ctx.carried(call, ["funcname", "args", "funcformat"]);
  if (alias) ctx.consumed(alias);
  ctx.report("inlined", { function: routine.name }, call);
  const lateral = holds(call, (each) => each.kind === "ColumnRef");
  return {
    kind: "RangeSubselect",
    subquery: { ...bound, targetList },
    alias: { kind: "Alias", aliasname: own, ...(given.length > 0 && { colnames: given }) },
    ...(lateral && { lateral }),
  };
}

function isRow(type: string, { catalog }: Ctx): boolean {
  return type === "record" || [...catalog.tables.values()].some(({ name }) => name === type) || catalog.composites.has(`public.${type}`);
}

/** The only query of a body, whose rows the function returns. */
function queryOf({ node, program }: StoredRoutine): SelectStmt | undefined {
  if (!program || program.unread !== undefined) return undefined;
  const [step, last, more] = program.steps;
  if (program.language === "sql") return step?.kind === "sql" && !last ? plainQuery(step.node) : undefined;
  const ends = last === undefined || (last.kind === "return" && last.value === undefined && !more);
  if (program.language !== "plpgsql" || !ends || program.variables.length > 0 || /\bexception\b/i.test(routineText(node))) return undefined;
  return step?.kind === "perform" ? plainQuery(step.query) : undefined;
}

function plainQuery(node: Node | undefined): SelectStmt | undefined {
  const select = as("SelectStmt", node);
  return select?.intoClause || select?.lockingClause ? undefined : select;
}

function isPlainCall(call: FuncCall): boolean {
  return !(call.agg_filter || call.agg_order || call.agg_distinct || call.agg_star || call.over || call.func_variadic);
}

/** Calls within calls that are written out. */
const DEEPEST = 5;

/** The routine that a call means; undefined where several could be meant. */
function routineOf(call: FuncCall, ctx: Ctx): StoredRoutine | undefined {
  const all = find(ctx.catalog, ctx.catalog.routines, qualified(call.funcname ?? [])) ?? [];
  if (all.length <= 1) return all[0];
  const types = ctx.info(call)?.call?.args;
  const fitting =
    types &&
    all.filter(
      ({ node }) =>
        inputs(node)
          ?.map(({ type }) => typeName(type).name)
          .join() === types.join(),
    );
  return fitting?.length === 1 ? fitting[0] : undefined;
}

function isSame(a: StoredRoutine, b: StoredRoutine): boolean {
  const types = ({ node }: StoredRoutine) => (node.parameters ?? []).map((p) => typeName(as("FunctionParameter", p)!.argType!).name).join();
  return types(a) === types(b);
}

interface Input {
  readonly name: string | undefined;
  readonly type: TypeName;
  readonly value: Value | undefined;
}

/** The parameters that a caller gives; undefined where there are others. */
function inputs(node: CreateFunctionStmt): readonly Input[] | undefined {
  const all = (node.parameters ?? []).flatMap((parameter) => as("FunctionParameter", parameter) ?? []);
  if (all.some(({ mode, argType }) => !argType || !["FUNC_PARAM_IN", "FUNC_PARAM_DEFAULT"].includes(mode ?? ""))) return undefined;
  return all.map(({ name, argType, defexpr }) => ({ name, type: argType!, value: defexpr }));
}

/** The expression that a call comes to; undefined where it comes to none. */
function inlined(call: FuncCall, routine: StoredRoutine, ctx: Ctx, depth: number): Node | undefined {
  const { node } = routine;
  const { returnType } = node;
  const parameters = inputs(node);
  if (!parameters || !returnType || returnType.setof || POLYMORPHIC.test(typeName(returnType).name) || depth > DEEPEST) return undefined;
  if (!isPlainCall(call)) return undefined;
  if (parameters.some(({ type }) => POLYMORPHIC.test(typeName(type).name))) return undefined;
  const options = optionsOf(node.options);
  if (options.has("set")) return undefined;
  const written = bodyOf(routine);
  const args = written && argumentsOf(call, parameters);
  if (!written || !args) return undefined;
  const body = unplaced(written, (each) => {
    const inner = as("FuncCall", each);
    const all = inner && find(ctx.catalog, ctx.catalog.routines, qualified(inner.funcname ?? []));
    return (inner && all?.length === 1 && inlined(inner, all[0]!, ctx, depth + 1)) || each;
  });
  const bound = bind(body, routine, call.location, parameters, args, ctx);
  if (!bound) return undefined;
  for (const arg of call.args ?? []) if (as("NamedArgExpr", arg)) ctx.carried(arg as Node, ["name", "arg", "argnumber"] as never);
  const result = cast(bound, returnType);
  const unknown = options.get("strict") === true ? args.filter((arg) => ctx.info(arg)?.nullable !== false) : [];
  if (unknown.length === 0) return result as Node;
  const tests = unknown.map((arg): Value => ({ kind: "NullTest", arg: unplaced(arg), nulltesttype: "IS_NOT_NULL" }) as Value);
  return { kind: "CaseExpr", args: [{ kind: "CaseWhen", expr: conjunction(tests), result }] } as Node;
}

const POLYMORPHIC = /^(?:any|record$|void$|trigger$)/;

const cast = (arg: Value, type: TypeName): Value => ({ kind: "TypeCast", arg, typeName: unplaced(type) }) as Value;

/** Arguments in the order of the parameters. */
function argumentsOf(call: FuncCall, parameters: readonly Input[]): readonly Value[] | undefined {
  const given = call.args ?? [];
  const named = new Map(given.flatMap((arg) => as("NamedArgExpr", arg) ?? []).map(({ name, arg }) => [name, arg]));
  const all = parameters.map(({ name, value }, i) => {
    const own = given[i];
    if (own !== undefined && !as("NamedArgExpr", own)) return own;
    return named.get(name) ?? value;
  });
  return given.length > parameters.length || all.includes(undefined) ? undefined : (all as readonly Value[]);
}

/** The body as one expression over the parameters. */
function bodyOf({ node, program }: StoredRoutine): Value | undefined {
  if (!program || program.unread !== undefined) return undefined;
  if (program.language === "sql") {
    const [step, more] = program.steps;
    if (more || !step) return undefined;
    if (step.kind === "return") return step.value;
    return step.kind === "sql" ? ofQuery(as("SelectStmt", step.node)) : undefined;
  }
  // The reader of bodies leaves handlers of the outermost block out.
  if (program.language !== "plpgsql" || /\bexception\b/i.test(routineText(node))) return undefined;
  if (program.variables.length === 0) return ofSteps(program.steps);
  return program.variables.length === 1 ? ofVariable(program.steps, program.variables[0]!, node) : undefined;
}

/** SELECT … INTO the only variable, which is what is returned. */
function ofVariable([first, second, more]: readonly Step[], variable: string, node: CreateFunctionStmt): Value | undefined {
  if (more || first?.kind !== "sql" || !first.into || second?.kind !== "return") return undefined;
  const fields = as("ColumnRef", second.value)?.fields;
  if (fields?.length !== 1 || fields[0] !== variable) return undefined;
  // Of another type the value would be converted twice.
  const [, declared] = new RegExp(`\\bdeclare\\s+${variable}\\s+([a-z0-9 ]+?)\\s*;`, "i").exec(routineText(node)) ?? [];
  const type = declared && (SAME_TYPE[declared.toLowerCase()] ?? declared.toLowerCase());
  return type === typeName(node.returnType!).name ? ofQuery(as("SelectStmt", first.node)) : undefined;
}

const SAME_TYPE: Readonly<Record<string, string>> = { int: "int4", integer: "int4", bigint: "int8", smallint: "int2", boolean: "bool" };

function ofSteps([first, ...rest]: readonly Step[]): Value | undefined {
  if (first?.kind === "return") return first.value;
  if (first?.kind !== "if") return undefined;
  const whens: Value[] = [];
  for (const { condition, steps } of first.branches) {
    const result = ofSteps(steps);
    if (condition === undefined || result === undefined) return undefined;
    whens.push({ kind: "CaseWhen", expr: condition, result } as Value);
  }
  const otherwise = ofSteps(first.otherwise.length > 0 ? first.otherwise : rest);
  if (otherwise === undefined) return undefined;
  const more = as("CaseExpr", otherwise);
  // ELSE IF goes on as it begins.
  const [all, last] = more && more.arg === undefined ? [[...whens, ...(more.args ?? [])], more.defresult] : [whens, otherwise];
  return { kind: "CaseExpr", args: all, defresult: last } as Value;
}

/** The expression of a SELECT of nothing else, or the query's first row. */
function ofQuery(select: SelectStmt | undefined): Value | undefined {
  const [target, more] = select?.targetList ?? [];
  const value = as("ResTarget", target)?.val;
  if (!select || more || value === undefined || select.intoClause || select.lockingClause || as("ColumnRef", value)?.fields?.some(isNode))
    return undefined;
  const bare = [
    "fromClause",
    "whereClause",
    "groupClause",
    "havingClause",
    "sortClause",
    "limitCount",
    "limitOffset",
    "withClause",
    "larg",
    "distinctClause",
  ];
  if (bare.every((field) => select[field as keyof SelectStmt] === undefined)) return value;
  const one = select.limitCount !== undefined || (!select.groupClause && !select.larg && isAggregated(value));
  const subselect = one ? select : { ...select, limitCount: { kind: "A_Const", ival: 1 }, limitOption: "LIMIT_OPTION_COUNT" };
  return { kind: "SubLink", subLinkType: "EXPR_SUBLINK", subselect } as Value;
}

/** Whether it is of all rows together. A body is looked at without its types; the letters are those of pg_aggregate.aggkind. */
function isAggregated(value: Value): boolean {
  return holds(
    value,
    (node) =>
      node.kind === "FuncCall" && !node.over && builtinFunctions(String(node.funcname?.at(-1))).some(({ kind }) => "aoh".includes(kind)),
    (node) => node.kind === "SelectStmt",
  );
}

/** The body with arguments in the place of parameters; undefined where a name could mean something else there. */
/** @param at where the call stands: what is said of the body points there */
function bind(
  body: Value,
  routine: StoredRoutine,
  at: number | undefined,
  parameters: readonly Input[],
  args: readonly Value[],
  ctx: Ctx,
): Value | undefined {
  const inside = namesInside(body, ctx);
  if (!inside) return undefined;
  const used = parameters.map(() => 0);
  const place = (index: number): Node => {
    const { type } = parameters[index]!;
    const arg = args[index]!;
    used[index] = used[index]! + 1;
    const own = used[index] === 1 ? arg : unplaced(arg);
    const known = ctx.info(arg)?.type;
    return (known?.name === typeName(type).name ? own : cast(own, type)) as Node;
  };
  let clash = false;
  const given = (node: Node): Node => {
    if (node.kind === "ParamRef") return node.number !== undefined && parameters[node.number - 1] ? place(node.number - 1) : node;
    const fields = as("ColumnRef", node)?.fields;
    const name = fields?.length === 1 || (fields?.length === 2 && fields[0] === routine.name) ? fields.at(-1) : undefined;
    const index = typeof name === "string" ? parameters.findIndex((parameter) => parameter.name === name) : -1;
    if (index < 0) return node;
    if (fields!.length === 1 && inside.columns.has(String(name))) clash = true;
    return place(index);
  };
  const bound = unplaced(body, given, at);
  if (clash) return undefined;
  const isSafe = args.every((arg, i) => isNode(arg) && isPlaced(arg, used[i]!, inside, ctx));
  return isSafe ? bound : undefined;
}

/** What names can mean within the queries of a body. */
interface Inside {
  readonly relations: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
}

/** undefined where the columns of a relation are not known. */
function namesInside(body: Value, ctx: Ctx): Inside | undefined {
  const relations = new Set<string>();
  const columns = new Set<string>();
  let known = true;
  if (isNode(body))
    eachDescendant(body, (node) => {
      if (node.kind === "CommonTableExpr") known = false;
      const { alias } = node as { alias?: { aliasname?: string; colnames?: readonly Value[] } };
      if (alias?.aliasname !== undefined) for (const each of [relations, columns]) each.add(alias.aliasname);
      for (const name of alias?.colnames ?? []) columns.add(String(name));
      if (node.kind === "ResTarget" && node.name !== undefined) columns.add(node.name);
      if (node.kind === "FuncCall") columns.add(String(node.funcname?.at(-1)));
      if (node.kind !== "RangeVar") return;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(node));
      if (!table) known = false;
      relations.add(node.relname ?? "");
      for (const column of table?.columns.keys() ?? []) columns.add(column);
    });
  return known ? { relations, columns } : undefined;
}

/** Whether an argument means the same in the body, and is computed as often as it was. */
function isPlaced(arg: Node, used: number, inside: Inside, ctx: Ctx): boolean {
  let safe = true;
  eachDescendant(arg, (node) => {
    if (node.kind === "SubLink" && (inside.relations.size > 0 || used !== 1)) safe = false;
    const fields = as("ColumnRef", node)?.fields ?? [];
    if (fields.length > 0 && (fields.length > 1 ? inside.relations : inside.columns).has(String(fields[0]))) safe = false;
    const volatility = as("FuncCall", node) && ctx.info(node)?.call?.volatility;
    if (node.kind === "FuncCall" && used !== 1 && (volatility ?? "volatile") === "volatile") safe = false;
  });
  if (used === 0 && safe) ctx.consumed(arg);
  return safe;
}
