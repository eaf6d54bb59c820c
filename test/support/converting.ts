import rules from "../../rules/index.js";
import type { ConvertOptions } from "../../src/app/convert/pass.js";
import { convert } from "../../src/app/convert.js";
import type { Node } from "../../src/pg/ast.js";
import type { FileResult, Result } from "../../src/result.js";
import type { Source } from "../../src/source/text.js";

export const OPTIONS: ConvertOptions = { postgres: "18", target: "8.5.6" };

/** The texts as one history, in order; those that are undefined are left out. */
export function convertTexts(
  texts: Readonly<Record<string, string | undefined>>,
  options: Partial<ConvertOptions> = {},
  using = rules,
): Promise<Result> {
  const sources = Object.entries(texts).flatMap(([name, text]): Source[] => (text === undefined ? [] : [{ name, text }]));
  return convert(sources, using, { ...OPTIONS, ...options });
}

/** Choices of types as they come from a configuration. */
export function overridesOf(types: Readonly<Record<string, string>> = {}): NonNullable<ConvertOptions["overrides"]> {
  const source = { name: "pg2tidb.config.json", text: JSON.stringify({ types }) };
  return Object.entries(types).map(([pattern, tidb]) => {
    const start = source.text.indexOf(JSON.stringify(pattern));
    return { pattern, tidb, place: `${source.name}:1`, source, span: { start, end: start + pattern.length + 2 } };
  });
}

export function fileOf(result: Result, name: string): FileResult {
  const file = result.files.find(({ source }) => source.name === name);
  if (file === undefined) throw new Error(`there is no file ${name} in the result`);
  return file;
}

/** All TiDB statements of files, in order. */
export function sqlOf(files: readonly FileResult[]): string[] {
  return files.flatMap(({ statements }) => statements.flatMap(({ sql }) => sql));
}

/** Makes every write to a tree throw: what is parsed must be left as it is. */
export function freeze(tree: Node): void {
  for (const value of Object.values(tree)) freezeValue(value);
  Object.freeze(tree);
}

function freezeValue(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const inner of Object.values(value)) freezeValue(inner);
  Object.freeze(value);
}
