/** Where TiDB tells what PostgreSQL's system relations do (TiDB manual, "INFORMATION_SCHEMA"), and what of it only the schema's definition tells. */
import { type Catalog, type Column, find, type Table } from "../catalog/model.js";
import type { Schemas } from "../catalog/naming.js";
import type { TypeName } from "../pg/ast.js";
import { columnType, mapType } from "../types/map.js";
import { string } from "./words.js";

/** What the statements that read a relation know. */
export interface Known {
  readonly catalog: Catalog;
  readonly schemas: Schemas;
}

type Sql = string | ((known: Known) => string);

/** One SELECT of a relation's rows: columns that it lacks are NULL. */
interface Part {
  readonly columns: Readonly<Record<string, Sql>>;
  readonly from: Sql;
}

export interface System {
  /** PostgreSQL's columns that can be told, and their types here. */
  readonly types: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
}

/** TiDB's own databases. */
const OWN = "('INFORMATION_SCHEMA', 'METRICS_SCHEMA', 'mysql', 'PERFORMANCE_SCHEMA', 'sys')";

/** The schema of what stands in a database: where schemas are no databases all stands in the connection's, and that is called public. */
const schema =
  (column = "TABLE_SCHEMA") =>
  ({ schemas }: Known) =>
    schemas === "database" ? column : "'public'";

/** Rows of the databases that hold the schemas. */
const of =
  (table: string, condition?: string, column = "TABLE_SCHEMA") =>
  ({ schemas }: Known) =>
    `information_schema.${table} WHERE ${schemas === "database" ? `${column} NOT IN ${OWN}` : `${column} = DATABASE()`}${condition === undefined ? "" : ` AND ${condition}`}`;

/** What stands for the number of a relation: its name, which joins as the number does. */
const numberOf =
  (name: Sql, column = "TABLE_SCHEMA") =>
  (known: Known) =>
    known.schemas === "database" ? `CONCAT(${column}, '.', ${text(name, known)})` : text(name, known);

export const text = (sql: Sql, known: Known): string => (typeof sql === "string" ? sql : sql(known));

/** What a table can be called in TiDB: with its schema's name in front where there are several. */
const tableNames = ({ schema: own, name }: Table, schemas: Schemas): readonly string[] =>
  schemas === "prefix" && own !== "public" ? [name, `${own}_${name}`] : [name];

/** PostgreSQL's name of a key that TiDB calls PRIMARY: the table's with `_pkey`, where the definition does not say otherwise. */
const keyName =
  (key: string, table = "TABLE_NAME") =>
  ({ catalog, schemas }: Known) => {
    const others = [...catalog.tables.values()].flatMap((each) => {
      const made = [...each.constraints.values()].find(({ type }) => type === "primary");
      const names = tableNames(each, schemas).filter((name) => made && made.name !== `${name}_pkey`);
      return names.map((name) => ` WHEN ${table} = ${string(name)} THEN ${string(made!.name)}`);
    });
    return `CASE WHEN ${key} <> 'PRIMARY' THEN ${key}${others.join("")} ELSE CONCAT(${table}, '_pkey') END`;
  };

const indexNumber = numberOf((known) => `CONCAT(TABLE_NAME, '.', ${text(keyName("KEY_NAME"), known)})`);

/** Without those that TiDB makes for foreign keys. */
const INDEXES = of(
  "TIDB_INDEXES",
  "SEQ_IN_INDEX = 1 AND (TABLE_NAME, KEY_NAME) NOT IN (SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS)",
);
const TABLES = of("TABLES", "TABLE_TYPE = 'BASE TABLE'");

/** Unique indexes are constraints to TiDB. */
const KEYS = (known: Known) => {
  const indexes = [...known.catalog.indexes.values()].filter(({ unique }) => unique).map(({ name }) => string(name));
  const others = indexes.length > 0 ? ` AND CONSTRAINT_NAME NOT IN (${indexes.join(", ")})` : "";
  return of("TABLE_CONSTRAINTS", `CONSTRAINT_TYPE <> 'FOREIGN KEY'${others}`)(known);
};
const FOREIGN = of("REFERENTIAL_CONSTRAINTS", undefined, "CONSTRAINT_SCHEMA");
const CHECKS = of("TIDB_CHECK_CONSTRAINTS", undefined, "CONSTRAINT_SCHEMA");

