import { type Analysis, analyse } from "../catalog/analysis.js";
import { type Catalog, columnDefinedBy, key } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import type { Finding } from "../finding.js";
import { groupBy } from "../group-by.js";
import type { ColumnDef, Kind, Node } from "../pg/ast.js";
import { isNode } from "../pg/names.js";
import { eachDescendant, eachNode } from "../pg/walk.js";
import type { Source, Span } from "../source/text.js";
import {
  type Among,
  type Carried,
  type Context,
  type Data,
  type Folded,
  type Handler,
  type Outcome,
  type Patch,
  type Restated,
  type Rule,
  type SchemaContext,
  takes,
} from "./contract.js";
import type { Ledger, Loss } from "./ledger.js";
import { isPlaced, spanOf } from "./place.js";
import type { Tidb } from "./tidb.js";

type AnyNode = Node | Tidb;

/** One statement on its way through the pipeline. */
export interface Statement {
  readonly source: Source;
  readonly span: Span;
  /** As parsed. */
  readonly node: Node;
  /** As whole-schema rules left it. */
  current: Node;
  /** Set when its substance went into another statement. */
  absorbedInto: Statement | undefined;
  /** What of it stands there beside the nodes that were moved. */
  carried: Carried | undefined;
  /** Statements whose substance stands in this one; most have none. */
  absorbed: Statement[] | undefined;
  readonly findings: Finding[];
  /** Where its nodes may stand, when it is made of parts of several. */
  readonly reach?: Span;
  /** Where its unqualified names are looked up, when that is not where the statement before it left off. */
  readonly schema?: string;
}

interface Handled {
  readonly rule: Rule;
  readonly handler: Handler;
}

/** Handlers that follow each other: all of them are run, or those whose key a common question gives. */
interface Step {
  readonly among: Among | undefined;
  readonly all: readonly Handled[];
  readonly byKey: ReadonlyMap<unknown, readonly Handled[]>;
}

/** Handlers by kind of node, in the order of the rules. */
export type Handlers = ReadonlyMap<Kind, readonly Step[]>;

export function handlersOf(rules: readonly Rule[]): Handlers {
  const handled = rules.flatMap((rule) => (rule.on?.(takes) ?? []).map((handler) => ({ rule, handler })));
  return new Map([...groupBy(handled, ({ handler }) => handler.kind)].map(([kind, of]) => [kind, stepsOf(of)]));
}

function stepsOf(handled: readonly Handled[]): Step[] {
  const runs: Handled[][] = [];
  for (const each of handled) {
    const last = runs.at(-1);
    if (last && last[0]!.handler.among === each.handler.among) last.push(each);
    else runs.push([each]);
  }
  return runs.map((all) => ({ among: all[0]!.handler.among, all, byKey: groupBy(all, ({ handler }) => handler.key) }));
}

/** What is said of a place, with the rule's placeholders filled in. */
export function finding(rule: Pick<Rule, "id" | "messages" | "docs">, message: string, data: Data, source: Source, span: Span): Finding {
  const spec = rule.messages[message];
  if (!spec) throw new Error(`Rule ${rule.id} has no message "${message}".`);
  // All of one shape: there are hundreds of thousands of them in a large schema.
  return {
    rule: rule.id,
    message,
    severity: spec.severity,
    text: fill(spec.text, data),
    help: spec.help === undefined ? undefined : fill(spec.help, data),
    url: rule.docs.tidb ?? rule.docs.pg,
    object: undefined,
    source,
    span,
  };
}

/** Texts with placeholders, and what stands between these, those first: there are some thousand texts and many times as many findings. */
const parts = new Map<string, readonly string[]>();

function fill(text: string, data: Data): string {
  let split = parts.get(text);
  if (!split) {
    split = text.split(/\{(\w+)\}/);
    parts.set(text, split);
  }
  if (split.length === 1) return text;
  // One flat string; sums would stay trees of their parts for as long as the finding.
  const filled = split.map((part, i) => (i % 2 === 0 ? part : String(data[part] ?? `{${part}}`))).join("");
  const known = recent.get(filled);
  if (known !== undefined) return known;
  if (recent.size >= RECENT) recent.clear();
  recent.set(filled, filled);
  return filled;
}

/** Texts of late: columns of one name in many tables have the same said of them, and one text serves for all. */
const recent = new Map<string, string>();
const RECENT = 500;

