/** SQL/JSON's own expressions, as calls of rows that do the same. */
import type { PgType } from "../catalog/analysis.js";
import type { JsonAggConstructor, JsonBehavior, JsonOutput, JsonValueExpr, Node, Value } from "../pg/ast.js";
import { functionCall } from "../pg/build.js";
import { nodesOf } from "../pg/names.js";
import { type CallSite, castForm, constantText, printCall, typeOf } from "./calls.js";
import { type Printers, type Printing, prints } from "./printing.js";

const VALUE_FIELDS = new Set(["raw_expr", "format"]);
const PAIR_FIELDS = new Set(["key", "value"]);
const MADE_FIELDS = new Set(["output", "agg_filter", "agg_order", "over"]);

/** What stands before FORMAT JSON. */
function inner(p: Printing, value: JsonValueExpr | undefined): Value {
  if (value?.kind !== "JsonValueExpr") return value as never;
  p.ledger.carried(value, VALUE_FIELDS);
  if (value.format) p.ledger.consumed(value.format);
  return value.raw_expr!;
}

/** Whether some object of a document has a key twice; false of what is no document. */
function repeatsKeys(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  const open: Set<string>[] = [];
  for (const [sign, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (sign === "{") open.push(new Set());
    else if (sign === "}") open.pop();
    else if (colon !== undefined) {
      const key: string = JSON.parse(string!);
      if (open.at(-1)!.has(key)) return true;
      open.at(-1)!.add(key);
    }
  }
  return false;
}

function call(p: Printing, node: Node, name: string, args: readonly Value[], more: Partial<CallSite> = {}): string {
  const result: PgType = p.info(node)?.type ?? { name: "json" };
  const types = args.map((arg) => typeOf(p, arg)?.name ?? "unknown");
  const signature = { kind: "function" as const, name, args: types, result: result.name, strict: false, volatility: "immutable" as const };
  return printCall(p, { node, what: `${name}()`, signature, args, result, ...more });
}

/** RETURNING of a type that a document is. */
function returnsJson(p: Printing, node: Node, output: JsonOutput | undefined): boolean {
  if (output) p.ledger.consumed(output);
  return /^jsonb?$/.test(p.info(node)?.type.name ?? "json");
}

const nullable = (p: Printing, value: Value) => p.info(value)?.nullable ?? true;

function aggregate(p: Printing, made: JsonAggConstructor | undefined): Partial<CallSite> {
  if (!made) return {};
  p.ledger.carried(made, MADE_FIELDS);
  if (made.output) p.ledger.consumed(made.output);
  return {
    ...(made.agg_filter === undefined ? {} : { filter: made.agg_filter }),
    ...(made.agg_order?.length ? { order: p.list(made.agg_order) } : {}),
    ...(made.over === undefined ? {} : { over: p.print(made.over) }),
  };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: "json_exists",
  JSON_VALUE_OP: "json_value",
  JSON_QUERY_OP: "json_query",
};

/** What ON EMPTY or ON ERROR gives, where it is not what stands there unsaid; undefined for an error. */
function behaviour(p: Printing, node: JsonBehavior | undefined): Value | undefined {
  const { btype, expr } = node ?? {};
  if (btype === "JSON_BEHAVIOR_DEFAULT" && expr !== undefined) {
    p.ledger.carried(node!, new Set(["btype", "expr"]));
    return expr;
  }
  if (node) p.ledger.consumed(node);
  return btype === undefined ? NOTHING : BEHAVIOURS[btype.replace("JSON_BEHAVIOR_", "")];
}

const NOTHING: Value = { kind: "A_Const", isnull: true };
const BEHAVIOURS: Readonly<Record<string, Value>> = {
  NULL: NOTHING,
  FALSE: NOTHING,
  EMPTY: { kind: "A_Const", sval: "[]" },
  EMPTY_ARRAY: { kind: "A_Const", sval: "[]" },
  EMPTY_OBJECT: { kind: "A_Const", sval: "{}" },
};

/** PASSING as an object of variables. */
function passed(p: Printing, passing: readonly Value[]): Value {
  const args = nodesOf("JsonArgument", passing).flatMap((argument): Value[] => {
    p.ledger.carried(argument, new Set(["val", "name"]));
    return [{ kind: "A_Const", sval: argument.name! }, inner(p, argument.val as JsonValueExpr)];
  });
  return functionCall("jsonb_build_object", args);
}

/** The function that makes a document of what JSON_QUERY() finds. */
function queryName(wrapper: string | undefined, quotes: string | undefined): string {
  if (quotes === "JS_QUOTES_OMIT") return "json_query_unquoted";
  return wrapper === "JSW_UNCONDITIONAL" ? "json_query_wrapped" : wrapper === "JSW_CONDITIONAL" ? "json_query_conditional" : "json_query";
}

export const jsonPrinters: Printers = {
  JsonObjectConstructor: prints("JsonObjectConstructor", ["exprs", "output", "absent_on_null", "unique"], (node, p) => {
    if (!returnsJson(p, node as Node, node.output)) return p.refuse(node as Node, "JSON_OBJECT() that returns no document");
    if (node.unique) return p.refuse(node as Node, "JSON_OBJECT() WITH UNIQUE");
    const pairs = nodesOf("JsonKeyValue", node.exprs);
    for (const pair of pairs) p.ledger.carried(pair, PAIR_FIELDS);
    const values = pairs.map((pair) => inner(p, pair.value));
    const args = pairs.flatMap((pair, i) => [pair.key!, values[i]!]);
    const absent = node.absent_on_null && values.some((value) => nullable(p, value));
    return call(p, node as Node, absent ? "json_object_absent" : "json_build_object", args);
  }),
  JsonArrayConstructor: prints("JsonArrayConstructor", ["exprs", "output", "absent_on_null"], (node, p) => {
    if (!returnsJson(p, node as Node, node.output)) return p.refuse(node as Node, "JSON_ARRAY() that returns no document");
    const values = (node.exprs ?? []).map((each) => inner(p, each as JsonValueExpr));
    const absent = node.absent_on_null && values.some((value) => nullable(p, value));
    return call(p, node as Node, absent ? "json_array_absent" : "json_build_array", values);
  }),
  JsonArrayAgg: prints("JsonArrayAgg", ["constructor", "arg", "absent_on_null"], (node, p) => {
    const value = inner(p, node.arg);
    const name = node.absent_on_null && nullable(p, value) ? "json_agg_strict" : "json_agg";
    return call(p, node as Node, name, [value], aggregate(p, node.constructor as JsonAggConstructor | undefined));
  }),
  JsonObjectAgg: prints("JsonObjectAgg", ["constructor", "arg", "absent_on_null", "unique"], (node, p) => {
    if (node.unique) return p.refuse(node as Node, "JSON_OBJECTAGG() WITH UNIQUE");
    const pair = node.arg!;
    p.ledger.carried(pair, PAIR_FIELDS);
    const value = inner(p, pair.value);
    const name = node.absent_on_null && nullable(p, value) ? "json_object_agg_strict" : "json_object_agg";
    return call(p, node as Node, name, [pair.key!, value], aggregate(p, node.constructor as JsonAggConstructor | undefined));
  }),
  JsonScalarExpr: prints("JsonScalarExpr", ["expr", "output"], (node, p) => {
    if (!returnsJson(p, node as Node, node.output)) return p.refuse(node as Node, "JSON_SCALAR() that returns no document");
    return call(p, node as Node, "to_json", [node.expr!]);
  }),
  JsonParseExpr: prints("JsonParseExpr", ["expr", "output", "unique_keys"], (node, p) => {
    if (node.unique_keys || !returnsJson(p, node as Node, node.output)) return p.refuse(node as Node, "JSON() WITH UNIQUE");
    const value = inner(p, node.expr);
    const form = castForm(p, node as Node, value, typeOf(p, value)?.name ?? "text", { name: "json" });
    return !form || "refused" in form ? p.refuse(node as Node, "JSON() of this value") : p.print(form);
  }),
  JsonSerializeExpr: prints("JsonSerializeExpr", ["expr", "output"], (node, p) => {
    if (node.output) return p.refuse(node as Node, "JSON_SERIALIZE() with RETURNING");
    const value = inner(p, node.expr);
    const from = typeOf(p, value)?.name ?? "unknown";
    if (from === "unknown" || from === "text") return p.print(value);
    const form = castForm(p, node as Node, value, from === "json" ? "jsonb" : from, { name: "text" });
    return !form || "refused" in form ? p.refuse(node as Node, "JSON_SERIALIZE() of this value") : p.print(form);
  }),
  JsonIsPredicate: prints("JsonIsPredicate", ["expr", "format", "item_type", "unique_keys"], (node, p) => {
    if (node.format) p.ledger.consumed(node.format);
    const kind = (node.item_type ?? "JS_TYPE_ANY").replace("JS_TYPE_", "");
    // Keys of jsonb are unique; those of other documents only a literal shows.
    if (node.unique_keys && typeOf(p, node.expr)?.name !== "jsonb") {
      const text = constantText(node.expr!);
      if (text === undefined) return p.refuse(node as Node, "IS JSON WITH UNIQUE KEYS");
      if (repeatsKeys(text)) {
        p.ledger.consumed(node.expr as Node);
        return "FALSE";
      }
    }
    return call(p, node as Node, `IS JSON ${kind}`, [node.expr!]);
  }),
  JsonFuncExpr: prints(
    "JsonFuncExpr",
    ["op", "context_item", "pathspec", "passing", "output", "on_empty", "on_error", "wrapper", "quotes"],
    (node, p) => {
      const name = OPERATIONS[node.op ?? ""];
      if (!name) return p.refuse(node as Node, "this function of SQL/JSON");
      if (node.output) p.ledger.consumed(node.output);
      const [empty, failed] = [behaviour(p, node.on_empty), behaviour(p, node.on_error)];
      if (!empty || !failed) return p.refuse(node as Node, `${name.toUpperCase()}() with this ON EMPTY or ON ERROR`);
      if (constantText(node.pathspec!) === undefined) return p.refuse(node as Node, `${name.toUpperCase()}() by a path that is no literal`);
      const vars = node.passing?.length ? [passed(p, node.passing)] : [];
      const args = [inner(p, node.context_item), node.pathspec!];
      if (name === "json_exists")
        return empty === NOTHING && failed === NOTHING
          ? call(p, node as Node, name, [...args, ...vars])
          : p.refuse(node as Node, "JSON_EXISTS() with this ON ERROR");
      const all =
        vars.length > 0 || empty !== NOTHING || failed !== NOTHING
          ? [...args, empty, failed, ...(vars.length > 0 ? vars : [NOTHING])]
          : args;
      return call(p, node as Node, name === "json_query" ? queryName(node.wrapper, node.quotes) : name, all);
    },
  ),
};
