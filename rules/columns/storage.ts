import { note, rule } from "../../src/rule.js";

export default rule({
  construct: "STORAGE and COMPRESSION of a column",
  why: "How PostgreSQL stores long values says nothing to TiDB, which compresses what it stores by itself.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/storage-toast.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-table",
  },
  messages: { left: note("{what} of {column} is left away: it is about PostgreSQL's storage") },
  on: (takes) => [
    takes("ColumnDef", ["colname", "storage_name", "compression"], (def, ctx) => {
      const { storage_name: storage, compression } = def;
      if (storage === undefined && compression === undefined) return;
      const what = [...(storage === undefined ? [] : ["STORAGE"]), ...(compression === undefined ? [] : ["COMPRESSION"])].join(" and ");
      return ctx.replace(ctx.change(def, { storage_name: undefined, compression: undefined }), "left", { what, column: def.colname ?? "" });
    }),
  ],
  examples: [
    {
      pg: "CREATE TABLE t (a text STORAGE EXTERNAL COMPRESSION lz4, b text COMPRESSION pglz)",
      tidb: "CREATE TABLE t (\n  a LONGTEXT,\n  b LONGTEXT\n) COLLATE utf8mb4_0900_bin",
      findings: ["left", "left"],
      rejected: { sql: "CREATE TABLE u (a LONGTEXT STORAGE EXTERNAL)", code: 1064 },
    },
  ],
});
