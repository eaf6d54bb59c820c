import type { CommonTableExpr, SelectStmt, Value, WithClause } from "../../pg/ast.js";
import { figureName } from "../../pg/figure.js";
import { as, isNode, nodesOf } from "../../pg/names.js";
import { expandStar, rowFields, searchColumn } from "./columns.js";
import { condition, expression, sorted, starOf, wanted, windowDefinition } from "./expressions.js";
import { fromClause } from "./from.js";
import {
  type Cte,
  coerce,
  common,
  type Info,
  type ItemColumn,
  infoOf,
  keep,
  type Output,
  plain,
  type QueryOptions,
  type Scope,
  settle,
} from "./state.js";

/** A SELECT, VALUES or set operation (analyze.c, transformSelectStmt and its like). */
export function selectQuery(scope: Scope, node: SelectStmt, options: QueryOptions): readonly Output[] | undefined {
  withClause(scope, node.withClause);
  const columns = node.valuesLists
    ? valuesLists(scope, node)
    : (node.op ?? "SETOP_NONE") === "SETOP_NONE"
      ? plainSelect(scope, node)
      : setOperation(scope, node, options.defines);
  limits(scope, node);
  if (!options.keepUnknown) for (const column of columns ?? []) settle(scope, column);
  return columns;
}

function limits(scope: Scope, node: SelectStmt): void {
  if (node.limitCount !== undefined) wanted(scope, node.limitCount, "int8");
  if (node.limitOffset !== undefined) wanted(scope, node.limitOffset, "int8");
}

function plainSelect(scope: Scope, node: SelectStmt): readonly Output[] | undefined {
  fromClause(scope, node.fromClause);
  scope.grouped = (node.groupClause?.length ?? 0) > 0;
  scope.groupingSets = (node.groupClause ?? []).some((item) => as("GroupingSet", item));
  const targets = targetList(scope, node.targetList);
  condition(scope, node.whereClause);
  condition(scope, node.havingClause);
  for (const item of node.sortClause ?? []) {
    const sort = as("SortBy", item);
    sorted(scope, sort, sortItem(scope, sort?.node, targets.named, true));
  }
  for (const item of node.groupClause ?? []) groupItem(scope, item, targets.named);
  for (const item of node.distinctClause ?? []) if (isNode(item)) sortItem(scope, item, targets.named, true);
  for (const item of node.windowClause ?? []) {
    const window = as("WindowDef", item);
    if (window) windowDefinition(scope, window);
  }
  if (scope.groupingSets) for (const output of targets.named) groupedOutput(output);
  return targets.complete ? targets.named : undefined;
}

/** ROLLUP and its like put NULL where a row sums up over what is grouped by. */
function groupedOutput(output: Output): void {
  const call = as("FuncCall", output.expression);
  const stays = as("GroupingFunc", output.expression) || call?.agg_star;
  if (output.info && !stays) output.info = { ...output.info, nullable: true };
}

export interface Targets {
  readonly named: readonly Output[];
  /** No star stood for columns that are not known. */
  readonly complete: boolean;
}

/** A select list or RETURNING, stars expanded (parse_target.c, transformTargetList). */
export function targetList(scope: Scope, items: readonly Value[] | undefined): Targets {
  const named: Output[] = [];
  let complete = true;
  for (const item of items ?? []) {
    const target = as("ResTarget", item);
    if (!target) continue;
    const stars = starOf(target.val) ?? starOfRow(target.val);
    if (stars) {
      const expanded = starColumns(scope, stars, target.val);
      if (!expanded) complete = false;
      for (const { name, info } of expanded ?? []) named.push({ name, info: info && { ...info } });
      continue;
    }
    const info = expression(scope, target.val);
    const name = target.name ?? figureName(target.val);
    keep(scope, target, info);
    named.push({ name, info, expression: isNode(target.val) ? target.val : undefined });
  }
  return { named, complete };
}

type Stars = readonly string[] | { readonly row: Value };

