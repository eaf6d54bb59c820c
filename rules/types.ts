import {
  ARRAY_ROW,
  as,
  type Catalog,
  COMPOSITE_ROW,
  type Context,
  ENUM_ROW,
  edited,
  error,
  find,
  identifier,
  mapType,
  type NodeOf,
  note,
  objectName,
  qualified,
  type RuleSpec,
  relationOf,
  rule,
  type SchemaContext,
  type TableConstraint,
  TYPE_ROWS,
  type TypeRow,
  tidbText,
  typeName,
  unplaced,
  type Value,
  warning,
} from "../src/rule.js";

type Message = ReturnType<typeof note>;
type Examples = RuleSpec<string>["examples"];

/** What a reader must know of a type, beside the row of facts in the type table. */
interface Text {
  readonly construct: string;
  readonly why: string;
  readonly messages?: Readonly<Record<string, Message>>;
  readonly examples: Examples;
}

/** An example of one column `c`, with values that it must take and refuse. */
const column = (
  pg: string,
  tidb: string,
  findings: readonly string[] = [],
  { takes = [], refuses = [], refused }: { takes?: readonly string[]; refuses?: readonly string[]; refused?: number } = {},
) => ({
  pg: `CREATE TABLE t (c ${pg})`,
  tidb: `CREATE TABLE t (\n  c ${tidb}\n) COLLATE utf8mb4_0900_bin`,
  findings,
  accepts: takes.map(insert),
  refuses: refuses.map(insert),
  ...(refused === undefined ? {} : { rejected: { sql: `CREATE TABLE u (c ${pg})`, code: refused } }),
});

const insert = (value: string) => `INSERT INTO t VALUES (${value})`;

/** The errors TiDB 8.5.6 gives for a type it does not know, and for a DECIMAL of too many digits behind the point. */
const SYNTAX = 1064;
const SCALE = 1425;

/** An endless type in a key, and with a literal default. */
const cut = (pg: string, inKey: string, withDefault: string, findings: readonly string[] = []): Examples => [
  {
    pg: `CREATE TABLE t (c ${pg} PRIMARY KEY)`,
    tidb: `CREATE TABLE t (\n  c ${inKey},\n  PRIMARY KEY (c)\n) COLLATE utf8mb4_0900_bin`,
    findings: [...findings, "key-length"],
  },
  {
    pg: `CREATE TABLE t (c ${pg} DEFAULT '')`,
    tidb: `CREATE TABLE t (\n  c ${withDefault} DEFAULT ''\n) COLLATE utf8mb4_0900_bin`,
    findings: [...findings, "default-length"],
  },
];

const LENGTHS = {
  "key-length": warning("{column} became {tidb}: a key needs a length, and longer values are refused", {
    help: "look up the longest value (SELECT max(length({column}))); give the column a length of your own in PostgreSQL where this one does not fit",
  }),
  "default-length": warning("{column} became {tidb}: a literal default needs a length, and longer values are refused", {
    help: "if values may be longer, drop the default and let the application write it: the column then becomes {endless}",
  }),
};

const asText = (what: string, help: string) => warning(`{column} became {tidb}, the text of its {type}: ${what}`, { help });

const CHECK_WRITER = "let only the application write the column, in the form PostgreSQL gives it, or add a CHECK (… REGEXP …)";

const INTEGER = "The same range in both; a value outside is refused in both.";
const SERIAL = "An integer; that it counts by itself is told by columns/identity.";
const counting = (pg: string, tidb: string) => ({
  pg: `CREATE TABLE t (c ${pg})`,
  tidb: `CREATE TABLE t (\n  c ${tidb} NOT NULL AUTO_INCREMENT\n) COLLATE utf8mb4_0900_bin`,
});

