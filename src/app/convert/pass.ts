import type { Schemas } from "../../catalog/naming.js";
import type { CoreFinding } from "../../core.js";
import type { Printing, Sheet } from "../../emit/printing.js";
import type { RelationNamer } from "../../emit/relations.js";
import type { Data } from "../../engine/contract.js";
import type { Ledger } from "../../engine/ledger.js";
import { finding, type Run, type Walk } from "../../engine/run.js";
import type { Finding } from "../../finding.js";
import type { Node } from "../../pg/ast.js";
import type { GrammarVersion } from "../../pg/parse.js";
import type { Source, Span } from "../../source/text.js";
import type { Acceptance } from "../accept.js";
import type { PlacedOverride } from "../overrides.js";
import type { Division, StartBeside } from "./beside.js";

export interface ConvertOptions {
  /** Whose grammar is tried first. */
  readonly postgres: GrammarVersion;
  /** The TiDB release to write for, e.g. `8.5.6`. */
  readonly target: string;
  /** What becomes of schemas; `prefix` where nothing is said. */
  readonly schemas?: Schemas;
  /** With `prefix`: there are several schemas, also where the input has relations of one only. */
  readonly several?: boolean;
  /** The reader's choices of types, the first that matches a column deciding. */
  readonly overrides?: readonly PlacedOverride[];
  /** Findings the reader knows of. */
  readonly accept?: readonly Acceptance[];
  /** The schema at the end of the history, instead of the history. */
  readonly squash?: boolean;
  /** Each place is told of what is else said once a file. */
  readonly everywhere?: boolean;
  /** Sources that only say what is there: they are read and have no result. */
  readonly known?: ReadonlySet<Source>;
  /** Columns of relations that the input does not have are taken for what their context asks for. */
  readonly assume?: boolean;
  /** The sources are a part of what is run: what they do not make is made elsewhere. */
  readonly part?: boolean;
  /** Another thread to share the work with, where there is much of it. */
  readonly beside?: StartBeside;
  /** A seam for tests: takes each statement's tree before anything reads it, to freeze or to change it. */
  readonly onTree?: (tree: Node, source: Source, span: Span) => void;
}

export const PROBLEMS: Readonly<Record<string, string>> = {
  "unterminated-string": "a string",
  "unterminated-identifier": "a quoted identifier",
  "unterminated-dollar": "a dollar-quoted string",
  "unterminated-comment": "a comment",
  "unterminated-copy": "a COPY block",
};

export interface Pass {
  readonly run: Omit<Run, "ledger" | "analysis">;
  readonly folds: Ledger;
  /** What the statement at hand is converted with. */
  readonly walk: Walk;
  readonly sheet: Sheet;
  readonly printing: Printing;
  /** Nodes of the source that are not in the output, by a finding: what stands for them is not expected of TiDB. */
  readonly lost: Set<Node>;
  /** Keys of views and tables made from queries that are not in the output. */
  readonly lostViews: Set<string>;
  readonly relation: RelationNamer;
  /** Messages that are said once a file, by their rules. */
  readonly once: ReadonlyMap<string, ReadonlySet<string>>;
  /** Warnings that stand at the statements that make views. */
  readonly ofViews: Set<string>;
  /** The schemas of unqualified names that the statement at hand takes away. */
  readonly before: Map<string, string>;
  readonly options: ConvertOptions;
  readonly division: Division;
  /** The one that psql was told to connect to last. */
  database: string | undefined;
}

export function core(kind: CoreFinding, message: string, data: Data, source: Source, span: Span): Finding {
  return finding(kind, message, data, source, span);
}

/** What a chunk became, before its place in the file is added. */
export interface Made {
  readonly sql: readonly string[];
  readonly findings: readonly Finding[];
  /** Comments from within the statement that found no place in it. */
  readonly comments: readonly string[];
  /** Statements of a block that are not in the output, as they are written. */
  readonly lost?: readonly string[];
  /** Of each statement of `sql`, what its question marks stand for, in order, as the source writes them. */
  readonly parameters?: readonly (readonly string[])[];
  /** The statement means the same as it stands, and may stand as it is written. */
  readonly verbatim?: boolean;
}

export const NONE: readonly never[] = [];
