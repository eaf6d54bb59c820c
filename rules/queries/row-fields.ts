import {
  type A_Expr,
  type A_Indirection,
  as,
  type Context,
  HOLD_QUERIES,
  holds,
  isStar,
  type Node,
  type ResTarget,
  type RowExpr,
  rewritten,
  rule,
  type SelectStmt,
  type SubLink,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "fields of rows: (t).a, (ROW(…)).f1; rows that are compared as a whole",
  why: `TiDB has no value that is a row: a field of a row that is at hand is the column, or the value, itself. Rows as a whole are equal in
PostgreSQL where all their columns are, NULL being equal to NULL.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-ACCESSING",
    tidb: "https://docs.pingcap.com/tidb/stable/expression-syntax",
  },
  messages: {},
  restates: HOLD_QUERIES,
  about: ["A_Indirection", "NullTest", "A_Expr", "RowExpr"],
  where: mayBeRow,
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const target = as("ResTarget", node as Value);
      if (target && target.name === undefined) {
        const all = everyField(target, around, ctx);
        if (all) return all;
        const name = fieldOfRow(ctx.origin(target).val)?.name;
        return name === undefined ? undefined : ctx.change(target, { name });
      }
      const field = as("A_Indirection", node as Value);
      if (field) {
        const found = (fieldOfRow(field)?.value as Node | undefined) ?? ofRelation(field, around, ctx) ?? ofQuery(field, around, ctx);
        if (found) ctx.consumed(field);
        return found;
      }
      const row = as("RowExpr", node as Value);
      if (row) return spread(row, around, ctx);
      const test = as("NullTest", node as Value);
      if (test) {
        const arg = wholeRow(test.arg, around, ctx);
        if (arg) ctx.consumed(test.arg!);
        return arg && ctx.change(test, { arg });
      }
      return comparison(node, around, ctx);
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, 'z'); INSERT INTO u VALUES (1, 'x'), (2, NULL), (3, 'y')",
      pg: "SELECT (t).*, ROW(t.*) IS NULL AS n FROM t; SELECT (ROW(id, a)).f2, (t).id FROM t ORDER BY (t).id; SELECT t.id, (SELECT u FROM u WHERE u.id = t.id).a FROM t; SELECT t.id FROM t JOIN u ON t = u; SELECT t.id, (t.*) IS NULL AS n, t IS NOT NULL AS m FROM t",
      tidb: `SELECT t.*, t.id IS NULL AND t.a IS NULL AS n FROM t;
SELECT a AS f2, t.id AS id FROM t ORDER BY t.id;
SELECT t.id, (SELECT u.a FROM u WHERE u.id = t.id) AS a FROM t;
SELECT t.id
FROM t
JOIN u ON (t.id, t.a) <=> (u.id, u.a);
SELECT t.id, t.id IS NULL AND t.a IS NULL AS n, t.id IS NOT NULL AND t.a IS NOT NULL AS m FROM t`,
    },
  ],
});

/** Whether a node may have a row where values are wanted, as far as it tells alone. */
function mayBeRow(node: Node): boolean {
  if (node.kind === "NullTest") return namesRow(node.arg);
  if (node.kind === "RowExpr") return node.args?.some((arg) => isStar(arg)) ?? false;
  return node.kind !== "A_Expr" || (sameness(node) !== undefined && namesRow(node.lexpr) && namesRow(node.rexpr));
}

/** `t` or `t.*`. */
function namesRow(value: Value | undefined): boolean {
  const fields = as("ColumnRef", value)?.fields;
  return fields !== undefined && (fields.length === 1 || isStar(value));
}

/** `(ROW(a, b)).f2`. */
function fieldOfRow(value: Value | undefined): { readonly name: string; readonly value: Value } | undefined {
  const { arg, indirection: [name, ...more] = [] } = as("A_Indirection", value) ?? {};
  const place = /^f(\d+)$/.exec(typeof name === "string" ? name : "");
  const item = place && more.length === 0 ? as("RowExpr", arg)?.args?.[Number(place[1]) - 1] : undefined;
  return item === undefined ? undefined : { name: name as unknown as string, value: item };
}

/** `(t).*` is `t.*`. */
function everyField(target: ResTarget, around: readonly Node[], ctx: Context): ResTarget | undefined {
  const { arg, indirection: [star, ...more] = [] } = as("A_Indirection", target.val) ?? {};
  if (!star || more.length > 0 || !as("A_Star", star) || !columnsOf(arg, around, ctx)) return undefined;
  ctx.consumed(target);
  return { kind: "ResTarget", val: { kind: "ColumnRef", fields: [...as("ColumnRef", arg)!.fields!, star] } as Value };
}

/** The columns of a relation that a name stands for, where it is no column. */
function columnsOf(value: Value | undefined, around: readonly Node[], ctx: Context): readonly Value[] | undefined {
  const fields = as("ColumnRef", value)?.fields ?? [];
  const [alias] = fields;
  if (typeof alias !== "string" || !(fields.length === 1 || (fields.length === 2 && isStar(value)))) return undefined;
  for (const node of [...around].reverse()) {
    const select = as("SelectStmt", node as Value);
    const range = select ? ctx.analysis.range(ctx.origin(select)) : [];
    if (fields.length === 1 && range.some(({ columns }) => columns.some(({ name }) => name === alias))) return undefined;
    const entry = range.find((each) => each.alias === alias);
    if (entry) return entry.columns.map(({ name }): Value => ({ kind: "ColumnRef", fields: [alias, name] }));
  }
  return undefined;
}

/** `(t).a`. */
function ofRelation({ arg, indirection = [] }: A_Indirection, around: readonly Node[], ctx: Context): Node | undefined {
  const [field] = indirection;
  const columns = indirection.length === 1 && typeof field === "string" ? columnsOf(arg, around, ctx) : undefined;
  return columns?.find((column) => as("ColumnRef", column)!.fields![1] === field) as Node | undefined;
}

/** `(SELECT t FROM t …).a`: the query gives the column. */
function ofQuery({ arg, indirection = [] }: A_Indirection, around: readonly Node[], ctx: Context): Node | undefined {
  const link = as("SubLink", arg);
  const select = link?.subLinkType === "EXPR_SUBLINK" ? as("SelectStmt", link.subselect) : undefined;
  const [item, ...more] = select?.targetList ?? [];
  const target = as("ResTarget", item);
  if (!link || !select || !target || more.length > 0 || select.op !== "SETOP_NONE" || indirection.length !== 1) return undefined;
  const field = { kind: "A_Indirection", arg: target.val, indirection } as A_Indirection;
  const val = ofRelation(field, [...around, select], ctx);
  if (!val) return undefined;
  const targetList = [ctx.change(target, { val: val as Value }) as Value];
  return ctx.change(link, { subselect: ctx.change(select, { targetList }) as SelectStmt as never }) as SubLink;
}

function wholeRow(value: Value | undefined, around: readonly Node[], ctx: Context): RowExpr | undefined {
  const args = columnsOf(value, around, ctx);
  return args?.length ? { kind: "RowExpr", args, row_format: "COERCE_EXPLICIT_CALL" } : undefined;
}

/** `ROW(t.*)` with the columns that the star stands for. */
function spread(row: RowExpr, around: readonly Node[], ctx: Context): RowExpr | undefined {
  const args = row.args?.map((arg) => (isStar(arg) ? columnsOf(arg, around, ctx) : [arg])) ?? [];
  if (args.includes(undefined) || args.every((each, i) => each![0] === row.args![i])) return undefined;
  for (const [i, each] of args.entries()) if (each![0] !== row.args![i]) ctx.consumed(row.args![i]!);
  return ctx.change(row, { args: args.flatMap((each) => each!) }) as RowExpr;
}

/** How a comparison of two rows as a whole is said of rows of columns: NULL is equal to NULL in them. */
const sameness = ({ variant, name }: A_Expr): A_Expr["variant"] => {
  if (variant !== "AEXPR_OP") return variant === "AEXPR_DISTINCT" || variant === "AEXPR_NOT_DISTINCT" ? variant : undefined;
  return ({ "=": "AEXPR_NOT_DISTINCT", "<>": "AEXPR_DISTINCT" } as const)[String(name?.at(-1))];
};

function comparison(node: Node, around: readonly Node[], ctx: Context): Node | undefined {
  const test = as("A_Expr", node as Value);
  const variant = test && sameness(test);
  if (!test || !variant) return undefined;
  const [lexpr, rexpr] = [wholeRow(test.lexpr, around, ctx), wholeRow(test.rexpr, around, ctx)];
  if (!lexpr || !rexpr || around.some((each) => each.kind === "SelectStmt" && holdsOuterJoin(each))) return undefined;
  for (const side of [test.lexpr!, test.rexpr!]) ctx.consumed(side);
  return ctx.change(test, { variant, name: ["="], lexpr, rexpr } as never);
}

/** A row that an outer join does not find is NULL, and not equal to a row of NULLs. */
const holdsOuterJoin = ({ fromClause }: SelectStmt): boolean =>
  holds(fromClause, (node) => node.kind === "JoinExpr" && node.jointype !== "JOIN_INNER");
