import { as, error, type Kind, literalText, note, qualified, rule, string, tidbText, type Value, warning } from "../../src/rule.js";

const MESSAGES = {
  dropped: note("{name} is left away: it is a setting of PostgreSQL's that changes nothing in the output"),
  followed: note("search_path is left away: it was followed when names were looked up"),
  "search-path": warning("names without a schema are looked up in {first} and public only, not in the rest of the path: {value}", {
    help: "write the schema in front of names that stand in another one",
  }),
  encoding: warning("client_encoding is {value}: letters beyond ASCII are right only if the file was read as that", {
    help: "dump by `pg_dump --encoding=UTF8`, or convert the file by iconv, and leave the line out",
  }),
  escapes: error("standard_conforming_strings is not on: backslashes in plain strings were read as themselves", {
    help: "set it to on, and write E'…' where a backslash escapes",
  }),
  "time-zone": warning("the time zone {value} is left away: times without an offset are read and shown in UTC", {
    help: "write times with their offset, or SET time_zone = '+02:00' for the statements that mean another zone",
  }),
  dates: warning("{name} is {value}: dates that are not written as 2024-12-31 mean another day in TiDB, or none", {
    help: "dump with the setting ISO, or write the dates as 2024-12-31",
  }),
  "foreign-keys": note("{name} is foreign_key_checks in TiDB, which has no triggers to turn off"),
  role: warning("{name} is left away: what follows is done by the user of the connection", {
    help: "apply the output as the user whose rights it needs",
  }),
  oids: warning("tables made after this have a column oid in old versions of PostgreSQL, and have none in the output", {
    help: "add a column of that name to tables whose oid is used",
  }),
  unknown: warning("{name} is left away: what depends on it may behave otherwise", {
    help: "look for what reads the setting; TiDB's own are listed by SHOW VARIABLES, and @name is a variable of the session",
  }),
  variable: warning(
    "{name} is a variable of the session, @`{name}`: no end of a transaction takes it back, and before it is set it is NULL",
    {
      help: "set it at the start of each transaction; current_setting('{name}') is converted to the variable",
    },
  ),
  limit: warning("{name} is left away: nothing ends what waits or runs for longer than {value}", {
    help: "SET max_execution_time = milliseconds ends a SELECT, SET innodb_lock_wait_timeout = seconds a wait for a row, SET wait_timeout = seconds an idle session",
  }),
  reset: note("{name} needs no RESET: the output does not set it"),
};

type Id = keyof typeof MESSAGES;

