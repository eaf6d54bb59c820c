import { indexName } from "../catalog/held.js";
import {
  type Catalog,
  type Column,
  columnDefinedBy,
  type Index,
  isAutoIncrement,
  type Table,
  type TableConstraint,
} from "../catalog/model.js";
import { keyName, type Schemas } from "../catalog/naming.js";
import { columnDefinition, touchClause } from "../emit/columns.js";
import type { RelationNamer } from "../emit/relations.js";
import type { Node } from "../pg/ast.js";
import { as } from "../pg/names.js";
import type { TidbColumn, TidbForeignKey, TidbIndex, TidbSchema, TidbTable } from "../result.js";
import { mapType } from "../types/map.js";

const ACTIONS: Readonly<Record<string, string>> = { a: "NO ACTION", r: "RESTRICT", c: "CASCADE", n: "SET NULL", d: "NO ACTION" };

/**
 * What TiDB must hold once the output was applied: the catalog at the end of the input through the type map, without what findings
 * said is not in the output.
 * @param lost nodes of the source that are not in the output
 * @param differing nodes whose column, key or index is there in another form
 */
export function expectedSchema(
  final: Catalog,
  lost: ReadonlySet<Node>,
  differing: ReadonlySet<Node>,
  relation: RelationNamer,
  schemas: Schemas,
): TidbSchema {
  const name = (object: { schema: string; name: string }) => unquoted(relation(object));
  // Those of a session are in no list of tables.
  const tables = [...final.tables.values()].filter((t) => !lost.has(t.node) && t.node.relation?.relpersistence !== "t");
  const isLost = (c: TableConstraint) => lost.has(c.node);
  const touched = touchedAtLast(final, lost);
  const indexesOf = new Map<Table, Index[]>();
  for (const index of final.indexes.values()) indexesOf.set(index.table, [...(indexesOf.get(index.table) ?? []), index]);
  return {
    ...(schemas === "database" && { databases: [...final.schemas] }),
    tables: tables.map((table): TidbTable => {
      const constraints = [...table.constraints.values()].filter((c) => !isLost(c));
      const primary = constraints.find((c) => c.type === "primary");
      return {
        name: name(table),
        columns: [...table.columns.values(), ...stillThere(final, table, differing)]
          .filter((c) => !lost.has(c.def))
          .map((c) => expectedColumn(final, c, lost, differing, touched.has(c))),
        primaryKey: primary?.columns.map((c) => c.name) ?? [],
        indexes: [
          ...constraints.filter((c) => c.type === "unique").map((c) => uniqueIndex(c, differing)),
          ...indexes(indexesOf.get(table) ?? [], lost, differing),
        ],
        foreignKeys: constraints.filter((c) => c.type === "foreign" && c.parent).map((c) => foreignKey(c, name)),
        checks: constraints.filter((c) => c.type === "check").length + table.guards,
      };
    }),
    sequences: [...final.sequences.values()]
      .filter((s) => s.node && !(s.ownedBy?.identityLater && isAutoIncrement(s.ownedBy)) && !lost.has(s.node) && !differing.has(s.node))
      .map(name),
    views: [],
  };
}

/** Columns that the input drops and that stay, by a finding: TiDB has no table without any. */
function stillThere(final: Catalog, table: Table, differing: ReadonlySet<Node>): Column[] {
  if (table.columns.size > 0 && !table.droppedWith) return [];
  return [...differing].flatMap((node) => {
    const column = node.kind === "ColumnDef" ? columnDefinedBy(final, node) : undefined;
    return column?.table === table && table.columns.get(column.name) !== column ? [column] : [];
  });
}

/** Columns with ON UPDATE CURRENT_TIMESTAMP, as statements that are in the output gave it to them and took it away. */
function touchedAtLast(final: Catalog, lost: ReadonlySet<Node>): ReadonlySet<Column> {
  const touched = new Set<Column>();
  for (const [node, changes] of final.retouched)
    for (const { column, after } of changes) {
      const clause = after && touchClause(final, column, after);
      const has =
        clause !== undefined &&
        "sql" in clause &&
        (column.history.touched !== undefined || "sql" in columnDefinition(final, column, (each) => lost.has(each)));
      if (lost.has(node)) continue;
      if (has) touched.add(column);
      else touched.delete(column);
    }
  return touched;
}

/** Names of relations that the input makes and the output does not. */
export function absentRelations(final: Catalog, lost: ReadonlySet<Node>): string[] {
  return [...final.tables.values()]
    .filter((t) => lost.has(t.node))
    .map((t) => t.name)
    .concat([...final.views.values()].map((v) => v.name));
}

function unquoted(identifier: string): string {
  return identifier.replaceAll(/`((?:[^`]|``)*)`/g, (_, name: string) => name.replaceAll("``", "`"));
}

function expectedColumn(
  catalog: Catalog,
  column: Column,
  lost: ReadonlySet<Node>,
  differing: ReadonlySet<Node>,
  touched: boolean,
): TidbColumn {
  const mapped = mapType(catalog, column.type, column);
  const auto = isAutoIncrement(column);
  return {
    name: column.name,
    type: (mapped?.sql ?? "").replace(/ COLLATE .*$/, "").replace(/^BOOLEAN$/, "TINYINT(1)"),
    nullable: !column.notNull,
    hasDefault: !auto && column.default !== undefined && !(column.defaultNode && lost.has(column.defaultNode)) && !isNull(column),
    autoIncrement: auto,
    generated:
      column.generated &&
      !(column.def.constraints ?? []).some((c) => as("Constraint", c)?.contype === "CONSTR_GENERATED" && lost.has(c as Node)),
    touched,
    reported: differing.has(column.def) || column.changes.some((node) => lost.has(node)),
  };
}

function isNull(column: Column): boolean {
  let value = column.default;
  for (let cast = as("TypeCast", value); cast; cast = as("TypeCast", value)) value = cast.arg;
  return as("A_Const", value)?.isnull === true;
}

function uniqueIndex(constraint: TableConstraint, differing: ReadonlySet<Node>): TidbIndex {
  return {
    name: keyName(constraint.name),
    unique: true,
    columns: constraint.columns.map((c) => c.name),
    reshaped: differing.has(constraint.node),
  };
}

function indexes(own: readonly Index[], lost: ReadonlySet<Node>, differing: ReadonlySet<Node>): TidbIndex[] {
  return own
    .filter((i) => !lost.has(i.node))
    .map((i) => ({
      name: indexName(i),
      unique: i.unique,
      columns: i.columns.map((c) => c?.name ?? null),
      reshaped: differing.has(i.node),
    }));
}

function foreignKey({ columns, parent, node }: TableConstraint, name: (table: Table) => string): TidbForeignKey {
  return {
    columns: columns.map((c) => c.name),
    parent: name(parent!.table),
    parentColumns: parent!.columns.map((c) => c.name),
    // TiDB sets all columns or none.
    onDelete: node.fk_del_set_cols?.length ? "NO ACTION" : action(node.fk_del_action, columns),
    onUpdate: action(node.fk_upd_action, columns),
  };
}

/** SET NULL of a NOT NULL column fails in PostgreSQL, and is refused by TiDB from the start: it is no action. */
function action(code = "a", columns: readonly Column[]): string {
  return code === "n" && columns.some((c) => c.notNull) ? "NO ACTION" : ACTIONS[code]!;
}
