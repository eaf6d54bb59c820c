import {
  ALL_COLUMNS,
  as,
  type ColumnRef,
  find,
  isNode,
  note,
  type RangeSubselect,
  type RangeVar,
  type ResTarget,
  relationName,
  rule,
  type SelectStmt,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

const MESSAGES = {
  names: note("{alias} became a subquery that gives the columns of {table} their names"),
  sample: warning("TABLESAMPLE became a condition on RAND(): each row is chosen by itself, and others each time", {
    help: "PostgreSQL's SYSTEM chooses whole pages of rows, and REPEATABLE the same ones again: where that matters, keep the sample in a table",
  }),
};

export default rule({
  construct: "FROM: names for a table's columns, TABLESAMPLE",
  why: `TiDB gives a table another name, but not its columns. Its TABLESAMPLE takes one row of each region and has no percentage.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-select.html#SQL-FROM",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("RangeVar", ["relname", "schemaname", "alias"], (readable, ctx) => {
      const relation = readable as RangeVar;
      const { alias } = relation;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(relation));
      if (!alias?.colnames?.length || !table || ctx.analysis.isCommon(ctx.origin(relation))) return;
      const targets = [...table.columns.keys()].map((column, i): ResTarget => {
        const name = alias.colnames![i];
        const val: ColumnRef = { kind: "ColumnRef", fields: [column] };
        return { kind: "ResTarget", val, ...(name === undefined || name === column ? {} : { name: String(name) }) };
      });
      ctx.carried(alias, ["aliasname", "colnames"]);
      const from = ctx.change(relation, { alias: undefined });
      return ctx.replace(derived(targets, from, alias.aliasname ?? "", undefined), "names", {
        alias: alias.aliasname ?? "",
        table: table.name,
      });
    }),
    takes("RangeTableSample", ["relation", "method", "args", "repeatable"], (sample, ctx) => {
      const relation = as("RangeVar", sample.relation);
      const [percentage] = sample.args ?? [];
      if (!relation || percentage === undefined) return;
      if (isNode(sample.repeatable)) ctx.consumed(sample.repeatable);
      const name = relation.alias?.aliasname ?? relation.relname ?? "";
      return ctx.replace(derived([ALL_COLUMNS], relation, name, tidb`RAND() * 100 < ${percentage}` as unknown as Value), "sample");
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t VALUES (1, 'x', NULL)",
      pg: "SELECT q.n, q.b FROM t AS q (n, name) WHERE q.name = 'x'",
      tidb: "SELECT q.n, q.b FROM (SELECT id AS n, a AS name, b FROM t) AS q WHERE q.name = 'x'",
      findings: ["names"],
      rejected: { sql: "SELECT q.n FROM t AS q (n)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text)",
      pg: "SELECT count(*) FROM t TABLESAMPLE BERNOULLI (10) REPEATABLE (7)",
      tidb: "SELECT COUNT(*) AS count FROM (SELECT * FROM t WHERE RAND() * 100 < 10e0) AS t",
      findings: ["sample"],
      rejected: { sql: "SELECT COUNT(*) FROM t TABLESAMPLE BERNOULLI (10)", code: 8128 },
    },
  ],
});

function derived(targetList: readonly ResTarget[], from: RangeVar, aliasname: string, whereClause: Value | undefined): RangeSubselect {
  const subquery: SelectStmt = {
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList,
    fromClause: [from],
    ...(whereClause !== undefined && { whereClause }),
  };
  return { kind: "RangeSubselect", subquery, alias: { kind: "Alias", aliasname } };
}
