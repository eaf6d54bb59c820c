import { expect, it } from "vitest";
import { convertTexts } from "../support/converting.js";

it("takes an apostrophe in a comment for no beginning of a string, however long what follows is", async () => {
  const words = Array.from({ length: 200 }, (_, i) => `column''s ${i}`).join(", ");
  const text = `CREATE TABLE t (\n  -- it's the key: ${words}\n  id integer PRIMARY KEY\n);`;
  const { files, account } = await convertTexts({ "a.sql": text });
  expect(files[0]!.output).toContain("it's the key");
  expect(account).toMatchObject({ statements: 1, unconverted: 0 });
});

it("shows what of a DO block is not in the output as it is written, and no more of it", async () => {
  const text = `CREATE TABLE t (a text);
DO $$ BEGIN
  ALTER TABLE t ADD COLUMN b int;
  CREATE INDEX i ON t USING gin (to_tsvector('english', a));
END $$;`;
  const { files } = await convertTexts({ "a.sql": text });
  const lines = files[0]!.output.split("\n");
  expect(lines).toContain("-- CREATE INDEX i ON t USING gin (to_tsvector('english', a))");
  expect(lines).toContain("ALTER TABLE t ADD COLUMN b INT;");
  expect(files[0]!.output).not.toContain("-- ALTER TABLE");
});
