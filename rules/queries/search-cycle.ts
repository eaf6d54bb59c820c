import {
  as,
  type CommonTableExpr,
  type Context,
  enumLabels,
  error,
  functionCall,
  HOLD_QUERIES,
  holds,
  isNode,
  isStar,
  type Node,
  nodesOf,
  operation,
  outputName,
  type PgType,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<"search" | "path">;

export default rule({
  construct: "WITH RECURSIVE: SEARCH, CYCLE",
  why: `TiDB knows neither. SEARCH becomes a text that sorts as the rows do, CYCLE a text of the keys of all rows on the way, in which the row at
hand is looked for: what PostgreSQL's manual does by hand with arrays.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-SEARCH",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: {
    search: error("{words} of {name} is not converted: {what}", {
      help: "carry the path along in a column of the CTE: order by it, or end the recursion where it has the row already",
    }),
    path: warning(
      "column {column} of {name} is a text here, and {type} in PostgreSQL: it sorts and compares the same, and shows otherwise",
      {
        help: "nothing to do where it is only sorted by; otherwise leave it out of the list, instead of *",
      },
    ),
  },
  restates: HOLD_QUERIES,
  about: "CommonTableExpr",
  restate(statement, ctx) {
    let found = false;
    const node = rewritten(statement as Value, ctx.change as never, (inner) => {
      const cte = as("CommonTableExpr", inner);
      if (!cte?.search_clause && !cte?.cycle_clause) return undefined;
      const made = spelt(cte, ctx);
      if (typeof made === "string") {
        ctx.report("search", { words: cte.search_clause ? "SEARCH" : "CYCLE", name: cte.ctename ?? "", what: made }, cte);
        return undefined;
      }
      found = true;
      return made as Node;
    });
    return found ? [{ node: node as Node }] : undefined;
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, up int, name text NOT NULL);
INSERT INTO t VALUES (1, NULL, 'a'), (-2, 1, 'c'), (3, 1, 'b'), (14, -2, 'b'), (5, 3, 'x')`,
      pg: "WITH RECURSIVE q AS (SELECT id, name FROM t WHERE up IS NULL UNION ALL SELECT t.id, t.name FROM t JOIN q ON t.up = q.id) SEARCH DEPTH FIRST BY name, id SET o SELECT id FROM q ORDER BY o",
      tidb: `WITH RECURSIVE q AS (
  SELECT
    id,
    name,
    CAST(CONCAT(COALESCE(CONCAT(CONCAT('1', name), ''), '2'), COALESCE(CASE WHEN id < 0 THEN CONCAT('0', LPAD(CAST(id + 9223372036854775807 AS CHAR), 19, '0')) WHEN id >= 0 THEN CONCAT('1', LPAD(CAST(id AS CHAR), 19, '0')) END, '2')) AS CHAR(16383)) AS o
  FROM t
  WHERE up IS NULL
  UNION ALL
  SELECT
    t.id,
    t.name,
    CONCAT(q.o, CONCAT(COALESCE(CONCAT(CONCAT('1', t.name), ''), '2'), COALESCE(CASE WHEN t.id < 0 THEN CONCAT('0', LPAD(CAST(t.id + 9223372036854775807 AS CHAR), 19, '0')) WHEN t.id >= 0 THEN CONCAT('1', LPAD(CAST(t.id AS CHAR), 19, '0')) END, '2'))) AS o
  FROM t
  JOIN q ON t.up = q.id
)
SELECT id FROM q
ORDER BY o`,
      findings: ["path"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, up int); INSERT INTO t VALUES (1, 3), (2, 1), (3, 2), (4, 1)",
      pg: "WITH RECURSIVE q (id) AS (SELECT id FROM t WHERE id = 1 UNION ALL SELECT t.id FROM t JOIN q ON t.up = q.id) SEARCH BREADTH FIRST BY id SET o CYCLE id SET again USING p SELECT id, again FROM q ORDER BY o",
      tidb: `WITH RECURSIVE q (id, o, again, p) AS (
  SELECT
    id,
    CAST(CONCAT('0000000000', COALESCE(CASE WHEN id < 0 THEN CONCAT('0', LPAD(CAST(id + 9223372036854775807 AS CHAR), 19, '0')) WHEN id >= 0 THEN CONCAT('1', LPAD(CAST(id AS CHAR), 19, '0')) END, '2')) AS CHAR(16383)) AS o,
    FALSE AS again,
    CAST(CONCAT('/', COALESCE(CASE WHEN id < 0 THEN CONCAT('0', LPAD(CAST(id + 9223372036854775807 AS CHAR), 19, '0')) WHEN id >= 0 THEN CONCAT('1', LPAD(CAST(id AS CHAR), 19, '0')) END, '2')) AS CHAR(16383)) AS p
  FROM t
  WHERE id = 1
  UNION ALL
  SELECT
    t.id,
    CONCAT(LPAD(CAST(CAST(LEFT(q.o, 10) AS SIGNED) + 1 AS CHAR), 10, '0'), COALESCE(CASE WHEN t.id < 0 THEN CONCAT('0', LPAD(CAST(t.id + 9223372036854775807 AS CHAR), 19, '0')) WHEN t.id >= 0 THEN CONCAT('1', LPAD(CAST(t.id AS CHAR), 19, '0')) END, '2')) AS o,
    LOCATE(CONCAT('/', COALESCE(CASE WHEN t.id < 0 THEN CONCAT('0', LPAD(CAST(t.id + 9223372036854775807 AS CHAR), 19, '0')) WHEN t.id >= 0 THEN CONCAT('1', LPAD(CAST(t.id AS CHAR), 19, '0')) END, '2')), q.p) > 0 AS again,
    CONCAT(q.p, CONCAT('/', COALESCE(CASE WHEN t.id < 0 THEN CONCAT('0', LPAD(CAST(t.id + 9223372036854775807 AS CHAR), 19, '0')) WHEN t.id >= 0 THEN CONCAT('1', LPAD(CAST(t.id AS CHAR), 19, '0')) END, '2'))) AS p
  FROM t
  JOIN q ON t.up = q.id
  WHERE NOT q.again
)
SELECT id, again FROM q
ORDER BY o`,
      findings: ["path", "path"],
    },
    {
      given: `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (id int PRIMARY KEY, up int, c char(3), ok boolean, m mood, n numeric(8,2));
INSERT INTO t VALUES (1, NULL, 'b', true, 'sad', -1.5), (2, 1, 'ab', NULL, 'glad', 3), (3, 1, 'a', false, 'sad', -20.25), (4, 2, NULL, true, NULL, NULL), (5, 1, 'a', false, 'glad', 0)`,
      pg: "WITH RECURSIVE q AS (SELECT id, c, ok, m, n FROM t WHERE up IS NULL UNION ALL SELECT t.id, t.c, t.ok, t.m, t.n FROM t JOIN q ON t.up = q.id) SEARCH DEPTH FIRST BY c, ok, m, n SET o SELECT id FROM q ORDER BY o",
      tidb: "WITH RECURSIVE q AS (\n  SELECT\n    id,\n    CAST(c AS CHAR(16383)) AS c,\n    ok,\n    m,\n    n,\n    CAST(CONCAT(CONCAT(CONCAT(COALESCE(CONCAT(CONCAT('1', c), '\u0001'), '2'), COALESCE(CASE WHEN ok THEN '11' WHEN NOT ok THEN '10' END, '2')), COALESCE(CASE WHEN m = 'sad' THEN '100000' WHEN m = 'glad' THEN '100001' END, '2')), COALESCE(CASE WHEN CAST(n * 100 AS SIGNED) < 0 THEN CONCAT('0', LPAD(CAST(CAST(n * 100 AS SIGNED) + 9223372036854775807 AS CHAR), 19, '0')) WHEN CAST(n * 100 AS SIGNED) >= 0 THEN CONCAT('1', LPAD(CAST(CAST(n * 100 AS SIGNED) AS CHAR), 19, '0')) END, '2')) AS CHAR(16383)) AS o\n  FROM t\n  WHERE up IS NULL\n  UNION ALL\n  SELECT\n    t.id,\n    t.c,\n    t.ok,\n    t.m,\n    t.n,\n    CONCAT(q.o, CONCAT(CONCAT(CONCAT(COALESCE(CONCAT(CONCAT('1', t.c), '\u0001'), '2'), COALESCE(CASE WHEN t.ok THEN '11' WHEN NOT t.ok THEN '10' END, '2')), COALESCE(CASE WHEN t.m = 'sad' THEN '100000' WHEN t.m = 'glad' THEN '100001' END, '2')), COALESCE(CASE WHEN CAST(t.n * 100 AS SIGNED) < 0 THEN CONCAT('0', LPAD(CAST(CAST(t.n * 100 AS SIGNED) + 9223372036854775807 AS CHAR), 19, '0')) WHEN CAST(t.n * 100 AS SIGNED) >= 0 THEN CONCAT('1', LPAD(CAST(CAST(t.n * 100 AS SIGNED) AS CHAR), 19, '0')) END, '2'))) AS o\n  FROM t\n  JOIN q ON t.up = q.id\n)\nSELECT id FROM q\nORDER BY o",
      findings: ["path"],
    },
    {
      given: "CREATE TABLE t (a int, b float8)",
      pg: "WITH RECURSIVE q AS (SELECT a, b FROM t UNION ALL SELECT t.a, t.b FROM t JOIN q USING (a)) SEARCH DEPTH FIRST BY b SET o SELECT a FROM q ORDER BY o",
      tidb: null,
      findings: ["search"],
    },
  ],
});

