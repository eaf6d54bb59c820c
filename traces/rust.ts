import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const CARGO = /(?:^|\/)Cargo\.toml$/;
const MYSQL = "https://docs.rs/sqlx/latest/sqlx/mysql/index.html";
const DIESEL = "https://docs.rs/diesel/latest/diesel/mysql/index.html";

const PACKAGES: readonly Package[] = [
  {
    id: "tokio-postgres",
    shown: "tokio-postgres",
    name: "tokio-postgres|postgres|postgres-types|postgres-protocol|tokio-postgres-rustls|postgres-(?:native-tls|openssl|derive|rustls)",
    to: "mysql_async",
    help: "mysql_async (or mysql for blocking code), or sqlx with its feature mysql: placeholders are ?, and LISTEN has no counterpart",
  },
  {
    id: "deadpool-postgres",
    shown: "deadpool-postgres",
    name: "deadpool-postgres|bb8-postgres|r2d2_postgres|mobc-postgres",
    to: "mysql_async",
    help: "mysql_async has a pool of its own",
  },
  {
    id: "pq-sys",
    shown: "pq-sys",
    name: "pq-sys|libpq-sys|openssl-for-libpq",
    to: "mysqlclient-sys",
    help: "mysqlclient-sys, or none with sqlx",
  },
  {
    id: "diesel-derive-enum",
    shown: "diesel-derive-enum",
    name: "diesel-derive-enum|diesel_full_text_search|diesel_ltree|diesel-derive-newtype-pg|pgvector|diesel-pg-[\\w-]+|refinery-postgres|sea-query-postgres|sqlx-postgres|postgres-array|postgres_range|pg_embed|postgresql_embedded|pgtemp|testcontainers-postgres|apalis-postgres|fang-postgres",
    help: "it gives Rust a type or a function of PostgreSQL's: ltree becomes VARCHAR, an enum ENUM, full text search FTS_MATCH_WORD or a search engine, vectors TiDB's VECTOR",
  },
];

const manifest: Manifest = {
  id: "cargo",
  kind: "the crate",
  docs: MYSQL,
  files: CARGO,
  find: (name) =>
    new RegExp(
      String.raw`^\s*(?:\[(?:[\w.-]+\.)?(?:dev-|build-)?dependencies\.)?["']?(?<at>${name})["']?(?=\s*(?:=\s*(?:["']|\{)|\.(?:workspace|version)\b|\]))`,
      "dgm",
    ),
  example: (name) => `[dependencies]\nserde = "1"\n${name} = { version = "0.7" }\n`,
  file: "Cargo.toml",
  lookAlike: '[features]\npostgres = []\n[dependencies]\nmysql_async = "0.34"\npostgresy = "1"\n',
};

