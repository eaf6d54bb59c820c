import {
  as,
  assignments,
  type Column,
  type Context,
  changedColumns,
  changesWhenStored,
  conjuncts,
  type DeleteStmt,
  error,
  find,
  givenColumns,
  holds,
  type InsertStmt,
  identifier,
  insertedRows,
  isAnother,
  isNode,
  type Keeping,
  type Kept,
  keysKept,
  keysOf,
  mapType,
  type Node,
  nodesOf,
  type Outcome,
  oneVersion,
  PLAIN_SELECT,
  type RangeVar,
  type Raw,
  type ResTarget,
  type ReturningClause,
  raw,
  readsClock,
  relationName,
  relationNames,
  rule,
  type SelectStmt,
  type Showing,
  shownBefore,
  showsVersion,
  staysSame,
  type Table,
  type Tidb,
  temporaryName,
  temporaryTable,
  tidb,
  tidbDefault,
  typeName,
  type UpdateStmt,
  type Value,
  versionsOf,
  warning,
  withComputed,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  before: warning("RETURNING became a SELECT before the statement: run both in one transaction, and take the rows from the first", {
    help: "BEGIN; SELECT … FOR UPDATE; the statement; COMMIT. The locks of the SELECT keep the rows as they are until the statement has run",
  }),
  after: warning("RETURNING became a SELECT after the statement: run both in one transaction, and take the rows from the second", {
    help: "BEGIN; the statement; SELECT …; COMMIT, on one connection. For the number of a new row the driver's insertId is enough",
  }),
  kept: warning(
    "RETURNING became a SELECT after the statement, by keys kept in variables before it: run all in one transaction, and take the rows from the last",
    {
      help: "BEGIN; SET @…; the statement; SELECT …; COMMIT, on one connection. An application that makes the key itself needs none of it",
    },
  ),
  keys: warning(
    "RETURNING became a SELECT after the statement, by the keys of its rows in a temporary table: run all on one connection, from the third on in one transaction, and take the rows from the last",
    {
      help: "DROP and CREATE TEMPORARY TABLE; BEGIN; INSERT; the statement; SELECT …; COMMIT. The account needs the right to CREATE TEMPORARY TABLES",
    },
  ),
  twice: warning("a row that meets several rows of what it is joined with is returned once for each, where PostgreSQL returns it once", {
    help: "nothing to do where it can meet one only; otherwise return columns of the written table alone, each as table.column, or read with DISTINCT",
  }),
  clock: warning("what is returned as {column} is the time of the SELECT: the UPDATE writes one that is some moments later", {
    help: "give the time as a parameter to both, or read the rows again by their keys after the UPDATE",
  }),
  moment: warning("the condition reads the clock: rows that come to meet it between the two statements are in one of them only", {
    help: "give the time as a parameter to both, where PostgreSQL has one statement with one time",
  }),
  there: warning(
    "RETURNING became a SELECT after the statement, without the rows that were there before it: run all on one connection, the INSERT and both reads in one transaction, and take the rows from the last",
    {
      help: "BEGIN; what finds those that are there; INSERT; SELECT …; COMMIT. A row that another transaction inserts in between is returned as well",
    },
  ),
  rows: warning(
    "RETURNING became a SELECT after the statement, by the rows of its query in a temporary table: run all on one connection, from the third on in one transaction, and take the rows from the last",
    {
      help: "DROP and CREATE TEMPORARY TABLE; BEGIN; INSERT into it; the statement; SELECT …; COMMIT. The account needs the right to CREATE TEMPORARY TABLES",
    },
  ),
  unmet: warning("rows that were there, and for which WHERE of ON CONFLICT is not true, are returned as well: RETURNING leaves them out", {
    help: "put the condition, read before the statement, into the SELECT",
  }),
  nulls: warning("rows whose {key} is NULL are not returned: by a key that is NULL, no row is found again", {
    help: "make the column NOT NULL where it never is NULL; otherwise read the rows by another key",
  }),
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
  pointsAt: (statement) => (statement as InsertStmt | UpdateStmt | DeleteStmt).returningClause,
  restates: ["UpdateStmt"],
  about: "ReturningClause",
  restate(statement, ctx) {
    const update = as("UpdateStmt", statement);
    const { returningClause } = update ?? {};
    const table = update && find(ctx.catalog, ctx.catalog.tables, relationName(update.relation!));
    if (!update || !returningClause || !table || isLate(update, changedColumns(update, table, ctx.catalog))) return undefined;
    const versions = versionsOf(returningClause, [update.relation!, ...(update.fromClause ?? [])]);
    const exprs = withComputed(update, returningClause, table, { taken: (part) => ctx.consumed(part), versions });
    if (exprs.every((item, i) => item === returningClause.exprs![i])) return undefined;
    return [{ node: ctx.change(update, { returningClause: ctx.change(returningClause, { exprs }) }) as Node }];
  },
  on: (takes) => [
    takes("DeleteStmt", ["relation", "usingClause", "whereClause", "returningClause", "withClause"], (readable, ctx) => {
      const remove = readable as DeleteStmt;
      if (!remove.returningClause || ctx.parent) return;
      const from = [remove.relation!, ...(remove.usingClause ?? [])];
      if (isAnother(ctx.origin(remove).whereClause, ctx.info)) return lost(remove, ANOTHER, ctx);
      const returning = withoutVersions(remove, from, "old", ctx);
      if (!returning) return lost(remove, WHOLE_ROW, ctx);
      if (readsClock(ctx.origin(remove).whereClause)) ctx.report("moment");
      const alone = from.length > 1 && showsTarget(ctx.origin(remove).returningClause!, remove.relation!);
      const read = alone
        ? query(returning, [remove.relation!], meetsAny(remove.usingClause!, remove.whereClause), remove.withClause, ctx)
        : query(returning, from, remove.whereClause, remove.withClause, ctx);
      const rest = ctx.change(remove, { returningClause: undefined });
      if (!alone && !meetsOne(ctx.origin(remove).usingClause, ctx.origin(remove).whereClause, ctx)) ctx.report("twice");
      return ctx.statements([locked(read, remove.relation!, alone ? 1 : from.length), rest], "before");
    }),
    takes("UpdateStmt", ["relation", "targetList", "fromClause", "whereClause", "returningClause", "withClause"], (readable, ctx) => {
      const update = readable as UpdateStmt;
      const returning = update.returningClause;
      if (!returning || ctx.parent) return;
      const from = [update.relation!, ...(update.fromClause ?? [])];
      const rest = ctx.change(update, { returningClause: undefined });
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(update.relation!));
      const changed = changedColumns(update, table, ctx.catalog);
      if (isAnother(ctx.origin(update).whereClause, ctx.info)) {
        return byKeys(update, rest, returning, table, from, ctx) ?? lost(update, ANOTHER, ctx);
      }
      if (readsClock(ctx.origin(update).whereClause)) ctx.report("moment");
      if (isLate(update, changed)) {
        const after = withoutVersions(update, from, "new", ctx);
        if (!after) return lost(update, WHOLE_ROW, ctx);
        return ctx.statements([rest, query(after, from, update.whereClause, undefined, ctx)], "after");
      }
      return updatedBefore(update, rest, returning, from, ctx);
    }),
    takes("InsertStmt", ["relation", "cols", "selectStmt", "withClause", "onConflictClause", "returningClause"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      if (!insert.returningClause || ctx.parent) return;
      const updates = ctx.origin(insert).onConflictClause?.action === "ONCONFLICT_UPDATE";
      const { old } = versionsOf(insert.returningClause, [insert.relation!]);
      if (updates && showsVersion(insert.returningClause.exprs as never, [old]))
        return lost(insert, "it shows rows before ON CONFLICT", ctx);
      const returning = withoutVersions(insert, [ctx.origin(insert).relation!], "new", ctx);
      if (!returning) return lost(insert, WHOLE_ROW, ctx);
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
      const found = table && insertedRows(insert, table, ctx.origin(insert));
      const kept = found || !table ? undefined : keysKept(insert, table, keeping(ctx));
      if (kept) return afterKept(insert, kept, returning, ctx);
      const conflict = ctx.origin(insert).onConflictClause;
      const stored = found || !table ? undefined : byRows(insert, table, returning, ctx);
      if (updates && conflict?.whereClause && (found || stored)) ctx.report("unmet");
      if (stored) return stored;
      if (!found) {
        const what = table
          ? `nothing tells the new rows of ${table.name} from others`
          : "the input does not say how the table numbers its rows";
        return lost(insert, what, ctx);
      }
      const where = found.where({ first: raw("LAST_INSERT_ID()"), count: raw("ROW_COUNT()") });
      if (conflict?.action === "ONCONFLICT_NOTHING") return withoutThose(insert, table!, where, returning, ctx);
      const read = query(returning, [named(insert, ctx)], where as unknown as Value, undefined, ctx);
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
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b numeric(6,2)); INSERT INTO t VALUES (1, 3, 10), (2, NULL, 0)",
      pg: "UPDATE t SET a = a * 1.5, b = b / 3 WHERE a > 0 AND b > 0 RETURNING a, b",
      tidb: `SELECT CAST(a * 1.5 AS SIGNED) AS a, CAST(CAST(b AS DECIMAL(65,24)) / 3 AS DECIMAL(6,2)) AS b
FROM t
WHERE a > 0 AND b > 0
FOR UPDATE;
UPDATE t SET a = a * 1.5, b = CAST(b AS DECIMAL(65,24)) / 3 WHERE a > 0 AND b > 0`,
      findings: ["before"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, t int); INSERT INTO t VALUES (1, 5), (2, 6); INSERT INTO u VALUES (7, 1), (8, 1)",
      pg: "UPDATE t SET a = 0 FROM u WHERE u.t = t.id RETURNING t.id, t.a; DELETE FROM t USING u WHERE u.t = t.id AND u.id = 7 RETURNING t.id, u.id AS u; DELETE FROM u USING t WHERE t.a = u.t RETURNING u.id, t.id AS t",
      tidb: `SELECT t.id, 0 AS a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.t = t.id) FOR UPDATE;
UPDATE t, u SET t.a = 0 WHERE u.t = t.id;
SELECT t.id, u.id AS u FROM t, u WHERE u.t = t.id AND u.id = 7 FOR UPDATE OF t;
DELETE t FROM t, u WHERE u.t = t.id AND u.id = 7;
SELECT u.id, t.id AS t FROM u, t WHERE t.a = u.t FOR UPDATE OF u;
DELETE u FROM u, t WHERE t.a = u.t`,
      findings: ["before", "before", "twice", "before"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, 5), (3, 5), (4, NULL)",
      pg: "DELETE FROM t AS x USING t AS y WHERE x.id > y.id AND x.a = y.a RETURNING x.id",
      tidb: `SELECT x.id FROM t AS x WHERE EXISTS (SELECT 1 FROM t AS y WHERE x.id > y.id AND x.a = y.a)
FOR UPDATE;
DELETE x FROM t AS x, t AS y WHERE x.id > y.id AND x.a = y.a`,
      findings: ["before"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, NULL); INSERT INTO u VALUES (1, 7), (3, 8)",
      pg: "UPDATE t SET a = u.a + 1 FROM u WHERE u.id = t.id RETURNING t.*, u.a AS other",
      tidb: `SELECT t.id, u.a + 1 AS a, u.a AS other FROM t, u WHERE u.id = t.id FOR UPDATE OF t;
UPDATE t, u SET t.a = u.a + 1 WHERE u.id = t.id`,
      findings: ["before"],
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
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (k VARCHAR(9)) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT k FROM t WHERE (k) IN (('x'), ('y'));
INSERT INTO t (k, a) VALUES ('x', 1), ('y', 2) ON DUPLICATE KEY UPDATE id = t.id;
SELECT id FROM t WHERE ((k) IN (('x'), ('y'))) AND (k) NOT IN (SELECT k FROM t_rows)`,
      findings: ["there"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); INSERT INTO t (a) VALUES (1), (NULL)",
      pg: `INSERT INTO t AS x (id, a) VALUES (5, 2) RETURNING x.id + 1 AS next, old.a AS was, new.a;
UPDATE t SET a = a * 2 RETURNING old.a, new.a, COALESCE(a, 9) AS shown, new.a - old.a AS more;
DELETE FROM t WHERE a IS NULL RETURNING WITH (OLD AS o) o.id, new.*`,
      tidb: `INSERT INTO t (id, a) VALUES (5, 2);
SELECT x.id + 1 AS next, NULL AS was, x.a FROM t AS x WHERE id = 5;
SELECT a, a * 2 AS a, COALESCE(a * 2, 9) AS shown, a * 2 - a AS more FROM t FOR UPDATE;
UPDATE t SET a = a * 2;
SELECT t.id, NULL AS id, NULL AS a FROM t WHERE a IS NULL FOR UPDATE;
DELETE FROM t WHERE a IS NULL`,
      findings: ["after", "before", "before"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, k float8, a int DEFAULT 7); CREATE TABLE t_rows (id int PRIMARY KEY); INSERT INTO t VALUES (1, 0, 1), (2, 0, NULL)",
      pg: "UPDATE t SET k = random(), a = 2 WHERE a = 1 RETURNING id, k < 1 AS below; UPDATE t AS x SET a = DEFAULT WHERE a = 2 RETURNING x.a, new.k",
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows_;
CREATE TEMPORARY TABLE t_rows_ (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows_ SELECT t.id FROM t WHERE a = 1 FOR UPDATE;
UPDATE t SET k = RAND(), a = 2 WHERE (t.id) IN (SELECT id FROM t_rows_);
SELECT id, k < 1e0 AS below FROM t WHERE (t.id) IN (SELECT id FROM t_rows_);
DROP TEMPORARY TABLE IF EXISTS t_rows_;
CREATE TEMPORARY TABLE t_rows_ (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows_ SELECT x.id FROM t AS x WHERE a = 2 FOR UPDATE;
UPDATE t AS x SET a = DEFAULT WHERE (x.id) IN (SELECT id FROM t_rows_);
SELECT x.a, x.k FROM t AS x WHERE (x.id) IN (SELECT id FROM t_rows_)`,
      findings: ["keys", "keys"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int, b numeric(6,2), c numeric(6,1) GENERATED ALWAYS AS (b * 2) STORED); INSERT INTO t (id, a, b) VALUES (1, 5, 1.23), (2, 6, NULL)",
      pg: "UPDATE t SET b = b / 3 WHERE id < 3 RETURNING id, c; UPDATE t SET b = 4 WHERE c < 2 RETURNING new.c - old.c AS more, t.*; UPDATE t SET b = DEFAULT WHERE b > 1 RETURNING c",
      tidb: `UPDATE t SET b = CAST(b AS DECIMAL(65,24)) / 3 WHERE id < 3;
SELECT id, c FROM t WHERE id < 3;
SELECT
  CAST(CAST(4 AS DECIMAL(65)) * 2 AS DECIMAL(6,1)) - c AS more,
  t.id,
  t.a,
  4 AS b,
  CAST(CAST(4 AS DECIMAL(65)) * 2 AS DECIMAL(6,1)) AS c
FROM t
WHERE c < 2
FOR UPDATE;
UPDATE t SET b = 4 WHERE c < 2;
DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT t.id FROM t WHERE b > 1 FOR UPDATE;
UPDATE t SET b = DEFAULT WHERE (t.id) IN (SELECT id FROM t_rows);
SELECT CAST(t.b * 2 AS DECIMAL(6,1)) AS c FROM t WHERE (t.id) IN (SELECT id FROM t_rows)`,
      findings: ["after", "before", "keys"],
    },
    {
      given: `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$;
CREATE TABLE t (id int PRIMARY KEY, a int, at timestamptz); CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()`,
      pg: "UPDATE t SET a = a + 1 WHERE a = 1 RETURNING id, at; UPDATE t SET a = 2 WHERE at < '2026-01-01' RETURNING id",
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT t.id FROM t WHERE a = 1 FOR UPDATE;
UPDATE t SET a = a + 1 WHERE (t.id) IN (SELECT id FROM t_rows);
SELECT id, at FROM t WHERE (t.id) IN (SELECT id FROM t_rows);
SELECT id FROM t WHERE at < TIMESTAMP '2026-01-01 00:00:00' FOR UPDATE;
UPDATE t SET a = 2 WHERE at < TIMESTAMP '2026-01-01 00:00:00'`,
      findings: ["keys", "before"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, a int)",
      pg: "UPDATE t SET at = now(), a = 2 WHERE a = 1 RETURNING id, at",
      tidb: "SELECT id, NOW(6) AS at FROM t WHERE a = 1 FOR UPDATE;\nUPDATE t SET at = NOW(6), a = 2 WHERE a = 1",
      findings: ["clock", "before"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, a int)",
      pg: "UPDATE t SET a = 2 WHERE at < now() RETURNING id; DELETE FROM t WHERE at < now() RETURNING id; DELETE FROM t WHERE random() < 0.5 RETURNING id",
      tidb: `UPDATE t SET a = 2 WHERE at < NOW(6);
SELECT id FROM t WHERE at < NOW(6);
SELECT id FROM t WHERE at < NOW(6) FOR UPDATE;
DELETE FROM t WHERE at < NOW(6);
DELETE FROM t WHERE RAND() < 0.5e0`,
      findings: ["moment", "after", "moment", "before", "lost"],
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE s (id serial PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, NULL)",
      pg: "UPDATE t SET a = 2 WHERE random() < 0.5 RETURNING id; INSERT INTO s (id, a) VALUES (DEFAULT, 5), (DEFAULT, NULL) RETURNING id, a; INSERT INTO s VALUES (DEFAULT, 6) RETURNING *",
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT t.id FROM t WHERE RAND() < 0.5e0 FOR UPDATE;
UPDATE t SET a = 2 WHERE (t.id) IN (SELECT id FROM t_rows);
SELECT id FROM t WHERE (t.id) IN (SELECT id FROM t_rows);
INSERT INTO s (id, a) VALUES (DEFAULT, 5), (DEFAULT, NULL);
SELECT id, a FROM s WHERE id >= LAST_INSERT_ID() AND id < LAST_INSERT_ID() + 2;
INSERT INTO s VALUES (DEFAULT, 6);
SELECT * FROM s WHERE id = LAST_INSERT_ID()`,
      findings: ["keys", "after", "after"],
    },
    {
      given: "CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), a int)",
      pg: "INSERT INTO t (a) VALUES (1), (2) RETURNING a; INSERT INTO t VALUES (DEFAULT, 3) RETURNING *, a + 1 AS next",
      tidb: `SET @new_id_1 = UUID();
SET @new_id_2 = UUID();
INSERT INTO t (a, id) VALUES (1, @new_id_1), (2, @new_id_2);
SELECT a FROM t WHERE (id) IN ((@new_id_1), (@new_id_2));
SET @new_id_1 = UUID();
INSERT INTO t (id, a) VALUES (@new_id_1, 3);
SELECT *, a + 1 AS next FROM t WHERE id = @new_id_1`,
      findings: ["kept", "kept"],
    },
    {
      given: "CREATE TABLE t (name text PRIMARY KEY DEFAULT 'one', a int); INSERT INTO t VALUES ('one', 1)",
      pg: "INSERT INTO t (a) VALUES (5) ON CONFLICT (name) DO UPDATE SET a = excluded.a RETURNING *",
      tidb: "INSERT INTO t (a) VALUES (5) ON DUPLICATE KEY UPDATE a = VALUES(a);\nSELECT * FROM t WHERE name = 'one'",
      findings: ["after"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, NULL)",
      pg: `INSERT INTO t (id, a) SELECT id + 1, a FROM t WHERE id = 2 RETURNING *;
WITH s AS (SELECT id, a FROM t) INSERT INTO t (id, a) SELECT id + 1, random() FROM s ON CONFLICT DO NOTHING RETURNING id;
INSERT INTO t (id, a) SELECT id, 5 FROM t ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING id, a;
INSERT INTO t (id, a) VALUES (1, 9) ON CONFLICT DO NOTHING RETURNING id; INSERT INTO t (id, a) VALUES (9, 9) ON CONFLICT (id) DO NOTHING RETURNING id, a`,
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT, a INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT id + 1, a FROM t WHERE id = 2;
INSERT INTO t (id, a) SELECT id, a FROM t_rows;
SELECT * FROM t WHERE (id) IN (SELECT id FROM t_rows);
DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT, a INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows WITH s AS (SELECT id, a FROM t) SELECT id + 1, RAND() FROM s;
DELETE FROM t_rows WHERE (id) IN (SELECT id FROM t);
INSERT INTO t (id, a) SELECT id, a FROM t_rows ON DUPLICATE KEY UPDATE id = t.id;
SELECT id FROM t WHERE (id) IN (SELECT id FROM t_rows);
DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (id INT, a INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT * FROM (SELECT id, 5 FROM t) AS source_1;
INSERT INTO t (id, a) SELECT id, a FROM t_rows ON DUPLICATE KEY UPDATE a = VALUES(a);
SELECT id, a FROM t WHERE (id) IN (SELECT id FROM t_rows);
SET @there_1 = (SELECT COUNT(*) FROM t WHERE id = 1);
INSERT INTO t (id, a) VALUES (1, 9) ON DUPLICATE KEY UPDATE id = t.id;
SELECT id FROM t WHERE (id = 1) AND @there_1 = 0;
SET @there_1 = (SELECT COUNT(*) FROM t WHERE id = 9);
INSERT INTO t (id, a) VALUES (9, 9) ON DUPLICATE KEY UPDATE id = t.id;
SELECT id, a FROM t WHERE (id = 9) AND @there_1 = 0`,
      findings: ["rows", "rows", "rows", "there", "there"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b int DEFAULT 4); INSERT INTO t VALUES (1, 5), (2, 1)",
      pg: "INSERT INTO t (id, a) VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET a = excluded.a WHERE t.a < excluded.b RETURNING id; INSERT INTO t (id) VALUES (7) ON CONFLICT (id) DO UPDATE SET id = 8 RETURNING id",
      tidb: `INSERT INTO t (id, a) VALUES (1, 3) ON DUPLICATE KEY UPDATE a = IF(t.a < VALUES(b), VALUES(a), t.a);
SELECT id FROM t WHERE id = 1;
INSERT INTO t (id) VALUES (7) ON DUPLICATE KEY UPDATE id = 8`,
      findings: ["unmet", "after", "lost"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, k varchar(9) UNIQUE); CREATE TABLE s (k varchar(9)); INSERT INTO s VALUES ('a')",
      pg: "INSERT INTO t (k) SELECT k FROM s ON CONFLICT (k) DO NOTHING RETURNING k",
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_rows;
CREATE TEMPORARY TABLE t_rows (k VARCHAR(9)) COLLATE utf8mb4_0900_bin;
INSERT INTO t_rows SELECT k FROM s;
DELETE FROM t_rows WHERE (k) IN (SELECT k FROM t);
INSERT INTO t (k) SELECT k FROM t_rows ON DUPLICATE KEY UPDATE id = t.id;
SELECT k FROM t WHERE (k) IN (SELECT k FROM t_rows)`,
      findings: ["nulls", "rows"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, k text UNIQUE DEFAULT 'a')",
      pg: "INSERT INTO t (id) SELECT 5 ON CONFLICT DO NOTHING RETURNING id",
      tidb: "INSERT INTO t (id) SELECT 5 ON DUPLICATE KEY UPDATE id = t.id",
      findings: ["lost"],
    },
  ],
});

