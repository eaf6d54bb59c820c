import type { Host, Part } from "./fragment.js";
import { between, childrenOf, dedented, hostOf, indentOf, lastName, partsBetween, partsOf, spanOf, unescaped } from "./strings.js";
import type { Node } from "./tree.js";

/** Places of java.util.Formatter. */
const PLACES = /%%|%n|%(?:\d+\$)?[-+# 0,(]*\d*(?:\.\d+)?[a-zA-Z]/g;

const VALUE = "[(string_literal) (binary_expression) (parenthesized_expression)]";

/** Methods that give the text they are called on. */
const SAME = new Set(["trim", "strip", "stripIndent", "formatted", "intern", "toString"]);

export const java: Host = hostOf({
  id: "java",
  extensions: [".java"],
  grammar: "java",
  query: `
(string_literal) @literal
[(line_comment) (block_comment)] @comment
(import_declaration (_) @import)
(variable_declarator name: (identifier) @name value: ${VALUE} @value)
(field_declaration declarator: (variable_declarator name: (identifier) @key value: ${VALUE} @value))
(assignment_expression left: (identifier) @changed)
`,
  parts: (node, text) => {
    if (node.type !== "string_literal") return undefined;
    if (text.startsWith('"""', node.startIndex)) return textBlock(node, text);
    return partsBetween(node, text, { before: 1, after: 1 }, "c", { escapes: new Set(["escape_sequence"]) });
  },
  joined: (node) => {
    if (node.type === "binary_expression")
      return node.childForFieldName("operator")?.type === "+"
        ? [node.childForFieldName("left")!, node.childForFieldName("right")!]
        : undefined;
    // MyBatis puts the lines of an annotation together with spaces.
    if (node.type === "element_value_array_initializer") return between(childrenOf(node), " ", "c");
    if (node.type !== "method_invocation") return undefined;
    const given = childrenOf(node.childForFieldName("arguments"));
    const of = node.childForFieldName("object");
    const name = node.childForFieldName("name")?.text ?? "";
    if (of?.text === "String" && name === "join" && given[0]?.type === "string_literal")
      return between(given.slice(1), given[0].text.slice(1, -1).replaceAll("\\n", "\n"), "c");
    return of && isText(of) && SAME.has(name) ? [of] : undefined;
  },
  isNone: isJpql,
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    const at = parent?.type === "element_value_pair" || parent?.type === "element_value_array_initializer" ? parent.parent : parent;
    if (at && /argument_list$/.test(at.type)) {
      const taking = at.parent?.type === "annotation_argument_list" ? at.parent.parent : at.parent;
      return lastName((taking?.childForFieldName("name") ?? taking?.childForFieldName("type"))?.text ?? "");
    }
    return lastName((at?.childForFieldName("name") ?? at?.childForFieldName("left"))?.text ?? "");
  },
  format: (root) => {
    const given = root.parent?.type === "argument_list" ? childrenOf(root.parent) : [];
    const own = given.findIndex(({ id }) => id === root.id);
    const call = root.type === "method_invocation" ? root : root.parent?.parent;
    const isFormat = root.type === "method_invocation" ? name(call) === "formatted" : name(call) === "format" && own >= 0 && own < 2;
    if (!isFormat) return undefined;
    const filling = root.type === "method_invocation" ? childrenOf(root.childForFieldName("arguments")) : given.slice(own + 1);
    let next = 0;
    return {
      places: PLACES,
      filling: (place) => (place === "%%" || place === "%n" || /\$/.test(place) || !filling[next] ? undefined : spanOf(filling[next++]!)),
    };
  },
});

function name(call: Node | null | undefined): string | undefined {
  return call?.childForFieldName("name")?.text;
}

function isText({ type }: Node): boolean {
  return type === "string_literal" || type === "parenthesized_expression";
}

/** Whether a text is in the query language of JPA, over classes and not over tables. */
function isJpql(root: Node, text: string): boolean {
  const { parent } = root;
  const at = parent?.type === "element_value_pair" ? parent.parent : parent;
  const taking = at?.parent;
  if (at?.type === "argument_list") return /^create(?:Named)?Query$/.test(name(taking) ?? "");
  if (at?.type !== "annotation_argument_list" || !taking) return false;
  if (name(taking) === "NamedQuery") return true;
  return name(taking) === "Query" && /springframework\.data\.jpa/.test(text) && !/nativeQuery\s*=\s*true/.test(taking.text);
}

/** Between three quotes: what all its lines are indented by, the last one too, is left out. */
function textBlock(node: Node, text: string): Part[] {
  const start = text.indexOf("\n", node.startIndex) + 1;
  const end = node.endIndex - 3;
  if (start === 0 || start > end) return [];
  const lines = text.slice(start, end).split("\n");
  const last = lines.at(-1)!;
  const width = Math.min(indentOf(lines), last.trim() ? Number.POSITIVE_INFINITY : last.length);
  const escapes = new RegExp(String.raw`\\(?:u+[0-9a-fA-F]{4}|[0-7]{1,3}|\r?\n[ \t]{0,${width}}|[\s\S])`, "g");
  return dedented(
    partsOf(text, { start, end }, "triple", escapes, (found) => unescaped(found.replace(/u+/, "u"))),
    width,
  );
}
