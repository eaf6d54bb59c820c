import {
  as,
  builtinRelation,
  type Catalog,
  type ColumnRef,
  type Context,
  columnRef,
  type Derived,
  eachDescendant,
  type FuncCall,
  find,
  functionCall,
  HOLD_QUERIES,
  holds,
  type Node,
  qualified,
  type RangeSubselect,
  type RangeVar,
  raw,
  relationName,
  rewritten,
  rule,
  type SelectStmt,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

type Columns = Readonly<Record<string, readonly [type: string, sql: string]>>;

interface System {
  /** PostgreSQL's columns that TiDB can tell: their types here, and where TiDB has them. */
  readonly columns: Columns;
  readonly from: string;
  /** Further rows, with all of the columns. */
  readonly more?: { readonly columns: Readonly<Record<string, string>>; readonly from: string };
}

/** What stands for the number of a relation: its name with its database, which joins as the number does. */
const TABLE = "CONCAT(TABLE_SCHEMA, '.', TABLE_NAME)";
const INDEX = "CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '.', KEY_NAME)";
const INDEXES = "information_schema.TIDB_INDEXES WHERE SEQ_IN_INDEX = 1";
const TABLES = "information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'";

const RELATIONS: Readonly<Record<string, System>> = {
  "pg_catalog.pg_namespace": {
    columns: { oid: ["text", "SCHEMA_NAME"], nspname: ["text", "SCHEMA_NAME"] },
    from: "information_schema.SCHEMATA",
  },
  "pg_catalog.pg_class": {
    columns: {
      oid: ["text", TABLE],
      relname: ["text", "TABLE_NAME"],
      relnamespace: ["text", "TABLE_SCHEMA"],
      relkind: ["text", "CASE TABLE_TYPE WHEN 'VIEW' THEN 'v' WHEN 'SEQUENCE' THEN 'S' ELSE 'r' END"],
      reltuples: ["float8", "CAST(TABLE_ROWS AS DOUBLE)"],
      reltoastrelid: ["text", "NULL"],
      pg_total_relation_size: ["int8", "CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED)"],
      pg_relation_size: ["int8", "CAST(DATA_LENGTH AS SIGNED)"],
      pg_table_size: ["int8", "CAST(DATA_LENGTH AS SIGNED)"],
      pg_indexes_size: ["int8", "CAST(INDEX_LENGTH AS SIGNED)"],
    },
    from: "information_schema.TABLES",
    more: { columns: { oid: INDEX, relname: "KEY_NAME", relnamespace: "TABLE_SCHEMA", relkind: "'i'" }, from: INDEXES },
  },
  "pg_catalog.pg_index": {
    columns: {
      indexrelid: ["text", INDEX],
      indrelid: ["text", TABLE],
      indisunique: ["bool", "NON_UNIQUE = 0"],
      indisprimary: ["bool", "KEY_NAME = 'PRIMARY'"],
    },
    from: INDEXES,
  },
  "pg_catalog.pg_indexes": {
    columns: { schemaname: ["text", "TABLE_SCHEMA"], tablename: ["text", "TABLE_NAME"], indexname: ["text", "KEY_NAME"] },
    from: INDEXES,
  },
  "pg_catalog.pg_tables": {
    columns: { schemaname: ["text", "TABLE_SCHEMA"], tablename: ["text", "TABLE_NAME"] },
    from: TABLES,
  },
  "pg_catalog.pg_views": {
    columns: { schemaname: ["text", "TABLE_SCHEMA"], viewname: ["text", "TABLE_NAME"] },
    from: "information_schema.VIEWS",
  },
  "pg_catalog.pg_attribute": {
    columns: {
      attrelid: ["text", TABLE],
      attname: ["text", "COLUMN_NAME"],
      attnum: ["int4", "ORDINAL_POSITION"],
      attnotnull: ["bool", "IS_NULLABLE = 'NO'"],
      attisdropped: ["bool", "FALSE"],
    },
    from: "information_schema.COLUMNS",
  },
  "information_schema.schemata": { columns: { schema_name: ["text", "SCHEMA_NAME"] }, from: "information_schema.SCHEMATA" },
  "information_schema.tables": {
    columns: {
      table_schema: ["text", "TABLE_SCHEMA"],
      table_name: ["text", "TABLE_NAME"],
      table_type: ["text", "TABLE_TYPE"],
    },
    from: "information_schema.TABLES WHERE TABLE_TYPE <> 'SEQUENCE'",
  },
  "information_schema.columns": {
    columns: {
      table_schema: ["text", "TABLE_SCHEMA"],
      table_name: ["text", "TABLE_NAME"],
      column_name: ["text", "COLUMN_NAME"],
      ordinal_position: ["int4", "ORDINAL_POSITION"],
      is_nullable: ["text", "IS_NULLABLE"],
    },
    from: "information_schema.COLUMNS",
  },
  "information_schema.views": {
    columns: { table_schema: ["text", "TABLE_SCHEMA"], table_name: ["text", "TABLE_NAME"] },
    from: "information_schema.VIEWS",
  },
  "information_schema.table_constraints": {
    columns: {
      constraint_schema: ["text", "CONSTRAINT_SCHEMA"],
      constraint_name: ["text", "CONSTRAINT_NAME"],
      table_schema: ["text", "TABLE_SCHEMA"],
      table_name: ["text", "TABLE_NAME"],
      constraint_type: ["text", "CONSTRAINT_TYPE"],
    },
    from: "information_schema.TABLE_CONSTRAINTS",
  },
  "information_schema.key_column_usage": {
    columns: {
      constraint_schema: ["text", "CONSTRAINT_SCHEMA"],
      constraint_name: ["text", "CONSTRAINT_NAME"],
      table_schema: ["text", "TABLE_SCHEMA"],
      table_name: ["text", "TABLE_NAME"],
      column_name: ["text", "COLUMN_NAME"],
      ordinal_position: ["int4", "ORDINAL_POSITION"],
    },
    from: "information_schema.KEY_COLUMN_USAGE",
  },
};

/** Columns that hold the name of a schema. */
const SCHEMA_COLUMNS = /^(?:nspname|schemaname|schema_name|table_schema|constraint_schema)$/;
/** Functions that measure the relation of a number, which pg_class has as columns here. */
const SIZES = /^pg_(?:total_relation_size|relation_size|table_size|indexes_size)$/;
/** The schema that stands for the relations read from TiDB, between this rule's two steps. */
const READ = "information_schema of TiDB";

export default rule({
  construct: "system relations: pg_class, pg_namespace, pg_attribute, information_schema",
  why: `TiDB has an information_schema, and no pg_catalog. What both can tell is read from TiDB: the names of tables, views, indexes, columns
and constraints, kinds, numbers of rows and sizes. Schemas are TiDB's databases, and the name of a relation stands for its number, which joins as
the number does.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/catalogs.html",
    tidb: "https://docs.pingcap.com/tidb/stable/information-schema",
  },
  messages: {
    read: warning("{name} is read from TiDB's information_schema, which has TiDB's relations: a schema is a database there", {
      help: "a primary key is named PRIMARY there, and relations of other schemas have the names that the schema's findings tell; sizes and numbers of rows are estimates",
    }),
    public: warning("schema public is the database of the connection here", {
      help: "nothing to do where the converted schema was applied to that database",
    }),
  },
  restates: HOLD_QUERIES.filter((kind) => kind !== "CreateFunctionStmt"),
  about: "RangeVar",
  where: (node) => node.kind === "RangeVar" && nameOf(node) in RELATIONS,
  restate(statement, ctx) {
    const found = systemRelations(statement, ctx);
    if (found.size === 0 || !isTold(statement, found, ctx.catalog)) return undefined;
    const sized = [...found].flatMap(([{ alias, relname }, name]) => (name === "pg_catalog.pg_class" ? [alias?.aliasname ?? relname] : []));
    const derived = new Map(ctx.catalog.derived);
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node) => {
      if (node.kind === "RangeVar" && found.has(node)) {
        ctx.report("read", { name: node.relname ?? "" }, node);
        const relname = readAs(found.get(node)!, statement);
        derived.set(`${READ}.${relname}`, derivedFrom(relname));
        return ctx.change(node, {
          schemaname: READ,
          relname,
          alias: node.alias ?? { kind: "Alias", aliasname: node.relname! },
        }) as RangeVar;
      }
      if (node.kind === "FuncCall") return sizeOf(node, sized, ctx);
      if (node.kind !== "A_Expr" || !ofSchema(node.lexpr)) return undefined;
      const rexpr = inDatabase(node.rexpr, ctx);
      if (rexpr === node.rexpr) return undefined;
      ctx.report("public", {}, node);
      return ctx.change(node, { rexpr }) as Node;
    });
    return [{ node: next as never, catalog: { ...ctx.catalog, derived } }];
  },
  on: (takes) => [
    takes("RangeVar", ["schemaname", "relname", "alias"], (relation, ctx) => {
      const { alias, relname = "" } = relation;
      if (relation.schemaname !== READ) return undefined;
      ctx.consumed(alias!);
      const subquery = tidb`${raw(queryOf(relname))}` as unknown as SelectStmt;
      const item: RangeSubselect = { kind: "RangeSubselect", subquery, alias: alias! };
      return ctx.replace(item);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL); CREATE INDEX t_a ON t (a); CREATE VIEW v AS SELECT id FROM t",
      pg: "SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('i', 'v') AND c.relname IN ('t_a', 'v') ORDER BY c.relname",
      tidb: `SELECT c.relname
FROM (SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS oid, TABLE_NAME AS relname, TABLE_SCHEMA AS relnamespace, CASE TABLE_TYPE WHEN 'VIEW' THEN 'v' WHEN 'SEQUENCE' THEN 'S' ELSE 'r' END AS relkind FROM information_schema.TABLES UNION ALL SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '.', KEY_NAME), KEY_NAME, TABLE_SCHEMA, 'i' FROM information_schema.TIDB_INDEXES WHERE SEQ_IN_INDEX = 1) AS c
JOIN (SELECT SCHEMA_NAME AS oid, SCHEMA_NAME AS nspname FROM information_schema.SCHEMATA) AS n ON n.oid = c.relnamespace
WHERE n.nspname = DATABASE() AND c.relkind IN ('i', 'v') AND c.relname IN ('t_a', 'v')
ORDER BY c.relname IS NULL, c.relname`,
      findings: ["read", "read", "public"],
      rejected: { sql: "SELECT relname FROM pg_catalog.pg_class", code: 1146 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
      pg: "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 't' ORDER BY ordinal_position; SELECT EXISTS (SELECT * FROM information_schema.tables WHERE table_name = 'nope') AS there",
      tidb: `SELECT column_name, is_nullable
FROM (SELECT table_schema, table_name, column_name, ordinal_position, is_nullable FROM information_schema.COLUMNS) AS columns
WHERE table_schema = DATABASE() AND table_name = 't'
ORDER BY ordinal_position IS NULL, ordinal_position;
SELECT
  EXISTS (
    SELECT *
    FROM (SELECT table_name FROM information_schema.TABLES WHERE TABLE_TYPE <> 'SEQUENCE') AS tables
    WHERE table_name = 'nope'
  ) AS there`,
      findings: ["read", "public", "read"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
      pg: "SELECT relname, pg_total_relation_size(oid) >= 0 AS sized, reltuples >= 0 AS counted FROM pg_class WHERE relkind = 'r' AND relname = 't'",
      tidb: `SELECT relname, pg_total_relation_size >= 0 AS sized, reltuples >= 0e0 AS counted
FROM (SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS oid, TABLE_NAME AS relname, CASE TABLE_TYPE WHEN 'VIEW' THEN 'v' WHEN 'SEQUENCE' THEN 'S' ELSE 'r' END AS relkind, CAST(TABLE_ROWS AS DOUBLE) AS reltuples, CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED) AS pg_total_relation_size FROM information_schema.TABLES UNION ALL SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '.', KEY_NAME), KEY_NAME, 'i', NULL, NULL FROM information_schema.TIDB_INDEXES WHERE SEQ_IN_INDEX = 1) AS pg_class
WHERE relkind = 'r' AND relname = 't'`,
      findings: ["read"],
    },
  ],
});

/** The name of a relation with those of its columns that the statement may name. */
function readAs(known: string, statement: Node): string {
  const named = new Set<unknown>();
  eachDescendant(statement, (node) => {
    if (node.kind === "ColumnRef") named.add(node.fields?.at(-1));
    if (node.kind === "FuncCall") named.add(qualified(node.funcname ?? []).name);
  });
  const all = Object.keys(RELATIONS[known]!.columns);
  const used = all.filter((column) => named.has(column));
  return `${known} ${(used.length > 0 ? used : all.slice(0, 1)).join(",")}`;
}

function columnsOf(relname: string): readonly (readonly [name: string, type: string, sql: string])[] {
  const [known, names] = relname.split(" ") as [string, string];
  return names.split(",").map((name) => [name, ...RELATIONS[known]!.columns[name]!]);
}

function derivedFrom(relname: string): Derived {
  const columns = columnsOf(relname).map(([name, type]) => ({ name, type: { name: type }, nullable: true }));
  return { schema: READ, name: relname, kind: "table", columns };
}

function queryOf(relname: string): string {
  const { from, more } = RELATIONS[relname.split(" ")[0]!]!;
  const columns = columnsOf(relname);
  const own = `SELECT ${columns.map(([name, , sql]) => (sql.toLowerCase() === name ? name : `${sql} AS ${name}`)).join(", ")} FROM ${from}`;
  return more ? `${own} UNION ALL SELECT ${columns.map(([name]) => more.columns[name] ?? "NULL").join(", ")} FROM ${more.from}` : own;
}

function nameOf({ schemaname, relname }: RangeVar): string {
  return `${schemaname ?? "pg_catalog"}.${relname}`;
}

/** System relations whose rows a statement reads, with their names in RELATIONS. */
function systemRelations(statement: Node, { analysis, catalog }: Context): ReadonlyMap<RangeVar, string> {
  const found = new Map<RangeVar, string>();
  eachDescendant(statement, (node) => {
    if (node.kind !== "RangeVar" || analysis.isCommon(node)) return;
    const { schema, name } = relationName(node);
    const known = nameOf(node);
    const isOwn =
      schema === undefined && (find(catalog, catalog.tables, { schema, name }) || find(catalog, catalog.derived, { schema, name }));
    if (RELATIONS[known] && !isOwn) found.set(node, known);
  });
  // Nobody writes to them.
  const { relation } = statement as { readonly relation?: RangeVar };
  return relation && found.has(relation) ? new Map() : found;
}

/** Whether all that the statement reads of them is something that TiDB tells. */
function isTold(statement: Node, found: ReadonlyMap<RangeVar, string>, catalog: Catalog): boolean {
  const [told, untold] = [new Set<string>(), new Set<string>()];
  for (const known of found.values()) {
    const [schema, name] = known.split(".") as [string, string];
    for (const column of Object.keys(RELATIONS[known]!.columns)) told.add(column);
    for (const { name: column } of builtinRelation(schema, name)!.columns) untold.add(column);
  }
  for (const column of told) untold.delete(column);
  for (const table of catalog.tables.values()) for (const column of table.columns.keys()) untold.delete(column);
  let all = true;
  eachDescendant(statement, (node) => {
    const last = node.kind === "ColumnRef" ? node.fields?.at(-1) : undefined;
    if (typeof last === "string" && untold.has(last)) all = false;
    if (node.kind === "SelectStmt" && listsAll(node, found) && !isTested(statement, node)) all = false;
  });
  return all;
}

/** Whether a `*` of the query stands for all columns of a system relation. */
function listsAll({ targetList = [], fromClause = [] }: SelectStmt, found: ReadonlyMap<RangeVar, string>): boolean {
  const isStar = targetList.some((target) => typeof as("ColumnRef", as("ResTarget", target)?.val)?.fields?.at(-1) === "object");
  const isFound = (node: Node) => node.kind === "RangeVar" && found.has(node);
  return isStar && holds(fromClause, isFound, ({ kind }) => kind === "SelectStmt");
}

/** Whether it is asked of the query whether it has a row. */
function isTested(statement: Node, query: SelectStmt): boolean {
  let tested = false;
  eachDescendant(statement, (node) => {
    if (node.kind === "SubLink" && node.subLinkType === "EXISTS_SUBLINK" && node.subselect === (query as Value)) tested = true;
  });
  return tested;
}

function ofSchema(value: Value | undefined): boolean {
  const ref = as("ColumnRef", value) ?? as("ColumnRef", as("TypeCast", value)?.arg);
  return SCHEMA_COLUMNS.test(String(ref?.fields?.at(-1)));
}

/** A value that a schema is compared with: `public` is the database of the connection. */
function inDatabase(value: Value | undefined, ctx: Context): Value | undefined {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => inDatabase(item, ctx)!);
    return items.some((item, i) => item !== (value as readonly Value[])[i]) ? (items as unknown as Value) : value;
  }
  if (as("A_Const", value)?.sval !== "public") return value;
  ctx.consumed(value!);
  return functionCall("current_database", []);
}

/** `pg_total_relation_size(c.oid)`: a column of pg_class, which knows it. */
function sizeOf(call: FuncCall, aliases: readonly (string | undefined)[], ctx: Context): Node | undefined {
  const { name } = qualified(call.funcname ?? []);
  const ref = call.args?.length === 1 ? as("ColumnRef", call.args[0]) : undefined;
  const [column, alias = aliases[0]] = (ref?.fields ?? []).toReversed();
  if (!SIZES.test(name) || !aliases.includes(alias as string)) return undefined;
  if (column === "oid") {
    ctx.consumed(call);
    const fields = ref!.fields!.length > 1 ? [...ref!.fields!.slice(0, -1), name] : columnRef(name).fields!;
    return { kind: "ColumnRef", fields } as ColumnRef;
  }
  if (column !== "reltoastrelid") return undefined;
  ctx.consumed(call);
  const int8 = { kind: "TypeName", names: ["int8"], typemod: -1 } as const;
  return { kind: "TypeCast", arg: { kind: "A_Const", isnull: true }, typeName: int8 } as Node;
}
