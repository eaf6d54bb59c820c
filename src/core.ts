import type { Severity } from "./finding.js";

/** A finding that no rule makes, with the texts a reader sees. */
export interface CoreFinding {
  readonly id: string;
  readonly construct: string;
  readonly why: string;
  readonly docs: { readonly pg?: string; readonly tidb?: string };
  readonly messages: Readonly<Record<string, { readonly severity: Severity; readonly text: string; readonly help?: string }>>;
  readonly examples: readonly { readonly pg: string; readonly tidb: string | null; readonly findings: readonly string[] }[];
}

const unconverted = {
  id: "core/unconverted",
  construct: "anything no rule converts",
  why: `The converter prints only what is known to mean the same in TiDB. A statement, clause, type, function or operator that
is not on that list and that no rule rewrites is never passed through in the hope that it works: the statement stands in the
output as a comment with its original text, and this finding says which part was not known.`,
  docs: { tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility" },
  messages: {
    statement: {
      severity: "error",
      text: "not converted: {reason} has no TiDB form here",
      help: "write the TiDB statement by hand where the commented one stands in the output",
    },
    "left-out": {
      severity: "error",
      text: "{what} was left out: {reason} has no TiDB form here",
      help: "the rest of the statement was converted; add the missing part by hand, or keep it in the application",
    },
    broken: {
      severity: "error",
      text: "not converted: the converter broke down over this statement ({error})",
      help: "please report it with the statement; all others were converted. Write this one by hand",
    },
  },
  examples: [{ pg: "LISTEN channel", tidb: null, findings: ["statement"] }],
} as const satisfies CoreFinding;

const parameters = {
  id: "core/parameters",
  construct: "parameters $1, $2, …",
  why: `PostgreSQL's parameters have numbers and can stand in any order, several times; TiDB's are question marks that take the arguments as
they come. The order that a statement of the output takes them in is told, and must be followed by whoever calls it. Placeholders of drivers and
of sqlc (:name, @name, %s, %(name)s, sqlc.arg(name)) are parameters too, those of one name the same one.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-PARAMETERS-POSITIONAL",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-prepared-plan-cache",
  },
  messages: {
    places: { severity: "note", text: "parameters became ?, in the order {order}" },
    order: {
      severity: "warning",
      text: "parameters became ?, and the arguments must be passed in the order {order}",
      help: "change the call: one argument for each ?, some of them several times",
    },
    holes: {
      severity: "warning",
      text: "{number} stays in the output as it is: the text that is put there must be TiDB's",
      help: "convert what the application puts there too; how NULLs are sorted is part of it where it stands after ORDER BY",
    },
    sorted: {
      severity: "warning",
      text: "{number} alone after ORDER BY is a value, and sorts nothing",
      help: "where the application puts the name of a column there, write the statement once for each",
    },
    conditions: {
      severity: "warning",
      text: "{number} is a whole condition here: as ? it is one value, true or false",
      help: "where the application puts a condition there, write the statement once for each, or put TiDB's own text there",
    },
    list: {
      severity: "warning",
      text: "{number} became one ?, which takes one value",
      help: "write as many places as there are values: IN (?, ?, …)",
    },
    array: {
      severity: "warning",
      text: "parameter {number} is passed as a JSON text, '[1, 2]', where PostgreSQL takes an array",
      help: "pass JSON; or write IN (?, ?, …) with as many places as there are values, which an index serves",
    },
  },
  examples: [
    { pg: "SELECT $1::int, $2::text", tidb: "SELECT ? AS int4, ? AS text", findings: ["places"] },
    { pg: "SELECT $2::text, $1::int", tidb: "SELECT ? AS text, ? AS int4", findings: ["order"] },
    {
      pg: "SELECT :id::int, @name::text, %(id)s::int, sqlc.narg('x')::int",
      tidb: "SELECT ? AS int4, ? AS text, ? AS int4, ? AS int4",
      findings: ["places"],
    },
    {
      pg: "SELECT n FROM (VALUES (1), ($2::int)) AS t (n) WHERE n > $1 AND %query% ORDER BY %order%",
      tidb: "SELECT n FROM (SELECT 1 AS n UNION ALL SELECT ?) AS t WHERE n > ? AND %query% ORDER BY %order%",
      findings: ["holes", "holes", "order"],
    },
    {
      pg: "SELECT n FROM (VALUES (1)) AS t (n) ORDER BY :sort, n",
      tidb: "SELECT n FROM (SELECT 1 AS n) AS t ORDER BY ?, n",
      findings: ["sorted", "places"],
    },
    {
      pg: "SELECT n FROM (VALUES (1)) AS t (n) WHERE n > 0 AND %s",
      tidb: "SELECT n FROM (SELECT 1 AS n) AS t WHERE n > 0 AND ?",
      findings: ["conditions", "places"],
    },
    { pg: "SELECT 1 <> ALL($1::int[])", tidb: "", findings: ["order", "array"] },
  ],
} as const satisfies CoreFinding;

const notCarried = {
  id: "core/not-carried",
  construct: "a part of a statement that did not reach the output",
  why: `After each statement the converter compares what it was given with what was printed or dealt with by a rule. A clause
that was neither is named here, so that nothing disappears in silence: the rest of the statement was converted, this clause was not.`,
  docs: {},
  messages: {
    "not-carried": {
      severity: "error",
      text: "not carried over: {clause}",
      help: "decide whether the clause matters, and add what replaces it by hand",
    },
  },
  examples: [],
} as const satisfies CoreFinding;

const notUnderstood = {
  id: "core/not-understood",
  construct: "a statement PostgreSQL's own grammar refuses",
  why: `The statement was read with the grammar of PostgreSQL 18 and, when that refused it, of PostgreSQL 16. Neither could
read it, so there is nothing to convert. The usual causes are a truncated file, SQL of another product, and placeholders of a
template language. Every other statement of the file is converted as if this one were not there.`,
  docs: { pg: "https://www.postgresql.org/docs/current/sql-syntax.html" },
  messages: {
    refused: {
      severity: "error",
      text: "PostgreSQL's parser refuses this statement: {reason}",
      help: "correct the statement, or take the part that is not SQL out of the file",
    },
    unterminated: {
      severity: "error",
      text: "{what} is opened here and never closed",
      help: "close it; the statements after it were still converted where their beginnings could be told",
    },
  },
  examples: [{ pg: "CREATE TABEL t (id int)", tidb: null, findings: ["refused"] }],
} as const satisfies CoreFinding;

const ownSql = {
  id: "core/own-sql",
  construct: "a statement that is TiDB's already",
  why: `Files that somebody began to convert by hand hold statements that PostgreSQL's grammar refuses and MySQL's takes: ENUM(…) columns,
indexes inside CREATE TABLE, names in backquotes, AUTO_INCREMENT. They stand in the output as they are, and nothing of them is judged. In one that
still holds words of PostgreSQL, an INTERVAL of MySQL's, its LIMIT with two numbers and its quotes of names are read as what they mean; anything else
makes it neither.`,
  docs: { tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility" },
  messages: {
    kept: {
      severity: "note",
      text: "the statement is TiDB's or MySQL's and stands as it is",
      help: "pg2tidb does not know what it makes: statements about it are converted without its columns' types",
    },
    read: {
      severity: "note",
      text: "{written} is MySQL's, and read as {read}",
    },
    half: {
      severity: "error",
      text: "the statement is half MySQL's and half PostgreSQL's: {word} is PostgreSQL's",
      help: "write the whole statement in the one or the other",
    },
  },
  examples: [
    { pg: "CREATE TABLE t (id INT AUTO_INCREMENT, e ENUM('a','b'), INDEX i (id))", tidb: "the same", findings: ["kept"] },
    { pg: "CREATE TABLE t (id INT AUTO_INCREMENT, j JSONB)", tidb: null, findings: ["half"] },
    {
      pg: "SELECT now()::date > now() - INTERVAL 7 DAY LIMIT 2, 3",
      tidb: "SELECT CAST(NOW(6) AS DATE) > NOW(6) - INTERVAL 7 DAY LIMIT 3 OFFSET 2",
      findings: ["read", "read"],
    },
  ],
} as const satisfies CoreFinding;

const psql = {
  id: "core/psql",
  construct: "a psql command",
  why: `Lines that begin with a backslash are read by psql and never reach the server. Those that only guard or decorate a dump are
dropped; those that change the database or read another file would change what the rest of the file means. The DELIMITER lines of other
clients are read as such lines too: statements end where PostgreSQL's lexer ends them.`,
  docs: { pg: "https://www.postgresql.org/docs/current/app-psql.html" },
  messages: {
    dropped: { severity: "note", text: "\\{command} is a psql command without effect on the schema" },
    connect: {
      severity: "warning",
      text: "\\{command} {database} is left away: the output goes into the database of the connection",
      help: "connect to the database that takes the place of {database} before the output is applied",
    },
    elsewhere: {
      severity: "error",
      text: "\\{command} {database} is not followed: what comes after it goes into the same database as what came before",
      help: "cut the input here (pg_dump makes a file of each database), and convert each part into a database of its own",
    },
    refused: {
      severity: "error",
      text: "\\{command} is a psql command that cannot be followed here",
      help: "convert the file or database it leads to on its own",
    },
  },
  examples: [
    { pg: "\\restrict abc", tidb: "", findings: ["dropped"] },
    { pg: "\\connect shop", tidb: "", findings: ["connect"] },
    { pg: "CREATE TABLE t (a int); \\connect shop", tidb: "", findings: ["elsewhere"] },
    { pg: "\\i other.sql", tidb: null, findings: ["refused"] },
    { pg: "delimiter d//", tidb: "", findings: ["dropped"] },
  ],
} as const satisfies CoreFinding;

const copy = {
  id: "core/copy",
  construct: "COPY … FROM stdin with its data",
  why: `The rows between COPY and \\. are data, and TiDB has no COPY. They are counted, and none of them is in the output.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-copy.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-load-data",
  },
  messages: {
    "data-left-out": {
      severity: "error",
      text: "{rows} rows of COPY data for {table} are not in the output",
      help: "dump the data as `pg_dump --inserts --rows-per-insert=500`, which is converted, or load it as CSV",
    },
  },
  examples: [{ pg: "COPY t (a) FROM stdin;\n1\n\\.", tidb: null, findings: ["data-left-out"] }],
} as const satisfies CoreFinding;

const insert = {
  id: "core/insert",
  construct: "INSERT … VALUES with plain rows",
  why: `Rows of literals are converted value by value according to the column's type: backslashes are doubled, bytea becomes X'…', arrays
become JSON, booleans TRUE and FALSE, times keep their offset. A value that TiDB has no form for is named, and its statement left out.`,
  docs: { tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert" },
  messages: {
    value: {
      severity: "error",
      text: "{reason} has no TiDB form",
      help: "change the value, or the column's type, and load this row by hand",
    },
    utc: {
      severity: "warning",
      text: "a time without an offset for a timestamptz column is read as UTC",
      help: "PostgreSQL reads it in the session's time zone: dump with `SET TIME ZONE 'UTC'`, or write the offset",
    },
    "unknown-table": {
      severity: "warning",
      text: "the table's definition is not in the input: strings are passed on as they are",
      help: "convert the schema together with the data, so that bytea, arrays and times are coded by their type",
    },
    unchecked: {
      severity: "warning",
      text: "rows for {partition} go to {table}, which also takes rows that {partition} refuses in PostgreSQL",
      help: "nothing to do for rows that come from {partition}, as in a dump; others must be checked against its bounds before",
    },
  },
  examples: [{ pg: "INSERT INTO t VALUES (1)", tidb: "INSERT INTO t VALUES (1)", findings: ["unknown-table"] }],
} as const satisfies CoreFinding;

const unknownColumn = {
  id: "core/unknown-column",
  construct: "a column that the tables of the input do not have",
  why: `PostgreSQL refuses a statement about a column that is in none of the tables at hand. Where the input defines all of them and none has it,
either the name is wrong or a part of the schema is not in the input: the statement is converted without knowing the column's type.`,
  docs: { pg: "https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-COLUMN-REFS" },
  messages: {
    unknown: {
      severity: "warning",
      text: "{what}, as far as the input tells: PostgreSQL refuses it",
      help: "correct the name; or put what makes the column into the input, before this statement",
    },
  },
  examples: [
    {
      pg: "CREATE TABLE t (a int); SELECT b FROM t; UPDATE t SET c = 1",
      tidb: "CREATE TABLE t (a INT); SELECT b FROM t; UPDATE t SET c = 1",
      findings: ["unknown", "unknown"],
    },
  ],
} as const satisfies CoreFinding;

const absent = {
  id: "core/absent-relation",
  construct: "a statement about a table that is not in the output, or not yet",
  why: `The statement that makes the table was reported as not converted, or PostgreSQL's grammar refuses it. What changes, fills or indexes it would be refused by TiDB for that
alone, so it is left out as well, and comes back with the table.`,
  docs: {},
  messages: {
    absent: {
      severity: "error",
      text: "{table} is not in the output, and so this is not either",
      help: "see the finding at the statement that makes {table}",
    },
    dropped: { severity: "note", text: "{table} is not in the output: there is nothing to drop" },
    later: {
      severity: "error",
      text: "{table} is made further on in the input: PostgreSQL refuses this statement here as well",
      help: "give the files in the order in which they are run",
    },
  },
  examples: [
    { pg: "CREATE TEMP TABLE t (a int); CREATE INDEX i ON t (a)", tidb: null, findings: ["absent"] },
    { pg: "CREATE TABLE t AS SELECT random_id() AS a; DROP TABLE t", tidb: null, findings: ["dropped"] },
    {
      pg: "INSERT INTO t VALUES (1); CREATE TABLE t (a int)",
      tidb: "CREATE TABLE t (\n  a INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["later"],
    },
  ],
} as const satisfies CoreFinding;

const schemaName = {
  id: "core/schema-name",
  construct: "a relation whose name is another's in TiDB",
  why: `TiDB has no schemas within a database. Where the tables of the input live in several, those outside public get their schema's name in
front, so that none hides another. Names that differ in the case of letters only are one name there (error 1050): relations that are there at the
same time get different ones.`,
  docs: { pg: "https://www.postgresql.org/docs/current/ddl-schemas.html" },
  messages: {
    renamed: {
      severity: "warning",
      text: "{schema}.{name} is named {tidb} in TiDB, which has no schemas within a database",
      help: "use the new name in the application's queries; --schemas database makes a database of each schema, in which names stay",
    },
    distinct: {
      severity: "warning",
      text: "{schema}.{name} is named {tidb} in TiDB: its own name is too long there or another's, schemas and letters' case being left aside",
      help: "use the new name in the application's queries",
    },
  },
  examples: [
    {
      pg: "CREATE TABLE a (id int); CREATE TABLE app.b (id int)",
      tidb: "CREATE TABLE a (…); CREATE TABLE app_b (…)",
      findings: ["renamed"],
    },
    {
      pg: 'CREATE TABLE "User" (id int); CREATE TABLE "user" (id int)',
      tidb: "CREATE TABLE `User` (…); CREATE TABLE user_2 (…)",
      findings: ["distinct"],
    },
  ],
} as const satisfies CoreFinding;

const configTypes = {
  id: "config/types",
  construct: "types entries of the configuration",
  why: `Each entry under types names columns, by type or by table.column, and the TiDB type they are to have; the first that matches decides. An
entry that decides nothing is a mistake or has outlived its columns, and is named here with its place.`,
  docs: {},
  messages: {
    unused: {
      severity: "warning",
      text: "types: {pattern} matches no column of the input",
      help: "a bare name is the type without modifiers: varchar(*) takes any length, table.column a column; take the entry out if its columns are gone",
    },
    shadowed: {
      severity: "warning",
      text: "types: {pattern} decides nothing: {by}, before it, takes all of its {columns} columns",
      help: "the first entry that matches decides: put the narrower one first, or take one of them out",
    },
    unfit: {
      severity: "error",
      text: "types: {pattern} has no effect on {column}: {tidb} cannot hold values of {type}",
      help: "{type} can become {words}",
    },
  },
  examples: [],
} as const satisfies CoreFinding;

const configAccept = {
  id: "config/accept",
  construct: "accept entries of the configuration",
  why: `An entry under accept says that a finding is known, and why it may stand: it no longer counts for the exit code, and still stands in the
report. An entry that matches no finding any more is named here with its place.`,
  docs: {},
  messages: {
    unused: {
      severity: "warning",
      text: "accept: no finding of {rule}{object} is left to accept",
      help: "take the entry out: what it spoke of is converted now, or has another name",
    },
  },
  examples: [],
} as const satisfies CoreFinding;

const spelling = {
  id: "core/spelling",
  construct: "SQL in code that TiDB writes otherwise",
  why: `What converts to something of the same meaning needs no word in a converted file, but code that still has PostgreSQL's form has to be
changed: \`pg2tidb lint\` names each place with what stands there in TiDB.`,
  docs: {},
  messages: {
    form: { severity: "note", text: "{pg} is {tidb} in TiDB" },
    more: { severity: "note", text: "TiDB needs one statement more: {tidb}" },
    elsewhere: { severity: "note", text: "TiDB has no such statement: what it does is said where {what} is made" },
    without: { severity: "note", text: "TiDB needs nothing in the place of this statement" },
  },
  examples: [],
} as const satisfies CoreFinding;

const ignore = {
  id: "lint/ignore",
  construct: "comments that let findings pass",
  why: `\`pg2tidb-ignore rule: reason\` in a comment lets a finding of the line, or of the next one, pass. A comment without a reason, for a rule that
is none, or for what is not there any more, is itself told of: exceptions must not outlive their causes.`,
  docs: {},
  messages: {
    "no-rule": {
      severity: "warning",
      text: "the comment names no rule",
      help: "write pg2tidb-ignore, the rule's id, a colon and the reason",
    },
    "no-reason": {
      severity: "warning",
      text: "the comment gives no reason",
      help: "write it behind a colon: pg2tidb-ignore rule/id: reason",
    },
    "no-such-rule": { severity: "warning", text: "there is no rule {rule}", help: "the ids are those that findings show" },
    unused: { severity: "warning", text: "nothing of {rules} is there to let pass", help: "take the comment out" },
  },
  examples: [],
} as const satisfies CoreFinding;

const squash = {
  id: "core/squash",
  construct: "a step of a history that is squashed",
  why: `\`convert --squash\` writes the schema at the end of a history as one file. Each statement of the history makes a part of that schema,
or is told about here. Rows are no part of a schema: with --squash they are left out, and the history itself is the place to take them from.`,
  docs: {},
  messages: {
    folded: { severity: "note", text: "stands in the definition of {object}" },
    gone: { severity: "note", text: "what it makes or changes is not there any more at the end of the history" },
    drop: { severity: "note", text: "what it drops is not in the schema" },
    rows: {
      severity: "warning",
      text: "the rows that it puts into {what} are not in the output: they are no part of a schema",
      help: "if a new database needs them, convert the statement on its own (pg2tidb convert without --squash) and run it after the schema",
    },
    change: { severity: "note", text: "it changes the rows of {what}, and those are no part of a schema" },
    call: {
      severity: "warning",
      text: "what the query does is not in the output: only statements that define something are",
      help: "see whether a function that it calls makes or changes something, and do that by hand",
    },
    session: { severity: "note", text: "it makes no part of a schema" },
    unresolved: {
      severity: "error",
      text: "at the end of the history this does not resolve: {what}",
      help: "a statement in between renamed or dropped what it reads: write it as it is to be at the end, and put it behind the history",
    },
  },
  examples: [],
} as const satisfies CoreFinding;

/** The findings of the converter's own nets. */
export const CORE = {
  spelling,
  ignore,
  squash,
  configTypes,
  configAccept,
  schemaName,
  absent,
  unknownColumn,
  unconverted,
  parameters,
  notCarried,
  notUnderstood,
  ownSql,
  psql,
  copy,
  insert,
} as const;
