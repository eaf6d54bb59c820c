import { as, error, neverNull, note, raw, rule, tidb } from "../../src/rule.js";

export default rule({
  construct: "unique index with NULLS NOT DISTINCT",
  why: `For a unique key of TiDB one NULL is not like another. So that there is one at most, the index is over two expressions for each column
that may be NULL: the column without its NULLs, and whether it is NULL.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-unique.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index#expression-index",
  },
  messages: {
    expressions: note("unique index {name} is over each column and whether it is NULL, for NULLS NOT DISTINCT", {
      help: "a search for its columns does not use it; add an ordinary index where one needs it",
    }),
    computed: error("index {name} was left out: TiDB has no NULLS NOT DISTINCT, and its expressions may be NULL", {
      help: "add a generated column of the expression with COALESCE(…, a value that does not occur), and make it unique",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "indexParams", "unique", "nulls_not_distinct"], (index, ctx) => {
      if (!index.unique || !index.nulls_not_distinct) return;
      const name = index.idxname ?? "";
      const columns = ctx.index(index)?.columns ?? [null];
      if (columns.includes(null)) return ctx.drop("computed", { name });
      const indexParams = (index.indexParams ?? []).flatMap((item, i) => {
        const column = columns[i]!;
        const element = as("IndexElem", item);
        if (!element || column.notNull) return [item];
        return neverNull(column, ctx.final).map((part) => ctx.change(element, { name: undefined, expr: tidb`${raw(part)}` as never }));
      });
      if (columns.some((column) => !column!.notNull)) {
        ctx.differs(index as never);
        ctx.report("expressions", { name });
      }
      return ctx.replace(ctx.change(index, { indexParams, nulls_not_distinct: false }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int NOT NULL, b int, s varchar(9), gone bool)",
      pg: "CREATE UNIQUE INDEX i ON t (a, b) NULLS NOT DISTINCT; CREATE UNIQUE INDEX k ON t (s) NULLS NOT DISTINCT WHERE NOT gone; CREATE UNIQUE INDEX n ON t (a) NULLS NOT DISTINCT WHERE s = 'n'",
      tidb: `CREATE UNIQUE INDEX i ON t (a, (CASE WHEN b IS NULL THEN 0 ELSE b END), (b IS NULL));
CREATE UNIQUE INDEX k ON t ((CASE WHEN NOT gone THEN CASE WHEN s IS NULL THEN '' ELSE s END END), (CASE WHEN NOT gone THEN s IS NULL END));
CREATE UNIQUE INDEX n ON t ((CASE WHEN s = 'n' THEN a END))`,
      findings: ["expressions", "expressions"],
      accepts: ["INSERT INTO t VALUES (1, NULL, NULL, FALSE), (1, 0, '', FALSE), (2, NULL, NULL, TRUE), (3, NULL, NULL, TRUE)"],
      refuses: ["INSERT INTO t VALUES (1, NULL, 'x', FALSE)", "INSERT INTO t VALUES (4, 4, NULL, FALSE)"],
      rejected: { sql: "CREATE UNIQUE INDEX l ON t (b) NULLS NOT DISTINCT", code: 1064 },
    },
    {
      given: "CREATE TABLE t (s varchar(9))",
      pg: "CREATE UNIQUE INDEX i ON t (lower(s)) NULLS NOT DISTINCT",
      tidb: null,
      findings: ["computed"],
    },
  ],
});
