import type { Host } from "./fragment.js";
import type { Format } from "./strings.js";
import { between, childrenOf, hostOf, lastName, partsBetween, spanOf } from "./strings.js";
import type { Node } from "./tree.js";

/** Places of the operator `%`. */
const PERCENT = /%%|%(?:\(\w+\))?[-+# 0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]/g;
/** Places of `format`. */
const BRACES = /\{\{|\}\}|\{[^{}\n]*\}/g;

/** Methods and functions that give the text they are given, but for white space. */
const SAME = new Set(["strip", "lstrip", "rstrip", "dedent", "cleandoc"]);

const VALUE = "[(string) (concatenated_string) (binary_operator) (parenthesized_expression) (call)]";

export const python: Host = hostOf({
  id: "python",
  extensions: [".py", ".pyi"],
  grammar: "python",
  query: `
(string) @literal
(comment) @comment
(import_statement name: [(dotted_name) @import (aliased_import name: (dotted_name) @import)])
(import_from_statement module_name: (dotted_name) @import)
(assignment left: (identifier) @name right: ${VALUE} @value)
(class_definition body: (block (expression_statement (assignment left: (identifier) @key right: ${VALUE} @value))))
(augmented_assignment left: (identifier) @changed)
(binary_operator left: (identifier) @formatted operator: "%")
(call function: (attribute object: (identifier) @formatted attribute: (identifier) @method (#eq? @method "format")))
`,
  parts: (node, text) => {
    if (node.type !== "string") return undefined;
    const [opening = "", prefix = "", quotes = ""] =
      /^([a-zA-Z]*)("""|'''|["'])/.exec(text.slice(node.startIndex, node.startIndex + 6)) ?? [];
    if (quotes === "" || /b/i.test(prefix)) return undefined;
    const plain = quotes.length === 3 ? "triple" : quotes === "'" ? "single" : "c";
    const raw = /r/i.test(prefix);
    const spelling = raw ? (quotes.length === 3 ? "verbatim" : "raw") : plain;
    return partsBetween(
      node,
      text,
      { before: opening.length, after: quotes.length },
      /[ft]/i.test(prefix) ? `${spelling} formatted` : spelling,
      {
        escapes: new Set(raw ? ["escape_interpolation"] : ["escape_sequence", "escape_interpolation"]),
        holes: new Set(["interpolation"]),
      },
    );
  },
  joined: (node) => {
    if (node.type === "concatenated_string") return childrenOf(node);
    if (node.type === "binary_operator") {
      const [left, right] = [node.childForFieldName("left")!, node.childForFieldName("right")!];
      const operator = node.childForFieldName("operator")?.type;
      return operator === "+" ? [left, right] : operator === "%" ? [left] : undefined;
    }
    if (node.type !== "call") return undefined;
    const called = node.childForFieldName("function");
    const of = called?.childForFieldName("object");
    const name = lastName(called?.text ?? "") ?? "";
    const [first] = childrenOf(node.childForFieldName("arguments"));
    if (name === "join" && of?.type === "string" && /list|tuple/.test(first?.type ?? ""))
      return between(childrenOf(first), of.text.replace(/^["']+|["']+$/g, "").replaceAll("\\n", "\n"), "c");
    if (name === "format" && of && isText(of)) return [of];
    if (!SAME.has(name)) return undefined;
    return of && isText(of) ? [of] : first && isText(first) ? [first] : undefined;
  },
  isNone: ({ parent }) => parent?.type === "expression_statement",
  through: new Set(["parenthesized_expression"]),
  taker: ({ parent }) => {
    const at = parent?.type === "keyword_argument" ? parent.parent : parent;
    if (at?.type === "argument_list") return lastName(at.parent?.childForFieldName("function")?.text ?? "");
    const named = at?.childForFieldName("left") ?? at?.childForFieldName("key") ?? at?.childForFieldName("name");
    return named ? lastName(named.text.replaceAll(/["']/g, "")) : undefined;
  },
  format: (root, taker, formatted) => {
    if (root.type === "binary_operator" && root.childForFieldName("operator")?.type === "%")
      return percent(root.childForFieldName("right"));
    if (root.type === "call" && lastName(root.childForFieldName("function")?.text ?? "") === "format")
      return braces(root.childForFieldName("arguments"));
    // psycopg composes: sql.SQL("…").format(…).
    const around = root.parent?.type === "argument_list" ? root.parent.parent : null;
    if (around?.parent?.type === "attribute" && around.parent.childForFieldName("attribute")?.text === "format")
      return braces(around.parent.parent?.childForFieldName("arguments"));
    const use = taker === undefined || around ? undefined : formatted.get(taker)?.parent;
    return use ? { places: use.type === "attribute" ? BRACES : PERCENT } : undefined;
  },
});

function isText({ type }: Node): boolean {
  return type === "string" || type === "concatenated_string" || type === "parenthesized_expression";
}

function percent(right: Node | null): Format {
  const given = right?.type === "tuple" ? childrenOf(right) : right ? [right] : [];
  let next = 0;
  return { places: PERCENT, filling: (place) => (place.startsWith("%(") || !given[next] ? undefined : spanOf(given[next++]!)) };
}

function braces(given: Node | null | undefined): Format {
  const all = childrenOf(given);
  const positional = all.filter(({ type }) => type !== "keyword_argument");
  let next = 0;
  const filling = (place: string) => {
    const value = valueNamed(/^\{(\w*)/.exec(place)?.[1] ?? "");
    return value ? spanOf(value) : undefined;
  };
  const valueNamed = (name: string) => {
    if (name === "") return positional[next++];
    if (/^\d+$/.test(name)) return positional[Number(name)];
    return all.find((each) => each.childForFieldName("name")?.text === name)?.childForFieldName("value") ?? undefined;
  };
  return { places: BRACES, filling };
}
