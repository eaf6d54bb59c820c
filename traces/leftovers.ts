import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

/** What is left when nothing of PostgreSQL may be left: names. */
export const leftovers = traces([
  {
    id: "leftovers/name",
    construct: "anything else that is named after PostgreSQL",
    why: "A name, a key, a path or a value that says PostgreSQL after the move is something forgotten, or says what is not so.",
    docs: "https://docs.pingcap.com/tidb/stable/mysql-compatibility",
    severity: "warning",
    text: "{match} names PostgreSQL",
    help: "rename it, remove it, or, where it has to stay, say why in a comment that ignores this finding",
    files: FILES.any,
    find: /\w*(?:postgres|postgis|psycopg|pgvector|pgbouncer|libpq|npgsql|(?<![a-z])p(?:g|)sql)\w*|\b(?:pgx|pgxpool|pgconn|plpgsql|pg_catalog|pg_stat\w*|pg_class|pg_dump\w*|pg_restore|pg_trgm|pgcrypto|pg_isready|pg_type|pg_namespace|pg_locks|pg_indexes|PG_[A-Z][A-Z_]+)\b/dgi,
    zeroOnly: true,
    examples: [
      { file: "src/store.go", text: 'case "postgres": return newPostgresStore(db)', found: ["postgres", "newPostgresStore"] },
      { file: "docker-compose.yml", text: "services:\n  postgres:\n", found: ["postgres"] },
      { file: "src/page.ts", text: "const pg = page; postgrad; pgp; upgrade; insertIDPSQL()", found: [] },
    ],
  },
]);
