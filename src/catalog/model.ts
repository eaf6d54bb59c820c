import type {
  ColumnDef,
  Constraint,
  CreateFunctionStmt,
  CreateSeqStmt,
  CreateStmt,
  CreateTableAsStmt,
  CreateTrigStmt,
  DoStmt,
  DropStmt,
  IndexStmt,
  Node,
  SelectStmt,
  TypeName,
  Value,
  ViewStmt,
} from "../pg/ast.js";
import type { Name } from "../pg/names.js";
import type { Program } from "../pg/program.js";
import type { Routine } from "./builtin/table.js";
import type { TypeOverride } from "./overrides.js";

/** The state of a PostgreSQL database as DDL leaves it. Names are as PostgreSQL folds them; `key()` joins schema and name. */
export interface Catalog {
  /** Where unqualified names are looked up and made. */
  schema: string;
  /** All schemas that a relation was ever made in, or moved to. */
  readonly schemas: Set<string>;
  /** Schemas that were renamed, by the names they had, with those they got. */
  readonly renamedSchemas: Map<string, string>;
  readonly tables: Map<string, Table>;
  /** Tables that ever had parents. */
  readonly inheriting: Set<Table>;
  /** Relations of statements that PostgreSQL's grammar refuses, by key: TiDB's own, which are kept, and those that are not in the output. */
  readonly foreign: Map<string, "kept" | "refused">;
  /** Keys of relations by what they are in small letters; several of them with a NUL between them. */
  readonly spellings: Map<string, string>;
  /** Those that were there when another was that is the same in small letters. */
  readonly together: Set<string>;
  readonly indexes: Map<string, Index>;
  readonly enums: Map<string, EnumType>;
  readonly domains: Map<string, Domain>;
  readonly sequences: Map<string, Sequence>;
  readonly views: Map<string, { readonly name: string }>;
  /** Relations whose columns come from a query: views, materialized views, CREATE TABLE AS. */
  readonly derived: Map<string, Derived>;
  /** What views and materialized views read, by their keys. */
  readonly readers: Map<string, Reader>;
  /** Views that went with what they read, by the statement that dropped that; those that read others first. */
  readonly cascaded: Map<DropStmt, readonly Reader[]>;
  /** Views that read what a statement renames, with their queries as they are from then on. */
  readonly remade: Map<Node, readonly Reader[]>;
  /** What went with schemas, by the statements that dropped them: one that drops each kind of relation and type. */
  readonly schemaDrops: Map<DropStmt, readonly DropStmt[]>;
  readonly composites: Map<string, Composite>;
  readonly ranges: Map<string, { readonly subtype: string; readonly multirange: string }>;
  /** The user's functions, aggregates and procedures, all of a name together. */
  readonly functions: Map<string, readonly Routine[]>;
  readonly extensions: Set<string>;
  /** The user's casts by `source target`, with pg_cast.castcontext; names of the user's operators. */
  readonly casts: Map<string, string>;
  readonly operators: Set<string>;
  readonly roles: Set<string>;
  /** Functions and procedures of the same name, by key. */
  readonly routines: Map<string, readonly StoredRoutine[]>;
  /** Keys of views of which a trigger or a rule says what becomes of writes to them. */
  readonly rerouted: Set<string>;
  /** Triggers by their tables and names. */
  readonly triggers: Map<Table, Map<string, Trigger>>;
  /** All triggers ever made, by the statements that make them. */
  readonly triggerOf: Map<CreateTrigStmt, Trigger>;
  /** Columns that a statement gave a trigger which touches them, or took it from. */
  readonly retouched: Map<Node, readonly Retouched[]>;
  /** CHECKs that stand for triggers, by their tables and the triggers' names. */
  readonly validated: Map<Table, Map<string, Validated>>;
  /** What statements change in them. */
  readonly revalidated: Map<Node, Revalidation>;
  /** Bodies of functions and DO blocks by the nodes that hold them. */
  readonly programs: Map<Node, Program>;
  /** What domains demand of columns, by the column definitions and statements that make or change it. */
  readonly demands: Map<Node, readonly Demand[]>;
  /** Sequences that went with the columns they belonged to, by the statements that dropped these. */
  readonly orphaned: Map<Node, readonly Sequence[]>;
  /** Those of the statement that is replayed. */
  going?: Sequence[] | undefined;
  /** What DO blocks came to. */
  readonly blocks: Map<DoStmt, Block>;
  /** Statements with IF NOT EXISTS that found what they make. */
  readonly passedOver: Set<Node>;
  /** Every column ever defined, by the node that defined it: survives renames and drops. */
  readonly defined: Map<ColumnDef, Column>;
  /** Every table ever made, by the statement that made it: survives renames and drops. */
  readonly tableOf: Map<CreateStmt, Table>;
  /** Constraints and indexes by the node that made them. */
  readonly constraintOf: Map<Constraint, TableConstraint>;
  readonly indexOf: Map<IndexStmt, Index>;
  /** Names of tables that the input drops and did not make: they were there before. */
  readonly notMadeHere: Set<string>;
  /** Tables by the names of CHECKs they ever had, in lower case. */
  readonly checkNames: Map<string, readonly Table[]>;
  /** Indexes that were dropped, by key: a statement that drops one is judged after it was replayed. */
  readonly dropped: Map<string, Index>;
  /** The reader's choices of types, the first that matches deciding. */
  readonly overrides: readonly TypeOverride[];
  /** The input is replayed a second time: `defined` has the columns of the first time, until they are defined again. */
  readonly again?: true;
  /** Columns of relations that are not known are taken for what their context asks for. */
  readonly assuming?: boolean;
  /** The input is about things that others make, too. */
  readonly part?: boolean;
  /** What came of the demands of domains at the end of the input, while it is replayed again. */
  readonly settled?: ReadonlyMap<Node, readonly Demand[]>;
  /** What relations are called in TiDB, quoted; absent while the input is read. */
  inTidb?: (name: Name) => string;
}