export interface Run {
  readonly handlers: Handlers;
  readonly restating: Restating;
  readonly ledger: Ledger;
  readonly now: Catalog;
  readonly final: Catalog;
  readonly target: string;
  readonly schemas: Schemas;
  /** Nodes of earlier statements that are not in the output, by findings. */
  readonly lost: ReadonlySet<Node>;
  /** Keys of views and of tables made from queries that are not in the output. */
  readonly lostViews: ReadonlySet<string>;
  /** Nodes whose column, key or index differs from the source, by findings. */
  readonly differing: Set<Node>;
  /** Names and types in the statement at hand. */
  readonly analysis: () => Analysis;
}

/** The analysis of a statement, made when first asked for; facts of changed nodes are those of the nodes they came from. */
export function lazyAnalysis(now: Catalog, statement: Node, ledger: Ledger): () => Analysis {
  let made: Analysis | undefined;
  return () => {
    made ??= analyse(now, statement, (node) => ledger.origin(node));
    return made;
  };
}

/** Rules that restate statements, by the kinds of these, in the order of the rules: most kinds have few of them. */
export interface Restating {
  readonly byStatement: ReadonlyMap<Kind, readonly { readonly rule: Rule; readonly place: number }[]>;
  /** By the kinds of nodes that they are about. */
  readonly byNode: ReadonlyMap<Kind, readonly Rule[]>;
}

export function restatingOf(rules: readonly Rule[]): Restating {
  const asked = rules.flatMap((rule, place) => (rule.restates ?? []).map((kind) => ({ kind, rule, place })));
  const about = rules.flatMap((rule) => [rule.about ?? []].flat().map((kind) => ({ kind, rule })));
  return {
    byStatement: groupBy(asked, ({ kind }) => kind),
    byNode: new Map([...groupBy(about, ({ kind }) => kind)].map(([kind, found]) => [kind, found.map(({ rule }) => rule)])),
  };
}

/**
 * The statements of PostgreSQL that are converted in the place of one, by the rules that restate it: itself where none does. Each has an
 * analysis of its own.
 */
export function restate(walk: Walk): readonly Restated[] {
  return restated(walk, walk.run, { node: walk.statement.current }, -1);
}

/** Rules that are about a node of the statement. */
function concerned({ byNode }: Restating, statement: Node): ReadonlySet<Rule> {
  const found = new Set<Rule>();
  eachDescendant(statement, (node) => {
    const rules = byNode.get(node.kind);
    if (rules) for (const rule of rules) if (!found.has(rule) && (!rule.where || rule.where(node))) found.add(rule);
  });
  return found;
}

/** What the rules behind a place make of a statement, and of what they make. */
function restated(walk: Walk, whole: Run, each: Restated, from: number): readonly Restated[] {
  const { restating } = whole;
  walk.run = ownRun(walk, whole, each);
  let about: ReadonlySet<Rule> | undefined;
  for (const { rule, place } of restating.byStatement.get(each.node.kind) ?? NONE) {
    if (place <= from) continue;
    if (rule.about) {
      about ??= concerned(restating, each.node);
      if (!about.has(rule)) continue;
    }
    walk.rule = rule;
    walk.node = each.node;
    const made = rule.restate!(each.node, walk.context);
    // A rule that says nothing of the schema leaves the one at hand.
    if (made)
      return made.flatMap((one) => restated(walk, whole, each.catalog && !one.catalog ? { ...one, catalog: each.catalog } : one, place));
  }
  return [each];
}

/** What a rule made has parts of which the statement's analysis knows nothing. */
function ownRun({ statement }: Walk, whole: Run, { node, catalog: now = whole.now }: Restated): Run {
  return node === statement.current ? whole : { ...whole, now, analysis: lazyAnalysis(now, node, whole.ledger) };
}

/** What all statements walk with, one after another: a context for each of them would be most of what a small one costs. */
export function newWalk(): Walk {
  const walk = { path: [], fresh: new Map() } as unknown as { -readonly [F in keyof Walk]: Walk[F] };
  walk.context = context(walk);
  return walk;
}

/** The beginning of a statement's way through the rules: first `restate`, then `rewrite` of what it came to. */
export function begin(walk: Walk, run: Run, statement: Statement): void {
  walk.run = run;
  walk.statement = statement;
  walk.path.length = 0;
  // Clearing a map makes it anew, empty or not.
  if (walk.fresh.size > 0) walk.fresh.clear();
  walk.before = walk.after = statement.findings.length;
}

/**
 * Runs all handlers over a statement, bottom-up; a replacement of the same kind goes on to the next rule.
 * @param run what is known where the node stands
 * @param node the statement's tree, or one of those that it was restated as
 * @returns the statements to print; none when a rule took the statement out (its finding says why)
 */
