import { as, type FuncCall, HOLD_QUERIES, type Node, note, qualified, rewritten, rule, type SortBy, type Value } from "../../src/rule.js";

const MESSAGES = {
  sorted: note("the distinct values are put in order, as PostgreSQL has sorted them to find them"),
};

export default rule({
  construct: "array_agg(DISTINCT x), json_agg(DISTINCT x), string_agg(DISTINCT x, y)",
  why: `To tell the distinct values of an aggregate PostgreSQL sorts them, and hands them on in that order, NULL last. TiDB hashes them: they come in
any order unless one is written.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES",
    tidb: "https://docs.pingcap.com/tidb/stable/aggregate-group-by-functions",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: (node) => isUnsorted(as("FuncCall", node)),
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const call = as("FuncCall", node);
      if (!isUnsorted(call)) return undefined;
      ctx.report("sorted");
      const sort: SortBy = { kind: "SortBy", node: call!.args![0]!, sortby_dir: "SORTBY_DEFAULT", sortby_nulls: "SORTBY_NULLS_DEFAULT" };
      return ctx.change(call!, { agg_order: [sort] }) as Node;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (3, 'x'), (1, 'X'), (NULL, 'é'), (3, NULL), (-1, 'x'), (20, 'x ')",
      pg: "SELECT array_agg(DISTINCT a) AS n, json_agg(DISTINCT b) AS j, string_agg(DISTINCT b, ',') AS s, array_agg(DISTINCT -a ORDER BY -a DESC) AS d FROM t",
      tidb: `SELECT
  CAST(CONCAT('[', GROUP_CONCAT(DISTINCT COALESCE(CAST(a AS CHAR), 'null') ORDER BY a IS NULL, a SEPARATOR ','), ']') AS JSON) AS n,
  CAST(CONCAT('[', GROUP_CONCAT(DISTINCT COALESCE(CAST(JSON_QUOTE(b) AS CHAR), 'null') ORDER BY b IS NULL, b SEPARATOR ','), ']') AS JSON) AS j,
  GROUP_CONCAT(DISTINCT b ORDER BY b IS NULL, b SEPARATOR ',') AS s,
  CAST(CONCAT('[', GROUP_CONCAT(DISTINCT COALESCE(CAST(-a AS CHAR), 'null') ORDER BY -a IS NULL DESC, -a DESC SEPARATOR ','), ']') AS JSON) AS d
FROM t`,
      findings: ["sorted", "sorted", "sorted"],
    },
  ],
});

const ORDERED = new Set(["array_agg", "json_agg", "jsonb_agg", "string_agg"]);

function isUnsorted(call: FuncCall | undefined): boolean {
  if (!call?.agg_distinct || call.agg_order?.length || !call.args?.length) return false;
  return ORDERED.has(qualified(call.funcname ?? []).name);
}
