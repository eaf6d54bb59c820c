import { createHash } from "node:crypto";
import { CORE } from "../../core.js";
import type { Finding } from "../../finding.js";
import { SPELLINGS } from "../../hosts/fragment.js";
import type { Edit } from "../../linted.js";
import type { FileResult, StatementResult } from "../../result.js";
import type { Source, Span } from "../../source/text.js";
import { core } from "../convert/pass.js";
import { type Change, changes, rewriting } from "./edits.js";
import { unfilled } from "./holes.js";
import type { SqlString } from "./strings.js";
import { sameTokens } from "./tokens.js";
import type { Work } from "./work.js";

/** @returns what `--fix` remembers a text by: white space does not count */
export function hashOf(sql: string): string {
  return createHash("sha256").update(sql.replaceAll(/\s+/g, " ").trim()).digest("hex").slice(0, 16);
}

/** A file of SQL as one text. */
export function wholeFile(source: Source, defines: boolean): SqlString {
  const span = { start: 0, end: source.text.length };
  const same = (offset: number) => offset;
  const rendered = { text: source.text, at: same, until: same, spellingOf: () => "plain" as const };
  return { host: source, span, filled: { rendered, fillings: [] }, written: [], source, defines };
}

export function textAt({ text }: Source, { start, end }: Span): string {
  return text.slice(start, end);
}

/** Findings in code that only say that the schema is not at hand, or that advise. */
const NOT_OF_CODE = /^(?:fitness\/|core\/absent-relation$|core\/unknown-column$|core\/schema-name$|tables\/unknown$|config\/)/;

/** Messages that say so of a table. */
const UNKNOWN_TABLE: ReadonlySet<string> = new Set([
  "queries/relations unknown",
  "objects/truncate unknown",
  "constraints/foreign-key unknown-child",
  "tables/alter-if-exists absent",
]);

function isOfCode({ rule, message }: Finding): boolean {
  return !NOT_OF_CODE.test(rule) && !UNKNOWN_TABLE.has(`${rule} ${message}`);
}

