import {
  as,
  type Catalog,
  type ColumnRef,
  columnRef,
  conjunction,
  type Derived,
  eachDescendant,
  error,
  find,
  type InsertStmt,
  isNode,
  type MergeStmt,
  type MergeWhenClause,
  mapType,
  type Node,
  nodesOf,
  note,
  operation,
  type RangeVar,
  type ResTarget,
  type Restated,
  relationName,
  resolveType,
  rule,
  temporaryName,
  temporaryTable,
  type Value,
  warning,
} from "../../src/rule.js";

const MESSAGES = {
  statement: warning("MERGE became one statement: a row that meets several rows of the source is an error in PostgreSQL, and not here", {
    help: "see to it that no two rows of the source meet the same row",
  }),
  statements: warning("MERGE became {count} statements: run them in one transaction, in this order", {
    help: "BEGIN; the statements; COMMIT. A row that meets several rows of the source is an error in PostgreSQL, and is written by any of them here",
  }),
  kept: note("which rows each WHEN writes is found first, and kept in the temporary table {name}", {
    help: "the account needs the right to CREATE TEMPORARY TABLES; the table goes with the session, or with the next call",
  }),
  refused: error("MERGE is not converted: {what}", {
    help: "write an UPDATE … FROM, a DELETE … USING and an INSERT … SELECT … WHERE NOT EXISTS in one transaction, with the rows to work on kept in a table",
  }),
};

