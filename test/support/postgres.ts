import type { PGlite } from "@electric-sql/pglite";
import { btree_gin } from "@electric-sql/pglite/contrib/btree_gin";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { cube } from "@electric-sql/pglite/contrib/cube";
import { earthdistance } from "@electric-sql/pglite/contrib/earthdistance";
import { fuzzystrmatch } from "@electric-sql/pglite/contrib/fuzzystrmatch";
import { hstore } from "@electric-sql/pglite/contrib/hstore";
import { intarray } from "@electric-sql/pglite/contrib/intarray";
import { ltree } from "@electric-sql/pglite/contrib/ltree";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { pgcrypto } from "@electric-sql/pglite/contrib/pgcrypto";
import { tablefunc } from "@electric-sql/pglite/contrib/tablefunc";
import { unaccent } from "@electric-sql/pglite/contrib/unaccent";
import { uuid_ossp } from "@electric-sql/pglite/contrib/uuid_ossp";

/** Names of PostgreSQL's types by their numbers, as `PgType` has them. */
export async function typeNames(db: PGlite): Promise<(oid: number) => string> {
  const { rows } = await db.query<{ oid: number; name: string; element: number; schema: string; base: number; user: boolean }>(
    `SELECT t.oid, t.typname AS name, t.typbasetype AS base, n.nspname AS schema, n.nspname <> 'pg_catalog' AND d.objid IS NULL AS user,
       CASE WHEN EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid) THEN t.typelem ELSE 0 END AS element
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'`,
  );
  const types = new Map(rows.map((row) => [row.oid, row]));
  const nameOf = (oid: number): string => {
    const type = types.get(oid);
    if (!type) return `type ${oid}`;
    if (type.element) return `${nameOf(type.element)}[]`;
    return type.user && type.schema !== "information_schema" ? `${type.schema}.${type.name}` : type.name;
  };
  return nameOf;
}

/** Extensions of PGlite that projects ask for. */
export const extensions = {
  citext,
  hstore,
  ltree,
  pg_trgm,
  pgcrypto,
  uuid_ossp,
  btree_gist,
  btree_gin,
  cube,
  earthdistance,
  fuzzystrmatch,
  unaccent,
  tablefunc,
  intarray,
};
