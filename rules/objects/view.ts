import { note, rule, tidb, type ViewStmt, warning } from "../../src/rule.js";

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
    security: note("{option} is left away: TiDB checks the rights of the view's owner, as PostgreSQL does without it"),
    invoker: warning("security_invoker is left away: the view reads with the rights of its owner", {
      help: "write CREATE SQL SECURITY INVOKER VIEW where the reader's own rights are wanted",
    }),
  },
  on: (takes) => [
    takes("RenameStmt", ["renameType", "relationType", "relation", "newname", "missing_ok"], (rename, ctx) => {
      const { relation } = rename;
      if (!RENAMED.has(rename.renameType ?? "") || !relation) return;
      ctx.carried(relation, ["relname", "schemaname"]);
      const to = (suffix: string) => [
        { ...relation, relname: relation.relname + suffix },
        { ...relation, relname: rename.newname + suffix },
      ];
      const suffixes = rename.renameType === "OBJECT_VIEW" ? [""] : ["", "_query"];
      return ctx.statements(suffixes.map(to).map(([from, into]) => tidb`RENAME TABLE ${from!} TO ${into!}`));
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
