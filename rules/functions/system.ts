import {
  as,
  type Call,
  type Column,
  enumLabels,
  find,
  infix,
  isAutoIncrement,
  isNode,
  parseName,
  proofs,
  qualified,
  type RangeVar,
  raw,
  relationOf,
  type Sequence,
  string,
  type Tidb,
  table,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

/** So many hexadecimal digits at random; beyond 12 RAND() has not enough of them. */
const hex = (digits: number): Tidb => tidb`LPAD(HEX(FLOOR(RAND() * ${raw(String(16 ** digits))})), ${raw(String(digits))}, '0')`;

/** A random uuid, version 4 and variant 1 (RFC 9562). */
const UUID = tidb`LOWER(CONCAT_WS('-', ${hex(8)}, ${hex(4)}, CONCAT('4', ${hex(3)}), HEX(32768 + FLOOR(RAND() * 16384)), ${hex(12)}))`;

/** The column whose AUTO_INCREMENT stands for a sequence. */
function countedBy(sequence: Sequence): Column | undefined {
  return sequence.usedBy.find(isAutoIncrement) ?? (sequence.node === undefined ? sequence.ownedBy : undefined);
}

/** The sequence that numbers a table's column. */
function serialOf(table: string, column: string, call: Call): Sequence | undefined {
  const owner = find(call.catalog, call.catalog.tables, parseName(table))?.columns.get(column);
  return owner && [...call.catalog.sequences.values()].find(({ ownedBy }) => ownedBy === owner);
}

/** The sequence that a literal or pg_get_serial_sequence() names. */
function named(name: Value, call: Call): Sequence | undefined {
  const text = call.text(name);
  if (text !== undefined) return find(call.catalog, call.catalog.sequences, parseName(text));
  const inner = as("FuncCall", name) ?? as("FuncCall", as("TypeCast", name)?.arg);
  const [table, column] = (inner?.args ?? []).map((arg) => call.text(arg));
  for (const part of [name, inner]) if (isNode(part)) call.open(part);
  const isSerial = inner && qualified(inner.funcname ?? []).name === "pg_get_serial_sequence";
  return isSerial && table !== undefined && column !== undefined ? serialOf(table, column, call) : undefined;
}

function sequenceOf(name: Value, call: Call): RangeVar | undefined {
  const sequence = named(name, call);
  if (!sequence) return call.refuse("a sequence that is not in the input, or whose name is no literal");
  const counted = countedBy(sequence);
  if (counted)
    return call.refuse(
      `a number of ${sequence.name}, which is the AUTO_INCREMENT of ${counted.table.name}.${counted.name} (leave the column out of the INSERT, and read LAST_INSERT_ID())`,
    );
  return relationOf(sequence);
}

/** Names of types as PostgreSQL writes them (format_type.c). */
const NAMES: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  varchar: "character varying",
  bpchar: "character",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
};

