import type {
  AlterObjectSchemaStmt,
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateFunctionStmt,
  CreateStmt,
  CreateTableAsStmt,
  DefineStmt,
  DropStmt,
  FunctionParameter,
  IndexElem,
  IndexStmt,
  Kind,
  Node,
  RangeVar,
  RenameStmt,
  Value,
  ViewStmt,
} from "../pg/ast.js";
import { constantValue } from "../pg/constants.js";
import { as, columnName, isNode, literalText, type Name, nodesOf, optionsOf, qualified, relationName, typeName } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import { resolveType, SERIAL } from "./analysis/types.js";
import { type Analysis, analyse } from "./analysis.js";
import type { Routine } from "./builtin/table.js";
import { countsOtherwise } from "./counting.js";
import { alterDomain, createDomain, demand, renameDomainCheck } from "./domains.js";
import { expandLike } from "./like.js";
import {
  atEnd,
  type Catalog,
  type Column,
  type Derived,
  find,
  heirsOf,
  isAutoIncrement,
  type Key,
  key,
  keyOf,
  type Reader,
  type Table,
  type TableConstraint,
} from "./model.js";
import { nextvalOf, typeNode } from "./named.js";
import { objectName } from "./naming.js";
import { keptQuery, remade } from "./remake.js";
import {
  createRoutine,
  createTrigger,
  dropRoutines,
  dropTriggers,
  enable,
  ROUTINES,
  renameRoutine,
  renameTrigger,
  retouching,
} from "./routines.js";
import { spell } from "./spelling.js";
import { retouched, touchedColumns } from "./touch.js";

type Replay<K extends Kind> = (catalog: Catalog, node: Extract<Node, { kind: K }>) => void;

/**
 * Changes the catalog as PostgreSQL would when it runs the statement. Statements that change no schema, and references to what the
 * catalog does not know, are passed over: judging them is the rules' work.
 */
export function replay(catalog: Catalog, node: Node): void {
  const step = STEPS[node.kind] as Replay<Kind> | undefined;
  const tables = retouching(catalog, node);
  const before = tables.length > 0 ? touchedColumns(catalog, tables) : undefined;
  if (catalog.readers.size > 0) remakeReaders(catalog, node);
  const outer = catalog.going;
  catalog.going = [];
  step?.(catalog, node);
  spell(catalog, node);
  if (catalog.going.length > 0) catalog.orphaned.set(node, catalog.going);
  catalog.going = outer;
  const changes = before ? retouched(catalog, before, tables) : [];
  if (changes.length > 0) catalog.retouched.set(node, changes);
}

/** Views read what a statement renames by its new name from there on. */
function remakeReaders(catalog: Catalog, node: Node): void {
  const again = remade(catalog, node);
  if (again.size === 0) return;
  for (const [k, reader] of again) catalog.readers.set(k, reader);
  catalog.remade.set(node, [...again.values()]);
}

const STEPS: { readonly [K in Kind]?: Replay<K> } = {
  CreateTrigStmt: (catalog, node) => {
    reroute(catalog, node.relation);
    createTrigger(catalog, node);
  },
  RuleStmt: (catalog, node) => reroute(catalog, node.relation),
  CreateStmt: createTable,
  AlterTableStmt: (catalog, node) => {
    if (nodesOf("AlterTableCmd", node.cmds).some(({ subtype = "" }) => VIEW_CHANGES.has(subtype))) reroute(catalog, node.relation);
    alterTable(catalog, node);
  },
  IndexStmt: createIndex,
  RenameStmt: rename,
  CreateEnumStmt: (catalog, node) => {
    const name = qualified(node.typeName ?? []);
    catalog.enums.set(key(catalog, name), { name: name.name, labels: (node.vals ?? []).slice() as string[] });
  },
  AlterEnumStmt: (catalog, node) => {
    const type = find(catalog, catalog.enums, qualified(node.typeName ?? []));
    if (!type || node.newVal === undefined) return;
    if (node.oldVal !== undefined) {
      const at = type.labels.indexOf(node.oldVal);
      if (at >= 0) type.labels[at] = node.newVal;
      const columns = columnsOf(catalog, catalog.enums, type);
      const label = { type, columns, from: node.oldVal, to: node.newVal };
      const tables = [...new Set(columns.map(({ table }) => table))];
      const held = [
        ...tables.flatMap(({ constraints }) => [...constraints.values()]),
        ...[...catalog.indexes.values()].map(({ named }) => named),
        ...tables.flatMap((table) => [...table.columns.values()].flatMap((c) => c.computed ?? [])),
      ];
      for (const each of held) if (each.columns.some((column) => columns.includes(column))) each.labels = [...(each.labels ?? []), label];
      // A default is kept as the label itself, not as its name.
      for (const column of columns)
        if (literalText(column.default) === node.oldVal) column.default = { kind: "A_Const", sval: node.newVal };
    } else if (!type.labels.includes(node.newVal)) {
      const neighbour = node.newValNeighbor === undefined ? -1 : type.labels.indexOf(node.newValNeighbor);
      const at = neighbour < 0 ? type.labels.length : node.newValIsAfter ? neighbour + 1 : neighbour;
      type.labels.splice(at, 0, node.newVal);
    }
    for (const column of columnsOf(catalog, catalog.enums, type)) keepLongest(column, type);
  },
  CreateDomainStmt: createDomain,
  AlterDomainStmt: alterDomain,
  CreateSeqStmt: (catalog, node) => {
    const name = relationName(node.sequence!);
    const k = key(catalog, name);
    if (node.if_not_exists && catalog.sequences.has(k)) return;
    const options = optionsOf(node.options);
    catalog.schemas.add(name.schema ?? catalog.schema);
    catalog.sequences.set(k, {
      node,
      schema: name.schema ?? catalog.schema,
      name: name.name,
      options,
      ownedBy: undefined,
      usedBy: NONE,
    });
    setOwner(catalog, name, options.get("owned_by"));
  },
  AlterSeqStmt: (catalog, node) => {
    const name = relationName(node.sequence!);
    const found = find(catalog, catalog.sequences, name);
    if (!found) return;
    const changes = optionsOf(node.options);
    catalog.sequences.set(`${found.schema}.${found.name}`, { ...found, options: new Map([...found.options, ...changes]) });
    if (changes.has("owned_by")) setOwner(catalog, name, changes.get("owned_by"));
  },
  CommentStmt: (catalog, node) => {
    if (!Array.isArray(node.object)) return;
    const parts = node.object as readonly Value[];
    const comment = node.comment || undefined;
    if (node.objtype === "OBJECT_TABLE") {
      const table = find(catalog, catalog.tables, qualified(parts));
      if (table) table.comment = comment;
    } else if (node.objtype === "OBJECT_COLUMN") {
      const column = find(catalog, catalog.tables, qualified(parts.slice(0, -1)))?.columns.get(String(parts[parts.length - 1]));
      if (column) column.comment = comment;
    }
  },
  CreateTableAsStmt: (catalog, node) => {
    if (!node.into?.rel) return;
    const name = relationName(node.into.rel);
    const k = key(catalog, name);
    if (node.if_not_exists && (catalog.derived.has(k) || catalog.tables.has(k))) {
      catalog.passedOver.add(node);
      return;
    }
    const kind = node.objtype === "OBJECT_MATVIEW" ? "materialized view" : "table";
    const analysis = analysed(catalog, node);
    if (kind === "materialized view") addReader(catalog, name, node, analysis);
    tableFromQuery(catalog, node.into.rel, kind, node, analysis, node.query, node.into.colNames);
  },
  ViewStmt: (catalog, node) => {
    const name = relationName(node.view!);
    catalog.schemas.add(name.schema ?? catalog.schema);
    catalog.views.set(key(catalog, name), { name: name.name });
    const analysis = analysed(catalog, node);
    addReader(catalog, name, node, analysis);
    derive(catalog, name, "view", analysis, node.query, node.aliases);
  },
  CreateFunctionStmt: (catalog, node) => {
    createRoutine(catalog, node);
    createFunction(catalog, node);
  },
  CompositeTypeStmt: (catalog, node) => {
    const name = relationName(node.typevar!);
    const columns = (node.coldeflist ?? []).flatMap((value) => {
      const def = as("ColumnDef", value);
      return def?.typeName ? [{ name: def.colname ?? "", type: def.typeName }] : [];
    });
    catalog.composites.set(key(catalog, name), { name: name.name, columns });
  },
  CreateRangeStmt: (catalog, node) => {
    const k = key(catalog, qualified(node.typeName ?? []));
    const options = optionsOf(node.params);
    const subtype = as("TypeName", options.get("subtype"));
    const multirange = as("TypeName", options.get("multirange_type_name"));
    if (!subtype) return;
    const own = k.includes("range") ? k.replace("range", "multirange") : `${k}_multirange`;
    const bound = resolveType(catalog, subtype).name;
    catalog.ranges.set(k, { subtype: bound, multirange: multirange ? key(catalog, typeName(multirange)) : own });
    const name = qualified(node.typeName ?? []);
    for (const args of [
      [bound, bound],
      [bound, bound, "text"],
    ])
      addRoutine(catalog, name, { ...ROUTINE, name: name.name, args, result: k });
  },
  DefineStmt: createAggregate,
  CreateCastStmt: (catalog, node) => {
    if (!node.sourcetype || !node.targettype) return;
    const types = [node.sourcetype, node.targettype].map((type) => resolveType(catalog, type).name);
    catalog.casts.set(types.join(" "), CAST_CONTEXTS[node.context ?? ""] ?? "e");
  },
  CreateExtensionStmt: (catalog, node) => {
    catalog.extensions.add(node.extname ?? "");
  },
  CreateRoleStmt: (catalog, node) => {
    catalog.roles.add(node.role ?? "");
  },
  DropRoleStmt: (catalog, node) => {
    for (const role of node.roles ?? []) catalog.roles.delete(as("RoleSpec", role)?.rolename ?? "");
  },
  AlterObjectSchemaStmt: moveToSchema,
  DropStmt: (catalog, node) => {
    if (node.removeType === "OBJECT_SCHEMA") dropSchemas(catalog, node);
    if (ROUTINES.has(node.removeType ?? "")) dropRoutines(catalog, node);
    if (node.removeType === "OBJECT_TRIGGER") dropTriggers(catalog, node);
    if (node.removeType === "OBJECT_EXTENSION") for (const name of node.objects ?? []) catalog.extensions.delete(String(name));
    const maps = DROPPED_FROM[node.removeType ?? ""];
    if (node.behavior === "DROP_CASCADE" && maps?.includes("derived")) dropReaders(catalog, node);
    for (const object of node.objects ?? []) {
      const name = dropName(object);
      if (maps?.includes("derived")) catalog.readers.delete(foundKey(catalog, catalog.readers, name));
      for (const map of maps ?? []) {
        const k = foundKey(catalog, catalog[map], name);
        const index = map === "indexes" ? catalog.indexes.get(k) : undefined;
        if (index) catalog.dropped.set(k, index);
        const table = map === "tables" ? catalog.tables.get(k) : undefined;
        if (table) {
          table.droppedBy = node;
          forgetTable(catalog, table);
        } else if (map === "tables" && !node.missing_ok) catalog.notMadeHere.add(name.name);
        if (isTypes(map) && node.behavior === "DROP_CASCADE") forgetColumnsOf(catalog, map, k);
        (catalog[map] as Map<string, unknown>).delete(k);
      }
    }
  },
  VariableSetStmt: (catalog, node) => {
    if (node.variant === "VAR_RESET_ALL") catalog.schema = "public";
    if (node.name !== "search_path") return;
    const schemas = (node.args ?? []).map((arg) => as("A_Const", arg)?.sval ?? "");
    if (node.variant === "VAR_SET_VALUE") setSearchPath(catalog, schemas);
    else catalog.schema = "public";
  },
  SelectStmt: (catalog, node) => {
    const into = node.intoClause;
    if (into?.rel) tableFromQuery(catalog, into.rel, "table", node, analysed(catalog, node), node, into.colNames);
    const call = as("FuncCall", as("ResTarget", node.targetList?.[0])?.val);
    if (!call || qualified(call.funcname ?? []).name !== "set_config" || literalText(call.args?.[0]) !== "search_path") return;
    const schemas = (literalText(call.args?.[1]) ?? "").split(",");
    setSearchPath(
      catalog,
      schemas.map((schema) => parseName(schema.trim()).name),
    );
  },
};

