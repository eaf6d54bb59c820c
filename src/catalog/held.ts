import { nodesOf } from "../pg/names.js";
import type { Catalog, Column, Index, Table, TableConstraint } from "./model.js";
import { keyName } from "./naming.js";
import { constrainedRows, generatedColumns, ORDERED_METHODS, prefixOf } from "./replay.js";

/** Generated columns that are computed from a column, and must be made anew where it changes (TiDB 8.5.6: errors 3106, 3108). */
export function computedFrom(column: Column): readonly Column[] {
  return generatedColumns(column);
}

/** One of them that cannot be. */
export function boundFrom(column: Column): Column | undefined {
  return generatedColumns(column).find(isBound);
}

/** Whether a generated column cannot be made anew: a primary or foreign key holds it. */
export function isBound({ table, computed }: Column): boolean {
  return [...table.constraints.values()].some(
    ({ type, columns }) =>
      (type === "primary" || type === "foreign") && columns.some((each) => each.computed === computed && computed !== undefined),
  );
}

/** Whether an index is over expressions in TiDB: it is so here, it constrains only some of the rows, or it is over elements of arrays. */
export function isComputed({ node, unique }: Pick<Index, "node" | "unique">): boolean {
  const elements = nodesOf("IndexElem", node.indexParams);
  if (node.accessMethod !== undefined && !ORDERED_METHODS.has(node.accessMethod)) return true;
  return (unique && constrainedRows(node) !== undefined) || elements.some(({ expr }) => expr !== undefined && !prefixOf(expr));
}

/** The longest name of an index with expressions: TiDB names a column for each `_V$_<index>_<number>` (error 1059). */
const MAX_COMPUTED_NAME = 57;

/** What an index is called in TiDB: where it may be over expressions, a name that is too long loses its middle. */
export function indexName(index: Pick<Index, "name" | "unique" | "node">): string {
  const { name, unique } = index;
  const characters = [...name];
  if (characters.length <= MAX_COMPUTED_NAME || !(unique || isComputed(index))) return keyName(name);
  return [...characters.slice(0, 40), ...characters.slice(40 - MAX_COMPUTED_NAME)].join("");
}

/**
 * A foreign key that may have no other index than one that goes, on these columns. TiDB makes one of the key's own name unless there is one
 * already, and drops none that a key needs (error 1553).
 * @param catalog the schema without the index
 * @param isWhole whether an index has its columns whole: one that cuts a text serves no foreign key
 * @param isThere whether a constraint is there at that time
 */
export function keyLeftAlone(
  { indexes }: Catalog,
  table: Table,
  going: readonly (Column | null)[],
  isWhole: (columns: readonly (Column | null)[]) => boolean,
  isThere: (constraint: TableConstraint) => boolean = () => true,
): TableConstraint | undefined {
  const leads = (columns: readonly unknown[], wanted: readonly unknown[]) => wanted.every((column, i) => columns[i] === column);
  const constraints = [...table.constraints.values()].filter(isThere);
  const others = [
    ...[...indexes.values()]
      .filter((other) => other.table === table && !other.node.whereClause && isWhole(other.columns))
      .map(({ columns }) => columns),
    ...constraints.filter(({ type }) => type === "primary" || type === "unique").map(({ columns }) => columns),
  ];
  return constraints
    .filter(({ type, columns }) => type === "foreign" && leads(going, columns))
    .find(({ columns }) => !others.some((other) => leads(other, columns)));
}

/**
 * The places of a foreign key's columns in the order of a key that the parent has on them. PostgreSQL takes the columns of a key in any
 * order (indexcmds.c, transformFkeyCheckAttrs), TiDB in that of an index alone (error 1822).
 */
export function inOrderOfKey(
  { indexes }: Catalog,
  { table, columns }: { readonly table: Table; readonly columns: readonly Column[] },
): number[] {
  const asWritten = columns.map((_, i) => i);
  if (columns.length < 2) return asWritten;
  const uniques = function* (): Generator<readonly (Column | null)[]> {
    for (const { type, columns: own } of table.constraints.values()) if (type === "primary" || type === "unique") yield own;
    for (const index of indexes.values()) if (index.table === table && index.unique && !index.node.whereClause) yield index.columns;
  };
  let found: number[] | undefined;
  for (const key of uniques()) {
    const places = key.map((column) => (column ? columns.indexOf(column) : -1));
    if (places.length !== columns.length || places.includes(-1)) continue;
    if (places.every((place, i) => place === i)) return asWritten;
    found ??= places;
  }
  return found ?? asWritten;
}
