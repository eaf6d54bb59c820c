import type { ColumnRef, Node } from "../../pg/ast.js";
import { as } from "../../pg/names.js";
import { builtinRelation } from "../builtin/table.js";
import { type Catalog, find, key, type Table } from "../model.js";
import { doubt, type Info, type Item, type ItemColumn, plain, referred, type Scope } from "./state.js";
import { baseType, resolveType } from "./types.js";

/** Columns that every table has without naming them (heap.c); none is ever NULL. */
const SYSTEM_COLUMNS: Readonly<Record<string, string>> = {
  ctid: "tid",
  xmin: "xid",
  cmin: "cid",
  xmax: "xid",
  cmax: "cid",
  tableoid: "oid",
};

/** A relation as a FROM clause or a target has it. */
export interface Relation {
  readonly schema: string | undefined;
  readonly name: string;
  readonly table: Table | undefined;
  readonly columns: readonly ItemColumn[] | undefined;
  readonly row: string;
  readonly system: boolean;
}

/** The relation of that name; undefined when neither the catalog nor PostgreSQL has it. */
export function relationOf(catalog: Catalog, schema: string | undefined, name: string): Relation | undefined {
  const table = find(catalog, catalog.tables, { schema, name });
  if (table)
    return {
      schema: table.schema,
      name: table.name,
      table,
      columns: tableColumns(catalog, table),
      row: `${table.schema}.${table.name}`,
      system: true,
    };
  const derived = find(catalog, catalog.derived, { schema, name });
  if (derived)
    return {
      schema: derived.schema,
      name: derived.name,
      table: undefined,
      columns: derived.columns.map((column) => ({
        name: column.name,
        info: column.type && { type: column.type, nullable: column.nullable },
      })),
      row: `${derived.schema}.${derived.name}`,
      system: derived.kind !== "view",
    };
  if (find(catalog, catalog.sequences, { schema, name }))
    return {
      schema: schema ?? catalog.schema,
      name,
      table: undefined,
      columns: SEQUENCE,
      row: key(catalog, { schema, name }),
      system: true,
    };
  const builtin = builtinRelation(schema ?? "pg_catalog", name);
  return (
    builtin && {
      schema: builtin.schema,
      name,
      table: undefined,
      columns: builtin.columns.map((column) => ({ name: column.name, info: plain(column.type, !column.notNull) })),
      row: name,
      system: true,
    }
  );
}

/** Own columns after those of the tables it inherits from, is a partition of or is made like; undefined when one of these is not known. */
function tableColumns(catalog: Catalog, table: Table, depth = 0): readonly ItemColumn[] | undefined {
  const own = [...table.columns.values()].map((column) => ({
    name: column.name,
    info: { type: resolveType(catalog, column.type), nullable: !column.notNull, column },
  }));
  const { inhRelations = [], tableElts = [], ofTypename } = table.node;
  if (ofTypename) return undefined;
  const sources = [...inhRelations, ...tableElts.map((element) => as("TableLikeClause", element)?.relation ?? element)];
  if (!sources.some((source) => as("RangeVar", source))) return own;
  const columns: ItemColumn[] = [];
  const add = (column: ItemColumn) => {
    const at = columns.findIndex(({ name }) => name === column.name);
    if (at < 0) columns.push(column);
    else columns[at] = column;
  };
  for (const source of sources) {
    const defined = as("ColumnDef", source)?.colname;
    for (const column of own) if (column.name === defined) add(column);
    const from = as("RangeVar", source);
    if (!from) continue;
    const found = find(catalog, catalog.tables, { schema: from.schemaname, name: from.relname ?? "" });
    const inherited = found && depth < MAX_DEPTH ? tableColumns(catalog, found, depth + 1) : undefined;
    if (!inherited) return undefined;
    for (const { name, info } of inherited) add({ name, info: info && { type: info.type, nullable: true } });
  }
  for (const column of own) add(column);
  return columns;
}

/** No chain of tables is as long; one that goes in a circle is. */
const MAX_DEPTH = 20;

/** What a sequence shows when it is read as a table. */
const SEQUENCE: readonly ItemColumn[] = [
  { name: "last_value", info: plain("int8", false) },
  { name: "log_cnt", info: plain("int8", false) },
  { name: "is_called", info: plain("bool", false) },
];

/** parse_expr.c, transformColumnRef */
export function columnReference(scope: Scope, node: ColumnRef): Info | undefined {
  const fields = node.fields ?? [];
  const names = fields.filter((field): field is string => typeof field === "string");
  if (as("A_Star", fields[fields.length - 1])) return starReference(scope, node, names);
  if (scope.value && names.length === 1 && names[0] === "value") return { type: scope.value, nullable: true };
  if (names.length === 1) return bareColumn(scope, node, names[0]!);
  const column = names[names.length - 1]!;
  const relation = names[names.length - 2]!;
  const item = itemNamed(scope, names[names.length - 3], relation);
  if (!item) return doubt(scope, node, "unknown-relation", `there is no ${relation} in FROM`);
  return item === "unknown" ? assumed(scope) : columnOf(scope, node, item, column);
}

/** A column of a relation that is not known: like an untyped literal, it is what its context asks for, if anything is to be assumed. */
function assumed({ run: { catalog } }: Scope): Info | undefined {
  return catalog.assuming ? { type: { name: "unknown" }, nullable: true, assumed: true } : undefined;
}

/** `t.*` as a value is the row. */
function starReference(scope: Scope, node: Node, names: readonly string[]): Info | undefined {
  const relation = names[names.length - 1];
  if (relation === undefined) return undefined;
  const item = itemNamed(scope, names[names.length - 2], relation);
  if (!item) return doubt(scope, node, "unknown-relation", `there is no ${relation} in FROM`);
  return item === "unknown" ? undefined : rowOf(item);
}