export interface Table {
  schema: string;
  name: string;
  readonly columns: Map<string, Column>;
  readonly constraints: Map<string, TableConstraint>;
  droppedConstraints?: Map<string, TableConstraint>;
  /** Columns that were dropped, by name, with their constraints, indexes and what was computed from them: PostgreSQL drops them along. */
  droppedWith?: Map<
    string,
    { readonly column: Column; readonly things: readonly (TableConstraint | Index)[]; readonly computed: readonly Column[] }
  >;
  /** Columns by the names that constraints gave their NOT NULL; a name stays when the constraint is dropped. */
  notNulls?: Map<string, Column>;
  comment: string | undefined;
  readonly node: CreateStmt;
  partitioned: boolean;
  /** The tables that it INHERITS from and is a table beside, as far as the input makes them. */
  parents: readonly Table[];
  /** The table that holds its rows in TiDB: it is a partition, or a child by INHERITS that says only which of the parent's rows it has. */
  partitionOf: Table | undefined;
  /** Of a partition: the parts of the whole table in TiDB that have its rows and no others; undefined where none are. */
  parts: readonly string[] | undefined;
  droppedBy?: DropStmt;
  /** How many CHECKs of ours are on it: one refuses the rows that no partition takes, others hold MATCH FULL of foreign keys. */
  guards: number;
}

