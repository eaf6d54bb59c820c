import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Catalog, Column } from "../../src/catalog/model.js";
import { boundedLength, fitsKey, isUnbounded, keyBytes, mapType } from "../../src/types/map.js";
import { catalogOf } from "../data/catalog.js";
import { refusal, type SharedTidb, startSharedTidb } from "../support/tidb.js";

const TYPES =
  "CREATE TYPE mood AS ENUM ('sad', 'happiest'); CREATE DOMAIN words AS text; CREATE DOMAIN code AS varchar(8); CREATE DOMAIN deep AS words;";
const MAX_KEY_BYTES = 3072;

let tidb: SharedTidb;
beforeAll(async () => {
  tidb = await startSharedTidb();
}, 1_800_000);
afterAll(() => tidb?.stop());

function columns(catalog: Catalog, table = "t"): Column[] {
  return [...catalog.tables.get(`public.${table}`)!.columns.values()];
}

const sqlOf = (catalog: Catalog) => (column: Column) => mapType(catalog, column.type, column)?.sql;

describe("bytes of a column in a key are those TiDB counts", () => {
  it.concurrent.each([
    ["smallint", 2],
    ["int", 4],
    ["bigint", 8],
    ["boolean", 1],
    ["real", 4],
    ["double precision", 8],
    ["numeric(5)", 3],
    ["numeric(10,2)", 5],
    ["numeric(18)", 8],
    ["numeric(20,4)", 9],
    ["numeric", 29],
    ["money", 9],
    ["date", 3],
    ["time", 3],
    ["time(0)", 3],
    ["timestamp", 8],
    ["timestamp(0)", 8],
    ["timestamptz", 4],
    ["timestamptz(3)", 4],
    ["char(3)", 12],
    ["varchar(10)", 40],
    ["uuid", 144],
    ["inet", 172],
    ["bit(9)", 2],
    ["oid", 4],
    ["xid8", 8],
    ["mood", 8],
    ["code", 32],
  ])("%s: %i", async (type, bytes) => {
    const catalog = await catalogOf(`${TYPES} CREATE TABLE t (c ${type})`);
    const column = columns(catalog)[0]!;
    expect({ bytes: keyBytes(column, catalog), isUnbounded: isUnbounded(column, catalog) }).toEqual({ bytes, isUnbounded: false });
    await tidb.withDatabase([], async (target) => {
      const beside = (rest: number) => `CREATE TABLE k${rest} (a ${sqlOf(catalog)(column)}, b VARBINARY(${rest}), UNIQUE (a, b))`;
      expect(await refusal(target, beside(MAX_KEY_BYTES - bytes))).toBeUndefined();
      expect(await refusal(target, beside(MAX_KEY_BYTES - bytes + 1))).toMatchObject({ code: 1071 });
    });
  });

  it.each(["text", "words", "deep", "bytea", "citext", "varchar"])("%s: without an end", async (type) => {
    const catalog = await catalogOf(`${TYPES} CREATE TABLE t (c ${type})`);
    const column = columns(catalog)[0]!;
    expect({ bytes: keyBytes(column, catalog), isUnbounded: isUnbounded(column, catalog) }).toEqual({
      bytes: Number.POSITIVE_INFINITY,
      isUnbounded: true,
    });
  });
});