export default rule({
  construct: "SET, RESET and set_config",
  why: `Settings of PostgreSQL are unknown to TiDB, which refuses them (error 1193). Those that only guard or tune are left away; those that
change what the statements after them mean are said.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/runtime-config-client.html",
    tidb: "https://docs.pingcap.com/tidb/stable/system-variables",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("VariableSetStmt", ["variant", "name", "args", "is_local", "jumble_args"], (set, ctx) => {
      if (set.variant === "VAR_SET_MULTI" || NESTS.some((kind) => ctx.within(kind))) return;
      const name = (set.name ?? "the session").toLowerCase();
      const values = set.variant === "VAR_SET_VALUE" ? (set.args ?? []).map(text) : undefined;
      const { message, data, sql } = judge(name, values);
      if (sql === undefined) return ctx.drop(message, data);
      ctx.report(message, data);
      ctx.consumed(set.args ?? []);
      return ctx.replace(tidbText(sql));
    }),
    takes("SelectStmt", ["targetList"], (select, ctx) => {
      const call = select.targetList?.length === 1 ? as("FuncCall", as("ResTarget", select.targetList[0])?.val) : undefined;
      if (!call || qualified(call.funcname ?? []).name !== "set_config" || QUERIES.some((kind) => ctx.within(kind))) return;
      const [name, value] = (call.args ?? []).map(literalText);
      // A row of the functions' table: it gives the value back.
      if (name !== undefined && isOwn(name.toLowerCase())) return;
      if (name === undefined || value === undefined) return ctx.drop("unknown", { name: name ?? "set_config" });
      const { message, data, sql } = judge(
        name.toLowerCase(),
        name === "search_path" ? value.split(",").map((part) => part.trim()) : [value],
      );
      if (sql === undefined) return ctx.drop(message, data);
      ctx.report(message, data);
      ctx.consumed(select.targetList!);
      return ctx.replace(tidbText(sql));
    }),
  ],
  examples: [
    {
      pg: `SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET default_tablespace = '';
SET default_table_access_method = heap`,
      tidb: null,
      findings: ["dropped", "dropped", "dropped", "followed", "dropped", "dropped", "dropped"],
      rejected: { sql: "SET statement_timeout = 0", code: 1193 },
    },
    {
      pg: "SET lock_timeout = '5s'; SET LOCAL statement_timeout TO 60000; SET idle_in_transaction_session_timeout = '0s'",
      tidb: null,
      findings: ["limit", "limit", "dropped"],
      rejected: { sql: "SET lock_timeout = '5s'", code: 1193 },
    },
    {
      pg: "SET search_path TO sales, public; SET search_path TO sales, archive; RESET search_path; RESET ALL",
      tidb: null,
      findings: ["followed", "search-path", "reset", "reset"],
      rejected: { sql: "RESET search_path", code: 1064 },
    },
    {
      pg: "SET NAMES 'LATIN1'; SET standard_conforming_strings = off; SET TIME ZONE 'Europe/Berlin'; SET TIME ZONE 'UTC'; SET datestyle = 'German'; SET datestyle = 'ISO, MDY'",
      tidb: null,
      findings: ["encoding", "escapes", "time-zone", "dropped", "dates", "dropped"],
      rejected: { sql: "SET timezone = 'UTC'", code: 1193 },
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int REFERENCES team (id))",
      pg: "SET session_replication_role = replica",
      tidb: "SET foreign_key_checks = 0",
      findings: ["foreign-keys"],
      accepts: ["INSERT INTO person VALUES (1)"],
      rejected: { sql: "SET session_replication_role = replica", code: 1193 },
    },
    {
      given:
        "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int REFERENCES team (id)); SET session_replication_role = replica",
      pg: "SET session_replication_role = DEFAULT",
      tidb: "SET foreign_key_checks = 1",
      findings: ["foreign-keys"],
      refuses: ["INSERT INTO person VALUES (1)"],
    },
    {
      pg: "SET app.tenant = '7'; SET LOCAL App.tenant TO seven; RESET app.tenant",
      tidb: "SET @`app.tenant` = '7';\nSET @`app.tenant` = 'seven';\nSET @`app.tenant` = NULL",
      findings: ["variable", "variable", "variable"],
    },
    {
      pg: "SET ROLE admin; SET default_with_oids = true; SET plpgsql.extra_warnings = 'all'; SELECT set_config('a', '7', true)",
      tidb: null,
      findings: ["role", "oids", "unknown", "unknown"],
      rejected: { sql: "SET SESSION AUTHORIZATION admin", code: 1064 },
    },
  ],
});

/** Statements that hold a SET of their own: what becomes of it is said with them. */
const NESTS: readonly Kind[] = ["CreateFunctionStmt", "AlterFunctionStmt", "AlterRoleSetStmt", "AlterDatabaseSetStmt", "AlterSystemStmt"];

/** Statements that take a query in: only a query of its own is a setting. */
const QUERIES: readonly Kind[] = ["SelectStmt", "InsertStmt", "ViewStmt", "CreateTableAsStmt", "RuleStmt"];

/** A setting of the application's own: PostgreSQL's have no dot in their names, but for those of its languages and extensions. */
const isOwn = (name: string): boolean =>
  /^[a-z_]\w*\.[\w.]+$/.test(name) && !/^(?:plpgsql|pltcl|plperl|plv8|auto_explain|pg_[a-z]+)\./.test(name);

function text(value: Value): string {
  const constant = as("A_Const", value);
  return String(constant?.sval ?? constant?.ival ?? constant?.fval ?? constant?.boolval ?? literalText(value) ?? "…");
}

interface Judgement {
  readonly message: Id;
  readonly data: { readonly name: string; readonly value: string; readonly first: string };
  readonly sql?: string;
}

/** @param values undefined for RESET and DEFAULT */
function judge(name: string, values: readonly string[] | undefined): Judgement {
  const schemas = (values ?? []).filter((schema) => !NO_SCHEMAS.has(schema));
  const value = (values ?? []).join(", ");
  const data = { name, value, first: schemas[0] ?? "public" };
  if (name === "session_replication_role")
    return { message: "foreign-keys", data, sql: `SET foreign_key_checks = ${value === "replica" ? 0 : 1}` };
  if (isOwn(name)) return { message: "variable", data, sql: `SET @\`${name}\` = ${values === undefined ? "NULL" : string(value)}` };
  if (values === undefined) return { message: "reset", data };
  if (name === "search_path") return { message: schemas.length > 1 ? "search-path" : "followed", data };
  const judged = JUDGED[name]?.(value.toLowerCase());
  if (judged) return { message: judged, data };
  return { message: name in JUDGED || HARMLESS.test(name) ? "dropped" : "unknown", data };
}

