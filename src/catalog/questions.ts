import type { Value } from "../pg/ast.js";
import { as, literalText, qualified, relationName } from "../pg/names.js";
import { type Catalog, find, type TableConstraint } from "./model.js";
import { parseName } from "./replay.js";

/** What a condition on PostgreSQL's system catalogs answers, by the schema as it stands. */
export type Question = (catalog: Catalog) => boolean;

type Cell = string | number | boolean;
type Row = Readonly<Record<string, Cell>>;

/** A system catalog or a view of it, as far as guards ask for it; columns of what it is usually joined with stand in its rows. */
interface Family {
  readonly columns: readonly string[];
  readonly rows: (catalog: Catalog) => readonly Row[];
}

function family(columns: string, rows: Family["rows"]): Family {
  return { columns: columns.split(" "), rows };
}

interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
}

const CONTYPES: Readonly<Record<TableConstraint["type"], string>> = { primary: "p", unique: "u", foreign: "f", check: "c", exclude: "x" };
const CONSTRAINT_WORDS: Readonly<Record<TableConstraint["type"], string>> = {
  primary: "PRIMARY KEY",
  unique: "UNIQUE",
  foreign: "FOREIGN KEY",
  check: "CHECK",
  exclude: "EXCLUDE",
};

function relations(catalog: Catalog): Relation[] {
  const schemaOf = (k: string) => k.slice(0, k.indexOf("."));
  return [
    ...[...catalog.tables.values()].map(({ schema, name }) => ({ schema, name, kind: "r" })),
    ...[...catalog.indexes].map(([k, { name }]) => ({ schema: schemaOf(k), name, kind: "i" })),
    ...[...catalog.sequences.values()].map(({ schema, name }) => ({ schema, name, kind: "S" })),
    ...[...catalog.views].map(([k, { name }]) => ({ schema: schemaOf(k), name, kind: "v" })),
  ];
}

const constraints = (catalog: Catalog) => [...catalog.tables.values()].flatMap((table) => [...table.constraints.values()]);
const columns = (catalog: Catalog) => [...catalog.tables.values()].flatMap((table) => [...table.columns.values()]);
const triggers = (catalog: Catalog) => [...catalog.triggers.values()].flatMap((each) => [...each.values()]);
const named = (map: ReadonlyMap<string, unknown>) => [...map.keys()].map((k) => [k.slice(0, k.indexOf(".")), k.slice(k.indexOf(".") + 1)]);
/** Those that the input makes; the others of a server are not part of a schema. */
const roles = (column: string) => (catalog: Catalog) => [...catalog.roles].map((name) => ({ [column]: name }));

