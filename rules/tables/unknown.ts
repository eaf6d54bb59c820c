import { type Context, find, type Name, qualified, type RangeVar, relationName, rule, type Value, warning } from "../../src/rule.js";

export default rule({
  construct: "a statement about a table that the input does not make",
  why: `An upgrade changes tables that files beside it make. What is known of such a table is nothing: the statement is written as it stands, and
TiDB refuses it where nobody makes the table (error 1146).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/error-codes",
  },
  messages: {
    unknown: warning("the input does not make {name}: TiDB refuses the statement where nothing else makes it (error 1146)", {
      help: "convert the file that creates it together with this one",
    }),
  },
  on: (takes) => [
    takes("AlterTableStmt", ["relation", "cmds"], ({ relation, cmds }, ctx) => (cmds?.length ? told(relation, ctx) : undefined)),
    takes("IndexStmt", ["relation"], ({ relation }, ctx) => told(relation, ctx)),
    takes("RenameStmt", ["renameType", "relation", "newname"], ({ renameType = "", relation, newname = "" }, ctx) => {
      if (renameType === "OBJECT_TABLE") return told(relation && { ...relation, relname: newname }, ctx, relation);
      return RENAMED.has(renameType) ? told(relation, ctx) : undefined;
    }),
    takes("DropStmt", ["removeType", "objects", "missing_ok"], (drop, ctx): undefined => {
      if (drop.removeType !== "OBJECT_TABLE" || drop.missing_ok) return undefined;
      for (const object of drop.objects ?? []) {
        const name = qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]);
        if (!wasMade(name, ctx) && !isKnown(name, ctx)) ctx.report("unknown", { name: name.name });
      }
    }),
  ],
  examples: [
    {
      given: "CREATE SCHEMA app; CREATE TABLE app.t (a int); CREATE TABLE x (b int)",
      pg: "ALTER TABLE app_t ADD COLUMN c int; ALTER TABLE app_t OWNER TO ann; CREATE INDEX i ON app_t (c); ALTER TABLE app_t DROP COLUMN c; ALTER TABLE app_t RENAME COLUMN a TO b; ALTER TABLE app_t RENAME b TO a; ALTER TABLE app_t RENAME TO y; ALTER TABLE y RENAME TO app_t",
      tidb: `ALTER TABLE app_t ADD COLUMN c int;
CREATE INDEX i ON app_t (c);
ALTER TABLE app_t DROP COLUMN c;
ALTER TABLE app_t RENAME COLUMN a TO b;
ALTER TABLE app_t RENAME COLUMN b TO a;
ALTER TABLE app_t RENAME TO y;
ALTER TABLE y RENAME TO app_t`,
      findings: ["unknown", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown"],
      rejected: { sql: "ALTER TABLE elsewhere ADD COLUMN c INT", code: 1146 },
    },
    {
      given: "CREATE TABLE `own` (`id` INT AUTO_INCREMENT PRIMARY KEY)",
      pg: "ALTER TABLE own RENAME TO mine; ALTER TABLE mine RENAME id TO number; DROP TABLE mine; DROP TABLE IF EXISTS other",
      tidb: "ALTER TABLE own RENAME TO mine;\nALTER TABLE mine RENAME COLUMN id TO number;\nDROP TABLE mine;\nDROP TABLE IF EXISTS other",
    },
    {
      given: "CREATE TABLE `own` (`id` INT PRIMARY KEY)",
      pg: "ALTER TABLE own ADD COLUMN c int; DROP TABLE own; CREATE TABLE own (b int)",
      tidb: "ALTER TABLE own ADD COLUMN c int;\nDROP TABLE own;\nCREATE TABLE own (\n  b INT\n) COLLATE utf8mb4_0900_bin",
    },
  ],
});

const RENAMED = new Set(["OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"]);

type Ctx = Context<"unknown">;

function told(relation: RangeVar | undefined, ctx: Ctx, written = relation): undefined {
  if (relation && !isKnown(relationName(relation), ctx)) ctx.report("unknown", { name: written?.relname ?? "" });
}

/** Whether the input made a relation of that name so far: the one that is dropped is not in the catalog any more. */
function wasMade({ schema, name }: Name, { catalog }: Ctx): boolean {
  const keys = (schema === undefined ? [catalog.schema, "public"] : [schema]).map((each) => `${each}.${name}`);
  return keys.some((key) => catalog.spellings.get(key.toLowerCase())?.split("\0").includes(key));
}

/** Whether the input makes the relation, in SQL of PostgreSQL or of TiDB. */
function isKnown(name: Name, { catalog }: Ctx): boolean {
  const maps: readonly ReadonlyMap<string, unknown>[] = [
    catalog.tables,
    catalog.derived,
    catalog.views,
    catalog.readers,
    catalog.sequences,
    catalog.indexes,
    catalog.foreign,
  ];
  return maps.some((map) => find(catalog, map, name) !== undefined);
}
