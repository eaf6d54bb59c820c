import {
  as,
  error,
  find,
  type InsertStmt,
  isAutoIncrement,
  isStar,
  note,
  type ResTarget,
  relationName,
  rule,
  type SelectStmt,
  type Value,
} from "../../src/rule.js";

export default rule({
  construct: "INSERT … OVERRIDING",
  why: `TiDB takes a given number for an AUTO_INCREMENT column as it is, and has no word to take its own instead: a column whose value PostgreSQL
passes over is left out of the list and of the rows.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-insert.html",
    tidb: "https://docs.pingcap.com/tidb/stable/auto-increment",
  },
  messages: {
    system: note("OVERRIDING SYSTEM VALUE is left away: TiDB always takes the number that is given"),
    counted: note("{column} is left out of the INSERT: OVERRIDING USER VALUE passes over its values, and it counts by itself"),
    user: error("OVERRIDING USER VALUE is not in the output: TiDB takes the number that is given", {
      help: "leave the identity column out of the list and out of the rows",
    }),
  },
  on: (takes) => [
    takes("InsertStmt", ["override", "relation", "cols", "selectStmt"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      if (insert.override === "OVERRIDING_SYSTEM_VALUE")
        return ctx.replace(ctx.change(insert, { override: "OVERRIDING_NOT_SET" }), "system");
      if (insert.override !== "OVERRIDING_USER_VALUE") return;
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(insert.relation!));
      const query = as("SelectStmt", insert.selectStmt);
      const rows = query ? rowsOf(query) : [];
      const width = rows[0]?.length ?? 0;
      const names = insert.cols
        ? insert.cols.map((item) => as("ResTarget", item)?.name ?? "")
        : [...(table?.columns.keys() ?? [])].slice(0, width);
      const place = names.findIndex((name) => {
        const column = table?.columns.get(name);
        return column !== undefined && isAutoIncrement(column);
      });
      const given = rows.map((row) => row[place]);
      // What is computed may do something; a constant and a column do not.
      const isPlain = (value: Value | undefined) => PLAIN.some((kind) => as(kind, value));
      if (place < 0 || names.length < 2 || rows.length === 0 || !given.every((item) => isPlain(as("ResTarget", item)?.val ?? item)))
        return ctx.replace(ctx.change(insert, { override: "OVERRIDING_NOT_SET" }), "user");
      const without = (list: readonly Value[]) => list.filter((_, i) => i !== place);
      if (insert.cols) ctx.consumed(insert.cols[place]!);
      for (const value of given) ctx.consumed(value!);
      const selectStmt = ctx.change(query!, query!.valuesLists ? { valuesLists: rows.map(without) } : { targetList: without(rows[0]!) });
      const cols = without(insert.cols ?? names.map((name): ResTarget => ({ kind: "ResTarget", name })));
      const rest = ctx.change(insert, { override: "OVERRIDING_NOT_SET", cols, selectStmt });
      return ctx.replace(rest, "counted", { column: names[place]! });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)",
      pg: "INSERT INTO t (id, a) OVERRIDING SYSTEM VALUE VALUES (7, 1); INSERT INTO t (id, a) OVERRIDING USER VALUE SELECT 8 + 1, 1",
      tidb: "INSERT INTO t (id, a) VALUES (7, 1);\nINSERT INTO t (id, a) SELECT 8 + 1, 1",
      findings: ["system", "user"],
      refuses: ["INSERT INTO t (id) VALUES (7)"],
    },
    {
      given: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)",
      pg: "INSERT INTO t (a, id) OVERRIDING USER VALUE VALUES (1, 70), (2, DEFAULT); INSERT INTO t OVERRIDING USER VALUE VALUES (9, 3); INSERT INTO t (id, a) OVERRIDING USER VALUE SELECT id, a FROM t AS u WHERE a > 1",
      tidb: "INSERT INTO t (a) VALUES (1), (2);\nINSERT INTO t (a) VALUES (3);\nINSERT INTO t (a) SELECT a FROM t AS u WHERE a > 1",
      findings: ["counted", "counted", "counted"],
    },
  ],
});

const PLAIN = ["A_Const", "ColumnRef", "SetToDefault"] as const;

/** The rows of VALUES, or the list of a query that gives its values by their places alone; none where there is neither. */
function rowsOf(query: SelectStmt): readonly (readonly Value[])[] {
  if (query.valuesLists) return query.valuesLists as readonly (readonly Value[])[];
  const { op, targetList = [], distinctClause, groupClause, sortClause } = query;
  const isListed = op === "SETOP_NONE" && !distinctClause && !groupClause && !sortClause;
  return isListed && !targetList.some((target) => isStar(as("ResTarget", target)?.val)) ? [targetList] : [];
}
