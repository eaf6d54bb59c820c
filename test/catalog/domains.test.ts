import { expect, it } from "vitest";
import { convertTexts } from "../support/converting.js";

it("a domain over itself, which PostgreSQL refuses to make, is no type, and ends nothing", async () => {
  const { findings } = await convertTexts({
    pg: "CREATE DOMAIN d AS d; CREATE DOMAIN e AS f; CREATE DOMAIN f AS e; CREATE TABLE t (a d); CREATE TABLE u (b e); SELECT b + 1 FROM u",
  });
  const errors = findings.filter(({ severity }) => severity === "error").map(({ text }) => text);
  expect(errors).toContain("not converted: the type d has no TiDB form here");
  expect(errors).toContain("not converted: the type e has no TiDB form here");
});
