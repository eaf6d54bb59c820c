import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NULL_PROOF, operatorNullable, partial, TOTAL_FUNCTIONS, TOTAL_OPERATORS } from "../../src/catalog/analysis/nullness.js";
import { analyse } from "../../src/catalog/analysis.js";
import { builtinFunctions, builtinOperators } from "../../src/catalog/builtin/table.js";
import { emptyCatalog } from "../../src/catalog/model.js";
import { replay } from "../../src/catalog/replay.js";
import type { Node } from "../../src/pg/ast.js";
import { type Grammar, grammar, parseWith } from "../../src/pg/parse.js";

const read = (file: string): string[] =>
  readFileSync(join(import.meta.dirname, file), "utf8")
    .split(/;\n/)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== "");

/** Values that are hard on functions: empty, zero, negative, infinite, JSON's null, far out. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  bool: ["true", "false"],
  int2: ["0", "1", "-3"],
  int4: ["0", "1", "-1", "7"],
  int8: ["0", "2", "-5"],
  float4: ["0", "1.5", "'NaN'", "'Infinity'"],
  float8: ["0", "0.5", "'NaN'", "'-Infinity'"],
  numeric: ["0", "2.5", "'NaN'", "'Infinity'"],
  text: ["''", "'a'", "' A b'", "'YYYY'", "'day'", "'null'", "'{}'", "'UTC'"],
  varchar: ["''", "'x'"],
  bpchar: ["''", "'x '"],
  name: ["''", "'x'"],
  char: ["'a'"],
  bytea: ["''", "'\\x00ff'"],
  date: ["'infinity'", "'2020-02-29'", "'-infinity'"],
  timestamp: ["'infinity'", "'2020-02-29 10:00'"],
  timestamptz: ["'-infinity'", "'2020-02-29 10:00+02'"],
  time: ["'00:00'", "'24:00'"],
  timetz: ["'10:00+01'"],
  interval: ["'0'", "'1 mon -2 days'", "'infinity'"],
  json: ["'null'", "'{}'", "'[]'", "'[1]'", "'{\"a\":null}'"],
  jsonb: ["'null'", "'{}'", "'[]'", "'[1]'", "'{\"a\":null}'", "'1'"],
  uuid: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  inet: ["'10.0.0.1/8'", "'::1'"],
  cidr: ["'10.0.0.0/8'"],
  macaddr: ["'08:00:2b:01:02:03'"],
  bit: ["B'101'"],
  varbit: ["B''", "B'10'"],
  money: ["'0'", "'1.5'"],
  oid: ["1"],
  regclass: ["'pg_class'"],
  tsvector: ["''", "'a:1 b'"],
  tsquery: ["''", "'a & b'"],
  jsonpath: ["'$.a'", "'$.a > 1'", "'strict $.x'"],
  int4range: ["'empty'", "'[1,5)'", "'(,)'"],
  int4multirange: ["'{}'", "'{[1,2)}'"],
  "int4[]": ["'{}'", "'{1,NULL,3}'"],
  "text[]": ["'{}'", "'{a,NULL}'", "'{a,b}'"],
  xml: ["'<a/>'"],
  tid: ["'(0,1)'"],
  xid: ["'1'"],
  pg_lsn: ["'0/1'"],
};
/** What polymorphic arguments are tried as. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  any: "text",
  anyelement: "int4",
  anyarray: "int4[]",
  anynonarray: "int4",
  anycompatible: "int4",
  anycompatiblearray: "int4[]",
  anycompatiblenonarray: "int4",
  anyrange: "int4range",
  anymultirange: "int4multirange",
};

let parser: Grammar;
let db: PGlite;
const catalog = emptyCatalog();

function parse(sql: string): Node {
  const parsed = parseWith(parser, sql, 0);
  if (!parsed?.ok) throw new Error(`${parsed?.message}: ${sql}`);
  return parsed.node;
}

beforeAll(async () => {
  parser = await grammar("18");
  db = await PGlite.create();
  await db.exec(NULLS_AMONG);
  for (const sql of read("schema.sql")) {
    replay(catalog, parse(sql));
    await db.exec(sql);
  }
});
afterAll(() => db.close());

/** Those of the expressions that give NULL; what fails gives none. */
async function nullsAmong(expressions: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ nulls: string[] }>("SELECT pg_temp.nulls_among($1) AS nulls", [expressions]);
  return rows[0]!.nulls;
}

