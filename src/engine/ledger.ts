import { FIELDS, type Node } from "../pg/ast.js";
import { isNode } from "../pg/names.js";
import { eachChild, eachDescendant } from "../pg/walk.js";
import type { Tidb } from "./tidb.js";

type AnyNode = Node | Tidb;

interface Entry {
  /** Fields that a printer or a rule declared to carry; most nodes have one who does. */
  fields: ReadonlySet<string> | undefined;
  /** Those that others declared. */
  more: readonly ReadonlySet<string>[] | undefined;
  /** The changed copy that took its place. */
  next: AnyNode | undefined;
  /** Reported by a finding, with all below it. */
  reported: boolean;
  /** The list of losses that it was last judged for. */
  judgedFor: readonly Loss[] | undefined;
}

/** What is present but says nothing: what the grammar fills in when the user wrote nothing (gram.y, makeRangeVar, makeTypeNameFromNameList). */
const NO_INFORMATION: Readonly<Record<string, unknown>> = {
  kind: undefined,
  location: undefined,
  list_start: undefined,
  list_end: undefined,
  rexpr_list_start: undefined,
  rexpr_list_end: undefined,
  stmt_location: undefined,
  stmt_len: undefined,
  inh: true,
  relpersistence: "p",
  is_local: true,
  typemod: -1,
  oncommit: "ONCOMMIT_NOOP",
  is_enforced: true,
  initially_valid: true,
  skip_validation: true,
  fk_matchtype: "s",
  fk_upd_action: "a",
  fk_del_action: "a",
  accessMethod: "btree",
  access_method: "btree",
  ordering: "SORTBY_DEFAULT",
  nulls_ordering: "SORTBY_NULLS_DEFAULT",
  behavior: "DROP_RESTRICT",
  objtype: "OBJECT_TABLE",
  defaction: "DEFELEM_UNSPEC",
  funcformat: "COERCE_EXPLICIT_CALL",
  limitOption: "LIMIT_OPTION_DEFAULT",
  op: "SETOP_NONE",
  override: "OVERRIDING_NOT_SET",
  withCheckOption: "NO_CHECK_OPTION",
  ctematerialized: "CTEMaterializeDefault",
};

const known = new Map<string, ReadonlySet<string>>();

/** The fields that the grammar gives nodes of a kind. */
export function knownFields(kind: string): ReadonlySet<string> {
  let fields = known.get(kind);
  if (!fields) {
    fields = new Set((FIELDS[kind] ?? "").split(" "));
    known.set(kind, fields);
  }
  return fields;
}

/** Fields that only a rule can judge, whatever their value: without it, the statement is not printed in silence. */
const JUDGED: Readonly<Record<string, string>> = { behavior: "DropStmt", fk_matchtype: "Constraint" };

