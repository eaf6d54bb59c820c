import { type Catalog, type Column, isAutoIncrement, type Touch } from "../catalog/model.js";
import { touchOf } from "../catalog/touch.js";
import { type Tidb, tidbText } from "../engine/tidb.js";
import type { Node } from "../pg/ast.js";
import { tidbDefault } from "../types/defaults.js";
import { mapType } from "../types/map.js";
import { identifier, string } from "./words.js";

/** Comments longer than this are refused (TiDB 8.5.6: errors 1629 for columns, 1628 for tables, 1688 for indexes); counted in bytes. */
export const COMMENT_BYTES = { column: 1024, table: 2048, index: 1024 } as const;

/**
 * A column's full definition as MODIFY COLUMN takes it, from the catalog.
 * @param isLost whether a finding said that what a node makes is not in the output: such a default is left out again
 * @returns why there is none, where its type or default has no TiDB form, or it is generated
 */
export function columnDefinition(
  catalog: Catalog,
  column: Column,
  isLost: (node: Node) => boolean,
): { readonly sql: string } | { readonly refused: string } {
  const mapped = mapType(catalog, column.type, column);
  if (!mapped?.sql) return { refused: `the type of ${column.name}` };
  if (column.generated) return { refused: "a generated column" };
  const value = column.default === undefined || isAutoIncrement(column) ? undefined : tidbDefault(catalog, column, column.default);
  // The rule of defaults tells of one that ALTER TABLE sets where it is set, which may be in the same statement.
  const isLeftOut = column.defaultNode !== undefined && (column.defaultNode.kind === "AlterTableCmd" || isLost(column.defaultNode));
  if (value && "refused" in value && !isLeftOut) return { refused: `the default of ${column.name}: ${value.refused}` };
  const parts = [identifier(column.name), mapped.sql];
  if (column.notNull) parts.push("NOT NULL");
  if (value && "sql" in value) parts.push(`DEFAULT ${value.sql}`);
  if (isAutoIncrement(column)) parts.push("AUTO_INCREMENT");
  const touch = column.history.touched ?? touchOf(catalog, column);
  const clause = touch && touchClause(catalog, column, touch);
  if (clause && "sql" in clause) parts.push(clause.sql);
  if (column.comment !== undefined && Buffer.byteLength(column.comment) <= COMMENT_BYTES.column)
    parts.push(`COMMENT ${string(column.comment)}`);
  return { sql: parts.join(" ") };
}

/** TiDB takes AUTO_INCREMENT off a column, or such a column off a table, only in a session that allows it (error 8200). */
export function allowRemoval(state: "ON" | "OFF"): Tidb {
  return tidbText(`SET SESSION tidb_allow_remove_auto_inc = ${state}`);
}

/** What became of a trigger that touches a column: `ON UPDATE CURRENT_TIMESTAMP(6)`, or why the column cannot have it. */
export function touchClause(
  catalog: Catalog,
  column: Column,
  { value, inserts }: Pick<Touch, "value" | "inserts">,
): { readonly sql: string; readonly utc: boolean } | { readonly refused: string } {
  const now = tidbDefault(catalog, column, value);
  if ("refused" in now) return now;
  // A date has no such clause (error 1294).
  if (!now.sql.startsWith("CURRENT_TIMESTAMP")) return { refused: "a type without the time of day" };
  const initial = column.default === undefined ? undefined : tidbDefault(catalog, column, column.default);
  if (inserts && !(initial && "sql" in initial && initial.sql === now.sql)) return { refused: "the time at which a row is inserted" };
  return { sql: `ON UPDATE ${now.sql}`, utc: now.finding === "utc-session" };
}
