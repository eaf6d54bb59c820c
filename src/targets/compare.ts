import type { TidbColumn, TidbForeignKey, TidbIndex, TidbSchema, TidbTable } from "../result.js";
import type { Source, Span } from "../source/text.js";

/** One thing that is not as it must be. */
export interface Difference {
  /** The table it is about; absent for sequences and views. */
  readonly table?: string;
  readonly origin?: { readonly source: Source; readonly span: Span };
  /** One sentence. */
  readonly text: string;
}

/**
 * What TiDB holds otherwise than expected. More than expected is fine where it changes no meaning: indexes (a foreign key brings its
 * own), and tables nobody asked for. Names compare case-insensitively, as in TiDB; collations and default values are not compared.
 */
export function compareSchemas(expected: TidbSchema, actual: TidbSchema): Difference[] {
  const tables = new Map(actual.tables.map((table) => [fold(table.name), table]));
  return [
    ...expected.tables.flatMap((table) => {
      const found = tables.get(fold(table.name));
      return found === undefined ? [{ ...about(table), text: `table \`${table.name}\` is missing` }] : compareTable(table, found);
    }),
    ...missing("sequence", expected.sequences, actual.sequences),
    ...missing("view", expected.views, actual.views),
  ];
}

/** The spelling of information_schema.columns.column_type, whatever the one given: `NUMERIC(5)` is `decimal(5,0)`. */
export function normalType(type: string): string {
  // What stands in quotes (the labels of an ENUM) keeps its letters and spaces.
  const pieces = type.trim().split(/('(?:[^']|'')*')/);
  const plain = pieces.map((piece, i) =>
    i % 2 === 1
      ? piece
      : piece
          .toLowerCase()
          .replaceAll(/\s+/g, " ")
          .replaceAll(/ ?([(,]) ?| (\))/g, "$1$2"),
  );
  return SPELLINGS.reduce((spelt, [pattern, same]) => spelt.replace(pattern, same), plain.join("")).trim();
}

