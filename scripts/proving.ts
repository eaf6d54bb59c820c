import { openPostgresFor } from "../src/app/postgres.js";
import { prove } from "../src/app/prove.js";
import { countOutcomes, type ProvedQuery, type ProveReport } from "../src/prove/result.js";
import type { Rule } from "../src/rule.js";
import { lineIndex } from "../src/source/text.js";
import type { Target } from "../src/targets/target.js";
import { countConverted } from "./converted.js";
import type { ProjectQueries } from "./projects.js";
import type { Proof } from "./proof-figures.js";

/**
 * Runs a project's queries on both engines over rows that are made for its tables.
 * @param options rows of each table, and milliseconds for one statement
 * @throws where the project cannot be set up at all
 */
export async function proveProject(
  project: ProjectQueries,
  target: Target,
  rules: readonly Rule[],
  { rows, timeout }: { readonly rows: number; readonly timeout: number },
): Promise<{ readonly proof: Proof; readonly report: ProveReport }> {
  const { schema, queries } = project;
  const postgres = await openPostgresFor(schema, undefined);
  try {
    // Always the same day: figures must not change with the calendar.
    const options = { postgres: "18", target: "8.5.6", seed: 1, rows, today: "2026-01-15", timeout } as const;
    const report = await prove(postgres, target, schema, queries, rules, options);
    const { statements, converted } = await countConverted(project, rules);
    const { "not-run": notRun, ...outcomes } = countOutcomes(report.queries);
    return { proof: { statements, converted, ...outcomes, notRun }, report };
  } finally {
    await postgres.close();
  }
}

export function complaint({ source, span, outcome, reason, difference, findings, sql }: ProvedQuery): string {
  const { line, column } = lineIndex(source)(span.start);
  const one = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, 600);
  return [
    `${outcome} ${source.name}:${line}:${column}`,
    `    PostgreSQL: ${one(source.text.slice(span.start, span.end))}`,
    `    TiDB:       ${one(sql.join("; "))}`,
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...(difference === undefined
      ? []
      : [`    ${difference.table ?? ""} ${difference.text} ${JSON.stringify(difference.examples.slice(0, 2))}`]),
    ...findings.map(({ severity, rule, text }) => `    ${severity} ${rule}: ${text}`),
  ].join("\n");
}
