import {
  aggregates,
  alike,
  as,
  type Context,
  columnRef,
  error,
  HOLD_QUERIES,
  holds,
  isAggregate,
  isNode,
  type Node,
  nodesOf,
  note,
  outputName,
  PLAIN_SELECT,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  sameKey,
  sortTarget,
  typeNode,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;
type Keys = readonly Node[];

const MESSAGES = {
  union: note("{words} became {count} queries, one for each set of keys, put together by UNION ALL: the tables are read {count} times"),
  refused: error("{words} is not converted: {what}", {
    help: "write a query for each set of keys, with NULL for the keys that are not in it, and put them together with UNION ALL",
  }),
};

export default rule({
  construct: "GROUPING SETS, ROLLUP, CUBE",
  why: `TiDB knows WITH ROLLUP alone, and neither sets nor CUBE. There is a query for each set of keys, in which the other keys are NULL and
GROUPING() is a number that is known.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUPING-SETS",
    tidb: "https://docs.pingcap.com/tidb/stable/group-by-modifier",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "GroupingSet",
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      return select?.groupClause?.some((item) => as("GroupingSet", item)) ? united(select, ctx) : undefined;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, b text, n int);
INSERT INTO t VALUES (1, 5, 'x', 1), (2, NULL, 'x', 2), (3, 5, NULL, 3), (4, 1, 'x', NULL)`,
      pg: "SELECT a, b, max(n), grouping(a, b) FROM t GROUP BY ROLLUP (a, b)",
      tidb: `SELECT a, b, MAX(n) AS max, 0 AS grouping FROM t GROUP BY a, b
UNION ALL
SELECT a, NULL, MAX(n), 1 FROM t GROUP BY a
UNION ALL
SELECT NULL, NULL, MAX(n), 3 FROM t`,
      findings: ["union"],
      rejected: { sql: "SELECT a FROM t GROUP BY ROLLUP (a)", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, b text, n int);
INSERT INTO t VALUES (1, 5, 'x', 1), (2, NULL, 'x', 2), (3, 5, NULL, 3), (4, 1, 'x', NULL)`,
      pg: "SELECT COALESCE(b, 'all') AS b, count(*) FROM t GROUP BY GROUPING SETS ((b), ()) ORDER BY grouping(b), count(*)",
      tidb: `SELECT b, count
FROM (
  SELECT COALESCE(b, 'all') AS b, COUNT(*) AS count, 0 AS order_1 FROM t GROUP BY b
  UNION ALL
  SELECT COALESCE(NULL, 'all') AS b, COUNT(*), 1 AS order_1 FROM t
) AS grouping_1
ORDER BY order_1, count`,
      findings: ["union"],
      rejected: { sql: "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, n int);
INSERT INTO t VALUES (1, 5, 1), (2, NULL, 2), (3, 5, 3), (4, 1, NULL)`,
      pg: "SELECT a, count(*), sum(sum(n)) OVER (PARTITION BY grouping(a) ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t GROUP BY ROLLUP (a) ORDER BY grouping(a), 1",
      tidb: `SELECT
  groups_1.group_1 AS a,
  groups_1.group_2 AS count,
  SUM(groups_1.group_3) OVER (PARTITION BY groups_1.group_4 ORDER BY groups_1.group_1 IS NULL, groups_1.group_1 ROWS UNBOUNDED PRECEDING) AS sum
FROM (
  SELECT a AS group_1, COUNT(*) AS group_2, CAST(SUM(n) AS SIGNED) AS group_3, 0 AS group_4
  FROM t
  GROUP BY a
  UNION ALL
  SELECT NULL AS group_1, COUNT(*) AS group_2, CAST(SUM(n) AS SIGNED) AS group_3, 1 AS group_4 FROM t
) AS groups_1
ORDER BY groups_1.group_4, groups_1.group_1 IS NULL, 1`,
      findings: ["union"],
    },
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: "SELECT a, rank() OVER (ORDER BY count(*)), (SELECT max(b) FROM t) FROM t GROUP BY CUBE (a, b)",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

const WORDS: Readonly<Record<string, string>> = {
  GROUPING_SET_ROLLUP: "ROLLUP",
  GROUPING_SET_CUBE: "CUBE",
  GROUPING_SET_SETS: "GROUPING SETS",
  GROUPING_SET_EMPTY: "GROUP BY ()",
};

/** More queries than this nobody wants to read. */
const MOST = 64;

function united(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const first = nodesOf("GroupingSet", select.groupClause!)[0]!;
  const words = WORDS[first.variant ?? ""] ?? "GROUPING SETS";
  const refuse = (what: string) => ctx.report("refused", { words, what }, first);
  const targets = (select.targetList ?? []).map((item) => as("ResTarget", item)!);
  const own = (value: Value): Node => (sortOrGroup(value, targets, select, ctx) ?? value) as Node;
  const all = select
    .groupClause!.map((item) => setsOf(item, own))
    .reduce((left, right) => left.flatMap((l) => right.map((r) => [...l, ...r])));
  const sets = select.groupDistinct ? all.filter((set, i) => !all.slice(0, i).some((other) => sameSet(set, other))) : all;
  if (sets.length > MOST) return refuse(`it has ${sets.length} sets of keys`);
  if (select.lockingClause?.length) return refuse("there is FOR UPDATE beside it");
  const keys = sets.flat().filter((key, i, list) => list.findIndex((other) => sameKey(key, other)) === i);
  if (select.windowClause || [...targets, ...(select.sortClause ?? [])].some((value) => has(value, "WindowDef"))) {
    const windows = overGroups(select, targets, keys, ctx);
    return typeof windows === "string" ? refuse(windows) : windows;
  }
  const shown = ctx.analysis.columns(ctx.origin(select))?.map(({ name }) => name) ?? [];
  // Within the subquery, columns of one name have numbers.
  const names = shown.map((name, i) => (shown.indexOf(name) === i && name !== "?column?" ? name : ctx.fresh("column")));
  const wrapped = Boolean(select.sortClause?.length || select.limitCount || select.limitOffset || select.distinctClause);
  // A name alone would be that of several columns.
  const twice = new Set(shown).size < shown.length;
  const subquery = ctx.fresh("grouping");
  if (wrapped && names.length !== targets.length) return refuse("the columns that * stands for are not known");
  // What ORDER BY computes is carried along as columns of their own.
  const carried: ResTarget[] = [];
  const sorts = (select.sortClause ?? []).map((item): SortBy => {
    const sort = as("SortBy", item)!;
    const found = sortTarget(sort.node, targets) ?? targets.find(({ val }) => alike(val, sort.node));
    const name = found ? names[targets.indexOf(found)]! : `order_${carried.length + 1}`;

    if (!found) carried.push({ kind: "ResTarget", name, val: sort.node! });
    else if (isNode(sort.node)) ctx.consumed(sort.node);
    return ctx.change(sort, { node: twice ? { kind: "ColumnRef", fields: [subquery, name] } : columnRef(name) }) as SortBy;
  });
  ctx.consumed(select.groupClause as never);
  ctx.report("union", { words, count: sets.length }, first);
  const arms = sets.map((set, arm): SelectStmt => {
    const within = (value: Value): Value => replaced(value, keys, set, ctx);
    const targetList = [...targets, ...carried].map((target) => {
      const next = within(target) as ResTarget;
      const name = wrapped ? names[targets.indexOf(target)] : outputName(target);
      return arm > 0 || name === undefined || next.name === name || (next === target && outputName(target) === name)
        ? next
        : (ctx.change(next, { name }) as ResTarget);
    });
    const having = select.havingClause && within(select.havingClause);
    const aggregated = set.length > 0 || [...targetList, having].some((value) => aggregates(value, ctx));
    return ctx.change(select, {
      targetList,
      groupClause: set.length > 0 ? set : undefined,
      groupDistinct: undefined,
      havingClause: aggregated ? having : having ? ({ kind: "BoolExpr", boolop: "AND_EXPR", args: [ONE_ROW, having] } as Value) : ONE_ROW,
      ...BARE,
    });
  });
  const union = arms.reduce((larg, rarg): SelectStmt => ({ ...PLAIN_SELECT, op: "SETOP_UNION", all: true, larg, rarg }));
  const { withClause, limitCount, limitOffset, limitOption, distinctClause } = select;
  const around = withClause ? { withClause } : {};
  if (!wrapped) return withClause ? (ctx.change(union, around) as SelectStmt) : union;
  return {
    ...PLAIN_SELECT,
    ...around,
    ...(distinctClause && { distinctClause }),
    targetList: names.map((name, i): ResTarget => {
      const own = shown[i] === name || shown[i] === "?column?" ? undefined : shown[i];
      return { kind: "ResTarget", ...(own !== undefined && { name: own }), val: columnRef(name) };
    }),
    fromClause: [{ kind: "RangeSubselect", subquery: union, alias: { kind: "Alias", aliasname: subquery } }],
    ...(sorts.length > 0 && { sortClause: sorts }),
    ...(limitCount !== undefined && { limitCount }),
    ...(limitOffset !== undefined && { limitOffset }),
    limitOption: limitOption ?? "LIMIT_OPTION_DEFAULT",
  };
}

/** Window functions go over all groups of all sets: what they read of these are columns of a subquery. Or why there is none. */
function overGroups(select: SelectStmt, targets: readonly ResTarget[], keys: Keys, ctx: Ctx): SelectStmt | string {
  const columns: ResTarget[] = [];
  const subquery = ctx.fresh("groups");
  let isKnown = true;
  const ofGroup = (node: Node): Value => {
    const at = columns.findIndex(({ val }) => alike(val, node));
    const name = at < 0 ? `group_${columns.length + 1}` : columns[at]!.name!;
    if (at < 0) columns.push({ kind: "ResTarget", name, val: node as Value });
    else ctx.consumed(node);
    return { kind: "ColumnRef", fields: [subquery, name] } as Value;
  };
  const outside = (value: Value): Value => {
    if (Array.isArray(value)) return (value as readonly Value[]).map(outside) as unknown as Value;
    if (!isNode(value)) return value;
    const call = as("FuncCall", value);
    if (keys.some((key) => sameKey(key, value)) || value.kind === "GroupingFunc" || isAggregate(call, ctx)) return ofGroup(value);
    if (value.kind === "SubLink" || value.kind === "ColumnRef") isKnown = false;
    return patched(value, outside, ctx);
  };
  const targetList = targets.map((target): ResTarget => {
    const name = outputName(target);
    // It is another expression than the one of the source: of a column that is none of a table.
    ctx.carried(target, ["name", "val"]);
    return { kind: "ResTarget", val: outside(target.val!), ...(name !== undefined && { name }) };
  });
  const sortClause = select.sortClause?.map((item) => {
    const sort = as("SortBy", item)!;
    return sortTarget(sort.node, targets) ? sort : (ctx.change(sort, { node: outside(sort.node!) as Node }) as SortBy);
  });
  const windowClause = select.windowClause?.map(outside);
  if (!isKnown) return "a column that is none of its keys, or a subquery, stands beside window functions";
  const inner = united(ctx.change(select, { ...BARE, windowClause: undefined, targetList: columns }) as SelectStmt, ctx);
  if (!inner) return "its groups are not converted";
  const from = { kind: "RangeSubselect", subquery: inner, alias: { kind: "Alias", aliasname: subquery } } as const;
  const { withClause, distinctClause, limitCount, limitOffset, limitOption } = select;
  return {
    ...PLAIN_SELECT,
    ...(withClause && { withClause }),
    ...(distinctClause && { distinctClause }),
    targetList,
    fromClause: [from],
    ...(windowClause && { windowClause }),
    ...(sortClause && { sortClause }),
    ...(limitCount !== undefined && { limitCount }),
    ...(limitOffset !== undefined && { limitOffset }),
    limitOption: limitOption ?? "LIMIT_OPTION_DEFAULT",
  };
}

const BARE = {
  sortClause: undefined,
  limitCount: undefined,
  limitOffset: undefined,
  limitOption: "LIMIT_OPTION_DEFAULT",
  withClause: undefined,
  distinctClause: undefined,
} as const;

/** All rows are one group, also when there is none: `count(*) >= 0`. */
const ONE_ROW: Value = {
  kind: "A_Expr",
  variant: "AEXPR_OP",
  name: [">="],
  lexpr: { kind: "FuncCall", funcname: ["count"], agg_star: true, funcformat: "COERCE_EXPLICIT_CALL" },
  rexpr: { kind: "A_Const", ival: 0 },
} as Value;

/** The sets of keys that an element of GROUP BY stands for (parse_agg.c, expand_groupingset_node). */
function setsOf(item: Value, own: (value: Value) => Node): readonly Keys[] {
  const set = as("GroupingSet", item);
  const row = as("RowExpr", item);
  if (row) return [(row.args ?? []).map(own)];
  if (!set) return [[own(item)]];
  const parts = set.content ?? [];
  if (set.variant === "GROUPING_SET_SETS") return parts.flatMap((part) => setsOf(part, own));
  const members = parts.map((part) => setsOf(part, own)[0]!);
  if (set.variant === "GROUPING_SET_ROLLUP")
    return Array.from({ length: members.length + 1 }, (_, i) => members.slice(0, members.length - i).flat());
  if (set.variant === "GROUPING_SET_CUBE")
    return Array.from({ length: 2 ** members.length }, (_, bits) => members.filter((_member, i) => !((bits >> i) & 1)).flat());
  return [members.flat()];
}

/** What the number or name of an output column in GROUP BY stands for. */
function sortOrGroup(value: Value, targets: readonly ResTarget[], select: SelectStmt, ctx: Ctx): Value | undefined {
  const name = as("ColumnRef", value)?.fields?.at(-1);
  const range = ctx.analysis.range(ctx.origin(select));
  const isColumn = range.some(({ columns }) => columns.some((each) => each.name === name));
  return isColumn ? undefined : sortTarget(value, targets)?.val;
}

function sameSet(a: Keys, b: Keys): boolean {
  const holds = (set: Keys, key: Node) => set.some((other) => sameKey(key, other));
  return a.every((key) => holds(b, key)) && b.every((key) => holds(a, key));
}

/** The value with NULL for keys that are not in the set; aggregates and queries within it see the rows as they are. */
function replaced(value: Value, keys: Keys, set: Keys, ctx: Ctx): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => replaced(item, keys, set, ctx)) as unknown as Value;
  if (!isNode(value)) return value;
  const grouping = as("GroupingFunc", value);
  if (grouping) {
    ctx.consumed(grouping);
    const bits = (grouping.args ?? []).reduce((sum: number, arg) => sum * 2 + (set.some((key) => sameKey(key, arg)) ? 0 : 1), 0);
    return { kind: "A_Const", ival: bits };
  }
  const key = keys.find((each) => sameKey(each, value));
  if (key && !set.some((each) => sameKey(each, key))) {
    ctx.consumed(value);
    const type = ctx.info(value)?.type ?? ctx.info(key)?.type;
    const arg: Value = { kind: "A_Const", isnull: true };
    return type === undefined || type.name === "unknown" ? arg : ({ kind: "TypeCast", arg, typeName: typeNode(type) } as Value);
  }
  if (key || value.kind === "SelectStmt" || isAggregate(as("FuncCall", value), ctx)) return value;
  return patched(value, (held) => replaced(held, keys, set, ctx), ctx);
}

/** The node with others in the place of those that it holds. */
function patched(node: Node, instead: (held: Value) => Value, ctx: Ctx): Node {
  const patch: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(node)) {
    if (typeof held !== "object" || held === null) continue;
    const next = instead(held as Value);
    if (!alike(next, held as Value)) patch[field] = next;
  }
  return Object.keys(patch).length === 0 ? node : (ctx.change(node, patch) as Node);
}

function has(value: Value | undefined, kind: Node["kind"]): boolean {
  return holds(value, (node) => node.kind === kind);
}