const NULLS_AMONG = `
  CREATE FUNCTION pg_temp.nulls_among(expressions text[]) RETURNS text[] LANGUAGE plpgsql AS $$
  DECLARE
    each text;
    found boolean;
    nulls text[] := '{}';
  BEGIN
    FOREACH each IN ARRAY expressions LOOP
      BEGIN
        EXECUTE 'SELECT bool_or(v IS NULL) FROM (SELECT ' || each || ' AS v) q' INTO found;
        IF found THEN nulls := nulls || each; END IF;
      EXCEPTION WHEN OTHERS THEN NULL;
      END;
    END LOOP;
    RETURN nulls;
  END $$`;

function combinations(types: readonly string[]): string[][] {
  let all: string[][] = [[]];
  for (const type of types) {
    const known = STANDS_FOR[type] ?? type;
    const samples = (SAMPLES[known] ?? []).map((value) => `CAST(${value} AS ${known === "char" ? '"char"' : known})`);
    all = all.flatMap((before) => samples.map((value) => [...before, value]));
    if (all.length > 80) all = all.filter((_, i) => i % Math.ceil(all.length / 80) === 0);
  }
  return all;
}

/** Calls that have an effect outlasting them, need a sequence, or never end for an infinite bound. */
const EFFECTS = new Set(["generate_series", "pg_advisory_lock", "pg_try_advisory_lock", "nextval", "currval", "setval", "lastval"]);

describe("what is called total gives no NULL for values", () => {
  const functions = [...TOTAL_FUNCTIONS, ...NULL_PROOF].filter((name) => !EFFECTS.has(name));
  it.each(functions)("function %s", async (name) => {
    const signatures = builtinFunctions(name).filter((f) => f.kind === "f" && f.extension === "" && !partial(f));
    const calls = signatures.flatMap((f) =>
      combinations(f.args).map((args) => {
        if (f.variadic) args[args.length - 1] = `VARIADIC ${f.args.at(-1) === "any" ? "'{a}'::text[]" : args.at(-1)}`;
        return `pg_catalog.${JSON.stringify(name)}(${args.join(", ")})`;
      }),
    );
    expect(await nullsAmong(calls)).toEqual([]);
  });

  it.each([...TOTAL_OPERATORS])("operator %s", async (name) => {
    const value = { type: { name: "x" }, nullable: false };
    const total = builtinOperators(name).filter((each) => each.extension === "" && !operatorNullable(each, [value, value]));
    const calls = total.flatMap((op) =>
      combinations(op.left === undefined ? [op.right] : [op.left, op.right]).map((args) =>
        args.length === 1 ? `${name} ${args[0]}` : `${args[0]} ${name} ${args[1]}`,
      ),
    );
    expect(await nullsAmong(calls)).toEqual([]);
  });

  it.each([...NULL_PROOF])("function %s for NULL", async (name) => {
    const signatures = builtinFunctions(name).filter((each) => each.kind === "f" && each.extension === "" && !each.variadic);
    const calls = signatures.flatMap((f) =>
      combinations(f.args).flatMap((args) =>
        args.map(
          (_, at) => `${name}(${args.map((arg, i) => (i === at ? `NULL::${STANDS_FOR[f.args[at]!] ?? f.args[at]!}` : arg)).join(", ")})`,
        ),
      ),
    );
    expect(await nullsAmong(calls)).toEqual([]);
  });
});

