import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { CANCELED, type Postgres, PostgresError, type RawRows, SESSION, typeNamer } from "./postgres.js";
import { EngineError } from "./target.js";

/** npm package @electric-sql/pglite 0.5.16: PostgreSQL 18 as WebAssembly. */
export const PGLITE_COST = "27 MB on disk, some 700 MB of memory while it starts";

/** Extensions that the package brings, by the names CREATE EXTENSION takes. */
const BUNDLED = [
  "bloom",
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "dict_xsyn",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "moddatetime",
  "pg_trgm",
  "pgcrypto",
  "seg",
  "tablefunc",
  "unaccent",
  "uuid-ossp",
];

/**
 * PGlite runs in the thread that calls it and cannot be interrupted, so it gets a thread of its own, which can be ended. The code is a text
 * because a thread needs a file of JavaScript, which is not there when the sources run without being compiled.
 */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
(async () => {
  const { PGlite } = require(workerData.pglite);
  const extensions = Object.fromEntries(workerData.extensions.map(({ name, path }) => [name, require(path)[name]]));
  const database = await PGlite.create({ extensions });
  const asText = () => Object.fromEntries(Object.keys(database.parsers).map((oid) => [oid, (text) => text]));
  const parsers = asText();
  parentPort.on("message", async (sql) => {
    try {
      const results = await database.exec(sql, { rowMode: "array", parsers });
      const last = results.filter(({ fields }) => fields.length > 0).at(-1);
      parentPort.postMessage({ rows: last?.rows ?? [], columns: (last?.fields ?? []).map((f) => ({ name: f.name, oid: f.dataTypeID })) });
    } catch (error) {
      parentPort.postMessage({ code: error.code, message: error.message });
    }
  });
  parentPort.postMessage({ ready: true });
})();
`;

type Answer = RawRows | { readonly code?: string; readonly message: string };

/**
 * Starts a PostgreSQL inside this process.
 * @param schema its text tells which extensions to load
 * @throws EngineError when the package is not installed or does not start
 */
export async function startPglite(schema: string): Promise<Postgres> {
  const data = { pglite: located("@electric-sql/pglite"), extensions: extensionsOf(schema) };
  let thread: Thread | undefined;
  let named = typeNamer((sql) => ask(sql));

  async function ask(sql: string, timeout?: number): Promise<RawRows> {
    if (thread === undefined) throw new EngineError("the embedded PostgreSQL was ended and not started again");
    const answer = await thread.ask(sql, timeout);
    if (answer === undefined) {
      await thread.end();
      thread = undefined;
      throw new PostgresError(CANCELED, `PostgreSQL takes longer than ${(timeout ?? 0) / 1000} s`);
    }
    if (!("message" in answer)) return answer;
    if (answer.code === undefined) throw new EngineError(`the embedded PostgreSQL broke down: ${answer.message}`);
    throw new PostgresError(answer.code, answer.message);
  }

  async function restart(): Promise<void> {
    await thread?.end();
    thread = await startThread(data);
    for (const sql of SESSION) await ask(sql);
    named = typeNamer((sql) => ask(sql));
  }

  await restart();
  const version = (await ask("SHOW server_version")).rows[0]?.[0] ?? "";
  return {
    version: /^[\d.]+/.exec(version)?.[0] ?? version,
    where: "embedded PGlite",
    query: async (sql, timeout) => named(await ask(sql, timeout)),
    alive: () => thread !== undefined,
    restart,
    close: async () => thread?.end(),
  };
}

interface Thread {
  /** Undefined when it takes longer than the timeout. */
  ask(sql: string, timeout: number | undefined): Promise<Answer | undefined>;
  end(): Promise<void>;
}

async function startThread(data: object): Promise<Thread> {
  const worker = new Worker(THREAD, { eval: true, workerData: data });
  let take: (answer: Answer) => void = () => {};
  const next = () =>
    new Promise<Answer>((resolve) => {
      take = resolve;
    });
  const ready = next();
  worker.on("message", (answer: Answer) => take(answer));
  worker.on("error", (error: Error) => take({ message: error.message }));
  worker.on("exit", () => take({ message: "its thread ended" }));
  const first = await ready;
  if ("message" in first) throw new EngineError(`the embedded PostgreSQL does not start: ${first.message}`);
  // Idle, it must not keep the process alive.
  worker.unref();
  return {
    async ask(sql, timeout) {
      const answer = next();
      worker.ref();
      worker.postMessage(sql);
      try {
        return await within(answer, timeout);
      } finally {
        worker.unref();
      }
    },
    async end() {
      await worker.terminate();
    },
  };
}

async function within<T>(answer: Promise<T>, timeout: number | undefined): Promise<T | undefined> {
  if (timeout === undefined) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeout);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function extensionsOf(schema: string): { name: string; path: string }[] {
  const asked = [...schema.matchAll(/\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)/gi)].map((match) =>
    match[1]!.toLowerCase(),
  );
  const found = new Set(asked.flatMap((name) => (name === "earthdistance" ? ["cube", name] : [name])));
  return BUNDLED.filter((name) => found.has(name)).map((name) => {
    const file = name.replaceAll("-", "_");
    return { name: file, path: located(`@electric-sql/pglite/contrib/${file}`) };
  });
}

function located(module: string): string {
  try {
    return createRequire(import.meta.url).resolve(module);
  } catch {
    throw new EngineError(
      `there is no PostgreSQL to compare with: run \`npm install @electric-sql/pglite\` (${PGLITE_COST}), or give the URL of one with --postgres`,
    );
  }
}