export interface Column {
  name: string;
  table: Table;
  type: TypeName;
  /** Its type before the last change. */
  changedFrom: TypeName | undefined;
  notNull: boolean;
  default: Value | undefined;
  generated: boolean;
  /** How it is computed, as that was written, and from what. */
  computed?: Named & { readonly expression: Value };
  /** `a` GENERATED ALWAYS, `d` BY DEFAULT (or serial). */
  identity: "a" | "d" | undefined;
  /**
   * It became an identity when its table was there, or is the second one of its table, or counts otherwise than by 1, or other columns are
   * computed from it: a sequence gives the numbers, unless the statement went into CREATE TABLE.
   */
  identityLater?: true;
  comment: string | undefined;
  /** What ever happens to the column, over the whole input: it decides how text is stored from the start. */
  readonly history: {
    keys: readonly Key[];
    literalDefault: boolean;
    /** The enum it last was of: its keys need that when the type is gone from the catalog already. */
    enumType?: EnumType | undefined;
    /** The longest label of all enums that it ever is of. */
    longestLabel?: string;
    /** Its primary key stands in CREATE TABLE in TiDB, and a later statement makes it in PostgreSQL. */
    keyedFromStart?: true;
    autoIncrement: boolean;
    /** It was made VIRTUAL in TiDB, and of nothing, for a change of what it is computed from. */
    hidden?: true;
    /** A generated column is computed from it: TiDB computes none from AUTO_INCREMENT (error 3109). */
    computedFrom?: true;
    /** Where its numbers come from in TiDB, if it is a serial or identity column that was added. */
    sequence?: CreateSeqStmt;
    /** The clause that it is from: an identity that was taken off may be followed by another one. */
    sequenceOf?: Constraint | undefined;
    /** Its definition holds ON UPDATE CURRENT_TIMESTAMP from the start, for a trigger that is never taken off. */
    touched: Touch | undefined;
    /** It is computed from the start, as a trigger does that is never taken off. */
    computedBy?: { readonly trigger: Trigger; readonly expression: Value };
  };
  /** Added by ALTER TABLE: TiDB makes no AUTO_INCREMENT column that way (error 8200). */
  readonly added: boolean;
  readonly def: ColumnDef;
  /** As the end of the input leaves it, where the input is replayed again. */
  readonly last: Column | undefined;
  /** Clauses of ALTER TABLE that changed it. */
  changes: readonly Node[];
  /** The constraint node that set the default, when it stands in a statement of its own or in the definition. */
  defaultNode: Node | undefined;
}

/** A use of columns that needs an index entry. */
export interface Key {
  readonly kind: "primary" | "unique" | "foreign" | "parent" | "index" | "expression" | "partial" | "nulls" | "partition";
  /** All columns of the key. */
  readonly columns: readonly Column[];
}

export interface TableConstraint {
  name: string;
  readonly table: Table;
  readonly type: "primary" | "unique" | "foreign" | "check" | "exclude";
  /** Foreign keys of other tables that went along when it was dropped by CASCADE. */
  cascaded?: readonly TableConstraint[];
  readonly columns: readonly Column[];
  readonly parent: { readonly table: Table; readonly columns: readonly Column[] } | undefined;
  readonly node: Constraint;
  /** See `Named`. */
  labels?: readonly Relabelling[];
  /** It stands for a domain's. */
  readonly demand?: DomainCheck;
  /** What its definition calls the columns: they may be renamed later. */
  readonly names: readonly string[];
  /** A later statement of the input takes it off, by name or with a column. */
  dropped: boolean;
}

export interface Index {
  name: string;
  readonly table: Table;
  readonly unique: boolean;
  /** null for an expression. */
  readonly columns: readonly (Column | null)[];
  readonly node: IndexStmt;
  /** The columns that its definition speaks of. */
  readonly named: Named;
}

/** Columns, and what they were called when something was made of them: they may be renamed later. */
export interface Named {
  readonly columns: readonly Column[];
  readonly names: readonly string[];
  /** Labels of enums that were renamed since, in order. */
  labels?: readonly Relabelling[];
}

/** A label of an enum that has another name. */
export interface Relabelling {
  readonly type: EnumType;
  /** The columns of that type. */
  readonly columns: readonly Column[];
  readonly from: string;
  readonly to: string;
}

export interface StoredRoutine {
  readonly schema: string;
  readonly name: string;
  readonly node: CreateFunctionStmt;
  readonly program: Program | undefined;
  /** What CREATE OR REPLACE replaced. */
  readonly previous: StoredRoutine | undefined;
}

export interface Trigger {
  readonly name: string;
  readonly table: Table;
  readonly node: CreateTrigStmt;
  /** The function it calls. */
  readonly routine: Name;
  /** Not by ALTER TABLE … DISABLE TRIGGER, nor for replicas only. */
  readonly enabled: boolean;
}

/** A trigger that sets a column to the current time whenever a row is updated. */
export interface Touch {
  readonly trigger: Trigger;
  /** The current time, as the function asks for it. */
  readonly value: Value;
  /** Also where nothing of the row changes. */
  readonly always: boolean;
  /** Also where the statement itself gives the column a value. */
  readonly overrides: boolean;
  /** Rows that are inserted get the time as well. */
  readonly inserts: boolean;
}

/** A CHECK that stands for a trigger. */
export interface Validated {
  readonly trigger: CreateTrigStmt;
  readonly table: Table;
  readonly name: string;
  readonly constraint: Constraint;
  /** What the trigger's function says to those that it refuses. */
  readonly messages: readonly string[];
}

