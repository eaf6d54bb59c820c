import type { TidbColumn, TidbForeignKey, TidbIndex, TidbSchema, TidbTable } from "../result.js";
import type { Target } from "./target.js";

type Row = Record<string, unknown>;

/**
 * What a database of TiDB holds, from information_schema. Temporary tables are not in it.
 * @param beside other databases, whose relations are read as well, under names like `sales.orders`
 * @throws TidbError, EngineError as `Target.rows`
 */
export async function readSchema(target: Target, database: string, beside: readonly string[] = []): Promise<TidbSchema> {
  const own = await readDatabase(target, database, (schema, name) => (schema === database ? name : `${schema}.${name}`));
  const others: TidbSchema[] = [];
  for (const other of beside) others.push(await readDatabase(target, other, (schema, name) => `${schema}.${name}`));
  const all = [own, ...others];
  return {
    tables: all.flatMap(({ tables }) => tables),
    sequences: all.flatMap(({ sequences }) => sequences),
    views: all.flatMap(({ views }) => views),
  };
}

async function readDatabase(target: Target, database: string, called: (schema: string, name: string) => string): Promise<TidbSchema> {
  const schema = `'${database.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  const relations = await target.rows(
    `SELECT table_name AS name, table_type AS kind FROM information_schema.tables WHERE table_schema = ${schema} ORDER BY table_name`,
  );
  const columns = group(
    await target.rows(
      `SELECT table_name AS tab, column_name AS name, column_type AS type, is_nullable AS nullable, column_default AS value, extra
       FROM information_schema.columns WHERE table_schema = ${schema} ORDER BY table_name, ordinal_position`,
    ),
  );
  const keys = group(
    await target.rows(
      `SELECT table_name AS tab, index_name AS name, non_unique AS many, column_name AS part, expression
       FROM information_schema.statistics WHERE table_schema = ${schema} ORDER BY table_name, index_name, seq_in_index`,
    ),
  );
  const foreignKeys = group(
    await target.rows(
      `SELECT k.table_name AS tab, k.constraint_name AS name, k.column_name AS part, k.referenced_table_schema AS parentSchema,
         k.referenced_table_name AS parent, k.referenced_column_name AS parentPart, r.delete_rule AS onDelete, r.update_rule AS onUpdate
       FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
         ON r.constraint_schema = k.table_schema AND r.table_name = k.table_name AND r.constraint_name = k.constraint_name
       WHERE k.table_schema = ${schema} AND k.referenced_table_name IS NOT NULL
       ORDER BY k.table_name, k.constraint_name, k.ordinal_position`,
    ),
  );
  const checks = group(
    await target.rows(
      `SELECT table_name AS tab, constraint_name AS name FROM information_schema.tidb_check_constraints WHERE constraint_schema = ${schema}`,
    ),
  );
  const kinds = (kind: string) => relations.filter((row) => row.kind === kind).map((row) => String(row.name));
  const named = (kind: string) => kinds(kind).map((name) => called(database, name));
  return {
    tables: kinds("BASE TABLE").map((name) => ({
      name: called(database, name),
      columns: (columns.get(name) ?? []).map(column),
      ...keysOf(keys.get(name) ?? []),
      foreignKeys: parts(foreignKeys.get(name) ?? []).map((key) => foreignKey(key, called)),
      checks: checks.get(name)?.length ?? 0,
    })),
    sequences: named("SEQUENCE"),
    views: named("VIEW"),
  };
}

function group(rows: Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = String(row.tab);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

/** The rows of one table, by the constraint or index they are parts of. */
function parts(rows: Row[]): Row[][] {
  return [...group(rows.map((row) => ({ ...row, tab: row.name }))).values()];
}

function column(row: Row): TidbColumn {
  const extra = String(row.extra);
  return {
    name: String(row.name),
    type: String(row.type),
    nullable: row.nullable === "YES",
    hasDefault: row.value !== null,
    autoIncrement: extra.includes("auto_increment"),
    generated: /(STORED|VIRTUAL) GENERATED/.test(extra),
    touched: /on update current_timestamp/i.test(extra),
  };
}

function keysOf(rows: Row[]): Pick<TidbTable, "primaryKey" | "indexes"> {
  const indexes = parts(rows).map(
    (index): TidbIndex => ({
      name: String(index[0]?.name),
      unique: String(index[0]?.many) === "0",
      columns: index.map((part) => (part.expression === null ? String(part.part) : null)),
    }),
  );
  const primary = indexes.find((index) => index.name === "PRIMARY");
  return {
    primaryKey: primary?.columns.map(String) ?? [],
    indexes: indexes.filter((index) => index !== primary),
  };
}

function foreignKey(rows: Row[], called: (schema: string, name: string) => string): TidbForeignKey {
  const first = rows[0] ?? {};
  return {
    columns: rows.map((row) => String(row.part)),
    parent: called(String(first.parentSchema), String(first.parent)),
    parentColumns: rows.map((row) => String(row.parentPart)),
    onDelete: String(first.onDelete),
    onUpdate: String(first.onUpdate),
  };
}
