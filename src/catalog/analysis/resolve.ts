import { builtinFunctions, builtinOperators, type Operator, type Routine } from "../builtin/table.js";
import { type Catalog, key } from "../model.js";
import { resolveGeneric } from "./polymorphic.js";
import { baseType, coercible, elementOf, POLYMORPHIC, typeFacts } from "./types.js";

/** Types of arguments, undefined where they are not known. */
export type ArgTypes = readonly (string | undefined)[];

/** A function or operator as one call sees it: defaults left off, VARIADIC spread out. */
export interface Candidate<T> {
  readonly of: T;
  readonly args: readonly string[];
  readonly result: string;
}

/** What a call came to. */
export interface Resolved<T> {
  /** undefined when several candidates are left that agree on the result. */
  readonly of: T | undefined;
  /** Declared types, polymorphic ones resolved; as many as arguments were given. */
  readonly args: readonly string[] | undefined;
  readonly result: string;
  readonly set: boolean;
}

type ResolvedOperator = Resolved<Operator> | undefined;

/** What operators and functions came to. */
interface Known {
  /** The casts and extensions that the input had. */
  readonly while: string;
  readonly operators: Map<string, ResolvedOperator>;
  readonly functions: Map<string, ResolvedCall | undefined>;
}

const resolved = new WeakMap<Catalog, Known>();

/** What is known of types that the input cannot make or change, while it has the same casts and extensions. */
function knownOf(catalog: Catalog): Known {
  const during = `${catalog.casts.size} ${[...catalog.extensions].join()}`;
  let known = resolved.get(catalog);
  if (known?.while !== during) {
    known = { while: during, operators: new Map(), functions: new Map() };
    resolved.set(catalog, known);
  }
  return known;
}

/** What `map` has for the question, or what `answer` gives. */
function remembered<T>(map: Map<string, T>, question: string, answer: () => T): T {
  const before = map.get(question);
  if (before !== undefined || map.has(question)) return before as T;
  const made = answer();
  map.set(question, made);
  return made;
}

/** Types of the input have their schema in the name. */
function isOwn(type: string | null | undefined): boolean {
  return type?.includes(".") === true;
}

/** The operator for two operands, or for one after it (parse_oper.c, oper and left_oper). */
export function resolveOperator(
  catalog: Catalog,
  name: string,
  left: string | undefined | null,
  right: string | undefined,
): ResolvedOperator {
  if (isOwn(left) || isOwn(right)) return findOperator(catalog, name, left, right);
  return remembered(knownOf(catalog).operators, `${left} ${name} ${right}`, () => findOperator(catalog, name, left, right));
}

function findOperator(catalog: Catalog, name: string, left: string | undefined | null, right: string | undefined): ResolvedOperator {
  return withExtensions(catalog, (has) => {
    const prefix = left === null;
    const actual: ArgTypes = prefix ? [right] : [left, right];
    const all = operatorCandidates(name, prefix);
    const candidates = all.every(({ of }) => has(of.extension)) ? all : all.filter(({ of }) => has(of.extension));
    const exact = actual.includes(undefined) ? undefined : exactOperator(catalog, candidates, actual as string[]);
    return finish(catalog, exact ? [exact] : selectCandidates(catalog, candidates, actual), actual, false);
  });
}

const operators = new Map<string, readonly Candidate<Operator>[]>();

/** All operators of a name that stand between two operands, or before one. */
function operatorCandidates(name: string, prefix: boolean): readonly Candidate<Operator>[] {
  const kept = `${prefix}${name}`;
  let all = operators.get(kept);
  if (!all) {
    all = builtinOperators(name)
      .filter((op) => (op.left === undefined) === prefix)
      .map((of) => ({ of, args: prefix ? [of.right] : [of.left!, of.right], result: of.result }));
    operators.set(kept, all);
  }
  return all;
}

