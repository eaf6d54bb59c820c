import type { ExprInfo } from "../catalog/analysis.js";
import { find, key } from "../catalog/model.js";
import { sessionView } from "../catalog/session-view.js";
import { LEVEL } from "../engine/tidb.js";
import type { Alias, CommonTableExpr, FuncCall, JoinExpr, Node, RangeVar, SelectStmt, SubLink, Value, WindowDef } from "../pg/ast.js";
import { as, isNode, literalText, relationName } from "../pg/names.js";
import { holds } from "../pg/walk.js";
import { parseInterval } from "../types/intervals.js";
import { OWN } from "./calls.js";
import { asCondition } from "./conditions.js";
import { coerced, tested } from "./expressions.js";
import { clauses, elements, parenthesized } from "./layout.js";
import { type Printers, type Printing, prints } from "./printing.js";
import { systemRelation } from "./system.js";
import { identifier } from "./words.js";

/** Columns that every table of PostgreSQL has and that TiDB has not (manual, "System Columns"). */
const SYSTEM_COLUMNS = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/** TiDB takes no OFFSET without LIMIT: the largest number it knows stands for ALL. */
const ALL_ROWS = "18446744073709551615";

const JOINS: Readonly<Record<string, string>> = { JOIN_INNER: "JOIN", JOIN_LEFT: "LEFT JOIN", JOIN_RIGHT: "RIGHT JOIN" };

const SET_OPERATIONS: Readonly<Record<string, string>> = {
  SETOP_UNION: "UNION",
  SETOP_INTERSECT: "INTERSECT",
  SETOP_EXCEPT: "EXCEPT",
};

/** Bits of WindowDef.frameOptions (parsenodes.h, FRAMEOPTION_…). */
const FRAME = { nonDefault: 0x1, range: 0x2, rows: 0x4, groups: 0x8, between: 0x10, exclusion: 0x38000 } as const;

/** Bounds of a frame: the bit that starts with it, the bit that ends with it. */
const BOUNDS: readonly (readonly [start: number, end: number, words: string])[] = [
  [0x20, 0x40, "UNBOUNDED PRECEDING"],
  [0x80, 0x100, "UNBOUNDED FOLLOWING"],
  [0x200, 0x400, "CURRENT ROW"],
  [0x800, 0x1000, "PRECEDING"],
  [0x2000, 0x4000, "FOLLOWING"],
];

const WINDOW = ["name", "refname", "partitionClause", "orderClause", "frameOptions", "startOffset", "endOffset"] as const;
const WINDOW_FIELDS: ReadonlySet<string> = new Set(WINDOW);

const LITERAL = /'(?:[^'\\]|''|\\.)*'/g;

