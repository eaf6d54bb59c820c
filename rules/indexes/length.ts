import { as, type Column, error, identifier, indexBytes, mapType, note, prefix, rule, tidbText, warning } from "../../src/rule.js";

/** Bytes of one key over all its columns (TiDB 8.5.6: error 1071 beyond). */
const MAX_KEY_BYTES = 3072;
const BYTES_PER_CHARACTER = 4;

export default rule({
  construct: "index on long text",
  why: `A key of TiDB holds 3072 bytes, and text without a length only by its first characters. An index over a prefix finds the same rows; a
unique one must hold the whole value, or a digest of it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/btree.html",
    tidb: "https://docs.pingcap.com/tidb/stable/tidb-limitations#limitations-on-strings",
  },
  messages: {
    prefix: note("index {name} holds the first {length} characters of {column}"),
    digest: warning("unique index {name} holds digests of {columns}: they are longer than a key of TiDB (3072 bytes)", {
      help: "the constraint is as strict, but a search for these columns does not use it; shorten the columns where you can",
    }),
    json: error("index {name} was left out: {column} is JSON in TiDB, which has no order to index", {
      help: "index an expression over a member, (CAST(JSON_UNQUOTE(JSON_EXTRACT(column, '$.member')) AS CHAR(64)))",
    }),
  },
  on: (takes) => [
    takes("IndexStmt", ["idxname", "indexParams", "unique"], (index, ctx) => {
      const made = ctx.index(index);
      if (!made) return;
      const name = index.idxname ?? made.name;
      // What another rule put in a column's place is no longer the column.
      const plain = new Set((index.indexParams ?? []).flatMap((item) => as("IndexElem", item)?.name ?? []));
      const columns = made.columns.filter((c) => c !== null && plain.has(c.name)) as Column[];
      const sqlOf = (column: Column) => mapType(ctx.catalog, column.type, column)?.sql ?? "";
      const json = columns.find((c) => sqlOf(c) === "JSON");
      if (json) return ctx.drop("json", { name, column: json.name });
      const size = (column: Column) => indexBytes(column, ctx.catalog);
      const share = fairShare(columns.map(size));
      const wide = columns.filter((c) => size(c) > share);
      if (wide.length === 0) return;
      const length = Math.min(255, Math.floor(share / BYTES_PER_CHARACTER));
      if (index.unique) ctx.differs(index as never);
      if (index.unique) ctx.report("digest", { name, columns: wide.map((c) => c.name).join(", ") });
      const indexParams = (index.indexParams ?? []).map((item) => {
        const element = as("IndexElem", item);
        const column = wide.find((c) => c.name === element?.name);
        if (!element || !column) return item;
        ctx.carried(element, ["name"]);
        if (index.unique) return tidbText(`(MD5(${identifier(column.name)}))`) as never;
        ctx.report("prefix", { name, column: column.name, length }, element);
        return tidbText(prefix(column.name, length)) as never;
      });
      return ctx.replace(ctx.change(index, { indexParams }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (position text)",
      pg: "CREATE INDEX i ON t (position)",
      tidb: "CREATE INDEX i ON t (`position`(255))",
      findings: ["prefix"],
      rejected: { sql: "CREATE INDEX i ON t (position(255))", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int, s text, u varchar(2000))",
      pg: "CREATE INDEX i ON t (a, s); CREATE INDEX k ON t (u); CREATE UNIQUE INDEX q ON t (a, u)",
      tidb: "CREATE INDEX i ON t (a, s(255));\nCREATE INDEX k ON t (u(255));\nCREATE UNIQUE INDEX q ON t (a, (MD5(u)))",
      findings: ["prefix", "prefix", "digest"],
      accepts: ["INSERT INTO t VALUES (1, NULL, 'a'), (1, NULL, 'A'), (2, NULL, 'a')"],
      refuses: ["INSERT INTO t VALUES (1, NULL, 'a')"],
      rejected: { sql: "CREATE INDEX x ON t (s)", code: 1170 },
    },
    {
      given: "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (m e)",
      pg: "CREATE INDEX i ON t (m); DROP TABLE t; DROP TYPE e",
      tidb: "CREATE INDEX i ON t (m);\nDROP TABLE t",
    },
    {
      given: "CREATE TYPE e AS ENUM ('one', 'two'); CREATE TABLE t (a text, m e)",
      pg: "CREATE UNIQUE INDEX i ON t (a, m); DROP TABLE t; DROP TYPE e",
      tidb: "CREATE UNIQUE INDEX i ON t (a, m);\nDROP TABLE t",
    },
    {
      given: "CREATE TABLE t (tags text[])",
      pg: "CREATE INDEX i ON t (tags)",
      tidb: null,
      findings: ["json"],
      rejected: { sql: "CREATE INDEX x ON t (tags)", code: 3152 },
    },
  ],
});

/** The most bytes that each part of a key may have for all to fit; parts that need less leave the rest to the others. */
function fairShare(sizes: readonly number[]): number {
  const sorted = [...sizes].sort((a, b) => a - b);
  let left = MAX_KEY_BYTES;
  for (const [i, size] of sorted.entries()) {
    const share = left / (sorted.length - i);
    if (size > share) return share;
    left -= size;
  }
  return MAX_KEY_BYTES;
}
