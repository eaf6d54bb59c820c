import { afterAll, beforeAll, expect, it } from "vitest";
import { convertTexts, sqlOf } from "../support/converting.js";
import { refusals, type SharedTidb, startSharedTidb } from "../support/tidb.js";

let tidb: SharedTidb;
beforeAll(async () => {
  tidb = await startSharedTidb();
});
afterAll(() => tidb?.stop());

/** What comes out, without the statements' bodies, and what is said of it; TiDB must take all of it. */
async function converted(text: string) {
  const result = await convertTexts({ "a.sql": text });
  const sql = sqlOf(result.files);
  expect(await tidb.withDatabase(result.session, (target) => refusals(target, sql))).toEqual([]);
  const said = result.findings.filter(({ severity }) => severity !== "note").map(({ rule, message }) => `${rule}/${message}`);
  return { sql: sql.map((each) => each.split(/ \(\n| AS\n/)[0]), said };
}

it("gives names of its own to relations that were there together and are one name in TiDB, also when one of them goes later", async () => {
  const { sql, said } = await converted(`CREATE TABLE "T" (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW "V" AS SELECT id FROM "T";
CREATE SEQUENCE v;
INSERT INTO "T" VALUES (1);
ALTER TABLE "T" RENAME TO "U";
CREATE TABLE "User" (id int PRIMARY KEY);
ALTER TABLE "User" RENAME TO "user";
DROP VIEW "V";
DROP TABLE "U"`);
  expect(sql).toEqual([
    "CREATE TABLE `T_2`",
    "CREATE TABLE t",
    "CREATE VIEW `V_2`",
    "CREATE SEQUENCE v",
    "INSERT INTO `T_2` VALUES (1)",
    "ALTER TABLE `T_2` RENAME TO `U`",
    "CREATE OR REPLACE VIEW `V_2`",
    "CREATE TABLE `User`",
    "ALTER TABLE `User` RENAME TO user",
    "DROP VIEW `V_2`",
    "DROP TABLE `U`",
  ]);
  expect(said).toEqual(["core/schema-name/distinct", "core/schema-name/distinct"]);
});

it("leaves out what is about a table whose CREATE TABLE PostgreSQL's grammar refuses, under its later name as well", async () => {
  const { sql, said } = await converted(`CREATE TABLE bad (id int GENERATED);
CREATE TABLE public."Bad 2" (id int,,);
ALTER TABLE bad ADD COLUMN x int;
CREATE INDEX i ON bad (x);
INSERT INTO bad VALUES (1);
INSERT INTO "Bad 2" SELECT 1;
UPDATE bad SET x = 1;
CREATE VIEW v AS SELECT x FROM bad;
COMMENT ON COLUMN bad.x IS 'x';
TRUNCATE bad;
ALTER TABLE bad RENAME x TO y;
ALTER TABLE bad RENAME TO worse;
ALTER TABLE worse DROP COLUMN y;
DROP TABLE worse;
CREATE TABLE bad (id int PRIMARY KEY);
ALTER TABLE bad ADD COLUMN z int`);
  expect(sql).toEqual(["CREATE TABLE bad", "ALTER TABLE bad ADD COLUMN z int"]);
  expect(said).toEqual([
    "core/not-understood/refused",
    "core/not-understood/refused",
    ...Array.from({ length: 11 }, () => "core/absent-relation/absent"),
  ]);
});

it("makes no change of a table or column with a backquote in its name that TiDB loses it in", async () => {
  const { sql, said } = await converted(`CREATE TABLE "a\`b" (id int PRIMARY KEY, "c\`d" int, CHECK ("c\`d" > 0));
ALTER TABLE "a\`b" ADD COLUMN e int;
ALTER TABLE "a\`b" ADD CONSTRAINT f CHECK (e > 0);
ALTER TABLE "a\`b" ALTER COLUMN "c\`d" SET NOT NULL;
ALTER TABLE "a\`b" ADD CONSTRAINT g UNIQUE ("c\`d")`);
  expect(sql).toEqual(["CREATE TABLE `a``b`", "ALTER TABLE `a``b` ADD COLUMN e INT", "ALTER TABLE `a``b` ADD UNIQUE KEY g (`c``d`)"]);
  expect(said).toEqual(["core/unconverted/statement", "core/unconverted/statement"]);
});

it("follows what is not in the output to its later name and schema", async () => {
  const { sql, said } = await converted(`CREATE TABLE t (a int) INHERITS (elsewhere);
COMMENT ON TABLE t IS 'x';
TRUNCATE t;
ALTER TABLE t RENAME TO u;
ALTER TABLE u SET SCHEMA app;
DROP TABLE app.u;
CREATE VIEW v AS SELECT unheard(1) AS a;
ALTER VIEW v RENAME TO w;
SELECT * FROM w;
DROP VIEW w;
CREATE TABLE q AS SELECT unheard(1) AS a;
ALTER TABLE q ADD COLUMN b int;
ALTER TABLE q RENAME TO r;
INSERT INTO r VALUES (1, 2);
DROP TABLE r`);
  expect(sql).toEqual([]);
  expect(said).toEqual([
    "tables/options/inherits",
    ...Array.from({ length: 4 }, () => "core/absent-relation/absent"),
    "core/unconverted/statement",
    ...Array.from({ length: 2 }, () => "core/absent-relation/absent"),
    "tables/create-as/types",
    ...Array.from({ length: 3 }, () => "core/absent-relation/absent"),
  ]);
});
