/** From the bytes of a file to its text, or to one line that says what the file is instead of SQL. */
import type { Source } from "./text.js";

/** An input that cannot be read or is not what it claims to be. The message is one line and names the input. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A string beyond this many UTF-16 units cannot exist in V8; UTF-8 of as many bytes never needs more. */
const MOST_BYTES = 0x1fffffe8;

const UNPACK = "unpack it first";

/** What a file is by its first bytes, as a binary string, and what to do about it. */
const FORMATS: readonly (readonly [magic: string, name: string, advice: string])[] = [
  ["\x1f\x8b", "gzip data", `${UNPACK}: gunzip`],
  ["\x28\xb5\x2f\xfd", "zstd data", `${UNPACK}: unzstd`],
  ["\x04\x22\x4d\x18", "LZ4 data", `${UNPACK}: unlz4`],
  ["\xfd7zXZ\0", "xz data", `${UNPACK}: unxz`],
  ["BZh", "bzip2 data", `${UNPACK}: bunzip2`],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK],
  ["PK\x03\x04", "a zip archive", `${UNPACK}: unzip`],
  ["SQLite format 3\0", "an SQLite database", "give the SQL of a PostgreSQL database"],
  ["\x7fELF", "a program (ELF)", "give a file of SQL"],
  ["%PDF-", "a PDF document", "give a file of SQL"],
  ["\x89PNG", "a picture (PNG)", "give a file of SQL"],
  ["\xff\xfe\0\0", "UTF-32 text", "convert it: iconv -f UTF-32 -t UTF-8"],
  ["\0\0\xfe\xff", "UTF-32 text", "convert it: iconv -f UTF-32 -t UTF-8"],
];

/** Enough for every magic, among them the one of tar at 257, and for a judgement about UTF-16. */
const SAMPLE = 4096;

/**
 * The text of a file. A byte order mark is not part of it: offsets count from the character after the mark.
 * The note says when the text was not UTF-8.
 * @throws InputError for archives and other binary files, and for text in an encoding that cannot be told for sure.
 */
export function decode(name: string, bytes: Uint8Array): { source: Source; note?: string } {
  const head = String.fromCharCode(...bytes.subarray(0, SAMPLE));
  refuseFormats(name, head);
  if (bytes.length > MOST_BYTES) {
    throw new InputError(
      `${name}: larger than the 512 MB that fit into one text; convert the schema (pg_dump --schema-only) and the data apart`,
    );
  }
  const wide = utf16(head);
  if (wide !== undefined) {
    const text = strictly(wide, bytes);
    if (text === undefined) throw new InputError(`${name}: looks like ${wide.toUpperCase()} text, but is none`);
    return { source: { name, text }, note: `${name}: read as ${wide.toUpperCase()}; the output is UTF-8` };
  }
  if (bytes.includes(0)) throw new InputError(`${name}: is a binary file, not SQL`);
  const text = strictly("utf-8", bytes);
  if (text !== undefined) return { source: { name, text } };
  const at = invalidUtf8(bytes);
  const line = bytes.subarray(0, at).reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 1);
  throw new InputError(
    `${name}: is not UTF-8 at byte ${at} (line ${line}); convert it, for example from Latin-1: iconv -f LATIN1 -t UTF-8 ${name}`,
  );
}

/** The text without its byte order mark; nothing when the bytes are not of this encoding. */
function strictly(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refuseFormats(name: string, head: string): void {
  if (head.startsWith("PGDMP")) {
    const folder = /^(.*?)[\\/]?toc\.dat$/.exec(name);
    throw folder === null ? archive(name, "a pg_dump archive", name) : archive(name, "a part of a pg_dump directory", folder[1] || ".");
  }
  if (head.startsWith("toc.dat\0")) throw archive(name, "a pg_dump archive in tar format", name);
  const format = FORMATS.find(([magic]) => head.startsWith(magic));
  if (format !== undefined) throw new InputError(`${name}: is ${format[1]}, not SQL; ${format[2]}`);
  if (head.startsWith("ustar", 257)) throw new InputError(`${name}: is a tar archive, not SQL; ${UNPACK}: tar xf`);
}

/** The error for a dump that only pg_restore can read (PostgreSQL manual, pg_dump, --format). */
export function archive(name: string, what: string, path: string): InputError {
  const command = `pg_restore --file=schema.sql --schema-only ${path === "<stdin>" ? "<file>" : path}`;
  return new InputError(`${name}: is ${what}, not SQL; make SQL of it: ${command} (without --schema-only it includes the data)`);
}

/** UTF-16 by its mark, or by SQL being mostly ASCII, whose every other byte then is zero. */
function utf16(head: string): "utf-16le" | "utf-16be" | undefined {
  if (head.startsWith("\xff\xfe")) return "utf-16le";
  if (head.startsWith("\xfe\xff")) return "utf-16be";
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head.charCodeAt(i) === 0) zeros[i % 2]!++;
  const most = (head.length / 2) * 0.7;
  if (zeros[0] === 0 && zeros[1]! > most) return "utf-16le";
  if (zeros[1] === 0 && zeros[0]! > most) return "utf-16be";
  return undefined;
}

/** The lengths of UTF-8 sequences and the range of their second byte (Unicode standard, table 3-7), by first byte. */
const SEQUENCES: readonly (readonly [first: number, last: number, length: number, low: number, high: number])[] = [
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
];

/** The offset of the first byte that begins no character. Called only where there is one. */
function invalidUtf8(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i]!;
    if (byte < 0x80) {
      i++;
      continue;
    }
    const sequence = SEQUENCES.find(([first, last]) => byte >= first && byte <= last);
    if (sequence === undefined) return i;
    const [, , length, low, high] = sequence;
    const rest = bytes.subarray(i + 1, i + length);
    if (rest.length < length - 1 || rest[0]! < low || rest[0]! > high || rest.subarray(1).some((each) => each < 0x80 || each > 0xbf))
      return i;
    i += length;
  }
  return i;
}

/** What texts that are not SQL look like, by how they begin. */
const LOOKS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^<(!doctype\s+html|html|head|body|div|script)\b/i, "an HTML page"],
  [/^<(\?xml|[a-z][\w:-]*[\s>/])/i, "XML"],
  [/^\{\s*("|\})/, "JSON"],
  [/^\[\s*(["[{\]]|-?\d)/, "JSON"],
  [/^#!/, "a script"],
  [/^\{\\rtf/, "an RTF document"],
  [/^(---\s*\n)?[a-z_]\w*:(\s|$)/i, "YAML"],
  [/^(#{1,6}\s|```)/, "Markdown"],
  [/^(import(?!\s+foreign\b)|from|package|const|let|function|class|def|export|require|module)\s+\S/i, "program code"],
  [/^(diff --git|Index: |--- \S+.*\n\+\+\+ )/, "a patch"],
];

/**
 * What a text looks like instead of SQL, to be named when not one of its statements parses; nothing when it may be SQL with errors.
 * Prose is a text of several sentences without a semicolon that ends a line.
 */
export function looksLike(text: string): string | undefined {
  const start = text.trimStart();
  const known = LOOKS.find(([pattern]) => pattern.test(start));
  if (known !== undefined) return known[1];
  const sentences = start.match(/[a-z]{2,}[.!?](\s|$)/g)?.length ?? 0;
  return sentences >= 2 && !/;\s*$/m.test(start) ? "prose" : undefined;
}
