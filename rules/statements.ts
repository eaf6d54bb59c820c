import {
  advice,
  as,
  type Context,
  type Data,
  type Effects,
  effectsOf,
  effectWords,
  error,
  find,
  firing,
  type Kind,
  type NodeOf,
  note,
  qualified,
  type RuleSpec,
  relationName,
  rootOf,
  rule,
  triggerRoutine,
  typeName,
  type Value,
  warning,
} from "../src/rule.js";

type Message = ReturnType<typeof note>;
type Examples = RuleSpec<string>["examples"];

/** A statement that TiDB has no form for, or needs none: it is taken out, and a finding says why. */
interface Row<K extends Kind> {
  readonly construct: string;
  readonly why: string;
  /** A page of PostgreSQL's manual, and one of TiDB's that says what there is instead. */
  readonly pg: string;
  readonly tidb?: string;
  /** Which statements of the kind; all when absent. */
  readonly when?: (node: NodeOf<K>, ctx: Context) => boolean;
  readonly messages: Readonly<Record<string, Message>>;
  /** Which message; the first when absent. Undefined: all is said already of the statement's parts. */
  readonly choose?: (node: NodeOf<K>, ctx: Context) => string | undefined;
  readonly data?: (node: NodeOf<K>, ctx: Context) => Data;
  readonly examples: Examples;
}

/** An example of a statement that is taken out. `code`: TiDB's error for the same statement. */
function gone(pg: string, message: string, code?: number, given?: string): Examples[number] {
  return {
    ...(given === undefined ? {} : { given }),
    pg,
    tidb: null,
    findings: [message],
    ...(code === undefined ? {} : { rejected: { sql: pg, code } }),
  };
}

const SYNTAX = 1064;

function statement<K extends Kind>(kinds: readonly K[], row: Row<K>): RuleSpec<string> {
  const first = Object.keys(row.messages)[0]!;
  return rule({
    construct: row.construct,
    why: row.why,
    docs: {
      pg: `https://www.postgresql.org/docs/current/${row.pg}.html`,
      tidb: `https://docs.pingcap.com/tidb/stable/${row.tidb ?? "mysql-compatibility"}`,
    },
    messages: row.messages,
    on: (takes) =>
      kinds.map((kind) =>
        takes(kind, [], (readable, ctx) => {
          // The whole statement goes, so that no field needs to be declared.
          const node = readable as unknown as NodeOf<K>;
          if (row.when && !row.when(node, ctx)) return;
          const message = row.choose ? row.choose(node, ctx) : first;
          return message === undefined ? ctx.statements([]) : ctx.drop(message, row.data?.(node, ctx) ?? {});
        }),
      ),
    examples: row.examples,
  });
}

/** `OBJECT_TEXT_SEARCH` → `text search`. */
function words(constant: string | undefined): string {
  const name = (constant ?? "").replace(/^OBJECT_/, "");
  return OBJECT_WORDS[name] ?? name.replaceAll("_", " ").toLowerCase();
}

const OBJECT_WORDS: Readonly<Record<string, string>> = {
  MATVIEW: "materialized view",
  OPCLASS: "operator class",
  OPFAMILY: "operator family",
  STATISTIC_EXT: "statistics",
  TABCONSTRAINT: "constraint",
  DOMCONSTRAINT: "constraint of a domain",
  TSCONFIGURATION: "text search configuration",
  TSDICTIONARY: "text search dictionary",
  TSPARSER: "text search parser",
  TSTEMPLATE: "text search template",
  FDW: "foreign data wrapper",
  FOREIGN_SERVER: "server",
};

/** The name of an object, however the grammar writes it: a word, a list of words, a type, a function with its arguments. */
function nameOf(value: Value | undefined): string {
  const type = as("TypeName", value);
  if (type) return typeName(type).name;
  const called = as("ObjectWithArgs", value);
  return qualified(
    called ? (called.objname ?? []) : Array.isArray(value) ? (value as readonly Value[]) : value === undefined ? [] : [value],
  ).name;
}

/** `t.x` for a part of a table (a trigger, a rule), which the grammar writes as a list. */
function partName(value: Value | undefined): string {
  return Array.isArray(value) ? (value as readonly Value[]).map((part) => nameOf(part)).join(".") : nameOf(value);
}

const relname = (relation: NodeOf<"RangeVar"> | undefined): string => (relation ? relationName(relation).name : "");

function logicWords(effects: Effects, trigger?: { readonly table: string; readonly events: number }): Data {
  return { effort: effects.effort, because: effects.because, effects: effectWords(effects), advice: advice(effects, trigger) };
}

function routineWords(node: NodeOf<"CreateFunctionStmt">, ctx: Context): Data {
  if (node.returnType && typeName(node.returnType).name === "trigger")
    return {
      ...logicWords(effectsOf(ctx.final.programs.get(node))),
      advice: "do its work where the application writes the tables of its triggers",
    };
  return logicWords(effectsOf(ctx.final.programs.get(node)));
}

