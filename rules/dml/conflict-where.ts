import {
  as,
  type Context,
  conjunction,
  find,
  holds,
  type InsertStmt,
  identifier,
  isFixed,
  keptRows,
  keyOfConflict,
  mapType,
  type Node,
  nodesOf,
  operation,
  PLAIN_SELECT,
  type ResTarget,
  type Restated,
  raw,
  relationName,
  rewritten,
  rule,
  showsVersion,
  type Table,
  temporaryName,
  temporaryTable,
  tidb,
  unplaced,
  type Value,
  versionsOf,
  warning,
  withTable,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const NULL = { kind: "A_Const", isnull: true } as Value;
const ONE = { kind: "A_Const", ival: 1 } as Value;
const LOCK = [{ kind: "LockingClause", strength: "LCS_FORUPDATE", waitPolicy: "LockWaitBlock" }] as const;

const MESSAGES = {
  asked: warning("whether WHERE of ON CONFLICT is true of the row that is there is asked before the INSERT, and kept in a variable", {
    help: "BEGIN; SET @…; INSERT; SELECT …; COMMIT, on one connection, with the rows of the last; the SET locks the row. A row that another transaction inserts in between is updated as well",
  }),
  kept: warning(
    "ON CONFLICT became an INSERT of rows kept in a temporary table, without those for which its WHERE is not true: run all on one connection, from the third on in one transaction",
    {
      help: "DROP and CREATE TEMPORARY TABLE; BEGIN; the statements; COMMIT, with the rows of the last. The SET locks the rows that are there; one that another transaction inserts in between is updated as well. The account needs the right to CREATE TEMPORARY TABLES",
    },
  ),
};

export default rule({
  construct: "INSERT … ON CONFLICT DO UPDATE … WHERE … RETURNING",
  why: `RETURNING shows the rows that were inserted or updated, and none for which WHERE is not true. Nothing tells these apart once the statement
has run, so the condition is asked before it. So it is where it reads several of the columns that are written: TiDB writes one after another.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: MESSAGES,
  restates: ["InsertStmt"],
  about: "OnConflictClause",
  where: (node) => as("OnConflictClause", node)?.whereClause !== undefined,
  restate(statement, ctx) {
    const insert = as("InsertStmt", statement);
    const { whereClause, action } = insert?.onConflictClause ?? {};
    const table = insert && find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
    if (!whereClause || action !== "ONCONFLICT_UPDATE" || !table || holds(whereClause, (node) => isRow(node, insert))) return undefined;
    const { returningClause: returning } = insert;
    const { old, new: latest } = returning ? versionsOf(returning, [insert.relation!]) : {};
    if (returning?.options?.length || showsVersion(returning?.exprs as never, [old, latest])) return undefined;
    if (!returning && !readsSeveral(insert)) return undefined;
    return asked(insert, table, ctx) ?? kept(insert, table, ctx);
  },
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, 1, NULL)",
      pg: `INSERT INTO t (id, a) VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET a = excluded.a WHERE t.a < excluded.a RETURNING id;
INSERT INTO t AS x (id, a, b) VALUES (2, 1, 'y') ON CONFLICT (id) DO UPDATE SET a = excluded.a, b = excluded.b WHERE (x.a, x.b) IS DISTINCT FROM (excluded.a, excluded.b) RETURNING x.*`,
      tidb: `SET @unmet_1 = (SELECT COUNT(CASE WHEN t.a < 3 THEN NULL ELSE 1 END) FROM t WHERE t.id = 1 FOR UPDATE);
INSERT INTO t (id, a) VALUES (1, 3) ON DUPLICATE KEY UPDATE a = IF(@unmet_1 = 0, VALUES(a), t.a);
SELECT id FROM t WHERE t.id = 1 AND (@unmet_1 = 0);
SET @unmet_1 = (SELECT COUNT(CASE WHEN NOT ((x.a, x.b) <=> (1, 'y')) THEN NULL ELSE 1 END)
FROM t AS x
WHERE x.id = 2
FOR UPDATE);
INSERT INTO t (id, a, b)
VALUES (2, 1, 'y')
ON DUPLICATE KEY UPDATE a = IF(@unmet_1 = 0, VALUES(a), t.a), b = IF(@unmet_1 = 0, VALUES(b), t.b);
SELECT x.* FROM t AS x WHERE x.id = 2 AND (@unmet_1 = 0)`,
      findings: ["asked", "asked"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE s (id int, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, 1, NULL); INSERT INTO s VALUES (1, 5, 'x'), (2, 1, 'y'), (3, NULL, NULL)",
      pg: `INSERT INTO t (id, a) VALUES (1, 3), (2, 3), (3, 3) ON CONFLICT (id) DO UPDATE SET a = excluded.a WHERE t.a < excluded.a RETURNING id;
INSERT INTO t SELECT id, a, b FROM s ON CONFLICT (id) DO UPDATE SET a = excluded.a, b = excluded.b WHERE (t.a, t.b) IS DISTINCT FROM (excluded.a, excluded.b)`,
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT, a INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows (id, a) VALUES (1, 3), (2, 3), (3, 3);
SET @t_rows_there = (SELECT COUNT(*) FROM t WHERE t.id IN (SELECT id FROM t_rows) FOR UPDATE);
DELETE excluded FROM t_rows AS excluded, t
WHERE t.id = excluded.id AND (t.a < excluded.a) IS NOT TRUE;
INSERT INTO t (id, a)
SELECT id, a FROM t_rows
ON DUPLICATE KEY UPDATE a = IF(t.a < VALUES(a), VALUES(a), t.a);
SELECT id FROM t WHERE t.id IN (SELECT id FROM t_rows);
DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT, a INT, b LONGTEXT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows (id, a, b) SELECT id, a, b FROM s;
SET @t_rows_there = (SELECT COUNT(*) FROM t WHERE t.id IN (SELECT id FROM t_rows) FOR UPDATE);
DELETE excluded FROM t_rows AS excluded, t
WHERE t.id = excluded.id AND (NOT ((t.a, t.b) <=> (excluded.a, excluded.b))) IS NOT TRUE;
INSERT INTO t (id, a, b)
SELECT id, a, b FROM t_rows
ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)`,
      findings: ["kept", "kept"],
    },
  ],
});

