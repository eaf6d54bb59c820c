import { as, identifier, mapType, note, prefixOf, rule, tidbText } from "../../src/rule.js";

export default rule({
  construct: "index on the first characters of a column",
  why: `An index on left(column, n) or substr(column, 1, n) is what TiDB has a form of its own for: a key over a prefix. A unique one holds the
same rows apart. Unlike PostgreSQL's it also serves a search for the whole value.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-expressional.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index",
  },
  messages: {
    prefix: note("index {name} is over the first {length} characters of {column}", {
      help: "a search by column = value uses it; one by LEFT(column, n) = value does not, so that the second condition can go from the queries",
    }),
    whole: note("index {name} is over the whole of {column}, which has no more than {length} characters"),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "indexParams"], (index, ctx) => {
      const made = ctx.index(index);
      if (!made) return;
      const name = index.idxname ?? made.name;
      let found = false;
      const indexParams = (index.indexParams ?? []).map((item) => {
        const element = as("IndexElem", item);
        const prefix = element?.expr === undefined ? undefined : prefixOf(element.expr);
        const column = prefix && made.table.columns.get(prefix.column);
        const mapped = column && mapType(ctx.final, column.type, column);
        if (!element || !prefix || !column || mapped?.row.family !== "text" || prefix.length > MAX_CHARACTERS) return item;
        const own = Number(/\((\d+)\)/.exec(mapped.sql ?? "")?.[1] ?? Number.POSITIVE_INFINITY);
        const whole = own <= prefix.length;
        found = true;
        ctx.consumed(element.expr!);
        ctx.carried(element, ["expr"]);
        ctx.report(whole ? "whole" : "prefix", { name, column: column.name, length: prefix.length });
        return tidbText(identifier(column.name) + (whole ? "" : `(${prefix.length})`)) as never;
      });
      if (!found) return;
      ctx.differs(index as never);
      return ctx.replace(ctx.change(index, { indexParams }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a text, b varchar(20))",
      pg: "CREATE UNIQUE INDEX i ON t (left(a, 3)); CREATE INDEX k ON t USING btree (substr(b, 1, 20))",
      tidb: "CREATE UNIQUE INDEX i ON t (a(3));\nCREATE INDEX k ON t (b)",
      findings: ["prefix", "whole"],
      accepts: ["INSERT INTO t VALUES ('abcd', ''), ('abC', ''), ('ab', ''), (NULL, ''), (NULL, ''), ('éab', ''), ('ab ', '')"],
      refuses: ["INSERT INTO t VALUES ('abcx', '')", "INSERT INTO t VALUES ('éabc', '')"],
      rejected: { sql: "CREATE INDEX x ON t ((LEFT(b, 3)))", code: 8200 },
    },
  ],
});

/** A key of one column (3072 bytes) holds so many. */
const MAX_CHARACTERS = 768;
