import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const TIDB = "pingcap/tidb:v8.5.6";
const HUB = "https://hub.docker.com/r/pingcap/tidb";
/** Names of images that are PostgreSQL, or PostgreSQL with an extension. */
const NAME = String.raw`(?:[\w.-]+(?::\d+)?\/)*(?:postgres(?:ql)?|postgres-ha|postgis|pgvector|timescaledb(?:-ha)?|citus|postgres-alpine)`;
const TAG = String.raw`(?:\$\{\{[^{}]*\}\}|\$\{[^{}]*\}|\{\{[^{}]*\}\}|[\w.-])+`;

/** Containers of PostgreSQL and what belongs to them. */
export const images = traces([
  {
    id: "images/postgres",
    construct: "a container of PostgreSQL",
    why: "TiDB for development and CI is one container: pingcap/tidb listens on port 4000 with an embedded store and a user root without a password.",
    docs: HUB,
    severity: "error",
    text: "{match} is an image of PostgreSQL",
    help: "use pingcap/tidb:v8.5.6, port 4000, and wait for `mysql -h127.0.0.1 -P4000 -uroot -e 'SELECT 1'`; POSTGRES_* variables have no effect there: make the database and the user by SQL",
    files: FILES.containers,
    find: new RegExp(String.raw`\bimage:\s*["']?(?<at>(?:\$\{\w+:-)?${NAME}(?::${TAG})?(?:@sha256:\w+)?)(?![\w./{-])`, "dgi"),
    fix: (match) => (match.groups!.at!.startsWith("${") ? match.groups!.at!.replace(/:-.*/, `:-${TIDB}`) : TIDB),
    examples: [
      {
        file: "docker-compose.yml",
        text: "services:\n  db:\n    image: postgres:16-alpine\n  c:\n    image: 'timescale/timescaledb:latest-pg14'\n",
        found: ["postgres:16-alpine", "timescale/timescaledb:latest-pg14"],
        fixed: `services:\n  db:\n    image: ${TIDB}\n  c:\n    image: '${TIDB}'\n`,
      },
      {
        file: ".github/workflows/ci.yml",
        text: "        image: postgres:${{ matrix.version }}\n",
        found: ["postgres:${{ matrix.version }}"],
        fixed: `        image: ${TIDB}\n`,
      },
      {
        file: "compose.yaml",
        text: "    image: postgres:${TAG:-14}\n    image: ${IMAGE:-postgres:16}\n",
        found: ["postgres:${TAG:-14}", "${IMAGE:-postgres:16"],
        fixed: `    image: ${TIDB}\n    image: \${IMAGE:-${TIDB}}\n`,
      },
      { file: "docker-compose.yml", text: "    image: mysql:8\n    image: me/postgres-backup:1\n    image: postgresapp/web\n", found: [] },
    ],
  },
  {
    id: "images/from",
    construct: "an image built on PostgreSQL's",
    why: "What such an image adds (extensions, scripts in /docker-entrypoint-initdb.d, a configuration) TiDB does not read.",
    docs: HUB,
    severity: "error",
    text: "{match} is an image of PostgreSQL",
    help: `use ${TIDB} as it is; databases, users and settings are made by SQL after it has started`,
    files: /(?:^|\/)(?:Dockerfile|Containerfile)[\w.-]*$|\.dockerfile$/i,
    find: new RegExp(String.raw`^\s*FROM\s+(?:--\S+\s+)*(?<at>${NAME}(?::${TAG})?)(?![\w./-])`, "dgim"),
    form: () => TIDB,
    examples: [
      { file: "docker/Dockerfile.postgres", text: "FROM postgres:14\n", found: ["postgres:14"], forms: [TIDB] },
      { file: "Dockerfile", text: "FROM node:22 AS postgres\nFROM postgres-tools:1\n", found: [] },
    ],
  },
  {
    id: "images/named",
    construct: "an image of PostgreSQL named in code, a command, a chart or a list of services",
    why: "Test containers, `docker run` and CI services start TiDB by its image.",
    docs: HUB,
    severity: "error",
    text: "{match} is an image of PostgreSQL",
    help: `${TIDB}, port 4000, a user root without a password; with Testcontainers use a generic container, or its module for TiDB in Java and Go`,
    files: FILES.any,
    find: new RegExp(
      String.raw`(?<=["'\x60])(?<at>${NAME}:${TAG})(?=["'\x60])|(?<=\s)${NAME}(?::${TAG})?(?=\s|$)(?<=\bdocker\s+(?:run|pull)\b(?:[^\n;|&]|\\\n)*)(?<!(?:--(?:name|hostname|network|user)|-[hu])[ =]\S+)|(?<![\w./:-])${NAME}:[\w.-]*\d[\w.-]*(?=["']?\s*$)(?<=^\s*-\s+(?:name:\s*)?["']?\S+)|(?<![\w./:-])${NAME}(?=["']?\s*$)(?<=\brepository:\s*["']?\S+)`,
      "dgm",
    ),
    form: () => TIDB,
    examples: [
      { file: "db.test.ts", text: 'new PostgreSqlContainer("postgres:16-alpine")', found: ["postgres:16-alpine"], forms: [TIDB] },
      {
        file: "Makefile",
        text: "docker run -d --name postgres -p 1:2 postgres:17 > /dev/null; app --engine postgres --x",
        found: ["postgres:17"],
      },
      { file: ".gitlab-ci.yml", text: "services:\n  - postgres:16\n", found: ["postgres:16"] },
      { file: "values.yaml", text: "image:\n  repository: bitnami/postgresql\n", found: ["bitnami/postgresql"] },
      { file: "db.test.ts", text: 'x("postgres:"); y("mysql:8"); z("postgres://a"); run("docker run mysql:8")', found: [] },
    ],
  },
  {
    id: "images/companion",
    construct: "a container that serves PostgreSQL: a pooler, an exporter, an administration tool",
    why: "TiDB pools connections by TiProxy, exports its metrics by itself, and is administered by clients of MySQL.",
    docs: "https://docs.pingcap.com/tidb/stable/tiproxy-overview",
    severity: "error",
    text: "{match} works with PostgreSQL only",
    help: "PgBouncer and pgpool: TiProxy, or none; postgres_exporter: TiDB serves metrics on port 10080; pgAdmin: any client of MySQL; PostgREST and backup tools have no such image for TiDB: BR and Dumpling make backups",
    files: FILES.containers,
    find: /\bimage:\s*["']?(?<at>(?:[\w.-]+\/)*(?:pgbouncer|pgpool|pgadmin4?|pgcat|odyssey|postgrest|postgres[-_]exporter|pgautoupgrade|pgbackrest|pgbackups?|postgres-backup[\w-]*|pghero|pgweb|wal-g|barman|spilo[\w-]*)(?::[\w.-]+)?)/dg,
    examples: [
      { file: "compose.yml", text: "image: edoburu/pgbouncer:1.22\n", found: ["edoburu/pgbouncer:1.22"] },
      { file: "compose.yml", text: "image: phpmyadmin:5\n", found: [] },
    ],
  },
  {
    id: "images/variables",
    construct: "POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB of a container",
    why: "A container of TiDB reads no such variables: it has a user root without a password and the database test.",
    docs: HUB,
    severity: "error",
    text: "{match} has no effect on TiDB",
    help: "remove it, and make the database and the user by SQL in the script that waits for TiDB: CREATE DATABASE IF NOT EXISTS …; CREATE USER …; GRANT …",
    files: FILES.containers,
    find: /(?<![\w${.])(?:POSTGRES(?:QL)?_(?:USER|USERNAME|PASSWORD|PASSWORD_FILE|POSTGRES_PASSWORD|DB|DATABASE|INITDB_ARGS|INITDB_WALDIR|HOST_AUTH_METHOD)|PGDATA)\b(?=["']?\s*[:=])/dg,
    examples: [
      { file: "compose.yml", text: "  environment:\n    - POSTGRES_USER=app\n    - PGDATA=/x\n", found: ["POSTGRES_USER", "PGDATA"] },
      { file: "compose.yml", text: "    POSTGRES_DB: shop\n    URL: a${POSTGRES_USER}\n", found: ["POSTGRES_DB"] },
      { file: "compose.yml", text: "    MYSQL_USER: app\n", found: [] },
    ],
  },
  {
    id: "images/data",
    construct: "the folder of PostgreSQL's data",
    why: "pingcap/tidb keeps what it stores in /tmp/tidb, unless it is started with --path.",
    docs: HUB,
    severity: "error",
    text: "{match} holds PostgreSQL's data",
    help: "mount a new volume at /tmp/tidb, or none for tests; the old one holds files that TiDB cannot read: load the data by `pg2tidb`",
    files: FILES.any,
    find: /\/(?:var\/lib|bitnami|etc|usr\/local\/var|opt|var\/run|run|var\/log)\/(?:postgres(?:ql)?|pgsql)(?:\/[\w./-]*)?(?<![./])/dg,
    form: (match) => (/\/lib|bitnami/.test(match[0]) ? "/tmp/tidb" : undefined),
    examples: [
      {
        file: "compose.yml",
        text: "volumes:\n  - db:/var/lib/postgresql/data:z\n",
        found: ["/var/lib/postgresql/data"],
        forms: ["/tmp/tidb"],
      },
      { file: "config.yml", text: "host: /var/run/postgresql\n", found: ["/var/run/postgresql"], forms: [undefined] },
      { file: "compose.yml", text: "  - db:/var/lib/mysql\n", found: [] },
    ],
  },
  {
    id: "images/health",
    construct: "a health check by pg_isready",
    why: "TiDB answers HTTP at port 10080 as soon as it is ready, and clients of MySQL at port 4000.",
    docs: "https://docs.pingcap.com/tidb/stable/tidb-monitoring-api",
    severity: "error",
    text: "pg_isready asks a PostgreSQL",
    help: "within the container `curl -f http://127.0.0.1:10080/status`; from outside `mysqladmin ping -h <host> -P 4000 -u root`",
    files: FILES.any,
    find: /\bpg_isready\b/dg,
    form: () => "curl -f http://127.0.0.1:10080/status",
    examples: [
      {
        file: "compose.yml",
        text: 'test: ["CMD-SHELL", "pg_isready -U app"]\n',
        found: ["pg_isready"],
        forms: ["curl -f http://127.0.0.1:10080/status"],
      },
      { file: "compose.yml", text: 'test: ["CMD", "mysqladmin", "ping"]\n', found: [] },
    ],
  },
  {
    id: "images/server-options",
    construct: "options of PostgreSQL's server",
    why: "TiDB has other settings, set by SQL or in its own file.",
    docs: "https://docs.pingcap.com/tidb/stable/tidb-configuration-file",
    severity: "error",
    text: "{match} is a setting of PostgreSQL's server",
    help: "remove it; TiDB sizes its memory by itself, and takes max_connections and the like by SET GLOBAL",
    files: FILES.shell,
    find: /\b(?:shared_preload_libraries|shared_buffers|wal_level|max_wal_senders|max_replication_slots|effective_cache_size|maintenance_work_mem|work_mem|fsync|synchronous_commit|full_page_writes|checkpoint_timeout|max_wal_size|pg_stat_statements\.\w+)(?=\s*=)/dg,
    within: /postgres/i,
    examples: [
      {
        file: "compose.yml",
        text: 'image: postgres\ncommand: ["postgres", "-c", "wal_level=logical"]\n',
        found: ["wal_level"],
      },
      { file: "compose.yml", text: "image: mysql\ncommand: --fsync=1\n", found: [] },
    ],
  },
]);
