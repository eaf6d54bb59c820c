import {
  as,
  type Catalog,
  type Context,
  columnsDefined,
  error,
  find,
  fitsIndex,
  type Index,
  identifier,
  indexName,
  isAutoIncrement,
  keyLeftAlone,
  keyName,
  type NodeOf,
  nextvalSequence,
  note,
  type Outcome,
  objectName,
  qualified,
  type RangeVar,
  raw,
  relationOf,
  rule,
  type Table,
  type Tidb,
  tidb,
  typeName,
  type Value,
  warning,
} from "../../src/rule.js";

type Drop = Pick<NodeOf<"DropStmt">, "kind" | "objects" | "removeType" | "behavior" | "missing_ok" | "concurrent">;
type Ctx = Context<keyof typeof MESSAGES>;
type Name = ReturnType<typeof qualified>;

const MESSAGES = {
  concurrently: note("CONCURRENTLY is left away: TiDB drops every index without blocking writes"),
  "no-index": note("there is nothing to drop: no index {name} was made so far"),
  "unknown-index": error("index {name} is not dropped: the input does not say on which table it is", {
    help: "convert the file that creates the index together with this one, or write DROP INDEX {name} ON the table",
  }),
  "lost-index": note("there is nothing to drop: index {name} was left out of the output"),
  "left-out": note("there is nothing to drop: {name} was left out of the output"),
  "foreign-key": note("FOREIGN KEY {key} must keep an index in TiDB: one of its own name takes the place of {name}"),
  keys: note("foreign keys that refer to {name} are dropped first, as CASCADE does: {keys}"),
  cascade: note("CASCADE is left away: no table made so far depends on {name}"),
  views: note("views over {name} are dropped first, as CASCADE does: {views}"),
  counter: note("there is nothing to drop: sequence {name} is the AUTO_INCREMENT of {column}"),
  counting: warning("{column} goes on numbering its rows: sequence {name} is its AUTO_INCREMENT, which TiDB does not take away"),
  columns: note("columns of type {name} are dropped, as CASCADE does: {columns}"),
  only: error("{columns} of type {name} stays: a table of TiDB has at least one column (error 1090)", {
    help: "DROP TABLE where nothing follows; otherwise drop the column by hand once the table has another one",
  }),
  "in-use": warning("{columns} keep a default that draws from {name}: INSERTs that rely on it fail", {
    help: "ALTER TABLE … ALTER COLUMN … DROP DEFAULT for each of them",
  }),
};

export default rule({
  construct: "DROP INDEX, TABLE, VIEW, SEQUENCE, and types with CASCADE",
  why: `An index of TiDB belongs to a table, which DROP INDEX must name. CASCADE is read and ignored on tables, and refused on sequences; a
table that a foreign key refers to is not dropped at all (error 3730).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-droptable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-drop-index",
  },
  messages: MESSAGES,
  restates: ["DropStmt"],
  restate(statement, ctx) {
    const drop = as("DropStmt", statement);
    const readers = (drop && ctx.catalog.cascaded.get(drop)) ?? [];
    const there = readers.filter(({ schema, name }) => !ctx.absent({ schema, name }));
    if (!drop || there.length === 0) return undefined;
    ctx.report("views", { name: listed((drop.objects ?? []).map(nameOf)), views: there.map(({ name }) => name).join(", ") });
    const own = there.map(({ schema, name, materialized }) =>
      ctx.change(drop, {
        objects: [[schema, name]],
        removeType: materialized ? "OBJECT_MATVIEW" : "OBJECT_VIEW",
        behavior: "DROP_RESTRICT",
        missing_ok: false,
      }),
    );
    return [...own, statement].map((node) => ({ node }));
  },
  on: (takes) => [
    takes("DropStmt", ["objects", "removeType", "behavior", "missing_ok", "concurrent"], (drop, ctx) => {
      const gone = (drop.objects ?? []).filter((object) => isAbsent(drop, nameOf(object), ctx));
      if (gone.length > 0) {
        ctx.report("left-out", { name: listed(gone.map(nameOf)) });
        ctx.consumed(gone);
      }
      const objects = (drop.objects ?? []).filter((object) => !gone.includes(object));
      if (objects.length === 0) return ctx.statements([]);
      const kept = gone.length > 0 ? ctx.change(drop, { objects }) : drop;
      const names = objects.map(nameOf);
      const judge = DROPS[kept.removeType ?? ""];
      return judge && (judge(kept, names, ctx) ?? ctx.replace(ctx.change(kept, { behavior: undefined })));
    }),
  ],
  examples: [
    {
      given: "CREATE SCHEMA b; CREATE TABLE t (a int); CREATE TABLE b.t (a int); CREATE TABLE far (a int); SET search_path TO b",
      pg: "DROP TABLE t; INSERT INTO t VALUES (1); DROP TABLE far",
      tidb: "DROP TABLE b_t;\nINSERT INTO t VALUES (1);\nDROP TABLE far",
    },
    {
      given:
        "CREATE TABLE t (a int); CREATE TABLE u (a int, b unheard_of); CREATE VIEW v AS SELECT unheard_of(a) AS a FROM t; CREATE VIEW w AS SELECT a FROM t",
      pg: "DROP VIEW v, w; DROP TABLE u",
      tidb: "DROP VIEW w",
      findings: ["left-out", "left-out"],
    },
    {
      given: "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE UNIQUE INDEX k ON t (b)",
      pg: "DROP INDEX i, k",
      tidb: "DROP INDEX i ON t;\nDROP INDEX k ON t",
      rejected: { sql: "DROP INDEX i", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int); CREATE INDEX i ON t (a)",
      pg: "DROP INDEX CONCURRENTLY IF EXISTS i",
      tidb: "DROP INDEX IF EXISTS i ON t",
      findings: ["concurrently"],
    },
    {
      given: "CREATE TABLE t (tags jsonb); CREATE INDEX g ON t USING gin (tags)",
      pg: "DROP INDEX IF EXISTS i; DROP INDEX k; DROP INDEX g",
      tidb: null,
      findings: ["no-index", "unknown-index", "lost-index"],
    },
    {
      part: true,
      given: "CREATE TABLE t (a int)",
      pg: "DROP INDEX IF EXISTS i",
      tidb: null,
      findings: ["unknown-index"],
    },
    {
      given: `CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int); CREATE INDEX person_team ON person (team);
ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id)`,
      pg: "DROP INDEX person_team",
      tidb: "CREATE INDEX IF NOT EXISTS f ON person (team);\nDROP INDEX person_team ON person",
      findings: ["foreign-key"],
      refuses: ["INSERT INTO person VALUES (1)"],
    },
    {
      given: `CREATE TABLE team (id text PRIMARY KEY); CREATE TABLE person (id text PRIMARY KEY, team text);
