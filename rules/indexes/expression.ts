import {
  as,
  eachDescendant,
  error,
  holds,
  isAutoIncrement,
  isComputed,
  isNode,
  type NodeOf,
  note,
  qualified,
  rule,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "index on an expression",
  why: `TiDB indexes expressions of operators, CASE and a few functions; others need a setting of the server that users' clusters do not have.
COALESCE is one of those, and CASE says the same.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-expressional.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index#expression-index",
  },
  messages: {
    numbered: error("index {name} was left out: TiDB has no index over an expression with {column}, which is AUTO_INCREMENT", {
      help: "draw the column's numbers from a SEQUENCE, or index its other columns",
    }),
    implied: note("unique index {name} is left away: it has the primary key in it, and is unique by that"),
    digest: warning("unique index {name} holds digests of its expression: TiDB indexes none that is long text", {
      help: "the constraint is as strict, but a search for the expression does not use it",
    }),
    text: error("index {name} was left out: its expression is long text, which TiDB does not index", {
      help: "add a generated column of a bounded type, CAST(… AS CHAR(64)), and index that",
    }),
    function: error("index {name} was left out: TiDB indexes no expression with {what}", {
      help: "add a generated column with the expression and index that; generated columns take all functions that give the same result each time",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "indexParams", "unique"], (index, ctx) => {
      const made = ctx.index(index);
      if (!made || !isComputed(made)) return;
      const { name, table } = made;
      const at = made.named.columns.findIndex(isAutoIncrement);
      const numbered = made.named.columns[at];
      if (!numbered) return;
      // Beside an expression it may stand; of a unique index all parts may become expressions.
      if (!index.unique && !(index.indexParams ?? []).some((item) => speaksOf(item, made.named.names[at]!))) return;
      const primary = [...table.constraints.values()].find(({ type, node }) => type === "primary" && !ctx.lost(node));
      const says = !primary?.columns.every((column) => made.columns.includes(column));
      return says || !index.unique ? ctx.drop("numbered", { name, column: numbered.name }) : ctx.drop("implied", { name });
    }),
    takes("IndexStmt", ["idxname", "indexParams", "whereClause", "unique"], (index, ctx) => {
      const refused = new Set<string>();
      const parts = [...(index.indexParams ?? []), ...(index.unique && index.whereClause !== undefined ? [index.whereClause] : [])];
      for (const part of parts.filter(isNode))
        eachDescendant(part, (node) => {
          const name = node.kind === "FuncCall" ? qualified(node.funcname ?? []).name : undefined;
          if (name !== undefined && !INDEXED.has(name)) refused.add(`${name}()`);
          if (node.kind === "A_Expr" && node.name?.[0] === "||") refused.add("||");
        });
      return refused.size === 0 ? undefined : ctx.drop("function", { name: index.idxname ?? "", what: [...refused].join(", ") });
    }),
    takes("IndexStmt", ["idxname", "indexParams", "unique"], (index, ctx) => {
      const name = index.idxname ?? "";
      const isText = (item: Value) => isLongText(as("IndexElem", item)?.expr);
      const params = index.indexParams ?? [];
      if (!params.some(isText)) return;
      if (!index.unique) return ctx.drop("text", { name });
      ctx.differs(index as never);
      const indexParams = params.map((item) => {
        const element = as("IndexElem", item);
        return element && isText(item) ? ctx.change(element, { expr: tidb`MD5(${element.expr!})` as never }) : item;
      });
      return ctx.replace(ctx.change(index, { indexParams }), "digest", { name });
    }),
    takes("FuncCall", ["funcname", "args"], (call, ctx) => {
      // A cast is indexed where the function of the same name is not.
      if (!ctx.within("IndexStmt") || qualified(call.funcname ?? []).name !== "date" || call.args?.length !== 1) return;
      return ctx.replace(tidb`CAST(${call.args[0]!} AS DATE)`);
    }),
    takes("CoalesceExpr", ["args"], (coalesce, ctx) => {
      if (!ctx.within("IndexStmt")) return;
      const args = (coalesce.args ?? []).filter(isNode);
      const last = args[args.length - 1];
      if (!last || args.length < 2) return;
      return ctx.replace(
        args
          .slice(0, -1)
          .reduceRight<ReturnType<typeof tidb>>(
            (rest, arg) => tidb`CASE WHEN ${arg} IS NOT NULL THEN ${arg} ELSE ${rest} END`,
            tidb`${last as NodeOf<"A_Const">}`,
          ),
      );
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
      pg: "CREATE UNIQUE INDEX i ON t (id) WHERE a > 0; CREATE UNIQUE INDEX k ON t (a) WHERE id > 9",
      tidb: null,
      findings: ["implied", "numbered"],
      rejected: { sql: "CREATE UNIQUE INDEX k ON t ((CASE WHEN id > 9 THEN a END))", code: 3754 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a text, b int)",
      pg: "CREATE INDEX i ON t (lower(a) DESC, id DESC, b); CREATE INDEX k ON t (lower(a), (b + id))",
      tidb: "CREATE INDEX i ON t ((LOWER(a)), id, b)",
      findings: ["numbered"],
      rejected: { sql: "CREATE INDEX k ON t ((LOWER(a)), (b + id))", code: 3754 },
    },
    {
      given: "CREATE TABLE t (j jsonb)",
      pg: "CREATE UNIQUE INDEX i ON t ((j ->> 'a')); CREATE INDEX k ON t (lower(j ->> 'b'))",
      tidb: `CREATE UNIQUE INDEX i ON t ((MD5(CASE WHEN JSON_TYPE(JSON_EXTRACT(j, '$."a"')) <> 'NULL' THEN JSON_UNQUOTE(JSON_EXTRACT(j, '$."a"')) END)))`,
      findings: ["digest", "text"],
      accepts: ['INSERT INTO t VALUES (\'{"a": "x"}\'), (\'{"a": null}\'), (\'{"b": 1}\'), (NULL)'],
      refuses: ['INSERT INTO t VALUES (\'{"a": "x", "b": 2}\')'],
      rejected: { sql: "CREATE INDEX k ON t ((LOWER(JSON_UNQUOTE(JSON_EXTRACT(j, '$.b')))))", code: 3757 },
    },
    {
      given: "CREATE TABLE t (at timestamp, d date)",
      pg: "CREATE UNIQUE INDEX i ON t (date(at), date(d))",
      tidb: "CREATE UNIQUE INDEX i ON t ((CAST(at AS DATE)), (CAST(CAST(d AS DATETIME(6)) AS DATE)))",
      accepts: [
        "INSERT INTO t VALUES ('2024-02-29 23:59:59.999999', '2024-02-29'), ('2024-03-01', '2024-02-29'), (NULL, NULL), (NULL, NULL)",
      ],
      refuses: ["INSERT INTO t VALUES ('2024-02-29', '2024-02-29')"],
      rejected: { sql: "CREATE INDEX k ON t ((DATE(at)))", code: 8200 },
    },
    {
      given: "CREATE TABLE t (a varchar(20))",
      pg: "CREATE INDEX i ON t (length(a))",
      tidb: null,
      findings: ["function"],
      rejected: { sql: "CREATE INDEX k ON t ((CHAR_LENGTH(a)))", code: 8200 },
    },
    {
      given: "CREATE TABLE t (a text, b int)",
      pg: "CREATE UNIQUE INDEX i ON t (lower(a), COALESCE(b, 0))",
      tidb: "CREATE UNIQUE INDEX i ON t ((LOWER(a)), (CASE WHEN b IS NOT NULL THEN b ELSE 0 END))",
      accepts: ["INSERT INTO t VALUES ('A', 1), ('a', 2), ('É', NULL), ('É ', NULL)"],
      refuses: ["INSERT INTO t VALUES ('a', 1)", "INSERT INTO t VALUES ('é', 0)"],
      rejected: { sql: "CREATE INDEX k ON t ((COALESCE(b, 0)))", code: 8200 },
    },
    {
      given: "CREATE TABLE t (a int, at timestamp, d date, h time)",
      pg: "CREATE INDEX i ON t (a, COALESCE(at, '9999-12-31 23:59:59')); CREATE UNIQUE INDEX k ON t (COALESCE(d, '2020-01-01'), COALESCE(h, '10:00')); CREATE UNIQUE INDEX p ON t (a) WHERE at > '2020-01-01'",
      tidb: `CREATE INDEX i ON t (a, (CASE WHEN at IS NOT NULL THEN at ELSE CAST('9999-12-31 23:59:59' AS DATETIME(6)) END));
CREATE UNIQUE INDEX k ON t ((CASE WHEN d IS NOT NULL THEN d ELSE CAST('2020-01-01' AS DATE) END), (CASE WHEN h IS NOT NULL THEN h ELSE CAST('10:00:00' AS TIME(6)) END));
CREATE UNIQUE INDEX p ON t ((CASE WHEN at > CAST('2020-01-01 00:00:00' AS DATETIME(6)) THEN a END))`,
      accepts: ["INSERT INTO t VALUES (1, '2019-01-01', NULL, NULL), (1, NULL, '2020-01-02', NULL), (1, '2020-01-02', NULL, '11:00')"],
      refuses: ["INSERT INTO t VALUES (2, NULL, '2020-01-01', '10:00')", "INSERT INTO t VALUES (1, '2021-01-01', '2020-01-09', NULL)"],
      rejected: { sql: "CREATE INDEX j ON t ((CASE WHEN at IS NOT NULL THEN at ELSE TIMESTAMP '9999-12-31 23:59:59' END))", code: 8200 },
    },
  ],
});

function speaksOf(value: Value, column: string): boolean {
  return holds(value, (node) => node.kind === "ColumnRef" && node.fields?.at(-1) === column);
}

/** Members of JSON as text, which have no length, and what keeps them so. */
function isLongText(value: Value | undefined): boolean {
  const operator = as("A_Expr", value)?.name?.[0];
  const call = as("FuncCall", value);
  if (call && CASED.has(qualified(call.funcname ?? []).name)) return isLongText(call.args?.[0]);
  return operator === "->>" || operator === "#>>";
}

const CASED = new Set(["lower", "upper"]);

/** Functions in indexes that need no setting of the server (TiDB 8.5.6: error 8200 for others without allow-expression-index). */
const INDEXED = new Set(["lower", "upper", "md5"]);
