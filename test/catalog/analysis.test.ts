import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseType } from "../../src/catalog/analysis/types.js";
import { analyse } from "../../src/catalog/analysis.js";
import { type Catalog, emptyCatalog } from "../../src/catalog/model.js";
import { replay } from "../../src/catalog/replay.js";
import type { Node } from "../../src/pg/ast.js";
import { type Grammar, grammar, parseWith } from "../../src/pg/parse.js";
import { typeNames } from "../support/postgres.js";

const read = (file: string): string[] =>
  readFileSync(join(import.meta.dirname, file), "utf8")
    .split(/;\n/)
    .map((sql) => sql.trim())
    .filter((sql) => sql !== "");

let parser: Grammar;
let db: PGlite;
let nameOf: (oid: number) => string;
const catalog: Catalog = emptyCatalog();

function parse(sql: string): Node {
  const parsed = parseWith(parser, sql, 0);
  if (!parsed?.ok) throw new Error(`${parsed?.message}: ${sql}`);
  return parsed.node;
}

beforeAll(async () => {
  parser = await grammar("18");
  db = await PGlite.create();
  for (const sql of read("schema.sql")) {
    replay(catalog, parse(sql));
    await db.exec(sql);
  }
  nameOf = await typeNames(db);
});
afterAll(() => db.close());

/** PostgreSQL tells clients the base of a domain; of an array of a domain it does not, and the analysis does. */
const onWire = (type: string | undefined) => (type === undefined ? "?" : baseType(catalog, type));
const overBase = (type: string) => (type.endsWith("[]") ? `${baseType(catalog, type.slice(0, -2))}[]` : type);

describe("types, names and parameters of statements are PostgreSQL's own", () => {
  it.each(read("queries.sql"))("%s", async (sql) => {
    const told = await db.describeQuery(sql);
    const node = parse(sql);
    const analysis = analyse(catalog, node, (each) => each);
    const columns = analysis.columns(node) ?? [];
    expect({
      columns: columns.map(({ name, info }) => `${name} ${onWire(info?.type.name)}`),
      parameters: [...analysis.parameters].sort(([a], [b]) => a - b).map(([, type]) => onWire(type.name)),
      doubts: analysis.doubts.map(({ text }) => text),
    }).toEqual({
      columns: told.resultFields.map((field) => `${field.name} ${overBase(nameOf(field.dataTypeID))}`),
      parameters: told.queryParams.map((parameter) => nameOf(parameter.dataTypeID)),
      doubts: [],
    });
  });
});
