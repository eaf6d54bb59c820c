import { advice, type Effects, effectsOf, effectWords, firing } from "../catalog/effects.js";
import { type Catalog, key, type Trigger } from "../catalog/model.js";
import { triggerRoutine } from "../catalog/routines.js";
import { touchOf } from "../catalog/touch.js";
import { touchClause } from "../emit/columns.js";
import type { Node } from "../pg/ast.js";
import { as, relationName, typeName } from "../pg/names.js";
import { eachDescendant } from "../pg/walk.js";
import type { LogicEntry } from "../result.js";

/**
 * All that runs inside of the database at the end of the input. A function that triggers call stands with each of them.
 * @param statements of the input, in their order
 * @param lostViews keys of views that are not in the output
 * @param lost nodes of which the same is true
 */
export function logicInventory(
  final: Catalog,
  statements: readonly Node[],
  lostViews: ReadonlySet<string>,
  lost: ReadonlySet<Node>,
): LogicEntry[] {
  return [...routines(final), ...triggers(final, lost), ...views(final, statements, lostViews)];
}

const shown = (schema: string, name: string) => (schema === "public" ? name : `${schema}.${name}`);

function routines({ routines: all, programs }: Catalog): LogicEntry[] {
  return [...all.values()].flat().flatMap(({ schema, name, node }): LogicEntry[] => {
    if (node.returnType && typeName(node.returnType).name === "trigger") return [];
    const effects = effectsOf(programs.get(node));
    const kind = node.is_procedure ? "procedure" : "function";
    return [{ kind, name: shown(schema, name), inOutput: false, ...graded(effects, undefined) }];
  });
}

function graded(effects: Effects, trigger: { readonly table: string; readonly events: number } | undefined) {
  const { reads, writes, sets, fails, notifies, dynamic, effort, because } = effects;
  const does = effectWords(effects);
  return { reads, writes, sets, fails, notifies, dynamic, does, effort, because, advice: advice(effects, trigger) };
}

function triggers(final: Catalog, lost: ReadonlySet<Node>): LogicEntry[] {
  return [...final.triggers].flatMap(([table, own]) =>
    [...own.values()].map((trigger): LogicEntry => {
      const effects = effectsOf(triggerRoutine(final, trigger)?.program);
      const check = final.validated.get(table)?.get(trigger.name)?.constraint;
      const inOutput = touches(final, trigger) || (check !== undefined && !lost.has(check));
      return {
        kind: "trigger",
        name: trigger.name,
        table: shown(table.schema, table.name),
        fires: firing(trigger.node),
        calls: trigger.routine.name,
        inOutput,
        ...graded(effects, { table: table.name, events: trigger.node.events ?? 0 }),
        ...(inOutput ? { ...DONE, advice: "" } : {}),
      };
    }),
  );
}

/** Whether ON UPDATE of a column does the trigger's work, or the column is computed. */
function touches(final: Catalog, { node, table }: Trigger): boolean {
  return [...table.columns.values()].some((column) => {
    if (column.history.computedBy?.trigger.node === node) return true;
    const touch = column.history.touched ?? touchOf(final, column);
    return touch?.trigger.node === node && "sql" in touchClause(final, column, touch);
  });
}

function views(final: Catalog, statements: readonly Node[], lost: ReadonlySet<string>): LogicEntry[] {
  const last = new Map<string, LogicEntry>();
  for (const statement of statements) {
    const made = as("CreateTableAsStmt", statement);
    const relation = as("ViewStmt", statement)?.view ?? (made?.objtype === "OBJECT_MATVIEW" ? made.into?.rel : undefined);
    if (!relation) continue;
    const name = relationName(relation);
    const k = key(final, name);
    const there = final.views.has(k) || final.derived.has(k) || final.tables.has(k);
    if (!there) continue;
    const inOutput = !lost.has(k);
    const reads = readBy(statement, relation);
    const grade = inOutput ? DONE : reads.length > 4 ? ({ effort: "large", because: `${reads.length} relations` } as const) : BY_HAND;
    last.set(k, {
      kind: made ? "materialized view" : "view",
      name: shown(name.schema ?? final.schema, name.name),
      inOutput,
      reads,
      writes: [],
      sets: [],
      fails: false,
      notifies: false,
      dynamic: false,
      does: `it reads ${reads.join(", ") || "no table"}`,
      ...grade,
      advice: inOutput ? "" : "write its query by hand, for TiDB or where the application reads it",
    });
  }
  return [...last.values()];
}

const DONE = { effort: "small", because: "it is in the output" } as const;
const BY_HAND = { effort: "medium", because: "its query is not converted" } as const;

/** Relations that a view's query names, sorted. */
function readBy(statement: Node, own: Node): string[] {
  const names = new Set<string>();
  const shadowed = new Set<string>();
  eachDescendant(statement, (node) => {
    if (node.kind === "CommonTableExpr") shadowed.add(node.ctename ?? "");
    if (node.kind === "RangeVar" && node !== own) names.add(node.relname ?? "");
  });
  return [...names].filter((name) => !shadowed.has(name)).sort();
}
