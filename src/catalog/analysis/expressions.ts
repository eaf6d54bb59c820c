import type {
  A_ArrayExpr,
  A_Const,
  A_Expr,
  A_Indirection,
  BoolExpr,
  CaseExpr,
  FuncCall,
  Kind,
  Node,
  RowExpr,
  SortBy,
  SubLink,
  TypeCast,
  Value,
  WindowDef,
} from "../../pg/ast.js";
import { as, isNode } from "../../pg/names.js";
import { eachChild } from "../../pg/walk.js";
import type { PgType } from "../analysis.js";
import { type Argument, calledName, callFunction } from "./calls.js";
import { columnReference, expandStar, rowFields } from "./columns.js";
import { JSON_EXPRESSIONS } from "./json.js";
import { elementFor, makeArrayOperator, makeOperator, operatorName, typeIn } from "./operators.js";
import { coerce, common, finalType, type Info, type ItemColumn, infoOf, keep, type Output, plain, type Scope } from "./state.js";
import { arrayOf, baseType, commonType, elementOf, pathway, resolveType, typeFacts } from "./types.js";

type Transform<K extends Kind> = (scope: Scope, node: Extract<Node, { kind: K }>) => Info | undefined;

/**
 * Finds out all that can be told of an expression and of those in it (parse_expr.c, transformExpr).
 * @returns undefined when its type cannot be told
 */
export function expression(scope: Scope, value: Value | undefined): Info | undefined {
  if (value === undefined || typeof value !== "object") return undefined;
  if (!isNode(value)) {
    for (const item of value) expression(scope, item);
    return undefined;
  }
  const transform = TRANSFORMS[value.kind] as Transform<Kind> | undefined;
  if (transform) return keep(scope, value, transform(scope, value as never));
  eachChild(value, (child) => expression(scope, child));
  return undefined;
}

/** A condition: what is no boolean yet becomes one (coerce_to_boolean). */
export function condition(scope: Scope, value: Value | undefined): Info | undefined {
  const info = expression(scope, value);
  coerce(scope, value, { name: "bool" });
  return info;
}

/** An expression whose context wants a type. */
export function wanted(scope: Scope, value: Value | undefined, type: string): Info | undefined {
  const info = expression(scope, value);
  coerce(scope, value, { name: type });
  return info;
}

const BOOL = (nullable: boolean): Info => plain("bool", nullable);

const TRANSFORMS: { readonly [K in Kind]?: Transform<K> } = {
  A_Const: (_, node) => constant(node),
  ColumnRef: columnReference,
  ParamRef: (scope, node) => {
    const number = node.number ?? 0;
    const known = scope.run.parameters.get(number);
    const info = infoOf(known ?? { name: "unknown" }, true);
    if (!known) scope.run.pending.set(number, [...(scope.run.pending.get(number) ?? []), info]);
    return info;
  },
  A_Expr: (scope, node) => OPERATIONS[node.variant ?? "AEXPR_OP"]?.(scope, node),
  BoolExpr: (scope, node: BoolExpr) => {
    const infos = (node.args ?? []).map((arg) => condition(scope, arg));
    return BOOL(infos.some((info) => info?.nullable !== false));
  },
  NullTest: (scope, node) => {
    expression(scope, node.arg);
    return BOOL(false);
  },
  BooleanTest: (scope, node) => {
    condition(scope, node.arg);
    return BOOL(false);
  },
  TypeCast: typeCast,
  CollateClause: (scope, node) => {
    const info = expression(scope, node.arg);
    return info && { type: info.type, nullable: info.nullable };
  },
  CaseExpr: caseExpression,
  CoalesceExpr: (scope, node) => alternatives(scope, node.args ?? []),
  MinMaxExpr: (scope, node) => alternatives(scope, node.args ?? []),
  A_ArrayExpr: (scope, node) => arrayExpression(scope, node, undefined),
  RowExpr: rowExpression,
  SubLink: subLink,
  A_Indirection: indirection,
  FuncCall: functionCall,
  NamedArgExpr: (scope, node) => {
    const info = expression(scope, node.arg);
    return info && { type: info.type, nullable: info.nullable };
  },
  SQLValueFunction: (_, node) => {
    const [type, nullable] = VALUE_FUNCTIONS[node.op ?? ""] ?? [];
    if (type === undefined) return undefined;
    const mods = node.op?.endsWith("_N") ? { mods: [node.typmod ?? 0] } : {};
    return infoOf({ name: type, ...mods }, nullable ?? false);
  },
  GroupingFunc: (scope, node) => {
    for (const arg of node.args ?? []) expression(scope, arg);
    return plain("int4", false);
  },
  MergeSupportFunc: () => plain("text", false),
  CurrentOfExpr: () => BOOL(false),
  XmlSerialize: (scope, node) => {
    wanted(scope, node.expr, "xml");
    return node.typeName && infoOf(resolveType(scope.run.catalog, node.typeName), true);
  },
  ...JSON_EXPRESSIONS(expression),
};

