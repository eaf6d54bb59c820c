import {
  as,
  type Context,
  commentClause,
  expandLike,
  find,
  nodesOf,
  note,
  relationName,
  rule,
  tidbText,
  typeName,
} from "../../src/rule.js";

export default rule({
  construct: "CREATE TABLE (LIKE …), OF a type",
  why: `TiDB's CREATE TABLE … LIKE stands alone and copies everything but foreign keys. PostgreSQL's is one element among others and copies what it
is told to: the columns and whatever else it copies are written out, as they are at that moment.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-LIKE",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-table-like",
  },
  messages: {
    expanded: note("{table} has what LIKE copies from {source} written out"),
    typed: note("{table} has the fields of type {type} written out", {
      help: "a field that is added to the type later must be added to the table by ALTER TABLE",
    }),
  },
  schema(schema) {
    for (const statement of schema.statements) {
      const create = as("CreateStmt", statement.node);
      const expansion = create && expandLike(schema.final, create);
      if (!create || !expansion) continue;
      const likes = nodesOf("TableLikeClause", create.tableElts);
      const tableElts = expansion.elements.map((element) => {
        const def = as("ColumnDef", element);
        const comment = def && expansion.comments.get(def);
        return comment === undefined
          ? element
          : schema.change(def!, { constraints: [...(def!.constraints ?? []), tidbText(commentClause(comment)) as never] });
      });
      for (const like of likes) schema.consumed(like);
      schema.update(statement, schema.change(statement.current as typeof create, { tableElts, ofTypename: undefined }));
      if (create.ofTypename) {
        for (const value of [create.ofTypename, ...(create.tableElts ?? [])]) schema.consumed(value);
        schema.report(statement, "typed", { table: create.relation?.relname ?? "", type: typeName(create.ofTypename).name });
        continue;
      }
      const source = likes.map((like) => like.relation?.relname ?? "").join(", ");
      schema.report(statement, "expanded", { table: create.relation?.relname ?? "", source });
    }
  },
  restates: ["CreateStmt"],
  restate(statement, ctx) {
    const create = as("CreateStmt", statement);
    const table = create?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(create.relation));
    const indexes = (table && indexesOf(ctx, table.node)) ?? [];
    return create && indexes.length > 0 ? [{ node: create }, ...indexes.map((node) => ({ node }))] : undefined;
  },
  examples: [
    {
      given:
        "CREATE TABLE s (id int PRIMARY KEY, a int NOT NULL DEFAULT 3 CHECK (a > 0), b varchar(9) UNIQUE, g int GENERATED ALWAYS AS (a + 1) STORED); CREATE INDEX s_b ON s (a, b); COMMENT ON COLUMN s.a IS 'how many'",
      pg: "CREATE TABLE t (LIKE s); CREATE TABLE u (x int, LIKE s INCLUDING ALL EXCLUDING COMMENTS, y int); CREATE TABLE v (LIKE s INCLUDING COMMENTS INCLUDING DEFAULTS, PRIMARY KEY (b))",
      tidb: `CREATE TABLE t (
  id INT NOT NULL,
  a INT NOT NULL,
  b VARCHAR(9),
  g INT
) COLLATE utf8mb4_0900_bin;
CREATE TABLE u (
  x INT,
  id INT NOT NULL,
  a INT NOT NULL DEFAULT 3,
  b VARCHAR(9),
  g INT GENERATED ALWAYS AS (a + 1) STORED,
  PRIMARY KEY (id),
  CONSTRAINT u_s_a_check CHECK (a > 0),
  UNIQUE KEY u_b_key (b),
  y INT
) COLLATE utf8mb4_0900_bin;
CREATE INDEX u_a_b_idx ON u (a, b);
CREATE TABLE v (
  id INT NOT NULL,
  a INT NOT NULL DEFAULT 3 COMMENT 'how many',
  b VARCHAR(9),
  g INT,
  PRIMARY KEY (b)
) COLLATE utf8mb4_0900_bin`,
      findings: ["expanded", "expanded", "expanded"],
      accepts: ["INSERT INTO t VALUES (1, 0, NULL, 7)", "INSERT INTO u (id, b) VALUES (1, 'x')", "INSERT INTO v (id, b) VALUES (1, 'x')"],
      refuses: ["INSERT INTO u (id, b) VALUES (1, 'y')", "INSERT INTO u (id, b) VALUES (2, 'x')", "INSERT INTO u (id, a) VALUES (2, 0)"],
      rejected: { sql: "CREATE TABLE w (LIKE s, x INT)", code: 1064 },
    },
    {
      given: "CREATE TYPE pair AS (a int, b varchar(9))",
      pg: "CREATE TABLE t OF pair (PRIMARY KEY (a), b WITH OPTIONS NOT NULL DEFAULT 'x')",
      tidb: "CREATE TABLE t (\n  a INT,\n  b VARCHAR(9) NOT NULL DEFAULT 'x',\n  PRIMARY KEY (a)\n) COLLATE utf8mb4_0900_bin",
      findings: ["typed"],
      accepts: ["INSERT INTO t (a) VALUES (1)"],
      refuses: ["INSERT INTO t VALUES (2, NULL)", "INSERT INTO t VALUES (1, 'y')"],
    },
  ],
});

function indexesOf({ catalog }: Pick<Context, "catalog">, create: Parameters<typeof expandLike>[1]) {
  return expandLike(catalog, create)?.indexes;
}
