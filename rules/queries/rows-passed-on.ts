import {
  type A_Indirection,
  as,
  type CommonTableExpr,
  type Context,
  eachDescendant,
  edited,
  functionCall,
  HOLD_QUERIES,
  holds,
  isNode,
  isStar,
  mayBeMissing,
  type Node,
  nodesOf,
  note,
  outputName,
  qualified,
  type RangeSubselect,
  type RangeVar,
  type ResTarget,
  rewritten,
  rule,
  type SelectStmt,
  unplaced,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  fields: note("{query} gives the fields of the row {row} that are read of it, in its place"),
};

export default rule({
  construct: "whole rows as columns of subqueries, of which fields are read: (q.t).a",
  why: `TiDB has no value that is a whole row. Where the query around reads no more of it than fields, the subquery gives these instead of the row.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-ACCESSING",
    tidb: "https://docs.pingcap.com/tidb/stable/expression-syntax",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: ["RangeSubselect", "CommonTableExpr"],
  where: (node) => holdsRow(node.kind === "RangeSubselect" ? node.subquery : node.kind === "CommonTableExpr" ? node.ctequery : undefined),
  restate(statement, ctx) {
    let node = statement;
    // A row that is handed on twice is taken apart by the outer query first.
    for (let i = 0; i < 9; i++) {
      const next = rewritten(node as Value, ctx.change as never, (inner) => {
        const select = as("SelectStmt", inner as Value);
        return select && taken(select, ctx);
      }) as unknown as Node;
      if (next === node) break;
      node = next;
    }
    return node === statement ? undefined : [{ node }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (id int PRIMARY KEY, n int, b int); INSERT INTO t VALUES (1, 'x'), (2, NULL); INSERT INTO u VALUES (7, 1, 5), (8, 1, NULL)",
      pg: "SELECT (t).a, (q.u).b AS n FROM (SELECT t, u FROM t LEFT JOIN u ON u.n = t.id) AS q WHERE (t).id > 0 ORDER BY (u).id; SELECT to_jsonb(q.t) AS j FROM (SELECT t FROM t) AS q ORDER BY (q.t).id",
      tidb: "SELECT q.field_1 AS a, q.field_3 AS n\nFROM (\n  SELECT t.a AS field_1, t.id AS field_2, u.b AS field_3, u.id AS field_4\n  FROM t\n  LEFT JOIN u ON u.n = t.id\n) AS q\nWHERE q.field_2 > 0\nORDER BY q.field_4 IS NULL, q.field_4;\nSELECT q.field_1 AS j\nFROM (SELECT JSON_OBJECT('id', t.id, 'a', t.a) AS field_1, t.id AS field_2 FROM t) AS q\nORDER BY q.field_2",
      findings: ["fields", "fields", "fields"],
    },
  ],
});

/** Whether a query lists a name alone, or ROW(…): what may be a row. */
function holdsRow(query: Value | undefined): boolean {
  return (as("SelectStmt", query)?.targetList ?? []).some((target) => isRow(as("ResTarget", target)?.val));
}

const isRow = (value: Value | undefined): boolean => as("RowExpr", value) !== undefined || as("ColumnRef", value)?.fields?.length === 1;

/** A query in FROM, or of WITH and read once. */
interface Inner {
  readonly query: SelectStmt;
  readonly alias: string;
  /** Where it stands. */
  readonly item: RangeSubselect | RangeVar;
  /** The query around with another in its place. */
  readonly put: (around: SelectStmt, query: SelectStmt) => SelectStmt;
}

function taken(select: SelectStmt, ctx: Ctx): SelectStmt | undefined {
  if (select.op !== "SETOP_NONE") return undefined;
  let found: SelectStmt | undefined;
  holds(
    select.fromClause as Value,
    (node) => {
      const inner = found ? undefined : innerOf(node, select, ctx);
      if (inner) found = pushed(select, inner, ctx);
      return found !== undefined;
    },
    (node) => node.kind === "RangeSubselect",
  );
  return found;
}

function innerOf(node: Node, select: SelectStmt, ctx: Ctx): Inner | undefined {
  const put =
    <N extends Node>(from: N, to: (found: N) => Node) =>
    (around: SelectStmt) =>
      rewritten(around as never, ctx.change as never, (each) => (each === from ? to(from) : undefined)) as never as SelectStmt;
  if (node.kind === "RangeSubselect") {
    const query = as("SelectStmt", node.subquery);
    const { aliasname, colnames } = node.alias ?? {};
    if (!query || aliasname === undefined || colnames) return undefined;
    const replaced = (subquery: SelectStmt) => put(node, (found) => ctx.change(found as RangeSubselect, { subquery: subquery as never }));
    return { query, alias: aliasname, item: node, put: (around, next) => replaced(next)(around) };
  }
  if (node.kind !== "RangeVar" || node.schemaname !== undefined || node.alias?.colnames) return undefined;
  const cte = nodesOf("CommonTableExpr", select.withClause?.ctes).find(({ ctename }) => ctename === node.relname);
  const query = as("SelectStmt", cte?.ctequery);
  let reads = 0;
  eachDescendant(select, (each) => {
    if (each.kind === "RangeVar" && each.relname === node.relname) reads++;
  });
  if (!cte || !query || cte.aliascolnames || reads !== 1) return undefined;
  const replaced = (ctequery: SelectStmt) =>
    put(cte as Node, (found) => ctx.change(found as CommonTableExpr, { ctequery: ctequery as never }));
  return { query, alias: node.alias?.aliasname ?? node.relname!, item: node, put: (around, next) => replaced(next)(around) };
}

/** The query with one row of an inner one taken apart, if no more than its fields are read. */
function pushed(select: SelectStmt, { query: inner, alias, item, put }: Inner, ctx: Ctx): SelectStmt | undefined {
  if (!inner.targetList || inner.op !== "SETOP_NONE" || inner.distinctClause?.some((key) => !isNode(key))) return undefined;
  const columns = ctx.analysis.range(ctx.origin(select)).find((entry) => entry.alias === alias)?.columns ?? [];
  const names = new Set(nodesOf("ResTarget", inner.targetList).map(outputName));
  for (const target of nodesOf("ResTarget", inner.targetList)) {
    const name = outputName(target);
    const type = columns.find((column) => column.name === name)?.info.type.name ?? "";
    const table = ctx.catalog.tables.get(type);
    if (name === undefined || !isRow(target.val) || (type !== "record" && !table)) continue;
    const added = new Map<string, ResTarget>();
    const column = (key: string, value: Value): Value => {
      let made = added.get(key);
      if (!made) {
        let fresh = ctx.fresh("field");
        while (names.has(fresh)) fresh = ctx.fresh("field");
        made = { kind: "ResTarget", name: fresh, val: value };
        added.set(key, made);
      }
      return { kind: "ColumnRef", fields: [alias, made.name!] };
    };
    const row = { alias, name, value: target.val!, columns: table && [...table.columns.keys()], column };
    const next = readBy(select, item, row, ctx);
    if (!next) continue;
    const targetList = inner.targetList.flatMap((each) => (each === target ? [...added.values()] : [each]));
    const subquery = ctx.change(inner, { targetList }) as SelectStmt;
    ctx.consumed(target);
    ctx.report("fields", { query: alias, row: name }, target);
    return put(next, subquery);
  }
  return undefined;
}

interface Row {
  readonly alias: string;
  readonly name: string;
  /** What the subquery lists. */
  readonly value: Value;
  /** The columns of its table; undefined for those of ROW(…). */
  readonly columns: readonly string[] | undefined;
  /** A column of the subquery for what is read of the row. */
  readonly column: (key: string, value: Value) => Value;
}

/** The query with columns in the place of what it reads of a row; undefined if it reads the row as a whole. */
function readBy(select: SelectStmt, item: Node, row: Row, ctx: Ctx): SelectStmt | undefined {
  let isWhole = false;
  const isRow = (value: Value | undefined): boolean => {
    const fields = as("ColumnRef", value)?.fields ?? [];
    return fields.at(-1) === row.name && (fields.length === 1 || (fields.length === 2 && fields[0] === row.alias));
  };
  const isAll = (value: Value): boolean => {
    const fields = isStar(value) ? as("ColumnRef", value)!.fields! : [];
    return fields.length === 1 || fields[0] === row.alias;
  };
  const fieldOf = (field: string): Value =>
    row.column(field, { kind: "A_Indirection", arg: unplaced(row.value), indirection: [field] } as A_Indirection);
  const readOf = (node: Node): Value | undefined => {
    const field = as("A_Indirection", node);
    const [name, ...more] = field?.indirection ?? [];
    if (field && isRow(field.arg) && typeof name === "string")
      return more.length === 0 ? fieldOf(name) : ({ ...field, arg: fieldOf(name), indirection: more } as A_Indirection);
    const test = as("NullTest", node);
    if (test && isRow(test.arg) && !mayBeMissing(select.fromClause ?? [], row.alias))
      return row.column(test.nulltesttype!, { ...test, location: undefined, arg: unplaced(row.value) } as Value);
    const call = as("FuncCall", node);
    const { name: called } = qualified(call?.funcname ?? []);
    if (call && call.args?.length === 1 && isRow(call.args[0]) && DOCUMENTS.has(called))
      return row.column(called, functionCall(called, [unplaced(row.value)]));
    return undefined;
  };
  const listed = (item: Value): readonly Value[] => {
    const target = as("ResTarget", item);
    const all = as("A_Indirection", target?.val);
    const isEach = all && isRow(all.arg) && all.indirection?.length === 1 && as("A_Star", all.indirection[0]);
    if (!target || !isEach || !row.columns) return [read(item)];
    ctx.consumed(target);
    return row.columns.map((name): ResTarget => ({ kind: "ResTarget", name, val: fieldOf(name) }));
  };
  const read = (value: Value): Value => {
    if (Array.isArray(value))
      return edited(value as readonly Value[], (item) => {
        const next = listed(item);
        return next.length === 1 && next[0] === item ? undefined : next;
      }) as unknown as Value;
    if (!isNode(value) || value === item) return value;
    if (value.kind === "SelectStmt") {
      isWhole ||= holds(value, (node) => isRow(node as Value));
      return value;
    }
    const made = readOf(value);
    if (made) {
      ctx.consumed(value);
      return made;
    }
    isWhole ||= isRow(value) || isAll(value);
    const next = fieldsRead(value);
    const [target, after] = [as("ResTarget", value), as("ResTarget", next as Value)];
    const name = target && next !== value ? outputName(target) : undefined;
    return after && name !== undefined && outputName(after) !== name ? (ctx.change(after, { name }) as Node) : next;
  };
  const fieldsRead = (node: Node): Node => {
    const patch: Record<string, unknown> = {};
    for (const [field, held] of Object.entries(node)) {
      if (typeof held !== "object" || held === null || field === "withClause") continue;
      const next = read(held as Value);
      if (next !== held) patch[field] = next;
    }
    return Object.keys(patch).length > 0 ? (ctx.change(node, patch as never) as Node) : node;
  };
  const next = fieldsRead(select);
  return isWhole || next === select ? undefined : (next as SelectStmt);
}

/** Functions that make a document of a row. */
const DOCUMENTS = new Set(["row_to_json", "to_json", "to_jsonb"]);
