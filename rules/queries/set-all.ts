import {
  as,
  type Context,
  error,
  identifier,
  isStar,
  leading,
  note,
  type ResTarget,
  raw,
  rule,
  type SelectStmt,
  tidb,
  type Value,
  withLeading,
} from "../../src/rule.js";

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
    columns: error("{words} ALL is not converted: its columns are not known", {
      help: "write the columns out instead of *, and SELECT instead of VALUES",
    }),
  },
  on: (takes) => [
    takes("SelectStmt", ["op", "all", "larg", "rarg"], (readable, ctx) => {
      const query = readable as SelectStmt;
      const words = WORDS[query.op ?? ""];
      if (!words || !query.all || !query.larg || !query.rarg) return;
      const [left, right] = [numbered(query.larg, ctx), numbered(query.rarg, ctx)];
      if (!left || !right) return ctx.report("columns", { words });
      const targetList = left.names.map((name, i): ResTarget => {
        const shown = left.shown[i]!;
        return {
          kind: "ResTarget",
          val: { kind: "ColumnRef", fields: [name] },
          ...(shown !== name && shown !== UNNAMED && { name: shown }),
        };
      });
      const both = tidb`(${left.sql}\n${raw(words)}\n${right.sql}) AS ${raw(ctx.fresh("set"))}` as unknown as Value;
      const rest = { op: "SETOP_NONE", all: undefined, larg: undefined, rarg: undefined } as const;
      return ctx.replace(ctx.change(query, { ...rest, targetList, fromClause: [both] }), "numbered", { words });
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
      pg: "SELECT a FROM t INTERSECT ALL SELECT * FROM elsewhere",
      tidb: null,
      findings: ["columns"],
    },
  ],
});

const WORDS: Readonly<Record<string, string>> = { SETOP_INTERSECT: "INTERSECT", SETOP_EXCEPT: "EXCEPT" };

/** What PostgreSQL calls a column without a name. */
const UNNAMED = "?column?";

interface Side {
  /** A name of its own for each column. */
  readonly names: readonly string[];
  /** What PostgreSQL calls them. */
  readonly shown: readonly string[];
  readonly sql: Value;
}

function numbered(side: SelectStmt, ctx: Context<never>): Side | undefined {
  const shown = (ctx.analysis.columns(ctx.origin(side)) ?? []).map(({ name }) => name);
  const names = shown.map((name) => (name === UNNAMED || shown.filter((each) => each === name).length > 1 ? ctx.fresh("column") : name));
  const first = leading(side);
  if (names.length === 0 || first.valuesLists) return undefined;
  const targets = (first.targetList ?? []).map((item) => as("ResTarget", item));
  const isStarred = targets.some((target) => isStar(target?.val));
  if (isStarred && names.some((name, i) => name !== shown[i])) return undefined;
  const named = isStarred
    ? side
    : withLeading(side, ctx.change, { targetList: targets.map((target, i) => withName(target!, names[i]!, ctx)) });
  const list = raw(names.map(identifier).join(", "));
  const alias = raw(ctx.fresh("set"));
  const sql = tidb`SELECT ${list}, ROW_NUMBER() OVER (PARTITION BY ${list}) AS set_row FROM (${named}) AS ${alias}`;
  return { names, shown, sql: sql as unknown as Value };
}

function withName(target: ResTarget, name: string, ctx: Context<never>): ResTarget {
  const own = as("ColumnRef", target.val)?.fields?.at(-1);
  return target.name === name || (target.name === undefined && own === name) ? target : ctx.change(target, { name });
}
