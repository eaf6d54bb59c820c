import type { Node, Value } from "../pg/ast.js";
import { as, qualified } from "../pg/names.js";
import { eachStep, type Program, type Step } from "../pg/program.js";
import type { Catalog, Column, Retouched, Table, Touch, Trigger } from "./model.js";
import { triggerRoutine } from "./routines.js";

/** Bits of CreateTrigStmt (trigger.h). */
export const TRIGGER = { before: 2, instead: 64, insert: 4, delete: 8, update: 16, truncate: 32 } as const;

/** What keeps a column's time of change, as the catalog stands. */
export function touchOf(catalog: Catalog, column: Column): Touch | undefined {
  return touchedColumns(catalog, [column.table]).get(column);
}

/** All columns of tables that are touched. */
export function touchedColumns(catalog: Catalog, tables: readonly Table[]): ReadonlyMap<Column, Touch> {
  const all = new Map<Column, Touch>();
  for (const table of tables)
    for (const trigger of catalog.triggers.get(table)?.values() ?? [])
      for (const [name, touch] of (trigger.enabled && touchesOf(catalog, trigger)) || []) {
        const column = table.columns.get(name);
        if (column && !all.has(column)) all.set(column, touch);
      }
  return all;
}

/** What differs between two states of tables, in columns that are still there. */
export function retouched(catalog: Catalog, before: ReadonlyMap<Column, Touch>, tables: readonly Table[]): readonly Retouched[] {
  const after = touchedColumns(catalog, tables);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((column) => column.table.columns.get(column.name) === column)
    .map((column) => ({ column, before: before.get(column), after: after.get(column) }))
    .filter((each) => (each.before === undefined) !== (each.after === undefined));
}

/**
 * The columns that a trigger touches, when it does nothing else.
 * @param program the body of its function, when another than the catalog's is meant
 */
export function touchesOf(
  catalog: Catalog,
  trigger: Trigger,
  program = triggerRoutine(catalog, trigger)?.program,
): ReadonlyMap<string, Touch> | undefined {
  const { node } = trigger;
  const { timing = 0, events = 0 } = node;
  if (!node.row || timing !== TRIGGER.before || (events & ~TRIGGER.insert) !== TRIGGER.update) return undefined;
  if (node.columns?.length || (node.whenClause !== undefined && !isChanged(node.whenClause))) return undefined;
  const inserts = (events & TRIGGER.insert) !== 0;
  const changed = node.whenClause !== undefined;
  const assigned = program ? touched(program, inserts) : moddatetime(trigger);
  if (!assigned || assigned.size === 0 || [...assigned].some(([name, found]) => contested(catalog, trigger, name, found))) return undefined;
  return new Map([...assigned].map(([name, found]) => [name, { ...found, trigger, always: found.always && !changed, inserts }]));
}

/** Whether another trigger before an UPDATE gives the column something else: the last one by name decides in PostgreSQL. */
function contested(catalog: Catalog, { table, name }: Trigger, column: string, { value }: Assigned): boolean {
  return [...(catalog.triggers.get(table)?.values() ?? [])].some((other) => {
    const { row, timing = 0, events = 0 } = other.node;
    if (other.name === name || !other.enabled || !row || timing !== TRIGGER.before || (events & TRIGGER.update) === 0) return false;
    const program = triggerRoutine(catalog, other)?.program;
    let differs = false;
    if (program)
      eachStep(program.steps, (step) => {
        const sets = step.kind === "assign" && step.target[0] === "new" && step.target[1] === column;
        if (sets && !(step.value !== undefined && isTime(step.value) && timeKind(step.value) === timeKind(value))) differs = true;
      });
    return differs;
  });
}

type Assigned = Pick<Touch, "value" | "always" | "overrides">;

/** The trigger function of the extension of that name (contrib/spi): its argument names the column. */
function moddatetime(trigger: Trigger): ReadonlyMap<string, Assigned> | undefined {
  const [column] = trigger.node.args ?? [];
  if (trigger.routine.name !== "moddatetime" || typeof column !== "string") return undefined;
  const value: Node = { kind: "FuncCall", funcname: ["now"] };
  return new Map([[column, { value, always: true, overrides: true }]]);
}

/** What a body sets, when all it does is to set columns to a time of now. */
function touched({ steps, variables }: Program, inserts: boolean): ReadonlyMap<string, Assigned> | undefined {
  const assigned = new Map<string, Assigned>();
  if (variables.length > 0 || !collect(steps, { changed: false, unset: new Set() }, assigned, inserts)) return undefined;
  return assigned;
}

