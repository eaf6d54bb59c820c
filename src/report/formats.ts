import { renderHtml } from "./html.js";
import { renderJson } from "./json.js";
import { renderMarkdown } from "./markdown.js";
import type { Report } from "./model.js";

/** The formats a report file can have, by the file's extension. */
const BY_EXTENSION: Readonly<Record<string, (report: Report) => string>> = {
  ".md": renderMarkdown,
  ".json": renderJson,
  ".html": renderHtml,
};

/** The extensions a report file can have, as shown to the user. */
export const REPORT_EXTENSIONS: readonly string[] = Object.keys(BY_EXTENSION);

/** How to write a report into the file of that name; undefined when its extension names no format. */
export function rendererFor(path: string): ((report: Report) => string) | undefined {
  return BY_EXTENSION[/\.\w+$/.exec(path)?.[0].toLowerCase() ?? ""];
}
