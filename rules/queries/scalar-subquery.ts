import {
  aggregates,
  as,
  type Context,
  eachDescendant,
  edited,
  HOLD_QUERIES,
  holds,
  isAggregate,
  isNode,
  keepsNull,
  type Node,
  note,
  PLAIN_SELECT,
  type RangeEntry,
  rewritten,
  rule,
  type SelectStmt,
  type SubLink,
  tidb,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "correlated subqueries of one value, and EXISTS over a function; an aggregate and a column of the query around",
  why: `Where such a subquery finds no row, its value is NULL. TiDB 8.5 makes an outer join of it and computes its expression over the NULLs of the
row that is not there: COALESCE, CASE, IS NULL and JSON_OBJECT then give a value. The hint keeps it a subquery. So it does EXISTS over the rows of a
function, of which TiDB cannot make a join. A column of the query around that stands beside an aggregate, which is the same for all rows, TiDB
takes for one of the subquery (error 8123), but not where it is a subquery itself.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES",
    tidb: "https://docs.pingcap.com/tidb/stable/optimizer-hints#no_decorrelate",
  },
  messages: {
    hint: note("a hint keeps TiDB from making a join of the subquery, which fails or gives its expression a value where it finds no row"),
  },
  restates: HOLD_QUERIES,
  about: "FuncCall",
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const select = as("SelectStmt", node);
      const within = around.at(-1);
      if (!select || !within || select.groupClause?.length || !select.fromClause?.length) return undefined;
      if (!aggregates([select.targetList, select.havingClause] as never, ctx)) return undefined;
      const alone = (value: Value): Value => unaggregated(value, ctx);
      // What HAVING asks of the one row of a LATERAL subquery becomes a column of it.
      const asked = as("RangeSubselect", within)?.lateral ? select.havingClause : undefined;
      const next = { targetList: edited(select.targetList, (item) => [alone(item)]), ...(asked && { havingClause: alone(asked) }) };
      const isSame = next.targetList?.every((item, i) => item === select.targetList![i]) && next.havingClause === asked;
      return isSame ? undefined : (ctx.change(select, next) as Node);
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  on: (takes) => [
    takes("SubLink", ["subLinkType", "subselect"], (readable, ctx) => {
      const link = readable as SubLink;
      ctx.judged(link);
      const select = as("SelectStmt", link.subselect);
      const targets = (select?.targetList ?? []).map((item) => as("ResTarget", item)!);
      const unsafe = targets.map(({ val }) => !keepsNull(val));
      const { fromClause } = select ? ctx.origin(select) : {};
      // A row of a function that goes by the query around, which TiDB looks for in vain once it has made a join of EXISTS (error 1105).
      if (
        link.subLinkType === "EXISTS_SUBLINK" &&
        select &&
        holds(fromClause, ({ kind }) => kind === "RangeFunction" || kind === "JsonTable")
      ) {
        if (!isCorrelated(ctx.origin(select), ctx.analysis.range) || select.op !== "SETOP_NONE") return;
        for (const target of targets) ctx.consumed(target);
        const one = { kind: "ResTarget", val: tidb`/*+ NO_DECORRELATE() */ 1` as unknown as Value } as const;
        return ctx.replace(ctx.change(link, { subselect: ctx.change(select, { targetList: [one] }) }), "hint");
      }
      // Each column of SET (a, b) = (SELECT …) becomes a subquery of its own, by another rule.
      if (
        ctx.parent?.kind === "MultiAssignRef" ||
        link.subLinkType !== "EXPR_SUBLINK" ||
        !select ||
        select.op !== "SETOP_NONE" ||
        !unsafe.includes(true)
      )
        return;
      if (select.limitCount || !select.fromClause?.length || !isCorrelated(ctx.origin(select), ctx.analysis.range)) return;
      const [first, ...others] = targets;
      const val = ctx.stand(tidb`/*+ NO_DECORRELATE() */ ${first!.val!}`, first!.val as Node) as unknown as Value;
      const targetList = [ctx.change(first!, { val }), ...others];
      return ctx.replace(ctx.change(link, { subselect: ctx.change(select, { targetList }) }), "hint");
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (t int); INSERT INTO t VALUES (1, NULL); INSERT INTO u VALUES (1), (2)",
      pg: "SELECT u.t, (SELECT COALESCE(t.a, '-') FROM t WHERE t.id = u.t) AS a, (SELECT max(t.a) FROM t WHERE t.id = u.t) AS b FROM u",
      tidb: `SELECT
  u.t,
  (SELECT /*+ NO_DECORRELATE() */ COALESCE(t.a, '-') FROM t WHERE t.id = u.t) AS a,
  (SELECT MAX(t.a) FROM t WHERE t.id = u.t) AS b
FROM u`,
      findings: ["hint"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 5), (2, NULL), (7, 3); INSERT INTO u VALUES (2, 5), (3, NULL), (4, -2)",
      pg: "SELECT t.id, (SELECT count(*) * COALESCE(t.a, 10) FROM u WHERE u.id > t.id) AS n FROM t WHERE (SELECT count(*) <> a FROM u WHERE u.n > t.id) IS NOT FALSE",
      tidb: `SELECT
  t.id,
  (SELECT /*+ NO_DECORRELATE() */ (COUNT(*) * COALESCE((SELECT t.a), 10)) FROM u WHERE u.id > t.id) AS n
FROM t
WHERE (SELECT /*+ NO_DECORRELATE() */ (COUNT(*) <> (SELECT a)) FROM u WHERE u.n > t.id) IS NOT FALSE`,
      findings: ["hint", "hint"],
      rejected: { sql: "SELECT (SELECT COUNT(*) * t.a FROM u) FROM t", code: 8123 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int[]); INSERT INTO t VALUES (1, '{1,5}'), (2, '{}'), (3, NULL), (4, '{2,NULL}')",
      pg: "SELECT id FROM t WHERE NOT EXISTS (SELECT FROM unnest(a) AS e WHERE e > 3)",
      tidb: `SELECT id
FROM t
WHERE NOT EXISTS (
  SELECT /*+ NO_DECORRELATE() */ 1
  FROM (
    SELECT
      IF(JSON_TYPE(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(a, CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS e
    FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, JSON_LENGTH(a) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
  ) AS e
  WHERE e > 3
)`,
      findings: ["hint"],
    },
  ],
});

/** The value with columns that stand in no aggregate each in a subquery of its own. */
function unaggregated(value: Value, ctx: Context): Value {
  if (Array.isArray(value)) return edited(value as readonly Value[], (item) => [unaggregated(item, ctx)]) as unknown as Value;
  if (!isNode(value) || value.kind === "SelectStmt" || isAggregate(as("FuncCall", value), ctx)) return value;
  if (value.kind === "ColumnRef")
    return {
      kind: "SubLink",
      subLinkType: "EXPR_SUBLINK",
      subselect: { ...PLAIN_SELECT, targetList: [{ kind: "ResTarget", val: value }] },
    } as Node;
  const patch: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(value)) {
    if (typeof held !== "object" || held === null) continue;
    const next = unaggregated(held as Value, ctx);
    if (next !== held) patch[field] = next;
  }
  return Object.keys(patch).length === 0 ? value : (ctx.change(value, patch) as Node);
}

/** Whether the query reads a column of one around it. */
function isCorrelated(select: SelectStmt, range: (query: Node) => readonly RangeEntry[]): boolean {
  const own: RangeEntry[] = [];
  eachDescendant(select, (node) => {
    if (node.kind === "SelectStmt") own.push(...range(node));
  });
  let found = false;
  eachDescendant(select, (node) => {
    const fields = as("ColumnRef", node)?.fields;
    const column = fields?.at(-1);
    if (!fields || typeof column !== "string") return;
    const isOwn = ({ alias, columns }: RangeEntry) =>
      fields.length > 1 ? alias === fields.at(-2) : columns.some(({ name }) => name === column);
    if (!own.some(isOwn)) found = true;
  });
  return found;
}
