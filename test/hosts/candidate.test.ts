import { describe, expect, it } from "vitest";
import { HOLE, mayBegin, mayBeSql } from "../../src/hosts/candidate.js";

describe("what may be SQL", () => {
  it.each([
    "SELECT 1",
    "select u.id from users u",
    "-- c\n/* d */ (select 1)",
    "\n  WITH a AS (SELECT 1) SELECT * FROM a",
    "insert into t values (1)",
    "update t set a = 1",
    `UPDATE ${HOLE} SET a = 1`,
    "create unique index i on t (a)",
    "BEGIN",
    "begin;",
    "begin transaction",
    "FOR UPDATE",
    "select(a)",
    "SET LOCAL lock_timeout = 1",
    "set search_path to x",
    "LISTEN channel",
    "listen channel",
    "SHOW server_version",
    "TRUNCATE t CASCADE",
    "grant select on t to u",
    "ON CONFLICT (a) DO NOTHING",
    "order by a",
    `${HOLE} WHERE a = 1`,
    "id IN (SELECT id FROM t)",
    "name ILIKE ?",
    "data->>'a' = 'b'",
    "a = ANY($1)",
    "a = ? AND b = ?",
    "created_at::date",
    "VACUUM ANALYZE t",
    "DO $$ BEGIN END $$",
    "refresh materialized view v",
  ])("%s", (text) => {
    expect(mayBegin(text.replaceAll(HOLE, "${")) && mayBeSql(text)).toBe(true);
  });

  it.each([
    "",
    "Select a file",
    "select one of them",
    "Select",
    "SELECT",
    " AND ",
    "select[name=a]",
    "SELECT_ALL",
    `Select season ${HOLE}`,
    "begin transaction for the page: ",
    "using 'preshared' authentication",
    "Update the settings",
    "Update",
    "Create a new user",
    "Delete",
    "with care",
    "and then some",
    "or not",
    "Show more",
    "Reset password",
    "Listen closely",
    "Call me",
    "Begin",
    "start",
    "end",
    "from",
    "set",
    "a -> b",
    "Close dialog",
    "Execute",
    "https://a.b/c?d=e",
  ])("not: %s", (text) => {
    expect(mayBeSql(text)).toBe(false);
  });

  it("takes linear time over what never ends", () => {
    const started = performance.now();
    for (const text of [
      "/*".repeat(200_000),
      "/**/".repeat(200_000),
      "(".repeat(400_000),
      `update ${"a ".repeat(200_000)}`,
      `grant ${"a ".repeat(200_000)}`,
    ])
      mayBeSql(text);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
