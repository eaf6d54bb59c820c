import type { AlterTableCmd, Constraint, Kind, Node, Value } from "../../pg/ast.js";
import { as, isNode, nodesOf, relationName } from "../../pg/names.js";
import { type Column, columnDefinedBy, type Table } from "../model.js";
import { relationOf } from "./columns.js";
import { condition, expression } from "./expressions.js";
import { fromClause, item, relationItem } from "./from.js";
import { coerce, type Item, type Scope, scopeOf } from "./state.js";
import { resolveType } from "./types.js";

type Read<K extends Kind> = (scope: Scope, node: Extract<Node, { kind: K }>) => void;

/** Expressions of statements that define something, and queries in statements of other kinds. */
export const DEFINITIONS: { readonly [K in Kind]?: Read<K> } = {
  CreateStmt: (scope, node) => {
    const { catalog } = scope.run;
    const name = node.relation && relationName(node.relation);
    const known = name && relationOf(catalog, name.schema, name.name)?.table;
    scope.items.push(newTable(scope, node.tableElts ?? [], name?.name ?? "", known));
    for (const element of node.tableElts ?? []) {
      const def = as("ColumnDef", element);
      for (const value of def?.constraints ?? []) constraint(scope, as("Constraint", value), def?.typeName);
      constraint(scope, as("Constraint", element), undefined);
    }
    for (const part of node.partspec?.partParams ?? []) expression(scope, as("PartitionElem", part)?.expr);
  },
  AlterTableStmt: (scope, node) => {
    if (!node.relation) return;
    const target = relationItem(scope, node.relation, true);
    scope.items.push(target);
    for (const value of node.cmds ?? []) {
      const command = as("AlterTableCmd", value);
      if (command) ALTERATIONS[command.subtype ?? ""]?.(scope, target, command);
    }
  },
  IndexStmt: (scope, node) => {
    if (node.relation) scope.items.push(relationItem(scope, node.relation, true));
    for (const value of node.indexParams ?? []) expression(scope, as("IndexElem", value)?.expr);
    condition(scope, node.whereClause);
  },
  CreateStatsStmt: (scope, node) => {
    fromClause(scope, node.relations);
    for (const value of node.exprs ?? []) expression(scope, as("StatsElem", value)?.expr);
  },
  CreateDomainStmt: (scope, node) => {
    if (!node.typeName) return;
    const type = resolveType(scope.run.catalog, node.typeName);
    const inner: Scope = { ...scopeOf(scope.run, scope), value: type };
    for (const value of node.constraints ?? []) constraint(inner, as("Constraint", value), node.typeName);
  },
  CreatePolicyStmt: (scope, node) => {
    if (node.table) scope.items.push(relationItem(scope, node.table, true));
    condition(scope, node.qual);
    condition(scope, node.with_check);
  },
  CreateTrigStmt: (scope, node) => {
    if (!node.relation) return;
    const row = relationItem(scope, node.relation, true);
    for (const alias of ["old", "new"]) scope.items.push({ ...row, alias, schema: undefined, visible: false });
    condition(scope, node.whenClause);
  },
  CreateFunctionStmt: (scope, node) => {
    for (const value of node.parameters ?? []) {
      const parameter = as("FunctionParameter", value);
      if (parameter?.defexpr === undefined || !parameter.argType) continue;
      expression(scope, parameter.defexpr);
      coerce(scope, parameter.defexpr, resolveType(scope.run.catalog, parameter.argType));
    }
  },
  CallStmt: (scope, node) => void expression(scope, node.funccall),
  ExecuteStmt: (scope, node) => {
    for (const value of node.params ?? []) expression(scope, value);
  },
  CopyStmt: (scope, node) => {
    if (isNode(node.query)) scope.run.query(scope, node.query);
    if (node.relation) scope.items.push(relationItem(scope, node.relation, true));
    condition(scope, node.whereClause);
  },
};

/** The table at hand: as the catalog has it, or as its definition says. */
function newTable(scope: Scope, elements: readonly Value[], alias: string, known: Table | undefined): Item {
  const { catalog } = scope.run;
  const defs = nodesOf("ColumnDef", elements);
  const partial = elements.some((element) => as("TableLikeClause", element));
  const columns = defs.map((def) => {
    const column: Column | undefined = columnDefinedBy(catalog, scope.run.origin(def) as never) ?? known?.columns.get(def.colname ?? "");
    return {
      name: def.colname ?? "",
      info: def.typeName && { type: resolveType(catalog, def.typeName), nullable: !column?.notNull, ...(column ? { column } : {}) },
    };
  });
  const own = new Set(columns.map(({ name }) => name));
  // Those it INHERITS have no definition here.
  for (const column of known?.columns.values() ?? [])
    if (!own.has(column.name))
      columns.push({ name: column.name, info: { type: resolveType(catalog, column.type), nullable: !column.notNull, column } });
  return item({ alias, table: known, columns: partial ? undefined : columns, row: "record", system: true });
}

function constraint(scope: Scope, node: Constraint | undefined, type: Parameters<typeof resolveType>[1] | undefined): void {
  if (!node) return;
  if (node.contype === "CONSTR_CHECK") condition(scope, node.raw_expr);
  else if (node.raw_expr !== undefined) {
    const info = expression(scope, node.raw_expr);
    if (info && type) coerce(scope, node.raw_expr, resolveType(scope.run.catalog, type));
  }
  for (const pair of node.exclusions ?? [])
    if (Array.isArray(pair)) expression(scope, as("IndexElem", (pair as readonly Value[])[0])?.expr);
  condition(scope, node.where_clause);
}

function valueOfColumn(scope: Scope, target: Item, command: AlterTableCmd): void {
  const type = target.columns?.find(({ name }) => name === command.name)?.info?.type;
  const info = expression(scope, command.def);
  if (info && type) coerce(scope, command.def, type);
}

const ALTERATIONS: Readonly<Record<string, (scope: Scope, target: Item, command: AlterTableCmd) => void>> = {
  AT_AddColumn: (scope, _, command) => {
    const def = as("ColumnDef", command.def);
    for (const value of def?.constraints ?? []) constraint(scope, as("Constraint", value), def?.typeName);
  },
  AT_AddConstraint: (scope, _, command) => constraint(scope, as("Constraint", command.def), undefined),
  AT_ColumnDefault: valueOfColumn,
  AT_SetExpression: valueOfColumn,
  AT_AlterColumnType: (scope, _, command) => {
    const def = as("ColumnDef", command.def);
    const info = expression(scope, def?.raw_default);
    if (info && def?.typeName) coerce(scope, def.raw_default, resolveType(scope.run.catalog, def.typeName));
  },
};
