import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Node, Parser, Query, Tree } from "@vscode/tree-sitter-wasm";

/** A node of a syntax tree. Offsets are UTF-16 units. */
export type { Node };

interface Loaded {
  readonly parser: Parser;
  readonly query: Query;
}

const loaded = new Map<string, Promise<Loaded>>();

/** What a query finds in a text, with the tree that must be freed afterwards. */
export interface Parsed {
  readonly tree: Tree;
  /** In order of place; `patternIndex` tells those of one pattern. */
  readonly captures: readonly { readonly name: string; readonly node: Node; readonly patternIndex: number }[];
}

/**
 * Parses a text by one of the grammars that VS Code ships, and runs a query over the whole of it.
 * Undefined where that takes too long.
 * @param grammar its name there, e.g. `typescript`, `c-sharp`
 * @param query in tree-sitter's language of patterns; one for a grammar
 */
export async function parseTree(text: string, grammar: string, query: string): Promise<Parsed | undefined> {
  const made = loaded.get(grammar) ?? load(grammar, query);
  loaded.set(grammar, made);
  const { parser, query: compiled } = await made;
  const started = performance.now();
  // The type of the callback is wrong: what is true ends the parsing.
  const isLate = (() => performance.now() - started > LONGEST) as () => void;
  const tree = parser.parse(text, null, { progressCallback: isLate });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  return { tree, captures: isShattered(tree.rootNode) ? [] : compiled.captures(tree.rootNode) };
}

/** In milliseconds; a megabyte of any language takes less than one second. Only what is no such language takes long: its errors are mended by trial. */
const LONGEST = 20_000;

/** Children of one error: a query takes the square of their number, and what has so many is no such language. */
const MOST_CHILDREN = 4000;

/** Whether the parser found no more than loose tokens. */
function isShattered(root: Node): boolean {
  const rest: Node[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (!node.hasError) continue;
    if (node.isError && node.childCount > MOST_CHILDREN) return true;
    for (const child of node.children) if (child?.hasError) rest.push(child);
  }
  return false;
}

/** A node with all that it stands in, the whole tree first. A node asks for its parent from the root each time; this asks once. */
export function pathTo(node: Node): readonly Node[] {
  const path: Node[] = [];
  for (let at: Node | null = node.tree.rootNode; at; at = at.childWithDescendant(node)) {
    path.push(at);
    if (at.id === node.id) return path;
  }
  return [node];
}

const require = createRequire(import.meta.url);
let ready: Promise<typeof import("@vscode/tree-sitter-wasm")> | undefined;

async function load(grammar: string, query: string): Promise<Loaded> {
  ready ??= start();
  const { Language, Parser: Parsing, Query: Patterns } = await ready;
  const folder = dirname(require.resolve("@vscode/tree-sitter-wasm"));
  const language = await Language.load(await readFile(join(folder, `tree-sitter-${grammar}.wasm`)));
  const parser = new Parsing();
  parser.setLanguage(language);
  return { parser, query: new Patterns(language, query) };
}

/** The package is a CommonJS module, loaded where a file of code is read and not before. */
async function start(): Promise<typeof import("@vscode/tree-sitter-wasm")> {
  const library = require("@vscode/tree-sitter-wasm") as typeof import("@vscode/tree-sitter-wasm");
  await library.Parser.init();
  return library;
}
