import { checkName, note, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "CHECK",
  why: `TiDB enforces CHECK once tidb_enable_check_constraint is on, which the head of the output sets. Names of CHECKs are unique in a whole
database there, in PostgreSQL only in their table.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#check",
  },
  messages: {
    renamed: note("CHECK {name} is named {tidb}: another table has a CHECK of that name, and TiDB wants them unique in the database"),
    "not-valid": warning("CHECK {name} is checked against rows that are there: NOT VALID has no counterpart for new rows only", {
      help: "mend the rows that break it first; `ALTER TABLE … ADD CONSTRAINT` fails while there are any",
    }),
    "no-inherit": note("NO INHERIT says nothing where tables do not inherit"),
  },
  on: (takes) => [
    takes("Constraint", ["contype", "conname", "skip_validation", "initially_valid", "is_no_inherit", "not_enforced"], (check, ctx) => {
      const made = check.contype === "CONSTR_CHECK" ? ctx.constraint(check) : undefined;
      if (!made) return;
      const { name } = made;
      const tidb = checkName(ctx.final, made);
      if (tidb !== name) ctx.report("renamed", { name, tidb });
      if (check.skip_validation && !check.not_enforced && !ctx.within("CreateStmt")) ctx.report("not-valid", { name });
      if (check.is_no_inherit) ctx.report("no-inherit");
      return ctx.replace(ctx.change(check, { conname: tidb, skip_validation: false, initially_valid: true, is_no_inherit: false }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE a (n int CONSTRAINT positive CHECK (n > 0))",
      pg: "CREATE TABLE b (n int, CONSTRAINT positive CHECK (n > 0 AND n <> 7 OR n IS NULL) NO INHERIT)",
      tidb: "CREATE TABLE b (\n  n INT,\n  CONSTRAINT b_positive CHECK (n > 0 AND n <> 7 OR n IS NULL)\n) COLLATE utf8mb4_0900_bin",
      findings: ["renamed", "no-inherit"],
      accepts: ["INSERT INTO b VALUES (NULL), (1)"],
      refuses: ["INSERT INTO b VALUES (0)", "INSERT INTO b VALUES (7)"],
      rejected: { sql: "ALTER TABLE a ADD CONSTRAINT b_positive CHECK (n < 9)", code: 3822 },
    },
    {
      pg: "CREATE TABLE t (s varchar(9), CHECK (s = ANY (ARRAY['on'::text, 'off'::text]) AND length(s) < 4 AND s NOT LIKE 'x%'))",
      tidb: "CREATE TABLE t (\n  s VARCHAR(9),\n  CONSTRAINT t_s_check CHECK (s IN ('on', 'off') AND CHAR_LENGTH(s) < 4 AND s NOT LIKE 'x%')\n) COLLATE utf8mb4_0900_bin",
      accepts: ["INSERT INTO t VALUES ('on'), (NULL)"],
      refuses: ["INSERT INTO t VALUES ('On')", "INSERT INTO t VALUES ('on ')"],
    },
    {
      given: "CREATE TABLE t (n int)",
      pg: "ALTER TABLE t ADD CONSTRAINT small CHECK (n < 10) NOT VALID",
      tidb: "ALTER TABLE t ADD CONSTRAINT small CHECK (n < 10)",
      findings: ["not-valid"],
      refuses: ["INSERT INTO t VALUES (10)"],
    },
    {
      pg: "CREATE TABLE t (n int CONSTRAINT small CHECK (n < 10) NOT ENFORCED); ALTER TABLE t ADD CONSTRAINT tiny CHECK (n < 5) NOT ENFORCED",
      tidb: "CREATE TABLE t (\n  n INT,\n  CONSTRAINT small CHECK (n < 10) NOT ENFORCED\n) COLLATE utf8mb4_0900_bin;\nALTER TABLE t ADD CONSTRAINT tiny CHECK (n < 5) NOT ENFORCED",
      accepts: ["INSERT INTO t VALUES (10)"],
    },
  ],
});
