import type { Severity } from "../finding.js";
import type { ColumnChoice } from "../result.js";
import type { Paint } from "./colour.js";
import type { Explainable } from "./explain.js";

/** A column's choice with what is lost by it. */
export interface TypeRow extends ColumnChoice {
  /** The messages of its rule that are warnings, or `no type`. */
  readonly losses: readonly string[];
  readonly severity: Severity | null;
}

/** Judges choices by the severity that rules give their messages. */
export function typeRows(columns: readonly ColumnChoice[], rules: readonly Explainable[]): TypeRow[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return columns.map((choice) => {
    if (choice.tidb === null) return { ...choice, losses: ["no-type"], severity: "error" };
    const said = choice.messages.map((id) => ({ id, severity: byId.get(choice.rule ?? "")?.messages[id]?.severity ?? "note" }));
    const losses = said.filter(({ severity }) => severity !== "note").map(({ id }) => id);
    const worst = said.some(({ severity }) => severity === "error")
      ? "error"
      : losses.length > 0
        ? "warning"
        : said.length > 0
          ? "note"
          : null;
    return { ...choice, losses, severity: worst };
  });
}

/** A table for people: what a column becomes, what decided it, and what may be lost. */
export function typesText(rows: readonly TypeRow[], paint: Paint): string {
  const head = ["column", "PostgreSQL", "TiDB", "decided by", "may be lost"];
  const lines = rows.map(({ table, column, type, tidb, rule, by, losses }) => [
    `${table}.${column}`,
    type,
    tidb ?? "none",
    by ? `${by.pattern} (${by.place})` : (rule ?? "no rule"),
    losses.join(", "),
  ]);
  const widths = head.map((title, i) => Math.min(LONGEST, Math.max(title.length, ...lines.map((line) => line[i]!.length))));
  const pad = (line: readonly string[]) =>
    line
      .map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return `${[paint.strong(pad(head)), ...lines.map(pad)].join("\n")}\n`;
}

/** An ENUM of many labels must not push everything else off the screen. */
const LONGEST = 40;

/** The same for machines. */
export function typesJson(rows: readonly TypeRow[]): string {
  return `${JSON.stringify({ version: 1, columns: rows }, null, 2)}\n`;
}