export const selectPrinters: Printers = {
  SelectStmt: prints(
    "SelectStmt",
    [
      "distinctClause",
      "targetList",
      "fromClause",
      "whereClause",
      "groupClause",
      "havingClause",
      "windowClause",
      "valuesLists",
      "sortClause",
      "limitOffset",
      "limitCount",
      "limitOption",
      "lockingClause",
      "withClause",
      "op",
      "all",
      "larg",
      "rarg",
    ],
    (node, p) => {
      const query = node as SelectStmt;
      return clauses([p.print(query.withClause), query.op === "SETOP_NONE" ? simple(query, p) : combined(query, p), ...tail(query, p)]);
    },
  ),
  WithClause: prints("WithClause", ["ctes", "recursive"], (node, p) => {
    return `WITH ${node.recursive ? "RECURSIVE " : ""}${(node.ctes ?? []).map((cte) => p.print(cte)).join(",\n")}`;
  }),
  CommonTableExpr: prints("CommonTableExpr", ["ctename", "aliascolnames", "ctequery", "search_clause", "cycle_clause"], (node, p) => {
    if (node.search_clause ?? node.cycle_clause) return p.refuse(node as Node, "SEARCH or CYCLE");
    const query = as("SelectStmt", (node as CommonTableExpr).ctequery);
    if (isUnjudged(node as Node, p)) return p.refuse(node as Node, "a WITH query's types");
    if (losesOrder(query, p)) return p.refuse(node as Node, "ORDER BY of a WITH query");
    if (!query && !isTidb(node.ctequery)) return p.refuse(node as Node, "a statement that writes within a query");
    const columns = node.aliascolnames?.length ? ` (${names(node.aliascolnames)})` : "";
    return `${identifier(node.ctename ?? "")}${columns} AS ${parenthesized(p.print(node.ctequery))}`;
  }),
  ResTarget: prints("ResTarget", ["name", "val"], (node, p) => {
    // A column without an alias has another name in TiDB, and two of one name are refused in places.
    if (node.name === undefined && isUnjudged(node as Node, p)) return p.refuse(node as Node, "a column's name");
    if (isComputedBits(node.val, p) && isUnjudged(node.val as Node, p)) return p.refuse(node as Node, "bits that are shown as a number");
    return node.name === undefined ? p.print(node.val) : `${p.print(node.val)} AS ${identifier(node.name)}`;
  }),
  ColumnRef: coerced(prints("ColumnRef", ["fields"], (node, p) => columnText(node.fields ?? [], node as Node, p))),
  A_Star: prints("A_Star", [], () => "*"),
  RangeVar: prints("RangeVar", ["relname", "schemaname", "alias"], (node, p) => {
    const relation = node as RangeVar;
    // A WITH query has its name wherever the search path leads.
    const name = p.isCommon(relation) ? identifier(relation.relname ?? "") : p.relation(relation);
    return name + aliasText(node.alias, node as Node, p);
  }),
  RangeSubselect: prints("RangeSubselect", ["lateral", "subquery", "alias"], (node, p) => {
    if (node.lateral) return p.refuse(node as Node, "LATERAL");
    if (!node.alias) return p.refuse(node as Node, "a subquery in FROM without a name");
    if (losesOrder(node.subquery, p)) return p.refuse(node as Node, "ORDER BY of a subquery");
    return parenthesized(p.print(node.subquery)) + aliasText(node.alias, node as Node, p);
  }),
  RangeFunction: prints("RangeFunction", ["functions"], (node, p) => {
    const call = Array.isArray(node.functions?.[0]) ? as("FuncCall", (node.functions[0] as readonly Value[])[0]) : undefined;
    const own = call && p.info(call)?.call?.own ? OWN : "";
    return p.refuse(node as Node, call ? `${String(call.funcname?.at(-1))}() in FROM${own}` : "a function in FROM");
  }),
  RangeTableSample: prints("RangeTableSample", [], (node, p) => p.refuse(node as Node, "TABLESAMPLE")),
  RangeTableFunc: prints("RangeTableFunc", [], (node, p) => p.refuse(node as Node, "XMLTABLE")),
  JoinExpr: prints(
    "JoinExpr",
    ["jointype", "isNatural", "larg", "rarg", "usingClause", "join_using_alias", "quals", "alias"],
    (node, p) => {
      const join = node as JoinExpr;
      if (join.join_using_alias) return p.refuse(join, "a name for the columns that a join merges");
      const word = JOINS[join.jointype ?? ""];
      if (!word) return p.refuse(join, "FULL JOIN");
      if (mergesRight(join) && !p.ledger.isJudged(join)) return p.refuse(join, "the order of the columns behind *");
      if (join.alias) return p.refuse(join, "an alias of a join");
      const bare = join.jointype === "JOIN_INNER" && !join.quals && !join.usingClause?.length && !join.isNatural;
      const left = fromItem(join.larg, p);
      const right = as("JoinExpr", join.rarg) ? parenthesized(fromItem(join.rarg, p)) : fromItem(join.rarg, p);
      const quals = join.quals && p.print(asCondition(join.quals));
      // A form that is a subquery reads the value it is of, which TiDB takes nowhere in ON (error 1105); the query's own are a rule's to judge.
      if (quals && !holds(join.quals, ({ kind }) => kind === "SubLink") && /\(SELECT\b/.test(quals.replaceAll(LITERAL, "")))
        return p.refuse(join, "a function in ON that becomes a subquery (compute it in a subquery of FROM, and join that)");
      const condition = join.usingClause?.length ? ` USING (${names(join.usingClause)})` : quals ? ` ON ${quals}` : "";
      return `${left}\n${join.isNatural ? "NATURAL " : ""}${bare ? "CROSS JOIN" : word} ${right}${condition}`;
    },
  ),
  SortBy: prints("SortBy", ["node", "sortby_dir", "sortby_nulls"], (node, p) => {
    const descending = node.sortby_dir === "SORTBY_DESC";
    if (node.sortby_dir === "SORTBY_USING") return p.refuse(node as Node, "ORDER BY … USING");
    // NULL is less than any value in TiDB; elsewhere the place of NULLs is a rule's to make.
    const own = descending ? "SORTBY_NULLS_LAST" : "SORTBY_NULLS_FIRST";
    if (node.sortby_nulls !== own && p.info(node.node)?.nullable !== false) return p.refuse(node as Node, "this place of NULLs");
    if (isNode(node.node) && isUnjudged(node.node, p)) return p.refuse(node as Node, "a key of ORDER BY");
    return `${sortKey(node.node, p)}${descending ? " DESC" : ""}`;
  }),
  GroupingSet: prints("GroupingSet", ["variant", "content"], (node, p) => {
    return p.refuse(node as Node, (node.variant ?? "").replace("GROUPING_SET_", "").replace("SETS", "GROUPING SETS"));
  }),
  WindowDef: prints("WindowDef", WINDOW, (node, p) => {
    return node.name === undefined ? `(${windowBody(node as WindowDef, p)})` : identifier(node.name);
  }),
  SubLink: prints("SubLink", ["subLinkType", "testexpr", "operName", "subselect"], (node, p) => {
    const print = SUBLINKS[node.subLinkType ?? ""];
    // One of a value may find no row, and what TiDB makes of that is a rule's to tell.
    if (node.subLinkType === "EXPR_SUBLINK" && isUnjudged(node as SubLink, p)) return p.refuse(node as Node, "a subquery of one value");
    // Nor is what TiDB makes of one over the rows of a function.
    if (node.subLinkType === "EXISTS_SUBLINK" && isUnjudged(node as SubLink, p) && readsFunction(p.ledger.origin(node as SubLink)))
      return p.refuse(node as Node, "EXISTS over the rows of a function");
    return print ? print(node as SubLink, p) : p.refuse(node as Node, "ARRAY(…) over a subquery");
  }),
  LockingClause: prints("LockingClause", ["lockedRels", "strength", "waitPolicy"], (node, p) => {
    if (node.strength !== "LCS_FORUPDATE") return p.refuse(node as Node, "this row lock");
    if (node.waitPolicy === "LockWaitSkip") return p.refuse(node as Node, "SKIP LOCKED");
    const of = (node.lockedRels ?? []).map((relation) => p.print(relation));
    return `FOR UPDATE${of.length > 0 ? ` OF ${of.join(", ")}` : ""}${node.waitPolicy === "LockWaitError" ? " NOWAIT" : ""}`;
  }),
};

function readsFunction({ subselect }: SubLink): boolean {
  return holds(as("SelectStmt", subselect)?.fromClause, ({ kind }) => kind === "RangeFunction" || kind === "JsonTable");
}

/** A key of ORDER BY or GROUP BY: an integer is the number of a column there, of whatever type that is. */
function sortKey(key: Value | undefined, p: Printing): string {
  const ordinal = as("A_Const", key);
  if (ordinal?.ival === undefined) return p.print(key);
  p.ledger.carried(ordinal, ORDINAL_FIELDS);
  return String(ordinal.ival);
}

const ORDINAL_FIELDS: ReadonlySet<string> = new Set(["ival"]);

/** An exact number that another branch of a set operation makes a float: TiDB would round the floats to its digits. A constant is printed as one. */
export function isExactBesideFloat(target: Value, info: (node: Node) => ExprInfo | undefined): boolean {
  const val = as("ResTarget", target)?.val;
  const found = isNode(val) && val.kind !== "A_Const" ? info(val) : undefined;
  return found?.type.name === "numeric" && found.coerced?.name === "float8";
}

/** Whether it gives bits that are no column's. */
function isComputedBits(value: Value | undefined, p: Printing): boolean {
  return isNode(value) && value.kind !== "ColumnRef" && p.info(value)?.type.name === "bit";
}

/** Whether a node is the parser's, which knows its place, and no rule has looked at it. */
function isUnjudged(node: Node, p: Printing): boolean {
  return (node as { location?: number }).location !== undefined && !p.ledger.isJudged(node);
}

/** Whether a query's rows come in an order that TiDB leaves out where it is part of another, and no rule has looked at that. */
export function losesOrder(value: Value | undefined, p: Printing): boolean {
  const query = as("SelectStmt", value);
  return query !== undefined && Boolean(query.sortClause?.length) && !query.limitCount && !query.limitOffset && !p.ledger.isJudged(query);
}

/** Whether TiDB shows the columns behind * in another order: those of the right table first. */
function mergesRight(join: Pick<JoinExpr, "jointype" | "isNatural" | "usingClause">): boolean {
  return join.jointype === "JOIN_RIGHT" && (join.isNatural === true || (join.usingClause ?? []).length > 0);
}

function isTidb(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { kind?: string }).kind === "Tidb";
}

