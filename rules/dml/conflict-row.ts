import {
  arbitersOf,
  as,
  type Context,
  columnsIn,
  conjunction,
  find,
  type GivenRow,
  givenRows,
  type InsertStmt,
  identifier,
  insertedRows,
  isAutoIncrement,
  isFixed,
  meets,
  meetsExcluded,
  type Node,
  nodesOf,
  operation,
  overRow,
  PLAIN_SELECT,
  type ResTarget,
  type Restated,
  type ReturningClause,
  raw,
  relationName,
  rule,
  type SelectStmt,
  showsVersion,
  string,
  type Table,
  type Tidb,
  tidb,
  tidbDefault,
  type UniqueKey,
  uniqueKeys,
  type Value,
  versionsOf,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const LOCK = [{ kind: "LockingClause", strength: "LCS_FORUPDATE", waitPolicy: "LockWaitBlock" }] as const;

const MESSAGES = {
  asked: warning(
    "which row is in conflict is asked by {keys} before the INSERT, and kept in a variable: RETURNING became a SELECT after it",
    {
      help: "BEGIN; SET @…; INSERT; SELECT …; COMMIT, on one connection, with the rows of the last; the SET locks the row. A row that another transaction inserts in between is missed, or another one shown",
    },
  ),
  keys: warning(
    "RETURNING became a SELECT after the INSERT, of the rows with the keys of {keys} that are given: run both in one transaction",
    {
      help: "BEGIN; INSERT; SELECT …; COMMIT. Two given rows with the same key are an error in PostgreSQL, and write one row twice here",
    },
  ),
  guarded: warning(
    "a conflict with {keys} is an error, as in PostgreSQL; so is one with both keys at once where TiDB looks at {keys} first, and PostgreSQL writes the row",
    {
      help: "look for the row by the key of ON CONFLICT before the INSERT where a row can be in conflict with both",
    },
  ),
};

export default rule({
  construct: "INSERT … ON CONFLICT … RETURNING of a row that is found by another key",
  why: `Where TiDB numbers the new row, or makes its key, nothing tells afterwards whether the row is the new one or the one that was there. So the
row that is there is looked for before, by the key in which the conflict is looked for: also one over an expression, or over some of the rows.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: MESSAGES,
  restates: ["InsertStmt"],
  about: "OnConflictClause",
  restate(statement, ctx) {
    const insert = as("InsertStmt", statement);
    const returning = insert?.returningClause;
    const conflict = insert?.onConflictClause;
    const table = insert && find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
    if (!insert || !conflict || !returning || !table || conflict.whereClause || insert.withClause) return undefined;
    const versions = versionsOf(returning, [insert.relation!]);
    if (returning.options?.length || showsVersion(returning.exprs as never, [versions.old, versions.new])) return undefined;
    return insertedRows(insert, table, insert) ? undefined : found(insert, table, returning, ctx);
  },
  examples: [
    {
      given: `CREATE TABLE t (id serial PRIMARY KEY, email text NOT NULL, name varchar(9) UNIQUE, n int); CREATE UNIQUE INDEX t_email ON t (lower(email));
INSERT INTO t (email, name, n) VALUES ('A@x', 'a', 1), ('b@x', NULL, 2)`,
      pg: `INSERT INTO t (email, name) VALUES ('a@X', 'c') ON CONFLICT DO NOTHING RETURNING id;
INSERT INTO t (email, n) VALUES ('B@x', 5) ON CONFLICT (lower(email)) DO UPDATE SET n = excluded.n RETURNING id, n;
INSERT INTO t (email, name) VALUES ('c@x', 'd') ON CONFLICT (lower(email)) DO UPDATE SET n = 7 RETURNING id, email`,
      tidb: `SET @there_1 = (SELECT COUNT(*) FROM t WHERE t.name = LEFT('c', 9) OR LOWER(t.email) = LOWER('a@X') FOR UPDATE);
INSERT INTO t (email, name) VALUES ('a@X', 'c') ON DUPLICATE KEY UPDATE id = t.id;
SELECT id FROM t WHERE (t.id = LAST_INSERT_ID()) AND (@there_1 = 0);
SET @there_1 = (SELECT t.id FROM t WHERE LOWER(t.email) = LOWER('B@x') FOR UPDATE);
INSERT INTO t (email, n) VALUES ('B@x', 5) ON DUPLICATE KEY UPDATE n = VALUES(n);
SELECT id, n FROM t WHERE t.id = COALESCE(@there_1, LAST_INSERT_ID());
SET @there_1 = (SELECT t.id FROM t WHERE LOWER(t.email) = LOWER('c@x') FOR UPDATE);
INSERT INTO t (email, name)
VALUES ('c@x', 'd')
ON DUPLICATE KEY UPDATE id = IF(IF(LOWER(t.email) = LOWER(VALUES(email)), 1, JSON_LENGTH(CAST('conflict with another key than t_email' AS JSON))), t.id, t.id), n = 7;
SELECT id, email FROM t WHERE t.id = COALESCE(@there_1, LAST_INSERT_ID())`,
      findings: ["asked", "asked", "asked", "guarded"],
    },
    {
      given: `CREATE TABLE m (a int, b int, role text, PRIMARY KEY (a, b)); CREATE UNIQUE INDEX m_owner ON m (a) WHERE role = 'owner';
INSERT INTO m VALUES (1, 1, 'owner'), (1, 2, NULL)`,
      pg: "INSERT INTO m VALUES (1, 9, 'owner') ON CONFLICT (a) WHERE role = 'owner' DO UPDATE SET b = excluded.b RETURNING *",
      tidb: `SET @there_1 = (SELECT COUNT(*) FROM m WHERE m.a = 1 AND m.role = 'owner' AND 'owner' = 'owner' FOR UPDATE);
INSERT INTO m
VALUES (1, 9, 'owner')
ON DUPLICATE KEY UPDATE a = IF(IF(m.a = VALUES(a) AND m.role = 'owner' AND VALUES(role) = 'owner', 1, JSON_LENGTH(CAST('conflict with another key than m_owner' AS JSON))), m.a, m.a), b = VALUES(b);
SELECT *
FROM m
WHERE ((@there_1 > 0) AND (m.a = 1 AND m.role = 'owner' AND 'owner' = 'owner')) OR ((@there_1 = 0) AND ((m.a = 1) AND (m.b = 9)))`,
      findings: ["asked", "guarded"],
    },
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, k text, n int NOT NULL, off boolean NOT NULL DEFAULT false); CREATE UNIQUE INDEX t_k ON t (lower(k)) WHERE NOT off;
INSERT INTO t VALUES (1, 'A', 1, false), (2, 'b', 2, false), (3, 'c', 3, true), (4, NULL, 4, false)`,
      pg: `INSERT INTO t VALUES (11, 'a', 10, false), (12, 'C', 20, false), (13, NULL, 30, false), (14, 'B', 40, true) ON CONFLICT (lower(k)) WHERE off = false DO UPDATE SET n = t.n + excluded.n, k = excluded.k RETURNING id, k, n;
INSERT INTO t VALUES (21, 'b', 50), (22, 'd', 60), (23, NULL, 70) ON CONFLICT (lower(k)) WHERE NOT off DO NOTHING RETURNING id`,
      tidb: `INSERT INTO t
VALUES (11, 'a', 10, FALSE), (12, 'C', 20, FALSE), (13, NULL, 30, FALSE), (14, 'B', 40, TRUE)
ON DUPLICATE KEY UPDATE id = IF(IF(LOWER(t.k) = LOWER(VALUES(k)) AND NOT t.off AND NOT VALUES(off), 1, JSON_LENGTH(CAST('conflict with another key than t_k' AS JSON))), t.id, t.id), n = (t.n + VALUES(n)), k = VALUES(k);
SELECT id, k, n
FROM t
WHERE LOWER(t.k) = LOWER('a') AND NOT t.off AND NOT FALSE OR t.id = 11 AND (NOT FALSE AND LOWER('a') IS NOT NULL) IS NOT TRUE OR LOWER(t.k) = LOWER('C') AND NOT t.off AND NOT FALSE OR t.id = 12 AND (NOT FALSE AND LOWER('C') IS NOT NULL) IS NOT TRUE OR LOWER(t.k) = LOWER(NULL) AND NOT t.off AND NOT FALSE OR t.id = 13 AND (NOT FALSE AND LOWER(NULL) IS NOT NULL) IS NOT TRUE OR LOWER(t.k) = LOWER('B') AND NOT t.off AND NOT TRUE OR t.id = 14 AND (NOT TRUE AND LOWER('B') IS NOT NULL) IS NOT TRUE;
SET @there_1 = (SELECT COUNT(*) FROM t WHERE LOWER(t.k) = LOWER('b') AND NOT t.off AND NOT FALSE FOR UPDATE);
SET @there_2 = (SELECT COUNT(*) FROM t WHERE LOWER(t.k) = LOWER('d') AND NOT t.off AND NOT FALSE FOR UPDATE);
SET @there_3 = (SELECT COUNT(*) FROM t WHERE LOWER(t.k) = LOWER(NULL) AND NOT t.off AND NOT FALSE FOR UPDATE);
INSERT INTO t (id, k, n)
VALUES (21, 'b', 50), (22, 'd', 60), (23, NULL, 70)
ON DUPLICATE KEY UPDATE id = IF(IF(LOWER(t.k) = LOWER(VALUES(k)) AND NOT t.off AND NOT VALUES(off), 1, JSON_LENGTH(CAST('conflict with another key than t_k' AS JSON))), t.id, t.id);
SELECT id
FROM t
WHERE t.id = 21 AND (@there_1 = 0) OR t.id = 22 AND (@there_2 = 0) OR t.id = 23 AND (@there_3 = 0)`,
      findings: ["keys", "guarded", "asked", "guarded"],
    },
    {
      given:
        "CREATE TABLE g (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), k int, c text); CREATE UNIQUE INDEX g_k ON g (k); INSERT INTO g (k, c) VALUES (1, 'x'), (NULL, 'y')",
      pg: "INSERT INTO g (k, c) VALUES (1, 'z') ON CONFLICT (k) DO UPDATE SET c = excluded.c RETURNING c",
      tidb: `SET @new_id_1 = UUID();
SET @there_1 = (SELECT g.id FROM g WHERE g.k = 1 FOR UPDATE);
INSERT INTO g (k, c, id) VALUES (1, 'z', @new_id_1) ON DUPLICATE KEY UPDATE c = VALUES(c);
SELECT c FROM g WHERE g.id = COALESCE(@there_1, @new_id_1)`,
      findings: ["asked"],
    },
  ],
});

