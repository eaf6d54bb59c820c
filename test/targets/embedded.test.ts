import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startEmbedded } from "../../src/targets/embedded.js";
import { openTarget, startEngine } from "../../src/targets/open.js";
import { cachedBinary } from "../../src/targets/paths.js";
import { EngineError } from "../../src/targets/target.js";
import { type Installed, install, isAlive, type Process, until } from "./installed.js";

/** How a parent can end, and what it then reports. */
const ENDS: readonly { how: string; code: string; signal?: NodeJS.Signals; ends: { code: number | null; signal: string | null } }[] = [
  { how: "process.exit without closing", code: "process.exit(3);", ends: { code: 3, signal: null } },
  { how: "an uncaught exception", code: "setTimeout(() => { throw new Error('boom'); });", ends: { code: 1, signal: null } },
  { how: "SIGINT", code: "setInterval(() => {}, 1000);", signal: "SIGINT", ends: { code: null, signal: "SIGINT" } },
  { how: "SIGTERM", code: "setInterval(() => {}, 1000);", signal: "SIGTERM", ends: { code: null, signal: "SIGTERM" } },
  { how: "SIGKILL", code: "setInterval(() => {}, 1000);", signal: "SIGKILL", ends: { code: null, signal: "SIGKILL" } },
];

let installed: Installed;
let scratch: string;

beforeAll(async () => {
  // The first engine may have to be built; after that everything here takes seconds.
  await (await openTarget({ build: true, log: console.error })).close();
  installed = install();
  scratch = mkdtempSync(join(tmpdir(), "scratch-"));
}, 1_800_000);

afterAll(() => {
  installed.remove();
  rmSync(scratch, { recursive: true });
});

/** The process id of the tidb-server that has a text in its command line; 0 when there is none. Reads /proc, so these tests need Linux. */
function serverOf(text: string): number {
  return Number(readdirSync("/proc").find((entry) => isServer(entry, text)) ?? 0);
}

function isServer(entry: string, text: string): boolean {
  try {
    return (
      readFileSync(`/proc/${entry}/comm`, "utf8").startsWith("tidb-server") && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(text)
    );
  } catch {
    // Not a process, or one that has just ended.
    return false;
  }
}

async function startParent(then: string, temp: string): Promise<{ parent: Process; server: number }> {
  mkdirSync(temp);
  const parent = installed.start(
    `import { openTarget } from "./dist/src/targets/open.js";
     const target = await openTarget({ build: false, log: console.error });
     await target.run("CREATE TABLE test.t (a INT)");
     console.log("ready");
     ${then}`,
    { TMPDIR: temp },
  );
  // Some end at once: the server is looked up while it starts.
  await until("a server in its folder", () => serverOf(temp) !== 0);
  return { parent, server: serverOf(temp) };
}

describe("an embedded TiDB", () => {
  it.each(ENDS)("ends with its parent by $how and leaves no files", async ({ code, signal, ends }) => {
    const temp = join(scratch, `temp${Math.random()}`);
    const { parent, server } = await startParent(code, temp);
    await parent.says("ready");
    if (signal !== undefined) parent.kill(signal);
    expect(await parent.ended).toMatchObject(ends);
    await until("the server is gone", () => !isAlive(server));
    await until("its files are gone", () => readdirSync(temp).length === 0);
  });

  it("ends with a parent that is killed while it starts", async () => {
    const temp = join(scratch, "early");
    const { parent, server } = await startParent("", temp);
    parent.kill("SIGKILL");
    await parent.ended;
    await until("the server is gone", () => !isAlive(server));
    await until("its files are gone", () => readdirSync(temp).length === 0);
  });

  it("lets its parent end when all is done, and is gone then", async () => {
    const temp = join(scratch, "normal");
    const { parent, server } = await startParent("await target.close(); console.log('closed');", temp);
    const { code, output } = await parent.ended;
    expect({ code, closed: output.includes("closed") }).toEqual({ code: 0, closed: true });
    expect(isAlive(server)).toBe(false);
    expect(readdirSync(temp)).toEqual([]);
  });

  it("runs beside others", async () => {
    const log = (): void => {};
    const both = await Promise.all([startEngine({ build: false, log }), startEngine({ build: false, log })]);
    await Promise.all(both.map(({ target }, i) => target.run(`CREATE TABLE test.only${i} (a INT)`)));
    const tables = await Promise.all(both.map(({ target }) => target.rows("SHOW TABLES IN test")));
    expect(tables.map((rows) => rows.flatMap(Object.values))).toEqual([["only0"], ["only1"]]);
    await Promise.all(both.map((engine) => engine.stop()));
  });

  it("says why it did not start, with the last lines of its log", async () => {
    await expect(startEmbedded("/bin/false", "v8.5.6")).rejects.toThrow(
      new EngineError("embedded TiDB v8.5.6, /bin/false did not start: it ended with 1: its log is empty"),
    );
    await expect(startEmbedded("/bin/ls", "v8.5.6")).rejects.toThrow(/did not start: it ended with 2: .*invalid option/);
    await expect(startEmbedded("/no/such/file", "v8.5.6")).rejects.toThrow(/did not start: it ended with 127: .*not found/);
  });

  it("tells a lost server from a refused statement", async () => {
    const engine = await startEngine({ build: false, log: () => {} });
    const port = Number(new URL(engine.url).port);
    await expect(engine.target.run("SELECT FROM")).rejects.toMatchObject({ name: "TidbError", code: 1064 });
    await expect(engine.target.run("SELECT 1")).resolves.toEqual({ warnings: [] });
    process.kill(serverOf(`${port}`), "SIGKILL");
    await expect(engine.target.run("SELECT SLEEP(5)")).rejects.toThrow(/^TiDB went away while checking \(embedded TiDB v8/);
    await expect(engine.target.run("SELECT 1")).rejects.toBeInstanceOf(EngineError);
    expect(await engine.died).toMatch(/^it ended with 137/);
    await engine.stop();
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(port, "127.0.0.1", resolve));
    free.close();
  });
});

