import type {
  Alias,
  ColumnDef,
  FuncCall,
  JoinExpr,
  JsonTable,
  Kind,
  Node,
  RangeFunction,
  RangeSubselect,
  RangeTableFunc,
  RangeVar,
  Value,
} from "../../pg/ast.js";
import { figureName } from "../../pg/figure.js";
import { as, isNode } from "../../pg/names.js";
import { type Argument, calledName, callFunction } from "./calls.js";
import { relationOf, typeColumns } from "./columns.js";
import { condition, expression, wanted } from "./expressions.js";
import { makeOperator } from "./operators.js";
import { coerce, common, doubt, type Info, type Item, type ItemColumn, infoOf, plain, referred, type Scope } from "./state.js";
import { resolveType } from "./types.js";

/** Fills a scope with what a FROM clause makes visible (parse_clause.c, transformFromClause). */
export function fromClause(scope: Scope, items: readonly Value[] | undefined): void {
  for (const value of items ?? []) {
    if (!isNode(value)) continue;
    const added = fromItem(scope, value);
    for (const item of added) item.lateralOnly = true;
    scope.items.push(...added);
  }
  for (const item of scope.items) item.lateralOnly = false;
}

function fromItem(scope: Scope, node: Node): Item[] {
  const read = FROM_ITEMS[node.kind] as ((scope: Scope, node: Node) => Item[]) | undefined;
  return read?.(scope, node) ?? [];
}

const FROM_ITEMS: { readonly [K in Kind]?: (scope: Scope, node: Extract<Node, { kind: K }>) => Item[] } = {
  RangeVar: (scope, node) => [relationItem(scope, node)],
  RangeSubselect: (scope, node) => [subselect(scope, node)],
  RangeFunction: (scope, node) => [functionItem(scope, node)],
  RangeTableFunc: (scope, node) => [xmlTable(scope, node)],
  JsonTable: (scope, node) => [jsonTable(scope, node)],
  JoinExpr: join,
  RangeTableSample: (scope, node) => {
    for (const arg of node.args ?? []) wanted(scope, arg, "float4");
    if (node.repeatable !== undefined) wanted(scope, node.repeatable, "float8");
    return isNode(node.relation) ? fromItem(scope, node.relation) : [];
  },
};

type ItemParts = Pick<Item, "alias" | "columns" | "row"> & Partial<Item>;

export function item({
  alias,
  columns,
  row,
  schema,
  table,
  scalar = false,
  system = false,
  named = alias !== undefined,
  visible = true,
  lateralOnly = false,
  nulled = false,
}: ItemParts): Item {
  return { alias, schema, table, columns, row, scalar, system, named, visible, lateralOnly, nulled };
}

/** A table, view, sequence or common table expression by its name. */
export function relationItem(scope: Scope, node: RangeVar, target = false): Item {
  const name = node.relname ?? "";
  const alias = node.alias?.aliasname ?? name;
  const cte = node.schemaname === undefined && !target ? cteNamed(scope, name) : undefined;
  scope.run.common.set(scope.run.origin(node), cte !== undefined);
  if (cte) return item({ alias, columns: cte.columns && renamed(cte.columns, node.alias), row: "record" });
  const found = relationOf(scope.run.catalog, node.schemaname, name);
  if (!found) {
    doubt(scope, node, "unknown-relation", `there is no relation ${name}`);
    return item({ alias, columns: undefined, row: "unknown" });
  }
  const { schema, table, columns, row, system } = found;
  return item({ alias, schema: node.alias ? undefined : schema, table, columns: columns && renamed(columns, node.alias), row, system });
}

function cteNamed(scope: Scope, name: string): { readonly columns: readonly ItemColumn[] | undefined } | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const cte = at.ctes.get(name);
    if (!cte) continue;
    cte.analyse();
    return cte;
  }
  return undefined;
}

/** The alias's column names, for as many columns as it has. */
function renamed(columns: readonly ItemColumn[], alias: Alias | undefined): readonly ItemColumn[] {
  const names = alias?.colnames;
  return names ? columns.map((column, i) => ({ name: names[i] ?? column.name, info: column.info })) : columns;
}

function subselect(scope: Scope, node: RangeSubselect): Item {
  const alias = node.alias?.aliasname;
  const outputs = isNode(node.subquery) ? scope.run.query(scope, node.subquery, { lateral: node.lateral ?? false }) : undefined;
  const columns = outputs?.map(({ name, info }) => ({ name, info: referred(info, false) }));
  return item({ alias, columns: columns && renamed(columns, node.alias), row: "record" });
}

