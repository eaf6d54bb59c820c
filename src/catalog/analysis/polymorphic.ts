import type { Catalog } from "../model.js";
import {
  arrayOf,
  baseType,
  coercible,
  commonType,
  elementOf,
  multirangeOf,
  POLYMORPHIC,
  rangeOf,
  rangeSubtype,
  typeFacts,
} from "./types.js";

/** What the polymorphic types of one call stand for. */
interface Bound {
  element?: string | undefined;
  array?: string | undefined;
  range?: string | undefined;
  multirange?: string | undefined;
}

export interface Generic {
  /** Declared types with the polymorphic ones resolved. */
  readonly args: readonly string[];
  readonly result: string;
}

/**
 * Works out what polymorphic arguments and results stand for (parse_coerce.c, enforce_generic_type_consistency).
 * @param actual types of the arguments; undefined where we do not know
 * @returns undefined when they do not fit together, or when nothing tells
 */
export function resolveGeneric(
  catalog: Catalog,
  declared: readonly string[],
  actual: readonly (string | undefined)[],
  result: string,
): Generic | undefined {
  if (!declared.some((type) => POLYMORPHIC.has(type))) return POLYMORPHIC.has(result) ? undefined : { args: declared, result };
  const same = bindSame(catalog, declared, actual);
  const compatible = same && bindCompatible(catalog, declared, actual);
  if (!same || !compatible) return undefined;
  const args = declared.map((type) => stands(type, same, compatible));
  const resolved = stands(result, same, compatible);
  if (resolved === undefined || args.some((type) => type === undefined)) return undefined;
  return { args: args as string[], result: resolved };
}

/** anyelement, anyarray, anynonarray, anyenum, anyrange, anymultirange: all the same type. */
function bindSame(catalog: Catalog, declared: readonly string[], actual: readonly (string | undefined)[]): Bound | undefined {
  const bound: Bound = {};
  const bind = (what: keyof Bound, type: string): boolean => {
    if (bound[what] !== undefined && bound[what] !== type) return false;
    bound[what] = type;
    return true;
  };
  for (let i = 0; i < declared.length; i++) {
    const type = actual[i];
    if (type === undefined || type === "unknown") continue;
    const want = declared[i];
    const below = baseType(catalog, type);
    if (want === "anyelement" || want === "anynonarray" || want === "anyenum") {
      if (!bind("element", type)) return undefined;
      if (want === "anynonarray" && elementOf(type) !== undefined) return undefined;
      if (want === "anyenum" && typeFacts(catalog, type)?.kind !== "e") return undefined;
    } else if (want === "anyarray") {
      if (elementOf(below) === undefined || !bind("array", below)) return undefined;
    } else if (want === "anyrange") {
      if (rangeSubtype(catalog, below) === undefined || !bind("range", below)) return undefined;
    } else if (want === "anymultirange") {
      if (typeFacts(catalog, below)?.kind !== "m" || !bind("multirange", below)) return undefined;
    }
  }
  if (bound.array !== undefined && !bind("element", elementOf(bound.array)!)) {
    // A domain's element goes with the array of its base.
    if (bound.element === undefined || baseType(catalog, bound.element) !== elementOf(bound.array)) return undefined;
  }
  if (bound.multirange !== undefined && bound.range === undefined) bound.range = rangeOf(catalog, bound.multirange);
  if (bound.range !== undefined && bound.multirange === undefined) bound.multirange = multirangeOf(catalog, bound.range);
  if (bound.range !== undefined && !bind("element", rangeSubtype(catalog, bound.range) ?? "")) return undefined;
  return bound;
}

/** anycompatible and its like: a common type that all can become. */
function bindCompatible(catalog: Catalog, declared: readonly string[], actual: readonly (string | undefined)[]): Bound | undefined {
  const types: string[] = [];
  let used = false;
  const bound: Bound = {};
  let nonArray = false;
  for (let i = 0; i < declared.length; i++) {
    const want = declared[i]!;
    if (!want.startsWith("anycompatible")) continue;
    used = true;
    if (want === "anycompatiblenonarray") nonArray = true;
    const type = actual[i];
    if (type === undefined || type === "unknown") continue;
    const below = baseType(catalog, type);
    if (want === "anycompatible" || want === "anycompatiblenonarray") types.push(type);
    else if (want === "anycompatiblearray") {
      const element = elementOf(below);
      if (element === undefined) return undefined;
      types.push(element);
    } else {
      const range = want === "anycompatiblerange" ? below : rangeOf(catalog, below);
      if (range === undefined || rangeSubtype(catalog, range) === undefined) return undefined;
      if (bound.range !== undefined && bound.range !== range) return undefined;
      bound.range = range;
      bound.multirange = multirangeOf(catalog, range);
      types.push(rangeSubtype(catalog, range)!);
    }
  }
  if (!used) return bound;
  if (actual.some((type, i) => type === undefined && declared[i]!.startsWith("anycompatible"))) return bound;
  const common = types.length === 0 ? "text" : bound.range === undefined ? commonType(catalog, types) : rangeSubtype(catalog, bound.range);
  if (common === undefined || types.some((type) => !coercible(catalog, type, common, "implicit"))) return undefined;
  if (nonArray && elementOf(common) !== undefined) return undefined;
  bound.element = common;
  bound.array = arrayOf(common);
  return bound;
}

function stands(type: string, same: Bound, compatible: Bound): string | undefined {
  if (!POLYMORPHIC.has(type)) return type;
  const bound = type.startsWith("anycompatible") ? compatible : same;
  const what = type.startsWith("anycompatible") ? type.slice("anycompatible".length) : type.slice("any".length);
  if (what === "array") return bound.array ?? (bound.element === undefined ? undefined : arrayOf(bound.element));
  if (what === "range") return bound.range;
  if (what === "multirange") return bound.multirange;
  return bound.element;
}
