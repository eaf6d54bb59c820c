import { sessionView } from "../catalog/session-view.js";
import type { Node, ViewStmt } from "../pg/ast.js";
import { relationName } from "../pg/names.js";
import { type Printers, prints } from "./printing.js";
import { losesOrder } from "./select.js";
import { identifier } from "./words.js";

export const viewPrinters: Printers = {
  ViewStmt: prints("ViewStmt", ["view", "aliases", "query", "replace", "withCheckOption"], (node, p) => {
    const view = node as ViewStmt;
    if (view.withCheckOption !== "NO_CHECK_OPTION") return p.refuse(view as Node, "WITH CHECK OPTION");
    if (sessionView(p.catalog, relationName(view.view!))) return p.refuse(view as Node, "a view that is its session's own");
    if (losesOrder(view.query, p)) return p.refuse(view as Node, "ORDER BY of a view");
    const columns = (view.aliases ?? []).map((name) => identifier(String(name)));
    const list = columns.length > 0 ? ` (${columns.join(", ")})` : "";
    return `CREATE ${view.replace ? "OR REPLACE " : ""}VIEW ${p.relation(view.view!)}${list} AS\n${p.print(view.query)}`;
  }),
};

/**
 * A statement of TiDB, that of a view as TiDB can read it back: of `CAST(json AS CHAR)` it stores `CAST(json AS )`, and refuses to read the
 * view (error 1105); a length is kept, and the longest one cuts nothing (TiDB 8.5.6).
 */
export function storable(sql: string): string {
  if (!sql.includes(" AS CHAR)") || !/^CREATE (?:OR REPLACE )?VIEW /.test(sql)) return sql;
  return sql.replaceAll(TOKENS, (token) => (token === " AS CHAR)" ? " AS CHAR(4294967295))" : token));
}

/** Strings and quoted names, which are passed over, and the end of such a cast. */
const TOKENS = /'(?:[^'\\]|\\[\s\S]|'')*'|`[^`]*`| AS CHAR\)/g;