/** parse_oper.c, binary_oper_exact: an unknown operand is taken for the other's type. */
function exactOperator<T>(catalog: Catalog, candidates: readonly Candidate<T>[], actual: readonly string[]): Candidate<T> | undefined {
  const find = (types: readonly string[]) => candidates.find(({ args }) => args.every((type, i) => type === types[i]));
  if (actual.length === 1) return find(actual);
  const [left, right] = actual as [string, string];
  if (left !== "unknown" && right !== "unknown") return find(actual);
  const known = left === "unknown" ? right : left;
  if (known === "unknown") return undefined;
  return find([known, known]) ?? find([baseType(catalog, known), baseType(catalog, known)]);
}

/** Arguments of a call by position and, after those, by name. */
export interface CallShape {
  readonly name: string;
  readonly schema: string | undefined;
  readonly types: ArgTypes;
  /** Names of the last arguments, `f(a, b => 1)`. */
  readonly named: readonly string[];
  /** The last argument is an array for VARIADIC. */
  readonly variadic: boolean;
}

export interface ResolvedCall extends Resolved<Routine> {
  /** The position of each argument among the declared ones. */
  readonly positions: readonly number[];
}

/** parse_func.c, func_get_detail; undefined when there is no such function for these arguments. */
export function resolveFunction(catalog: Catalog, shape: CallShape): ResolvedCall | undefined {
  const { name, schema, types, named, variadic } = shape;
  if (types.some(isOwn) || named.length > 0 || variadic || userFunctions(catalog, schema, name).length > 0)
    return findFunction(catalog, shape);
  return remembered(knownOf(catalog).functions, [schema, name, ...types].join("\0"), () => findFunction(catalog, shape));
}

function findFunction(catalog: Catalog, shape: CallShape): ResolvedCall | undefined {
  return withExtensions(catalog, (has) => {
    const candidates = functionCandidates(functionsNamed(catalog, shape, has), shape);
    if (candidates.length === 0) return undefined;
    const { types } = shape;
    const exact = types.includes(undefined)
      ? undefined
      : candidates.find(({ args, positions }) => types.every((type, i) => args[positions[i]!] === type));
    const chosen = exact ? [exact] : selectPositioned(catalog, candidates, types);
    const resolved = finish(
      catalog,
      chosen.map((candidate) => ({ ...candidate, args: candidate.positions.map((at) => candidate.args[at]!) })),
      types,
      chosen[0]?.of.set ?? false,
    );
    return resolved && { ...resolved, positions: chosen[0]!.positions };
  });
}

interface PositionedCandidate extends Candidate<Routine> {
  readonly positions: readonly number[];
}

function selectPositioned(catalog: Catalog, candidates: readonly PositionedCandidate[], types: ArgTypes): PositionedCandidate[] {
  const byArgs = candidates.map((candidate) => ({
    ...candidate,
    of: candidate,
    args: candidate.positions.map((at) => candidate.args[at]!),
  }));
  return selectCandidates(catalog, byArgs, types).map(({ of }) => of);
}

/** All functions of that name: PostgreSQL's own, those of extensions, the user's. */
export function functionsNamed(
  catalog: Catalog,
  { schema, name }: { readonly schema: string | undefined; readonly name: string },
  has: (extension: string) => boolean,
): readonly Routine[] {
  const builtin = schema === undefined || schema === "pg_catalog" ? builtinFunctions(name).filter((f) => f.extension === "") : [];
  const extension = schema === "pg_catalog" ? [] : builtinFunctions(name).filter((f) => f.extension !== "" && has(f.extension));
  const own = schema === "pg_catalog" ? [] : userFunctions(catalog, schema, name);
  if (own.length === 0 && extension.length === 0) return builtin;
  return [...builtin, ...own, ...extension];
}

function userFunctions(catalog: Catalog, schema: string | undefined, name: string): readonly Routine[] {
  const own = catalog.functions.get(key(catalog, { schema, name }));
  return own ?? (schema === undefined ? (catalog.functions.get(`public.${name}`) ?? []) : []);
}

