import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Postgres, PostgresError, type RawRows, SESSION, typeNamer } from "./postgres.js";
import { EngineError, redact } from "./target.js";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects to `postgres://user:password@host:port/database` and makes a database of its own there (`pg2tidb_prove_…`), removed by `close`.
 * Nothing of the user's is read or changed.
 * @throws EngineError when there is no PostgreSQL, or its user may not make a database; the message never holds the password
 */
export async function openPostgres(url: string): Promise<Postgres> {
  const where = redact(url);
  if (!/^postgres(ql)?:\/\/./.test(url))
    throw new EngineError(`not a PostgreSQL URL: ${where} (expected postgres://user:password@host:port)`);
  const keeper = await connect(url, where);
  let client: pg.Client | undefined;
  let made: string | undefined;
  let named = typeNamer((sql) => ask(sql));

  async function drop(): Promise<void> {
    await client?.end().catch(() => {});
    if (made !== undefined) await keeper.query(`DROP DATABASE IF EXISTS ${made}`).catch(() => {});
    client = undefined;
    made = undefined;
  }

  async function restart(): Promise<void> {
    await drop();
    const name = `pg2tidb_prove_${randomBytes(6).toString("hex")}`;
    await run(keeper, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`, where).catch(() =>
      orEngineError(run(keeper, `CREATE DATABASE ${name}`, where), where),
    );
    made = name;
    const own = new URL(url);
    own.pathname = `/${name}`;
    client = await connect(own.href, where);
    for (const sql of SESSION) await run(client, sql, where);
    // Types of the user's have other numbers in each database.
    named = typeNamer((sql) => ask(sql));
  }

  async function ask(sql: string, timeout?: number): Promise<RawRows> {
    if (client === undefined) throw new EngineError(`the session at ${where} has ended`);
    if (timeout !== undefined) await run(client, `SET statement_timeout = ${timeout}`, where);
    return run(client, sql, where);
  }

  async function close(): Promise<void> {
    await drop();
    await keeper.end().catch(() => {});
  }

  try {
    await restart();
  } catch (error) {
    await close();
    throw error;
  }
  const version = (await ask("SHOW server_version")).rows[0]?.[0] ?? "";
  return {
    version,
    where,
    query: async (sql, timeout) => named(await ask(sql, timeout)),
    alive: () => client !== undefined,
    restart,
    close,
  };
}

async function connect(url: string, where: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // An idle connection that breaks must not end the process; the next query reports it.
    client.on("error", () => {});
    await client.connect();
    return client;
  } catch (error) {
    throw new EngineError(`cannot connect to PostgreSQL at ${where}: ${reason(error)}`);
  }
}

const AS_TEXT = { getTypeParser: () => (text: string | Buffer) => text };

async function run(client: pg.Client, sql: string, where: string): Promise<RawRows> {
  try {
    const answer = (await client.query({ text: sql, rowMode: "array", types: AS_TEXT as never })) as unknown as Result | Result[];
    const last = [answer]
      .flat()
      .filter(({ fields }) => fields.length > 0)
      .at(-1);
    return { rows: last?.rows ?? [], columns: (last?.fields ?? []).map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })) };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // Without an SQLSTATE, or with one of class 57P (the server ends the session), it is not about the statement.
    if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("57P"))
      throw new EngineError(`PostgreSQL went away (${where}): ${reason(error)}`);
    throw new PostgresError(code, message);
  }
}

interface Result {
  readonly rows: (string | null)[][];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

async function orEngineError(made: Promise<unknown>, where: string): Promise<void> {
  try {
    await made;
  } catch (error) {
    throw error instanceof PostgresError ? new EngineError(`PostgreSQL at ${where} cannot be used: ${error.message}`) : error;
  }
}

function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || "no reason given").replaceAll(/\s*\n\s*/g, " ");
}
