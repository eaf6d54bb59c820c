import type { A_Expr, Node, Value } from "../pg/ast.js";
import { as, columnName, isNode } from "../pg/names.js";
import { columnType, type Family, mapType } from "../types/map.js";
import { BOOLEAN_TEXT } from "../types/values.js";
import { type Printers, type Printing, prints } from "./printing.js";
import { identifier, string } from "./words.js";

/** Binding strength of TiDB's operators, strongest highest (reference manual, "Operator Precedence"). */
export const PRECEDENCE = {
  or: 1,
  and: 3,
  not: 4,
  between: 5,
  comparison: 6,
  additive: 10,
  multiplicative: 11,
  unary: 13,
  primary: 20,
} as const;
type Level = (typeof PRECEDENCE)[keyof typeof PRECEDENCE];

/** The level of what will be printed for a node; anything in call or literal form is primary. */
function level(node: Value | undefined): Level {
  if (!isNode(node)) return PRECEDENCE.primary;
  if (node.kind === "BoolExpr")
    return node.boolop === "OR_EXPR" ? PRECEDENCE.or : node.boolop === "AND_EXPR" ? PRECEDENCE.and : PRECEDENCE.not;
  if (node.kind === "NullTest" || node.kind === "BooleanTest") return PRECEDENCE.comparison;
  if (node.kind === "SubLink" && node.testexpr) return PRECEDENCE.comparison;
  if (node.kind !== "A_Expr") return PRECEDENCE.primary;
  if (node.variant === "AEXPR_BETWEEN" || node.variant === "AEXPR_NOT_BETWEEN") return PRECEDENCE.between;
  if (node.variant !== "AEXPR_OP") return PRECEDENCE.comparison;
  const operator = String(node.name?.[0] ?? "");
  if (!node.lexpr) return PRECEDENCE.unary;
  return OPERATORS[operator]?.level ?? PRECEDENCE.primary;
}

/** Prints an operand, in parentheses unless it binds at least as tightly as `least`. */
export function operand(p: Printing, value: Value | undefined, least: number): string {
  const text = p.print(value);
  return level(value) >= least ? text : `(${text})`;
}

interface Operator {
  readonly tidb: string;
  readonly level: Level;
  /** Families on which the operator means the same in both; both sides must agree, an untyped literal agrees with all. */
  readonly families: readonly Family[];
}

const ORDERED: readonly Family[] = ["number", "text", "time", "boolean"];
const EQUALS: readonly Family[] = [...ORDERED, "enum", "bytes"];
const NUMBERS: readonly Family[] = ["number"];

/** Operators of the same meaning. Division is not among them: `int / int` is an integer in PostgreSQL and a fraction in TiDB. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  "=": { tidb: "=", level: PRECEDENCE.comparison, families: EQUALS },
  "<>": { tidb: "<>", level: PRECEDENCE.comparison, families: EQUALS },
  "!=": { tidb: "<>", level: PRECEDENCE.comparison, families: EQUALS },
  "<": { tidb: "<", level: PRECEDENCE.comparison, families: ORDERED },
  "<=": { tidb: "<=", level: PRECEDENCE.comparison, families: ORDERED },
  ">": { tidb: ">", level: PRECEDENCE.comparison, families: ORDERED },
  ">=": { tidb: ">=", level: PRECEDENCE.comparison, families: ORDERED },
  "+": { tidb: "+", level: PRECEDENCE.additive, families: NUMBERS },
  "-": { tidb: "-", level: PRECEDENCE.additive, families: NUMBERS },
  "*": { tidb: "*", level: PRECEDENCE.multiplicative, families: NUMBERS },
  "%": { tidb: "%", level: PRECEDENCE.multiplicative, families: NUMBERS },
};

const NULL_SAFE_EQUALS: Operator = { tidb: "<=>", level: PRECEDENCE.comparison, families: EQUALS };

/** What is known of an expression's type; undefined when nothing is, "literal" for a constant that takes the other side's type. */
export function familyOf(p: Printing, value: Value | undefined): Family | "literal" | undefined {
  if (!isNode(value)) return undefined;
  const found = FAMILIES[value.kind];
  return found?.(p, value as never);
}

