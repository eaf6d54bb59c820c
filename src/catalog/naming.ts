/** Identifiers are cut to this many bytes (NAMEDATALEN - 1). */
const MAX_BYTES = 63;

/**
 * The name PostgreSQL gives an unnamed constraint, index or sequence: `table_column_label`, the longer part cut first until it fits
 * (makeObjectName in src/backend/commands/indexcmds.c), a number appended while it is taken (ChooseRelationName).
 */
export function objectName(table: string, columns: string | undefined, label: string, taken: (name: string) => boolean): string {
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(table, columns, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}

function makeObjectName(first: string, second: string | undefined, label: string): string {
  const overhead = label.length + 1 + (second === undefined ? 0 : 1);
  let one = bytes(first);
  let two = second === undefined ? 0 : bytes(second);
  while (one + two > MAX_BYTES - overhead) {
    if (one > two) one--;
    else two--;
  }
  const parts = [clip(first, one)];
  if (second !== undefined) parts.push(clip(second, two));
  parts.push(label);
  return parts.join("_");
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Cuts to at most `max` bytes without breaking a character. */
function clip(text: string, max: number): string {
  if (bytes(text) <= max) return text;
  let out = "";
  for (const char of text) {
    if (bytes(out) + bytes(char) > max) break;
    out += char;
  }
  return out;
}
