import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSchemas } from "../src/targets/compare.js";
import { readSchema } from "../src/targets/schema.js";
import { convertTexts, sqlOf } from "./support/converting.js";
import { refusal, refusals, type SharedTidb, startSharedTidb } from "./support/tidb.js";

/**
 * The steps that guides to this migration give by hand, as PostgreSQL and as the TiDB statement they end with. `ours` is what comes out
 * where it is another one; docs/seeds.md says why it is closer.
 */
interface Step {
  readonly what: string;
  readonly pg: string;
  readonly guide: string;
  readonly ours?: string;
  /** Rows that tell the two apart: PostgreSQL takes `accepts` and refuses `refuses`. */
  readonly accepts?: readonly string[];
  readonly refuses?: readonly string[];
  /** A query whose answer is PostgreSQL's in ours alone. */
  readonly shows?: { readonly query: string; readonly answer: string };
}

const BIN = ") COLLATE utf8mb4_0900_bin";

const STEPS: readonly Step[] = [
  {
    what: "jsonb with a default of an empty object",
    pg: "CREATE TABLE projects (id int PRIMARY KEY, metadata jsonb DEFAULT '{}'::jsonb)",
    guide: "CREATE TABLE projects (id INT PRIMARY KEY, metadata JSON)",
    ours: `CREATE TABLE projects (\n  id INT,\n  metadata JSON DEFAULT (JSON_OBJECT()),\n  PRIMARY KEY (id)\n${BIN}`,
    accepts: ["INSERT INTO projects (id) VALUES (1)"],
    shows: { query: "SELECT CAST(metadata AS CHAR) AS answer FROM projects", answer: "{}" },
  },
  {
    what: "an array of text",
    pg: "CREATE TABLE guardrails (tags text[])",
    guide: "CREATE TABLE guardrails (tags JSON)",
    ours: `CREATE TABLE guardrails (\n  tags JSON\n${BIN}`,
    accepts: [`INSERT INTO guardrails VALUES ('["tag1", "tag2"]'), (NULL)`],
  },
  {
    what: "a uuid key that makes itself",
    pg: "CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(20))",
    guide: "CREATE TABLE users (id CHAR(36) PRIMARY KEY DEFAULT (UUID()), name VARCHAR(20))",
    ours: `CREATE TABLE users (\n  id CHAR(36) DEFAULT (UUID()),\n  name VARCHAR(20),\n  PRIMARY KEY (id)\n${BIN}`,
    accepts: ["INSERT INTO users (name) VALUES ('a'), ('A'), ('a ')"],
    shows: { query: "SELECT COUNT(*) AS answer FROM users WHERE name = 'a'", answer: "1" },
  },
  {
    what: "enumerated states with the sync time in microseconds",
    pg: `CREATE TYPE clock_protocol AS ENUM ('NTP', 'PTP', 'Browser', 'Server');
      CREATE TABLE clock_sync (
        id varchar(36) PRIMARY KEY,
        protocol clock_protocol NOT NULL,
        offset_us bigint NOT NULL,
        last_sync_at timestamptz(6) NOT NULL
      );
      CREATE INDEX clock_sync_protocol ON clock_sync (protocol)`,
    guide: `CREATE TABLE clock_sync (
      id VARCHAR(36) PRIMARY KEY,
      protocol ENUM('NTP', 'PTP', 'Browser', 'Server') NOT NULL,
      offset_us BIGINT NOT NULL,
      last_sync_at TIMESTAMP(6) NOT NULL,
      INDEX clock_sync_protocol (protocol)
    )`,
    ours: `CREATE TABLE clock_sync (
  id VARCHAR(36),
  protocol ENUM('NTP','PTP','Browser','Server') NOT NULL,
  offset_us BIGINT NOT NULL,
  last_sync_at TIMESTAMP(6) NOT NULL,
  PRIMARY KEY (id)
${BIN};
CREATE INDEX clock_sync_protocol ON clock_sync (protocol)`,
    accepts: ["INSERT INTO clock_sync VALUES ('a', 'NTP', -1, '2024-02-29 12:00:00.123456'), ('A', 'PTP', 1, '2024-02-29 12:00:00')"],
    refuses: ["INSERT INTO clock_sync VALUES ('b', 'ntp', 0, '2024-02-29 12:00:00')"],
    shows: { query: "SELECT CAST(last_sync_at AS CHAR) AS answer FROM clock_sync WHERE id = 'a'", answer: "2024-02-29 12:00:00.123456" },
  },
  {
    what: "long paths with an index",
    pg: `CREATE TABLE file_times (
        id varchar(36) PRIMARY KEY,
        file_path text NOT NULL,
        mtime timestamptz NOT NULL,
        captured_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX file_times_path ON file_times (file_path);
      CREATE INDEX file_times_mtime ON file_times (mtime)`,
    guide: `CREATE TABLE file_times (
      id VARCHAR(36) PRIMARY KEY,
      file_path TEXT NOT NULL,
      mtime TIMESTAMP(6) NOT NULL,
      captured_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      INDEX file_times_path (file_path(255)),
      INDEX file_times_mtime (mtime)
    )`,
    ours: `CREATE TABLE file_times (
  id VARCHAR(36),
  file_path LONGTEXT NOT NULL,
  mtime TIMESTAMP(6) NOT NULL,
  captured_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id)
${BIN};
CREATE INDEX file_times_path ON file_times (file_path(255));
CREATE INDEX file_times_mtime ON file_times (mtime)`,
    accepts: [
      "INSERT INTO file_times (id, file_path, mtime) VALUES ('a', REPEAT('x', 70000), '2024-02-29 12:00:00')",
      "INSERT INTO file_times (id, file_path, mtime) VALUES ('A', '/Src', '2024-02-29 12:00:00')",
    ],
    shows: { query: "SELECT COUNT(*) AS answer FROM file_times WHERE file_path = '/src'", answer: "0" },
  },
  {
    what: "a foreign key that cascades",
    pg: `CREATE TABLE guild (id varchar(20) PRIMARY KEY);
      CREATE TABLE message (id varchar(20) PRIMARY KEY, guild_id varchar(20) NOT NULL REFERENCES guild (id) ON DELETE CASCADE, metadata jsonb)`,
    guide: `CREATE TABLE guild (id VARCHAR(20) PRIMARY KEY);
      CREATE TABLE message (id VARCHAR(20) PRIMARY KEY, guild_id VARCHAR(20) NOT NULL, metadata JSON, FOREIGN KEY (guild_id) REFERENCES guild (id) ON DELETE CASCADE)`,
    ours: `CREATE TABLE guild (
  id VARCHAR(20),
  PRIMARY KEY (id)
${BIN};
CREATE TABLE message (
  id VARCHAR(20),
  guild_id VARCHAR(20) NOT NULL,
  metadata JSON,
  PRIMARY KEY (id),
  CONSTRAINT message_guild_id_fkey FOREIGN KEY (guild_id) REFERENCES guild (id) ON DELETE CASCADE
${BIN}`,
    accepts: ["INSERT INTO guild VALUES ('1')", "INSERT INTO message (id, guild_id) VALUES ('9', '1')", "DELETE FROM guild"],
    refuses: ["INSERT INTO message (id, guild_id) VALUES ('9', '2')"],
    shows: { query: "SELECT COUNT(*) AS answer FROM message", answer: "0" },
  },
];

