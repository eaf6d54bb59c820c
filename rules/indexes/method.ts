import {
  ARRAY_ROW,
  as,
  type Column,
  type Context,
  elementRow,
  error,
  identifier,
  mapType,
  note,
  relationName,
  rule,
  tidbText,
  warning,
} from "../../src/rule.js";

/** Access methods over single values, for which an ordered index answers the same questions. */
const ORDERED = new Set(["hash", "brin"]);

export default rule({
  construct: "index methods",
  why: `TiDB has one kind of index, ordered like btree. It answers all that hash and brin answer. For gin, gist, spgist and vector indexes there
is none that does the same.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/indexes-types.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-index",
  },
  messages: {
    ordered: note("{method} index {name} became an ordinary index: it answers the same queries"),
    array: warning("gin index {name} became a multi-valued index over the elements of {column}, which refuses {refused}", {
      help: "MEMBER OF, JSON_CONTAINS and JSON_OVERLAPS use it. Drop the index where such arrays must be stored",
    }),
    "left-out": error("{method} index {name} on {table} was left out: TiDB has no such index", {
      help: "queries still work, by reading the whole table. For arrays and jsonb arrays a multi-valued index on (CAST(column AS CHAR(n) ARRAY)) serves MEMBER OF; for text search use TiFlash or a search engine",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "relation", "accessMethod", "options", "indexParams"], (index, ctx) => {
      const method = index.accessMethod ?? "btree";
      if (method === "btree") return;
      const name = ctx.index(index)?.name ?? index.idxname ?? "";
      const elements = method === "gin" ? overElements(index.indexParams, ctx.index(index)?.columns[0], ctx) : undefined;
      if (elements) {
        ctx.differs(index as never);
        return ctx.replace(ctx.change(index, { accessMethod: "btree", indexParams: [tidbText(elements.sql) as never] }), "array", {
          name,
          column: elements.column,
          refused: elements.refused,
        });
      }
      if (!ORDERED.has(method)) return ctx.drop("left-out", { method, name, table: relationName(index.relation!).name });
      return ctx.replace(ctx.change(index, { accessMethod: "btree" }), "ordered", { method, name });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (tags text[], ids int[] NOT NULL)",
      pg: "CREATE INDEX i ON t USING gin (tags); CREATE INDEX k ON t USING gin (ids array_ops)",
      tidb: "CREATE INDEX i ON t ((CAST(tags AS CHAR(255) ARRAY)));\nCREATE INDEX k ON t ((CAST(ids AS SIGNED ARRAY)))",
      findings: ["array", "array"],
      accepts: ["INSERT INTO t VALUES ('[\"a\", \"A\", \"é \", \"\"]', '[1, -2147483648, 1]'), (NULL, '[]'), ('[]', '[]')"],
      refuses: ["INSERT INTO t VALUES ('[\"a\", null]', '[]')", "INSERT INTO t VALUES (JSON_ARRAY(REPEAT('a', 256)), '[]')"],
      rejected: { sql: "CREATE INDEX x ON t USING gin (tags)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "CREATE INDEX i ON t USING hash (a)",
      tidb: "CREATE INDEX i ON t (a)",
      findings: ["ordered"],
    },
    {
      given: "CREATE TABLE t (tags jsonb)",
      pg: "CREATE INDEX i ON t USING gin (tags jsonb_path_ops)",
      tidb: null,
      findings: ["left-out"],
      rejected: { sql: "CREATE INDEX i ON t USING gin (tags)", code: 1064 },
    },
  ],
});

/** How TiDB indexes the elements of an array, by the type of the elements; the rest of the sentence "which refuses …". */
const ELEMENTS: Readonly<Record<string, { readonly type: string; readonly refused: string }>> = {
  smallint: { type: "SIGNED", refused: "NULL as an element" },
  integer: { type: "SIGNED", refused: "NULL as an element" },
  bigint: { type: "SIGNED", refused: "NULL as an element" },
  text: { type: "CHAR(255)", refused: "NULL as an element, and elements longer than 255 characters" },
  varchar: { type: "CHAR(255)", refused: "NULL as an element, and elements longer than 255 characters" },
  uuid: { type: "CHAR(36)", refused: "NULL as an element" },
};

/** The part of a multi-valued index over a column of arrays; undefined where it is not over one such column alone. */
function overElements(params: readonly unknown[] | undefined, column: Column | null | undefined, ctx: Context) {
  const element = params?.length === 1 ? as("IndexElem", params[0] as never) : undefined;
  if (!element || !column || mapType(ctx.final, column.type)?.row !== ARRAY_ROW || column.type.arrayBounds?.length !== 1) return undefined;
  const known = ELEMENTS[elementRow(ctx.final, column.type)?.id ?? ""];
  if (!known) return undefined;
  ctx.carried(element, ["name", "opclass"]);
  return { sql: `(CAST(${identifier(column.name)} AS ${known.type} ARRAY))`, column: column.name, refused: known.refused };
}