const TEXTS: Readonly<Record<string, Text>> = {
  smallint: {
    construct: "smallint",
    why: INTEGER,
    examples: [column("smallint", "SMALLINT", [], { takes: ["-32768"], refuses: ["32768"] })],
  },
  integer: {
    construct: "integer",
    why: INTEGER,
    examples: [column("integer", "INT", [], { takes: ["2147483647"], refuses: ["2147483648"] })],
  },
  bigint: {
    construct: "bigint",
    why: INTEGER,
    examples: [column("bigint", "BIGINT", [], { takes: ["-9223372036854775808"], refuses: ["9223372036854775808"] })],
  },
  smallserial: { construct: "smallserial", why: SERIAL, examples: [counting("smallserial", "SMALLINT")] },
  serial: {
    construct: "serial",
    why: `${SERIAL} TiDB's own SERIAL is another thing, a BIGINT UNSIGNED with a unique key, and is never written.`,
    examples: [counting("serial", "INT")],
  },
  bigserial: { construct: "bigserial", why: SERIAL, examples: [counting("bigserial", "BIGINT")] },
  numeric: {
    construct: "numeric(p,s)",
    why: `DECIMAL(p,s) rounds half away from zero as numeric does, and holds up to 65 digits, 30 of them behind the point; neither NaN nor
infinity. Without p and s PostgreSQL keeps each value's digits as they were written; TiDB's bare DECIMAL would be DECIMAL(10,0), so the
widest there is stands in for it, and every value is shown with 30 digits behind the point.`,
    messages: {
      unbounded: warning("{column} became {tidb}: 35 digits before the point and 30 behind it, all of which are shown", {
        help: "give the column the precision its values have: numeric(20,4)",
      }),
      "too-precise": warning(
        "{column} became {tidb}: TiDB has 65 digits, 30 of them behind the point; others are rounded away or refused",
        {
          help: "check the longest values; keep longer ones as text",
        },
      ),
      "odd-scale": warning(
        "{column} became {tidb}: TiDB has no scale below zero or beyond the precision, so it takes values that {type} rounds or refuses",
        {
          help: "round in the application, or add a CHECK",
        },
      ),
    },
    examples: [
      column("numeric(10,2)", "DECIMAL(10,2)", [], { takes: ["12345678.905"], refuses: ["123456789", "'NaN'"] }),
      column("numeric(5)", "DECIMAL(5)", [], { takes: ["99999"], refuses: ["100000"] }),
      column("numeric", "DECIMAL(65,30)", ["unbounded"], { takes: ["1e34"], refuses: ["1e35"] }),
      column("numeric(100,50)", "DECIMAL(65,30)", ["too-precise"], { refused: SCALE }),
      column("numeric(40,35)", "DECIMAL(35,30)", ["too-precise"], { refused: SCALE }),
      column("numeric(3,-2)", "DECIMAL(5)", ["odd-scale"], { takes: ["12345"], refused: SYNTAX }),
      column("numeric(3,5)", "DECIMAL(5,5)", ["odd-scale"], { takes: ["0.00999"], refuses: ["1"], refused: 1427 }),
    ],
  },
  real: {
    construct: "real",
    why: `FLOAT has the same 32 bits (TiDB's REAL is a DOUBLE). TiDB prints it with six digits where PostgreSQL prints as many as tell the value
from its neighbours, and takes neither NaN, infinity nor PostgreSQL's largest value, 3.4028235e38.`,
    messages: {
      "six-digits": warning("{column} is shown with about six digits, and takes neither NaN nor infinity", {
        help: "make it double precision in PostgreSQL first where more digits are read, or read CAST({column} AS DOUBLE)",
      }),
    },
    examples: [column("real", "FLOAT", ["six-digits"], { takes: ["0.1", "-1e-30"], refuses: ["3.4028235e38", "'NaN'"] })],
  },
  "double-precision": {
    construct: "double precision",
    why: "The same 64 bits. TiDB writes large and small values without an exponent more often, and takes neither NaN nor infinity.",
    messages: { finite: note("{column} takes neither NaN nor infinity") },
    examples: [column("double precision", "DOUBLE", ["finite"], { takes: ["0.1", "1e308"], refuses: ["'NaN'", "'Infinity'", "1e309"] })],
  },
  money: {
    construct: "money",
    why: "TiDB has no money type: the amount becomes a DECIMAL of the same range, without the currency sign and separators of a locale.",
    messages: {
      amount: warning("{column} became {tidb}: it reads and takes plain numbers, 1234.50 where PostgreSQL has $1,234.50", {
        help: "format amounts in the application; for a currency without two decimals change the scale",
      }),
    },
    examples: [column("money", "DECIMAL(19,2)", ["amount"], { takes: ["-92233720368547758.08"], refuses: ["'$1.00'"], refused: SYNTAX })],
  },
  boolean: {
    construct: "boolean",
    why: `BOOLEAN is a TINYINT in TiDB: it reads as 1 or 0, and takes any number of its range. TRUE and FALSE in statements are these numbers.`,
    messages: {
      "one-zero": note("{column} reads as 1 or 0", {
        help: "write TRUE and FALSE, not 't' or 'true': TiDB refuses such text, and compares it as 0",
      }),
    },
    examples: [column("boolean", "BOOLEAN", ["one-zero"], { takes: ["TRUE", "NULL"], refuses: ["'t'"] })],
  },
  text: {
    construct: "text",
    why: `LONGTEXT holds what text holds, up to the 6 MiB of a row in TiDB. It can neither stand in a key nor have a literal default; there the
column becomes a VARCHAR, as long as the key allows (3072 bytes over all its columns, four for a character) or as VARCHAR can be.`,
    messages: LENGTHS,
    examples: [
      column("text", "LONGTEXT", [], { takes: ["REPEAT('x', 70000)", "'a '"] }),
      ...cut("text", "VARCHAR(768)", "VARCHAR(16383)"),
      {
        pg: "CREATE TABLE t (a text, b text, n bigint, UNIQUE (a, b, n))",
        tidb: "CREATE TABLE t (\n  a VARCHAR(383),\n  b VARCHAR(383),\n  n BIGINT,\n  UNIQUE KEY t_a_b_n_key (a, b, n)\n) COLLATE utf8mb4_0900_bin",
        findings: ["key-length", "key-length"],
        accepts: ["INSERT INTO t VALUES ('a', 'b', 1), ('A', 'b', 1), ('a ', 'b', 1)"],
        refuses: ["INSERT INTO t VALUES ('a', 'b', 1)", "INSERT INTO t VALUES (REPEAT('x', 384), 'b', 1)"],
        rejected: { sql: "CREATE TABLE u (a LONGTEXT, UNIQUE (a))", code: 1170 },
      },
    ],
  },
  varchar: {
    construct: "varchar(n)",
    why: `The same: too long a value is refused, blanks beyond the length are cut. Up to 16383 characters in TiDB; without n it is text.`,
    messages: {
      ...LENGTHS,
      "too-long": warning("{column} became LONGTEXT, which has no limit: the longest VARCHAR has 16383 characters", {
        help: "add CHECK (char_length({column}) <= …) where the limit matters",
      }),
    },
    examples: [
      column("varchar(3)", "VARCHAR(3)", [], { takes: ["'äöü'", "'abc  '"], refuses: ["'abcd'"] }),
      column("varchar", "LONGTEXT"),
      column("varchar(20000)", "LONGTEXT", ["too-long"], { refused: 1074 }),
      ...cut("varchar", "VARCHAR(768)", "VARCHAR(16383)"),
    ],
  },
  char: {
    construct: "char(n)",
    why: `PostgreSQL fills char(n) with blanks, shows them, and passes over them when it compares. TiDB stores CHAR(n) without them: values read
shorter, and 'a' = 'a  ' is false.`,
    messages: {
      ...LENGTHS,
      padding: warning("{column} reads without the blanks that fill it up, and is not equal to text with blanks at the end", {
        help: "compare with text without blanks at the end; where the width matters to a reader, RPAD({column}, n, ' ')",
      }),
    },
    examples: [
      column("char(3)", "CHAR(3)", ["padding"], { takes: ["'a'", "'abc  '"], refuses: ["'abcd'"] }),
      column("char", "CHAR(1)", ["padding"]),
      column("char(300)", "VARCHAR(300)", ["padding"], { refused: 1074 }),
      column("bpchar", "LONGTEXT", ["padding"], { refused: SYNTAX }),
      ...cut("bpchar", "VARCHAR(768)", "VARCHAR(16383)", ["padding"]),
    ],
  },
  "internal-char": {
    construct: '"char"',
    why: "The single byte of PostgreSQL's system tables becomes a single character.",
    messages: {
      refused: warning("{column} became {tidb}, and longer text is refused where PostgreSQL cuts it", {
        help: "cut it in the application",
      }),
    },
    examples: [column('"char"', "VARCHAR(1)", ["refused"], { takes: ["'a'", "''"], refuses: ["'ab'"] })],
  },
  name: {
    construct: "name",
    why: "An identifier of PostgreSQL, at most 63 bytes.",
    messages: {
      refused: warning("{column} became {tidb}, and longer text is refused where PostgreSQL cuts it", {
        help: "cut it in the application",
      }),
    },
    examples: [column("name", "VARCHAR(63)", ["refused"], { refuses: ["REPEAT('x', 64)"], refused: SYNTAX })],
  },
  citext: {
    construct: "citext",
    why: `Text that compares regardless of case becomes text under a collation that does. TiDB's collation also passes over accents: 'resume'
equals 'résumé', and a UNIQUE key refuses the second.`,
    messages: {
      ...LENGTHS,
      accents: warning("{column} compares regardless of accents too, not only of case", {
        help: "where accents count, take the COLLATE clause away, compare LOWER({column}), and put keys on LOWER({column})",
      }),
    },
    examples: [
      column("citext", "LONGTEXT COLLATE utf8mb4_0900_ai_ci", ["accents"], { refused: SYNTAX }),
      {
        pg: "CREATE TABLE t (c citext UNIQUE)",
        tidb: "CREATE TABLE t (\n  c VARCHAR(768) COLLATE utf8mb4_0900_ai_ci,\n  UNIQUE KEY t_c_key (c)\n) COLLATE utf8mb4_0900_bin",
        findings: ["accents", "key-length"],
        accepts: ["INSERT INTO t VALUES ('resume'), ('resume ')"],
        refuses: ["INSERT INTO t VALUES ('RESUME')", "INSERT INTO t VALUES ('résumé')"],
      },
      column("citext DEFAULT 'x'", "VARCHAR(16383) COLLATE utf8mb4_0900_ai_ci DEFAULT 'x'", ["accents", "default-length"]),
    ],
  },
  bytea: {
    construct: "bytea",
    why: `LONGBLOB holds the same bytes, up to the 6 MiB of a row. Text such as '\\xDEAD' is not read as hex by TiDB: statements must write X'DEAD'.
In a key, or with a literal default, the column becomes a VARBINARY.`,
    messages: LENGTHS,
    examples: [
      column("bytea", "LONGBLOB", [], { takes: ["X'00FF'"], refused: SYNTAX }),
      ...cut("bytea", "VARBINARY(3072)", "VARBINARY(65535)").map((example) => ({
        ...example,
        tidb: example.tidb!.replace("DEFAULT ''", "DEFAULT X''"),
      })),
    ],
  },
  date: {
    construct: "date",
    why: "The same days from the year 0 to 9999; TiDB refuses 'infinity' and years BC. A time behind the day is cut, as in PostgreSQL.",
    examples: [column("date", "DATE", [], { takes: ["'2024-02-29'", "'9999-12-31'"], refuses: ["'infinity'", "'2023-02-29'"] })],
  },
  timestamp: {
    construct: "timestamp",
    why: `DATETIME keeps what is written, whatever the session's time zone, to the microsecond where PostgreSQL does: bare DATETIME would have
whole seconds. It holds the years 0 to 9999; 'infinity' is refused.`,
    examples: [
      column("timestamp", "DATETIME(6)", [], {
        takes: ["'2024-02-29 12:34:56.123456'", "'1000-01-01'"],
        refuses: ["'infinity'"],
        refused: undefined,
      }),
      column("timestamp(3) without time zone", "DATETIME(3)", [], { refused: SYNTAX }),
    ],
  },
  timestamptz: {
    construct: "timestamp with time zone",
    why: `TIMESTAMP is an instant, shown in the session's time zone, as timestamptz is. It ends in 2038 and begins in 1970. DATETIME has neither
limit, but does not know of time zones: it suits where all sessions use UTC.`,
    messages: {
      range: warning("{column} became {tidb}, which holds 1970-01-01 00:00:01 to 2038-01-19 03:14:07 UTC", {
        help: "where instants lie outside, or the column partitions a table, make it DATETIME(6) in the output and keep every session at time_zone = '+00:00'",
      }),
    },
    examples: [
      column("timestamptz", "TIMESTAMP(6)", ["range"], {
        takes: ["'2024-02-29 12:34:56.123456+02:00'", "'2038-01-19 03:14:07'"],
        refuses: ["'2038-01-19 03:14:08'", "'1969-12-31'"],
        refused: SYNTAX,
      }),
      column("timestamp(0) with time zone", "TIMESTAMP(0)", ["range"]),
    ],
  },
  time: {
    construct: "time",
    why: "The same times of day, to the microsecond. TiDB's TIME goes on to 838 hours, so that more is taken.",
    messages: {
      longer: warning("{column} became {tidb}, which takes times beyond 24:00:00 and below zero as well", {
        help: "add CHECK ({column} BETWEEN '00:00:00' AND '24:00:00') where the application does not see to it",
      }),
    },
    examples: [
      column("time", "TIME(6)", ["longer"], { takes: ["'24:00:00'", "'12:34:56.123456'", "'25:00:00'"], refuses: ["'04:05 PM'"] }),
      column("time(0)", "TIME(0)", ["longer"]),
    ],
  },
  timetz: {
    construct: "time with time zone",
    why: "TiDB has no time of day with an offset: its text is kept.",
    messages: {
      "as-text": asText("it compares by its letters, and any text is taken", "split it into a TIME and an offset where it is compared"),
    },
    examples: [column("time with time zone", "VARCHAR(24)", ["as-text"], { takes: ["'12:34:56+02'"], refused: SYNTAX })],
  },
  interval: {
    construct: "interval",
    why: `TiDB has intervals in expressions, but no column of them: their text is kept.`,
    messages: {
      "as-text": asText(
        "it cannot be added to a time, and compares by its letters",
        "where it is computed with, keep seconds or days in a number: date + INTERVAL {column} SECOND",
      ),
    },
    examples: [
      column("interval", "VARCHAR(64)", ["as-text"], { takes: ["'1 year 2 mons 3 days 04:05:06'"], refused: SYNTAX }),
      column("interval day to second(3)", "VARCHAR(64)", ["as-text"], { refused: SYNTAX }),
    ],
  },
  uuid: {
    construct: "uuid",
    why: `CHAR(36) holds a uuid as PostgreSQL shows it. TiDB does not look at it: any text of that length is taken, and upper and lower case are
different.`,
    messages: {
      "as-text": warning("{column} became {tidb}: any text is taken, and letter case counts", {
        help: "write uuids in lower case with hyphens, as PostgreSQL shows them; keys then work as before",
      }),
    },
    examples: [column("uuid", "CHAR(36)", ["as-text"], { takes: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "UUID()"], refused: SYNTAX })],
  },
  jsonb: {
    construct: "jsonb",
    why: `JSON is binary in TiDB as jsonb is: white space and all but the last of equal keys go. Numbers that are not integers of 64 bits become
DOUBLE, where jsonb keeps every digit, and keys are in another order.`,
    messages: {
      numbers: warning(
        "{column} became JSON: numbers beyond 64-bit integers are rounded to DOUBLE (1.10 reads 1.1), keys are ordered otherwise",
        {
          help: "put amounts and long numbers into JSON as strings, or into columns of their own",
        },
      ),
    },
    examples: [column("jsonb", "JSON", ["numbers"], { takes: [`'{"a": [1, null]}'`, "'1'"], refuses: ["'x'", "''"], refused: SYNTAX })],
  },
  json: {
    construct: "json",
    why: `PostgreSQL's json is the text as it was written; TiDB's JSON is parsed and shown anew: without its white space, with keys in another
order and only the last of equal ones, and with numbers as 64-bit integers or DOUBLE.`,
    messages: {
      normalised: warning("{column} is shown anew, not as it was written: other white space, key order and numbers", {
        help: "make the column LONGTEXT in the output where the very text matters (signatures, hashes)",
      }),
    },
    examples: [column("json", "JSON", ["normalised"], { takes: [`'{"b": 1, "a": 2}'`], refuses: ["'{'"] })],
  },
  inet: {
    construct: "inet, cidr",
    why: "TiDB has no network addresses: their text is kept, in the longest form, of IPv6 with a mask.",
    messages: {
      "as-text": asText(
        "any text is taken, and it orders by its letters",
        "for ranges of addresses keep INET6_ATON({column}) in a VARBINARY(16) beside it, which orders as addresses do",
      ),
    },
    examples: [
      column("inet", "VARCHAR(43)", ["as-text"], { takes: ["'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'"], refused: SYNTAX }),
      column("cidr", "VARCHAR(43)", ["as-text"], { refused: SYNTAX }),
    ],
  },
  macaddr: {
    construct: "macaddr, macaddr8",
    why: "TiDB has no hardware addresses: their text is kept, as PostgreSQL shows it.",
    messages: { "as-text": asText("any text is taken, and letter case counts", CHECK_WRITER) },
    examples: [
      column("macaddr", "CHAR(17)", ["as-text"], { takes: ["'08:00:2b:01:02:03'"], refused: SYNTAX }),
      column("macaddr8", "CHAR(23)", ["as-text"], { takes: ["'08:00:2b:01:02:03:04:05'"], refused: SYNTAX }),
    ],
  },
  xml: {
    construct: "xml",
    why: "TiDB has no XML type: its text is kept, and nobody looks whether it is well formed.",
    messages: {
      ...LENGTHS,
      unchecked: warning("{column} became {tidb}: any text is taken", { help: "validate documents in the application" }),
    },
    examples: [
      column("xml", "LONGTEXT", ["unchecked"], { takes: ["'<a>'"], refused: SYNTAX }),
      ...cut("xml", "VARCHAR(768)", "VARCHAR(16383)", ["unchecked"]),
    ],
  },
  tsvector: {
    construct: "tsvector, tsquery",
    why: `TiDB has no full-text types. The text of a tsvector is kept, so that no data is lost, but nothing searches it.`,
    messages: {
      ...LENGTHS,
      "no-search": warning("{column} became {tidb}, the text of its {type}: nothing searches it", {
        help: "drop the column and what fills it, and search with LIKE, a search engine, or TiDB Cloud's full-text search",
      }),
    },
    examples: [
      column("tsvector", "LONGTEXT", ["no-search"], { takes: ["'''a'':1'"], refused: SYNTAX }),
      ...cut("tsvector", "VARCHAR(768)", "VARCHAR(16383)", ["no-search"]),
    ],
  },
  bit: {
    construct: "bit(n)",
    why: `BIT(n) is a number of n bits in TiDB, up to 64 of them. It reads as bytes, and fewer bits than n are filled up on the left, where
PostgreSQL refuses them. Longer ones become text like bit varying.`,
    messages: {
      "as-bytes": warning("{column} reads as bytes, and takes fewer bits than it has", {
        help: "write b'101', not '101'; read LPAD(BIN({column}), n, '0')",
      }),
    },
    examples: [
      column("bit(3)", "BIT(3)", ["as-bytes"], { takes: ["b'101'"], refuses: ["b'1111'"] }),
      column("bit", "BIT(1)", ["as-bytes"]),
    ],
  },
  varbit: {
    construct: "bit varying, bit(n) of more than 64",
    why: "TiDB has no bit strings longer than 64 or of varying length: they become text of 0 and 1.",
    messages: {
      ...LENGTHS,
      "as-text": asText("any text is taken", "write '101' instead of B'101', or add CHECK ({column} REGEXP '^[01]*$')"),
    },
    examples: [
      column("bit varying(5)", "VARCHAR(5)", ["as-text"], { takes: ["'101'"], refuses: ["'101010'"], refused: SYNTAX }),
      column("bit(100)", "VARCHAR(100)", ["as-text"], { refused: 1439 }),
      column("varbit", "LONGTEXT", ["as-text"], { refused: SYNTAX }),
      ...cut("varbit", "VARCHAR(768)", "VARCHAR(16383)", ["as-text"]),
    ],
  },
  ltree: {
    construct: "ltree",
    why: "A path of labels becomes its text; the operators of the extension have no counterpart.",
    messages: {
      ...LENGTHS,
      "as-text": asText("any text is taken", "write `path <@ 'a.b'` as `path = 'a.b' OR path LIKE 'a.b.%'`"),
    },
    examples: [
      column("ltree", "LONGTEXT", ["as-text"], { takes: ["'a.b.c'"], refused: SYNTAX }),
      ...cut("ltree", "VARCHAR(768)", "VARCHAR(16383)", ["as-text"]),
    ],
  },
  sparsevec: {
    construct: "sparsevec",
    why: "TiDB's vectors have all their elements: the text of those that are not zero is kept.",
    messages: {
      ...LENGTHS,
      "as-text": asText("nothing computes distances with it", "store it as VECTOR, with its zeros, where distances are asked for"),
    },
    examples: [
      column("sparsevec(5)", "LONGTEXT", ["as-text"], { takes: ["'{1:1.5,3:2}/5'"], refused: SYNTAX }),
      ...cut("sparsevec", "VARCHAR(768)", "VARCHAR(16383)", ["as-text"]),
    ],
  },
  hstore: {
    construct: "hstore",
    why: "Pairs of keys and texts become a JSON object of strings.",
    messages: {
      "as-json": warning("{column} became JSON: its operators and its text are others", {
        help: `read {column}->>'$.key'; load hstore_to_json({column}) instead of the column`,
      }),
    },
    examples: [column("hstore", "JSON", ["as-json"], { takes: [`'{"a": "1"}'`], refuses: [`'"a"=>"1"'`], refused: SYNTAX })],
  },
  range: {
    construct: "range and multirange types",
    why: "TiDB has no ranges: their text is kept, and none of their operators works on it.",
    messages: {
      ...LENGTHS,
      "as-text": asText(
        "two spellings of one range differ, and nothing finds overlaps",
        "split it into two columns, its lower and upper bound",
      ),
    },
    examples: [
      column("int4range", "LONGTEXT", ["as-text"], { takes: ["'[1,5)'"], refused: SYNTAX }),
      column("tstzmultirange", "LONGTEXT", ["as-text"], { refused: SYNTAX }),
      {
        given: "CREATE TYPE span AS RANGE (subtype = float8)",
        pg: "CREATE TABLE t (c span, d span_multirange)",
        tidb: "CREATE TABLE t (\n  c LONGTEXT,\n  d LONGTEXT\n) COLLATE utf8mb4_0900_bin",
        findings: ["as-text", "as-text"],
        accepts: ["INSERT INTO t (c) VALUES ('[1.5,2)')"],
      },
      ...cut("daterange", "VARCHAR(768)", "VARCHAR(16383)", ["as-text"]),
    ],
  },
  geometric: {
    construct: "point, line, lseg, box, path, polygon, circle, cube",
    why: "TiDB has no geometric types: their text is kept, and none of their operators works on it.",
    messages: {
      ...LENGTHS,
      "as-text": asText("it is no more than text", "split a point into two DOUBLE columns where it is searched or computed with"),
    },
    examples: [
      column("point", "LONGTEXT", ["as-text"], { takes: ["'(1,2)'"], refused: SYNTAX }),
      column("polygon DEFAULT '((0,0),(1,1))'", "VARCHAR(16383) DEFAULT '((0,0),(1,1))'", ["as-text", "default-length"]),
      {
        pg: "CREATE TABLE t (c cube PRIMARY KEY)",
        tidb: "CREATE TABLE t (\n  c VARCHAR(768),\n  PRIMARY KEY (c)\n) COLLATE utf8mb4_0900_bin",
        findings: ["as-text", "key-length"],
      },
    ],
  },
  postgis: {
    construct: "geometry, geography of PostGIS",
    why: "TiDB has no spatial types, functions or indexes. The column is kept for the text that a dump has of it, hex of EWKB.",
    messages: {
      "no-type": error("TiDB has no {type}: {column} became {tidb} for the hex text of a dump, without anything of PostGIS", {
        help: "keep what is searched by place in PostGIS, or put longitude and latitude of points into DOUBLE columns",
      }),
    },
    examples: [
      column("geometry(Point,4326)", "LONGTEXT", ["no-type"], {
        takes: ["'0101000020E6100000000000000000F03F0000000000000040'"],
        refused: SYNTAX,
      }),
      column("public.geography", "LONGTEXT", ["no-type"], { refused: SYNTAX }),
    ],
  },
  vector: {
    construct: "vector, halfvec of pgvector",
    why: `VECTOR(n) takes the same text and checks the number of its dimensions. Its elements have 32 bits; a number beyond them becomes infinite
instead of being refused.`,
    messages: {
      operators: warning("{column} became {tidb}: distances are functions, and elements beyond 3.4e38 become infinite", {
        help: "write a <-> b as VEC_L2_DISTANCE(a, b), <=> as VEC_COSINE_DISTANCE, <#> as VEC_NEGATIVE_INNER_PRODUCT",
      }),
      "single-precision": warning("{column} became {tidb}: its elements have 32 bits instead of 16, so that distances differ a little", {
        help: "nothing, unless space matters: a vector takes twice as much",
      }),
    },
    examples: [
      column("vector(3)", "VECTOR(3)", ["operators"], { takes: ["'[1,2,3]'"], refuses: ["'[1,2]'"] }),
      column("vector", "VECTOR", ["operators"], { takes: ["'[1,2,3]'", "'[1]'"] }),
      column("extensions.halfvec(2)", "VECTOR(2)", ["single-precision"], { refused: SYNTAX }),
    ],
  },
  oid: {
    construct: "oid, xid, cid",
    why: "Numbers of 32 bits without a sign. Text is not looked up as the name of a table.",
    examples: [column("oid", "INT UNSIGNED", [], { takes: ["4294967295"], refuses: ["-1"], refused: SYNTAX })],
  },
  xid8: {
    construct: "xid8",
    why: "A number of 64 bits without a sign.",
    examples: [column("xid8", "BIGINT UNSIGNED", [], { takes: ["18446744073709551615"], refused: SYNTAX })],
  },
  "object-name": {
    construct: "regclass, regtype and their kind",
    why: "A reference to a table, type or function of PostgreSQL becomes its name.",
    messages: { "as-text": asText("nobody looks whether there is such an object, or renames it", "check the name in the application") },
    examples: [column("regclass", "VARCHAR(255)", ["as-text"], { takes: ["'pg_class'"], refused: SYNTAX })],
  },
  system: {
    construct: "pg_lsn, tid, txid_snapshot, jsonpath and other types of the system",
    why: "Values that only PostgreSQL itself makes use of become their text.",
    messages: { ...LENGTHS, "as-text": asText("nothing computes with it", "drop the column where only PostgreSQL needs it") },
    examples: [
      column("pg_lsn", "LONGTEXT", ["as-text"], { takes: ["'16/B374D848'"], refused: SYNTAX }),
      ...cut("txid_snapshot", "VARCHAR(768)", "VARCHAR(16383)", ["as-text"]),
    ],
  },
  array: {
    construct: "arrays",
    why: `TiDB has no arrays: they become JSON arrays, which keep elements, order, NULLs and nesting. JSON counts from 0, and its operators are
others. Nobody looks at the type of the elements.`,
    messages: {
      "as-json": warning("{column} became JSON: elements are of any type and count from 0, and array operators do not work on it", {
        help: `write '[1,2]' instead of '{1,2}'; c[1] is JSON_EXTRACT(c, '$[0]'), x = ANY (c) is x MEMBER OF (c)`,
      }),
    },
    examples: [
      column("text[]", "JSON", ["as-json"], { takes: [`'["a", null]'`], refuses: ["'{a}'"], refused: SYNTAX }),
      column("integer[3][3]", "JSON", ["as-json"], { refused: SYNTAX }),
      column("numeric(5,2) ARRAY", "JSON", ["as-json"], { refused: SYNTAX }),
    ],
  },
  composite: {
    construct: "composite types",
    why: `A value of fields becomes a JSON object by the fields' names, which is what row_to_json makes of it. TiDB checks that it is JSON, not
that it has these fields or their types.`,
    messages: {
      "as-json": warning(
        "{column} is a JSON object with a key for each field; its fields are not checked, and compare and sort as JSON does",
        {
          help: "write JSON objects, read a field by column->>'$.field'; give each field a column of its own where it is searched for",
        },
      ),
    },
    examples: [
      {
        given: "CREATE TYPE pair AS (a int, b text)",
        ...column("pair DEFAULT '(1,\"x y\")'", "JSON DEFAULT (JSON_OBJECT('a', 1, 'b', 'x y'))", ["as-json"], {
          takes: ['\'{"a": 2, "b": null}\'', "NULL"],
          refuses: ["'(1,2)'"],
        }),
      },
    ],
  },
  enum: {
    construct: "enum types",
    why: `ENUM stands in each column, with the labels of the type in their order. ORDER BY goes by that order as in PostgreSQL; <, >, BETWEEN, MIN
and MAX compare the labels as text, and a number is taken as a position.`,
    messages: {
      order: warning("{column}: comparisons with <, >, BETWEEN, and MIN and MAX, go by the labels' text, not by their order", {
        help: "compare positions: {column} + 0 > 2; sorting by the column itself is right",
      }),
      "trailing-space": warning("{column}: a label ends in a blank, which TiDB cuts off, and then refuses the label as it was written", {
        help: "rename the label in PostgreSQL first",
      }),
    },
    examples: [
      {
        given: "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        ...column("mood", "ENUM('sad','it''s ok')", ["order"], { takes: ["'sad'", "NULL"], refuses: ["'Sad'", "''"] }),
      },
      {
        given: "CREATE TYPE mood AS ENUM ('sad ')",
        ...column("mood", "ENUM('sad')", ["order", "trailing-space"], { takes: ["'sad'"], refuses: ["'sad '"] }),
      },
    ],
  },
};