/** Drops what is in schemas, by CASCADE: without it PostgreSQL drops empty ones only. */
function dropSchemas(catalog: Catalog, node: DropStmt): void {
  if (node.behavior !== "DROP_CASCADE") return;
  const schemas = (node.objects ?? []).map((object) => dropName(object).name);
  const drops = [...IN_SCHEMAS].flatMap(([removeType, namesOf]): DropStmt[] => {
    const names = namesOf(catalog).filter(({ schema }) => schemas.includes(schema));
    const objects = names.map(({ schema, name }) => [schema, name]);
    return objects.length === 0 ? [] : [{ kind: "DropStmt", removeType, objects, behavior: "DROP_CASCADE", missing_ok: true }];
  });
  for (const drop of drops) replay(catalog, drop);
  catalog.schemaDrops.set(node, drops);
}

const keyed = (map: ReadonlyMap<string, unknown>) =>
  [...map.keys()].map((k) => ({ schema: k.slice(0, k.indexOf(".")), name: k.slice(k.indexOf(".") + 1) }));

/** What a schema holds that TiDB has, or that columns are of, in the order in which it can be dropped. */
const IN_SCHEMAS: ReadonlyMap<DropStmt["removeType"], (catalog: Catalog) => readonly { schema: string; name: string }[]> = new Map([
  ["OBJECT_VIEW" as const, (catalog: Catalog) => keyed(catalog.views)],
  ["OBJECT_TABLE" as const, (catalog: Catalog) => [...catalog.tables.values()]],
  ["OBJECT_SEQUENCE" as const, (catalog: Catalog) => [...catalog.sequences.values()].filter(({ ownedBy }) => !ownedBy)],
  ["OBJECT_TYPE" as const, (catalog: Catalog) => TYPES.flatMap((map) => keyed(catalog[map]))],
]);

/** ALTER … SET SCHEMA: a table's indexes move with it; columns keep the type itself, not its name. */
function moveToSchema(catalog: Catalog, { objectType, relation, object, newschema: to = "" }: AlterObjectSchemaStmt): void {
  const from = relation ? relationName(relation) : Array.isArray(object) ? qualified(object as readonly Value[]) : undefined;
  if (!from || objectType === "OBJECT_MATVIEW") return;
  catalog.schemas.add(to);
  const table = relation && find(catalog, catalog.tables, from);
  if (table) {
    for (const [k, index] of [...catalog.indexes])
      if (index.table === table) {
        catalog.indexes.delete(k);
        catalog.indexes.set(`${to}.${index.name}`, index);
      }
    table.schema = to;
  }
  const maps = relation
    ? [catalog.tables, catalog.derived, catalog.views, catalog.readers, catalog.sequences]
    : TYPES.map((map) => catalog[map]);
  for (const map of maps as readonly Map<string, unknown>[]) {
    const k = foundKey(catalog, map, from);
    const found = map.get(k);
    // Defaults that draw from a sequence name it.
    if (found === undefined || (map === catalog.sequences && catalog.sequences.get(k)!.usedBy.length > 0)) continue;
    const users = relation ? [] : columnsOf(catalog, map, found);
    map.delete(k);
    const moved =
      map === catalog.sequences || map === catalog.derived || map === catalog.readers ? { ...(found as object), schema: to } : found;
    map.set(`${to}.${from.name}`, moved);
    for (const column of users) column.type = { ...column.type, names: [to, from.name] };
  }
}

/**
 * ALTER SCHEMA … RENAME. A name that another schema has or had is not followed: what is called by it before and after would be one in TiDB,
 * where a schema's name is a part of its relations' names from the start.
 */
function renameSchema(catalog: Catalog, from: string, to: string): void {
  const { schemas, renamedSchemas } = catalog;
  if (from === "public" || schemas.has(to) || renamedSchemas.has(to) || [...renamedSchemas.values()].includes(to)) return;
  renamedSchemas.set(from, to);
  if (schemas.delete(from)) schemas.add(to);
  if (catalog.schema === from) catalog.schema = to;
  for (const table of catalog.tables.values()) {
    if (table.schema === from) table.schema = to;
    for (const column of table.columns.values()) {
      const [schema, ...names] = column.type.names ?? [];
      if (schema === from && names.length > 0) column.type = { ...column.type, names: [to, ...names] };
    }
  }
  for (const map of [...RELATION_MAPS, ...TYPES, "functions", "routines"] as const)
    rekey(catalog[map] as Map<string, unknown>, from, to, map in SCHEMA_KEPT);
  for (const sequence of catalog.sequences.values())
    for (const column of sequence.usedBy) if (nextvalSequence(column.default)) column.default = nextvalOf(sequence);
}

const RELATION_MAPS = ["tables", "indexes", "sequences", "views", "derived", "readers"] as const;
/** Those whose entries name their schema, and are not changed in place. */
const SCHEMA_KEPT = { sequences: true, derived: true, readers: true };

/** Puts the entries of a schema under its new name, in their order. */
function rekey(map: Map<string, unknown>, from: string, to: string, kept: boolean): void {
  const all = [...map];
  map.clear();
  for (const [k, value] of all)
    if (k.startsWith(`${from}.`)) map.set(to + k.slice(from.length), kept ? { ...(value as object), schema: to } : value);
    else map.set(k, value);
}

const DROPPED_FROM: Readonly<
  Record<
    string,
    readonly ("tables" | "indexes" | "sequences" | "views" | "derived" | "functions" | "enums" | "domains" | "composites" | "ranges")[]
  >
