import { describe, expect, it } from "vitest";
import { reachesOutside } from "../../src/targets/outside.js";

describe("a statement on a user's server", () => {
  it.each([
    "CREATE TABLE t (a INT DEFAULT (NEXTVAL(s)), CONSTRAINT c FOREIGN KEY (a) REFERENCES p (id))",
    "CREATE OR REPLACE VIEW v AS SELECT t.a, u.b FROM t JOIN u ON t.id = u.id",
    "create unique index i on t (a)",
    "ALTER TABLE t ADD COLUMN b INT, ADD CONSTRAINT c CHECK (b > 0)",
    "DROP TABLE IF EXISTS t",
    "DROP INDEX i ON t",
    "INSERT INTO t (a) SELECT t.a FROM t JOIN u ON t.id = u.id ON DUPLICATE KEY UPDATE a = VALUES(a)",
    "INSERT INTO t VALUES ('DROP TABLE prod.t')",
    "UPDATE t JOIN u ON t.id = u.id SET t.a = u.a, t.b = u.b",
    "DELETE FROM t WHERE t.id IN (SELECT u.id FROM u)",
    "INSERT INTO own.t VALUES (1)",
    "SELECT * FROM prod.t",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "SET SESSION group_concat_max_len = 1",
    "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin",
    "SET time_zone = '+00:00'",
    "ALTER TABLE `x y` MODIFY COLUMN `a.b` INT, ADD CONSTRAINT `c.d` CHECK (`a.b` > 0)",
    "SET foreign_key_checks = 0",
    "BEGIN",
    "COMMIT",
    "/* note */ TRUNCATE TABLE t",
    "CREATE TABLE t (a BIGINT /*T![auto_rand] AUTO_RANDOM(5) */ PRIMARY KEY)",
  ])("runs: %s", (sql) => {
    expect(reachesOutside(sql, "own")).toBe(false);
  });

  it.each([
    "USE prod",
    "CREATE DATABASE prod",
    "DROP DATABASE prod",
    "drop schema `prod`",
    "DROP TABLE prod.t",
    "DROP TABLE a, `prod` . `t`",
    "TRUNCATE prod.t",
    "/*!40000 DROP DATABASE prod */",
    "ALTER TABLE prod.t ADD b INT",
    "RENAME TABLE a TO prod.a",
    "CREATE TABLE prod.t (a INT)",
    "CREATE INDEX i ON prod.t (a)",
    "INSERT INTO prod.t VALUES (1)",
    "INSERT prod.t VALUES (1)",
    "REPLACE prod.t VALUES (1)",
    "UPDATE prod.t SET a = 1",
    "UPDATE a, prod.t SET t.a = 1",
    "DELETE FROM prod.t",
    "WITH a AS (SELECT 1) DELETE FROM prod.t",
    "EXPLAIN ANALYZE DELETE FROM prod.t",
    "SET GLOBAL tidb_enable_check_constraint = ON",
    "SET @@global.foreign_key_checks = 0",
    "SET a = 1, GLOBAL b = 2",
    "SET PASSWORD = 'x'",
    "CREATE USER u",
    "GRANT ALL ON *.* TO u",
    "PREPARE p FROM 'DROP TABLE prod.t'",
    "EXECUTE p",
    "SHUTDOWN",
    "KILL 1",
    "LOAD DATA INFILE 'x' INTO TABLE t",
    "SELECT 1 INTO OUTFILE '/x'",
    "SOMETHING NEW",
  ])("does not run: %s", (sql) => {
    expect(reachesOutside(sql, "own")).toBe(true);
  });
});
