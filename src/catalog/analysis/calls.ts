import type { FuncCall, Node, Value } from "../../pg/ast.js";
import type { Name } from "../../pg/names.js";
import { eachDescendant } from "../../pg/walk.js";
import type { Signature } from "../analysis.js";
import { builtinType, type Routine } from "../builtin/table.js";
import { searchColumn } from "./columns.js";
import { COUNTING, FILLED_BY_ONE, functionNullable, NUMBERING } from "./nullness.js";
import { coerceOperand, typeIn } from "./operators.js";
import { functionsNamed, resolveFunction } from "./resolve.js";
import { coerce, doubt, type Info, type ItemColumn, type Scope } from "./state.js";
import { pathway } from "./types.js";

export interface Argument {
  readonly node: Value;
  readonly info: Info | undefined;
  /** `name => value` */
  readonly name?: string | undefined;
}

/** The schema and name of a call; the grammar gives its own spellings (`EXTRACT`, `POSITION`) pg_catalog. */
export function calledName(node: FuncCall): Name {
  const parts = (node.funcname ?? []) as readonly string[];
  return { schema: parts.length > 1 ? parts[parts.length - 2] : undefined, name: parts[parts.length - 1] ?? "" };
}

/** parse_func.c, ParseFuncOrColumn: a call whose arguments are known. Records the conversions of the arguments. */
export function callFunction(scope: Scope, node: FuncCall, args: readonly Argument[]): Info | undefined {
  const { schema, name } = calledName(node);
  const { catalog } = scope.run;
  const found = resolveFunction(catalog, {
    name,
    schema,
    types: args.map(({ info }) => typeIn(info)),
    named: args.flatMap((arg) => arg.name ?? []),
    variadic: node.func_variadic ?? false,
  });
  if (!found) return asField(args, name) ?? asCast(scope, args, name, schema) ?? unknownFunction(scope, node, { schema, name });
  for (const [i, type] of (found.args ?? []).entries()) coerceOperand(scope, args[i]!, type);
  const infos = args.map(({ info }) => info);
  const result: Info = { type: { name: found.result }, nullable: true };
  if (found.of) {
    result.nullable = nullable(scope, node, found.of, infos);
    result.call = signature(found.of, found.args ?? found.of.args, found.result, node);
    const fields = columnsOfResult(found.of);
    if (fields) result.fields = fields;
  }
  return result;
}

/** OUT and TABLE columns of a function that returns rows. */
function columnsOfResult({ outs }: Routine): readonly ItemColumn[] | undefined {
  return outs?.map(({ name, type }, i) => ({ name: name ?? `column${i + 1}`, info: { type: { name: type }, nullable: true } }));
}

const KINDS: Readonly<Record<string, Signature["kind"]>> = { a: "aggregate", o: "aggregate", h: "aggregate", w: "window" };

function signature(f: Routine, args: readonly string[], result: string, { over }: FuncCall): Signature {
  const kind = over && KINDS[f.kind] === "aggregate" ? "window" : (KINDS[f.kind] ?? "function");
  return { kind, name: f.name, args, result, strict: f.strict, volatility: f.volatility, ...(f.own && { own: f.own }) };
}

function nullable(scope: Scope, node: FuncCall, f: Routine, args: readonly (Info | undefined)[]): boolean {
  if (f.own) return true;
  if (f.kind === "f") return functionNullable(f, args);
  if (f.kind === "w") return !NUMBERING.has(f.name);
  if (COUNTING.has(f.name)) return false;
  if (!FILLED_BY_ONE.has(f.name) || node.agg_filter !== undefined || args.some((info) => info?.nullable !== false)) return true;
  return node.over ? (node.over.frameOptions ?? 0) !== DEFAULT_FRAME || node.over.name !== undefined : !hasRows(scope, node);
}

/** FRAMEOPTION_DEFAULTS: the frame ends with the row at hand and so is not empty. */
const DEFAULT_FRAME = 1058;

/** Whether the aggregate is one over the groups of this query. One whose arguments are all of an outer query belongs to that. */
function hasRows(scope: Scope, node: FuncCall): boolean {
  if (!scope.grouped) return false;
  if (!scope.parent) return true;
  let own = false;
  eachDescendant(node, (each) => {
    const column = each.kind === "ColumnRef" ? each.fields?.[each.fields.length - 1] : undefined;
    if (typeof column === "string" && searchColumn(scope, each, column, true)) own = true;
  });
  return own;
}

/** `field(row)` reads a column of the row. */
function asField(args: readonly Argument[], name: string): Info | undefined {
  const field = args.length === 1 ? args[0]!.info?.fields?.find((column) => column.name === name) : undefined;
  return field?.info && { type: field.info.type, nullable: true };
}

/** A type's name called like a function is a cast where no function of that name takes the argument (FUNCDETAIL_COERCION). */
function asCast(scope: Scope, args: readonly Argument[], name: string, schema: string | undefined): Info | undefined {
  const type = args.length === 1 && (schema === undefined || schema === "pg_catalog") ? builtinType(name) : undefined;
  const info = args[0]?.info;
  if (!type || !info) return undefined;
  if (info.type.name !== "unknown" && !pathway(scope.run.catalog, info.type.name, name, "explicit")) return undefined;
  coerce(scope, args[0]!.node, { name });
  return { type: { name }, nullable: info.nullable };
}

/** A name that is there, with arguments that fit none or are not known, is no doubt of ours. */
function unknownFunction(scope: Scope, node: Node, name: Name): undefined {
  if (functionsNamed(scope.run.catalog, name, () => true).length > 0) return undefined;
  return doubt(scope, node, "unknown-function", `there is no function ${name.name}`);
}
