import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const DOCS = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-ruby-mysql2";

const PACKAGES: readonly Package[] = [
  {
    id: "pg",
    shown: "pg",
    name: "pg|ruby-pg|postgres-pr",
    to: "mysql2",
    help: "gem 'mysql2' (Rails: adapter mysql2; activerecord-tidb-adapter for AUTO_RANDOM and the like)",
  },
  {
    id: "extras",
    shown: "pg_search",
    name: "activerecord-postgis-adapter|activerecord-postgres_enum|activerecord-postgresql-[\\w-]+|pg_search|pghero|pg_query|que|good_job|queue_classic|textacular|pgvector|sequel_pg|logidze|postgresql_cursor|pg_party|activerecord-import-pg|hair_trigger",
    to: "a gem that knows MySQL",
    help: "those for PostgreSQL only have no counterpart: que, good_job and queue_classic become Sidekiq or Solid Queue; pg_search a search engine; sequel_pg and pghero are left out",
  },
];

const manifest: Manifest = {
  id: "gems",
  kind: "the gem",
  docs: DOCS,
  files: /(?:^|\/)(?:Gemfile|gems\.rb|[\w.-]+\.gemspec)$/,
  find: (name) => new RegExp(String.raw`(?<=\b(?:gem|add_(?:runtime_|development_)?dependency)\s*\(?\s*["'])(?:${name})(?=["'])`, "dg"),
  example: (name) => `gem "rails"\ngem "${name}", "~> 1.5"\n`,
  file: "Gemfile",
  lookAlike: 'gem "mysql2"\ngem "pgp"\n# gem "x"\n',
};

/** PostgreSQL in Ruby. */
export const ruby = traces([
  ...named(manifest, PACKAGES),
  {
    id: "ruby/pg",
    construct: "the library pg in use",
    why: "mysql2 has clients, results and errors of its own.",
    docs: DOCS,
    severity: "error",
    text: "{match} is PostgreSQL's driver",
    help: "Mysql2::Client.new(host:, port: 4000, …); PG::UniqueViolation is ActiveRecord::RecordNotUnique or Mysql2::Error with error_number 1062; exec_params becomes prepare(sql).execute(…)",
    files: FILES.ruby,
    find: /(?<![\w:])PG(?:::[A-Z]\w*)+|(?<![\w:])PG\.connect\b|(?<=^\s*require\s+["'])pg(?=["'])|\bPostgreSQLAdapter\b|\bSequel\.(?:postgres\b|pg_\w+)|\bActiveRecord::ConnectionAdapters::PostgreSQL\b[\w:]*/dgm,
    examples: [
      {
        file: "db.rb",
        text: "require 'pg'\nc = PG.connect(x)\nrescue PG::UniqueViolation",
        found: ["pg", "PG.connect", "PG::UniqueViolation"],
      },
      { file: "db.rb", text: "require 'pgp'\nPG13::X; My::PG::X", found: [] },
    ],
  },
  {
    id: "ruby/migrations",
    construct: "what only PostgreSQL's adapter has in migrations and models",
    why: "ActiveRecord's adapter of MySQL has no extensions, arrays, jsonb or indexes by method, and adds indexes online without being told.",
    docs: "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-ruby-rails",
    severity: "error",
    text: "{match} is PostgreSQL's",
    help: "enable_extension: remove; jsonb: json; array: true: json; using: :gin and opclass: an index on an expression or none; algorithm: :concurrently: remove; uuid: string, limit: 36; citext, inet: string; create_enum: a column of ENUM",
    files: FILES.ruby,
    find: /\benable_extension\b|\bdisable_extension\b|\bt\.(?:jsonb|hstore|citext|inet|cidr|macaddr|tsvector|tstzrange|int4range|daterange|uuid|timestamptz|bit_varying|oid|money|ltree)\b|\busing:\s*:(?:gin|gist|brin|hash|hnsw|ivfflat)\b|\balgorithm:\s*:concurrently\b|\bopclass:|\bcreate_enum\b|\bdisable_ddl_transaction!(?=[\s\S]*:concurrently)|(?<=add_column[^\n]*):(?:jsonb|hstore|citext|inet|tsvector|uuid)\b|\bid:\s*:uuid\b|\bgen_random_uuid\(\)|\binsert_all\b(?=[^\n]*returning:)/dg,
    within: /ActiveRecord|create_table|add_column|add_index/,
    examples: [
      {
        file: "db/schema.rb",
        text: 'ActiveRecord::Schema.define do\n  enable_extension "pgcrypto"\n  t.jsonb "x"\nend',
        found: ["enable_extension", "t.jsonb"],
      },
      {
        file: "db/migrate/1_a.rb",
        text: "disable_ddl_transaction!\ndef change\n  add_index :t, :a, algorithm: :concurrently\nend",
        found: ["disable_ddl_transaction!", "algorithm: :concurrently"],
      },
      { file: "db/migrate/2_a.rb", text: "disable_ddl_transaction! # long\nadd_column :t, :a, :text", found: [] },
      { file: "db/schema.rb", text: 'ActiveRecord::Schema.define do\n  t.json "jsonb"\nend', found: [] },
    ],
  },
]);
