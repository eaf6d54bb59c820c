import {
  addressKey,
  as,
  type Context,
  type ExprInfo,
  enumLabels,
  holds,
  intervalLength,
  isNode,
  isStar,
  jsonRank,
  leading,
  mapType,
  type Node,
  nativeSort,
  note,
  outputName,
  type ResTarget,
  rangeKey,
  raw,
  rule,
  type SelectStmt,
  type SortBy,
  sortTarget,
  string,
  type Tidb,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  frame: warning("rows whose {key} is NULL are in this frame in TiDB, and in PostgreSQL not: it is open to the end where TiDB has them", {
    help: "leave rows with NULL out of the query, or take two window functions, one for them and one for the others",
  }),
  enum: note("{key} is sorted by the number of its label: TiDB takes a value of an enum for text, and in windows for equal to others"),
  interval: note("{key} is sorted by its length in microseconds: to TiDB, an interval is a text"),
  address: note("{key} is sorted by its family, network and bits: to TiDB, an address is a text"),
  bounds: note("{key} is sorted by its bounds: to TiDB, a range is a text"),
  range: warning("{key} is {type}, which is a text in TiDB and sorted as such: 10 goes before 9", {
    help: "order by its bounds: lower(r), upper(r)",
  }),
  document: warning("{key} is jsonb: arrays, and objects, of as many elements may be sorted otherwise among themselves", {
    help: "nothing to do where it is a scalar; otherwise order by what is in it: (j ->> 'a')::int",
  }),
  json: warning("{key} is {type}, whose values TiDB sorts in another order where elements are NULL", {
    help: "order by what is in it: (j ->> 'a')::int, or the elements one after the other",
  }),
  unnamed: warning("NULLs of {key} come {place} in TiDB: the key has no name to sort by, and no second key can be put before it", {
    help: "give the column an alias, and order by the alias",
  }),
};