function names(values: readonly Value[]): string {
  return values.map((name) => identifier(String(name))).join(", ");
}

function simple(query: SelectStmt, p: Printing): string {
  if (query.valuesLists?.length) return p.refuse(query, "VALUES as a query");
  if (!query.targetList?.length) return p.refuse(query, "a SELECT list without columns");
  const [distinct] = query.distinctClause ?? [];
  if (isNode(distinct)) return p.refuse(query, "DISTINCT ON");
  const from = (query.fromClause ?? []).map((item) => fromItem(item, p));
  const groups = (query.groupClause ?? []).map((item) => sortKey(item, p));
  // HAVING makes one group of all rows in PostgreSQL; in TiDB only an aggregate does.
  if (query.havingClause && groups.length === 0 && ![...query.targetList, query.havingClause].some((value) => aggregates(value, p)))
    p.refuse(query, "HAVING without GROUP BY and without an aggregate");
  const windows = (query.windowClause ?? []).map((item) => windowDefinition(item, p));
  return clauses([
    elements(
      query.distinctClause ? "SELECT DISTINCT" : "SELECT",
      query.targetList.map((target) => p.print(target)),
    ),
    from.length > 0 ? `FROM ${from.join(", ")}` : "",
    query.whereClause ? `WHERE ${p.print(asCondition(query.whereClause))}` : "",
    groups.length > 0 ? `GROUP BY ${groups.join(", ")}` : "",
    query.havingClause ? `HAVING ${p.print(asCondition(query.havingClause))}` : "",
    windows.length > 0 ? `WINDOW ${windows.join(", ")}` : "",
  ]);
}

