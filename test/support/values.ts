/**
 * The value table: one column per type (and a second one to meet it), whose rows are the values on which engines disagree. Proofs of rules
 * are expressions over its columns.
 */

interface Column {
  readonly type: string;
  /** SQL literals; a column's list is gone through again and again, each column at its own pace, so that all meet all. */
  readonly values: readonly string[];
}

const text = (...values: string[]) => ["NULL", ...values.map((value) => `'${value.replaceAll("'", "''")}'`)];

const INT4 = ["NULL", "0", "1", "-1", "2", "-2", "5", "7", "-7", "10", "32", "33", "100", "-100", "12345", "2147483647", "-2147483648"];
const NUMERIC = [
  "NULL",
  "0",
  "0.00",
  "1",
  "-1",
  "0.50",
  "-0.50",
  "1.50",
  "2.50",
  "-2.50",
  "7.25",
  "-7.25",
  "3.14",
  "100.00",
  "99999.99",
  "-0.01",
  "0.07",
];
const FLOAT8 = [
  "NULL",
  "0",
  "1",
  "-1",
  "0.5",
  "-0.5",
  "1.5",
  "2.5",
  "-2.5",
  "3.7",
  "-3.7",
  "0.1",
  "100",
  "1234567.891",
  "-0.001",
  "1e20",
  "0.0000001",
];
const TEXTS = text(
  "",
  " ",
  "a",
  "A",
  "a ",
  " a",
  "ab",
  "abc",
  "aa",
  "é",
  "É",
  "ß",
  "😀",
  "a😀b",
  "%",
  "_",
  "a%b",
  "a_b",
  "\\",
  "a\\b",
  "'",
  '"',
  "12",
  "x y  z",
  "Hello World",
  "a,b,,c",
  "line\nbreak",
  "AbC-12",
);
const DATES = text(
  "2024-02-29",
  "2023-02-28",
  "2024-01-01",
  "2023-12-31",
  "2024-12-30",
  "2021-01-03",
  "2020-12-31",
  "2000-02-29",
  "1970-01-01",
  "1999-12-31",
  "2024-03-31",
  "2026-11-25",
);
const TIMES_OF_DAY = ["00:00:00", "12:34:56", "23:59:59.999999", "01:30:00", "02:30:00.5", "12:00:00.000001"];
const TIMESTAMPS = text(
  ...["2024-02-29", "2023-12-31", "2024-01-01", "2024-03-31", "2021-01-03", "2000-02-29", "1970-01-02", "1999-12-31", "2024-10-27"].flatMap(
    (day, i) => [`${day} ${TIMES_OF_DAY[i % TIMES_OF_DAY.length]}`, `${day} ${TIMES_OF_DAY[(i + 3) % TIMES_OF_DAY.length]}`],
  ),
);
const JSONS = text(
  "null",
  "true",
  "false",
  "1",
  "1.5",
  '"a"',
  '"1"',
  "[]",
  "{}",
  "[1, 2, 3]",
  '["a", "b", null]',
  '[{"a": 1}, {"a": 2}]',
  '{"a": 1, "b": 2}',
  '{"a": null}',
  '{"a": {"b": {"c": [10, 20]}}, "k": "v"}',
  '{"a": "x", "tags": ["p", "q"], "n": 12345678901}',
  '{"a": [1, [2, 3]], "": 1, "é": "😀"}',
  '{"aa": 1, "b": false, "c": "it\'s"}',
);
const INTS = ["NULL", "'{}'", "'{1}'", "'{1,2}'", "'{2,1}'", "'{1,NULL,3}'", "'{NULL}'", "'{7,7,7}'", "'{0,-1,2147483647}'"];

