import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbedded } from "../../src/targets/embedded.js";
import { openTarget, startEngine } from "../../src/targets/open.js";
import { EngineError } from "../../src/targets/target.js";
import { type Installed, type Process, install, isAlive, until } from "./installed.js";

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

function serverOf(folder: string): number {
  const found = readdirSync("/proc").find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(`${"/"}`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("tidb");
    } catch {
      return false;
    }
  });
  return Number(found ?? 0);
}

async function startParent(then: string, temp: string): Promise<{ parent: Process; server: number }> {
  mkdirSync(temp);
  const parent = installed.start(
    `import { openTarget } from "./dist/src/targets/open.js";
     const target = await openTarget({ build: false, log: console.error });
     await target.run("CREATE TABLE t (a INT)");
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
    await Promise.all(both.map(({ target }, i) => target.run(`CREATE TABLE only${i} (a INT)`)));
    const tables = await Promise.all(both.map(({ target }) => target.rows("SHOW TABLES")));
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

describe("pg2tidb engine start", () => {
  it("prints a URL, and at Ctrl-C stops with 130 and leaves nothing", async () => {
    const temp = join(scratch, "start");
    mkdirSync(temp);
    const command = installed.start(
      `import { Config } from "@oclif/core";
       import Start from "./dist/commands/engine/start.js";
       import { handle } from "@oclif/core/handle";
       const config = await Config.load(import.meta.dirname ?? new URL(".", import.meta.url).pathname);
       await Start.run([], config).catch(handle);`,
      { TMPDIR: temp },
    );
    const output = await command.says("is ready");
    expect(output).toMatch(/^mysql:\/\/root@127\.0\.0\.1:\d+\/test$/m);
    const url = /mysql:\S+/.exec(output)?.[0] ?? "";
    const target = await openTarget({ url, build: false, log: () => {} });
    expect(target).toMatchObject({ version: "v8.5.6", where: url, disposable: false });
    await target.close();
    const server = serverOf(temp);
    command.kill("SIGINT");
    expect(await command.ended).toMatchObject({ code: 130 });
    await until("the server is gone", () => !isAlive(server));
    expect(existsSync(temp) && readdirSync(temp)).toEqual([]);
  });
});
