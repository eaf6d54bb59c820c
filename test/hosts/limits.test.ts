// biome-ignore-all lint/suspicious/noTemplateCurlyInString: holes of templates are what is tested
import { describe, expect, it } from "vitest";
import { render } from "../../src/hosts/fragment.js";
import { HOSTS } from "../../src/hosts/index.js";

const read = async (extension: string, text: string) => {
  const reading = await HOSTS.find(({ extensions }) => extensions.includes(extension))!.read(text);
  const length = reading.fragments.reduce((sum, { parts }) => sum + render(parts, () => "x").text.length, 0);
  return { ...reading, length };
};

/** What no person writes, of some ten thousand characters each. */
const BAD: Readonly<Record<string, string>> = {
  nothing: "",
  "no text": "\0\u0001select 1 from t\uFFFD".repeat(500),
  "open quotes": '"SELECT 1 FROM t '.repeat(501),
  "open single quotes": "'SELECT 1 FROM t ".repeat(501),
  "open templates": "`SELECT ${ FROM t ".repeat(501),
  "open triple quotes": '"""SELECT {x FROM t '.repeat(501),
  "open heredocs": "x <<EOF\nSELECT 1 FROM t\n".repeat(500),
  brackets: `${"(".repeat(50_000)}"SELECT 1 FROM t"`,
  braces: `${"{".repeat(50_000)}"SELECT 1 FROM t"`,
};

describe.each(HOSTS.map((host) => [host.id, host] as const))("%s", (_, host) => {
  it.each(Object.entries(BAD))(
    "bears %s",
    async (_name, text) => {
      const { fragments } = await host.read(text);
      for (const { span } of fragments) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
      }
    },
    20_000,
  );
});

const chain = (plus: string) => Array.from({ length: 20_000 }, () => '"SELECT a FROM t"').join(plus);

describe("what programs write", () => {
  it.each([
    [".ts", `x = ${chain("+")};`],
    [".go", `package a\nvar x = ${chain(" + ")}`],
    [".py", `x = ${chain("+")}`],
    [".java", `class A { String x = ${chain("+")}; }`],
    [".rs", `fn f() { x(${chain("+")}); }`],
    [".rb", `x = ${chain("+")}`],
    [".php", `<?php $x = ${chain(".")};`],
    [".cs", `class A { string x = ${chain("+")}; }`],
    [".kt", `val x = ${chain("+")}`],
  ])(
    "%s: a chain of 20,000 is one text",
    async (extension, text) => {
      const { fragments, length } = await read(extension, text);
      expect(fragments.length).toBe(1);
      expect(length).toBe(20_000 * "SELECT a FROM t".length);
    },
    20_000,
  );

  it("constants that double one another end as holes", async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `const a${i} = \`SELECT ${i ? `\${a${i - 1}} FROM t `.repeat(20) : "x"}\`;`);
    const { fragments, length } = await read(".ts", lines.join("\n"));
    expect(fragments.length).toBe(40);
    expect(length).toBeLessThan(2_000_000);
  }, 20_000);
});
