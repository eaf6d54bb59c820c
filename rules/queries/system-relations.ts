import {
  type A_Expr,
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
  operation,
  parseName,
  qualified,
  type RangeSubselect,
  type RangeVar,
  RELATIONS,
  raw,
  relationName,
  relationNumber,
  rewritten,
  rule,
  type Schemas,
  type SelectStmt,
  systemQuery,
  type TypeCast,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

/** Columns that hold the name of a schema. */
const SCHEMA_COLUMNS = /^(?:nspname|schemaname|schema_name|table_schema|constraint_schema)$/;
/** Columns that hold the number of a relation, a type or a schema, for which its name stands. */
const NUMBERS = /^(?:oid|relid|attrelid|indrelid|indexrelid|conrelid|confrelid|(?:rel|con|typ)namespace|enumtypid|atttypid)$/;
/** Functions on the number of a relation, which pg_class has as columns here. */
const OF_CLASS = /^(?:pg_(?:total_relation_size|relation_size|table_size|indexes_size|table_is_visible)|obj_description)$/;
/** And on columns. */
const OF_COLUMN: Readonly<Record<string, string>> = { col_description: "attrelid", format_type: "atttypid" };
/** The schema that stands for the relations read from TiDB, between this rule's two steps. */
const READ = "information_schema of TiDB";

export default rule({
  construct: "system relations: pg_class, pg_attribute, pg_constraint, pg_enum, information_schema",
  why: `TiDB has an information_schema, and no pg_catalog. What both can tell is read from TiDB: the names of tables, views, indexes, columns
and constraints, kinds, types of columns, comments, numbers of rows and sizes. The name of a relation stands for its number, which joins as the number
does. What the schema's definition alone tells is written out: labels of enums, and PostgreSQL's types where TiDB's are others. The connection's
database is schema public, unless every schema is a database.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/catalogs.html",
    tidb: "https://docs.pingcap.com/tidb/stable/information-schema",
  },
  messages: {
    read: warning("{name} is read from TiDB's information_schema, which has the relations that TiDB has", {
      help: "relations of other schemas, and those that were left out or made for the conversion, are there as the schema's findings tell; NOT NULL is no constraint there, and sizes and numbers of rows are estimates",
    }),
    told: warning("{name} holds what the input's schema says, written out: what changes later is not in it", {
      help: "convert the query again when an enum gets a label or a column another type",
    }),
  },
  restates: HOLD_QUERIES.filter((kind) => kind !== "CreateFunctionStmt"),
  about: "RangeVar",
  where: (node) => node.kind === "RangeVar" && nameOf(node) in RELATIONS,
  restate(statement, ctx) {
    const found = systemRelations(statement, ctx);
    if (found.size === 0 || !isTold(statement, found, ctx)) return undefined;
    const sized = [...found].flatMap(([{ alias, relname }, name]) => (name === "pg_catalog.pg_class" ? [alias?.aliasname ?? relname] : []));
    const derived = new Map(ctx.catalog.derived);
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      if (node.kind === "RangeVar" && found.has(node)) {
        ctx.report(/^pg_(?:enum|type)$/.test(node.relname!) ? "told" : "read", { name: node.relname ?? "" }, node);
        const relname = readAs(found.get(node)!, statement);
        derived.set(`${READ}.${relname}`, derivedFrom(relname));
        return ctx.change(node, {
          schemaname: READ,
          relname,
          alias: node.alias ?? { kind: "Alias", aliasname: node.relname! },
        }) as RangeVar;
      }
      if (node.kind === "FuncCall") return currentSchema(node, ctx) ?? columnOf(node, sized, ctx);
      if (node.kind === "SQLValueFunction") return currentSchema(node, ctx);
      if (node.kind === "A_Expr") return inKey(node, ctx);
      if (node.kind === "TypeCast") return numbered(node, around.at(-1), ctx);
      return undefined;
    });
    return [{ node: next as never, catalog: { ...ctx.catalog, derived } }];
  },
  on: (takes) => [
    takes("RangeVar", ["schemaname", "relname", "alias"], (relation, ctx) => {
      const { alias, relname = "" } = relation;
      if (relation.schemaname !== READ) return undefined;
      ctx.consumed(alias!);
      const [known, columns] = relname.split(" ") as [string, string];
      const query = systemQuery(known, columns.split(","), ctx);
      const subquery = tidb`${raw(query)}` as unknown as SelectStmt;
      const item: RangeSubselect = { kind: "RangeSubselect", subquery, alias: alias! };
      return ctx.replace(item);
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL); CREATE INDEX t_a ON t (a); CREATE VIEW v AS SELECT id FROM t",
      pg: "SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('i', 'v') AND c.relname IN ('t_a', 'v') ORDER BY c.relname",
      tidb: `SELECT c.relname
FROM (SELECT TABLE_NAME AS oid, TABLE_NAME AS relname, 'public' AS relnamespace, CASE TABLE_TYPE WHEN 'VIEW' THEN 'v' WHEN 'SEQUENCE' THEN 'S' ELSE 'r' END AS relkind FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() UNION ALL SELECT CONCAT(TABLE_NAME, '.', CASE WHEN KEY_NAME <> 'PRIMARY' THEN KEY_NAME ELSE CONCAT(TABLE_NAME, '_pkey') END), CASE WHEN KEY_NAME <> 'PRIMARY' THEN KEY_NAME ELSE CONCAT(TABLE_NAME, '_pkey') END, 'public', 'i' FROM information_schema.TIDB_INDEXES WHERE TABLE_SCHEMA = DATABASE() AND SEQ_IN_INDEX = 1 AND (TABLE_NAME, KEY_NAME) NOT IN (SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS)) AS c
JOIN (SELECT 'public' AS oid, 'public' AS nspname FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()) AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('i', 'v') AND c.relname IN ('t_a', 'v')
ORDER BY c.relname IS NULL, c.relname`,
      findings: ["read", "read"],
      rejected: { sql: "SELECT relname FROM pg_catalog.pg_class", code: 1146 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
      pg: "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 't' ORDER BY ordinal_position; SELECT EXISTS (SELECT * FROM information_schema.tables WHERE table_name = 'nope') AS there",
      tidb: `SELECT column_name, is_nullable
FROM (SELECT 'public' AS table_schema, table_name, column_name, ordinal_position, is_nullable FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()) AS columns
WHERE table_schema = 'public' AND table_name = 't'
ORDER BY ordinal_position IS NULL, ordinal_position;
SELECT
  EXISTS (
    SELECT *
    FROM (SELECT table_name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'SEQUENCE') AS tables
    WHERE table_name = 'nope'
  ) AS there`,
      findings: ["read", "read"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)",
      pg: "SELECT relname, pg_total_relation_size(oid) >= 0 AS sized, reltuples >= -1 AS counted FROM pg_class WHERE oid = 't'::regclass AND pg_table_is_visible(oid)",
      tidb: `SELECT relname, pg_total_relation_size >= 0 AS sized, reltuples >= -1e0 AS counted
FROM (SELECT TABLE_NAME AS oid, TABLE_NAME AS relname, CAST(TABLE_ROWS AS DOUBLE) AS reltuples, CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED) AS pg_total_relation_size, TABLE_SCHEMA = DATABASE() AS pg_table_is_visible FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() UNION ALL SELECT CONCAT(TABLE_NAME, '.', CASE WHEN KEY_NAME <> 'PRIMARY' THEN KEY_NAME ELSE CONCAT(TABLE_NAME, '_pkey') END), CASE WHEN KEY_NAME <> 'PRIMARY' THEN KEY_NAME ELSE CONCAT(TABLE_NAME, '_pkey') END, NULL, NULL, TABLE_SCHEMA = DATABASE() FROM information_schema.TIDB_INDEXES WHERE TABLE_SCHEMA = DATABASE() AND SEQ_IN_INDEX = 1 AND (TABLE_NAME, KEY_NAME) NOT IN (SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS)) AS pg_class
WHERE oid = 't' AND pg_table_is_visible`,
      findings: ["read"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, m mood, n numeric(10,2), tags text[])",
      pg: "SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum; SELECT e.enumlabel FROM pg_enum AS e JOIN pg_type AS y ON y.oid = e.enumtypid WHERE y.typname = 'mood' ORDER BY e.enumsortorder",
      tidb: `SELECT attname, format_type AS type
FROM (SELECT TABLE_NAME AS attrelid, COLUMN_NAME AS attname, ORDINAL_POSITION AS attnum, FALSE AS attisdropped, CASE WHEN (TABLE_NAME, COLUMN_NAME) IN (('t', 'm')) THEN 'mood' WHEN (TABLE_NAME, COLUMN_NAME) IN (('t', 'tags')) THEN '_text' ELSE CASE DATA_TYPE WHEN 'int' THEN 'int4' WHEN 'decimal' THEN 'numeric' WHEN 'json' THEN 'jsonb' ELSE DATA_TYPE END END AS atttypid, NULL AS atttypmod, CASE WHEN (TABLE_NAME, COLUMN_NAME) IN (('t', 'm')) THEN 'mood' WHEN (TABLE_NAME, COLUMN_NAME) IN (('t', 'tags')) THEN 'text[]' ELSE CONCAT(CASE DATA_TYPE WHEN 'int' THEN 'integer' WHEN 'decimal' THEN 'numeric' WHEN 'json' THEN 'jsonb' ELSE DATA_TYPE END, CASE WHEN DATA_TYPE IN ('char', 'varchar') THEN CONCAT('(', CHARACTER_MAXIMUM_LENGTH, ')') WHEN DATA_TYPE = 'decimal' AND COLUMN_TYPE <> 'decimal(65,30)' THEN CONCAT('(', NUMERIC_PRECISION, ',', NUMERIC_SCALE, ')') WHEN DATA_TYPE = 'bit' THEN CONCAT('(', NUMERIC_PRECISION, ')') ELSE '' END) END AS format_type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()) AS pg_attribute
WHERE attrelid = 't' AND attnum > 0 AND NOT attisdropped
ORDER BY attnum IS NULL, attnum;
SELECT e.enumlabel
FROM (SELECT enumtypid, enumlabel, enumsortorder FROM (SELECT 'mood' AS enumtypid, 'sad' AS enumlabel, 1 AS enumsortorder UNION ALL SELECT 'mood', 'ok', 2) AS told) AS e
JOIN (SELECT typname AS oid, typname FROM (SELECT 'mood' AS typname, 'e' AS typtype, 'E' AS typcategory, 'public' AS typnamespace UNION ALL SELECT 'int4', 'b', 'X', 'pg_catalog' UNION ALL SELECT 'numeric', 'b', 'X', 'pg_catalog' UNION ALL SELECT '_text', 'b', 'A', 'pg_catalog') AS told) AS y ON y.oid = e.enumtypid
WHERE y.typname = 'mood'
ORDER BY e.enumsortorder IS NULL, e.enumsortorder`,
      findings: ["read", "told", "told"],
    },
    {
      given: "CREATE TABLE p (id int CONSTRAINT p_key PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p)",
      pg: "SELECT conname, contype, confrelid::regclass::text AS parent FROM pg_constraint WHERE contype IN ('p', 'f') ORDER BY conname; SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = 't'::regclass AND i.indisprimary",
      tidb: `SELECT conname, contype, SUBSTRING_INDEX(confrelid, '.', -1) AS parent
FROM (SELECT CASE WHEN CONSTRAINT_NAME <> 'PRIMARY' THEN CONSTRAINT_NAME WHEN TABLE_NAME = 'p' THEN 'p_key' ELSE CONCAT(TABLE_NAME, '_pkey') END AS conname, CASE CONSTRAINT_TYPE WHEN 'PRIMARY KEY' THEN 'p' ELSE 'u' END AS contype, NULL AS confrelid FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE <> 'FOREIGN KEY' UNION ALL SELECT CONSTRAINT_NAME, 'f', REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() UNION ALL SELECT CONSTRAINT_NAME, 'c', NULL FROM information_schema.TIDB_CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()) AS pg_constraint
WHERE contype IN ('p', 'f')
ORDER BY conname IS NULL, conname;
SELECT a.attname
FROM (SELECT TABLE_NAME AS indrelid, KEY_NAME = 'PRIMARY' AS indisprimary, (SELECT CONCAT(' ', GROUP_CONCAT(c.ORDINAL_POSITION ORDER BY k.SEQ_IN_INDEX SEPARATOR ' '), ' ') FROM information_schema.TIDB_INDEXES AS k JOIN information_schema.COLUMNS AS c ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME WHERE k.TABLE_SCHEMA = TIDB_INDEXES.TABLE_SCHEMA AND k.TABLE_NAME = TIDB_INDEXES.TABLE_NAME AND k.KEY_NAME = TIDB_INDEXES.KEY_NAME) AS indkey FROM information_schema.TIDB_INDEXES WHERE TABLE_SCHEMA = DATABASE() AND SEQ_IN_INDEX = 1 AND (TABLE_NAME, KEY_NAME) NOT IN (SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS)) AS i
JOIN (SELECT TABLE_NAME AS attrelid, COLUMN_NAME AS attname, ORDINAL_POSITION AS attnum FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()) AS a ON a.attrelid = i.indrelid AND LOCATE(CONCAT_WS('', ' ', CAST(a.attnum AS CHAR), ' '), i.indkey) > 0
WHERE i.indrelid = 't' AND i.indisprimary`,
      findings: ["read", "read", "read"],
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
  const all = Object.keys(RELATIONS[known]!.types);
  const used = all.filter((column) => named.has(column));
  return `${known} ${(used.length > 0 ? used : all.slice(0, 1)).join(",")}`;
}

function columnsOf(relname: string): readonly (readonly [name: string, type: string])[] {
  const [known, names] = relname.split(" ") as [string, string];
  return names.split(",").map((name) => [name, RELATIONS[known]!.types[name]!]);
}

function derivedFrom(relname: string): Derived {
  const columns = columnsOf(relname).map(([name, type]) => ({ name, type: { name: type }, nullable: true }));
  return { schema: READ, name: relname, kind: "table", columns };
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
function isTold(statement: Node, found: ReadonlyMap<RangeVar, string>, { catalog, schemas }: Context): boolean {
  const [told, untold] = [new Set<string>(), new Set<string>()];
  for (const known of found.values()) {
    const [schema, name] = known.split(".") as [string, string];
    for (const column of Object.keys(RELATIONS[known]!.types)) told.add(column);
    for (const { name: column } of builtinRelation(schema, name)!.columns) untold.add(column);
  }
  for (const column of told) untold.delete(column);
  for (const table of catalog.tables.values()) for (const column of table.columns.keys()) untold.delete(column);
  let all = true;
  eachDescendant(statement, (node) => {
    const last = node.kind === "ColumnRef" ? node.fields?.at(-1) : undefined;
    if (typeof last === "string" && untold.has(last)) all = false;
    if (node.kind === "A_Expr" && SCHEMA_COLUMNS.test(lastField(node.lexpr)) && otherSchema(node.rexpr, catalog, schemas)) all = false;
    if (node.kind === "SelectStmt" && listsAll(node, found) && !isTested(statement, node)) all = false;
  });
  return all;
}

/** Whether a schema is asked for whose relations stand in the connection's database, under names of their own. */
function otherSchema(value: Value | undefined, { tables }: Catalog, schemas: Schemas): boolean {
  if (schemas === "database") return false;
  const names = (Array.isArray(value) ? (value as readonly Value[]) : [value]).flatMap((each) => as("A_Const", each)?.sval ?? []);
  return names.some((name) => name !== "public" && [...tables.values()].some(({ schema }) => schema === name));
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

const constant = (sval: string): Value => ({ kind: "A_Const", sval }) as Value;
const lastField = (value: Value | undefined) => String(as("ColumnRef", value)?.fields?.at(-1));

/** Where schemas are no databases the current one is public. */
function currentSchema(call: Node, ctx: Context): Node | undefined {
  if (ctx.schemas === "database") return undefined;
  const { op, funcname } = call as { readonly op?: string; readonly funcname?: readonly string[] };
  const name = op === "SVFOP_CURRENT_SCHEMA" ? "current_schema" : qualified(funcname ?? []).name;
  if (!/^current_schemas?$/.test(name)) return undefined;
  ctx.consumed(call);
  return (name === "current_schema" ? constant("public") : { kind: "A_ArrayExpr", elements: [constant("public")] }) as Node;
}

const TEXT = { kind: "TypeName", names: ["text"], typemod: -1 } as const;
const asText = (arg: Value): Value => ({ kind: "TypeCast", arg, typeName: TEXT }) as Value;

/** `a.attnum = ANY (i.indkey)`: the numbers of the columns stand in a text, with blanks around them. */
function inKey(test: A_Expr, ctx: Context): Node | undefined {
  if (test.variant !== "AEXPR_OP_ANY" || test.name?.at(-1) !== "=" || !/^(?:indkey|conkey)$/.test(lastField(test.rexpr))) return undefined;
  ctx.carried(test, ["variant", "name", "lexpr", "rexpr"]);
  const padded = functionCall("concat", [constant(" "), asText(test.lexpr!), constant(" ")]);
  return operation(">", functionCall("strpos", [test.rexpr!, padded]), { kind: "A_Const", ival: 0 } as Value) as Node;
}

/** A cast to or of what stands for a number: `'t'::regclass` beside such a column, `oid::regclass`. */
function numbered(cast: TypeCast, parent: Node | undefined, ctx: Context): Node | undefined {
  const type = String(cast.typeName?.names?.at(-1));
  const { arg } = cast;
  if (!/^reg(?:class|type|namespace)$/.test(type) || arg === undefined) return undefined;
  const nameAtEnd = (value: Value) => functionCall("split_part", [value, constant("."), { kind: "A_Const", ival: -1 } as Value]);
  if (NUMBERS.test(lastField(arg))) {
    ctx.consumed(cast.typeName!);
    ctx.carried(cast, ["arg", "typeName"]);
    return nameAtEnd(arg);
  }
  const { lexpr, rexpr } = as("A_Expr", parent) ?? {};
  if (![lexpr, rexpr].some((side) => NUMBERS.test(lastField(side)))) return undefined;
  if (as("ParamRef", arg) && ctx.schemas !== "database") {
    ctx.consumed(cast.typeName!);
    ctx.carried(cast, ["arg", "typeName"]);
    return nameAtEnd(asText(arg));
  }
  const written = as("A_Const", arg)?.sval;
  if (written === undefined) return undefined;
  const { schema, name } = parseName(written);
  const found = type === "regclass" ? relationNumber(name, schema, ctx) : name;
  if (found === undefined) return undefined;
  ctx.consumed(cast);
  return constant(found) as Node;
}

/** A function of a column of a system relation that has the result as a column: `pg_total_relation_size(c.oid)`. */
function columnOf(call: FuncCall, aliases: readonly (string | undefined)[], ctx: Context): Node | undefined {
  const { name } = qualified(call.funcname ?? []);
  const ref = as("ColumnRef", call.args?.[0]);
  const [column, alias = aliases[0]] = (ref?.fields ?? []).toReversed();
  const isOfClass = OF_CLASS.test(name) && aliases.includes(alias as string);
  if (!isOfClass && (column === undefined || OF_COLUMN[name] !== column)) return undefined;
  if (column === "oid" || !isOfClass) {
    ctx.consumed(call);
    const fields = ref!.fields!.length > 1 ? [...ref!.fields!.slice(0, -1), name] : columnRef(name).fields!;
    return { kind: "ColumnRef", fields } as ColumnRef;
  }
  if (column !== "reltoastrelid") return undefined;
  ctx.consumed(call);
  const int8 = { kind: "TypeName", names: ["int8"], typemod: -1 } as const;
  return { kind: "TypeCast", arg: { kind: "A_Const", isnull: true }, typeName: int8 } as Node;
}