/** Whether the rows can be read after the UPDATE, which its condition still finds. */
function isLate(
  { relation, fromClause = [], whereClause, withClause, returningClause }: UpdateStmt,
  changed: ReadonlySet<string>,
): boolean {
  const { old } = versionsOf(returningClause!, [relation!]);
  const alone = fromClause.length === 0 && !withClause;
  return alone && !showsVersion(returningClause!.exprs as never, [old]) && staysSame(whereClause, changed);
}

function keeping(ctx: Ctx): Keeping {
  return {
    variable: (column) => raw(`@${identifier(ctx.fresh(`new_${column}`))}`),
    standing: (column) => {
      const standing = column.default === undefined ? undefined : tidbDefault(ctx.catalog, column, column.default);
      return standing && "sql" in standing ? raw(standing.sql.replace(/^\((.+)\)$/, "$1")) : undefined;
    },
    taken: (value) => ctx.consumed(value),
    computed: true,
  };
}

/** The keys, then the rows with them, then what RETURNING shows of these. */
function afterKept(insert: InsertStmt, { before, cols, valuesLists, where }: Kept, returning: ReturningClause, ctx: Ctx): Outcome {
  const read = query(returning, [named(insert, ctx)], where as unknown as Value, undefined, ctx);
  const source = as("SelectStmt", insert.selectStmt);
  const selectStmt = source ? ctx.change(source, { valuesLists }) : { ...PLAIN_SELECT, valuesLists };
  const rest = ctx.change(insert, { returningClause: undefined, cols, selectStmt });
  return ctx.statements([...before, rest, read], "kept");
}

