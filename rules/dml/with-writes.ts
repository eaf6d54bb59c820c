import {
  ALL_COLUMNS,
  as,
  assignments,
  type Column,
  type CommonTableExpr,
  type Context,
  changedColumns,
  changesWhenStored,
  type DeleteStmt,
  type Derived,
  eachDescendant,
  error,
  find,
  HOLD_QUERIES,
  holds,
  type InsertStmt,
  identifier,
  insertedRows,
  isAnother,
  isNode,
  type KeptRows,
  keptRows,
  type MadeRows,
  mapType,
  type Node,
  nodesOf,
  note,
  type PgType,
  PLAIN_SELECT,
  type RangeVar,
  type Raw,
  type Restated,
  raw,
  readsClock,
  relationName,
  rule,
  type SelectStmt,
  type Showing,
  shownBefore,
  staysSame,
  type Table,
  type Tidb,
  temporaryName,
  temporaryTable,
  tidbText,
  typeName,
  typeNode,
  type UpdateStmt,
  unplaced,
  type Value,
  type WithClause,
  warning,
  withComputed,
  withoutRows,
  withTable,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;
type Writing = InsertStmt | UpdateStmt | DeleteStmt;
type Statement = Writing | SelectStmt;

const MESSAGES = {
  statements: warning("WITH that writes became {count} statements: run them in one transaction, on one connection, in this order", {
    help: "BEGIN; the statements; COMMIT. Where other transactions write the same rows at that time, lock them first: SELECT … FOR UPDATE",
  }),
  kept: note("the rows of {names} are computed once, into temporary tables of the session, for the statements that follow", {
    help: "the account needs the right to CREATE TEMPORARY TABLES; the tables go with the session, or with the next call",
  }),
  both: warning("{one} and {other} both write rows of {table}: one that both write is changed by both, in the order of the statements", {
    help: "PostgreSQL lets one of the two changes of a row take place, and does not say which: their conditions should exclude each other",
  }),
  overlap: warning("{one} deletes rows of {table} before {other} inserts: one that is deleted and inserted again is a new row", {
    help: "PostgreSQL, which sees both at once, updates or refuses such a row: the DELETE's condition should leave out the keys that are inserted",
  }),
  clock: warning("what {name} shows as {column} is the time of its read: the UPDATE writes one that is some moments later", {
    help: "give the time as a parameter to both, or read the rows again by their keys after the UPDATE",
  }),
  moment: warning(
    "the condition of {name} reads the clock: rows that come to meet it between its read and its write are in one of them only",
    {
      help: "give the time as a parameter to both, where PostgreSQL has one statement with one time",
    },
  ),
  refused: error("WITH that writes is not converted: {what}", {
    help: "write the statements one after the other in a transaction: read the rows that are needed first, then write",
  }),
};

export default rule({
  construct: "WITH … AS (INSERT, UPDATE, DELETE … RETURNING)",
  why: `No statement of TiDB writes within another. In PostgreSQL all parts see the rows as they were before: what reads the rows of a DELETE goes
before it, what reads the rows of an INSERT goes after it, and nothing reads what an earlier statement has written. Where no order serves, and where
LIMIT picks rows for several statements, the rows of a query of WITH are put into a temporary table first.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: MESSAGES,
  pointsAt: (statement) => (statement as Statement).withClause,
  restates: HOLD_QUERIES,
  about: "CommonTableExpr",
  restate(statement, ctx) {
    const main = STATEMENTS.has(statement.kind) ? (statement as Statement) : undefined;
    if (!main?.withClause?.ctes?.some((cte) => writing(cte))) return undefined;
    const first = planOf(main, { early: false }, ctx);
    // What an UPDATE shows may be read before it as well: then the others come before it, too.
    const again = typeof first === "string" ? planOf(main, { early: true }, ctx) : first;
    const plan = typeof again === "string" ? first : again;
    if (typeof plan === "string") {
      ctx.report("refused", { what: plan });
      return [];
    }
    ctx.report("statements", { count: plan.nodes.length });
    const { kept, rows } = plan;
    const names = [...kept, ...rows].map(({ name }) => name);
    if (names.length > 0) ctx.report("kept", { names: names.join(", ") });
    for (const { message, ...data } of plan.told) ctx.report(message, data);
    if (names.length === 0) return plan.nodes.map((node): Restated => ({ node }));
    const { catalog } = ctx;
    const derived = new Map([
      ...catalog.derived,
      ...kept.map(({ relation }) => [`${relation.schema}.${relation.name}`, relation] as const),
    ]);
    const known = rows.reduce((schema, { table }) => withTable(schema, table), { ...catalog, derived });
    return plan.nodes.map((node): Restated => ({ node, catalog: known }));
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE old (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL)",
      pg: "WITH gone AS (DELETE FROM t WHERE a > 3 RETURNING *) INSERT INTO old SELECT * FROM gone",
      tidb: "INSERT INTO old WITH gone AS (SELECT * FROM t WHERE a > 3) SELECT * FROM gone;\nDELETE FROM t WHERE a > 3",
      findings: ["statements"],
      rejected: { sql: "WITH gone AS (DELETE FROM t WHERE a > 3 RETURNING *) SELECT * FROM gone", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); CREATE TABLE u (t int, b int)",
      pg: "WITH made AS (INSERT INTO t (a) VALUES (7) RETURNING id) INSERT INTO u SELECT id, 9 FROM made",
      tidb: `INSERT INTO t (a) VALUES (7);
SET @made_first = LAST_INSERT_ID(), @made_rows = ROW_COUNT();
INSERT INTO u WITH made AS (SELECT id FROM t WHERE id = @made_first) SELECT id, 9 FROM made`,
      findings: ["statements"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a numeric(6,2)); INSERT INTO t VALUES (1, 5), (2, NULL)",
      pg: "WITH cut AS (UPDATE t SET a = a / 7 WHERE a > 0 RETURNING id, a) SELECT a FROM cut",
      tidb: `WITH cut AS (SELECT id, CAST(CAST(a AS DECIMAL(65,24)) / 7 AS DECIMAL(6,2)) AS a FROM t WHERE a > 0)
SELECT a FROM cut;
UPDATE t SET a = CAST(a AS DECIMAL(65,24)) / 7 WHERE a > 0`,
      findings: ["statements"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'y'), (3, 0, NULL); CREATE TABLE u (t int, n int); INSERT INTO u VALUES (1, 4), (2, NULL)",
      pg: `WITH few AS (SELECT id FROM t ORDER BY id LIMIT 2), more AS (UPDATE t SET a = t.a + 1 FROM few WHERE few.id = t.id) SELECT count(*) AS n FROM few;
WITH one AS (SELECT id, b FROM t WHERE id = 1), off AS (UPDATE t SET b = 'off' WHERE id = (SELECT id FROM one)), noted AS (INSERT INTO u SELECT id, 9 FROM one WHERE b = 'x') DELETE FROM u WHERE t = (SELECT id FROM one WHERE b = 'x')`,
      tidb: `DROP TEMPORARY TABLE IF EXISTS few_rows;
CREATE TEMPORARY TABLE few_rows (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO few_rows SELECT id FROM t ORDER BY id LIMIT 2;
WITH few AS (SELECT * FROM few_rows) SELECT COUNT(*) AS n FROM few;
WITH few AS (SELECT * FROM few_rows) UPDATE t, few SET t.a = t.a + 1 WHERE few.id = t.id;
WITH one AS (SELECT id, b FROM t WHERE id = 1)
DELETE FROM u
WHERE t = (SELECT id FROM one WHERE b = 'x');
INSERT INTO u WITH one AS (SELECT id, b FROM t WHERE id = 1) SELECT id, 9 FROM one WHERE b = 'x';
WITH one AS (SELECT id, b FROM t WHERE id = 1)
UPDATE t
SET b = 'off'
WHERE id = (SELECT id FROM one)`,
      findings: ["statements", "kept", "statements"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text, at timestamptz); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'x'), (3, 0, 'y')",
      pg: `WITH more AS (UPDATE t SET a = a + 1 WHERE b = 'x' RETURNING id, a) SELECT more.id, t.a AS was, more.a FROM more JOIN t ON t.id = more.id;
WITH done AS (UPDATE t SET at = now() WHERE at < now() RETURNING at) SELECT max(at) AS last FROM done`,
      tidb: `WITH more AS (SELECT id, a + 1 AS a FROM t WHERE b = 'x')
SELECT more.id, t.a AS was, more.a
FROM more
JOIN t ON t.id = more.id;
UPDATE t SET a = a + 1 WHERE b = 'x';
WITH done AS (SELECT NOW(6) AS at FROM t WHERE at < NOW(6)) SELECT MAX(at) AS last FROM done;
UPDATE t SET at = NOW(6) WHERE at < NOW(6)`,
      findings: ["statements", "statements", "moment", "clock"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int GENERATED ALWAYS AS (a + b) STORED); INSERT INTO t (id, a, b) VALUES (1, 5, 1), (2, NULL, 2)",
      pg: "WITH more AS (UPDATE t SET a = a * 2 WHERE a > 1 RETURNING *) SELECT id, c FROM more",
      tidb: `WITH more AS (SELECT t.id, a * 2 AS a, t.b, a * 2 + t.b AS c FROM t WHERE a > 1)
SELECT id, c FROM more;
UPDATE t SET a = a * 2 WHERE a > 1`,
      findings: ["statements"],
    },
    {
      given: "CREATE TABLE t (id uuid PRIMARY KEY, a int); CREATE TABLE u (t uuid, b int)",
      pg: "WITH made AS (SELECT gen_random_uuid() AS id), first AS (INSERT INTO t SELECT id, 1 FROM made) INSERT INTO u SELECT id, 2 FROM made",
      tidb: `DROP TEMPORARY TABLE IF EXISTS made_rows;
CREATE TEMPORARY TABLE made_rows (id CHAR(36)) COLLATE utf8mb4_0900_bin;
INSERT INTO made_rows
SELECT
  LOWER(CONCAT_WS('-', LPAD(HEX(FLOOR(RAND() * 4294967296)), 8, '0'), LPAD(HEX(FLOOR(RAND() * 65536)), 4, '0'), CONCAT('4', LPAD(HEX(FLOOR(RAND() * 4096)), 3, '0')), HEX(32768 + FLOOR(RAND() * 16384)), LPAD(HEX(FLOOR(RAND() * 281474976710656)), 12, '0'))) AS id;
INSERT INTO u WITH made AS (SELECT * FROM made_rows) SELECT id, 2 FROM made;
INSERT INTO t WITH made AS (SELECT * FROM made_rows) SELECT id, 1 FROM made`,
      findings: ["statements", "kept"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b text); INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'y'), (3, 0, NULL)",
      pg: "WITH on_ AS (UPDATE t SET b = 'on' WHERE id = 1) UPDATE t SET b = 'off' WHERE id <> 1; WITH gone AS (DELETE FROM t WHERE id <> 1) INSERT INTO t VALUES (1, 6, 'z'), (4, 7, 'w') ON CONFLICT (id) DO UPDATE SET a = excluded.a",
      tidb: `UPDATE t SET b = 'off' WHERE id <> 1;
UPDATE t SET b = 'on' WHERE id = 1;
DELETE FROM t WHERE id <> 1;
INSERT INTO t VALUES (1, 6, 'z'), (4, 7, 'w') ON DUPLICATE KEY UPDATE a = VALUES(a)`,
      findings: ["statements", "both", "statements", "overlap"],
    },
    {
      given: "CREATE TABLE t (k varchar(9) PRIMARY KEY, v int); INSERT INTO t VALUES ('a', 1), ('b', NULL)",
      pg: "WITH new (k, v) AS (VALUES ('a', 7), ('n', 8)), old AS (UPDATE t SET v = new.v FROM new WHERE t.k = new.k RETURNING t.k) INSERT INTO t SELECT k, v FROM new WHERE k NOT IN (SELECT k FROM old)",
      tidb: `DROP TEMPORARY TABLE IF EXISTS old_rows;
CREATE TEMPORARY TABLE old_rows (k VARCHAR(9)) COLLATE utf8mb4_0900_bin;
INSERT INTO old_rows
WITH new (k, v) AS (SELECT 'a' AS column1, 7 AS column2 UNION ALL SELECT 'n', 8)
SELECT t.k FROM t, new WHERE t.k = new.k;
WITH new (k, v) AS (SELECT 'a' AS column1, 7 AS column2 UNION ALL SELECT 'n', 8)
UPDATE t, new
SET t.v = new.v
WHERE t.k = new.k;
INSERT INTO t
WITH new (k, v) AS (SELECT 'a' AS column1, 7 AS column2 UNION ALL SELECT 'n', 8),
old AS (SELECT * FROM old_rows)
SELECT k, v FROM new WHERE k NOT IN (SELECT k FROM old)`,
      findings: ["statements", "kept"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, k varchar(9) NOT NULL UNIQUE, a int DEFAULT 3); INSERT INTO t (k) VALUES ('a'), ('b')",
      pg: `WITH made AS (INSERT INTO t (k) VALUES ('a') ON CONFLICT (k) DO NOTHING RETURNING id, a) SELECT id, a FROM made UNION ALL SELECT id, a FROM t WHERE k = 'a';
WITH made AS (INSERT INTO t (k, a) VALUES ('b', 3) ON CONFLICT (k) DO UPDATE SET a = excluded.a WHERE t.a < excluded.a RETURNING a) SELECT count(*) AS n FROM made;
WITH made AS (INSERT INTO t (k) VALUES ('z') RETURNING k) SELECT made.k, count(t.id) AS others FROM made, t GROUP BY made.k`,
      tidb: `DROP TEMPORARY TABLE IF EXISTS made_rows;
CREATE TEMPORARY TABLE made_rows (k VARCHAR(9)) COLLATE utf8mb4_0900_bin;
INSERT INTO made_rows (k) VALUES ('a');
DELETE excluded FROM made_rows AS excluded, t WHERE t.k = excluded.k;
INSERT INTO t (k) SELECT k FROM made_rows ON DUPLICATE KEY UPDATE id = t.id;
WITH made AS (SELECT id, a FROM t WHERE t.k IN (SELECT k FROM made_rows))
SELECT id, a FROM made
UNION ALL
SELECT id, a
FROM (SELECT * FROM t WHERE (t.k IN (SELECT k FROM made_rows)) IS NOT TRUE) AS t
WHERE k = 'a';
DROP TEMPORARY TABLE IF EXISTS made_rows;
CREATE TEMPORARY TABLE made_rows (k VARCHAR(9), a INT) COLLATE utf8mb4_0900_bin;
INSERT INTO made_rows (k, a) VALUES ('b', 3);
DELETE excluded FROM made_rows AS excluded, t
WHERE t.k = excluded.k AND (t.a < excluded.a) IS NOT TRUE;
INSERT INTO t (k, a)
SELECT k, a FROM made_rows
ON DUPLICATE KEY UPDATE a = IF(t.a < VALUES(a), VALUES(a), t.a);
WITH made AS (SELECT a FROM t WHERE t.k IN (SELECT k FROM made_rows)) SELECT COUNT(*) AS n FROM made;
INSERT INTO t (k) VALUES ('z');
SET @made_first = LAST_INSERT_ID(), @made_rows = ROW_COUNT();
WITH made AS (SELECT k FROM t WHERE id = @made_first)
SELECT made.k, COUNT(t.id) AS others
FROM made, (SELECT * FROM t WHERE (id = @made_first) IS NOT TRUE) AS t
GROUP BY made.k`,
      findings: ["statements", "kept", "statements", "kept", "statements"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); CREATE TABLE u (t int, b int)",
      pg: "WITH made AS (INSERT INTO u VALUES (1, 7) RETURNING t) SELECT t FROM made; WITH few AS (DELETE FROM t WHERE random() < 0.5 RETURNING id) SELECT id FROM few",
      tidb: null,
      findings: ["refused", "refused"],
    },
  ],
});

const STATEMENTS = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"]);

function writing(cte: Value): Writing | undefined {
  const query = as("CommonTableExpr", cte)?.ctequery;
  return as("InsertStmt", query) ?? as("UpdateStmt", query) ?? as("DeleteStmt", query);
}

/** A query of WITH. */
interface Part {
  readonly name: string;
  /** With a SELECT in the place of what writes. */
  readonly cte: CommonTableExpr;
  readonly write?: Writing;
  /** The table whose rows the SELECT shows once they are written; without it, it shows them as they were before. */
  readonly after?: string;
  /** Keeps the numbers of its rows for the statements that follow. */
  readonly count?: Tidb;
  readonly told?: readonly Told[];
  /** The rows of an INSERT, kept before it to tell its own from others. */
  readonly rows?: KeptRows;
  /** What finds the rows that an INSERT made: the table was as it is without them. */
  readonly made?: Value;
}

interface Plan {
  readonly nodes: readonly Node[];
  readonly kept: readonly Kept[];
  readonly rows: readonly { readonly name: string; readonly table: Table }[];
  readonly told: readonly Told[];
}

type Told =
  | { readonly message: "both" | "overlap"; readonly one: string; readonly other: string; readonly table: string }
  | { readonly message: "clock"; readonly name: string; readonly column: string }
  | { readonly message: "moment"; readonly name: string };

function planOf(main: Statement, how: { readonly early: boolean }, ctx: Ctx): Plan | string {
  const ctes = nodesOf("CommonTableExpr", main.withClause!.ctes!);
  if (main.withClause!.recursive) return "it is RECURSIVE";
  const rest = ctx.change(main, { withClause: undefined }) as Statement;
  const parts: Part[] = [];
  for (const cte of ctes) {
    const name = cte.ctename ?? "";
    const write = writing(cte);
    const others = [rest, ...ctes.flatMap((other) => (other === cte ? [] : [other.ctequery]))];
    const isRead = others.some((other) => reads(other).some(({ schemaname, relname }) => schemaname === undefined && relname === name));
    const rows = write && isRead ? rowsOf(write, name, how, ctx) : undefined;
    if (typeof rows === "string") return `the rows of ${name} cannot be read: ${rows}`;
    if (write?.returningClause && !isRead) ctx.consumed(write.returningClause);
    if (write) ctx.carried(cte, ["ctename", "ctequery", "aliascolnames", "ctematerialized"]);
    const { query, ...shown }: Partial<Rows> = rows ?? {};
    const written = write && shown.rows ? narrowed(write as InsertStmt, shown.rows, ctx) : write;
    const told = query ? (ctx.change(cte, { ctequery: query }) as CommonTableExpr) : cte;
    parts.push({ name, cte: told, ...(written && { write: written }), ...shown });
  }
  ctx.carried(main.withClause!, ["ctes", "recursive"]);
  return orderOf(rest, parts, ctx);
}

/** The INSERT of the rows that are kept. */
function narrowed(insert: InsertStmt, { insert: { cols, selectStmt } }: KeptRows, ctx: Ctx): InsertStmt {
  return ctx.change(insert, { returningClause: undefined, withClause: undefined, cols, selectStmt }) as InsertStmt;
}

interface Step {
  readonly node: Statement;
  /** Missing for the statement that WITH stands before. */
  readonly part?: Part;
}

const nameOf = ({ part }: Step): string => part?.name ?? "the statement";

/** The statements in an order in which each reads what it would in PostgreSQL, after those that keep rows for them. */
function orderOf(rest: Statement, parts: readonly Part[], ctx: Ctx): Plan | string {
  const step = (part: Part): Step => ({ node: ctx.change(part.write!, { returningClause: undefined }) as Statement, part });
  const first = parts.filter(({ write, after }) => write && after !== undefined).map(step);
  const last = parts.filter(({ write, after }) => write && after === undefined).map(step);
  // To be tried first: what shows its rows afterwards, then the statement itself, then what is only written or shows its rows as they were
  // before, the last one of them first.
  const steps = [...first, { node: rest }, ...last.reverse()];
  const written = new Set(steps.flatMap(({ node }) => (node.kind === "SelectStmt" ? [] : [node.relation!.relname!])));
  const statements = [...steps.map(({ node }) => node), ...parts.flatMap(({ rows }) => rows?.fill ?? [])];
  const picking = parts.filter(
    (part) => !part.write && isPicked(part, ctx) && statements.filter((node) => neededBy(node, parts).includes(part)).length > 1,
  );
  const picked = keeping(parts, (part) => picking.includes(part), ctx);
  const missed = picking.find(({ name }) => !picked.kept.some((kept) => kept.name === name));
  if (missed) return `each statement would pick the rows of ${missed.name} anew, and the types of its columns are not known`;
  const found = inOrder(steps, picked, ctx);
  if (typeof found !== "string") return found;
  const all = keeping(parts, (part) => picking.includes(part) || tablesRead(part.cte).some((table) => written.has(table)), ctx);
  const again = all.kept.length > picked.kept.length ? inOrder(steps, all, ctx) : found;
  return typeof again === "string" ? found : again;
}

/** Whether two runs of the query may give other rows. */
function isPicked({ cte }: Part, ctx: Ctx): boolean {
  const select = as("SelectStmt", cte.ctequery);
  return select?.limitCount !== undefined || select?.lockingClause !== undefined || holds(select, (node) => isVolatile(node, ctx));
}

/** The rows of a query of WITH, in a table. */
interface Kept {
  readonly name: string;
  readonly relation: Derived;
  readonly nodes: readonly Node[];
}

interface Keeping {
  /** The kept ones read their tables. */
  readonly parts: readonly Part[];
  readonly kept: readonly Kept[];
}

function keeping(parts: readonly Part[], isWanted: (part: Part) => boolean, ctx: Ctx): Keeping {
  const kept: Kept[] = [];
  const left: Part[] = [];
  for (const part of parts) {
    const select = as("SelectStmt", part.cte.ctequery);
    const relation = part.after === undefined && select && isWanted(part) ? tableFor(part, part.write ?? select, ctx) : undefined;
    const needed = relation ? neededBy(select!, left) : [];
    if (!relation || needed.some(({ write }) => write)) {
      left.push(part);
      continue;
    }
    const { name, columns } = relation;
    const from: RangeVar = { kind: "RangeVar", relname: name, inh: true, relpersistence: "p" };
    const types = columns.map((column) => ({ name: column.name, type: mapType(ctx.catalog, typeNode(column.type!))!.sql! }));
    const insert: InsertStmt = {
      kind: "InsertStmt",
      relation: from,
      selectStmt: select!,
      override: "OVERRIDING_NOT_SET",
      ...(needed.length > 0 && { withClause: { kind: "WithClause", ctes: needed.map(({ cte }) => cte) } }),
    };
    const nodes = [...temporaryTable(name, types), insert] as never as Node[];
    kept.push({ name: part.name, relation, nodes });
    const rows: SelectStmt = { ...PLAIN_SELECT, targetList: [ALL_COLUMNS], fromClause: [from] };
    left.push({ ...part, cte: ctx.change(part.cte, { ctequery: rows }) as CommonTableExpr });
  }
  return { parts: left, kept };
}

/** The table that the rows of a query fit; undefined where the names or types of its columns are not known. */
function tableFor({ name }: Part, query: SelectStmt | Writing, ctx: Ctx): Derived | undefined {
  const { catalog, analysis } = ctx;
  const columns = (analysis.columns(query) ?? []).map((column) => ({
    name: column.name,
    type: column.info?.coerced ?? column.info?.type,
    nullable: column.info?.nullable ?? true,
  }));
  const isKnown = ({ type }: { readonly type: PgType | undefined }) => type && mapType(catalog, typeNode(type))?.sql !== undefined;
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  if (columns.length === 0 || names.size < columns.length || names.has("?column?") || !columns.every(isKnown)) return undefined;
  return { schema: catalog.schema, name: temporaryName(catalog, `${name}_rows`), kind: "table", temporary: true, columns };
}

function inOrder(steps: readonly Step[], { parts, kept }: Keeping, ctx: Ctx): Plan | string {
  const problems: string[] = [];
  const search = (done: readonly Step[], left: readonly Step[], told: readonly Told[]): [readonly Step[], readonly Told[]] | undefined => {
    if (left.length === 0) return [done, told];
    for (const next of left) {
      const problem = problemOf(next, done, parts, ctx);
      if (typeof problem === "string") problems.push(problem);
      else {
        const rest = left.filter((each) => each !== next);
        const found = search([...done, next], rest, [...told, ...problem]);
        if (found) return found;
      }
    }
    return undefined;
  };
  const found = search([], steps, []);
  if (!found) return problems[0]!;
  const [done, told] = found;
  const filled = parts.flatMap((part) => (part.rows ? [part.rows] : []));
  const early = filled.flatMap(({ fill }) => neededBy(fill, parts)).find(({ after }) => after !== undefined);
  if (early) return `the rows of ${early.name} are not there yet`;
  const fills = filled.flatMap(({ table, columns, fill, without }): readonly Node[] => [
    ...(temporaryTable(table.name, columns) as readonly never[]),
    withQueries(fill, parts, ctx),
    ...without,
  ]);
  const nodes = done.flatMap(({ node, part }, i) => {
    const made = done.slice(0, i).flatMap((step) => madeBy(step) ?? []);
    const queries = parts.map((each) =>
      each.after === undefined ? { ...each, cte: withoutRows(each.cte as Value, made, ctx) as CommonTableExpr } : each,
    );
    const whole = withQueries(withoutRows(node as Value, made, ctx) as Statement, queries, ctx);
    return part?.count ? [whole, part.count as never] : [whole];
  });
  return {
    nodes: [...kept.flatMap((each) => each.nodes), ...fills, ...nodes],
    kept,
    rows: parts.flatMap(({ name, rows }) => (rows ? [{ name, table: rows.table }] : [])),
    told: [...parts.flatMap((part) => part.told ?? []), ...told],
  };
}

/** The statement behind the queries of WITH that it names. */
function withQueries(node: Statement, parts: readonly Part[], ctx: Ctx): Statement {
  const own = nodesOf("CommonTableExpr", node.withClause?.ctes);
  const ctes = [...neededBy(node, parts).map(({ cte }) => cte), ...own];
  if (ctes.length === own.length) return node;
  if (node.withClause) ctx.carried(node.withClause, ["ctes", "recursive"]);
  const recursive = node.withClause?.recursive;
  const withClause: WithClause = { kind: "WithClause", ctes, ...(recursive && { recursive }) };
  return ctx.change(node, { withClause }) as Statement;
}

/** The rows of an INSERT that others are to read a table without. */
function madeBy({ node, part }: Step): MadeRows | undefined {
  return node.kind === "InsertStmt" && part?.made !== undefined ? { relation: node.relation!, made: part.made } : undefined;
}

/** Why a statement does not read what it would in PostgreSQL when it comes after these; otherwise what is to be told. */
function problemOf(next: Step, done: readonly Step[], parts: readonly Part[], ctx: Ctx): readonly Told[] | string {
  const { node } = next;
  const needed = neededBy(node, parts);
  const queries = needed.flatMap(({ after, cte }) => (after === undefined ? [cte] : []));
  const told: Told[] = [];
  for (const earlier of done) {
    if (earlier.node.kind === "SelectStmt") continue;
    const table = earlier.node.relation!.relname!;
    const found = disturbed(earlier.node, node, queries, ctx);
    if (found === "reads" && madeBy(earlier) && mayReadWithout(table, [node, ...queries], parts)) continue;
    if (found === "reads") return `${nameOf(next)} reads ${table}, which ${nameOf(earlier)} writes`;
    if (found !== undefined) told.push({ message: found, one: nameOf(earlier), other: nameOf(next), table });
  }
  const written = done.flatMap((step) => (step.node.kind === "SelectStmt" ? [] : [{ table: step.node.relation!.relname!, by: step.part }]));
  for (const { name, after, write } of needed) {
    if (after === undefined) continue;
    if (!done.some((step) => step.part?.write === write)) return `the rows of ${name} are not there yet`;
    if (written.some(({ table, by }) => table === after && by?.write !== write))
      return `${after} is written again before the rows of ${name} are read`;
  }
  return told;
}

/** Whether a query may stand for the table in these. */
function mayReadWithout(table: string, nodes: readonly Node[], parts: readonly Part[]): boolean {
  const isTarget = (node: Node) => "relation" in node && (node as InsertStmt).relation?.relname === table;
  const isLocking = (node: Node) => node.kind === "LockingClause" || (node.kind === "ColumnRef" && (node.fields?.length ?? 0) > 2);
  return !parts.some(({ name }) => name === table) && !nodes.some((node) => isTarget(node) || holds(node as Value, isLocking));
}

/** What becomes of a statement, and of the queries it needs, that comes after what writes a table. */
function disturbed(write: Writing, node: Statement, queries: readonly Node[], ctx: Ctx): "reads" | "both" | "overlap" | undefined {
  const table = write.relation!.relname!;
  const target = node.kind === "SelectStmt" ? undefined : node.relation;
  const others = [node, ...queries].flatMap(reads).filter((relation) => relation !== target && relation.relname === table);
  const isTarget = target?.relname === table;
  if (write.kind === "UpdateStmt") {
    if (others.length === 0 && !isTarget) return undefined;
    if (node.kind === "InsertStmt" && isTarget && node.onConflictClause) return "reads";
    if (node.kind === "InsertStmt" && others.length === 0) return undefined;
    const set = changedColumns(write, find(ctx.catalog, ctx.catalog.tables, relationName(write.relation!)), ctx.catalog);
    if ([node, ...queries].some((each) => readsColumn(each, table, set, ctx))) return "reads";
    return isTarget && node.kind !== "InsertStmt" ? "both" : undefined;
  }
  if (others.length > 0) return "reads";
  if (!isTarget) return undefined;
  const conflicts = node.kind === "InsertStmt" && node.onConflictClause !== undefined;
  if (write.kind === "InsertStmt") return node.kind === "InsertStmt" && !conflicts ? undefined : "reads";
  return node.kind === "UpdateStmt" ? "both" : conflicts ? "overlap" : undefined;
}

/** Whether one of a table's columns may be read. */
function readsColumn(statement: Node, table: string, columns: ReadonlySet<string>, ctx: Ctx): boolean {
  const isTable = (node: Node) => node.kind === "RangeVar" && node.relname === table;
  const aliases = new Set(reads(statement).flatMap((each) => (isTable(each) ? [each.alias?.aliasname ?? table] : [])));
  return holds(statement, (node) => {
    if (node.kind === "JoinExpr") return node.isNatural === true || (node.usingClause ?? []).some((name) => columns.has(String(name)));
    if (node.kind === "SelectStmt")
      return node.targetList?.some(isAllColumns) === true && holds(node.fromClause, isTable, ({ kind }) => kind === "SelectStmt");
    if (node.kind !== "ColumnRef") return false;
    const [name, ...more] = (node.fields ?? []).toReversed();
    if (typeof name !== "string") return aliases.has(String(more[0]));
    // The whole row.
    if (more.length === 0 && aliases.has(name)) return true;
    const column = ctx.info(node)?.column;
    return columns.has(column?.name ?? name) && (column === undefined || column.table.name === table);
  });
}

function isAllColumns(target: Value): boolean {
  const fields = as("ColumnRef", as("ResTarget", target)?.val)?.fields;
  return fields?.length === 1 && typeof fields[0] !== "string";
}

/** Queries of WITH that a statement names, and those that they name. */
function neededBy(statement: Node, parts: readonly Part[]): readonly Part[] {
  const needed = new Set<Part>();
  const visit = (value: Value | undefined) => {
    for (const { relname, schemaname } of reads(value)) {
      const part = schemaname === undefined ? parts.find(({ name }) => name === relname) : undefined;
      if (!part || needed.has(part)) continue;
      needed.add(part);
      visit(part.cte.ctequery);
    }
  };
  visit(statement as Value);
  return parts.filter((part) => needed.has(part));
}

function reads(value: Value | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  if (isNode(value))
    eachDescendant(value, (node) => {
      if (node.kind === "RangeVar") found.push(node);
    });
  return found;
}

/** Names of the relations whose rows a statement reads: an INSERT does not read those of its table, unless it looks for conflicts. */
function tablesRead(node: Node): string[] {
  const target = node.kind === "InsertStmt" && !node.onConflictClause ? node.relation : undefined;
  return reads(node).flatMap((relation) => (relation === target ? [] : (relation.relname ?? "")));
}

interface Rows {
  readonly query: SelectStmt;
  readonly after?: string;
  readonly count?: Tidb;
  readonly told?: readonly Told[];
  readonly rows?: KeptRows;
  readonly made?: Value;
}

/**
 * The rows that RETURNING shows, as a query; or why there is none.
 * @param early whether those of an UPDATE are read before it where that is possible
 */
function rowsOf(write: Writing, name: string, { early }: { readonly early: boolean }, ctx: Ctx): Rows | string {
  const returning = write.returningClause;
  if (!returning) return "it has no RETURNING";
  if (returning.options?.length) return "it names old or new rows";
  ctx.carried(returning, ["exprs"]);
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(write.relation!));
  const others = write.kind === "InsertStmt" ? [] : write.kind === "UpdateStmt" ? (write.fromClause ?? []) : (write.usingClause ?? []);
  const query = (targetList: readonly Value[], where: Value | undefined): SelectStmt => ({
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList,
    fromClause: [write.relation!, ...others],
    ...(where !== undefined && { whereClause: where }),
  });
  const shown = returning.exprs ?? [];
  const after = write.relation!.relname!;
  if (write.kind === "InsertStmt") {
    const conflict = write.onConflictClause;
    const found = table && insertedRows(write, table, write);
    const isKnown = found && (!conflict || (conflict.action === "ONCONFLICT_UPDATE" && !conflict.whereClause));
    if (!isKnown) {
      if (!table) return "the input does not make its table";
      const { catalog } = ctx;
      const own = { schema: catalog.schema, name: temporaryName(catalog, `${name}_rows`) };
      const rows = keptRows(write, table, own, (column) => mapType(catalog, column.type, column)?.sql);
      if (typeof rows === "string") return rows;
      const isNew = conflict?.action !== "ONCONFLICT_UPDATE";
      return { query: query(shown, rows.among), after, rows, ...(isNew && { made: rows.among }) };
    }
    const [first, count] = ["first", "rows"].map((word) => raw(`@${identifier(`${name}_${word}`)}`)) as [Raw, Raw];
    const kept = tidbText(`SET ${first.raw} = LAST_INSERT_ID(), ${count.raw} = ROW_COUNT()`);
    const where = found.where({ first, count }) as unknown as Value;
    return { query: query(shown, where), after, ...(found.counts && { count: kept }), ...(!conflict && { made: where }) };
  }
  if (isAnother(write.whereClause, ctx.info)) return "its condition gives another answer each time";
  const told: Told[] = readsClock(write.whereClause) ? [{ message: "moment", name }] : [];
  if (write.kind === "DeleteStmt") return { query: query(shown, write.whereClause), told };
  const changed = changedColumns(write, table, ctx.catalog);
  const late = others.length === 0 && staysSame(write.whereClause, changed);
  if (late && !early) return { query: query(shown, write.whereClause), after, told };
  const assigned = (value: Value, { type }: Column): Value =>
    changesWhenStored(ctx.info(value as Node)?.type.name, typeName(type).name, type)
      ? ({ kind: "TypeCast", arg: value, typeName: unplaced(type) } as Value)
      : value;
  const written = assignments(write);
  const showing: Showing = {
    taken: (target) => ctx.consumed(target),
    assigned,
    change: ctx.change as Showing["change"],
    isVolatile: (column) => holds(written.get(column), (node) => isVolatile(node, ctx)),
    versions: {},
    changed,
  };
  const exprs = table ? withComputed(write, returning, table, showing) : shown;
  const before = shownBefore(write, { ...returning, exprs }, table, showing);
  if (typeof before !== "string") {
    for (const column of before.written) if (readsClock(written.get(column))) told.push({ message: "clock", name, column });
    return { query: query(before.exprs, write.whereClause), told };
  }
  return late ? { query: query(shown, write.whereClause), after } : before;
}

function isVolatile(node: Node, ctx: Ctx): boolean {
  return node.kind === "FuncCall" && (ctx.info(node)?.call?.volatility ?? "volatile") === "volatile";
}
