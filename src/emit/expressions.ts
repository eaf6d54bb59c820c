import type { ExprInfo, PgType } from "../catalog/analysis.js";
import type { Catalog } from "../catalog/model.js";
import { LEVEL, type Level, raw } from "../engine/tidb.js";
import type { A_Expr, A_Indirection, CaseWhen, FuncCall, Node, RowExpr, SubLink, TypeName, Value } from "../pg/ast.js";
import { VALUE_FUNCTIONS } from "../pg/figure.js";
import { as, isNode, nodesOf } from "../pg/names.js";
import { type CallSite, castForm, isVolatile, otherForm, printCall, typeOf } from "./calls.js";
import { asCondition, takeCondition } from "./conditions.js";
import { parenthesized } from "./layout.js";
import { literal } from "./literals.js";
import { parameter } from "./parameters.js";
import { type Printer, type Printers, type Printing, prints } from "./printing.js";
import { string } from "./words.js";

/** The call of an operator between two values, as parse analysis resolved it, or as their types say where it is another one's part. */
function operation(p: Printing, node: A_Expr, name: string, left: Value | undefined, right: Value): CallSite {
  const args = left === undefined ? [right] : [left, right];
  const types = args.map((arg) => typeOf(p, arg)?.name);
  const known = types.every((type) => type !== undefined);
  const signature = known
    ? { kind: "operator" as const, name, args: types as string[], result: "bool", strict: true, volatility: "immutable" as const }
    : undefined;
  return { node, what: `operator ${name}`, signature, args };
}

/** Whether an operator's form between two values is TiDB's operator of that sign, so that TiDB's shorter spellings say the same. */
function isNative(p: Printing, node: A_Expr, name: string, left: Value, right: Value): boolean {
  const site = operation(p, node, name, left, right);
  const form = site.signature && otherForm(p, site);
  return form?.level === LEVEL.comparison && form.holes[0] === left && form.holes[1] === right;
}

const nameOf = (node: A_Expr) => node.name?.[node.name.length - 1] ?? "";

type Variant = (node: A_Expr, p: Printing) => string;

/** An operator that PostgreSQL looked up. */
const operatorCall: Variant = (node, p) => {
  const name = nameOf(node);
  const rows = [node.lexpr, node.rexpr].map((side) => as("RowExpr", side));
  if (rows[0] && rows[1]) return rowComparison(p, node, rows[0], rows[1]);
  if (rows[0] && as("SubLink", node.rexpr)?.subLinkType === "EXPR_SUBLINK")
    return p.at(LEVEL.comparison, `${rowText(p, rows[0])} ${name === "!=" ? "<>" : name} ${p.print(node.rexpr)}`);
  const signature = p.info(node)?.call;
  const args = [...(node.lexpr === undefined ? [] : [node.lexpr]), ...(node.rexpr === undefined ? [] : [node.rexpr])];
  const site = signature ? { node, what: `operator ${name}`, signature, args } : operation(p, node, name, node.lexpr, node.rexpr!);
  return printCall(p, site);
};

const VARIANTS: Readonly<Record<string, Variant>> = {
  AEXPR_OP: operatorCall,
  AEXPR_LIKE: operatorCall,
  AEXPR_ILIKE: operatorCall,
  AEXPR_SIMILAR: operatorCall,
  AEXPR_IN: (node, p) => inList(p, node, node.lexpr!, (node.rexpr ?? []) as readonly Value[], nameOf(node) === "<>"),
  // `a = ANY (ARRAY[x, y])` is how pg_dump writes `a IN (x, y)`.
  AEXPR_OP_ANY: (node, p) => overArray(p, node, "ANY"),
  AEXPR_OP_ALL: (node, p) => overArray(p, node, "ALL"),
  AEXPR_BETWEEN: (node, p) => between(p, node, "BETWEEN"),
  AEXPR_NOT_BETWEEN: (node, p) => between(p, node, "NOT BETWEEN"),
  AEXPR_BETWEEN_SYM: (node, p) => betweenSymmetric(p, node, ""),
  AEXPR_NOT_BETWEEN_SYM: (node, p) => betweenSymmetric(p, node, "NOT "),
  AEXPR_DISTINCT: (node, p) => {
    const equal = nullSafe(p, node, node.lexpr!, node.rexpr!);
    return p.at(LEVEL.not, `NOT (${equal})`);
  },
  AEXPR_NOT_DISTINCT: (node, p) => nullSafe(p, node, node.lexpr!, node.rexpr!),
  AEXPR_NULLIF: (node, p) => {
    const [value, other] = [node.lexpr!, node.rexpr!];
    // TiDB has no NULLIF in generated columns and indexes (errors 3102, 3758).
    if (p.scope !== undefined || !isNative(p, node, "=", value, other)) {
      const equal = chain(p, node, "AND", [["=", value, other]]);
      return `CASE WHEN ${equal} THEN NULL ELSE ${p.print(value)} END`;
    }
    return `NULLIF(${p.print(node.lexpr)}, ${p.print(node.rexpr)})`;
  },
};