function typeRule(row: TypeRow): RuleSpec<string> {
  const text = TEXTS[row.id];
  if (!text) throw new Error(`The type row "${row.id}" has no texts in rules/types.ts.`);
  return rule({
    construct: text.construct,
    why: text.why,
    docs: { pg: "https://www.postgresql.org/docs/current/datatype.html", tidb: "https://docs.pingcap.com/tidb/stable/data-type-overview" },
    messages: text.messages ?? {},
    on: (takes) => [
      takes(
        "TypeName",
        ["names", "typmods", "arrayBounds"],
        (type, ctx) => {
          const { name, mapped } = asked!;
          if (mapped?.sql === undefined) return;
          const data = { column: name, type: mapped.use.name, tidb: mapped.sql, endless: row.codec === "bytea" ? "LONGBLOB" : "LONGTEXT" };
          ctx.consumed(type.typmods ?? []);
          for (const message of row.findings?.(mapped.use) ?? []) ctx.report(message, data);
          for (const mod of type.typmods ?? []) {
            const constant = as("A_Const", mod);
            if (constant) ctx.carried(constant, ["ival"]);
            // PostGIS names the shape: geometry(Point, 4326).
            const name = as("ColumnRef", mod);
            if (name) ctx.carried(name, ["fields"]);
          }
          return ctx.replace(tidbText(mapped.sql));
        },
        rowOf,
        row,
      ),
    ],
    examples: text.examples,
  });
}

