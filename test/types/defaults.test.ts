import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tidbDefault } from "../../src/types/defaults.js";
import { mapType } from "../../src/types/map.js";
import type { Codec } from "../../src/types/values.js";
import { catalogOf } from "../data/catalog.js";
import { type SharedTidb, startSharedTidb } from "../support/tidb.js";

const TYPES = "CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE SEQUENCE counter;";

let pg: PGlite;
let tidb: SharedTidb;
beforeAll(async () => {
  pg = await PGlite.create();
  tidb = await startSharedTidb();
}, 1_800_000);
afterAll(async () => {
  await tidb?.stop();
  await pg?.close();
});

/** The column `c` of a table, and what its default becomes. */
async function made(type: string, value: string) {
  const catalog = await catalogOf(`${TYPES} CREATE TABLE t (c ${type} DEFAULT ${value})`);
  const column = catalog.tables.get("public.t")!.columns.get("c")!;
  const mapped = mapType(catalog, column.type, column)!;
  return { mapped, value: tidbDefault(catalog, column, column.default!) };
}

/** How both engines show a value alike: an expression for each, and what is done to both texts. */
const SHOWN: { readonly [C in Codec]?: { readonly pg: string; readonly tidb: string; readonly alike?: (text: string) => unknown } } = {
  number: { pg: "c::text", tidb: "CAST(c AS CHAR)", alike: (v) => v.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") },
  float: { pg: "c::text", tidb: "CAST(c AS CHAR)", alike: Number },
  boolean: { pg: "c::int::text", tidb: "CAST(c AS CHAR)" },
  bytea: { pg: "upper(encode(c, 'hex'))", tidb: "HEX(c)" },
  timestamptz: { pg: "to_char(c AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", tidb: "DATE_FORMAT(c, '%Y-%m-%d %H:%i:%s.%f')" },
  timestamp: { pg: "to_char(c, 'YYYY-MM-DD HH24:MI:SS.US')", tidb: "DATE_FORMAT(c, '%Y-%m-%d %H:%i:%s.%f')" },
  time: { pg: "c::text", tidb: "CAST(c AS CHAR)", alike: (v) => v.replace(/\.0*$/, "") },
  json: { pg: "c::text", tidb: "CAST(c AS CHAR)", alike: JSON.parse },
  array: { pg: "array_to_json(c)::text", tidb: "CAST(c AS CHAR)", alike: JSON.parse },
  bit: { pg: "c::text", tidb: "LPAD(BIN(c), 4, '0')" },
};
const AS_TEXT = { pg: "format('%s', c)", tidb: "CAST(c AS CHAR)", alike: undefined };

/** Types, and the defaults of columns that have them. */
const DEFAULTS: readonly (readonly [type: string, ...values: string[]])[] = [
  ["int", "0", "-1", "'-1'::integer", "(- 1)", "-1::int", "'7'", "5::bigint", "'3'::numeric"],
  ["bigint", "9223372036854775807", "'-9223372036854775808'::bigint"],
  ["numeric(6,2)", "0", "1.005", "'0'::numeric", "(0)::numeric", "0.5::numeric(6,2)", "'1.5'::double precision", "1e2"],
  ["numeric", "'1.50'::numeric", "12345678901234567890.5"],
  ["double precision", "0.1", "1e10", "'-2.5'::numeric", "(0.1)::double precision"],
  ["real", "1.5", "'0.25'::real"],
  ["boolean", "true", "false", "'t'", "'yes'::boolean", "'0'"],
  [
    "text",
    "''",
    "'it''s \\ x'::text",
    "E'a\\n\\\\b'",
    "'x'::character varying",
    "'x'::varchar(5)",
    "('x'::text)::character varying(3)",
    "'a  '",
  ],
  ["varchar(9)", "'é😀'", "'abc'::varchar(2)", "'x'::bpchar", "0", "1.50"],
  ["mood", "'sad'::mood", "'it''s ok'", "('sad'::text)::mood"],
  ["bytea", "'\\xdead'::bytea", "''::bytea", "'\\x'", "'abc'"],
  ["date", "'2020-02-29'", "'2020-02-29'::date", "'0001-01-01'::date", "'2020-01-01 10:00:00'::timestamp"],
  ["timestamp", "'2020-02-29 12:34:56.5'", "'2020-01-01'::date", "'0001-01-01 00:00:00'::timestamp without time zone"],
  ["timestamptz", "'2020-01-01 00:00:00+02'", "'2020-01-01 00:00:00+00'::timestamp with time zone"],
  ["time", "'12:30'", "'24:00:00'::time without time zone"],
  ["uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid"],
  [
    "jsonb",
    "'{}'::jsonb",
    "'[]'",
    `'{"a": [1, {"b": null}], "c": true, "d": "it''s \\\\ \\"x\\""}'::jsonb`,
    `'"x"'`,
    "'[1.5, -2, 1e3]'::json",
  ],
  [
    "text[]",
    "'{}'::text[]",
    "ARRAY[]::text[]",
    "'{a,\"b c\",NULL}'",
    `ARRAY['a'::text, 'q"\\', NULL]`,
    "ARRAY['a'::character varying]::text[]",
  ],
  ["int[]", "ARRAY[1, 2, -3]", "'{{1,2},{3,4}}'::int[]", "ARRAY[[1],[2]]"],
  ["mood[]", "'{sad}'::mood[]"],
  ["bit(4)", "B'0101'", "'0101'::\"bit\"", "X'f'"],
  ["bit(72)", `B'${"10".repeat(36)}'`],
  ["bit varying(9)", "B'101'", "X'1F'"],
  ["inet", "'10.0.0.1'::inet"],
  ["interval", "'01:00:00'::interval"],
  ["point", "'(1,2)'::point"],
  ["money", "1234.5", "'$1,234.50'::money"],
];

describe("a row that leaves the column to its default holds the same on both engines", () => {
  it.each(DEFAULTS)("%s", async (type, ...values) => {
    await tidb.withDatabase(["SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin", "SET time_zone = '+00:00'"], async (target) => {
      await pg.exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET TIME ZONE 'UTC'; ${TYPES}`);
      for (const [i, default_] of values.entries()) {
        const { mapped, value } = await made(type, default_);
        if ("refused" in value) throw new Error(`${default_}: ${value.refused}`);
        await target.run(`CREATE TABLE t${i} (id INT, c ${mapped.sql} DEFAULT ${value.sql}) COLLATE utf8mb4_0900_bin`);
        await target.run(`INSERT INTO t${i} (id) VALUES (1)`);
        await pg.exec(`CREATE TABLE t${i} (id int, c ${type} DEFAULT ${default_}); INSERT INTO t${i} (id) VALUES (1)`);
        const { pg: inPg, tidb: inTidb, alike = (v: string): unknown => v } = SHOWN[mapped.row.codec] ?? AS_TEXT;
        const before = (await pg.query<{ v: string }>(`SELECT ${type === "money" ? "c::numeric::text" : inPg} AS v FROM t${i}`)).rows[0]!.v;
        const [after] = await target.rows(`SELECT ${inTidb} AS v FROM t${i}`);
        expect(alike(String(after!.v)), `${type} DEFAULT ${default_} became ${value.sql}`).toEqual(alike(before));
      }
    });
  });
});

describe("a default that is computed", () => {
  it.each([
    ["timestamp", "now()", "CURRENT_TIMESTAMP(6)", "per-statement"],
    ["timestamp(3)", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP(3)", "per-statement"],
    ["timestamp(0)", "LOCALTIMESTAMP(0)", "CURRENT_TIMESTAMP", "per-statement"],
    ["timestamp", "statement_timestamp()", "CURRENT_TIMESTAMP(6)", undefined],
    ["timestamptz", "now()::timestamptz", "CURRENT_TIMESTAMP(6)", "per-statement"],
    ["timestamp", "('now'::text)::timestamp without time zone", "CURRENT_TIMESTAMP(6)", "per-statement"],
    ["timestamp", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP(6)", "utc-session"],
    ["timestamp", "timezone('UTC'::text, CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP(6)", "utc-session"],
    ["date", "('now'::text)::date", "(CURRENT_DATE)", "per-statement"],
    ["date", "now()::date", "(CURRENT_DATE)", "per-statement"],
    ["date", "CURRENT_DATE", "(CURRENT_DATE)", undefined],
    ["timestamptz", "'2020-01-01 00:00:00'", "'2020-01-01 00:00:00+00:00'", "utc-value"],
    ["uuid", "public.uuid_generate_v4()", "(UUID())", "uuid-version"],
    ["text", "(gen_random_uuid())::text", "(UUID())", "uuid-version"],
    ["real", "random()", "(RAND())", undefined],
    ["bigint", "nextval('counter'::regclass)", "(NEXTVAL(counter))", undefined],
    ["text", "NULL::text", "NULL", undefined],
    ["hstore", "''::hstore", "(JSON_OBJECT())", undefined],
    ["hstore", "'a=>1, \"b c\"=>NULL'", "(JSON_OBJECT('a', '1', 'b c', NULL))", undefined],
    ["vector(2)", "'[1,2]'", "(VEC_FROM_TEXT('[1,2]'))", undefined],
  ])("%s DEFAULT %s", async (type, default_, sql, finding) => {
    const { mapped, value } = await made(type, default_);
    expect(value).toMatchObject({ sql, ...(finding && { finding }) });
    expect("finding" in value ? value.finding : undefined).toBe(finding);
    await tidb.withDatabase(["SET time_zone = '+00:00'"], async (target) => {
      await target.run("CREATE SEQUENCE counter");
      await target.run(`CREATE TABLE t (id INT, c ${mapped.sql} DEFAULT ${sql})`);
      await target.run("INSERT INTO t (id) VALUES (1), (2)");
    });
  });
});

describe("a default that TiDB has no form for is refused", () => {
  it.each([
    ["timestamp", "now()::date", "a cast to date"],
    ["timestamp", "now()::timestamp(0)", "a cast to timestamp"],
    ["timestamp", "CURRENT_TIMESTAMP(0)", "CURRENT_TIMESTAMP(n)"],
    ["timestamp", "'2020-01-01 10:00:00'::date", "a cast to date"],
    ["timestamp", "'2020-01-01 10:00:00+02'::timestamptz", "a cast to timestamptz"],
    ["timestamp", "CURRENT_DATE", "CURRENT_DATE"],
    ["timestamp", "now() + '1 day'::interval", "this expression"],
    ["timestamp", "'now'", "the value 'now'"],
    ["timestamp", "timezone('Europe/Berlin', now())", "function timezone()"],
    ["timestamptz", "'1969-12-31 23:59:59+00'", "the value '1969-12-31 23:59:59+00'"],
    ["date", "'infinity'", "the value 'infinity'"],
    ["time", "now()", "the time of day on this type"],
    ["text", "now()", "the time of day on this type"],
    ["text", "upper('x')", "function upper()"],
    ["text", "CURRENT_USER", "CURRENT_USER"],
    ["text", "5", "a literal on LONGTEXT"],
    ["numeric", "1.6::integer", "a cast to integer"],
    ["double precision", "'0.1'::real", "a cast to real"],
    ["varchar(9)", "'a '::bpchar", "a cast to char"],
    ["text", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "a cast to uuid"],
    ["mood", "'glad'", "'glad', which is no label of mood"],
    ["jsonb", "'1'", "the JSON text 1"],
    ["jsonb", "'[12345678901234567890]'", "the JSON text [12345678901234567890]"],
    ["jsonb", "jsonb_build_object('a', 1)", "function jsonb_build_object()"],
    ["int[]", "ARRAY[random()::int]", "an array of expressions"],
    ["hstore", "'a=>1, b'", "the value 'a=>1, b'"],
    ["numeric", "nextval('counter')", "a sequence on DECIMAL(65,30)"],
    ["int", "nextval('elsewhere')", "the sequence elsewhere, which the input does not create"],
    ["timestamp", "'2020-01-01'::date::timestamptz", "a cast to timestamptz"],
    ["composite", "ROW(1)", "its type"],
  ])("%s DEFAULT %s", async (type, default_, refused) => {
    const catalog = await catalogOf(`${TYPES} CREATE TABLE t (c ${type} DEFAULT ${default_})`);
    const column = catalog.tables.get("public.t")!.columns.get("c")!;
    expect(tidbDefault(catalog, column, column.default!)).toEqual({ refused });
  });
});