/** The table under the name that RETURNING knows it by. */
function named(insert: InsertStmt, ctx: Ctx): RangeVar {
  const { alias } = ctx.origin(insert).relation!;
  return alias ? ctx.change(insert.relation!, { alias }) : insert.relation!;
}

/** Which of the keys are there, the INSERT, then the rows with the other keys. */
function withoutThose(insert: InsertStmt, table: Table, where: Tidb, returning: ReturningClause, ctx: Ctx): Outcome {
  const rest = ctx.change(insert, { returningClause: undefined });
  const rows = as("SelectStmt", insert.selectStmt)?.valuesLists ?? [];
  if (rows.length === 1) {
    const there = raw(`@${identifier(ctx.fresh("there"))}`);
    const isNew = tidb`${where} AND ${there} = 0` as unknown as Value;
    const before = tidb`SET ${there} = (SELECT COUNT(*) FROM ${insert.relation!} WHERE ${where})`;
    return ctx.statements([before, rest, query(returning, [named(insert, ctx)], isNew, undefined, ctx)], "there");
  }
  const given = givenColumns(insert, table) ?? [];
  const key = keysOf(table, ctx.origin(insert)).find((columns) => columns.every((column) => given.includes(column)));
  const kept = key && rowsTable(table, key, ctx);
  if (!key || !kept) return lost(insert, "the types of its key are not known", ctx);
  const names = namesOf(key);
  const isNew = tidb`${where} AND (${names}) NOT IN (SELECT ${names} FROM ${kept.name})` as unknown as Value;
  return ctx.statements(
    [
      ...kept.made,
      tidb`INSERT INTO ${kept.name} SELECT ${names} FROM ${insert.relation!} WHERE ${where}`,
      rest,
      query(returning, [named(insert, ctx)], isNew, undefined, ctx),
    ],
    "there",
  );
}

