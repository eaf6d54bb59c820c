/**
 * Forms: what PostgreSQL's operators, functions and casts become in TiDB, as rows of tables.
 *
 * How to add a row:
 * 1. Find the table of the family below rules/functions/ (or make one with `table` and list it in rules/index.ts). A row's key is the last
 *    part of its rule's id: `split_part` in `functions/strings` is the rule `functions/strings/split_part`.
 * 2. `calls` are the signatures as PostgreSQL resolves them (`\df`, `\do`), with its internal type names: `split_part(text, text, int4)`,
 *    `+(int4, int4)`, prefix `-(int4)`, cast `int4::text`. One argument may be several types, `int2|int4`, or a group (see GROUPS below);
 *    `any...` at the end stands for any number of arguments. The first row that fits is asked first; one that returns undefined passes.
 * 3. `tidb` makes the template: `same("LOWER")`, `([s, n], call) => tidb`LEFT(${s}, ${n})``, ``infix("additive")`${a} + ${b}` `` for an
 *    operator. Arguments are nodes; parentheses are not your business; one that is used twice is refused when it is volatile; one that is
 *    not used at all must be a constant, or be taken apart with `call.open`. `call.text(arg)` gives a constant's text, `call.type(arg)` its
 *    type, `call.say(message)` reports one of the row's `messages`, `call.refuse(reason)` ends it: nothing is printed.
 * 4. `proofs` are expressions over the columns of the value table (test/support/values.ts): each is evaluated for every row of nasty values on
 *    PostgreSQL and, converted, on TiDB. Give as many as there are ways to be wrong. What must differ has a message that says so:
 *    `{ pg: "…", findings: ["lenient"], differs: true }`.
 */
import type { PgType, Signature } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import type { Node, Value } from "../pg/ast.js";
import type { Data, Example, Message, RuleSpec } from "./contract.js";
import { LEVEL, type Raw, raw, type Tidb, tidb } from "./tidb.js";

/** The arguments of a call, as many as its signature has; of a cast the one that is cast. */
export type Operands = readonly [Value, Value, Value, Value, ...Value[]];

/** The call that a row writes. */
export interface Call {
  readonly signature: Signature;
  /** What the call gives; of a cast its target with the modifiers that were written. */
  readonly result: PgType;
  readonly catalog: Catalog;
  /** The type of an argument where it stands: a literal's is the one it takes there. */
  type(arg: Value): PgType;
  /** The type that an argument has by itself, before PostgreSQL converts it. */
  own(arg: Value): PgType;
  /** The text of a constant, seen through casts to the type at hand; undefined when it is no constant, or NULL. */
  text(arg: Value): string | undefined;
  /** The value of an integer constant. */
  integer(arg: Value): number | undefined;
  nullable(arg: Value): boolean;
  /** Reports a message of the row. */
  say(message: string, data?: Data): void;
  /** There is no form for this call; `reason` ends the sentence "… has no TiDB form here: ". */
  refuse(reason: string): undefined;
  /** Takes an argument apart: it is not printed itself, and what is below it is judged as if it were an argument. */
  open(node: Node): void;
  /** The form of another operator, function or cast, for rows that are made of others; undefined where it has none. */
  other(name: string, types: readonly string[], args: readonly (Value | Tidb)[]): Tidb | undefined;
  /** Of an aggregate or window function: `DISTINCT ` and ` OVER …`, or nothing. */
  readonly distinct: Raw;
  readonly over: Raw;
  /** Of an aggregate: ` ORDER BY …`, or nothing. */
  readonly order: Raw;
  /** The condition of its FILTER. */
  readonly filter: Value | undefined;
  /** The argument, NULL where the FILTER is not true. */
  filtered(arg: Value): Value | Tidb;
}

export type Write = (args: Operands, call: Call) => Tidb | undefined;

export interface Form {
  readonly calls: readonly string[];
  readonly tidb: Write;
}

/** An expression over the columns of the value table, run on both engines. */
export interface Proof {
  readonly pg: string;
  /** Message ids of the row that it must produce. */
  readonly findings?: readonly string[];
  /** Some row gives another result, as one of the findings says. */
  readonly differs?: true;
}