interface Condition {
  /** Only where the row changes. */
  readonly changed: boolean;
  /** Columns that must not have been given another value. */
  readonly unset: ReadonlySet<string>;
}

function collect(steps: readonly Step[], condition: Condition, assigned: Map<string, Assigned>, inserts: boolean): boolean {
  return steps.every((step, i) => {
    if (step.kind === "block") return step.catches.length === 0 && collect(step.steps, condition, assigned, inserts);
    // Nothing may come after a RETURN, and nothing but the new row be returned.
    if (step.kind === "return") return step.row === "new" && i === steps.length - 1 && !condition.changed;
    if (step.kind === "assign") {
      const [row, column, ...rest] = step.target;
      if (row !== "new" || column === undefined || rest.length > 0 || step.value === undefined || assigned.has(column)) return false;
      if (!isTime(step.value)) return false;
      const others = [...condition.unset].some((name) => name !== column);
      assigned.set(column, { value: step.value, always: !condition.changed, overrides: !condition.unset.has(column) });
      return !others;
    }
    if (step.kind !== "if" || step.branches.length !== 1 || step.otherwise.length > 0 || inserts) return false;
    const [branch] = step.branches;
    const inner = branch?.condition === undefined ? undefined : conditionOf(branch.condition);
    return inner !== undefined && collect(branch!.steps, inner, assigned, inserts);
  });
}

/** NEW IS DISTINCT FROM OLD, NEW.column IS NOT DISTINCT FROM OLD.column, and both together; undefined for any other condition. */
function conditionOf(value: Value): Condition | undefined {
  const all = as("BoolExpr", value);
  if (all) {
    if (all.boolop !== "AND_EXPR") return undefined;
    const parts = (all.args ?? []).map(conditionOf);
    if (parts.includes(undefined)) return undefined;
    return { changed: parts.some((part) => part!.changed), unset: new Set(parts.flatMap((part) => [...part!.unset])) };
  }
  if (isChanged(value)) return { changed: true, unset: new Set() };
  const same = as("A_Expr", value);
  const left = rowField(same?.lexpr);
  const right = rowField(same?.rexpr);
  const equal = same?.variant === "AEXPR_NOT_DISTINCT" || (same?.variant === "AEXPR_OP" && same.name?.join() === "=");
  if (!equal || !left || !right || left.column !== right.column || left.row === right.row) return undefined;
  return { changed: false, unset: new Set([left.column]) };
}

/** Whether it asks if NEW and OLD differ: `NEW IS DISTINCT FROM OLD`, `NEW.* IS DISTINCT FROM OLD.*`, `ROW(NEW.*) <> ROW(OLD.*)`. */
function isChanged(value: Value): boolean {
  const test = as("A_Expr", value);
  if (test?.variant !== "AEXPR_DISTINCT") return false;
  const rows = [wholeRow(test.lexpr), wholeRow(test.rexpr)].sort();
  return rows.join() === "new,old";
}

function wholeRow(value: Value | undefined): string | undefined {
  const row = as("RowExpr", value);
  if (row) return row.args?.length === 1 ? wholeRow(row.args[0]) : undefined;
  const fields = as("ColumnRef", value)?.fields ?? [];
  const whole = fields.length === 1 || (fields.length === 2 && as("A_Star", fields[1]) !== undefined);
  return whole && typeof fields[0] === "string" ? fields[0] : undefined;
}

/** `NEW.column` or `OLD.column`. */
export function rowField(value: Value | undefined): { readonly row: "new" | "old"; readonly column: string } | undefined {
  const fields = as("ColumnRef", value)?.fields ?? [];
  const [row, column] = fields;
  if (fields.length !== 2 || (row !== "new" && row !== "old") || typeof column !== "string") return undefined;
  return { row, column };
}

/** Times of the transaction in the session's zone are alike, whatever they are called. */
function timeKind(value: Value): string {
  const call = as("FuncCall", value);
  const name = call ? qualified(call.funcname ?? []).name : "now";
  return call?.args?.length ? `${name} of something` : name === "transaction_timestamp" ? "now" : name;
}

const TIMES = new Set(["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timezone"]);

/** Whether it is a time of now, in whatever zone and type: whether the column can hold it is judged by its default's rules. */
function isTime(value: Value): boolean {
  const cast = as("TypeCast", value);
  if (cast) return cast.arg !== undefined && isTime(cast.arg);
  if (as("SQLValueFunction", value)) return /TIMESTAMP/.test(as("SQLValueFunction", value)!.op ?? "");
  const call = as("FuncCall", value);
  return call !== undefined && TIMES.has(qualified(call.funcname ?? []).name);
}
