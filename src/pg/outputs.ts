import type { Node, ResTarget, SelectStmt, SortBy, Value } from "./ast.js";
import { as, isNode } from "./names.js";

/** A name, and whether an expression around it may give way to its own. */
interface Figured {
  readonly name: string;
  readonly weak: boolean;
}

const strong = (name: string | undefined): Figured | undefined => (name === undefined ? undefined : { name, weak: false });

/**
 * The name PostgreSQL gives an output column that has no alias (FigureColname, parse_target.c).
 * @returns undefined for an expression without a name of its own, which PostgreSQL calls `?column?`, and for `*`
 */
export function outputName(target: ResTarget): string | undefined {
  return target.name ?? figure(target.val)?.name;
}

function figure(value: Value | undefined): Figured | undefined {
  if (!isNode(value)) return undefined;
  const own = FIGURES[value.kind];
  return typeof own === "string" ? strong(own) : own?.(value as never);
}

const lastWord = (values: readonly Value[] | undefined): string | undefined => values?.findLast((v): v is string => typeof v === "string");

const FIGURES: { readonly [K in Node["kind"]]?: string | ((node: Extract<Node, { kind: K }>) => Figured | undefined) } = {
  ColumnRef: (node) => {
    const last = node.fields?.at(-1);
    return strong(typeof last === "string" ? last : undefined);
  },
  A_Indirection: (node) => strong(lastWord(node.indirection)) ?? figure(node.arg),
  FuncCall: (node) => strong(lastWord(node.funcname)),
  A_Expr: (node) => (node.variant === "AEXPR_NULLIF" ? strong("nullif") : undefined),
  TypeCast: (node) => {
    const inner = figure(node.arg);
    const type = lastWord(node.typeName?.names);
    return inner && !inner.weak ? inner : type === undefined ? inner : { name: type, weak: true };
  },
  CollateClause: (node) => figure(node.arg),
  GroupingFunc: "grouping",
  SubLink: (node) => {
    if (node.subLinkType === "EXISTS_SUBLINK") return strong("exists");
    if (node.subLinkType === "ARRAY_SUBLINK") return strong("array");
    const first = as("ResTarget", as("SelectStmt", node.subselect)?.targetList?.[0]);
    return node.subLinkType === "EXPR_SUBLINK" && first ? (strong(first.name) ?? figure(first.val)) : undefined;
  },
  CaseExpr: (node) => {
    const otherwise = figure(node.defresult);
    return otherwise && !otherwise.weak ? otherwise : { name: "case", weak: true };
  },
  A_ArrayExpr: "array",
  RowExpr: "row",
  CoalesceExpr: "coalesce",
  MinMaxExpr: (node) => strong(node.op === "IS_GREATEST" ? "greatest" : "least"),
  SQLValueFunction: (node) => strong((node.op ?? "").replace("SVFOP_", "").replace(/_N$/, "").toLowerCase()),
};

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
