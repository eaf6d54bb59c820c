import { mayHoldSql } from "./candidate.js";
import type { Fragment, Host, Part } from "./fragment.js";
import { isSql, NOTHING, partsOf, unescaped } from "./strings.js";

/** JSON, with comments too, read by its strings alone: files of it are large, and often cut. */
export const json: Host = {
  id: "json",
  extensions: [".json", ".jsonc", ".json5"],
  read: async (text) => (mayHoldSql(text) ? { ...NOTHING, fragments: fragmentsOf(text) } : NOTHING),
};

const STRING = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/g;

function fragmentsOf(text: string): Fragment[] {
  const fragments: Fragment[] = [];
  let key: string | undefined;
  for (const { 0: written, index } of text.matchAll(STRING)) {
    if (text[index + written.length] === ":" || /^\s*:/.test(text.slice(index + written.length, index + written.length + 20))) {
      key = written.slice(1, -1);
      continue;
    }
    const parts = stringParts(text, index + 1, index + written.length - 1);
    if (isSql(parts)) fragments.push({ parts, span: { start: index, end: index + written.length }, taker: key });
  }
  return fragments;
}

/** Between double quotes, as JSON and TOML escape. */
export function stringParts(text: string, start: number, end: number): Part[] {
  return partsOf(text, { start, end }, "c", /\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g, unescaped);
}
