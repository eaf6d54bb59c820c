import type { Rule } from "../src/rule.js";

type Example = Rule["examples"][number];

/**
 * The text of rules/README.md: every rule with its reasons, messages and examples, by folder.
 * @param index what becomes of constructs
 */
export function catalogue(rules: readonly Rule[], index: string): string {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const folder = folderOf(rule);
    groups.set(folder, [...(groups.get(folder) ?? []), rule]);
  }
  const parts = [
    "<!-- biome-ignore-all format: generated from the rules by `npm run docs`; do not edit -->",
    "# Rules",
    `What pg2tidb does with each PostgreSQL construct, and why: ${rules.length} rules. A finding names its rule; \`pg2tidb explain <rule>\` shows
the same text as here. Every example is run by the tests: converted, applied to a TiDB, and read back.`,
    `**note**: the result means the same · **warning**: it may behave differently · **error**: this part is not in the output`,
    "By construct: [what projects write in queries](#index-by-construct). By rule:",
    ...[...groups].map(([folder, members]) => contents(folder, members)),
    index,
    ...[...groups].flatMap(([folder, members]) => [`## ${folder}`, ...members.flatMap(section)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function folderOf({ id }: Rule): string {
  return id.slice(0, id.indexOf("/"));
}

function contents(folder: string, rules: readonly Rule[]): string {
  return [`- **${folder}**`, ...rules.map(({ id, construct }) => `  - [\`${id}\`](#${id}) ${construct}`)].join("\n");
}

function section({ id, construct, why, docs, messages, examples, proofs }: Rule): string[] {
  return [
    `<a id="${id}"></a>`,
    `### \`${id}\`: ${construct}`,
    ...(why.trim() === "" ? [] : [why.trim()]),
    ...messageTable(messages),
    ...examples.flatMap((example, i) => exampleBlocks(example, examples.length > 1 ? `Example ${i + 1}` : "Example")),
    ...(proofs === undefined ? [] : [proofLine(proofs)]),
    ...readMore(docs),
  ];
}

function messageTable(messages: Rule["messages"]): string[] {
  const rows = Object.entries(messages).map(([id, { severity, text, help }]) => [`\`${id}\``, severity, text, help ?? ""]);
  if (rows.length === 0) return [];
  const lines = [["finding", "severity", "text", "what to do"], ["---", "---", "---", "---"], ...rows.map((cells) => cells.map(cell))];
  return [lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")];
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

function exampleBlocks({ given, types, schemas, pg, tidb, findings = [], rejected }: Example, title: string): string[] {
  const said = findings.length === 0 ? "" : ` (${findings.map((id) => `\`${id}\``).join(", ")})`;
  return [
    `**${title}**${said}`,
    ...(types === undefined ? [] : [`Configured: \`types: ${JSON.stringify(types)}\``]),
    ...(schemas === undefined ? [] : [`With \`--schemas ${schemas}\`:`]),
    sqlBlock("PostgreSQL", given === undefined ? [pg] : [given, pg]),
    tidb === null || tidb === "" ? "TiDB: nothing in its place." : sqlBlock("TiDB", [tidb]),
    ...(rejected === undefined ? [] : [`TiDB answers with error ${rejected.code} to:`, sqlBlock("TiDB", [rejected.sql])]),
  ];
}

function sqlBlock(product: string, statements: readonly string[]): string {
  return ["```sql", `-- ${product}`, ...statements.map((sql) => `${sql.trim().replace(/;$/, "")};`), "```"].join("\n");
}

function proofLine(proofs: NonNullable<Rule["proofs"]>): string {
  const shown = proofs.map(({ pg, differs }) => `\`\` ${pg} \`\`${differs ? " (differs, as said)" : ""}`);
  return `Run on both engines, row by row: ${shown.join(", ")}`;
}

function readMore({ pg, tidb }: Rule["docs"]): string[] {
  const links = [...(pg === undefined ? [] : [`[PostgreSQL](${pg})`]), ...(tidb === undefined ? [] : [`[TiDB](${tidb})`])];
  return links.length === 0 ? [] : [`Read more: ${links.join(" · ")}`];
}
