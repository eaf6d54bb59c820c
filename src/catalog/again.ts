import type { Constraint, IndexStmt, Node, Value } from "../pg/ast.js";
import { columnName } from "../pg/names.js";
import { unplaced } from "../pg/walk.js";
import { relabelled } from "./labels.js";
import type { Index, Named, TableConstraint } from "./model.js";

/**
 * A CHECK or foreign key that was taken off, to be made again as it was in TiDB, its columns called as they are now.
 * @returns undefined where it has no form of its own
 */
export function madeAgain(made: TableConstraint, conname: string): Constraint | undefined {
  const { type, node, columns, parent } = made;
  if (type === "check") return { ...redefined(node, made), conname };
  return (
    parent && {
      ...node,
      conname,
      pktable: { kind: "RangeVar", schemaname: parent.table.schema, relname: parent.table.name },
      fk_attrs: columns.map((c) => c.name),
      pk_attrs: parent.columns.map((c) => c.name),
      ...actionsOf(made),
      fk_matchtype: undefined,
      fk_del_set_cols: [],
      deferrable: false,
      initdeferred: false,
      skip_validation: false,
      initially_valid: true,
    }
  );
}

/** What a foreign key does in TiDB when its parent's row goes or changes: what TiDB refuses or only reads was taken off when it was made. */
export function actionsOf({ node, columns }: TableConstraint): Pick<Constraint, "fk_upd_action" | "fk_del_action"> {
  const quiet = (action: string | undefined) => (action === "d" || (action === "n" && columns.some((c) => c.notNull)) ? "a" : action);
  return { fk_upd_action: quiet(node.fk_upd_action), fk_del_action: node.fk_del_set_cols?.length ? "a" : quiet(node.fk_del_action) };
}

/**
 * What made an index or a constraint, as it would be written now: columns by their present names, and without positions, which are those
 * of another statement.
 */
export function redefined<N extends Node>(node: N, { columns, names, labels }: Named): N {
  const nameNow = (name: string | undefined) => (name === undefined ? undefined : columns[names.indexOf(name)]?.name);
  const named = unplaced(node, (copy) => {
    const name = copy.kind === "ColumnRef" ? nameNow(columnName(copy)) : undefined;
    if (name !== undefined) return { kind: "ColumnRef", fields: [name] };
    if (copy.kind === "IndexElem" && copy.name !== undefined) return { ...copy, name: nameNow(copy.name) ?? copy.name };
    return copy;
  });
  return withLabels(named, { columns, ...(labels && { labels }) });
}

/** What made an index or a constraint, columns by their present names, with labels of enums by theirs. */
export function withLabels<N extends Node>(node: N, { columns, labels = [] }: Pick<Named, "columns" | "labels">): N {
  const table = columns[0]?.table;
  return labels.reduce((made: Value, { type, columns: of, from, to }) => {
    const isOf = (each: Node) => each.kind === "ColumnRef" && of.some((c) => c.table === table && c.name === columnName(each));
    return relabelled(made, { isOf, type: type.name, from, to });
  }, node as Value) as unknown as N;
}

/** The fields of CREATE INDEX that say what an index is. */
export function indexAgain({ node, name, named, table }: Index): Partial<IndexStmt> {
  const { indexParams, whereClause } = redefined(node, named);
  return {
    idxname: name,
    relation: { kind: "RangeVar", schemaname: table.schema, relname: table.name, inh: true, relpersistence: "p" },
    ...(indexParams === undefined ? {} : { indexParams }),
    ...(whereClause === undefined ? {} : { whereClause }),
    concurrent: false,
    if_not_exists: false,
  };
}
