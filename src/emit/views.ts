import type { Node, ViewStmt } from "../pg/ast.js";
import { type Printers, prints } from "./printing.js";
import { losesOrder } from "./select.js";
import { identifier } from "./words.js";

export const viewPrinters: Printers = {
  ViewStmt: prints("ViewStmt", ["view", "aliases", "query", "replace", "withCheckOption"], (node, p) => {
    const view = node as ViewStmt;
    if (view.withCheckOption !== "NO_CHECK_OPTION") return p.refuse(view as Node, "WITH CHECK OPTION");
    if (losesOrder(view.query, p)) return p.refuse(view as Node, "ORDER BY of a view");
    const columns = (view.aliases ?? []).map((name) => identifier(String(name)));
    const list = columns.length > 0 ? ` (${columns.join(", ")})` : "";
    return `CREATE ${view.replace ? "OR REPLACE " : ""}VIEW ${p.relation(view.view!)}${list} AS\n${p.print(view.query)}`;
  }),
};

/**
 * A statement of TiDB, that of a view as TiDB can read it back: of `CAST(json AS CHAR)` it stores `CAST(json AS )`, and refuses to read the
 * view (TiDB 8.5.6, error 1105). CONCAT of one value is its text as well.
 */
export function storable(sql: string): string {
  if (!sql.includes(" AS CHAR)") || !/^CREATE (?:OR REPLACE )?VIEW /.test(sql)) return sql;
  const opened: { at: number; isCast: boolean }[] = [];
  let out = "";
  for (const [token] of sql.matchAll(TOKENS)) {
    if (token.endsWith("(")) opened.push({ at: out.length, isCast: token === "CAST(" });
    if (token !== ")") {
      out += token;
      continue;
    }
    const { at, isCast } = opened.pop() ?? { at: 0, isCast: false };
    const inner = isCast && out.endsWith(" AS CHAR") ? out.slice(at + "CAST(".length, -" AS CHAR".length) : undefined;
    out = inner === undefined ? `${out})` : `${out.slice(0, at)}CONCAT(${inner})`;
  }
  return out;
}

/** Strings and quoted names as a whole, an opening parenthesis with the name before it. */
const TOKENS = /'(?:[^'\\]|\\[\s\S]|'')*'|`[^`]*`|\w*\(|\)|[^'`()\w]+|\w+/g;
