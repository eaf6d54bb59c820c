import { domainsOf, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "casts to a domain",
  why: `TiDB has no domains: a column of one has its base type, and its checks as CHECK. An expression has no place for them: a cast to a domain is
one to its base type. What is stored in a column of the domain is checked there.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/domains.html",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#check",
  },
  messages: {
    unchecked: warning("the cast to {domain} checks nothing: PostgreSQL raises an error for values that the domain refuses", {
      help: "check the value where it comes from; a column of the domain has its checks",
    }),
  },
  on: (takes) => [
    takes("TypeCast", ["typeName"], (cast, ctx) => {
      const domain = domainsOf(ctx.catalog, cast.typeName).find(({ checks, notNull }) => notNull || checks.length > 0);
      // What a column gets is checked by the column.
      if (domain && !ctx.within("ColumnDef")) ctx.report("unchecked", { domain: domain.name });
      return undefined;
    }),
  ],
  examples: [
    {
      given: `CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN label AS varchar(3); CREATE TABLE t (id int PRIMARY KEY, a positive NOT NULL DEFAULT 1, b label, c positive[]); INSERT INTO t VALUES (1, 5, 'x ', '{1,2}'), (2, 7, NULL, NULL)`,
      pg: "SELECT a + 1 AS n, a::text || b AS s, a = 5 AS five, '9'::positive AS p, id::positive AS q, b::label AS l, c[2] AS c, to_jsonb(a) AS j FROM t ORDER BY id",
      tidb: `SELECT
  a + 1 AS n,
  CONCAT(CAST(a AS CHAR), b) AS s,
  a = 5 AS five,
  9 AS p,
  id AS q,
  LEFT(b, 3) AS l,
  CASE WHEN JSON_TYPE(JSON_EXTRACT(c, '$[1]')) NOT IN ('NULL', 'ARRAY') THEN CAST(JSON_EXTRACT(c, '$[1]') AS SIGNED) END AS c,
  CAST(a AS JSON) AS j
FROM t
ORDER BY id`,
      findings: ["unchecked", "unchecked"],
    },
    {
      given: `CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TABLE t (id int PRIMARY KEY, a positive NOT NULL DEFAULT 1); INSERT INTO t VALUES (1, 5), (2, 7)`,
      pg: "UPDATE t SET a = a + 1 WHERE a > 5; INSERT INTO t SELECT id + 10, a + id FROM t; INSERT INTO t (id) VALUES (3)",
      tidb: `UPDATE t SET a = a + 1 WHERE a > 5;
INSERT INTO t SELECT id + 10, a + id FROM t;
INSERT INTO t (id) VALUES (3)`,
    },
  ],
});
