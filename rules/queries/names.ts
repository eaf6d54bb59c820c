import {
  as,
  type Context,
  error,
  type IntoClause,
  isNode,
  isStar,
  leading,
  outputName,
  type ResTarget,
  rule,
  type SelectStmt,
  silentCast,
  starColumns,
  type Value,
  warning,
  withLeading,
} from "../../src/rule.js";

export default rule({
  construct: "names of output columns",
  why: `A column without an alias is called after its function, cast or CASE in PostgreSQL (\`count\`), and after its whole text in TiDB
(\`COUNT(*)\`): whoever reads it by name, an outer query or the application, needs the alias.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-select.html#SQL-SELECT-LIST",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    star: error("two columns behind * have the same name, and the input does not say which they are: TiDB refuses that here", {
      help: "write the columns out, each under a name of its own",
    }),
    twice: warning("a second column {name} is called {tidb} here: TiDB refuses two of one name in a derived table, a view and a CTE", {
      help: "only `*` can show it, and there it has another name now: give it an alias",
    }),
  },
  on: (takes) => [
    takes("ReturningClause", ["exprs"], (returning, ctx) => {
      for (const target of returning.exprs ?? []) if (isNode(target)) ctx.judged(target);
      const exprs = returning.exprs?.map((target) => withName(target, ctx));
      return exprs?.some((target, i) => target !== returning.exprs?.[i]) ? ctx.replace(ctx.change(returning, { exprs })) : undefined;
    }),
    takes("SelectStmt", ["targetList", "larg", "op"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const { parent } = ctx;
      // Elsewhere nobody sees a name: in EXISTS, IN, a scalar subquery, the right arm of a set operation, the source of an INSERT.
      const seen = parent === undefined || (SEEN.has(parent.kind) && !listsColumns(parent));
      const inside = parent !== undefined && parent.kind !== "ExplainStmt";
      const written = leading(query).targetList ?? [];
      const targets = seen && inside ? speltOut(written, query, ctx) : written;
      // Without its names the list is not printed.
      if (!targets) return;
      for (const target of written) if (isNode(target)) ctx.judged(target);
      if (!seen || (!query.larg && !query.targetList)) return;
      const named = targets.map((target) => withName(target, ctx));
      if (inside) renameRepeated(named, ctx);
      if (named.length === written.length && named.every((target, i) => target === written[i])) return;
      return ctx.replace(withLeading(query, (select, patch) => ctx.change(select, patch), { targetList: named }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: "SELECT COALESCE(a, b), CASE a WHEN 1 THEN b END, (SELECT b FROM t AS u LIMIT 1), EXISTS (SELECT COALESCE(a, b) FROM t AS u) FROM t",
      tidb: `SELECT
  COALESCE(a, b) AS coalesce,
  CASE a WHEN 1 THEN b END AS \`case\`,
  (SELECT b FROM t AS u LIMIT 1) AS b,
  EXISTS (SELECT COALESCE(a, b) FROM t AS u) AS \`exists\`
FROM t`,
    },
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: "SELECT q.coalesce FROM (SELECT COALESCE(a, b) FROM t UNION ALL SELECT b FROM t) AS q",
      tidb: "SELECT q.coalesce FROM (SELECT COALESCE(a, b) AS coalesce FROM t UNION ALL SELECT b FROM t) AS q",
    },
    {
      given: "CREATE TABLE t (a date, b timestamp); INSERT INTO t VALUES ('2024-02-29', '2024-02-29 10:00'), (NULL, NULL)",
      pg: "SELECT a FROM t UNION ALL SELECT b FROM t ORDER BY 1",
      tidb: "SELECT CAST(a AS DATETIME(6)) AS a FROM t UNION ALL SELECT b FROM t ORDER BY a IS NULL, 1",
    },
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: "SELECT q.b FROM (SELECT a, b, a FROM t) AS q",
      tidb: "SELECT q.b FROM (SELECT a, b, a AS a_2 FROM t) AS q",
      findings: ["twice"],
      rejected: { sql: "SELECT q.b FROM (SELECT a, b, a FROM t) AS q", code: 1060 },
    },
    {
      given: "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, c int)",
      pg: "SELECT q.c FROM (SELECT * FROM t, u) AS q",
      tidb: "SELECT q.c FROM (SELECT t.a, t.b, u.a AS a_2, u.c FROM t, u) AS q",
      findings: ["twice"],
      rejected: { sql: "SELECT q.c FROM (SELECT * FROM t, u) AS q", code: 1060 },
    },
    {
      given: "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, c int)",
      pg: "SELECT q.c FROM (SELECT * FROM (t CROSS JOIN u) AS x, u) AS q",
      tidb: null,
      findings: ["twice", "star"],
    },
  ],
});

const SEEN = new Set([
  "RangeSubselect",
  "CommonTableExpr",
  "ViewStmt",
  "CreateTableAsStmt",
  "ExplainStmt",
  "PrepareStmt",
  "DeclareCursorStmt",
]);

/** Whether the columns get their names where the query stands. */
function listsColumns(parent: { readonly kind: string }): boolean {
  const { aliases, aliascolnames, into } = parent as { aliases?: readonly Value[]; aliascolnames?: readonly Value[]; into?: IntoClause };
  return (aliases ?? aliascolnames ?? into?.colNames ?? []).length > 0;
}

function withName(item: Value, ctx: Context<never>): Value {
  const target = as("ResTarget", item);
  if (!target || target.name !== undefined) return item;
  const original = ctx.origin(target) as ResTarget;
  const isColumn = as("ColumnRef", original.val) && as("ColumnRef", target.val);
  if (isColumn && !silentCast(ctx.info(target.val as never), ctx.catalog)) return item;
  const name = outputName(original);
  return name === undefined ? item : ctx.change(target, { name });
}

/** The list with * written out where two columns of the query have the same name; undefined, with a finding, where it cannot be. */
function speltOut(targets: readonly Value[], query: SelectStmt, ctx: Context<"star">): readonly Value[] | undefined {
  const names = (ctx.analysis.columns(ctx.origin(query)) ?? []).map(({ name }) => name);
  if (new Set(names).size === names.length || !targets.some((target) => isStar(as("ResTarget", target)?.val))) return targets;
  const list: Value[] = [];
  for (const item of targets) {
    const target = as("ResTarget", item);
    const star = as("ColumnRef", target?.val);
    if (!target || !star || !isStar(star)) {
      list.push(item);
      continue;
    }
    const columns = starColumns(leading(query), star, { ...ctx.analysis, origin: ctx.origin as never });
    if (!columns || columns.some(({ refs }) => refs.length !== 1)) return ctx.report("star", {}, target);
    ctx.consumed(target);
    list.push(...columns.map(({ refs }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: refs[0]! } })));
  }
  return list;
}

/** Gives columns that have the name of an earlier one a name of their own, in place. */
function renameRepeated(targets: Value[], ctx: Context<"twice">): void {
  const taken = new Set(targets.flatMap((item) => nameOf(item) ?? []));
  const seen = new Set<string>();
  for (const [i, item] of targets.entries()) {
    const name = nameOf(item);
    if (name === undefined) continue;
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    let number = 2;
    while (taken.has(`${name}_${number}`)) number++;
    const tidb = `${name}_${number}`;
    taken.add(tidb);
    ctx.report("twice", { name, tidb }, item as ResTarget);
    targets[i] = ctx.change(item as ResTarget, { name: tidb });
  }
}

function nameOf(item: Value): string | undefined {
  const target = as("ResTarget", item);
  return target && outputName(target);
}
