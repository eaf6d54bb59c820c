import { string } from "../emit/words.js";
import type { Finding } from "../finding.js";
import type { TidbSchema } from "../result.js";
import { lineIndex, type Source, type Span } from "../source/text.js";
import { compareSchemas } from "../targets/compare.js";
import { freshDatabase } from "../targets/database.js";
import { reachesOutside, unquote, withoutText } from "../targets/outside.js";
import { offlineParser } from "../targets/parser.js";
import { readSchema } from "../targets/schema.js";
import { type Target, TidbError, type Warning } from "../targets/target.js";

export { splitTidb } from "../targets/split.js";

/** A TiDB statement, and the place in the reader's file it came from. */
export interface CheckedStatement {
  readonly sql: string;
  readonly source: Source;
  readonly span: Span;
}

export interface CheckOptions {
  /** SQL to run on the connection first. */
  readonly session: readonly string[];
  /** What TiDB must hold afterwards; without it nothing is read back. */
  readonly expected?: TidbSchema;
  /** Names of relations the conversion reported as not converted. What needs them is not held against the rest. */
  readonly absent?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
  /** Takes one line at a time: what is changed on the user's server and put back. */
  readonly log?: (line: string) => void;
}

/** The counts sum to the number of statements. */
export interface CheckReport {
  /** `TiDB v8.5.6 (embedded TiDB …)` */
  readonly engine: string;
  readonly applied: number;
  readonly refused: number;
  /** Not run, because on this server they would reach beyond our own database. */
  readonly skipped: number;
  /** Rules `check/refused`, `check/follows`, `check/ignored`, `check/skipped`, in order of place. */
  readonly findings: readonly Finding[];
  /** Rule `check/read-back`: what TiDB holds otherwise than expected, except where a refused statement explains it. */
  readonly differences: readonly Finding[];
  readonly session: readonly string[];
}

/**
 * Applies the statements one by one to a database of their own, which is removed afterwards, and reads the schema back.
 * @throws EngineError when TiDB cannot be used or is lost on the way; what TiDB refuses is a finding
 */
export async function checkStatements(
  target: Target,
  statements: readonly CheckedStatement[],
  options: CheckOptions,
): Promise<CheckReport> {
  const database = await freshDatabase(target, options.session, options.log);
  try {
    const refusals: Refusal[] = [];
    const findings: Finding[] = [];
    let skipped = 0;
    // What reads databases of other names, which are not made on a server of the user's, fails for that alone.
    const spreads = options.expected?.databases !== undefined;
    for (const [index, statement] of statements.entries()) {
      if (!target.disposable && (spreads || reachesOutside(statement.sql, database.name))) {
        skipped++;
        findings.push(skippedFinding(statement, target));
      } else {
        const answer = await apply(target, statement);
        if (answer instanceof TidbError) refusals.push({ statement, error: answer, makes: makes(statement.sql) });
        else findings.push(...answer.flatMap((warning) => ignored(statement, warning)));
      }
      options.onProgress?.(index + 1, statements.length);
    }
    return {
      engine: `TiDB ${target.version} (${target.where})`,
      applied: statements.length - refusals.length - skipped,
      refused: refusals.length,
      skipped,
      findings: [...findings, ...foldRefusals(refusals, options.absent ?? [])].sort(byPlace(statements)),
      differences: options.expected === undefined ? [] : await readBack(target, database.name, options.expected, statements, refusals),
      session: options.session,
    };
  } finally {
    await database.drop();
  }
}

/** What can be said without TiDB: how many statements a MySQL parser knows. It is never a reason to call one wrong. */
export async function checkOffline(statements: readonly CheckedStatement[]): Promise<{ accepted: number; unknown: number }> {
  const verdict = await offlineParser();
  const accepted = statements.filter(({ sql }) => verdict(sql) === "accepted").length;
  return { accepted, unknown: statements.length - accepted };
}

async function apply(target: Target, statement: CheckedStatement): Promise<readonly Warning[] | TidbError> {
  try {
    return (await target.run(runnable(statement.sql))).warnings;
  } catch (error) {
    if (error instanceof TidbError) return error;
    throw error;
  }
}

