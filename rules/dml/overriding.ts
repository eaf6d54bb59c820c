import { as, error, find, type InsertStmt, isAutoIncrement, note, relationName, rule, type Value } from "../../src/rule.js";

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
      const rows = (query?.valuesLists ?? []) as readonly (readonly Value[])[];
      const place = (insert.cols ?? []).findIndex((item) => {
        const column = table?.columns.get(as("ResTarget", item)?.name ?? "");
        return column !== undefined && isAutoIncrement(column);
      });
      const given = rows.map((row) => row[place]);
      // What is computed may do something; a constant does not.
      if (
        place < 0 ||
        rows.length === 0 ||
        insert.cols!.length < 2 ||
        given.some((value) => !as("A_Const", value) && !as("SetToDefault", value))
      )
        return ctx.replace(ctx.change(insert, { override: "OVERRIDING_NOT_SET" }), "user");
      const without = (list: readonly Value[]) => list.filter((_, i) => i !== place);
      ctx.consumed(insert.cols![place]!);
      for (const value of given) ctx.consumed(value!);
      const selectStmt = ctx.change(query!, { valuesLists: rows.map(without) });
      const rest = ctx.change(insert, { override: "OVERRIDING_NOT_SET", cols: without(insert.cols!), selectStmt });
      return ctx.replace(rest, "counted", { column: as("ResTarget", insert.cols![place])?.name ?? "" });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)",
      pg: "INSERT INTO t (id, a) OVERRIDING SYSTEM VALUE VALUES (7, 1); INSERT INTO t (id, a) OVERRIDING USER VALUE SELECT 8, 1",
      tidb: "INSERT INTO t (id, a) VALUES (7, 1);\nINSERT INTO t (id, a) SELECT 8, 1",
      findings: ["system", "user"],
      refuses: ["INSERT INTO t (id) VALUES (7)"],
    },
    {
      given: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)",
      pg: "INSERT INTO t (a, id) OVERRIDING USER VALUE VALUES (1, 70), (2, DEFAULT)",
      tidb: "INSERT INTO t (a) VALUES (1), (2)",
      findings: ["counted"],
    },
  ],
});
