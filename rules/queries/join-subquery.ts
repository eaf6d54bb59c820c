import {
  ALL_COLUMNS,
  as,
  type ColumnRef,
  type Context,
  conjunction,
  conjuncts,
  error,
  HOLD_QUERIES,
  holds,
  isNode,
  isStar,
  type JoinExpr,
  type Node,
  note,
  PLAIN_SELECT,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SubLink,
  starTargets,
  subqueryItem,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"where" | "inside" | "outer">;
type Query = Extract<Node, { kind: "SelectStmt" | "UpdateStmt" | "DeleteStmt" }>;

export default rule({
  construct: "JOIN … ON with a subquery",
  why: `In ON, TiDB takes a subquery of one value or EXISTS that reads nothing of the tables around it, and no other (error 1105). The condition
of an inner join may as well stand in WHERE. Of an outer join, a condition on the side that may be missing filters that side, and a subquery
that reads one table is a column of that table.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN",
    tidb: "https://docs.pingcap.com/tidb/stable/subquery-optimization",
  },
  messages: {
    where: note("a condition of an inner join stands in WHERE: TiDB takes no such subquery in ON"),
    inside: note("a subquery in ON of an outer join is computed by a subquery in FROM: TiDB takes it not in ON"),
    outer: error(
      "ON of an outer join is not converted: TiDB takes no subquery there that reads the tables around it, or beside IN (error 1105)",
      {
        help: "compute the subquery as a column of a subquery in FROM, and join by that column",
      },
    ),
  },
  restates: HOLD_QUERIES,
  about: "JoinExpr",
  where: (node) => hasSubquery(as("JoinExpr", node)?.quals),
  restate(statement, ctx) {
    const refused: Node[] = [];
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const query = node.kind === "SelectStmt" || node.kind === "UpdateStmt" || node.kind === "DeleteStmt" ? (node as Query) : undefined;
      return query && (elsewhere(query, refused, ctx) as never);
    });
    if (refused[0]) {
      ctx.report("outer", {}, refused[0]);
      return [];
    }
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (1, 1), (2, 2), (3, 3)`,
      pg: `SELECT a.id, b.id AS b FROM a JOIN b ON a.id = b.y AND b.id IN (SELECT id FROM a WHERE x > 5) LEFT JOIN a AS c ON c.id = b.id WHERE a.id < 3 ORDER BY 1;
SELECT a.id FROM a JOIN b ON EXISTS (SELECT 1 FROM a AS c WHERE c.x > b.y AND c.id = a.id) ORDER BY 1`,
      tidb: `SELECT a.id, b.id AS b
FROM a
JOIN b ON a.id = b.y
LEFT JOIN a AS c ON c.id = b.id
WHERE b.id IN (SELECT id FROM a WHERE x > 5) AND a.id < 3
ORDER BY 1;
SELECT a.id
FROM a
CROSS JOIN b
WHERE EXISTS (SELECT 1 FROM a AS c WHERE c.x > b.y AND c.id = a.id)
ORDER BY 1`,
      findings: ["where", "where"],
      rejected: { sql: "SELECT 1 FROM a JOIN b ON b.id IN (SELECT id FROM a)", code: 1105 },
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (1, 1), (2, 2), (3, 3)`,
      pg: "SELECT a.id, b.id AS b FROM a LEFT JOIN b ON b.id = a.id AND b.y = (SELECT max(y) FROM b) ORDER BY 1",
      tidb: "SELECT a.id, b.id AS b FROM a LEFT JOIN b ON b.id = a.id AND b.y = (SELECT max(y) FROM b) ORDER BY 1",
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, a int, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 9, NULL)`,
      pg: `SELECT a.id, b.id AS b FROM a LEFT JOIN b ON b.a = a.id AND b.y = (SELECT max(y) FROM b AS c WHERE c.a = b.a) ORDER BY 1, 2;
SELECT * FROM a LEFT JOIN b ON b.id = (SELECT min(c.id) FROM b AS c WHERE c.a = a.id) AND x IN (SELECT x FROM a WHERE id < 3) ORDER BY a.id;
SELECT a.id, b.id AS b FROM b RIGHT JOIN a ON EXISTS (SELECT 1 FROM b AS c WHERE c.a = a.id) AND b.a = a.id ORDER BY 1, 2`,
      tidb: `SELECT a.id, b.id AS b
FROM a
LEFT JOIN (SELECT * FROM b WHERE b.y = (SELECT MAX(y) FROM b AS c WHERE c.a = b.a)) AS b ON b.a = a.id
ORDER BY 1, b.id IS NULL, 2;
SELECT a.id, a.x, b.id, b.a, b.y
FROM (
  SELECT
    *,
    (SELECT MIN(c.id) FROM b AS c WHERE c.a = a.id) AS join_1,
    x IN (SELECT x FROM a WHERE id < 3) AS join_2
  FROM a
) AS a
LEFT JOIN b ON b.id = a.join_1 AND a.join_2
ORDER BY a.id;
SELECT a.id, b.id AS b
FROM b
RIGHT JOIN (SELECT *, EXISTS (SELECT 1 FROM b AS c WHERE c.a = a.id) AS join_1 FROM a) AS a ON a.join_1 AND b.a = a.id
ORDER BY 1, b.id IS NULL, 2`,
      findings: ["inside", "inside", "inside"],
    },
    {
      given: "CREATE TABLE a (id int PRIMARY KEY, x int)",
      pg: "SELECT 1 FROM a LEFT JOIN a AS b ON b.id = (SELECT max(c.id) FROM a AS c WHERE c.x = a.x AND c.id <> b.id)",
      tidb: null,
      findings: ["outer"],
      rejected: {
        sql: "SELECT 1 FROM a LEFT JOIN a AS b ON b.id = (SELECT MAX(c.id) FROM a AS c WHERE c.x = a.x AND c.id <> b.id)",
        code: 1105,
      },
    },
  ],
});