/** parse_clause.c, transformRangeFunction: columns of all functions side by side. */
function functionItem(scope: Scope, node: RangeFunction): Item {
  const before = scope.lateral;
  scope.lateral = true;
  const columns: ItemColumn[] = [];
  let known = true;
  let scalar = false;
  const calls = (node.functions ?? []).flatMap((entry) => splitUnnest((Array.isArray(entry) ? entry : [entry]) as readonly Value[], node));
  for (const { call, definitions, argument } of calls) {
    const info = argument === undefined ? expression(scope, call) : unnestOne(scope, call as FuncCall, argument);
    const own = functionColumns(scope, call, info, definitions.length > 0 ? definitions : (node.coldeflist ?? []), {
      alias: calls.length === 1 ? node.alias?.aliasname : undefined,
    });
    if (own) columns.push(...own.columns);
    else known = false;
    scalar = calls.length === 1 && own?.scalar === true;
  }
  scope.lateral = before;
  if (node.ordinality) columns.push({ name: "ordinality", info: plain("int8", false) });
  const [first] = calls;
  const alias = node.alias?.aliasname ?? (first && figureName(first.call));
  return item({
    alias,
    columns: known ? renamed(columns, node.alias) : undefined,
    row: "record",
    scalar: scalar && !node.ordinality,
  });
}

interface FunctionInFrom {
  readonly call: Value;
  readonly definitions: readonly Value[];
  /** The one argument, where `unnest(a, b)` stands for unnest of each. */
  readonly argument: Value | undefined;
}

function splitUnnest(entry: readonly Value[], node: RangeFunction): readonly FunctionInFrom[] {
  const [call, definitions] = entry;
  if (call === undefined) return [];
  const list = Array.isArray(definitions) ? (definitions as readonly Value[]) : [];
  const function_ = as("FuncCall", call);
  const args = function_?.args ?? [];
  const several = function_ && args.length > 1 && calledName(function_).name === "unnest" && !function_.func_variadic && !node.coldeflist;
  return several ? args.map((argument) => ({ call, definitions: list, argument })) : [{ call, definitions: list, argument: undefined }];
}

function unnestOne(scope: Scope, call: FuncCall, argument: Value): Info | undefined {
  const info = expression(scope, argument);
  const args: Argument[] = [{ node: argument, info }];
  const result = callFunction(scope, call, args);
  return result && infoOf(result.type, true);
}

/** What columns a function's result has; undefined where that is not known. */
function functionColumns(
  scope: Scope,
  call: Value,
  info: Info | undefined,
  definitions: readonly Value[],
  { alias }: { readonly alias: string | undefined },
): { readonly columns: readonly ItemColumn[]; readonly scalar: boolean } | undefined {
  if (definitions.length > 0) return { columns: definitions.flatMap((d) => definedColumn(scope, as("ColumnDef", d))), scalar: false };
  if (!info) return undefined;
  const { fields } = info;
  if (fields && fields.length > 1) return { columns: fields, scalar: false };
  const row = typeColumns(scope.run.catalog, info.type.name);
  if (row) return { columns: row, scalar: false };
  if (info.type.name === "record") return fields ? { columns: fields, scalar: false } : undefined;
  // A single OUT parameter gives the column its name, else the alias, else the function (chooseScalarFunctionAlias).
  const named = fields?.[0]?.name;
  const name = named !== undefined && named !== "column1" ? named : (alias ?? figureName(call));
  return { columns: [{ name, info: infoOf(info.type, true) }], scalar: true };
}

function definedColumn(scope: Scope, def: ColumnDef | undefined): ItemColumn[] {
  if (!def?.typeName) return [];
  return [{ name: def.colname ?? "", info: infoOf(resolveType(scope.run.catalog, def.typeName), true) }];
}

function xmlTable(scope: Scope, node: RangeTableFunc): Item {
  const before = scope.lateral;
  scope.lateral = true;
  wanted(scope, node.rowexpr, "text");
  wanted(scope, node.docexpr, "xml");
  const columns = (node.columns ?? []).flatMap((value): ItemColumn[] => {
    const column = as("RangeTableFuncCol", value);
    if (!column) return [];
    if (column.colexpr !== undefined) wanted(scope, column.colexpr, "text");
    const type = column.for_ordinality ? { name: "int4" } : column.typeName && resolveType(scope.run.catalog, column.typeName);
    if (column.coldefexpr !== undefined && type) wanted(scope, column.coldefexpr, type.name);
    return [{ name: column.colname ?? "", info: type && infoOf(type, !(column.is_not_null || column.for_ordinality)) }];
  });
  scope.lateral = before;
  return item({ alias: node.alias?.aliasname ?? "xmltable", columns: renamed(columns, node.alias), row: "record" });
}

function jsonTable(scope: Scope, node: JsonTable): Item {
  const before = scope.lateral;
  scope.lateral = true;
  const context = node.context_item?.raw_expr;
  const info = expression(scope, context);
  if (info && info.type.name !== "jsonb") coerce(scope, context, { name: "jsonb" });
  for (const value of node.passing ?? []) expression(scope, as("JsonArgument", value)?.val?.raw_expr);
  const columns = jsonColumns(scope, node.columns ?? []);
  scope.lateral = before;
  return item({ alias: node.alias?.aliasname ?? "json_table", columns: renamed(columns, node.alias), row: "record" });
}