/** Columns by name; see `VALUES` for how their rows are made. */
export const COLUMNS: Readonly<Record<string, Column>> = {
  i2: { type: "smallint", values: ["NULL", "0", "1", "-1", "3", "7", "-7", "100", "12", "-3"] },
  i4: { type: "int", values: INT4 },
  i4b: { type: "int", values: ["3", "NULL", "0", "-2", "1", "7", "-1", "32", "1000"] },
  i8: {
    type: "bigint",
    values: ["NULL", "0", "1", "-1", "7", "-7", "255", "9007199254740993", "4294967296", "-4294967297", "1234567890123"],
  },
  n: { type: "numeric(12,2)", values: NUMERIC },
  nb: { type: "numeric(10,3)", values: ["2.000", "NULL", "0", "-3.125", "7.001", "0.300", "10"] },
  nn: { type: "numeric(20,6)", values: ["NULL", "0", "0.000001", "-0.5", "123456.789012", "2.5", "3.5", "-1.000000"] },
  f8: { type: "double precision", values: FLOAT8 },
  f8b: { type: "double precision", values: ["2", "NULL", "0", "-4", "0.3", "10"] },
  t: { type: "text", values: TEXTS },
  tb: { type: "text", values: text("a", "A", "", "b", "ab", "é", "12", "a ", "%", "abc") },
  v: { type: "varchar(20)", values: text("a", "", "é", "Abc", "ABC", "a b", "x") },
  c: { type: "char(5)", values: text("a", "", "ab", "é", "abcde") },
  b: { type: "boolean", values: ["NULL", "true", "false"] },
  bb: { type: "boolean", values: ["true", "NULL", "false", "true"] },
  y: { type: "bytea", values: ["NULL", "'\\x'", "'\\x61'", "'\\x00ff'", "'\\xc3a9'", "'\\xdeadbeef'"] },
  u: {
    type: "uuid",
    values: text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
  },
  d: { type: "date", values: DATES },
  db: { type: "date", values: text("2024-02-29", "2023-03-01", "2024-01-31", "1970-01-01", "2024-12-31") },
  ts: { type: "timestamp", values: TIMESTAMPS },
  tsb: {
    type: "timestamp",
    values: text("2024-02-29 00:00:00", "2024-01-01 12:34:56", "2023-12-31 23:59:59.999999", "2024-03-31 01:30:00"),
  },
  tz: {
    type: "timestamptz",
    values: text(
      "2024-03-31 00:59:59.5+00",
      "2024-03-31 01:00:00+00",
      "2024-02-29 23:30:00+00",
      "2024-10-27 00:30:00+00",
      "2024-10-27 01:30:00+00",
      "2023-12-31 23:59:59.999999+00",
      "2000-01-01 00:00:00+00",
    ),
  },
  ti: { type: "time", values: text("00:00:00", "12:00:00", "12:34:56.789", "23:59:59.999999") },
  ti4: { type: "text", values: text("0", "1", "-1", "42", " 42 ", "-7", "2147483647", "12") },
  tj: { type: "text", values: text("null", "[]", "{}", '{"a": [1, 2]}', '"x"', "12") },
  j: { type: "jsonb", values: JSONS },
  jb: { type: "jsonb", values: text('{"a": 1}', '{"b": 3}', "[1]", "[]", "{}", '"a"') },
  ai: { type: "int[]", values: INTS },
  aib: { type: "int[]", values: ["'{1,2}'", "'{}'", "NULL", "'{3}'", "'{1,NULL}'"] },
  at: { type: "text[]", values: ["NULL", "'{}'", "'{a}'", "'{a,b}'", `'{"a b",NULL,é}'`, `'{"x,y","q\\"r",""}'`, "'{b,a,b}'"] },
  e: { type: "mood", values: text("sad", "ok", "happy") },
  eb: { type: "mood", values: text("ok", "happy", "sad") },
  iv: { type: "interval", values: text("1 day", "-1 day", "1 month", "1 year 2 months 3 days 04:05:06.7", "00:30:00", "36 hours", "0") },
  ivb: {
    type: "interval",
    values: text("24 hours", "-1 mon 2 days -03:00:00.25", "2 years", "1 day 12:00:00", "30 days", "00:00:00.000001"),
  },
  f4: { type: "real", values: ["NULL", "0", "0.1", "-2.5", "3.7", "16777216", "1e-10"] },
  ip: { type: "inet", values: text("10.1.2.3", "192.168.1.5/24", "192.168.1.200", "10.0.0.0/8", "::1", "2001:db8::/32", "9.255.0.1") },
  ipb: { type: "inet", values: text("10.1.2.3", "192.168.1.0/24", "100.0.0.0", "::1", "fe80::1:2") },
  ir: { type: "int4range", values: text("[1,5)", "empty", "(,10)", "[5,8)", "[-3,)", "(,)", "[1,2)") },
  irb: { type: "int4range", values: text("[5,9)", "[1,5)", "(,3)", "empty", "[2,)", "[3,4)") },
  dr: { type: "daterange", values: text("[2024-01-01,2024-02-01)", "[2024-01-15,)", "empty", "(,2024-02-29)") },
  nr: { type: "numrange", values: text("[1.5,2.5]", "(0,)", "empty", "[2.50,2.5]", "(2.5,7]", "(,1.5)") },
  nrb: { type: "numrange", values: text("[2.5,3)", "(2.5,3]", "(,)", "[1.50,2.5]", "[0,1.5)") },
  b8: { type: "bit(8)", values: text("10101010", "00000000", "11111111", "00000001", "10000000") },
  vb: { type: "varbit", values: text("101", "", "1", "1111000011110000", "0101") },
};

/** Labels are in an order that is not the alphabet's. */
export const SCHEMA = `CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE vals (id int PRIMARY KEY, ${Object.entries(COLUMNS)
  .map(([name, { type }]) => `${name} ${type}`)
  .join(", ")})`;

/** Enough rows for two columns of usual length to meet in most pairs: a column moves on after one, two or three rows. */
export const ROWS = 120;

/** Steps of a list by which the second of two like columns runs away from the first. */
function valueAt(values: readonly string[], column: number, row: number): string {
  return values[(row + Math.floor((row * (column % 5)) / 7)) % values.length]!;
}

export const VALUES = `INSERT INTO vals VALUES ${Array.from(
  { length: ROWS },
  (_, row) => `(${[row, ...Object.values(COLUMNS).map(({ values }, column) => valueAt(values, column, row))].join(", ")})`,
).join(",\n")}`;
