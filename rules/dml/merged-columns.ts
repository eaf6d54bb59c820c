import {
  ALL_COLUMNS,
  as,
  type ColumnRef,
  type Context,
  conjunction,
  HOLD_QUERIES,
  isStar,
  type JoinExpr,
  type Node,
  operation,
  rewritten,
  rule,
  type SelectStmt,
  starColumns,
  starTargets,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<"ambiguous">;

export default rule({
  construct: "UPDATE and DELETE that read JOIN … USING or NATURAL JOIN",
  why: `Within UPDATE and DELETE, subqueries included, TiDB does not merge the columns of USING and NATURAL: a name without its table is
ambiguous (error 1052), also in the USING of a further join, and * shows both. They are written with the table that PostgreSQL takes them from.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-FROM",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-update",
  },
  messages: {
    ambiguous: warning(
      "{column} is ambiguous in TiDB: within UPDATE and DELETE it does not merge the columns of USING and NATURAL (error 1052)",
      {
        help: "write the column with its table, and the columns behind * out",
      },
    ),
  },
  restates: HOLD_QUERIES,
  about: "JoinExpr",
  where: (node) => merges(node as JoinExpr),
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      if (!around.some(({ kind }) => kind === "UpdateStmt" || kind === "DeleteStmt")) return undefined;
      const ref = as("ColumnRef", node);
      if (ref) return ofItsTable(ref, around, ctx);
      const join = as("JoinExpr", node);
      if (join) return onColumns(join, around, ctx);
      const select = as("SelectStmt", node);
      return select && (select.fromClause ?? []).some(hasMerged) ? withoutStars(select, ctx) : undefined;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE a (id int, x int); CREATE TABLE b (id int, y int);
INSERT INTO t VALUES (1, 0), (2, 0), (3, 0); INSERT INTO a VALUES (1, 10), (2, NULL); INSERT INTO b VALUES (1, 5), (3, 6)`,
      pg: `UPDATE t SET n = 1 WHERE id IN (SELECT id FROM a RIGHT JOIN b USING (id) WHERE id > 1);
UPDATE t SET n = y FROM a NATURAL JOIN b WHERE t.id = a.id;
DELETE FROM t WHERE (id, 10, 5) IN (SELECT * FROM a JOIN b USING (id) WHERE id < 2)`,
      tidb: `UPDATE t
SET n = 1
WHERE id IN (
  SELECT b.id
  FROM a
  RIGHT JOIN b USING (id)
  WHERE b.id > 1
);
UPDATE t, a
NATURAL JOIN b
SET t.n = y
WHERE t.id = a.id;
DELETE FROM t
WHERE (id, 10, 5) IN (
  SELECT a.id, a.x, b.y
  FROM a
  JOIN b USING (id)
  WHERE a.id < 2
)`,
      rejected: { sql: "UPDATE t SET n = 1 WHERE id IN (SELECT id FROM a JOIN b USING (id))", code: 1052 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE a (id int, x int); CREATE TABLE b (id int, y int); CREATE TABLE c (id int, y int);
INSERT INTO t VALUES (1, 0), (2, 0), (3, 0); INSERT INTO a VALUES (1, 10), (2, NULL); INSERT INTO b VALUES (1, 5), (3, 6); INSERT INTO c VALUES (1, 5), (2, 7)`,
      pg: "UPDATE t SET n = (SELECT count(*) FROM a LEFT JOIN b USING (id) JOIN c USING (id) WHERE id = t.id); DELETE FROM t WHERE (id, 5, 10) IN (SELECT * FROM a NATURAL JOIN b NATURAL JOIN c)",
      tidb: `UPDATE t
SET
  n = (
    SELECT COUNT(*)
    FROM a
    LEFT JOIN b USING (id)
    JOIN c ON a.id = c.id
    WHERE a.id = t.id
  );
DELETE FROM t
WHERE (id, 5, 10) IN (
  SELECT a.id, b.y, a.x
  FROM a
  NATURAL JOIN b
  JOIN c ON a.id = c.id AND b.y = c.y
)`,
      rejected: { sql: "DELETE FROM t WHERE id IN (SELECT a.id FROM a JOIN b USING (id) JOIN c USING (id))", code: 1052 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE MATERIALIZED VIEW v AS SELECT id FROM t",
      pg: "DELETE FROM t WHERE EXISTS (SELECT * FROM v_query JOIN t AS u USING (id) WHERE u.n = 1)",
      tidb: "DELETE FROM t WHERE EXISTS (SELECT * FROM v_query JOIN t AS u USING (id) WHERE u.n = 1)",
      findings: ["ambiguous"],
    },
  ],
});

function merges({ isNatural, usingClause }: JoinExpr): boolean {
  return isNatural === true || (usingClause ?? []).length > 0;
}

function hasMerged(item: Value): boolean {
  const join = as("JoinExpr", item);
  return join !== undefined && (merges(join) || [join.larg!, join.rarg!].some(hasMerged));
}

/** A name that several tables of the query have, which only a merged column can be. */
function ofItsTable(ref: ColumnRef, around: readonly Node[], ctx: Ctx): ColumnRef | undefined {
  const [name] = ref.fields ?? [];
  if (ref.fields?.length !== 1 || typeof name !== "string") return undefined;
  for (const query of around.toReversed()) {
    const from = fromOf(query);
    if (!from) continue;
    const owners = ctx.analysis.range(ctx.origin(query)).filter(({ columns }) => columns.some((column) => column.name === name));
    if (owners.length === 0) continue;
    if (owners.length === 1 || !from.some(hasMerged) || namesOutput(query, around, name)) return undefined;
    const refs = columnsOf(from, query, ctx)?.find((column) => column.name === name)?.refs;
    if (!refs) return ctx.report("ambiguous", { column: name }, ref);
    // What FULL JOIN merges is a column of a subquery, which the rule for FULL JOIN makes.
    return refs.length > 1 ? undefined : (ctx.change(ref, { fields: refs[0] as unknown as Value[] }) as ColumnRef);
  }
  return undefined;
}

/** The columns that items of a query's FROM show. */
function columnsOf(items: readonly Value[], query: Node, ctx: Ctx) {
  return starColumns({ fromClause: items }, ALL_COLUMNS.val as ColumnRef, { ...ctx.analysis, origin: () => ctx.origin(query) as never });
}

/** A join by columns of which one side has merged some: by these columns, each with its table. */
function onColumns(join: JoinExpr, around: readonly Node[], ctx: Ctx): JoinExpr | undefined {
  const { larg, rarg, usingClause } = ctx.origin(join) as JoinExpr;
  const query = around.findLast((node) => fromOf(node) !== undefined);
  if (!query || !merges(join) || ![larg!, rarg!].some(hasMerged)) return undefined;
  const [left, right] = [larg!, rarg!].map((side) => columnsOf([side], query, ctx));
  const names = usingClause?.map(String) ?? left?.flatMap(({ name }) => (right?.some((other) => other.name === name) ? name : []));
  const pairs = names?.map((name) => [left, right].map((side) => side?.find((column) => column.name === name)?.refs ?? []));
  if (!pairs || pairs.flat().some(({ length }) => length === 0)) {
    ctx.report("ambiguous", { column: names?.join(", ") ?? "NATURAL JOIN" }, join);
    return undefined;
  }
  // What FULL JOIN merges is a column of a subquery, which the rule for FULL JOIN makes.
  if (pairs.flat().some(({ length }) => length > 1)) return undefined;
  const ref = ([fields]: (typeof pairs)[number][number]): ColumnRef => ({ kind: "ColumnRef", fields: [...fields!] });
  const quals = conjunction(pairs.map(([one, other]) => operation("=", ref(one!), ref(other!))));
  return ctx.change(join, { usingClause: undefined, isNatural: undefined, quals }) as JoinExpr;
}

function fromOf(query: Node): readonly Value[] | undefined {
  if (query.kind === "SelectStmt" || query.kind === "UpdateStmt") return query.fromClause ?? [];
  return query.kind === "DeleteStmt" ? (query.usingClause ?? []) : undefined;
}

/** Alone in ORDER BY, a name is first that of a column of the list. */
function namesOutput(query: Node, around: readonly Node[], name: string): boolean {
  const sort = around.at(-1);
  const select = as("SelectStmt", query);
  return (
    select !== undefined &&
    sort?.kind === "SortBy" &&
    (select.sortClause ?? []).includes(sort) &&
    (select.targetList ?? []).some((target) => as("ResTarget", target)?.name === name)
  );
}

function withoutStars(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  const targets = (select.targetList ?? []).flatMap((item): readonly Value[] => {
    const star = as("ColumnRef", as("ResTarget", item)?.val);
    if (!star || !isStar(star) || star.fields!.length > 1) return [item];
    // As it was: joins by columns are joins by a condition in the copy.
    const columns = starTargets(ctx.origin(select) as SelectStmt, star, { ...ctx.analysis, origin: ctx.origin as never });
    if (columns) ctx.consumed(item);
    else ctx.report("ambiguous", { column: "*" }, star);
    return columns ?? [item];
  });
  const same = targets.every((target, i) => target === select.targetList![i]);
  return same ? undefined : (ctx.change(select, { targetList: targets }) as SelectStmt);
}
