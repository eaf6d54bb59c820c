import type { Loss } from "./ledger.js";

/** Fields whose names a reader would not recognise, in SQL's words. */
const CLAUSES: Readonly<Record<string, string>> = {
  "RangeVar.relpersistence": "UNLOGGED or TEMPORARY",
  "RangeVar.inh": "ONLY",
  "RangeVar.catalogname": "the database in a qualified name",
  "CreateStmt.inhRelations": "INHERITS or PARTITION OF",
  "CreateStmt.partspec": "PARTITION BY",
  "CreateStmt.partbound": "FOR VALUES",
  "CreateStmt.tablespacename": "TABLESPACE",
  "CreateStmt.accessMethod": "USING access method",
  "CreateStmt.oncommit": "ON COMMIT",
  "CreateStmt.ofTypename": "OF type",
  "ColumnDef.collClause": "COLLATE",
  "ColumnDef.compression": "COMPRESSION",
  "ColumnDef.storage_name": "STORAGE",
  "ColumnDef.fdwoptions": "OPTIONS",
  "Constraint.deferrable": "DEFERRABLE",
  "Constraint.initdeferred": "INITIALLY DEFERRED",
  "Constraint.skip_validation": "NOT VALID",
  "Constraint.initially_valid": "NOT VALID",
  "Constraint.not_enforced": "NOT ENFORCED",
  "Constraint.is_no_inherit": "NO INHERIT",
  "Constraint.nulls_not_distinct": "NULLS NOT DISTINCT",
  "Constraint.without_overlaps": "WITHOUT OVERLAPS",
  "Constraint.including": "INCLUDE",
  "Constraint.indexname": "USING INDEX",
  "Constraint.indexspace": "USING INDEX TABLESPACE",
  "Constraint.options": "WITH (…)",
  "Constraint.fk_matchtype": "MATCH FULL or PARTIAL",
  "Constraint.fk_del_set_cols": "the columns of SET NULL",
  "Constraint.generated_when": "GENERATED ALWAYS",
  "IndexStmt.accessMethod": "USING access method",
  "IndexStmt.whereClause": "WHERE",
  "IndexStmt.indexIncludingParams": "INCLUDE",
  "IndexStmt.options": "WITH (…)",
  "IndexStmt.tableSpace": "TABLESPACE",
  "IndexStmt.concurrent": "CONCURRENTLY",
  "IndexStmt.nulls_not_distinct": "NULLS NOT DISTINCT",
  "IndexElem.ordering": "ASC or DESC",
  "IndexElem.nulls_ordering": "NULLS FIRST or LAST",
  "IndexElem.opclass": "operator class",
  "IndexElem.opclassopts": "operator class options",
  "IndexElem.collation": "COLLATE",
  "DropStmt.behavior": "CASCADE",
  "DropStmt.concurrent": "CONCURRENTLY",
  "AlterTableCmd.behavior": "CASCADE",
  "AlterTableStmt.missing_ok": "IF EXISTS",
  "TruncateStmt.restart_seqs": "RESTART IDENTITY",
  "TruncateStmt.behavior": "CASCADE",
};

/** What was lost, in words for the reader: `DEFERRABLE`, or `the field x of a Y` for what nobody thought of. */
export function clauseWords({ node, field }: Loss): string {
  if (field === undefined) return NODES[node.kind] ?? `a ${node.kind}`;
  return CLAUSES[`${node.kind}.${field}`] ?? `the ${field} of a ${node.kind}`;
}

const NODES: Readonly<Record<string, string>> = {
  DefElem: "an option",
  Constraint: "a constraint",
  ColumnDef: "a column",
  CollateClause: "COLLATE",
  PartitionSpec: "PARTITION BY",
};