/** The row that is there, the INSERT, then the row that is there or the new one. */
function found(insert: InsertStmt, table: Table, returning: ReturningClause, ctx: Ctx): readonly Restated[] | undefined {
  const { relation } = insert;
  const conflict = insert.onConflictClause!;
  const given = givenRows(insert, table);
  if (given.length > 1) return allFound(insert, table, returning, given, ctx);
  const [row] = given;
  const keys = uniqueKeys(table, ctx.catalog.indexes.values());
  const arbiters = row && keys ? arbitersOf(insert, keys) : [];
  const updates = conflict.action === "ONCONFLICT_UPDATE";
  if (!row || !keys || arbiters.length === 0 || arbiters.some(({ node }) => ctx.lost(node)) || (updates && arbiters.length > 1))
    return undefined;
  const target = relation!.alias?.aliasname ?? relation!.relname!;
  const all = arbiters.map((key) => meets(key, target, row));
  if (all.includes(undefined)) return undefined;
  const met = all.filter((each): each is Value => each !== "never");
  const own = ownRow(insert, table, target, ctx);
  if (!own) return undefined;
  const written = nodesOf("ResTarget", conflict.targetList).map(({ name = "" }) => name);
  const [first] = own.key;
  // A row that has the same key afterwards is found by it; otherwise by the primary key.
  const byKey = updates && (own.key.length > 1 || written.includes(first!.name));
  const speaks = arbiters.flatMap(({ parts, where }) => [...parts, ...(where ? [where] : [])].flatMap(columnsIn));
  if (byKey && speaks.some((name) => written.includes(name))) return undefined;
  const others = keys.filter((key) => !arbiters.includes(key) && meets(key, target, row) !== "never" && !ctx.lost(key.node));
  const guard = others.length > 0 ? guardOf(table, arbiters, target, conflict) : undefined;
  if (others.length > 0 && !guard) return undefined;
  const there = raw(`@${identifier(ctx.fresh("there"))}`);
  const counts = !updates || byKey;
  const isThere = either(met);
  const before: SelectStmt = {
    ...PLAIN_SELECT,
    targetList: [{ kind: "ResTarget", val: counts ? COUNT : { kind: "ColumnRef", fields: [target, first!.name] } }],
    fromClause: [relation!],
    whereClause: isThere,
    lockingClause: LOCK,
  };
  const isNew = counts ? tidb`${there} = 0` : tidb`${there} IS NULL`;
  const isOld = counts ? tidb`${there} > 0` : tidb`${there} IS NOT NULL`;
  const where = !updates
    ? conjunction([...own.key.map(({ is }) => is), isNew as unknown as Value])!
    : byKey
      ? (tidb`(${isOld} AND ${isThere}) OR (${isNew} AND ${conjunction(own.key.map(({ is }) => is))!})` as unknown as Value)
      : (tidb`${{ kind: "ColumnRef", fields: [target, first!.name] } as Value} = COALESCE(${there}, ${first!.value})` as unknown as Value);
  ctx.report("asked", { keys: arbiters.map(({ name }) => name).join(", ") });
  if (guard) ctx.report("guarded", { keys: others.map(({ name }) => name).join(", ") });
  if (conflict.infer) ctx.consumed(conflict.infer);
  ctx.carried(returning, ["exprs"]);
  const targetList = guard ? [guard, ...(conflict.targetList ?? [])] : conflict.targetList;
  const onConflictClause = ctx.change(conflict, {
    infer: undefined,
    targetList,
    ...(guard && { action: "ONCONFLICT_UPDATE" as const }),
  });
  const source = as("SelectStmt", insert.selectStmt)!;
  const rest = ctx.change(insert, {
    returningClause: undefined,
    onConflictClause,
    ...(own.cols && { cols: own.cols, selectStmt: ctx.change(source, { valuesLists: [own.values] }) }),
  });
  const nodes: Node[] = [
    ...(own.before as readonly never[]),
    tidb`SET ${there} = (${before as Value})` as never,
    rest as Node,
    { ...PLAIN_SELECT, targetList: returning.exprs ?? [], fromClause: [relation!], whereClause: where },
  ];
  return nodes.map((node) => ({ node }));
}

