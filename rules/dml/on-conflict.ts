import {
  as,
  type Column,
  type ColumnRef,
  type Context,
  columnRef,
  eachDescendant,
  error,
  find,
  holds,
  type InferClause,
  type InsertStmt,
  identifier,
  isAutoIncrement,
  isFixed,
  isNode,
  type Node,
  nodesOf,
  note,
  type RangeVar,
  type ResTarget,
  raw,
  relationName,
  relationOf,
  rootOf,
  rule,
  string,
  type Table,
  type Tidb,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  nothing: note("a row in conflict is left as it is, and counts as a row of the statement", {
    help: "a client that asks for matched rows (FOUND_ROWS, as mysql2 does) is told 1 for it, as for an inserted row: take the flag off where the count decides something",
  }),
  "other-keys": warning("a conflict with {keys} is met by ON DUPLICATE KEY UPDATE as well; in PostgreSQL it is an error", {
    help: "check that key before the INSERT where the error matters",
  }),
  guarded: warning(
    "a conflict with {keys} is an error, as in PostgreSQL; so is one with both keys at once where TiDB looks at {keys} first, and PostgreSQL writes the row",
    {
      help: "look for the row by the key of ON CONFLICT before the INSERT where a row can be in conflict with both",
    },
  ),
  "unknown-keys": error(
    "ON CONFLICT is not converted: TiDB acts on a conflict with any unique key of {table}, and the input does not say which it has",
    {
      help: "convert this statement together with the file that creates the table",
    },
  ),
  order: error(
    "the assignments of ON CONFLICT read columns that others of them write: TiDB runs them from left to right and reads the new values",
    {
      help: "read the row first, or write two statements in one transaction",
    },
  ),
  unreadable: error("ON CONFLICT is not converted: {what}", { help: "write the statement with ON DUPLICATE KEY UPDATE by hand" }),
};