/** Types of CURRENT_DATE and its like, and whether they can be NULL (parse_expr.c, transformSQLValueFunction). */
const VALUE_FUNCTIONS: Readonly<Record<string, readonly [string, boolean?]>> = {
  SVFOP_CURRENT_DATE: ["date"],
  SVFOP_CURRENT_TIME: ["timetz"],
  SVFOP_CURRENT_TIME_N: ["timetz"],
  SVFOP_CURRENT_TIMESTAMP: ["timestamptz"],
  SVFOP_CURRENT_TIMESTAMP_N: ["timestamptz"],
  SVFOP_LOCALTIME: ["time"],
  SVFOP_LOCALTIME_N: ["time"],
  SVFOP_LOCALTIMESTAMP: ["timestamp"],
  SVFOP_LOCALTIMESTAMP_N: ["timestamp"],
  SVFOP_CURRENT_ROLE: ["name"],
  SVFOP_CURRENT_USER: ["name"],
  SVFOP_USER: ["name"],
  SVFOP_SESSION_USER: ["name"],
  SVFOP_CURRENT_CATALOG: ["name"],
  SVFOP_CURRENT_SCHEMA: ["name", true],
};

/** parse_node.c, make_const: digits are int4, int8 or numeric, whichever holds them first. */
function constant(node: A_Const): Info {
  if (node.isnull) return plain("unknown", true);
  if (node.ival !== undefined) return plain("int4", false);
  if (node.fval !== undefined) return plain(numberType(node.fval), false);
  if (node.boolval !== undefined) return plain("bool", false);
  return plain(node.bsval === undefined ? "unknown" : "bit", false);
}

const INT4 = 2n ** 31n;
const INT8 = 2n ** 63n;

function numberType(text: string): string {
  const digits = text.replaceAll("_", "");
  if (!/^-?(\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(digits)) return "numeric";
  const negative = digits.startsWith("-");
  const value = negative ? -BigInt(digits.slice(1)) : BigInt(digits);
  const fits = (limit: bigint) => value < limit && value >= -limit;
  return fits(INT4) ? "int4" : fits(INT8) ? "int8" : "numeric";
}

type Operation = (scope: Scope, node: A_Expr) => Info | undefined;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AEXPR_OP: operation,
  AEXPR_OP_ANY: arrayOperation,
  AEXPR_OP_ALL: arrayOperation,
  AEXPR_DISTINCT: distinct,
  AEXPR_NOT_DISTINCT: distinct,
  AEXPR_NULLIF: nullIf,
  AEXPR_IN: inList,
  AEXPR_LIKE: operation,
  AEXPR_ILIKE: operation,
  AEXPR_SIMILAR: operation,
  AEXPR_BETWEEN: between,
  AEXPR_NOT_BETWEEN: between,
  AEXPR_BETWEEN_SYM: between,
  AEXPR_NOT_BETWEEN_SYM: between,
};

function operation(scope: Scope, node: A_Expr): Info | undefined {
  const left = node.lexpr === undefined ? null : { node: node.lexpr, info: expression(scope, node.lexpr) };
  const right = { node: node.rexpr, info: expression(scope, node.rexpr) };
  const name = operatorName(node.name);
  const rows = left && rowComparison(scope, name, node.lexpr, node.rexpr);
  return rows || makeOperator(scope, name, left, right);
}

