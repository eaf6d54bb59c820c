/**
 * Rows of literals from PostgreSQL's spelling to TiDB's, one scan over the characters: a dump of them is too long for a tree.
 * What a literal may look like: PostgreSQL manual, "4.1.2 Constants"; how TiDB reads one: its reference, "Literal Values".
 */
import { type Catalog, type Column, find, type Table } from "../catalog/model.js";
import { SQL_TYPES } from "../catalog/overrides.js";
import { nextvalSequence } from "../catalog/replay.js";
import { identifier, string } from "../emit/words.js";
import type { TypeName } from "../pg/ast.js";
import { as, typeName } from "../pg/names.js";
import {
  BACKSLASH,
  CLOSE,
  DIGIT,
  DOT,
  DOUBLE_QUOTE,
  escapedEnd,
  isWord,
  KINDS,
  MINUS,
  OPEN,
  QUOTE,
  quotedEnd,
  SPACE,
  WORD,
  wordEnd,
} from "../source/lex.js";
import { codecOf, jsonEncoder, type MappedType, mapType } from "../types/map.js";
import { RANGES } from "../types/ranges.js";
import { type Codec, ENCODE, integerText, lacksOffset } from "../types/values.js";

/** What became of a statement; undefined when it is not of the plain shape and must be parsed. */
export type Inserted =
  | {
      readonly kind: "converted";
      readonly sql: string;
      /** Every token is the source's: TiDB takes the statement as it is written. */
      readonly asIs: boolean;
      readonly notes: readonly InsertNote[];
    }
  | {
      readonly kind: "refused";
      /** Where the value without a TiDB form begins. */
      readonly at: number;
      /** `the value 'infinity' for column t.c (timestamptz)` */
      readonly reason: string;
    }
  | undefined;

/** Something a reader must know of a converted statement; each id at most once. */
export interface InsertNote {
  /** `utc`: a timestamptz without an offset was read as UTC. `unknown-table`: values were passed on without knowing their column's type. */
  readonly id: "utc" | "unknown-table";
  readonly at: number;
}

const COMMA = 44;
const PLUS = 43;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** Longer names are cut by PostgreSQL (NAMEDATALEN); counted in bytes. */
const LONGEST_NAME = 63;

/** TiDB numbers a zero in an AUTO_INCREMENT column anew, unless told so; the rest is its default sql_mode (8.5.6). */
const KEEP_ZERO =
  " /*+ SET_VAR(sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO') */";

/**
 * Converts `INSERT INTO [schema.]table [(columns)] VALUES (literal, …), …` between two offsets, its semicolon excluded. What need not
 * change is copied from the source, white space included. Everything but that shape, comments too, is undefined.
 * @param catalog the schema as it is when the statement runs: it knows how each column's text is coded
 * @param relationText the table's name in TiDB, quoted where it must be
 */
export function insertRows(
  text: string,
  start: number,
  end: number,
  catalog: Catalog,
  relationText: (schema: string | undefined, name: string) => string,
): Inserted {
  const scan: Scan = {
    text,
    end,
    catalog,
    at: start,
    copied: start,
    parts: [],
    changed: false,
    notes: [],
    keepsZero: false,
    refused: undefined,
  };
  const sql = statement(scan, relationText);
  if (scan.refused) return { kind: "refused", ...scan.refused };
  return sql === undefined ? undefined : { kind: "converted", sql, asIs: !scan.changed, notes: scan.notes };
}

/** The state of one statement. The output is `parts` and then the source from `copied` on. */
interface Scan {
  readonly text: string;
  readonly end: number;
  readonly catalog: Catalog;
  at: number;
  copied: number;
  readonly parts: string[];
  changed: boolean;
  readonly notes: InsertNote[];
  keepsZero: boolean;
  refused: { readonly at: number; readonly reason: string } | undefined;
}

