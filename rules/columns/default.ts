import {
  as,
  atEnd,
  columnDefinition,
  error,
  find,
  holds,
  identifier,
  isAutoIncrement,
  isNode,
  literalText,
  type Node,
  nodesOf,
  note,
  qualified,
  raw,
  relationName,
  rule,
  type Tidb,
  tidb,
  tidbDefault,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "DEFAULT",
  why: `A default in TiDB is a literal, the current time, NEXTVAL of a sequence, or one call of a few functions; no operators, no casts; what is computed from
constants alone stands there as its result. JSON,
which takes no literal, is built by JSON_ARRAY and JSON_OBJECT. A column that is added to a table takes no default that has to be computed for
the rows that are there (errors 1674, 8230): it is added without, filled by an UPDATE, and then given its default.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-default.html",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-default-values",
  },
  messages: {
    "left-out": error("DEFAULT of {column} was left out: TiDB has no default for {what}", {
      help: "set the value in the application, or in each INSERT",
    }),
    epoch: error("DEFAULT of {column} was left out: TiDB has no default for the seconds since 1970", {
      help: "write the value in each INSERT: UNIX_TIMESTAMP(), or FLOOR(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000) for milliseconds; a default may be CURRENT_TIMESTAMP, on a TIMESTAMP or DATETIME column",
    }),
    dropped: warning("{column} has no DEFAULT any more: where it may be NULL, TiDB refuses rows that give no value for it (error 1364)", {
      help: "SET DEFAULT NULL for such a column",
    }),
    "unknown-column": error("the DEFAULT of {column} is not set: the input does not say of what type it is", {
      help: "convert the file that makes the column together with this one",
    }),
    "auto-increment": warning("{column} keeps its AUTO_INCREMENT: rows without a value get the next number", {
      help: "give it a value in each INSERT; MODIFY COLUMN without AUTO_INCREMENT, after SET tidb_allow_remove_auto_inc = ON, takes it away",
    }),
    "uuid-version": warning("DEFAULT of {column} is UUID(), of version 1: made of the time and the server, not random", {
      help: "generate the uuid in the application where it must be hard to guess, or ordered by time",
    }),
    "per-statement": warning("DEFAULT of {column} is the time of the statement: rows of one transaction may get different times", {
      help: "where rows are told to belong together by it, read the time once in the application and write it",
    }),
    "utc-session": warning("DEFAULT of {column} is the session's time, which is UTC only with time_zone = '+00:00'", {
      help: "set time_zone = '+00:00' in the connection of the application, as the head of the output does",
    }),
    "utc-value": warning("DEFAULT of {column}: a time without an offset is read as UTC", {
      help: "PostgreSQL reads it in the session's time zone: write the offset",
    }),
    "first-instant": warning(
      "DEFAULT of {column} is 1970-01-01 00:00:01 UTC, the first instant that TIMESTAMP holds, in place of the second before",
      {
        help: "where the application compares with the epoch, let it compare with that instant, or make the column nullable and leave it NULL",
      },
    ),
    filled: note("{column} is added without its default, filled by an UPDATE, and then given it", {
      help: "run the UPDATE in batches on a large table: BATCH ON … LIMIT 1000 UPDATE …",
    }),
  },
  on: (takes) => [
    takes("Constraint", ["contype", "raw_expr"], (constraint, ctx) => {
      const def = constraint.contype === "CONSTR_DEFAULT" ? ctx.within("ColumnDef") : undefined;
      const column = def && ctx.column(def);
      if (!def?.typeName || (column && isAutoIncrement(column))) return;
      // As it was written: other rules may have rewritten parts of it.
      const written = nodesOf("Constraint", def.constraints).find((c) => c.contype === "CONSTR_DEFAULT")?.raw_expr;
      const name = column?.name ?? def.colname ?? "";
      const value = tidbDefault(ctx.catalog, column ?? def, written!);
      if ("refused" in value) return ctx.drop(isEpoch(written) ? "epoch" : "left-out", { column: name, what: value.refused });
      ctx.consumed(written!);
      if (constraint.raw_expr !== written) ctx.consumed(constraint.raw_expr!);
      if (value.finding) ctx.report(value.finding, { column: name });
      // What a column has anyway, and an error on one that is NOT NULL (1067).
      if (value.sql === "NULL" && column && (column.notNull || atEnd(column).notNull)) return ctx.replace(tidbText(""));
      return ctx.replace(tidbText(`DEFAULT ${value.sql}`));
    }),
    takes("AlterTableCmd", ["subtype", "name", "def"], (cmd, ctx) => {
      const alter = cmd.subtype === "AT_ColumnDefault" ? ctx.within("AlterTableStmt") : undefined;
      // A view's defaults go with the whole statement.
      if (!alter?.relation || alter.objtype !== "OBJECT_TABLE") return;
      const name = identifier(cmd.name ?? "");
      const table = find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
      const column = table?.columns.get(cmd.name ?? "");
      if (!column && cmd.def === undefined)
        return ctx.replace(tidbText(`ALTER COLUMN ${name} DROP DEFAULT`), "dropped", { column: `${alter.relation.relname}.${cmd.name}` });
      if (!column) return ctx.drop("unknown-column", { column: `${alter.relation.relname}.${cmd.name}` });
      if (isAutoIncrement(column)) return ctx.drop("auto-increment", { column: column.name });
      // Without any, TiDB refuses rows that give no value (error 1364), of a column that may be NULL too.
      const without = () => {
        const isFilled = column.notNull || freedLater(column.name, ctx.origin(cmd as Node), alter.cmds);
        return tidbText(`ALTER COLUMN ${name} ${isFilled ? "DROP DEFAULT" : "SET DEFAULT NULL"}`);
      };
      if (cmd.def === undefined) return ctx.replace(without());
      const value = tidbDefault(ctx.catalog, column, cmd.def);
      if ("refused" in value) {
        // The default that it takes the place of must not fill rows any more.
        ctx.consumed(cmd.def);
        ctx.gone(ctx.origin(cmd as Node));
        return ctx.replace(without(), isEpoch(cmd.def) ? "epoch" : "left-out", { column: column.name, what: value.refused });
      }
      ctx.consumed(cmd.def);
      if (value.finding) ctx.report(value.finding, { column: column.name });
      // JSON's constructors are taken by MODIFY only (errors 1101, 1105), a bare now-function in parentheses only.
      if (!/^\((?:JSON_|VEC_)/.test(value.sql))
        return ctx.replace(
          tidbText(`ALTER COLUMN ${name} SET DEFAULT ${value.sql.startsWith("CURRENT_TIMESTAMP") ? `(${value.sql})` : value.sql}`),
        );
      const definition = columnDefinition(ctx.catalog, column, ctx.lost);
      return "sql" in definition
        ? ctx.replace(tidbText(`MODIFY COLUMN ${definition.sql}`))
        : ctx.drop("left-out", { column: column.name, what: definition.refused });
    }),
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      const cmds = (alter.cmds ?? []).flatMap((item) => {
        const cmd = as("AlterTableCmd", item);
        const def = cmd?.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
        const computed = def?.constraints?.map(computedDefault).find((c) => c !== undefined);
        if (!cmd || !def || !computed) return [item];
        const name = raw(identifier(def.colname ?? ""));
        const exists = raw(cmd.missing_ok ? "IF NOT EXISTS " : "");
        const table = alter.relation!;
        const bare = ctx.change(def, { constraints: def.constraints!.filter((c) => !computedDefault(c) && !isNotNull(c)) });
        ctx.report("filled", { column: def.colname ?? "" }, def);
        ctx.carried(cmd, ["subtype", "def", "missing_ok"]);
        return [
          tidb`ADD COLUMN ${exists}${bare};\nUPDATE ${table} SET ${name} = ${computed} WHERE ${name} IS NULL;\nALTER TABLE ${table} MODIFY COLUMN ${def}` as never,
        ];
      });
      return cmds.every((cmd, i) => cmd === alter.cmds?.[i]) ? undefined : ctx.replace(ctx.change(alter, { cmds }));
    }),
  ],
  examples: [
    {
      pg: "CREATE TABLE t (a bytea DEFAULT '\\xdeadff00', b bytea DEFAULT '\\x6869')",
      tidb: "CREATE TABLE t (\n  a VARBINARY(65535),\n  b VARBINARY(65535) DEFAULT X'6869'\n) COLLATE utf8mb4_0900_bin",
      findings: ["left-out"],
    },
    {
      given: "CREATE TYPE mood AS ENUM ('sad', 'ok')",
      pg: `CREATE TABLE t (
  a int DEFAULT '-1'::integer,
  b numeric(5,2) DEFAULT (0)::numeric,
  c boolean DEFAULT 't',
  d varchar(9) DEFAULT 'it''s \\ x'::character varying,
  e mood DEFAULT 'ok'::mood NOT NULL,
  f int NOT NULL DEFAULT NULL,
  g bytea DEFAULT '\\xdead'::bytea,
  h bit(3) DEFAULT B'101'::"bit",
  i text DEFAULT NULL::text
)`,
      tidb: `CREATE TABLE t (
  a INT DEFAULT -1,
  b DECIMAL(5,2) DEFAULT 0,
  c BOOLEAN DEFAULT TRUE,
  d VARCHAR(9) DEFAULT 'it''s \\\\ x',
  e ENUM('sad','ok') NOT NULL DEFAULT 'ok',
  f INT NOT NULL,
  g VARBINARY(65535) DEFAULT X'DEAD',
  h BIT(3) DEFAULT b'101',
  i LONGTEXT DEFAULT NULL
) COLLATE utf8mb4_0900_bin`,
      accepts: ["INSERT INTO t (f) VALUES (1)"],
      refuses: ["INSERT INTO t () VALUES ()"],
    },
    {
      pg: `CREATE TABLE t (
  a jsonb DEFAULT '{}'::jsonb,
  b json DEFAULT '{"a": [1, null, true, "x"]}',
  c text[] DEFAULT '{}'::text[],
  d int[] DEFAULT ARRAY[]::integer[],
  e text[] DEFAULT ARRAY['a'::text, 'it''s'::text]
)`,
      tidb: `CREATE TABLE t (
  a JSON DEFAULT (JSON_OBJECT()),
  b JSON DEFAULT (JSON_OBJECT('a', JSON_ARRAY(1, NULL, TRUE, 'x'))),
  c JSON DEFAULT (JSON_ARRAY()),
  d JSON DEFAULT (JSON_ARRAY()),
  e JSON DEFAULT (JSON_ARRAY('a', 'it''s'))
) COLLATE utf8mb4_0900_bin`,
      accepts: ["INSERT INTO t () VALUES ()"],
      rejected: { sql: "CREATE TABLE u (a JSON DEFAULT '{}')", code: 1101 },
    },
    {
      pg: `CREATE TABLE t (
  a timestamp DEFAULT now(),
  b timestamp(3) DEFAULT timezone('utc'::text, now()),
  c date DEFAULT ('now'::text)::date,
  d date DEFAULT CURRENT_DATE,
  e timestamptz DEFAULT '2020-01-01 00:00:00',
  f timestamp DEFAULT statement_timestamp()
)`,
      tidb: `CREATE TABLE t (
  a DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6),
  b DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3),
  c DATE DEFAULT (CURRENT_DATE),
  d DATE DEFAULT (CURRENT_DATE),
  e TIMESTAMP(6) DEFAULT '2020-01-01 00:00:00+00:00',
  f DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6)
) COLLATE utf8mb4_0900_bin`,
      findings: ["per-statement", "utc-session", "per-statement", "utc-value"],
      accepts: ["INSERT INTO t () VALUES ()"],
    },
    {
      pg: "CREATE TABLE t (a uuid DEFAULT gen_random_uuid(), b text DEFAULT (gen_random_uuid())::text, c uuid DEFAULT uuid_generate_v1(), d double precision DEFAULT random())",
      tidb: `CREATE TABLE t (
  a CHAR(36) DEFAULT (UUID()),
  b LONGTEXT DEFAULT (UUID()),
  c CHAR(36) DEFAULT (UUID()),
  d DOUBLE DEFAULT (RAND())
) COLLATE utf8mb4_0900_bin`,
      findings: ["uuid-version", "uuid-version"],
      accepts: ["INSERT INTO t () VALUES (), ()"],
    },
    {
      pg: "CREATE TABLE t (a text DEFAULT upper('x'), b timestamp DEFAULT now() + '1 day'::interval, c numeric DEFAULT 1.6::integer, d name DEFAULT CURRENT_USER)",
      tidb: `CREATE TABLE t (
  a LONGTEXT,
  b DATETIME(6),
  c DECIMAL(65,30),
  d VARCHAR(63)
) COLLATE utf8mb4_0900_bin`,
      findings: ["left-out", "left-out", "left-out", "left-out"],
      rejected: { sql: "CREATE TABLE u (a VARCHAR(9) DEFAULT (UPPER('x')))", code: 3770 },
    },
    {
      pg: "CREATE TABLE t (a int DEFAULT 60 * 60, b bigint DEFAULT (1024 * 1024)::bigint * 4096, c text DEFAULT 'a' || 'b'::text, d int DEFAULT -7 / 2 - 7 % 4, e bigint DEFAULT 3000000000 + 1, f numeric(5,2) DEFAULT 7 / 2)",
      tidb: `CREATE TABLE t (
  a INT DEFAULT 3600,
  b BIGINT DEFAULT 4294967296,
  c VARCHAR(16383) DEFAULT 'ab',
  d INT DEFAULT -6,
  e BIGINT DEFAULT 3000000001,
  f DECIMAL(5,2) DEFAULT 3
) COLLATE utf8mb4_0900_bin`,
      accepts: ["INSERT INTO t () VALUES ()"],
      rejected: { sql: "CREATE TABLE u (a INT DEFAULT (60 * 60))", code: 1064 },
    },
    {
      pg: "CREATE TABLE t (a varchar(3) DEFAULT 'abcdef', b varchar(3) DEFAULT 'abcdef'::varchar(3), c char(2) DEFAULT 'x    ', d smallint DEFAULT 32768, e smallint DEFAULT 32767.4, f numeric(3,1) DEFAULT 99.95, g numeric(3,1) DEFAULT -99.94, h bit(2) DEFAULT B'1', i integer DEFAULT 3000000000)",
      tidb: `CREATE TABLE t (
  a VARCHAR(3),
  b VARCHAR(3) DEFAULT 'abc',
  c CHAR(2) DEFAULT 'x',
  d SMALLINT,
  e SMALLINT DEFAULT 32767,
  f DECIMAL(3,1),
  g DECIMAL(3,1) DEFAULT -99.9,
  h BIT(2),
  i INT
) COLLATE utf8mb4_0900_bin`,
      findings: ["left-out", "left-out", "left-out", "left-out", "left-out"],
      accepts: ["INSERT INTO t () VALUES ()"],
      rejected: { sql: "CREATE TABLE u (f DECIMAL(3,1) DEFAULT 99.95)", code: 1067 },
    },
    {
      pg: "CREATE TABLE t (a bigint NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()), b bigint DEFAULT (date_part('epoch', now()) * 1000)::bigint)",
      tidb: "CREATE TABLE t (\n  a BIGINT NOT NULL,\n  b BIGINT\n) COLLATE utf8mb4_0900_bin",
      findings: ["epoch", "epoch"],
      accepts: ["INSERT INTO t VALUES (UNIX_TIMESTAMP(), FLOOR(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000))"],
      refuses: ["INSERT INTO t (b) VALUES (1)"],
      rejected: { sql: "CREATE TABLE u (a BIGINT DEFAULT (UNIX_TIMESTAMP()))", code: 3770 },
    },
    {
      given: "CREATE SCHEMA app; CREATE TABLE app.t (a int, b int); CREATE TABLE x (b int)",
      pg: "ALTER TABLE app_t ALTER COLUMN a DROP DEFAULT",
      tidb: "ALTER TABLE app_t ALTER COLUMN a DROP DEFAULT",
      findings: ["dropped"],
      refuses: ["INSERT INTO app_t (b) VALUES (1)"],
    },
    {
      given: "CREATE SEQUENCE s; CREATE TABLE t (a int, d timestamp, j jsonb, u uuid, n bigint, z timestamptz, o serial)",
      pg: "ALTER TABLE t ALTER a SET DEFAULT 7, ALTER d SET DEFAULT now(), ALTER j SET DEFAULT '{}', ALTER u SET DEFAULT gen_random_uuid(), ALTER n SET DEFAULT nextval('s'), ALTER z SET DEFAULT 'epoch', ALTER d SET DEFAULT age(now()), ALTER d DROP DEFAULT, ALTER a SET NOT NULL, ALTER a DROP DEFAULT, ALTER o DROP DEFAULT, ALTER n SET DEFAULT nextval('t_o_seq'), ALTER x SET DEFAULT 1",
      tidb: `ALTER TABLE t ALTER COLUMN a SET DEFAULT 7;