const FAMILIES: Readonly<Record<string, Family>> = {
  tables: family("table_schema table_name table_type", (catalog) =>
    relations(catalog)
      .filter(({ kind }) => kind === "r" || kind === "v")
      .map(({ schema, name, kind }) => ({ table_schema: schema, table_name: name, table_type: kind === "r" ? "BASE TABLE" : "VIEW" })),
  ),
  pg_tables: family("schemaname tablename", (catalog) =>
    [...catalog.tables.values()].map(({ schema, name }) => ({ schemaname: schema, tablename: name })),
  ),
  columns: family("table_schema table_name column_name is_nullable", (catalog) =>
    columns(catalog).map((column) => ({
      table_schema: column.table.schema,
      table_name: column.table.name,
      column_name: column.name,
      is_nullable: column.notNull ? "NO" : "YES",
    })),
  ),
  pg_attribute: family("attrelid attname attnum attisdropped attnotnull relname nspname", (catalog) =>
    columns(catalog).map((column) => ({
      attrelid: `${column.table.schema}.${column.table.name}`,
      attname: column.name,
      attnum: 1,
      attisdropped: false,
      attnotnull: column.notNull,
      relname: column.table.name,
      nspname: column.table.schema,
    })),
  ),
  table_constraints: family("table_schema table_name constraint_schema constraint_name constraint_type", (catalog) =>
    constraints(catalog).map(({ table, name, type }) => ({
      table_schema: table.schema,
      table_name: table.name,
      constraint_schema: table.schema,
      constraint_name: name,
      constraint_type: CONSTRAINT_WORDS[type],
    })),
  ),
  pg_constraint: family("conname contype conrelid relname nspname", (catalog) =>
    constraints(catalog).map(({ table, name, type }) => ({
      conname: name,
      contype: CONTYPES[type],
      conrelid: `${table.schema}.${table.name}`,
      relname: table.name,
      nspname: table.schema,
    })),
  ),
  pg_class: family("oid relname relkind nspname", (catalog) =>
    relations(catalog).map(({ schema, name, kind }) => ({ oid: `${schema}.${name}`, relname: name, relkind: kind, nspname: schema })),
  ),
  pg_indexes: family("schemaname tablename indexname", (catalog) =>
    [...catalog.indexes.values()].map(({ table, name }) => ({ schemaname: table.schema, tablename: table.name, indexname: name })),
  ),
  pg_type: family("oid typname typtype nspname", (catalog) =>
    (["enums", "domains"] as const).flatMap((map) =>
      named(catalog[map]).map(([schema, name]) => ({
        oid: `${schema}.${name}`,
        typname: name!,
        typtype: map === "enums" ? "e" : "d",
        nspname: schema!,
      })),
    ),
  ),
  pg_enum: family("enumlabel enumtypid typname nspname", (catalog) =>
    [...catalog.enums].flatMap(([k, { name, labels }]) =>
      labels.map((label) => ({ enumlabel: label, enumtypid: k, typname: name, nspname: k.slice(0, k.indexOf(".")) })),
    ),
  ),
  pg_trigger: family("tgname tgrelid relname tgisinternal", (catalog) =>
    triggers(catalog).map(({ name, table }) => ({
      tgname: name,
      tgrelid: `${table.schema}.${table.name}`,
      relname: table.name,
      tgisinternal: false,
    })),
  ),
  triggers: family("trigger_name event_object_table", (catalog) =>
    triggers(catalog).map(({ name, table }) => ({ trigger_name: name, event_object_table: table.name })),
  ),
  pg_proc: family("proname nspname", (catalog) => named(catalog.routines).map(([schema, name]) => ({ proname: name!, nspname: schema! }))),
  routines: family("routine_name routine_schema", (catalog) =>
    named(catalog.routines).map(([schema, name]) => ({ routine_name: name!, routine_schema: schema! })),
  ),
  sequences: family("sequence_schema sequence_name", (catalog) =>
    [...catalog.sequences.values()].map(({ schema, name }) => ({ sequence_schema: schema, sequence_name: name })),
  ),
  pg_sequences: family("schemaname sequencename", (catalog) =>
    [...catalog.sequences.values()].map(({ schema, name }) => ({ schemaname: schema, sequencename: name })),
  ),
  pg_views: family("schemaname viewname", (catalog) =>
    named(catalog.views).map(([schema, name]) => ({ schemaname: schema!, viewname: name! })),
  ),
  pg_extension: family("extname", ({ extensions }) => ["plpgsql", ...extensions].map((name) => ({ extname: name }))),
  pg_roles: family("rolname", roles("rolname")),
  pg_authid: family("rolname", roles("rolname")),
  pg_user: family("usename", roles("usename")),
};

/** Relations that are joined to give the schema, table or type of another one's rows, which have it already. */
const JOINED: Readonly<Record<string, ReadonlySet<string>>> = {
  pg_namespace: new Set(["pg_class", "pg_type", "pg_proc", "pg_constraint", "pg_attribute", "pg_enum", "pg_trigger"]),
  pg_class: new Set(["pg_constraint", "pg_attribute", "pg_trigger"]),
  pg_type: new Set(["pg_enum"]),
};

