import { split } from "../source/split.js";
import type { Source, Span } from "../source/text.js";
import type { Node, Value } from "./ast.js";
import { type Bound, constantOf, integerOf, itemsOf, names, textOf, withBound } from "./bound.js";
import { as, optionsOf, typeName } from "./names.js";
import { type Grammar, type GrammarVersion, grammar, parseWith } from "./parse.js";
import { unplaced } from "./walk.js";

/** The body of a function or DO block, as far as anybody here looks into it. */
export interface Program {
  /** `sql`, `plpgsql`, … in lower case. */
  readonly language: string;
  readonly steps: readonly Step[];
  /** Variables that the steps use and whose values the body does not tell. */
  readonly variables: readonly string[];
  /** Lines of the body that are not blank. */
  readonly lines: number;
  /** Where the body stands in the source, when it stands there as it is. */
  readonly place: Span | undefined;
  /** Why the body could not be read; there are no steps then. */
  readonly unread: string | undefined;
}

/** A statement of a body, with where it stands; without a node where PostgreSQL's grammar cannot read it alone. */
export interface SqlStep {
  readonly kind: "sql";
  readonly text: string;
  readonly node: Node | undefined;
  readonly span: Span;
  /** SELECT … INTO a variable. */
  readonly into: boolean;
}

export interface Branch {
  /** undefined: it could not be read. */
  readonly condition: Value | undefined;
  readonly steps: readonly Step[];
}

export interface Catch {
  /** Condition names as written: `duplicate_object`, `others`. */
  readonly conditions: readonly string[];
  readonly steps: readonly Step[];
}

export type Step =
  | SqlStep
  /** `NEW.a := …` has the target [new, a]. */
  | { readonly kind: "assign"; readonly target: readonly string[]; readonly value: Value | undefined }
  | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: readonly Step[] }
  | { readonly kind: "block"; readonly steps: readonly Step[]; readonly catches: readonly Catch[] }
  | { readonly kind: "raise"; readonly fails: boolean; readonly message: string | undefined }
  /** `row` for RETURN NEW and RETURN OLD of a trigger. */
  | { readonly kind: "return"; readonly row: "new" | "old" | undefined; readonly value: Value | undefined }
  | { readonly kind: "perform"; readonly value: Value | undefined; readonly query: Node | undefined }
  /** EXECUTE of a text; `constant` where the body tells it. */
  | { readonly kind: "dynamic"; readonly value: Value | undefined; readonly constant: SqlStep | undefined }
  /** `rounds`: the steps of each round with the variable's value in them, where the body tells what it goes over. */
  | {
      readonly kind: "loop";
      readonly query: Node | undefined;
      readonly steps: readonly Step[];
      readonly rounds?: readonly (readonly Step[])[] | undefined;
    }
  /** What else PL/pgSQL has, by its own word: `foreach a`, `getdiag`. */
  | { readonly kind: "other"; readonly word: string; readonly steps: readonly Step[] };

type Wire = Record<string, unknown>;
type Routine = Extract<Node, { kind: "CreateFunctionStmt" | "DoStmt" }>;

/** Whether the node has a body to read. */
export function hasProgram(node: Node): node is Routine {
  return node.kind === "CreateFunctionStmt" || node.kind === "DoStmt";
}

/**
 * Reads the body of a function, procedure or DO block by PostgreSQL's own parsers.
 * @param span the statement in the source
 */