/** The query of WITH with the columns that SEARCH and CYCLE add among its own; or why there is none. */
function spelt(cte: CommonTableExpr, ctx: Ctx): CommonTableExpr | string {
  const query = as("SelectStmt", cte.ctequery);
  const name = cte.ctename ?? "";
  if (query?.op !== "SETOP_UNION" || query.larg?.op !== "SETOP_NONE" || query.rarg?.op !== "SETOP_NONE" || !query.larg.targetList)
    return "its query is no UNION of two SELECTs";
  const [first, second] = [query.larg, query.rarg].map((side) => nodesOf("ResTarget", side.targetList)) as [ResTarget[], ResTarget[]];
  if ([...first, ...second].some(({ val }) => isStar(val))) return "its query has * in it";
  const names = cte.aliascolnames?.map(String) ?? first.map((target) => outputName(target) ?? "");
  const self = selfOf(query.rarg, name);
  if (self === undefined) return "it does not read itself";
  const types = ctx.analysis.columns(ctx.origin(query))?.map(({ info }) => info?.type) ?? [];
  const keysOf = (columns: readonly Value[] = []): readonly [Value, Value] | undefined => {
    const sides = [first, second].map((targets) => {
      const keys = columns.map((column) => {
        const at = names.indexOf(String(column));
        return sortable(targets[at]?.val, types[at], ctx);
      });
      return keys.includes(undefined) ? undefined : (keys as Value[]).reduce((all, key) => joined(all, key));
    });
    return sides.includes(undefined) ? undefined : (sides as unknown as readonly [Value, Value]);
  };
  const added: (readonly [string, Value, Value])[] = [];
  let ended: Value | undefined;
  const { search_clause: search, cycle_clause: cycle } = cte;
  if (search) {
    const keys = keysOf(search.search_col_list);
    if (!keys) return `it sorts by columns ${UNSORTABLE}`;
    const column = search.search_seq_column!;
    const before = ref(self, column);
    // In breadth, the number of the round comes first.
    const round = functionCall("lpad", [
      cast(plus(cast(functionCall("left", [before, integer(10)]), "int8"), integer(1)), "text"),
      integer(10),
      text("0"),
    ]);
    const start = search.search_breadth_first ? joined(text("0000000000"), keys[0]) : keys[0];
    added.push([column, cast(start, "text"), search.search_breadth_first ? joined(round, keys[1]) : joined(before, keys[1])]);
    ctx.report("path", { column, name, type: search.search_breadth_first ? "a row" : "an array of rows" }, cte);
    ctx.consumed(search);
  }
  if (cycle) {
    const keys = keysOf(cycle.cycle_col_list);
    if (!keys) return `its rows are told from one another by columns ${UNSORTABLE}`;
    const [mark, path] = [cycle.cycle_mark_column!, cycle.cycle_path_column!];
    const isThere = operation(">", functionCall("strpos", [ref(self, path), joined(text("/"), keys[1])]), integer(0));
    const { cycle_mark_value: value, cycle_mark_default: otherwise } = cycle;
    const marks = value && otherwise && as("A_Const", value)?.boolval !== true ? ([value, otherwise] as const) : undefined;
    const chosen = marks
      ? ({ kind: "CaseExpr", args: [{ kind: "CaseWhen", expr: isThere, result: marks[0] }], defresult: marks[1] } as Value)
      : isThere;
    added.push([mark, marks ? cast(marks[1], "text") : { kind: "A_Const", boolval: false }, chosen]);
    added.push([path, cast(joined(text("/"), keys[0]), "text"), joined(ref(self, path), joined(text("/"), keys[1]))]);
    ended = marks
      ? operation("<>", ref(self, mark), marks[0])
      : ({ kind: "BoolExpr", boolop: "NOT_EXPR", args: [ref(self, mark)] } as Value);
    ctx.report("path", { column: path, name, type: "an array of rows" }, cte);
    ctx.consumed(cycle);
  }
  const with_ = (side: SelectStmt, at: 1 | 2, more: object): SelectStmt => {
    const targets = added.map((column): ResTarget => ({ kind: "ResTarget", name: column[0], val: column[at] }));
    return ctx.change(side, { targetList: [...side.targetList!, ...targets], ...more }) as SelectStmt;
  };
  const whereClause =
    ended && query.rarg.whereClause
      ? ({ kind: "BoolExpr", boolop: "AND_EXPR", args: [query.rarg.whereClause, ended] } as Value)
      : (ended ?? query.rarg.whereClause);
  const ctequery = ctx.change(query, { larg: with_(query.larg, 1, {}), rarg: with_(query.rarg, 2, { whereClause }) });
  const aliascolnames = cte.aliascolnames && [...cte.aliascolnames, ...added.map(([column]) => column as unknown as Value)];
  return ctx.change(cte, { ctequery, aliascolnames, search_clause: undefined, cycle_clause: undefined }) as CommonTableExpr;
}

