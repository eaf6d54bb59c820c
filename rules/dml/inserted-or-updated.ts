import {
  as,
  type Context,
  error,
  find,
  holds,
  type InsertStmt,
  identifier,
  insertedRows,
  isNode,
  type Node,
  type Restated,
  raw,
  relationName,
  rewritten,
  rule,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

const MESSAGES = {
  kept: warning("whether the row was there is read before the INSERT, into a variable, and taken from there for xmax", {
    help: "run all in one transaction on one connection; two sessions that insert the same key at a time may both be told that it is new",
  }),
  refused: error("xmax is not converted: {what}", {
    help: "ask whether the key is there before the INSERT, in the same transaction",
  }),
};

export default rule({
  construct: "RETURNING (xmax = 0)",
  why: `Behind INSERT … ON CONFLICT DO UPDATE the system column xmax is 0 for a row that is new. TiDB has no such column, and its count of affected
rows depends on a flag of the connection: whether the key is there is asked before.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-system-columns.html",
    tidb: "https://docs.pingcap.com/tidb/stable/information-functions",
  },
  messages: MESSAGES,
  restates: ["InsertStmt"],
  about: "ColumnRef",
  where: isXmax,
  restate(statement, ctx) {
    const insert = as("InsertStmt", statement);
    if (!insert || !holds(insert.returningClause, isXmax)) return undefined;
    const existed = ctx.fresh("existed");
    const before = beforeOf(insert, existed, ctx);
    if (typeof before === "string") {
      ctx.report("refused", { what: before });
      return undefined;
    }
    const returningClause = rewritten(insert.returningClause as unknown as Value, ctx.change as never, (node) => {
      const comparison = as("A_Expr", node);
      if (!comparison || !isXmax(bare(comparison.lexpr)) || as("A_Const", comparison.rexpr)?.ival !== 0) return undefined;
      ctx.consumed(comparison as Value);
      const isNew = comparison.name?.at(-1) === "=";
      return tidb`(${raw(`@${identifier(existed)}`)} ${raw(isNew ? "=" : "<>")} 0)` as unknown as Node;
    });
    if (holds(returningClause, isXmax)) {
      ctx.report("refused", { what: "it is no comparison with 0" });
      return undefined;
    }
    ctx.report("kept");
    return [{ node: before as unknown as Node }, { node: ctx.change(insert, { returningClause } as never) as Node }] as Restated[];
  },
  examples: [
    {
      given: "CREATE TABLE t (k varchar(9) PRIMARY KEY, n int); INSERT INTO t VALUES ('a', 1)",
      pg: "INSERT INTO t VALUES ('a', 5) ON CONFLICT (k) DO UPDATE SET n = excluded.n RETURNING n, (xmax = 0) AS inserted, xmax::text::int > 0 AS updated",
      tidb: `SET @existed_1 = (SELECT COUNT(*) FROM t WHERE k = 'a');
INSERT INTO t VALUES ('a', 5) ON DUPLICATE KEY UPDATE n = VALUES(n);
SELECT n, (@existed_1 = 0) AS inserted, (@existed_1 <> 0) AS updated FROM t WHERE k = 'a'`,
      findings: ["kept"],
      rejected: { sql: "SELECT xmax FROM t", code: 1054 },
    },
    {
      given: "CREATE TABLE t (k varchar(9) PRIMARY KEY, n int)",
      pg: "INSERT INTO t VALUES ('a', 5), ('b', 6) ON CONFLICT (k) DO UPDATE SET n = excluded.n RETURNING xmax = 0",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

function isXmax(node: Value | undefined): boolean {
  return as("ColumnRef", node)?.fields?.at(-1) === "xmax";
}

function bare(value: Value | undefined): Value | undefined {
  const cast = as("TypeCast", value);
  return cast ? bare(cast.arg) : value;
}

/** The statement that keeps whether the row is there, or why there is none. */
function beforeOf(insert: InsertStmt, existed: string, ctx: Context<keyof typeof MESSAGES>) {
  if (insert.onConflictClause?.action !== "ONCONFLICT_UPDATE") return "without ON CONFLICT DO UPDATE it tells nothing of the row";
  const rows = as("SelectStmt", insert.selectStmt)?.valuesLists;
  if (rows?.length !== 1) return "the INSERT has several rows, or those of a query";
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
  const found = table && insertedRows(insert, table, insert);
  if (!found || found.counts || !isNode(insert.relation)) return "its row has no key that is known before";
  const { alias: _alias, ...relation } = insert.relation;
  const where = found.where({ first: raw("NULL"), count: raw("NULL") });
  return tidb`SET ${raw(`@${identifier(existed)}`)} = (SELECT COUNT(*) FROM ${relation as Value} WHERE ${where})`;
}
