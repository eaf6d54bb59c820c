import { describe, expect, it } from "vitest";
import { migrateArguments } from "../../src/cli/migrate.js";

describe("tidb-migrate", () => {
  it("is pg2tidb convert by other flags", () => {
    const ours = ["convert", "schema.sql", "--output", "schema_tidb.sql"];
    expect(migrateArguments(["convert", "--source=postgresql", "--target=tidb", "--input=schema.sql", "--output=schema_tidb.sql"])).toEqual(
      ours,
    );
    expect(
      migrateArguments(["convert", "--output", "schema_tidb.sql", "--target", "tidb", "--input", "schema.sql", "--source", "postgresql"]),
    ).toEqual(ours);
    expect(
      migrateArguments(["convert", "--source=postgresql", "--target=tidb", "--input=a.sql", "--input=b.sql", "--check", "--report=r.html"]),
    ).toEqual(["convert", "a.sql", "b.sql", "--check", "--report", "r.html"]);
  });

  it.each([
    [["convert", "--source=mysql", "--target=tidb", "--input=a.sql"], "--source=mysql is not supported"],
    [["convert", "--source=postgresql", "--target=oracle", "--input=a.sql"], "--target=oracle is not supported"],
    [["convert", "--input=a.sql"], "--source and --target must be given"],
    [["convert", "--source=postgresql", "--target=tidb", "--input"], "--input needs a value"],
    [["load"], "there is no command load"],
    [[], "usage: tidb-migrate convert"],
  ])("says what is wrong with %j", (argv, message) => {
    expect(migrateArguments(argv)).toContain(message);
  });
});
