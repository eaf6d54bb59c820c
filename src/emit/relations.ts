import { type Catalog, lastSchema } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import type { Name } from "../pg/names.js";
import { identifier } from "./words.js";

/** Gives relations the names they have in TiDB. */
export type RelationNamer = (name: Name) => string;

/**
 * @param now the catalog at the statement at hand, for the search path
 * @param before the schemas in which unqualified names were found before the statement at hand, which takes the relations away
 */
export function relationNamer(
  final: Catalog,
  now: Catalog,
  before: ReadonlyMap<string, string>,
  schemas: Schemas,
  several = false,
): RelationNamer {
  const bare = NAMES[schemas](final, several);
  const changed = distinctNames(final, schemas, bare);
  return (name) => {
    const schema = lastSchema(final, name.schema ?? before.get(name.name) ?? schemaOf(now, name));
    const own = identifier(changed.get(`${schema}.${name.name}`) ?? bare(schema, name.name));
    // A foreign key looks for an unqualified parent in its own table's database (error 1824), so that all names are qualified.
    return schemas === "database" ? `${identifier(schema)}.${own}` : own;
  };
}

type Bare = (schema: string, name: string) => string;

/** The name of a relation within its database, unquoted. */
const NAMES: Readonly<Record<Schemas, (final: Catalog, several: boolean) => Bare>> = {
  prefix: (final, several) => {
    // Tables that are dropped again stand in the output as well.
    const relations = [...final.tableOf.values(), ...final.tables.values(), ...final.sequences.values()];
    const single = new Set(relations.map(({ schema }) => lastSchema(final, schema))).size <= 1;
    return single && !several ? plain : (schema, name) => (schema === "public" ? name : `${schema}_${name}`);
  },
  flat: () => plain,
  database: () => plain,
};

function plain(_schema: string, name: string): string {
  return name;
}

/** Longest identifier of TiDB, in characters (error 1059). */
const MAX_LENGTH = 64;

/**
 * Other names, by schema and name, for relations whose own is another's in TiDB, where letters' case makes no difference (error 1050), or
 * too long. Those that are there at the end come first: they keep their names if they can.
 */
function distinctNames(final: Catalog, schemas: Schemas, bare: Bare): ReadonlyMap<string, string> {
  const made = [...final.tables].flatMap(([k, table]) => (table.partitionOf ? [] : [k]));
  // Tables of different schemas may be there together and one of them not at the end.
  if (schemas === "flat") for (const { schema, name } of final.tableOf.values()) made.push(`${lastSchema(final, schema)}.${name}`);
  const keys = new Set([...made, ...final.sequences.keys(), ...final.views.keys(), ...final.derived.keys(), ...final.together]);
  const names = [...keys].map((k) => {
    const schema = k.slice(0, k.indexOf("."));
    const name = bare(schema, k.slice(k.indexOf(".") + 1));
    // Names are told apart within a database.
    return { k, name, within: schemas === "database" ? `${schema}.` : "" };
  });
  const low = (within: string, name: string) => `${within}${name.toLowerCase()}`;
  const all = new Set(names.map(({ within, name }) => low(within, name)));
  const taken = new Set<string>();
  const changed = new Map<string, string>();
  for (const { k, name, within } of names) {
    let tidb = name.slice(0, MAX_LENGTH);
    for (let number = 2; taken.has(low(within, tidb)) || (tidb !== name && all.has(low(within, tidb))); number++)
      tidb = `${name.slice(0, MAX_LENGTH - `_${number}`.length)}_${number}`;
    taken.add(low(within, tidb));
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
