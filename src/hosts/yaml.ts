import type { Span } from "../source/text.js";
import type { Scalar } from "../source/yaml.js";
import { bash } from "./bash.js";
import { mayHoldSql } from "./candidate.js";
import { type Fragment, type Host, type Part, type Reading, render } from "./fragment.js";
import { dedented, indentOf, isSql, NOTHING, partsOf, textPart, unescaped } from "./strings.js";

/** YAML: its scalars, and shell scripts that are its scalars. */
export const yaml: Host = {
  id: "yaml",
  extensions: [".yaml", ".yml"],
  read: async (text) => (mayHoldSql(text) ? readingOf(text) : NOTHING),
};

/** The parser builds a tree of many objects: what is longer, in UTF-16 units, was written by a program. */
const LONGEST = 3_000_000;

/** Keys whose values are shell scripts: of CI, compose files and Kubernetes. */
const SCRIPTS = /^(?:run|script|before_script|after_script|command|args|entrypoint|test|exec|cmd|shell)$/;

async function readingOf(text: string): Promise<Reading> {
  if (text.length > LONGEST) return { ...NOTHING, broken: true };
  const fragments: Fragment[] = [];
  const scripts: { readonly parts: Part[]; readonly key: string }[] = [];
  // The parser takes 20 ms to load, a fortieth of what a hook may take.
  const { isScalar, parseAllDocuments, visit } = await import("../source/yaml.js");
  const documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false });
  const list = Array.isArray(documents) ? documents : [];
  for (const document of list)
    visit(document, {
      Scalar(key, node, path) {
        if (key === "key" || typeof node.value !== "string" || !node.range) return;
        const [start, end] = node.range;
        const parts = partsOfScalar(node, text, { start, end });
        const name = path.map((each) => (each as { key?: unknown }).key).findLast((each) => isScalar(each));
        const taker = isScalar(name) ? String(name.value) : undefined;
        if (isSql(parts)) fragments.push({ parts, span: { start, end }, taker });
        else if (taker && SCRIPTS.test(taker) && mayHoldSql(node.value)) scripts.push({ parts, key: taker });
      },
    });
  for (const { parts } of scripts) fragments.push(...(await inScript(parts)));
  return { fragments, imports: [], comments: commentsOf(text), broken: list.some(({ errors }) => errors.length > 0) };
}

/** Lines of comments; those behind a value are few, and a sign within a text is none. */
function commentsOf(text: string): Span[] {
  return [...text.matchAll(/^[ \t]*(#.*)$/gm)].map(({ 0: line, 1: comment, index }) => {
    const start = index + line.length - comment!.length;
    return { start, end: start + comment!.length };
  });
}

/** What a shell script holds that is a scalar, its places told in the YAML. */
async function inScript(parts: readonly Part[]): Promise<Fragment[]> {
  const script = render(parts, () => "");
  const reading = await bash.read(script.text);
  const placed = ({ start, end }: Span) => ({ start: script.at(start), end: script.at(end - 1) + 1 });
  return reading.fragments.map((fragment) => ({
    ...fragment,
    span: placed(fragment.span),
    parts: fragment.parts.flatMap((part): Part[] => {
      if (part.kind === "hole" || part.text.length !== part.span.end - part.span.start) return [{ ...part, span: placed(part.span) }];
      // A line of the script is one of the YAML, with other white space before it.
      return [...part.text.matchAll(/[^\n]*\n|[^\n]+$/g)].map(({ 0: line, index }) => ({
        ...part,
        text: line,
        span: placed({ start: part.span.start + index, end: part.span.start + index + line.length }),
      }));
    }),
  }));
}

/** A single end of a line is a space, each after it an end of a line. */
const folded = (found: string) => (found.split("\n").length > 2 ? "\n".repeat(found.split("\n").length - 2) : " ");

function partsOfScalar(node: Scalar, text: string, { start, end }: Span): Part[] {
  const inner = { start: start + 1, end: end - 1 };
  if (node.type === "QUOTE_DOUBLE")
    return partsOf(
      text,
      inner,
      "c",
      /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|[\s\S])|[ \t]*(?:\r?\n[ \t]*)+/g,
      (found) => (!found.startsWith("\\") ? folded(found) : /^\\\s*\n/.test(found) ? "" : unescaped(found)),
    );
  if (node.type === "QUOTE_SINGLE")
    return partsOf(text, inner, "doubledSingle", /''|[ \t]*(?:\r?\n[ \t]*)+/g, (found) => (found === "''" ? "'" : folded(found)));
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") return block(node, text, { start, end });
  return partsOf(text, { start, end }, "line", /[ \t]*(?:\r?\n[ \t]*)+/g, folded);
}

function block(node: Scalar, text: string, { start, end }: Span): Part[] {
  const from = text.indexOf("\n", start) + 1;
  if (from === 0 || from > end) return [];
  const content = text.slice(from, end);
  const width = indentOf(content.split("\n"));
  if (!Number.isFinite(width)) return [];
  if (node.type === "BLOCK_LITERAL") return dedented([textPart(content, from, end, "plain")], width);
  // Lines that are indented further, and those about them, are not folded.
  const ends = new RegExp(String.raw`(?<=^ {${width}}\S.*)\r?\n {${width}}(?=\S)`, "gm");
  return dedented(
    partsOf(text, { start: from, end }, "line", ends, () => " "),
    width,
  );
}