const FAMILIES: { readonly [kind: string]: ((p: Printing, node: never) => Family | "literal" | undefined) | undefined } = {
  A_Const: (_: Printing, node: { ival?: number; fval?: string; boolval?: boolean }) =>
    node.ival !== undefined || node.fval !== undefined ? "number" : node.boolval !== undefined ? "boolean" : "literal",
  ColumnRef: (p: Printing, node: Extract<Node, { kind: "ColumnRef" }>) => {
    const column = p.scope?.columns.get(columnName(node) ?? "");
    return column && columnType(p.catalog, column)?.row.family;
  },
  TypeCast: (p: Printing, node: Extract<Node, { kind: "TypeCast" }>) => mapType(p.catalog, node.typeName!)?.row.family,
  A_Expr: (p: Printing, node: A_Expr) => {
    const operator = OPERATORS[String(node.name?.[0] ?? "")];
    return node.variant !== "AEXPR_OP" || operator?.level === PRECEDENCE.comparison
      ? "boolean"
      : operator
        ? "number"
        : familyOf(p, node.lexpr);
  },
  BoolExpr: () => "boolean",
  NullTest: () => "boolean",
  BooleanTest: () => "boolean",
  CoalesceExpr: (p: Printing, node: Extract<Node, { kind: "CoalesceExpr" }>) => familyOf(p, node.args?.[0]),
  FuncCall: (_: Printing, node: Extract<Node, { kind: "FuncCall" }>) =>
    FUNCTION_FAMILY[String(node.funcname?.[node.funcname.length - 1] ?? "")],
  SQLValueFunction: () => "time",
  Tidb: () => undefined,
};

const FUNCTION_FAMILY: Readonly<Record<string, Family>> = {
  length: "number",
  char_length: "number",
  octet_length: "number",
  lower: "text",
  upper: "text",
  btrim: "text",
  abs: "number",
  now: "time",
};

/** Functions whose name, arguments and result are the same in both. */
const SAME_FUNCTIONS: Readonly<Record<string, { readonly tidb: string; readonly families: readonly Family[] }>> = {
  lower: { tidb: "LOWER", families: ["text"] },
  upper: { tidb: "UPPER", families: ["text"] },
  length: { tidb: "CHAR_LENGTH", families: ["text"] },
  char_length: { tidb: "CHAR_LENGTH", families: ["text"] },
  character_length: { tidb: "CHAR_LENGTH", families: ["text"] },
  octet_length: { tidb: "LENGTH", families: ["text", "bytes"] },
  abs: { tidb: "ABS", families: ["number"] },
  md5: { tidb: "MD5", families: ["text"] },
};

/** One side of a comparison; a text constant opposite a column of another family becomes a literal of that family. */
function side(p: Printing, value: Value | undefined, other: Family | "literal" | undefined, least: number): string {
  const text = as("A_Const", value)?.sval;
  if (text !== undefined && other === "boolean") {
    const word = BOOLEAN_TEXT(text);
    p.print(value);
    return word ?? p.refuse(value as Node, `the text '${text}' compared with a boolean`);
  }
  return operand(p, value, least);
}

function binary(p: Printing, node: A_Expr, operator: Operator, symbol: string): string {
  const left = familyOf(p, node.lexpr);
  const right = familyOf(p, node.rexpr);
  const families = [left, right].filter((f): f is Family => f !== "literal" && f !== undefined);
  const known = left !== undefined && right !== undefined;
  if (!known || families.some((f) => !operator.families.includes(f)) || new Set(families).size > 1)
    return p.refuse(
      node,
      `operator ${symbol} on ${families.length === 0 ? "values of unknown type" : [...new Set(families)].join(" and ")}${known ? "" : " and a value of unknown type"}`,
    );
  // Comparisons do not chain in PostgreSQL, and TiDB reads `a = b = c` from the left.
  const tight = operator.level === PRECEDENCE.comparison ? operator.level + 1 : operator.level;
  return `${side(p, node.lexpr, right, tight)} ${operator.tidb} ${side(p, node.rexpr, left, operator.level + 1)}`;
}

type Variant = (node: A_Expr, p: Printing) => string;

