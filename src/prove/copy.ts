/** Rows of COPY, in its text format (manual, "COPY", "File Formats"), as INSERTs. */
import { literal } from "./names.js";

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const ROWS_AT_ONCE = 100;
const HEAD = /^\\?copy\s+((?:"(?:[^"]|"")*"|[^\s("])+\s*(?:\((?:"(?:[^"]|"")*"|[^")])*\))?)\s+from\s+stdin\b\s*([\s\S]*?)\s*;?\s*$/i;
/** What the text format is without being asked. */
const PLAIN = /^(?:with\s*)?(?:\(\s*format\s+'?text'?\s*\))?$/i;

/**
 * @param head the statement, `COPY t (a, b) FROM stdin;`
 * @param data the lines behind it
 * @returns undefined where the rows are in another format, or set off by other characters
 */
export function copyInserts(head: string, data: string): string[] | undefined {
  const [, target, options] = HEAD.exec(head) ?? [];
  if (target === undefined || !PLAIN.test(options!)) return undefined;
  const rows = linesOf(data).map((line) => `(${line.split("\t").map(copyValue).join(", ")})`);
  return Array.from(
    { length: Math.ceil(rows.length / ROWS_AT_ONCE) },
    (_, i) => `INSERT INTO ${target} OVERRIDING SYSTEM VALUE VALUES ${rows.slice(i * ROWS_AT_ONCE, (i + 1) * ROWS_AT_ONCE).join(", ")}`,
  );
}

/** An empty line is a row: of one column, the empty text. */
function linesOf(data: string): string[] {
  const lines = data.split(/\r?\n/);
  const end = lines.indexOf("\\.");
  if (end >= 0) return lines.slice(0, end);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function copyValue(text: string): string {
  return text === "\\N" ? "NULL" : literal(unescaped(text));
}

/** Octal and hexadecimal escapes are bytes of UTF-8, of which several can make one character. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+|\\(.)/gs, (run: string, code: string | undefined) => {
    if (code !== undefined) return ESCAPES[code] ?? code;
    const bytes = [...run.matchAll(/\\(?:x([0-9a-fA-F]+)|([0-7]+))/g)].map(([, hex, octal]) =>
      hex === undefined ? Number.parseInt(octal!, 8) & 0xff : Number.parseInt(hex, 16),
    );
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
