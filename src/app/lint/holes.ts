import { type HolePart, type Part, type Rendered, render } from "../../hosts/fragment.js";

/** A text with something that PostgreSQL's grammar takes in the place of each hole. */
export interface Filled {
  readonly rendered: Rendered;
  /** What stands for each hole, in order; empty where nothing does. */
  readonly fillings: readonly string[];
}

/** Ways to fill the holes, the likelier first; one where there are none. */
export function fillings(parts: readonly Part[]): readonly (() => Filled)[] {
  if (!parts.some(({ kind }) => kind === "hole")) return [() => fill(parts, () => "")];
  return [
    () => fill(parts, likely),
    () => fill(parts, (hole, i, before, after) => (isWhole(before) ? "" : likely(hole, i, before, after))),
  ];
}

function fill(parts: readonly Part[], choose: (hole: HolePart, index: number, before: string, after: string) => string): Filled {
  const made: string[] = [];
  const rendered = render(parts, (hole, index, before, after) => {
    const text = choose(hole, index, before, after);
    made.push(text);
    return text;
  });
  return { rendered, fillings: made };
}

/** Behind these a relation, a column or another name is to come. */
const BEFORE_NAME =
  /(?:\b(?:from|join|into|update|table|only|index|concurrently|view|sequence|truncate|schema|database|exists|references|column|constraint|trigger|function|policy|role|user|add|owner\s+to|rename\s+to|extension|as|copy|lock|analyze|vacuum|cluster|reindex|listen|unlisten|notify|channel|on|by|select|distinct|returning|type|savepoint|conflict\s*\(|collate|using)|\.)\s*$/i;
/** Within the list of columns of an INSERT or an ON CONFLICT. */
const IN_COLUMNS = /(?:\binsert\s+into\s+[\w".$]+|\bon\s+conflict)\s*\([^()]*$/i;
/** Behind these a value is to come. */
const BEFORE_VALUE =
  /(?:\b(?:where|and|or|not|when|then|else|case|having|between|like|ilike|similar\s+to|limit|offset|any|all|interval|set|values|in|is|to|escape|fetch\s+(?:first|next)|zone|default)|[=<>+\-*/%|&~^(,[@?#!]|::)\s*$/i;
const IDENTIFIER_END = /[\w$]$/;
const IDENTIFIER_START = /^[\w$]/;

function likely(hole: HolePart, index: number, before: string, after: string): string {
  const name = `hole_${index}_`;
  const quote = openQuote(before);
  if (quote !== undefined) return name;
  if (/::\s*$/.test(before)) return "text";
  if (/\b(?:in|values)\s*$/i.test(before)) return `(\${h${index}})`;
  if (BEFORE_NAME.test(before) && !/\b(?:limit|offset)\s*$/i.test(before)) return /\bset\s*$/i.test(before) ? `${name} = ${name}` : name;
  if (IN_COLUMNS.test(before)) return name;
  if (IDENTIFIER_END.test(before) || IDENTIFIER_START.test(after)) return name;
  if (/\bset\s*$/i.test(before) && !/^\s*=/.test(after)) return `${name} = ${name}`;
  if (hole.bound || BEFORE_VALUE.test(before) || /^\s*(?:::|[=<>]|\b(?:is|in|like)\b)/i.test(after)) return `\${h${index}}`;
  return "";
}

/** Whether what stands before could end here: behind a name, a value or a bracket. */
function isWhole(before: string): boolean {
  return openQuote(before) === undefined && /[\w"')\]*]\s+$/.test(before) && !BEFORE_NAME.test(before) && !BEFORE_VALUE.test(before);
}

/** The quote that is open at the end of a text. */
function openQuote(text: string): string | undefined {
  let open: string | undefined;
  for (const char of text)
    if (open === undefined ? char === "'" || char === '"' : char === open) open = open === undefined ? char : undefined;
  return open;
}

/** A text of SQL with the holes of the host in the place of what stood for them. */
export function unfilled(sql: string, { fillings: made }: Filled, written: readonly string[]): string {
  let out = sql;
  for (const [i, filling] of made.entries()) {
    if (filling === "") continue;
    const core = filling.replace(/^\(|\)$/g, "");
    out = out.replaceAll(core.includes(" = ") ? `hole_${i}_ = hole_${i}_` : core, () => written[i]!);
  }
  return out;
}

/** The text of the parts as its holes are likely filled: what a text is known by. */
export function textOf(parts: readonly Part[]): string {
  return fill(parts, likely).rendered.text;
}
