import type { Host } from "./fragment.js";
import { hostOf, lastName, partsBetween } from "./strings.js";

/** Verbs of fmt. */
const VERBS = /%%|%(?:\[\d+\])?[-+# 0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]/g;

export const go: Host = hostOf({
  id: "go",
  extensions: [".go"],
  grammar: "go",
  query: `
[(interpreted_string_literal) (raw_string_literal)] @literal
(comment) @comment
(import_spec path: (_) @import)
(const_spec name: (identifier) @name value: (expression_list (_) @value))
(var_spec name: (identifier) @name value: (expression_list (_) @value))
(short_var_declaration left: (expression_list . (identifier) @name .) right: (expression_list . (_) @value .))
`,
  parts: (node, text) => {
    if (node.type === "raw_string_literal") return partsBetween(node, text, { before: 1, after: 1 }, "backquotes", {});
    if (node.type !== "interpreted_string_literal") return undefined;
    return partsBetween(node, text, { before: 1, after: 1 }, "c", { escapes: new Set(["escape_sequence"]) });
  },
  joined: (node) =>
    node.type === "binary_expression" && node.childForFieldName("operator")?.type === "+"
      ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
      : undefined,
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    if (parent?.type === "argument_list") return lastName(parent.parent?.childForFieldName("function")?.text ?? "");
    if (parent?.type === "expression_list")
      return parent.parent?.childForFieldName("left")?.text ?? parent.parent?.childForFieldName("name")?.text;
    return undefined;
  },
  format: (taker) => (taker !== undefined && /(?:printf|errorf)$/i.test(taker) ? VERBS : undefined),
});
