import type { Host } from "./fragment.js";
import { childrenOf, hostOf, lastName, partsBetween } from "./strings.js";
import type { Node } from "./tree.js";

/** Places of a format string. */
const PLACES = /\{\{|\}\}|\{[^{}\n]*\}/g;

/** Macros that take one. */
const FORMATS =
  /(?:format|format_args|write|writeln|print|println|panic|bail|anyhow|ensure|trace|debug|info|warn|error|concatcp|formatcp)!$/;

/** Methods that give the text they are called on. */
const SAME = new Set(["to_string", "to_owned", "into", "as_str", "as_ref", "trim", "clone"]);

export const rust: Host = hostOf({
  id: "rust",
  extensions: [".rs"],
  grammar: "rust",
  query: `
[(string_literal) (raw_string_literal)] @literal
[(line_comment) (block_comment)] @comment
(use_declaration argument: (_) @import)
(extern_crate_declaration name: (_) @import)
(const_item name: (identifier) @name value: (_) @value)
(static_item name: (identifier) @name value: (_) @value)
(impl_item body: (declaration_list (const_item name: (identifier) @key value: (_) @value)))
(let_declaration pattern: (identifier) @name value: (_) @value)
(assignment_expression left: (identifier) @changed)
(compound_assignment_expr left: (identifier) @changed)
(let_declaration (mutable_specifier) pattern: (identifier) @changed)
`,
  parts: (node, text) => {
    const written = text.slice(node.startIndex, Math.min(node.endIndex, node.startIndex + 300));
    if (node.type === "raw_string_literal") {
      const opening = /^r(#*)"/.exec(written);
      if (!opening) return undefined;
      return partsBetween(node, text, { before: opening[0].length, after: opening[0].length - 1 }, opening[1] ? "verbatim" : "raw", {});
    }
    if (node.type !== "string_literal" || !written.startsWith('"')) return undefined;
    return partsBetween(node, text, { before: 1, after: 1 }, "c", { escapes: new Set(["escape_sequence"]), skipAfterNewline: true });
  },
  joined: (node) => {
    if (node.type === "binary_expression")
      return node.childForFieldName("operator")?.type === "+"
        ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
        : undefined;
    if (node.type === "call_expression") {
      const called = node.childForFieldName("function");
      const isSame = called?.type === "field_expression" && SAME.has(called.childForFieldName("field")?.text ?? "");
      const from = called?.text === "String::from" || called?.text === "Cow::from" || called?.text === "Cow::Borrowed";
      const of = isSame ? called.childForFieldName("value") : from ? childrenOf(node.childForFieldName("arguments"))[0] : undefined;
      return of ? [of] : undefined;
    }
    if (node.type === "macro_invocation" && lastName(node.childForFieldName("macro")?.text ?? "") === "concat")
      return childrenOf(childrenOf(node).at(-1)).filter(({ type }) => type !== "token_tree");
    // Tokens of a macro are no expressions: texts with a plus between them.
    if (node.type === "token_tree") {
      const added = childrenOf(node).filter(
        ({ type, nextSibling, previousSibling }) =>
          type.endsWith("string_literal") && (nextSibling?.type === "+" || previousSibling?.type === "+"),
      );
      return added.length > 1 ? added : undefined;
    }
    return undefined;
  },
  through: new Set(["parenthesized_expression", "reference_expression"]),
  taker: (root, text) => {
    const { parent } = root;
    if (parent?.type === "token_tree" || root.type === "token_tree") {
      const tokens = root.type === "token_tree" ? root : parent!;
      return /[\w:]+!?(?=\s*(?:::<[^()]*>)?\s*$)/.exec(text.slice(Math.max(0, tokens.startIndex - 100), tokens.startIndex))?.[0];
    }
    if (parent?.type === "arguments") return lastName(parent.parent?.childForFieldName("function")?.text ?? "");
    if (parent?.type === "let_declaration") return parent.childForFieldName("pattern")?.text;
    return (parent?.childForFieldName("name") ?? parent?.childForFieldName("left") ?? parent?.childForFieldName("field"))?.text;
  },
  format: (root, taker) => {
    const tokens = root.parent;
    if (tokens?.type !== "token_tree" || taker === undefined || !FORMATS.test(taker)) return undefined;
    const given = argumentsOf(tokens);
    const own = given.findIndex((tokens) => tokens[0]?.id === root.id);
    if (given.slice(0, own).some((tokens) => tokens[0]?.type.endsWith("string_literal"))) return undefined;
    let next = own + 1;
    const filling = (place: string) => {
      const tokens = /^\{(?::|\}$)/.test(place) ? given[next++] : undefined;
      return tokens?.length ? { start: tokens[0]!.startIndex, end: tokens.at(-1)!.endIndex } : undefined;
    };
    return { places: PLACES, filling };
  },
});

/** Tokens of a macro's arguments. */
function argumentsOf(tokens: Node): Node[][] {
  const given: Node[][] = [[]];
  for (const child of tokens.children.slice(1, -1))
    if (child?.type === ",") given.push([]);
    else if (child) given.at(-1)!.push(child);
  return given;
}
