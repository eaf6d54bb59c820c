import type { Constraint } from "../pg/ast.js";
import type { TableConstraint } from "./model.js";

/**
 * A CHECK or foreign key that was taken off, to be made again as it was in TiDB, its columns called as they are now.
 * @returns undefined where its expression may speak of old names, or it has no form of its own
 */
export function madeAgain({ type, node, columns, parent }: TableConstraint, conname: string): Constraint | undefined {
  if (type === "check") return columns.every((c) => c.name === c.def.colname) ? { ...node, conname } : undefined;
  // What TiDB refuses or only reads was taken off when the key was made.
  const fixed = columns.some((c) => c.notNull);
  const quiet = (action: string | undefined) => (action === "d" || (fixed && action === "n") ? "a" : action);
  return (
    parent && {
      ...node,
      conname,
      pktable: { kind: "RangeVar", schemaname: parent.table.schema, relname: parent.table.name },
      fk_attrs: columns.map((c) => c.name),
      pk_attrs: parent.columns.map((c) => c.name),
      fk_upd_action: quiet(node.fk_upd_action),
      fk_del_action: quiet(node.fk_del_action),
      fk_matchtype: undefined,
      fk_del_set_cols: [],
      deferrable: false,
      initdeferred: false,
      skip_validation: false,
      initially_valid: true,
    }
  );
}
