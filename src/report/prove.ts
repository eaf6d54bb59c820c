import type { Difference, LoadNote, ProvedQuery, ProveReport } from "../prove/result.js";
import { countOutcomes, OUTCOMES, type Outcome } from "../prove/result.js";
import { lineIndex } from "../source/text.js";
import type { Paint } from "./colour.js";

const WORDS: Readonly<Record<Outcome, string>> = {
  same: "same",
  differs: "differs",
  refused: "refused by TiDB",
  reported: "reported",
  "not-run": "not run",
};

/** A block for each query and a last line whose parts sum. */
export function renderProof(report: ProveReport, { paint, quiet }: { readonly paint: Paint; readonly quiet: boolean }): string {
  const { postgres, tidb, seed, tables, rows, notes, queries } = report;
  const shown = quiet ? queries.filter(({ outcome }) => outcome !== "same") : queries;
  const rowsFrom = seed === undefined ? "" : `, generated from seed ${seed}`;
  return [
    `${postgres} and ${tidb}: ${rows} rows in ${tables} tables${rowsFrom}`,
    ...loadLines(notes, quiet),
    ...shown.map((query) => queryBlock(query, paint)),
    summaryLine(queries),
    "",
  ].join("\n");
}

const MOST_NOTES = 10;

function loadLines(notes: readonly LoadNote[], quiet: boolean): string[] {
  const shown = quiet ? [] : notes.slice(0, MOST_NOTES);
  const hidden = notes.length - shown.length;
  return [
    ...shown.map(({ where, text, source, span }) => {
      const at = source && span ? `${placeOf(source, span.start)}: ` : "";
      return `  not loaded${where === "both" ? "" : ` into ${where}`}: ${at}${text}`;
    }),
    ...(hidden > 0 ? [`  not loaded: ${hidden}${shown.length > 0 ? " more" : ""} (--format json has all)`] : []),
  ];
}

export function summaryLine(queries: readonly { readonly outcome: Outcome }[]): string {
  const counts = countOutcomes(queries);
  return `${queries.length} ${queries.length === 1 ? "query" : "queries"}: ${OUTCOMES.map((outcome) => `${counts[outcome]} ${WORDS[outcome]}`).join(", ")}`;
}

function placeOf(source: ProvedQuery["source"], offset: number): string {
  const { line, column } = lineIndex(source)(offset);
  return `${source.name}:${line}:${column}`;
}

function queryBlock(query: ProvedQuery, paint: Paint): string {
  const { name, source, span, outcome, reason, difference, notes, findings, rows, parameters } = query;
  const colour =
    outcome === "differs" || outcome === "refused" ? paint.error : outcome === "reported" ? paint.warning : (text: string) => text;
  const head = [
    colour(WORDS[outcome].padEnd(15)),
    placeOf(source, span.start),
    name ?? "",
    rows === undefined ? "" : `(${rows} ${rows === 1 ? "row" : "rows"})`,
  ];
  return [
    head.filter((part) => part !== "").join("  "),
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...findings.map((finding) => `    ${finding.severity} ${finding.rule}: ${finding.text}`),
    ...(difference === undefined ? [] : differenceLines(difference)),
    ...(parameters.length === 0 ? [] : [`    with ${parameters.map((value, i) => `$${i + 1} = ${value}`).join(", ")}`]),
    ...notes.map((note) => `    note: ${note}`),
    ...(difference === undefined ? [] : query.sql.map((sql) => `    TiDB was given: ${sql.replaceAll(/\s+/g, " ")}`)),
  ].join("\n");
}

function differenceLines({ text, table, columns, examples }: Difference): string[] {
  return [
    `    ${table === undefined ? "" : `table ${table} afterwards: `}${text}`,
    ...(examples.length === 0 ? [] : [`      columns:    ${columns.join(" | ")}`]),
    ...examples.flatMap(({ pg, tidb }) => [`      PostgreSQL: ${rowText(pg)}`, `      TiDB:       ${rowText(tidb)}`]),
  ];
}

type Cell = string | Uint8Array | null;

function rowText(row: readonly Cell[] | undefined): string {
  return row === undefined ? "(no such row)" : row.map(cellText).join(" | ");
}

const LONGEST_CELL = 60;

function cellText(cell: Cell): string {
  if (cell === null) return "NULL";
  const text = typeof cell === "string" ? JSON.stringify(cell).slice(1, -1) : hexText(cell);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
}

function hexText(bytes: Uint8Array): string {
  return `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The same for machines; the counts sum to the number of queries. */
export function proofJson(report: ProveReport): string {
  const { queries, notes, ...rest } = report;
  const cells = (row: readonly Cell[] | undefined) => row?.map((cell) => (cell instanceof Uint8Array ? hexText(cell) : cell)) ?? null;
  const value = {
    version: 1,
    ...rest,
    counts: countOutcomes(queries),
    notes: notes.map(({ where, text, source, span }) => ({ where, text, ...(source && span ? position(source, span.start) : {}) })),
    queries: queries.map(({ source, span, difference, findings, ...query }) => ({
      ...query,
      ...position(source, span.start),
      findings: findings.map((finding) => ({ rule: finding.rule, severity: finding.severity, text: finding.text })),
      ...(difference === undefined
        ? {}
        : { difference: { ...difference, examples: difference.examples.map(({ pg, tidb }) => ({ pg: cells(pg), tidb: cells(tidb) })) } }),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function position(source: ProvedQuery["source"], offset: number): { file: string; line: number; column: number } {
  const { line, column } = lineIndex(source)(offset);
  return { file: source.name, line, column };
}