function jsonColumns(scope: Scope, values: readonly Value[]): readonly ItemColumn[] {
  return values.flatMap((value) => {
    const column = as("JsonTableColumn", value);
    if (!column) return [];
    if (column.coltype === "JTC_NESTED") return jsonColumns(scope, column.columns ?? []);
    for (const behaviour of [column.on_empty, column.on_error]) if (behaviour?.expr !== undefined) expression(scope, behaviour.expr);
    const type =
      column.coltype === "JTC_FOR_ORDINALITY" ? { name: "int4" } : column.typeName && resolveType(scope.run.catalog, column.typeName);
    return [{ name: column.name ?? "", info: type && infoOf(type, true) }];
  });
}

const FILLS_LEFT = new Set(["JOIN_RIGHT", "JOIN_FULL"]);
const FILLS_RIGHT = new Set(["JOIN_LEFT", "JOIN_FULL"]);

/** parse_clause.c, transformFromClauseItem for a join. */
function join(scope: Scope, node: JoinExpr): Item[] {
  const outer = scope.items;
  const left = isNode(node.larg) ? fromItem(scope, node.larg) : [];
  for (const each of left) each.lateralOnly = true;
  scope.items = [...outer, ...left];
  const right = isNode(node.rarg) ? fromItem(scope, node.rarg) : [];
  for (const each of left) each.lateralOnly = false;
  const jointype = node.jointype ?? "JOIN_INNER";
  const names = node.isNatural ? sharedNames(left, right) : node.usingClause?.map(String);
  const sides = [...left, ...right];
  let merged: readonly ItemColumn[] | undefined;
  if (names) merged = names.map((name) => mergedColumn(scope, jointype, name, left, right));
  else if (node.quals !== undefined) {
    // ON sees the two sides and nothing of the FROM clause before them.
    scope.items = sides;
    condition(scope, node.quals);
  }
  scope.items = outer;
  if (FILLS_LEFT.has(jointype)) for (const each of left) each.nulled = true;
  if (FILLS_RIGHT.has(jointype)) for (const each of right) each.nulled = true;
  return joined(node, sides, left, right, names, merged);
}

/** What a join makes visible: its sides, or behind USING and aliases one relation of its own. */
function joined(
  node: JoinExpr,
  sides: Item[],
  left: readonly Item[],
  right: readonly Item[],
  names: readonly string[] | undefined,
  merged: readonly ItemColumn[] | undefined,
): Item[] {
  const alias = node.alias?.aliasname;
  if (!merged && alias === undefined) return sides;
  const rest = (side: readonly Item[]): ItemColumn[] | undefined => {
    const columns: ItemColumn[] = [];
    for (const each of side) {
      if (!each.visible) continue;
      if (!each.columns) return undefined;
      for (const { name, info } of each.columns) if (!names?.includes(name)) columns.push({ name, info: referred(info, each.nulled) });
    }
    return columns;
  };
  const before = rest(left);
  const after = rest(right);
  const columns = before && after ? [...(merged ?? []), ...before, ...after] : undefined;
  const whole = item({ alias, columns: columns && renamed(columns, node.alias), row: "record" });
  if (alias !== undefined) return [whole];
  for (const each of sides) each.visible = false;
  const using = node.join_using_alias?.aliasname;
  const named = using === undefined ? [] : [{ ...item({ alias: using, columns: merged, row: "record" }), visible: false }];
  return [...sides, { ...whole, named: false }, ...named];
}

function sharedNames(left: readonly Item[], right: readonly Item[]): string[] {
  const names = (side: readonly Item[]) => side.flatMap((each) => (each.visible ? (each.columns ?? []).map(({ name }) => name) : []));
  const others = new Set(names(right));
  return names(left).filter((name) => others.has(name));
}

/** parse_clause.c, buildMergedJoinVar */
function mergedColumn(scope: Scope, jointype: string, name: string, left: readonly Item[], right: readonly Item[]): ItemColumn {
  const of = (side: readonly Item[]): Info | undefined => {
    for (const each of side) {
      const found = each.visible ? each.columns?.find((column) => column.name === name) : undefined;
      if (found) return referred(found.info, each.nulled);
    }
    return undefined;
  };
  const a = of(left);
  const b = of(right);
  if (!a || !b) return { name, info: undefined };
  makeOperator(scope, "=", { node: undefined, info: { ...a } }, { node: undefined, info: { ...b } });
  const type = common(scope, [], [a, b]);
  if (!type) return { name, info: undefined };
  const one = jointype === "JOIN_RIGHT" ? b : a;
  const nullable =
    jointype === "JOIN_INNER" ? a.nullable && b.nullable : jointype === "JOIN_FULL" ? a.nullable || b.nullable : one.nullable;
  const info = infoOf(one.type.name === type.name ? one.type : type, nullable);
  if (one.column && one.type.name === type.name && jointype !== "JOIN_FULL") info.column = one.column;
  return { name, info };
}
