import { INLINED, type Kind, type Node, type Value } from "./ast.js";
import { PLACES } from "./walk.js";

/** Turns an offset in the parser's unit (UTF-8 bytes of the statement) into one of ours (UTF-16 units of the source). */
export type Locate = (bytes: number) => number;

type Wire = Record<string, unknown>;

/**
 * Makes the parser's JSON uniform, in place: every node gets its `kind`, wrappers of plain values go, locations become UTF-16 offsets
 * into the source. Unknown fields are kept: what we do not know must be seen by the ledger.
 * @param wire one `{Kind: {...}}` object as libpg_query prints it
 * @throws RangeError when the tree is deeper than the stack
 */
export function normalize(wire: unknown, locate: Locate): Node {
  return unwrap(wire as Wire, locate) as Node;
}

function unwrap(wire: Wire, locate: Locate): Value {
  for (const kind in wire) {
    return named(kind, wire[kind] as Wire, locate);
  }
  // An empty object stands for a missing list element, e.g. the second operand in `COUNT(*)`'s neighbour lists.
  return [];
}

function named(kind: string, body: Wire, locate: Locate): Value {
  const plain = PLAIN[kind];
  return plain ? plain(body, locate) : tag(kind as Kind, body, locate);
}

/** Wrappers of plain values; proto3 omits zero values, hence the defaults. */
const PLAIN: Readonly<Record<string, (body: Wire, locate: Locate) => Value>> = {
  String: (body) => (body.sval as string) ?? "",
  Integer: (body) => (body.ival as number) ?? 0,
  Boolean: (body) => (body.boolval as boolean) ?? false,
  List: (body, locate) => list((body.items as Wire[]) ?? [], locate),
};

/** Members of A_Const are inlined scalars: `ival: {ival: 5}`. */
const SCALARS: Readonly<Record<string, string | number | boolean>> = { ival: 0, fval: "", boolval: false, sval: "", bsval: "" };

function list(items: readonly Wire[], locate: Locate): Value[] {
  const out: Value[] = new Array(items.length);
  for (let i = 0; i < items.length; i++) out[i] = unwrap(items[i]!, locate);
  return out;
}

const shapes = new Map<Kind, new () => Wire>();

/**
 * Makes empty nodes of a kind. A constructor of its own, with the prototype of plain objects, has V8 keep the fields inside the object:
 * half the memory of a literal that fields are added to (Node 20, 10 MB of DDL).
 */
function shapeOf(kind: Kind): new () => Wire {
  let shape = shapes.get(kind);
  if (!shape) {
    shape = function (this: Wire) {
      this.kind = kind;
    } as unknown as new () => Wire;
    shape.prototype = Object.prototype;
    shapes.set(kind, shape);
  }
  return shape;
}

function tag(kind: Kind, body: Wire, locate: Locate): Node {
  const inlined = INLINED[kind];
  const node = new (shapeOf(kind))();
  for (const field in body) {
    const value = body[field];
    if (typeof value === "object" && value !== null) {
      const inner = inlined?.[field];
      if (Array.isArray(value)) node[field] = inner ? value.map((v) => named(inner, v as Wire, locate)) : list(value as Wire[], locate);
      else if (kind === "A_Const" && field in SCALARS) node[field] = (value as Wire)[field] ?? SCALARS[field];
      else node[field] = inner ? named(inner, value as Wire, locate) : unwrap(value as Wire, locate);
    } else if (PLACES.has(field)) {
      // -1 means unknown (gram.y).
      if ((value as number) >= 0) node[field] = locate(value as number);
    } else if (field === "kind") node.variant = value;
    else node[field] = value;
  }
  if (kind === "TypeName" && Array.isArray(node.names)) node.names = sharedNames(node.names as Value[]);
  // NOT ENFORCED is said by leaving a field out, where nobody could miss it.
  if (kind === "Constraint" && ENFORCEABLE.has(node.contype as string) && !node.is_enforced) node.not_enforced = true;
  if (kind === "ColumnDef" && Array.isArray(node.constraints)) node.constraints = foldAttributes(node.constraints as Wire[]);
  return node as unknown as Node;
}

/** The names of types, each list once: as many columns as there are, they have a few dozen types. */
const typeNames = new Map<string, readonly Value[]>();

function sharedNames(names: readonly Value[]): readonly Value[] {
  const last = String(names[names.length - 1]);
  const known = typeNames.get(last);
  if (known && known.length === names.length && known.every((name, i) => name === names[i])) return known;
  typeNames.set(last, names);
  return names;
}

const ENFORCEABLE = new Set(["CONSTR_CHECK", "CONSTR_FOREIGN"]);

/** What DEFERRABLE and its like set on the constraint before them. */
const ATTRIBUTES: Readonly<Record<string, Wire>> = {
  CONSTR_ATTR_DEFERRABLE: { deferrable: true },
  CONSTR_ATTR_NOT_DEFERRABLE: {},
  CONSTR_ATTR_DEFERRED: { deferrable: true, initdeferred: true },
  CONSTR_ATTR_IMMEDIATE: {},
  CONSTR_ATTR_NOT_ENFORCED: { not_enforced: true, skip_validation: true, initially_valid: false },
  CONSTR_ATTR_ENFORCED: {},
};

/** In a column's definition attributes come as nodes of their own; in a table's they are fields (parse_utilcmd.c, transformConstraintAttrs). */
function foldAttributes(constraints: Wire[]): Wire[] {
  if (!constraints.some((constraint) => (constraint.contype as string) in ATTRIBUTES)) return constraints;
  const out: Wire[] = [];
  for (const constraint of constraints) {
    const attributes = ATTRIBUTES[constraint.contype as string];
    const before = out[out.length - 1];
    if (attributes && before) Object.assign(before, attributes);
    else out.push(constraint);
  }
  return out;
}
