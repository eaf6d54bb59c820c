import type { AlterTableCmd, CreateFunctionStmt, CreateTrigStmt, DropStmt, Node, RenameStmt, Value } from "../pg/ast.js";
import { as, type Name, nodesOf, qualified, relationName, typeName } from "../pg/names.js";
import { type Catalog, find, key, type StoredRoutine, type Table, type Trigger } from "./model.js";

/** What DROP FUNCTION and its like call routines. */
export const ROUTINES: ReadonlySet<string> = new Set(["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"]);

/** Types of the arguments that tell functions of one name apart: those that a caller gives. */
function signature(parameters: readonly Value[] | undefined): string {
  const given = nodesOf("FunctionParameter", parameters).filter((p) => !NOT_GIVEN.has(p.mode ?? ""));
  return given.map((p) => (p.argType ? typeText(p.argType) : "")).join();
}

const NOT_GIVEN = new Set(["FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"]);

function typeText(type: Parameters<typeof typeName>[0]): string {
  return typeName(type).name + (type.arrayBounds?.length ? "[]" : "");
}

export function createRoutine(catalog: Catalog, node: CreateFunctionStmt): void {
  const name = qualified(node.funcname ?? []);
  const k = key(catalog, name);
  const others = catalog.routines.get(k) ?? [];
  const own = signature(node.parameters);
  const previous = others.find((other) => signature(other.node.parameters) === own);
  const made: StoredRoutine = {
    schema: name.schema ?? catalog.schema,
    name: name.name,
    node,
    program: catalog.programs.get(node),
    previous,
  };
  catalog.routines.set(k, [...others.filter((other) => other !== previous), made]);
}

export function dropRoutines(catalog: Catalog, node: DropStmt): void {
  for (const object of node.objects ?? []) {
    const named = as("ObjectWithArgs", object);
    const name = qualified((named?.objname ?? []) as readonly Value[]);
    const own = named?.args_unspecified ? undefined : signature(named?.objfuncargs);
    for (const k of [key(catalog, name), `public.${name.name}`]) {
      const routines = catalog.routines.get(k);
      if (!routines) continue;
      const left = routines.filter((routine) => own !== undefined && signature(routine.node.parameters) !== own);
      if (left.length > 0) catalog.routines.set(k, left);
      else catalog.routines.delete(k);
      if (node.behavior === "DROP_CASCADE") dropTriggersOf(catalog, name);
      break;
    }
  }
}

/** Triggers that call a function go with it by CASCADE. */
function dropTriggersOf(catalog: Catalog, name: Name): void {
  for (const triggers of catalog.triggers.values())
    for (const trigger of [...triggers.values()]) if (trigger.routine.name === name.name) triggers.delete(trigger.name);
}

export function renameRoutine(catalog: Catalog, node: RenameStmt, to: string): void {
  const name = qualified((as("ObjectWithArgs", node.object)?.objname ?? []) as readonly Value[]);
  const from = key(catalog, name);
  const routines = catalog.routines.get(from);
  if (!routines) return;
  catalog.routines.delete(from);
  catalog.routines.set(
    key(catalog, { schema: name.schema, name: to }),
    routines.map((routine) => ({ ...routine, name: to })),
  );
  // Triggers know their function, not its name.
  for (const triggers of catalog.triggers.values())
    for (const trigger of triggers.values())
      if (trigger.routine.name === name.name) triggers.set(trigger.name, { ...trigger, routine: { ...trigger.routine, name: to } });
}

export function createTrigger(catalog: Catalog, node: CreateTrigStmt): void {
  const table = node.relation && find(catalog, catalog.tables, relationName(node.relation));
  const name = node.trigname ?? "";
  if (!table) return;
  const triggers = catalog.triggers.get(table) ?? new Map<string, Trigger>();
  const made: Trigger = { name, table, node, routine: qualified(node.funcname ?? []), enabled: true };
  catalog.triggers.set(table, triggers.set(name, made));
  catalog.triggerOf.set(node, made);
}

export function dropTriggers(catalog: Catalog, node: DropStmt): void {
  for (const object of node.objects ?? []) {
    const parts = (Array.isArray(object) ? object : []) as readonly Value[];
    const table = find(catalog, catalog.tables, qualified(parts.slice(0, -1)));
    if (table) catalog.triggers.get(table)?.delete(String(parts[parts.length - 1]));
  }
}

export function renameTrigger(catalog: Catalog, node: RenameStmt, to: string): void {
  const table = node.relation && find(catalog, catalog.tables, relationName(node.relation));
  const triggers = table && catalog.triggers.get(table);
  const trigger = triggers?.get(node.subname ?? "");
  if (!triggers || !trigger) return;
  triggers.delete(trigger.name);
  triggers.set(to, { ...trigger, name: to });
}

/** @param name of one trigger; all of the table when undefined */
export function enable(catalog: Catalog, table: Table, name: AlterTableCmd["name"], enabled: boolean): void {
  const triggers = catalog.triggers.get(table);
  for (const trigger of [...(triggers?.values() ?? [])])
    if (name === undefined || trigger.name === name) triggers?.set(trigger.name, { ...trigger, enabled });
}

/** The tables whose triggers a statement makes, takes off, switches, or gives another function. */
export function retouching(catalog: Catalog, node: Node): readonly Table[] {
  const named = (name: Name | undefined) => (name && find(catalog, catalog.tables, name)) ?? [];
  if (node.kind === "CreateTrigStmt") return [named(node.relation && relationName(node.relation))].flat();
  if (node.kind === "AlterTableStmt") {
    const switches = node.cmds?.some((item) => /^AT_(?:Enable|Disable)\w*Trig/.test(as("AlterTableCmd", item)?.subtype ?? ""));
    return switches ? [named(node.relation && relationName(node.relation))].flat() : [];
  }
  if (node.kind === "RenameStmt")
    return node.renameType === "OBJECT_TRIGGER" ? [named(node.relation && relationName(node.relation))].flat() : [];
  if (node.kind === "CreateFunctionStmt") return calling(catalog, [qualified(node.funcname ?? []).name]);
  if (node.kind !== "DropStmt") return [];
  const objects = node.objects ?? [];
  if (node.removeType === "OBJECT_TRIGGER")
    return objects.flatMap((object) => named(qualified(Array.isArray(object) ? (object as readonly Value[]).slice(0, -1) : [])));
  if (!ROUTINES.has(node.removeType ?? "")) return [];
  return calling(
    catalog,
    objects.map((object) => qualified((as("ObjectWithArgs", object)?.objname ?? []) as readonly Value[]).name),
  );
}

function calling(catalog: Catalog, routines: readonly string[]): Table[] {
  return [...catalog.triggers].flatMap(([table, triggers]) =>
    [...triggers.values()].some(({ routine }) => routines.includes(routine.name)) ? [table] : [],
  );
}

/** The body as it is quoted in CREATE FUNCTION; empty where it is written without quotes. */
export function routineText(node: CreateFunctionStmt): string {
  const written = node.options?.flatMap((option) => as("DefElem", option) ?? []).find(({ defname }) => defname === "as")?.arg;
  const [text] = Array.isArray(written) ? (written as readonly Value[]) : [written];
  return typeof text === "string" ? text : "";
}

/** The function that a trigger calls; undefined when the input does not make it. */
export function triggerRoutine(catalog: Catalog, trigger: Pick<Trigger, "routine">): StoredRoutine | undefined {
  // A trigger's function has no parameters.
  return find(catalog, catalog.routines, trigger.routine)?.find(({ node }) => !node.parameters?.length);
}
