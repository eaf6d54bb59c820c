import { describe, expect, it } from "vitest";
import type { Result } from "../src/result.js";
import { convertTexts, fileOf, sqlOf } from "./support/converting.js";

const said = (result: Result) => result.findings.map(({ rule, message }) => `${rule} ${message}`);

describe("statements that are TiDB's already", () => {
  const KEPT = [
    "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, e ENUM('a','b') DEFAULT 'a', INDEX i (id)) ENGINE=InnoDB",
    "CREATE TABLE `b` (x int, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
    "INSERT INTO `b` (x) VALUES (1)",
    "CREATE TABLE c (n INT UNSIGNED COMMENT 'not jsonb, and no \"quotes\"')",
  ];
  for (const pg of KEPT)
    it(pg, async () => {
      const result = await convertTexts({ pg });
      expect(sqlOf([fileOf(result, "pg")])).toEqual([pg]);
      expect(said(result)).toEqual(["core/own-sql kept"]);
      expect(result.account).toMatchObject({ statements: 1, asIs: 1 });
    });

  it("is not half of one: the finding points at what is PostgreSQL's", async () => {
    const pg = "CREATE TABLE t (id INT AUTO_INCREMENT, j JSONB)";
    const result = await convertTexts({ pg });
    expect(sqlOf(result.files)).toEqual([]);
    expect(said(result)).toEqual(["core/own-sql half"]);
    expect(result.findings[0]!.span.start).toBe(pg.indexOf("JSONB"));
  });

  for (const pg of ["CREATE TABEL t (a int)", "CREATE TABLE {{t}} (id INT AUTO_INCREMENT)", "CREATE TABLE t (a int", "SELECT FROM WHERE"])
    it(`is not ${pg}`, async () => {
      const result = await convertTexts({ pg });
      expect(result.findings.every(({ rule }) => rule === "core/not-understood")).toBe(true);
      expect(sqlOf(result.files)).toEqual([]);
    });
});

describe("rows for a partition", () => {
  const GIVEN = `CREATE TABLE p (a int, b bytea) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE q (a int, b bytea);
CREATE TABLE q1 (CHECK (a > 0)) INHERITS (q)`;

  it("go to the table it is a part of, coded by its columns' types", async () => {
    const result = await convertTexts({
      given: GIVEN,
      pg: "INSERT INTO p1 VALUES (1, '\\x00ff'); INSERT INTO q1 (b, a) VALUES ('\\x00ff', 2)",
    });
    expect(sqlOf([fileOf(result, "pg")])).toEqual([
      "INSERT INTO p PARTITION (p1) VALUES (1, X'00FF')",
      "INSERT INTO q (b, a) VALUES (X'00FF', 2)",
    ]);
  });
});
