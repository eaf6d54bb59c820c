import {
  type Context,
  type FuncCall,
  find,
  HOLD_QUERIES,
  type Node,
  note,
  qualified,
  rewritten,
  rule,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  read: note("{name}() is MySQL's, and read as {words}"),
};

/** What MySQL's functions are in PostgreSQL, by their name and number of arguments. */
const READ: Readonly<Record<string, { readonly words: string; make(args: readonly Value[]): Value }>> = {
  "ifnull 2": { words: "COALESCE", make: (args) => ({ kind: "CoalesceExpr", args }) as Value },
  "if 3": {
    words: "CASE",
    make: ([expr, result, defresult]) => ({ kind: "CaseExpr", args: [{ kind: "CaseWhen", expr, result }], defresult }) as Value,
  },
  "isnull 1": { words: "IS NULL", make: ([arg]) => ({ kind: "NullTest", arg, nulltesttype: "IS_NULL" }) as Value },
  "curdate 0": { words: "CURRENT_DATE", make: () => ({ kind: "SQLValueFunction", op: "SVFOP_CURRENT_DATE" }) as Value },
};

export default rule({
  construct: "IFNULL(), IF() in a query that is MySQL's in part",
  why: `Queries that somebody began to convert by hand call functions that PostgreSQL does not have. Those that are another spelling of PostgreSQL's
own are read as these, so that the rest of the query has its types; a function of the input's own by that name is left alone.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-conditional.html",
    tidb: "https://docs.pingcap.com/tidb/stable/control-flow-functions",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "FuncCall",
  where: (node) => node.kind === "FuncCall" && knownAs(node) !== undefined,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) =>
      node.kind === "FuncCall" ? read(node, ctx) : undefined,
    );
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text, n int)",
      pg: "SELECT IFNULL(a, 'none') AS a, if(n > 3, n, 0) + 1::bigint AS n FROM t WHERE NOT isnull(n)",
      tidb: `SELECT COALESCE(a, 'none') AS a, CASE WHEN n > 3 THEN n ELSE 0 END + 1 AS n
FROM t
WHERE NOT (n IS NULL)`,
      findings: ["read", "read", "read"],
    },
    {
      given: "CREATE FUNCTION ifnull(a text, b text) RETURNS text LANGUAGE sql AS 'SELECT b'",
      pg: "SELECT ifnull('a', 'b')",
      tidb: "SELECT 'b' AS ifnull",
    },
  ],
});

function knownAs({ funcname = [], args = [] }: FuncCall) {
  const { schema, name } = qualified(funcname);
  return schema === undefined ? READ[`${name} ${args.length}`] : undefined;
}

function read(call: FuncCall, ctx: Ctx): Node | undefined {
  const { name } = qualified(call.funcname ?? []);
  const known = knownAs(call);
  if (!known || find(ctx.catalog, ctx.catalog.functions, { schema: undefined, name })) return undefined;
  ctx.carried(call, ["funcname", "args", "funcformat"]);
  ctx.report("read", { name, words: known.words }, call);
  return known.make(call.args ?? []) as Node;
}
