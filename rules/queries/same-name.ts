import {
  as,
  type ColumnRef,
  type DeleteStmt,
  eachDescendant,
  HOLD_QUERIES,
  type Node,
  type RangeVar,
  rewritten,
  rule,
  type UpdateStmt,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "tables of one name from several schemas",
  why: `PostgreSQL tells two tables of one name in a FROM clause apart by their schemas; TiDB takes the second for the first's name again
(error 1066). Each gets an alias made of its schema and its name.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-schemas.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-select",
  },
  messages: {},
  restates: HOLD_QUERIES,
  about: "RangeVar",
  where: (node) => as("RangeVar", node)?.schemaname !== undefined,
  restate(statement, ctx) {
    const scopes = sharingScopes(statement);
    if (scopes.size === 0) return undefined;
    const isShared = (name: string, around: readonly Node[]) => around.some((each) => scopes.get(each)?.has(name));
    const aliasOf = (schema: string, name: string) => `${schema}_${name}`;
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const table = as("RangeVar", node);
      if (table?.schemaname !== undefined && !table.alias && isShared(table.relname ?? "", around) && isRead(table, around)) {
        const aliasname = aliasOf(table.schemaname, table.relname!);
        return ctx.change(table, { alias: { kind: "Alias", aliasname } }) as RangeVar;
      }
      const fields = as("ColumnRef", node)?.fields ?? [];
      const [schema, name] = fields.length === 3 ? fields : [];
      if (typeof schema !== "string" || typeof name !== "string" || !isShared(name, around)) return undefined;
      return ctx.change(node as ColumnRef, { fields: [aliasOf(schema, name), fields[2]!] }) as ColumnRef;
    });
    return [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (id int, x int); CREATE TABLE b.t (id int, x int); INSERT INTO a.t VALUES (1, 1), (2, 2), (3, NULL); INSERT INTO b.t VALUES (2, 5), (2, 6), (4, 7)",
      pg: "SELECT a.t.x, b.t.x AS y FROM a.t JOIN b.t ON a.t.id = b.t.id ORDER BY 1, 2; DELETE FROM a.t USING b.t WHERE a.t.id = b.t.id; UPDATE a.t SET x = 9 FROM b.t WHERE a.t.id < b.t.id",
      tidb: `SELECT a_t.x, b_t.x AS y
FROM a_t AS a_t
JOIN b_t AS b_t ON a_t.id = b_t.id
ORDER BY a_t.x IS NULL, 1, b_t.x IS NULL, 2;
DELETE a_t FROM a_t AS a_t, b_t AS b_t WHERE a_t.id = b_t.id;
UPDATE a_t AS a_t, b_t AS b_t SET a_t.x = 9 WHERE a_t.id < b_t.id`,
      rejected: { sql: "SELECT 1 FROM a_t AS t, b_t AS t", code: 1066 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 4), (2, NULL)",
      pg: "INSERT INTO t SELECT id + 10, a FROM (SELECT t.id, t.a FROM public.t WHERE t.a > 3) AS s; SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM public.t WHERE t.id = 11) ORDER BY t.id",
      tidb: `INSERT INTO t SELECT id + 10, a FROM (SELECT t.id, t.a FROM t WHERE t.a > 3) AS s;
SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM t WHERE t.id = 11) ORDER BY t.id`,
    },
  ],
});

/** Queries and statements that read tables of one name from several schemas side by side, none of them under an alias, with these names. */
function sharingScopes(statement: Node): ReadonlyMap<Node, ReadonlySet<string>> {
  const scopes = new Map<Node, ReadonlySet<string>>();
  eachDescendant(statement, (scope) => {
    const schemas = new Map<string, Set<string>>();
    for (const { relname = "", schemaname = "" } of sideBySide(scope))
      schemas.set(relname, (schemas.get(relname) ?? new Set()).add(schemaname));
    const shared = [...schemas].filter(([, all]) => all.size > 1).map(([name]) => name);
    if (shared.length > 0) scopes.set(scope, new Set(shared));
  });
  return scopes;
}

function sideBySide(scope: Node): RangeVar[] {
  const { relation, fromClause = [], usingClause = [] } = scope as Partial<UpdateStmt & DeleteStmt>;
  const own = scope.kind === "UpdateStmt" || scope.kind === "DeleteStmt" ? [relation as Value] : [];
  const leaves = (item: Value): Value[] => {
    const join = as("JoinExpr", item);
    return join ? [join.larg!, join.rarg!].flatMap(leaves) : [item];
  };
  return [...own, ...fromClause, ...usingClause].flatMap(leaves).flatMap((item) => {
    const table = as("RangeVar", item);
    return table && !table.alias ? [table] : [];
  });
}

/** What a statement puts its rows into has no alias. */
function isRead(table: RangeVar, around: readonly Node[]): boolean {
  const holder = around.at(-1);
  return holder?.kind !== "InsertStmt" && !(holder?.kind === "ViewStmt" && holder.view === table) && holder?.kind !== "IntoClause";
}