function statement(scan: Scan, relationText: (schema: string | undefined, name: string) => string): string | undefined {
  if (!word(scan, "INSERT")) return undefined;
  const hint = slot(scan);
  if (!word(scan, "INTO")) return undefined;
  const from = scan.at;
  let name = readName(scan);
  let schema: string | undefined;
  if (name !== undefined && code(scan) === DOT) {
    scan.at++;
    schema = name;
    name = readName(scan);
  }
  if (name === undefined) return undefined;
  replace(scan, from, scan.at, relationText(schema, name));
  const list = slot(scan);
  skipSpace(scan);

  const table = find(scan.catalog, scan.catalog.tables, { schema, name });
  // What a trigger computes is no value of the row.
  if (table && [...table.columns.values()].some(({ history }) => history.computedBy)) return undefined;
  const whole = table !== undefined && isWhole(table);
  let targets: readonly Target[] | undefined;
  const listed = code(scan) === OPEN;
  if (listed) targets = columnList(scan, table);
  else if (whole) targets = [...table.columns.values()].map((column) => targetOf(scan.catalog, column));
  if ((listed && !targets) || !word(scan, "VALUES")) return undefined;
  // A column that the table does not have is told of where statements with a tree are.
  if (listed && whole && targets?.includes(UNKNOWN)) return undefined;
  if (listed ? targets?.includes(UNKNOWN) : !whole) scan.notes.push({ id: "unknown-table", at: from });

  const width = rows(scan, targets);
  if (width === undefined || (listed && width !== targets?.length)) return undefined;
  if (!listed && targets && width < targets.length) {
    const names = targets.slice(0, width).map((target) => target.spelt);
    scan.parts[list] = ` (${names.join(", ")})`;
    scan.changed = true;
  }
  if (scan.keepsZero) {
    scan.parts[hint] = KEEP_ZERO;
    scan.changed = true;
  }
  scan.parts.push(scan.text.slice(scan.copied, scan.end));
  return scan.parts.join("");
}

/** Whether the catalog knows every column: not where they come from another table or type. */
function isWhole(table: Table): boolean {
  const { inhRelations, ofTypename, tableElts } = table.node;
  return (
    table.columns.size > 0 &&
    (!inhRelations?.length || table.partitionOf !== undefined || table.parents.length >= inhRelations.length) &&
    !ofTypename &&
    !tableElts?.some((element) => as("TableLikeClause", element))
  );
}

/** A list of columns in parentheses, which the scan stands at. */
function columnList(scan: Scan, table: Table | undefined): readonly Target[] | undefined {
  const targets: Target[] = [];
  do {
    scan.at++;
    skipSpace(scan);
    const from = scan.at;
    const name = readName(scan);
    if (name === undefined) return undefined;
    const column = table?.columns.get(name);
    const target = column ? targetOf(scan.catalog, column) : UNKNOWN;
    replace(scan, from, scan.at, column ? target.spelt : identifier(name));
    targets.push(target);
    skipSpace(scan);
  } while (code(scan) === COMMA);
  if (code(scan) !== CLOSE) return undefined;
  scan.at++;
  skipSpace(scan);
  return targets;
}

/** All rows to the end of the statement; their common number of values, undefined where they are of another shape. */
function rows(scan: Scan, targets: readonly Target[] | undefined): number | undefined {
  let width: number | undefined;
  for (;;) {
    if (code(scan) !== OPEN) return undefined;
    let count = 0;
    do {
      scan.at++;
      skipSpace(scan);
      const target = targets ? targets[count] : UNKNOWN;
      if (!target || !value(scan, target)) return undefined;
      count++;
      skipSpace(scan);
    } while (code(scan) === COMMA);
    if (code(scan) !== CLOSE || (width !== undefined && count !== width)) return undefined;
    width = count;
    scan.at++;
    skipSpace(scan);
    if (scan.at >= scan.end) return width;
    if (code(scan) !== COMMA) return undefined;
    scan.at++;
    skipSpace(scan);
  }
}

