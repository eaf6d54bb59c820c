import type { Kind, Node, Value } from "./ast.js";
import { as, isNode } from "./names.js";

/** A name, and how much it stands against the type's name of a cast around it. */
type Figured = readonly [name: string | undefined, strength: number];

const NONE: Figured = [undefined, 0];

/** What a column is called whose expression has no name. */
export const UNNAMED = "?column?";

/** The name PostgreSQL gives a column of a query that was given none (parse_target.c, FigureColname). */
export function figureName(value: Value | undefined): string {
  return figure(value)[0] ?? UNNAMED;
}

function figure(value: Value | undefined): Figured {
  if (!isNode(value)) return NONE;
  const read = FIGURES[value.kind] as ((node: Node) => Figured) | undefined;
  return read?.(value) ?? NONE;
}

const last = (parts: readonly Value[] | undefined): string | undefined =>
  parts?.findLast((part): part is string => typeof part === "string");

const FIGURES: { readonly [K in Kind]?: (node: Extract<Node, { kind: K }>) => Figured } = {
  ColumnRef: (node) => {
    const name = last(node.fields);
    return name === undefined ? NONE : [name, 2];
  },
  A_Indirection: (node) => {
    const name = last(node.indirection);
    return name === undefined ? figure(node.arg) : [name, 2];
  },
  FuncCall: (node) => [last(node.funcname), 2],
  A_Expr: (node) => (node.variant === "AEXPR_NULLIF" ? ["nullif", 2] : NONE),
  TypeCast: (node) => {
    const inner = figure(node.arg);
    const type = last(node.typeName?.names);
    return inner[1] <= 1 && type !== undefined ? [type, 1] : inner;
  },
  CollateClause: (node) => figure(node.arg),
  GroupingFunc: () => ["grouping", 2],
  MergeSupportFunc: () => ["merge_action", 2],
  SubLink: (node) => {
    if (node.subLinkType === "EXISTS_SUBLINK") return ["exists", 2];
    if (node.subLinkType === "ARRAY_SUBLINK") return ["array", 2];
    return node.subLinkType === "EXPR_SUBLINK" ? firstTarget(node.subselect) : NONE;
  },
  CaseExpr: (node) => {
    const inner = figure(node.defresult);
    return inner[1] <= 1 ? ["case", 1] : inner;
  },
  A_ArrayExpr: () => ["array", 2],
  RowExpr: () => ["row", 2],
  CoalesceExpr: () => ["coalesce", 2],
  MinMaxExpr: (node) => [node.op === "IS_LEAST" ? "least" : "greatest", 2],
  SQLValueFunction: (node) => [VALUE_FUNCTIONS[node.op ?? ""], 2],
  XmlExpr: (node) => {
    const name = XML[node.op ?? ""];
    return name === undefined ? NONE : [name, 2];
  },
  XmlSerialize: () => ["xmlserialize", 2],
  JsonParseExpr: () => ["json", 2],
  JsonScalarExpr: () => ["json_scalar", 2],
  JsonSerializeExpr: () => ["json_serialize", 2],
  JsonObjectConstructor: () => ["json_object", 2],
  JsonArrayConstructor: () => ["json_array", 2],
  JsonArrayQueryConstructor: () => ["json_array", 2],
  JsonObjectAgg: () => ["json_objectagg", 2],
  JsonArrayAgg: () => ["json_arrayagg", 2],
  JsonFuncExpr: (node) => [JSON_FUNCTIONS[node.op ?? ""], 2],
};

function firstTarget(query: Value | undefined): Figured {
  const select = as("SelectStmt", query);
  if (!select) return NONE;
  if (select.larg) return firstTarget(select.larg);
  if (select.valuesLists) return ["column1", 2];
  const target = as("ResTarget", select.targetList?.[0]);
  if (!target) return NONE;
  return [target.name ?? figureName(target.val), 2];
}

/** Words of the grammar that are functions without arguments, by the names of those. */
export const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: "current_date",
  SVFOP_CURRENT_TIME: "current_time",
  SVFOP_CURRENT_TIME_N: "current_time",
  SVFOP_CURRENT_TIMESTAMP: "current_timestamp",
  SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
  SVFOP_LOCALTIME: "localtime",
  SVFOP_LOCALTIME_N: "localtime",
  SVFOP_LOCALTIMESTAMP: "localtimestamp",
  SVFOP_LOCALTIMESTAMP_N: "localtimestamp",
  SVFOP_CURRENT_ROLE: "current_role",
  SVFOP_CURRENT_USER: "current_user",
  SVFOP_USER: "user",
  SVFOP_SESSION_USER: "session_user",
  SVFOP_CURRENT_CATALOG: "current_catalog",
  SVFOP_CURRENT_SCHEMA: "current_schema",
};

const XML: Readonly<Record<string, string>> = {
  IS_XMLCONCAT: "xmlconcat",
  IS_XMLELEMENT: "xmlelement",
  IS_XMLFOREST: "xmlforest",
  IS_XMLPARSE: "xmlparse",
  IS_XMLPI: "xmlpi",
  IS_XMLROOT: "xmlroot",
};

const JSON_FUNCTIONS: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: "json_exists",
  JSON_QUERY_OP: "json_query",
  JSON_VALUE_OP: "json_value",
};
