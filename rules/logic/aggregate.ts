import {
  as,
  type Context,
  type FuncCall,
  find,
  HOLD_QUERIES,
  type Node,
  note,
  optionsOf,
  qualified,
  rewritten,
  rule,
  type StoredRoutine,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "aggregates of the user's that put texts together",
  why: `Before PostgreSQL 9.0 had string_agg(), databases made an aggregate of their own for it, often called group_concat(). TiDB has no
aggregates of the user's: one whose function puts a separator between its texts and leaves NULL out, whatever way that is written, is string_agg().`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/xaggr.html",
    tidb: "https://docs.pingcap.com/tidb/stable/aggregate-group-by-functions",
  },
  messages: { joined: note("{function}() puts texts together with {separator} between them, as string_agg() does") },
  restates: HOLD_QUERIES,
  about: "FuncCall",
  restate(statement, ctx) {
    if (ctx.catalog.routines.size === 0) return undefined;
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      const call = as("FuncCall", node);
      const separator = call && separatorOf(call, ctx);
      if (!call || separator === undefined) return undefined;
      ctx.report("joined", { function: qualified(call.funcname ?? []).name, separator: `'${separator}'` }, call);
      return ctx.change(call, { funcname: ["string_agg"], args: [call.args![0]!, { kind: "A_Const", sval: separator }] });
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, g int, a text); INSERT INTO t VALUES (1, 1, 'x'), (2, 1, NULL), (3, 1, 'y'), (4, 2, NULL), (5, 3, '');
CREATE FUNCTION join_two(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || ', ' || $2 END $$;
CREATE AGGREGATE group_concat(text) (SFUNC = join_two, STYPE = text);
CREATE FUNCTION glue(state text, next text) RETURNS text LANGUAGE sql STRICT AS 'SELECT state || next';
CREATE AGGREGATE glued(text) (SFUNC = glue, STYPE = text)`,
      pg: "SELECT g, group_concat(a ORDER BY a DESC), glued(a ORDER BY id) FROM t GROUP BY g ORDER BY g",
      tidb: `SELECT
  g,
  GROUP_CONCAT(a ORDER BY a IS NULL DESC, a DESC SEPARATOR ', ') AS group_concat,
  GROUP_CONCAT(a ORDER BY id SEPARATOR '') AS glued
FROM t
GROUP BY g
ORDER BY g IS NULL, g`,
      findings: ["joined", "joined"],
    },
  ],
});

/** What the aggregate that a call means puts between two texts; undefined where it does something else. */
function separatorOf(call: FuncCall, ctx: Context): string | undefined {
  const { schema, name } = qualified(call.funcname ?? []);
  const resolved = ctx.info(call)?.call;
  if (resolved?.kind !== "aggregate" || !resolved.own || call.args?.length !== 1 || call.over) return undefined;
  const [made, more] = find(ctx.catalog, ctx.catalog.functions, { schema, name }) ?? [];
  if (more || made?.args.join() !== "text" || !made.combine) return undefined;
  const [routine, other] = find(ctx.catalog, ctx.catalog.routines, made.combine) ?? [];
  return routine && !other ? separates(routine) : undefined;
}

/** What a function of two texts puts between them, found by trying it; undefined where it is more than that. */
function separates(routine: StoredRoutine): string | undefined {
  const body = expressionOf(routine);
  const names = (routine.node.parameters ?? []).map((parameter) => as("FunctionParameter", parameter)?.name);
  const isStrict = optionsOf(routine.node.options).get("strict") === true;
  if (body === undefined || names.length !== 2) return undefined;
  const put = (state: Text, next: Text): Tried => tried(body, [state, next], names);
  const together = put("a", "b");
  if (typeof together !== "string" || !/^a.*b$/s.test(together)) return undefined;
  const separator = together.slice(1, -1);
  const texts = ["", "b", "yy", separator];
  const joins = texts.every((one) => texts.every((two) => put(one, two) === one + separator + two));
  const skips = isStrict || texts.every((one) => put(null, one) === one && put(one, null) === one && put(null, null) === null);
  return joins && skips ? separator : undefined;
}

/** The only expression of a body in SQL. */
function expressionOf({ program }: StoredRoutine): Value | undefined {
  const [step, more] = program?.language === "sql" ? program.steps : [];
  if (!step || more) return undefined;
  if (step.kind === "return") return step.value;
  const select = step.kind === "sql" ? as("SelectStmt", step.node) : undefined;
  const [target, second] = select?.targetList ?? [];
  return select && !second && !select.fromClause && !select.whereClause ? as("ResTarget", target)?.val : undefined;
}

type Text = string | null;
/** undefined: it has something in it that is not known here. */
type Tried = Text | boolean | undefined;

/** The value of an expression over two texts. */
function tried(value: Value | undefined, args: readonly Text[], names: readonly (string | undefined)[]): Tried {
  const of = (inner: Value | undefined): Tried => tried(inner, args, names);
  const node = value as Node | undefined;
  switch (node?.kind) {
    case "ParamRef":
      return args[(node.number ?? 0) - 1];
    case "ColumnRef": {
      const at = node.fields?.length === 1 ? names.indexOf(String(node.fields[0])) : -1;
      return at < 0 ? undefined : args[at];
    }
    case "A_Const":
      return node.isnull ? null : node.sval;
    case "TypeCast":
      return /^(?:text|varchar)$/.test(qualified(node.typeName?.names ?? []).name) ? of(node.arg) : undefined;
    case "NullTest": {
      const arg = of(node.arg);
      return arg === undefined ? undefined : (arg === null) === (node.nulltesttype === "IS_NULL");
    }
    case "A_Expr": {
      const [left, right] = [of(node.lexpr), of(node.rexpr)];
      if (left === undefined || right === undefined || node.variant !== "AEXPR_OP") return undefined;
      if (left === null || right === null) return null;
      const name = node.name?.[0];
      return name === "||" ? `${left}${right}` : name === "=" ? left === right : name === "<>" ? left !== right : undefined;
    }
    case "CoalesceExpr":
      for (const arg of node.args ?? []) if (of(arg) !== null) return of(arg);
      return null;
    case "CaseExpr": {
      if (node.arg !== undefined) return undefined;
      for (const item of node.args ?? []) {
        const when = as("CaseWhen", item);
        const test = of(when?.expr);
        if (test === undefined) return undefined;
        if (test === true) return of(when?.result);
      }
      return node.defresult === undefined ? null : of(node.defresult);
    }
    default:
      return undefined;
  }
}
