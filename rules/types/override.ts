import { as, mapType, note, rule, tidbText, warning } from "../../src/rule.js";

const enumGiven = "CREATE TYPE mood AS ENUM ('sad', 'ok')";

export default rule({
  construct: "a type chosen in the configuration",
  why: `The configuration's types entries give columns another TiDB type than the table of types does: by their PostgreSQL type, or by
table.column, the first entry that matches deciding. Defaults and inserted values are written for the type that was chosen, and keys reckon
with its length.`,
  docs: { tidb: "https://docs.pingcap.com/tidb/stable/data-type-overview" },
  messages: {
    chosen: note("{column}: {type} became {tidb}, as {place} says"),
    "may-not-fit": warning("{column}: {tidb}, chosen at {place}, does not hold every value of {type}", {
      help: "look for the longest and largest values in PostgreSQL first; TiDB refuses what does not fit (errors 1406, 1264), and rounds digits behind the point",
    }),
    floating: warning("{column}: {tidb}, chosen at {place}, keeps some 15 digits, and not every decimal fraction", {
      help: "use DECIMAL(p,s) where amounts must be exact",
    }),
    utc: warning("{column}: {tidb}, chosen at {place}, holds the time in UTC and does not follow the session's time zone", {
      help: "keep time_zone = '+00:00' in every session, as the head of the output does",
    }),
    range: warning("{column}: {tidb}, chosen at {place}, ends at 2038-01-19 03:14:07 UTC and begins in 1970", {
      help: "look for values outside; TiDB refuses them (error 1292)",
    }),
    labels: warning("{column}: {tidb}, chosen at {place}, takes any text, and sorts by it and not by the labels' order", {
      help: "add CHECK (column IN (…)) where the labels must hold",
    }),
    "unchecked-json": warning("{column}: {tidb}, chosen at {place}, keeps the text of a JSON value and does not check it", {
      help: "add CHECK (JSON_VALID(column)); JSON functions take text too, but comparisons go by the text",
    }),
    "uuid-bytes": warning("{column}: {tidb}, chosen at {place}, is read and written as 16 bytes", {
      help: "write UUID_TO_BIN('…') and read BIN_TO_UUID(column), or convert in the driver",
    }),
    padded: warning("{column}: {tidb}, chosen at {place}, fills shorter values with zero bytes", {
      help: "use VARBINARY(n) to keep their length",
    }),
    blanks: warning("{column}: {tidb}, chosen at {place}, gives values back without the blanks at their end", {
      help: "use VARCHAR(n) where they matter",
    }),
    "letter-case": warning("{column}: {tidb}, chosen at {place}, passes over letter case and accents when it compares", {
      help: "a UNIQUE key then refuses what PostgreSQL takes",
    }),
  },
  on: (takes) => [
    takes("TypeName", ["names", "typmods", "arrayBounds"], (type, ctx) => {
      const def = ctx.within("ColumnDef");
      if (!def || def.typeName !== type) return;
      const own = ctx.column(def);
      const mapped = mapType(ctx.catalog, type, own ?? def);
      if (!mapped?.override?.chosen || mapped.sql === undefined) return;
      // A serial that no rule made an identity would lose its numbers.
      if (mapped.pg.id.endsWith("serial") && !def.constraints?.some((c) => as("Constraint", c)?.contype === "CONSTR_IDENTITY")) return;
      const data = {
        column: def.colname ?? own?.name ?? "",
        type: mapped.use.name,
        tidb: mapped.sql,
        place: mapped.override.by.place,
      };
      ctx.consumed(type.typmods ?? []);
      const { losses } = mapped.override.chosen;
      if (losses.length === 0) ctx.report("chosen", data);
      for (const message of losses) ctx.report(message, data);
      return ctx.replace(tidbText(mapped.sql));
    }),
  ],
  examples: [
    {
      types: { uuid: "binary(16)", "t.b": "datetime", timestamptz: "datetime(3)" },
      pg: `CREATE TABLE t (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  a uuid DEFAULT '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  b timestamptz DEFAULT now(),
  c timestamptz(3) DEFAULT '2024-02-29 23:30:00.5-01:30'
)`,
      tidb: `CREATE TABLE t (
  id BINARY(16) DEFAULT (UUID_TO_BIN(UUID())),
  a BINARY(16) DEFAULT (UUID_TO_BIN('6ba7b810-9dad-11d1-80b4-00c04fd430c8')),
  b DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6),
  c TIMESTAMP(3) DEFAULT '2024-02-29 23:30:00.5-01:30',
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin`,
      findings: ["uuid-bytes", "uuid-bytes", "utc"],
      accepts: ["INSERT INTO t (id) VALUES (UUID_TO_BIN('6ba7b810-9dad-11d1-80b4-00c04fd430c8'))", "INSERT INTO t () VALUES ()"],
      refuses: ["INSERT INTO t (id) VALUES (UUID_TO_BIN('6ba7b810-9dad-11d1-80b4-00c04fd430c8'))"],
    },
    {
      types: { "timestamptz(*)": "datetime", "*.day": "datetime(0)" },
      pg: "CREATE TABLE t (c timestamptz(3) DEFAULT '2024-02-29 23:30:00.5-01:30', day date)",
      tidb: `CREATE TABLE t (
  c DATETIME(3) DEFAULT '2024-03-01 01:00:00.5',
  day DATETIME(0)
) COLLATE utf8mb4_0900_bin`,
      findings: ["utc", "chosen"],
    },
    {
      types: { "t.name": "varchar(40)", "t.*_at": "timestamp(6)", "varchar(?)": "char(9)", "varchar(*)": "text", text: "mediumtext" },
      pg: "CREATE TABLE t (name text PRIMARY KEY DEFAULT '', made_at timestamp, a varchar(9), b varchar(120), c text)",
      tidb: `CREATE TABLE t (
  name VARCHAR(40) DEFAULT '',
  made_at TIMESTAMP(6),
  a CHAR(9),
  b TEXT,
  c MEDIUMTEXT,
  PRIMARY KEY (name)
) COLLATE utf8mb4_0900_bin`,
      findings: ["may-not-fit", "range", "blanks", "chosen", "may-not-fit"],
      refuses: ["INSERT INTO t (name) VALUES (REPEAT('x', 41))"],
    },
    {
      given: enumGiven,
      types: {
        enum: "varchar(20)",
        boolean: "tinyint(1)",
        jsonb: "longtext",
        numeric: "decimal(20,4)",
        "numeric(*)": "double",
        "text[]": "text",
      },
      pg: `CREATE TABLE t (
  a mood DEFAULT 'ok',
  b boolean DEFAULT true,
  c jsonb DEFAULT '{}',
  d numeric DEFAULT 1.5,
  e numeric(10,2),
  f text[] DEFAULT '{}'
)`,
      tidb: `CREATE TABLE t (
  a VARCHAR(20) DEFAULT 'ok',
  b TINYINT(1) DEFAULT TRUE,
  c LONGTEXT DEFAULT (JSON_OBJECT()),
  d DECIMAL(20,4) DEFAULT 1.5,
  e DOUBLE,
  f TEXT DEFAULT (JSON_ARRAY())
) COLLATE utf8mb4_0900_bin`,
      findings: ["labels", "chosen", "unchecked-json", "may-not-fit", "may-not-fit", "floating", "may-not-fit"],
      accepts: ["INSERT INTO t () VALUES ()"],
    },
    {
      types: { bytea: "binary(8)", "varchar(*)": "varchar(9) collate utf8mb4_0900_ai_ci" },
      pg: "CREATE TABLE t (a bytea, b varchar(9) UNIQUE)",
      tidb: `CREATE TABLE t (
  a BINARY(8),
  b VARCHAR(9) COLLATE utf8mb4_0900_ai_ci,
  UNIQUE KEY t_b_key (b)
) COLLATE utf8mb4_0900_bin`,
      findings: ["may-not-fit", "padded", "letter-case"],
      refuses: ["INSERT INTO t (b) VALUES ('a'), ('A')"],
    },
  ],
});
