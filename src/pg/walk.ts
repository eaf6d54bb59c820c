import type { Node, Value } from "./ast.js";
import { isNode } from "./names.js";

/** Calls `visit` for every node directly below, through lists of any depth. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const field in node) eachNode((node as unknown as Record<string, unknown>)[field], visit);
}

/** Calls `visit` for the nodes in a field's value. */
export function eachNode(value: unknown, visit: (child: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) for (const item of value) eachNode(item, visit);
  else if (isNode(value)) visit(value);
}

/** Calls `visit` for a node and all below it. */
export function eachDescendant(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const field in node) eachWithin((node as unknown as Record<string, unknown>)[field], visit);
}

/** Likewise for what a field holds: without a function made for each node, which is most of what a walk costs. */
function eachWithin(value: unknown, visit: (node: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) for (const item of value) eachWithin(item, visit);
  else if (isNode(value)) eachDescendant(value, visit);
}

/**
 * A copy for another statement: without positions, which are those of the one it comes from.
 * @param change what becomes of each node, those below it done
 * @param at where the statement has what the copy takes the place of
 */
export function unplaced<T extends Value>(value: T, change: (copy: Node) => Node = (copy) => copy, at?: number): T {
  if (Array.isArray(value)) return value.map((item) => unplaced(item as Value, change, at)) as unknown as T;
  if (!isNode(value)) return value;
  const fields = Object.entries(value as Node).filter(([field]) => field !== "location");
  const copy = Object.fromEntries(fields.map(([field, inner]) => [field, unplaced(inner as Value, change, at)]));
  return change((at === undefined ? copy : { ...copy, location: at }) as unknown as Node) as T;
}

/**
 * Whether there is such a node in a value.
 * @param closed nodes whose insides do not count
 */
export function holds(value: Value | undefined, test: (node: Node) => boolean, closed: (node: Node) => boolean = () => false): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).some((item) => holds(item, test, closed));
  if (!isNode(value)) return false;
  if (test(value) || closed(value)) return test(value);
  return Object.values(value as Node).some((held) => holds(held as Value, test, closed));
}

/**
 * The list with what stands in the place of some of its items; itself where all stay.
 * @param change undefined: the item stays
 */
export function edited<L extends readonly Value[] | undefined>(list: L, change: (item: Value) => readonly Value[] | undefined): L {
  let next: Value[] | undefined;
  for (const [i, item] of (list ?? []).entries()) {
    const made = change(item);
    if (made && !next) next = list!.slice(0, i);
    next?.push(...(made ?? [item]));
  }
  return (next as readonly Value[] | undefined as L) ?? list;
}

/** Fields that say where a node stands in the source. */
export const PLACES: ReadonlySet<string> = new Set(["location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"]);

/**
 * Whether two values are written alike, wherever they stand.
 * @param mean whether two nodes mean the same that are written otherwise
 */
export function alike(a: unknown, b: unknown, mean?: (a: Node, b: Node) => boolean): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => alike(item, b[i], mean));
  if (mean && isNode(a) && isNode(b) && mean(a, b)) return true;
  const [one, other] = [a, b] as Readonly<Record<string, unknown>>[];
  for (const field in one) if (!PLACES.has(field) && !alike(one[field], other![field], mean)) return false;
  for (const field in other) if (!PLACES.has(field) && other[field] !== undefined && one![field] === undefined) return false;
  return true;
}

/**
 * The value with other nodes in the place of some, those below a node first.
 * @param change makes the copy of a node with some fields changed
 * @param visit what becomes of a node; undefined: it stays. The nodes around it, the outermost first, are a list that goes on changing
 */
export function rewritten(
  value: Value,
  change: (node: Node, patch: Readonly<Record<string, unknown>>) => Node,
  visit: (node: Node, around: readonly Node[]) => Node | undefined,
  around: Node[] = [],
): Value {
  if (Array.isArray(value))
    return edited(value as readonly Value[], (item) => {
      const next = rewritten(item, change, visit, around);
      return next === item ? undefined : [next];
    }) as unknown as Value;
  if (!isNode(value)) return value;
  around.push(value);
  let patch: Record<string, unknown> | undefined;
  for (const field in value) {
    const held = (value as unknown as Record<string, unknown>)[field];
    if (typeof held !== "object" || held === null) continue;
    const next = rewritten(held as Value, change, visit, around);
    if (next !== held) patch = { ...patch, [field]: next };
  }
  around.pop();
  const node = patch ? change(value, patch) : value;
  return visit(node, around) ?? node;
}