> = {
  OBJECT_TABLE: ["tables", "derived"],
  OBJECT_INDEX: ["indexes"],
  OBJECT_SEQUENCE: ["sequences"],
  OBJECT_VIEW: ["views", "derived"],
  OBJECT_MATVIEW: ["tables", "derived", "views"],
  OBJECT_FUNCTION: ["functions"],
  OBJECT_AGGREGATE: ["functions"],
  OBJECT_PROCEDURE: ["functions"],
  OBJECT_ROUTINE: ["functions"],
  OBJECT_TYPE: ["enums", "domains", "composites", "ranges"],
  OBJECT_DOMAIN: ["domains"],
};

const relationKey = (catalog: Catalog, name: Name): string => {
  const map = [catalog.tables, catalog.derived, catalog.readers].find((each) => find<unknown>(catalog, each, name)) ?? catalog.tables;
  return foundKey(catalog, map, name);
};

/** Names and types in a statement as it stands in its source. */
function analysed(catalog: Catalog, statement: Node): Analysis {
  return analyse(catalog, statement, (node) => node);
}

function addReader(catalog: Catalog, name: Name, node: ViewStmt | CreateTableAsStmt, analysis: Analysis): void {
  const reads = new Set<string>();
  if (isNode(node.query))
    eachDescendant(node.query, (inner) => {
      if (inner.kind === "RangeVar" && !analysis.isCommon(inner)) reads.add(relationKey(catalog, relationName(inner)));
    });
  const select = as("SelectStmt", node.query);
  catalog.readers.set(key(catalog, name), {
    schema: name.schema ?? catalog.schema,
    name: name.name,
    materialized: node.kind === "CreateTableAsStmt",
    reads,
    node,
    query: select && keptQuery(catalog, select, analysis),
    aliases: node.kind === "ViewStmt" ? node.aliases : node.into?.colNames,
  });
}

/** What ALTER VIEW changes in what becomes of writes to it: a column's default, WITH CHECK OPTION. */
const VIEW_CHANGES: ReadonlySet<string> = new Set(["AT_ColumnDefault", "AT_SetRelOptions"]);

/** Something other than PostgreSQL itself says what becomes of writes to a view. */
function reroute(catalog: Catalog, relation: RangeVar | undefined): void {
  const view = relation && find(catalog, catalog.readers, relationName(relation));
  if (view) catalog.rerouted.add(`${view.schema}.${view.name}`);
}

/** Views over what is dropped by CASCADE go with it, and those over them. */
function dropReaders(catalog: Catalog, node: DropStmt): void {
  const going = (node.objects ?? []).map((object) => relationKey(catalog, dropName(object)));
  const readers: Reader[] = [];
  for (let i = 0; i < going.length; i++)
    for (const [k, reader] of catalog.readers)
      if (reader.reads.has(going[i]!) && !going.includes(k)) {
        going.push(k);
        readers.unshift(reader);
      }
  for (const { schema, name } of readers) {
    const k = `${schema}.${name}`;
    const table = catalog.tables.get(k);
    if (table) {
      table.droppedBy = node;
      forgetTable(catalog, table);
    }
    for (const map of [catalog.tables, catalog.derived, catalog.views, catalog.readers]) map.delete(k);
  }
  if (readers.length > 0) catalog.cascaded.set(node, readers);
}

/** A dropped table takes its indexes and the foreign keys that point to it along (the latter only by CASCADE, else the DROP fails). */
function forgetTable(catalog: Catalog, table: Table): void {
  catalog.triggers.delete(table);
  for (const [k, index] of catalog.indexes) if (index.table === table) catalog.indexes.delete(k);
  for (const other of catalog.tables.values())
    for (const constraint of [...other.constraints.values()])
      if (constraint.parent?.table === table) other.constraints.delete(constraint.name);
  dropSequencesOf(catalog, (column) => column.table === table);
}

/** A sequence goes with the column or table that it belongs to. */
function dropSequencesOf(catalog: Catalog, isGoing: (column: Column) => boolean): void {
  for (const [k, sequence] of catalog.sequences) {
    const { ownedBy, node } = sequence;
    if (!ownedBy || !isGoing(ownedBy)) continue;
    catalog.sequences.delete(k);
    if (node && !isAutoIncrement(ownedBy)) catalog.going?.push(sequence);
  }
}

const TYPES = ["enums", "domains", "composites", "ranges"] as const;

function isTypes(map: string): map is (typeof TYPES)[number] {
  return (TYPES as readonly string[]).includes(map);
}

/** A type that is dropped by CASCADE takes the columns that have it along. */
function forgetColumnsOf(catalog: Catalog, map: (typeof TYPES)[number], k: string): void {
  const type = catalog[map].get(k);
  if (type) for (const column of columnsOf<unknown>(catalog, catalog[map], type)) forgetColumn(catalog, column);
}

/** The columns of a type, and of arrays of it. */
function columnsOf<T>(catalog: Catalog, map: ReadonlyMap<string, T>, type: T): Column[] {
  return [...catalog.tables.values()]
    .flatMap((table) => [...table.columns.values()])
    .filter((column) => find(catalog, map, typeName(column.type)) === type);
}

/** @param computed generated columns that went along */
function forgetColumn(catalog: Catalog, column: Column, computed: readonly Column[] = []): void {
  const { table } = column;
  table.columns.delete(column.name);
  dropSequencesOf(catalog, (each) => each === column);
  const constraints = [...table.constraints.values()].filter((c) => c.columns.includes(column));
  for (const constraint of constraints) {
    constraint.dropped = true;
    table.constraints.delete(constraint.name);
  }
  const indexes = [...catalog.indexes].filter(([, index]) => index.table === table && index.named.columns.includes(column));
  for (const [k] of indexes) catalog.indexes.delete(k);
  table.droppedWith ??= new Map();
  table.droppedWith.set(column.name, { column, things: [...constraints, ...indexes.map(([, index]) => index)], computed });
}

function dropName(object: Value): Name {
  const type = as("TypeName", object);
  const routine = as("ObjectWithArgs", object);
  if (routine) return qualified(routine.objname ?? []);
  return type ? typeName(type) : qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]);
}

function foundKey(catalog: Catalog, map: ReadonlyMap<string, unknown>, name: Name): string {
  const own = key(catalog, name);
  return map.has(own) || name.schema !== undefined ? own : `public.${name.name}`;
}

/** What is made is made in the first schema of the path that is a real one; with none, names say theirs. */
function setSearchPath(catalog: Catalog, schemas: readonly string[]): void {
  catalog.schema = schemas.find((schema) => schema !== "" && schema !== "$user" && schema !== "pg_catalog") ?? catalog.schema;
}

/** Keeps what columns a query gives a relation, as they are now: what later happens to the tables below changes no view. */
function derive(
  catalog: Catalog,
  { schema = catalog.schema, name }: Name,
  kind: Derived["kind"],
  analysis: Analysis,
  query: Value | undefined,
  aliases: readonly Value[] | undefined,
  temporary = false,
): void {
  if (!isNode(query)) return;
  const columns = analysis.columns(query);
  catalog.schemas.add(schema);
  if (!columns) return;
  catalog.derived.set(`${schema}.${name}`, {
    schema,
    name,
    kind,
    ...(temporary ? { temporary: true } : {}),
    columns: columns.map((column, i) => ({
      name: String(aliases?.[i] ?? column.name),
      type: column.info && (column.info.coerced ?? column.info.type),
      nullable: kind === "table" || column.info?.nullable !== false,
    })),
  });
}

/** Definitions of the columns that a statement's query gives a table: the same nodes in both passes, for what is kept under them. */
const definitions = new WeakMap<Node, CreateStmt>();

/** A table or materialized view made by a query: a table like any other where the types of all its columns are known. */
function tableFromQuery(
  catalog: Catalog,
  relation: RangeVar,
  kind: "table" | "materialized view",
  statement: Node,
  analysis: Analysis,
  query: Value | undefined,
  aliases: readonly Value[] | undefined,
): void {
  const name = relationName(relation);
  const k = key(catalog, name);
  derive(catalog, name, kind, analysis, query, aliases, relation.relpersistence === "t");
  const columns = catalog.derived.get(k)?.columns ?? [];
  const known = columns.length > 0 && columns.every(({ type }) => type !== undefined);
  // Those of a session are in no list of tables.
  if (!known || relation.relpersistence === "t") {
    if (kind === "materialized view") catalog.views.set(k, { name: name.name });
    return;
  }
  let create = definitions.get(statement);
  if (!create) {
    const tableElts = columns.map((column): ColumnDef => ({ kind: "ColumnDef", colname: column.name, typeName: typeNode(column.type!) }));
    create = { kind: "CreateStmt", relation, tableElts };
    definitions.set(statement, create);
  }
  catalog.derived.delete(k);
  createTable(catalog, create);
}

