import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  CommentStmt,
  Constraint,
  CreateSeqStmt,
  CreateStmt,
  DropStmt,
  IndexStmt,
  IntoClause,
  Kind,
  Node,
  RangeVar,
  RenameStmt,
  TypeName,
  Value,
} from "../pg/ast.js";
import { as, columnName, isNode, literalText, type Name, nodesOf, qualified, relationName, typeName } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import { withLabels } from "./again.js";
import { SERIAL } from "./analysis/types.js";
import { expandLike } from "./like.js";
import {
  type Catalog,
  type Column,
  type EnumType,
  find,
  type Index,
  key,
  type Reader,
  type Sequence,
  type Table,
  type TableConstraint,
} from "./model.js";
import { nextvalSequence, replay } from "./replay.js";

/** A statement of a history, as PostgreSQL runs it. */
export interface Step {
  readonly node: Node;
  /** The number of the input statement it is, or is a part of. */
  readonly input: number;
}

/** A statement of the schema at the end of a history. */
export interface Squashed extends Step {
  /** Where its unqualified names are looked up. */
  readonly schema: string;
  /** Why it is not what it was when it was made. */
  readonly broken: string | undefined;
}

/** What became of a statement that makes no statement of the schema. */
export type Fate =
  | { readonly kind: "folded"; readonly object: string }
  | { readonly kind: "gone" }
  | { readonly kind: "drop" }
  | { readonly kind: "rows"; readonly what: string }
  | { readonly kind: "change"; readonly what: string }
  | { readonly kind: "call" }
  | { readonly kind: "session" };

export interface Squash {
  /** In an order in which they can be run from empty. */
  readonly statements: readonly Squashed[];
  /** By the number of the input statement; those that make statements have none. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** The columns that the definitions in `statements` were made from. */
  readonly columns: ReadonlyMap<ColumnDef, Column>;
}

/**
 * The schema that a history leaves, as statements: each table with the columns, defaults and constraints it has at the end, each enum with
 * its labels, each sequence with its options. What the catalog does not keep (views, functions, triggers, grants) stands in the last form
 * that the history gives it, unless it is dropped. Parts keep the nodes of the statements they come from.
 * @param catalog an empty one; it is the history's last state afterwards
 */
export function squash(steps: readonly Step[], catalog: Catalog): Squash {
  const walk: Walk = {
    catalog,
    at: 0,
    stepOf: new Map(),
    schemas: [],
    renames: [],
    relations: new Map(),
    judges: [],
    enums: new Map(),
    comments: new Map(),
    kept: new Map(),
    leftovers: new Map(),
    columns: new Map(),
    queried: new Set(),
    collations: new Map(),
  };
  for (const { node } of steps) {
    walk.schemas.push(catalog.schema);
    const expansion = node.kind === "CreateStmt" ? expandLike(catalog, node) : undefined;
    for (const made of [...(expansion?.elements ?? []), ...(expansion?.indexes ?? [])])
      if (isNode(made)) eachDescendant(made, (part) => walk.stepOf.set(part, walk.at));
    eachDescendant(node, (part) => {
      if (part === node || PARTS.has(part.kind)) walk.stepOf.set(part, walk.at);
      const table = part.kind === "RangeVar" ? find(catalog, catalog.tables, relationName(part)) : undefined;
      if (table) walk.relations.set(part as RangeVar, table);
    });
    walk.judges.push(judgeOf(walk, node));
    replay(catalog, node);
    tablesFromQuery(walk, node);
    const made = node.kind === "CreateEnumStmt" && find(catalog, catalog.enums, qualified(node.typeName ?? []));
    if (made) walk.enums.set(made, walk.at);
    walk.at++;
  }
  const made = schemaOf(walk);
  const statements = made.map(({ node, step, broken }) => ({ node, input: steps[step]!.input, schema: walk.schemas[step]!, broken }));
  const owners = new Set(statements.map(({ input }) => input));
  const fates = new Map<number, Fate>();
  for (const [i, { input }] of steps.entries()) {
    const fate = owners.has(input) ? undefined : walk.judges[i]?.();
    // What of a block is there still says more than what is gone.
    if (fate && (!fates.has(input) || fate.kind !== "gone")) fates.set(input, fate);
  }
  return { statements, fates, columns: walk.columns };
}

/** Gives tables that a query made the statement's place; a table is one like any other from here on, a materialized view stays its query. */
function tablesFromQuery(walk: Walk, node: Node): void {
  const into =
    node.kind === "CreateTableAsStmt" || node.kind === "SelectStmt" ? (node as { into?: IntoClause; intoClause?: IntoClause }) : {};
  const relation = (into.into ?? into.intoClause)?.rel;
  const table = relation && find(walk.catalog, walk.catalog.tables, relationName(relation));
  if (!table || walk.stepOf.has(table.node)) return;
  eachDescendant(table.node, (part) => walk.stepOf.set(part, walk.at));
  if (node.kind === "CreateTableAsStmt" && node.objtype === "OBJECT_MATVIEW") walk.queried.add(table);
  else walk.kept.delete(`OBJECT_VIEW ${table.schema}.${table.name}`);
}