/** `(a, b) < (c, d)` and `(a, b) = (SELECT …)`: column by column (make_row_comparison_op); undefined for what compares no row constructors. */
function rowComparison(scope: Scope, name: string, left: Value | undefined, right: Value | undefined): Info | undefined {
  const row = as("RowExpr", left);
  const other = as("RowExpr", right);
  if (!row || !other) return undefined;
  return comparePairs(
    scope,
    name,
    row.args ?? [],
    (other.args ?? []).map((node) => ({ node, info: infoAt(scope, node) })),
  );
}

function comparePairs(
  scope: Scope,
  name: string,
  left: readonly Value[],
  right: readonly { readonly node: Value | undefined; readonly info: Info | undefined }[],
): Info {
  const pairs = left.map((node, i) =>
    makeOperator(scope, name, { node, info: infoAt(scope, node) }, right[i] ?? { node: undefined, info: undefined }),
  );
  return BOOL(pairs.some((pair) => pair?.nullable !== false));
}

function infoAt(scope: Scope, node: Value | undefined): Info | undefined {
  return isNode(node) ? scope.run.infos.get(scope.run.origin(node)) : undefined;
}

function arrayOperation(scope: Scope, node: A_Expr): Info | undefined {
  const left = { node: node.lexpr, info: expression(scope, node.lexpr) };
  const right = { node: node.rexpr, info: expression(scope, node.rexpr) };
  return makeArrayOperator(scope, operatorName(node.name), left, right, elementFor(scope, right.info));
}

function distinct(scope: Scope, node: A_Expr): Info {
  operation(scope, node);
  return BOOL(false);
}

function nullIf(scope: Scope, node: A_Expr): Info | undefined {
  const compared = operation(scope, node);
  const info = infoAt(scope, node.lexpr);
  if (!info) return undefined;
  const result = infoOf(finalType(info), true);
  if (compared?.call) result.call = compared.call;
  return result;
}

/** parse_expr.c, transformAExprIn: several constants become one array, columns are compared one by one. */
function inList(scope: Scope, node: A_Expr): Info {
  const left = { node: node.lexpr, info: expression(scope, node.lexpr) };
  const name = operatorName(node.name);
  const items = Array.isArray(node.rexpr) ? (node.rexpr as readonly Value[]) : [];
  const infos = items.map((item) => expression(scope, item));
  const row = as("RowExpr", node.lexpr);
  if (row) {
    const compared = items.map((item) => rowComparison(scope, name, row, item));
    return BOOL(compared.some((each) => each?.nullable !== false));
  }
  const constants = items.filter((item) => !hasColumns(item));
  const types = [left.info, ...constants.map((item) => infoAt(scope, item))].map(typeIn);
  const element = constants.length > 1 && !types.includes(undefined) ? commonType(scope.run.catalog, types as string[]) : undefined;
  const asArray =
    element !== undefined &&
    element !== "record" &&
    types.every((type) => pathway(scope.run.catalog, type!, element, "implicit") || type === "unknown");
  let result: Info | undefined;
  if (asArray) {
    result = makeArrayOperator(scope, name, left, { node: undefined, info: undefined }, element);
    for (const item of constants) coerce(scope, item, { name: result?.call?.args[1] ?? element });
  }
  for (const [i, item] of items.entries())
    if (!asArray || !constants.includes(item)) {
      const compared = makeOperator(scope, name, left, { node: item, info: infos[i] });
      result ??= compared;
    }
  const nullable = left.info?.nullable !== false || infos.some((info) => info?.nullable !== false);
  return { type: { name: "bool" }, nullable, ...(result?.call ? { call: result.call } : {}) };
}

/** Whether an expression has a column of this query (contain_vars_of_level). */
function hasColumns(value: Value): boolean {
  if (!isNode(value)) return Array.isArray(value) && value.some(hasColumns);
  if (value.kind === "ColumnRef") return true;
  let found = false;
  eachChild(value, (child) => {
    found ||= hasColumns(child);
  });
  return found;
}