/** The signature of a function as calls see it (functioncmds.c, interpret_function_parameter_list). */
function createFunction(catalog: Catalog, node: CreateFunctionStmt): void {
  const parameters = nodesOf("FunctionParameter", node.parameters);
  const type = (parameter: FunctionParameter) => (parameter.argType ? resolveType(catalog, parameter.argType).name : "unknown");
  const inputs = parameters.filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE");
  const outs = parameters.filter(({ mode }) => mode !== undefined && OUTPUT_MODES.has(mode));
  const options = optionsOf(node.options);
  const volatility = String(options.get("volatility") ?? "volatile");
  const made: Routine = {
    name: qualified(node.funcname ?? []).name,
    kind: node.is_procedure ? "p" : options.get("window") ? "w" : "f",
    args: inputs.map(type),
    names: inputs.some(({ name }) => name !== undefined) ? inputs.map(({ name }) => name) : undefined,
    result: node.returnType
      ? resolveType(catalog, node.returnType).name
      : outs.length === 1
        ? type(outs[0]!)
        : outs.length > 1
          ? "record"
          : "void",
    outs: outs.length > 0 ? outs.map((parameter) => ({ name: parameter.name, type: type(parameter) })) : undefined,
    volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
    strict: options.get("strict") === true,
    set: node.returnType?.setof === true || outs.some(({ mode }) => mode === "FUNC_PARAM_TABLE"),
    variadic: inputs.some(({ mode }) => mode === "FUNC_PARAM_VARIADIC"),
    defaults: inputs.filter(({ defexpr }) => defexpr !== undefined).length,
    extension: "",
    own: true,
  };
  addRoutine(catalog, qualified(node.funcname ?? []), made);
}

/** When a cast is applied, as pg_cast.castcontext has it. */
const CAST_CONTEXTS: Readonly<Record<string, string>> = { COERCION_IMPLICIT: "i", COERCION_ASSIGNMENT: "a", COERCION_EXPLICIT: "e" };

/** An aggregate gives what its final function gives, or its state; an operator is only known to be there. */
function createAggregate(catalog: Catalog, node: DefineStmt): void {
  const name = qualified(node.defnames ?? []);
  if (node.variant === "OBJECT_OPERATOR") catalog.operators.add(name.name);
  if (node.variant !== "OBJECT_AGGREGATE") return;
  const options = optionsOf(node.definition);
  const typeIn = (value: Value | undefined) => {
    const type = as("TypeName", value);
    return type && resolveType(catalog, type).name;
  };
  const [declared] = node.args ?? [];
  const parameters = Array.isArray(declared) ? (declared as readonly Value[]).flatMap((value) => as("FunctionParameter", value) ?? []) : [];
  const args = node.oldstyle ? [typeIn(options.get("basetype"))] : parameters.map(({ argType }) => typeIn(argType));
  const state = typeIn(options.get("stype") ?? options.get("stype1"));
  const final = as("TypeName", options.get("finalfunc"));
  const last = final && find(catalog, catalog.functions, typeName(final))?.find((f) => f.args[0] === state);
  const result = final ? last?.result : state;
  if (result === undefined || args.some((type) => type === undefined)) return;
  const step = as("TypeName", options.get("sfunc") ?? options.get("sfunc1"));
  const combine = step && !final && !options.has("initcond") && !options.has("initcond1") ? { combine: qualified(step.names ?? []) } : {};
  addRoutine(catalog, name, { ...ROUTINE, name: name.name, kind: "a", args: args as string[], result, ...combine });
}

/** What has nothing in particular. */
const ROUTINE = {
  kind: "f",
  names: undefined,
  outs: undefined,
  volatility: "immutable",
  strict: false,
  set: false,
  variadic: false,
  defaults: 0,
  extension: "",
  own: true,
} as const;

/** Puts a routine in the place of one with the same arguments, or beside the others. */
function addRoutine(catalog: Catalog, name: Name, made: Routine): void {
  const k = key(catalog, name);
  const others = (catalog.functions.get(k) ?? []).filter(({ args }) => args.join() !== made.args.join());
  catalog.functions.set(k, [...others, made]);
}

const OUTPUT_MODES: ReadonlySet<string> = new Set(["FUNC_PARAM_OUT", "FUNC_PARAM_INOUT", "FUNC_PARAM_TABLE"]);

/** The sequence behind a serial or identity column, under the name PostgreSQL gives it (parse_utilcmd.c, generateSerialExtraStmts). */
function makeOwnSequence(catalog: Catalog, column: Column, identity?: Constraint): void {
  const options = optionsOf(identity?.options);
  const given = options.get("sequence_name");
  const { schema, name: table } = column.table;
  const relations = [catalog.tables, catalog.indexes, catalog.sequences, catalog.views];
  const name = Array.isArray(given)
    ? qualified(given as readonly Value[]).name
    : objectName(table, column.name, "seq", (n) => relations.some((map) => map.has(`${schema}.${n}`)));
  if (column.added || column.identityLater) {
    if (column.history.sequenceOf !== identity) delete column.history.sequence;
    column.history.sequenceOf = identity;
    column.history.sequence ??= {
      kind: "CreateSeqStmt",
      sequence: { kind: "RangeVar", schemaname: schema, relname: name },
      options: [typeOption(column), ...(identity?.options ?? []).filter((o) => as("DefElem", o)?.defname !== "sequence_name")],
      if_not_exists: true,
    };
    column.default = nextvalOf({ schema, name });
  }
  const node = column.added || column.identityLater ? column.history.sequence : undefined;
  catalog.sequences.set(keyOf(schema, name), { node, schema, name, options, ownedBy: column, usedBy: [column] });
}

/** `AS type`: a column's own sequence has the bounds of its type. */
function typeOption({ type }: Column): Value {
  const { name } = typeName(type);
  return { kind: "DefElem", defname: "as", arg: { kind: "TypeName", names: [SERIAL[name] ?? name] } };
}

/** A column's own sequences go with it. */
function forgetSequences(catalog: Catalog, column: Column): void {
  for (const [k, sequence] of catalog.sequences) if (sequence.ownedBy === column) catalog.sequences.delete(k);
}

function setOwner(catalog: Catalog, sequence: Name, arg: Value | undefined): void {
  const found = find(catalog, catalog.sequences, sequence);
  if (!found || !Array.isArray(arg)) return;
  const parts = arg as readonly Value[];
  found.ownedBy = find(catalog, catalog.tables, qualified(parts.slice(0, -1)))?.columns.get(String(parts[parts.length - 1]));
}

function createTable(catalog: Catalog, node: CreateStmt): void {
  const name = relationName(node.relation!);
  const k = key(catalog, name);
  if (node.if_not_exists && catalog.tables.has(k)) return;
  const table: Table = {
    schema: name.schema ?? catalog.schema,
    name: name.name,
    columns: new Map(),
    constraints: new Map(),
    comment: undefined,
    node,
    partitioned: node.partspec !== undefined,
    parents: NONE,
    partitionOf: undefined,
    parts: undefined,
    guards: 0,
  };
  catalog.schemas.add(table.schema);
  catalog.tables.set(k, table);
  catalog.tableOf.set(node, table);
  const expanded = expandLike(catalog, node);
  const elements = expanded?.elements ?? node.tableElts ?? [];
  inherit(catalog, table);
  for (const element of elements) {
    const def = as("ColumnDef", element);
    if (def?.typeName) defineColumn(catalog, table, def);
    else if (def) refineColumn(catalog, table, def);
  }
  const keys = keysOnce([...(node.tableElts ?? []), ...(node.constraints ?? [])]);
  // Column constraints first, as parse_utilcmd.c does: the order decides automatic names.
  for (const element of elements) {
    const def = as("ColumnDef", element);
    if (def) columnConstraints(catalog, table, def, keys);
  }
  for (const element of [...elements, ...(node.constraints ?? [])]) {
    const constraint = as("Constraint", element);
    if (constraint) addConstraint(catalog, table, constraint, keys);
  }
  linkAgain(catalog, keys);
  for (const index of expanded?.indexes ?? []) createIndex(catalog, index);
  for (const [def, comment] of expanded?.comments ?? []) table.columns.get(def.colname ?? "")!.comment = comment;
  for (const part of node.partspec?.partParams ?? []) {
    const columnOf = as("PartitionElem", part)?.name;
    const column = columnOf === undefined ? undefined : table.columns.get(columnOf);
    if (column) addKey("partition", [column]);
  }
}

/** Shared: most columns never change and stand in no key, and there may be a hundred thousand of them. */
const NONE: readonly never[] = [];

/** Gives a table the columns of those it INHERITS or is a partition of; keys and indexes are not inherited. */
function inherit(catalog: Catalog, table: Table): void {
  const { node } = table;
  const parents = (node.inhRelations ?? []).flatMap((r) => {
    const relation = as("RangeVar", r);
    return (relation && find(catalog, catalog.tables, relationName(relation))) ?? [];
  });
  // Text is stored alike in both: what is a key in one is bounded in the other.
  for (const parent of parents)
    for (const column of parent.columns.values())
      if (!table.columns.has(column.name)) table.columns.set(column.name, { ...column, table, changes: [] });
  for (const parent of parents)
    for (const check of parent.constraints.values())
      if (check.type === "check" && !check.node.is_no_inherit) addInherited(catalog, check, table, node.partbound !== undefined);
  const [parent] = parents;
  if (parent && parents.length === 1 && (node.partbound || tellsRowsOnly(node))) table.partitionOf = parent;
  else setParents(catalog, table, parents);
}

