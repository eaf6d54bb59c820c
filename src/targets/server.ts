import mysql, { type Connection, type ConnectionOptions, type FieldPacket, type ResultSetHeader, type TypeCastField } from "mysql2/promise";
import { EngineError, redact, type Target, TidbError, type TidbRows, type Warning } from "./target.js";

const OLDEST = [8, 5] as const;
const CONNECT_TIMEOUT_MS = 10_000;

/** Errors that carry an SQLSTATE but say something about the server, not about the statement. */
const SERVER_TROUBLE = new Map([
  [1053, "it is shutting down"],
  [1290, "it is read-only"],
  [1836, "it is read-only"],
  [9001, "its PD does not answer"],
  [9002, "its TiKV does not answer"],
  [9003, "its TiKV is busy"],
  [9005, "a Region of it is not available"],
]);

/** `v8.5.6` from what `SELECT VERSION()` or `tidb-server -V` print; undefined when it is no TiDB release. */
export function releaseOf(text: string): string | undefined {
  return /(?:TiDB-|Release Version:\s*)(v\d+\.\d+\.\d+\S*)/.exec(text)?.[1];
}

/** Whether a release (`v8.5.6`) is one this product is written for. */
export function isSupported(release: string): boolean {
  const [major = 0, minor = 0] = release.slice(1).split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * Connects to `mysql://user:password@host:port[/database][?ssl=true]` and makes sure it is a TiDB v8.5 or newer that can be written to.
 * No database is current, whichever the URL names.
 * @throws EngineError in every other case; its message never holds the password
 */
export async function openServer(url: string, known: { where?: string; disposable?: boolean } = {}): Promise<Target> {
  const where = known.where ?? redact(url);
  const options = connectionOptions(url);
  let connection = await connect(options, where);

  async function query(sql: string): Promise<unknown> {
    try {
      return (await connection.query(sql))[0];
    } catch (error) {
      throw translate(error, where);
    }
  }

  async function rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await query(sql)) as Record<string, unknown>[];
  }

  async function table(sql: string, timeout?: number): Promise<TidbRows> {
    try {
      const [rows, fields] = await connection.query({
        sql,
        rowsAsArray: true,
        typeCast: asText,
        ...(timeout === undefined ? {} : { timeout }),
      });
      if (!Array.isArray(rows)) return { columns: [], rows: [] };
      const columns = fields as (FieldPacket & { characterSet?: number })[];
      const texts = (rows as unknown as RawCell[][]).map((row) =>
        row.map((cell, i) => (cell instanceof Buffer && !isBytes(columns[i]!) ? cell.toString("utf8") : cell)),
      );
      return { columns: columns.map(({ name }) => name), rows: texts };
    } catch (error) {
      if ((error as { code?: string }).code !== TIMED_OUT) throw translate(error, where);
      connection.destroy();
      throw new TidbError(3024, `TiDB takes longer than ${(timeout ?? 0) / 1000} s`);
    }
  }

  async function run(sql: string): Promise<{ warnings: Warning[] }> {
    const result = await insistently(() => query(sql));
    // A statement that returns rows has no count of warnings in mysql2's answer.
    const silent = !Array.isArray(result) && (result as ResultSetHeader).warningStatus === 0;
    return {
      warnings: silent ? [] : (await rows("SHOW WARNINGS")).map((row) => ({ code: Number(row.Code), message: String(row.Message) })),
    };
  }

  async function reset(): Promise<void> {
    try {
      await connection.reset();
    } catch {
      connection.destroy();
      connection = await connect(options, where);
    }
  }

  async function close(): Promise<void> {
    await connection.end().catch(() => connection.destroy());
  }

  try {
    return { version: await supportedVersion(rows, where), where, disposable: known.disposable ?? false, run, rows, table, reset, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function connectionOptions(url: string): ConnectionOptions {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new EngineError(`not a TiDB URL: ${redact(url)} (expected mysql://user:password@host:port)`);
  }
  if (parsed.protocol !== "mysql:" || parsed.hostname === "") {
    throw new EngineError(`not a TiDB URL: ${redact(url)} (expected mysql://user:password@host:port)`);
  }
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: parsed.port === "" ? 4000 : Number(parsed.port),
    user: decodeURIComponent(parsed.username) || "root",
    password: decodeURIComponent(parsed.password),
    // The URL's database is left out on purpose: a reset session would be back in it, and run what follows on the user's own tables.
    ...(wantsTls(parsed.searchParams) ? { ssl: { minVersion: "TLSv1.2", rejectUnauthorized: true } } : {}),
    connectTimeout: CONNECT_TIMEOUT_MS,
    // LOAD DATA LOCAL would have the server ask this machine for a file: it is refused like any other statement.
    flags: ["-LOCAL_FILES"],
    // Without these, integers beyond 2^53 and all times lose digits.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    timezone: "Z",
  };
}

