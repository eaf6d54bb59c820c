import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describe as describeError, EXIT, endWithReader, exitCodeOf, guarded, UsageError } from "../src/cli/exit.js";
import { naturally, readInputs } from "../src/cli/inputs.js";
import { writeAll, writeAtomically } from "../src/cli/output.js";
import { InputError } from "../src/source/decode.js";

// Nothing is forbidden to root, so what is refused for want of permission cannot be shown to it.
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "pg2tidb-")));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const at = (...path: string[]): string => join(folder, ...path);

function put(path: string, content: string | Uint8Array = "SELECT 1;\n"): string {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  return at(path);
}

const noStdin = () => Promise.reject(new Error("standard input was read"));
const inputs = (...args: string[]) => readInputs(args, { stdin: noStdin });
const relatives = async (...args: string[]) => (await inputs(...args)).inputs.map(({ relative }) => relative);

async function refusal(run: Promise<unknown>, kind: typeof InputError | typeof UsageError): Promise<string> {
  const error = await run.then(
    () => new Error("was taken"),
    (thrown: unknown) => thrown as Error,
  );
  expect(error, error.message).toBeInstanceOf(kind);
  expect(error.message).not.toContain("\n");
  return error.message.replaceAll(folder, "…");
}

describe("inputs", () => {
  test("a file, named as given", async () => {
    const path = put("a/b.txt", "SELECT 'é';");
    expect(await inputs(path)).toEqual({ inputs: [{ source: { name: path, text: "SELECT 'é';" }, relative: "b.txt" }], notes: [] });
  });

  test("a directory, in natural order", async () => {
    for (const name of [
      "m10.sql",
      "m2.sql",
      "v1/m1.sql",
      "v10/a.sql",
      "v2/a.SQL",
      "readme.md",
      ".git/x.sql",
      ".hidden.sql",
      "node_modules/p/x.sql",
    ])
      put(`d/${name}`);
    expect(await relatives(at("d"))).toEqual(["m2.sql", "m10.sql", "v1/m1.sql", "v2/a.SQL", "v10/a.sql"]);
    const [first] = (await inputs(`${at("d")}/`)).inputs;
    expect(first?.source.name).toBe(at("d/m2.sql"));
  });

  test("the order does not depend on the file system", () => {
    const names = ["a/1.sql", "a/01.sql", "a.sql", "V2__x.sql", "V1.10__x.sql", "V1.9__x.sql", "B.sql", "a/b/c.sql"];
    expect([...names].sort(naturally)).toEqual([...names].reverse().sort(naturally));
    expect(["R__a", "V2__x", "V1.10__x", "V1.9__x", "V1.9.1__x"].sort(naturally)).toEqual([
      "V1.9__x",
      "V1.9.1__x",
      "V1.10__x",
      "V2__x",
      "R__a",
    ]);
    const dated = ["2017-10-09-120000_b/up.sql", "20171010000000_c/up.sql", "20170428154714_a/up.sql", "2026-01-02-030405-0000_d/up.sql"];
    expect([...dated].sort(naturally)).toEqual([dated[2], dated[0], dated[1], dated[3]]);
  });

  test("a glob", async () => {
    for (const name of ["m10.sql", "m2.sql", "x.txt", "deep/m1.sql"]) put(`g/${name}`);
    expect(await relatives(at("g/*.sql"))).toEqual(["m2.sql", "m10.sql"]);
    expect(await relatives(at("g/**/m?.sql"))).toEqual(["deep/m1.sql", "m2.sql"]);
    expect(await relatives(at("{g,h}/x.txt"))).toEqual(["g/x.txt"]);
    put("g/[a].sql");
    expect(await relatives(at("g/[a].sql"))).toEqual(["[a].sql"]);
  });

  test("standard input, once", async () => {
    const { inputs: read } = await readInputs(["-", "-"], { stdin: async () => Buffer.from("SELECT 1") });
    expect(read).toEqual([{ source: { name: "<stdin>", text: "SELECT 1" }, relative: "stdin.sql" }]);
  });

  test("a file named twice is read once", async () => {
    const path = put("a/b.sql");
    symlinkSync(path, at("a/link.sql"));
    expect(await relatives(path, at("a"), at("a/*.sql"), path)).toEqual(["b.sql"]);
  });

  test("links: to files and directories, in circles, to nowhere", async () => {
    put("real/x.sql");
    put("d/a.sql");
    symlinkSync(at("real"), at("d/linked"));
    symlinkSync(at("d"), at("d/circle"));
    symlinkSync(at("nowhere"), at("d/lost"));
    expect(await relatives(at("d"))).toEqual(["a.sql", "linked/x.sql"]);
    symlinkSync(at("nowhere"), at("d/lost.sql"));
    expect(await refusal(inputs(at("d")), InputError)).toBe("…/d/lost.sql: a link that leads nowhere");
  });

  test("reverting migrations", async () => {
    for (const name of ["1_a.up.sql", "1_a.down.sql", "2/up.sql", "2/down.sql", "3_countdown.sql"]) put(`m/${name}`);
    const { inputs: read, notes } = await inputs(at("m"));
    expect(read.map(({ relative }) => relative)).toEqual(["1_a.up.sql", "2/up.sql", "3_countdown.sql"]);
    expect(notes).toEqual([`${at("m")}: 2 reverting migrations left out (down.sql)`]);
    expect(await relatives(at("m/*.sql"))).toEqual(["1_a.up.sql", "3_countdown.sql"]);
    expect(await relatives(at("m/1_a.down.sql"))).toEqual(["1_a.down.sql"]);
    expect(await relatives(at("m/*.down.sql"))).toEqual(["1_a.down.sql"]);
    put("n/down.sql");
    expect(await refusal(inputs(at("n")), InputError)).toContain("there are only reverting migrations");
  });

  test("empty files", async () => {
    put("d/a.sql");
    put("d/b.sql", "\n \n");
    const { inputs: read, notes } = await inputs(at("d"));
    expect(read).toHaveLength(2);
    expect(notes).toEqual([`empty: ${at("d/b.sql")}`]);
    expect(await refusal(inputs(at("d/b.sql")), InputError)).toBe("…/d/b.sql: nothing but white space; there is no SQL to read");
    expect(await refusal(readInputs(["-"], { stdin: async () => Buffer.alloc(0) }), InputError)).toMatch(/^<stdin>: /);
    for (let i = 0; i < 5; i++) put(`e/${i}.sql`, "");
    expect(await refusal(inputs(at("e")), InputError)).toMatch(/^…\/e\/0\.sql, …\/e\/1\.sql, …\/e\/2\.sql and 2 more: /);
  });

  test("notes of the encoding", async () => {
    put("a.sql", Buffer.from("\ufeffSELECT 1;", "utf16le"));
    const { inputs: read, notes } = await inputs(at("a.sql"));
    expect(read[0]?.source.text).toBe("SELECT 1;");
    expect(notes).toHaveLength(1);
  });

  test("what is not there", async () => {
    put("schema.sql");
    mkdirSync(at("empty"));
    expect(await refusal(inputs(at("shema.sql")), InputError)).toBe("…/shema.sql: no such file or directory; did you mean …/schema.sql?");
    expect(await refusal(inputs(at("other.txt")), InputError)).toBe("…/other.txt: no such file or directory");
    expect(await refusal(inputs(at("no/such/file.sql")), InputError)).toBe("…/no/such/file.sql: no such file or directory");
    expect(await refusal(inputs(at("schema.sql/x.sql")), InputError)).toBe("…/schema.sql/x.sql: a part of the path is not a directory");
    expect(await refusal(inputs(at("*.ddl")), InputError)).toBe("…/*.ddl: no file matches");
    expect(await refusal(inputs(at("nodir/*.sql")), InputError)).toBe("…/nodir/*.sql: no file matches");
    expect(await refusal(inputs(at("empty")), InputError)).toBe("…/empty: there is no .sql file in this directory");
  });

  test("a pg_dump directory", async () => {
    put("dump/toc.dat", "PGDMP");
    put("dump/1.dat.gz", "x");
    expect(await refusal(inputs(at("dump")), InputError)).toContain(
      "…/dump: is a pg_dump directory, not SQL; make SQL of it: pg_restore --file=schema.sql --schema-only …/dump",
    );
  });

  test.skipIf(isRoot)("what may not be read", async () => {
    chmodSync(put("d/secret.sql"), 0);
    expect(await refusal(inputs(at("d/secret.sql")), InputError)).toBe("…/d/secret.sql: no permission to read it");
    chmodSync(at("d"), 0);
    expect(await refusal(inputs(at("d")), InputError)).toBe("…/d: no permission to read it");
    chmodSync(at("d"), 0o755);
  });
});