function triggerWords(node: NodeOf<"CreateTrigStmt">, ctx: Context): Data {
  const table = relname(node.relation);
  const routine = qualified(node.funcname ?? []);
  const effects = effectsOf(triggerRoutine(ctx.final, { routine })?.program);
  const said = logicWords(effects, { table, events: node.events ?? 0 });
  return {
    name: node.trigname ?? "",
    table,
    firing: firing(node),
    routine: routine.name,
    ...said,
    effects: effectWords(effects).replace(/^it /, ""),
  };
}

const functionRows = {
  "create-function": statement(["CreateFunctionStmt"], {
    construct: "CREATE FUNCTION",
    why: "TiDB has no functions of your own: nothing runs in the database but SQL.",
    pg: "sql-createfunction",
    when: (node) => !node.is_procedure,
    messages: {
      lost: error("function {name}() is not in the output: TiDB has no stored functions", {
        help: "effort {effort}: {because}; {effects}; {advice}",
      }),
    },
    data: (node, ctx) => ({ name: nameOf(node.funcname), ...routineWords(node, ctx) }),
    examples: [
      gone("CREATE FUNCTION twice(a int) RETURNS int AS 'SELECT a * 2' LANGUAGE sql", "lost", SYNTAX),
      gone("CREATE FUNCTION owner_of(a int) RETURNS text AS 'SELECT name FROM t WHERE id = a' LANGUAGE sql", "lost", SYNTAX),
    ],
  }),
  "create-procedure": statement(["CreateFunctionStmt"], {
    construct: "CREATE PROCEDURE",
    why: "TiDB's parser reads CREATE PROCEDURE, and its server refuses it.",
    pg: "sql-createprocedure",
    when: (node) => node.is_procedure === true,
    messages: {
      lost: error("procedure {name} is not in the output: TiDB has no stored procedures", {
        help: "effort {effort}: {because}; {effects}; {advice}",
      }),
    },
    data: (node, ctx) => ({ name: nameOf(node.funcname), ...routineWords(node, ctx) }),
    examples: [
      {
        ...gone("CREATE PROCEDURE clean() AS 'DELETE FROM t' LANGUAGE sql", "lost"),
        rejected: { sql: "CREATE PROCEDURE clean() BEGIN END", code: 8108 },
      },
    ],
  }),
  "alter-function": statement(["AlterFunctionStmt", "AlterObjectDependsStmt"], {
    construct: "ALTER FUNCTION or PROCEDURE",
    why: "The function itself is not in the output, and its finding stands where it is created.",
    pg: "sql-alterfunction",
    messages: { gone: note("there is nothing to alter: functions are not in the output") },
    examples: [gone("ALTER FUNCTION twice(int) STABLE", "gone", SYNTAX)],
  }),
  call: statement(["CallStmt"], {
    construct: "CALL",
    why: "The procedure it calls cannot be in TiDB.",
    pg: "sql-call",
    messages: {
      lost: error("CALL {name} is not in the output: TiDB has no stored procedures", {
        help: "send the procedure's statements from where it was called",
      }),
    },
    data: (node) => ({ name: nameOf(node.funccall?.funcname) }),
    examples: [gone("CALL clean()", "lost", 8108)],
  }),
  "create-trigger": statement(["CreateTrigStmt"], {
    construct: "CREATE TRIGGER",
    why: "TiDB has no triggers.",
    pg: "sql-createtrigger",
    messages: {
      lost: error("trigger {name} on {table} is not in the output: TiDB has no triggers", {
        help: "effort {effort}: {because}; it fires {firing}, and {routine}() {effects}; {advice}",
      }),
    },
    data: triggerWords,
    examples: [
      gone(
        "CREATE TRIGGER counted AFTER INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION counting()",
        "lost",
        SYNTAX,
        "CREATE TABLE t (a int); CREATE TABLE n (n int); CREATE FUNCTION counting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE n SET n = n + 1; RETURN NULL; END $$",
      ),
      gone("CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touched()", "lost", SYNTAX, "CREATE TABLE t (a int)"),
    ],
  }),
  "create-event-trigger": statement(["CreateEventTrigStmt", "AlterEventTrigStmt"], {
    construct: "EVENT TRIGGER",
    why: "TiDB has no triggers, on events or on tables.",
    pg: "sql-createeventtrigger",
    messages: {
      lost: error("event trigger {name} is not in the output: TiDB has no triggers", {
        help: "check changes of the schema where they are made, in the migration tool or its review",
      }),
    },
    data: (node) => ({ name: node.trigname ?? "" }),
    examples: [gone("CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION f()", "lost", SYNTAX)],
  }),
  "create-rule": statement(["RuleStmt"], {
    construct: "CREATE RULE",
    why: "TiDB does not rewrite statements by rules.",
    pg: "sql-createrule",
    messages: {
      lost: error("rule {name} on {table} is not in the output: TiDB has no rules", {
        help: "write in the application what the rule made of the statement",
      }),
      redirect: note("rule {name} needs nothing in TiDB: the rows it sent to a partition stay in {table}"),
    },
    choose: (node, ctx) => (sendsToPartitions(node, ctx) ? "redirect" : "lost"),
    data: (node) => ({ name: node.rulename ?? "", table: relname(node.relation) }),
    examples: [
      gone("CREATE RULE keep AS ON DELETE TO t DO INSTEAD NOTHING", "lost", SYNTAX, "CREATE TABLE t (a int)"),
      gone(
        "CREATE RULE send AS ON INSERT TO t WHERE new.a > 0 DO INSTEAD INSERT INTO t1 VALUES (new.a)",
        "redirect",
        SYNTAX,
        "CREATE TABLE t (a int); CREATE TABLE t1 (CHECK (a > 0)) INHERITS (t)",
      ),
    ],
  }),
  "create-policy": statement(["CreatePolicyStmt", "AlterPolicyStmt"], {
    construct: "row security policies",
    why: "TiDB has no row level security.",
    pg: "sql-createpolicy",
    messages: {
      lost: error("policy {name} on {table} is not in the output: in TiDB whoever may read {table} reads all its rows", {
        help: "put its condition into the application's queries, or GRANT a view with the condition in place of the table",
      }),
    },
    data: (node) => ({ name: node.policy_name ?? "", table: relname(node.table) }),
    examples: [gone("CREATE POLICY own ON t USING (a = 1)", "lost", SYNTAX, "CREATE TABLE t (a int)")],
  }),
};