/** A module text that runs `pg2tidb engine NAME ARGS…` as the binary would. */
const command = (name: string, ...args: string[]) => `import { Config } from "@oclif/core";
  import { handle } from "@oclif/core/handle";
  import Command from "./dist/commands/engine/${name}.js";
  const config = await Config.load(new URL(".", import.meta.url).pathname);
  await Command.run(${JSON.stringify(args)}, config).catch(handle);`;

describe("pg2tidb engine status", () => {
  it("names what would be used, and exits with 0", async () => {
    const { code, output } = await installed.start(command("status"), { TIDB_URL: "" }).ended;
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^engine: TiDB v8\.\d+\.\d+, started when needed: .*\nbinary: .*\ncached build: /),
    });
  });

  it.each<[string, Record<string, string>, string[], RegExp]>([
    ["there is none", { PG2TIDB_ENGINE: "none" }, [], /^pg2tidb: no TiDB to check with: PG2TIDB_ENGINE=none switches it off$/m],
    [
      "nobody answers",
      {},
      ["--tidb", "mysql://app:s3cret@127.0.0.1:1"],
      /^pg2tidb: cannot connect to TiDB at mysql:\/\/app:\*\*\*@127\.0\.0\.1:1: /m,
    ],
    ["TIDB_URL is no URL", { TIDB_URL: "localhost" }, [], /^pg2tidb: not a TiDB URL: localhost/m],
  ])("exits with 4 when %s", async (_when, env, args, message) => {
    const { code, output } = await installed.start(command("status", ...args), env).ended;
    expect({ code, output }).toEqual({ code: 4, output: expect.stringMatching(message) });
    expect(output).not.toContain("s3cret");
  });

  it("leaves wrong usage to exit code 2", async () => {
    expect(await installed.start(command("status", "--nonsense")).ended).toMatchObject({ code: 2 });
  });
});

describe("pg2tidb engine build", () => {
  it("prints where the binary is, at once when it is there", async () => {
    const cache = join(scratch, "cache");
    const binary = inCache(cache);
    const { code, output } = await installed.start(command("build"), { PG2TIDB_CACHE: cache }).ended;
    expect({ code, output }).toEqual({ code: 0, output: `${binary}\n` });
  });
});

/** Where a build in that cache is, with a program in its place. */
function inCache(cache: string): string {
  vi.stubEnv("PG2TIDB_CACHE", cache);
  const binary = cachedBinary();
  vi.unstubAllEnvs();
  mkdirSync(dirname(binary), { recursive: true });
  cpSync("/bin/true", binary);
  return binary;
}

describe("pg2tidb engine start", () => {
  it("prints a URL, and at Ctrl-C stops with 130 and leaves nothing", async () => {
    const temp = join(scratch, "start");
    mkdirSync(temp);
    const engine = installed.start(command("start"), { TMPDIR: temp });
    const output = await engine.says("is ready");
    expect(output).toMatch(/^mysql:\/\/root@127\.0\.0\.1:\d+\/test$/m);
    const url = /mysql:\S+/.exec(output)?.[0] ?? "";
    const target = await openTarget({ url, build: false, log: () => {} });
    expect(target).toMatchObject({ version: "v8.5.6", where: url, disposable: false });
    await target.close();
    const server = serverOf(temp);
    engine.kill("SIGINT");
    expect(await engine.ended).toMatchObject({ code: 130 });
    await until("the server is gone", () => !isAlive(server));
    expect(existsSync(temp) && readdirSync(temp)).toEqual([]);
  });
});
