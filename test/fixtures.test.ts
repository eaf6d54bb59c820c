import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSchemas } from "../src/targets/compare.js";
import { readSchema } from "../src/targets/schema.js";
import { convertTexts, sqlOf } from "./support/converting.js";
import { fixtures } from "./support/inputs.js";
import { refusals, type SharedTidb, startSharedTidb } from "./support/tidb.js";

const FOLDER = resolve(import.meta.dirname, "../fixtures");

let tidb: SharedTidb;
beforeAll(async () => {
  tidb = await startSharedTidb();
});
afterAll(() => tidb?.stop());

describe("fixtures/", () => {
  for (const { sources } of fixtures()) {
    const { name, text } = sources[0]!;
    it(`${name} becomes its .tidb.sql, and TiDB takes it`, async () => {
      const result = await convertTexts({ [name]: text });
      const file = resolve(FOLDER, name.replace(/\.sql$/, ".tidb.sql"));
      const output = result.files[0]!.output;
      // A new one is written, to be read before it is committed; to renew one, delete it.
      if (!existsSync(file) && process.env.CI === undefined) writeFileSync(file, output);
      expect(output).toBe(readFileSync(file, "utf8"));
      await tidb.withDatabase(result.session, async (target, database) => {
        expect(await refusals(target, sqlOf(result.files)), "refused by TiDB").toEqual([]);
        const differences = compareSchemas(result.expected, await readSchema(target, database, result.expected.databases));
        expect(
          differences.map((difference) => difference.text),
          "read back from TiDB",
        ).toEqual([]);
      });
    });
  }
});