/** Whether a rule only sends inserted rows on to children of the table, whose rows are the table's own in TiDB. */
function sendsToPartitions({ event, instead, relation, actions }: NodeOf<"RuleStmt">, { final }: Context): boolean {
  const table = relation && find(final, final.tables, relationName(relation));
  return (
    event === "CMD_INSERT" &&
    instead === true &&
    table !== undefined &&
    (actions ?? []).length > 0 &&
    (actions ?? []).every((action) => {
      const into = as("InsertStmt", action)?.relation;
      const target = into && find(final, final.tables, relationName(into));
      // An INSERT into a partition is one into the whole table by now.
      return target !== undefined && (rootOf(target) ?? target) === table;
    })
  );
}

/** Extensions whose types, functions and operator classes are judged wherever a statement uses them. */
const JUDGED_WHERE_USED = new Set(
  `adminpack amcheck auto_explain btree_gin btree_gist citext cube dblink earthdistance fuzzystrmatch hstore intarray isn lo ltree
  moddatetime pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_trgm pg_uuidv7 pg_visibility pgcrypto pgrowlocks
  pgstattuple plpgsql plpgsql_check refint seg sslinfo tablefunc tcn unaccent uuid-ossp vector xml2`.split(/\s+/),
);

/** What to do without an extension that is more than types and functions. */
const ADVICE: Readonly<Record<string, string>> = {
  age: "keep nodes and edges in tables, and walk them by WITH RECURSIVE",
  citus: "TiDB spreads every table over its stores: leave its calls out",
  file_fdw: "load the file by LOAD DATA or IMPORT INTO",
  mysql_fdw: "copy the foreign tables into TiDB, or read both databases in the application",
  oracle_fdw: "copy the foreign tables into TiDB, or read both databases in the application",
  pg_cron: "run its jobs from a scheduler outside of the database; for rows that expire TiDB has TTL",
  pg_partman: "add and drop partitions by a job outside, or let TTL remove old rows",
  pg_repack: "TiDB collects its garbage itself: leave its jobs out",
  pgaudit: "TiDB's audit log is a matter of the server's set-up",
  pgrouting: "compute routes outside of the database",
  postgis: "TiDB has no spatial types: keep longitude and latitude in DECIMAL columns or WKB in BLOB, and compute in the application",
  postgis_raster: "TiDB has no spatial types: keep rasters in files or BLOB",
  postgis_topology: "TiDB has no spatial types: compute in the application",
  postgres_fdw: "copy the foreign tables into TiDB, or read both databases in the application",
  rum: "search text outside of TiDB, or by the FULLTEXT of TiDB Cloud",
  timescaledb: "an ordinary table takes a hypertable's place; TTL removes old rows, and jobs outside compute the aggregates",
  wal2json: "TiCDC sends the changes of TiDB",
};