ALTER TABLE t ALTER COLUMN d SET DEFAULT (CURRENT_TIMESTAMP(6));
ALTER TABLE t MODIFY COLUMN j JSON DEFAULT (JSON_OBJECT());
ALTER TABLE t ALTER COLUMN u SET DEFAULT (UUID());
ALTER TABLE t ALTER COLUMN n SET DEFAULT (NEXTVAL(s));
ALTER TABLE t ALTER COLUMN z SET DEFAULT '1970-01-01 00:00:01+00:00';
ALTER TABLE t ALTER COLUMN d SET DEFAULT NULL;
ALTER TABLE t ALTER COLUMN d SET DEFAULT NULL;
ALTER TABLE t MODIFY COLUMN a INT NOT NULL;
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
ALTER TABLE t ALTER COLUMN n SET DEFAULT NULL`,
      findings: ["per-statement", "uuid-version", "first-instant", "left-out", "auto-increment", "left-out", "unknown-column"],
      accepts: ["INSERT INTO t (a) VALUES (1)"],
      refuses: ["INSERT INTO t () VALUES ()"],
      rejected: { sql: "ALTER TABLE t ALTER COLUMN z SET DEFAULT '1970-01-01 00:00:00+00:00'", code: 1067 },
    },
    {
      given: "CREATE TABLE t (a varchar(9) NOT NULL DEFAULT 'x', b varchar(9)); INSERT INTO t VALUES ('1', '2')",
      pg: "ALTER TABLE t ALTER a SET DEFAULT upper('y'), ALTER b SET NOT NULL, ALTER b SET DEFAULT upper('y'); ALTER TABLE t ALTER a TYPE varchar(19)",
      tidb: `ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