/** Parts of a search path that hold nothing of the input's own, or are searched anyway. */
const NO_SCHEMAS = new Set(["", "public", "pg_catalog", "$user"]);

const UTC = /^(etc\/)?(utc|gmt|uct|zulu)$|^[-+]?0+(:00)?$/;
const ON = /^(on|true|yes|1)$/;

/** Settings that change what statements mean, unless they say what is so anyway. */
const JUDGED: Readonly<Record<string, (value: string) => Id | undefined>> = {
  client_encoding: (value) => (/^(utf-?8|unicode|sql_ascii)$/.test(value) ? undefined : "encoding"),
  standard_conforming_strings: (value) => (ON.test(value) ? undefined : "escapes"),
  timezone: (value) => (UTC.test(value) ? undefined : "time-zone"),
  datestyle: (value) => (value.startsWith("iso") ? undefined : "dates"),
  intervalstyle: (value) => (value === "postgres" ? undefined : "unknown"),
  role: () => "role",
  session_authorization: () => "role",
  default_with_oids: (value) => (ON.test(value) ? "oids" : undefined),
  ...Object.fromEntries(
    ["statement", "lock", "transaction", "idle_in_transaction_session", "idle_session"].map((what) => [`${what}_timeout`, limit]),
  ),
};

/** No time is no limit. */
function limit(value: string): Id | undefined {
  return /^0+\s*[a-z]*$/.test(value) ? undefined : "limit";
}

/** Settings that guard, tune, log or place, and change no result. */
const HARMLESS = new RegExp(
  `^(${[
    "deadlock_timeout|check_function_bodies|xmloption|xmlbinary|client_min_messages|row_security|bytea_output|extra_float_digits|escape_string_warning",
    "default_tablespace|temp_tablespaces|default_table_access_method|default_toast_compression|quote_all_identifiers",
    "(maintenance_|autovacuum_|logical_decoding_)?work_mem|temp_buffers|effective_.*|.*_cost|.*_collapse_limit|geqo.*|jit.*|enable_.*",
    "max_parallel_.*|parallel_.*|.*parallel.*|constraint_exclusion|plan_cache_mode|cursor_tuple_fraction|default_statistics_target",
    "synchronous_commit|commit_.*|wal_.*|vacuum_.*|log_.*|track_.*|debug_.*|auto_explain\\..*|application_name|lc_messages|search_path",
    "password_encryption|synchronize_seqscans|allow_in_place_tablespaces|allow_system_table_mods|ignore_checksum_failure",
  ].join("|")})$`,
);