/** `>=` and `<=`, each resolved for itself; the call that is kept is the first. */
function between(scope: Scope, node: A_Expr): Info {
  const left = { node: node.lexpr, info: expression(scope, node.lexpr) };
  const [low, high] = ((Array.isArray(node.rexpr) ? node.rexpr : []) as readonly Value[]).map((bound) => ({
    node: bound,
    info: expression(scope, bound),
  }));
  if (!low || !high) return BOOL(true);
  const negated = node.variant === "AEXPR_NOT_BETWEEN" || node.variant === "AEXPR_NOT_BETWEEN_SYM";
  const first = makeOperator(scope, negated ? "<" : ">=", left, low);
  const second = makeOperator(scope, negated ? ">" : "<=", left, high);
  const nullable = first?.nullable !== false || second?.nullable !== false;
  return { type: { name: "bool" }, nullable, ...(first?.call ? { call: first.call } : {}) };
}

const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "name"]);

function typeCast(scope: Scope, node: TypeCast): Info | undefined {
  const { catalog } = scope.run;
  const type = node.typeName && resolveType(catalog, node.typeName);
  const array = as("A_ArrayExpr", node.arg);
  const element = type && elementOf(baseType(catalog, type.name));
  const info =
    array && element !== undefined
      ? keep(scope, array, arrayExpression(scope, array, { name: element, ...(type?.mods ? { mods: type.mods } : {}) }))
      : expression(scope, node.arg);
  if (!type) return undefined;
  // That it is cast says that it is something else.
  if (info?.assumed) info.type = { name: TEXTS.has(type.name) ? "int8" : "text" };
  else if (!info || info.type.name === "unknown") coerce(scope, node.arg, type);
  return infoOf(type, info?.nullable !== false || castNullable(scope, info, type));
}

/** JSON's null becomes NULL when it is read as a scalar, and so does the time of an infinite timestamp; what a user's own type does is not known. */
function castNullable(scope: Scope, info: Info, type: PgType): boolean {
  const from = baseType(scope.run.catalog, info.type.name);
  const to = baseType(scope.run.catalog, type.name);
  if (scope.run.catalog.casts.has(`${from} ${to}`)) return true;
  if (from === "jsonb") return to !== "jsonb" && to !== "json" && typeFacts(scope.run.catalog, to)?.category !== "S";
  if ((to === "time" || to === "timetz") && from.startsWith("timestamp")) return true;
  return typeFacts(scope.run.catalog, from) === undefined || typeFacts(scope.run.catalog, to) === undefined;
}

/** The result's alternatives are compared ELSE first, as PostgreSQL does. */
function caseExpression(scope: Scope, node: CaseExpr): Info | undefined {
  const tested = node.arg === undefined ? undefined : { node: node.arg, info: expression(scope, node.arg) };
  if (tested?.info?.type.name === "unknown") coerce(scope, node.arg, { name: "text" });
  const test = tested?.info && { node: undefined, info: infoOf(finalType(tested.info), tested.info.nullable) };
  const results: Value[] = [];
  const infos: (Info | undefined)[] = [];
  for (const item of node.args ?? []) {
    const when = as("CaseWhen", item);
    if (!when) continue;
    if (tested) {
      const value = { node: when.expr, info: expression(scope, when.expr) };
      makeOperator(scope, "=", test ?? { node: undefined, info: undefined }, value);
    } else condition(scope, when.expr);
    infos.push(expression(scope, when.result));
    if (when.result !== undefined) results.push(when.result);
  }
  const otherwise = node.defresult === undefined ? plain("unknown", true) : expression(scope, node.defresult);
  const all = [otherwise, ...infos];
  const type = common(scope, [node.defresult, ...results], all);
  return (
    type &&
    infoOf(
      type,
      all.some((info) => info?.nullable !== false),
    )
  );
}

/** COALESCE, GREATEST and LEAST: NULL only when all are. */
function alternatives(scope: Scope, args: readonly Value[]): Info | undefined {
  const infos = args.map((arg) => expression(scope, arg));
  const type = common(scope, args, infos);
  return (
    type &&
    infoOf(
      type,
      infos.every((info) => info?.nullable !== false),
    )
  );
}

/** parse_expr.c, transformArrayExpr; `target` is the element type that a cast around it asks for. */
function arrayExpression(scope: Scope, node: A_ArrayExpr, target: PgType | undefined): Info | undefined {
  const elements = node.elements ?? [];
  const infos = elements.map((element) => {
    const inner = as("A_ArrayExpr", element);
    return inner ? keep(scope, inner, arrayExpression(scope, inner, target)) : expression(scope, element);
  });
  if (target) {
    for (const element of elements) if (!as("A_ArrayExpr", element)) coerce(scope, element, target);
    return plain(arrayOf(target.name), false);
  }
  const type = common(scope, elements, infos);
  return type && infoOf({ ...type, name: arrayOf(type.name) }, false);
}

