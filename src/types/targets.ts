/**
 * The TiDB types a reader may choose for a column, and what each of them can hold. The list is closed: a type stands in it because there is
 * a literal for every value that fits (tried on TiDB 8.5.6).
 */
import type { Family, TypeRow, TypeUse } from "./map.js";
import type { Codec } from "./values.js";

type Group =
  | "integer"
  | "decimal"
  | "floating"
  | "boolean"
  | "chars"
  | "bytes"
  | "date"
  | "time"
  | "datetime"
  | "timestamp"
  | "json"
  | "bit"
  | "vector";

interface Word {
  readonly group: Group;
  /** Numbers in its parentheses: at least, at most. */
  readonly numbers?: readonly [number, number];
  /** The largest first number. */
  readonly most?: number;
  /** Bytes it holds, where that is fixed. */
  readonly bytes?: number;
}

const NONE: readonly [number, number] = [0, 0];
const ONE: readonly [number, number] = [1, 1];
const FRACTION: readonly [number, number] = [0, 1];

/** By TiDB's word; the limits are those of errors 1074, 1426, 1425, 1439. */
const WORDS: Readonly<Record<string, Word>> = {
  TINYINT: { group: "integer", numbers: FRACTION, bytes: 1 },
  SMALLINT: { group: "integer", bytes: 2 },
  MEDIUMINT: { group: "integer", bytes: 3 },
  INT: { group: "integer", bytes: 4 },
  BIGINT: { group: "integer", bytes: 8 },
  DECIMAL: { group: "decimal", numbers: [0, 2], most: 65 },
  FLOAT: { group: "floating", bytes: 4 },
  DOUBLE: { group: "floating", bytes: 8 },
  BOOLEAN: { group: "boolean" },
  CHAR: { group: "chars", numbers: ONE, most: 255 },
  VARCHAR: { group: "chars", numbers: [0, 1], most: 16383 },
  TINYTEXT: { group: "chars", bytes: 255 },
  TEXT: { group: "chars", bytes: 65535 },
  MEDIUMTEXT: { group: "chars", bytes: 16777215 },
  LONGTEXT: { group: "chars", bytes: 4294967295 },
  BINARY: { group: "bytes", numbers: ONE, most: 255 },
  VARBINARY: { group: "bytes", numbers: ONE, most: 65535 },
  TINYBLOB: { group: "bytes", bytes: 255 },
  BLOB: { group: "bytes", bytes: 65535 },
  MEDIUMBLOB: { group: "bytes", bytes: 16777215 },
  LONGBLOB: { group: "bytes", bytes: 4294967295 },
  DATE: { group: "date" },
  TIME: { group: "time", numbers: FRACTION, most: 6 },
  DATETIME: { group: "datetime", numbers: FRACTION, most: 6 },
  TIMESTAMP: { group: "timestamp", numbers: FRACTION, most: 6 },
  JSON: { group: "json" },
  BIT: { group: "bit", numbers: FRACTION, most: 64 },
  VECTOR: { group: "vector", numbers: FRACTION, most: 16383 },
};

/** Words that mean another one. */
const SAME_AS: Readonly<Record<string, string>> = { INTEGER: "INT", NUMERIC: "DECIMAL", DEC: "DECIMAL", BOOL: "BOOLEAN" };

/** Collations a text type may be given; those that end in `ci` pass over letter case. */
const COLLATIONS = new Set(["utf8mb4_0900_bin", "utf8mb4_bin", "utf8mb4_0900_ai_ci", "utf8mb4_general_ci", "utf8mb4_unicode_ci"]);

/** The words of the list, for advice. */
export const TARGET_WORDS: readonly string[] = Object.keys(WORDS);

/** A TiDB type of the list. */
export interface TargetType {
  readonly word: string;
  readonly group: Group;
  readonly numbers: readonly number[];
  readonly unsigned: boolean;
  readonly collation: string | undefined;
}