/** One literal and its casts; false where it is none, or was refused. */
function value(scan: Scan, target: Target): boolean {
  const first = code(scan);
  if (first === QUOTE) return plainString(scan, target);
  const kind = KINDS[first];
  if (kind === DIGIT || first === MINUS || first === PLUS || first === DOT) return number(scan, target);
  if (kind !== WORD) return false;
  if (scan.text.charCodeAt(scan.at + 1) === QUOTE) {
    const prefix = first | 32;
    if (prefix === 101) return escapeString(scan, target);
    // N'…' is a plain string (the lexer only notes a type, which the column overrules).
    if (prefix === 110) {
      scan.at++;
      return plainString(scan, target);
    }
    return (prefix === 98 || prefix === 120) && bitString(scan, target, prefix === 120);
  }
  return keyword(scan, target);
}

function plainString(scan: Scan, target: Target): boolean {
  const { text, end, at: open } = scan;
  let doubled = false;
  let escapes = false;
  let i = open + 1;
  for (; ; i++) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) escapes = true;
    else if (char === QUOTE) {
      if (text.charCodeAt(i + 1) !== QUOTE) break;
      doubled = true;
      i++;
    } else if (i >= end) return false;
  }
  const close = ++i;
  const after = castsEnd(scan, close);
  const coded =
    after === close ? target : throughCasts(scan, target, close, after, () => /^'\s*[+-]?\d+\s*'$/.test(text.slice(open, close)));
  if (!coded) return false;
  if (coded.verbatim) {
    scan.at = after;
    if (after === close && !escapes) return true;
    const literal = text.slice(open, close);
    replace(scan, open, after, escapes ? literal.replaceAll("\\", "\\\\") : literal);
    return true;
  }
  const inner = text.slice(open + 1, close - 1);
  return put(scan, coded, open, after, doubled ? inner.replaceAll("''", "'") : inner);
}

function escapeString(scan: Scan, target: Target): boolean {
  const { text, at: from } = scan;
  const close = escapedEnd(text, from + 1);
  if (close < 0 || close > scan.end) return false;
  const content = unescaped(text.slice(from + 2, close - 1));
  if (content === undefined) return false;
  const after = castsEnd(scan, close);
  const coded = after === close ? target : throughCasts(scan, target, close, after, () => /^\s*[+-]?\d+\s*$/.test(content));
  return coded !== undefined && put(scan, coded, from, after, content);
}

const HEX_BITS = new Map([..."0123456789abcdef"].map((digit, i) => [digit, i.toString(2).padStart(4, "0")]));

function bitString(scan: Scan, target: Target, hex: boolean): boolean {
  const { text, at: from } = scan;
  const close = text.indexOf("'", from + 2) + 1;
  const digits = text.slice(from + 2, close - 1);
  if (close === 0 || !(hex ? /^[0-9a-f]*$/i : /^[01]*$/).test(digits)) return false;
  const after = castsEnd(scan, close);
  const coded = after === close ? target : throughCasts(scan, target, close, after, () => false);
  const id = coded?.mapped?.row.id;
  if (!coded || (id !== "bit" && id !== "varbit")) return false;
  return put(scan, coded, from, after, hex ? [...digits.toLowerCase()].map((digit) => HEX_BITS.get(digit)).join("") : digits);
}

