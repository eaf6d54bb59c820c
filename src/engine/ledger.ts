import { FIELDS, type Node } from "../pg/ast.js";
import { isNode } from "../pg/names.js";
import { eachChild } from "../pg/walk.js";
import type { Tidb } from "./tidb.js";

type AnyNode = Node | Tidb;

interface Entry {
  /** Fields that a printer or a rule declared to carry. */
  fields?: readonly ReadonlySet<string>[];
  /** A rule dealt with it and all below it. */
  consumed?: true;
  /** The changed copy that took its place. */
  next?: AnyNode;
  /** Reported by a finding, with all below it. */
  reported?: true;
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

function declares({ fields }: Entry, field: string): boolean {
  for (let i = 0; fields && i < fields.length; i++) if (fields[i]!.has(field)) return true;
  return false;
}

const lists = new WeakMap<ReadonlySet<string>, readonly ReadonlySet<string>[]>();

/** The list of nothing but these fields: most entries have one declaration, and there are as many entries as nodes. */
function alone(fields: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  let list = lists.get(fields);
  if (!list) {
    list = [fields];
    lists.set(fields, list);
  }
  return list;
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
  readonly #lost = new Set<AnyNode>();
  readonly #judged = new Set<AnyNode>();
  readonly #base: Ledger | undefined;

  /** @param base what whole-schema rules recorded; a ledger is kept for one statement and then thrown away */
  constructor(base?: Ledger) {
    this.#base = base;
  }

  #find(node: AnyNode): Entry | undefined {
    return this.#entries.get(node) ?? (this.#base ? this.#base.#find(node) : undefined);
  }

  #entry(node: AnyNode): Entry {
    let entry = this.#entries.get(node);
    if (!entry) {
      const before = this.#base ? this.#base.#find(node) : undefined;
      entry = before ? { ...before } : {};
      this.#entries.set(node, entry);
    }
    return entry;
  }

  /** `fields` of the node are in the output, or in what takes its place. */
  carried(node: AnyNode, fields: ReadonlySet<string>): void {
    const entry = this.#entry(node);
    entry.fields = entry.fields ? [...entry.fields, fields] : alone(fields);
  }

  /** `copy` took the node's place; fields it shares with the node are judged on the copy. */
  changed(node: AnyNode, copy: AnyNode): void {
    this.#entry(node).next = copy;
    this.#origins.set(copy, node);
  }

  /** A finding speaks of the node and all below it. */
  reported(node: AnyNode): void {
    this.#entry(node).reported = true;
    this.#lost.add(node);
  }

  /** The node is not in the output, as a finding says; what is below it is judged all the same. */
  lost(node: AnyNode): void {
    this.#lost.add(node);
  }

  /** A rule dealt with the node and all below it: with every field that the grammar is known to have. */
  consumed(node: Node): void {
    this.#entry(node).consumed = true;
  }

  /** A rule looked at what the node means without saying it: printers that must not print it unseen ask `isJudged`. */
  judged(node: AnyNode): void {
    this.#judged.add(this.origin(node));
  }

  isJudged(node: AnyNode): boolean {
    return this.#judged.has(this.origin(node));
  }

  isReported(node: AnyNode): boolean {
    return this.#find(node)?.reported === true;
  }

  /** All nodes that findings speak of. */
  reportedNodes(): Node[] {
    return [...this.#lost].map((node) => this.origin(node) as Node);
  }

  /** The node of the source that a changed copy goes back to. */
  origin<N extends AnyNode>(node: N): N {
    let at: AnyNode = node;
    for (let before = this.#before(at); before; before = this.#before(at)) at = before;
    return at as N;
  }

  #before(node: AnyNode): AnyNode | undefined {
    return this.#origins.get(node) ?? (this.#base ? this.#base.#before(node) : undefined);
  }

  /** All that is in the source's tree and neither carried nor reported. */
  losses(root: Node): Loss[] {
    const losses: Loss[] = [];
    const seen = new Set<AnyNode>();
    const visitValue = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      if (Array.isArray(value)) for (const item of value) visitValue(item);
      else if (isNode(value)) visit(value);
    };
    const visit = (node: AnyNode): void => {
      if (seen.has(node) || node.kind === "Tidb") return;
      seen.add(node);
      const entry = this.#find(node);
      if (entry?.reported) return;
      if (entry?.consumed) {
        visitConsumed(node);
        return;
      }
      if (!entry?.fields && !entry?.next) {
        losses.push({ node: this.origin(node) as Node, field: undefined });
        return;
      }
      const copy = entry.next as unknown as Record<string, unknown> | undefined;
      const fields = node as unknown as Record<string, unknown>;
      for (const field in fields) {
        const value = fields[field];
        // A child that was changed in turn stands in the copy as another object: both are judged.
        const kept = copy !== undefined && copy.kind === node.kind && copy[field] === value;
        if (kept) continue;
        const declared = declares(entry, field);
        const replaced = copy !== undefined && copy.kind === node.kind && field in copy;
        if (!declared && !replaced) {
          if (!saysNothing(node.kind, field, value)) losses.push({ node: this.origin(node) as Node, field });
          continue;
        }
        visitValue(value);
      }
      if (entry.next) visit(entry.next);
    };
    const visitConsumed = (node: AnyNode): void => {
      if (node.kind === "Tidb") return;
      const fields = knownFields(node.kind);
      for (const field in node)
        if (!fields.has(field) && !saysNothing(node.kind, field, (node as unknown as Record<string, unknown>)[field]))
          losses.push({ node: this.origin(node), field });
      eachChild(node, (child) => {
        if (seen.has(child)) return;
        seen.add(child);
        const entry = this.#find(child);
        if (entry?.reported) return;
        visitConsumed(child);
        if (entry?.next) visit(entry.next);
      });
      const next = this.#find(node)?.next;
      if (next) visit(next);
    };
    visit(root);
    return losses;
  }
}