/** The question that a condition asks; undefined where it asks for anything but objects of the schema by name. */
export function questionOf(condition: Value | undefined): Question | undefined {
  const bool = as("BoolExpr", condition);
  if (bool) {
    const parts = (bool.args ?? []).map(questionOf);
    if (parts.includes(undefined)) return undefined;
    const all = parts as Question[];
    if (bool.boolop === "NOT_EXPR") return (catalog) => !all[0]!(catalog);
    return bool.boolop === "AND_EXPR" ? (catalog) => all.every((q) => q(catalog)) : (catalog) => all.some((q) => q(catalog));
  }
  const sub = as("SubLink", condition);
  if (sub?.subLinkType === "EXISTS_SUBLINK") {
    const rows = rowsOf(sub.subselect);
    return rows && ((catalog) => rows(catalog).length > 0);
  }
  if (sub?.subLinkType === "EXPR_SUBLINK") {
    const select = as("SelectStmt", sub.subselect);
    return select?.fromClause || select?.whereClause ? undefined : questionOf(as("ResTarget", select?.targetList?.[0])?.val);
  }
  return nullTest(condition) ?? counted(condition);
}

/** `to_regclass('name') IS NULL` and the like. */
function nullTest(condition: Value | undefined): Question | undefined {
  const test = as("NullTest", condition);
  const call = as("FuncCall", test?.arg);
  const name = qualified(call?.funcname ?? []).name;
  const text = literalText(call?.args?.[0]);
  const family = { to_regclass: "pg_class", to_regtype: "pg_type" }[name];
  if (text === undefined || family === undefined || call?.args?.length !== 1) return undefined;
  const isNull = test!.nulltesttype === "IS_NULL";
  return (catalog) => isNull !== FAMILIES[family]!.rows(catalog).some(({ oid }) => oid === objectId(catalog, family, text));
}

/** `(SELECT count(*) FROM …) = 0` */
function counted(condition: Value | undefined): Question | undefined {
  const test = as("A_Expr", condition);
  const sub = as("SubLink", test?.lexpr);
  const select = as("SelectStmt", sub?.subselect);
  const call = as("FuncCall", as("ResTarget", select?.targetList?.[0])?.val);
  const number = as("A_Const", test?.rexpr)?.ival;
  const compare = COMPARE[test?.name?.join() ?? ""];
  if (sub?.subLinkType !== "EXPR_SUBLINK" || qualified(call?.funcname ?? []).name !== "count" || number === undefined || !compare)
    return undefined;
  const rows = rowsOf(select);
  return rows && ((catalog) => compare(rows(catalog).length, number));
}

const COMPARE: Readonly<Record<string, (a: Cell, b: Cell) => boolean>> = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};

type Rows = (catalog: Catalog) => readonly Row[];
type Test = (row: Row, catalog: Catalog) => boolean;

/** The rows of a query over system catalogs; undefined where it asks for more than is known here. */
function rowsOf(query: Value | undefined): Rows | undefined {
  const select = as("SelectStmt", query);
  if (!select?.fromClause || select.groupClause || select.havingClause || select.withClause || select.op !== "SETOP_NONE") return undefined;
  const names: string[] = [];
  const conditions: (Value | undefined)[] = [select.whereClause];
  if (!select.fromClause.every((item) => collectFrom(item, names, conditions))) return undefined;
  const [main, ...more] = names.filter((name) => !names.some((other) => JOINED[name]?.has(other)));
  const found = main === undefined ? undefined : FAMILIES[main];
  if (!found || more.length > 0) return undefined;
  const tests = conditions.flatMap((condition) => (condition === undefined ? [] : [testOf(condition, found.columns)]));
  if (tests.includes(undefined)) return undefined;
  return (catalog) => found.rows(catalog).filter((row) => tests.every((test) => test!(row, catalog)));
}

function collectFrom(item: Value, names: string[], conditions: (Value | undefined)[]): boolean {
  const join = as("JoinExpr", item);
  if (join) {
    if (join.jointype !== "JOIN_INNER" || join.usingClause || join.isNatural || !join.larg || !join.rarg) return false;
    conditions.push(join.quals);
    return collectFrom(join.larg, names, conditions) && collectFrom(join.rarg, names, conditions);
  }
  const relation = as("RangeVar", item);
  if (!relation) return false;
  const { schema, name } = relationName(relation);
  names.push(name);
  return schema === "information_schema" || schema === "pg_catalog" || (schema === undefined && name.startsWith("pg_"));
}