function hasSubquery(quals: Value | undefined): boolean {
  return holds(quals, (node) => node.kind === "SubLink");
}

/** What becomes of conditions that ON cannot hold. */
interface Ways {
  /** Conditions of inner joins. */
  readonly moved: Value[];
  /** Columns and conditions of the subqueries that tables become, by alias. */
  readonly columns: Map<string, ResTarget[]>;
  readonly filters: Map<string, Value[]>;
  readonly query: Query;
  /** Where none of these can be. */
  readonly refused: Node[];
}

/** The query with such conditions of its inner joins in WHERE, and those of its outer joins in subqueries of FROM. */
function elsewhere(query: Query, refused: Node[], ctx: Ctx): Query | undefined {
  const from = (query.kind === "DeleteStmt" ? query.usingClause : query.fromClause) ?? [];
  const ways: Ways = { moved: [], columns: new Map(), filters: new Map(), query, refused };
  const items = from.map((item) => without(item, true, ways, ctx));
  const { moved, columns, filters } = ways;
  if (moved.length + columns.size + filters.size === 0) return undefined;
  const patch: { targetList?: readonly Value[]; whereClause?: Value } = {};
  if (moved.length > 0) {
    takenApart(query.whereClause, ctx);
    patch.whereClause = conjunction([...moved, ...conjuncts(query.whereClause)])!;
  }
  if (columns.size > 0 && query.kind === "SelectStmt") {
    const spelt = withoutStars(query, ctx);
    if (!spelt) {
      refused.push(query);
      return undefined;
    }
    patch.targetList = spelt;
  }
  const into = query.kind === "DeleteStmt" ? "usingClause" : "fromClause";
  return ctx.change(query as SelectStmt, { ...patch, [into]: items.map((item) => derived(item, ways, ctx)) }) as never;
}

