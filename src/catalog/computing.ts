import type { Kind, Value } from "../pg/ast.js";
import { columnRef } from "../pg/build.js";
import { as, qualified } from "../pg/names.js";
import { eachStep, type Step } from "../pg/program.js";
import { holds, unplaced } from "../pg/walk.js";
import { type Catalog, heirsOf, type Table, type Trigger } from "./model.js";
import { triggerRoutine } from "./routines.js";
import { rowField, TRIGGER } from "./touch.js";

/**
 * The columns that a trigger computes from other columns of the row, when it does nothing else, does it at every change, and nothing else of
 * the input's triggers changes these columns.
 */
export function computationsOf(catalog: Catalog, trigger: Trigger): ReadonlyMap<string, Value> | undefined {
  const { timing, events, row, columns, whenClause } = trigger.node;
  const program = triggerRoutine(catalog, trigger)?.program;
  if (!program || !row || timing !== TRIGGER.before || events !== (TRIGGER.insert | TRIGGER.update)) return undefined;
  if (columns?.length || whenClause !== undefined || program.language !== "plpgsql" || program.variables.length > 0) return undefined;
  const assigned = new Map<string, Value>();
  if (!collect(program.steps, assigned) || assigned.size === 0) return undefined;
  const sources = new Set<string>();
  for (const value of assigned.values()) if (!isOfRow(value, sources)) return undefined;
  const { table } = trigger;
  if (
    [...sources].some((name) => assigned.has(name) || !isPlain(table, name)) ||
    ![...assigned.keys()].every((name) => isFree(table, name))
  )
    return undefined;
  if (heirsOf(catalog, table).length > 0 || table.partitioned || table.partitionOf) return undefined;
  const all = new Set([...assigned.keys(), ...sources]);
  const others = [...catalog.triggerOf.values()].filter((other) => other.table === table && other.node !== trigger.node);
  return others.some((other) => mayChange(catalog, other, all)) ? undefined : assigned;
}

/** Assignments to columns of the new row, and then its return. */
function collect(steps: readonly Step[], assigned: Map<string, Value>): boolean {
  return steps.every((step, i) => {
    if (step.kind === "return") return step.row === "new" && i === steps.length - 1;
    if (step.kind === "block") return step.catches.length === 0 && steps.length === 1 && collect(step.steps, assigned);
    if (step.kind !== "assign" || step.value === undefined) return false;
    const [row, column, ...rest] = step.target;
    if (row !== "new" || column === undefined || rest.length > 0 || assigned.has(column)) return false;
    assigned.set(column, step.value);
    return i < steps.length - 1;
  });
}

const KINDS: ReadonlySet<Kind> = new Set<Kind>([
  "A_Const",
  "A_Expr",
  "BoolExpr",
  "CaseExpr",
  "CaseWhen",
  "CoalesceExpr",
  "ColumnRef",
  "FuncCall",
  "NullTest",
  "TypeCast",
  "TypeName",
]);

/** Functions that have forms for generated columns. */
const FUNCTIONS = new Set(
  `abs btrim ceil ceiling char_length character_length concat concat_ws floor initcap left length lower lpad ltrim md5 mod octet_length power
  replace reverse right round rpad rtrim sign split_part sqrt substr substring translate trunc upper`.split(/\s+/),
);
const OPERATORS = new Set(["||", "+", "-", "*", "/", "%", "=", "<>", "<", ">", "<=", ">=", "~~", "->", "->>"]);

/** Whether an expression looks at nothing but columns of the new row, whose names it adds, by means that have forms in TiDB. */
function isOfRow(value: Value, sources: Set<string>): boolean {
  return !holds(value, (node) => {
    if (!KINDS.has(node.kind)) return true;
    if (node.kind === "FuncCall") return !FUNCTIONS.has(qualified(node.funcname ?? []).name);
    if (node.kind === "A_Expr") return !OPERATORS.has(node.name?.join() ?? "");
    if (node.kind !== "ColumnRef") return false;
    const field = rowField(node);
    if (field?.row === "new") sources.add(field.column);
    return field?.row !== "new";
  });
}

/** TiDB computes nothing from a column that counts (error 3109). */
function isPlain({ columns }: Table, name: string): boolean {
  const column = columns.get(name);
  return column !== undefined && !column.generated && column.identity === undefined && column.def.colname === name;
}

/** Whether a column can be computed from the start: nothing else gives it values, and no key of tables holds it. */
function isFree(table: Table, name: string): boolean {
  const column = table.columns.get(name);
  if (!column || !isPlain(table, name) || column.added || column.changes.length > 0) return false;
  return !column.history.keys.some(({ kind }) => kind === "primary" || kind === "foreign" || kind === "parent" || kind === "partition");
}

/** Whether a trigger may give columns of the new row other values, or another row. */
export function mayChange(catalog: Catalog, trigger: Trigger, columns: ReadonlySet<string>): boolean {
  const { row, timing = 0, events = 0 } = trigger.node;
  if (!row || timing !== TRIGGER.before || (events & (TRIGGER.insert | TRIGGER.update)) === 0) return false;
  const program = triggerRoutine(catalog, trigger)?.program;
  if (!program) return trigger.routine.name !== "moddatetime" || columns.has(String(trigger.node.args?.[0]));
  let may = program.unread !== undefined;
  eachStep(program.steps, (step) => {
    if (step.kind === "assign" && step.target[0] === "new") may ||= step.target[1] === undefined || columns.has(step.target[1]);
    else if (step.kind === "return") may ||= step.row !== "new" && step.value !== undefined && !isNull(step.value);
    else may ||= step.kind === "other" || step.kind === "dynamic" || (step.kind === "sql" && step.into);
  });
  return may;
}

/** RETURN NULL passes over the row. */
function isNull(value: Value): boolean {
  return as("A_Const", value)?.isnull === true;
}

/** The expression over the columns themselves. */
export function overColumns(value: Value): Value {
  return unplaced(value, (node) => {
    const field = as("ColumnRef", node) && rowField(node);
    return field ? columnRef(field.column) : node;
  });
}