function rowExpression(scope: Scope, node: RowExpr): Info {
  const fields: ItemColumn[] = [];
  for (const arg of node.args ?? []) {
    const star = starOf(arg);
    const expanded = star && expandStar(scope, star);
    if (expanded) {
      for (const { info } of expanded) fields.push({ name: `f${fields.length + 1}`, info });
      expression(scope, arg);
    } else fields.push({ name: `f${fields.length + 1}`, info: expression(scope, arg) });
  }
  return { type: { name: "record" }, nullable: false, fields };
}

/** The names before a star: `[]` of `*`, `["t"]` of `t.*`; undefined for all else. */
export function starOf(value: Value | undefined): readonly string[] | undefined {
  const fields = as("ColumnRef", value)?.fields;
  if (!fields || !as("A_Star", fields[fields.length - 1])) return undefined;
  return fields.slice(0, -1).map(String);
}

function subLink(scope: Scope, node: SubLink): Info | undefined {
  const tested = node.testexpr === undefined ? undefined : expression(scope, node.testexpr);
  const query = isNode(node.subselect) ? node.subselect : undefined;
  const columns = query && scope.run.query(scope, query);
  const [first] = columns ?? [];
  switch (node.subLinkType) {
    case "EXISTS_SUBLINK":
      return BOOL(false);
    case "ARRAY_SUBLINK":
      return first?.info && infoOf({ ...first.info.type, name: arrayOf(first.info.type.name) }, false);
    case "ANY_SUBLINK":
    case "ALL_SUBLINK":
      return compareSubquery(scope, node, tested, columns);
    case "EXPR_SUBLINK":
      return first?.info && infoOf(first.info.type, first.info.nullable || !query || !alwaysOneRow(query));
    default:
      return undefined;
  }
}

function compareSubquery(scope: Scope, node: SubLink, tested: Info | undefined, columns: readonly Output[] | undefined): Info {
  const name = node.operName ? operatorName(node.operName) : "=";
  const row = as("RowExpr", node.testexpr);
  const right = (columns ?? []).map(({ info }) => ({ node: undefined, info: info && infoOf(info.type, info.nullable) }));
  if (row) return comparePairs(scope, name, row.args ?? [], right);
  const compared = makeOperator(scope, name, { node: node.testexpr, info: tested }, right[0] ?? { node: undefined, info: undefined });
  return { type: { name: "bool" }, nullable: compared?.nullable !== false, ...(compared?.call ? { call: compared.call } : {}) };
}

/** An aggregate without GROUP BY, HAVING or LIMIT gives one row, whatever the tables hold. */
function alwaysOneRow(query: Node): boolean {
  const select = as("SelectStmt", query);
  if (!select || select.groupClause || select.havingClause !== undefined || select.limitCount !== undefined) return false;
  if (select.limitOffset !== undefined || (select.op ?? "SETOP_NONE") !== "SETOP_NONE" || select.valuesLists) return false;
  const targets = select.targetList ?? [];
  if (!select.fromClause) return select.whereClause === undefined && !targets.some(hasCall);
  // count(column) of an outer query's column would be that query's aggregate.
  return targets.some((target) => {
    const call = as("FuncCall", as("ResTarget", target)?.val);
    return call?.agg_star === true && !call.over && calledName(call).name === "count";
  });
}

function hasCall(value: Value): boolean {
  if (!isNode(value)) return false;
  let found = value.kind === "FuncCall";
  eachChild(value, (child) => {
    found ||= hasCall(child);
  });
  return found;
}

/** Subscripts, slices and fields (transformIndirection). */
function indirection(scope: Scope, node: A_Indirection): Info | undefined {
  let info = expression(scope, node.arg);
  const steps = node.indirection ?? [];
  const chain = steps.map((step) => as("A_Indices", step));
  // Subscripts of an array that follow one another are one for each of its dimensions.
  if (steps.length > 1 && !chain.includes(undefined) && info && baseType(scope.run.catalog, info.type.name) !== "jsonb") {
    const isSlice = chain.some((step) => step!.is_slice);
    return subscript(
      scope,
      info,
      isSlice,
      chain.flatMap((step) => [step!.lidx, step!.uidx]),
    );
  }
  for (const step of steps) info = oneStep(scope, info, step);
  return info;
}

