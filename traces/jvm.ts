import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const DOCS = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-java-jdbc";

const PACKAGES: readonly Package[] = [
  {
    id: "jdbc",
    shown: "org.postgresql:postgresql",
    name: "org\\.postgresql:postgresql",
    to: "com.mysql:mysql-connector-j",
    help: "com.mysql:mysql-connector-j, com.mysql.cj.jdbc.Driver, jdbc:mysql://host:4000/database",
  },
  {
    id: "r2dbc",
    shown: "org.postgresql:r2dbc-postgresql",
    name: "org\\.postgresql:r2dbc-postgresql|io\\.r2dbc:r2dbc-postgresql",
    to: "io.asyncer:r2dbc-mysql",
    help: "io.asyncer:r2dbc-mysql, r2dbc:mysql://host:4000/database",
  },
  {
    id: "flyway",
    shown: "org.flywaydb:flyway-database-postgresql",
    name: "org\\.flywaydb:flyway-database-postgresql",
    to: "org.flywaydb:flyway-mysql",
    help: "org.flywaydb:flyway-mysql, which knows TiDB",
  },
  {
    id: "testcontainers",
    shown: "org.testcontainers:postgresql",
    name: "org\\.testcontainers:(?:testcontainers-)?postgresql",
    to: "org.testcontainers:tidb",
    help: 'org.testcontainers:tidb: new TiDBContainer("pingcap/tidb:v8.5.6")',
  },
  {
    id: "others",
    shown: "io.vertx:vertx-pg-client",
    name: "io\\.quarkus:quarkus-(?:jdbc|reactive-pg)-(?:postgresql|client)|io\\.vertx:vertx-pg-client|com\\.impossibl\\.pgjdbc-ng:[\\w-]+|io\\.zonky\\.test(?:\\.postgres)?:embedded-[\\w-]+|com\\.opentable\\.components:otj-pg-embedded|com\\.zaxxer:pgjdbc|org\\.jdbi:jdbi3-postgres|com\\.vladmihalcea:postgres[\\w-]*|net\\.postgis:[\\w-]+|com\\.pgvector:pgvector",
    to: "its sibling for MySQL",
    help: "quarkus-jdbc-mysql, quarkus-reactive-mysql-client, vertx-mysql-client; for embedded servers a container of pingcap/tidb",
  },
];

/** `group:name` as Gradle writes it, and as Maven does. */
const manifest: Manifest = {
  id: "jvm-packages",
  kind: "the library",
  docs: DOCS,
  files: /(?:^|\/)(?:pom\.xml|[\w.-]*\.gradle(?:\.kts)?|libs\.versions\.toml|build\.sbt|project\.clj|deps\.edn)$/,
  find: (name) =>
    new RegExp(
      `(?<=["'])(?:${name})(?=[:"'])|${name
        .split(/\|(?![^(]*\))/)
        .map((each) => /^((?:\(\?:|[^:])+):(.+)$/.exec(each)!)
        .map(
          ([, group, artifact]) =>
            `(?<=<groupId>\\s*)${group}\\s*</groupId>\\s*<artifactId>\\s*${artifact}(?=\\s*<)|(?<=["'])${group}["']\\s*%+\\s*["']${artifact}(?=["'])`,
        )
        .join("|")}`,
      "dg",
    ),
  example: (name) => `dependencies {\n  runtimeOnly("${name}:42.7")\n}\n`,
  file: "build.gradle.kts",
  lookAlike: 'runtimeOnly("com.mysql:mysql-connector-j")\nimplementation("my.org.postgresql:postgresql")\n',
};

/** Drivers and classes of PostgreSQL on the JVM. */
export const jvm = traces([
  ...named(manifest, PACKAGES),
  {
    id: "jvm/imports",
    construct: "classes of PostgreSQL's JDBC driver",
    why: "MySQL Connector/J has no such classes: PGobject becomes a string of JSON, CopyManager LOAD DATA LOCAL INFILE, PSQLException a SQLException with getErrorCode().",
    docs: DOCS,
    severity: "error",
    text: "{match} is PostgreSQL's driver",
    help: "com.mysql.cj.jdbc.MysqlDataSource; setString() for JSON; SQLException.getErrorCode() (1062 duplicate, 1452 no parent, 1213 deadlock); PGNotification has no counterpart",
    files: FILES.jvm,
    find: /\borg\.postgresql\.[\w.]*\w|\bio\.r2dbc\.postgresql\.[\w.]*\w|\bcom\.impossibl\.postgres\.[\w.]*\w|\bio\.vertx\.pgclient\.[\w.]*\w|\borg\.testcontainers\.(?:containers\.)?(?:postgresql\.)?PostgreSQLContainer\b/dg,
    examples: [
      { file: "Db.java", text: "import org.postgresql.util.PGobject;", found: ["org.postgresql.util.PGobject"] },
      { file: "Db.java", text: "import com.mysql.cj.jdbc.Driver; import my.postgresql.X;", found: [] },
    ],
  },
  {
    id: "jvm/classes",
    construct: "PGobject, PSQLException, PostgreSQLContainer and other classes in use",
    why: "They belong to PostgreSQL's driver or start a PostgreSQL.",
    docs: DOCS,
    severity: "error",
    text: "{match} is for PostgreSQL",
    help: "PGobject: setString(); PSQLException: SQLException with getErrorCode(); PGSimpleDataSource: MysqlDataSource; PostgreSQLContainer: TiDBContainer; SQLDialect.POSTGRES: SQLDialect.MYSQL; Types.OTHER: setString()",
    files: FILES.jvm,
    find: /\b(?:PGobject|PSQLException|PSQLState|PGSimpleDataSource|PGPoolingDataSource|PGConnection|PgConnection|PGNotification|CopyManager|PGInterval|PostgreSQLContainer|PostgresContainer|PostgresqlConnection\w*|PgPool|PgConnectOptions|PostgresPlugin|EmbeddedPostgres|SQLDialect\.POSTGRES\w*|PostgreSQL\d*Dialect|PostgresUUIDType|JsonBinaryType|PostgreSQLEnum\w*|StringArrayType|Database\.POSTGRESQL|DbType\.POSTGRE_SQL|DatabaseDriver\.POSTGRESQL)\b/dg,
    within: /postgres|pgclient|\bPG|jooq|hypersistence|vladmihalcea/i,
    form: (match) =>
      ({
        PostgreSQLContainer: "TiDBContainer",
        PSQLException: "SQLException",
        PGSimpleDataSource: "MysqlDataSource",
        "SQLDialect.POSTGRES": "SQLDialect.MYSQL",
        "Database.POSTGRESQL": "Database.MYSQL",
      })[match[0]],
    examples: [
      {
        file: "Db.kt",
        text: 'import org.postgresql.util.*\nval c = PostgreSQLContainer("x")',
        found: ["PostgreSQLContainer"],
        forms: ["TiDBContainer"],
      },
      { file: "Db.kt", text: "val c = TiDBContainer(); PgPooled()", found: [] },
    ],
  },
]);