function refuseTypes(p: Printing, node: A_Expr, what: string): string {
  const types = [node.lexpr, node.rexpr].flat().flatMap((value) => typeOf(p, value as Value)?.name ?? "a value of unknown type");
  return p.refuse(node, `${what} on ${[...new Set(types)].join(" and ")}`);
}

/** Whether two values are equal, NULL being equal to NULL: TiDB's operator, or where equality is computed, that and a word on NULLs. */
function nullSafe(p: Printing, node: A_Expr, left: Value, right: Value): string {
  const [row, other] = [as("RowExpr", left), as("RowExpr", right)];
  const operands = () => [left, right].map((side) => p.operand(side, LEVEL.comparison + 1));
  if (row && other) {
    if (nativeRows(p, node, "=", row, other)) return p.at(LEVEL.comparison, `${rowText(p, row)} <=> ${rowText(p, other)}`);
    return columnwise(p, row, other, node, (a, b) => nullSafe(p, node, a, b), "and");
  }
  if (as("A_Const", right)?.isnull) return p.at(LEVEL.comparison, `${operands()[0]} <=> ${p.print(right)}`);
  if (isNative(p, node, "=", left, right)) return p.at(LEVEL.comparison, operands().join(" <=> "));
  const equal = chain(p, node, "AND", [["=", left, right]]);
  const [a, b] = operands();
  return p.at(LEVEL.primary, `COALESCE(${equal}, ${a} IS NULL AND ${b} IS NULL)`);
}

/** What is said of two rows, said of each two of their columns. */
function columnwise(
  p: Printing,
  row: RowExpr,
  other: RowExpr,
  node: A_Expr,
  written: (left: Value, right: Value) => string,
  word: "and" | "or",
): string {
  const [left, right] = [row.args ?? [], other.args ?? []];
  if (left.length === 0 || left.length !== right.length) return p.refuse(node, `operator ${nameOf(node)} between rows`);
  for (const side of [row, other]) p.ledger.carried(side, ROW_FIELDS);
  const texts = left.map((value, i) => {
    const text = written(value, right[i]!);
    return left.length === 1 ? text : inner(p, text);
  });
  return left.length === 1 ? p.at(p.level, texts[0]!) : p.at(LEVEL[word], texts.join(` ${word.toUpperCase()} `));
}

/** Comparisons of rows: TiDB's where both engines compare all columns alike, otherwise of each column, the first that differs deciding. */
function rowComparison(p: Printing, node: A_Expr, left: RowExpr, right: RowExpr): string {
  const sign = nameOf(node) === "!=" ? "<>" : nameOf(node);
  if (nativeRows(p, node, sign, left, right)) return p.at(LEVEL.comparison, `${rowText(p, left)} ${sign} ${rowText(p, right)}`);
  const one = (name: string, a: Value, b: Value) => printCall(p, operation(p, node, name, a, b));
  if (sign === "=" || sign === "<>") return columnwise(p, left, right, node, (a, b) => one(sign, a, b), sign === "=" ? "and" : "or");
  if (!left.args?.length || left.args.length !== right.args?.length) return p.refuse(node, `operator ${sign} between rows`);
  for (const row of [left, right]) p.ledger.carried(row, ROW_FIELDS);
  const from = (i: number): string => {
    const [a, b] = [left.args![i]!, right.args![i]!];
    if (i === left.args!.length - 1) return inner(p, one(sign, a, b));
    if (isVolatile(p, a) || isVolatile(p, b)) return p.refuse(node, "a value that must be computed once and would be twice");
    const [before, same] = [inner(p, one(sign.slice(0, 1), a, b)), inner(p, one("=", a, b))];
    return `(${before} OR ${same} AND ${from(i + 1)})`;
  };
  return p.at(LEVEL.primary, from(0));
}

