import {
  as,
  type Column,
  type ColumnRef,
  type Context,
  type DeleteStmt,
  eachDescendant,
  error,
  find,
  type InsertStmt,
  identifier,
  isAutoIncrement,
  isNode,
  type Outcome,
  type RangeVar,
  type ResTarget,
  type ReturningClause,
  raw,
  relationName,
  rule,
  type SelectStmt,
  type Table,
  type Tidb,
  tidb,
  tidbText,
  type UpdateStmt,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  before: warning("RETURNING became a SELECT before the statement: run both in one transaction, and take the rows from the first", {
    help: "BEGIN; SELECT … FOR UPDATE; the statement; COMMIT. The locks of the SELECT keep the rows as they are until the statement has run",
  }),
  after: warning("RETURNING became a SELECT after the statement: run both in one transaction, and take the rows from the second", {
    help: "BEGIN; the statement; SELECT …; COMMIT, on one connection. For the number of a new row the driver's insertId is enough",
  }),
  existing: warning("after ON CONFLICT DO NOTHING the SELECT also returns a row that was there already; RETURNING leaves it out"),
  lost: error("RETURNING is not in the output: {what}", {
    help: "make the keys in the application, and read the rows by them after the statement, in one transaction",
  }),
};

export default rule({
  construct: "RETURNING",
  why: `No statement of TiDB writes and returns rows. Rows that are deleted are read before, rows that are updated too unless their condition
still finds them afterwards, rows that are inserted are read after by their key: the one that was given, or the one AUTO_INCREMENT gave, which
TiDB numbers without gaps within a statement.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/dml-returning.html",
    tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("DeleteStmt", ["relation", "usingClause", "whereClause", "returningClause", "withClause"], (readable, ctx) => {
      const remove = readable as DeleteStmt;
      const returning = remove.returningClause;
      if (!returning || ctx.parent) return;
      const from = [remove.relation!, ...(remove.usingClause ?? [])];
      const read = query(returning, from, remove.whereClause, remove.withClause, ctx);
      if (!read) return;
      const rest = ctx.change(remove, { returningClause: undefined });
      return ctx.statements([locked(read, remove.relation!, from.length), rest], "before");
    }),
    takes("UpdateStmt", ["relation", "targetList", "fromClause", "whereClause", "returningClause", "withClause"], (readable, ctx) => {
      const update = readable as UpdateStmt;
      const returning = update.returningClause;
      if (!returning || ctx.parent) return;
      const from = [update.relation!, ...(update.fromClause ?? [])];
      const set = new Map((update.targetList ?? []).flatMap((item) => assigned(as("ResTarget", item))));
      const rest = ctx.change(update, { returningClause: undefined });
      if (from.length === 1 && !update.withClause && stillFinds(update.whereClause, set)) {
        const read = query(returning, from, update.whereClause, undefined, ctx);
        return read && ctx.statements([rest, read], "after");
      }
      return updatedBefore(update, rest, returning, from, set, ctx);
    }),
    takes("InsertStmt", ["relation", "cols", "selectStmt", "onConflictClause", "returningClause"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      const returning = insert.returningClause;
      if (!returning || ctx.parent) return;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
      const found = table && condition(insert, table, ctx.origin(insert));
      if (!found) {
        const what = table
          ? `nothing tells the new rows of ${table.name} from others`
          : "the input does not say how the table numbers its rows";
        ctx.consumed(returning);
        return ctx.replace(ctx.change(insert, { returningClause: undefined }), "lost", { what });
      }
      const read = query(returning, [insert.relation!], found as unknown as Value, undefined, ctx);
      if (!read) return;
      if (ctx.origin(insert).onConflictClause?.action === "ONCONFLICT_NOTHING") ctx.report("existing");
      return ctx.statements([ctx.change(insert, { returningClause: undefined }), read], "after");
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int, b boolean NOT NULL); INSERT INTO t (a, b) VALUES (1, true), (NULL, false)",
      pg: "DELETE FROM t WHERE b RETURNING id, COALESCE(a, 0)",
      tidb: "SELECT id, COALESCE(a, 0) AS coalesce FROM t WHERE b FOR UPDATE;\nDELETE FROM t WHERE b",
      findings: ["before"],
      rejected: { sql: "DELETE FROM t WHERE b RETURNING id", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int, b boolean NOT NULL); INSERT INTO t (a, b) VALUES (1, true), (NULL, false)",
      pg: "UPDATE t SET a = 5 WHERE b RETURNING t.*; UPDATE t AS x SET b = false, a = COALESCE(x.a, 7) WHERE x.b RETURNING *, x.a AS n",
      tidb: `UPDATE t SET a = 5 WHERE b;
SELECT t.* FROM t WHERE b;
SELECT id, COALESCE(x.a, 7) AS a, FALSE AS b, COALESCE(x.a, 7) AS n FROM t AS x WHERE x.b FOR UPDATE;
UPDATE t AS x SET b = FALSE, a = COALESCE(x.a, 7) WHERE x.b`,
      findings: ["after", "before"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int, k varchar(9) UNIQUE)",
      pg: "INSERT INTO t (a) VALUES (1) RETURNING id; INSERT INTO t (a) VALUES (1), (2) RETURNING *; INSERT INTO t (a) SELECT a FROM t RETURNING id",
      tidb: `INSERT INTO t (a) VALUES (1);
SELECT id FROM t WHERE id = LAST_INSERT_ID();
INSERT INTO t (a) VALUES (1), (2);
SELECT * FROM t WHERE id >= LAST_INSERT_ID() AND id < LAST_INSERT_ID() + 2;
INSERT INTO t (a) SELECT a FROM t;
SELECT id FROM t WHERE id >= LAST_INSERT_ID() AND id < LAST_INSERT_ID() + ROW_COUNT()`,
      findings: ["after", "after", "after"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int, k varchar(9) UNIQUE)",
      pg: "INSERT INTO t (k, a) VALUES ('x', 1), ('y', 2) ON CONFLICT (k) DO NOTHING RETURNING id",
      tidb: "INSERT INTO t (k, a) VALUES ('x', 1), ('y', 2) ON DUPLICATE KEY UPDATE id = t.id;\nSELECT id FROM t WHERE (k) IN (('x'), ('y'))",
      findings: ["existing", "after"],
    },
    {
      given: "CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), a int)",
      pg: "INSERT INTO t (a) VALUES (1) RETURNING id",
      tidb: "INSERT INTO t (a) VALUES (1)",
      findings: ["lost"],
    },
  ],
});

type Assigned = readonly [column: string, value: Value];

function assigned(target: ResTarget | undefined): Assigned[] {
  return target?.name === undefined || target.val === undefined ? [] : [[target.name, target.val]];
}

/** The rows of RETURNING as a query; undefined, with a finding, where it asks for old and new rows by name. */
function query(
  returning: ReturningClause,
  from: readonly Value[],
  where: Value | undefined,
  withClause: SelectStmt["withClause"],
  ctx: Ctx,
): SelectStmt | undefined {
  if (returning.options?.length) return ctx.report("lost", { what: "it names old or new rows" });
  ctx.carried(returning, ["exprs"]);
  return {
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList: returning.exprs ?? [],
    fromClause: from,
    ...(where === undefined ? {} : { whereClause: where }),
    ...(withClause === undefined ? {} : { withClause }),
  };
}

function locked(select: SelectStmt, target: RangeVar, tables: number): SelectStmt {
  const relation: RangeVar = { kind: "RangeVar", relname: target.alias?.aliasname ?? target.relname ?? "" };
  const of = tables === 1 ? {} : { lockedRels: [relation] };
  return { ...select, lockingClause: [{ kind: "LockingClause", strength: "LCS_FORUPDATE", waitPolicy: "LockWaitBlock", ...of }] };
}

/** Whether a condition holds for the same rows after the assignments. */
function stillFinds(where: Value | undefined, set: ReadonlyMap<string, Value>): boolean {
  let still = true;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    if ((value as unknown as Tidb).kind === "Tidb") visit((value as unknown as Tidb).holes);
    else
      eachDescendant(value, (node) => {
        if (node.kind === "SubLink") still = false;
        const last = as("ColumnRef", node)?.fields?.at(-1);
        if (typeof last === "string" && set.has(last)) still = false;
      });
  };
  visit(where);
  return still;
}

function updatedBefore(
  update: UpdateStmt,
  rest: UpdateStmt,
  returning: ReturningClause,
  from: readonly Value[],
  set: ReadonlyMap<string, Value>,
  ctx: Ctx,
): Outcome {
  if ([...set.values()].some((value) => as("SetToDefault", value))) return ctx.report("lost", { what: "a column is set to its default" });
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(update.relation!));
  const name = update.relation?.alias?.aliasname ?? update.relation?.relname ?? "";
  const exprs: Value[] = [];
  for (const item of returning.exprs ?? []) {
    const target = as("ResTarget", item)!;
    const fields = as("ColumnRef", target.val)?.fields;
    const last = fields?.at(-1);
    if (fields && typeof last === "object") {
      if (!table || from.length > 1) return ctx.report("lost", { what: "it has * in it" });
      ctx.consumed(target);
      exprs.push(...[...table.columns.keys()].map((column) => newValue(column, set)));
    } else if (typeof last === "string" && set.has(last) && (fields!.length === 1 || fields!.at(-2) === name)) {
      ctx.consumed(target);
      exprs.push({ ...newValue(last, set), name: target.name ?? last });
    } else if (stillFinds(target.val, set)) exprs.push(item);
    else return ctx.report("lost", { what: "an expression of it reads a column that is written" });
  }
  const read = query({ ...returning, exprs }, from, update.whereClause, update.withClause, ctx);
  ctx.carried(returning, ["exprs"]);
  return read && ctx.statements([locked(read, update.relation!, from.length), rest], "before");
}

function newValue(column: string, set: ReadonlyMap<string, Value>): ResTarget {
  const value = set.get(column);
  const own: ColumnRef = { kind: "ColumnRef", fields: [column] };
  return value === undefined ? { kind: "ResTarget", val: own } : { kind: "ResTarget", name: column, val: value };
}

/** What finds the rows that were inserted. */
function condition(insert: InsertStmt, table: Table, original: InsertStmt): Tidb | undefined {
  const rows = as("SelectStmt", insert.selectStmt)?.valuesLists as readonly (readonly Value[])[] | undefined;
  const names = insert.cols?.flatMap((column) => as("ResTarget", column)?.name ?? []) ?? [...table.columns.keys()];
  for (const key of keysOf(table, original)) {
    const places = key.map(({ name }) => names.indexOf(name));
    if (!rows || places.includes(-1) || rows.some((row) => places.some((place) => !isFixed(row[place])))) continue;
    const columns = raw(key.map(({ name }) => identifier(name)).join(", "));
    if (rows.length === 1 && key.length === 1) return tidb`${columns} = ${rows[0]![places[0]!]!}`;
    const tuples = rows.map((row) => places.map((place) => row[place]!)).map((values) => tidb`(${values})`);
    return tidb`(${columns}) IN (${tuples as unknown as Value})`;
  }
  const counter = [...table.columns.values()].find(isAutoIncrement);
  if (!counter || (insert.cols && names.includes(counter.name)) || original.onConflictClause) return undefined;
  if (!insert.cols && insert.selectStmt) return undefined;
  const column = raw(identifier(counter.name));
  const count = insert.selectStmt ? rows?.length : 1;
  if (count === 1) return tidb`${column} = LAST_INSERT_ID()`;
  const until = count === undefined ? tidbText("ROW_COUNT()") : tidbText(String(count));
  return tidb`${column} >= LAST_INSERT_ID() AND ${column} < LAST_INSERT_ID() + ${until}`;
}

/** Unique keys to find a row by: the one a conflict is looked for in before all others. */
function keysOf(table: Table, insert: InsertStmt): (readonly Column[])[] {
  const keys = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique");
  const elements = insert.onConflictClause?.infer?.indexElems?.flatMap((item) => as("IndexElem", item)?.name ?? []);
  const conname = insert.onConflictClause?.infer?.conname;
  const wanted = keys.filter(
    ({ name, columns }) =>
      name === conname || (elements !== undefined && columns.length === elements.length && columns.every((c) => elements.includes(c.name))),
  );
  return (wanted.length > 0 ? wanted : keys.filter(({ type }) => type === "primary")).map(({ columns }) => columns);
}

/** Whether a value is the same when it is read again. */
function isFixed(value: Value | undefined): boolean {
  const cast = as("TypeCast", value);
  if (cast) return isFixed(cast.arg);
  const constant = as("A_Const", value);
  return (constant !== undefined && !constant.isnull) || as("ParamRef", value) !== undefined;
}
