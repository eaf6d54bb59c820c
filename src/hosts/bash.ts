import type { Host } from "./fragment.js";
import { childrenOf, hostOf, partsBetween, partsOf, refined, unescaped } from "./strings.js";
import type { Node } from "./tree.js";

const HOLES = { holes: new Set(["simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"]) };

/** Escapes and commands within double quotes, and in a heredoc, where a quote needs none. */
const QUOTED = /\\[$`"\\\n]|`[^`]*`/g;
const HEREDOC = /\\[$`\\\n]|`[^`]*`/g;

const standsFor = (found: string) => (found.startsWith("`") ? undefined : found[1] === "\n" ? "" : found[1]);

export const bash: Host = hostOf({
  id: "bash",
  extensions: [".sh", ".bash", ".zsh", ".bats", ".ksh"],
  grammar: "bash",
  query: `
[(string) (raw_string) (ansi_c_string) (heredoc_body)] @literal
(comment) @comment
(variable_assignment name: (variable_name) @name value: [(string) (raw_string)] @value)
(variable_assignment name: (variable_name) @changed "+=")
`,
  parts: (node, text) => {
    if (node.type === "string") return refined(partsBetween(node, text, { before: 1, after: 1 }, "shell", HOLES), text, QUOTED, standsFor);
    const inner = (before: number) => ({ start: node.startIndex + before, end: node.endIndex - 1 });
    if (node.type === "raw_string") return partsOf(text, inner(1), "raw", /(?!)/g, () => undefined);
    if (node.type === "ansi_c_string") return partsOf(text, inner(2), "single", /\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[\s\S])/g, unescaped);
    if (node.type !== "heredoc_body") return undefined;
    const after = /[ \t]*$/.exec(node.text)![0].length;
    const isQuoted = /["'\\]/.test(childrenOf(node.parent).find(({ type }) => type === "heredoc_start")?.text ?? "");
    if (isQuoted) return partsBetween(node, text, { before: 0, after }, "verbatim", {});
    return refined(partsBetween(node, text, { before: 0, after }, "shellHeredoc", HOLES), text, HEREDOC, standsFor);
  },
  joined: (node) => {
    if (node.type !== "concatenation") return undefined;
    // --command='…'
    return childrenOf(node).filter((child, i) => i > 0 || !/^--?[\w-]+=$/.test(child.text));
  },
  through: new Set(),
  taker: (root, text) => {
    let at: Node | null = root;
    while (at && !/^(?:command|redirected_statement|variable_assignment)$/.test(at.type)) at = at.parent;
    if (at?.type === "variable_assignment") return at.childForFieldName("name")?.text;
    const around = at?.parent?.type === "pipeline" || at?.parent?.type === "redirected_statement" ? at.parent : at;
    if (!around) return undefined;
    const outside = `${text.slice(around.startIndex, root.startIndex)} ${text.slice(root.endIndex, around.endIndex)}`;
    const client = /(?<![\w.-])(psql|mysql|mariadb|sqlite3|clickhouse-client|cockroach)(?![\w.-])/.exec(outside)?.[1];
    const command = at?.type === "command" ? at : at?.childForFieldName("body");
    return client ?? command?.childForFieldName("name")?.text;
  },
});
