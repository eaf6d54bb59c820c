import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../../rules/index.js";
import { fixed } from "../../src/app/lint/fix.js";
import { lint } from "../../src/app/lint.js";
import { render } from "../../src/hosts/fragment.js";
import { HOSTS } from "../../src/hosts/index.js";
import { lineIndex, type Source } from "../../src/source/text.js";
import { TRACES } from "../../traces/index.js";
import { type SharedTidb, startSharedTidb } from "../support/tidb.js";

const FIXTURES = resolve(import.meta.dirname, "../../fixtures/app");

function filesOf(app: string): Source[] {
  const root = join(FIXTURES, app);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => statSync(join(root, path)).isFile())
    .sort()
    .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
}

async function zero(files: readonly Source[], converted: ReadonlySet<string> = new Set()) {
  return lint(files, rules, TRACES, HOSTS, {
    postgres: "18",
    target: "8.5.6",
    zero: true,
    converted,
    inOrder: (a, b) => (a < b ? -1 : 1),
  });
}

describe("an application on PostgreSQL (fixtures/app/postgres)", () => {
  it("has every trace found, each at its line", async () => {
    const { files, coverage } = await zero(filesOf("postgres"));
    const found = files.flatMap(({ source, findings }) => {
      const position = lineIndex(source);
      return findings.map(({ rule, span }) => `${source.name}:${position(span.start).line} ${rule}`);
    });
    expect(found).toEqual([
      ".env.example:1 urls/connection",
      ".github/workflows/ci.yml:8 images/postgres",
      ".github/workflows/ci.yml:10 images/variables",
      ".github/workflows/ci.yml:12 ports/published",
      "docker-compose.yml:3 images/postgres",
      "docker-compose.yml:5 images/variables",
      "docker-compose.yml:6 images/variables",
      "docker-compose.yml:7 images/variables",
      "docker-compose.yml:9 ports/published",
      "docker-compose.yml:11 images/health",
      "migrations/0001_init.sql:4 core/spelling",
      "migrations/0001_init.sql:8 core/spelling",
      "migrations/0001_init.sql:10 core/spelling",
      "migrations/0001_init.sql:11 core/spelling",
      "migrations/0001_init.sql:11 columns/default",
      "migrations/0001_init.sql:12 core/spelling",
      "package.json:7 npm/pg",
      "package.json:10 npm/types-pg",
      "scripts/reset.sh:3 tools/commands",
      "scripts/reset.sh:4 tools/commands",
      "scripts/reset.sh:5 tools/commands",
      "src/db.ts:1 orm/kysely-dialect",
      "src/db.ts:2 javascript/pg",
      "src/db.ts:5 urls/connection",
      "src/db.ts:7 orm/kysely-dialect",
      "src/messages.ts:7 core/spelling",
      "src/messages.ts:7 core/spelling",
      "src/messages.ts:7 core/parameters",
      "src/messages.ts:7 core/spelling",
      "src/messages.ts:15 core/spelling",
      "src/messages.ts:17 core/parameters",
      "src/messages.ts:23 core/parameters",
      "src/messages.ts:24 core/spelling",
      "src/messages.ts:30 orm/returning",
      "src/messages.ts:34 core/spelling",
      "src/messages.ts:38 errors/sqlstate",
    ]);
    expect(coverage).toMatchObject({ checked: 6, unread: 0, foreign: 0 });
  });

  it("is rewritten where that is the same, and a second time nothing is", async () => {
    const files = filesOf("postgres");
    const made = new Map<string, Source>(files.map((file) => [file.name, file]));
    const converted = new Set<string>();
    for (const file of (await zero(files)).files) {
      const one = await fixed(file, HOSTS);
      if (!one) continue;
      made.set(file.source.name, { name: file.source.name, text: one.text });
      for (const hash of one.converted) converted.add(hash);
    }
    const text = (name: string) => made.get(name)!.text;
    expect(text(".env.example")).toBe("DATABASE_URL=mysql://archive:archive@localhost:4000/archive\n");
    expect(text("docker-compose.yml")).toContain("image: pingcap/tidb:v8.5.6");
    expect(text("docker-compose.yml")).toContain('- "4000:4000"');
    expect(text("src/messages.ts")).toContain(
      "\"SELECT CAST(id AS CHAR) AS id, CONCAT(body, '!') AS body FROM message WHERE channel_id = ? ORDER BY author DESC, id LIMIT ?\"",
    );
    const again = (await zero([...made.values()], converted)).files;
    expect((await Promise.all(again.map((file) => fixed(file, HOSTS)))).filter((one) => one !== undefined)).toEqual([]);
  });
});

describe("the same application on TiDB (fixtures/app/tidb)", () => {
  let tidb: SharedTidb;
  beforeAll(async () => {
    tidb = await startSharedTidb();
  });
  afterAll(() => tidb?.stop());

  it("has nothing of PostgreSQL left", async () => {
    const { files } = await zero(filesOf("tidb"));
    expect(files.flatMap(({ source, findings }) => findings.map(({ rule, text }) => `${source.name} ${rule} ${text}`))).toEqual([]);
  });

  it("has a schema and queries that TiDB takes", async () => {
    const files = filesOf("tidb");
    const migration = files.find(({ name }) => name.endsWith(".sql"))!.text;
    const { text } = files.find(({ name }) => name === "src/messages.ts")!;
    const host = HOSTS.find(({ id }) => id === "typescript")!;
    const queries = (await host.read(text)).fragments.map(({ parts }) => render(parts, () => "?").text);
    expect(queries).toHaveLength(4);
    await tidb.withDatabase([], async (target) => {
      for (const statement of migration.replaceAll(/^--.*$/gm, "").split(/;\s*$/m))
        if (statement.trim() !== "") await target.run(statement);
      await target.run("INSERT INTO channel VALUES ('a', 'A')");
      await target.run("INSERT INTO message (id, channel_id, body) VALUES (1, 'a', 'x')");
      for (const query of queries) await target.run(`PREPARE q FROM '${query.replaceAll("'", "''")}'`);
    });
  });
});
