import type { DeleteStmt, InsertStmt, MergeStmt, OnConflictClause, RangeVar, ReturningClause, UpdateStmt, Value } from "../../pg/ast.js";
import { as, isNode } from "../../pg/names.js";
import type { PgType } from "../analysis.js";
import { condition, expression, fieldOf } from "./expressions.js";
import { fromClause, item, relationItem } from "./from.js";
import { targetList, withClause } from "./select.js";
import { coerce, doubt, type Info, type Item, type ItemColumn, keep, type Output, type Scope, settle } from "./state.js";
import { elementOf } from "./types.js";

type Columns = readonly { readonly name: string; readonly info: Info | undefined }[] | undefined;

/** analyze.c, transformInsertStmt */
export function insert(scope: Scope, node: InsertStmt): readonly Output[] | undefined {
  withClause(scope, node.withClause);
  const target = targetItem(scope, node.relation);
  const columns = targetColumns(scope, target, node.cols);
  const source = as("SelectStmt", node.selectStmt);
  if (source?.valuesLists && plainValues(node)) {
    for (const row of source.valuesLists)
      for (const [i, value] of ((Array.isArray(row) ? row : []) as readonly Value[]).entries())
        assigned(scope, value, columns?.[i]?.info?.type);
    const first = (source.valuesLists[0] ?? []) as readonly Value[];
    keepRow(scope, source, first, columns);
  } else if (source) {
    const outputs = scope.run.query(scope, source, { keepUnknown: true });
    for (const [i, output] of (outputs ?? []).entries()) {
      const type = columns?.[i]?.info?.type;
      if (type) coerce(scope, output.expression, type);
      if (type && output.info?.type.name === "unknown") output.info = { type, nullable: output.info.nullable };
      else if (!type) settle(scope, output);
    }
  }
  scope.items.push(target);
  if (node.onConflictClause) onConflict(scope, target, node.onConflictClause);
  return returning(scope, target, node.returningClause);
}

/** VALUES that stands for itself: what has ORDER BY, LIMIT or WITH is a query. */
function plainValues({ selectStmt }: InsertStmt): boolean {
  const values = as("SelectStmt", selectStmt)!;
  return !values.sortClause && values.limitCount === undefined && values.limitOffset === undefined && !values.withClause;
}

function keepRow(scope: Scope, source: { readonly kind: "SelectStmt" }, first: readonly Value[], columns: Columns): void {
  const { run } = scope;
  const outputs = first.map((_, i): Output => ({ name: `column${i + 1}`, info: columns?.[i]?.info }));
  run.outputs.set(run.origin(source), outputs);
}

function targetItem(scope: Scope, relation: RangeVar | undefined): Item {
  if (!relation) return item({ alias: undefined, columns: undefined, row: "unknown" });
  return relationItem(scope, relation, true);
}

/** The columns an INSERT names, or all. */
function targetColumns(scope: Scope, target: Item, cols: readonly Value[] | undefined): Columns {
  if (!cols || cols.length === 0) return target.columns;
  return cols.map((value) => {
    const named = as("ResTarget", value);
    const name = named?.name ?? "";
    const column = targetColumn(scope, target, value, name);
    return { name, info: indirect(scope, column?.info, named?.indirection) };
  });
}

function targetColumn(scope: Scope, target: Item, at: Value, name: string): ItemColumn | undefined {
  const column = target.columns?.find((each) => each.name === name);
  if (!column && target.columns && isNode(at)) doubt(scope, at, "unknown-column", `${target.alias} has no column ${name}`);
  return column;
}

/** `SET list[1] = …`, `SET row.field = …` */
function indirect(scope: Scope, info: Info | undefined, steps: readonly Value[] | undefined): Info | undefined {
  let at = info;
  for (const step of steps ?? []) {
    const indices = as("A_Indices", step);
    if (indices) for (const place of [indices.lidx, indices.uidx]) if (place !== undefined) expression(scope, place);
    if (!at) return undefined;
    if (indices) {
      const element = at.type.name === "jsonb" ? "jsonb" : indices.is_slice ? at.type.name : elementOf(at.type.name);
      at = element === undefined ? undefined : { type: { name: element }, nullable: true };
    } else at = typeof step === "string" ? fieldOf(scope, at, step) : undefined;
  }
  return at;
}

/** A value for a column. */
function assigned(scope: Scope, value: Value | undefined, type: PgType | undefined): void {
  const own = as("SetToDefault", value);
  if (own) {
    if (type) keep(scope, own, { type, nullable: true });
    return;
  }
  const info = expression(scope, value);
  if (type && info) coerce(scope, value, type);
}

