import { describe, expect, it } from "vitest";
import rules from "../../rules/index.js";
import { parsedAhead } from "../../src/app/convert/ahead.js";
import { convert } from "../../src/app/convert.js";
import { grammar } from "../../src/pg/parse.js";

/** More than a batch, and texts that are longer than one. */
const GOOD = Array.from({ length: 400 }, (_, i) => `SELECT ${i} AS "größe_${i}", '${"ü".repeat(i % 97 === 0 ? 70_000 : i)}'`);
const REFUSED = ["SELECT FROM WHERE", `SELECT ${"(".repeat(100_000)}1${")".repeat(100_000)}`];

it("reads an INSERT into a name of many quotes at once", async () => {
  const options = { postgres: "18", target: "8.5.6" } as const;
  const text = `INSERT INTO ${'"'.repeat(200)} VALUES (1)`;
  const { account } = await convert([{ name: "a.sql", text }], rules, options);
  expect(account).toMatchObject({ statements: 1 });
});

describe("another thread that parses", () => {
  it("gives the trees of all statements in their order, and none of what the grammar refuses", async () => {
    const { parse } = await grammar("18");
    const texts = [...GOOD.slice(0, 150), REFUSED[0]!, ...GOOD.slice(150), REFUSED[1]!, GOOD[0]!];
    const trees = [];
    for await (const made of parsedAhead(texts)) trees.push(made);
    const expected = texts.map((text) => {
      if (REFUSED.includes(text)) return undefined;
      const result = parse(text);
      return result.ok ? result.statements : undefined;
    });
    expect(trees).toEqual(expected);
    expect(trees.filter((made) => made !== undefined)).toHaveLength(GOOD.length + 1);
  });

  it("ends when its reader does", async () => {
    const ahead = parsedAhead(GOOD);
    expect((await ahead.next()).value).toHaveLength(1);
    await ahead.return(undefined);
    expect(await ahead.next()).toEqual({ done: true, value: undefined });
  });

  it("leaves the result as it is", async () => {
    const some = (count: number) =>
      Array.from(
        { length: count },
        (_, i) =>
          `-- größe\nCREATE TABLE t${i} (a int /* ü */ PRIMARY KEY, "ö" text);\nINSERT INTO t${i} VALUES (1);\nSELECT a / 2, '${i}' FROM t${i} /* ü */ ORDER BY "ö";\n`,
      );
    const bad = "CREATE TABLE t (a int,, b int);\nSELECT a FROM WHERE;\n";
    const whole = [bad, ...some(2100), bad].join("");
    const halves = [[bad, ...some(2100).slice(0, 1900)].join(""), [...some(2100).slice(1900), bad].join("")];
    const options = { postgres: "18", target: "8.5.6" } as const;
    const one = await convert([{ name: "whole.sql", text: whole }], rules, options);
    const two = await convert(
      halves.map((text, i) => ({ name: `${i}.sql`, text })),
      rules,
      options,
    );
    const said = (result: typeof one) =>
      result.files.flatMap(({ statements }) => statements.map(({ sql, findings }) => [sql, findings.map(({ text }) => text)]));
    expect(said(one)).toEqual(said(two));
    const queries = one.files.flatMap(({ statements }) =>
      statements.filter(({ kind }) => kind.startsWith("SELECT")).flatMap(({ sql }) => sql),
    );
    expect(queries).toEqual(Array.from({ length: 2100 }, (_, i) => `SELECT a DIV 2, '${i}' FROM t${i} ORDER BY \`ö\` IS NULL, \`ö\``));
    expect(one.account.unconverted).toBe(4);
    const refused = one.findings.filter(({ rule }) => rule === "core/not-understood");
    expect(refused.map(({ span }) => whole.slice(0, span.start).split("\n").length)).toEqual([1, 2, 3 + 2100 * 4, 4 + 2100 * 4]);
  });
});