/** A text that was printed last, in parentheses unless it binds tighter than AND. */
const inner = (p: Printing, text: string): string => (p.level > LEVEL.and ? text : `(${text})`);

function nativeRows(p: Printing, node: A_Expr, sign: string, { args: left = [] }: RowExpr, { args: right = [] }: RowExpr): boolean {
  return left.length === right.length && left.every((value, i) => isNative(p, node, sign, value, right[i]!));
}

/** A row where TiDB takes one: beside a comparison. */
export function rowText(p: Printing, row: RowExpr): string {
  p.ledger.carried(row, ROW_FIELDS);
  return `(${p.list(row.args)})`;
}

const ROW_FIELDS = new Set(["args", "row_format"]);

function inList(p: Printing, node: A_Expr, left: Value, items: readonly Value[], not: boolean): string {
  const word = not ? "NOT IN" : "IN";
  const row = as("RowExpr", left);
  const native = (item: Value) => {
    const other = as("RowExpr", item);
    return row ? other !== undefined && nativeRows(p, node, "=", row, other) : isNative(p, node, "=", left, item);
  };
  const text = (item: Value) => (as("RowExpr", item) ? rowText(p, as("RowExpr", item)!) : p.print(item));
  if (items.length === 0 || !items.every(native)) {
    if (items.length > 0 && !row)
      return chain(p, node, not ? "AND" : "OR", [...items.map((item) => [not ? "<>" : "=", left, item] as const)]);
    const types = [left, ...items].map((value) => typeOf(p, value)?.name ?? "a value of unknown type");
    return p.refuse(node, `${word} over ${[...new Set(types)].join(" and ")}`);
  }
  const value = row ? rowText(p, row) : p.operand(left, LEVEL.comparison + 1);
  return p.at(LEVEL.comparison, `${value} ${word} (${items.map(text).join(", ")})`);
}

/** Operators between two values, joined by AND or OR: what TiDB's shorter spellings would not say alike. */
function chain(p: Printing, node: A_Expr, word: "AND" | "OR", parts: readonly (readonly [string, Value, Value])[]): string {
  if (isVolatile(p, parts[0]![1])) return p.refuse(node, "a value that must be computed once and would be twice");
  const [own, inner] = word === "AND" ? [LEVEL.and, LEVEL.not] : [LEVEL.or, LEVEL.xor];
  const texts = parts.map(([name, left, right]) => {
    const text = printCall(p, operation(p, node, name, left, right));
    return p.level >= inner ? text : `(${text})`;
  });
  return p.at(own, texts.join(` ${word} `));
}

const ARRAY_FIELDS = new Set(["elements"]);
const CAST_FIELDS = new Set(["arg", "typeName"]);
const TYPE_FIELDS = new Set(["names", "arrayBounds", "typmods"]);

/** `= ANY` and `<> ALL` over a written array are lists; the rest are rows of the arrays' tables: `= ANY(text, text[])`. */
function overArray(p: Printing, node: A_Expr, word: "ANY" | "ALL"): string {
  const name = nameOf(node);
  const items = arrayItems(node.rexpr, p);
  if (items && items.length > 0 && ((word === "ANY" && name === "=") || (word === "ALL" && name === "<>")))
    return inList(p, node, node.lexpr!, items, word === "ALL");
  // TiDB's MEMBER OF says FALSE where it cannot be known.
  const asked = takeCondition(node) && name === "=" && word === "ANY" ? IN_CONDITION : "";
  return printCall(p, operation(p, node, `${name} ${word}${asked}`, node.lexpr, node.rexpr!));
}

/** Follows the name of an operator for which FALSE and NULL are the same where it stands. */
const IN_CONDITION = " of a condition";

function isInArray(value: Value | undefined): boolean {
  const node = as("A_Expr", value);
  return node?.variant === "AEXPR_OP_ANY" && nameOf(node) === "=" && !as("A_ArrayExpr", as("TypeCast", node.rexpr)?.arg ?? node.rexpr);
}

/** NOT x = ANY (a) is x <> ALL (a), of which the form says NULL where PostgreSQL does. */
/** What a subquery's values are compared with. */
export function tested({ testexpr }: SubLink, p: Printing): string {
  const row = as("RowExpr", testexpr);
  return row ? rowText(p, row) : p.operand(testexpr, LEVEL.comparison + 1);
}

