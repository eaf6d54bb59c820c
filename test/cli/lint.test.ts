import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const BIN = resolve(import.meta.dirname, "../../dist/src/bin.js");
const GOOD = 'db.query("SELECT a::text AS b FROM t");\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pg2tidb-lint-"));
  put("good.ts", GOOD);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** Runs the built program in the test's folder. Git looks no further up than there. */
function lint(args: readonly string[], env: Record<string, string> = {}) {
  const run = spawnSync(process.execPath, [BIN, "lint", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder), XDG_CACHE_HOME: join(folder, ".cache"), NO_COLOR: "1", ...env },
  });
  const lines = (text: string) => text.trimEnd().split("\n");
  return {
    code: run.status,
    stdout: run.stdout,
    account: lines(run.stdout.slice(run.stdout.lastIndexOf("\n\n") + 1).trimStart()),
    told: lines(run.stderr),
  };
}

const QUIETLY = ["--no-cache", "--no-config"];

describe("files that cannot be linted are named once, and hide no others", () => {
  it.each([
    ["binary, though its name is of code", "odd.ts", new Uint8Array([0x64, 0, 0x62, 0x2e])],
    ["not UTF-8", "odd.py", new Uint8Array([...Buffer.from("q = 'SELECT a::text FROM t"), 0xff, 0xfe, 0x27])],
    ["minified", "odd.min.js", GOOD],
    ["larger than 5 MB", "odd.py", "x = 1\n".repeat(1_000_000)],
  ])("%s", (reason, name, content) => {
    put(name, content);
    const { code, stdout, account } = lint(QUIETLY);
    expect(stdout).toMatch(/^good\.ts:1:18 note/m);
    expect(account).toEqual([
      `${name}: not looked at: ${reason}`,
      "0 errors, 0 warnings, 1 notes",
      "1 SQL strings checked in 1 files, 0 not analysable, 0 of other engines left alone",
    ]);
    expect(code).toBe(1);
  });

  it("a migration that staged files would be judged by is named as well, and no other file", () => {
    put("migrations/1.sql", new Uint8Array([...Buffer.from("CREATE TABLE t (a int DEFAULT '"), 0xff, 0xfe, 0x27]));
    put("odd.py", new Uint8Array([0x78, 0xff, 0xfe]));
    for (const args of [
      ["init", "-q"],
      ["add", "good.ts"],
    ])
      spawnSync("git", args, { cwd: folder });
    const { stdout, account } = lint([...QUIETLY, "--staged"]);
    expect(stdout).toMatch(/^good\.ts:1:18 note/m);
    expect(account[0]).toBe("migrations/1.sql: not looked at: not UTF-8");
    expect(stdout).not.toContain("odd.py");
  });

  it("what the parser does not understand is linted as far as it goes, and counted", () => {
    put("odd.ts", 'function (((( {{{ const q = "SELECT c::text AS d FROM t" %%%%');
    const { stdout, account } = lint(QUIETLY);
    expect(stdout).toMatch(/^good\.ts:1:18 note[\s\S]*^odd\.ts:1:37 note/m);
    expect(account.at(-1)).toBe("2 SQL strings checked in 2 files, 1 not analysable, 0 of other engines left alone");
  });

  it("a bundle on one line, with a name that does not say so", () => {
    const functions = Array.from({ length: 60_000 }, (_, i) => `function f${i}(){return "v${i}"+g(${i})}`);
    put("bundle.js", `${functions.join(";")};q("SELECT c::text AS d FROM t")`);
    const { stdout, account } = lint(QUIETLY);
    expect(stdout).toMatch(/^bundle\.js:1:\d+ note[\s\S]*^good\.ts:1:18 note/m);
    expect(account.at(-1)).toBe("2 SQL strings checked in 2 files, 1 not analysable, 0 of other engines left alone");
  }, 60_000);

  it("links are not followed: neither into loops nor to nowhere", () => {
    mkdirSync(join(folder, "loop"));
    symlinkSync("../loop", join(folder, "loop/back"));
    symlinkSync("nowhere", join(folder, "dangling.ts"));
    expect(lint(QUIETLY).account.at(-1)).toMatch(/^1 SQL strings checked in 1 files/);
  });

  // Nothing is forbidden to root.
  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")("without permission", () => {
    put("secret.ts", GOOD);
    chmodSync(join(folder, "secret.ts"), 0);
    const { stdout, account } = lint(QUIETLY);
    expect(stdout).toMatch(/^good\.ts:1:18 note/m);
    expect(account[0]).toBe("secret.ts: not looked at: no permission to read it");
  });
});

describe("what cannot be done ends with a line and the exit code of wrong usage", () => {
  it.each([
    ["no git repository, --staged", ["--staged"], "--staged and --changed need a git repository: this is none"],
    ["no git repository, --changed", ["--changed", "main"], "--staged and --changed need a git repository: this is none"],
    ["no baseline", ["--baseline", "none.json"], "--baseline none.json: there is no such file; --update-baseline writes it"],
    ["a baseline cut short", ["--baseline", "short.json"], "--baseline short.json: is no baseline: not JSON"],
    [
      "a baseline of another version",
      ["--baseline", "other.json"],
      "--baseline other.json: is of another version of pg2tidb; write it anew with --update-baseline",
    ],
    ["a configuration that is no YAML", ["--config", "bad.yaml"], "bad.yaml:2: is neither YAML nor JSON: "],
    ["an unknown key", ["--config", "key.yaml"], "key.yaml:2: lint.rulez: there is no such key; did you mean rules?"],
    ["a wrong type", ["--config", "type.yaml"], "type.yaml:1: lint: must be object"],
  ])("%s", (_, args, said) => {
    put("short.json", '{"version');
    put("other.json", '{"version": 99, "findings": []}');
    put("bad.yaml", "lint: [a\n");
    put("key.yaml", "lint:\n  rulez: {}\n");
    put("type.yaml", "lint: 3\n");
    const { code, stdout, told } = lint(["--no-cache", ...args]);
    expect({ code, stdout, lines: told.length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(told[0]!.startsWith(`pg2tidb: ${said}`)).toBe(true);
  });

  it("a path that is not there is input that cannot be read; an empty folder is none", () => {
    const { code, stdout, told } = lint([...QUIETLY, "nowhere"]);
    expect({ code, stdout, told }).toEqual({ code: 3, stdout: "", told: ["pg2tidb: nowhere: there is no such file or folder"] });
    mkdirSync(join(folder, "empty"));
    const { code: none, account } = lint([...QUIETLY, "empty"]);
    expect({ none, account: account[0] }).toEqual({ none: 0, account: "0 errors, 0 warnings, 0 notes" });
  });
});

it("what is remembered of a file goes when the file has gone", () => {
  put("old.ts", GOOD.replace("a::text", "old::text"));
  const remembered = () => {
    const [path] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /lint-\w+\.json$/.test(name));
    return Object.keys(JSON.parse(readFileSync(join(folder, path!), "utf8")).files).sort();
  };
  lint(["--no-config"]);
  expect(remembered()).toEqual(["good.ts", "old.ts"]);
  rmSync(join(folder, "old.ts"));
  put(".gitignore", ".cache\n");
  lint(["--no-config"]);
  expect(remembered()).toEqual([".gitignore", "good.ts"]);
});
