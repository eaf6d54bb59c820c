import {
  alike,
  as,
  type ColumnRef,
  type Context,
  eachChild,
  eachDescendant,
  error,
  find,
  holds,
  identifier,
  isCounter,
  isLateralRows,
  isNode,
  isStar,
  type JoinExpr,
  keepsNull,
  leading,
  mayBeMissing,
  type Node,
  outputName,
  PLAIN_SELECT,
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
  subqueryItem,
  type Tidb,
  tidb,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"subquery" | "key" | "star">;

/** What several examples read: a parent with NULL and one without children, children that tie and that are NULL. */
const TABLES = `CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, t int, n int); CREATE VIEW v AS SELECT id, a FROM t;
INSERT INTO t VALUES (1, 5), (2, NULL), (3, 7); INSERT INTO u VALUES (1, 1, 5), (2, 1, 5), (3, 3, NULL), (4, 3, 7)`;

export default rule({
  construct: "LATERAL",
  why: `TiDB 8.5 has no LATERAL. The subquery is joined with a second reading of the tables it refers to, and the result with the first one by
their primary keys; of views and queries the different values of the columns it reads are the keys. Aggregates become a subquery for each
column, windows are made for each key, LIMIT becomes a count of rows within each key.`,
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
      const around: Around = { select, made: new Map() };
      const fromClause = (select.fromClause ?? []).map((item) => {
        const { item: next, on } = unlateral(item, around, ctx);
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
      given: TABLES,
      pg: "SELECT v.id, l.n FROM v, LATERAL (SELECT u.n, count(*) OVER (ORDER BY u.n) AS c FROM u WHERE u.t = v.a - 4) AS l",
      tidb: `SELECT v.id, l.n
FROM v, (
  SELECT v.a AS lateral_key_1, u.n, COUNT(*) OVER (PARTITION BY v.a ORDER BY u.n IS NULL, u.n) AS c
  FROM (SELECT DISTINCT v.a FROM v) AS v
  CROSS JOIN u
  WHERE u.t = v.a - 4
) AS l
WHERE l.lateral_key_1 <=> v.a`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, l.id FROM t LEFT JOIN u ON u.t = t.id, LATERAL (SELECT w.id FROM u AS w WHERE w.n = u.n ORDER BY w.id LIMIT 1) AS l",
      tidb: `SELECT t.id, l.id
FROM t
LEFT JOIN u ON u.t = t.id, (
  SELECT lateral_key_1, id
  FROM (
    SELECT u.n AS lateral_key_1, w.id, ROW_NUMBER() OVER (PARTITION BY u.n ORDER BY w.id) AS lateral_row
    FROM (SELECT DISTINCT u.n FROM u UNION SELECT NULL) AS u
    CROSS JOIN u AS w
    WHERE w.n = u.n
  ) AS lateral_1
  WHERE lateral_row <= 1
) AS l
WHERE l.lateral_key_1 <=> u.n`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, l.a FROM t, LATERAL (SELECT t.a UNION SELECT n FROM u WHERE u.t = t.id ORDER BY 1 LIMIT 1) AS l",
      tidb: `SELECT t.id, l.a
FROM t, (
  SELECT lateral_key_1, a
  FROM (
    SELECT
      lateral_key_1,
      a,
      ROW_NUMBER() OVER (PARTITION BY lateral_key_1 ORDER BY a IS NULL, a) AS lateral_row
    FROM (
      SELECT t.id AS lateral_key_1, t.a FROM t
      UNION
      SELECT t.id AS lateral_key_1, n
      FROM t
      CROSS JOIN u
      WHERE u.t = t.id
    ) AS lateral_1
  ) AS lateral_2
  WHERE lateral_row <= 1
) AS l
WHERE l.lateral_key_1 = t.id`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, l.n, l.m FROM t, LATERAL (SELECT count(*) AS n, max(s.n) AS m FROM (SELECT u.n FROM u WHERE u.t = t.id ORDER BY u.id LIMIT 1) AS s) AS l",
      tidb: `SELECT t.id, l.n, l.m
FROM t, (
  SELECT
    t.id AS lateral_key_1,
    COUNT(CASE WHEN s.lateral_key_1 IS NOT NULL THEN 1 END) AS n,
    MAX(CASE WHEN s.lateral_key_1 IS NOT NULL THEN s.n END) AS m
  FROM t
  LEFT JOIN (
    SELECT lateral_key_1, n
    FROM (
      SELECT
        t.id AS lateral_key_1,
        u.n,
        ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY u.id) AS lateral_row
      FROM t
      CROSS JOIN u
      WHERE u.t = t.id
    ) AS lateral_1
    WHERE lateral_row <= 1
  ) AS s ON s.lateral_key_1 = t.id
  GROUP BY t.id
) AS l
WHERE l.lateral_key_1 = t.id`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, y.c FROM t, LATERAL (SELECT t.a * 2 AS b) AS x, LATERAL (SELECT x.b + 1 AS c) AS y",
      tidb: `SELECT t.id, y.c
FROM t, (SELECT t.id AS lateral_key_1, t.a * 2 AS b FROM t) AS x, (
  SELECT x.b AS lateral_key_1, x.b + 1 AS c
  FROM (SELECT DISTINCT x.b FROM (SELECT t.id AS lateral_key_1, t.a * 2 AS b FROM t) AS x) AS x
) AS y
WHERE (x.lateral_key_1 = t.id) AND (y.lateral_key_1 <=> x.b)`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, l.t, l.s FROM t, LATERAL (SELECT u.t, sum(u.n) AS s FROM u WHERE u.t = t.id GROUP BY u.t HAVING count(*) > 0 ORDER BY 2 LIMIT 1) AS l",
      tidb: `SELECT t.id, l.t, l.s
FROM t, (
  SELECT lateral_key_1, t, s
  FROM (
    SELECT
      t.id AS lateral_key_1,
      u.t,
      CAST(SUM(u.n) AS SIGNED) AS s,
      ROW_NUMBER() OVER (PARTITION BY t.id ORDER BY CAST(SUM(u.n) AS SIGNED) IS NULL, CAST(SUM(u.n) AS SIGNED)) AS lateral_row
    FROM t
    CROSS JOIN u
    WHERE u.t = t.id
    GROUP BY t.id, u.t
    HAVING COUNT(*) > 0
  ) AS lateral_1
  WHERE lateral_row <= 1
) AS l
WHERE l.lateral_key_1 = t.id`,
    },
    {
      given: TABLES,
      pg: "SELECT t.id, l.n, l.id FROM t, LATERAL (SELECT DISTINCT ON (u.n) u.n, u.id FROM u WHERE u.t = t.id ORDER BY u.n, u.id) AS l",
      tidb: ``,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int[]); INSERT INTO t VALUES (1, '{5,NULL,7}'), (2, '{}'), (3, NULL), (4, '{9}')`,
      pg: "SELECT t.id, l.x, l.i FROM t LEFT JOIN LATERAL (SELECT x, i FROM unnest(t.a) WITH ORDINALITY AS u (x, i) WHERE i > 1) AS l ON true",
      tidb: `SELECT t.id, l.x, l.i
FROM t
LEFT JOIN (
  SELECT t.id AS lateral_key_1, x, i
  FROM t
  CROSS JOIN (
    SELECT
      t.id AS lateral_key_1,
      IF(JSON_TYPE(JSON_EXTRACT(t.a, CONCAT('$[', nth_item.item_i, ']'))) = 'NULL', NULL, CAST(JSON_EXTRACT(t.a, CONCAT('$[', nth_item.item_i, ']')) AS SIGNED)) AS x,
      nth_item.item_i + 1 AS i
    FROM t
    CROSS JOIN (WITH RECURSIVE nth_item AS (SELECT 0 AS item_i, (SELECT MAX(JSON_LENGTH(t.a)) FROM t) AS item_n UNION ALL SELECT item_i + 1, item_n FROM nth_item WHERE item_i + 1 < item_n) SELECT item_i FROM nth_item WHERE item_i < item_n) AS nth_item
    WHERE nth_item.item_i < JSON_LENGTH(t.a)
  ) AS u
  WHERE (u.lateral_key_1 = t.id) AND i > 1
) AS l ON (l.lateral_key_1 = t.id) AND TRUE`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '[[1, 2], []]'), (2, NULL)`,
      pg: "SELECT l.v FROM t, LATERAL (SELECT n.v FROM jsonb_array_elements(t.j) AS e, LATERAL (SELECT f AS v FROM jsonb_array_elements(e.value) AS f) AS n) AS l",
      tidb: null,
      findings: ["subquery"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 5), (2, NULL), (3, 7), (9, 1); INSERT INTO u VALUES (1, 5), (2, NULL), (3, 4), (4, NULL)",
      pg: "SELECT t.id, l.n, l.m, l.a FROM t LEFT JOIN LATERAL (SELECT count(*) AS n, max(u.n) AS m, t.a FROM u WHERE u.id >= t.id HAVING count(*) > 0 AND count(*) > t.a - 5) AS l ON true",
      tidb: `SELECT t.id, l.n, l.m, l.a
FROM t
LEFT JOIN (
  SELECT lateral_key_1, n, m, a
  FROM (
    SELECT
      t.id AS lateral_key_1,
      (SELECT COUNT(*) FROM u WHERE u.id >= t.id) AS n,
      (SELECT MAX(u.n) FROM u WHERE u.id >= t.id) AS m,
      (SELECT t.a) AS a,
      (SELECT /*+ NO_DECORRELATE() */ (COUNT(*) > 0 AND COUNT(*) > (SELECT t.a) - 5)
      FROM u
      WHERE u.id >= t.id) AS lateral_having
    FROM t
  ) AS lateral_1
  WHERE lateral_having
) AS l ON (l.lateral_key_1 = t.id) AND TRUE`,
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t",
      pg: "SELECT l.n FROM t, LATERAL (SELECT count(*) AS n HAVING t.a > 1 LIMIT 1) AS l; SELECT l.id FROM v, LATERAL (SELECT v.*) AS l; SELECT l.* FROM t, LATERAL (SELECT e.*, t.a FROM elsewhere AS e) AS l",
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

/** The query around a LATERAL, and what items before it have become. */
interface Around {
  readonly select: SelectStmt;
  readonly made: Map<Value, RangeSubselect>;
}

function unlateral(item: Value, around: Around, ctx: Ctx): Joined {
  const join = as("JoinExpr", item);
  if (join) return unlateralJoin(join, around, ctx);
  const derived = as("RangeSubselect", item);
  if (!derived?.lateral) return { item };
  const made = decorrelated(derived, around, ctx);
  around.made.set(derived, made.item as RangeSubselect);
  return made;
}

function unlateralJoin(join: JoinExpr, around: Around, ctx: Ctx): Joined {
  const left = unlateral(join.larg!, around, ctx);
  const right = unlateral(join.rarg!, around, ctx);
  if (left.item === join.larg && right.item === join.rarg) return { item: join };
  const quals = right.on && join.quals ? both(right.on, join.quals) : (right.on ?? join.quals);
  return { item: ctx.change(join, { larg: left.item, rarg: right.item, quals }), ...(left.on ? { on: left.on } : {}) };
}

function both(first: Value | undefined, second: Value): Value & Tidb {
  return (first === undefined ? second : { kind: "BoolExpr", boolop: "AND_EXPR", args: [first, second] }) as Value & Tidb;
}

/** A column of the primary key of a table that the subquery refers to, or of a query all columns that it refers to. */
interface Key {
  readonly ref: ColumnRef;
  readonly name: string;
  readonly nullable: boolean;
}

/** What the subquery refers to: an item of the FROM clause around it, and the columns of it that it reads. */
interface Reference {
  readonly item: RangeVar | RangeSubselect;
  readonly columns: ReadonlySet<string>;
}

/** What the subquery is joined with, to be read in it: each of its rows comes with the keys of the row around it. */
interface Outer {
  readonly names: ReadonlySet<string>;
  readonly copies: readonly Value[];
  readonly keys: readonly Key[];
}

function decorrelated(derived: RangeSubselect, around: Around, ctx: Ctx): Joined {
  const { select } = around;
  const inner = as("SelectStmt", derived.subquery);
  const alias = derived.alias?.aliasname ?? "";
  const refuse = (what: string) => {
    ctx.report("subquery", { name: alias, what }, derived);
    return { item: derived };
  };
  if (!inner) return refuse("it is no plain query");
  const references = referred(inner, around, ctx);
  if (typeof references === "string") return refuse(references);
  if (references.length === 0) return { item: ctx.change(derived, { lateral: false }) };
  const copies: Value[] = [];
  const keys: Key[] = [];
  const taken = keysWithin(inner);
  for (const reference of references) {
    const found = keyOf(reference, select, ctx);
    if (!found) {
      ctx.report("key", { name: alias, relation: nameOf(reference.item) }, derived);
      return { item: derived };
    }
    copies.push(found.copy);
    for (const { name, nullable } of found.columns)
      keys.push({ ref: refTo(nameOf(reference.item), name), name: `lateral_key_${taken + keys.length + 1}`, nullable });
  }
  const outer = { names: new Set(references.map(({ item }) => nameOf(item))), copies, keys };
  const query = joinedParts(qualifiedNames(inner, outer.names, select, ctx), outer, ctx);
  if (query === undefined) {
    ctx.report("star", { name: alias }, derived);
    return { item: derived };
  }
  if (typeof query === "string") return refuse(query);
  if (countsWithin(inner, outer)) return refuse("the rows of a function in it go by a query that refers to what is around both");
  return { item: ctx.change(derived, { lateral: false, subquery: filled(query, outer, ctx) }), on: sameKeys(alias, keys) };
}

/** How many keys LATERAL queries within the query have: they are columns beside those of the one around them. */
function keysWithin(query: SelectStmt): number {
  let most = 0;
  eachDescendant(query, (node) => {
    const [, number] = /^lateral_key_(\d+)$/.exec(as("ResTarget", node)?.name ?? "") ?? [];
    most = Math.max(most, Number(number ?? 0));
  });
  return most;
}

/** The query with what it refers to in the places where rules read all rows of it: how far to count. */
function filled(query: SelectStmt, { copies }: Outer, ctx: Ctx): SelectStmt {
  return rewritten(query as Value, ctx.change as never, (node) =>
    isLateralRows(node) ? (copies.find((copy) => nameOf(copy as RangeVar) === node.alias?.aliasname) as Node | undefined) : undefined,
  ) as SelectStmt;
}

/** Whether it counts as far as a query reaches that itself goes by what is around: there it cannot be joined with that. */
function countsWithin(query: SelectStmt, { names }: Outer): boolean {
  const isBound = ({ kind, subquery }: RangeSubselect) => kind === "RangeSubselect" && holds(subquery, (node) => reads(node, names));
  return holds(
    query,
    (node) => (node.kind as string) === "Tidb" && isCounter(node) && holds(node, (each) => isBound(each as RangeSubselect)),
  );
}

function refTo(relation: string, column: string): ColumnRef {
  return { kind: "ColumnRef", fields: [relation, column] };
}

/** Rows of the subquery with that name are those of the row around it. */
function sameKeys(alias: string, keys: readonly Key[]): Value & Tidb {
  const equal = keys.map(({ ref, name, nullable }) => {
    const own = raw(`${identifier(alias)}.${identifier(name)}`);
    return (nullable ? tidb`${own} <=> ${ref}` : tidb`${own} = ${ref}`) as Value & Tidb;
  });
  return equal.reduce<Value | undefined>((all, next) => both(all, next), undefined) as Value & Tidb;
}

function nameOf(item: RangeVar | RangeSubselect): string {
  return item.alias?.aliasname ?? as("RangeVar", item)?.relname ?? "";
}

/** Items of the FROM clause around it that the subquery refers to; or why they are not known: it may refer to functions too. */
function referred(inner: SelectStmt, { select, made }: Around, ctx: Ctx): Reference[] | string {
  const items = (select.fromClause ?? []).flatMap(relations);
  const range = ctx.analysis.range(ctx.origin(select));
  const read = new Map<string, Set<string>>();
  const hidden = new Set<string>();
  const readBy = (node: Node, own: readonly RangeEntry[]): void => {
    const among = node.kind === "SelectStmt" ? [...own, ...ctx.analysis.range(node)] : own;
    if (among !== own) for (const { alias } of among) hidden.add(alias);
    const fields = as("ColumnRef", node)?.fields;
    if (!fields) {
      eachChild(node, (child) => readBy(child, among));
      return;
    }
    const column = fields.at(-1);
    const alias =
      fields.length > 1 ? String(fields.at(-2)) : range.find(({ columns }) => columns.some(({ name }) => name === column))?.alias;
    const isOwn = fields.length > 1 ? own.some((entry) => entry.alias === alias) : isColumnOf(own, column);
    if (alias === undefined || isOwn || !range.some((entry) => entry.alias === alias)) return;
    read.set(alias, (read.get(alias) ?? new Set()).add(typeof column === "string" ? column : "*"));
  };
  readBy(ctx.origin(inner), []);
  const references: Reference[] = [];
  for (const [name, columns] of read) {
    const found = items.find((each) => nameOf(each) === name);
    const item = found && (made.get(found) ?? found);
    if (!item) return `it refers to ${name}, which is neither a table nor a query`;
    if (hidden.has(name)) return `it refers to ${name}, and has a table or query of that name in it: call that by another name`;
    references.push({ item, columns });
  }
  return references;
}

function isColumnOf(range: readonly RangeEntry[], column: Value | undefined): boolean {
  return range.some(({ columns }) => columns.some(({ name }) => name === column));
}

function relations(item: Value): (RangeVar | RangeSubselect)[] {
  const join = as("JoinExpr", item);
  if (join) return [join.larg!, join.rarg!].flatMap(relations);
  const relation = as("RangeVar", item) ?? as("RangeSubselect", item);
  return relation ? [relation] : [];
}

interface Keyed {
  /** What stands in the subquery for the item. */
  readonly copy: Value;
  readonly columns: readonly { readonly name: string; readonly nullable: boolean }[];
}

/** The item to be read in the subquery: a table by its primary key, anything else by the different values of the columns that are read. */
function keyOf(reference: Reference, select: SelectStmt, ctx: Ctx): Keyed | undefined {
  const { item } = reference;
  const name = nameOf(item);
  const missing = mayBeMissing(select.fromClause ?? [], name);
  const relation = as("RangeVar", item);
  const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
  const entry = ctx.analysis.range(ctx.origin(select)).find(({ alias }) => alias === name);
  if (relation && table && entry?.table === table && !missing) {
    const copy = withoutPlace(relation);
    const key = [...table.constraints.values()].find(({ type }) => type === "primary");
    const columns = key?.columns.map((column) => ({ name: column.name!, nullable: false }));
    const certain = columns?.every((column) => entry.columns.find((each) => each.name === column.name)?.info.nullable === false);
    // A table without a primary key has a column of TiDB's own that numbers its rows.
    if (!key || certain) return { copy, columns: columns ?? [{ name: "_tidb_rowid", nullable: false }] };
  }
  return valuesOf(reference, entry, missing, ctx);
}

/** A second reading of what stands in the FROM clause around it. */
function withoutPlace(item: RangeVar | RangeSubselect): Value {
  const { location, ...copy } = item as RangeVar;
  return copy;
}

function valuesOf({ item, columns }: Reference, entry: RangeEntry | undefined, missing: boolean, ctx: Ctx): Keyed | undefined {
  const name = nameOf(item);
  const read = [...columns].map((column) => entry?.columns.find((each) => each.name === column));
  if (read.includes(undefined)) return undefined;
  // A query of WITH RECURSIVE can read itself once.
  const relation = as("RangeVar", item);
  if (relation && ctx.within("CommonTableExpr")?.ctename === relation.relname) return undefined;
  const targetList = [...columns].map((column): ResTarget => ({ kind: "ResTarget", val: refTo(name, column) }));
  const values: SelectStmt = { ...PLAIN_SELECT, distinctClause: [{}] as never, targetList, fromClause: [withoutPlace(item)] };
  const nulls = raw([...columns].map(() => "NULL").join(", "));
  const subquery = missing ? (tidb`${values} UNION SELECT ${nulls}` as unknown as Value) : values;
  return {
    copy: { kind: "RangeSubselect", subquery, alias: { kind: "Alias", aliasname: name } } as RangeSubselect,
    columns: read.map((column) => ({ name: column!.name, nullable: missing || column!.info.nullable })),
  };
}

/** The subquery with the relation before each name that another one has too: the two are about to be in one FROM clause. */
function qualifiedNames(inner: SelectStmt, outer: ReadonlySet<string>, select: SelectStmt, ctx: Ctx): SelectStmt {
  const around = ctx.analysis.range(ctx.origin(select)).filter(({ alias }) => outer.has(alias));
  const joined = new Set<Node>(armsOf(inner));
  return rewritten(inner as Value, ctx.change as never, (node, parents) => {
    const [name, more] = as("ColumnRef", node)?.fields ?? [];
    if (typeof name !== "string" || more !== undefined) return undefined;
    const other = around.find(({ columns }) => columns.some((column) => column.name === name));
    if (!other) return undefined;
    const at = parents.findLastIndex((parent) => parent.kind === "SelectStmt" && entryWith(name, parent, ctx) !== undefined);
    const query = parents[at];
    const from = query ? entryWith(name, query, ctx)!.alias : other.alias;
    const innermost = parents.findLast(({ kind }) => kind === "SelectStmt");
    // In a subquery of it the name must tell what it refers to.
    if (query ? !joined.has(query) : innermost === undefined || joined.has(innermost)) return undefined;
    const sort = parents.findLastIndex(({ kind }) => kind === "SortBy");
    const sorted = as("SelectStmt", parents[sort - 1]);
    const targets = sorted ? (leading(sorted).targetList ?? []).map((item) => as("ResTarget", item)) : [];
    if (sortTarget(node, targets)) return undefined;
    return ctx.change(node as ColumnRef, { fields: [from, name] });
  }) as SelectStmt;
}

/** The item of a query's FROM clause that has a column of that name; a rule may have made one that the analysis does not know. */
function entryWith(name: string, query: Node, ctx: Ctx): { readonly alias: string } | undefined {
  const made = ((query as SelectStmt).fromClause ?? []).flatMap(relations).find((item) => {
    const inner = as("SelectStmt", as("RangeSubselect", item)?.subquery);
    return inner && (leading(inner).targetList ?? []).some((target) => outputName(as("ResTarget", target)!) === name);
  });
  if (made) return { alias: nameOf(made) };
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

/** Each query of a set operation over what it refers to: with the keys among its columns, it combines the rows of each. */
function joinedParts(inner: SelectStmt, outer: Outer, ctx: Ctx): SelectStmt | string | undefined {
  if (inner.withClause) return "it has WITH";
  if (inner.op === "SETOP_NONE") {
    const targets = targetsOf(inner, ctx);
    if (!targets) return undefined;
    return isLimited(inner) && inner.distinctClause ? numberedRows(inner, targets, outer, ctx) : joinedQuery(inner, outer, targets, ctx);
  }
  if (isLimited(inner)) return numberedRows(inner, targetsOf(leading(inner), ctx), outer, ctx);
  for (const item of inner.sortClause ?? []) if (isNode(item)) ctx.consumed(item);
  const larg = joinedParts(inner.larg!, outer, ctx);
  const rarg = joinedParts(inner.rarg!, outer, ctx);
  if (typeof larg !== "object" || typeof rarg !== "object") return typeof larg === "object" ? rarg : larg;
  return ctx.change(inner, { larg, rarg, sortClause: undefined });
}

function isLimited({ limitCount, limitOffset }: SelectStmt): boolean {
  return limitCount !== undefined || limitOffset !== undefined;
}

/** A limit on what is different, or is combined of several queries: the rows that come of it are numbered. */
function numberedRows(
  inner: SelectStmt,
  targets: readonly ResTarget[] | undefined,
  outer: Outer,
  ctx: Ctx,
): SelectStmt | string | undefined {
  if (!targets) return undefined;
  const names = targets.map((target) => nameOfTarget(target, ctx));
  if (new Set(names).size < names.length) return "two of its columns have the same name";
  const order = (inner.sortClause ?? []).map((item) => columnKey(item, targets, names, ctx));
  if (order.includes(undefined)) return "it is sorted by what is none of its columns";
  const unlimited = ctx.change(inner, { sortClause: undefined, limitCount: undefined, limitOffset: undefined });
  const query = joinedParts(unlimited as SelectStmt, outer, ctx);
  if (typeof query !== "object") return query;
  const keys = outer.keys.map(({ name }) => name);
  const rows: SelectStmt = {
    ...PLAIN_SELECT,
    targetList: [
      ...columnsNamed([...keys, ...names]),
      rowNumber(
        keys.map((name) => refOf(name)),
        order as Value[],
      ),
    ],
    fromClause: [{ kind: "RangeSubselect", subquery: query, alias: { kind: "Alias", aliasname: ctx.fresh("lateral") } }],
  };
  return limitedRows(inner, rows, outer.keys, names, ctx);
}

function refOf(name: string): ColumnRef {
  return { kind: "ColumnRef", fields: [name] };
}

function columnsNamed(names: readonly string[]): ResTarget[] {
  return names.map((name) => ({ kind: "ResTarget", val: refOf(name) }));
}

function rowNumber(partition: readonly Value[], order: readonly Value[]): ResTarget {
  const row =
    order.length > 0
      ? tidb`ROW_NUMBER() OVER (PARTITION BY ${partition} ORDER BY ${order})`
      : tidb`ROW_NUMBER() OVER (PARTITION BY ${partition})`;
  return { kind: "ResTarget", name: "lateral_row", val: row as unknown as Value };
}

/** A key of ORDER BY by the name of the output column that it stands for. */
function columnKey(item: Value, targets: readonly ResTarget[], names: readonly string[], ctx: Ctx): Value | undefined {
  const sort = as("SortBy", item);
  const test = as("NullTest", sort?.node);
  const found = sortTarget(test ? test.arg : sort?.node, targets) ?? targets.find(({ val }) => alike(val, test ? test.arg : sort?.node));
  if (!sort || !found) return undefined;
  const name = refOf(names[targets.indexOf(found)]!);
  if (isNode(sort.node)) ctx.consumed(sort.node);
  return ctx.change(sort, { node: test ? { ...test, arg: name } : name }) as SortBy;
}

/** The rows of a query that are numbered within each key, as many of them as its LIMIT and OFFSET let through. */
function limitedRows(
  inner: SelectStmt,
  numbered: SelectStmt,
  keys: readonly Key[],
  names: readonly string[],
  ctx: Ctx,
): SelectStmt | string {
  const { limitCount: count, limitOffset: offset } = inner;
  if (inner.limitOption === "LIMIT_OPTION_WITH_TIES") return "it is limited WITH TIES";
  const upTo = count && (offset ? tidb`lateral_row <= ${offset} + ${count}` : tidb`lateral_row <= ${count}`);
  const after = offset && tidb`lateral_row > ${offset}`;
  return {
    ...PLAIN_SELECT,
    targetList: columnsNamed([...keys.map(({ name }) => name), ...names]),
    fromClause: [{ kind: "RangeSubselect", subquery: numbered, alias: { kind: "Alias", aliasname: ctx.fresh("lateral") } }],
    whereClause: (after && upTo ? tidb`${after} AND ${upTo}` : (after ?? upTo)) as unknown as Value,
  };
}

/** The subquery over what it refers to as well, with the keys in its list; or why there is none. */
function joinedQuery(inner: SelectStmt, outer: Outer, targets: readonly ResTarget[], ctx: Ctx): SelectStmt | string | undefined {
  const { keys, copies } = outer;
  const shown = keys.map(({ ref, name }): ResTarget => ({ kind: "ResTarget", name, val: ref }));
  const refs = keys.map(({ ref }) => ref);
  const grouped = inner.groupClause?.length ? { groupClause: [...refs, ...inner.groupClause] } : {};
  if ((targets.some(({ val }) => aggregates(val, ctx)) || inner.havingClause) && !inner.groupClause?.length) {
    // One row for each key, whatever there is to be aggregated.
    const { havingClause } = inner;
    if (isLimited(inner) || inner.distinctClause) return "it limits the one row of its aggregates";
    const reading = holds(inner.fromClause, (node) => reads(node, outer.names));
    if (reading && havingClause) return "its FROM clause reads what is around it, and it has HAVING";
    if (reading) return aggregatedItem(inner, outer, targets, ctx);
    const single = (value: Value): Value => {
      // What is the same for all rows.
      if (!aggregates(value, ctx)) return value;
      const val = keepsNull(value) ? value : (ctx.stand(tidb`/*+ NO_DECORRELATE() */ ${value}`, value as Node) as never);
      const query = ctx.change(inner, { targetList: [{ kind: "ResTarget", val }], sortClause: undefined, havingClause: undefined });
      return tidb`(${query})` as unknown as Value;
    };
    const names = targets.map((target) => nameOfTarget(target, ctx));
    const columns = targets.map((target, i) => ctx.change(target, { name: names[i], val: single(target.val!) }) as ResTarget);
    const one: SelectStmt = { ...PLAIN_SELECT, targetList: [...shown, ...columns], fromClause: copies };
    if (!havingClause) return one;
    const test: ResTarget = { kind: "ResTarget", name: "lateral_having", val: single(havingClause) };
    return {
      ...PLAIN_SELECT,
      targetList: columnsNamed([...keys.map(({ name }) => name), ...names]),
      fromClause: [subqueryItem({ ...one, targetList: [...one.targetList!, test] }, ctx.fresh("lateral"))],
      whereClause: refOf(test.name!),
    };
  }
  const nested = withKeys(inner.fromClause ?? [], outer, ctx);
  if (typeof nested !== "object") return nested;
  const fromClause = within(copies, nested.items, ctx);
  if (!fromClause) return "its FROM clause begins with a RIGHT or FULL JOIN";
  const whereClause = nested.on && inner.whereClause ? both(nested.on, inner.whereClause) : (nested.on ?? inner.whereClause);
  const windowClause = inner.windowClause && (partitioned(inner.windowClause, refs, ctx) as readonly Value[]);
  const columns = targets.map((target) => partitioned(target, refs, ctx) as ResTarget);
  const patch = { ...grouped, fromClause, whereClause, windowClause, sortClause: undefined };
  // Without a limit the order of a subquery's rows is nobody's.
  if (!isLimited(inner)) {
    for (const item of inner.sortClause ?? []) if (isNode(item)) ctx.consumed(item);
    return ctx.change(inner, { ...patch, targetList: [...shown, ...columns] });
  }
  const order = (inner.sortClause ?? []).map((item) => orderKey(item, columns, ctx));
  const numbered = ctx.change(inner, {
    ...patch,
    targetList: [...shown, ...columns, rowNumber(refs, order)],
    limitCount: undefined,
    limitOffset: undefined,
    limitOption: "LIMIT_OPTION_DEFAULT",
  });
  const names = targets.map((target) => nameOfTarget(target, ctx));
  return limitedRows(inner, numbered as SelectStmt, keys, names, ctx);
}

function reads(node: Node, names: ReadonlySet<string>): boolean {
  const fields = as("ColumnRef", node)?.fields ?? [];
  return fields.length > 1 && names.has(String(fields.at(-2)));
}

/** Windows of the query itself, over the rows of one key. */
function partitioned(value: Value, refs: readonly ColumnRef[], ctx: Ctx): Value {
  return rewritten(value, ctx.change as never, (node, parents) => {
    if (parents.some(({ kind }) => kind === "SelectStmt")) return undefined;
    if ((node.kind as string) === "Tidb") return partitionedTemplate(node as unknown as Tidb, refs) as Node | undefined;
    const window = as("WindowDef", node);
    // A window that goes on from a named one has its partitions.
    if (!window || window.refname !== undefined) return undefined;
    const isUse = window.name !== undefined && parents.some(({ kind }) => kind === "FuncCall");
    return isUse ? undefined : ctx.change(window, { partitionClause: [...refs, ...(window.partitionClause ?? [])] });
  });
}

const WINDOW = "OVER (";
const PARTITION = "PARTITION BY ";

/** The same of a window that another rule made. */
function partitionedTemplate({ texts, holes }: Tidb, refs: readonly ColumnRef[]): Value | undefined {
  const at = texts.findIndex((text) => text.includes(WINDOW));
  if (at < 0) return undefined;
  const [before, after] = [texts[at]!.slice(0, texts[at]!.indexOf(WINDOW)), texts[at]!.slice(texts[at]!.indexOf(WINDOW) + WINDOW.length)];
  const rest = after.startsWith(PARTITION) ? `, ${after.slice(PARTITION.length)}` : after.startsWith(")") ? after : ` ${after}`;
  const template: Tidb = {
    kind: "Tidb",
    texts: [...texts.slice(0, at), `${before}${WINDOW}${PARTITION}`, rest, ...texts.slice(at + 1)],
    holes: [...holes.slice(0, at), refs as never, ...holes.slice(at)],
  };
  return template as unknown as Value;
}

interface Nested {
  readonly items: readonly Value[];
  readonly on?: Value & Tidb;
}

/** Items of the subquery's FROM clause with the keys among the columns of those that refer to what is around it; and the join with these. */
function withKeys(items: readonly Value[], outer: Outer, ctx: Ctx): Nested | string | undefined {
  let on: (Value & Tidb) | undefined;
  const made: Value[] = [];
  for (const item of items) {
    const next = keyedItem(item, outer, ctx);
    if (typeof next !== "object") return next;
    made.push(next.item);
    if (next.on) on = on ? both(on, next.on) : next.on;
  }
  return { items: made, ...(on && { on }) };
}

function keyedItem(item: Value, outer: Outer, ctx: Ctx): Joined | string | undefined {
  const join = as("JoinExpr", item);
  if (join) {
    const [left, right] = [keyedItem(join.larg!, outer, ctx), keyedItem(join.rarg!, outer, ctx)];
    if (typeof left !== "object" || typeof right !== "object") return typeof left === "object" ? right : left;
    if (left.item === join.larg && right.item === join.rarg) return { item };
    const quals = right.on && join.quals ? both(right.on, join.quals) : (right.on ?? join.quals);
    return { item: ctx.change(join, { larg: left.item, rarg: right.item, quals }), ...(left.on && { on: left.on }) };
  }
  const derived = as("RangeSubselect", item);
  if (!derived || !holds(derived.subquery, (node) => reads(node, outer.names))) return { item };
  const query = as("SelectStmt", derived.subquery);
  if (!query || derived.alias?.colnames?.length) return "a subquery of its FROM clause refers to what is around it";
  const subquery = joinedParts(query, outer, ctx);
  if (typeof subquery !== "object") return subquery;
  return { item: ctx.change(derived, { lateral: false, subquery }), on: sameKeys(derived.alias?.aliasname ?? "", outer.keys) };
}

/** Aggregates over a subquery that refers to what is around it: of its rows for each key, none of which may be there. */
function aggregatedItem(inner: SelectStmt, outer: Outer, targets: readonly ResTarget[], ctx: Ctx): SelectStmt | string | undefined {
  const [item, more] = inner.fromClause ?? [];
  const derived = as("RangeSubselect", item);
  if (!derived || more !== undefined || inner.windowClause) return "it aggregates a join with a subquery that refers to what is around it";
  const made = keyedItem(derived, outer, ctx);
  if (typeof made !== "object") return made;
  const alias = derived.alias?.aliasname ?? "";
  const present = { kind: "NullTest", arg: refTo(alias, outer.keys[0]!.name), nulltesttype: "IS_NOT_NULL" } as Value;
  if (outer.keys.every(({ nullable }) => nullable)) return "it aggregates a subquery that refers to columns that may be NULL";
  const targetList = targets.map((target) => {
    const val = rewritten(target.val!, ctx.change as never, (node, parents) => {
      const call = as("FuncCall", node);
      if (!call || !aggregates(call, ctx) || parents.some(({ kind }) => kind === "SelectStmt")) return undefined;
      const filter = call.agg_filter ? both(present, call.agg_filter) : present;
      return ctx.change(call, { agg_filter: filter });
    });
    return ctx.change(target, { name: nameOfTarget(target, ctx), val }) as ResTarget;
  });
  const left = outer.copies.reduce((all, next) => ({ kind: "JoinExpr", jointype: "JOIN_INNER", larg: all, rarg: next }) as JoinExpr);
  const quals = inner.whereClause ? both(made.on, inner.whereClause) : made.on!;
  const join = { kind: "JoinExpr", jointype: "JOIN_LEFT", larg: left, rarg: made.item, quals } as JoinExpr;
  return ctx.change(inner, {
    targetList: [...outer.keys.map(({ ref, name }): ResTarget => ({ kind: "ResTarget", name, val: ref })), ...targetList],
    fromClause: [join],
    whereClause: undefined,
    groupClause: outer.keys.map(({ ref }) => ref),
    sortClause: undefined,
  }) as SelectStmt;
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
function within(copies: readonly Value[], items: readonly Value[], ctx: Ctx): readonly Value[] | undefined {
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
