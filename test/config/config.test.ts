import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig, readConfig } from "../../src/config/config.js";

const FILE = "pg2tidb.config.yaml";
const read = (text: string, path = FILE) => readConfig({ path: join(process.cwd(), path), text }, process.cwd());

describe("a configuration", () => {
  it("is YAML or JSON, and knows where its entries stand", () => {
    const yaml = read("failOn: warning\npostgres: 16\ntypes:\n  uuid: binary(16)\n  users.*_at: datetime\n");
    expect(yaml).toMatchObject({ failOn: "warning", postgres: "16" });
    expect(yaml.types.map(({ pattern, tidb, place }) => [pattern, tidb, place])).toEqual([
      ["uuid", "binary(16)", `${FILE}:4`],
      ["users.*_at", "datetime", `${FILE}:5`],
    ]);
    const json = read(
      '{\n\t"$schema": "./pg2tidb.schema.json",\n\t"accept": [\n\t\t{ "rule": "indexes/method", "reason": "not searched" }\n\t]\n}',
    );
    const [entry] = json.accept;
    expect(json.accept).toHaveLength(1);
    expect(entry!.source.text.slice(entry!.span.start, entry!.span.end)).toBe('"rule"');
  });

  it("says of lint what is looked at, and how severe rules are for which files", () => {
    const { lint } = read(
      [
        "lint:",
        "  failOn: warning",
        "  schema: [db/schema.sql]",
        "  exclude: [legacy/**]",
        "  rules:",
        "    dml/returning: error",
        "    fitness/*: off",
        "  overrides:",
        "    - files: test/**",
        "      rules: { core/spelling: off }",
        "    - files: [a.ts, b.ts]",
        "      rules: {}",
      ].join("\n"),
      `sub/${FILE}`,
    );
    expect(lint).toEqual({
      failOn: "warning",
      schema: ["sub/db/schema.sql"],
      folder: join(process.cwd(), "sub"),
      exclude: ["legacy/**"],
      rules: [
        { rule: "dml/returning", severity: "error", place: `sub/${FILE}:6` },
        { rule: "fitness/*", severity: "off", place: `sub/${FILE}:7` },
      ],
      overrides: [
        { files: ["test/**"], rules: [{ rule: "core/spelling", severity: "off", place: `sub/${FILE}:10` }] },
        { files: ["a.ts", "b.ts"], rules: [] },
      ],
    });
  });

  it("may be empty", () => {
    expect(read("# nothing yet\n")).toEqual({ types: [], accept: [] });
  });

  it.each([
    ["typs:\n  uuid: char(36)\n", `${FILE}:1: typs: there is no such key; did you mean types?`],
    [
      "accept:\n  - rule: a/b\n    reson: because\n    reason: because\n",
      `${FILE}:3: accept.0.reson: there is no such key; did you mean reason?`,
    ],
    ["schemas: databases\n", `${FILE}:1: schemas: must be prefix, flat, database; did you mean database?`],
    ["target: 8.5.6\nfailOn: warnings\n", `${FILE}:2: failOn: must be note, warning, error; did you mean warning?`],
    ["accept:\n  - rule: a/b\n", "accept.0: needs reason"],
    ["types:\n  text: varcher(9)\n", `${FILE}:2: types.text: varcher(9) is none of the types that can be chosen`],
    ["types:\n  text: varcher(9)\n", "did you mean VARCHAR?"],
    ["types:\n  text: char\n", `${FILE}:2: types.text: char needs a length in parentheses`],
    ["types:\n  text: varchar(99999)\n", "goes up to 16383"],
    ["types:\n  text: varchar(9) collate latin1_bin\n", "knows the collations utf8mb4_0900_bin"],
    ["types:\n  text: [a]\n", `${FILE}:2: types.text: must be string`],
    ["lint:\n  fail: note\n", `${FILE}:2: lint.fail: there is no such key; did you mean failOn?`],
    [
      "lint:\n  rules:\n    dml/returning: of\n",
      `${FILE}:3: lint.rules.dml/returning: must be off, note, warning, error; did you mean off?`,
    ],
    ["lint:\n  rules:\n    returning*: off\n", `${FILE}:2: lint.rules: "returning*" is not of the form`],
    ["lint:\n  schema: db/schema.sql\n", `${FILE}:2: lint.schema: must be array`],
    ["lint:\n  overrides:\n    - files: a.ts\n", `${FILE}:3: lint.overrides.0: needs rules`],
    [
      "lint:\n  overrides:\n    - files: a.ts\n      rules: {}\n      rule: {}\n",
      `${FILE}:5: lint.overrides.0.rule: there is no such key; did you mean rules?`,
    ],
    ["types: {\n", `${FILE}:2: is neither YAML nor JSON`],
    ["failOn: note\nfailOn: error\n", "is neither YAML nor JSON: Map keys must be unique"],
  ])("is refused with its place: %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("the file", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pg2tidb-config-"));
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "pg2tidb.config.json"), '{"failOn": "note"}');
    writeFileSync(join(folder, "a", FILE), "failOn: warning\n");
    writeFileSync(join(folder, "other.yaml"), "failOn: error\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is the nearest one upwards, or the one that is named", async () => {
    expect((await loadConfig(undefined, folder)).failOn).toBe("note");
    expect((await loadConfig(undefined, join(folder, "a/b"))).failOn).toBe("warning");
    expect((await loadConfig(join(folder, "other.yaml"), folder)).failOn).toBe("error");
  });

  it("is missed where it was named", async () => {
    await expect(loadConfig(join(folder, "none.yaml"), folder)).rejects.toThrow("there is no such file");
  });
});
