import { type DropStmt, note, rule } from "../../src/rule.js";

export default rule({
  construct: "DROP of what owns a sequence",
  why: `A sequence that belongs to a column goes with the column and with its table. In TiDB a sequence belongs to nothing: left alone it would stay, and
another relation could not be made under its name (error 1050).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createsequence.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-drop-sequence",
  },
  messages: { dropped: note("{names} goes with the column that it belongs to") },
  restates: ["DropStmt", "AlterTableStmt"],
  restate(statement, ctx) {
    const gone = ctx.catalog.orphaned.get(ctx.origin(statement))?.filter(({ node }) => !node || !ctx.lost(node)) ?? [];
    if (gone.length === 0) return undefined;
    ctx.report("dropped", { names: gone.map(({ name }) => name).join(", ") });
    const drops = gone.map(
      ({ schema, name }): DropStmt => ({
        kind: "DropStmt",
        removeType: "OBJECT_SEQUENCE",
        objects: [[schema, name]],
        behavior: "DROP_RESTRICT",
        missing_ok: true,
      }),
    );
    return [{ node: statement }, ...drops.map((node) => ({ node }))];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN id serial; CREATE SEQUENCE s; CREATE TABLE u (id int DEFAULT nextval('s'), b int); ALTER SEQUENCE s OWNED BY u.id; CREATE TABLE v (id serial PRIMARY KEY)",
      pg: "DROP TABLE t; CREATE SEQUENCE t_id_seq; ALTER TABLE u DROP COLUMN id; DROP TABLE v",
      tidb: "DROP TABLE t;\nDROP SEQUENCE IF EXISTS t_id_seq;\nCREATE SEQUENCE t_id_seq;\nALTER TABLE u DROP COLUMN id;\nDROP SEQUENCE IF EXISTS s;\nDROP TABLE v",
      findings: ["dropped", "dropped"],
      rejected: { sql: "CREATE TABLE t_id_seq (a int)", code: 1050 },
    },
  ],
});