/** The row of the type table that a column's type is stored by; undefined for types that are not those of columns. */
function rowOf(type: TypeName, ctx: Context): TypeRow | undefined {
  asked = typeOf(type, ctx);
  return asked?.mapped?.row;
}

/** What `rowOf` was asked last: the row's handler is run upon it. */
let asked: ReturnType<typeof typeOf>;

/** What a column's type becomes, and the column's name. */
function typeOf(type: TypeName, ctx: Context): { readonly name: string; readonly mapped: ReturnType<typeof mapType> } | undefined {
  const def = ctx.within("ColumnDef");
  // Casts in the column's default and constraints have types too.
  if (!def || def.typeName !== type) return undefined;
  const own = ctx.column(def);
  if (!own && def.colname === undefined) return undefined;
  const mapped = mapType(ctx.catalog, type, own ?? def);
  // A serial that no rule made an identity would lose its numbers.
  const numbered = def.constraints?.some((c) => as("Constraint", c)?.contype === "CONSTR_IDENTITY");
  return mapped && SERIALS.has(mapped.row.id) && !numbered ? undefined : { name: def.colname ?? own?.name ?? "", mapped };
}

const SERIALS = new Set(["smallserial", "serial", "bigserial"]);

type Schema = SchemaContext<"inlined" | "changed" | "unused" | "valid" | "elements" | "collation">;
type ColumnDef = NodeOf<"ColumnDef">;
type TypeName = NodeOf<"TypeName">;
type Constraint = NodeOf<"Constraint">;
type Cmd = NodeOf<"AlterTableCmd">;