/**
 * The rows of an INSERT's query in a table of the session, the INSERT of these, then the rows with their keys.
 * @returns undefined where the query gives no key
 */
function byRows(insert: InsertStmt, table: Table, returning: ReturningClause, ctx: Ctx): Outcome {
  const { onConflictClause: conflict } = ctx.origin(insert);
  const source = insert.selectStmt;
  const { valuesLists, withClause: own } = as("SelectStmt", ctx.origin(insert).selectStmt) ?? {};
  const given = valuesLists?.length ? undefined : givenColumns(insert, table);
  const isGiven = (columns: readonly Column[]) => columns.every((column) => given?.includes(column));
  const key = keysOf(table, ctx.origin(insert)).find(isGiven);
  if (!source || !given || !key || (own && insert.withClause)) return undefined;
  const nothing = conflict?.action === "ONCONFLICT_NOTHING";
  // Without a target, any key may be there already.
  const all = [...table.constraints.values()].filter(({ type }) => type === "primary" || type === "unique").map(({ columns }) => columns);
  const deciding = !nothing ? [] : conflict?.infer ? [key] : all;
  if (!deciding.every(isGiven)) return undefined;
  const written = nodesOf("ResTarget", conflict?.targetList).map(({ name }) => name);
  if (key.some(({ name }) => written.includes(name))) return undefined;
  const kept = rowsTable(table, given, ctx);
  if (!kept) return undefined;
  const nullable = key.filter((column) => !column.notNull);
  if (nullable.length > 0) ctx.report("nulls", { key: nullable.map(({ name }) => name).join(", ") });
  const around = insert.withClause ? tidb`${insert.withClause} ` : raw("");
  const columns = namesOf(given);
  const those = tidb`SELECT ${columns} FROM ${kept.name}` as unknown as InsertStmt["selectStmt"];
  const rest = ctx.change(insert, { returningClause: undefined, withClause: undefined, selectStmt: those });
  const among = tidb`(${namesOf(key)}) IN (SELECT ${namesOf(key)} FROM ${kept.name})` as unknown as Value;
  return ctx.statements(
    [
      ...kept.made,
      tidb`INSERT INTO ${kept.name} ${around}${source}`,
      ...deciding.map((each) => {
        const names = namesOf(each);
        return tidb`DELETE FROM ${kept.name} WHERE (${names}) IN (SELECT ${names} FROM ${insert.relation!})`;
      }),
      rest,
      query(returning, [named(insert, ctx)], among, undefined, ctx),
    ],
    "rows",
  );
}