/** Numbers of a key's columns, with blanks between them and around them. */
const placesOf = (from: string, key: string, name: string, order: string) =>
  `(SELECT CONCAT(' ', GROUP_CONCAT(c.ORDINAL_POSITION ORDER BY k.${order} SEPARATOR ' '), ' ') FROM information_schema.${from} AS k JOIN information_schema.COLUMNS AS c ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME WHERE ${key} AND k.${name})`;
const INDEX_PLACES = placesOf(
  "TIDB_INDEXES",
  "k.TABLE_SCHEMA = TIDB_INDEXES.TABLE_SCHEMA AND k.TABLE_NAME = TIDB_INDEXES.TABLE_NAME",
  "KEY_NAME = TIDB_INDEXES.KEY_NAME",
  "SEQ_IN_INDEX",
);
const keyPlaces = (of: string, schemaColumn: string) =>
  placesOf(
    "KEY_COLUMN_USAGE",
    `k.TABLE_SCHEMA = ${of}.${schemaColumn} AND k.TABLE_NAME = ${of}.TABLE_NAME`,
    `CONSTRAINT_NAME = ${of}.CONSTRAINT_NAME`,
    "ORDINAL_POSITION",
  );

/** Types by what TiDB says: names of pg_type and of format_type(). */
const TYPES: Readonly<Record<string, readonly [name: string, words: string]>> = {
  smallint: ["int2", "smallint"],
  int: ["int4", "integer"],
  bigint: ["int8", "bigint"],
  decimal: ["numeric", "numeric"],
  float: ["float4", "real"],
  double: ["float8", "double precision"],
  tinyint: ["bool", "boolean"],
  varchar: ["varchar", "character varying"],
  char: ["bpchar", "character"],
  longtext: ["text", "text"],
  longblob: ["bytea", "bytea"],
  date: ["date", "date"],
  time: ["time", "time without time zone"],
  datetime: ["timestamp", "timestamp without time zone"],
  timestamp: ["timestamptz", "timestamp with time zone"],
  json: ["jsonb", "jsonb"],
  bit: ["bit", "bit"],
};
const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(TYPES)),
  varbit: "bit varying",
  timetz: "time with time zone",
};
/** Types of extensions, which information_schema counts among the user's. */
const EXTENSIONS = new Set(["citext", "hstore", "ltree", "vector", "geometry", "geography", "cube"]);

/** What a type is called: in pg_type, in information_schema, and with its modifiers. */
interface Named {
  readonly udt_name: string;
  readonly data_type: string;
  readonly format_type: string;
}

const isArray = (type: TypeName) => (type.arrayBounds?.length ?? 0) > 0;

function namedType(column: Column, catalog: Catalog): Named | undefined {
  const mapped = columnType(catalog, column);
  if (!mapped) return undefined;
  const { use, domain } = mapped;
  const base = use.enumType?.name ?? String(column.type.names?.at(-1));
  const name = domain && !isArray(column.type) ? use.name : use.enumType || isArray(column.type) ? base : use.name;
  const words = WORDS[name] ?? name;
  const array = isArray(column.type);
  const [first, second] = use.mods;
  const mods =
    first === undefined
      ? ""
      : `(${second === undefined || name !== "numeric" ? first : `${first},${second}`}${name === "numeric" && second === undefined ? ",0" : ""})`;
  // The modifier of a time stands within its words.
  const full = /^(?:time|timestamp) /.test(words) ? words.replace(" ", `${mods} `) : words + mods;
  const ownType = use.enumType !== undefined || catalog.composites.has(`public.${name}`) || EXTENSIONS.has(name);
  return {
    udt_name: array ? `_${name}` : name,
    data_type: array ? "ARRAY" : ownType ? "USER-DEFINED" : words,
    format_type: `${domain && !array ? domain.name : full}${array ? "[]" : ""}`,
  };
}

