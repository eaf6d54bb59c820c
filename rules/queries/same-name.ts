import { as, type ColumnRef, eachDescendant, HOLD_QUERIES, type Node, type RangeVar, rewritten, rule, type Value } from "../../src/rule.js";

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
    const shared = sharedNames(statement);
    if (shared.size === 0) return undefined;
    const aliasOf = (schema: string, name: string) => `${schema}_${name}`;
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const table = as("RangeVar", node);
      if (table?.schemaname !== undefined && !table.alias && shared.has(table.relname ?? "") && isRead(table, around)) {
        const aliasname = aliasOf(table.schemaname, table.relname!);
        return ctx.change(table, { alias: { kind: "Alias", aliasname } }) as RangeVar;
      }
      const fields = as("ColumnRef", node)?.fields ?? [];
      const [schema, name] = fields.length === 3 ? fields : [];
      if (typeof schema !== "string" || typeof name !== "string" || !shared.has(name)) return undefined;
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
  ],
});

/** Names that tables of several schemas are read by, none of them under an alias. */
function sharedNames(statement: Node): ReadonlySet<string> {
  const schemas = new Map<string, Set<string>>();
  eachDescendant(statement, (node) => {
    if (node.kind !== "RangeVar" || node.alias || node.relname === undefined) return;
    schemas.set(node.relname, (schemas.get(node.relname) ?? new Set()).add(node.schemaname ?? ""));
  });
  return new Set([...schemas].filter(([, all]) => all.size > 1).map(([name]) => name));
}

/** What a statement puts its rows into has no alias. */
function isRead(table: RangeVar, around: readonly Node[]): boolean {
  const holder = around.at(-1);
  return holder?.kind !== "InsertStmt" && !(holder?.kind === "ViewStmt" && holder.view === table) && holder?.kind !== "IntoClause";
}