function aggregates(value: Value, p: Printing): boolean {
  let found = false;
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (!isNode(part) || (part.kind as string) === "SelectStmt") return;
    if (!(part as FuncCall).over && p.info(part)?.call?.kind === "aggregate") found = true;
    else for (const held of Object.values(part)) visit(held);
  };
  visit(value);
  return found;
}

function combined(query: SelectStmt, p: Printing): string {
  const word = SET_OPERATIONS[query.op ?? ""]!;
  if (query.all && query.op !== "SETOP_UNION") return p.refuse(query, `${word} ALL`);
  if ([query.larg, query.rarg].some((side) => side?.targetList?.some((target) => isExactBesideFloat(target, p.info))))
    return p.refuse(query, "exact numbers beside floats");
  const arms = [arm(query, query.larg, true, p), `${word}${query.all ? " ALL" : ""}`, arm(query, query.rarg, false, p)];
  return clauses(arms);
}

/** UNION and EXCEPT are read from the left, INTERSECT binds more tightly, in both. */
function arm(query: SelectStmt, side: SelectStmt | undefined, left: boolean, p: Printing): string {
  const text = p.print(side);
  if (!side || isTidb(side)) return text;
  const own = side.sortClause?.length || side.limitCount || side.limitOffset || side.lockingClause?.length || side.withClause;
  const bare = side.op === "SETOP_NONE" || (left && query.op !== "SETOP_INTERSECT");
  return own || !bare ? parenthesized(text) : text;
}

