import type { Finding } from "./finding.js";
import type { Outcome } from "./result.js";
import type { Source, Span } from "./source/text.js";

/** A change of a host file's text. */
export interface Edit extends Span {
  readonly text: string;
}

/** A place of PostgreSQL in a file of the code base. `source` and `span` are the host file's. */
export interface LintFinding extends Finding {
  /** What stands there with TiDB. */
  readonly suggestion?: string | undefined;
  /** What `--fix` does about it; several findings of one SQL string share them. */
  readonly edits?: readonly Edit[] | undefined;
  /** A comment beside it lets it pass, for this reason. */
  readonly suppressed?: string | undefined;
  /** The baseline knows it. */
  readonly known?: boolean | undefined;
  /** The same as long as the file, the rule and the text at the place are: lines may move. 16 hexadecimal digits. */
  readonly fingerprint: string;
}

/** A text of a host file that PostgreSQL's grammar takes for SQL, and what becomes of it. */
export interface LintedString {
  readonly span: Span;
  /** As the program sends it; what it fills in stands as the host has it. */
  readonly sql: string;
  readonly tidb: readonly string[];
  readonly outcome: Outcome;
}

/** Something that looks like SQL and cannot be judged. */
export interface Unread {
  readonly span: Span;
  readonly reason: string;
}

/** What lint has to say of one file. */
export interface LintedFile {
  readonly source: Source;
  readonly findings: readonly LintFinding[];
  readonly strings: readonly LintedString[];
  readonly unread: readonly Unread[];
  /** SQL strings of another engine, which are left alone. */
  readonly foreign: number;
}

/** The parts of `strings` are all that looked like SQL. */
export interface Coverage {
  readonly files: number;
  /** Checked against PostgreSQL's grammar and converted. */
  readonly checked: number;
  readonly unread: number;
  readonly foreign: number;
  /** Files that could not be read as text, with the reason; each once. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

export interface Linted {
  readonly files: readonly LintedFile[];
  readonly coverage: Coverage;
  /** Where the schema that queries were judged by comes from; empty where there is none. */
  readonly schema: readonly string[];
}

/** Whether a rule's id is meant by an entry: the id itself, or `folder/*`. */
export function isMeant(entry: string, id: string): boolean {
  return entry === id || (entry.endsWith("/*") && id.startsWith(entry.slice(0, -1)));
}

/** A linted file without its text: as it is kept, and as it goes between threads. */
export type Sent = Omit<LintedFile, "source">;

export function withoutSource({ source: _, findings, ...rest }: LintedFile): Sent {
  return { ...rest, findings: findings.map(({ source: __, ...finding }) => finding as never) };
}

/** @param sent as `withoutSource` left it */
export function withSource(sent: Sent, source: Source): LintedFile {
  return { ...sent, source, findings: sent.findings.map((finding) => ({ ...finding, source })) };
}
