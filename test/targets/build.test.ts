import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { buildTidb, findGo } from "../../src/targets/build.js";
import { chooseEngine, noEngine, openTarget } from "../../src/targets/open.js";
import { cacheDirectory, cachedBinary } from "../../src/targets/paths.js";
import { type Installed, install, until } from "./installed.js";

/** A go that counts its runs and writes a "tidb-server" that knows its version. */
const GO = `#!/bin/sh
if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi
echo "$GOTOOLCHAIN $CGO_ENABLED $GOFLAGS $(basename "$PWD") $*" >> "$RUNS"
echo "go: downloading example.com/a v1.0.0" >&2
echo "example.com/a/b" >&2
while [ "$1" != -o ]; do shift; done
printf 'half of it' > "$2"
sleep "\${GO_TAKES:-0}"
printf '#!/bin/sh\\necho "Release Version: v8.5.6"\\n' > "$2"
chmod +x "$2"
`;
const OLD_TIDB = '#!/bin/sh\necho "Release Version: v7.5.1"\n';
const NEW_TIDB = '#!/bin/sh\necho "Release Version: v8.5.9"\n';

let installed: Installed;
let scratch: string;
let lines: string[];
const log = (line: string) => {
  lines.push(line);
};

beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "scratch-"));
  lines = [];
  vi.stubEnv("PG2TIDB_CACHE", join(scratch, "cache"));
  vi.stubEnv("RUNS", join(scratch, "runs"));
  program("go", GO);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

/** Puts a program on PATH, before all others. */
function program(name: string, text: string): string {
  const folder = join(scratch, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  return join(folder, name);
}

const builds = () => (existsSync(join(scratch, "runs")) ? readFileSync(join(scratch, "runs"), "utf8").trim().split("\n") : []);
const files = () => readdirSync(dirname(cachedBinary()));
const BUILDER = `import { buildTidb } from "./dist/src/targets/build.js";
  console.log("path", await buildTidb((line) => console.error(line)));`;

describe("building TiDB", () => {
  it("says what it costs, calls go as it must be called, and keeps the result", async () => {
    const path = await buildTidb(log);
    expect(path).toBe(cachedBinary());
    expect(path).toMatch(/cache\/tidb-v8\.5\.6-\w+-\w+-[0-9a-f]{16}\/tidb-server$/);
    expect(lines[0]).toMatch(/^building TiDB v8\.5\.6 from source, once: about 2 GB .* 10 minutes .* 3\.5 GB of memory/);
    expect(lines[1]).toBe(`it goes to ${path}`);
    expect(builds()).toHaveLength(1);
    expect(builds()[0]).toMatch(
      /^go1\.25\.12 0 -mod=readonly embedded build -v -tags codes -trimpath -ldflags -s -w -X \S+TiDBReleaseVersion=v8\.5\.6 -o \S+ github\.com\/pingcap\/tidb\/cmd\/tidb-server$/,
    );
    expect(files()).toEqual(["tidb-server"]);
    lines = [];
    expect(await buildTidb(log)).toBe(path);
    expect({ lines, builds: builds().length }).toEqual({ lines: [], builds: 1 });
  });

  it("is found from an installed package as well, with its embedded folder", async () => {
    const { output } = await installed.start(BUILDER).ended;
    expect(output).toContain(`path ${cachedBinary()}`);
  });

  it("makes a second process wait for the first", async () => {
    const first = installed.start(BUILDER, { GO_TAKES: "1.5" });
    await until("the first builds", () => builds().length === 1);
    const second = installed.start(BUILDER);
    await second.says("another pg2tidb is building TiDB in");
    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ code, output }) => [code, output.includes(`path ${cachedBinary()}`)])).toEqual([
      [0, true],
      [0, true],
    ]);
    expect(builds()).toHaveLength(1);
  });

  it("takes over from a builder that was killed", async () => {
    const first = installed.start(BUILDER, { GO_TAKES: "2" });
    await until("half a binary is there", () => existsSync(dirname(cachedBinary())) && files().some((file) => file.endsWith(".partial")));
    first.kill("SIGKILL");
    await first.ended;
    const lockFolder = `${dirname(cachedBinary())}.lock`;
    // Nobody refreshes it any more; ten seconds later it counts as left behind. The test need not wait for them.
    const longAgo = new Date(Date.now() - 11_000);
    utimesSync(lockFolder, longAgo, longAgo);
    await buildTidb(log);
    expect(files()).toContain("tidb-server");
    expect(builds()).toHaveLength(2);
    expect(existsSync(lockFolder)).toBe(false);
  });

  it("reports go's own words when it fails, and leaves no lock and no half binary", async () => {
    program("go", GO.replace("sleep", "echo 'b.go:1:1: no such thing' >&2; exit 1 #"));
    await expect(buildTidb(log)).rejects.toThrow("building TiDB failed: b.go:1:1: no such thing");
    expect(files()).toEqual([]);
    expect(existsSync(`${dirname(cachedBinary())}.lock`)).toBe(false);
  });

  it("does not keep a binary that does not run", async () => {
    program("go", GO.replace("Release Version: v8.5.6", ""));
    await expect(buildTidb(log)).rejects.toThrow("building TiDB failed: what Go built does not run here");
    expect(files()).toEqual([]);
  });

  it("refuses a Go that is missing or too old", async () => {
    const go = program("go", '#!/bin/sh\necho "go version go1.19.8 linux/amd64"\n');
    await expect(buildTidb(log)).rejects.toThrow(`building TiDB needs Go 1.21 or newer, and ${go} is 1.19 (https://go.dev/dl/)`);
    vi.stubEnv("PATH", scratch);
    await expect(findGo()).rejects.toThrow("building TiDB needs Go 1.21 or newer, and there is no go on PATH (https://go.dev/dl/)");
  });
});

