import {
  as,
  error,
  fitsKey,
  identifier,
  keyBytes,
  keyName,
  mapType,
  type NodeOf,
  neverNull,
  note,
  raw,
  rule,
  tidb,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "UNIQUE and PRIMARY KEY",
  why: `Both mean the same in TiDB: many NULLs, checked at once. What differs are the options, the length of a key (3072 bytes, four for each
character that may be stored), and NULLS NOT DISTINCT, which becomes a key over expressions that are never NULL.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#unique-key",
  },
  messages: {
    deferrable: warning("{name} is checked row by row: TiDB cannot defer it to the end of the statement or transaction", {
      help: "renumbering in one UPDATE may fail half way: order it (ORDER BY … DESC), or go through values that are free",
    }),
    again: note("the statement says more than once that {columns} is unique: one key is made, {name}, as in PostgreSQL"),
    include: note("INCLUDE is left away: it speeds up reading and constrains nothing"),
    storage: note("storage options of the index are left away"),
    "unknown-index": error("constraint {name} is not made: the input does not make the index {index} that it is to use", {
      help: "convert the file that makes the index together with this one",
    }),
    "using-index": note("the index {index} becomes the constraint {name}"),
    "nulls-not-distinct": note("NULLS NOT DISTINCT became a key over each column and whether it is NULL"),
    "exclude-equal": note("EXCLUDE {name} compares by = alone: it is UNIQUE"),
    exclude: error("EXCLUDE {name} was left out: TiDB has no exclusion constraints", {
      help: "check for overlaps in the transaction that writes, under a lock (SELECT … FOR UPDATE on a parent row)",
    }),
    overlaps: error("{name} was left out: TiDB has no WITHOUT OVERLAPS", {
      help: "check for overlaps in the transaction that writes, under a lock (SELECT … FOR UPDATE on a parent row)",
    }),
    "too-long": warning("{name} holds digests of {columns}: the columns are longer than a key of TiDB (3072 bytes)", {
      help: "the constraint is as strict, but a search for these columns does not use it; shorten the columns where you can",
    }),
    "primary-json": error("{name} was left out: {column} is JSON, which TiDB takes into no key", {
      help: "make another column the key; a UNIQUE index over (MD5({column})) keeps its values apart",
    }),
    "primary-too-long": error("{name} was left out: its columns are longer than a key of TiDB (3072 bytes)", {
      help: "shorten the columns, or use another key and make this one UNIQUE",
    }),
  },
  on: (takes) => [
    takes(
      "Constraint",
      [
        "contype",
        "conname",
        "keys",
        "deferrable",
        "initdeferred",
        "including",
        "options",
        "indexspace",
        "nulls_not_distinct",
        "without_overlaps",
        "indexname",
        "access_method",
        "exclusions",
        "where_clause",
      ],
      (key, ctx) => {
        const made = ctx.constraint(key);
        if (!made || (made.type !== "unique" && made.type !== "primary" && made.type !== "exclude")) return;
        const { name, columns } = made;
        if (made.node !== ctx.origin(key as NodeOf<"Constraint">)) {
          ctx.consumed(key as NodeOf<"Constraint">);
          return ctx.replace(tidbText(""), "again", { columns: columns.map((c) => c.name).join(", "), name });
        }
        if (key.indexname !== undefined && columns.length === 0)
          return ctx.drop("unknown-index", { name: key.conname ?? key.indexname, index: key.indexname });
        if (made.type === "exclude") return ctx.drop("exclude", { name });
        if (key.without_overlaps) return ctx.drop("overlaps", { name });
        if (key.deferrable) ctx.report("deferrable", { name });
        if (key.including?.length) ctx.report("include");
        if (key.options?.length || key.indexspace) ctx.report("storage");
        for (const option of key.options ?? [])
          if (typeof option === "object" && "kind" in option && option.kind === "DefElem") ctx.carried(option, ["defname", "arg"]);
        const tooLong = !fitsKey(columns, ctx.final);
        const words = columns.map((c) => c.name).join(", ");
        const document = tooLong ? columns.find((c) => mapType(ctx.final, c.type, c)?.sql === "JSON") : undefined;
        if (document && made.type === "primary") return ctx.drop("primary-json", { name, column: document.name });
        if (tooLong && made.type === "primary") return ctx.drop("primary-too-long", { name });
        if (tooLong) {
          ctx.differs(key as never);
          const parts = columns.map((c) => (keyBytes(c, ctx.final) > 255 ? `(MD5(${identifier(c.name)}))` : identifier(c.name)));
          return ctx.replace(tidbText(`UNIQUE KEY ${identifier(keyName(name))} (${parts.join(", ")})`), "too-long", {
            name,
            columns: words,
          });
        }
        if (key.nulls_not_distinct) {
          ctx.differs(key as never);
          const parts = columns.flatMap((c) => (c.notNull ? [identifier(c.name)] : neverNull(c, ctx.final).map((part) => `(${part})`)));
          return ctx.replace(tidbText(`UNIQUE KEY ${identifier(keyName(name))} (${parts.join(", ")})`), "nulls-not-distinct");
        }
        if (key.contype === "CONSTR_EXCLUSION") {
          ctx.consumed((key.exclusions ?? []) as never);
          return ctx.replace(
            ctx.change(key, {
              contype: "CONSTR_UNIQUE",
              conname: keyName(name),
              keys: columns.map((c) => c.name),
              exclusions: [],
              access_method: undefined,
              deferrable: false,
              initdeferred: false,
              including: [],
              options: [],
              indexspace: undefined,
            }),
            "exclude-equal",
            { name },
          );
        }
        const cleared = { deferrable: false, initdeferred: false, including: [], options: [], indexspace: undefined };
        return ctx.replace(ctx.change(key, cleared));
      },
    ),
    takes("AlterTableStmt", ["relation", "cmds"], (alter, ctx) => {
      // ADD CONSTRAINT … USING INDEX: the unique index is there already, under its own name.
      const cmds = (alter.cmds ?? []).flatMap((item): Value[] => {
        const cmd = as("AlterTableCmd", item);
        const constraint = as("Constraint", cmd?.def);
        const index = constraint?.indexname;
        if (!cmd || !constraint || index === undefined) return [item];
        const name = constraint.conname ?? index;
        const keys = (ctx.constraint(constraint)?.columns ?? []).map((c) => identifier(c.name)).join(", ");
        ctx.report("using-index", { index, name }, constraint as never);
        ctx.carried(cmd, ["subtype", "def"]);
        ctx.carried(constraint, ["contype", "indexname", "conname", "keys"]);
        // The index is the key from now on; beside it, a second one would be kept.
        if (constraint.contype === "CONSTR_PRIMARY")
          return [
            tidb`ADD PRIMARY KEY (${raw(keys)});\nALTER TABLE ${alter.relation!} DROP INDEX IF EXISTS ${raw(identifier(keyName(index)))}` as never,
          ];
        return name === index ? [] : [tidbText(`RENAME INDEX ${identifier(keyName(index))} TO ${identifier(keyName(name))}`) as never];
      });
      if (cmds.length === alter.cmds?.length && cmds.every((cmd, i) => cmd === alter.cmds![i])) return;
      return cmds.length === 0 ? ctx.statements([]) : ctx.replace(ctx.change(alter, { cmds }));
    }),
  ],
  examples: [
    {
      pg: "CREATE TABLE t (a int NULL, b int, PRIMARY KEY (a, b))",
      tidb: "CREATE TABLE t (\n  a INT,\n  b INT,\n  PRIMARY KEY (a, b)\n) COLLATE utf8mb4_0900_bin",
      refuses: ["INSERT INTO t VALUES (NULL, 1)"],
      rejected: { sql: "CREATE TABLE u (a INT NULL, PRIMARY KEY (a))", code: 1171 },
    },
    {
      pg: "CREATE TABLE t (a int UNIQUE PRIMARY KEY, b int UNIQUE, c int, CONSTRAINT k UNIQUE (b), UNIQUE (b) DEFERRABLE, UNIQUE (c, b)); ALTER TABLE t ADD COLUMN d int UNIQUE CONSTRAINT l UNIQUE, ADD UNIQUE (d); ALTER TABLE t DROP CONSTRAINT k",
      tidb: `CREATE TABLE t (
  a INT,
  b INT,
  c INT,
  UNIQUE KEY t_b_key (b),
  UNIQUE KEY t_c_b_key (c, b),
  PRIMARY KEY (a),
  UNIQUE KEY k (b)
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t ADD COLUMN d INT;
ALTER TABLE t ADD UNIQUE KEY l (d);
ALTER TABLE t ADD UNIQUE KEY t_d_key (d);
ALTER TABLE t DROP INDEX k`,
      findings: ["again", "deferrable", "again", "again"],
      refuses: ["INSERT INTO t VALUES (1, 1, 1, 1), (2, 1, 2, 2)", "INSERT INTO t VALUES (1, 1, 1, 1), (2, 2, 2, 1)"],
    },
    {
      pg: "CREATE TABLE t (a int, b int, c int, UNIQUE (a) DEFERRABLE, CONSTRAINT u UNIQUE (b) INCLUDE (c) WITH (fillfactor = 70))",
      tidb: "CREATE TABLE t (\n  a INT,\n  b INT,\n  c INT,\n  UNIQUE KEY t_a_key (a),\n  UNIQUE KEY u (b)\n) COLLATE utf8mb4_0900_bin",
      findings: ["deferrable", "include", "storage"],
      accepts: ["INSERT INTO t VALUES (NULL, NULL, 1), (NULL, NULL, 1)"],
    },
    {
      pg: "CREATE TABLE t (a int NOT NULL, b int, s varchar(9), UNIQUE NULLS NOT DISTINCT (a, b), UNIQUE NULLS NOT DISTINCT (s))",
      tidb: "CREATE TABLE t (\n  a INT NOT NULL,\n  b INT,\n  s VARCHAR(9),\n  UNIQUE KEY t_a_b_key (a, (CASE WHEN b IS NULL THEN 0 ELSE b END), (b IS NULL)),\n  UNIQUE KEY t_s_key ((CASE WHEN s IS NULL THEN '' ELSE s END), (s IS NULL))\n) COLLATE utf8mb4_0900_bin",
      findings: ["nulls-not-distinct", "nulls-not-distinct"],
      accepts: ["INSERT INTO t VALUES (1, NULL, NULL), (1, 0, ''), (2, NULL, 'x')"],
      refuses: ["INSERT INTO t VALUES (1, NULL, 'y')", "INSERT INTO t VALUES (3, 3, NULL)"],
      rejected: { sql: "CREATE TABLE u (a INT, UNIQUE NULLS NOT DISTINCT (a))", code: 1064 },
    },
    {
      pg: "CREATE TABLE t (room int, s text, EXCLUDE USING gist (room WITH =, s WITH =))",
      tidb: "CREATE TABLE t (\n  room INT,\n  s VARCHAR(767),\n  UNIQUE KEY t_room_s_excl (room, s)\n) COLLATE utf8mb4_0900_bin",
      findings: ["exclude-equal"],
      accepts: ["INSERT INTO t VALUES (1, 'a'), (1, 'A'), (1, NULL), (1, NULL)"],
      refuses: ["INSERT INTO t VALUES (1, 'a')"],
    },
    {
      pg: "CREATE TABLE t (room int, EXCLUDE USING gist (room WITH =) WHERE (room > 3))",
      tidb: "CREATE TABLE t (\n  room INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["exclude"],
      rejected: { sql: "CREATE TABLE u (room INT, EXCLUDE USING gist (room WITH =))", code: 1064 },
    },
    {
      pg: "CREATE TABLE t (id int, PRIMARY KEY (id, valid WITHOUT OVERLAPS), valid varchar(9))",
      tidb: "CREATE TABLE t (\n  id INT NOT NULL,\n  valid VARCHAR(9) NOT NULL\n) COLLATE utf8mb4_0900_bin",
      findings: ["overlaps"],
    },
    {
      pg: "CREATE TABLE t (url varchar(2000) UNIQUE)",
      tidb: "CREATE TABLE t (\n  url VARCHAR(2000),\n  UNIQUE KEY t_url_key ((MD5(url)))\n) COLLATE utf8mb4_0900_bin",
      findings: ["too-long"],
      accepts: ["INSERT INTO t VALUES ('a'), ('A'), ('a '), (NULL), (NULL)"],
      refuses: ["INSERT INTO t VALUES ('a')"],
      rejected: { sql: "CREATE TABLE u (url VARCHAR(2000) UNIQUE)", code: 1071 },
    },
    {
      pg: "CREATE TABLE t (a int, b text, c text, UNIQUE (a, b, c)); ALTER TABLE t ALTER b TYPE jsonb USING b::jsonb",
      tidb: `CREATE TABLE t (
  a INT,
  b LONGTEXT,
  c LONGTEXT,
  UNIQUE KEY t_a_b_c_key (a, (MD5(b)), (MD5(c)))
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t DROP INDEX t_a_b_c_key;
ALTER TABLE t MODIFY COLUMN b JSON;
ALTER TABLE t ADD UNIQUE KEY t_a_b_c_key (a, (MD5(b)), (MD5(c)))`,
      findings: ["too-long", "too-long"],
      accepts: [`INSERT INTO t VALUES (1, '{"a": 1}', 'x'), (1, '{"a": 2}', 'x')`],
      refuses: [`INSERT INTO t VALUES (1, '{"a": 1}', 'x')`],
    },
    {
      pg: "CREATE TABLE t (url varchar(2000) PRIMARY KEY)",
      tidb: "CREATE TABLE t (\n  url VARCHAR(2000) NOT NULL\n) COLLATE utf8mb4_0900_bin",
      findings: ["primary-too-long"],
      rejected: { sql: "CREATE TABLE u (url VARCHAR(2000) PRIMARY KEY)", code: 1071 },
    },
    {
      pg: "CREATE TABLE t (j jsonb PRIMARY KEY)",
      tidb: "CREATE TABLE t (\n  j JSON NOT NULL\n) COLLATE utf8mb4_0900_bin",
      findings: ["primary-json"],
      rejected: { sql: "CREATE TABLE u (j JSON PRIMARY KEY)", code: 3152 },
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); CREATE UNIQUE INDEX i ON t (a)",
      pg: "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i, ADD UNIQUE USING INDEX elsewhere",
      tidb: "ALTER TABLE t DROP PRIMARY KEY;\nALTER TABLE t ADD PRIMARY KEY (a);\nALTER TABLE t DROP INDEX IF EXISTS i",
      findings: ["unknown-index", "using-index"],
      accepts: ["INSERT INTO t VALUES (1, 1), (1, 2)"],
      refuses: ["INSERT INTO t VALUES (2, 1)"],
    },
    {
      given: "CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a)",
      pg: "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i",
      tidb: "ALTER TABLE t RENAME INDEX i TO u",
      findings: ["using-index"],
    },
  ],
});