/** namespace.c, FuncnameGetCandidates: those that can take this number of arguments and these names. */
function functionCandidates(functions: readonly Routine[], shape: CallShape): PositionedCandidate[] {
  const candidates: PositionedCandidate[] = [];
  for (const f of functions) {
    const candidate = shape.named.length > 0 ? byName(f, shape) : byPosition(f, shape);
    if (!candidate) continue;
    // A declared form wins over the same one made by spreading out VARIADIC or leaving off defaults.
    const same = candidates.findIndex(({ args }) => args.length === candidate.args.length && args.every((a, i) => a === candidate.args[i]));
    if (same < 0) candidates.push(candidate);
    else if (candidates[same]!.of.variadic && !f.variadic) candidates[same] = candidate;
  }
  return candidates;
}

function byPosition(f: Routine, { types, variadic }: CallShape): PositionedCandidate | undefined {
  const given = types.length;
  const declared = f.args.length;
  const positions = types.map((_, i) => i);
  if (f.variadic && !variadic && given >= declared) {
    const last = f.args[declared - 1]!;
    const element =
      last === "any" ? "any" : last === "anyarray" ? "anyelement" : last === "anycompatiblearray" ? "anycompatible" : elementOf(last);
    if (element === undefined) return undefined;
    const args = [...f.args.slice(0, -1), ...new Array<string>(given - declared + 1).fill(element)];
    return { of: f, args, result: f.result, positions };
  }
  if (variadic && !f.variadic) return undefined;
  if (given === declared) return { of: f, args: f.args, result: f.result, positions };
  if (given < declared && declared <= given + f.defaults) return { of: f, args: f.args.slice(0, given), result: f.result, positions };
  return undefined;
}

function byName(f: Routine, { types, named }: CallShape): PositionedCandidate | undefined {
  const { names } = f;
  if (!names || types.length > f.args.length) return undefined;
  const byPlace = types.length - named.length;
  const positions = types.map((_, i) => (i < byPlace ? i : names.indexOf(named[i - byPlace])));
  if (positions.some((at, i) => at < 0 || positions.indexOf(at) !== i)) return undefined;
  const missing = f.args.some((_, at) => !positions.includes(at) && at < f.args.length - f.defaults);
  return missing ? undefined : { of: f, args: f.args, result: f.result, positions };
}

/**
 * Tries with the extensions that the input made, and only when that gives nothing with all of them: what an extension brings must not
 * change what a call means where it is not there.
 */
function withExtensions<T>(catalog: Catalog, attempt: (has: (extension: string) => boolean) => T | undefined): T | undefined {
  return attempt((extension) => extension === "" || catalog.extensions.has(extension)) ?? attempt(() => true);
}

/** Candidates that are left are one, or agree on a result that does not depend on the arguments. */
function finish<T>(catalog: Catalog, left: readonly Candidate<T>[], actual: ArgTypes, set: boolean): Resolved<T> | undefined {
  const [first] = left;
  if (!first) return undefined;
  if (left.length === 1) {
    const generic = resolveGeneric(catalog, first.args, actual, first.result);
    if (generic) return { of: first.of, args: generic.args, result: generic.result, set };
    return POLYMORPHIC.has(first.result) || !actual.includes(undefined)
      ? undefined
      : { of: first.of, args: undefined, result: first.result, set };
  }
  if (!actual.includes(undefined) || POLYMORPHIC.has(first.result)) return undefined;
  return left.every(({ result }) => result === first.result) ? { of: undefined, args: undefined, result: first.result, set } : undefined;
}

/**
 * parse_func.c, func_match_argtypes and func_select_candidate. With arguments of unknown type to us, all that may be meant.
 * @returns one, or none when PostgreSQL would call it ambiguous
 */
function selectCandidates<T>(catalog: Catalog, candidates: readonly Candidate<T>[], actual: ArgTypes): readonly Candidate<T>[] {
  const matching = candidates.filter(
    ({ args, result }) =>
      args.every((type, i) => actual[i] === undefined || coercible(catalog, actual[i], type, "implicit")) &&
      consistent(catalog, args, actual, result),
  );
  if (matching.length <= 1 || actual.includes(undefined)) return matching;
  return selectBest(catalog, matching, actual as readonly string[]);
}

