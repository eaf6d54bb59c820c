import { BUILD_COST, buildTidb } from "./build.js";
import { type Embedded, startEmbedded } from "./embedded.js";
import { cachedBinary, PINNED_RELEASE } from "./paths.js";
import { ask, isExecutable, onPath } from "./programs.js";
import { isSupported, openServer, releaseOf } from "./server.js";
import { EngineError, type Target } from "./target.js";

/** What would be used. */
export type Choice =
  | { readonly kind: "server"; readonly url: string }
  | { readonly kind: "binary"; readonly path: string; readonly version: string; readonly why: string }
  | { readonly kind: "none" };

/**
 * Opens the TiDB to check with, by the first of: the URL, a `tidb-server` on PATH, the cached build, a build (when `build` is set).
 * tiup and docker are named in the message when they are installed, but not started: both download a whole cluster first.
 * With `PG2TIDB_ENGINE=none` there is none, whatever is installed.
 * @param log takes one line at a time, for standard error
 * @throws EngineError when there is none, listing every way to get one
 */
export async function openTarget(options: { url?: string; build: boolean; log: (line: string) => void }): Promise<Target> {
  const choice = await chooseEngine(options.url, options.log);
  if (choice.kind === "server") return openServer(choice.url);
  return (await startChoice(choice, options)).target;
}

/**
 * Starts a TiDB of our own, never using a URL.
 * @throws EngineError as `openTarget`
 */
export async function startEngine(options: { build: boolean; log: (line: string) => void }): Promise<Embedded> {
  const choice = await chooseEngine(undefined, options.log);
  return startChoice(choice, options);
}

async function startChoice(choice: Choice, options: { build: boolean; log: (line: string) => void }): Promise<Embedded> {
  if (choice.kind === "binary") return startEmbedded(choice.path, choice.version);
  if (!options.build || switchedOff()) throw new EngineError(noEngine());
  if (onPath("go") === undefined) throw new EngineError(noEngine());
  return startEmbedded(await buildTidb(options.log), PINNED_RELEASE);
}

/** Which engine would be used, without starting or connecting to anything. What was passed over, and why, goes to `log`. */
export async function chooseEngine(url: string | undefined, log: (line: string) => void): Promise<Choice> {
  if (switchedOff()) return { kind: "none" };
  if (url !== undefined && url !== "") return { kind: "server", url };
  const candidates: { path: string | undefined; why: string }[] = [
    { path: onPath("tidb-server"), why: "tidb-server on PATH" },
    { path: isExecutable(cachedBinary()) ? cachedBinary() : undefined, why: "the cached build" },
  ];
  for (const { path, why } of candidates) {
    if (path === undefined) continue;
    const version = releaseOf((await ask(path, "-V")) ?? "");
    if (version !== undefined && isSupported(version)) return { kind: "binary", path, version, why };
    log(`not using ${why} (${path}): ${version === undefined ? "it does not say its version" : `${version} is older than v8.5`}`);
  }
  return { kind: "none" };
}

/** Every way to get an engine, in one line; what is installed already comes with the command to type. */
export function noEngine(): string {
  if (switchedOff()) return "no TiDB to check with: PG2TIDB_ENGINE=none switches it off";
  const ways = [
    "give the URL of one with --tidb or TIDB_URL (mysql://user:password@host:port)",
    `put a tidb-server v8.5 or newer on PATH`,
    `run \`pg2tidb engine build\` (${onPath("go") === undefined ? "needs Go 1.21 or newer, which is not installed" : "Go is installed"}; ${BUILD_COST})`,
    ...(onPath("tiup") === undefined ? [] : [`\`tiup playground ${PINNED_RELEASE} --tiflash 0\` and --tidb mysql://root@127.0.0.1:4000`]),
    ...(onPath("docker") === undefined
      ? []
      : [`\`docker run -d -p 4000:4000 pingcap/tidb:${PINNED_RELEASE}\` and --tidb mysql://root@127.0.0.1:4000`]),
  ];
  return `no TiDB to check with. Ways to get one: ${ways.map((way, i) => `(${i + 1}) ${way}`).join("; ")}`;
}

function switchedOff(): boolean {
  return process.env.PG2TIDB_ENGINE === "none";
}
