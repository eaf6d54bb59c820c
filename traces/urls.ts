import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { REST, rewriteUrl } from "./url.js";

const PARAMETERS = "https://docs.pingcap.com/tidb/stable/dev-guide-connection-parameters";
const HELP =
  "mysql://user:password@host:4000/database; TLS is tls=true for go-sql-driver, ssl-mode=REQUIRED for sqlx, sslMode=REQUIRED for JDBC, sslaccept=strict for Prisma and an object `ssl` for mysql2; schema and search_path are dropped: a schema is a database";

function rewritten(match: RegExpExecArray, path: string) {
  return rewriteUrl(match.groups?.at ?? match[0], path, match.input);
}

/** URLs and strings that say where a database is. */
export const urls = traces([
  {
    id: "urls/jdbc",
    construct: "a JDBC or R2DBC URL of PostgreSQL",
    why: "TiDB speaks MySQL's protocol: the driver is MySQL Connector/J, its URLs start with jdbc:mysql: and its parameter for TLS is sslMode.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-java-jdbc",
    severity: "note",
    text: "{scheme} is for PostgreSQL",
    help: "jdbc:mysql://host:4000/database with com.mysql:mysql-connector-j; sslmode is sslMode=REQUIRED, currentSchema is dropped: a schema is a database",
    files: FILES.any,
    find: new RegExp(String.raw`\b(?<scheme>r?2?jdbc:(?:pool:)?postgresql:|r2dbc:(?:pool:)?postgresql:)//${REST}`, "dg"),
    form: (match, path) => rewritten(match, path)?.form,
    fix: (match, path) => rewritten(match, path)?.fix,
    examples: [
      {
        file: "application.properties",
        text: "spring.datasource.url=jdbc:postgresql://db:5432/shop?sslmode=disable\n",
        found: ["jdbc:postgresql://db:5432/shop?sslmode=disable"],
        fixed: "spring.datasource.url=jdbc:mysql://db:4000/shop?sslMode=DISABLED\n",
      },
      {
        file: "application.yml",
        text: "url: jdbc:postgresql://${DB_HOST:localhost}/shop?currentSchema=sales\n",
        found: ["jdbc:postgresql://${DB_HOST:localhost}/shop?currentSchema=sales"],
        forms: ["jdbc:mysql://${DB_HOST:localhost}:4000/shop"],
        fixed: "url: jdbc:postgresql://${DB_HOST:localhost}/shop?currentSchema=sales\n",
      },
      { file: "application.yml", text: "url: jdbc:mysql://db/shop\n", found: [] },
    ],
  },
  {
    id: "urls/testcontainers",
    construct: "a JDBC URL that starts a container of PostgreSQL",
    why: "Testcontainers starts a TiDB for a URL with tidb in PostgreSQL's place.",
    docs: "https://java.testcontainers.org/modules/databases/tidb/",
    severity: "note",
    text: "{match} starts a PostgreSQL",
    help: "jdbc:tc:tidb:v8.5.6:///database with org.testcontainers:tidb",
    files: FILES.any,
    find: /\bjdbc:tc:(?:postgresql|postgis|timescaledb):[\w.-]+:/dg,
    fix: () => "jdbc:tc:tidb:v8.5.6:",
    examples: [
      {
        file: "src/test/resources/application.yml",
        text: "url: jdbc:tc:postgresql:16:///shop\n",
        found: ["jdbc:tc:postgresql:16:"],
        fixed: "url: jdbc:tc:tidb:v8.5.6:///shop\n",
      },
      { file: "src/test/resources/application.yml", text: "url: jdbc:tc:mysql:8:///shop\n", found: [] },
    ],
  },
  {
    id: "urls/connection",
    construct: "a connection URL",
    why: "TiDB speaks MySQL's protocol: the scheme is mysql, the port 4000, and each driver has its own parameters for TLS.",
    docs: PARAMETERS,
    severity: "note",
    text: "a URL of PostgreSQL ({scheme}:)",
    help: HELP,
    files: FILES.any,
    find: new RegExp(String.raw`(?<![\w:+])(?<scheme>(?:postgres(?:ql)?|postgis|pgsql)(?:\+\w+)?)://(?!["'\x60\s\\,;)]|$)${REST}`, "dgm"),
    form: (match, path) => rewritten(match, path)?.form,
    fix: (match, path) => rewritten(match, path)?.fix,
    examples: [
      {
        file: ".env",
        text: "DATABASE_URL=postgres://app:secret@localhost:5432/shop?schema=public\n",
        found: ["postgres://app:secret@localhost:5432/shop?schema=public"],
        forms: ["mysql://app:***@localhost:4000/shop"],
        fixed: "DATABASE_URL=mysql://app:secret@localhost:4000/shop\n",
      },
      {
        file: ".env.production",
        text: "DATABASE_URL=postgres://app:secret@db:5432/shop?sslmode=require",
        found: ["postgres://app:secret@db:5432/shop?sslmode=require"],
        forms: ["mysql://app:***@db:4000/shop?tls=true"],
        fixed: "DATABASE_URL=postgres://app:secret@db:5432/shop?sslmode=require",
      },
      {
        file: "docker-compose.yml",
        text: "  DATABASE_URL: ${DATABASE_URL:-postgresql://postgres:${POSTGRES_PASSWORD}@db:5432/main?schema=public&sslmode=disable}\n",
        found: ["postgresql://postgres:${POSTGRES_PASSWORD}@db:5432/main?schema=public&sslmode=disable"],
        fixed: "  DATABASE_URL: ${DATABASE_URL:-mysql://postgres:${POSTGRES_PASSWORD}@db:4000/main}\n",
      },
      {
        file: "db.ts",
        text: 'const url = `postgres://${user}:${process.env["P@"]}@${host}:${port}/${name}?sslmode=require`;',
        found: ['postgres://${user}:${process.env["P@"]}@${host}:${port}/${name}?sslmode=require'],
        fixed: 'const url = `mysql://${user}:${process.env["P@"]}@${host}:${port}/${name}?ssl=%7B%22rejectUnauthorized%22%3Afalse%7D`;',
      },
      {
        file: "db.ts",
        text: "connect(`postgres://${address}/shop`)",
        found: ["postgres://${address}/shop"],
        forms: ["mysql://${address}:4000/shop"],
        fixed: "connect(`postgres://${address}/shop`)",
      },
      {
        file: "main.go",
        text: 'dsn := "postgres://app:secret@db:5432/shop?sslmode=disable&connect_timeout=5"',
        found: ["postgres://app:secret@db:5432/shop?sslmode=disable&connect_timeout=5"],
        forms: ["app:***@tcp(db:4000)/shop?tls=false&timeout=5s"],
      },
      {
        file: "main.rs",
        text: 'connect("postgres://u:p@h/db?sslmode=verify-full&options=-c%20x").await',
        found: ["postgres://u:p@h/db?sslmode=verify-full&options=-c%20x"],
        forms: ["mysql://u:***@h:4000/db?ssl-mode=VERIFY_IDENTITY"],
      },
      {
        file: "app.py",
        text: "engine = create_engine(f'postgresql://{user}:{password}@localhost:5433/shop')\nasynchronous = 'postgresql+asyncpg://a@b/c'\n",
        found: ["postgresql://{user}:{password}@localhost:5433/shop", "postgresql+asyncpg://a@b/c"],
        fixed:
          "engine = create_engine(f'mysql+pymysql://{user}:{password}@localhost:5433/shop')\nasynchronous = 'mysql+aiomysql://a@b:4000/c'\n",
      },
      { file: "app.py", text: 'url.startswith("postgres://") or "https://postgres://"', found: [] },
      { file: ".env", text: "DATABASE_URL=mysql://app@localhost:4000/shop\nDOCS=https://www.postgresql.org/docs\n", found: [] },
    ],
  },
  {
    id: "urls/scheme",
    construct: "the scheme of PostgreSQL's URLs",
    why: "Code that builds, takes apart or recognises URLs has to know mysql: instead.",
    docs: PARAMETERS,
    severity: "warning",
    text: "{match} is the scheme of a URL of PostgreSQL",
    help: "read and write mysql://, and port 4000 where none is given",
    files: FILES.code,
    find: /(?<![\w:+])(?:postgres(?:ql)?|pgsql)(?:\+\w+)?:\/\/(?=["'`\s\\,;)]|$)|(?<=["'`])(?:postgres(?:ql)?):(?=["'`])/dgm,
    form: (match) => (match[0].endsWith("//") ? "mysql://" : "mysql:"),
    examples: [
      {
        file: "app.py",
        text: 'if url.startswith("postgres://"): pass\n',
        found: ["postgres://"],
        forms: ["mysql://"],
      },
      { file: "url.ts", text: "if (parsed.protocol === 'postgresql:') ok()", found: ["postgresql:"], forms: ["mysql:"] },
      { file: "app.py", text: 'connect("postgres://a@b/c", {"postgres": 1})', found: [] },
    ],
  },
  {
    id: "urls/pdo",
    construct: "a DSN of PDO",
    why: "PHP reaches TiDB by pdo_mysql.",
    docs: "https://www.php.net/manual/en/ref.pdo-mysql.connection.php",
    severity: "note",
    text: "a DSN of PostgreSQL for PDO",
    help: "mysql:host=…;port=4000;dbname=…;charset=utf8mb4 with the extension pdo_mysql; sslmode becomes PDO::MYSQL_ATTR_SSL_CA",
    files: FILES.any,
    find: /(?<=["'=\s])pgsql:(?:(?:host|port|dbname|user|password|sslmode)=[^;"'\s]*;?)+/dg,
    form: (match) => pdo(match[0]).replace(/password=[^;]*/, "password=***"),
    fix: (match) => (/user=|password=|sslmode=/.test(match[0]) ? undefined : pdo(match[0])),
    examples: [
      {
        file: "config.php",
        text: "new PDO('pgsql:host=db;port=5432;dbname=shop', $user);",
        found: ["pgsql:host=db;port=5432;dbname=shop"],
        forms: ["mysql:host=db;port=4000;dbname=shop;charset=utf8mb4"],
        fixed: "new PDO('mysql:host=db;port=4000;dbname=shop;charset=utf8mb4', $user);",
      },
      { file: "config.php", text: "new PDO('mysql:host=db;dbname=shop', $user);", found: [] },
    ],
  },
  {
    id: "urls/keywords",
    construct: "a connection string of keywords",
    why: "libpq's keywords (host, dbname, sslmode …) are its own: Go's driver for MySQL takes user:password@tcp(host:4000)/database, others take settings one by one.",
    docs: PARAMETERS,
    severity: "error",
    text: "a connection string of PostgreSQL's keywords",
    help: "for go-sql-driver: user:password@tcp(host:4000)/database?parseTime=true&tls=…; for others a URL mysql://user:password@host:4000/database or separate settings",
    files: FILES.any,
    find: /\b(?<at>(?:(?:host|hostaddr|port|user|password|dbname|sslmode|connect_timeout|application_name|search_path|TimeZone|options)=(?:'[^']*'|[^\s"'`;,&]*)[ \t]+)+(?:host|port|user|password|dbname|sslmode|connect_timeout|application_name|search_path|TimeZone|options)=(?:'[^']*'|[^\s"'`;,&)]*))/dg,
    examples: [
      {
        file: "main.go",
        text: 'fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s sslmode=disable", a, b)',
        found: ["host=%s port=%d user=%s password=%s dbname=%s sslmode=disable"],
      },
      { file: "db.py", text: 'connect("dbname=shop user=app")\nconnect(host="x", user="y")', found: ["dbname=shop user=app"] },
      { file: "run.sh", text: "serve --host=localhost --port=80\nhost=a\nport=b\n", found: [] },
    ],
  },
  {
    id: "urls/npgsql",
    construct: "a connection string of Npgsql",
    why: "MySqlConnector takes Server, Port, User ID, Password and Database.",
    docs: "https://mysqlconnector.net/connection-options/",
    severity: "error",
    text: "a connection string of Npgsql",
    help: "Server=…;Port=4000;User ID=…;Password=…;Database=…;SslMode=… with MySqlConnector",
    files: /\.(?:cs|fs|vb|json|config|ya?ml|env|xml)$|(?:^|\/)\.env[\w.-]*$/i,
    find: /\b(?:Host|Server)=[^;"'\n]*;(?:[\w ]+=[^;"'\n]*;)*?(?:Port=5432|Username=[^;"'\n]*|SearchPath=[^;"'\n]*|Search Path=[^;"'\n]*)(?:;[\w ]+=[^;"'\n]*)*;?/dg,
    examples: [
      {
        file: "appsettings.json",
        text: '"Default": "Host=db;Port=5432;Database=shop;Username=app;Password=x"',
        found: ["Host=db;Port=5432;Database=shop;Username=app;Password=x"],
      },
      { file: "appsettings.json", text: '"Default": "Server=db;Port=4000;Database=shop;User ID=app;Password=x"', found: [] },
    ],
  },
]);

function pdo(dsn: string): string {
  const moved = dsn
    .replace("pgsql:", "mysql:")
    .replace("port=5432", "port=4000")
    .replace(/sslmode=[^;]*;?/, "")
    .replace(/;$/, "");
  return `${moved};charset=utf8mb4`;
}