/** What `TYPES` says of a column, by the type that it has in TiDB. */
function generic(sql: string): Named | undefined {
  const [, word = "", mods = ""] = /^(\w+)(\(.*?\))?/.exec(sql) ?? [];
  const known = TYPES[word.toLowerCase() === "boolean" ? "tinyint" : word.toLowerCase()];
  if (!known) return undefined;
  const [udt_name, words] = known;
  return { udt_name, data_type: words, format_type: formatted(words, mods, word) };
}

/** The modifiers that `MODIFIERS` gives; those of times stand within their words. */
function formatted(words: string, mods: string, word: string): string {
  if (/^(?:CHAR|VARCHAR|BIT)$/.test(word)) return words + mods;
  return word === "DECIMAL" && mods !== "(65,30)" ? words + (mods.includes(",") ? mods : mods.replace(")", ",0)")) : words;
}

const MODIFIERS =
  "CASE WHEN DATA_TYPE IN ('char', 'varchar') THEN CONCAT('(', CHARACTER_MAXIMUM_LENGTH, ')') WHEN DATA_TYPE = 'decimal' AND COLUMN_TYPE <> 'decimal(65,30)' THEN CONCAT('(', NUMERIC_PRECISION, ',', NUMERIC_SCALE, ')') WHEN DATA_TYPE = 'bit' THEN CONCAT('(', NUMERIC_PRECISION, ')') ELSE '' END";

/** The SQL of a column's type: what its type in TiDB says, but for the columns of which the definition says otherwise. */
const typeSql =
  (kind: keyof Named) =>
  ({ catalog, schemas }: Known): string => {
    const byName = new Map<string, string[]>();
    const used = new Set<string>();
    for (const table of catalog.tables.values())
      for (const column of table.columns.values()) {
        const said = namedType(column, catalog)?.[kind];
        const sql = columnSql(column, catalog);
        const usual = generic(sql);
        if (usual) used.add(usual.udt_name);
        if (said === undefined || usual?.[kind] === said) continue;
        const places = byName.get(said) ?? [];
        for (const name of tableNames(table, schemas)) places.push(`(${string(name)}, ${string(column.name)})`);
        byName.set(said, places);
      }
    const others = [...byName].map(([said, places]) => ` WHEN (TABLE_NAME, COLUMN_NAME) IN (${places.join(", ")}) THEN ${string(said)}`);
    const names = Object.entries(TYPES)
      .filter(([, [name]]) => used.has(name))
      .map(([type, [name, words]]) => ` WHEN ${string(type)} THEN ${string(kind === "udt_name" ? name : words)}`);
    const usual = names.length > 0 ? `CASE DATA_TYPE${names.join("")} ELSE DATA_TYPE END` : "DATA_TYPE";
    const all = kind === "format_type" ? `CONCAT(${usual}, ${MODIFIERS})` : usual;
    return others.length === 0 ? all : `CASE${others.join("")} ELSE ${all} END`;
  };

const columnSql = (column: Column, catalog: Catalog): string => mapType(catalog, column.type, column)?.sql ?? "";

/** Rows that the definitions alone tell. */
function literalRows(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number | undefined) =>
    value === undefined ? "NULL" : typeof value === "number" ? String(value) : string(value);
  const [first, ...others] = rows;
  const head = columns.map((column, i) => `${cell(first?.[i])} AS ${column}`).join(", ");
  const rest = others.map((row) => ` UNION ALL SELECT ${row.map(cell).join(", ")}`).join("");
  return `(SELECT ${head}${first ? rest : " FROM DUAL WHERE FALSE"}) AS told`;
}

const nameOf = (key: string) => key.replace(/^.*\./, "");
const schemaOf = (key: string) => (key.includes(".") ? key.replace(/\..*$/, "") : "public");

