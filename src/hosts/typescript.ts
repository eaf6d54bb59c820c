import type { Host } from "./fragment.js";
import { hostOf, type Language, lastName, partsBetween } from "./strings.js";
import type { Node } from "./tree.js";

const QUERY = `
[(string) (template_string)] @literal
(comment) @comment
(import_statement source: (string) @import)
(call_expression function: (identifier) @require (#eq? @require "require") arguments: (arguments (string) @import))
(variable_declarator name: (identifier) @name value: [(string) (template_string) (binary_expression) (as_expression)] @value)
(public_field_definition name: (property_identifier) @name value: [(string) (template_string) (binary_expression)] @value)
`;

const PARTS = { escapes: new Set(["escape_sequence"]), holes: new Set(["template_substitution"]) };

const language: Omit<Language, "extensions" | "grammar" | "id"> = {
  query: QUERY,
  parts: (node, text) => {
    if (node.type === "template_string")
      return partsBetween(node, text, { before: 1, after: 1 }, "template", { ...PARTS, bound: tagOf(node) !== undefined });
    if (node.type !== "string") return undefined;
    return partsBetween(node, text, { before: 1, after: 1 }, text[node.startIndex] === "'" ? "single" : "c", PARTS);
  },
  joined: (node) =>
    node.type === "binary_expression" && node.childForFieldName("operator")?.type === "+"
      ? node.namedChildren.filter((child) => child !== null && child.type !== "comment").map((child) => child!)
      : undefined,
  through: new Set(["parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"]),
  taker: (root) => tagOf(root) ?? takerOf(root),
};

/** The tag of a template: with its holes it is a call, each hole an argument of its own. */
function tagOf(node: Node): string | undefined {
  const { parent } = node;
  if (node.type !== "template_string" || parent?.type !== "call_expression") return undefined;
  return lastName(parent.childForFieldName("function")?.text ?? "");
}

function takerOf(root: Node): string | undefined {
  const { parent } = root;
  if (parent?.type === "arguments")
    return lastName(parent.parent?.childForFieldName("function")?.text ?? parent.parent?.childForFieldName("constructor")?.text ?? "");
  if (parent?.type === "variable_declarator" || parent?.type === "public_field_definition") return parent.childForFieldName("name")?.text;
  if (parent?.type === "pair") return parent.childForFieldName("key")?.text.replaceAll(/["']/g, "");
  return undefined;
}

/** TypeScript, and JavaScript, which its grammar takes as well. */
export const typescript: Host = hostOf({ ...language, id: "typescript", extensions: [".ts", ".mts", ".cts"], grammar: "typescript" });

/** With elements of JSX in it. */
export const tsx: Host = hostOf({ ...language, id: "tsx", extensions: [".tsx", ".jsx", ".js", ".mjs", ".cjs"], grammar: "tsx" });
