import type { Value } from "../pg/ast.js";
import { as, columnName, isNode } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import type { Column, Index } from "./model.js";
import { prefixOf } from "./replay.js";

/**
 * The generated column that is computed from a column.
 * @param name what the definitions call the column
 */
export function generatedFrom({ table }: Column, name: string): Column | undefined {
  const speaks = (value: Value | undefined) => {
    let found = false;
    if (isNode(value))
      eachDescendant(value, (node) => {
        if (node.kind === "ColumnRef" && columnName(node) === name) found = true;
      });
    return found;
  };
  return [...table.columns.values()].find(
    (each) => each.generated && each.def.constraints?.some((c) => as("Constraint", c)?.contype === "CONSTR_GENERATED" && speaks(c)),
  );
}

/** Whether an index is over expressions in TiDB: it is so here, or constrains only some of the rows. */
export function isComputed({ node, unique }: Index): boolean {
  const elements = (node.indexParams ?? []).flatMap((item) => as("IndexElem", item) ?? []);
  return (unique && node.whereClause !== undefined) || elements.some(({ expr }) => expr !== undefined && !prefixOf(expr));
}
