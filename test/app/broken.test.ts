import { expect, it } from "vitest";
import rules from "../../rules/index.js";
import { convert } from "../../src/app/convert.js";
import type { Rule } from "../../src/engine/contract.js";
import { OPTIONS } from "../support/converting.js";

const breaking: Rule = {
  id: "test/breaking",
  construct: "",
  why: "",
  docs: {},
  messages: {},
  examples: [],
  on: (takes) => [
    takes("FuncCall", ["funcname"], ({ funcname }) => {
      if (funcname?.at(-1) === "pi") throw new Error("no pie");
      return undefined;
    }),
  ],
};

it("says which statement it broke down over, and converts the others", async () => {
  const text = "CREATE TABLE t (a int PRIMARY KEY);\nSELECT a, pi() FROM t;\nSELECT a FROM t;\n";
  const { files, findings, account } = await convert([{ name: "a.sql", text }], [...rules, breaking], OPTIONS);
  expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
    { rule: "core/unconverted", message: "broken", text: "not converted: the converter broke down over this statement (no pie)" },
  ]);
  expect(account).toMatchObject({ statements: 3, unconverted: 1 });
  expect(files[0]!.output).toContain("SELECT a, pi() FROM t");
  expect(files[0]!.statements[2]!.sql).toEqual(["SELECT a FROM t"]);
});