const domains = rule({
  construct: "domains",
  why: `TiDB has no domains. Each column of a domain gets the base type, and the domain's NOT NULL, DEFAULT and CHECKs, with the column in the place
of VALUE. A later change of the domain is a change of each of these columns, and so is a change of a column's type from or to a domain.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createdomain.html",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#check",
  },
  messages: {
    inlined: note("{column}: domain {domain} became its base type, with what the domain demands"),
    changed: note("the change of domain {domain} is made in the columns that have it: {columns}"),
    unused: note("no column has the domain {domain}, or none is changed by this: there is nothing to do"),
    valid: note("VALIDATE CONSTRAINT is left away: TiDB checked the rows when the constraint was added"),
    elements: warning("{column}: what domain {domain} demands is not made for the elements of an array", {
      help: "check them in the application",
    }),
    collation: warning("the collation of domain {domain} is left out: its columns compare by bytes", {
      help: "give the columns a COLLATE clause of TiDB",
    }),
  },
  schema(schema) {
    const { tables, checkNames, demands } = schema.final;
    if (demands.size === 0) return;
    const own = [...tables.values()].flatMap((table) => [...table.constraints.keys()]);
    const names = new Set([...checkNames.keys(), ...own].map((name) => name.toLowerCase()));
    for (const statement of schema.statements) {
      const create = as("CreateStmt", statement.current);
      const tableElts = edited(create?.tableElts, (element) => inlined(schema, names, element));
      if (create && tableElts !== create.tableElts) schema.update(statement, schema.change(create, { tableElts }));
      const alter = as("AlterTableStmt", statement.current);
      const cmds = edited(alter?.cmds, (item) => {
        const cmd = as("AlterTableCmd", item);
        if (cmd?.subtype === "AT_AlterColumnType") return retyped(schema, names, cmd);
        const def = cmd?.subtype === "AT_AddColumn" ? inlined(schema, names, cmd.def!) : undefined;
        return cmd && def && [schema.change(cmd, { def: def[0]! })];
      });
      if (alter && cmds !== alter.cmds) schema.update(statement, schema.change(alter, { cmds }));
      if (statement.node.kind === "AlterDomainStmt")
        for (const demand of schema.final.demands.get(statement.node) ?? []) redemanded(schema, names, demand);
    }
  },
  restates: ["AlterDomainStmt"],
  restate(statement, ctx) {
    const alter = as("AlterDomainStmt", statement);
    if (!alter || !find(ctx.catalog, ctx.catalog.domains, qualified(alter.typeName ?? []))) return;
    if (alter.subtype === "V") {
      ctx.consumed(alter);
      ctx.report("valid");
      return [];
    }
    const demands = ctx.final.demands.get(alter) ?? [];
    const made = demands
      .filter(({ column }) => !ctx.lost(column.def) && !ctx.lost(column.table.node))
      .flatMap((demand) => {
        const table = ctx.catalog.tableOf.get(demand.column.table.node) ?? demand.column.table;
        return redone(ctx, demand).map((change) => ({ change, table, column: `${table.name}.${demand.name}` }));
      });
    ctx.consumed(alter);
    const domain = qualified(alter.typeName ?? []).name;
    if (made.length === 0) ctx.report("unused", { domain });
    else ctx.report("changed", { domain, columns: [...new Set(made.map(({ column }) => column))].join(", ") });
    return made.map(({ change, table }) => ({
      node: { kind: "AlterTableStmt", relation: relationOf(table), cmds: [change], objtype: "OBJECT_TABLE" },
    }));
  },
  on: (takes) => [
    takes("TypeName", ["names", "arrayBounds"], (type, ctx) => {
      const def = ctx.within("ColumnDef");
      const own = def?.typeName === type ? ctx.column(def) : undefined;
      const domain = own && find(ctx.catalog, ctx.catalog.domains, typeName(type));
      if (!domain) return;
      const data = { column: own.name, domain: domain.name };
      if (!type.arrayBounds?.length) return ctx.report("inlined", data);
      if (domain.notNull || domain.checks.length > 0) ctx.report("elements", data);
    }),
    takes("CreateDomainStmt", ["domainname", "collClause"], (create, ctx) =>
      create.collClause ? ctx.report("collation", { domain: qualified(create.domainname ?? []).name }) : undefined,
    ),
  ],
  examples: [
    {
      given:
        "CREATE DOMAIN whole AS int CHECK (VALUE >= 0); CREATE DOMAIN age AS whole DEFAULT 18 NOT NULL CONSTRAINT sane CHECK (VALUE < 150 AND VALUE <> 99)",
      pg: "CREATE TABLE t (a age, b whole)",
      tidb: `CREATE TABLE t (
  a INT NOT NULL DEFAULT 18,
  b INT,
  CONSTRAINT t_a_check CHECK (a < 150 AND a <> 99),
  CONSTRAINT t_a_check1 CHECK (a >= 0),
  CONSTRAINT t_b_check CHECK (b >= 0)
) COLLATE utf8mb4_0900_bin`,
      findings: ["inlined", "inlined"],
      accepts: ["INSERT INTO t () VALUES ()", "INSERT INTO t VALUES (1, 2), (149, NULL)"],
      refuses: [
        "INSERT INTO t VALUES (NULL, 1)",
        "INSERT INTO t VALUES (150, 1)",
        "INSERT INTO t VALUES (99, 1)",
        "INSERT INTO t VALUES (1, -1)",
      ],
    },
    {
      given: "CREATE DOMAIN code AS text DEFAULT 'x' CHECK (VALUE <> ''); CREATE TABLE t (id int PRIMARY KEY)",
      pg: "ALTER TABLE t ADD COLUMN c code",
      tidb: "ALTER TABLE t ADD COLUMN c VARCHAR(16383) DEFAULT 'x';\nALTER TABLE t ADD CONSTRAINT t_c_check CHECK (c <> '')",
      findings: ["inlined"],
      refuses: ["INSERT INTO t VALUES (1, '')"],
    },
    {
      pg: "CREATE DOMAIN code AS text COLLATE \"C\" CHECK (VALUE <> ''); CREATE TABLE t (c code[])",
      tidb: "CREATE TABLE t (\n  c JSON\n) COLLATE utf8mb4_0900_bin",
      findings: ["collation", "elements"],
      rejected: { sql: "CREATE DOMAIN d AS INT", code: 1064 },
    },
    {
      given: "CREATE DOMAIN code AS int CHECK (VALUE > 0)",
      pg: "CREATE TABLE t (c code); DROP TABLE t; DROP DOMAIN code",
      tidb: "CREATE TABLE t (\n  c INT,\n  CONSTRAINT t_c_check CHECK (c > 0)\n) COLLATE utf8mb4_0900_bin;\nDROP TABLE t",
      findings: ["inlined"],
    },
    {
      given:
        "CREATE DOMAIN small AS int DEFAULT 5 CONSTRAINT sane CHECK (VALUE < 100); CREATE DOMAIN tiny AS small; CREATE TABLE t (n small, b tiny, c small DEFAULT 6 NOT NULL)",
      pg: `ALTER DOMAIN small DROP CONSTRAINT sane;
ALTER DOMAIN small DROP CONSTRAINT IF EXISTS sane;
ALTER DOMAIN small ADD CONSTRAINT least CHECK (VALUE > 0) NOT VALID;
ALTER DOMAIN small VALIDATE CONSTRAINT least;
ALTER DOMAIN small SET NOT NULL;
ALTER DOMAIN small SET DEFAULT 7;
ALTER DOMAIN small DROP NOT NULL;
ALTER DOMAIN small RENAME CONSTRAINT least TO low;
ALTER DOMAIN tiny SET DEFAULT 8`,
      tidb: `ALTER TABLE t DROP CONSTRAINT t_n_check;
ALTER TABLE t DROP CONSTRAINT t_b_check;
ALTER TABLE t DROP CONSTRAINT t_c_check;
ALTER TABLE t ADD CONSTRAINT t_n_check1 CHECK (n > 0);
ALTER TABLE t ADD CONSTRAINT t_b_check1 CHECK (b > 0);
ALTER TABLE t ADD CONSTRAINT t_c_check1 CHECK (c > 0);
ALTER TABLE t MODIFY COLUMN n INT NOT NULL DEFAULT 5;
ALTER TABLE t MODIFY COLUMN b INT NOT NULL DEFAULT 5;
ALTER TABLE t ALTER COLUMN n SET DEFAULT 7;
ALTER TABLE t ALTER COLUMN b SET DEFAULT 7;
ALTER TABLE t MODIFY COLUMN n INT DEFAULT 7;
ALTER TABLE t MODIFY COLUMN b INT DEFAULT 7;
ALTER TABLE t ALTER COLUMN b SET DEFAULT 8`,
      findings: ["changed", "unused", "changed", "valid", "changed", "changed", "changed", "changed"],
      accepts: [
        "INSERT INTO t () VALUES ()",
        "INSERT INTO t VALUES (NULL, 1000, 1)",
        "UPDATE t SET n = IF(n = 7 AND b = 8 AND c = 6, 1, 'other') WHERE n = 7",
      ],
      refuses: [
        "INSERT INTO t (n) VALUES (0)",
        "INSERT INTO t (b) VALUES (0)",
        "INSERT INTO t (c) VALUES (0)",
        "INSERT INTO t (c) VALUES (NULL)",
      ],
    },
    {
      given:
        "CREATE DOMAIN whole AS int NOT NULL DEFAULT 5 CHECK (VALUE >= 0); CREATE DOMAIN zip AS varchar(9) CHECK (VALUE <> ''); CREATE TABLE t (a whole, b text)",
      pg: "ALTER TABLE t ALTER a TYPE bigint, ALTER b TYPE zip",
      tidb: `ALTER TABLE t DROP CONSTRAINT t_a_check;
ALTER TABLE t MODIFY COLUMN a BIGINT;
ALTER TABLE t MODIFY COLUMN b VARCHAR(9);
ALTER TABLE t ADD CONSTRAINT t_b_check CHECK (b <> '')`,
      accepts: ["INSERT INTO t () VALUES ()", "INSERT INTO t VALUES (-1, 'x')"],
      refuses: ["INSERT INTO t VALUES (1, '')"],
    },
  ],
});

/** A column's definition with what its domains demand. */
function inlined(schema: Schema, names: Set<string>, element: Value): [ColumnDef] | undefined {
  const def = as("ColumnDef", element);
  const [demand] = (def && schema.final.demands.get(def)) ?? [];
  if (!def || !demand) return undefined;
  const own = schema.column(def)!;
  const has = (contype: string) => def.constraints?.some((c) => as("Constraint", c)?.contype === contype);
  const added: Constraint[] = [];
  if (demand.notNull && !has("CONSTR_NOTNULL")) added.push({ kind: "Constraint", contype: "CONSTR_NOTNULL" });
  if (demand.default !== undefined && !has("CONSTR_DEFAULT") && !has("CONSTR_IDENTITY")) {
    const node: Constraint = { kind: "Constraint", contype: "CONSTR_DEFAULT", raw_expr: ofColumn(demand.default, demand.name) };
    if (own.default === demand.default) own.defaultNode = node;
    added.push(node);
  }
  added.push(...redemanded(schema, names, demand));
  return added.length === 0 ? undefined : [schema.change(def, { constraints: [...added, ...(def.constraints ?? [])] })];
}

/** A change of a column's type: CHECKs of the old type's domain go before it, those of the new one's come after. */
function retyped(schema: Schema, names: Set<string>, cmd: Cmd): Value[] | undefined {
  const [demand] = schema.final.demands.get(cmd) ?? [];
  if (!demand) return undefined;
  const dropped = madeFor(schema.final, demand, demand.drops).map(({ name }) => tidbText(`DROP CONSTRAINT ${identifier(name)}`) as never);
  return [...dropped, cmd, ...redemanded(schema, names, demand).map(adding)];
}

const adding = (def: Constraint): Cmd => ({ kind: "AlterTableCmd", subtype: "AT_AddConstraint", def });

type DomainDemand = NonNullable<ReturnType<Catalog["demands"]["get"]>>[number];
type DomainChecks = DomainDemand["adds"];

/** Puts CHECKs of domains into the catalog as the column's, so that they are looked for in TiDB, and takes away those that go. */
function redemanded({ final }: Schema, names: Set<string>, demand: DomainDemand): Constraint[] {
  const { column, adds, drops } = demand;
  const { table } = column;
  for (const going of madeFor(final, demand, drops)) {
    going.dropped = true;
    table.constraints.delete(going.name);
  }
  demand.made = adds.map((check) => {
    const name = objectName(table.name, demand.name, "check", (n) => names.has(n.toLowerCase()));
    names.add(name.toLowerCase());
    const node: Constraint = {
      kind: "Constraint",
      contype: "CONSTR_CHECK",
      conname: name,
      raw_expr: ofColumn(check.expression, demand.name),
    };
    const made: TableConstraint = {
      name,
      table,
      type: "check",
      columns: [column],
      parent: undefined,
      node,
      names: [demand.name],
      demand: check,
      dropped: false,
    };
    if (table.columns.get(column.name) === column) table.constraints.set(name, made);
    final.checkNames.set(name.toLowerCase(), [table]);
    final.constraintOf.set(node, made);
    return made;
  });
  return demand.made.map(({ node }) => node);
}

/** The constraints that stand for CHECKs of domains in a column. */
function madeFor({ constraintOf }: Catalog, { column }: DomainDemand, checks: DomainChecks): TableConstraint[] {
  if (checks.length === 0) return [];
  return [...constraintOf.values()].filter((made) => made.demand && checks.includes(made.demand) && made.columns.includes(column));
}

/** What a change of a domain changes in one column, as PostgreSQL would say it. */
function redone(ctx: Pick<Context, "final">, demand: DomainDemand): Cmd[] {
  const { name, drops, changesNull, changesDefault } = demand;
  const cmd = (subtype: Cmd["subtype"], def?: Value): Cmd => ({ kind: "AlterTableCmd", subtype, name, def }) as Cmd;
  return [
    ...madeFor(ctx.final, demand, drops).map((made) => tidbText(`DROP CONSTRAINT ${identifier(made.name)}`) as unknown as Cmd),
    ...demand.made.map(({ node }) => adding(node)),
    ...(changesNull ? [cmd(demand.notNull ? "AT_SetNotNull" : "AT_DropNotNull")] : []),
    ...(changesDefault ? [cmd("AT_ColumnDefault", demand.default && ofColumn(demand.default, name))] : []),
  ];
}

/** A copy of a domain's expression with the column in the place of VALUE, and without positions, which are those of another statement. */
function ofColumn(value: Value, column: string): Value {
  const isValue = ({ kind, fields }: { readonly kind: string; readonly fields?: readonly Value[] }) =>
    kind === "ColumnRef" && fields?.length === 1 && fields[0] === "value";
  return unplaced(value, (copy) => (isValue(copy) ? { kind: "ColumnRef", fields: [column] } : copy));
}

/** Domains first, which the base type's rule then takes for what they are; then a rule for every row of the type table, `types/<row>`. */
export const typeRules: Readonly<Record<string, RuleSpec<string>>> = {
  "types/domain": domains,
  ...Object.fromEntries([...TYPE_ROWS, ARRAY_ROW, COMPOSITE_ROW, ENUM_ROW].map((row) => [`types/${row.id}`, typeRule(row)])),
};
