import type { Host } from "../../hosts/fragment.js";
import type { Edit, LintedFile } from "../../linted.js";
import { split } from "../../source/split.js";
import type { Source } from "../../source/text.js";
import { textOf } from "./holes.js";
import { hashOf } from "./take.js";

/** A file as `--fix` leaves it. */
export interface Fixed {
  readonly source: Source;
  readonly text: string;
  /** How many places were rewritten. */
  readonly places: number;
  /** The strings that are TiDB's now, as `hashOf` gives them. */
  readonly converted: readonly string[];
}

/** Rewrites what the findings of a file that count allow to be rewritten; undefined where that is nothing. */
export async function fixed(file: LintedFile, hosts: readonly Host[]): Promise<Fixed | undefined> {
  const all = new Map<string, Edit>();
  for (const { edits, suppressed, known } of file.findings)
    if (suppressed === undefined && !known) for (const edit of edits ?? []) all.set(`${edit.start} ${edit.end}`, edit);
  const edits = [...all.values()].sort((a, b) => a.start - b.start).filter((edit, i, list) => i === 0 || list[i - 1]!.end <= edit.start);
  if (edits.length === 0) return undefined;
  let text = "";
  let last = 0;
  const places: number[] = [];
  for (const { start, end, text: made } of edits) {
    text += file.source.text.slice(last, start);
    places.push(text.length);
    text += made;
    last = end;
  }
  text += file.source.text.slice(last);
  return { source: file.source, text, places: edits.length, converted: await convertedIn({ name: file.source.name, text }, places, hosts) };
}

/** The strings that were rewritten, as a later run reads them. */
async function convertedIn(source: Source, places: readonly number[], hosts: readonly Host[]): Promise<string[]> {
  const holds = ({ start, end }: { readonly start: number; readonly end: number }) => places.some((at) => start <= at && at < end);
  if (source.name.endsWith(".sql"))
    return split(source).flatMap((chunk) =>
      chunk.kind === "sql" && holds(chunk.span) ? hashOf(source.text.slice(chunk.span.start, chunk.span.end)) : [],
    );
  const host = hosts.find(({ extensions }) => extensions.some((extension) => source.name.endsWith(extension)));
  const { fragments } = (await host?.read(source.text)) ?? { fragments: [] };
  return fragments.filter(({ parts }) => parts.some(({ span }) => holds(span))).map(({ parts }) => hashOf(textOf(parts)));
}
