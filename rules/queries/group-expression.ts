import {
  alike,
  as,
  type Context,
  holds,
  isNode,
  type Node,
  note,
  type ResTarget,
  rule,
  type SelectStmt,
  sortTarget,
  tidb,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"largest">;

export default rule({
  construct: "GROUP BY an expression",
  why: `PostgreSQL takes an expression of GROUP BY in the list, in HAVING and in ORDER BY as a part of others as well; TiDB only where it stands
alone (error 1055). It is the same for all rows of a group: MAX of it is it, and may stand anywhere.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-mode",
  },
  messages: {
    largest: note("MAX of an expression of GROUP BY stands for it within other expressions: TiDB takes it alone, and nowhere else"),
  },
  pointsAt: (select) => (select as SelectStmt).groupClause?.[0] as Node | undefined,
  on: (takes) => [
    takes("SelectStmt", ["groupClause", "targetList", "havingClause", "sortClause", "windowClause", "fromClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const keys = (select.groupClause ?? []).flatMap((item) => keyOf(item, select, ctx) ?? []);
      if (keys.length === 0) return;
      const alone = (value: Value | undefined) => keys.some((key) => alike(key, value) && !parameters(key));
      const isKey = (value: Node) => keys.some((key) => alike(key, value, (a, b) => isSameColumn(a, b, select, ctx)));
      const within = (value: Value): Value => mapped(value, isKey, ctx);
      const list = (items: readonly Value[] | undefined, change: (item: Value) => Value) => {
        const next = items?.map(change);
        return next?.every((item, i) => item === items![i]) ? items : next;
      };
      const next = {
        targetList: list(select.targetList, (item) => {
          const target = as("ResTarget", item);
          const whole = target?.val === undefined || keys.includes(target.val as Node) || alone(target.val);
          return whole ? item : changedAt(target!, "val", within, ctx);
        }),
        sortClause: list(select.sortClause, (item) => {
          const sort = as("SortBy", item);
          const named = sort && sortTarget(sort.node, (select.targetList ?? []) as ResTarget[]);
          return !sort || named || alone(sort.node) ? item : changedAt(sort, "node", within, ctx);
        }),
        havingClause: select.havingClause && within(select.havingClause),
        windowClause: list(select.windowClause, within),
      };
      if (Object.entries(next).every(([field, value]) => value === select[field as keyof typeof next])) return;
      return ctx.replace(ctx.change(select, next), "largest");
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 5, 2), (2, 5, NULL), (3, NULL, 1), (4, -1, 7)",
      pg: "SELECT a + 1 AS n, (a + 1) * 2 AS m, max(b) FROM t GROUP BY a + 1 HAVING a + 1 > -5 OR a + 1 IS NULL ORDER BY a + 1",
      tidb: `SELECT a + 1 AS n, MAX(a + 1) * 2 AS m, MAX(b) AS max
FROM t
GROUP BY a + 1
HAVING MAX(a + 1) > -5 OR MAX(a + 1) IS NULL
ORDER BY MAX(a + 1) IS NULL, a + 1`,
      findings: ["largest"],
      rejected: { sql: "SELECT (a + 1) * 2 FROM t GROUP BY a + 1", code: 1055 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 5, 2), (2, 5, NULL), (3, NULL, 1), (4, -1, 7)",
      pg: "SELECT a % 2 AS odd, max(count(*)) OVER (ORDER BY a % 2) FROM t GROUP BY odd ORDER BY odd; SELECT a, -a FROM t GROUP BY a",
      tidb: `SELECT a % 2 AS odd, MAX(COUNT(*)) OVER (ORDER BY MAX(a % 2) IS NULL, MAX(a % 2)) AS max
FROM t
GROUP BY odd
ORDER BY MAX(a % 2) IS NULL, odd;
SELECT a, -a FROM t GROUP BY a`,
      findings: ["largest"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, 5), (3, NULL), (-4, 1)",
      pg: "SELECT id % 2 AS id, count(*) AS n FROM t GROUP BY t.id % 2 ORDER BY t.id % 2; SELECT t.a + 1 AS b, max(x.id) AS m FROM t JOIN t AS x ON x.id > t.id GROUP BY t.a + 1",
      tidb: `SELECT MAX(id % 2) AS id, COUNT(*) AS n FROM t GROUP BY t.id % 2 ORDER BY t.id % 2;
SELECT t.a + 1 AS b, max(x.id) AS m FROM t JOIN t AS x ON x.id > t.id GROUP BY t.a + 1`,
      findings: ["largest"],
    },
  ],
});

/** What a key of GROUP BY computes, by its number or name too; undefined for a column as it is (findTargetlistEntrySQL92). */
function keyOf(item: Value, select: SelectStmt, ctx: Ctx): Node | undefined {
  const name = as("ColumnRef", item)?.fields?.at(-1);
  const range = ctx.analysis.range(ctx.origin(select));
  const isColumn = range.some(({ columns }) => columns.some((column) => column.name === name));
  const target = isColumn ? undefined : sortTarget(item, (select.targetList ?? []) as ResTarget[]);
  const value = target ? target.val : item;
  if (!isNode(value) || value.kind === "ColumnRef" || value.kind === "A_Const" || value.kind === "GroupingSet") return undefined;
  const type = ctx.info(value)?.type.name;
  return type !== undefined && ctx.catalog.enums.has(type) ? undefined : value;
}

/** Whether one of them names the column of the other without its table, where no other table has one of the name. */
function isSameColumn(a: Node, b: Node, select: SelectStmt, ctx: Ctx): boolean {
  const [one, other] = [as("ColumnRef", a)?.fields, as("ColumnRef", b)?.fields];
  if (!one || !other || one.length === other.length || Math.min(one.length, other.length) > 1 || one.at(-1) !== other.at(-1)) return false;
  const range = ctx.analysis.range(ctx.origin(select));
  return range.flatMap(({ columns }) => columns.filter(({ name }) => name === one.at(-1))).length === 1;
}

/** Each question mark is another value to TiDB. */
function parameters(key: Node): boolean {
  return holds(key, (node) => node.kind === "ParamRef");
}

function changedAt<N extends Node>(node: N, field: keyof N, within: (value: Value) => Value, ctx: Ctx): Value {
  const next = within(node[field] as Value);
  return next === node[field] ? node : (ctx.change(node as never, { [field]: next } as never) as unknown as Value);
}

/** The value with MAX around keys; aggregates and queries within it see the rows as they are. */
function mapped(value: Value, isKey: (value: Node) => boolean, ctx: Ctx): Value {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => mapped(item, isKey, ctx));
    return items.every((item, i) => item === value[i]) ? value : (items as unknown as Value);
  }
  if (!isNode(value)) return value;
  if (isKey(value)) return ctx.stand(tidb`MAX(${value})`, value) as unknown as Value;
  const call = as("FuncCall", value);
  if (value.kind === "SelectStmt" || (call && !call.over && ctx.info(call)?.call?.kind === "aggregate")) return value;
  const patch: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(value)) {
    if (typeof held !== "object" || held === null) continue;
    const next = mapped(held as Value, isKey, ctx);
    if (next !== held) patch[field] = next;
  }
  if (Object.keys(patch).length === 0) return value;
  return "texts" in value ? ({ ...value, ...patch } as Node) : (ctx.change(value, patch) as Node);
}