/** @param movable no outer join fills this item with NULLs */
function without(item: Value, movable: boolean, ways: Ways, ctx: Ctx): Value {
  const join = as("JoinExpr", item);
  if (!join) return item;
  const { jointype = "JOIN_INNER" } = join;
  const larg = without(join.larg!, movable && (jointype === "JOIN_INNER" || jointype === "JOIN_LEFT"), ways, ctx);
  const rarg = without(join.rarg!, movable && (jointype === "JOIN_INNER" || jointype === "JOIN_RIGHT"), ways, ctx);
  const parts = hasSubquery(join.quals) ? conjuncts(join.quals) : [];
  const barred = parts.filter((part) => isRefused(part, ctx));
  const sides = larg === join.larg && rarg === join.rarg ? join : (ctx.change(join, { larg, rarg }) as JoinExpr);
  if (barred.length === 0) return sides;
  const inner = movable && jointype === "JOIN_INNER";
  const kept = parts.flatMap((part) => (!barred.includes(part) ? [part] : inner ? [] : inside(part, join, ways, ctx)));
  if (inner || ways.refused.length === 0) ctx.report(inner ? "where" : "inside", {}, barred[0] as Node);
  takenApart(join.quals, ctx);
  if (inner) ways.moved.push(...barred);
  return ctx.change(sides, { quals: conjunction(kept) ?? (inner ? undefined : TRUE) }) as JoinExpr;
}

const TRUE: Value = { kind: "A_Const", boolval: true };

/** What is left in ON of a condition of an outer join: the tables that it reads become subqueries. */
function inside(part: Value, join: JoinExpr, { columns, filters, query, refused }: Ways, ctx: Ctx): readonly Value[] {
  const missing = { JOIN_LEFT: join.rarg, JOIN_RIGHT: join.larg }[join.jointype as string];
  const read = tablesOf(part, query, ctx);
  const [only] = read ?? [];
  if (read?.size === 1 && missing !== undefined && whole(missing).includes(only!)) {
    filters.set(only!, [...(filters.get(only!) ?? []), part]);
    return [];
  }
  const there = [join.larg!, join.rarg!].flatMap(whole);
  return [
    rewritten(part, ctx.change as never, (node, around) => {
      const link = as("SubLink", node);
      if (!link || around.some(({ kind }) => kind === "SubLink") || isTaken(link, ctx)) return undefined;
      const tables = tablesOf(link, query, ctx);
      const [table] = tables ?? [];
      if (tables?.size !== 1 || !there.includes(table!) || isRowOf(table!, query) || isLocking(query)) {
        refused.push(node);
        return undefined;
      }
      const name = ctx.fresh("join");
      columns.set(table!, [...(columns.get(table!) ?? []), { kind: "ResTarget", name, val: link }]);
      return { kind: "ColumnRef", fields: [table!, name] } as Node;
    }),
  ];
}

/** Aliases of the tables of an item of FROM whose rows no join within it fills up with NULLs. */
function whole(item: Value): string[] {
  const join = as("JoinExpr", item);
  if (!join) return isPlain(item) ? [aliasOf(item)!] : [];
  const { jointype = "JOIN_INNER" } = join;
  if (jointype === "JOIN_LEFT") return whole(join.larg!);
  if (jointype === "JOIN_RIGHT") return whole(join.rarg!);
  return jointype === "JOIN_INNER" ? [...whole(join.larg!), ...whole(join.rarg!)] : [];
}

/** A table, or a subquery that reads none of the others, whose columns are called as they are. */
function isPlain(item: Value): boolean {
  const { kind, alias, lateral } = item as { kind?: string; alias?: { colnames?: readonly Value[] }; lateral?: boolean };
  return (kind === "RangeVar" || kind === "RangeSubselect") && !lateral && !alias?.colnames?.length && aliasOf(item) !== undefined;
}

function aliasOf(item: Value): string | undefined {
  return as("RangeVar", item)?.alias?.aliasname ?? as("RangeVar", item)?.relname ?? as("RangeSubselect", item)?.alias?.aliasname;
}

/** Whether the query reads whole rows of the table. */
function isRowOf(alias: string, query: Query): boolean {
  return holds(query as never, (node) => {
    const fields = as("ColumnRef", node)?.fields;
    return fields?.length === 1 && fields[0] === alias;
  });
}

function isLocking(query: Query): boolean {
  return (as("SelectStmt", query as never)?.lockingClause ?? []).length > 0;
}

