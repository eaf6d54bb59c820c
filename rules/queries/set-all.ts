import { as, type Context, error, identifier, note, type ResTarget, raw, rule, type SelectStmt, tidb, type Value } from "../../src/rule.js";

export default rule({
  construct: "INTERSECT ALL, EXCEPT ALL",
  why: `TiDB knows both only without ALL (error 1105). Rows that are alike are numbered on each side, and row and number are compared: of a row
that is there three times here and once there, INTERSECT ALL keeps one and EXCEPT ALL two.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-union.html",
    tidb: "https://docs.pingcap.com/tidb/stable/set-operators",
  },
  messages: {
    numbered: note("{words} ALL compares rows together with their numbers among rows that are alike"),
    columns: error("{words} ALL is not converted: the names of its columns are not known, or two of them are alike", {
      help: "give each column of both queries a name of its own",
    }),
  },
  on: (takes) => [
    takes("SelectStmt", ["op", "all", "larg", "rarg"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const words = WORDS[query.op ?? ""];
      if (!words || !query.all || !query.larg || !query.rarg) return;
      const sides = [query.larg, query.rarg].map((side) => numbered(side, ctx));
      const [left, right] = sides;
      if (!left || !right) return ctx.report("columns", { words });
      const names = left.names.map((name): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [name] } }));
      const both = tidb`(${left.sql}\n${raw(words)}\n${right.sql}) AS ${raw(ctx.fresh("set"))}` as unknown as Value;
      const rest = { op: "SETOP_NONE", all: undefined, larg: undefined, rarg: undefined } as const;
      return ctx.replace(ctx.change(query, { ...rest, targetList: names, fromClause: [both] }), "numbered", { words });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, b text); CREATE TABLE u (a int, b text)",
      pg: "SELECT a, b FROM t EXCEPT ALL SELECT a, b FROM u",
      tidb: `SELECT a, b
FROM (SELECT a, b, ROW_NUMBER() OVER (PARTITION BY a, b) AS set_row FROM (SELECT a, b FROM t) AS set_1
EXCEPT
SELECT a, b, ROW_NUMBER() OVER (PARTITION BY a, b) AS set_row FROM (SELECT a, b FROM u) AS set_2) AS set_3`,
      findings: ["numbered"],
      rejected: { sql: "SELECT a FROM t EXCEPT ALL SELECT a FROM u", code: 1105 },
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "SELECT a, a FROM t INTERSECT ALL SELECT 1, 2",
      tidb: null,
      findings: ["columns"],
    },
  ],
});

const WORDS: Readonly<Record<string, string>> = { SETOP_INTERSECT: "INTERSECT", SETOP_EXCEPT: "EXCEPT" };

function numbered(side: SelectStmt, ctx: Context<never>): { readonly names: readonly string[]; readonly sql: Value } | undefined {
  const names = (ctx.analysis.columns(ctx.origin(side)) ?? []).map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length || names.includes("?column?")) return undefined;
  if (as("SelectStmt", side)?.valuesLists) return undefined;
  const list = raw(names.map(identifier).join(", "));
  const alias = raw(ctx.fresh("set"));
  const sql = tidb`SELECT ${list}, ROW_NUMBER() OVER (PARTITION BY ${list}) AS set_row FROM (${side}) AS ${alias}`;
  return { names, sql: sql as unknown as Value };
}
