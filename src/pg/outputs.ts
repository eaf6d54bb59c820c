import type { ResTarget, SelectStmt, SortBy, Value } from "./ast.js";
import { figureName, UNNAMED } from "./figure.js";
import { as } from "./names.js";

/**
 * The name PostgreSQL gives an output column that has no alias.
 * @returns undefined for an expression without a name of its own, which PostgreSQL calls `?column?`, and for `*`
 */
export function outputName(target: ResTarget): string | undefined {
  if (target.name !== undefined) return target.name;
  const name = figureName(target.val);
  return name === UNNAMED ? undefined : name;
}

/** The SELECT that gives a query its column names: the leftmost of a set operation. */
export function leading(query: SelectStmt): SelectStmt {
  let first = query;
  while (first.larg) first = first.larg;
  return first;
}

/** The query with something done to its leftmost SELECT. */
export function withLeading(
  query: SelectStmt,
  change: (select: SelectStmt, patch: Partial<SelectStmt>) => SelectStmt,
  patch: Partial<SelectStmt>,
): SelectStmt {
  return query.larg ? change(query, { larg: withLeading(query.larg, change, patch) }) : change(query, patch);
}

/** The output column that a key of ORDER BY or DISTINCT ON stands for: by its number, or by its name (findTargetlistEntrySQL92). */
export function sortTarget(key: Value | undefined, targets: readonly (ResTarget | undefined)[]): ResTarget | undefined {
  const ordinal = as("A_Const", key)?.ival;
  if (ordinal !== undefined) return targets[ordinal - 1];
  const fields = as("ColumnRef", key)?.fields;
  return fields?.length === 1 ? targets.find((target) => target && outputName(target) === fields[0]) : undefined;
}

/** A key of ORDER BY whose NULLs stand where TiDB has them: before all values, and last where the order is descending. */
export function nativeSort(node: Value, direction: SortBy["sortby_dir"] = "SORTBY_DEFAULT"): SortBy {
  return {
    kind: "SortBy",
    node,
    sortby_dir: direction,
    sortby_nulls: direction === "SORTBY_DESC" ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST",
  };
}

/** The names that items of FROM give what they read. */
export function relationNames(items: readonly Value[]): string[] {
  return items.flatMap((item) => {
    const join = as("JoinExpr", item);
    const { alias, relname } = item as { alias?: { aliasname?: string }; relname?: string };
    return join && !join.alias ? relationNames([join.larg!, join.rarg!]) : [alias?.aliasname ?? relname ?? ""];
  });
}

/** Whether an outer join may put NULLs in the place of that relation's row. */
export function mayBeMissing(items: readonly Value[], name: string): boolean {
  return items.some((item) => {
    const join = as("JoinExpr", item);
    if (!join) return false;
    const [left, right] = [join.larg!, join.rarg!].map((side) => relationNames([side]).includes(name));
    const own = (left && /RIGHT|FULL/.test(join.jointype ?? "")) || (right && /LEFT|FULL/.test(join.jointype ?? ""));
    return own || mayBeMissing([join.larg!, join.rarg!], name);
  });
}

const PLAIN_AGGREGATES = new Set(["count", "sum", "avg", "min", "max"]);

/** Whether the value of a subquery is that of a column, or of an aggregate over one: NULL, or an aggregate of nothing, where there is no row. */
export function keepsNull(value: Value | undefined): boolean {
  const call = as("FuncCall", value);
  if (as("ColumnRef", value)) return true;
  const plain = call && PLAIN_AGGREGATES.has(String(call.funcname?.at(-1))) && !call.agg_filter && !call.over;
  return plain === true && (call.args ?? []).every((arg) => as("ColumnRef", arg));
}
