import type { Name } from "../../pg/names.js";
import { POSTGRES } from "./postgres.js";

/** A type that PostgreSQL or one of its extensions brings (pg_type). */
export interface BuiltinType {
  readonly name: string;
  /** pg_type.typcategory: N numbers, S strings, D times, T intervals, A arrays, U user-defined … */
  readonly category: string;
  readonly preferred: boolean;
  /** b base, d domain, p pseudo, r range, m multirange */
  readonly kind: string;
  /** Of a range its subtype, of a domain its base, of a type like int2vector what a subscript gives. */
  readonly part: string | undefined;
  /** Of a range. */
  readonly multirange: string | undefined;
  readonly extension: string;
}

/** A function, aggregate, window function or procedure (pg_proc). */
export interface Routine {
  readonly name: string;
  /** f function, a aggregate, o ordered-set aggregate, h hypothetical-set aggregate, w window function, p procedure */
  readonly kind: string;
  readonly args: readonly string[];
  readonly names: readonly (string | undefined)[] | undefined;
  readonly result: string;
  /** OUT and TABLE columns. */
  readonly outs: readonly { readonly name: string | undefined; readonly type: string }[] | undefined;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly strict: boolean;
  readonly set: boolean;
  readonly variadic: boolean;
  /** How many of the last arguments have a default. */
  readonly defaults: number;
  readonly extension: string;
  /** Made by the input. */
  readonly own?: true;
  /** Of an aggregate that starts from nothing and gives its state: the function that puts a value to the state. */
  readonly combine?: Name;
}

export interface Operator {
  readonly name: string;
  /** undefined for a prefix operator. */
  readonly left: string | undefined;
  readonly right: string;
  readonly result: string;
  readonly function: string;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly strict: boolean;
  readonly extension: string;
}

export interface Cast {
  /** i implicit, a in assignments, e only when written */
  readonly context: string;
  /** f by a function, b as it is, i by way of text */
  readonly method: string;
  readonly extension: string;
}

export interface BuiltinRelation {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly notNull: boolean }[];
}

const VOLATILITY: Readonly<Record<string, Routine["volatility"]>> = { i: "immutable", s: "stable", v: "volatile" };

/** The lines of a section by their first word; what follows is read when it is asked for. */
function index(section: "types" | "functions" | "operators" | "casts" | "relations"): Map<string, { rest: string; extension: string }[]> {
  const lines = new Map<string, { rest: string; extension: string }[]>();
  for (const extension in POSTGRES)
    for (const line of POSTGRES[extension]![section].split("\n")) {
      const space = line.indexOf(" ");
      if (space < 0) continue;
      const name = line.slice(0, space);
      const entry = { rest: line.slice(space + 1), extension };
      const known = lines.get(name);
      if (known) known.push(entry);
      else lines.set(name, [entry]);
    }
  return lines;
}

/** Made when first asked for. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const types = lazy(() => {
  const table = new Map<string, BuiltinType>();
  for (const [name, lines] of index("types"))
    for (const { rest, extension } of lines) {
      const [category, kind, part, multirange] = rest.split(" ") as [string, string, string?, string?];
      table.set(name, { name, category: category[0]!, preferred: category.endsWith("*"), kind, part, multirange, extension });
    }
  return table;
});

/** By PostgreSQL's internal name, without `[]`. */
export function builtinType(name: string): BuiltinType | undefined {
  return types().get(name);
}

const functionLines = lazy(() => index("functions"));
const functions = new Map<string, readonly Routine[]>();

export function builtinFunctions(name: string): readonly Routine[] {
  let found = functions.get(name);
  if (!found) {
    found = (functionLines().get(name) ?? []).flatMap(({ rest, extension }) =>
      rest.split("|").map((signature) => readRoutine(name, signature, extension)),
    );
    functions.set(name, found);
  }
  return found;
}

/** `fi!*V1 a=int4,text>int4>key=text,value=text`: kind and volatility, strict, set, variadic, defaults; arguments; result; columns. */
function readRoutine(name: string, signature: string, extension: string): Routine {
  const space = signature.indexOf(" ");
  const flags = signature.slice(0, space);
  const [args, result, outs] = signature.slice(space + 1).split(">") as [string, string, string?];
  const named = args === "" ? [] : args.split(",").map(readNamed);
  return {
    name,
    kind: flags[0]!,
    args: named.map(({ type }) => type),
    names: named.some((arg) => arg.name !== undefined) ? named.map((arg) => arg.name) : undefined,
    result,
    outs: outs?.split(",").map(readNamed),
    volatility: VOLATILITY[flags[1]!]!,
    strict: flags.includes("!"),
    set: flags.includes("*"),
    variadic: flags.includes("V"),
    defaults: Number(/\d+$/.exec(flags)?.[0] ?? 0),
    extension,
  };
}

function readNamed(text: string): { name: string | undefined; type: string } {
  const at = text.indexOf("=");
  return at < 0 ? { name: undefined, type: text } : { name: text.slice(0, at), type: text.slice(at + 1) };
}

const operatorLines = lazy(() => index("operators"));
const operators = new Map<string, readonly Operator[]>();

export function builtinOperators(name: string): readonly Operator[] {
  let found = operators.get(name);
  if (!found) {
    found = (operatorLines().get(name) ?? []).flatMap(({ rest, extension }) =>
      rest.split(" ; ").map((line) => readOperator(name, line, extension)),
    );
    operators.set(name, found);
  }
  return found;
}

/** `i! int4,int4>int4>int4pl` */
function readOperator(name: string, line: string, extension: string): Operator {
  const [flags, types] = line.split(" ") as [string, string];
  const [args, result, by] = types.split(">") as [string, string, string];
  const [left, right] = args.split(",") as [string, string];
  const volatility = VOLATILITY[flags[0]!]!;
  return { name, left: left || undefined, right, result, function: by, volatility, strict: flags.endsWith("!"), extension };
}

const casts = lazy(() => {
  const table = new Map<string, Cast>();
  for (const [source, lines] of index("casts"))
    for (const { rest, extension } of lines) {
      const [target, how] = rest.split(" ") as [string, string];
      table.set(`${source} ${target}`, { context: how[0]!, method: how[1]!, extension });
    }
  return table;
});

/** The entry of pg_cast; there are conversions without one (parse_coerce.c, find_coercion_pathway). */
export function builtinCast(source: string, target: string): Cast | undefined {
  return casts().get(`${source} ${target}`);
}

const relationLines = lazy(() => index("relations"));

/** A relation of pg_catalog or information_schema. */
export function builtinRelation(schema: string, name: string): BuiltinRelation | undefined {
  const line = relationLines().get(`${schema}.${name}`)?.[0];
  if (!line) return undefined;
  const columns = line.rest.split(",").map((text) => {
    const { name: column, type } = readNamed(text);
    const notNull = type.endsWith("!");
    return { name: column!, type: notNull ? type.slice(0, -1) : type, notNull };
  });
  return { schema, name, columns };
}
