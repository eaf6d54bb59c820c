import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { type LintFormat, renderLint } from "../../../src/report/lint/formats.js";
import { linted, nothing, output } from "./sample.js";

const PATH = "src/naïve, 50%: a&b<c>.ts";

/** Reads a document back, with another library than the one that wrote it. */
async function read(format: LintFormat, what = linted) {
  const text = await renderLint(format, output(what));
  expect(XMLValidator.validate(text)).toBe(true);
  const list = ["file", "error", "testsuite", "testcase"];
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    htmlEntities: true,
    trimValues: false,
    isArray: (name) => list.includes(name),
  });
  return { text, read: parser.parse(text) };
}

describe("checkstyle", () => {
  it("has the findings that count, by file", async () => {
    const { text } = await read("checkstyle");
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="src/naïve, 50%: a&amp;b&lt;c>.ts">
    <error line="1" column="30" severity="info" message="id::text is CAST(id AS CHAR)" source="core/spelling"/>
    <error line="1" column="34" severity="warning" message="::warning::50% of \uFFFD[31m&lt;names> &amp; &quot;quotes&quot;,&#xA;and a second line (see: there)" source="dml/50%"/>
    <error line="3" column="31" severity="error" message="half a character: \uFFFD (LOWER(…) LIKE LOWER(…))" source="operators/ilike"/>
  </file>
  <file name="deploy/.env">
    <error line="1" column="14" severity="info" message="a URL of PostgreSQL" source="urls/url"/>
  </file>
</checkstyle>
`);
  });

  it("is read back as it was meant", async () => {
    const { file } = (await read("checkstyle")).read.checkstyle;
    expect(file.map(({ name }: { name: string }) => name)).toEqual([PATH, "deploy/.env"]);
    expect(file[0].error[1].message).toBe('::warning::50% of \uFFFD[31m<names> & "quotes",\nand a second line (see: there)');
    expect((await read("checkstyle", nothing)).text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3"/>\n');
  });
});

describe("junit", () => {
  it("has a failed test for each finding that counts, a passed one for a clean file, a skipped one for an unread file", async () => {
    const { text } = await read("junit");
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pg2tidb lint" tests="6" failures="4">
  <testsuite name="src/naïve, 50%: a&amp;b&lt;c>.ts" tests="3" failures="3" skipped="0">
    <testcase name="1:30 core/spelling: id::text is CAST(id AS CHAR)" classname="src/naïve, 50%: a&amp;b&lt;c>.ts" file="src/naïve, 50%: a&amp;b&lt;c>.ts" line="1">
      <failure message="id::text is CAST(id AS CHAR)" type="note">src/naïve, 50%: a&amp;b&lt;c&gt;.ts:1:30
TiDB: CAST(id
  AS CHAR)</failure>
    </testcase>
    <testcase name="1:34 dml/50%: ::warning::50% of \uFFFD[31m&lt;names> &amp; &quot;quotes&quot;,&#xA;and a second line" classname="src/naïve, 50%: a&amp;b&lt;c>.ts" file="src/naïve, 50%: a&amp;b&lt;c>.ts" line="1">
      <failure message="::warning::50% of \uFFFD[31m&lt;names> &amp; &quot;quotes&quot;,&#xA;and a second line" type="warning">src/naïve, 50%: a&amp;b&lt;c&gt;.ts:1:34
help: see: there</failure>
    </testcase>
    <testcase name="3:31 operators/ilike: half a character: \uFFFD" classname="src/naïve, 50%: a&amp;b&lt;c>.ts" file="src/naïve, 50%: a&amp;b&lt;c>.ts" line="3">
      <failure message="half a character: \uFFFD" type="error">src/naïve, 50%: a&amp;b&lt;c&gt;.ts:3:31
help: LOWER(…) LIKE LOWER(…)</failure>
    </testcase>
  </testsuite>
  <testsuite name="deploy/.env" tests="1" failures="1" skipped="0">
    <testcase name="1:14 urls/url: a URL of PostgreSQL" classname="deploy/.env" file="deploy/.env" line="1">
      <failure message="a URL of PostgreSQL" type="note">deploy/.env:1:14
TiDB: mysql://u:***@db:4000/shop</failure>
    </testcase>
  </testsuite>
  <testsuite name="src/clean.go" tests="1" failures="0" skipped="0">
    <testcase name="PostgreSQL" classname="src/clean.go" file="src/clean.go"/>
  </testsuite>
  <testsuite name="src/odd\uFFFD&#xA;.py" tests="1" failures="0" skipped="1">
    <testcase name="PostgreSQL" classname="src/odd\uFFFD&#xA;.py" file="src/odd\uFFFD&#xA;.py">
      <skipped message="not UTF-8"/>
    </testcase>
  </testsuite>
  <testsuite name="pg2tidb lint" tests="0" failures="0" skipped="0">
    <system-out>2 SQL strings checked in 3 files, 1 not analysable, 0 of other engines left alone</system-out>
  </testsuite>
</testsuites>
`);
  });

  it("counts what it holds", async () => {
    const { tests, failures, testsuite } = (await read("junit")).read.testsuites;
    const cases = testsuite.flatMap((suite: { testcase?: { failure?: unknown }[] }) => suite.testcase ?? []);
    expect([cases.length, cases.filter(({ failure }: { failure?: unknown }) => failure).length]).toEqual([Number(tests), Number(failures)]);
    expect((await read("junit", nothing)).read.testsuites.tests).toBe("0");
  });
});
