import type { Trace } from "../src/trace.js";

/** The text of traces/README.md: every trace of PostgreSQL that is not SQL, by family. */
export function tracesCatalogue(traces: readonly Trace[]): string {
  const families = new Map<string, Trace[]>();
  for (const trace of traces) {
    const family = trace.id.slice(0, trace.id.indexOf("/"));
    families.set(family, [...(families.get(family) ?? []), trace]);
  }
  const parts = [
    "<!-- biome-ignore-all format: generated from the traces by `npm run docs`; do not edit -->",
    "# Traces",
    `PostgreSQL that is not SQL, as \`pg2tidb lint\` finds it in code and configuration: ${traces.length} traces. Every example is run by the tests.`,
    "**note**: `--fix` writes the TiDB form, and that is all · **warning**: it may work as it is, or in part · **error**: it does not work with TiDB",
    [...families].map(([family, rows]) => `- [${family}](#${family}): ${rows.length}`).join("\n"),
    ...[...families].flatMap(([family, rows]) => [`## ${family}`, ...rows.flatMap(section)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section({ id, construct, why, docs, severity, text, help, fix, zeroOnly, examples }: Trace): string[] {
  const shown = examples.find(({ found }) => found.length > 0)!;
  const lookAlike = examples.find(({ found }) => found.length === 0);
  const form = shown.forms?.filter((each) => each !== undefined) ?? [];
  return [
    `<a id="${id}"></a>`,
    `### \`${id}\`: ${construct}`,
    why,
    `**${severity}**${fix ? ", `--fix`" : ""}${zeroOnly ? ", with `--zero` only" : ""}: ${text}. What to do: ${help}`,
    block(shown.file, shown.text, `found: ${shown.found.join(" · ")}`),
    ...(shown.fixed === undefined ? [] : [block(shown.file, shown.fixed, "after `--fix`")]),
    ...(form.length > 0 ? [`With TiDB: ${form.map((each) => `\`${each}\``).join(", ")}`] : []),
    ...(lookAlike === undefined ? [] : [block(lookAlike.file, lookAlike.text, "nothing found")]),
    `Read more: <${docs}>`,
  ];
}

function block(file: string, text: string, caption: string): string {
  return `\`${file}\`, ${caption}:\n\n\`\`\`\`text\n${text.trimEnd()}\n\`\`\`\``;
}
