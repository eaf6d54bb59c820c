import type { Severity } from "../finding.js";
import type { Paint } from "./colour.js";

/** What can be explained: a rule, or a finding that comes from no rule. */
export interface Explainable {
  readonly id: string;
  readonly construct: string;
  readonly why: string;
  readonly docs: { readonly pg?: string; readonly tidb?: string };
  readonly messages: Readonly<Record<string, { readonly severity: Severity; readonly text: string; readonly help?: string }>>;
  readonly examples: readonly {
    readonly given?: string;
    readonly types?: Readonly<Record<string, string>>;
    readonly pg: string;
    readonly tidb: string | null;
    readonly findings?: readonly string[];
  }[];
}

const WIDTH = 88;

/** One rule for reading in a terminal. */
export function explainText({ id, construct, why, docs, messages, examples }: Explainable, paint: Paint): string {
  const sections = [
    `${paint.strong(id)}: ${construct}`,
    wrap(why),
    section(
      paint.strong("Findings"),
      Object.entries(messages).flatMap(([message, { severity, text, help }]) => [
        `${paint[severity](severity)} ${message}: ${text}`,
        ...(help === undefined ? [] : [`  help: ${help}`]),
      ]),
    ),
    ...examples.map((example, index) => exampleText(example, examples.length > 1 ? `Example ${index + 1}` : "Example", paint)),
    section(paint.strong("Read more"), [
      ...(docs.pg === undefined ? [] : [`PostgreSQL  ${docs.pg}`]),
      ...(docs.tidb === undefined ? [] : [`TiDB        ${docs.tidb}`]),
    ]),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

/** All rules, one a line. */
export function listText(all: readonly Explainable[], paint: Paint): string {
  const width = Math.max(...all.map(({ id }) => id.length));
  return all.map(({ id, construct }) => `${paint.strong(id.padEnd(width))}  ${construct}\n`).join("");
}

/** The fields a machine can use; a rule's functions are not among them. */
export function explainJson({ id, construct, why, docs, messages, examples }: Explainable): object {
  return {
    id,
    construct,
    why: paragraphs(why).join("\n\n"),
    docs,
    messages,
    examples: examples.map(({ given, types, pg, tidb, findings = [] }) => ({ given, types, pg, tidb, findings })),
  };
}

function exampleText({ given, types, pg, tidb, findings = [] }: Explainable["examples"][number], title: string, paint: Paint): string {
  const parts = [
    ...(given === undefined ? [] : [["given", given]]),
    ...(types === undefined ? [] : [["configured", `types: ${JSON.stringify(types)}`]]),
    ["PostgreSQL", pg],
    ["TiDB", tidb ?? "(not in the output)"],
    ["findings", findings.length === 0 ? "none" : findings.join(", ")],
  ];
  return section(
    paint.strong(title),
    parts.flatMap(([label, text]) => [
      paint.faint(label!),
      ...text!
        .trim()
        .split("\n")
        .map((line) => `  ${line}`),
    ]),
  );
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Rules are written as indented template literals: their line breaks mean nothing, an empty line parts paragraphs. */
function paragraphs(text: string): string[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
}

function wrap(text: string): string {
  return paragraphs(text).map(wrapParagraph).join("\n\n");
}

function wrapParagraph(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}
