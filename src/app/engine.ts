import { BUILD_COST, buildTidb } from "../targets/build.js";
import { chooseEngine, noEngine, startEngine } from "../targets/open.js";
import { cachedBinary } from "../targets/paths.js";
import { isExecutable } from "../targets/programs.js";
import { openServer } from "../targets/server.js";
import { EngineError } from "../targets/target.js";

export { openTarget } from "../targets/open.js";

/**
 * Makes sure the cached build is there, and returns its path.
 * @throws EngineError when it cannot be built
 */
export async function buildEngine(log: (line: string) => void): Promise<string> {
  return buildTidb(log);
}

/** Whether an error is about the engine, and so ends the command with exit code 4. */
export function isEngineError(error: unknown): error is Error {
  return error instanceof EngineError;
}

/**
 * What `check` would use, as lines for people.
 * @throws EngineError when there is none that can be used
 */
export async function engineStatus(url: string | undefined, log: (line: string) => void): Promise<string[]> {
  const binary = cachedBinary();
  const cache = isExecutable(binary)
    ? [`cached build: ${binary}`]
    : [`cached build: none yet (${binary})`, `building it costs ${BUILD_COST}`];
  const choice = await chooseEngine(url, log);
  if (choice.kind === "none") {
    for (const line of cache) log(line);
    throw new EngineError(noEngine());
  }
  if (choice.kind === "binary")
    return [`engine: TiDB ${choice.version}, started when needed: ${choice.why}`, `binary: ${choice.path}`, ...cache];
  const server = await openServer(choice.url);
  await server.close();
  return [`engine: TiDB ${server.version} at ${server.where}: the URL that was given`, ...cache];
}

/**
 * Runs a TiDB until `SIGINT` or `SIGTERM`.
 * @param onReady takes its URL
 * @returns the exit code a shell would give the signal
 * @throws EngineError when there is none, or it ends by itself
 */
export async function runEngine(options: { build: boolean; log: (line: string) => void }, onReady: (url: string) => void): Promise<number> {
  // Listening before it starts: a Ctrl-C meanwhile must end it as well. Its keeper then does the rest, when this process ends.
  const stopped = new Promise<number>((resolve) => {
    process.once("SIGINT", () => resolve(130));
    process.once("SIGTERM", () => resolve(143));
  });
  const engine = await Promise.race([stopped, startEngine(options)]);
  if (typeof engine === "number") return engine;
  onReady(engine.url);
  try {
    return await Promise.race([stopped, engine.died.then(gone)]);
  } finally {
    await engine.stop();
  }
}

function gone(how: string): never {
  throw new EngineError(`TiDB has gone: ${how}`);
}
