/** A reader's own choice of the TiDB type for some columns. */
export interface TypeOverride {
  /**
   * Which columns: a PostgreSQL type (`timestamptz`, `varchar(*)`, `mood`), or `table.column`, with `*` for any text and `?` for any
   * character. A type's name alone is the type without modifiers.
   */
  readonly pattern: string;
  /** The TiDB type as written: `datetime(6)`. */
  readonly tidb: string;
  /** Where it stands, for people: `pg2tidb.config.yaml:4`. */
  readonly place: string;
}

/** Where a type is used, as patterns see it. */
export interface TypePlace {
  /** Its spellings, modifiers and brackets included: `int4`, `numeric(10,2)`, `text[]`; `enum` stands beside an enum's own name. */
  readonly types: readonly string[];
  /** `users.id`, and with its schema `public.users.id`; none for a column of a table that is not in the input. */
  readonly columns: readonly string[];
}

/** The overrides that take a place, in their order: the first one decides. */
export function overridesOf(overrides: readonly TypeOverride[], place: TypePlace): TypeOverride[] {
  return overrides.filter(({ pattern }) => {
    const matches = matcher(pattern);
    return (isColumnPattern(pattern) ? place.columns : place.types).some((name) => matches.test(name));
  });
}

/** `table.column`; the modifiers of a type may have no point in them. */
export function isColumnPattern(pattern: string): boolean {
  return pattern.includes(".");
}

/** SQL's names for PostgreSQL's types (gram.y, GenericType and below). */
export const SQL_TYPES: Readonly<Record<string, string>> = {
  int: "int4",
  integer: "int4",
  smallint: "int2",
  bigint: "int8",
  real: "float4",
  float: "float8",
  "double precision": "float8",
  decimal: "numeric",
  dec: "numeric",
  boolean: "bool",
  "character varying": "varchar",
  "char varying": "varchar",
  character: "bpchar",
  char: "bpchar",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz",
  "time without time zone": "time",
  "time with time zone": "timetz",
  "bit varying": "varbit",
};

const matchers = new Map<string, RegExp>();

/** Compiled once: a pattern is asked for every column. */
function matcher(pattern: string): RegExp {
  let made = matchers.get(pattern);
  if (!made) {
    const literal = canonical(pattern).replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    made = new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
    matchers.set(pattern, made);
  }
  return made;
}

/** A type's name as the parser has it: `timestamp (3) with time zone` is `timestamptz(3)`. */
function canonical(pattern: string): string {
  if (isColumnPattern(pattern)) return pattern;
  const [, name = "", mods = "", rest = "", bounds = ""] = /^([^([]*)(\([^)]*\))?([^[]*)(.*)$/s.exec(pattern) ?? [];
  const words = `${name.trim()} ${rest.trim()}`.trim().toLowerCase().replaceAll(/\s+/g, " ");
  return `${SQL_TYPES[words] ?? `${name.trim()}${rest.trim() && ` ${rest.trim()}`}`}${mods.replaceAll(/\s/g, "")}${bounds}`;
}