function testOf(condition: Value, known: readonly string[]): Test | undefined {
  const bool = as("BoolExpr", condition);
  if (bool) {
    const parts = (bool.args ?? []).map((arg) => testOf(arg, known));
    if (parts.includes(undefined)) return undefined;
    const all = parts as Test[];
    if (bool.boolop === "NOT_EXPR") return (row, catalog) => !all[0]!(row, catalog);
    return bool.boolop === "AND_EXPR"
      ? (row, catalog) => all.every((test) => test(row, catalog))
      : (row, catalog) => all.some((test) => test(row, catalog));
  }
  const alone = columnOf(condition);
  if (alone !== undefined) return known.includes(alone) ? (row) => row[alone] === true : undefined;
  const test = as("A_Expr", condition);
  const column = columnOf(test?.lexpr);
  const compare = COMPARE[test?.name?.join() ?? ""];
  if (!test || column === undefined || !compare) return undefined;
  // What joins a table to its schema or its type holds for every row.
  if (columnOf(test.rexpr) !== undefined) return test.variant === "AEXPR_OP" && test.name?.join() === "=" ? () => true : undefined;
  if (IGNORED.has(column)) return () => true;
  if (!known.includes(column)) return undefined;
  if (test.variant === "AEXPR_IN") {
    const list = (Array.isArray(test.rexpr) ? (test.rexpr as readonly Value[]) : []).map(constantOf);
    return list.includes(undefined) ? undefined : (row) => list.includes(row[column]) === (test.name?.join() === "=");
  }
  if (test.variant !== "AEXPR_OP") return undefined;
  const value = comparedWith(test.rexpr, column);
  return value && ((row, catalog) => value(catalog).some((each) => compare(row[column]!, each)));
}

/** The database, of which there is one. */
const IGNORED = new Set(["table_catalog", "constraint_catalog"]);

function columnOf(value: Value | undefined): string | undefined {
  const cast = as("TypeCast", value);
  if (cast) return columnOf(cast.arg);
  const fields = as("ColumnRef", value)?.fields;
  const last = fields?.[fields.length - 1];
  return typeof last === "string" ? last : undefined;
}

function constantOf(value: Value): Cell | undefined {
  return literalText(value) ?? as("A_Const", value)?.ival ?? as("A_Const", value)?.boolval;
}

const OID_COLUMNS: Readonly<Record<string, string>> = {
  attrelid: "pg_class",
  conrelid: "pg_class",
  tgrelid: "pg_class",
  enumtypid: "pg_type",
  oid: "pg_class",
};

/** The values that a column is compared with: a constant, the schema at hand, the number of an object, or those that a query gives. */
function comparedWith(value: Value | undefined, column: string): ((catalog: Catalog) => readonly Cell[]) | undefined {
  const call = as("FuncCall", value);
  const name = call ? qualified(call.funcname ?? []).name : undefined;
  if (name === "current_schema" || as("SQLValueFunction", value)?.op === "SVFOP_CURRENT_SCHEMA") return (catalog) => [catalog.schema];
  const family = OID_COLUMNS[column];
  if (family !== undefined) {
    const rows = rowsOf(as("SubLink", value)?.subselect);
    if (rows) return (catalog) => rows(catalog).flatMap(({ oid }) => oid ?? []);
    const text = literalText(value);
    return text === undefined ? undefined : (catalog) => [objectId(catalog, family, text) ?? ""];
  }
  const constant = value === undefined ? undefined : constantOf(value);
  return constant === undefined ? undefined : () => [constant];
}

/** What stands for the number of an object: its schema and name. */
function objectId(catalog: Catalog, family: string, text: string): string | undefined {
  const name = parseName(text);
  const ids = FAMILIES[family]!.rows(catalog).map((row) => [String(row.oid), row] as const);
  return find(catalog, new Map(ids), name)?.oid as string | undefined;
}
