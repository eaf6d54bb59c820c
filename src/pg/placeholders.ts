import type { Node } from "./ast.js";

/** A statement whose placeholders are written as PostgreSQL's. */
export interface Numbered {
  readonly text: string;
  /** The placeholders as the source writes them; the first is `$1`. Those of one name are one. */
  readonly names: readonly string[];
  /** Where an offset of the text stands in the source's. */
  at(offset: number): number;
}

/** What no placeholder stands in: strings, quoted names, dollar quotes. */
const QUOTED = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?\$\k<tag>\$`;
/** sqlc's, which PostgreSQL's grammar takes for calls and for the operator @. */
const SQLC = String.raw`sqlc\.(?:arg|narg|slice)\(\s*'?\w+'?\s*\)|(?<![\w<>=@#~!&|^%*/+?-])@[A-Za-z_]\w*`;
/** Those of drivers and templates, which it refuses: `:name`, `%s`, `%(name)s`, `${name}`, `?`, `%name%`. */
const DRIVERS = String.raw`(?<![\w)\]])%[A-Za-z_]\w*%|(?<![\w:\])[]):[A-Za-z_]\w*|(?<![\w)\]])%(?:s\b|\(\w+\)s\b)|\$\{[^}]*\}|\?(?![|&?])`;

const IN_GRAMMAR = new RegExp(`${QUOTED}|(?<place>${SQLC})`, "g");
const ALL = new RegExp(`${QUOTED}|(?<place>${SQLC}|${DRIVERS})`, "g");

/**
 * The statement with `$1`, `$2`, … in the place of placeholders of other styles.
 * @param refused whether the grammar has refused it as it stands: then those that it does not take are looked for too
 * @returns undefined where there is none
 */
export function numbered(text: string, refused: boolean): Numbered | undefined {
  if (!refused && !text.includes("@") && !text.includes("sqlc.")) return undefined;
  const names = ownNumbers(text);
  const own = names.length;
  const shifts: { readonly from: number; readonly by: number }[] = [];
  let out = "";
  let last = 0;
  for (const found of text.matchAll(refused ? ALL : IN_GRAMMAR)) {
    const { place } = found.groups!;
    if (place === undefined) continue;
    const before = place === "?" || place === "%s" ? -1 : names.indexOf(place);
    const number = before < 0 ? names.push(place) : before + 1;
    out += `${text.slice(last, found.index)}$${number}`;
    last = found.index + place.length;
    shifts.push({ from: out.length, by: last - out.length });
  }
  if (names.length === own) return undefined;
  return { text: out + text.slice(last), names, at: (offset) => offset + (shifts.findLast(({ from }) => from <= offset)?.by ?? 0) };
}

/** PostgreSQL's own parameters beside others keep their numbers. */
function ownNumbers(text: string): string[] {
  const numbers = [...text.matchAll(/(?<![\w$])\$(\d+)(?![\w$])/g)].map(([, number]) => Number(number));
  return Array.from({ length: numbers.reduce((most, number) => Math.max(most, number), 0) }, (_, i) => `$${i + 1}`);
}

/** A place that a text is put into before the statement is sent, as it stands in the source; undefined for a value's. */
export function templateHole(statement: Node, number: number): string | undefined {
  const name = parameterName(statement, number);
  return /^%\w+%$/.test(name) ? name : undefined;
}

const written = new WeakMap<Node, readonly string[]>();

/** Keeps how a statement's placeholders are written. */
export function keepNames(statement: Node, names: readonly string[]): void {
  written.set(statement, names);
}

/** Whether the source writes a statement's parameters in another way than PostgreSQL's. */
export function hasNames(statement: Node): boolean {
  return written.has(statement);
}

/** How the source writes a parameter. */
export function parameterName(statement: Node, number: number): string {
  return written.get(statement)?.[number - 1] ?? `$${number}`;
}
