import type { TypeName } from "../../pg/ast.js";
import { as, type Name, typeName } from "../../pg/names.js";
import type { PgType } from "../analysis.js";
import { builtinCast, builtinType } from "../builtin/table.js";
import { type Catalog, key } from "../model.js";

/** What PostgreSQL's rules of resolution ask of a type. Types are named as in `PgType`. */
export interface TypeFacts {
  readonly category: string;
  readonly preferred: boolean;
  /** pg_type.typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
  readonly kind: string;
}

const ARRAY: TypeFacts = { category: "A", preferred: false, kind: "b" };
const ENUM: TypeFacts = { category: "E", preferred: false, kind: "e" };
const COMPOSITE: TypeFacts = { category: "C", preferred: false, kind: "c" };
const RANGE: TypeFacts = { category: "R", preferred: false, kind: "r" };
const MULTIRANGE: TypeFacts = { category: "R", preferred: false, kind: "m" };

/** undefined for a type that neither PostgreSQL nor the catalog has. */
export function typeFacts(catalog: Catalog, name: string): TypeFacts | undefined {
  const builtin = builtinType(name);
  if (builtin) return builtin;
  if (name.endsWith("[]")) return ARRAY;
  if (catalog.enums.has(name)) return ENUM;
  const domain = catalog.domains.get(name);
  if (domain) return { category: typeFacts(catalog, baseType(catalog, name))?.category ?? "U", preferred: false, kind: "d" };
  if (catalog.composites.has(name) || catalog.tables.has(name) || catalog.derived.has(name)) return COMPOSITE;
  if (catalog.ranges.has(name)) return RANGE;
  if (multirangeOwner(catalog, name) !== undefined) return MULTIRANGE;
  return undefined;
}

/** Of a domain the type below all domains, of others itself (lsyscache.c, getBaseType). */
export function baseType(catalog: Catalog, name: string): string {
  for (let at = name, depth = 0; depth < 20; depth++) {
    const below = domainBase(catalog, at);
    if (below === undefined) return at;
    at = below;
  }
  return name;
}

function domainBase(catalog: Catalog, name: string): string | undefined {
  const domain = catalog.domains.get(name);
  if (domain) return resolveType(catalog, domain.base).name;
  const builtin = builtinType(name);
  return builtin?.kind === "d" ? builtin.part : undefined;
}

export function arrayOf(element: string): string {
  return element.endsWith("[]") ? element : `${element}[]`;
}

/** The element of a true array; undefined for all other types. */
export function elementOf(name: string): string | undefined {
  return name.endsWith("[]") ? name.slice(0, -2) : undefined;
}

export function rangeSubtype(catalog: Catalog, name: string): string | undefined {
  const builtin = builtinType(name);
  if (builtin) return builtin.kind === "r" ? builtin.part : undefined;
  return catalog.ranges.get(name)?.subtype;
}

export function multirangeOf(catalog: Catalog, range: string): string | undefined {
  return builtinType(range)?.multirange ?? catalog.ranges.get(range)?.multirange;
}

/** The range type that a multirange is made of. */
export function rangeOf(catalog: Catalog, multirange: string): string | undefined {
  return RANGE_OF[multirange] ?? multirangeOwner(catalog, multirange);
}

const RANGE_OF: Readonly<Record<string, string>> = {
  int4multirange: "int4range",
  int8multirange: "int8range",
  nummultirange: "numrange",
  datemultirange: "daterange",
  tsmultirange: "tsrange",
  tstzmultirange: "tstzrange",
};

function multirangeOwner(catalog: Catalog, name: string): string | undefined {
  for (const [range, facts] of catalog.ranges) if (facts.multirange === name) return range;
  return undefined;
}

/** serial and its like stand for an integer (parse_utilcmd.c, transformColumnDefinition). */
export const SERIAL: Readonly<Record<string, string>> = {
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
  smallserial: "int2",
  serial2: "int2",
};

/**
 * The type that a written one names; of one that is nowhere defined the name with the current schema. A domain gives the type that it is over:
 * PostgreSQL computes with that, and tells the client that.
 */
export function resolveType(catalog: Catalog, written: TypeName): PgType {
  const { schema, name } = typeName(written);
  if (written.pct_type) return columnType(catalog, written) ?? { name: "unknown" };
  const array = (written.arrayBounds?.length ?? 0) > 0;
  const named = lookupType(catalog, { schema, name });
  const domain = catalog.domains.get(named);
  if (domain && !array) return resolveType(catalog, domain.base);
  const own = baseType(catalog, named);
  const mods = (written.typmods ?? []).map((mod) => as("A_Const", mod)?.ival ?? Number.NaN);
  const type = array ? arrayOf(own) : own;
  return mods.length > 0 && mods.every((mod) => !Number.isNaN(mod)) ? { name: type, mods } : { name: type };
}

/** `table.column%TYPE` */
function columnType(catalog: Catalog, { names = [] }: TypeName): PgType | undefined {
  const [column, table, schema] = names.toReversed();
  if (column === undefined || table === undefined) return undefined;
  const found = catalog.tables.get(key(catalog, { schema, name: table }))?.columns.get(column);
  return found && resolveType(catalog, found.type);
}

/** Builtin types come first (pg_catalog stands in front of the search path), those of extensions last. */
function lookupType(catalog: Catalog, { schema, name }: Name): string {
  const plain = SERIAL[name] ?? (name.startsWith("_") && builtinType(name.slice(1)) ? `${name.slice(1)}[]` : name);
  const builtin = builtinType(elementOf(plain) ?? plain);
  if (schema === undefined && builtin && builtin.extension === "") return plain;
  const own = key(catalog, { schema, name });
  if (isUserType(catalog, own)) return own;
  const shared = `public.${name}`;
  if (schema === undefined && isUserType(catalog, shared)) return shared;
  return builtin && (schema !== undefined || builtin.extension !== "") ? plain : own;
}

function isUserType(catalog: Catalog, name: string): boolean {
  return (
    catalog.enums.has(name) ||
    catalog.domains.has(name) ||
    catalog.composites.has(name) ||
    catalog.ranges.has(name) ||
    catalog.tables.has(name) ||
    catalog.derived.has(name) ||
    multirangeOwner(catalog, name) !== undefined
  );
}

/** Where a conversion stands: without being written, in an assignment, or written as a cast. */
export type CastContext = "implicit" | "assignment" | "explicit";

const RANK = { implicit: 0, assignment: 1, explicit: 2 } as const;
const CONTEXT_RANK: Readonly<Record<string, number>> = { i: 0, a: 1, e: 2 };

export const POLYMORPHIC = new Set([
  "anyelement",
  "anyarray",
  "anynonarray",
  "anyenum",
  "anyrange",
  "anymultirange",
  "anycompatible",
  "anycompatiblearray",
  "anycompatiblenonarray",
  "anycompatiblerange",
  "anycompatiblemultirange",
]);

/** Whether a value of one type goes where another is asked for (parse_coerce.c, can_coerce_type for one argument). */
export function coercible(catalog: Catalog, source: string, target: string, context: CastContext): boolean {
  if (source === target || target === "any" || source === "unknown" || POLYMORPHIC.has(target)) return true;
  if (pathway(catalog, source, target, context)) return true;
  const complex = isComplex(catalog, source);
  if (target === "record") return complex;
  if (target === "record[]") return complex === false && isComplex(catalog, elementOf(source) ?? "");
  return source === "record" && isComplex(catalog, target);
}

function isComplex(catalog: Catalog, name: string): boolean {
  return typeFacts(catalog, baseType(catalog, name))?.kind === "c";
}

/** parse_coerce.c, find_coercion_pathway: whether there is a way, as it is, by a function or by way of text. */
export function pathway(catalog: Catalog, source: string, target: string, context: CastContext): boolean {
  const from = baseType(catalog, source);
  const to = baseType(catalog, target);
  if (from === to) return true;
  const cast = catalog.casts.get(`${from} ${to}`) ?? builtinCast(from, to)?.context;
  if (cast !== undefined) return RANK[context] >= CONTEXT_RANK[cast]!;
  const element = elementOf(to);
  const sourceElement = elementOf(from);
  if (element !== undefined && sourceElement !== undefined) return pathway(catalog, sourceElement, element, context);
  if (context === "implicit") return false;
  if (typeFacts(catalog, to)?.category === "S") return true;
  return context === "explicit" && typeFacts(catalog, from)?.category === "S";
}

/**
 * The one type for a CASE, COALESCE, VALUES column, UNION and their like (parse_coerce.c, select_common_type).
 * @returns undefined when there is none; `text` when nothing but literals is given
 */
export function commonType(catalog: Catalog, types: readonly string[]): string | undefined {
  const first = types[0];
  if (first === undefined) return undefined;
  if (first !== "unknown" && types.every((type) => type === first)) return first;
  let chosen = baseType(catalog, first);
  let facts = typeFacts(catalog, chosen);
  for (let i = 1; i < types.length; i++) {
    const next = baseType(catalog, types[i]!);
    if (next === "unknown" || next === chosen) continue;
    const nextFacts = typeFacts(catalog, next);
    if (chosen === "unknown") {
      chosen = next;
      facts = nextFacts;
    } else if (!facts || !nextFacts || facts.category !== nextFacts.category) return undefined;
    else if (!facts.preferred && coercible(catalog, chosen, next, "implicit") && !coercible(catalog, next, chosen, "implicit")) {
      chosen = next;
      facts = nextFacts;
    }
  }
  return chosen === "unknown" ? "text" : chosen;
}