export default rule({
  construct: "MERGE",
  why: `TiDB has no MERGE. Each WHEN becomes a statement of its own; one that would find other rows than in PostgreSQL, because an earlier one has
changed what it looks at, is not written.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-merge.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-insert",
  },
  messages: MESSAGES,
  restates: ["MergeStmt"],
  restate(statement, ctx) {
    const merge = as("MergeStmt", statement);
    if (!merge) return undefined;
    const plan = planOf(merge);
    const kept = typeof plan === "string" ? keptPlan(merge, ctx.catalog) : undefined;
    if (typeof plan === "string" && !kept) {
      ctx.report("refused", { what: plan });
      return undefined;
    }
    const nodes = kept?.nodes ?? (plan as readonly Node[]);
    ctx.consumed(merge);
    if (nodes.length === 1) ctx.report("statement");
    else ctx.report("statements", { count: nodes.length });
    if (kept) ctx.report("kept", { name: kept.relation.name });
    const { catalog } = ctx;
    const derived = kept && new Map([...catalog.derived, [`${kept.relation.schema}.${kept.relation.name}`, kept.relation]]);
    return nodes.map((node): Restated => (derived ? { node, catalog: { ...catalog, derived } } : { node }));
  },
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE s (id int, n int);
INSERT INTO t VALUES (1, 5), (2, NULL); INSERT INTO s VALUES (1, 7), (3, 8)`,
      pg: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n > 0 THEN UPDATE SET n = t.n + s.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, s.n)",
      tidb: `UPDATE t, s SET t.n = t.n + s.n WHERE t.id = s.id AND s.n > 0;
INSERT INTO t (id, n) SELECT s.id, s.n FROM s WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.id = s.id)`,
      findings: ["statements"],
      refuses: ["INSERT INTO t VALUES (3, 0)"],
      rejected: { sql: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE s (id int, n int)",
      pg: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n IS NULL THEN DO NOTHING WHEN MATCHED THEN DELETE",
      tidb: "DELETE t FROM t, s WHERE t.id = s.id AND (s.n IS NULL) IS NOT TRUE",
      findings: ["statement"],
    },
    {
      given: `CREATE TABLE wines (name varchar(20) PRIMARY KEY, stock int); CREATE TABLE changes (name varchar(20), delta int);
INSERT INTO wines VALUES ('a', 5), ('b', 2), ('c', NULL), ('é', 1); INSERT INTO changes VALUES ('a', -1), ('b', -2), ('c', 4), ('d', 7), ('A', -1), ('é', 0)`,
      pg: `MERGE INTO wines AS w USING changes AS s ON s.name = w.name WHEN NOT MATCHED AND s.delta > 0 THEN INSERT VALUES (s.name, s.delta)
WHEN MATCHED AND w.stock + s.delta > 0 THEN UPDATE SET stock = w.stock + s.delta WHEN MATCHED THEN DELETE`,
      tidb: `DROP TEMPORARY TABLE IF EXISTS wines_merged;
CREATE TEMPORARY TABLE wines_merged (name VARCHAR(20), step INT) COLLATE utf8mb4_0900_bin;
INSERT INTO wines_merged
SELECT w.name, CASE WHEN w.stock + s.delta > 0 THEN 1 ELSE 2 END
FROM wines AS w, changes AS s
WHERE s.name = w.name;
INSERT INTO wines
SELECT s.name, s.delta
FROM changes AS s
WHERE NOT EXISTS (SELECT 1 FROM wines AS w WHERE s.name = w.name) AND s.delta > 0;
UPDATE wines AS w, changes AS s
SET w.stock = w.stock + s.delta
WHERE s.name = w.name AND w.name IN (SELECT name FROM wines_merged WHERE step = 1);
DELETE FROM wines AS w WHERE w.name IN (SELECT name FROM wines_merged WHERE step = 2)`,
      findings: ["statements", "kept"],
    },
    {
      given:
        "CREATE TABLE t (id serial PRIMARY KEY, n int); CREATE TABLE s (id int, n int); INSERT INTO t (n) VALUES (5), (NULL), (7); INSERT INTO s VALUES (1, 7), (3, NULL)",
      pg: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND t.n > 6 THEN UPDATE SET n = 1 WHEN MATCHED AND t.n = 5 THEN UPDATE SET n = s.n WHEN NOT MATCHED BY SOURCE THEN DELETE",
      tidb: `DROP TEMPORARY TABLE IF EXISTS t_merged;
CREATE TEMPORARY TABLE t_merged (id INT, step INT) COLLATE utf8mb4_0900_bin;
INSERT INTO t_merged
SELECT t.id, CASE WHEN t.n > 6 THEN 1 WHEN t.n = 5 THEN 2 ELSE 0 END FROM t, s WHERE t.id = s.id;
INSERT INTO t_merged SELECT t.id, 3 FROM t WHERE NOT EXISTS (SELECT 1 FROM s WHERE t.id = s.id);
UPDATE t, s SET t.n = 1 WHERE t.id = s.id AND t.id IN (SELECT id FROM t_merged WHERE step = 1);
UPDATE t, s SET t.n = s.n WHERE t.id = s.id AND t.id IN (SELECT id FROM t_merged WHERE step = 2);
DELETE FROM t WHERE t.id IN (SELECT id FROM t_merged WHERE step = 3)`,
      findings: ["statements", "kept"],
    },
    {
      given: "CREATE TABLE t (id int, n int); CREATE TABLE s (id int, n int)",
      pg: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.n); MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 1 WHEN NOT MATCHED THEN INSERT VALUES (s.id, (SELECT sum(n) FROM t)); MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED AND s.n = 1 THEN INSERT VALUES (s.id, s.n) WHEN NOT MATCHED THEN INSERT VALUES (s.id, 2)",
      tidb: null,
      findings: ["refused", "refused", "refused"],
    },
  ],
});

/** Why no plan serves. */
function refusal({ relation, sourceRelation, withClause, returningClause, mergeWhenClauses = [] }: MergeStmt): string | undefined {
  if (returningClause) return "it has RETURNING";
  const name = relation!.relname!;
  if ([...reads(sourceRelation), ...reads(withClause)].includes(name)) return `its source reads ${name}`;
  const writing = nodesOf("MergeWhenClause", mergeWhenClauses).filter(({ commandType }) => commandType !== "CMD_NOTHING");
  const values = writing.flatMap(({ targetList = [], values: given = [] }) => [...targetList, ...given]);
  if (writing.length > 1 && values.some((value) => reads(value).includes(name))) return `its values read ${name}`;
  const inserts = writing.filter(({ commandType }) => commandType === "CMD_INSERT");
  return inserts.length > 1 ? "what one WHEN inserts would be met by the next that does" : undefined;
}

