import { error, find, note, relationName, renaming, rule, type ViewStmt, warning } from "../../src/rule.js";

export default rule({
  construct: "CREATE VIEW",
  why: `Views of TiDB are read only: WITH CHECK OPTION guards nothing there. What cannot be written through is told where it is written.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createview.html",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: {
    "check-option": warning("WITH CHECK OPTION is left away: no view of TiDB can be written through", {
      help: "write to the table itself, and put the condition into a CHECK of the table",
    }),
    absent: note("there is no view {name} in the input to rename"),
    unknown: error("view {name} is not renamed: the input does not make it", {
      help: "convert the file that makes the view together with this one",
    }),
    security: note("{option} is left away: TiDB checks the rights of the view's owner, as PostgreSQL does without it"),
    invoker: warning("security_invoker is left away: the view reads with the rights of its owner", {
      help: "write CREATE SQL SECURITY INVOKER VIEW where the reader's own rights are wanted",
    }),
  },
  on: (takes) => [
    takes("RenameStmt", ["renameType", "relationType", "relation", "newname", "missing_ok"], (rename, ctx) => {
      const { relation } = rename;
      if (!relation) return;
      const renamed = { ...relationName(relation), name: rename.newname ?? "" };
      // ALTER TABLE takes views as well.
      const isView = rename.renameType === "OBJECT_TABLE" && find(ctx.catalog, ctx.catalog.readers, renamed);
      if (!RENAMED.has(rename.renameType ?? "") && !isView) return;
      if (!find(ctx.catalog, ctx.catalog.readers, renamed))
        return ctx.drop(rename.missing_ok ? "absent" : "unknown", { name: relation.relname ?? "" });
      ctx.carried(relation, ["relname", "schemaname"]);
      const to = (suffix: string) => [
        { ...relation, relname: relation.relname + suffix },
        { ...relation, relname: rename.newname + suffix },
      ];
      const suffixes = find(ctx.catalog, ctx.catalog.readers, renamed)?.materialized ? ["", "_query"] : [""];
      return ctx.statements(suffixes.map(to).map(([from, into]) => renaming(from!, into!)));
    }),
    takes("ViewStmt", ["view", "withCheckOption", "options"], (readable, ctx) => {
      const view = readable as ViewStmt;
      const options = (view.options ?? []).flatMap((option) => (typeof option === "object" && "defname" in option ? [option] : []));
      const checks = view.withCheckOption !== "NO_CHECK_OPTION" || options.some(({ defname }) => defname === "check_option");
      if (checks) ctx.report("check-option");
      for (const { defname = "" } of options) {
        if (defname === "security_invoker") ctx.report("invoker");
        else if (defname !== "check_option") ctx.report("security", { option: defname });
      }
      for (const option of options) ctx.consumed(option);
      if (checks || options.length > 0) return ctx.replace(ctx.change(view, { withCheckOption: "NO_CHECK_OPTION", options: undefined }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, j jsonb); INSERT INTO t VALUES (1, '[1, null]'), (2, NULL)",
      pg: "CREATE VIEW v AS SELECT j::text AS x, 'CAST(' || id || ' AS CHAR)' AS y FROM t",
      tidb: "CREATE VIEW v AS\nSELECT CAST(j AS CHAR(4294967295)) AS x, CONCAT(CONCAT('CAST(', CAST(id AS CHAR(4294967295))), ' AS CHAR)') AS y FROM t",
      accepts: ["SELECT x, y FROM v"],
    },
    {
      given: "CREATE VIEW v AS SELECT 1 AS one",
      pg: "ALTER VIEW v RENAME TO w",
      tidb: "RENAME TABLE v TO w",
      accepts: ["SELECT one FROM w"],
      rejected: { sql: "ALTER VIEW w RENAME TO x", code: 1064 },
    },
    {
      given: "CREATE VIEW v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW m AS SELECT 1 AS two",
      pg: "ALTER TABLE v RENAME TO w; ALTER TABLE IF EXISTS w RENAME TO x; ALTER TABLE m RENAME TO n; ALTER VIEW IF EXISTS gone RENAME TO g; ALTER VIEW gone RENAME TO g",
      tidb: "RENAME TABLE v TO w;\nRENAME TABLE w TO x;\nRENAME TABLE m TO n;\nRENAME TABLE m_query TO n_query",
      findings: ["absent", "unknown"],
      accepts: ["SELECT one FROM x"],
      rejected: { sql: "ALTER TABLE x RENAME TO y", code: 1347 },
    },
    {
      given: 'CREATE VIEW "V" AS SELECT 1 AS one',
      pg: 'ALTER VIEW "V" RENAME TO v',
      tidb: "RENAME TABLE `V` TO v_renamed, v_renamed TO v",
      accepts: ["SELECT one FROM v"],
      rejected: { sql: "RENAME TABLE v TO `V`", code: 1050 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, b boolean NOT NULL)",
      pg: "CREATE VIEW v AS SELECT id, COALESCE(a, 0) FROM t WHERE b; CREATE OR REPLACE VIEW w (x) AS SELECT coalesce FROM v",
      tidb: "CREATE VIEW v AS\nSELECT id, COALESCE(a, 0) AS coalesce FROM t WHERE b;\nCREATE OR REPLACE VIEW w (x) AS SELECT coalesce FROM v",
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, b boolean NOT NULL)",
      pg: "CREATE VIEW v WITH (security_barrier) AS SELECT id FROM t WHERE b WITH LOCAL CHECK OPTION; CREATE VIEW w WITH (security_invoker = true) AS SELECT id FROM t",
      tidb: "CREATE VIEW v AS\nSELECT id FROM t WHERE b;\nCREATE VIEW w AS\nSELECT id FROM t",
      findings: ["check-option", "security", "invoker"],
      rejected: { sql: "INSERT INTO v VALUES (1)", code: 1105 },
    },
  ],
});

const RENAMED = new Set(["OBJECT_VIEW", "OBJECT_MATVIEW"]);