function namesOf(columns: readonly Column[]): Raw {
  return raw(columns.map(({ name }) => identifier(name)).join(", "));
}

/** A table of the session for some columns of rows; undefined where a type is not known. */
function rowsTable(table: Table, columns: readonly Column[], ctx: Ctx): { readonly name: Raw; readonly made: readonly Tidb[] } | undefined {
  const types = columns.map((column) => ({ name: column.name, type: mapType(ctx.catalog, column.type, column)?.sql }));
  if (!types.every((column): column is { name: string; type: string } => column.type !== undefined)) return undefined;
  const name = temporaryName(ctx.catalog, `${table.name}_rows`);
  return { name: raw(identifier(name)), made: temporaryTable(name, types) };
}

/** A value as its column keeps it: rounded. */
function stored(value: Value, column: Column, ctx: Ctx): Value {
  const name = typeName(column.type).name;
  const sql = mapType(ctx.catalog, column.type, column)?.sql;
  if (!isNode(value) || !changesWhenStored(ctx.info(value)?.type.name, name, column.type)) return value;
  return tidb`CAST(${value} AS ${raw(name.startsWith("int") ? "SIGNED" : (sql ?? "CHAR"))})` as unknown as Value;
}

/** The statement without its RETURNING. */
function lost<S extends InsertStmt | UpdateStmt | DeleteStmt>(statement: S, what: string, ctx: Ctx): Outcome {
  ctx.consumed(statement.returningClause!);
  return ctx.replace(ctx.change(statement as UpdateStmt, { returningClause: undefined }), "lost", { what });
}

