import type { LintedFile } from "../../linted.js";
import type { LintOutput } from "./formats.js";
import { coverageLine, told } from "./model.js";
import { type XmlElement, xmlDocument } from "./xml.js";

/**
 * JUnit's XML: a suite for each file that has SQL or findings, a failed test for each finding, and one that passes for a file without any.
 * Files that could not be read are skipped tests.
 */
export function renderJunit({ linted, quiet }: LintOutput): string {
  const suites: Suite[] = [];
  for (const file of linted.files) {
    const failures = told(file, quiet).map((one) => failed(file, one));
    if (failures.length > 0) suites.push({ name: file.source.name, failures: failures.length, skipped: 0, cases: failures });
    else if (file.strings.length > 0) suites.push({ name: file.source.name, failures: 0, skipped: 0, cases: [passed(file.source.name)] });
  }
  for (const { path, reason } of linted.coverage.skipped) {
    const skipped = { name: "skipped", attributes: { message: reason } };
    suites.push({ name: path, failures: 0, skipped: 1, cases: [{ ...passed(path), children: [skipped] }] });
  }
  const sum = (of: (suite: Suite) => number) => suites.reduce((total, suite) => total + of(suite), 0);
  return xmlDocument({
    name: "testsuites",
    attributes: { name: "pg2tidb lint", tests: sum(({ cases }) => cases.length), failures: sum(({ failures }) => failures) },
    children: [
      ...suites.map(written),
      // What was looked at, as a suite of its own: most readers show no properties above the suites.
      {
        name: "testsuite",
        attributes: { name: "pg2tidb lint", tests: 0, failures: 0, skipped: 0 },
        children: [{ name: "system-out", children: coverageLine(linted.coverage) }],
      },
    ],
  });
}

interface Suite {
  readonly name: string;
  readonly failures: number;
  readonly skipped: number;
  readonly cases: readonly XmlElement[];
}

function written({ name, failures, skipped, cases }: Suite): XmlElement {
  return { name: "testsuite", attributes: { name, tests: cases.length, failures, skipped }, children: cases };
}

function passed(path: string): XmlElement {
  return { name: "testcase", attributes: { name: "PostgreSQL", classname: path, file: path } };
}

function failed({ source: { name: path } }: LintedFile, { line, column, finding }: ReturnType<typeof told>[number]): XmlElement {
  const { rule, severity, text, help, suggestion } = finding;
  const more = [
    `${path}:${line}:${column}`,
    ...(suggestion ? [`TiDB: ${suggestion}`] : []),
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  return {
    name: "testcase",
    attributes: { name: `${line}:${column} ${rule}: ${text}`, classname: path, file: path, line },
    children: [{ name: "failure", attributes: { message: text, type: severity }, children: more.join("\n") }],
  };
}
