import {
  as,
  type ColumnRef,
  type Context,
  eachDescendant,
  error,
  find,
  holds,
  identifier,
  isNode,
  isStar,
  type JoinExpr,
  keepsNull,
  mayBeMissing,
  type Node,
  outputName,
  type RangeEntry,
  type RangeSubselect,
  type RangeVar,
  type ResTarget,
  raw,
  relationName,
  rewritten,
  rule,
  type SelectStmt,
  type SortBy,
  sortTarget,
  starColumns,
  type Tidb,
  tidb,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"subquery" | "key" | "star">;

export default rule({
  construct: "LATERAL",
  why: `TiDB 8.5 has no LATERAL. The subquery is joined with a second reading of the tables it refers to, and the result with the first one by
their primary keys: aggregates become a subquery for each column, LIMIT a count of rows within each key.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-LATERAL",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {
    subquery: error("LATERAL {name} is not converted: {what}", {
      help: "write a subquery of one value in the SELECT list for each of its columns, or join it by a key and number its rows with ROW_NUMBER()",
    }),
    key: error("LATERAL {name} is not converted: it refers to {relation}, of which the input does not tell a key here", {
      help: "give the table a primary key, or write a subquery of one value in the SELECT list for each column",
    }),
    star: error("LATERAL {name} is not converted: the columns behind * are not known", { help: "write the columns out" }),
  },
  on: (takes) => [
    takes("SelectStmt", ["fromClause", "targetList", "whereClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      if (!(select.fromClause ?? []).some(holdsLateral)) return;
      const targetList = spelt(select, ctx);
      if (!targetList) return ctx.report("star", { name: "and *" });
      const conditions: Tidb[] = [];
      const fromClause = (select.fromClause ?? []).map((item) => {
        const { item: next, on } = unlateral(item, select, ctx);
        if (on) conditions.push(on);
        return next;
      });
      if (fromClause.every((item, i) => item === select.fromClause![i])) return;
      const where = conditions.reduce<Value | undefined>((all, next) => both(all, next as unknown as Value), undefined);
      const whereClause = where && select.whereClause ? both(where, select.whereClause) : (where ?? select.whereClause);
      return ctx.replace(ctx.change(select, { fromClause, targetList, whereClause }));
    }),
  ],
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (n int, a int);
INSERT INTO t VALUES (1, 5), (2, NULL), (3, 7); INSERT INTO u VALUES (1, 5), (2, 5), (NULL, 5), (4, 7)`,
      pg: "SELECT t.id, l.n FROM t LEFT JOIN LATERAL (SELECT u.n FROM u WHERE t.a IS NOT NULL ORDER BY u.n DESC LIMIT 2) AS l ON true",
      tidb: `SELECT t.id, l.n
FROM t
LEFT JOIN (
  SELECT lateral_key_1, n
  FROM (
    SELECT
      t.id AS lateral_key_1,
      u.n,
      ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY u.n IS NULL DESC, u.n DESC) AS lateral_row
    FROM t
    CROSS JOIN u
    WHERE t.a IS NOT NULL
  ) AS lateral_1
  WHERE lateral_row <= 2
) AS l ON (l.lateral_key_1 = t.id) AND TRUE`,
      rejected: { sql: "SELECT t.id, l.n FROM t, LATERAL (SELECT u.n FROM u WHERE u.a = t.a) AS l", code: 1064 },
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL)`,
      pg: "SELECT * FROM t, LATERAL (SELECT COALESCE(t.a, 0) AS b) AS l",
      tidb: `SELECT t.id, t.a, l.b
FROM t, (SELECT t.id AS lateral_key_1, COALESCE(t.a, 0) AS b FROM t) AS l
WHERE l.lateral_key_1 = t.id`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 5, NULL), (2, NULL, 7)`,
      pg: "SELECT t.id, v.name, v.n FROM t CROSS JOIN LATERAL (VALUES ('a', t.a), ('b', t.b)) AS v (name, n)",
      tidb: `SELECT t.id, v.name, v.n
FROM t
JOIN (
  SELECT t.id AS lateral_key_1, 'a' AS name, t.a AS n FROM t
  UNION ALL
  SELECT t.id AS lateral_key_1, 'b', t.b FROM t
) AS v ON v.lateral_key_1 = t.id`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, name text); CREATE TABLE u (id int PRIMARY KEY, t int, name text, n int);
INSERT INTO t VALUES (1, 'x'), (2, 'y'); INSERT INTO u VALUES (1, 1, 'b', NULL), (2, 1, 'a', 3), (3, 2, 'c', 4)`,
      pg: "SELECT t.name, l.name FROM t, LATERAL (SELECT name, n FROM u WHERE t = t.id ORDER BY n DESC NULLS LAST, id LIMIT 1) AS l; SELECT t.id, l.name FROM t, LATERAL (SELECT name FROM u WHERE u.t = t.id ORDER BY id) AS l",
      tidb: `SELECT t.name, l.name
FROM t, (
  SELECT lateral_key_1, name, n
  FROM (
    SELECT
      t.id AS lateral_key_1,
      u.name,
      n,
      ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY n DESC, u.id) AS lateral_row
    FROM t
    CROSS JOIN u
    WHERE t = t.id
  ) AS lateral_1
  WHERE lateral_row <= 1
) AS l
WHERE l.lateral_key_1 = t.id;
SELECT t.id, l.name
FROM t, (
  SELECT lateral_key_1, name
  FROM (
    SELECT
      t.id AS lateral_key_1,
      u.name,
      ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY u.id) AS lateral_row
    FROM t
    CROSS JOIN u
    WHERE u.t = t.id
  ) AS lateral_1
  WHERE lateral_row <= 9223372036854775807
) AS l
WHERE l.lateral_key_1 = t.id`,
    },
    {
      given: "CREATE TABLE k (a int); INSERT INTO k VALUES (1), (1), (NULL)",
      pg: "SELECT l.b FROM k, LATERAL (SELECT k.a AS b) AS l",
      tidb: `SELECT l.b