/** What the second SELECT calls the rows of the round before. */
function selfOf(query: SelectStmt, name: string): string | undefined {
  let found: string | undefined;
  holds(query.fromClause, (node) => {
    const relation = as("RangeVar", node);
    if (relation?.relname === name && relation.schemaname === undefined) found = relation.alias?.aliasname ?? name;
    return false;
  });
  return found;
}

const UNSORTABLE = "that are neither integers nor decimals of at most 18 digits, nor texts, enums, booleans, uuids or times";

/** A text that sorts as a value does, NULL behind all others, and ends where it ends; undefined for other types. */
function sortable(value: Value | undefined, type: PgType | undefined, ctx: Ctx): Value | undefined {
  if (!isNode(value) || !type) return undefined;
  const from = ordered(value, type, ctx);
  return from && ({ kind: "CoalesceExpr", args: [from, text("2")] } as Value);
}

function ordered(value: Value, { name, mods = [] }: PgType, ctx: Ctx): Value | undefined {
  if (/^int[248]$/.test(name)) return whole(value);
  if (name === "numeric") {
    const [digits = 99, scale = 0] = mods;
    return digits > 18 || scale < 0 ? undefined : whole(operation("*", value, { kind: "A_Const", fval: String(10 ** scale) }));
  }
  if (name === "bool") return cases([value, "11"], [{ kind: "BoolExpr", boolop: "NOT_EXPR", args: [value] } as Value, "10"]);
  const labels = enumLabels(name, ctx.catalog);
  if (labels) return cases(...labels.map((label, i) => [operation("=", value, text(label)), `1${String(i).padStart(5, "0")}`] as const));
  if (!/^(?:text|varchar|bpchar|uuid|date|time|timestamp|timestamptz)$/.test(name)) return undefined;
  return joined(joined(text("1"), cast(value, "text")), functionCall("chr", [integer(1)]));
}

