import type { AlterTableCmd, Kind, Node, Value } from "../pg/ast.js";
import { as, type Name, qualified, relationName } from "../pg/names.js";
import type { Catch, Program, SqlStep, Step } from "../pg/program.js";
import { analyse, type Doubt } from "./analysis.js";
import { type Block, type Catalog, emptyCatalog, find, key } from "./model.js";
import { questionOf } from "./questions.js";

/**
 * Runs a DO block that does nothing but to guard statements: by conditions on what the schema has, and by exceptions for what is there
 * already. Its statements are those that its guards let pass in a database that holds what the input has made so far.
 * @param keep is called for each of them in order, and must replay it: later guards are answered after it
 */
export function unfold(catalog: Catalog, program: Program, keep: (step: SqlStep, node: Node) => void): Block {
  const refused = program.unread ?? (program.language === "plpgsql" ? undefined : "its language") ?? refusal(program.steps, false);
  if (refused !== undefined) return { refused };
  if (program.variables.length > 0) return { refused: `its variable ${program.variables[0]}` };
  const walk: Walk = { catalog, kept: 0, skipped: [], uncaught: [], stopped: undefined, keep };
  run(walk, program.steps, { guarded: false, catches: [] });
  const { kept, skipped, uncaught, stopped } = walk;
  if (stopped !== undefined && kept === 0) return { refused: stopped };
  return { kept, skipped, uncaught, stopped };
}

interface Walk {
  readonly catalog: Catalog;
  readonly keep: (step: SqlStep, node: Node) => void;
  kept: number;
  readonly skipped: { what: string; there: boolean }[];
  readonly uncaught: string[];
  stopped: string | undefined;
}

interface Around {
  /** Alone behind a guard that asks whether what it makes is not there yet. */
  readonly guarded: boolean;
  /** The exceptions that blocks around it catch. */
  readonly catches: readonly Catch[];
}

/** How steps end: they went through, they came to a RETURN or to what cannot be told, or one failed with a condition that is caught. */
type End = "through" | "left" | { readonly failure: string };

/** Why steps cannot be told from the schema alone. */
function refusal(steps: readonly Step[], caught: boolean): string | undefined {
  return first(steps, (step) => REFUSALS[step.kind](step as never, caught));
}

