import type { Finding } from "./finding.js";
import type { Source, Span } from "./source/text.js";

/**
 * What became of one input statement, by its worst finding:
 * as-is: the same SQL; rewritten: other SQL of the same meaning (or needed no more); warned: may behave differently;
 * unconverted: all or part of it is not in the output.
 */
export type Outcome = "as-is" | "rewritten" | "warned" | "unconverted";

/** One input statement (a psql line and a COPY block with its data count as one statement each) and its result. */
export interface StatementResult {
  readonly source: Source;
  /** The original statement without its semicolon. */
  readonly span: Span;
  /** In the reader's words: `CREATE TABLE`, `COPY`, `psql \connect`. */
  readonly kind: string;
  readonly outcome: Outcome;
  /** TiDB statements without semicolons, in order; empty when it was folded into another one or left out. */
  readonly sql: readonly string[];
  /** Of each statement of `sql`, what its question marks stand for, in order, as the source writes them; undefined where there are none. */
  readonly parameters?: readonly (readonly string[])[];
  readonly findings: readonly Finding[];
}

export interface FileResult {
  readonly source: Source;
  /** The complete text of the output file. */
  readonly output: string;
  readonly statements: readonly StatementResult[];
}

/** The parts sum to `statements`. */
export interface Account {
  readonly statements: number;
  readonly asIs: number;
  readonly rewritten: number;
  readonly warned: number;
  readonly unconverted: number;
}

export interface Result {
  readonly files: readonly FileResult[];
  /** All findings in order of file and place. */
  readonly findings: readonly Finding[];
  readonly account: Account;
  /** SQL to run on the connection before the output (settings the converted schema relies on), without semicolons. */
  readonly session: readonly string[];
  /** What TiDB must hold after the output was applied, to be compared with what it says it holds. */
  readonly expected: TidbSchema;
  /** Relations of the input that are not in the output, by findings: what needs them will be refused for that alone. */
  readonly absent: readonly string[];
  /** Every column at the end of the input, with what decided its type. */
  readonly columns: readonly ColumnChoice[];
  /** Functions, triggers and views at the end of the input. */
  readonly logic: readonly LogicEntry[];
  /** Of a history that was squashed: the whole output, which stands in no file of the input, and its statements in their order. */
  readonly squashed?: {
    readonly output: string;
    readonly statements: readonly { readonly sql: string; readonly source: Source; readonly span: Span }[];
  };
}

/** Something that runs inside of the database at the end of the input, and what it takes to have it elsewhere. */
export interface LogicEntry {
  readonly kind: "function" | "procedure" | "trigger" | "view" | "materialized view";
  /** With its schema where that is not `public`. */
  readonly name: string;
  /** Of a trigger: its table, when it fires, and the function it calls. */
  readonly table?: string;
  readonly fires?: string;
  readonly calls?: string;
  /** TiDB does its work. */
  readonly inOutput: boolean;
  /** Relations, sorted. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Columns of the row at hand that a trigger sets. */
  readonly sets: readonly string[];
  /** It can refuse by an exception. */
  readonly fails: boolean;
  readonly notifies: boolean;
  /** Statements put together at run time: what they read and write is not known. */
  readonly dynamic: boolean;
  /** All of these in words. */
  readonly does: string;
  /** How much work it is to have it in the application, and why. */
  readonly effort: "small" | "medium" | "large";
  readonly because: string;
  /** What to do there; empty where TiDB does it. */
  readonly advice: string;
}

/** What becomes of a column's type. */
export interface ColumnChoice {
  /** With its schema where that is not `public`. */
  readonly table: string;
  readonly column: string;
  /** As PostgreSQL writes it. */
  readonly type: string;
  /** null: TiDB has no type for it. */
  readonly tidb: string | null;
  /** The rule that decided; null where none knows the type. */
  readonly rule: string | null;
  /** The rule's messages it deserves. */
  readonly messages: readonly string[];
  /** The entry of the configuration that chose it. */
  readonly by?: { readonly pattern: string; readonly place: string };
}

/** Relations by name as TiDB spells them. Used for what we expect and for what a server reports. */
export interface TidbSchema {
  /** Databases that hold relations of names like `sales.orders`, beside the connection's own. */
  readonly databases?: readonly string[];
  readonly tables: readonly TidbTable[];
  readonly sequences: readonly string[];
  readonly views: readonly string[];
}

export interface TidbTable {
  readonly name: string;
  readonly columns: readonly TidbColumn[];
  /** Column names in key order; empty: no primary key. */
  readonly primaryKey: readonly string[];
  readonly indexes: readonly TidbIndex[];
  readonly foreignKeys: readonly TidbForeignKey[];
  /** Number of CHECK constraints the table must have. */
  readonly checks: number;
  /** The CREATE TABLE it came from; absent for what a server reports. */
  readonly origin?: { readonly source: Source; readonly span: Span };
}

export interface TidbColumn {
  readonly name: string;
  /** As `information_schema.columns.column_type` prints it, lower case: `int`, `varchar(20)`, `datetime(6)`, `enum('a','b')`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Has a DEFAULT (other than NULL). */
  readonly hasDefault: boolean;
  readonly autoIncrement: boolean;
  readonly generated: boolean;
  /** Has ON UPDATE CURRENT_TIMESTAMP. */
  readonly touched: boolean;
  /** A finding said that it is not what the source asks for: only that it is there is compared. */
  readonly reported?: boolean;
  readonly origin?: { readonly source: Source; readonly span: Span };
}

export interface TidbIndex {
  readonly name: string;
  readonly unique: boolean;
  /** Column names in order; null stands for an expression. */
  readonly columns: readonly (string | null)[];
  /** A rule gave it other parts, as a finding says: only that it is there, and whether it is unique, is compared. */
  readonly reshaped?: boolean;
  readonly origin?: { readonly source: Source; readonly span: Span };
}

export interface TidbForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL`. */
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly origin?: { readonly source: Source; readonly span: Span };
}
