import type { Span } from "../source/text.js";
import { isMap, isSeq, LineCounter, type Node, parseDocument } from "../source/yaml.js";

/** A YAML or JSON text (which is YAML too), with the place of everything in it. */
export interface ConfigDocument {
  readonly value: unknown;
  /** The place of a key, by the keys and positions that lead to it; of the nearest thing around it where there is none. */
  readonly span: (path: readonly (string | number)[]) => Span;
}

/** What keeps a text from being read. */
export interface Unreadable {
  readonly message: string;
  readonly at: number;
}

export function readDocument(text: string): ConfigDocument | Unreadable {
  // JSON files are indented with tabs by some; within brackets they mean nothing.
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) return { message: error.message, at: error.pos[0] };
  const root = document.contents as Node | null;
  return {
    value: document.toJS() ?? {},
    span: (path) => spanAt(root, path) ?? { start: 0, end: Math.min(1, text.length) },
  };
}

function spanAt(root: Node | null, path: readonly (string | number)[]): Span | undefined {
  let node: unknown = root;
  let found: Span | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String((key as { value?: unknown }).value) === String(step));
      if (!pair) return found;
      found = spanOf(pair.key) ?? found;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      found = spanOf(node) ?? found;
    } else return found;
  }
  return found;
}

function spanOf(node: unknown): Span | undefined {
  const range = (node as { range?: readonly number[] } | null)?.range;
  return range && { start: range[0]!, end: Math.max(range[0]! + 1, range[1]!) };
}