function number(scan: Scan, target: Target): boolean {
  const { text, at: from } = scan;
  let i = from;
  const sign = text.charCodeAt(i);
  if (sign === MINUS || sign === PLUS) i++;
  const first = i;
  i = digitsEnd(text, i);
  let digits = i - first;
  let whole = true;
  if (text.charCodeAt(i) === DOT) {
    whole = false;
    const point = i++;
    i = digitsEnd(text, i);
    digits += i - point - 1;
  }
  if (digits === 0) return false;
  let exponent = false;
  if ((text.charCodeAt(i) | 32) === 101) {
    exponent = true;
    i++;
    const exponentSign = text.charCodeAt(i);
    if (exponentSign === MINUS || exponentSign === PLUS) i++;
    const power = i;
    i = digitsEnd(text, i);
    if (i === power) return false;
  }
  const integer = whole && !exponent;
  const after = castsEnd(scan, i);
  const coded = after === i ? target : throughCasts(scan, target, i, after, () => integer);
  if (!coded) return false;
  if (coded.codec === "unknown") {
    if (after !== i) replace(scan, from, after, text.slice(from, i));
    scan.at = after;
    return true;
  }
  if (coded.codec === "number" || coded.codec === "float") {
    // The usual case: TiDB reads it as PostgreSQL does.
    if (!exponent && digits < FEW_DIGITS && after === i && !coded.limited) {
      if (coded.counts && isZero(text.slice(from, i))) scan.keepsZero = true;
      scan.at = i;
      return true;
    }
    // A fraction or exponent is rounded on assignment, where a string that has one is an error.
    const rounds = !integer && INTEGERS.has(coded.mapped?.use.name ?? "");
    return put(scan, rounds ? { ...coded, encode: limited(coded.mapped, ENCODE.number) } : coded, from, after, text.slice(from, i));
  }
  const literal = text.slice(from, i);
  // A number is cast to text on assignment; only the spelling PostgreSQL would give it is its text.
  if (!TEXTS.has(coded.mapped?.use.name ?? "") || coded.codec !== "text" || !CANONICAL.test(literal)) return false;
  return put(scan, coded, from, after, literal);
}

/** Numbers of fewer digits are within every limit of TiDB's literals. */
const FEW_DIGITS = 15;

const CANONICAL = /^(?:0|-?[1-9]\d*)(?:\.\d+)?$/;

function isZero(literal: string): boolean {
  return Number(literal) === 0;
}

function digitsEnd(text: string, from: number): number {
  let i = from;
  while (KINDS[text.charCodeAt(i)] === DIGIT) i++;
  return i;
}

function keyword(scan: Scan, target: Target): boolean {
  const { text, at: from } = scan;
  const close = wordEnd(text, from);
  const spelt = text.slice(from, close).toUpperCase();
  if (spelt === "DEFAULT") {
    scan.at = close;
    return true;
  }
  let last = close;
  if (spelt === "NOW") {
    if (!text.startsWith("()", close)) return false;
    last += 2;
  }
  const after = castsEnd(scan, last);
  if (after < 0) return false;
  if (spelt === "NULL") {
    if (after !== last) replace(scan, from, after, "NULL");
    scan.at = after;
    return true;
  }
  const make = KEYWORDS[spelt];
  const coded = after === last ? target : throughCasts(scan, target, last, after, () => false);
  const sql = coded && make?.(coded);
  if (sql === undefined) return false;
  replace(scan, from, after, sql);
  return true;
}

/** Words that are values, for the columns PostgreSQL assigns them to; undefined for others. */
const KEYWORDS: Readonly<Record<string, ((target: Target) => string | undefined) | undefined>> = {
  TRUE: (target) => truth(target, "TRUE"),
  FALSE: (target) => truth(target, "FALSE"),
  NOW: now,
  CURRENT_TIMESTAMP: now,
  CURRENT_DATE: ({ codec }) => (codec === "date" || INSTANTS.has(codec) || codec === "unknown" ? "CURRENT_DATE" : undefined),
};

/** A boolean is cast to text on assignment, and TiDB would make it 1 or 0. */
function truth(target: Target, word: string): string | undefined {
  if (target.codec === "boolean" || target.codec === "unknown") return word;
  return target.codec === "text" && TEXTS.has(target.mapped?.use.name ?? "") ? string(word.toLowerCase()) : undefined;
}

/** Codecs of columns that hold a date with a time of day. */
const INSTANTS = new Set<Target["codec"]>(["timestamp", "timestamptz", "utc-datetime", "timestamp-in-range"]);