/** A whole row, of which a table of the session may have other columns. */
function isRow(node: Node, { relation }: InsertStmt): boolean {
  const fields = as("ColumnRef", node)?.fields;
  const last = fields?.at(-1);
  if (fields === undefined) return false;
  return typeof last !== "string" || (fields.length === 1 && ["excluded", relation!.alias?.aliasname ?? relation!.relname].includes(last));
}

/** Whether the condition reads columns of which one is written before the other is asked. */
function readsSeveral({ onConflictClause: conflict }: InsertStmt): boolean {
  const written = nodesOf("ResTarget", conflict!.targetList).map(({ name }) => name);
  const read = written.filter((name) =>
    holds(conflict!.whereClause, (node) => {
      const fields = as("ColumnRef", node)?.fields ?? [];
      return fields.at(-1) === name && fields.at(-2) !== "excluded";
    }),
  );
  return read.length > 1;
}

/** One row of constants: whether the condition is not true of the row with its key is kept in a variable. */
function asked(insert: InsertStmt, table: Table, ctx: Ctx): readonly Restated[] | undefined {
  const { relation, returningClause: returning, selectStmt } = insert;
  const conflict = insert.onConflictClause!;
  const [row, ...more] = (as("SelectStmt", selectStmt)?.valuesLists ?? []) as readonly (readonly Value[])[];
  const key = keyOfConflict(insert, table);
  const names = insert.cols?.map((item) => as("ResTarget", item)?.name) ?? [...table.columns.keys()];
  const written = nodesOf("ResTarget", conflict.targetList).map(({ name }) => name);
  if (!row || more.length > 0 || !key || key.some(({ name }) => written.includes(name))) return undefined;
  const given = (name: string): Value | undefined => {
    const value = row[names.indexOf(name)];
    const isNull = as("A_Const", value)?.isnull === true;
    return isFixed(value) || isNull
      ? ({ kind: "TypeCast", arg: value!, typeName: unplaced(table.columns.get(name)!.type) } as Value)
      : undefined;
  };
  const excluded = (node: Node): string | undefined => {
    const [from, name] = as("ColumnRef", node)?.fields ?? [];
    return from === "excluded" && typeof name === "string" ? name : undefined;
  };
  const isUnknown = (node: Node) => excluded(node) !== undefined && given(excluded(node)!) === undefined;
  if (!key.every(({ name }) => isFixed(row[names.indexOf(name)])) || holds(conflict.whereClause, isUnknown)) return undefined;
  const met = rewritten(conflict.whereClause!, ctx.change as never, (node) => {
    const name = excluded(node);
    if (name !== undefined) ctx.consumed(node as Value);
    return name === undefined ? undefined : (given(name) as Node);
  });
  const unmet = raw(`@${identifier(ctx.fresh("unmet"))}`);
  const target = relation!.alias?.aliasname ?? relation!.relname!;
  const found = key.map(({ name }) => operation("=", { kind: "ColumnRef", fields: [target, name] } as Value, row[names.indexOf(name)]!));
  const isMet = tidb`${unmet} = 0` as unknown as Value;
  const unmetOnes = { kind: "CaseExpr", args: [{ kind: "CaseWhen", expr: met, result: NULL }], defresult: ONE } as unknown as Value;
  const before = {
    ...PLAIN_SELECT,
    targetList: [shown(counted([unmetOnes]))],
    fromClause: [relation!],
    whereClause: conjunction(found)!,
    lockingClause: LOCK,
  };
  ctx.report("asked");
  const rest = ctx.change(insert, { returningClause: undefined, onConflictClause: ctx.change(conflict, { whereClause: isMet }) });
  const nodes: Node[] = [tidb`SET ${unmet} = (${before as Value})` as never, rest as Node];
  if (returning) {
    ctx.carried(returning, ["exprs"]);
    nodes.push({
      ...PLAIN_SELECT,
      targetList: returning.exprs ?? [],
      fromClause: [relation!],
      whereClause: conjunction([...found, isMet])!,
    });
  }
  return nodes.map((node) => ({ node }));
}