/** Labels of the enums. */
const LABELS = ({ catalog }: Known): string =>
  literalRows(
    ["enumtypid", "enumlabel", "enumsortorder"],
    [...catalog.enums].flatMap(([key, { labels }]) => labels.map((label, i) => [nameOf(key), label, i + 1])),
  );

/** The types of the input, and those of its columns. */
const USED = ({ catalog }: Known): string => {
  const kinds = [
    [catalog.enums, "e", "E"],
    [catalog.domains, "d", "U"],
    [catalog.composites, "c", "C"],
  ] as const;
  const own = kinds.flatMap(([map, type, category]) => [...map.keys()].map((key) => [nameOf(key), type, category, schemaOf(key)]));
  const names = new Set(own.map(([name]) => name));
  const used = new Set<string>();
  for (const table of catalog.tables.values())
    for (const column of table.columns.values()) {
      const name = namedType(column, catalog)?.udt_name;
      if (name !== undefined && !names.has(name)) used.add(name);
    }
  return literalRows(["typname", "typtype", "typcategory", "typnamespace"], [
    ...own,
    ...[...used].map((name) => [name, "b", name.startsWith("_") ? "A" : "X", "pg_catalog"]),
  ] as string[][]);
};

const TEXT = "text";
const SIZE = "int8";

