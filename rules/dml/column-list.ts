import { as, find, type InsertStmt, type ResTarget, relationName, rule, type Value } from "../../src/rule.js";

export default rule({
  construct: "INSERT without a list of columns",
  why: `PostgreSQL takes fewer values than the table has columns for the first ones, and the defaults of the others (analyze.c,
transformInsertRow). TiDB wants a value for each column (error 1136): the columns that get one are named.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: {},
  on: (takes) => [
    takes("InsertStmt", ["relation", "cols", "selectStmt"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      const query = as("SelectStmt", insert.selectStmt);
      const table = insert.relation && find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation));
      ctx.judged(insert);
      if (!table || !query || insert.cols?.length) return;
      const original = ctx.origin(query);
      const row = original.valuesLists?.[0] as readonly Value[] | undefined;
      const given = row?.length ?? ctx.analysis.columns(original)?.length;
      if (given === undefined || given >= table.columns.size) return;
      const cols = [...table.columns.keys()].slice(0, given).map((name): ResTarget => ({ kind: "ResTarget", name }));
      return ctx.replace(ctx.change(insert, { cols }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 7); INSERT INTO t VALUES (1, 2, 3), (2, NULL, NULL)",
      pg: `INSERT INTO t VALUES (3, 1 + 1); INSERT INTO t SELECT id + 10, a FROM t; WITH q AS (SELECT 5, 6) INSERT INTO t SELECT * FROM q;
INSERT INTO t VALUES (1, 5), (6, 7) ON CONFLICT (id) DO UPDATE SET a = excluded.a; INSERT INTO t SELECT * FROM t WHERE id > 99`,
      tidb: `INSERT INTO t (id, a) VALUES (3, 1 + 1);
INSERT INTO t (id, a) SELECT id + 10, a FROM t;
INSERT INTO t (id, a) WITH q AS (SELECT 5, 6) SELECT * FROM q;
INSERT INTO t (id, a) VALUES (1, 5), (6, 7) ON DUPLICATE KEY UPDATE a = VALUES(a);
INSERT INTO t SELECT * FROM t WHERE id > 99`,
      rejected: { sql: "INSERT INTO t SELECT id, a FROM t", code: 1136 },
    },
  ],
});