CREATE INDEX person_team ON person (team); CREATE INDEX person_both ON person (team, id); ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id)`,
      pg: "DROP INDEX person_team",
      tidb: "CREATE INDEX IF NOT EXISTS f ON person (team);\nDROP INDEX person_team ON person",
      findings: ["foreign-key"],
      rejected: { sql: "DROP INDEX f ON person", code: 1553 },
    },
    {
      given: `CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int CONSTRAINT f REFERENCES team (id))`,
      pg: "DROP TABLE IF EXISTS team CASCADE",
      tidb: "ALTER TABLE person DROP FOREIGN KEY f;\nDROP TABLE IF EXISTS team",
      findings: ["keys"],
      accepts: ["INSERT INTO person VALUES (1)"],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int REFERENCES team (id))",
      pg: "DROP TABLE person, team",
      tidb: "DROP TABLE person, team",
    },
    {
      given:
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM v; CREATE VIEW w AS SELECT a FROM m; CREATE VIEW x AS SELECT unheard_of(a) AS a FROM v",
      pg: "DROP VIEW v CASCADE; CREATE VIEW v AS SELECT a + 1 AS a FROM t; CREATE VIEW w AS SELECT a FROM v; DROP TABLE t CASCADE",
      tidb: `DROP VIEW w;