/** A setting that is an application's own: PostgreSQL has none with a dot in its name. */
function ownSetting(name: Value, call: Call): Tidb | undefined {
  const text = call.text(name);
  return text === undefined || !/^[a-z_][\w]*\.[\w.]+$/i.test(text)
    ? call.refuse("a setting of PostgreSQL's (SHOW VARIABLES lists TiDB's: SELECT @@time_zone)")
    : tidb`${raw(`@\`${text.toLowerCase()}\``)}`;
}

const VARIABLE = warning("the setting is a variable of the session, {variable}: no end of a transaction and no RESET takes it back", {
  help: "set it at the start of each transaction, before it is read",
});

/** Units of pg_size_pretty() behind bytes (dbsize.c, size_pretty_units). */
const SIZES = ["kB", "MB", "GB", "TB", "PB"];

/** Bytes that information_schema knows of a table, or of all of a database. */
const sizeOf = (columns: string, condition: Tidb): Tidb =>
  tidb`(SELECT CAST(COALESCE(SUM(${raw(columns)}), 0) AS SIGNED) FROM information_schema.TABLES WHERE ${condition})`;

const MEASURED: Readonly<Record<string, string>> = {
  pg_total_relation_size: "DATA_LENGTH + INDEX_LENGTH",
  pg_relation_size: "DATA_LENGTH",
  pg_table_size: "DATA_LENGTH",
  pg_indexes_size: "INDEX_LENGTH",
};

const ESTIMATED = warning("the size is TiDB's estimate, from statistics, of rows before they are compressed", {
  help: "ANALYZE TABLE makes it new; SHOW TABLE … REGIONS tells what is stored",
});

/** The name of a lock of one number or two. */
const lockName = (key: Value, second: Value | undefined): Tidb =>
  second === undefined ? tidb`CAST(${key} AS CHAR)` : tidb`CONCAT(${key}, ',', ${second})`;

const isConstant = (value: Value): boolean => as("A_Const", value) !== undefined || as("A_Const", as("TypeCast", value)?.arg) !== undefined;

export const systemRules = table(
  "functions/system",
  { pg: "functions-info", tidb: "information-functions" },
  {
    "random-uuid": {
      calls: ["gen_random_uuid()", "uuidv4()", "uuid_generate_v4()"],
      tidb: (_, call) => {
        call.say("guessable");
        return UUID;
      },
      why: "UUID() is of version 1: made of the time and the server.",
      messages: {
        guessable: warning("the uuid is made of RAND(), whose numbers can be guessed from others of it", {
          help: "generate the uuid in the application where nobody may guess it",
        }),
      },
      proofs: [
        {
          pg: "gen_random_uuid()::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'",
          findings: ["guessable"],
        },
        { pg: "count(DISTINCT gen_random_uuid())", findings: ["guessable"] },
      ],
    },
    "time-ordered-uuid": {
      calls: ["uuidv7()"],
      tidb: (_, call) => {
        call.say("guessable");
        const time = tidb`LPAD(HEX(CAST(FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000) AS SIGNED)), 12, '0')`;
        return tidb`LOWER(CONCAT_WS('-', LEFT(${time}, 8), RIGHT(${time}, 4), CONCAT('7', ${hex(3)}), HEX(32768 + FLOOR(RAND() * 16384)), ${hex(12)}))`;
      },
      why: "Of the milliseconds of the statement and RAND(): those of one statement have no order among them.",
      messages: {
        guessable: warning(
          "the uuid is made of the time and RAND(), whose numbers can be guessed; those of one statement are in no order",
          {
            help: "generate the uuid in the application where nobody may guess it, or where rows of one statement must be in order",
          },
        ),
      },
      proofs: [
        {
          pg: "uuidv7()::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'",
          findings: ["guessable"],
        },
      ],
    },
    "uuid-version": {
      calls: ["uuid_extract_version(uuid)"],
      tidb: ([u]) =>
        tidb`CASE WHEN SUBSTRING(${u}, 20, 1) IN ('8', '9', 'a', 'b') THEN CAST(CONV(SUBSTRING(${u}, 15, 1), 16, 10) AS SIGNED) END`,
      proofs: proofs("uuid_extract_version(u)", "uuid_extract_version('019535d9-3df7-79fb-b466-fa907fa17f9e')"),
    },
    "uuid-timestamp": {
      calls: ["uuid_extract_timestamp(uuid)"],
      tidb: ([u]) => {
        const number = (hex: Tidb) => tidb`CAST(CONV(${hex}, 16, 10) AS SIGNED)`;
        // Milliseconds since 1970, or tenths of microseconds since 1582-10-15.
        const v7 = tidb`${number(tidb`REPLACE(LEFT(${u}, 13), '-', '')`)} * 1000`;
        const v1 = tidb`${number(tidb`CONCAT(SUBSTRING(${u}, 16, 3), SUBSTRING(${u}, 10, 4), LEFT(${u}, 8))`)} DIV 10 - 12219292800000000`;
        const at = (micros: Tidb) => tidb`DATE_ADD(TIMESTAMP '1970-01-01 00:00:00', INTERVAL (${micros}) MICROSECOND)`;
        return tidb`CASE WHEN SUBSTRING(${u}, 20, 1) IN ('8', '9', 'a', 'b') THEN CASE SUBSTRING(${u}, 15, 1) WHEN '1' THEN ${at(v1)} WHEN '7' THEN ${at(v7)} END END`;
      },
      why: "Versions 1 and 7 hold a time, all others give NULL.",
      proofs: proofs(
        "uuid_extract_timestamp('019535d9-3df7-79fb-b466-fa907fa17f9e')",
        "uuid_extract_timestamp('c232ab00-9414-11ec-b3c8-9f6bdeced846')",
        "uuid_extract_timestamp('c232ab00-9414-11ec-03c8-9f6bdeced846')",
        "uuid_extract_timestamp(u)",
      ),
    },
    typeof: {
      calls: ["pg_typeof(any)"],
      tidb: ([x], call) => {
        const name = call.own(x).name;
        const base = name.replace(/\[\]$/, "");
        const enumName = call.catalog.enums.has(base) ? base.replace(/^public\./, "") : undefined;
        const words = NAMES[base] ?? enumName ?? base;
        if (!/^[a-z_ 0-9]+$/.test(words)) return call.refuse(`pg_typeof() of ${name}`);
        const text = raw(`'${words}${name.endsWith("[]") ? "[]" : ""}'`);
        return tidb`CASE WHEN ${x} IS NULL THEN ${text} ELSE ${text} END`;
      },
      why: "The type is known before the statement runs.",
      proofs: proofs(
        "pg_typeof(i4)",
        "pg_typeof(t)::text",
        "pg_typeof(n * 2)",
        "pg_typeof(ai)",
        "pg_typeof(e)",
        "pg_typeof(ts)",
        "pg_typeof(v)",
        "pg_typeof(1.5)",
        "pg_typeof(b)::text = 'boolean'",
      ),
    },
    "regtype-to-text": { calls: ["regtype::text|varchar"], tidb: ([x]) => tidb`${x}`, proofs: proofs("pg_typeof(c)::text") },
    "regclass-to-text": {
      calls: ["regclass::text|varchar"],
      tidb: ([x]) => tidb`${x}`,
      why: "The name stands for the number already.",
      proofs: proofs(
        "'vals'::regclass::text",
        "'public.vals'::regclass::text || '!'",
        "to_regclass('vals')::text",
        "to_regclass('nope')::text",
      ),
    },
    relation: {
      calls: ["to_regclass(text)"],
      tidb: ([name], call) => {
        const text = call.text(name);
        if (text === undefined) {
          call.say("sought");
          return tidb`(SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = REPLACE(SUBSTRING_INDEX(${name}, '.', -1), '"', ''))`;
        }
        if (!/^(?:public\.)?[a-z_][a-z0-9_]*$/.test(text))
          return call.refuse("to_regclass() of a name that is quoted, or in another schema");
        const table = raw(`'${text.replace(/^public\./, "")}'`);
        return tidb`(SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${table})`;
      },
      messages: {
        sought: warning("the name is looked up among the tables of the database: its schema is left away, and indexes are not found", {
          help: "where tables of other schemas are meant, pass the names that they have in TiDB",
        }),
      },
      proofs: [
        ...proofs("to_regclass('vals') IS NOT NULL", "to_regclass('public.nope') IS NULL"),
        { pg: "to_regclass(left('public.vals!', 11)) IS NOT NULL", findings: ["sought"] },
        { pg: "to_regclass(repeat('q', 3)) IS NULL", findings: ["sought"] },
      ],
    },
    "enum-labels": {
      calls: ["enum_first(anyenum)", "enum_last(anyenum)", "enum_range(anyenum)"],
      tidb: ([x], call) => {
        const labels = enumLabels(call.type(x).name, call.catalog);
        if (!labels?.length) return undefined;
        const { name } = call.signature;
        const one = raw(string(name === "enum_first" ? labels[0]! : labels.at(-1)!));
        const value = name === "enum_range" ? tidb`JSON_ARRAY(${raw(labels.map(string).join(", "))})` : tidb`${one}`;
        if (isConstant(x)) return value;
        return tidb`CASE WHEN ${x} IS NULL THEN ${value} ELSE ${value} END`;
      },
      proofs: proofs("enum_first(e)", "enum_last(NULL::mood)", "enum_range(NULL::mood)", "enum_range(e)"),
    },
    "enum-between": {
      calls: ["enum_range(anyenum, anyenum)"],
      tidb: ([from, to], call) => {
        const labels = enumLabels(call.type(from).name, call.catalog) ?? enumLabels(call.type(to).name, call.catalog);
        const place = (label: Value) =>
          as("A_Const", as("TypeCast", label)?.arg ?? label)?.isnull ? undefined : labels?.indexOf(call.text(label) ?? "");
        const [first = 0, last = (labels?.length ?? 0) - 1] = [place(from), place(to)];
        if (!labels || first < 0 || last < 0) return call.refuse("enum_range() between labels that are no literals");
        for (const each of [from, to]) if (isNode(each)) call.open(each);
        return tidb`JSON_ARRAY(${raw(
          labels
            .slice(first, last + 1)
            .map(string)
            .join(", "),
        )})`;
      },
      proofs: proofs("enum_range('ok'::mood, NULL)", "enum_range(NULL, 'ok'::mood)", "enum_range('happy'::mood, 'sad'::mood)"),
    },
    "size-pretty": {
      calls: ["pg_size_pretty(int8|numeric)"],
      tidb: ([written]) => {
        // A size that is measured is read once.
        const measured = as("FuncCall", written);
        const size = measured ? tidb`sized.bytes` : written;
        const once = (text: Tidb) => (measured ? tidb`(SELECT ${text} FROM (SELECT ${written} AS bytes) AS sized)` : text);
        const cases = SIZES.map((unit, i) => {
          const part = tidb`(${size} DIV ${raw(String(2 ** (9 + 10 * i)))})`;
          const text = tidb`CONCAT((${part} + CASE WHEN ${size} < 0 THEN -1 ELSE 1 END) DIV 2, ${raw(string(` ${unit}`))})`;
          return { part, text };
        });
        const last = cases.at(-1)!;
        const rest = cases
          .slice(0, -1)
          .reduceRight((other, { part, text }) => tidb`CASE WHEN ABS(${part}) < 20479 THEN ${text} ELSE ${other} END`, last.text);
        return once(tidb`CASE WHEN ABS(${size}) < 10240 THEN CONCAT(${size}, ' bytes') ELSE ${rest} END`);
      },
      proofs: proofs(
        "pg_size_pretty(i8)",
        "pg_size_pretty(i4::bigint)",
        "pg_size_pretty(n)",
        "pg_size_pretty(abs(i8))",
        "pg_size_pretty(n * 1234567)",
        "pg_size_pretty(i4::numeric)",
        ...["10239", "10240", "20971519", "20971520", "-123456789", "5368709120", "123456789012345"].map(
          (n) => `pg_size_pretty(${n}::bigint)`,
        ),
      ),
    },
    "relation-size": {
      calls: Object.keys(MEASURED).map((name) => `${name}(regclass)`),
      tidb: ([name], call) => {
        const text = call.text(name);
        const found = text === undefined ? undefined : find(call.catalog, call.catalog.tables, parseName(text));
        if (!found) return call.refuse(`${call.signature.name}() of what is no table of the input`);
        call.say("estimated");
        return sizeOf(MEASURED[call.signature.name]!, tidb`TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${raw(string(found.name))}`);
      },
      messages: { estimated: ESTIMATED },
      proofs: Object.keys(MEASURED).map((name) => ({ pg: `${name}('vals') >= 0`, findings: ["estimated"] })),
    },
    description: {
      calls: ["obj_description(oid|regclass)", "obj_description(oid|regclass, name)"],
      tidb: ([name, of], call) => {
        const text = call.text(name);
        const found = text === undefined ? undefined : find(call.catalog, call.catalog.tables, parseName(text));
        if (!found || (of !== undefined && call.text(of) !== "pg_class")) return undefined;
        for (const each of [name, of]) if (each !== undefined && isNode(each)) call.open(each);
        return tidb`(SELECT NULLIF(TABLE_COMMENT, '') FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${raw(string(found.name))})`;
      },
      proofs: proofs("obj_description('vals'::regclass)", "obj_description('vals'::regclass, 'pg_class') IS NULL"),
      examples: [
        {
          given: "CREATE TABLE t (id int PRIMARY KEY); COMMENT ON TABLE t IS 'it''s a table'",
          pg: "SELECT obj_description('t'::regclass) AS words",
          tidb: "SELECT\n  (SELECT NULLIF(TABLE_COMMENT, '') FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't') AS words",
        },
      ],
    },
    "column-description": {
      calls: ["col_description(oid|regclass, int4)"],
      tidb: ([name, place], call) => {
        const text = call.text(name);
        const found = text === undefined ? undefined : find(call.catalog, call.catalog.tables, parseName(text));
        if (!found) return undefined;
        if (isNode(name)) call.open(name);
        return tidb`(SELECT NULLIF(COLUMN_COMMENT, '') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${raw(string(found.name))} AND ORDINAL_POSITION = ${place})`;
      },
      proofs: proofs("col_description('vals'::regclass, 1)"),
      examples: [
        {
          given: "CREATE TABLE t (id int PRIMARY KEY, a text); COMMENT ON COLUMN t.a IS 'the a'",
          pg: "SELECT col_description('t'::regclass, 2) AS words",
          tidb: "SELECT\n  (SELECT NULLIF(COLUMN_COMMENT, '') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND ORDINAL_POSITION = 2) AS words",
        },
      ],
    },
    "database-size": {
      calls: ["pg_database_size(name|text)"],
      tidb: ([name], call) => {
        call.say("estimated");
        return sizeOf("DATA_LENGTH + INDEX_LENGTH", tidb`TABLE_SCHEMA = ${name}`);
      },
      messages: { estimated: ESTIMATED },
      proofs: [{ pg: "pg_database_size(current_database()) >= 0", findings: ["estimated"] }],
    },
    hash: {
      calls: ["hashtext(text)", "hashtextextended(text, int8)"],
      tidb: ([text, seed], call) => {
        call.say("other");
        const hash = infix("additive")`CAST(CRC32(${text}) AS SIGNED) - 2147483648`;
        return seed === undefined ? hash : tidb`CAST(CONV(LEFT(MD5(CONCAT(${seed}, ':', ${text})), 15), 16, 10) AS SIGNED)`;
      },
      why: "What it is used for, the key of an advisory lock say, needs one number for one text, and not PostgreSQL's.",
      messages: {
        other: warning("the hash is another one than PostgreSQL's: MD5 or CRC32 of the text", {
          help: "nothing to do where it is the key of a lock or spreads rows; stored hashes must be computed again",
        }),
      },
      proofs: [
        { pg: "hashtext(t) = hashtext(t)", findings: ["other"] },
        { pg: "hashtext('a') = hashtext('b')", findings: ["other"] },
        { pg: "hashtextextended(t, 1) = hashtextextended(t, 1)", findings: ["other"] },
        { pg: "hashtext(t)", findings: ["other"], differs: true },
      ],
    },
    setting: {
      calls: ["current_setting(text)", "current_setting(text, bool)"],
      tidb: ([name, missing], call) => {
        const variable = ownSetting(name, call);
        if (!variable) return undefined;
        if (missing !== undefined && isNode(missing)) call.open(missing);
        call.say("variable", { variable: `@\`${call.text(name)!.toLowerCase()}\`` });
        return variable;
      },
      why: "A setting of the application's own is a variable of the session in TiDB, and NULL before it is set.",
      messages: { variable: VARIABLE },
      proofs: [{ pg: "current_setting('app.nothing', true)", findings: ["variable"] }],
    },
    "set-setting": {
      calls: ["set_config(text, text, bool)"],
      tidb: ([name, value, local], call) => {
        const variable = ownSetting(name, call);
        if (!variable) return undefined;
        if (local !== undefined && isNode(local)) call.open(local);
        call.say("variable", { variable: `@\`${call.text(name)!.toLowerCase()}\`` });
        return tidb`(${variable} := ${value})`;
      },
      messages: { variable: VARIABLE },
      proofs: [
        { pg: "set_config('app.user', '42', false)", findings: ["variable"] },
        { pg: "set_config('app.user', t, true) IS NULL AND t IS NOT NULL", findings: ["variable"] },
      ],
    },
    recovery: { calls: ["pg_is_in_recovery()"], tidb: () => tidb`FALSE`, proofs: proofs("pg_is_in_recovery()") },
    encoding: { calls: ["pg_client_encoding()"], tidb: () => tidb`'UTF8'`, proofs: proofs("pg_client_encoding()") },
    "current-user": {
      calls: ["current_user()", "user()", "current_role()", "session_user()"],
      tidb: (_, call) => {
        call.say("account");
        return tidb`SUBSTRING_INDEX(CURRENT_USER(), '@', 1)`;
      },
      why: "TiDB's CURRENT_USER() has the host behind the name.",
      messages: {
        account: warning("the user is the account that the connection was opened with, whatever SET ROLE says", {
          help: "give accounts the names that roles have where rows or defaults hold them",
          once: true,
        }),
      },
      proofs: ["current_user = user", "length(current_user) > 0", "strpos(current_user::text, '@') = 0"].map((pg) => ({
        pg,
        findings: ["account"],
      })),
    },
    "current-database": {
      calls: ["current_database()", "current_catalog()"],
      tidb: () => tidb`DATABASE()`,
      proofs: proofs("length(current_database()) > 0", "current_catalog IS NOT NULL"),
    },
    "current-schema": {
      calls: ["current_schema()"],
      tidb: (_, call) => {
        call.say("database");
        return tidb`DATABASE()`;
      },
      why: "What PostgreSQL calls a schema is a database in TiDB.",
      messages: {
        database: warning(
          "current_schema() is the name of the database here, where PostgreSQL gives public, or the first schema of the path",
          {
            help: "pass public to converted queries of the system catalogs, which call the connection's database so unless every schema is a database",
          },
        ),
      },
      proofs: [
        { pg: "current_schema()", findings: ["database"], differs: true },
        { pg: "current_schema IS NOT NULL", findings: ["database"] },
      ],
    },
    version: {
      calls: ["version()"],
      tidb: (_, call) => {
        call.say("other");
        return tidb`VERSION()`;
      },
      messages: { other: warning("version() is TiDB's here", { help: "do not decide by it" }) },
      proofs: [{ pg: "version()", findings: ["other"], differs: true }],
    },
    "backend-pid": {
      calls: ["pg_backend_pid()"],
      tidb: () => tidb`CONNECTION_ID()`,
      proofs: proofs("pg_backend_pid() > 0", "pg_backend_pid() = pg_backend_pid()"),
    },
    sleep: { calls: ["pg_sleep(float8)"], tidb: ([seconds]) => tidb`SLEEP(${seconds})`, proofs: proofs("pg_sleep(0) IS NOT NULL") },
    nextval: {
      calls: ["nextval(regclass)"],
      tidb: ([name], call) => {
        const sequence = sequenceOf(name, call);
        return sequence && tidb`NEXTVAL(${sequence})`;
      },
      proofs: [],
      examples: [
        {
          given: "CREATE SEQUENCE s CACHE 5; CREATE TABLE t (a bigint)",
          pg: "INSERT INTO t SELECT nextval('s') FROM t",
          tidb: "INSERT INTO t SELECT NEXTVAL(s) FROM t",
        },
      ],
    },
    currval: {
      calls: ["currval(regclass)"],
      tidb: ([name], call) => {
        const known = named(name, call);
        if (known && countedBy(known)) {
          call.say("inserted");
          return tidb`LAST_INSERT_ID()`;
        }
        call.say("none");
        const sequence = sequenceOf(name, call);
        return sequence && tidb`LASTVAL(${sequence})`;
      },
      messages: {
        inserted: warning(
          "LAST_INSERT_ID() is the number of the session's last INSERT into any table, and of several rows the first one's",
          {
            help: "read it right after the INSERT, or take the insertId that the driver gives",
          },
        ),
        none: warning("before the session's first NEXTVAL this is NULL, where PostgreSQL raises an error", { help: "call NEXTVAL first" }),
      },
      proofs: [],
      examples: [
        {
          given: "CREATE SEQUENCE s CACHE 5; CREATE TABLE t (a bigint)",
          pg: "INSERT INTO t SELECT currval('s') FROM t",
          tidb: "INSERT INTO t SELECT LASTVAL(s) FROM t",
          findings: ["none"],
        },
        {
          given: "CREATE TABLE t (id serial PRIMARY KEY, a int); INSERT INTO t (a) VALUES (5)",
          pg: "SELECT currval('t_id_seq') AS n; SELECT currval(pg_get_serial_sequence('t', 'id')) AS n",
          tidb: "SELECT LAST_INSERT_ID() AS n;\nSELECT LAST_INSERT_ID() AS n",
          findings: ["inserted", "inserted"],
        },
      ],
    },
    lastval: {
      calls: ["lastval()"],
      tidb: (_, call) => {
        call.say("inserted");
        return tidb`LAST_INSERT_ID()`;
      },
      messages: {
        inserted: warning("LAST_INSERT_ID() is that of AUTO_INCREMENT, of several rows the first one's; of a sequence it knows nothing", {
          help: "read it right after the INSERT, or take the insertId that the driver gives; SELECT LASTVAL(s) is a sequence's",
        }),
      },
      proofs: [],
      examples: [
        {
          given: "CREATE TABLE t (id serial PRIMARY KEY, a int); INSERT INTO t (a) VALUES (5)",
          pg: "SELECT lastval() AS n",
          tidb: "SELECT LAST_INSERT_ID() AS n",
          findings: ["inserted"],
        },
      ],
    },
    "serial-sequence": {
      calls: ["pg_get_serial_sequence(text, text)"],
      tidb: ([table, column], call) => {
        const [owner, name] = [call.text(table), call.text(column)];
        if (owner === undefined || name === undefined) return call.refuse("a table or column whose name is no literal");
        const sequence = serialOf(owner, name, call);
        if (!sequence) return call.refuse("a sequence that is not in the input");
        const parts = [sequence.schema, sequence.name].map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part}"`));
        return tidb`${raw(string(parts.join(".")))}`;
      },
      why: "The name is a constant of the schema.",
      proofs: [],
      examples: [
        {
          given: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
          pg: "SELECT pg_get_serial_sequence('t', 'id') AS s",
          tidb: "SELECT 'public.t_id_seq' AS s",
        },
      ],
    },
    "advisory-lock": {
      calls: ["pg_advisory_lock(int8)", "pg_advisory_lock(int4, int4)", "pg_advisory_xact_lock(int8)", "pg_advisory_xact_lock(int4, int4)"],
      tidb: ([key, second], call) => {
        call.say(/xact/.test(call.signature.name) ? "session" : "wait");
        return tidb`GET_LOCK(${lockName(key, second)}, 4294967)`;
      },
      messages: {
        wait: warning("GET_LOCK gives 1 when it has the lock and 0 after its time is over, and counts how often it was taken", {
          help: "look at the result; RELEASE_LOCK must be called as often as GET_LOCK",
        }),
        session: warning("GET_LOCK is kept beyond the end of the transaction, until RELEASE_LOCK or the end of the session", {
          help: "call RELEASE_LOCK with the same name after COMMIT and ROLLBACK",
        }),
      },
      proofs: [
        { pg: "pg_advisory_lock(7) IS NOT NULL", findings: ["wait"] },
        { pg: "pg_advisory_xact_lock(i8) IS NOT NULL", findings: ["session"], differs: true },
      ],
    },
    "try-advisory-lock": {
      calls: [
        "pg_try_advisory_lock(int8)",
        "pg_try_advisory_lock(int4, int4)",
        "pg_try_advisory_xact_lock(int8)",
        "pg_try_advisory_xact_lock(int4, int4)",
      ],
      tidb: ([key, second], call) => {
        if (/xact/.test(call.signature.name)) call.say("session");
        return infix("comparison")`GET_LOCK(${lockName(key, second)}, 0) = 1`;
      },
      messages: {
        session: warning("GET_LOCK is kept beyond the end of the transaction, until RELEASE_LOCK or the end of the session", {
          help: "call RELEASE_LOCK with the same name after COMMIT and ROLLBACK",
        }),
      },
      proofs: [
        ...proofs(
          "pg_try_advisory_lock(8)",
          "pg_try_advisory_lock(8, 9)",
          "pg_try_advisory_lock(8, id) AND pg_advisory_unlock(8, id)",
          "pg_try_advisory_lock(id)",
        ),
        { pg: "pg_try_advisory_xact_lock(9)", findings: ["session"] },
      ],
    },
    "advisory-unlock": {
      calls: ["pg_advisory_unlock(int8)", "pg_advisory_unlock(int4, int4)"],
      tidb: ([key, second]) => infix("comparison")`COALESCE(RELEASE_LOCK(${lockName(key, second)}), 0) = 1`,
      proofs: proofs("pg_try_advisory_lock(70) AND pg_advisory_unlock(70)", "pg_advisory_unlock(987654321)"),
    },
  },
);