function setParents(catalog: Catalog, table: Table, parents: readonly Table[]): void {
  table.parents = parents;
  if (parents.length > 0) catalog.inheriting.add(table);
}

/** @param isPartition it is no table of its own in TiDB */
function addInherited(catalog: Catalog, check: TableConstraint, table: Table, isPartition = false): void {
  const own = (column: Column) => table.columns.get(column.name) ?? column;
  table.constraints.set(check.name, { ...check, table, columns: check.columns.map(own) });
  if (!isPartition) checkNamed(catalog, check.name, table);
}

/** A child without columns of its own and with a CHECK: how tables were partitioned before PostgreSQL 10. */
function tellsRowsOnly({ tableElts, inhRelations }: CreateStmt): boolean {
  const elements = tableElts ?? [];
  return (
    inhRelations?.length === 1 &&
    elements.every((e) => as("ColumnDef", e) === undefined) &&
    elements.some((e) => as("Constraint", e)?.contype === "CONSTR_CHECK")
  );
}

/** The table that ATTACH PARTITION names. That one is detached again is a finding: in TiDB it stays. */
function attached(catalog: Catalog, cmd: AlterTableCmd): Table | undefined {
  const name = as("PartitionCmd", cmd.def)?.name;
  return name && find(catalog, catalog.tables, relationName(name));
}

function defineColumn(catalog: Catalog, table: Table, def: ColumnDef, added = false): void {
  const existing = catalog.defined.get(def);
  const column: Column = {
    name: def.colname ?? "",
    table,
    type: def.typeName!,
    changedFrom: undefined,
    notNull: false,
    default: undefined,
    generated: false,
    identity: typeName(def.typeName!).name in SERIAL ? "d" : undefined,
    comment: undefined,
    // Shared between the passes over one history: what a later statement adds is known to the first.
    history: existing?.history ?? { keys: NONE, literalDefault: false, autoIncrement: false, touched: undefined, enumType: undefined },
    added,
    def,
    defaultNode: undefined,
    last: catalog.again && existing && atEnd(existing),
    changes: NONE,
  };
  column.history.enumType ??= find(catalog, catalog.enums, typeName(column.type));
  keepLongest(column);
  catalog.defined.set(def, column);
  table.columns.set(column.name, column);
  if (!column.identity) return;
  column.notNull = true;
  countElsewhere(column, undefined);
  makeOwnSequence(catalog, column);
}

function keepLongest({ history }: Column, type = history.enumType): void {
  for (const label of type?.labels ?? []) if (label.length > (history.longestLabel?.length ?? 0)) history.longestLabel = label;
}

/** TiDB counts for one column of a table (error 1075), and by 1: a sequence gives the others their numbers. */
function countElsewhere(column: Column, identity: Constraint | undefined): void {
  const second = [...column.table.columns.values()].some((other) => other !== column && isAutoIncrement(other));
  if (second || column.history.computedFrom || countsOtherwise(optionsOf(identity?.options)).length > 0) column.identityLater = true;
}

/** A generated column is computed from it: AUTO_INCREMENT that it was taken for is none. */
function computeFrom(catalog: Catalog, column: Column): void {
  column.history.computedFrom = true;
  if (column.identity === undefined || column.added || column.identityLater) return;
  column.identityLater = true;
  forgetSequences(catalog, column);
  const constraints = (column.def.constraints ?? []).flatMap((item) => as("Constraint", item) ?? []);
  makeOwnSequence(
    catalog,
    column,
    constraints.find(({ contype }) => contype === "CONSTR_IDENTITY"),
  );
}

/** `column WITH OPTIONS`, in a partition or a table OF a type: says more of a column that comes from there. */
function refineColumn(catalog: Catalog, table: Table, def: ColumnDef): void {
  const column = table.columns.get(def.colname ?? "");
  if (!column) return;
  const existing = catalog.defined.get(def);
  const own = { ...column, def, last: catalog.again && existing && atEnd(existing) };
  table.columns.set(column.name, own);
  catalog.defined.set(def, own);
}

function columnConstraints(catalog: Catalog, table: Table, def: ColumnDef, keys: KeysOnce): void {
  const column = table.columns.get(def.colname ?? "");
  if (!column) return;
  demand(catalog, column, def, undefined);
  for (const item of def.constraints ?? []) {
    const constraint = as("Constraint", item);
    if (!constraint) continue;
    const attribute = COLUMN_ATTRIBUTES[constraint.contype ?? ""];
    if (attribute) attribute(catalog, column, constraint);
    else addConstraint(catalog, table, constraint, keys, column);
  }
  computeByTrigger(column);
}

/** A column that a trigger computes is a generated one, without a default. */
export function computeByTrigger(column: Column): void {
  const { computedBy } = column.history;
  if (!computedBy) return;
  column.generated = true;
  column.default = undefined;
  column.history.literalDefault = false;
  computed(column, computedBy.expression);
}

/** Column constraints that set an attribute of the column and are no objects of their own. */
const COLUMN_ATTRIBUTES: Readonly<Record<string, (catalog: Catalog, column: Column, constraint: Constraint) => void>> = {
  CONSTR_NOTNULL: (_, column, { conname }) => setNotNull(column, conname),
  CONSTR_NULL: () => {},
  CONSTR_DEFAULT: (catalog, column, constraint) => setDefault(catalog, column, constraint.raw_expr, constraint),
  CONSTR_IDENTITY: (catalog, column, constraint) => {
    column.identity = constraint.generated_when === "a" ? "a" : "d";
    column.notNull = true;
    countElsewhere(column, constraint);
    makeOwnSequence(catalog, column, constraint);
  },
  CONSTR_GENERATED: (catalog, column, constraint) => {
    column.generated = true;
    computed(column, constraint.raw_expr);
    for (const source of column.computed?.columns ?? []) computeFrom(catalog, source);
  },
};

function computed(column: Column, expression: Value | undefined): void {
  if (expression === undefined) return;
  const columns = referenced(column.table, expression);
  column.computed = { expression, columns, names: columns.map(({ name }) => name) };
}

/** @param name the constraint's; absent: the one PostgreSQL 18 gives it, by which `notNullNamed` finds it as well */
function setNotNull(column: Column, name: string | undefined): void {
  column.notNull = true;
  if (name === undefined) return;
  column.table.notNulls ??= new Map();
  column.table.notNulls.set(name, column);
}

/** The column whose NOT NULL has, or had, that name. */
export function notNullNamed(table: Table, name: string): Column | undefined {
  const own = name.endsWith("_not_null") ? [...table.columns.values()] : [];
  return table.notNulls?.get(name) ?? own.find((column) => objectName(table.name, column.name, "not_null", () => false) === name);
}

function setDefault(catalog: Catalog, column: Column, expression: Value | undefined, node: Node): void {
  column.default = expression;
  column.defaultNode = expression === undefined ? undefined : node;
  if (literalText((expression && constantValue(expression)) ?? expression) !== undefined) column.history.literalDefault = true;
  const name = nextvalSequence(expression);
  const sequence = name && find(catalog, catalog.sequences, name);
  if (sequence && !sequence.usedBy.includes(column)) sequence.usedBy = sequence.usedBy.concat(column);
}

/** The sequence a `nextval('name'::regclass)` draws from; undefined for any other expression. */
export function nextvalSequence(expression: Value | undefined): Name | undefined {
  const call = as("FuncCall", expression);
  if (!call || qualified(call.funcname ?? []).name !== "nextval" || call.args?.length !== 1) return undefined;
  const text = literalText(call.args[0]);
  return text === undefined ? undefined : parseName(text);
}

const PLAIN_NAME = /^[a-z_0-9]+(?:\.[a-z_0-9]+)?$/;

/** A name written as text, as regclass reads it: `public.t_id_seq`, `"Users_id_seq"`. */
export function parseName(text: string): Name {
  if (PLAIN_NAME.test(text)) return qualified(text.split("."));
  const parts = [...text.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]!.toLowerCase());
  return qualified(parts);
}

const CONSTRAINT_TYPES: Readonly<
  Record<string, { type: "primary" | "unique" | "foreign" | "check" | "exclude"; label: string; columns: boolean }>
> = {
  CONSTR_PRIMARY: { type: "primary", label: "pkey", columns: false },
  CONSTR_UNIQUE: { type: "unique", label: "key", columns: true },
  CONSTR_FOREIGN: { type: "foreign", label: "fkey", columns: true },
  CONSTR_CHECK: { type: "check", label: "check", columns: true },
  CONSTR_EXCLUSION: { type: "exclude", label: "excl", columns: true },
};

