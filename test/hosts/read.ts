import { render } from "../../src/hosts/fragment.js";
import { HOSTS } from "../../src/hosts/index.js";

/** What a host finds in a text: the SQL with each hole as `⟨its source⟩`, its taker, and the host's characters at given words of it. */
export async function found(extension: string, text: string) {
  const host = HOSTS.find(({ extensions }) => extensions.includes(extension))!;
  const reading = await host.read(text);
  return reading.fragments.map(({ parts, taker, span }) => {
    const rendered = render(parts, (hole) => `⟨${text.slice(hole.span.start, hole.span.end)}${hole.bound ? "!" : ""}⟩`);
    return { sql: rendered.text, taker, source: text.slice(span.start, span.end), rendered };
  });
}

/** Where a word of the SQL stands in the host's text, as its line and column, both from 1. */
export function placeOf({ rendered }: Awaited<ReturnType<typeof found>>[number], word: string, text: string): string {
  const at = rendered.at(rendered.text.indexOf(word));
  const before = text.slice(0, at).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}