function oneStep(scope: Scope, info: Info | undefined, step: Value): Info | undefined {
  const indices = as("A_Indices", step);
  if (indices) return subscript(scope, info, indices.is_slice ?? false, [indices.lidx, indices.uidx]);
  if (typeof step !== "string" || !info) return undefined;
  return fieldOf(scope, info, step);
}

function subscript(scope: Scope, info: Info | undefined, slice: boolean, places: readonly (Value | undefined)[]): Info | undefined {
  const type = info && baseType(scope.run.catalog, info.type.name);
  for (const place of places) {
    const at = expression(scope, place);
    if (type === "jsonb") coerce(scope, place, { name: at?.type.name === "int4" ? "int4" : "text" });
    else coerce(scope, place, { name: "int4" });
  }
  if (type === undefined) return undefined;
  if (type === "jsonb") return plain("jsonb", true);
  const element = elementOf(type) ?? SUBSCRIPTED[type];
  if (element === undefined) return undefined;
  const mods = info?.type.mods ? { mods: info.type.mods } : {};
  return infoOf({ name: slice ? type : element, ...mods }, true);
}

/** Types that are no arrays and take a subscript (pg_type.typelem). */
const SUBSCRIPTED: Readonly<Record<string, string>> = {
  int2vector: "int2",
  oidvector: "oid",
  point: "float8",
  lseg: "point",
  box: "point",
  line: "float8",
  name: "char",
};

/** A column of a row, known from its type or from the query it comes from. */
export function fieldOf(scope: Scope, info: Info, name: string): Info | undefined {
  const field = rowFields(scope, info)?.find((each) => each.name === name)?.info;
  return field && infoOf(field.type, true);
}

function functionCall(scope: Scope, node: FuncCall): Info | undefined {
  const args: Argument[] = (node.args ?? []).map((arg) => {
    const named = as("NamedArgExpr", arg);
    const info = expression(scope, arg);
    return named ? { node: named.arg!, info, name: named.name } : { node: arg, info };
  });
  for (const item of node.agg_order ?? []) {
    const sort = as("SortBy", item);
    const info = expression(scope, sort?.node);
    if (sort && node.agg_within_group) args.push({ node: sort.node!, info });
    else sorted(scope, sort, info);
  }
  condition(scope, node.agg_filter);
  if (node.over) windowDefinition(scope, node.over);
  return callFunction(scope, node, node.agg_star ? [] : args);
}

/** What is sorted by a literal is sorted by a text. */
export function sorted(scope: Scope, sort: SortBy | undefined, info: Info | undefined): void {
  if (info?.type.name === "unknown") coerce(scope, sort?.node, { name: "text" });
}

/** PARTITION BY, ORDER BY and the frame's offsets (parse_clause.c, transformWindowDefinitions). */
export function windowDefinition(scope: Scope, window: WindowDef): void {
  for (const item of window.partitionClause ?? []) expression(scope, item);
  let ordering: Info | undefined;
  for (const item of window.orderClause ?? []) {
    const sort = as("SortBy", item);
    ordering = expression(scope, sort?.node);
    sorted(scope, sort, ordering);
  }
  const range = ((window.frameOptions ?? 0) & FRAMEOPTION_RANGE) !== 0;
  for (const offset of [window.startOffset, window.endOffset]) {
    if (offset === undefined) continue;
    expression(scope, offset);
    const type = range ? ordering && (OFFSETS[ordering.type.name] ?? ordering.type.name) : "int8";
    if (type !== undefined) coerce(scope, offset, { name: type });
  }
}

const FRAMEOPTION_RANGE = 0x2;

/** What RANGE adds to a time. */
const OFFSETS: Readonly<Record<string, string>> = {
  date: "interval",
  timestamp: "interval",
  timestamptz: "interval",
  time: "interval",
  timetz: "interval",
  float4: "float8",
};