function planOf(merge: MergeStmt): readonly Node[] | string {
  const target = merge.relation!;
  const source = merge.sourceRelation!;
  const on = merge.joinCondition!;
  const name = target.alias?.aliasname ?? target.relname!;
  const refused = refusal(merge);
  if (refused) return refused;
  const whens = nodesOf("MergeWhenClause", merge.mergeWhenClauses);
  const own = columnsOf(name, [on, ...whens.map(({ condition }) => condition)]);
  if (own === undefined) return "its conditions have subqueries in them";
  const around = merge.withClause ? { withClause: merge.withClause } : {};
  const missing = (from: Value): Value => noneMeets(from, on);
  const plan: Node[] = [];
  const before = new Map<string, Value[]>();
  let deletes = false;
  let inserts = false;
  // What is inserted last meets no other condition; of one kind they stay in their order.
  const kinds = [...whens].sort((a, b) => Number(insertsOf(a)) - Number(insertsOf(b)));
  for (const when of kinds) {
    const kind = when.matchKind ?? "MERGE_WHEN_MATCHED";
    const earlier = before.get(kind) ?? [];
    const condition = conjunction([...(when.condition ? [when.condition] : []), ...earlier.map(isNotTrue)]);
    before.set(kind, [...earlier, when.condition ?? TRUE]);
    if (when.commandType === "CMD_NOTHING") continue;
    const found = kind === "MERGE_WHEN_MATCHED" ? on : kind === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE" ? missing(source) : undefined;
    const from = kind === "MERGE_WHEN_MATCHED" ? [source] : [];
    const whereClause = conjunction([...(found ? [found] : []), ...(condition ? [condition] : [])])!;
    if (when.commandType === "CMD_UPDATE") {
      const set = (when.targetList ?? []).flatMap((item) => as("ResTarget", item)?.name ?? []);
      const last = kinds.at(-1) === when;
      if (!last && set.some((column) => own.has(column)))
        return `${set.find((column) => own.has(column))} is written, and read by its conditions`;
      plan.push({
        kind: "UpdateStmt",
        relation: target,
        targetList: when.targetList!,
        ...(from.length > 0 && { fromClause: from }),
        whereClause,
        ...around,
      } as Node);
    } else if (when.commandType === "CMD_DELETE") {
      deletes = true;
      plan.push({ kind: "DeleteStmt", relation: target, ...(from.length > 0 && { usingClause: from }), whereClause, ...around } as Node);
    } else {
      inserts = true;
      const insert = inserting(when, target, source, conjunction([missing(target), ...(condition ? [condition] : [])])!, around);
      if (typeof insert === "string") return insert;
      plan.push(insert);
    }
  }
  if (deletes && inserts) return "it deletes rows and inserts others: what was deleted would be inserted again";
  return plan;
}

/**
 * The statements where one would change what another looks at: which rows each WHEN writes is kept by their keys, the rows that are inserted
 * come before those that are deleted.
 * @returns undefined without a primary key, which is not written
 */