export async function readProgram(source: Source, span: Span, node: Routine, preferred: GrammarVersion): Promise<Program> {
  const parser = await grammar(preferred);
  const options = routineOptions(node);
  const language = String(options.get("language") ?? (node.kind === "DoStmt" ? "plpgsql" : "sql")).toLowerCase();
  const returned = node.kind === "CreateFunctionStmt" ? as("ReturnStmt", node.sql_body) : undefined;
  if (returned) {
    const step: Step = { kind: "return", row: undefined, value: returned.returnval };
    return { language, steps: [step], variables: [], lines: 1, place: undefined, unread: undefined };
  }
  const body = bodyText(options.get("as"));
  if (body === undefined) return unread(language, 0, node.kind === "CreateFunctionStmt" && node.sql_body ? "BEGIN ATOMIC" : "no body");
  const lines = body.split("\n").filter((line) => line.trim() !== "").length;
  const found = source.text.indexOf(body, span.start);
  const place = found >= 0 && found + body.length <= span.end ? { start: found, end: found + body.length } : undefined;
  const reading: Reading = {
    parser,
    body,
    at: place?.start,
    start: span.start,
    cursor: 0,
    rows: new Map(),
    names: [],
    variables: [],
    bound: new Map(),
  };
  if (language === "sql") return { language, steps: sqlSteps(reading), variables: [], lines, place, unread: undefined };
  if (language !== "plpgsql") return unread(language, lines, `its language, ${language}`);
  const parsed = await readBody(source.text.slice(span.start, span.end), preferred);
  if (parsed === undefined) return unread(language, lines, "PostgreSQL's parser for PL/pgSQL refuses it");
  // A number of 0 is left out; functions that are no triggers' have neither.
  if (parsed.old_varno !== undefined)
    reading.rows = new Map([
      [(parsed.new_varno as number | undefined) ?? 0, "new"],
      [parsed.old_varno as number, "old"],
    ]);
  if (returnsValue(node))
    reading.names = (parsed.datums as Wire[]).map((datum) => (Object.values(datum)[0] as Wire | undefined)?.refname as string | undefined);
  const block = (parsed.action as Wire).PLpgSQL_stmt_block as Wire;
  const datums = parsed.datums as Wire[];
  reading.variables = datums.map((datum) => Object.values(datum)[0] as Wire | undefined);
  reading.bound = constants(reading, JSON.stringify(block));
  const steps = stepsOf(block.body, reading);
  const variables = datums.flatMap((datum) => declared(datum)).filter((name) => isOpen(steps, name));
  return { language, steps, variables, lines, place, unread: undefined };
}

/** Whether RETURN cannot stand alone in the body. */
function returnsValue(node: Routine): boolean {
  if (node.kind === "DoStmt" || !node.returnType || node.returnType.setof || typeName(node.returnType).name === "void") return false;
  return !node.parameters?.some((parameter) => /OUT|TABLE/.test(as("FunctionParameter", parameter)?.mode ?? ""));
}

function unread(language: string, lines: number, why: string): Program {
  return { language, steps: [], variables: [], lines, place: undefined, unread: why };
}

/** Options by name, `as` and `language` among them. */
export function routineOptions(node: Routine): ReadonlyMap<string, Value | undefined> {
  const list = node.kind === "DoStmt" ? node.args : node.options;
  return optionsOf(list);
}

function bodyText(value: Value | undefined): string | undefined {
  const text = Array.isArray(value) ? (value as readonly Value[])[0] : value;
  return typeof text === "string" ? text : undefined;
}

async function readBody(text: string, preferred: GrammarVersion): Promise<Wire | undefined> {
  for (const version of [preferred, preferred === "18" ? "16" : "18"] as const) {
    const parser = await grammar(version);
    try {
      const [first] = parser.parseBodies(text);
      if (first) return first.PLpgSQL_function as Wire;
    } catch {
      await parser.recover();
    }
  }
  return undefined;
}

/** Names of variables that the user declared: those of the language itself have no line. */
function declared(datum: Wire): string[] {
  const [variable] = Object.values(datum) as Wire[];
  const name = variable?.refname as string | undefined;
  return name === undefined || variable?.lineno === undefined || IMPLICIT.has(name) || name.startsWith("(") ? [] : [name];
}

const IMPLICIT = new Set(["sqlstate", "sqlerrm"]);

/** Variables that get a constant where they are declared and keep it. */
function constants(reading: Reading, body: string): Bound {
  // What a query or a diagnostic is put into is told by numbers, some of them left out.
  if (/"into":true|PLpgSQL_stmt_(?:getdiag|fetch|call)"/.test(body)) return new Map();
  const bound = new Map<string, Value>();
  const { variables } = reading;
  for (const variable of variables) {
    const name = variable?.refname as string | undefined;
    const text = queryText(variable?.default_val);
    if (name === undefined || text === undefined || variables.filter((other) => other?.refname === name).length > 1) continue;
    const value = constantOf(parseExpression(reading, text, undefined), bound);
    const isAssigned = [...body.matchAll(/"query":"((?:[^"\\]|\\.)*)","parseMode":[345]/g)].some(
      ([, query]) => assigned(JSON.parse(`"${query}"`) as string)?.target[0] === name,
    );
    const typed = value !== undefined && !isAssigned && ofType(reading, variable, value);
    if (typed) bound.set(name, typed);
  }
  return bound;
}

