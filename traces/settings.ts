import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const PARAMETERS = "https://docs.pingcap.com/tidb/stable/dev-guide-connection-parameters";

/** Variables of libpq, psql and node-postgres that the client of MySQL has under another name. */
const CLIENT: Readonly<Record<string, string>> = { PGHOST: "MYSQL_HOST", PGPORT: "MYSQL_TCP_PORT", PGPASSWORD: "MYSQL_PWD" };

/** Values of settings that name PostgreSQL, and what names MySQL's protocol in their place. */
const NAMES: Readonly<Record<string, string>> = { pgsql: "mysql", pg: "mysql2", postgis: "mysql", psql: "mysql" };

/** Settings that say where the database is, or that it is PostgreSQL, piece by piece. */
export const settings = traces([
  {
    id: "settings/libpq-variables",
    construct: "PGHOST, PGUSER, PGPASSWORD and the other variables of libpq",
    why: "libpq and drivers of PostgreSQL read them by themselves; drivers of MySQL read no such variables, so that each setting must be handed over.",
    docs: PARAMETERS,
    severity: "error",
    text: "{match} is read by PostgreSQL's clients only",
    help: "set the application's own settings (a URL, or host, port 4000, user, password, database) and hand them to the driver; the command line client of MySQL knows MYSQL_HOST, MYSQL_TCP_PORT and MYSQL_PWD",
    files: FILES.any,
    find: /(?<![\w.]PG|[A-Za-z0-9_])PG(?:HOST|HOSTADDR|PORT|USER|PASSWORD|PASS|DATABASE|SSLMODE|SSLCERT|SSLKEY|SSLROOTCERT|PASSFILE|SERVICE|SERVICEFILE|OPTIONS|APPNAME|CONNECT_TIMEOUT|CLIENTENCODING|DATESTYLE|TARGETSESSIONATTRS)(?:_UNPOOLED)?\b/dg,
    form: (match) => CLIENT[match[0]],
    examples: [
      { file: ".env", text: "PGHOST=localhost\nPGUSER=app\n", found: ["PGHOST", "PGUSER"], forms: ["MYSQL_HOST", undefined] },
      { file: "src/db.ts", text: "password: process.env.PGPASSWORD,", found: ["PGPASSWORD"] },
      { file: "src/id.ts", text: "const PGID = 1, MYPGHOST = 2, PGUSERS = 3;", found: [] },
    ],
  },
  {
    id: "settings/variables",
    construct: "an environment variable named after PostgreSQL",
    why: "The application reads it, or a container of PostgreSQL does; with TiDB the name says what is not so.",
    docs: PARAMETERS,
    severity: "warning",
    text: "{match} is a setting for PostgreSQL",
    help: "rename it together with what reads it, or remove it; a container of TiDB reads no variables: it has a user root without a password, and databases are made by CREATE DATABASE",
    files: FILES.any,
    find: /(?<![A-Za-z0-9_])(?:(?:[A-Z][A-Z0-9]*_)*(?:POSTGRES(?:QL)?|PGSQL)(?:_[A-Z0-9]+)+|(?:[A-Z][A-Z0-9]*_)+(?:POSTGRES(?:QL)?|PGSQL)|PG_(?:HOST|PORT|USER|USERNAME|PASS|PASSWORD|DB|DBNAME|DATABASE|URL|URI|DSN|CONN|CONNECTION|CONNECTION_STRING|SSL|SSLMODE|SSL_MODE|SCHEMA|POOL_SIZE|POOL_MAX))\b/dg,
    examples: [
      { file: "docker-compose.yml", text: "POSTGRES_USER: app\nTEST_POSTGRES_DSN: x\n", found: ["POSTGRES_USER", "TEST_POSTGRES_DSN"] },
      { file: "src/db.py", text: 'os.environ["PG_HOST"], os.environ["DB_POSTGRES"]', found: ["PG_HOST", "DB_POSTGRES"] },
      { file: "src/db.py", text: 'os.environ["DB_HOST"], PG_SIZE, PAGE_PG_URL', found: [] },
    ],
  },
  {
    id: "settings/sslmode",
    construct: "sslmode",
    why: "Each driver of MySQL has its own setting for TLS.",
    docs: "https://docs.pingcap.com/tidb/stable/enable-tls-between-clients-and-servers",
    severity: "warning",
    text: "{match}: libpq's setting for TLS",
    help: "tls=true for go-sql-driver, ssl-mode=REQUIRED for sqlx and the mysql client, sslMode=REQUIRED for JDBC, sslaccept=strict for Prisma, an object `ssl` for mysql2, ssl_ca for PyMySQL; where it is `disable`, none is needed",
    files: FILES.any,
    find: /\b\w*ssl_?mode["']?\s*(?:[:=]+|=>)\s*["']?(?:disable|allow|prefer|require|verify-ca|verify-full)\b/dgi,
    examples: [
      { file: "config.toml", text: 'ssl_mode = "disable"\n', found: ['ssl_mode = "disable'] },
      { file: "db.ts", text: 'const query = "sslmode=verify-full";', found: ["sslmode=verify-full"] },
      { file: "config.toml", text: 'ssl_mode = "DISABLED"\nsslMode = "REQUIRED"\n', found: [] },
    ],
  },
  {
    id: "settings/rails",
    construct: "an adapter of ActiveRecord",
    why: "TiDB is reached by the adapter mysql2, or by tidb of the gem activerecord-tidb-adapter.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-ruby-rails",
    severity: "error",
    text: "adapter {match}",
    help: "adapter: mysql2, port: 4000, encoding: utf8mb4, collation: utf8mb4_0900_bin, with the gem mysql2",
    files: /(?:^|\/)database[\w.-]*\.ya?ml[\w.-]*$/,
    find: /\badapter:\s*["']?(?<at>postgresql|postgis)\b/dg,
    form: () => "mysql2",
    examples: [
      { file: "config/database.yml", text: "default: &default\n  adapter: postgresql\n", found: ["postgresql"], forms: ["mysql2"] },
      { file: "config/database.yml", text: "  adapter: mysql2\n", found: [] },
    ],
  },
  {
    id: "settings/driver",
    construct: "a setting that names PostgreSQL as the driver, dialect, adapter or engine",
    why: "Drivers, query builders and tools reach TiDB by their dialect of MySQL.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-choose-driver-or-orm",
    severity: "error",
    text: "{key} names PostgreSQL",
    help: "name MySQL there (mysql; mysql2 for Knex and ActiveRecord) and add the driver of MySQL to the project",
    files: FILES.any,
    find: /(?<![\w-])(?<key>[\w.-]*(?:driver|dialect|adapter|engine|client|provider|flavor|vendor|backend|platform|db_?type|database_?type|db_?connection|db_?kind|datasource|jdbc\.database|spring\.jpa\.database|(?<![\w.-])type))(?:Name)?["']?\s*(?:=>|[:=]|:=|\s(?=postgres))\s*["']?(?<at>postgres(?:ql)?|postgis|pgsql|psql|pg|PostgreSQL|POSTGRES(?:QL)?)(?![\w./:-])/dgi,
    form: (match) => NAMES[match.groups!.at!.toLowerCase()] ?? "mysql",
    examples: [
      { file: "ormconfig.ts", text: 'new DataSource({ type: "postgres", port })', found: ["postgres"], forms: ["mysql"] },
      { file: "knexfile.js", text: "client: 'pg',", found: ["pg"], forms: ["mysql2"] },
      { file: ".env", text: "DB_CONNECTION=pgsql\n", found: ["pgsql"], forms: ["mysql"] },
      { file: "sqlc.yaml", text: '  - engine: "postgresql"\n', found: ["postgresql"], forms: ["mysql"] },
      { file: "Makefile", text: "openfga run --datastore-engine postgres --verbose", found: ["postgres"] },
      { file: "config.yml", text: 'type: mysql\ndriver: sqlite\ntype: "pgp"\nclient: page\nmimetype: pg\n', found: [] },
    ],
  },
  {
    id: "settings/dialect-class",
    construct: "Hibernate's dialect of PostgreSQL",
    why: "Hibernate has a dialect of its own for TiDB.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-java-hibernate",
    severity: "error",
    text: "{match} writes SQL for PostgreSQL",
    help: "org.hibernate.community.dialect.TiDBDialect (hibernate-community-dialects; org.hibernate.dialect.TiDBDialect before Hibernate 7), or org.hibernate.dialect.MySQLDialect",
    files: FILES.any,
    find: /\b(?:org\.hibernate\.(?:\w+\.)*)?\w*Postgre(?:SQL|s|sPlus)\w*Dialect\b/dg,
    form: () => "org.hibernate.dialect.MySQLDialect",
    examples: [
      {
        file: "application.yml",
        text: "dialect: org.hibernate.dialect.PostgreSQLDialect\n",
        found: ["org.hibernate.dialect.PostgreSQLDialect"],
        forms: ["org.hibernate.dialect.MySQLDialect"],
      },
      { file: "application.yml", text: "dialect: org.hibernate.dialect.MySQLDialect\n", found: [] },
    ],
  },
  {
    id: "settings/driver-class",
    construct: "the class of PostgreSQL's JDBC driver",
    why: "TiDB is reached by MySQL Connector/J.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-java-jdbc",
    severity: "note",
    text: "{match} is PostgreSQL's driver",
    help: "com.mysql.cj.jdbc.Driver of com.mysql:mysql-connector-j",
    files: FILES.any,
    find: /\borg\.postgresql\.Driver\b/dg,
    fix: () => "com.mysql.cj.jdbc.Driver",
    examples: [
      {
        file: "application.properties",
        text: "spring.datasource.driver-class-name=org.postgresql.Driver\n",
        found: ["org.postgresql.Driver"],
        fixed: "spring.datasource.driver-class-name=com.mysql.cj.jdbc.Driver\n",
      },
      { file: "application.properties", text: "x=com.mysql.cj.jdbc.Driver\n", found: [] },
    ],
  },
]);