function starOfRow(value: Value | undefined): { readonly row: Value } | undefined {
  const indirection = as("A_Indirection", value);
  const steps = indirection?.indirection;
  return steps?.length === 1 && as("A_Star", steps[0]) && indirection?.arg !== undefined ? { row: indirection.arg } : undefined;
}

/** `(row).*` gives the row's columns. */
function starColumns(scope: Scope, stars: Stars, value: Value | undefined): readonly ItemColumn[] | undefined {
  if ("row" in stars) {
    const info = expression(scope, stars.row);
    return info && rowFields(scope, info);
  }
  if (stars.length > 0) expression(scope, value);
  return expandStar(scope, stars);
}

/**
 * An item of ORDER BY, DISTINCT ON or GROUP BY: a column of the output by name or number, or an expression (parse_clause.c,
 * findTargetlistEntrySQL92). The facts of such a name or number are those of the column it stands for.
 * @param outputFirst ORDER BY and DISTINCT ON look among the output's names first, GROUP BY among the input's
 */
function sortItem(scope: Scope, value: Value | undefined, outputs: readonly Output[], outputFirst: boolean): Info | undefined {
  const output = outputFor(scope, value, outputs, outputFirst);
  if (!output) return expression(scope, value);
  const { info } = output;
  if (info?.type.name === "unknown") settle(scope, output);
  const copy = output.info && { ...output.info, type: output.info.coerced ?? output.info.type };
  if (copy) delete (copy as { coerced?: unknown }).coerced;
  return isNode(value) ? keep(scope, value, copy) : copy;
}

function outputFor(scope: Scope, value: Value | undefined, outputs: readonly Output[], outputFirst: boolean): Output | undefined {
  const number = as("A_Const", value)?.ival;
  if (number !== undefined) return outputs[number - 1];
  const reference = as("ColumnRef", value);
  const name = reference?.fields?.length === 1 ? reference.fields[0] : undefined;
  if (!reference || typeof name !== "string") return undefined;
  if (!outputFirst && searchColumn(scope, reference, name, true)) return undefined;
  return outputs.find((output) => output.name === name);
}

function groupItem(scope: Scope, value: Value, outputs: readonly Output[]): void {
  const set = as("GroupingSet", value);
  if (set) for (const item of set.content ?? []) groupItem(scope, item, outputs);
  else if (Array.isArray(value)) for (const item of value as readonly Value[]) groupItem(scope, item, outputs);
  else if (as("RowExpr", value)) for (const item of as("RowExpr", value)!.args ?? []) sortItem(scope, item, outputs, false);
  else {
    const info = sortItem(scope, value, outputs, false);
    if (info?.type.name === "unknown") coerce(scope, value, { name: "text" });
  }
}

function valuesLists(scope: Scope, node: SelectStmt): readonly Output[] {
  const rows = (node.valuesLists ?? []).map((row) => (Array.isArray(row) ? (row as readonly Value[]) : []));
  const infos = rows.map((row) => row.map((value) => (as("SetToDefault", value) ? undefined : expression(scope, value))));
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns: Output[] = [];
  for (let i = 0; i < width; i++) {
    const nodes = rows.map((row) => row[i]);
    const own = infos.map((row) => row[i]);
    const type = common(scope, nodes, own);
    columns.push({
      name: `column${i + 1}`,
      info:
        type &&
        infoOf(
          type,
          own.some((info) => info?.nullable !== false),
        ),
    });
  }
  sortOutput(scope, node, columns);
  return columns;
}

/** ORDER BY of a set operation or VALUES names columns of the output only. */
function sortOutput(scope: Scope, node: SelectStmt, outputs: readonly Output[]): void {
  for (const item of node.sortClause ?? []) sortItem(scope, as("SortBy", item)?.node, outputs, true);
}