/** Places that a program fills in before it sends a text. */
const TEMPLATE = /%\w+%|\{\{|\{%|<%|\$\{/;

/** Why a statement is not judged as a whole, if so: what is said of its parts stands. */
function unreadFor(findings: readonly Finding[], written: string): string | undefined {
  if (findings.some(isOfHole)) return "a value that is put in at run time";
  if (findings.some(({ rule }) => rule === CORE.notUnderstood.id) && TEMPLATE.test(written)) return "put together at run time";
  const errors = findings.filter(({ severity }) => severity === "error");
  return errors.length > 0 && errors.every(isUntyped)
    ? "what it computes with is of no known type: --schema names the files that make its tables"
    : undefined;
}

/** Both engines have these: what is missing is the type. */
const IN_BOTH =
  /: (?:operator (?:=|<>|!=|[<>]=?|[-+*/%])|function (?:sum|avg|min|max|floor|ceil|ceiling|round|abs|power|sqrt|sign|mod)\(\)) on (?:values of unknown type|unknown(?:, unknown)?) has/;

function isUntyped({ rule, text }: Finding): boolean {
  return rule === CORE.unconverted.id && IN_BOTH.test(text);
}

/** What the parser says of a text with places in it says nothing of PostgreSQL. */
function isOfTemplate({ rule }: Finding, unread: string | undefined): boolean {
  return rule === CORE.notUnderstood.id && unread !== undefined;
}

/** What is said of an index where it is made is not said again where a column of it is renamed; and a database by name alone is TiDB's as well. */
function isInBoth({ rule }: Finding, written: string): boolean {
  if (rule === "indexes/options") return /^\s*alter\b/i.test(written);
  return rule === "statements/database" && /^\s*(?:create|drop)\s+database\s+(?:if\s+(?:not\s+)?exists\s+)?\S+\s*$/i.test(written);
}

/** A quoted value of which the host fills in a part has a form, or none, when it is known; and so is something to be dropped there, or not. */
function isOfHole({ rule, text }: Finding): boolean {
  return (
    (rule === CORE.insert.id && /'[^']*hole_\d+_/.test(text)) ||
    (rule === CORE.unconverted.id && /: '[^']*hole_\d+_[^']*' as \w+ has no TiDB form/.test(text)) ||
    /^there is nothing to drop: .*hole_\d+_|^index \S*hole_\d+_\S* is not dropped/.test(text)
  );
}

const PLACEHOLDER = /\$\d+|\$\{h\d+\}|(?<![:\w]):[a-z_]\w*|@[a-z_]\w*|%s|%\(\w+\)s|sqlc\.\w+\([^)]*\)/gi;

/** Takes what became of a text to where it stands in the host. */
export function take(work: Work, file: FileResult, string: SqlString, { converted }: { readonly converted: ReadonlySet<string> }): void {
  const isFile = string.source === string.host;
  for (const statement of file.statements) {
    if (isFile && converted.has(hashOf(textAt(string.source, statement.span)))) work.foreign++;
    else takeStatement(work, statement, string, isFile, isFile || file.statements.length === 1);
  }
}

/** @param isAlone what is remembered as converted is a whole text: one of several statements in it must not take the others along */
function takeStatement(work: Work, converted: StatementResult, string: SqlString, isFile: boolean, isAlone: boolean): void {
  const statement = { ...converted, sql: withHoles(converted) };
  const { sql, outcome, span } = statement;
  const { rendered } = string.filled;
  const shown = (text: string) => unfilled(text, string.filled, string.written);
  const inHost = ({ start, end }: Span): Span => ({
    start: rendered.at(start),
    end: Math.max(rendered.until(end), rendered.at(start) + 1),
  });
  const from = isFile ? span.start : string.span.start;
  const written = textAt(string.source, span);
  const unread = unreadFor(statement.findings, written);
  if (unread !== undefined) work.unread.push({ span: inHost(span), reason: unread });
  else work.linted.push({ span: inHost(span), sql: shown(written), tidb: sql.map(shown), outcome });

  const told = statement.findings.filter(
    (finding) =>
      !isAlready(finding, statement, written) &&
      !isUntyped(finding) &&
      !isOfHole(finding) &&
      !isOfTemplate(finding, unread) &&
      !isInBoth(finding, written),
  );
  const ofCode = told.filter(isOfCode);
  // Of a statement that is not in the output, something is said in any case.
  const own = ofCode.length === 0 && unread === undefined && outcome === "unconverted" && sql.length === 0 ? told : ofCode;
  const findings = own.map((finding) => ({ finding, span: placeOf(finding, statement, written) }));
  const isSplit = findings.some(({ finding: { rule, severity } }) => rule === "dml/with-writes" && severity !== "error");
  const all = outcome === "as-is" ? [] : isSplit ? [{ ...span, text: sql.join(";\n") }] : changesOf(statement, written, changes);
  const edits =
    (isFile && string.defines) || !isAlone || !isSame(statement) ? undefined : editsOf(changesOf(statement, written, rewriting), string);
  for (const { finding, span: at } of findings)
    work.findings.push({
      finding: { ...finding, source: work.source, span: inHost(at), text: shown(finding.text), help: finding.help && shown(finding.help) },
      from,
      edits,
    });
  for (const change of all) {
    const pg = shown(textAt(string.source, change)).trim();
    const tidb = shown(change.text);
    if (!change.moved && sameTokens(pg, tidb)) continue;
    if (findings.some(({ finding, span: at }) => finding.rule !== CORE.parameters.id && covers(at, change, span))) continue;
    const data = { pg: short(pg), tidb: tidb === "" ? "left out" : short(tidb) };
    const message = change.more ? "more" : "form";
    work.findings.push({ finding: core(CORE.spelling, message, data, work.source, inHost(change)), from, suggestion: tidb, edits });
  }
  if (unread === undefined && outcome !== "as-is" && statement.findings.length === 0 && all.length === 0 && sql.length === 0)
    work.findings.push({ finding: core(CORE.spelling, "without", {}, work.source, inHost(span)), from });
}

/** The statements with what the host fills in, and what its library takes for TiDB too, as it is written: in the order of the question marks. */
function withHoles({ sql, parameters, source, span }: StatementResult): readonly string[] {
  const names = parameters?.flat() ?? [];
  if (!names.some((name) => stays(name, source.name) || name === "%s")) return sql;
  const written = textAt(source, span);
  // Where percent signs begin placeholders, one that is meant is written twice.
  const isPercent = names.some((name) => name.startsWith("%"));
  const literal = (text: string) => (isPercent && !written.includes(text) ? text.replaceAll("%", "%%") : text);
  let next = 0;
  return sql.map((text) =>
    text.replaceAll(/'(?:[^'\\]|''|\\[\s\S])*'|`[^`]*`|\?/g, (found) => {
      if (found !== "?") return literal(found);
      const name = names[next++] ?? "?";
      return name === "%s" || stays(name, source.name) ? name : found;
    }),
  );
}

/** What the host fills in; and names, which libraries make parameters of for either engine: SQLAlchemy, PyMySQL, PDO, JPA, JDBI, sqlx, sqlc. */
const STAYS = /^(?:\$\{.*\}|:\w+|%\(\w+\)s|sqlc\..*)$/;
/** MySqlConnector takes the names that Npgsql does; elsewhere `@name` is a variable of TiDB. */
const DOTNET = /\.(?:cs|fs|vb)$/;

function stays(name: string, path: string): boolean {
  return STAYS.test(name) || (name.startsWith("@") && DOTNET.test(path));
}

