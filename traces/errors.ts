import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const CODES_PAGE = "https://docs.pingcap.com/tidb/stable/error-codes";

/** SQLSTATEs of PostgreSQL and the numbers of TiDB's errors in the same case. */
const CODES: Readonly<Record<string, string>> = {
  "23505": "1062",
  "23503": "1452",
  "23502": "1048",
  "23514": "3819",
  "23P01": "none (no exclusion constraints)",
  "40001": "9007",
  "40P01": "1213",
  "57014": "3024",
  "55P03": "3572",
  "42P01": "1146",
  "42P07": "1050",
  "42P04": "1007",
  "3D000": "1049",
  "42703": "1054",
  "42701": "1060",
  "42704": "1091",
  "42710": "1061",
  "42883": "1305",
  "42601": "1064",
  "42501": "1142",
  "22P02": "1366",
  "22001": "1406",
  "22003": "1264",
  "22012": "1365",
  "25P02": "none (a failed statement leaves the transaction open)",
  "25006": "1792",
  "28P01": "1045",
  "53300": "1040",
  "57P01": "1053",
  "57P03": "none (the connection is refused)",
  "2BP01": "3730",
  "42P06": "1007",
  P0001: "1644",
};

/** Names that drivers give to those SQLSTATEs. */
const NAMES: Readonly<Record<string, string>> = {
  unique_violation: "1062",
  foreign_key_violation: "1452",
  not_null_violation: "1048",
  check_violation: "3819",
  exclusion_violation: "none",
  serialization_failure: "9007",
  deadlock_detected: "1213",
  query_canceled: "3024",
  lock_not_available: "3572",
  undefined_table: "1146",
  duplicate_table: "1050",
  undefined_column: "1054",
  invalid_text_representation: "1366",
  too_many_connections: "1040",
  insufficient_privilege: "1142",
  invalid_catalog_name: "1049",
  duplicate_database: "1007",
};

function nameOf(written: string): string | undefined {
  const snake = written.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
  return NAMES[snake];
}