function notInQuery(p: Printing, node: SubLink): string {
  p.ledger.carried(node, new Set(["subLinkType", "testexpr", "operName", "subselect"]));
  return p.at(LEVEL.comparison, `${tested(node, p)} NOT IN ${parenthesized(p.print(node.subselect))}`);
}

function notInArray(p: Printing, node: A_Expr): string {
  p.ledger.carried(node, new Set(["variant", "name", "lexpr", "rexpr"]));
  return printCall(p, operation(p, node, "<> ALL", node.lexpr, node.rexpr!));
}

/** Elements of `ARRAY[…]`, also under casts of the array that change no element's value. */
function arrayItems(value: Value | undefined, p: Printing): readonly Value[] | undefined {
  const cast = as("TypeCast", value);
  if (cast) {
    const items = arrayItems(cast.arg, p);
    if (items) {
      p.ledger.carried(cast, CAST_FIELDS);
      p.ledger.carried(cast.typeName!, TYPE_FIELDS);
    }
    return items;
  }
  const array = as("A_ArrayExpr", value);
  if (array) p.ledger.carried(array, ARRAY_FIELDS);
  return array?.elements;
}

function bounds(node: A_Expr): readonly [Value, Value, Value] {
  const [low, high] = node.rexpr as unknown as readonly [Value, Value];
  return [node.lexpr!, low, high];
}

function between(p: Printing, node: A_Expr, word: string): string {
  const [value, low, high] = bounds(node);
  if (!isNative(p, node, ">=", value, low) || !isNative(p, node, "<=", value, high))
    return word === "BETWEEN"
      ? chain(p, node, "AND", [
          [">=", value, low],
          ["<=", value, high],
        ])
      : chain(p, node, "OR", [
          ["<", value, low],
          [">", value, high],
        ]);
  const part = (v: Value) => p.operand(v, LEVEL.bitOr);
  return p.at(LEVEL.between, `${part(value)} ${word} ${part(low)} AND ${part(high)}`);
}

function betweenSymmetric(p: Printing, node: A_Expr, not: string): string {
  const [value, low, high] = bounds(node);
  if (!isNative(p, node, ">=", value, low) || !isNative(p, node, "<=", value, high)) return refuseTypes(p, node, "BETWEEN SYMMETRIC");
  const [v, a, b] = [value, low, high].map((each) => p.operand(each, LEVEL.bitOr));
  return `${not}(${v} BETWEEN ${a} AND ${b} OR ${v} BETWEEN ${b} AND ${a})`;
}

const BOOLEAN_TESTS: Readonly<Record<string, string>> = {
  IS_TRUE: "IS TRUE",
  IS_NOT_TRUE: "IS NOT TRUE",
  IS_FALSE: "IS FALSE",
  IS_NOT_FALSE: "IS NOT FALSE",
  IS_UNKNOWN: "IS NULL",
  IS_NOT_UNKNOWN: "IS NOT NULL",
};

/** Types of one kind that both engines turn into each other in an expression without a word. */
const ALIKE: readonly ReadonlySet<string>[] = [
  new Set(["int2", "int4", "int8", "numeric", "float4", "float8", "oid"]),
  new Set(["text", "varchar", "bpchar", "name", "char"]),
  new Set(["json", "jsonb"]),
  new Set(["timestamp", "timestamptz"]),
];

/** The type that PostgreSQL converts a value to without a cast being written, where TiDB needs one. */
export function silentCast(info: ExprInfo | undefined, { domains }: Catalog): PgType | undefined {
  const to = info?.coerced;
  const from = info?.type.name;
  if (!to || from === undefined || from === to.name || from === "unknown" || from === "record" || domains.has(from)) return undefined;
  const alike = ALIKE.some((types) => types.has(from) && types.has(to.name)) || (from.endsWith("[]") && to.name.endsWith("[]"));
  return alike ? undefined : to;
}

/** What PostgreSQL converts without a cast being written is converted here. */
export function coerced({ fields, print: printPlain }: Printer): Printer {
  const print = (node: never, p: Printing): string => {
    const text = printPlain(node, p);
    const info = p.info(node);
    const to = silentCast(info, p.catalog);
    if (!to) return text;
    const from = info!.type.name;
    // Bits are written out as the type wants them already.
    if (as("A_Const", node)?.bsval !== undefined) return text;
    const form = castForm(p, node, raw(text) as never, from, to);
    if (!form || "refused" in form) return p.refuse(node, form?.refused ?? `${from} where ${to.name} is wanted`);
    const cast = p.print(form);
    return p.at(p.level, cast);
  };
  return { fields, print };
}