function now({ codec, mapped }: Target): string | undefined {
  if (codec === "date") return "CURRENT_DATE";
  if (INSTANTS.has(codec)) return `CURRENT_TIMESTAMP(${mapped?.use.mods[0] ?? 6})`;
  return codec === "unknown" ? "CURRENT_TIMESTAMP(6)" : undefined;
}

/** Puts the literal of a value's text in place of the source from `from` to `after`, or refuses it. */
function put(scan: Scan, target: Target, from: number, after: number, content: string): boolean {
  const literal = target.encode(content);
  if (literal === undefined) {
    scan.refused = { at: from, reason: `the value '${shortened(content)}' for ${target.words}` };
    return false;
  }
  if (target.counts && isZero(content)) scan.keepsZero = true;
  if (
    (target.codec === "timestamptz" ? literal.endsWith("+00:00'") : target.codec === "utc-datetime") &&
    lacksOffset(content) &&
    !scan.notes.some((note) => note.id === "utc")
  )
    scan.notes.push({ id: "utc", at: from });
  replace(scan, from, after, literal);
  return true;
}

const LONGEST_SHOWN = 60;

function shortened(content: string): string {
  return content.length <= LONGEST_SHOWN ? content : `${content.slice(0, LONGEST_SHOWN)}…`;
}

/** What values are assigned to. */
interface Target {
  /** The column's name in TiDB. */
  readonly spelt: string;
  /** For a reader: `column t.c (timestamptz)`. */
  readonly words: string;
  readonly codec: Codec | "unknown";
  /** A string without backslashes is the literal it must become. */
  readonly verbatim: boolean;
  readonly encode: (text: string) => string | undefined;
  /** The reader chose its type, which may hold less than PostgreSQL's. */
  readonly limited: boolean;
  /** A column that counts itself, where zero must be kept. */
  readonly counts: boolean;
  readonly mapped: MappedType | undefined;
  /** What casts, as written, do to a value on its way here. */
  readonly casts: Map<string, Cast>;
}

const UNKNOWN: Target = {
  spelt: "",
  words: "",
  codec: "unknown",
  limited: false,
  verbatim: true,
  encode: string,
  counts: false,
  mapped: undefined,
  casts: new Map(),
};

/** What a target was made of. */
interface Known extends Pick<Column, "type" | "name" | "default" | "identity"> {
  readonly table: string;
  readonly target: Target;
}

/** Working a column out costs more than scanning a short row of it. */
const known = new WeakMap<Column, Known>();

function targetOf(catalog: Catalog, column: Column): Target {
  const { type, name, default: value, identity } = column;
  const table = column.table.name;
  const before = known.get(column);
  if (
    before &&
    before.type === type &&
    before.name === name &&
    before.default === value &&
    before.identity === identity &&
    before.table === table
  )
    return before.target;
  const target = targetOfType(catalog, type, column);
  known.set(column, { type, name, default: value, identity, table, target });
  return target;
}

/** How the text of a column's value, in PostgreSQL's output format, becomes a TiDB literal; undefined for a value TiDB has no form for. */
export function columnEncoder(catalog: Catalog, column: Column): (text: string) => string | undefined {
  return targetOf(catalog, column).encode;
}

function targetOfType(catalog: Catalog, type: TypeName, column?: Column): Target {
  const mapped = mapType(catalog, type, column);
  const base = typeName(type).name;
  const of = `${base}${type.arrayBounds?.length ? "[]" : ""}`;
  const codec = mapped?.sql === undefined ? "none" : codecOf(mapped);
  return {
    spelt: column ? identifier(column.name) : "",
    words: column ? `column ${column.table.name}.${column.name} (${of})` : `the type ${of}`,
    codec,
    limited: mapped?.override?.chosen !== undefined,
    verbatim: (codec === "text" || codec === "json") && !mapped?.override?.chosen && !DISCRETE.has(mapped?.use.name ?? ""),
    encode: limited(mapped, encoder(catalog, type, mapped)),
    counts: codec === "number" && (column?.identity !== undefined || nextvalSequence(column?.default) !== undefined),
    mapped,
    casts: new Map(),
  };
}

