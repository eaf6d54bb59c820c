import type { Host, Part } from "./fragment.js";
import { between, childrenOf, hostOf, type Language, lastName, partsBetween } from "./strings.js";
import type { Node } from "./tree.js";

const TEXT = "[(string) (template_string) (binary_expression) (as_expression) (parenthesized_expression)]";

const QUERY = `
[(string) (template_string)] @literal
(comment) @comment
(import_statement source: (string) @import)
(export_statement source: (string) @import)
(call_expression function: (identifier) @require (#eq? @require "require") arguments: (arguments (string) @import))
(call_expression function: (import) arguments: (arguments (string) @import))
(variable_declarator name: (identifier) @name value: ${TEXT} @value)
(variable_declarator name: (identifier) @name value: (call_expression arguments: (template_string) @clause))
(variable_declarator name: (identifier) @name value: (call_expression function: (member_expression object: (array))) @value)
(pair key: [(property_identifier) (string)] @key value: ${TEXT} @value)
(pair key: [(property_identifier) (string)] @key value: (call_expression arguments: (template_string) @clause))
(assignment_expression left: (identifier) @changed)
(augmented_assignment_expression left: (identifier) @changed)
`;

const PARTS = { escapes: new Set(["escape_sequence"]), holes: new Set(["template_substitution"]) };

const language: Omit<Language, "extensions" | "grammar" | "id"> = {
  query: QUERY,
  parts: (node, text) => {
    if (node.type === "template_string") {
      const tag = tagOf(node, text);
      if (tag === "raw") return partsBetween(node, text, { before: 1, after: 1 }, "backquotes", { holes: PARTS.holes });
      const parts = partsBetween(node, text, { before: 1, after: 1 }, "template", {
        ...PARTS,
        bound: tag !== undefined && !PLAIN.test(tag),
      });
      return parts.map((part) => unboundWhereClause(part, text));
    }
    if (node.type !== "string") return undefined;
    return partsBetween(node, text, { before: 1, after: 1 }, text[node.startIndex] === "'" ? "single" : "c", PARTS);
  },
  joined: (node) => {
    if (node.type === "binary_expression") return node.childForFieldName("operator")?.type === "+" ? childrenOf(node) : undefined;
    if (node.type !== "call_expression") return undefined;
    const called = node.childForFieldName("function");
    const of = called?.childForFieldName("object");
    if (called?.type !== "member_expression" || !of) return undefined;
    const given = childrenOf(node.childForFieldName("arguments"));
    const method = called.childForFieldName("property")?.text;
    if (method === "trim" || method === "trimStart" || method === "trimEnd") return [of];
    if (method === "concat" && /string$/.test(of.type)) return [of, ...given];
    if (method !== "join" || of.type !== "array" || given[0]?.type !== "string") return undefined;
    const separator = given[0].text.slice(1, -1).replaceAll("\\n", "\n");
    return between(childrenOf(of), separator, "c");
  },
  through: new Set(["parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"]),
  taker: (root, text) => tagOf(root, text) ?? takerOf(root),
};

/** Tags that make a text of a template, its holes put in as they are. */
const PLAIN = /^(?:raw|dedent|outdent|endent|stripIndents?|oneLine\w*|trim\w*|html|css|gql|graphql|md|markdown)$/;

/** Holes of a tagged template that are no values: pieces of SQL, names of tables and columns. */
const CLAUSE = /^\$\{\s*(?:sql|Prisma|join|raw|ref|eb|identifier|empty)\b|`/;
const NAME = /^\$\{\s*[\w$.]+\s*\}$/;

function unboundWhereClause(part: Part, text: string): Part {
  if (part.kind === "text" || !part.bound) return part;
  const hole = text.slice(part.span.start, part.span.end);
  // Drizzle's tables and columns stand in its templates by their names, and so do values.
  return CLAUSE.test(hole) || (NAME.test(hole) && text.includes("drizzle-orm")) ? { ...part, bound: false } : part;
}

/** The tag of a template: with its holes it is a call, each hole an argument of its own. */
function tagOf(node: Node, text: string): string | undefined {
  if (node.type !== "template_string") return undefined;
  const { parent } = node;
  // The grammar takes sql<Row>`…` for two comparisons.
  if (text[node.startIndex - 1] === ">") return lastName(text.slice(Math.max(0, node.startIndex - 200), node.startIndex));
  if (parent?.type !== "call_expression") return undefined;
  let tag = parent.childForFieldName("function");
  while (tag?.type === "call_expression") tag = tag.childForFieldName("function");
  return /^sql\b/.test(tag?.text ?? "") ? "sql" : lastName(tag?.text ?? "");
}

/** The fields by which a node is named that holds a text directly. */
const NAMED: Readonly<Record<string, string>> = {
  variable_declarator: "name",
  public_field_definition: "name",
  field_definition: "property",
  pair: "key",
  assignment_expression: "left",
  augmented_assignment_expression: "left",
};

function takerOf(root: Node): string | undefined {
  const { parent } = root;
  if (parent?.type === "arguments")
    return lastName(parent.parent?.childForFieldName("function")?.text ?? parent.parent?.childForFieldName("constructor")?.text ?? "");
  const field = NAMED[parent?.type ?? ""];
  return field && lastName(parent?.childForFieldName(field)?.text.replaceAll(/["']/g, "") ?? "");
}

/** TypeScript, and JavaScript, which its grammar takes as well. */
export const typescript: Host = hostOf({
  ...language,
  query: `${QUERY}(public_field_definition name: (property_identifier) @key value: ${TEXT} @value)`,
  id: "typescript",
  extensions: [".ts", ".mts", ".cts"],
  grammar: "typescript",
});

/** With elements of JSX in it. */
export const tsx: Host = hostOf({
  ...language,
  query: `${QUERY}(public_field_definition name: (property_identifier) @key value: ${TEXT} @value)`,
  id: "tsx",
  extensions: [".tsx", ".jsx", ".js", ".mjs", ".cjs"],
  grammar: "tsx",
});