export default rule({
  construct: "INSERT … ON CONFLICT",
  why: `ON DUPLICATE KEY UPDATE is TiDB's form. It acts on a conflict with any unique key of the table, has no WHERE, and runs its assignments from
left to right, each seeing what those before it wrote. INSERT IGNORE is not used: it also swallows NULLs, bad values and broken foreign keys.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: MESSAGES,
  pointsAt: (insert) => (insert as InsertStmt).onConflictClause,
  on: (takes) => [
    takes("ColumnRef", ["fields"], (column, ctx) => {
      const insert = ctx.within("OnConflictClause") && ctx.within("InsertStmt");
      const [table, name] = column.fields ?? [];
      if (!insert || column.fields?.length !== 2 || typeof name !== "string") return;
      const given = table === "excluded" && ctx.within("SubLink") ? givenValue(name, insert, ctx) : undefined;
      if (table === "excluded") return ctx.replace(given ?? tidb`VALUES(${raw(identifier(name))})`);
      const { alias, relname } = insert.relation ?? {};
      if (table === (alias?.aliasname ?? relname)) return ctx.replace(existing(ctx.change(column, { fields: [name] }), insert, ctx));
    }),
    takes("InsertStmt", ["relation", "cols", "selectStmt", "onConflictClause"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      const conflict = insert.onConflictClause;
      if (!insert.relation) return;
      if (!conflict) return insert.relation.alias ? ctx.replace(ctx.change(insert, { relation: bare(insert, ctx) })) : undefined;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation));
      const name = insert.relation.relname ?? "";
      const others = table && otherKeys(table, conflict.infer, insert, ctx);
      const unread = unreadable(ctx.origin(conflict), insert, ctx);
      if (unread) return ctx.report("unreadable", { what: unread });
      if (!table && (conflict.infer || conflict.action === "ONCONFLICT_UPDATE")) return ctx.report("unknown-keys", { table: name });
      const guards = table && others!.length > 0 ? guardOf(table, conflict, insert, ctx) : undefined;
      if (table && others!.length > 0 && (conflict.infer || conflict.action === "ONCONFLICT_UPDATE"))
        ctx.report(guards ? "guarded" : "other-keys", { keys: others!.join(", ") });
      if (conflict.infer) ctx.consumed(conflict.infer);
      const written =
        conflict.action === "ONCONFLICT_NOTHING" ? (guards ?? unchanged(table, insert, ctx)) : assignments(conflict, insert, ctx);
      if (!written) return;
      const set = guards && written !== guards ? tidb`${guards}, ${written}` : written;
      ctx.carried(conflict, ["action", "infer", "targetList", "whereClause"]);
      for (const target of conflict.targetList ?? []) if (as("ResTarget", target)) ctx.carried(target as ResTarget, ["name", "val"]);
      const relation = bare(insert, ctx);
      const selectStmt = readsItself(insert) ? renamed(insert, ctx) : insert.selectStmt;
      return ctx.replace(
        ctx.change(insert, { relation, selectStmt, onConflictClause: tidb`ON DUPLICATE KEY UPDATE ${set as never}` as never }),
      );
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL); INSERT INTO t VALUES (1, 1)",
      pg: "INSERT INTO t (id, n) VALUES (1, 5), (2, 6) ON CONFLICT DO NOTHING",
      tidb: "INSERT INTO t (id, n) VALUES (1, 5), (2, 6) ON DUPLICATE KEY UPDATE id = t.id",
      findings: ["nothing"],
      refuses: ["INSERT INTO t VALUES (2, 0)"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, email varchar(99) UNIQUE, n int); INSERT INTO t VALUES (1, 'a', 1)",
      pg: "INSERT INTO t VALUES (1, 'b', 5) ON CONFLICT (id) DO UPDATE SET n = excluded.n, email = excluded.email",
      tidb: `INSERT INTO t
VALUES (1, 'b', 5)
ON DUPLICATE KEY UPDATE id = IF(IF(t.id <=> VALUES(id), 1, JSON_LENGTH(CAST('conflict with another key than t_pkey' AS JSON))), t.id, t.id), n = VALUES(n), email = VALUES(email)`,
      findings: ["guarded"],
      accepts: ["INSERT INTO t VALUES (2, 'a', 1)"],
      refuses: ["INSERT INTO t VALUES (3, 'b', 1)"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, email varchar(99) UNIQUE, n int); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)",
      pg: "INSERT INTO t VALUES (1, 'c', 5) ON CONFLICT (id) DO NOTHING",
      tidb: `INSERT INTO t
VALUES (1, 'c', 5)
ON DUPLICATE KEY UPDATE id = IF(IF(t.id <=> VALUES(id), 1, JSON_LENGTH(CAST('conflict with another key than t_pkey' AS JSON))), t.id, t.id)`,
      findings: ["nothing", "guarded"],
      refuses: [
        `INSERT INTO t VALUES (3, 'b', 5) ON DUPLICATE KEY UPDATE id = IF(IF(t.id <=> VALUES(id), 1, JSON_LENGTH(CAST('conflict with another key than t_pkey' AS JSON))), t.id, t.id)`,
      ],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, email varchar(99) UNIQUE, n int); INSERT INTO t VALUES (1, 'a', 1)",
      pg: "INSERT INTO t VALUES (1, 'b', 5) ON CONFLICT (id) DO UPDATE SET id = excluded.id + 1, n = 7",
      tidb: "INSERT INTO t VALUES (1, 'b', 5) ON DUPLICATE KEY UPDATE id = (VALUES(id) + 1), n = 7",
      findings: ["other-keys"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, k int UNIQUE, a int, b boolean)",
      pg: "INSERT INTO t AS old (k, a, b) SELECT 1, 2, TRUE ON CONFLICT (k) DO UPDATE SET b = excluded.b, a = COALESCE(old.a, excluded.a) WHERE old.b",
      tidb: `INSERT INTO t (k, a, b)
SELECT 1, 2, TRUE
ON DUPLICATE KEY UPDATE a = IF(t.b, COALESCE(t.a, VALUES(a)), t.a), b = IF(t.b, VALUES(b), t.b)`,
      accepts: ["INSERT INTO t (k) VALUES (2)"],
    },
    {
      given: "CREATE TABLE t (k int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 2)",
      pg: "INSERT INTO t (k, a) SELECT k, 7 FROM t ON CONFLICT (k) DO UPDATE SET a = excluded.a",
      tidb: "INSERT INTO t (k, a)\nSELECT * FROM (SELECT k, 7 FROM t) AS source_1\nON DUPLICATE KEY UPDATE a = VALUES(a)",
      rejected: { sql: "INSERT INTO t (k, a) SELECT k, 7 FROM t ON DUPLICATE KEY UPDATE k = t.k", code: 1052 },
    },
    {
      given: "CREATE TABLE t (k int UNIQUE, a int, b int); INSERT INTO t VALUES (1, 2, 3)",
      pg: "INSERT INTO t VALUES (1, 4, 5) ON CONFLICT (k) DO UPDATE SET (a, b) = (excluded.b, t.b)",
      tidb: "INSERT INTO t VALUES (1, 4, 5) ON DUPLICATE KEY UPDATE a = VALUES(b), b = t.b",
    },
    {
      given: "CREATE TABLE t (k int UNIQUE, a int, b int)",
      pg: "INSERT INTO t VALUES (1, 2, 3) ON CONFLICT (k) DO UPDATE SET a = t.b, b = t.a",
      tidb: null,
      findings: ["order"],
    },
    {
      given:
        "CREATE TABLE t (k int PRIMARY KEY, a int); CREATE TABLE u (k int, b int); INSERT INTO t VALUES (1, 2); INSERT INTO u VALUES (1, 7), (3, 9)",
      pg: "INSERT INTO t VALUES (1, 4) ON CONFLICT (k) DO UPDATE SET a = (SELECT max(b) FROM u WHERE u.k = excluded.k)",
      tidb: "INSERT INTO t VALUES (1, 4) ON DUPLICATE KEY UPDATE a = (SELECT MAX(b) FROM u WHERE u.k = 1)",
    },
    {
      given: "CREATE TABLE t (k int PRIMARY KEY, a int); CREATE TABLE u (k int, b int); INSERT INTO t VALUES (1, 2)",
      pg: "INSERT INTO t VALUES (1, 4), (2, 5) ON CONFLICT (k) DO UPDATE SET a = (SELECT max(b) FROM u WHERE u.k = excluded.k); INSERT INTO t VALUES (1, 4) ON CONFLICT (k) DO UPDATE SET a = (SELECT max(b) FROM u WHERE u.k = t.a)",
      tidb: null,
      findings: ["unreadable", "unreadable"],
      rejected: { sql: "INSERT INTO t VALUES (1, 4) ON DUPLICATE KEY UPDATE a = (SELECT MAX(b) FROM u WHERE u.k = t.a)", code: 1105 },
    },
    {
      pg: "INSERT INTO elsewhere (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = excluded.a; INSERT INTO elsewhere VALUES (1) ON CONFLICT DO NOTHING",
      tidb: null,
      findings: ["unknown-keys", "unreadable"],
    },
  ],
});

/** The table without an alias, of which TiDB's INSERT has none. */
function bare({ relation }: InsertStmt, ctx: Ctx): RangeVar {
  if (!relation!.alias) return relation!;
  ctx.carried(relation!.alias, ["aliasname"]);
  return ctx.change(relation!, { alias: undefined });
}

/** What a subquery of it reads that TiDB has not there: `VALUES()` is NULL in one, and the row that is there is out of its reach (error 1105). */
function unreadable(conflict: NonNullable<InsertStmt["onConflictClause"]>, insert: InsertStmt, ctx: Ctx): string | undefined {
  const { alias, relname } = insert.relation!;
  let what: string | undefined;
  eachDescendant(conflict, (node) => {
    const link = as("SubLink", node);
    if (link)
      eachDescendant(link, (inner) => {
        const [table, name] = as("ColumnRef", inner)?.fields ?? [];
        if (name === undefined) return;
        if (table === (alias?.aliasname ?? relname)) what = `a subquery of it reads ${table}.${name} of the row that is there`;
        if (table === "excluded" && !givenValue(String(name), insert, ctx)) what = `a subquery of it reads excluded.${name}`;
      });
  });
  return what;
}

/** The value of a column in an INSERT of one row, where it reads the same wherever it stands. */
function givenValue(column: string, insert: InsertStmt, ctx: Ctx): Tidb | undefined {
  const query = as("SelectStmt", insert.selectStmt);
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
  const names = insert.cols?.map((item) => as("ResTarget", item)?.name) ?? [...(table?.columns.keys() ?? [])];
  const [row, ...more] = (query?.valuesLists ?? []) as readonly (readonly Value[])[];
  const value = row?.[names.indexOf(column)];
  if (more.length > 0 || !isFixed(value)) return undefined;
  return tidb`${value!}`;
}

/** Whether the source names the table as the target does: then TiDB cannot tell a column of one from the other's (error 1052). */
function readsItself(insert: InsertStmt): boolean {
  const query = as("SelectStmt", insert.selectStmt);
  const { relname } = insert.relation!;
  return (query?.fromClause ?? []).some((item) =>
    holds(item, (node) => node.kind === "RangeVar" && (node.alias?.aliasname ?? node.relname) === relname),
  );
}

/** The source as a subquery, which hides the name. */
function renamed(insert: InsertStmt, ctx: Ctx): Value {
  return tidb`SELECT * FROM (${insert.selectStmt!}) AS ${raw(ctx.fresh("source"))}` as unknown as Value;
}

/**
 * An assignment that changes nothing, and fails on a row that is in conflict with another key than the clause's (a text that is no JSON is
 * error 3140); undefined where the columns of that key are not known, or are assigned too.
 */
function guardOf(table: Table, conflict: NonNullable<InsertStmt["onConflictClause"]>, insert: InsertStmt, ctx: Ctx): Tidb | undefined {
  const { infer } = conflict;
  const named = infer?.indexElems?.map((item) => as("IndexElem", item)?.name);
  const key = [...table.constraints.values()].find(({ name, type, columns }) =>
    infer?.conname === undefined
      ? (type === "primary" || type === "unique") &&
        columns.length === named?.length &&
        columns.every((column) => named.includes(column.name))
      : name === infer.conname,
  );
  const assigned = nodesOf("ResTarget", conflict.targetList ?? []).map(({ name }) => name);
  if (!key || key.columns.some((column) => assigned.includes(column.name))) return undefined;
  const own = key.columns.map(({ name }) => existing(columnRef(name), insert, ctx));
  const [first] = key.columns;
  const equal = key.columns.map((column, i) => tidb`${own[i]!} <=> VALUES(${raw(identifier(column.name))})`);
  const all = equal.reduce((left, right) => tidb`${left} AND ${right}`);
  const fails = raw(string(`conflict with another key than ${key.name}`));
  if (conflict.action === "ONCONFLICT_NOTHING") ctx.report("nothing");
  return tidb`${raw(identifier(first!.name))} = IF(IF(${all}, 1, JSON_LENGTH(CAST(${fails} AS JSON))), ${own[0]!}, ${own[0]!})`;
}

/** Unique keys of the table that the clause does not name and that a row of the INSERT can be in conflict with. */
function otherKeys(table: Table, infer: InferClause | undefined, insert: InsertStmt, ctx: Ctx): string[] {
  const given = insert.cols?.flatMap((column) => as("ResTarget", column)?.name ?? []);
  const isGiven = (column: Column | null) => column === null || !isAutoIncrement(column) || !given || given.includes(column.name);
  const constraints = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique");
  const indexes = [...ctx.catalog.indexes.values()].filter((index) => index.table === table && index.unique);
  const named = infer?.indexElems?.flatMap((item) => as("IndexElem", item)?.name ?? []);
  return [...constraints, ...indexes]
    .filter((key) => (key.columns as readonly (Column | null)[]).every(isGiven))
    .filter(({ name, columns }) => {
      if (!infer) return false;
      if (infer.conname !== undefined) return name !== infer.conname;
      const names = (columns as readonly (Column | null)[]).map((column) => column?.name);
      return names.length !== named!.length || names.some((column) => column !== undefined && !named!.includes(column));
    })
    .map(({ name }) => name);
}

/** An assignment that changes nothing. */
function unchanged(table: Table | undefined, insert: InsertStmt, ctx: Ctx): Tidb | undefined {
  const column = table ? [...table.columns.values()].find(({ generated }) => !generated)?.name : as("ResTarget", insert.cols?.[0])?.name;
  if (column === undefined) return ctx.report("unreadable", { what: "the columns of the table are not known" });
  ctx.report("nothing");
  return tidb`${raw(identifier(column))} = ${existing({ kind: "ColumnRef", fields: [column] }, insert, ctx)}`;
}

/** A column of the row that is there, under the name that its table has in TiDB: a partition's rows are in the whole table. */
function existing(column: ColumnRef, { relation }: InsertStmt, { catalog, final }: Ctx): Tidb {
  const table = find(catalog, catalog.tables, relationName(relation!));
  const holder = table && (rootOf(final.tableOf.get(table.node)) ?? table);
  return tidb`${holder ? relationOf(holder) : { ...relation!, alias: undefined }}.${column}`;
}

interface Assignment {
  readonly column: string;
  readonly value: Value;
  readonly reads: ReadonlySet<string>;
}

/** The assignments in an order in which none reads what one before it wrote; undefined where there is none. */
function assignments(conflict: NonNullable<InsertStmt["onConflictClause"]>, insert: InsertStmt, ctx: Ctx): Tidb | undefined {
  const where = conflict.whereClause;
  const set: Assignment[] = [];
  for (const item of conflict.targetList ?? []) {
    const target = as("ResTarget", item);
    if (!target || as("MultiAssignRef", target.val)) return ctx.report("unreadable", { what: "SET (…) = (…) with a subquery" });
    const column = target.name ?? "";
    const known = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!))?.columns.get(column);
    if (as("SetToDefault", target.val) && known && isAutoIncrement(known))
      return ctx.report("unreadable", { what: `${column} is AUTO_INCREMENT, of which DEFAULT makes 0` });
    const own = existing({ kind: "ColumnRef", fields: [column] }, insert, ctx);
    const value = where ? (tidb`IF(${where}, ${target.val!}, ${own})` as unknown as Value) : target.val!;
    set.push({ column, value, reads: new Set([...columnsOf(target.val), ...columnsOf(where)]) });
  }
  const ordered: Assignment[] = [];
  while (ordered.length < set.length) {
    const left = set.filter((assignment) => !ordered.includes(assignment));
    // The next one writes nothing that the others, itself aside, still read.
    const next = left.find(({ column }) => left.every((other) => other.column === column || !other.reads.has(column)));
    if (!next) return ctx.report("order");
    ordered.push(next);
  }
  const inPlace = set.every((assignment, i) => !set.slice(i + 1).some((later) => later.reads.has(assignment.column))) ? set : ordered;
  const texts = inPlace.map((_, i) => (i === 0 ? "" : ", "));
  return {
    kind: "Tidb",
    texts: [...texts, ""],
    holes: inPlace.map(({ column, value }) => tidb`${raw(identifier(column))} = ${value}`),
  };
}

/** Columns of the row that is there already which a value reads; those of `excluded` became VALUES(…). */
function columnsOf(value: Value | Tidb | undefined): string[] {
  const found: string[] = [];
  const visit = (item: unknown): void => {
    if (Array.isArray(item)) for (const inner of item) visit(inner);
    if (!isNode(item)) return;
    const node = item as Node | Tidb;
    if (node.kind === "Tidb") {
      visit(node.holes);
      return;
    }
    eachDescendant(node, (inner) => {
      const fields = as("ColumnRef", inner)?.fields;
      const column = fields?.at(-1);
      if (typeof column === "string" && !(fields!.length === 2 && fields![0] === "excluded")) found.push(column);
    });
  };
  visit(value);
  return found;
}
