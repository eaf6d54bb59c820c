import { startEngine } from "../../src/targets/open.js";
import { openServer } from "../../src/targets/server.js";
import { type Target, TidbError } from "../../src/targets/target.js";

/** One TiDB of our own, shared by tests that run side by side, each in a database and on a connection of its own. */
export interface SharedTidb {
  /** Calls `work` with a fresh session in an empty database. */
  withDatabase<T>(session: readonly string[], work: (target: Target, database: string) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** More only wait for each other: TiDB runs DDL one at a time. */
const CONNECTIONS = 4;

export async function startSharedTidb(): Promise<SharedTidb> {
  // Building is the global set-up's work.
  const engine = await startEngine({ build: false, log: console.error });
  const targets = await Promise.all(Array.from({ length: CONNECTIONS }, () => openServer(engine.url)));
  await engine.target.run("SET GLOBAL tidb_enable_check_constraint = ON");
  const free = [...targets];
  const waiting: ((target: Target) => void)[] = [];
  let made = 0;

  async function acquire(): Promise<Target> {
    return free.pop() ?? new Promise((resolve) => waiting.push(resolve));
  }
  function release(target: Target): void {
    const next = waiting.shift();
    if (next) next(target);
    else free.push(target);
  }

  return {
    async withDatabase(session, work) {
      const database = `test_${++made}`;
      const target = await acquire();
      try {
        await target.reset();
        await target.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`);
        for (const sql of session) await target.run(sql);
        await target.run(`USE ${database}`);
        // The database is left: the server ends with the tests.
        return await work(target, database);
      } finally {
        release(target);
      }
    },
    async stop() {
      for (const target of targets) await target.close();
      await engine.stop();
    },
  };
}

/** Runs statements one by one; returns what was refused, as `code: message: statement`. */
export async function refusals(target: Target, statements: readonly string[]): Promise<string[]> {
  const refused: string[] = [];
  for (const sql of statements) {
    const error = await refusal(target, sql);
    if (error !== undefined) refused.push(`${error.code}: ${error.message}: ${sql}`);
  }
  return refused;
}

/** TiDB's refusal of a statement; undefined when it took it. */
export async function refusal(target: Target, sql: string): Promise<TidbError | undefined> {
  try {
    await target.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof TidbError) return error;
    throw error;
  }
}
