import type { Host } from "./fragment.js";
import { between, childrenOf, hostOf, lastName, partsBetween, spanOf } from "./strings.js";
import type { Node } from "./tree.js";

/** Verbs of fmt. */
const VERBS = /%%|%(?:\[\d+\])?[-+# 0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]/g;

/** Functions that take a format: fmt's, and those named after them. */
const FORMATS = /f$/;
const FORMATTING = '(#match? @function "(?:[pP]rint|[rR]aw|[eE]xec|[qQ]uery|[eE]rror)f$")';

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
(assignment_statement left: (expression_list (identifier) @changed))
(call_expression function: (_) @function ${FORMATTING} arguments: (argument_list . (identifier) @formatted))
(call_expression function: (_) @function ${FORMATTING} arguments: (argument_list . (_) . (identifier) @formatted))
`,
  parts: (node, text) => {
    if (node.type === "raw_string_literal") return partsBetween(node, text, { before: 1, after: 1 }, "backquotes", {});
    if (node.type !== "interpreted_string_literal") return undefined;
    return partsBetween(node, text, { before: 1, after: 1 }, "c", { escapes: new Set(["escape_sequence"]) });
  },
  joined: (node) => {
    if (node.type === "binary_expression")
      return node.childForFieldName("operator")?.type === "+"
        ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
        : undefined;
    if (node.type !== "call_expression") return undefined;
    const called = node.childForFieldName("function")?.text;
    const [first, second] = childrenOf(node.childForFieldName("arguments"));
    if (called === "strings.TrimSpace" && first) return [first];
    if (called !== "strings.Join" || first?.type !== "composite_literal" || second?.type !== "interpreted_string_literal") return undefined;
    const separator = second.text.slice(1, -1).replaceAll("\\n", "\n");
    return between(
      childrenOf(first.childForFieldName("body")).flatMap((element) => childrenOf(element)),
      separator,
      "c",
    );
  },
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    if (parent?.type === "argument_list") return lastName(parent.parent?.childForFieldName("function")?.text ?? "");
    if (parent?.type === "literal_element") {
      const key = parent.parent?.childForFieldName("key");
      return key ? lastName(key.text.replaceAll('"', "")) : undefined;
    }
    if (parent?.type !== "expression_list") return undefined;
    const { parent: statement } = parent;
    return lastName(statement?.childForFieldName("left")?.text ?? statement?.childForFieldName("name")?.text ?? "");
  },
  format: (root, taker, formatted) => {
    if (root.parent?.type !== "argument_list") return taker !== undefined && formatted.has(taker) ? { places: VERBS } : undefined;
    if (taker === undefined || !FORMATS.test(taker)) return undefined;
    const given = childrenOf(root.parent);
    const own = given.findIndex(({ id }) => id === root.id);
    // Arguments that are texts themselves are filled in, and no formats.
    if (own > 1 || (own === 1 && isText(given[0]!))) return undefined;
    const ordered = !/%\[|%[-+# 0.\d]*\*/.test(root.text);
    let next = own + 1;
    return { places: VERBS, filling: (verb) => (ordered && verb !== "%%" && given[next] ? spanOf(given[next++]!) : undefined) };
  },
});

function isText({ type }: Node): boolean {
  return type.endsWith("string_literal");
}