export function rewrite(walk: Walk, run: Run, node: Node): AnyNode[] {
  walk.run = run;
  walk.before = walk.after = walk.statement.findings.length;
  const outcome = visit(walk, node);
  if (outcome === undefined) return [];
  return Array.isArray(outcome) ? outcome : [outcome as AnyNode];
}

/** Where the walk stands; the context handed to handlers reads it. */
export interface Walk {
  run: Run;
  statement: Statement;
  readonly path: Node[];
  /** How many names of each stem the statement has been given. */
  readonly fresh: Map<string, number>;
  readonly context: Context;
  rule: Rule;
  handler: Handler;
  node: Node;
  /** How many findings the statement had before the parts of the node at hand were walked, and after. */
  before: number;
  after: number;
}

type Visited = AnyNode | readonly AnyNode[] | undefined;

function visit(walk: Walk, node: Node): Visited {
  walk.path.push(node);
  const before = walk.statement.findings.length;
  const next = visitChildren(walk, node);
  walk.before = before;
  walk.after = walk.statement.findings.length;
  const outcome = handle(walk, node, next);
  walk.path.pop();
  return outcome;
}

function handle(walk: Walk, node: Node, visited: Node): Visited {
  let current = visited;
  for (const { among, all, byKey } of walk.run.handlers.get(node.kind) ?? NONE) {
    walk.node = current;
    for (const { rule, handler } of among ? (byKey.get(among(current as never, walk.context)) ?? NONE) : all) {
      walk.rule = rule;
      walk.handler = handler;
      walk.node = current;
      const outcome = handler.run(current as never, walk.context);
      if (!outcome) continue;
      if ("drop" in outcome) return undefined;
      if ("statements" in outcome) return outcome.statements;
      if (outcome.replace.kind !== node.kind) return outcome.replace;
      current = outcome.replace;
    }
  }
  return current;
}

/** The node itself when nothing below changed, otherwise a copy that the ledger knows to stand in its place. */
function visitChildren(walk: Walk, node: Node): Node {
  let patch: Record<string, unknown> | undefined;
  const fields = node as unknown as Record<string, unknown>;
  for (const field in fields) {
    const value = fields[field];
    if (typeof value !== "object" || value === null) continue;
    const next = visitValue(walk, value);
    if (next !== value) {
      patch ??= {};
      patch[field] = next;
    }
  }
  return patch ? changed(walk.run.ledger, node, patch) : node;
}

function visitValue(walk: Walk, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return isNode(value) ? visit(walk, value) : value;
  let next: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const item = visitValue(walk, value[i]);
    if (item !== value[i] && !next) next = value.slice(0, i);
    if (!next || item === undefined) continue;
    if (Array.isArray(item) && isNode(value[i])) next.push(...item);
    else next.push(item);
  }
  return next ?? value;
}

function changed<N extends Node>(ledger: Ledger, node: N, patch: object): N {
  const copy = { ...node, ...patch } as N;
  ledger.changed(node, copy);
  return copy;
}