function keptPlan(merge: MergeStmt, catalog: Catalog): { readonly nodes: readonly Node[]; readonly relation: Derived } | undefined {
  const target = merge.relation!;
  const source = merge.sourceRelation!;
  const on = merge.joinCondition!;
  const name = target.alias?.aliasname ?? target.relname!;
  const whens = nodesOf("MergeWhenClause", merge.mergeWhenClauses);
  const table = find(catalog, catalog.tables, relationName(target));
  const key = [...(table?.constraints.values() ?? [])].find(({ type }) => type === "primary")?.columns;
  const types = key?.map((column) => mapType(catalog, column.type, column)?.sql);
  const updates = whens.filter(({ commandType }) => commandType === "CMD_UPDATE");
  const isKeySet = key?.some((column) => updates.some((when) => writes(when, column.name)));
  if (refusal(merge) || !table || !key || !types || types.includes(undefined) || isKeySet) return undefined;
  const around = merge.withClause ? { withClause: merge.withClause } : {};
  const own: RangeVar = { kind: "RangeVar", relname: temporaryName(catalog, `${table.name}_merged`), inh: true, relpersistence: "p" };
  const keys = key.map((column): ColumnRef => ({ kind: "ColumnRef", fields: [name, column.name] }));
  const steps = whens.filter((when) => !insertsOf(when));
  const keeping = KINDS.flatMap((kind): Node[] => {
    const args = steps.flatMap((when, i) => ((when.matchKind ?? MATCHED) === kind ? [{ when, step: i + 1 }] : []));
    if (args.length === 0) return [];
    const matched = kind === MATCHED;
    const targetList = [...keys, stepOf(args)].map((val): ResTarget => ({ kind: "ResTarget", val: val as Value }));
    const fromClause = matched ? [target, source] : [target];
    const selectStmt = { ...SELECT, targetList, fromClause, whereClause: matched ? on : noneMeets(source, on) };
    return [{ kind: "InsertStmt", relation: own, selectStmt, override: "OVERRIDING_NOT_SET", ...around } as Node];
  });
  const inserts: Node[] = [];
  const earlier: Value[] = [];
  for (const when of whens.filter(insertsOf)) {
    const conditions = [noneMeets(target, on), ...(when.condition ? [when.condition] : []), ...earlier.map(isNotTrue)];
    earlier.push(when.condition ?? TRUE);
    if (when.commandType === "CMD_NOTHING") continue;
    const insert = inserting(when, target, source, conjunction(conditions)!, around);
    if (typeof insert === "string") return undefined;
    inserts.push(insert);
  }
  const writing = steps.flatMap((when, i): Node[] => {
    const whereClause = among(keys, own, i + 1);
    if (when.commandType === "CMD_DELETE") return [{ kind: "DeleteStmt", relation: target, whereClause } as Node];
    if (when.commandType !== "CMD_UPDATE") return [];
    const matched = (when.matchKind ?? MATCHED) === MATCHED;
    const joined = matched ? { fromClause: [source], whereClause: conjunction([on, whereClause])! } : { whereClause };
    return [{ kind: "UpdateStmt", relation: target, targetList: when.targetList!, ...joined, ...around } as Node];
  });
  const columns = [...key.map((column, i) => ({ name: column.name, type: types[i]! })), { name: STEP, type: "INT" }];
  const derived = [
    ...key.map((column) => ({ name: column.name, type: resolveType(catalog, column.type) })),
    { name: STEP, type: { name: "int4" } },
  ];
  return {
    nodes: [...(temporaryTable(own.relname!, columns) as readonly never[]), ...keeping, ...inserts, ...writing],
    relation: {
      schema: catalog.schema,
      name: own.relname!,
      kind: "table",
      temporary: true,
      columns: derived.map((column) => ({ ...column, nullable: false })),
    },
  };
}

const STEP = "step";
const MATCHED = "MERGE_WHEN_MATCHED";
const KINDS = [MATCHED, "MERGE_WHEN_NOT_MATCHED_BY_SOURCE"];

function writes({ targetList }: MergeWhenClause, column: string): boolean {
  return nodesOf("ResTarget", targetList).some(({ name }) => name === column);
}

/** The number of the first WHEN whose condition holds. */
function stepOf(whens: readonly { readonly when: MergeWhenClause; readonly step: number }[]): Value {
  const number = (ival: number): Value => ({ kind: "A_Const", ival }) as Value;
  const last = whens.findIndex(({ when }) => !when.condition);
  const conditional = last < 0 ? whens : whens.slice(0, last);
  const args = conditional.map(({ when, step }) => ({ kind: "CaseWhen", expr: when.condition!, result: number(step) }));
  const otherwise = number(last < 0 ? 0 : whens[last]!.step);
  return args.length === 0 ? otherwise : ({ kind: "CaseExpr", args, defresult: otherwise } as unknown as Value);
}

