import type { Linted, LintedFile, LintFinding } from "../../../src/linted.js";
import { paint } from "../../../src/report/colour.js";
import type { LintOutput, RuleText } from "../../../src/report/lint/formats.js";
import type { Source, Span } from "../../../src/source/text.js";

/** The place of a text in a file, which must have it. */
export function place({ text, name }: Source, marked: string): Span {
  const start = text.indexOf(marked);
  if (start < 0) throw new Error(`${name} has no ${marked}`);
  return { start, end: start + marked.length };
}

const query: Source = {
  name: "src/naïve, 50%: a&b<c>.ts",
  text: 'const all = db.query("SELECT id::text\n  FROM t"); // 😀\nconst more = db.query("SELECT 😀 ILIKE $1");\n',
};
const env: Source = { name: "deploy/.env", text: "DATABASE_URL=postgres://u:secret@db:5432/shop\nREPLICA=postgres://db/shop\nPORT=5432\n" };
const clean: Source = { name: "src/clean.go", text: 'db.Query("SELECT 1")\n' };

function finding(
  source: Source,
  marked: string,
  rest: Partial<LintFinding> & Pick<LintFinding, "rule" | "severity" | "text">,
): LintFinding {
  return {
    message: "m",
    source,
    span: place(source, marked),
    fingerprint: `0123456789abcd${marked.length.toString(16).padStart(2, "0")}`,
    ...rest,
  };
}

const cast = place(query, "id::text");
const edits = [{ ...cast, text: "CAST(id AS CHAR)" }];

const files: readonly LintedFile[] = [
  {
    source: query,
    findings: [
      finding(query, "id::text", {
        rule: "core/spelling",
        severity: "note",
        text: "id::text is CAST(id AS CHAR)",
        suggestion: "CAST(id\n  AS CHAR)",
        edits,
      }),
      // Of the same statement, with the same edits; its place goes over a line's end.
      finding(query, "text\n  FROM", {
        rule: "dml/50%",
        severity: "warning",
        text: '::warning::50% of \u001b[31m<names> & "quotes",\nand a second line',
        help: "see: there",
        url: "https://example.org/?a=1&b=2",
        edits: [...edits],
      }),
      finding(query, "😀 ILIKE", {
        rule: "operators/ilike",
        severity: "error",
        text: "half a character: \ud83d",
        help: "LOWER(…) LIKE LOWER(…)",
      }),
    ],
    strings: [
      {
        span: place(query, "SELECT id::text"),
        sql: "SELECT id::text FROM t",
        tidb: ["SELECT CAST(id AS CHAR) FROM t"],
        outcome: "rewritten",
      },
    ],
    unread: [{ span: place(query, "// 😀"), reason: "built at run time" }],
    foreign: 0,
  },
  {
    source: env,
    findings: [
      finding(env, "postgres://u:secret@db:5432/shop", {
        rule: "urls/url",
        message: "trace",
        severity: "note",
        text: "a URL of PostgreSQL",
        suggestion: "mysql://u:***@db:4000/shop",
        edits: [{ ...place(env, "postgres://u:secret@db:5432/shop"), text: "mysql://u:secret@db:4000/shop" }],
      }),
      finding(env, "postgres://db/shop", {
        rule: "urls/url",
        message: "trace",
        severity: "note",
        text: "a URL of PostgreSQL",
        suppressed: "the replica goes in May",
      }),
      finding(env, "PORT=5432", { rule: "ports/port", message: "trace", severity: "warning", text: "PostgreSQL's port", known: true }),
    ],
    strings: [],
    unread: [],
    foreign: 0,
  },
  {
    source: clean,
    findings: [],
    strings: [{ span: place(clean, "SELECT 1"), sql: "SELECT 1", tidb: ["SELECT 1"], outcome: "as-is" }],
    unread: [],
    foreign: 0,
  },
];

export const linted: Linted = {
  files,
  coverage: { files: 3, checked: 2, unread: 1, foreign: 0, skipped: [{ path: "src/odd\u0007\n.py", reason: "not UTF-8" }] },
  schema: [],
};

export const nothing: Linted = { files: [], coverage: { files: 0, checked: 0, unread: 0, foreign: 0, skipped: [] }, schema: [] };

const ABOUT: Readonly<Record<string, RuleText>> = {
  "core/spelling": { construct: "another spelling", why: "TiDB writes it otherwise.", severity: "note" },
  "operators/ilike": { construct: "ILIKE", why: "TiDB has no ILIKE.", severity: "warning", url: "https://example.org/ilike" },
};

export function output(what: Linted, quiet = false): LintOutput {
  return { linted: what, paint: paint(false), quiet, about: (rule) => ABOUT[rule], version: "1.2.3" };
}