/** Refuses what a type the reader chose cannot hold whole. */
function limited(mapped: MappedType | undefined, encode: Target["encode"]): Target["encode"] {
  const fits = mapped?.override?.chosen?.fits;
  return fits ? (text) => (fits(text) ? encode(text) : undefined) : encode;
}

function encoder(catalog: Catalog, type: TypeName, mapped: MappedType | undefined): (text: string) => string | undefined {
  if (mapped?.sql === undefined) return ENCODE.none;
  const { row, use, sql } = mapped;
  if (row.codec === "array" || row.codec === "composite") {
    const encode = jsonEncoder(catalog, type);
    return (text) => {
      const json = encode(text);
      return json === undefined ? undefined : string(json);
    };
  }
  if (use.enumType) {
    const { labels } = use.enumType;
    return (text) => (labels.includes(text) ? string(text) : undefined);
  }
  const range = DISCRETE.has(use.name) ? RANGES[use.name] : undefined;
  if (range) return (text) => range(text) ?? (/infinity/i.test(text) ? string(text) : undefined);
  // Columns of fewer bits have limits of their own.
  if (INTEGERS.has(use.name) && row.codec === "number") return (text) => (/^-?\d{1,18}$/.test(text) ? text : integerText(text, 8));
  return use.name === "numeric" ? decimalEncoder(use.mods, sql) : ENCODE[row.codecs?.[use.name] ?? row.codec];
}

/** Ranges that PostgreSQL keeps as [lower,upper), however they are written; with infinite bounds they stay as they are written. */
const DISCRETE = new Set(["int4range", "int8range", "daterange"]);

/** Where the column has fewer digits than PostgreSQL's, TiDB would round what PostgreSQL keeps. */
function decimalEncoder([asked, askedScale = 0]: readonly number[], sql: string): (text: string) => string | undefined {
  const [precision = 0, scale = 0] = sql.match(/\d+/g)?.map(Number) ?? [];
  if (asked !== undefined && asked <= precision && askedScale <= scale) return ENCODE.number;
  return (text) => {
    const literal = ENCODE.number(text);
    const [, whole = "", fraction = ""] = /^[+-]?0*(\d*)\.?(\d*?)0*$/.exec(literal ?? "") ?? [];
    return whole.length <= precision - scale && fraction.length <= scale ? literal : undefined;
  };
}

/** Types that others are cast to on assignment (pg_cast's I/O conversions, to the string category). */
const TEXTS = new Set(["text", "varchar", "bpchar", "citext", "name"]);
const INTEGERS = new Set(["int2", "int4", "int8"]);
const NUMBERS = new Set([...INTEGERS, "numeric", "float4", "float8"]);

/** `same`: the cast changes nothing; `whole`: nothing where the value is an integer; `other`: it may. */
type Cast = "same" | "whole" | "other";

/** What a value is coded by after its casts, which stand between the offsets; undefined where they may change it. */
function throughCasts(scan: Scan, target: Target, from: number, to: number, isInteger: () => boolean): Target | undefined {
  if (to < 0) return undefined;
  const written = scan.text.slice(from, to);
  const names = written.split("::").slice(1);
  if (target.codec === "unknown") {
    const type = names.length === 1 ? castType(names[0]!) : undefined;
    return type && targetOfType(scan.catalog, type);
  }
  let cast = target.casts.get(written);
  if (cast === undefined) {
    const each = names.map((name) => castTo(scan.catalog, name, target.mapped));
    cast = each.includes("other") ? "other" : each.includes("whole") ? "whole" : "same";
    target.casts.set(written, cast);
  }
  return cast === "same" || (cast === "whole" && isInteger()) ? target : undefined;
}