/** Whether the row's key is one of those kept for a step. */
function among(keys: readonly ColumnRef[], kept: RangeVar, step: number): Value {
  const targetList = keys.map(({ fields }): ResTarget => ({ kind: "ResTarget", val: columnRef(String(fields!.at(-1))) }));
  const whereClause = operation("=", columnRef(STEP), { kind: "A_Const", ival: step } as Value);
  const testexpr = keys.length === 1 ? keys[0]! : { kind: "RowExpr", args: keys, row_format: "COERCE_IMPLICIT_CAST" };
  return {
    kind: "SubLink",
    subLinkType: "ANY_SUBLINK",
    testexpr,
    subselect: { ...SELECT, targetList, fromClause: [kept], whereClause },
  } as Value;
}

/** No row of a relation meets the condition. */
function noneMeets(relation: Value, whereClause: Value): Value {
  const subselect = { ...SELECT, targetList: [{ kind: "ResTarget", val: ONE }], fromClause: [relation], whereClause };
  return { kind: "BoolExpr", boolop: "NOT_EXPR", args: [{ kind: "SubLink", subLinkType: "EXISTS_SUBLINK", subselect }] } as Value;
}

function insertsOf({ matchKind }: MergeWhenClause): boolean {
  return matchKind === "MERGE_WHEN_NOT_MATCHED_BY_TARGET";
}

const SELECT = { kind: "SelectStmt", op: "SETOP_NONE", limitOption: "LIMIT_OPTION_DEFAULT" } as const;
const ONE: Value = { kind: "A_Const", ival: 1 };
const TRUE: Value = { kind: "A_Const", boolval: true };

function isNotTrue(arg: Value): Value {
  return { kind: "BooleanTest", arg, booltesttype: "IS_NOT_TRUE" } as Value;
}

/** The rows of the source that meet none of the target. What is DEFAULT is left out of the list. */
function inserting(when: MergeWhenClause, target: RangeVar, source: Value, whereClause: Value, around: object): InsertStmt | string {
  const { alias: _alias, ...relation } = target;
  const values = when.values ?? [];
  const given = values.map((value) => !as("SetToDefault", value));
  if (values.length === 0) return "it inserts DEFAULT VALUES";
  if (given.includes(false) && !when.targetList?.length) return "it inserts DEFAULT without naming the columns";
  const targetList = values.filter((_, i) => given[i]).map((val): ResTarget => ({ kind: "ResTarget", val }));
  const cols = when.targetList?.filter((_, i) => given[i] ?? true);
  return {
    kind: "InsertStmt",
    relation,
    ...(cols?.length && { cols }),
    selectStmt: { ...SELECT, targetList, fromClause: [source], whereClause },
    override: when.override ?? "OVERRIDING_NOT_SET",
    ...around,
  } as InsertStmt;
}

function reads(value: Value | undefined): string[] {
  const found: string[] = [];
  if (isNode(value))
    eachDescendant(value, (node) => {
      if (node.kind === "RangeVar") found.push(node.relname ?? "");
    });
  return found;
}

/** Columns of the target that its conditions may read; undefined where a subquery may read any. */
function columnsOf(name: string, conditions: readonly (Value | undefined)[]): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  let plain = true;
  for (const condition of conditions)
    if (isNode(condition))
      eachDescendant(condition, (node) => {
        const fields = as("ColumnRef", node)?.fields;
        const column = fields?.at(-1);
        if (typeof column === "string" && (fields!.length === 1 || fields!.at(-2) === name)) found.add(column);
        if (node.kind === "SubLink") plain = false;
      });
  return plain ? found : undefined;
}
