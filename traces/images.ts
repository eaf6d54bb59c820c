import { traces } from "../src/trace.js";

/** Container images and what runs in them. */
export const images = traces([
  {
    id: "images/postgres",
    construct: "a container of PostgreSQL",
    why: "TiDB for development and CI is one container: pingcap/tidb listens on port 4000 with an embedded store and a user root without a password.",
    docs: "https://hub.docker.com/r/pingcap/tidb",
    severity: "error",
    text: "{match} is an image of PostgreSQL",
    help: "use pingcap/tidb:v8.5.6, port 4000, and wait for `mysql -h127.0.0.1 -P4000 -uroot -e 'SELECT 1'`; POSTGRES_* variables have no effect there",
    files: /(^|\/)((docker-)?compose[\w.-]*\.ya?ml|Dockerfile[\w.-]*|[\w.-]+\.dockerfile)$|\.ya?ml$/i,
    find: /(?:\bimage:\s*["']?|^FROM\s+)(?<at>(?:[\w.-]+\/)*(?:postgres|postgis|pgvector|timescaledb)(?::[\w.-]+)?)/dgim,
    fix: () => "pingcap/tidb:v8.5.6",
    examples: [
      {
        file: "docker-compose.yml",
        text: "services:\n  db:\n    image: postgres:16-alpine\n",
        found: ["postgres:16-alpine"],
        fixed: "services:\n  db:\n    image: pingcap/tidb:v8.5.6\n",
      },
      { file: "docker-compose.yml", text: "    image: mysql:8\n", found: [] },
    ],
  },
]);