describe("output", () => {
  test("a new file, with its folders", async () => {
    await writeAtomically(at("x/y/out.sql"), "SELECT 'é';");
    expect(readFileSync(at("x/y/out.sql"), "utf8")).toBe("SELECT 'é';");
    expect(readdirSync(at("x/y"))).toEqual(["out.sql"]);
  });

  test("an existing file keeps its mode", async () => {
    chmodSync(put("out.sql"), 0o640);
    await writeAtomically(at("out.sql"), "new");
    expect(readFileSync(at("out.sql"), "utf8")).toBe("new");
    expect(statSync(at("out.sql")).mode & 0o777).toBe(0o640);
  });

  test("a device is written to", async () => {
    await writeAtomically("/dev/null", "x");
    expect(statSync("/dev/null").isFile()).toBe(false);
  });

  test("what is no place for a file", async () => {
    put("a.sql", "old");
    mkdirSync(at("d"));
    symlinkSync(at("a.sql"), at("link.sql"));
    symlinkSync(at("nowhere"), at("lost.sql"));
    const write = (path: string) => refusal(writeAtomically(path, "x"), UsageError);
    expect(await write(at("d"))).toBe("…/d: is a directory, but the output is one file");
    expect(await write(`${at("new")}/`)).toBe("…/new/: is a directory, but the output is one file");
    expect(await write(at("link.sql"))).toBe("…/link.sql: is a symbolic link; name the file it leads to: …/a.sql");
    expect(await write(at("lost.sql"))).toBe("…/lost.sql: is a symbolic link that leads nowhere");
    expect(await write(at("a.sql/b.sql"))).toBe("…/a.sql/b.sql: a part of the path is not a directory");
    expect(await refusal(writeAtomically(at("a.sql"), "x", [at("a.sql")]), UsageError)).toBe("…/a.sql: is an input; choose another output");
    expect(readFileSync(at("a.sql"), "utf8")).toBe("old");
  });

  test.skipIf(isRoot)("where nothing may be written", async () => {
    mkdirSync(at("d"), { mode: 0o555 });
    expect(await refusal(writeAtomically(at("d/a.sql"), "x"), UsageError)).toBe("…/d/a.sql: no permission to write there");
  });

  test("several files", async () => {
    await writeAll(at("out"), [
      { relative: "a.sql", text: "A" },
      { relative: "deep/b.sql", text: "B" },
    ]);
    expect(readFileSync(at("out/a.sql"), "utf8") + readFileSync(at("out/deep/b.sql"), "utf8")).toBe("AB");
    expect(readdirSync(at("out")).sort()).toEqual(["a.sql", "deep"]);
  });

  test("all or none", async () => {
    put("out/a.sql", "old");
    mkdirSync(at("out/b.sql"));
    const files = [
      { relative: "a.sql", text: "new" },
      { relative: "b.sql", text: "new" },
    ];
    expect(await refusal(writeAll(at("out"), files), UsageError)).toContain("…/out/b.sql: is a directory");
    rmSync(at("out/b.sql"), { recursive: true });
    // In the way of the second temporary file, so that the failure comes when the first is written.
    mkdirSync(at(`out/.pg2tidb-${process.pid}-1.tmp/x`), { recursive: true });
    expect(await refusal(writeAll(at("out"), files), UsageError)).toContain("…/out/b.sql: ");
    expect(readFileSync(at("out/a.sql"), "utf8")).toBe("old");
    expect(readdirSync(at("out")).sort()).toEqual([`.pg2tidb-${process.pid}-1.tmp`, "a.sql"]);
  });

  test("what several files are refused for", async () => {
    const write = (dir: string, relative: string[], read: string[] = []) =>
      refusal(
        writeAll(
          dir,
          relative.map((each) => ({ relative: each, text: "x" })),
          read,
        ),
        UsageError,
      );
    put("in/a.sql", "old");
    expect(await write(at("in"), ["b.sql", "a.sql"], [at("in/a.sql")])).toBe("…/in/a.sql: is an input; choose another output");
    expect(existsSync(at("in/b.sql"))).toBe(false);
    symlinkSync(at("in"), at("alias"));
    expect(await write(at("alias"), ["a.sql"], [at("in/a.sql")])).toBe("…/alias/a.sql: is an input; choose another output");
    expect(await write(at("out"), ["a.sql", "x/../a.sql"])).toContain("two inputs would both be written to …/out/a.sql");
    expect(await write(at("out"), ["../a.sql"])).toContain("../a.sql: lies outside the output directory");
    expect(await write(at("in/a.sql"), ["a.sql"])).toBe("…/in/a.sql: is a file, but the output is a directory");
    expect(readFileSync(at("in/a.sql"), "utf8")).toBe("old");
    await writeAll(at("in"), [{ relative: "c.sql", text: "next to the input" }], [at("in/a.sql")]);
  });
});