/** Parts of statements that outlive them. */
const PARTS: ReadonlySet<Kind> = new Set<Kind>(["AlterTableCmd", "ColumnDef", "Constraint"]);

/** Asked once the history has ended. */
type Judge = () => Fate;

interface Walk {
  readonly catalog: Catalog;
  /** The number of the step at hand. */
  at: number;
  /** Statements, definitions of columns and constraints by the step they stand in. */
  readonly stepOf: Map<Node, number>;
  /** The search path's schema before each step. */
  readonly schemas: string[];
  readonly renames: Rename[];
  /** The tables that names mean where they stand. */
  readonly relations: Map<RangeVar, Table>;
  readonly judges: (Judge | undefined)[];
  readonly enums: Map<EnumType, number>;
  /** The last comment on tables and columns. */
  readonly comments: Map<Table | Column, { readonly node: CommentStmt; readonly step: number }>;
  /** Statements about what the catalog does not keep, by the name of that. */
  readonly kept: Map<string, Kept>;
  /** The part of each ALTER TABLE that the definition of the table does not take in. */
  readonly leftovers: Map<number, AlterTableStmt>;
  readonly columns: Map<ColumnDef, Column>;
  /** Materialized views. */
  readonly queried: Set<Table>;
  /** The type change that decided a column's collation. */
  readonly collations: Map<Column, ColumnDef>;
}

/** `table`: of a column; without it, of a type. */
interface Rename {
  readonly table: Table | undefined;
  readonly from: string;
  readonly to: string;
  readonly step: number;
}

/** When kept statements are run: tables may need types, and call functions in their definitions. */
type Phase = "types" | "functions" | "rest";

interface Kept {
  readonly phase: Phase;
  readonly parts: { readonly node: Node; readonly step: number }[];
}

const GONE: Judge = () => ({ kind: "gone" });

function isAlive(walk: Walk, table: Table): boolean {
  return walk.catalog.tables.get(`${table.schema}.${table.name}`) === table;
}

function partOf(walk: Walk, table: Table | undefined): Judge {
  return table ? () => (isAlive(walk, table) ? { kind: "folded", object: table.name } : { kind: "gone" }) : GONE;
}

function judgeOf(walk: Walk, node: Node): Judge | undefined {
  const judge = JUDGES[node.kind] as ((walk: Walk, node: Node) => Judge | undefined) | undefined;
  return judge ? judge(walk, node) : keep(walk, node);
}

const JUDGES: { readonly [K in Kind]?: (walk: Walk, node: Extract<Node, { kind: K }>) => Judge | undefined } = {
  CreateStmt: () => GONE,
  CreateSeqStmt: () => GONE,
  CreateEnumStmt: () => GONE,
  IndexStmt: () => GONE,
  AlterTableStmt: judgeAlter,
  AlterSeqStmt: (walk, node) => {
    const name = node.sequence && relationName(node.sequence);
    const sequence = name && find(walk.catalog, walk.catalog.sequences, name);
    const there = (): boolean => [...walk.catalog.sequences.values()].some((s) => s.node !== undefined && s.node === sequence?.node);
    return () => (there() ? { kind: "folded", object: name!.name } : { kind: "gone" });
  },
  AlterEnumStmt: (walk, node) => {
    const type = find(walk.catalog, walk.catalog.enums, qualified(node.typeName ?? []));
    return () => ([...walk.catalog.enums.values()].some((e) => e === type) ? { kind: "folded", object: type!.name } : { kind: "gone" });
  },
  RenameStmt: judgeRename,
  CommentStmt: judgeComment,
  DropStmt: judgeDrop,
  InsertStmt: (_, node) => () => ({ kind: "rows", what: node.relation?.relname ?? "a table" }),
  CopyStmt: (_, node) => () => ({ kind: "rows", what: node.relation?.relname ?? "a table" }),
  UpdateStmt: (_, node) => () => ({ kind: "change", what: node.relation?.relname ?? "a table" }),
  DeleteStmt: (_, node) => () => ({ kind: "change", what: node.relation?.relname ?? "a table" }),
  MergeStmt: (_, node) => () => ({ kind: "change", what: node.relation?.relname ?? "a table" }),
  TruncateStmt: (_, node) => () => ({ kind: "change", what: as("RangeVar", node.relations?.[0])?.relname ?? "a table" }),
  RefreshMatViewStmt: (_, node) => () => ({ kind: "change", what: node.relation?.relname ?? "a view" }),
  SelectStmt: (_, node) => {
    const call = as("FuncCall", as("ResTarget", node.targetList?.[0])?.val);
    const name = qualified(call?.funcname ?? []).name;
    return () => ({ kind: name === "set_config" || name === "setval" ? "session" : "call" });
  },
  TransactionStmt: () => () => ({ kind: "session" }),
  VariableSetStmt: () => () => ({ kind: "session" }),
  LockStmt: () => () => ({ kind: "session" }),
  VacuumStmt: () => () => ({ kind: "session" }),
  ReindexStmt: () => () => ({ kind: "session" }),
  ClusterStmt: () => () => ({ kind: "session" }),
};