FROM k, (SELECT k._tidb_rowid AS lateral_key_1, k.a AS b FROM k) AS l
WHERE l.lateral_key_1 = k._tidb_rowid`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE k (a int)",
      pg: "SELECT l.a FROM t, LATERAL (SELECT t.a UNION SELECT 1 LIMIT 1) AS l; SELECT l.a FROM t LEFT JOIN k ON k.a = t.id, LATERAL (SELECT k.a) AS l; SELECT l.* FROM t, LATERAL (SELECT e.*, t.a FROM elsewhere AS e) AS l",
      tidb: null,
      findings: ["subquery", "key", "star"],
    },
  ],
});

function holdsLateral(item: Value): boolean {
  const join = as("JoinExpr", item);
  return join ? holdsLateral(join.larg!) || holdsLateral(join.rarg!) : as("RangeSubselect", item)?.lateral === true;
}

interface Joined {
  readonly item: Value;
  /** What it is joined on. */
  readonly on?: Value & Tidb;
}

function unlateral(item: Value, select: SelectStmt, ctx: Ctx): Joined {
  const join = as("JoinExpr", item);
  if (join) return unlateralJoin(join, select, ctx);
  const derived = as("RangeSubselect", item);
  return derived?.lateral ? decorrelated(derived, select, ctx) : { item };
}

function unlateralJoin(join: JoinExpr, select: SelectStmt, ctx: Ctx): Joined {
  const left = unlateral(join.larg!, select, ctx);
  const right = unlateral(join.rarg!, select, ctx);
  if (left.item === join.larg && right.item === join.rarg) return { item: join };
  const quals = right.on && join.quals ? both(right.on, join.quals) : (right.on ?? join.quals);
  return { item: ctx.change(join, { larg: left.item, rarg: right.item, quals }), ...(left.on ? { on: left.on } : {}) };
}

function both(first: Value | undefined, second: Value): Value & Tidb {
  return (first === undefined ? second : { kind: "BoolExpr", boolop: "AND_EXPR", args: [first, second] }) as Value & Tidb;
}

/** A column of the primary key of a table that the subquery refers to. */
interface Key {
  readonly ref: ColumnRef;
  readonly name: string;
}

function decorrelated(derived: RangeSubselect, select: SelectStmt, ctx: Ctx): Joined {
  const inner = as("SelectStmt", derived.subquery);
  const alias = derived.alias?.aliasname ?? "";
  const refuse = (what: string) => {
    ctx.report("subquery", { name: alias, what }, derived);
    return { item: derived };
  };
  if (!inner) return refuse("it is no plain query");
  const outer = referred(inner, select, ctx);
  if (typeof outer === "string") return refuse(outer);
  if (outer.length === 0) return { item: ctx.change(derived, { lateral: false }) };
  if (inner.withClause || inner.havingClause || inner.windowClause) return refuse("it has WITH, HAVING or WINDOW");
  const keys: Key[] = [];
  for (const relation of outer) {
    const found = keyOf(relation, select, ctx);
    if (!found) {
      ctx.report("key", { name: alias, relation: nameOf(relation) }, derived);
      return { item: derived };
    }
    for (const column of found)
      keys.push({ ref: { kind: "ColumnRef", fields: [nameOf(relation), column] }, name: `lateral_key_${keys.length + 1}` });
  }
  const query = joinedParts(qualifiedNames(inner, outer, select, ctx), outer, keys, ctx);
  if (query === undefined) {
    ctx.report("star", { name: alias }, derived);
    return { item: derived };
  }
  if (typeof query === "string") return refuse(query);
  const on = keys.map(({ ref, name }) => tidb`${raw(`${identifier(alias)}.${identifier(name)}`)} = ${ref}`);
  const item = ctx.change(derived, { lateral: false, subquery: query });
  return { item, on: on.reduce<Value | undefined>((all, next) => both(all, next as unknown as Value), undefined) as Value & Tidb };
}

function nameOf(relation: RangeVar): string {
  return relation.alias?.aliasname ?? relation.relname ?? "";
}

/** Tables of the FROM clause around it that the subquery refers to; or why they are not known: it may refer to queries too. */
function referred(inner: SelectStmt, select: SelectStmt, ctx: Ctx): RangeVar[] | string {
  const around = (select.fromClause ?? []).flatMap(relations);
  const range = ctx.analysis.range(ctx.origin(select));
  const own: RangeEntry[] = [];
  eachDescendant(ctx.origin(inner), (node) => {
    if (node.kind === "SelectStmt") own.push(...ctx.analysis.range(node));
  });
  const names = new Set<string>();
  eachDescendant(ctx.origin(inner), (node) => {
    const fields = as("ColumnRef", node)?.fields;
    if (!fields) return;
    const column = fields.at(-1);
    const alias = String(fields.at(-2));
    if (fields.length > 1) {
      if (!own.some((entry) => entry.alias === alias) && range.some((entry) => entry.alias === alias)) names.add(alias);
    } else if (typeof column === "string" && !own.some(({ columns }) => columns.some(({ name }) => name === column))) {
      const entry = range.find(({ columns }) => columns.some(({ name }) => name === column));
      if (entry) names.add(entry.alias);
    }
  });
  const found = [...names].map((name) => around.find((each) => nameOf(each) === name) ?? name);
  const query = found.find((each) => typeof each === "string");
  return query === undefined ? (found as RangeVar[]) : `it refers to ${query}, which is no table`;
}

function relations(item: Value): RangeVar[] {
  const join = as("JoinExpr", item);
  const relation = as("RangeVar", item);
  return join ? [join.larg!, join.rarg!].flatMap(relations) : relation ? [relation] : [];
}

/** The primary key of a table; undefined where it is not known, or where the row may be missing (behind an outer join). */
function keyOf(relation: RangeVar, select: SelectStmt, ctx: Ctx): readonly string[] | undefined {
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(relation));
  const key = table && [...table.constraints.values()].find(({ type }) => type === "primary");
  // A table without a primary key has a column of TiDB's own that numbers its rows.
  if (table && !key) return mayBeMissing(select.fromClause ?? [], nameOf(relation)) ? undefined : ["_tidb_rowid"];
  const entry = ctx.analysis.range(ctx.origin(select)).find(({ alias }) => alias === nameOf(relation));
  const names = key?.columns.map(({ name }) => name);
  const certain = names?.every((name) => entry?.columns.find((column) => column.name === name)?.info.nullable === false);
  return certain ? names : undefined;
}

/** The subquery with the table before each name of its own that a table around it has too: the two are about to be in one FROM clause. */
function qualifiedNames(inner: SelectStmt, outer: readonly RangeVar[], select: SelectStmt, ctx: Ctx): SelectStmt {
  const around = ctx.analysis.range(ctx.origin(select)).filter(({ alias }) => outer.some((relation) => nameOf(relation) === alias));
  const joined = new Set<Node>(armsOf(inner));
  return rewritten(inner as Value, ctx.change as never, (node, parents) => {
    const [name, more] = as("ColumnRef", node)?.fields ?? [];
    if (typeof name !== "string" || more !== undefined) return undefined;
    if (!around.some(({ columns }) => columns.some((column) => column.name === name))) return undefined;
    const at = parents.findLastIndex((parent) => parent.kind === "SelectStmt" && entryWith(name, parent, ctx) !== undefined);
    const query = parents[at];
    if (!query || !joined.has(query)) return undefined;
    const targets = ((query as SelectStmt).targetList ?? []).map((item) => as("ResTarget", item));
    if (parents[at + 1]?.kind === "SortBy" && sortTarget(node, targets)) return undefined;
    return ctx.change(node as ColumnRef, { fields: [entryWith(name, query, ctx)!.alias, name] });
  }) as SelectStmt;
}

function entryWith(name: string, query: Node, ctx: Ctx): RangeEntry | undefined {
  return ctx.analysis.range(ctx.origin(query)).find(({ columns }) => columns.some((column) => column.name === name));
}

function armsOf(query: SelectStmt): SelectStmt[] {
  return query.larg && query.rarg ? [query.larg, query.rarg].flatMap(armsOf) : [query];
}

/** The columns of the subquery, each under a name, `*` written out; undefined where they are not known. */
function targetsOf(inner: SelectStmt, ctx: Ctx): readonly ResTarget[] | undefined {
  const targets: ResTarget[] = [];
  for (const item of inner.targetList ?? []) {
    const target = as("ResTarget", item);
    const star = as("ColumnRef", target?.val);
    if (!target) return undefined;
    if (star && isStar(star)) {
      const columns = starColumns(inner, star, { ...ctx.analysis, origin: ctx.origin as never });
      if (!columns || columns.some(({ refs }) => refs.length !== 1)) return undefined;
      ctx.consumed(target);
      targets.push(...columns.map(({ refs }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: refs[0]! } })));
    } else targets.push(target);
  }
  return targets;
}

/** Each query of a set operation over the tables that it refers to: with their keys among its columns, it combines the rows of each. */
function joinedParts(inner: SelectStmt, outer: readonly RangeVar[], keys: readonly Key[], ctx: Ctx): SelectStmt | string | undefined {
  if (inner.op === "SETOP_NONE") {
    const targets = targetsOf(inner, ctx);
    return targets && joinedQuery(inner, outer, keys, targets, ctx);
  }
  if (inner.sortClause || inner.limitCount || inner.limitOffset) return "it combines queries, and sorts or limits what comes of it";
  const larg = joinedParts(inner.larg!, outer, keys, ctx);
  const rarg = joinedParts(inner.rarg!, outer, keys, ctx);
  if (typeof larg !== "object" || typeof rarg !== "object") return typeof larg === "object" ? rarg : larg;
  return ctx.change(inner, { larg, rarg });
}

/** The subquery over the tables it refers to as well, with their keys in its list; or why there is none. */
function joinedQuery(
  inner: SelectStmt,
  outer: readonly RangeVar[],
  keys: readonly Key[],
  targets: readonly ResTarget[],
  ctx: Ctx,
): SelectStmt | string {
  const copies = outer.map((relation): RangeVar => {
    const { location, ...copy } = relation;
    return copy;
  });
  const shown = keys.map(({ ref, name }): ResTarget => ({ kind: "ResTarget", name, val: ref }));
  const refs = keys.map(({ ref }) => ref);
  const limited = inner.limitCount !== undefined || inner.limitOffset !== undefined;
  if (targets.some(({ val }) => aggregates(val, ctx)) && !inner.groupClause?.length) {
    // One row for each key, whatever there is to be aggregated.
    if (limited || inner.distinctClause) return "it limits the one row of its aggregates";
    const columns = targets.map((target): ResTarget => {
      const val = keepsNull(target.val)
        ? target.val!
        : (ctx.stand(tidb`/*+ NO_DECORRELATE() */ ${target.val!}`, target.val as Node) as never);
      const own = ctx.change(target, { name: undefined, val });
      const query = ctx.change(inner, { targetList: [own], sortClause: undefined });
      return ctx.change(target, { name: nameOfTarget(target, ctx), val: tidb`(${query})` as unknown as Value });
    });
    return {
      kind: "SelectStmt",
      op: "SETOP_NONE",
      limitOption: "LIMIT_OPTION_DEFAULT",
      targetList: [...shown, ...columns],
      fromClause: copies,
    };
  }
  const fromClause = within(copies, inner.fromClause ?? [], ctx);
  if (!fromClause) return "its FROM clause begins with a RIGHT or FULL JOIN";
  const grouped = inner.groupClause?.length ? { groupClause: [...refs, ...inner.groupClause] } : {};
  // Without a limit the order of a subquery's rows is nobody's.
  if (!limited) for (const item of inner.sortClause ?? []) if (isNode(item)) ctx.consumed(item);
  if (!limited) return ctx.change(inner, { ...grouped, targetList: [...shown, ...targets], fromClause, sortClause: undefined });
  if (inner.groupClause?.length || inner.distinctClause) return "it limits groups of rows";
  const order = (inner.sortClause ?? []).map((item) => orderKey(item, targets, ctx));
  const row =
    order.length > 0 ? tidb`ROW_NUMBER() OVER (PARTITION BY ${refs} ORDER BY ${order})` : tidb`ROW_NUMBER() OVER (PARTITION BY ${refs})`;
  const names = targets.map((target) => nameOfTarget(target, ctx));
  const numbered = ctx.change(inner, {
    targetList: [...shown, ...targets, { kind: "ResTarget", name: "lateral_row", val: row as unknown as Value }],
    fromClause,
    sortClause: undefined,
    limitCount: undefined,
    limitOffset: undefined,
    limitOption: "LIMIT_OPTION_DEFAULT",
  });
  const { limitCount: count, limitOffset: offset } = inner;
  if (inner.limitOption === "LIMIT_OPTION_WITH_TIES") return "it is limited WITH TIES";
  const upTo = count && (offset ? tidb`lateral_row <= ${offset} + ${count}` : tidb`lateral_row <= ${count}`);
  const after = offset && tidb`lateral_row > ${offset}`;
  return {
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList: [...keys.map(({ name }) => name), ...names].map(
      (name): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [name] } }),
    ),
    fromClause: [{ kind: "RangeSubselect", subquery: numbered, alias: { kind: "Alias", aliasname: ctx.fresh("lateral") } }],
    whereClause: (after && upTo ? tidb`${after} AND ${upTo}` : (after ?? upTo)) as unknown as Value,
  };
}

function nameOfTarget(target: ResTarget, ctx: Ctx): string {
  return target.name ?? outputName(ctx.origin(target)) ?? outputName(target) ?? "column";
}

function aggregates(value: Value | undefined, ctx: Ctx): boolean {
  return holds(value, (node) => {
    const call = as("FuncCall", node);
    return call !== undefined && !call.over && ctx.info(call)?.call?.kind === "aggregate";
  });
}

/** A key of ORDER BY that stands for an output column becomes the column's expression. */
function orderKey(item: Value, targets: readonly ResTarget[], ctx: Ctx): Value {
  const sort = as("SortBy", item);
  const test = as("NullTest", sort?.node);
  const found = sortTarget(test ? test.arg : sort?.node, targets as ResTarget[]);
  if (!sort || !found) return item;
  const node: Node = test ? { ...test, arg: found.val! } : (found.val as Node);
  if (isNode(sort.node)) ctx.consumed(sort.node);
  return ctx.change(sort, { node }) as SortBy;
}

/** The subquery's FROM clause with the tables around it before its first table, where conditions of its joins see them. */
function within(copies: readonly RangeVar[], items: readonly Value[], ctx: Ctx): readonly Value[] | undefined {
  const [first, ...others] = items;
  if (first === undefined) return copies;
  const before = (item: Value): Value | undefined => {
    const join = as("JoinExpr", item);
    if (!join)
      return [...copies, item].reduce<Value | undefined>(
        (left, right) => (left === undefined ? right : ({ kind: "JoinExpr", jointype: "JOIN_INNER", larg: left, rarg: right } as JoinExpr)),
        undefined,
      );
    if (join.jointype === "JOIN_RIGHT" || join.jointype === "JOIN_FULL" || join.isNatural || join.usingClause?.length) return undefined;
    const larg = before(join.larg!);
    return larg === undefined ? undefined : ctx.change(join, { larg });
  };
  const joined = before(first);
  return joined === undefined ? undefined : [joined, ...others];
}

/** The list of the query around it with `*` written out: the keys that are now in the subquery are not behind it. */
function spelt(select: SelectStmt, ctx: Ctx): readonly Value[] | undefined {
  const stars = (select.targetList ?? []).some((item) => isStar(as("ResTarget", item)?.val));
  return stars ? targetsOf(select, ctx) : (select.targetList ?? []);
}
