import type { Fragment } from "../../hosts/fragment.js";
import { type GrammarVersion, parseAhead, shownText } from "../../pg/parse.js";
import { type Chunk, type SqlChunk, split } from "../../source/split.js";
import type { Source, Span } from "../../source/text.js";
import { defines } from "./defines.js";
import { isForeignText } from "./foreign.js";
import { type Filled, fillings } from "./holes.js";

/** A text of a host file that PostgreSQL's grammar takes for SQL. */
export interface SqlString {
  readonly host: Source;
  /** The whole expression in the host. */
  readonly span: Span;
  readonly filled: Filled;
  /** The holes as the host has them. */
  readonly written: readonly string[];
  /** What is converted: the text, under the host's name. */
  readonly source: Source;
  /** It makes, changes or drops something. */
  readonly defines: boolean;
}

export type Judged =
  | { readonly kind: "sql"; readonly string: SqlString }
  | { readonly kind: "unread"; readonly reason: string }
  | { readonly kind: "foreign" }
  | { readonly kind: "prose" };

/** What a fragment is: each way to fill its holes is tried on the grammar. */
export async function judge(host: Source, { parts, span, taker }: Fragment, grammar: GrammarVersion, inForeign: boolean): Promise<Judged> {
  const isForeign = inForeign || OTHER_CLIENTS.test(taker ?? "");
  const written = parts.flatMap((part) => (part.kind === "hole" ? host.text.slice(part.span.start, part.span.end) : []));
  let first: { text: string; message: string } | undefined;
  for (const make of fillings(parts)) {
    const filled = make();
    const { text } = filled.rendered;
    const source = { name: host.name, text };
    const read = await readAll(source, grammar);
    if (read.ok) {
      if (isProse(text, taker)) return { kind: "prose" };
      if (isForeign || isForeignText(text)) return { kind: "foreign" };
      return { kind: "sql", string: { host, span, filled, written, source, defines: defines(text) } };
    }
    first ??= { text, message: read.message };
  }
  const { text, message } = first!;
  if (isProse(text, taker) || !LOOKS_LIKE_SQL.test(text)) return { kind: "prose" };
  if (isForeign || isForeignText(text)) return { kind: "foreign" };
  if (CLAUSE.test(bare(text))) return { kind: "unread", reason: "a part of a statement, which is put together at run time" };
  if (written.length > 0) return { kind: "unread", reason: "put together at run time" };
  return { kind: "unread", reason: message };
}

type Read = { readonly ok: true } | { readonly ok: false; readonly message: string };

async function readAll(source: Source, grammar: GrammarVersion): Promise<Read> {
  const { text } = source;
  const chunks = split(source).filter((chunk): chunk is Exclude<Chunk, { kind: "end" }> => chunk.kind !== "end");
  if (chunks.length === 0) return { ok: false, message: "no statement" };
  for (const chunk of chunks) {
    if (chunk.kind !== "sql") return { ok: false, message: "a command of psql, or rows of COPY" };
    if (chunk.problem) return { ok: false, message: "a quote or a comment has no end" };
    const read = await parseAhead(source, chunk.span, grammar, insideOf(chunk));
    if (!read.ok) return { ok: false, message: read.message };
    if (shownText(text, chunk.span, insideOf(chunk)).trim() === "") return { ok: false, message: "no statement" };
  }
  return { ok: true };
}

function insideOf({ inside }: SqlChunk): Span[] {
  return inside.map((comment) => comment.span);
}

/** A text without the comments and brackets that it begins with. */
function bare(text: string): string {
  return text.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, "");
}

/** Whoever takes SQL has a name like these. */
const TAKES_SQL = /quer|exec|sql|raw|prepare|fetch|select|statement|stmt|batch|cursor|ddl|migrat|up|down/i;

/** Programs that send SQL to another engine. */
const OTHER_CLIENTS = /^(?:mysql(?:sh|import|admin)?|mariadb|sqlite3|clickhouse(?:-client)?|sqlcmd|duckdb|bq|snowsql)$/;

/** Words that begin a clause, and no statement. */
const CLAUSE =
  /^(?:from|where|and|or|order\s+by|group\s+by|having|limit|offset|returning|on\s+conflict|set|values|using|union|except|intersect|case|when|then|else|for\s+update|for\s+share|(?:left|right|inner|full|cross)?\s*(?:outer\s+)?join)\b/i;

/** Something that prose has not. */
const LOOKS_LIKE_SQL =
  /\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|CREATE|ALTER|DROP|WHERE|FROM|JOIN|ORDER\s+BY|GROUP\s+BY|RETURNING|ON\s+CONFLICT|SET|VALUES|LIMIT|AND|OR|WITH)\b|[=(*$:]/;

/** Nobody asks for a table `if exists`, or for one with a hole in its name. */
const DDL =
  /^(?:create|drop|alter|truncate)\b.*(?:\bif\s+(?:not\s+)?exists\b|\bconcurrently\b|\bhole_\d+_)|^delete\s+from\s+\S*hole_\d+_\S*$/is;

/** English that the grammar takes: "select a file", "begin", "Update the list". */
function isProse(text: string, taker: string | undefined): boolean {
  const taken = taker !== undefined && TAKES_SQL.test(taker);
  const words = bare(text).trim();
  if (DDL.test(words)) return false;
  if (/^\w+;?$/.test(words)) return !taken;
  if (/[=*$()'"<>;:]|\bSELECT\b|\bFROM\b|\bTABLE\b|\bINTO\b|\bSET\b/.test(words)) return false;
  return !taken;
}
