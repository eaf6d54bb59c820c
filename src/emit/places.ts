/**
 * Places in a schema where TiDB takes only part of its own expressions. What it refuses there is found in the text, after everything was
 * written: then it does not matter which rule wrote it. TiDB 8.5.6, each by its error: 3814 and 3815 in CHECK, 3102 in a generated column,
 * 3758 and 8200 in an index.
 */
export type Place = "a CHECK" | "a generated column" | "an index";

/** Not the same each time, or not of the row alone. */
const CHANGING = [
  "NOW",
  "CURRENT_DATE",
  "CURRENT_TIME",
  "CURRENT_USER",
  "CONNECTION_ID",
  "GET_LOCK",
  "LAST_INSERT_ID",
  "RAND",
  "RELEASE_LOCK",
  "SELECT",
  "SLEEP",
  "UNIX_TIMESTAMP",
  "UUID",
  "VERSION",
];

/** Words and functions that TiDB refuses; the tests ask it for each. */
export const REFUSED: Readonly<Record<Exclude<Place, "an index">, ReadonlySet<string>>> = {
  "a CHECK": new Set(CHANGING),
  "a generated column": new Set([...CHANGING, "DATABASE", "NULLIF", "SYSDATE"]),
};

/** Functions in an index that need no setting of the server, allow-expression-index. */
const INDEXED = new Set(["LOWER", "UPPER", "MD5", "REVERSE"]);
/** Words that a parenthesis follows, and that are no functions. */
const WORDS = new Set(
  "AND OR NOT IN IS LIKE AS OF CASE WHEN THEN ELSE DIV BETWEEN CAST CHAR BINARY DECIMAL DATETIME TIME REGEXP COLLATE".split(" "),
);

/** What a call, or a word that stands for one, cannot be without; most conditions have none. */
const CALL = /\w\s*\(|SELECT|CURRENT_DATE|INTERVAL/;

/** Literals and quoted names, which hold no functions. */
const QUOTED = /'(?:[^'\\]|\\.|'')*'|`[^`]*`/gs;

/** A literal of a time: one of its kinds is written without the type in front. */
const TIMES = /'(?:[^'\\]|\\.|'')*'|`[^`]*`|\b(?<type>TIMESTAMP|DATE|TIME) (?<literal>'[^']*')/gs;
const CASTS: Readonly<Record<string, string>> = { TIMESTAMP: "DATETIME(6)", DATE: "DATE", TIME: "TIME(6)" };

/** Expressions as an index takes them: `DATE '…'` is a function's call in TiDB, and refused there (error 8200), CAST is none. */
export function asIndexed(text: string): string {
  return text.replaceAll(TIMES, (token, ...rest) => {
    const { type, literal } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    return type === undefined ? token : `CAST(${literal} AS ${CASTS[type]})`;
  });
}

/** The function, or the word, for which TiDB refuses an expression at a place. */
export function refusedAt(place: Place, text: string): string | undefined {
  if (!CALL.test(text)) return undefined;
  const plain = text.replaceAll(QUOTED, "''");
  const names = [...plain.matchAll(/\b([A-Z_]\w*)\s*\(|\b(SELECT|CURRENT_DATE|INTERVAL)\b/g)].map(([, call, word]) => call ?? word!);
  if (place !== "an index") return names.find((name) => REFUSED[place].has(name));
  return names.find((name) => !INDEXED.has(name) && !WORDS.has(name) && !name.startsWith("JSON_"));
}

/** Calls and words that TiDB takes for a condition; of others a CHECK must say that they are not 0 (error 3812). */
const CONDITION = /^(?:REGEXP_LIKE\(|JSON_VALID\(|TRUE$|FALSE$|CASE\b)/;

/** A condition as CHECK takes it. `closed`: it is a call, a name or a literal, no operator's. */
export function asCondition(text: string, closed: boolean): string {
  if (/^[^()]* MEMBER OF \([^()]*\)$/.test(text)) return `(${text}) <> 0`;
  return closed && !CONDITION.test(text) ? `${text} <> 0` : text;
}