describe("the end of a run", () => {
  class EngineError extends Error {
    override readonly name = "EngineError";
  }
  const parseError = Object.assign(new Error("Nonexistent flag"), { oclif: { exit: 2 } });

  test("codes", () => {
    expect(exitCodeOf(new UsageError("x"))).toBe(2);
    expect(exitCodeOf(new InputError("x"))).toBe(3);
    expect(exitCodeOf(new EngineError("x"))).toBe(4);
    expect(exitCodeOf(parseError)).toBe(2);
    expect(exitCodeOf(new TypeError("x"))).toBe(70);
    expect(exitCodeOf("x")).toBe(70);
  });

  async function end(error: unknown): Promise<{ printed: string[]; code: number | undefined; thrown: unknown }> {
    const printed: string[] = [];
    let code: number | undefined;
    const command = {
      logToStderr: (message: string) => void printed.push(message),
      exit: (given: number): never => {
        code = given;
        throw new Error("exit");
      },
    };
    const thrown = await guarded(command, () => Promise.reject(error)).catch((each: unknown) => each);
    return { printed, code, thrown };
  }

  test("one line for the user's mistakes", async () => {
    expect(await end(new InputError("a.sql: is a zip archive"))).toMatchObject({
      printed: ["pg2tidb: a.sql: is a zip archive"],
      code: EXIT.input,
    });
    expect(await end(new EngineError("lost\n  at line 2"))).toMatchObject({ printed: ["pg2tidb: lost at line 2"], code: EXIT.engine });
  });

  test("oclif prints its own", async () => {
    expect(await end(parseError)).toEqual({ printed: [], code: undefined, thrown: parseError });
  });

  test("our mistakes ask to be reported, with a stack only for those who look for it", () => {
    const mistake = new TypeError("x is undefined");
    expect(describeError(mistake, false)).toBe(
      "pg2tidb: internal error: x is undefined. Please report it, with the output of the same command and DEBUG=1 set.",
    );
    expect(describeError(mistake, true)).toContain("\n    at ");
    expect(describeError(null, true)).toContain("internal error: null");
  });

  test("the value passes through", async () => {
    const never = (): never => {
      throw new Error("exit");
    };
    expect(await guarded({ logToStderr: never, exit: never }, async () => 7)).toBe(7);
  });

  test("a reader that has gone ends the run quietly", () => {
    const exit = vi.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("exited");
    });
    const stream = new PassThrough();
    endWithReader(stream);
    endWithReader(stream);
    expect(stream.listenerCount("error")).toBe(1);
    expect(() => stream.emit("error", Object.assign(new Error(), { code: "EPIPE" }))).toThrow("exited");
    expect(exit).toHaveBeenCalledWith(0);
    expect(() => stream.emit("error", new Error("other"))).toThrow("other");
  });
});