/** What the catalog takes in whole; the rest of ALTER TABLE stays a statement. */
const FOLDED_CHANGES: ReadonlySet<string> = new Set([
  "AT_AddColumn",
  "AT_DropColumn",
  "AT_AddConstraint",
  "AT_DropConstraint",
  "AT_ValidateConstraint",
  "AT_ColumnDefault",
  "AT_SetNotNull",
  "AT_DropNotNull",
  "AT_AlterColumnType",
  "AT_AddIdentity",
  "AT_DropIdentity",
]);

function judgeAlter(walk: Walk, node: AlterTableStmt): Judge | undefined {
  const table = node.relation && walk.relations.get(node.relation);
  if (!table) return keep(walk, node);
  const left = (node.cmds ?? []).filter((cmd) => !FOLDED_CHANGES.has(as("AlterTableCmd", cmd)?.subtype ?? ""));
  if (left.length > 0) walk.leftovers.set(walk.at, left.length === node.cmds?.length ? node : { ...node, cmds: left });
  for (const item of node.cmds ?? []) {
    const cmd = as("AlterTableCmd", item);
    const column = cmd?.subtype === "AT_AlterColumnType" ? table.columns.get(cmd.name ?? "") : undefined;
    const def = as("ColumnDef", cmd?.def);
    if (column && def) walk.collations.set(column, def);
  }
  return partOf(walk, table);
}

function judgeRename(walk: Walk, node: RenameStmt): Judge | undefined {
  const { catalog, at } = walk;
  const to = node.newname ?? "";
  const table = node.relation && walk.relations.get(node.relation);
  if (node.renameType === "OBJECT_COLUMN" && table) walk.renames.push({ table, from: node.subname ?? "", to, step: at });
  if (node.renameType === "OBJECT_TYPE" || node.renameType === "OBJECT_DOMAIN")
    walk.renames.push({ table: undefined, from: nameOf(node.object).name, to, step: at });
  if (table) return partOf(walk, table);
  if (node.relation && find(catalog, catalog.readers, relationName(node.relation))) {
    if (node.renameType !== "OBJECT_COLUMN") keepAs(walk, relationName(node.relation), to);
    return () => ({ kind: "folded", object: to });
  }
  if (node.renameType === "OBJECT_TYPE" && find(catalog, catalog.enums, nameOf(node.object))) return () => ({ kind: "folded", object: to });
  // What is not there is not renamed by IF EXISTS.
  if (node.missing_ok && node.relation) return GONE;
  if (node.renameType === "OBJECT_SEQUENCE" || node.renameType === "OBJECT_INDEX") return () => ({ kind: "folded", object: to });
  return keep(walk, node);
}

/** A view that is kept has another name from now on. */
function keepAs({ catalog, kept }: Walk, name: Name, to: string): void {
  const [from, now] = [name, { ...name, name: to }].map((each) => `OBJECT_VIEW ${key(catalog, each)}`) as [string, string];
  const view = kept.get(from);
  if (!view) return;
  kept.delete(from);
  kept.set(now, view);
}

function judgeComment(walk: Walk, node: CommentStmt): Judge | undefined {
  const { catalog, at } = walk;
  const parts = Array.isArray(node.object) ? (node.object as readonly Value[]) : [];
  const onColumn = node.objtype === "OBJECT_COLUMN";
  if (!onColumn && node.objtype !== "OBJECT_TABLE") return keep(walk, node);
  const table = find(catalog, catalog.tables, qualified(onColumn ? parts.slice(0, -1) : parts));
  const thing = onColumn ? table?.columns.get(String(parts[parts.length - 1])) : table;
  if (!thing) return keep(walk, node);
  walk.comments.set(thing, { node, step: at });
  return () => ({ kind: "gone" });
}

function nameOf(object: Value | undefined) {
  const type = as("TypeName", object);
  const routine = as("ObjectWithArgs", object);
  if (routine) return qualified(routine.objname ?? []);
  return type ? typeName(type) : qualified(Array.isArray(object) ? (object as readonly Value[]) : object === undefined ? [] : [object]);
}

/** Types of a routine's arguments, as far as they tell overloads apart. */
function argumentsOf(values: readonly Value[] | undefined): string | undefined {
  return values
    ?.flatMap((value) => {
      const parameter = as("FunctionParameter", value);
      if (parameter?.mode === "FUNC_PARAM_OUT" || parameter?.mode === "FUNC_PARAM_TABLE") return [];
      const type = parameter?.argType ?? as("TypeName", value);
      return type ? `${typeName(type).name}${"[]".repeat(type.arrayBounds?.length ?? 0)}` : [];
    })
    .join();
}

