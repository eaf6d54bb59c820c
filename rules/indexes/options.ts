import { as, nodesOf, note, rule, type Value, warning } from "../../src/rule.js";

/** Operator classes that order by bytes, as TiDB does. */
const BYTEWISE = /^(text|varchar|bpchar|name)_pattern_ops$/;

export default rule({
  construct: "index options",
  why: `TiDB's indexes have no operator classes, no storage options and no included columns, and are always built while the table is in use.
A direction is parsed and not obeyed: an index is read backwards where a query wants that.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createindex.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index",
  },
  messages: {
    direction: note("the direction of {column} in index {name} is left away: TiDB reads an index both ways", {
      help: "ORDER BY over columns of both directions sorts in memory",
    }),
    nulls: note("NULLS FIRST or LAST in index {name} is left away: it orders the index, not the results"),
    class: note("operator class {class} is left away: text is ordered by bytes anyway"),
    "other-class": warning("operator class {class} of index {name} is left away: the index has TiDB's own order", {
      help: "check that queries which rely on it still use the index (EXPLAIN)",
    }),
    collation: warning("COLLATE {collation} of index {name} is left away: the index has the column's collation, utf8mb4_0900_bin", {
      help: 'that is PostgreSQL\'s "C" order; another order would need the column in another collation',
    }),
    byte: note('COLLATE "C" is the order of the column itself in TiDB'),
    include: note("INCLUDE of index {name} is left away: it speeds up reading and changes no result"),
    storage: note("storage options of index {name} are left away"),
    concurrently: note("CONCURRENTLY is left away: TiDB builds every index while the table is in use"),
    named: note("the index got the name PostgreSQL gives it, {name}"),
  },
  on: (takes) => [
    takes("IndexElem", ["name", "ordering", "nulls_ordering", "opclass", "collation"], (element, ctx) => {
      const index = ctx.within("IndexStmt");
      const name = index?.idxname ?? (index && ctx.index(index)?.name) ?? "";
      const patch: Record<string, undefined> = {};
      const clear = (field: keyof typeof element, message: Parameters<typeof ctx.report>[0], data = {}) => {
        patch[field] = undefined;
        ctx.report(message, { name, ...data });
      };
      if (element.ordering === "SORTBY_DESC") clear("ordering", "direction", { column: element.name ?? "the expression" });
      if (element.ordering === "SORTBY_ASC") patch.ordering = undefined;
      if (element.nulls_ordering !== undefined && element.nulls_ordering !== "SORTBY_NULLS_DEFAULT") clear("nulls_ordering", "nulls");
      const opclass = element.opclass?.[element.opclass.length - 1];
      if (opclass !== undefined) clear("opclass", BYTEWISE.test(opclass) ? "class" : "other-class", { class: opclass });
      const collation = element.collation?.[element.collation.length - 1];
      if (collation !== undefined) clear("collation", BYTE_ORDER.has(collation) ? "byte" : "collation", { collation });
      return Object.keys(patch).length === 0 ? undefined : ctx.replace(ctx.change(element, patch));
    }),
    takes("IndexStmt", ["idxname", "indexIncludingParams", "options", "tableSpace", "concurrent"], (index, ctx) => {
      const name = index.idxname ?? ctx.index(index)?.name ?? "";
      const patch: {
        idxname?: string;
        concurrent?: boolean;
        options?: readonly Value[];
        tableSpace?: undefined;
        indexIncludingParams?: never[];
      } = {};
      if (index.indexIncludingParams?.length) {
        for (const item of index.indexIncludingParams) {
          const element = as("IndexElem", item);
          if (element) ctx.carried(element, ["name", "ordering", "nulls_ordering"]);
        }
        patch.indexIncludingParams = [];
        ctx.report("include", { name });
      }
      const storage = nodesOf("DefElem", index.options);
      if (storage.length > 0 || index.tableSpace) {
        for (const element of storage) ctx.carried(element, ["defname", "arg"]);
        // A comment that came from another statement is none of them.
        patch.options = (index.options ?? []).filter((option) => !as("DefElem", option));
        patch.tableSpace = undefined;
        ctx.report("storage", { name });
      }
      if (index.concurrent) {
        patch.concurrent = false;
        ctx.report("concurrently");
      }
      if (index.idxname === undefined && name !== "") {
        patch.idxname = name;
        ctx.report("named", { name });
      }
      return Object.keys(patch).length === 0 ? undefined : ctx.replace(ctx.change(index, patch));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, s varchar(20), n int)",
      pg: 'CREATE INDEX CONCURRENTLY ON t (a DESC NULLS LAST, s COLLATE "C" varchar_pattern_ops) INCLUDE (n) WITH (fillfactor = 80)',
      tidb: "CREATE INDEX t_a_s_idx ON t (a, s)",
      findings: ["direction", "nulls", "class", "byte", "include", "storage", "concurrently", "named"],
      rejected: { sql: "CREATE INDEX i ON t (a DESC NULLS LAST)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int, s varchar(20))",
      pg: 'CREATE INDEX i ON t (a int4_ops, s COLLATE "de_DE")',
      tidb: "CREATE INDEX i ON t (a, s)",
      findings: ["other-class", "collation"],
    },
  ],
});

const BYTE_ORDER = new Set(["C", "POSIX", "ucs_basic", "C.UTF-8"]);