const WHOLE_ROW = "it shows a whole row before or after as a value";

/** RETURNING where `old` or `new` is the row that is read, and nothing is known of the other. */
function withoutVersions(
  statement: InsertStmt | UpdateStmt | DeleteStmt,
  from: readonly Value[],
  there: "old" | "new",
  ctx: Ctx,
): ReturningClause | undefined {
  const returning = statement.returningClause!;
  const names = versionsOf(returning, from);
  const target = relationNames([from[0]!])[0]!;
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(statement.relation!));
  const missing = there === "old" ? "new" : "old";
  const how = { taken: (part: ResTarget) => ctx.consumed(part), change: ctx.change as Showing["change"] };
  const exprs = oneVersion(returning.exprs ?? [], { there: names[there], missing: names[missing] }, target, table, how);
  readOptions(returning, ctx);
  return exprs && { ...returning, exprs };
}

/** Whether RETURNING shows columns of the written table alone, each under its name. */
function showsTarget({ exprs }: ReturningClause, { alias, relname }: RangeVar): boolean {
  const isOther = (node: Node) =>
    node.kind === "SubLink" ||
    (node.kind === "ColumnRef" && (node.fields?.length !== 2 || node.fields[0] !== (alias?.aliasname ?? relname)));
  return !holds(exprs as unknown as Value, isOther);
}

