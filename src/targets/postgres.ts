/** A PostgreSQL that statements can be run on. One session: statements run one after the other. */
export interface Postgres {
  /** As `SHOW server_version` has it: `18.1`. */
  readonly version: string;
  /** Where it is, for people: a URL without its password, or the package that was started. */
  readonly where: string;
  /**
   * Runs one or several statements, and returns the rows of the last that has any.
   * @param timeout milliseconds; after that the error's code is 57014 (query_canceled), and `alive` tells whether the session is left
   * @throws PostgresError when PostgreSQL refuses it
   * @throws EngineError when there is no answer
   */
  query(sql: string, timeout?: number): Promise<TextRows>;
  /** False once a statement had to be ended together with its session: `restart`, and everything must be loaded again. */
  alive(): boolean;
  /** A new session in an empty database of our own. */
  restart(): Promise<void>;
  /** Ends it, and removes what was made for it. Never throws. */
  close(): Promise<void>;
}

/** Rows in PostgreSQL's own output format. */
export interface TextRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** PostgreSQL answered, and the answer is no. */
export class PostgresError extends Error {
  constructor(
    /** The SQLSTATE. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "PostgresError";
  }
}

/** The SQLSTATE of a statement that took too long. */
export const CANCELED = "57014";

/** What a driver says of a result, before types have names. */
export interface RawRows {
  readonly columns: readonly { readonly name: string; readonly oid: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Settings on which PostgreSQL's output format depends; see the manual's "20.11.2 Locale and Formatting". */
export const SESSION: readonly string[] = [
  "SET TIME ZONE 'UTC'",
  "SET DateStyle = 'ISO, MDY'",
  "SET IntervalStyle = 'postgres'",
  "SET bytea_output = 'hex'",
  "SET extra_float_digits = 1",
  "SET client_min_messages = error",
];

/** The names of types: internal ones for PostgreSQL's own and extensions', `schema.name` for the user's, `[]` behind for arrays. Domains go as what they are over. */
const TYPE_NAMES = `SELECT t.oid, CASE WHEN e.oid IS NULL THEN '' ELSE '[]' END,
  CASE WHEN n.nspname IN ('pg_catalog', 'information_schema') OR x.objid IS NOT NULL THEN '' ELSE n.nspname || '.' END || b.typname
FROM pg_type t
LEFT JOIN pg_type e ON e.typarray = t.oid
JOIN pg_type d ON d.oid = coalesce(e.oid, t.oid)
JOIN pg_type b ON b.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
JOIN pg_namespace n ON n.oid = b.typnamespace
LEFT JOIN pg_depend x ON x.classid = 'pg_type'::regclass AND x.objid = b.oid AND x.deptype = 'e'`;

/** Gives the types of results their names; types made meanwhile are looked up when they are first met. */
export function typeNamer(ask: (sql: string) => Promise<RawRows>): (raw: RawRows) => Promise<TextRows> {
  let names = new Map<number, string>();
  return async ({ columns, rows }) => {
    if (columns.some(({ oid }) => !names.has(oid)))
      names = new Map((await ask(TYPE_NAMES)).rows.map(([oid, brackets, name]) => [Number(oid), `${name}${brackets}`]));
    return { columns: columns.map(({ name, oid }) => ({ name, type: names.get(oid) ?? "unknown" })), rows };
  };
}