DROP TABLE m;
DROP VIEW m_query;
DROP VIEW v;
CREATE VIEW v AS SELECT a + 1 AS a FROM t;
CREATE VIEW w AS SELECT a FROM v;
DROP VIEW w;
DROP VIEW v;
DROP TABLE t`,
      findings: ["views", "cascade", "views", "cascade"],
    },
    {
      given: "CREATE TABLE t (a int); CREATE SEQUENCE s",
      pg: "DROP TABLE t CASCADE; DROP SEQUENCE s CASCADE; DROP VIEW IF EXISTS v CASCADE; DROP MATERIALIZED VIEW IF EXISTS m",
      tidb: "DROP TABLE t;\nDROP SEQUENCE s;\nDROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS m;\nDROP VIEW IF EXISTS m_query",
      findings: ["cascade", "cascade", "cascade"],
      rejected: { sql: "DROP SEQUENCE s CASCADE", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); ALTER TABLE t ALTER COLUMN id DROP DEFAULT",
      pg: "DROP SEQUENCE t_id_seq",
      tidb: null,
      findings: ["counter"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
      pg: "DROP SEQUENCE IF EXISTS t_id_seq CASCADE",
      tidb: null,
      findings: ["counting"],
      accepts: ["INSERT INTO t (a) VALUES (1)"],
    },
    {
      given:
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TYPE pair AS (x int, y int); CREATE TYPE span AS RANGE (subtype = float8); CREATE TABLE t (a int, m mood, p pair, s span)",
      pg: "DROP TYPE mood CASCADE; DROP TYPE pair, span CASCADE",
      tidb: "ALTER TABLE t DROP COLUMN IF EXISTS m;\nALTER TABLE t DROP COLUMN IF EXISTS p;\nALTER TABLE t DROP COLUMN IF EXISTS s",
      findings: ["columns", "columns"],
      accepts: ["INSERT INTO t VALUES (1)"],
    },
    {
      given: "CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s'), b int)",
      pg: "DROP SEQUENCE s CASCADE",
      tidb: "DROP SEQUENCE s",
      findings: ["in-use"],
      accepts: ["INSERT INTO t VALUES (1, 1)"],
    },
    {
      given: "CREATE DOMAIN count AS int; CREATE TABLE t (a count, b count)",
      pg: "DROP DOMAIN count CASCADE",
      tidb: "ALTER TABLE t DROP COLUMN IF EXISTS a",
      findings: ["columns", "only"],
      rejected: { sql: "ALTER TABLE t DROP COLUMN b", code: 1090 },
    },
  ],
});

const DROPS: Readonly<Record<string, (drop: Drop, names: readonly Name[], ctx: Ctx) => Outcome>> = {
  OBJECT_INDEX: dropIndexes,
  OBJECT_TABLE: dropTables,
  OBJECT_SEQUENCE: dropSequences,
  OBJECT_TYPE: dropColumns,
  OBJECT_DOMAIN: dropColumns,
  OBJECT_VIEW: (drop, names, ctx) => {
    if (drop.behavior === "DROP_CASCADE") ctx.report("cascade", { name: listed(names) });
    return ctx.replace(ctx.change(drop, { behavior: undefined }));
  },
  // A table and the view that it is filled from.
  OBJECT_MATVIEW: (drop, names, ctx) => {
    if (drop.behavior === "DROP_CASCADE") ctx.report("cascade", { name: listed(names) });
    ctx.consumed(drop.objects!);
    const exists = raw(drop.missing_ok ? "IF EXISTS " : "");
    return ctx.statements(
      names.flatMap(({ schema, name }) => {
        const relation = (relname: string): RangeVar => ({
          kind: "RangeVar",
          relname,
          ...(schema === undefined ? {} : { schemaname: schema }),
        });
        return [tidb`DROP TABLE ${exists}${relation(name)}`, tidb`DROP VIEW ${exists}${relation(`${name}_query`)}`];
      }),
    );
  },
};

function nameOf(object: Value): Name {
  const type = as("TypeName", object);
  return type ? typeName(type) : qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]);
}

function listed(names: readonly Name[]): string {
  return names.map(({ name }) => name).join(", ");
}

/** Whether a table or view was made, but not in the output. */
function isAbsent(drop: Drop, name: Name, ctx: Ctx): boolean {
  if (!RELATIONS.has(drop.removeType ?? "")) return false;
  const statement = ctx.origin(drop as NodeOf<"DropStmt">);
  const table = [...ctx.catalog.tableOf.values()].find((each) => each.droppedBy === statement && each.name === name.name);
  return table ? ctx.lost(table.node) && !table.partitionOf : ctx.absent(name);
}

const RELATIONS = new Set(["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"]);

function isLive(catalog: Catalog, table: Table): boolean {
  return [...catalog.tables.values()].includes(table);
}

function dropIndexes(drop: Drop, names: readonly Name[], ctx: Ctx): Outcome {
  const statements: Tidb[] = [];
  for (const name of names) {
    const index = find(ctx.catalog, ctx.catalog.dropped, name);
    if (!index || !isLive(ctx.catalog, index.table))
      ctx.report(drop.missing_ok && !ctx.catalog.part ? "no-index" : "unknown-index", { name: name.name });
    else if (ctx.lost(index.node)) ctx.report("lost-index", { name: name.name });
    else statements.push(...dropIndex(drop, index, ctx));
  }
  if (drop.concurrent && statements.length > 0) ctx.report("concurrently");
  return ctx.statements(statements);
}

function dropIndex(drop: Drop, index: Index, ctx: Ctx): Tidb[] {
  const on = relationOf(index.table);
  const name = `${drop.missing_ok ? "IF EXISTS " : ""}${identifier(indexName(index))}`;
  const key = keyLeftAlone(ctx.catalog, index.table, index.columns, (columns) => fitsIndex(columns, ctx.catalog));
  if (!key) return [tidb`DROP INDEX ${raw(name)} ON ${on}`];
  ctx.report("foreign-key", { key: key.name, name: index.name });
  const columns = key.columns.map((column) => identifier(column.name)).join(", ");
  return [
    tidb`CREATE INDEX IF NOT EXISTS ${raw(identifier(keyName(key.name)))} ON ${on} (${raw(columns)})`,
    tidb`DROP INDEX ${raw(name)} ON ${on}`,
  ];
}

function dropTables(drop: Drop, names: readonly Name[], ctx: Ctx): Outcome {
  if (drop.behavior !== "DROP_CASCADE") return;
  const plain = ctx.change(drop, { behavior: undefined });
  const keys = names.flatMap((name) => keysTo(ctx.catalog, name)).filter(({ node }) => !ctx.lost(node));
  if (keys.length === 0) return ctx.replace(plain, "cascade", { name: listed(names) });
  return ctx.statements(
    [...keys.map(({ table, name }) => tidb`ALTER TABLE ${relationOf(table)} DROP FOREIGN KEY ${raw(identifier(keyName(name)))}`), plain],
    "keys",
    { name: listed(names), keys: keys.map(({ table, name }) => `${name} of ${table.name}`).join(", ") },
  );
}

/** Foreign keys that the catalog lost with the table they referred to, without having been dropped themselves. */
function keysTo(catalog: Catalog, { schema = catalog.schema, name }: Name) {
  return [...catalog.constraintOf.values()].filter(({ type, table, parent, node, columns }) => {
    if (type !== "foreign" || parent?.table.name !== name || parent.table.schema !== schema || !isLive(catalog, table)) return false;
    const known = [...table.constraints.values(), ...(table.droppedConstraints?.values() ?? [])];
    return !known.some((constraint) => constraint.node === node) && columns.every((column) => table.columns.get(column.name) === column);
  });
}

function dropSequences(drop: Drop, names: readonly Name[], ctx: Ctx): Outcome {
  const cascade = drop.behavior === "DROP_CASCADE";
  const real = names.filter((name) => {
    const users = usersOf(ctx.catalog, name);
    const counter = users.find(isAutoIncrement);
    if (counter) ctx.report(cascade ? "counting" : "counter", { name: name.name, column: `${counter.table.name}.${counter.name}` });
    else if (users.length > 0) ctx.report("in-use", { name: name.name, columns: users.map((c) => `${c.table.name}.${c.name}`).join(", ") });
    else if (cascade) ctx.report("cascade", { name: name.name });
    return !counter;
  });
  if (real.length === 0) return ctx.statements([]);
  const objects = real.map(({ schema, name }) => (schema === undefined ? [name] : [schema, name]));
  return ctx.replace(ctx.change(drop, { objects, behavior: undefined }));
}

/** The columns that a type took along. A type without any is nothing to TiDB, which is another rule's to say. */
function dropColumns(drop: Drop, names: readonly Name[], ctx: Ctx): Outcome {
  if (drop.behavior !== "DROP_CASCADE") return;
  const types = new Set(names.map(({ name }) => name));
  const columns = columnsDefined(ctx.catalog).filter(
    ({ name, table, type }) =>
      types.has(typeName(type).name) && isLive(ctx.catalog, table) && !ctx.lost(table.node) && !table.columns.has(name),
  );
  if (columns.length === 0) return;
  const last = new Map(columns.filter(({ table }) => table.columns.size === 0).map((column) => [column.table, column]));
  const going = columns.filter((column) => last.get(column.table) !== column);
  const said = (of: typeof columns) => ({ name: listed(names), columns: of.map((c) => `${c.table.name}.${c.name}`).join(", ") });
  if (going.length > 0) ctx.report("columns", said(going));
  if (last.size > 0) ctx.report("only", said([...last.values()]));
  for (const { def } of last.values()) ctx.differs(def);
  ctx.consumed(drop.objects!);
  return ctx.statements(
    going.map((column) => tidb`ALTER TABLE ${relationOf(column.table)} DROP COLUMN IF EXISTS ${raw(identifier(column.name))}`),
  );
}

/** Columns that draw from a sequence that was just dropped: by a default that names it, or because it was their own. */
function usersOf(catalog: Catalog, { schema, name }: Name) {
  return [...catalog.tables.values()]
    .filter((table) => schema === undefined || table.schema === schema)
    .flatMap((table) => [...table.columns.values()])
    .filter((column) => {
      const own = column.identity !== undefined && objectName(column.table.name, column.name, "seq", () => false) === name;
      return own || nextvalSequence(column.default)?.name === name;
    });
}