/**
 * The INSERT of several rows, then the rows that have their keys: that of the conflict, or the primary key where that one is NULL or is none of
 * the rows that the index is over. Of DO NOTHING, those whose keys were there before are asked for first, and left out.
 */
function allFound(
  insert: InsertStmt,
  table: Table,
  returning: ReturningClause,
  rows: readonly GivenRow[],
  ctx: Ctx,
): readonly Restated[] | undefined {
  const conflict = insert.onConflictClause!;
  const { targetList = [] } = conflict;
  const keys = uniqueKeys(table, ctx.catalog.indexes.values());
  const arbiters = keys ? arbitersOf(insert, keys) : [];
  const updates = conflict.action === "ONCONFLICT_UPDATE";
  const target = insert.relation!.alias?.aliasname ?? insert.relation!.relname!;
  const met = rows.map((row) => arbiters.map((key) => meets(key, target, row)));
  if (!keys || arbiters.length === 0 || met.flat().includes(undefined) || arbiters.some(({ node }) => ctx.lost(node))) return undefined;
  const primary = [...table.constraints.values()].find(({ type }) => type === "primary")?.columns ?? [];
  const written = nodesOf("ResTarget", targetList);
  const isWritten = (name: string) => written.some((item) => item.name === name);
  if (updates && (arbiters.length > 1 || primary.some(({ name }) => isWritten(name)) || !keepsKey(arbiters[0]!, written))) return undefined;
  const others = keys.filter((key) => !arbiters.includes(key) && !ctx.lost(key.node));
  const guard = others.length > 0 ? guardOf(table, arbiters, target, conflict) : undefined;
  if (others.length > 0 && !guard) return undefined;
  const before: Tidb[] = [];
  const found: Value[] = [];
  for (const [i, row] of rows.entries()) {
    const own = ownKey(primary, target, row);
    const conditions = met[i]!.filter((each): each is Value => each !== "never");
    if (!updates) {
      if (!own) return undefined;
      const there = raw(`@${identifier(ctx.fresh("there"))}`);
      const whereClause = either(conditions);
      const asked = {
        ...PLAIN_SELECT,
        targetList: [{ kind: "ResTarget", val: COUNT }],
        fromClause: [insert.relation!],
        whereClause,
        lockingClause: LOCK,
      };
      before.push(tidb`SET ${there} = (${asked as unknown as Value})`);
      found.push(conjunction([own, tidb`${there} = 0` as unknown as Value])!);
      continue;
    }
    const [arbiter] = arbiters;
    const isOut = outsideOf(arbiter!, row);
    if ((isOut || conditions.length === 0) && !own) return undefined;
    found.push(...conditions);
    if (conditions.length === 0) found.push(own!);
    else if (isOut) found.push(conjunction([own!, isOut])!);
  }
  ctx.report(updates ? "keys" : "asked", { keys: arbiters.map(({ name }) => name).join(", ") });
  if (guard) ctx.report("guarded", { keys: others.map(({ name }) => name).join(", ") });
  if (conflict.infer) ctx.consumed(conflict.infer);
  ctx.carried(returning, ["exprs"]);
  const onConflictClause = ctx.change(conflict, {
    infer: undefined,
    targetList: guard ? [guard, ...targetList] : conflict.targetList,
    ...(guard && { action: "ONCONFLICT_UPDATE" as const }),
  });
  const rest = ctx.change(insert, { returningClause: undefined, onConflictClause });
  const read = { ...PLAIN_SELECT, targetList: returning.exprs ?? [], fromClause: [insert.relation!], whereClause: either(found) };
  return [...(before as unknown as Node[]), rest as Node, read].map((node) => ({ node }));
}