/** Whether each column of a query can be NULL, as PostgreSQL's rules have it. */
const CASES: readonly (readonly [sql: string, nullable: readonly boolean[]])[] = [
  ["SELECT id, s, v, 1, 'a', NULL FROM t", [false, false, true, false, false, true]],
  ["SELECT t.id, o.id FROM t LEFT JOIN o ON o.t_id = t.id", [false, true]],
  ["SELECT t.id, o.id FROM t RIGHT JOIN o ON o.t_id = t.id", [true, false]],
  ["SELECT t.id, o.id FROM t FULL JOIN o ON o.t_id = t.id", [true, true]],
  ["SELECT id FROM t LEFT JOIN o USING (id)", [false]],
  ["SELECT id FROM t FULL JOIN o USING (id)", [false]],
  ["SELECT a.id, b.id, c.id FROM t a LEFT JOIN (t b JOIN t c ON b.id = c.id) ON a.id = b.id", [false, true, true]],
  ["SELECT x.one FROM t LEFT JOIN (SELECT 1 AS one) x ON false", [true]],
  ["SELECT x.n FROM t LEFT JOIN LATERAL (SELECT count(*) AS n FROM o) x ON true", [true]],
  [
    "SELECT count(*), count(v), sum(id), max(id), array_agg(id), string_agg(s, ','), bool_and(true) FROM t",
    [false, false, true, true, true, true, true],
  ],
  ["SELECT s, sum(id), max(v), array_agg(v), avg(id), stddev(id) FROM t GROUP BY s", [false, false, true, true, false, true]],
  ["SELECT s, sum(id) FILTER (WHERE b) FROM t GROUP BY s", [false, true]],
  ["SELECT s, sum(id), count(*), grouping(s) FROM t GROUP BY ROLLUP (s)", [true, true, false, false]],
  ["SELECT sum(id) FROM t GROUP BY ()", [true]],
  [
    "SELECT row_number() OVER (), lag(id) OVER (ORDER BY id), sum(id) OVER (), sum(id) OVER (ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM t",
    [false, true, false, true],
  ],
  ["SELECT nullif(id, 1), coalesce(v, 'x'), coalesce(v, c), greatest(v, 'a'), least(v, c) FROM t", [true, false, true, false, true]],
  ["SELECT CASE WHEN b THEN 1 END, CASE WHEN b THEN 1 ELSE 2 END, CASE WHEN b THEN 1 ELSE num END FROM t", [true, false, true]],
  [
    "SELECT tags[1], tags[1:2], array_length(tags, 1), cardinality(tags), array_position(tags, 'a') FROM o",
    [true, true, true, false, true],
  ],
  [
    "SELECT '{}'::jsonb -> 'a', '{}'::jsonb ->> 'a', '{}'::jsonb #> '{a}', '{}'::jsonb @> '{}', 'null'::jsonb::text",
    [true, true, true, false, false],
  ],
  ["SELECT 'null'::jsonb::int, to_jsonb(id), jsonb_build_object('a', v) FROM t", [true, false, false]],
  [
    "SELECT s || v, s || 'x', concat(s, v), concat_ws(v, s), lower(s), lower(v), lower('[1,2)'::int4range) FROM t",
    [true, false, false, true, false, true, true],
  ],
  [
    "SELECT (SELECT 1), (SELECT id FROM t LIMIT 1), (SELECT count(*) FROM t), (SELECT max(id) FROM t), ARRAY(SELECT v FROM t), EXISTS (SELECT 1)",
    [false, true, false, true, false, false],
  ],
  ["SELECT (SELECT count(t.id) FROM o) FROM t", [true]],
  [
    "SELECT (SELECT count(*) FROM o HAVING false), (SELECT count(*) FROM o LIMIT 0), (SELECT count(*) FROM o GROUP BY id)",
    [true, true, true],
  ],
  ["SELECT (SELECT generate_series(1, 0)), (SELECT 1 WHERE false)", [true, true]],
  [
    "SELECT id IN (1, 2), id IN (1, NULL), v IN ('a'), id IN (SELECT t_id FROM o), id = ANY (ARRAY[1]), id NOT IN (SELECT id FROM t) FROM t",
    [false, true, true, true, true, false],
  ],
  [
    "SELECT id IS NULL, b IS TRUE, v IS DISTINCT FROM 'x', NOT b, b AND true, id = 1 OR s = 'a', v LIKE 'a', id BETWEEN 1 AND 2 FROM t",
    [false, false, false, true, true, false, true, false],
  ],
  [
    "SELECT extract(dow FROM tz), date_trunc('day', tz), to_char(tz, ''), age(tz), now(), current_date, current_schema FROM t",
    [true, false, true, false, false, false, true],
  ],
  ["SELECT x FROM unnest(ARRAY[1, 2]) x", [true]],
  ["SELECT n FROM generate_series(1, 3) n", [true]],
  ["SELECT generate_series(1, 3), unnest(ARRAY['a'])", [true, true]],
  ["SELECT tz::time, tz::date, d::numeric, num::text, '[1]'::jsonb::numeric FROM t", [true, false, true, true, true]],
  ["SELECT ord FROM unnest(ARRAY[1]) WITH ORDINALITY AS u(x, ord)", [false]],
  ["SELECT id FROM t UNION SELECT t_id FROM o", [true]],
  ["SELECT id FROM t EXCEPT SELECT t_id FROM o", [false]],
  ["SELECT id FROM t INTERSECT SELECT t_id FROM o", [false]],
  ["WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3) SELECT n FROM c", [false]],
  ["WITH RECURSIVE c(n, m) AS (SELECT 1, 2 UNION ALL SELECT m, NULL FROM c WHERE n < 3) SELECT n, m FROM c", [true, true]],
  ["SELECT column1, column2 FROM (VALUES (1, NULL), (2, 3)) v", [false, true]],
  ["INSERT INTO o (amount) VALUES (1) RETURNING id, note, amount, old.id", [false, true, false, true]],
  ["UPDATE o SET note = 'x' FROM t WHERE t.id = o.t_id RETURNING o.id, t.s, o.note", [false, false, true]],
  ["SELECT sx, n, total FROM v", [false, false, true]],
  // Like any table: that its query gives no NULL is not remembered.
  ["SELECT a, b FROM mv", [true, true]],
  ["SELECT $1::int, $2 + id FROM t", [true, true]],
  ["SELECT add2(id), (a).street, ctid, t FROM t", [true, true, false, false]],
  [
    "SELECT point '(1,1)' = point '(1,1)', path '((0,0),(1,1))' + path '[(0,0),(1,1)]', lseg '[(0,0),(1,1)]' # lseg '[(2,2),(3,3)]'",
    [true, true, true],
  ],
];

