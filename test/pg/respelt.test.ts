import { describe, expect, it } from "vitest";
import { respelt } from "../../src/pg/respelt.js";

describe("what is MySQL's in a statement", () => {
  it("is read outside of strings, names and comments, and known by its place", () => {
    const text = `SELECT 'LIMIT 1, 2', "LIMIT 1, 2", $$LIMIT 1, 2$$, 'it''s' /* LIMIT 1, 2 */ LIMIT 3, 4 -- LIMIT 1, 2`;
    const made = respelt(text)!;
    expect(made.text).toBe(text.replace("LIMIT 3, 4", "LIMIT 4 OFFSET 3"));
    expect(made.foreign).toEqual([{ at: text.indexOf("LIMIT 3"), length: 10, written: "LIMIT 3, 4", read: "LIMIT 4 OFFSET 3" }]);
    expect(made.at(made.text.indexOf("-- LIMIT"))).toBe(text.indexOf("-- LIMIT"));
  });

  it("is not guessed at where a string ends elsewhere for MySQL than for PostgreSQL", () => {
    expect(respelt(String.raw`SELECT 'a\', 'LIMIT 1, 2' FROM t WHERE d > now() - INTERVAL 7 DAY`)).toBeUndefined();
    expect(respelt(String.raw`SELECT '\d+' FROM t LIMIT 1, 2`)?.text).toBe(String.raw`SELECT '\d+' FROM t LIMIT 2 OFFSET 1`);
  });
});
