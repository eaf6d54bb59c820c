import type { Catalog } from "../catalog/model.js";
import type { Name } from "../pg/names.js";
import { identifier } from "./words.js";

/** Gives relations the names they have in TiDB. */
export type RelationNamer = (name: Name) => string;

/**
 * TiDB has no schemas within a database. Where the whole input lives in one schema, names stay as they are; otherwise a relation
 * outside `public` gets its schema's name in front.
 * @param now the catalog at the statement at hand, for the search path
 * @param before the schemas in which unqualified names were found before the statement at hand, which takes the relations away
 */
export function relationNamer(final: Catalog, now: Catalog, before: ReadonlyMap<string, string>): RelationNamer {
  // Tables that are dropped again stand in the output as well.
  const schemas = new Set([...final.tableOf.values(), ...final.tables.values(), ...final.sequences.values()].map(({ schema }) => schema));
  const single = schemas.size <= 1;
  const changed = distinctNames(final, single);
  return (name) => {
    const schema = name.schema ?? before.get(name.name) ?? schemaOf(now, name);
    return identifier(changed.get(`${schema}.${name.name}`) ?? tidbName(single, schema, name.name));
  };
}

/** Longest identifier of TiDB, in characters (error 1059). */
const MAX_LENGTH = 64;

/**
 * Other names, by schema and name, for relations whose own is another's in TiDB, where letters' case makes no difference (error 1050), or
 * too long.
 */
function distinctNames(final: Catalog, single: boolean): ReadonlyMap<string, string> {
  const made = [...final.tables].flatMap(([k, table]) => (table.partitionOf ? [] : [k]));
  const keys = new Set([...made, ...final.sequences.keys(), ...final.views.keys(), ...final.derived.keys()]);
  const plain = [...keys].map((k) => ({ k, name: tidbName(single, k.slice(0, k.indexOf(".")), k.slice(k.indexOf(".") + 1)) }));
  const all = new Set(plain.map(({ name }) => name.toLowerCase()));
  const taken = new Set<string>();
  const changed = new Map<string, string>();
  for (const { k, name } of plain) {
    let tidb = name.slice(0, MAX_LENGTH);
    for (let number = 2; taken.has(tidb.toLowerCase()) || (tidb !== name && all.has(tidb.toLowerCase())); number++)
      tidb = `${name.slice(0, MAX_LENGTH - `_${number}`.length)}_${number}`;
    taken.add(tidb.toLowerCase());
    if (tidb !== name) changed.set(k, tidb);
  }
  return changed;
}

/** The schema of a relation, by the search path where its name is unqualified. */
export function schemaOf(now: Catalog, name: Name): string {
  const relations = [now.tables, now.views, now.derived, now.sequences];
  const path = name.schema === undefined ? [now.schema, "public"] : [];
  const found = path.find((schema) => relations.some((known) => known.has(`${schema}.${name.name}`)));
  return name.schema ?? found ?? now.schema;
}

/** The bare name, unquoted. */
export function tidbName(single: boolean, schema: string, name: string): string {
  return single || schema === "public" ? name : `${schema}_${name}`;
}
