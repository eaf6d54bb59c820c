/** Values of each PostgreSQL type, in its input format, chosen because engines disagree about them. */

/** What decides which values a column takes. */
export interface ValueType {
  /** PostgreSQL's internal name, `[]` behind it for an array; `schema.name` for a user's own. */
  readonly type: string;
  /** Characters of `varchar(n)`, bits of `bit(n)`, dimensions of `vector(n)`. */
  readonly length?: number;
  /** Of `numeric(p, s)`. */
  readonly precision?: number;
  readonly scale?: number;
  readonly labels?: readonly string[];
}

/** Numbers from a seed: the same seed gives the same numbers. */
export type Chance = (below: number) => number;

/** mulberry32: 32 bits of state are plenty for choosing rows. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A value nobody objects to, another one for each number. */
export function plainValue(value: ValueType, number: number, name: string): string | undefined {
  const { type, length, labels } = value;
  if (labels !== undefined) return labels[number % labels.length];
  if (type.endsWith("[]")) {
    const element = plainValue({ ...value, type: type.slice(0, -2) }, number, name);
    return element === undefined ? "{}" : `{${quotedElement(element)}}`;
  }
  const text = (make: (n: number) => string) => fitted(make(number + 1), number + 1, length);
  return PLAIN[type]?.(number, value) ?? (TEXTS.has(type) ? text((n) => `${name}${n}`) : undefined);
}

/** Values on which engines disagree; the caller takes those that PostgreSQL accepts. */
export function nastyValues(value: ValueType, today: string): readonly string[] {
  const { type, length, labels } = value;
  if (labels !== undefined) return labels;
  if (type.endsWith("[]")) {
    const elements = nastyValues({ ...value, type: type.slice(0, -2) }, today).map(quotedElement);
    return ["{}", "{NULL}", `{${elements.slice(0, 3)}}`, `{${[elements[0], elements[0], elements[1]]}}`, `{${elements.at(-1) ?? ""}}`];
  }
  if (TEXTS.has(type)) return length === undefined ? [...TEXT, LONG] : TEXT.filter((text) => [...text].length <= length);
  if (type === "numeric") return decimals(value);
  if (type === "date") return [...DATES, ...around(today)];
  if (type === "timestamp" || type === "timestamptz")
    return [...INSTANTS, ...DATES.filter((date) => date > "1970" && date < "2038"), ...around(today).map((day) => `${day} 06:07:08.9`)];
  if (type === "bit") return ["0", "1", "10"].map((bits) => bits.repeat(length ?? 1).slice(0, length ?? 1));
  return NASTY[type] ?? [];
}

const TEXTS = new Set(["text", "varchar", "bpchar", "name", "citext", "char"]);

/** As short as it must be, and still another one for each number. */
function fitted(text: string, number: number, length: number | undefined): string {
  if (length === undefined || text.length <= length) return text;
  const digits = number.toString(36);
  return digits.length >= length ? digits.slice(-length) : text.slice(0, length - digits.length) + digits;
}

