import {
  as,
  type Context,
  error,
  holds,
  isNode,
  leading,
  mapType,
  type Node,
  note,
  outputName,
  type ResTarget,
  raw,
  rule,
  type SelectStmt,
  tidb,
  tidbText,
  type Value,
  warning,
  withLeading,
} from "../../src/rule.js";

type Ctx = Context<"widened" | "seed" | "endless" | "rounds">;

export default rule({
  construct: "WITH RECURSIVE: the first SELECT",
  why: `TiDB takes the type of a recursive column from its first SELECT, with its length, and cuts what the following rounds return down to it
without an error: 'a' stays one letter long, 1.5 has one digit behind the point, NULL stays NULL. The first SELECT gets types that are wide enough.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: {
    widened: note("column {column} of {name} is cast to {type} in its first SELECT: TiDB would cut longer values of the following rounds"),
    endless: error(
      "{name} is not converted: nothing ends its recursion but the LIMIT of what reads it, and TiDB makes all of its rows first",
      {
        help: "end it by a condition in its second SELECT: WHERE n < 100",
      },
    ),
    rounds: error(
      "{name} is not converted: each of its rounds is sorted, limited, grouped, numbered or read through a subquery, which TiDB refuses",
      {
        help: "read {name} in a query of its own that does it, or count the rounds in a column and end them by a condition",
      },
    ),
    seed: warning("column {column} of {name} has the type of its first SELECT in TiDB, which is not known here: longer values are cut", {
      help: "cast it in the first SELECT to a type that is wide enough: CAST(… AS CHAR(16383)), CAST(… AS DECIMAL(65,30))",
    }),
  },
  on: (takes) => [
    takes("CommonTableExpr", ["ctename", "ctequery", "aliascolnames"], (cte, ctx) => {
      const query = as("SelectStmt", cte.ctequery);
      const name = cte.ctename ?? "";
      if (query && isEndless(query, name)) return ctx.report("endless", { name });
      const cut = query?.op === "SETOP_UNION" && isRecursive(query, name) ? query.rarg : undefined;
      if (cut && worksOnRounds(cut, name)) return ctx.report("rounds", { name });
      ctx.judged(cte as Node);
      if (query?.op !== "SETOP_UNION" || !isRecursive(query, name)) return;
      const first = leading(query);
      const targets = (first.targetList ?? []).map((item, i) => {
        const target = as("ResTarget", item);
        const original = target && (ctx.origin(target) as ResTarget);
        if (!target?.val || !original) return item;
        const column = String(cte.aliascolnames?.[i] ?? outputName(original) ?? i + 1);
        const type = wideType(original.val, ctx);
        if (type === "unknown") ctx.report("seed", { column, name }, original);
        if (type === undefined || type === "unknown") return item;
        ctx.report("widened", { column, name, type: type === "SIGNED" ? "BIGINT" : type }, original);
        if (type === "SIGNED") ctx.consumed(target.val);
        const value = type === "SIGNED" ? tidbText("CAST(NULL AS SIGNED)") : tidb`CAST(${target.val} AS ${raw(type)})`;
        const named = cte.aliascolnames?.[i] === undefined && outputName(original) !== undefined ? { name: column } : {};
        return ctx.change(target, { val: value as unknown as Value, ...named });
      });
      if (targets.every((target, i) => target === first.targetList?.[i])) return;
      return ctx.replace(
        ctx.change(cte, { ctequery: withLeading(query, (select, patch) => ctx.change(select, patch), { targetList: targets }) }),
      );
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE part (id int PRIMARY KEY, parent int, name text NOT NULL, code varchar(3)); INSERT INTO part VALUES (1, NULL, 'a', 'x'), (2, 1, 'b', 'y')",
      pg: "WITH RECURSIVE tree (id, path, n, last) AS (SELECT id, 'top', 1.5, NULL::int FROM part UNION ALL SELECT id, path, n, id FROM tree WHERE FALSE) SELECT path FROM tree",
      tidb: `WITH RECURSIVE tree (id, path, n, last) AS (
  SELECT id, CAST('top' AS CHAR(16383)), CAST(1.5 AS DECIMAL(65,30)), CAST(NULL AS SIGNED) FROM part
  UNION ALL
  SELECT id, path, n, id FROM tree WHERE FALSE
)
SELECT path FROM tree`,
      findings: ["widened", "widened", "widened"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM q) SELECT n FROM q LIMIT 5",
      tidb: null,
      findings: ["endless"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM q WHERE n < 9 LIMIT 2)) SELECT n FROM q; WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL SELECT s.n + 1 FROM (SELECT n FROM q WHERE n < 9) AS s) SELECT n FROM q",
      tidb: null,
      findings: ["rounds", "rounds"],
      rejected: {
        sql: "WITH RECURSIVE q (n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM q WHERE n < 9 LIMIT 2)) SELECT n FROM q",
        code: 1235,
      },
    },
    {
      given: "CREATE TABLE part (id int PRIMARY KEY, parent int, name varchar(9)); INSERT INTO part VALUES (1, NULL, 'a'), (2, 1, 'b')",
      pg: "WITH RECURSIVE up AS (SELECT id, name FROM part WHERE parent IS NULL UNION ALL SELECT part.id, up.name || part.name FROM part JOIN up ON part.parent = up.id) SELECT name FROM up",
      tidb: `WITH RECURSIVE up AS (
  SELECT id, CAST(name AS CHAR(16383)) AS name FROM part WHERE parent IS NULL
  UNION ALL
  SELECT part.id, CONCAT(up.name, part.name)
  FROM part
  JOIN up ON part.parent = up.id
)
SELECT name FROM up`,
      findings: ["widened"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "WITH RECURSIVE q (x) AS (SELECT house_rule(a) FROM t UNION ALL SELECT x FROM q WHERE FALSE) SELECT x FROM q",
      tidb: null,
      findings: ["seed"],
    },
  ],
});

/** Whether the second SELECT finds a row for each that it reads, again and again. */
function isEndless({ op, all, rarg }: SelectStmt, name: string): boolean {
  const from = rarg?.fromClause ?? [];
  const itself = from.length === 1 && as("RangeVar", from[0])?.relname === name;
  return op === "SETOP_UNION" && all === true && itself && !rarg?.whereClause && !rarg?.limitCount && !rarg?.groupClause;
}

/** Whether the second SELECT does something to all rows of a round, where TiDB takes them one by one (errors 1235, 3575, 3577). */
function worksOnRounds(query: SelectStmt, name: string): boolean {
  const isIt = (node: Node) => node.kind === "RangeVar" && node.relname === name && node.schemaname === undefined;
  return (
    Boolean(query.limitCount ?? query.limitOffset ?? query.distinctClause) ||
    [...(query.sortClause ?? []), ...(query.groupClause ?? [])].length > 0 ||
    holds(query.targetList as unknown as Value, (node) => node.kind === "FuncCall" && node.over !== undefined) ||
    holds(query.fromClause as unknown as Value, (node) => node.kind === "RangeSubselect" && holds(node.subquery, isIt))
  );
}

function isRecursive(query: SelectStmt, name: string): boolean {
  return holds(query.rarg, (node) => node.kind === "RangeVar" && node.relname === name && node.schemaname === undefined);
}

const TEXT = new Set(["text", "varchar", "bpchar", "unknown", "name"]);
const WHOLE = new Set(["int2", "int4", "int8"]);

/** The type a first value must be cast to; undefined where it is wide enough already. */
function wideType(value: Value | undefined, ctx: Ctx): string | undefined {
  const constant = as("A_Const", value);
  if (constant?.ival !== undefined || constant?.boolval !== undefined) return undefined;
  const info = isNode(value) ? ctx.info(value) : undefined;
  const type = info?.type.name ?? (constant?.sval !== undefined ? "text" : constant?.fval !== undefined ? "numeric" : undefined);
  if (type === undefined) return "unknown";
  if (TEXT.has(type)) {
    const stored = info?.column && mapType(ctx.catalog, info.column.type, info.column)?.sql;
    return stored === "LONGTEXT" ? undefined : "CHAR(16383)";
  }
  if (type === "numeric") return info?.type.mods?.length ? undefined : "DECIMAL(65,30)";
  const isNull = constant?.isnull ?? as("A_Const", as("TypeCast", value)?.arg)?.isnull ?? false;
  return WHOLE.has(type) && isNull ? "SIGNED" : undefined;
}
