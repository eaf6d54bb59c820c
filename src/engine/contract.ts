import type { Analysis, ExprInfo } from "../catalog/analysis.js";
import type { Catalog, Column, Index, TableConstraint } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import type { Severity } from "../finding.js";
import type { ColumnDef, Kind, Node, Value } from "../pg/ast.js";
import type { Name } from "../pg/names.js";
import type { Source } from "../source/text.js";
import type { Form, Proof } from "./forms.js";
import type { Tidb } from "./tidb.js";

/** A text of a rule, with `{placeholders}`. */
export interface Message {
  readonly severity: Severity;
  readonly text: string;
  /** What the reader can do. */
  readonly help?: string;
  /** True of a whole application or of none of it: it is said at its first place in a file. */
  readonly once?: true;
}

type Extra = { readonly help?: string; readonly once?: true };
/** Same meaning. */
export const note = (text: string, extra: Extra = {}): Message => ({ severity: "note", text, ...extra });
/** May behave differently. */
export const warning = (text: string, extra: Extra = {}): Message => ({ severity: "warning", text, ...extra });
/** Not in the output. */
export const error = (text: string, extra: Extra = {}): Message => ({ severity: "error", text, ...extra });

export type Data = Readonly<Record<string, string | number>>;

/**
 * What a handler can answer: nothing (keep the node), a node in its place, or its removal, which needs a finding: there is no way to
 * remove a node in silence.
 */
export type Outcome =
  | { readonly replace: Node | Tidb }
  | { readonly statements: readonly (Node | Tidb)[] }
  | { readonly drop: true }
  | undefined;

export interface Context<M extends string = string> {
  /** The schema before the statement at hand. */
  readonly catalog: Catalog;
  /** The schema at the end of the whole input. */
  readonly final: Catalog;
  readonly target: string;
  readonly schemas: Schemas;
  /** Names and types in the statement at hand, worked out when first asked for. */
  readonly analysis: Analysis;
  /** What is known of an expression, also of one that a rule has put in another's place; undefined: nothing. */
  info(expression: Value | Tidb | undefined): ExprInfo | undefined;
  /** The node around the one at hand, as it was before rules ran on it; undefined for a statement. */
  readonly parent: Node | undefined;
  /** The nodes around the one at hand, the statement first, as they were before rules ran on them. */
  readonly around: readonly Node[];
  /** The node of the source that a changed copy goes back to. */
  origin<N extends Node>(node: N): N;
  /** The nearest node of that kind around the one at hand. */
  within<K extends Kind>(kind: K): Extract<Node, { kind: K }> | undefined;
  /** The catalog's column for a definition, a changed copy of one included. */
  column(def: ColumnDef): Column | undefined;
  /** The catalog's constraint or index that a node (or a changed copy of it) made, with the name PostgreSQL gave it. */
  constraint(node: { readonly kind: "Constraint" }): TableConstraint | undefined;
  index(node: { readonly kind: "IndexStmt" }): Index | undefined;
  /** Whether a finding said that what a node of an earlier statement makes is not in the output. */
  lost(node: Node): boolean;
  /** Whether a view, or a table made from a query, was left out of the output. */
  absent(name: Name): boolean;
  /** Keeps the node and says something about it. `at` defaults to the node at hand. */
  report(message: M, data?: Data, at?: Node): undefined;
  /** A copy with some fields changed; what it no longer has counts as read by the rule. */
  change<K extends Kind>(node: { readonly kind: K }, patch: Patch<K>): NodeOf<K>;
  /** Puts another node in place of the one at hand; the handler's declared fields count as carried. */
  replace(node: Node | Tidb, message?: M, data?: Data): Outcome;
  /** A template in the place of an expression that is not the one at hand: it has the type of that one. */
  stand(template: Tidb, expression: Node): Tidb;
  /** A name for something PostgreSQL needs none for: `subquery_1`, `subquery_2` … within a statement. */
  fresh(stem: string): string;
  /** Several statements in place of the one at hand. */
  statements(nodes: readonly (Node | Tidb)[], message?: M, data?: Data): Outcome;
  /** Takes the node at hand out, and says so. */
  drop(message: M, data?: Data): Outcome;
  /** What the last `report` said: the column, key or index that the node makes is in the output, but not as the source has it. */
  differs(node: Node): void;
  /** The rule looked at what the node means without a word for it: without the rule, printers that ask `isJudged` refuse the node. */
  judged(node: Node): void;
  /** What the node of an earlier statement makes is taken out of the output again, as the last `report` said. */
  gone(node: Node): void;
  /** The rule dealt with the value and all below it: nothing the grammar is known to have is lost. */
  consumed(value: Value): void;
  /** The node's fields stand in another node that a rule made from it. */
  carried<K extends Kind>(node: NodeOf<K>, fields: readonly (keyof NodeOf<K>)[]): void;
}

export type Patch<K extends Kind> = { readonly [F in keyof NodeOf<K>]?: NodeOf<K>[F] | undefined };

/** A statement as whole-schema rules see it. */
export interface Folded {
  /** Its substance stands in another statement already. */
  readonly absorbedInto?: Folded | undefined;
  /** As earlier folds left it. */
  readonly current: Node;
  readonly source: Source;
  readonly node: Node;
}