/** The rows that meet one of USING or FROM at least: one that meets several is written, and returned, once. */
function meetsAny(fromClause: readonly Value[], whereClause: Value | undefined): Value {
  const one: ResTarget = { kind: "ResTarget", val: { kind: "A_Const", ival: 1 } };
  const subselect = { ...PLAIN_SELECT, targetList: [one], fromClause, ...(whereClause !== undefined && { whereClause }) };
  return { kind: "SubLink", subLinkType: "EXISTS_SUBLINK", subselect } as Value;
}

/** Whether a row meets one row of the others at most: each is held by all columns of a key, compared by `=` with what is known before. */
function meetsOne(items: readonly Value[] | undefined, where: Value | undefined, ctx: Ctx): boolean {
  const open = new Map(
    (items ?? []).map((item) => {
      const relation = as("RangeVar", item);
      return [relation?.alias?.aliasname ?? relation?.relname, relation] as const;
    }),
  );
  const pairs = conjuncts(where).flatMap((test) => {
    const { variant, name, lexpr, rexpr } = as("A_Expr", test) ?? {};
    const isEqual = variant === "AEXPR_OP" && name?.at(-1) === "=";
    return isEqual ? [[lexpr, rexpr] as const, [rexpr, lexpr] as const] : [];
  });
  // A bare name may be any table's.
  const isOpen = (node: Node) =>
    node.kind === "SubLink" || (node.kind === "ColumnRef" && (node.fields?.length === 1 || open.has(String(node.fields?.at(-2)))));
  const isHeld = (alias: string | undefined, relation: RangeVar | undefined) => {
    const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
    const equal = pairs.flatMap(([column, value]) => {
      const fields = as("ColumnRef", column)?.fields ?? [];
      return fields.length === 2 && fields[0] === alias && !holds(value, isOpen) ? [fields[1]] : [];
    });
    return [...(table?.constraints.values() ?? [])].some(
      ({ type, columns }) => (type === "primary" || type === "unique") && columns.every(({ name }) => equal.includes(name)),
    );
  };
  for (let before = Number.POSITIVE_INFINITY; open.size < before; ) {
    before = open.size;
    for (const [alias, relation] of [...open]) if (isHeld(alias, relation)) open.delete(alias);
  }
  return open.size === 0;
}