describe("the cache", () => {
  it("is in the user's cache folder, or where PG2TIDB_CACHE says", () => {
    expect(cacheDirectory()).toBe(join(scratch, "cache"));
    vi.stubEnv("PG2TIDB_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    if (process.platform === "linux") expect(cacheDirectory()).toBe("/xdg/pg2tidb");
  });
});

describe("the choice of an engine", () => {
  it("takes the URL, then tidb-server on PATH, then the cached build", async () => {
    expect(await chooseEngine(undefined, log)).toEqual({ kind: "none" });
    await buildTidb(() => {});
    expect(await chooseEngine(undefined, log)).toEqual({
      kind: "binary",
      path: cachedBinary(),
      version: "v8.5.6",
      why: "the cached build",
    });
    const path = program("tidb-server", NEW_TIDB);
    expect(await chooseEngine(undefined, log)).toEqual({ kind: "binary", path, version: "v8.5.9", why: "tidb-server on PATH" });
    expect(await chooseEngine("mysql://root@127.0.0.1:4000", log)).toEqual({ kind: "server", url: "mysql://root@127.0.0.1:4000" });
    expect(lines).toEqual([]);
  });

  it("passes over a tidb-server that is too old, and says so", async () => {
    const path = program("tidb-server", OLD_TIDB);
    expect(await chooseEngine(undefined, log)).toEqual({ kind: "none" });
    expect(lines).toEqual([`not using tidb-server on PATH (${path}): v7.5.1 is older than v8.5`]);
  });

  it("lists every way when there is none", async () => {
    program("docker", "#!/bin/sh\n");
    const opened = openTarget({ build: false, log });
    await expect(opened).rejects.toMatchObject({ name: "EngineError" });
    await expect(opened).rejects.toThrow(/^no TiDB to check with\. .*--tidb.*on PATH.*pg2tidb engine build.*docker run/);
    expect(noEngine()).not.toContain("tiup");
    program("tiup", "#!/bin/sh\n");
    expect(noEngine()).toContain("`tiup playground v8.5.6");
    expect(noEngine()).not.toContain("\n");
  });

  it("is none with PG2TIDB_ENGINE=none, whatever is there", async () => {
    program("tidb-server", NEW_TIDB);
    vi.stubEnv("PG2TIDB_ENGINE", "none");
    await expect(openTarget({ url: "mysql://root@127.0.0.1:4000", build: true, log })).rejects.toThrow("PG2TIDB_ENGINE=none");
  });
});