const VARIANTS: Readonly<Record<string, Variant>> = {
  AEXPR_OP: (node, p) => {
    const symbol = String(node.name?.[node.name.length - 1] ?? "");
    if (!node.lexpr) {
      if ((symbol === "-" || symbol === "+") && familyOf(p, node.rexpr) === "number")
        return `${symbol}${operand(p, node.rexpr, PRECEDENCE.unary + 1)}`;
      return p.refuse(node, `operator ${symbol}`);
    }
    const operator = OPERATORS[symbol];
    if (operator) return binary(p, node, operator, symbol);
    if (symbol === "||" && [node.lexpr, node.rexpr].every((v) => ["text", "literal"].includes(familyOf(p, v) ?? "")))
      return `CONCAT(${p.print(node.lexpr)}, ${p.print(node.rexpr)})`;
    return p.refuse(node, `operator ${symbol}`);
  },
  AEXPR_IN: (node, p) => inList(p, node, node.lexpr, node.rexpr, node.name?.[0] === "<>"),
  // `a = ANY (ARRAY[x, y])` is how pg_dump writes `a IN (x, y)`.
  AEXPR_OP_ANY: (node, p) => {
    const items = arrayItems(node.rexpr, p);
    return items && node.name?.[0] === "=" ? inList(p, node, node.lexpr, items, false) : p.refuse(node, "ANY over an array");
  },
  AEXPR_OP_ALL: (node, p) => {
    const items = arrayItems(node.rexpr, p);
    return items && node.name?.[0] === "<>" ? inList(p, node, node.lexpr, items, true) : p.refuse(node, "ALL over an array");
  },
  AEXPR_BETWEEN: (node, p) => between(p, node, "BETWEEN"),
  AEXPR_NOT_BETWEEN: (node, p) => between(p, node, "NOT BETWEEN"),
  AEXPR_LIKE: (node, p) => {
    const text = (v: Value | undefined) => ["text", "literal"].includes(familyOf(p, v) ?? "");
    if (!text(node.lexpr) || !text(node.rexpr)) return p.refuse(node, "LIKE on something that is not known to be text");
    return `${operand(p, node.lexpr, PRECEDENCE.comparison + 1)} ${node.name?.[0] === "!~~" ? "NOT LIKE" : "LIKE"} ${operand(p, node.rexpr, PRECEDENCE.comparison + 1)}`;
  },
  AEXPR_DISTINCT: (node, p) => `NOT (${binary(p, node, NULL_SAFE_EQUALS, "IS DISTINCT FROM")})`,
  AEXPR_NOT_DISTINCT: (node, p) => binary(p, node, NULL_SAFE_EQUALS, "IS NOT DISTINCT FROM"),
  AEXPR_NULLIF: (node, p) => `NULLIF(${p.print(node.lexpr)}, ${p.print(node.rexpr)})`,
};

function inList(p: Printing, node: Node, left: Value | undefined, right: Value | undefined, not: boolean): string {
  const items = Array.isArray(right) ? (right as readonly Value[]) : [];
  const own = familyOf(p, left);
  const alike = own !== undefined && EQUALS.includes(own as Family) && items.every((i) => ["literal", own].includes(familyOf(p, i) ?? ""));
  if (!alike || items.length === 0) return p.refuse(node, "IN over values of unknown or different types");
  return `${operand(p, left, PRECEDENCE.comparison + 1)} ${not ? "NOT IN" : "IN"} (${items.map((i) => side(p, i, own, 0)).join(", ")})`;
}

const ARRAY_FIELDS = new Set(["elements"]);
const CAST_FIELDS = new Set(["arg", "typeName"]);

/** Elements of `ARRAY[…]`, also under casts of the array, which change no element's value here. */
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

const TYPE_FIELDS = new Set(["names", "arrayBounds", "typmods"]);

function between(p: Printing, node: A_Expr, word: string): string {
  const [low, high] = Array.isArray(node.rexpr) ? (node.rexpr as readonly Value[]) : [];
  const own = familyOf(p, node.lexpr);
  const alike =
    own !== undefined && ORDERED.includes(own as Family) && [low, high].every((v) => ["literal", own].includes(familyOf(p, v) ?? ""));
  if (!alike) return p.refuse(node, "BETWEEN on values of unknown or different types");
  const bound = (v: Value | undefined) => operand(p, v, PRECEDENCE.additive);
  return `${bound(node.lexpr)} ${word} ${bound(low)} AND ${bound(high)}`;
}

