import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const BIN = resolve(import.meta.dirname, "../../dist/src/bin.js");
const ACCOUNT = /^\d+ statements = \d+ as is \+ \d+ rewritten \+ \d+ with a warning \+ \d+ not converted$/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pg2tidb-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

/** Runs the built program in the test's folder, where no TiDB can be found. */
function pg2tidb(args: readonly string[], { stdin = "", env = {} }: { stdin?: string; env?: Record<string, string> } = {}) {
  const { TIDB_URL: _, ...inherited } = process.env;
  const run = spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    input: stdin,
    encoding: "utf8",
    env: { ...inherited, PG2TIDB_ENGINE: "none", ...env },
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr, lastLine: run.stderr.trimEnd().split("\n").at(-1) };
}

describe("convert", () => {
  it("prints SQL on stdout, and the account last on stderr", () => {
    file("a.sql", "DROP TABLE one;\n");
    const { code, stdout, stderr, lastLine } = pg2tidb(["convert", "a.sql"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("DROP TABLE one");
    expect(lastLine).toMatch(ACCOUNT);
    expect(lastLine).toMatch(/^1 statements/);
  });

  it("reads standard input", () => {
    const { code, stdout } = pg2tidb(["convert", "-"], { stdin: "DROP TABLE two;\n" });
    expect(code).toBe(0);
    expect(stdout).toContain("DROP TABLE two");
  });

  it("names each file when there are several", () => {
    file("a.sql", "DROP TABLE one;\n");
    file("b.sql", "DROP TABLE two;\n");
    const { stdout } = pg2tidb(["convert", "a.sql", "b.sql"]);
    expect(stdout).toMatch(/^-- file: a\.sql\n[\s\S]*\n-- file: b\.sql\n/);
  });

  it("writes one input to a file or into a directory, several into a directory", () => {
    file("in/a.sql", "DROP TABLE one;\n");
    file("in/deep/b.sql", "DROP TABLE two;\n");
    expect(pg2tidb(["convert", "in/a.sql", "--output", "out.sql"]).stdout).toBe("");
    expect(readFileSync(join(folder, "out.sql"), "utf8")).toContain("DROP TABLE one");
    pg2tidb(["convert", "in/a.sql", "-o", "one/"]);
    expect(existsSync(join(folder, "one/a.sql"))).toBe(true);
    pg2tidb(["convert", "in", "--output", "all"]);
    expect(existsSync(join(folder, "all/a.sql"))).toBe(true);
    expect(existsSync(join(folder, "all/deep/b.sql"))).toBe(true);
  });

  it("never writes over an input, nor several outputs into one file", () => {
    file("a.sql", "DROP TABLE one;\n");
    file("b.sql", "DROP TABLE two;\n");
    expect(pg2tidb(["convert", "a.sql", "--output", "a.sql"]).code).toBe(2);
    expect(pg2tidb(["convert", "a.sql", "--output", "."]).code).toBe(2);
    expect(pg2tidb(["convert", "a.sql", "b.sql", "--output", "b.sql"]).code).toBe(2);
    expect(readFileSync(join(folder, "a.sql"), "utf8")).toBe("DROP TABLE one;\n");
  });

  it("exits with 1 when something is not converted, still writing the rest", () => {
    file("a.sql", "DROP TABLE one;\nCREATE TABEL x;\n");
    const { code, stdout, stderr, lastLine } = pg2tidb(["convert", "a.sql"]);
    expect(code).toBe(1);
    expect(stdout).toContain("DROP TABLE one");
    expect(stderr).toMatch(/^a\.sql:2:\d+ error core\//m);
    expect(lastLine).toMatch(/\+ 1 not converted$/);
  });

  it("writes reports by extension, several at once, and knows no others", () => {
    file("a.sql", "DROP TABLE one;\nCREATE TABEL x;\n");
    pg2tidb(["convert", "--report", "r.json", "--report", "r.md", "--report", "r.html", "a.sql"]);
    expect(JSON.parse(readFileSync(join(folder, "r.json"), "utf8")).account.unconverted).toBe(1);
    expect(readFileSync(join(folder, "r.md"), "utf8")).toContain("| a.sql | 2 |");
    expect(readFileSync(join(folder, "r.html"), "utf8")).toContain("<!DOCTYPE html>");
    const { code, stdout, stderr } = pg2tidb(["convert", "a.sql", "--report", "r.pdf"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(".md, .json, .html");
  });

  it("gives JSON on stdout instead of SQL", () => {
    file("a.sql", "DROP TABLE one;\n");
    const { stdout, lastLine } = pg2tidb(["convert", "a.sql", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, account: { statements: 1 }, files: [{ name: "a.sql" }] });
    expect(lastLine).toMatch(ACCOUNT);
  });

  it("prints a diff instead of SQL", () => {
    file("a.sql", "DROP TABLE one;\nCREATE TABEL x;\n");
    const { stdout } = pg2tidb(["convert", "a.sql", "--diff"]);
    expect(stdout).toMatch(/^--- a\.sql\tPostgreSQL\n\+\+\+ a\.sql\tTiDB\n@@ /);
    expect(stdout).toMatch(/^-CREATE TABEL x;$/m);
  });

  it("without a TiDB writes the output all the same, says the check did not happen, and exits with 4", () => {
    file("a.sql", "DROP TABLE one;\n");
    const { code, stderr, lastLine } = pg2tidb(["convert", "a.sql", "--check", "--output", "out.sql", "--report", "r.json"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^not checked: /m);
    expect(lastLine).toMatch(ACCOUNT);
    expect(readFileSync(join(folder, "out.sql"), "utf8")).toContain("DROP TABLE one");
    expect(JSON.parse(readFileSync(join(folder, "r.json"), "utf8")).check.kind).toBe("failed");
  });

  it("has no colours off a terminal", () => {
    file("a.sql", "CREATE TABEL x;\n");
    const { stdout, stderr } = pg2tidb(["convert", "a.sql", "--diff"]);
    expect(stdout + stderr).not.toContain("\u001b[");
  });
});

describe("usage", () => {
  it.each([
    [["convert"]],
    [["convert", "a.sql", "--bogus"]],
    [["convert", "a.sql", "--postgres", "12"]],
    [["convert", "a.sql", "--fail-on", "never"]],
    [["convert", "a.sql", "--target", "7.5.0"]],
    [["convert", "a.sql", "--target", "8.6.0"]],
    [["convert", "a.sql", "--report"]],
    [["convrt", "a.sql"]],
    [["engine", "buld"]],
    [["explain", "no/such-rule"]],
  ])("exits with 2 for %j, with nothing on stdout", (args) => {
    file("a.sql", "DROP TABLE one;\n");
    const { code, stdout, stderr } = pg2tidb(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toBe("");
  });

  it("says what a mistyped command may have meant", () => {
    expect(pg2tidb(["convrt", "a.sql"]).stderr).toBe("pg2tidb: there is no command convrt; did you mean convert?\n");
    expect(pg2tidb(["engine", "buld"]).stderr).toContain("did you mean engine build");
  });

  it("names the releases it supports", () => {
    file("a.sql", "DROP TABLE one;\n");
    expect(pg2tidb(["convert", "a.sql", "--target", "7.5.0"]).stderr).toContain("8.5.0 or a later 8.5");
    expect(pg2tidb(["convert", "a.sql", "--target", "8.5.0"]).code).toBe(0);
  });

  it("exits with 3 when an input is not there", () => {
    const { code, stdout, stderr } = pg2tidb(["convert", "missing.sql"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([["convert"], ["check"], ["explain"]])("helps with %s, by -h, --help and help", (command) => {
    const { code, stdout } = pg2tidb([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/USAGE[\s\S]*FLAGS[\s\S]*EXAMPLES/);
    expect(pg2tidb([command, "-h"]).stdout).toBe(stdout);
    expect(pg2tidb(["help", command]).stdout).toBe(stdout);
  });

  it("never shows the URL of a server in help", () => {
    const { stdout } = pg2tidb(["check", "--help"], { env: { TIDB_URL: "mysql://root:secret@example.org:4000" } });
    expect(stdout).not.toContain("secret");
  });

  it("does not take piped SQL for the name of a file", () => {
    expect(pg2tidb(["convert"], { stdin: "DROP TABLE one;" }).code).toBe(2);
  });
});

describe("check", () => {
  it("looks at each file to tell the dialects apart, and says what it took them for", () => {
    file("pg.sql", "-- `not TiDB`\nSELECT '`';\n");
    file("copy.sql", "COPY t (a) FROM stdin;\n`\n\\.\n");
    file("tidb.sql", "CREATE TABLE `t` (`id` int);\n");
    const { code, stderr } = pg2tidb(["check", "pg.sql", "copy.sql", "tidb.sql", "--offline", "--fail-on", "error"]);
    expect(stderr).toContain("pg.sql: read as PostgreSQL SQL");
    expect(stderr).toContain("copy.sql: read as PostgreSQL SQL");
    expect(stderr).toContain("tidb.sql: read as TiDB SQL");
    expect(code).not.toBe(4);
  });

  it("offline says accepted or unknown, never wrong", () => {
    file("a.sql", "CREATE TABLE `t` (`id` int);\nFLASHBACK TABLE t;\n");
    const { code, stderr, lastLine } = pg2tidb(["check", "a.sql", "--offline"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain("checked offline: 1 statement accepted by the parser, 1 unknown; no TiDB was asked\n");
    expect(lastLine).toBe("2 statements = 2 as is + 0 rewritten + 0 with a warning + 0 not converted");
  });

  it("exits with 4 when there is no TiDB", () => {
    file("a.sql", "DROP TABLE one;\n");
    const { code, stderr } = pg2tidb(["check", "a.sql"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^not checked: /m);
  });
});

describe("explain", () => {
  it("lists, explains and suggests", () => {
    expect(pg2tidb(["explain"]).stdout).toMatch(/^core\/unconverted +\S/m);
    expect(pg2tidb(["explain", "check/refused"]).stdout).toMatch(/^check\/refused: [\s\S]*\nFindings\n/);
    expect(pg2tidb(["explain", "core/unconvertd"]).stderr).toContain("did you mean core/unconverted");
    expect(JSON.parse(pg2tidb(["explain", "core/not-carried", "--format", "json"]).stdout).id).toBe("core/not-carried");
    expect(JSON.parse(pg2tidb(["explain", "--format", "json"]).stdout).length).toBeGreaterThan(5);
  });
});