function first<T>(items: readonly T[], test: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = test(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Of<K extends Step["kind"]> = Extract<Step, { kind: K }>;

const REFUSALS: { readonly [K in Step["kind"]]: (step: Of<K>, caught: boolean) => string | undefined } = {
  sql: (step, caught) => {
    if (step.node === undefined || step.into) return "a query into a variable";
    return caught && !FAILURES[step.node.kind] ? "an exception caught from a statement whose failure the schema does not tell" : undefined;
  },
  perform: (step) => (step.query === undefined ? "PERFORM" : "a function that it calls"),
  if: (step, caught) =>
    first(step.branches, ({ condition, steps }) =>
      questionOf(condition) === undefined ? "a condition on anything but the schema" : refusal(steps, caught),
    ) ?? refusal(step.otherwise, caught),
  block: (step, caught) =>
    refusal(step.steps, caught || step.catches.length > 0) ??
    first(step.catches, ({ steps }) => (isQuiet(steps) ? undefined : "what it does after an exception")),
  raise: () => undefined,
  return: () => undefined,
  assign: () => "an assignment",
  dynamic: (step, caught) => (step.constant ? REFUSALS.sql(step.constant, caught) : "a statement put together at run time"),
  loop: ({ rounds }, caught) => (rounds ? first(rounds, (round) => refusal(round, caught)) : "a loop"),
  other: (step) => step.word,
};

/** Steps that do nothing but to say something. */
function isQuiet(steps: readonly Step[]): boolean {
  return steps.every((step) => step.kind === "raise" && !step.fails);
}

function run(walk: Walk, steps: readonly Step[], around: Around): End {
  for (const [i, step] of steps.entries()) {
    const end = runStep(walk, step, around);
    if (end === "through") continue;
    // Behind a guard that returns, what is left is asked about as if it stood in the guard's ELSE.
    if (end === "left" && walk.stopped === undefined && step.kind !== "return") skip(walk, steps.slice(i + 1), asksForPresence(walk, step));
    return end;
  }
  return "through";
}

function runStep(walk: Walk, step: Step, around: Around): End {
  if (step.kind === "return") return "left";
  if (step.kind === "raise" && step.fails) return stop(walk, "an exception that it raises");
  if (step.kind === "sql") return keepStep(walk, step, around);
  if (step.kind === "dynamic") return keepStep(walk, step.constant!, around);
  if (step.kind === "if") return runBranch(walk, step, around);
  if (step.kind === "loop") return run(walk, step.rounds!.flat(), { ...around, guarded: false });
  return step.kind === "block" ? runBlock(walk, step, around) : "through";
}

function stop(walk: Walk, why: string): End {
  walk.stopped = why;
  return "left";
}

function keepStep(walk: Walk, step: SqlStep, { guarded, catches }: Around): End {
  const node = step.node!;
  const failure = catches.length > 0 ? FAILURES[node.kind]!(walk.catalog, node as never) : undefined;
  if (failure !== undefined && catches.some((each) => catchesIt(each, failure))) return { failure };
  if (catches.some(({ conditions }) => conditions.some((condition) => !TOLD.has(condition.toLowerCase()))))
    walk.uncaught.push(headWords(step.text));
  walk.kept++;
  walk.keep(step, guarded ? idempotent(node) : node);
  return "through";
}

function runBranch(walk: Walk, step: Of<"if">, { catches }: Around): End {
  const taken = step.branches.find(({ condition }) => questionOf(condition)!(walk.catalog));
  for (const branch of step.branches) if (branch !== taken) skip(walk, branch.steps, asksForAbsence(branch.condition));
  if (!taken) return run(walk, step.otherwise, { guarded: false, catches });
  skip(walk, step.otherwise, true);
  return run(walk, taken.steps, { guarded: asksForAbsence(taken.condition) && taken.steps.length === 1, catches });
}

function runBlock(walk: Walk, { steps, catches }: Of<"block">, around: Around): End {
  if (catches.length === 0) return run(walk, steps, around);
  const { kept } = walk;
  const said = walk.skipped.length;
  const end = run(walk, steps, { guarded: steps.length === 1, catches: [...around.catches, ...catches] });
  if (typeof end === "string" || !catches.some((each) => catchesIt(each, end.failure))) return end;
  // The failure takes back what the block did before it, and that is in the output already.
  if (walk.kept > kept) return stop(walk, "an exception after statements that it takes back");
  walk.skipped.length = said;
  skip(walk, steps, end.failure.startsWith("duplicate"));
  return "through";
}

function catchesIt({ conditions }: Catch, failure: string): boolean {
  return conditions.some((condition) => condition.toLowerCase() === failure || condition.toLowerCase() === "others");
}

function statementsOf(steps: readonly Step[]): SqlStep[] {
  return steps.flatMap((step): SqlStep[] => {
    if (step.kind === "sql") return [step];
    if (step.kind === "dynamic") return step.constant ? [step.constant] : [];
    if (step.kind === "if") return [...step.branches.flatMap((branch) => statementsOf(branch.steps)), ...statementsOf(step.otherwise)];
    if (step.kind === "loop") return (step.rounds ?? []).flatMap(statementsOf);
    return step.kind === "block" ? statementsOf(step.steps) : [];
  });
}

/** @param there a guard found that what they make is there already; it says nothing of statements that make nothing */
function skip(walk: Walk, steps: readonly Step[], there: boolean): void {
  for (const { text, node } of statementsOf(steps)) walk.skipped.push({ what: headWords(text), there: there && makes(node!) });
}

function makes(node: Node): boolean {
  if (node.kind !== "AlterTableStmt") return MAKING.has(node.kind);
  return (node.cmds ?? []).every((item) => /^AT_Add/.test(as("AlterTableCmd", item)?.subtype ?? ""));
}

const MAKING: ReadonlySet<Kind> = new Set<Kind>([
  "CreateStmt",
  "CreateSeqStmt",
  "CreateEnumStmt",
  "CreateDomainStmt",
  "CompositeTypeStmt",
  "CreateExtensionStmt",
  "CreateFunctionStmt",
  "CreateRoleStmt",
  "CreateSchemaStmt",
  "CreateTrigStmt",
  "CreatePolicyStmt",
  "IndexStmt",
  "ViewStmt",
  "AlterEnumStmt",
]);

/** The words a statement begins with, up to the name of what it is about. */
function headWords(text: string): string {
  const words = text.trim().replaceAll(/\s+/g, " ").split(" ").slice(0, 4).join(" ");
  return words.replace(/[(;].*$/, "").trim();
}

/** Whether the condition holds where there is nothing at all. */
function asksForAbsence(condition: Value | undefined): boolean {
  return questionOf(condition)!(emptyCatalog());
}

/** Whether the branch that was taken asks for what is there. */
function asksForPresence(walk: Walk, step: Step): boolean {
  const taken = step.kind === "if" ? step.branches.find(({ condition }) => questionOf(condition)!(walk.catalog)) : undefined;
  return taken !== undefined && !asksForAbsence(taken.condition);
}

/** The statement as if its author had written IF NOT EXISTS, where the grammar has it: what is there already is passed over. */
function idempotent(node: Node): Node {
  if (node.kind === "CreateStmt" || node.kind === "CreateSeqStmt" || (node.kind === "IndexStmt" && node.idxname !== undefined))
    return { ...node, if_not_exists: true };
  if (node.kind !== "AlterTableStmt") return node;
  const cmds = (node.cmds ?? []).map((item) => {
    const cmd = as("AlterTableCmd", item);
    return cmd?.subtype === "AT_AddColumn" ? { ...cmd, missing_ok: true } : item;
  });
  return { ...node, cmds };
}

type Failure<K extends Kind> = (catalog: Catalog, node: Extract<Node, { kind: K }>) => string | undefined;

const never = () => undefined;

/** Conditions that the schema tells; whatever else an EXCEPTION catches depends on rows, rights and the server. */
const TOLD = new Set(
  `duplicate_object duplicate_table duplicate_column undefined_table undefined_column undefined_object invalid_table_definition
  invalid_parameter_value`.split(/\s+/),
);

const DOUBTS: Readonly<Record<Doubt["id"], string | undefined>> = {
  "unknown-relation": "undefined_table",
  "unknown-column": "undefined_column",
  "ambiguous-column": "ambiguous_column",
  // The input need not hold all functions and types that there are.
  "unknown-function": undefined,
  "unknown-type": undefined,
};

/** With which condition (errcodes.txt) a statement fails in a database that holds the schema; statements of other kinds cannot be told. */
const FAILURES: { readonly [K in Kind]?: Failure<K> } = {
  CreateEnumStmt: (catalog, node) => existing(catalog, ["enums", "domains"], qualified(node.typeName ?? []), "duplicate_object"),
  CreateDomainStmt: (catalog, node) => existing(catalog, ["enums", "domains"], qualified(node.domainname ?? []), "duplicate_object"),
  CreateStmt: (catalog, node) =>
    node.if_not_exists ? undefined : existing(catalog, RELATIONS, relationName(node.relation!), "duplicate_table"),
  CreateSeqStmt: (catalog, node) =>
    node.if_not_exists ? undefined : existing(catalog, RELATIONS, relationName(node.sequence!), "duplicate_table"),
  ViewStmt: (catalog, node) => (node.replace ? undefined : existing(catalog, RELATIONS, relationName(node.view!), "duplicate_table")),
  IndexStmt: (catalog, node) => {
    const table = find(catalog, catalog.tables, relationName(node.relation!));
    if (!table) return "undefined_table";
    if (node.if_not_exists || node.idxname === undefined) return undefined;
    return catalog.indexes.has(`${table.schema}.${node.idxname}`) ? "duplicate_table" : undefined;
  },
  AlterTableStmt: (catalog, node) => {
    const table = find(catalog, catalog.tables, relationName(node.relation!));
    if (!table) return node.missing_ok ? undefined : "undefined_table";
    return (node.cmds ?? [])
      .map((item) => ALTERATIONS[as("AlterTableCmd", item)?.subtype ?? ""]?.(table, item as AlterTableCmd))
      .find(Boolean);
  },
  AlterEnumStmt: (catalog, node) => {
    const type = find(catalog, catalog.enums, qualified(node.typeName ?? []));
    if (!type) return "undefined_object";
    if (node.oldVal !== undefined) {
      if (!type.labels.includes(node.oldVal)) return "invalid_parameter_value";
      return type.labels.includes(node.newVal ?? "") ? "duplicate_object" : undefined;
    }
    return type.labels.includes(node.newVal ?? "") && !node.skipIfNewValExists ? "duplicate_object" : undefined;
  },
  RenameStmt: (catalog, node) => {
    if (node.renameType !== "OBJECT_COLUMN" && node.renameType !== "OBJECT_TABLE") return undefined;
    const table = node.relation && find(catalog, catalog.tables, relationName(node.relation));
    if (!table) return "undefined_table";
    if (node.renameType === "OBJECT_TABLE")
      return existing(catalog, RELATIONS, { schema: table.schema, name: node.newname ?? "" }, "duplicate_table");
    if (!table.columns.has(node.subname ?? "")) return "undefined_column";
    return table.columns.has(node.newname ?? "") ? "duplicate_column" : undefined;
  },
  CreateTrigStmt: (catalog, node) => {
    const table = node.relation && find(catalog, catalog.tables, relationName(node.relation));
    if (!table) return "undefined_table";
    return !node.replace && catalog.triggers.get(table)?.has(node.trigname ?? "") ? "duplicate_object" : undefined;
  },
  UpdateStmt: (catalog, node) => {
    const table = node.relation && find(catalog, catalog.tables, relationName(node.relation));
    if (!table) return "undefined_table";
    const { doubts } = analyse(catalog, node, (each) => each);
    return doubts.map(({ id }) => DOUBTS[id]).find((failure) => failure !== undefined);
  },
  CreateExtensionStmt: never,
  CreateRoleStmt: never,
  CreateFunctionStmt: never,
  CommentStmt: never,
  GrantStmt: never,
};

const RELATIONS = ["tables", "indexes", "sequences", "views"] as const;

function existing(
  catalog: Catalog,
  maps: readonly ("enums" | "domains" | (typeof RELATIONS)[number])[],
  name: Name,
  condition: string,
): string | undefined {
  return maps.some((map) => catalog[map].has(key(catalog, name))) ? condition : undefined;
}

type Table = NonNullable<ReturnType<Catalog["tables"]["get"]>>;

const ALTERATIONS: Readonly<Record<string, (table: Table, cmd: AlterTableCmd) => string | undefined>> = {
  AT_AddColumn: (table, cmd) =>
    !cmd.missing_ok && table.columns.has(as("ColumnDef", cmd.def)?.colname ?? "") ? "duplicate_column" : undefined,
  AT_DropColumn: (table, cmd) => (!cmd.missing_ok && !table.columns.has(cmd.name ?? "") ? "undefined_column" : undefined),
  AT_AddConstraint: (table, cmd) => {
    const constraint = as("Constraint", cmd.def);
    const primary = constraint?.contype === "CONSTR_PRIMARY" && [...table.constraints.values()].some(({ type }) => type === "primary");
    if (primary) return "invalid_table_definition";
    return constraint?.conname !== undefined && table.constraints.has(constraint.conname) ? "duplicate_object" : undefined;
  },
  AT_DropConstraint: (table, cmd) => (!cmd.missing_ok && !table.constraints.has(cmd.name ?? "") ? "undefined_object" : undefined),
};
