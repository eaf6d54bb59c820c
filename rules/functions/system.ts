import {
  type Call,
  find,
  infix,
  isAutoIncrement,
  parseName,
  proofs,
  type RangeVar,
  raw,
  relationOf,
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

/** The sequence that a literal names. */
function sequenceOf(name: Value, call: Call): RangeVar | undefined {
  const text = call.text(name);
  const sequence = text === undefined ? undefined : find(call.catalog, call.catalog.sequences, parseName(text));
  if (!sequence) return call.refuse("a sequence that is not in the input, or whose name is no literal");
  const counted = [...sequence.usedBy].find(isAutoIncrement) ?? (sequence.node === undefined ? sequence.ownedBy : undefined);
  if (counted)
    return call.refuse(
      `a number of ${sequence.name}, which is the AUTO_INCREMENT of ${counted.table.name}.${counted.name} (leave the column out of the INSERT, and read LAST_INSERT_ID())`,
    );
  return relationOf(sequence);
}

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
    "current-user": {
      calls: ["current_user()", "user()", "current_role()", "session_user()"],
      tidb: () => tidb`SUBSTRING_INDEX(CURRENT_USER(), '@', 1)`,
      why: "TiDB's CURRENT_USER() has the host behind the name.",
      proofs: proofs("current_user = user", "length(current_user) > 0", "strpos(current_user::text, '@') = 0"),
    },
    "current-database": {
      calls: ["current_database()", "current_catalog()", "current_schema()"],
      tidb: () => tidb`DATABASE()`,
      why: "What PostgreSQL calls a schema is a database in TiDB.",
      proofs: proofs("length(current_database()) > 0", "current_schema() IS NOT NULL"),
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
        call.say("none");
        const sequence = sequenceOf(name, call);
        return sequence && tidb`LASTVAL(${sequence})`;
      },
      messages: {
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
      ],
    },
    "advisory-lock": {
      calls: ["pg_advisory_lock(int8)", "pg_advisory_xact_lock(int8)"],
      tidb: ([key], call) => {
        call.say(/xact/.test(call.signature.name) ? "session" : "wait");
        return tidb`GET_LOCK(CAST(${key} AS CHAR), 4294967)`;
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
      calls: ["pg_try_advisory_lock(int8)", "pg_try_advisory_xact_lock(int8)"],
      tidb: ([key], call) => {
        if (/xact/.test(call.signature.name)) call.say("session");
        return infix("comparison")`GET_LOCK(CAST(${key} AS CHAR), 0) = 1`;
      },
      messages: {
        session: warning("GET_LOCK is kept beyond the end of the transaction, until RELEASE_LOCK or the end of the session", {
          help: "call RELEASE_LOCK with the same name after COMMIT and ROLLBACK",
        }),
      },
      proofs: [
        ...proofs("pg_try_advisory_lock(8)", "pg_try_advisory_lock(id)"),
        { pg: "pg_try_advisory_xact_lock(9)", findings: ["session"] },
      ],
    },
    "advisory-unlock": {
      calls: ["pg_advisory_unlock(int8)"],
      tidb: ([key]) => infix("comparison")`COALESCE(RELEASE_LOCK(CAST(${key} AS CHAR)), 0) = 1`,
      proofs: proofs("pg_try_advisory_lock(70) AND pg_advisory_unlock(70)", "pg_advisory_unlock(987654321)"),
    },
  },
);