/** What a statement changes in the CHECKs that stand for triggers. */
export interface Revalidation {
  readonly added: readonly Validated[];
  readonly dropped: readonly Validated[];
  /** It makes a trigger again that one of them stands for. */
  readonly already?: Validated;
}

/** A DO block that only guards statements came to those that its guards let pass; for any other there is a reason. */
export type Block =
  | { readonly refused: string }
  | {
      readonly kept: number;
      /** Statements that did not pass; `there`: what they make is there already. */
      readonly skipped: readonly { readonly what: string; readonly there: boolean }[];
      /** Statements of which the block catches more failures than the schema tells. */
      readonly uncaught: readonly string[];
      /** Why nothing is known of what follows those kept. */
      readonly stopped: string | undefined;
    };

export interface Retouched {
  readonly column: Column;
  readonly before: Touch | undefined;
  readonly after: Touch | undefined;
}

export interface EnumType {
  readonly name: string;
  readonly labels: string[];
}

/** A relation that a query made. */
export interface Derived {
  schema: string;
  name: string;
  readonly kind: "view" | "materialized view" | "table";
  /** It is its session's own. */
  readonly temporary?: true;
  /** Types as `PgType` names them; undefined where the query's types cannot be told. */
  readonly columns: readonly DerivedColumn[];
}

export interface Reader {
  readonly schema: string;
  readonly name: string;
  readonly materialized: boolean;
  /** Keys of relations. */
  readonly reads: ReadonlySet<string>;
  /** The statement that made it. */
  readonly node: ViewStmt | CreateTableAsStmt;
  /** The query as PostgreSQL keeps it, by the names of today; undefined where these cannot be put into it. */
  readonly query: SelectStmt | undefined;
  /** What its columns are called, where that is not what the query calls them. */
  readonly aliases: readonly Value[] | undefined;
}

export interface DerivedColumn {
  readonly name: string;
  readonly type: { readonly name: string; readonly mods?: readonly number[] } | undefined;
  readonly nullable: boolean;
}

/** CREATE TYPE … AS (…) */
export interface Composite {
  name: string;
  readonly columns: readonly { readonly name: string; readonly type: TypeName }[];
}

export interface Domain {
  readonly name: string;
  readonly base: TypeName;
  readonly notNull: boolean;
  readonly checks: readonly DomainCheck[];
  readonly default: Value | undefined;
}

/** A CHECK of a domain, over VALUE. */
export interface DomainCheck {
  name: string;
  readonly expression: Value;
}

/** What a statement changes in what domains demand of a column. */
export interface Demand {
  readonly column: Column;
  /** Its name at that time. */
  readonly name: string;
  readonly adds: readonly DomainCheck[];
  readonly drops: readonly DomainCheck[];
  /** The whole of what they say, beside CHECKs. */
  readonly notNull: boolean;
  readonly default: Value | undefined;
  /** Whether the column itself changes with them. */
  readonly changesNull: boolean;
  readonly changesDefault: boolean;
  /** The column's own constraints that stand for `adds`, once the whole input is known, so that no name is taken twice. */
  made: readonly TableConstraint[];
}

export interface Sequence {
  /** The statement that made it; absent for those that serial and identity columns bring. */
  readonly node: CreateSeqStmt | undefined;
  readonly schema: string;
  name: string;
  readonly options: ReadonlyMap<string, Value | undefined>;
  ownedBy: Column | undefined;
  /** Columns whose default draws from it. */
  usedBy: readonly Column[];
}

