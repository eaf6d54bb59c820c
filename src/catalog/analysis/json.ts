import type { JsonOutput, JsonValueExpr, Kind, Node, Value } from "../../pg/ast.js";
import { as, isNode } from "../../pg/names.js";
import { eachChild } from "../../pg/walk.js";
import { coerce, type Info, infoOf, plain, type Scope } from "./state.js";
import { resolveType } from "./types.js";

type Expression = (scope: Scope, value: Value | undefined) => Info | undefined;
type Transforms = { readonly [K in Kind]?: (scope: Scope, node: Extract<Node, { kind: K }>) => Info | undefined };

/** SQL/JSON's and XML's own expressions (parse_expr.c, transformJson… and transformXmlExpr); those in them by `expression`. */
export const JSON_EXPRESSIONS = (expression: Expression): Transforms => {
  const all = (scope: Scope, node: Node): void => eachChild(node, (child) => void inner(scope, child));
  const inner = (scope: Scope, node: Node): void => {
    if (node.kind === "TypeName" || node.kind === "JsonOutput" || node.kind === "JsonFormat") return;
    if (WRAPPERS.has(node.kind)) all(scope, node);
    else if (node.kind === "JsonValueExpr") value(scope, node);
    else if (node.kind === "JsonAggConstructor") all(scope, node);
    else expression(scope, node);
  };
  const value = (scope: Scope, node: JsonValueExpr | undefined): void => {
    expression(scope, node?.raw_expr);
  };
  const returning = (scope: Scope, output: JsonOutput | undefined, otherwise: string, nullable: boolean): Info =>
    output?.typeName ? infoOf(resolveType(scope.run.catalog, output.typeName), nullable) : plain(otherwise, nullable);
  const made =
    (nullable: boolean) =>
    (scope: Scope, node: Node & { readonly output?: JsonOutput }): Info => {
      all(scope, node);
      return returning(scope, node.output, "json", nullable);
    };
  return {
    JsonObjectConstructor: made(false),
    JsonArrayConstructor: made(false),
    JsonArrayQueryConstructor: (scope, node) => {
      if (isNode(node.query)) scope.run.query(scope, node.query);
      return returning(scope, node.output, "json", true);
    },
    JsonObjectAgg: (scope, node) => {
      all(scope, node);
      return returning(scope, node.constructor?.output, "json", true);
    },
    JsonArrayAgg: (scope, node) => {
      all(scope, node);
      return returning(scope, node.constructor?.output, "json", true);
    },
    JsonParseExpr: (scope, node) => {
      value(scope, node.expr);
      coerce(scope, node.expr?.raw_expr, { name: "text" });
      return returning(scope, node.output, "json", true);
    },
    JsonScalarExpr: (scope, node) => {
      expression(scope, node.expr);
      return returning(scope, node.output, "json", true);
    },
    JsonSerializeExpr: (scope, node) => {
      value(scope, node.expr);
      return returning(scope, node.output, "text", true);
    },
    JsonIsPredicate: (scope, node) => {
      const info = expression(scope, node.expr);
      if (info?.type.name === "unknown") coerce(scope, node.expr, { name: "text" });
      return plain("bool", info?.nullable !== false);
    },
    JsonFuncExpr: (scope, node) => {
      value(scope, node.context_item);
      coerceContext(scope, node.context_item?.raw_expr);
      expression(scope, node.pathspec);
      coerce(scope, node.pathspec, { name: "jsonpath" });
      for (const item of node.passing ?? []) value(scope, as("JsonArgument", item)?.val);
      for (const behaviour of [node.on_empty, node.on_error]) expression(scope, behaviour?.expr);
      return returning(scope, node.output, JSON_RESULTS[node.op ?? ""] ?? "jsonb", true);
    },
    XmlExpr: (scope, node) => {
      all(scope, node);
      return plain(node.op === "IS_DOCUMENT" ? "bool" : "xml", true);
    },
  };
};

const WRAPPERS: ReadonlySet<Kind> = new Set<Kind>(["JsonKeyValue", "JsonArgument", "ResTarget", "SortBy", "WindowDef", "A_Star"]);

/** Documents given as a literal are read as jsonb. */
function coerceContext(scope: Scope, node: Value | undefined): void {
  const info = isNode(node) ? scope.run.infos.get(scope.run.origin(node)) : undefined;
  if (info && info.type.name !== "jsonb") coerce(scope, node, { name: "jsonb" });
}

const JSON_RESULTS: Readonly<Record<string, string>> = { JSON_EXISTS_OP: "bool", JSON_VALUE_OP: "text", JSON_QUERY_OP: "jsonb" };
