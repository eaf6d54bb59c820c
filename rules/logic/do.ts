import { error, note, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "DO block",
  why: `A DO block is a program in PL/pgSQL (or another language) that runs once, and TiDB runs SQL only. Many do nothing but to guard
statements: IF NOT EXISTS (SELECT … FROM pg_type …), EXCEPTION WHEN duplicate_object THEN NULL. Their parsed bodies are run against the schema
as the input has made it so far, and the statements that the guards let pass stand in the block's place, converted as any others, with
IF NOT EXISTS where both databases have it.`,
  docs: { pg: "https://www.postgresql.org/docs/current/sql-do.html", tidb: "https://docs.pingcap.com/tidb/stable/mysql-compatibility" },
  messages: {
    unfolded: note("the DO block came to {count} of its statements, which stand in its place"),
    nothing: note("the DO block changes nothing: it came to messages at most, which nobody reads here"),
    there: note("{what} of the DO block is left out, as its guard asks: what it makes is there already"),
    "not-met": warning("{what} of the DO block is left out: the schema that the input makes does not meet its condition", {
      help: "convert the block together with the files that make what it looks for, or write its statement where it is due",
    }),
    uncaught: warning("the DO block passes over every failure of {what}, and TiDB stops at those that the schema does not tell", {
      help: "where its rows or rights can make it fail, run it by hand and go on behind it",
    }),
    stopped: error("the DO block is in the output only up to {reason}, which takes back in PostgreSQL what stands here", {
      help: "write out what it comes to in your database",
    }),
    lost: error("a DO block is not in the output: TiDB runs no procedural code, and {reason} cannot be worked out beforehand", {
      help: "write out the statements it would run; where it goes over rows, one UPDATE, DELETE or INSERT … SELECT often does the same",
    }),
  },
  on: (takes) => [
    takes("DoStmt", [], (block, ctx) => {
      const result = ctx.final.blocks.get(block as never);
      if (!result) return;
      if ("refused" in result) return ctx.drop("lost", { reason: result.refused });
      for (const { what, there } of result.skipped) ctx.report(there ? "there" : "not-met", { what });
      for (const what of result.uncaught) ctx.report("uncaught", { what });
      if (result.stopped !== undefined) ctx.report("stopped", { reason: result.stopped });
      if (result.kept > 0) ctx.report("unfolded", { count: result.kept });
      else if (result.skipped.length === 0) ctx.report("nothing");
      return ctx.statements([]);
    }),
  ],
  examples: [
    {
      pg: "DO $$ BEGIN BEGIN CREATE TYPE mood AS ENUM ('sad', 'ok'); EXCEPTION WHEN duplicate_object THEN NULL; END; END $$; CREATE TABLE t (m mood)",
      tidb: "CREATE TABLE t (\n  m ENUM('sad','ok')\n) COLLATE utf8mb4_0900_bin",
      findings: ["unfolded"],
      accepts: ["INSERT INTO t VALUES ('ok')"],
      refuses: ["INSERT INTO t VALUES ('odd')"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (a int)",
      pg: `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'mood' AND n.nspname = 'public') THEN
    CREATE TYPE mood AS ENUM ('ok');
  END IF;
  ALTER TABLE t ADD COLUMN m mood;
  IF to_regclass('public.u') IS NULL THEN CREATE TABLE u (a int); END IF;
  IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN ALTER TABLE t ADD b int; END IF;
END $$`,
      tidb: `ALTER TABLE t ADD COLUMN m ENUM('sad');
CREATE TABLE IF NOT EXISTS u (
  a INT
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT`,
      findings: ["there", "unfolded"],
      accepts: ["INSERT INTO t VALUES (1, 'sad', 2)", "INSERT INTO u VALUES (1)"],
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int)",
      pg: `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c_p') THEN ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p (id); END IF;
  IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'gone') THEN DROP TABLE gone; ELSE RAISE NOTICE 'nothing to drop'; END IF;
END $$;
DO $$ BEGIN ALTER TABLE c ADD p int; EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'it is there'; END $$`,
      tidb: "ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p (id)",
      findings: ["not-met", "unfolded", "there"],
      refuses: ["INSERT INTO c VALUES (1)"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: `DO $$ BEGIN RAISE NOTICE 'done'; END $$;
DO $$ BEGIN NULL; RETURN; END $$;
DO $$ BEGIN IF to_regclass('t') IS NULL THEN RAISE EXCEPTION 'run the first file'; END IF; END $$`,
      tidb: "",
      findings: ["nothing", "nothing", "nothing"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: `DO $$ BEGIN
  CREATE INDEX i ON t (a);
  IF to_regclass('t') IS NOT NULL THEN RETURN; END IF;
  CREATE TABLE t (a int);
  CREATE TABLE u (a int);
END $$;
DO $$ BEGIN IF to_regclass('u') IS NULL THEN RETURN; END IF; ALTER TABLE u ADD b int; END $$`,
      tidb: "CREATE INDEX i ON t (a)",
      findings: ["there", "there", "unfolded", "not-met"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "DO $$ BEGIN IF EXISTS (SELECT 1 FROM t) THEN RAISE EXCEPTION 'not empty'; END IF; END $$",
      tidb: null,
      findings: ["lost"],
      rejected: { sql: "DO $$ BEGIN PERFORM 1; END $$", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int); CREATE TABLE s (b int); CREATE EXTENSION pgcrypto",
      pg: `DO $$ BEGIN
  BEGIN UPDATE t AS x SET a = NULL WHERE x.a IN (SELECT y.b FROM s AS y); EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN UPDATE t SET a = c; EXCEPTION WHEN undefined_column THEN NULL; END;
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto') THEN CREATE EXTENSION pgcrypto; END IF;
END $$`,
      tidb: "UPDATE t AS x SET a = NULL WHERE x.a IN (SELECT y.b FROM s AS y)",
      findings: ["not-met", "there", "uncaught", "unfolded"],
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: "DO $$ BEGIN CREATE TABLE u (a int); ALTER TABLE t ADD a int; EXCEPTION WHEN duplicate_column THEN NULL; END $$",
      tidb: "CREATE TABLE u (\n  a INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["stopped", "unfolded"],
    },
    {
      given: 'CREATE TABLE t (a int, b text); CREATE TABLE "U" (a int)',
      pg: `DO $$ DECLARE words text[] := ARRAY['x', 'y']; t text; tables text[] := ARRAY['t', 'U']; BEGIN
  UPDATE t SET b = words[2] WHERE b = ANY (words);
  FOREACH t IN ARRAY tables LOOP
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = t AND column_name = 'tenant') THEN
      EXECUTE format('ALTER TABLE %I ADD COLUMN tenant varchar(9) DEFAULT %L', t, t);
    END IF;
    EXECUTE 'CREATE INDEX ' || quote_ident(t || '_tenant') || ' ON ' || quote_ident(t) || ' (tenant)';
  END LOOP;
  FOR i IN 1..2 LOOP EXECUTE format('CREATE TABLE p%s (a int)', i); INSERT INTO t (a) VALUES (i); END LOOP;
END $$`,
      tidb: `UPDATE t
SET
  b = CASE WHEN JSON_TYPE(JSON_EXTRACT(JSON_ARRAY('x', 'y'), '$[1]')) NOT IN ('NULL', 'ARRAY') THEN JSON_UNQUOTE(JSON_EXTRACT(JSON_ARRAY('x', 'y'), '$[1]')) END
WHERE b IN ('x', 'y');
ALTER TABLE t ADD COLUMN IF NOT EXISTS tenant VARCHAR(9) DEFAULT 't';
CREATE INDEX t_tenant ON t (tenant);
ALTER TABLE \`U\` ADD COLUMN IF NOT EXISTS tenant VARCHAR(9) DEFAULT 'U';
CREATE INDEX \`U_tenant\` ON \`U\` (tenant);
CREATE TABLE p1 (
  a INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO t (a) VALUES (1);
CREATE TABLE p2 (
  a INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO t (a) VALUES (2)`,
      findings: ["unfolded"],
      accepts: ["INSERT INTO `U` (a, tenant) VALUES (1, 'x')", "INSERT INTO p2 VALUES (1)"],
    },
    {
      given: "CREATE TABLE t (a int, b text)",
      pg: `DO $$ DECLARE n int := 1; BEGIN n := 2; EXECUTE format('CREATE TABLE p%s (a int)', n); END $$;
DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['a'] LOOP NULL; END LOOP; INSERT INTO t (b) VALUES (r); END $$;
DO $$ DECLARE r text := now()::text; BEGIN EXECUTE format('COMMENT ON TABLE t IS %L', r); END $$`,
      tidb: null,
      findings: ["lost", "lost", "lost"],
    },
    {
      pg: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 AS a LOOP EXECUTE format('CREATE TABLE t%s (a int)', r.a); END LOOP; END $$",
      tidb: null,
      findings: ["lost"],
    },
  ],
});