describe("text is cut to what its keys leave it", () => {
  it.concurrent.each([
    ["a text PRIMARY KEY", ["VARCHAR(768)"]],
    ["a deep PRIMARY KEY", ["VARCHAR(768)"]],
    ["a code PRIMARY KEY", ["VARCHAR(8)"]],
    ["a bytea PRIMARY KEY", ["VARBINARY(3072)"]],
    ["a citext UNIQUE", ["VARCHAR(768) COLLATE utf8mb4_0900_ai_ci"]],
    ["a text, b text, c int, UNIQUE (a, b, c)", ["VARCHAR(383)", "VARCHAR(383)", "INT"]],
    ["a words, b bytea, UNIQUE (a, b)", ["VARCHAR(384)", "VARBINARY(1536)"]],
    ["a text, b mood, c uuid, UNIQUE (a, b, c)", ["VARCHAR(730)", "ENUM('sad','happiest')", "CHAR(36)"]],
    ["a text UNIQUE, b varchar(500), UNIQUE (a, b)", ["VARCHAR(268)", "VARCHAR(500)"]],
    ["a text UNIQUE DEFAULT 'x'", ["VARCHAR(768)"]],
    ["a int UNIQUE, b text, c bytea", ["INT", "LONGTEXT", "LONGBLOB"]],
  ])("%s", async (definitions, types) => {
    const catalog = await catalogOf(`${TYPES} CREATE TABLE t (${definitions})`);
    expect(columns(catalog).map(sqlOf(catalog))).toEqual(types);
    const keys = [...catalog.tables.get("public.t")!.constraints.values()].map((c) => c.columns);
    expect(keys.map((key) => fitsKey(key, catalog))).toEqual(keys.map(() => true));
    await tidb.withDatabase([], async (target) => {
      const parts = columns(catalog).map((c) => `${c.name} ${sqlOf(catalog)(c)}`);
      const unique = keys.map((key) => `UNIQUE (${key.map((c) => c.name).join(", ")})`);
      expect(await refusal(target, `CREATE TABLE t (${[...parts, ...unique].join(", ")})`)).toBeUndefined();
    });
  });

  it("of whatever comes later in the input", async () => {
    const catalog = await catalogOf(
      "CREATE TABLE t (a text, b text, c text); CREATE UNIQUE INDEX ON t (a); CREATE INDEX ON t (b); ALTER TABLE t ALTER c SET DEFAULT ''",
    );
    expect(columns(catalog).map(sqlOf(catalog))).toEqual(["VARCHAR(768)", "LONGTEXT", "VARCHAR(16383)"]);
    expect(columns(catalog).map((c) => boundedLength(c, catalog))).toEqual([768, undefined, 16383]);
  });

  it("and stays whole where they leave next to nothing, or never had room", async () => {
    const catalog = await catalogOf(
      "CREATE TABLE t (a text, b varchar(760), c varchar(769) UNIQUE, d jsonb, UNIQUE (a, b), UNIQUE (a, d))",
    );
    const keys = [...catalog.tables.get("public.t")!.constraints.values()].map((c) => fitsKey(c.columns, catalog));
    expect(keys).toEqual([false, false, false]);
    expect(columns(catalog).map(sqlOf(catalog))).toEqual(["LONGTEXT", "VARCHAR(760)", "VARCHAR(769)", "JSON"]);
  });

  it("by its own definition where its table is not in the input", async () => {
    const catalog = await catalogOf("CREATE TABLE t (a text UNIQUE, b text DEFAULT 'x', c text DEFAULT now(), d text)");
    const types = columns(catalog).map(({ def }) => mapType(catalog, def.typeName!, def)?.sql);
    expect(types).toEqual(["VARCHAR(768)", "VARCHAR(16383)", "LONGTEXT", "LONGTEXT"]);
  });
});

describe("a type's name", () => {
  it.each([
    ["public.citext", "LONGTEXT COLLATE utf8mb4_0900_ai_ci"],
    ["extensions.citext", "LONGTEXT COLLATE utf8mb4_0900_ai_ci"],
    ["pg_catalog.int4", "INT"],
    ["app.int4", undefined],
    ["composite", undefined],
    ['"char"', "VARCHAR(1)"],
    ["character varying(5)", "VARCHAR(5)"],
    ["mood[]", "JSON"],
    ["deep[]", "JSON"],
    ["nothing", undefined],
  ])("%s", async (type, sql) => {
    const catalog = await catalogOf(`${TYPES} CREATE TYPE nothing AS ENUM (); CREATE TABLE t (c ${type})`);
    expect(columns(catalog).map(sqlOf(catalog))).toEqual([sql]);
  });
});
