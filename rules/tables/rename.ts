import {
  error,
  find,
  identifier,
  indexName,
  isAutoIncrement,
  keyName,
  nextvalSequence,
  note,
  qualified,
  raw,
  relationName,
  relationOf,
  renaming,
  rule,
  tidb,
} from "../../src/rule.js";

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
    absent: note("there is no {name} in the input to rename"),
    "left-out": note("there is nothing to rename: {name} was left out of the output"),
    type: note("type {name} has no name in TiDB: it stands in the columns"),
    "unknown-sequence": error("sequence {name} is not renamed: the input does not create it", {
      help: "convert the file that creates the sequence together with this one",
    }),
    sequence: note(
      "{name} is renamed as a table is, and the defaults that draw from it are set anew: they would go on looking for the old name",
    ),
    "owned-sequence": note("sequence {name} is AUTO_INCREMENT in TiDB and has no name"),
  },
  on: (takes) => [
    takes("RenameStmt", ["renameType", "relationType", "relation", "object", "newname", "missing_ok"], (rename, ctx) => {
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
        if (!sequence) return ctx.drop(rename.missing_ok ? "absent" : "unknown-sequence", { name: from.name });
        if (sequence.ownedBy && isAutoIncrement(sequence.ownedBy)) return ctx.drop("owned-sequence", { name: from.name });
        ctx.carried(rename.relation, ["relname", "schemaname"]);
        const renamed = relationOf(sequence);
        const users = sequence.usedBy.filter((c) => !ctx.lost(c.def) && !ctx.lost(c.table.node) && nextvalSequence(c.default));
        const anew = users.map(
          (c) => tidb`ALTER TABLE ${relationOf(c.table)} ALTER COLUMN ${raw(identifier(c.name))} SET DEFAULT (NEXTVAL(${renamed}))`,
        );
        return ctx.statements([renaming({ ...renamed, relname: from.name }, renamed), ...anew], "sequence", {
          name: from.name,
        });
      }
      if (type !== "OBJECT_INDEX") return;
      const owner = index?.table ?? [...ctx.catalog.tables.values()].find((t) => t.constraints.has(from.name) || t.constraints.has(to));
      const constraint = owner?.constraints.get(from.name) ?? owner?.constraints.get(to);
      if (constraint?.type === "primary") return ctx.drop("primary", { name: from.name });
      if (!owner) return ctx.drop(rename.missing_ok ? "absent" : "unknown-index", { name: from.name });
      if (ctx.lost(index?.node ?? constraint!.node)) return ctx.drop("left-out", { name: from.name });
      ctx.carried(rename.relation, ["relname", "schemaname"]);
      const table = { ...rename.relation, relname: owner.name, schemaname: owner.schema };
      const called = (name: string) => (index ? indexName({ ...index, name }) : keyName(name));
      return ctx.replace({
        kind: "Tidb",
        texts: ["ALTER TABLE ", ` RENAME INDEX ${identifier(called(from.name))} TO ${identifier(called(to))}`],
        holes: [table],
      });
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE TYPE e AS ENUM ('x'); CREATE SEQUENCE s; CREATE TABLE p (id serial PRIMARY KEY, n int DEFAULT nextval('s'))",
      pg: "ALTER INDEX i RENAME TO k; ALTER TYPE e RENAME TO f; ALTER SEQUENCE s RENAME TO r; ALTER INDEX p_pkey RENAME TO pk; ALTER INDEX gone RENAME TO g; ALTER SEQUENCE nothing RENAME TO n; ALTER INDEX IF EXISTS k RENAME TO l; ALTER INDEX IF EXISTS gone RENAME TO g; ALTER SEQUENCE IF EXISTS nothing RENAME TO n",
      tidb: "ALTER TABLE t RENAME INDEX i TO k;\nRENAME TABLE s TO r;\nALTER TABLE p ALTER COLUMN n SET DEFAULT (NEXTVAL(r));\nALTER TABLE t RENAME INDEX k TO l",
      findings: ["type", "sequence", "primary", "unknown-index", "unknown-sequence", "absent", "absent"],
      accepts: ["INSERT INTO p () VALUES ()"],
      rejected: { sql: "ALTER INDEX l RENAME TO k", code: 1064 },
    },
    {
      given:
        "CREATE TYPE e AS ENUM ('x', 'z'); CREATE TABLE t (m e DEFAULT 'x'); CREATE TYPE e_new AS ENUM ('x', 'y'); ALTER TABLE t ALTER m DROP DEFAULT, ALTER m TYPE e_new USING m::text::e_new",
      pg: "ALTER TYPE e RENAME TO e_old; ALTER TYPE e_new RENAME TO e; DROP TYPE e_old; ALTER TABLE t ALTER m SET DEFAULT 'y'; ALTER TYPE e ADD VALUE 'q'",
      tidb: "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'y';\nALTER TABLE t MODIFY COLUMN m ENUM('x','y','q') DEFAULT 'y'",
      findings: ["type", "type"],
      accepts: ["INSERT INTO t () VALUES ()", "INSERT INTO t VALUES ('q')"],
      refuses: ["INSERT INTO t VALUES ('z')"],
    },
    {
      given: "CREATE TABLE t (a tsvector, b int, EXCLUDE USING gist (b WITH <>)); CREATE INDEX i ON t USING gin (a)",
      pg: "ALTER INDEX i RENAME TO k; ALTER INDEX t_b_excl RENAME TO e",
      tidb: null,
      findings: ["left-out", "left-out"],
    },
    {
      given: "CREATE TABLE t (id serial)",
      pg: "ALTER SEQUENCE t_id_seq RENAME TO r",
      tidb: null,
      findings: ["owned-sequence"],
    },
  ],
});
