import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import getPort from "get-port";
import { openServer } from "./server.js";
import { EngineError, type Target } from "./target.js";

/** It takes 2 to 3 s on an idle machine. */
const START_TIMEOUT_MS = 90_000;
const POLL_MS = 50;
const ATTEMPTS = 3;

/** A TiDB of our own, in memory, on 127.0.0.1, user root without a password, database `test`. */
export interface Embedded {
  /** `mysql://root@127.0.0.1:PORT/test` */
  readonly url: string;
  /** A connection to it; closing it stops the server. */
  readonly target: Target;
  /** Resolves when the server has ended by itself, with the last lines of its log. */
  readonly died: Promise<string>;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

/**
 * Holds one server. `sh`, because nothing in this process outlives its SIGKILL: when our end of its standard input closes, however we
 * ended, it kills the server and removes the folder. When the server ends first, it prints the server's exit code and waits for us.
 * The store named "" is a folder in TMPDIR that a killed server leaves.
 */
const KEEPER = `
trap '' HUP INT QUIT TERM PIPE
folder=$1; shift
cd "$folder" || exit 1
exec 3<&0
TMPDIR=$folder "$@" >log 2>&1 </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -9 "$server"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
echo "$?"
wait "$watcher"
cd /
rm -rf "$folder"
`;

/**
 * Starts a TiDB that ends with this process, whatever ends it, and leaves no files behind.
 * Needs a POSIX `sh`, as TiDB itself needs a Unix.
 * @param binary a tidb-server
 * @throws EngineError with the last lines of its log when it does not start
 */
export async function startEmbedded(binary: string, version: string): Promise<Embedded> {
  for (let attempt = 1; ; attempt++) {
    const server = await launch(binary);
    try {
      const target = await ready(server, `embedded TiDB ${version}, ${binary}`);
      const close = async () => {
        await target.close();
        await server.stop();
      };
      return { url: server.url, target: { ...target, close }, died: server.died, stop: close };
    } catch (error) {
      await server.stop();
      // Between finding a free port and using it, another program may take it.
      const taken = error instanceof EngineError && error.message.includes("address already in use");
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Server {
  readonly url: string;
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

async function launch(binary: string): Promise<Server> {
  const port = await getPort({ host: "127.0.0.1", reserve: true });
  const statusPort = await getPort({ host: "127.0.0.1", reserve: true });
  const folder = mkdtempSync(join(tmpdir(), "pg2tidb-"));
  writeFileSync(join(folder, "config.toml"), configuration(folder));
  const files = ["-config", join(folder, "config.toml"), "-socket", join(folder, "s.sock"), "-temp-dir", join(folder, "temp")];
  const server = [binary, "-P", String(port), "-status", String(statusPort), "-store", "unistore", "-path", "", ...files];
  // Detached: Ctrl-C reaches the whole group of a terminal, and the keeper must live a moment longer than we do.
  const keeper = spawn("sh", ["-c", KEEPER, "pg2tidb-keeper", folder, ...server], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const ended = new Promise<void>((resolve) => {
    keeper.once("error", () => resolve());
    keeper.once("exit", () => resolve());
  });
  // A forgotten server must not keep the process alive.
  for (const handle of [keeper, keeper.stdin, keeper.stdout] as { unref?: () => void }[]) handle.unref?.();
  return {
    url: `mysql://root@127.0.0.1:${port}/test`,
    died: deathOf(keeper, folder),
    async stop() {
      keeper.ref();
      keeper.stdin?.end();
      await ended;
    },
  };
}

/** The keys that suit a private server; each that names a folder keeps TiDB from writing elsewhere. */
function configuration(folder: string): string {
  return `lease = "0"  # DDL at once; with the default every DDL waits
host = "127.0.0.1"
tmp-storage-path = ${JSON.stringify(join(folder, "storage"))}
[status]
status-host = "127.0.0.1"
[log]
level = "error"
slow-query-file = ${JSON.stringify(join(folder, "slow.log"))}
[performance]
stats-lease = "0"
[experimental]
allow-expression-index = false  # as on users' clusters: rules must not rely on it
`;
}

function deathOf(keeper: ChildProcess, folder: string): Promise<string> {
  return new Promise((resolve) => {
    keeper.once("error", (error) => resolve(`it cannot be run: ${error.message}`));
    keeper.stdout?.once("data", (code: Buffer) => resolve(`it ended with ${String(code).trim()}: ${lastLines(join(folder, "log"))}`));
  });
}

/** The last lines that are not TiDB's chatter at start, in one line. */
function lastLines(file: string): string {
  try {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.includes("[INFO]"));
    return (
      lines
        .slice(-3)
        .map((line) => line.trim().slice(0, 300))
        .join(" / ") || "its log is empty"
    );
  } catch {
    return "it left no log";
  }
}

async function ready(server: Server, where: string): Promise<Target> {
  let end: string | undefined;
  server.died.then((how) => {
    end = how;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await openServer(server.url, { where, disposable: true });
    } catch (error) {
      if (end !== undefined) throw new EngineError(`${where} did not start: ${end}`);
      if (Date.now() > deadline)
        throw new EngineError(`${where} did not start in ${START_TIMEOUT_MS / 1000} s: ${(error as Error).message}`);
    }
    await sleep(POLL_MS);
  }
}