/** Keys of one statement that say the same: those that only repeat another, and the names that others take over from them. */
interface KeysOnce {
  readonly again: ReadonlyMap<Constraint, Constraint>;
  readonly names: ReadonlyMap<Constraint, string>;
}

const NO_KEYS: KeysOnce = { again: new Map(), names: new Map() };

/**
 * parse_utilcmd.c, transformIndexConstraints: of keys over the same columns that are alike in all else one is made, the primary key where
 * there is one, under the first name that is given.
 */
function keysOnce(elements: readonly Value[]): KeysOnce {
  const keys: { readonly key: Constraint; readonly own: readonly Value[] }[] = [];
  const add = (item: Value, def: ColumnDef | undefined) => {
    const key = as("Constraint", item);
    if ((key?.contype === "CONSTR_PRIMARY" || key?.contype === "CONSTR_UNIQUE") && key.indexname === undefined)
      keys.push({ key, own: def ? [def.colname ?? ""] : NONE });
  };
  for (const item of elements) {
    const def = as("ColumnDef", item);
    for (const own of def?.constraints ?? NONE) add(own, def);
  }
  for (const item of elements) add(item, undefined);
  if (keys.length < 2) return NO_KEYS;
  const first = new Map<string, Constraint>();
  const again = new Map<Constraint, Constraint>();
  const names = new Map<Constraint, string>();
  const isPrimary = ({ key }: { key: Constraint }) => key.contype === "CONSTR_PRIMARY";
  for (const { key, own } of [...keys.filter(isPrimary), ...keys.filter((each) => !isPrimary(each))]) {
    const { including = [], nulls_not_distinct = false, deferrable = false, initdeferred = false, without_overlaps = false } = key;
    const says = JSON.stringify([key.keys ?? own, including, nulls_not_distinct, deferrable, initdeferred, without_overlaps]);
    const prior = first.get(says);
    if (!prior) first.set(says, key);
    else {
      again.set(key, prior);
      if (key.conname !== undefined && prior.conname === undefined && !names.has(prior)) names.set(prior, key.conname);
    }
  }
  return { again, names };
}

function linkAgain(catalog: Catalog, { again }: KeysOnce): void {
  for (const [key, prior] of again) {
    const made = catalog.constraintOf.get(prior);
    if (made) catalog.constraintOf.set(key, made);
  }
}

function addConstraint(catalog: Catalog, table: Table, constraint: Constraint, keys: KeysOnce, own?: Column): void {
  const facts = CONSTRAINT_TYPES[constraint.contype ?? ""];
  const notNull = constraint.contype === "CONSTR_NOTNULL" ? table.columns.get(String(constraint.keys?.[0])) : undefined;
  if (notNull) setNotNull(notNull, constraint.conname);
  if (!facts || keys.again.has(constraint)) return;
  const type = facts.type === "exclude" && excludesEquals(constraint) ? "unique" : facts.type;
  const index = constraint.indexname ? find(catalog, catalog.indexes, { schema: table.schema, name: constraint.indexname }) : undefined;
  const names = constraint.keys ?? constraint.fk_attrs ?? excluded(constraint);
  const named = index
    ? index.columns.flatMap((c) => c ?? [])
    : names.length > 0
      ? names.flatMap((n) => table.columns.get(n) ?? [])
      : facts.type === "check"
        ? referenced(table, constraint.raw_expr)
        : own
          ? [own]
          : [];
  // A copy holds what it has; a list that flatMap made keeps room for sixteen more.
  const columns = named.slice();
  const parent = facts.type === "foreign" ? foreignParent(catalog, constraint) : undefined;
  const label = facts.columns && (facts.type !== "check" || columns.length === 1) ? columns.map((c) => c.name).join("_") : undefined;
  const name =
    constraint.conname ??
    keys.names.get(constraint) ??
    constraint.indexname ??
    objectName(table.name, label, facts.label, (n) => table.constraints.has(n) || catalog.indexes.has(`${table.schema}.${n}`));
  if (index) catalog.indexes.delete(key(catalog, { schema: index.table.schema, name: index.name }));
  const made = { name, table, type, columns, parent, node: constraint, names: namesOf(columns, names), dropped: false };
  table.constraints.set(name, made);
  catalog.constraintOf.set(constraint, made);
  if (facts.type === "check") checkNamed(catalog, name, table);
  if (facts.type === "primary") for (const column of columns) column.notNull = true;
  if (type === "primary" || type === "foreign") addKey(type, columns);
  if (type === "unique") addKey(constraint.nulls_not_distinct ? "nulls" : "unique", columns);
  if (parent) addKey("parent", parent.columns);
}

/** The names of columns: the list that the statement has them in, where it is the same. */
function namesOf(columns: readonly Column[], written: readonly Value[]): readonly string[] {
  if (columns.length === written.length && columns.every(({ name }, i) => name === written[i])) return written as readonly string[];
  return columns.map(({ name }) => name);
}

function checkNamed(catalog: Catalog, name: string, table: Table): void {
  const small = name.toLowerCase();
  const owners = catalog.checkNames.get(small);
  if (!owners) catalog.checkNames.set(small, [table]);
  else if (!owners.includes(table)) catalog.checkNames.set(small, owners.concat(table));
}

/** Column names of EXCLUDE: its elements are pairs of an index element and an operator. */
function excluded(constraint: Constraint): string[] {
  return (constraint.exclusions ?? []).flatMap((pair) =>
    Array.isArray(pair) ? (as("IndexElem", (pair as readonly Value[])[0])?.name ?? []) : [],
  );
}

/** Whether EXCLUDE compares whole columns by `=` alone, over all rows: then it is UNIQUE. */
function excludesEquals({ exclusions, where_clause }: Constraint): boolean {
  return (
    where_clause === undefined &&
    (exclusions ?? []).every((pair) => {
      const [element, operator] = Array.isArray(pair) ? (pair as readonly Value[]) : [];
      const names = Array.isArray(operator) ? (operator as readonly Value[]) : [operator];
      return as("IndexElem", element)?.name !== undefined && names[names.length - 1] === "=";
    })
  );
}

function foreignParent(catalog: Catalog, constraint: Constraint): { table: Table; columns: Column[] } | undefined {
  const table = find(catalog, catalog.tables, relationName(constraint.pktable!));
  if (!table) return undefined;
  const named = (constraint.pk_attrs ?? []).flatMap((n) => table.columns.get(n) ?? []);
  if (named.length > 0) return { table, columns: named.slice() };
  const primary = [...table.constraints.values()].find((c) => c.type === "primary");
  return { table, columns: [...(primary?.columns ?? [])] };
}

/** @param all the columns that share its room, where these are only some of them */
function keyKind(node: IndexStmt): Key["kind"] {
  if (!node.unique) return "index";
  if (node.nulls_not_distinct) return "nulls";
  return constrainedRows(node) === undefined ? "unique" : "partial";
}

/**
 * The condition that tells which rows a unique index constrains, without what is true anyway: a row with NULL in one of its columns is like
 * no other, whether the index has it or not.
 * @param isSet whether a column is never NULL
 */
export function constrainedRows(node: IndexStmt, isSet: (column: string) => boolean = () => false): Value | undefined {
  const own = node.nulls_not_distinct ? [] : nodesOf("IndexElem", node.indexParams).map(({ name }) => name);
  const isTrue = (value: Value) => {
    const test = as("NullTest", value);
    const column = test?.nulltesttype === "IS_NOT_NULL" ? as("ColumnRef", test.arg) : undefined;
    const name = column && columnName(column);
    return name !== undefined && (own.includes(name) || isSet(name));
  };
  const where = node.whereClause;
  const all = as("BoolExpr", where);
  const parts = all?.boolop === "AND_EXPR" ? (all.args ?? []) : where === undefined ? [] : [where];
  const left = parts.filter((part) => !isTrue(part));
  if (left.length === parts.length) return where;
  return left.length > 1 ? { ...all!, args: left } : left[0];
}

function addKey(kind: Key["kind"], columns: readonly Column[], all = columns): void {
  // The first pass over a history found all of its keys.
  if (columns.every(({ last }) => last !== undefined)) return;
  const use: Key = { kind, columns: all };
  for (const column of columns) column.history.keys = column.history.keys.concat(use);
}

/** Columns of the table that an expression names. */
export function referenced(table: Table, expression: Value | undefined): Column[] {
  const found = new Set<Column>();
  if (isNode(expression))
    eachDescendant(expression, (node) => {
      const name = node.kind === "ColumnRef" ? columnName(node) : undefined;
      const column = name === undefined ? undefined : table.columns.get(name);
      if (column) found.add(column);
    });
  return [...found];
}

/** The generated columns that are computed from a column. */
export function generatedColumns(column: Column): Column[] {
  return [...column.table.columns.values()].filter(({ generated, computed }) => generated && computed?.columns.includes(column));
}

