import { describe, expect, it } from "vitest";
import { convertTexts, fileOf, sqlOf } from "../support/converting.js";

async function converted(pg: string) {
  const result = await convertTexts({ pg });
  const file = fileOf(result, "pg");
  const findings = file.statements.flatMap((statement) => statement.findings.map(({ rule, message }) => `${rule} ${message}`));
  return { sql: sqlOf([file]), findings };
}

describe("a column of a table that is not in the input", () => {
  it("is made by its own definition", async () => {
    expect(await converted("ALTER TABLE elsewhere ADD COLUMN a text DEFAULT '' NOT NULL")).toEqual({
      sql: ["ALTER TABLE elsewhere ADD COLUMN a VARCHAR(16383) NOT NULL DEFAULT ''"],
      findings: ["types/text default-length", "tables/unknown unknown"],
    });
  });

  it("gets a default that is computed", async () => {
    expect(await converted("ALTER TABLE elsewhere ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()")).toEqual({
      sql: [
        "ALTER TABLE elsewhere ADD COLUMN a CHAR(36)",
        "UPDATE elsewhere SET a = UUID() WHERE a IS NULL",
        "ALTER TABLE elsewhere MODIFY COLUMN a CHAR(36) NOT NULL DEFAULT (UUID())",
      ],
      findings: ["types/uuid as-text", "columns/default uuid-version", "columns/default filled", "tables/unknown unknown"],
    });
  });
});

describe("a default that draws from a sequence", () => {
  it("names it as TiDB does", async () => {
    const { sql } = await converted(`CREATE TABLE t (id int);
      CREATE SEQUENCE app.counter;
      CREATE TABLE app.t (id int DEFAULT nextval('app.counter'::regclass));
      ALTER TABLE t ADD COLUMN n bigint DEFAULT nextval('app.counter')`);
    expect(sql.slice(-4)).toEqual([
      "CREATE TABLE app_t (\n  id INT DEFAULT (NEXTVAL(app_counter))\n) COLLATE utf8mb4_0900_bin",
      "ALTER TABLE t ADD COLUMN n BIGINT",
      "UPDATE t SET n = NEXTVAL(app_counter) WHERE n IS NULL",
      "ALTER TABLE t MODIFY COLUMN n BIGINT DEFAULT (NEXTVAL(app_counter))",
    ]);
  });
});

describe("types within a column's definition", () => {
  it("that are not the column's own are left alone", async () => {
    const { sql } = await converted(
      "CREATE TABLE t (a varchar(9) DEFAULT 'x'::text CHECK (a <> 'y'::text), b text[] DEFAULT '{}'::text[])",
    );
    expect(sql).toEqual([
      "CREATE TABLE t (\n  a VARCHAR(9) DEFAULT 'x',\n  b JSON DEFAULT (JSON_ARRAY()),\n  CONSTRAINT t_a_check CHECK (a <> 'y')\n) COLLATE utf8mb4_0900_bin",
    ]);
  });
});