export default rule({
  construct: "ORDER BY: the place of NULLs",
  why: `In PostgreSQL, NULL is greater than any value, in TiDB less, and TiDB knows neither NULLS FIRST nor NULLS LAST. Where a key can be
NULL and its NULLs are wanted at the other end, a key \`… IS NULL\` goes before it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-order.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("SelectStmt", ["sortClause", "targetList", "distinctClause", "op", "larg", "fromClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const targets = (select.targetList ?? []).map((target) => as("ResTarget", target));
      for (const item of select.sortClause ?? []) {
        const sort = as("SortBy", item);
        judge(sort?.node, ctx);
        // DISTINCT ON sorts by what the key stands for.
        judge(sortTarget(sort?.node, targets)?.val, ctx);
      }
      const keys = (select.sortClause ?? []).flatMap((item) => {
        const sort = as("SortBy", item);
        return sort ? placed(sort, ctx, () => keyOf(sort, select, ctx), outputType(sort, select, ctx)) : [item];
      });
      if (keys.every((key, i) => key === select.sortClause?.[i])) return;
      return ctx.replace(ctx.change(select, { sortClause: keys }));
    }),
    takes("SortBy", ["node", "sortby_dir", "sortby_nulls", "useOp"], (readable, ctx) => {
      const sort = directed(readable as SortBy, ctx);
      judge(sort.node, ctx);
      const call = ctx.parent?.kind === "FuncCall" ? ctx.parent : undefined;
      const window = ctx.parent?.kind === "WindowDef" ? ctx.parent : undefined;
      if (ctx.parent?.kind === "SelectStmt" || call?.agg_within_group) return sort === readable ? undefined : ctx.replace(sort);
      // Such a frame takes a single key, and with NULLs at either end it holds the same rows unless it is open to that end.
      const offsets = window && (window.frameOptions ?? 0) & RANGE && (window.startOffset || window.endOffset);
      // Within an aggregate TiDB sorts an enum by its text, even a column; and a frame of RANGE over one ends with the last row (seen on TiDB).
      const type = (call || window) && isNode(sort.node) ? ctx.info(sort.node)?.type.name : valueType(sort.node, ctx);
      const keys = placed(sort, ctx, () => (offsets ? undefined : sort.node), type);
      const open = offsets && (window.frameOptions ?? 0) & (OPEN.start | OPEN.end);
      if (open && keys[0] !== sort && ctx.info(sort.node)?.nullable !== false) ctx.report("frame", { key: words(sort.node) });
      if (keys.length > 1) return ctx.statements(keys as Node[]);
      return keys[0] === readable ? undefined : ctx.replace(keys[0] as Node);
    }),
  ],
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '"b"'), (2, '10'), (3, NULL), (4, 'null'), (5, '[]'), (6, 'true'), (7, '[1]'), (8, '{}'), (9, '"B"'), (10, '-1.5'), (11, '[0, 0]'), (12, '{"a": 1}'), (13, 'false')`,
      pg: "SELECT id FROM t ORDER BY j; SELECT id FROM t ORDER BY j DESC NULLS LAST",
      tidb: `SELECT id FROM t
ORDER BY j IS NULL, CASE JSON_TYPE(j) WHEN 'NULL' THEN 1 WHEN 'STRING' THEN 2 WHEN 'INTEGER' THEN 3 WHEN 'UNSIGNED INTEGER' THEN 3 WHEN 'DOUBLE' THEN 3 WHEN 'BOOLEAN' THEN 4 WHEN 'ARRAY' THEN CASE WHEN JSON_LENGTH(j) > 0 THEN 4 + JSON_LENGTH(j) ELSE 0 END WHEN 'OBJECT' THEN 10000000000 + JSON_LENGTH(j) END, j;
SELECT id FROM t
ORDER BY CASE JSON_TYPE(j) WHEN 'NULL' THEN 1 WHEN 'STRING' THEN 2 WHEN 'INTEGER' THEN 3 WHEN 'UNSIGNED INTEGER' THEN 3 WHEN 'DOUBLE' THEN 3 WHEN 'BOOLEAN' THEN 4 WHEN 'ARRAY' THEN CASE WHEN JSON_LENGTH(j) > 0 THEN 4 + JSON_LENGTH(j) ELSE 0 END WHEN 'OBJECT' THEN 10000000000 + JSON_LENGTH(j) END DESC, j DESC`,
      findings: ["document", "document"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, NULL, 'x'), (2, 3, NULL), (3, -1, 'y'), (4, 3, 'x')",
      pg: "SELECT a, b FROM t ORDER BY a, b DESC",
      tidb: "SELECT a, b FROM t ORDER BY a IS NULL, a, b IS NULL DESC, b DESC",
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, NULL), (2, 3), (3, -1)",
      pg: "SELECT a AS n FROM t ORDER BY n DESC; SELECT a FROM t ORDER BY 1 NULLS FIRST; SELECT a FROM t ORDER BY a DESC NULLS LAST",
      tidb: "SELECT a AS n FROM t ORDER BY a IS NULL DESC, n DESC;\nSELECT a FROM t ORDER BY 1;\nSELECT a FROM t ORDER BY a DESC",
      rejected: { sql: "SELECT a FROM t ORDER BY a NULLS FIRST", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, NULL), (2, 3), (3, -1)",
      pg: "SELECT id, a FROM t ORDER BY a USING >, id USING <",
      tidb: "SELECT id, a FROM t ORDER BY a IS NULL DESC, a DESC, id",
    },
    {
      given: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2), (NULL, 1), (5, NULL)",
      pg: "SELECT b AS a, a AS b FROM t ORDER BY a; SELECT a FROM t UNION ALL SELECT b FROM t ORDER BY 1; SELECT DISTINCT t.a AS x FROM t ORDER BY x",
      tidb: "SELECT b AS a, a AS b FROM t ORDER BY b IS NULL, a;\nSELECT a FROM t UNION ALL SELECT b FROM t ORDER BY a IS NULL, 1;\nSELECT DISTINCT t.a AS x FROM t ORDER BY t.a IS NULL, x",
    },
    {
      given: "CREATE TABLE t (a double precision, b int); INSERT INTO t VALUES (1.5, 2), (NULL, 1), (-5, NULL), (1.5, 9), (0, 0)",
      pg: "SELECT a, count(b) AS n FROM t GROUP BY 1 ORDER BY 1; SELECT b FROM t UNION SELECT a FROM t ORDER BY 1 DESC",
      tidb: "SELECT a, COUNT(b) AS n FROM t GROUP BY 1 ORDER BY a IS NULL, 1;\nSELECT b FROM t UNION SELECT a FROM t ORDER BY b IS NULL DESC, 1 DESC",
    },
    {
      given: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL), (5)",
      pg: "SELECT a FROM t WINDOW w AS (ORDER BY a RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
      tidb: "SELECT a FROM t WINDOW w AS (ORDER BY a RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
      findings: ["frame"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (m mood NOT NULL); INSERT INTO t VALUES ('sad'), ('glad')",
      pg: "SELECT m FROM t UNION ALL SELECT m FROM t ORDER BY m; SELECT m FROM t ORDER BY m",
      tidb: "SELECT m FROM t UNION ALL SELECT m FROM t ORDER BY FIELD(m, 'sad', 'glad');\nSELECT m FROM t ORDER BY m",
      findings: ["enum"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (id int PRIMARY KEY, m mood); INSERT INTO t VALUES (1, 'sad'), (2, 'glad'), (3, NULL)",
      pg: "SELECT id FROM t ORDER BY COALESCE(m, 'glad') DESC, id; SELECT id, rank() OVER (ORDER BY NULLIF(m, 'sad')) AS r FROM t",
      tidb: `SELECT id FROM t ORDER BY FIELD(COALESCE(m, 'glad'), 'sad', 'glad') DESC, id;
SELECT
  id,
  RANK() OVER (ORDER BY NULLIF(m, 'sad') IS NULL, FIELD(NULLIF(m, 'sad'), 'sad', 'glad')) AS r
FROM t`,
      findings: ["enum", "enum"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (id int PRIMARY KEY, m mood); INSERT INTO t VALUES (1, 'sad'), (2, 'glad'), (3, NULL), (4, 'sad')",
      pg: "SELECT m, count(*) AS n, sum(count(*)) OVER (ORDER BY m) AS s FROM t GROUP BY m ORDER BY m",
      tidb: "SELECT m, COUNT(*) AS n, SUM(COUNT(*)) OVER (ORDER BY m IS NULL, FIELD(m, 'sad', 'glad')) AS s\nFROM t\nGROUP BY m\nORDER BY m IS NULL, m",
      findings: ["enum"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (id int PRIMARY KEY, m mood); INSERT INTO t VALUES (1, 'sad'), (2, 'glad'), (3, NULL)",
      pg: "SELECT id, greatest(m, 'sad') AS g, least('glad', m) AS l, least(m, NULL) AS n FROM t ORDER BY id",
      tidb: `SELECT
  id,
  ELT(GREATEST(FIELD(m, 'sad', 'glad'), FIELD('sad', 'sad', 'glad')), 'sad', 'glad') AS g,
  ELT(LEAST(COALESCE(NULLIF(FIELD('glad', 'sad', 'glad'), 0), 3), COALESCE(NULLIF(FIELD(m, 'sad', 'glad'), 0), 3)), 'sad', 'glad') AS l,
  ELT(LEAST(COALESCE(NULLIF(FIELD(m, 'sad', 'glad'), 0), 3), COALESCE(NULLIF(FIELD(NULL, 'sad', 'glad'), 0), 3)), 'sad', 'glad') AS n
FROM t
ORDER BY id`,
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '"b"'), (2, '10'), (3, NULL), (4, '10')`,
      pg: "SELECT jsonb_agg(DISTINCT j) AS a FROM t",
      tidb: `SELECT
  CAST(CONCAT('[', GROUP_CONCAT(DISTINCT COALESCE(CAST(j AS CHAR), 'null') ORDER BY j IS NULL, CASE JSON_TYPE(j) WHEN 'NULL' THEN 1 WHEN 'STRING' THEN 2 WHEN 'INTEGER' THEN 3 WHEN 'UNSIGNED INTEGER' THEN 3 WHEN 'DOUBLE' THEN 3 WHEN 'BOOLEAN' THEN 4 WHEN 'ARRAY' THEN CASE WHEN JSON_LENGTH(j) > 0 THEN 4 + JSON_LENGTH(j) ELSE 0 END WHEN 'OBJECT' THEN 10000000000 + JSON_LENGTH(j) END, j SEPARATOR ','), ']') AS JSON) AS a
FROM t`,
      findings: ["document"],
    },
    {
      given: "CREATE TABLE t (a int[] NOT NULL); INSERT INTO t VALUES ('{1}'), ('{NULL}')",
      pg: "SELECT a FROM t ORDER BY a",
      tidb: "SELECT a FROM t ORDER BY a",
      findings: ["json"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL); INSERT INTO t VALUES (1, 'sad'), (2, 'glad')",
      pg: "SELECT string_agg(id::text, ',' ORDER BY m) FROM t",
      tidb: `SELECT GROUP_CONCAT(CAST(id AS CHAR) ORDER BY FIELD(m, 'sad', 'glad') SEPARATOR ',') AS string_agg
FROM t`,
      findings: ["enum"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a interval NOT NULL); INSERT INTO t VALUES (1, '1 day'), (2, '23:00:00'), (3, '-1 mon'), (4, '24:00:00')",
      pg: "SELECT a FROM t ORDER BY a DESC, id",
      tidb: `SELECT a FROM t
ORDER BY CASE WHEN a IS NOT NULL THEN ((COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(a, '-?[0-9]+ year'), ' ', 1) AS SIGNED), 0) * 12 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(a, '-?[0-9]+ mon'), ' ', 1) AS SIGNED), 0)) * 30 + COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(a, '-?[0-9]+ day'), ' ', 1) AS SIGNED), 0)) * 86400000000 + (COALESCE(CAST(ROUND((SUBSTRING_INDEX(REGEXP_SUBSTR(a, '[0-9]+:[0-9:.]+'), ':', 1) * 3600 + SUBSTRING_INDEX(SUBSTRING_INDEX(REGEXP_SUBSTR(a, '[0-9]+:[0-9:.]+'), ':', 2), ':', -1) * 60 + SUBSTRING_INDEX(REGEXP_SUBSTR(a, '[0-9]+:[0-9:.]+'), ':', -1)) * 1000000) AS SIGNED), 0) * CASE WHEN REGEXP_LIKE(a, '-[0-9]+:') THEN -1 ELSE 1 END) END DESC, id`,
      findings: ["interval"],
    },
    {
      given: "CREATE TABLE t (a inet); INSERT INTO t VALUES ('10.1.2.3'), ('9.0.0.1'), ('::1'), ('10.1.2.0/24'), ('10.0.0.0/8'), (NULL)",
      pg: "SELECT a FROM t ORDER BY a",
      tidb: `SELECT a FROM t