/** Drivers and libraries of PostgreSQL in Rust. */
export const rust = traces([
  ...named(manifest, PACKAGES),
  {
    id: "cargo/features",
    construct: "the feature postgres of sqlx, diesel, sea-orm and others",
    why: "The same crates reach TiDB by their feature mysql.",
    docs: MYSQL,
    severity: "error",
    text: "{match} chooses PostgreSQL; for TiDB: {match} for MySQL",
    help: "the feature mysql (sea-orm: sqlx-mysql; diesel: mysql; diesel-async: mysql); remove features for types that only PostgreSQL has: network-address, ipnetwork, bit-vec",
    files: CARGO,
    find: /(?<=["'](?:[\w-]+\/)?)(?:postgres\w*|sqlx-postgres(?:ql)?|with-(?:db-)?postgres\w*(?:-array)?|backend-postgres|postgres-array|db-postgres|runtime-tokio-postgres)(?=["'])(?<=\bfeatures\s*=\s*\[[^\]]*)|(?<=["'])[\w-]+\/postgres\w*(?=["'])/dg,
    form: (match) => match[0].replace(/postgres\w*/, "mysql"),
    examples: [
      {
        file: "Cargo.toml",
        text: 'sqlx = { version = "0.8", features = [\n  "uuid",\n  "postgres",\n] }\nsea-orm = { features = ["sqlx-postgres"] }\n',
        found: ["postgres", "sqlx-postgres"],
        forms: ["mysql", "sqlx-mysql"],
      },
      { file: "Cargo.toml", text: 'sqlx = { features = ["mysql"] }\nkeywords = ["postgres"]\n', found: [] },
    ],
  },
  {
    id: "rust/sqlx",
    construct: "sqlx's types for PostgreSQL",
    why: "sqlx has the same types for MySQL; rows and transactions go by them.",
    docs: MYSQL,
    severity: "error",
    text: "{match} is sqlx for PostgreSQL",
    help: "MySqlPool, MySqlPoolOptions, MySqlConnectOptions, MySqlRow, sqlx::MySql; placeholders are ?, PgListener and COPY have no counterpart, and query! needs DATABASE_URL of a TiDB",
    files: FILES.rust,
    find: /\bPg(?:Pool|PoolOptions|ConnectOptions|SslMode|Row|Arguments|QueryResult|TypeInfo|ValueRef|HasArrayType|Executor|Database|DatabaseError|Interval|Range|Money|LTree|Hstore|Transaction|ArgumentBuffer|AdvisoryLock\w*|CopyIn)\b|\bsqlx::(?:(?:pool|types|any)::)?(?:postgres|Postgres|Pg\w+)\b(?:::\w+)?|(?<=[<,&]\s*(?:'\w+\s*,\s*)?)Postgres(?=\s*[>,])/dg,
    form: (match) =>
      /^Pg(?:Pool|PoolOptions|ConnectOptions|SslMode|Row|Arguments|QueryResult|TypeInfo|ValueRef|Executor|DatabaseError)$/.test(match[0])
        ? match[0].replace("Pg", "MySql")
        : match[0] === "Postgres"
          ? "MySql"
          : undefined,
    examples: [
      {
        file: "db.rs",
        text: "let pool: PgPool = x; Transaction<'_, Postgres>",
        found: ["PgPool", "Postgres"],
        forms: ["MySqlPool", "MySql"],
      },
      { file: "db.rs", text: "struct PgPoolish; MySqlPool; Kind::Postgres", found: [] },
    ],
  },
  {
    id: "rust/diesel",
    construct: "diesel's connection and backend of PostgreSQL",
    why: "diesel reaches TiDB by MysqlConnection and the backend Mysql; a query written for any backend needs no change.",
    docs: DIESEL,
    severity: "error",
    text: "{match} is diesel for PostgreSQL",
    help: "MysqlConnection or AsyncMysqlConnection, diesel::mysql::Mysql; types of PostgreSQL (Array, Jsonb, Uuid, Timestamptz, Citext) become Json, Char, Timestamp; returning() and on_conflict() with a target have no counterpart",
    files: FILES.rust,
    find: /\b(?:Async)?PgConnection(?:Like)?\b|\bdiesel(?:_async)?::pg(?:::[\w:]+)?\b|\bdiesel::data_types::Pg\w+|(?<=[<(,&:]\s*)\bPg\b(?=\s*[>),;{])|(?<=\bcheck_for_backend\(\s*(?:diesel::pg::)?)Pg\b|(?:\bdiesel::)?\bpg::(?:Pg|PgValue|PgConnection|upsert|data_types|sql_types|expression|PgTypeMetadata|PgMetadataLookup|PgQueryBuilder|PgRow|PgNumeric)\b|\bPg(?:Value|Numeric|TypeMetadata|MetadataLookup|QueryBuilder|Timestamp|Date|Time|ExpressionMethods|StringExpressionMethods|JsonbExpressionMethods|TextExpressionMethods|ArrayExpressionMethods|RangeExpressionMethods|NetExpressionMethods)\b/dg,
    form: (match) =>
      /^(?:Async)?PgConnection$/.test(match[0])
        ? match[0].replace("Pg", "Mysql")
        : match[0] === "Pg"
          ? "Mysql"
          : match[0].replace(/\bpg::Pg$/, "mysql::Mysql").replace(/\bpg::(?:Async)?PgConnection$/, "mysql::MysqlConnection"),
    examples: [
      {
        file: "db.rs",
        text: "fn f(c: &mut AsyncPgConnection) {}\n#[diesel(check_for_backend(diesel::pg::Pg))]\nimpl ToSql<Text, Pg> for X {}",
        found: ["AsyncPgConnection", "diesel::pg::Pg", "Pg"],
        forms: ["AsyncMysqlConnection", "diesel::mysql::Mysql", "Mysql"],
      },
      { file: "db.rs", text: "struct MyPg; let pg = Pgx; MysqlConnection; page::Pg2", found: [] },
    ],
  },
  {
    id: "rust/diesel-types",
    construct: "SQL types of PostgreSQL in a schema of diesel",
    why: "diesel's backend Mysql has no such types.",
    docs: "https://docs.rs/diesel/latest/diesel/mysql/sql_types/index.html",
    severity: "error",
    text: "{match} is a type of PostgreSQL only",
    help: "Array and Jsonb: Json; Uuid: Char with a String, or Binary; Timestamptz: Timestamp; Citext, Ltree, Inet: Varchar; run `diesel print-schema` on the converted schema",
    files: FILES.rust,
    within: /\bdiesel\b|\btable!/,
    find: /(?<=->\s*(?:Nullable<\s*)*)(?:Array|Jsonb|Uuid|Timestamptz|Citext|Ltree|Inet|Cidr|Macaddr|Money|Oid|Range|Tsvector|TsVector|Interval|Record|Bytea)\b|\bpostgres_type\b/dg,
    examples: [
      {
        file: "schema.rs",
        text: "diesel::table! { a (id) { tags -> Nullable<Array<Text>>, at -> Timestamptz, } }",
        found: ["Array", "Timestamptz"],
      },
      { file: "schema.rs", text: "diesel::table! { a (id) { x -> Nullable<Text>, at -> Timestamp, } }", found: [] },
      { file: "id.rs", text: "fn id() -> Uuid {}", found: [] },
    ],
  },
  {
    id: "rust/tokio-postgres",
    construct: "paths of tokio-postgres and postgres",
    why: "mysql_async and sqlx reach TiDB.",
    docs: "https://docs.rs/mysql_async/latest/mysql_async/",
    severity: "error",
    text: "{match} is a driver of PostgreSQL",
    help: "mysql_async: Pool, Conn, exec() with ? and params; or sqlx with its feature mysql",
    files: FILES.rust,
    find: /\b(?:tokio_postgres|deadpool_postgres|bb8_postgres|r2d2_postgres|postgres_types|postgres_native_tls|postgres_openssl|tokio_postgres_rustls)\b(?:::\w+)*|(?<=\buse\s+)postgres::(?:Client|NoTls|Row|types|Config|Error|Transaction)\w*|(?<=\buse\s+)postgres(?=::\{)/dg,
    examples: [
      { file: "db.rs", text: "use tokio_postgres::NoTls;\nuse postgres::Client;", found: ["tokio_postgres::NoTls", "postgres::Client"] },
      { file: "db.rs", text: "use crate::postgres::Store;\nuse mysql_async::Pool;", found: [] },
    ],
  },
  {
    id: "rust/sea-orm",
    construct: "sea-orm and sea-query for PostgreSQL",
    why: "Both have MySQL as a backend.",
    docs: "https://www.sea-ql.org/SeaORM/docs/install-and-config/database-and-async-runtime/",
    severity: "error",
    text: "{match} is PostgreSQL's backend",
    help: "DbBackend::MySql, DatabaseBackend::MySql, MysqlQueryBuilder",
    files: FILES.rust,
    find: /\b(?:DbBackend|DatabaseBackend|DatabaseType|DatabaseKind)::Postgres\b|\bPostgresQueryBuilder\b|\bextension::postgres(?:::\w+)*/dg,
    form: (match) =>
      match[0]
        .replace("PostgresQueryBuilder", "MysqlQueryBuilder")
        .replace("::Postgres", "::MySql")
        .replace(/^extension.*/, "DbBackend::MySql"),
    examples: [
      {
        file: "m.rs",
        text: "s.build(DbBackend::Postgres); q.to_string(PostgresQueryBuilder)",
        found: ["DbBackend::Postgres", "PostgresQueryBuilder"],
        forms: ["DbBackend::MySql", "MysqlQueryBuilder"],
      },
      { file: "m.rs", text: "s.build(DbBackend::MySql); MysqlQueryBuilder", found: [] },
    ],
  },
]);