/** The value with the type that the variable is declared with; undefined where the schema decides on that. */
function ofType(reading: Reading, variable: Wire | undefined, value: Value): Value | undefined {
  const type = ((variable?.datatype as Wire | undefined)?.PLpgSQL_type as Wire | undefined)?.typname as string | undefined;
  const cast = type === undefined ? undefined : as("TypeCast", parseExpression(reading, `NULL::${type}`, undefined));
  return cast && { ...cast, arg: as("TypeCast", value)?.arg ?? value };
}

/** Whether steps use a variable or set it, other than by what the body tells. */
function isOpen(steps: readonly Step[], name: string): boolean {
  return steps.some((step): boolean => {
    if (step.kind === "loop" && step.rounds) return step.rounds.some((round) => isOpen(round, name));
    if (step.kind === "other" || (step.kind === "assign" && step.target[0] === name)) return true;
    if (stepsWithin(step).some((inner) => isOpen(inner, name))) return true;
    if (step.kind === "sql") return step.into || step.node === undefined || names(step.node, name);
    if (step.kind === "if") return step.branches.some(({ condition }) => condition === undefined || names(condition, name));
    if (step.kind === "dynamic") return step.constant ? step.constant.into : step.value === undefined || names(step.value, name);
    if (step.kind === "loop") return step.query === undefined || names(step.query, name);
    if (step.kind === "perform") return names(step.value, name) || names(step.query, name);
    return "value" in step && names(step.value, name);
  });
}

/** Where the reading of a body stands. */
interface Reading {
  readonly parser: Grammar;
  readonly body: string;
  /** Offset of the body in the source; undefined where it is quoted so that it does not stand there as it is. */
  readonly at: number | undefined;
  /** The statement's own offset, for what has no better place. */
  readonly start: number;
  /** Offset in the body after what was read last: PL/pgSQL's parser gives texts in order, without their places. */
  cursor: number;
  /** Numbers of the variables NEW and OLD, in a trigger's function. */
  rows: ReadonlyMap<number, "new" | "old">;
  /** Names of variables and parameters by their numbers. */
  names: readonly (string | undefined)[];
  /** All variables by their numbers. */
  variables: readonly (Wire | undefined)[];
  /** Those whose values are known where the reading stands. */
  bound: Bound;
}

function placeOf(reading: Reading, text: string): number | undefined {
  const found = reading.body.indexOf(text, reading.cursor);
  if (found < 0) return undefined;
  reading.cursor = found + text.length;
  return reading.at === undefined ? undefined : reading.at + found;
}

function parse(reading: Reading, prefix: string, text: string, at: number | undefined): Node | undefined {
  const parsed = parseWith(reading.parser, prefix + text, (at ?? reading.start) - prefix.length);
  return parsed?.ok ? parsed.node : undefined;
}

function sqlStep(reading: Reading, text: string, into = false): SqlStep {
  const at = placeOf(reading, text);
  const span = at === undefined ? { start: reading.start, end: reading.start } : { start: at, end: at + text.length };
  return { kind: "sql", text, node: withBound(parse(reading, "", text, at), reading.bound), span, into };
}

/** A statement that EXECUTE runs: one that does not stand in the source as it is has no places. */
function executed(reading: Reading, text: string, into: boolean): SqlStep {
  const { node, ...step } = sqlStep({ ...reading, bound: new Map() }, text, into);
  return { ...step, node: step.span.end > step.span.start || node === undefined ? node : unplaced(node) };
}

/** The statements of a body in SQL. */
function sqlSteps(reading: Reading): Step[] {
  const steps: Step[] = [];
  for (const chunk of split({ name: "", text: reading.body }))
    if (chunk.kind === "sql") steps.push(sqlStep(reading, reading.body.slice(chunk.span.start, chunk.span.end)));
  return steps;
}

function queryText(expression: unknown): string | undefined {
  return ((expression as Wire | undefined)?.PLpgSQL_expr as Wire | undefined)?.query as string | undefined;
}

/** An expression, located in the source. */
function expression(reading: Reading, wire: unknown): Value | undefined {
  const text = queryText(wire);
  return text === undefined ? undefined : parseExpression(reading, text, placeOf(reading, text));
}

