/** Values for `$1`, `$2`, …: PostgreSQL says of which type they are, the tables what would match. */
import type { Node } from "../pg/ast.js";
import { eachDescendant } from "../pg/walk.js";
import { type Postgres, PostgresError } from "../targets/postgres.js";
import { literal } from "./names.js";
import { plainValue } from "./values.js";

/** The query with literals in place of its parameters, and these by number; or why there are none. */
export type Bound = { readonly text: string; readonly values: readonly string[] } | { readonly reason: string };

/**
 * @param text the statement, which begins at `start` in the source that `node` was parsed from
 * @param valuesOf some stored values of columns of that name, if there are any, of that type
 */
export async function bindParameters(
  postgres: Postgres,
  text: string,
  start: number,
  node: Node,
  valuesOf: (column: string, type: string) => readonly string[],
): Promise<Bound> {
  const places: { number: number; at: number }[] = [];
  eachDescendant(node, (child) => {
    if (child.kind === "ParamRef" && child.location !== undefined) places.push({ number: child.number ?? 0, at: child.location - start });
  });
  if (places.length === 0) return { text, values: [] };
  const types = await parameterTypes(postgres, text);
  if (typeof types === "string") return { reason: types };
  if (places.some(({ number }) => types[number - 1] === undefined)) return { reason: "its placeholders are not PostgreSQL's $1, $2, …" };
  const values = types.map((type, i) => valueFor(text, i + 1, type, valuesOf));
  const missing = values.indexOf(undefined);
  if (missing >= 0) return { reason: `no value for $${missing + 1} of type ${types[missing]}` };
  let out = text;
  for (const { number, at } of places.sort((a, b) => b.at - a.at)) {
    const written = spelt(values[number - 1]!, types[number - 1]!);
    out = out.slice(0, at) + written + out.slice(at).replace(/^\$\d+/, "");
  }
  return { text: out, values: values as string[] };
}

async function parameterTypes(postgres: Postgres, text: string): Promise<string[] | string> {
  try {
    await postgres.query(`PREPARE pg2tidb_parameters AS ${text}`);
    const { rows } = await postgres.query(
      `SELECT t.typname, e.typname FROM pg_prepared_statements s, unnest(s.parameter_types) WITH ORDINALITY p(type, place)
         JOIN pg_type t ON t.oid = p.type LEFT JOIN pg_type e ON e.typarray = t.oid WHERE s.name = 'pg2tidb_parameters' ORDER BY p.place`,
    );
    await postgres.query("DEALLOCATE pg2tidb_parameters");
    return rows.map(([name, element]) => (element === null ? name! : `${element}[]`));
  } catch (error) {
    if (error instanceof PostgresError) return `PostgreSQL refuses it: ${error.message}`;
    throw error;
  }
}

const FEW = 3;

function valueFor(
  text: string,
  number: number,
  type: string,
  valuesOf: (column: string, type: string) => readonly string[],
): string | undefined {
  const before = text.slice(0, text.search(new RegExp(`\\$${number}(?!\\d)`)));
  if (/\blimit\s*$/i.test(before)) return "10";
  if (/\boffset\s*$/i.test(before)) return "1";
  const column = /"?(\w+)"?\s*(?:=|<>|!=|<=|>=|<|>|~~?\*?|I?LIKE|IN|BETWEEN)\s*(?:ANY\s*|ALL\s*)?\(*\s*$/i.exec(before)?.[1];
  const stored = column === undefined ? [] : valuesOf(column.toLowerCase(), type.replace(/\[\]$/, ""));
  if (type.endsWith("[]")) {
    const elements = stored.length > 0 ? stored.slice(0, FEW) : [plainValue({ type: type.slice(0, -2) }, 0, "value")];
    return elements.includes(undefined) ? undefined : `{${elements.map((element) => `"${element!.replaceAll(/["\\]/g, "\\$&")}"`)}}`;
  }
  return stored[number % Math.max(1, Math.min(FEW, stored.length))] ?? plainValue({ type }, number - 1, column ?? "value");
}

const NUMBERS = new Set(["int2", "int4", "int8", "numeric", "float4", "float8", "oid"]);

/** A number as one, all else as a literal that takes its type from where it stands, as a parameter does. */
function spelt(value: string, type: string): string {
  if (NUMBERS.has(type) && /^-?\d+(\.\d+)?$/.test(value)) return value.startsWith("-") ? `(${value})` : value;
  if (type === "bool") return /^t/i.test(value) ? "TRUE" : "FALSE";
  return literal(value);
}