/** The rows in a table, without those for which the condition is not true; then the INSERT of what is left, which RETURNING shows. */
function kept(insert: InsertStmt, table: Table, ctx: Ctx): readonly Restated[] | undefined {
  const { catalog } = ctx;
  const { relation, returningClause: returning } = insert;
  const name = temporaryName(catalog, `${table.name}_rows`);
  const rows = keptRows(insert, table, { schema: catalog.schema, name }, (column) => mapType(catalog, column.type, column)?.sql);
  const conflict = insert.onConflictClause!;
  const isGiven = (node: Node) => {
    const [from, column] = as("ColumnRef", node)?.fields ?? [];
    return from !== "excluded" || (typeof rows !== "string" && rows.table.columns.has(String(column)));
  };
  if (typeof rows === "string" || holds(conflict.whereClause, (node) => !isGiven(node))) return undefined;
  ctx.report("kept");
  const there = { ...PLAIN_SELECT, targetList: [shown(counted())], fromClause: [relation!], whereClause: rows.among, lockingClause: LOCK };
  const whereClause = readsSeveral(insert) ? undefined : conflict.whereClause;
  const { cols, selectStmt } = rows.insert;
  const rest = ctx.change(insert, {
    returningClause: undefined,
    withClause: undefined,
    cols,
    selectStmt,
    onConflictClause: ctx.change(conflict, { whereClause }),
  });
  const nodes: Node[] = [
    ...(temporaryTable(name, rows.columns) as readonly never[]),
    rows.fill,
    tidb`SET ${raw(`@${identifier(`${name}_there`)}`)} = (${there as Value})` as never,
    ...rows.without,
    rest as Node,
  ];
  if (returning) {
    ctx.carried(returning, ["exprs"]);
    nodes.push({ ...PLAIN_SELECT, targetList: returning.exprs ?? [], fromClause: [relation!], whereClause: rows.among });
  }
  const known = withTable(catalog, rows.table);
  return nodes.map((node) => ({ node, catalog: known }));
}

function shown(val: Value): ResTarget {
  return { kind: "ResTarget", val };
}

/** count(*), or count of what is given. */
function counted(args?: readonly Value[]): Value {
  const how = args ? { args } : { agg_star: true };
  return { kind: "FuncCall", funcname: ["count"], funcformat: "COERCE_EXPLICIT_CALL", ...how } as Value;
}