ORDER BY a IS NULL, CONCAT(INSTR(a, ':') > 0, CASE WHEN INSTR(a, ':') > 0 THEN HEX(INET6_ATON(SUBSTRING_INDEX(a, '/', 1))) ELSE LPAD(HEX(INET_ATON(SUBSTRING_INDEX(a, '/', 1)) >> (32 - CASE WHEN INSTR(a, '/') > 0 THEN CAST(SUBSTRING_INDEX(a, '/', -1) AS SIGNED) WHEN INSTR(a, ':') > 0 THEN 128 WHEN a IS NOT NULL THEN 32 END) << (32 - CASE WHEN INSTR(a, '/') > 0 THEN CAST(SUBSTRING_INDEX(a, '/', -1) AS SIGNED) WHEN INSTR(a, ':') > 0 THEN 128 WHEN a IS NOT NULL THEN 32 END)), 8, '0') END, LPAD(CASE WHEN INSTR(a, '/') > 0 THEN CAST(SUBSTRING_INDEX(a, '/', -1) AS SIGNED) WHEN INSTR(a, ':') > 0 THEN 128 WHEN a IS NOT NULL THEN 32 END, 3, '0'), HEX(INET6_ATON(SUBSTRING_INDEX(a, '/', 1))))`,
      findings: ["address"],
    },
    {
      given:
        "CREATE TABLE t (a int4range, b daterange NOT NULL); INSERT INTO t VALUES ('[9,10)', '[2024-01-01,)'), ('[10,11)', '(,2023-01-01)'), ('[-5,)', '[2024-01-01,2024-02-01)'), (NULL, 'empty'), ('empty', '(,)'), ('(,3)', '[1999-01-01,2000-01-01)'), ('[9,)', '(,2022-01-01)')",
      pg: "SELECT a FROM t ORDER BY a; SELECT b FROM t ORDER BY b DESC",
      tidb: `SELECT a FROM t
