import { as, constrainedRows, find, type IndexStmt, note, relationName, rule, tidb } from "../../src/rule.js";

export default rule({
  construct: "partial index",
  why: `TiDB 8.5.6 has no index over some of the rows. A unique one constrains those rows: it becomes a unique index over expressions that are
NULL for all other rows, which says the same. One that is not unique only saves space: it becomes an index over all rows.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-partial.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index#expression-index",
  },
  messages: {
    all: note("index {name} covers all rows, not only those of its WHERE"),
    set: note("unique index {name} needs no WHERE: it has no rows that are NULL in its columns, and NULLs are never alike"),
    unique: note("unique index {name} is over expressions that are NULL where its WHERE is not true", {
      help: "a search for its columns does not use it; add an ordinary index where one needs it",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation", "whereClause", "unique", "indexParams"], (index, ctx) => {
      if (index.whereClause === undefined) return;
      const name = index.idxname ?? "";
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(index.relation!));
      const where = index.unique
        ? constrainedRows(index as IndexStmt, (column) => table?.columns.get(column)?.notNull === true)
        : index.whereClause;
      if (!index.unique) {
        // Without uniqueness the condition changes no result: nothing of it needs to be printed.
        ctx.report("all", { name });
        ctx.consumed(index.whereClause);
        // What of it was rewritten is as little there.
        ctx.consumed(ctx.origin(index as IndexStmt).whereClause ?? []);
        return ctx.replace(ctx.change(index, { whereClause: undefined }));
      }
      if (where !== index.whereClause) ctx.consumed(index.whereClause);
      if (where === undefined) return ctx.replace(ctx.change(index, { whereClause: undefined }), "set", { name });
      const indexParams = (index.indexParams ?? []).map((item) => {
        const element = as("IndexElem", item);
        if (!element) return item;
        const value = element.expr ?? { kind: "ColumnRef" as const, fields: [element.name!] };
        ctx.carried(element, ["name", "expr"]);
        return tidb`(CASE WHEN ${where} THEN ${value} END)` as never;
      });
      ctx.differs(index as never);
      return ctx.replace(ctx.change(index, { indexParams, whereClause: undefined }), "unique", { name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, b varchar(9), gone timestamp)",
      pg: "CREATE UNIQUE INDEX i ON t (a, b) WHERE gone IS NULL AND b <> ''",
      tidb: "CREATE UNIQUE INDEX i ON t ((CASE WHEN gone IS NULL AND b <> '' THEN a END), (CASE WHEN gone IS NULL AND b <> '' THEN b END))",
      findings: ["unique"],
      accepts: [
        "INSERT INTO t VALUES (1, 'x', NULL), (1, 'x', '2020-01-01'), (1, 'x', '2020-01-01'), (1, '', NULL), (1, '', NULL), (NULL, 'x', NULL), (NULL, 'x', NULL)",
      ],
      refuses: ["INSERT INTO t VALUES (1, 'x', NULL)"],
      rejected: { sql: "CREATE UNIQUE INDEX k ON t (a) WHERE gone IS NULL", code: 1064 },
    },
    {
      given: "CREATE TYPE kind AS ENUM ('staff', 'guest'); CREATE TABLE t (k kind, name text, gone bool)",
      pg: "CREATE UNIQUE INDEX i ON t (k, name) WHERE NOT gone",
      tidb: "CREATE UNIQUE INDEX i ON t ((CASE WHEN NOT gone THEN k END), (CASE WHEN NOT gone THEN name END))",
      findings: ["unique"],
      accepts: [
        "INSERT INTO t VALUES ('staff', REPEAT('é', 763), FALSE), ('guest', REPEAT('é', 763), FALSE), ('guest', 'x', TRUE), ('guest', 'x', TRUE)",
      ],
      refuses: ["INSERT INTO t VALUES ('staff', REPEAT('é', 763), FALSE)"],
    },
    {
      given: "CREATE TABLE t (a varchar(9), b int NOT NULL, c int)",
      pg: "CREATE UNIQUE INDEX i ON t (a) WHERE a IS NOT NULL; CREATE UNIQUE INDEX k ON t (b) WHERE b IS NOT NULL AND c IS NOT NULL",
      tidb: "CREATE UNIQUE INDEX i ON t (a);\nCREATE UNIQUE INDEX k ON t ((CASE WHEN c IS NOT NULL THEN b END))",
      findings: ["set", "unique"],
      accepts: ["INSERT INTO t VALUES (NULL, 1, NULL), (NULL, 1, NULL), ('x', 1, 5)"],
      refuses: ["INSERT INTO t VALUES ('x', 2, 1)", "INSERT INTO t VALUES ('y', 1, 1)"],
      rejected: { sql: "CREATE UNIQUE INDEX l ON t ((CASE WHEN b IS NOT NULL THEN b END))", code: 3762 },
    },
    {
      given: "CREATE TABLE t (a int, j jsonb)",
      pg: "CREATE INDEX i ON t (a) WHERE j ? 'x'",
      tidb: "CREATE INDEX i ON t (a)",
      findings: ["all"],
    },
  ],
});
