import type { Host, Part, Spelling } from "./fragment.js";
import { between, childrenOf, dedented, hostOf, indentOf, lastName, partsBetween, partsOf, spanOf } from "./strings.js";
import type { Node } from "./tree.js";

const PLACES = /%%|%(?:<\w+>|\{\w+\})?[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]|%\{\w+\}/g;

const PARTS = { escapes: new Set(["escape_sequence"]), holes: new Set(["interpolation"]) };

/** Methods that give the text they are called on, but for white space. */
const SAME = new Set(["squish", "strip", "freeze", "dup", "chomp", "html_safe", "strip_heredoc", "to_s", "squeeze"]);

const VALUE = "[(string) (chained_string) (binary) (call)]";

export const ruby: Host = hostOf({
  id: "ruby",
  extensions: [".rb", ".rake", ".ru", ".gemspec"],
  names: ["Rakefile", "Gemfile"],
  grammar: "ruby",
  query: `
[(string) (heredoc_body)] @literal
(comment) @comment
(call method: (identifier) @method (#any-of? @method "require" "require_relative" "gem") arguments: (argument_list . (string (string_content) @import)))
(assignment left: [(identifier) (constant)] @name right: ${VALUE} @value)
(operator_assignment left: (identifier) @changed)
(binary left: (identifier) @changed operator: "<<")
`,
  parts: (node, text) => {
    if (node.type === "heredoc_body") return heredoc(node, text);
    if (node.type !== "string") return undefined;
    const opening = /^(?:%[qQ]?[^\w\s]|["'\x60])/.exec(text.slice(node.startIndex, node.startIndex + 3))?.[0];
    if (opening === undefined) return undefined;
    if (opening !== "'" && !opening.startsWith("%q")) return partsBetween(node, text, { before: opening.length, after: 1 }, "hash", PARTS);
    const inner = { start: node.startIndex + opening.length, end: node.endIndex - 1 };
    return partsOf(text, inner, "quoted", /\\[\\']/g, (found) => found[1]);
  },
  joined: (node) => {
    if (node.type === "chained_string") return childrenOf(node);
    if (node.type === "binary") {
      const operator = node.childForFieldName("operator")?.type;
      const [left, right] = [node.childForFieldName("left")!, node.childForFieldName("right")!];
      return operator === "+" ? [left, right] : operator === "%" && left.type === "string" ? [left] : undefined;
    }
    if (node.type !== "call") return undefined;
    const of = node.childForFieldName("receiver");
    const method = node.childForFieldName("method")?.text ?? "";
    if (of && SAME.has(method) && /string$/.test(of.type)) return [of];
    const [separator] = childrenOf(node.childForFieldName("arguments"));
    if (method !== "join" || of?.type !== "array" || separator?.type !== "string") return undefined;
    return between(childrenOf(of), separator.text.slice(1, -1).replaceAll("\\n", "\n"), "hash");
  },
  through: new Set(["parenthesized_statements"]),
  taker: (root, text) => {
    if (root.type === "heredoc_body") return takerBefore(text.slice(0, beginningOf(root, text)));
    const { parent } = root;
    if (parent?.type === "argument_list") return parent.parent?.childForFieldName("method")?.text;
    if (parent?.type === "pair" && parent.parent?.type === "argument_list") return parent.parent.parent?.childForFieldName("method")?.text;
    const named = parent?.childForFieldName("left") ?? parent?.childForFieldName("key");
    return named ? lastName(named.text.replaceAll(/["':]/g, "")) : undefined;
  },
  format: (root, taker) => {
    if (root.type === "binary" && root.childForFieldName("operator")?.type === "%") {
      const right = root.childForFieldName("right");
      const given = right?.type === "array" ? childrenOf(right) : right ? [right] : [];
      return { places: PLACES, filling: inOrder(given) };
    }
    if ((taker !== "format" && taker !== "sprintf") || root.parent?.type !== "argument_list") return undefined;
    const [first, ...given] = childrenOf(root.parent);
    return first?.id === root.id ? { places: PLACES, filling: inOrder(given) } : undefined;
  },
});

function inOrder(given: readonly Node[]) {
  let next = 0;
  return (place: string) => (/^%(?:%|<|\{)/.test(place) || !given[next] ? undefined : spanOf(given[next++]!));
}

/** The lines of a heredoc; `<<~` takes away what all of them are indented by. */
function heredoc(node: Node, text: string): Part[] {
  const ending = node.namedChildren.find((child) => child?.type === "heredoc_end");
  const written = text.slice(node.startIndex, ending?.startIndex ?? node.endIndex);
  const before = written.startsWith("\r\n") ? 2 : written.startsWith("\n") ? 1 : 0;
  const content = written.slice(before).replace(/[ \t]*$/, "");
  const opening = text.slice(beginningOf(node, text), beginningOf(node, text) + 4);
  const spelling: Spelling = opening.includes("'") ? "verbatim" : "heredoc";
  const after = node.endIndex - (node.startIndex + before + content.length);
  const parts = partsBetween(node, text, { before, after }, spelling, PARTS);
  return opening.startsWith("<<~") ? dedented(parts, indentOf(content.split("\n"))) : parts;
}

/** Where the `<<~NAME` stands that a heredoc belongs to. */
function beginningOf(body: Node, text: string): number {
  const name = body.namedChildren.find((child) => child?.type === "heredoc_end")?.text ?? "";
  const line = text.slice(Math.max(0, body.startIndex - 500), body.startIndex);
  const found = Math.max(...["<<~", "<<-", "<<"].flatMap((sign) => ["", "'", '"'].map((quote) => line.lastIndexOf(sign + quote + name))));
  return body.startIndex - line.length + Math.max(0, found);
}

/** The method or the variable right before an argument. */
function takerBefore(text: string): string | undefined {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return (
    /([\w@]+)\s*(?:\|\|)?=\s*(?:[\w.]+\()?$/.exec(line)?.[1] ?? /([\w]+[!?]?)(?:\s*\(|\s)\s*(?:[^(]*,\s*)?(?:\w+:\s*)?$/.exec(line)?.[1]
  );
}