function parseExpression(reading: Reading, text: string, at: number | undefined): Value | undefined {
  const select = as("SelectStmt", parse(reading, "SELECT ", text, at));
  return select?.targetList?.length === 1 ? withBound(as("ResTarget", select.targetList[0])?.val, reading.bound) : undefined;
}

function query(reading: Reading, wire: unknown): Node | undefined {
  const text = queryText(wire);
  return text === undefined ? undefined : sqlStep(reading, text).node;
}

function stepsOf(list: unknown, reading: Reading): Step[] {
  return ((list as Wire[] | undefined) ?? []).flatMap((item) => {
    const [name, body] = Object.entries(item)[0] as [string, Wire];
    const word = name.replace("PLpgSQL_stmt_", "");
    const read = STEPS[word];
    return read ? read(body, reading) : [{ kind: "other", word: word.replaceAll("_", " "), steps: stepsOf(body.body, reading) }];
  });
}

const IDENTIFIER = String.raw`(?:"(?:[^"]|"")+"|[a-zA-Z_]\w*)`;
const ASSIGNMENT = new RegExp(String.raw`^\s*(${IDENTIFIER}(?:\s*\.\s*${IDENTIFIER})*)\s*:?=\s*`);

/** What an assignment is to, and how long the words before its value are; undefined for a part of a variable. */
function assigned(text: string): { readonly target: readonly string[]; readonly length: number } | undefined {
  const head = ASSIGNMENT.exec(text);
  if (!head) return undefined;
  const words = [...head[1]!.matchAll(/"((?:[^"]|"")+)"|[^\s".]+/g)];
  return { target: words.map(([word, quoted]) => quoted?.replaceAll('""', '"') ?? word.toLowerCase()), length: head[0].length };
}

/** More rounds than anybody writes out. */
const MOST_ROUNDS = 500;

/** A loop over values that the body tells. */
function loopOver(reading: Reading, body: Wire, variable: Wire | undefined, values: readonly Value[] | undefined): Step {
  const { cursor, bound } = reading;
  const steps = stepsOf(body.body, reading);
  const after = reading.cursor;
  const name = variable?.refname as string | undefined;
  const typed = values?.map((value) => ofType(reading, variable, value));
  let rounds: Step[][] | undefined;
  if (name !== undefined && typed && typed.length <= MOST_ROUNDS && !typed.includes(undefined)) {
    rounds = typed.map((value) => {
      reading.cursor = cursor;
      reading.bound = new Map([...bound, [name, value!]]);
      return stepsOf(body.body, reading);
    });
    reading.cursor = after;
    reading.bound = bound;
  }
  return { kind: "loop", query: undefined, steps, rounds };
}

/** RAISE levels from which on the statement fails (elog.h, ERROR). */
const FAILS = 21;

