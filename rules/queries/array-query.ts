import {
  as,
  type Context,
  error,
  type FuncCall,
  HOLD_QUERIES,
  holds,
  isNode,
  nodesOf,
  note,
  PLAIN_SELECT,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  type SubLink,
  sortTarget,
  typeNode,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  aggregated: note("ARRAY(SELECT …) became array_agg over its rows, and an empty array where there are none"),
  list: note("{operator} over ARRAY(SELECT …) is {operator} over the subquery"),
  refused: error("ARRAY(SELECT …) is not converted: {what}", {
    help: "aggregate the rows of a subquery that gives each its number: array_agg(x ORDER BY n)",
  }),
};

export default rule({
  construct: "ARRAY(SELECT …)",
  why: "TiDB makes no array of a subquery's rows but by aggregating them. Beside ANY and ALL no array is needed.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-ARRAY-CONSTRUCTORS",
    tidb: "https://docs.pingcap.com/tidb/stable/aggregate-group-by-functions",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "SubLink",
  where: (node) => as("SubLink", node)?.subLinkType === "ARRAY_SUBLINK",
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const link = as("SubLink", node);
      const outer = as("A_Expr", around.at(-1));
      const compared = outer?.variant === "AEXPR_OP_ANY" || outer?.variant === "AEXPR_OP_ALL";
      if (link?.subLinkType === "ARRAY_SUBLINK") return compared ? undefined : aggregated(link, ctx);
      const comparison = as("A_Expr", node);
      const array = as("SubLink", comparison?.rexpr);
      if (!comparison || array?.subLinkType !== "ARRAY_SUBLINK") return undefined;
      const any = comparison.variant === "AEXPR_OP_ANY";
      const name = String(comparison.name?.at(-1));
      ctx.report("list", { operator: `${name} ${any ? "ANY" : "ALL"}` }, array);
      ctx.carried(comparison, ["variant", "name", "lexpr", "rexpr"]);
      return ctx.change(array, {
        subLinkType: any ? "ANY_SUBLINK" : "ALL_SUBLINK",
        testexpr: comparison.lexpr,
        operName: any && name === "=" ? undefined : comparison.name,
      }) as SubLink;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (t int, n int); INSERT INTO t VALUES (1, 5), (2, NULL); INSERT INTO u VALUES (1, 7), (1, NULL)",
      pg: "SELECT id, ARRAY(SELECT n FROM u WHERE u.t = t.id ORDER BY n DESC) AS ns FROM t",
      tidb: `SELECT
  id,
  COALESCE((
    SELECT
      /*+ NO_DECORRELATE() */ CAST(CONCAT('[', GROUP_CONCAT(COALESCE(CAST(n AS CHAR), 'null') ORDER BY n IS NULL DESC, n DESC SEPARATOR ','), ']') AS JSON) AS array_agg
    FROM u
    WHERE u.t = t.id
  ), CAST('[]' AS JSON)) AS ns
FROM t`,
      findings: ["aggregated"],
      rejected: { sql: "SELECT ARRAY(SELECT a FROM t)", code: 1064 },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (t int, n int); INSERT INTO t VALUES (1, 5), (2, NULL); INSERT INTO u VALUES (1, 7), (1, NULL)",
      pg: "SELECT id FROM t WHERE id = ANY (ARRAY(SELECT t FROM u)) AND id < ALL (ARRAY(SELECT n FROM u WHERE n IS NOT NULL))",
      tidb: "SELECT id FROM t WHERE id IN (SELECT t FROM u) AND id < ALL (SELECT n FROM u WHERE n IS NOT NULL)",
      findings: ["list", "list"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '{"a": 1, "bb": 2}'), (2, '{}'), (3, NULL)`,
      pg: "SELECT id, ARRAY(SELECT jsonb_object_keys(j) ORDER BY 1) AS ks FROM t",
      tidb: `SELECT
  id,
  COALESCE((
    SELECT
      /*+ NO_DECORRELATE() */ CAST(CONCAT('[', GROUP_CONCAT(COALESCE(CAST(JSON_QUOTE(jsonb_object_keys) AS CHAR), 'null') ORDER BY jsonb_object_keys IS NULL, jsonb_object_keys SEPARATOR ','), ']') AS JSON) AS array_agg
    FROM (
      SELECT rows_1.jsonb_object_keys AS jsonb_object_keys
      FROM (
        SELECT
          JSON_UNQUOTE(JSON_EXTRACT(JSON_KEYS(j), CONCAT('$[', nth_item.item_i, ']'))) AS jsonb_object_keys
        FROM (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, IF(JSON_TYPE(j) = 'OBJECT', JSON_LENGTH(j), 0) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
      ) AS rows_1
      ORDER BY rows_1.jsonb_object_keys IS NULL, 1
    ) AS array_1
  ), CAST('[]' AS JSON)) AS ks
FROM t`,
      findings: ["aggregated"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int)",
      pg: "SELECT ARRAY(SELECT DISTINCT a FROM t ORDER BY a + 1)",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

function aggregated(link: SubLink, ctx: Ctx): (Value & { readonly kind: "CoalesceExpr" }) | undefined {
  const select = as("SelectStmt", link.subselect);
  const type = ctx.info(link)?.type;
  const refuse = (what: string) => ctx.report("refused", { what }, link);
  if (!select || type === undefined) return refuse("the type of its column is not known");
  const sorts = nodesOf("SortBy", select.sortClause);
  const targets = (select.targetList ?? []).map((item) => as("ResTarget", item));
  const plain =
    select.op === "SETOP_NONE" &&
    !select.valuesLists &&
    !select.distinctClause &&
    !select.groupClause &&
    !select.havingClause &&
    !select.limitCount &&
    !select.limitOffset &&
    !computes(targets[0]?.val, ctx);
  const agg = (arg: Value, order: readonly Value[]): ResTarget => ({
    kind: "ResTarget",
    name: "array_agg",
    val: { kind: "FuncCall", funcname: ["array_agg"], args: [arg], agg_order: order, funcformat: "COERCE_EXPLICIT_CALL" } as FuncCall,
  });
  let query: SelectStmt;
  if (plain) {
    const [target] = targets;
    const order = sorts.map((sort): Value => {
      const found = sortTarget(sort.node, targets);
      if (found && isNode(sort.node)) ctx.consumed(sort.node);
      return found ? (ctx.change(sort, { node: found.val! }) as SortBy) : sort;
    });
    ctx.carried(target!, ["name", "val"]);
    query = ctx.change(select, { targetList: [agg(target!.val!, order)], sortClause: undefined });
  } else {
    const [column] = ctx.analysis.columns(ctx.origin(select)) ?? [];
    const own = sorts.every((sort) => as("A_Const", sort.node)?.ival === 1 || as("ColumnRef", sort.node)?.fields?.at(-1) === column?.name);
    if (!column || column.name === "?column?" || !own) return refuse("it is ordered by what is no column of it");
    const value: Value = { kind: "ColumnRef", fields: [column.name] };
    const order = sorts.map((sort): Value => ({ ...sort, node: value, location: undefined }) as SortBy);
    query = {
      ...PLAIN_SELECT,
      targetList: [agg(value, order)],
      fromClause: [{ kind: "RangeSubselect", subquery: select, alias: { kind: "Alias", aliasname: ctx.fresh("array") } }],
    };
  }
  ctx.report("aggregated", {}, link);
  const scalar = ctx.change(link, { subLinkType: "EXPR_SUBLINK", subselect: query }) as SubLink;
  const empty = { kind: "TypeCast", arg: { kind: "A_Const", sval: "{}" }, typeName: typeNode(type) } as Value;
  return { kind: "CoalesceExpr", args: [scalar, empty] } as never;
}

/** Functions that make several rows of one. */
const SETS =
  /^(?:generate_series|generate_subscripts|unnest|jsonb?_array_elements(?:_text)?|jsonb?_object_keys|jsonb_path_query|regexp_matches|regexp_split_to_table|string_to_table)$/;

function computes(value: Value | undefined, ctx: Ctx): boolean {
  return holds(value, (node) => {
    const call = as("FuncCall", node);
    const kind = call && ctx.info(call)?.call?.kind;
    return SETS.test(String(call?.funcname?.at(-1))) || kind === "aggregate" || kind === "window" || call?.over !== undefined;
  });
}