const extensionRows = {
  "create-extension": statement(["CreateExtensionStmt"], {
    construct: "CREATE EXTENSION",
    why: `TiDB has no extensions. Most of PostgreSQL's only add types and functions: these are judged where they are used, so that nothing is
lost with the statement itself. Others are whole systems.`,
    pg: "sql-createextension",
    messages: {
      judged: note("extension {name} needs nothing in TiDB: what it adds is judged where it is used"),
      system: error("extension {name} has no counterpart in TiDB", { help: "{advice}" }),
      unknown: warning("extension {name} is not known here: what it does by itself is lost", {
        help: "types and functions it adds are reported where they are used; look in its manual for what else it does",
      }),
    },
    choose: (node) => (JUDGED_WHERE_USED.has(node.extname ?? "") ? "judged" : (node.extname ?? "") in ADVICE ? "system" : "unknown"),
    data: (node) => ({ name: node.extname ?? "", advice: ADVICE[node.extname ?? ""] ?? "" }),
    examples: [
      gone('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public', "judged", SYNTAX),
      gone("CREATE EXTENSION postgis", "system", SYNTAX),
      gone("CREATE EXTENSION house_rules", "unknown", SYNTAX),
    ],
  }),
  "alter-extension": statement(["AlterExtensionStmt", "AlterExtensionContentsStmt"], {
    construct: "ALTER EXTENSION",
    why: "TiDB has no extensions.",
    pg: "sql-alterextension",
    messages: { gone: note("there is nothing to alter: TiDB has no extensions") },
    examples: [gone("ALTER EXTENSION pgcrypto UPDATE", "gone", SYNTAX)],
  }),
};

const schemaRows = {
  database: statement(["CreatedbStmt", "DropdbStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt"], {
    construct: "CREATE, ALTER and DROP DATABASE",
    why: `The output is applied to the database of the connection. A file that makes or drops databases would work on another one than it
is applied to.`,
    pg: "sql-createdatabase",
    tidb: "sql-statement-create-database",
    messages: {
      left: warning("{action} DATABASE {name} is left away: the output goes into the database of the connection", {
        help: "CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin, and connect to it, before the output is applied; what an older one holds stays",
      }),
      settings: warning("settings of database {name} are left away", {
        help: "set what the application relies on (time zone, search path) where it connects: pg2tidb prints the session that the output needs",
      }),
    },
    choose: (node) => (node.kind === "CreatedbStmt" || node.kind === "DropdbStmt" ? "left" : "settings"),
    data: (node) => ({ name: node.dbname ?? "", action: node.kind === "CreatedbStmt" ? "CREATE" : "DROP" }),
    examples: [
      {
        ...gone("CREATE DATABASE shop WITH OWNER = someone", "left"),
        rejected: { sql: "CREATE DATABASE x WITH OWNER = someone", code: SYNTAX },
      },
      gone("DROP DATABASE IF EXISTS shop", "left"),
      gone("ALTER DATABASE shop SET work_mem = '1GB'", "settings", SYNTAX),
    ],
  }),
};