/** What takes arguments can only be prepared. */
function runnable(sql: string): string {
  return withoutText(sql)
    .replaceAll(/`(?:[^`]|``)*`/g, "")
    .includes("?")
    ? `PREPARE pg2tidb_checked FROM ${string(sql)}`
    : sql;
}

interface Refusal {
  readonly statement: CheckedStatement;
  readonly error: TidbError;
  /** What would be there, had it been accepted. */
  readonly makes: readonly Thing[];
}

/** Something a statement makes or misses. `table` is where a column, key or row belongs; lower case throughout. */
interface Thing {
  readonly kind: "relation" | "column" | "key" | "rows" | "database" | "function";
  readonly name: string;
  readonly table?: string;
}

const NAME = "(?:`(?:[^`]|``)+`|[\\w$\\u0080-\\uffff]+)";
const PATH = `(?:${NAME}\\s*\\.\\s*)?(${NAME})`;
const UNLESS = "(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?";

/** What a statement makes, by its form. Light, because the SQL is our own; too much costs a finding its own line, never its mention. */
const MAKERS: readonly { readonly form: RegExp; readonly made: (match: RegExpMatchArray) => Thing[] }[] = [
  {
    form: new RegExp(`^CREATE\\s+(?:[\\w=\\s]+?\\s)?(?:TABLE|VIEW|SEQUENCE)\\s+${UNLESS}${PATH}`, "i"),
    made: ([, name]) => [{ kind: "relation", name: named(name) }],
  },
  {
    form: new RegExp(`^CREATE\\s+(?:DATABASE|SCHEMA)\\s+${UNLESS}${PATH}`, "i"),
    made: ([, name]) => [{ kind: "database", name: named(name) }],
  },
  {
    form: new RegExp(`^CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+${UNLESS}(${NAME})\\s+ON\\s+${PATH}`, "i"),
    made: ([, name, table]) => [{ kind: "key", name: named(name), table: named(table) }],
  },
  {
    form: new RegExp(`^(?:INSERT|REPLACE)\\s+(?:IGNORE\\s+)?(?:INTO\\s+)?${PATH}`, "i"),
    made: ([, table]) => [{ kind: "rows", name: named(table), table: named(table) }],
  },
  {
    form: new RegExp(`^RENAME\\s+TABLE\\s+${PATH}\\s+TO\\s+${PATH}`, "i"),
    made: ([, , name]) => [{ kind: "relation", name: named(name) }],
  },
  { form: new RegExp(`^ALTER\\s+TABLE\\s+${PATH}([^]*)`, "i"), made: ([, table, actions]) => altered(named(table), actions ?? "") },
];

function makes(sql: string): Thing[] {
  const bare = withoutText(sql).trim();
  return MAKERS.flatMap(({ form, made }) => {
    const match = form.exec(bare);
    return match === null ? [] : made(match);
  });
}

function altered(table: string, actions: string): Thing[] {
  const found = (pattern: string) => [...actions.matchAll(new RegExp(pattern, "gi"))].map((match) => named(match[1]));
  const notAColumn = "CONSTRAINT|INDEX|KEY|UNIQUE|PRIMARY|FOREIGN|CHECK|FULLTEXT|PARTITION|COLUMN";
  return [
    ...found(`\\bRENAME\\s+(?:TO|AS)\\s+${PATH}`).map((name): Thing => ({ kind: "relation", name })),
    ...found(
      `\\b(?:ADD\\s+COLUMN\\s+${UNLESS}|ADD\\s+(?!(?:${notAColumn})\\b)|RENAME\\s+COLUMN\\s+${NAME}\\s+TO\\s+|CHANGE\\s+(?:COLUMN\\s+)?${NAME}\\s+)(${NAME})`,
    ).map((name): Thing => ({ kind: "column", name, table })),
    ...found(
      `\\b(?:ADD\\s+(?:CONSTRAINT|(?:UNIQUE\\s+)?(?:INDEX|KEY))|RENAME\\s+(?:INDEX|KEY)\\s+${NAME}\\s+TO)\\s+${UNLESS}(${NAME})`,
    ).map((name): Thing => ({ kind: "key", name, table })),
    // A key without a name still is one a foreign key may need; and read-back must know the table was meant to change.
    { kind: "key", name: "", table },
  ];
}

/** What an error says is missing, by its code; the texts are TiDB 8.5's own. */
const MISSING: ReadonlyMap<number, { readonly kind: Thing["kind"]; readonly text: RegExp }> = new Map([
  [1049, { kind: "database", text: /Unknown database '(.+)'/ }],
  [1051, { kind: "relation", text: /Unknown table '(.+)'/ }],
  [1146, { kind: "relation", text: /Table '(.+)' doesn't exist/ }],
  [1824, { kind: "relation", text: /referenced table '(.+)'/ }],
  [4139, { kind: "relation", text: /Unknown SEQUENCE: '(.+)'/ }],
  [1054, { kind: "column", text: /Unknown column '(.+?)' in/ }],
  [1072, { kind: "column", text: /(?:Key column '|column does not exist: )(.+?)(?:'|$)/ }],
  [3734, { kind: "column", text: /Missing column '(.+?)' for/ }],
  [3820, { kind: "column", text: /non-existing column '(.+?)'/ }],
  [1091, { kind: "key", text: /(?:Can't DROP '|index )(.+?)(?:'| doesn't exist)/ }],
  [1176, { kind: "key", text: /Key '(.+?)' doesn't exist/ }],
  [1822, { kind: "key", text: /Missing index for constraint '.*' in the referenced table '(.+)'/ }],
  [3940, { kind: "key", text: /Constraint '(.+)' does not exist/ }],
  [1305, { kind: "function", text: /FUNCTION (.+) does not exist/ }],
  [1452, { kind: "rows", text: /REFERENCES `(.+?)` \(/ }],
]);

function missedBy(error: TidbError): Thing | undefined {
  const row = MISSING.get(error.code);
  const name = row?.text.exec(error.message)?.[1];
  if (row === undefined || name === undefined) return undefined;
  // `db.t` and `t.c`: the last part is the thing's own name.
  return { kind: row.kind, name: (name.split(".").at(-1) ?? name).toLowerCase() };
}

/** Whether `made`, had it been there, would have been what the statement missed. */
function provides(made: Thing, missed: Thing, { sql }: CheckedStatement, code: number): boolean {
  // This one names the table that lacks an index, not the index.
  if (code === 1822) return made.kind === "key" && made.table === missed.name;
  const dropped = code === 1091 && (made.kind === "column" || made.kind === "key");
  if (made.name !== missed.name || (made.kind !== missed.kind && !dropped)) return false;
  return made.kind === "rows" || made.table === undefined || mentions(sql, made.table);
}

function mentions(sql: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll(/[^\w]/g, "\\$&")}(?![\\w$])`, "i").test(sql);
}

/** One finding for each cause, with those that only follow from it; and one for each reported loss that others need. */
function foldRefusals(refusals: readonly Refusal[], absent: readonly string[]): Finding[] {
  const lost = new Set(absent.map((name) => named(name.split(".").at(-1))));
  const roots: { cause: Refusal | string; made: Thing[]; followers: Refusal[] }[] = [];
  for (const refusal of refusals) {
    const missed = missedBy(refusal.error);
    let root = missed && roots.find(({ made }) => made.some((thing) => provides(thing, missed, refusal.statement, refusal.error.code)));
    if (root === undefined && missed !== undefined && (missed.kind === "relation" || missed.kind === "function") && lost.has(missed.name)) {
      root = { cause: missed.name, made: [{ kind: missed.kind, name: missed.name }], followers: [] };
      roots.push(root);
    }
    if (root === undefined) {
      roots.push({ cause: refusal, made: [...refusal.makes], followers: [] });
    } else {
      root.followers.push(refusal);
      // What needs the follower fails for the same cause.
      root.made.push(...refusal.makes);
    }
  }
  return roots.map(({ cause, followers }) =>
    typeof cause === "string" ? lossFinding(cause, followers) : refusedFinding(cause, followers),
  );
}

/** What to do about the refusals people meet most; the codes' texts are in TiDB's message. */
const HELP: ReadonlyMap<number, string> = new Map([
  [1062, "two rows have the same key in TiDB: look at the collation and the key of that table"],
  [1064, "TiDB's grammar does not have this; if pg2tidb wrote it, that is a bug worth reporting with the original statement"],
  [1071, "make the indexed columns shorter (3072 bytes in all, 4 for each character), or index a prefix or a hash"],
  [1142, "give the user that runs the check the right named in the message"],
  [1227, "give the user that runs the check the right named in the message"],
  [1170, "give the column a length (VARCHAR(n)) or index a prefix of it"],
  [1305, "TiDB has no such function: write the expression with others, or compute it in the application"],
  [1452, "load the rows that it refers to before it: those of COPY, and of files that were not converted, are not in the output"],
  [3780, "give both columns of the foreign key the same type, sign, character set and collation"],
]);
const HELP_OTHERWISE = "change the original statement so that TiDB accepts what becomes of it, then check again";

function refusedFinding({ statement, error }: Refusal, followers: readonly Refusal[]): Finding {
  const more =
    followers.length === 0
      ? ""
      : ` (+ ${followers.length} ${plural(followers.length)} that only ${followers.length === 1 ? "follows" : "follow"} from it)`;
  const help = HELP.get(error.code) ?? HELP_OTHERWISE;
  return finding(statement, "check/refused", "refused", "error", `TiDB refuses this: ${error.code}: ${error.message}${more}`, [
    help,
    ...places(followers),
  ]);
}

function lossFinding(name: string, followers: readonly Refusal[]): Finding {
  const first = followers[0]!.statement; // a loss is only noted with its first follower
  const text = `${followers.length} ${plural(followers.length)} cannot be applied without \`${name}\`, which is reported as not converted`;
  return finding(first, "check/follows", "reported-loss", "note", text, places(followers));
}

function places(followers: readonly Refusal[]): string[] {
  const shown = followers.slice(0, MOST_PLACES).map(({ statement, error }) => `${place(statement)} (${error.code})`);
  const hidden = followers.length - shown.length;
  return shown.length === 0 ? [] : [`following from it: ${shown.join(", ")}${hidden > 0 ? ` and ${hidden} more` : ""}`];
}

const MOST_PLACES = 20;

function place({ source, span }: CheckedStatement): string {
  const { line, column } = lineIndex(source)(span.start);
  return `${source.name}:${line}:${column}`;
}

/** Warnings by which TiDB says that it did less than it was asked for. */
const IGNORED: readonly { readonly code: number; readonly text: RegExp; readonly severity: Finding["severity"]; readonly help: string }[] =
  [
    { code: 1064, text: /ignored/, severity: "error", help: "the clause has no effect in TiDB: take it out, or replace what it ensured" },
    { code: 1105, text: /check_constraint/i, severity: "error", help: "SET GLOBAL tidb_enable_check_constraint = ON, then apply it again" },
    { code: 1214, text: /./, severity: "error", help: "there is no such index in TiDB afterwards" },
    { code: 1235, text: /./, severity: "error", help: "the statement has no effect in TiDB" },
    { code: 8200, text: /./, severity: "error", help: "the clause has no effect in TiDB" },
    { code: 1292, text: /./, severity: "warning", help: "TiDB used only the part of the value it understands" },
  ];

function ignored(statement: CheckedStatement, { code, message }: Warning): Finding[] {
  const row = IGNORED.find((candidate) => candidate.code === code && candidate.text.test(message));
  if (row === undefined) return [];
  // TiDB puts its sentence about the syntax before the one that says what it ignored.
  const text = message.replace(/^You have an error in your SQL syntax.*near ".*?"(?=\S)/s, "").trim();
  return [
    finding(statement, "check/ignored", "ignored", row.severity, `TiDB accepts this and ignores part of it: ${code}: ${text}`, [row.help]),
  ];
}

function skippedFinding(statement: CheckedStatement, target: Target): Finding {
  const text = `not run on ${target.where}: it may reach beyond the database made for the check`;
  return finding(statement, "check/skipped", "skipped", "warning", text, [
    "check it with an engine of our own: leave --tidb and TIDB_URL out",
  ]);
}

async function readBack(
  target: Target,
  database: string,
  expected: TidbSchema,
  statements: readonly CheckedStatement[],
  refusals: readonly Refusal[],
): Promise<Finding[]> {
  const things = refusals.flatMap((refusal) => refusal.makes).filter((thing) => thing.kind !== "rows");
  const explained = new Set(things.map((thing) => thing.table ?? thing.name));
  const present = (name: string) => !explained.has(name.toLowerCase());
  const wanted = {
    tables: expected.tables.filter((table) => present(table.name)),
    sequences: expected.sequences.filter(present),
    views: expected.views.filter(present),
  };
  // On a server of the user's nothing was made in other databases.
  const beside = target.disposable ? expected.databases : undefined;
  if (expected.databases && !beside) return [];
  const start = { source: statements[0]?.source ?? { name: "<none>", text: "" }, span: { start: 0, end: 0 } };
  return compareSchemas(wanted, await readSchema(target, database, beside)).map(({ origin, text }) =>
    finding(origin ?? start, "check/read-back", "difference", "error", `read back from TiDB: ${text}`, []),
  );
}

function finding(
  { source, span }: { source: Source; span: Span },
  rule: string,
  message: string,
  severity: Finding["severity"],
  text: string,
  help: readonly string[],
): Finding {
  return { rule, message, severity, text, ...(help.length === 0 ? {} : { help: help.join("; ") }), source, span };
}

/** By the order in which the files were given, then by place. */
function byPlace(statements: readonly CheckedStatement[]): (a: Finding, b: Finding) => number {
  const order = new Map([...new Set(statements.map(({ source }) => source))].map((source, index) => [source, index]));
  return (a, b) => (order.get(a.source) ?? 0) - (order.get(b.source) ?? 0) || a.span.start - b.span.start;
}

function plural(count: number): string {
  return count === 1 ? "statement" : "statements";
}

function named(name: string | undefined): string {
  return unquote(name ?? "").toLowerCase();
}
