import {
  as,
  type ColumnRef,
  type Context,
  conjunction,
  error,
  HOLD_QUERIES,
  holds,
  isNode,
  type JoinExpr,
  type Node,
  note,
  rewritten,
  rule,
  type SelectStmt,
  type SubLink,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"where" | "outer">;
type Query = Extract<Node, { kind: "SelectStmt" | "UpdateStmt" | "DeleteStmt" }>;

export default rule({
  construct: "JOIN … ON with a subquery",
  why: `In ON, TiDB takes a subquery of one value or EXISTS that reads nothing of the tables around it, and no other (error 1105). The condition
of an inner join may as well stand in WHERE.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN",
    tidb: "https://docs.pingcap.com/tidb/stable/subquery-optimization",
  },
  messages: {
    where: note("a condition of an inner join stands in WHERE: TiDB takes no such subquery in ON"),
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
    let refused: Node | undefined;
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const query = node.kind === "SelectStmt" || node.kind === "UpdateStmt" || node.kind === "DeleteStmt" ? (node as Query) : undefined;
      return query && (inWhere(query, (at) => (refused ??= at), ctx) as never);
    });
    if (refused) {
      ctx.report("outer", {}, refused);
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
      given: "CREATE TABLE a (id int PRIMARY KEY, x int)",
      pg: "SELECT 1 FROM a LEFT JOIN a AS b ON b.id = (SELECT max(c.id) FROM a AS c WHERE c.x = a.x)",
      tidb: null,
      findings: ["outer"],
      rejected: { sql: "SELECT 1 FROM a LEFT JOIN a AS b ON b.id = (SELECT MAX(c.id) FROM a AS c WHERE c.x = a.x)", code: 1105 },
    },
  ],
});

function hasSubquery(quals: Value | undefined): boolean {
  return holds(quals, (node) => node.kind === "SubLink");
}

/** The query with conditions of its inner joins in WHERE. */
function inWhere(query: Query, refuse: (at: Node) => void, ctx: Ctx): Query | undefined {
  const from = (query.kind === "DeleteStmt" ? query.usingClause : query.fromClause) ?? [];
  const moved: Value[] = [];
  const items = from.map((item) => without(item, true, { moved, refuse }, ctx));
  if (moved.length === 0) return undefined;
  takenApart(query.whereClause, ctx);
  const where = query.whereClause === undefined ? [] : conjuncts(query.whereClause);
  const patch = { [query.kind === "DeleteStmt" ? "usingClause" : "fromClause"]: items, whereClause: conjunction([...moved, ...where]) };
  return ctx.change(query as SelectStmt, patch) as never;
}

/** What becomes of a condition that ON cannot hold. */
interface Ways {
  readonly moved: Value[];
  readonly refuse: (at: Node) => void;
}

/** @param movable no outer join fills this item with NULLs */
function without(item: Value, movable: boolean, ways: Ways, ctx: Ctx): Value {
  const join = as("JoinExpr", item);
  if (!join) return item;
  const { jointype = "JOIN_INNER" } = join;
  const larg = without(join.larg!, movable && (jointype === "JOIN_INNER" || jointype === "JOIN_LEFT"), ways, ctx);
  const rarg = without(join.rarg!, movable && (jointype === "JOIN_INNER" || jointype === "JOIN_RIGHT"), ways, ctx);
  const parts = hasSubquery(join.quals) ? conjuncts(join.quals!) : [];
  const refused = parts.filter((part) => holds(part, (node) => node.kind === "SubLink" && !isTaken(node as SubLink, ctx)));
  const sides = larg === join.larg && rarg === join.rarg ? join : (ctx.change(join, { larg, rarg }) as JoinExpr);
  if (refused.length === 0) return sides;
  if (!movable || jointype !== "JOIN_INNER") {
    ways.refuse(refused[0] as Node);
    return sides;
  }
  ctx.report("where", {}, refused[0] as Node);
  takenApart(join.quals, ctx);
  ways.moved.push(...refused);
  return ctx.change(sides, { quals: conjunction(parts.filter((part) => !refused.includes(part))) }) as JoinExpr;
}

function conjuncts(condition: Value): readonly Value[] {
  const and = as("BoolExpr", condition);
  return and?.boolop === "AND_EXPR" ? (and.args ?? []).flatMap(conjuncts) : [condition];
}

/** Its parts stand in other conditions. */
function takenApart(condition: Value | undefined, ctx: Ctx): void {
  const and = as("BoolExpr", condition);
  if (and?.boolop !== "AND_EXPR") return;
  ctx.carried(and, ["boolop", "args"]);
  for (const part of and.args ?? []) takenApart(part, ctx);
}

/** One value, or whether there are rows, whatever the tables around it have. */
function isTaken({ subLinkType, subselect }: SubLink, ctx: Ctx): boolean {
  return (subLinkType === "EXPR_SUBLINK" || subLinkType === "EXISTS_SUBLINK") && !readsOutside(subselect, [], ctx);
}

type Names = (qualifier: string | undefined, name: string) => boolean;

/** Whether a column is read that no query within has. */
function readsOutside(value: Value | undefined, inner: readonly Names[], ctx: Ctx): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).some((item) => readsOutside(item, inner, ctx));
  if (!isNode(value)) return false;
  if (value.kind === "ColumnRef") {
    const [name, qualifier] = ((value as ColumnRef).fields ?? []).toReversed();
    return typeof name === "string" && !inner.some((has) => has(typeof qualifier === "string" ? qualifier : undefined, name));
  }
  const within = value.kind === "SelectStmt" ? [...inner, namesOf(value as SelectStmt, ctx)] : inner;
  return Object.values(value).some((held) => readsOutside(held as Value, within, ctx));
}

function namesOf(select: SelectStmt, ctx: Ctx): Names {
  const range = ctx.analysis.range(ctx.origin(select));
  return (qualifier, name) =>
    range.some(({ alias, columns }) => (qualifier === undefined ? columns.some((column) => column.name === name) : alias === qualifier)) ||
    (qualifier === undefined && (select.targetList ?? []).some((target) => as("ResTarget", target)?.name === name));
}
