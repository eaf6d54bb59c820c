import { expect, it } from "vitest";
import rules from "../../rules/index.js";
import { type LintOptions, lint } from "../../src/app/lint.js";
import { lintByThreads } from "../../src/cli/lint-threads.js";
import { HOSTS } from "../../src/hosts/index.js";
import { TRACES } from "../../traces/index.js";

const OPTIONS: LintOptions = {
  postgres: "18",
  target: "8.5.6",
  schemaFiles: undefined,
  zero: false,
  converted: new Set(),
  inOrder: (a, b) => (a < b ? -1 : 1),
};

/** Enough for two threads, with what each of them must know of the schema: a table made in SQL, and one made in code. */
const FILES = [
  { name: "migrations/1.sql", text: "CREATE TABLE item (id integer PRIMARY KEY, price numeric(10,2), tags text[]);\n" },
  { name: "src/migrate_box.ts", text: 'db.query("CREATE TABLE box (id integer PRIMARY KEY, made timestamptz)");\n' },
  ...Array.from({ length: 60 }, (_, i) => ({
    name: `src/file${i}.ts`,
    text: `${Array.from({ length: 5 }, (__, k) => `db.query("SELECT id / ${k + 2}, price::text FROM item WHERE ${i} = ANY (tags::int[])");\n`).join("")}db.query("SELECT made - interval '${i} days' FROM box");\n// ${"x".repeat(10_000)}\nimport { Pool } from "pg";\n`,
  })),
];

it("finds by two threads what one finds, in the same order", async () => {
  const asked: number[] = [];
  const here = async (options: LintOptions) => {
    asked.push(FILES.filter((file) => options.only?.(file) ?? true).length);
    return lint(FILES, rules, TRACES, HOSTS, options);
  };
  const one = await here(OPTIONS);
  const two = await lintByThreads(FILES, OPTIONS, here);
  expect(two).toEqual(one);
  expect(one.coverage.checked).toBeGreaterThan(300);
  const [all, own, ...more] = asked;
  expect(all).toBe(FILES.length);
  // A machine of one processor does all of it here; with more, a thread that breaks down would have its share asked for here as well.
  expect([all, all! / 2]).toContain(own);
  expect(more).toEqual([]);
});

it("lints a few files in one thread, and only those that are asked for", async () => {
  const asked: (LintOptions["only"] | undefined)[] = [];
  const only = ({ name }: { readonly name: string }) => name === "src/file3.ts";
  const { files } = await lintByThreads(FILES, { ...OPTIONS, only }, (options) => {
    asked.push(options.only);
    return lint(FILES, rules, TRACES, HOSTS, options);
  });
  expect(asked).toEqual([only]);
  expect(files.map(({ source }) => source.name)).toEqual(["src/file3.ts"]);
});
