import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { cachedBinary, moduleDirectory, PINNED_RELEASE } from "./paths.js";
import { ask, isExecutable, onPath } from "./programs.js";
import { releaseOf } from "./server.js";
import { EngineError } from "./target.js";

/** What a build costs, measured on 2 cores with an empty module and build cache. */
export const BUILD_COST = "about 2 GB of Go modules to download, 10 minutes on 2 cores, 3.5 GB of memory, a binary of 145 MB";

/** TiDB v8.5 refuses to start when built with Go 1.26; any Go from 1.21 on fetches the one named here by itself. */
const TOOLCHAIN = "go1.25.12";
const OLDEST_GO = [1, 21] as const;
const PACKAGE = "github.com/pingcap/tidb/cmd/tidb-server";

/** A lock whose holder has not touched it for this long is a crashed one's. */
const STALE_MS = 10_000;
const RETRY_MS = 500;
const PROGRESS_MS = 15_000;

/**
 * Returns the cached TiDB, building it first when it is not there. Only one process builds; the others wait for it.
 * @param log takes one line at a time: what it will cost, that another one is waited for, progress
 * @throws EngineError without Go 1.21 or newer, or when the build fails
 */
export async function buildTidb(log: (line: string) => void): Promise<string> {
  const binary = cachedBinary();
  if (isExecutable(binary)) return binary;
  const go = await findGo();
  const folder = dirname(binary);
  makeFolder(folder);
  const unlock = await lockFolder(folder, log);
  try {
    if (!isExecutable(binary)) await compile(go, binary, log);
    return binary;
  } finally {
    // Someone may have taken a lock that looked stale (a suspended machine); there is nothing left to give back then.
    await unlock().catch(() => {});
  }
}

/**
 * The path of a Go that can build TiDB.
 * @throws EngineError when there is none, or it is older than 1.21
 */
export async function findGo(): Promise<string> {
  const wanted = `building TiDB needs Go ${OLDEST_GO.join(".")} or newer`;
  const go = onPath("go");
  if (go === undefined) throw new EngineError(`${wanted}, and there is no go on PATH (https://go.dev/dl/)`);
  const said = await ask(go, "version");
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said ?? "")?.map(Number) ?? [];
  if (major === undefined || minor === undefined) throw new EngineError(`${wanted}, and ${go} does not say its version`);
  if (major < OLDEST_GO[0] || (major === OLDEST_GO[0] && minor < OLDEST_GO[1])) {
    throw new EngineError(`${wanted}, and ${go} is ${major}.${minor} (https://go.dev/dl/)`);
  }
  return go;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new EngineError(`cannot write to the cache: ${(error as Error).message}; PG2TIDB_CACHE names another folder`);
  }
}

async function lockFolder(folder: string, log: (line: string) => void): Promise<() => Promise<void>> {
  for (let waiting = false; ; waiting = true) {
    try {
      // A lock lost while building costs a second build at worst: the rename at its end is atomic.
      return await lock(folder, { stale: STALE_MS, onCompromised: () => {} });
    } catch (error) {
      if ((error as { code?: string }).code !== "ELOCKED") throw new EngineError(`cannot lock the cache: ${(error as Error).message}`);
    }
    if (!waiting) log(`another pg2tidb is building TiDB in ${folder}; waiting for it`);
    await sleep(RETRY_MS);
  }
}

async function compile(go: string, binary: string, log: (line: string) => void): Promise<void> {
  const folder = dirname(binary);
  removePartial(folder);
  log(`building TiDB ${PINNED_RELEASE} from source, once: ${BUILD_COST}`);
  log(`it goes to ${binary}`);
  const partial = join(folder, `${basename(binary)}.${process.pid}.partial`);
  const started = Date.now();
  try {
    await runGo(go, partial, log);
    const said = await ask(partial, "-V");
    if (releaseOf(said ?? "") !== PINNED_RELEASE) throw new EngineError("building TiDB failed: what Go built does not run here");
    renameSync(partial, binary);
  } finally {
    rmSync(partial, { force: true });
  }
  log(`built TiDB ${PINNED_RELEASE} in ${elapsed(started)}`);
}

/** What a builder that was killed has left. */
function removePartial(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".partial"))) rmSync(join(folder, file), { force: true });
}

async function runGo(go: string, output: string, log: (line: string) => void): Promise<void> {
  const linked = `-s -w -X github.com/pingcap/tidb/pkg/parser/mysql.TiDBReleaseVersion=${PINNED_RELEASE}`;
  const child = spawn(go, ["build", "-v", "-tags", "codes", "-trimpath", "-ldflags", linked, "-o", output, PACKAGE], {
    cwd: moduleDirectory(),
    env: { ...process.env, GOTOOLCHAIN: TOOLCHAIN, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const count = { modules: 0, packages: 0 };
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) count.modules++;
    else if (/^[\w.~/-]+$/.test(line)) count.packages++;
    else complaints.push(line.trim());
  });
  const started = Date.now();
  const ticker = setInterval(
    () => log(`building TiDB: ${elapsed(started)}, ${count.modules} modules downloaded, ${count.packages} packages compiled`),
    PROGRESS_MS,
  );
  try {
    const code = await ended;
    if (code !== 0) throw new EngineError(`building TiDB failed: ${complaints.slice(-3).join(" / ") || `go ended with ${code}`}`);
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError(`building TiDB failed: ${(error as Error).message}`);
  } finally {
    clearInterval(ticker);
  }
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
