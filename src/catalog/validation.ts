import type { AlterTableStmt, Constraint, Node, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";
import type { Step } from "../pg/program.js";
import { alike, holds } from "../pg/walk.js";
import { mayChange, overColumns } from "./computing.js";
import { type Catalog, heirsOf, type Table, type Trigger, type Validated } from "./model.js";
import { objectName } from "./naming.js";
import { retouching, triggerRoutine } from "./routines.js";
import { rowField, TRIGGER } from "./touch.js";

/** A trigger that does nothing but to refuse rows by what is in them. */
export interface Validation {
  readonly trigger: Trigger;
  /** What rows must not make false. */
  readonly check: Value;
  /** What the function says to those that do. */
  readonly messages: readonly string[];
}

/**
 * What a trigger refuses, when it does nothing else and does it at every change that a CHECK is asked at.
 * @param program the body of its function, when another than the catalog's is meant
 */
export function validationOf(
  catalog: Catalog,
  trigger: Trigger,
  program = triggerRoutine(catalog, trigger)?.program,
): Validation | undefined {
  const { timing = 0, events = 0, row, columns = [], whenClause, initdeferred, deferrable } = trigger.node;
  if (!program || !row || timing & TRIGGER.instead || initdeferred || deferrable) return undefined;
  if (events !== (TRIGGER.insert | TRIGGER.update) || program.variables.length > 0 || program.language !== "plpgsql") return undefined;
  const before = timing === TRIGGER.before;
  const walk: Walk = { refusals: [], messages: [], before };
  if (follow(program.steps, whenClause === undefined ? [] : [whenClause], walk) === undefined || walk.refusals.length === 0)
    return undefined;
  if (walk.refusals.some(({ length }) => length === 0)) return undefined;
  const check = joined("AND_EXPR", walk.refusals.flatMap(negated));
  const named = new Set<string>();
  if (!isOfRow(check, named) || [...named].some((name) => !isReadable(trigger.table, name, before))) return undefined;
  if (columns.length > 0 && [...named].some((name) => !columns.includes(name))) return undefined;
  if (before && isChangedBehind(catalog, trigger, named)) return undefined;
  return { trigger, check: overColumns(check), messages: walk.messages };
}

/**
 * The statements that follow from one that makes, takes off or changes triggers, so that CHECKs stand for those that only refuse rows.
 * @param catalog as the statement leaves it
 */
export function revalidate(catalog: Catalog, node: Node): readonly Node[] {
  const added: Validated[] = [];
  const dropped: Validated[] = [];
  const statements: Node[] = [];
  for (const table of new Set(retouching(catalog, node))) {
    const wanted = new Map<string, Validation>();
    for (const trigger of catalog.triggers.get(table)?.values() ?? []) {
      const found = trigger.enabled ? validationOf(catalog, trigger) : undefined;
      if (found) wanted.set(trigger.name, found);
    }
    const there = catalog.validated.get(table) ?? new Map<string, Validated>();
    for (const [name, each] of [...there]) {
      const found = wanted.get(name);
      const made = table.constraints.get(nameOf(table, each.constraint) ?? "");
      if (made && found && alike(found.check, each.constraint.raw_expr)) continue;
      there.delete(name);
      if (!made) continue;
      dropped.push({ ...each, name: made.name });
      statements.push(alter(table, { kind: "AlterTableCmd", subtype: "AT_DropConstraint", name: made.name, behavior: "DROP_RESTRICT" }));
    }
    for (const [name, { trigger, check, messages }] of wanted) {
      if (there.has(name)) continue;
      const gone = new Set(dropped.map((each) => each.name));
      const conname = objectName(table.name, name, "check", (taken) => table.constraints.has(taken) && !gone.has(taken));
      const constraint: Constraint = {
        kind: "Constraint",
        contype: "CONSTR_CHECK",
        conname,
        raw_expr: check,
        initially_valid: true,
        is_enforced: true,
        ...(heirsOf(catalog, table).length > 0 && { is_no_inherit: true }),
      };
      const made = { trigger: trigger.node, table, name: conname, constraint, messages };
      there.set(name, made);
      added.push(made);
      statements.push(alter(table, { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: constraint, behavior: "DROP_RESTRICT" }));
    }
    catalog.validated.set(table, there);
  }
  const again = node.kind === "CreateTrigStmt" && catalog.triggerOf.get(node);
  const standing = again ? catalog.validated.get(again.table)?.get(again.name) : undefined;
  const already = standing && standing.trigger !== node ? standing : undefined;
  if (already || statements.length > 0) catalog.revalidated.set(node, { added, dropped, ...(already && { already }) });
  return statements;
}

/** Generated columns have their values behind the triggers that fire before. */
function isReadable({ columns }: Table, name: string, before: boolean): boolean {
  const column = columns.get(name);
  return column !== undefined && !(before && column.generated);
}

/** What a CHECK that was made for a trigger is called by now: it may have been renamed, or gone with a column. */
function nameOf(table: Table, constraint: Constraint): string | undefined {
  return [...table.constraints.values()].find(({ node }) => node === constraint)?.name;
}

function alter({ schema, name }: Table, cmd: Node): AlterTableStmt {
  const relation = { kind: "RangeVar", schemaname: schema, relname: name, inh: true, relpersistence: "p" } as const;
  return { kind: "AlterTableStmt", relation, cmds: [cmd], objtype: "OBJECT_TABLE" };
}

interface Walk {
  /** Conditions under which the body fails, each of several that must all be true. */
  readonly refusals: (readonly Value[])[];
  readonly messages: string[];
  /** The row that is stored is the one that the body returns. */
  readonly before: boolean;
}

/**
 * Follows every way through steps.
 * @param guards what is true where the steps are reached
 * @returns whether all ways end in an exception; undefined: something else than a refusal is done
 */
function follow(steps: readonly Step[], guards: readonly Value[], walk: Walk): boolean | undefined {
  const [step, ...rest] = steps;
  // A trigger's function must return.
  if (!step) return undefined;
  if (step.kind === "return") return walk.before && step.row !== "new" ? undefined : false;
  if (step.kind === "block") return step.catches.length > 0 ? undefined : follow([...step.steps, ...rest], guards, walk);
  if (step.kind === "raise") {
    if (!step.fails) return undefined;
    walk.refusals.push(guards);
    if (step.message !== undefined && !walk.messages.includes(step.message)) walk.messages.push(step.message);
    return true;
  }
  if (step.kind !== "if") return undefined;
  let all = true;
  const passed: Value[] = [];
  for (const { condition, steps: inner } of step.branches) {
    if (condition === undefined) return undefined;
    const fails = follow([...inner, ...rest], [...guards, ...passed, condition], walk);
    if (fails === undefined) return undefined;
    all &&= fails;
    // A row that is refused there needs no exception from what is refused further on.
    if (!fails) passed.push({ kind: "BooleanTest", arg: condition, booltesttype: "IS_NOT_TRUE" } as Value);
  }
  const fails = follow([...step.otherwise, ...rest], [...guards, ...passed], walk);
  return fails === undefined ? undefined : all && fails;
}

/** Operators whose negation is another one, also where an operand is NULL. */
const NEGATIONS: Readonly<Record<string, string>> = { "<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "<>", "<>": "=" };
const TESTS: Readonly<Record<string, string>> = { IS_NULL: "IS_NOT_NULL", IS_NOT_NULL: "IS_NULL", IS_NOT_TRUE: "IS_TRUE" };

/** Conditions that are false, one or another, exactly where all those of a list are true. */
function negated(conditions: readonly Value[]): Value[] {
  const [only] = conditions;
  if (conditions.length !== 1 || only === undefined) return [not(joined("AND_EXPR", conditions))];
  const all = as("BoolExpr", only);
  if (all?.boolop === "OR_EXPR") return (all.args ?? []).flatMap((each) => negated([each]));
  if (all?.boolop === "NOT_EXPR") return [all.args![0]!];
  const compared = as("A_Expr", only);
  const other = compared?.variant === "AEXPR_OP" && compared.lexpr !== undefined ? NEGATIONS[compared.name?.join() ?? ""] : undefined;
  if (other !== undefined && !as("RowExpr", compared!.lexpr)) return [{ ...compared!, name: [other] }];
  const test = as("NullTest", only);
  if (test && !as("RowExpr", test.arg)) return [{ ...test, nulltesttype: TESTS[test.nulltesttype ?? ""] } as Value];
  const truth = as("BooleanTest", only);
  const opposite = truth && TESTS[truth.booltesttype ?? ""];
  return opposite === undefined ? [not(only)] : [{ ...truth!, booltesttype: opposite } as Value];
}

function not(condition: Value): Value {
  return { kind: "BoolExpr", boolop: "NOT_EXPR", args: [condition] };
}

function joined(boolop: "AND_EXPR", args: readonly Value[]): Value {
  return args.length === 1 ? args[0]! : { kind: "BoolExpr", boolop, args };
}

/** Whether a condition looks at nothing but columns of the new row, whose names it adds. */
function isOfRow(condition: Value, named: Set<string>): boolean {
  return !holds(condition, (node) => {
    if (node.kind === "SubLink" || node.kind === "ParamRef") return true;
    if (node.kind !== "ColumnRef") return false;
    const field = rowField(node);
    if (field?.row === "new") named.add(field.column);
    return field?.row !== "new";
  });
}

/** Whether a trigger that fires after it, which is by name, may change the columns again. */
function isChangedBehind(catalog: Catalog, { table, name }: Trigger, columns: ReadonlySet<string>): boolean {
  return [...(catalog.triggers.get(table)?.values() ?? [])].some(
    (other) => other.name > name && other.enabled && mayChange(catalog, other, columns),
  );
}
