import { randomBytes } from "node:crypto";
import { reachesOutside } from "./outside.js";
import { EngineError, type Target, TidbError } from "./target.js";

/** A database of our own on a target. */
export interface FreshDatabase {
  readonly name: string;
  /** Removes it and puts back what was changed on the server. Never throws; may be called twice. */
  drop(): Promise<void>;
}

/** Off by default, and TiDB then ignores every CHECK. It has no session form. */
const CHECK_SWITCH = "tidb_enable_check_constraint";

/**
 * Makes an empty database under a name nobody has (`pg2tidb_check_…`), in a new session prepared by `session`, and makes it current.
 * On a server of the user's, nothing else is touched but the global `tidb_enable_check_constraint`, and `drop` puts that back; a second
 * check running there at the same moment may see it change.
 * @param session SQL statements; those that set something beyond the session are only run on a server of our own
 * @param log takes one line at a time: what is changed on the user's server, what could not be put back
 * @throws EngineError when the database or the session cannot be made
 */
export async function freshDatabase(
  target: Target,
  session: readonly string[],
  log: (line: string) => void = () => {},
): Promise<FreshDatabase> {
  const name = `pg2tidb_check_${randomBytes(6).toString("hex")}`;
  await target.reset();
  const others = target.disposable ? await databases(target) : [];
  await orEngineError(
    target,
    `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`,
    "this user may not create a database",
  );
  let checksChanged = false;
  let dropped: Promise<void> | undefined;

  async function tidy(): Promise<void> {
    forget();
    await target.reset();
    // With the checks on, a parent table cannot go before its children.
    await target.run("SET foreign_key_checks = 0");
    await target.run(`DROP DATABASE IF EXISTS ${name}`);
    // On a server of our own, statements may have made databases beside ours.
    const left = target.disposable ? (await databases(target)).filter((database) => !others.includes(database)) : [];
    for (const database of left) await target.run(`DROP DATABASE IF EXISTS \`${database.replaceAll("`", "``")}\``);
    if (checksChanged) {
      await target.run(`SET GLOBAL ${CHECK_SWITCH} = OFF`);
      log(`set ${CHECK_SWITCH} back to OFF on ${target.where}`);
    }
  }

  const drop = () => {
    dropped ??= tidy().catch((error: Error) => {
      if (!target.disposable) log(`could not tidy up ${target.where} (${error.message}): the database ${name} is left there`);
    });
    return dropped;
  };
  const forget = target.disposable ? () => {} : onInterrupt(drop);

  try {
    checksChanged = await switchChecksOn(target, log);
    for (const sql of session) {
      if (isCheckSwitch(sql) || (!target.disposable && reachesOutside(sql, name))) continue;
      await orEngineError(target, sql, `it refuses the session setting ${sql}`);
    }
    await target.run(`USE ${name}`);
  } catch (error) {
    await drop();
    throw error;
  }
  return { name, drop };
}

async function databases(target: Target): Promise<string[]> {
  return (await target.rows("SHOW DATABASES")).map((row) => String(row.Database));
}

async function orEngineError(target: Target, sql: string, what: string): Promise<void> {
  try {
    await target.run(sql);
  } catch (error) {
    throw error instanceof TidbError
      ? new EngineError(`TiDB at ${target.where} cannot be used: ${what} (${error.code}: ${error.message})`)
      : error;
  }
}

/** Returns whether the user's server was changed. */
async function switchChecksOn(target: Target, log: (line: string) => void): Promise<boolean> {
  const [row] = await target.rows(`SELECT @@global.${CHECK_SWITCH} AS value`);
  if (String(row?.value) === "1") return false;
  try {
    await target.run(`SET GLOBAL ${CHECK_SWITCH} = ON`);
  } catch (error) {
    if (!(error instanceof TidbError)) throw error;
    log(
      `CHECK constraints are off on ${target.where} and this user may not switch them on (${error.message}): they will be reported as ignored`,
    );
    return false;
  }
  if (!target.disposable) log(`set ${CHECK_SWITCH} to ON on ${target.where} for the time of the check`);
  return !target.disposable;
}

function isCheckSwitch(sql: string): boolean {
  return new RegExp(`^\\s*SET\\s+(GLOBAL\\s+|@@global\\.)${CHECK_SWITCH}\\b`, "i").test(sql);
}

/** Tidies up before Ctrl-C ends the process; a second one ends it at once. Returns how to stop listening. */
function onInterrupt(tidy: () => Promise<void>): () => void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const listener = (signal: NodeJS.Signals) => {
    forget();
    void tidy().finally(() => process.kill(process.pid, signal));
  };
  const forget = () => {
    for (const signal of signals) process.off(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  return forget;
}