function context(walk: Walk): Context {
  const { path, fresh } = walk;
  const report = (
    message: string,
    data: Data = {},
    at: Node = walk.rule.pointsAt?.(walk.run.ledger.origin(walk.node)) ?? walk.node,
  ): undefined => {
    const origin = walk.run.ledger.origin(at) as Node;
    const { statement } = walk;
    const located = isPlaced(statement, origin) ? origin : path.findLast((node) => isPlaced(statement, node));
    statement.findings.push(finding(walk.rule, message, data, statement.source, spanOf(statement, located)));
    return undefined;
  };
  return {
    // A statement may be restated against another schema than the one that it leaves.
    get catalog() {
      return walk.run.now;
    },
    get final() {
      return walk.run.final;
    },
    get target() {
      return walk.run.target;
    },
    get schemas() {
      return walk.run.schemas;
    },
    get analysis() {
      return walk.run.analysis();
    },
    info: (expression) => (isNode(expression) ? walk.run.analysis().info(walk.run.ledger.origin(expression as Node)) : undefined),
    get parent() {
      return path[path.length - 2];
    },
    get around() {
      return path.slice(0, -1);
    },
    origin: (node) => walk.run.ledger.origin(node),
    within(kind) {
      for (let i = path.length - 2; i >= 0; i--) if (path[i]!.kind === kind) return path[i] as never;
      return undefined;
    },
    column: (def: ColumnDef) => columnDefinedBy(walk.run.now, walk.run.ledger.origin(def)),
    lost: (node) => walk.run.lost.has(node),
    absent: (name) => walk.run.lostViews.has(key(walk.run.now, name)),
    constraint: (node) => madeBy(walk.run, "constraintOf", walk.run.ledger.origin(node as Node)) as never,
    index: (node) => madeBy(walk.run, "indexOf", walk.run.ledger.origin(node as Node)) as never,
    report,
    change: (node, patch: Patch<Kind>) => changed(walk.run.ledger, node as Node, patch) as never,
    replace(next, message, data) {
      if (message !== undefined) report(message, data);
      walk.run.ledger.carried(walk.node, walk.handler.fields);
      if (next.kind !== walk.node.kind) walk.run.ledger.changed(walk.node, next);
      return { replace: next };
    },
    stand(template, expression) {
      walk.run.ledger.changed(expression, template);
      return template;
    },
    fresh(stem) {
      const number = (fresh.get(stem) ?? 0) + 1;
      fresh.set(stem, number);
      return `${stem}_${number}`;
    },
    statements(nodes, message, data) {
      if (message !== undefined) report(message, data);
      walk.run.ledger.carried(walk.node, walk.handler.fields);
      return { statements: nodes };
    },
    drop(message, data): Outcome {
      // What was said of its parts says nothing once it is not there.
      walk.statement.findings.splice(walk.before, walk.after - walk.before);
      report(message, data);
      // Only what is reported as an error needs no further account.
      if (walk.rule.messages[message]?.severity === "error") {
        walk.run.ledger.reported(walk.run.ledger.origin(walk.node));
        walk.run.ledger.reported(walk.node);
      } else {
        walk.run.ledger.lost(walk.node);
        walk.run.ledger.consumed(walk.node);
      }
      return { drop: true };
    },
    differs: (node) => void walk.run.differing.add(walk.run.ledger.origin(node)),
    consumed: (value) => eachNode(value, (node) => walk.run.ledger.consumed(node)),
    gone: (node) => walk.run.ledger.lost(node),
    judged: (node) => walk.run.ledger.judged(node),
    carried: (node, fields) => walk.run.ledger.carried(node, fieldSet(fields as readonly string[])),
  };
}

/** What was in the tree of a statement and is neither in the output nor in a finding. */
export function lossesOf({ node, carried }: Statement, ledger: Ledger): readonly Loss[] {
  for (const [each, fields] of carried?.(node) ?? NONE) ledger.carried(each, fieldSet(fields));
  return ledger.losses(node);
}

const NONE: readonly never[] = [];

const fieldSets = new Map<string, ReadonlySet<string>>();

/** One set for all who name the same fields: rules name them once a statement. */
function fieldSet(fields: readonly string[]): ReadonlySet<string> {
  const joined = fields.join();
  let set = fieldSets.get(joined);
  if (!set) {
    set = new Set(fields);
    fieldSets.set(joined, set);
  }
  return set;
}

/** As the statement left it: columns may be renamed later. What a later statement makes, folded into this one, only the end knows. */
function madeBy({ now, final }: Run, map: "constraintOf" | "indexOf", node: Node): unknown {
  return now[map].get(node as never) ?? final[map].get(node as never);
}

/** Runs the whole-schema rules. */
export function fold(rules: readonly Rule[], statements: readonly Statement[], final: Catalog, ledger: Ledger): void {
  for (const rule of rules) {
    if (!rule.schema) continue;
    const schema: SchemaContext = {
      statements: statements as readonly Folded[],
      final,
      consumed: (value) => eachNode(value, (node) => ledger.consumed(node)),
      carried: (node, fields) => ledger.carried(node, new Set(fields as readonly string[])),
      column: (def) => columnDefinedBy(final, ledger.origin(def)),
      change: (node, patch) => changed(ledger, node as Node, patch) as never,
      report(folded, message, data = {}) {
        const statement = folded as Statement;
        statement.findings.push(finding(rule, message, data, statement.source, spanOf(statement, undefined)));
      },
      update(folded, node) {
        const statement = folded as Statement;
        if (statement.current !== node) ledger.changed(statement.current, node);
        statement.current = node;
      },
      absorb(folded, into, carried, message, data = {}) {
        const statement = folded as Statement;
        statement.carried = carried;
        const whole = into as Statement;
        statement.absorbedInto = whole;
        whole.absorbed ??= [];
        whole.absorbed.push(statement);
        if (message !== undefined) schema.report(folded, message, data);
      },
    };
    rule.schema(schema);
  }
}
