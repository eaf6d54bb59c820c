import { expect, it } from "vitest";
import { renderLint } from "../../../src/report/lint/formats.js";
import { linted, nothing, output } from "./sample.js";

it("is GitLab's list of fields for each finding that counts", async () => {
  const path = "src/naïve, 50%: a&b<c>.ts";
  expect(JSON.parse(await renderLint("gitlab", output(linted)))).toEqual([
    {
      description: "id::text is CAST(id AS CHAR)",
      check_name: "core/spelling",
      fingerprint: "0123456789abcd08",
      severity: "info",
      location: { path, lines: { begin: 1, end: 1 } },
    },
    {
      description: '::warning::50% of \u001b[31m<names> & "quotes",\nand a second line (see: there)',
      check_name: "dml/50%",
      fingerprint: "0123456789abcd0b",
      severity: "minor",
      location: { path, lines: { begin: 1, end: 2 } },
    },
    {
      description: "half a character: \uFFFD (LOWER(…) LIKE LOWER(…))",
      check_name: "operators/ilike",
      fingerprint: "0123456789abcd08",
      severity: "major",
      location: { path, lines: { begin: 3, end: 3 } },
    },
    {
      description: "a URL of PostgreSQL",
      check_name: "urls/url",
      fingerprint: "0123456789abcd20",
      severity: "info",
      location: { path: "deploy/.env", lines: { begin: 1, end: 1 } },
    },
  ]);
  expect(await renderLint("gitlab", output(nothing))).toBe("[]\n");
});
