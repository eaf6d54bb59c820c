import { string } from "../emit/words.js";

/** How the text of a value in PostgreSQL's output format becomes a TiDB literal. */
export type Codec = "number" | "float" | "boolean" | "text" | "bytea" | "date" | "timestamp" | "timestamptz" | "time" | "uuid" | "json" | "array" | "enum" | "bit" | "none";

/** Turns PostgreSQL's text of a value into a TiDB literal; undefined where TiDB has no such value. */
type Encode = (text: string) => string | undefined;

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/;
const TIME = /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Spellings of the manual's "8.6 Boolean Type"; unique prefixes count too. */
const BOOLEANS = new Map([
  ...["t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"].map((w) => [w, "TRUE"] as const),
  ...["f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"].map((w) => [w, "FALSE"] as const),
]);

const when = (pattern: RegExp): Encode => (text) => (pattern.test(text) ? string(text) : undefined);

export const ENCODE: Readonly<Record<Exclude<Codec, "array">, Encode>> = {
  number: (text) => (NUMBER.test(text) ? text.trim() : undefined),
  float: (text) => (NUMBER.test(text) ? text.trim() : undefined),
  boolean: (text) => BOOLEANS.get(text.trim().toLowerCase()),
  text: string,
  enum: string,
  json: string,
  bytea: (text) => {
    const bytes = byteaBytes(text);
    return bytes && `X'${bytes.toString("hex").toUpperCase()}'`;
  },
  date: (text) => {
    const stamp = TIMESTAMP.exec(text);
    return DATE.test(text) ? string(text) : stamp ? string(stamp[1]!) : undefined;
  },
  // PostgreSQL passes over an offset here; TiDB would convert by it.
  timestamp: (text) => {
    const stamp = TIMESTAMP.exec(text);
    return DATE.test(text) ? string(text) : stamp ? string(`${stamp[1]} ${stamp[2]}`) : undefined;
  },
  timestamptz: (text) => {
    const stamp = TIMESTAMP.exec(text);
    return stamp ? string(`${stamp[1]} ${stamp[2]}${stamp[3] === "Z" || stamp[3] === undefined ? "+00:00" : stamp[3]}`) : undefined;
  },
  time: when(TIME),
  uuid: (text) => (UUID.test(text) ? string(text.toLowerCase()) : undefined),
  bit: (text) => (/^[01]+$/.test(text) ? `b'${text}'` : undefined),
  none: () => undefined,
};

/** Whether the text of a timestamptz leaves its offset to the session. */
export function lacksOffset(text: string): boolean {
  const stamp = TIMESTAMP.exec(text);
  return stamp !== null && stamp[3] === undefined;
}

/** Bytes of a bytea in hex (`\xDEAD`) or escape format (manual, "8.4 Binary Data Types"); undefined for neither. */
function byteaBytes(text: string): Buffer | undefined {
  if (text.startsWith("\\x")) return /^\\x([0-9a-f]{2}|\s)*$/i.test(text) ? Buffer.from(text.slice(2).replaceAll(/\s/g, ""), "hex") : undefined;
  const out: number[] = [];
  const source = Buffer.from(text);
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x5c) out.push(source[i]!);
    else if (source[i + 1] === 0x5c) {
      out.push(0x5c);
      i++;
    } else {
      const octal = source.subarray(i + 1, i + 4).toString("latin1");
      if (!/^[0-3][0-7]{2}$/.test(octal)) return undefined;
      out.push(Number.parseInt(octal, 8));
      i += 3;
    }
  }
  return Buffer.from(out);
}

/** JSON text of one array element, by the codec of its type. */
const ELEMENT: { readonly [C in Codec]?: (text: string) => string | undefined } = {
  number: (text) => (NUMBER.test(text) ? JSON.stringify(Number(text)) && text.trim().replace(/^\+/, "") : undefined),
  boolean: (text) => BOOLEANS.get(text.trim().toLowerCase())?.toLowerCase(),
  text: JSON.stringify,
  enum: JSON.stringify,
  uuid: (text) => (UUID.test(text) ? JSON.stringify(text.toLowerCase()) : undefined),
  json: (text) => text,
  date: JSON.stringify,
  timestamp: JSON.stringify,
  timestamptz: JSON.stringify,
};

/**
 * JSON text of an array in PostgreSQL's output format, `{1,NULL,"a b"}` (manual, "8.15.6 Array Input and Output Syntax").
 * @returns undefined where it is malformed, has explicit bounds, or an element has no JSON form
 */
export function arrayToJson(text: string, element: Codec): string | undefined {
  const encode = ELEMENT[element];
  if (!encode) return undefined;
  let at = 0;
  const array = (): string | undefined => {
    at++;
    const items: string[] = [];
    if (text[at] === "}") {
      at++;
      return "[]";
    }
    for (;;) {
      const item = text[at] === "{" ? array() : scalar();
      if (item === undefined) return undefined;
      items.push(item);
      const separator = text[at++];
      if (separator === "}") return `[${items.join(",")}]`;
      if (separator !== ",") return undefined;
    }
  };
  const scalar = (): string | undefined => {
    if (text[at] === '"') {
      let value = "";
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === "\\") at++;
        value += text[at] ?? "";
      }
      at++;
      return encode(value);
    }
    const match = /^[^,{}"]*/.exec(text.slice(at))![0];
    at += match.length;
    const word = match.trim().replaceAll(/\\(.)/g, "$1");
    if (word === "") return undefined;
    return word.toLowerCase() === "null" ? "null" : encode(word);
  };
  if (text[0] !== "{") return undefined;
  const json = array();
  return at === text.length ? json : undefined;
}

/** `TRUE` or `FALSE` for a spelling of a boolean, undefined for other text. */
export const BOOLEAN_TEXT = ENCODE.boolean;
