import type { DeleteStmt, InsertStmt, Node, UpdateStmt, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";
import { asCondition } from "./conditions.js";
import { clauses, elements } from "./layout.js";
import { type Printers, type Printing, prints } from "./printing.js";
import { fromItem } from "./select.js";
import { identifier } from "./words.js";

export const dmlPrinters: Printers = {
  InsertStmt: prints("InsertStmt", ["relation", "cols", "selectStmt", "withClause", "onConflictClause"], (node, p) => {
    const insert = node as InsertStmt;
    const columns = (insert.cols ?? []).map((column) => targetName(column, p));
    const head = `INSERT INTO ${target(insert, p)}`;
    if (insert.selectStmt && columns.length === 0 && !p.ledger.isJudged(insert))
      return p.refuse(insert, "INSERT without a list of columns");
    if (!insert.selectStmt) return clauses([`${head} () VALUES ()`, conflictUpdate(insert, p)]);
    return clauses([
      columns.length > 0 ? `${head} (${columns.join(", ")})` : head,
      p.print(insert.withClause),
      source(insert, p),
      conflictUpdate(insert, p),
    ]);
  }),
  OnConflictClause: prints("OnConflictClause", [], (node, p) => p.refuse(node as Node, "ON CONFLICT")),
  SetToDefault: prints("SetToDefault", [], () => "DEFAULT"),
  UpdateStmt: prints("UpdateStmt", ["relation", "targetList", "whereClause", "fromClause", "withClause"], (node, p) => {
    const update = node as UpdateStmt;
    const tables = [fromItem(update.relation, p), ...(update.fromClause ?? []).map((item) => fromItem(item, p))];
    // With several tables a bare name may be any table's.
    const prefix = tables.length > 1 ? `${identifier(update.relation?.alias?.aliasname ?? update.relation?.relname ?? "")}.` : "";
    return clauses([
      p.print(update.withClause),
      `UPDATE ${tables.join(", ")}`,
      elements(
        "SET",
        (update.targetList ?? []).map((target) => `${prefix}${assignment(target, p)}`),
      ),
      update.whereClause ? `WHERE ${p.print(asCondition(update.whereClause))}` : "",
    ]);
  }),
  DeleteStmt: prints("DeleteStmt", ["relation", "usingClause", "whereClause", "withClause"], (node, p) => {
    const remove = node as DeleteStmt;
    const target = fromItem(remove.relation, p);
    const others = (remove.usingClause ?? []).map((item) => fromItem(item, p));
    const name = identifier(remove.relation?.alias?.aliasname ?? remove.relation?.relname ?? "");
    return clauses([
      p.print(remove.withClause),
      others.length > 0 ? `DELETE ${name} FROM ${[target, ...others].join(", ")}` : `DELETE FROM ${target}`,
      remove.whereClause ? `WHERE ${p.print(asCondition(remove.whereClause))}` : "",
    ]);
  }),
};

/** What ON DUPLICATE KEY UPDATE sets: a subquery in it cannot read the row that was to be inserted (TiDB 8.5.6: error 1054). */
function conflictUpdate(insert: InsertStmt, p: Printing): string {
  const update = p.print(insert.onConflictClause);
  const bare = update.replaceAll(/'(?:[^'\\]|''|\\.)*'/gs, "''");
  for (const { index } of bare.matchAll(/\((?:SELECT|WITH)\b/g)) {
    let depth = 0;
    let end = index;
    do {
      if (bare[end] === "(") depth++;
      if (bare[end] === ")") depth--;
      end++;
    } while (depth > 0 && end < bare.length);
    if (/\bVALUES\(/.test(bare.slice(index, end)))
      return p.refuse(
        insert,
        "a value that takes a subquery over excluded in ON CONFLICT DO UPDATE (write what was to be inserted in its place)",
      );
  }
  return update;
}

/** The table, or the partition that the source names: TiDB refuses rows of others then, as PostgreSQL does. */
function target({ relation }: InsertStmt, p: Printing): string {
  const written = p.ledger.origin(relation!);
  const table = p.print(relation);
  return written === relation ? table : p.relation(written);
}

/** Rows of VALUES, or a query. */
function source({ selectStmt, withClause }: InsertStmt, p: Printing): string {
  const query = as("SelectStmt", selectStmt);
  if (!query?.valuesLists?.length) return p.print(selectStmt);
  if (withClause) return p.refuse(query, "VALUES beside WITH");
  p.ledger.carried(query, VALUES_FIELDS);
  const rows = query.valuesLists.map((row) => `(${p.list(row as readonly Value[])})`);
  return elements("VALUES", rows);
}

const VALUES_FIELDS = new Set(["valuesLists", "limitOption", "op"]);
const TARGET_FIELDS = new Set(["name", "val"]);

/** The column of an INSERT's list. */
function targetName(value: Value, p: Printing): string {
  const target = as("ResTarget", value);
  if (!target) return p.print(value);
  p.ledger.carried(target, TARGET_FIELDS);
  return identifier(target.name ?? "");
}

/** `c = value` of SET. */
export function assignment(value: Value, p: Printing): string {
  const target = as("ResTarget", value);
  if (!target) return p.print(value);
  p.ledger.carried(target, TARGET_FIELDS);
  if (as("MultiAssignRef", target.val)) return p.refuse(target, "SET (…) = (…) with a subquery");
  return `${identifier(target.name ?? "")} = ${p.print(target.val)}`;
}
