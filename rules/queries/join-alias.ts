import {
  as,
  type ColumnRef,
  type Context,
  eachDescendant,
  error,
  HOLD_QUERIES,
  isStar,
  type JoinExpr,
  type Node,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"refused">;

export default rule({
  construct: "JOIN … USING (…) AS name",
  why: `TiDB has no name for the columns that a join merges. They are those of the side whose rows are all there: of the left one, or of the right
one in a RIGHT JOIN.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    refused: error(
      "USING … AS {name} is not converted: a side of the join is a join itself, it is a FULL JOIN, {name} is read as a row, or another item is called as it or as its side",
      {
        help: "name the columns by one of the two tables, or in a FULL JOIN as COALESCE(a.k, b.k)",
      },
    ),
  },
  restates: HOLD_QUERIES,
  about: "JoinExpr",
  where: (node) => as("JoinExpr", node)?.join_using_alias !== undefined,
  restate(statement, ctx) {
    const joins = new Map<string, JoinExpr>();
    const seen = new Set<string>();
    const without = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const join = as("JoinExpr", node);
      const name = join?.join_using_alias?.aliasname;
      if (!join || name === undefined) return undefined;
      // Names that stand twice in a statement are not told apart here: a query within it may have an item of its own that is called so.
      const side = sideOf(join);
      if (seen.has(name) || side === undefined || isTaken(statement, name, 0) || isTaken(statement, side, 1))
        return ctx.report("refused", { name }, join);
      seen.add(name);
      joins.set(name, join);
      ctx.consumed(join.join_using_alias!);
      return ctx.change(join, { join_using_alias: undefined });
    });
    if (joins.size === 0) return undefined;
    const of = (join: JoinExpr, column: string): ColumnRef => ({ kind: "ColumnRef", fields: [sideOf(join)!, column] });
    const next = rewritten(without, ctx.change as never, (node) => {
      const select = as("SelectStmt", node);
      if (select) return spelt(select, joins, of, ctx);
      const fields = as("ColumnRef", node)?.fields;
      const join = fields?.length === 2 ? joins.get(String(fields[0])) : undefined;
      return join && typeof fields![1] === "string" ? ctx.change(node as ColumnRef, { fields: [sideOf(join)!, fields![1]] }) : undefined;
    });
    return [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int); INSERT INTO a VALUES (1, 10), (2, NULL); INSERT INTO b VALUES (2, 200), (3, NULL)",
      pg: "SELECT j.id, x, y FROM a JOIN b USING (id) AS j; SELECT j.*, y FROM a RIGHT JOIN b USING (id) AS j WHERE (SELECT count(*) FROM a WHERE a.id = j.id) < 2",
      tidb: `SELECT a.id, x, y
FROM a
JOIN b USING (id);
SELECT b.id, y
FROM a
RIGHT JOIN b USING (id)
WHERE (SELECT COUNT(*) FROM a WHERE a.id = b.id) < 2`,
      rejected: { sql: "SELECT j.id FROM a JOIN b USING (id) AS j", code: 1064 },
    },
    {
      given: "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int)",
      pg: "SELECT j.id FROM a FULL JOIN b USING (id) AS j; SELECT y FROM a JOIN b USING (id) AS j WHERE (SELECT count(*) FROM a WHERE a.id > j.id) > 0; SELECT y FROM a JOIN b USING (id) AS j WHERE EXISTS (SELECT 1 FROM a AS j WHERE j.id = 2)",
      tidb: null,
      findings: ["refused", "refused", "refused"],
    },
  ],
});

/** Whether a name is that of more items of FROM than so many, or stands for a row. */
function isTaken(statement: Node, name: string, most: number): boolean {
  let found = 0;
  eachDescendant(statement, (node) => {
    const item = as("RangeVar", node) ?? as("RangeSubselect", node) ?? as("RangeFunction", node);
    if (item && (item.alias?.aliasname ?? as("RangeVar", item)?.relname) === name) found++;
    if (most === 0 && isRow(node, name)) found++;
  });
  return found > most;
}

/** Whether it may be a whole row: it may be a column of that name as well. */
function isRow(node: Node, name: string): boolean {
  const fields = as("ColumnRef", node)?.fields;
  return fields?.length === 1 && fields[0] === name;
}

/** The name of the item whose columns are the merged ones; undefined where it is no single one. */
function sideOf({ jointype, larg, rarg }: JoinExpr): string | undefined {
  if (jointype === "JOIN_FULL") return undefined;
  const side = jointype === "JOIN_RIGHT" ? rarg : larg;
  const item = as("RangeVar", side) ?? as("RangeSubselect", side) ?? as("RangeFunction", side);
  return item?.alias?.aliasname ?? as("RangeVar", item)?.relname;
}

/** The list with `name.*` written out. */
function spelt(
  select: SelectStmt,
  joins: ReadonlyMap<string, JoinExpr>,
  of: (join: JoinExpr, column: string) => ColumnRef,
  ctx: Ctx,
): Node | undefined {
  const targetList = (select.targetList ?? []).flatMap((item): readonly Value[] => {
    const star = as("ColumnRef", as("ResTarget", item)?.val);
    const join = isStar(star) && star!.fields!.length === 2 ? joins.get(String(star!.fields![0])) : undefined;
    if (!join) return [item];
    ctx.consumed(item);
    return (join.usingClause ?? []).map((column): ResTarget => ({ kind: "ResTarget", val: of(join, String(column)) }));
  });
  const isSame = targetList.length === select.targetList?.length && targetList.every((item, i) => item === select.targetList![i]);
  return isSame || !select.targetList ? undefined : (ctx.change(select, { targetList }) as Node);
}