ALTER TABLE t MODIFY COLUMN b VARCHAR(9) NOT NULL;
ALTER TABLE t ALTER COLUMN b DROP DEFAULT;
ALTER TABLE t MODIFY COLUMN a VARCHAR(19) NOT NULL`,
      findings: ["left-out", "left-out"],
      accepts: ["INSERT INTO t VALUES ('a', 'b')"],
      refuses: ["INSERT INTO t (a) VALUES ('a')", "INSERT INTO t (b) VALUES ('b')"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)",
      pg: "ALTER TABLE t ADD COLUMN a jsonb NOT NULL DEFAULT '[]', ADD COLUMN IF NOT EXISTS b uuid DEFAULT gen_random_uuid() UNIQUE, ADD c int NOT NULL DEFAULT 1",
      tidb: `ALTER TABLE t ADD COLUMN a JSON;
UPDATE t SET a = JSON_ARRAY() WHERE a IS NULL;
ALTER TABLE t MODIFY COLUMN a JSON NOT NULL DEFAULT (JSON_ARRAY());
ALTER TABLE t ADD COLUMN IF NOT EXISTS b CHAR(36);
UPDATE t SET b = UUID() WHERE b IS NULL;
ALTER TABLE t MODIFY COLUMN b CHAR(36) DEFAULT (UUID());
ALTER TABLE t ADD UNIQUE KEY t_b_key (b);
ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 1`,
      findings: ["uuid-version", "filled", "filled"],
      accepts: ["INSERT INTO t (id) VALUES (3)"],
      refuses: ["INSERT INTO t (id, a) VALUES (4, NULL)", "INSERT INTO t (id, a, b) SELECT 4, a, b FROM t WHERE id = 1"],
      rejected: { sql: "ALTER TABLE t ADD COLUMN d JSON DEFAULT (JSON_ARRAY())", code: 1674 },
    },
  ],
});

/** Whether the column may be NULL only by a later clause of the statement: by MODIFY COLUMN, which makes its default NULL as well. */
function freedLater(column: string, cmd: Node, cmds: readonly Value[] = []): boolean {
  return nodesOf("AlterTableCmd", cmds.slice(cmds.indexOf(cmd))).some(
    ({ subtype, name }) => subtype === "AT_DropNotNull" && name === column,
  );
}

/** Defaults that TiDB does not compute for rows that are there (errors 1674 and 8230). */
const COMPUTED = /^DEFAULT \((?:UUID|RAND|NEXTVAL|JSON_|VEC_)/;

/** What such a default computes. */
function computedDefault(constraint: unknown): Tidb | undefined {
  const text = isNode(constraint) ? (constraint as unknown as Tidb) : undefined;
  if (text?.kind !== "Tidb" || !COMPUTED.test(text.texts[0]!)) return undefined;
  const texts = [...text.texts];
  texts[0] = texts[0]!.replace("DEFAULT (", "");
  texts.push(texts.pop()!.replace(/\)$/, ""));
  return { ...text, texts };
}

/** Whether it is `extract(epoch FROM …)`, or is made of it. */
function isEpoch(expression: Value | undefined): boolean {
  return holds(expression, (node) => {
    const { funcname, args } = as("FuncCall", node) ?? {};
    return funcname !== undefined && EXTRACTS.has(qualified(funcname).name) && literalText(args?.[0]) === "epoch";
  });
}

const EXTRACTS: ReadonlySet<string> = new Set(["extract", "date_part"]);

function isNotNull(constraint: unknown): boolean {
  return as("Constraint", constraint as never)?.contype === "CONSTR_NOTNULL";
}