/** SET lists of UPDATE, ON CONFLICT and MERGE. */
function setClause(scope: Scope, target: Item, items: readonly Value[] | undefined): void {
  for (const value of items ?? []) {
    const set = as("ResTarget", value);
    if (!set) continue;
    const column = targetColumn(scope, target, set, set.name ?? "");
    const info = indirect(scope, column?.info, set.indirection);
    const several = as("MultiAssignRef", set.val);
    if (!several) {
      assigned(scope, set.val, info?.type);
      continue;
    }
    const at = (several.colno ?? 1) - 1;
    const row = as("RowExpr", several.source);
    const query = as("SubLink", several.source)?.subselect;
    if (row) assigned(scope, row.args?.[at], info?.type);
    else if (isNode(query)) {
      // Each column has a copy of the query: the facts of one say nothing of the nodes of another.
      const outputs = scope.run.query(scope, query, { keepUnknown: false });
      for (const output of outputs ?? []) settle(scope, output);
    } else expression(scope, several.source);
  }
}

function onConflict(scope: Scope, target: Item, clause: OnConflictClause): void {
  const excluded = item({ ...target, alias: "excluded", schema: undefined, visible: false, system: false });
  for (const value of clause.infer?.indexElems ?? []) {
    const element = as("IndexElem", value);
    if (element?.expr !== undefined) expression(scope, element.expr);
  }
  condition(scope, clause.infer?.whereClause);
  scope.items.push(excluded);
  setClause(scope, target, clause.targetList);
  condition(scope, clause.whereClause);
  scope.items.pop();
}

/** RETURNING, with the rows before and after under `old` and `new` or the names it gives them. */
function returning(scope: Scope, target: Item, clause: ReturningClause | undefined): readonly Output[] | undefined {
  if (!clause) return [];
  const names = { RETURNING_OPTION_OLD: "old", RETURNING_OPTION_NEW: "new" };
  for (const value of clause.options ?? []) {
    const option = as("ReturningOption", value);
    if (option?.option && option.option in names) names[option.option as keyof typeof names] = option.value ?? "";
  }
  const taken = scope.items.map(({ alias }) => alias);
  const rows = Object.values(names).filter((name) => !taken.includes(name));
  scope.items.push(...rows.map((name) => ({ ...target, alias: name, schema: undefined, visible: false, nulled: true })));
  const { named, complete } = targetList(scope, clause.exprs);
  for (const output of named) settle(scope, output);
  return complete ? named : undefined;
}

/** analyze.c, transformUpdateStmt */
export function update(scope: Scope, node: UpdateStmt): readonly Output[] | undefined {
  withClause(scope, node.withClause);
  const target = targetItem(scope, node.relation);
  target.lateralOnly = true;
  scope.items.push(target);
  fromClause(scope, node.fromClause);
  setClause(scope, target, node.targetList);
  condition(scope, node.whereClause);
  return returning(scope, target, node.returningClause);
}

/** analyze.c, transformDeleteStmt */
export function remove(scope: Scope, node: DeleteStmt): readonly Output[] | undefined {
  withClause(scope, node.withClause);
  const target = targetItem(scope, node.relation);
  target.lateralOnly = true;
  scope.items.push(target);
  fromClause(scope, node.usingClause);
  condition(scope, node.whereClause);
  return returning(scope, target, node.returningClause);
}

/** parse_merge.c, transformMergeStmt */
export function merge(scope: Scope, node: MergeStmt): readonly Output[] | undefined {
  withClause(scope, node.withClause);
  const target = targetItem(scope, node.relation);
  if (node.sourceRelation !== undefined) fromClause(scope, [node.sourceRelation]);
  const sources = scope.items;
  scope.items = [target, ...sources];
  condition(scope, node.joinCondition);
  for (const value of node.mergeWhenClauses ?? []) {
    const when = as("MergeWhenClause", value);
    if (!when) continue;
    const insertion = when.commandType === "CMD_INSERT";
    scope.items = insertion ? sources : [target, ...sources];
    condition(scope, when.condition);
    if (insertion) {
      const columns = targetColumns(scope, target, when.targetList);
      for (const [i, each] of (when.values ?? []).entries()) assigned(scope, each, columns?.[i]?.info?.type);
    } else setClause(scope, target, when.targetList);
  }
  scope.items = [target, ...sources];
  for (const each of sources) each.nulled = true;
  return returning(scope, { ...target, nulled: false }, node.returningClause);
}