/** The rows of RETURNING as a query. */
function query(
  returning: ReturningClause,
  from: readonly Value[],
  where: Value | undefined,
  withClause: SelectStmt["withClause"],
  ctx: Ctx,
): SelectStmt {
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

function updatedBefore(update: UpdateStmt, rest: UpdateStmt, returning: ReturningClause, from: readonly Value[], ctx: Ctx): Outcome {
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(update.relation!));
  const written = assignments(ctx.origin(update));
  const showing: Showing = {
    changed: changedColumns(update, table, ctx.catalog),
    taken: (target) => ctx.consumed(target),
    assigned: (value, column) => stored(value, column, ctx),
    change: ctx.change as Showing["change"],
    isVolatile: (column) => isVolatile(written.get(column), ctx),
    versions: versionsOf(returning, from),
  };
  // Nothing may be declared changed that is not in the output: whether it works is tried on copies.
  const tried = shownBefore(update, returning, table, {
    ...showing,
    taken: () => {},
    change: (node, patch) => ({ ...node, ...patch }) as Node,
  });
  if (typeof tried === "string") return byKeys(update, rest, returning, table, from, ctx) ?? lost(update, tried, ctx);
  const shown = shownBefore(update, returning, table, showing) as typeof tried;
  for (const column of shown.written) if (readsClock(written.get(column))) ctx.report("clock", { column });
  const shows = { ...returning, exprs: shown.exprs };
  const alone = from.length > 1 && showsTarget(shows, update.relation!);
  const read = alone
    ? query(shows, [update.relation!], meetsAny(update.fromClause!, update.whereClause), update.withClause, ctx)
    : query(shows, from, update.whereClause, update.withClause, ctx);
  readOptions(returning, ctx);
  if (!alone && !meetsOne(ctx.origin(update).fromClause, ctx.origin(update).whereClause, ctx)) ctx.report("twice");
  return ctx.statements([locked(read, update.relation!, alone ? 1 : from.length), rest], "before");
}

/** What RETURNING holds stands in a query, and the names that it gives rows in what stands for them. */
function readOptions(returning: ReturningClause, ctx: Ctx): void {
  ctx.carried(returning, ["exprs", "options"]);
  for (const option of returning.options ?? []) ctx.consumed(option);
}

/** The keys of the rows in a table of the session, the UPDATE of these, then the rows with them. */
function byKeys(
  update: UpdateStmt,
  rest: UpdateStmt,
  returning: ReturningClause,
  table: Table | undefined,
  from: readonly Value[],
  ctx: Ctx,
): Outcome {
  const key = [...(table?.constraints.values() ?? [])].find(({ type }) => type === "primary")?.columns;
  const set = assignments(update);
  if (!table || !key || from.length > 1 || update.withClause || key.some(({ name }) => set.has(name))) return undefined;
  if (showsVersion(returning.exprs as never, [versionsOf(returning, from).old])) return undefined;
  const shown = withoutVersions(update, from, "new", ctx);
  const kept = rowsTable(table, key, ctx);
  if (!shown || !kept) return undefined;
  const target = relationNames(from)[0]!;
  const keyRefs = key.map(({ name }): ResTarget => ({ kind: "ResTarget", val: { kind: "ColumnRef", fields: [target, name] } }));
  const keys = query({ kind: "ReturningClause", exprs: keyRefs }, from, update.whereClause, undefined, ctx);
  const own = raw(key.map(({ name }) => `${identifier(target)}.${identifier(name)}`).join(", "));
  const among = tidb`(${own}) IN (SELECT ${namesOf(key)} FROM ${kept.name})` as unknown as Value;
  return ctx.statements(
    [
      ...kept.made,
      tidb`INSERT INTO ${kept.name} ${locked(keys, update.relation!, 1) as unknown as Value}`,
      ctx.change(rest, { whereClause: among }),
      query(shown, from, among, undefined, ctx),
    ],
    "keys",
  );
}

function isVolatile(value: Value | undefined, ctx: Ctx): boolean {
  return holds(value, (node) => node.kind === "FuncCall" && (ctx.info(node)?.call?.volatility ?? "volatile") === "volatile");
}

const ANOTHER = "its condition gives another answer each time";