/** Under which name the statements about an object are kept, and whether tables may need it. */
const KEPT: { readonly [K in Kind]?: (node: Extract<Node, { kind: K }>, catalog: Catalog) => string } = {
  CreateExtensionStmt: (node) => `OBJECT_EXTENSION ${node.extname}`,
  CreateSchemaStmt: (node) => `OBJECT_SCHEMA ${node.schemaname}`,
  CompositeTypeStmt: (node, catalog) => `OBJECT_TYPE ${key(catalog, relationName(node.typevar!))}`,
  CreateRangeStmt: (node, catalog) => `OBJECT_TYPE ${key(catalog, qualified(node.typeName ?? []))}`,
  CreateDomainStmt: (node, catalog) => `OBJECT_TYPE ${key(catalog, qualified(node.domainname ?? []))}`,
  AlterDomainStmt: (node, catalog) => `OBJECT_TYPE ${key(catalog, qualified(node.typeName ?? []))}`,
  ViewStmt: (node, catalog) => `OBJECT_VIEW ${key(catalog, relationName(node.view!))}`,
  CreateTableAsStmt: (node, catalog) => `OBJECT_VIEW ${key(catalog, relationName(node.into!.rel!))}`,
  CreateFunctionStmt: (node, catalog) =>
    `OBJECT_FUNCTION ${key(catalog, qualified(node.funcname ?? []))}(${argumentsOf(node.parameters) ?? ""})`,
  CreateTrigStmt: (node) => `OBJECT_TRIGGER ${node.relation?.relname}.${node.trigname}`,
  CreatePolicyStmt: (node) => `OBJECT_POLICY ${node.table?.relname}.${node.policy_name}`,
};

const EARLY: ReadonlySet<Kind> = new Set<Kind>([
  "CreateExtensionStmt",
  "CreateSchemaStmt",
  "CompositeTypeStmt",
  "CreateRangeStmt",
  "CreateDomainStmt",
  "AlterDomainStmt",
]);

/** Changes that add to what is kept under the name instead of replacing it. */
const ADDING: ReadonlySet<Kind> = new Set<Kind>(["AlterDomainStmt"]);

/** Keeps a statement as it stands; another one under the same name takes its place. */
function keep(walk: Walk, node: Node): Judge {
  const name = (KEPT[node.kind] as ((node: Node, catalog: Catalog) => string) | undefined)?.(node, walk.catalog) ?? `step ${walk.at}`;
  const before = walk.kept.get(name);
  const part = { node, step: walk.at };
  if (before && ADDING.has(node.kind)) before.parts.push(part);
  else {
    const there = before && "if_not_exists" in node && node.if_not_exists;
    if (!there) {
      walk.kept.delete(name);
      const phase = EARLY.has(node.kind) ? "types" : node.kind === "CreateFunctionStmt" ? "functions" : "rest";
      walk.kept.set(name, { phase, parts: [part] });
    }
  }
  return GONE;
}

/** The word that stands for several kinds of objects in the names of what is kept. */
const KEPT_AS: Readonly<Record<string, string>> = {
  OBJECT_MATVIEW: "OBJECT_VIEW",
  OBJECT_TABLE: "OBJECT_VIEW",
  OBJECT_DOMAIN: "OBJECT_TYPE",
  OBJECT_PROCEDURE: "OBJECT_FUNCTION",
  OBJECT_ROUTINE: "OBJECT_FUNCTION",
};

function judgeDrop(walk: Walk, node: DropStmt): Judge {
  const kind = node.removeType ?? "";
  const word = KEPT_AS[kind] ?? kind;
  for (const object of node.objects ?? []) {
    const name = nameOf(object);
    if (word === "OBJECT_FUNCTION") dropFunction(walk, node, object);
    else if (word === "OBJECT_TRIGGER" || word === "OBJECT_POLICY") walk.kept.delete(`${word} ${name.schema}.${name.name}`);
    else if (word === "OBJECT_EXTENSION" || word === "OBJECT_SCHEMA") walk.kept.delete(`${word} ${name.name}`);
    else walk.kept.delete(`${word} ${key(walk.catalog, name)}`);
  }
  return () => ({ kind: "drop" });
}

function dropFunction(walk: Walk, node: DropStmt, object: Value): void {
  const name = nameOf(object);
  const stem = `OBJECT_FUNCTION ${key(walk.catalog, name)}(`;
  const overloads = [...walk.kept.keys()].filter((k) => k.startsWith(stem));
  const given = argumentsOf(as("ObjectWithArgs", object)?.objargs) ?? "";
  const [only] = overloads.length === 1 ? overloads : overloads.filter((k) => k === `${stem}${given})`);
  if (only !== undefined) walk.kept.delete(only);
  if (node.behavior !== "DROP_CASCADE") return;
  for (const [k, { parts }] of walk.kept) {
    const trigger = as("CreateTrigStmt", parts[0]?.node);
    if (trigger && qualified(trigger.funcname ?? []).name === name.name) walk.kept.delete(k);
  }
}

interface Made {
  readonly node: Node;
  readonly step: number;
  readonly broken?: string | undefined;
}