describe("nullability follows PostgreSQL's rules", () => {
  it.each(CASES)("%s", (sql, nullable) => {
    const node = parse(sql);
    expect(
      analyse(catalog, node, (each) => each)
        .columns(node)
        ?.map(({ info }) => info?.nullable !== false),
    ).toEqual(nullable);
  });
});

const NASTY = `
  INSERT INTO t (id, big, s, tz, e) VALUES (0, 0, '', 'infinity', '');
  INSERT INTO t (id, big, s, tz, e, arr, tarr, jb, j, dt, ts, iv, ir, num, d, m, v, c, b) VALUES
    (1, -1, 'a', '-infinity', 'e', '{}', '{}', 'null', '{}', 'infinity', '-infinity', 'infinity', 'empty', 'NaN', 'NaN', 'sad', '', '', false),
    (2, 2, 'b,c', now(), 'f', '{1,NULL}', '{NULL,a}', '{"a":null}', '[null]', '2020-02-29', now(), '0', '(,)', 0, 0, 'ok', ' ', 'x', true);
  INSERT INTO o (t_id, amount, note) VALUES (1, 0, NULL), (NULL, 1, 'x'), (2, 1, ''), (2, 2, 'y');
  REFRESH MATERIALIZED VIEW mv;
`;

describe("no column that is called NOT NULL shows a NULL", () => {
  const queries = read("queries.sql").filter(
    (sql) => /^(SELECT|WITH|TABLE|VALUES)/.test(sql) && !sql.includes("$") && !/pg_sleep|pg_ls_dir|set_config/.test(sql),
  );
  it.each(["empty tables", "nasty rows"])("%s", async (data) => {
    if (data === "nasty rows") await db.exec(NASTY);
    let looked = 0;
    for (const sql of queries) {
      const node = parse(sql);
      const columns = analyse(catalog, node, (each) => each).columns(node) ?? [];
      let rows: unknown[][];
      try {
        await db.exec("BEGIN");
        rows = (await db.query<unknown[]>(sql, [], { rowMode: "array" })).rows;
      } catch {
        continue;
      } finally {
        await db.exec("ROLLBACK");
      }
      for (const [i, { name, info }] of columns.entries()) {
        if (info?.nullable !== false) continue;
        looked += rows.length;
        expect(rows.some((row) => row[i] === null) ? `${name} in ${sql}` : undefined).toBeUndefined();
      }
    }
    expect(looked).toBeGreaterThan(data === "nasty rows" ? 100 : 5);
  });
});
