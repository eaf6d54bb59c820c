import type { Node, Value } from "../pg/ast.js";
import { as, isNode, qualified } from "../pg/names.js";
import { eachStep, type Program, type Step } from "../pg/program.js";
import { eachDescendant } from "../pg/walk.js";
import { rowField, TRIGGER } from "./touch.js";

export type Effort = "small" | "medium" | "large";

/** What a body does, as far as it can be told without running it. */
export interface Effects {
  /** Relations, sorted; those it writes are not among those it reads unless it does both. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Columns of the row at hand that a trigger sets. */
  readonly sets: readonly string[];
  /** It can refuse by RAISE. */
  readonly fails: boolean;
  /** Columns of the row as it was that it looks at, sorted. */
  readonly compares: readonly string[];
  readonly notifies: boolean;
  /** Statements put together at run time: what they read and write is not known. */
  readonly dynamic: boolean;
  readonly effort: Effort;
  /** Why it is that much work. */
  readonly because: string;
}

const WRITES: ReadonlySet<string> = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt"]);

export function effectsOf(program: Program | undefined): Effects {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const sets = new Set<string>();
  const compares = new Set<string>();
  const seen = { fails: false, notifies: false, dynamic: false, loops: false };
  eachStep(program?.steps ?? [], (step) => {
    if (step.kind === "raise" && step.fails) seen.fails = true;
    if (step.kind === "dynamic" && !step.constant) seen.dynamic = true;
    if (step.kind === "loop") seen.loops = true;
    if (step.kind === "assign" && step.target[0] === "new" && step.target[1] !== undefined) sets.add(step.target[1]);
    for (const node of nodesOf(step)) {
      if (look(node, reads, writes)) seen.notifies = true;
      eachDescendant(node, (each) => {
        const field = rowField(each);
        if (field?.row === "old") compares.add(field.column);
      });
    }
  });
  const effects = { reads: [...reads].sort(), writes: [...writes].sort(), sets: [...sets].sort(), compares: [...compares].sort(), ...seen };
  const [effort, because] = graded(program, effects);
  return { ...effects, effort, because };
}

function nodesOf(step: Step): Node[] {
  const values: (Value | undefined)[] =
    step.kind === "sql"
      ? [step.node]
      : step.kind === "perform"
        ? [step.query ?? step.value]
        : step.kind === "loop"
          ? [step.query]
          : step.kind === "dynamic"
            ? [step.constant?.node]
            : step.kind === "if"
              ? step.branches.map(({ condition }) => condition)
              : "value" in step
                ? [step.value]
                : [];
  return values.flatMap((value) => (isNode(value) ? [value] : []));
}

/** @returns whether it notifies */
function look(node: Node, reads: Set<string>, writes: Set<string>): boolean {
  let notifies = false;
  const own = new Set<string>();
  const written = new Set<unknown>();
  eachDescendant(node, (each) => {
    if (each.kind === "CommonTableExpr") own.add(each.ctename ?? "");
    if (!WRITES.has(each.kind)) return;
    const targets = "relations" in each ? (each.relations ?? []) : "relation" in each ? [each.relation] : [];
    for (const target of targets) {
      written.add(target);
      writes.add(as("RangeVar", target as Value)?.relname ?? "");
    }
  });
  eachDescendant(node, (each) => {
    if (each.kind === "NotifyStmt") notifies = true;
    if (each.kind === "FuncCall" && qualified(each.funcname ?? []).name === "pg_notify") notifies = true;
    if (each.kind === "RangeVar" && !written.has(each) && !own.has(each.relname ?? "")) reads.add(each.relname ?? "");
  });
  return notifies;
}

type Seen = Omit<Effects, "effort" | "because"> & { readonly loops: boolean };