const cases = (...pairs: readonly (readonly [Value, string])[]): Value =>
  ({ kind: "CaseExpr", args: pairs.map(([expr, result]) => ({ kind: "CaseWhen", expr, result: text(result) })) }) as Value;

function whole(value: Value): Value {
  const digits = (number: Value) => functionCall("lpad", [cast(number, "text"), integer(19), text("0")]);
  const big = cast(value, "int8");
  const below = joined(text("0"), digits(plus(big, { kind: "A_Const", fval: "9223372036854775807" })));
  return {
    kind: "CaseExpr",
    args: [
      { kind: "CaseWhen", expr: operation("<", big, integer(0)), result: below },
      { kind: "CaseWhen", expr: operation(">=", big, integer(0)), result: joined(text("1"), digits(big)) },
    ],
  } as Value;
}

const text = (sval: string): Value => ({ kind: "A_Const", sval });
const integer = (ival: number): Value => ({ kind: "A_Const", ival });
const ref = (relation: string, column: string): Value => ({ kind: "ColumnRef", fields: [relation, column] });
const joined = (left: Value, right: Value): Value => operation("||", left, right);
const plus = (left: Value, right: Value): Value => operation("+", left, right);

function cast(arg: Value, name: string): Value {
  return { kind: "TypeCast", arg, typeName: { kind: "TypeName", names: ["pg_catalog", name], typemod: -1 } } as Value;
}