function schemaOf(walk: Walk): Made[] {
  const { catalog } = walk;
  const kept = [...walk.kept.values()].flatMap(({ phase, parts }) => parts.flatMap((part) => ({ phase, ...part })));
  const keptStatements = (phase: Phase) =>
    kept
      .filter((part) => part.phase === phase)
      .sort((a, b) => a.step - b.step)
      .flatMap(({ node, step }) => {
        const now = nowNamed(walk, node);
        return now ? [{ node: now, step, broken: brokenBy(walk, node) }] : [];
      });
  const tables = ordered(walk).filter((table) => !walk.queried.has(table));
  const indexes = [...catalog.indexes.values()];
  const isQueried = ({ table }: Index) => walk.queried.has(table);
  const deferred: Made[] = [];
  const placed = new Set<Table>();
  const creates = tables.map((table) => {
    placed.add(table);
    return { node: createTable(walk, table, placed, deferred), step: walk.stepOf.get(table.node)! };
  });
  const sequences = [...catalog.sequences.values()].filter(isOwnStatement(walk));
  return [
    ...keptStatements("types"),
    ...[...catalog.enums].flatMap(([k, type]) => enumType(walk, k, type)),
    ...sequences.map((sequence) => createSequence(walk, sequence)),
    ...keptStatements("functions"),
    ...creates,
    ...sequences.flatMap((sequence) => ownership(walk, sequence)),
    ...deferred,
    ...createIndexes(
      walk,
      indexes.filter((index) => !isQueried(index)),
    ),
    ...[...walk.leftovers].flatMap(([step, node]) => leftover(walk, node, step)),
    ...tables.flatMap((table) => [table, ...table.columns.values()]).flatMap((thing) => comment(walk, thing)),
    ...keptStatements("rest"),
    ...createIndexes(walk, indexes.filter(isQueried)),
  ];
}

function createIndexes(walk: Walk, indexes: readonly Index[]): Made[] {
  return indexes.map((index) => createIndex(walk, index)).sort(byStep);
}

function byStep(a: Made, b: Made): number {
  return a.step - b.step;
}

/** In the order of the history, but each after those it points to or inherits from, where that is possible. */
function ordered(walk: Walk): Table[] {
  const done = new Set<Table>();
  const visit = (table: Table): void => {
    if (done.has(table)) return;
    done.add(table);
    for (const parent of parentsOf(walk, table)) visit(parent);
    for (const { parent } of table.constraints.values()) if (parent && isAlive(walk, parent.table)) visit(parent.table);
    sorted.push(table);
  };
  const sorted: Table[] = [];
  const all = [...walk.catalog.tables.values()].sort((a, b) => walk.stepOf.get(a.node)! - walk.stepOf.get(b.node)!);
  for (const table of all) visit(table);
  return sorted;
}

function parentsOf(walk: Walk, { node }: Table): Table[] {
  return (node.inhRelations ?? []).flatMap((relation) => walk.relations.get(relation as RangeVar) ?? []);
}

function createTable(walk: Walk, table: Table, placed: ReadonlySet<Table>, deferred: Made[]): CreateStmt {
  const { node } = table;
  const parents = parentsOf(walk, table);
  const inherited = (column: Column) => parents.some((p) => [...p.columns.values()].some((c) => c.def === column.def));
  const own = [...table.columns.values()].filter((column) => !inherited(column));
  const isLater = ({ parent }: TableConstraint) => parent !== undefined && parent.table !== table && !placed.has(parent.table);
  const inline = new Set<Node>();
  const later = (constraint: TableConstraint, made: Constraint) => {
    const relation = relationTo({ ...node.relation!, inh: true }, table);
    const cmd: AlterTableCmd = { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: made, behavior: "DROP_RESTRICT" };
    deferred.push({
      node: { kind: "AlterTableStmt", relation, cmds: [cmd], objtype: "OBJECT_TABLE" },
      step: walk.stepOf.get(constraint.node)!,
    });
  };
  const columns = own.map((column) => {
    const { def, inlined } = columnDefinition(walk, column, isLater, later);
    for (const constraint of inlined) inline.add(constraint);
    walk.columns.set(def, column);
    return def;
  });
  // What LIKE and OF brought stands among the columns and constraints.
  const expanded = expandLike(walk.catalog, node) !== undefined;
  const others = (node.tableElts ?? []).filter(
    (element) => !as("ColumnDef", element) && !as("Constraint", element) && !(expanded && as("TableLikeClause", element)),
  );
  const constraints = [...table.constraints.values()].flatMap((constraint) => {
    if (inline.has(constraint.node) || parents.some((p) => [...p.constraints.values()].some((c) => c.node === constraint.node))) return [];
    const made = constraintNow(walk, constraint);
    if (!isLater(constraint)) return [made];
    later(constraint, made);
    return [];
  });
  return without({
    ...node,
    relation: relationTo(node.relation!, table),
    tableElts: [...columns, ...others, ...constraints],
    inhRelations: node.inhRelations?.map((relation) => {
      const parent = walk.relations.get(relation as RangeVar);
      return parent ? relationTo(relation as RangeVar, parent) : relation;
    }),
    constraints: undefined,
    if_not_exists: undefined,
    ...(expanded && { ofTypename: undefined }),
  });
}

