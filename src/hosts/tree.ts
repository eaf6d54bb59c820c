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
 * @param grammar its name there, e.g. `typescript`, `c-sharp`
 * @param query in tree-sitter's language of patterns; one for a grammar
 */
export async function parseTree(text: string, grammar: string, query: string): Promise<Parsed> {
  const made = loaded.get(grammar) ?? load(grammar, query);
  loaded.set(grammar, made);
  const { parser, query: compiled } = await made;
  const tree = parser.parse(text);
  if (!tree) throw new Error(`tree-sitter gave no tree for ${grammar}`);
  return { tree, captures: compiled.captures(tree.rootNode) };
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
