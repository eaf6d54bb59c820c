/** What a PostgreSQL says of its tables: the truth about a schema, whatever statements made it. */
import type { Postgres } from "../targets/postgres.js";
import { readHints } from "./hints.js";
import { quoted, relation } from "./names.js";
import type { ValueType } from "./values.js";

export interface PgColumn extends ValueType {
  readonly name: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
  /** It takes its numbers from a sequence of its own. */
  readonly counted: boolean;
  /** The only values that a CHECK of the form `IN ('a', 'b')` leaves; empty without one. */
  readonly allowed: readonly string[];
  /** Literals that other CHECK constraints hold against it. */
  readonly checked: readonly string[];
}

export interface PgTable {
  /** `schema.name`, unquoted. */
  readonly key: string;
  readonly schema: string;
  readonly name: string;
  /** Its rows lie in other tables. */
  readonly partitioned: boolean;
  readonly columns: readonly PgColumn[];
  /** Columns of each unique index, the primary key's among them; expressions left out. */
  readonly unique: readonly (readonly string[])[];
  readonly foreign: readonly { readonly columns: readonly string[]; readonly parent: string; readonly parentColumns: readonly string[] }[];
}

const OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'";

const names = (keys: string, of: string) =>
  `(SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(${keys}) WITH ORDINALITY k(number, place) JOIN pg_attribute a ON a.attrelid = ${of} AND a.attnum = k.number)`;

/** Ordinary and partitioned tables; those of extensions are not the user's. */
const TABLES = `SELECT n.nspname, c.relname, n.nspname || '.' || c.relname,
    (SELECT json_agg(${names("i.indkey::int2[]", "c.oid")}) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
    (SELECT json_agg(json_build_object('columns', ${names("f.conkey", "f.conrelid")}, 'parentColumns', ${names("f.confkey", "f.confrelid")},
       'parent', (SELECT pn.nspname || '.' || p.relname FROM pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE p.oid = f.confrelid)))
     FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'), c.relkind = 'p'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${OURS}
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY c.oid`;

const COLUMNS = `SELECT n.nspname || '.' || c.relname, a.attname, a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
    a.attgenerated <> '', CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
    (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k
      WHERE k.contype = 'c' AND (k.conrelid = c.oid AND a.attnum = ANY (k.conkey) OR k.contypid = t.oid)),
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid IN (t.oid, t.typbasetype)),
    pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND ${OURS}
  ORDER BY a.attrelid, a.attnum`;

/** All tables of the database that are not PostgreSQL's own, in the order they were made. */
export async function readTables(postgres: Postgres): Promise<PgTable[]> {
  const { rows } = await postgres.query(TABLES);
  const columns = new Map<string, (readonly (string | null)[])[]>();
  for (const row of (await postgres.query(COLUMNS)).rows) columns.set(row[0]!, [...(columns.get(row[0]!) ?? []), row]);
  const tables: PgTable[] = [];
  for (const [schema, name, key, unique, foreign, partitioned] of rows as string[][]) {
    const own = columns.get(key!) ?? [];
    // Of a domain's column PostgreSQL tells the base type.
    const list = own.map(([, column]) => quoted(column!)).join(", ");
    const types = (await postgres.query(`SELECT ${list} FROM ${relation({ schema: schema!, name: name! })} LIMIT 0`)).columns;
    tables.push({
      key: key!,
      schema: schema!,
      name: name!,
      partitioned: partitioned === "t",
      columns: own.map((row, i) => column(row, types[i]!.type)),
      unique: (JSON.parse(unique ?? "[]") as (string[] | null)[]).filter((each) => each !== null),
      foreign: JSON.parse(foreign ?? "[]") as PgTable["foreign"],
    });
  }
  return tables;
}

function column(
  [, name, notNull, hasDefault, generated, modifier, checks, labels, counted]: readonly (string | null)[],
  type: string,
): PgColumn {
  return {
    name: name!,
    type,
    ...limits(type.replace("[]", ""), Number(modifier)),
    ...(labels === null ? {} : { labels: JSON.parse(labels!) as string[] }),
    notNull: notNull === "t",
    hasDefault: hasDefault === "t",
    generated: generated === "t",
    counted: counted === "t",
    ...literalsOf(checks ?? null),
  };
}

function literalsOf(checks: string | null): Pick<PgColumn, "allowed" | "checked"> {
  const literals = checks === null ? [] : [...readHints([checks]).values.values()].flat();
  return checks !== null && /= ANY/.test(checks) ? { allowed: literals, checked: [] } : { allowed: [], checked: literals };
}

/** What a type modifier says, by the type; see each type's typmodin function in PostgreSQL's sources. */
function limits(type: string, modifier: number): Pick<ValueType, "length" | "precision" | "scale"> {
  if (modifier < 0) return type === "bpchar" || type === "bit" ? { length: 1 } : {};
  if (type === "varchar" || type === "bpchar") return { length: modifier - 4 };
  if (type === "bit" || type === "varbit" || type === "vector") return { length: modifier };
  if (type !== "numeric") return {};
  // The scale is a signed number of eleven bits.
  return { precision: ((modifier - 4) >> 16) & 0xffff, scale: (((modifier - 4) & 0x7ff) ^ 1024) - 1024 };
}