/** A copy without the fields that are undefined. */
function without<N extends object>(node: N): N {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined)) as N;
}

function relationTo(relation: RangeVar, { schema, name }: { readonly schema: string; readonly name: string }): RangeVar {
  const isSame = relation.relname === name && (relation.schemaname === undefined || relation.schemaname === schema);
  return isSame ? relation : { ...relation, relname: name, schemaname: schema };
}

/** A constraint of a column's definition, with what is said of it behind it: DEFERRABLE and the like. */
interface Clause {
  readonly main: Constraint;
  readonly attributes: readonly Constraint[];
}

function clausesOf(def: ColumnDef): Clause[] {
  const clauses: { main: Constraint; attributes: Constraint[] }[] = [];
  for (const item of def.constraints ?? []) {
    const constraint = as("Constraint", item);
    if (!constraint) continue;
    if (constraint.contype?.startsWith("CONSTR_ATTR_")) clauses[clauses.length - 1]?.attributes.push(constraint);
    else clauses.push({ main: constraint, attributes: [] });
  }
  return clauses;
}

const SERIAL_OF: Readonly<Record<string, string>> = { int2: "smallserial", int4: "serial", int8: "bigserial" };

function columnDefinition(
  walk: Walk,
  column: Column,
  isLater: (constraint: TableConstraint) => boolean,
  later: (constraint: TableConstraint, made: Constraint) => void,
): { readonly def: ColumnDef; readonly inlined: readonly Constraint[] } {
  const { def, table } = column;
  const constraints: Value[] = [];
  const inlined: Constraint[] = [];
  const clauses = clausesOf(def);
  const clause = (contype: Constraint["contype"]) => clauses.find(({ main }) => main.contype === contype)?.main;
  const isSerial = column.identity !== undefined && Object.hasOwn(SERIAL, typeName(def.typeName!).name);
  if (column.notNull && (clause("CONSTR_NOTNULL") || !isNotNullAnyway(walk, column)))
    constraints.push(clause("CONSTR_NOTNULL") ?? { kind: "Constraint", contype: "CONSTR_NOTNULL" });
  const value = defaultNow(walk, column);
  const written = clause("CONSTR_DEFAULT");
  if (value !== undefined)
    constraints.push(
      written && value === written.raw_expr
        ? written
        : without<Constraint>({ kind: "Constraint", contype: "CONSTR_DEFAULT", raw_expr: value, location: placeOf(value) as number }),
    );
  if (column.identity !== undefined && !isSerial) constraints.push(...[clause("CONSTR_IDENTITY") ?? addedIdentity(column) ?? []].flat());
  const generated = column.generated ? clause("CONSTR_GENERATED") : undefined;
  if (generated) constraints.push(withExpressions(walk, generated, table));
  for (const { main, attributes } of clauses) {
    const made = walk.catalog.constraintOf.get(main);
    if (!made || table.constraints.get(made.name) !== made) continue;
    inlined.push(main);
    const now = constraintNow(walk, made);
    if (isLater(made)) later(made, standingAlone(now, attributes, column));
    else constraints.push(now, ...attributes);
  }
  const changed = walk.collations.get(column);
  const changes = {
    colname: column.name,
    typeName: isSerial ? serialType(column) : column.type,
    constraints: constraints.length > 0 ? constraints : undefined,
    collClause: changed ? changed.collClause : def.collClause,
  };
  return { def: without({ ...def, ...changes }), inlined };
}

function placeOf(value: Value | undefined): number | undefined {
  if (!isNode(value)) return undefined;
  const at = (value as { location?: number }).location;
  return at ?? placeOf(as("TypeCast", value)?.arg);
}

/** The type of a serial column may have been changed: `serial` is an integer with a sequence, and so is `bigserial`. */
function serialType(column: Column): TypeName {
  if (column.type === column.def.typeName) return column.type;
  const serial = SERIAL_OF[typeName(column.type).name];
  return serial === undefined ? column.type : { ...column.type, names: [serial] };
}

function addedIdentity(column: Column): Constraint | undefined {
  const cmd = column.changes.findLast((change) => as("AlterTableCmd", change)?.subtype === "AT_AddIdentity");
  return as("Constraint", as("AlterTableCmd", cmd)?.def);
}

function isNotNullAnyway({ catalog }: Walk, column: Column): boolean {
  const primary = [...column.table.constraints.values()].find((c) => c.type === "primary");
  const domain = find(catalog, catalog.domains, typeName(column.type));
  return column.identity !== undefined || (primary?.columns.includes(column) ?? false) || (domain?.notNull ?? false);
}

