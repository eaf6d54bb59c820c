import {
  alike,
  as,
  type ColumnRef,
  type Context,
  error,
  isNode,
  nativeSort,
  nodesOf,
  outputName,
  type ResTarget,
  rule,
  type SelectStmt,
  type SortBy,
  sortTarget,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<"star" | "any">;

export default rule({
  construct: "DISTINCT ON",
  why: `TiDB has no DISTINCT ON. The rows are numbered within each group in the order of ORDER BY, and the first of each is kept. Without
ORDER BY it is any row, in both.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-select.html#SQL-DISTINCT",
    tidb: "https://docs.pingcap.com/tidb/stable/window-functions",
  },
  messages: {
    star: error("DISTINCT ON is not converted: the names of the columns behind * are not known, or two of them are alike", {
      help: "write the columns out, each under a name of its own",
    }),
    any: warning("which row of each group is kept is not told: TiDB may keep another one than PostgreSQL", {
      help: "go on in ORDER BY after the columns of DISTINCT ON; ORDER BY of a subquery does not reach it",
    }),
  },
  on: (takes) => [
    takes(
      "SelectStmt",
      ["distinctClause", "targetList", "sortClause", "limitCount", "limitOffset", "limitOption", "withClause"],
      (readable, ctx) => {
        const select = readable as SelectStmt;
        const on = (select.distinctClause ?? []).filter(isNode) as Value[];
        if (on.length === 0) return;
        const outputs = outputsOf(select, ctx);
        if (!outputs) return ctx.report("star");
        const targets = outputs.map(({ target }) => target);
        const value = (key: Value | undefined): Value => sortTarget(key, targets)?.val ?? key!;
        const sorts = nodesOf("SortBy", select.sortClause);
        // What the outer query orders by: an output column, or a column that is carried along for it.
        const carried: ResTarget[] = [];
        const outer = sorts.map((sort): SortBy => {
          const test = as("NullTest", sort.node);
          const key = test ? test.arg : sort.node;
          const known = outputs.find(({ target }) => target === sortTarget(key, targets) || alike(target.val, key));
          const name = known?.name ?? carry(value(key), carried);
          const column: ColumnRef = { kind: "ColumnRef", fields: [name] };
          ctx.consumed(sort);
          return nativeSort(test ? { ...test, arg: column } : column, sort.sortby_dir);
        });
        const keys = on.map(value);
        for (const key of on) ctx.consumed(key);
        const order = sorts
          .map((sort) => {
            const test = as("NullTest", sort.node);
            return nativeSort(test ? { ...test, arg: value(test.arg) } : value(sort.node), sort.sortby_dir);
          })
          .filter((sort) => !keys.some((key) => alike(key, as("NullTest", sort.node)?.arg ?? sort.node)));
        if (order.length === 0) ctx.report("any");
        const number: ResTarget = {
          kind: "ResTarget",
          name: "distinct_row",
          val: (order.length > 0
            ? tidb`ROW_NUMBER() OVER (PARTITION BY ${keys} ORDER BY ${order})`
            : tidb`ROW_NUMBER() OVER (PARTITION BY ${keys})`) as unknown as Value,
        };
        const inner = ctx.change(select, {
          distinctClause: undefined,
          targetList: [
            ...outputs.map(({ target, name }) => (target.name === name ? target : named(target, name, ctx))),
            ...carried,
            number,
          ],
          sortClause: undefined,
          limitCount: undefined,
          limitOffset: undefined,
          limitOption: "LIMIT_OPTION_DEFAULT",
          withClause: undefined,
        });
        const shown = outputs.map(({ name }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [name] } }));
        const result: SelectStmt = {
          kind: "SelectStmt",
          op: "SETOP_NONE",
          targetList: shown,
          fromClause: [{ kind: "RangeSubselect", subquery: inner, alias: { kind: "Alias", aliasname: ctx.fresh("distinct") } }],
          whereClause: tidb`distinct_row = 1` as unknown as Value,
          limitOption: select.limitOption ?? "LIMIT_OPTION_DEFAULT",
          ...(outer.length > 0 ? { sortClause: outer } : {}),
          ...(select.limitCount === undefined ? {} : { limitCount: select.limitCount }),
          ...(select.limitOffset === undefined ? {} : { limitOffset: select.limitOffset }),
          ...(select.withClause === undefined ? {} : { withClause: select.withClause }),
        };
        return ctx.replace(result);
      },
    ),
  ],
  examples: [
    {
      given: `CREATE TABLE visit (id int PRIMARY KEY, person int, at timestamp, note text);
INSERT INTO visit VALUES (1, 7, '2024-02-29', 'a'), (2, 7, NULL, 'b'), (3, NULL, '2024-01-01', NULL), (4, 7, '2024-03-01', 'c')`,
      pg: "SELECT DISTINCT ON (person) person, note AS what FROM visit ORDER BY person, at DESC LIMIT 10",
      tidb: `SELECT person, what
FROM (
  SELECT
    person,
    note AS what,
    at AS order_1,
    ROW_NUMBER() OVER (PARTITION BY person ORDER BY at IS NULL DESC, at DESC) AS distinct_row
  FROM visit
) AS distinct_1
WHERE distinct_row = 1
ORDER BY person IS NULL, person, order_1 IS NULL DESC, order_1 DESC
LIMIT 10`,
      rejected: { sql: "SELECT DISTINCT ON (person) person FROM visit", code: 1064 },
    },
    {
      given: "CREATE TABLE visit (id int PRIMARY KEY, person int); INSERT INTO visit VALUES (1, 7), (2, NULL)",
      pg: "SELECT DISTINCT ON (person) id FROM visit ORDER BY person",
      tidb: `SELECT id
FROM (SELECT id, person AS order_1, ROW_NUMBER() OVER (PARTITION BY person) AS distinct_row FROM visit) AS distinct_1
WHERE distinct_row = 1
ORDER BY order_1 IS NULL, order_1`,
      findings: ["any"],
    },
    {
      given: "CREATE TABLE visit (id int PRIMARY KEY, person int)",
      pg: "SELECT DISTINCT ON (person) * FROM elsewhere",
      tidb: null,
      findings: ["star"],
    },
  ],
});

interface Output {
  readonly name: string;
  readonly target: ResTarget;
}

/** The output columns under their names, `*` spelt out; undefined where these are not known or not all different. */
function outputsOf(select: SelectStmt, ctx: Ctx): readonly Output[] | undefined {
  const outputs: Output[] = [];
  for (const item of select.targetList ?? []) {
    const target = as("ResTarget", item);
    if (!target) return undefined;
    const columns = starColumns(target, select, ctx);
    if (columns === "unknown") return undefined;
    if (columns) {
      ctx.consumed(target);
      outputs.push(
        ...columns.map((column) => ({ name: column.fields!.at(-1) as string, target: { kind: "ResTarget", val: column } as ResTarget })),
      );
    } else outputs.push({ name: target.name ?? outputName(ctx.origin(target) as ResTarget) ?? `column_${outputs.length + 1}`, target });
  }
  return new Set(outputs.map(({ name }) => name)).size === outputs.length ? outputs : undefined;
}

/** The columns that `*` or `t.*` stands for. */
function starColumns(target: ResTarget, select: SelectStmt, ctx: Ctx): readonly ColumnRef[] | "unknown" | undefined {
  const fields = as("ColumnRef", target.val)?.fields;
  if (!fields || typeof fields.at(-1) === "string") return undefined;
  const range = ctx.analysis.range(ctx.origin(select));
  const entries = fields.length === 1 ? range : range.filter(({ alias }) => alias === fields.at(-2));
  if (entries.length === 0 || entries.some(({ columns }) => columns.length === 0)) return "unknown";
  return entries.flatMap(({ alias, columns }) =>
    columns.map(({ name }): ColumnRef => ({ kind: "ColumnRef", fields: range.length === 1 ? [name] : [alias, name] })),
  );
}

function named(target: ResTarget, name: string, ctx: Ctx): ResTarget {
  ctx.judged(target);
  return as("ColumnRef", target.val)?.fields?.at(-1) === name ? target : ctx.change(target, { name });
}

function carry(val: Value, carried: ResTarget[]): string {
  const there = carried.find((target) => alike(target.val, val));
  if (there) return there.name!;
  const name = `order_${carried.length + 1}`;
  carried.push({ kind: "ResTarget", name, val });
  return name;
}