/** Whether all parameters are what they were: names, question marks, or what the host fills in. */
function isAlready({ rule, message, text }: Finding, { parameters, source }: StatementResult, written: string): boolean {
  if (rule !== CORE.parameters.id) return false;
  // A part of a statement that the host puts in is none of PostgreSQL's.
  if ((message === "conditions" || message === "sorted") && text.startsWith("${h")) return true;
  // sqlc makes as many places of it as there are values.
  if (message === "list") return true;
  if (message !== "places" && message !== "order") return false;
  const marks = (parameters?.flat() ?? []).filter((name) => !stays(name, source.name));
  // Several question marks look alike: which of them changed places is to be told.
  if (message === "order" && marks.length > 0) return false;
  const isMark = (name: string) => name === "?" || name === "%s";
  return marks.every(isMark) && marks.length === written.replaceAll(/'(?:[^']|'')*'/g, "").split(/\?|%s/).length - 1;
}

const PARTIAL = /\bwhere\b[\s\S]*$/i;
const KEYS = /\((?:[^()]|\([^()]*\))*\)/;
/** Words of a statement of which the parser tells no place, by what is said of them. */
const WORDS: Readonly<Record<string, RegExp>> = {
  "indexes/options include": /\binclude\s*\([^)]*\)/i,
  "objects/drop cascade": /\bcascade\s*$/i,
  "indexes/options named": /\bindex\b/i,
  "indexes/partial all": PARTIAL,
  "indexes/partial set": PARTIAL,
  "indexes/partial unique": PARTIAL,
  "indexes/length prefix": KEYS,
  "indexes/length digest": KEYS,
  "indexes/method ordered": /\busing\s+\w+/i,
  "indexes/method left-out": /\busing\s+\w+/i,
  "session/explain options": /\((?:[^()]|\([^()]*\))*\)/,
  "objects/sequence cache": /\bgenerated\s+(?:always|by\s+default)\s+as\s+identity|\b(?:small|big)?serial\d?\b/i,
  "indexes/options storage": /\bwith\s*\([^)]*\)|\btablespace\s+\S+/i,
  "indexes/options concurrently": /\bconcurrently\b/i,
  "indexes/name named": /(?<=\bindex\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?)(?:"[^"]+"|\w+)(?=\s+on\b)/i,
};

/** What is said of a parameter is said where it first stands; of all of them, at the first. */
function placeOf({ rule, message, text, span }: Finding, statement: StatementResult, written: string): Span {
  const word = WORDS[`${rule} ${message}`]?.exec(written);
  if (word) return { start: statement.span.start + word.index, end: statement.span.start + word.index + word[0].length };
  if (rule !== CORE.parameters.id) return span;
  const all = [...written.matchAll(PLACEHOLDER)];
  const words = message === "places" || message === "order" ? [] : text.split(/\s/);
  const found = all.find(([name]) => words.includes(name)) ?? all[0];
  const start = statement.span.start + (found?.index ?? 0);
  return found ? { start, end: start + found[0].length } : span;
}

/** Whether a finding is about the place of a change, and about no more than a part of the statement. */
function covers(at: Span, change: Change, whole: Span): boolean {
  // What moves is another matter than what becomes of a part of it.
  if (change.moved && (change.start < at.start || at.end < change.end)) return false;
  return at.start < change.end && change.start < at.end && at.end - at.start < whole.end - whole.start;
}

/** Characters of a text that a line of a finding shows. */
const SHOWN = 60;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

/** Where the statement's text and what it became differ; offsets are the whole text's. */
function changesOf(
  { sql, span }: StatementResult,
  written: string,
  between: (from: string, to: string) => readonly Change[],
): readonly Change[] {
  if (sql.length === 0) return [];
  return between(written, sql.join(";\n")).map((change) => ({ ...change, start: change.start + span.start, end: change.end + span.start }));
}

/** Whether the statement is written otherwise, and means the same. */
function isSame({ sql, findings, outcome }: StatementResult): boolean {
  return outcome === "rewritten" && sql.length > 0 && findings.every(({ severity }) => severity === "note");
}

/** What to write in the host; undefined unless every place of the statement can be spelt where it stands. */
function editsOf(all: readonly Change[], { filled, written, span }: SqlString): readonly Edit[] | undefined {
  if (all.length === 0) return undefined;
  const edits: Edit[] = [];
  for (const change of all) {
    const spelling = filled.rendered.spellingOf(change);
    const text = spelling && SPELLINGS[spelling](change.text);
    // A hole that moves cannot be written into a literal.
    if (text === undefined || unfilled(text, filled, written) !== text) return undefined;
    const [start, end] = [filled.rendered.at(change.start), filled.rendered.until(change.end)];
    // A constant that is joined in stands in other statements too.
    if (start < span.start || end > span.end) return undefined;
    edits.push({ start, end, text });
  }
  return edits;
}