/** Casts of a constant to a type of the same family change nothing where the context has that type. */
function isPlainCast(p: Printing, node: { arg?: Value; typeName?: Extract<Node, { kind: "TypeName" }> }): boolean {
  const target = mapType(p.catalog, node.typeName!);
  if (!target || target.use.mods.length > 0) return false;
  const constant = as("A_Const", node.arg);
  if (constant?.sval !== undefined) return target.row.family === "text" || target.row.family === "enum";
  if (constant?.ival !== undefined || constant?.fval !== undefined)
    return target.row.id === "numeric" || (constant.ival !== undefined && target.row.family === "number");
  // text, varchar and char(n)'s text: the same value and the same comparison.
  return target.row.id === "text" && familyOf(p, node.arg) === "text" && as("ColumnRef", node.arg) !== undefined;
}

const BOOLEAN_TESTS: Readonly<Record<string, string>> = {
  IS_TRUE: "IS TRUE",
  IS_NOT_TRUE: "IS NOT TRUE",
  IS_FALSE: "IS FALSE",
  IS_NOT_FALSE: "IS NOT FALSE",
  IS_UNKNOWN: "IS NULL",
  IS_NOT_UNKNOWN: "IS NOT NULL",
};

export const expressionPrinters: Printers = {
  A_Const: prints("A_Const", ["ival", "fval", "boolval", "sval", "bsval", "isnull"], (node, p) => {
    if (node.isnull) return "NULL";
    if (node.ival !== undefined) return String(node.ival);
    if (node.fval !== undefined) return node.fval;
    if (node.boolval !== undefined) return node.boolval ? "TRUE" : "FALSE";
    if (node.sval !== undefined) return string(node.sval);
    return p.refuse(node as Node, "a bit string");
  }),
  ColumnRef: prints("ColumnRef", ["fields"], (node, p) => {
    const names = (node.fields ?? []).filter((f): f is string => typeof f === "string");
    if (names.length !== node.fields?.length) return p.refuse(node as Node, "a reference to all columns");
    return identifier(names[names.length - 1]!);
  }),
  A_Expr: prints("A_Expr", ["variant", "name", "lexpr", "rexpr"], (node, p) => {
    const print = VARIANTS[node.variant ?? ""];
    return print ? print(node as A_Expr, p) : p.refuse(node as Node, `operator ${String(node.name?.[0] ?? node.variant)}`);
  }),
  BoolExpr: prints("BoolExpr", ["boolop", "args"], (node, p) => {
    // TiDB takes any number for a condition, PostgreSQL only booleans: what is boolean there is 0 or 1 here.
    if (node.boolop === "NOT_EXPR") return `NOT ${operand(p, node.args?.[0], PRECEDENCE.comparison + 1)}`;
    const [word, own] = node.boolop === "AND_EXPR" ? [" AND ", PRECEDENCE.and] : [" OR ", PRECEDENCE.or];
    return (node.args ?? []).map((a) => operand(p, a, own + 1)).join(word);
  }),
  NullTest: prints("NullTest", ["arg", "nulltesttype"], (node, p) => {
    return `${operand(p, node.arg, PRECEDENCE.comparison + 1)} ${node.nulltesttype === "IS_NULL" ? "IS NULL" : "IS NOT NULL"}`;
  }),
  BooleanTest: prints("BooleanTest", ["arg", "booltesttype"], (node, p) => {
    return `${operand(p, node.arg, PRECEDENCE.comparison + 1)} ${BOOLEAN_TESTS[node.booltesttype ?? ""]}`;
  }),
  CoalesceExpr: prints("CoalesceExpr", ["args"], (node, p) => `COALESCE(${p.list(node.args)})`),
  TypeCast: prints("TypeCast", ["arg", "typeName"], (node, p) => {
    const type = node.typeName!;
    if (!isPlainCast(p, node)) return p.refuse(node as Node, `a cast to ${String(type.names?.[type.names.length - 1])}`);
    p.ledger.carried(type, TYPE_FIELDS);
    return p.print(node.arg);
  }),
  FuncCall: prints("FuncCall", ["funcname", "args"], (node, p) => {
    const name = String(node.funcname?.[node.funcname.length - 1] ?? "");
    const row = SAME_FUNCTIONS[name];
    if (!row || !(node.args ?? []).every((a) => row.families.includes(familyOf(p, a) as Family)))
      return p.refuse(node as Node, `function ${name}()`);
    return `${row.tidb}(${p.list(node.args)})`;
  }),
};
