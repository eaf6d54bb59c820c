import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

const COMPATIBILITY = "https://docs.pingcap.com/tidb/stable/mysql-compatibility";

/** LISTEN and NOTIFY, advisory locks, COPY and replication, used through a driver. */
export const messaging = traces([
  {
    id: "messaging/listen",
    construct: "LISTEN and NOTIFY by a driver",
    why: "TiDB sends no messages to its clients.",
    docs: COMPATIBILITY,
    severity: "error",
    text: "{match}: TiDB has no LISTEN and NOTIFY",
    help: "send the message by what the application has for it (Redis, NATS, Kafka), or poll a table by an increasing id; changes of tables themselves come by TiCDC",
    files: FILES.code,
    find: /\.on\(\s*["'](?:notification|notify)["']|\bWaitForNotification\b|\bPgListener\b|\bpq\.NewListener\b|\bNewListener\((?=[^\n]*(?:pq|dsn|conn))|\bAsyncMessage::Notification\b|\bgetNotifications\(|\badd_listener\((?=\s*(?:["']|self|channel))|\b(?:conn|connection|con|raw_connection)\.notifies\b|\bwait_for_notify\b|\bPGNotification\b|(?<=\.)(?:NotificationReceived|WaitAsync)\b(?=[^\n]*(?:conn|Npgsql))|\bpg_notify\b|\bpgsqlGetNotify\b|(?<=["'`]\s*)(?:UN)?LISTEN\s+(?=[\w"$%{\\])/dg,
    within: /pg|postgres|psycopg|npgsql|sqlx/i,
    examples: [
      {
        file: "db.ts",
        text: 'import pg from "pg";\nclient.on("notification", f); await client.query("LISTEN jobs");',
        found: ['.on("notification"', "LISTEN "],
      },
      { file: "db.rs", text: "use sqlx::postgres::PgListener;", found: ["PgListener"] },
      { file: "db.ts", text: 'import pg from "pg";\nserver.on("listening", f); log("Listen to me")', found: [] },
    ],
  },
  {
    id: "messaging/advisory-locks",
    construct: "advisory locks",
    why: "TiDB has GET_LOCK(name, seconds) and RELEASE_LOCK(name): named by text, held by a session, waited for seconds, released with the connection. There is none of a transaction, and none that is shared.",
    docs: "https://docs.pingcap.com/tidb/stable/locking-functions",
    severity: "error",
    text: "{match} is an advisory lock of PostgreSQL",
    help: "SELECT GET_LOCK('name', 10) is 1 when it is held, RELEASE_LOCK('name') on the same connection; for a lock of a transaction SELECT … FOR UPDATE of a row kept for it",
    files: FILES.code,
    find: /\bpg_(?:try_)?advisory_(?:xact_)?(?:un)?lock(?:_shared|_all)?\b|\bPgAdvisoryLock\w*\b|\b(?:with_)?pg_advisory_\w+\b/dg,
    form: (match) => (/unlock/.test(match[0]) ? "RELEASE_LOCK" : /xact|shared|Pg/.test(match[0]) ? undefined : "GET_LOCK"),
    examples: [
      {
        file: "db.go",
        text: 'db.Exec("SELECT pg_advisory_lock($1)"); db.Exec("SELECT pg_advisory_unlock($1)")',
        found: ["pg_advisory_lock", "pg_advisory_unlock"],
        forms: ["GET_LOCK", "RELEASE_LOCK"],
      },
      { file: "db.go", text: 'db.Exec("SELECT GET_LOCK(?, 1)"); advisory_lock()', found: [] },
    ],
  },
  {
    id: "messaging/copy",
    construct: "COPY by a driver",
    why: "TiDB has LOAD DATA LOCAL INFILE, IMPORT INTO and inserts of several rows.",
    docs: "https://docs.pingcap.com/tidb/stable/sql-statement-load-data",
    severity: "error",
    text: "{match} is COPY",
    help: "inserts of some hundred rows each, LOAD DATA LOCAL INFILE, or IMPORT INTO for files",
    files: FILES.code,
    find: /\bpgx\.CopyFrom(?:Rows|Slice|Func|Source)\b|\bcopyFrom\((?=\s*["'`](?:COPY|copy)\b)|(?<=\.)(?:copy_expert|copy_from|copy_to|copy_records_to_table|copy_to_table|copy_from_query|copy_in_raw|copy_out_raw|BeginBinaryImport|BeginBinaryExport|BeginTextImport|BeginTextExport|copyIn|copyOut|copy_data|put_copy_data|get_copy_data)\(|(?<=\b(?:conn|tx|pool|db|c|p)\.)CopyFrom\(|\bCopyManager\b/dg,
    within: /pg|postgres|psycopg|npgsql|sqlx/i,
    examples: [
      { file: "db.py", text: "import psycopg2\ncur.copy_expert(sql, f)", found: ["copy_expert("] },
      { file: "db.py", text: "import psycopg2\nshutil.copy(a); x.deep_copy_from(y)", found: [] },
    ],
  },
  {
    id: "messaging/replication",
    construct: "logical replication of PostgreSQL",
    why: "Changes of TiDB come by TiCDC, to Kafka, MySQL or storage.",
    docs: "https://docs.pingcap.com/tidb/stable/ticdc-overview",
    severity: "error",
    text: "{match} is PostgreSQL's replication",
    help: "a changefeed of TiCDC to Kafka (canal-json, avro, open protocol) read by the application",
    files: FILES.code,
    find: /\bpg_(?:create|drop)_(?:logical_)?replication_slot\b|\bSTART_REPLICATION\b|\bpgoutput\b|\bwal2json\b|\bpg_logical_slot_\w+\b|\bpglogrepl\b|\bLogicalReplicationService\b|\bpg_replication_slots\b/dg,
    examples: [
      {
        file: "cdc.ts",
        text: "client.query(\"SELECT pg_create_logical_replication_slot('a', 'pgoutput')\")",
        found: ["pg_create_logical_replication_slot", "pgoutput"],
      },
      { file: "cdc.ts", text: 'replicate("slot"); const pgout = 1;', found: [] },
    ],
  },
]);
