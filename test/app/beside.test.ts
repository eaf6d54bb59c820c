import { describe, expect, it } from "vitest";
import type { StartBeside } from "../../src/app/convert/beside.js";
import { besideThread } from "../../src/cli/convert-threads.js";
import type { Result } from "../../src/result.js";
import { convertTexts } from "../support/converting.js";

/** Queries long enough to be shared, among statements that change what they mean. */
const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const other =
      n % 10 === 0
        ? `CREATE TABLE t${n} (a ${n % 20 === 0 ? "int" : "numeric(9,2)"} PRIMARY KEY, b text);\nINSERT INTO t${n} VALUES (1, 'x');\n`
        : "";
    const table = `t${n - (n % 10)}`;
    const queries = [
      `SELECT a / 2, '${"ü".repeat(1500)}' FROM ${table} /* ${n} */ ORDER BY b`,
      `UPDATE ${table} SET b = '${"x".repeat(1500)}' WHERE a > $2 AND b = $1 RETURNING a`,
      `SELECT a FROM WHERE '${"y".repeat(1500)}'`,
      `SELECT a FROM missing${n} WHERE b ->> 'k' = '${"z".repeat(1500)}'`,
      `DROP TABLE ${n % 100 === 0 ? table : "IF EXISTS nothing"}`,
    ];
    return `${other}-- ${n}\n${queries[n % 5]};\n`;
  }).join("");

const TEXTS = { "a.sql": some(0, 700), "b.sql": some(700, 1100) };

const said = ({ files, findings, account }: Result) => ({
  files: files.map(({ output, statements }) => ({
    output,
    statements: statements.map(({ source, ...rest }) => ({ ...rest, source: source.name })),
  })),
  findings: findings.map(({ source, ...rest }) => ({ ...rest, source: source.name })),
  account,
});

describe("another thread that converts the later half of the queries", () => {
  it("gives what one thread gives", async () => {
    const alone = said(await convertTexts(TEXTS));
    expect(alone.account.unconverted).toBeGreaterThan(300);
    let asked = 0;
    const counted: StartBeside = (sources, options) => {
      const beside = besideThread!(sources, options);
      return {
        ...beside,
        async next() {
          const made = await beside.next();
          if (made) asked++;
          return made;
        },
      };
    };
    expect(said(await convertTexts(TEXTS, { beside: counted }))).toEqual(alone);
    expect(asked).toBeGreaterThan(600);
    expect(asked).toBeLessThan(900);
    const breaking: StartBeside = (sources, options) => {
      const beside = besideThread!(sources, options);
      let left = 100;
      return { ...beside, next: async () => (left-- > 0 ? beside.next() : undefined) };
    };
    expect(said(await convertTexts(TEXTS, { beside: breaking }))).toEqual(alone);
  }, 120_000);

  it("is not asked for little", async () => {
    const never: StartBeside = () => {
      throw new Error("it was");
    };
    await convertTexts({ "a.sql": some(0, 20) }, { beside: never });
  });
});
