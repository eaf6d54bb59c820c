import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../src/targets/database.js";
import { openTarget } from "../../src/targets/open.js";
import type { Target } from "../../src/targets/target.js";
import { convertTexts, fileOf, sqlOf } from "../support/converting.js";

/** Changes of a column's type, with values that tell a conversion that is right from one that is nearly right. */
const CHANGES: readonly (readonly [from: string, to: string, ...values: string[]])[] = [
  ["boolean", "text", "TRUE", "FALSE"],
  ["boolean", "int", "TRUE", "FALSE"],
  ["int", "boolean", "0", "1", "2", "-1", "300"],
  ["text", "boolean", "'t'", "'FALSE'", "' yes '", "'1'", "'off'"],
  ["int", "varchar(20)", "7", "-2147483648"],
  ["numeric(10,2)", "int", "2.5", "-2.5", "4.49"],
  ["numeric(10,3)", "numeric(5,1)", "2.25", "-2.25", "2.35"],
  ["double precision", "int", "2.5", "3.5", "-2.5"],
  ["real", "double precision", "2.5", "16777216"],
  ["timestamp", "date", "'2020-12-31 23:59:59.999999'", "'2020-02-29 12:00'"],
  ["timestamp", "timestamp(0)", "'2020-02-29 23:59:59.5'", "'2020-02-29 23:59:58.499999'"],
  ["timestamp", "text", "'2020-02-29 23:59:59.5'", "'2020-02-29 00:00:00'", "'2020-02-29 10:10:10'"],
  ["timestamp(3)", "text", "'2020-02-29 23:59:59.500'", "'2020-02-29 00:00:00'"],
  ["timestamp(0)", "text", "'2020-02-29 23:59:50'"],
  ["timestamptz", "text", "'2020-02-29 23:59:59.5+00'", "'2020-02-29 23:59:50+00'"],
  ["time", "text", "'23:59:59.5'", "'00:00:00'", "'10:10:10'"],
  ["date", "timestamp", "'2020-02-29'"],
  ["date", "text", "'2020-02-29'"],
  ["numeric(9,2)", "text", "1.5", "100", "-0.10"],
  ["numeric", "text", "1.5", "100", "-0.25"],
  ["text", "uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'b0eebc999c0b4ef8bb6d6bb9bd380a11'"],
  ["uuid", "text", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  ["bit(5)", "varchar(9)", "B'00101'", "B'11111'"],
  ["bytea", "text", "'\\x6869'", "'\\xff00'", "'\\x'"],
  ["text", "varchar(5)", "'abc  '", "'é日本'", "''"],
  ["varchar(9)", "varchar(5)", "'abc  '", "'é日本'", "''"],
  ["char(5)", "text", "'abc'", "''"],
  ["text", "jsonb", `'{"a": [1, null]}'`, "'1'"],
  ["text", "int", "'7'", "' 8 '", "'-1'"],
  ["text", "numeric(10,2)", "'7.125'", "'1e2'"],
];

/** Two values that are too few for a key, or a change that TiDB does not make of a key's column. */
const UNKEYED: ReadonlySet<string> = new Set(["boolean", "bytea", "jsonb"]);

/** Values that a change must refuse on both engines. */
const REFUSED: readonly (readonly [from: string, to: string, value: string])[] = [
  ["text", "boolean", "'perhaps'"],
  ["text", "boolean", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  ["text", "uuid", "'x'"],
  ["bigint", "int", "9999999999"],
  ["numeric", "numeric(5,1)", "99999"],
  ["text", "int", "'12abc'"],
];

let postgres: PGlite;
let target: Target;
beforeAll(async () => {
  [postgres, target] = await Promise.all([PGlite.create(), openTarget({ build: false, log: console.error })]);
  await postgres.exec("SET timezone = 'UTC'");
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres?.close(), target?.close()]);
});

function history(from: string, to: string, values: readonly string[], key: string): string {
  const rows = [...values, "NULL"].map((value, i) => `(${i}, ${value})`).join(", ");
  return `DROP TABLE IF EXISTS t; CREATE TABLE t (i int, v ${from} ${key}); INSERT INTO t VALUES ${rows}; ALTER TABLE t ALTER v TYPE ${to} USING v::${to}`;
}

async function onTidb(database: FreshDatabase, statements: readonly string[]): Promise<void> {
  await target.run(`USE ${database.name}`);
  for (const sql of statements) await target.run(sql);
}

/** Numbers without the zeros behind the point, and booleans and JSON in one form. */
function alike(text: unknown, to: string): unknown {
  if (text === null) return null;
  const shown = String(text);
  if (to === "boolean") return shown === "t" || shown === "1";
  if (to === "jsonb") return JSON.parse(shown);
  if (/^(numeric|double|int)/.test(to)) return Number(shown);
  return to.startsWith("timestamp") ? shown.replace(/\.0+$/, "") : shown;
}

describe.each(["", "UNIQUE"])("a column's change of type %s", (key) => {
  it.each(CHANGES)(
    "%s to %s",
    async (from, to, ...values) => {
      const result = await convertTexts({ pg: history(from, to, values, UNKEYED.has(from) || UNKEYED.has(to) ? "" : key) });
      const file = fileOf(result, "pg");
      expect(file.statements.flatMap(({ findings }) => findings).filter(({ severity }) => severity === "error")).toEqual([]);
      await postgres.exec(history(from, to, values, ""));
      const { rows } = await postgres.query<{ v: string }>(
        "SELECT CASE WHEN v IS NOT NULL THEN format('%s', v) END AS v FROM t ORDER BY i",
      );
      const database = await freshDatabase(target, result.session);
      try {
        await onTidb(database, sqlOf([file]));
        const shown = await target.rows("SELECT CAST(v AS CHAR) AS v FROM t ORDER BY i");
        expect(shown.map((row) => alike(Object.values(row)[0], to))).toEqual(rows.map(({ v }) => alike(v, to)));
      } finally {
        await database.drop();
      }
    },
    60_000,
  );
});

describe("values that have no form in the new type", () => {
  it.each(REFUSED)(
    "%s to %s: %s",
    async (from, to, value) => {
      const result = await convertTexts({ pg: history(from, to, [value], "") });
      await expect(postgres.exec(history(from, to, [value], ""))).rejects.toThrow();
      const database = await freshDatabase(target, result.session);
      try {
        await expect(onTidb(database, sqlOf([fileOf(result, "pg")]))).rejects.toThrow();
      } finally {
        await database.drop();
      }
    },
    60_000,
  );
});
