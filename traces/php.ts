import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const DOCS = "https://www.php.net/manual/en/ref.pdo-mysql.php";

/** PostgreSQL in PHP. */
export const php = traces([
  {
    id: "php/extensions",
    construct: "the extensions pgsql and pdo_pgsql",
    why: "PHP reaches TiDB by pdo_mysql or mysqli.",
    docs: DOCS,
    severity: "error",
    text: "{match} is PHP's driver of PostgreSQL",
    help: "ext-pdo_mysql (Docker: docker-php-ext-install pdo_mysql; Debian: php-mysql)",
    files: FILES.any,
    find: /(?<![\w-])(?:ext-(?:pdo_)?pgsql|pdo_pgsql|php(?:\d+(?:\.\d+)?)?-pgsql)\b|(?<![\w-])pgsql\b(?<=docker-php-ext-install\s[^\n]*)/dg,
    form: (match) => match[0].replace(/(?:pdo_)?pgsql/, match[0].startsWith("php") ? "mysql" : "pdo_mysql"),
    examples: [
      { file: "composer.json", text: '{"require": {"ext-pdo_pgsql": "*"}}', found: ["ext-pdo_pgsql"], forms: ["ext-pdo_mysql"] },
      { file: "Dockerfile", text: "RUN docker-php-ext-install pdo_pgsql zip\n", found: ["pdo_pgsql"], forms: ["pdo_mysql"] },
      { file: "composer.json", text: '{"require": {"ext-pdo_mysql": "*", "my-ext-pgsql2": "*"}}', found: [] },
    ],
  },
  {
    id: "php/functions",
    construct: "functions and classes of PHP's drivers of PostgreSQL",
    why: "mysqli and PDO stand in their place.",
    docs: DOCS,
    severity: "error",
    text: "{match} is PostgreSQL's",
    help: "PDO with mysql:host=…;port=4000;dbname=…;charset=utf8mb4, placeholders ? or :name, lastInsertId() in place of RETURNING; Doctrine: driver pdo_mysql; Laravel: driver mysql",
    files: FILES.php,
    find: /\bpg_(?:connect|pconnect|query|query_params|prepare|execute|fetch_\w+|num_rows|affected_rows|last_error|escape_\w+|close|result_\w+|free_result|insert|update|select|copy_\w+|get_notify|last_notice)(?=\s*\()|\bPDO::PGSQL_\w+|\bPostgreSQL\d*Platform\b|\bPostgreSqlSchemaManager\b|\bPostgresConnection\b|\bPostgresGrammar\b|\bpgsql(?:CopyFrom\w+|GetNotify|LOBCreate)\b/dg,
    examples: [
      { file: "db.php", text: "$r = pg_query_params($c, 'x');", found: ["pg_query_params"] },
      { file: "db.php", text: "$r = mysqli_query($c); $pg_connect = 1; my_pg_query();", found: [] },
    ],
  },
]);