ORDER BY a IS NULL, CASE a WHEN 'empty' THEN '' ELSE CONCAT(CASE SUBSTRING_INDEX(SUBSTRING(a, 2, CHAR_LENGTH(a) - 2), ',', 1) WHEN '' THEN '0' ELSE CONCAT('1', LPAD(CAST(SUBSTRING_INDEX(SUBSTRING(a, 2, CHAR_LENGTH(a) - 2), ',', 1) AS DECIMAL(65,0)) + 9223372036854775808, 20, '0')) END, CASE SUBSTRING_INDEX(SUBSTRING(a, 2, CHAR_LENGTH(a) - 2), ',', -1) WHEN '' THEN '2' ELSE CONCAT('1', LPAD(CAST(SUBSTRING_INDEX(SUBSTRING(a, 2, CHAR_LENGTH(a) - 2), ',', -1) AS DECIMAL(65,0)) + 9223372036854775808, 20, '0')) END) END;
SELECT b FROM t
ORDER BY CASE b WHEN 'empty' THEN '' ELSE CONCAT(CASE SUBSTRING_INDEX(SUBSTRING(b, 2, CHAR_LENGTH(b) - 2), ',', 1) WHEN '' THEN '0' ELSE CONCAT('1', SUBSTRING_INDEX(SUBSTRING(b, 2, CHAR_LENGTH(b) - 2), ',', 1)) END, CASE SUBSTRING_INDEX(SUBSTRING(b, 2, CHAR_LENGTH(b) - 2), ',', -1) WHEN '' THEN '2' ELSE CONCAT('1', SUBSTRING_INDEX(SUBSTRING(b, 2, CHAR_LENGTH(b) - 2), ',', -1)) END) END DESC`,
      findings: ["bounds", "bounds"],
    },
    {
      given: "CREATE TABLE t (a numrange NOT NULL); INSERT INTO t VALUES ('[9,10)'), ('[10,11)')",
      pg: "SELECT a FROM t ORDER BY a",
      tidb: "SELECT a FROM t ORDER BY a",
      findings: ["range"],
    },
    {
      given: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2), (NULL, 1), (NULL, NULL)",
      pg: "SELECT DISTINCT COALESCE(a, b) FROM t ORDER BY 1",
      tidb: "SELECT DISTINCT COALESCE(a, b) AS coalesce FROM t ORDER BY coalesce IS NULL, 1",
    },
    {
      given: "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2), (NULL, 1), (5, NULL)",
      pg: "SELECT DISTINCT a + b FROM t ORDER BY 1",
      tidb: "SELECT DISTINCT a + b FROM t ORDER BY 1",
      findings: ["unnamed"],
      rejected: { sql: "SELECT DISTINCT a + b FROM t ORDER BY a + b IS NULL", code: 3065 },
    },
  ],
});
/** `USING <` and `USING >` are ASC and DESC by another name. */
function directed(sort: SortBy, ctx: Ctx): SortBy {
  const direction = sort.sortby_dir === "SORTBY_USING" && sort.useOp?.length === 1 ? DIRECTIONS[String(sort.useOp[0])] : undefined;
  return direction ? ctx.change(sort, { sortby_dir: direction, useOp: undefined }) : sort;
}

const DIRECTIONS: Readonly<Record<string, NonNullable<SortBy["sortby_dir"]>>> = { "<": "SORTBY_ASC", ">": "SORTBY_DESC" };

/** The bit of WindowDef.frameOptions that says RANGE (parsenodes.h). */
const RANGE = 0x2;
/** UNBOUNDED PRECEDING and UNBOUNDED FOLLOWING. */
const OPEN = { start: 0x20, end: 0x100 } as const;

/** Without this rule a key is not printed: as what it is sorted, its printer cannot tell. */
function judge(key: Value | undefined, ctx: Ctx): void {
  if (isNode(key)) ctx.judged(key);
}

function isDescending(sort: SortBy): boolean {
  return sort.sortby_dir === "SORTBY_DESC";
}

/** The key, in an order that is TiDB's own, and where NULLs are wanted at the other end a key before it. */
function placed(sort: SortBy, ctx: Ctx, tested: () => Value | undefined, type: string | undefined): readonly Value[] {
  if (sort.sortby_dir === "SORTBY_USING") return [sort];
  const own = isDescending(sort) ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST";
  if (type === "jsonb") ctx.report("document", { key: words(sort.node) }, sort);
  if (type?.endsWith("[]")) ctx.report("json", { key: words(sort.node), type }, sort);
  if (type?.endsWith("range") && !BOUNDED.test(type)) ctx.report("range", { key: words(sort.node), type }, sort);
  const sorted = sortedBy(type, ctx);
  if (sort.sortby_nulls === own && !sorted && type !== "jsonb") return [sort];
  const plain = sort.sortby_nulls === own ? sort : (ctx.change(sort, { sortby_nulls: own }) as SortBy);
  // A value is the same for all rows.
  if (as("ParamRef", sort.node) || (!sorted && type !== "jsonb" && ctx.info(sort.node)?.nullable === false)) return [plain];
  const arg = tested();
  const key = sorted ? byKey(plain, arg, sorted, ctx) : plain;
  const ranks = type === "jsonb" && arg !== undefined ? [ctx.change(plain, { node: jsonRank(arg) as unknown as Value }) as SortBy] : [];
  if (sort.sortby_nulls === own || ctx.info(sort.node)?.nullable === false) return [...ranks, key];
  if (arg === undefined || (isNode(arg) && ctx.info(arg)?.nullable === false)) return [...ranks, key];
  return [
    nativeSort({ kind: "NullTest", arg, nulltesttype: "IS_NULL" }, isDescending(sort) ? "SORTBY_DESC" : "SORTBY_DEFAULT"),
    ...ranks,
    key,
  ];
}

/** Ranges whose text has their bounds in one spelling. */
const BOUNDED = /^(?:int[48]|date)range$/;

/** What stands for values of a type that TiDB does not sort as PostgreSQL does. */
interface Sorted {
  readonly message: "enum" | "interval" | "address" | "bounds";
  key(value: Value | Tidb): Tidb;
}

function sortedBy(type: string | undefined, ctx: Ctx): Sorted | undefined {
  const labels = enumLabels(type ?? "", ctx.catalog);
  // FIELD counts from 1, and takes NULL for less.
  if (labels) return { message: "enum", key: (value) => tidb`FIELD(${value}, ${raw(labels.map(string).join(", "))})` };
  if (type === "interval") return { message: "interval", key: intervalLength };
  if (BOUNDED.test(type ?? "")) return { message: "bounds", key: (value) => rangeKey(type!, value) };
  return type === "inet" || type === "cidr" ? { message: "address", key: addressKey } : undefined;
}

function byKey(sort: SortBy, arg: Value | undefined, sorted: Sorted, ctx: Ctx): SortBy {
  if (arg === undefined) return sort;
  ctx.report(sorted.message, { key: words(sort.node) }, sort);
  if (isNode(sort.node)) ctx.consumed(sort.node);
  return ctx.change(sort, { node: sorted.key(arg) as unknown as Value }) as SortBy;
}

/** The type of a key that TiDB does not sort as PostgreSQL does: of an enum's value that is no stored column. */
function outputType(sort: SortBy, select: SelectStmt, ctx: Ctx): string | undefined {
  const columns = ctx.analysis.columns(ctx.origin(select)) ?? [];
  const targets = (select.targetList ?? []).map((target) => as("ResTarget", target) && (ctx.origin(target as ResTarget) as ResTarget));
  const ordinal = as("A_Const", sort.node)?.ival;
  const fields = as("ColumnRef", sort.node)?.fields;
  if (ordinal !== undefined && targets.slice(0, ordinal).some((target) => isStar(target?.val)))
    return infoType(columns[ordinal - 1]?.info, ctx);
  if (select.op === "SETOP_NONE") return valueType(sortTarget(sort.node, targets)?.val ?? sort.node, ctx);
  return (ordinal === undefined ? columns.find((column) => column.name === fields?.at(-1)) : columns[ordinal - 1])?.info?.type.name;
}

function valueType(value: Value | undefined, ctx: Ctx): string | undefined {
  return infoType(isNode(value) ? ctx.info(value) : undefined, ctx);
}

function infoType(info: ExprInfo | undefined, ctx: Ctx): string | undefined {
  const stored = info?.column && mapType(ctx.catalog, info.column.type, info.column)?.sql;
  return stored?.startsWith("ENUM") ? undefined : info?.type.name;
}

/** What to test for NULL in place of a key of a query's ORDER BY, which may be the number or the name of an output column. */
function keyOf(sort: SortBy, select: SelectStmt, ctx: Ctx): Value | undefined {
  const targets = (leading(select).targetList ?? []).map((target) => as("ResTarget", target));
  const original = targets.map((target) => target && (ctx.origin(target) as ResTarget));
  const found = ordinalColumn(sort, original, select, ctx) ?? sortTarget(sort.node, original);
  const isDistinct = select.distinctClause !== undefined && !select.distinctClause.some(isNode);
  const isSet = select.op !== "SETOP_NONE";
  const unnamed = () => {
    ctx.report("unnamed", { key: words(sort.node), place: isDescending(sort) ? "last" : "first" }, sort);
    return undefined;
  };
  if (found && !original.includes(found)) return found.val ?? unnamed();
  if (!found) {
    if (as("A_Const", sort.node)) return unnamed();
    return isDistinct && !as("ColumnRef", sort.node) ? unnamed() : sort.node;
  }
  const name = outputName(found);
  const value = targets[original.indexOf(found)]!.val!;
  if (isSet) return name === undefined ? unnamed() : { kind: "ColumnRef", fields: [name] };
  if (as("ColumnRef", value)) return value;
  // A function's column has its name in the output as well.
  if (isDistinct) return name === undefined || isShadowed(name, select, ctx) ? unnamed() : { kind: "ColumnRef", fields: [name] };
  const costly = has(value, "SubLink") || has(value, "WindowDef");
  return costly && found.name !== undefined && !isShadowed(found.name, select, ctx) ? { kind: "ColumnRef", fields: [found.name] } : value;
}

/** The column that a number stands for where `*` makes more columns of one element of the list. */
function ordinalColumn(sort: SortBy, targets: readonly (ResTarget | undefined)[], select: SelectStmt, ctx: Ctx): ResTarget | undefined {
  const ordinal = as("A_Const", sort.node)?.ival;
  if (ordinal === undefined || !targets.slice(0, ordinal).some((target) => isStar(target?.val))) return undefined;
  const names = ctx.analysis.columns(ctx.origin(select))?.map(({ name }) => name) ?? [];
  const name = names[ordinal - 1];
  const val =
    name === undefined || names.indexOf(name) !== names.lastIndexOf(name) ? undefined : ({ kind: "ColumnRef", fields: [name] } as const);
  return { kind: "ResTarget", ...(val && { val }) };
}

/** Within an expression of ORDER BY, a column of a table goes before an output column of that name. */
function isShadowed(name: string, select: SelectStmt, ctx: Ctx): boolean {
  const range = ctx.analysis.range(ctx.origin(select));
  if (range.length === 0) return (select.fromClause ?? []).length > 0;
  return range.some(({ columns }) => columns.some((column) => column.name === name));
}

function has(value: Value, kind: Node["kind"]): boolean {
  return holds(value, (node) => node.kind === kind);
}

function words(key: Value | undefined): string {
  const ordinal = as("A_Const", key)?.ival;
  const column = as("ColumnRef", key)?.fields?.at(-1);
  return ordinal !== undefined ? `column ${ordinal}` : typeof column === "string" ? column : "a key of ORDER BY";
}
