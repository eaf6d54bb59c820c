import { type Catalog, find } from "../catalog/model.js";
import type { Name } from "../pg/names.js";
import { identifier } from "./words.js";

/** Gives relations the names they have in TiDB. */
export type RelationNamer = (name: Name) => string;

/**
 * TiDB has no schemas within a database. Where the whole input lives in one schema, names stay as they are; otherwise a relation
 * outside `public` gets its schema's name in front.
 * @param now the catalog at the statement at hand, for the search path
 */
export function relationNamer(final: Catalog, now: Catalog): RelationNamer {
  const schemas = new Set([...final.tables.values(), ...final.sequences.values()].map((relation) => relation.schema));
  const single = schemas.size <= 1;
  return (name) => identifier(tidbName(single, schemaOf(now, name), name.name));
}

function schemaOf(now: Catalog, name: Name): string {
  return name.schema ?? find(now, now.tables, name)?.schema ?? now.schema;
}

/** The bare name, unquoted. */
export function tidbName(single: boolean, schema: string, name: string): string {
  return single || schema === "public" ? name : `${schema}_${name}`;
}
