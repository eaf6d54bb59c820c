import {
  as,
  type Context,
  error,
  find,
  identifier,
  lastSchema,
  madeAgain,
  type NodeOf,
  nextvalSequence,
  note,
  type Outcome,
  qualified,
  raw,
  relationName,
  relationOf,
  rootOf,
  rule,
  type Table,
  type TableConstraint,
  tidb,
  type Value,
} from "../../src/rule.js";

/** What moves to another schema as a table of TiDB does. */
const MOVABLE: Readonly<Record<string, string>> = { OBJECT_TABLE: "table", OBJECT_SEQUENCE: "sequence", OBJECT_VIEW: "view" };
/** What is no object of TiDB. */
const NOTHING = /TYPE|DOMAIN|FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|OPERATOR|OPCLASS|OPFAMILY|COLLATION|CONVERSION|EXTENSION|STATISTIC|TS/;

export default rule({
  construct: "CREATE, ALTER and DROP SCHEMA, SET SCHEMA",
  why: `TiDB has one level of databases and no schemas within. By default the output goes into the database of the connection, and where the input
has tables in several schemas, those outside public get their schema's name in front: sales.orders becomes sales_orders. With --schemas flat it is
orders, and with --schemas database every schema is a database of its name, public too, so that names in the application's queries stay as they are.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-schemas.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-database",
  },
  messages: {
    prefix: note(
      "schema {name} needs nothing in TiDB: its tables go into the connection's database, as {name}_… where there are several schemas",
      { help: "--schemas database makes a database of each schema, --schemas flat leaves the schema's name away" },
    ),
    flat: note("schema {name} needs nothing in TiDB: its tables go into the connection's database, under their own names"),
    database: note("schema {name} is the database of that name, which the head of the output makes"),
    elements: note("the statements inside CREATE SCHEMA {name} stand as statements of their own"),
    empty: note("there is nothing to drop: no relation made so far is in schema {name}"),
    unknown: error("schema {name} is not dropped: the input does not say what is in it", {
      help: "a schema of TiDB is a whole database: convert the files that make its relations together with this one, or drop those by name",
    }),
    objects: note("what is in schema {name} is dropped, as CASCADE does"),
    full: error("DROP SCHEMA {name} is not in the output: PostgreSQL refuses it while there are relations in it", {
      help: "add CASCADE where they are to go, or drop them first",
    }),
    moved: note("{what} {name} is named as those of schema {schema} are"),
    keys: note(
      "foreign keys to {name} are made again: TiDB leaves them at the database that the table was in, where they check nothing: {keys}",
    ),
    "not-moved": error("{what} {name} is not moved to schema {schema}", {
      help: "make it again there, and drop the old one",
    }),
    gone: note("there is nothing to move: {name} is no object of its own in TiDB"),
    renamed: note("schema {name} bears its last name in TiDB from the start, {last}"),
    moves: note("schema {name} is renamed table by table: another one is made under its name later"),
    "views-left": error("{views} stay as they were made, and read tables of schema {name} by the names that these had", {
      help: "make the views again after this statement: CREATE OR REPLACE VIEW with the new names",
    }),
    "not-renamed": error("schema {name} is not renamed: there is another schema called {name} or {last} in the input", {
      help: "in the source, ALTER TABLE … SET SCHEMA for each of its tables moves them, and is converted; of public nothing but that is followed",
    }),
  },
  restates: ["DropStmt"],
  restate(statement, ctx) {
    const drop = as("DropStmt", statement);
    if (drop?.removeType !== "OBJECT_SCHEMA") return undefined;
    const data = { name: (drop.objects ?? []).map(nameOf).join(", ") };
    const drops = ctx.catalog.schemaDrops.get(ctx.origin(drop));
    if (!drops?.length) return undefined;
    ctx.consumed(drop);
    ctx.report("objects", data);
    return drops.map((node) => ({ node }));
  },
  on: (takes) => [
    takes("CreateSchemaStmt", ["schemaname", "authrole", "schemaElts"], (create, ctx) => {
      const name = create.schemaname ?? create.authrole?.rolename ?? "";
      if (create.schemaElts?.length) ctx.report("elements", { name });
      return ctx.drop(ctx.schemas, { name });
    }),
    takes("DropStmt", ["removeType", "objects"], (drop, ctx) => {
      if (drop.removeType !== "OBJECT_SCHEMA") return;
      const names = (drop.objects ?? []).map(nameOf);
      const full = [...ctx.catalog.tables.values(), ...ctx.catalog.sequences.values()].some(({ schema }) => names.includes(schema));
      return ctx.drop(full ? "full" : ctx.catalog.part ? "unknown" : "empty", { name: names.join(", ") });
    }),
    takes("AlterObjectSchemaStmt", ["objectType", "relation", "object", "newschema"], (alter, ctx) => {
      const what = MOVABLE[alter.objectType ?? ""];
      const schema = alter.newschema ?? "";
      if (NOTHING.test(alter.objectType ?? "")) return ctx.drop("gone", { name: nameOf(alter.object) });
      const data = { what: what ?? "materialized view", name: alter.relation?.relname ?? "", schema };
      const name = alter.relation && relationName(alter.relation);
      // Defaults that draw from a sequence name it.
      const used = what === "sequence" && name !== undefined && !ctx.catalog.sequences.has(`${schema}.${name.name}`);
      // A view stays in its database (TiDB 8.5.6: error 1450).
      if (!what || used || (what === "view" && ctx.schemas === "database")) return ctx.drop("not-moved", data);
      const table = what === "table" && name ? find(ctx.catalog, ctx.catalog.tables, { schema, name: name.name }) : undefined;
      const keys = ctx.schemas === "database" && table ? keysTo(ctx, table) : [];
      if (keys.length === 0) return ctx.report("moved", data);
      ctx.report("moved", data);
      ctx.report("keys", { name: data.name, keys: keys.map((key) => key.name).join(", ") });
      return ctx.statements([
        ...keys.map((key) => tidb`ALTER TABLE ${relationOf(key.table)} DROP FOREIGN KEY ${raw(identifier(key.name))}`),
        alter as NodeOf<"AlterObjectSchemaStmt">,
        ...keys.map((key) => adding(key)),
      ]);
    }),
    takes("RenameStmt", ["renameType", "relationType", "subname", "newname"], (rename, ctx) => {
      if (rename.renameType !== "OBJECT_SCHEMA") return;
      const [name, to] = [rename.subname ?? "", rename.newname ?? ""];
      const last = lastSchema(ctx.final, name);
      const followed = ctx.final.renamedSchemas.get(name) === to && last !== name;
      const again = !followed && ctx.schemas !== "database" && ctx.final.renamedSchemas.get(name) === to;
      if (again) return moveAll(ctx, name, to);
      return ctx.drop(followed ? "renamed" : "not-renamed", { name, last: followed ? last : to });
    }),
  ],
  examples: [
    { part: true, pg: "DROP SCHEMA IF EXISTS sales CASCADE", tidb: null, findings: ["unknown"] },
    {
      pg: "CREATE SCHEMA hr CREATE VIEW names AS SELECT name FROM people CREATE INDEX i ON people (name) CREATE TABLE people (id int PRIMARY KEY, name varchar(9)); CREATE TABLE people (id int REFERENCES hr.people)",
      tidb: `CREATE TABLE hr_people (
  id INT,
  name VARCHAR(9),
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
CREATE VIEW hr_names AS
SELECT name FROM hr_people AS people;
CREATE INDEX i ON hr_people (name);
CREATE TABLE people (
  id INT,
  CONSTRAINT people_id_fkey FOREIGN KEY (id) REFERENCES hr_people (id)
) COLLATE utf8mb4_0900_bin`,
      findings: ["elements", "prefix"],
      rejected: { sql: "CREATE SCHEMA hr CREATE TABLE people (id int)", code: 1064 },
    },
    {
      pg: `CREATE SCHEMA IF NOT EXISTS sales;
CREATE TYPE sales.mood AS ENUM ('ok', 'sad');
CREATE SEQUENCE sales.numbers;
CREATE TABLE sales.orders (id int PRIMARY KEY, m sales.mood, n int DEFAULT nextval('sales.numbers'));
CREATE TABLE orders (id int REFERENCES sales.orders);
ALTER SCHEMA sales RENAME TO shop;
ALTER TABLE shop.orders ADD COLUMN p shop.mood;
ALTER TABLE shop.orders ALTER COLUMN n SET NOT NULL;
INSERT INTO shop.orders VALUES (1, 'ok', DEFAULT, 'sad')`,
      tidb: `CREATE SEQUENCE shop_numbers;
CREATE TABLE shop_orders (
  id INT,
  m ENUM('ok','sad'),
  n INT DEFAULT (NEXTVAL(shop_numbers)),
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
CREATE TABLE orders (
  id INT,
  CONSTRAINT orders_id_fkey FOREIGN KEY (id) REFERENCES shop_orders (id)
) COLLATE utf8mb4_0900_bin;
ALTER TABLE shop_orders ADD COLUMN p ENUM('ok','sad');
ALTER TABLE shop_orders MODIFY COLUMN n INT NOT NULL DEFAULT (NEXTVAL(shop_numbers));
INSERT INTO shop_orders VALUES (1, 'ok', DEFAULT, 'sad')`,
      findings: ["prefix", "renamed"],
      accepts: ["INSERT INTO orders VALUES (1)"],
      rejected: { sql: "ALTER SCHEMA sales RENAME TO shop", code: 1064 },
    },
    {
      schemas: "database",
      pg: "CREATE SCHEMA sales_y; CREATE TABLE sales_y.orders (id int); ALTER SCHEMA sales_y RENAME TO shop_y; CREATE VIEW shop_y.v AS SELECT id FROM shop_y.orders",
      tidb: "CREATE TABLE shop_y.orders (\n  id INT\n) COLLATE utf8mb4_0900_bin;\nCREATE VIEW shop_y.v AS\nSELECT id FROM shop_y.orders AS orders",
      findings: ["database", "renamed"],
    },
    {
      given: "CREATE TABLE old.t (id int); CREATE TABLE new.t (id int)",
      pg: "DROP SCHEMA old CASCADE; ALTER SCHEMA new RENAME TO old; ALTER SCHEMA public RENAME TO x",
      tidb: "DROP TABLE IF EXISTS old_t",
      findings: ["objects", "not-renamed", "not-renamed"],
    },
    {
      schemas: "flat",
      pg: "CREATE SCHEMA sales; CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE sales.orders (id int REFERENCES orders); CREATE TABLE sales.items (o int)",
      tidb: `CREATE TABLE orders (
  id INT,
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
CREATE TABLE orders_2 (
  id INT,
  CONSTRAINT orders_id_fkey FOREIGN KEY (id) REFERENCES orders (id)
) COLLATE utf8mb4_0900_bin;
CREATE TABLE items (
  o INT
) COLLATE utf8mb4_0900_bin`,
      findings: ["flat"],
    },
    {
      schemas: "database",
      pg: `CREATE SCHEMA sales_x;
CREATE TABLE customer_x (id int PRIMARY KEY);
SET search_path = sales_x, public;
CREATE SEQUENCE numbers;
CREATE TABLE orders (id int PRIMARY KEY DEFAULT nextval('numbers'), customer int REFERENCES customer_x);
CREATE INDEX ON orders (customer);
CREATE VIEW open AS SELECT o.id, c.id AS customer FROM orders o JOIN customer_x c ON c.id = o.customer;
INSERT INTO customer_x VALUES (1);
ALTER TABLE orders RENAME TO sold;
ALTER TABLE customer_x SET SCHEMA sales_x`,
      tidb: `CREATE TABLE public.customer_x (
  id INT,
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
CREATE SEQUENCE sales_x.numbers;
CREATE TABLE sales_x.orders (
  id INT DEFAULT (NEXTVAL(sales_x.numbers)),
  customer INT,
  PRIMARY KEY (id),
  CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES public.customer_x (id)
) COLLATE utf8mb4_0900_bin;
CREATE INDEX orders_customer_idx ON sales_x.orders (customer);
CREATE VIEW sales_x.open AS
SELECT o.id, c.id AS customer
FROM sales_x.orders AS o
JOIN public.customer_x AS c ON c.id = o.customer;
INSERT INTO public.customer_x VALUES (1);
ALTER TABLE sales_x.orders RENAME TO sales_x.sold;
CREATE OR REPLACE VIEW sales_x.open AS
SELECT o.id, c.id AS customer
FROM sales_x.sold AS o
JOIN public.customer_x AS c ON c.id = o.customer;
ALTER TABLE sales_x.sold DROP FOREIGN KEY orders_customer_fkey;
RENAME TABLE public.customer_x TO sales_x.customer_x;
ALTER TABLE sales_x.sold ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES sales_x.customer_x (id);
CREATE OR REPLACE VIEW sales_x.open AS
SELECT o.id, c.id AS customer
FROM sales_x.sold AS o
JOIN sales_x.customer_x AS c ON c.id = o.customer`,
      findings: ["database", "moved", "keys"],
      accepts: ["INSERT INTO sales_x.sold (customer) VALUES (1)", "INSERT INTO sales_x.customer_x VALUES (2)"],
      refuses: ["INSERT INTO sales_x.sold (customer) VALUES (3)"],
    },
    {
      given:
        "CREATE TABLE sales.p (id int PRIMARY KEY); CREATE TABLE sales.orders (id int REFERENCES sales.p); CREATE TABLE t (o int CONSTRAINT f REFERENCES sales.p); CREATE VIEW v AS SELECT id FROM sales.orders; CREATE SEQUENCE sales.s; CREATE TYPE sales.mood AS ENUM ('ok'); CREATE TABLE m (a int, b sales.mood)",
      pg: "DROP SCHEMA sales CASCADE; DROP SCHEMA IF EXISTS hr; INSERT INTO t VALUES (7)",
      tidb: `DROP VIEW v;
ALTER TABLE t DROP FOREIGN KEY f;
DROP TABLE IF EXISTS sales_p, sales_orders;
DROP SEQUENCE IF EXISTS sales_s;
ALTER TABLE m DROP COLUMN IF EXISTS b;
INSERT INTO t VALUES (7)`,
      findings: ["objects", "empty"],
      accepts: ["INSERT INTO m VALUES (1)"],
      rejected: { sql: "DROP SCHEMA sales CASCADE", code: 1064 },
    },
    {
      given: `CREATE SCHEMA old; CREATE SEQUENCE old.s; CREATE TABLE old.t (id int PRIMARY KEY DEFAULT nextval('old.s'), n int);
CREATE TABLE u (id int CONSTRAINT f REFERENCES old.t); CREATE VIEW v AS SELECT n FROM old.t`,
      pg: "ALTER SCHEMA old RENAME TO new; CREATE SCHEMA old; CREATE TABLE old.t (a int); INSERT INTO new.t (n) VALUES (2)",
      tidb: `RENAME TABLE old_t TO new_t;
RENAME TABLE old_s TO new_s;
ALTER TABLE new_t ALTER COLUMN id SET DEFAULT (NEXTVAL(new_s));
CREATE TABLE old_t (
  a INT
) COLLATE utf8mb4_0900_bin;
INSERT INTO new_t (n) VALUES (2)`,
      findings: ["moves", "views-left", "prefix"],
      accepts: ["INSERT INTO u VALUES (1)"],
      refuses: ["INSERT INTO u VALUES (2)"],
    },
    {
      given:
        "CREATE TABLE t (a int); CREATE TABLE sales.u (a int); CREATE VIEW v AS SELECT a FROM t; CREATE SEQUENCE s; CREATE TABLE w (a int DEFAULT nextval('s'))",
      pg: "DROP SCHEMA sales; ALTER TABLE t SET SCHEMA sales; ALTER TABLE sales.t ADD b int; ALTER SEQUENCE s SET SCHEMA sales; ALTER FUNCTION f(int) SET SCHEMA sales; ALTER MATERIALIZED VIEW x SET SCHEMA sales",
      tidb: "RENAME TABLE t TO sales_t;\nCREATE OR REPLACE VIEW v AS\nSELECT a FROM sales_t AS t;\nALTER TABLE sales_t ADD COLUMN b INT",
      findings: ["full", "moved", "not-moved", "gone", "not-moved"],
      accepts: ["INSERT INTO sales_t VALUES (1, 2)"],
      rejected: { sql: "ALTER TABLE t SET SCHEMA sales", code: 1064 },
    },
  ],
});

/** Renames all that a schema holds; defaults that draw from its sequences would go on looking for the old names. */
function moveAll(ctx: Context<"moves" | "views-left">, name: string, to: string): Outcome {
  const { tables, sequences, views, readers } = ctx.catalog;
  const own = [...tables.values()].filter(
    (table) => table.schema === to && !ctx.lost(table.node) && !rootOf(ctx.final.tableOf.get(table.node)),
  );
  const drawn = [...sequences.values()].filter(({ schema, node }) => schema === to && node && !ctx.lost(node));
  const seen = [...views.keys()].filter((k) => k.startsWith(`${to}.`)).map((k) => ({ schema: to, name: k.slice(to.length + 1) }));
  const all = [...own, ...drawn, ...seen.filter((view) => !ctx.absent(view))];
  const stale = [...readers.values()].filter(
    (reader) => !ctx.absent(reader) && [...reader.reads].some((k) => k.startsWith(`${to}.`) || k.startsWith(`${name}.`)),
  );
  ctx.report("moves", { name });
  if (stale.length > 0) ctx.report("views-left", { name, views: stale.map((view) => view.name).join(", ") });
  const users = drawn.flatMap((sequence) => [...sequence.usedBy].map((column) => ({ sequence, column })));
  const defaults = users.filter(({ column }) => !ctx.lost(column.def) && nextvalSequence(column.default));
  return ctx.statements([
    ...all.map(
      (each) => tidb`RENAME TABLE ${relationOf({ schema: name, name: each.name })} TO ${relationOf({ schema: to, name: each.name })}`,
    ),
    ...defaults.map(
      ({ sequence, column }) =>
        tidb`ALTER TABLE ${relationOf(column.table)} ALTER COLUMN ${raw(identifier(column.name))} SET DEFAULT (NEXTVAL(${relationOf(sequence)}))`,
    ),
  ]);
}

/** Foreign keys of other tables to a table. */
function keysTo(ctx: Context, parent: Table): TableConstraint[] {
  return [...ctx.catalog.tables.values()]
    .filter((table) => table !== parent && !ctx.lost(table.node))
    .flatMap((table) => [...table.constraints.values()])
    .filter((key) => key.type === "foreign" && key.parent?.table === parent && !ctx.lost(key.node));
}

function adding(key: TableConstraint): NodeOf<"AlterTableStmt"> {
  const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: madeAgain(key, key.name)! };
  return { kind: "AlterTableStmt", relation: relationOf(key.table), cmds: [cmd], objtype: "OBJECT_TABLE" };
}

function nameOf(value: Value | undefined): string {
  const called = as("ObjectWithArgs", value) as NodeOf<"ObjectWithArgs"> | undefined;
  const parts = called ? (called.objname ?? []) : Array.isArray(value) ? (value as readonly Value[]) : value === undefined ? [] : [value];
  const type = as("TypeName", value);
  return qualified(type?.names ?? parts).name;
}