/** Whether a given row is none that an index over expressions, or over some of the rows, tells from others; undefined: it is one. */
function outsideOf({ parts, where }: UniqueKey, row: GivenRow): Value | undefined {
  const expressions = parts.filter((part) => !as("ColumnRef", part));
  const isThere = expressions.map((part) => ({ kind: "NullTest", arg: overRow(part, row), nulltesttype: "IS_NOT_NULL" }) as Value);
  const arg = conjunction([...(where ? [overRow(where, row)] : []), ...isThere]);
  return arg && ({ kind: "BooleanTest", arg, booltesttype: "IS_NOT_TRUE" } as Value);
}

/** Whether a row has the key of `excluded` after it was updated: what is written of it comes from there. */
function keepsKey({ parts, where }: UniqueKey, written: readonly ResTarget[]): boolean {
  const changes = (value: Value) => columnsIn(value).filter((name) => written.some((item) => item.name === name));
  const isExcluded = (column: string) => {
    const fields = as("ColumnRef", written.find(({ name }) => name === column)?.val)?.fields ?? [];
    return fields.length === 2 && fields[0] === "excluded" && fields[1] === column;
  };
  if (where && changes(where).length > 0) return false;
  return parts.every((part) => changes(part).every((name) => isExcluded(name) && new Set(columnsIn(part)).size === 1));
}

