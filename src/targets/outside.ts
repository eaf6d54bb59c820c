const NAME = "(?:`(?:[^`]|``)+`|[\\w$\\u0080-\\uffff]+)";

/** Statements that stay inside the current database, unless a name in them is qualified. Everything else is taken to reach outside. */
const INSIDE = [
  /^(SELECT|WITH|VALUES|TABLE|SHOW|EXPLAIN|DESC|DESCRIBE|DO|\()/,
  /^(INSERT|REPLACE|UPDATE|DELETE|TRUNCATE|ANALYZE|RENAME TABLE)\b/,
  /^CREATE (OR REPLACE )?(UNIQUE |GLOBAL |TEMPORARY |FULLTEXT |ALGORITHM ?= ?\w+ |DEFINER ?= ?\S+ |SQL SECURITY \w+ )*(TABLE|INDEX|VIEW|SEQUENCE)\b/,
  /^(ALTER|DROP) (TEMPORARY |GLOBAL TEMPORARY )?(TABLE|INDEX|VIEW|SEQUENCE)\b/,
  /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START TRANSACTION|LOCK TABLES|UNLOCK TABLES)\b/,
  /^SET (SESSION |LOCAL )?(?!GLOBAL|PERSIST|PASSWORD|ROLE|DEFAULT|CONFIG|RESOURCE|@@GLOBAL|@@PERSIST)(?!.*(\bGLOBAL\b|@@GLOBAL|PERSIST))/,
];

/** Words after which a statement names a relation, so that `a.b` there is a table of database `a`, not a column. */
const BEFORE_RELATION = "TABLE|INTO|UPDATE|FROM|JOIN|VIEW|SEQUENCE|EXISTS|REFERENCES|TRUNCATE|IGNORE|TO|USING|LIKE|REPLACE|INSERT|DELETE";

/** A list of relations may follow: `DROP TABLE a, b.c`, `UPDATE a, b.c SET`. */
const LISTS = /^(DROP|RENAME|TRUNCATE|ANALYZE|ALTER|LOCK)\b/;

const READS = /^(SELECT|WITH|VALUES|TABLE|SHOW|EXPLAIN|DESC|DESCRIBE|DO|\()(?!.*\b(UPDATE|DELETE|INSERT|REPLACE|INTO OUTFILE)\b)/;

/**
 * Whether a statement might change something beyond the current database: another database, users, global settings, files.
 * Errs on the side of yes. On a server of the user's, such a statement is not run.
 * @param database the current database; names qualified with it are inside
 */
export function reachesOutside(sql: string, database: string): boolean {
  const bare = withoutText(sql);
  const shape = bare.replaceAll(/\s+/g, " ").trim().toUpperCase();
  if (!INSIDE.some((pattern) => pattern.test(shape))) return true;
  if (/\bINTO (OUTFILE|DUMPFILE)\b/.test(shape)) return true;
  if (READS.test(shape)) return false;
  const named = (name: string) => name.toLowerCase().replaceAll(".", "_");
  return qualifiedRelations(withoutDots(bare), shape).some((name) => named(name) !== named(database));
}

/** A dot in a quoted name stands between no two names. */
function withoutDots(bare: string): string {
  return bare.replaceAll(/`(?:[^`]|``)+`/g, (name) => name.replaceAll(".", "_"));
}

/** The databases named before a relation. */
function qualifiedRelations(bare: string, shape: string): string[] {
  const places = [new RegExp(`\\b(?:${BEFORE_RELATION})\\s+(${NAME})\\s*\\.\\s*${NAME}`, "gi")];
  if (/^(CREATE|DROP)\b.*\bINDEX\b/.test(shape)) places.push(new RegExp(`\\bON\\s+(${NAME})\\s*\\.\\s*${NAME}`, "gi"));
  if (LISTS.test(shape)) places.push(new RegExp(`(${NAME})\\s*\\.\\s*${NAME}`, "gi"));
  const target = /^\s*UPDATE\b(.*?)\bSET\b/is.exec(bare)?.[1];
  const lists = target === undefined ? [] : [...target.matchAll(new RegExp(`,\\s*(${NAME})\\s*\\.\\s*${NAME}`, "g"))];
  return [...lists, ...places.flatMap((place) => [...bare.matchAll(place)])].map((match) => unquote(match[1] ?? ""));
}

const STRING_NAME_COMMENT = new RegExp(
  [
    String.raw`(?<text>'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*(?:'|$)|"[^"\\]*(?:(?:\\[^]|"")[^"\\]*)*(?:"|$))`,
    "(?<name>`(?:[^`]+|``)*(?:`|$))",
    String.raw`/\*(?!!|T!)[^]*?(?:\*/|$)|#.*|--(?=\s|$).*`,
    String.raw`/\*(?:!\d*|T!(?:\[\w*\])?)|\*/`,
  ].join("|"),
  "g",
);

/** The statement without comments (executed ones keep their SQL) and with every string empty. */
export function withoutText(sql: string): string {
  return sql.replaceAll(STRING_NAME_COMMENT, (...match) => {
    const { text, name } = match.at(-1) as { text?: string; name?: string };
    return text !== undefined ? "''" : (name ?? " ");
  });
}

/** A name as TiDB stores it. */
export function unquote(name: string): string {
  return name.startsWith("`") ? name.slice(1, -1).replaceAll("``", "`") : name;
}
