/** SQL of another engine in the same tree is left alone; so is what is TiDB's already. */

const OTHER_ENGINES =
  /(?:^|[/_.-])(?:mysql|mariadb|tidb|sqlite3?|h2|hsqldb|derby|clickhouse|mssql|sqlserver|oracle|snowflake|bigquery|duckdb|cassandra|scylla|spanner|redshift|athena|trino|hive|spark|tsql)\d*(?=[/_.-])|\w(?:mysql|mariadb|sqlite)\d*(?=[/_.-])/i;
const OURS = /(?:^|[/_.-])(?:postgres(?:ql)?|pg|pgsql|psql|pgx|cockroach(?:db)?)(?=[/_.-])/i;

/** Within names of several words: `MySqlMigrations`. */
const OTHER_WORDS = /(?<![A-Z])(?:My[Ss]ql|MySQL|MariaD[Bb]|S[Qq][Ll]ite|Mss?ql|MSSQL|SqlServer|ClickHouse)(?=[A-Z/_.-])/;
const OUR_WORDS = /(?<![A-Z])(?:Postgres(?:ql|QL|Sql)?|PgSql|Npgsql)(?=[A-Z/_.-])/;

/** Whether the path of a file says that what is in it is another engine's. */
export function isForeignPath(path: string): boolean {
  return (OTHER_ENGINES.test(path) || OTHER_WORDS.test(path)) && !isOurPath(path);
}

/** Whether the path of a file says that what is in it is PostgreSQL's. */
export function isOurPath(path: string): boolean {
  return OURS.test(path) || OUR_WORDS.test(path);
}

/** Engines that are much else too: a file may be about one, and send its own queries to PostgreSQL. */
const NAMED_ONLY = /^(?:[^/]*[_.-])?(?:spark|hive|oracle|athena|spanner|derby|trino)\d*[_.-][^/]*$/i;

/** Whether no more than the name of the file, its folders aside, says that it is another engine's. */
export function isNamedOnly(path: string): boolean {
  const start = path.lastIndexOf("/") + 1;
  return NAMED_ONLY.test(path.slice(start)) && !isForeignPath(path.slice(0, start));
}

/**
 * The path of a file below the folder that is looked at: what the folders above are called says nothing of it.
 * @param folders by their paths, as the files have them
 */
export function belowFolder(name: string, folders: readonly string[] = []): string {
  const above = folders.map((folder) => `${folder.replace(/\/$/, "")}/`).filter((folder) => name.startsWith(folder));
  return name.slice(Math.max(0, ...above.map(({ length }) => length)));
}

/** Packages that talk to another engine, in any language. */
const FOREIGN_DRIVERS =
  /(?:^|[/.@_-])(?:mysql2?|mysqlclient|pymysql|aiomysql|asyncmy|mariadb|go-sql-driver|mysql_async|sqlite3?|better-sqlite3|go-sqlite3|aiosqlite|rusqlite|libsql|clickhouse(?:-go|-driver|-connect)?|mssql|tedious|go-mssqldb|pyodbc|oracledb|cx_oracle|godror|snowflake|bigquery|duckdb|cassandra|gocql|planetscale)(?:$|[/.:_-])/i;
const OUR_DRIVERS =
  /(?:^|[/.@_-])(?:pg|postgres(?:ql)?|pgx|pgxpool|pgconn|lib\/pq|psycopg2?|asyncpg|aiopg|pg8000|tokio[-_]postgres|slonik|npgsql|pgpool|vercel\/postgres|neondatabase|drizzle-orm\/(?:pg-core|node-postgres|postgres-js))(?:$|[/.:_-])/i;

/** Whether the imports of a file are of drivers of other engines, and of none of PostgreSQL's. */
export function hasForeignDriver(imports: readonly { readonly name: string }[]): boolean {
  return imports.some(({ name }) => FOREIGN_DRIVERS.test(name)) && !imports.some(({ name }) => OUR_DRIVERS.test(name));
}