function tail(query: SelectStmt, p: Printing): string[] {
  if (query.limitOption === "LIMIT_OPTION_WITH_TIES") p.refuse(query, "WITH TIES");
  const sort = (query.sortClause ?? []).map((item) => p.print(item));
  const count = bound(query, query.limitCount, p);
  const offset = bound(query, query.limitOffset, p);
  return [
    sort.length > 0 ? `ORDER BY ${sort.join(", ")}` : "",
    count !== undefined ? `LIMIT ${count}` : offset !== undefined ? `LIMIT ${ALL_ROWS}` : "",
    offset !== undefined ? `OFFSET ${offset}` : "",
    ...(query.lockingClause ?? []).map((clause) => p.print(clause)),
  ];
}

/** A number or a parameter, which is all that LIMIT takes; undefined for ALL and NULL. */
function bound(query: SelectStmt, value: Value | undefined, p: Printing): string | undefined {
  if (value === undefined) return undefined;
  const text = p.print(value);
  const constant = as("A_Const", value);
  if (constant?.isnull) return undefined;
  if (constant?.ival !== undefined || constant?.fval !== undefined) return text;
  return as("ParamRef", value) || isTidb(value) ? text : p.refuse(query, "LIMIT or OFFSET with an expression");
}

/** An element of FROM; where TiDB has a table under another name, PostgreSQL's stays good for the rest of the query. */
export function fromItem(value: Value | undefined, p: Printing): string {
  const relation = as("RangeVar", value);
  if (!relation) return p.print(value);
  const name = relationName(relation);
  const known = find(p.catalog, p.catalog.tables, name) ?? p.catalog.views.get(key(p.catalog, name));
  if (!known && (name.schema === "pg_catalog" || name.schema === "information_schema" || name.name.startsWith("pg_")))
    return p.refuse(relation, systemRelation(name.name));
  if (sessionView(p.catalog, name) && !p.isCommon(relation))
    return p.refuse(relation, `the view ${name.name}, which is its session's own (put its query into WITH)`);
  if (!known && find(p.catalog, p.catalog.sequences, name))
    return p.refuse(relation, `the sequence ${name.name} as a relation (SHOW TABLE ${name.name} NEXT_ROW_ID tells where it stands)`);
  // PostgreSQL's tree marks what is read without ONLY; what a rule made has no mark of its own.
  const table = find(p.catalog, p.catalog.tables, name);
  if (!relation.inh && relation.location !== undefined && table?.partitioned) return p.refuse(relation, "ONLY of a partitioned table");
  const text = p.print(relation);
  return relation.alias || text === identifier(name.name) ? text : `${text} AS ${identifier(name.name)}`;
}

function aliasText(alias: Alias | undefined, node: Node, p: Printing): string {
  if (!alias) return "";
  p.ledger.carried(alias, ALIAS_FIELDS);
  if (alias.colnames?.length) return p.refuse(node, `column names in the alias ${alias.aliasname ?? ""}`);
  return ` AS ${identifier(alias.aliasname ?? "")}`;
}

const ALIAS_FIELDS = new Set(["aliasname", "colnames"]);

/** `c`, `t.c`, `t.*`; of `schema.table.c` the schema goes, as the table is known by its name alone. */
function columnText(fields: readonly Value[], node: Node, p: Printing): string {
  const parts = fields.slice(-2).map((field) => (typeof field === "string" ? identifier(field) : p.print(field)));
  const last = fields[fields.length - 1];
  if (p.scope && parts.length > 0)
    return typeof last === "string" ? parts[parts.length - 1]! : p.refuse(node, "a reference to all columns");
  if (typeof last === "string" && SYSTEM_COLUMNS.has(last)) return p.refuse(node, `the system column ${last}`);
  const type = typeof last === "string" && p.info(node)?.column === undefined ? p.info(node)?.type.name : undefined;
  if (type === "record" || (type !== undefined && p.catalog.tables.has(type)))
    return p.refuse(node, `the whole row ${parts.join(".")} as a value`);
  return parts.join(".");
}