const typeRows = {
  "create-enum": statement(["CreateEnumStmt"], {
    construct: "CREATE TYPE … AS ENUM",
    why: "TiDB has ENUM as a type of a column, without a name: the labels are written into each column that has the type.",
    pg: "datatype-enum",
    tidb: "data-type-string#enum-type",
    messages: { inlined: note("type {name} stands as ENUM(…) in the columns that have it") },
    data: (node) => ({ name: nameOf(node.typeName) }),
    examples: [gone("CREATE TYPE mood AS ENUM ('sad', 'ok')", "inlined", SYNTAX)],
  }),
  "create-domain": statement(["CreateDomainStmt"], {
    construct: "CREATE DOMAIN",
    why: "TiDB has no domains: the type underneath, with what it forbids, is written into each column that has the domain.",
    pg: "sql-createdomain",
    messages: { inlined: note("domain {name} stands as the type underneath in the columns that have it") },
    data: (node) => ({ name: nameOf(node.domainname) }),
    examples: [gone("CREATE DOMAIN year AS integer", "inlined", SYNTAX)],
  }),
  "alter-domain": statement(["AlterDomainStmt"], {
    construct: "ALTER DOMAIN of an unknown domain",
    why: "A domain stands in the columns that have it, and a change of it is a change of each of them; here the input does not say which these are.",
    pg: "sql-alterdomain",
    messages: {
      lost: error("ALTER DOMAIN {name} is not in the output: the input does not make the domain", {
        help: "convert the file that creates the domain together with this one",
      }),
    },
    data: (node) => ({ name: nameOf(node.typeName) }),
    examples: [gone("ALTER DOMAIN year SET NOT NULL", "lost", SYNTAX)],
  }),
  "create-composite": statement(["CompositeTypeStmt"], {
    construct: "CREATE TYPE … AS (…)",
    why: "TiDB has no types that are made of fields: a column of one is a JSON object.",
    pg: "rowtypes",
    tidb: "data-type-json",
    messages: { inlined: note("type {name} stands as JSON in the columns that have it") },
    data: (node) => ({ name: relname(node.typevar) }),
    examples: [gone("CREATE TYPE pair AS (a int, b int)", "inlined", SYNTAX)],
  }),
  "create-range": statement(["CreateRangeStmt"], {
    construct: "CREATE TYPE … AS RANGE",
    why: "TiDB has no range types: a column of one holds the range's text, as those of PostgreSQL's own range types do.",
    pg: "rangetypes",
    messages: { inlined: note("range type {name} stands as text in the columns that have it") },
    data: (node) => ({ name: nameOf(node.typeName) }),
    examples: [gone("CREATE TYPE span AS RANGE (subtype = float8)", "inlined", SYNTAX)],
  }),
  "alter-type": statement(
    ["AlterTypeStmt", "AlterCollationStmt", "AlterOperatorStmt", "AlterOpFamilyStmt", "AlterTSDictionaryStmt", "AlterTSConfigurationStmt"],
    {
      construct: "ALTER of types, operators, collations and text search",
      why: "What is altered is not in the output, and its finding stands where it is created.",
      pg: "sql-altertype",
      messages: { gone: note("there is nothing to alter: what it changes is not in the output") },
      examples: [gone("ALTER TEXT SEARCH DICTIONARY d (StopWords = 'none')", "gone", SYNTAX)],
    },
  ),
  "alter-attribute": statement(["AlterTableStmt"], {
    construct: "ALTER TYPE … ADD, DROP or ALTER ATTRIBUTE",
    why: "TiDB has no types that are made of fields.",
    pg: "sql-altertype",
    when: (node) => node.objtype === "OBJECT_TYPE",
    messages: {
      lost: error("type {name} is not altered: TiDB has no composite types", {
        help: "change what took the type's place: the columns, or the JSON document",
      }),
    },
    data: (node) => ({ name: relname(node.relation as NodeOf<"RangeVar"> | undefined) }),
    examples: [gone("ALTER TYPE pair DROP ATTRIBUTE b", "lost", SYNTAX)],
  }),
  define: statement(["DefineStmt"], {
    construct: "CREATE AGGREGATE, OPERATOR, COLLATION, TYPE, TEXT SEARCH …",
    why: "What can be added to PostgreSQL's types, operators, aggregates and searches is fixed in TiDB.",
    pg: "extend",
    messages: {
      lost: error("{what} {name} is not in the output: TiDB cannot be extended by it", {
        help: "statements that use it are reported where they stand: rewrite them with what TiDB has, or compute in the application",
      }),
    },
    data: (node) => ({ what: words(node.variant), name: nameOf(node.defnames) }),
    examples: [
      gone("CREATE AGGREGATE total(int) (SFUNC = add, STYPE = int)", "lost", SYNTAX),
      gone("CREATE TEXT SEARCH CONFIGURATION plain (PARSER = default)", "lost", SYNTAX),
    ],
  }),
  extend: statement(
    [
      "CreateCastStmt",
      "CreateOpClassStmt",
      "CreateOpFamilyStmt",
      "CreateConversionStmt",
      "CreateTransformStmt",
      "CreateAmStmt",
      "CreatePLangStmt",
    ],
    {
      construct: "CREATE CAST, OPERATOR CLASS, CONVERSION, TRANSFORM, ACCESS METHOD, LANGUAGE",
      why: "TiDB cannot be extended.",
      pg: "extend",
      messages: {
        lost: error("this extension of PostgreSQL is not in the output: TiDB has no such thing", {
          help: "statements that use it are reported where they stand",
        }),
      },
      examples: [gone("CREATE CAST (text AS int) WITH INOUT", "lost", SYNTAX)],
    },
  ),
};

const rightRows = {
  owner: statement(["AlterOwnerStmt"], {
    construct: "ALTER … OWNER TO",
    why: "TiDB's objects have no owners: privileges are granted on them.",
    pg: "sql-altertable",
    tidb: "privilege-management",
    messages: { gone: note("OWNER TO is left away: TiDB has privileges, no owners") },
    examples: [gone("ALTER FUNCTION f() OWNER TO someone", "gone", SYNTAX)],
  }),
  "security-label": statement(["SecLabelStmt"], {
    construct: "SECURITY LABEL",
    why: "TiDB has no security labels.",
    pg: "sql-security-label",
    messages: { lost: error("the security label of {name} is not in the output", { help: "grant privileges in its place" }) },
    data: (node) => ({ name: partName(node.object) }),
    examples: [gone("SECURITY LABEL ON TABLE t IS 'secret'", "lost", SYNTAX, "CREATE TABLE t (a int)")],
  }),
};

/** Objects with comments that are in TiDB without one. */
const COMMENTED = new Set(["OBJECT_INDEX", "OBJECT_TABCONSTRAINT", "OBJECT_SEQUENCE"]);

