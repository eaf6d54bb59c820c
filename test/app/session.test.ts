import mysql, { type Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DRIVERS, MYSQL2_OPTIONS, SET_SESSION, sessionText } from "../../src/app/drivers.js";
import { PROFILE } from "../../src/app/session.js";
import { startEngine } from "../../src/targets/open.js";

let engine: Awaited<ReturnType<typeof startEngine>>;
let connection: Connection;
beforeAll(async () => {
  engine = await startEngine({ build: false, log: console.error });
  connection = await mysql.createConnection({ uri: engine.url, ...MYSQL2_OPTIONS });
  await connection.query(SET_SESSION);
});
afterAll(async () => {
  await connection?.end();
  await engine?.stop();
});

const row = async (sql: string): Promise<unknown> => Object.values(((await connection.query(sql)) as unknown[][][])[0]![0]!);

/** What each setting is for, shown by a query that answers otherwise without it. */
const PROBES: readonly (readonly [string, unknown[]])[] = [
  ["SELECT 'a' = 'A', 'a' = 'a ', 'é' = 'e'", [0, 0, 0]],
  ["SELECT 9007199254740993, CAST(-9223372036854775808 AS SIGNED)", ["9007199254740993", "-9223372036854775808"]],
  ["SELECT TIMESTAMP'2024-02-29 12:00:00.123456'", ["2024-02-29 12:00:00.123456"]],
  ["SELECT FROM_UNIXTIME(0)", ["1970-01-01 00:00:00"]],
  ["SELECT CAST(1 AS DECIMAL(10,0)) / 3", ["0.3333333333333333"]],
  ["SELECT @@transaction_isolation", ["READ-COMMITTED"]],
  ["WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT COUNT(*) + 0.0 FROM n", ["1500.0"]],
  [
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT LENGTH(GROUP_CONCAT('xx')) = 900 * 3 - 1 FROM n",
    [1],
  ],
];

describe("a session as mysql2 is told to have it", () => {
  it.each(PROBES)("%s", async (sql, answer) => {
    const got = (await row(sql)) as unknown[];
    // Small integers come as text too.
    expect(got.map((v) => (typeof v === "string" && /^\d$/.test(v) ? Number(v) : v))).toEqual(answer);
  });

  it("is needed: none of these hold for a driver that is told nothing", async () => {
    const plain = await mysql.createConnection({ uri: engine.url });
    const [rows] = (await plain.query(
      "SELECT 'a' = 'A' AS text, 9007199254740993 AS big, @@transaction_isolation AS level",
    )) as unknown as [{ text: number; big: number; level: string }[]];
    await plain.end();
    expect(rows[0]).toEqual({ text: 1, big: 9007199254740992, level: "REPEATABLE-READ" });
  });
});

describe("the profile", () => {
  it("as SQL is taken by TiDB", async () => {
    const statements = sessionText("sql")
      .split("\n")
      .filter((line) => !line.startsWith("--") && line !== "");
    expect(statements).toHaveLength(PROFILE.length);
    for (const sql of statements) await connection.query(sql.replace(/;$/, ""));
  });

  it.each(DRIVERS.filter((driver) => driver !== "sql"))("for %s names every variable", (driver) => {
    const text = decodeURIComponent(sessionText(driver).replaceAll(/%(?![0-9A-F]{2})/g, "%25"));
    for (const { variable } of PROFILE)
      if (variable && variable[0] !== "collation_connection") expect(text).toContain(variable[1].replaceAll("'", "").split(" ")[0]);
    expect(text).toMatch(/utf8mb4_0900_bin/);
    expect(text).toContain(PROFILE.at(-1)!.sql);
  });
});