function castTo(catalog: Catalog, written: string, column: MappedType | undefined): Cast {
  const type = castType(written);
  const cast = type && mapType(catalog, type);
  if (!cast || !column) return "other";
  const [to, from] = [SERIALS[column.use.name] ?? column.use.name, cast.use.name];
  const { mods } = cast.use;
  if (cast.row.codec === "array" || column.pg.codec === "array")
    return cast.row === column.pg && from === to && mods.length === 0 ? "same" : "other";
  if (from === to && cast.use.enumType === column.use.enumType)
    return mods.length === 0 || mods.join() === column.use.mods.join() ? "same" : "other";
  if ((from === "text" || from === "varchar") && mods.length === 0 && TEXTS.has(to)) return "same";
  if (cast.row.codec === "json" && column.pg.codec === "json") return "same";
  return INTEGERS.has(from) && NUMBERS.has(to) ? "whole" : "other";
}

/** Types that count by themselves, by what they are otherwise (manual, "8.1.4 Serial Types"). */
const SERIALS: Readonly<Record<string, string>> = {
  smallserial: "int2",
  serial2: "int2",
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
};

/** SQL's types whose length is 1 where it is left out. */
const ONE_BY_DEFAULT = new Set(["character", "char", "bit"]);

const TYPE = /^\s*(?:(\w+|"[^"]+")\s*\.\s*)?("[^"]+"|[a-z_]\w*(?:\s+[a-z]+)*)\s*(?:\(([\d\s,]+)\))?((?:\s+[a-z]+)*)\s*((?:\[\d*\]\s*)*)$/i;

/** The type a cast names, as the parser would give it; undefined for what none could be. */
function castType(written: string): TypeName | undefined {
  const match = TYPE.exec(written);
  if (!match) return undefined;
  const [, schema, first = "", length, rest = "", bounds = ""] = match;
  const words = first.startsWith('"') ? first.slice(1, -1) : (first + rest).toLowerCase().replaceAll(/\s+/g, " ");
  const name = SQL_TYPES[words] ?? words;
  if (name.includes(" ") && !first.startsWith('"')) return undefined;
  const mods = length?.split(",").map(Number) ?? (ONE_BY_DEFAULT.has(words) ? [1] : []);
  return {
    kind: "TypeName",
    names: schema === undefined ? [name] : [schema.startsWith('"') ? schema.slice(1, -1) : schema.toLowerCase(), name],
    typmods: mods.map((ival) => ({ kind: "A_Const", ival })),
    arrayBounds: bounds === "" ? [] : [-1],
  };
}

/** The offset after the `::type`s that follow a literal; `from` where none does, -1 where they are malformed or the literal goes on. */
function castsEnd(scan: Scan, from: number): number {
  const { text } = scan;
  let last = from;
  for (;;) {
    let i = spaceEnd(text, last);
    const next = text.charCodeAt(i);
    if (next === COMMA || next === CLOSE) return last;
    if (next !== COLON || text.charCodeAt(i + 1) !== COLON) return -1;
    i += 2;
    last = i;
    for (;;) {
      i = spaceEnd(text, i);
      const char = text.charCodeAt(i);
      const kind = KINDS[char];
      if (kind === WORD || kind === DIGIT) i = wordEnd(text, i);
      else if (char === DOUBLE_QUOTE) i = quotedEnd(text, i, DOUBLE_QUOTE, '"');
      else if (char === DOT || char === OPEN_BRACKET || char === CLOSE_BRACKET) i++;
      else if (char === OPEN) i = text.indexOf(")", i) + 1;
      else break;
      if (i <= 0) return -1;
      last = i;
    }
  }
}

/**
 * The text of an E'' string (manual, "4.1.2.2 String Constants with C-Style Escapes").
 * @returns undefined where PostgreSQL would refuse it
 */
function unescaped(content: string): string | undefined {
  const parts: string[] = [];
  let copied = 0;
  for (let at = nextEscape(content, 0); at >= 0; at = nextEscape(content, copied)) {
    parts.push(content.slice(copied, at));
    const bytes: number[] = [];
    for (copied = at; ; copied = BYTE.lastIndex) {
      BYTE.lastIndex = copied;
      const byte = BYTE.exec(content);
      if (!byte) break;
      bytes.push(byte[1] === undefined ? Number.parseInt(byte[2]!, 16) : Number.parseInt(byte[1], 8) & 255);
    }
    if (bytes.length > 0) {
      const part = decoded(bytes);
      if (part === undefined) return undefined;
      parts.push(part);
      continue;
    }
    CODE_POINT.lastIndex = at;
    const point = CODE_POINT.exec(content);
    const number = Number.parseInt(point?.[1] ?? point?.[2] ?? "1", 16);
    if (number === 0 || number > 0x10ffff) return undefined;
    const char = content[at + 1]!;
    parts.push(point ? String.fromCodePoint(number) : content[at] === "'" ? "'" : (LETTERS[char] ?? char));
    copied = at + (point?.[0].length ?? 2);
  }
  parts.push(content.slice(copied));
  return parts.join("");
}

/** A backslash, or the first of two quotes. */
const ESCAPE = /[\\']/g;
/** Neighbouring bytes make a character together. */
const BYTE = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2}))/y;
const CODE_POINT = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/y;
const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function nextEscape(content: string, from: number): number {
  ESCAPE.lastIndex = from;
  return ESCAPE.exec(content)?.index ?? -1;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: readonly number[]): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return UTF8.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** The identifier the scan stands at, unquoted and folded as PostgreSQL does; undefined where there is none or it would be cut. */
