import { expect, it } from "vitest";
import { convertTexts } from "../support/converting.js";

it("takes an apostrophe in a comment for no beginning of a string, however long what follows is", async () => {
  const words = Array.from({ length: 200 }, (_, i) => `column''s ${i}`).join(", ");
  const text = `CREATE TABLE t (\n  -- it's the key: ${words}\n  id integer PRIMARY KEY\n);`;
  const { files, account } = await convertTexts({ "a.sql": text });
  expect(files[0]!.output).toContain("it's the key");
  expect(account).toMatchObject({ statements: 1, unconverted: 0 });
});
