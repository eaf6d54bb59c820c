import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

/** Programs of PostgreSQL and those that do the same for TiDB. */
const PROGRAMS: Readonly<Record<string, string>> = {
  psql: "mysql",
  pgcli: "mycli",
  pg_dump: "mysqldump",
  pg_dumpall: "tiup dumpling",
  pg_restore: "mysql",
  pg_basebackup: "tiup br backup full",
  createdb: "mysql -e 'CREATE DATABASE …'",
  dropdb: "mysql -e 'DROP DATABASE …'",
  createuser: "mysql -e 'CREATE USER …'",
  dropuser: "mysql -e 'DROP USER …'",
  vacuumdb: "mysql -e 'ANALYZE TABLE …'",
  initdb: "tiup playground",
  pg_ctl: "tiup playground",
  pg_ctlcluster: "tiup playground",
  pg_createcluster: "tiup playground",
  pgbench: "tiup bench",
};

const NAMES = Object.keys(PROGRAMS).join("|");

/** Programs and packages of PostgreSQL in scripts, images and CI. */
export const tools = traces([
  {
    id: "tools/commands",
    construct: "psql, pg_dump, createdb and the other programs of PostgreSQL in a script",
    why: "They speak PostgreSQL's protocol. TiDB is reached by the clients of MySQL, and its own tools are started by tiup.",
    docs: "https://docs.pingcap.com/tidb/stable/ecosystem-tool-user-guide",
    severity: "error",
    text: "{match} works with PostgreSQL only",
    help: "psql: mysql -h host -P 4000 -u root database; pg_dump: mysqldump or tiup dumpling; pg_restore, psql -f: mysql < file.sql, or tiup tidb-lightning; createdb: CREATE DATABASE; a server for tests: tiup playground",
    files: FILES.shell,
    find: new RegExp(String.raw`(?<![\w./$-])(?:(?:\/[\w.-]+)*\/)?(?<at>${NAMES})(?![\w.(:=/-]|["']\s*:)`, "dg"),
    form: (match) => PROGRAMS[match.groups!.at!],
    examples: [
      {
        file: "scripts/setup.sh",
        text: "createdb shop && psql -f a.sql shop",
        found: ["createdb", "psql"],
        forms: ["mysql -e 'CREATE DATABASE …'", "mysql"],
      },
      { file: ".github/workflows/ci.yml", text: "      - run: /usr/bin/pg_dump shop > x\n", found: ["pg_dump"], forms: ["mysqldump"] },
      { file: "package.json", text: '{"scripts":{"db:reset":"psql -c \'DROP\'"}}', found: ["psql"] },
      {
        file: "setup.sh",
        text: "cp x docker-entrypoint-initdb.d/ && my-psql && echo $psql && mysql && ./createdb.sh && initdb() { :; }\n",
        found: [],
      },
    ],
  },
  {
    id: "tools/started",
    construct: "a program of PostgreSQL started by code",
    why: "They speak PostgreSQL's protocol. TiDB is reached by the clients of MySQL, and its own tools are started by tiup.",
    docs: "https://docs.pingcap.com/tidb/stable/ecosystem-tool-user-guide",
    severity: "error",
    text: "{match} works with PostgreSQL only",
    help: "psql: mysql -h host -P 4000; pg_dump: mysqldump or tiup dumpling; pg_restore: mysql < file.sql or tiup tidb-lightning",
    files: FILES.code,
    find: /(?<=["'`(\s[](?:\/[\w./-]+\/)?)(?<at>psql|pg_dump|pg_dumpall|pg_restore|pg_basebackup|pg_ctl|pgbench|initdb|createdb|dropdb)(?=["'`\s])(?<=["'`][^"'`\n]*)(?=(?:[^"'`\n]|\\.)*["'`])(?<!\w\(\s*(?:self|this)?[^"'`]*)/dg,
    form: (match) => PROGRAMS[match.groups!.at!],
    examples: [
      { file: "db.rs", text: 'Command::new("pg_dump").arg("-s")', found: ["pg_dump"], forms: ["mysqldump"] },
      { file: "db.py", text: 'subprocess.run("psql -c x", shell=True)', found: ["psql"] },
      { file: "db.py", text: "psql = 1\nx = 'mypsql'\nprint('pgsql')", found: [] },
    ],
  },
  {
    id: "tools/packages",
    construct: "a package of PostgreSQL of an operating system",
    why: "Drivers of MySQL need its client library, or none at all; scripts need its client.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-choose-driver-or-orm",
    severity: "error",
    text: "{match} is a package of PostgreSQL",
    help: "Debian: default-mysql-client for the client, default-libmysqlclient-dev for the library; Alpine: mysql-client, mariadb-connector-c-dev; Homebrew: mysql-client. mysql2, go-sql-driver, sqlx and PyMySQL need neither",
    files: FILES.any,
    find: /(?<![\w/.$@{-])(?:libpq(?:-dev|5|xx-dev)?|postgresql-?\d*(?:\.\d+)?-(?:client|dev|devel|contrib|common|libs|server|server-dev(?:-all)?|plperl|plpython3?|postgis(?:-\d+)?|partman|cron|pgvector)(?:-\$?[\w.]+)?|postgresql-client-\S+|postgresql@\d+|postgresql\d{1,2})(?![\w/:(=-])/dg,
    form: (match) =>
      /dev|^libpq/.test(match[0]) ? "default-libmysqlclient-dev" : /client/.test(match[0]) ? "default-mysql-client" : undefined,
    examples: [
      {
        file: "Dockerfile",
        text: "RUN apt-get install -y libpq-dev postgresql-client-16 \\\n",
        found: ["libpq-dev", "postgresql-client-16"],
        forms: ["default-libmysqlclient-dev", "default-mysql-client"],
      },
      { file: "Dockerfile", text: "RUN apk add postgresql16-client postgresql-dev\n", found: ["postgresql16-client", "postgresql-dev"] },
      { file: "Dockerfile", text: "RUN apt-get install default-mysql-client; cd /x/postgresql-client\n", found: [] },
    ],
  },
  {
    id: "tools/service",
    construct: "a service of PostgreSQL started on a machine",
    why: "TiDB for development is started by tiup or as a container.",
    docs: "https://docs.pingcap.com/tidb/stable/quick-start-with-tidb",
    severity: "error",
    text: "{match} starts or installs PostgreSQL",
    help: "tiup playground v8.5.6 --db 1 --pd 1 --kv 1 --tiflash 0, or docker run -p 4000:4000 pingcap/tidb:v8.5.6",
    files: FILES.shell,
    find: /\b(?:systemctl|service|rc-service|brew\s+services)\s+(?:--\S+\s+)*(?:start|stop|restart|reload|status|enable)?\s*(?<at>postgres(?:ql)?(?:@\d+)?)(?:\.service)?\b|(?<![\w./-])postgresql(?![\w/.-])(?<=\b(?:apt-get|apt|apk|brew|yum|dnf)\s+(?:-\S+\s+)*(?:install|add)\s(?:[^\n&|;]|\\\n)*)|\bapt\.postgresql\.org\b/dg,
    examples: [
      { file: "ci.sh", text: "sudo systemctl start postgresql.service", found: ["postgresql"] },
      { file: "ci.sh", text: "apt-get install -y curl postgresql && ls", found: ["postgresql"] },
      { file: "ci.sh", text: "systemctl start mysql; echo postgresql", found: [] },
    ],
  },
  {
    id: "tools/actions",
    construct: "a step of CI that sets up PostgreSQL",
    why: "TiDB in CI is a service container, or started by tiup.",
    docs: "https://hub.docker.com/r/pingcap/tidb",
    severity: "error",
    text: "{match} sets up PostgreSQL",
    help: "a service container of pingcap/tidb:v8.5.6 with port 4000, or `tiup playground`",
    files: FILES.yaml,
    find: /\buses:\s*["']?(?<at>[\w.-]+\/[\w.-]*postgres[\w.-]*@[\w.-]+)|\bpostgresql\b(?<=^services:\s*(?:\n\s+-\s*\w+)*\n\s+-\s*postgresql)/dgm,
    examples: [
      {
        file: ".github/workflows/ci.yml",
        text: "- uses: ikalnytskyi/action-setup-postgres@v6\n",
        found: ["ikalnytskyi/action-setup-postgres@v6"],
      },
      { file: ".travis.yml", text: "services:\n  - redis\n  - postgresql\n", found: ["postgresql"] },
      { file: ".github/workflows/ci.yml", text: "- uses: actions/checkout@v4\n", found: [] },
    ],
  },
]);