function createIndex(catalog: Catalog, node: IndexStmt): void {
  const table = find(catalog, catalog.tables, relationName(node.relation!));
  if (!table) return;
  const elements = nodesOf("IndexElem", node.indexParams);
  const columns = elements.map((e) => (e.name === undefined ? null : (table.columns.get(e.name) ?? null)));
  const name = node.idxname ?? indexName(catalog, table, elements);
  const k = keyOf(table.schema, name);
  if (node.if_not_exists && catalog.indexes.has(k)) return;
  const computed = elements.flatMap((e) => (e.expr === undefined || prefixOf(e.expr) ? [] : referenced(table, e.expr)));
  const plain = columns.every((c) => c !== null) ? columns : columns.flatMap((c) => c ?? []);
  const more = [...elements.flatMap((e) => referenced(table, e.expr)), ...referenced(table, node.whereClause)];
  const spoken = more.length === 0 ? plain : plain.concat(more);
  const named = { columns: spoken, names: spoken.map((column) => column.name) };
  const index = { name, table, unique: node.unique ?? false, columns, node, named };
  catalog.indexes.set(k, index);
  catalog.indexOf.set(node, index);
  if (node.accessMethod !== undefined && !ORDERED_METHODS.has(node.accessMethod)) return;
  // A partial index that is unique is one over expressions in TiDB.
  const all = computed.length === 0 ? plain : plain.concat(computed);
  if (plain.length > 0) addKey(keyKind(node), plain, all);
  if (computed.length > 0) addKey("expression", computed, all);
}

/** `left(column, n)`, `substr(column, 1, n)`: the first n characters of a column; undefined for any other expression. */
export function prefixOf(expression: Value): { readonly column: string; readonly length: number } | undefined {
  const call = as("FuncCall", expression);
  const [start, ...rest] = call?.args ?? [];
  const column = as("ColumnRef", start);
  const name = column && columnName(column);
  const numbers = rest.map((arg) => as("A_Const", arg)?.ival);
  const [from, length] = qualified(call?.funcname ?? []).name === "left" ? [1, numbers[0]] : [numbers[0], numbers[1]];
  const is = call && PREFIXES[qualified(call.funcname ?? []).name] === rest.length;
  return is && name !== undefined && from === 1 && length !== undefined && length > 0 ? { column: name, length } : undefined;
}

/** Functions that give a prefix, by the number of arguments behind the text. */
const PREFIXES: Readonly<Record<string, number>> = { left: 1, substr: 2, substring: 2 };

/** Methods of indexes whose entries are whole values. */
export const ORDERED_METHODS = new Set(["btree", "hash", "brin"]);

/** ChooseIndexName and ChooseIndexNameAddition of src/backend/commands/indexcmds.c. */
function indexName(catalog: Catalog, table: Table, elements: readonly IndexElem[]): string {
  const words = elements.map((e) => e.name ?? (as("FuncCall", e.expr) ? qualified(as("FuncCall", e.expr)!.funcname ?? []).name : "expr"));
  return objectName(table.name, words.join("_"), "idx", (n) => catalog.indexes.has(`${table.schema}.${n}`));
}

type AlterStep = (catalog: Catalog, table: Table, cmd: AlterTableCmd) => void;

function alterTable(catalog: Catalog, node: AlterTableStmt): void {
  const name = relationName(node.relation as RangeVar);
  const table = find(catalog, catalog.tables, name);
  // Of a table that a query made the columns are no longer known once they change.
  if (!table) {
    const changes = (node.cmds ?? []).some((cmd) => RESHAPES.has(as("AlterTableCmd", cmd)?.subtype ?? ""));
    if (changes) catalog.derived.delete(foundKey(catalog, catalog.derived, name));
    return;
  }
  for (const item of node.cmds ?? []) {
    const cmd = as("AlterTableCmd", item);
    if (!cmd) continue;
    const before = table.columns.get(cmd.name ?? "");
    ALTERATIONS[cmd.subtype ?? ""]?.(catalog, table, cmd);
    if (node.relation?.inh) for (const heir of heirsOf(catalog, table)) passOn(catalog, table, heir, cmd, before);
  }
}

/** Gives a table that INHERITS what ALTER TABLE did to its parent. */
function passOn(
  catalog: Catalog,
  parent: Table,
  heir: Table,
  { subtype, name = "", def }: AlterTableCmd,
  before: Column | undefined,
): void {
  const made = parent.columns.get(as("ColumnDef", def)?.colname ?? name);
  const own = heir.columns.get(name);
  if (subtype === "AT_AddColumn" && made && !heir.columns.has(made.name))
    heir.columns.set(made.name, { ...made, table: heir, changes: [] });
  if (subtype === "AT_AddColumn" || subtype === "AT_AddConstraint")
    for (const check of parent.constraints.values())
      if (check.type === "check" && !check.node.is_no_inherit && !heir.constraints.has(check.name)) addInherited(catalog, check, heir);
  const dropped = subtype === "AT_DropConstraint" ? parent.droppedConstraints?.get(name) : undefined;
  const inherited = heir.constraints.get(name);
  // One that the heir says itself is its own.
  if (dropped && inherited?.node === dropped.node) dropConstraint(heir, inherited);
  if (subtype === "AT_DropColumn" && own && own.def === before?.def) heir.columns.delete(name);
  if (PASSED_ON.has(subtype ?? "") && own && made) {
    if (subtype === "AT_AlterColumnType") Object.assign(own, { type: made.type, changedFrom: made.changedFrom });
    else Object.assign(own, { notNull: made.notNull, default: made.default, defaultNode: made.defaultNode });
  }
}

/** What of a column changes in the tables that INHERIT it. */
const PASSED_ON: ReadonlySet<string> = new Set(["AT_AlterColumnType", "AT_SetNotNull", "AT_DropNotNull", "AT_ColumnDefault"]);

const RESHAPES: ReadonlySet<string> = new Set(["AT_AddColumn", "AT_DropColumn", "AT_AlterColumnType"]);
/** Takes the foreign keys off a table that point to the columns of a key. */
/** A key that goes by CASCADE takes the foreign keys that point to it along. */
function cascade(catalog: Catalog, constraint: TableConstraint): void {
  constraint.cascaded = [...catalog.tables.values()].flatMap((other) => forgetReferences(other, constraint));
}

function forgetReferences(table: Table, key: TableConstraint): TableConstraint[] {
  const going = [...table.constraints.values()].filter(
    ({ parent }) =>
      parent?.table === key.table && parent.columns.every((c) => key.columns.includes(c)) && parent.columns.length === key.columns.length,
  );
  for (const constraint of going) {
    constraint.dropped = true;
    table.constraints.delete(constraint.name);
    table.droppedConstraints ??= new Map();
    table.droppedConstraints.set(constraint.name, constraint);
  }
  return going;
}

function withColumn(change: (catalog: Catalog, column: Column, cmd: AlterTableCmd) => void): AlterStep {
  return (catalog, table, cmd) => {
    const column = table.columns.get(cmd.name ?? "");
    if (!column) return;
    column.changes = column.changes.concat(cmd);
    change(catalog, column, cmd);
  };
}