const sessionRows = {
  comment: statement(["CommentStmt"], {
    construct: "COMMENT ON anything but tables and columns",
    why: `TiDB keeps comments of tables, columns and indexes only, and takes an index's where the index is made. What a comment explains may not
be in TiDB either: then the finding of the thing itself is enough.`,
    pg: "sql-comment",
    tidb: "sql-statement-create-index",
    when: (node) => node.objtype !== "OBJECT_TABLE" && node.objtype !== "OBJECT_COLUMN",
    messages: {
      lost: error("the comment on {what} {name} is not in the output", {
        help: "keep the text with the schema's sources; an index takes COMMENT '…' at the end of its CREATE INDEX",
      }),
      gone: note("the comment goes with its {what}: {name} is not in TiDB"),
      view: note("the comment on view {name} is not in the output: views of TiDB have none"),
    },
    choose: (node, { catalog, lost }) => {
      const stored =
        node.objtype === "OBJECT_MATVIEW" ? find(catalog, catalog.tables, qualified((node.object ?? []) as readonly Value[])) : undefined;
      if (COMMENTED.has(node.objtype ?? "") || (stored && !lost(stored.node))) return "lost";
      return node.objtype === "OBJECT_VIEW" ? "view" : "gone";
    },
    data: (node) => ({ what: words(node.objtype), name: partName(node.object) }),
    examples: [
      gone("COMMENT ON INDEX i IS 'for the search page'", "lost", SYNTAX, "CREATE TABLE t (a int); CREATE INDEX i ON t (a)"),
      gone("COMMENT ON VIEW v IS 'for the search page'", "view", SYNTAX, "CREATE VIEW v AS SELECT 1 AS one"),
      gone("COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language'", "gone", SYNTAX),
    ],
  }),
  listen: statement(["ListenStmt", "NotifyStmt", "UnlistenStmt"], {
    construct: "LISTEN, NOTIFY, UNLISTEN",
    why: "TiDB sends no messages between sessions.",
    pg: "sql-notify",
    tidb: "ticdc-overview",
    messages: {
      lost: error("channel {name} does not work: TiDB has no LISTEN and NOTIFY", {
        help: "use a message queue, TiCDC's stream of changes, or look into a table from time to time",
      }),
    },
    data: (node) => ({ name: node.conditionname ?? "*" }),
    examples: [gone("LISTEN jobs", "lost", SYNTAX), gone("NOTIFY jobs, 'new'", "lost", SYNTAX)],
  }),
  lock: statement(["LockStmt"], {
    construct: "LOCK TABLE",
    why: "TiDB locks rows. LOCK TABLES of a usual server does nothing but warn, and it knows other modes.",
    pg: "sql-lock",
    tidb: "pessimistic-transaction",
    messages: {
      lost: warning("LOCK TABLE is left away: other sessions go on reading and writing", {
        help: "keep them out by stopping the application, or lock the rows by SELECT … FOR UPDATE",
      }),
    },
    examples: [gone("LOCK TABLE t IN EXCLUSIVE MODE", "lost", SYNTAX, "CREATE TABLE t (a int)")],
  }),
  maintenance: statement(["VacuumStmt", "ClusterStmt", "ReindexStmt", "CheckPointStmt", "LoadStmt"], {
    construct: "VACUUM, ANALYZE, CLUSTER, REINDEX, CHECKPOINT, LOAD",
    why: "They tend PostgreSQL's storage and change no rows. TiDB collects garbage and statistics by itself.",
    pg: "sql-vacuum",
    tidb: "garbage-collection-overview",
    messages: { gone: note("maintenance of PostgreSQL's storage is left away: TiDB does its own") },
    examples: [
      gone("VACUUM FULL t", "gone", SYNTAX, "CREATE TABLE t (a int)"),
      gone("REINDEX TABLE t", "gone", SYNTAX, "CREATE TABLE t (a int)"),
    ],
  }),
  statistics: statement(["CreateStatsStmt", "AlterStatsStmt"], {
    construct: "CREATE STATISTICS",
    why: "Statistics help the planner and change no result; TiDB gathers its own, on columns and indexes.",
    pg: "sql-createstatistics",
    tidb: "statistics",
    messages: { gone: note("statistics {name} is left away: TiDB gathers its own") },
    data: (node) => ({ name: nameOf(node.defnames) }),
    examples: [gone("CREATE STATISTICS s ON a, b FROM t", "gone", SYNTAX, "CREATE TABLE t (a int, b int)")],
  }),
  tablespace: statement(["CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterTableSpaceOptionsStmt", "AlterTableMoveAllStmt"], {
    construct: "TABLESPACE",
    why: "Where data lies changes no result. TiDB spreads it over its stores; placement policies say which ones.",
    pg: "sql-createtablespace",
    tidb: "placement-rules-in-sql",
    messages: { gone: note("tablespaces are left away: TiDB places data itself") },
    examples: [gone("CREATE TABLESPACE fast LOCATION '/ssd'", "gone", SYNTAX)],
  }),
  foreign: statement(
    [
      "CreateFdwStmt",
      "AlterFdwStmt",
      "CreateForeignServerStmt",
      "AlterForeignServerStmt",
      "CreateForeignTableStmt",
      "CreateUserMappingStmt",
      "AlterUserMappingStmt",
      "DropUserMappingStmt",
      "ImportForeignSchemaStmt",
    ],
    {
      construct: "foreign data",
      why: "TiDB reads no other databases.",
      pg: "ddl-foreign-data",
      messages: {
        lost: error("foreign data is not in the output: TiDB reads no other databases", {
          help: "copy the foreign tables into TiDB, or read both databases in the application",
        }),
      },
      examples: [
        gone("CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw", "lost", SYNTAX),
        gone("CREATE FOREIGN TABLE t (id int) SERVER far", "lost", SYNTAX),
      ],
    },
  ),
  replication: statement(
    ["CreatePublicationStmt", "AlterPublicationStmt", "CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt"],
    {
      construct: "PUBLICATION and SUBSCRIPTION",
      why: "TiDB does not take part in PostgreSQL's logical replication.",
      pg: "logical-replication",
      tidb: "ticdc-overview",
      messages: {
        lost: error("logical replication is not in the output", { help: "TiCDC sends TiDB's changes to MySQL, TiDB, Kafka and files" }),
      },
      examples: [gone("CREATE PUBLICATION p FOR ALL TABLES", "lost", SYNTAX)],
    },
  ),
  system: statement(["AlterSystemStmt"], {
    construct: "ALTER SYSTEM",
    why: "PostgreSQL's settings are not TiDB's.",
    pg: "sql-altersystem",
    tidb: "system-variables",
    messages: {
      lost: error("ALTER SYSTEM is not in the output", { help: "TiDB's settings are set by SET GLOBAL or in its configuration file" }),
    },
    examples: [gone("ALTER SYSTEM SET work_mem = '1GB'", "lost", SYNTAX)],
  }),
  "set-constraints": statement(["ConstraintsSetStmt"], {
    construct: "SET CONSTRAINTS",
    why: "TiDB checks every constraint at once.",
    pg: "sql-set-constraints",
    tidb: "constraints",
    messages: {
      lost: error("SET CONSTRAINTS is not in the output: TiDB checks every constraint at once", {
        help: "write parents before children, or SET foreign_key_checks = 0 for that transaction and check by a query",
      }),
      immediate: note("SET CONSTRAINTS … IMMEDIATE needs nothing: TiDB checks every constraint at once"),
    },
    choose: (node) => (node.deferred ? "lost" : "immediate"),
    examples: [gone("SET CONSTRAINTS ALL DEFERRED", "lost", SYNTAX), gone("SET CONSTRAINTS f IMMEDIATE", "immediate", SYNTAX)],
  }),
  discard: statement(["DiscardStmt"], {
    construct: "DISCARD",
    why: "TiDB has no statement that clears a session.",
    pg: "sql-discard",
    messages: {
      lost: warning("DISCARD is left away: temporary tables and variables of the session stay", {
        help: "open a new connection in its place",
      }),
    },
    examples: [gone("DISCARD ALL", "lost", SYNTAX)],
  }),
  prepare: statement(["PrepareStmt", "ExecuteStmt", "DeallocateStmt"], {
    construct: "PREPARE, EXECUTE, DEALLOCATE",
    why: "TiDB prepares a text, and passes values by user variables.",
    pg: "sql-prepare",
    tidb: "sql-statement-prepare",
    messages: {
      lost: error("prepared statement {name} is not in the output", {
        help: "PREPARE {name} FROM '… ? …', then SET @a = … and EXECUTE {name} USING @a; DEALLOCATE PREPARE {name}",
      }),
    },
    data: (node) => ({ name: node.name ?? "ALL" }),
    examples: [gone("PREPARE one AS SELECT 1", "lost", SYNTAX)],
  }),
  cursor: statement(["DeclareCursorStmt", "FetchStmt", "ClosePortalStmt"], {
    construct: "DECLARE, FETCH, CLOSE",
    why: "TiDB has no cursors in SQL.",
    pg: "sql-declare",
    messages: {
      lost: error("cursor {name} is not in the output: TiDB has none", {
        help: "let the driver stream the rows, or read by pages: WHERE id > … ORDER BY id LIMIT …",
      }),
    },
    data: (node) => ({ name: node.portalname ?? "ALL" }),
    examples: [gone("DECLARE c CURSOR FOR SELECT 1", "lost", SYNTAX), gone("CLOSE c", "lost", SYNTAX)],
  }),
  copy: statement(["CopyStmt"], {
    construct: "COPY to or from a file",
    why: "TiDB has no COPY; files are read by LOAD DATA and IMPORT INTO.",
    pg: "sql-copy",
    tidb: "sql-statement-load-data",
    messages: {
      lost: error("COPY {table} is not in the output", {
        help: "in: LOAD DATA LOCAL INFILE … INTO TABLE …, or IMPORT INTO; out: SELECT … INTO OUTFILE, or Dumpling",
      }),
    },
    data: (node) => ({ table: relname(node.relation) }),
    examples: [gone("COPY t FROM '/data/t.csv'", "lost", SYNTAX, "CREATE TABLE t (a int)")],
  }),
};

