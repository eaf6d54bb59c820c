import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const DRIVER = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-golang-sql-driver";

const PACKAGES: readonly Package[] = [
  {
    id: "pq",
    shown: "github.com/lib/pq",
    name: "github\\.com/lib/pq",
    to: "github.com/go-sql-driver/mysql",
    help: 'sql.Open("mysql", "user:password@tcp(host:4000)/database?parseTime=true"): placeholders are ?, *pq.Error is *mysql.MySQLError with Number, pq.Array becomes JSON, LastInsertId() stands for RETURNING',
  },
  {
    id: "pgx",
    shown: "github.com/jackc/pgx/v5",
    name: "github\\.com/jackc/(?:pgx|pgconn|pgtype|pgproto3|pglogrepl|pgerrcode|pgpassfile|pgservicefile|pgio|chunkreader|puddle|pgmock|tern|pgxlisten)(?:/v\\d+)?",
    to: "github.com/go-sql-driver/mysql",
    help: "database/sql with github.com/go-sql-driver/mysql: placeholders are ?, the pool is *sql.DB, *pgconn.PgError is *mysql.MySQLError with Number; batches, COPY and LISTEN have no counterpart",
  },
  {
    id: "gorm",
    shown: "gorm.io/driver/postgres",
    name: "gorm\\.io/driver/postgres|github\\.com/jinzhu/gorm/dialects/postgres",
    to: "gorm.io/driver/mysql",
    help: 'gorm.Open(mysql.Open("user:password@tcp(host:4000)/database?parseTime=true")); types jsonb, uuid, text[] in tags become json, char(36), json',
  },
  {
    id: "go-pg",
    shown: "github.com/go-pg/pg/v10",
    name: "github\\.com/go-pg/(?:pg|migrations)(?:/v\\d+)?",
    to: "github.com/uptrace/bun with mysqldialect",
    help: "go-pg is for PostgreSQL only; its successor bun has mysqldialect",
  },
  {
    id: "bun",
    shown: "github.com/uptrace/bun/dialect/pgdialect",
    name: "github\\.com/uptrace/bun/(?:dialect/pgdialect|driver/pgdriver)",
    to: "github.com/uptrace/bun/dialect/mysqldialect",
    help: "mysqldialect with github.com/go-sql-driver/mysql",
  },
  {
    id: "migrate",
    shown: "github.com/golang-migrate/migrate/v4/database/postgres",
    name: "github\\.com/golang-migrate/migrate/v\\d+/database/(?:postgres|pgx(?:/v\\d+)?)",
    to: "github.com/golang-migrate/migrate/v4/database/mysql",
    help: "the driver database/mysql, URLs mysql://user:password@tcp(host:4000)/database, x-no-lock is not needed",
  },
  {
    id: "others",
    shown: "github.com/pashagolub/pgxmock/v4",
    name: "github\\.com/(?:riverqueue/river[\\w/-]*|pgvector/pgvector-go|testcontainers/testcontainers-go/modules/postgres|fergusstrange/embedded-postgres|pashagolub/pgxmock(?:/v\\d+)?|georgysavva/scany(?:/v\\d+)?(?:/pgxscan)?|doug-martin/goqu/v\\d+/dialect/postgres|go-jet/jet/v\\d+/postgres|volatiletech/sqlboiler/v\\d+/drivers/sqlboiler-psql[\\w/-]*|stephenafamo/bob/dialect/psql[\\w/-]*|peterldowns/pgtestdb[\\w/-]*|vgarvardt/\\w*pg[\\w/-]*|zpostgres/[\\w/-]+|pganalyze/pg_query_go(?:/v\\d+)?|auxten/postgresql-parser|exaring/otelpgx|xo/dburl/pg)",
    help: "it works with PostgreSQL only: goqu, jet, sqlboiler and bob have dialects of MySQL, testcontainers-go a module tidb, sqlmock stands for pgxmock; River has none",
  },
];