const ALTERATIONS: Readonly<Record<string, AlterStep>> = {
  AT_AddColumn: (catalog, table, cmd) => {
    const def = as("ColumnDef", cmd.def);
    if (!def || (cmd.missing_ok && table.columns.has(def.colname ?? ""))) return;
    defineColumn(catalog, table, def, true);
    const keys = keysOnce([def]);
    columnConstraints(catalog, table, def, keys);
    linkAgain(catalog, keys);
  },
  AT_AttachPartition: (catalog, table, cmd) => {
    const partition = attached(catalog, cmd);
    if (partition) partition.partitionOf = table;
  },
  AT_AddInherit: (catalog, table, cmd) => {
    const relation = as("RangeVar", cmd.def);
    const parent = relation && find(catalog, catalog.tables, relationName(relation));
    if (parent) setParents(catalog, table, [...table.parents, parent]);
  },
  AT_DropInherit: (catalog, table, cmd) => {
    const relation = as("RangeVar", cmd.def);
    const parent = relation && find(catalog, catalog.tables, relationName(relation));
    setParents(
      catalog,
      table,
      table.parents.filter((each) => each !== parent),
    );
    table.partitionOf = undefined;
  },
  AT_DropColumn: withColumn((catalog, column, cmd) => {
    if (cmd.behavior === "DROP_CASCADE")
      for (const key of column.table.constraints.values()) if (INDEXED.has(key.type) && key.columns.includes(column)) cascade(catalog, key);
    // What is computed from it goes with it.
    const computed = generatedColumns(column);
    for (const each of computed) forgetColumn(catalog, each);
    forgetColumn(catalog, column, computed);
  }),
  AT_AddConstraint: (catalog, table, cmd) => {
    const constraint = as("Constraint", cmd.def);
    if (constraint) addConstraint(catalog, table, constraint, NO_KEYS);
  },
  AT_DropConstraint: (catalog, table, cmd) => {
    const constraint = table.constraints.get(cmd.name ?? "");
    const column = constraint ? undefined : notNullNamed(table, cmd.name ?? "");
    if (column) column.notNull = false;
    if (!constraint) return;
    if (cmd.behavior === "DROP_CASCADE" && INDEXED.has(constraint.type)) cascade(catalog, constraint);
    dropConstraint(table, constraint);
  },
  AT_ColumnDefault: withColumn((catalog, column, cmd) => setDefault(catalog, column, cmd.def, cmd)),
  AT_SetNotNull: withColumn((_, column) => {
    column.notNull = true;
  }),
  AT_DropNotNull: withColumn((_, column) => {
    column.notNull = false;
  }),
  AT_AlterColumnType: withColumn((catalog, column, cmd) => {
    column.changedFrom = column.type;
    column.type = as("ColumnDef", cmd.def)?.typeName ?? column.type;
    column.history.enumType = find(catalog, catalog.enums, typeName(column.type)) ?? column.history.enumType;
    keepLongest(column);
    demand(catalog, column, cmd, column.changedFrom);
  }),
  AT_AddIdentity: withColumn((catalog, column, cmd) => {
    const constraint = as("Constraint", cmd.def);
    column.identity = constraint?.generated_when === "a" ? "a" : "d";
    column.identityLater = true;
    makeOwnSequence(catalog, column, constraint);
  }),
  AT_EnableTrig: (catalog, table, cmd) => enable(catalog, table, cmd.name, true),
  AT_EnableAlwaysTrig: (catalog, table, cmd) => enable(catalog, table, cmd.name, true),
  AT_EnableTrigAll: (catalog, table) => enable(catalog, table, undefined, true),
  AT_EnableTrigUser: (catalog, table) => enable(catalog, table, undefined, true),
  AT_EnableReplicaTrig: (catalog, table, cmd) => enable(catalog, table, cmd.name, false),
  AT_DisableTrig: (catalog, table, cmd) => enable(catalog, table, cmd.name, false),
  AT_DisableTrigAll: (catalog, table) => enable(catalog, table, undefined, false),
  AT_DisableTrigUser: (catalog, table) => enable(catalog, table, undefined, false),
  AT_SetIdentity: withColumn((catalog, column, cmd) => {
    const options = optionsOf(Array.isArray(cmd.def) ? cmd.def : undefined);
    const generated = options.get("generated");
    if (generated !== undefined) column.identity = generated === "a".charCodeAt(0) ? "a" : "d";
    options.delete("generated");
    for (const [k, sequence] of catalog.sequences)
      if (sequence.ownedBy === column) catalog.sequences.set(k, { ...sequence, options: new Map([...sequence.options, ...options]) });
  }),
  AT_DropIdentity: withColumn((catalog, column) => {
    if (column.identity === undefined) return;
    column.identity = undefined;
    column.default = undefined;
    forgetSequences(catalog, column);
  }),
  AT_DropExpression: withColumn((_, column) => {
    column.generated = false;
  }),
  AT_SetExpression: withColumn((_, column, cmd) => computed(column, cmd.def)),
};

function dropConstraint(table: Table, constraint: TableConstraint): void {
  constraint.dropped = true;
  table.constraints.delete(constraint.name);
  table.droppedConstraints ??= new Map();
  table.droppedConstraints.set(constraint.name, constraint);
}

function rename(catalog: Catalog, node: RenameStmt): void {
  const to = node.newname ?? "";
  RENAMES[node.renameType ?? ""]?.(catalog, node, to);
}

const INDEXED: ReadonlySet<TableConstraint["type"]> = new Set(["primary", "unique", "exclude"]);

const RENAMES: Readonly<Record<string, (catalog: Catalog, node: RenameStmt, to: string) => void>> = {
  OBJECT_TABLE: (catalog, node, to) => {
    renameIn(catalog, catalog.tables, relationName(node.relation!), to);
    const from = foundKey(catalog, catalog.foreign, relationName(node.relation!));
    const foreign = catalog.foreign.get(from);
    if (foreign && catalog.foreign.delete(from)) catalog.foreign.set(`${from.slice(0, from.indexOf("."))}.${to}`, foreign);
    // It takes views as well.
    renameView(catalog, relationName(node.relation!), to);
  },
  OBJECT_VIEW: (catalog, node, to) => renameView(catalog, relationName(node.relation!), to),
  OBJECT_MATVIEW: (catalog, node, to) => {
    renameIn(catalog, catalog.tables, relationName(node.relation!), to);
    renameView(catalog, relationName(node.relation!), to);
  },
  OBJECT_INDEX: (catalog, node, to) => {
    const name = relationName(node.relation!);
    renameIn(catalog, catalog.indexes, name, to);
    // The index of a constraint takes the constraint's name along.
    for (const table of catalog.tables.values()) {
      const constraint = table.schema === (name.schema ?? catalog.schema) ? table.constraints.get(name.name) : undefined;
      if (constraint && INDEXED.has(constraint.type)) renameConstraint(table, constraint, to);
    }
  },
  OBJECT_SCHEMA: (catalog, node, to) => renameSchema(catalog, node.subname ?? "", to),
  OBJECT_SEQUENCE: (catalog, node, to) => {
    renameIn(catalog, catalog.sequences, relationName(node.relation!), to);
    const sequence = find(catalog, catalog.sequences, { ...relationName(node.relation!), name: to });
    // A default keeps the sequence itself, not its name.
    for (const column of sequence?.usedBy ?? []) if (nextvalSequence(column.default)) column.default = nextvalOf(sequence!);
  },
  OBJECT_TYPE: renameType,
  OBJECT_DOMAIN: renameType,
  OBJECT_DOMCONSTRAINT: renameDomainCheck,
  OBJECT_COLUMN: (catalog, node, to) => {
    const table = find(catalog, catalog.tables, relationName(node.relation!));
    if (!table) renameOutput(catalog, relationName(node.relation!), node.subname ?? "", to);
    if (!table) return;
    renameColumn(table, node.subname ?? "", to);
    if (node.relation?.inh) for (const heir of heirsOf(catalog, table)) renameColumn(heir, node.subname ?? "", to);
  },
  OBJECT_FUNCTION: renameRoutine,
  OBJECT_TRIGGER: renameTrigger,
  OBJECT_TABCONSTRAINT: (catalog, node, to) => {
    const table = find(catalog, catalog.tables, relationName(node.relation!));
    const constraint = table?.constraints.get(node.subname ?? "");
    const column = table && !constraint ? notNullNamed(table, node.subname ?? "") : undefined;
    if (column) setNotNull(column, to);
    if (!table || !constraint) return;
    renameConstraint(table, constraint, to);
    if (constraint.type === "check") checkNamed(catalog, to, table);
  },
};

/** A view's column. */
function renameOutput(catalog: Catalog, name: Name, from: string, to: string): void {
  const view = find(catalog, catalog.derived, name);
  const reader = find(catalog, catalog.readers, name);
  if (!view || !reader) return;
  const columns = view.columns.map((column) => (column.name === from ? { ...column, name: to } : column));
  const k = `${view.schema}.${view.name}`;
  catalog.derived.set(k, { ...view, columns });
  catalog.readers.set(k, { ...reader, aliases: columns.map((column) => column.name) });
}

function renameColumn(table: Table, from: string, to: string): void {
  const column = table.columns.get(from);
  if (!column) return;
  column.name = to;
  // Rebuilt rather than appended: the order of columns must not change.
  const all = [...table.columns.values()];
  table.columns.clear();
  for (const c of all) table.columns.set(c.name, c);
}

/** Columns keep the type itself, not its name. */
function renameType(catalog: Catalog, node: RenameStmt, to: string): void {
  const from = qualified((node.object as readonly Value[] | undefined) ?? []);
  for (const map of [catalog.enums, catalog.composites, catalog.domains]) {
    const type = find<unknown>(catalog, map, from);
    if (!type) continue;
    const users = columnsOf<unknown>(catalog, map, type);
    renameIn<{ name: string }>(catalog, map as Map<string, { name: string }>, from, to);
    for (const column of users) column.type = { ...column.type, names: [...(column.type.names ?? []).slice(0, -1), to] };
  }
}

function renameConstraint(table: Table, constraint: TableConstraint, to: string): void {
  table.constraints.delete(constraint.name);
  constraint.name = to;
  table.constraints.set(to, constraint);
}

function renameView(catalog: Catalog, from: Name, to: string): void {
  renameIn(catalog, catalog.derived, from, to);
  renameIn(catalog, catalog.readers as Map<string, Reader>, from, to);
  renameIn(catalog, catalog.views as Map<string, { name: string }>, from, to);
}

function renameIn<T extends { name: string }>(catalog: Catalog, map: Map<string, T>, from: Name, to: string): void {
  const k = foundKey(catalog, map, from);
  const found = map.get(k);
  if (!found) return;
  map.delete(k);
  const moved = "columns" in found || "labels" in found ? Object.assign(found, { name: to }) : { ...found, name: to };
  map.set(`${k.slice(0, k.indexOf("."))}.${to}`, moved);
}
