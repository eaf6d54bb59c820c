import { error, find, identifier, note, qualified, relationName, rule } from "../../src/rule.js";

export default rule({
  construct: "RENAME of an index, type or sequence",
  why: `Indexes of TiDB belong to a table and are renamed through it. Types are written into the columns that have them and have no name of
their own.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-alterindex.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-rename-index",
  },
  messages: {
    "unknown-index": error("index {name} is not renamed: the input does not say on which table it is", {
      help: "ALTER TABLE … RENAME INDEX … TO …",
    }),
    primary: note("{name} is a primary key, which has no name of its own in TiDB"),
    type: note("type {name} has no name in TiDB: it stands in the columns"),
    sequence: error("sequence {name} keeps its name: TiDB cannot rename a sequence", {
      help: "make a new one that starts where this one stands",
    }),
    "owned-sequence": note("sequence {name} is AUTO_INCREMENT in TiDB and has no name"),
  },
  on: (takes) => [
    takes("RenameStmt", ["renameType", "relationType", "relation", "object", "newname"], (rename, ctx) => {
      const type = rename.renameType ?? "";
      const to = rename.newname ?? "";
      if (type === "OBJECT_TYPE" || type === "OBJECT_DOMAIN")
        return ctx.drop("type", { name: qualified((rename.object as never) ?? []).name });
      if (!rename.relation) return;
      const from = relationName(rename.relation);
      // ALTER TABLE … RENAME also takes indexes, sequences and views.
      const index = find(ctx.catalog, ctx.catalog.indexes, { ...from, name: to });
      if (type === "OBJECT_SEQUENCE" || (type === "OBJECT_TABLE" && find(ctx.catalog, ctx.catalog.sequences, { ...from, name: to }))) {
        const sequence = find(ctx.catalog, ctx.catalog.sequences, { ...from, name: to });
        if (sequence?.node) ctx.differs(sequence.node);
        return ctx.drop(sequence?.ownedBy ? "owned-sequence" : "sequence", { name: from.name });
      }
      if (type !== "OBJECT_INDEX") return;
      const owner = index?.table ?? [...ctx.catalog.tables.values()].find((t) => t.constraints.has(from.name) || t.constraints.has(to));
      const constraint = owner?.constraints.get(from.name) ?? owner?.constraints.get(to);
      if (constraint?.type === "primary") return ctx.drop("primary", { name: from.name });
      if (!owner) return ctx.drop("unknown-index", { name: from.name });
      ctx.carried(rename.relation, ["relname", "schemaname"]);
      const table = { ...rename.relation, relname: owner.name, schemaname: owner.schema };
      return ctx.replace({
        kind: "Tidb",
        texts: ["ALTER TABLE ", ` RENAME INDEX ${identifier(from.name)} TO ${identifier(to)}`],
        holes: [table],
      });
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE TYPE e AS ENUM ('x'); CREATE SEQUENCE s; CREATE TABLE p (id serial PRIMARY KEY)",
      pg: "ALTER INDEX i RENAME TO k; ALTER TYPE e RENAME TO f; ALTER SEQUENCE s RENAME TO r; ALTER INDEX p_pkey RENAME TO pk; ALTER INDEX gone RENAME TO g",
      tidb: "ALTER TABLE t RENAME INDEX i TO k",
      findings: ["type", "sequence", "primary", "unknown-index"],
      rejected: { sql: "ALTER INDEX i RENAME TO k", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial)",
      pg: "ALTER SEQUENCE t_id_seq RENAME TO r",
      tidb: null,
      findings: ["owned-sequence"],
    },
  ],
});
