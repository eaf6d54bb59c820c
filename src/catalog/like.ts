import type { ColumnDef, Constraint, CreateStmt, IndexStmt, Value } from "../pg/ast.js";
import { as, nodesOf, relationName, typeName } from "../pg/names.js";
import { unplaced } from "../pg/walk.js";
import { redefined } from "./again.js";
import { SERIAL } from "./analysis/types.js";
import { type Catalog, type Column, find, type Table } from "./model.js";
import { nextvalOf } from "./named.js";

/** What stands in the place of LIKE: elements of the table in the place of all of them, and the indexes that are made with it. */
export interface Expansion {
  readonly elements: readonly Value[];
  readonly indexes: readonly IndexStmt[];
  /** Columns whose comments are copied, by their definitions. */
  readonly comments: ReadonlyMap<ColumnDef, string>;
}

/** The bits of TableLikeClause.options (parsenodes.h, TableLikeOption). */
const OPTIONS = { comments: 1, constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 } as const;

/** The same nodes in both passes, for what is kept under them. */
const expansions = new WeakMap<CreateStmt, Expansion>();

/**
 * What a definition with LIKE or OF comes to (parse_utilcmd.c, transformTableLikeClause and transformOfType); undefined without one, or
 * where its table or type is not known.
 */
export function expandLike(catalog: Catalog, create: CreateStmt): Expansion | undefined {
  if (create.ofTypename) return expandType(catalog, create);
  const likes = nodesOf("TableLikeClause", create.tableElts);
  if (likes.length === 0) return undefined;
  const known = expansions.get(create);
  if (known) return known;
  const sources = new Map(likes.map((like) => [like, find(catalog, catalog.tables, relationName(like.relation!))] as const));
  if ([...sources.values()].includes(undefined)) return undefined;
  const indexes: IndexStmt[] = [];
  const comments = new Map<ColumnDef, string>();
  const elements = (create.tableElts ?? []).flatMap((element): readonly Value[] => {
    const like = as("TableLikeClause", element);
    const source = like && sources.get(like);
    if (!like || !source) return [element];
    const has = (option: keyof typeof OPTIONS) => ((like.options ?? 0) & OPTIONS[option]) !== 0;
    if (has("indexes"))
      for (const index of catalog.indexes.values())
        if (index.table === source)
          indexes.push({ ...redefined(index.node, index.named), idxname: undefined, relation: create.relation } as unknown as IndexStmt);
    const columns = [...source.columns.values()].map((column) => {
      const def = copied(catalog, column, has);
      if (has("comments") && column.comment !== undefined) comments.set(def, column.comment);
      return def;
    });
    return [...columns, ...constraintsOf(source, has)];
  });
  const made = { elements, indexes, comments };
  expansions.set(create, made);
  return made;
}

/** The fields of a composite type, with what the definition says of them. */
function expandType(catalog: Catalog, create: CreateStmt): Expansion | undefined {
  const known = expansions.get(create);
  const type = find(catalog, catalog.composites, typeName(create.ofTypename!));
  if (known || !type) return known;
  const said = nodesOf("ColumnDef", create.tableElts);
  const columns = type.columns.map(({ name, type }): ColumnDef => {
    const constraints = said.filter(({ colname }) => colname === name).flatMap((def) => def.constraints ?? []);
    return { kind: "ColumnDef", colname: name, typeName: unplaced(type), is_local: true, constraints };
  });
  const others = (create.tableElts ?? []).filter((element) => !as("ColumnDef", element));
  const made = { elements: [...columns, ...others], indexes: [], comments: new Map() };
  expansions.set(create, made);
  return made;
}

type Has = (option: keyof typeof OPTIONS) => boolean;

function copied(catalog: Catalog, column: Column, has: Has): ColumnDef {
  const constraints: Constraint[] = [];
  const own = nodesOf("Constraint", column.def.constraints);
  const generated = column.generated ? own.find((c) => c.contype === "CONSTR_GENERATED") : undefined;
  const identity = own.some((c) => c.contype === "CONSTR_IDENTITY") || column.identityLater === true;
  const sequence = [...catalog.sequences.values()].find(({ ownedBy }) => ownedBy === column);
  if (generated && has("generated")) constraints.push(unplaced(generated));
  if (column.identity !== undefined && identity && has("identity"))
    constraints.push({ kind: "Constraint", contype: "CONSTR_IDENTITY", generated_when: column.identity });
  else if (column.notNull) constraints.push({ kind: "Constraint", contype: "CONSTR_NOTNULL" });
  // A serial column's default draws from the sequence of the table that is copied.
  const drawn = column.identity !== undefined && !identity ? sequence : undefined;
  const value = drawn ? nextvalOf(drawn) : column.identity === undefined ? column.default : undefined;
  if (value !== undefined && has("defaults") && (column.defaultNode !== undefined || drawn))
    constraints.push({ kind: "Constraint", contype: "CONSTR_DEFAULT", raw_expr: unplaced(value) });
  const { name } = typeName(column.type);
  const type = SERIAL[name] ? { ...column.type, names: ["pg_catalog", SERIAL[name]] } : column.type;
  return { kind: "ColumnDef", colname: column.name, typeName: unplaced(type), is_local: true, constraints };
}

/** CHECKs keep their names; keys get names of their own. */
function constraintsOf(source: Table, has: Has): Constraint[] {
  return [...source.constraints.values()].flatMap((made): Constraint[] => {
    const { type, name, node, columns } = made;
    if (type === "check" && has("constraints")) return [{ ...redefined(node, made), conname: name }];
    if (!has("indexes")) return [];
    const keys = columns.map((column) => column.name);
    if (type === "primary") return [{ kind: "Constraint", contype: "CONSTR_PRIMARY", keys }];
    if (type === "unique")
      return [{ kind: "Constraint", contype: "CONSTR_UNIQUE", keys, ...(node.nulls_not_distinct ? { nulls_not_distinct: true } : {}) }];
    return type === "exclude" ? [{ ...unplaced(node), conname: undefined } as unknown as Constraint] : [];
  });
}
