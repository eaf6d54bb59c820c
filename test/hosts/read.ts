import { expect } from "vitest";
import { render } from "../../src/hosts/fragment.js";
import { HOSTS } from "../../src/hosts/index.js";
import type { Span } from "../../src/source/text.js";

/** What a host finds in a text: the SQL with each hole as `⟨its source⟩` (bound ones with `!`), its taker, and the whole expression. */
export async function found(extension: string, text: string) {
  return (await read(extension, text)).found;
}

/** The same with the rest of what the host says. */
export async function read(extension: string, text: string) {
  const host = HOSTS.find(({ extensions }) => extensions.includes(extension))!;
  const reading = await host.read(text);
  const of = ({ start, end }: Span) => text.slice(start, end);
  const all = reading.fragments.map(({ parts, taker, span }) => {
    // What is no escape stands in the host as it stands in the SQL.
    for (const part of parts) if (part.kind === "text" && part.text.length === of(part.span).length) expect(part.text).toBe(of(part.span));
    const rendered = render(parts, (hole) => `⟨${of(hole.span)}${hole.bound ? "!" : ""}⟩`);
    return { sql: rendered.text, taker, source: of(span), rendered };
  });
  return {
    found: all,
    imports: reading.imports.map(({ name }) => name),
    comments: reading.comments.map(of),
    broken: reading.broken,
  };
}

/** The SQL and the taker of each. */
export async function sqlIn(extension: string, text: string) {
  return (await found(extension, text)).map(({ sql, taker }) => [sql, taker]);
}

/** Where a word of the SQL stands in the host's text, as its line and column, both from 1. */
export function placeOf({ rendered }: Awaited<ReturnType<typeof found>>[number], word: string, text: string): string {
  const at = rendered.at(rendered.text.indexOf(word));
  const before = text.slice(0, at).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}
