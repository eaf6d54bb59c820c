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