/** Whether a field's value could be lost without losing anything. */
function saysNothing(kind: string, field: string, value: unknown): boolean {
  if (JUDGED[field] === kind) return value === undefined;
  if (value === undefined || value === false || value === "" || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return field in NO_INFORMATION && (NO_INFORMATION[field] === undefined || NO_INFORMATION[field] === value);
}

function declares({ fields, more }: Entry, field: string): boolean {
  return fields?.has(field) === true || more?.some((each) => each.has(field)) === true;
}

/** A field that nobody carried: the node, and the field unless the whole node was passed over. */
export interface Loss {
  readonly node: Node;
  readonly field: string | undefined;
}

/**
 * Records which fields of which nodes were carried into the output, replaced or reported. Printers and rules declare their fields, so a
 * record costs one map entry a node, not a trap on every read.
 */
export class Ledger {
  readonly #entries = new Map<AnyNode, Entry>();
  readonly #origins = new Map<AnyNode, AnyNode>();
  /** Of whole-schema rules, kinds of the nodes that have an entry: what whole-schema rules recorded is of a few kinds, and is asked for every node. */
  readonly #kinds: Set<string> | undefined;
  /** Kinds of those that took another's place. */
  readonly #copies: Set<string> | undefined;
  /** Those that a rule dealt with, with all below them. */
  #consumed: Set<AnyNode> | undefined;
  /** Kinds of those. */
  #consumedKinds: Set<string> | undefined;
  #lost: Set<AnyNode> | undefined;
  #judged: Set<AnyNode> | undefined;
  readonly #base: Ledger | undefined;

  /** @param base what whole-schema rules recorded; a ledger is kept for one statement and then thrown away */
  constructor(base?: Ledger) {
    this.#base = base;
    this.#kinds = base ? undefined : new Set();
    this.#copies = base ? undefined : new Set();
  }

  #find(node: AnyNode): Entry | undefined {
    return this.#entries.get(node) ?? this.#recorded(node);
  }

  #recorded(node: AnyNode): Entry | undefined {
    const base = this.#base;
    return base !== undefined && base.#kinds!.has(node.kind) ? base.#entries.get(node) : undefined;
  }

  #entry(node: AnyNode): Entry {
    let entry = this.#entries.get(node);
    if (!entry) {
      const recorded = this.#recorded(node);
      entry = recorded ? { ...recorded } : { fields: undefined, more: undefined, next: undefined, reported: false, judgedFor: undefined };
      this.#entries.set(node, entry);
      this.#kinds?.add(node.kind);
    }
    return entry;
  }

  /** `fields` of the node are in the output, or in what takes its place. */
  carried(node: AnyNode, fields: ReadonlySet<string>): void {
    const entry = this.#entry(node);
    if (entry.fields === undefined) entry.fields = fields;
    else if (entry.fields !== fields) entry.more = [...(entry.more ?? []), fields];
  }

  /** `copy` took the node's place; fields it shares with the node are judged on the copy. What was made of a node below goes back to that one. */
  changed(node: AnyNode, copy: AnyNode): void {
    this.#entry(node).next = copy;
    if (!this.#origins.has(copy)) this.#origins.set(copy, node);
    this.#copies?.add(copy.kind);
  }

  /** A finding speaks of the node and all below it. */
  reported(node: AnyNode): void {
    this.#entry(node).reported = true;
    this.lost(node);
  }

  /** The node is not in the output, as a finding says; what is below it is judged all the same. */
  lost(node: AnyNode): void {
    this.#lost ??= new Set();
    this.#lost.add(node);
  }

  /** A rule dealt with the node and all below it: with every field that the grammar is known to have. */
  consumed(node: Node): void {
    // What a changed copy was made of is met before the copy, and so is what those below it were made of.
    if (this.#before(node)) eachDescendant(node, (each) => this.#consume(each));
    else this.#consume(node);
  }

  #consume(node: AnyNode): void {
    this.#consumed ??= new Set();
    this.#consumedKinds ??= new Set();
    for (let at: AnyNode | undefined = node; at; at = this.#before(at)) {
      this.#consumed.add(at);
      this.#consumedKinds.add(at.kind);
    }
  }

  #isConsumed(node: AnyNode): boolean {
    if (this.#consumedKinds?.has(node.kind) && this.#consumed!.has(node)) return true;
    const base = this.#base;
    return base !== undefined && base.#consumedKinds?.has(node.kind) === true && base.#consumed!.has(node);
  }

  /** A rule looked at what the node means without saying it: printers that must not print it unseen ask `isJudged`. */
  judged(node: AnyNode): void {
    this.#judged ??= new Set();
    this.#judged.add(this.origin(node));
  }

  isJudged(node: AnyNode): boolean {
    return this.#judged?.has(this.origin(node)) === true;
  }

  isReported(node: AnyNode): boolean {
    return this.#find(node)?.reported === true;
  }

  /** All nodes that findings speak of. */
  reportedNodes(): Node[] {
    return this.#lost ? [...this.#lost].map((node) => this.origin(node) as Node) : [];
  }

  /** The node of the source that a changed copy goes back to. */
  origin<N extends AnyNode>(node: N): N {
    let at: AnyNode = node;
    for (let before = this.#before(at); before; before = this.#before(at)) at = before;
    return at as N;
  }

  #before(node: AnyNode): AnyNode | undefined {
    const base = this.#base;
    const own = this.#origins.get(node);
    if (own || !base) return own;
    return base.#copies!.has(node.kind) ? base.#origins.get(node) : undefined;
  }

  /** All that is in the source's tree and neither carried nor reported. */
  losses(root: Node): Loss[] {
    const losses: Loss[] = [];
    const visitValue = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      if (Array.isArray(value)) for (const item of value) visitValue(item);
      else if (isNode(value)) visit(value);
    };
    const visit = (node: AnyNode): void => {
      if (node.kind === "Tidb") return;
      const entry = this.#entry(node);
      if (entry.judgedFor === losses) return;
      entry.judgedFor = losses;
      const { next } = entry;
      if (entry.reported) return;
      if (this.#isConsumed(node)) {
        visitConsumed(node, next);
        return;
      }
      if (!entry.fields && !next) {
        losses.push({ node: this.origin(node) as Node, field: undefined });
        return;
      }
      const copy = next?.kind === node.kind ? (next as unknown as Record<string, unknown>) : undefined;
      const fields = node as unknown as Record<string, unknown>;
      for (const field in fields) {
        if (field === "kind" || field === "location") continue;
        const value = fields[field];
        // A child that was changed in turn stands in the copy as another object: both are judged.
        if (copy !== undefined && copy[field] === value) continue;
        const replaced = copy !== undefined && field in copy;
        if (!replaced && !declares(entry, field)) {
          if (!saysNothing(node.kind, field, value)) losses.push({ node: this.origin(node) as Node, field });
          continue;
        }
        visitValue(value);
      }
      if (next) visit(next);
    };
    const visitConsumed = (node: AnyNode, next: AnyNode | undefined): void => {
      if (node.kind === "Tidb") return;
      const fields = knownFields(node.kind);
      for (const field in node)
        if (!fields.has(field) && !saysNothing(node.kind, field, (node as unknown as Record<string, unknown>)[field]))
          losses.push({ node: this.origin(node), field });
      eachChild(node, (child) => {
        const entry = this.#entry(child);
        if (entry.judgedFor === losses) return;
        entry.judgedFor = losses;
        if (!entry.reported) visitConsumed(child, entry.next);
      });
      if (next) visit(next);
    };
    visit(root);
    return losses;
  }
}
