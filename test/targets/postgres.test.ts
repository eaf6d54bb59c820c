import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPglite } from "../../src/targets/pglite.js";
import { openPostgres } from "../../src/targets/pgserver.js";
import { CANCELED, type Postgres } from "../../src/targets/postgres.js";

describe("the embedded PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPglite(`CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; create extension citext`);
  }, 120_000);
  afterAll(() => postgres?.close());

  it("gives every value in PostgreSQL's text, with the names of the types", async () => {
    await postgres.query("CREATE EXTENSION citext; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad'); CREATE DOMAIN d AS int");
    const { columns, rows } = await postgres.query(
      `SELECT 1, true AS b, '{1,null}'::int[] AS a, timestamptz '2024-01-01 12:00+02' AS t, null AS n, 1.50, '\\x00'::bytea AS y, 'sad'::app.mood AS m,
         '{sad}'::app.mood[] AS ms, 'A'::citext AS c, 1::d AS d, jsonb '{"a":1}' AS j, interval '90 min' AS i`,
    );
    expect(columns.map(({ type }) => type)).toEqual(
      "int4 bool int4[] timestamptz text numeric bytea app.mood app.mood[] citext int4 jsonb interval".split(" "),
    );
    const expected = [
      "1",
      "t",
      "{1,NULL}",
      "2024-01-01 10:00:00+00",
      null,
      "1.50",
      "\\x00",
      "sad",
      "{sad}",
      "A",
      "1",
      '{"a": 1}',
      "01:30:00",
    ];
    expect(rows).toEqual([expected]);
  });

  it("returns the rows of the last statement that has any", async () => {
    expect((await postgres.query("SELECT 1; SELECT 2 AS two; SET work_mem = '4MB'")).rows).toEqual([["2"]]);
  });

  it("says why it refuses, and goes on", async () => {
    await expect(postgres.query("SELECT 1/0")).rejects.toMatchObject({ name: "PostgresError", code: "22012", message: "division by zero" });
    expect((await postgres.query("SELECT 1")).rows).toEqual([["1"]]);
  });

  it("ends a statement that takes too long, and can begin anew", async () => {
    await expect(postgres.query("SELECT count(*) FROM generate_series(1, 1000000000)", 1000)).rejects.toMatchObject({ code: CANCELED });
    expect(postgres.alive()).toBe(false);
    await expect(postgres.query("SELECT 1")).rejects.toMatchObject({ name: "EngineError" });
    await postgres.restart();
    await expect(postgres.query("SELECT 'sad'::app.mood")).rejects.toMatchObject({ code: "3F000" });
  }, 120_000);
});

describe("a PostgreSQL server", () => {
  it.each([
    ["mysql://root@127.0.0.1:4000", "not a PostgreSQL URL: mysql://root@127.0.0.1:4000 (expected postgres://user:password@host:port)"],
    [
      "postgres://me:secret@127.0.0.1:1/shop",
      "cannot connect to PostgreSQL at postgres://me:***@127.0.0.1:1/shop: connect ECONNREFUSED 127.0.0.1:1",
    ],
  ])("that is none ends in one line without a password: %s", async (url, message) => {
    await expect(openPostgres(url)).rejects.toMatchObject({ name: "EngineError", message });
  });
});