/** analyze.c, transformSetOperationStmt */
function setOperation(scope: Scope, node: SelectStmt, defines: Cte | undefined): readonly Output[] | undefined {
  const { run } = scope;
  const left = node.larg && run.query(scope, node.larg, { keepUnknown: true });
  if (defines && left) defineRecursive(scope, defines, left);
  let right = node.rarg && run.query(scope, node.rarg, { keepUnknown: true });
  // What the first part never leaves NULL a later round may: then once more, knowing that, until nothing changes.
  while (defines?.columns && right && weaken(defines, right)) right = node.rarg && run.query(scope, node.rarg, { keepUnknown: true });
  if (!left || !right) return undefined;
  const columns = left.map((output, i): Output => {
    const other = right[i];
    const type = common(scope, [output.expression, other?.expression], [output.info, other?.info]);
    settleTo(output, type?.name);
    if (other) settleTo(other, type?.name);
    return { name: output.name, info: type && infoOf(type, nullableAfter(node.op, output.info, other?.info)) };
  });
  sortOutput(scope, node, columns);
  return columns;
}

/** Whether a column that was taken for never NULL proved to be otherwise. */
function weaken(cte: Cte, right: readonly Output[]): boolean {
  let changed = false;
  cte.columns = cte.columns?.map((column, i) => {
    if (column.info?.nullable !== false || right[i]?.info?.nullable === false) return column;
    changed = true;
    return { name: column.name, info: { ...column.info, nullable: true } };
  });
  return changed;
}

function settleTo(output: Output, type: string | undefined): void {
  if (type !== undefined && output.info?.type.name === "unknown") output.info = plain(type, output.info.nullable);
}

function nullableAfter(op: string | undefined, left: Info | undefined, right: Info | undefined): boolean {
  if (op === "SETOP_EXCEPT") return left?.nullable !== false;
  if (op === "SETOP_INTERSECT") return left?.nullable !== false && right?.nullable !== false;
  return left?.nullable !== false || right?.nullable !== false;
}

/** The first part of a recursive query decides its types (parse_cte.c, analyzeCTE). */
function defineRecursive(scope: Scope, cte: Cte, left: readonly Output[]): void {
  for (const output of left) settle(scope, output);
  cte.columns = left.map(({ name, info }, i) => ({
    name: cte.names[i] ?? name,
    info: info && { type: info.coerced ?? info.type, nullable: info.nullable },
  }));
}

/** Makes a WITH clause's names known (parse_cte.c, transformWithClause). */
export function withClause(scope: Scope, clause: WithClause | undefined): void {
  const ctes = nodesOf("CommonTableExpr", clause?.ctes).map((node) => commonTable(scope, node));
  if (clause?.recursive) for (const cte of ctes) scope.ctes.set(cte.name, cte);
  for (const cte of ctes) {
    cte.analyse();
    scope.ctes.set(cte.name, cte);
  }
}

function commonTable(scope: Scope, node: CommonTableExpr): Cte {
  const cte: Cte = {
    name: node.ctename ?? "",
    names: (node.aliascolnames ?? []).map(String),
    columns: undefined,
    state: "waiting",
    analyse() {
      if (cte.state !== "waiting") return;
      cte.state = "running";
      const outputs = isNode(node.ctequery) ? scope.run.query(scope, node.ctequery, { defines: cte }) : undefined;
      cte.columns = outputs && [
        ...outputs.map(({ name, info }, i) => ({
          name: cte.names[i] ?? name,
          info: info && { type: info.coerced ?? info.type, nullable: info.nullable, ...(info.column ? { column: info.column } : {}) },
        })),
        ...searchColumns(scope, node),
      ];
      cte.state = "done";
    },
  };
  return cte;
}

/** Columns that SEARCH and CYCLE add. */
function searchColumns(scope: Scope, { search_clause: search, cycle_clause: cycle }: CommonTableExpr): ItemColumn[] {
  const columns: ItemColumn[] = [];
  if (search)
    columns.push({ name: search.search_seq_column ?? "", info: plain(search.search_breadth_first ? "record" : "record[]", false) });
  if (cycle) {
    const values = [cycle.cycle_mark_value, cycle.cycle_mark_default];
    const type = common(
      scope,
      values,
      values.map((value) => expression(scope, value)),
    );
    columns.push({ name: cycle.cycle_mark_column ?? "", info: type && infoOf(type, false) });
    columns.push({ name: cycle.cycle_path_column ?? "", info: plain("record[]", false) });
  }
  return columns;
}