function readName(scan: Scan): string | undefined {
  const { text, at: from } = scan;
  const first = text.charCodeAt(from);
  let name: string;
  if (first === DOUBLE_QUOTE) {
    scan.at = quotedEnd(text, from, DOUBLE_QUOTE, '"');
    if (scan.at < 0) return undefined;
    name = text.slice(from + 1, scan.at - 1).replaceAll('""', '"');
  } else if (first >= 128 || KINDS[first] === WORD) {
    scan.at = wordEnd(text, from);
    // Only ASCII: PostgreSQL leaves other letters alone in UTF-8.
    name = text.slice(from, scan.at).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  } else return undefined;
  return name !== "" && Buffer.byteLength(name) <= LONGEST_NAME ? name : undefined;
}

/** Moves on over the key word and what space follows it. */
function word(scan: Scan, expected: string): boolean {
  const end = scan.at + expected.length;
  if (!isWord(scan.text, scan.at, wordEnd(scan.text, scan.at), expected)) return false;
  scan.at = end;
  skipSpace(scan);
  return true;
}

function code(scan: Scan): number {
  return scan.text.charCodeAt(scan.at);
}

function skipSpace(scan: Scan): void {
  scan.at = spaceEnd(scan.text, scan.at);
}

function spaceEnd(text: string, from: number): number {
  let i = from;
  while (KINDS[text.charCodeAt(i)] === SPACE) i++;
  return i;
}

/** A place for text to be put in later, after the token before the scan. */
function slot(scan: Scan): number {
  let end = scan.at;
  while (KINDS[scan.text.charCodeAt(end - 1)] === SPACE) end--;
  scan.parts.push(scan.text.slice(scan.copied, end), "");
  scan.copied = end;
  return scan.parts.length - 1;
}

/** Puts `sql` in place of the source between the offsets, where it differs, and moves on behind it. */
function replace(scan: Scan, from: number, to: number, sql: string): void {
  scan.at = to;
  if (sql.length === to - from && scan.text.startsWith(sql, from)) return;
  scan.parts.push(scan.text.slice(scan.copied, from), sql);
  scan.copied = to;
  scan.changed = true;
}
