import { groupBy, type Rule } from "../src/rule.js";

type Example = Rule["examples"][number];

const HEAD = "<!-- biome-ignore-all format: generated from the rules by `npm run docs`; do not edit -->";

/** Where a rule's story stands, from rules/. */
export function ruleLink(id: string): string {
  return `${folderOf(id)}/README.md#${id}`;
}

/**
 * The texts of the READMEs below rules/, by their paths there: what becomes of constructs and a list of all rules, and for each folder its
 * rules with their reasons, messages and examples.
 * @param index what becomes of constructs
 */
export function catalogue(rules: readonly Rule[], index: string): ReadonlyMap<string, string> {
  const groups = groupBy(rules, ({ id }) => folderOf(id));
  const text = (parts: readonly string[]) => `${[HEAD, ...parts].join("\n\n")}\n`;
  const overview = text([
    "# Rules",
    `What pg2tidb does with each PostgreSQL construct, and why: ${rules.length} rules. A finding names its rule; \`pg2tidb explain <rule>\` shows
the same text as the pages behind these links. Every example is run by the tests: converted, applied to a TiDB, and read back.`,
    SEVERITIES,
    "By construct: [what projects write in queries](#index-by-construct). By rule:",
    ...[...groups].map(([folder, members]) => contents(folder, members)),
    index,
  ]);
  const pages = [...groups].map(
    ([folder, members]) =>
      [
        `${folder}/README.md`,
        text([`# Rules: ${folder}`, `${SEVERITIES} · [all rules](../README.md)`, ...members.flatMap(section)]),
      ] as const,
  );
  return new Map([["README.md", overview], ...pages]);
}

const SEVERITIES =
  "**note**: the result means the same · **warning**: it may behave differently · **error**: this part is not in the output";

function folderOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

function contents(folder: string, rules: readonly Rule[]): string {
  return [`- **${folder}**`, ...rules.map(({ id, construct }) => `  - [\`${id}\`](${ruleLink(id)}) ${construct}`)].join("\n");
}

function section({ id, construct, why, docs, messages, examples, proofs }: Rule): string[] {
  return [
    `<a id="${id}"></a>`,
    `## \`${id}\`: ${construct}`,
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
