import { afterAll, beforeAll, expect, it } from "vitest";
import { identifier, prefix } from "../../src/emit/words.js";
import { TidbError } from "../../src/targets/target.js";
import { type SharedTidb, startSharedTidb } from "../support/tidb.js";

/** Error numbers that say a statement was not understood. */
const PARSE_ERROR = 1064;

/** Places of names, in statements that TiDB need not run: no such database is there. */
const PLACES: readonly ((name: string, column: string, prefix: string) => string)[] = [
  (name) =>
    `WITH ${name} (${name}) AS (SELECT 7) SELECT ${name}.${name}, ${name}, SUM(1) OVER ${name} FROM ${name} WINDOW ${name} AS (ORDER BY 1)`,
  (name) =>
    `SELECT ${name} + 0 AS ${name} FROM (SELECT 7 AS ${name}) AS ${name} WHERE NOT -${name} IN (${name}, ${name}.${name}) ORDER BY ${name} DESC`,
  (name, column, part) =>
    `CREATE TABLE nowhere.${name} (${column} INT, CONSTRAINT ${name} UNIQUE KEY (${column}), KEY ${name} (${part})) PARTITION BY RANGE (${column}) (PARTITION ${name} VALUES LESS THAN (1))`,
  (name) => `INSERT INTO nowhere.${name} (${name}) VALUES (1) ON DUPLICATE KEY UPDATE ${name} = VALUES(${name})`,
  (name) => `UPDATE nowhere.t AS ${name} SET ${name} = 1, ${name}.${name} = 2`,
  (name) => `ALTER TABLE nowhere.${name} ADD COLUMN ${name} INT, DROP COLUMN ${name}, RENAME COLUMN ${name} TO ${name}, DROP INDEX ${name}`,
];

let tidb: SharedTidb;

beforeAll(async () => {
  tidb = await startSharedTidb();
}, 1_800_000);
afterAll(async () => {
  await tidb?.stop();
});

it("every word of TiDB, every character set and every aggregate is a name", async () => {
  const refused = await tidb.withDatabase([], async (target) => {
    const column = async (sql: string) => (await target.rows(sql)).map((row) => String(Object.values(row)[0]).toLowerCase());
    const words = await column("SELECT word FROM information_schema.keywords");
    expect(words.length).toBeGreaterThan(600);
    const sets = [
      "utf8",
      "utf8mb3",
      "ucs2",
      "cp1257",
      "koi8r",
      ...(await column("SELECT character_set_name FROM information_schema.character_sets")),
    ];
    const functions = ["dec", ...(await column("SHOW BUILTINS"))];
    const bad: string[] = [];
    for (const word of new Set([...words, ...functions, ...sets.map((set) => `_${set}`)]))
      for (const place of PLACES) {
        const sql = place(identifier(word), identifier(word), prefix(word, 10));
        const error = await target.run(sql).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        if (error instanceof TidbError && error.code === PARSE_ERROR) bad.push(sql);
      }
    return bad;
  });
  expect(refused).toEqual([]);
}, 600_000);