function graded(program: Program | undefined, { reads, writes, fails, dynamic, loops }: Seen): readonly [Effort, string] {
  if (!program) return ["medium", "its body is not in the input"];
  if (program.unread !== undefined) return ["large", `its body cannot be read here: ${program.unread}`];
  if (dynamic) return ["large", "it puts statements together at run time"];
  const tables = new Set([...reads, ...writes]).size;
  if (program.lines > 60) return ["large", `${program.lines} lines`];
  if (tables > 4) return ["large", `${tables} tables`];
  if (writes.length > 0) return ["medium", "it writes other rows, in the same transaction"];
  if (loops) return ["medium", "it goes over rows in a loop"];
  if (reads.length > 0) return ["medium", fails ? "it refuses rows by what other tables hold" : "it reads other tables"];
  if (program.lines > 25) return ["medium", `${program.lines} lines`];
  return ["small", "it looks at nothing but what it is given"];
}

/** `reads a and b, writes c, sets d, can refuse the statement, sends a notification` */
export function effectWords({ reads, writes, sets, fails, notifies, dynamic }: Effects): string {
  const parts = [
    ...(reads.length > 0 ? [`reads ${reads.join(", ")}`] : []),
    ...(writes.length > 0 ? [`writes ${writes.join(", ")}`] : []),
    ...(sets.length > 0 ? [`sets ${sets.join(", ")} of the row`] : []),
    ...(fails ? ["can refuse by an exception"] : []),
    ...(notifies ? ["sends a notification"] : []),
    ...(dynamic ? ["runs statements that it puts together"] : []),
  ];
  return parts.length > 0 ? `it ${parts.join("; ")}` : "it reads and writes no table";
}

/** When a trigger fires: `before each row of INSERT or UPDATE of a where its WHEN holds`. */
export function firing({ timing = 0, events = 0, row, columns, whenClause }: Extract<Node, { kind: "CreateTrigStmt" }>): string {
  const when = timing & TRIGGER.before ? "before" : timing & TRIGGER.instead ? "instead of" : "after";
  const of = columns?.length ? ` of ${columns.join(", ")}` : "";
  const names = [
    ...(events & TRIGGER.insert ? ["INSERT"] : []),
    ...(events & TRIGGER.update ? [`UPDATE${of}`] : []),
    ...(events & TRIGGER.delete ? ["DELETE"] : []),
    ...(events & TRIGGER.truncate ? ["TRUNCATE"] : []),
  ];
  return `${when} ${row ? "each row of " : ""}${names.join(" or ")}${whenClause ? " where its WHEN holds" : ""}`;
}

/** What to do in the application. */
export function advice(effects: Effects, trigger: { readonly table: string; readonly events?: number } | undefined): string {
  const { reads, writes, sets, compares, fails, notifies } = effects;
  if (!trigger) {
    if (writes.length > 0) return "send its statements from the application or a job, between BEGIN and COMMIT";
    if (reads.length > 0) return "write its query where it is called, as a subquery, a join or a view";
    return "write its expression where it is called, or compute it in the application";
  }
  if (notifies) return "publish the message from the application after COMMIT, or send the table's changes by TiCDC";
  if (writes.includes(trigger.table)) return `write the other rows of ${trigger.table} by a statement of the same transaction`;
  if (writes.length > 0)
    return `write ${writes.join(", ")} where the application writes ${trigger.table}, in the same transaction; for history alone TiCDC can send the changes`;
  if (sets.length > 0 && reads.length === 0)
    return `give ${sets.join(", ")} where the application writes ${trigger.table}; what follows from other columns of the row can be a generated column: STORED where the table is made, VIRTUAL by ADD COLUMN`;
  if (sets.length > 0) return `give ${sets.join(", ")} in the statement that writes ${trigger.table}, from the same query`;
  const { events = TRIGGER.insert } = trigger;
  if (fails && (events & (TRIGGER.insert | TRIGGER.update)) === 0)
    return `keep the application from it: a user without the privilege for DELETE on ${trigger.table} cannot do it`;
  if (fails && reads.length === 0 && compares.length > 0)
    return `leave ${compares.join(", ")} out of UPDATEs where it must not change (GRANT UPDATE (…) on the other columns makes sure), or put the old values into their WHERE: a CHECK sees the new row alone`;
  if (fails && reads.length === 0) return "put its condition into a CHECK, or into the application's validation";
  if (fails) return "ask the same before writing, by SELECT … FOR UPDATE in the same transaction, or by a foreign key or unique index";
  return `do its work where the application writes ${trigger.table}`;
}