/** TLS is asked for under many names: `ssl=true`, `ssl={"rejectUnauthorized":true}`, `sslaccept=strict`, `ssl-mode=VERIFY_IDENTITY`, `tls=true`. */
function wantsTls(parameters: URLSearchParams): boolean {
  const off = ["", "0", "false", "disable", "disabled"];
  return ["ssl", "sslaccept", "sslmode", "ssl-mode", "tls"].some((name) => !off.includes((parameters.get(name) ?? "").toLowerCase()));
}

async function connect(options: ConnectionOptions, where: string): Promise<Connection> {
  try {
    const connection = await mysql.createConnection(options);
    // An idle connection that breaks must not end the process; the next query reports it.
    connection.on("error", () => {});
    return connection;
  } catch (error) {
    throw new EngineError(`cannot connect to TiDB at ${where}: ${reason(error)}`);
  }
}

async function supportedVersion(rows: Target["rows"], where: string): Promise<string> {
  const [row] = await rows("SELECT VERSION() AS version");
  const found = String(row?.version);
  const release = releaseOf(found);
  if (release === undefined) throw new EngineError(`${where} is not TiDB: it says its version is ${found}`);
  if (!isSupported(release)) {
    throw new EngineError(`${where} is TiDB ${release}; pg2tidb checks against v${OLDEST.join(".")} or newer`);
  }
  const switches = ["tidb_restricted_read_only", "tidb_super_read_only", "read_only"];
  const [set] = await rows(`SELECT ${switches.map((name) => `@@global.${name} AS ${name}`).join(", ")}`);
  const on = switches.find((name) => String(set?.[name]) === "1");
  if (on !== undefined) throw new EngineError(`TiDB at ${where} is read-only (${on} is on); checking needs a server it may write to`);
  return release;
}

function translate(error: unknown, where: string): TidbError | EngineError {
  const { errno, sqlState, fatal } = error as { errno?: number; sqlState?: string; fatal?: boolean };
  if (errno === undefined || sqlState === undefined || fatal === true) {
    return new EngineError(`TiDB went away while checking (${where}): ${reason(error)}`);
  }
  const trouble = SERVER_TROUBLE.get(errno);
  if (trouble !== undefined) return new EngineError(`TiDB at ${where} cannot go on: ${trouble} (${errno}: ${reason(error)})`);
  return new TidbError(errno, reason(error));
}

function reason(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  // A refused connection over several addresses comes as an AggregateError without a message.
  return (message || code || "no reason given").replaceAll(/\s*\n\s*/g, " ");
}

/** What mysql2 calls a query that took too long. */
const TIMED_OUT = "PROTOCOL_SEQUENCE_TIMEOUT";

type RawCell = string | Buffer | null;

/** Types whose values are bytes when their character set is `binary`; of all others the text is ASCII, or JSON in UTF-8. */
const BYTES = new Set(["VAR_STRING", "STRING", "VARCHAR", "TINY_BLOB", "MEDIUM_BLOB", "LONG_BLOB", "BLOB", "BIT"]);
const BINARY = 63;
const BIT = 16;

/** A cast is not told the column's character set. */
function asText(field: TypeCastField): RawCell {
  return BYTES.has(field.type) ? field.buffer() : field.string("utf-8");
}

function isBytes({ characterSet, columnType }: { readonly characterSet?: number; readonly columnType?: number }): boolean {
  return columnType === BIT || characterSet === BINARY;
}

/** "Information schema is changed during the execution of the statement … [try again later]": another DDL was faster. */
const TRY_AGAIN = 8028;

/** Does as TiDB asks when it says to try again; three times, then its error stands. */
async function insistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 3; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TidbError) || error.code !== TRY_AGAIN || left === 0) throw error;
    }
  }
}