/** check_generic_type_consistency: arguments that say nothing yet are no contradiction. */
function consistent(catalog: Catalog, args: readonly string[], actual: ArgTypes, result: string): boolean {
  if (!args.some((type) => POLYMORPHIC.has(type))) return true;
  if (resolveGeneric(catalog, args, actual, result) !== undefined) return true;
  return args.every((type, i) => !POLYMORPHIC.has(type) || actual[i] === undefined || actual[i] === "unknown");
}

function selectBest<T>(catalog: Catalog, matching: readonly Candidate<T>[], actual: readonly string[]): readonly Candidate<T>[] {
  const bases = actual.map((type) => (type === "unknown" ? type : baseType(catalog, type)));
  const exact = most(matching, ({ args }) => count(args, (type, i) => bases[i] !== "unknown" && type === bases[i]));
  if (exact.length === 1) return exact;
  const categories = bases.map((type) => typeFacts(catalog, type)?.category ?? "");
  const preferred = (type: string, category: string): boolean => {
    const facts = typeFacts(catalog, type);
    return facts !== undefined && facts.category === category && facts.preferred;
  };
  const close = most(exact, ({ args }) =>
    count(args, (type, i) => bases[i] !== "unknown" && (type === bases[i] || preferred(type, categories[i]!))),
  );
  if (close.length === 1) return close;
  if (!bases.includes("unknown")) return [];
  const resolved = byUnknownCategories(catalog, close, bases);
  if (resolved.length === 1) return resolved;
  return byOneKnownType(catalog, resolved, bases);
}

/** Unknown arguments: STRING where some candidate takes one, else the category on which all agree; then its preferred type. */
function byUnknownCategories<T>(catalog: Catalog, candidates: readonly Candidate<T>[], bases: readonly string[]): readonly Candidate<T>[] {
  const slots: { category: string; preferred: boolean }[] = [];
  for (let i = 0; i < bases.length; i++) {
    if (bases[i] !== "unknown") continue;
    let category: string | undefined;
    let hasPreferred = false;
    let conflict = false;
    for (const { args } of candidates) {
      const facts = typeFacts(catalog, args[i]!);
      const own = facts?.category ?? "";
      if (category === undefined) {
        category = own;
        hasPreferred = facts?.preferred ?? false;
      } else if (own === category) hasPreferred ||= facts?.preferred ?? false;
      else if (own === "S") {
        category = own;
        hasPreferred = facts?.preferred ?? false;
      } else if (category !== "S") conflict = true;
    }
    if (conflict && category !== "S") return candidates;
    slots[i] = { category: category!, preferred: hasPreferred };
  }
  const keep = candidates.filter(({ args }) =>
    slots.every((slot, i) => {
      const facts = typeFacts(catalog, args[i]!);
      return facts?.category === slot.category && (!slot.preferred || facts.preferred);
    }),
  );
  return keep.length > 0 ? keep : candidates;
}

/** When all known arguments have one type, unknown ones are taken for that too. */
function byOneKnownType<T>(catalog: Catalog, candidates: readonly Candidate<T>[], bases: readonly string[]): readonly Candidate<T>[] {
  const known = bases.filter((type) => type !== "unknown");
  if (known.length === 0 || known.some((type) => type !== known[0])) return [];
  const fitting = candidates.filter(({ args, result }) => {
    const actual = args.map(() => known[0]!);
    return args.every((type) => coercible(catalog, known[0]!, type, "implicit")) && consistent(catalog, args, actual, result);
  });
  return fitting.length === 1 ? fitting : [];
}

function count(args: readonly string[], counts: (type: string, i: number) => boolean): number {
  let n = 0;
  for (let i = 0; i < args.length; i++) if (counts(args[i]!, i)) n++;
  return n;
}

function most<T>(items: readonly T[], score: (item: T) => number): readonly T[] {
  let best = -1;
  let kept: T[] = [];
  for (const item of items) {
    const own = score(item);
    if (own > best) {
      best = own;
      kept = [item];
    } else if (own === best) kept.push(item);
  }
  return kept;
}