function castText(p: Printing, node: { arg?: Value; typeName?: TypeName }): string {
  const to = p.info(node as Node)?.type;
  const arg = node.arg!;
  const written = String(node.typeName?.names?.[node.typeName.names.length - 1]);
  if (!to) return p.refuse(node as Node, `a cast to ${written}`);
  p.ledger.carried(node.typeName!, TYPE_FIELDS);
  for (const modifier of node.typeName?.typmods ?? []) if (isNode(modifier)) p.ledger.consumed(modifier);
  const constant = as("A_Const", arg);
  if (constant?.sval !== undefined || constant?.isnull) return literalCast(p, node as Node, constant, to);
  // Written out it would be a DECIMAL, of 65 digits at most.
  if (constant?.fval !== undefined && /e/i.test(constant.fval) && /^float[48]$/.test(to.name)) {
    p.ledger.consumed(constant);
    return literal(p.catalog, constant.fval, to) ?? p.refuse(node as Node, `${constant.fval} as ${to.name}`);
  }
  if (as("ParamRef", arg) && !to.mods?.length) return p.print(arg);
  const from = p.info(arg)?.type.name;
  if (from === undefined) return p.refuse(node as Node, `a cast of a value of unknown type to ${to.name}`);
  const form = castForm(p, node as Node, arg, from, to);
  if (form === undefined) {
    if (from === to.name && to.mods === undefined) return at(p, p.print(arg));
    return p.refuse(node as Node, `a cast of ${from} to ${to.name}`);
  }
  return "refused" in form ? p.refuse(node as Node, form.refused) : at(p, p.print(form));
}

/** The text that was printed last, as tight as it was. */
function at(p: Printing, text: string): string {
  return p.at(p.level, text);
}

function literalCast(p: Printing, node: Node, constant: Extract<Node, { kind: "A_Const" }>, to: PgType): string {
  p.ledger.consumed(constant);
  if (constant.isnull) return "NULL";
  const isWhole = to.name === "interval" || to.name === "bit";
  const text = literal(p.catalog, constant.sval!, isWhole ? to : { name: to.name });
  if (text === undefined) return p.refuse(node, `'${constant.sval}' as ${to.name}`);
  if (!to.mods?.length || isWhole) return text;
  const form = castForm(p, node, raw(text) as never, to.name, to);
  if (!form || "refused" in form) return p.refuse(node, `a cast to ${to.name}(${to.mods.join(",")})`);
  return at(p, p.print(form));
}

/** Types whose values JSON_ARRAY takes as they are. */
const JSON_ALIKE = /^(?:int[248]|text|varchar|name|uuid|float8|jsonb)$/;

/** Subscripts and slices of an array, and what jsonb takes one for. */
function indirection(p: Printing, node: A_Indirection): string {
  const of = typeOf(p, node.arg)?.name;
  const steps = (node.indirection ?? []).map((step) => as("A_Indices", step));
  if (steps.length === 0 || steps.includes(undefined) || of === undefined) return p.refuse(node, "a field");
  for (const step of steps) p.ledger.carried(step!, INDICES_FIELDS);
  const result = p.info(node)?.type;
  const call = (name: string, args: readonly Value[], types: readonly string[]) => {
    const signature = {
      kind: "operator" as const,
      name,
      args: types,
      result: result?.name ?? "",
      strict: true,
      volatility: "immutable" as const,
    };
    return printCall(p, { node, what: "a subscript", signature, args, ...(result ? { result } : {}) });
  };
  // jsonb's subscripts are a path.
  if (of === "jsonb" && steps.every((step) => !step!.is_slice && step!.uidx !== undefined)) {
    const path = steps.map((step) => step!.uidx!);
    return call("[]", [node.arg!, ...path], ["jsonb", ...path.map((place) => typeOf(p, place)?.name ?? "text")]);
  }
  if (steps.length > 1) {
    if (steps.some((step) => step!.is_slice)) return p.refuse(node, "a slice of several dimensions");
    const places = steps.map((step) => step!.uidx!);
    return call("[]", [node.arg!, ...places], [of, ...places.map((place) => typeOf(p, place)?.name ?? "int4")]);
  }
  const { is_slice: isSlice, lidx, uidx } = steps[0]!;
  if (!isSlice) return call("[]", [node.arg!, uidx!], [of, typeOf(p, uidx)?.name ?? "int4"]);
  const bounds = [lidx, uidx].flatMap((bound) => (bound === undefined ? [] : [bound]));
  const name = lidx === undefined ? (uidx === undefined ? "[:]" : "[:n]") : uidx === undefined ? "[n:]" : "[n:n]";
  return call(name, [node.arg!, ...bounds], [of, ...bounds.map((place) => typeOf(p, place)?.name ?? "int4")]);
}

