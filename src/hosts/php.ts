import type { Span } from "../source/text.js";
import type { Host, Part } from "./fragment.js";
import { between, childrenOf, dedented, hostOf, lastName, partsBetween, partsOf, spanOf } from "./strings.js";
import type { Node } from "./tree.js";

const PLACES = /%%|%(?:\d+\$)?[-+ 0]*(?:'.)?\d*(?:\.\d+)?[a-zA-Z]/g;

const ESCAPES = new Set(["escape_sequence"]);
/** Whatever is no text in a text is a hole. */
const HOLES = { has: (type: string) => !/^(?:string_content|escape_sequence|heredoc_\w+|nowdoc_\w+|comment)$/.test(type) };

const VALUE = "[(string) (encapsed_string) (heredoc) (nowdoc) (binary_expression) (parenthesized_expression)]";

export const php: Host = hostOf({
  id: "php",
  extensions: [".php", ".phtml", ".inc"],
  grammar: "php",
  query: `
[(string) (encapsed_string) (heredoc) (nowdoc)] @literal
(comment) @comment
(namespace_use_clause (_) @import)
(const_element (name) @name ${VALUE} @value)
(const_element (name) @key ${VALUE} @value)
(property_element name: (variable_name (name) @key) default_value: ${VALUE} @value)
(assignment_expression left: (variable_name (name) @name) right: ${VALUE} @value)
(augmented_assignment_expression left: (variable_name (name) @changed))
`,
  parts: (node, text) => {
    if (node.type === "string") {
      const inner = { start: node.startIndex + 1, end: node.endIndex - 1 };
      return partsOf(text, inner, "quoted", /\\[\\']/g, (found) => found[1]);
    }
    if (node.type === "encapsed_string")
      return partsBetween(node, text, { before: 1, after: 1 }, "dollar", { escapes: ESCAPES, holes: HOLES, widen: withBraces(text) });
    return node.type === "heredoc" || node.type === "nowdoc" ? heredoc(node, text) : undefined;
  },
  joined: (node) => {
    if (node.type === "binary_expression")
      return node.childForFieldName("operator")?.type === "."
        ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
        : undefined;
    if (node.type !== "function_call_expression") return undefined;
    const called = node.childForFieldName("function")?.text;
    const [first, second] = childrenOf(node.childForFieldName("arguments")).map((argument) => childrenOf(argument)[0]);
    if (called === "trim" && first && isText(first)) return [first];
    if ((called !== "implode" && called !== "join") || !first || second?.type !== "array_creation_expression") return undefined;
    return between(
      childrenOf(second).map((element) => childrenOf(element).at(-1)!),
      first.text.slice(1, -1).replaceAll("\\n", "\n"),
      "dollar",
    );
  },
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    if (parent?.type === "argument") {
      const call = parent.parent?.parent;
      const named = call?.childForFieldName("name") ?? call?.childForFieldName("function") ?? childrenOf(call)[0];
      return lastName(named?.text ?? "");
    }
    const named = parent?.childForFieldName("left") ?? parent?.childForFieldName("name");
    if (named) return lastName(named.text.replaceAll("$", ""));
    if (parent?.type === "const_element" || parent?.type === "array_element_initializer") {
      const [key] = childrenOf(parent);
      return key && childrenOf(parent).length > 1 ? lastName(key.text.replaceAll(/["']/g, "")) : undefined;
    }
    return undefined;
  },
  format: (root, taker) => {
    if (root.parent?.type !== "argument" || !/^v?s?printf$/.test(taker ?? "")) return undefined;
    const [first, ...given] = childrenOf(root.parent.parent);
    if (first?.id !== root.parent.id) return undefined;
    let next = 0;
    return {
      places: PLACES,
      filling: (place) => (place === "%%" || place.includes("$") || !given[next] ? undefined : spanOf(given[next++]!)),
    };
  },
});

function isText({ type }: Node): boolean {
  return /string$|doc$/.test(type);
}

/** `{$x}` is a hole with its braces. */
function withBraces(text: string) {
  return ({ start, end }: Span) => (text[start - 1] === "{" && text[end] === "}" ? { start: start - 1, end: end + 1 } : { start, end });
}

/** The lines of a heredoc without what its end is indented by. */
function heredoc(node: Node, text: string): Part[] {
  const ending = node.childForFieldName("end_tag");
  const start = text.indexOf("\n", node.startIndex) + 1;
  const indent = /(?:\r?\n)?([ \t]*)$/.exec(text.slice(start, ending?.startIndex ?? node.endIndex))!;
  const before = start - node.startIndex;
  const after = node.endIndex - (ending?.startIndex ?? node.endIndex) + indent[0].length;
  const parts = partsBetween(node, text, { before, after }, node.type === "nowdoc" ? "verbatim" : "heredoc", {
    ...(node.type === "heredoc" && { escapes: ESCAPES, holes: HOLES, widen: withBraces(text) }),
  });
  return dedented(parts, indent[1]!.length);
}
