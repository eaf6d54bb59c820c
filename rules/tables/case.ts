import { as, type Catalog, type Context, error, find, type Node, relationName, rule, type Table } from "../../src/rule.js";

export default rule({
  construct: "columns, constraints and indexes whose names differ in case only",
  why: `Quoted names keep their case in PostgreSQL and are different columns; in TiDB they are the same, and the second is refused (error 1060).
So it is with CHECKs, foreign keys and indexes of one table.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
    tidb: "https://docs.pingcap.com/tidb/stable/schema-object-names",
  },
  messages: {
    columns: error("{table} is not in the output: {first} and {second} are one name in TiDB, where letters' case makes no difference", {
      help: "rename one of them in PostgreSQL, and in the application, before the move",
    }),
    added: error("{second} is not added to {table}: it has a column {first}, which is the same name in TiDB", {
      help: "give the column another name in PostgreSQL, and in the application, before the move",
    }),
    key: error("{second} of {table} is not in the output: {first} is the same name in TiDB, where letters' case makes no difference", {
      help: "rename one of them in PostgreSQL before the move: ALTER TABLE … RENAME CONSTRAINT, ALTER INDEX … RENAME",
    }),
  },
  on: (takes) => [
    takes("Constraint", ["contype"], (constraint, ctx) => {
      const made = ctx.constraint(constraint);
      if (!made || made.type === "primary" || made.type === "exclude" || !isSpeltTwice(ctx.final, made.name)) return;
      const all = [...made.table.constraints.values()];
      const before = all
        .slice(
          0,
          all.findIndex(({ node }) => node === made.node),
        )
        .filter(({ type }) => type === made.type);
      const others = [...before, ...(made.type === "unique" ? indexesOf(ctx, made.table) : [])];
      const first = alike(ctx, made.name, others);
      if (first !== undefined) return ctx.drop("key", { table: made.table.name, first, second: made.name });
    }),
    takes("IndexStmt", ["idxname"], (index, ctx) => {
      const made = ctx.index(index);
      if (!made || !isSpeltTwice(ctx.final, made.name)) return;
      const before = indexesOf(ctx, made.table).filter(({ node }) => node !== made.node);
      const unique = [...made.table.constraints.values()].filter(({ type }) => type === "unique");
      const first = alike(ctx, made.name, [...before, ...unique]);
      if (first !== undefined) return ctx.drop("key", { table: made.table.name, first, second: made.name });
    }),
    takes("CreateStmt", ["relation", "tableElts"], (create, ctx) => {
      const first = new Map<string, string>();
      for (const element of create.tableElts ?? []) {
        const name = as("ColumnDef", element)?.colname ?? "";
        const other = name === "" ? undefined : first.get(name.toLowerCase());
        if (other !== undefined) return ctx.drop("columns", { table: create.relation?.relname ?? "", first: other, second: name });
        first.set(name.toLowerCase(), name);
      }
    }),
    takes("AlterTableCmd", ["subtype", "def"], (cmd, ctx) => {
      const name = cmd.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def)?.colname : undefined;
      const relation = as("RangeVar", ctx.within("AlterTableStmt")?.relation);
      const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
      const other = [...(table?.columns.keys() ?? [])].find((c) => c !== name && c.toLowerCase() === name?.toLowerCase());
      if (name !== undefined && other !== undefined) return ctx.drop("added", { table: table!.name, first: other, second: name });
    }),
  ],
  examples: [
    {
      pg: 'CREATE TABLE t ("A" int, b int, a int)',
      tidb: null,
      findings: ["columns"],
      rejected: { sql: "CREATE TABLE x (`A` INT, a INT)", code: 1060 },
    },
    {
      given: "CREATE TABLE t (a int)",
      pg: 'ALTER TABLE t ADD COLUMN "A" int',
      tidb: null,
      findings: ["added"],
      rejected: { sql: "ALTER TABLE t ADD COLUMN `A` INT", code: 1060 },
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY)",
      pg: 'CREATE TABLE t (a int CONSTRAINT "C" CHECK (a > 0), b int CONSTRAINT c CHECK (b > 0) CONSTRAINT "F" REFERENCES p CONSTRAINT f REFERENCES p CONSTRAINT u UNIQUE); CREATE INDEX "I" ON t (a); CREATE INDEX i ON t (b); CREATE UNIQUE INDEX "U" ON t (a); ALTER TABLE t DROP CONSTRAINT c; DROP INDEX i',
      tidb: "CREATE TABLE t (\n  a INT,\n  b INT,\n  CONSTRAINT `C` CHECK (a > 0),\n  CONSTRAINT `F` FOREIGN KEY (b) REFERENCES p (id),\n  UNIQUE KEY u (b)\n) COLLATE utf8mb4_0900_bin;\nCREATE INDEX `I` ON t (a)",
      findings: ["key", "key", "key", "key"],
      refuses: ["INSERT INTO t VALUES (0, NULL)"],
      rejected: { sql: "ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0)", code: 3822 },
    },
  ],
});

const spellings = new WeakMap<Catalog, ReadonlySet<string>>();

/** Whether the name of an index or constraint also stands in the input in another letter case, on whatever table: hardly any does. */
function isSpeltTwice(final: Catalog, name: string): boolean {
  const known = spellings.get(final) ?? spelt(final);
  spellings.set(final, known);
  return known.size > 0 && known.has(name.toLowerCase());
}

/** Names, in small letters, that stand in the input in several spellings. */
function spelt({ indexOf, constraintOf }: Catalog): ReadonlySet<string> {
  const first = new Map<string, string>();
  const several = new Set<string>();
  const add = (name = "") => {
    const small = name.toLowerCase();
    const before = first.get(small);
    if (before === undefined) first.set(small, name);
    else if (before !== name) several.add(small);
  };
  for (const [node, index] of indexOf) {
    add(node.idxname);
    add(index.name);
  }
  for (const [node, made] of constraintOf) {
    add(node.conname);
    add(made.name);
  }
  return several;
}

interface Named {
  readonly name: string;
  readonly node: Node;
}

/** Another that is in the output and has the same letters. */
function alike(ctx: Pick<Context, "lost">, name: string, others: readonly Named[]): string | undefined {
  return others.find((other) => other.name !== name && other.name.toLowerCase() === name.toLowerCase() && !ctx.lost(other.node))?.name;
}

function indexesOf({ catalog }: Pick<Context, "catalog">, table: Table): Named[] {
  return [...catalog.indexes.values()].filter((index) => index.table === table);
}