/** What the column's definition must say: a domain's default and a serial column's sequence say themselves. */
function defaultNow(walk: Walk, column: Column): Value | undefined {
  const { catalog } = walk;
  const value = column.default;
  if (value === undefined) return undefined;
  if (column.defaultNode === undefined && find(catalog, catalog.domains, typeName(column.type))?.default === value) return undefined;
  const sequence = nextvalSequence(value);
  const drawn = sequence && [...catalog.sequences.values()].find((s) => s.usedBy.includes(column));
  if (drawn && column.identity !== undefined && !isOwnStatement(walk)(drawn)) return undefined;
  const step = walk.stepOf.get(column.defaultNode ?? column.def) ?? 0;
  const renamed = mapped(value, (part) => (part.kind === "TypeName" ? typeNow(walk, part, step) : part));
  return drawn && sequence && drawn.name !== sequence.name ? withText(renamed, literalName(drawn)) : renamed;
}

/** A sequence's name as `nextval` takes it. */
function literalName({ schema, name }: Sequence): string {
  return [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

/** The expression with another text for its string constants. */
function withText(value: Value, text: string): Value {
  return mapped(value, (node) => (node.kind === "A_Const" && literalText(node) !== undefined ? { ...node, sval: text } : node));
}

/** An inline constraint as one of the table. */
function standingAlone(constraint: Constraint, attributes: readonly Constraint[], column: Column): Constraint {
  const has = (contype: Constraint["contype"]) => attributes.some((a) => a.contype === contype);
  return {
    ...constraint,
    fk_attrs: [column.name],
    ...(has("CONSTR_ATTR_DEFERRABLE") || has("CONSTR_ATTR_DEFERRED") ? { deferrable: true } : {}),
    ...(has("CONSTR_ATTR_DEFERRED") ? { initdeferred: true } : {}),
    ...(has("CONSTR_ATTR_NOT_ENFORCED") ? { is_enforced: false } : {}),
  };
}

/** A constraint with the names that it and what it speaks of have at the end. */
function constraintNow(walk: Walk, made: TableConstraint): Constraint {
  const { node, columns, parent, table } = made;
  const names = columns.map((column) => column.name);
  const inTable = node.keys !== undefined || node.fk_attrs !== undefined || node.indexname !== undefined;
  const keyed = made.type === "primary" || made.type === "unique";
  const now = withLabels(withExpressions(walk, node, table), made);
  return without({
    ...now,
    conname: made.name,
    ...(keyed && inTable && (node.keys === undefined || node.keys.length === names.length) ? { keys: names } : {}),
    indexname: undefined,
    ...(node.fk_attrs?.length === names.length ? { fk_attrs: names } : {}),
    ...(parent && node.pktable ? { pktable: relationTo(node.pktable, parent.table) } : {}),
    // Without columns it is the primary key at that time, which may have become another one.
    ...(parent && parent.columns.length > 0 ? { pk_attrs: parent.columns.map((c) => c.name) } : {}),
    // No row is there that could break it.
    ...(node.skip_validation ? { skip_validation: false, initially_valid: true } : {}),
  });
}

/** A constraint whose expressions name columns and types as they are called at the end. */
function withExpressions(walk: Walk, node: Constraint, table: Table): Constraint {
  const step = walk.stepOf.get(node)!;
  return mapped(node, (part) => namedNow(walk, part, table, step)) as Constraint;
}

function namedNow(walk: Walk, part: Node, table: Table, step: number): Node {
  if (part.kind === "ColumnRef") {
    const name = columnName(part);
    const now = name === undefined ? undefined : nameNow(walk, table, name, step);
    return now === undefined || now === name ? part : { ...part, fields: [now] };
  }
  if (part.kind === "IndexElem" && part.name !== undefined) {
    const now = nameNow(walk, table, part.name, step);
    return now === part.name ? part : { ...part, name: now };
  }
  return part.kind === "TypeName" ? typeNow(walk, part, step) : part;
}

function nameNow({ renames }: Walk, table: Table, name: string, step: number): string {
  return renames.filter((r) => r.table === table && r.step > step).reduce((at, { from, to }) => (at === from ? to : at), name);
}

function typeNow({ renames }: Walk, type: TypeName, step: number): TypeName {
  const { name } = typeName(type);
  const now = renames.filter((r) => r.table === undefined && r.step > step).reduce((at, { from, to }) => (at === from ? to : at), name);
  return now === name ? type : { ...type, names: [...(type.names ?? []).slice(0, -1), now] };
}

/** A value with its nodes replaced, bottom-up; itself where none is. */
function mapped(value: Value, change: (node: Node) => Node): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => mapped(item, change));
    return items.every((item, i) => item === (value as readonly Value[])[i]) ? value : items;
  }
  if (!isNode(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [field, inner] of Object.entries(value)) {
    const now = mapped(inner as Value, change);
    if (now === inner) continue;
    copy ??= { ...value };
    copy[field] = now;
  }
  return change((copy ?? value) as Node) as Value;
}

/** Sequences that the history makes by a statement, not by a serial or identity column. */
function isOwnStatement(walk: Walk): (sequence: Sequence) => boolean {
  return ({ node }) => node !== undefined && walk.stepOf.has(node);
}