const INDICES_FIELDS = new Set(["is_slice", "lidx", "uidx"]);

const MINMAX_TYPES = /^(?:int[248]|numeric|float[48]|text|varchar|bpchar|date|timestamp|timestamptz|time|bool|uuid|bytea)$/;

/** GREATEST and LEAST pass over NULL in PostgreSQL and give NULL for it in TiDB: each argument that can be NULL falls back to the others. */
function minMax(p: Printing, node: Node & { args?: readonly Value[]; op?: string }): string {
  const args = node.args ?? [];
  const type = typeOf(p, node as Node)?.name;
  const name = node.op === "IS_GREATEST" ? "GREATEST" : "LEAST";
  const labels = type === undefined ? undefined : p.catalog.enums.get(type)?.labels;
  if (labels && args.length > 1) return ofLabels(name, labels, args, p);
  if (type === undefined || !MINMAX_TYPES.test(type)) return p.refuse(node, `${name} of ${type ?? "values of unknown type"}`);
  if (args.length === 1) return at(p, p.print(args[0]));
  const nullable = args.map((arg) => p.info(arg)?.nullable ?? true);
  const texts = args.map((arg) => p.print(arg));
  const parts = texts.map((text, i) => {
    if (!nullable[i]) return text;
    const others = texts.map((_, j) => (i + j) % texts.length);
    const end = others.findIndex((j) => !nullable[j]);
    return `COALESCE(${others
      .slice(0, end < 0 ? undefined : end + 1)
      .map((j) => texts[j])
      .join(", ")})`;
  });
  return `${name}(${parts.join(", ")})`;
}

/** Of values of an enum, by the places of their labels, which count from 1; NULL has none, and is passed over. */
function ofLabels(name: "GREATEST" | "LEAST", labels: readonly string[], args: readonly Value[], p: Printing): string {
  const list = labels.map(string).join(", ");
  const places = args.map((arg) => `FIELD(${p.print(arg)}, ${list})`);
  const parts = name === "GREATEST" ? places : places.map((place) => `COALESCE(NULLIF(${place}, 0), ${labels.length + 1})`);
  return `ELT(${name}(${parts.join(", ")}), ${list})`;
}

/** `CASE x WHEN y`, where it takes more than TiDB's `=` to compare them. */
function comparingCase(p: Printing, node: { defresult?: Value }, arg: Value, whens: readonly CaseWhen[]): string {
  if (isVolatile(p, arg)) return p.refuse(node as Node, "a value that must be computed once and would be twice");
  const texts = whens.map((when) => {
    p.ledger.carried(when, WHEN_FIELDS);
    const condition = printCall(p, operation(p, node as never, "=", arg, when.expr!));
    return ` WHEN ${condition} THEN ${p.print(when.result)}`;
  });
  const otherwise = node.defresult === undefined ? "" : ` ELSE ${p.print(node.defresult)}`;
  return `CASE${texts.join("")}${otherwise} END`;
}

const WHEN_FIELDS = new Set(["expr", "result"]);

/** Digits of a DECIMAL; TiDB cuts off what is beyond them. */
const MOST_DIGITS = 65;