/** The row with the primary key that is given; undefined where none is. */
function ownKey(primary: readonly { readonly name: string }[], target: string, row: GivenRow): Value | undefined {
  const values = primary.map(({ name }) => row.value(name));
  if (values.length === 0 || values.some((value) => typeof value === "string")) return undefined;
  return conjunction(
    primary.map(({ name }, i) => operation("=", { kind: "ColumnRef", fields: [target, name] } as Value, values[i] as Value)),
  );
}

function either(args: readonly Value[]): Value {
  return args.length > 1 ? ({ kind: "BoolExpr", boolop: "OR_EXPR", args } as Value) : (args[0] ?? FALSE);
}

const COUNT = { kind: "FuncCall", funcname: ["count"], funcformat: "COERCE_EXPLICIT_CALL", agg_star: true } as Value;
const FALSE: Value = { kind: "A_Const", boolval: false };

/** The primary key of the row that the INSERT makes. */
interface Own {
  readonly key: readonly { readonly name: string; readonly value: Value; readonly is: Value }[];
  /** Keeps what is made in variables. */
  readonly before: readonly Tidb[];
  readonly cols?: readonly ResTarget[];
  readonly values: readonly Value[];
}

function ownRow(insert: InsertStmt, table: Table, target: string, ctx: Ctx): Own | undefined {
  const primary = [...table.constraints.values()].find(({ type }) => type === "primary");
  const row = (as("SelectStmt", insert.selectStmt)!.valuesLists as readonly (readonly Value[])[])[0]!;
  const names = insert.cols?.map((item) => as("ResTarget", item)!.name!) ?? [...table.columns.keys()].slice(0, row.length);
  const values = [...row];
  const before: Tidb[] = [];
  const key: { name: string; value: Value; is: Value }[] = [];
  for (const column of primary?.columns ?? []) {
    const at = names.indexOf(column.name);
    const given = values[at];
    const isLeft = given === undefined || as("SetToDefault", given) !== undefined;
    let value: Value | undefined = isFixed(given) ? given : undefined;
    if (isLeft && isAutoIncrement(column)) value = tidb`LAST_INSERT_ID()` as unknown as Value;
    else if (isLeft && column.default !== undefined) {
      const standing = tidbDefault(ctx.catalog, column, column.default);
      if (!("sql" in standing)) return undefined;
      const variable = raw(`@${identifier(ctx.fresh(`new_${column.name}`))}`);
      before.push(tidb`SET ${variable} = ${raw(standing.sql.replace(/^\((.+)\)$/, "$1"))}`);
      value = tidb`${variable}` as unknown as Value;
      if (given !== undefined) ctx.consumed(given);
      if (at < 0) names.push(column.name);
      values[at < 0 ? values.length : at] = value;
    }
    if (value === undefined) return undefined;
    const is = tidb`${{ kind: "ColumnRef", fields: [target, column.name] } as Value} = ${value}` as unknown as Value;
    key.push({ name: column.name, value, is });
  }
  if (key.length === 0) return undefined;
  const cols = names.map((name, i) => as("ResTarget", insert.cols?.[i]) ?? ({ kind: "ResTarget", name } as ResTarget));
  return { key, before, values, ...(before.length > 0 && { cols }) };
}

/** An assignment that changes nothing, and fails on a row that is in conflict with none of the keys; undefined where none is free for it. */
function guardOf(
  table: Table,
  arbiters: readonly UniqueKey[],
  target: string,
  { targetList = [] }: NonNullable<InsertStmt["onConflictClause"]>,
): ResTarget | undefined {
  const isUsed = (name: string) =>
    nodesOf("ResTarget", targetList).some((item) => item.name === name || (item.val !== undefined && columnsIn(item.val).includes(name)));
  const primary = [...table.constraints.values()].find(({ type }) => type === "primary")?.columns ?? [];
  const free = [...primary, ...table.columns.values()].find(({ name, generated }) => !generated && !isUsed(name));
  if (!free) return undefined;
  const all = arbiters.map((key) => meetsExcluded(key, target));
  const same = either(all);
  const own: Value = { kind: "ColumnRef", fields: [target, free.name] };
  const fails = raw(string(`conflict with another key than ${arbiters.map(({ name }) => name).join(", ")}`));
  const val = tidb`IF(IF(${same}, 1, JSON_LENGTH(CAST(${fails} AS JSON))), ${own}, ${own})` as unknown as Value;
  return { kind: "ResTarget", name: free.name, val };
}