/** Things of PostgreSQL that are never made in TiDB. */
const NEVER_MADE = new Set(
  `ACCESS_METHOD AGGREGATE CAST COLLATION CONVERSION DOMAIN EVENT_TRIGGER EXTENSION FDW FOREIGN_SERVER FOREIGN_TABLE FUNCTION LANGUAGE
  OPCLASS OPERATOR OPFAMILY POLICY PROCEDURE PUBLICATION ROUTINE RULE STATISTIC_EXT TRANSFORM TRIGGER TSCONFIGURATION TSDICTIONARY
  TSPARSER TSTEMPLATE TYPE`
    .split(/\s+/)
    .map((type) => `OBJECT_${type}`),
);

const DROPS_COLUMNS = new Set(["OBJECT_TYPE", "OBJECT_DOMAIN"]);

/** Relations that ALTER TABLE's grammar also takes, and that are not in the output. */
const NOT_TABLES = new Set(["OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE"]);

const absentRows = {
  drop: statement(["DropStmt"], {
    construct: "DROP of what TiDB does not have",
    why: "Functions, triggers, types and the like are not in the output, so that there is nothing to drop.",
    pg: "sql-dropfunction",
    // A type that takes columns along is another rule's to judge, and gone from the statement when it did.
    when: (node) =>
      NEVER_MADE.has(node.removeType ?? "") && !(DROPS_COLUMNS.has(node.removeType ?? "") && node.behavior === "DROP_CASCADE"),
    messages: { gone: note("there is nothing to drop: {what} {name} is not in TiDB") },
    data: (node) => ({ what: words(node.removeType), name: (node.objects ?? []).map(partName).join(", ") }),
    examples: [gone("DROP FUNCTION IF EXISTS twice(int), thrice", "gone", SYNTAX), gone("DROP TRIGGER touch ON t", "gone", SYNTAX)],
  }),
  "alter-relation": statement(["AlterTableStmt"], {
    construct: "ALTER VIEW, MATERIALIZED VIEW, FOREIGN TABLE",
    why: "Defaults and options of a view are of use where it is written through, which TiDB does not do; foreign tables are not in the output.",
    pg: "sql-alterview",
    when: (node) => NOT_TABLES.has(node.objtype ?? "") || (node.objtype !== "OBJECT_TABLE" && !node.cmds?.length),
    messages: { gone: note("there is nothing to alter on {what} {name}") },
    choose: (node) => (node.cmds?.length ? "gone" : undefined),
    data: (node) => ({ what: words(node.objtype), name: relname(node.relation as NodeOf<"RangeVar"> | undefined) }),
    examples: [gone("ALTER VIEW v ALTER COLUMN a SET DEFAULT 1", "gone", SYNTAX)],
  }),
  rename: statement(["RenameStmt"], {
    construct: "RENAME of what TiDB does not have",
    why: "Functions, extensions, attributes of types and the like are not in the output.",
    pg: "sql-alterview",
    when: (node) => !RENAMED_ELSEWHERE.has(node.renameType ?? ""),
    messages: { gone: note("there is nothing to rename: {what} {name} is not in the output") },
    data: (node) => ({
      what: words(node.renameType),
      name: node.subname ?? (node.relation ? relname(node.relation) : nameOf(node.object)),
    }),
    examples: [
      gone("ALTER FUNCTION twice(int) RENAME TO doubled", "gone", SYNTAX),
      gone("ALTER TYPE pair RENAME ATTRIBUTE a TO b", "gone", SYNTAX),
    ],
  }),
};

const RENAMED_ELSEWHERE = new Set(
  ["TABLE", "VIEW", "MATVIEW", "COLUMN", "INDEX", "SEQUENCE", "TABCONSTRAINT", "TYPE", "DOMAIN", "DATABASE", "SCHEMA", "ROLE"].map(
    (type) => `OBJECT_${type}`,
  ),
);

/** One rule for every row, `statements/<row>`. */
export const statementRules: Readonly<Record<string, RuleSpec<string>>> = Object.fromEntries(
  Object.entries({
    ...functionRows,
    ...extensionRows,
    ...schemaRows,
    ...typeRows,
    ...rightRows,
    ...sessionRows,
    ...absentRows,
  }).map(([id, row]) => [`statements/${id}`, row]),
);