export const RELATIONS: Readonly<Record<string, System>> = {
  "pg_catalog.pg_namespace": {
    types: { oid: TEXT, nspname: TEXT },
    parts: [{ columns: { oid: schema("SCHEMA_NAME"), nspname: schema("SCHEMA_NAME") }, from: of("SCHEMATA", undefined, "SCHEMA_NAME") }],
  },
  "pg_catalog.pg_class": {
    types: {
      ...{ oid: TEXT, relname: TEXT, relnamespace: TEXT, relkind: TEXT, reltuples: "float8", reltoastrelid: TEXT, relhasindex: "bool" },
      ...{ pg_total_relation_size: SIZE, pg_relation_size: SIZE, pg_table_size: SIZE, pg_indexes_size: SIZE },
      ...{ obj_description: TEXT, pg_table_is_visible: "bool" },
    },
    parts: [
      {
        columns: {
          oid: numberOf("TABLE_NAME"),
          relname: "TABLE_NAME",
          relnamespace: schema(),
          relkind: "CASE TABLE_TYPE WHEN 'VIEW' THEN 'v' WHEN 'SEQUENCE' THEN 'S' ELSE 'r' END",
          reltuples: "CAST(TABLE_ROWS AS DOUBLE)",
          relhasindex: "TABLE_TYPE = 'BASE TABLE'",
          pg_total_relation_size: "CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED)",
          pg_relation_size: "CAST(DATA_LENGTH AS SIGNED)",
          pg_table_size: "CAST(DATA_LENGTH AS SIGNED)",
          pg_indexes_size: "CAST(INDEX_LENGTH AS SIGNED)",
          obj_description: "CASE WHEN TABLE_TYPE <> 'VIEW' AND TABLE_COMMENT <> '' THEN TABLE_COMMENT END",
          pg_table_is_visible: "TABLE_SCHEMA = DATABASE()",
        },
        from: of("TABLES"),
      },
      {
        columns: {
          oid: indexNumber,
          relname: keyName("KEY_NAME"),
          relnamespace: schema(),
          relkind: "'i'",
          pg_table_is_visible: "TABLE_SCHEMA = DATABASE()",
        },
        from: INDEXES,
      },
    ],
  },
  "pg_catalog.pg_index": {
    types: { indexrelid: TEXT, indrelid: TEXT, indisunique: "bool", indisprimary: "bool", indisvalid: "bool", indkey: TEXT },
    parts: [
      {
        columns: {
          indexrelid: indexNumber,
          indrelid: numberOf("TABLE_NAME"),
          indisunique: "NON_UNIQUE = 0",
          indisprimary: "KEY_NAME = 'PRIMARY'",
          indisvalid: "TRUE",
          indkey: INDEX_PLACES,
        },
        from: INDEXES,
      },
    ],
  },
  "pg_catalog.pg_indexes": {
    types: { schemaname: TEXT, tablename: TEXT, indexname: TEXT },
    parts: [{ columns: { schemaname: schema(), tablename: "TABLE_NAME", indexname: keyName("KEY_NAME") }, from: INDEXES }],
  },
  "pg_catalog.pg_tables": {
    types: { schemaname: TEXT, tablename: TEXT },
    parts: [{ columns: { schemaname: schema(), tablename: "TABLE_NAME" }, from: TABLES }],
  },
  "pg_catalog.pg_views": {
    types: { schemaname: TEXT, viewname: TEXT },
    parts: [{ columns: { schemaname: schema(), viewname: "TABLE_NAME" }, from: of("VIEWS") }],
  },
  "pg_catalog.pg_sequences": {
    types: { schemaname: TEXT, sequencename: TEXT },
    parts: [
      {
        columns: { schemaname: schema("SEQUENCE_SCHEMA"), sequencename: "SEQUENCE_NAME" },
        from: of("SEQUENCES", undefined, "SEQUENCE_SCHEMA"),
      },
    ],
  },
  "pg_catalog.pg_stat_user_tables": {
    types: { relid: TEXT, schemaname: TEXT, relname: TEXT, n_live_tup: SIZE },
    parts: [
      {
        columns: { relid: numberOf("TABLE_NAME"), schemaname: schema(), relname: "TABLE_NAME", n_live_tup: "CAST(TABLE_ROWS AS SIGNED)" },
        from: TABLES,
      },
    ],
  },
  "pg_catalog.pg_attribute": {
    types: {
      ...{ attrelid: TEXT, attname: TEXT, attnum: "int4", attnotnull: "bool", attisdropped: "bool", atttypid: TEXT, atthasdef: "bool" },
      ...{ atttypmod: "int4", format_type: TEXT, col_description: TEXT },
    },
    parts: [
      {
        columns: {
          attrelid: numberOf("TABLE_NAME"),
          attname: "COLUMN_NAME",
          attnum: "ORDINAL_POSITION",
          attnotnull: "IS_NULLABLE = 'NO'",
          attisdropped: "FALSE",
          atttypid: typeSql("udt_name"),
          atthasdef: "COLUMN_DEFAULT IS NOT NULL OR EXTRA LIKE '%auto_increment%' OR GENERATION_EXPRESSION <> ''",
          format_type: typeSql("format_type"),
          col_description: "NULLIF(COLUMN_COMMENT, '')",
        },
        from: of("COLUMNS"),
      },
    ],
  },
  "pg_catalog.pg_constraint": {
    types: {
      ...{ oid: TEXT, conname: TEXT, contype: TEXT, conrelid: TEXT, confrelid: TEXT, connamespace: TEXT, convalidated: "bool" },
      ...{ condeferrable: "bool", conkey: TEXT },
    },
    parts: [
      {
        columns: {
          oid: numberOf((known) => `CONCAT(TABLE_NAME, '.', ${text(keyName("CONSTRAINT_NAME"), known)})`),
          conname: keyName("CONSTRAINT_NAME"),
          contype: "CASE CONSTRAINT_TYPE WHEN 'PRIMARY KEY' THEN 'p' ELSE 'u' END",
          conrelid: numberOf("TABLE_NAME"),
          connamespace: schema(),
          conkey: keyPlaces("TABLE_CONSTRAINTS", "TABLE_SCHEMA"),
          ...{ convalidated: "TRUE", condeferrable: "FALSE" },
        },
        from: KEYS,
      },
      {
        columns: {
          oid: numberOf("CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME)", "CONSTRAINT_SCHEMA"),
          ...{ conname: "CONSTRAINT_NAME", contype: "'f'" },
          conrelid: numberOf("TABLE_NAME", "CONSTRAINT_SCHEMA"),
          confrelid: numberOf("REFERENCED_TABLE_NAME", "UNIQUE_CONSTRAINT_SCHEMA"),
          connamespace: schema("CONSTRAINT_SCHEMA"),
          conkey: keyPlaces("REFERENTIAL_CONSTRAINTS", "CONSTRAINT_SCHEMA"),
          ...{ convalidated: "TRUE", condeferrable: "FALSE" },
        },
        from: FOREIGN,
      },
      {
        columns: {
          oid: numberOf("CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME)", "CONSTRAINT_SCHEMA"),
          ...{ conname: "CONSTRAINT_NAME", contype: "'c'" },
          conrelid: numberOf("TABLE_NAME", "CONSTRAINT_SCHEMA"),
          connamespace: schema("CONSTRAINT_SCHEMA"),
          ...{ convalidated: "TRUE", condeferrable: "FALSE" },
        },
        from: CHECKS,
      },
    ],
  },
  "pg_catalog.pg_enum": {
    types: { enumtypid: TEXT, enumlabel: TEXT, enumsortorder: "float4" },
    parts: [{ columns: { enumtypid: "enumtypid", enumlabel: "enumlabel", enumsortorder: "enumsortorder" }, from: LABELS }],
  },
  "pg_catalog.pg_type": {
    types: { oid: TEXT, typname: TEXT, typtype: TEXT, typnamespace: TEXT },
    parts: [{ columns: { oid: "typname", typname: "typname", typtype: "typtype", typnamespace: "typnamespace" }, from: USED }],
  },
  "pg_catalog.pg_database": {
    types: { oid: TEXT, datname: TEXT },
    parts: [
      { columns: { oid: "SCHEMA_NAME", datname: "SCHEMA_NAME" }, from: `information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ${OWN}` },
    ],
  },
  "information_schema.schemata": {
    types: { schema_name: TEXT },
    parts: [{ columns: { schema_name: schema("SCHEMA_NAME") }, from: of("SCHEMATA", undefined, "SCHEMA_NAME") }],
  },
  "information_schema.tables": {
    types: { table_schema: TEXT, table_name: TEXT, table_type: TEXT },
    parts: [
      {
        columns: { table_schema: schema(), table_name: "TABLE_NAME", table_type: "TABLE_TYPE" },
        from: of("TABLES", "TABLE_TYPE <> 'SEQUENCE'"),
      },
    ],
  },
  "information_schema.columns": {
    types: {
      ...{
        table_schema: TEXT,
        table_name: TEXT,
        column_name: TEXT,
        ordinal_position: "int4",
        is_nullable: TEXT,
        data_type: TEXT,
        udt_name: TEXT,
      },
    },
    parts: [
      {
        columns: {
          table_schema: schema(),
          ...{ table_name: "TABLE_NAME", column_name: "COLUMN_NAME", ordinal_position: "ORDINAL_POSITION", is_nullable: "IS_NULLABLE" },
          data_type: typeSql("data_type"),
          udt_name: typeSql("udt_name"),
        },
        from: of("COLUMNS"),
      },
    ],
  },
  "information_schema.views": {
    types: { table_schema: TEXT, table_name: TEXT },
    parts: [{ columns: { table_schema: schema(), table_name: "TABLE_NAME" }, from: of("VIEWS") }],
  },
  "information_schema.sequences": {
    types: { sequence_schema: TEXT, sequence_name: TEXT },
    parts: [
      {
        columns: { sequence_schema: schema("SEQUENCE_SCHEMA"), sequence_name: "SEQUENCE_NAME" },
        from: of("SEQUENCES", undefined, "SEQUENCE_SCHEMA"),
      },
    ],
  },
  "information_schema.table_constraints": {
    types: { constraint_schema: TEXT, constraint_name: TEXT, table_schema: TEXT, table_name: TEXT, constraint_type: TEXT },
    parts: [
      {
        columns: {
          ...{ constraint_schema: schema(), constraint_name: keyName("CONSTRAINT_NAME"), table_schema: schema() },
          ...{ table_name: "TABLE_NAME", constraint_type: "CONSTRAINT_TYPE" },
        },
        from: KEYS,
      },
      {
        columns: {
          ...{
            constraint_schema: schema("CONSTRAINT_SCHEMA"),
            constraint_name: "CONSTRAINT_NAME",
            table_schema: schema("CONSTRAINT_SCHEMA"),
          },
          ...{ table_name: "TABLE_NAME", constraint_type: "'FOREIGN KEY'" },
        },
        from: FOREIGN,
      },
      {
        columns: {
          ...{
            constraint_schema: schema("CONSTRAINT_SCHEMA"),
            constraint_name: "CONSTRAINT_NAME",
            table_schema: schema("CONSTRAINT_SCHEMA"),
          },
          ...{ table_name: "TABLE_NAME", constraint_type: "'CHECK'" },
        },
        from: CHECKS,
      },
    ],
  },
  "information_schema.key_column_usage": {
    types: {
      ...{
        constraint_schema: TEXT,
        constraint_name: TEXT,
        table_schema: TEXT,
        table_name: TEXT,
        column_name: TEXT,
        ordinal_position: "int4",
      },
    },
    parts: [
      {
        columns: {
          ...{ constraint_schema: schema(), constraint_name: keyName("CONSTRAINT_NAME"), table_schema: schema() },
          ...{ table_name: "TABLE_NAME", column_name: "COLUMN_NAME", ordinal_position: "ORDINAL_POSITION" },
        },
        from: of("KEY_COLUMN_USAGE"),
      },
    ],
  },
  "information_schema.constraint_column_usage": {
    types: { constraint_schema: TEXT, constraint_name: TEXT, table_schema: TEXT, table_name: TEXT, column_name: TEXT },
    parts: [
      {
        columns: {
          ...{ constraint_schema: schema(), constraint_name: keyName("CONSTRAINT_NAME"), table_schema: schema() },
          table_name: "COALESCE(REFERENCED_TABLE_NAME, TABLE_NAME)",
          column_name: "COALESCE(REFERENCED_COLUMN_NAME, COLUMN_NAME)",
        },
        from: of("KEY_COLUMN_USAGE"),
      },
    ],
  },
  "information_schema.referential_constraints": {
    types: { constraint_schema: TEXT, constraint_name: TEXT, unique_constraint_name: TEXT, update_rule: TEXT, delete_rule: TEXT },
    parts: [
      {
        columns: {
          ...{ constraint_schema: schema("CONSTRAINT_SCHEMA"), constraint_name: "CONSTRAINT_NAME" },
          unique_constraint_name: keyName("UNIQUE_CONSTRAINT_NAME", "REFERENCED_TABLE_NAME"),
          ...{ update_rule: "UPDATE_RULE", delete_rule: "DELETE_RULE" },
        },
        from: FOREIGN,
      },
    ],
  },
};

/** The query that gives those columns of a system relation. */
export function systemQuery(relation: string, columns: readonly string[], known: Known): string {
  const selects = RELATIONS[relation]!.parts.map((part, i) => {
    const list = columns.map((column) => {
      const sql = text(part.columns[column] ?? "NULL", known);
      return i > 0 || sql.toLowerCase() === column ? (i > 0 ? sql : column) : `${sql} AS ${column}`;
    });
    return `SELECT ${list.join(", ")} FROM ${text(part.from, known)}`;
  });
  return selects.join(" UNION ALL ");
}

/** What stands for the number of a relation of the input. */
export function relationNumber(name: string, schemaName: string | undefined, { catalog, schemas }: Known): string | undefined {
  const found =
    find(catalog, catalog.tables, { schema: schemaName, name }) ??
    find(catalog, catalog.derived, { schema: schemaName, name }) ??
    find(catalog, catalog.sequences, { schema: schemaName, name });
  if (!found) return undefined;
  return schemas === "database" ? `${(found as { readonly schema?: string }).schema ?? "public"}.${found.name}` : found.name;
}