export interface SchemaContext<M extends string = string> {
  readonly statements: readonly Folded[];
  readonly final: Catalog;
  column(def: ColumnDef): Column | undefined;
  change<K extends Kind>(node: { readonly kind: K }, patch: Patch<K>): NodeOf<K>;
  /** See `Context.consumed`. */
  consumed(value: Value): void;
  /** See `Context.carried`. */
  carried<K extends Kind>(node: NodeOf<K>, fields: readonly (keyof NodeOf<K>)[]): void;
  /** Says something about a statement that stays, or beside what `absorb` says. */
  report(statement: Folded, message: M, data?: Data): void;
  /** Gives a statement another tree. */
  update(statement: Folded, node: Node): void;
  /**
   * Takes a statement out because its substance now stands in another one. Nodes of it that were not moved on (by `change` or identity)
   * are declared by `carried`, which is asked when the other one is judged. The message can be left out where `report` said something.
   */
  absorb(statement: Folded, into: Folded, carried: Carried | undefined, message?: M, data?: Data): void;
}

/** Gives the nodes of a statement, as parsed, whose fields stand in another statement. */
export type Carried = (node: Node) => readonly (readonly [Node, readonly string[]])[];

export interface Handler {
  readonly kind: Kind;
  readonly fields: ReadonlySet<string>;
  readonly run: (node: never, ctx: Context) => Outcome;
  /** Of handlers with the same `among`, the one whose `key` it gives for a node is run, and no other: it is asked once for all of them. */
  readonly among?: Among;
  readonly key?: unknown;
}

export type Among = (node: never, ctx: Context) => unknown;

/**
 * Makes a handler for nodes of one kind that declares which fields it reads: it can read no others, and a field that neither a handler nor
 * the printer declared is reported by the ledger when it is present.
 */
export type Takes<M extends string> = <K extends Kind, F extends keyof NodeOf<K>>(
  kind: K,
  fields: readonly F[],
  run: (node: Readable<K, F>, ctx: Context<M>) => Outcome,
  among?: Among,
  key?: unknown,
) => Handler;

export type NodeOf<K extends Kind> = Extract<Node, { kind: K }>;
/** The node, as far as the handler declared to read it; it can still be handed on whole to `ctx.change`. */
export type Readable<K extends Kind, F extends keyof NodeOf<K>> = Pick<NodeOf<K>, F | ("location" & keyof NodeOf<K>)> & {
  readonly kind: K;
};

export const takes: Takes<string> = (kind, fields, run, among, key) => ({
  kind,
  fields: new Set(fields as readonly string[]),
  run: run as Handler["run"],
  ...(among && { among, key }),
});

export interface Example {
  /** Statements before it, converted along with it but not shown in `tidb`. */
  readonly given?: string;
  /** Choices of types in the configuration, by pattern. */
  readonly types?: Readonly<Record<string, string>>;
  /** What becomes of schemas, where that is not `prefix`. */
  readonly schemas?: Schemas;
  /** It is a part of what is run: what it does not make is made elsewhere. */
  readonly part?: boolean;
  readonly pg: string;
  /** What comes out for `pg`, statements joined by `;\n`; null: nothing but a commented block. */
  readonly tidb: string | null;
  /** Message ids of this rule, in order. */
  readonly findings?: readonly string[];
  /** Rows that TiDB must take or refuse after `given` and `tidb` were applied. */
  readonly accepts?: readonly string[];
  readonly refuses?: readonly string[];
  /** Proof that TiDB cannot: the statement and the error code it must give. */
  readonly rejected?: { readonly sql: string; readonly code: number };
}

/** A statement in the place of another. */
export interface Restated {
  readonly node: Node;
  /** The schema that it is read against, where that is not the one that the statement leaves. */
  readonly catalog?: Catalog;
}

/** Statements that are queries or hold one. */
export const HOLD_QUERIES: readonly Kind[] = [
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "ViewStmt",
  "CreateTableAsStmt",
  "CopyStmt",
  "DeclareCursorStmt",
  "ExplainStmt",
  "PrepareStmt",
  "RuleStmt",
  "CreateFunctionStmt",
];

export interface RuleSpec<M extends string> {
  /** What PostgreSQL calls it. */
  readonly construct: string;
  readonly why: string;
  readonly docs: { readonly pg?: string; readonly tidb?: string };
  readonly messages: Readonly<Record<M, Message>>;
  readonly on?: (takes: Takes<M>) => readonly Handler[];
  /** The part of a node at hand that its findings point at, where that is not the whole of it. */
  readonly pointsAt?: (node: Node) => Node | undefined;
  /** Runs once, before all handlers, over the whole input: folds statements into others. */
  readonly schema?: (schema: SchemaContext<M>) => void;
  /**
   * Puts other statements of PostgreSQL in the place of one that TiDB cannot do as it stands, before any handler sees it. What it does not
   * hand on in copies made by `change` it declares as `consumed`.
   */
  readonly restate?: (statement: Node, ctx: Context<M>) => readonly Restated[] | undefined;
  /** The kinds of statements that `restate` is asked about; `HOLD_QUERIES` for what may stand in any query. */
  readonly restates?: readonly Kind[];
  /** Kinds of nodes of which what it restates has one in it: the trees of other statements are not walked through. */
  readonly about?: Kind | readonly Kind[];
  /** Which nodes of that kind; absent: any. */
  readonly where?: (node: Node) => boolean;
  readonly examples: readonly Example[];
  /** Calls of operators, functions and casts that it has a TiDB form for (see forms.ts). */
  readonly forms?: readonly Form[];
  /** Expressions that prove its forms on both engines. */
  readonly proofs?: readonly Proof[];
}

export interface Rule extends RuleSpec<string> {
  /** The path of its file below rules/, or for a row of a table the table's path and the row's name. */
  readonly id: string;
}

/** Types a rule; the compiler holds message ids to those declared. */
export function rule<M extends string>(spec: RuleSpec<M>): RuleSpec<string> {
  return spec as unknown as RuleSpec<string>;
}
