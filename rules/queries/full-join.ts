import {
  alike,
  as,
  type ColumnRef,
  type Context,
  error,
  isNode,
  isStar,
  type JoinExpr,
  type Node,
  type RangeSubselect,
  type ResTarget,
  rule,
  type SelectStmt,
  sortTarget,
  starColumns,
  type Tidb,
  tidb,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"sides" | "star">;

export default rule({
  construct: "FULL JOIN",
  why: `TiDB has no FULL JOIN: it reads the word as the left table's alias and runs an inner join, without a word. The join becomes a subquery: a
LEFT JOIN, and the right table's rows that meet none of the left one's.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    sides: error("FULL JOIN is not converted: {what}", {
      help: "write it as a LEFT JOIN and, with UNION ALL, the rows of the right side for which NOT EXISTS finds none on the left",
    }),
    star: error("FULL JOIN is not converted: the columns behind * are not known", { help: "write the columns out" }),
  },
  on: (takes) => [
    takes(
      "SelectStmt",
      ["fromClause", "targetList", "whereClause", "groupClause", "havingClause", "windowClause", "sortClause", "distinctClause"],
      (readable, ctx) => {
        let select = readable as SelectStmt;
        for (let join = innermost(select); join; join = innermost(select)) {
          const next = unjoined(select, join, ctx);
          if (!next) return;
          select = next;
        }
        return select === readable ? undefined : ctx.replace(select);
      },
    ),
  ],
  examples: [
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (2, 200), (3, NULL), (4, 400)`,
      pg: "SELECT a.x, b.y FROM a FULL JOIN b USING (id) WHERE a.x IS NULL ORDER BY a.x, b.y",
      tidb: `SELECT full_1.a_x AS x, full_1.b_y AS y
FROM (
  SELECT a.x AS a_x, b.y AS b_y
  FROM a
  LEFT JOIN b ON a.id = b.id
  UNION ALL
  SELECT NULL, b.y FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
) AS full_1
WHERE full_1.a_x IS NULL
ORDER BY full_1.a_x IS NULL, full_1.a_x, full_1.b_y IS NULL, full_1.b_y`,
      rejected: { sql: "SELECT a.x, b.y FROM a FULL OUTER JOIN b ON a.id = b.id", code: 1064 },
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (2, 200), (3, NULL), (4, 400)`,
      pg: "SELECT * FROM a FULL JOIN b USING (id)",
      tidb: `SELECT full_1.id AS id, full_1.a_x AS x, full_1.b_y AS y
FROM (
  SELECT COALESCE(a.id, b.id) AS id, a.x AS a_x, b.y AS b_y
  FROM a
  LEFT JOIN b ON a.id = b.id
  UNION ALL
  SELECT b.id, NULL, b.y FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
) AS full_1`,
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (2, 200), (3, NULL), (4, 400)`,
      pg: "SELECT * FROM (SELECT id, x FROM a) AS s (k, v) FULL JOIN b ON s.k = b.id",
      tidb: `SELECT full_1.s_k AS k, full_1.s_v AS v, full_1.b_id AS id, full_1.b_y AS y
FROM (
  SELECT s.k AS s_k, s.v AS s_v, b.id AS b_id, b.y AS b_y
  FROM (SELECT id AS k, x AS v FROM a) AS s
  LEFT JOIN b ON s.k = b.id
  UNION ALL
  SELECT NULL, NULL, b.id, b.y
  FROM b
  WHERE NOT EXISTS (SELECT 1 FROM (SELECT id AS k, x AS v FROM a) AS s WHERE (s.k = b.id))
) AS full_1`,
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int); CREATE TABLE c (id int PRIMARY KEY, z int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (2, 200), (3, NULL), (4, 400); INSERT INTO c VALUES (3, 3), (5, NULL), (10, 2)`,
      pg: "SELECT a.x, y, z FROM a FULL JOIN b ON a.id = b.id FULL JOIN c ON c.id = b.id; SELECT y, c.id FROM a JOIN b ON a.id = b.id FULL JOIN c ON c.z = a.id",
      tidb: `SELECT full_2.full_1_a_x AS x, full_2.full_1_b_y AS y, full_2.c_z AS z
FROM (
  SELECT full_1.a_x AS full_1_a_x, full_1.b_y AS full_1_b_y, c.z AS c_z
  FROM (
    SELECT a.x AS a_x, b.y AS b_y, b.id AS b_id
    FROM a
    LEFT JOIN b ON a.id = b.id
    UNION ALL
    SELECT NULL, b.y, b.id FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
  ) AS full_1
  LEFT JOIN c ON c.id = full_1.b_id
  UNION ALL
  SELECT NULL, NULL, c.z
  FROM c
  WHERE NOT EXISTS (SELECT 1 FROM (
    SELECT a.x AS a_x, b.y AS b_y, b.id AS b_id
    FROM a
    LEFT JOIN b ON a.id = b.id
    UNION ALL
    SELECT NULL, b.y, b.id FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
  ) AS full_1 WHERE (c.id = full_1.b_id))
) AS full_2;
SELECT full_1.b_y AS y, full_1.c_id AS id
FROM (
  SELECT b.y AS b_y, c.id AS c_id
  FROM a
  JOIN b ON a.id = b.id
  LEFT JOIN c ON c.z = a.id
  UNION ALL
  SELECT NULL, c.id
  FROM c
  WHERE NOT EXISTS (SELECT 1 FROM a
  JOIN b ON a.id = b.id WHERE (c.z = a.id))
) AS full_1`,
    },
    {
      given: `CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, x int);
INSERT INTO a VALUES (1, 10), (2, NULL), (3, 30); INSERT INTO b VALUES (2, 20), (3, NULL), (4, 5)`,
      pg: "SELECT COALESCE(a.x, b.x) AS x, count(*) AS n FROM a FULL JOIN b USING (id) GROUP BY COALESCE(a.x, b.x) ORDER BY x; SELECT DISTINCT ON (x) COALESCE(a.x, b.x) / 10 AS x, id FROM a FULL JOIN b USING (id) ORDER BY x, id",
      tidb: `SELECT COALESCE(full_1.a_x, full_1.b_x) AS x, COUNT(*) AS n
FROM (
  SELECT a.x AS a_x, b.x AS b_x
  FROM a
  LEFT JOIN b ON a.id = b.id
  UNION ALL
  SELECT NULL, b.x FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
) AS full_1
GROUP BY COALESCE(full_1.a_x, full_1.b_x)
ORDER BY MAX(COALESCE(full_1.a_x, full_1.b_x)) IS NULL, x;
SELECT x, id
FROM (
  SELECT
    COALESCE(full_1.a_x, full_1.b_x) DIV 10 AS x,
    full_1.id AS id,
    ROW_NUMBER() OVER (PARTITION BY COALESCE(full_1.a_x, full_1.b_x) DIV 10 ORDER BY full_1.id) AS distinct_row
  FROM (
    SELECT a.x AS a_x, b.x AS b_x, COALESCE(a.id, b.id) AS id
    FROM a
    LEFT JOIN b ON a.id = b.id
    UNION ALL
    SELECT NULL, b.x, b.id FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE (a.id = b.id))
  ) AS full_1
) AS distinct_1
WHERE distinct_row = 1
ORDER BY x IS NULL, x, id`,
    },
    {
      given: "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, y int)",
      pg: "SELECT a.x FROM a FULL JOIN b USING (id) FULL JOIN b AS c USING (id); SELECT * FROM a FULL JOIN elsewhere AS e ON a.id IS NULL",
      tidb: null,
      findings: ["sides", "star"],
    },
  ],
});

/** A FULL JOIN whose sides have none in them. */
function innermost({ fromClause = [] }: SelectStmt): JoinExpr | undefined {
  return fromClause.flatMap(fullJoins).find((join) => fullJoins(join).length === 1);
}

/** The query with a subquery in the place of the join; undefined, with a finding, where there is none. */
function unjoined(select: SelectStmt, join: JoinExpr, ctx: Ctx): SelectStmt | undefined {
  const plain = (select.fromClause ?? []).every((item) => joinsPlainly(item, join));
  const sides = plain ? sidesOf(join, select, ctx) : "it is joined with others by USING or NATURAL";
  if (typeof sides === "string") return ctx.report("sides", { what: sides }, join);
  const targets = spelt(select, sides, ctx);
  if (!targets) return ctx.report("star", {}, join);
  const place = (ref: ColumnRef, own: boolean): ColumnRef | undefined => placed(ref, own, sides, ctx);
  const body = (value: Value | undefined): Value | undefined => value && mapped(value, true, place, ctx);
  const list = (values: readonly Value[] | undefined) => values?.map((value) => body(value)!);
  const targetList = targets.map((item) => {
    const target = as("ResTarget", item);
    const field = as("ColumnRef", target?.val)?.fields?.at(-1);
    const next = body(item) as ResTarget;
    const moved = target && target.name === undefined && typeof field === "string" && next !== target;
    return moved ? ctx.change(next, { name: field }) : next;
  });
  const around = select.fromClause!.map((item) => without(item, join, body, ctx));
  // A bare name that an output column has is that column, whatever the tables have.
  const outputs = targets.map((item) => as("ResTarget", item));
  const keys = (values: readonly Value[] | undefined) =>
    values?.map((value) => (sortTarget(as("SortBy", value)?.node ?? value, outputs) ? value : body(value)!));
  const patch = {
    targetList,
    whereClause: body(select.whereClause),
    groupClause: list(select.groupClause),
    havingClause: body(select.havingClause),
    windowClause: list(select.windowClause),
    sortClause: keys(select.sortClause),
    distinctClause: keys(select.distinctClause),
  };
  const derived = subquery(join, sides, ctx);
  return ctx.change(select, { ...patch, fromClause: around.map((item) => put(item, join, derived, ctx)) }) as SelectStmt;
}

interface Column {
  /** In the subquery. */
  readonly name: string;
  readonly left: Value | undefined;
  readonly right: Value | undefined;
}

interface Side {
  readonly alias: string;
  /** undefined where the input does not tell them. */
  readonly columns: readonly string[] | undefined;
}

interface Sides {
  readonly left: readonly Side[];
  readonly right: readonly Side[];
  /** Columns of USING. */
  readonly merged: readonly string[];
  readonly alias: string;
  /** What the query around it reads. */
  readonly columns: Map<string, Column>;
}

function fullJoins(item: Value): JoinExpr[] {
  const join = as("JoinExpr", item);
  if (!join) return [];
  const own = join.jointype === "JOIN_FULL" ? [join] : [];
  return [...own, ...fullJoins(join.larg!), ...fullJoins(join.rarg!)];
}

/** Whether no join around the FULL JOIN looks for columns by their names. */
function joinsPlainly(item: Value, full: JoinExpr): boolean {
  const join = as("JoinExpr", item);
  if (!join || join === full || !fullJoins(join).includes(full)) return true;
  const merges = join.isNatural || (join.usingClause ?? []).length > 0;
  return !merges && joinsPlainly(join.larg!, full) && joinsPlainly(join.rarg!, full);
}

function sidesOf(join: JoinExpr, select: SelectStmt, ctx: Ctx): Sides | string {
  const range = ctx.analysis.range(ctx.origin(select));
  const side = (item: Value | undefined): readonly Side[] | undefined => {
    const inner = as("JoinExpr", item);
    if (inner) {
      const both = [side(inner.larg), side(inner.rarg)];
      const merges = inner.isNatural || inner.alias || (inner.usingClause ?? []).length > 0;
      return merges || inner.jointype === "JOIN_FULL" || both.includes(undefined) ? undefined : both.flatMap((each) => each!);
    }
    const alias = as("RangeVar", item)?.alias ?? as("RangeSubselect", item)?.alias;
    const name = alias?.aliasname ?? as("RangeVar", item)?.relname;
    if (name === undefined || as("RangeSubselect", item)?.lateral) return undefined;
    const columns = range.find((entry) => entry.alias === name)?.columns.map((column) => column.name);
    return [{ alias: name, columns: columns?.length ? columns : undefined }];
  };
  const [left, right] = [side(join.larg), side(join.rarg)];
  if (join.alias || join.join_using_alias) return "it has an alias";
  if (!left || !right) return "one of its sides is a join with USING or NATURAL, or a FULL JOIN";
  const columns = (of: readonly Side[]) => (of.some((each) => !each.columns) ? undefined : of.flatMap((each) => each.columns!));
  const [all, others] = [columns(left), columns(right)];
  const shared = all?.filter((name) => others?.includes(name));
  if (join.isNatural && !shared) return "the columns of its sides are not known";
  const merged = join.isNatural ? shared! : (join.usingClause ?? []).map(String);
  const isPlain = [left, right].every((of) => of.length === 1 || merged.every((name) => owner(of, name)));
  if (!isPlain) return "it is not known of which table the columns of USING are";
  return { left, right, merged, alias: ctx.fresh("full"), columns: new Map() };
}

/** The item of a side that has a column of that name; the one item there is has it, whatever is known of it. */
function owner(side: readonly Side[], name: string): Side | undefined {
  return side.length === 1 ? side[0] : side.find(({ columns }) => columns?.includes(name));
}

/** The column of the subquery that a reference of the query around it reads; undefined where it reads something else. */
function placed(ref: ColumnRef, own: boolean, sides: Sides, ctx: Ctx): ColumnRef | undefined {
  const fields = ref.fields ?? [];
  const column = fields.at(-1);
  if (typeof column !== "string") return undefined;
  const { left, right, merged } = sides;
  const of = ({ alias }: Side): ColumnRef => ({ kind: "ColumnRef", fields: [alias, column] });
  const named = (side: readonly Side[]) => side.find(({ alias }) => fields.at(-2) === alias);
  const having = (side: readonly Side[]) => side.find(({ columns }) => columns?.includes(column));
  const to = (wanted: string, l: Value | undefined, r: Value | undefined): ColumnRef => {
    const isTaken = (each: string) => {
      const other = sides.columns.get(each);
      return other !== undefined && !(alike(other.left, l) && alike(other.right, r));
    };
    // Of a_b and c as of a and b_c is made one name.
    let name = wanted;
    for (let n = 2; isTaken(name); n++) name = `${wanted}_${n}`;
    sides.columns.set(name, { name, left: l, right: r });
    return ctx.change(ref, { fields: [sides.alias, name] });
  };
  const [l, r] = fields.length > 1 ? [named(left), named(right)] : [having(left), having(right)];
  if (fields.length === 1 && !own) return undefined;
  if (fields.length === 1 && merged.includes(column)) {
    const [first, second] = [of(owner(left, column)!), of(owner(right, column)!)];
    return to(column, tidb`COALESCE(${first}, ${second})` as unknown as Value, second);
  }
  if (l) return to(`${l.alias}_${column}`, of(l), undefined);
  return r && to(`${r.alias}_${column}`, undefined, of(r));
}

/** The value with references put elsewhere. In queries within it, only names that it says the table of are looked at. */
function mapped(value: Value, own: boolean, place: (ref: ColumnRef, own: boolean) => ColumnRef | undefined, ctx: Ctx): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => mapped(item, own, place, ctx)) as unknown as Value;
  if (!isNode(value)) return value;
  const ref = as("ColumnRef", value);
  if (ref) return place(ref, own) ?? ref;
  const inner = own && value.kind !== "SelectStmt";
  const patch: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(value)) {
    if (typeof held !== "object" || held === null) continue;
    const next = mapped(held as Value, inner, place, ctx);
    if (JSON.stringify(next) !== JSON.stringify(held)) patch[field] = next;
  }
  if (Object.keys(patch).length === 0) return value;
  if ((value as unknown as Tidb).kind === "Tidb") return { ...value, ...patch } as Node;
  return ctx.change(value, patch) as Node;
}

/** A join around the FULL JOIN, its conditions over the subquery. */
function without(item: Value, join: JoinExpr, body: (value: Value | undefined) => Value | undefined, ctx: Ctx): Value {
  const around = as("JoinExpr", item);
  if (!around || around === join || fullJoins(around).length === 0) return item;
  return ctx.change(around, {
    larg: without(around.larg!, join, body, ctx),
    rarg: without(around.rarg!, join, body, ctx),
    quals: body(around.quals),
  });
}

function put(item: Value, join: JoinExpr, derived: RangeSubselect, ctx: Ctx): Value {
  if (item === join) return derived;
  const around = as("JoinExpr", item);
  if (!around || fullJoins(around).length === 0) return item;
  return ctx.change(around, { larg: put(around.larg!, join, derived, ctx), rarg: put(around.rarg!, join, derived, ctx) });
}

function subquery(join: JoinExpr, sides: Sides, ctx: Ctx): RangeSubselect {
  const { left, right, merged } = sides;
  const equal = merged.map((name): Value => {
    const of = (side: readonly Side[]): ColumnRef => ({ kind: "ColumnRef", fields: [owner(side, name)!.alias, name] });
    return tidb`${of(left)} = ${of(right)}` as unknown as Value;
  });
  const on = equal.reduce<Value | undefined>(
    (all, next) => (all === undefined ? next : (tidb`${all} AND ${next}` as unknown as Value)),
    join.quals,
  )!;
  const columns = [...sides.columns.values()];
  const shown =
    columns.length > 0
      ? columns
      : [{ name: "one", left: { kind: "A_Const", ival: 1 } as Node, right: { kind: "A_Const", ival: 1 } as Node }];
  const nothing: Value = { kind: "A_Const", isnull: true };
  const first: ResTarget[] = shown.map(({ name, left: l, right: r }) => ({ kind: "ResTarget", name, val: l ?? r! }));
  const second: ResTarget[] = shown.map(({ right: r }) => ({ kind: "ResTarget", val: r ?? nothing }));
  const base = { kind: "SelectStmt", op: "SETOP_NONE", limitOption: "LIMIT_OPTION_DEFAULT" } as const;
  const outer = ctx.change(join, { jointype: "JOIN_LEFT", isNatural: false, usingClause: undefined, quals: on });
  const whereClause = tidb`NOT EXISTS (SELECT 1 FROM ${join.larg!} WHERE ${on})` as unknown as Value;
  const query: SelectStmt = {
    ...base,
    op: "SETOP_UNION",
    all: true,
    larg: { ...base, targetList: first, fromClause: [outer] },
    rarg: { ...base, targetList: second, fromClause: [join.rarg!], whereClause },
  };
  return { kind: "RangeSubselect", subquery: query, alias: { kind: "Alias", aliasname: sides.alias } };
}

/** The list with `*` written out; undefined where its columns are not known. */
function spelt(select: SelectStmt, { merged }: Sides, ctx: Ctx): readonly Value[] | undefined {
  const targets: Value[] = [];
  const known = { ...ctx.analysis, origin: ctx.origin as never };
  for (const item of select.targetList ?? []) {
    const target = as("ResTarget", item);
    const star = as("ColumnRef", target?.val);
    if (target && star && isStar(star)) {
      const columns = starColumns(select, star, known);
      if (!columns) return undefined;
      ctx.consumed(target);
      for (const { name, refs } of columns) {
        const both = refs.length > 1 || (merged.includes(name) && star.fields!.length === 1);
        targets.push({ kind: "ResTarget", val: { kind: "ColumnRef", fields: both ? [name] : refs[0]! } });
      }
    } else targets.push(item);
  }
  return targets;
}