const printersOf: Printers = {
  A_Const: prints("A_Const", ["ival", "fval", "boolval", "sval", "bsval", "isnull"], (node, p) => {
    if (node.isnull) return "NULL";
    if (node.boolval !== undefined) return node.boolval ? "TRUE" : "FALSE";
    const to = typeOf(p, node as Node);
    const hex = node.bsval?.startsWith("x") ? node.bsval.slice(1) : "";
    const bits = node.bsval?.startsWith("b")
      ? node.bsval.slice(1)
      : [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
    if (bits) return to?.name === "varbit" ? `'${bits}'` : `b'${bits}'`;
    const text = node.sval ?? node.fval ?? node.ival?.toString();
    if (text === undefined) return p.refuse(node as Node, "a bit string in hexadecimal digits, or of no bits");
    const numeric = node.sval === undefined;
    const type = numeric && to?.name !== "float8" && to?.name !== "float4" ? { name: "numeric" } : to;
    const written =
      type === undefined || type.name === "unknown" ? literal(p.catalog, text, { name: "text" }) : literal(p.catalog, text, type);
    if (numeric && written !== undefined && type?.name === "numeric" && written.replace(/\D/g, "").length > MOST_DIGITS)
      return p.refuse(node as Node, `a number of more than ${MOST_DIGITS} digits`);
    // An integer to TiDB would be computed with 64 bits.
    if (numeric && written !== undefined && /e/i.test(text) && /^-?\d+$/.test(written)) return `${written}.0`;
    return written ?? p.refuse(node as Node, `'${text}' as ${type?.name}`);
  }),
  // The application passes JSON and arrays as text.
  ParamRef: prints("ParamRef", ["number"], (node, p) => {
    const place = parameter(node.number ?? 0);
    return /^jsonb?$|\[\]$/.test(typeOf(p, node as Node)?.name ?? "") ? `CAST(${place} AS JSON)` : place;
  }),
  A_Expr: prints("A_Expr", ["variant", "name", "lexpr", "rexpr"], (node, p) => {
    const print = VARIANTS[node.variant ?? ""];
    return print ? print(node as A_Expr, p) : p.refuse(node as Node, `operator ${String(node.name?.[0] ?? node.variant)}`);
  }),
  BoolExpr: prints("BoolExpr", ["boolop", "args"], (node, p) => {
    // TiDB takes any number for a condition, PostgreSQL only booleans: what is boolean there is 0 or 1 here.
    if (node.boolop === "NOT_EXPR" && isInArray(node.args?.[0])) return notInArray(p, node.args![0] as A_Expr);
    const query = node.boolop === "NOT_EXPR" ? as("SubLink", node.args?.[0]) : undefined;
    if (query?.subLinkType === "ANY_SUBLINK" && query.operName === undefined) return notInQuery(p, query);
    if (node.boolop === "NOT_EXPR") return p.at(LEVEL.not, `NOT ${p.operand(node.args?.[0], LEVEL.comparison + 1)}`);
    const [word, own]: [string, Level] = node.boolop === "AND_EXPR" ? [" AND ", LEVEL.and] : [" OR ", LEVEL.or];
    return p.at(own, (node.args ?? []).map((a) => p.operand(a, own + 1)).join(word));
  }),
  NullTest: prints("NullTest", ["arg", "nulltesttype"], (node, p) => {
    const word = node.nulltesttype === "IS_NULL" ? "IS NULL" : "IS NOT NULL";
    const row = as("RowExpr", node.arg);
    if (row) p.ledger.carried(row, ROW_FIELDS);
    // A row IS NULL when all of its columns are, and IS NOT NULL when none is.
    const tests = (row?.args ?? [node.arg]).map((arg) => `${p.operand(arg, LEVEL.comparison + 1)} ${word}`);
    return tests.length === 1 ? p.at(LEVEL.comparison, tests[0]!) : p.at(LEVEL.and, tests.join(" AND "));
  }),
  BooleanTest: prints("BooleanTest", ["arg", "booltesttype"], (node, p) => {
    return p.at(LEVEL.comparison, `${p.operand(node.arg, LEVEL.comparison + 1)} ${BOOLEAN_TESTS[node.booltesttype ?? ""]}`);
  }),
  CoalesceExpr: prints("CoalesceExpr", ["args"], (node, p) => `COALESCE(${p.list(node.args)})`),
  MinMaxExpr: prints("MinMaxExpr", ["args", "op"], (node, p) => minMax(p, node as never)),
  CaseExpr: prints("CaseExpr", ["arg", "args", "defresult"], (node, p) => {
    const whens = nodesOf("CaseWhen", node.args);
    const { arg } = node;
    if (arg !== undefined && !whens.every((when) => isNative(p, node as never, "=", arg, when.expr!)))
      return comparingCase(p, node, arg, whens);
    if (arg === undefined) for (const when of whens) asCondition(when.expr);
    const otherwise = node.defresult === undefined ? "" : ` ELSE ${p.print(node.defresult)}`;
    return `CASE${arg === undefined ? "" : ` ${p.print(arg)}`}${whens.map((when) => p.print(when)).join("")}${otherwise} END`;
  }),
  CaseWhen: prints("CaseWhen", ["expr", "result"], (node, p) => ` WHEN ${p.print(node.expr)} THEN ${p.print(node.result)}`),
  A_ArrayExpr: prints("A_ArrayExpr", ["elements"], (node, p) => {
    const element = p.info(node as Node)?.type.name.replace(/\[\]$/, "");
    if (element === undefined) return p.refuse(node as Node, "an array of values of unknown type");
    if (!JSON_ALIKE.test(element)) {
      const items = node.elements ?? [];
      const result = `${element}[]`;
      const signature = {
        kind: "function" as const,
        name: "ARRAY[]",
        args: items.map(() => element),
        result,
        strict: false,
        volatility: "immutable" as const,
      };
      return printCall(p, { node: node as Node, what: "an array constructor", signature, args: items, result: { name: result } });
    }
    return `JSON_ARRAY(${p.list(node.elements)})`;
  }),
  A_Indirection: prints("A_Indirection", ["arg", "indirection"], (node, p) => indirection(p, node as A_Indirection)),
  RowExpr: prints("RowExpr", [], (node, p) => p.refuse(node as Node, "a row as a value")),
  TypeCast: prints("TypeCast", ["arg", "typeName"], (node, p) => castText(p, node)),
  SQLValueFunction: prints("SQLValueFunction", ["op", "typmod"], (node, p) => {
    const name = VALUE_FUNCTIONS[node.op ?? ""] ?? "";
    const result = p.info(node as Node)?.type;
    const signature = {
      kind: "function" as const,
      name,
      args: [],
      result: result?.name ?? "",
      strict: false,
      volatility: "stable" as const,
    };
    return printCall(p, { node: node as Node, what: name.toUpperCase(), signature, args: [], ...(result ? { result } : {}) });
  }),
  FuncCall: prints(
    "FuncCall",
    ["funcname", "args", "agg_star", "agg_distinct", "agg_filter", "agg_order", "over", "funcformat", "func_variadic"],
    (node, p) => functionCall(p, node as FuncCall),
  ),
};

/** Types whose name is a function too, that casts to them. */
const CASTING = /^(?:int[248]|float[48]|numeric|date|time|timestamp|timestamptz|text|bool|varchar|uuid|jsonb?)$/;

/** What is asked of each argument by itself, whatever types the others have. */
const OF_EACH = /^num_(?:non)?nulls$/;

/** Arguments of a call whose last ones are the elements of a written array. */
function variadic(p: Printing, node: FuncCall, name: string): readonly Value[] | undefined {
  const items = OF_EACH.test(name) ? arrayItems(node.args?.at(-1), p) : undefined;
  return items?.length ? [...node.args!.slice(0, -1), ...items] : undefined;
}

function functionCall(p: Printing, node: FuncCall): string {
  const name = String(node.funcname?.[node.funcname.length - 1] ?? "");
  if (node.agg_within_group) return p.refuse(node, `function ${name}() WITHIN GROUP`);
  const star = node.args?.find((arg) => typeof as("ColumnRef", arg)?.fields?.at(-1) === "object");
  if (star !== undefined) return p.refuse(node, "a whole row as an argument");
  const [only, ...more] = node.args ?? [];
  const from = only === undefined || more.length > 0 ? undefined : typeOf(p, only)?.name;
  if (from !== undefined && CASTING.test(name) && p.info(node as Node)?.type.name === name) {
    const form = castForm(p, node as Node, only!, from, { name });
    if (form && !("refused" in form)) return at(p, p.print(form));
  }
  const order = node.agg_order?.length ? p.list(node.agg_order) : undefined;
  const args = node.func_variadic ? variadic(p, node, name) : (node.args ?? []);
  if (args === undefined) return p.refuse(node, `VARIADIC in a call of ${name}()`);
  return printCall(p, {
    node,
    what: `function ${name}()`,
    signature: p.info(node)?.call,
    args,
    ...(node.agg_distinct ? { distinct: true } : {}),
    ...(node.agg_filter === undefined ? {} : { filter: asCondition(node.agg_filter)! }),
    ...(order === undefined ? {} : { order }),
    ...(node.over === undefined ? {} : { over: p.print(node.over) }),
  });
}

export const expressionPrinters: Printers = Object.fromEntries(
  Object.entries(printersOf).map(([kind, printer]) => [kind, coerced(printer!)]),
);