function columnOf(scope: Scope, node: Node, item: Item, name: string): Info | undefined {
  const found = item.columns?.find((column) => column.name === name);
  if (found) return referred(found.info, item.nulled);
  if (!item.columns) return undefined;
  const system = item.system ? SYSTEM_COLUMNS[name] : undefined;
  if (system !== undefined) return plain(system, item.nulled);
  // `t.f` calls a function of a row like a column.
  if (isOwnFunction(scope, name)) return undefined;
  return doubt(scope, node, "unknown-column", `${item.table?.name ?? item.alias} has no column ${name}`);
}

function isOwnFunction({ run: { catalog } }: Scope, name: string): boolean {
  return [...catalog.functions.values()].some((all) => all.some((routine) => routine.name === name));
}

/** The row that a name of FROM stands for. */
export function rowOf(item: Item): Info | undefined {
  if (item.scalar) return referred(item.columns?.[0]?.info, item.nulled);
  const info = plain(item.row, item.nulled);
  if (item.columns) info.fields = item.columns;
  return info;
}

function bareColumn(scope: Scope, node: Node, name: string): Info | undefined {
  const found = searchColumn(scope, node, name);
  if (found === "unknown") return assumed(scope);
  if (found) return found;
  const item = itemNamed(scope, undefined, name);
  if (item === "unknown") return undefined;
  if (item) return rowOf(item);
  const relations = seen(scope);
  if (relations.length === 0) return doubt(scope, node, "unknown-column", `there is no column ${name}`);
  return doubt(scope, node, "unknown-column", `${relations.join(" and ")} ${relations.length > 1 ? "have" : "has"} no column ${name}`);
}

/** What a column without its relation's name can be of. */
function seen(scope: Scope): readonly string[] {
  const own = scope.items.flatMap(({ alias, table, visible }) => (visible ? (table?.name ?? alias ?? []) : []));
  return scope.parent ? [...own, ...seen(scope.parent)] : own;
}

/**
 * parse_relation.c, colNameToVar: the nearest level that has it.
 * @returns "unknown" where a relation that is not known may have it
 */
export function searchColumn(scope: Scope, node: Node, name: string, own = false): Info | "unknown" | undefined {
  for (let at: Scope | undefined = scope; at; at = own ? undefined : at.parent) {
    const found = atLevel(at, own ? undefined : node, name);
    if (found) return found;
  }
  return undefined;
}

/** @param node what is doubtful where several have it; undefined: it may be another's, written with the relation's name */
function atLevel(scope: Scope, node: Node | undefined, name: string): Info | "unknown" | undefined {
  let found: Info | "unknown" | undefined;
  let opaque = false;
  for (const item of scope.items) {
    if (!item.visible || (item.lateralOnly && !scope.lateral)) continue;
    if (!item.columns) {
      opaque = true;
      continue;
    }
    const column = item.columns.find((each) => each.name === name);
    const system = column || !item.system ? undefined : SYSTEM_COLUMNS[name];
    if (!column && system === undefined) continue;
    if (found) {
      if (node) doubt(scope, node, "ambiguous-column", `${name} is in more than one relation of FROM`);
      return "unknown";
    }
    found = column ? (referred(column.info, item.nulled) ?? "unknown") : plain(system!, item.nulled);
  }
  return found ?? (opaque ? "unknown" : undefined);
}

/** parse_relation.c, refnameNamespaceItem */
export function itemNamed(scope: Scope, schema: string | undefined, name: string): Item | "unknown" | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const { items, lateral } = at;
    const found = items.findLast(
      (item) => item.named && item.alias === name && (schema === undefined || item.schema === schema) && (!item.lateralOnly || lateral),
    );
    if (found) return found.columns ? found : "unknown";
  }
  return undefined;
}

/** What `*` or `alias.*` puts in its place. */
export function expandStar(scope: Scope, names: readonly string[]): readonly ItemColumn[] | undefined {
  if (names.length > 0) {
    const item = itemNamed(scope, names[names.length - 2], names[names.length - 1]!);
    return item && item !== "unknown" ? columnsOf(item) : undefined;
  }
  const columns: ItemColumn[] = [];
  for (const item of scope.items) {
    if (!item.visible) continue;
    const own = columnsOf(item);
    if (!own) return undefined;
    columns.push(...own);
  }
  return columns;
}

function columnsOf(item: Item): readonly ItemColumn[] | undefined {
  return item.columns?.map(({ name, info }) => ({ name, info: referred(info, item.nulled) }));
}

/** Columns of a row: those of the query it comes from, or of its table or composite type. */
export function rowFields(scope: Scope, { fields, type }: Info): readonly ItemColumn[] | undefined {
  return fields ?? typeColumns(scope.run.catalog, baseType(scope.run.catalog, type.name));
}

/** Columns of a table's or a composite type's row; undefined for a type that is no row. */
export function typeColumns(catalog: Catalog, type: string): readonly ItemColumn[] | undefined {
  const composite = catalog.composites.get(type);
  if (composite)
    return composite.columns.map((column) => ({ name: column.name, info: { type: resolveType(catalog, column.type), nullable: true } }));
  const dot = type.indexOf(".");
  if (dot < 0 || !(catalog.tables.has(type) || catalog.derived.has(type))) return undefined;
  const relation = relationOf(catalog, type.slice(0, dot), type.slice(dot + 1));
  return relation?.columns?.map(({ name, info }) => ({ name, info: info && { ...info, nullable: true } }));
}
