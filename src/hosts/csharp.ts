import type { Host, Part, Spelling } from "./fragment.js";
import { childrenOf, dedented, hostOf, lastName, partsBetween, partsOf, refined, spanOf } from "./strings.js";
import type { Node } from "./tree.js";

const PLACES = /\{\{|\}\}|\{\d+[^{}\n]*\}/g;

const VALUE =
  "[(string_literal) (verbatim_string_literal) (raw_string_literal) (interpolated_string_expression) (binary_expression) (parenthesized_expression)]";

const PARTS = { escapes: new Set(["escape_sequence"]), holes: new Set(["interpolation"]) };

export const csharp: Host = hostOf({
  id: "csharp",
  extensions: [".cs", ".cshtml", ".razor"],
  grammar: "c-sharp",
  query: `
[(string_literal) (verbatim_string_literal) (raw_string_literal) (interpolated_string_expression)] @literal
(comment) @comment
(using_directive (_) @import)
(variable_declarator name: (identifier) @name ${VALUE} @value)
(field_declaration (variable_declaration (variable_declarator name: (identifier) @key ${VALUE} @value)))
(assignment_expression left: (identifier) @changed)
`,
  parts: (node, text) => {
    const [opening = "", signs = "", quotes = ""] = /^([$@]*)("+)/.exec(text.slice(node.startIndex, node.startIndex + 40)) ?? [];
    if (node.type === "string_literal")
      return /"u8$/i.test(node.text) ? undefined : partsBetween(node, text, { before: 1, after: 1 }, "c", PARTS);
    if (node.type === "verbatim_string_literal")
      return partsOf(text, { start: node.startIndex + 2, end: node.endIndex - 1 }, "doubled", /""/g, () => '"');
    if (quotes.length >= 3) return rawString(node, text, opening, quotes.length);
    if (node.type !== "interpolated_string_expression") return undefined;
    const spelling: Spelling = signs.includes("@") ? "doubled formatted" : "c formatted";
    const parts = partsBetween(node, text, { before: opening.length, after: 1 }, spelling, PARTS);
    return refined(parts, text, signs.includes("@") ? /""|\{\{|\}\}/g : /\{\{|\}\}/g, (found) => found[0]);
  },
  joined: (node) =>
    node.type === "binary_expression" && node.childForFieldName("operator")?.type === "+"
      ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
      : undefined,
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    if (parent?.type === "argument" || parent?.type === "attribute_argument") {
      const taking = parent.parent?.parent;
      const named = taking?.childForFieldName("function") ?? taking?.childForFieldName("type") ?? taking?.childForFieldName("name");
      return lastName(named?.text ?? "");
    }
    return lastName((parent?.childForFieldName("name") ?? parent?.childForFieldName("left"))?.text ?? "");
  },
  format: (root, taker) => {
    if (root.parent?.type !== "argument" || (taker !== "Format" && taker !== "AppendFormat")) return undefined;
    const [first, ...given] = childrenOf(root.parent.parent);
    if (first?.id !== root.parent.id) return undefined;
    const filling = (place: string) => {
      const value = given[Number(/\d+/.exec(place)?.[0] ?? Number.NaN)];
      return value && spanOf(value);
    };
    return { places: PLACES, filling };
  },
});

/** Between three quotes or more: over several lines, without what the last one is indented by. */
function rawString(node: Node, text: string, opening: string, quotes: number): Part[] {
  const spelling: Spelling = opening.startsWith("$") ? "verbatim formatted" : "verbatim";
  const inner = text.slice(node.startIndex + opening.length, node.endIndex - quotes);
  const first = /^[ \t]*\r?\n/.exec(inner)?.[0] ?? "";
  const last = first ? (/\r?\n([ \t]*)$/.exec(inner.slice(first.length - 1)) ?? ["", ""]) : ["", ""];
  const between = { before: opening.length + first.length, after: quotes + last[0]!.length };
  return dedented(partsBetween(node, text, between, spelling, { holes: PARTS.holes }), last[1]!.length);
}
