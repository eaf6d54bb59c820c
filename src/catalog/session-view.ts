import type { Name } from "../pg/names.js";
import { type Catalog, find, isTemporary, type Reader } from "./model.js";

/**
 * The view of that name that is its session's own: made as such, or because what it reads is the session's own (manual, CREATE VIEW).
 * @returns undefined for other relations
 */
export function sessionView(catalog: Catalog, name: Name): Reader | undefined {
  if (find(catalog, catalog.tables, name)) return undefined;
  const view = find(catalog, catalog.readers, name);
  return view && isOwn(catalog, view) ? view : undefined;
}

function isOwn(catalog: Catalog, { node, reads }: Reader): boolean {
  if (node.kind !== "ViewStmt") return false;
  return node.view?.relpersistence === "t" || temporaryRead(catalog, reads) !== undefined;
}

/** The first of these relations that is its session's own. */
export function temporaryRead(catalog: Catalog, reads: ReadonlySet<string>): Name | undefined {
  for (const k of reads) {
    const name = { schema: k.slice(0, k.indexOf(".")), name: k.slice(k.indexOf(".") + 1) };
    if (isTemporary(catalog, name) || sessionView(catalog, name)) return name;
  }
  return undefined;
}
