import { convert } from "../src/app/convert.js";
import type { StatementResult } from "../src/result.js";
import type { Rule } from "../src/rule.js";
import { ruleLink } from "./catalogue.js";
import { CONSTRUCT_SCHEMA, CONSTRUCTS, type Construct } from "./constructs.js";

/**
 * The index of the catalogue: each construct with a statement that has it, what comes of that, the rules that had a hand in it, and what is
 * lost. What the rows are on both engines is what the tests have seen.
 */
export async function constructIndex(rules: readonly Rule[]): Promise<string> {
  const uses = new Map<string, number>();
  const watched = rules.map((rule) => watch(rule, () => uses.set(rule.id, (uses.get(rule.id) ?? 0) + 1)));
  const usesOf = async (pg: string) => {
    uses.clear();
    const { files } = await convert([SCHEMA, { name: "query", text: pg }], watched, { postgres: "18", target: "8.5.6" });
    return { statements: files[1]!.statements, uses: new Map(uses) };
  };
  // What any row of it would have: the schema, and its order.
  const bySchema = (await usesOf("SELECT id FROM emp ORDER BY id")).uses;
  const parts = [
    "## Index by construct",
    `What real projects write in queries, and what comes of it. **same**: both engines gave the same rows over the rows that the tests have for
it. **reported**: a finding says that rows may differ, and they did, or that it is not converted. **–**: there are no rows to compare.
Where no rule is named, TiDB has the construct as PostgreSQL has it.`,
  ];
  for (const [name, constructs] of Object.entries(CONSTRUCTS)) {
    const lines = [
      `### ${name}`,
      "",
      "| construct | PostgreSQL | TiDB | rows | rules | what is said |",
      "| --- | --- | --- | --- | --- | --- |",
    ];
    for (const construct of constructs) {
      const { statements, uses: all } = await usesOf(construct.pg);
      const used = rules.filter(({ id }) => (all.get(id) ?? 0) > (bySchema.get(id) ?? 0)).map(({ id }) => id);
      lines.push(line(construct, statements, used));
    }
    parts.push(lines.join("\n"));
  }
  return parts.join("\n\n");
}

const SCHEMA = { name: "schema", text: CONSTRUCT_SCHEMA };

function line({ name, pg, reported, silent }: Construct, statements: readonly StatementResult[], used: readonly string[]): string {
  const findings = statements.flatMap((statement) => statement.findings);
  const ids = [...new Set([...used, ...findings.map(({ rule }) => rule).filter((id) => !id.startsWith("core/"))])];
  const said = [...new Set(findings.map(({ severity, text }) => `${severity}: ${text}`))];
  const rows = silent ? "–" : reported ? "reported" : "same";
  const tidb = statements.flatMap(({ sql }) => sql).join("; ");
  const cells = [code(name), code(pg), tidb === "" ? "not converted" : code(tidb), rows];
  return `| ${[...cells, ids.map((id) => `[${id}](${ruleLink(id)})`).join(" "), said.map(escaped).join("; ")].join(" | ")} |`;
}

function code(text: string): string {
  const flat = escaped(text.replaceAll(/\s+/g, " "));
  return flat.includes("`") ? `\`\` ${flat} \`\`` : `\`${flat}\``;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** The rule, telling whenever it has something to say of the statement at hand. */
function watch(rule: Rule, onUse: () => void): Rule {
  const told = <T>(outcome: T): T => {
    if (outcome) onUse();
    return outcome;
  };
  const { on, restate, forms } = rule;
  return {
    ...rule,
    ...(on && { on: (takes) => on(takes).map((handler) => ({ ...handler, run: (node, ctx) => told(handler.run(node, ctx)) })) }),
    ...(restate && { restate: (statement, ctx) => told(restate(statement, ctx)) }),
    ...(forms && { forms: forms.map((form) => ({ ...form, tidb: (args, call) => told(form.tidb(args, call)) })) }),
  };
}