/** Errors of PostgreSQL that a program knows: by code, by name, by what they say. */
export const errors = traces([
  {
    id: "errors/sqlstate",
    construct: "an SQLSTATE of PostgreSQL",
    why: "TiDB tells errors by MySQL's numbers: 1062 is a duplicate, 1452 a child without a parent, 1451 a parent with children, 9007 and 1213 are to be tried again.",
    docs: CODES_PAGE,
    severity: "error",
    text: "{match} is a code of PostgreSQL",
    help: "compare the driver's number: err.errno of mysql2, MySQLError.Number of go-sql-driver, args[0] of PyMySQL, getErrorCode() of JDBC; a unique key 1062, a foreign key 1452 or 1451, NOT NULL 1048, a check 3819, to try again 9007, 8002 and 1213, a time limit 3024, a lock 1205 or 3572, no such table 1146",
    files: FILES.code,
    find: new RegExp(
      String.raw`(?<=["'\x60])(?<at>${Object.keys(CODES).join("|")})(?=["'\x60])(?:(?<=(?:code|state|err|pg|postgres|case\s|violat|dup|unique|when\s|exists|retry|catch)[^\n]{0,120})|(?=[^\n]{0,120}(?:violat|unique|dup|error|serializ|deadlock|foreign|undefined)))`,
      "dgi",
    ),
    form: (match) => CODES[match[0].toUpperCase()],
    examples: [
      {
        file: "db.ts",
        text: 'if (err.code === "23505") throw x; switch (c) { case "40P01": retry(); }',
        found: ["23505", "40P01"],
        forms: ["1062", "1213"],
      },
      { file: "db.go", text: 'const uniqueViolation = "23505"', found: ["23505"], forms: ["1062"] },
      { file: "zip.ts", text: 'const zip = "23505"; total("22001"); x = 23505', found: [] },
    ],
  },
  {
    id: "errors/names",
    construct: "names of PostgreSQL's errors: pgerrcode, psycopg2.errors, unique_violation",
    why: "TiDB tells errors by MySQL's numbers.",
    docs: CODES_PAGE,
    severity: "error",
    text: "{match} is an error of PostgreSQL",
    help: "compare the driver's number: a unique key 1062, a foreign key 1452 or 1451, NOT NULL 1048, a check 3819, to try again 9007, 8002 and 1213, a time limit 3024, a lock 1205 or 3572, no such table 1146",
    files: FILES.code,
    find: /\bpgerrcode\.\w+|(?<=["'`])(?:unique_violation|foreign_key_violation|not_null_violation|check_violation|exclusion_violation|serialization_failure|deadlock_detected|query_canceled|lock_not_available|undefined_table|duplicate_table|undefined_column|invalid_text_representation|too_many_connections|insufficient_privilege|invalid_catalog_name|duplicate_database)(?=["'`])|\b(?:errorcodes|errors|PostgresErrorCodes|PSQLState|PostgresErrorCode)\.(?:[A-Z]\w*_VIOLATION|UniqueViolation|ForeignKeyViolation|NotNullViolation|CheckViolation|SerializationFailure|DeadlockDetected|UNIQUE_VIOLATION|SERIALIZATION_FAILURE|DEADLOCK_DETECTED|UndefinedTable|DuplicateTable|DuplicateDatabase|QueryCanceled|LockNotAvailable|InvalidCatalogName)\b|\bSqlState::[A-Z]\w+/dg,
    form: (match) => nameOf(match[0].replace(/^.*[.:]/, "")),
    examples: [
      {
        file: "db.go",
        text: 'if e.Code == pgerrcode.UniqueViolation || e.Code.Name() == "foreign_key_violation" {}',
        found: ["pgerrcode.UniqueViolation", "foreign_key_violation"],
        forms: ["1062", "1452"],
      },
      { file: "db.py", text: "except psycopg2.errors.UniqueViolation: pass", found: ["errors.UniqueViolation"], forms: ["1062"] },
      {
        file: "db.rs",
        text: "if code == &SqlState::UNIQUE_VIOLATION {} DatabaseErrorKind::UniqueViolation",
        found: ["SqlState::UNIQUE_VIOLATION"],
        forms: ["1062"],
      },
      { file: "db.py", text: "except IntegrityError: x = unique_violation; my.errors.Unique", found: [] },
    ],
  },
  {
    id: "errors/messages",
    construct: "the words of PostgreSQL's errors",
    why: "TiDB says the same in MySQL's words.",
    docs: CODES_PAGE,
    severity: "error",
    text: "PostgreSQL says {match}, TiDB does not",
    help: "compare numbers, not words; TiDB says: Duplicate entry '…' for key '…'; a foreign key constraint fails; Column '…' cannot be null; Table '…' doesn't exist; Unknown database '…'; Write conflict; Deadlock found; Access denied for user",
    files: FILES.code,
    find: /\bduplicate key value violates unique constraint\b|\bviolates (?:foreign key|not-null|check|unique|exclusion) constraint\b|\bcould not serialize access due to\b|\bcanceling statement due to\b|\bpassword authentication failed for user\b|\bsorry, too many clients already\b|\bthe database system is (?:starting up|shutting down)\b|\bno pg_hba\.conf entry\b|\bterminating connection due to administrator command\b|\bcurrent transaction is aborted, commands ignored\b|\b(?:relation|column|function|schema|type|operator) (?:\\?"|[%$'])[^\n]{0,60}(?:\\?"|'|\}|s) does not exist\b|\binvalid input syntax for (?:type )?(?:uuid|integer|bigint|json|timestamp)\b|\bserver closed the connection unexpectedly\b/dg,
    examples: [
      {
        file: "db.ts",
        text: 'if (e.message.includes("duplicate key value violates unique constraint")) {}',
        found: ["duplicate key value violates unique constraint"],
      },
      { file: "db.go", text: 'strings.Contains(s, "relation \\"a\\" does not exist")', found: ['relation \\"a\\" does not exist'] },
      { file: "db.ts", text: 'throw new Error("the file does not exist: duplicate key")', found: [] },
    ],
  },
]);