/** A call of the function of that name. */
export function invoke(name: string, args: readonly (Value | Tidb)[]): Tidb {
  const texts = args.length === 0 ? [`${name}()`] : [`${name}(`, ...args.slice(1).map(() => ", "), ")"];
  return { kind: "Tidb", texts, holes: [...args] };
}

/** The function of that name, with the same arguments in the same order. */
export function same(name: string): Write {
  return (args) => invoke(name, args);
}

/** The aggregate of that name over one argument: those that pass over NULL take a FILTER as NULL for the rows it leaves out. */
export function aggregate(name: string): Write {
  return ([arg], call) => tidb`${raw(name)}(${call.distinct}${call.filtered(arg)})${call.over}`;
}

/** The operator of that sign between the two arguments. */
export function operator(sign: string, level: keyof typeof LEVEL): Write {
  return ([left, right]) => ({ kind: "Tidb", texts: ["", ` ${sign} `, ""], holes: [left, right], level: LEVEL[level] });
}

/** The argument itself: both engines see the same value. */
export const unchanged: Write = ([arg]) => ({ kind: "Tidb", texts: ["", ""], holes: [arg] });

/** A value of char(n) as PostgreSQL matches it: filled up with blanks, which TiDB does not store. */
export function blankFilled(value: Value, call: Call): Tidb | undefined {
  const { name, mods } = call.type(value);
  if (name !== "bpchar" || call.text(value) !== undefined) return tidb`${value}`;
  return mods?.[0] === undefined ? call.refuse("matching a char of no known length") : tidb`RPAD(${value}, ${raw(String(mods[0]))}, ' ')`;
}

/** Type names that stand for several, in signatures of rows. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  int: ["int2", "int4", "int8"],
  float: ["float4", "float8"],
  number: ["int2", "int4", "int8", "numeric", "float4", "float8"],
  exact: ["int2", "int4", "int8", "numeric"],
  string: ["text", "varchar", "bpchar", "name", "char"],
};

interface Pattern {
  readonly args: readonly ReadonlySet<string>[];
  /** The types that any number of further arguments may have. */
  readonly rest: ReadonlySet<string> | undefined;
}

/** The rule of a row, as far as findings need it. */
export interface RowRule {
  readonly id: string;
  readonly messages: Readonly<Record<string, Message>>;
  readonly docs: { readonly pg?: string; readonly tidb?: string };
  readonly forms?: readonly Form[];
}

interface Entry {
  readonly pattern: Pattern;
  readonly form: Form;
  readonly rule: RowRule;
}

/** Rows by name of what is called. */
export interface Forms {
  /** Rows that fit a call, in their order. Casts are called `::`, and their types are source and target. */
  find(name: string, types: readonly string[], catalog: Catalog): readonly Entry[];
}

/** The name under which casts are found. */
export const CAST = "::";

export function formsOf(rules: readonly RowRule[]): Forms {
  const byName = new Map<string, Entry[]>();
  for (const rule of rules)
    for (const form of rule.forms ?? [])
      for (const call of form.calls) {
        const [name, args] = parsed(call);
        const entries = byName.get(name) ?? [];
        entries.push({ pattern: patternOf(args), form, rule });
        byName.set(name, entries);
      }
  const fitting = (name: string, types: readonly string[], catalog: Catalog) =>
    (byName.get(name) ?? []).filter(({ pattern }) => fits(pattern, types, catalog));
  const found: Found = { entries: undefined, next: new Map() };
  return {
    find(name, types, catalog) {
      let at = nextOf(found, name);
      for (const type of types) {
        // Types of the input, which have their schema in the name, are another input's as well.
        if (type.includes(".")) return fitting(name, types, catalog);
        at = nextOf(at, type);
      }
      at.entries ??= fitting(name, types, catalog);
      return at.entries;
    },
  };
}

/** What was found for a name and some types, and with one type more: texts joined into a key would be made anew for each call. */
interface Found {
  entries: readonly Entry[] | undefined;
  readonly next: Map<string, Found>;
}