const STEPS: Readonly<Record<string, (body: Wire, reading: Reading) => Step[]>> = {
  execsql: (body, reading) => [sqlStep(reading, queryText(body.sqlstmt) ?? "", body.into === true)],
  assign(body, reading) {
    const text = queryText(body.expr) ?? "";
    const at = placeOf(reading, text);
    const head = assigned(text);
    if (!head) return [{ kind: "other", word: "assignment to a part", steps: [] }];
    const value = parseExpression(reading, text.slice(head.length), at === undefined ? undefined : at + head.length);
    return [{ kind: "assign", target: head.target, value }];
  },
  if(body, reading) {
    const first = { condition: expression(reading, body.cond), steps: stepsOf(body.then_body, reading) };
    const others = ((body.elsif_list as Wire[] | undefined) ?? []).map((item) => {
      const branch = item.PLpgSQL_if_elsif as Wire;
      return { condition: expression(reading, branch.cond), steps: stepsOf(branch.stmts, reading) };
    });
    return [{ kind: "if", branches: [first, ...others], otherwise: stepsOf(body.else_body, reading) }];
  },
  block(body, reading) {
    const steps = stepsOf(body.body, reading);
    const handlers = ((body.exceptions as Wire | undefined)?.PLpgSQL_exception_block as Wire | undefined)?.exc_list as Wire[] | undefined;
    const catches = (handlers ?? []).map((item) => {
      const handler = item.PLpgSQL_exception as Wire;
      const conditions = (handler.conditions as Wire[]).map((each) => (each.PLpgSQL_condition as Wire).condname as string);
      return { conditions, steps: stepsOf(handler.action, reading) };
    });
    return [{ kind: "block", steps, catches }];
  },
  // Without a level it fails, as RAISE with nothing else does.
  raise: (body) => [{ kind: "raise", fails: ((body.elog_level as number) ?? FAILS) >= FAILS, message: body.message as string | undefined }],
  return(body, reading) {
    // What stands at the end of every body, though nobody wrote it.
    if (Object.keys(body).length === 0) return [];
    const value = expression(reading, body.expr);
    if (value !== undefined) return [{ kind: "return", row: undefined, value }];
    const row = reading.rows.get((body.retvarno as number | undefined) ?? -1);
    // A variable alone is told by its number, of which 0 is left out.
    const name = row === undefined && body.expr === undefined ? reading.names[(body.retvarno as number | undefined) ?? 0] : undefined;
    return [{ kind: "return", row, value: name === undefined ? undefined : { kind: "ColumnRef", fields: [name] } }];
  },
  perform(body, reading) {
    const text = (queryText(body.expr) ?? "").replace(/^\s*perform\b/i, "");
    const at = placeOf(reading, text);
    return [{ kind: "perform", value: parseExpression(reading, text, at), query: parse(reading, "SELECT ", text, at) }];
  },
  dynexecute(body, reading) {
    const value = expression(reading, body.query);
    const text = body.params === undefined ? textOf(value, reading.bound) : undefined;
    return [{ kind: "dynamic", value, constant: text === undefined ? undefined : executed(reading, text, body.into === true) }];
  },
  fori(body, reading) {
    const [lower, upper] = [body.lower, body.upper].map((wire) => integerOf(expression(reading, wire), reading.bound));
    const count = lower === undefined || upper === undefined || body.step || body.reverse ? undefined : Math.max(0, upper - lower + 1);
    const told = count !== undefined && count <= MOST_ROUNDS;
    const values = told ? Array.from({ length: count }, (_, i): Value => ({ kind: "A_Const", ival: lower! + i })) : undefined;
    return [loopOver(reading, body, (body.var as Wire).PLpgSQL_var as Wire, values)];
  },
  foreach_a(body, reading) {
    const items = body.slice ? undefined : itemsOf(expression(reading, body.expr), reading.bound);
    return [loopOver(reading, body, reading.variables[(body.varno as number | undefined) ?? 0], items)];
  },
  loop: (body, reading) => [{ kind: "loop", query: undefined, steps: stepsOf(body.body, reading) }],
  while(body, reading) {
    const condition = expression(reading, body.cond);
    return [{ kind: "loop", query: as("SubLink", condition), steps: stepsOf(body.body, reading) }];
  },
  fors: (body, reading) => [{ kind: "loop", query: query(reading, body.query), steps: stepsOf(body.body, reading) }],
  dynfors(body, reading) {
    const value = expression(reading, body.query);
    return [
      { kind: "dynamic", value, constant: undefined },
      { kind: "loop", query: undefined, steps: stepsOf(body.body, reading) },
    ];
  },
  return_query: (body, reading) => {
    const node = query(reading, body.query);
    return node ? [{ kind: "perform", value: undefined, query: node }] : [{ kind: "other", word: "return query", steps: [] }];
  },
  case(body, reading) {
    const test = expression(reading, body.t_expr);
    const branches = ((body.case_when_list as Wire[] | undefined) ?? []).map((item) => {
      const when = item.PLpgSQL_case_when as Wire;
      const condition = expression(reading, when.expr);
      return { condition: test === undefined ? condition : undefined, steps: stepsOf(when.stmts, reading) };
    });
    return [{ kind: "if", branches, otherwise: stepsOf(body.else_stmts, reading) }];
  },
  getdiag: () => [{ kind: "other", word: "GET DIAGNOSTICS", steps: [] }],
};

/** Calls `visit` for every step, those inside of others too. */
export function eachStep(steps: readonly Step[], visit: (step: Step) => void): void {
  for (const step of steps) {
    visit(step);
    for (const inner of stepsWithin(step)) eachStep(inner, visit);
  }
}

function stepsWithin(step: Step): (readonly Step[])[] {
  if (step.kind === "if") return [...step.branches.map((branch) => branch.steps), step.otherwise];
  if (step.kind === "block") return [step.steps, ...step.catches.map((each) => each.steps)];
  return "steps" in step ? [step.steps] : [];
}