/** The clauses between a window's parentheses. */
function windowBody(window: WindowDef, p: Printing): string {
  const options = window.frameOptions ?? 0;
  const partition = (window.partitionClause ?? []).map((item) => p.print(item));
  const order = (window.orderClause ?? []).map((item) => p.print(item));
  return [
    window.refname === undefined ? "" : identifier(window.refname),
    partition.length > 0 ? `PARTITION BY ${partition.join(", ")}` : "",
    order.length > 0 ? `ORDER BY ${order.join(", ")}` : "",
    options & FRAME.nonDefault ? frameText(window, options, p) : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** `w AS (…)` of a WINDOW clause. */
function windowDefinition(value: Value, p: Printing): string {
  const window = as("WindowDef", value);
  if (!window) return p.print(value);
  p.ledger.carried(window, WINDOW_FIELDS);
  return `${identifier(window.name ?? "")} AS (${windowBody(window, p)})`;
}

function frameText(window: WindowDef, options: number, p: Printing): string {
  if (options & FRAME.groups) return p.refuse(window, "a window frame of GROUPS");
  if (options & FRAME.exclusion) return p.refuse(window, "EXCLUDE in a window frame");
  const text = (side: 0 | 1, offset: Value | undefined) => {
    const words = BOUNDS.find((bound) => options & bound[side])?.[2] ?? "CURRENT ROW";
    return offset === undefined ? words : `${distance(window, offset, p)} ${words}`;
  };
  const unit = options & FRAME.rows ? "ROWS" : "RANGE";
  const start = text(0, window.startOffset);
  return options & FRAME.between ? `${unit} BETWEEN ${start} AND ${text(1, window.endOffset)}` : `${unit} ${start}`;
}

/** A number, or an interval that is of one of TiDB's units. */
function distance(window: WindowDef, offset: Value, p: Printing): string {
  const cast = as("TypeCast", offset);
  const isInterval = (p.info(offset)?.coerced ?? p.info(offset)?.type)?.name === "interval";
  if (!isInterval) return p.print(offset);
  const interval = parseInterval(literalText(offset) ?? "");
  const parts = Object.entries(interval ?? {}).filter(([, amount]) => amount !== 0);
  if (!interval || parts.length > 1 || cast?.typeName?.typmods?.length) return p.refuse(window, "this interval in a window frame");
  p.ledger.consumed(offset as Node);
  const [unit, amount] = parts[0] ?? ["days", 0];
  return `INTERVAL ${amount} ${unit.slice(0, -1).toUpperCase()}`;
}

const SUBLINKS: Readonly<Record<string, (node: SubLink, p: Printing) => string>> = {
  EXISTS_SUBLINK: (node, p) => `EXISTS ${parenthesized(p.print(node.subselect))}`,
  EXPR_SUBLINK: (node, p) => parenthesized(p.print(node.subselect)),
  ANY_SUBLINK: (node, p) => {
    const operator = node.operName === undefined ? "IN" : comparison(node, p, "ANY");
    const left = tested(node, p);
    return p.at(LEVEL.comparison, `${left} ${operator} ${parenthesized(p.print(node.subselect))}`);
  },
  ALL_SUBLINK: (node, p) => {
    const left = tested(node, p);
    return p.at(LEVEL.comparison, `${left} ${comparison(node, p, "ALL")} ${parenthesized(p.print(node.subselect))}`);
  },
};

const COMPARISONS = new Set(["=", "<>", "<", "<=", ">", ">="]);

function comparison(node: SubLink, p: Printing, quantifier: string): string {
  const operator = String(node.operName?.at(-1) ?? "");
  return COMPARISONS.has(operator) ? `${operator} ${quantifier}` : p.refuse(node, `${operator} ${quantifier} over a subquery`);
}