function createSequence(walk: Walk, { node, name, schema, options }: Sequence): Made {
  const written = new Map(nodesOf("DefElem", node!.options).map((o) => [o.defname ?? "", o]));
  const now = [...options].flatMap(([defname, arg]): Value[] => {
    if (defname === "owned_by" || defname === "restart") return [];
    const before = written.get(defname);
    return [before && before.arg === arg ? before : without({ kind: "DefElem", defname, arg, defaction: "DEFELEM_UNSPEC" } as const)];
  });
  const made: CreateSeqStmt = without({
    ...node!,
    sequence: relationTo(node!.sequence!, { schema, name }),
    options: now.length > 0 ? now : undefined,
    if_not_exists: undefined,
  });
  return { node: made, step: walk.stepOf.get(node!)! };
}

/** OWNED BY, once the table is there. */
function ownership(walk: Walk, { node, name, schema, ownedBy }: Sequence): Made[] {
  if (!ownedBy || !isAlive(walk, ownedBy.table)) return [];
  const { table } = ownedBy;
  const option: Value = {
    kind: "DefElem",
    defname: "owned_by",
    arg: [table.schema, table.name, ownedBy.name],
    defaction: "DEFELEM_UNSPEC",
  };
  const sequence = relationTo(node!.sequence!, { schema, name });
  return [{ node: { kind: "AlterSeqStmt", sequence, options: [option] }, step: walk.stepOf.get(node!)! }];
}

function enumType({ enums }: Walk, k: string, type: EnumType): Made[] {
  const step = enums.get(type);
  const dot = k.indexOf(".");
  const schema = k.slice(0, dot) === "public" ? [] : [k.slice(0, dot)];
  return step === undefined
    ? []
    : [{ node: { kind: "CreateEnumStmt", typeName: [...schema, k.slice(dot + 1)], vals: [...type.labels] }, step }];
}

function createIndex(walk: Walk, { node, name, table, named }: Index): Made {
  const step = walk.stepOf.get(node)!;
  const now = withLabels(mapped(node, (part) => namedNow(walk, part, table, step)) as IndexStmt, named);
  const made = {
    ...now,
    idxname: name,
    relation: relationTo(node.relation!, table),
    concurrent: undefined,
    if_not_exists: undefined,
  };
  return { node: without(made), step };
}

function comment(walk: Walk, thing: Table | Column): Made[] {
  const said = walk.comments.get(thing);
  if (!said || thing.comment === undefined) return [];
  const { node, step } = said;
  const table = "table" in thing ? thing.table : thing;
  const parts = (Array.isArray(node.object) ? (node.object as readonly Value[]) : []).slice();
  const names = "table" in thing ? [table.name, thing.name] : [table.name];
  const schema = parts.length > names.length || table.schema !== walk.schemas[step] ? [table.schema] : [];
  return [{ node: { ...node, object: [...schema, ...names] }, step }];
}

/** Those parts of an ALTER TABLE that are no part of the definition, for a table that is there at the end. */
function leftover(walk: Walk, node: AlterTableStmt, step: number): Made[] {
  const table = walk.relations.get(node.relation!)!;
  if (!isAlive(walk, table)) return [];
  const cmds = (node.cmds ?? []).map((item) => {
    const cmd = as("AlterTableCmd", item);
    const name = cmd?.name === undefined ? undefined : nameNow(walk, table, cmd.name, step);
    return cmd && name !== cmd.name ? without({ ...cmd, name }) : item;
  });
  return [{ node: { ...node, relation: relationTo(node.relation!, table), cmds }, step }];
}

/** A kept statement with the names its tables have at the end; undefined when one of them is not there any more. */
function nowNamed(walk: Walk, made: Node): Node | undefined {
  let isGone = false;
  const node = readNow(walk, made);
  const now = mapped(node as Value, (part) => {
    const table = part.kind === "RangeVar" ? walk.relations.get(part) : undefined;
    if (!table) return part;
    if (!isAlive(walk, table)) isGone = true;
    return relationTo(part as RangeVar, table);
  });
  return isGone ? undefined : (now as Node);
}

/** A rename that no other text of the view's query follows, as in a join by the names of columns. */
function brokenBy(walk: Walk, made: Node): string | undefined {
  const reader = readerOf(walk, made);
  return reader && !reader.query && isRemade(walk, made)
    ? `${reader.name} joins by the name of a column that has another one now`
    : undefined;
}

function readerOf({ catalog }: Walk, made: Node): Reader | undefined {
  return [...catalog.readers.values()].find(({ node }) => node === made);
}

/** Whether something that the view reads was renamed under it. */
function isRemade({ catalog }: Walk, made: Node): boolean {
  return [...catalog.remade.values()].some((readers) => readers.some(({ node }) => node === made));
}

/** A view with the names that it, its columns and what it reads have at the end. */
function readNow(walk: Walk, made: Node): Node {
  if (made.kind !== "ViewStmt" && made.kind !== "CreateTableAsStmt") return made;
  const reader = readerOf(walk, made);
  if (!reader?.query) return made;
  const query = isRemade(walk, made) ? { query: reader.query } : {};
  if (made.kind === "CreateTableAsStmt") return { ...made, ...query };
  return without({ ...made, ...query, view: relationTo(made.view!, reader), aliases: reader.aliases });
}