/** TiDB's own words for what it accepts under several; see reference manual, "Data types". Order matters. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/ (character set|charset|collate) [\w$]+/g, ""],
  [/^bool(ean)?\b/, "tinyint(1)"],
  [/^(double precision|real)\b/, "double"],
  [/^integer\b/, "int"],
  [/^(numeric|dec|fixed)\b/, "decimal"],
  [/^character varying\b/, "varchar"],
  [/^character\b/, "char"],
  [/^(smallint|mediumint|int|bigint)\(\d+\)/, "$1"],
  [/^tinyint\((?!1\))\d+\)/, "tinyint"],
  [/^decimal(?=$| )/, "decimal(10,0)"],
  [/^decimal\((\d+)\)/, "decimal($1,0)"],
  [/^(char|binary|bit)(?=$| )/, "$1(1)"],
  [/^(datetime|timestamp|time)\(0\)/, "$1"],
  [/^year\b.*$/, "year"],
];

function compareTable(expected: TidbTable, actual: TidbTable): Difference[] {
  const columns = new Map(actual.columns.map((column) => [fold(column.name), column]));
  const wanted = new Set(expected.columns.map((column) => fold(column.name)));
  const differences = (origin: Difference["origin"], texts: string[]) => texts.map((text) => ({ ...about(expected, origin), text }));
  return [
    ...expected.columns.flatMap((column) =>
      differences(column.origin, compareColumn(expected.name, column, columns.get(fold(column.name)))),
    ),
    ...differences(
      undefined,
      actual.columns
        .filter((column) => !wanted.has(fold(column.name)))
        // A column that a finding speaks of may be there under its old name.
        .slice(expected.columns.filter(({ name, reported }) => reported && !columns.has(fold(name))).length)
        .map((column) => `table \`${expected.name}\` has a column nobody asked for: \`${column.name}\` ${column.type}`),
    ),
    ...differences(undefined, comparePrimaryKey(expected, actual)),
    ...expected.indexes.flatMap((index) => differences(index.origin, compareIndex(expected.name, index, actual.indexes))),
    ...expected.foreignKeys.flatMap((key) => differences(key.origin, compareForeignKey(expected.name, key, actual.foreignKeys))),
    ...differences(undefined, changed(`table \`${expected.name}\``, "number of CHECK constraints", expected.checks, actual.checks)),
  ];
}

function compareColumn(table: string, expected: TidbColumn, actual: TidbColumn | undefined): string[] {
  const name = `column \`${table}\`.\`${expected.name}\``;
  if (expected.reported) return [];
  if (actual === undefined) return [`${name} is missing`];
  return [
    ...changed(name, "type", normalType(expected.type), normalType(actual.type)),
    ...changed(name, "NULL", allowed(expected.nullable), allowed(actual.nullable)),
    ...changed(name, "DEFAULT", yes(expected.hasDefault), yes(actual.hasDefault)),
    ...changed(name, "AUTO_INCREMENT", yes(expected.autoIncrement), yes(actual.autoIncrement)),
    ...changed(name, "GENERATED", yes(expected.generated), yes(actual.generated)),
    ...changed(name, "ON UPDATE", yes(expected.touched), yes(actual.touched)),
  ];
}

function comparePrimaryKey(expected: TidbTable, actual: TidbTable): string[] {
  const [wanted, found] = [expected.primaryKey, actual.primaryKey].map((columns) => (columns.length === 0 ? "none" : list(columns)));
  return fold(wanted ?? "") === fold(found ?? "") ? [] : changed(`table \`${expected.name}\``, "primary key", wanted, found);
}

function compareIndex(table: string, expected: TidbIndex, actual: readonly TidbIndex[]): string[] {
  const what = `${expected.unique ? "unique index" : "index"} \`${expected.name}\` of \`${table}\``;
  const named = actual.find((index) => fold(index.name) === fold(expected.name));
  const same = (index: TidbIndex) => index.unique === expected.unique && fold(list(index.columns)) === fold(list(expected.columns));
  if (named === undefined) return actual.some(same) ? [] : [`${what} ${list(expected.columns)} is missing`];
  return [
    ...changed(what, "UNIQUE", yes(expected.unique), yes(named.unique)),
    ...(expected.reshaped || fold(list(named.columns)) === fold(list(expected.columns))
      ? []
      : changed(what, "columns", list(expected.columns), list(named.columns))),
  ];
}

function compareForeignKey(table: string, expected: TidbForeignKey, actual: readonly TidbForeignKey[]): string[] {
  const what = `foreign key of \`${table}\` ${list(expected.columns)} to \`${expected.parent}\` ${list(expected.parentColumns)}`;
  // The pairs of columns are those of the source, in the order of the parent's key.
  const key = ({ columns, parent, parentColumns }: TidbForeignKey) =>
    fold(`${parent} ${list(columns.map((column, i) => `${column} ${parentColumns[i]}`).sort())}`);
  const same = actual.filter((candidate) => key(candidate) === key(expected));
  if (same.length === 0) return [`${what} is missing`];
  const differences = same.map((found) => [
    ...changed(what, "ON DELETE", action(expected.onDelete), action(found.onDelete)),
    ...changed(what, "ON UPDATE", action(expected.onUpdate), action(found.onUpdate)),
  ]);
  return differences.some((texts) => texts.length === 0) ? [] : (differences[0] ?? []);
}

function missing(kind: string, expected: readonly string[], actual: readonly string[]): Difference[] {
  const found = new Set(actual.map(fold));
  return expected.filter((name) => !found.has(fold(name))).map((name) => ({ text: `${kind} \`${name}\` is missing` }));
}

function changed<T>(subject: string, what: string, expected: T, actual: T): string[] {
  return expected === actual ? [] : [`${subject}: ${what} should be ${expected}, and TiDB has ${actual}`];
}

function about(table: TidbTable, origin = table.origin): Omit<Difference, "text"> {
  const place = origin ?? table.origin;
  return { table: table.name, ...(place === undefined ? {} : { origin: place }) };
}

/** TiDB checks at once either way, so RESTRICT and NO ACTION are the same. */
function action(rule: string): string {
  return rule.toUpperCase() === "RESTRICT" ? "NO ACTION" : rule.toUpperCase();
}

function list(columns: readonly (string | null)[]): string {
  return `(${columns.map((column) => (column === null ? "an expression" : `\`${column}\``)).join(", ")})`;
}

function yes(value: boolean): string {
  return value ? "present" : "absent";
}

function allowed(value: boolean): string {
  return value ? "allowed" : "not allowed";
}

function fold(name: string): string {
  return name.toLowerCase();
}