export function emptyCatalog(overrides: readonly TypeOverride[] = []): Catalog {
  return {
    schema: "public",
    schemas: new Set(),
    renamedSchemas: new Map(),
    tables: new Map(),
    inheriting: new Set(),
    foreign: new Map(),
    spellings: new Map(),
    together: new Set(),
    indexes: new Map(),
    enums: new Map(),
    domains: new Map(),
    sequences: new Map(),
    views: new Map(),
    derived: new Map(),
    readers: new Map(),
    cascaded: new Map(),
    remade: new Map(),
    schemaDrops: new Map(),
    composites: new Map(),
    ranges: new Map(),
    functions: new Map(),
    extensions: new Set(),
    casts: new Map(),
    operators: new Set(),
    roles: new Set(),
    routines: new Map(),
    rerouted: new Set(),
    triggers: new Map(),
    triggerOf: new Map(),
    retouched: new Map(),
    programs: new Map(),
    orphaned: new Map(),
    blocks: new Map(),
    validated: new Map(),
    revalidated: new Map(),
    demands: new Map(),
    passedOver: new Set(),
    defined: new Map(),
    tableOf: new Map(),
    constraintOf: new Map(),
    indexOf: new Map(),
    notMadeHere: new Set(),
    checkNames: new Map(),
    dropped: new Map(),
    overrides,
  };
}

/** The table that holds a partition's rows in TiDB; undefined for a table that is no partition. */
export function rootOf(table: Table | undefined): Table | undefined {
  let root = table?.partitionOf;
  while (root?.partitionOf) root = root.partitionOf;
  return root;
}

/** Whether the column is one of a primary key in TiDB, at the statement whose catalog it is of. */
export function inPrimaryKey(column: Column): boolean {
  const now = [...column.table.constraints.values()].some(({ type, columns }) => type === "primary" && columns.includes(column));
  return now || column.history.keyedFromStart === true;
}

/** The column that a definition makes, as the catalog has it. Both passes over a history have one map: it would take as much memory again. */
export function columnDefinedBy({ defined, again }: Catalog, def: ColumnDef): Column | undefined {
  const column = defined.get(def);
  return column && !again ? atEnd(column) : column;
}

/** Every column ever defined, as the catalog has it. */
export function columnsDefined({ defined, again }: Catalog): Column[] {
  return again ? [...defined.values()] : [...defined.values()].map(atEnd);
}

/** The column as the end of the input leaves it: patterns know it by the name it has there, at every statement. */
export function atEnd(column: Column): Column {
  return column.last ?? column;
}

/** Whether TiDB gives the column its numbers by AUTO_INCREMENT. */
export function isAutoIncrement(column: Column): boolean {
  return !column.added && ((column.identity !== undefined && !column.identityLater) || column.history.autoIncrement);
}

/**
 * The name that a schema has at last: its own where it was not renamed, or where another one was made under the name that it gave up.
 * @param final the schema at the end of the input
 */
export function lastSchema(final: Catalog, schema: string): string {
  const next = final.schemas.has(schema) ? undefined : final.renamedSchemas.get(schema);
  return next === undefined ? schema : lastSchema(final, next);
}

/** The tables that INHERIT from one, and those that do from them. */
export function heirsOf(catalog: Catalog, table: Table): Table[] {
  // One may inherit on several ways.
  const heirs = new Set<Table>();
  for (const other of catalog.inheriting)
    if (other.parents.includes(table) && catalog.tables.get(`${other.schema}.${other.name}`) === other)
      for (const each of [other, ...heirsOf(catalog, other)]) heirs.add(each);
  return [...heirs];
}

/** The key under which a relation or type stands, its schema filled in. */
export function key(catalog: Catalog, { schema = catalog.schema, name }: Name): string {
  if (lastKey.name !== name || lastKey.schema !== schema) lastKey = { schema, name, key: keyOf(schema, name) };
  return lastKey.key;
}

/** Flat from the start: sums of texts keep their parts, also when they are flattened to be looked up. */
export function keyOf(schema: string, name: string): string {
  return [schema, name].join(".");
}

/** The key made last: a statement looks up one name again and again, and a text that is put together anew is hashed anew. */
let lastKey = { schema: "", name: "", key: "." };

/** The object of that name, looked up in the current schema and then in `public`. */
export function find<T>(catalog: Catalog, map: ReadonlyMap<string, T>, name: Name): T | undefined {
  if (map.size === 0) return undefined;
  const found = map.get(key(catalog, name));
  return found ?? (name.schema === undefined && catalog.schema !== "public" ? map.get(`public.${name.name}`) : undefined);
}

/** Whether the relation is its session's own. */
export function isTemporary(catalog: Catalog, name: Name): boolean {
  const table = find(catalog, catalog.tables, name);
  return table ? table.node.relation?.relpersistence === "t" : find(catalog, catalog.derived, name)?.temporary === true;
}
