import { type Catalog, emptyCatalog } from "../../src/catalog/model.js";
import { replay } from "../../src/catalog/replay.js";
import { parseStatement } from "../../src/pg/parse.js";
import { split } from "../../src/source/split.js";

/** The catalog after some DDL. */
export async function catalogOf(ddl: string): Promise<Catalog> {
  const source = { name: "ddl.sql", text: ddl };
  const catalog = emptyCatalog();
  for (const chunk of split(source)) {
    if (chunk.kind !== "sql") continue;
    const parsed = await parseStatement(source, chunk.span, "18");
    if (!parsed.ok) throw new Error(parsed.message);
    replay(catalog, parsed.node);
  }
  return catalog;
}