let tidb: SharedTidb;
beforeAll(async () => {
  tidb = await startSharedTidb();
});
afterAll(() => tidb?.stop());

describe("the steps of guides", () => {
  for (const { what, pg, guide, ours = guide, accepts = [], refuses = [], shows } of STEPS) {
    it(`${what}: becomes what the guide shows, or something closer to PostgreSQL`, async () => {
      const result = await convertTexts({ pg });
      expect(sqlOf(result.files).join(";\n")).toBe(ours);
      expect(result.findings.filter(({ severity }) => severity === "error")).toEqual([]);
      await tidb.withDatabase(result.session, async (target, database) => {
        expect(await refusals(target, sqlOf(result.files))).toEqual([]);
        expect(
          compareSchemas(result.expected, await readSchema(target, database, result.expected.databases)).map(({ text }) => text),
        ).toEqual([]);
        expect(await refusals(target, accepts)).toEqual([]);
        for (const sql of refuses) expect(await refusal(target, sql), `TiDB takes ${sql}`).toBeDefined();
        if (shows) expect(String((await target.rows(shows.query))[0]?.answer)).toBe(shows.answer);
      });
    });

    it(`${what}: TiDB takes the guide's form too, so that the two can be compared`, async () => {
      await tidb.withDatabase([], async (target) => {
        expect(await refusals(target, guide.split(";"))).toEqual([]);
      });
    });

    it(`${what}: stands in docs/seeds.md`, () => {
      expect(readFileSync(resolve(import.meta.dirname, "../docs/seeds.md"), "utf8")).toContain(`| ${what} |`);
    });
  }
});
