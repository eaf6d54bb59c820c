import type { PgType, Signature } from "../catalog/analysis.js";
import { CAST, type Call, type Operands } from "../engine/forms.js";
import { knownFields } from "../engine/ledger.js";
import { raw, type Tidb, tidb } from "../engine/tidb.js";
import type { Node, Value } from "../pg/ast.js";
import { as, isNode } from "../pg/names.js";
import { eachChild, eachDescendant, holds } from "../pg/walk.js";
import type { Printing } from "./printing.js";

const UNKNOWN: PgType = { name: "unknown" };

/** A call as a printer found it. */
export interface CallSite {
  readonly node: Node;
  /** What a reader calls it, for a call that no row knows: `function foo()`, `operator +`. */
  readonly what: string;
  readonly signature: Signature | undefined;
  readonly args: readonly Value[];
  readonly result?: PgType;
  readonly distinct?: boolean;
  readonly filter?: Value;
  readonly order?: string;
  readonly over?: string;
}

/** The type that an expression has where it stands: a literal's is the one it takes there. */
export function typeOf(p: Printing, value: Value | Tidb | undefined): PgType | undefined {
  const info = p.info(value);
  return info?.coerced ?? info?.type;
}

/** What to do about a call of a function that the input makes, and that no rule writes out. */
export const OWN = ", which the input makes (TiDB runs no functions of users: let the application run its statements, in one transaction)";

/** Prints a call by the first row that has a form for it. */
export function printCall(p: Printing, site: CallSite): string {
  const { node, signature, args, what } = site;
  if (!signature) return p.refuse(node, `${what} on values of unknown type`);
  const found = write(p, site, signature.name, signature.args, args);
  if (found === undefined && signature.own) return p.refuse(node, `${what}${OWN}`);
  if (found === undefined) return p.refuse(node, `${what} on ${typeList(signature.args)}`);
  return "refused" in found ? p.refuse(node, found.refused) : p.at(...printed(p, found));
}

function printed(p: Printing, form: Tidb): [typeof p.level, string] {
  const text = p.print(form);
  return [p.level, text];
}

function typeList(types: readonly string[]): string {
  return types.length === 0 ? "nothing" : types.join(", ");
}

/** What a row makes of a call, or why it makes nothing of it; undefined where there is no row. */
function write(
  p: Printing,
  site: CallSite,
  name: string,
  types: readonly string[],
  args: readonly (Value | Tidb)[],
): Tidb | { readonly refused: string } | undefined {
  for (const { rule, form } of p.forms.find(name, types, p.catalog)) {
    let refused: string | undefined;
    const told: (() => void)[] = [];
    const opened = new Set<unknown>();
    const call: Call = {
      signature: site.signature!,
      result: site.result ?? p.info(site.node)?.type ?? UNKNOWN,
      catalog: p.catalog,
      type: (arg) => typeOf(p, arg) ?? UNKNOWN,
      // What is converted without a cast being written is printed already.
      own: (arg) => p.info((arg as { raw?: string }).raw === undefined ? arg : site.node)?.type ?? UNKNOWN,
      text: constantText,
      integer: constantInteger,
      nullable: (arg) => p.info(arg)?.nullable ?? true,
      say: (message, data = {}) => void told.push(() => p.tell({ rule, message, data, node: site.node })),
      refuse(reason) {
        refused = reason;
        return undefined;
      },
      open: (part) => void opened.add(part),
      other(otherName, otherTypes, otherArgs) {
        const other = write(p, site, otherName, otherTypes, otherArgs);
        if (other === undefined || "refused" in other) refused ??= other?.refused ?? `${otherName} on ${typeList(otherTypes)}`;
        else return other;
        return undefined;
      },
      distinct: raw(site.distinct ? "DISTINCT " : ""),
      over: raw(site.over === undefined ? "" : ` OVER ${site.over}`),
      order: raw(site.order === undefined ? "" : ` ORDER BY ${site.order}`),
      filter: site.filter,
      filtered: (arg) => (site.filter === undefined ? arg : tidb`CASE WHEN ${site.filter} THEN ${arg} END`),
    };
    const made = form.tidb(args as readonly Value[] as Operands, call);
    if (refused !== undefined) return { refused };
    if (made === undefined) continue;
    const problem = accountFor(p, made, args, opened);
    if (problem !== undefined) return { refused: problem };
    for (const tell of told) tell();
    return made;
  }
  return undefined;
}

