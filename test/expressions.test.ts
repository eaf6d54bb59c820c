import mysql, { type Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import { REFUSED } from "../src/emit/places.js";
import type { Proof } from "../src/engine/forms.js";
import { compareCell, type TidbCell } from "../src/prove/cells.js";
import type { Rule } from "../src/rule.js";
import { startEngine } from "../src/targets/open.js";
import { startPglite } from "../src/targets/pglite.js";
import { type Postgres, PostgresError } from "../src/targets/postgres.js";
import { convertTexts, fileOf, sqlOf } from "./support/converting.js";
import { SCHEMA, VALUES } from "./support/values.js";

/** Rules with rows that are proven by expressions over the value table. */
const proven = rules.filter((rule) => rule.proofs !== undefined);

let postgres: Postgres;
let tidb: Connection;
let stop: () => Promise<void>;

beforeAll(async () => {
  const given = await convertTexts({ schema: SCHEMA, values: VALUES });
  const errors = given.findings.filter(({ severity }) => severity === "error");
  expect(errors).toEqual([]);
  [postgres, { connection: tidb, stop }] = await Promise.all([startPostgres(), startTidb(given.session, sqlOf(given.files))]);
});
afterAll(async () => {
  await postgres?.close();
  await stop?.();
});

async function startPostgres(): Promise<Postgres> {
  const started = await startPglite("");
  await started.query(`${SCHEMA};${VALUES}`);
  return started;
}

async function startTidb(session: readonly string[], statements: readonly string[]) {
  const given = process.env.PROVE_TIDB;
  const engine = given === undefined ? await startEngine({ build: false, log: console.error }) : undefined;
  const connection = await mysql.createConnection({
    uri: given ?? engine!.url,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  for (const sql of ["CREATE DATABASE IF NOT EXISTS expressions", "USE expressions", "DROP TABLE IF EXISTS vals"])
    await connection.query(sql);
  for (const sql of [...session, ...statements]) await connection.query(sql);
  return {
    connection,
    stop: async () => {
      await connection.end();
      await engine?.target.close();
    },
  };
}

for (const rule of proven)
  describe(rule.id, () => {
    for (const proof of rule.proofs!) it(proof.pg, () => prove(rule, proof));

    it("has proofs that produce every message", () => {
      // A row whose calls need more than the value table is shown by whole statements.
      expect([...rule.proofs!, ...rule.examples]).not.toEqual([]);
      const produced = new Set([...rule.proofs!, ...rule.examples].flatMap(({ findings = [] }) => findings));
      expect(Object.keys(rule.messages).filter((id) => !produced.has(id))).toEqual([]);
    });
  });

/** One row's result, or that the engine raises an error for it. */
type Cell = { readonly value: TidbCell } | { readonly error: string };

async function prove(rule: Rule, { pg, findings = [], differs }: Proof): Promise<void> {
  const query = `SELECT ${pg} FROM vals`;
  // Over all rows at once where it aggregates them.
  const whole = await raises(`${query} ORDER BY id`, "42803");
  const sql = await converted(rule, query, findings);
  const from = await postgresCells(query, whole);
  const to = await tidbCells(sql, whole);
  expect(to.length).toBe(from.cells.length);
  const wrong: string[] = [];
  let different = false;
  for (const [i, cell] of from.cells.entries()) {
    const other = to[i]!;
    const same = sameCell(from.type, cell, other);
    if (!same) different = true;
    // PostgreSQL's error becomes a value only where a finding says so.
    const allowed = differs || ("error" in cell && findings.length > 0);
    if (!same && !allowed) wrong.push(`row ${i}: PostgreSQL ${shown(cell)}, TiDB ${shown(other)}`);
  }
  expect(wrong.slice(0, 5), `${sql}\n${from.type}`).toEqual([]);
  if (differs) expect(different, "no row differs").toBe(true);
}

async function raises(sql: string, code: string): Promise<boolean> {
  try {
    await postgres.query(sql);
    return false;
  } catch (error) {
    return error instanceof PostgresError && error.code === code;
  }
}

async function converted(rule: Rule, query: string, findings: readonly string[]): Promise<string> {
  const result = await convertTexts({ schema: SCHEMA, pg: query });
  const file = fileOf(result, "pg");
  const said = file.statements.flatMap((statement) => statement.findings);
  const all = said.map(({ rule: id, message, text }) => `${id} ${message}: ${text}`).join("\n");
  expect(`${said.map(({ text, help }) => `${text} ${help}`)}`, "a place in a text that nobody filled").not.toMatch(/\{[a-z]\w*\}/);
  const [sql] = sqlOf([file]);
  expect(sql, `not converted:\n${all}`).toBeDefined();
  expect(
    said.filter((finding) => finding.rule === rule.id).map(({ message }) => message),
    all,
  ).toEqual(findings);
  return sql!;
}

async function postgresCells(query: string, whole: boolean): Promise<{ type: string; cells: Cell[] }> {
  let type = "unknown";
  const ask = async (sql: string): Promise<Cell[]> => {
    const { columns, rows } = await postgres.query(sql);
    type = columns[0]!.type;
    return rows.map(([value = null]) => ({ value }));
  };
  if (whole) return { cells: await ask(query), type };
  const cells = await orByRow(ask, query);
  return { cells, type };
}

async function tidbCells(query: string, whole: boolean): Promise<Cell[]> {
  const ask = async (sql: string): Promise<Cell[]> => {
    const [rows] = await tidb.query({ sql, rowsAsArray: true, typeCast: textCell });
    return (rows as unknown as TidbCell[][]).map(([value = null]) => ({ value }));
  };
  return whole ? ask(query) : orByRow(ask, query);
}

type Field = Parameters<Extract<NonNullable<mysql.QueryOptions["typeCast"]>, (...args: never[]) => unknown>>[0];

/** Text, but bytes where the column is binary. */
function textCell(field: Field): TidbCell {
  if (field.type.endsWith("BLOB") || field.type === "STRING" || field.type === "VAR_STRING") {
    const bytes = field.buffer();
    if (bytes === null) return null;
    const text = bytes.toString("utf8");
    return Buffer.from(text, "utf8").equals(bytes) ? text : bytes;
  }
  // mysql2 warns of JSON that is read in the encoding that it would take anyway, under its own name for it.
  return field.string("utf-8");
}

/** All rows in one query; each on its own where that raises an error. */
async function orByRow(ask: (sql: string) => Promise<Cell[]>, query: string): Promise<Cell[]> {
  try {
    return await ask(`${query} ORDER BY id`);
  } catch {
    const cells: Cell[] = [];
    for (let id = 0; id < 120; id++)
      try {
        cells.push(...(await ask(`${query} WHERE id = ${id}`)));
      } catch (error) {
        cells.push({ error: (error as Error).message });
      }
    return cells;
  }
}

function sameCell(type: string, pg: Cell, other: Cell): boolean {
  if ("error" in pg || "error" in other) return "error" in pg && "error" in other;
  return compareCell(type, pg.value as string | null, other.value) !== false;
}

function shown(cell: Cell): string {
  return "error" in cell ? `raises "${cell.error}"` : JSON.stringify(cell.value);
}

describe("what TiDB refuses at places of a schema", () => {
  const SAMPLES: Readonly<Record<string, string>> = {
    CURRENT_DATE: "CURRENT_DATE",
    GET_LOCK: "GET_LOCK('a', 0)",
    RELEASE_LOCK: "RELEASE_LOCK('a')",
    SELECT: "(SELECT 1)",
    SLEEP: "SLEEP(0)",
    NULLIF: "NULLIF(a, 1)",
  };
  const PLACES = {
    "a CHECK": (expression: string) => `CREATE TABLE place (a INT, CHECK (${expression} IS NOT NULL))`,
    "a generated column": (expression: string) => `CREATE TABLE place (a INT, g VARCHAR(99) AS (${expression}))`,
  } as const;
  const CODES = { "a CHECK": [3814, 3815], "a generated column": [3102] } as const;
  for (const place of ["a CHECK", "a generated column"] as const)
    for (const name of REFUSED[place])
      it(`${name} in ${place}`, async () => {
        await tidb.query("SET GLOBAL tidb_enable_check_constraint = ON");
        await tidb.query("DROP TABLE IF EXISTS place");
        const code = await tidb.query(PLACES[place](SAMPLES[name] ?? `${name}()`)).catch((error: { errno?: number }) => error.errno);
        expect(CODES[place]).toContain(code);
      });
});