/** Quoted text and comments say nothing of the dialect. */
const QUOTED = /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** What no PostgreSQL takes and another engine does. */
const MARKS: readonly RegExp[] = [
  /`[^`]*`/,
  /\bon\s+duplicate\s+key\b|\breplace\s+into\b|\binsert\s+(?:or\s+(?:replace|ignore|abort)|ignore)\b|\bstraight_join\b/i,
  /\bauto_increment\b|\bautoincrement\b|\bauto_random\b|\)\s*engine\s*=|\bcollate\s*=?\s*utf8mb4|\b(?:long|medium|tiny)(?:text|blob)\b|\bpragma\b|\bwithout\s+rowid\b|\bsqlite_master\b/i,
  /\bcast\s*\([^()]*(?:\([^()]*\)[^()]*)*\s+as\s+(?:signed|unsigned|datetime|binary)\b/i,
  /\binterval\s+(?:[\d?$]+|\([^()]*\)|\w+)\s+(?:microsecond|second|minute|hour|day|week|month|quarter|year)\b/i,
  /\b(?:ifnull|date_format|str_to_date|unix_timestamp|from_unixtime|utc_timestamp|group_concat|json_contains|json_extract|json_unquote|last_insert_id|found_rows|timestampdiff|date_sub|curdate|datediff|member\s+of|json_search)\s*\(/i,
  /\bnow\s*\(\s*\d\s*\)|\bshow\s+(?:tables|databases|columns|create|full|index|variables|processlist)\b|\buse\s+index\b|\bforce\s+index\b/i,
  /\b(?:jsonextract\w*|tojsonstring|touint\d+|tostartof\w+|uniq(?:exact|hll12|combined)?|quantiles?\w*|countif|sumif|avgif|grouparray\w*|arraymap|todate(?:time)?(?:64)?|formatdatetime|tostring)\s*\(|\bcount\(\)/i,
  /\bdatabase\s*\(\s*\)|\bset\s+(?:session\s+|global\s+|@@\w*\.?)?(?:sql_mode|foreign_key_checks|sql_safe_updates|sql_notes)\b|\b(?:unixepoch|strftime|julianday|unhex)\s*\(|\bdatetime\s*\(\s*(?=,|\))/i,
  /\bdrop\s+index\s+[\w.]+\s+on\s|\balter\s+table\s+[\w.]+\s+modify\s|\w\s+datetime(?=\s*(?:,|\)|not\s+null|null|default))|\badd\s+column\s[^;,]*\safter\s+\w+\s*(?:[,;]|$)|\buuid\s*\(\s*\)|^delimiter\s/im,
  /^\s*go\s*$|\[dbo\]|\buniqueidentifier\b|\bobject_id\s*\(|\bcreate\s+or\s+alter\b/im,
  /\bprewhere\b|\bmergetree\b|\btodatetime\s*\(|\barrayjoin\s*\(|\bqualify\b|\bselect\s+top\s+\d|\[\w+\]\.\[\w+\]|\bnvarchar\b|\bgetdate\s*\(|\bpragma_\w+/i,
];

/** Text in double quotes, as MySQL and SQLite take it: nobody names a column by a pattern. */
const QUOTED_PATTERN = /\blike\s+"[^"]*%[^"]*"/i;

/** Whether the text of a statement says that it is another engine's, or TiDB's already. */
export function isForeignText(sql: string): boolean {
  const bare = sql.replaceAll(QUOTED, " ");
  return QUOTED_PATTERN.test(sql) || MARKS.some((mark) => mark.test(bare));
}

/** What no other engine takes. */
const OURS_TEXT =
  /::\s*[a-z]|\$\d+|\breturning\b|\bilike\b|\bon\s+conflict\b|\bany\s*\(|->>?\s*'|\b(?:big|small)?serial\b|\bjsonb\b|\btimestamptz\b|\bbytea\b|\bplpgsql\b|\bwith\s+time\s+zone\b|\bcreate\s+extension\b|\bdistinct\s+on\b|\bpg_\w+|\bnow\s*\(\)/i;

/** Whether the text of a statement says that it is PostgreSQL's. */
export function isOurText(sql: string): boolean {
  return OURS_TEXT.test(sql.replaceAll(QUOTED, " "));
}