/** The form of a call over nodes at hand, outside of a row. */
export function otherForm(p: Printing, site: CallSite): Tidb | undefined {
  const { name, args: types } = site.signature!;
  const made = write(p, site, name, types, site.args);
  return made === undefined || "refused" in made ? undefined : made;
}

/** Holes of a template by how often each stands in it. */
function usesOf(form: Tidb, uses = new Map<unknown, number>()): Map<unknown, number> {
  for (const hole of form.holes) {
    if (typeof hole !== "object" || "raw" in hole) continue;
    if ("texts" in hole) usesOf(hole, uses);
    else uses.set(hole, (uses.get(hole) ?? 0) + 1);
  }
  return uses;
}

/**
 * Holds a template to its arguments: what stands in it twice gives the same value each time, and what does not stand in it at all is a
 * constant that the row has read.
 * @returns why it cannot stand
 */
function accountFor(p: Printing, form: Tidb, args: readonly (Value | Tidb)[], opened: ReadonlySet<unknown>): string | undefined {
  // As most do: each argument once, in its place.
  if (form.holes.length === args.length && args.every((arg, i) => arg === form.holes[i] && args.indexOf(arg) === i)) return undefined;
  const uses = usesOf(form);
  for (const [node, times] of uses)
    if (times > 1 && isNode(node) && isVolatile(p, node)) return "an argument that must be computed once and would be twice";
  const check = (arg: unknown): string | undefined => {
    if (!isNode(arg) || uses.has(arg) || "texts" in arg) return undefined;
    if (opened.has(arg)) {
      p.ledger.carried(arg, knownFields(arg.kind));
      let problem: string | undefined;
      eachChild(arg, (child) => (problem ??= check(child)));
      return problem;
    }
    if (!isConstant(arg)) return "an argument that only a constant can be here";
    p.ledger.consumed(arg);
    return undefined;
  };
  for (const arg of args) {
    const problem = check(arg);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether two computations of it can give different values. */
export function isVolatile(p: Printing, node: Value): boolean {
  return holds(node, (inner) => inner.kind === "FuncCall" && p.info(inner)?.call?.volatility === "volatile");
}

/** A literal, also under casts and signs; names of types and the like are not values at all. */
function isConstant(node: Node): boolean {
  let constant = true;
  eachDescendant(node, (inner) => {
    if (!CONSTANT_KINDS.has(inner.kind)) constant = false;
  });
  return constant;
}

const CONSTANT_KINDS = new Set(["A_Const", "TypeCast", "TypeName", "A_Expr", "A_ArrayExpr"]);

export function constantText(value: Value): string | undefined {
  const cast = as("TypeCast", value);
  if (cast?.arg !== undefined) {
    const inner = as("A_Const", cast.arg);
    return inner?.sval ?? inner?.ival?.toString();
  }
  const constant = as("A_Const", value);
  return constant?.sval ?? constant?.ival?.toString() ?? constant?.fval ?? constant?.boolval?.toString();
}

export function constantInteger(value: Value): number | undefined {
  const negative = as("A_Expr", value);
  if (negative?.name?.[0] === "-" && !negative.lexpr && negative.rexpr !== undefined) {
    const positive = constantInteger(negative.rexpr);
    return positive === undefined ? undefined : -positive;
  }
  return as("A_Const", value)?.ival;
}

/** The form of a cast, written or implicit. */
export function castForm(p: Printing, node: Node, arg: Value | Tidb, from: string, to: PgType): Tidb | { refused: string } | undefined {
  const signature: Signature = {
    kind: "function",
    name: CAST,
    args: [from, to.name],
    result: to.name,
    strict: true,
    volatility: "immutable",
  };
  return write(p, { node, what: `a cast to ${to.name}`, signature, args: [arg as Value], result: to }, CAST, signature.args, [arg]);
}
