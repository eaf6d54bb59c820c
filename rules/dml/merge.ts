import {
  as,
  conjunction,
  eachDescendant,
  error,
  type InsertStmt,
  isNode,
  type MergeStmt,
  type MergeWhenClause,
  type Node,
  nodesOf,
  type RangeVar,
  type ResTarget,
  type Restated,
  rule,
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
    if (typeof plan === "string") {
      ctx.report("refused", { what: plan });
      return undefined;
    }
    ctx.consumed(merge);
    if (plan.length === 1) ctx.report("statement");
    else ctx.report("statements", { count: plan.length });
    return plan.map((node): Restated => ({ node }));
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
      given: "CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE s (id int, n int)",
      pg: "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.n)",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

function planOf(merge: MergeStmt): readonly Node[] | string {
  const target = merge.relation!;
  const source = merge.sourceRelation!;
  const on = merge.joinCondition!;
  const name = target.alias?.aliasname ?? target.relname!;
  if (merge.returningClause) return "it has RETURNING";
  if (reads(source).includes(target.relname!) || reads(merge.withClause).includes(target.relname!))
    return `its source reads ${target.relname}`;
  const whens = nodesOf("MergeWhenClause", merge.mergeWhenClauses);
  const own = columnsOf(name, [on, ...whens.map(({ condition }) => condition)]);
  if (own === undefined) return "its conditions have subqueries in them";
  const around = merge.withClause ? { withClause: merge.withClause } : {};
  const missing = (from: Value): Value =>
    ({
      kind: "BoolExpr",
      boolop: "NOT_EXPR",
      args: [
        {
          kind: "SubLink",
          subLinkType: "EXISTS_SUBLINK",
          subselect: { ...SELECT, targetList: [{ kind: "ResTarget", val: ONE }], fromClause: [from], whereClause: on },
        },
      ],
    }) as Value;
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
