import { PGlite } from "@electric-sql/pglite";
import { hstore } from "@electric-sql/pglite/contrib/hstore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertRows } from "../../src/data/inserts.js";
import { type FreshDatabase, freshDatabase } from "../../src/targets/database.js";
import { openTarget } from "../../src/targets/open.js";
import type { Target } from "../../src/targets/target.js";
import { mapType } from "../../src/types/map.js";
import type { Codec } from "../../src/types/values.js";
import { catalogOf } from "./catalog.js";

/** How a value of a codec is shown alike by both engines: an expression over `v` for each, and what is done to both texts. */
interface Shown {
  readonly pg: string;
  readonly tidb: string;
  readonly alike?: (text: string) => unknown;
}

const MICROSECONDS = "'YYYY-MM-DD HH24:MI:SS.US'";
// Without a cast: one would add to what an inet or a char prints.
const text: Shown = { pg: "format('%s', v)", tidb: "CAST(v AS CHAR)" };
const SHOWN: Readonly<Record<Codec, Shown>> = {
  number: { ...text, alike: (v) => v.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") },
  // TiDB has no negative zero.
  float: { pg: "v::float8::text", tidb: "CAST(v AS DOUBLE)", alike: (v) => Number(v) + 0 },
  boolean: { pg: "v::int::text", tidb: "CAST(v AS CHAR)" },
  text,
  enum: text,
  uuid: text,
  inet: text,
  cidr: text,
  macaddr: text,
  macaddr8: text,
  "uuid-bytes": { pg: "format('%s', v)", tidb: "BIN_TO_UUID(v)" },
  bytea: { pg: "upper(encode(v, 'hex'))", tidb: "HEX(v)" },
  date: text,
  timestamp: { pg: `to_char(v, ${MICROSECONDS})`, tidb: "DATE_FORMAT(v, '%Y-%m-%d %H:%i:%s.%f')" },
  timestamptz: { pg: `to_char(v AT TIME ZONE 'UTC', ${MICROSECONDS})`, tidb: "DATE_FORMAT(v, '%Y-%m-%d %H:%i:%s.%f')" },
  "utc-datetime": { pg: `to_char(v AT TIME ZONE 'UTC', ${MICROSECONDS})`, tidb: "DATE_FORMAT(v, '%Y-%m-%d %H:%i:%s.%f')" },
  "timestamp-in-range": { pg: `to_char(v, ${MICROSECONDS})`, tidb: "DATE_FORMAT(v, '%Y-%m-%d %H:%i:%s.%f')" },
  interval: text,
  time: { ...text, alike: (v) => v.replace(/\.0*$|(?<=\.\d*[1-9])0+$/, "") },
  json: { ...text, alike: JSON.parse },
  // PostgreSQL writes times within JSON in a form of their own.
  array: {
    pg: "array_to_json(v)::text",
    tidb: "CAST(v AS CHAR)",
    alike: (v) => JSON.parse(v.replaceAll(/(?<=\d)T(\d\d:\d\d:\d\d)\+00:00(?=")/g, " $1+00")),
  },
  composite: { pg: "row_to_json(v)::text", tidb: "CAST(v AS CHAR)", alike: JSON.parse },
  bit: { pg: "v::text", tidb: "LPAD(BIN(v), 8, '0')" },
  money: { pg: "v::numeric::text", tidb: "CAST(v AS CHAR)" },
  hstore: { pg: "hstore_to_json(v)::text", tidb: "CAST(v AS CHAR)", alike: JSON.parse },
  none: text,
};

/** Literals of one type, as they may stand in an INSERT. */
const VALUES: readonly (readonly [type: string, ...literals: string[]])[] = [
  ["smallint", "-32768", "32767", "'0'", "1.5", "-2.5", "2.5e0", "1e2"],
  ["int", "0", "-0", "+5", "'  12  '", "2147483647", "0.5", "1.5e0", "3.5e0"],
  ["bigint", "9223372036854775807", "-9223372036854775808", "'9223372036854775807'", "9007199254740993", "9.007199254740993e15"],
  ["numeric", "1e5", ".5", "5.", "-0", "12345678901234567890", "1.2345678901234567890123e5", "12.5e-3", "'1e-20'", "1e34", "-.000"],
  ["numeric(10,2)", "1.005", "1.015", "-1.005", "1.5e-3", "99999999.99", "'12.345'", "0.005e0"],
  ["numeric(5)", "2.5", "3.5", "-2.5", "2.5e0"],
  ["numeric(40,35)", "1.5", `0.${"1".repeat(30)}`],
  ["real", "0.1", "1e5", "'1.5'", "-0", "3.4028234e38", "1.17549435e-38", "16777217", "1e-45"],
  [
    "double precision",
    "0.1",
    "1e5",
    ".5",
    "5.",
    "'-0'",
    "1.7976931348623157e308",
    "5e-324",
    "0.1234567890123456789",
    "1".repeat(70),
    `0.${"0".repeat(40)}12345`,
    "12345678901234567890",
    "'1e22'",
  ],
  ["money", "'$1,234.56'", "'-$5'", "'$-5.5'", "'(1.00)'", "' 12 '", "'1.005'", "'-1.999'", "'92233720368547758.07'"],
  ["hstore", "''", "'a=>1'", "'a=>1, \"b c\"=>NULL'", "' x => \"NULL\" ,y=>nUlL'", '\'a=>b=c, ""=>""\'', "'a=>1, a=>2'", "'日\\,b=>é'"],
  ["boolean", "TRUE", "false", "'t'", "'f'", "'yes'", "'NO'", "'on'", "'0'", "' tr '"],
  [
    "text",
    "''",
    "'it''s'",
    "'trailing  '",
    "' leading'",
    "'a\\b'",
    "'\\'",
    "'a\\''b'",
    "'\\n\\t\\0\\Z\\%\\_'",
    "'two\nlines\r\n'",
    "'é 漢字 😀'",
    "E'\\n\\t\\\\\\''",
    "E'\\303\\251\\xc3\\xa9\\u00e9\\U0001F600'",
    "'-- # /* */ ;'",
    "'\"`'",
    "'\u001a\u0001'",
    "5",
    "1.50",
    "true",
    "'x'::varchar",
  ],
  ["varchar(5)", "'ab  '", "'abcde   '", "'éàüöß'", "''"],
  [
    "bytea",
    "''",
    "'\\x'",
    "'\\xDEADbeef'",
    "'\\x00 ff'",
    "'a\\\\b'",
    "'\\000\\377'",
    "'it''s é'",
    "E'\\\\x00ff'",
    "E'\\\\000a'",
    "'\\xff'::bytea",
  ],
  ["date", "'2020-02-29'", "'0001-01-01'", "'9999-12-31'", "'2020-01-01 23:59:59'", "'2020-01-01'::date"],
  [
    "timestamp",
    "'2020-02-29 12:34:56.123456'",
    "'2020-01-01T00:00:00Z'",
    "'2020-12-31 24:00:00'",
    "'2020-01-01 00:00:00+05:30'",
    "'2020-01-01'",
    "'2020-01-01 10:00'",
    "'0001-01-01 00:00:00'",
    "'9999-12-31 23:59:59.999999'",
    "'2020-01-01 00:00:00.1234565'",
    "'2020-01-01 00:00:00.1234575'",
    "'2020-01-01 00:00:00.1234567 UTC'",
    "'2020-12-31 23:59:59.9999999'",
    "'1969-12-31 23:59:59.5'",
  ],
  ["timestamp(3)", "'2020-01-01 00:00:00.1234'", "'2020-01-01 00:00:00.1235'", "'2020-12-31 23:59:59.9999'"],
  ["timestamp(0)", "'2020-01-01 00:00:00.5'", "'2020-12-31 23:59:59.6'"],
  [
    "timestamptz",
    "'2020-01-01 00:00:00+00'",
    "'2020-01-01 00:00:00.5+05:30'",
    "'2020-01-01 00:00:00-08'",
    "'2020-01-01 00:00:00-0330'",
    "'2020-01-01T00:00:00Z'",
    "'2020-01-01 00:00:00'",
    "'2020-01-01'",
    "'2020-01-01Z'",
    "'2020-01-01+02'",
    "'2020-01-01 utc'",
    "'2020-01-01 10:00+02'",
    "'2020-01-01 10:00:00 UTC'",
    "'2020-01-01 10:00:00 +01:00'",
    "'2020-01-01 00:00:00-00'",
    "'1970-01-01 00:00:01+00'",
    "'2038-01-19 03:14:07.999999+00'",
    "'2038-01-19 17:14:07+14'",
    "'1969-12-31 12:00:01-12'",
    "'2020-01-01 00:00:00.123456789z'",
  ],
  ["time", "'12:34:56.123456'", "'12:34'", "'24:00:00'", "'00:00:00'", "'12:34:56.1234565'"],
  [
    "uuid",
    "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
    "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'",
    "'a0eebc999c0b4ef8bb6d6bb9bd380a11'",
    "'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'",
  ],
  ["inet", "'FE80::1'", "'fe80:0:0:0::1/64'", "'192.168.1.5/32'", "'192.168.1.5/24'", "'::FFFF:10.0.0.1'", "'10.0.0.1'", "'::1'"],
  ["cidr", "'10.1.0.0/16'", "'2001:DB8::/32'", "'10.0.0.1'", "'0.0.0.0/0'"],
  ["macaddr", "'08-00-2B-01-02-03'", "'08002b:010203'", "'0800.2b01.0203'", "'08002b010203'"],
  ["macaddr8", "'08:00:2b:01:02:03:04:05'", "'0800.2b01.0203.0405'", "'08-00-2B-01-02-03'"],
  [
    "jsonb",
    '\'{"a": [1, "x\\\\y", null, true], "b": {}}\'',
    '\'"\\u00e9\\ud83d\\ude00 \\" \\/ \\n"\'',
    "'null'",
    "'\"it''s\"'",
    "' [] '",
    "'{\"\": 1.5e3}'",
    'E\'{"a": "\\\\n"}\'',
    "'{\"a\":1}'::jsonb",
    "'9223372036854775807'",
  ],
  ["json", '\'{"a" : "x\\ty"}\'', "'\"\\\\\"'", "'1'"],
  ["mood", "'sad'", "'it''s ok'", "'back\\slash'", "'1'", "'sad'::mood"],
  ["bit(8)", "B'00000101'", "X'ff'", "'10000000'"],
  ["bit varying(9)", "B'00000101'", "X'ff'", "'1'", "B''"],
  ["int[]", "'{}'", "'{1,NULL,-3}'", "' { 01 , +2 , \"3\" } '", "'{{1,2},{3,4}}'"],
  ["bigint[]", "'{9223372036854775807}'"],
  ["numeric[]", "'{1.5,.5,5.,1e3,007,-0.25}'"],
  ["float8[]", "'{0.1,1e22,5e-324,-1}'"],
  ["boolean[]", "'{t,f,NULL,yes,\"no\"}'"],
  [
    "text[]",
    '\'{a b, c ,"d,e","",NULL,"NULL",nULL}\'',
    '\'{"a\\"b","c\\\\d",it\'\'s,e\\,f,"{}"}\'',
    '\'{"two\nlines\t",😀,"é"}\'',
    "'{{a,b},{NULL,\"d\"}}'",
    "E'{\"\\\\\\\\n\"}'",
    "'{a}'::text[]",
    "'{ }'",
  ],
  ["varchar(5)[]", "'{abc}'"],
  ["uuid[]", "'{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'"],
  ["jsonb[]", '\'{"{\\"a\\": \\"x\\\\\\\\y\\"}",null,1}\''],
  ["date[]", "'{2020-01-01,NULL}'"],
  ["timestamptz[]", "'{\"2020-01-01 12:00:00+00\"}'"],
  ["time[]", "'{12:00:00}'"],
  ["bytea[]", "'{\"\\\\xdead\"}'"],
  ["mood[]", "'{sad,\"it''s ok\"}'"],
  ["place", `'(1,"a b",t)'`, "'(,,)'", `'(-7,"x,""y\\\\z",f)'`, `'( 3 ,it''s,yes)'`, `'(2,"",)'`],
  ["place[]", `'{"(1,a,t)",NULL,"(2,\\"b c\\",)"}'`],
  ["score", "5", "'7'"],
  ["labels", "'{a}'"],
  [
    "interval",
    "'1 day 02:00:00'",
    "'90 minutes'",
    "'P1Y2M-3DT4H5M6.7S'",
    "'1-2'",
    "'-1 day +2 hours'",
    "'1 year 14 months'",
    "'1.5 days'",
    "'2 weeks ago'",
    "'0'",
    "'-1-2 +3 -4:05:06'",
  ],
];

/** Values PostgreSQL takes and TiDB does not; the literal is how the value would have to reach TiDB. */
const REFUSED: readonly (readonly [type: string, pg: string, tidb: string, code: number])[] = [
  ["date", "'infinity'", "'infinity'", 1292],
  ["date", "'0044-03-15 BC'", "'-0044-03-15'", 1292],
  ["timestamp", "'-infinity'", "'-infinity'", 1292],
  ["timestamp", "'2020-01-01 00:00:60'", "'2020-01-01 00:00:60'", 1292],
  ["timestamp", "'12020-01-01 00:00:00'", "'12020-01-01 00:00:00'", 1292],
  ["timestamptz", "'1970-01-01 00:00:00+00'", "'1970-01-01 00:00:00+00:00'", 1292],
  ["timestamptz", "'2038-01-19 03:14:08+00'", "'2038-01-19 03:14:08+00:00'", 1292],
  ["timestamptz", "'2020-01-01 00:00:00+15'", "'2020-01-01 00:00:00+15:00'", 1292],
  ["numeric", "'NaN'", "'NaN'", 1366],
  ["numeric", "1e36", "1e36", 1264],
  ["double precision", "'Infinity'", "'Infinity'", 1366],
];

const TYPES = `
  CREATE TYPE place AS (n int, name text, open boolean);
  CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'back\\slash', '1');
  CREATE DOMAIN score AS int;
  CREATE DOMAIN labels AS text[];
`;

const tables = [...new Set([...VALUES, ...REFUSED].map(([type]) => type))];
const nameOf = (type: string) => `v${tables.indexOf(type)}`;
const ddl = TYPES + tables.map((type) => `CREATE TABLE ${nameOf(type)} (id int, v ${type});\n`).join("");
const catalog = await catalogOf(ddl);

function mapped(type: string) {
  const column = catalog.tables.get(`public.${nameOf(type)}`)!.columns.get("v")!;
  return mapType(catalog, column.type, column)!;
}

function convert(sql: string) {
  return insertRows(sql, 0, sql.length, catalog, (_, name) => name);
}

let pg: PGlite;
let tidb: Target;
let database: FreshDatabase;

beforeAll(async () => {
  pg = await PGlite.create({ extensions: { hstore } });
  await pg.exec(`CREATE EXTENSION hstore; ${ddl}`);
  tidb = await openTarget({ build: true, log: console.error });
  database = await freshDatabase(tidb, ["SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin", "SET time_zone = '+00:00'"]);
  for (const type of tables) await tidb.run(`CREATE TABLE ${nameOf(type)} (id INT, v ${mapped(type).sql})`);
}, 1_800_000);

afterAll(async () => {
  await database.drop();
  await tidb.close();
  await pg.close();
});

describe("values inserted as SQL into both engines are the same", () => {
  it.each(VALUES)("%s", async (type, ...literals) => {
    const name = nameOf(type);
    const { pg: pgText, tidb: tidbText, alike = (v: string) => v } = SHOWN[mapped(type).row.codec];
    const statements = literals.map((literal, id) => `INSERT INTO ${name} (id, v) VALUES (${id}, ${literal})`);
    await pg.exec(statements.join(";\n"));
    for (const sql of statements) {
      const made = convert(sql);
      if (made?.kind !== "converted") throw new Error(`${sql}: ${made ? made.reason : "of another shape"}`);
      await tidb.run(made.sql);
    }
    const show = (rows: readonly Record<string, unknown>[]) =>
      rows.map(({ id, v }) => ({ literal: literals[Number(id)], value: alike(String(v)) }));
    const expected = await pg.query<Record<string, unknown>>(`SELECT id, ${pgText} AS v FROM ${name} ORDER BY id`);
    expect(show(await tidb.rows(`SELECT id, ${tidbText} AS v FROM ${name} ORDER BY id`))).toEqual(show(expected.rows));
  });
});

describe("values that are refused", () => {
  it.each(REFUSED)("%s %s: PostgreSQL takes it, TiDB does not", async (type, literal, spelt, code) => {
    const sql = `INSERT INTO ${nameOf(type)} (id, v) VALUES (1, ${literal})`;
    await pg.exec(sql);
    expect(convert(sql)).toMatchObject({ kind: "refused", at: sql.lastIndexOf(literal) });
    await expect(tidb.run(`INSERT INTO ${nameOf(type)} VALUES (1, ${spelt})`)).rejects.toMatchObject({ code });
  });
});

it("a zero for a column that counts itself stays a zero", async () => {
  const sql = "INSERT INTO counted VALUES (0), (5)";
  const made = insertRows(sql, 0, sql.length, await catalogOf("CREATE TABLE counted (id serial PRIMARY KEY)"), (_, name) => name);
  await tidb.run("CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY)");
  await tidb.run(made?.kind === "converted" ? made.sql : "");
  expect(await tidb.rows("SELECT id FROM counted ORDER BY id")).toEqual([{ id: 0 }, { id: 5 }]);
  // The hint is for its statement alone.
  await tidb.run("INSERT INTO counted VALUES (0)");
  expect(await tidb.rows("SELECT id FROM counted WHERE id > 5")).toHaveLength(1);
});