/** The item with subqueries in the place of the tables that compute something. */
function derived(item: Value, ways: Ways, ctx: Ctx): Value {
  const join = as("JoinExpr", item);
  if (join) {
    const [larg, rarg] = [derived(join.larg!, ways, ctx), derived(join.rarg!, ways, ctx)];
    return larg === join.larg && rarg === join.rarg ? join : ctx.change(join, { larg, rarg });
  }
  const alias = aliasOf(item);
  const columns = (alias !== undefined && ways.columns.get(alias)) || [];
  const filters = (alias !== undefined && ways.filters.get(alias)) || [];
  if (alias === undefined || columns.length + filters.length === 0) return item;
  const whereClause = conjunction(filters);
  const targetList = [ALL_COLUMNS, ...columns];
  return subqueryItem({ ...PLAIN_SELECT, targetList, fromClause: [item], ...(whereClause && { whereClause }) } as SelectStmt, alias);
}

/** The list of columns with `*` written out; undefined where its columns are not known. */
function withoutStars(select: SelectStmt, ctx: Ctx): readonly Value[] | undefined {
  const known = { ...ctx.analysis, origin: ctx.origin as never };
  const targets: Value[] = [];
  for (const item of select.targetList ?? []) {
    const star = as("ColumnRef", as("ResTarget", item)?.val);
    if (!star || !isStar(star)) targets.push(item);
    else {
      const spelt = starTargets(select, star, known);
      if (!spelt) return undefined;
      ctx.consumed(item);
      targets.push(...spelt);
    }
  }
  return targets;
}

/** Its parts stand in other conditions. */
function takenApart(condition: Value | undefined, ctx: Ctx): void {
  const and = as("BoolExpr", condition);
  if (and?.boolop !== "AND_EXPR") return;
  ctx.carried(and, ["boolop", "args"]);
  for (const part of and.args ?? []) takenApart(part, ctx);
}

function isRefused(part: Value, ctx: Ctx): boolean {
  return holds(part, (node) => node.kind === "SubLink" && !isTaken(node as SubLink, ctx));
}

/** One value, or whether there are rows, whatever the tables around it have. */
function isTaken({ subLinkType, subselect }: SubLink, ctx: Ctx): boolean {
  return (subLinkType === "EXPR_SUBLINK" || subLinkType === "EXISTS_SUBLINK") && outside(subselect, [], ctx).length === 0;
}

/** Aliases of the tables of a query that a value within it reads; undefined where they cannot be told. */
function tablesOf(value: Value, query: Query, ctx: Ctx): ReadonlySet<string> | undefined {
  const range = ctx.analysis.range(ctx.origin(query as Node));
  const found = new Set<string>();
  for (const [name, qualifier] of outside(value, [], ctx)) {
    const tables = range.filter(({ alias, columns }) =>
      qualifier === undefined ? columns.some((column) => column.name === name) : alias === qualifier,
    );
    if (tables.length !== 1) return undefined;
    found.add(tables[0]!.alias);
  }
  return found;
}

type Names = (qualifier: string | undefined, name: string) => boolean;
type Outer = readonly [name: string, qualifier: string | undefined];

/** Columns that a value reads and that no query within it has. */
function outside(value: Value | undefined, inner: readonly Names[], ctx: Ctx): readonly Outer[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((item) => outside(item, inner, ctx));
  if (!isNode(value)) return [];
  if (value.kind === "ColumnRef") {
    const [name, last] = ((value as ColumnRef).fields ?? []).toReversed();
    const qualifier = typeof last === "string" ? last : undefined;
    return typeof name === "string" && !inner.some((has) => has(qualifier, name)) ? [[name, qualifier]] : [];
  }
  const within = value.kind === "SelectStmt" ? [...inner, namesOf(value as SelectStmt, ctx)] : inner;
  return Object.values(value).flatMap((held) => outside(held as Value, within, ctx));
}

function namesOf(select: SelectStmt, ctx: Ctx): Names {
  const range = ctx.analysis.range(ctx.origin(select));
  return (qualifier, name) =>
    range.some(({ alias, columns }) => (qualifier === undefined ? columns.some((column) => column.name === name) : alias === qualifier)) ||
    (qualifier === undefined && (select.targetList ?? []).some((target) => as("ResTarget", target)?.name === name));
}