const TARGET = /^\s*(\w+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?(\s+unsigned)?(?:\s+collate\s+(\w+))?\s*$/i;

/** Reads a type as a reader writes it; a text says why it is none of the list. */
export function readTarget(text: string): TargetType | string {
  const [all, spelt = "", first, second, unsigned, collate] = TARGET.exec(text) ?? [];
  if (all === undefined) return "is no TiDB type";
  const word = SAME_AS[spelt.toUpperCase()] ?? spelt.toUpperCase();
  const row = WORDS[word];
  if (!row) return `is none of the types that can be chosen: ${TARGET_WORDS.join(", ")}`;
  const numbers = [first, second].flatMap((n) => (n === undefined ? [] : [Number(n)]));
  const [least, most] = row.numbers ?? NONE;
  if (numbers.length > most) return `takes ${most === 0 ? "no numbers" : most === 1 ? "one number" : "two numbers"} in parentheses`;
  if (numbers.length < least) return "needs a length in parentheses";
  if (row.most !== undefined && numbers[0] !== undefined && numbers[0] > row.most) return `goes up to ${row.most}`;
  if (word === "DECIMAL" && ((numbers[1] ?? 0) > 30 || (numbers[1] ?? 0) > (numbers[0] ?? 0))) return "has no such scale";
  if (unsigned !== undefined && row.group !== "integer") return "cannot be UNSIGNED";
  const collation = collate?.toLowerCase();
  if (collation !== undefined && (row.group !== "chars" || !COLLATIONS.has(collation)))
    return row.group === "chars" ? `knows the collations ${[...COLLATIONS].join(", ")}` : "has no collation";
  const isBoolean = (word === "TINYINT" || word === "BIT") && numbers[0] === 1 && unsigned === undefined;
  return { word, group: isBoolean ? "boolean" : row.group, numbers, unsigned: unsigned !== undefined, collation };
}

/** What a PostgreSQL type can become, by what its values are: the codec of each. */
const HOLDS: Readonly<Record<string, Partial<Record<Group, Codec>>>> = {
  integer: { integer: "number", decimal: "number", floating: "float" },
  numeric: { decimal: "number", integer: "number", floating: "float", chars: "text" },
  float: { floating: "float", decimal: "number" },
  boolean: { boolean: "boolean", integer: "boolean" },
  text: { chars: "text" },
  uuid: { chars: "uuid", bytes: "uuid-bytes" },
  bytea: { bytes: "bytea" },
  date: { date: "date", datetime: "date" },
  time: { time: "time" },
  timestamp: { datetime: "timestamp", timestamp: "timestamp-in-range" },
  timestamptz: { timestamp: "timestamptz", datetime: "utc-datetime" },
  json: { json: "json", chars: "text" },
  array: { json: "array", chars: "array" },
  enum: { chars: "enum" },
  bit: { bit: "bit", boolean: "bit" },
  hstore: { chars: "text" },
  money: { decimal: "money" },
  vector: { vector: "text" },
};

function sourceOf({ id, codec }: Pick<TypeRow, "id" | "codec">): string {
  if (id in HOLDS) return id;
  return codec === "number" ? "integer" : codec;
}

const FAMILY: Readonly<Record<Group, Family>> = {
  integer: "number",
  decimal: "number",
  floating: "number",
  boolean: "boolean",
  chars: "text",
  bytes: "bytes",
  date: "time",
  time: "time",
  datetime: "time",
  timestamp: "time",
  json: "json",
  bit: "other",
  vector: "other",
};

/** Words of the list that values of a PostgreSQL type can be kept in. */
export function wordsFor(row: Pick<TypeRow, "id" | "codec">): string[] {
  const holds = HOLDS[sourceOf(row)] ?? {};
  return TARGET_WORDS.filter((word) => WORDS[word]!.group in holds);
}

/** What may be lost, or is otherwise than with the type's own choice: message ids of `types/override`. */
export type Loss =
  | "may-not-fit"
  | "floating"
  | "utc"
  | "range"
  | "labels"
  | "unchecked-json"
  | "uuid-bytes"
  | "padded"
  | "blanks"
  | "letter-case";

/** A column's type as the reader chose it. */
export interface Chosen {
  readonly sql: string;
  readonly codec: Codec;
  readonly family: Family;
  readonly losses: readonly Loss[];
  /** Whether the text of a value, in PostgreSQL's output format, can be kept whole. */
  readonly fits: (text: string) => boolean;
}

/** @returns undefined where the type cannot hold values of that PostgreSQL type */
export function choose(target: TargetType, row: TypeRow, use: TypeUse): Chosen | undefined {
  const source = sourceOf(row);
  const codec = HOLDS[source]?.[target.group];
  if (codec === undefined) return undefined;
  if (codec === "uuid-bytes" && (target.word !== "BINARY" || target.numbers[0] !== 16)) return undefined;
  const numbers = numbersOf(target, use);
  if (numbers === undefined) return undefined;
  const full = { ...target, numbers };
  return {
    sql: spelling(full),
    codec,
    family: source === "uuid" || source === "text" || target.group !== "chars" ? familyOf(source, row, target) : "text",
    losses: losses(full, source, row, use),
    fits: fitter(full, source, use),
  };
}

/** Text stays what it was to expressions: an inet kept in another VARCHAR is still no text. */
function familyOf(source: string, row: TypeRow, { group }: TargetType): Family {
  return group === "chars" || (source === "vector" && group === "vector") ? row.family : FAMILY[group];
}

/** What a type leaves out is PostgreSQL's: `datetime` of a timestamptz(3) has three digits; undefined where that says nothing either. */
function numbersOf({ word, group, numbers }: TargetType, { mods }: TypeUse): readonly number[] | undefined {
  if (numbers.length > 0) return numbers;
  if (group === "datetime" || group === "timestamp" || group === "time") return [mods[0] ?? 6];
  if (word === "VARCHAR" || word === "DECIMAL") return mods.length > 0 && mods[0]! <= WORDS[word]!.most! ? mods : undefined;
  if (word === "BIT") return [mods[0] ?? 1];
  return word === "VECTOR" ? mods : numbers;
}

function spelling({ word, numbers, unsigned, collation }: TargetType): string {
  const parentheses = numbers.length > 0 ? `(${numbers.join(",")})` : "";
  return `${word}${parentheses}${unsigned ? " UNSIGNED" : ""}${collation === undefined ? "" : ` COLLATE ${collation}`}`;
}

/** Bytes of PostgreSQL's integers, with their sign. */
const INTEGER_BYTES: Readonly<Record<string, number>> = {
  smallint: 2,
  smallserial: 2,
  integer: 4,
  serial: 4,
  bigint: 8,
  bigserial: 8,
  oid: 5,
  xid8: 9,
};

function losses(target: TargetType, source: string, row: TypeRow, use: TypeUse): Loss[] {
  const found: Loss[] = [];
  if (!holdsAll(target, source, row, use)) found.push("may-not-fit");
  if (target.group === "floating" && source !== "float") found.push("floating");
  if (source === "timestamptz" && target.group === "datetime") found.push("utc");
  if (target.group === "timestamp") found.push("range");
  if (source === "enum") found.push("labels");
  if (source === "json" && target.group === "chars") found.push("unchecked-json");
  if (source === "uuid" && target.group === "bytes") found.push("uuid-bytes");
  if (source === "bytea" && target.word === "BINARY") found.push("padded");
  if (target.word === "CHAR" && source !== "uuid") found.push("blanks");
  if (target.collation?.endsWith("_ci") && row.id !== "citext") found.push("letter-case");
  return found;
}

/** Whether every value of the PostgreSQL type has a place in the TiDB type. */
function holdsAll(target: TargetType, source: string, row: TypeRow, { mods, enumType }: TypeUse): boolean {
  const [length = Number.POSITIVE_INFINITY] = mods;
  switch (target.group) {
    case "integer": {
      if (source === "boolean") return true;
      const bytes = WORDS[target.word]!.bytes!;
      const needs = INTEGER_BYTES[row.id] ?? Number.POSITIVE_INFINITY;
      const positive = row.id === "oid" || row.id === "xid8";
      return target.unsigned ? positive && bytes >= needs - 1 : bytes >= needs;
    }
    case "decimal": {
      const [precision = 0, scale = 0] = target.numbers;
      if (source === "integer") return precision - scale >= (DIGITS[row.id] ?? 20);
      return mods.length > 0 && precision - scale >= mods[0]! - (mods[1] ?? 0) && scale >= (mods[1] ?? 0);
    }
    case "floating":
      return source === "float" && (target.word === "DOUBLE" || row.id === "real");
    case "chars":
      if (source === "enum") return capacity(target) >= Math.max(0, ...(enumType?.labels ?? []).map((label) => label.length));
      if (source === "uuid") return capacity(target) >= 36;
      return (
        target.word === "LONGTEXT" || (target.numbers.length > 0 ? target.numbers[0]! >= length : WORDS[target.word]!.bytes! >= length * 4)
      );
    case "bytes":
      return target.word === "LONGBLOB" || source === "uuid";
    case "datetime":
    case "timestamp":
    case "time":
      return source === "date" || (target.numbers[0] ?? 0) >= (mods[0] ?? 6);
    case "bit":
      return (target.numbers[0] ?? 1) >= (mods[0] ?? 1);
    default:
      return true;
  }
}

/** Digits of an integer type's largest number. */
const DIGITS: Readonly<Record<string, number>> = {
  smallint: 5,
  smallserial: 5,
  integer: 10,
  serial: 10,
  bigint: 19,
  bigserial: 19,
  oid: 10,
};

/** Characters that surely fit. */
function capacity({ word, numbers }: TargetType): number {
  return numbers[0] ?? Math.floor(WORDS[word]!.bytes! / 4);
}

const PLAIN_NUMBER = /^\s*[+-]?0*(\d*)\.?(\d*?)0*\s*$/;
const FRACTION_DIGITS = /\d{2}:\d{2}:\d{2}\.(\d*?)0*(?=\D|$)/;

function fitter(target: TargetType, source: string, { mods }: TypeUse): (text: string) => boolean {
  const { group, word, numbers, unsigned } = target;
  if (group === "integer" && source !== "boolean") return (text) => inInteger(text, WORDS[word]!.bytes! * 8, unsigned);
  if (group === "decimal") {
    const [precision = 0, scale = 0] = numbers;
    return (text) => {
      const [all, whole = "", fraction = ""] = PLAIN_NUMBER.exec(text) ?? [];
      return all !== undefined && whole.length <= precision - scale && fraction.length <= scale;
    };
  }
  if (group === "chars") return (text) => inChars(text, target);
  if (group === "bytes" && source === "bytea") {
    const most = numbers[0] ?? WORDS[word]!.bytes!;
    return (text) => (text.startsWith("\\x") ? (text.length - 2) / 2 : Buffer.byteLength(text)) <= most;
  }
  if (group === "datetime" || group === "timestamp" || group === "time") {
    const digits = numbers[0] ?? 0;
    // Where PostgreSQL keeps no more either, both round alike.
    return (text) => digits >= (mods[0] ?? 6) || (FRACTION_DIGITS.exec(text)?.[1]?.length ?? 0) <= digits;
  }
  return () => true;
}

function inInteger(text: string, bits: number, unsigned: boolean): boolean {
  const [all, sign = "", digits = ""] = /^\s*([+-]?)(\d+)(?:\.0*)?\s*$/.exec(text) ?? [];
  if (all === undefined) return false;
  const value = BigInt(`${sign === "-" ? "-" : ""}${digits}`);
  const most = 2n ** BigInt(unsigned ? bits : bits - 1);
  return value < most && value >= (unsigned ? 0n : -most);
}

function inChars(text: string, { word, numbers }: TargetType): boolean {
  // CHAR gives back no blanks at its end.
  if (word === "CHAR" && text.endsWith(" ")) return false;
  return numbers[0] === undefined ? Buffer.byteLength(text) <= WORDS[word]!.bytes! : [...text].length <= numbers[0];
}
