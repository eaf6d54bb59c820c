import type { ColumnRef, JoinExpr, RangeSubselect, ResTarget, SelectStmt, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";
import type { Analysis } from "./analysis.js";

/** A column behind `*`: the name it is given, and where it stands. */
export interface StarColumn {
  readonly name: string;
  /** Two for a column that FULL JOIN … USING merges, of which the first that is not NULL counts. */
  readonly refs: readonly (readonly [alias: string, column: string])[];
}

type Columns = readonly StarColumn[] | undefined;
type Known = Pick<Analysis, "range" | "columns"> & { readonly origin: <N extends object>(node: N) => N };

/**
 * The columns that `*` or `t.*` stands for, in PostgreSQL's order (parse_relation.c, expandNSItemAttrs): those that USING and NATURAL merge
 * come first, then the left side's, then the right side's.
 * @returns undefined where the input does not tell them
 */
export function starColumns(query: Pick<SelectStmt, "fromClause">, star: ColumnRef, known: Known): Columns {
  const fields = star.fields ?? [];
  const items = query.fromClause ?? [];
  const columns = (item: Value): Columns => itemColumns(query as SelectStmt, item, known);
  if (fields.length === 1) return joined(items.map(columns));
  const entry = items.flatMap(leaves).find((item) => aliasOf(item) === fields.at(-2));
  return entry === undefined ? undefined : columns(entry);
}

/** The columns that a `*` of a SELECT list stands for, written out; undefined where the input does not tell them. */
export function starTargets(query: Pick<SelectStmt, "fromClause">, star: ColumnRef, known: Known): ResTarget[] | undefined {
  return starColumns(query, star, known)?.map(({ refs }) => ({
    kind: "ResTarget",
    val: { kind: "ColumnRef", fields: refs[0]! } as ColumnRef,
  }));
}

/** Whether a column of a SELECT list is `*` or `t.*`. */
export function isStar(value: Value | undefined): boolean {
  return typeof as("ColumnRef", value)?.fields?.at(-1) === "object";
}

function joined(parts: readonly Columns[]): Columns {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known.flat() : undefined;
}

function leaves(item: Value): Value[] {
  const join = as("JoinExpr", item);
  return join && !join.alias ? [join.larg!, join.rarg!].flatMap(leaves) : [item];
}

function aliasOf(item: Value): string | undefined {
  const { alias, relname } = item as { alias?: { aliasname?: string }; relname?: string };
  return alias?.aliasname ?? relname;
}

function itemColumns(query: SelectStmt, item: Value, known: Known): Columns {
  const join = as("JoinExpr", item);
  if (join) return join.alias ? undefined : joinColumns(query, join, known);
  const alias = aliasOf(item);
  if (alias === undefined) return undefined;
  const derived = as("RangeSubselect", item);
  const entry = known.range(known.origin(query)).find((each) => each.alias === alias);
  const columns = (derived && derivedColumns(derived, known)) ?? entry?.columns;
  // Of two columns that have one name, neither can be named.
  const isClear = columns !== undefined && new Set(columns.map(({ name }) => name)).size === columns.length;
  return isClear && columns.length > 0 ? columns.map(({ name }) => ({ name, refs: [[alias, name]] })) : undefined;
}

function derivedColumns(derived: RangeSubselect, known: Known): readonly { readonly name: string }[] | undefined {
  const query = as("SelectStmt", derived.subquery);
  // A rule may have moved the names behind the alias into the subquery, whose own are told as the source has them.
  const names = known.origin(derived).alias?.colnames?.map(String) ?? [];
  const columns = query && known.columns(known.origin(query));
  return columns?.map(({ name }, i) => ({ name: names[i] ?? name }));
}

function joinColumns(query: SelectStmt, join: JoinExpr, known: Known): Columns {
  const left = itemColumns(query, join.larg!, known);
  const right = itemColumns(query, join.rarg!, known);
  if (!left || !right) return undefined;
  const shared = join.isNatural ? left.map(({ name }) => name).filter((name) => right.some((column) => column.name === name)) : [];
  const names = join.usingClause?.map(String) ?? shared;
  const merged = names.map((name): StarColumn => {
    const [l, r] = [left, right].map((side) => side.find((column) => column.name === name)?.refs ?? []);
    return { name, refs: join.jointype === "JOIN_RIGHT" ? r! : join.jointype === "JOIN_FULL" ? [...l!, ...r!] : l! };
  });
  const rest = (side: readonly StarColumn[]) => side.filter(({ name }) => !names.includes(name));
  return [...merged, ...rest(left), ...rest(right)];
}
