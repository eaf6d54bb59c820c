import {
  as,
  type ColumnRef,
  type Context,
  error,
  HOLD_QUERIES,
  type Node,
  type RangeEntry,
  rewritten,
  rule,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  key: warning("ctid became {column}, which tells the rows of {table} from one another as well", {
    help: "the order of rows by it is another one: where one of several alike rows is kept, it may be another row",
  }),
  refused: error("ctid is not converted: {what}", { help: "name the columns that tell the rows from one another" }),
};

export default rule({
  construct: "ctid",
  why: `Statements that delete rows in portions, or all but one of several alike, tell them by their place in the table. TiDB's is the primary key,
or for a table without one the hidden column _tidb_rowid.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-system-columns.html",
    tidb: "https://docs.pingcap.com/tidb/stable/tidb-storage",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "ColumnRef",
  where: (node) => as("ColumnRef", node)?.fields?.at(-1) === "ctid",
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const ref = as("ColumnRef", node);
      return ref?.fields?.at(-1) === "ctid" ? keyed(ref, around, ctx) : undefined;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE k (a int); INSERT INTO t VALUES (1, 5), (2, 5); INSERT INTO k VALUES (1), (1)",
      pg: "DELETE FROM t AS x USING t AS y WHERE x.a = y.a AND x.ctid > y.ctid; DELETE FROM k WHERE ctid IN (SELECT ctid FROM k ORDER BY a LIMIT 1)",
      tidb: `DELETE x FROM t AS x, t AS y WHERE x.a = y.a AND x.id > y.id;
DELETE FROM k WHERE _tidb_rowid IN (SELECT _tidb_rowid FROM k ORDER BY a IS NULL, a LIMIT 1)`,
      findings: ["key", "key", "key", "key"],
      rejected: { sql: "SELECT ctid FROM t", code: 1054 },
    },
    {
      given: "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
      pg: "SELECT ctid FROM t",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

const QUERIES = new Set(["SelectStmt", "UpdateStmt", "DeleteStmt"]);

function keyed(ref: ColumnRef, around: readonly Node[], ctx: Ctx): ColumnRef | undefined {
  const qualifier = ref.fields!.length > 1 ? ref.fields!.at(-2) : undefined;
  const entries = around
    .filter(({ kind }) => QUERIES.has(kind))
    .map((query) => ctx.analysis.range(ctx.origin(query)).filter(({ alias }) => qualifier === undefined || alias === qualifier))
    .findLast((found: readonly RangeEntry[]) => found.length > 0);
  const table = entries?.length === 1 ? entries[0]!.table : undefined;
  const refuse = (what: string) => ctx.report("refused", { what }, ref);
  if (!table) return refuse("the input does not say which table it is of");
  const key = [...table.constraints.values()].find(({ type }) => type === "primary");
  if (key && key.columns.length > 1) return refuse(`the key of ${table.name} has several columns`);
  const column = key?.columns[0]?.name ?? "_tidb_rowid";
  ctx.report("key", { column, table: table.name }, ref);
  return ctx.change(ref, { fields: [...ref.fields!.slice(0, -1), column] }) as ColumnRef;
}