function quotedElement(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

const two = (n: number) => String(n).padStart(2, "0");
const plainDate = (n: number) => `2024-${two((n % 12) + 1)}-${two((n % 27) + 1)}`;
const counting = (n: number) => String(n + 1);

const PLAIN: Readonly<Record<string, (n: number, value: ValueType) => string>> = {
  int2: counting,
  int4: counting,
  int8: counting,
  oid: counting,
  xid8: counting,
  // 1.5 where there is room for it.
  numeric: (n, { precision = 10, scale = 1 }) =>
    scale > 0 && precision > scale ? `${(n % 9) + 1}.5` : precision > scale ? String((n % 9) + 1) : "0",
  money: counting,
  float4: (n) => `${n + 1}.5`,
  float8: (n) => `${n + 1}.25`,
  bool: (n) => (n % 2 === 0 ? "t" : "f"),
  date: plainDate,
  timestamp: (n) => `${plainDate(n)} 10:11:${two(n % 60)}`,
  timestamptz: (n) => `${plainDate(n)} 10:11:${two(n % 60)}+00`,
  time: (n) => `10:11:${two(n % 60)}`,
  timetz: (n) => `10:11:${two(n % 60)}+00`,
  interval: (n) => `${n + 1} days`,
  uuid: (n) => `00000000-0000-4000-8000-${(n + 1).toString(16).padStart(12, "0")}`,
  json: (n) => `{"id": ${n + 1}, "name": "name ${n + 1}"}`,
  jsonb: (n) => `{"id": ${n + 1}, "name": "name ${n + 1}"}`,
  bytea: (n) => `\\x${(n + 256).toString(16).padStart(4, "0")}`,
  inet: (n) => `10.0.0.${(n % 250) + 1}`,
  cidr: (n) => `10.${n % 250}.0.0/16`,
  macaddr: (n) => `08:00:2b:01:02:${(n % 256).toString(16).padStart(2, "0")}`,
  macaddr8: (n) => `08:00:2b:01:02:03:04:${(n % 256).toString(16).padStart(2, "0")}`,
  bit: (n, { length = 1 }) => (n % 2 ** Math.min(length, 30)).toString(2).padStart(length, "0"),
  varbit: (n) => (n + 1).toString(2),
  xml: (n) => `<a>${n}</a>`,
  tsvector: (n) => `word${n}`,
  tsquery: (n) => `word${n}`,
  hstore: (n) => `id=>${n}`,
  ltree: (n) => `top.n${n}`,
  point: (n) => `(${n},1)`,
  box: (n) => `(${n + 1},1),(${n},0)`,
  circle: (n) => `<(${n},1),2>`,
  int4range: (n) => `[${n},${n + 5})`,
  int8range: (n) => `[${n},${n + 5})`,
  numrange: (n) => `[${n},${n + 5})`,
  daterange: (n) => `[${plainDate(n)},2030-01-01)`,
  tsrange: (n) => `[${plainDate(n)} 00:00,2030-01-01 00:00)`,
  tstzrange: (n) => `[${plainDate(n)} 00:00+00,2030-01-01 00:00+00)`,
  vector: (n, { length = 3 }) => `[${Array.from({ length }, (_, i) => i + n)}]`,
};

/** Cases, blanks, accents, wildcards, quotes, digits as text, planes beyond the first, both forms of one letter. */
const TEXT = [
  "",
  "a",
  "A",
  "b",
  "B",
  "alpha",
  "Alpha",
  "ALPHA",
  "alpha ",
  " alpha",
  "10",
  "9",
  "-1",
  "ä",
  "Ä",
  "z",
  "\u00e9",
  "e\u0301",
  "straße",
  "STRASSE",
  "日本語",
  "😀x",
  "50%",
  "a_b",
  "back\\slash",
  "it's",
  'say "hi"',
  "two\nlines",
  "2024-02-29",
  "true",
  "null",
];
const LONG = "long ".repeat(60);

/** Leap days, ends of years and ISO weeks, months of every length. */
const DATES = [
  "2024-02-29",
  "2023-02-28",
  "2020-12-31",
  "2021-01-01",
  "2021-01-03",
  "2000-02-29",
  "1999-12-31",
  "1970-01-02",
  "2024-01-31",
  "2024-03-31",
  "2037-12-31",
  "1900-03-01",
  "9999-12-31",
];

/** Hours that clocks skip or have twice in Europe and in America, microseconds, midnight. */
const INSTANTS = [
  "2024-03-31 01:30:00",
  "2024-03-31 02:30:00",
  "2024-10-27 00:30:00",
  "2024-10-27 01:30:00",
  "2024-03-10 07:00:00",
  "2024-11-03 05:30:00",
  "2024-02-29 23:59:59.999999",
  "2024-01-01 00:00:00",
  "2023-12-31 23:59:59.5",
  "2024-06-15 12:34:56.123456",
];

/** Days that queries of the last day, week, month or year include or leave out. */
function around(today: string): string[] {
  const day = 86_400_000;
  return [0, -1, -6, -8, -29, -31, -364, -366, 1].map((days) => new Date(Date.parse(today) + days * day).toISOString().slice(0, 10));
}

function decimals({ precision, scale = 0 }: ValueType): string[] {
  if (precision === undefined) return ["0", "-1.5", "2.5", "0.1", "1.005", "1.50", "123456789012345.678901", "-0.000001", "7"];
  const whole = precision - scale;
  const most = `${"9".repeat(Math.max(whole, 0)) || "0"}${scale > 0 ? `.${"9".repeat(scale)}` : ""}`;
  const small = scale > 0 ? `0.${"0".repeat(scale - 1)}5` : "5";
  return ["0", "-1", "2.5", "-2.5", "0.5", small, most, `-${most}`, "7"];
}

const DOCUMENTS = [
  "{}",
  "[]",
  "null",
  '"text"',
  "1.50",
  "true",
  '{"a": 1, "b": [1, 2, {"c": null}], "name": "Alpha"}',
  '{"a": "1", "b": null}',
  '[1, "two", null, true, 1.5]',
  '{"a": {"b": {"c": 12345678901234567890}}}',
  '{"ä": "straße", "": 0}',
];

const NASTY: Readonly<Record<string, readonly string[]>> = {
  int2: ["0", "-1", "1", "2", "-7", "7", "10", "32767", "-32768"],
  int4: ["0", "-1", "1", "2", "-7", "7", "10", "100", "2147483647", "-2147483648"],
  int8: ["0", "-1", "1", "2", "-7", "7", "10", "9007199254740993", "9223372036854775807", "-9223372036854775808"],
  float4: ["0", "-0.5", "0.1", "1e10", "-2.5", "2.5"],
  float8: ["0", "-0.5", "0.1", "1e100", "1e-7", "-2.5", "2.5", "0.30000000000000004"],
  bool: ["t", "f"],
  time: ["00:00:00", "23:59:59.999999", "12:30:00"],
  timetz: ["00:00:00+00", "23:59:59+02"],
  interval: ["00:00:00", "1 day", "1 mon", "-1 day", "01:30:00", "1 year 2 mons 3 days 04:05:06.7", "30 days", "24:00:00"],
  uuid: ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  json: DOCUMENTS,
  jsonb: DOCUMENTS,
  bytea: ["\\x", "\\x00", "\\x00ff", "\\x616263", "\\x5c27"],
  inet: ["127.0.0.1", "192.168.0.0/16", "::1", "10.0.0.10"],
  cidr: ["192.168.0.0/16", "10.0.0.0/8"],
  varbit: ["0", "1", "0101"],
  hstore: ["", "a=>1", "a=>NULL", '"A b"=>"c"'],
  ltree: ["top", "top.science", "top.Science.x"],
  point: ["(0,0)", "(-1.5,2)"],
  int4range: ["empty", "[1,10)", "(,5)"],
  int8range: ["empty", "[1,10)"],
  numrange: ["empty", "[1.5,2.5]"],
  daterange: ["empty", "[2024-01-01,2024-02-29]"],
  tsrange: ["empty"],
  tstzrange: ["empty"],
};