const manifest: Manifest = {
  id: "go-modules",
  kind: "the module",
  docs: DRIVER,
  files: /(?:^|\/)go\.mod$/,
  find: (name) => new RegExp(String.raw`^\s*(?:require\s+|replace\s+)?(?<at>${name})(?=\s+v\d|\s+=>)`, "dgm"),
  example: (name) => `module x\n\nrequire (\n\t${name} v1.2.3\n)\n`,
  file: "go.mod",
  lookAlike: "require github.com/go-sql-driver/mysql v1.8.0\nrequire github.com/lib/pqr v1.0.0\n",
};

const imports: Manifest = {
  id: "go",
  kind: "an import of",
  docs: DRIVER,
  files: FILES.go,
  find: (name) => new RegExp(String.raw`(?<=^\s*(?:import\s+)?(?:[\w.]+\s+)?)"(?<at>(?:${name})(?:/[\w/.-]+)?)"`, "dgm"),
  example: (name) => `package x\n\nimport (\n\t_ "${name}"\n)\n`,
  file: "db.go",
  lookAlike: 'import "github.com/go-sql-driver/mysql"\nimport "example.com/lib/pq"\n',
};

/** Drivers and libraries of PostgreSQL in Go. */
export const go = traces([
  ...named(manifest, PACKAGES),
  ...named(imports, PACKAGES),
  {
    id: "go/open",
    construct: 'a driver named to sql.Open: "postgres", "pgx"',
    why: "The driver of MySQL registers itself as mysql.",
    docs: DRIVER,
    severity: "error",
    text: "{match} names a driver of PostgreSQL",
    help: '"mysql", with a DSN user:password@tcp(host:4000)/database?parseTime=true',
    files: FILES.go,
    find: /\b(?:Open|OpenDB|Connect|ConnectContext|MustConnect|MustOpen|Dialect|SetDialect|WithInstance|NewWithDatabaseInstance|NewDb|Register|DialectWrapper|Rebind|NewWithInstance|BindType)\(\s*(?:\w+,\s*)?(?:[\w."/:]+,\s*)?"(?<at>postgres(?:ql)?|pgx|pgx\/v5|cloudsqlpostgres|pq-timeouts)"/dg,
    form: () => "mysql",
    examples: [
      {
        file: "db.go",
        text: 'db, err := sql.Open("postgres", dsn)\nsqlx.ConnectContext(ctx, "pgx", dsn)',
        found: ["postgres", "pgx"],
        forms: ["mysql", "mysql"],
      },
      { file: "db.go", text: 'sql.Open("mysql", dsn)\nopen("postgres")', found: [] },
    ],
  },
  {
    id: "go/pq-names",
    construct: "pq.Error, pq.Array, pq.CopyIn and other names of lib/pq",
    why: "go-sql-driver/mysql has errors of its own, and no arrays, COPY or LISTEN.",
    docs: DRIVER,
    severity: "error",
    text: "{match} is lib/pq's",
    help: "pq.Error: mysql.MySQLError with Number (1062 duplicate, 1452 no parent); pq.Array: JSON and JSON_TABLE or a list of placeholders; pq.CopyIn: inserts of several rows; pq.Listener: none, poll or use a queue; pq.QuoteIdentifier: backquotes",
    files: FILES.go,
    find: /\bpq\.(?:Error|ErrorCode|ErrorClass|Array|GenericArray|StringArray|Int64Array|Int32Array|Float64Array|BoolArray|ByteaArray|CopyIn|CopyInSchema|NewListener|Listener|ListenerEventType|QuoteIdentifier|QuoteLiteral|NullTime|NewConnector|ParseURL|Open|Driver|EnableInfinityTs|Listen\w+|Err\w+|As|SSLMode\w*|Config)\b/dg,
    within: /"github\.com\/lib\/pq"/,
    examples: [
      { file: "db.go", text: 'import "github.com/lib/pq"\nx := pq.Array(ids); e.(*pq.Error)', found: ["pq.Array", "pq.Error"] },
      { file: "queue.go", text: 'import pq "container/heap"\nx := pq.Array(ids)', found: [] },
    ],
  },
  {
    id: "go/pgx-names",
    construct: "names of pgx: pgx.Conn, pgxpool.Pool, pgconn.PgError, pgtype",
    why: "database/sql with go-sql-driver/mysql stands in pgx's place.",
    docs: DRIVER,
    severity: "error",
    text: "{match} is pgx's",
    help: "pgxpool.Pool: *sql.DB; pgx.Tx: *sql.Tx; pgx.Rows: *sql.Rows; pgx.ErrNoRows: sql.ErrNoRows; pgconn.CommandTag: sql.Result; pgconn.PgError: mysql.MySQLError; pgtype: sql.Null…; pgx.Batch, CopyFrom and WaitForNotification have no counterpart",
    files: FILES.go,
    find: /\b(?:pgx|pgxpool|pgconn|pgtype|pgerrcode|pgxscan|pgxmock|pgproto3|pglogrepl|pgpassfile)\.[A-Z][A-Za-z0-9]*(?!\w)/dg,
    form: (match) =>
      ({
        "pgx.ErrNoRows": "sql.ErrNoRows",
        "pgxpool.Pool": "sql.DB",
        "pgx.Tx": "sql.Tx",
        "pgx.Rows": "sql.Rows",
        "pgx.Row": "sql.Row",
        "pgconn.CommandTag": "sql.Result",
        "pgconn.PgError": "mysql.MySQLError",
        "pgx.TxOptions": "sql.TxOptions",
        "pgx.Conn": "sql.Conn",
      })[match[0]],
    examples: [
      {
        file: "db.go",
        text: "func f(p *pgxpool.Pool) { if err == pgx.ErrNoRows {} }",
        found: ["pgxpool.Pool", "pgx.ErrNoRows"],
        forms: ["sql.DB", "sql.ErrNoRows"],
      },
      { file: "db.go", text: "func f(p *sql.DB) { pgxish.New(); pg.Page }", found: [] },
    ],
  },
  {
    id: "go/dialects",
    construct: "PostgreSQL in builders of Go: squirrel.Dollar, goqu, GORM, ent, bun, goose",
    why: "Each has a dialect of MySQL.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-golang-gorm",
    severity: "error",
    text: "{match} is for PostgreSQL",
    help: "squirrel.Question, mysql.Open of gorm.io/driver/mysql, dialect.MySQL, mysqldialect.New(), goose.DialectMySQL (or DialectTiDB)",
    files: FILES.go,
    find: /\b(?:sq|squirrel|sqrl)\.Dollar\b|\bsqlx\.DOLLAR\b|\bpostgres\.(?:Open|New)\((?=\s*(?:dsn|postgres\.Config|"|\w*[Dd][Ss][Nn]|sqlDB))|\bdialect\.Postgres\b|\bpgdialect\.New\b|\bpgdriver\.\w+|\bgoose\.DialectPostgres\b|\bdatabase\.DialectPostgres\b|\bsqlbuilder\.PostgreSQL\b/dg,
    form: (match) =>
      ({
        Dollar: `${match[0].split(".")[0]}.Question`,
        DOLLAR: "sqlx.QUESTION",
        Open: "mysql.Open",
        Postgres: "dialect.MySQL",
        DialectPostgres: match[0].replace("Postgres", "MySQL"),
      })[/\.(\w+)/.exec(match[0])![1]!],
    examples: [
      {
        file: "db.go",
        text: "sq.StatementBuilder.PlaceholderFormat(sq.Dollar)\ngorm.Open(postgres.Open(dsn))",
        found: ["sq.Dollar", "postgres.Open("],
        forms: ["sq.Question", "mysql.Open"],
      },
      { file: "db.go", text: "sq.StatementBuilder.PlaceholderFormat(sq.Question)\npostgres.New(store)", found: [] },
    ],
  },
]);