function nextOf({ next }: Found, word: string): Found {
  let at = next.get(word);
  if (!at) {
    at = { entries: undefined, next: new Map() };
    next.set(word, at);
  }
  return at;
}

/** A name and its arguments; a cast is called `::` and has its source and target as arguments. */
function parsed(call: string): readonly [string, readonly string[]] {
  const cast = /^([^(]+)::([^(]+)$/.exec(call);
  if (cast) return [CAST, [cast[1]!.trim(), cast[2]!.trim()]];
  const [, name, list] = /^(.+?)\((.*)\)$/.exec(call) ?? [];
  if (name === undefined || list === undefined) throw new Error(`"${call}" is no signature.`);
  return [name, list.trim() === "" ? [] : list.split(",").map((type) => type.trim())];
}

function patternOf(args: readonly string[]): Pattern {
  const last = args[args.length - 1];
  const rest = last?.endsWith("...") ? typesOf(last.slice(0, -3)) : undefined;
  return { args: (rest ? args.slice(0, -1) : args).map(typesOf), rest };
}

function typesOf(text: string): ReadonlySet<string> {
  return new Set(text.split("|").flatMap((name) => GROUPS[name.trim()] ?? [name.trim()]));
}

function fits({ args, rest }: Pattern, types: readonly string[], catalog: Catalog): boolean {
  if (types.length < args.length || (types.length > args.length && !rest)) return false;
  return types.every((type, i) => isOne(args[i] ?? rest!, type, catalog));
}

function isOne(pattern: ReadonlySet<string>, type: string, catalog: Catalog): boolean {
  if (pattern.has(type) || pattern.has("any")) return true;
  if (type.endsWith("[]")) return pattern.has("anyarray");
  if (pattern.has("anynonarray")) return true;
  return pattern.has("anyenum") && isEnum(type, catalog);
}

/** The labels of an enum of the input, in their order. */
export function enumLabels(type: string, catalog: Catalog): readonly string[] | undefined {
  return catalog.enums.get(type)?.labels;
}

function isEnum(type: string, catalog: Catalog): boolean {
  return enumLabels(type, catalog) !== undefined;
}

/** What a table says for all its rows: pages of PostgreSQL's manual (`functions-math`) and of TiDB's (`numeric-functions-and-operators`). */
export interface TableDocs {
  readonly pg: string;
  readonly tidb: string;
}

export interface Row extends Form {
  /** One line where the form does not speak for itself. */
  readonly why?: string;
  readonly messages?: Readonly<Record<string, Message>>;
  readonly proofs: readonly Proof[];
  /** Whole statements, where an expression alone cannot show it. */
  readonly examples?: readonly Example[];
}

/** A table of rows as rules: the row `lower` of the table `functions/strings` is the rule `functions/strings/lower`. */
export function table(path: string, docs: TableDocs, rows: Readonly<Record<string, Row>>): Readonly<Record<string, RuleSpec<string>>> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { calls, tidb, why, messages, proofs, examples }]) => [
      `${path}/${name}`,
      {
        construct: calls.join("; "),
        why: why ?? "",
        docs: {
          pg: `https://www.postgresql.org/docs/current/${docs.pg}.html`,
          tidb: `https://docs.pingcap.com/tidb/stable/${docs.tidb}`,
        },
        messages: messages ?? {},
        examples: examples ?? [],
        forms: [{ calls, tidb }],
        proofs,
      },
    ]),
  );
}

/** The rows of a type's six comparisons. */
export function comparisons(row: (sign: string) => Row): Readonly<Record<string, Row>> {
  return Object.fromEntries(Object.entries(COMPARISONS).map(([name, sign]) => [name, row(sign)]));
}

const COMPARISONS = { equal: "=", "not-equal": "<>", less: "<", "less-or-equal": "<=", greater: ">", "greater-or-equal": ">=" };

/** Proofs that say nothing. */
export function proofs(...expressions: readonly string[]): readonly Proof[] {
  return expressions.map((pg) => ({ pg }));
}
